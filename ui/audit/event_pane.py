"""The right pane: one event whole, a note on it, and taking what fits out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.spelling import counted, spell_moment, spell_short_day
from triage.domain.trail import Change
from triage.workflow.audit import MOST_COUNTED, Row, Whole
from ui.audit.rows import HIDDEN
from ui.printing.ticks import Tick
from ui.theme import theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.diff import word_spans
from ui.widgets.editor import Editor, LineField
from ui.widgets.facts import Facts
from ui.widgets.pane import Body, Pane, Scroll
from ui.widgets.segments import Segments
from ui.widgets.states import StateView
from ui.widgets.text import Paragraph, Span, Text

_NOTE = "Your note is a new event. Nothing in the chain can be changed or removed."
_EXPORT = (
    "One signed file: a table to read, and what was signed. Exporting is an event. The reasons, "
    "and what was changed, go with the names only."
)


class EventPane(Pane):
    """Tells `note_asked` and `export_asked`; `typed_note` whenever a note is begun or emptied."""

    note_asked = Signal()
    export_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Event", "", parent=parent)
        self._whole: Whole | None = None
        self._hidden = False
        self._read_only = Text("read only", "small", "text2", spare=True)
        self.add_action(self._read_only)
        self._body = Body(gap=6)
        self.sheet = Scroll(self._body, "The event")
        self.state = StateView()
        self.state.show_empty("Choose an event", "What it changed stands here.", icon="scroll-text")
        self.body.addWidget(self.sheet, 1)
        self.body.addWidget(self.state, 1)
        self._parts()
        self.keep = Button("Keep note", "save", key_hint="Ctrl S")
        self.keep.clicked.connect(self.note_asked)
        self.export = Button("Export", "download", "primary", "Ctrl Enter")
        self.export.clicked.connect(self.export_asked)
        self.foot.addWidget(self.keep)
        self.foot.addStretch(1)
        self.foot.addWidget(self.export)
        self.show_nothing()

    def landing(self) -> QWidget:
        """Before and after, else the note."""
        return self.note

    def _parts(self) -> None:
        column = self._body.column
        self.facts = Facts()
        column.addWidget(self.facts)
        self.held_back = Banner("info")
        column.addWidget(self.held_back)
        self._changes = QWidget()
        inside = QVBoxLayout(self._changes)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(theme().px(2))
        head = QHBoxLayout()
        head.setSpacing(theme().px(12))
        head.addWidget(Text("Before, after", "heading", elide=True), 1)
        self.side = Segments(
            (("marked", "Marked"), ("side", "Side by side")), "How changes are shown", dense=True
        )
        self.side.set_value("marked")
        self.side.chosen.connect(lambda _: self._show_changes())
        head.addWidget(self.side)
        inside.addLayout(head)
        self.changes = Facts()
        inside.addWidget(self.changes)
        column.addWidget(self._changes)
        self._more = self._section("Also kept with it")
        self.more = Facts()
        self._more.addWidget(self.more)
        self._beside = self._section("Done just before, by the same person")
        self.beside = Facts()
        self._beside.addWidget(self.beside)
        self._said = self._section("Noted about it")
        self.remarks = Facts()
        self._said.addWidget(self.remarks)
        note = self._section("Note by the auditor")
        self.note = Editor("Note by the auditor", "What you found, in a few words", lines=2)
        note.addWidget(self.note)
        note.addWidget(Paragraph(_NOTE, "small", "text2"))
        out = self._section("Export what fits")
        self.for_whom = LineField("For whom", "For whom, and what for")
        out.addWidget(Text("For whom", "small", weight=600))
        out.addWidget(self.for_whom)
        self.masked = Tick("Record numbers in place of names")
        self.masked.setChecked(True)
        out.addWidget(self.masked)
        out.addWidget(Paragraph(_EXPORT, "small", "text2"))
        column.addStretch(1)

    def _section(self, title: str) -> QVBoxLayout:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, theme().px(8), 0, 0)
        column.setSpacing(theme().px(4))
        column.addWidget(Text(title, "heading"))
        self._body.column.addWidget(box)
        return column

    # ---- what is shown ---------------------------------------------------------

    def show_nothing(self) -> None:
        """No event is chosen."""
        self._whole = None
        self.set_title("Event")
        self.sheet.hide()
        self.state.show()
        self.show_foot(False)

    def show_event(self, whole: Whole) -> None:
        """One event, with a note begun for another put away."""
        before = self._whole
        self._whole = whole
        if before is None or before.row.seq != whole.row.seq:
            self.note.start_with("")
        self._show()

    def set_hidden(self, hidden: bool) -> None:
        """Leave names and what was said out, or put them in."""
        self._hidden = hidden
        if self._whole is not None:
            self._show()

    def set_fits(self, count: int) -> None:
        """How many events an export would hold, where they were all counted."""
        known = 0 < count <= MOST_COUNTED
        self.export.set_text(f"Export {counted(count, 'event')}" if known else "Export")
        self.export.set_ready(bool(count) and bool(self.for_whom.text().strip()))

    def _show(self) -> None:
        whole = self._whole
        assert whole is not None
        row = whole.row
        self.state.hide()
        self.sheet.show()
        self.show_foot(True)
        self.set_title(f"Event {row.seq:,}", row.what.lower())
        self.facts.put(
            [
                ("Who", row.who),
                ("When", f"{spell_moment(row.at)}:{row.at:%S}"),
                *([("About", self._about(row))] if row.contact_id is not None else []),
                *([("Why, on what", self._words(row.why))] if row.why else []),
                ("Seal", f"{whole.seal}, follows event {row.seq - 1:,}"),
            ]
        )
        if whole.held_back:
            self.held_back.show_words("", whole.held_back)
        else:
            self.held_back.hide()
        self._show_changes()
        self._fill(self._more, self.more, [(n, self._words(w)) for n, w in whole.facts])
        self._fill(
            self._beside,
            self.beside,
            [
                (f"{r.seq:,}", " · ".join(filter(None, (r.what, self._about(r)))))
                for r in whole.beside
            ],
        )
        self._fill(
            self._said,
            self.remarks,
            [
                (f"{spell_short_day(at)} {at:%H:%M}", f"{who}: {self._words(said)}")
                for at, who, said in whole.remarks
            ],
        )

    def _about(self, row: Row) -> str:
        if self._hidden and row.contact_id is not None and not row.restricted:
            return row.reference or HIDDEN
        return ", ".join(w for w in (row.about, row.reference) if w)

    def _words(self, words: str) -> str:
        return "Hidden, F9 shows it" if self._hidden and words else words

    def _show_changes(self) -> None:
        changes = self._whole.changes if self._whole is not None else ()
        self._changes.setVisible(bool(changes))
        side = self.side.value() == "side"
        if self._hidden:
            self.changes.put([(c.label, "Hidden, F9 shows it") for c in changes])
        else:
            lines: list[tuple[str, str | Sequence[Span]]] = []
            for change in changes:
                lines += _side(change) if side else [(change.label, _marked(change))]
            self.changes.put(lines)

    def _fill(self, section: QVBoxLayout, facts: Facts, lines: Sequence[tuple[str, str]]) -> None:
        box = section.parentWidget()
        assert box is not None
        box.setVisible(bool(lines))
        facts.put(lines)


def _marked(change: Change) -> tuple[Span, ...]:
    if not change.before and not change.after:
        return (Span("Nothing", kind="muted"),)
    return word_spans(change.before, change.after)


def _side(change: Change) -> list[tuple[str, str]]:
    return [
        (f"{change.label}, before", change.before or "Nothing"),
        ("after", change.after or "Nothing"),
    ]
