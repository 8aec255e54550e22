"""Whether the hub's server answers: said in a strip above the screens while it does not, and what
was typed meanwhile is sent when it does again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from triage.domain.spelling import counted
from triage.workflow import naming, unsent
from triage.workflow.unsent import Sent, Standing
from ui.desk import DeskHolder
from ui.errors import plain_box
from ui.jobs import Jobs
from ui.shell.dialogs import HUB_AWAY
from ui.shell.window import MainWindow
from ui.widgets.banner import BannerStrip
from ui.widgets.buttons import Button
from ui.widgets.toast import HIDDEN, announce

LOOK_MS = 1000
ASK_S = 5.0
"""Between two questions whether the server is there, while it answers; while it does not, it is
asked at each look."""
SILENT_S = 6.0
"""After which a server that has not answered this small question counts as gone."""

KEPT = "Kept on this computer"
HERE_STILL = (
    "The screens show what was so then. What you type is kept on this computer, sealed, and goes "
    "to the hub once it answers: calls, decisions, drafts, comments, facts, people, corrections, "
    "what partners tell you, words for a handover, reminders, notes. Until then nothing can be "
    "opened, claimed, handed over, sent, signed or printed."
)


class OutageStrip(BannerStrip):
    """Hidden while all is well. `shown_asked` asks to see what is kept here."""

    shown_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strong = ""
        self.show_kept = Button("Show what is kept here", "inbox", dense=True)
        self.show_kept.clicked.connect(self.shown_asked)
        self.banner.add_action(self.show_kept)

    def say(self, strong: str, rest: str, *, danger: bool, kept: int) -> None:
        """Say how it stands."""
        self.show_kept.setVisible(kept > 0)
        changed = self.isHidden() or strong != self._strong
        self._strong = strong
        self.banner.show_words(strong, rest, "danger" if danger else "warning")
        self.show()
        if changed:
            announce(self, self.banner.words.text(), urgent=True)


class HubWatch(QObject):
    """`arrived` gives what was sent once the server answered; `turned` tells that it is away
    (True) or answers again."""

    arrived = Signal(object)
    turned = Signal(bool)

    def __init__(
        self,
        holder: DeskHolder,
        jobs: Jobs,
        strip: OutageStrip,
        window: MainWindow,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._holder, self._jobs, self._strip, self._window = holder, jobs, strip, window
        self._asked_at: float | None = None
        self._next = 0.0
        self._was_away = self._sending = False
        self._first = True
        self._refused: tuple[str, ...] = ()
        strip.shown_asked.connect(self.show_kept)
        self.timer = QTimer(self)
        self.timer.setInterval(LOOK_MS)
        self.timer.timeout.connect(self.look)
        if unsent.is_at_hub(holder.current()):
            self.timer.start()

    def look(self) -> None:
        """See how it stands, and ask the server where it is time."""
        desk = self._holder.current()
        now = monotonic()
        if self._asked_at is not None and now - self._asked_at > SILENT_S:
            self._asked_at = None
            unsent.give_up(desk)
        stands = unsent.standing(desk)
        away = stands.away_since is not None
        if self._asked_at is None and (away or now >= self._next):
            self._asked_at, self._next = now, now + ASK_S
            self._jobs.run(lambda: unsent.find_out(desk), self._answered, self._silent, owner=self)
        if away != self._was_away:
            self._was_away = away
            self._window.setProperty(HUB_AWAY, away)
            self.turned.emit(away)
        if not away and (stands.waiting > stands.stuck or (self._first and stands.waiting)):
            self.send()
        self._show(stands)

    def _answered(self, _none: object) -> None:
        self._asked_at = None
        if self._was_away:
            self.look()

    def _silent(self, _fault: Exception) -> None:
        self._asked_at = None

    def send(self) -> None:
        """Send what is kept here; the first time also what was refused before."""
        if self._sending:
            return
        self._sending, again = True, self._first
        self._first = False
        desk = self._holder.current()

        def sent(found: Sent) -> None:
            self._sending = False
            self._refused = found.refused or self._refused
            self.arrived.emit(found)
            self._show(unsent.standing(desk))

        def failed(_fault: Exception) -> None:
            self._sending = False

        self._jobs.run(
            lambda: unsent.send(desk, again=again), sent, failed, owner=self, lane="store"
        )

    def _show(self, stands: Standing) -> None:
        if stands.away_since is not None:
            since = naming.local(self._holder.current().profile, stands.away_since)
            waits = f" {counted(stands.waiting, 'piece')} kept here." if stands.waiting else ""
            how = "could not be used" if stands.why else "has not answered"
            self._strip.say(
                f"The hub {how} since {since:%H:%M}.{waits}",
                f"{stands.why} {HERE_STILL}".strip(),
                danger=False,
                kept=stands.waiting,
            )
        elif stands.stuck:
            count = counted(stands.stuck, "piece")
            rest = self._why_refused() or (
                "Somebody else had answered first: open the contact to see both."
            )
            self._strip.say(
                f"{count} typed while the hub was away waits for you.",
                rest,
                danger=True,
                kept=stands.stuck,
            )
        elif stands.waiting and self._refused:
            self._strip.say(
                f"{counted(stands.waiting, 'piece')} kept here, and not at the hub yet.",
                self._why_refused(),
                danger=True,
                kept=stands.waiting,
            )
        else:
            self._refused = ()
            self._strip.hide()

    def _why_refused(self) -> str:
        """What the hub said, which may name a child."""
        hidden = bool(self._refused) and self._window.blurred
        return HIDDEN if hidden else " ".join(dict.fromkeys(self._refused))

    def show_kept(self) -> None:
        """What is kept here, to read; what the hub refused can be let go. Not while names are
        hidden."""
        desk = self._holder.current()
        if self._window.blurred:
            plain_box(self._window, KEPT, HIDDEN).open()
            return
        self._jobs.run(
            lambda: (unsent.pieces(desk), unsent.refused(desk)), self._show_pieces, owner=self
        )

    def _show_pieces(self, found: tuple[Sequence[str], Mapping[int, str]]) -> None:
        pieces, refused = found
        words = "\n\n".join(pieces)
        if refused:
            waiting = [piece for piece in pieces if piece not in refused.values()]
            words = "\n\n".join(("Not taken by the hub:", *refused.values()))
            words = "\n\n".join((words, "To be sent yet:", *waiting)) if waiting else words
        box = plain_box(self._window, KEPT, words)
        box.addButton("Close", QMessageBox.ButtonRole.RejectRole)
        if refused:
            go = box.addButton("Let go of what was refused", QMessageBox.ButtonRole.DestructiveRole)
            go.clicked.connect(lambda: self._let_go(refused))
        box.open()

    def _let_go(self, seen: Mapping[int, str]) -> None:
        desk = self._holder.current()
        self._jobs.run(lambda: unsent.let_go(desk, seen.keys()), owner=self, lane="store")
