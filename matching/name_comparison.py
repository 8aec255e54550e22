"""Comparing names: words, given and family names, order, aliases; the best reading counts."""

from __future__ import annotations

from functools import lru_cache
from math import fsum

from rapidfuzz.distance import OSA, JaroWinkler

from matching.levels import Comparison, Level, Part, missing
from matching.name_forms import written_form
from matching.names import shipped_variants
from matching.person import Facts, NameParts
from matching.weights import Bits, Frequencies, Weights

VERY_SIMILAR = 0.92
SIMILAR = 0.85
_KEPT = 4_096


@lru_cache(maxsize=262144)
def name_level(left: str, right: str) -> str:
    """Level of two folded names: "same", "known variant", "one edit", "initial", ... "other".

    One edit (a letter more, less, other, or two exchanged) counts from four letters on.
    """
    if left == right:
        return "same" if len(left) > 1 else "initial"
    short, long = sorted((left, right), key=len)
    if len(short) == 1:
        return "initial" if long.startswith(short) else "other"
    if _one_name(left, right):
        return "known variant"
    if len(short) >= 4 and OSA.distance(left, right, score_cutoff=1) <= 1:
        return "one edit"
    if len(short) >= 3 and long.startswith(short):
        return "begins with"
    likeness = JaroWinkler.similarity(left, right, score_cutoff=SIMILAR)
    if likeness >= VERY_SIMILAR:
        return "very similar"
    return "similar" if likeness >= SIMILAR else "other"


def _one_name(left: str, right: str) -> bool:
    related = shipped_variants().related
    a, b = written_form(left), written_form(right)
    return a == b or related(left, right) or related(a, b)


@lru_cache(maxsize=4096)
def _part(part: str, level: str, token: str | None = None) -> Part:
    return Part(part=part, level=level, token=token)


AGREEING = frozenset({"same", "known variant", "one edit", "initial", "middle name", "part"})
CLOSE_ENOUGH = frozenset({"same", "known variant", "one edit"})


class NameComparer:
    """Compares names with given weights and name frequencies: the best reading counts."""

    def __init__(self, weights: Weights, frequencies: Frequencies | None = None) -> None:
        self._weights = weights
        self._frequencies = frequencies
        self._bits: dict[tuple[str, str, str | None, float], Bits] = {}

    def bits(self, part: Part) -> Bits:
        """The weight of a compared part."""
        key = (part.part, part.level, part.token, part.width)
        known = self._bits.get(key)
        if known is None:
            if len(self._bits) >= _KEPT:
                self._bits.clear()
            known = self._bits[key] = self._weights.bits(
                part.part,
                part.level,
                token=part.token,
                width=part.width,
                frequencies=self._frequencies,
            )
        return known

    def _sums(self, parts: list[Part]) -> tuple[float, float, list[str]]:
        bits = [self.bits(part) for part in parts]
        random, home = fsum(b.random for b in bits), fsum(b.home for b in bits)
        # The words break ties alike in either order of the two people.
        return random, home, [f"{p.part}: {p.level}" for p in parts]

    def _word(self, part: str, left: str, right: str) -> Part:
        level = name_level(left, right)
        return _part(part, level, left if level == "same" else None)

    def _best(self, options: list[list[Part]]) -> list[Part]:
        return options[0] if len(options) == 1 else max(options, key=self._sums)

    def given(self, left: tuple[str, ...], right: tuple[str, ...]) -> list[Part]:
        """Parts for given names in order: the first, then middle names."""
        if not left or not right:
            return []
        if "".join(left) == "".join(right):
            agreed = left[0] if left == right else "".join(left)
            same = [_part("given", "same", agreed)]
            middle = left == right and len(left) > 1
            return [*same, _part("middle", "same")] if middle else same
        first = self._word("given", left[0], right[0])
        options = [[first]]
        if len(left) > 1 and len(right) > 1:
            alike = name_level(left[1], right[1]) in AGREEING
            options[0].append(_part("middle", "same" if alike else "other"))
        elif len(left) > 1 or len(right) > 1:
            options[0].append(_part("middle", "one side"))
        else:
            return options[0]
        crossed = [(left[0], word) for word in right[1:]] + [(word, right[0]) for word in left[1:]]
        if any(name_level(a, b) in CLOSE_ENOUGH for a, b in crossed):
            options.append([_part("given", "middle name")])
        return self._best(options)

    def family(self, left: tuple[str, ...], right: tuple[str, ...]) -> list[Part]:
        """Parts for family names; one half of a double-barrelled name may agree alone."""
        if not left or not right:
            return []
        if left == right or set(left) == set(right):
            # The rarest word tells most.
            return self._best([[_part("family", "same", word)] for word in left])
        if "".join(left) == "".join(right):
            return [_part("family", "same", "".join(left))]
        weak = shipped_variants().weak
        telling = [tuple(w for w in side if not weak(w)) for side in (left, right)]
        if not all(telling) and any(telling):
            # "Kaur" beside "Gill" or "Begum" beside "Miah": one name does not deny the other.
            return self._shared(left, right)
        options: list[list[Part]] = []
        for a in left:
            for b in right:
                if a == b and len(a) > 1:
                    options.append([_part("family", "part", a)])
                else:
                    options.append([self._word("family", a, b)])
        return self._best(options)

    def _shared(self, left: tuple[str, ...], right: tuple[str, ...]) -> list[Part]:
        """The words both have, as half of a family name; nothing where they have none."""
        both = set(left) & set(right)
        options = [[_part("family", "part", word)] for word in both]
        return self._best(options) if options else []

    def _straight(self, left: NameParts, right: NameParts) -> list[Part]:
        return self.given(left.given, right.given) + self.family(left.family, right.family)

    def _swapped(self, left: NameParts, right: NameParts) -> list[Part]:
        """Given against family name; which side wrote them wrongly is not known."""
        if not (_any_alike(left.given, right.family) or _any_alike(left.family, right.given)):
            return []
        options = [
            self.given(a.given, b.family) + self.family(b.given, a.family)
            for a, b in ((left, right), (right, left))
        ]
        worth = [o for o in options if any(p.level != "other" for p in o)]
        return [*self._best(worth), _part("arrangement", "swapped")] if worth else []

    def _readings(self, left: NameParts, right: NameParts) -> list[list[Part]]:
        readings = [r for r in (self._straight(left, right), self._swapped(left, right)) if r]
        if left.alias or right.alias:
            return [[*r, _part("arrangement", "alias")] for r in readings]
        return readings

    def names(self, left: Facts, right: Facts) -> Comparison:
        """The best reading of two people's names, straight or with names exchanged."""
        options = [r for a in left.names for b in right.names for r in self._readings(a, b)]
        if not options:
            return missing("name")
        return _told(tuple(_with_mother(self._best(options), left, right)))


def _any_alike(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    for a in left:
        for b in right:
            if name_level(a, b) != "other":
                return True
    return False


def _with_mother(parts: list[Part], left: Facts, right: Facts) -> list[Part]:
    """A family name that differs may be the mother's, used for the child."""
    if not any(p.part == "family" and p.level == "other" for p in parts):
        return parts
    for child, other in ((left, right), (right, left)):
        if other.mother is None or not other.mother.family or not child.names:
            continue
        if set(child.names[0].family) & set(other.mother.family):
            return [_part("family", "mother's name") if p.part == "family" else p for p in parts]
    return parts


@lru_cache(maxsize=4096)
def _told(parts: tuple[Part, ...]) -> Comparison:
    """Two names compared, by the parts of the best reading."""
    return Comparison(
        field="name", level=_name_level(parts), detail=_name_words(parts), parts=parts
    )


def _name_level(parts: tuple[Part, ...]) -> Level:
    levels = {(p.part, p.level) for p in parts}
    if levels & {("given", "other"), ("family", "other")}:
        return Level.DIFFERENT
    exact = {("given", "same"), ("family", "same")}
    if exact <= levels and levels <= exact | {("middle", "same")}:
        return Level.SAME
    return Level.CLOSE


def _name_words(parts: tuple[Part, ...]) -> str:
    words = []
    for p in parts:
        if p.part == "given":
            words.append(f"given name: {p.level}")
        elif p.part == "family":
            words.append(f"family name: {p.level}")
        elif p.part == "middle" and p.level != "same":
            how = "on one side only" if p.level == "one side" else p.level
            words.append(f"middle name {how}")
        elif p.part == "arrangement":
            words.append("names swapped" if p.level == "swapped" else "by another name")
    return ", ".join(words)
