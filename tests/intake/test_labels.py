"""What labels mean, in the words that many forms choose for the same question."""

import pytest

from triage.intake.labels import Subject, classify
from triage.intake.pairs import known


@pytest.mark.parametrize(
    ("attribute", "labels"),
    [
        ("given", ["Given name(s)", "First name of child", "Legal forename", "Forename(s)"]),
        ("family", ["Family name / surname", "Legal surname", "Surname of child"]),
        ("alias", ["Any previous surname", "Other names used", "Preferred forename"]),
        ("dob", ["DOB/EDD", "D.O.B. (or EDD if unborn)", "Date born", "1.3 DoB (or EDD)"]),
        ("edd", ["Expected date of birth", "Estimated date of confinement", "Due date"]),
        ("sex", ["Sex assigned at birth", "Gender (M/F)", "Identifies as"]),
        ("school", ["On roll at", "Which nursery does the child attend?", "Place of learning"]),
        ("ethnicity", ["Ethnic description", "Race / ethnicity", "Eth"]),
        ("language", ["Language(s) spoken in the home", "What languages are spoken at home?"]),
        ("interpreter", ["Is an interpreter or signer required?", "Translator needed"]),
        ("disability", ["Does the child have a disability?", "Allergies / health"]),
        ("address", ["Where does the child live?", "House number and street", "Usual residence"]),
        ("relationship", ["Link to child", "How are they related to the child?", "Rel to child"]),
        ("pr", ["PR? (Y/N)", "Does this person hold parental responsibility?"]),
        ("role", ["Designation", "In what capacity do you know the child?", "Job title / role"]),
        ("agency", ["Which organisation do you work for?", "Referring agency", "Employer"]),
        ("received", ["Date form completed", "Date and time of referral"]),
        ("concern", ["What has happened to make you worried?", "Nature of the concern"]),
        (
            "consent",
            ["Does the family agree to this referral?", "Has parental consent been sought?"],
        ),
        ("consent_reason", ["Please explain why consent was not obtained", "Why not?"]),
        ("informed", ["Do the parents know you are contacting us?", "Is the family aware?"]),
        ("informed_reason", ["If family not informed, why?", "Reason family not informed"]),
        ("urgent", ["Does the child need protecting today?", "Is immediate action needed?"]),
        ("risk", ["Hazards at the property", "Is it safe to visit alone?", "Staff safety issues"]),
    ],
)
def test_one_question_is_asked_in_many_words(attribute: str, labels: list[str]) -> None:
    for label in labels:
        meaning = classify(label)
        assert meaning.attribute == attribute, label
        assert known(meaning), label


@pytest.mark.parametrize(
    ("subject", "label"),
    [
        (Subject.REFERRER, "Person making contact"),
        (Subject.REFERRER, "Notified by"),
        (Subject.REFERRER, "Name of professional completing this form"),
        (Subject.CHILD, "Subject of concern"),
        (Subject.CHILD, "Which child or children are you worried about?"),
        (Subject.ADULT, "Adult attending with child"),
        (Subject.OTHER, "Headteacher"),
    ],
)
def test_the_longest_phrase_says_whom_a_label_speaks_of(subject: Subject, label: str) -> None:
    assert classify(label).subject is subject


@pytest.mark.parametrize("label", ["1.4 Sex at birth", "2.1 Mother (name, DoB)", "3.2 School"])
def test_the_number_of_a_question_is_nobodys_number(label: str) -> None:
    assert classify(label).index == ""


@pytest.mark.parametrize(
    "label",
    ["Is the child subject to a CP plan?", "What support has been offered?", "Child ID", "FSM"],
)
def test_what_a_contact_does_not_hold_is_passed_over(label: str) -> None:
    assert classify(label).attribute in {"", "ignore", "reference"}
