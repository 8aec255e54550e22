"""requests.toml: which partners can be asked, what, by which way. A hub may do without it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from triage.domain.partner import (
    About,
    CallFor,
    MailboxWay,
    MeshWay,
    Partner,
    PartnerDesk,
    QuestionTemplate,
    RequestRules,
    SmtpWay,
)
from triage.domain.profile import Code
from triage.domain.request import Via
from triage.workflow.profile_entries import Dated, Entry, Name, ProfileFile, Words
from triage.workflow.profile_files import Reading, Source, toml_file

FILE = "requests.toml"
_DEFAULT = RequestRules()
Port = Annotated[int, Field(ge=1, le=65535)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 14)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$")]
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_MESH_MAILBOX = re.compile(r"[A-Z0-9]{5,16}")


class DeskEntry(Entry):
    """One desk of a partner."""

    id: Name
    label: Words
    via: Via
    address: str = ""
    phone: str = ""


class PartnerEntry(Dated):
    """One partner."""

    agency: Name
    name: Words
    domains: tuple[Words, ...] = ()
    about: Annotated[tuple[About, ...], Field(min_length=1)] = (About.CHILDREN, About.CARERS)
    desk: Annotated[tuple[DeskEntry, ...], Field(min_length=1)]


class TemplateEntry(Dated):
    """One question that partners can be asked."""

    id: Name
    words: Words
    agencies: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    since_months: Annotated[int, Field(ge=0, le=600)] = 0


class CallEntry(Dated):
    """Which agencies a rating or concern calls for."""

    agencies: Annotated[tuple[str, ...], Field(min_length=1)]
    rating: str = ""
    concerns: tuple[str, ...] = ()


class MailboxEntry(Entry):
    """One shared mailbox."""

    id: Name
    label: Words
    host: Host
    port: Port = 993
    tls: Literal["implicit", "starttls"] = "implicit"
    user: Words
    auth: Literal["password", "oauth2"] = "password"
    tenant: str = ""
    client_id: str = ""
    folder: Words = "INBOX"
    done_folder: str = "Processed"
    new_contacts: bool = True
    ca: str = ""


class SmtpEntry(Entry):
    """How e-mail goes out."""

    host: Host
    port: Port = 587
    tls: Literal["starttls", "implicit"] = "starttls"
    user: str = ""
    auth: Literal["password", "oauth2"] = "password"
    tenant: str = ""
    client_id: str = ""
    sender: Words
    ca: str = ""


class MeshEntry(Entry):
    """The hub's MESH mailbox."""

    url: Words
    mailbox: Words
    workflow: Words
    reply_workflow: str = ""
    ca: str = ""
    certificate: str = ""


class RequestsFile(Entry):
    """requests.toml."""

    why: Words = _DEFAULT.why
    please_do_not: Words = _DEFAULT.please_do_not
    margin_minutes: Minutes = _DEFAULT.margin_minutes
    remind_minutes: Minutes = _DEFAULT.remind_minutes
    chase_minutes: Minutes = _DEFAULT.chase_minutes
    most_chases: Annotated[int, Field(ge=0, le=20)] = _DEFAULT.most_chases
    soon_minutes: Minutes = _DEFAULT.soon_minutes
    poll_seconds: Annotated[int, Field(ge=10, le=3600)] = _DEFAULT.poll_seconds
    partner: tuple[PartnerEntry, ...] = ()
    question: tuple[TemplateEntry, ...] = ()
    call: tuple[CallEntry, ...] = ()
    mailbox: tuple[MailboxEntry, ...] = ()
    smtp: SmtpEntry | None = None
    mesh: MeshEntry | None = None


def request_rules(
    reading: Reading, head: ProfileFile | None, codes: Mapping[str, tuple[Code, ...]]
) -> RequestRules:
    """The rules in requests.toml as they stand today, its faults noted; none where it is not
    there, as in a hub that asks its partners by telephone only."""
    if not (reading.folder / FILE).exists():
        return RequestRules()
    found, at = toml_file(reading, FILE, RequestsFile)
    if found is None:
        return RequestRules()
    if head is not None:
        _check(reading, found, at, head, codes)
    return RequestRules(
        **found.model_dump(exclude={"partner", "question", "call", "mailbox", "smtp", "mesh"}),
        partners=tuple(_partner(p) for p in found.partner if reading.in_force(p)),
        questions=tuple(
            QuestionTemplate(**_plain(q)) for q in found.question if reading.in_force(q)
        ),
        calls=tuple(CallFor(**_plain(c)) for c in found.call if reading.in_force(c)),
        mailboxes=tuple(MailboxWay(**m.model_dump()) for m in found.mailbox),
        smtp=SmtpWay(**found.smtp.model_dump()) if found.smtp else None,
        mesh=MeshWay(**found.mesh.model_dump()) if found.mesh else None,
    )


def check_checkpoint_mail(reading: Reading, at: Source, address: str, rules: RequestRules) -> None:
    """Note an address that no checkpoint can be sent to."""
    if not _ADDRESS.fullmatch(address):
        reading.fault(at, ("checkpoint_mail",), f"“{address}” is not an e-mail address.")
    elif rules.smtp is None:
        words = f"{FILE} has no [smtp], so no checkpoint can be sent by e-mail."
        reading.fault(at, ("checkpoint_mail",), words)


def _partner(entry: PartnerEntry) -> Partner:
    return Partner(
        code=entry.agency,
        name=entry.name,
        domains=tuple(d.casefold() for d in entry.domains),
        about=entry.about,
        desks=tuple(PartnerDesk(**d.model_dump()) for d in entry.desk),
    )


def _plain(entry: Dated) -> dict[str, Any]:
    return entry.model_dump(exclude={"from_", "until"})


def _check(
    reading: Reading,
    found: RequestsFile,
    at: Source,
    head: ProfileFile,
    codes: Mapping[str, tuple[Code, ...]],
) -> None:
    """Note what does not hold in requests.toml, or between it and the other files."""
    agencies = {a.code for a in head.agency}
    ratings = {r.code for r in head.rating} | {"", "unrated"}
    concerns = {c.code for c in codes.get("concerns", ())}
    seen: set[str] = set()
    for i, partner in enumerate(found.partner):
        where = ("partner", i)
        if partner.agency not in agencies:
            words = f"“{partner.agency}” is not an agency of profile.toml."
            reading.fault(at, (*where, "agency"), words)
        if partner.agency in seen and reading.in_force(partner):
            reading.fault(at, where, f"There are two partners for “{partner.agency}”.")
        seen.add(partner.agency)
        desks: set[str] = set()
        for d, desk in enumerate(partner.desk):
            place = (*where, "desk", d)
            if desk.id in desks:
                reading.fault(at, place, f"There are two desks called “{desk.id}”.")
            desks.add(desk.id)
            if why := _unreachable(desk, found):
                reading.fault(at, place, f"“{desk.id}”: {why}")
    ids: set[str] = set()
    for i, question in enumerate(found.question):
        where = ("question", i)
        if question.id in ids:
            reading.fault(at, where, f"There are two questions called “{question.id}”.")
        ids.add(question.id)
        _known(reading, at, where, "agencies", question.agencies, agencies)
        _known(reading, at, where, "concerns", question.concerns, concerns)
    for i, call in enumerate(found.call):
        where = ("call", i)
        _known(reading, at, where, "agencies", call.agencies, agencies)
        _known(reading, at, where, "concerns", call.concerns, concerns)
        if call.rating not in ratings:
            words = f"There is no rating “{call.rating}” in profile.toml."
            reading.fault(at, (*where, "rating"), words)
    for i, box in enumerate(found.mailbox):
        if box.auth == "oauth2" and not (box.tenant and box.client_id):
            reading.fault(at, ("mailbox", i, "auth"), "oauth2 needs a tenant and a client_id.")
        if any(other.id == box.id for other in found.mailbox[:i]):
            reading.fault(at, ("mailbox", i), f"There are two mailboxes called “{box.id}”.")
    if found.smtp and not _ADDRESS.fullmatch(found.smtp.sender):
        reading.fault(at, ("smtp", "sender"), f"“{found.smtp.sender}” is not an e-mail address.")
    smtp = found.smtp
    if smtp and smtp.auth == "oauth2" and not (smtp.tenant and smtp.client_id and smtp.user):
        reading.fault(at, ("smtp", "auth"), "oauth2 needs a tenant, a client_id and a user.")
    if found.mesh and not found.mesh.url.startswith("https://"):
        reading.fault(at, ("mesh", "url"), "MESH is reached over https only.")


def _unreachable(desk: DeskEntry, found: RequestsFile) -> str:
    """Why nothing can be sent to the desk, or ""."""
    if desk.via is Via.HAND:
        return "" if desk.phone.strip() else "it is asked by hand, so it needs a phone."
    if desk.via is Via.EMAIL:
        if not _ADDRESS.fullmatch(desk.address):
            return f"“{desk.address}” is not an e-mail address."
        return "" if found.smtp else "it is asked by e-mail, and there is no [smtp] to send by."
    if not _MESH_MAILBOX.fullmatch(desk.address):
        return f"“{desk.address}” is not a MESH mailbox, as in X26ABC2."
    return "" if found.mesh else "it is asked by MESH, and there is no [mesh] to send by."


def _known(
    reading: Reading,
    at: Source,
    where: tuple[str | int, ...],
    name: str,
    said: tuple[str, ...],
    known: set[str],
) -> None:
    what = {"agencies": "an agency of profile.toml", "concerns": "a code of codes/concerns.csv"}
    for code in said:
        if code not in known:
            reading.fault(at, (*where, name), f"“{code}” is not {what[name]}.")
