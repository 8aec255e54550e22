"""The middle pane: the services that fit, in an order, with what a search found beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from triage.domain.directory import MOST, Order
from triage.domain.service import DirectoryCopy
from triage.domain.service_referral import ReferralState
from triage.workflow.services import Family, Finding
from ui.services.results import Entry, HitRow, ResultsHeader, ResultsModel, ResultsView, entries_of
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Pane
from ui.widgets.states import StateView
from ui.widgets.text import Text

ASSURED = "Assured: a council officer checked it in person on that day"
_HINTS = ((("↑", "↓"), "move"), ("Enter", "open card"), ("A", "add to decision"), ("R", "refer"))


class ListPane(Pane):
    """Tells `chosen` when another row is current, `order_asked` for the other order, `widen_asked`
    to go further where nothing fits, `again_asked` to fetch the directory once more."""

    chosen = Signal()
    order_asked = Signal()
    widen_asked = Signal()
    again_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Services", "", parent=parent)
        self.setAccessibleName("Services that fit")
        self._order = Order.NEED
        self.order = Button("Least wait first", "arrow-down-wide-narrow", "link")
        self.order.clicked.connect(self.order_asked)
        self.add_action(self.order)
        self.banner = Banner("warning")
        self.body.addWidget(self.banner)
        self.model = ResultsModel(self)
        self.view = ResultsView()
        self.header = ResultsHeader(self.view)
        self.view.setModel(self.model)
        self.view.row_changed.connect(lambda _: self.chosen.emit())
        self.state = StateView()
        self.state.acted.connect(self._acted)
        self.body.addWidget(self.header)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.state, 1)
        self.foot.addWidget(KeyHints(_HINTS), 1)
        self.foot.addWidget(Text(ASSURED, "small", "text2", spare=True))
        self.state.hide()

    def landing(self) -> QWidget:
        """The list."""
        return self.view

    def entry(self) -> Entry | None:
        """The row that is current."""
        return self.model.entry(self.view.currentIndex().row())

    def show_finding(self, finding: Finding, family: Family | None, *, hidden: bool) -> None:
        """Show what was found; the service that was current stays so, where it is still there."""
        kept = self.entry()
        key = kept.hit.service.key if isinstance(kept, HitRow) else None
        entries = entries_of(
            finding.found,
            finding.words,
            family,
            finding.day,
            placed=finding.origin is not None,
            hidden=hidden,
        )
        self.model.put(entries)
        count = finding.found.count
        more = f", the first {MOST} are shown" if count > MOST else ""
        self.title.set_text(f"{count} fit" if count != 1 else "1 fits")
        self.subtitle.set_text(f"of {finding.found.of}, {self._order.value}{more}")
        self._say_state(finding, family, entries)
        row = self.model.row_of(key) if key else -1
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))
        else:
            self.view.ensure_current()
        self.chosen.emit()

    def show_order(self, order: Order) -> None:
        """The button names the other order."""
        self._order = order
        other = "Least wait first" if order is Order.NEED else "Nearest need first"
        self.order.set_text(other)

    def _say_state(self, finding: Finding, family: Family | None, entries: list[Entry]) -> None:
        self._say_copies(finding.copies, family)
        empty = not entries
        if empty and self.view.hasFocus():
            self.order.setFocus(Qt.FocusReason.OtherFocusReason)  # else it falls out of the pane
        self.view.setVisible(not empty)
        self.header.setVisible(bool(finding.found.hits or finding.found.hidden) and not empty)
        self.state.setVisible(empty)
        if not empty:
            return
        if finding.found.of:
            acts = [("widen", "Go further")]
            self.state.show_empty(
                "Nothing fits. Go further",
                "Ask for less, or ring the early help desk: it knows what no directory does.",
                acts,
                icon="search",
            )
            return
        fault = next((c.fault for c in finding.copies if c.fault), "")
        if fault:
            again = [("again", "Try again")]
            self.state.show_error("The directory has not come yet", fault, again)
        elif any(c.tried_at for c in finding.copies):
            self.state.show_empty("The directory is empty", "It gave no service.", [])
        else:
            self.state.show_empty(
                "No directory is kept here yet",
                "It is fetched at night. Where it has no address, IT can set it in services.toml.",
                [("again", "Fetch it now")],
            )

    def _say_copies(self, copies: tuple[DirectoryCopy, ...], family: Family | None) -> None:
        """The last list is shown where a new one did not come, and what waits is said."""
        failed = [c for c in copies if c.fault and c.as_at is not None]
        if not failed:
            self.banner.hide()
            return
        drafts = [r for r in (family.referrals if family else ()) if r.state is ReferralState.DRAFT]
        waits = f" Referrals that wait as drafts: {len(drafts)}." if drafts else ""
        self.banner.show_words("The last list is shown.", f"{failed[0].fault}{waits}")

    def _acted(self, key: str) -> None:
        (self.widen_asked if key == "widen" else self.again_asked).emit()
