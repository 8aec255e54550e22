"""How long a record is kept, by what was decided, and when it falls due for destruction.

Retention is each council's own (UK GDPR article 5(1)(e) asks for limits, and sets none), so the
rules are the profile's, each with its source.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

SET_ASIDE = "set_aside"
"""Stands for an outcome where a contact was set aside: no decision was made on it."""


NO_CONTACT = "no_contact"
"""Stands for an outcome where what arrived became no contact, and is about nobody known."""


class CountedFrom(StrEnum):
    """From which day the years are counted."""

    ENDED = "ended"
    EIGHTEEN = "eighteenth birthday"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """Years that records of some outcomes are kept, and where that comes from."""

    id: str
    label: str
    outcomes: tuple[str, ...]
    years: int
    counted_from: CountedFrom
    source: str


class Fate(StrEnum):
    """Where a record that fell due stands."""

    DUE = "due"
    PROPOSED = "proposed"
    KEPT = "kept"
    HELD = "held"
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What became of a record that fell due: who proposed to destroy it, who decided. It holds
    nothing of the family, and stays. `keep_until` is when one that was kept is looked at again."""

    contact_id: UUID
    reference: str
    outcome: str
    rule: str
    due_on: date
    fate: Fate
    proposed_by: str
    proposed_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    keep_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """Keeps a record from being destroyed, whatever its age, until it is lifted."""

    id: UUID
    contact_id: UUID
    why: str
    by: str
    at: datetime
    lifted_by: str = ""
    lifted_at: datetime | None = None
    lifted_why: str = ""


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March for 29 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def due_on(
    rules: Iterable[RetentionRule],
    outcomes: Iterable[str],
    ended: date,
    births: Iterable[date | None],
) -> tuple[date, RetentionRule] | None:
    """When a record falls due and by which rule, the longest that applies; None where no rule
    names one of its outcomes: it is kept.

    A child whose birth date is not known counts as born on the day the record `ended`: no record
    is destroyed too early for want of a date.
    """
    said = set(outcomes)
    born = [birth or ended for birth in births] or [ended]
    found: list[tuple[date, RetentionRule]] = []
    named: set[str] = set()
    for rule in rules:
        if not said.intersection(rule.outcomes):
            continue
        named.update(rule.outcomes)
        start = ended
        if rule.counted_from is CountedFrom.EIGHTEEN:
            start = max(ended, *(years_after(day, 18) for day in born))
        found.append((years_after(start, rule.years), rule))
    if not found or said - named:
        return None
    return max(found, key=lambda pair: pair[0])
