"""The outbox at the desk: sent outside transactions, one desk at a time, recorded as it went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.decision import DecisionVersion, Delivery, OutboxState
from triage.domain.errors import DeliveryError, NotFoundError
from triage.export import signing
from triage.storage import contacts, outbox
from triage.storage.engine import Store
from triage.workflow import export, screen, sign
from triage.workflow.desk import Desk

HOUR = timedelta(hours=1)


class Receiver:
    """A council that answers as told, and sees that nobody holds the store meanwhile."""

    def __init__(self, store: Store, answer: Callable[[Delivery], Delivery]) -> None:
        self.store, self.answer = store, answer
        self.sent: list[bytes] = []
        self.asked = 0

    def deliver(self, delivery: Delivery) -> Delivery:
        with self.store.write():
            self.sent.append(delivery.document)
        return self.answer(replace(delivery, attempts=delivery.attempts + 1))

    def reconcile(self, delivery: Delivery) -> Delivery:
        with self.store.write():
            self.asked += 1
        return accepted(delivery)


def accepted(delivery: Delivery) -> Delivery:
    return replace(delivery, state=OutboxState.ACCEPTED, case_number="NC-4471", receipt=b"receipt")


def lost(delivery: Delivery) -> Delivery:
    return replace(delivery, state=OutboxState.UNKNOWN, words="No answer came.")


def signed(front: Front) -> DecisionVersion:
    return sign.approve(front.priya, front.proposed().id, pin="2222")


def with_council(front: Front, answer: Callable[[Delivery], Delivery]) -> tuple[Desk, Receiver]:
    receiver = Receiver(front.store, answer)
    return replace(front.ruth, council=receiver), receiver


def test_due_decision_is_sent_and_its_case_number_kept(front: Front) -> None:
    version = signed(front)
    desk, receiver = with_council(front, accepted)
    [done] = export.deliver_due(desk)
    assert (done.state, done.case_number) == (OutboxState.ACCEPTED, "NC-4471")
    assert export.deliver_due(desk) == ()
    assert export.deliveries(desk, version.contact_id) == (done,)
    assert receiver.sent == [export.document(desk, version.id)]
    assert front.kinds()[-3:] == ["export.attempted", "export.accepted", "export.document_saved"]


def test_lost_answer_is_asked_about_and_not_sent_again(front: Front) -> None:
    signed(front)
    desk, receiver = with_council(front, lost)
    assert [d.state for d in export.deliver_due(desk)] == [OutboxState.UNKNOWN]
    assert [d.state for d in export.deliver_due(desk)] == [OutboxState.ACCEPTED]
    assert (len(receiver.sent), receiver.asked) == (1, 1)


def test_delivery_another_desk_is_at_is_left_alone(front: Front) -> None:
    signed(front)
    desk, receiver = with_council(front, accepted)
    with front.store.write() as tx:
        [one] = outbox.all_open(tx)
        until = front.watch.now + export.CLAIM
        assert outbox.claim(tx, one.id, "tbell", until, at=front.watch.now)
    assert export.deliver_due(desk) == ()
    with pytest.raises(DeliveryError, match="Another desk"):
        export.reconcile(desk, one)
    front.watch.move(minutes=3)
    assert len(export.deliver_due(desk)) == 1, "a desk that died gives it up"
    assert len(receiver.sent) == 1


def test_reconciling_settles_what_was_unknown(front: Front) -> None:
    signed(front)
    desk, _ = with_council(front, lost)
    [unknown] = export.deliver_due(desk)
    assert export.reconcile(desk, unknown).state is OutboxState.ACCEPTED
    assert export.reconcile(desk, unknown).case_number == "NC-4471"


def test_desk_without_a_council_keeps_decisions_safe(front: Front) -> None:
    version = signed(front)
    assert export.deliver_due(front.ruth) == ()
    with pytest.raises(DeliveryError, match="safe in the outbox"):
        export.reconcile(front.ruth, export.deliveries(front.ruth)[0])
    verified = signing.verify(export.document(front.ruth, version.id), front.desk.signer.jwks())
    assert verified.document["decisionId"] == str(version.id)


def test_decision_that_is_not_signed_has_no_document(front: Front) -> None:
    with pytest.raises(NotFoundError, match="not signed"):
        export.document(front.ruth, front.proposed().id)


def test_correction_waits_until_the_decision_it_supersedes_is_settled(front: Front) -> None:
    first = signed(front)
    busy, _ = with_council(front, lambda d: replace(d, next_attempt_at=front.watch.now + HOUR))
    assert [d.decision_id for d in export.deliver_due(busy)] == [first.id]
    screen.reopen(front.ruth, first.contact_id, "More came")
    with front.store.read() as tx:
        contact = contacts.get(tx, first.contact_id)
    second = sign.approve(front.priya, front.proposed(contact).id, pin="2222")
    assert second.supersedes == first.id
    desk, _ = with_council(front, accepted)
    assert export.deliver_due(desk) == ()
    front.watch.move(hours=2)
    assert [d.decision_id for d in export.deliver_due(desk)] == [first.id]
    assert [d.decision_id for d in export.deliver_due(desk)] == [second.id]


def test_what_another_desk_claimed_meanwhile_is_left_to_it(front: Front) -> None:
    signed(front)
    other = front.bring(factory.contact(factory.child(given="Theo"), reference="C-26-04900"))
    sign.approve(front.priya, front.proposed(other).id, pin="2222")

    def claim_the_other(delivery: Delivery) -> Delivery:
        until = front.watch.now + export.CLAIM
        with front.store.write() as tx:
            for waiting in outbox.due(tx, front.watch.now):
                outbox.claim(tx, waiting.id, "tbell", until, at=front.watch.now)
        return accepted(delivery)

    desk, receiver = with_council(front, claim_the_other)
    assert len(export.deliver_due(desk)) == 1
    assert len(receiver.sent) == 1
