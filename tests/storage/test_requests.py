"""Requests, answers, messages and mailboxes come back as they were kept, on both engines; one
desk at a time reads a mailbox and sends a message, and one message is taken in once."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import given

from tests.storage.test_round_trips import quick
from tests.storage.values import NOON, any_of, contact, number
from triage.domain.errors import ConflictError
from triage.domain.request import (
    AnswerPlace,
    InfoRequest,
    MessageState,
    OutMessage,
    PartnerAnswer,
    RequestState,
    Via,
)
from triage.storage import codec, contacts, mailboxes, request_messages, requests
from triage.storage.engine import Store
from triage.storage.mailboxes import TakenMessage

LEASE = timedelta(minutes=5)


@quick
@given(asked=any_of(InfoRequest), said=any_of(PartnerAnswer))
def test_json_gives_back_the_same_request_and_answer(
    asked: InfoRequest, said: PartnerAnswer
) -> None:
    assert codec.load(InfoRequest, codec.dump(InfoRequest, asked, sparse=True)) == asked
    assert codec.load(PartnerAnswer, codec.dump(PartnerAnswer, said, sparse=True)) == said


def _request(store: Store) -> InfoRequest:
    held = contact(1)
    request = InfoRequest(
        id=number(10),
        reference="R-26-00001",
        contact_id=held.id,
        agency="housing",
        desk="tenancy",
        via=Via.EMAIL,
        state=RequestState.SENT,
        created_by="rosei",
        created_at=NOON,
        sent_at=NOON,
        due_at=NOON + LEASE,
    )
    with store.write() as tx:
        contacts.insert(tx, held)
        requests.add(tx, request)
    return request


def _message(request: InfoRequest) -> OutMessage:
    return OutMessage(
        id=number(20),
        request_id=request.id,
        kind="request",
        via=Via.EMAIL,
        to="tenancy@northmere-housing.example",
        local_id="<r-26-00001.1@northmere.example>",
        document=b"\x00\xff bytes",
        state=MessageState.WAITING,
        made_at=NOON,
    )


def test_a_request_its_message_and_answer_come_back_equal(store: Store) -> None:
    request = _request(store)
    message = _message(request)
    answer = PartnerAnswer(
        id=number(30),
        request_id=request.id,
        place=AnswerPlace.PLACED,
        via=Via.EMAIL,
        received_at=NOON,
        text="Nothing held.",
    )
    with store.write() as tx:
        request_messages.put(tx, message)
        requests.add_answer(tx, answer)
    with store.read() as tx:
        assert requests.by_reference(tx, "r-26-00001") == request
        assert request_messages.named(tx, [message.local_id]) == [message]
        assert requests.answers_to(tx, [request.id]) == {request.id: (answer,)}
        assert requests.overdue(tx, NOON + 2 * LEASE) == [(request.contact_id, "housing")]
        assert requests.overdue(tx, NOON) == []


def test_a_request_changed_in_two_windows_conflicts(store: Store, other_window: Store) -> None:
    request = _request(store)
    with store.write() as tx:
        requests.save(tx, replace(request, why="Mine"))
    with pytest.raises(ConflictError, match="R-26-00001"), other_window.write() as tx:
        requests.save(tx, replace(request, why="Theirs"))


def test_no_reference_is_given_twice(store: Store, other_window: Store) -> None:
    given_out: list[str] = []
    ready = Barrier(2)

    def take(window: Store) -> None:
        ready.wait()
        for _ in range(5):
            with window.write() as tx:
                given_out.append(requests.next_reference(tx, NOON))

    windows = [Thread(target=take, args=(w,)) for w in (store, other_window)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert sorted(given_out) == [f"R-26-{n:05d}" for n in range(1, 11)]


def test_one_desk_at_a_time_reads_a_mailbox(store: Store, other_window: Store) -> None:
    with store.write() as tx:
        assert mailboxes.lease(tx, "shared", "desk-1", NOON + LEASE, at=NOON)
    with other_window.write() as tx:
        assert not mailboxes.lease(tx, "shared", "desk-2", NOON + LEASE, at=NOON)
        assert mailboxes.lease(tx, "mesh", "desk-2", NOON + LEASE, at=NOON)
    with store.write() as tx:
        assert mailboxes.lease(tx, "shared", "desk-1", NOON + 2 * LEASE, at=NOON)
        mailboxes.let_go(tx, "shared", "desk-1", at=NOON, words="")
    with other_window.write() as tx:
        assert mailboxes.lease(tx, "shared", "desk-2", NOON + LEASE, at=NOON)


def test_a_lease_ends_by_itself_also_where_the_clock_was_put_back(
    store: Store, other_window: Store
) -> None:
    with store.write() as tx:
        mailboxes.lease(tx, "shared", "desk-1", NOON + LEASE, at=NOON)
    with other_window.write() as tx:
        assert mailboxes.lease(tx, "shared", "desk-2", NOON + 2 * LEASE, at=NOON + LEASE)
    with store.write() as tx:
        assert not mailboxes.holds(tx, "shared", "desk-1")
        before = NOON - timedelta(days=1)
        assert mailboxes.lease(tx, "shared", "desk-1", before + LEASE, at=before)


def test_one_message_of_a_mailbox_is_noted_once_and_again_in_another_numbering(
    store: Store, other_window: Store
) -> None:
    message = TakenMessage(
        mailbox="shared",
        uidvalidity="1",
        uid="7",
        message_id="<a@b.example>",
        sha256="a" * 64,
        became="contact",
        at=NOON,
    )
    with store.write() as tx:
        mailboxes.note(tx, message)
    with pytest.raises(ConflictError), other_window.write() as tx:
        mailboxes.note(tx, message)
    with other_window.write() as tx:
        mailboxes.note(tx, replace(message, uidvalidity="2"))
        assert mailboxes.taken(tx, "shared", "1", ["7", "8"]) == {"7"}
        assert mailboxes.same_bytes(tx, "a" * 64) == message


def test_a_new_numbering_is_noticed(store: Store) -> None:
    with store.write() as tx:
        mailboxes.lease(tx, "shared", "desk-1", NOON + LEASE, at=NOON)
        assert not mailboxes.renumbered(tx, "shared", "1")
        assert not mailboxes.renumbered(tx, "shared", "1")
        assert mailboxes.renumbered(tx, "shared", "2")


def test_one_desk_at_a_time_sends_a_message(store: Store, other_window: Store) -> None:
    message = _message(_request(store))
    with store.write() as tx:
        request_messages.put(tx, message)
        assert request_messages.claim(tx, message.id, "desk-1", NOON + LEASE, at=NOON)
    with other_window.write() as tx:
        assert request_messages.due(tx, NOON) == []
        assert not request_messages.claim(tx, message.id, "desk-2", NOON + LEASE, at=NOON)
        assert request_messages.claim(tx, message.id, "desk-2", NOON + LEASE, at=NOON + LEASE)
    with store.write() as tx:
        request_messages.record(tx, replace(message, state=MessageState.SENT, sent_at=NOON))
        assert request_messages.due(tx, NOON + 2 * LEASE) == []
