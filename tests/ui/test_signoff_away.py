"""What Sign-off does while the decision is hidden, or another is on its way."""

from tests.ui.test_signoff import Room, green, red, room  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import front  # noqa: F401 - the same


def test_blur_says_why_the_decision_is_away(room: Room) -> None:  # noqa: F811
    green(room)
    room.begin()
    room.screen.set_blur(True)
    assert room.screen.put_away.isVisible()
    room.screen.set_blur(False)
    assert not room.screen.put_away.isVisible()


def test_the_pack_of_one_decision_is_never_shown_while_another_is_opened(room: Room) -> None:  # noqa: F811
    first, second = red(room, "C-26-04801"), red(room, "C-26-04802")
    room.begin()
    room.screen.open_version(first.id)
    room.settle()
    asked: list[object] = []
    room.screen.print_asked.connect(asked.append)
    room.screen._is_signed = True
    room.screen.open_version(second.id)
    room.screen.print_preview()
    assert asked == []
    room.settle()
    assert room.screen.current_version() == second.id
