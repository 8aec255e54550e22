"""The report of a run: tables in Markdown, plots beside it as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reportlab.graphics.renderSVG import drawToString
from reportlab.graphics.shapes import Circle, Drawing, Line, Rect, String
from reportlab.lib.colors import HexColor

_INK, _QUIET, _FILL = HexColor("#18222D"), HexColor("#76818D"), HexColor("#2A6CB0")
_ROW, _LEFT, _WIDE = 22, 190, 360


@dataclass
class Report:
    """Gathers what was measured; `write` lays it down. `sizes` are the crowds searched."""

    sizes: Sequence[int]
    said: str
    parts: list[str] = field(default_factory=list)
    plots: dict[str, Drawing] = field(default_factory=dict)

    def table(
        self, title: str, columns: str, rows: Iterable[Sequence[object]], note: str = ""
    ) -> None:
        """A table under its title; `columns` are parted by bars."""
        heads = columns.split("|")
        lines = [f"## {title}", "", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
        lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
        self.parts.append("\n".join([*lines, *(["", note] if note else [])]))

    def say(self, words: str) -> None:
        """A paragraph."""
        self.parts.append(words)

    def bars(self, title: str, shares: Mapping[str, float]) -> None:
        """Shares from 0 to 1 as bars, each with its figure."""
        high = _ROW * len(shares) + 10
        drawing = Drawing(_LEFT + _WIDE + 60, high)
        for place, (name, share) in enumerate(shares.items()):
            y = high - _ROW * (place + 1)
            drawing.add(_words(_LEFT - 8, y + 5, name, "end"))
            drawing.add(Rect(_LEFT, y, _WIDE * share, 14, fillColor=_FILL, strokeColor=None))
            drawing.add(_words(_LEFT + _WIDE * share + 6, y + 5, f"{share:.3f}", "start"))
        self._plot(title, drawing)

    def calibration(self, name: str, bins: Sequence[tuple[float, float, int]]) -> None:
        """What was said against what was true; on the line where both agree."""
        side = 240
        drawing = Drawing(side + 60, side + 50)
        drawing.add(Line(40, 30, 40 + side, 30 + side, strokeColor=_QUIET))
        drawing.add(Rect(40, 30, side, side, fillColor=None, strokeColor=_QUIET))
        for said, true, _count in bins:
            drawing.add(
                Circle(40 + said * side, 30 + true * side, 4, fillColor=_FILL, strokeColor=None)
            )
        drawing.add(_words(40 + side / 2, 10, "probability said", "middle"))
        drawing.add(_words(40, side + 36, "share that was true", "start"))
        self._plot(f"Calibration on {name}", drawing)

    def _plot(self, title: str, drawing: Drawing) -> None:
        file = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") + ".svg"
        self.plots[file] = drawing
        self.parts.append(f"![{title}]({file})")

    def write(self, folder: Path) -> None:
        """Write report.md and the plots into the folder, making it where needed."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, drawing in self.plots.items():
            (folder / file).write_text(drawToString(drawing), encoding="utf-8")
        text = "\n\n".join(["# Matching, measured", self.said, *self.parts])
        (folder / "report.md").write_text(text + "\n", encoding="utf-8")


def _words(x: float, y: float, text: str, anchor: str) -> String:
    return String(x, y, text, textAnchor=anchor, fontName="Helvetica", fontSize=11, fillColor=_INK)
