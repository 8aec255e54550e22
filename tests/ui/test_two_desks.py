"""Two desks at one hub's server: what one does, the other sees by itself, and loses nothing by it.

The window asks for nothing of its own accord here: whatever it shows, the server told it of.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests import factory
from tests.hub_here import HubHere
from tests.ui.triage_room import Room, maya, other, room_of
from tests.workflow.test_receive import LETTER
from triage.domain.worker import Worker
from triage.workflow import concerns, receive, screen
from triage.workflow.desk import Desk
from ui.background import Background
from ui.triage.parts.field import Field

At = Callable[[Worker], Desk]
NEVER_MS = 10_000_000


@pytest.fixture
def seat(
    hub: HubHere, at: At, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """Sana's window, which never asks by itself."""
    for pace in ("FEED_MS", "TOLD_FEED_MS"):
        monkeypatch.setattr(f"ui.background.{pace}", NEVER_MS)
    with room_of(at(factory.SANA), hub.front.watch, hub.front.people, qtbot) as room:
        watching = Background(room.holder, room.jobs, tmp_path / "drop", room.screen)
        watching.moved_on.connect(room.screen.look_again)
        watching.start()
        yield room
        watching.stop()
        room.settled()


def field(room: Room, key: str) -> Field:
    return next(f for f in room.screen.decision.fields() if f.key == key)


def test_what_comes_in_at_another_desk_waits_and_moves_nothing(
    seat: Room, hub: HubHere, at: At
) -> None:
    mine = hub.front.bring(maya(), other("C-26-04818"))
    seat.show()
    seat.open(mine)
    seat.screen.queue.list.setFocus()
    before = [r.reference for r in seat.screen.queue.model.rows()]
    receive.receive_file(at(factory.RUTH), LETTER, "poppy.eml")
    seat.wait(lambda: seat.screen.queue.waiting() == 1)
    assert [r.reference for r in seat.screen.queue.model.rows()] == before
    assert seat.screen.queue.new.text() == "1 new, show"
    assert seat.shown() == mine.id
    assert seat.screen.queue.list.hasFocus()


def test_what_others_work_on_is_marked_until_it_is_opened(seat: Room, hub: HubHere, at: At) -> None:
    hub.front.bring(maya())
    noah = hub.front.bring(other("C-26-04818"))
    seat.show()
    screen.claim(at(factory.RUTH), noah.id)
    model = seat.screen.queue.model
    seat.wait(lambda: model.changed(noah.id))
    spoken = model.data(model.index_of(noah.id), 11)  # Qt's AccessibleTextRole
    assert "changed by Ruth Osei at 11:42" in str(spoken)
    seat.open(noah)
    assert model.changed(noah.id) == ""


def test_contact_restricted_at_another_desk_leaves_this_one(
    seat: Room, hub: HubHere, at: At
) -> None:
    mine = hub.front.bring(maya())
    rest = hub.front.bring(other("C-26-04818"))
    seat.show()
    seat.open(mine)
    concerns.restrict(at(factory.PRIYA), mine, "A colleague's niece")
    seat.wait(lambda: seat.shown() is None)
    seat.wait(lambda: [r.contact_id for r in seat.screen.queue.model.rows()] == [rest.id])
