"""The middle of the print preview: the pages, how they are laid out, and words found on them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from ui.printing.page_view import PageView
from ui.printing.ticks import Tick
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.pane import Pane
from ui.widgets.segments import Segments
from ui.widgets.states import Loading, StateView
from ui.widgets.text import Text

CHOOSE_WORDS = "Choose words on the page first: drag over them, or use the arrow keys."


class PagePane(Pane):
    """Shows pages, that they are coming, or why they can't be shown."""

    back_asked = Signal()
    again_asked = Signal()
    copy_step_asked = Signal(int)
    remove_asked = Signal()
    nothing_found = Signal(str)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None = None, *, copies: bool = True) -> None:
        """`copies` tells whether there are several to step through."""
        super().__init__(parent=parent, surface="chrome")
        self._copies = copies
        self.setAccessibleName("Pages of the copy")
        self._tools = True
        self._bar()
        self._stack = QStackedLayout()
        self.view = PageView()
        self._waiting = Loading()
        self.fault = StateView()
        self.fault.acted.connect(self._act_on_fault)
        for widget in (self.view, self._waiting, self.fault):
            # A stack shows its first page at once, as a window of its own where it has no parent.
            widget.setParent(self)
            self._stack.addWidget(widget)
        self.body.addLayout(self._stack, 1)
        self._feet()
        self.spread.chosen.connect(self._set_spread)
        self.marks.toggled.connect(self._show_marks)
        self.view.pages.chosen_changed.connect(self._choice_shown)

    def _bar(self) -> None:
        bar = QWidget()
        row = QHBoxLayout(bar)
        t = theme()
        row.setContentsMargins(t.px(12), t.px(4), t.px(10), t.px(4))
        row.setSpacing(t.px(12))
        self.back = Button("Back", "arrow-left", "link")
        self.back.clicked.connect(self.back_asked)
        self._heading = Text("Print preview", "heading")
        self._as_seen = Text("", "small", "muted", elide=True)
        self.marks = Tick("Show what is removed")
        self.marks.setChecked(True)
        self.spread = Segments(
            (("one", "One page"), ("two", "Two pages"), ("width", "Width")), "Layout", dense=True
        )
        self.spread.set_value("two")
        row.addWidget(self.back)
        row.addWidget(self._heading)
        row.addWidget(self._as_seen, 1)
        row.addStretch()
        row.addWidget(self.marks)
        row.addWidget(self.spread)
        self.body.addWidget(bar)

    def _feet(self) -> None:
        self._remove = Button("Remove the chosen words", "eraser", "ghost", "R", dense=True)
        self._remove.clicked.connect(self.remove_asked)
        self._remove.setEnabled(False)
        self._previous = Button("Previous copy", None, "ghost", "[", dense=True)
        self._next = Button("Next copy", None, "ghost", "]", dense=True)
        self._previous.clicked.connect(partial(self.copy_step_asked.emit, -1))
        self._next.clicked.connect(partial(self.copy_step_asked.emit, 1))
        self._status = Text("", "small", "text2", elide=True)
        self.finder = LineField("Find in the pack", "Find in the pack, Enter for the next")
        self.finder.returnPressed.connect(self._find_next)
        self.finder.hide()
        for widget in (self._previous, self._next, self._remove, self.finder):
            self.foot.addWidget(widget)
        self.foot.addStretch(1)
        self.foot.addWidget(self._status)

    def fit(self, across: int) -> None:
        """Leave out what there is no room for in a window so wide."""
        t = theme()
        self._heading.setVisible(across >= t.px(1500))
        self._as_seen.setVisible(self._tools and across >= t.px(1500))
        for button in (self._previous, self._next):
            button.setVisible(self._copies and self._tools and across >= t.px(1500))
        self.marks.setVisible(self._tools and across >= t.px(1200))

    # ---- what it shows --------------------------------------------------

    def show_waiting(self) -> None:
        """The pages are coming."""
        self._stack.setCurrentWidget(self._waiting)
        self._waiting.start()

    def show_pages(self) -> None:
        """The pages."""
        self._waiting.stop()
        self._stack.setCurrentWidget(self.view)

    def show_tools(self, shown: bool) -> None:
        """What is done with pages, where there are or will be some."""
        self._tools = shown
        self.spread.setVisible(shown)
        self.show_foot(shown)

    def show_nothing_yet(self, words: str) -> None:
        """There is nothing to show, and what must be first."""
        self._waiting.stop()
        self.fault.show_empty("There is no pack yet", words, (("back", "Go back"),), "file-text")
        self._stack.setCurrentWidget(self.fault)

    def show_fault(self, words: str) -> None:
        """Why they can't be shown, and what can be done."""
        self._waiting.stop()
        acts = (("again", "Try again"), ("back", "Go back"))
        self.fault.show_error("The pages can't be shown", words, acts)
        self._stack.setCurrentWidget(self.fault)

    def show_recipient(self, words: str) -> None:
        """As whom the pages are seen."""
        self._as_seen.set_text(words)

    def show_place(self, size: str) -> None:
        """Which pages are in sight, and how large their letters are."""
        first, last = self.view.in_sight()
        pages = f"Page {first}" if first == last else f"Pages {first} and {last}"
        count = self.view.pages.count
        self._status.set_text(f"{pages} of {count} · A4 · {size} · black on white")

    def _act_on_fault(self, key: str) -> None:
        if key == "back":
            self.back_asked.emit()
        else:
            self.again_asked.emit()

    def _show_marks(self, on: bool) -> None:
        self.view.pages.show_marks = on
        self.view.pages.update()

    def _set_spread(self, spread: str) -> None:
        if spread in ("one", "two", "width"):
            self.view.set_spread(spread)  # type: ignore[arg-type]
            self.laid_out.emit()

    def _choice_shown(self) -> None:
        self._remove.setEnabled(bool(self.view.pages.chosen_words()))

    # ---- finding --------------------------------------------------------

    def open_finder(self) -> None:
        """Ask which words to find."""
        self.finder.setVisible(True)
        self.finder.setFocus()
        self.finder.selectAll()

    def step_back(self) -> bool:
        """Close the search, or let chosen words go; False when there is neither."""
        if self.finder.isVisible():
            self.finder.hide()
            self.view.pages.setFocus()
            return True
        if self.view.pages.chosen is not None:
            self.view.pages.choose(None)
            return True
        return False

    def _find_next(self) -> None:
        words = self.finder.text().strip()
        if words and not self.view.find_next(words):
            self.nothing_found.emit(words)
