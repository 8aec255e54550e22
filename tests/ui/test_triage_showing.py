"""The open contact shown pane by pane: what stays is left alone, and names hide at once."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from tests.ui.triage_room import Room, maya
from triage.workflow import screen


class Painted(QObject):
    """Notes which widgets were painted."""

    def __init__(self, *watched: QWidget) -> None:
        super().__init__()
        self.seen: set[QObject] = set()
        for widget in watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.seen.add(watched)
        return False


def test_a_contact_read_anew_paints_only_the_panes_that_say_something_else(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    room.settled()
    chained: list[bool] = []
    room.screen.panes_changed.connect(lambda: chained.append(True))
    watch = Painted(room.screen.header.name, room.screen.match.looked, room.screen.tray.line)
    room.screen.reader.look_again()
    room.settled()
    assert watch.seen == set()
    assert chained == []
    screen.rate(room.desk, contact.id, "green")
    header = Painted(room.screen.header)
    room.screen.look_again()
    room.wait(lambda: header.seen)


def test_between_two_panes_the_window_goes_on(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    opened = room.screen._opened
    assert opened is not None
    parts = room.screen.showing
    left: set[int] = set()
    beat = QTimer()
    beat.timeout.connect(lambda: left.add(len(parts._left)))
    beat.start(0)
    parts.show(opened, "c1")
    room.wait(lambda: not parts.is_under_way())
    assert left & {1, 2}, "something else had its turn while panes were still to be shown"


def test_names_are_hidden_at_once_while_panes_are_still_to_be_shown(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    opened = room.screen._opened
    assert opened is not None
    room.screen.showing.show(opened, "c1")
    room.screen.set_blur(True)
    assert not room.screen.showing.is_under_way()
    assert "Maya" not in room.screen.match.subtitle.text()
    room.screen.set_blur(False)
    assert "Maya" in room.screen.match.subtitle.text()


def test_first_form_is_made_a_part_at_a_turn_before_the_decision_is_shown(room: Room) -> None:
    contact = room.bring(maya())
    room.show()
    turns: list[int] = []
    room.screen.reader.contact_read.connect(lambda *_: turns.append(len(room.screen.showing._left)))
    room.open(contact)
    room.screen.reader.look_again()
    room.settled()
    parts = [part for part in room.desk.profile.parts if not part.folded]
    panes = 3
    assert turns[0] == 1 + len(parts) + panes
    assert set(turns[1:]) == {panes}
