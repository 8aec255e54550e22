"""Shows the open contact pane by pane, so that the window listens in between."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from ui.triage.arrange import Panes
from ui.triage.changes_bar import changes_view
from ui.triage.chronology_pane import timeline_view
from ui.triage.header import header_view
from ui.triage.keeper import AnswerKeeper
from ui.triage.matches import match_view
from ui.triage.opened import Opened
from ui.triage.story import story_view
from ui.triage.suggestion_bar import suggestion_view
from ui.widgets.tabs import Tabs


class Showing(QObject):
    """The head and the story at once, then a pane at each turn of the window's loop.

    A pane that would say the same is left alone: each answer of a partner has the contact read
    anew, and most of it is as it was. `changed` tells that some pane says something else.
    """

    changed = Signal()

    def __init__(self, panes: Panes, tabs: Tabs, keeper: AnswerKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._panes, self._tabs, self._keeper = panes, tabs, keeper
        self._opened: Opened | None = None
        self._person = ""
        self._blurred = False
        self._shown: dict[str, tuple[object, ...]] = {}
        self._left: list[Callable[[Opened], None]] = []
        self._anew = False
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._show_next)

    def show(self, opened: Opened, person: str) -> None:
        """Show a contact, with the records of one person in it."""
        self._opened, self._person = opened, person
        panes = self._panes
        header = header_view(opened, blurred=self._blurred)
        if self._is_new("header", header):
            panes.header.show_view(header)
        changes = changes_view(opened, blurred=self._blurred)
        if self._is_new("changes", changes):
            panes.changes.show_view(changes)
        suggestion = suggestion_view(opened, blurred=self._blurred)
        if self._is_new("bar", suggestion):
            panes.bar.show_view(suggestion)
        story = story_view(opened, blurred=self._blurred)
        if self._is_new("story", story, person):
            panes.story.show_view(story, person)
        # The decision first: what is typed must not meet the form of the contact before.
        made = [partial(_do, step) for step in self._panes.decision.pane.to_make(opened.form)]
        self._left = [*made, self._show_decision, self._show_match, self._show_others]
        self._next.start()

    def show_person(self, person: str) -> None:
        """Show the records of somebody else in the contact."""
        self._person = person
        if self._opened is not None:
            self._show_match(self._opened)
            self._tell()

    def set_blur(self, on: bool) -> None:
        """Hide names and words: at once, in every pane."""
        self._blurred = on
        if self._opened is not None:
            self.show(self._opened, self._person)
            while self._left:
                self._show_next()

    def forget(self) -> None:
        """Show every pane anew the next time: one may show what was tried and not what is kept."""
        self._shown.clear()

    def close(self) -> None:
        """No contact is open."""
        self.forget()
        self._opened = None
        self._left.clear()

    def is_under_way(self) -> bool:
        """Whether panes are still to be shown."""
        return bool(self._left)

    def _is_new(self, pane: str, *view: object) -> bool:
        if self._shown.get(pane) == view:
            return False
        self._shown[pane] = view
        self._anew = True
        return True

    def _show_next(self) -> None:
        if self._opened is None or not self._left:
            return
        self._left.pop(0)(self._opened)
        if self._left:
            self._next.start()
        else:
            self._tell()

    def _tell(self) -> None:
        if self._anew:
            self._anew = False
            self.changed.emit()

    def _show_decision(self, opened: Opened) -> None:
        self._panes.decision.pane.show(opened.form)
        self._keeper.take_up()

    def _show_match(self, opened: Opened) -> None:
        found = match_view(opened, self._person, blurred=self._blurred)
        if self._is_new("match", found):
            self._panes.match.show_view(found)
            self._tabs.set_count("match", self._panes.match.count())

    def _show_others(self, opened: Opened) -> None:
        panes = self._panes
        timeline = timeline_view(opened, blurred=self._blurred)
        if self._is_new("chronology", timeline):
            panes.chronology.show_view(timeline)
            self._tabs.set_count("chronology", panes.chronology.count())
        if self._is_new("partners", opened.view.partners, opened.view.asked, opened.may_look_up()):
            panes.tray.show_partners(opened)
            panes.partners.show_partners(opened)
            stands = len(opened.view.partners) + len(opened.view.asked.rows)
            self._tabs.set_count("partners", stands)


def _do(step: Callable[[], object], _opened: Opened) -> None:
    step()
