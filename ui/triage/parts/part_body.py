"""How a part of the form lays its questions out: small ones in pairs, each person's together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from triage.domain.completeness import Asked
from triage.domain.profile import Part, Question, QuestionKind
from ui.theme import theme
from ui.triage.parts.field import Field

_GAP = 8
_BETWEEN = 10
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
        self._paired: list[bool] = []
        self._guide = QHBoxLayout()
        self._guided: Field | None = None
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

    def guide(self, field: Field, guidance: QWidget) -> None:
        """Put guidance under the row of a field, as wide as the part, so that a field beside it
        stays where it is."""
        if self._guide.indexOf(guidance) < 0:
            guidance.hide()
            self._guide.addWidget(guidance)
            guidance.installEventFilter(self)
        if field is not self._guided:
            self._guided = field
            self._place_guide()

    def set_below(self, widget: QWidget) -> None:
        """Put a widget under all questions."""
        self.column.addWidget(widget)

    def _place_guide(self) -> None:
        guided = self._guided
        if guided is None:
            return
        self.column.removeItem(self._guide)
        at = next((i for i, r in enumerate(self._rows) if r.indexOf(guided) >= 0), None)
        self.column.insertLayout(len(self._rows) if at is None else at + 1, self._guide)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Guidance that is hidden takes no room at all."""
        shown = event.type() == QEvent.Type.ShowToParent
        here = isinstance(watched, QWidget) and self._guide.indexOf(watched) >= 0
        if here and (shown or event.type() == QEvent.Type.HideToParent):
            self._guide.setContentsMargins(0, theme().px(5) if shown else 0, 0, 0)
        return super().eventFilter(watched, event)

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
        paired = self._paired = self._pairs(pairs)
        at = 0
        while at < len(pairs):
            asked, field = pairs[at]
            after = pairs[at + 1] if paired[at] else None
            row = QHBoxLayout()
            row.setSpacing(theme().px(_BETWEEN))
            # Side by side they stand on one line, also where one is taller than the other.
            side = Qt.AlignmentFlag.AlignTop if after else Qt.AlignmentFlag(0)
            row.addWidget(field, 1, side)
            if after is not None:
                row.addWidget(after[1], 1, side)
                self._head(after[0], after[1], alone=False, follows=False)
            follows = at > 0 and self._follows(pairs[at - 1], pairs[at])
            # Words stand nearer to the choice they belong to than to the next person's.
            row.setContentsMargins(0, theme().px(4 if follows else _GAP) if at else 0, 0, 0)
            alone = after is None and field.small()
            self._head(asked, field, alone=alone, follows=follows)
            self._rows.append(row)
            self.column.addLayout(row)
            at += 2 if after else 1
        self._place_guide()

    def _pairs(self, pairs: Sequence[tuple[Asked, Field]]) -> list[bool]:
        """For each field, whether it stands beside the next: both small, of one person or one
        question, and each with room for its heading."""
        room = (self.width() - theme().px(_BETWEEN)) / 2 if self.isVisible() else None
        found = [False] * len(pairs)
        at = 0
        while at + 1 < len(pairs):
            one, two = pairs[at], pairs[at + 1]
            found[at] = (
                one[1].small()
                and two[1].small()
                and (
                    one[0].person == two[0].person
                    or one[0].question == two[0].question
                    or not two[0].person
                )
                and not self._has_own_words(pairs, at + 1)
                and (room is None or max(f.least_width() for _, f in (one, two)) <= room)
            )
            at += 2 if found[at] else 1
        return found

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower part may have no room for two side by side."""
        super().resizeEvent(event)
        pairs = [(f.asked, f) for f in self._order if f.asked is not None]
        if len(pairs) == len(self._paired) and self._pairs(pairs) != self._paired:
            self._place(pairs)

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
