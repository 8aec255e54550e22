"""The main job over and over, as fast as it goes, saying each act before and after it is done.

A letter is received, claimed, rated, answered, proposed, looked at, signed and delivered to a
council that answers over TLS. What was left half done is gone on with first. `serve` does it once
whole and then forks a child for each round, to be killed: what takes long to load is loaded.
"""

import gc
import json
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import event

from tests import factory
from tests.workflow.test_receive import LETTER
from triage.domain.contact import ContactState
from triage.export.delivery import CouncilLink
from triage.export.keys import DeskKeys, Stretch
from triage.intake.reader import read
from triage.storage import contacts, outbox
from triage.storage.engine import Store, open_file, open_server
from triage.storage.secrets import FileVault
from triage.workflow import claims, decide, export, queue, receive, screen, sign
from triage.workflow.desk import Desk

QUICK = Stretch(iterations=1, memory_kib=8, lanes=1)
ROUND = timedelta(minutes=5)
"""What the clock moves on between two rounds: a killed desk's claims on deliveries are over."""
STAGES = ("receive", "claim", "rate", "answer", "propose", "look", "sign", "deliver")
"""The acts of the main job, as they are said to begin."""


@dataclass(frozen=True)
class Place:
    """Where the desk and its council are; `url` is the hub's, "" for a file of the desk's own."""

    folder: Path
    key: bytes
    url: str
    council: str
    ca: Path
    receipt_jwks: Mapping[str, Any]


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
    store = opened(place)
    try:
        _work(place, store, round_, lambda line: write(mouth, line))
    finally:
        store.close()


def serve(place: Place, orders: Any, mouth: Any) -> None:
    """Do one round whole; then for each number that comes, a round in a child of its own, saying
    how the child ended. Ends when nobody orders any more."""

    def write(line: bytes) -> None:
        os.write(mouth.fileno(), line)

    store = opened(place)
    _work(place, store, 0, write, until=3)
    write(json.dumps({"ended": 0}).encode() + b"\n")
    store.close()  # no child has a line to the file that is not its own
    gc.freeze()
    with suppress(EOFError):
        while True:
            round_ = orders.recv()
            child = os.fork()
            if not child:
                try:
                    _work(place, store, round_, write)
                except BaseException:
                    traceback.print_exc()
                finally:
                    os._exit(1)
            _, ended = os.waitpid(child, 0)
            write(json.dumps({"ended": ended}).encode() + b"\n")


def opened(place: Place) -> Store:
    """The desk's store."""
    if place.url:
        return open_server(place.url)
    return open_file(place.folder / "fanlight.db", place.key)


def _work(
    place: Place, store: Store, round_: int, write: Callable[[bytes], object], until: int = 0
) -> None:
    def say(**done: object) -> None:
        write(json.dumps(done).encode() + b"\n")

    def committing(_: object) -> None:
        say(commit="")

    ruth = desk_at(place, store, round_)
    priya = ruth.as_worker(factory.PRIYA)
    event.listen(store._engine, "commit", committing)
    try:
        say(ready=os.getpid())
        n = 0
        while n != until or not n:
            n += 1
            _once(ruth, priya, f"r{round_}n{n}", 1 + n % 2, say)
    finally:
        event.remove(store._engine, "commit", committing)


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
        _decide(ruth, row.contact_id, say)
    # A second time, as a mailbox gives what it was not told to be taken in.
    for _ in range(times):
        say(begin="receive")
        got = receive.receive_read(ruth, letter(name), f"{name}.eml", read(letter(name), name))
        say(received=name, contact=str(got.contacts[0]))


def _decide(ruth: Desk, contact_id: UUID, say: Callable[..., None]) -> None:
    with ruth.store.read() as tx:
        contact = contacts.get(tx, contact_id)
    if contact.state not in (ContactState.RECEIVED, ContactState.SCREENING):
        return
    say(begin="claim")
    contact = claims.claim(ruth, contact)
    if not contact.rating:
        say(begin="rate")
        contact = screen.rate(ruth, contact, "green")
    held = decide.decision(ruth, contact_id).answers
    for key, value in factory.answers_for(ruth.profile, contact).items():
        was = held.get(key)
        if was is None or was.value != value:
            say(begin="answer")
            decide.save_answer(ruth, contact_id, key, value, was.version if was else 0)
            say(answered=key, contact=str(contact_id))
    say(begin="propose")
    version = decide.propose(ruth, contact_id)
    say(proposed=str(version.id))


def _to_sign(priya: Desk) -> tuple[sign.SignOffRow, ...]:
    found = sign.waiting(priya)
    return (*found.ready_together, *found.one_by_one)
