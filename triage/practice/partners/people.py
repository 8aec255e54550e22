"""A person as a partner's system holds them, and the practice families as such people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from triage.practice.families import HeldPerson, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One person of a register. `number` is the NHS number where it has one, `was` the numbers
    that this one replaced; `restricted` hides where they are."""

    id: str
    given: str
    family: str
    born: str
    sex: str = ""
    number: str = ""
    was: tuple[str, ...] = ()
    other_family: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    practice: str = ""
    school: str = ""
    upn: str = ""
    died: str = ""
    restricted: bool = False
    mother: str = ""
    events: tuple[tuple[str, date, date, str], ...] = field(default=())


def of_families(partner: str, today: date) -> Iterator[Registered]:
    """The practice families as one kind of partner knows them."""
    for held in told(today):
        if held.partner == partner:
            yield registered(held)


def registered(held: HeldPerson) -> Registered:
    """A practice partner's person."""
    facts = held.fields
    return Registered(
        id=held.record_id,
        given=facts.get("given", ""),
        family=facts.get("family", ""),
        born=facts.get("dob", ""),
        sex=facts.get("sex", ""),
        number=facts.get("nhs_number", ""),
        address=facts.get("address", ""),
        postcode=facts.get("postcode", ""),
        phone=facts.get("phone", ""),
        practice=facts.get("gp", ""),
        school=facts.get("school", ""),
        upn=facts.get("upn", ""),
        restricted=facts.get("restricted", "") == "yes",
        mother=facts.get("mother", ""),
        events=held.involvement,
    )
