"""Decisions the practice desk has written already, answered as a person would, one by one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from triage.domain.completeness import visible_questions
from triage.domain.decision import Answer, DecisionVersion, key
from triage.domain.lookup import Subject
from triage.domain.profile import QuestionKind
from triage.workflow import decide, known, match, naming, screen
from triage.workflow.desk import Desk


def decide_as_told(
    desk: Desk, contact_id: UUID, answers: Mapping[str, str | list[str]]
) -> DecisionVersion:
    """Answer every question that shows and is told of, as the desk's person, and propose it.

    Raises NotReadyError naming what is needed where the practice data leaves something out.
    """
    _check_records(desk, contact_id)
    for _ in range(3):  # an answer can bring another question up
        _answer(desk, contact_id, answers)
    return decide.propose(desk, contact_id)


def _check_records(desk: Desk, contact_id: UUID) -> None:
    """Say of each likely record whether it is that person's: the best of each partner is."""
    view = screen.look_again(desk, contact_id)
    for person in view.people:
        subject = Subject(contact_id=contact_id, person=person.key)
        linked: set[str] = set()
        for found in known.left_to_check(view.results, view.verdicts, person.key):
            partner = found.record.partner
            if found.band == "Very likely" and partner not in linked:
                linked.add(partner)
                match.link(desk, subject, found, ("Same birth date and address",))
            else:
                match.not_same(desk, subject, found, ("Same name, another family",))


def _answer(desk: Desk, contact_id: UUID, told: Mapping[str, Any]) -> None:
    view = screen.look_again(desk, contact_id)
    draft = decide.decision(desk, contact_id)
    today = naming.local_day(desk.profile, desk.now())
    for asked in visible_questions(
        desk.profile, draft, view.contact, today, repeat_contacts=view.repeat, results=view.results
    ):
        at = key(asked.question.id, asked.person)
        if asked.question.id not in told or draft.value(asked.question.id, asked.person):
            continue
        value = told[asked.question.id]
        answer: Answer = tuple(value) if isinstance(value, list) else value
        if isinstance(answer, str) and asked.question.kind is not QuestionKind.CHOICE:
            children = view.contact.content.children
            answer = answer.replace("{name}", asked.name or (children[0].name if children else ""))
        decide.save_answer(desk, contact_id, at, answer, 0)
