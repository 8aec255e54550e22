"""The middle: whether the chain is whole, what to ask about, and the events."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.spelling import counted, spell_moment
from triage.domain.trail import seal_of
from triage.workflow.audit import MOST_COUNTED, Chain, Found, Page, Row
from ui.audit.rows import (
    PEOPLE_HEADINGS,
    EventsModel,
    EventsTable,
    people_rows,
)
from ui.theme import theme
from ui.widgets.banner import Banner, IconLabel
from ui.widgets.buttons import Button
from ui.widgets.keycap import KeyHints
from ui.widgets.pane import Pane, Surface
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.table import Rows, Table
from ui.widgets.text import Paragraph, Text

_HINTS = (
    (("↑", "↓"), "move"),
    ("Enter", "open the record"),
    ("S", "same person"),
    (("Home", "End"), "newest, oldest"),
)


class ChainBar(Surface):
    """How far the chain was checked, and what is wrong with it. `check_asked` checks it now,
    `print_asked` puts where it ends on paper."""

    check_asked = Signal()
    print_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(stripe="muted", parent=parent)
        self._icon = IconLabel("shield-check", 20, "text2")
        self.title = Text("The chain is not checked yet", "body", weight=600, wrap=True)
        self.words = Paragraph("", "small", "text2")
        self._seal = Text("", "small", "text2", mono=True, spare=True)
        self.check = Button("Check now", "refresh-cw", key_hint="F5")
        self.check.clicked.connect(self.check_asked)
        self.print = Button("Print checkpoint", "printer", key_hint="P")
        self.print.clicked.connect(self.print_asked)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.words)
        self._row.addLayout(column, 1)
        self._row.addWidget(self._seal)
        self._row.addWidget(self.print)
        self._row.addWidget(self.check)
        self._space()
        theme().scaled.connect(self._space)

    def _space(self) -> None:
        t = theme()
        self._row.setContentsMargins(t.px(14), t.px(8), t.px(12), t.px(8))
        self._row.setSpacing(t.px(12))

    def show_checking(self) -> None:
        """It is being checked."""
        self.title.set_text("Checking the chain")
        self.words.set_text("Each event is worked out again, from the last one known to be whole.")

    def show_chain(self, chain: Chain | None, at: str, newer: int) -> None:
        """The result; `newer` events came since."""
        if chain is None:
            self._look("shield-check", "text2", "muted", "surface")
            self.title.set_text("The chain is not checked yet")
            self.words.set_text("")
            self._seal.set_text("")
            return
        if chain.fault:
            self._look("shield-alert", "dangerText", "dangerText", "dangerSoft")
            self.title.set_text("The chain is broken")
            self.words.set_text(
                f"{chain.fault} Nothing can be exported. Change nothing, and tell IT at once."
            )
        else:
            self._look("shield-check", "okText", "okText", "surface")
            self.title.set_text(f"Chain verified to event {chain.seq:,} at {at}")
            wait = (
                f"{counted(newer, 'event')} {'waits' if newer == 1 else 'wait'} for the next check."
                if newer
                else "Nothing newer waits."
            )
            self.words.set_text(f"Each event is sealed to the one before it. {wait}")
        self._seal.set_text("" if chain.fault else seal_of(chain.hash))
        self.setAccessibleName(f"{self.title.text()}. {self.words.text()}")

    def _look(self, icon: str, ink: str, stripe: str, fill: str) -> None:
        self._icon.set(icon, ink)
        self.set_look(fill, "borderSubtle", stripe)


class ListPane(Pane):
    """Tells `chosen` when another event is current, `opened` to open its record, `person_asked`
    for one person's, `page_asked` with (below, above) for another page, `further_asked` for what
    is older than was looked through."""

    chosen = Signal()
    opened = Signal()
    person_asked = Signal(str)
    page_asked = Signal(object, object)
    export_asked = Signal()
    newest_asked = Signal()
    further_asked = Signal()
    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Events", "", parent=parent)
        self._page: Page | None = None
        self._found: Found | None = None
        self.which = Segments(
            (("table", "Table"), ("people", "By person")), "How events are shown", dense=True
        )
        self.which.set_value("table")
        self.which.chosen.connect(lambda _: self._arrange())
        self.newer = Button("Newer", "chevron-left", dense=True)
        self.older = Button("Older", "chevron-right", dense=True)
        self.export = Button("Export", "download", dense=True)
        for widget in (self.newer, self.older, self.which, self.export):
            self.add_action(widget)
        self.newer.clicked.connect(self._go_newer)
        self.older.clicked.connect(self._go_older)
        self.export.clicked.connect(self.export_asked)
        self.banner = Banner("info")
        self.reach = Banner("info")
        self.further = Button("Look further back", dense=True)
        self.further.clicked.connect(self.further_asked)
        self.reach.add_action(self.further)
        self.body.addWidget(self.banner)
        self.body.addWidget(self.reach)
        self.model = EventsModel(self)
        self.table = EventsTable()
        self.table.setModel(self.model)
        self.table.row_changed.connect(lambda _: self.chosen.emit())
        self.table.opened.connect(lambda _: self.opened.emit())
        self.table.same_person.connect(self._same_person)
        self.table.newest.connect(self.newest_asked)
        self.table.oldest.connect(lambda: self.page_asked.emit(None, 0))
        self.table.older.connect(self._go_older)
        self.table.newer.connect(self._go_newer)
        self.people = Table("Events by person", (24, 10, 10, 10, 14, 12))
        self._people = Rows(PEOPLE_HEADINGS, parent=self.people)
        self.people.setModel(self._people)
        self.people.opened.connect(lambda at: self._choose_person(at.row()))
        self.state = StateView()
        self.state.acted.connect(self.acted)
        self._views = QVBoxLayout()
        for view in (self.table, self.people, self.state):
            self._views.addWidget(view, 1)
        self.body.addLayout(self._views, 1)
        self.table.set_whole(0, "00000000")
        self._margins()
        theme().scaled.connect(self._margins)
        self.foot.addWidget(KeyHints(_HINTS), 1)
        self.foot.addWidget(Text("Lock: in the verified chain", "small", "text2", spare=True))
        self._arrange()

    def _margins(self) -> None:
        self._views.setContentsMargins(theme().px(10), 0, theme().px(2), 0)

    def landing(self) -> QWidget:
        """The events."""
        return self.people if self.which.value() == "people" else self.table

    def row(self) -> Row | None:
        """The event that is current."""
        return self.model.row(self.table.currentIndex().row())

    def say(
        self, icon: str, title: str, words: str, acts: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """In the place of events."""
        self._page = self._found = None
        self.model.put(())
        self._people.put(())
        self.title.set_text("Audit")
        self.subtitle.set_text("")
        self.reach.hide()
        self.state.show_words(icon, title, words, acts)
        self._arrange()

    def show_found(self, found: Found, when: str) -> None:
        """A search's first page and its counts."""
        self._found = found
        self.title.set_text("Events")
        most = f"more than {MOST_COUNTED:,}" if found.fits > MOST_COUNTED else f"{found.fits:,}"
        there = f"{'' if found.counted_since is None else 'more than '}{found.in_time:,}"
        self.subtitle.set_text(f"{there} {when}, {most} after filters, newest first")
        self._show_reach(found)
        self._people.put(people_rows(found.people))
        self.show_page(found.page)

    def _show_reach(self, found: Found) -> None:
        since = found.counted_since
        self.further.setVisible(found.older_left_out)
        if since is None:
            self.reach.hide()
            return
        back_to, most = f"back to {spell_moment(since)}", f"{found.in_time:,}"
        if found.older_left_out:
            self.reach.show_words(
                f"Looked through {back_to}.",
                f"Those are the newest {most} events of that time. Older ones are in no list and "
                "no number here.",
            )
        else:
            self.reach.show_words(
                f"Counted {back_to}.",
                f"The list goes on to the oldest. What stands beside each deed and person is of "
                f"the newest {most} events of that time.",
            )

    def show_page(self, page: Page, *, at_end: bool = False) -> None:
        """Another page; the line that was current stays so, where it is in it."""
        kept = self.row()
        self._page = page
        self.model.put(page.rows)
        self.table.set_whole(1, "24 Nov 00:00 " if self.model.spans_days() else "00:00:00 ")
        if page.rows:
            line = self.model.line_of(kept.seq) if kept is not None else -1
            line = line if line >= 0 else (len(page.rows) - 1 if at_end else 0)
            self.table.setCurrentIndex(self.model.index(line, 0))
            self.table.selectRow(line)
        else:
            self.state.show_empty(
                "No event fits", "Look at a longer time, or clear a filter.", icon="scroll-text"
            )
        self._arrange()
        self.chosen.emit()

    def show_newer(self, count: int) -> None:
        """How many events came since, which wait until they are asked for."""
        if count:
            self.banner.show_words(f"{counted(count, 'event')} came since.", "F5 shows them.")
        else:
            self.banner.hide()

    def _go_older(self) -> None:
        if self._page is not None and self._page.older and self._page.rows:
            self.page_asked.emit(self._page.rows[-1].seq, None)

    def _go_newer(self) -> None:
        if self._page is not None and self._page.newer and self._page.rows:
            self.page_asked.emit(None, self._page.rows[0].seq)

    def _same_person(self) -> None:
        row = self.row()
        if row is not None:
            self.person_asked.emit(row.by)

    def _choose_person(self, at: int) -> None:
        if self._found is not None and 0 <= at < len(self._found.people):
            self.which.set_value("table")
            self.person_asked.emit(self._found.people[at].by)

    def _arrange(self) -> None:
        people = self.which.value() == "people" and self._found is not None
        held = bool(self.model.rows())
        had = self.focusWidget()
        kept = had is not None and self.isAncestorOf(had)
        self.table.setVisible(held and not people)
        self.people.setVisible(people)
        self.state.setVisible(not held and not people)
        page = self._page
        paged = page is not None and not people and (page.newer or page.older)
        for button, on in (
            (self.newer, paged and page is not None and page.newer),
            (self.older, paged and page is not None and page.older),
        ):
            button.setVisible(bool(paged))
            button.set_ready(bool(on))
        self.which.setVisible(self._found is not None)
        self.export.setVisible(held)
        if kept and (had is None or not had.isVisible()):
            self.landing().setFocus(Qt.FocusReason.OtherFocusReason)
