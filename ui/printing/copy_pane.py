"""The right pane: who gets a copy, what each leaves out, what to check, and what is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.pack import Copy, Removal
from triage.domain.spelling import counted
from ui.printing.copies import CopyDelegate, CopyModel, CopyRow
from ui.printing.ticks import Tick
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import Choice, LineField
from ui.widgets.flow import FlowLayout, empty
from ui.widgets.lists import ListView
from ui.widgets.pane import Body, Pane, Rule, Scroll
from ui.widgets.text import IconText, Text

_ROWS: tuple[tuple[Removal, str, str, str], ...] = (
    (Removal.HEALTH_NUMBERS, "Health numbers", "Not needed by this recipient", "Kept"),
    (Removal.REFERRER, "Who reported it", "Not passed on", "Kept: this recipient may know"),
    (
        Removal.SAFE_CONTACT,
        "Safe phone number and voicemail note",
        "Only for those who call the family",
        "Kept: they may need to call safely",
    ),
    (Removal.ADDRESS, "Address", "Must not be known, or not needed", "Kept"),
    (
        Removal.RELATIVES,
        "Relatives' names and where they stay",
        "Facts about others",
        "Kept: they are part of the plan",
    ),
    (
        Removal.CHOSEN_WORDS,
        "Words chosen by you",
        "Choose words on the page, then R",
        "Choose words on the page, then R",
    ),
)
LEFT_OUT = (
    ("Other earlier events", "Not used in this decision"),
    ("How the match was weighed", "Kept on the record"),
    ("Drafts, staff comments", "Kept on the record"),
    ("Files and pictures from others", "Ask them; not ours to pass on"),
)


def places(number: int) -> str:
    """1 place, 2 places, none."""
    return "none" if number == 0 else f"{number} place" + ("s" if number > 1 else "")


class Head(QWidget):
    """A heading inside the pane, with quiet words beside it and room for one act."""

    def __init__(self, title: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme().px(8), 0, 0)
        row.setSpacing(theme().px(8))
        self.title = Text(title, "heading")
        self.beside = Text("", "small", "muted", elide=True)
        row.addWidget(self.title)
        row.addWidget(self.beside, 1)


class CopyPane(Pane):
    """Tells what a person wants of the copies; the screen decides and calls `show_*`.

    `copy_chosen` gives a row, `removal_ticked` a kind and whether to remove it, `put_back` chosen
    words to show again, `renamed` who the copy is for.
    """

    copy_chosen = Signal(int)
    add_asked = Signal()
    take_off_asked = Signal()
    renamed = Signal(str)
    removal_ticked = Signal(object, bool)
    put_back = Signal(str)
    size_chosen = Signal(str)
    save_asked = Signal()
    print_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Who gets a copy", parent=parent)
        self.add = Button("Add a person", "plus", "link")
        self.add.clicked.connect(self.add_asked)
        self.add_action(self.add)
        body = Body(gap=4)
        body.set_margins(0, 0, 0, 10)
        self._column = body.column
        self._copies()
        inner = QWidget()
        self._inner = QVBoxLayout(inner)
        self._inner.setSpacing(theme().px(4))
        self._column.addWidget(inner)
        self._recipient()
        self._removals()
        self._left_out()
        self._checks()
        self._printer()
        self._out()
        self._column.addStretch(1)
        self.body.addWidget(Scroll(body, "Copies and what they leave out"))
        self.save = Button("Save", "download")
        self.save.clicked.connect(self.save_asked)
        self.main = Button("Print copy", "printer", "primary", "Ctrl Enter")
        self.main.clicked.connect(self.print_asked)
        self.foot.addWidget(self.save)
        self.foot.addStretch(1)
        self.foot.addWidget(self.main)
        self._space_inner()
        theme().scaled.connect(self._space_inner)

    def _space_inner(self) -> None:
        t = theme()
        self._inner.setContentsMargins(t.px(14), 0, t.px(12), 0)
        self._inner.setSpacing(t.px(4))
        self._fit_list()

    # ---- parts ----------------------------------------------------------

    def _copies(self) -> None:
        self.model = CopyModel(self)
        self.list = ListView("Who gets a copy")
        self.list.setItemDelegate(CopyDelegate(self.list))
        self.list.setModel(self.model)
        self.list.row_changed.connect(self.copy_chosen)
        self._column.addWidget(self.list)

    def _fit_list(self) -> None:
        rows = min(5, max(1, self.model.rowCount()))
        self.list.setFixedHeight(rows * theme().px(47) + 1)

    def _recipient(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        self.recipient = LineField("Who this copy is for", "A name and a role, or a team")
        self.recipient.typed.connect(self.renamed)
        self.take_off = Button("Take off the list", "trash-2", "ghost", dense=True)
        self.take_off.clicked.connect(self.take_off_asked)
        label = Text("For", "label")
        label.setBuddy(self.recipient)
        row.addWidget(label)
        row.addWidget(self.recipient, 1)
        row.addWidget(self.take_off)
        self._inner.addSpacing(theme().px(6))
        self._inner.addLayout(row)

    def _removals(self) -> None:
        self._removed = Head("Removed from this copy")
        self._inner.addWidget(self._removed)
        self._inner.addSpacing(theme().px(4))
        self.ticks: dict[Removal, Tick] = {}
        for kind, title, removed, _kept in _ROWS:
            tick = Tick(title, removed)
            tick.clicked.connect(self._ticked)
            self.ticks[kind] = tick
            self._inner.addWidget(tick)
        box = QWidget()
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._words = FlowLayout(box)
        self._words_box = box
        self._inner.addWidget(box)
        self.warning = IconText("triangle-alert", "", colour="warnText")
        self.warning.hide()
        self._inner.addWidget(self.warning)

    def _ticked(self) -> None:
        tick = self.sender()
        for kind, each in self.ticks.items():
            if each is tick:
                self.removal_ticked.emit(kind, each.isChecked())

    def _left_out(self) -> None:
        self._inner.addWidget(Rule())
        self._inner.addWidget(Head("Left out of every copy, on purpose"))
        grid = QGridLayout()
        grid.setVerticalSpacing(theme().px(4))
        for row, (what, why) in enumerate(LEFT_OUT):
            grid.addWidget(Text(what, "label"), row, 0)
            grid.addWidget(Text(why, "label", "text2"), row, 1)
        self._inner.addLayout(grid)

    def _checks(self) -> None:
        self._inner.addWidget(Rule())
        self._inner.addWidget(Head("Before it leaves"))
        self._check_box = QVBoxLayout()
        self._check_box.setSpacing(theme().px(4))
        self._checked: tuple[tuple[str, str, str], ...] = ()
        self._inner.addLayout(self._check_box)

    def _printer(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme().px(8))
        self.printer = Choice("Printer", (), "No printer found")
        self.text_size = Choice(
            "Text size of the copy", (("10.5", "10.5 pt, standard"), ("16", "16 pt, large print"))
        )
        self.text_size.chosen.connect(self.size_chosen)
        for column, (words, field) in enumerate(
            (("Printer", self.printer), ("Text size", self.text_size))
        ):
            label = Text(words, "label", weight=600)
            label.setBuddy(field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
        self._inner.addSpacing(theme().px(4))
        self._inner.addLayout(grid)

    def _out(self) -> None:
        self._inner.addSpacing(theme().px(4))
        self._inner.addWidget(Rule())
        self._inner.addWidget(Head("Copies already out"))
        self.out = Text("", "label", "text2", wrap=True)
        self._inner.addWidget(self.out)

    # ---- what it shows --------------------------------------------------

    def show_copies(self, rows: Sequence[CopyRow], at: int) -> None:
        """The list, with one row chosen; nothing is told of it."""
        self.model.put(rows)
        self._fit_list()
        number = len(rows)
        self.subtitle.set_text(f"{number} cop{'ies' if number != 1 else 'y'}, each with its number")
        self.list.blockSignals(True)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.model.index(at), flags)
        self.list.blockSignals(False)

    def show_copy(self, row: CopyRow, *, alone: bool) -> None:
        """The chosen copy's own fields."""
        copy = row.copy
        self.recipient.put(copy.recipient)
        self.recipient.setReadOnly(bool(row.out))
        self.recipient.set_wrong(not copy.recipient.strip())
        self.take_off.setVisible(not row.out and not alone)
        self.text_size.set_value("16" if copy.large_print else "10.5")
        self._removed.title.set_text(f"Removed from copy {copy.number}")
        self.main.set_text(f"Print copy {copy.number}")
        for kind, tick in self.ticks.items():
            tick.setChecked(is_removed(copy, kind))
            tick.setEnabled(not row.out and (kind is not Removal.CHOSEN_WORDS or bool(copy.words)))
        self._show_words(copy.words if not row.out else ())

    def _show_words(self, words: tuple[str, ...]) -> None:
        empty(self._words)
        for each in words:
            button = Button(each if len(each) < 40 else f"{each[:38]}…", "undo-2", dense=True)
            button.setAccessibleName(f"Put back: {each}")
            button.setProperty("words", each)
            button.clicked.connect(self._put_back)
            self._words.addWidget(button)
            button.show()
        self._words_box.setVisible(bool(words))

    def set_blur(self, on: bool) -> None:
        """Hide words that come from the pages."""
        self._words_box.setVisible(not on and self._words.count() > 0)
        self.warning.setVisible(not on and bool(self.warning.text()))

    def _put_back(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.put_back.emit(str(button.property("words")))

    def show_counts(
        self,
        copy: Copy,
        numbers: Mapping[Removal, int],
        removed: Mapping[Removal, int],
        could: Mapping[Removal, int],
        doubts: str,
        *,
        may_put_back: bool,
    ) -> None:
        """In how many places each kind stands or stood."""
        for kind, _title, why, kept in _ROWS:
            on = is_removed(copy, kind)
            number = removed.get(kind, 0) if on else could.get(kind, 0)
            detail = why if on else kept
            if kind is Removal.REFERRER and on and not may_put_back:
                detail = f"{why}; a team leader can put it back"
            mark = numbers.get(kind)
            self.ticks[kind].set(detail=detail, right=places(number), mark=mark)
        kinds = sum(1 for kind in numbers)
        total = sum(removed.values())
        words = f"{counted(kinds, 'kind')}, {places(total)}"
        self._removed.beside.set_text(words if kinds else "nothing")
        self.warning.setVisible(bool(doubts))
        self.warning.set("triangle-alert", doubts, "warnText")

    def show_checks(self, checks: Sequence[tuple[str, str, str]]) -> None:
        """Icon, colour and sentence of each."""
        if tuple(checks) == self._checked:
            return
        self._checked = tuple(checks)
        empty(self._check_box)
        for icon, colour, sentence in checks:
            line = IconText(icon, sentence, "label", "text", icon_colour=colour)
            self._check_box.addWidget(line)

    def show_printers(self, names: Sequence[str]) -> None:
        """The printers there are; the usual one is chosen."""
        self.printer.set_options(tuple((name, name) for name in names))
        self.printer.setEnabled(bool(names))
        if names and self.printer.value() is None:
            self.printer.set_value(names[0])


def is_removed(copy: Copy, kind: Removal) -> bool:
    """Whether a copy leaves out that kind."""
    return bool(copy.words) if kind is Removal.CHOSEN_WORDS else kind in copy.removals
