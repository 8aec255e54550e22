"""What somebody says is wrong stands beside the fact, and is never written over it."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests import factory
from tests.test_cli_hub import WORDS, data, run  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import Front
from tests.workflow.test_requests import _told
from tests.workflow.test_subject_access import words_of
from triage.domain.contact import ContactState
from triage.domain.correction import Standing, answer_by
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.pack import Copy
from triage.storage import contacts, packs
from triage.workflow import corrections, reading, schedule, sign, subject_access
from triage.workflow import requests as asking
from triage.workflow.hub import vault_of
from triage.workflow.hub_desk import open_store
from ui.reading.facts import marks_of, rows_of

DOB = "children.c1.dob"


def test_request_stands_below_the_fact_and_changes_nothing_of_it(front: Front) -> None:
    made = replace(factory.contact(), state=ContactState.SIGNED)
    contact = front.bring(made)
    asked = corrections.ask(front.ruth, contact.id, DOB, "Carla Rowe", "15 March 2019")
    assert front.read(contact) == contact
    view = reading.reading(front.ruth, contact.id)
    rows = rows_of(view, front.desk.profile, factory.NOW.date(), marks_of(view))
    at = next(i for i, row in enumerate(rows) if row.path == DOB)
    assert rows[at + 1].label == "Correction"
    assert "“15 March 2019”, says Carla Rowe" in rows[at + 1].value
    assert "not answered yet" in rows[at + 1].value
    with pytest.raises(NotAllowedError):
        corrections.answer(front.ruth, contact.id, asked.id, agreed=True, words="Yes.")
    corrections.answer(front.priya, contact.id, asked.id, agreed=False, words="The GP has 14th.")
    [kept] = corrections.asked_about(front.ruth, contact.id)
    assert (kept.standing, kept.says) == (Standing.REFUSED, "15 March 2019")
    with pytest.raises(NotFoundError, match="answered already"):
        corrections.answer(front.priya, contact.id, asked.id, agreed=True, words="After all.")


def test_request_says_who_and_what_and_names_a_fact_that_is_there(front: Front) -> None:
    contact = front.bring(factory.contact())
    with pytest.raises(NotReadyError):
        corrections.ask(front.ruth, contact.id, DOB, "Carla Rowe", " ")
    with pytest.raises(NotReadyError, match="Say who"):
        corrections.ask(front.ruth, contact.id, DOB, "", "2018")
    with pytest.raises(NotFoundError):
        corrections.ask(front.ruth, contact.id, "children.c9.dob", "Carla Rowe", "2018")


def test_request_is_noted_listed_and_answered_from_the_command_line(
    data: Path,  # noqa: F811
) -> None:
    with (
        closing(open_store(data, vault_of(data, lambda: WORDS.strip()))) as store,
        store.write() as tx,
    ):
        contacts.insert(tx, factory.contact())
    ref = factory.contact().reference

    def said(*words: str) -> str:
        at = ["--as", "jsmith", "--data", str(data)]
        return run("correction", *words, *at, typed=f"{WORDS}4837\n").output

    asked = ["--fact", DOB, "--who", "Carla Rowe", "--says", "15 March 2019"]
    assert "Noted beside the record" in said("ask", ref, *asked)
    assert "1. Maya Rowe, born: “15 March 2019”, says Carla Rowe on" in said("list", ref)
    assert "Answered" in said("answer", ref, "1", "--agreed", "--why", "The GP says so.")
    assert "agreed: The GP says so." in said("list", ref)


def test_what_waits_for_an_answer_is_listed_for_a_leader_with_the_month_it_must_be_given_in(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    asked = corrections.ask(front.ruth, contact.id, DOB, "Carla Rowe", "15 March 2019")
    with pytest.raises(NotAllowedError):
        corrections.to_answer(front.ruth)
    [waits] = corrections.to_answer(front.priya)
    assert (waits.correction, waits.contact) == (asked, contact)
    assert waits.answer_by == answer_by(factory.NOW.date())
    corrections.answer(front.priya, contact.id, asked.id, agreed=True, words="So it is.")
    assert corrections.to_answer(front.priya) == ()


def test_who_was_given_the_record_is_named_to_be_told_of_a_correction_and_stands_in_the_copy(
    front: Front,
) -> None:
    contact = front.bring(factory.contact(rating="green"))
    asking.rang(
        front.ruth, _told(front, asking.start(front.ruth, contact.id, "housing")).id, "Amos"
    )
    version = front.proposed(contact)
    signed = sign.approve(front.priya, version.id, pin="2222")
    copy = Copy(number=2, recipient="Named nurse, Carla Rowe's GP", by="printed")
    with front.store.write() as tx:
        packs.record(
            tx, id=uuid4(), decision_id=signed.id, copy=copy, sha256="0", by="rosei",
            at=factory.NOW + timedelta(days=1), how="printed",
        )  # fmt: skip
    corrections.ask(front.ruth, contact.id, DOB, "Zuq Brev", "15 March 2019")
    [waits] = corrections.to_answer(front.priya)
    assert waits.given_to == (
        "Housing (R-26-00001) on 24 Nov 2026",
        "Named nurse, Carla Rowe's GP (copy 2 of the pack) on 25 Nov 2026",
    )
    found = subject_access.gather(front.priya, contact.id, "c1")
    assert {p.words: p.why for p in found.third_parties}["Zuq Brev"] == "asked for a correction"
    shown = words_of(subject_access.preview(front.priya, found, {}).pdf)
    assert "Who was given what this holds 25 Nov 2026 Named nurse, removed 1 's GP, copy 2" in shown


@pytest.mark.parametrize(
    ("asked_on", "last"),
    [("2026-11-24", "2026-12-24"), ("2026-12-05", "2027-01-05"), ("2027-01-31", "2027-02-28")],
)
def test_a_request_is_answered_within_a_month(asked_on: str, last: str) -> None:
    assert answer_by(date.fromisoformat(asked_on)) == date.fromisoformat(last)


def test_a_correction_is_in_a_leaders_schedule_in_the_last_week_of_its_month_and_told_once_late(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    asked = corrections.ask(front.ruth, contact.id, DOB, "Carla Rowe", "15 March 2019")
    front.watch.move(days=22)
    assert not [e for e in schedule.due_now(front.priya) if e.correction_id]
    front.watch.move(days=1)
    assert schedule.due_now(front.ruth) == (), "a team leader answers it"
    [due] = schedule.due_now(front.priya)
    plan = schedule.schedule(front.priya)
    assert due in (*plan.then, *plan.later)
    assert (due.correction_id, due.contact_id, due.late) == (asked.id, contact.id, False)
    assert due.title == "Correction to answer: Maya Rowe 7"
    assert due.words == "By 24 Dec 2026, C-26-04817"
    front.watch.move(days=8)
    assert [e.late for e in schedule.schedule(front.priya).today if e.correction_id] == [True]
    corrections.answer(front.priya, contact.id, asked.id, agreed=True, words="So it is.")
    assert schedule.due_now(front.priya) == ()
