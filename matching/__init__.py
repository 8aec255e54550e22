"""Record linkage that explains itself: people in, explained matches out.

    index = Index.build(people)
    for match in index.search(Person(id="new", given="Maya", family="Rowe")):
        print(match.band, match.sentence)

`score` compares two people, `link` two lists, `deduplicate` one list with itself.
"""

from matching.errors import (
    DuplicatePersonError,
    IndexFileError,
    MatchingError,
    NameDataError,
    WeightsError,
)
from matching.evidence import HOUSEHOLD, FieldEvidence
from matching.full_names import name_similarity
from matching.guards import Guard, GuardKind
from matching.index import Index
from matching.levels import Level
from matching.link import deduplicate, link
from matching.names import add_names
from matching.person import Person, Sex
from matching.score import Band, Match, probability, rank, score, total
from matching.weights import Weights, read_weights, shipped_weights

__all__ = [
    "HOUSEHOLD",
    "Band",
    "DuplicatePersonError",
    "FieldEvidence",
    "Guard",
    "GuardKind",
    "Index",
    "IndexFileError",
    "Level",
    "Match",
    "MatchingError",
    "NameDataError",
    "Person",
    "Sex",
    "Weights",
    "WeightsError",
    "add_names",
    "deduplicate",
    "link",
    "name_similarity",
    "probability",
    "rank",
    "read_weights",
    "score",
    "shipped_weights",
    "total",
]
