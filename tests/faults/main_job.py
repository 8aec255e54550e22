"""The main job over and over, as fast as it goes, saying each act before and after it is done.

A letter is received, claimed, rated, answered, proposed, looked at, signed and delivered to a
council that answers over TLS. What was left half done is gone on with first. `serve` does it once
whole and then forks a child for each round, to be killed: what takes long to load is loaded.

At a hub (a `Place` with a password) each person signs in as themselves, what is typed goes through
the desk's journal: a call is taken and a child added, a partner rung and what they said written
down, words left for a handover and a reminder set. A server that breaks off is waited for, and what
was said of it is told.
"""

import gc
import json
import os
import signal
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from tests import factory
from tests.workflow.test_receive import LETTER
from triage.domain.contact import Child, Contact, ContactState
from triage.domain.errors import UnreachableError
from triage.domain.fact import entered
from triage.export.delivery import CouncilLink
from triage.export.keys import DeskKeys, Stretch
from triage.intake.reader import read
from triage.storage import contacts, handovers, hub_line, outbox
from triage.storage.engine import Store, open_file, open_server
from triage.storage.hub_logins import open_as
from triage.storage.journal import Entry, Journal
from triage.storage.secrets import FileVault
from triage.workflow import (
    claims,
    decide,
    export,
    queue,
    receive,
    requests,
    screen,
    sign,
    to_sign,
    unsent,
    unsent_calls,
    unsent_facts,
    unsent_words,
)
from triage.workflow.desk import Desk
from triage.workflow.partner_answers import Spoken
from triage.workflow.unsent import Unsent
from triage.workflow.unsent_words import Passing

QUICK = Stretch(iterations=1, memory_kib=8, lanes=1)
ROUND = timedelta(minutes=5)
"""What the clock moves on between two rounds: a killed desk's claims on deliveries are over."""
STAGES = ("receive", "claim", "rate", "answer", "propose", "look", "sign", "deliver")
"""The acts of the main job, as they are said to begin."""
AT_HUB = ("call", "end", "add", "ring", "hear", "pass", "remind")
"""What is done at a hub besides."""
PAUSE_S = 0.02
"""Between two tries while the hub's server is away."""


@dataclass(frozen=True)
class Place:
    """Where the desk and its council are; `url` is the hub's, "" for a file of the desk's own.
    With a `password` its people sign in there as themselves, each with this one."""

    folder: Path
    key: bytes
    url: str
    council: str
    ca: Path
    receipt_jwks: Mapping[str, Any]
    password: str = ""


def letter(name: str) -> bytes:
    """An e-mail about a child of its own."""
    words = LETTER.replace(b"poppy-1@", f"{name}@".encode())
    return words.replace(b"Poppy Lindqvist", f"Poppy {name.title()}".encode())


def desk_at(place: Place, store: Store, round_: int) -> Desk:
    """The desk in that round, with everybody's key unlocked."""
    watch = factory.Watch(factory.NOW + round_ * ROUND)
    signer = DeskKeys(FileVault(place.folder / "keys"), hub="Northmere", now=watch, stretch=QUICK)
    for worker in (factory.RUTH, factory.PRIYA):
        signer.unlock(worker.id, factory.PINS[worker.id])
    people = factory.People(place.folder)
    desk = factory.desk(store, place.folder, watch=watch, signer=signer, people=people)
    link = CouncilLink(place.council, receipt_jwks=place.receipt_jwks, ca=place.ca, now=watch)
    return replace(desk, council=link, new_id=uuid4)


def work(
    place: Place, round_: int, mouth: int, *, write: Callable[[int, bytes], object] = os.write
) -> None:
    """Ends by what is raised only; says what it does, a line of JSON each, into the pipe."""
    stores = opened_by_each(place)
    try:
        _work(place, stores, round_, lambda line: write(mouth, line))
    finally:
        for store in stores:
            store.close()


def serve(place: Place, orders: Any, mouth: Any) -> None:
    """Do one round whole; then for each number that comes, a round in a child of its own, saying
    how the child ended. Ends when nobody orders any more."""

    def write(line: bytes) -> None:
        os.write(mouth.fileno(), line)

    hub_line.RETRY_S = 0.0
    stores = opened_by_each(place)
    _work(place, stores, 0, write, until=3)
    write(json.dumps({"ended": 0}).encode() + b"\n")
    for store in stores:
        store.close()  # no child has a line to the file that is not its own
    gc.freeze()
    with suppress(EOFError):
        while True:
            round_, last = orders.recv()
            child = os.fork()
            if not child:
                try:
                    _work(place, stores, round_, write, last=last)
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(1)
            _, ended = os.waitpid(child, 0)
            write(json.dumps({"ended": ended}).encode() + b"\n")


def opened(place: Place) -> Store:
    """The desk's store, or that of the hub's owner."""
    if place.url:
        return open_server(place.url)
    return open_file(place.folder / "fanlight.db", place.key)


def opened_by_each(place: Place) -> tuple[Store, ...]:
    """The store of each who works there: at a hub Ruth's and Priya's."""
    if not place.password:
        return (opened(place),)
    return tuple(
        open_as(place.url, worker.id, place.password, without_tls=True)
        for worker in (factory.RUTH, factory.PRIYA)
    )


class Telling(Journal):
    """Says before each of its own steps that it takes it: a kill may fall between any two. The
    desk kills itself before the hub's taking of the `last` word is written down."""

    say: Callable[[], object] = staticmethod(lambda: None)
    last = 0

    def put(self, id: UUID, kind: str, subject: str, body: str, typed_at: datetime) -> Entry:
        """As `Journal.put`."""
        self.say()
        return super().put(id, kind, subject, body, typed_at)

    def mark_tried(self, entry: Entry) -> Entry:
        """As `Journal.mark_tried`."""
        self.say()
        return super().mark_tried(entry)

    def strike(self, subject: str, up_to: int) -> None:
        """As `Journal.strike`; the hub has it by now."""
        self.say()
        self.last -= 1
        if self.last == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().strike(subject, up_to)


def with_journal(
    place: Place, desk: Desk, say: Callable[[], object] = lambda: None, last: int = 0
) -> Desk:
    """The desk with what is kept on its own disk of what was typed at it."""
    journal = Telling(place.folder / "unsent.db", place.key)
    journal.say, journal.last = say, last
    return replace(desk, unsent=Unsent(journal))


def _work(
    place: Place,
    stores: tuple[Store, ...],
    round_: int,
    write: Callable[[bytes], object],
    until: int = 0,
    last: int = 0,
) -> None:
    def say(**done: object) -> None:
        write(json.dumps(done).encode() + b"\n")

    def committing(_: object) -> None:
        say(commit="")

    ruth = desk_at(place, stores[0], round_)
    priya = replace(ruth.as_worker(factory.PRIYA), store=stores[-1])
    if place.password:
        ruth = with_journal(place, ruth, lambda: say(commit=""), last)
    for store in stores:
        event.listen(store._engine, "commit", committing)
    try:
        say(ready=os.getpid())
        n = 0
        while n != until or not n:
            n += 1
            try:
                if ruth.unsent is not None:
                    _at_hub(ruth, f"r{round_}n{n}", say)
                _once(ruth, priya, f"r{round_}n{n}", 1 + n % 2, say)
            except UnreachableError as fault:
                if ruth.unsent is None:
                    raise
                say(told=str(fault))
                Event().wait(PAUSE_S)
    finally:
        for store in stores:
            event.remove(store._engine, "commit", committing)
        if ruth.unsent is not None:
            ruth.unsent.journal.close()


def _at_hub(ruth: Desk, name: str, say: Callable[..., None]) -> None:
    """What was typed before is sent; then a call is taken, whether or not the hub answers."""
    with suppress(UnreachableError):
        sent = unsent.send(ruth, again=True)
        assert not sent.refused, sent.refused
        assert not sent.met, sent.met
    say(begin="call")
    call = unsent_calls.start_call(ruth).value
    concern = entered(f"Heard in {name}.", by=ruth.worker.id, at=ruth.now())
    call = unsent_calls.keep_call(ruth, call, replace(call.content, concern=concern)).value
    say(called=concern.value, contact=str(call.id))
    say(begin="add")
    child = Child(key="", given=entered(name.title(), by=ruth.worker.id, at=ruth.now()))
    call = unsent_facts.add_person(ruth, call, child).value
    say(added=name.title(), contact=str(call.id))
    say(begin="end")
    unsent_calls.throw_away(ruth, call, "The line was dead")
    say(thrown=str(call.id), contact=str(call.id))


def _once(ruth: Desk, priya: Desk, name: str, times: int, say: Callable[..., None]) -> None:
    for waiting in _to_sign(priya):
        say(begin="look")
        sign.look(priya, waiting.version_id)
        say(begin="sign")
        sign.approve(priya, waiting.version_id, pin=factory.PINS["pnandra"])
        say(signed=str(waiting.version_id))
    with ruth.store.read() as tx:
        due = outbox.due(tx, ruth.now())
    if due:
        say(begin="deliver")
    for sent in export.deliver_due(ruth):
        if sent.case_number:
            say(accepted=str(sent.decision_id), case=sent.case_number)
    for row in queue.queue(ruth).rows:
        _decide(ruth, row.contact_id, f"{name} {row.reference}", say)
    # A second time, as a mailbox gives what it was not told to be taken in.
    for _ in range(times):
        say(begin="receive")
        got = receive.receive_read(ruth, letter(name), f"{name}.eml", read(letter(name), name))
        say(received=name, contact=str(got.contacts[0]))


def _beside(ruth: Desk, contact: Contact, name: str, say: Callable[..., None]) -> None:
    """What is typed beside a decision, each in words that are used once."""
    about = {"contact": str(contact.id)}
    say(begin="ring")
    begun = requests.start(ruth, contact.id, "housing", "tenancy_phone")
    asked = requests.send(ruth, requests.keep_draft(ruth, replace(begun, told="told")))
    rung = unsent_words.rang(ruth, asked, name).value
    say(rang=name, **about)
    say(begin="hear")
    heard = Spoken(answered_by="T. Amos", said={1: name})
    unsent_words.record_by_hand(ruth, rung, heard)
    say(heard=name, request=str(asked.id), **about)
    say(begin="pass")
    with ruth.store.read() as tx:
        before = handovers.live_offer(tx, contact.id, ruth.worker.id)
    unsent_words.pass_on(ruth, contact.id, Passing(to="pnandra", next_step=name), before)
    say(passed=name, **about)
    say(begin="remind")
    unsent_words.remind(ruth, name, ruth.now() + ROUND, contact.id)
    say(reminded=name, **about)


def _decide(ruth: Desk, contact_id: UUID, name: str, say: Callable[..., None]) -> None:
    with ruth.store.read() as tx:
        contact = contacts.get(tx, contact_id)
    if contact.state not in (ContactState.RECEIVED, ContactState.SCREENING):
        return
    say(begin="claim")
    contact = claims.claim(ruth, contact)
    if not contact.rating:
        say(begin="rate")
        contact = screen.rate(ruth, contact, "green")
    if ruth.unsent is not None:
        _beside(ruth, contact, name, say)
    held = unsent.laid_over(ruth, decide.decision(ruth, contact_id)).answers
    for key, value in factory.answers_for(ruth.profile, contact).items():
        was = held.get(key)
        if was is None or was.value != value:
            say(begin="answer")
            unsent.save_answer(ruth, contact_id, key, value, was.version if was else 0)
            say(answered=key, contact=str(contact_id))
    say(begin="propose")
    unsent.send_before(ruth, contact_id)
    version = decide.propose(ruth, contact_id)
    say(proposed=str(version.id))


def _to_sign(priya: Desk) -> tuple[to_sign.SignOffRow, ...]:
    found = to_sign.waiting(priya)
    return (*found.ready_together, *found.one_by_one)
