"""The kit: what each part promises, and what a screen reader is given."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import paint
from ui.shell.tab_chain import chain, tab_stops
from ui.theme import Theme
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button
from ui.widgets.chips import ChipGroup, FactChip
from ui.widgets.diff import DiffView, change_counts, word_spans
from ui.widgets.editor import Choice, Editor, LineField, Pause
from ui.widgets.evidence import (
    EvidenceBar,
    EvidenceMark,
    Weighed,
    differing,
    span_of,
    what_counts,
)
from ui.widgets.gallery import Gallery
from ui.widgets.lists import ListView
from ui.widgets.meter import Meter, meter_sentence
from ui.widgets.pane_bar import PaneBar
from ui.widgets.section import Section
from ui.widgets.segments import Segments
from ui.widgets.table import Rows, Table
from ui.widgets.text import Paragraph, Span, Text, plain_tip


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made)
    qtbot.addWidget(made)
    made.resize(600, 400)
    return made


def put(page: QWidget, *parts: QWidget) -> None:
    layout = page.layout()
    assert layout is not None
    for part in parts:
        layout.addWidget(part)
    page.show()
    page.activateWindow()


@pytest.fixture
def gallery(qtbot: QtBot) -> Gallery:
    made = Gallery()
    qtbot.addWidget(made)
    made.resize(1740, 1100)
    made.show()
    return made


def focusable(root: QWidget) -> list[QWidget]:
    return [
        w
        for w in root.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]


def test_every_focusable_part_has_a_name_that_holds_its_words(gallery: Gallery) -> None:
    stops = focusable(gallery)
    assert len(stops) > 30
    for widget in stops:
        face = QAccessible.queryAccessibleInterface(widget)
        name = face.text(QAccessible.Text.Name)
        assert name, type(widget).__name__
        words = getattr(widget, "words", None)
        if callable(words) and isinstance(words(), str) and words():
            assert words() in name


def test_every_focusable_part_is_big_enough_to_hit(gallery: Gallery) -> None:
    small = [type(w).__name__ for w in focusable(gallery) if min(w.width(), w.height()) < 24]
    assert small == []


@pytest.mark.parametrize("scale", [1.0, 1.15, 1.3, 1.5])
def test_no_words_are_clipped_at_any_text_size(qtbot: QtBot, look: Theme, scale: float) -> None:
    page = Gallery()
    qtbot.addWidget(page)
    look.set_text_scale(scale)
    layout = page.layout()
    assert layout is not None
    wide = round(1740 * scale)
    page.resize(wide, layout.heightForWidth(wide))
    with qtbot.waitExposed(page):
        page.show()
    page.resize(wide, layout.heightForWidth(wide))
    clipped = []
    for label in page.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        need = label.heightForWidth(label.width()) if label.hasHeightForWidth() else 0
        wants = max(need, 0 if need else label.sizeHint().height())
        if wants > label.height() + 1:
            clipped.append((label.text()[:30], wants, label.height()))
        one_line = not (label.wordWrap() or label.hasHeightForWidth() or label.toolTip())
        if one_line and label.sizeHint().width() > label.width() + 1:
            clipped.append((label.text()[:30], label.sizeHint().width(), label.width()))
    assert clipped == []


def test_tab_reaches_every_control_once_in_the_order_seen(gallery: Gallery) -> None:
    stops = tab_stops(gallery)
    assert len(stops) == len(set(stops))
    chain(gallery)
    walked, at = [], stops[0]
    for _ in range(len(stops)):
        walked.append(at)
        at = at.nextInFocusChain()
        while at not in stops:
            at = at.nextInFocusChain()
    assert walked == stops
    column = [s for s in stops if s.mapTo(gallery, QPoint(0, 0)).x() > 1160]
    tops = [s.mapTo(gallery, QPoint(0, 0)).y() for s in column]
    assert all(b >= a - 8 for a, b in pairwise(tops))


def drawn(rating: str, ground: QColor, side: int = 72) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(ground)
    painter = QPainter(image)
    paint.rag(painter, rating, 0, 0, side)
    painter.end()
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


@pytest.mark.parametrize("name", ["light", "dark", "highContrast"])
def test_ratings_differ_by_shape_without_any_colour(look: Theme, name: str) -> None:
    look.set_theme(name)
    outline = {}
    for rating in paint.RATINGS:
        image = drawn(rating, look.colour("surface"))
        bare = image.pixelColor(0, 0).lightness()
        rows = []
        for y in range(0, 72, 6):
            inked = [x for x in range(72) if abs(image.pixelColor(x, y).lightness() - bare) > 6]
            rows.append((inked[0], inked[-1]) if inked else None)
        outline[rating] = tuple(rows)
    # Only outlines are compared: the first and last inked pixel of each sampled row.
    assert len(set(outline.values())) == 4
    top = {r: outline[r][1] for r in ("red", "amber", "green")}
    wide = {r: (b[1] - b[0]) if b else 0 for r, b in top.items()}
    assert wide["amber"] < wide["green"] < wide["red"]


def test_focus_ring_is_two_inks_two_pixels_each(
    qtbot: QtBot, page: QWidget, look: Theme, qapp: QApplication
) -> None:
    first, second = LineField("First"), LineField("Second")
    put(page, first, second)
    qtbot.waitUntil(page.isActiveWindow)
    second.setFocus()
    before = page.grab().toImage()
    first.setFocus()
    after = page.grab().toImage()
    left, middle = first.x(), first.y() + first.height() // 2
    column = [after.pixelColor(left - 4 + i, middle).name() for i in range(4)]
    halo, ink = look.colour("focusHalo").name(), look.colour("focusInk").name()
    assert column == [halo, halo, ink, ink]
    assert before.pixelColor(left - 3, middle).name() not in (halo, ink)


def test_nothing_is_chosen_until_a_person_chooses(qtbot: QtBot, page: QWidget) -> None:
    told: list[str] = []
    segments = Segments((("yes", "Yes"), ("no", "No"), ("na", "Not asked")), "Told?")
    segments.chosen.connect(told.append)
    put(page, segments)
    assert segments.value() is None
    segments.set_value("no")
    assert told == []
    buttons = segments.buttons()
    stops = [b for b in buttons if b.focusPolicy() == Qt.FocusPolicy.StrongFocus]
    assert stops == [buttons[1]]
    qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert (segments.value(), told) == ("yes", ["yes"])
    qtbot.waitUntil(page.isActiveWindow)
    buttons[0].setFocus()
    qtbot.keyClick(buttons[0], Qt.Key.Key_Right)
    assert told == ["yes", "no"]
    segments.set_value(None)
    assert segments.value() is None
    assert told == ["yes", "no"]


def test_chips_are_one_tab_stop_and_tell_only_a_persons_ticks(qtbot: QtBot, page: QWidget) -> None:
    told: list[tuple[str, bool]] = []
    group = ChipGroup((("a", "Injury"), ("b", "Food"), ("c", "Bruise")), "Concerns", add="Add")
    group.toggled_key.connect(lambda key, on: told.append((key, on)))
    put(page, group)
    group.set_values(["b"])
    assert (group.values(), told) == (["b"], [])
    assert len(tab_stops(page)) == 1
    chips = group.chips()
    chips[0].setFocus()
    qtbot.keyClick(chips[0], Qt.Key.Key_Right)
    qtbot.keyClick(chips[1], Qt.Key.Key_Space)
    assert told == [("b", False)]
    group.set_options((("b", "Food"), ("d", "Damp")))
    assert [c.key for c in group.chips()] == ["b", "d"]
    assert group.chips()[0] is chips[0]


def test_an_editor_grows_and_keeps_undo_through_put(qtbot: QtBot, page: QWidget) -> None:
    told: list[str] = []
    editor = Editor("Analysis")
    editor.text_changed.connect(told.append)
    put(page, editor)
    low = editor.height()
    qtbot.keyClicks(editor, "Theo was asleep")
    assert told[-1] == "Theo was asleep"
    count = len(told)
    editor.put("Theo was asleep.\n" * 6)
    assert len(told) == count
    qtbot.waitUntil(lambda: editor.height() > low)
    editor.undo()
    assert editor.toPlainText() == "Theo was asleep"
    editor.start_with("Another child")
    assert not editor.document().isUndoAvailable()


def test_pasted_markup_stays_words(page: QWidget) -> None:
    editor = Editor("Analysis")
    put(page, editor)
    mime = QMimeData()
    mime.setHtml("<b>bold</b><img src='file:///etc/passwd'>")
    mime.setText("<b>bold</b>\x00")
    editor.insertFromMimeData(mime)
    assert editor.toPlainText() == "<b>bold</b>"
    editor.selectAll()
    assert editor.currentCharFormat().fontWeight() in (0, 400)


def test_words_from_outside_are_never_markup(page: QWidget) -> None:
    nasty = "<img src='http://example.test/x'> <b>&amp;</b>"
    labels = [Text(nasty), FactChip(nasty), Paragraph(nasty), Text(nasty, elide=True)]
    put(page, *labels)
    for label in labels:
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert label.text() == nasty
    assert "<img" not in plain_tip(nasty)
    assert plain_tip("Mum & Dad") == "Mum & Dad"


def test_a_cut_label_keeps_all_its_words_for_a_reader(page: QWidget, qapp: QApplication) -> None:
    words = "Northmere Police response team, with a very long name"
    label = Text(words, elide=True)
    put(page, label)
    page.resize(80, 100)
    label.setFixedWidth(70)
    page.grab()
    assert label.text() == words
    assert label.toolTip() == words
    face = QAccessible.queryAccessibleInterface(label)
    assert face.text(QAccessible.Text.Name) == words


def test_a_seal_is_cut_short_by_the_width_of_its_own_letters(page: QWidget) -> None:
    label = Text("4B50-E85A-15B9", "small", mono=True, elide=True)
    put(page, label)
    label.setFixedWidth(label.sizeHint().width() - 2)
    page.grab()
    assert label.toolTip() == "4B50-E85A-15B9"


def test_a_banner_in_a_narrow_pane_shows_all_its_lines(page: QWidget) -> None:
    banner = Banner("warning")
    banner.add_action(Button("Try now"))
    put(page, banner)
    banner.show_words("Not everyone answered.", "Housing can't answer now. Search again. " * 3)
    for width in (600, 380, 300):
        page.resize(width, 400)
        page.grab()
        words = banner.words
        assert words.height() >= words.heightForWidth(words.width())


def test_a_button_without_room_drops_its_key_and_then_says_that_it_is_cut(page: QWidget) -> None:
    button = Button("Export 212 events", "download", key_hint="Ctrl Enter")
    put(page, button)
    wide = button.sizeHint().width()
    for width, tip in ((wide, ""), (wide - 40, ""), (80, "Export 212 events"), (wide, "")):
        button.setFixedWidth(width)
        page.grab()
        assert button.toolTip() == tip


def test_the_wheel_never_changes_a_choice(qtbot: QtBot, page: QWidget) -> None:
    told: list[str] = []
    choice = Choice("Outcome", (("a", "One"), ("b", "Two")))
    choice.chosen.connect(told.append)
    put(page, choice)
    assert choice.value() is None
    choice.set_value("b")
    assert (choice.value(), told) == ("b", [])
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Up)
    assert told == ["a"]
    choice.set_options((("b", "Two"), ("c", "Three")))
    assert choice.value() is None


def test_a_part_is_built_once_at_its_first_opening(page: QWidget) -> None:
    made: list[QWidget] = []

    def build() -> QWidget:
        made.append(QWidget())
        return made[-1]

    section = Section(4, "The child's voice", build)
    section.set_state("needed")
    section.set_summary("Maya, in her words")
    put(page, section)
    assert made == []
    face = QAccessible.queryAccessibleInterface(section.head)
    assert face.text(QAccessible.Text.Name) == "4 The child's voice"
    assert "folded" in face.text(QAccessible.Text.Description)
    section.set_open(True)
    section.set_open(False)
    section.set_open(True)
    assert len(made) == 1
    assert "open" in face.text(QAccessible.Text.Description)


def test_a_table_lets_tab_out_and_has_a_current_row(qtbot: QtBot, page: QWidget) -> None:
    table, after = Table("People", (1, 1)), LineField("After")
    model = Rows(("Person", "Born"), (("Maya", "2019"), ("Theo", "2023")), table)
    QAbstractItemModelTester(model)
    table.setModel(model)
    put(page, table, after)
    qtbot.waitUntil(page.isActiveWindow)
    table.setFocus()
    assert table.currentIndex().row() == 0
    qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert model.data(model.index(1, 0), Qt.ItemDataRole.AccessibleTextRole) == "Person: Theo"


def test_a_meter_is_a_progress_bar_with_a_sentence(page: QWidget) -> None:
    meter = Meter()
    put(page, meter)
    meter.set_parts(("done",) * 9 + ("needed",) * 3 + ("advised",))
    assert (meter.value(), meter.maximum()) == (9, 13)
    assert meter_sentence(meter.parts()) == ("9 of 13 done", "3 needed to send, 1 advised")
    face = QAccessible.queryAccessibleInterface(meter)
    assert face.role() == QAccessible.Role.ProgressBar


def test_evidence_says_in_words_what_it_draws(page: QWidget) -> None:
    bar, mark = EvidenceBar(), EvidenceMark("different", "Postcode")
    put(page, bar, mark)
    bar.set_evidence((Weighed(-2, "different"), Weighed(5, "same")), "One same, one different.")
    assert bar.text() == "One same, one different."
    assert mark.text() == "Different Postcode"
    page.grab()


def test_differing_letters_are_found() -> None:
    assert differing("01632 960 214", "01632 960 877") == ((10, 13),)
    assert differing("Maya Rowe", "maya rowe") == ()
    assert differing("Maya Rowe", "Maya Grace Rowe") == ((5, 11),)


def test_a_diff_marks_changes_and_speaks_them(page: QWidget) -> None:
    before = "He has not been found. The risk is high."
    now = "He has been found. The risk is high."
    spans = word_spans(before, now)
    assert "".join(s.text for s in spans if s.kind != "removed").split() == now.split()
    assert "".join(s.text for s in spans if s.kind != "added").split() == before.split()
    assert change_counts("same words", "same words") == (0, 0)
    view = DiffView()
    put(page, view)
    view.set_texts(before, now)
    assert "removed:" in view.accessibleName()
    page.grab()


def test_a_paragraph_wraps_and_counts_letters_outside_the_basic_plane(page: QWidget) -> None:
    words = Paragraph()
    words.set_spans((Span("😀😀 "), Span("bold", bold=True), Span("\n\nafter")))
    put(page, words)
    assert words.text() == "😀😀 bold\n\nafter"
    assert words.heightForWidth(40) > words.heightForWidth(400)
    page.grab()


def test_a_pause_tells_once_after_typing_stops(qtbot: QtBot, page: QWidget) -> None:
    pause = Pause(page)
    told: list[int] = []
    pause.due.connect(lambda: told.append(1))
    pause.touch()
    pause.touch()
    assert pause.is_waiting()
    pause.flush()
    pause.flush()
    assert told == [1]
    assert not pause.is_waiting()


def test_a_theme_change_reaches_every_part(gallery: Gallery, look: Theme) -> None:
    light = gallery.grab().toImage()
    look.set_theme("dark")
    dark = gallery.grab().toImage()
    look.set_theme("light")
    again = gallery.grab().toImage()
    assert light != dark
    assert light == again
    gallery.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_words_take_their_ordinary_colour_back_after_one_of_their_own(qtbot: QtBot) -> None:
    words = Text("What has happened", "label", "text")
    qtbot.addWidget(words)
    before = words.palette().color(words.foregroundRole())
    words.set_colour("okText")
    assert words.palette().color(words.foregroundRole()) != before
    words.set_colour("text")
    assert words.palette().color(words.foregroundRole()) == before


def test_the_row_one_stands_on_stays_whole_with_its_groups_head_at_every_size(
    qtbot: QtBot, look: Theme
) -> None:
    model = QStandardItemModel()
    for n in range(30):
        item = QStandardItem("Overdue" if n == 20 else f"Contact {n}")
        if n == 20:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        model.appendRow(item)
    view = ListView("Contacts")
    view.setModel(model)
    qtbot.addWidget(view)
    view.resize(300, 120)
    view.show()
    view.setCurrentIndex(model.index(29, 0))
    view.setCurrentIndex(model.index(21, 0))
    inside = view.viewport().rect()
    assert inside.contains(view.visualRect(model.index(20, 0))), "a group's first row and its head"
    view.setCurrentIndex(model.index(29, 0))
    for height, scale in ((60, 1.0), (60, 1.5), (120, 1.0)):
        view.resize(300, height)
        look.set_text_scale(scale)
        assert view.viewport().rect().contains(view.visualRect(view.currentIndex()))


def test_words_of_a_row_stand_where_they_are_when_it_is_chosen(qtbot: QtBot, look: Theme) -> None:
    table = Table("Kept", (1, 1), most=3)
    table.setModel(Rows(("When", "What"), [("1919", "")] * 9, parent=table))
    qtbot.addWidget(table)
    table.resize(400, table.height())
    table.show()
    table.selectRow(0)
    picture = table.viewport().grab().toImage()
    begins = []
    for row in (0, 1):
        rect = table.visualRect(table.model().index(row, 0))
        across = range(5, rect.width())
        dark = (x for x in across if _darkest(picture, x, rect.top(), rect.bottom()) < 90)
        begins.append(next(dark))
    assert abs(begins[0] - begins[1]) <= 1, "a bolder figure may begin a hair earlier"
    for scale in (1.0, 1.5):
        look.set_text_scale(scale)
        shown = table.height() - table.horizontalHeader().height() - 1
        assert shown == 3 * look.size("tableRow"), "rows are whole"


def _darkest(picture: QImage, x: int, top: int, bottom: int) -> int:
    return min(QColor(picture.pixel(x, y)).lightness() for y in range(top, bottom - 1))


def test_evidence_bar_is_as_long_as_what_counts_without_what_is_shared_at_home() -> None:
    parts = (Weighed(6, "same"), Weighed(4, "close"), Weighed(-1, "different"))
    assert what_counts(parts) == parts
    counted = what_counts((*parts, Weighed(0, "missing"), Weighed(-5, "shared")))
    assert [p.weight for p in counted] == [3, 2, -1]
    assert span_of((*parts, Weighed(-5, "shared"))) == 6
    assert what_counts((Weighed(2, "same"), Weighed(-2, "shared"))) == ()


def test_pane_bar_goes_to_the_next_pane_only_where_one_stands_at_a_time(qtbot: QtBot) -> None:
    bar = PaneBar((("list", "Waiting"), ("decision", "Sign")), "decision")
    qtbot.addWidget(bar)
    assert bar.value() == "decision"
    bar.hide()
    bar.next_pane()
    assert bar.value() == "decision"
    bar.show()
    bar.next_pane()
    assert bar.value() == "list"


def test_one_line_of_a_banner_stands_beside_the_middle_of_its_act(
    look: Theme, qtbot: QtBot
) -> None:
    banner = Banner("warning")
    qtbot.addWidget(banner)
    act = Button("Show which", "list", dense=True)
    banner.add_action(act)
    banner.resize(900, 44)
    banner.show_words("2 lists of partners need a look.", "Contacts can be worked on.")
    qtbot.waitUntil(banner.isVisible)
    words = banner.words
    assert words.height() == words.heightForWidth(words.width()), "one line, no higher"
    assert abs(words.geometry().center().y() - act.geometry().center().y()) <= 1
