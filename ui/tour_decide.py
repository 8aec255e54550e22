"""The tour's middle: the whole decision filled in with the keyboard, kept as it is typed, sent."""

from __future__ import annotations

from collections.abc import Callable, Generator
from time import monotonic

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from triage.domain.decision import Answer, DecisionDraft, VersionState
from triage.domain.profile import QuestionKind
from triage.workflow import decide, screen
from ui.tour_drive import NotTrueError, Wait, focused, in_front, press, type_into
from ui.tour_stage import Stage, need
from ui.triage.parts.controls import (
    ChipsControl,
    ListControl,
    PickControl,
    SegmentsControl,
    TextControl,
)
from ui.triage.parts.field import Field
from ui.triage.parts.pick import TickMenu

Steps = Generator[Wait, None, str]

ANALYSIS = (
    "Maya took charge of keeping Theo safe. It is not yet known where Mr Hartley is. "
    "Theo was asleep."
)
MORE = " For Maya this is the fourth night of listening on the stairs in a year."

ANSWERS: dict[str, Answer] = {
    "rating": "red",
    "level": "4",
    "raises": ("injury_parent", "saw_or_heard", "not_located", "repeat_contacts"),
    "lowers": ("grandparent", "safe_home"),
    "lawful_basis": ("public_task",),
    "special_condition": "substantial_public_interest",
    "necessity": "Nobody can tell whether the children are safe tonight without police and health.",
    "proportionality": "The two children, their mother and her partner; nobody else.",
    "family_told": "not_told",
    "not_told_why": "raises_risk",
    "not_told_words": "Ms Rowe and Mr Hartley; agreed with the team leader",
    "consent": "not_asked",
    "heard": "to_other",
    "heard@c2": "not_yet",
    "voice": "“I put Theo under my bed so he wouldn't hear”, to police on the stairs.",
    "voice_why_not": "Asleep when police came; nursery sees him today",
    "parent_heard": "not_reached",
    "parent_why_not": "No voicemail may be left; police will ask her to ring",
    "analysis": ANALYSIS,
    "repeat_words": "The same man and the same stairs each time; an injury is new.",
    "history": "considered",
    "history_words": "The early help plan ended well; the calls began again in the winter.",
    "replies": "some_in",
    "replies_words": "Four partners' records were looked in. Police answered; others are awaited.",
    "outcome": ("strategy",),
    "who_decides": "Priya Nandra, team leader",
    "outcome_why": "An injury, a child who hid her brother, and a man not found: not advice alone.",
    "primary_need": "N1",
    "harm_category": "EMO",
    "team": "harbour",
    "strategy_at": "24 Nov 2026 14:30",
    "strategy_who": ("social_care", "police", "health"),
    "enquiry": "joint",
    "dissent": "none",
    "feedback": "by_mail",
}
"""What the contact officer answers, by question, or by question and person where they differ."""

_STAYS = 3
"""How often F8 may lead back to one question before the tour says that it can't be answered."""


def autosaved(stage: Stage) -> Steps:
    """Words typed in the form are in the encrypted store about a second after the last key."""
    pane = stage.bench.triage.decision
    need(pane.reveal("analysis"), "The form does not ask for an analysis.")
    editor = focused()
    type_into(editor, ANALYSIS)
    ended = monotonic()
    yield Wait(lambda: _kept(stage, "analysis") == ANALYSIS, "the analysis to be kept", seconds=5)
    took = round((monotonic() - ended) * 1000)
    need(took <= 1800, f"It took {took} ms for typed words to be kept.")
    yield stage.settled()
    return f"What was typed was in the store {took} ms after the last key, with nothing pressed."


def form_filled(stage: Stage) -> Steps:
    """F8 leads from one answer still needed to the next; each is given with the keyboard."""
    pane = stage.bench.triage.decision
    draft = _draft(stage)
    need(not draft.value("outcome", "c1"), "An outcome was there before anybody chose one.")
    visits: dict[str, int] = {}
    given = 0
    while True:
        press(focused(), "F8")
        field = _field_of(focused())
        if field is None:
            break
        visits[field.key] = visits.get(field.key, 0) + 1
        if visits[field.key] > _STAYS:
            raise NotTrueError(f"F8 leads to “{field.control.label}” again and again.")
        answer = _answer(field)
        yield from _give(field, answer)
        given += 1
        yield Wait(_is_kept(stage, field.key, field.value()), f"“{field.key}” to be kept")
        if not _missing(stage):
            break
    yield stage.settled()
    meter = decide.completeness(stage.desk(), _basis(stage), _draft(stage))
    need(not meter.needed, f"{meter.needed} answers are still needed.")
    need(pane.send.send.is_ready(), "The button to send is still dashed.")
    against = [p.sentence for p in meter.problems]
    return f"{given} answers given with the keyboard; nothing needed is missing. {against or ''}"


def sent_for_sign_off(stage: Stage) -> Steps:
    """Ctrl Enter freezes the decision, signed by its author, and puts it before a leader."""
    press(focused(), "Ctrl+Return")
    maya = stage.found["maya"]
    yield Wait(lambda: decide.versions_sent(stage.desk(), maya), "the decision to be sent")
    version = decide.versions_sent(stage.desk(), maya)[-1]
    stage.found["version"] = version.id
    need(version.state is VersionState.PROPOSED, "The decision does not wait for sign-off.")
    need(version.proposal, "The decision does not carry its author's signature.")
    view = screen.look_again(stage.desk(), maya)
    need(view.read_only_why, "The contact can still be changed while it waits for sign-off.")
    return f"Version {version.number} waits for sign-off, signed by {version.author_name}."


# ---- answering with keys ------------------------------------------------------------


def _answer(field: Field) -> Answer:
    base = field.key.partition("@")[0]
    answer = ANSWERS.get(field.key) or ANSWERS.get(base)
    if not answer:
        raise NotTrueError(f"The tour has no answer to “{field.control.label}”.")
    return answer


def _give(field: Field, answer: Answer) -> Generator[Wait, None, None]:
    """Answer a field that has the focus, as its kind is answered by keys."""
    control = field.control
    if isinstance(control, ChipsControl):
        _tick_chips(control, answer)
    elif isinstance(control, PickControl):
        yield from _tick_list(control, answer)
    elif isinstance(control, SegmentsControl) and control.box.isHidden():
        _choose_segment(control, str(answer))
    elif isinstance(control, ListControl | SegmentsControl):
        _choose_in_list(control, str(answer))
    else:
        type_into(focused(), str(answer))
        if not isinstance(control, TextControl):
            press(focused(), "Tab")
    plain = field.question.kind not in (QuestionKind.DATE, QuestionKind.DATE_TIME)
    need(
        not plain or field.value() == answer,
        f"“{control.label}” was answered {answer!r} and holds {field.value()!r}.",
    )


def _choose_segment(control: SegmentsControl, code: str) -> None:
    """Space takes the first; the arrow keys move and choose."""
    buttons = control.segments.buttons()
    press(focused(), "Space")
    for _ in buttons:
        if control.value() == code:
            return
        press(focused(), "Right")


def _choose_in_list(control: ListControl | SegmentsControl, code: str) -> None:
    """Arrow keys step through a list without opening it."""
    box = control.box
    goal = box.findData(code)
    need(goal >= 0, f"“{control.label}” does not offer {code}.")
    press(box, "Home")
    while box.currentIndex() < goal:
        press(box, "Down")


def _tick_chips(control: ChipsControl, answer: Answer) -> None:
    """Arrow keys move along the chips, Space ticks."""
    wanted = set(answer)
    for chip in control.chips.chips():
        chip_now = focused()
        if chip_now is not chip:
            break
        if chip.key in wanted and not chip.isChecked():
            press(chip, "Space")
        if wanted <= set(control.value()):
            return
        press(focused(), "Right")


def _tick_list(control: PickControl, answer: Answer) -> Generator[Wait, None, None]:
    """Down opens the list; arrow keys and Space tick; Esc closes it."""
    press(focused(), "Down")
    menu = control.pick.list_menu()
    yield Wait(menu.isVisible, f"the list of “{control.label}”", seconds=5)
    for code in answer:
        _step_to(menu, code)
        press(menu, "Space")
    press(menu, "Escape")
    yield Wait(lambda: not menu.isVisible(), f"the list of “{control.label}” to close", seconds=5)
    yield in_front(control.window())


def _step_to(menu: TickMenu, code: str) -> None:
    for _ in menu.actions():
        at: QAction | None = menu.activeAction()
        if at is not None and at.data() == code:
            return
        press(menu, "Down")
    raise NotTrueError(f"The list does not offer {code}.")


# ---- what the store has ------------------------------------------------------------


def _field_of(widget: QWidget) -> Field | None:
    at: QObject | None = widget
    while at is not None and not isinstance(at, Field):
        at = at.parent()
    return at if isinstance(at, Field) else None


def _draft(stage: Stage) -> DecisionDraft:
    return decide.decision_again(stage.desk(), stage.found["maya"])


def _kept(stage: Stage, key: str) -> Answer:
    saved = _draft(stage).answers.get(key)
    return saved.value if saved else ""


def _is_kept(stage: Stage, key: str, value: Answer) -> Callable[[], bool]:
    return lambda: _kept(stage, key) == value


def _basis(stage: Stage) -> decide.Basis:
    view = screen.look_again(stage.desk(), stage.found["maya"])
    return decide.Basis(
        contact=view.contact, repeat=view.repeat, results=view.results, awaited=view.awaited
    )


def _missing(stage: Stage) -> int:
    meter = decide.completeness(stage.desk(), _basis(stage), _draft(stage))
    return meter.needed + sum(part.advised for part in meter.parts)
