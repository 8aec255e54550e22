"""Two people changed one answer: yours and theirs side by side, and what to keep."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.banner import IconLabel
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface
from ui.widgets.text import Paragraph, Text


class Conflict(Surface):
    """Both answers, whole. Nothing is chosen for anyone; `kept` says both, mine or theirs.

    "Keep both" comes first, where both can be kept.
    """

    kept = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(edge="borderControl", radius=5, parent=parent)
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._icon = IconLabel("git-compare-arrows", 16, "text")
        self.title = Text("", "bodyStrong", wrap=True)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.title, 1)
        self.words = Text("", "label", "text2", wrap=True)
        self._sides = QHBoxLayout()
        self._heads = (Text("Yours", "small", weight=600), Text("", "small", weight=600))
        self.mine, self.theirs = Paragraph("", "body"), Paragraph("", "body")
        for i, (title, words) in enumerate(zip(self._heads, (self.mine, self.theirs), strict=True)):
            side = Surface(edge="accent" if i == 0 else "borderControl", radius=4)
            side.set_accent(i == 0)
            column = QVBoxLayout(side)
            column.setContentsMargins(10, 6, 10, 8)
            column.setSpacing(2)
            column.addWidget(title)
            column.addWidget(words)
            column.addStretch(1)
            self._sides.addWidget(side, 1)
        row = QHBoxLayout()
        self.keep_both = Button("Keep both", kind="primary", dense=True)
        self.keep_mine = Button("Keep mine", dense=True)
        self.keep_theirs = Button("", dense=True)
        row.addStretch(1)
        for button, which in (
            (self.keep_both, "both"),
            (self.keep_mine, "mine"),
            (self.keep_theirs, "theirs"),
        ):
            button.setProperty("keeps", which)
            button.clicked.connect(self._keep)
            row.addWidget(button)
        self._column.addLayout(head)
        self._column.addWidget(self.words)
        self._column.addLayout(self._sides)
        self._column.addLayout(row)
        self._space()
        theme().scaled.connect(self._space)

    def show_both(
        self, what: str, mine: str, theirs: str, who: str, when: str, *, both: bool
    ) -> None:
        """`what` was answered; `both` is whether both answers can be kept."""
        first = who.split()[0] if who else "The other"
        self.title.set_text(f"Two people changed “{what}”")
        self.words.set_text(
            f"You and {who or 'someone else'} both answered. Nothing is lost. Choose what to keep."
        )
        self._heads[1].set_text(f"{first}, {when}" if when else first)
        self.mine.set_text(mine or "No answer")
        self.theirs.set_text(theirs or "No answer")
        self.keep_both.setVisible(both)
        self.keep_mine.set_kind("secondary" if both else "primary")
        self.keep_theirs.set_text(f"Keep {first}’s" if who else "Keep the other")
        self.setAccessibleName(self.title.text())

    def first(self) -> QWidget:
        """The act that takes the focus."""
        return self.keep_mine if self.keep_both.isHidden() else self.keep_both

    def _keep(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.kept.emit(str(button.property("keeps")))

    def _space(self) -> None:
        t = theme()
        self._column.setContentsMargins(t.px(12), t.px(10), t.px(12), t.px(10))
        self._column.setSpacing(t.px(6))
        self._sides.setSpacing(t.px(8))
