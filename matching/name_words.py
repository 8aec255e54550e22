"""The words of a person's name as written, and what only stands in for a name."""

from __future__ import annotations

import re
from functools import lru_cache

from matching.letters import LONGEST, fold

_TOKENS_AT_MOST = 6


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


TITLES = word_set("mr mrs ms miss mx dr master sir dame lady lord prof professor rev reverend")
# Written apart or together at will: "Mc Donald", "Al Hassan", "O Brien".
_JOINED = word_set("mc mac o al el abd abdul abdel abu ould nic mhic fitz st")
# Say little about who a person is, and are often left out.
PARTICLES = word_set(
    "van von der den de del dela delos della di da do dos das du la le las los y e bin binti "
    "bint ibn "
    "ap ab ferch ul ur"
)
# Stand where a first name should. "No", "Na" and "Mai" are names and stay names.
_PLACEHOLDER = word_set(
    "baby infant unborn newborn neonate twin triplet child girl boy male female unknown "
    "unnamed not nk tbc tbd tba none null nil bump fetus foetus"
)
_BESIDE_PLACEHOLDER = word_set(
    "known name given no yet one two three first second test a b i ii iii"
)
# Where a family name should stand; "Child", "Baby", "Boy" and "Null" are family names.
_NO_FAMILY = word_set("unknown unnamed not nk tbc tbd tba")
_NOT_APPLICABLE = re.compile(r"\s*n\s*[/.]\s*[ak]\.?\s*")


_LENITED = re.compile("[bcdfgmpst]h")


def lenites(word: str, following: str) -> bool:
    """Irish "Ní Bhriain", "Uí Chonaill": part of the family name."""
    return word in ("ni", "ui") and _LENITED.match(following) is not None


_APART = TITLES | _JOINED | PARTICLES | _PLACEHOLDER | {"ni", "ui"}


def plain_words(text: str) -> tuple[str, ...] | None:
    """The words of a name in English letters that stands in for none and needs no reading.

    None for every other name: `name_tokens` and `is_placeholder_name` read that.
    """
    low = text.lower()
    if low.isalpha():
        words: tuple[str, ...] = (low,)
    else:
        words = tuple(low.replace("-", " ").split())
        if not 0 < len(words) <= _TOKENS_AT_MOST or not "".join(words).isalpha():
            return None
    if not low.isascii() or len(low) > LONGEST or not _APART.isdisjoint(words):
        return None
    return words


@lru_cache(maxsize=65536)
def name_tokens(text: str | None) -> tuple[str, ...]:
    """The words of a name in order, without titles and particles; split at hyphens.

    "Dr Seán Mac Donald-Óg" -> ("sean", "macdonald", "og"). At most six words.
    """
    if not text:
        return ()
    folded = fold(text)
    if folded.isalpha():
        return (folded,)
    words = "".join(c if c.isalpha() else " " for c in folded).split()
    joined: list[str] = []
    prefix = ""
    for at, word in enumerate(words):
        follows = at + 1 < len(words) and len(words[at + 1]) > 1
        if follows and (word in _JOINED or lenites(word, words[at + 1])):
            prefix += word
            continue
        joined.append(prefix + word)
        prefix = ""
    kept = [w for w in joined if w not in TITLES] or joined
    kept = [w for w in kept if w not in PARTICLES] or kept
    return tuple(kept[:_TOKENS_AT_MOST])


def _is_placeholder(text: str, starts: frozenset[str]) -> bool:
    folded = fold(text)
    if folded.isascii() and folded.isalpha():
        return folded in starts
    if _NOT_APPLICABLE.fullmatch(folded):
        return True
    words = re.findall(r"[a-z]+", folded)
    if not words or words[0] not in starts:
        return False
    return words[1:2] == ["of"] or all(w in _PLACEHOLDER | _BESIDE_PLACEHOLDER for w in words)


@lru_cache(maxsize=65536)
def is_placeholder_name(text: str | None) -> bool:
    """True for what stands in for a first name: "Baby", "Infant", "Twin 1", "Unborn", "N/K"."""
    return bool(text) and _is_placeholder(text or "", _PLACEHOLDER)


@lru_cache(maxsize=65536)
def is_placeholder_family(text: str | None) -> bool:
    """True for what stands in for a family name: "Unknown", "Not known", "TBC"."""
    return bool(text) and _is_placeholder(text or "", _NO_FAMILY)


def before_first_digit(text: str) -> str:
    """What stands before the first digit: a name followed by a birth date or an age."""
    return re.split(r"[,(;]?\s*\b(?:born|dob|aged?)?\s*\d", text[:LONGEST], maxsplit=1)[0]


_BABY_OF = re.compile(
    r"(?i)\s*(?:(?:un|new)?born |the )?(?:baby|infant|child|twin|bump)(?: boy| girl| \d| one| two)*"
    r" (?:of|to)\b\s*(?:mr|mrs|ms|miss|dr)?\.?\s*"
)


def bearer_of(text: str) -> str:
    """The words of a full name that are the bearer's own.

    "Baby of Sarah Rowe" bears "Rowe" only; "Baby Rowe" too; "Not known" nothing. A name without
    any of that stays as it is.
    """
    named = text
    if m := _BABY_OF.match(text):
        named = text[m.end() :].rpartition(" ")[2]
    elif is_placeholder_name(text):
        return ""
    else:
        words = text.split()
        while len(words) > 1 and fold(words[0]).strip(".") in _PLACEHOLDER:
            words = words[1:]
            named = " ".join(words)
    return named or text
