"""Something fails in the middle: any statement of signing, the keyring, a clock, another desk's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from tests import factory
from tests.conftest import KEY
from tests.workflow.conftest import Front, open_front
from tests.workflow.test_events import Accepting
from triage.domain.decision import Delivery, OutboxState, VersionState
from triage.domain.errors import FanlightError, SecretsError
from triage.export.keys import DeskKeys, Stretch
from triage.storage import events, outbox, versions
from triage.storage.engine import Store, open_file
from triage.storage.secrets import FileVault
from triage.workflow import claims, decide, export, receive, sign

PIN = factory.PINS["pnandra"]
QUICK = Stretch(iterations=1, memory_kib=8, lanes=1)


@pytest.fixture(params=["file", "hub"])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Front:
    """With a file of the desk's own, and at a hub where each is signed in as themselves."""
    if request.param == "hub":
        front: Front = request.getfixturevalue("at_hub")
        return front
    return open_front(request.getfixturevalue("store"), tmp_path)


@contextmanager
def failing_at(store: Store, nth: int) -> Iterator[list[str]]:
    """The nth statement from here on fails, as a disk or a line does; gives what was asked."""
    asked: list[str] = []

    def fail(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)
        if len(asked) == nth:
            raise OSError("the disk said no")

    event.listen(store._engine, "before_cursor_execute", fail)
    try:
        yield asked
    finally:
        event.remove(store._engine, "before_cursor_execute", fail)


def test_signing_that_fails_at_any_statement_changes_nothing_and_is_done_whole_afterwards(
    front: Front,
) -> None:
    version = front.proposed()
    priya, before = front.priya, front.seq
    nth = 0
    while True:
        nth += 1
        with failing_at(priya.store, nth) as asked:
            try:
                sign.approve(priya, version.id, pin=PIN)
            except OSError:
                pass
            else:
                break
        assert len(asked) == nth
        with front.store.read() as tx:
            assert events.head(tx).seq == before
            assert versions.get(tx, version.id).state is VersionState.PROPOSED
            assert outbox.of_decision(tx, version.id) == []
    assert nth > 8
    with front.store.read() as tx:
        assert versions.get(tx, version.id).state is VersionState.SIGNED
        assert [d.state for d in outbox.of_decision(tx, version.id)] == [OutboxState.WAITING]
    assert events.verify(front.store) is None


def test_delivery_that_fails_at_any_statement_is_one_delivery_that_was_accepted_in_the_end(
    front: Front,
) -> None:
    version = sign.approve(front.priya, front.proposed().id, pin=PIN)
    council = Accepting()
    sending = replace(front.ruth, council=council)
    for nth in range(1, 200):
        front.watch.move(minutes=5)
        with failing_at(sending.store, nth) as asked:
            try:
                export.deliver_due(sending)
            except OSError:
                continue
        if len(asked) < nth:
            break
    assert nth > 4
    with front.store.read() as tx:
        [kept] = outbox.of_decision(tx, version.id)
    assert kept.state is OutboxState.ACCEPTED
    assert events.verify(front.store) is None


class Lockable(FileVault):
    """A keyring that somebody locks."""

    locked = False

    def get(self, name: str) -> bytes | None:
        if self.locked:
            raise SecretsError("The system's keyring is locked. Nothing was changed: unlock it.")
        return super().get(name)


def test_keyring_locked_midway_stops_no_typing_and_is_told_where_a_key_is_needed(
    front: Front, tmp_path: Path
) -> None:
    vault = Lockable(tmp_path / "keys")
    signer = DeskKeys(vault, hub="Northmere", now=front.watch, stretch=QUICK)
    signer.unlock("rosei", factory.PINS["rosei"])
    ruth, priya = replace(front.ruth, signer=signer), replace(front.priya, signer=signer)
    contact = front.bring(factory.contact(rating="green"))
    vault.locked = True
    front.answered(contact, ruth)
    before = front.seq
    with pytest.raises(SecretsError, match=r"locked.* Nothing was changed"):
        decide.propose(ruth, contact.id)
    vault.locked = False
    proposed = decide.propose(ruth, contact.id)
    vault.locked = True
    told = front.seq
    with pytest.raises(SecretsError, match=r"locked.* Nothing was changed"):
        sign.approve(priya, proposed.id, pin=PIN)
    assert (front.seq, front.kinds(before).count("decision.proposed")) == (told, 1)
    vault.locked = False
    assert sign.approve(priya, proposed.id, pin=PIN).state is VersionState.SIGNED


LEAPS = st.sampled_from([-86_400, -3600, -61, -1, 0, 1, 61, 3600, 86_400, 40 * 86_400])


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(leaps=st.lists(LEAPS, min_size=12, max_size=12))
def test_clock_that_jumps_between_any_two_acts_holds_nothing_up_and_breaks_no_chain(
    leaps: list[int], empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("jumps")
    (folder / "fanlight.db").write_bytes(empty_file.read_bytes())
    store = open_file(folder / "fanlight.db", KEY)
    decided_over(open_front(store, folder), leaps)
    store.close()


def test_clock_of_a_desk_at_a_hub_that_jumps_by_days_holds_nothing_up_and_breaks_no_chain(
    at_hub: Front,
) -> None:
    decided_over(at_hub, [-86_400, 40 * 86_400, -3600, 3600, -40 * 86_400, 61, 86_400, -61, 0])


def decided_over(front: Front, leaps: list[int]) -> None:
    """One contact from the ring to the council, the clock leaping between any two acts."""
    jump = iter(leaps)

    def leap() -> None:
        front.watch.move(seconds=next(jump))

    council = Accepting()
    sending = replace(front.ruth, council=council)
    call = receive.start_call(front.ruth)
    leap()
    call = receive.keep_call(front.ruth, call, factory.content(factory.child()))
    leap()
    contact = receive.put_in_queue(front.ruth, call)
    leap()
    contact = claims.claim(front.ruth, contact)
    leap()
    front.answered(contact)
    leap()
    proposed = decide.propose(front.ruth, contact.id)
    leap()
    sign.look(front.priya, proposed.id)
    leap()
    sign.approve(front.priya, proposed.id, pin=PIN)
    leap()
    export.deliver_due(sending)
    front.watch.move(hours=26)  # after whatever wait or claim, the next look sends it
    export.deliver_due(sending)
    with front.store.read() as tx:
        [kept] = outbox.of_decision(tx, proposed.id)
    assert kept.state is OutboxState.ACCEPTED
    assert events.verify(front.store) is None


class Counting(Accepting):
    """A council that counts what it is sent."""

    def __init__(self) -> None:
        self.sent: list[UUID] = []

    def deliver(self, delivery: Delivery) -> Delivery:
        self.sent.append(delivery.id)
        return super().deliver(delivery)


@pytest.mark.parametrize("wrong", [timedelta(days=-1), timedelta(days=1)], ids=["slow", "fast"])
def test_two_desks_one_a_day_out_decide_sign_and_send_once(front: Front, wrong: timedelta) -> None:
    late = factory.Watch(front.watch.now + wrong)
    priya = replace(front.priya, store=front.priya.store.again(), now=late)
    proposed = front.proposed()
    sign.approve(priya, proposed.id, pin=PIN)
    again: list[Callable[[], object]] = [
        lambda: sign.approve(priya, proposed.id, pin=PIN),
        lambda: sign.approve(front.priya, proposed.id, pin=PIN),
        lambda: decide.propose(front.ruth, proposed.contact_id),
    ]
    for act in again:
        with pytest.raises(FanlightError):
            act()
    council = Counting()
    for desk in (priya, front.ruth, priya, front.ruth):
        export.deliver_due(replace(desk, council=council))
    with front.store.read() as tx:
        [kept] = outbox.of_decision(tx, proposed.id)
    assert (kept.state, council.sent) == (OutboxState.ACCEPTED, [kept.id])
    assert events.verify(front.store) is None
    priya.store.close()
