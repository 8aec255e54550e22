"""The right pane: for whom the copy is, what was found of harm, words taken out, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import Editor, LineField
from ui.widgets.flow import FlowLayout, empty
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.text import IconText, Paragraph, Text

HARM = (
    "Nothing is given that would be likely to cause serious harm to anybody. Where it could, do "
    "not make it: ask your information governance lead."
)
NO_WORDS = "Choose words on the page, then R."


class MakingPane(Pane):
    """`typed` tells that something was written, `put_back` has words to show again."""

    typed = Signal()
    put_back = Signal(str)
    make_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("The copy", "", parent=parent)
        body = Body(gap=6)
        body.set_margins(14, 8, 12, 12)
        column = body.column
        self.about = Text("", "bodyStrong", wrap=True)
        self.contacts = Text("", "label", "text2", wrap=True)
        self.for_whom = LineField("For whom", "Such as: Maya Rowe, 16, herself")
        self.harm = Editor("What was found of serious harm", "What was considered, and found")
        self.for_whom.typed.connect(lambda _: self.typed.emit())
        self.harm.text_changed.connect(lambda _: self.typed.emit())
        column.addWidget(self.about)
        column.addWidget(self.contacts)
        column.addWidget(Rule())
        column.addWidget(Text("Who asked for it, and in what right", "label", weight=600))
        column.addWidget(self.for_whom)
        column.addWidget(Text("Could it do serious harm?", "label", weight=600))
        column.addWidget(Paragraph(HARM, "label", "text2"))
        column.addWidget(self.harm)
        column.addWidget(Rule())
        column.addWidget(Text("Words taken out by you", "label", weight=600))
        self.none = Text(NO_WORDS, "label", "text2", wrap=True)
        column.addWidget(self.none)
        self._words_box = QWidget()
        self._words_box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._words = FlowLayout(self._words_box)
        column.addWidget(self._words_box)
        column.addWidget(Rule())
        column.addWidget(Text("Before it is made", "label", weight=600))
        self._checks = QVBoxLayout()
        self._checks.setSpacing(theme().px(4))
        self._checked: tuple[tuple[str, str, str], ...] = ()
        column.addLayout(self._checks)
        column.addStretch(1)
        self.body.addWidget(Scroll(body, "The copy"))
        self.make = Button("Make the copy…", "printer", "primary", "Ctrl Enter")
        self.make.clicked.connect(self.make_asked)
        self.foot.addStretch(1)
        self.foot.addWidget(self.make)

    def landing(self) -> QWidget:
        """For whom it is."""
        return self.for_whom

    def clear(self) -> None:
        """Nobody's copy."""
        self.for_whom.put("")
        self.harm.start_with("")
        self.show_about("", ())
        self.show_words({}, hidden=False)

    def show_about(self, whose: str, references: Sequence[str]) -> None:
        """Whose record, from which contacts."""
        self.about.set_text(whose)
        self.contacts.set_text(", ".join(references))

    def show_words(self, also: Mapping[str, str], *, hidden: bool) -> None:
        """The words taken out besides; pressing one puts it back."""
        empty(self._words)
        for words in () if hidden else also:
            button = Button(words if len(words) < 40 else f"{words[:38]}…", "undo-2", dense=True)
            button.setAccessibleName(f"Put back: {words}")
            button.clicked.connect(lambda _=False, w=words: self.put_back.emit(w))
            self._words.addWidget(button)
            button.show()
        self._words_box.setVisible(bool(also) and not hidden)
        self.none.setVisible(not also)

    def show_checks(self, checks: Sequence[tuple[str, str, str]]) -> None:
        """Icon, colour and sentence of each."""
        if tuple(checks) == self._checked:
            return
        self._checked = tuple(checks)
        empty(self._checks)
        for icon, colour, sentence in checks:
            self._checks.addWidget(IconText(icon, sentence, "label", "text", icon_colour=colour))
