"""Seen before? Open contacts first, then records by person; newcomers wait while one reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.spelling import counted
from ui.newcontact.seen import LookedAt, RecordSeen, SeenView
from ui.newcontact.seen_cards import Card, OpenCard, RecordCard
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Body, Pane, Scroll, Surface
from ui.widgets.states import StateView
from ui.widgets.text import IconText, Text

_PLACES: Final = {
    "answered": ("circle-check", "okText"),
    "looking": ("loader", "text2"),
    "problem": ("circle-x", "dangerText"),
    "not yet": ("circle-dashed", "text2"),
}


class _Head(QWidget):
    """A person's name and how many records."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme().px(4), 0, 0)
        self.name = Text("", "label", weight=600)
        self.count = Text("", "small", "text2", elide=True)
        row.addWidget(self.name)
        row.addWidget(self.count, 1)


class _PlaceLine(QWidget):
    """One place where was looked."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.name = IconText("circle-dashed", "", "body", "text")
        self.words = Text("", "small", "text2", elide=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.name, 3)
        row.addWidget(self.words, 2)

    def show_place(self, place: LookedAt) -> None:
        icon, colour = _PLACES[place.state]
        self.name._icon_colour = colour
        self.name.set(icon, place.name)
        self.name.update()
        self.words.set_text(place.words)
        self.setAccessibleName(f"{place.name}: {place.words}")


class SeenPane(Pane):
    """Emits what a person asks of a card; `left` is Esc, back to the words."""

    join_asked = Signal(object)
    apart_asked = Signal(object)
    take_apart_asked = Signal(object)
    link_asked = Signal(object)
    not_same_asked = Signal(object)
    unsure_asked = Signal(object)
    panes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Seen before?", "looks as you type", parent=parent)
        self.head.addWidget(Text("from 3 letters", "small", "text2"))
        self._view = SeenView(open=(), people=(), places=())
        self._shown: tuple[RecordSeen, ...] = ()
        self._waiting: SeenView | None = None
        self._current: object = None
        self._narrow = False
        self._open_pool: list[OpenCard] = []
        self._record_pool: list[RecordCard] = []
        self._heads: list[_Head] = []
        self._place_pool: list[_PlaceLine] = []
        self._column = Body(gap=8)
        self._column.set_margins(10, 10, 8, 12)
        self.banner = Banner("warning")
        self.empty = StateView()
        self._ask_for_a_name()
        self.more = Button("", None, "secondary", dense=True)
        self.more.clicked.connect(self.show_waiting)
        self.more.hide()
        self._list = QVBoxLayout()
        self._list.setSpacing(theme().px(8))
        self._places = Surface("surface")
        self._place_column = QVBoxLayout(self._places)
        self._place_column.setSpacing(theme().px(6))
        self._place_column.setContentsMargins(*(theme().px(n) for n in (12, 10, 12, 10)))
        self._place_column.addWidget(Text("Where we looked", "label", weight=600))
        column = self._column.column
        column.addWidget(self.banner)
        column.addWidget(self.more)
        column.addWidget(self.empty)
        column.addLayout(self._list)
        column.addWidget(self._places)
        column.addStretch(1)
        self._places.hide()
        self.body.addWidget(Scroll(self._column, "Seen before?"))
        self.foot.addWidget(
            KeyHints(
                (
                    ("F6", "come here, then letters"),
                    ("1", "to"),
                    ("4", "record"),
                    ("Esc", "back to the words"),
                )
            )
        )
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)

    # ---- showing ------------------------------------------------------------

    def begin(self) -> None:
        """Nothing was looked for yet."""
        self._waiting = None
        self._current = None
        self.banner.hide()
        self._show(SeenView(open=(), people=(), places=()))

    def show_view(self, view: SeenView) -> None:
        """Show a search's answer; while a person stands here, newcomers wait to be asked for."""
        self.banner.hide()
        new = _ids(view) - _ids(self._view)
        if new and _ids(self._view) and self._is_read():
            self._waiting = view
            words = f"{len(new)} more, show"
            self.more.set_text(words)
            self.more.setAccessibleName(f"{words}: newly found")
            self.more.show()
            self._show_places(view)
            return
        self._show(view)

    def show_waiting(self) -> None:
        """Show what came while the pane was being read."""
        if self._waiting is not None:
            self._show(self._waiting)
            if self.cards():
                self.cards()[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_problem(self, words: str) -> None:
        """The search could not be done; what was found before stays."""
        self.banner.show_words(words)

    def show_looking(self, places: tuple[LookedAt, ...]) -> None:
        """A search is under way."""
        self._show_places(SeenView(open=(), people=(), places=places))

    def cards(self) -> list[Card]:
        """The visible cards, in order."""
        made: list[Card] = [*self._open_pool, *self._record_pool]
        return [c for c in made if not c.isHidden()]

    def view(self) -> SeenView:
        """What is shown."""
        return self._view

    def _is_read(self) -> bool:
        focus = QApplication.focusWidget()
        inside = focus is not None and self.isAncestorOf(focus)
        return inside or self.underMouse()

    def _show(self, view: SeenView) -> None:
        self._view, self._waiting = view, None
        self.more.hide()
        records = [r for _, _, found in view.people for r in found]
        self._shown = tuple(records)
        nothing = not view.open and not records
        self.empty.setVisible(nothing)
        looked = bool(view.people)
        if looked:
            words = "The search goes on as you type."
            self.empty.show_empty("No record found so far", words, icon="search")
        else:
            self._ask_for_a_name()
        while self._list.count():
            self._list.takeAt(0)
        for i, seen in enumerate(view.open):
            card = self._open_card(i)
            card.show_seen(seen)
            self._list.addWidget(card)
            card.show()
        for old in self._open_pool[len(view.open) :]:
            old.hide()
        number = heads = 0
        for _key, name, found in view.people:
            if not found:
                continue
            head = self._head(heads)
            heads += 1
            head.name.set_text(name)
            head.count.set_text(counted(len(found), "record"))
            self._list.addWidget(head)
            head.show()
            for record in found:
                one = self._record_card(number)
                number += 1
                one.show_seen(record, number if number <= 4 else 0)
                self._list.addWidget(one)
                one.show()
        for gone in self._heads[heads:]:
            gone.hide()
        for late in self._record_pool[number:]:
            late.hide()
        self._show_places(view)
        self._mark_current()
        self.panes_changed.emit()

    def _ask_for_a_name(self) -> None:
        words = "Records appear from three letters."
        self.empty.show_empty("Start with any name", words, icon="search")

    def _show_places(self, view: SeenView) -> None:
        while len(self._place_pool) < len(view.places):
            line = _PlaceLine()
            self._place_column.addWidget(line)
            self._place_pool.append(line)
        for i, line in enumerate(self._place_pool):
            line.setVisible(i < len(view.places))
            if i < len(view.places):
                line.show_place(view.places[i])
        self._places.setVisible(bool(view.places))

    # ---- pools ----------------------------------------------------------------

    def _open_card(self, at: int) -> OpenCard:
        while len(self._open_pool) <= at:
            card = OpenCard()
            card.set_narrow(self._narrow)
            card.join_asked.connect(self.join_asked)
            card.apart_asked.connect(self.apart_asked)
            card.undo_asked.connect(self.take_apart_asked)
            self._adopt(card, {"Add to it": card._join, "Keep apart": card._apart})
            self._open_pool.append(card)
        return self._open_pool[at]

    def _record_card(self, at: int) -> RecordCard:
        while len(self._record_pool) <= at:
            card = RecordCard()
            card.link_asked.connect(self.link_asked)
            card.not_same_asked.connect(self.not_same_asked)
            card.unsure_asked.connect(self.unsure_asked)
            card.set_narrow(self._narrow)
            self._adopt(
                card,
                {
                    "Link": card.link.click,
                    "Not the same": card.other.click,
                    "Not sure": card.unsure.click,
                },
            )
            self._record_pool.append(card)
        return self._record_pool[at]

    def _adopt(self, card: Card, own: dict[str, Callable[[], object]]) -> None:
        slots: dict[str, Callable[[], object]] = {
            f"Record {n}": partial(self.stand_on, n) for n in (1, 2, 3, 4)
        }
        card.bind(slots | own)
        card.stood.connect(self._stand)
        card.walked.connect(self._walk)
        card.show_letters(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards without icons where there is little room."""
        super().resizeEvent(event)
        narrow = self.width() < theme().px(430)
        if narrow != self._narrow:
            self._narrow = narrow
            for one in self._open_pool:
                one.set_narrow(narrow)
            for card in self._record_pool:
                card.set_narrow(narrow)

    def _head(self, at: int) -> _Head:
        while len(self._heads) <= at:
            self._heads.append(_Head())
        return self._heads[at]

    # ---- walking --------------------------------------------------------------

    def stand_on(self, number: int) -> None:
        """Go to the record with that number."""
        for card in self._record_pool:
            if card.number == number and not card.isHidden():
                card.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _walk(self, card: Card, step: int) -> None:
        cards = self.cards()
        if card in cards:
            at = max(0, min(len(cards) - 1, cards.index(card) + step))
            cards[at].setFocus(Qt.FocusReason.TabFocusReason)

    def _stand(self, card: Card) -> None:
        if isinstance(card, OpenCard) and card.seen is not None:
            self._current = card.seen.contact.id
        elif isinstance(card, RecordCard) and card.seen is not None:
            self._current = card.seen.id
        self._mark_current()

    def _mark_current(self) -> None:
        for one in self._open_pool:
            one.set_current(one.seen is not None and one.seen.contact.id == self._current)
        shown = [c for c in self._record_pool if not c.isHidden()]
        ids = [c.seen.id for c in shown if c.seen is not None]
        best = self._current if self._current in ids else (ids[0] if ids else None)
        standing = any(o.current and not o.isHidden() for o in self._open_pool)
        for card in shown:
            mine = card.seen is not None and card.seen.id == best
            card.set_current(mine and not (standing and self._current != best))

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        for card in (*self._open_pool, *self._record_pool):
            card.show_letters(new is card)


def _ids(view: SeenView) -> set[object]:
    return {o.contact.id for o in view.open} | {r.id for _, _, found in view.people for r in found}
