"""What each role is offered: commands, their keys and menus, buttons and empty panes."""

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from tests import factory
from tests.ui.triage_room import Room, maya
from triage.domain.worker import Role, Worker
from ui.allowed import NEEDS, offered
from ui.keymap import keymap
from ui.triage.more import open_more

TO_ALL = {
    "All keys",
    "Close or step back",
    "Find in this pane",
    "Full screen",
    "Go to a part of the form (1 to 7)",
    "Guidance for this field",
    "Larger text",
    "Lock now",
    "Main action of this screen",
    "Menu",
    "Next contact",
    "Next pane",
    "Next part still needed",
    "Next tab in this pane",
    "Previous contact",
    "Previous pane",
    "Previous part still needed",
    "Privacy blur on or off",
    "Refresh",
    "Save now",
    "Search or run a command",
    "Smaller text",
    "Text 100 %",
    "Triage",
}
"""Commands that change nothing of a record, or whose screen says itself what they do there."""

NOT_FOR: dict[Role, set[str]] = {
    Role.CONTACT_OFFICER: {"Audit"},
    Role.SOCIAL_WORKER: {"Audit"},
    Role.NIGHT_TEAM: {"Audit"},
    Role.TEAM_LEADER: set(),
    Role.BUSINESS_SUPPORT: {
        *("Ask a partner", "Audit", "Print preview", "Redo", "Sign-off", "Undo"),
    },
    Role.AUDITOR: {
        *("Ask a partner", "Look up at partners", "New contact by phone", "Print preview"),
        *("Redo", "Sign-off", "Take in files…", "Undo"),
    },
    Role.ADMINISTRATOR: set(NEEDS),
    Role.NAVIGATOR: set(NEEDS),
}


def worker(role: Role) -> Worker:
    return Worker(id="rosei", name="Ruth Osei", role=role, job=role.value)


def test_every_command_of_the_key_map_says_whom_it_is_for() -> None:
    assert set(keymap().acts()) | {"Take in files…"} == TO_ALL | set(NEEDS)
    assert not TO_ALL & set(NEEDS)


@pytest.mark.parametrize("role", Role)
def test_role_is_offered_every_command_but_those_it_may_not_do(role: Role) -> None:
    left_out = {command for command in TO_ALL | set(NEEDS) if not offered(worker(role), command)}
    assert left_out == NOT_FOR[role]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.BUSINESS_SUPPORT, Role.CONTACT_OFFICER])
def test_window_offers_a_role_only_what_it_may_do(room: Room, role: Role) -> None:
    who = worker(role)
    room.holder.seat(room.desk.as_worker(who))
    room.window.actions_.offer_only(lambda act: offered(who, act))
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    assert not NOT_FOR[role] & set(room.window.actions_.available())
    screens = role is Role.CONTACT_OFFICER
    prints = screens
    takes_in = role is not Role.AUDITOR
    header, queue = room.screen.header, room.screen.queue
    assert (header.ask.isVisible(), room.screen.tray.ask.isVisible()) == (screens, screens)
    assert header.pack.isVisible() is prints
    assert (queue.call.isVisible(), queue.acceptDrops()) == (takes_in, takes_in)
    opened = room.screen._opened
    assert opened is not None
    menu = open_more(header.more, room.screen.acts, opened)
    words = {a.text() for a in menu.actions() if a.text()}
    menu.close()
    assert "Corrections of this record…" in words
    assert ({"Pause…", "Hand over…"} <= words) is screens
    assert (len(words) > 1) is screens


@pytest.mark.parametrize(("role", "told"), [(Role.AUDITOR, False), (Role.BUSINESS_SUPPORT, True)])
def test_empty_queue_offers_to_take_in_only_to_who_may(room: Room, role: Role, told: bool) -> None:
    room.holder.seat(room.desk.as_worker(worker(role)))
    room.show()
    room.settled()
    said = room.screen.queue._state
    assert said.isVisible()
    words = " ".join(label.text() for label in said.findChildren(QLabel))
    assert ("Drop a file" in words) is told
    assert room.screen.queue.call.isVisible() is told


def test_key_of_a_command_that_is_not_offered_does_nothing(room: Room) -> None:
    pressed: list[str] = []
    room.window.actions_.set("New contact by phone", lambda: pressed.append("call"))
    room.window.actions_.offer_only(lambda act: offered(worker(Role.AUDITOR), act))
    room.window.actions_.action("New contact by phone").trigger()
    assert not room.window.actions_.run("New contact by phone")
    assert pressed == []
    room.window.actions_.offer_only(lambda act: offered(factory.RUTH, act))
    room.window.actions_.action("New contact by phone").trigger()
    QTest.qWait(1)
    assert pressed == ["call"]
