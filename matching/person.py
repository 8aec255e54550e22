"""A person as matching sees them: the facts compared, as written and once normalised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matching import normalise


class Sex(StrEnum):
    """Sex as recorded; UNKNOWN weighs nothing in either direction."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Facts about one person in one source, exactly as they were written there.

    `id` is unique within `source`. `age` is an inclusive range of whole years on
    `age_as_of`; without that day an age can't be compared and counts as missing.
    `dob_text` holds a birth date as written that is not a full date: "March 2019", "EDD 14/3/27"
    of an unborn child, "Year 3" or "8 months" on `age_as_of`. What does not read as any of these
    is compared as text.
    """

    id: str
    source: str = ""
    given: str | None = None
    family: str | None = None
    aliases: tuple[str, ...] = ()
    dob: date | None = None
    dob_text: str | None = None
    age: tuple[int, int] | None = None
    age_as_of: date | None = None
    sex: Sex = Sex.UNKNOWN
    nhs_number: str | None = None
    upn: str | None = None
    address: str | None = None
    postcode: str | None = None
    phone: str | None = None
    mother: str | None = None
    siblings: tuple[str, ...] = ()
    school: str | None = None
    gp: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Source and identifier: what tells one record from another."""
        return (self.source, self.id)

    @property
    def name(self) -> str:
        """Given and family name as written, or an empty string."""
        return " ".join(part.strip() for part in (self.given, self.family) if part).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameParts:
    """One way to read a name: given names in order, family names in order (folded)."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    alias: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A person's facts after normalising; empty or None means missing."""

    person: Person
    names: tuple[NameParts, ...]
    placeholder_name: bool
    dob: date | None
    dob_parts: normalise.DateParts
    born: tuple[date, date] | None
    impossible_dob: str | None
    sex: Sex
    nhs_number: str | None
    nhs_valid: bool
    upn: str | None
    address: normalise.Address | None
    postcode: str | None
    phone: str | None
    mother: NameParts | None
    siblings: tuple[NameParts, ...]
    school: tuple[str, ...]
    gp: tuple[str, ...]


def full_name(text: str) -> NameParts | None:
    """Split "Carla Rowe" or "Rowe, Carla" into given and family names, or None if empty.

    What follows the first digit ("Theo Rowe, 2 Aug 2023") is not part of the name.
    One word alone is taken as a given name.
    """
    text = normalise.before_first_digit(text)
    before, comma, after = text.partition(",")
    if comma and normalise.name_tokens(after):
        return NameParts(given=normalise.name_tokens(after), family=normalise.name_tokens(before))
    words = normalise.name_tokens(text)
    if not words:
        return None
    if len(words) == 1:
        return NameParts(given=words, family=())
    return NameParts(given=words[:-1], family=words[-1:])


def _names(person: Person) -> tuple[tuple[NameParts, ...], bool]:
    placeholder = normalise.is_placeholder_name(person.given) or (
        not person.given and normalise.is_placeholder_name(person.family)
    )
    given = () if placeholder else normalise.name_tokens(person.given)
    family: tuple[str, ...] = ()
    if not normalise.is_placeholder_family(person.family):
        family = normalise.name_tokens(person.family)
    readings: list[NameParts] = []
    if given or family:
        readings.append(NameParts(given=given, family=family))
    if not family and len(given) > 1:
        readings.append(NameParts(given=given[:-1], family=given[-1:]))
    if not given and len(family) > 1 and not placeholder:
        readings.append(NameParts(given=family[:-1], family=family[-1:]))
    for alias in person.aliases:
        parts = full_name(alias)
        if parts is not None and not normalise.is_placeholder_name(alias):
            readings.append(NameParts(given=parts.given, family=parts.family, alias=True))
    return tuple(readings), placeholder


def prepare(person: Person) -> Facts:
    """Normalise every fact of `person` once. Never raises: what can't be read is missing."""
    names, placeholder = _names(person)
    parts = normalise.NO_DATE
    if person.dob is not None:
        parts = normalise.DateParts(person.dob.year, person.dob.month, person.dob.day)
    elif person.dob_text:
        parts = normalise.date_parts(person.dob_text)
    dob = person.dob or parts.as_date()
    born = None
    if dob is None and person.dob_text and parts.year is None:
        born = normalise.born_within(person.dob_text, person.age_as_of)
    if dob is None and born is None and person.age is not None and person.age_as_of is not None:
        born = normalise.birth_range(person.age, person.age_as_of)
    number = normalise.digits(person.nhs_number)
    siblings = (full_name(name) for name in person.siblings)
    return Facts(
        person=person,
        names=names,
        placeholder_name=placeholder,
        dob=dob,
        dob_parts=parts,
        born=born,
        impossible_dob=(
            normalise.impossible_date(person.dob_text)
            if dob is None and born is None and person.dob_text
            else None
        ),
        sex=person.sex,
        nhs_number=number or None,
        nhs_valid=normalise.is_nhs_number(number),
        upn=normalise.upn(person.upn),
        address=normalise.address(person.address),
        postcode=normalise.postcode(person.postcode),
        phone=normalise.phone(person.phone),
        mother=full_name(person.mother) if person.mother else None,
        siblings=tuple(name for name in siblings if name is not None),
        school=normalise.organisation(person.school),
        gp=normalise.organisation(person.gp),
    )
