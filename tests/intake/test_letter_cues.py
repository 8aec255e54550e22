"""What letters say in passing: who wrote them, who agreed, who is told of, and where they live."""

import pytest

from triage.domain.contact import Content
from triage.domain.draft import Draft
from triage.intake.reader import read


def draft(
    words: str, *, sender: str = "Ann Bell <ann@school.example>", subject: str = "x"
) -> Draft:
    """What is understood of a message."""
    head = (
        f"From: {sender}\nTo: mash@northmere.example\nSubject: {subject}\n"
        "Date: Fri, 20 Nov 2026 09:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
    )
    return read((head + words).encode(), "letter.eml")[0]


def letter(words: str) -> Content:
    """What is understood of a letter with these words in it."""
    return draft("I am worried about Marek Kowal, aged 6. " + words).content


def test_a_letter_passed_on_in_quotation_marks_is_read_as_its_writers() -> None:
    got = draft(
        "Not ours I think.\nDean, Leisure Bookings, 01632 960002\n\n"
        "> From: Coach Malachi <malachi@swim.example>\n> Sent: 14 November 2026 21:40\n"
        "> To: Leisure\n> Subject: help\n>\n"
        "> One of my swimmers is Ama Tetteh, she's 11. Her step dad Grant shouts at her.\n"
        ">\n> Malachi Thorne\n> Head Coach, Pellaby Swimming Club\n> 07700 900155\n",
        subject="FW: help",
    ).content
    assert got.referrer.name.value == "Malachi Thorne"
    assert got.referrer.phone.value == "07700 900155"
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.adults[0].relationship.value == "stepfather"


def test_a_note_of_a_call_tells_of_the_caller_not_of_who_wrote_it() -> None:
    got = draft(
        "T/C received 23.15 hrs from Mr Devi Sandhu, uncle of the child, tel 07700 900334.\n\n"
        "Child: Jas Price, 8 yrs old (dob not known to caller).\n\nR. Obuya, Social Worker\n",
        sender="Emergency Duty Team <edt@northmere.example>",
    ).content
    assert got.referrer.name.value == "Devi Sandhu"
    assert got.referrer.phone.value == "07700 900334"
    assert not got.referrer.email.known
    assert got.children[0].aliases == ()


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Mum said yes to me making this referral.", "given"),
        ("I asked if I could share this with you and she said yes of course.", "given"),
        ("Neither was asked to consent as that would not be safe.", "not_asked"),
        ("Does his mum consent to this referral?", ""),
    ],
)
def test_consent_is_heard_in_plain_words_but_not_in_a_question(words: str, state: str) -> None:
    assert letter(words).consent.value == state


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("His father does not know.", "no"),
        ("I haven't said anything to his mum.", "no"),
        ("I have discussed this with both of them.", "yes"),
    ],
)
def test_whether_the_family_was_told_is_heard_in_plain_words(words: str, state: str) -> None:
    assert letter(words).family_informed.value == state


@pytest.mark.parametrize(
    "words",
    [
        "There is no information to suggest any risk to professionals.",
        "No danger to staff that I am aware of.",
        "Risk to staff - none known.",
    ],
)
def test_a_danger_denied_is_none(words: str) -> None:
    assert letter(words).risk_to_workers.value == "no"


def test_a_time_of_day_does_not_end_a_sentence() -> None:
    assert letter("Please can somebody see him before 3.15 today.").urgent.value == "yes"


def test_both_parents_hold_what_both_are_said_to_hold() -> None:
    got = letter(
        "He lives with his mother, Georgina Kowal, and his father, Imran Kowal."
        " Both parents hold parental responsibility."
    )
    assert {a.parental_responsibility.value for a in got.adults} == {"yes"}


def test_a_boyfriends_mother_is_not_the_childs() -> None:
    got = letter("His mother is Gemma Pascoe. Reece stays at his mum Bernadette's house.")
    assert [a.relationship.value for a in got.adults if a.name.value == "Bernadette"] in ([], [""])


def test_a_child_called_by_a_name_is_a_child_without_an_age() -> None:
    got = draft("We are worried about a little boy called Zakariya who lives near here.").content
    assert [(c.given.value, c.sex.value) for c in got.children] == [("Zakariya", "M")]


def test_twins_share_the_age_they_are_given() -> None:
    got = draft("She left the twins Lexi and Lacey, they are only 3. I am worried.").content
    assert [(c.given.value, c.age_text.value) for c in got.children] == [
        ("Lexi", "3"),
        ("Lacey", "3"),
    ]


def test_letters_after_a_name_and_a_copy_list_are_neither_name_nor_body() -> None:
    got = draft(
        "I am worried about Marek Kowal, aged 6.\n\nYours sincerely\n\n"
        "Dr Venkat Rao FRCPCH\nConsultant Paediatrician\nNorthmere General Hospital\n"
        "cc Quay Street Surgery\n",
        sender="Secretaries <letters@hospital.example>",
    ).content
    assert got.referrer.name.value.endswith("Venkat Rao")
    assert got.referrer.agency.value == "Northmere General Hospital"


def test_whoever_will_not_say_who_they_are_is_anonymous() -> None:
    got = draft(
        "I do not want to say who I am. The girl over the shop, Mercy Boateng, aged 12, is hit.",
        sender="Scan to Email <scanner3@northmere.example>",
    ).content
    assert got.referrer.anonymous.value == "yes"
    assert not got.referrer.name.known


def test_a_child_who_writes_in_small_letters_is_known_by_name() -> None:
    got = draft(
        "Msg from: 07700 900616\n\nhi my names kayleigh im 14 i live at 12 avocet ct northmere."
        " my mum says im makin it up",
        sender="SMS Gateway <sms-noreply@text.example>",
    ).content
    assert [child.given.value for child in got.children] == ["kayleigh"]
    assert got.referrer.phone.value == "07700 900616"
    assert got.referrer.source_code.value == "1C"


def test_mail_with_a_broken_header_is_still_read() -> None:
    got = draft("I am worried about Marek Kowal, aged 6.", sender="Ann Bell, x <")
    assert "did not expect" not in got.why
    assert [child.name for child in got.content.children] == ["Marek Kowal"]


def test_a_nephew_is_a_child_and_run_on_words_are_understood() -> None:
    got = draft(
        "my nephew Callum Brody whos 8 turned up here last night, his mum Kerry was out."
        " ive told Kerry im ringing you. can somebody ring me asap 07700 900222\n"
        "thanks Donna Brody",
        sender="x <x@mailbox.example>",
    ).content
    assert [(c.name, c.age_text.value, c.sex.value) for c in got.children] == [
        ("Callum Brody", "8", "M")
    ]
    assert got.family_informed.value == "yes"
    assert got.urgent.value == "yes"
    assert got.referrer.name.value == "Donna Brody"


def test_a_baby_in_the_same_sentence_as_a_list_of_children_is_read_too() -> None:
    got = draft(
        "I refer the family of Ms Shanice Oduya. Three children are in the household:"
        " Tyrese Oduya (DOB 12.01.2015), Kaiya Oduya (3rd March 2018) and baby Zion, who is eleven"
        " weeks old."
    ).content
    assert [child.given.value for child in got.children] == ["Tyrese", "Kaiya", "Zion"]
