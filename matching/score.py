"""Scoring two people: prior plus evidence, the probability, the band, the guards, a sentence.

The score in bits is `total(prior, evidence)`, exactly. Evidence that a whole household
shares (family name, address, phone, mother, school) can only show that two records belong
to one household; where it would claim more, the excess is taken off again, so that a
brother or sister is not found "Very likely". Each field shows its own weight, as against a
stranger; what is taken off stands in one row at the end, `household_evidence`. See
`_household_excess`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matching.comparison import compare
from matching.evidence import FieldEvidence, field_evidence, household_evidence
from matching.guards import Guard, guards
from matching.levels import Comparison, Level
from matching.name_comparison import CLOSE_ENOUGH, NameComparer
from matching.person import Facts, Person, prepare
from matching.sentence import sentence
from matching.weights import Frequencies, Weights, shipped_weights

POPULATION = 100_000
_SHARED = frozenset({"address", "postcode", "phone", "mother", "siblings", "school", "gp"})
_STRONG = frozenset({"name", "dob", "nhs_number", "upn"})


class Band(StrEnum):
    """How likely it is that two records are one person, in words."""

    VERY_LIKELY = "Very likely"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"


class Account:
    """Why a pair scores as it does, put into words when it is first asked for."""

    __slots__ = ("_evidence", "_guards", "_scorer", "_told", "_weighed")

    def __init__(
        self,
        scorer: Scorer,
        weighed: Weighed,
        evidence: tuple[FieldEvidence, ...] | None = None,
    ) -> None:
        """`evidence` stands for the scorer's own where a whole list was weighed."""
        self._scorer, self._weighed, self._evidence = scorer, weighed, evidence
        self._guards: tuple[Guard, ...] | None = None
        self._told: tuple[tuple[FieldEvidence, ...], str] | None = None

    def guards(self) -> tuple[Guard, ...]:
        """Reasons to look twice; worked out once."""
        if self._guards is None:
            self._guards = self._scorer.guards(self._weighed)
        return self._guards

    def told(self) -> tuple[tuple[FieldEvidence, ...], str]:
        """Evidence and sentence; worked out once."""
        if self._told is None:
            fields, said = self._scorer.tell(self._weighed, self.guards())
            self._told = (fields if self._evidence is None else self._evidence, said)
        return self._told


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two people compared. `prior` and `score` are log2 odds; `evidence` is in screen order.

    Where others of the same home would agree too, the last row of `evidence` is `HOUSEHOLD`.
    """

    query: Person
    record: Person
    prior: float
    score: float
    probability: float
    band: Band
    rivalled: bool = False
    account: Account = field(compare=False, repr=False)

    @property
    def evidence(self) -> tuple[FieldEvidence, ...]:
        """What was compared; with `prior` it sums to `score`, exactly."""
        return self.account.told()[0]

    @property
    def guards(self) -> tuple[Guard, ...]:
        """Reasons to look twice."""
        return self.account.guards()

    @property
    def guarded(self) -> bool:
        """Whether there is a reason to look twice."""
        return bool(self.guards)

    @property
    def sentence(self) -> str:
        """The match in one sentence or two."""
        said = self.account.told()[1]
        return f"{said} Another record fits nearly as well." if self.rivalled else said


def total(prior: float, evidence: Iterable[FieldEvidence]) -> float:
    """Prior plus the weights of the evidence, rounded once; the order does not matter."""
    return math.fsum([prior, *(e.weight for e in evidence)])


def probability(bits: float) -> float:
    """Probability for log2 odds."""
    if bits > 60:
        return 1.0
    return 2.0**bits / (1.0 + 2.0**bits) if bits > -1000 else 0.0


def prior_of(population: int) -> float:
    """Log2 odds, before comparing, that one record of `population` is the person."""
    return -math.log2(max(2, population))


def log2_sum(left: float, right: float) -> float:
    """log2(2**left + 2**right) without overflow."""
    high, low = max(left, right), min(left, right)
    return high + math.log2(1.0 + 2.0 ** (low - high)) if high - low < 1000 else high


def _household_excess(random: float, home: float) -> float:
    """Bits by which evidence against people at random overstates.

    Two rivals have to be beaten: someone at random (log2 odds `random`) and someone else of
    the same household (`home`). The odds against both together are the sum of the odds
    against each.
    """
    return max(0.0, random + log2_sum(-random, -home))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Two prepared people with the weight of each comparison, not yet put into words.

    `weights` are each field's own; `household` is what others of the home take off their
    total, never above 0.0; `beyond` is what each field tells once that is taken off. In bits.
    """

    query: Facts
    record: Facts
    comparisons: tuple[Comparison, ...]
    weights: tuple[float, ...]
    beyond: tuple[float, ...]
    household: float
    score: float

    @property
    def agrees(self) -> bool:
        """True when anything but the sex speaks for one person."""
        for c in self.comparisons:
            if (c.level is Level.SAME or c.level is Level.CLOSE) and c.field != "sex":
                return True
        return False


class Scorer:
    """Scores pairs of prepared people with one set of weights and name frequencies."""

    def __init__(
        self,
        weights: Weights | None = None,
        *,
        population: int = POPULATION,
        frequencies: Frequencies | None = None,
    ) -> None:
        self.weights = weights or shipped_weights()
        self.prior = prior_of(population)
        self._frequencies = frequencies
        self._names = NameComparer(self.weights, frequencies)

    def weigh(self, query: Facts, record: Facts) -> Weighed:
        """Compare two prepared people and weigh the evidence, without words for it."""
        comparisons = compare(query, record, self._names)
        beyond, weights = self._weigh(comparisons)
        household = 0.0
        if beyond is not weights:
            # Rounded once, so that the order of the two people does not matter.
            household = min(0.0, math.fsum([*beyond, *(-w for w in weights)]))
        return Weighed(
            query=query,
            record=record,
            comparisons=comparisons,
            weights=tuple(weights),
            beyond=tuple(beyond),
            household=household,
            score=math.fsum([self.prior, *weights, household]),
        )

    def explain(self, weighed: Weighed) -> Match:
        """A weighed pair as a match: its band, and its account for who asks."""
        account = Account(self, weighed)
        return Match(
            query=weighed.query.person,
            record=weighed.record.person,
            prior=self.prior,
            score=weighed.score,
            probability=probability(weighed.score),
            band=self._band(weighed, account),
            account=account,
        )

    def guards(self, weighed: Weighed) -> tuple[Guard, ...]:
        """Reasons to look twice at a weighed pair."""
        by_field = {c.field: c for c in weighed.comparisons}
        return guards(by_field, weighed.query, weighed.record, self._frequencies)

    def tell(
        self, weighed: Weighed, found: tuple[Guard, ...]
    ) -> tuple[tuple[FieldEvidence, ...], str]:
        """Put a weighed pair with its guards into words: evidence and sentence."""
        query, record = weighed.query, weighed.record
        fields = tuple(
            field_evidence(c, weight, query, record)
            for c, weight in zip(weighed.comparisons, weighed.weights, strict=True)
        )
        home = (household_evidence(weighed.household),) if weighed.household else ()
        return (*fields, *home), sentence(fields, weighed.beyond, found)

    def judge(
        self, query: Facts, record: Facts, prior: float, evidence: tuple[FieldEvidence, ...]
    ) -> Match:
        """A match of which prior and evidence were worked out elsewhere, over a whole list.

        Guards, band and sentence are worked out here, the band from the evidence given.
        """
        score = total(prior, evidence)
        weighed = replace(self.weigh(query, record), score=score)
        account = Account(self, weighed, evidence)
        return Match(
            query=query.person,
            record=record.person,
            prior=prior,
            score=score,
            probability=probability(score),
            band=self._band(weighed, account),
            account=account,
        )

    def match(self, query: Facts, record: Facts) -> Match:
        """Compare two prepared people, weigh the evidence and explain it."""
        return self.explain(self.weigh(query, record))

    def _weigh(self, comparisons: Sequence[Comparison]) -> tuple[list[float], list[float]]:
        """Bits of each field beyond what its household shares, and on its own."""
        weights: list[float] = []
        shared: list[float] = []
        home: list[float] = [-math.log2(self.weights.household_others)]
        bits_of = self._names.bits
        for c in comparisons:
            if not c.parts:
                weights.append(0.0)
                shared.append(0.0)
                continue
            of_home = 0.0
            if len(c.parts) == 1 and c.field != "name":
                bits = bits_of(c.parts[0])
                weight = bits.random
                if c.field in _SHARED:
                    of_home = max(0.0, weight)
                else:
                    home.append(bits.home)
            else:
                several = [(p.part, bits_of(p)) for p in c.parts]
                weight = math.fsum([b.random for _, b in several])
                of_home = max(0.0, math.fsum([b.random for part, b in several if part == "family"]))
                home += [b.home for _, b in several]
            weights.append(weight)
            shared.append(of_home)
        random = math.fsum([self.prior, *weights])
        excess = _household_excess(random, math.fsum(home))
        if excess <= 0.0:
            return weights, weights
        beyond, excess = _take(weights, shared, excess)
        beyond, _ = _take(beyond, [max(0.0, w) for w in beyond], excess)
        # A name that agrees in its family part alone speaks against once that is taken off,
        # and is shown so: another first name is no reason for.
        own = [w if b >= 0.0 else b for w, b in zip(weights, beyond, strict=True)]
        return beyond, own

    def _band(self, weighed: Weighed, account: Account) -> Band:
        floor = self.weights.bands
        for band in (Band.VERY_LIKELY, Band.LIKELY, Band.POSSIBLE):
            if weighed.score >= floor[band.value]:
                if band is Band.VERY_LIKELY:
                    by_field = {c.field: c for c in weighed.comparisons}
                    if not _well_founded(by_field) or account.guards():
                        continue
                return band
        return Band.UNLIKELY


def _take(
    weights: list[float], takable: Sequence[float], excess: float
) -> tuple[list[float], float]:
    """Take `excess` bits from the weights in proportion to what each can give."""
    available = math.fsum(takable)
    if excess <= 0.0 or available <= 0.0:
        return weights, excess
    part = min(1.0, excess / available)
    left = max(0.0, excess - available)
    return [w - t * part for w, t in zip(weights, takable, strict=True)], left


def _well_founded(by_field: dict[str, Comparison]) -> bool:
    """Nothing strong contradicts; a given name and a birth date or number agree.

    Birth date, postcode and sex together never suffice (Hagger-Johnson and others 2015,
    PMC4545352).
    """
    if any(by_field[field].level is Level.DIFFERENT for field in _STRONG):
        return False
    given = any(p.part == "given" and p.level in CLOSE_ENOUGH for p in by_field["name"].parts)
    numbers = (by_field[f].level is Level.SAME for f in ("nhs_number", "upn"))
    dob = by_field["dob"].detail in ("same", "day and month swapped", "one digit")
    return given and (dob or any(numbers))


def score(
    query: Person,
    record: Person,
    *,
    weights: Weights | None = None,
    population: int = POPULATION,
    frequencies: Frequencies | None = None,
) -> Match:
    """Compare two people. The band is the pair's own: `rank` adds the margin over others.

    `population` is the number of people among whom `record` was found; `frequencies` (an
    `Index` has them) says how common each name is there.
    """
    scorer = Scorer(weights, population=population, frequencies=frequencies)
    return scorer.match(prepare(query), prepare(record))


def rank(matches: Iterable[Match], *, weights: Weights | None = None) -> list[Match]:
    """Best first. "Very likely" is kept only with a margin over every rival.

    A rival is another record that is not the same person held by another source.
    """
    weights = weights or shipped_weights()
    ordered = sorted(matches, key=lambda m: (-m.score, m.record.source, m.record.id))
    ranked: list[Match] = []
    for match in ordered:
        rivalled = match.band is Band.VERY_LIKELY and any(
            other is not match
            and match.score - other.score < weights.margin
            and not held_twice(match.record, other.record, weights)
            for other in ordered
        )
        if rivalled:
            ranked.append(replace(match, band=Band.LIKELY, rivalled=True))
        else:
            ranked.append(match)
    return ranked


def held_twice(left: Person, right: Person, weights: Weights) -> bool:
    """Whether two records are one person on the books of two sources."""
    if left.source == right.source:
        return False
    return score(left, right, weights=weights).band is Band.VERY_LIKELY
