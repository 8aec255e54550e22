"""What somebody says is wrong in a record: noted beside it, answered by a team leader."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from triage.domain.contact import Contact
from triage.domain.correction import Standing
from triage.domain.errors import UnreachableError
from triage.domain.profile import Profile
from triage.domain.spelling import counted, spell_day
from triage.domain.worker import May
from triage.workflow import corrections, fields, unsent_facts
from triage.workflow.corrections import Asked
from triage.workflow.desk import Desk
from triage.workflow.fact_words import about, shown
from ui.errors import sentence
from ui.jobs import Jobs
from ui.shell.dialogs import AskBox, FormBox
from ui.shell.help import HelpBox
from ui.shell.window import MainWindow
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME, HIDDEN_WORDS
from ui.widgets.buttons import Button
from ui.widgets.editor import Choice, Editor, LineField
from ui.widgets.table import ICON_ROLE, Rows, Table
from ui.widgets.text import Paragraph, Text

HEADS = ("Record", "About", "They say", "Who asks", "Where it stands")
WORDS = (
    "A request stands beside the fact, and nothing is written over. Where you agree, change the "
    "fact too, or reopen the contact. Answer within a month, and tell who asked."
)
_ICONS = {Standing.ASKED: "clock", Standing.AGREED: "circle-check", Standing.REFUSED: "circle-x"}
HERE = "Kept on this computer. It is noted beside the record once the hub answers."
NO_CONTACT = "Open the contact first: Ctrl K finds it."


def standing(asked: Asked) -> str:
    """In a few words: answered how, or until when it must be."""
    words = {Standing.AGREED: "Agreed", Standing.REFUSED: "Not agreed"}
    by = f"Answer by {spell_day(asked.answer_by)}"
    return words.get(asked.correction.standing, by)


def _detail(row: Asked, waits: bool) -> str:
    """What is asked, and while it waits who else would have to be told."""
    told = [row.correction.told + "."]
    if waits and row.given_to:
        told.append(f"Where you agree, tell them too: {'; '.join(row.given_to)}.")
    if waits:
        told.append("Where you do not, say that they may complain to the Information Commissioner.")
    return " ".join(told)


class CorrectionsBox(AskBox):
    """The requests. `decided` has one of them, whether it is agreed and why; `note_asked` tells
    that another is to be noted, `opened` a record."""

    decided = Signal(object, bool, str)
    note_asked = Signal()
    opened = Signal(object)

    def __init__(
        self,
        parent: QWidget | None,
        rows: Sequence[Asked],
        of: str,
        *,
        may_answer: bool,
        may_note: bool,
        blurred: bool,
    ) -> None:
        many = counted(len(rows), "correction") if rows else "No correction"
        super().__init__(
            parent, "message-square", f"{of}{many} asked for", WORDS, 860 if rows else 520
        )
        self._rows: tuple[Asked, ...] = ()
        self._blurred, self._may_answer = blurred, may_answer
        self.table = Table("Corrections asked for", (14, 22, 24, 16, 26), most=7)
        self._model = Rows(HEADS, parent=self.table)
        self.table.setModel(self._model)
        self.table.row_changed.connect(lambda _: self._row_changed())
        self.detail = Paragraph("", "body", "text2")
        self.why = LineField("Why", "Why; whoever asked is told")
        self._why_label = Text("Why you agree, or do not", "label", weight=600)
        self._acts = QHBoxLayout()
        self._acts.setSpacing(theme().px(8))
        self._buttons = []
        for agreed, words, icon in ((True, "Agree", "check"), (False, "Do not agree", "x")):
            button = Button(words, icon)
            button.clicked.connect(lambda _=False, a=agreed: self._decide(a))
            self._acts.addWidget(button)
            self._buttons.append(button)
        self._acts.addStretch(1)
        if rows:
            self.body.addWidget(self.table)
            self.body.addWidget(self.detail)
            for part in (self._why_label, self.why):
                self.body.addWidget(part)
            self.body.addLayout(self._acts)
        self.add_answer("help", "How this works", "link", "F1")
        first = self.add_answer("close", "Close", cap="Esc")
        if may_note:
            first = self.add_answer("note", "Note a request…", "primary")
        elif rows:
            self.add_answer("open", "Open the record", "primary")
        self.answered.connect(self._answered)
        self.put(rows)
        (self.table if rows else first).setFocus()

    def put(self, rows: Sequence[Asked]) -> None:
        """Show the list as it is now."""
        self._rows = tuple(rows)
        self._model.put([self._cells(row) for row in rows])
        self.why.put("")
        if rows:
            self.table.selectRow(0)
        self._row_changed()

    def _cells(self, row: Asked) -> list[str | dict[int, object]]:
        told = row.correction
        hidden = self._blurred
        return [
            row.contact.reference,
            HIDDEN_NAME if hidden else about(row.contact.content, told.path),
            HIDDEN_WORDS if hidden else told.says,
            HIDDEN_NAME if hidden else told.who,
            {0: standing(row), ICON_ROLE: _ICONS[told.standing]},
        ]

    def chosen(self) -> Asked | None:
        """The request that the keys act on."""
        if not self._rows:
            return None
        at = self.table.currentIndex().row()
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _row_changed(self) -> None:
        row = self.chosen()
        waits = row is not None and row.correction.standing is Standing.ASKED and self._may_answer
        for part in (self._why_label, self.why, *self._buttons):
            part.setVisible(waits)
        self.detail.set_text(_detail(row, waits) if row and not self._blurred else "")
        self._make_room()

    def _decide(self, agreed: bool) -> None:
        row, why = self.chosen(), self.why.text().strip()
        if row is None:
            return
        if not why:
            self.refuse("Say why first: whoever asked is told.")
            self.why.setFocus()
            return
        self.banner.hide()
        self.decided.emit(row, agreed, why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1 opens the page of the manual."""
        if event.key() == Qt.Key.Key_F1:
            HelpBox(self, "subject-access").open()
        else:
            super().keyPressEvent(event)

    def _answered(self, key: str) -> None:
        row = self.chosen()
        if key == "help":
            HelpBox(self, "subject-access").open()
        elif not self.isVisible():
            return
        elif key == "note":
            self.note_asked.emit()
        elif key == "open" and row is not None:
            self.opened.emit(row.contact.id)
            self.accept()
        else:
            self.done(0)


class NoteBox(FormBox):
    """Asks which fact, who says so, and what it should be. `given` has (path, who, says)."""

    given = Signal(str, str, str)

    def __init__(
        self,
        parent: QWidget | None,
        contact: Contact,
        profile: Profile,
        path: str,
        *,
        blurred: bool,
    ) -> None:
        words = "It is noted beside the record, also when that is signed or closed."
        super().__init__(parent, "message-square", f"Correction of {contact.reference}", words, 560)
        content = contact.content
        known = {p: f for p, f in fields.facts_of(content) if f.known}
        offered = [("", "The whole record")]
        for each, fact in known.items():
            value = "" if blurred else f": {shown(profile, each, fact.value)}"
            offered.append((each, f"{about(content, each)}{value}"))
        self.fact = Choice("What is said to be wrong", offered)
        self.fact.set_value(path if path in known else "")
        self.who = LineField("Who says so", "Such as: Carla Rowe, mother")
        self.says = Editor("What it should be, in their words", "In their words", lines=2)
        self.ask("What is said to be wrong", self.fact)
        self.ask("Who says so", self.who)
        self.ask("What it should be, in their words", self.says)
        self.ready("Note it")
        self.fact.setFocus()

    def give(self) -> None:
        """Tell what was asked, once it is whole."""
        who, says = self.who.text().strip(), self.says.toPlainText().strip()
        for field, typed in ((self.who, who), (self.says, says)):
            if not typed:
                self.refuse(f"{field.accessibleName()}: write it first.")
                field.setFocus()
                return
        self.given.emit(self.fact.value() or "", who, says)


class Corrections(QObject):
    """The lines of the menu, and what is asked there. `opened_contact` gives the open one."""

    opened = Signal(object)
    changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        jobs: Jobs,
        desk: Callable[[], Desk],
        opened_contact: Callable[[], Contact | None],
    ) -> None:
        super().__init__(window)
        self._window, self._jobs, self._desk = window, jobs, desk
        self._opened_contact = opened_contact
        self.box: CorrectionsBox | None = None
        self.note: NoteBox | None = None
        window.menus.add_item("keeping", "Corrections of this record…", self.ask, self._may_read)
        window.menus.add_item("keeping", "Corrections to answer…", self.ask_all, self._may_answer)

    def _may_read(self) -> bool:
        return self._desk().worker.may(May.READ)

    def _may_answer(self) -> bool:
        return self._desk().worker.may(May.SIGN)

    def ask(self, path: str = "") -> None:
        """What was asked about the open record; `path` is the fact to note a request about. While
        the hub is away only that can be done."""
        contact = self._opened_contact()
        if contact is None:
            self._window.toast.refuse(NO_CONTACT)
            return
        desk = self._desk()

        def failed(fault: Exception) -> None:
            if isinstance(fault, UnreachableError) and desk.worker.may(May.SCREEN):
                self._ask_note(contact, path)
            else:
                self._window.toast.refuse(sentence(fault))

        self._jobs.run(
            lambda: corrections.beside(desk, contact.id),
            lambda rows: self._show(rows, contact, path),
            failed,
            owner=self,
        )

    def ask_all(self) -> None:
        """What waits for an answer, of every record."""
        desk = self._desk()
        self._jobs.run(
            lambda: corrections.to_answer(desk),
            lambda rows: self._show(rows, None, ""),
            lambda fault: self._window.toast.refuse(sentence(fault)),
            owner=self,
        )

    def _show(self, rows: tuple[Asked, ...], contact: Contact | None, path: str) -> None:
        worker = self._desk().worker
        box = self.box = CorrectionsBox(
            self._window,
            rows,
            f"{contact.reference}: " if contact else "",
            may_answer=worker.may(May.SIGN),
            may_note=contact is not None and worker.may(May.SCREEN),
            blurred=self._window.blurred,
        )
        box.decided.connect(lambda row, agreed, why: self._answer(box, contact, row, agreed, why))
        box.opened.connect(self.opened)
        if contact is not None:
            box.note_asked.connect(lambda: box.done(0))
            box.note_asked.connect(lambda: self._ask_note(contact, path))
        box.open()

    def _ask_note(self, contact: Contact, path: str) -> None:
        desk = self._desk()
        note = self.note = NoteBox(
            self._window, contact, desk.profile, path, blurred=self._window.blurred
        )

        def given(path: str, who: str, says: str) -> None:
            self._jobs.run(
                lambda: unsent_facts.ask_correction(desk, contact, path, who, says),
                lambda kept: self._noted(note, kept.here),
                lambda fault: note.refuse(sentence(fault)),
                owner=note,
                lane="store",
            )

        note.given.connect(given)
        note.open()

    def _noted(self, note: NoteBox, here: bool) -> None:
        note.accept()
        if here:
            self._window.toast.say(HERE)
            return
        self._window.toast.say("Noted beside the record. A team leader answers it within a month.")
        self.changed.emit()

    def _answer(
        self, box: CorrectionsBox, contact: Contact | None, row: Asked, agreed: bool, why: str
    ) -> None:
        desk, told = self._desk(), row.correction

        def work() -> tuple[Asked, ...]:
            corrections.answer(desk, row.contact.id, told.id, agreed=agreed, words=why)
            return corrections.beside(desk, contact.id) if contact else corrections.to_answer(desk)

        def done(rows: tuple[Asked, ...]) -> None:
            words = "Agreed. Change the fact itself as well, and tell who asked."
            self._window.toast.say(words if agreed else "Not agreed. Tell who asked, and why.")
            self.changed.emit()
            if rows:
                box.put(rows)
            else:
                box.done(0)

        self._jobs.run(
            work, done, lambda fault: box.refuse(sentence(fault)), owner=box, lane="store"
        )
