"""Whether each partner can be asked, and what to mend where not; nobody real is asked about."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from triage.domain.event import NewEvent
from triage.domain.live_partner import LivePartner
from triage.domain.lookup import Outcome, Subject
from triage.domain.spelling import spell_day
from triage.partners.connector import Answer, Context, Query
from triage.storage import events
from triage.workflow.hub import Hub

_NOBODY = Subject(contact_id=UUID(int=0), person="nobody")
_SOON = timedelta(days=30)
_MEND = {
    Outcome.UNAVAILABLE: "See whether this computer reaches {url}: its name, the firewall, a proxy "
    "(proxy = …), and whose certificates it trusts (ca = …).",
    Outcome.DENIED: "Put the right secret into the keyring with: fanlightctl secret set "
    "{secret}. See too which permissions the key has over there.",
    Outcome.BAD_RESPONSE: "Lay one of their answers beside partners.toml: url, items, fields and "
    "page.",
    Outcome.NOT_CHECKED: "Put the secret into the keyring with: fanlightctl secret set {secret}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found of one partner. `mend` says what to do where it is not well."""

    partner: str
    name: str
    well: bool
    words: str
    mend: str = ""


_TO_WHOM = re.compile(r" (?:Tell|Ask) IT\b[^.]*\.")
"""What the window says to somebody at a desk: whoever runs this is IT."""


def check_partners(hub: Hub, by: str) -> Iterator[Checked]:
    """Each list, then each live partner, as it is found; that it was tried is recorded.

    Live partners are asked about an invented person whom nobody can hold.
    """
    now = hub.now()
    for state in hub.people.load_all(now):
        as_of = f", of {spell_day(state.as_of)}" if state.as_of else ""
        yield Checked(
            partner=state.partner,
            name=state.name,
            well=not state.problem,
            words=_to_it(state.problem) or f"{state.records:,} records{as_of}.",
            mend=" ".join(state.faults),
        )
    tried: dict[str, object] = {}
    for key, partner in hub.live.partners.items():
        found = _certificate(hub.folder, partner, now) or _asked(hub, partner, by)
        tried[key] = "well" if found.well else "not well"
        yield found
    if tried:
        with hub.store.write() as tx:
            new = NewEvent(kind="partners.checked", contact_id=None, by=by, at=now, detail=tried)
            events.append(tx, new)


def _to_it(words: str) -> str:
    return _TO_WHOM.sub("", words)


def _asked(hub: Hub, partner: LivePartner, by: str) -> Checked:
    began = time.monotonic()
    deadline = began + partner.pace.deadline_s
    connector = hub.live.connector(partner.partner)
    answer = connector.ask(_nobody(partner, by), Context(deadline=deadline, now=hub.now))
    took = (time.monotonic() - began) * 1000
    well = answer.outcome in (Outcome.FOUND, Outcome.NOT_FOUND)
    return Checked(
        partner=partner.partner,
        name=partner.name,
        well=well,
        words=_words(answer, took) if well else _to_it(answer.problem),
        mend="" if well else _mend(partner, answer.outcome),
    )


def _words(answer: Answer, took: float) -> str:
    if answer.outcome is Outcome.NOT_FOUND:
        return f"Answers in {took:.0f} ms; holds nobody of an invented name."
    return (
        f"Answers in {took:.0f} ms, but gave {len(answer.returned)} people for an invented name. "
        "See whether it takes the parameters that it is sent."
    )


def _mend(partner: LivePartner, outcome: Outcome) -> str:
    view = partner.view
    return _MEND.get(outcome, "").format(
        url=partner.reach.url or "the database",
        secret=(view.dsn_secret if view else partner.sign_in.secret) or "NAME",
    )


def _nobody(partner: LivePartner, by: str) -> Query:
    """Somebody with every fact that may be asked with; the number is of the range that is never
    given out."""
    from matching import Person, Sex

    return Query(
        subject=_NOBODY,
        person=Person(
            id="nobody",
            given="Fanlight",
            family="Connectiontest",
            dob=date(1900, 1, 1),
            sex=Sex.FEMALE,
            nhs_number="9990000018",
            upn="A999999999999",
            postcode="ZZ99 9ZZ",
            phone="01632 960000",
        ),
        asked_by=by,
        purpose="Trying the connection",
        lawful_basis=partner.lawful_basis,
        id=UUID(int=0),
    )


def _certificate(folder: Path, partner: LivePartner, now: datetime) -> Checked | None:
    """A fault of the desk's own certificate there, None where it has none or it is good."""
    from cryptography import x509

    named = partner.reach.client_certificate
    if not named:
        return None
    words = ""
    try:
        until = x509.load_pem_x509_certificate((folder / named).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        words = f"The certificate {named} can't be read."
    else:
        if until < now + _SOON:
            ends = "ended" if until < now else "ends"
            words = f"The certificate {named} {ends} on {spell_day(until.date())}."
    if not words:
        return None
    return Checked(
        partner=partner.partner,
        name=partner.name,
        well=False,
        words=words,
        mend="Ask them for a new one, and put it where client_certificate names it.",
    )
