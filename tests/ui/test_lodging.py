"""Behind the screens where the trail ends is lodged and mailed, and what is wrong is said once."""

from dataclasses import replace
from pathlib import Path

from tests.ui.triage_room import Room, maya, other
from tests.workflow.test_events import Posting
from triage.domain.request import MessageState
from triage.storage import events
from triage.workflow import claims
from ui.background import Background
from ui.desk import DeskHolder


def test_checkpoint_is_lodged_and_mailed_and_a_strangers_file_is_said_once(
    room: Room, tmp_path: Path
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "checkpoint-999999999999-00000000.jws").write_bytes(b"")
    claims.claim(room.desk, room.bring(maya()))
    claims.claim(room.desk, room.bring(other("C-26-04818")))
    profile = replace(
        room.desk.profile, checkpoint_folder=str(share), checkpoint_mail="records@council.example"
    )
    desk = replace(room.desk, profile=profile, post=Posting(MessageState.SENT))
    watching = Background(DeskHolder(desk), room.jobs, tmp_path / "drop", room.screen)
    heard: list[str] = []
    watching.refused.connect(heard.append)
    for _ in range(2):
        watching.lodge_checkpoint()
        room.settled()
    assert len(list(share.iterdir())) == 2
    with room.store.read() as tx:
        kinds = [e.kind for e in events.since(tx, 0)]
    assert kinds[2:] == ["audit.checkpoint", "audit.checkpoint_mailed"]
    assert len(heard) == 1
    assert "which nobody of this hub signed" in heard[0]
