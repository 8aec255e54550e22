"""The grids ruled on a PDF's page: which cells its lines and rectangles part it into.

Lengths are points from the page's top left corner. What is looked at is bounded; a page past a
bound is read as one without rules.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

_OBJECTS = 20_000
_SEGMENTS = 40_000
_LINES_ACROSS = 400
_LINES_DOWN = 120
_COLUMNS = 30
_GRIDS = 80
_NEAR = 2.5
_LEAST = 10.0
"""Shorter lines are ticks, bullets and letters, not the sides of cells."""

Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True, eq=False)
class Region:
    """One cell, over one or more rows and columns of its grid."""

    row: int
    column: int
    rows: int
    columns: int
    right: float


@dataclass(slots=True, eq=False)
class Grid:
    """Cells that share sides. `xs` and `ys` are where its columns and rows begin and end."""

    xs: list[float]
    ys: list[float]
    regions: list[Region]
    at: dict[tuple[int, int], Region] = field(default_factory=dict)

    def region(self, x: float, y: float) -> Region | None:
        """The cell a point is in, or None outside the grid."""
        return self.at.get((bisect_right(self.ys, y) - 1, bisect_right(self.xs, x) - 1))

    @property
    def area(self) -> float:
        """Square points."""
        return (self.xs[-1] - self.xs[0]) * (self.ys[-1] - self.ys[0])


@dataclass(slots=True)
class _Side:
    """A straight line: `at` on the one axis, from `start` to `end` on the other."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class _Drawn:
    across: list[_Side] = field(default_factory=list)
    down: list[_Side] = field(default_factory=list)
    shaded: list[tuple[float, float, float, float]] = field(default_factory=list)
    objects: int = 0
    segments: int = 0


def grids_of(page: Any) -> list[Grid]:
    """The grids of a page, from its top; none where it is turned or drawn past the bounds."""
    if page.get_rotation():
        return []
    width, height = page.get_size()
    drawn = _Drawn()
    if not _look(page, False, (1, 0, 0, 1, 0, 0), height, drawn, 0):
        return []
    if len(drawn.across) + len(drawn.down) < 4:
        for left, top, right, bottom in drawn.shaded:
            if right - left < 0.95 * width or bottom - top < 0.9 * height:
                _outline(drawn, left, top, right, bottom)
    across, down = _joined(drawn.across), _joined(drawn.down)
    if len(across) > _LINES_ACROSS or len(down) > _LINES_DOWN:
        return []
    grids = []
    for lines, posts in _touching(across, down):
        grid = _grid(lines, posts)
        if grid is not None:
            grids.append(grid)
        if len(grids) >= _GRIDS:
            break
    return sorted(grids, key=lambda grid: (grid.ys[0], grid.xs[0]))


def _look(holder: Any, nested: bool, by: Matrix, height: float, drawn: _Drawn, deep: int) -> bool:
    """Gather the straight lines of a page or of a form on it; False past a bound."""
    import pypdfium2.raw as raw

    count = raw.FPDFFormObj_CountObjects(holder) if nested else raw.FPDFPage_CountObjects(holder)
    for number in range(max(count, 0)):
        drawn.objects += 1
        if drawn.objects > _OBJECTS:
            return False
        one = (raw.FPDFFormObj_GetObject if nested else raw.FPDFPage_GetObject)(holder, number)
        kind = raw.FPDFPageObj_GetType(one)
        if kind not in {raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_FORM}:
            continue
        own = raw.FS_MATRIX()
        raw.FPDFPageObj_GetMatrix(one, own)
        matrix = times((own.a, own.b, own.c, own.d, own.e, own.f), by)
        if kind == raw.FPDF_PAGEOBJ_FORM:
            if deep < 3 and not _look(one, True, matrix, height, drawn, deep + 1):
                return False
        elif not _path(one, matrix, height, drawn):
            return False
    return True


def times(a: Matrix, b: Matrix) -> Matrix:
    """One change of places after another."""
    return (
        a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4], a[4] * b[1] + a[5] * b[3] + b[5],
    )  # fmt: skip


def _path(path: Any, matrix: Matrix, height: float, drawn: _Drawn) -> bool:
    import pypdfium2.raw as raw

    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not fill.value and not stroke.value:
        return True
    count = max(raw.FPDFPath_CountSegments(path), 0)
    drawn.segments += count
    if drawn.segments > _SEGMENTS:
        return False
    lines: list[tuple[float, float, float, float]] = []
    points: list[tuple[float, float]] = []
    begun = here = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(count):
        segment = raw.FPDFPath_GetPathSegment(path, number)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix[0] * x.value + matrix[2] * y.value + matrix[4],
            height - (matrix[1] * x.value + matrix[3] * y.value + matrix[5]),
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        points.append(point)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begun = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            lines.append((*here, *point))
        here = point
        if raw.FPDFPathSegment_GetClose(segment):
            lines.append((*here, *begun))
            here = begun
    if not points:
        return True
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    top, bottom = min(p[1] for p in points), max(p[1] for p in points)
    if stroke.value and not (fill.value and min(right - left, bottom - top) < _NEAR):
        curved = len(lines) < len(points) - 1
        if curved and count <= 14 and len(lines) >= 4:  # a box with rounded corners
            _outline(drawn, left, top, right, bottom)
            return True
        for x0, y0, x1, y1 in lines:
            _side(drawn, x0, y0, x1, y1)
    elif min(right - left, bottom - top) < _NEAR:
        _side(drawn, left, top, right, bottom)  # a line drawn as a thin bar
    elif count <= 6 and bottom - top > _LEAST and right - left > _LEAST:
        drawn.shaded.append((left, top, right, bottom))
    return True


def _side(drawn: _Drawn, x0: float, y0: float, x1: float, y1: float) -> None:
    wide, tall = abs(x1 - x0), abs(y1 - y0)
    if wide >= _LEAST and tall < _NEAR:
        drawn.across.append(_Side((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    elif tall >= _LEAST and wide < _NEAR:
        drawn.down.append(_Side((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _outline(drawn: _Drawn, left: float, top: float, right: float, bottom: float) -> None:
    for x0, y0, x1, y1 in (
        (left, top, right, top), (left, bottom, right, bottom),
        (left, top, left, bottom), (right, top, right, bottom),
    ):  # fmt: skip
        _side(drawn, x0, y0, x1, y1)


def _levels(values: list[float]) -> list[float]:
    """Values nearer than a line is thick, made one."""
    out: list[list[float]] = []
    for value in sorted(values):
        if out and value - out[-1][0] <= _NEAR:
            out[-1].append(value)
        else:
            out.append([value])
    return [sum(one) / len(one) for one in out]


def _joined(sides: list[_Side]) -> list[_Side]:
    """Sides on one line that touch, made one."""
    levels = _levels([side.at for side in sides])
    by_level: dict[int, list[_Side]] = {}
    for side in sides:
        near = max(bisect_right(levels, side.at + _NEAR) - 1, 0)
        if near and abs(levels[near - 1] - side.at) < abs(levels[near] - side.at):
            near -= 1
        by_level.setdefault(near, []).append(side)
    out: list[_Side] = []
    for level, those in sorted(by_level.items()):
        run: _Side | None = None
        for side in sorted(those, key=lambda one: one.start):
            if run is not None and side.start <= run.end + _NEAR:
                run.end = max(run.end, side.end)
            else:
                run = _Side(levels[level], side.start, side.end)
                out.append(run)
    return out


def _touching(across: list[_Side], down: list[_Side]) -> list[tuple[list[_Side], list[_Side]]]:
    """Lines across and down that meet, together."""
    home = list(range(len(across) + len(down)))

    def root(at: int) -> int:
        while home[at] != at:
            home[at] = home[home[at]]
            at = home[at]
        return at

    for a, line in enumerate(across):
        for d, post in enumerate(down, len(across)):
            if (
                line.start - _NEAR <= post.at <= line.end + _NEAR
                and post.start - _NEAR <= line.at <= post.end + _NEAR
            ):
                home[root(a)] = root(d)
    sets: dict[int, tuple[list[_Side], list[_Side]]] = {}
    for a, line in enumerate(across):
        sets.setdefault(root(a), ([], []))[0].append(line)
    for d, post in enumerate(down, len(across)):
        sets.setdefault(root(d), ([], []))[1].append(post)
    return [one for one in sets.values() if len(one[0]) > 1 and one[1]]


def _grid(lines: list[_Side], posts: list[_Side]) -> Grid | None:
    """The cells that lines meeting one another make; None for what is no table or box."""
    ends = [end for line in lines for end in (line.start, line.end)]
    tips = [end for post in posts for end in (post.start, post.end)]
    xs = _levels([*(post.at for post in posts), min(ends), max(ends)])
    ys = _levels([*(line.at for line in lines), min(tips), max(tips)])
    wide, tall = len(xs) - 1, len(ys) - 1
    if not 0 < wide <= _COLUMNS or tall < 1 or xs[-1] - xs[0] < 40 or ys[-1] - ys[0] < 12:
        return None

    def walls(sides: list[_Side], marks: list[float]) -> dict[int, list[_Side]]:
        out: dict[int, list[_Side]] = {}
        for side in sides:
            near = min(range(len(marks)), key=lambda at: abs(marks[at] - side.at))
            out.setdefault(near, []).append(side)
        return out

    floors, sides = walls(lines, ys), walls(posts, xs)

    def parted(between: list[_Side], start: float, end: float) -> bool:
        middle = (start + end) / 2
        return any(side.start <= middle <= side.end for side in between)

    group: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row in range(tall):
        for column in range(wide):
            here = (row, column)
            group[here] = [here]
            joins = []
            if column and not parted(sides.get(column, []), ys[row], ys[row + 1]):
                joins.append((row, column - 1))
            if row and not parted(floors.get(row, []), xs[column], xs[column + 1]):
                joins.append((row - 1, column))
            for other in joins:
                ours, theirs = group[here], group[other]
                if ours is theirs:
                    continue
                if len(ours) > len(theirs):
                    ours, theirs = theirs, ours
                theirs.extend(ours)
                for one in ours:
                    group[one] = theirs
    grid = Grid(xs, ys, [])
    done: set[int] = set()
    for cells in group.values():
        if id(cells) in done:
            continue
        done.add(id(cells))
        top, left = min(c[0] for c in cells), min(c[1] for c in cells)
        rows, columns = max(c[0] for c in cells) - top + 1, max(c[1] for c in cells) - left + 1
        if rows * columns != len(cells):
            continue  # a corner outside the ruled part, which is no cell
        region = Region(top, left, rows, columns, xs[left + columns])
        grid.regions.append(region)
        grid.at.update((one, region) for one in cells)
    grid.regions.sort(key=lambda one: (one.row, one.column))
    return grid if grid.regions else None
