"""Signed checkpoints outside the store show what rewriting the whole chain would hide."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.workflow.conftest import Front
from triage.domain.errors import DeliveryError, NotAllowedError, SignatureError
from triage.domain.event import FIRST, NewEvent, chain
from triage.storage import events
from triage.storage.engine import Transaction
from triage.workflow import checkpoints, people
from triage.workflow.desk import Desk


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


def happen(front: Front, times: int) -> None:
    with front.store.write() as tx:
        for number in range(times):
            front.desk.note(tx, "contact.viewed", None, {"number": number})


def lodging(front: Front, share: Path) -> Desk:
    desk = front.priya
    return replace(desk, profile=replace(desk.profile, checkpoint_folder=str(share)))


def age(share: Path, front: Front, *, hours: float) -> None:
    """Let the newest checkpoint be so old."""
    at = front.watch.now.timestamp() - hours * 3600
    for path in share.iterdir():
        os.utime(path, (at, at))


def found(front: Front, share: Path, *, from_newest: bool = False) -> str:
    signed = checkpoints.read(share, people.trust_list(front.ruth))
    return checkpoints.verify(front.store, signed, from_newest=from_newest)


def rewritten(front: Front, *, but: int) -> None:
    """The whole chain anew, with event `but` told otherwise and every hash right."""
    told = front.events()
    with front.store.write() as tx:
        previous = FIRST
        for event in told:
            new = NewEvent(
                kind="contact.closed" if event.seq == but else event.kind,
                contact_id=event.contact_id,
                by=event.by,
                at=event.at,
                detail=json.loads(event.detail),
            )
            made = chain(new, seq=event.seq, previous=previous)
            tx.connection.execute(
                text("UPDATE event SET kind=:k, previous=:p, hash=:h WHERE seq=:s"),
                {"k": made.kind, "p": made.previous, "h": made.hash, "s": made.seq},
            )
            previous = made.hash
        tx.connection.execute(text("UPDATE event_head SET hash=:h"), {"h": previous})


def test_one_is_lodged_after_many_events_or_an_hour_and_not_before(
    front: Front, share: Path
) -> None:
    desk = lodging(front, share)
    happen(front, checkpoints.EVENTS)
    first = checkpoints.lodge_due(desk)
    assert first is not None
    assert first.seq == checkpoints.EVENTS
    assert front.kinds()[-1] == "audit.checkpoint"
    age(share, front, hours=2)
    assert checkpoints.lodge_due(desk) is None, "nothing happened but the checkpoint itself"
    happen(front, 1)
    age(share, front, hours=0.5)
    assert checkpoints.lodge_due(desk) is None
    age(share, front, hours=1)
    assert checkpoints.lodge_due(desk) is not None
    assert len(list(share.iterdir())) == 2
    assert found(front, share) == ""


def test_none_is_lodged_while_the_key_is_locked_or_no_folder_is_named(
    front: Front, share: Path
) -> None:
    happen(front, checkpoints.EVENTS)
    desk = lodging(front, share)
    desk.signer.lock()
    assert checkpoints.lodge_due(desk) is None
    assert checkpoints.lodge_due(front.priya) is None
    assert list(share.iterdir()) == []
    desk.signer.lock()
    with pytest.raises(NotAllowedError):
        checkpoints.lodge(desk, share)


def test_chain_rewritten_whole_is_found_by_its_checkpoint_alone(front: Front, share: Path) -> None:
    happen(front, 20)
    checkpoints.lodge(front.priya, share)
    happen(front, 20)
    rewritten(front, but=7)
    assert events.verify(front.store) is None, "by itself the chain looks whole"
    assert "was written anew" in found(front, share)
    assert "was written anew" in found(front, share, from_newest=True)


def test_newest_events_cut_off_with_the_head_are_found_by_the_checkpoint(
    front: Front, share: Path
) -> None:
    happen(front, 20)
    checkpoints.lodge(front.priya, share)
    with front.store.write() as tx:
        tx.connection.execute(text("DELETE FROM event WHERE seq > 10"))
        tx.connection.execute(
            text("UPDATE event_head SET seq = 10, hash = (SELECT hash FROM event WHERE seq = 10)")
        )
    assert events.verify(front.store) is None
    assert "Event 20 is missing: pnandra signed" in found(front, share)


def test_from_the_newest_on_finds_what_was_altered_since(front: Front, share: Path) -> None:
    happen(front, 20)
    checkpoints.lodge(front.priya, share)
    happen(front, 20)
    with front.store.write() as tx:
        tx.connection.execute(text("UPDATE event SET detail = '{}' WHERE seq = 30"))
    assert "Event 30 was altered" in found(front, share, from_newest=True)


def test_checkpoint_altered_or_signed_by_a_stranger_is_not_trusted(
    front: Front, share: Path
) -> None:
    happen(front, 3)
    checkpoints.lodge(front.priya, share)
    [path] = share.iterdir()
    whole = path.read_bytes()
    strangers = {
        "keys": [k for k in people.trust_list(front.ruth)["keys"] if k["worker"] != "pnandra"]
    }
    with pytest.raises(SignatureError, match="not among the keys"):
        checkpoints.read(share, strangers)
    head, payload, signature = whole.split(b".")
    for spoilt in (b"", b"\xff", b"..", head + b"." + payload[:-4] + b"AAAA." + signature):
        path.write_bytes(spoilt)
        with pytest.raises(SignatureError, match=path.name):
            checkpoints.read(share, people.trust_list(front.ruth))


def test_folder_that_is_away_is_said_and_the_trail_stays_whole(front: Front, share: Path) -> None:
    share.rmdir()
    happen(front, checkpoints.EVENTS)
    with pytest.raises(DeliveryError, match="trail itself is whole"):
        checkpoints.lodge_due(lodging(front, share))
    assert events.verify(front.store) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_one_change_is_found(front: Front, share: Path, data: st.DataObject) -> None:
    if not list(share.iterdir()):
        happen(front, 12)
        checkpoints.lodge(front.priya, share)
        happen(front, 8)
    last = front.seq
    seq = data.draw(st.integers(1, last))
    deed = data.draw(
        st.sampled_from(
            [
                f"UPDATE event SET kind = kind || 'x' WHERE seq = {seq}",
                f"UPDATE event SET by = 'nobody' WHERE seq = {seq}",
                f"UPDATE event SET at = '2020-01-01 00:00:00.000000' WHERE seq = {seq}",
                f"UPDATE event SET detail = detail || ' ' WHERE seq = {seq}",
                f"UPDATE event SET contact_id = '{'0' * 31}1' WHERE seq = {seq}",
                f"UPDATE event SET hash = '{'a' * 64}' WHERE seq = {seq}",
                f"UPDATE event SET previous = '{'a' * 64}' WHERE seq = {seq}",
                f"DELETE FROM event WHERE seq = {seq}",
                f"DELETE FROM event WHERE seq >= {seq}",
                f"UPDATE event SET seq = {last + 5} WHERE seq = {seq}",
                f"INSERT INTO event SELECT {last + 1}, kind, contact_id, by, at, detail, previous, "
                f"hash FROM event WHERE seq = {seq}",
            ]
        )
    )

    with undone(front) as tx:
        tx.connection.execute(text(deed))
        signed = checkpoints.read(share, people.trust_list(front.ruth))
        assert checkpoints.verify(_As(tx), signed), deed  # type: ignore[arg-type]


class _Undone(Exception):
    pass


@contextmanager
def undone(front: Front) -> Iterator[Transaction]:
    """A transaction of which nothing stays."""
    with suppress(_Undone), front.store.write() as tx:
        yield tx
        raise _Undone


class _As:
    """The store as one transaction has it, so that what is done to it can be undone."""

    def __init__(self, tx: object) -> None:
        self._tx = tx

    def read(self) -> "_As":
        return self

    def again(self) -> "_As":
        raise AssertionError("Another process can't see what is not committed.")

    def __enter__(self) -> object:
        return self._tx

    def __exit__(self, *_: object) -> None:
        pass
