"""Options chosen by a mark, cells that hold their own label, and rows without headings."""

import io

import pytest

from triage.domain.contact import Content
from triage.intake.choices import chosen
from triage.intake.marks import picked, with_boxes
from triage.intake.pieces import Sheet
from triage.intake.reader import read


def content(html: str) -> Content:
    """What is understood of a page."""
    return read(f"<html><body>{html}</body></html>".encode(), "form.html")[0].content


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ("Yes / **No**", "No"),
        ("~~Yes~~ / No", "No"),
        ("[Yes] / No", "Yes"),
        ("Yes  No ✓", "No"),
        ("✓ Yes  No", "Yes"),
        ("Yes X   No", "Yes"),
        ("M / F x", "F"),
    ],
)
def test_the_one_marked_option_is_the_answer(words: str, option: str) -> None:
    at = picked(words)
    assert at is not None
    assert words[at[0] : at[1]] == option
    sheet = Sheet("f", "f", "text/plain")
    assert [piece.text for piece in chosen(sheet.write(words))] == [option]


@pytest.mark.parametrize(
    "words",
    ["Yes / No", "**Yes** / **No**", "Yes x No", "Yes, mum said no", "No", "✓ Yes  No ✓", "* No"],
)
def test_options_with_no_mark_or_two_choose_nothing(words: str) -> None:
    assert picked(words) is None


def test_type_marks_an_option_only_where_one_stands_out() -> None:
    bold = [("Consent: ", "on"), ("Yes / ", ""), ("No", "on")]
    assert with_boxes(bold) == "Consent: ☐ Yes / ☒ No"
    assert with_boxes([("Yes", "off"), (" / No", "")]) == "☐ Yes / ☒ No"
    assert with_boxes([("Yes / No", "on")]) is None
    assert with_boxes([("I said ", ""), ("no", "on")]) is None


@pytest.mark.parametrize(
    ("markup", "urgent"),
    [
        ("Yes / <b>No</b>", "no"),
        ("<s>Yes</s> / No", "no"),
        ("<u>Yes</u> / No", "yes"),
        ('Yes / <span style="text-decoration: line-through">No</span>', "yes"),
        ("Yes / No", ""),
    ],
)
def test_a_page_that_marks_one_of_yes_and_no_is_answered(markup: str, urgent: str) -> None:
    got = content(
        "<table><tr><td>Child's name</td><td>Elsa Norbury</td></tr>"
        f"<tr><td>Is the child in immediate danger?</td><td>{markup}</td></tr></table>"
    )
    assert got.urgent.value == urgent


def test_word_marks_an_option_by_striking_the_other() -> None:
    from docx import Document

    paper = Document()
    table = paper.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Child's name", "Elsa Norbury"
    table.cell(1, 0).text = "Has consent been obtained?"
    line = table.cell(1, 1).paragraphs[0]
    line.add_run("Yes").font.strike = True
    line.add_run(" / No")
    held = io.BytesIO()
    paper.save(held)
    assert read(held.getvalue(), "form.docx")[0].content.consent.value == "not_asked"


def test_a_cell_may_hold_its_own_label_above_its_value() -> None:
    got = content(
        "<table><tr><td colspan=4><b>Subject child</b></td></tr><tr><td>Surname<br>Norbury</td>"
        "<td>First name<br>Elsa</td><td>Date of Birth<br>(dd/mm/yyyy)<br>03/05/2018</td>"
        "<td>Gender<br>Female</td></tr><tr><td>Address<br>12 Kiln Lane, Northmere</td>"
        "<td>Postcode<br>NM2 3AB</td><td>Ethnicity<br>White British</td><td>School<br></td></tr>"
        "</table>"
    )
    [child] = got.children
    assert (child.given.value, child.family.value) == ("Elsa", "Norbury")
    assert child.dob.value == "2018-05-03"
    assert child.ethnicity.value == "White British"
    assert not child.school.known
    assert (got.address.line.value, got.address.postcode.value) == ("12 Kiln Lane", "NM2 3AB")


def test_a_label_set_in_two_lines_is_still_one_label() -> None:
    got = content(
        "<table><tr><td>Date of<br>birth</td><td>03/05/2018</td><td>First<br>name</td>"
        "<td>Elsa</td></tr></table>"
    )
    [child] = got.children
    assert (child.given.value, child.dob.value) == ("Elsa", "2018-05-03")


def test_rows_under_a_heading_without_column_labels_are_told_by_their_values() -> None:
    got = content(
        "<p>Child's name: Elsa Norbury</p><table><tr><th>Siblings</th></tr>"
        "<tr><td>Max Norbury</td><td>7 months</td><td>Male</td></tr>"
        "<tr><td>Ines Norbury</td><td>01/02/2020</td><td>Brookfold Nursery</td></tr>"
        "<tr><td>Notes</td><td>none</td></tr></table>"
    )
    told = [(c.given.value, c.age_text.value, c.dob.value, c.sex.value) for c in got.children]
    assert told == [
        ("Elsa", "", "", ""),
        ("Max", "7 months", "", "M"),
        ("Ines", "", "2020-02-01", ""),
    ]
    assert got.children[2].school.value == "Brookfold Nursery"


def test_responsibility_said_to_be_unknown_is_not_held() -> None:
    got = content("<p>Child's name: Elsa Norbury</p><p>Father: Tom Reyes, PR unknown</p>")
    [father] = got.adults
    assert father.parental_responsibility.value == ""


def test_a_sibling_in_brackets_gives_age_and_school() -> None:
    got = content("<p>Child's name: Elsa Norbury</p><p>Sister: Ines (5, at Brookfold)</p>")
    sister = got.children[1]
    assert (sister.given.value, sister.age_text.value) == ("Ines", "5")
    assert (sister.sex.value, sister.school.value) == ("F", "Brookfold")
    away = content("<p>Child's name: Elsa Norbury</p><p>Sister: Ines (5, at home)</p>").children[1]
    assert not away.school.known
