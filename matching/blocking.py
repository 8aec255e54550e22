"""Blocking rules: which pairs of two lists are worth comparing at all.

Each rule gives every record some keys; two records that share a key are a candidate pair.
A block that is too large to tell people apart is passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product

from matching import normalise
from matching.person import Facts

BLOCK_AT_MOST = 400
Rule = Callable[[Facts], Iterator[str]]

_ALIKE = str.maketrans(
    {"a": "", "e": "", "i": "", "o": "", "u": "", "y": "", "h": "", "w": "", "z": "s", "c": "k",
     "q": "k", "x": "k", "j": "g", "v": "f", "p": "b", "t": "d", "m": "n"}
)  # fmt: skip


def sound(word: str) -> str:
    """A rough key of how a folded name sounds: first letter and following consonants."""
    rest = word[1:].translate(_ALIKE)
    kept = [c for i, c in enumerate(rest) if i == 0 or rest[i - 1] != c]
    first = {"c": "k", "q": "k", "j": "g", "v": "f", "z": "s"}.get(word[:1], word[:1])
    return first + "".join(kept)[:4]


def _words(facts: Facts) -> set[str]:
    return {w for n in facts.names for w in (*n.given, *n.family) if len(w) > 1}


def by_number(facts: Facts) -> Iterator[str]:
    """The same NHS number or pupil number."""
    if facts.nhs_number and facts.nhs_valid:
        yield facts.nhs_number
    if facts.upn:
        yield facts.upn


def by_two_names(facts: Facts) -> Iterator[str]:
    """Two names that sound alike, in either order."""
    sounds = sorted({sound(w) for w in _words(facts)})
    for a, b in combinations(sounds, 2):
        yield f"{a} {b}"


def by_dob_and_initial(facts: Facts) -> Iterator[str]:
    """The same birth date and an initial of any name."""
    if facts.dob:
        for initial in {w[0] for w in _words(facts)}:
            yield f"{normalise.eight_figures(facts.dob)} {initial}"


def by_swapped_dob(facts: Facts) -> Iterator[str]:
    """Day and month in either order, with the sound of a name."""
    if facts.dob and facts.dob.day <= 12:
        low, high = sorted((facts.dob.day, facts.dob.month))
        for word in _words(facts):
            yield f"{facts.dob.year} {low} {high} {sound(word)}"


def by_year_and_prefixes(facts: Facts) -> Iterator[str]:
    """The same birth year and the first three letters of both names."""
    if facts.dob:
        for name in facts.names:
            for a, b in product(name.given[:1], name.family):
                first, second = sorted((a[:3], b[:3]))
                yield f"{facts.dob.year} {first} {second}"


def by_month_day_and_sound(facts: Facts) -> Iterator[str]:
    """The same day of the year and the sound of a name: the year is wrong."""
    if facts.dob:
        for word in _words(facts):
            yield f"{facts.dob.month} {facts.dob.day} {sound(word)}"


def by_postcode_and_sound(facts: Facts) -> Iterator[str]:
    """The same postcode and the sound of a name."""
    if facts.postcode and normalise.is_full_postcode(facts.postcode):
        for word in _words(facts):
            yield f"{facts.postcode} {sound(word)}"


def by_phone(facts: Facts) -> Iterator[str]:
    """The same phone number."""
    if facts.phone:
        yield facts.phone


def by_address_and_initial(facts: Facts) -> Iterator[str]:
    """The same number and street, and an initial of any name."""
    if facts.address and facts.address.number and facts.address.street:
        street = " ".join(facts.address.street)
        for initial in {w[0] for w in _words(facts)}:
            yield f"{facts.address.number} {street} {initial}"


RULES: tuple[Rule, ...] = (
    by_number,
    by_two_names,
    by_dob_and_initial,
    by_swapped_dob,
    by_year_and_prefixes,
    by_month_day_and_sound,
    by_postcode_and_sound,
    by_phone,
    by_address_and_initial,
)


def _blocks(people: Sequence[Facts], rule: Rule) -> dict[str, list[int]]:
    blocks: dict[str, list[int]] = defaultdict(list)
    for place, facts in enumerate(people):
        for key in set(rule(facts)):
            blocks[key].append(place)
    return blocks


def pairs_between(
    left: Sequence[Facts], right: Sequence[Facts], *, rules: Sequence[Rule] = RULES
) -> set[tuple[int, int]]:
    """Positions (in left, in right) of the pairs to compare."""
    pairs: set[tuple[int, int]] = set()
    for rule in rules:
        theirs = _blocks(right, rule)
        for key, ours in _blocks(left, rule).items():
            there = theirs.get(key)
            if there and len(ours) * len(there) <= BLOCK_AT_MOST * BLOCK_AT_MOST:
                pairs.update(product(ours, there))
    return pairs


def pairs_within(people: Sequence[Facts], *, rules: Sequence[Rule] = RULES) -> set[tuple[int, int]]:
    """Positions (lower, higher) of the pairs of one list to compare."""
    pairs: set[tuple[int, int]] = set()
    for rule in rules:
        for places in _blocks(people, rule).values():
            if 1 < len(places) <= BLOCK_AT_MOST:
                pairs.update(combinations(places, 2))
    return pairs
