"""What "Seen before?" shows: open contacts, records by person, and where was looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.clock import ClockState
from triage.domain.contact import Contact, Content
from triage.domain.lookup import Candidate, VerdictKind
from triage.workflow.desk import Desk

_FIELDS = {
    "given": "First name",
    "family": "Family name",
    "name": "Name",
    "dob": "Birth date",
    "age": "Age",
    "postcode": "Postcode",
    "address": "Address",
    "nhs_number": "NHS number",
    "mother": "Mother",
    "siblings": "Siblings",
    "school": "School",
    "gp": "GP",
    "phone": "Phone",
    "sex": "Sex",
    "upn": "UPN",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSeen:
    """An open contact that looks like the call."""

    contact: Contact
    title: str
    line: str
    why: str
    leading: ClockState | None
    stands: str = ""  # joined | kept apart, once a person said so


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSeen:
    """A record that may be a person of the call, and what was said of it."""

    person: str
    candidate: Candidate
    name: str
    line: str
    verdict: VerdictKind | None = None

    @property
    def id(self) -> tuple[str, str, str]:
        """What stays the same from search to search."""
        record = self.candidate.record
        return (self.person, record.partner, record.record_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """One place where was looked: "answered", "looking", "problem" or "not yet"."""

    name: str
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenView:
    """Everything the pane shows after a search."""

    open: tuple[OpenSeen, ...]
    people: tuple[tuple[str, str, tuple[RecordSeen, ...]], ...]  # person key, name, records
    places: tuple[LookedAt, ...]
    at: datetime | None = None


def field_words(field: str) -> str:
    """A field of the evidence as people say it."""
    return _FIELDS.get(field, field.replace("_", " ").capitalize())


def record_name(candidate: Candidate) -> str:
    """The name as the partner holds it."""
    held = candidate.record.fields
    words = " ".join(w for w in (held.get("given", ""), held.get("family", "")) if w)
    return words or held.get("name", "") or "Name not held"


def record_line(candidate: Candidate, desk: Desk) -> str:
    """Where the record is held, its number, and how it stands there."""
    record = candidate.record
    name = desk.partner_name(record.partner)
    return " · ".join(w for w in (name, record.record_id, record.fields.get("status", "")) if w)


def shared_words(mine: Content, other: Content) -> str:
    """Why an open contact is shown: what it has in common with the call."""
    found = []
    named = {c.name.casefold() for c in mine.children if c.given.known}
    if named & {c.name.casefold() for c in other.children}:
        found.append("child")
    families = {c.family.value.casefold() for c in mine.children if c.family.known}
    theirs = {c.family.value.casefold() for c in other.children if c.family.known}
    if not found and families & theirs:
        found.append("family name")
    code, its = mine.address.postcode, other.address.postcode
    if code.known and its.known and _bare(code.value) == _bare(its.value):
        found.append("postcode")
    said = " and ".join(found)
    whole = "Adding keeps this call whole."
    return f"Same {said}. {whole}" if said else whole


def _bare(postcode: str) -> str:
    return postcode.replace(" ", "").casefold()
