"""Reading a form beside its original, on a real store, by keys and by names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from tests.intake.hostile_pdf import endless
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from triage.domain.contact import Contact, ContactState, Content
from triage.domain.draft import Draft, NotRead, TextPart
from triage.domain.episode import SuggestionState
from triage.domain.fact import FactState, Place, Unknown, read
from triage.intake import drawing
from triage.intake.plausible import weighed
from triage.storage import contacts, drafts
from triage.workflow import fields, join, reading, receive
from triage.workflow.fact_words import shown
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.reading.screen import ReadingScreen
from ui.reading.text_canvas import TextCanvas
from ui.shell.asking import ReasonBox
from ui.shell.tab_chain import tab_stops

ENTER, ESC = Qt.Key.Key_Return, Qt.Key.Key_Escape
TEXT = (
    "Child: Poppy Lindqvist\n"
    "Born: 06/05/24\n"
    "Lives with: mum Annika\n"
    "\n"
    "A bruise on her left forearm. Rob picks her up on Mondays. She ate a good lunch."
)


def at(words: str) -> Place:
    """Where words stand in the letter."""
    start = TEXT.index(words)
    return Place(file="letter.txt", part="body", start=start, end=start + len(words), words=words)


def content() -> Content:
    """What was read of the letter; the birth date in two readings."""
    child = replace(
        factory.child(given=None, family=None, dob=None, sex=None),
        given=read("Poppy", at("Poppy")),
        family=read("Lindqvist", at("Lindqvist")),
        dob=read(
            "2024-05-06",
            at("06/05/24"),
            note="Day first on UK forms, but another date is month first.",
            alternatives=("2024-06-05",),
        ),
    )
    told = factory.content(child)
    return replace(
        told,
        adults=(replace(factory.adult(name="Annika"), name=read("Annika", at("Annika"))),),
        concern=read("A bruise on her left forearm.", at("A bruise on her left forearm.")),
    )


def letter(told: Content) -> Draft:
    """The draft of the letter."""
    return replace(
        factory.draft(told),
        parts=(TextPart(name="body", media_type="text/plain", text=TEXT),),
        unused=(at("Rob picks her up on Mondays."), at("She ate a good lunch.")),
        not_read=(
            NotRead(
                place=Place(file="letter.txt", part="map.png"),
                what="Body map",
                why="Drawings are never read; it is kept as a picture.",
            ),
        ),
    )


@dataclass
class Room:
    """The screen in a test, with what stands behind it."""

    front: Front
    screen: ReadingScreen
    holder: DeskHolder
    jobs: Jobs
    bot: QtBot
    said: list[str]
    made: list[object]
    contact: Contact

    def settle(self) -> None:
        """Wait until nothing is being done."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            quiet = 0 if self.jobs.busy() else quiet + 1
            return quiet > 2

        self.bot.waitUntil(still, timeout=10_000)

    def begin(self) -> None:
        """Open the letter."""
        self.screen.show_contact(self.contact.id)
        self.screen.entered()
        self.settle()

    def held(self) -> Contact:
        """The contact as stored."""
        with self.front.store.read() as tx:
            return contacts.get(tx, self.contact.id)

    def named(self, name: str) -> QWidget:
        """The visible widget of that name."""
        found = [
            w
            for w in self.screen.findChildren(QWidget)
            if name in (w.accessibleName(), getattr(w, "_words", None)) and w.isVisible()
        ]
        assert found, f"nothing visible is named {name!r}"
        return found[-1]

    def rows(self) -> list[str]:
        """The draft's rows, as spoken."""
        model = self.screen.draft.model
        return [
            str(model.index(i, 0).data(Qt.ItemDataRole.AccessibleTextRole))
            for i in range(model.rowCount())
        ]

    def choose_words(self, words: str) -> QWidget:
        """Choose words in the original, and stand there."""
        canvas = self.screen.original.canvas()
        canvas.setFocus()
        start = TEXT.index(words)
        canvas.choose(start, start + len(words))
        return canvas

    def give_reason(self, reason: str) -> None:
        """Answer the box that asks why."""
        box = next(w for w in self.screen.window().findChildren(ReasonBox) if w.isVisible())
        box.reason.set_value(reason)
        box.answered.emit("go")
        self.settle()


@pytest.fixture
def room(front: Front, qtbot: QtBot) -> Iterator[Room]:  # noqa: F811
    told = content()
    contact = front.bring(replace(factory.contact(), content=told))
    with front.store.write() as tx:
        drafts.put(tx, contact.id, letter(told))
    jobs = Jobs()
    holder = DeskHolder(front.ruth)
    screen = ReadingScreen(holder, jobs)
    qtbot.addWidget(screen)
    said: list[str] = []
    made: list[object] = []
    screen.said.connect(said.append)
    screen.made.connect(made.append)
    screen.resize(1900, 1000)
    screen.show()
    yield Room(front, screen, holder, jobs, qtbot, said, made, contact)
    jobs.close()
    holder.deleteLater()
    jobs.deleteLater()


def test_every_fact_is_numbered_at_its_source(room: Room) -> None:
    room.begin()
    model: QAbstractItemModel = room.screen.draft.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    rows = room.rows()
    assert "First name, Poppy, read, source 1" in rows
    assert "Born, 6 May 2024, check, or 5 Jun 2024, source 3" in rows
    assert "NHS number, Not given, not given" in rows
    marks = room.screen.original.canvas().marks
    assert [TEXT[m.start : m.end] for m in marks][:3] == ["Poppy", "Lindqvist", "06/05/24"]
    assert [m.check for m in marks][:3] == [False, False, True]


def test_words_that_can_be_no_name_are_shown_where_one_should_stand(room: Room) -> None:
    held = room.held()
    carer = replace(letter(held.content).content.children[0], given=read("Carer", at("Poppy")))
    told = replace(held.content, children=(carer,))
    with room.front.store.write() as tx:
        contacts.save(tx, replace(held, content=weighed(letter(told)).content))
    room.begin()
    assert "First name, Could not be told, check, source 1" in room.rows()
    assert TEXT[room.screen.original.canvas().marks[0].start :].startswith("Poppy")
    room.named("Type first name")


def test_standing_on_a_fact_rings_its_words_and_the_other_way_round(room: Room) -> None:
    room.begin()
    view = room.screen.draft.view
    view.setCurrentIndex(room.screen.draft.model.index(room.screen.draft.model.row_of("concern")))
    canvas = room.screen.original.canvas()
    ringed = next(m for m in canvas.marks if m.number == canvas.current_mark)
    assert TEXT[ringed.start : ringed.end] == "A bruise on her left forearm."
    room.choose_words("Annika")
    canvas._meet(TEXT.index("Annika"))
    assert room.screen.draft.current_path() == "adults.a1.name"


def test_a_reading_is_chosen_by_its_number(room: Room) -> None:
    room.begin()
    room.screen.next_needed(1)
    card = room.screen.focusWidget()
    assert card is not None
    assert card.accessibleName().startswith("To check: Born: 6 May 2024. Day first")
    room.bot.keyClick(card, Qt.Key.Key_2)
    room.settle()
    dob = room.held().content.children[0].dob
    assert (dob.value, dob.state) == ("2024-06-05", FactState.CONFIRMED)
    assert dob.places == (at("06/05/24"),)


def test_two_keys_say_what_words_are_and_keep_their_place(room: Room) -> None:
    room.begin()
    canvas = room.choose_words("Rob picks her up on Mondays.")
    room.bot.keyClick(canvas, ENTER)
    palette = room.screen.original.palette_box
    assert palette.hasFocus()
    room.bot.keyClick(palette, Qt.Key.Key_R)
    room.settle()
    [fact] = room.held().content.raises_risk
    assert fact.value == "Rob picks her up on Mondays."
    assert (fact.places[0].start, fact.places[0].end) == (
        at("Rob picks her up on Mondays.").start,
        at("Rob picks her up on Mondays.").end,
    )
    assert canvas.hasFocus()
    assert "Raises the risk, Rob picks her up on Mondays., typed, source 6" in room.rows()


def test_n_walks_the_words_no_fact_was_taken_from(room: Room) -> None:
    room.begin()
    canvas = room.screen.original.canvas()
    canvas.setFocus()
    room.bot.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.chosen_text() == "Rob picks her up on Mondays."
    room.bot.keyClick(canvas, Qt.Key.Key_N)
    assert canvas.chosen_text() == "She ate a good lunch."
    room.bot.keyClick(canvas, ENTER)
    room.bot.keyClick(room.screen.original.palette_box, Qt.Key.Key_N)
    room.settle()
    left = [t.label for t in room.screen._read.view.todo if t.kind == "not used"]  # type: ignore[union-attr]
    assert left == ["Rob picks her up on Mondays."]


def test_words_are_chosen_by_arrows_and_shift(room: Room) -> None:
    room.begin()
    canvas = room.choose_words("Poppy")
    room.bot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.chosen_text() == "Poppy Lindqvist"  # type: ignore[attr-defined]
    room.bot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.chosen_text() == "Born:"  # type: ignore[attr-defined]


def test_esc_leaves_the_palette_and_changes_nothing(room: Room) -> None:
    room.begin()
    before = room.held()
    canvas = room.choose_words("Rob")
    room.bot.keyClick(canvas, ENTER)
    room.bot.keyClick(room.screen.original.palette_box, ESC)
    room.settle()
    assert canvas.hasFocus()
    assert room.held() == before


def test_words_can_become_any_field_and_a_half_date_is_refused(room: Room) -> None:
    room.begin()
    place = replace(at("06/05/24"))
    room.screen.mark("children.c1.dob", place)
    room.settle()
    assert room.held().content.children[0].dob.value == "2024-05-06"
    room.screen.mark("children.c1.dob", at("on Mondays"))
    room.settle()
    assert "not a whole date" in room.screen.draft.banner.accessibleName()
    room.screen.mark("referrer.role", at("mum"))
    room.settle()
    assert room.held().content.referrer.role.value == "mum"


def test_f7_accepts_clear_ones_only(room: Room) -> None:
    room.begin()
    room.bot.keyClick(room.screen.draft.view, Qt.Key.Key_F7)
    room.settle()
    states = {p: f.state for p, f in fields.facts_of(room.held().content) if f.known}
    assert states.pop("children.c1.dob") is FactState.TO_CHECK
    assert set(states.values()) == {FactState.CONFIRMED}


def test_a_fact_is_put_right_in_its_place(room: Room) -> None:
    room.begin()
    draft = room.screen.draft
    draft.view.setFocus()
    draft.stand_on("children.c1.given")
    room.bot.keyClick(draft.view, ENTER)
    assert draft.field.isVisible()
    draft.field.selectAll()
    room.bot.keyClicks(draft.field, "Poppie")
    room.bot.keyClick(draft.field, ENTER)
    room.settle()
    given = room.held().content.children[0].given
    assert (given.value, given.state) == ("Poppie", FactState.CONFIRMED)
    assert given.places == (at("Poppy"),)


def test_what_is_typed_into_a_fact_is_kept_when_one_goes_elsewhere(room: Room) -> None:
    room.begin()
    draft = room.screen.draft
    draft.view.setFocus()
    draft.stand_on("children.c1.school")
    draft.edit()
    room.bot.keyClicks(draft.field, "Brookfold Primary")
    room.screen.original.canvas().setFocus()
    room.settle()
    assert room.held().content.children[0].school.value == "Brookfold Primary"


def test_a_date_is_typed_as_people_write_it(room: Room) -> None:
    room.begin()
    draft = room.screen.draft
    draft.view.setFocus()
    for words, kept in (("soon", "2024-05-06"), ("5 June 2024", "2024-06-05")):
        draft.stand_on("children.c1.dob")
        draft.edit()
        draft.field.selectAll()
        room.bot.keyClicks(draft.field, words)
        room.bot.keyClick(draft.field, ENTER)
        room.settle()
        assert room.held().content.children[0].dob.value == kept


def test_an_emptied_fact_is_not_known_never_an_empty_word(room: Room) -> None:
    room.begin()
    draft = room.screen.draft
    draft.view.setFocus()
    draft.stand_on("children.c1.family")
    draft.edit()
    draft.field.selectAll()
    room.bot.keyClick(draft.field, Qt.Key.Key_Delete)
    room.bot.keyClick(draft.field, ENTER)
    room.settle()
    family = room.held().content.children[0].family
    assert not family.known
    assert family.unknown is Unknown.NOT_KNOWN


def test_make_contact_names_what_is_missing_and_goes_there(room: Room) -> None:
    room.begin()
    room.screen.main_act()
    room.settle()
    assert room.held().state is ContactState.RECEIVED
    assert "1 fact is still to check: born" in room.screen.draft.banner.accessibleName()
    card = room.screen.focusWidget()
    assert card is not None
    assert card.accessibleName().startswith("To check: Born")


def test_an_urgent_contact_need_not_wait(room: Room) -> None:
    room.begin()
    room.screen.main_act()
    room.screen.draft.anyway.click()
    room.settle()
    assert room.held().state is ContactState.SCREENING
    assert room.made == [room.contact.id]


def test_make_contact_confirms_and_gives_it_to_the_reader(room: Room) -> None:
    room.begin()
    room.screen.next_needed(1)
    card = room.screen.focusWidget()
    assert card is not None
    room.bot.keyClick(card, Qt.Key.Key_1)
    room.settle()
    room.screen.main_act()
    room.settle()
    held = room.held()
    assert (held.state, held.assigned_to) == (ContactState.SCREENING, "rosei")
    assert room.made == [room.contact.id]


def test_not_for_us_asks_why_and_sets_it_aside(room: Room) -> None:
    room.begin()
    room.screen.not_for_us()
    room.give_reason("For another council")
    held = room.held()
    assert held.state is ContactState.SET_ASIDE
    assert "For another council" in held.set_aside_reason
    assert room.made == [None]


def test_what_could_not_be_read_is_said_with_why(room: Room) -> None:
    room.begin()
    card = room.named(
        "Could not be read: Body map. Drawings are never read; it is kept as a picture."
    )
    assert card.isVisible()


def same_event(room: Room) -> Contact:
    """Another letter about the same, found alike."""
    call = receive.start_call(room.front.tom)
    kept = receive.keep_call(
        room.front.tom, call, replace(room.contact.content, child_words=(), said=())
    )
    receive.put_in_queue(room.front.tom, kept)
    return kept


def test_j_joins_and_undo_takes_apart_with_a_reason(room: Room) -> None:
    other = same_event(room)
    room.begin()
    assert room.screen.bar.isVisible()
    card = room.screen.bar.cards[0]
    card.setFocus()
    room.bot.keyClick(card, Qt.Key.Key_J)
    room.settle()
    assert room.front.together(other) == {room.held().id}
    room.screen.bar.cards[0].undo.click()
    room.give_reason("Joined by mistake")
    assert room.front.together(other) == frozenset()


def test_k_keeps_apart(room: Room) -> None:
    same_event(room)
    room.begin()
    card = room.screen.bar.cards[0]
    card.setFocus()
    room.bot.keyClick(card, Qt.Key.Key_K)
    room.settle()
    found = join.suggestions(room.front.ruth, room.contact.id)
    assert [p.suggestion.state for p in found] == [SuggestionState.KEPT_APART]


def test_looking_is_recorded_once_however_much_is_changed(room: Room) -> None:
    room.begin()
    room.screen.accept_clear()
    room.settle()
    room.screen.refresh()
    room.settle()
    assert room.front.kinds().count("contact.viewed") == 1


def test_a_restricted_form_shows_nothing_but_why(room: Room) -> None:
    hidden = room.front.bring(factory.contact(reference="C-26-04999", restricted=True))
    room.screen.show_contact(hidden.id)
    room.settle()
    assert room.screen.wrong.isVisible()
    assert not room.screen.original.isVisible()


def test_blur_hides_names_in_the_model(room: Room) -> None:
    room.begin()
    room.screen.set_blur(True)
    assert not [r for r in room.rows() if "Poppy" in r or "Annika" in r]
    room.screen.set_blur(False)
    assert [r for r in room.rows() if "Poppy" in r]


def test_blur_hides_the_suggestions_and_the_files_name(room: Room) -> None:
    """A file is often called by the child's name, and a suggestion says it."""
    same_event(room)
    room.begin()
    assert room.screen.bar.isVisible()
    room.screen.set_blur(True)
    assert not room.screen.bar.isVisible()
    assert room.screen.header.line.text() == room.contact.reference
    room.screen.set_blur(False)
    assert room.screen.bar.isVisible()


def test_every_stop_has_a_name(room: Room) -> None:
    room.begin()
    unnamed = [
        w for w in tab_stops(room.screen) if not (w.accessibleName() or getattr(w, "_words", ""))
    ]
    assert unnamed == []


def of_pages(*words: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    made = BytesIO()
    canvas = Canvas(made, pagesize=(300, 300))
    for said in words:
        canvas.drawString(40, 200, said)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def test_a_pdf_is_shown_as_its_page(room: Room) -> None:
    received = receive.receive_file(room.front.ruth, of_pages("Poppy Lindqvist"), "form.pdf")
    room.screen.show_contact(received.contacts[0])
    room.settle()
    pane = room.screen.original
    assert pane.canvas() is pane.page
    assert [w for w in pane.page.words if pane.page.text[w.start : w.end] == "Poppy"]
    pane.kind.buttons()[1].click()
    assert pane.canvas() is pane.text


def test_every_page_of_a_long_form_comes_small_into_the_list(room: Room) -> None:
    pages = [f"Page {number} of what the school wrote" for number in range(1, 7)]
    received = receive.receive_file(room.front.ruth, of_pages(*pages), "form.pdf")
    room.screen.show_contact(received.contacts[0])
    room.settle()
    model = room.screen.original.thumb_model
    pictures = [
        model.index(row).data(Qt.ItemDataRole.DecorationRole) for row in range(model.rowCount())
    ]
    assert [picture.width() for picture in pictures] == [224] * 6
    room.screen.show_contact(room.contact.id)
    assert model.rowCount() == 0


def test_a_page_that_cannot_be_drawn_gives_its_words_and_the_others_are_shown(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = reading.draw_pages

    def stops(data: bytes, pages: Sequence[int], width: int) -> tuple[reading.DrawnPage, ...]:
        if 1 in pages and width > 300:
            return draws(endless(), pages, width)
        return draws(data, pages, width)

    monkeypatch.setattr(drawing, "_SECONDS", 0.2)
    monkeypatch.setattr(reading, "draw_pages", stops)
    form = of_pages("Poppy Lindqvist has a bruise", "Rob picks her up on Mondays")
    received = receive.receive_file(room.front.ruth, form, "form.pdf")
    room.screen.show_contact(received.contacts[0])
    room.settle()
    pane = room.screen.original
    assert pane.banner.isVisible()
    assert "could not be drawn" in pane.banner.accessibleName()
    assert "The original is kept" in pane.banner.accessibleName()
    assert pane.canvas() is pane.text
    assert "Poppy" in pane.text.text
    pane.go_to_page(2)
    room.settle()
    assert pane.canvas() is pane.page
    assert not pane.banner.isVisible()


def test_a_long_text_comes_a_moment_at_a_time_and_whole_where_it_is_asked_for(qtbot: QtBot) -> None:
    canvas = TextCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(600, 400)
    text = "\n".join(f"Line {number} of what the school wrote about Poppy" for number in range(500))
    reached: list[int] = []
    canvas.reached.connect(reached.append)
    canvas.show_text(text)
    last = text.index("Line 499")
    canvas.bring(last)
    qtbot.waitUntil(lambda: bool(reached))
    assert reached == [round(canvas.span_rect(last, last + 8).top())]
    canvas.show_text(text + " Lindqvist")
    canvas.choose(last, last + 8)
    assert canvas.chosen_text() == "Line 499"


def test_a_text_longer_than_is_shown_says_so(room: Room) -> None:
    room.begin()
    pane = room.screen.original
    assert pane.subtitle.text() == "never changed"
    pane._part = replace(pane._part, text="word " * 7_000)
    pane._show_kind()
    assert pane.subtitle.text() == "the first 30,000 letters; all of it is kept"


def test_values_are_shown_as_people_read_them() -> None:
    hub = factory.profile()
    assert shown(hub, "children.c1.dob", "2024-05-06") == "6 May 2024"
    assert shown(hub, "children.c1.sex", "F") == "Female (F)"
    assert shown(hub, "consent", "not_asked") == "Not asked"
    assert shown(hub, "children.c1.lives_here", "no") == "No"
