"""The outbox at the desk: sent outside transactions, one desk at a time, recorded as it went."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.decision import DecisionVersion, Delivery, OutboxState
from triage.domain.errors import (
    ConflictError,
    DeliveryError,
    NotAllowedError,
    NotFoundError,
    NotReadyError,
)
from triage.export import signing
from triage.export.pack_signing import verify_pack
from triage.storage import contacts, outbox
from triage.storage.engine import Store
from triage.workflow import export, pack, screen, sign
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


def test_decision_exported_by_hand_lies_there_signed_and_to_read_and_is_not_sent_again(
    front: Front, tmp_path: Path
) -> None:
    version = signed(front)
    [waiting] = export.deliveries(front.priya)
    done = export.export_by_hand(front.priya, waiting.id, tmp_path, "Walked to Quay House")
    assert done.state is OutboxState.BY_HAND
    assert done.words == "Priya Nandra took it to the council by hand: Walked to Quay House"
    name = f"{version.reference}-{version.number}"
    keys = front.desk.signer.jwks()
    said = signing.verify((tmp_path / f"{name}.jws").read_bytes(), keys).document
    assert said["decisionId"] == str(version.id)
    copy = verify_pack((tmp_path / f"{name}.pdf").read_bytes(), keys)
    assert copy.name == "Priya Nandra"
    assert [out.copy.recipient for out in pack.copies_out(front.priya, version.id)] == [
        "Northmere Council"
    ]
    assert front.kinds()[-1] == "export.by_hand"
    desk, receiver = with_council(front, accepted)
    front.watch.move(hours=1)
    assert export.deliver_due(desk) == ()
    assert receiver.sent == []


def test_case_number_told_later_is_kept_with_what_went_by_hand(
    front: Front, tmp_path: Path
) -> None:
    signed(front)
    [waiting] = export.deliveries(front.priya)
    with pytest.raises(ConflictError, match="not exported by hand"):
        export.give_case_number(front.priya, waiting.id, "NC-9")
    by_hand = export.export_by_hand(front.priya, waiting.id, tmp_path, "Secure mail")
    numbered = export.give_case_number(front.priya, by_hand.id, " NC-9 ")
    assert (numbered.state, numbered.case_number) == (OutboxState.BY_HAND, "NC-9")
    assert front.kinds()[-1] == "export.case_number"


def test_only_a_team_leader_exports_by_hand_and_says_how(front: Front, tmp_path: Path) -> None:
    signed(front)
    [waiting] = export.deliveries(front.priya)
    with pytest.raises(NotAllowedError):
        export.export_by_hand(front.ruth, waiting.id, tmp_path, "Secure mail")
    with pytest.raises(NotReadyError, match="Say how"):
        export.export_by_hand(front.priya, waiting.id, tmp_path, " ")
    assert list(tmp_path.glob("*.jws")) == []


def test_what_the_council_accepted_is_not_exported_by_hand_too(
    front: Front, tmp_path: Path
) -> None:
    signed(front)
    desk, _ = with_council(front, accepted)
    [done] = export.deliver_due(desk)
    with pytest.raises(ConflictError, match="has answered"):
        export.export_by_hand(front.priya, done.id, tmp_path, "Secure mail")


def test_folder_that_cannot_be_written_leaves_the_decision_in_the_outbox(
    front: Front, tmp_path: Path
) -> None:
    signed(front)
    [waiting] = export.deliveries(front.priya)
    with pytest.raises(DeliveryError, match="safe in the outbox"):
        export.export_by_hand(front.priya, waiting.id, tmp_path / "away", "Secure mail")
    assert export.deliveries(front.priya)[0].state is OutboxState.WAITING
