"""Forms and notices of other hands: small print over columns, cards in cells, one name in parts."""

import io
import json

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.intake.forms import page
from triage.domain.contact import Content
from triage.domain.draft import DraftKind
from triage.intake.reader import read


def kind(subject: str, sender: str, body: str) -> DraftKind:
    """What a mail is taken for."""
    head = f"From: {sender}\nSubject: {subject}\nDate: Tue, 06 Oct 2026 09:20:00 +0100\n\n"
    return read((head + body).encode(), "mail.eml")[0].kind


def kids(got: Content) -> list[tuple[str, str, str, str]]:
    """Given and family name, birth date and sex of each child."""
    return [(c.given.value, c.family.value, c.dob.value, c.sex.value) for c in got.children]


def test_small_print_over_answers_in_columns_out_of_step_names_them() -> None:
    out = io.BytesIO()
    sheet = Canvas(out, invariant=1)

    def column(x: int, asked: list[tuple[str, str]]) -> None:
        at = 780
        for label, value in asked:
            sheet.setFont("Helvetica", 7)
            sheet.drawString(x, at, label)
            sheet.setFont("Helvetica", 10)
            for line in value.split("\n"):
                at -= 13
                sheet.drawString(x, at, line)
            at -= 18

    column(
        40,
        [
            ("CHILD NAME", "Ottoline Speck"),
            ("DATE OF BIRTH", "08/01/2022"),
            ("ADDRESS", "Plot 4, Brackish Lane Site\nNorthmere NM5 5SB"),
            ("MOTHER", "Rosalee Speck"),
        ],
    )
    column(
        310,
        [
            ("CREW", "Paramedic Hugo Lindqvist"),
            ("CONTACT", "01632 960995"),
            ("CONSENT", "Verbal consent from mother"),
            ("HAZARDS", "Dogs loose on site"),
        ],
    )
    sheet.save()
    got = read(out.getvalue(), "record.pdf")[0].content
    assert kids(got) == [("Ottoline", "Speck", "2022-01-08", "")]
    assert [a.name.value for a in got.adults] == ["Rosalee Speck"]
    assert got.address.postcode.value == "NM5 5SB"
    assert got.referrer.name.value == "Hugo Lindqvist"
    assert got.consent.value == "given"
    assert got.risk_text.value == "Dogs loose on site"


def test_a_person_told_in_lines_of_one_cell_is_one_person() -> None:
    got = page(
        "<table border=1><tr><td>Head of household</td><td>Name: Farid Noor<br>DOB: 05/05/1985"
        "<br>Nationality: Afghan<br>Language: Dari</td></tr>"
        "<tr><td>Dependants</td><td>Child 1: Mina Noor, DOB 10/10/2014"
        "<br>Child 2: Omar Noor, DOB 02/04/2017</td></tr></table>"
    )
    assert [(a.name.value, a.dob.value) for a in got.adults] == [("Farid Noor", "1985-05-05")]
    assert [name for name, *_ in kids(got)] == ["Mina", "Omar"]


def test_forenames_numbered_apart_are_of_one_person() -> None:
    tree = {
        "people": [
            {"role": "CHILD", "surname": "Brace", "forename1": "Dante", "forename2": "Lee"},
            {"role": "ADULT", "relationship": "Mother", "surname": "Brace", "forename1": "Tina"},
        ]
    }
    got = read(json.dumps(tree).encode(), "ppn.json")[0].content
    assert kids(got) == [("Dante Lee", "Brace", "", "")]
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [("Tina Brace", "mother")]


def test_parents_of_one_family_name_each_have_it() -> None:
    got = page("<p>Name of child: Phoebe Larch</p><p>Parents: Joel and Tamar Larch</p>")
    assert [a.name.value for a in got.adults] == ["Joel Larch", "Tamar Larch"]


@pytest.mark.parametrize(("answer", "urgent"), [("Yes", "no"), ("No", "yes")])
def test_a_child_who_is_safe_tonight_is_not_urgent(answer: str, urgent: str) -> None:
    got = page(f"<p>Name of child: Ada Venn</p><p>Is the child safe tonight?: {answer}</p>")
    assert got.urgent.value == urgent


def test_a_relation_told_outright_stands_over_the_word_of_a_label() -> None:
    got = page(
        "<p>Child's name: Aurelio Banks</p><p>Guardian's full name: Marisa Banks</p>"
        "<p>Guardian's relationship: Mum</p>"
    )
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Marisa Banks", "mother")
    ]


def test_a_class_beside_a_name_is_no_child() -> None:
    head = "From: T Marsh <t@kiln.example>\nSubject: Referral\n"
    head += "Date: Tue, 08 Sep 2026 14:44:00 +0100\n\n"
    body = "I refer Kezia Hammond (Y9, DOB 02-09-2013) and Rudy Vickers (Y7, DOB 15-06-2015)."
    got = read((head + body).encode(), "mail.eml")[0].content
    assert [(given, family) for given, family, *_ in kids(got)] == [
        ("Kezia", "Hammond"),
        ("Rudy", "Vickers"),
    ]


def test_a_schools_lead_signs_its_export_where_nobody_else_does() -> None:
    rows = (
        "PupilSurname,PupilForename,PupilDOB,DSLName,DSLTel,Reason\n"
        "Keane,Blaise,01/06/2013,Poppy Lisle,01632 960167,Cut on the left wrist.\n"
    )
    got = read(rows.encode(), "rows.csv")[0].content
    assert got.referrer.name.value == "Poppy Lisle"
    assert got.referrer.phone.value == "01632 960167"


@pytest.mark.parametrize(
    ("subject", "sender", "body", "is_a"),
    [
        ("Accepted: Strategy discussion", "Poppy Lisle <p@s.example>", "Poppy Lisle has accepted.",
         DraftKind.NOT_A_CONTACT),
        ("VCS bulletin: grants", "Bulletin <b@nva.example>",
         "Take part in our child poverty survey. To unsubscribe reply STOP.",
         DraftKind.NOT_A_CONTACT),
        ("Last places", "Training <t@nsp.example>",
         "A few places left on our half-day course. Understand the impact on children.",
         DraftKind.NOT_A_CONTACT),
        ("Undeliverable: hello", "Microsoft Outlook <MicrosoftExchange329e@s.example>",
         "Delivery has failed.", DraftKind.BOUNCE),
        ("Help", "Ola <o@p.example>", "A child next door is hurt. I unsubscribed from your letter.",
         DraftKind.CONTACT),
    ],
)  # fmt: skip
def test_notices_are_known_and_worries_are_not_taken_for_them(
    subject: str, sender: str, body: str, is_a: DraftKind
) -> None:
    assert kind(subject, sender, body) is is_a


def test_two_people_side_by_side_under_a_heading_each_keep_their_own_facts() -> None:
    got = page(
        "<table border=1><tr><td>PATIENT DETAILS</td><td></td><td>CARER DETAILS</td><td></td></tr>"
        "<tr><td>Name</td><td>Effie Loxton</td><td>Name</td><td>Roberta Loxton</td></tr>"
        "<tr><td>D.O.B.</td><td>19.04.2021</td><td>Relationship</td><td>Mother</td></tr>"
        "<tr><td>NHS No</td><td>999 010 1050</td><td>D.O.B.</td><td>03.03.1992</td></tr></table>"
    )
    assert kids(got) == [("Effie", "Loxton", "2021-04-19", "")]
    assert [(a.name.value, a.relationship.value, a.dob.value) for a in got.adults] == [
        ("Roberta Loxton", "mother", "1992-03-03")
    ]


def test_bold_at_the_head_of_a_line_is_the_label_of_what_follows() -> None:
    got = page(
        "<ul><li><strong>Child's full name</strong> Marnie Luscombe</li>"
        "<li><strong>Date of birth</strong> 16/06/2016</li>"
        "<li><strong>Home</strong> Hollow Farm, Saltmarsh Lane, NM9 8GA</li></ul>"
    )
    assert kids(got) == [("Marnie", "Luscombe", "2016-06-16", "")]
    assert got.address.postcode.value == "NM9 8GA"


def test_answers_to_a_wide_question_tell_of_several_people_and_things() -> None:
    got = page(
        "<table border=1><tr><td>1. Who are you contacting us about?</td></tr>"
        "<tr><td>Rufus Amadi, 4 September 2014, male<br>Nkechi Amadi, 30 January 2019, female</td>"
        "</tr><tr><td>2. Where do they live and who with?</td></tr>"
        "<tr><td>21 Lighter Walk, NM6 3FW. Mum (Chidi Amadi) and mum's boyfriend (Stu Rowe)</td>"
        "</tr><tr><td>3. Does the family know, and have they agreed?</td></tr>"
        "<tr><td>Yes, Chidi knows. She agreed.</td></tr></table>"
    )
    assert kids(got) == [
        ("Rufus", "Amadi", "2014-09-04", "M"),
        ("Nkechi", "Amadi", "2019-01-30", "F"),
    ]
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Chidi Amadi", "mother"),
        ("Stu Rowe", "mother's partner"),
    ]
    assert got.address.postcode.value == "NM6 3FW"
    assert (got.consent.value, got.family_informed.value) == ("given", "yes")


def test_a_bundle_of_health_records_tells_patient_kin_and_practitioner_apart() -> None:
    def entry(kind: str, given: str, family: str, **more: object) -> dict[str, object]:
        name = [{"use": "official", "family": family, "given": [given]}]
        return {"resource": {"resourceType": kind, "name": name, **more}}

    bundle = {
        "resourceType": "Bundle",
        "entry": [
            entry("Patient", "Kemi", "Oduya", birthDate="2013-03-30"),
            entry("RelatedPerson", "Bisi", "Oduya", relationship=[{"text": "Mother"}]),
            entry("Practitioner", "Meg", "Strand", qualification=[{"text": "School Nurse"}]),
        ],
    }
    got = read(json.dumps(bundle).encode(), "bundle.json")[0].content
    assert kids(got) == [("Kemi", "Oduya", "2013-03-30", "")]
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [("Bisi Oduya", "mother")]
    assert (got.referrer.name.value, got.referrer.role.value) == ("Meg Strand", "School Nurse")


def test_whom_the_family_is_not_to_be_told_of_says_nothing_of_what_they_know() -> None:
    head = "From: Iona Blaise <i@l.example>\nSubject: worried about my friend\n"
    head += "Date: Wed, 15 Jul 2026 21:05:00 +0100\n\n"
    body = "My friend Zaynab Farouk, she's 15, is sad. Please don't tell her family I told you."
    got = read((head + body).encode(), "mail.eml")[0].content
    assert not got.family_informed.known


def test_a_practice_is_nobodys_partner() -> None:
    got = page(
        "<p>Name of child: Ada Venn</p><p>Dr Sul Akande, GP Partner, Fernbrook Medical Centre</p>"
    )
    assert got.adults == ()


def test_a_newborn_without_a_first_name_has_a_sex_and_a_family_name() -> None:
    got = page("<p>Child: Baby Girl Osei</p><p>Date of birth: 02/05/2026</p>")
    assert kids(got) == [("", "Osei", "2026-05-02", "F")]


def test_how_grave_a_risk_is_says_nothing_of_danger_to_workers() -> None:
    got = page("<p>Child: Kian Rourke</p><p>Risks: MEDIUM</p>")
    assert not got.risk_to_workers.known
    told = page("<p>Child: Kian Rourke</p><p>Risks: Dane is violent</p>")
    assert told.risk_text.value == "Dane is violent"


def test_a_label_of_a_strange_word_ends_the_answer_before_it() -> None:
    words = (
        "Swimmer's name: Isaac Penhall    Age: 7\nWhat was seen: marks on both legs.\n"
        "Did you speak to the parent?  No\n"
        "Coach: Marcus Thole    Role: Swimming teacher    Tel: 07700 900734\n"
    )
    got = read(words.encode(), "slip.txt")[0].content
    assert got.family_informed.value == "no"
    assert (got.referrer.name.value, got.referrer.role.value) == (
        "Marcus Thole",
        "Swimming teacher",
    )


def test_an_element_of_a_person_names_them_and_its_attributes_say_who_they_are() -> None:
    tree = (
        b'<Referral><Child><FullName>Kit Farrow</FullName></Child><Family><Adult rel="Mother"'
        b' pr="yes">Lorna Farrow</Adult><Adult rel="Uncle">Dean Bly</Adult></Family>'
        b"<Why>Kit put his hands round the neck of a doll in class.</Why></Referral>"
    )
    got = read(tree, "referral.xml")[0].content
    assert [
        (a.name.value, a.relationship.value, a.parental_responsibility.value) for a in got.adults
    ] == [("Lorna Farrow", "mother", "yes"), ("Dean Bly", "uncle", "")]
    assert "neck of a doll" in got.concern.value


def test_the_address_that_a_school_holds_is_the_familys() -> None:
    head = "From: C Dacre <c@anchor.example>\nSubject: Mia Fenner\n"
    head += "Date: Fri, 08 May 2026 08:40:00 +0100\n\n"
    body = "Mia Fenner (d.o.b. 22/10/2017) is hiding. We have the address as 27 Portside, NM4 9EQ."
    got = read((head + body).encode(), "mail.eml")[0].content
    assert (got.address.line.value, got.address.postcode.value) == ("27 Portside", "NM4 9EQ")
