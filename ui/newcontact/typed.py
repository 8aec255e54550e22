"""What was typed during a call, as facts. Nothing is guessed: an empty box is "not said"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from triage.domain.contact import Adult, Child, Content, SaidLine, Voice
from triage.domain.fact import NOT_SAID, Fact, FactState, Unknown, entered

_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y")
_SHORT = ("%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%d %b %y")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,}?)[”\"]|(?<!\w)[‘']([^’']{4,}?)[’'](?!\w)")
_NO_NAME = re.compile(
    r"^(?:baby|(?:the )?baby[ ,]+name.*|unborn.*|name not known|not known)$", re.I
)
_NAMELESS = ("not known", "don't know", "unknown")

NOT_ASKED = "not_asked"
"""The answer of a box nobody has asked about, on the screen and in the fact alike."""


@dataclass(frozen=True, slots=True)
class Typist:
    """Who types, and when: what each new fact is signed with."""

    by: str
    at: datetime

    def fact(self, before: Fact | None, words: str) -> Fact:
        """The fact as typed; the one before where it says the same."""
        words = " ".join(words.split())
        was = before or NOT_SAID
        if not words:
            return was if not was.known and not was.by else NOT_SAID
        if was.known and was.value == words:
            return was
        return entered(words, by=self.by, at=self.at, places=was.places)

    def unknown(self, before: Fact | None, why: Unknown) -> Fact:
        """A fact that was asked about, or wasn't, and has no answer."""
        if before is not None and before.unknown is why and before.by:
            return before
        return Fact(unknown=why, state=FactState.ENTERED, by=self.by, at=self.at)

    def answer(self, before: Fact | None, key: str | None) -> Fact:
        """One of a few answers: None is not said, `NOT_ASKED` not asked."""
        if key is None:
            return self.fact(before, "")
        if key == NOT_ASKED:
            return self.unknown(before, Unknown.NOT_ASKED)
        return self.fact(before, key)


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One line under Children, as typed."""

    key: str
    name: str
    born: str
    school: str
    where: str

    @property
    def empty(self) -> bool:
        """Nothing is typed in it."""
        return not any((self.name, self.born, self.school, self.where))


@dataclass(frozen=True, slots=True)
class AdultRow:
    """One line under Household, as typed. `lives` is yes, no, not known or None."""

    key: str
    name: str
    tie: str
    known: str
    lives: str | None

    @property
    def empty(self) -> bool:
        """Nothing is typed or chosen in it."""
        return not any((self.name, self.tie, self.known, self.lives))


def born_on(words: str, today: date) -> date | None:
    """A whole date as people say it, day first; None for an age or anything doubtful."""
    words = " ".join(words.replace(",", " ").split())
    for pattern in (*_DATES, *_SHORT):
        try:
            found = datetime.strptime(words, pattern).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if found.year > today.year + 1:
            found = found.replace(year=found.year - 100)
        return found
    return None


def names_of(words: str) -> tuple[str, str]:
    """Given and family name; what is typed as one word is the given name."""
    given, _, family = " ".join(words.split()).rpartition(" ")
    return (given, family) if given else (family, "")


def is_nameless(words: str) -> bool:
    """Whether the box says that nobody knows the name ("Baby, name not known")."""
    said = " ".join(words.split())
    return bool(_NO_NAME.match(said)) or any(n in said.lower() for n in _NAMELESS)


def child_of(row: ChildRow, before: Child | None, typist: Typist, today: date) -> Child:
    """The child as typed; facts that the row does not show are kept."""
    was = before or Child(key=row.key)
    unborn = "unborn" in row.name.lower()
    if row.name and is_nameless(row.name):
        given = typist.unknown(was.given, Unknown.NOT_KNOWN)
        family = typist.fact(was.family, "")
    else:
        first, last = names_of(row.name)
        given, family = typist.fact(was.given, first), typist.fact(was.family, last)
    born = born_on(row.born, today) if row.born else None
    dob = edd = age = ""
    if born is not None and (unborn or born > today):
        edd = born.isoformat()
    elif born is not None:
        dob = born.isoformat()
    else:
        age = row.born
    return replace(
        was,
        given=given,
        family=family,
        dob=typist.fact(was.dob, dob),
        edd=typist.fact(was.edd, edd),
        age_text=typist.fact(was.age_text, age),
        school=typist.fact(was.school, row.school),
        whereabouts=typist.fact(was.whereabouts, row.where),
        unborn=unborn,
    )


def adult_of(row: AdultRow, before: Adult | None, typist: Typist) -> Adult:
    """The adult as typed; facts that the row does not show are kept."""
    was = before or Adult(key=row.key)
    lives = (
        typist.unknown(was.lives_here, Unknown.NOT_KNOWN)
        if row.lives == "not known"
        else typist.answer(was.lives_here, row.lives)
    )
    return replace(
        was,
        name=typist.fact(was.name, row.name),
        relationship=typist.fact(was.relationship, row.tie),
        known_of=typist.fact(was.known_of, row.known),
        lives_here=lives,
    )


def people_of(
    content: Content,
    children: Iterable[ChildRow],
    adults: Iterable[AdultRow],
    typist: Typist,
    today: date,
) -> Content:
    """The content with its people as the rows have them; empty rows are left out."""
    held_children = {c.key: c for c in content.children}
    held_adults = {a.key: a for a in content.adults}
    return replace(
        content,
        children=tuple(
            child_of(row, held_children.get(row.key), typist, today)
            for row in children
            if not row.empty
        ),
        adults=tuple(
            adult_of(row, held_adults.get(row.key), typist) for row in adults if not row.empty
        ),
    )


def quotes(words: str) -> list[tuple[int, int]]:
    """Where words stand between quotation marks: (start, end), the marks included."""
    return [m.span() for m in _QUOTED.finditer(words)]


def said_facts(content: Content, lines: Sequence[SaidLine], typist: Typist) -> Content:
    """The content with the lines of the call, the child's own words among them apart.

    The concern is all of it, in the caller's words.
    """
    held = {f.value: f for f in content.child_words}
    own: list[Fact] = []
    for line in lines:
        if line.voice is not Voice.CHILD_SAID:
            continue
        spans = quotes(line.words)
        for start, end in spans or [(0, len(line.words))]:
            words = line.words[start:end].strip("“”\"‘’' ")
            own.append(typist.fact(held.get(words), words))
    return replace(
        content,
        said=tuple(lines),
        child_words=tuple(own),
        concern=typist.fact(content.concern, " ".join(line.words for line in lines)),
    )


def risk_facts(
    content: Content, ticked: Sequence[str], labels: dict[str, str], typist: Typist
) -> Content:
    """The content with the risk to workers as ticked: named, none known, or not asked."""
    named = [labels[key] for key in ticked if key not in ("none_known", NOT_ASKED)]
    if named:
        risk = typist.fact(content.risk_to_workers, "yes")
    elif "none_known" in ticked:
        risk = typist.fact(content.risk_to_workers, "no")
    elif NOT_ASKED in ticked:
        risk = typist.unknown(content.risk_to_workers, Unknown.NOT_ASKED)
    else:
        risk = typist.fact(content.risk_to_workers, "")
    return replace(
        content,
        risk_to_workers=risk,
        risk_text=typist.fact(content.risk_text, ", ".join(named)),
    )


_ASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"where (are|is) the child", re.I), "where"),
    (re.compile(r"child.*said|said.*child", re.I), "voice"),
    (re.compile(r"home tonight|lives? there|at home", re.I), "home"),
    (re.compile(r"danger|people who visit|safe to visit", re.I), "risk"),
)


def answered(prompt: str, content: Content) -> bool:
    """Whether what was typed answers a line of the ask-list; unknown lines wait for a tick."""
    about = next((what for pattern, what in _ASKS if pattern.search(prompt)), "")
    children = content.children
    if about == "where":
        return bool(children) and all(c.whereabouts.known for c in children)
    if about == "voice":
        return bool(content.child_words)
    if about == "home":
        return any(a.lives_here.known for a in content.adults)
    if about == "risk":
        risk = content.risk_to_workers
        return risk.known
    return False


def unfinished(content: Content) -> tuple[int, ...]:
    """The parts (1 to 6) in which nothing is typed yet."""
    told = {
        1: content.referrer.name.known or content.referrer.anonymous.known,
        2: bool(content.said),
        3: bool(content.children),
        4: bool(content.adults) or content.address.line.known or content.address.postcode.known,
        5: bool(content.concerns),
        6: content.risk_to_workers.known or bool(content.risk_to_workers.by),
    }
    return tuple(part for part, there in told.items() if not there)


def nothing_typed(content: Content) -> bool:
    """Whether the call holds nothing at all."""
    return len(unfinished(content)) == 6
