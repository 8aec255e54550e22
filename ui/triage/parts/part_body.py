"""How a part of the form lays its questions out: small ones in pairs, each person's together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.completeness import Asked
from triage.domain.profile import Part, Question, QuestionKind
from ui.theme import theme
from ui.triage.parts.field import Field

_GAP = 8
_BARE = ("rating", "level")
"""Widgets that say by their looks what they ask; the label is for a screen reader."""


class PartBody(QWidget):
    """The questions of one part. Fields are kept and shown for another person or contact."""

    def __init__(self, part: Part, made: Callable[[Field], None]) -> None:
        super().__init__()
        self.part = part
        self._made = made
        self._pool: dict[tuple[str, int], Field] = {}
        self._order: list[Field] = []
        self._rows: list[QHBoxLayout] = []
        self._shape: list[tuple[str, int, bool]] = []
        self.column = QVBoxLayout(self)
        self._space()
        theme().scaled.connect(self._space)

    def fields(self) -> list[Field]:
        """The fields that show, as the eye meets them."""
        return list(self._order)

    def lay(self, asked: Sequence[Asked]) -> list[tuple[Asked, Field]]:
        """A field for each question asked, placed; the caller shows their answers."""
        counts: dict[str, int] = {}
        pairs: list[tuple[Asked, Field]] = []
        for each in asked:
            number = counts.get(each.question.id, 0)
            counts[each.question.id] = number + 1
            pairs.append((each, self._field(each.question, number)))
        fields = [f for _, f in pairs]
        shape = [(a.question.id, counts[a.question.id], f.small()) for a, f in pairs]
        if fields != self._order or shape != self._shape:
            self._place(pairs)
            self._order, self._shape = fields, shape
        return pairs

    def _field(self, question: Question, number: int) -> Field:
        found = self._pool.get((question.id, number))
        if found is None or found.question != question:
            if found is not None:
                found.setParent(None)
                found.deleteLater()
            found = Field(question, self)
            self._pool[(question.id, number)] = found
            self._made(found)
        return found

    def _place(self, pairs: Sequence[tuple[Asked, Field]]) -> None:
        for row in self._rows:
            while row.count():
                row.takeAt(0)
            self.column.removeItem(row)
            row.deleteLater()
        self._rows = []
        shown = [f for _, f in pairs]
        for field in self._pool.values():
            field.setVisible(field in shown)
        at = 0
        while at < len(pairs):
            asked, field = pairs[at]
            after = pairs[at + 1] if at + 1 < len(pairs) else None
            row = QHBoxLayout()
            row.setSpacing(theme().px(10))
            row.addWidget(field, 1)
            paired = (
                after is not None
                and field.small()
                and after[1].small()
                and (
                    asked.person == after[0].person
                    or asked.question == after[0].question
                    or not after[0].person
                )
                and not self._has_own_words(pairs, at + 1)
            )
            if paired and after is not None:
                row.addWidget(after[1], 1)
                self._head(after[0], after[1], alone=False, follows=False)
            follows = at > 0 and self._follows(pairs[at - 1], pairs[at])
            # Words stand nearer to the choice they belong to than to the next person's.
            row.setContentsMargins(0, theme().px(4 if follows else _GAP) if at else 0, 0, 0)
            alone = not paired and field.small()
            self._head(asked, field, alone=alone, follows=follows)
            self._rows.append(row)
            self.column.addLayout(row)
            at += 2 if paired else 1

    def _has_own_words(self, pairs: Sequence[tuple[Asked, Field]], at: int) -> bool:
        """Whether the next field is the words that belong to the small one at `at`."""
        return at + 1 < len(pairs) and self._follows(pairs[at], pairs[at + 1])

    def _follows(self, one: tuple[Asked, Field], two: tuple[Asked, Field]) -> bool:
        """Whether words belong to the choice just above: of the same person, told by it."""
        return (
            bool(two[0].person)
            and one[0].person == two[0].person
            and one[1].small()
            and two[0].question.kind in (QuestionKind.TEXT, QuestionKind.LINE)
            and any(c.question == one[0].question.id for c in two[0].question.shown_when)
        )

    def _head(self, asked: Asked, field: Field, *, alone: bool, follows: bool) -> None:
        bare = asked.question.widget in _BARE or asked.question.label == self.part.title
        field.set_heading(not bare and not follows, inline=alone)

    def _space(self) -> None:
        self.column.setSpacing(0)
        if self._order:
            pairs = [(f.asked, f) for f in self._order if f.asked is not None]
            self._place(pairs)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the pane."""
        return QSize(0, super().minimumSizeHint().height())
