"""Third parties in what is held: the list, and what was decided of each."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from triage.domain.access_draft import Ground, Settled
from triage.workflow.access_parties import Sort, ThirdParty
from ui import paint
from ui.theme import theme
from ui.triage.hidden import HIDDEN_NAME
from ui.widgets.headed import ENTRY_ROLE, Head, HeadedModel, Index, draw_head
from ui.widgets.lists import draw_row_ground
from ui.widgets.table import row_state
from ui.widgets.text import plain_tip

PLAIN = Ground.OTHER_PERSON.value
"""The ground of what simply is somebody else's: of it the row says whose."""


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
        party, settled = self.party, self.settled
        why = party.why if settled is None or settled.why == PLAIN else settled.why
        if self.hidden:
            why = party.sort.value
        places = f" · {party.places} places" if party.places > 1 else ""
        return f"{why[:1].upper()}{why[1:]} · {party.reference}{places}"

    @property
    def around(self) -> str:
        """The words about the first place, or the ways in which a name is written besides."""
        if self.hidden:
            return ""
        if self.party.around:
            return f"“{self.party.around}”"
        forms = ", ".join(f"“{form}”" for form in self.party.forms)
        return f"Also {forms}" if forms else ""

    @property
    def state(self) -> tuple[str, str, str]:
        """Icon, colour and words of where it stands."""
        if self.party.never_stays:
            return "lock", "text2", "Never given"
        if self.settled is None and self.party.sort is Sort.LOOK:
            return "eye", "warnText", "Look at it"
        if self.settled is None:
            return "circle-dashed", "warnText", "Take out?"
        if self.settled.goes:
            return "eraser", "okText", "Taken out"
        return "eye", "text", "Left in"

    @property
    def spoken(self) -> str:
        """The row as it is spoken."""
        undecided = ", not decided yet" if self.party.waits(self.settled) else ""
        around = f"{self.around}. " if self.around else ""
        return f"{self.title}. {self.below}. {around}{self.state[2].rstrip('?')}{undecided}"


class PartyModel(HeadedModel[PartyRow]):
    """Everybody else, headed by what their words are: deciding moves nothing."""

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
        """A head is one line; a row two, and a third for the words about it."""
        entry = index.data(ENTRY_ROLE)
        if isinstance(entry, Head):
            return QSize(200, theme().px(26))
        tall = isinstance(entry, PartyRow) and entry.around
        return QSize(200, theme().px(74 if tall else 54))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One row."""
        row, t, rect = index.data(ENTRY_ROLE), theme(), QRectF(option.rect)
        if isinstance(row, Head):
            draw_head(painter, rect, row)
        if not isinstance(row, PartyRow):
            return
        selected, over, focused = row_state(option)
        draw_row_ground(painter, rect, selected=selected, over=over, focused=focused)
        middle, size = rect.top() + t.px(27), t.px(16)
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
        below = paint.elided(row.below, "label", None, low.width())
        paint.text(painter, low, below, t.font("label"), t.colour("text2"))
        about = QRectF(left, middle + t.px(21), right - left, t.px(20))
        around = paint.elided(row.around, "small", 400, about.width())
        paint.text(painter, about, around, t.font("small"), t.colour("muted"))
