"""Forms and files set out in ways no template foresees: columns of spaces, captions, strokes."""

# ruff: noqa: E501  a row of a made file is one line

import io
import json

import pytest
from docx import Document
from reportlab.pdfgen.canvas import Canvas

from tests.intake.forms import page, table, text
from triage.domain.contact import Content
from triage.intake.reader import read


def grown(got: Content) -> list[tuple[str, str, str]]:
    """Name, relationship and birth date of each adult."""
    return [(a.name.value, a.relationship.value, a.dob.value) for a in got.adults]


def test_answers_hanging_at_one_column_go_on_under_it() -> None:
    got = text(
        "NIGHT DESK SHEET\n"
        "CHILDREN        Odo Marsh 02/05/2015 (M);  Ida Marsh 28/09/2018 (F)\n"
        "HOME            8 Heron Street, Northmere NM6 6JR\n"
        "PARENTS         M - Ana Marsh 19/12/1989      F - Jon Marsh dob nk\n"
        "WHAT HAPPENED   Found at the bus station, said they were going\n"
        "                to the sea. Stayed with their aunt (Una\n"
        "                Marsh) overnight.\n"
        "STAFF SAFETY    nil known\n"
    )
    assert [c.name for c in got.children] == ["Odo Marsh", "Ida Marsh"]
    assert grown(got) == [
        ("Ana Marsh", "mother", "1989-12-19"),
        ("Jon Marsh", "father", ""),
        ("Una Marsh", "aunt", ""),
    ]
    assert "to the sea" in got.concern.value
    assert got.risk_to_workers.value == "no"


def test_a_row_of_yes_and_no_under_heads_that_ask_is_no_row_of_options() -> None:
    got = page(
        "<p>Child: Bo Fenn DOB: 04/03/2016</p>"
        + table(
            "Significant adults | Relationship to child | Lives with child? | PR Y/N",
            "Ada Fenn (06.11.1995) | Mum | Yes | Y",
            "Cy Bell | Dad | Yes | ",
        )
    )
    assert grown(got) == [("Ada Fenn", "mother", "1995-11-06"), ("Cy Bell", "father", "")]


def test_heads_over_people_need_not_be_labels() -> None:
    got = page(
        table(
            "Children on the list | Carer bringing them",
            "1. Roy Gale 08-07-2016 | Sue Pike (mother)",
            "2. Nia Gale 25-01-2019 | Flat 3, 70 Cromer Street",
        )
    )
    assert [(c.name, c.dob.value) for c in got.children] == [
        ("Roy Gale", "2016-07-08"),
        ("Nia Gale", "2019-01-25"),
    ]


def test_two_people_side_by_side_and_children_by_ordinals() -> None:
    got = page(
        table(
            "THE CHILD | | THE PARENT / CARER | ",
            "Full name: | Esme Louise Tarn | Full name: | Naomi Tarn",
            "DoB: | 26.02.17 | DoB: | 14.10.88",
            "Gender: | F | Relationship: | Mother",
        )
    )
    assert [(c.name, c.dob.value) for c in got.children] == [("Esme Louise Tarn", "2017-02-26")]
    assert grown(got)[0][:2] == ("Naomi Tarn", "mother")
    got = page(
        table(
            " | First child | Second child | Third child",
            "Forenames | Kit | Abi | Unborn",
            "Surname | Mend | Mend-Roe | —",
            "Born / due | 30/05/2012 | 11/01/2020 | due 8/2/2027",
            "Health | Sickle cell | none known | —",
        )
    )
    assert [c.dob.value or c.edd.value for c in got.children] == [
        "2012-05-30",
        "2020-01-11",
        "2027-02-08",
    ]
    assert [c.disability.value for c in got.children] == ["Sickle cell", "", ""]


def test_a_notes_column_says_who_each_of_a_family_is() -> None:
    got = page(
        table(
            "Family member | Born | Notes",
            "Ife Okon | 3.7.1996 | Mother, PR",
            "Remi Okon | 15.6.2020 | Reception",
        )
    )
    assert grown(got) == [("Ife Okon", "mother", "1996-07-03")]
    assert [c.name for c in got.children] == ["Remi Okon"]


@pytest.mark.parametrize(
    ("words", "child"),
    [
        ("REPORT ......: 26X\nNAME ........: OKAND / DAN CHIKE\nSEX .........: MALE\n"
         "DATE OF BIRTH: 150909\nALIAS .......: ddot", ("Dan Chike Okand", "2009-09-15", "M")),
        ("[Patient]      Cass Neal-Barrow\n[DOB]          31 12 2018\n[Sex]          M\n"
         "[Lives]        53 Albion Parade, NM1 7RZ", ("Cass Neal-Barrow", "2018-12-31", "M")),
        ("Child's name: ASARE, Nana Kofi\nChildDoB: 2016-12-19\nGender: M",
         ("Nana Kofi Asare", "2016-12-19", "M")),
    ],
)  # fmt: skip
def test_names_and_dates_as_systems_print_them(words: str, child: tuple[str, str, str]) -> None:
    (one,) = text(words).children
    assert (one.name, one.dob.value, one.sex.value) == child


def test_an_unborn_childs_mother_has_what_strokes_part_after_her_name() -> None:
    got = text(
        "Unborn of: Bree Cassel / EDC 19 Jan 27 / currently 24 weeks\n"
        "Pt NHS no 999 403 0000 / Pt dob 30.6.06 / G1 P0\n"
        "Midwife: Ada Thorn\nConcern: Missed four appointments."
    )
    (child,) = got.children
    assert (child.edd.value, child.nhs_number.value, child.dob.value) == ("2027-01-19", "", "")
    assert grown(got)[0] == ("Bree Cassel", "mother", "2006-06-30")


def test_a_label_may_ask_a_birth_date_or_a_due_date_and_a_title_is_no_body() -> None:
    got = text(
        "0-19 Service: Notification of concern to children's services\n"
        "Practitioner: Cam Ash, Specialist Community Public Health Nurse (Health Visitor)\n"
        "Base: Fell Clinic, Northmere Community NHS Trust\n"
        "Name of child: Baby RAHM (not yet named)\n"
        "D.O.B. / Expected date of delivery: 1 October 2026\n"
        "Any risks to staff (e.g. dogs)?   Yes ☐   No ☒\n"
    )
    assert got.referrer.agency.value == "Fell Clinic, Northmere Community NHS Trust"
    (child,) = got.children
    assert (child.given.value, child.family.value) == ("", "Rahm")
    assert (child.dob.value, child.edd.value) == ("2026-10-01", "")
    assert got.risk_to_workers.value == "no"


def test_columns_that_differ_by_a_word_name_a_persons_standing() -> None:
    rows = (
        "Ref,Raised by,Raised by tel,Y/P last,Y/P first,Y/P born,Resides,PCode,P1,P1 link,Concern\n"
        'D1,Lifeguard supervisor Bea Quill,01632 960661,Bapt,Elo,25-Jan-13,"2 Card Lane",NM1 6BN,'
        "Odette Bapt,Mother,Alone at the pool\n"
        "D2,Gwen Oy,01632 960662,Tunn,Baby (unborn),EDD 02-Mar-27,10 Heck Street,NM9 5QP,,,None yet\n"
    )
    first, second = (draft.content for draft in read(rows.encode(), "rows.csv"))
    assert grown(first) == [("Odette Bapt", "mother", "")]
    assert (first.referrer.name.value, first.referrer.phone.value) == ("Bea Quill", "01632 960661")
    assert first.address.line.value == "2 Card Lane"
    assert [(c.given.value, c.edd.value) for c in second.children] == [("", "2027-03-02")]


def test_a_records_names_numbers_and_posts_are_its_own() -> None:
    bundle = {
        "entry": [
            {"resource": {"resourceType": "ServiceRequest", "priority": "urgent"}},
            {"resource": {
                "resourceType": "Patient", "birthDate": "2011-02-17",
                "name": [{"use": "official", "family": "Lind-Moy", "given": ["Tan", "Ruth"]},
                         {"use": "nickname", "text": "Tanny"}],
                "contact": [
                    {"relationship": [{"text": "Father"}], "name": {"text": "Erik Lind"}},
                    {"relationship": [{"text": "Stepmother"}], "name": {"text": "Rue Moy"}}]}},
            {"resource": {"resourceType": "Practitioner", "name": [{"text": "Cal Bran"}]}},
            {"resource": {"resourceType": "PractitionerRole", "code": [{"text": "Nurse Specialist"}]}},
        ]
    }  # fmt: skip
    got = read(json.dumps(bundle).encode(), "bundle.json")[0].content
    (child,) = got.children
    assert (child.name, [a.value for a in child.aliases]) == ("Tan Ruth Lind-Moy", ["Tanny"])
    assert [a[:2] for a in grown(got)] == [("Erik Lind", "father"), ("Rue Moy", "stepmother")]
    assert (got.referrer.name.value, got.referrer.role.value) == ("Cal Bran", "Nurse Specialist")


def test_short_names_of_elements_and_codes_for_sex() -> None:
    got = read(
        b'<n><persons><person role="subject" fn="Rory" sn="Mace" born="2014-10-02" gender="1"/>'
        b'<person role="parent" fn="Dym" sn="Mace" born="1986-06-06" link="mother" pr="true"/>'
        b'<person role="professional" fn="Glen" sn="Marsh" link="social worker"/></persons>'
        b'<sharing consent="N" reason="Statutory transfer - consent not required"/></n>',
        "n.xml",
    )[0].content
    assert [(c.name, c.sex.value) for c in got.children] == [("Rory Mace", "M")]
    assert grown(got) == [("Dym Mace", "mother", "1986-06-06")]
    assert got.consent.value == "not_asked"


def test_only_a_ticked_box_is_heard() -> None:
    got = page(
        "<p>Name of child: Zac Fenn</p><p>Have you talked to the family?</p>"
        "<p>☒ Yes, and they agree to this referral    ☐ Yes, but they do not agree    ☐ No</p>"
    )
    assert (got.consent.value, got.family_informed.value) == ("given", "yes")


def test_a_footer_may_say_who_refers() -> None:
    document = Document()
    document.sections[0].footer.paragraphs[
        0
    ].text = "Completed by Teo Vance, Young Carers Worker   |   07700 900485"
    document.add_paragraph("Name of child: Ruri Seaton")
    out = io.BytesIO()
    document.save(out)
    got = read(out.getvalue(), "form.docx")[0].content
    assert (got.referrer.name.value, got.referrer.role.value) == (
        "Teo Vance",
        "Young Carers Worker",
    )


def test_captions_under_the_fields_of_a_form_name_them() -> None:
    out = io.BytesIO()
    sheet = Canvas(out, invariant=1)
    at = 760
    asked = [
        ("child surname", "Finch"), ("child forename", "Idris"), ("child date of birth", "04-09-2010"),
        ("mother's name", "Carol Finch"), ("home address", "17 Sluice Road, NM1 9DH"),
    ]  # fmt: skip
    sheet.drawString(40, at + 40, "Vulnerable child notification")
    for number, (label, value) in enumerate(asked):
        sheet.acroForm.textfield(
            name=f"f{number}", value=value, x=40, y=at, width=300, height=14, fontSize=9
        )
        sheet.drawString(40, at - 12, label)
        at -= 44
    sheet.save()
    got = read(out.getvalue(), "form.pdf")[0].content
    assert [(c.name, c.dob.value) for c in got.children] == [("Idris Finch", "2010-09-04")]
    assert [a[0] for a in grown(got)] == ["Carol Finch"]
    assert got.address.postcode.value == "NM1 9DH"


def test_an_answer_told_in_words_names_its_children_with_their_ages() -> None:
    got = page(
        "<p>Tell us about the children</p>"
        "<p>Two sisters. Dee who is about 7 and Kay, 4 I think. Surname Hobb</p>"
        "<p>Where do they sleep?</p><p>31 Sorrel Street, NM5 8PL</p>"
    )
    assert [(c.name, c.age_text.value, c.sex.value) for c in got.children] == [
        ("Dee Hobb", "about 7", "F"),
        ("Kay Hobb", "4", "F"),
    ]


def test_nobody_is_made_of_a_family_name_a_none_or_a_witness() -> None:
    got = text(
        "Family: OKON / PART, 52 Willow Bank, NM7 3GH\n"
        "Children present: None. No children at address.\n"
        "Victim: Val Cheet b. 04/04/1961\n"
    )
    assert got.children == ()
    assert grown(got) == [("Val Cheet", "", "1961-04-04")]
    got = page(
        table(
            "Role | Family name | Given name | Born | Link to subject",
            "Suspect | PENH | Wayne | 30/01/1984 | Mother's ex-partner",
            "Witness | ASH | Doris | not recorded | Neighbour",
        )
    )
    assert grown(got) == [("Wayne Penh", "Mother's ex-partner", "1984-01-30")]


def test_what_keeps_staff_safe_is_asked_of_dangers() -> None:
    got = text(
        "Child's name: Bo Fenn\nIs there anything we should know to keep our staff safe? Not that I know of"
        "\nLanguages: Arabic (interpreter needed)\n"
    )
    assert got.risk_to_workers.value == "no"
    (child,) = got.children
    assert (child.language.value, child.interpreter.value) == ("Arabic", "yes")


@pytest.mark.parametrize("asked", ["Reason for sharing information", "Why is this coming to us?"])
def test_a_long_answer_to_why_it_came_is_the_account_and_no_reason_for_sharing(asked: str) -> None:
    account = (
        "On Tuesday Odo came in without shoes and said he had slept on the stairs. He told me "
        "his dad's friends had been round all night, and there was nothing to eat in the house."
    )
    people = table("Child's name | Odo Marsh", "DOB | 02/05/2015")
    got = page(people + table(f"{asked} | {account}", "Consent | No"))
    assert account in got.concern.value
    assert not got.consent_reason.known
    because = f"{account} We have not told his parents, since it would put him at more risk."
    got = page(people + table("Consent | No", f"{asked} | {because}"))
    assert got.consent_reason.value == because
