"""A form ruled on a page as cells is read cell by cell, whatever its shape."""

import io
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor, black
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from triage.domain.draft import Draft
from triage.intake.answers import as_answers
from triage.intake.reader import read
from triage.practice.files import file_of

RESOURCES = Path(__file__).parents[2] / "resources"
FONTS = RESOURCES / "fonts" / "fallback"
PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=10, leading=13)
BOLD = ParagraphStyle("bold", parent=PLAIN, fontName="Helvetica-Bold")
SMALL = ParagraphStyle("small", parent=PLAIN, fontSize=7.5, leading=10)
RULES = [("GRID", (0, 0), (-1, -1), 0.5, black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
TOLD = (
    "Ivo came in on Monday with a wet coat and no lunch. He told me the lights had gone off "
    "again and that he had slept on the sofa. Mum said the meter was empty until Friday."
)


def grid(rows: list[list[Any]], widths: list[int], *more: Any) -> Table:
    """A ruled table; words become paragraphs that wrap in their cells."""
    cells = [[Paragraph(c, PLAIN) if isinstance(c, str) else c for c in row] for row in rows]
    return Table(cells, colWidths=widths, style=[*RULES, *more])


def answers(*story: Any) -> dict[str, Any]:
    """What is read from a page that holds `story`."""
    out = io.BytesIO()
    SimpleDocTemplate(out, invariant=1).build(list(story))
    (one,) = as_answers(read(out.getvalue(), "form.pdf"))
    got: dict[str, Any] = one["got"]
    return got


def names(got: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    """Each child's given name, family name and date of birth."""
    return [(c["given"], c["family"], c["dob"]) for c in got["children"]]


def adults(got: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Each adult's name and relationship."""
    return [(a["name"], a["relationship"]) for a in got["adults"]]


def referrer(got: dict[str, Any]) -> tuple[Any, ...]:
    """Who referred."""
    return tuple(got["referrer"][key] for key in ("name", "role", "agency", "phone"))


WHO = ("Dana Whitlow", "Class teacher", "Beckside Primary School", "01632 960412")


def test_two_columns_of_label_and_value() -> None:
    got = answers(
        Paragraph("Referral to children's services", BOLD),
        Spacer(1, 8),
        grid(
            [
                ["Child's name", "Ivo Marchetti"],
                ["Date of birth", "14/02/2018"],
                ["Home address", "9 Cooper Row, Northmere NM3 4QA"],
                ["Mother", "Lucia Marchetti"],
                ["Referrer's name", "Dana Whitlow"],
                ["Referrer's role", "Class teacher"],
                ["Referrer's organisation", "Beckside Primary School"],
                ["Referrer's telephone", "01632 960412"],
                ["Reason for referral", TOLD],
                ["Have parents been informed of this referral?", "Yes"],
                ["Do the parents consent to the referral?", "No"],
            ],
            [140, 300],
        ),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14")]
    assert adults(got) == [("Lucia Marchetti", "mother")]
    assert referrer(got) == WHO
    assert got["address"] == {"line": "9 Cooper Row", "postcode": "NM3 4QA"}
    assert got["concern"] == TOLD
    assert got["family_informed"] is True
    assert got["consent"] == "refused"


def test_four_columns_with_wrapped_cells_and_shaded_labels() -> None:
    shade = HexColor("#DDE6EE")
    got = answers(
        grid(
            [
                ["Child's full name", "Ivo Marchetti", "Date of birth of the child", "14/02/2018"],
                ["Home address", "9 Cooper Row, Northmere NM3 4QA", "GP", "Harbour Lane Surgery"],
                ["Mother", "Lucia Marchetti", "Father", "Piero Marchetti"],
            ],
            [85, 125, 85, 125],
            ("BACKGROUND", (0, 0), (0, -1), shade),
            ("BACKGROUND", (2, 0), (2, -1), shade),
        ),
        Spacer(1, 10),
        Paragraph("What are you worried about?", BOLD),
        Paragraph(TOLD, PLAIN),
        Spacer(1, 10),
        Paragraph("Parents and consent", BOLD),
        grid(
            [["Have you told the parents?", "No", "Do they agree to the referral?", "No"]],
            [85, 125, 85, 125],
        ),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14")]
    assert adults(got) == [("Lucia Marchetti", "mother"), ("Piero Marchetti", "father")]
    assert got["address"] == {"line": "9 Cooper Row", "postcode": "NM3 4QA"}
    assert " ".join(got["concern"].split()) == TOLD
    assert got["family_informed"] is False
    assert got["consent"] == "refused"


def test_a_boxed_account_begins_under_its_heading_and_ends_with_its_box() -> None:
    got = answers(
        grid([["Child's name", "Ivo Marchetti"], ["Date of birth", "14/02/2018"]], [140, 300]),
        Spacer(1, 10),
        Paragraph("Describe your concerns. Please use the child's words?", BOLD),
        grid([[TOLD]], [440]),
        Spacer(1, 10),
        Paragraph("Send this form to the front door team the same day.", PLAIN),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14")]
    assert adults(got) == []
    assert " ".join(got["concern"].split()) == TOLD


def test_merged_headings_and_a_table_of_children() -> None:
    wide = [("SPAN", (0, at), (-1, at)) for at in (0, 3)]
    got = answers(
        grid(
            [
                ["Person making the referral", "", "", ""],
                ["Name", "Dana Whitlow", "Role", "Class teacher"],
                ["Organisation", "Beckside Primary School", "Telephone", "01632 960412"],
                ["Details of the children", "", "", ""],
            ],
            [90, 130, 90, 130],
            *wide,
        ),
        Spacer(1, 10),
        Paragraph("Children in the household", BOLD),
        grid(
            [
                ["First name", "Surname", "Date of birth", "School"],
                ["Ivo", "Marchetti", "14/02/2018", "Beckside Primary School"],
                ["Nina", "Marchetti", "03/09/2020", "Beckside Primary School"],
            ],
            [90, 110, 90, 150],
        ),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14"), ("Nina", "Marchetti", "2020-09-03")]
    assert adults(got) == []
    assert referrer(got) == WHO


def test_a_label_printed_small_above_its_value_in_one_cell() -> None:
    def cell(label: str, value: str) -> list[Paragraph]:
        return [Paragraph(label, SMALL), Paragraph(value, PLAIN)]

    got = answers(
        grid(
            [
                [cell("Child's name", "Ivo Marchetti"), cell("Date of birth", "14/02/2018")],
                [cell("Mother", "Lucia Marchetti"), cell("GP", "Harbour Lane Surgery")],
            ],
            [220, 220],
        ),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14")]
    assert adults(got) == [("Lucia Marchetti", "mother")]


def test_a_page_of_countless_lines_is_read_in_bounded_time() -> None:
    out = io.BytesIO()
    page = Canvas(out)
    page.drawString(72, 800, "Child's name: Ivo Marchetti")
    for at in range(30_000):
        page.line(at % 500, at % 700, at % 500 + 40, at % 700)
        page.line(at % 500, at % 700, at % 500, at % 700 + 40)
    page.save()
    start = time.monotonic()
    (draft,) = read(out.getvalue(), "lines.pdf")
    assert time.monotonic() - start < 8
    assert isinstance(draft, Draft)


def test_ticked_boxes_in_cells_answer_the_question_beside_them() -> None:
    pdfmetrics.registerFont(TTFont("Boxed", str(FONTS / "DejaVuSans.ttf")))
    boxed = ParagraphStyle("boxed", parent=PLAIN, fontName="Boxed")
    got = answers(
        grid(
            [
                ["Child's name", "Ivo Marchetti"],
                ["Date of birth", "14/02/2018"],
                ["Are the parents aware of this referral?", Paragraph("☒ Yes ☐ No", boxed)],
                ["Do the parents consent?", Paragraph("☐ Yes ☒ No", boxed)],
                ["Is the child in immediate danger?", Paragraph("☐ Yes ☒ No", boxed)],
            ],
            [200, 240],
        ),
    )
    assert names(got) == [("Ivo", "Marchetti", "2018-02-14")]
    assert got["family_informed"] is True
    assert got["consent"] == "refused"
    assert got["urgent"] is False


def test_the_practice_form_of_a_nursery_gives_what_it_says_and_no_more() -> None:
    at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    day = tomllib.loads((RESOURCES / "practice" / "day.toml").read_text(encoding="utf-8"))
    (form,) = [one for one in day["contact"] if one.get("format") == "form_pdf"]
    drafts = read(file_of(form, at), form["file"])
    (one,) = as_answers(drafts)
    got = one["got"]
    assert [name for name, _, _ in names(got)] == ["Poppy", "Elsa"]
    assert names(got)[0] == ("Poppy", "Lindqvist", "2024-05-06")
    assert [c.gp.value for c in drafts[0].content.children] == ["Weirside Surgery", ""]
    assert drafts[0].content.children[0].gp.places[0].page == 1
    assert adults(got) == [("Annika Lindqvist", "mother")]
    assert got["address"] == {"line": "27 Weir Street", "postcode": "NM5 2TB"}
    assert referrer(got) == (
        "Farida Hosseini", "Room leader", "Little Alders Nursery", "01632 960331",
    )  # fmt: skip
    assert got["concern"].startswith("On ")
    assert got["concern"].endswith("for most of the afternoon.")
    assert got["family_informed"] is True
    assert got["consent"] == "given"
