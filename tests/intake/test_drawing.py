"""Drawing what arrived, in a process of its own."""

import os
import signal
from io import BytesIO
from typing import IO

import pytest

from tests.intake.hostile_pdf import endless, narrow
from triage.domain.errors import UnreadableError
from triage.intake import apart, drawing
from triage.intake.drawing import draw_safely
from triage.intake.limits import Limits

RED = b"\x00\x00\xff"


def two_pages() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    made = BytesIO()
    canvas = Canvas(made, pagesize=(200, 300))
    canvas.setFillColorRGB(1, 0, 0)
    canvas.rect(0, 150, 200, 150, stroke=0, fill=1)
    canvas.showPage()
    canvas.drawString(10, 10, "Second")
    canvas.save()
    return made.getvalue()


def pid() -> int:
    process = drawing._DRAWING._process
    assert process is not None
    return process.pid


def test_a_page_comes_as_pixels_as_wide_as_asked() -> None:
    (page,) = draw_safely(two_pages(), [1], 100)
    assert (page.number, page.width, page.height) == (1, 100, 150)
    assert len(page.pixels) == page.stride * page.height
    middle = page.width // 2 * 4
    assert page.pixels[middle : middle + 3] == RED
    low = page.stride * (page.height - 1) + middle
    assert page.pixels[low : low + 3] == b"\xff\xff\xff"


def test_pages_come_in_the_order_asked_and_one_there_is_not_is_left_out() -> None:
    assert [page.number for page in draw_safely(two_pages(), [2, 1, 3], 50)] == [2, 1]


def test_a_page_that_takes_too_long_ends_only_what_draws_it() -> None:
    draw_safely(two_pages(), [1], 50)
    before = pid()
    with pytest.raises(UnreadableError, match="took longer than"):
        draw_safely(endless(), [1], 400, limits=Limits(seconds=0.2))
    assert draw_safely(two_pages(), [1], 50)
    assert pid() != before


def test_what_draws_may_die_and_the_next_page_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a fault in the library that draws would end it."""
    draw_safely(two_pages(), [1], 50)
    waits = apart._receive

    def killed(stream: IO[bytes]) -> bytes | None:
        os.kill(pid(), signal.SIGKILL)
        return waits(stream)

    monkeypatch.setattr(apart, "_receive", killed)
    with pytest.raises(UnreadableError, match="stopped at this one"):
        draw_safely(endless(), [1], 400)
    monkeypatch.undo()
    assert draw_safely(two_pages(), [1], 50)


def test_a_page_that_needs_too_much_memory_is_refused() -> None:
    with pytest.raises(UnreadableError, match="memory"):
        draw_safely(two_pages(), [1], 2_000, limits=Limits(memory_bytes=100_000_000))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 and nothing more", "damaged"),
        (two_pages()[:300], "damaged"),
        (narrow(), "too long and narrow"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        draw_safely(data, [1], 400)
