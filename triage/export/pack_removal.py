"""Words taken out of one copy of the pack, before anything is drawn.

Each text of the pack is cut into pieces: words that stay, and marks where words were. The words
removed never reach the file, so nothing can be uncovered or copied out of it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from triage.domain.decision import DecisionVersion, FrozenPerson
from triage.domain.pack import Copy, Removal

Piece = str | Removal
"""Words that stay, or the mark where words of that kind were."""


class Nature(StrEnum):
    """What a text of the pack is, which decides what is looked for in it.

    TOLD is what somebody wrote, and everything is looked for there. FACT is what we hold of the
    family: who reported it is not looked for there, since a child's school that is marked "who
    reported it" would say exactly that. FIXED is the hub's own wording, from which only chosen
    words go. KEPT is never cut: recipients, and what the last page says of the copies.
    """

    TOLD = "told"
    FACT = "fact"
    FIXED = "fixed"
    KEPT = "kept"

    def is_searched_for(self, kind: Removal) -> bool:
        """Whether words of that kind are taken out of such a text."""
        if self in (Nature.FIXED, Nature.KEPT):
            return self is Nature.FIXED and kind is Removal.CHOSEN_WORDS
        return self is Nature.TOLD or kind is not Removal.REFERRER


_GAP = r"[\s\-‐‑–.,_()/]*"
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
"""No letter or figure beside it. A sign is none, nor is the line in Sandhu_note.docx."""

_ALIKE = {
    **dict.fromkeys("'’‘ʼ`´", "['’‘ʼ`´]"),
    **dict.fromkeys('"“”„', '["“”„]'),
    **dict.fromkeys("-‐‑–—", "[-‐‑–—]"),
}
_UNSEEN = re.compile(
    # Unicode's default ignorable code points: not drawn, so a word with one reads as without it.
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
    # Joiners shape Arabic and Indic letters; beside Latin ones they only hide.
    "|(?<=[!-\u024f])[\u200c\u200d]|[\u200c\u200d](?=[!-\u024f])"
)
_WIDE = {
    letter: unicodedata.normalize("NFKC", chr(letter))
    for letters in (range(0xFF01, 0xFF5F), range(0x1D400, 0x1D800), range(0x24B6, 0x24EA),
                    map(ord, "ℂℊℋℌℍℎℐℑℒℓℕℙℚℛℜℝℤℨℬℭℯℰℱℳℴ"))
    for letter in letters
}  # fmt: skip
"""Letters in another dress, as people write their names on line, and as they are."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TITLE = r"(?:(?i:Mrs?|Ms|Miss|Mx|Dr|Prof|Sir|Rev|PC|DC|DS|Sgt|Nurse|Sister)\b\.?\s+)"
_TITLES = re.compile(f"^{_TITLE}+")
_GROUPED_NUMBER = re.compile(r"(?<![\d+])\d{3}[\s\-‐‑–.,_]*\d{3}[\s\-‐‑–.,_]*\d{4}(?!\d)")
_SPACED_NUMBER = re.compile(r"(?<![\d+])\d(?:[\s\-‐‑–.,_]*\d){9}(?!\d)")
_DAY = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)? [^\W\d]+ (?:\d\d){1,2}|[^\W\d]+ \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
    r"|\d{1,2}([/.-])\d{1,2}\1(?:\d\d){1,2}|\d{4}-\d\d-\d\d"
)
"""A day, whichever way it is written: never looked for by halves, as a name is."""
_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    "Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
MONTH_OF_A_DAY = re.compile(rf"(?i)(?<=\d )(?:{_MONTH})(?= \d\d(?:\d\d)?(?!\d))")
"""A word that stands there is nobody's name, also where a May or a Mar is looked for."""
_PUPIL_NUMBER = re.compile(r"[A-Za-z]\d{11}[\dA-Za-z]")
_PHONE_IN = re.compile(r"(?<!\d)(?:(?:\+|00)?44[\s(]*|\(?0)\d(?:[\s\-–.()]*\d){8,9}(?!\d)")
_STREETS = (
    ("street", "st"), ("road", "rd"), ("lane", "ln"), ("close", "cl"), ("avenue", "ave", "av"),
    ("drive", "dr"), ("court", "ct"), ("terrace", "terr"), ("place", "pl"), ("square", "sq"),
    ("gardens", "gdns"), ("grove", "gr"), ("crescent", "cres"), ("house", "hse"),
)  # fmt: skip
STREET_WORDS = frozenset(word for ways in _STREETS for word in ways)
"""What a street or a house is called by, in small letters."""
_NEAR = frozenset({"mother", "father", "mum", "dad", "parent", "carer", "guardian"})
_NEAR |= {"stepmother", "stepfather", "step-mother", "step-father"}
_NEAR |= {"partner", "husband", "wife", "boyfriend", "girlfriend"}


def tidy(text: str) -> str:
    """The text in one form (NFC, Latin letters in one dress), without letters that are not seen
    or that turn text round."""
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", _UNSEEN.sub("", text.translate(_WIDE))))


def is_health_number(text: str) -> bool:
    """Whether ten digits pass the NHS number's check (modulus 11); spacing is ignored."""
    digits = [int(d) for d in re.sub(r"\D", "", text)]
    if len(digits) != 10:
        return False
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (0 if check == 11 else check) == digits[9]


def _phrase(words: str) -> str:
    """A pattern for the words in any case and spacing, also across a line's end."""
    return f"(?i:{found})" if (found := letters_of(words)) else ""


def letters_of(words: str) -> str:
    """As a phrase, but in the very letters, small or large."""
    tokens = [
        "".join(_ALIKE.get(letter, re.escape(letter)) for letter in token)
        for token in tidy(words).split()
    ]
    if not tokens:
        return ""
    first, last = tidy(words).strip()[0], tidy(words).strip()[-1]
    start = _START if first.isalnum() else ""
    end = _END if last.isalnum() else ""
    gap = r"\s+"
    return f"{start}{gap.join(tokens)}{end}"


def _digits(number: str) -> str:
    """A pattern for a telephone number in any spacing, with or without +44."""
    digits = re.sub(r"\D", "", number)
    digits = re.sub(r"^(?:0044|44)", "0", digits)
    if len(digits) < 6:
        return ""
    body = _GAP.join(digits[1:] if digits.startswith("0") else digits)
    start = rf"(?:(?:\+|00)?44{_GAP}0?{_GAP}|\(?0{_GAP})" if digits.startswith("0") else ""
    return rf"(?<!\d){start}{body}(?!\d)"


def _postcode(postcode: str) -> str:
    squeezed = re.sub(r"\s", "", postcode)
    if len(squeezed) < 5:
        return _phrase(postcode)
    return rf"(?i:{_START}{re.escape(squeezed[:-3])}\s*{re.escape(squeezed[-3:])}{_END})"


def _of_name(name: str, others: frozenset[str]) -> Iterable[str]:
    """Patterns for a person's name: whole, turned round, and each half that no other has.

    Halves, and a name of one word that English has too, are matched only with a capital first
    letter, so that a red mark stays where Mark goes.
    """
    words = _TITLES.sub("", tidy(name)).replace(",", " ").split()
    if not words:
        return
    if len(words) == 1 and _is_english(words[0]):
        yield _capitals(words[0])
        return
    yield rf"{_TITLE}?{_phrase(' '.join(words))}"
    if len(words) == 1:
        return
    given, family = words[0], words[-1]
    yield _phrase(f"{given} {family}")
    yield rf"(?i:{_START}{re.escape(family)}\s*,\s*{re.escape(given)}{_END})"
    for half in (family, given):
        if len(half) > 1 and half.casefold() not in others:
            yield _capitals(half)


def _is_english(word: str) -> bool:
    from matching.names import is_english  # slow to import; few people go by one word

    return is_english(word)


def _capitals(half: str) -> str:
    shapes = {half.title(), half[0].upper() + half[1:], half.upper()}
    either = "|".join(re.escape(shape) for shape in sorted(shapes))
    return rf"{_START}{_TITLE}?(?:[A-Z]\.?\s+)?(?:{either}){_END}"


def _of_address(line: str) -> Iterable[str]:
    """Patterns for a line of an address: whole, and its street and house without their number."""
    number = re.compile(r"^\W*(?:flat\s+\w+\W+)?\d+\s*\w?\W+|^\W+", re.IGNORECASE)
    streets = [number.sub("", part) for part in re.split(r"[,\n]", number.sub("", line))]
    for part in (line, *(street for street in streets if len(street.split()) > 1)):
        *before, last = part.split() or [""]
        ways = next((ways for ways in _STREETS if last.casefold().rstrip(".") in ways), (last,))
        yield from (_phrase(" ".join((*before, way))) for way in ways)


def _names(people: Iterable[FrozenPerson]) -> frozenset[str]:
    return frozenset(word for p in people for word in tidy(p.name).casefold().split())


def relatives(version: DecisionVersion) -> tuple[FrozenPerson, ...]:
    """Adults of the family who are not a parent or a parent's partner, nor hold responsibility."""
    return tuple(
        p
        for p in version.people
        if not p.is_child
        and p.parental_responsibility != "yes"
        and not _NEAR & set(re.findall(r"[\w-]+", p.relationship.casefold()))
        and p.relationship
    )


def _relation(person: FrozenPerson) -> str:
    return re.split(r"[,(;]", person.relationship)[0].strip()


def _patterns(kind: Removal, version: DecisionVersion, copy: Copy) -> tuple[str, ...]:
    """What is looked for in the pack's texts for one kind of removal."""
    people = version.people
    found: list[str] = []
    if kind is Removal.HEALTH_NUMBERS:
        found += [_digits(p.nhs_number) for p in people]
        found += [
            _phrase(record)
            for p in people
            for partner, record in p.records
            if "health" in partner.casefold() and len(record) > 3
        ]
    elif kind is Removal.REFERRER:
        who = version.referrer
        name, role = who.get("name", ""), who.get("role", "")
        found += _of_name(name, _names(p for p in people if tidy(p.name) != tidy(name)))
        found += [_phrase(who.get(key, "")) for key in ("agency", "email")]
        found += [_digits(who.get("phone", ""))]
        taken = {_relation(p).casefold() for p in people}
        if role and role.casefold() not in taken:
            found += [rf"(?:(?i:(?<!\w)(?:an?|the|her|his|their|our)\s+))?{_phrase(role)}"]
    elif kind is Removal.SAFE_CONTACT:
        safe = safe_contact(version)
        found += [_phrase(safe), _digits(version.address.get("phone", ""))]
        found += [_digits(number) for number in _PHONE_IN.findall(safe)]
    elif kind is Removal.ADDRESS:
        found += _of_address(version.address.get("line", ""))
        found += [_postcode(version.address.get("postcode", ""))]
    elif kind is Removal.RELATIVES:
        theirs = relatives(version)
        others = [p for p in people if p not in theirs]
        taken = {_relation(p).casefold() for p in others}
        for person in theirs:
            found += _of_name(person.name, _names(p for p in people if p is not person))
            if _relation(person).casefold() not in taken:
                found.append(_phrase(_relation(person)))
    elif kind is Removal.CHOSEN_WORDS:
        found += [_phrase(words) for words in copy.words]
    return tuple(dict.fromkeys(pattern for pattern in found if pattern))


def patterns_of(kind: Removal, words: str, spared: frozenset[str]) -> tuple[str, ...]:
    """Patterns for words that a person wants out, whatever they are: a name in every shape that
    it may be written in, a telephone number, a postcode, or a phrase. Half a name that is
    `spared` (casefolded), being somebody's who stays too, is looked for in the whole name only."""
    if _DAY.fullmatch(words):
        return (_phrase(words),)
    if _PUPIL_NUMBER.fullmatch(words):
        return (f"(?i:{_START}{_GAP.join(words)}{_END})",)
    digits = re.sub(r"\D", "", words)
    if len(digits) >= 6 and len(digits) * 2 > len(words.strip()):
        several = _PHONE_IN.findall(words) if len(digits) > 13 else ()
        return tuple(map(_digits, several or (words,)))
    if kind is Removal.ADDRESS:
        short = any(map(str.isdigit, words[-3:])) and len(words.split()) < 3
        return (_postcode(words),) if short else tuple(_of_address(words))
    if kind in (Removal.RELATIVES, Removal.REFERRER) and "@" not in words:
        return tuple(_of_name(words, spared))
    return (_phrase(words),)


def safe_contact(version: DecisionVersion) -> str:
    """How the family may safely be reached, as frozen: the note, or else the household's phone."""
    return version.address.get("safe_contact", "") or version.address.get("phone", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words of one nature. `whole` says they are wholly of a kind that can go."""

    text: str
    nature: Nature = Nature.TOLD
    whole: Removal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removing:
    """What one copy leaves out: the numbered kinds, and what is looked for, kind by kind."""

    numbers: Mapping[Removal, int]
    patterns: Mapping[Removal, tuple[re.Pattern[str], ...]]
    stays: tuple[re.Pattern[str], ...] = ()
    """Words in which nobody's name is looked for: names of others, whole."""

    def take_out(self, text: str, nature: Nature) -> tuple[Piece, ...]:
        """One text in pieces."""
        return self.take_out_of((Passage(text=text, nature=nature),))[0]

    def take_out_of(self, line: Sequence[Passage]) -> tuple[tuple[Piece, ...], ...]:
        """Each passage of a line in pieces; words are also found where they run on into the next.

        A place found by two kinds carries the mark of the kind that begins first. What runs on
        over several passages has one mark, in the first of them.
        """
        texts = [tidy(passage.text) for passage in line]
        starts = [sum(map(len, texts[:at])) for at in range(len(texts))]
        spans = self._spans_of(line, texts, starts)
        cut: list[tuple[Piece, ...]] = []
        for passage, text, start in zip(line, texts, starts, strict=True):
            if passage.whole in self.numbers and passage.whole and text.strip():
                cut.append((passage.whole,))
                continue
            pieces: list[Piece] = []
            at, end = start, start + len(text)
            for left, right, kind in spans:
                if right <= at or left >= end:
                    continue
                if left >= at:
                    pieces += [text[at - start : left - start], kind]
                at = max(at, min(right, end))
            pieces.append(text[at - start :])
            cut.append(tuple(piece for piece in pieces if piece != ""))
        return tuple(cut)

    def _spans_of(
        self, line: Sequence[Passage], texts: list[str], starts: list[int]
    ) -> list[tuple[int, int, Removal]]:
        """Where words go, as offsets in the whole line: first to last, the longest first."""
        shown = [
            "\n" * len(text) if passage.whole in self.numbers else text
            for passage, text in zip(line, texts, strict=True)
        ]
        ends = [start + len(text) for start, text in zip(starts, texts, strict=True)]
        found: set[tuple[int, int, int]] = set()
        kinds = list(self.numbers)
        for order, kind in enumerate(kinds):
            together = [(0, "".join(shown)), *zip(starts, shown, strict=True)]
            for offset, text in together if len(line) > 1 else together[:1]:
                for left, right in self._spans(kind, text):
                    span = left + offset, right + offset
                    touched = [
                        passage
                        for passage, start, end in zip(line, starts, ends, strict=True)
                        if start < span[1] and span[0] < end
                    ]
                    if all(each.nature.is_searched_for(kind) for each in touched):
                        found.add((span[0], -span[1], order))
        return [(left, -negative, kinds[order]) for left, negative, order in sorted(found)]

    def says(self, words: str, texts: Iterable[str]) -> bool:
        """Whether chosen words stand in any of the texts."""
        pattern = re.compile(_phrase(words) or "(?!)")
        return any(pattern.search(tidy(text)) for text in texts)

    def still_says(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Words looked for that stand in texts they are not taken from, each once."""
        return tuple(
            dict.fromkeys(
                tidy(text)[start:end]
                for text in texts
                for kind in self.numbers
                for start, end in self._spans(kind, tidy(text))
            )
        )

    def _spans(self, kind: Removal, text: str) -> Iterable[tuple[int, int]]:
        found = (m.span() for p in self.patterns.get(kind, ()) for m in p.finditer(text) if m[0])
        if self.stays and kind in (Removal.RELATIVES, Removal.REFERRER):
            kept = [m.span() for pattern in self.stays for m in pattern.finditer(text)]
            found = (s for s in found if not any(k[0] <= s[0] and s[1] <= k[1] for k in kept))
        yield from found
        if kind is Removal.HEALTH_NUMBERS:
            yield from (m.span() for m in _GROUPED_NUMBER.finditer(text) if m.group()[0] != "0")
            yield from (
                m.span() for m in _SPACED_NUMBER.finditer(text) if is_health_number(m.group())
            )


def removing(version: DecisionVersion, copy: Copy) -> Removing:
    """What the copy takes out of this decision. Kinds are numbered from 1 in their own order."""
    kinds = [kind for kind in Removal if kind in copy.removals]
    if copy.words and Removal.CHOSEN_WORDS not in kinds:
        kinds.append(Removal.CHOSEN_WORDS)
    compiled = {kind: tuple(map(re.compile, _patterns(kind, version, copy))) for kind in kinds}
    return Removing(numbers={k: n for n, k in enumerate(kinds, start=1)}, patterns=compiled)


def count(pieces: Iterable[Iterable[Piece]]) -> Counter[Removal]:
    """How many marks of each kind stand in the pieces."""
    return Counter(piece for each in pieces for piece in each if isinstance(piece, Removal))
