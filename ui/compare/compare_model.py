"""The Compare table: one row a fact, the contact beside up to three records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from triage.domain.lookup import HOUSEHOLD, Candidate, EvidenceRow
from triage.workflow.fact_words import RECORD_LABELS

Index = QModelIndex | QPersistentModelIndex
CELL = Qt.ItemDataRole.UserRole + 1
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Who they are", ("name", "dob", "sex", "nhs_number", "upn")),
    ("Where they live", ("address", "postcode", "phone")),
    ("Family", ("mother", "siblings")),
    ("Services", ("school", "gp")),
)
LABELS = {**RECORD_LABELS, HOUSEHOLD: "Others in the home"}
LEVEL_WORDS = {
    "same": "Same",
    "close": "Close",
    "different": "Different",
    "missing": "Missing",
}
NOT_GIVEN, NOT_HELD = "Not given", "Not held"


@dataclass(frozen=True, slots=True)
class GroupHead:
    """A heading across the table."""

    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What one column holds of one fact; `level` is empty in the contact's own column."""

    words: str
    level: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    held: bool = True


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact: its label, the contact's cell, then each record's."""

    field: str
    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether any record is close or different here."""
        return any(c.level in ("close", "different") for c in self.cells)


Row = GroupHead | FactRow


def rows_of(candidates: Sequence[Candidate], *, only_differing: bool) -> tuple[Row, ...]:
    """The table's rows; groups without a fact in them are left out."""
    by_field: list[dict[str, EvidenceRow]] = [{e.field: e for e in c.compared} for c in candidates]
    rows: list[Row] = []
    for words, fields in GROUPS:
        facts = [_fact(field, by_field) for field in fields]
        kept = [f for f in facts if f.differs or not only_differing]
        if kept:
            rows += [GroupHead(words), *kept]
    return tuple(rows)


def _fact(field: str, by_field: list[dict[str, EvidenceRow]]) -> FactRow:
    found = [evidence.get(field) for evidence in by_field]
    said = next((e.left for e in found if e is not None and e.left), "")
    cells = [Cell(said or NOT_GIVEN, held=bool(said))]
    for row in found:
        right = row.right if row is not None else ""
        cells.append(
            Cell(
                right or NOT_HELD,
                row.level if row is not None else "missing",
                row.differs_right if row is not None and right else (),
                bool(right),
            )
        )
    return FactRow(field, LABELS[field], tuple(cells))


class CompareModel(QAbstractTableModel):
    """Facts down, people across: field, contact, record 1 to 3."""

    def __init__(self) -> None:
        super().__init__()
        self._candidates: tuple[Candidate, ...] = ()
        self._only = False
        self._blurred = False
        self.rows: tuple[Row, ...] = ()

    def put(self, candidates: Sequence[Candidate]) -> None:
        """Show other records."""
        self._candidates = tuple(candidates[:3])
        self._rebuild()

    def set_only_differing(self, only: bool) -> None:
        """Leave out what agrees and what is missing."""
        self._only = only
        self._rebuild()

    def set_blurred(self, blurred: bool) -> None:
        """Hide values, here and from readers."""
        self._blurred = blurred
        self._rebuild()

    def _rebuild(self) -> None:
        self.beginResetModel()
        self.rows = rows_of(self._candidates, only_differing=self._only)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Heads and facts."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Field, contact and each record."""
        return 0 if parent.isValid() else 2 + len(self._candidates)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Heads are passed over."""
        if isinstance(self.rows[index.row()], GroupHead):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words for the eye; for the ear also whose they are and whether they agree."""
        row = self.rows[index.row()]
        if isinstance(row, GroupHead):
            first = index.column() == 0 and role == Qt.ItemDataRole.DisplayRole
            return row.words if first or role == CELL else None
        if index.column() == 0:
            said = {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}
            return row.label if role in said else None
        cell = row.cells[index.column() - 1]
        words = "Hidden" if self._blurred and cell.held else cell.words
        if role == CELL:
            return Cell(words, cell.level, () if self._blurred else cell.spans, cell.held)
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if not cell.level:
                return f"{row.label}, contact: {words}"
            level = LEVEL_WORDS[cell.level].casefold()
            return f"{row.label}, record {index.column() - 1}: {words}, {level}"
        return None
