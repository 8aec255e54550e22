"""What was set aside: a list to look through, each to be read and brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.contact import Contact
from triage.domain.profile import Profile
from triage.domain.spelling import spell_moment
from triage.domain.worker import May
from triage.workflow import aside, naming, screen
from triage.workflow.aside import SetAside
from triage.workflow.desk import Desk
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import FormBox
from ui.shell.window import MainWindow
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.pane import Body, Scroll
from ui.widgets.table import Rows, Table
from ui.widgets.text import Paragraph, Text

HEADS = ("Came", "What", "Set aside as")
WORDS = (
    "Arrivals that asked for no triage, and contacts that somebody set aside. Where one does ask "
    "for something, bring it back: it joins the queue, and its clock runs from when it came."
)
NOTHING = "Automatic replies, newsletters and the like come here when they arrive."
LONGEST = 4000
"""Letters shown of one; the original is kept whole."""


class AsideBox(FormBox):
    """The list. `read_asked` has an arrival, `record_asked` a contact's id, `back_asked` one of
    them and why."""

    read_asked = Signal(object)
    record_asked = Signal(object)
    back_asked = Signal(object, str)

    def __init__(
        self, parent: QWidget | None, rows: Sequence[SetAside], profile: Profile, *, blurred: bool
    ) -> None:
        many = f"{len(rows)} set aside" if rows else "Nothing was set aside"
        super().__init__(parent, "inbox", many, WORDS if rows else NOTHING, 760 if rows else 480)
        self._rows = tuple(rows)
        self.table = Table("Set aside", (20, 44, 36), most=6)
        self._model = Rows(HEADS, parent=self.table)
        self.table.set_whole(0, "24 Nov 2026 11:42")
        self.table.setModel(self._model)
        self.words = Paragraph("", "body")
        self.why = LineField("Why it is brought back", "What it asks for, and about whom")
        self.add_answer("cancel", "Close", cap="Esc")
        if rows:
            self._fill(profile, blurred)
        self.answered.connect(self._answered)

    def _fill(self, profile: Profile, blurred: bool) -> None:
        self._model.put(
            [
                (
                    spell_moment(naming.local(profile, row.came_at)),
                    _what(row, blurred=blurred),
                    row.taken_for,
                )
                for row in self._rows
            ]
        )
        self.body.addWidget(self.table)
        self.read = Button("Read it", "book-open")
        self.read.clicked.connect(self._read)
        self._blurred = blurred
        acts = QHBoxLayout()
        acts.addWidget(self.read)
        acts.addStretch(1)
        self.body.addLayout(acts)
        content = Body(gap=0)
        content.set_margins(0, 0, 8, 0)
        content.column.addWidget(self.words)
        content.column.addStretch(1)
        self._page = Scroll(content, "What it says")
        self._page.setFixedHeight(theme().px(110))
        self._page.hide()
        self.body.addWidget(self._page)
        self.body.addWidget(Text("Why it is brought back", "label", weight=600))
        self.body.addWidget(self.why)
        self.add_answer("go", "Bring it back", "primary")
        self.table.row_changed.connect(lambda _: self._row_changed())
        self.table.opened.connect(lambda _: self._read())
        self.table.selectRow(0)
        self.table.setFocus()

    def chosen(self) -> SetAside | None:
        """The arrival that the keys act on."""
        at = self.table.currentIndex().row() if self._rows else -1
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _row_changed(self) -> None:
        row = self.chosen()
        self._page.hide()
        self.read.setVisible(row is not None and not self._blurred)
        self.read.set_text("Open the record" if row and row.reference else "Read it")

    def _read(self) -> None:
        row = self.chosen()
        if row is not None and row.reference:
            self.record_asked.emit(row.id)
            self.accept()
        elif row is not None and not self._blurred:
            self.read_asked.emit(row)

    def show_words(self, row: SetAside, words: str) -> None:
        """What an arrival says, while it is still the chosen one."""
        if row == self.chosen():
            shown = words if len(words) <= LONGEST else f"{words[:LONGEST]} …"
            self.words.set_text(shown or "There are no words in it that can be read.")
            self._page.show()
            self._make_room()

    def _answered(self, key: str) -> None:
        if key == "go":
            self.give()
        elif self.isVisible():
            self.done(0)

    def give(self) -> None:
        """Tell which, once it is said why."""
        row, why = self.chosen(), self.why.text().strip()
        if row is not None and why:
            self.back_asked.emit(row, why)
        elif row is not None:
            self.refuse("Say why first: what it asks for, and about whom.")
            self.why.setFocus()


def _what(row: SetAside, *, blurred: bool) -> str:
    name = HIDDEN_NAME if blurred else row.name
    return f"{row.reference}, {name}" if row.reference else name


class Aside(QObject):
    """The line of the menu, and what is done there. `opened` has a contact's id."""

    opened = Signal(object)

    def __init__(self, window: MainWindow, jobs: Jobs, desk: Callable[[], Desk]) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk = window, jobs, desk
        self.box: AsideBox | None = None
        may = lambda: desk().worker.may(May.SCREEN) and desk().worker.may(May.RECEIVE)  # noqa: E731
        window.menus.add_item("new", "Set aside…", self.ask, may)

    def ask(self) -> None:
        """Read the list and show it."""
        desk = self._desk()
        self._jobs.run(
            lambda: aside.listed(desk),
            self._show,
            lambda fault: self._window.toast.refuse(sentence(fault)),
            owner=self,
        )

    def _show(self, rows: tuple[SetAside, ...]) -> None:
        profile = self._desk().profile
        box = self.box = AsideBox(self._window, rows, profile, blurred=self._window.blurred)
        box.read_asked.connect(lambda row: self._read(box, row))
        box.record_asked.connect(self.opened)
        box.back_asked.connect(lambda row, why: self._bring_back(box, row, why))
        box.open()

    def _read(self, box: AsideBox, row: SetAside) -> None:
        desk = self._desk()
        self._jobs.run(
            lambda: aside.read_words(desk, row.id),
            lambda words: box.show_words(row, words),
            lambda fault: box.refuse(sentence(fault)),
            owner=box,
        )

    def _bring_back(self, box: AsideBox, row: SetAside, why: str) -> None:
        desk = self._desk()

        def work() -> Contact:
            if row.reference:
                return screen.reopen(desk, row.id, why)
            from triage.workflow import receive  # not before the queue is painted

            return receive.bring_back(desk, row.id, why)

        def done(made: Contact) -> None:
            box.accept()
            self._window.toast.say(f"{made.reference} is in the queue.")
            self.opened.emit(made.id)

        self._jobs.run(
            work,
            done,
            lambda fault: box.refuse(sentence(fault)),
            owner=box,
            lane="store",
        )
