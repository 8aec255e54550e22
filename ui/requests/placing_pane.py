"""The middle pane for what came from a partner and could not be matched to a request for sure."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from triage.domain.profile import Profile
from triage.domain.spelling import spell_moment
from triage.workflow.naming import local
from triage.workflow.partner_answers import ToPlace
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.text import IconText, Paragraph, Text


class PlacingPane(Pane):
    """`place_asked` to say whose it is, `aside_asked` that it is no answer."""

    place_asked = Signal()
    aside_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Whose answer is this?", "", parent=parent)
        self.banner = Banner("warning")
        self.subject = Text("", "heading", weight=600, wrap=True)
        self.sent_by = Text("", "label", "text2", wrap=True)
        self.files = IconText("paperclip", "", "label")
        self.words = Paragraph("", "narrative")
        content = Body(gap=8)
        for part in (self.banner, self.subject, self.sent_by, self.files, self.words):
            content.column.addWidget(part)
        content.column.addStretch(1)
        self.body.addWidget(Scroll(content, "What came"), 1)
        self.aside = Button("Not an answer…", "x")
        self.place = Button("Say whose it is…", "link", "primary", "Ctrl Enter")
        self.foot.addStretch(1)
        self.foot.addWidget(self.aside)
        self.foot.addWidget(self.place)
        self.aside.clicked.connect(self.aside_asked)
        self.place.clicked.connect(self.place_asked)

    def landing(self) -> QWidget:
        """Saying whose it is."""
        return self.place

    def show_answer(self, told: ToPlace, profile: Profile) -> None:
        """Show what came, as plain words."""
        answer = told.answer
        self.banner.show_words("It could not be matched for sure.", told.why)
        self.subject.set_text(answer.subject or "No subject")
        when = spell_moment(local(profile, answer.received_at))
        self.sent_by.set_text(f"{answer.sender or 'Sender not known'}, {when}")
        self.files.set("paperclip", f"Came with it: {', '.join(answer.attachments)}")
        self.files.setVisible(bool(answer.attachments))
        self.words.set_text(answer.text or "There are no words in it.")
