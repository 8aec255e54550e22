"""Lines that each tell of one person, captions under answers, and what fields and codes mean."""

import io
import json

import pytest
from reportlab.pdfgen.canvas import Canvas

from triage.domain.contact import Consent, Content
from triage.intake.reader import read


def mail(*lines: str) -> Content:
    """What is understood of a plain letter."""
    head = "From: Rhoda Quill <r@school.example>\nSubject: Referral\n"
    head += "Date: Tue, 06 Oct 2026 09:20:00 +0100\n\n"
    return read((head + "\n".join(lines)).encode(), "letter.eml")[0].content


def kids(got: Content) -> list[tuple[str, str, str]]:
    """Given name, family name and birth date of each child."""
    return [(c.given.value, c.family.value, c.dob.value) for c in got.children]


def adults(got: Content) -> list[tuple[str, str, str, str]]:
    """Name, relation, birth date and responsibility of each adult."""
    return [
        (a.name.value, a.relationship.value, a.dob.value, a.parental_responsibility.value)
        for a in got.adults
    ]


def test_a_list_of_kin_tells_who_is_a_child_and_who_holds_responsibility() -> None:
    got = mail(
        "Please find a referral for this family:",
        "",
        "Tobias Fenn, son, 12.03.2014",
        "Petra Fenn, mother, 04.05.1988, PR",
        "Owen Drax, stepfather, 19.11.1985, no PR",
        "",
        "Tobias said that he is locked in the garage.",
    )
    assert kids(got) == [("Tobias", "Fenn", "2014-03-12")]
    assert got.children[0].sex.value == "M"
    assert adults(got) == [
        ("Petra Fenn", "mother", "1988-05-04", "yes"),
        ("Owen Drax", "stepfather", "1985-11-19", "no"),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ("1. Ayla Marsh - 26/03/2016 - female - Year 5", "2. Kit Marsh - 14/08/2019 - male"),
        ("Ayla Marsh; daughter; born 26.03.2016", "Kit Marsh; son; born 14.08.2019"),
        ("MARSH, Ayla (f) b. 26/03/2016 - child", "MARSH, Kit (m) b. 14/08/2019 - child"),
        ("Child - Ayla Marsh (dob 26/03/2016)", "Half-sibling - Kit Marsh (dob 14/08/2019)"),
        ("Ayla Marsh      26/03/2016   10   F", "Kit Marsh       14/08/2019   7    M"),
    ],
    ids=["numbered", "semicolons", "police", "led by kin", "columns"],
)
def test_rows_of_children_are_read_however_they_are_parted(rows: tuple[str, str]) -> None:
    got = mail("We write about two children.", "", *rows, "", "They came to school hungry.")
    assert kids(got) == [("Ayla", "Marsh", "2016-03-26"), ("Kit", "Marsh", "2019-08-14")]
    assert got.adults == ()


def test_whose_father_somebody_is_makes_no_adult_of_the_child() -> None:
    got = mail(
        "Children",
        "1. Ayla Marsh - 26/03/2016",
        "2. Kit Marsh - 14/08/2019",
        "",
        "Parents",
        "Mother - Jodie Marsh - 18/01/1994",
        "Father of Ayla - Lewis Hurrell - whereabouts unknown",
    )
    assert [name for name, *_ in adults(got)] == ["Jodie Marsh", "Lewis Hurrell"]
    assert [relation for _, relation, *_ in adults(got)] == ["mother", "father"]


def test_professionals_in_a_list_are_no_family() -> None:
    got = mail(
        "Kit Marsh (dob 14/08/2019) came in with a bruise.",
        "",
        "Nadia Coe, School Nurse, 01632 960111",
        "Hamid Rostami, Social Worker, Eastwold Council",
        "Olu Braithe, Police Sergeant",
    )
    assert got.adults == ()
    assert len(got.children) == 1


def test_responsibility_that_is_unsure_is_neither_held_nor_denied() -> None:
    got = mail(
        "Kit Marsh, son, 14/08/2019",
        "Jodie Marsh, mother, PR: No",
        "Lee Hurrell, father, PR unknown",
    )
    assert [pr for *_, pr in adults(got)] == ["no", ""]


def test_small_print_under_a_line_names_what_is_written_over_it() -> None:
    out = io.BytesIO()
    sheet = Canvas(out, invariant=1)
    at = 760
    for row in (
        (("Delphine Okoro", "Name of child"), ("22/04/2014", "Date of birth")),
        (("3 Sprat Alley, Northmere", "Home address"), ("NM1 2AB", "Postcode")),
        (("Grace Okoro", "Parent or guardian"), ("07700 900829", "Parent's telephone")),
        (("Kenny Strand", "Reported by"), ("07700 900181", "Telephone")),
    ):
        for x, (value, caption) in zip((40, 300), row, strict=True):
            sheet.setFont("Helvetica", 11)
            sheet.drawString(x, at, value)
            sheet.setFont("Helvetica", 7)
            sheet.drawString(x, at - 12, caption)
        at -= 40
    sheet.save()
    got = read(out.getvalue(), "form.pdf")[0].content
    assert kids(got) == [("Delphine", "Okoro", "2014-04-22")]
    assert [a.name.value for a in got.adults] == ["Grace Okoro"]
    assert (got.address.line.value, got.address.postcode.value) == ("3 Sprat Alley", "NM1 2AB")
    assert (got.referrer.name.value, got.referrer.phone.value) == ("Kenny Strand", "07700 900181")


def test_a_box_under_a_question_is_its_answer_and_an_account_tells_of_consent() -> None:
    page = (
        "<p>Child's name: Ada Venn</p><p>Why are you making this request?</p>"
        "<table border=1><tr><td>Ada said home is unbearable.</td></tr></table>"
        "<p>Mother has given consent to share.</p>"
        "<p>Referred by Lorcan Mbeki, Crisis Practitioner, Northmere CAMHS, 01632 960777</p>"
    )
    got = read(page.encode(), "form.html")[0].content
    assert "unbearable" in got.concern.value
    assert got.consent.value == Consent.GIVEN.value
    assert got.referrer.name.value == "Lorcan Mbeki"
    assert got.referrer.agency.value == "Northmere CAMHS"


def test_a_hospitals_codes_and_a_schools_contacts_are_read_for_what_they_are() -> None:
    system = {
        "export": {
            "establishment": {"name": "Grebe Lane Academy", "phase": "Secondary"},
            "loggedBy": {"displayName": "F Underhill", "position": "DSL"},
            "learner": {"given": "Tariq", "family": "Boateng", "birthDate": "2011-07-07"},
            "contacts": [
                {"priority": 1, "name": "Abena Boateng", "relationship": "MTH"},
                {"priority": 2, "name": "Lydia Boateng", "relationship": "GRMTH"},
            ],
            "log": [{"text": "Not slept at home."}, {"text": "Seen in a silver car."}],
        }
    }
    got = read(json.dumps(system).encode(), "log.json")[0].content
    assert kids(got) == [("Tariq", "Boateng", "2011-07-07")]
    assert [a.relationship.value for a in got.adults] == ["mother", "grandmother"]
    assert got.referrer.agency.value == "Grebe Lane Academy"
    assert not got.urgent.known
    assert "Not slept" in got.concern.value
    assert "silver car" in got.concern.value


def test_one_adult_a_row_under_a_heading_for_many_keeps_their_facts() -> None:
    rows = (
        "<tr><td>Name of parent / carer / other adult in the home</td><td>Relationship</td>"
        "<td>Date of birth</td><td>Does this person hold parental responsibility?</td></tr>"
        "<tr><td>Renata Cast</td><td>Mother</td><td>02/02/1986</td><td>Yes</td></tr>"
        "<tr><td>Paolo Cast</td><td>Uncle</td><td></td><td>No</td></tr>"
    )
    page = f"<p>Child's name: Bruno Cast</p><table border=1>{rows}</table>"
    got = read(page.encode(), "form.html")[0].content
    assert adults(got) == [
        ("Renata Cast", "mother", "1986-02-02", "yes"),
        ("Paolo Cast", "uncle", "", "no"),
    ]
