"""The way of signed decisions to the council. Nothing is ever sent inside a transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import ConflictError, DeliveryError, NotFoundError, NotReadyError
from triage.domain.pack import Copy
from triage.domain.worker import May
from triage.export import signing
from triage.storage import contacts, outbox, packs, versions
from triage.storage.engine import Transaction
from triage.workflow import stamping
from triage.workflow.desk import Council, Desk
from triage.workflow.holding import hold

CLAIM = timedelta(minutes=2)
"""How long a desk keeps a delivery to itself while it sends; longer than any exchange may take."""


def deliver_due(desk: Desk, *, limit: int = 20) -> tuple[Delivery, ...]:
    """Send everything that is due, one after another, and say where each now stands.

    What was sent without a known answer is asked about before it is sent again. A crash between
    sending and recording sends the same bytes again under the same key: one case at the council.
    Another desk's claims are left alone. What waits for a time stamp is stamped first, if the
    service answers; it goes without one if not. Without a council nothing is sent.
    """
    stamping.stamp_due(desk)
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
        _claim(desk, tx, current)
        _note(desk, "export.attempted", current, tx)
    return _exchange(desk, desk.council, replace(current, state=OutboxState.UNKNOWN))


def _claim(desk: Desk, tx: Transaction, delivery: Delivery) -> None:
    at = desk.now()
    if not outbox.claim(tx, delivery.id, desk.worker.id, at + CLAIM, at=at):
        raise DeliveryError(
            "Another desk is sending this decision at this moment. It is safe in the outbox. "
            "Look again in two minutes."
        )


def export_by_hand(
    desk: Desk, delivery_id: UUID, folder: Path, how: str, case_number: str = ""
) -> Delivery:
    """Write the signed document and a numbered copy to read into `folder`, and record that this
    person takes them to the council, and how. It is not sent by itself after that.

    A team leader's act, as the copy removes nothing. Raises NotReadyError without words on how,
    ConflictError where the council has answered already, DeliveryError where another desk is
    sending it now or the folder can't be written; then it stays in the outbox.
    """
    from triage.workflow import pack  # what draws is not imported before the queue is shown

    desk.worker.must(May.SIGN)
    if not how.strip():
        raise NotReadyError("Say how it goes to the council. Nothing was written.")
    with desk.store.write() as tx:
        delivery = outbox.get(tx, delivery_id)
        hold(desk, tx, delivery.contact_id)
        if delivery.state not in _BEFORE_HAND:
            raise ConflictError(
                "The council has answered about this decision, or it was exported by hand before. "
                "Nothing was written."
            )
        _claim(desk, tx, delivery)
        version = versions.get(tx, delivery.decision_id)
        number = max((out.copy.number for out in packs.of_decision(tx, version.id)), default=0) + 1
    copy = Copy(number=number, recipient=desk.profile.council, by=how.strip(), removals=frozenset())
    name = f"{version.reference}-{version.number}"
    going = stamping.to_go_out(desk, delivery)
    try:
        (folder / f"{name}.jws").write_bytes(signing.with_stamp(going.document, going.time_stamp))
        pdf = pack.issue(desk, version.id, copy, "exported by hand")
        (folder / f"{name}.pdf").write_bytes(pdf)
    except OSError as fault:
        raise DeliveryError(
            f"The folder {folder} can't be written: {fault.strerror or 'the disk refused'}. The "
            "decision is safe in the outbox. Choose another folder."
        ) from fault
    words = f"{desk.worker.name} took it to the council by hand: {how.strip()}"
    after = replace(
        delivery,
        state=OutboxState.BY_HAND,
        next_attempt_at=None,
        sent_at=desk.now(),
        case_number=case_number.strip(),
        words=words,
    )
    return _record(desk, after, "export.by_hand")


_BEFORE_HAND = frozenset({OutboxState.WAITING, OutboxState.SENT, OutboxState.UNKNOWN})


def give_case_number(desk: Desk, delivery_id: UUID, case_number: str) -> Delivery:
    """Keep the number that the council gave to a decision exported by hand.

    Raises NotReadyError for an empty one, ConflictError for a decision that went another way.
    """
    desk.worker.must(May.PRINT)
    if not case_number.strip():
        raise NotReadyError("Type the case number that the council gave. Nothing was changed.")
    with desk.store.read() as tx:
        delivery = outbox.get(tx, delivery_id)
        hold(desk, tx, delivery.contact_id)
    if delivery.state is not OutboxState.BY_HAND:
        raise ConflictError(
            "This decision was not exported by hand: the council's receipt gives its number."
        )
    return _record(desk, replace(delivery, case_number=case_number.strip()), "export.case_number")


def _record(desk: Desk, after: Delivery, kind: str) -> Delivery:
    with desk.store.write() as tx:
        outbox.record(tx, after)
        _note(desk, kind, after, tx)
    return after


def _exchange(desk: Desk, council: Council, delivery: Delivery) -> Delivery:
    ask_first = delivery.state in (OutboxState.UNKNOWN, OutboxState.SENT)
    if ask_first:
        after = council.reconcile(delivery)
    else:
        after = council.deliver(stamping.to_go_out(desk, delivery))
    return _record(desk, after, f"export.{after.state.value}")


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
    """The signed document, with its time stamp if it has one, for saving to a file; recorded as
    taken out.

    Raises NotFoundError where the decision was not signed.
    """
    desk.worker.must(May.PRINT)
    with desk.store.write() as tx:
        found = outbox.of_decision(tx, decision_id)
        if not found:
            raise NotFoundError("That decision is not signed, so there is no document of it yet.")
        hold(desk, tx, found[-1].contact_id)
        _note(desk, "export.document_saved", found[-1], tx)
    going = stamping.to_go_out(desk, found[-1])
    return signing.with_stamp(going.document, going.time_stamp)
