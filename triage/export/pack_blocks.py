"""The pieces a pack is made of before it is drawn: words with their nature, blocks, sections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from triage.domain.pack import Removal
from triage.domain.spelling import spell_day
from triage.export.pack_removal import Nature, Passage

NOT_RECORDED = "Not recorded when this was signed."
NOBODY = "Nobody named yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(Passage):
    """A passage and its weight; one that `keeps_lines` ends its lines where it did."""

    weight: str = "regular"  # regular | strong | muted
    marks_quotes: bool = False  # a child's own words are set strong
    keeps_lines: bool = False


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph."""

    runs: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A short list."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under heads. `widths` are shares of the line's length; they add up to 1."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Labels and values, two to a line."""

    pairs: tuple[tuple[str, Line], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two headed lists side by side."""

    left: tuple["Block", ...]
    right_title: str
    right: tuple["Block", ...]


Block = Paragraph | Bullets | Table | Pairs | Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headed section. `page` names the page it begins where there is room: decision, why…"""

    title: str
    blocks: tuple[Block, ...]
    note: Line = ()
    page: str = "decision"


def day_words(iso: str) -> str:
    """An ISO date or time as people read it, or the text as it is."""
    try:
        return spell_day(date.fromisoformat(iso))
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{spell_day(when)}, {when:%H:%M}"


def time_words(at: datetime, zone: ZoneInfo) -> str:
    """24 Nov 2026, 12:14, on the hub's clock."""
    local = at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=UTC).astimezone(zone)
    return f"{spell_day(local)}, {local:%H:%M}"


def spoken_list(words: Iterable[str]) -> str:
    """A, B and C."""
    items = list(words)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def told(text: str, *, weight: str = "regular", quotes: bool = False) -> Line:
    """Words somebody wrote."""
    return (Run(text=text, weight=weight, marks_quotes=quotes),)


def fact(text: str, *, whole: Removal | None = None, weight: str = "regular") -> Line:
    """A fact held of the family."""
    return (Run(text=text, nature=Nature.FACT, whole=whole, weight=weight),)


def fixed(text: str, *, weight: str = "regular") -> Line:
    """The hub's own words."""
    return (Run(text=text, nature=Nature.FIXED, weight=weight),)


def kept(text: str, *, weight: str = "regular") -> Line:
    """Words that no removal takes out."""
    return (Run(text=text, nature=Nature.KEPT, weight=weight),)


def paragraphs(text: str, *, quotes: bool = False) -> tuple[Paragraph, ...]:
    """The text in paragraphs, cut at empty lines; single line ends are kept as spaces."""
    parts = re.split(r"\n\s*\n", text.strip())
    return tuple(Paragraph(runs=told(part, quotes=quotes)) for part in parts if part.strip())


def nothing() -> Paragraph:
    """What stands where nothing was recorded."""
    return Paragraph(runs=fixed(NOT_RECORDED, weight="muted"))


def sentence(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def places(number: int) -> str:
    """1 place, 2 places, none."""
    return "none" if number == 0 else f"{number} place" + ("s" if number > 1 else "")
