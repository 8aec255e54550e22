"""Forms set out in ways that no template foresees: what stands where says what it is."""

import io
import json

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.intake.forms import page, table, text
from triage.domain.draft import DraftKind
from triage.intake.reader import read


def test_strips_of_labels_over_values_tell_of_one_child() -> None:
    got = page(
        "<h2>Child</h2>"
        + table(
            "First name | Surname | DOB",
            "Ama | Tetteh | 04/03/2016",
            "Sex | NHS No. | School",
            "Female | 999 001 0013 | Lighthouse Nursery",
        )
    )
    (child,) = got.children
    assert child.name == "Ama Tetteh"
    assert (child.dob.value, child.sex.value) == ("2016-03-04", "F")
    assert child.school.value == "Lighthouse Nursery"


def test_a_first_column_of_numbers_names_no_question() -> None:
    got = page(
        table(
            "1 | Name of referrer | Tomas Ferrers",
            "2 | Job title | School nurse",
            "3 | Telephone | 01632 960111",
        )
    )
    assert got.referrer.name.value == "Tomas Ferrers"
    assert got.referrer.role.value == "School nurse"
    assert got.referrer.phone.value == "01632 960111"


def test_numbers_before_questions_are_not_numbers_of_children() -> None:
    got = text(
        "1. The child\n1.1 Name of child: Ama Tetteh\n1.2 Child's DOB: 04/03/2016\n"
        "1.3 Gender: Female\n1.4 School: Brookfold Academy\n"
    )
    (child,) = got.children
    assert (child.dob.value, child.sex.value) == ("2016-03-04", "F")


def test_a_mark_under_yes_or_no_answers_the_question_of_its_row() -> None:
    got = page(
        table("Name of child | Ama Tetteh", "DOB | 04/03/2016")
        + table(
            "Please tick | Yes | No | Not known",
            "Are the parents aware of this referral? | &#10003; | | ",
            "Is the child in immediate danger? | | X | ",
            "Consent obtained | | | X",
        )
    )
    assert got.family_informed.value == "yes"
    assert got.urgent.value == "no"
    assert not got.consent.known


def test_headings_left_of_several_rows_say_whose_they_are() -> None:
    got = page(
        "<table><tr><td rowspan=3>CHILD</td><td>Legal name</td><td>Ama Tetteh</td></tr>"
        "<tr><td>DoB</td><td>04/03/2016</td></tr><tr><td>Sex</td><td>F</td></tr>"
        "<tr><td rowspan=2>WORKER</td><td>Completed by</td><td>Ann Bell</td></tr>"
        "<tr><td>Post</td><td>Health visitor</td></tr></table>"
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.referrer.name.value == "Ann Bell"
    assert got.referrer.role.value == "Health visitor"


def test_people_beside_each_other_keep_their_own_facts() -> None:
    got = page(
        table(
            "Name: Ama Tetteh | Name: Kofi Tetteh",
            "DOB: 04/03/2016 | DOB: 01/02/2018",
            "Sex: Female | Sex: Male",
        )
    )
    assert [(c.given.value, c.dob.value, c.sex.value) for c in got.children] == [
        ("Ama", "2016-03-04", "F"),
        ("Kofi", "2018-02-01", "M"),
    ]


def test_bold_cells_are_labels_even_where_their_words_are_strange() -> None:
    got = page(
        "<h2>Person on probation</h2>"
        + table(
            "<b>Name</b> | Kyle Ravenhill | <b>DOB</b> | 06/06/1994",
            "<b>Sentence</b> | 18 months | <b>Relationship to child</b> | Stepfather",
        )
    )
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Kyle Ravenhill", "stepfather")
    ]


def test_a_table_of_people_needs_no_column_called_name() -> None:
    got = page(
        table("Name of child | Ama Tetteh", "DOB | 04/03/2016")
        + table(
            "Priority contact | Relationship | Parental resp. | Phone",
            "Mrs Esi Tetteh | Mother | Yes | 07700 900690",
            "Mr Yaw Boakye | Father | No | 07700 900691",
        )
    )
    assert [(a.name.value, a.relationship.value) for a in got.adults] == [
        ("Esi Tetteh", "mother"),
        ("Yaw Boakye", "father"),
    ]
    assert got.adults[0].parental_responsibility.value == "yes"


def test_cards_say_what_each_person_is() -> None:
    cards = (
        "Role in this contact | Child (main)", "Last name | Tetteh", "First name | Ama",
        "Born | 04/03/2016",
        "Role in this contact | Adult (family)", "Last name | Boakye", "First name | Esi",
        "Relationship | Mother",
        "Role in this contact | Professional", "Last name | Bell", "First name | Ann",
        "Post | School nurse", "Is the referrer? | Yes",
        "Role in this contact | Professional", "Last name | Osgood", "First name | Martin",
        "Post | Form tutor", "Is the referrer? | No",
    )  # fmt: skip
    got = page("".join(map(table, cards)))
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert [adult.name.value for adult in got.adults] == ["Esi Boakye"]
    assert got.referrer.name.value == "Ann Bell"


def test_questions_and_answers_on_lines_of_their_own_are_parted() -> None:
    got = text(
        "Q: Child's full name\nA: Ama Tetteh\n\nQ: Date of birth\nA: 04/03/2016\n\n"
        "Q: Has consent been obtained?\nA: No\n\nQ: If no, why not?\nA: Mother refused when asked\n"
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.consent.value == "refused"


@pytest.mark.parametrize("rule", ["=== {} ===", "*** {} ***", "## {}"])
def test_a_heading_between_rules_is_no_label(rule: str) -> None:
    got = text(
        rule.format("About you") + "\nFirst name: Gloria\nLast name: Kerr\n\n"
        + rule.format("Child 1") + "\nFirst name: Tyrell\nLast name: Kerr\nDisability: \n\n"
        + rule.format("Where are they living?") + "\nHouse number and street: 8 Goldfinch Grove\n"
    )  # fmt: skip
    assert got.referrer.name.value == "Gloria Kerr"
    assert [child.name for child in got.children] == ["Tyrell Kerr"]
    assert not got.children[0].disability.known
    assert got.address.line.value == "8 Goldfinch Grove"


def test_bars_between_words_make_a_table() -> None:
    got = text(
        "| Field | Answer |\n|---|---|\n| Name of child | Ama Tetteh |\n| DOB | 04/03/2016 |\n"
        "| Risk to staff? | None known |\n"
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.risk_to_workers.value == "no"


def test_sections_of_questions_are_headings_and_chosen_answers_their_labels() -> None:
    form = {
        "title": "Professional referral",
        "tenant": "northmere",
        "sections": [
            {"title": "Referrer details", "answers": [{"q": "Your role", "a": "IDVA"}]},
            {
                "title": "Person(s) the referral is about",
                "repeat": [
                    [
                        {"q": "Forename(s)", "a": "Ama"},
                        {"q": "Surname", "a": "Tetteh"},
                        {"q": "Gender", "a": {"value": "F", "label": "Female"}},
                    ],
                    [
                        {"q": "Forename(s)", "a": "Kofi"},
                        {"q": "Surname", "a": "Tetteh"},
                        {"q": "Gender", "a": {"value": "M", "label": "Male"}},
                    ],
                ],
            },
        ],
    }
    got = read(json.dumps(form).encode(), "form.json")[0].content
    assert [(c.name, c.sex.value) for c in got.children] == [
        ("Ama Tetteh", "F"),
        ("Kofi Tetteh", "M"),
    ]
    assert got.referrer.role.value == "IDVA"
    assert got.adults == ()


def test_whoever_holds_responsibility_is_named_in_an_answer_of_its_own() -> None:
    got = page(
        table(
            "Name of child | Ama Tetteh",
            "Mother | Esi Tetteh",
            "Father | Yaw Boakye",
            "Who holds parental responsibility? | Esi Tetteh",
        )
    )
    held = {a.name.value: a.parental_responsibility.value for a in got.adults}
    assert held == {"Esi Tetteh": "yes", "Yaw Boakye": ""}


def test_where_a_suspect_lives_is_not_where_the_children_do() -> None:
    got = text(
        "Location: 6 Kingfisher Mews, Northmere, NM1 7GD\n\n"
        "PERSON 1 ROLE: SUSPECT (ADULT)\nName: ADEYEMI, Tobi\nRel to child: FATHER\n"
        "Addr: Room 3, 50 Coronation Street, Northmere, NM8 2PP\n\n"
        "PERSON 2 ROLE: CHILD\nName: ADEYEMI, Ezra\nDOB: 11/09/2018\nAddr: As incident location\n"
    )
    assert got.address.postcode.value == "NM1 7GD"


@pytest.mark.parametrize(
    "answer",
    ["None registered", "Contact with Dad at weekends.", "Grandparents", "Nobody else"],
)
def test_words_beside_a_label_for_people_may_name_nobody(answer: str) -> None:
    got = page(table("Name of child | Ama Tetteh", f"Other adults in the household | {answer}"))
    assert got.adults == ()


def test_options_as_printed_answer_nothing() -> None:
    got = page(table("Name of child | Ama Tetteh", "Risk to lone workers | Yes / None known"))
    assert not got.risk_to_workers.known


def test_what_else_is_asked_of_a_child_is_not_the_childs_name() -> None:
    got = page(table("Name of child | Ama Tetteh", "Child's demeanour | Tearful"))
    assert [child.name for child in got.children] == ["Ama Tetteh"]


def test_two_columns_of_a_page_are_read_one_after_the_other() -> None:
    out = io.BytesIO()
    canvas = Canvas(out)
    left = [
        "Forename", "Saoirse", "Surname", "Mulhern", "Date of birth", "08/08/2016", "Sex", "Female",
    ]  # fmt: skip
    right = [
        "Tell us what you saw", "Called to a fit. The child was found on a bare",
        "mattress in the loft, with no heating and no", "ladder fixed to the hatch.",
        "Was consent obtained?", "No", "Referrer", "Gwilym Starkey",
    ]  # fmt: skip
    for number, words in enumerate(left):
        canvas.drawString(60, 760 - 26 * number, words)
    for number, words in enumerate(right):
        canvas.drawString(310, 752 - 19 * number, words)
    canvas.save()
    got = read(out.getvalue(), "form.pdf")[0].content
    assert [(c.name, c.dob.value) for c in got.children] == [("Saoirse Mulhern", "2016-08-08")]
    assert "mattress in the loft, with no heating" in got.concern.value
    assert got.referrer.name.value == "Gwilym Starkey"


def test_rich_text_gives_its_words_and_rows() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator Any;}"
        rb"{\b Name of child:} Zo\'eb Tetteh\par Date of birth: 04/03/2016\par"
        rb"\trowd\intbl{\b Mother}\cell Esi \u321?ukowska\cell\row\pard"
        rb" Reason for referral: Said \ldblquote no dinner\rdblquote  again.\par}"
    )
    (draft,) = read(rtf, "referral.rtf")
    got = draft.content
    assert [child.name for child in got.children] == ["Zoë Tetteh"]
    assert [adult.name.value for adult in got.adults] == ["Esi Łukowska"]
    assert "“no dinner”" in got.concern.value
    assert "Arial" not in draft.parts[0].text


def test_a_page_that_cannot_be_read_is_named_and_the_rest_read() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    canvas.drawString(60, 700, "Name of child: Ama Tetteh")
    canvas.showPage()
    canvas.drawString(60, 700, "DOB: 04/03/2016")
    canvas.save()
    broken = out.getvalue().replace(b"/Type /Page\n", b"/Type /Pxge\n", 1)
    (draft,) = read(broken, "form.pdf")
    assert draft.kind is DraftKind.REJECTED or draft.not_read or draft.content.children
    assert "did not expect" not in draft.why


def test_answers_on_a_drawn_line_are_read_without_it() -> None:
    got = text(
        "Name of child: __Ama Tetteh__   DOB: __4/3/2016__   M / F: __F__\n"
        "Parent/Carer: __Esi Tetteh__ Relationship: __Mother__ PR: __Yes__\n"
        "Consent given by parent? Yes / [No] If no give reason: __Mum wants to ask the GP first__\n"
    )
    assert [(c.name, c.dob.value, c.sex.value) for c in got.children] == [
        ("Ama Tetteh", "2016-03-04", "F")
    ]
    (mother,) = got.adults
    assert (mother.name.value, mother.relationship.value) == ("Esi Tetteh", "mother")
    assert mother.parental_responsibility.value == "yes"
    assert got.consent.value == "refused"


def test_given_names_in_a_list_are_one_childs() -> None:
    form = {"subject": {"name": [{"given": ["Isla", "May"], "family": "Tranter"}]}}
    (child,) = read(json.dumps(form).encode(), "form.json")[0].content.children
    assert child.name == "Isla May Tranter"


def test_words_that_a_form_prints_are_nobodys_name() -> None:
    got = page(
        "<h2>Child</h2><p>Name</p><p>Ama Tetteh</p><p>Health or additional needs</p><p>&nbsp;</p>"
        "<p>Ethnic background</p><p>Any other White background</p>"
    )
    assert [child.name for child in got.children] == ["Ama Tetteh"]
    assert got.children[0].ethnicity.value == "Any other White background"
