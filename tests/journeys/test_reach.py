"""Every control of the everyday screens: named, big enough, reached by Tab, and seen to have the
focus, at every size of window and text."""

from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QWidget

from tests.journeys.conftest import Seat
from tests.journeys.test_audit import open_audit
from tests.journeys.test_subject_access import gathered
from ui.shell.tab_chain import tab_stops
from ui.theme import theme
from ui.tour_drive import focused, laid_out, name_of, press
from ui.widgets.buttons import BaseButton
from ui.widgets.text import Text

Sit = Callable[[str], Seat]
MOST = 64
"""A screen reader grows slow beyond this many."""
LEAST = 24
SIZES = ((1920, 1080, 1.0), (1366, 768, 1.0), (911, 512, 1.0), (1920, 1080, 1.3), (1366, 768, 1.15))
_SILENT = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.StaticText)


def _faults(window: QWidget) -> list[str]:
    found = []
    for stop in tab_stops(window):
        name, spoken = name_of(stop), QAccessible.queryAccessibleInterface(stop)
        label = stop.words() if isinstance(stop, BaseButton) else ""
        if not name or label.casefold() not in name.casefold():
            found.append(f"{label or stop} is called “{name}”")
        if spoken.role() in _SILENT:
            found.append(f"{name} has no role")
        if min(stop.width(), stop.height()) < LEAST:
            found.append(f"{name} is {stop.width()} by {stop.height()}")
    return found + _clipped(window)


def _clipped(window: QWidget) -> list[str]:
    found = []
    for label in window.findChildren(Text):
        if label.visibleRegion().isEmpty() or label.wordWrap():
            continue
        needed = label.fontMetrics().horizontalAdvance(label.text())
        if needed > label.width() + 1 and not (label._elide and label.toolTip()):
            found.append(f"“{label.text()}” is cut short")
    return found


def _everyday(seat: Seat, screen: str) -> None:
    if screen == "compare":
        seat.press("Ctrl+M")
    elif screen == "new-contact":
        seat.press("Ctrl+N")
        seat.wait(lambda: seat.bench.new_contact.contact is not None)
    elif screen == "services":
        seat.press("Ctrl+4")
        seat.wait(lambda: seat.bench.services.list.model.rowCount())
    elif screen == "requests":
        seat.press("Ctrl+3")
    elif screen == "audit":
        open_audit(seat)
    elif screen == "handover":
        seat.press("Ctrl+H")
    elif screen == "access":
        gathered(seat)
    seat.wait(lambda: seat.bench.window.current() == screen)
    seat.settled()


@pytest.mark.parametrize(
    "screen",
    ["triage", "compare", "new-contact", "requests", "services", "audit", "handover", "access"],
)
def test_each_control_is_named_big_enough_and_whole(sit: Sit, screen: str) -> None:
    seat = sit("pnandra" if screen in ("audit", "access") else "rosei")
    seat.open("Maya Rowe")
    _everyday(seat, screen)
    faults: list[str] = []
    try:
        for width, height, scale in SIZES:
            theme().set_text_scale(scale)
            seat.window.resize(width, height)
            seat.settled()
            seat.wait(partial(laid_out, seat.window))
            seat.window.grab()  # words are cut short, and say so, as they are painted
            faults += [f"{width} at {scale:.2f}: {f}" for f in _faults(seat.window)]
            assert len(tab_stops(seat.window)) <= MOST
    finally:
        theme().set_text_scale(1.0)
    assert faults == []


@pytest.mark.parametrize(
    "screen",
    ["triage", "compare", "new-contact", "requests", "services", "audit", "handover", "access"],
)
def test_tab_reaches_each_control_once_and_comes_round(sit: Sit, screen: str) -> None:
    seat = sit("pnandra" if screen in ("audit", "access") else "rosei")
    seat.open("Maya Rowe")
    _everyday(seat, screen)
    seat.bench.window.chain_tabs()
    stops = tab_stops(seat.window)
    stops[0].setFocus()
    walked = []
    for _ in stops:
        walked.append(focused())
        press(focused(), "Tab")
    assert [name_of(w) for w in walked] == [name_of(s) for s in stops]
    assert focused() is stops[0]


@pytest.mark.parametrize("name", ["light", "dark", "highContrast"])
def test_what_has_the_focus_is_ringed(sit: Sit, name: str) -> None:
    seat = sit("rosei")
    seat.open("Maya Rowe")
    theme().set_theme(name)
    stops = tab_stops(seat.window)
    stops[0].setFocus()
    for _ in stops:
        at = focused()

        def ringed(at: QWidget = at) -> None:
            assert _ringed(seat.window, at), f"{name_of(at)} shows no ring"

        # What was out of sight gets its ring once it has been scrolled to.
        seat.bot.waitUntil(ringed)
        press(at, "Tab")


def _ringed(window: QWidget, at: QWidget) -> bool:
    """Whether some row of pixels in and around a widget is the ring's colour for 12 px on end."""
    rect = QRect(at.mapTo(window, QPoint(0, 0)), at.size()).adjusted(-6, -6, 6, 6)
    picture = window.grab(rect.intersected(window.rect())).toImage()
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    ink = theme().colour("focusHalo").rgb().to_bytes(4, "little")
    return ink * 12 in bytes(picture.constBits())
