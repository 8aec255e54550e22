"""The original, never changed: pages as pictures or plain text, with what was read marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from triage.domain.draft import Draft, TextPart
from triage.domain.fact import Place
from triage.workflow.fact_words import part_words
from ui.actions import bind_list
from ui.printing.sheets import Sheet
from ui.printing.thumbnails import ThumbDelegate, ThumbModel
from ui.printing.ticks import Tick
from ui.reading.canvas import PageCanvas, WordCanvas
from ui.reading.facts import Mark, shown_part
from ui.reading.palette import Palette
from ui.reading.text_canvas import LONGEST_TEXT, TextCanvas
from ui.theme import theme
from ui.widgets.banner import BannerStrip
from ui.widgets.choice import Choice
from ui.widgets.keycap import KeyHints
from ui.widgets.lists import ListView
from ui.widgets.pane import Pane, Scroll
from ui.widgets.segments import Segments
from ui.widgets.states import Loading, StateView

KEYS = "original page"
_KEPT = 8
"""Pages kept large: each takes 13 MB."""
_AT_ONCE = 4
"""Pages of the list drawn in one go."""


class OriginalPane(Pane):
    """`page_wanted` asks for a page's picture (part's name, page); `marked` has what words are.

    `mark_met` has the number of the mark the cursor came to.
    """

    page_wanted = Signal(str, int)
    marked = Signal(str, object)
    mark_met = Signal(int)
    panes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Original", "never changed", parent=parent, surface="pane")
        self._draft: Draft | None = None
        self._file = ""
        self._part: TextPart | None = None
        self._page = 1
        self._marks: tuple[Mark, ...] = ()
        self._unused: tuple[Place, ...] = ()
        self._sheets: dict[tuple[str, int], Sheet] = {}
        self._no_picture: set[str] = set()
        self._refused: dict[tuple[str, int], str] = {}
        self._small_asked: set[tuple[str, int]] = set()
        self._fields: tuple[tuple[str, str], ...] = ()
        self._read_only = False
        self._next = -1
        self.parts = Choice("Part of the original", (), "Part")
        self.parts.chosen.connect(self._part_chosen)
        self.show_read = Tick("Show what was read")
        self.show_read.setChecked(True)
        self.show_read.toggled.connect(self._show_read)
        self.kind = Segments((("page", "Page"), ("text", "Plain text")), "Shown as", dense=True)
        self.kind.set_value("text")
        self.kind.chosen.connect(self._kind_chosen)
        for widget in (self.parts, self.show_read, self.kind):
            self.add_action(widget)
        self._fill()
        self.foot.addWidget(
            KeyHints(
                (
                    ("N", "next unread words"),
                    ("Shift ↓", "more words"),
                    ("Enter", "this is the…"),
                    ("PgDn", "next page"),
                )
            )
        )

    def _fill(self) -> None:
        strip = BannerStrip()
        self.banner = strip.banner
        self.body.addWidget(strip)
        row = QHBoxLayout()
        row.setSpacing(0)
        self.thumb_model = ThumbModel(self)
        self.thumbs = ListView("Pages")
        self.thumbs.setItemDelegate(ThumbDelegate(self.thumbs))
        self.thumbs.setModel(self.thumb_model)
        self.thumbs.row_changed.connect(self._thumb_chosen)
        self.thumbs.hide()
        row.addWidget(self.thumbs)
        self._holder = QWidget()
        self._stack = QStackedLayout(self._holder)
        self.page = PageCanvas()
        self.text = TextCanvas()
        self._page_scroll = Scroll(_held(self.page), "Page of the original")
        self._text_scroll = Scroll(_held(self.text), "Plain text of the original")
        self._loading = Loading("Opening the original")
        self._empty = StateView()
        self.text.reached.connect(self._text_scroll.verticalScrollBar().setValue)
        for scroll, canvas in ((self._page_scroll, self.page), (self._text_scroll, self.text)):
            scroll.verticalScrollBar().valueChanged.connect(partial(_paint_again, canvas))
        for view in (self._page_scroll, self._text_scroll, self._loading, self._empty):
            self._stack.addWidget(view)
        row.addWidget(self._holder, 1)
        self.body.addLayout(row, 1)
        self.palette_box = Palette(self._holder)
        self.palette_box.chosen.connect(self._palette_chosen)
        self.palette_box.closed.connect(self._back_to_words)
        for canvas in (self.page, self.text):
            canvas.palette_asked.connect(self.open_palette)
            canvas.mark_met.connect(self.mark_met)
            canvas.choice_changed.connect(partial(self._follow, canvas))
            bind_list(
                canvas,
                KEYS,
                {
                    "Next unread words": self.next_unused,
                    "More words": canvas.more_words,
                    "This is the": self.open_palette,
                    "Next page": self.next_page,
                },
            )

    # ---- showing --------------------------------------------------------------

    def begin(self) -> None:
        """An original is on its way."""
        self._draft, self._part = None, None
        self._sheets.clear()
        self._no_picture.clear()
        self._refused.clear()
        self._small_asked.clear()
        self.thumb_model.forget()
        self._next = -1
        self.banner.hide()
        self.palette_box.hide()
        self._stack.setCurrentWidget(self._loading)
        self._loading.start()

    def show_original(
        self,
        draft: Draft | None,
        file: str,
        marks: tuple[Mark, ...],
        fields: Sequence[tuple[str, str]],
        *,
        read_only: bool,
    ) -> None:
        """Show a draft's original; again, with other marks, after a change."""
        first = self._part is None
        self._draft, self._file, self._marks = draft, file, marks
        self._fields, self._read_only = tuple(fields), read_only
        self._unused = draft.unused if draft is not None else ()
        self._loading.stop()
        if draft is None or not draft.parts:
            self.parts.hide()
            self.kind.hide()
            self._empty.show_words(
                "file-text",
                "There are no words to show" if file else "This was typed, not read",
                "The original is kept as it came." if file else "Its words are in the contact.",
            )
            self._stack.setCurrentWidget(self._empty)
            return
        names = [p.name for p in draft.parts]
        self.parts.set_options([(n, part_words(n)) for n in names])
        self.parts.setVisible(len(names) > 1)
        if first or self._part is None or self._part.name not in names:
            part = shown_part(draft)
            assert part is not None
            self._show_part(part)
        else:
            self._part = next(p for p in draft.parts if p.name == self._part.name)
            self._put_marks()

    def _show_part(self, part: TextPart, page: int = 1) -> None:
        self._part, self._page = part, page
        self.parts.set_value(part.name)
        drawn = part.media_type == "application/pdf" and part.name not in self._no_picture
        self.kind.setVisible(drawn)
        self.kind.set_value("page" if drawn else "text")
        pages = len(part.pages)
        self.thumb_model.put([str(n) for n in range(1, pages + 1)])
        self.thumbs.setCurrentIndex(self.thumb_model.index(page - 1))
        self.thumbs.setVisible(drawn and pages > 1)
        self._show_kind()
        self.panes_changed.emit()

    def _show_kind(self) -> None:
        part = self._part
        if part is None:
            return
        if self.kind.value() == "page" and not self.kind.isHidden():
            here = (part.name, self._page)
            sheet = self._sheets.get(here)
            if here in self._refused:
                self.banner.show_words("The page could not be drawn.", self._refused[here])
                self._show_text(part, part.pages[self._page - 1] if part.pages else 0)
            elif sheet is None:
                self._stack.setCurrentWidget(self._loading)
                self._loading.start()
                self.page_wanted.emit(*here)
            else:
                self._draw_page(sheet)
        else:
            self._show_text(part)
        self._say_page()
        self._put_marks()

    def _show_text(self, part: TextPart, start: int = 0) -> None:
        self._loading.stop()
        self.text.show_text(part.text)
        self._stack.setCurrentWidget(self._text_scroll)
        self.text.setAccessibleName(f"Plain text of {part_words(part.name)}")
        if start:
            self.text.bring(start)

    def show_page(self, part: str, page: int, sheets: Sequence[Sheet]) -> None:
        """A page's picture has come; the file may hold fewer pages than it says."""
        for sheet in sheets:
            self._sheets[part, sheet.number] = sheet
        for away in sorted(self._sheets, key=lambda at: abs(at[1] - page))[_KEPT:]:
            del self._sheets[away]
        if not sheets:
            self.refuse_page(part, page, "The file has no such page.")
        elif self._part is not None and part == self._part.name:
            self.thumb_model.show_sheets(sheets)
            self._small_asked |= {(part, sheet.number) for sheet in sheets}
            self._show_page_if(page)

    def refuse_page(self, part: str, page: int, why: str) -> None:
        """A page can't be drawn: the words that were read stand in its place."""
        self._refused[part, page] = (
            f"{why} The words that were read stand in its place. The original is kept."
        )
        self._small_asked.add((part, page))
        if self._part is not None and part == self._part.name:
            self._show_page_if(page)

    def _show_page_if(self, page: int) -> None:
        """Show what has come, where its page is still the one looked at."""
        if page == self._page:
            self._show_kind()

    def small_wanted(self, part: str) -> tuple[int, ...]:
        """The next few pages that the list of pages still wants; each is asked for once."""
        if self._part is None or part != self._part.name or len(self._part.pages) < 2:
            return ()
        pages = range(1, len(self._part.pages) + 1)
        wanted = [n for n in pages if (part, n) not in self._small_asked][:_AT_ONCE]
        self._small_asked |= {(part, n) for n in wanted}
        return tuple(wanted)

    def show_small(self, part: str, sheets: Sequence[Sheet]) -> None:
        """Pictures for the list of pages have come."""
        if self._part is not None and part == self._part.name:
            self.thumb_model.show_sheets(sheets)

    def refuse_picture(self, part: str, words: str) -> None:
        """The page can't be drawn: its words stand in its place."""
        self._no_picture.add(part)
        if self._part is not None and self._part.name == part:
            self.banner.show_words("The page can't be shown as a picture.", words)
            self._show_part(self._part)

    def _draw_page(self, sheet: Sheet) -> None:
        assert self._part is not None
        self._loading.stop()
        self.banner.hide()
        self.page.show_page(self._part, self._page, sheet.image)
        self.page.setAccessibleName(f"Page {self._page} of {len(self._part.pages)}")
        self._stack.setCurrentWidget(self._page_scroll)

    def _say_page(self) -> None:
        assert self._part is not None
        pages = len(self._part.pages)
        if self.canvas() is self.text and self.text.is_cut():
            self.subtitle.set_text(f"the first {LONGEST_TEXT:,} letters; all of it is kept")
            return
        self.subtitle.set_text(
            f"page {self._page} of {pages}, never changed" if pages > 1 else "never changed"
        )

    def _put_marks(self) -> None:
        assert self._part is not None
        mine = tuple(m for m in self._marks if m.part == self._part.name)
        for canvas in (self.page, self.text):
            canvas.marks = mine
            canvas.show_marks = self.show_read.isChecked()
            canvas.update()

    def canvas(self) -> WordCanvas:
        """The one shown."""
        shown = self._stack.currentWidget()
        return self.page if shown is self._page_scroll else self.text

    # ---- walking ----------------------------------------------------------------

    def show_mark(self, number: int) -> None:
        """Bring the words of a mark into sight, and ring them."""
        mark = next((m for m in self._marks if m.number == number), None)
        for canvas in (self.page, self.text):
            canvas.current_mark = number
            canvas.update()
        if mark is not None:
            self._bring(mark.part, mark.start, mark.end)

    def show_place(self, place: Place, *, choose: bool = True) -> None:
        """Bring a place into sight and choose its words."""
        if place.start is None or place.end is None:
            return
        self._bring(place.part, place.start, place.end)
        if choose:
            self.canvas().choose(place.start, place.end)

    def _bring(self, part_name: str, start: int, end: int) -> None:
        draft = self._draft
        part = next((p for p in draft.parts if p.name == part_name), None) if draft else None
        if part is None:
            return
        page = page_of(part, start)
        if part is not self._part:
            self._show_part(part, page)
        elif page != self._page:
            self._page = page
            self._show_kind()
        canvas = self.canvas()
        rect = canvas.span_rect(start, end)
        if not rect.isNull():
            scroll = self._page_scroll if canvas is self.page else self._text_scroll
            top = canvas.mapToParent(QPoint(0, round(rect.center().y())))
            scroll.ensureVisible(0, top.y(), 0, scroll.viewport().height() // 3)

    def next_unused(self) -> None:
        """N: the next words no fact was taken from."""
        found = [p for p in self._unused if p.start is not None]
        if not found:
            self.banner.show_words("Every word was used, or looked at.", kind="done")
            return
        chosen = self.canvas().choice()
        names = [p.name for p in self._draft.parts] if self._draft else []
        part = self._part.name if self._part else ""
        here = (names.index(part) if part in names else 0, chosen.start if chosen else -1)

        def order(place: Place) -> tuple[int, int]:
            return (names.index(place.part) if place.part in names else 0, place.start or 0)

        later = [p for p in sorted(found, key=order) if order(p) > here]
        self.show_place(later[0] if later else min(found, key=order))
        self.canvas().setFocus(Qt.FocusReason.OtherFocusReason)

    def next_page(self) -> None:
        """PgDn: the next page; from the last, the first."""
        if self._part is None:
            return
        if self.canvas() is self.text:
            bar = self._text_scroll.verticalScrollBar()
            bar.setValue(bar.value() + bar.pageStep())
            return
        pages = len(self._part.pages)
        bar = self._page_scroll.verticalScrollBar()
        if bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep())
        elif pages > 1:
            self.go_to_page(self._page % pages + 1)

    def go_to_page(self, page: int) -> None:
        """Show one page."""
        if page != self._page:
            self._page = page
            self.thumbs.setCurrentIndex(self.thumb_model.index(page - 1))
            self._page_scroll.verticalScrollBar().setValue(0)
            self._show_kind()

    # ---- what words are -----------------------------------------------------------

    def open_palette(self) -> None:
        """Enter: ask what the words chosen are."""
        canvas = self.canvas()
        if self._read_only:
            self.banner.show_words("This can't be changed now.", "It is shown as it was.")
            return
        if canvas.choice() is None:
            self.banner.show_words("Choose some words first.", "Arrows walk, Shift takes more.")
            return
        self.banner.hide()
        rect = canvas.choice_rect()
        corner = canvas.mapTo(self._holder, QPoint(0, 0))
        self.palette_box.open_at(rect.translated(QPointF(corner)), self._fields)

    def _palette_chosen(self, target: str) -> None:
        place = self.chosen_place()
        self._back_to_words()
        if place is not None:
            self.marked.emit(target, place)

    def chosen_place(self) -> Place | None:
        """The words chosen, with where they stand."""
        canvas, part = self.canvas(), self._part
        chosen = canvas.choice()
        if chosen is None or part is None:
            return None
        page = page_of(part, chosen.start)
        return Place(
            file=self._file,
            part=part.name,
            page=page if part.boxes else None,
            start=chosen.start,
            end=chosen.end,
            box=_box_of(part, chosen.start, chosen.end, page),
            words=" ".join(canvas.chosen_text().split()),
        )

    def _back_to_words(self) -> None:
        self.canvas().setFocus(Qt.FocusReason.OtherFocusReason)

    def close_palette(self) -> bool:
        """Esc: close the palette; False where it was not open."""
        if self.palette_box.isHidden():
            return False
        self.palette_box.close_it()
        return True

    # ---- inside -----------------------------------------------------------------------

    def _follow(self, canvas: WordCanvas) -> None:
        if canvas is not self.canvas():
            return
        scroll = self._page_scroll if canvas is self.page else self._text_scroll
        rect = canvas.choice_rect()
        if not rect.isNull():
            low = canvas.mapToParent(QPoint(0, round(rect.bottom())))
            scroll.ensureVisible(0, low.y(), 0, theme().px(60))

    def _part_chosen(self, name: str) -> None:
        if self._draft is not None:
            self._show_part(next(p for p in self._draft.parts if p.name == name))

    def _kind_chosen(self, _key: str) -> None:
        self._show_kind()

    def _thumb_chosen(self, row: int) -> None:
        if row >= 0:
            self.go_to_page(row + 1)

    def _show_read(self, on: bool) -> None:
        for canvas in (self.page, self.text):
            canvas.show_marks = on
            canvas.update()

    def set_blur(self, on: bool) -> None:
        """Hatch the original out."""
        self.thumb_model.blurred = on
        self.thumbs.viewport().update()
        for canvas in (self.page, self.text):
            canvas.blurred = on
            canvas.update()
        self.palette_box.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the thumbnails narrow, and leave out what does not fit."""
        super().resizeEvent(event)
        t = theme()
        self.thumbs.setFixedWidth(t.px(150))
        self.show_read.setVisible(self.width() > t.px(640))
        self.parts.setMaximumWidth(t.px(200))
        self.palette_box.hide()


def _paint_again(canvas: WordCanvas, _value: int) -> None:
    """Its focus ring stands round what is in sight."""
    if canvas.hasFocus():
        canvas.update()


def _held(canvas: WordCanvas) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(10, 10, 10, 10)
    column.addWidget(canvas)
    column.addStretch(1)
    return holder


def page_of(part: TextPart, offset: int) -> int:
    """The page (from 1) that an offset of the part's text stands on."""
    return max(1, sum(1 for begins in part.pages if begins <= offset))


def _box_of(
    part: TextPart, start: int, end: int, page: int
) -> tuple[float, float, float, float] | None:
    boxes = [b for b in part.boxes if b[2] == page and b[0] < end and start < b[1]]
    if not boxes:
        return None
    found = QRectF()
    for _start, _end, _page, left, top, right, low in boxes:
        here = QRectF(QPointF(left, top), QPointF(right, low))
        found = here if found.isNull() else found.united(here)
    return (found.left(), found.top(), found.right(), found.bottom())
