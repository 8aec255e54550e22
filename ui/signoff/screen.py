"""Sign-off: a second person reads what was decided, and approves, changes or returns it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from triage.domain import changes
from triage.domain.decision import DecisionVersion, Delivery, Verb
from triage.domain.spelling import counted
from triage.domain.worker import May
from triage.workflow import comments, export, naming, sign, to_sign, unsent
from triage.workflow.desk import Desk
from triage.workflow.sign import SignedTogether
from triage.workflow.to_sign import SignOffList
from ui.desk import DeskHolder
from ui.errors import sentence
from ui.folders import documents
from ui.jobs import Jobs, Token
from ui.printing.paper import write_file
from ui.shell.room import room_of, share, space
from ui.shell.screen import Screen
from ui.signoff.decision_pane import Act, DecisionPane
from ui.signoff.hand_box import HandBox, NumberBox
from ui.signoff.list_pane import ListPane
from ui.signoff.reading_pane import ReadingPane
from ui.signoff.shown import Shown
from ui.theme import theme
from ui.widgets.clock import CLOCKS_MS
from ui.widgets.pane import Pane
from ui.widgets.pane_bar import PaneBar
from ui.widgets.states import StateView

TALL = 820
"""Design pixels of height from which the signature scrolls with the rest."""


_ONLY_HERE = (
    "A comment on a decision is only in this window: the store did not take it. Closing again "
    "closes without it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A decision as it was opened, with what the screen says about it."""

    shown: Shown
    outcome: str
    deliveries: tuple[Delivery, ...]
    comment: str


class SignOffScreen(Screen):
    """List, decision, signature. Everything slow goes through `jobs`.

    `count_changed` gives how many wait, `print_asked` a contact whose pack is wanted,
    `saved_changed` words for the status line.
    """

    count_changed = Signal(int)
    print_asked = Signal(object)
    saved_changed = Signal(str)

    def __init__(self, holder: DeskHolder, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._holder, self._jobs = holder, jobs
        self._current: UUID | None = None
        self._contact: UUID | None = None
        self._read: UUID | None = None
        self._is_signed = False
        self._writing = holder.current()
        self._opening: Token | None = None
        self._blur = False
        self._listing = self._list_again = self._comment_refused = False
        self.list = ListPane()
        self.reading = ReadingPane()
        self.decision = DecisionPane()
        self.not_allowed = StateView()
        self.put_away = Pane()
        hidden = StateView()
        hidden.show_words("eye-off", "The decision is hidden", "F9 shows it again.")
        self.put_away.body.addWidget(hidden)
        self.put_away.hide()
        self.which = PaneBar(
            (("list", "Waiting"), ("reading", "Decision"), ("decision", "Sign")), "list"
        )
        self._row = QHBoxLayout()
        self._row.addWidget(self.list)
        self._row.addWidget(self.put_away, 1)
        self._row.addWidget(self.reading, 1)
        self._row.addWidget(self.decision)
        self._outer = QVBoxLayout(self)
        self._outer.addWidget(self.which)
        self._outer.addWidget(self.not_allowed, 1)
        self._outer.addLayout(self._row, 1)
        self.not_allowed.hide()
        self._clocks = QTimer(self)
        self._clocks.setInterval(CLOCKS_MS)
        self._connect()
        self._space()

    def _connect(self) -> None:
        self.list.read_asked.connect(self.open_version)
        self.list.together_asked.connect(self._sign_together)
        self.list.refused.connect(self.refused)
        self.reading.tab_chosen.connect(self._page_turned)
        self.decision.act_asked.connect(self._act)
        self.decision.comment_rests.connect(self._keep_comment)
        self.decision.reconcile_asked.connect(self._reconcile)
        self.decision.hand_asked.connect(self._ask_how)
        self.decision.number_asked.connect(self._ask_number)
        self.decision.send_asked.connect(self._send)
        self.decision.save_asked.connect(self._ask_where)
        self.which.chosen.connect(self._pane_chosen)
        self._clocks.timeout.connect(self._read_clocks)
        self._holder.changed.connect(self._seated)
        theme().scaled.connect(self._space)

    # ---- what the window asks ------------------------------------------

    def panes(self) -> Sequence[QWidget]:
        """List, decision, signature."""
        return (self.list, self.reading, self.decision)

    def entered(self) -> None:
        """Read the list anew."""
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew, and where the decision being read now stands."""
        desk = self._desk()
        allowed = desk.worker.may(May.SIGN)
        self.not_allowed.setVisible(not allowed)
        if not allowed:
            self.not_allowed.show_words(
                "lock",
                "Team leaders sign decisions here",
                "Yours are in the queue: what was sent, returned and signed.",
            )
        self._arrange()
        if not allowed:
            return
        self._list_anew()
        self._ask_deliveries()

    def look_again(self) -> None:
        """Something happened at the hub: the list and the delivery may be others now."""
        if self._desk().worker.may(May.SIGN):
            self._list_anew()
            self._ask_deliveries()

    def save_now(self) -> None:
        """Keep the comment being written."""
        self.decision.save_now()

    def left(self) -> None:
        """Keep the comment being written."""
        self.save_now()

    def not_kept(self) -> str:
        """A comment that the store did not take."""
        return _ONLY_HERE if self._comment_refused else ""

    def print_preview(self) -> None:
        """Ctrl P: the pack of the decision being read, once it is signed."""
        if self._contact is None:
            self.refused.emit("Choose a decision to read first.")
        elif self._read != self._current:
            self.refused.emit("The decision is still being opened.")
        elif not self._is_signed:
            self.refused.emit("The pack is printed once the decision is signed.")
        else:
            self.print_asked.emit(self._contact)

    def main_act(self) -> None:
        """Ctrl Enter: sign or return, or say what is still needed."""
        if self._current is None:
            self.refused.emit("Choose a decision to read first.")
            return
        self._bring("decision")
        self.decision.main_act()

    def next_contact(self, step: int) -> None:
        """Ctrl PgDn, Ctrl PgUp: read the next or previous."""
        found = self.list.neighbour(self._current, step)
        if found is not None:
            self.open_version(found)

    def next_tab(self) -> None:
        """The next page of the decision."""
        self.reading.next_tab()

    def step_back(self) -> bool:
        """Esc: from one pane back to the list, where one is shown at a time."""
        if self.which.isVisible() and self.which.value() != "list":
            self._bring("list")
            return True
        return False

    def set_blur(self, on: bool) -> None:
        """Names in the list become bars; the decision is put away until blur is off."""
        self._blur = on
        self.list.model.set_blur(on)
        self._arrange()

    def help_topic(self) -> str:
        """The page on signing off."""
        return "sign-off"

    def current_version(self) -> UUID | None:
        """The version that is shown; None while another is being opened."""
        return self._current if self._read == self._current else None

    # ---- reading --------------------------------------------------------

    def open_version(self, version_id: UUID) -> None:
        """Open a version to read it; that it was opened is recorded."""
        desk = self._desk()
        if self._opening is not None:
            self._opening.cancel()
        self._current = version_id

        def work() -> Read:
            return read_version(desk, version_id)

        self._opening = self._jobs.run(work, self.show_read, self._not_opened, owner=self)

    def show_read(self, read: Read) -> None:
        """Show a version that was opened."""
        view = read.shown.view
        same = self._contact == view.contact.id
        self._current, self._contact = view.version.id, view.contact.id
        self._read = view.version.id
        self._is_signed = view.version.signed_at is not None
        self.reading.show_decision(read.shown, keep_page=same)
        self._writing = self._desk()
        worker = self._writing.worker
        self.decision.show_decision(
            read.shown,
            worker=worker,
            outcome=read.outcome,
            deliveries=read.deliveries,
            comment=read.comment,
        )
        self._bring("reading")
        self.panes_changed.emit()
        self._list_anew()

    def _not_opened(self, fault: Exception) -> None:
        self._contact = None
        self.reading.show_problem(sentence(fault))
        self.decision.show_nothing()
        self._list_anew()

    def _list_anew(self) -> None:
        """Read the list; asked again while it is being read, read it once more after."""
        if self._listing:
            self._list_again = True
            return
        self._listing = True
        desk = self._desk()
        self._jobs.run(lambda: to_sign.waiting(desk), self._listed, self._not_listed, owner=self)

    def _read_clocks(self) -> None:
        if self._desk().worker.may(May.SIGN):
            self._list_anew()

    def _listed(self, found: SignOffList) -> None:
        self._list_done()
        self.list.show_list(found, self._current)
        for row in (*found.ready_together, *found.one_by_one):
            self.reading.show_clock(row.version_id, row.leading)
        self.count_changed.emit(len(found.ready_together) + len(found.one_by_one))
        self.panes_changed.emit()

    def _not_listed(self, fault: Exception) -> None:
        self._list_done()
        self.list.show_problem(sentence(fault))

    def _list_done(self) -> None:
        self._listing = False
        if self._list_again:
            self._list_again = False
            self._list_anew()

    def _page_turned(self, _key: str) -> None:
        self.panes_changed.emit()

    def _keep_comment(self, version_id: UUID, words: str) -> None:
        # Whose words they are: by now another person may have sat down.
        desk = self._writing
        self._jobs.run(
            lambda: unsent.keep_comment(desk, version_id, words),
            lambda kept: self._comment_saved(desk, here=kept.here),
            self._comment_not_saved,
            owner=self,
            lane="store",
        )

    def _comment_not_saved(self, fault: Exception) -> None:
        self._comment_refused = True
        self.refused.emit(f"The comment is not saved yet. {sentence(fault)}")

    def _comment_saved(self, desk: Desk, *, here: bool) -> None:
        self._comment_refused = False
        local = desk.now().astimezone(ZoneInfo(desk.profile.working_time.zone))
        words = "Comment kept on this computer" if here else "Comment saved"
        self.saved_changed.emit(f"{words} {local:%H:%M:%S}")

    # ---- acts -----------------------------------------------------------

    def _act(self, act: Act) -> None:
        desk, version_id = self._desk(), self._current
        if version_id is None:
            return

        def work() -> DecisionVersion:
            if act.verb is Verb.RETURN:
                return sign.send_back(desk, version_id, act.comment)
            return sign.approve(
                desk, version_id, comment=act.comment, pin=act.pin, changes=act.changes
            )

        done = self._returned if act.verb is Verb.RETURN else self._signed
        self._jobs.run(work, done, self._not_done, owner=self, lane="store")

    def _signed(self, version: DecisionVersion) -> None:
        self.decision.done_with(version.id)
        self.said.emit(f"{version.reference} is signed.")
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.open_version(version.id)
        self._send()

    def _returned(self, version: DecisionVersion) -> None:
        self.decision.done_with(version.id)
        self.said.emit(f"{version.reference} is returned to {version.author_name}.")
        self._current = self._contact = None
        self.reading.show_nothing()
        self.decision.show_nothing()
        self._bring("list")
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self._list_anew()

    def _not_done(self, fault: Exception) -> None:
        self.decision.show_problem(sentence(fault))

    def _sign_together(self, pin: str) -> None:
        desk, ids = self._desk(), tuple(self.list.model.ticked())
        self._jobs.run(
            lambda: sign.sign_together(desk, ids, pin),
            self._signed_together,
            self._not_together,
            owner=self,
            lane="store",
        )

    def _signed_together(self, results: Sequence[SignedTogether]) -> None:
        words = _told_together(results)
        if any(r.refused for r in results):
            self.refused.emit(words)
        else:
            self.said.emit(words)
        self.list.batch.forget()
        self.list.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refresh()
        if self._current in {r.version_id for r in results} and self._current is not None:
            self.open_version(self._current)
        self._send()

    def _not_together(self, fault: Exception) -> None:
        self.refused.emit(sentence(fault))
        self.list.batch.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    # ---- the way to the council ----------------------------------------

    def _send(self) -> None:
        desk = self._desk()
        self._after_exchange(lambda: export.deliver_due(desk))

    def _reconcile(self, delivery: Delivery) -> None:
        desk = self._desk()
        self._after_exchange(lambda: export.reconcile(desk, delivery))

    def _ask_how(self, delivery: Delivery) -> None:
        box = HandBox(self.window(), self._desk().profile.council)
        box.given.connect(lambda how, number: self._choose_folder(delivery, how, number))
        box.open()

    def _choose_folder(self, delivery: Delivery, how: str, number: str) -> None:
        folder = QFileDialog(self, "Where to write the decision", str(documents()))
        folder.setFileMode(QFileDialog.FileMode.Directory)
        folder.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        folder.fileSelected.connect(
            lambda path: self.export_by_hand(delivery, Path(path), how, number)
        )
        folder.open()

    def export_by_hand(self, delivery: Delivery, folder: Path, how: str, number: str) -> None:
        """Write the decision into `folder` and record that it goes by hand."""
        desk = self._desk()
        self._after_exchange(lambda: export.export_by_hand(desk, delivery.id, folder, how, number))

    def _ask_where(self, delivery: Delivery) -> None:
        """Where the signed document is to be saved; whoever holds the hub's keys can check it."""
        box = QFileDialog(self, "Save the signed document", str(documents() / "decision.jws"))
        box.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        box.setNameFilter("Signed document (*.jws)")
        box.setDefaultSuffix("jws")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, True)
        box.fileSelected.connect(lambda path: self.save_document(delivery, Path(path)))
        box.open()

    def save_document(self, delivery: Delivery, path: Path) -> None:
        """Write the signed document to `path`; that it was taken out is recorded."""
        desk = self._desk()
        self._jobs.run(
            lambda: write_file(export.document(desk, delivery.decision_id), path),
            lambda _: self.said.emit(f"The signed document is saved as {path.name}."),
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
            lane="store",
        )

    def _ask_number(self, delivery: Delivery) -> None:
        desk = self._desk()
        box = NumberBox(self.window())
        box.given.connect(
            lambda number: self._after_exchange(
                lambda: export.give_case_number(desk, delivery.id, number)
            )
        )
        box.open()

    def _after_exchange(self, exchange: Callable[[], object]) -> None:
        self._jobs.run(exchange, self._exchanged, self._not_exchanged, owner=self)

    def _exchanged(self, _result: object) -> None:
        self._ask_deliveries()

    def _not_exchanged(self, fault: Exception) -> None:
        self.refused.emit(sentence(fault))
        self._ask_deliveries()

    def _ask_deliveries(self) -> None:
        desk, contact_id = self._desk(), self._contact
        if contact_id is None:
            return
        self._jobs.run(
            lambda: export.deliveries(desk, contact_id),
            self._stands,
            lambda fault: self.refused.emit(sentence(fault)),
            owner=self,
        )

    def _stands(self, deliveries: tuple[Delivery, ...]) -> None:
        self.decision.show_deliveries(deliveries)
        self.panes_changed.emit()

    # ---- people and room ------------------------------------------------

    def _desk(self) -> Desk:
        return self._holder.current()

    def _seated(self) -> None:
        """Another person sits down: nothing of the one before stays."""
        if self._opening is not None:
            self._opening.cancel()
        self._current = self._contact = None
        self.decision.forget()
        self.reading.show_nothing()
        self.list.model.untick_all()
        self.list.batch.forget()
        if self.isVisible():
            self.refresh()

    def _pane_chosen(self, _key: str) -> None:
        self._arrange()

    def _bring(self, key: str) -> None:
        """Where one pane is shown at a time, this one."""
        self.which.set_value(key)

    def _space(self) -> None:
        space(self._outer, self._row)
        self._arrange()

    def _arrange(self) -> None:
        room, allowed = room_of(self), self.not_allowed.isHidden()
        beside = not room.one or self.which.value() != "list"
        self.put_away.setVisible(allowed and self._blur and beside)
        panes = {"list": self.list, "reading": self.reading, "decision": self.decision}
        away: tuple[str, ...] = ("reading", "decision") if self._blur else ()
        if not allowed:
            away = tuple(panes)
        share(room, self.which, panes, {"list": (420, 300), "decision": (470, 372)}, away=away)
        self.reading.set_narrow(not room.wide)
        self.decision.set_short(not room.one and self.height() < theme().px(TALL))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the panes to the room."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Clocks run while the screen is in front."""
        super().showEvent(event)
        self._clocks.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing runs behind another screen."""
        super().hideEvent(event)
        self._clocks.stop()


def read_version(desk: Desk, version_id: UUID) -> Read:
    """Open a version and work out what is said about it; off the window's thread."""
    view = sign.look(desk, version_id)
    shown = Shown(
        view=view,
        profile=desk.profile,
        answers=changes.changes(desk.profile, None, view.version),
        reader=desk.worker.name,
        today=naming.local_day(desk.profile, desk.now()),
    )
    return Read(
        shown=shown,
        outcome=to_sign.outcome_words(desk, view.version),
        deliveries=export.deliveries(desk, view.contact.id),
        comment=comments.kept(desk, version_id),
    )


def _told_together(results: Sequence[SignedTogether]) -> str:
    signed = [r.signed.reference for r in results if r.signed is not None]
    kept = [r.refused for r in results if r.refused]
    are = "is" if len(signed) == 1 else "are"
    what = signed[0] if len(signed) == 1 else counted(len(signed), "decision")
    if not kept:
        return f"{what} {are} signed."
    rest = f" {what} {are} signed." if signed else ""
    return f"{len(kept)} of {counted(len(results), 'decision')} not signed: {kept[0]}{rest}"
