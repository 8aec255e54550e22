"""After the signature: who signed, and where the decision is on its way to the council."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.domain.decision import Delivery, OutboxState
from triage.domain.spelling import counted, spell_day
from ui.signoff.shown import Shown
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button


class DeliveryView(QWidget):
    """Who signed and when; where the decision is on its way to the council."""

    reconcile_asked = Signal(object)
    hand_asked = Signal(object)
    number_asked = Signal(object)
    send_asked = Signal()
    save_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._column = column
        self.signed = Banner("done")
        self.where = Banner("info")
        self.ask = Button("Ask the council", "refresh-cw", dense=True)
        self.hand = Button("Export by hand…", "download", dense=True)
        self.number = Button("Case number…", "pencil", dense=True)
        self.send = Button("Send now", "send", dense=True)
        column.addWidget(self.signed)
        column.addWidget(self.where)
        acts = QHBoxLayout()
        acts.addStretch(1)
        self.save = Button("Save as a file…", "save", dense=True)
        self._acts = (self.save, self.hand, self.number, self.ask, self.send)
        for act in self._acts:
            acts.addWidget(act)
        column.addLayout(acts)
        self._delivery: Delivery | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.ask.clicked.connect(lambda: self.reconcile_asked.emit(self._delivery))
        self.hand.clicked.connect(lambda: self.hand_asked.emit(self._delivery))
        self.number.clicked.connect(lambda: self.number_asked.emit(self._delivery))
        self.send.clicked.connect(self.send_asked)
        self.save.clicked.connect(lambda: self.save_asked.emit(self._delivery))
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        self._column.setSpacing(theme().px(6))

    def show_way(self, shown: Shown, deliveries: Sequence[Delivery]) -> None:
        """The newest delivery of this version; hidden until it is signed."""
        version = shown.view.version
        self.setVisible(version.signed_at is not None)
        if version.signed_at is None:
            self.where.hide()
            self._delivery = None
            return
        at = shown.local(version.signed_at)
        changed = len(version.changed_by_signer)
        how = f", with {counted(changed, 'change')}" if changed else ""
        words = f"Signed by {version.signer_name} at {at:%H:%M} on {spell_day(at)}{how}."
        mine = [d for d in deliveries if d.decision_id == version.id]
        self._delivery = mine[-1] if mine else None
        stamped = _stamped(shown, self._delivery) if self._delivery else ""
        self.signed.show_words(words, " ".join(w for w in (stamped, version.comment) if w))
        self.where.setVisible(bool(mine))
        self._offer(self._delivery)
        if self._delivery is not None:
            self._say(shown, self._delivery)
        self._column.activate()  # so that no act is seen where it stood beside another

    def _offer(self, delivery: Delivery | None) -> None:
        """Show the acts for how it stands. The focus of one that goes falls to the first that is
        left, and not to wherever Qt finds the next place."""
        state = delivery.state if delivery is not None else None
        numbered = delivery is not None and bool(delivery.case_number)
        shown = {
            self.save: delivery is not None,
            self.hand: state in _ON_ITS_WAY,
            self.number: state is OutboxState.BY_HAND and not numbered,
            self.ask: state is OutboxState.UNKNOWN,
            self.send: state is OutboxState.WAITING,
        }
        left = [act for act in self._acts if shown[act]]
        for act in left:
            act.show()
        if left and any(act.hasFocus() for act in self._acts if not shown[act]):
            left[0].setFocus(Qt.FocusReason.OtherFocusReason)
        for act in self._acts:
            act.setVisible(shown[act])

    def words(self) -> str:
        """What is said of its way, for whoever asks."""
        return self.where.words.text() if not self.where.isHidden() else ""

    def _say(self, shown: Shown, delivery: Delivery) -> None:
        next_at = _at(shown, delivery.next_attempt_at)
        match delivery.state:
            case OutboxState.WAITING:
                later = f"Next try at {next_at}." if delivery.attempts and next_at else ""
                self.where.show_words(
                    "Waiting to be sent to the council.",
                    " ".join(w for w in (delivery.words, later) if w),
                    "info",
                )
            case OutboxState.SENT:
                self.where.show_words("Sent.", "The council's receipt is awaited.", "info")
            case OutboxState.BY_HAND:
                number = delivery.case_number
                said = f"Case number {number}." if number else "Its case number is not known yet."
                self.where.show_words("Exported by hand.", f"{delivery.words}. {said}", "done")
            case OutboxState.ACCEPTED:
                number = delivery.case_number
                said = f"Case number {number}." if number else delivery.words
                self.where.show_words("Accepted by the council.", said, "done")
            case OutboxState.REJECTED:
                self.where.show_words(
                    "The council refused it.",
                    f"{delivery.words} It is not sent again by itself. Reopen the contact to "
                    "correct it, or call the council.",
                    "danger",
                )
            case OutboxState.UNKNOWN:
                self.where.show_words(
                    "It is not known whether the council has it.",
                    f"{delivery.words} The council will be asked"
                    + (f" at {next_at}." if next_at else "."),
                    "warning",
                )


_ON_ITS_WAY = (OutboxState.WAITING, OutboxState.SENT, OutboxState.UNKNOWN)


def _stamped(shown: Shown, delivery: Delivery) -> str:
    """Whether a time-stamping service vouches for when; "" where none is asked."""
    if delivery.stamped_at is not None:
        return f"Time-stamped at {shown.local(delivery.stamped_at):%H:%M}."
    return f"Not time-stamped yet. {delivery.not_stamped}" if delivery.not_stamped else ""


def _at(shown: Shown, at: datetime | None) -> str:
    return f"{shown.local(at):%H:%M:%S}" if at is not None else ""
