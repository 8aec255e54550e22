"""The manual, from resources/help: our own Markdown, with nothing fetched from anywhere."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from ui.resources import resource
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.text import Role


class _Page(QTextBrowser):
    """Shows shipped Markdown only: no picture, style or page is loaded from elsewhere."""

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing."""
        return None


class HelpBox(QDialog):
    """One page of the manual. Links lead to other pages of it."""

    def __init__(self, parent: QWidget | None, topic: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fanlight help")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        t = theme()
        self._page = _Page()
        self._page.setAccessibleName("Help")
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setOpenLinks(False)
        self._page.anchorClicked.connect(self._follow)
        self._page.document().setDocumentMargin(t.px(20))
        close = Button("Close", kind="primary", key_hint="Esc")
        close.clicked.connect(self.close)
        close.setDefault(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(t.px(6), t.px(6), t.px(6), t.px(12))
        box.setSpacing(t.px(10))
        box.addWidget(self._page, 1)
        contents = Button("All pages", "book-open", "link")
        contents.clicked.connect(lambda: self.show_topic("index"))
        for button in (close, contents):
            button.setAutoDefault(True)
        below = QHBoxLayout()
        below.setContentsMargins(t.px(14), 0, t.px(14), 0)
        below.addWidget(contents)
        below.addStretch(1)
        below.addWidget(close)
        box.addLayout(below)
        self.resize(t.px(720), t.px(640))
        self.show_topic(topic)

    def show_topic(self, topic: str) -> None:
        """Show `resources/help/<topic>.md`, or say that there is none yet."""
        name = topic.removesuffix(".md")
        plain = name.replace("-", "").replace("_", "").isalnum()
        path = resource("help", f"{name}.md")
        if plain and path.is_file():
            self._page.setMarkdown(path.read_text(encoding="utf-8"))
        else:
            self._page.setPlainText("There is no page for this screen. Shift F1 lists every key.")
        _dress(self._page.document())
        self._page.moveCursor(QTextCursor.MoveOperation.Start)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The surface."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("surface"))
        painter.end()

    def words(self) -> str:
        """What is shown, as plain words."""
        return self._page.toPlainText()

    def _follow(self, link: QUrl) -> None:
        if link.isRelative():
            self.show_topic(link.path())


_HEADS: dict[int, Role] = {1: "title", 2: "heading"}


def _dress(document: QTextDocument) -> None:
    """Our own sizes and gaps in place of those Qt gives Markdown."""
    t = theme()
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        # Not "the block under the cursor": that takes in the end of the one before.
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        shape = block.blockFormat()
        level = shape.headingLevel()
        listed = block.textList() is not None and block.next().textList() is not None
        shape.setTopMargin(t.px(14) if level > 1 else 0)
        shape.setBottomMargin(t.px(3 if listed else 4 if level else 8))
        cursor.setBlockFormat(shape)
        if level:
            letters = QTextCharFormat()
            letters.setFont(t.font(_HEADS.get(level, "bodyStrong"), 600))
            cursor.setCharFormat(letters)
        block = block.next()
