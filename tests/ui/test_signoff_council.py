"""Where a signed decision is on its way to the council, as Sign-off says it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from tests import factory
from tests.ui.test_signoff import ENTER, Room, green, room  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import front  # noqa: F401 - the same
from triage.domain.decision import Delivery, Verb
from triage.domain.errors import DeliveryError
from triage.export.time_stamp import Stamp
from triage.practice.council import Deed, Turn
from ui.signoff.hand_box import HandBox, NumberBox


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (Turn(deed=Deed.BUSY, retry_after=300), "Waiting to be sent to the council."),
        (Turn(deed=Deed.REFUSE, words="No such team."), "No such team."),
        (Turn(deed=Deed.LOSE), "It is not known whether the council has it."),
        (Turn(deed=Deed.TAMPER), "The receipt could not be relied on."),
    ],
)
def test_state_of_the_delivery_is_said(room: Room, turn: Turn, words: str) -> None:  # noqa: F811
    version = green(room)
    room.council.next(turn)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    assert words in room.screen.decision.way.words()


class Stamping:
    """Stands in for a time-stamping service; tests of its own ask a real one."""

    def __init__(self) -> None:
        self.away = True

    def stamp(self, over: bytes, signed: datetime | None = None) -> tuple[bytes, Stamp]:
        if self.away:
            raise DeliveryError("The time-stamping service did not answer.")
        return b"token", Stamp(at=factory.NOW + timedelta(minutes=7), by="Stamps")


def test_time_stamp_that_is_missing_is_said_and_shown_once_it_is_there(room: Room) -> None:  # noqa: F811
    service = Stamping()
    room.holder.seat(replace(room.front.priya, stamps=service))
    version = green(room)
    room.council.next(Turn(deed=Deed.BUSY, retry_after=300))
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    way = room.screen.decision.way
    assert "Not time-stamped yet. The time-stamping service did" in way.signed.words.text()
    service.away = False
    room.press(way.send)
    room.settle()
    assert "Time-stamped at 11:49." in way.signed.words.text()


def test_unknown_delivery_is_settled_by_asking_the_council(room: Room) -> None:  # noqa: F811
    version = green(room)
    room.council.next(Deed.LOSE)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    ask = room.screen.decision.way.ask
    assert ask.isVisible()
    room.front.watch.move(minutes=10)
    room.press(ask)
    room.settle()
    assert "Case number NC-26-00001" in room.screen.decision.way.words()
    assert not ask.isVisible()
    assert room.screen.decision.way.save.hasFocus()
    assert len(room.council.cases()) == 1


def test_decision_the_council_cannot_take_goes_by_hand_and_is_numbered_later(
    room: Room,  # noqa: F811
    tmp_path: Path,
) -> None:
    version = green(room)
    room.council.next(Turn(deed=Deed.BUSY, retry_after=300))
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    way = room.screen.decision.way
    room.press(way.hand)
    room.bot.keyClick(box_of(room, HandBox), ENTER)
    assert "Say how it goes" in box_of(room, HandBox).banner.words.text()
    room.bot.keyClicks(box_of(room, HandBox).how, "Secure mail to the duty desk")
    room.bot.keyClick(box_of(room, HandBox), ENTER)
    [folder] = room.screen.findChildren(QFileDialog)
    folder.fileSelected.emit(str(tmp_path))
    folder.close()
    room.settle()
    assert way.words().startswith("Exported by hand.")
    assert sorted(p.suffix for p in tmp_path.glob("C-26-*")) == [".jws", ".pdf"]
    room.press(way.number)
    room.bot.keyClicks(box_of(room, NumberBox).number, "NC-26-00077")
    room.bot.keyClick(box_of(room, NumberBox), ENTER)
    room.settle()
    assert "Case number NC-26-00077" in way.words()
    assert not way.hand.isVisible()
    assert room.council.cases() == ()


B = TypeVar("B", bound=QWidget)


def box_of(room: Room, kind: type[B]) -> B:  # noqa: F811
    """The box of that kind that is open."""
    return next(b for b in room.screen.window().findChildren(kind) if b.isVisible())


def test_decision_that_the_council_accepted_is_saved_as_a_file_and_that_is_recorded(
    room: Room,  # noqa: F811
    tmp_path: Path,
) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    way = room.screen.decision.way
    assert not way.save.isVisible(), "nothing is signed yet"
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    assert "Accepted by the council." in way.words()
    asked: list[Delivery] = []
    way.save_asked.connect(asked.append)
    way.save.click()
    box = room.screen.findChild(QFileDialog)
    assert box is not None
    box.close()
    file = tmp_path / "decision.jws"
    room.screen.save_document(asked[0], file)
    room.settle()
    assert file.read_bytes() == asked[0].document
    assert "export.document_saved" in room.front.kinds()
