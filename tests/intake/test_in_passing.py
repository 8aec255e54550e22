"""Letters that tell of people and of consent in passing: what they say, and nothing besides."""

# ruff: noqa: E501  a letter is set as it is written

import pytest

from triage.domain.contact import Content
from triage.domain.draft import DraftKind
from triage.intake.reader import read


def letter(
    words: str, sender: str = "Ada Quill <ada.quill@turnway.example>", subject: str = "A worry"
) -> Content:
    """What is understood of a mail."""
    head = f"From: {sender}\nTo: hub@northmere.example\nSubject: {subject}\n"
    return read(f"{head}Date: Tue, 06 Oct 2026 09:20:00 +0100\n\n{words}".encode(), "mail.eml")[
        0
    ].content


def kids(got: Content) -> list[tuple[str, str, str]]:
    """Name, age as told and sex of each child."""
    return [
        (" ".join(filter(None, (c.given.value, c.family.value))), c.age_text.value, c.sex.value)
        for c in got.children
    ]


def grown(got: Content) -> list[tuple[str, str]]:
    """Name and relationship of each adult."""
    return [(a.name.value, a.relationship.value) for a in got.adults]


def test_a_mans_partner_is_the_mother_of_her_own_son() -> None:
    got = letter(
        "Mr Declan Foss leaves prison soon. The tenant of 6 Bobbin Court, Northmere, NM2 2NE is his"
        " partner, Kay Strood, and I understand her son Alf Strood, aged five, lives there."
    )
    assert ("Kay Strood", "mother") in grown(got)
    assert kids(got) == [("Alf Strood", "five", "M")]


def test_an_adult_with_her_daughter_and_a_husband_is_known_for_what_she_is() -> None:
    got = letter(
        "I was reviewing care with Sandra Whitt (51, MS) at 5 Dye Yard, NM2 9RB today. While I was"
        " there her daughter Poppy came home. Poppy is 12 and gets her brother Noah (7) to school."
        " Poppy has not been to Crag School for weeks. Noah goes to Drover Street. Her husband"
        " (Keith) died."
    )
    assert [(c.name, c.school.value, c.sex.value) for c in got.children] == [
        ("Poppy", "Crag School", "F"),
        ("Noah", "Drover Street", "M"),
    ]
    assert ("Sandra Whitt", "mother") in grown(got)
    assert got.address.line.value == "5 Dye Yard"


def test_a_letterhead_is_no_home_and_a_wrapped_line_no_label() -> None:
    got = letter(
        "Penn Housing Association\n4 Loom Street, Northmere NM1 1AA\n\nDear Colleague,\n"
        "Tenancy: Mr & Mrs Szab, 52 Fleece Terrace, Northmere, NM5 8QT\n"
        "I made an inspection yesterday. There are three children living in the one dry room of the\n"
        "property: Ben (14), Dora (11) and Lil, who is 8 months. Please book a Polish interpreter.\n"
        "Mr Szab (Gabe) let me in. His wife Ildi was out. I had no concerns for my own safety.\n"
    )
    assert [k[0] for k in kids(got)] == ["Ben", "Dora", "Lil"]
    assert got.address.line.value == "52 Fleece Terrace"
    assert sorted(grown(got)) == [("Gabe Szab", ""), ("Ildi", "wife")]
    assert got.risk_to_workers.value == "no"
    assert all(c.interpreter.value == "yes" for c in got.children)


def test_callers_tell_of_people_they_hardly_know() -> None:
    got = letter(
        "Re: 23 Hare Walk, NM8 4UA. Lady called Toni & 2 kids. Boy is Jay, he thinks 6. Girl is a"
        " toddler, never heard her name. They are left in the car. No answer re danger to visiting"
        " officers. Caller lives opposite."
    )
    assert kids(got) == [("Jay", "6", "M"), ("", "toddler", "F")]
    assert grown(got) == [("Toni", "")]
    assert not got.risk_to_workers.known
    assert got.referrer.source_code.value == "1B"
    got = letter("2 kids on there own at the flats, one about 4 one in nappies, plz hurry")
    assert [k[1] for k in kids(got)] == ["about 4", ""]
    assert got.urgent.value == "yes"


def test_a_grandmother_tells_of_both_children_and_the_new_man() -> None:
    got = letter(
        "I am nan to Harl and Brook Stot, my sons children, Harl will be eight on the 9th of december"
        " and Brook is four and a half. They live with there mum Stace. My son Lee is away.\n\n"
        "Stace has got a new fella Daz and they are not the same."
    )
    assert [k[0] for k in kids(got)] == ["Harl Stot", "Brook Stot"]
    assert grown(got) == [("Stace", "mother"), ("Lee", "father"), ("Daz", "mother's partner")]


def test_a_nickname_in_quotes_and_daughters_told_together() -> None:
    got = letter(
        "Turnway\n\nOur client Robert “Rob” Haythorn (12/09/1990) of Flat 9, Croft Road, Northmere"
        " NM5 1DX cares for his daughters Skye (d.o.b. 01/02/2017) and Summer Haythorn (d.o.b."
        " 23/06/2019). Rob agreed to this referral. His dog should be shut away before anyone goes in."
        "\n\nYours,\nAda Quill\nRecovery Co-ordinator\n"
    )
    assert grown(got) == [("Robert Haythorn", "father")]
    assert [(c.dob.value, c.sex.value) for c in got.children] == [
        ("2017-02-01", "F"),
        ("2019-06-23", "F"),
    ]
    assert (got.consent.value, got.family_informed.value) == ("given", "yes")
    assert (got.risk_to_workers.value, got.referrer.agency.value) == ("yes", "Turnway")


@pytest.mark.parametrize(
    ("words", "consent", "informed"),
    [
        ("Dad refused consent on the phone and he knows I am sending it anyway.", "refused", "yes"),
        ("Our ward sister has explained to Carla that we would be contacting you. "
         "Ned has not been told.", "", "yes"),
        ("I have not spoken to Michelle because she stopped us last time.", "", "no"),
        ("She was relieved that I was referring and gave consent to share.", "given", "yes"),
        ("Not asked, I think it would put him at more risk.", "not_asked", ""),
        ("She is happy for her details to be passed on.", "given", ""),
    ],
)  # fmt: skip
def test_consent_and_telling_as_letters_say_it(words: str, consent: str, informed: str) -> None:
    got = letter(f"Bo Fenn (born 4 March 2015) has a bruise. Ned is his mother's partner. {words}")
    said = got.consent.value if got.consent.known else ""
    assert (said, got.family_informed.value or "") == (consent, informed)


def test_a_parent_who_writes_and_a_birth_date_after_a_school() -> None:
    got = letter(
        "My name is Lorna and I am the mum of Ethan Peth he is 14 in year 9 at Fern Grammar School"
        " (dob 17 May 2012). He hits me.\n\nLorna Peth",
        "Lorna Peth <lp@post.example>",
    )
    (child,) = got.children
    assert (child.dob.value, child.school.value) == ("2012-05-17", "Fern Grammar School")
    assert grown(got) == [("Lorna Peth", "mother")]


def test_a_date_in_words_and_grandparents_by_their_first_names() -> None:
    got = letter(
        "I am the School Nurse for Marl High and wish to refer Kier Tweed, date of birth the third of"
        " September 2014. Kier, who has Type 1 diabetes, lives with his grandparents, Frank and Nora"
        " Tweed.",
        subject="Referral, Year 8 boy",
    )
    (child,) = got.children
    assert (child.dob.value, child.sex.value) == ("2014-09-03", "M")
    assert (child.school.value, child.disability.value) == ("Marl High", "has Type 1 diabetes")
    assert [a[0] for a in grown(got)] == ["Frank Tweed", "Nora Tweed"]


def test_whom_a_letter_is_not_about_is_none_of_its_children() -> None:
    got = letter(
        "I work with Brand Tyre (16). This isn't about Brand. It's about his half-sister:\n\n"
        " * Lexi Corr\n * DOB 02/09/2018\n * St Osw's Primary\n"
    )
    assert [(c.name, c.dob.value, c.school.value) for c in got.children] == [
        ("Lexi Corr", "2018-09-02", "St Osw's Primary")
    ]


def test_a_signature_over_a_pasted_report_says_who_refers() -> None:
    got = letter(
        "Sending the log as a referral.\n\nAda Quill | Head of Year | Turn Valley Academy | 0117 496"
        " 0522\n\n------- export -------\nStudent: ACHTER, Greg\nDate of Birth: 09 Jan 2012\n"
        "Incident text:\nHe had a swollen lip.\nActions:\n04/11/2026 Ms A Quill - spoke to him.\n"
        "Home address on file: 88 Cinder Road, NM3 5DY\n"
        "Contacts on file: 1 Al Achter (Father, PR)  2 Mo Gunn (Grandmother)\n"
    )
    assert (got.referrer.role.value, got.referrer.agency.value) == (
        "Head of Year",
        "Turn Valley Academy",
    )
    assert grown(got) == [("Al Achter", "father"), ("Mo Gunn", "grandmother")]
    assert got.address.postcode.value == "NM3 5DY"


def test_one_who_asks_for_help_in_their_own_name_is_the_child() -> None:
    got = letter(
        "What should we call you?\nAsh (my real name is Ashley Verm but dont use it)\n"
        "How old are you\n15\nWhere do you live\n12 Foundry Row, NM4 4SP\n"
        "What is going on\nthey took my door off and i cant sleep\n"
        "Best way to reach you\ntext 07700 900222 only after 4\n",
        "no-reply <no-reply@web.northmere.example>",
    )
    assert kids(got) == [("Ashley Verm", "15", "")]
    assert got.referrer.source_code.value == "1C"


def test_our_own_request_is_not_what_was_answered_and_an_advert_no_contact() -> None:
    draft = read(
        b"From: office@wether.example\nTo: hub@northmere.example\n"
        b"Subject: RE: Information request IR-2026-000417\nDate: Mon, 09 Nov 2026 10:10:00 +0000\n\n"
        b"Attendance for Mar is 78%.\n\nFrom: The Hub\nSent: 06 November 2026 09:00\n"
        b"Subject: Information request IR-2026-000417\nPlease tell us about Mar Pend, born 7 April 2018.",
        "mail.eml",
    )[0]
    assert draft.kind is DraftKind.REPLY
    assert "78%" in draft.content.concern.value
    advert = read(
        b"From: deals@paper.example\nSubject: Your quote expires today!\n"
        b"Date: Mon, 09 Nov 2026 10:10:00 +0000\n\nLast chance: 40% off files and child-safe scissors."
        b" To stop receiving offers click below.",
        "mail.eml",
    )[0]
    assert advert.kind is DraftKind.NOT_A_CONTACT


def test_a_list_of_children_gets_the_ages_said_after_it() -> None:
    got = letter(
        "The family at number 12 Rope Walk, Northmere have three children, Mace, Till and baby Ray."
        " Mace must be 8 or 9 and Till 5. Their mum is called Jo, we don't know the surname."
    )
    assert [k[:2] for k in kids(got)] == [("Mace", "8 or 9"), ("Till", "5"), ("Ray", "")]
    assert grown(got) == [("Jo", "mother")]


def test_a_bulleted_label_ends_the_list_above_it_and_a_grown_brother_is_no_child() -> None:
    got = letter(
        "- Student: Ty Black\n- D.O.B. 30.10.2010\n- Address: 8c Harbour Parade, NM4 1TX\n"
        "- Lives with: mother (Simone Black) and older brother Marl, 19\n- Course: Motor Vehicle\n"
    )
    assert grown(got) == [("Simone Black", "mother"), ("Marl", "brother")]
    assert [k[0] for k in kids(got)] == ["Ty Black"]
