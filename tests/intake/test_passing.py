"""What letters say of people in passing is read where it is sure, and left out where it is not."""

import pytest

from tests.intake.test_letters import letter
from triage.domain.contact import Consent, Content

ABOUT = "Ama Tetteh (dob 04/03/2016) came to school with a bruised arm. "


def said(body: str, sender: str = "Kim Lee <k@d.example>") -> Content:
    """What is understood of a letter."""
    return letter(sender, "A worry", body).content


def test_a_priest_a_witness_and_a_young_cousin_are_no_adults_of_the_family() -> None:
    got = said(
        ABOUT + "I spoke to Father Michael about it. Witness Carl Dunn DOB 03/03/1975 saw it too."
        " Her cousin Ben (8) was with her."
    )
    assert got.adults == ()


def test_the_wife_of_a_father_is_not_the_mother() -> None:
    got = said(ABOUT + "Her father, Ian Tetteh, lives with his new partner Chloe and her children.")
    assert {a.name.value: a.relationship.value for a in got.adults} == {
        "Ian Tetteh": "father",
        "Chloe": "father's partner",
    }


def test_a_witness_s_number_and_a_suspect_s_home_are_not_taken_for_others() -> None:
    got = said(
        "Attended 4 Dock Street NM1 2AB. Suspect Gary Pearce DOB 12/03/1988 of 9 Hill View NM2 3CD."
        " Neighbour Carl Dunn saw it, 07700 900333. " + ABOUT
    )
    assert not got.referrer.phone.known
    assert got.address.line.value == "4 Dock Street"


def test_the_home_of_the_one_who_writes_is_not_the_family_s() -> None:
    got = said(
        "I am a retired teacher and live at number 8 Sorrel Close. Daisy, aged 9, from number 10,"
        " stands in my garden at night."
    )
    assert not got.address.line.known


@pytest.mark.parametrize(
    "line",
    [
        "I look after my own son Jack and he plays with my friend's kids. Kai is 4 and is hit.",
        "My daughter Lucy helps at the club too. Kai, aged 4, is hit.",
    ],
)
def test_a_writer_s_own_children_make_them_no_kin_of_the_child(line: str) -> None:
    assert said(line).referrer.source_code.value != "1A"


def test_another_name_is_not_another_child_and_takes_no_age_away() -> None:
    (child,) = said("Precious Mukendi, goes by Pree, she's 14, came in shaking.").children
    assert (child.name, child.age_text.value, child.sex.value) == ("Precious Mukendi", "14", "F")
    assert [alias.value for alias in child.aliases] == ["Pree"]


def test_a_sex_told_with_a_name_is_kept_for_the_child_of_that_name() -> None:
    got = said(
        "I write about a boy in our class, Yaw Tetteh, whose birthday is 14 February 2019. He lives"
        " with his sister Esi. Esi is 3 and stays at home."
    )
    assert {c.given.value: c.sex.value for c in got.children} == {"Yaw": "M", "Esi": "F"}


def test_an_age_in_the_next_sentence_and_a_guessed_one_are_kept_as_written() -> None:
    got = said("My granddaughter is Ama Tetteh. She is 8. She is not fed.")
    assert [c.age_text.value for c in got.children] == ["8"]
    got = said(
        "Her nephew Malachi was at the window. I'd guess he is eleven or twelve. He was locked in."
    )
    assert [c.age_text.value for c in got.children] == ["eleven or twelve"]


def test_a_child_who_knows_is_not_a_family_that_was_told() -> None:
    got = said(ABOUT + "Ama knows I'm sending this. Mum has not been told, Ama begged me not to.")
    assert got.family_informed.value == "no"
    assert not said(ABOUT + "I have told Ama I'm writing but not her dad.").family_informed.known


@pytest.mark.parametrize(
    ("words", "told", "consent"),
    [
        ("I rang Mr Tetteh to say that I would be contacting you.", "yes", ""),
        ("He is content for you to ring him.", "", Consent.GIVEN),
        ("I told Esi I'd be contacting you. She did not want me to.", "yes", Consent.REFUSED),
        ("I have told Mrs Tetteh of my decision.", "yes", ""),
    ],
)
def test_telling_and_agreeing_are_heard_as_people_write_them(
    words: str, told: str, consent: str
) -> None:
    got = said(ABOUT + words)
    assert got.family_informed.value == told
    assert got.consent.value == consent


def test_a_school_of_another_child_is_not_given_to_this_one() -> None:
    got = said("Ama Tetteh, aged 5, minds herself. Ffion goes to Castle High School.")
    assert not got.children[0].school.known


def test_who_wants_no_name_in_it_is_anonymous() -> None:
    got = said(
        "From: not given\nMessage:\nThe boy at 17 is screamed at. I don't want my name in this.",
        "Web <webmaster@n.example>",
    )
    assert got.referrer.anonymous.value == "yes"
    assert not got.referrer.email.known


def test_a_home_they_left_is_not_where_they_live() -> None:
    got = said(
        "The Sim family moved to your area: 41 Canal Street, NM2 5RR. Tyra Sim (07.09.2013) is"
        " their eldest. Their previous address was 9 Tower Court, Leadworth LD4 4LD."
    )
    assert got.address.line.value == "41 Canal Street"


def test_a_name_given_as_an_example_is_nobody() -> None:
    got = said(
        'Which form do you want for children we refer? For example: "Name: Jane Doe, DOB'
        ' 01/01/2015, mother: Mary Doe".'
    )
    assert (got.children, got.adults) == ((), ())


def test_a_family_s_name_at_the_head_of_a_letter_is_no_adult() -> None:
    got = said("Family: PEARSON\nLeah, DOB 12.1.20\n\nMum Tasha was out on Monday.")
    assert [adult.name.value for adult in got.adults] == ["Tasha"]


def test_lines_of_a_chat_are_no_address() -> None:
    got = said(
        "Counsellor: what's wrong?\nUser: my brother Zak hes 9\nCounsellor: where do you both"
        " live?\nUser: 18 Rope Walk\nCounsellor: is it ok to share this?\nUser: yes\n"
    )
    assert not got.address.line.value.startswith("User")


def test_who_says_their_own_name_is_called_by_it() -> None:
    got = said(
        "My name is Ali Karim. I am worried, for my son Idris is out all night long.",
        "Ali K <a@m.example>",
    )
    assert got.referrer.name.value == "Ali Karim"
