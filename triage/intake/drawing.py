"""Pages of an arrived PDF as pixels, drawn in a process of its own, with limits.

A page that crashes or hangs what draws it ends that process only: never the window.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from triage.domain.errors import UnreadableError
from triage.intake.apart import Apart, StoppedError, serve
from triage.intake.limits import Limits

_SECONDS = 10.0
_MOST_PIXELS = 8_000_000
"""A page is drawn no larger, however long and narrow it says it is; A4 1,500 across has 3.2 M."""

_LONGEST = 15
"""Times as long as it is wide: a page past this would fill the window's memory once scaled."""

_DRAWING = Apart("triage.intake.drawing")


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """One page (from 1): rows of `stride` bytes, four to a pixel: blue, green, red, unused."""

    number: int
    width: int
    height: int
    stride: int
    pixels: bytes


def draw_safely(
    untrusted_bytes: bytes, pages: Sequence[int], width: int, *, limits: Limits | None = None
) -> tuple[DrawnPage, ...]:
    """The pages asked for, `width` pixels across; a page there is not is left out.

    Slow (up to `limits.seconds`, 10 where none are given): call it in a job's thread. Calls wait
    for each other. Raises UnreadableError, which says why, where nothing could be drawn.
    """
    bounds = limits or replace(Limits(), seconds=_SECONDS)
    try:
        answer = _DRAWING.ask({"pages": list(pages), "width": width}, untrusted_bytes, bounds)
    except StoppedError as fault:
        raise UnreadableError(
            f"Drawing it took longer than {bounds.seconds:.0f} seconds."
            if fault.late
            else "What draws pages stopped at this one: it may need too much memory or time."
        ) from fault
    told, _, pixels = answer.partition(b"\n")
    head = json.loads(told)
    if head["problem"]:
        raise UnreadableError(head["problem"])
    drawn, at = [], 0
    for number, wide, high, stride in head["pages"]:
        end = at + stride * high
        drawn.append(
            DrawnPage(number=number, width=wide, height=high, stride=stride, pixels=pixels[at:end])
        )
        at = end
    return tuple(drawn)


# --- in the drawing process -------------------------------------------------------------------


def _answer(head: Mapping[str, Any], untrusted_bytes: bytes, _limits: Limits) -> bytes:
    import pypdfium2

    sizes: list[tuple[int, int, int, int]] = []
    pixels: list[bytes] = []
    problem = ""
    try:
        document = pypdfium2.PdfDocument(untrusted_bytes)
        for number in head["pages"]:
            if 1 <= number <= len(document):
                page = document[number - 1]
                across, down = max(1.0, page.get_width()), max(1.0, page.get_height())
                if not 1 / _LONGEST <= down / across <= _LONGEST:
                    problem = "It is too long and narrow to be shown."
                    break
                scale = min(head["width"] / across, (_MOST_PIXELS / (across * down)) ** 0.5)
                bitmap = page.render(scale=scale, prefer_bgrx=True)
                sizes.append((number, bitmap.width, bitmap.height, bitmap.stride))
                pixels.append(bytes(bitmap.buffer))
                bitmap.close()
                page.close()
        document.close()
    except pypdfium2.PdfiumError as fault:
        locked = "password" in str(fault).lower()
        problem = "It is locked with a password." if locked else "It is damaged or cut short."
    told = json.dumps({"pages": sizes, "problem": problem}).encode()
    return b"\n".join((told, b"".join(pixels)))


if __name__ == "__main__":
    serve(int(sys.argv[1]), _answer, ("pypdfium2",))
