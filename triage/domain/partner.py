"""Partners as the profile has them: their desks, what they are asked, and the ways to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.domain.request import Via


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDesk:
    """One place at a partner that takes requests. `address` is an e-mail address or a MESH
    mailbox; `phone` is what is rung where it is asked by hand."""

    id: str
    label: str
    via: Via
    address: str = ""
    phone: str = ""


class About(StrEnum):
    """Whom of a contact a partner is asked about unless a person says otherwise."""

    CHILDREN = "children"
    CARERS = "carers"  # adults who care for the children
    OTHERS = "others"  # any other adult who is named


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An agency that can be asked. `code` is the agency's in the profile; `domains` are those
    its mail comes from, so that a stranger who knows a reference is not taken for it. `about` is
    whom it is asked about to begin with: a school needs no adult, probation no child."""

    code: str
    name: str
    desks: tuple[PartnerDesk, ...]
    domains: tuple[str, ...] = ()
    about: tuple[About, ...] = (About.CHILDREN, About.CARERS)

    def desk(self, id: str) -> PartnerDesk | None:
        """The desk of that id, or None."""
        return next((d for d in self.desks if d.id == id), None)

    def sends_from(self, address: str) -> bool:
        """Whether an address is one of the partner's: of its domains, or of a desk of its own."""
        address = address.strip().casefold()
        domain = address.rpartition("@")[2]
        if any(domain == d or domain.endswith(f".{d}") for d in self.domains):
            return True
        return any(address == d.address.casefold() for d in self.desks if d.address)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionTemplate:
    """A question offered for some agencies; ticked at once where a concern calls for it.

    No `agencies` is all of them; no `concerns` is any. `since_months` is how far back it asks.
    """

    id: str
    words: str
    agencies: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    since_months: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFor:
    """Which agencies a rating, or a concern, calls for. Empty is any."""

    agencies: tuple[str, ...]
    rating: str = ""
    concerns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxWay:
    """One shared mailbox that is read by IMAP, over TLS only. Its secret lies in the vault under
    `mailbox-<id>`: a password, or the client secret where `auth` is oauth2."""

    id: str
    label: str
    host: str
    port: int = 993
    tls: str = "implicit"  # implicit | starttls
    user: str = ""
    auth: str = "password"  # password | oauth2
    tenant: str = ""
    client_id: str = ""
    folder: str = "INBOX"
    done_folder: str = "Processed"
    new_contacts: bool = True
    ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpWay:
    """How requests go out by e-mail, over TLS only. Its secret lies in the vault as `smtp`: a
    password, or the client secret where `auth` is oauth2."""

    host: str
    port: int = 587
    tls: str = "starttls"  # starttls | implicit
    user: str = ""
    auth: str = "password"  # password | oauth2
    tenant: str = ""
    client_id: str = ""
    sender: str = ""
    ca: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshWay:
    """The hub's MESH mailbox. Its password and the shared key lie in the vault as
    `mesh-password` and `mesh-shared-key`; `certificate` is a PEM file with its key."""

    url: str
    mailbox: str
    workflow: str
    reply_workflow: str = ""
    ca: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRules:
    """What a hub decides about asking partners.

    Minutes: `margin` before the contact's own time runs out, `remind` before the reply is due,
    `chase` between later reminders (`most_chases` at most), `soon` for what needs a person now,
    `poll` between two looks into a mailbox.
    """

    partners: tuple[Partner, ...] = ()
    questions: tuple[QuestionTemplate, ...] = ()
    calls: tuple[CallFor, ...] = ()
    why: str = "A child may be at risk of harm."
    please_do_not: str = "Contact the family about this request."
    margin_minutes: int = 15
    remind_minutes: int = 20
    chase_minutes: int = 120
    most_chases: int = 3
    soon_minutes: int = 60
    poll_seconds: int = 60
    mailboxes: tuple[MailboxWay, ...] = ()
    smtp: SmtpWay | None = None
    mesh: MeshWay | None = None

    def partner(self, code: str) -> Partner | None:
        """The partner of that agency, or None."""
        return next((p for p in self.partners if p.code == code), None)

    def called_for(self, rating: str | None, concerns: Iterable[str]) -> tuple[str, ...]:
        """The agencies that a rating and concerns call for, in the order of the file."""
        named = set(concerns)
        found = (
            agency
            for call in self.calls
            if call.rating in ("", rating or "unrated")
            and (not call.concerns or named & set(call.concerns))
            for agency in call.agencies
        )
        return tuple(dict.fromkeys(found))

    def offered(self, agency: str) -> tuple[QuestionTemplate, ...]:
        """The questions this agency can be asked."""
        return tuple(q for q in self.questions if not q.agencies or agency in q.agencies)

    def ticked(self, agency: str, concerns: Iterable[str]) -> tuple[QuestionTemplate, ...]:
        """Those of `offered` that the concerns call for; those for any concern where none does."""
        named = set(concerns)
        offered = self.offered(agency)
        return tuple(q for q in offered if not q.concerns or named & set(q.concerns))
