"""The draft as rows of facts, each with the numbers of the words it was read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from triage.domain.contact import Adult, Child, Content
from triage.domain.correction import Correction
from triage.domain.draft import Draft, TextPart
from triage.domain.fact import Fact, FactState, Place, Unknown
from triage.domain.profile import Profile
from triage.domain.spelling import counted
from triage.workflow import fields
from triage.workflow.fact_words import FAMILY, LABELS, RISK, SEEN, group_of, label_of, shown
from triage.workflow.reading import ReadingView

CHECK: Final = "Check"
_STATES: Final = {
    FactState.READ: "Read",
    FactState.TO_CHECK: CHECK,
    FactState.WORKED_OUT: "Worked out",
    FactState.ENTERED: "Typed",
    FactState.CONFIRMED: "Confirmed",
}
_ALWAYS: Final = ("given", "family", "dob", "nhs_number", "school", "gp")
FIELDS: Final = (
    ("address.line", "Address"),
    ("address.postcode", "Postcode"),
    ("referrer.name", "Sender's name"),
    ("referrer.role", "Sender's role"),
    ("referrer.agency", "Sender's service"),
    ("referrer.phone", "Sender's telephone"),
    ("concern", "Words as sent"),
    ("risk_text", "Risk to workers"),
    ("safe_contact", "Safe contact"),
)
_CHILD_FIELDS: Final = ("given", "family", "dob", "nhs_number", "school", "gp", "whereabouts")

Span = tuple[str, int, int]
"""Words in an original: the part's name, first and last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Numbered words: where they stand, whether they are to check, and the facts read there."""

    number: int
    part: str
    start: int
    end: int
    check: bool
    paths: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One line of the draft, or a group's head (then `path` is "" and `value` its quiet words)."""

    path: str
    label: str
    value: str
    state: str = ""
    marks: tuple[int, ...] = ()
    raw: str = ""
    others: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_head(self) -> bool:
        """Whether it heads a group."""
        return self.state == "head"

    def sentence(self) -> str:
        """The line, spoken."""
        if self.is_head:
            return f"{self.label}, {self.value}" if self.value else self.label
        said = [self.label, self.value or "not given", self.state.lower()]
        if self.others:
            said.append(f"or {' or '.join(self.others)}")
        if self.marks:
            noun = "source" if len(self.marks) == 1 else "sources"
            said.append(f"{noun} {', '.join(map(str, self.marks))}")
        return ", ".join(said)


def span_of(place: Place, parts: Mapping[str, int]) -> Span | None:
    """A place as a span of a part that is shown; None where it has no offsets."""
    if place.start is None or place.end is None or place.end <= place.start:
        return None
    return (place.part, place.start, place.end) if place.part in parts else None


def part_order(draft: Draft | None) -> dict[str, int]:
    """The parts of the original, in order, by name."""
    return {part.name: i for i, part in enumerate(draft.parts)} if draft is not None else {}


def marks_of(view: ReadingView) -> tuple[Mark, ...]:
    """Every place a fact was read from, numbered as they stand in the original."""
    order = part_order(view.draft)
    found: dict[Span, list[tuple[str, Fact, Place]]] = {}
    for path, fact in view.facts:
        for place in fact.places:
            span = span_of(place, order)
            if span is not None:
                found.setdefault(span, []).append((path, fact, place))
    ordered = sorted(found, key=lambda s: (order[s[0]], s[1], s[2]))
    return tuple(
        Mark(
            number=number,
            part=span[0],
            start=span[1],
            end=span[2],
            check=any(f.state is FactState.TO_CHECK for _, f, _ in found[span]),
            paths=tuple(p for p, _, _ in found[span]),
            place=found[span][0][2],
        )
        for number, span in enumerate(ordered, 1)
    )


def rows_of(
    view: ReadingView, profile: Profile, today: date, marks: tuple[Mark, ...]
) -> tuple[FactRow, ...]:
    """The draft's rows, grouped as on the screen."""
    numbers: dict[str, tuple[int, ...]] = {}
    for mark in marks:
        for path in mark.paths:
            numbers[path] = (*numbers.get(path, ()), mark.number)
    rows = _Rows(profile, numbers, today, view.contact.content).all()
    return tuple(_with_corrections(rows, view.corrections))


def _with_corrections(rows: Iterable[FactRow], asked: tuple[Correction, ...]) -> Iterator[FactRow]:
    """What somebody says a fact should be, in a line below it; of the whole record, at its end."""
    done: set[str] = set()
    last = ""
    for row in rows:
        yield row
        last = row.path or last
        if row.path and row.path not in done:
            done.add(row.path)
            yield from (_corrected(each, row.path) for each in asked if each.path == row.path)
    if whole := [each for each in asked if not each.path]:
        yield FactRow(path="", label="Asked of the whole", value=str(len(whole)), state="head")
        yield from (_corrected(each, last) for each in whole)  # a line needs a fact to stand by


def _corrected(asked: Correction, path: str) -> FactRow:
    return FactRow(path=path, label="Correction", value=asked.told, state="Noted")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Makes the rows of one draft."""

    profile: Profile
    numbers: Mapping[str, tuple[int, ...]]
    today: date
    content: Content

    def all(self) -> Iterator[FactRow]:
        """Every row, under its group's head."""
        content = self.content
        children, adults = content.children, content.adults
        for i, child in enumerate(children, 1):
            title = "Child" if len(children) == 1 else f"Child {i}"
            yield from self._group(title, list(self._child(child)))
        if not children:
            yield from self._group("Child", [])
        address = list(self._of("address", always=("line", "postcode")))
        yield from self._group("Address", address)
        people = [row for adult in adults for row in self._adult(adult)]
        aside = f"{len(adults)} {'person' if len(adults) == 1 else 'people'}"
        yield from self._group("Household", people, aside)
        yield from self._group("Sender", list(self._of("referrer")))
        told = list(self._plain())
        for title in (SEEN, FAMILY, RISK):
            yield from self._group(title, [r for r in told if group_of(r.path) == title])

    def _group(self, title: str, rows: list[FactRow], aside: str = "") -> Iterator[FactRow]:
        if not rows and title not in ("Child", "Sender"):
            return
        done = sum(r.state not in (CHECK, "Not given") for r in rows)
        words = aside or (f"{done} of {len(rows)}" if rows else "nothing read")
        yield FactRow(path="", label=title, value=words, state="head")
        yield from rows

    def _child(self, child: Child) -> Iterator[FactRow]:
        base = f"children.{child.key}"
        years = child.age_on(self.today)
        for row in self._of(base, always=_ALWAYS):
            yield row
            if row.path == f"{base}.dob" and years is not None:
                yield FactRow(
                    path=row.path,
                    label="Age",
                    value=counted(years, "year"),
                    state="Worked out",
                    marks=row.marks,
                )

    def _adult(self, adult: Adult) -> Iterator[FactRow]:
        yield from self._of(f"adults.{adult.key}", always=("name", "relationship"))

    def _of(self, base: str, always: tuple[str, ...] = ()) -> Iterator[FactRow]:
        for path, fact in fields.facts_of(self.content):
            if not path.startswith(f"{base}."):
                continue
            name = path.removeprefix(f"{base}.").split(".")[0]
            if fact.known or fact.state is FactState.TO_CHECK or name in always:
                yield self.row(path, LABELS[name], fact)

    def _plain(self) -> Iterator[FactRow]:
        for path, fact in fields.facts_of(self.content):
            name = path.split(".")[0]
            if name in ("children", "adults", "address", "referrer"):
                continue
            if fact.known or fact.state is FactState.TO_CHECK:
                yield self.row(path, label_of(path, fact), fact)

    def row(self, path: str, label: str, fact: Fact) -> FactRow:
        """One fact's row."""
        given = fact.known
        unsaid = "Could not be told" if fact.unknown is Unknown.UNREADABLE else "Not given"
        state = _STATES[fact.state] if given or fact.state is FactState.TO_CHECK else "Not given"
        return FactRow(
            path=path,
            label=label,
            value=shown(self.profile, path, fact.value) if given else unsaid,
            state=state,
            marks=self.numbers.get(path, ()),
            raw=fact.value,
            others=tuple(shown(self.profile, path, a) for a in fact.alternatives),
            note=fact.note,
        )


def field_choices(content: Content) -> tuple[tuple[str, str], ...]:
    """Fields that marked words can be, by path: each child's, then the rest."""
    found = [
        (f"children.{child.key}.{name}", f"{child.name}: {LABELS[name].lower()}")
        for child in content.children
        for name in _CHILD_FIELDS
    ]
    return (*found, ("child", "A child, by name"), *FIELDS)


def shown_part(draft: Draft | None) -> TextPart | None:
    """The part shown first: the one most was read from is the longest form, else the body."""
    if draft is None or not draft.parts:
        return None
    real = [p for p in draft.parts if p.name != "headers"] or list(draft.parts)
    return max(real, key=lambda p: (bool(p.boxes), len(p.text)))
