"""What a child said, who lives in the home, and how the family may safely be reached."""

import pytest

from triage.domain.contact import Content
from triage.intake.reader import read

HEAD = (
    b"From: Jo Marsh <jo.marsh@alder.example>\nTo: mash@northmere.example\nSubject: Referral\n"
    b"Date: Tue, 24 Nov 2026 10:54:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
)
ABOUT = "I am writing about Elsa Norbury, born 3 May 2018, of 4 Kiln Lane, Northmere NM2 3AB.\n\n"


def letter(words: str) -> Content:
    """What is understood of a letter with these words in it."""
    return read(HEAD + (ABOUT + words).encode(), "letter.eml")[0].content


def form(words: str) -> Content:
    """What is understood of a form with these lines."""
    lead = "Child's name: Elsa Norbury\nDate of birth: 03/05/2018\nMother: Ada Norbury\n"
    return read((lead + words).encode(), "form.txt")[0].content


@pytest.mark.parametrize(
    "words",
    [
        "Please do not leave voicemail.",
        "Please don't leave messages on the landline as dad listens to them.",
        "It is only safe to call mum after 3pm.",
        "Never ring her while he is at home.",
        "It is not safe to write to the house.",
        "Do not text her; he checks the phone.",
        "The safest time to ring is between 9 and 11.",
    ],
)
def test_the_safe_way_to_reach_a_family_is_kept_in_the_writers_words(words: str) -> None:
    held = letter(f"She was seen with a bruise. {words} Thank you.").safe_contact
    assert held.known
    assert held.value.rstrip(".") in words


@pytest.mark.parametrize(
    "words",
    [
        "Please do not hesitate to call me.",
        "Don't ring me before nine, I am teaching.",
        "He told her never to call the police.",
        "Mum said do not text boys you do not know.",
        "It is not safe to leave her with him.",
        "We could not contact mum on Monday.",
        "Mum does not answer calls or messages.",
        "She was told not to text him again.",
    ],
)
def test_what_is_said_of_others_is_no_rule_for_reaching_the_family(words: str) -> None:
    assert not letter(f"She was seen with a bruise. {words} Thank you.").safe_contact.known


@pytest.mark.parametrize(
    ("line", "held"),
    [
        ("Safe to leave voicemail? No", "Safe to leave voicemail: No"),
        ("Is it safe to call?: Yes, before 2pm only", "Yes, before 2pm only"),
        ("Safe contact arrangements: Ring the sister first", "Ring the sister first"),
        ("Best time to contact the family: after 3pm", "after 3pm"),
        ("Preferred method of contact: text only", "text only"),
    ],
)
def test_a_field_for_safe_contact_is_kept(line: str, held: str) -> None:
    assert form(line + "\n").safe_contact.value == held


def test_when_to_ring_the_writer_is_theirs_and_not_the_familys() -> None:
    got = form("Your name: Jo Marsh\nBest time to call you: mornings\n")
    assert got.referrer.best_time.value == "mornings"
    assert not got.safe_contact.known


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Elsa told her teacher “I don't want to go home.”", ["I don't want to go home."]),
        ('On Monday the child said, "daddy locks the door".', ["daddy locks the door"]),
        (
            "Elsa was upset. She said 'my tummy hurts all the time'.",
            ["my tummy hurts all the time"],
        ),
        ("“He throws things,” said Elsa.", ["He throws things"]),
    ],
)
def test_a_childs_quoted_words_are_kept_as_theirs(words: str, said: list[str]) -> None:
    assert [fact.value for fact in letter(words).child_words] == said


@pytest.mark.parametrize(
    "words",
    [
        "Mum said “she fell off the sofa”.",
        "Elsa arrived late. Mum was with her. She said 'we overslept again'.",
        "Elsa said that an aunt has bought tickets for a “special holiday”.",
        "Elsa said that her arm hurts.",
        "I spoke to Elsa's father, who told me 'it is none of your business'.",
    ],
)
def test_words_of_somebody_else_are_not_the_childs(words: str) -> None:
    assert letter(words).child_words == ()


def test_a_field_for_the_childs_own_words_is_kept_and_an_account_of_them_is_not() -> None:
    got = form("Child's own words: I hide when they shout\n")
    assert [fact.value for fact in got.child_words] == ["I hide when they shout"]
    assert "I hide when they shout" in got.concern.value
    told = form("Voice of the child: Seen alone; seemed calm and played with the blocks.\n")
    assert told.child_words == ()


@pytest.mark.parametrize(
    ("words", "lives"),
    [
        ("Her mother Ada Norbury does not live at the address.", "no"),
        ("She lives with her mother, Ada Norbury, and a dog.", "yes"),
        ("Her mother, Ada Norbury, lives with them.", "yes"),
        ("Her mother Ada Norbury moved out in June.", "no"),
        ("Her mother, Ada Norbury, collected her at three.", ""),
        ("Her mother, Ada Norbury, does not live in fear of him now.", ""),
    ],
)
def test_who_lives_in_the_home_is_taken_only_where_it_is_said(words: str, lives: str) -> None:
    [mother] = [a for a in letter(words).adults if a.name.value == "Ada Norbury"]
    assert mother.lives_here.value == lives


def test_a_column_that_asks_who_lives_there_is_kept() -> None:
    html = (
        "<html><body><p>Child's name: Elsa Norbury</p><p>Date of birth: 03/05/2018</p><table>"
        "<tr><th>Name</th><th>Relationship to child</th><th>Lives at address?</th></tr>"
        "<tr><td>Ada Norbury</td><td>Mother</td><td>Yes</td></tr>"
        "<tr><td>Tom Reyes</td><td>Father</td><td>No</td></tr></table></body></html>"
    )
    got = read(html.encode(), "form.html")[0].content
    assert [(a.name.value, a.lives_here.value) for a in got.adults] == [
        ("Ada Norbury", "yes"),
        ("Tom Reyes", "no"),
    ]


def test_a_list_of_the_household_says_that_they_live_there() -> None:
    got = form("Household members: Tom Reyes (stepfather), Ines Norbury (sister, aged 4)\n")
    lives = {a.name.value: a.lives_here.value for a in got.adults}
    assert lives["Tom Reyes"] == "yes"
    assert lives["Ada Norbury"] == ""
