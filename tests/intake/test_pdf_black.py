"""What somebody blacked out in a PDF is read by nobody, though it is still in the file."""

import io
from collections.abc import Callable
from time import process_time

import pypdf
import pytest
from pypdf.annotations import Rectangle
from reportlab.pdfgen.canvas import Canvas

from triage.domain.draft import Draft
from triage.intake.reader import read

SAID = "Told by Jane Pell of Brook Street that Maya cried"
LEFT, WIDE = 114, 101
"""Where "Jane Pell of Brook" stands."""


def page(draw: Callable[[Canvas], None]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pagesize=(595, 842))
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def said(canvas: Canvas) -> None:
    canvas.setFillGray(0)
    canvas.drawString(72, 700, SAID)


def box(
    canvas: Canvas, gray: float = 0, at: tuple[int, int, int, int] = (LEFT, 695, WIDE, 15)
) -> None:
    canvas.setFillGray(gray)
    canvas.rect(*at, fill=1, stroke=0)


def boxed(canvas: Canvas) -> None:
    said(canvas)
    box(canvas)


def shaded_black(canvas: Canvas) -> None:
    """As a word processor blacks words out: a black ground behind black letters."""
    box(canvas)
    said(canvas)


def in_a_form(canvas: Canvas) -> None:
    said(canvas)
    canvas.beginForm("over")
    box(canvas, at=(0, 0, WIDE, 15))
    canvas.endForm()
    canvas.translate(LEFT, 695)
    canvas.doForm("over")


def turned(canvas: Canvas) -> None:
    canvas.setPageRotation(90)
    canvas.setPageSize((842, 595))  # which the rotation turns round
    boxed(canvas)


def whole(draft: Draft) -> str:
    return " ".join(" ".join(part.text for part in draft.parts).split())


@pytest.mark.parametrize("draw", [boxed, shaded_black, in_a_form, turned])
def test_words_beneath_a_black_box_are_not_read_and_that_is_told(
    draw: Callable[[Canvas], None],
) -> None:
    [draft] = read(page(draw), "letter.pdf")
    assert whole(draft) == "Told by Street that Maya cried"
    [told] = draft.not_read
    assert told.what == "page 1"
    assert "blacked out" in told.why


def test_words_beneath_a_black_note_are_not_read() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(page(said)))
    over = Rectangle(rect=(LEFT, 695, LEFT + WIDE, 710), interior_color="000000")
    writer.add_annotation(0, over)
    out = io.BytesIO()
    writer.write(out)
    [draft] = read(out.getvalue(), "letter.pdf")
    assert whole(draft) == "Told by Street that Maya cried"


def light_on_black(canvas: Canvas) -> None:
    box(canvas, at=(60, 690, 475, 24))
    canvas.setFillGray(1)
    canvas.drawString(72, 700, SAID)


def framed(canvas: Canvas) -> None:
    """A black box beneath a white one, with the words on that."""
    box(canvas, at=(60, 690, 475, 24))
    box(canvas, 1, at=(62, 692, 471, 20))
    said(canvas)


def covered_over(canvas: Canvas) -> None:
    """A black box, the page anew in white, and the words on that."""
    box(canvas)
    box(canvas, 1, at=(0, 0, 595, 842))
    said(canvas)


def shaded_grey(canvas: Canvas) -> None:
    box(canvas, 0.8)
    said(canvas)


def see_through(canvas: Canvas) -> None:
    said(canvas)
    canvas.setFillAlpha(0.3)
    box(canvas)


def on_a_dark_page(canvas: Canvas) -> None:
    box(canvas, at=(0, 0, 595, 842))
    box(canvas, 1, at=(10, 10, 575, 822))
    said(canvas)


@pytest.mark.parametrize(
    "draw", [said, light_on_black, framed, covered_over, shaded_grey, see_through, on_a_dark_page]
)
def test_words_that_can_be_read_on_paper_are_read(draw: Callable[[Canvas], None]) -> None:
    [draft] = read(page(draw), "letter.pdf")
    assert whole(draft) == SAID
    assert draft.not_read == ()


def test_a_page_of_many_boxes_takes_little_longer() -> None:
    def draw(canvas: Canvas) -> None:
        for n in range(3900):
            box(canvas, n % 2 * 0.9, at=(n * 7 % 560, n * 13 % 600, 30, 20))
        said(canvas)
        for row in range(50):
            canvas.drawString(
                40, 660 - row * 12, "The lights had gone off again that evening. " * 2
            )

    begun = process_time()
    read(page(draw), "letter.pdf")
    assert process_time() - begun < 8
