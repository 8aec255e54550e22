"""What partners were asked and what they said, as a decision keeps it; silence too."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from triage.domain.decision import Problem, Weight
from triage.domain.request import (
    SETTLED,
    InfoRequest,
    PartnerAnswer,
    RequestState,
    Standing,
    state_words,
)
from triage.domain.spelling import spell_moment
from triage.storage import requests
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.requests import agency_name

_LONGEST_TOLD = 300
_IN_WORDS = frozenset({Standing.KNOWN, Standing.OWN_WORDS})


def for_decision(
    desk: Desk, tx: Transaction, contact_id: UUID
) -> tuple[tuple[tuple[str, str, str], ...], tuple[Problem, ...]]:
    """What partners were asked and said, as a decision keeps it: name, how it stands, in short.

    Silence is told like anything else, and each partner decided without is named as a gap.
    """
    found = [
        r
        for r in requests.of_contact(tx, contact_id)
        if r.state not in (RequestState.DRAFT, RequestState.WITHDRAWN)
    ]
    placed = requests.answers_to(tx, [r.id for r in found])
    told, gaps = [], []
    for request in found:
        late = request.overdue(desk.now())
        partner = desk.profile.requests.partner(request.agency)
        name = partner.name if partner else agency_name(desk, request.agency)
        words = [_asked(desk, request), *_said(placed.get(request.id, ()))]
        told.append((name, state_words(request.state, overdue=late), " ".join(words)))
        if request.state not in SETTLED:
            gaps.append(
                Problem(
                    part="",
                    question="replies",
                    weight=Weight.ADVISED,
                    sentence=f"Decided without a whole reply from {name}. {_asked(desk, request)}",
                )
            )
    return tuple(told), tuple(gaps)


def _asked(desk: Desk, request: InfoRequest) -> str:
    at = request.sent_at or request.created_at
    asked = spell_moment(naming.local(desk.profile, at))
    due = ""
    if request.due_at:
        due = f", reply by {spell_moment(naming.local(desk.profile, request.due_at))}"
    chased = f", reminded {len(request.chased)} times" if request.chased else ""
    chased = chased.replace("1 times", "once") if len(request.chased) == 1 else chased
    return f"{request.reference}, asked {asked}{due}{chased}."


def _said(placed: Sequence[PartnerAnswer]) -> list[str]:
    words = []
    for answer in placed:
        for item in answer.items:
            said = item.words.strip() if item.standing in _IN_WORDS else item.standing.value
            if item.standing is Standing.REFUSED and item.reason:
                said = f"refused, {item.reason}"
            if len(said) > _LONGEST_TOLD:
                said = f"{said[:_LONGEST_TOLD].rsplit(' ', 1)[0]} …"
            words.append(f"{item.question or 'They wrote'}: {said}.".replace("..", "."))
        words.append(answer.limit)
    return words
