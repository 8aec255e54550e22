"""Who sits down is told in time that a certificate runs out."""

from dataclasses import replace

from tests import factory
from tests.ui.triage_room import Room
from tests.ui.triage_room import room as room  # a fixture for whoever asks
from ui.key_notices import KeyNotices


def test_person_is_told_at_the_bottom_when_their_certificate_runs_out_soon(room: Room) -> None:
    notices = KeyNotices(room.holder, room.jobs, room.window)
    room.settled()
    assert room.window.toast.words() == ""
    room.watch.move(days=5 * 365 - 40)
    room.holder.seat(replace(room.desk, worker=factory.PRIYA))
    room.settled()
    said = room.window.toast.words()
    assert said.startswith("The certificate of your signing key runs out on 23 November 2031.")
    room.watch.move(days=41)
    notices.ask()
    room.settled()
    assert "ran out on 23 November 2031" in room.window.toast.words()
