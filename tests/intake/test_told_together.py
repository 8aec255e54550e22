"""Children told of together: what is said of one is not said of the other."""

from triage.domain.contact import Content
from triage.intake.reader import read

HEAD = (
    b"From: Kath Dunne <k.dunne@seagrave.example>\nTo: mash@northmere.example\nSubject: Concern\n"
    b"Date: Fri, 20 Nov 2026 09:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
)


def letter(words: str) -> Content:
    """What is understood of a letter with these words in it."""
    return read(HEAD + words.encode(), "letter.eml")[0].content


def test_a_list_of_brothers_and_a_sister_gives_nobody_a_sex() -> None:
    got = letter("I am worried about two brothers and their sister: Tomas (8) and Leila (5).")
    assert [(c.given.value, c.sex.value) for c in got.children] == [("Tomas", ""), ("Leila", "")]


def test_the_child_who_does_not_attend_is_given_no_school() -> None:
    got = letter(
        "I visited Archie Tully, aged 9, Mollie Tully (6) and Freddie Tully, 2."
        " They all attend Bosun Primary except Freddie."
    )
    schools = {c.given.value: c.school.value for c in got.children}
    assert schools == {"Archie": "Bosun Primary", "Mollie": "Bosun Primary", "Freddie": ""}


def test_a_request_not_to_ring_now_is_no_urgency() -> None:
    about = "I am worried about Marek Kowal, aged 6. "
    assert not letter(about + "Please don't ring the house phone now.").urgent.known
    assert letter(about + "I consider this urgent.").urgent.value == "yes"


def test_what_a_letter_says_of_the_writers_school_ends_with_the_school() -> None:
    got = letter(
        "I teach Year 2 at Seagrave Infant School and want to talk of Marek Kowal, aged 6."
    )
    assert got.referrer.agency.value == "Seagrave Infant School"


def test_columns_headed_by_numbers_are_one_child_each() -> None:
    html = (
        "<html><body><table><tr><td>Child</td><td>1</td><td>2</td></tr>"
        "<tr><td>First name</td><td>Elsa</td><td>Max</td></tr>"
        "<tr><td>Surname</td><td>Norbury</td><td>Norbury</td></tr>"
        "<tr><td>DOB</td><td>3/5/18</td><td>1/4/26</td></tr></table></body></html>"
    )
    got = read(html.encode(), "form.html")[0].content
    assert [(c.given.value, c.dob.value) for c in got.children] == [
        ("Elsa", "2018-05-03"),
        ("Max", "2026-04-01"),
    ]
