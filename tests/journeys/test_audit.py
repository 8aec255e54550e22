"""The audit by keys alone: say why, find, read before and after, ask, note, export."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QPushButton,
    QTextEdit,
)

from tests.conftest import PRACTICE_NOW
from tests.journeys.conftest import WHO, Seat
from triage.storage import events
from triage.workflow import audit, queue, screen
from ui.tour_drive import find, focused, name_of, press, type_into

Sit = Callable[[str], Seat]
LIST = "Events"


def open_audit(seat: Seat) -> None:
    """Ctrl 6, a reason, and the newest events."""
    seat.press("Ctrl+6")
    seat.wait(lambda: seat.bench.window.current() == "audit")
    box = seat.bench.audit._box
    assert box is not None
    press(find(box, "Monthly check", QPushButton), "Space")
    press(find(box, "Open the audit", QPushButton), "Space")
    seat.wait(lambda: seat.bench.audit.list.model.rowCount())
    seat.wait(lambda: seat.bench.audit._chain is not None)
    seat.settled()
    seat.window.activateWindow()
    seat.wait(seat.window.isActiveWindow)


def to(seat: Seat, name: str) -> QAbstractItemView:
    for _ in range(8):
        if name_of(focused()) == name:
            break
        seat.press("F6")
    view = focused()
    assert name_of(view) == name
    assert isinstance(view, QAbstractItemView)
    return view


def kinds(seat: Seat, since: int) -> list[str]:
    with seat.desk().store.read() as tx:
        return [e.kind for e in events.since(tx, since)]


def newest(seat: Seat) -> int:
    with seat.desk().store.read() as tx:
        return events.head(tx).seq


def test_an_auditor_says_why_finds_reads_and_notes_by_keys_alone(sit: Sit) -> None:
    seat = sit("mgreig")
    row = next(r for r in queue.queue(seat.desk()).rows if "Maya Rowe" in r.title)
    screen.rate(seat.desk().as_worker(WHO["pnandra"]), row.contact_id, "green", "Calmer now")
    before = newest(seat)
    open_audit(seat)
    assert kinds(seat, before) == ["audit.opened", "audit.checked"]
    assert "Chain verified to event" in seat.read_aloud()

    seat.press("Ctrl+F")
    about = focused()
    assert name_of(about) == "About whom"
    type_into(about, row.reference)
    press(about, "Return")
    model = seat.bench.audit.list.model
    seat.wait(lambda: {r.reference for r in model.rows()} == {row.reference})
    assert kinds(seat, before)[-1] == "audit.searched"
    view = to(seat, LIST)
    press(view, "Home")
    seat.settled()
    assert model.rows()[0].what == "Rated the contact"
    words = seat.read_aloud()
    assert "Before, after" in words
    assert "Calmer now" in words
    assert "redgreen" in words.replace(" ", "")  # the rating as it was, and as it is

    press(view, "S")
    seat.wait(lambda: {r.by for r in model.rows()} == {"pnandra"})
    assert seat.bench.audit.filters.who.currentText() == "Priya Nandra"
    note = find(seat.window, "Note by the auditor", QTextEdit)
    type_into(note, "Follows the police reply.")
    press(note, "Ctrl+S")
    seat.wait(lambda: "audit.noted" in kinds(seat, before))
    seat.wait(lambda: "Follows the police reply." in seat.read_aloud())

    press(to(seat, LIST), "Return")
    seat.wait(lambda: seat.bench.window.current() == "triage")
    seat.wait(lambda: "Maya" in seat.bench.triage.header.name.text())
    seat.settled()


def test_a_look_is_asked_about_and_the_reply_recorded(sit: Sit) -> None:
    seat = sit("pnandra")
    row = next(r for r in queue.queue(seat.desk()).rows if "Maya Rowe" in r.title)
    night = replace(
        seat.desk().as_worker(WHO["tbell"]),
        now=lambda: PRACTICE_NOW.replace(hour=1),
    )
    screen.open_contact(night, row.contact_id)
    open_audit(seat)
    for act, words in (("Ask why: At night", "By word"), ("Record reply: At night", "On call.")):
        button = next(
            b
            for b in seat.window.findChildren(QPushButton)
            if b.accessibleName().startswith(act) and b.isVisible()
        )
        button.setFocus()
        press(button, "Space")
        box = seat.bench.audit._box
        assert isinstance(box, QDialog)
        assert "Tom Bell" in box.words.text()
        type_into(find(box, "Why, in words", QTextEdit), words)
        press(find(box, "Record", QPushButton), "Space")
        seat.settled()
        seat.window.activateWindow()
        seat.wait(seat.window.isActiveWindow)
    seat.wait(lambda: "Said: On call." in seat.read_aloud())


def test_pages_are_walked_with_the_arrows_to_both_ends(sit: Sit) -> None:
    seat = sit("mgreig")
    audit.AT_ONCE, kept = 10, audit.AT_ONCE
    try:
        open_audit(seat)
        model = seat.bench.audit.list.model
        first = [r.seq for r in model.rows()]
        view = to(seat, LIST)
        view.setCurrentIndex(model.index(len(first) - 1, 0))
        press(view, "Down")
        seat.wait(lambda: model.rows()[0].seq < first[-1])
        seat.settled()
        press(view, "Up")
        seat.wait(lambda: [r.seq for r in model.rows()] == first)
        assert view.currentIndex().row() == len(first) - 1
        press(view, "End")
        seat.wait(lambda: not seat.bench.audit.list._page.older)
        press(view, "Home")
        seat.wait(lambda: model.rows()[0].seq >= first[0])
        seat.settled()
    finally:
        audit.AT_ONCE = kept


def test_what_was_not_looked_through_is_said_and_looked_through_next(sit: Sit) -> None:
    seat = sit("mgreig")
    audit.MOST_LOOKED_THROUGH, kept = 30, audit.MOST_LOOKED_THROUGH
    try:
        open_audit(seat)
        assert "Looked through back to" in seat.read_aloud()
        button = find(seat.window, "Look further back", QPushButton)
        button.setFocus()
        press(button, "Space")
        seat.settled()
        filters = seat.bench.audit.filters
        assert filters.time.value() == "dates"
        assert filters.wanted().until is not None
    finally:
        audit.MOST_LOOKED_THROUGH = kept


def test_export_says_what_is_missing_then_is_signed_and_recorded(sit: Sit) -> None:
    seat = sit("mgreig")
    open_audit(seat)
    seat.press("Ctrl+Return")
    field = focused()
    assert name_of(field) == "For whom"
    type_into(field, "Information governance")
    before = newest(seat)
    seat.bench.audit.export_to(seat.practice.hub.folder)
    seat.wait(lambda: "audit.exported" in kinds(seat, before))
    seat.settled()
    (made,) = seat.practice.hub.folder.glob("trail-*.zip")
    assert b"Maya" not in made.read_bytes()


def test_names_leave_the_audit_while_they_are_blurred(sit: Sit) -> None:
    seat = sit("pnandra")
    row = next(r for r in queue.queue(seat.desk()).rows if "Maya Rowe" in r.title)
    screen.rate(seat.desk(), row.contact_id, "green", "Maya is with her aunt")
    open_audit(seat)
    view = seat.bench.audit.list.table

    def spoken() -> str:
        model = view.model()
        return " ".join(
            str(model.index(line, column).data(role))
            for line in range(model.rowCount())
            for column in range(model.columnCount())
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        )

    to(seat, LIST)
    while "Maya" not in spoken_row(view):
        press(view, "Down")
    seat.wait(lambda: "Maya is with her aunt" in seat.read_aloud())
    assert "Maya" in spoken()
    seat.press("F9")
    assert "Maya" not in spoken() + seat.read_aloud()
    assert row.reference in spoken()
    seat.press("F9")
    assert "Maya" in spoken()


def spoken_row(view: QAbstractItemView) -> str:
    index = view.model().index(view.currentIndex().row(), 0)
    return str(index.data(Qt.ItemDataRole.AccessibleTextRole))


def test_checkpoint_is_put_on_paper_by_its_key_and_written_down(sit: Sit, tmp_path: Path) -> None:
    seat = sit("pnandra")
    open_audit(seat)
    view, before = to(seat, LIST), newest(seat)
    press(view, "P")
    paper = seat.bench.audit.paper
    seat.wait(lambda: paper.box is not None and paper.box.isVisible())
    assert paper.box is not None
    assert "names no family" in paper.box.words.text()
    paper.box.close()
    paper.save(tmp_path / "page.pdf")
    seat.wait(lambda: (tmp_path / "page.pdf").exists())
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    seat.settled()
    assert "audit.checkpoint" in kinds(seat, before)


def test_who_may_not_look_has_no_tab_is_told_so_and_is_shown_nothing(sit: Sit) -> None:
    seat = sit("rosei")
    tabs = seat.bench.window.top.tabs
    assert not tabs.isTabVisible(tabs.keys().index("audit"))
    seat.press("Ctrl+6")
    assert seat.bench.window.current() == "triage"
    assert "Your role does not have “Audit”" in seat.bench.window.toast.words()
    seat.bench.window.show_screen("audit")
    seat.settled()
    assert "for auditors and team leaders" in seat.read_aloud()
    assert seat.bench.audit.list.model.rowCount() == 0
    assert not seat.bench.audit.filters.isVisible()
    assert not seat.bench.audit.event_pane.isVisible()
