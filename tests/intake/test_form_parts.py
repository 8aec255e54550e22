"""What a form prints of itself is no fact of a child, and what its rows ask is understood."""

import pytest

from tests.intake.test_form_shapes import page, table, text
from tests.intake.test_letters import letter
from triage.domain.contact import Consent


def test_options_printed_after_a_question_are_no_answer_to_it() -> None:
    got = text(
        "Child's name: Ama Tetteh\nDOB: 04/03/2016\nYour name: Tomas Ferrers\n"
        "Has consent been given? Yes / No / Not asked\nIf no, why not?\n"
    )
    assert not got.consent.known


def test_the_name_of_a_form_is_no_child() -> None:
    got = page(
        "<h1>Children's Outpatients – Social Care Contact Record</h1>"
        + table("Child's name | Ama Tetteh", "DOB | 04/03/2016")
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]


def test_children_in_the_household_are_no_adults_whatever_their_age() -> None:
    got = page(
        "<h2>Section B – Children and young people in the household</h2>"
        + table(
            "Forename(s) | Family name | Born on | Gender",
            "Kofi | Tetteh | 04/03/2011 | Boy",
            "Ama | Tetteh | 04/03/2018 | Girl",
        )
    )
    assert [child.name for child in got.children] == ["Kofi Tetteh", "Ama Tetteh"]
    assert got.adults == ()


def test_the_father_of_the_children_is_not_one_of_them() -> None:
    got = page(
        "<h2>Child A</h2>"
        + table("Name | Ama Tetteh", "D.o.b. | 04/03/2018")
        + "<h2>Father of the children</h2>"
        + table("Name | Yaw Tetteh")
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.adults[0].relationship.value == "father"


def test_labels_over_values_in_rows_of_their_own_tell_of_one_child() -> None:
    got = page(
        table("Patient forenames | Patient surname | Patient DoB", "Ama | Tetteh | 04/03/2021")
        + table("Patient's address | Ethnicity", "9 Quay Road NM4 2QH | Black African")
        + table("Mother | Father | Who lives with the patient?", "Esi Tetteh | Yaw Tetteh | Mother")
        + table(
            "Clinician | Post | Surgery | Tel", "Dr Ola Finn | GP | Quay Surgery | 01632 960111"
        )
    )
    (child,) = got.children
    assert (child.name, child.ethnicity.value) == ("Ama Tetteh", "Black African")
    assert {a.name.value: a.relationship.value for a in got.adults} == {
        "Esi Tetteh": "mother",
        "Yaw Tetteh": "father",
    }
    assert (got.referrer.agency.value, got.referrer.phone.value) == (
        "Quay Surgery",
        "01632 960111",
    )


def test_numbered_questions_part_their_answers_even_where_one_is_not_understood() -> None:
    got = text(
        "1. What is the learner's name?\nAma Tetteh\n2. When were they born?\n04/03/2011\n"
        "3. Do they have any learning need?\nNo\n4. Which bus do they take?\nThe 41\n"
        "5. Tell us what you are worried about.\nShe sleeps on a stranger's sofa.\n"
    )
    (child,) = got.children
    assert not child.disability.known
    assert got.concern.value == "She sleeps on a stranger's sofa."


def test_a_young_birth_date_beside_a_parent_is_the_childs() -> None:
    got = page(
        table(
            "Child | Mihai Pop | Parent | Elena Pop (mother)",
            "DOB | 06/02/2020 | Postcode | NM4 2QH",
        )
    )
    assert [child.dob.value for child in got.children] == ["2020-02-06"]
    assert not got.adults[0].dob.known


def test_a_bare_explain_belongs_to_the_danger_asked_before_it() -> None:
    got = page(
        table(
            "Child's name | Ama Tetteh",
            "Could a worker be at risk? | Yes",
            "Explain | Unknown men, possible weapons.",
        )
    )
    assert got.risk_text.value == "Unknown men, possible weapons."


def test_what_works_for_a_parent_says_nothing_of_kinship() -> None:
    got = text(
        "I am: A member of the public\nYour name: Bernadette Osgood\n"
        "How do you know the child? I clean at their dad's work\nChild's name: Ama Tetteh\n"
        "What have you seen? She waits in a van till nine.\n"
    )
    assert got.referrer.source_code.value != "1A"


def test_a_subject_line_about_a_mother_is_read_without_fault() -> None:
    draft = letter("Kim Lee <k@d.example>", "Mum Re: DOB a?", "Mum Re: DOB a?")
    assert draft.not_read == ()


@pytest.mark.parametrize("answer", ["Not informed and consent not sought", "Not told, not asked"])
def test_one_answer_may_say_that_nobody_was_told_or_asked(answer: str) -> None:
    got = text(
        "Child's name: Ama Tetteh\nDOB: 04/03/2016\nYour name: Tomas Ferrers\n"
        f"Parental consent: {answer}\n"
    )
    assert got.consent.value == Consent.NOT_ASKED
    assert got.family_informed.value == "no"


def test_a_need_asked_for_once_belongs_to_the_child_it_names() -> None:
    got = page(
        "<h2>Children</h2>"
        + table(
            "First name | Surname | Date of birth",
            "Esi | Tetteh | 04/03/2018",
            "Kofi | Tetteh | 04/03/2016",
        )
        + table("Any SEND | Kofi has dyslexia", "Postcode | NM4 2QH")
    )
    assert {c.given.value: c.disability.value for c in got.children} == {
        "Esi": "",
        "Kofi": "Kofi has dyslexia",
    }
