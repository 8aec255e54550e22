"""Left to do: facts to check, parts that could not be read, words that were not used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.fact import Place
from triage.workflow.fact_words import label_of
from triage.workflow.reading import ToDo
from ui import paint
from ui.actions import bind_list
from ui.style import OWN_RING
from ui.theme import theme
from ui.widgets.banner import Banner, IconLabel
from ui.widgets.buttons import BaseButton, Button
from ui.widgets.group import BareGroup
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.states import StateView
from ui.widgets.text import Text, plain_tip

KEYS: Final = "left to do"
_MOST: Final = 3
_SHOWN_UNUSED: Final = 60


class _Strip(QWidget):
    """A group's head: its name and how many."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words, self.count = words, 0
        self.setFixedHeight(theme().px(26))
        self.setAccessibleName(words)
        theme().scaled.connect(self._size)

    def _size(self) -> None:
        self.setFixedHeight(theme().px(26))

    def show_count(self, count: int) -> None:
        """How many are left; none hides it."""
        self.count = count
        self.setVisible(count > 0)
        self.setAccessibleName(f"{self._words}, {count}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A sunken strip."""
        t = theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.colour("sunken"))
        area = QRectF(self.rect()).adjusted(t.px(14), 0, -t.px(12), 0)
        paint.text(painter, area, self._words, t.font("small", 600), t.colour("text"))
        right = Qt.AlignmentFlag.AlignRight
        ink = t.colour("text2")
        paint.text(painter, area, str(self.count), t.font("small", 600), ink, right)
        painter.end()


class _Numbered(QWidget):
    """The number of the words in question, dashed: to check."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._size()
        theme().scaled.connect(self._size)

    def _size(self) -> None:
        self.setFixedSize(theme().px(26), theme().px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed box."""
        t = theme()
        painter = QPainter(self)
        ink = t.colour("warnText")
        rect = QRectF(self.rect()).adjusted(0, 0, -2, 0)
        paint.box(painter, rect, edge=ink, fill=t.colour("warnSoft"), radius=4, dashed=True)
        centre = Qt.AlignmentFlag.AlignHCenter
        paint.text(painter, rect, self.words or "?", t.font("small", 600), ink, centre)
        painter.end()


class CheckCard(BareGroup):
    """A fact to check: what is unclear, why, and the readings, by number."""

    answered = Signal(str, str)
    typed = Signal(str)
    met = Signal(object)
    walked = Signal(object, int)

    def __init__(self) -> None:
        super().__init__("")
        self.todo: ToDo | None = None
        self.setProperty(OWN_RING, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        self._row = row
        self.number = _Numbered()
        self.icon = IconLabel("pencil", 20, "text2")
        column = QVBoxLayout()
        column.setSpacing(theme().px(4))
        self.title_words = Text("", "bodyStrong", wrap=True)
        self.why = Text("", "small", "text2", wrap=True)
        self._choices = QHBoxLayout()
        self._choices.setSpacing(theme().px(6))
        self.buttons = [Button("", None, "secondary", str(n + 1), dense=True) for n in range(_MOST)]
        for n, button in enumerate(self.buttons):
            button.clicked.connect(partial(self.answer, n))
            self._choices.addWidget(button)
        self.type_it = Button("Type it", "keyboard", "link", dense=True)
        self.type_it.clicked.connect(self._type)
        self._choices.addWidget(self.type_it)
        self._choices.addStretch(1)
        column.addWidget(self.title_words)
        column.addWidget(self.why)
        column.addLayout(self._choices)
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        acts = ("First answer", "Second answer", "Third answer")
        slots = {act: partial(self.answer, n) for n, act in enumerate(acts)}
        self._bound = bind_list(self, KEYS, slots)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(12), t.px(10), t.px(12), t.px(10))
        self._row.setSpacing(t.px(10))

    def show_check(self, todo: ToDo, number: int, shown: Sequence[str]) -> None:
        """A fact with its readings, as a person reads them."""
        self.todo = todo
        self.icon.hide()
        self.number.show()
        self.number.words = str(number) if number else ""
        self.number.update()
        label = label_of(todo.path)
        title = f"{label}: {shown[0]}" if shown else f"{label}: could not be told"
        self.title_words.set_text(title)
        self.why.set_text(todo.why or "Two readings are possible. Nothing was filled in by guess.")
        for n, button in enumerate(self.buttons):
            button.setVisible(n < len(shown))
            if n < len(shown):
                words = shown[n] if len(shown[n]) < 28 else f"{shown[n][:26]}…"
                button.set_text(words)
                button.setToolTip(plain_tip(shown[n]))
                button.setAccessibleName(f"{label} is {shown[n]}")
        self.type_it.show()
        self.type_it.set_text("Type it")
        self.type_it.setAccessibleName(f"Type {label.lower()}")
        self.setAccessibleName(f"To check: {title}. {self.why.text()}")

    def show_not_read(self, todo: ToDo) -> None:
        """A part that was not read."""
        self.todo = todo
        self.number.hide()
        self.icon.set(_icon_of(todo), "text2")
        self.icon.show()
        self.title_words.set_text(todo.label)
        self.why.set_text(todo.why)
        for button in self.buttons:
            button.hide()
        place = todo.place
        shown = place is not None and place.start is not None
        self.type_it.setVisible(shown)
        self.type_it.set_text("Look at it")
        self.type_it.setAccessibleName(f"Look at it: {todo.label}")
        self.setAccessibleName(f"Could not be read: {todo.label}. {todo.why}")

    def answer(self, n: int, _on: bool = False) -> None:
        """Choose a reading."""
        todo = self.todo
        if todo is not None and todo.kind == "check" and n < len(todo.choices):
            self.answered.emit(todo.path, todo.choices[n])

    def _type(self) -> None:
        if self.todo is not None and self.todo.kind == "check":
            self.typed.emit(self.todo.path)
        elif self.todo is not None:
            self.met.emit(self.todo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk; Enter looks at the words."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self.walked.emit(self, steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._type()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its words are shown."""
        super().focusInEvent(event)
        if self.todo is not None:
            self.met.emit(self.todo)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Its ground goes back."""
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click stands on it."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A hairline below; filled where one stands."""
        t = theme()
        painter = QPainter(self)
        if self.hasFocus():
            painter.fillRect(self.rect(), t.colour("selected"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, 0, self.height() - 1, self.width(), edge)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(0, 0, 0, -1), 2)
        painter.end()


class UnusedLine(BaseButton):
    """Words no fact was taken from; pressed, they are chosen in the original."""

    walked = Signal(object, int)
    met = Signal(object)
    stood = Signal(object)

    def __init__(self) -> None:
        self.place: Place | None = None
        self._page = ""
        super().__init__("")
        self.setProperty(OWN_RING, True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._meet)

    def show_place(self, todo: ToDo) -> None:
        """Show the words."""
        self.place = todo.place
        words = " ".join(todo.label.split())
        page = todo.place.page if todo.place is not None else None
        self._page = f"page {page}" if page else ""
        self.set_text(words)
        self.setToolTip(plain_tip(words))
        self.setAccessibleName(f"Not used: {words}{', ' + self._page if page else ''}")
        self.update()

    def _meet(self) -> None:
        if self.place is not None:
            self.met.emit(self.place)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Its words are shown in the original."""
        super().focusInEvent(event)
        if self.place is not None:
            self.stood.emit(self.place)

    def measure(self) -> QSize:
        """One line."""
        return QSize(theme().px(200), theme().px(30))

    def minimumSizeHint(self) -> QSize:
        """May be cut short."""
        return QSize(theme().px(80), theme().px(30))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk; Enter chooses the words."""
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self.walked.emit(self, steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Words, page, hairline."""
        t = theme()
        painter = QPainter(self)
        if self.hasFocus():
            painter.fillRect(self.rect(), t.colour("selected"))
            painter.fillRect(QRectF(0, 0, 4, self.height()), t.colour("accent"))
        elif self.over():
            painter.fillRect(self.rect(), t.colour("hover"))
        edge = t.colour("borderSubtle")
        paint.hairline(painter, 0, self.height() - 1, self.width(), edge)
        x = t.px(14)
        side = t.metrics("small").horizontalAdvance(self._page) + t.px(14) if self._page else 0
        room = self.width() - x - side - t.px(14)
        shown = paint.elided(self.words(), "label", None, room)
        area = QRectF(x, 0, room + 2, self.height())
        paint.text(painter, area, shown, t.font("label"), t.colour("text"))
        right = Qt.AlignmentFlag.AlignRight
        area = QRectF(0, 0, self.width() - t.px(12), self.height())
        paint.text(painter, area, self._page, t.font("small"), t.colour("text2"), right)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()).adjusted(0, 0, 0, -1), 2)
        painter.end()


class TodoPane(Pane):
    """`chosen` has (path, reading); `typing_asked` a path; `place_met` words to show."""

    chosen = Signal(str, str)
    typing_asked = Signal(str)
    place_met = Signal(object)
    path_met = Signal(str)
    unused_met = Signal(object)
    next_asked = Signal()
    panes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Left to do", "", parent=parent)
        self.next = Button("Next", "list-checks", "secondary", "F8", dense=True)
        self.next.clicked.connect(self.next_asked)
        self.add_action(self.next)
        self._checks: list[CheckCard] = []
        self._not_read: list[CheckCard] = []
        self._unused: list[UnusedLine] = []
        self._column = Body(gap=0)
        self._column.set_margins(0, 0, 0, 8)
        self.banner = Banner("warning")
        self.done = StateView()
        self.done.show_words("circle-check", "Nothing is left to do", colour="okText")
        self._heads = (_Strip("Check"), _Strip("Could not be read"), _Strip("Words not used"))
        self._boxes = [QVBoxLayout() for _ in self._heads]
        self.more = Text("", "small", "text2")
        column = self._column.column
        column.addWidget(self.banner)
        column.addWidget(self.done)
        for head, box in zip(self._heads, self._boxes, strict=True):
            box.setSpacing(0)
            column.addWidget(head)
            column.addLayout(box)
        column.addWidget(self.more)
        column.addStretch(1)
        self.body.addWidget(Scroll(self._column, "Left to do"))
        self._hints = KeyHints(((("1", "2", "3"), "answer"), ("F8", "next")))
        self.foot.addWidget(self._hints)
        self._last = Text("The reader fills in, a person confirms", "small", "text2")
        self.foot.addWidget(self._last)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence at the foot is left out where there is no room for all of it."""
        super().resizeEvent(event)
        self._last.setVisible(self.width() > theme().px(420))

    def show_todo(
        self,
        todo: Sequence[ToDo],
        numbers: dict[str, int],
        shown: dict[str, tuple[str, ...]],
    ) -> None:
        """Show what is left: `numbers` by fact, `shown` its readings in words."""
        self.banner.hide()
        kinds = {"check": [], "not read": [], "not used": []}  # type: dict[str, list[ToDo]]
        for one in todo:
            kinds[one.kind].append(one)
        checks, not_read, unused = kinds["check"], kinds["not read"], kinds["not used"]
        focus = next((c for c in self._checks if c.hasFocus()), None)
        for i, one in enumerate(checks):
            card = self._card(self._checks, 0, i)
            card.show_check(one, numbers.get(one.path, 0), shown.get(one.path, ()))
            card.show()
        for i, one in enumerate(not_read):
            card = self._card(self._not_read, 1, i)
            card.show_not_read(one)
            card.show()
        for i, one in enumerate(unused[:_SHOWN_UNUSED]):
            line = self._line(i)
            line.show_place(one)
            line.show()
        gone: list[QWidget] = [
            *self._checks[len(checks) :],
            *self._not_read[len(not_read) :],
            *self._unused[min(len(unused), _SHOWN_UNUSED) :],
        ]
        for widget in gone:
            widget.hide()
        if focus is not None and focus.isHidden() and checks:
            self._checks[0].setFocus(Qt.FocusReason.OtherFocusReason)
        for head, found in zip(self._heads, (checks, not_read, unused), strict=True):
            head.show_count(len(found))
        rest = len(unused) - _SHOWN_UNUSED
        self.more.setVisible(rest > 0)
        self.more.set_text(f"   and {rest} more, by N in the original")
        self.subtitle.set_text(str(len(todo)) if todo else "")
        self.done.setVisible(not todo)
        self.panes_changed.emit()

    def _card(self, pool: list[CheckCard], box: int, at: int) -> CheckCard:
        while len(pool) <= at:
            card = CheckCard()
            card.answered.connect(self.chosen)
            card.typed.connect(self.typing_asked)
            card.met.connect(self._met)
            card.walked.connect(self._walk)
            self._boxes[box].addWidget(card)
            pool.append(card)
        return pool[at]

    def _line(self, at: int) -> UnusedLine:
        while len(self._unused) <= at:
            line = UnusedLine()
            line.met.connect(self.unused_met)
            line.stood.connect(self.place_met)
            line.walked.connect(self._walk)
            self._boxes[2].addWidget(line)
            self._unused.append(line)
        return self._unused[at]

    def _met(self, todo: ToDo) -> None:
        if todo.kind == "check":
            self.path_met.emit(todo.path)
        if todo.place is not None:
            self.place_met.emit(todo.place)

    def stops(self) -> list[QWidget]:
        """What one can stand on, in order."""
        every: list[QWidget] = [*self._checks, *self._not_read, *self._unused]
        return [w for w in every if not w.isHidden()]

    def _walk(self, here: QWidget, step: int) -> None:
        stops = self.stops()
        if here in stops:
            at = max(0, min(len(stops) - 1, stops.index(here) + step))
            stops[at].setFocus(Qt.FocusReason.TabFocusReason)

    def go_next(self, step: int) -> bool:
        """Stand on the next (1) or previous (-1) thing left to do; False where there is none."""
        stops = self.stops()
        if not stops:
            return False
        here = next((i for i, w in enumerate(stops) if w.hasFocus()), None)
        start = here if here is not None else (-1 if step > 0 else 0)
        at = (start + step) % len(stops)
        stops[at].setFocus(Qt.FocusReason.OtherFocusReason)
        return True


def _icon_of(todo: ToDo) -> str:
    words = f"{todo.label} {todo.why}".lower()
    if "lock" in words or "password" in words or "encrypt" in words:
        return "lock"
    if "drawing" in words or "picture" in words or "image" in words or "map" in words:
        return "eye-off"
    if "hand" in words:
        return "pencil"
    return "file-x"
