"""Third parties in what is held: the list, and what was decided of each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from triage.domain.access_draft import Settled
from triage.workflow.access_parties import ThirdParty
from ui import paint
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.headed import ENTRY_ROLE, HeadedModel, Index
from ui.widgets.lists import draw_row_ground
from ui.widgets.table import row_state
from ui.widgets.text import plain_tip


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A third party's words, what was decided of them, and whether names are hidden."""

    party: ThirdParty
    settled: Settled | None
    hidden: bool

    @property
    def title(self) -> str:
        """The words, or what stands for them."""
        return HIDDEN_NAME if self.hidden else self.party.words

    @property
    def below(self) -> str:
        """Why, and where they stand."""
        stays = not self.party.goes(self.settled)
        why = self.settled.why if self.settled and stays and not self.hidden else self.party.why
        return f"{why[:1].upper()}{why[1:]} · {self.party.reference}"

    @property
    def state(self) -> tuple[str, str, str]:
        """Icon, colour and words of where it stands."""
        if self.party.never_stays:
            return "lock", "text2", "Never given"
        if self.settled is None:
            return "circle-dashed", "warnText", "Take out?"
        if self.settled.goes:
            return "eraser", "okText", "Taken out"
        return "eye", "text", "Left in"

    @property
    def spoken(self) -> str:
        """The row as it is spoken."""
        undecided = ", suggested, not decided yet" if self.party.waits(self.settled) else ""
        return f"{self.title}. {self.below}. {self.state[2].rstrip('?')}{undecided}"


class PartyModel(HeadedModel[PartyRow]):
    """Everybody else who is named, in the order found: deciding moves nothing."""

    def key_of(self, entry: PartyRow) -> str:
        """The same words, whatever was decided of them."""
        return entry.party.words

    def row(self, at: int) -> PartyRow | None:
        """The row there."""
        found = self.entry(at)
        return found if isinstance(found, PartyRow) else None

    def words_of(self, entry: PartyRow, role: int) -> str | None:
        """The words; spoken, and as a tip, the whole row."""
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        if role == Qt.ItemDataRole.ToolTipRole and not entry.hidden:
            return plain_tip(entry.spoken)
        return None


class PartyDelegate(QStyledItemDelegate):
    """The words and where they stand; below, why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(200, theme().px(54))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row = index.data(ENTRY_ROLE)
        if not isinstance(row, PartyRow):
            return
        t, rect = theme(), QRectF(option.rect)
        selected, over, focused = row_state(option)
        draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
        middle, size = rect.center().y(), t.px(16)
        left, right = rect.left() + t.px(14), rect.right() - t.px(14)
        icon, colour, words = row.state
        ink = t.colour(colour)
        wide = t.metrics("label", 600).horizontalAdvance(words) + 2
        top = QRectF(left, middle - t.px(21), right - left, t.px(20))
        align = Qt.AlignmentFlag.AlignRight
        paint.text(painter, top, words, t.font("label", 600), ink, align)
        x = right - wide - size - t.px(6)
        paint.icon(painter, icon, round(x), round(top.center().y() - size / 2), size, ink)
        title = paint.elided(row.title, "body", 600, x - left - t.px(10))
        paint.text(painter, top, title, t.font("body", 600), t.colour("text"))
        low = QRectF(left, middle + t.px(1), right - left, t.px(20))
        below = paint.elided(row.below, "label", 400, low.width())
        paint.text(painter, low, below, t.font("label"), t.colour("text2"))
