"""Record linkage that explains itself: people in, explained matches out.

    index = Index.build(people)
    for match in index.search(Person(id="new", given="Maya", family="Rowe")):
        print(match.band, match.sentence)

`score` compares two people, `link` two lists, `deduplicate` one list with itself.
"""

from matching.answer import Answer, Answered, answer
from matching.errors import (
    ColumnError,
    DuplicatePersonError,
    IndexFileError,
    LinkCancelledError,
    MatchingError,
    NameDataError,
    RefitError,
    WeightsError,
)
from matching.evidence import HOUSEHOLD, FieldEvidence
from matching.full_names import name_similarity
from matching.guards import Guard, GuardKind
from matching.index import Index
from matching.levels import Level
from matching.link import Linked, deduplicate, link, link_columns
from matching.link_report import LinkReport
from matching.names import add_names
from matching.person import Person, Sex
from matching.score import Band, Match, probability, rank, score, total
from matching.weights import Weights, own_weights, read_weights, shipped_weights

__all__ = [
    "HOUSEHOLD",
    "Answer",
    "Answered",
    "Band",
    "ColumnError",
    "DuplicatePersonError",
    "FieldEvidence",
    "Guard",
    "GuardKind",
    "Index",
    "IndexFileError",
    "Level",
    "LinkCancelledError",
    "LinkReport",
    "Linked",
    "Match",
    "MatchingError",
    "NameDataError",
    "Person",
    "RefitError",
    "Sex",
    "Weights",
    "WeightsError",
    "add_names",
    "answer",
    "deduplicate",
    "link",
    "link_columns",
    "name_similarity",
    "own_weights",
    "probability",
    "rank",
    "read_weights",
    "score",
    "shipped_weights",
    "total",
]
