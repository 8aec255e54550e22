"""What is due to partners goes out: requests, reminders, and reminders made when time is short.

As with decisions, nothing is sent inside a transaction, each message goes as the exact bytes that
were committed, and a crash at any step sends at most the same message again under its own name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.request import (
    AWAITED,
    InfoRequest,
    MessageState,
    OutMessage,
    RequestState,
    may_become,
    told_by_machine,
)
from triage.domain.worker import May
from triage.storage import request_messages, requests
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk, PostRoom
from triage.workflow.mailbox import Looked, look_into_mailboxes
from triage.workflow.partner_answers import place_known, seen
from triage.workflow.requests import note, remind

CLAIM = timedelta(minutes=3)
"""How long a desk keeps a message to itself while it sends; longer than any exchange may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """What became of one message that was due, and how its request stands."""

    message: OutMessage
    request: InfoRequest


def send_due(desk: Desk, *, limit: int = 20) -> tuple[Went, ...]:
    """Send what is due, one after another, and say where each request now stands.

    Another desk's claims are left alone. Without a post room it does nothing. Takes as long as
    the network does: never on the window's thread.
    """
    if desk.post is None:
        return ()
    with desk.store.read() as tx:
        due = request_messages.due(tx, desk.now(), limit=limit)
    done = []
    for found in due:
        with desk.store.write() as tx:
            at = desk.now()
            mine = request_messages.claim(tx, found.id, desk.worker.id, at + CLAIM, at=at)
            message = request_messages.get(tx, found.id)
            if mine:
                request = requests.get(tx, message.request_id)
                note(desk, tx, "request.sending", request, _about(message))
        if mine:
            done.append(_exchange(desk, desk.post, message))
    return tuple(done)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round of the post did: what went out, who was reminded, what was looked into."""

    went: tuple[Went, ...] = ()
    reminded: tuple[InfoRequest, ...] = ()
    looked: tuple[Looked, ...] = ()


def go_round(desk: Desk, holder: str) -> Round:
    """Remind who is due it, send what is due, and look into the mailboxes: once a minute or so.

    `holder` names this program's run, so that one desk at a time reads a mailbox. Does nothing
    for somebody who may not take contacts in. Never on the window's thread.
    """
    if not desk.worker.may(May.RECEIVE):
        return Round()
    reminded = remind_due(desk)
    went = send_due(desk)
    note_reached(desk)
    looked = look_into_mailboxes(desk, holder)
    place_known(desk)
    return Round(reminded=reminded, went=went, looked=looked)


def note_reached(desk: Desk) -> tuple[InfoRequest, ...]:
    """Note of requests that went out which of them the partner's own system has taken."""
    if desk.post is None:
        return ()
    with desk.store.read() as tx:
        sent = [
            message
            for request in requests.in_states(tx, [RequestState.SENT])
            for message in request_messages.of_request(tx, request.id)
            if message.kind == "request" and message.state is MessageState.SENT
        ]
    done = []
    for message in desk.post.reached(sent) if sent else ():
        with desk.store.write() as tx:
            now = requests.get(tx, message.request_id)
            if now.state is RequestState.SENT:
                done.append(seen(desk, tx, now, "Their system has taken it"))
    return tuple(done)


def remind_due(desk: Desk) -> tuple[InfoRequest, ...]:
    """Remind whoever is due a reminder, by itself; each is recorded, and shows on the board."""
    with desk.store.read() as tx:
        due = requests.to_remind(tx, desk.now())
    done = []
    for found in due:
        try:
            with desk.store.write() as tx:
                now = requests.get(tx, found.id)
                # Another desk may have reminded them at this moment.
                if now.state in AWAITED and now.remind_at and now.remind_at <= desk.now():
                    done.append(remind(desk, tx, now, by_itself=True))
        except (ConflictError, NotFoundError):
            continue
    return tuple(done)


def _exchange(desk: Desk, post: PostRoom, message: OutMessage) -> Went:
    after = post.send(message)
    with desk.store.write() as tx:
        request_messages.record(tx, after)
        request = requests.get(tx, after.request_id)
        note(desk, tx, f"request.message_{after.state.value}", request, _about(after))
        return Went(message=after, request=_after(desk, tx, request, after))


def _after(desk: Desk, tx: Transaction, request: InfoRequest, sent: OutMessage) -> InfoRequest:
    """The request as the message's way makes it. A reminder that fails leaves it as it was."""
    if sent.kind != "request":
        return request
    if sent.state is MessageState.SENT:
        if not may_become(request.state, RequestState.SENT) or request.state is RequestState.SEEN:
            return request
        return requests.save(
            tx, replace(request, state=RequestState.SENT, sent_at=sent.sent_at, words="")
        )
    if request.state is not RequestState.WAITING:
        return request
    if sent.state is MessageState.FAILED:
        words = told_by_machine(sent.words)
        return requests.save(
            tx, replace(request, state=RequestState.NOT_SENT, words=words, remind_at=None)
        )
    words = "Not sent"
    if sent.state is MessageState.UNKNOWN:
        words = "Not known whether it was sent"
    if sent.next_attempt_at:
        words += f", retry {naming.local(desk.profile, sent.next_attempt_at):%H:%M}"
    return requests.save(tx, replace(request, words=words))


def _about(message: OutMessage) -> dict[str, object]:
    return {
        "message": str(message.id),
        "kind": message.kind,
        "via": message.via.value,
        "attempts": message.attempts,
        "words": message.words,
    }
