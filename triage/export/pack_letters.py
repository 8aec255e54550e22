"""Letters on paper: which font can draw a word, and what is printed where none can.

A letter is never dropped: what the pack's own font lacks is drawn in the fallback font, and what
that lacks too is named by its script and number, such as [Chinese or Japanese U+4E2D U+6587]; the
pack then says so.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

REGULAR = "Pack"
STRONG = "Pack-SemiBold"
BOLD = "Pack-Bold"
SIGNED = "Pack-SemiBoldItalic"
SEAL = "Pack-Seal"
FALLBACK = "Pack-Fallback"

_FILES = {
    REGULAR: "AtkinsonHyperlegibleNext-Regular.ttf",
    STRONG: "AtkinsonHyperlegibleNext-SemiBold.ttf",
    BOLD: "AtkinsonHyperlegibleNext-Bold.ttf",
    SIGNED: "AtkinsonHyperlegibleNext-SemiBoldItalic.ttf",
    SEAL: "AtkinsonHyperlegibleMono-Regular-latin.ttf",
    FALLBACK: "fallback/DejaVuSans.ttf",
}
_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "fonts"
_SCRIPTS = {
    "CJK": "Chinese or Japanese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}
_TURNED = frozenset({"R", "AL"})
_CORE = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)
_loading = threading.Lock()


@cache
def _letters(font: str) -> frozenset[int]:
    """Register the font with the printer of PDF, once, and tell which letters it has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    with _loading:
        face = TTFont(font, str(_FOLDER / _FILES[font]))
        pdfmetrics.registerFont(face)
    return frozenset(face.face.charToGlyph)


def load_fonts() -> None:
    """Make the pack's own fonts known; the fallback font waits until a letter needs it."""
    for font in _FILES:
        if font != FALLBACK:
            _letters(font)


def _is_turned(word: str) -> bool:
    return any(unicodedata.bidirectional(letter) in _TURNED for letter in word)


@cache
def _joined_shapes() -> dict[tuple[str, str], str]:
    """(Arabic letter, isolated | initial | medial | final) -> the letter's shape there."""
    shapes: dict[tuple[str, str], str] = {}
    for number in range(0xFB50, 0xFEFD):
        form, *letters = unicodedata.decomposition(chr(number)).split() or [""]
        if form in ("<isolated>", "<initial>", "<medial>", "<final>") and len(letters) == 1:
            shapes[chr(int(letters[0], 16)), form[1:-1]] = chr(number)
    return shapes


def join_letters(word: str) -> str:
    """Arabic letters in the shapes they take beside their neighbours; other letters as they are."""
    shapes = _joined_shapes()
    plain = [letter for letter in word if not unicodedata.combining(letter)]
    joined = []
    for at, letter in enumerate(plain):
        before = plain[at - 1] if at else ""
        after = plain[at + 1] if at + 1 < len(plain) else ""
        from_before = (before, "initial") in shapes and (letter, "final") in shapes
        to_after = (letter, "initial") in shapes and (after, "final") in shapes
        form = {
            (True, True): "medial",
            (True, False): "final",
            (False, True): "initial",
            (False, False): "isolated",
        }[from_before, to_after]
        joined.append(shapes.get((letter, form), letter))
    return "".join(joined)


def turn_round(text: str) -> str:
    """Words written from right to left, in the order they are drawn from the left."""
    turned = []
    for run in re.findall(r"\d+(?:[.,:/]\d+)*|\s+|[^\d\s]+", text):
        turned.append(run if run[0].isdigit() else join_letters(run)[::-1])
    return "".join(reversed(turned))


def set_in(text: str, font: str) -> Iterator[tuple[str, str]]:
    """The text in (words, font) parts, each of letters that its font has."""
    have = _letters(font)
    pending = ""
    for part in re.findall(r"\s+|\S+", text):
        if all(ord(letter) in have or letter in "\n\t\r" for letter in part):
            pending += part
            continue
        if pending:
            yield pending, font
            pending = ""
        before, core, after = _CORE.fullmatch(part).groups()  # type: ignore[union-attr]
        if before:
            yield from _fall_back(before, font)
        yield from _fall_back(turn_round(core) if _is_turned(core) else core, font)
        if after:
            yield from _fall_back(after, font)
    if pending:
        yield pending, font


def _fall_back(word: str, font: str) -> Iterator[tuple[str, str]]:
    if all(ord(letter) in _letters(font) for letter in word):
        yield word, font
        return
    spare = _letters(FALLBACK)
    lost = ""
    for piece in re.findall(r"[^\W\d_]+|[\W\d_]", word):
        whole = all(ord(letter) in spare for letter in piece)
        for part in (piece,) if whole else piece:
            if whole or ord(part) in spare or ord(part) in _letters(font):
                if lost:
                    yield _named(lost), font
                    lost = ""
                yield part, FALLBACK if whole or ord(part) in spare else font
            elif lost and script_of(part) != script_of(lost[0]):
                yield _named(lost), font
                lost = part
            else:
                lost += part
    if lost:
        yield _named(lost), font


def script_of(letter: str) -> str:
    """What people call the writing a letter belongs to; for a sign, what it shows."""
    name = unicodedata.name(letter, "")
    first = name.partition(" ")[0]
    if first in _SCRIPTS:
        return _SCRIPTS[first]
    if not name:
        return "Unnamed letter"
    return first.capitalize() if unicodedata.category(letter)[0] in "LM" else name.capitalize()


def _named(lost: str) -> str:
    return f"[{script_of(lost[0])} {' '.join(f'U+{ord(letter):04X}' for letter in lost)}]"


def not_drawn(words: Iterable[str]) -> tuple[str, ...]:
    """What the letters that no font of the pack has belong to, in words, each once."""
    others = {
        letter
        for text in words
        for letter in text
        if ord(letter) not in _letters(REGULAR) and not letter.isspace()
    }
    if not others:
        return ()
    return tuple(sorted({script_of(o) for o in others if ord(o) not in _letters(FALLBACK)}))


def phrases_turned(text: str) -> str:
    """The text with each run of right-to-left words kept on one line, last word first."""

    def turned(found: re.Match[str]) -> str:
        words = found.group().split()
        return "\u00a0".join(reversed(words)) if len(words) > 1 else found.group()

    rtl = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+"
    return re.sub(rf"{rtl}(?:\s+{rtl})+", turned, text)
