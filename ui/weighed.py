"""What a record's bar shows: the same parts and words on a card, beside a call and in Compare."""

from __future__ import annotations

from triage.domain.lookup import HOUSEHOLD, Candidate
from ui.widgets.evidence import SEEN, EvidenceKind, Weighed

KINDS: dict[str, EvidenceKind] = {
    "same": "same",
    "close": "close",
    "different": "different",
    "missing": "missing",
}
ALSO_AT_HOME = "Others in the home would agree on some of it too."


def parts_of(candidate: Candidate) -> tuple[Weighed, ...]:
    """Each field's weight. What others in the home would agree on as well speaks for nobody, and
    against nobody either: it is taken off what speaks for."""
    return tuple(
        Weighed(e.weight, "shared" if e.field == HOUSEHOLD else KINDS[e.level], e.field)
        for e in candidate.evidence
    )


def taken_off(candidate: Candidate) -> bool:
    """Whether others in the home take off so much that it is drawn."""
    return any(e.field == HOUSEHOLD and e.weight <= -SEEN for e in candidate.evidence)


def sentence_of(candidate: Candidate) -> str:
    """Matching's sentence, and that others in the home would agree, where the bar leaves it out."""
    return f"{candidate.sentence} {ALSO_AT_HOME}" if taken_off(candidate) else candidate.sentence
