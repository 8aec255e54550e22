"""Boxes that ask: a frame with an icon, words and answers; a PIN; the keys; the lock."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ui import paint
from ui.keymap import GLOBAL, keymap, shown
from ui.theme import theme
from ui.widgets.banner import Banner, IconLabel
from ui.widgets.buttons import Button, Kind
from ui.widgets.editor import LineField
from ui.widgets.pane import Body, Scroll
from ui.widgets.table import Rows, Table
from ui.widgets.text import Paragraph, Span, Text
from ui.widgets.toast import announce

PIN_FIRST = "Type your PIN first."
HUB_AWAY = "hubAway"
"""A property of the program's window: whether its hub's server is known to be away."""
NOT_YET = (
    "The hub does not answer, so this is not done. What you typed stays in this box: leave it open "
    "and do it once the hub answers. Closing the box lets it go."
)


class AskBox(QDialog):
    """An icon, a title, words, a body to fill, and answers; opened, never run as a loop.

    `answered` gives the key of the answer; Esc answers "cancel". `kept_here` where what is given is
    kept on this computer while the hub is away.
    """

    answered = Signal(str)
    kept_here = False

    def __init__(
        self, parent: QWidget | None, icon: str, title: str, words: str = "", width: int = 480
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fanlight")
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        self.setModal(True)
        t = theme()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(t.px(20), t.px(18), t.px(20), t.px(16))
        outer.setSpacing(t.px(12))
        head = QHBoxLayout()
        head.setSpacing(t.px(14))
        head.addWidget(IconLabel(icon, 20, "text"), 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(t.px(6))
        self.title = Text(title, "heading", wrap=True)
        self.words = Paragraph(words, "body", "text2")
        self.words.setVisible(bool(words))
        beside.addWidget(self.title)
        beside.addWidget(self.words)
        self.body = QVBoxLayout()
        self.body.setSpacing(t.px(6))
        beside.addLayout(self.body)
        # What room is over stands below, not between the lines.
        beside.addStretch(1)
        head.addLayout(beside, 1)
        outer.addLayout(head, 1)
        self.banner = Banner("warning")
        outer.addWidget(self.banner)
        self._answers = QHBoxLayout()
        self._answers.setSpacing(t.px(8))
        self._answers.addStretch(1)
        outer.addLayout(self._answers)
        self.setMinimumWidth(t.px(width))

    def add_answer(self, key: str, text: str, kind: Kind = "secondary", cap: str = "") -> Button:
        """Another answer, to the right of those before. Enter presses the one with the focus,
        and from anywhere else the primary one."""
        button = Button(text, kind=kind, key_hint=cap)
        button.clicked.connect(lambda: self._answer(key))
        button.setAutoDefault(True)
        button.setDefault(kind == "primary")
        self._answers.addWidget(button)
        return button

    def _answer(self, key: str) -> None:
        self.answered.emit(key)

    def reject(self) -> None:
        """Esc and the window's own close."""
        self.answered.emit("cancel")
        super().reject()

    def refuse(self, words: str) -> None:
        """Say why not, and stay open."""
        self.banner.show_words(words)
        self._make_room()
        announce(self, words)

    def may_give(self) -> bool:
        """Whether a box that closes may be given now. Else it says that the hub is away, and stays
        open with what was typed."""
        parent = self.parentWidget()
        if self.kept_here or parent is None or not parent.window().property(HUB_AWAY):
            return True
        self.refuse(NOT_YET)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        """Tall enough for what wraps."""
        super().showEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        # A window does not grow by itself for words that wrap; it would cut those above.
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        painter.end()


class FormBox(AskBox):
    """A box with fields. What `give` tells is checked by who asked: `accept()` or `refuse()`
    follows."""

    def ask(self, label: str, *widgets: QWidget) -> None:
        """A label over what is asked."""
        self.body.addWidget(Text(label, "label", weight=600))
        for widget in widgets:
            self.body.addWidget(widget)

    def ready(self, act: str, cancel: str = "Cancel") -> None:
        """Its two answers."""
        self.add_answer("cancel", cancel)
        self.add_answer("go", act, "primary")
        self.answered.connect(self._go)

    def _go(self, key: str) -> None:
        if key == "go":
            self.give()
        elif self.isVisible():
            self.done(QDialog.DialogCode.Rejected)

    def give(self) -> None:
        """Tell what was asked."""
        raise NotImplementedError

    def is_written(self) -> bool:
        """Whether it is open and something was typed into it."""
        editors, lines = self.findChildren(QTextEdit), self.findChildren(QLineEdit)
        typed = any(e.document().isUndoAvailable() for e in editors)
        return self.isVisible() and (typed or any(line.isModified() for line in lines))


_IN_A_BOX = (
    "What was typed into the box that is open is only in this window. Save it there, or cancel it. "
    "Closing again closes without it."
)


def typed_into_a_box(screen: QWidget) -> str:
    """What closing the window would lose of a screen's open box, in a sentence; "" for nothing."""
    return _IN_A_BOX if any(b.is_written() for b in screen.findChildren(FormBox)) else ""


class PinBox(AskBox):
    """Asks a person's PIN. `given` has what was typed; then call `accept()` or `refuse()`.

    An empty PIN is never given: it would use up a try.
    """

    given = Signal(str)

    def __init__(self, parent: QWidget | None, who: str, why: str) -> None:
        super().__init__(parent, "key-round", f"{who}: your PIN", why, 420)
        self.pin = LineField("PIN", "", secret=True)
        self.body.addWidget(Text("Your PIN", "label"))
        self.body.addWidget(self.pin)
        self.add_answer("cancel", "Cancel")
        self.add_answer("go", "Carry on", "primary", "Enter")
        self.answered.connect(self._go)
        self.pin.setFocus()

    def _go(self, key: str) -> None:
        if key == "go" and self.pin.text():
            self.given.emit(self.pin.text())
        elif key == "go":
            self.refuse(PIN_FIRST)
        elif self.isVisible():
            self.done(QDialog.DialogCode.Rejected)

    def refuse(self, words: str) -> None:
        """Say why not, and let it be typed again."""
        super().refuse(words)
        self.pin.clear()
        self.pin.setFocus()


class PassphraseBox(AskBox):
    """Asks the passphrase that guards this computer's data. `given` has what was typed."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None) -> None:
        words = "This computer keeps its keys under a passphrase. It is asked for at each start."
        super().__init__(parent, "key-round", "The passphrase", words, 440)
        self.words_typed = LineField("Passphrase", "", secret=True)
        self.body.addWidget(Text("Passphrase", "label"))
        self.body.addWidget(self.words_typed)
        self.add_answer("go", "Open", "primary", "Enter")
        self.answered.connect(self._go)
        self.words_typed.setFocus()

    def _go(self, key: str) -> None:
        if key == "go":
            self.given.emit(self.words_typed.text())
        elif self.isVisible():
            self.done(QDialog.DialogCode.Rejected)

    def refuse(self, words: str) -> None:
        """Say why not, and let it be typed again."""
        super().refuse(words)
        self.words_typed.clear()
        self.words_typed.setFocus()


class KeysBox(AskBox):
    """Every key, in the lists it works in. `acts` are those everywhere that do something."""

    def __init__(self, parent: QWidget | None, acts: Collection[str]) -> None:
        super().__init__(parent, "keyboard", "All keys", "Letters act only in their list.", 620)
        body = Body()
        body.set_margins(0, 0, 0, 0)
        for context in keymap().contexts():
            name = "Everywhere" if context == GLOBAL else f"In the {context}"
            body.column.addWidget(Text(name[0].upper() + name[1:], "label", weight=600))
            table = Table(name, (2, 5), grow=True)
            rows = Rows(("Key", "What it does"), parent=table)
            table.setModel(rows)
            kept = {
                act: key
                for act, key in keymap().acts(context).items()
                if context != GLOBAL or act in acts
            }
            rows.put([(shown(key), act) for act, key in kept.items()])
            body.column.addWidget(table)
        scroll = Scroll(body, "All keys")
        scroll.setMinimumHeight(theme().px(420))
        self.body.addWidget(scroll)
        self.add_answer("close", "Close", "primary", "Esc")
        self.answered.connect(self._shut)

    def _shut(self, key: str) -> None:
        if key == "close":
            self.close()


class LockCover(QWidget):
    """Covers the whole window while it is locked: nothing of a family shows or is read.

    `pin_given` has what was typed, never nothing; the owner then calls `open_up` or `refuse`.
    """

    pin_given = Signal(str)
    switch_asked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._title = Text("Locked", "title")
        self._words = Text("", "body", "text2", wrap=True)
        self.pin = LineField("PIN", "Your PIN", icon="key-round", secret=True)
        self._banner = Banner("warning")
        self._unlock = Button("Unlock", "lock-open", "primary", "Enter")
        self._switch = Button("Somebody else", "users", "link")
        self._unlock.clicked.connect(self._give)
        self.pin.returnPressed.connect(self._give)
        self._switch.clicked.connect(self.switch_asked)
        inner = QVBoxLayout()
        head, row = QHBoxLayout(), QHBoxLayout()
        head.addWidget(IconLabel("lock", 20, "text"))
        head.addWidget(self._title, 1)
        inner.addLayout(head)
        for part in (self._words, self.pin, self._banner):
            inner.addWidget(part)
        row.addWidget(self._unlock)
        row.addWidget(self._switch)
        row.addStretch(1)
        inner.addLayout(row)
        self._rows = (head, row)
        across = QHBoxLayout(self)
        across.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(1)
        middle.addLayout(inner)
        middle.addStretch(2)
        across.addLayout(middle)
        across.addStretch(1)
        self._inner = inner
        self.hide()

    def cover(self, who: str) -> None:
        """Lock for `who`."""
        self._title.set_text("Locked")
        self._words.set_text(f"{who} is signed in. What was typed is kept.")
        self._banner.hide()
        self.pin.clear()
        t = theme()
        self.pin.setMinimumWidth(t.px(360))
        self._inner.setSpacing(t.px(14))
        for line in self._rows:
            line.setSpacing(t.px(10))
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.pin.setFocus()
        announce(self, "The window is locked.", urgent=True)

    def open_up(self) -> None:
        """The PIN was right."""
        self.pin.clear()
        self.hide()

    def refuse(self, words: str) -> None:
        """Say why not."""
        self.pin.clear()
        self._banner.show_words(words)
        self.pin.setFocus()

    def _give(self) -> None:
        if self.pin.text():
            self.pin_given.emit(self.pin.text())
        else:
            self.refuse(PIN_FIRST)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Opaque, with the mark of the house."""
        t = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.colour("chrome"))
        room = t.px(28)
        box = QRectF(self._inner.geometry()).adjusted(-room, -room, room, room)
        edge = t.colour("borderControl")
        paint.box(painter, box, fill=t.colour("surface"), edge=edge, radius=7)
        painter.end()


class IdleBox(AskBox):
    """Two minutes' notice before the lock, counted down; any key stays."""

    stayed = Signal()
    lock_asked = Signal()

    def __init__(self, parent: QWidget | None, seconds: int) -> None:
        super().__init__(parent, "lock", "Still there?")
        self._left = seconds
        self.words.show()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count)
        self.add_answer("lock", "Lock now")
        self.add_answer("stay", "Stay signed in", "primary")
        self.answered.connect(self._take)
        self._say()
        self._timer.start()

    def _say(self) -> None:
        minutes, seconds = divmod(self._left, 60)
        left = f"{minutes} min {seconds:02d} s" if minutes else f"{seconds} s"
        self.words.set_spans(
            (
                Span("The screen will lock in "),
                Span(left, bold=True),
                Span(". Your work is saved. Any key keeps you signed in."),
            )
        )
        if self._left in (120, 60, 20):
            announce(self, f"The screen will lock in {left}.", urgent=True)

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._take("lock")
        else:
            self._say()

    def _take(self, key: str) -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        if key == "lock":
            self.lock_asked.emit()
        else:
            self.stayed.emit()
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Any key stays."""
        self._take("stay")
