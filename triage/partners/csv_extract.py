"""A partner's list, or the hub's own contacts, asked like any other; nothing leaves here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from triage.domain.errors import NotFoundError
from triage.domain.lookup import Candidate, Outcome
from triage.partners.connector import Answer, Context, Query
from triage.partners.state import ExtractState

if TYPE_CHECKING:
    from matching import Person

DEADLINE_S = 6.0
_NEAREST = 5


class Lists(Protocol):
    """What searches the lists. See `triage.partners.extracts.Extracts`."""

    def name(self, partner: str) -> str: ...

    def state(self, partner: str) -> ExtractState: ...

    def search(
        self, person: Person, partner: str, *, k: int = 5, deadline_ms: float | None = None
    ) -> tuple[Candidate, ...]: ...


class ListConnector:
    """One partner's list."""

    def __init__(self, lists: Lists, partner: str) -> None:
        self._lists, self._partner = lists, partner

    @property
    def partner(self) -> str:
        return self._partner

    @property
    def name(self) -> str:
        return self._lists.name(self._partner)

    def sends(self, query: Query) -> tuple[str, ...]:
        """None: the list is searched on this computer."""
        return ()

    def ask(self, query: Query, context: Context) -> Answer:
        state = self._lists.state(self._partner)
        nothing = Answer(outcome=Outcome.UNAVAILABLE, problem=state.problem)
        if not state.searchable:
            return nothing
        within = min(context.left, DEADLINE_S) * 1000
        try:
            found = self._lists.search(query.person, self._partner, k=_NEAREST, deadline_ms=within)
        except NotFoundError as error:
            return Answer(outcome=Outcome.UNAVAILABLE, problem=str(error))
        return Answer(
            outcome=Outcome.FOUND if found else Outcome.NOT_FOUND,
            candidates=found,
            problem=state.problem,
        )
