"""How alike two full names are, whatever their language, order or script: 0 to 1.

For names that are not parted into given and family names. Where they are, `score` weighs the
parts by their rarity; both compare words by `name_level`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from matching.letters import LONGEST, fold
from matching.name_comparison import name_level
from matching.name_forms import shortened, skeleton, sound_form, written_form
from matching.name_words import (
    PARTICLES,
    TITLES,
    bearer_of,
    lenites,
    word_set,
)
from matching.names import shipped_variants

_LEVELS = {"same": 1.0, "known variant": 0.95}
_SPELT_ALIKE = 0.93
_CALLED = 0.9  # by the second part of a name of two
_SKELETON = 0.8  # the same consonants, where one side was written without vowels
_SHORTENED = 0.74
_INITIAL = 0.72
_TWO_NAMES = 0.5  # a letter apart, but both are names that people bear
_OTHER_NAME = 0.5  # below it two words are two names
_WEAK = 0.3
_PARTICLE = 0.1
_LEFT_OUT = 0.95
_GIVEN_NAME_ALONE = 0.75
_ONE_WORD_OF_MORE = 0.6
_ONLY_INITIALS = 0.6
_EXCHANGED = 0.97
_FATHER_AND_SON = 0.5
_WOMAN_AND_MAN = 0.7
_WORDS_AT_MOST = 10

_FORMER = re.compile(
    r"[(\[,;]?\s*\b(?:n[ée]e|born|formerly|previously|was|also known as|also|aka|a\.k\.a\.?|alias|"
    r"now|maiden name|married name)\b:?\s*(?P<other>[^)\],;]+)[)\]]?",
    re.IGNORECASE,
)
_SON_OF = frozenset(("bin", "ibn", "ben", "bint", "binti", "binte"))
_DIGIT_IN_WORD = re.compile(r"(?<=[^\W\d_])\d|\d(?=[^\W\d_])")
_LOOKS_LIKE = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "8": "b", "9": "g"}


class _Word(NamedTuple):
    text: str
    weight: float
    capitals: bool = False
    vowelless: bool = False


class _Name(NamedTuple):
    words: tuple[_Word, ...]
    order: tuple[str, ...]


def name_similarity(a: str, b: str) -> float:
    """How likely two full names as written are one person's name, 0 to 1; symmetric.

    Near 1: the same words, known variants, another order or script. About .7 is undecided:
    an initial, a name of which one letter differs. Below it some word is contradicted. Former
    and other names ("Ana Rowe née Bell", "aka") count where they fit. Never raises.
    """
    pairs = [(x, y) for x in _readings(a) for y in _readings(b)]
    # One of them in Somali spelling: where both are, their own letters tell more.
    pairs += [(x, y) for x in _somali(a) for y in _readings(b)]
    pairs += [(x, y) for x in _readings(a) for y in _somali(b)]
    return max((_compare(*sorted(pair)) for pair in pairs), default=0.0)


def similarity(a: str, b: str) -> float:
    """`name_similarity`, by the name that measuring tools ask for."""
    return name_similarity(a, b)


@lru_cache(maxsize=4096)
def _readings(text: str) -> tuple[_Name, ...]:
    text = text[:LONGEST]
    if not (found := _FORMER.search(text)) or not (text[: found.start()].strip(" (,;")):
        return tuple(filter(None, (_read(text),)))
    now, other = text[: found.start()] + text[found.end() :], found["other"]
    options = [_read(now)]
    if len(other.split()) > 1:
        options.append(_read(other))
    elif len(now.split()) > 1:
        # A former family name alone stands for the present one.
        options.append(_read(f"{now.rsplit(None, 1)[0]} {other}"))
    return tuple(name for name in options if name)


_SOMALI = re.compile(r"(?i)\bx[aeiou]|ax[am]|aa|ii|uu|\bcabd")


@lru_cache(maxsize=4096)
def _somali(text: str) -> tuple[_Name, ...]:
    """A name in Somali spelling as English writes it: Xuseen Cali, Husen Ali."""
    text = text[:LONGEST]
    if not _SOMALI.search(text):
        return ()
    plain = re.sub(r"(?i)c(?![hk])", "", re.sub("(?i)x", "h", text))
    read = _read(re.sub(r"(?i)([aeiou])\1", r"\1", plain))
    return (read,) if read else ()


def _read(text: str) -> _Name | None:
    bearer = bearer_of(text)
    plain = _DIGIT_IN_WORD.sub(lambda m: _LOOKS_LIKE.get(m[0], m[0]), bearer)
    folded = fold(plain.replace(".", " "))
    if "," in folded:
        family, _, rest = folded.partition(",")
        folded = f"{rest} {family}"
    shouting = plain.isupper()
    capitals = {fold(w) for w in re.findall(r"\b[A-Z]{2,3}\b", plain)} if not shouting else set()
    spelt_out = _WITHOUT_VOWELS.search(plain) is not None
    words = "".join(c if c.isalpha() else " " for c in folded).split()[:_WORDS_AT_MOST]
    kept = [w for w in words if w not in TITLES] or words
    joined: list[str] = []
    prefix = ""
    for at, word in enumerate(kept):
        follows = at + 1 < len(kept) and len(kept[at + 1]) > 1
        if word == "o" and at == 0:
            follows = False  # an initial: "O J Smith"
        if follows and (word in _GLUED or lenites(word, kept[at + 1])):
            prefix += word
            continue
        if follows and word in _ARTICLES:
            continue
        joined.append(prefix + word)
        prefix = ""
    if not joined:
        return None
    weighed = tuple(
        _Word(w, _weight(w, first=at == 0), w in capitals, spelt_out and not _borne(w))
        for at, w in enumerate(joined)
    )
    if all(w.weight < 1 for w in weighed):
        weighed = tuple(w._replace(weight=1.0) for w in weighed)
    return _Name(weighed, tuple(joined))


def _weight(word: str, *, first: bool) -> float:
    """What a word tells; in front, Le, Van and Mia are names and no particle or title."""
    if word in PARTICLES or word in _ARTICLES:
        return 1.0 if first and shipped_variants().known_family(word) else _PARTICLE
    if not shipped_variants().weak(word):
        return 1.0
    return 1.0 if first and shipped_variants().known_given(word) else _WEAK


_WITHOUT_VOWELS = re.compile("[\u0590-\u05ff\u0600-\u06ff]")
_GLUED = word_set("o mc mac abd abdul abdel abdal abu umm um ould nic mhic fitz st saint")
_ARTICLES = word_set("al el ul ur ad as az ar ud us")


def _fit(x: _Word, y: _Word) -> float:
    worth = _alike(x.text, y.text)
    if worth >= _SKELETON or not (x.vowelless or y.vowelless):
        return worth
    bones = skeleton(x.text)
    return _SKELETON if len(bones) > 1 and bones == skeleton(y.text) else worth


@lru_cache(maxsize=65536)
def _alike(left: str, right: str) -> float:
    level = name_level(left, right)
    if level in _LEVELS:
        return _LEVELS[level]
    if level == "initial":
        return _INITIAL
    short = min(len(left), len(right))
    if short >= 3 and sound_form(left) == sound_form(right):
        return _SPELT_ALIKE
    if shortened(left, right) or shortened(right, left):
        return _CALLED
    edits = OSA.distance(left, right)
    if edits <= 3 and _two_names(left, right):
        return _TWO_NAMES if edits == 1 else _OTHER_NAME - 0.1
    if edits == 1 and short >= 3:
        return _slip(left, right, short)
    of_god = [written_form(w).partition("abd-")[2] for w in (left, right)]
    if all(of_god):
        return _alike(*of_god)
    longest = max(len(left), len(right))
    sounded = OSA.distance(sound_form(left), sound_form(right))
    nearest = min(edits, sounded)
    if (nearest <= 2 and short >= 6) or (nearest == 1 and short >= 5):
        return 0.72 + 0.02 * min(5, short - 5)
    if level == "begins with" and short >= 3 and longest - short <= 5:
        return _SHORTENED - 0.05 * (longest - short > 3)
    return max(0.0, 1 - nearest / longest) * 0.6


def _borne(word: str) -> bool:
    """Whether people bear it as first or family name."""
    return shipped_variants().known(word) or shipped_variants().known_family(word)


def _two_names(left: str, right: str) -> bool:
    """Near, but names of two people: Luca and Lucas; a woman's and a man's, Samir and Samira."""
    if _borne(left) and _borne(right):
        return True
    short, long = sorted((left, right), key=len)
    return long == short + "a" and short[-1] not in "aeiouy" and len(short) > 3


def _slip(left: str, right: str, short: int) -> float:
    """One edit: less telling in a short word, and where the first letter is another."""
    worth = {3: 0.64, 4: 0.76, 5: 0.82}.get(short, 0.9)
    return worth - (0.06 if left[0] != right[0] else 0.0)


class _Aligned(NamedTuple):
    pairs: list[tuple[int, int, float]]
    left: list[int]
    right: list[int]


def _align(a: tuple[_Word, ...], b: tuple[_Word, ...]) -> _Aligned:
    """Best pairs first, nearest places first among equals; what no name fits stays over."""
    options = sorted(
        ((_fit(x, y), -abs(i - j), -i, -j) for i, x in enumerate(a) for j, y in enumerate(b)),
        reverse=True,
    )  # fmt: skip
    left, right = set(range(len(a))), set(range(len(b)))
    pairs = []
    for worth, _near, i, j in options:
        if worth >= _OTHER_NAME and -i in left and -j in right:
            left.discard(-i)
            right.discard(-j)
            pairs.append((-i, -j, worth))
    return _Aligned(pairs, sorted(left), sorted(right))


def _compare(a: _Name, b: _Name) -> float:
    whole_a, whole_b = "".join(a.order), "".join(b.order)
    if whole_a == whole_b:
        return 1.0
    joined = 0.0
    if min(len(whole_a), len(whole_b)) >= 5 and len(a.order) != len(b.order):
        edits = OSA.distance(whole_a, whole_b, score_cutoff=1)
        joined = {0: 1.0, 1: 0.9 if len(whole_a) > 7 else 0.8}.get(edits, 0.0)
    return max(joined, *(_aligned(x, y) for x in _spellings(a, b) for y in _spellings(b, a)))


def _spellings(name: _Name, other: _Name) -> list[tuple[_Word, ...]]:
    """The words as they stand; and two of them joined, or initials parted, to fit `other`."""
    options = [name.words]
    whole = {w.text for w in other.words}
    pairs = zip(name.words, name.words[1:], strict=False)
    for at, (x, y) in enumerate(pairs):
        run = x.text + y.text
        # A letter alone is an initial, unless the two make up just that word.
        least = 0.9 if min(len(x.text), len(y.text)) > 1 else 1.0
        if any(len(w) >= 4 and _alike(run, w) >= least for w in whole):
            word = _Word(run, max(x.weight, y.weight))
            options.append((*name.words[:at], word, *name.words[at + 2 :]))
    initials = "".join(w.text[0] for w in other.words)
    for at, word in enumerate(name.words):
        if word.capitals and word.text in initials and word.text not in whole:
            letters = tuple(_Word(c, 1.0) for c in word.text)
            options.append((*name.words[:at], *letters, *name.words[at + 1 :]))
    return options


def _aligned(a: tuple[_Word, ...], b: tuple[_Word, ...]) -> float:
    found = _align(a, b)
    if not found.pairs:
        return max(_fit(x, y) for x in a for y in b) / 2
    weighed = [(min(a[i].weight, b[j].weight), worth) for i, j, worth in found.pairs]
    over_a = sum(a[i].weight for i in found.left)
    over_b = sum(b[j].weight for j in found.right)
    contradicted, left_out = min(over_a, over_b), abs(over_a - over_b)
    matched = sum(weight for weight, _ in weighed)
    mean = sum(weight * worth for weight, worth in weighed) / (matched + contradicted)
    least = min(1 - (1 - worth) * weight for weight, worth in weighed)
    # A name put in the place of another says more than one that was left out.
    result = (mean + min(least, 1 - min(1.0, contradicted))) / 2
    strong = [weight for weight, _ in weighed if weight >= 1]
    if left_out >= 1:
        result *= _LEFT_OUT ** min(left_out, 4) if len(strong) > 1 else _alone(a, b)
    elif contradicted == 0 and not strong:
        result *= _ONE_WORD_OF_MORE
    if max(worth for _, worth in weighed) <= _INITIAL:
        result *= _ONLY_INITIALS
    if {_borne_by(a), _borne_by(b)} == {"F", "M"}:
        result *= _WOMAN_AND_MAN
    return result * _order(a, b, found)


def _borne_by(words: tuple[_Word, ...]) -> str:
    """Whose name it is by what only women or only men bear: Kaur, Singh."""
    sexes = {shipped_variants().borne_by(w.text) for w in words if w.weight < 1} - {""}
    return sexes.pop() if len(sexes) == 1 else ""


def _alone(a: tuple[_Word, ...], b: tuple[_Word, ...]) -> float:
    """A given name alone may well be meant for the whole; a family name alone for any of them."""
    only = min(a, b, key=len)[0].text
    return _GIVEN_NAME_ALONE if shipped_variants().known_given(only) else _ONE_WORD_OF_MORE


def _order(a: tuple[_Word, ...], b: tuple[_Word, ...], found: _Aligned) -> float:
    """Words in another order are the same name, but not on either side of "son of"."""
    places = [j for _i, j, _worth in sorted(found.pairs)]
    if places == sorted(places):
        return 1.0
    one, other = _son_and_father(a), _son_and_father(b)
    if one and other and _alike(one[0], other[1]) > 0.9 and _alike(one[1], other[0]) > 0.9:
        return _FATHER_AND_SON
    return _EXCHANGED


def _son_and_father(words: tuple[_Word, ...]) -> tuple[str, str] | None:
    for at, word in enumerate(words[1:-1], 1):
        if word.text in _SON_OF:
            return words[at - 1].text, words[at + 1].text
    return None
