"""The tour's calls and forms: a telephone call typed while listening, a form read by a person."""

from __future__ import annotations

from collections.abc import Callable, Generator
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QTextEdit, QWidget

from triage.domain.contact import Contact, ContactState
from triage.workflow import fields, reading, screen
from ui.tour_drive import (
    NotTrueError,
    Wait,
    click,
    find,
    focused,
    in_front,
    is_there,
    name_of,
    press,
    type_into,
)
from ui.tour_stage import Stage, need

Steps = Generator[Wait, None, str]
CALLER = "Moira Sands"
HEARD = "Ruby is on the step in the rain again and Noah is crying inside."


def call_typed(stage: Stage) -> Steps:
    """The telephone rings: names typed bring up what is known, from three letters."""
    window = stage.bench.window
    yield from from_menu(stage, "New contact by phone")
    yield Wait(lambda: window.current() == "new-contact", "the call to open")
    call = stage.bench.new_contact
    yield Wait(lambda: call.contact is not None, "the call to begin")
    type_into(find(call, "Who is calling?", QLineEdit), CALLER)
    type_into(find(call, "Words as said", QTextEdit), HEARD)
    type_into(find(call, "Name of child 1", QLineEdit), "Ruby Castell")
    type_into(find(call, "Postcode", QLineEdit), "NM2 6HD")
    yield Wait(lambda: _named(call.seen, "Already open:"), "an open contact that looks like this")
    yield stage.settled()
    if call.contact is None:
        raise NotTrueError("The call ended by itself.")
    stage.found["call"] = call.contact.id
    return f"A call from {CALLER} is typed; “{_named(call.seen, 'Already open:')[:80]}” came up."


def call_kept(stage: Stage) -> Steps:
    """Before anything is pressed the call is in the store as a partial, its clock running."""
    call_id = stage.found["call"]
    yield Wait(lambda: HEARD in _said(_contact(stage, call_id)), "the words to be kept")
    kept = _contact(stage, call_id)
    need(kept.state is ContactState.DRAFT, f"The call is {kept.state.value}, not a partial.")
    need(kept.content.referrer.name.value == CALLER, "The caller's name is not kept.")
    return "Kept as a partial while the caller speaks: their name, their words, the child."


def call_queued(stage: Stage) -> Steps:
    """Ctrl Enter puts it in the queue and opens it."""
    window, call_id = stage.bench.window, stage.found["call"]
    press(focused(), "Ctrl+Return")
    yield Wait(lambda: window.current() == "triage", "the call to be put in the queue")
    yield stage.settled()
    kept = _contact(stage, call_id)
    need(kept.state is not ContactState.DRAFT, "The call is still a partial.")
    row = next((row for row in stage.rows() if row.contact_id == call_id), None)
    if row is None:
        raise NotTrueError("The call is not in the queue.")
    yield Wait(
        lambda: "Ruby" in stage.bench.triage.header.name.text(), "the call to open in Triage"
    )
    return f"{row.reference} is in the queue: {row.title}."


def form_beside(stage: Stage) -> Steps:
    """An arrived form is read beside its original, each fact numbered at its source."""
    window, triage = stage.bench.window, stage.bench.triage
    row = stage.row("Poppy Lindqvist")
    stage.found["form"] = row.contact_id
    triage.queue.select(row.contact_id)
    triage.queue.list.setFocus(Qt.FocusReason.TabFocusReason)
    press(triage.queue.list, "Return")
    yield Wait(lambda: "Poppy" in triage.header.name.text(), "the form's contact to open")
    yield stage.settled()
    click(triage.story.original)
    yield Wait(lambda: window.current() == "reading", "the form to open")
    canvas = stage.bench.reading.original.canvas
    yield Wait(lambda: bool(canvas().words), "the original's words", seconds=30)
    yield stage.settled()
    found = reading.look_again(stage.desk(), row.contact_id)
    placed = [fact for _, fact in found.facts if fact.places]
    need(len(placed) >= 5, f"Only {len(placed)} facts know where they were read.")
    return f"{len(placed)} facts stand beside the original, each with its place in it."


def marked_by_hand(stage: Stage) -> Steps:
    """Words that were not used are marked in two keys, and keep the place they came from."""
    screen_, form = stage.bench.reading, stage.found["form"]
    canvas = screen_.original.canvas()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    press(canvas, "N")
    canvas = screen_.original.canvas()
    if canvas.choice() is None:
        press(canvas, "Right")
    chosen = " ".join(canvas.chosen_text().split())
    need(chosen, "No words in the original are chosen.")
    before = len(_contact(stage, form).content.other)
    press(canvas, "Return")
    palette = screen_.original.palette_box
    yield Wait(palette.isVisible, "the list of what the words can be")
    dated = any(letter.isdigit() for letter in chosen)
    press(palette, "D" if dated else "S")
    yield Wait(
        lambda: len(_contact(stage, form).content.other) == before + 1, "the words to be marked"
    )
    yield stage.settled()
    fact = _contact(stage, form).content.other[-1]
    need(fact.value == chosen, "Other words were kept than those chosen.")
    need(fact.places and fact.places[0].start is not None, "The place was not kept.")
    return (
        f"“{chosen[:60]}” is marked as {fact.places[0].label.lower()}, in two keys, with its place."
    )


def made_contact(stage: Stage) -> Steps:
    """F7 accepts what is clear; what is unclear is chosen; Ctrl Enter makes the contact."""
    window, screen_, form = stage.bench.window, stage.bench.reading, stage.found["form"]
    screen_.draft.view.setFocus(Qt.FocusReason.TabFocusReason)
    press(screen_.draft.view, "F7")
    yield Wait(
        lambda: reading.look_again(stage.desk(), form).clear == 0, "what is clear to be accepted"
    )
    yield stage.settled()
    settled = 0
    while settled < 12:
        left = _to_choose(stage, form)
        if not left:
            break
        press(focused(), "F8")
        yield stage.settled()
        press(focused(), "1")
        yield Wait(_fewer(stage, form, left), "an unclear fact to be chosen")
        yield stage.settled()
        settled += 1
    press(focused(), "Ctrl+Return")
    yield stage.settled()
    if window.current() == "reading" and is_there(screen_, "Make it, check later", QPushButton):
        click(find(screen_, "Make it, check later", QPushButton))
    yield Wait(lambda: window.current() == "triage", "the contact to be made")
    yield stage.settled()
    made = _contact(stage, form)
    need(not reading.is_to_read(made) or settled, "The form still waits to be confirmed.")
    need(made.assigned_to == stage.desk().worker.id, "The contact is not with the one who made it.")
    return f"{made.reference} is a contact; {settled} unclear facts were chosen by a person."


def from_menu(stage: Stage, words: str) -> Generator[Wait, None, None]:
    """F10, arrow keys and Enter: one line of the main menu."""
    press(focused(), "F10")
    yield Wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the menu to open")
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        raise NotTrueError("The menu closed by itself.")
    for _ in menu.actions():
        press(menu, "Down")
        at: QAction | None = menu.activeAction()
        if at is not None and at.text() == words:
            press(menu, "Return")
            yield in_front(stage.window)
            return
    raise NotTrueError(f"The menu has no “{words}”.")


def _contact(stage: Stage, contact_id: UUID) -> Contact:
    return screen.look_again(stage.desk(), contact_id).contact


def _said(contact: Contact) -> str:
    return " ".join(fact.value for _, fact in fields.facts_of(contact.content) if fact.known)


def _to_choose(stage: Stage, contact_id: UUID) -> int:
    view = reading.look_again(stage.desk(), contact_id)
    return sum(todo.kind == "check" and bool(todo.choices) for todo in view.todo)


def _fewer(stage: Stage, contact_id: UUID, than: int) -> Callable[[], bool]:
    return lambda: _to_choose(stage, contact_id) < than


def _named(root: QWidget, begins: str) -> str:
    """The name of the first visible part whose accessible name begins so, or ""."""
    for part in root.findChildren(QWidget):
        if part.isVisible() and name_of(part).startswith(begins):
            return name_of(part)
    return ""
