"""A fact as it was read, typed or worked out, with where it came from; unknown says why."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Unknown(StrEnum):
    """Why a fact is missing. Unknown is not no."""

    NOT_SAID = "not said"
    NOT_ASKED = "not asked"
    NOT_KNOWN = "not known"
    REFUSED = "refused"
    NOT_APPLICABLE = "not applicable"
    UNREADABLE = "could not be read"


class FactState(StrEnum):
    """How far a fact may be trusted: a machine fills in, a person confirms."""

    READ = "read"
    TO_CHECK = "to check"
    WORKED_OUT = "worked out"
    ENTERED = "entered"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where words stand in an original.

    `file` is the original's name as it came; `part` its plain-text rendition when a file has
    several (body, attachment name, row). `start` and `end` are character offsets in that
    rendition, `page` counts from 1, `box` is left, top, right, bottom as fractions of the
    page (0..1, origin top left) where the page's layout is known.
    """

    file: str
    part: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None
    box: tuple[float, float, float, float] | None = None
    label: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value as text, or why it is missing.

    Dates are ISO (2019-03-14), yes and no are "yes" and "no", numbers of people are digits only
    where a number is meant. `alternatives` holds the other readings when two are possible;
    `note` says in a sentence why a person should look.
    """

    value: str = ""
    unknown: Unknown | None = Unknown.NOT_SAID
    state: FactState = FactState.READ
    places: tuple[Place, ...] = ()
    alternatives: tuple[str, ...] = ()
    note: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def known(self) -> bool:
        """True when there is a value."""
        return self.unknown is None

    @property
    def as_date(self) -> date | None:
        """The value as a date, or None when it is unknown or not a whole date."""
        try:
            return date.fromisoformat(self.value) if self.known else None
        except ValueError:
            return None

    @property
    def answer(self) -> "Answer3":
        """The value as yes, no or unknown."""
        return {"yes": Answer3.YES, "no": Answer3.NO}.get(self.value, Answer3.UNKNOWN)


class Answer3(StrEnum):
    """Yes, no, or not known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


NOT_SAID = Fact()


def read(value: str, *places: Place, note: str = "", alternatives: tuple[str, ...] = ()) -> Fact:
    """A fact read by the reader; a note or another reading makes it one to check."""
    state = FactState.TO_CHECK if note or alternatives else FactState.READ
    return Fact(
        value=value,
        unknown=None,
        state=state,
        places=places,
        note=note,
        alternatives=alternatives,
    )


def entered(value: str, *, by: str, at: datetime, places: tuple[Place, ...] = ()) -> Fact:
    """A fact that a person typed or marked by hand."""
    return Fact(value=value, unknown=None, state=FactState.ENTERED, places=places, by=by, at=at)
