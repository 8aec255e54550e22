"""Print preview: the pages of a copy as its recipient will see them (picture 20)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedLayout, QWidget

from triage.domain.errors import FanlightError, NotAllowedError
from triage.domain.pack import Copy, Removal
from triage.workflow import pack
from triage.workflow.pack import PackFile, PackPlan
from ui import errors
from ui.actions import bind_list
from ui.desk import DeskHolder
from ui.jobs import Jobs, Token
from ui.printing import paper
from ui.printing.copies import CopyRow
from ui.printing.copy_pane import CopyPane
from ui.printing.page_view import PageView
from ui.printing.sheets import Sheet, sheets
from ui.printing.thumbnails import ThumbDelegate, ThumbModel
from ui.printing.ticks import Tick
from ui.shell.dialogs import PinBox
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.buttons import Button
from ui.widgets.editor import LineField
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane
from ui.widgets.segments import Segments
from ui.widgets.states import Loading, StateView
from ui.widgets.text import Text
from ui.widgets.toast import announce

KEYS = "print preview"
_BY_HAND = "printed, handed over"
_PAGE_NAMES = {"decision": "Decision", "why": "Why", "events": "Events", "removed": "Removed"}


class PrintPreviewScreen(Screen):
    """Shows one decision's pack: `show_contact` or `open_version` says which one.

    Nothing is printed by looking. Copies being made are kept while the decision is the same.
    """

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.holder, self._jobs = holder, jobs
        self._plan: PackPlan | None = None
        self._file: PackFile | None = None
        self._copies: list[Copy] = []
        self._at = 0
        self._looking: Token | None = None
        self._drawing: Token | None = None
        self._title = ""
        self._busy = False
        self._blurred = False
        self._opening: Callable[[], PackPlan] | None = None
        holder.changed.connect(self._somebody_else)
        self._build_thumbs()
        self._build_middle()
        self._build_right()
        self._row = QHBoxLayout(self)
        for pane, stretch in ((self.thumb_pane, 0), (self.middle, 1), (self.copies, 0)):
            self._row.addWidget(pane, stretch)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(250)
        self._later.timeout.connect(self._look)
        self._bind_keys()
        self._space()
        theme().scaled.connect(self._space)

    # ---- parts ----------------------------------------------------------

    def _build_thumbs(self) -> None:
        self.thumb_pane = Pane("Pages")
        self.thumb_model = ThumbModel(self)
        self.thumbs = ListView("Pages")
        self.thumbs.setItemDelegate(ThumbDelegate(self.thumbs))
        self.thumbs.setModel(self.thumb_model)
        self.thumb_pane.body.addWidget(self.thumbs)

    def _build_middle(self) -> None:
        self.middle = Pane(surface="chrome")
        bar = QWidget()
        row = QHBoxLayout(bar)
        t = theme()
        row.setContentsMargins(t.px(12), t.px(4), t.px(10), t.px(4))
        row.setSpacing(t.px(12))
        self.back = Button("Back", "arrow-left", "link")
        self.back.clicked.connect(self.back_asked)
        self._as_seen = Text("", "small", "muted", elide=True)
        self.marks = Tick("Show what is removed")
        self.marks.setChecked(True)
        self.marks.toggled.connect(self._show_marks)
        self.spread = Segments(
            (("one", "One page"), ("two", "Two pages"), ("width", "Width")), "Layout", dense=True
        )
        self.spread.set_value("two")
        row.addWidget(self.back)
        self._heading = Text("Print preview", "heading")
        row.addWidget(self._heading)
        row.addWidget(self._as_seen, 1)
        row.addStretch()
        row.addWidget(self.marks)
        row.addWidget(self.spread)
        self.middle.body.addWidget(bar)
        self._stack = QStackedLayout()
        self.view = PageView()
        self.view.pages.show_marks = True
        self._waiting = Loading()
        self.fault = StateView()
        self.fault.acted.connect(self._act_on_fault)
        for widget in (self.view, self._waiting, self.fault):
            self._stack.addWidget(widget)
        self.middle.body.addLayout(self._stack, 1)
        self.spread.chosen.connect(self._set_spread)
        self.view.sharpness_wanted.connect(self._draw)
        self.view.page_changed.connect(self._page_shown)
        self.view.pages.chosen_changed.connect(self._choice_shown)
        self._hint = Button("Remove the chosen words", "eraser", "ghost", "R", dense=True)
        self._hint.clicked.connect(self.remove_chosen)
        self._hint.setEnabled(False)
        self.previous = Button("Previous copy", None, "ghost", "[", dense=True)
        self.next = Button("Next copy", None, "ghost", "]", dense=True)
        self.previous.clicked.connect(partial(self.step_copy, -1))
        self.next.clicked.connect(partial(self.step_copy, 1))
        self._status = Text("", "small", "text2", elide=True)
        self.finder = LineField("Find in the pack", "Find in the pack, Enter for the next")
        self.finder.returnPressed.connect(self._find_next)
        self.finder.hide()
        for button in (self.previous, self.next, self._hint):
            self.middle.foot.addWidget(button)
        self.middle.foot.addWidget(self.finder)
        self.middle.foot.addStretch(1)
        self.middle.foot.addWidget(self._status)

    def _build_right(self) -> None:
        self.copies = CopyPane()
        right = self.copies
        right.copy_chosen.connect(self._choose)
        right.add_asked.connect(self.add_person)
        right.take_off_asked.connect(self.take_off)
        right.renamed.connect(self._rename)
        right.removal_ticked.connect(self._tick)
        right.put_back.connect(self._put_back)
        right.size_chosen.connect(self._set_size)
        right.save_asked.connect(self.save)
        right.print_asked.connect(self.main_act)
        self.thumbs.row_changed.connect(self._thumb_chosen)

    def _bind_keys(self) -> None:
        slots: dict[str, Callable[[], object]] = {
            "Previous copy": partial(self.step_copy, -1),
            "Next copy": partial(self.step_copy, 1),
            "Remove the chosen words": self.remove_chosen,
            "Previous page": partial(self._step_page, -1),
            "Next page": partial(self._step_page, 1),
        }
        views = (self.view.pages, self.thumbs, self.copies.list)
        self._bound = [bind_list(view, KEYS, slots) for view in views]

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(8), t.px(6), t.px(8), t.px(8))
        self._row.setSpacing(t.px(8))
        self._fit()

    def _fit(self) -> None:
        t = theme()
        self.thumb_pane.setVisible(self.width() >= t.px(1000))
        self.thumb_pane.setFixedWidth(t.px(152))
        self.copies.setFixedWidth(min(t.px(500), max(t.px(320), round(self.width() * 0.36))))
        narrow = self.width() < t.px(1500)
        for words in (self._heading, self._as_seen):
            words.setVisible(not narrow)
        self.marks.setVisible(self.width() >= t.px(1200))
        for button in (self.previous, self.next):
            button.setVisible(not narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower panes where there is little room."""
        super().resizeEvent(event)
        self._fit()

    # ---- what the window asks -------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """Pages, the copy, who gets one."""
        return (self.thumb_pane, self.middle, self.copies)

    def help_topic(self) -> str:
        """The page F1 opens."""
        return "print-preview"

    def refresh(self) -> None:
        """Look again."""
        self._look()

    def main_act(self) -> None:
        """Print the copy, or save it where there is no printer; or say what is missing."""
        if self.copies.printer.value() is None:
            self.save()
            return
        if self._ready():
            printer = str(self.copies.printer.value())
            self._issue(f"printed on {printer}", partial(self._send, printer))

    def save_now(self) -> None:
        """Ctrl S."""
        self.save()

    def set_blur(self, on: bool) -> None:
        """Hide the pages, large and small."""
        self._blurred = on
        self.view.set_blurred(on)
        self.thumb_model.blurred = on
        self.thumbs.viewport().update()
        self.back.set_text("Back" if on else self._title)

    def find_words(self) -> None:
        """Ctrl F: find words in the pack."""
        self.finder.setVisible(True)
        self.finder.setFocus()
        self.finder.selectAll()

    def step_back(self) -> bool:
        """Esc: close the search, or let chosen words go."""
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
            self.said.emit(f"“{words}” does not stand in this copy.")

    def left(self) -> None:
        """Nothing waits: the plan of copies is kept with the screen."""
        self._later.stop()

    # ---- opening --------------------------------------------------------

    def show_contact(self, contact_id: UUID) -> None:
        """Show the pack of a contact's newest decision, the signed one before others."""
        desk = self.holder.current()
        self._open(lambda: pack.plan_of_contact(desk, contact_id))

    def open_version(self, version_id: UUID) -> None:
        """Show the pack of one version of a decision."""
        desk = self.holder.current()
        self._open(lambda: pack.plan(desk, version_id))

    def _open(self, read: Callable[[], PackPlan]) -> None:
        self._opening = read
        self._call_off()
        self._file = None
        self._stack.setCurrentWidget(self._waiting)
        self._waiting.start()
        self._jobs.run(read, self._planned, self._fault, owner=self, lane="store")
        self._jobs.run(paper.printers, self._show_printers, lambda _: None, owner=self)

    def _planned(self, plan: PackPlan) -> None:
        same = self._plan is not None and self._plan.version.id == plan.version.id
        if not same:
            self._copies, self._at = list(plan.copies), 0
        self._plan = plan
        version = plan.version
        child = next((p.name for p in version.people if p.is_child), "Contact")
        self._title = f"{child}, {version.reference}"
        self.back.set_text("Back" if self._blurred else self._title)
        self._show_copies()
        self._look()
        self.panes_changed.emit()

    def _somebody_else(self) -> None:
        """Another person sits down: what they may see and put back is asked anew."""
        if self._plan is not None:
            version_id = self._plan.version.id
            self._plan = None
            self.open_version(version_id)

    def _reload(self) -> None:
        """After a copy has gone out: what is out, with the copies that were being made."""
        if self._plan is None:
            return
        desk, version_id = self.holder.current(), self._plan.version.id

        def shown(plan: PackPlan) -> None:
            self._plan = plan
            self._show_copies()

        self._jobs.run(
            lambda: pack.plan(desk, version_id), shown, self._fault, owner=self, lane="store"
        )

    def _show_printers(self, names: tuple[str, ...]) -> None:
        self.copies.show_printers(names)
        self._name_main_act()

    def _name_main_act(self) -> None:
        to_paper = self.copies.printer.value() is not None
        verb = "Print" if to_paper else "Save"
        self.copies.main.set_text(f"{verb} copy {self.copy.number if self._copies else ''}".strip())
        self.copies.main.set_icon("printer" if to_paper else "download")
        self.copies.save.setVisible(to_paper)

    # ---- the copy in front ----------------------------------------------

    @property
    def copy(self) -> Copy:
        """The copy in front; IndexError before there is one."""
        return self._copies[self._at]

    @property
    def file(self) -> PackFile | None:
        """The pack as last drawn."""
        return self._file

    def rows(self) -> list[CopyRow]:
        """Each copy, and when it went out if it has."""
        if self._plan is None:
            return []
        zone = ZoneInfo(self.holder.current().profile.working_time.zone)
        out = {}
        for issued in self._plan.issued:
            at = issued.at.astimezone(zone)
            out[issued.copy.number] = f"Out {at.day} {at:%b}, {at:%H:%M}"
        return [CopyRow(copy, out.get(copy.number, "")) for copy in self._copies]

    def _show_copies(self) -> None:
        rows = self.rows()
        if not rows or self._plan is None:
            return
        self.copies.show_copies(rows, self._at)
        self.copies.show_copy(rows[self._at], alone=len(rows) == 1)
        self._name_main_act()
        who = self.copy.recipient or "its recipient"
        number = self.copy.number
        self._as_seen.set_text(f"showing copy {number}, as {who} will see it")
        self._show_checks()
        self._show_out()

    def _show_out(self) -> None:
        assert self._plan is not None
        zone = ZoneInfo(self.holder.current().profile.working_time.zone)
        lines = []
        for issued in self._plan.issued:
            at = issued.at.astimezone(zone)
            who = self._plan.names.get(issued.by, issued.by)
            lines.append(
                f"Copy {issued.copy.number} for {issued.copy.recipient}: {issued.how} by {who}, "
                f"{at.day} {at:%b} {at.year}, {at:%H:%M}."
            )
        self.copies.out.set_text("\n".join(lines) or "None of this decision.")

    def _show_checks(self) -> None:
        assert self._plan is not None
        good, warn, wait = (
            ("circle-check", "okText"),
            ("triangle-alert", "warnText"),
            ("circle-dashed", "text2"),
        )
        checks = [(*good, "Marking, copy number and name on every page")]
        checks.append((*good, "Words removed are taken out of the file, not covered"))
        if self._plan.version.signed_at is None:
            checks.append((*warn, "Not signed yet: no copy can go out"))
        elif not self.copy.recipient.strip():
            checks.append((*warn, f"Copy {self.copy.number}: say who it is for"))
        else:
            checks.append((*good, f"Copy {self.copy.number} has a recipient"))
        if self._plan.silent:
            who = ", ".join(self._plan.silent)
            verb = "have" if len(self._plan.silent) > 1 else "has"
            checks.append((*wait, f"{who} {verb} not replied: part 10 says so"))
        self.copies.show_checks(checks)

    def _choose(self, row: int) -> None:
        if self._plan is not None and 0 <= row < len(self._copies) and row != self._at:
            self._at = row
            self._show_copies()
            self._look()
            name = self.copy.recipient or "nobody named yet"
            announce(self, f"Copy {self.copy.number}, {name}")

    def step_copy(self, step: int) -> None:
        """The copy before (-1) or after (1)."""
        self._choose(max(0, min(len(self._copies) - 1, self._at + step)))

    def add_person(self) -> None:
        """One more copy, for someone to be named."""
        if self._plan is None:
            return
        number = max((copy.number for copy in self._copies), default=0) + 1
        away = frozenset({Removal.REFERRER})
        if self._plan.version.address.get("is_refuge") == "yes":
            away |= {Removal.ADDRESS}
        self._copies.append(Copy(number=number, recipient="", by=_BY_HAND, removals=away))
        self._at = len(self._copies) - 1
        self._show_copies()
        self._look()
        self.copies.recipient.setFocus()

    def take_off(self) -> None:
        """Take the copy in front off the list; one that is out stays."""
        if self._plan is None:
            return
        if len(self._copies) > 1 and not self.rows()[self._at].out:
            del self._copies[self._at]
            self._at = min(self._at, len(self._copies) - 1)
            self._show_copies()
            self._look()

    def _change(self, copy: Copy, *, now: bool = True) -> None:
        if self._plan is None:
            return
        if self.rows()[self._at].out:
            self.said.emit("This copy is out already. Add a person to make another one.")
            self._show_copies()
            return
        self._copies[self._at] = copy
        self._show_copies()
        if now:
            self._look()
        else:
            self._later.start()

    def _rename(self, recipient: str) -> None:
        if self._plan is None:
            return
        self._change(replace(self.copy, recipient=recipient), now=False)

    def _set_size(self, size: str) -> None:
        if self._plan is None:
            return
        self._change(replace(self.copy, large_print=size == "16"))

    def _tick(self, kind: Removal, on: bool) -> None:
        if self._plan is None:
            return
        if kind is Removal.CHOSEN_WORDS:
            self._change(replace(self.copy, words=()))
            return
        if kind is Removal.REFERRER and not on and not self._plan.may_put_back:
            self.said.emit("Who reported it stays removed. A team leader can put it back.")
            self._show_copies()
            return
        kinds = self.copy.removals | {kind} if on else self.copy.removals - {kind}
        self._change(replace(self.copy, removals=frozenset(kinds)))

    def remove_chosen(self) -> None:
        """Take the words chosen on the page out of this copy."""
        words = self.view.pages.chosen_words().strip(" ,.;:")
        if not words:
            self.said.emit("Choose words on the page first: drag over them, or use the arrow keys.")
            return
        if self._plan is not None and words not in self.copy.words:
            self._change(replace(self.copy, words=(*self.copy.words, words)))
            announce(self, "Removed from this copy")

    def _put_back(self, words: str) -> None:
        if self._plan is None:
            return
        kept = tuple(each for each in self.copy.words if each != words)
        self._change(replace(self.copy, words=kept))

    # ---- drawing --------------------------------------------------------

    def _look(self) -> None:
        """Have the copy in front drawn, and its first pages shown before the rest."""
        if self._plan is None:
            return
        self._call_off()
        desk, copy, copies = self.holder.current(), self.copy, tuple(self._copies)
        version_id = self._plan.version.id
        width = max(200, self.view.wanted_width())

        def draw() -> tuple[PackFile, tuple[Sheet, ...]]:
            file = pack.look(desk, version_id, copy, copies)
            return file, sheets(file.pdf, width, range(1, min(2, file.pages) + 1))

        self._looking = self._jobs.run(
            draw, self._looked, self._fault, owner=self, lane="store", token=Token()
        )

    def _call_off(self) -> None:
        """What is being drawn is not wanted any more."""
        for running in (self._looking, self._drawing):
            if running is not None:
                running.cancel()

    def _looked(self, drawn: tuple[PackFile, tuple[Sheet, ...]]) -> None:
        self._file, first = drawn
        self._waiting.stop()
        self._stack.setCurrentWidget(self.view)
        names = self.page_names()
        self.thumb_model.put(names)
        self._take(first)
        assert self._plan is not None
        self.copies.show_counts(
            self.copy,
            self._file.numbers,
            self._file.removed,
            self._file.could_remove,
            self._doubts(),
            may_put_back=self._plan.may_put_back,
        )
        self._page_shown(self.view.pages.page)
        self._draw(self.view.wanted_width(), begin=len(first) + 1)

    def _doubts(self) -> str:
        """What the person should know of words removed, in a sentence, or ""."""
        if self._file is None:
            return ""
        if self._file.not_found:
            return f"“{self._file.not_found[0]}” does not stand as one run of words: choose fewer"
        if self._file.still_says:
            shown = "”, “".join(self._file.still_says[:3])
            more = " and others" if len(self._file.still_says) > 3 else ""
            return f"“{shown}”{more} also stands where it is not removed"
        return ""

    def page_names(self) -> list[str]:
        """1 Decision, 2 Why, 3 Events, 4 Removed; a page between has its number alone."""
        if self._file is None:
            return []
        at = {page: _PAGE_NAMES[name] for name, page in reversed(list(self._file.begins.items()))}
        return [f"{n} {at.get(n, '')}".strip() for n in range(1, self._file.pages + 1)]

    def _draw(self, width: int, *, begin: int = 1) -> None:
        """Have the pages drawn so many device pixels wide."""
        if self._file is None:
            return
        if self._drawing is not None:
            self._drawing.cancel()
        file = self._file
        numbers = range(begin, file.pages + 1)
        if not numbers:
            return
        self._drawing = self._jobs.run(
            lambda: sheets(file.pdf, width, numbers), self._take, self._fault, owner=self
        )

    def _take(self, drawn: tuple[Sheet, ...]) -> None:
        if self._file is not None:
            self.view.show_sheets(drawn, self._file.pages)
            self.thumb_model.show_sheets(drawn)

    def _show_marks(self, on: bool) -> None:
        self.view.pages.show_marks = on
        self.view.pages.update()

    def _set_spread(self, spread: str) -> None:
        if spread in ("one", "two", "width"):
            self.view.set_spread(spread)  # type: ignore[arg-type]
            self._page_shown(self.view.pages.page)

    def _step_page(self, step: int) -> None:
        self.view.go_to(self.view.pages.page + step)
        self._page_shown(self.view.pages.page)

    def _thumb_chosen(self, row: int) -> None:
        if row >= 0:
            self.view.go_to(row + 1)

    def _page_shown(self, number: int) -> None:
        count = self.view.pages.count
        first, last = self.view.in_sight()
        pages = f"Page {first}" if first == last else f"Pages {first} and {last}"
        size = "16 pt" if self._copies and self.copy.large_print else "10.5 pt"
        self.thumb_pane.subtitle.set_text(f"{number} of {count}")
        self._status.set_text(f"{pages} of {count} · A4 · {size} · black on white")
        self.thumbs.blockSignals(True)
        self.thumbs.selectionModel().setCurrentIndex(
            self.thumb_model.index(number - 1), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.thumbs.blockSignals(False)
        self.thumbs.viewport().update()

    def _choice_shown(self) -> None:
        self._hint.setEnabled(bool(self.view.pages.chosen_words()))

    # ---- going out ------------------------------------------------------

    def _ready(self) -> bool:
        """Whether this copy may go out; otherwise it is said, and the field to fill is shown."""
        if self._plan is None or self._file is None:
            return False
        if not self.copy.recipient.strip():
            self.said.emit(f"Say who copy {self.copy.number} is for.")
            self.copies.recipient.setFocus()
            return False
        return not self._busy

    def save(self) -> None:
        """Ask where, then issue the copy and write it there."""
        if not self._ready() or self._plan is None:
            return
        name = f"{self._plan.version.reference}-copy-{self.copy.number}.pdf"
        box = QFileDialog(self, "Save the copy", name, "PDF (*.pdf)")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setDefaultSuffix("pdf")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        box.fileSelected.connect(lambda path: self.save_to(Path(path)))
        box.open()

    def save_to(self, path: Path) -> None:
        """Issue the copy in front and write it to `path`."""
        if self._ready():
            self._issue("saved as a file", partial(self._write, path))

    def _issue(self, how: str, then: Callable[[bytes], None]) -> None:
        """Sign and record the copy, then carry it on; the PIN is asked when the key is locked."""
        assert self._plan is not None
        desk, copy, copies = self.holder.current(), self.copy, tuple(self._copies)
        version_id = self._plan.version.id
        try:
            desk.signer.held(desk.worker.id)
        except NotAllowedError:
            self._ask_pin(partial(self._issue, how, then))
            return
        self._busy = True

        def issued(pdf: bytes) -> None:
            then(pdf)
            self._reload()

        self._jobs.run(
            lambda: pack.issue(desk, version_id, copy, how, copies),
            issued,
            self._not_out,
            owner=self,
            lane="store",
        )

    def _ask_pin(self, then: Callable[[], None]) -> None:
        desk = self.holder.current()
        box = PinBox(self, desk.worker.name, "The copy carries your signature.")

        def unlocked(_signer: object) -> None:
            box.accept()
            then()

        def refused(fault: Exception) -> None:
            box.refuse(errors.sentence(fault))

        def given(pin: str) -> None:
            self._jobs.run(
                lambda: desk.signer.unlock(desk.worker.id, pin), unlocked, refused, owner=box
            )

        box.given.connect(given)
        box.open()

    def _write(self, path: Path, pdf: bytes) -> None:
        number = self.copy.number
        self._jobs.run(
            lambda: paper.write_file(pdf, path),
            lambda _: self._done(f"Copy {number} is saved as {path.name}."),
            self._not_out,
            owner=self,
        )

    def _send(self, printer: str, pdf: bytes) -> None:
        assert self._plan is not None
        number = self.copy.number
        title = f"{self._plan.version.reference} copy {number}"
        self._jobs.run(
            lambda: paper.send_to_printer(pdf, printer, title),
            lambda _: self._done(f"Copy {number} is with the printer {printer}."),
            self._not_out,
            owner=self,
        )

    def _done(self, words: str) -> None:
        self._busy = False
        self.said.emit(words)

    def _not_out(self, fault: Exception) -> None:
        self._busy = False
        if not isinstance(fault, FanlightError):
            raise fault
        self.said.emit(errors.sentence(fault))
        announce(self, errors.sentence(fault), urgent=True)

    def _fault(self, fault: Exception) -> None:
        """The pack could not be drawn: say so, and offer to try again."""
        self._waiting.stop()
        self.fault.show_error(
            "The pack can't be shown",
            errors.sentence(fault),
            (("again", "Try again"), ("back", "Go back")),
        )
        self._stack.setCurrentWidget(self.fault)
        if not isinstance(fault, FanlightError):
            raise fault

    def _act_on_fault(self, key: str) -> None:
        if key == "back":
            self.back_asked.emit()
        elif self._plan is None and self._opening is not None:
            self._open(self._opening)
        else:
            self._look()
