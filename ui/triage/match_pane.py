"""Is this the same person? The likeliest record in full, the others in three lines each."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from triage.domain.lookup import Subject, VerdictKind
from triage.domain.spelling import counted
from ui.theme import theme
from ui.triage.match_card import MatchCard, SmallCard
from ui.triage.matches import Card, MatchView
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.states import Loading, StateView
from ui.widgets.text import Text


class MatchPane(Pane):
    """Shows a MatchView. `judged`, `undo_asked` and `compare_asked` are those of the card."""

    judged = Signal(object, object)
    undo_asked = Signal(object)
    compare_asked = Signal(object)
    search_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Is this the same person?", parent=parent)
        self._view: MatchView | None = None
        self._chosen: tuple[str, str] | None = None
        self.compare = Button("Compare", "columns-3", "link", dense=True)
        self.compare.clicked.connect(self._compare)
        self.add_action(self.compare)
        self.problems = Banner("warning")
        self.settling = Banner("info")
        self.card = MatchCard()
        self.card.judged.connect(self._judged)
        self.card.undo_asked.connect(self.undo_asked)
        self.card.compare_asked.connect(self._compare)
        self._small: list[SmallCard] = []
        self.looked = Text("", "small", "muted", wrap=True)
        self.again = Button("Search again", "refresh-cw", "quiet", key_hint="Ctrl L", dense=True)
        self.again.clicked.connect(self.search_asked)
        self._loading = Loading("Partners are being searched", rows=3)
        self._loading.hide()
        self._state = StateView()
        self._state.acted.connect(self._acted)
        self._content = Body(gap=8)
        self._content.set_margins(10, 10, 6, 10)
        self._low = QHBoxLayout()
        self._low.addWidget(self.looked, 1)
        self._low.addWidget(self.again)
        column = self._content.column
        column.addWidget(self.problems)
        column.addWidget(self.settling)
        column.addWidget(self.card)
        column.addWidget(self._loading)
        column.addWidget(self._state)
        column.addLayout(self._low)
        column.addStretch(1)
        for part in (self.problems, self.settling, self.card, self._state, self.again):
            part.hide()  # until there is something to say: a card without a record has acts
        self.area = Scroll(self._content, "Records found")
        self.body.addWidget(self.area, 1)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus)
        theme().scaled.connect(self._content.updateGeometry)

    def show_view(self, view: MatchView) -> None:
        """Show a person's records; the one looked at stays, if it is still among them."""
        other = self._view is None or self._view.person != view.person
        fresh = other or self._contact() != _contact(view)
        self._view = view
        if fresh:
            self._chosen = None
            self.area.verticalScrollBar().setValue(0)
        if view.searched:
            self._loading.stop()
        count = len(view.cards) + view.more
        words = counted(count, "record") if view.searched else "not looked up"
        self.subtitle.set_text(f"{view.first_name}, {words}" if view.first_name else "")
        self.compare.setVisible(bool(view.cards))
        if view.problems:
            self.problems.show_words("Not everyone answered.", " ".join(view.problems))
        else:
            self.problems.hide()
        self.settling.setVisible(bool(view.settling))
        if view.settling:
            self.settling.show_words("", " ".join(view.settling))
        self._show_cards()
        self.looked.set_text(view.looked)
        self.looked.setVisible(bool(view.looked))
        self.again.setVisible(view.searched and view.may_act)

    def _contact(self) -> object:
        return _contact(self._view) if self._view else None

    def set_looking(self, looking: bool) -> None:
        """Partners are being searched."""
        if looking and not (self._view and self._view.searched):
            self._state.hide()
            self._loading.start()
        elif not looking:
            self._loading.stop()
            self._show_cards()

    def current(self) -> Card | None:
        """The record shown in full."""
        return self.card.card() if self.card.isVisibleTo(self) else None

    def landing(self) -> QWidget | None:
        """The evidence of the record shown, where its letters act."""
        return self.card.table

    def count(self) -> int:
        """How many records."""
        return len(self._view.cards) + self._view.more if self._view else 0

    def subject(self) -> Subject | None:
        """The person whose records these are."""
        return self._view.cards[0].subject if self._view and self._view.cards else None

    def _show_cards(self) -> None:
        view = self._view
        if view is None:
            return
        cards = list(view.cards)
        chosen = next((c for c in cards if c.key == self._chosen), cards[0] if cards else None)
        self.card.setVisible(chosen is not None)
        others = [c for c in cards if c is not chosen]
        if chosen is not None:
            self.card.show_card(chosen, may_act=view.may_act)
        while len(self._small) < len(others):
            small = SmallCard()
            small.clicked.connect(self._swap)
            self._small.append(small)
            self._content.column.insertWidget(2 + len(self._small), small)
        for at, small in enumerate(self._small):
            small.setVisible(at < len(others))
            if at < len(others):
                small.show_card(others[at])
        self._state.setVisible(not cards and not self._loading.isVisibleTo(self))
        if not cards:
            self._show_empty(view)

    def _show_empty(self, view: MatchView) -> None:
        again = [("search", "Search again")] if view.may_act else []
        if not view.person:
            words = "Add a person, then records are sought."
            self._state.show_empty("Nobody is named yet", words, icon="users")
        elif not view.searched:
            acts = [("search", "Search now")] if view.may_act else []
            self._state.show_empty("Not looked up yet", "", acts, "search")
        elif view.problems:
            words = "Nothing was found where an answer came. Search again or carry on."
            self._state.show_empty("No record found so far", words, again, "search")
        else:
            words = "Search again or carry on." if again else ""
            self._state.show_empty("No record found", words, again, "search")

    def _swap(self) -> None:
        small = self.sender()
        card = small.card() if isinstance(small, SmallCard) else None
        if card is not None:
            self._chosen = card.key
            self._show_cards()
            self.card.table.setFocus()
            self.area.verticalScrollBar().setValue(0)

    def _judged(self, card: Card, kind: VerdictKind) -> None:
        """The record stays in sight after a word on it, wherever it would stand from then on."""
        self._chosen = card.key
        self.judged.emit(card, kind)

    def _compare(self, *_: object) -> None:
        subject = self.subject()
        if subject is not None:
            self.compare_asked.emit(subject)

    def _acted(self, _key: str) -> None:
        self.search_asked.emit()

    def _focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        self.card.show_keys(new is self.card.table)


def _contact(view: MatchView) -> object:
    return view.cards[0].subject.contact_id if view.cards else None
