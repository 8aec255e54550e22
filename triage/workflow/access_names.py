"""Names of people in free text, however they are written: small, joined, cut short, misspelt.

What is surely somebody's name goes with that name; what only may be, a person decides. A word that
English has too is taken for a name in small letters only where what stands beside it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from matching.letters import fold
from matching.name_words import PARTICLES, TITLES, name_tokens, word_set
from matching.names import is_english, shipped_variants
from triage.export.pack_removal import MONTH_OF_A_DAY
from triage.intake.people import is_name_word
from triage.intake.prose_cues import PROFESSIONAL_AFTER, STREET_AFTER

_WORD = re.compile(r"[^\W\d_]+(?:[’'ʼ][^\W\d_]{2,})*")
_CHUNK = re.compile(r"[^\s<>()\[\]{}\",;:“”]+")
_BIG = "[A-ZÀ-ÖØ-ÞĀ-Ž]"
_DOTTED = re.compile(rf"(?<![\w.]){_BIG}(?:(?:\.\s?|-){_BIG}){{1,3}}(?:\.|(?!\w))")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:[ .*-]{1,2}[^\W\d_]){2,}(?!\w)")
_BARE = re.compile(rf"(?<![\w.@]){_BIG}{{2,4}}(?!\w)")
_TITLED = re.compile(rf"\b(?:Mrs?|Ms|Miss|Mx)\b\.?\s({_BIG})(?![\w’'])")
_TOLD = (
    "told|said|says|rang|rings|phoned|texted|messaged|called|came|went|hit|hits|punched|kicked|slapped|"
    "pushed|shouted|threatened|stayed|stays|lives|lived|moved|left|works|drinks|smokes|takes|took|"
    "gave|got|hurt|wants|thinks|knows|picked|collected|visits|visited|babysits|minds|looks"
)
_SINGLE = re.compile(rf"(?<![\w.’'@-])(?![AI])({_BIG})(?=[’']s\b|\s(?:{_TOLD})\b)")
_SAYS = word_set(_TOLD.replace("|", " "))
_IS = _SAYS | {"is", "was", "has", "had", "who", "and", "does", "did"}
_THAT = word_set("says said that when because if and like")
_CALLED = word_set(
    "called named mr mrs ms miss boyfriend girlfriend partner ex husband wife mate friend "
    "neighbour aunt auntie uncle cousin nan brother sister big little lil old young"
)
_BEFORE_A_THING = word_set("a an the this that his her my our their your no any each")
_BY = _CALLED | word_set("with by and from about between saw told asked at")
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx"})
_WORKS_AS = re.compile(
    r"\b(?:PC|DC|DS|DI|Sgt|Sergeant|Constable|Dr|Doctor|Nurse|Midwife|Prof|Rev|Cllr|Judge|"
    r"(?:social|support|key|family|youth) ?worker|health visitor|teacher|officer|SENCO|DSL|GP)"
    r"\.?,?\s$",
    re.I,
)
_NOT_INITIALS = word_set(
    "MR DR PC DC DS DI TV GP AM PM UK ED IT HV SW LA DV CP OK NO ID HM RE NB PS TA PE AS BY IF IN "
    "IS IT ME MY OF ON OR SO TO UP US WE AT DO GO HE BE AN II IV VI PR YP EH AE AP EU US SS CC EP "
    "FS ST RD NM"
)
_MONTHS = word_set(
    "january february march april may june july august september october november december"
)
_LEAST, _LONG = 4, 8
"""Letters of a name from which one slip is looked for, and from which two are."""


def name_words(name: str) -> tuple[str, ...]:
    """`name_tokens`, with the particle that a name begins or ends with: Della Marsh, Anh Le."""
    tokens = name_tokens(name)
    words = [w for w in re.findall(r"[^\W\d_]+", fold(name)) if w not in TITLES]
    if len(words) < 2:
        return tokens
    first, last = ((w,) if w in PARTICLES - {*tokens} else () for w in (words[0], words[-1]))
    return (*first, *tokens, *last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelt:
    """Words in a text that may be somebody's name: `of` is the name they may be, "" for a name
    that nobody held has; `sure` ones need nobody's look."""

    words: str
    start: int
    end: int
    of: str
    why: str
    sure: bool = False


@dataclass(slots=True)
class _Person:
    name: str
    given: str
    family: str
    halves: frozenset[str]
    nicknames: frozenset[str]
    joined: Mapping[str, bool]
    """Both halves in one word, and whether that is surely them."""


@dataclass(slots=True)
class Spellings:
    """Names to be looked for: `names` of others, the `own` words of the child's, and of those who
    `work` with the child, who are left alone."""

    names: Sequence[str]
    own: frozenset[str]
    work: frozenset[str]
    _people: list[_Person] = field(default_factory=list)
    _halves: dict[str, _Person] = field(default_factory=dict)
    _initials: dict[str, _Person] = field(default_factory=dict)
    _near: dict[str, tuple[_Person, str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.names:
            if tokens := [t for t in name_words(name) if len(t) > 1]:
                person = self._person(name, tokens)
                self._people.append(person)
                for half in person.halves:
                    self._halves.setdefault(half, person)
                firsts = "".join(token[0] for token in tokens).upper()
                for last in firsts[1:]:  # of a Pell-Whitlock JP and JW too
                    self._initials.setdefault(firsts[0] + last, person)
                if person.family:
                    self._initials.setdefault(firsts, person)

    def _person(self, name: str, tokens: Sequence[str]) -> _Person:
        given, family = tokens[0], tokens[-1] if len(tokens) > 1 else ""
        # "Anne-Marie de la Cruz" is Annemarie and Delacruz too.
        words = [re.sub(r"[^\w]", "", fold(word)) for word in name.split()]
        whole = {word for word in words if word.isalpha()} - TITLES - PARTICLES
        if len(words) > 2 and PARTICLES.issuperset(words[1:-1]):
            whole.add("".join(words[1:]))
        joined = {}
        if family:
            joined = {given[0] + family: False, family + given[0]: False, given + family[0]: False}
            joined |= {given + family: True, family + given: True}
        return _Person(
            name=name,
            given=given,
            family=family,
            halves=frozenset({*tokens, *whole}) - self.own,
            nicknames=shipped_variants().of(given) - self.own,
            joined={word: sure for word, sure in joined.items() if len(word) > 4},
        )

    def find(self, text: str) -> Iterator[Spelt]:
        """All that may be a name of theirs in a text, and names that nobody held has."""
        shown = list(text)
        for found in self._handles(text):
            shown[found.start : found.end] = " " * (found.end - found.start)
            yield found
        rest = MONTH_OF_A_DAY.sub(lambda m: " " * len(m[0]), "".join(shown))
        yield from self._initialled(rest)
        words = list(_WORD.finditer(rest))
        at = 0
        while at < len(words):
            spelt, taken = self._at(_Beside(rest, words, at))
            if spelt is not None:
                yield spelt
            at += taken

    # ---- joined to something --------------------------------------------

    def _handles(self, text: str) -> Iterator[Spelt]:
        """E-mail addresses, user names and the like with a name in them."""
        for chunk in _CHUNK.finditer(text):
            whole = chunk[0].rstrip(".!?'’").lstrip("'‘")
            name, sign, _ = whole.removeprefix("@").partition("@")
            if not sign and not re.search(r"[\d_@]|\w\.\w", whole):
                continue
            letters = "".join(c for c in fold(name) if c.isalpha())
            for person in self._people if len(letters) > 2 else ():
                both = person.family and person.given in letters and person.family in letters
                halves = {half for half in person.halves if len(half) >= _LEAST}
                halves |= {n for n in person.nicknames if len(n) >= _LEAST}
                if both or letters in person.joined:
                    yield _spelt(text, chunk.start(), whole, person.name, "a name in it", sure=True)
                elif any(half in letters for half in halves) and (
                    whole[0] == "@" or not is_english(letters)
                ):
                    yield _spelt(text, chunk.start(), whole, person.name, "may have a name in it")
                else:
                    continue
                break

    def _initialled(self, text: str) -> Iterator[Spelt]:
        for pattern in (_DOTTED, _BARE):
            for match in pattern.finditer(text):
                letters = fold("".join(filter(str.isalpha, match[0]))).upper()
                person = self._initials.get(letters)
                plain = pattern is _BARE and letters in _NOT_INITIALS
                if person is not None and not plain and letters not in self._own_initials():
                    yield _spelt(text, match.start(), match[0], person.name, "initials")
        for match in _SPACED.finditer(text):
            letters = fold("".join(filter(str.isalpha, match[0])))
            if person := self._halves.get(letters):
                why = "the name, letter by letter"
                yield _spelt(text, match.start(), match[0], person.name, why, sure=True)
        for pattern in (_TITLED, _SINGLE):
            for match in pattern.finditer(text):
                if person := self._begins(fold(match[1]), titled=pattern is _TITLED):
                    yield _spelt(text, match.start(), match[0], person.name, "an initial")

    def _begins(self, letter: str, *, titled: bool) -> _Person | None:
        """Whom an initial alone may be: "Mrs M" of Kelly Marsh, also "Miss K"; "K" of nobody where
        the child's begins so."""
        by_family = [p for p in self._people if titled and p.family[:1] == letter]
        by_given = [p for p in self._people if p.given[0] == letter]
        if self._begins_own(letter):
            by_given = []
        return next(iter((*by_family, *by_given)), None)

    def _own_initials(self) -> frozenset[str]:
        return frozenset((a[0] + b[0]).upper() for a in self.own for b in self.own if a != b)

    # ---- word by word ---------------------------------------------------

    def _at(self, here: _Beside) -> tuple[Spelt | None, int]:
        """What the word there is, and how many words that took."""
        word = here.word
        if two := self._two(here):
            return two, 2
        if len(word) < 2 or word in self.work:
            return None, 1
        if word in self.own or word.removesuffix("s") in self.own:
            return None, 1
        if person := self._halves.get(word):
            joins = word == person.given or here.gap == "-"
            if here.capital and joins and self._by_another(here):
                return here.both(person.name, "half the name, with another half"), 2
            return self._known(person, here), 1
        for end in ("s", "es"):
            person = self._halves.get(word.removesuffix(end))
            if person and word.endswith(end) and not (here.common and not here.capital):
                doubt = here.common or is_english(word.removesuffix(end))
                return here.spelt(person.name, "the name with an s", sure=not doubt), 1
        for person in self._people:
            if word in person.joined and not here.common:
                sure = person.joined[word] or here.humps
                return here.spelt(person.name, "first and family name in one", sure=sure), 1
        if here.humps and (person := self._humped(here.shown)):
            return here.spelt(person.name, "may have a name in it"), 1
        for person in self._people:
            short = len(word) > 2 and here.capital and person.given.startswith(word)
            with_s = not here.common and word.removesuffix("s") in person.nicknames
            if word in person.nicknames or short or with_s:
                named = here.is_named or (with_s and len(word) > 3)
                why = f"{here.shown} is a form of {person.given.title()}"
                return (here.spelt(person.name, why) if named else None), 1
        return self._otherwise(here)

    def _known(self, person: _Person, here: _Beside) -> Spelt | None:
        if here.capital:
            return here.spelt(person.name, "the name", sure=True)
        if not here.common:
            return here.spelt(person.name, "the name in small letters", sure=True)
        return here.phrase(person.name, f"“{here.word}” may be the name in small letters")

    def _humped(self, shown: str) -> _Person | None:
        """Whose name is one of the words run together: "KellyAnne"."""
        words = map(fold, re.findall(r"[^\W\d_][^\W\d_A-Z]+", shown))
        return next((self._halves[word] for word in words if word in self._halves), None)

    def _by_another(self, here: _Beside) -> bool:
        """Whether a family name that nobody held has comes after it."""
        held = here.after in self._halves or here.after in self.own or here.after in self.work
        return not held and _goes_on(here.text, here.words, here.at)

    def _otherwise(self, here: _Beside) -> tuple[Spelt | None, int]:
        """A slip of a name that is held, or a name of nobody who is."""
        word = here.word
        if not here.common and (near := self._nearest(word)) is not None:
            person, half = near
            real = _is_name(word) and not shipped_variants().related(word, half)
            if not real and (here.is_named or len(word) > 5):
                return here.spelt(person.name, f"{half.title()}, misspelt"), 1
        return here.stranger(self.work)

    def _nearest(self, word: str) -> tuple[_Person, str] | None:
        if word not in self._near:
            halves = sorted(self._halves, key=lambda half: OSA.distance(word, half))
            half = next((half for half in halves[:3] if _close(word, half)), None)
            self._near[word] = (self._halves[half], half) if half else None
        return self._near[word]

    # ---- two words ------------------------------------------------------

    def _two(self, here: _Beside) -> Spelt | None:
        """The word with the one after it as one name; with an initial also where the child has
        the family name."""
        after = here.after
        if not after or (len(here.word) > 1 and here.word in self.work):
            return None
        if person := self._split(here, after):
            return here.both(person.name, "the name in two", sure=True)
        for person in self._people if len(here.word) == 1 else ():
            its = (person.given[0], person.family) == (here.word, after)
            if its and here.gap in (" ", ". ", ".") and not self._begins_own(here.word):
                return here.both(person.name, "an initial and the family name")
        if len(here.word) < 2:
            return None
        person = self._halves.get(after) if here.gap == "-" and here.capital else None
        if person and not {here.word} & ({*self._halves} | self.own) and not here.common:
            return here.both(person.name, "half the name, with another half")
        if re.fullmatch(r",?[ \u00a0]|\s", here.gap) and (pair := self._pair(here, after)):
            return pair
        for person in self._people if len(after) == 1 and here.gap == " " else ():
            if here.word == person.given and person.family[:1] == after:
                return here.both(person.name, "the first name and an initial")
        return None

    def _split(self, here: _Beside, after: str) -> _Person | None:
        """Whose name is parted by a space ("Mc Donald"), by the end of a line ("Sin-", "ead") or
        by its own hyphen."""
        person = self._halves.get(here.word + after)
        if person is None:
            return None
        if re.fullmatch(r"[-‐‑]\s*\n\s*|[-‐‑]", here.gap):
            return person
        in_two = here.gap in (" ", "\u00a0") and not {here.word, after} & person.halves
        return person if in_two and not (here.common and is_english(after)) else None

    def _begins_own(self, letter: str) -> bool:
        return any(word[0] == letter for word in self.own)

    def _pair(self, here: _Beside, after: str) -> Spelt | None:
        """First and family name side by side, at least one of them misspelt or cut short."""
        if {here.word, after} <= self.own:
            return None
        for person in self._people:
            for given, family in ((here.word, after), (after, here.word)) if person.family else ():
                exact = (given == person.given, family == person.family)
                short = len(given) > 2 and person.given.startswith(given)
                alike = (
                    exact[0] or short or given in person.nicknames or _close(given, person.given),
                    exact[1] or _close(family, person.family),
                )
                if all(alike) and not all(exact) and given not in self.own:
                    return here.both(person.name, "the name, misspelt or cut short")
        return None


@dataclass(slots=True)
class _Beside:
    """A word with what stands beside it."""

    text: str
    words: Sequence[re.Match[str]]
    at: int
    word: str = field(init=False)
    common: bool = field(init=False)
    """Whether English has it too."""

    def __post_init__(self) -> None:
        self.word = fold(self.shown)
        self.common = is_english(self.word)

    @property
    def _here(self) -> re.Match[str]:
        return self.words[self.at]

    @property
    def shown(self) -> str:
        """The word as it is written."""
        return self._here[0]

    @property
    def capital(self) -> bool:
        return self.shown[0].isupper()

    @property
    def humps(self) -> bool:
        """Whether a letter in it is large and not all are: "KMarsh"."""
        return any(c.isupper() for c in self.shown[1:]) and not self.shown.isupper()

    @property
    def after(self) -> str:
        """The next word, folded, whatever stands between; "" at the end."""
        return fold(self.words[self.at + 1][0]) if self.at + 1 < len(self.words) else ""

    @property
    def gap(self) -> str:
        """What stands between it and the next word; "" at the end."""
        if self.at + 1 >= len(self.words):
            return ""
        return self.text[self._here.end() : self.words[self.at + 1].start()]

    def _next(self, by: int) -> str:
        at = self.at + by
        if not 0 <= at < len(self.words):
            return ""
        one, two = sorted((self._here, self.words[at]), key=lambda m: m.start())
        gap = self.text[one.end() : two.start()]
        return fold(self.words[at][0]) if re.fullmatch(r"[ \u00a0\n]|\. ", gap) else ""

    @property
    def _owns(self) -> bool:
        return re.match(r"[’']s\b", self.text[self._here.end() :][:3]) is not None

    @property
    def _inside(self) -> bool:
        """Whether it stands within a sentence, after a word in small letters."""
        before = self.words[self.at - 1] if self.at else None
        if before is None or not before[0].islower() or self.shown.isupper():
            return False
        return self.text[before.end() : self._here.start()] == " " and self.word not in _MONTHS

    @property
    def is_named(self) -> bool:
        """Whether it, or what stands beside it, says that it is a name."""
        if self.capital and (not self.common or self._inside):
            return True
        after, before = (_SAYS, _CALLED) if self.common else (_IS, _BY)
        return (
            self._next(1) in after or self._next(-1) in before or (self._owns and not self.common)
        )

    def spelt(self, of: str, why: str, *, sure: bool = False) -> Spelt:
        return _spelt(self.text, self._here.start(), self.shown, of, why, sure=sure)

    def both(self, of: str, why: str, *, sure: bool = False) -> Spelt:
        """The word and the next one."""
        start, end = self._here.start(), self.words[self.at + 1].end()
        return _spelt(self.text, start, self.text[start:end], of, why, sure=sure)

    def phrase(self, of: str, why: str) -> Spelt | None:
        """A word that English has too, with the word beside it that makes it a name."""
        begins = not self._next(-1) or self._next(-1) in _THAT
        if self._next(1) in _SAYS or (begins and self._next(1) in _IS):
            return self.both(of, why)
        if self._owns and self._next(-1) not in _BEFORE_A_THING:
            start, end = self._here.span()
            return _spelt(self.text, start, self.text[start : end + 2], of, why)
        if self._next(-1) not in _CALLED:
            return None
        start = self.words[self.at - 1].start()
        return _spelt(self.text, start, self.text[start : self._here.end()], of, why)

    def stranger(self, work: frozenset[str]) -> tuple[Spelt | None, int]:
        """A name that nobody held has, with the family name after it."""
        titled = self._next(-1) in _TITLES
        before = self.text[: self._here.start()][-40:]
        whole = is_name_word(self.shown.title()) and self.text[self._here.end() :][:1] != "-"
        named = self.is_named and (self.capital or not self.common)
        if (
            not whole
            or _WORKS_AS.search(before)
            or not (titled or (_is_given(self.word) and named))
        ):
            return None, 1
        last = self.at
        while self.capital and last < self.at + 2 and _goes_on(self.text, self.words, last):
            last += 1
        taken = last - self.at + 1
        if taken > 1 and fold(self.words[last][0]) in work:
            return None, taken
        end = self.words[last].end()
        after = self.text[end : end + 60]
        if PROFESSIONAL_AFTER.match(after) or STREET_AFTER.match(after):
            return None, taken
        start = self.words[self.at - 1].start() if titled else self._here.start()
        why = "a name that nobody in the record has"
        return _spelt(self.text, start, self.text[start:end], "", why), taken


def _goes_on(text: str, words: Sequence[re.Match[str]], at: int) -> bool:
    if at + 1 >= len(words) or text[words[at].end() : words[at + 1].start()] not in (" ", "-"):
        return False
    after = words[at + 1]
    word = fold(after[0])
    if not after[0][0].isupper() or len(word) < 2:
        return False
    return not STREET_AFTER.match(f" {text[after.start() : after.end() + 20]}") and (
        _is_name(word) or not is_english(word)
    )


def _spelt(text: str, start: int, words: str, of: str, why: str, *, sure: bool = False) -> Spelt:
    start = text.index(words, start)
    return Spelt(words=words, start=start, end=start + len(words), of=of, why=why, sure=sure)


def _is_given(word: str) -> bool:
    return shipped_variants().known(word)


def _is_name(word: str) -> bool:
    return _is_given(word) or shipped_variants().known_family(word)


def _close(word: str, half: str) -> bool:
    """Whether a word is a name with a slip: one letter, or two of a long name, and not the first
    one; or another spelling of it."""
    if word == half or shipped_variants().related(word, half):
        return True
    least = min(len(word), len(half))
    if least < _LEAST:
        return False
    first = word[0] == half[0] or word[:2] == half[1::-1]
    return first and OSA.distance(word, half) <= (2 if least >= _LONG else 1)
