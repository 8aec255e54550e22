"""What is asked for a request: who was rung, what they said, and whose an answer is."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.request import ONWARD_WORDS, Onward
from triage.workflow.partner_answers import Spoken
from ui.shell.dialogs import FormBox
from ui.theme import theme
from ui.widgets.choice import Choice
from ui.widgets.editor import Editor, LineField
from ui.widgets.pane import Body, Scroll
from ui.widgets.text import Paragraph, Text


class RangBox(FormBox):
    """Who answered the telephone. `given` has the name, as typed."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None, number: str) -> None:
        super().__init__(
            parent, "phone", "They were rung", f"The number is {number}." if number else "", 460
        )
        self.who = LineField("Who answered", "Name and job")
        self.ask("Who answered", self.who)
        self.ready("Record")
        self.who.setFocus()

    def give(self) -> None:
        """The name."""
        self.given.emit(self.who.text())


class SpokenBox(FormBox):
    """What a partner said on the telephone, question by question. `given` has a Spoken."""

    given = Signal(object)

    def __init__(self, parent: QWidget | None, agency: str, questions: Sequence[str]) -> None:
        super().__init__(
            parent,
            "pencil",
            f"What {agency} said",
            "Write it as you heard it. “Nothing held”, “not known” and “refused, because …” are "
            "understood as such.",
            620,
        )
        self.by = LineField("Answered by", "Name and job")
        self.ask("Answered by", self.by)
        self.said: dict[int, Editor] = {}
        content = Body(gap=6)
        content.set_margins(0, 4, 8, 4)
        for number, question in enumerate(questions, 1):
            editor = Editor(f"{number} {question}", lines=2, max_lines=5)
            self.said[number] = editor
            content.column.addWidget(Text(f"{number} {question}", "label", wrap=True))
            content.column.addWidget(editor)
        scroll = Scroll(content, "Their answers")
        scroll.setMinimumHeight(theme().px(min(90 * len(questions) + 10, 320)))
        self.body.addWidget(scroll, 1)
        self.onward = Choice("May it be passed on?", [(o.value, ONWARD_WORDS[o]) for o in Onward])
        self.onward.set_value(Onward.NOT_SAID.value)
        self.ask("May it be passed on?", self.onward)
        self.ready("Record the answer")
        self.by.setFocus()

    def give(self) -> None:
        """Everything that was said."""
        self.given.emit(
            Spoken(
                answered_by=self.by.text(),
                said={n: editor.toPlainText() for n, editor in self.said.items()},
                onward=Onward(self.onward.value() or Onward.NOT_SAID.value),
            )
        )


class PlaceBox(FormBox):
    """Which request an answer belongs to, by its words. `given` has the request's id."""

    given = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        why: str,
        words: str,
        offered: Sequence[tuple[UUID, str]],
        likely: UUID | None,
    ) -> None:
        super().__init__(parent, "mail-open", "Whose answer is this?", why, 620)
        content = Body(gap=0)
        content.set_margins(0, 0, 8, 0)
        content.column.addWidget(Paragraph(words, "body"))
        content.column.addStretch(1)
        scroll = Scroll(content, "What came")
        scroll.setMinimumHeight(theme().px(180))
        self.body.addWidget(scroll, 1)
        self.which = Choice("Which request", [(str(id), named) for id, named in offered])
        self.which.set_value(str(likely) if likely else None)
        self.ask("It answers", self.which)
        self.ready("Place it")
        self.which.setFocus()

    def give(self) -> None:
        """The request chosen."""
        value = self.which.value()
        if value is None:
            self.refuse("Choose the request that it answers.")
            return
        self.given.emit(UUID(value))


class AnotherBox(FormBox):
    """Which partner is asked the same. `given` has the agency's code."""

    given = Signal(str)

    def __init__(self, parent: QWidget | None, partners: Sequence[tuple[str, str]]) -> None:
        super().__init__(
            parent,
            "copy",
            "Ask another partner the same",
            "The same people, reasons and time, as a draft. Its questions are that partner's.",
            460,
        )
        self.partner = Choice("Partner", partners)
        self.ask("Partner", self.partner)
        self.ready("Make the draft")
        self.partner.setFocus()

    def give(self) -> None:
        """The partner chosen."""
        value = self.partner.value()
        if value is None:
            self.refuse("Choose the partner first.")
            return
        self.given.emit(value)
