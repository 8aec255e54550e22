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
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from triage.domain.decision import VersionState
from triage.domain.errors import FanlightError, NotReadyError
from triage.domain.pack import Copy, Removal
from triage.workflow import pack
from triage.workflow.pack import PackFile, PackPlan
from ui import errors
from ui.actions import bind_list
from ui.desk import DeskHolder
from ui.folders import documents
from ui.jobs import Jobs, Token
from ui.printing import paper, wording
from ui.printing.copies import CopyRow
from ui.printing.copy_pane import CopyPane
from ui.printing.going_out import GoingOut
from ui.printing.page_pane import CHOOSE_WORDS, PagePane
from ui.printing.sheets import Sheet, sheets
from ui.printing.thumbnails import ThumbDelegate, ThumbModel
from ui.shell.screen import Screen
from ui.theme import theme
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane
from ui.widgets.toast import announce

KEYS = "print preview"
_BY_HAND = "printed, handed over"


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
        self._blurred = self._none_yet = False
        self._copies_of: UUID | None = None
        self.out = GoingOut(holder, jobs, self)
        self.out.said.connect(self.said)
        self.out.refused.connect(self.refused)
        self.out.issued.connect(self._gone_out)
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
        self.middle = PagePane()
        self.view = self.middle.view
        self.middle.back_asked.connect(self.back_asked)
        self.middle.again_asked.connect(self._again)
        self.middle.copy_step_asked.connect(self.step_copy)
        self.middle.remove_asked.connect(self.remove_chosen)
        self.middle.nothing_found.connect(self._not_found)
        self.middle.laid_out.connect(self._place_shown)
        self.view.sharpness_wanted.connect(self._draw)
        self.view.page_changed.connect(self._page_shown)

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
        self.thumb_pane.setVisible(self.width() >= t.px(1000) and not self._none_yet)
        self.copies.setVisible(not self._none_yet)
        self.middle.show_tools(not self._none_yet)
        self.thumb_pane.setFixedWidth(t.px(152))
        self.copies.setFixedWidth(min(t.px(500), max(t.px(320), round(self.width() * 0.36))))
        self.middle.fit(self.width())

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
        printer = self.copies.printer.value()
        if printer is not None and self._plan is not None and self._ready():
            self.out.print_on(self._plan.version, self.copy, tuple(self._copies), printer)

    def save_now(self) -> None:
        """Ctrl S."""
        self.save()

    def set_blur(self, on: bool) -> None:
        """Hide the pages, large and small."""
        self._blurred = on
        self.view.set_blurred(on)
        self.thumb_model.blurred = on
        self.thumbs.viewport().update()
        self.middle.back.set_text("Back" if on else self._title)
        self.copies.set_blur(on)

    def find_words(self) -> None:
        """Ctrl F: find words in the pack."""
        self.middle.open_finder()

    def step_back(self) -> bool:
        """Esc: close the search, or let chosen words go."""
        return self.middle.step_back()

    def _not_found(self, words: str) -> None:
        self.refused.emit(f"“{words}” does not stand in this copy.")

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
        """Nothing of the pack before can be printed or changed from here on."""
        self._opening = read
        self._call_off()
        self._later.stop()
        self._plan, self._file = None, None
        self._none_yet = False
        self._fit()
        self.middle.show_waiting()
        self._jobs.run(read, self._planned, self._fault, owner=self, lane="store")
        self._jobs.run(paper.printers, self._show_printers, lambda _: None, owner=self)

    def _planned(self, plan: PackPlan) -> None:
        if self._copies_of != plan.version.id:
            self._copies, self._at = list(plan.copies), 0
        self._plan, self._copies_of = plan, plan.version.id
        self._title = wording.title(plan)
        self.middle.back.set_text("Back" if self._blurred else self._title)
        self._show_copies()
        self._look()
        self.panes_changed.emit()

    def _somebody_else(self) -> None:
        """Another person sits down: what they may see and put back is asked anew."""
        if self._copies_of is not None:
            self.open_version(self._copies_of)

    def _gone_out(self, version_id: object) -> None:
        """After a copy has gone out: what is out, with the copies that were being made."""
        if self._plan is None or self._plan.version.id != version_id:
            return
        desk, wanted = self.holder.current(), self._plan.version.id

        def shown(plan: PackPlan) -> None:
            if self._plan is not None and self._plan.version.id == wanted:
                self._plan = plan
                self._show_copies()

        self._jobs.run(
            lambda: pack.plan(desk, wanted), shown, self._fault, owner=self, lane="store"
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
        ready = bool(self._copies) and self._is_signed() and bool(self.copy.recipient.strip())
        for button in (self.copies.main, self.copies.save):
            button.set_ready(ready)

    def _is_signed(self) -> bool:
        """Whether copies of the decision may go out at all."""
        out = (VersionState.SIGNED, VersionState.SUPERSEDED)
        return self._plan is not None and self._plan.version.state in out

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
        return [] if self._plan is None else wording.rows(self._plan, self._copies, self._zone())

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.holder.current().profile.working_time.zone)

    def _show_copies(self) -> None:
        rows = self.rows()
        if not rows or self._plan is None:
            return
        self.copies.show_copies(rows, self._at)
        self.copies.show_copy(rows[self._at], alone=len(rows) == 1)
        self._name_main_act()
        who = self.copy.recipient or "its recipient"
        self.middle.show_recipient(f"showing copy {self.copy.number}, as {who} will see it")
        self.copies.show_checks(wording.checks(self._plan, self.copy))
        self.copies.out.set_text(wording.already_out(self._plan, self._zone()))

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
        away = pack.kept_from_all(self._plan.version) | {Removal.REFERRER}
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
            self.refused.emit("This copy is out already. Add a person to make another one.")
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
        kept = pack.kept_from_all(self._plan.version) | {Removal.REFERRER}
        if kind in kept and not on and not self._plan.may_put_back:
            what = "Who reported it" if kind is Removal.REFERRER else "The refuge's address"
            self.refused.emit(f"{what} stays removed. A team leader can put it back.")
            self._show_copies()
            return
        kinds = self.copy.removals | {kind} if on else self.copy.removals - {kind}
        self._change(replace(self.copy, removals=frozenset(kinds)))

    def remove_chosen(self) -> None:
        """Take the words chosen on the page out of this copy."""
        words = self.view.pages.chosen_words().strip(" ,.;:")
        if not words:
            self.refused.emit(CHOOSE_WORDS)
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
        if self._plan is None:
            return
        self._file, first = drawn
        self.middle.show_pages()
        self.thumb_model.put(self.page_names())
        self._take(first)
        self.copies.show_counts(
            self.copy,
            self._file.numbers,
            self._file.removed,
            self._file.could_remove,
            wording.doubts(self._file),
            may_put_back=self._plan.may_put_back,
        )
        self._page_shown(self.view.pages.page)
        self._draw(self.view.wanted_width(), begin=len(first) + 1)

    def page_names(self) -> list[str]:
        """The pages by name: "1 Decision"."""
        return [] if self._file is None else wording.page_names(self._file)

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

    def _step_page(self, step: int) -> None:
        self.view.go_to(self.view.pages.page + step)
        self._page_shown(self.view.pages.page)

    def _thumb_chosen(self, row: int) -> None:
        if row >= 0:
            self.view.go_to(row + 1)

    def _page_shown(self, number: int) -> None:
        self.thumb_pane.subtitle.set_text(f"{number} of {self.view.pages.count}")
        self._place_shown()
        self.thumbs.blockSignals(True)
        self.thumbs.selectionModel().setCurrentIndex(
            self.thumb_model.index(number - 1), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.thumbs.blockSignals(False)
        self.thumbs.viewport().update()

    def _place_shown(self) -> None:
        large = bool(self._copies) and self.copy.large_print
        self.middle.show_place("16 pt" if large else "10.5 pt")

    # ---- going out ------------------------------------------------------

    def _ready(self) -> bool:
        """Whether this copy may go out; otherwise it is said, and the field to fill is shown."""
        if self._plan is None or self._file is None:
            return False
        if not self._is_signed():
            self.refused.emit("This decision is not signed yet, so no copy of it can go out.")
            return False
        if not self.copy.recipient.strip():
            self.refused.emit(f"Say who copy {self.copy.number} is for.")
            self.copies.recipient.setFocus()
            return False
        return True

    def save(self) -> None:
        """Ask where, then issue the copy and write it there."""
        if not self._ready() or self._plan is None:
            return
        name = f"{self._plan.version.reference}-copy-{self.copy.number}.pdf"
        box = QFileDialog(self, "Save the copy", str(documents() / name), "PDF (*.pdf)")
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setDefaultSuffix("pdf")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        box.fileSelected.connect(lambda path: self.save_to(Path(path)))
        box.open()

    def save_to(self, path: Path) -> None:
        """Issue the copy in front and write it to `path`."""
        if self._plan is not None and self._ready():
            self.out.save(self._plan.version, self.copy, tuple(self._copies), path)

    def _fault(self, fault: Exception) -> None:
        """The pack could not be drawn: say so, and offer to try again; or nothing failed, and
        something else must be first."""
        if isinstance(fault, NotReadyError) and self._plan is None:
            self._none_yet = True
            self._fit()
            self.middle.show_nothing_yet(errors.sentence(fault))
            return
        self.middle.show_fault(errors.sentence(fault))
        if not isinstance(fault, FanlightError):
            raise fault

    def _again(self) -> None:
        if self._plan is None and self._opening is not None:
            self._open(self._opening)
        else:
            self._look()
