"""Two columns of a page that are read one after the other, not across.

A form set in columns has lines on each side with none beside them; the rows of a table do not.
"""

from __future__ import annotations

from triage.intake.labels import classify
from triage.intake.pdf_words import Row

_LEAST_ROWS = 8
_GUTTER = 9.0
"""Points between two columns."""


def in_reading_order(rows: list[Row], width: float) -> list[list[Row]]:
    """Lines as they are read: runs of whole lines, and each column of a part set in two."""
    gutter = _gutter(rows, width)
    if gutter is None:
        return [rows]
    out: list[list[Row]] = []
    whole: list[Row] = []
    left: list[Row] = []
    right: list[Row] = []

    def flush() -> None:
        for run in (left, right):
            if run:
                out.append(list(run))
                run.clear()

    for row in rows:
        if _crosses(row, gutter):
            flush()
            whole.append(row)
            continue
        if whole:
            out.append(list(whole))
            whole.clear()
        for side, run in (
            ([word for word in row.words if word.right <= gutter], left),
            ([word for word in row.words if word.left >= gutter], right),
        ):
            if side:
                middle = sum(word.middle for word in side) / len(side)
                run.append(Row(side, middle))
    flush()
    return [*out, whole] if whole else out


def _crosses(row: Row, gutter: float) -> bool:
    return any(word.left < gutter < word.right for word in row.words) or any(
        one.right <= gutter <= two.left and two.left - one.right < _GUTTER
        for one, two in zip(row.words, row.words[1:], strict=False)
    )


def _gutter(rows: list[Row], width: float) -> float | None:
    """Where two columns of a page part, or None where the page has one or is a table."""
    best: tuple[int, float] | None = None
    starts = sorted({round(word.left) for row in rows for word in row.words})
    for start in starts:
        if not 0.35 * width < start < 0.72 * width:
            continue
        gutter = start - 2.0
        free = [row for row in rows if not _crosses(row, gutter)]
        beside = sum(abs(word.left - start) < 3 for row in free for word in row.words)
        if len(free) < _LEAST_ROWS or len(free) < 0.6 * len(rows) or beside < 5:
            continue
        if best is None or beside > best[0]:
            best = (beside, gutter)
    if best is None:
        return None
    gutter = best[1]
    lefts = [
        w.middle for r in rows if not _crosses(r, gutter) for w in r.words[:1] if w.right <= gutter
    ]
    rights = [
        next(w.middle for w in r.words if w.left >= gutter)
        for r in rows
        if not _crosses(r, gutter) and r.words[-1].left >= gutter
    ]  # fmt: skip
    if len(lefts) < 5 or len(rights) < 5:
        return None
    alone = [_unmatched(lefts, rights), _unmatched(rights, lefts)]
    asked = sum(
        _asks(" ".join(word.text for word in row.words if word.left >= gutter))
        for row in rows
        if not _crosses(row, gutter)
    )
    return gutter if min(alone) >= 0.25 and asked >= max(2, 0.15 * len(rights)) else None


def _asks(words: str) -> bool:
    """True for a line that is a label: the answers beside the labels of a table are not."""
    meaning = classify(words) if 0 < len(words) < 70 else None
    return meaning is not None and (
        meaning.share >= 0.6 and bool(meaning.attribute or meaning.subject)
    )


def _unmatched(ones: list[float], others: list[float]) -> float:
    """The part of lines that have no line beside them."""
    return sum(all(abs(one - other) > 1.6 for other in others) for one in ones) / len(ones)
