"""Plain text set in two columns by spaces: labels at the margin, answers hanging beside them."""

from __future__ import annotations

import re
from collections import Counter

from triage.intake.labels import classify
from triage.intake.pairs import known
from triage.intake.pieces import Cell, Line, Node, Piece, Table

_SET_APART = re.compile(r"(?P<label>\S(?:[^\s:]| (?! )){0,38}\S)(?: {2,}|\t+)(?=\S)")
_LEAST = 4


def hung(nodes: list[Node]) -> list[Node]:
    """Nodes with lines whose answers begin at one column as a table of labels and answers.

    Lines under an answer that begin at its column are more of it. Lines stay as they are where
    fewer than four begin so, or most of what stands at the margin is no label.
    """
    held = {
        id(n): m for n in nodes if isinstance(n, Line) and (m := _SET_APART.match(n.piece.text))
    }
    columns = Counter(match.end() for match in held.values())
    column, count = columns.most_common(1)[0] if columns else (0, 0)
    told = [match["label"] for match in held.values() if match.end() == column]
    if count < _LEAST or sum(known(classify(label)) for label in told) * 2 < count:
        return nodes
    out: list[Node] = []
    rows: list[list[Cell]] = []
    for node in nodes:
        match = held.get(id(node))
        if isinstance(node, Line) and match is not None and match.end() == column:
            rows.append([Cell(node.piece.of(match, "label"), 0, strong=True),
                         Cell(node.piece.cut(column), 1, filled=True)])  # fmt: skip
            continue
        if rows and isinstance(node, Line):
            words = node.piece.text
            indent = len(words) - len(words.lstrip())
            if words.strip() and indent >= column - 2:
                value = rows[-1][1]
                value.piece = Piece(node.piece.sheet, value.piece.start, node.piece.end)
                continue
        if rows:
            out.append(Table(rows))
            rows = []
        out.append(node)
    return [*out, Table(rows)] if rows else out
