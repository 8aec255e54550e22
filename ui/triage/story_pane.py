"""What was said in the referrer's words, the concerns recorded, the children and the household."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.triage.story import StoryView
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, ChipOption, FactChip
from ui.widgets.flow import FlowLayout
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.table import ICON_ROLE, TEXT2_ROLE, Rows, Table
from ui.widgets.text import IconText, Paragraph, Span, Text

_HEADINGS = ("Person", "Who they are", "Born", "Record")
_QUIET = ("Not known", "No record", "No record so far", "Not looked up", "Hidden", "Name hidden")


class StoryPane(Pane):
    """Shows a StoryView. `person_chosen` gives the key of the person whose records to show;
    `facts_asked` whose facts to put right, "" for the address; `concern_taken_off` a code."""

    original_asked = Signal()
    person_chosen = Signal(str)
    compare_asked = Signal(str)
    add_asked = Signal()
    facts_asked = Signal(str)
    concern_taken_off = Signal(str)
    concerns_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.setAccessibleName("What was said")
        self._view: StoryView | None = None
        self._setting = False
        self._rows: list[list[str | dict[int, object]]] = []
        self.original = Button("Original form", "file-text", "link", dense=True)
        self.original.clicked.connect(self.original_asked)
        self.words = Paragraph()
        self.cut = Text("", "small", "muted", wrap=True)
        self.facts = Paragraph("", "small", "text2")
        self.none = Text("None recorded yet", "label", "muted")
        self.add = Button("Add person", "plus", "link", dense=True)
        self.add.clicked.connect(self.add_asked)
        self.change = Button("Put right", "pencil", "link", dense=True)
        self.change.clicked.connect(self._change)
        self.people = Rows(_HEADINGS, parent=self)
        self.table = Table("Children and household", (35, 33, 26, 31), grow=True)
        self.table.setModel(self.people)
        self.table.row_changed.connect(self._row)
        self.table.opened.connect(self._opened)
        self.disputed = Paragraph("", "label", "text")
        self.address = IconText("map-pin", "", "small", "text2")
        self.readdress = Button("Put right", "pencil", "link", dense=True)
        self.readdress.setAccessibleName("Put right the address")
        self.readdress.clicked.connect(lambda: self.facts_asked.emit(""))
        self._chips: list[FactChip] = []
        self.concerns = ChipGroup((), "Concerns recorded", add="Add")
        self.concerns.toggled_key.connect(self._take_off)
        self.concerns.add_pressed.connect(self.concerns_asked)
        self._content = Body(gap=0)
        self._content.set_margins(0, 0, 0, 10)
        self._blocks: list[QVBoxLayout] = []
        self._build()
        self.area = Scroll(self._content, "What was said")
        self.body.addWidget(self.area, 1)
        theme().scaled.connect(self._space_blocks)
        self._space_blocks()

    def _build(self) -> None:
        said = self._block()
        said.addLayout(self._title("What was said", self.original))
        for widget in (self.words, self.cut, self.facts, self.disputed):
            said.addWidget(widget)
        self._content.column.addWidget(Rule())
        concerns = self._block()
        concerns.addLayout(self._title("Concerns recorded"))
        self._chip_box = QWidget()
        self._flow = FlowLayout(self._chip_box)
        concerns.addWidget(self._chip_box)
        concerns.addWidget(self.concerns)
        concerns.addWidget(self.none)
        self._content.column.addWidget(Rule())
        home = self._block()
        self._home = self._title("Children and household", self.change, self.add)
        home.addLayout(self._home)
        home.addWidget(self.table)
        where = QHBoxLayout()
        where.addWidget(self.address, 1)
        where.addWidget(self.readdress)
        home.addLayout(where)
        self._content.column.addStretch(1)

    def _block(self) -> QVBoxLayout:
        block = QVBoxLayout()
        self._blocks.append(block)
        self._content.column.addLayout(block)
        return block

    def _title(self, words: str, *acts: Button) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(Text(words, "heading"))
        row.addStretch(1)
        for act in acts:
            row.addWidget(act)
        return row

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A shorter word where there is no room for two."""
        super().resizeEvent(event)
        t = theme()
        self.add.set_text("Add person")
        self._home.invalidate()
        room = self.width() - t.px(42)  # the block's margins and the scroll bar
        if self._home.sizeHint().width() > room:
            self.add.set_text("Add")
        self.add.setAccessibleName("Add person")

    def _space_blocks(self) -> None:
        t = theme()
        for block in self._blocks:
            block.setContentsMargins(t.px(14), t.px(10), t.px(8), t.px(12))
            block.setSpacing(t.px(6))

    def show_view(self, view: StoryView, person: str) -> None:
        """Show a contact's story; `person` is whose records stand beside it."""
        fresh = self._view is None or self._view.spans != view.spans
        self._view = view
        self.words.set_spans(view.spans)
        self.cut.set_text("The rest of it is in the original form." if view.cut else "")
        self.cut.setVisible(view.cut)
        self.facts.set_text("\n".join(view.facts))
        self.facts.setVisible(bool(view.facts))
        said = [Span("Correction asked for. ", bold=True), Span("\n".join(view.disputed))]
        self.disputed.set_spans(said if view.disputed else ())
        self.disputed.setVisible(bool(view.disputed))
        self.original.set_text("Confirm the form" if view.to_confirm else "Original form")
        self.original.setVisible(view.has_original)
        self.add.setVisible(view.may_change)
        self.change.setVisible(view.may_change and bool(view.people))
        self.readdress.setVisible(view.may_move)
        self._show_concerns(view.concerns, view.may_change)
        self._show_people(view, person)
        self.address.set("map-pin", view.address)
        if fresh:
            self.area.verticalScrollBar().setValue(0)

    def _show_concerns(self, concerns: tuple[tuple[str, str], ...], may_change: bool) -> None:
        self.concerns.setVisible(may_change)
        self._chip_box.setVisible(bool(concerns) and not may_change)
        self.none.setVisible(not concerns and not may_change)
        if may_change:
            options = [ChipOption(key, words, "Takes it off") for key, words in concerns]
            self.concerns.set_options(options)
            self.concerns.set_values([key for key, _ in concerns])
            return
        while len(self._chips) < len(concerns):
            chip = FactChip(parent=self._chip_box)
            self._chips.append(chip)
            self._flow.addWidget(chip)
        for at, chip in enumerate(self._chips):
            chip.setVisible(at < len(concerns))
            if at < len(concerns):
                chip.set(concerns[at][1])
        self._flow.invalidate()

    def _show_people(self, view: StoryView, person: str) -> None:
        rows: list[list[str | dict[int, object]]] = []
        for p in view.people:
            record: dict[int, object] = {
                Qt.ItemDataRole.DisplayRole: p.record_words,
                ICON_ROLE: "link" if p.linked else None,
                TEXT2_ROLE: p.record_words in _QUIET,
            }
            born: dict[int, object] = {
                Qt.ItemDataRole.DisplayRole: p.born,
                TEXT2_ROLE: p.born in _QUIET,
            }
            rows.append([p.name, p.who, born, record])
        self._setting = True
        if rows != self._rows:
            self._rows = rows
            self.people.put(rows)
        at = next((i for i, p in enumerate(view.people) if p.key == person), -1)
        chosen = self.table.selectionModel().hasSelection()
        if at >= 0 and not (chosen and at == self.table.currentIndex().row()):
            self.table.selectRow(at)
        self._setting = False
        self.table.setVisible(bool(rows))

    def _row(self, row: int) -> None:
        if not self._setting and self._view is not None and 0 <= row < len(self._view.people):
            self.person_chosen.emit(self._view.people[row].key)

    def _opened(self, index: QModelIndex) -> None:
        if self._view is None or not index.isValid():
            return
        person = self._view.people[index.row()].key
        (self.facts_asked if self._view.may_change else self.compare_asked).emit(person)

    def _change(self) -> None:
        row = self.table.currentIndex().row()
        if self._view is not None and 0 <= row < len(self._view.people):
            self.facts_asked.emit(self._view.people[row].key)

    def _take_off(self, key: str, on: bool) -> None:
        if not on:
            self.concern_taken_off.emit(key)
