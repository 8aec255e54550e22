"""Signed checkpoints outside the store show what rewriting the whole chain would hide."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.workflow.conftest import Front
from triage.domain.errors import DeliveryError, NotAllowedError
from triage.domain.event import FIRST, Checkpoint, NewEvent, chain
from triage.domain.worker import RevokedFor
from triage.export import signing
from triage.storage import events
from triage.workflow import checkpoints, people
from triage.workflow.checkpoints import Look
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


def found(front: Front, share: Path, *, from_newest: bool = False) -> str:
    lodged = checkpoints.read(checkpoints.lying_in(share), people.trust_list(front.ruth))
    assert not lodged.foreign
    return checkpoints.verify(front.store, lodged.signed, from_newest=from_newest)


def test_page_for_the_printer_holds_the_checkpoint_and_is_recorded(front: Front) -> None:
    happen(front, 3)
    pdf = checkpoints.on_paper(front.priya)
    assert pdf.startswith(b"%PDF")
    (told,) = [e for e in front.events() if e.kind == "audit.checkpoint"]
    assert (told.by, json.loads(told.detail)["seq"]) == ("pnandra", told.seq - 1)
    with pytest.raises(NotAllowedError, match="does not let you audit"):
        checkpoints.on_paper(front.ruth)
    desk = front.priya
    desk.signer.lock()
    with pytest.raises(NotAllowedError, match="PIN"):
        checkpoints.on_paper(desk)


def cut_to(front: Front, seq: int) -> None:
    """The chain as if it had ended there."""
    with front.store.write() as tx:
        tx.connection.execute(text(f"DELETE FROM event WHERE seq > {seq}"))
        end = f"SELECT hash FROM event WHERE seq = {seq}"
        tx.connection.execute(text(f"UPDATE event_head SET seq = {seq}, hash = ({end})"))


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
    first = checkpoints.lodge_due(desk).made
    assert first is not None
    assert first.seq == checkpoints.EVENTS
    assert front.kinds()[-1] == "audit.checkpoint"
    front.watch.move(hours=2)
    assert checkpoints.lodge_due(desk) == Look(), "nothing happened but the checkpoint itself"
    happen(front, 1)
    assert checkpoints.lodge_due(desk).made is not None
    happen(front, 1)
    front.watch.move(hours=0.5)
    assert checkpoints.lodge_due(desk) == Look()
    front.watch.move(hours=0.5)
    assert checkpoints.lodge_due(desk).made is not None
    assert len(list(share.iterdir())) == 3
    assert found(front, share) == ""


def test_file_that_nobody_here_signed_stops_no_lodging_and_is_said(
    front: Front, share: Path
) -> None:
    desk = lodging(front, share)
    happen(front, 20)
    old = checkpoints.lodge(desk, share)
    [genuine] = share.iterdir()
    (share / "checkpoint-999999999999-00000000.jws").write_bytes(b"")
    (share / f"checkpoint-000000000021-{old.hash[:8]}.jws").write_bytes(genuine.read_bytes())
    happen(front, checkpoints.EVENTS)
    looked = checkpoints.lodge_due(desk)
    assert looked.made is not None
    assert "checkpoint-999999999999-00000000.jws, which nobody of this hub signed" in looked.words
    assert "and 1 more" in looked.words
    assert "checkpoint-999999999999" in checkpoints.lodge_due(desk).words
    assert checkpoints.lodge_due(desk).made is None, "the newest that counts is new enough"


def test_file_on_the_share_that_cant_be_read_is_not_called_a_strangers(
    front: Front, share: Path
) -> None:
    desk = lodging(front, share)
    happen(front, 20)
    checkpoints.lodge(desk, share)
    (share / "checkpoint-000000000021-00000000.jws").mkdir()
    looked = checkpoints.lodge_due(desk)
    assert looked.made is None
    assert "can't be read just now" in looked.words
    assert "nobody" not in looked.words


def test_checkpoint_signed_by_a_clock_that_was_put_back_holds_none_up(
    front: Front, share: Path
) -> None:
    happen(front, 2)
    front.watch.move(days=9)
    checkpoints.lodge(front.priya, share)
    front.watch.move(days=-9)
    happen(front, 2)
    assert checkpoints.lodge_due(lodging(front, share)).made is not None


def test_looking_whether_one_is_due_finds_a_trail_cut_short_or_written_anew(
    front: Front, share: Path
) -> None:
    desk = lodging(front, share)
    happen(front, 20)
    checkpoints.lodge(desk, share)
    rewritten(front, but=7)
    assert "was written anew" in checkpoints.lodge_due(desk).words
    cut_to(front, 10)
    looked = checkpoints.lodge_due(desk)
    assert "Event 20 is missing: pnandra signed" in looked.words
    assert looked.made is not None, "and where it ends now is signed too"


def test_none_is_lodged_while_the_key_is_locked_or_no_folder_is_named(
    front: Front, share: Path
) -> None:
    happen(front, checkpoints.EVENTS)
    desk = lodging(front, share)
    desk.signer.lock()
    assert checkpoints.lodge_due(desk) == Look()
    assert checkpoints.lodge_due(front.priya) == Look()
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
    cut_to(front, 10)
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
    (said,) = checkpoints.read(checkpoints.lying_in(share), strangers).foreign
    assert "not among the keys" in said
    head, payload, signature = whole.split(b".")
    for spoilt in (b"", b"\xff", b"..", head + b"." + payload[:-4] + b"AAAA." + signature):
        path.write_bytes(spoilt)
        lodged = checkpoints.read(checkpoints.lying_in(share), people.trust_list(front.ruth))
        assert lodged.signed == ()
        assert path.name in lodged.foreign[0]


def test_folder_that_is_away_is_said_and_the_trail_stays_whole(front: Front, share: Path) -> None:
    share.rmdir()
    happen(front, checkpoints.EVENTS)
    with pytest.raises(DeliveryError, match="trail itself is whole"):
        checkpoints.lodge_due(lodging(front, share))
    assert events.verify(front.store) is None


def test_checkpoint_of_a_lost_key_shows_nothing_until_another_key_vouches_for_the_trail(
    front: Front, share: Path
) -> None:
    happen(front, 20)
    checkpoints.lodge(front.priya, share)
    front.watch.move(hours=1)

    def doubted() -> tuple[str, ...]:
        read = checkpoints.read(checkpoints.lying_in(share), people.trust_list(front.ruth))
        assert not read.foreign
        return checkpoints.on_own_word(read)

    assert doubted() == ()
    people.revoke_key(front.ola, "pnandra", "Laptop left on a train")
    late = Checkpoint(seq=1, hash="0" * 64, at=front.watch.now, by="pnandra")
    made = signing.sign_checkpoint(late, front.priya.signer.signer("pnandra", "2222"))
    read = checkpoints.read([("late", made)], people.trust_list(front.ruth))
    assert read.signed == ()
    assert "key was revoked before this was signed" in read.foreign[0]
    [words] = doubted()
    assert "shows nothing by itself. Priya Nandra's key was revoked on" in words
    assert "its own word" in words
    checkpoints.lodge(front.ola, share)
    assert doubted() == ()


def test_checkpoint_of_a_key_that_was_only_replaced_counts(front: Front, share: Path) -> None:
    happen(front, 20)
    checkpoints.lodge(front.priya, share)
    front.watch.move(hours=1)
    people.revoke_key(front.ola, "pnandra", "Rotation", reason=RevokedFor.REPLACED)
    read = checkpoints.read(checkpoints.lying_in(share), people.trust_list(front.ruth))
    assert checkpoints.on_own_word(read) == ()
    assert len(read.signed) == 1
