"""What letters say in their own ways: chats, lists of kin, ages said later, who agreed."""

import pytest

from triage.domain.contact import Consent, Content
from triage.domain.draft import Draft, DraftKind
from triage.intake.reader import read


def draft(
    *lines: str, subject: str = "Concern", sender: str = "Ada Quill <a@school.example>"
) -> Draft:
    """The draft of a plain letter."""
    head = f"From: {sender}\nTo: MASH <mash@n.example>\nSubject: {subject}\n"
    head += "Date: Tue, 06 Oct 2026 09:20:00 +0100\n\n"
    return read((head + "\n".join(lines)).encode(), "letter.eml")[0]


def mail(*lines: str, subject: str = "Concern") -> Content:
    """What is understood of a plain letter."""
    return draft(*lines, subject=subject).content


def kids(got: Content) -> list[tuple[str, str]]:
    """Given and family name of each child."""
    return [(c.given.value, c.family.value) for c in got.children]


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("Leah and Jake Haskew are both on our roll.", "Concern"),
        ("I am worried about the Haskew children.", "Concern"),
        ("They have no coats.", "Concern for the Haskew siblings"),
    ],
)
def test_children_called_by_first_names_get_the_family_name_that_is_said(
    said: str, subject: str
) -> None:
    got = mail(
        "Leah, DOB 04/03/2015",
        "Jake, DOB 17/07/2018",
        "",
        "Mum is Shannon Haskew.",
        "",
        said,
        subject=subject,
    )
    assert kids(got) == [("Leah", "Haskew"), ("Jake", "Haskew")]


def test_a_mothers_name_alone_gives_the_children_none() -> None:
    got = mail("Leah, DOB 04/03/2015", "Jake, DOB 17/07/2018", "", "Mum is Shannon Haskew.")
    assert kids(got) == [("Leah", ""), ("Jake", "")]


def test_a_chat_holds_no_labels_and_the_children_named_in_it_are_found() -> None:
    got = mail(
        "He is Ruben Castell, 16, DOB 11/09/2010. His parents have not been told.",
        "",
        "10:02 Tutor (Mr Fry): Are you coming in today?",
        "10:03 Ruben: he is sending me and Amara away. Amara is only 14",
        "10:06 Ruben: please be quick",
        "",
        "Bethany Oduwole | Safeguarding Officer | Sallow Sixth Form College | 01632 960881",
    )
    assert [(c.given.value, c.dob.value, c.age_text.value) for c in got.children] == [
        ("Ruben", "2010-09-11", ""),
        ("Amara", "", "only 14"),
    ]
    assert got.referrer.role.value != "10:03 Ruben: he is sending me and Amara away."
    assert got.family_informed.value == "no"


def test_an_age_said_a_little_later_is_of_the_child_just_named() -> None:
    got = mail(
        "There is a little boy called Reggie at 22 Saltpan Lane, NM4 8HN who is out at night. I",
        "should say he is about five. His brother Ty is still there and he's only 8.",
    )
    assert [(c.given.value, c.age_text.value, c.sex.value) for c in got.children] == [
        ("Reggie", "about five", "M"),
        ("Ty", "only 8", "M"),
    ]


def test_a_diagnosis_and_an_age_make_no_child() -> None:
    got = mail("My son Caleb Obi is 14. He was diagnosed with ADHD when he was 8.")
    assert kids(got) == [("Caleb", "Obi")]


def test_a_household_told_in_one_line_is_parted_into_its_people() -> None:
    got = mail(
        "Young person: Ffion Tregear",
        "Age: 13, Year 9 at Lockgate High School",
        "Lives with: mum, Delyth Tregear, and two younger brothers, Rhys (10) and Macsen (6)",
        "Address: 27 Osier Way, NM8 4KL",
        "Concern: she is up at night.",
    )
    assert [(c.given.value, c.age_text.value, c.sex.value) for c in got.children] == [
        ("Ffion", "13", ""),
        ("Rhys", "10", "M"),
        ("Macsen", "6", "M"),
    ]
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Delyth Tregear", "mother")
    ]
    assert got.children[0].school.value == "Lockgate High School"


@pytest.mark.parametrize(
    ("said", "consent", "informed"),
    [
        ("Mrs Fenn has been spoken to and agrees to this\nreferral being made.", "given", "yes"),
        ("His mother was told in our last letter that we would share our concern.", "", "yes"),
        ("Leanne understands why I am referring and has signed the consent form.", "given", "yes"),
        ("I've not been able to seek consent.", "not_asked", ""),
        ("Corin is content for me to share this with you.", "given", ""),
        ("They are\naware of this notification.", "", "yes"),
    ],
)
def test_consent_and_telling_are_heard_however_they_are_said(
    said: str, consent: str, informed: str
) -> None:
    got = mail(
        f"Corin Fenn (DOB 12/10/2012) lives with his mother, Leanne Fenn, and is thin. {said}"
    )
    assert got.consent.value == (Consent(consent).value if consent else "")
    assert got.family_informed.value == informed


def test_a_letter_passed_on_with_marks_is_read_as_it_was_written() -> None:
    got = draft(
        "Please can you look into this.",
        "",
        "> From: Hugh Tanfield <hugh@postbox.example>",
        "> Subject: a lad on our street",
        "> Date: 9 October 2026 at 14:11",
        "> To: cllr@n.example",
        ">",
        '> A boy called Reggie, about five, told my wife his mam was "asleep and',
        "> won't wake up\".",
        ">",
        "> Hugh Tanfield",
        subject="Fwd: a lad on our street",
    ).content
    assert '"asleep and\nwon\'t wake up"' in got.concern.value
    assert [c.age_text.value for c in got.children] == ["about five"]


def test_what_we_asked_is_not_taken_for_the_answer() -> None:
    got = draft(
        "Child is fully immunised.",
        "",
        "-----Original Message-----",
        "From: MASH <mash@n.example>",
        "Sent: 02 November 2026 16:00",
        "To: Surgery",
        "Subject: Request for information IR-2026-004412",
        "",
        "Please tell us of Bruno Cast, DOB 11/01/2013.",
        subject="RE: Request for information IR-2026-004412",
    )
    assert got.kind is DraftKind.REPLY
    assert got.content.concern.value == "Child is fully immunised."


def test_a_carer_who_told_the_police_is_of_the_family_and_the_officer_refers() -> None:
    got = mail(
        "MISPER REF: NM/26/0912",
        "Name: Dexter Orpin, 13 yrs, b. 20/10/2012",
        "Home addr: 61 Halyard Grove, Northmere, NM8 3WS",
        "Reported by: foster carer Yvonne Tapp, 07700 900070",
        "Concern: he was found with a knife.",
        "",
        "DS 118 Olu Braithe",
        "Protecting Vulnerable People Unit",
        "01632 960117",
    )
    assert kids(got) == [("Dexter", "Orpin")]
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Yvonne Tapp", "foster carer")
    ]
    assert got.referrer.name.value == "Olu Braithe"
    assert got.referrer.phone.value == "01632 960117"


def test_a_letter_dropped_as_a_file_is_signed_and_its_account_is_no_list_of_children() -> None:
    words = (
        "NORTHMERE FAMILY COURT ADVISORY SERVICE",
        "Private law safeguarding enquiry",
        "",
        "Applicant: Gareth Ludlow, father, born 04/01/1984",
        "Children: Edith Ludlow, born 16/06/2016; Stanley Ludlow, born 30/01/2019",
        "The children live with the respondent at 70 Anchor Road, Northmere, NM9 1DD.",
        "",
        "Edith has said that she hides in the airing cupboard.",
        "",
        "Yours sincerely",
        "Noreen Pask",
        "Family Court Adviser",
    )
    got = read("\n".join(words).encode(), "letter.txt")[0].content
    assert kids(got) == [("Edith", "Ludlow"), ("Stanley", "Ludlow")]
    assert [(a.name.value, a.dob.value) for a in got.adults] == [("Gareth Ludlow", "1984-01-04")]
    assert (got.address.line.value, got.address.postcode.value) == ("70 Anchor Road", "NM9 1DD")
    assert got.referrer.name.value == "Noreen Pask"


def test_sentences_under_a_label_for_a_person_name_nobody() -> None:
    page = (
        "<p>Child's name: Sunniva Rask</p><p>When were they born? (or due date): 06.07.2017</p>"
        "<p>What has made you contact us?: Sunniva has been sick at school four times this week."
        " Astrid has stopped opening the door to us.</p>"
    )
    got = read(page.encode(), "form.html")[0].content
    assert got.referrer.name.value == ""
    assert "sick at school" in got.concern.value
    assert (got.children[0].dob.value, got.children[0].edd.value) == ("2017-07-06", "")
