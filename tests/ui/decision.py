"""A decision form on a small case, and what keeps its answers in a test."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from uuid import UUID

from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from triage.domain.completeness import completeness
from triage.domain.contact import Adult, Channel, Child, Contact, ContactState, Content
from triage.domain.decision import Answer, DecisionDraft, SavedAnswer
from triage.domain.fact import read
from triage.domain.profile import Code, Profile
from triage.workflow.profiles import CODESETS, load_profile
from ui.triage.decision_pane import AnswerEdit, DecisionPane, DecisionPaneView
from ui.triage.parts.field import Field

TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)
PRIYA = Code(code="Priya Nandra, team leader", label="Priya Nandra, team leader")
WHOLE: dict[str, Answer] = {
    "rating": "red",
    "level": "4",
    "raises": ("injury_parent", "saw_or_heard"),
    "lowers": ("grandparent",),
    "lawful_basis": ("public_task",),
    "special_condition": "substantial_public_interest",
    "necessity": "Nobody can tell who is safe without police and health.",
    "proportionality": "The two children and their mother only.",
    "family_told": "told",
    "consent": "not_asked",
    "heard@c1": "to_other",
    "voice@c1": "“I put Theo under my bed.”",
    "heard@c2": "not_yet",
    "voice_why_not@c2": "Asleep; nursery will see him today.",
    "parent_heard@a1": "not_reached",
    "parent_why_not@a1": "Phone off.",
    "analysis": "Maya took charge.",
    "history": "none_held",
    "replies": "nil_only",
    "outcome@c1": ("strategy",),
    "outcome@c2": ("strategy",),
    "who_decides": PRIYA.code,
    "outcome_why": "Two children and an injury.",
    "primary_need@c1": "N1",
    "primary_need@c2": "N1",
    "harm_category@c1": "PHY",
    "harm_category@c2": "EMO",
    "team": "north",
    "strategy_at": "2026-11-24T14:30",
    "strategy_who": ("police", "health"),
    "dissent": "none",
}


def contact(number: UUID = FIRST, rating: str | None = None) -> Contact:
    return Contact(
        id=number,
        reference="C-26-04817",
        channel=Channel.EMAIL,
        state=ContactState.SCREENING,
        received_at=AT,
        rating=rating,
        content=Content(
            children=(
                Child(key="c1", given=read("Maya"), family=read("Rowe")),
                Child(key="c2", given=read("Theo"), family=read("Rowe")),
            ),
            adults=(Adult(key="a1", name=read("Carla Rowe"), relationship=read("Mother")),),
        ),
    )


def kept(key: str, value: Answer, version: int = 1, by: str = "rosei") -> SavedAnswer:
    return SavedAnswer(key=key, value=value, version=version, by=by, at=AT)


def view(
    profile: Profile,
    answers: dict[str, Answer] | None = None,
    case: Contact | None = None,
    **more: object,
) -> DecisionPaneView:
    case = case or contact()
    draft = DecisionDraft(
        contact_id=case.id,
        number=3,
        answers={k: kept(k, v) for k, v in (answers or {}).items()},
    )
    made = DecisionPaneView(
        profile=profile,
        draft=draft,
        contact=case,
        completeness=completeness(profile, draft, case, today=TODAY),
        today=TODAY,
        deciders=(PRIYA,),
        names={"siqbal": "Sana Iqbal"},
    )
    return replace(made, **more)  # type: ignore[arg-type]


def shown(pane: DecisionPane, what: DecisionPaneView) -> None:
    pane.show(what)
    pane.show()
    pane.activateWindow()
    QApplication.processEvents()


def open_all(pane: DecisionPane, profile: Profile) -> None:
    for part in profile.parts:
        pane.section(part.id).set_open(True)
    QApplication.processEvents()


def field(pane: DecisionPane, key: str) -> Field:
    return next(f for f in pane.fields() if f.key == key)


class Hub:
    """What keeps answers in a test: it writes down each edit and says nothing by itself."""

    def __init__(self, pane: DecisionPane) -> None:
        self.edits: list[AnswerEdit] = []
        pane.answer_changed.connect(self.edits.append)

    def last(self) -> tuple[str, Answer, int]:
        edit = self.edits[-1]
        return edit.key, edit.value, edit.base_version


@cache
def northmere() -> Profile:
    return load_profile(CODESETS.parent / "profiles" / "northmere", today=TODAY)


def empty_pane(qtbot: QtBot) -> DecisionPane:
    made = DecisionPane()
    made.resize(590, 912)
    qtbot.addWidget(made)
    return made
