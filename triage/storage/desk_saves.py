"""Saves that come from a desk's own journal: each is taken once, however often it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from triage.domain.errors import FanlightError, InDoubtError
from triage.storage.engine import Store, Transaction
from triage.storage.tables import desk_save as table


class TakenAlreadyError(FanlightError):
    """The hub took this save before; only its answer had not come back."""


class Once(Store):
    """A store whose next write is the save `id`, noted in the same transaction; `typed_at` is
    when its words were typed, where that is known."""

    def __init__(
        self, store: Store, id: UUID, *, by: str, at: datetime, typed_at: datetime | None = None
    ) -> None:
        vars(self).update(vars(store))  # the same store, its lines and its turn
        self._note = {"id": id, "by": by, "at": at}
        self.typed_at = typed_at

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """As `Store.write`; TakenAlreadyError where the save is there."""
        with super().write() as tx:
            known = select(table.c.id).where(table.c.id == self._note["id"])
            if tx.connection.scalar(known) is not None:
                raise TakenAlreadyError("This was saved before.")
            tx.connection.execute(insert(table).values(**self._note))
            yield tx

    def _was_committed(self, tx: Transaction) -> bool:
        """Nobody need wait to find out: it is sent again, and told by its note."""
        raise InDoubtError("It is not known yet whether this was saved. It is sent again.")
