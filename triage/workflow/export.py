"""The way of signed decisions to the council. Nothing is ever sent inside a transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import DeliveryError, NotFoundError
from triage.domain.worker import May
from triage.storage import contacts, outbox
from triage.storage.engine import Transaction
from triage.workflow.desk import Council, Desk
from triage.workflow.holding import hold

CLAIM = timedelta(minutes=2)
"""How long a desk keeps a delivery to itself while it sends; longer than any exchange may take."""


def deliver_due(desk: Desk, *, limit: int = 20) -> tuple[Delivery, ...]:
    """Send everything that is due, one after another, and say where each now stands.

    What was sent without a known answer is asked about before it is sent again. A crash between
    sending and recording sends the same bytes again under the same key: one case at the council.
    Another desk's claims are left alone. Without a council it does nothing.
    """
    if desk.council is None:
        return ()
    with desk.store.read() as tx:
        due = outbox.due(tx, desk.now(), limit)
    done = []
    for found in due:
        with desk.store.write() as tx:
            at = desk.now()
            mine = outbox.claim(tx, found.id, desk.worker.id, at + CLAIM, at=at)
            if mine:
                delivery = outbox.get(tx, found.id)  # another desk may have tried meanwhile
                _note(desk, "export.attempted", delivery, tx)
        if mine:
            done.append(_exchange(desk, desk.council, delivery))
    return tuple(done)


def reconcile(desk: Desk, delivery: Delivery) -> Delivery:
    """Ask the council now what became of a decision, and record the answer.

    Raises DeliveryError where the desk has no council, or another desk is at it.
    """
    desk.worker.must(May.READ)
    if desk.council is None:
        raise DeliveryError(
            "This desk has no way to the council. The decision is safe in the outbox. "
            "Ask IT to set the address."
        )
    with desk.store.write() as tx:
        current = outbox.get(tx, delivery.id)
        hold(desk, tx, current.contact_id)
        if current.state in (OutboxState.ACCEPTED, OutboxState.REJECTED):
            return current
        at = desk.now()
        if not outbox.claim(tx, delivery.id, desk.worker.id, at + CLAIM, at=at):
            raise DeliveryError(
                "Another desk is sending this decision at this moment. It is safe in the outbox. "
                "Look again in two minutes."
            )
        _note(desk, "export.attempted", current, tx)
    return _exchange(desk, desk.council, replace(current, state=OutboxState.UNKNOWN))


def _exchange(desk: Desk, council: Council, delivery: Delivery) -> Delivery:
    ask_first = delivery.state in (OutboxState.UNKNOWN, OutboxState.SENT)
    after = council.reconcile(delivery) if ask_first else council.deliver(delivery)
    with desk.store.write() as tx:
        outbox.record(tx, after)
        _note(desk, f"export.{after.state.value}", after, tx)
    return after


def _note(desk: Desk, kind: str, delivery: Delivery, tx: Transaction) -> None:
    desk.note(
        tx,
        kind,
        delivery.contact_id,
        {
            "delivery": str(delivery.id),
            "decision": str(delivery.decision_id),
            "attempts": delivery.attempts,
            "case_number": delivery.case_number,
            "words": delivery.words,
        },
    )


def deliveries(desk: Desk, contact_id: UUID | None = None) -> tuple[Delivery, ...]:
    """Deliveries of one contact, or everything still on its way that this person may see."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        if contact_id is None:
            may = desk.worker.may(May.OPEN_RESTRICTED)
            return tuple(
                d
                for d in outbox.all_open(tx)
                if may or not contacts.get(tx, d.contact_id).restricted
            )
        hold(desk, tx, contact_id)
        return tuple(outbox.of_contact(tx, contact_id))


def document(desk: Desk, decision_id: UUID) -> bytes:
    """The signed document's exact bytes, for saving to a file; recorded as taken out.

    Raises NotFoundError where the decision was not signed.
    """
    desk.worker.must(May.PRINT)
    with desk.store.write() as tx:
        found = outbox.of_decision(tx, decision_id)
        if not found:
            raise NotFoundError("That decision is not signed, so there is no document of it yet.")
        hold(desk, tx, found[-1].contact_id)
        _note(desk, "export.document_saved", found[-1], tx)
        return found[-1].document
