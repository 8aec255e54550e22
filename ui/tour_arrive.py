"""The tour's first half: contacts come in by file and folder, and one is opened and compared."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QPushButton, QTextEdit, QWidget

from triage.domain.lookup import VerdictKind
from triage.workflow import people, screen
from ui.tour_drive import (
    Wait,
    click,
    find,
    focused,
    is_there,
    press,
    row_where,
    type_into,
)
from ui.tour_stage import Stage, need

Steps = Generator[Wait, None, str]
MAYA = "Maya Rowe"
NEW_BY_FILE = 6
"""Contacts in the files dropped: five files with one each but the batch, which has two."""


def welcome(stage: Stage) -> Steps:
    """The first start: four steps, one key to begin."""
    window = stage.bench.window
    yield Wait(lambda: window.current() == "first-run", "the welcome to open", seconds=60)
    need(is_there(window, "Start practising", QPushButton), "Practising is not offered.")
    worker = stage.desk().worker
    return f"{worker.name}, {worker.job.lower()}, is welcomed at {stage.hub.profile.hub}."


def queue_opens(stage: Stage) -> Steps:
    """Ctrl Enter goes to the queue, which shows what the store has."""
    window, rows = stage.bench.window, stage.rows()
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: window.current() == "triage", "the queue to come to the front")
    yield Wait(
        lambda: (
            is_there(window, "Contacts waiting", QAbstractItemView)
            and _shown(waiting_list(window)) == len(rows)
        ),
        "the queue's rows",
    )
    view = waiting_list(window)
    need(len(rows) >= 10, f"The practice day has only {len(rows)} contacts.")
    rated = {row.rating for row in rows}
    need({"red", "amber", "green"} <= rated, "Not every rating is in the queue.")
    hidden = [row for row in rows if row.restricted]
    need(hidden and "Finch" not in hidden[0].title, "A restricted contact shows its name.")
    row_where(view, "Maya Rowe")
    return f"{len(rows)} contacts wait, rated red, amber and green; the restricted one has no name."


def files_dropped(stage: Stage) -> Steps:
    """Real files are let go over the queue; what they hold waits behind a button."""
    before = len(stage.rows())
    drop(stage.bench.triage.queue, stage.files)
    yield Wait(
        lambda: len(stage.rows()) >= before + NEW_BY_FILE, "the files to be taken in", seconds=120
    )
    yield stage.settled()
    yield Wait(
        lambda: is_there(stage.window, f"{NEW_BY_FILE} new, show", QPushButton),
        f"“{NEW_BY_FILE} new, show”",
    )
    need(len(stage.rows()) == before + NEW_BY_FILE, "The automatic reply was made a contact.")
    return (
        f"{len(stage.files)} files were read (mail, PDF, Word, JSON, CSV): {NEW_BY_FILE} contacts "
        "wait behind a button, and the automatic reply was set aside."
    )


def new_ones_shown(stage: Stage) -> Steps:
    """Pressing the button lets them in; each keeps its original, and partners were asked."""
    view = waiting_list(stage.window)
    click(find(stage.window, f"{NEW_BY_FILE} new, show", QPushButton))
    yield Wait(lambda: _shown(view) == len(stage.rows()), "the new rows")
    for name in ("Ruby Castell", "Iris Holloway", "Rafi Choudhury", "Niamh Corrigan", "Ada"):
        row_where(view, name)
    found = screen.look_again(stage.desk(), stage.row("Rafi Choudhury").contact_id)
    need(found.results, "No partner was asked about what arrived.")
    asked = sorted({result.partner for result in found.results})
    again = stage.row("Castell")
    need(again.repeat or found.suggestions is not None, "The second Castell contact stands alone.")
    return f"The new rows are in the list; {len(asked)} partners were asked by themselves."


def drop_folder(stage: Stage) -> Steps:
    """A file put in the watched folder is taken in, and suggested as about the same children."""
    before = len(stage.rows())
    target = stage.hub.drop_folder / stage.late_file.name
    target.write_bytes(stage.late_file.read_bytes())
    yield Wait(lambda: len(stage.rows()) == before + 1, "the watched folder to be read", seconds=60)
    yield stage.settled()
    yield Wait(lambda: is_there(stage.window, "1 new, show", QPushButton), "“1 new, show”")
    click(find(stage.window, "1 new, show", QPushButton))
    need(not target.exists(), "The file still lies in the watched folder.")
    mayas = [row for row in stage.rows() if MAYA in row.title]
    need(len(mayas) == 2, f"{len(mayas)} contacts are about {MAYA}, not two.")
    first = min(mayas, key=lambda row: row.reference)
    stage.found["maya"] = first.contact_id
    found = screen.look_again(stage.desk(), first.contact_id)
    need(found.suggestions, "The doctor's mail is not suggested beside the police contact.")
    return "The doctor's mail came by the watched folder and is suggested beside the first contact."


def maya_opened(stage: Stage) -> Steps:
    """The red contact is opened with the keys; story, records and chronology stand beside it."""
    view = waiting_list(stage.window)
    row = next(row for row in stage.rows() if row.contact_id == stage.found["maya"])
    walk_to(view, stage.bench.triage.queue.model.index_of(row.contact_id).row())
    began = monotonic()
    press(view, "Return")
    triage = stage.bench.triage
    yield Wait(lambda: MAYA.split()[0] in triage.header.name.text(), f"{MAYA} to open")
    took = round((monotonic() - began) * 1000)
    yield stage.settled()
    yield Wait(lambda: triage.match.count() > 0, "records that may be hers")
    found = screen.look_again(stage.desk(), row.contact_id)
    need("I put Theo under my bed" in triage.story.words.text(), "Her words are not on screen.")
    need(len(found.contact.content.children) == 2, "The contact does not have two children.")
    need(found.chronology, "No earlier involvement is shown.")
    partners = {result.partner for result in found.results}
    need(len(partners) >= 4, f"Only {sorted(partners)} were looked up.")
    return (
        f"{row.reference} opened in {took} ms: her words, two children, "
        f"{len(found.chronology)} earlier events, records from {len(partners)} partners."
    )


def compared(stage: Stage) -> Steps:
    """Ctrl M lays the records beside her, field by field, with the weight of each."""
    window = stage.bench.window
    press(focused(), "Ctrl+M")
    yield Wait(lambda: window.current() == "compare", "Compare to open")
    table = find(window, "Compare, field by field", QAbstractItemView)
    yield Wait(lambda: table.isVisible() and _shown(table) > 3, "the facts side by side")
    yield stage.settled()
    need(not stage.bench.compare.panel.chosen(), "A verdict was chosen before anybody chose.")
    return f"{_shown(table)} lines compare her with the records found; nothing is chosen."


def linked(stage: Stage) -> Steps:
    """L, a reason, Ctrl Enter: the link is kept with its reason, and can be undone."""
    window = stage.bench.window
    table = find(window, "Compare, field by field", QAbstractItemView)
    table.setFocus(Qt.FocusReason.TabFocusReason)
    press(table, "L")
    panel = stage.bench.compare.panel
    yield Wait(lambda: panel.chosen() is VerdictKind.SAME, "“Same, link” to be chosen")
    birth = [chip for chip in panel.why.chips() if "birth" in chip.words().casefold()]
    if birth:
        birth[0].setFocus(Qt.FocusReason.TabFocusReason)
        press(birth[0], "Space")
    type_into(find(panel, "In your words", QTextEdit), "Same birth date, school and mother.")
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: window.current() == "triage", "the verdict to be kept")
    yield stage.settled()
    found = screen.look_again(stage.desk(), stage.found["maya"])
    kept = [v for v in found.verdicts if v.kind is VerdictKind.SAME and not v.undone_at]
    need(kept, "The link is not in the store.")
    need("birth date" in kept[-1].words, "The reason is not in the store.")
    who = {worker.id: worker.name for worker in people.workers(stage.desk())}
    return f"Linked to {kept[-1].record_id} by {who[kept[-1].by]}, with the reason."


# ---- keys and clicks that several steps use ------------------------------------


def waiting_list(window: QWidget) -> QAbstractItemView:
    """The queue's list."""
    return find(window, "Contacts waiting", QAbstractItemView)


def walk_to(view: QAbstractItemView, goal: int) -> None:
    """Walk with the arrow keys to row `goal`; NotTrueError where the keys do not lead there."""
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(view.model().rowCount()):
        at = view.currentIndex().row()
        if at == goal:
            return
        press(view, "Down" if at < goal else "Up")
    at = view.currentIndex().row()
    need(at == goal, f"The arrow keys lead to row {at}, not {goal}.")


def drop(target: QWidget, paths: Sequence[Path]) -> None:
    """Drag files from outside over a widget and let them go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = target.rect().center()
    copying, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(middle), copying, data, button, plain)
    QApplication.sendEvent(target, enter)
    need(enter.isAccepted(), "The queue does not take files.")
    let_go = QDropEvent(QPointF(middle), copying, data, button, plain)
    QApplication.sendEvent(target, let_go)


def _shown(view: QAbstractItemView) -> int:
    """How many rows can be stood on; heads of groups are not counted."""
    model = view.model()
    usable = Qt.ItemFlag.ItemIsEnabled
    return sum(bool(model.index(n, 0).flags() & usable) for n in range(model.rowCount()))
