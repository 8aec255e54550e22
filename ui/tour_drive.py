"""Drives the real window as a person would: finds controls by name, presses keys, waits by signs.

A tour is a generator. It yields a `Wait`, and is resumed once that is true; the event loop runs
all the while, so nothing here blocks, sleeps or spins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from ui.widgets.pane import Body

W = TypeVar("W", bound=QWidget)
LOOK_MS = 15
_QT_NAMES = {"PgDown": "PageDown", "PgUp": "PageUp", "Esc": "Escape"}


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on when `true` is; say `what` was waited for when it is not in `seconds`."""

    true: Callable[[], object]
    what: str
    seconds: float = 20.0


Walk = Generator[Wait, None, None]


class NotTrueError(Exception):
    """A step of the tour did not come true; the words say which and why."""


class Driver(QObject):
    """Runs one walk in the event loop. `over` is called with None, or with what was not true."""

    def __init__(self, window: QWidget, over: Callable[[Exception | None], None]) -> None:
        super().__init__(window)
        self._window, self._over = window, over
        self._walk: Walk | None = None
        self._wait: Wait | None = None
        self._until = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self, walk: Walk) -> None:
        """Begin."""
        self._walk = walk
        self._go_on()
        self._timer.start()

    def _look(self) -> None:
        if self._wait is None:
            return
        try:
            if self._wait.true():
                self._go_on()
            elif monotonic() > self._until:
                raise NotTrueError(f"Waited {self._wait.seconds:.0f} s for: {self._wait.what}.")
        except Exception as fault:
            self._end(fault)

    def _go_on(self) -> None:
        assert self._walk is not None
        try:
            self._wait = next(self._walk)
            self._until = monotonic() + self._wait.seconds
        except StopIteration:
            self._end(None)
        except Exception as fault:
            self._end(fault)

    def _end(self, fault: Exception | None) -> None:
        self._timer.stop()
        self._wait = None
        self._over(fault)


def name_of(widget: QWidget) -> str:
    """What a screen reader calls the widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def find(root: QWidget, name: str, kind: type[W], *, exact: bool = False) -> W:
    """The visible, usable widget of a kind whose accessible name begins with `name`.

    Raises NotTrueError, listing what is there, when there is none.
    """
    wanted = name.casefold()
    there: list[str] = []
    for widget in root.findChildren(kind):
        if not widget.isVisible() or not widget.isEnabled():
            continue
        said = re.sub(r"\s+", " ", name_of(widget)).strip()
        if said.casefold() == wanted or (not exact and said.casefold().startswith(wanted)):
            return widget
        if said:
            there.append(said)
    raise NotTrueError(f"There is no “{name}” to use. There are: {', '.join(there[:40])}.")


def is_there(root: QWidget, name: str, kind: type[W]) -> bool:
    """Whether `find` would find it."""
    try:
        find(root, name, kind)
    except NotTrueError:
        return False
    return True


def click(widget: QWidget) -> None:
    """Press and let go in its middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=QPoint(widget.rect().center()))


def press(widget: QWidget, keys: str) -> None:
    """Press a key or chord written as in the key map, such as "Ctrl+Return"."""
    *held, last = keys.replace("++", "+Plus").split("+")
    modifiers = Qt.KeyboardModifier.NoModifier
    for name in held:
        modifiers |= {
            "Ctrl": Qt.KeyboardModifier.ControlModifier,
            "Shift": Qt.KeyboardModifier.ShiftModifier,
            "Alt": Qt.KeyboardModifier.AltModifier,
        }[name]
    last = _QT_NAMES.get(last, last)
    key = getattr(Qt.Key, f"Key_{last.upper() if len(last) == 1 else last}")
    QTest.keyClick(widget, key, modifiers)


def type_into(widget: QWidget, words: str) -> None:
    """Put the focus there and type, key by key."""
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    for letter in words:
        if letter.isascii():
            QTest.keyClicks(widget, letter)
            continue
        # Qt's own typist knows only ASCII; keyboards send other letters as their text.
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            plain = Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(widget, QKeyEvent(kind, 0, plain, letter))


def row_where(view: QAbstractItemView, says: str) -> int:
    """The row whose spoken text holds `says`; NotTrueError when there is none."""
    model = view.model()
    for row in range(model.rowCount()):
        spoken = model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        if says.casefold() in str(spoken or "").casefold():
            return row
    raise NotTrueError(f"No row of “{name_of(view)}” says “{says}”.")


def focused() -> QWidget:
    """What has the focus, or the window in front where nothing in it has.

    NotTrueError when no window is in front.
    """
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    if widget is None:
        raise NotTrueError("Fanlight's window is not in front.")
    return widget


def in_front(window: QWidget) -> Wait:
    """Bring a window to the front again after a menu or box: not every system does by itself."""
    window.activateWindow()
    return Wait(window.isActiveWindow, "the window to be in front again", seconds=5)


def laid_out(window: QWidget) -> bool:
    """Whether all that stands in a column that scrolls has the height that it needs at its width:
    Qt tells each what is around it in a turn of its own, and the outermost knows last."""
    bodies = [body for body in window.findChildren(Body) if body.isVisible()]
    parts = [part for body in bodies for part in body.findChildren(QWidget)]
    return all(_tall_enough(part) for part in (*bodies, *parts) if part.isVisible())


def _tall_enough(part: QWidget) -> bool:
    layout = part.layout()
    if layout is None:
        return True
    needed = layout.totalHeightForWidth(part.width())
    return part.height() >= (needed if needed >= 0 else layout.totalMinimumSize().height())


def picture(window: QWidget, path: Path) -> None:
    """Save the window as it looks now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not window.grab().save(str(path)):
        raise NotTrueError(f"The picture {path.name} could not be saved.")
