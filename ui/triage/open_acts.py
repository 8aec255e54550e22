"""What is done with the contact that is open: each act goes to it, and to none where none is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.lookup import Subject
from ui.triage.acts import Acts
from ui.triage.fact_acts import FactActs
from ui.triage.header import HeaderPane, held_words
from ui.triage.more import open_more
from ui.triage.opened import Opened
from ui.triage.story_pane import StoryPane
from ui.triage.suggestion_bar import SuggestionBar


class OpenActs(QObject):
    """`compare_asked` has a Subject, `reading_asked` the contact's id."""

    compare_asked = Signal(object)
    reading_asked = Signal(object)

    def __init__(
        self, acts: Acts, facts: FactActs, opened: Callable[[], Opened | None], over: QWidget
    ) -> None:
        super().__init__(over)
        self._acts, self._facts, self._opened = acts, facts, opened

    def serve_header(self, header: HeaderPane) -> None:
        """Who has it, and what else can be done with it."""
        header.take_asked.connect(self._with(lambda o: self._acts.take(o.contact_id)))
        header.take_over_asked.connect(self.take_over)
        header.more_asked.connect(self._with(lambda o: open_more(header.more, self._acts, o)))

    def serve_story(self, story: StoryPane) -> None:
        """What was said, and of whom."""
        facts = self._facts
        story.original_asked.connect(self._with(lambda o: self.reading_asked.emit(o.contact_id)))
        story.add_asked.connect(self._with(lambda o: self._acts.add_person(o.view.contact)))
        story.concerns_asked.connect(self._with(lambda o: facts.offer_concerns(o, story.concerns)))
        story.compare_asked.connect(self._compare)
        story.facts_asked.connect(self._put_right)
        story.concern_taken_off.connect(self._take_off_concern)

    def serve_bar(self, bar: SuggestionBar) -> None:
        """Contacts that may belong with it."""
        bar.join_asked.connect(self._pair(self._acts.join))
        bar.apart_asked.connect(self._pair(self._acts.keep_apart))
        bar.take_apart_asked.connect(self._pair(self._acts.take_apart))

    def take_over(self) -> None:
        """Ask why, then take it from whoever has it."""
        opened = self._opened()
        if opened is not None:
            contact = opened.view.contact
            self._acts.take_over(
                contact.id, contact.reference, contact.assigned_to or "", held_words(opened)
            )

    def _with(self, act: Callable[[Opened], object]) -> Callable[[], None]:
        def go() -> None:
            opened = self._opened()
            if opened is not None:
                act(opened)

        return go

    def _pair(self, act: Callable[[UUID, UUID], None]) -> Callable[[UUID], None]:
        def go(other: UUID) -> None:
            opened = self._opened()
            if opened is not None:
                act(opened.contact_id, other)

        return go

    def _compare(self, person: str) -> None:
        opened = self._opened()
        if opened is not None:
            self.compare_asked.emit(Subject(contact_id=opened.contact_id, person=person))

    def _put_right(self, person: str) -> None:
        opened = self._opened()
        if opened is not None:
            self._facts.put_right(opened, person)

    def _take_off_concern(self, code: str) -> None:
        opened = self._opened()
        if opened is not None:
            self._facts.take_off_concern(opened, code)
