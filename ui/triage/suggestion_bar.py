"""Contacts that look alike: said with the reason; a person joins them or keeps them apart."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.domain.worker import May
from triage.workflow.join import SuggestedPair
from ui.actions import bind_list
from ui.theme import theme
from ui.triage.opened import Opened
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionView:
    """The pair to decide on, or the one joined; `more` others wait behind it."""

    other: UUID
    words: str
    reasons: str
    joined: bool
    more: int


def suggestion_view(opened: Opened, *, blurred: bool = False) -> SuggestionView | None:
    """What the bar says, or None where nothing is suggested or joined."""
    waiting = [p for p in opened.pairs if p.suggestion.state is SuggestionState.OPEN]
    joined = [p for p in opened.pairs if p.suggestion.state is SuggestionState.JOINED]
    shown = [*waiting, *joined]
    if not shown or not opened.may(May.SCREEN):
        return None
    pair = shown[0]
    return SuggestionView(
        other=pair.other.id,
        words=_words(pair, blurred),
        reasons="" if blurred else "; ".join(pair.suggestion.reasons),
        joined=pair.suggestion.state is SuggestionState.JOINED,
        more=max(0, len(waiting) - 1),
    )


_ALIKE = {
    Kinship.DUPLICATE: "may tell of the same thing",
    Kinship.SAME_FAMILY: "may be about the same family",
}


def _words(pair: SuggestedPair, blurred: bool) -> str:
    who = "" if blurred else f", {pair.title}"
    from_whom = f", from {pair.source}" if pair.source else ""
    if pair.suggestion.state is SuggestionState.JOINED:
        return f"Joined with {pair.reference}{who}{from_whom}."
    alike = _ALIKE.get(pair.suggestion.kinship, "may belong with this one")
    return f"{pair.reference}{who}{from_whom}, {alike}."


class SuggestionBar(Surface):
    """`join_asked`, `apart_asked`, `take_apart_asked` and `look_asked` give the other's id."""

    join_asked = Signal(object)
    apart_asked = Signal(object)
    take_apart_asked = Signal(object)
    look_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("infoSoft", "accent", radius=5, parent=parent)
        self._view: SuggestionView | None = None
        self._icon = IconLabel("layers", 16, "accent")
        self.words = Text("", "label", weight=600, elide=True)
        self.reasons = Text("", "small", "text2", elide=True)
        self.join = Button("Join", "merge", "primary", "J", dense=True)
        self.apart = Button("Keep apart", "split", key_hint="K", dense=True)
        self.take_apart = Button("Take apart", "split", dense=True)
        self.look = Button("Look", "eye", "link", dense=True)
        self.join.clicked.connect(lambda: self._tell(self.join_asked))
        self.apart.clicked.connect(lambda: self._tell(self.apart_asked))
        self.take_apart.clicked.connect(lambda: self._tell(self.take_apart_asked))
        self.look.clicked.connect(lambda: self._tell(self.look_asked))
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.words)
        said.addWidget(self.reasons)
        self._row.addLayout(said, 1)
        self._keys = []
        for button in (self.join, self.apart, self.take_apart, self.look):
            self._row.addWidget(button)
            acts = {
                "Join": lambda: self._key(self.join_asked),
                "Keep apart": lambda: self._key(self.apart_asked),
            }
            if button is self.look:
                acts["Look"] = lambda: self._tell(self.look_asked)
            self._keys.append(bind_list(button, "suggestion bar", acts))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus)
        self._focus(None, None)
        self._space()
        theme().scaled.connect(self._space)
        self.hide()

    def _focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        """Letters are printed while they act, and keep their room when they don't."""
        inside = new is not None and self.isAncestorOf(new)
        for button in (self.join, self.apart):
            button.show_key(inside)

    def _space(self) -> None:
        t = theme()
        self._row.setSpacing(t.px(8))
        self._row.setContentsMargins(t.px(12), t.px(5), t.px(8), t.px(5))
        self.setFixedHeight(t.px(46))

    def show_view(self, view: SuggestionView | None) -> None:
        """Show a pair, or nothing."""
        self._view = view
        self.setVisible(view is not None)
        if view is None:
            return
        self.setAccessibleName(f"{view.words} {view.reasons}")
        more = f". {view.more} more after this." if view.more else ""
        self.words.set_text(view.words)
        self.reasons.set_text(f"{view.reasons}{more}")
        self.join.setVisible(not view.joined)
        self.apart.setVisible(not view.joined)
        self.take_apart.setVisible(view.joined)

    def view(self) -> SuggestionView | None:
        """What is shown."""
        return self._view

    def _tell(self, signal: object) -> None:
        if self._view is not None:
            signal.emit(self._view.other)  # type: ignore[attr-defined]  # a bound Signal

    def _key(self, signal: object) -> None:
        if self._view is not None and not self._view.joined:
            self._tell(signal)
