"""A contact as the Triage screen opens it: the contact, its decision, what looks like it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.decision import DecisionDraft
from triage.domain.worker import May, Worker
from triage.storage import workers
from triage.storage.engine import Transaction
from triage.workflow import decide, happened, join, screen
from triage.workflow.desk import Desk
from triage.workflow.happened import Look
from triage.workflow.holding import hold
from triage.workflow.join import SuggestedPair
from triage.workflow.screen import ContactView


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """All that stands beside an open contact, as it stood at one moment. `workers` are all who
    are enrolled, by name."""

    view: ContactView
    draft: DecisionDraft
    pairs: tuple[SuggestedPair, ...]
    workers: tuple[Worker, ...]


def open_whole(desk: Desk, contact_id: UUID) -> Opening:
    """Open the contact with its decision; that both were looked at is recorded, in one commit,
    before anything is read: nobody else waits to write meanwhile.

    Raises NotAllowedError for a restricted one that this person may not open, NotFoundError where
    there is none.
    """
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        looked = happened.last_look(desk, tx, contact.id)
        seen = {"reference": contact.reference}
        desk.note(tx, "contact.viewed", contact.id, seen)
        desk.note(tx, "decision.viewed", contact.id, seen)
    return look_again(desk, contact_id, looked)


def look_again(desk: Desk, contact_id: UUID, looked: Look | None = None) -> Opening:
    """As `open_whole`, for a screen that already has it open: after a change made here.

    It records nothing: the first opening, which `looked` is of, stands for the whole visit.
    """

    def seen(desk: Desk, tx: Transaction, contact: Contact, seq: int) -> Opening:
        return _opening(desk, tx, contact, seq, looked)

    return screen.again(desk, contact_id, seen)


def _opening(
    desk: Desk, tx: Transaction, contact: Contact, seq: int, looked: Look | None
) -> Opening:
    view = screen.view_in(desk, tx, contact, seq, looked)
    return Opening(
        view=view,
        draft=decide.draft_in(tx, contact.id, view.versions),
        pairs=join.pairs_in(desk, tx, view.suggestions),
        workers=tuple(sorted(workers.all(tx), key=lambda w: w.name.casefold())),
    )
