"""A call typed while listening, on a real store and a real search, by keys and names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from triage.domain.contact import Contact, ContactState, Voice
from triage.domain.episode import SuggestionState
from triage.domain.fact import Unknown
from triage.domain.lookup import VerdictKind
from triage.storage import contacts
from triage.workflow import join, queue, screen
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.newcontact.screen import NewContactScreen
from ui.newcontact.seen_cards import OpenCard, RecordCard
from ui.newcontact.typed import Typist
from ui.shell.asking import ReasonBox
from ui.shell.tab_chain import tab_stops
from ui.theme import theme

ENTER, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space
ALT = Qt.KeyboardModifier.AltModifier


@dataclass
class Call:
    """The screen in a test, with what stands behind it."""

    front: Front
    screen: NewContactScreen
    holder: DeskHolder
    jobs: Jobs
    bot: QtBot
    said: list[str]
    finished: list[object]
    saved: list[str]

    def settle(self) -> None:
        """Wait until nothing is being done, and nothing waits to be done."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            waits = self.screen.keeper.timer.isActive() or self.screen._pause.is_waiting()
            quiet = 0 if self.jobs.busy() or waits else quiet + 1
            return quiet > 2

        self.bot.waitUntil(still, timeout=10_000)

    def begin(self) -> None:
        """The telephone rings."""
        self.screen.start_call()
        self.screen.entered()
        self.settle()

    def named(self, name: str) -> QWidget:
        """The visible widget of that accessible name."""
        found = [
            w
            for w in self.screen.findChildren(QWidget)
            if name in (w.accessibleName(), getattr(w, "_words", None)) and w.isVisible()
        ]
        assert found, f"nothing visible is named {name!r}"
        return found[-1]

    def type_in(self, name: str, words: str) -> None:
        """Type into the widget of that name."""
        field = self.named(name)
        field.setFocus()
        self.bot.keyClicks(field, words)

    def press(self, name: str) -> None:
        """Press a button by the space bar."""
        button = self.named(name)
        button.setFocus()
        self.bot.keyClick(button, SPACE)

    def held(self) -> Contact:
        """The call as stored."""
        assert self.screen.contact is not None
        return self.kept(self.screen.contact)

    def kept(self, contact: Contact) -> Contact:
        """A contact as stored."""
        with self.front.store.read() as tx:
            return contacts.get(tx, contact.id)

    def give_reason(self, reason: str = "") -> None:
        """Answer the box that asks why."""
        boxes = [w for w in self.screen.window().findChildren(ReasonBox) if w.isVisible()]
        assert boxes, "no box asks why"
        box = boxes[-1]
        key = reason or str(box.reason.itemData(0))
        box.reason.set_value(key)
        box.answered.emit("go")
        self.settle()


@pytest.fixture
def call(front: Front, qtbot: QtBot) -> Iterator[Call]:  # noqa: F811
    front.people.hold(factory.record(), factory.record("E-1834", "education", nhs_number=""))
    jobs = Jobs()
    holder = DeskHolder(front.ruth)
    made = NewContactScreen(holder, jobs)
    qtbot.addWidget(made)
    said: list[str] = []
    finished: list[object] = []
    saved: list[str] = []
    made.said.connect(said.append)
    made.finished.connect(finished.append)
    made.saved_changed.connect(saved.append)
    # Shorter waits, so that the tests need not wait as long as a person does.
    assert made.keeper.timer.interval() == 300
    assert made._pause.interval() <= 1000
    made.keeper.timer.setInterval(15)
    made._pause.setInterval(15)
    made.resize(1900, 1000)
    made.show()
    yield Call(front, made, holder, jobs, qtbot, said, finished, saved)
    jobs.close()
    holder.deleteLater()
    jobs.deleteLater()


# ---- the call ------------------------------------------------------------------------


def test_clock_runs_from_the_ring_not_from_sending(call: Call) -> None:
    rang = call.front.watch()
    call.begin()
    assert call.held().received_at == rang
    assert call.held().state is ContactState.DRAFT
    call.front.watch.move(minutes=9)
    call.type_in("Who is calling?", "Helen Marchetti")
    call.settle()
    call.screen.main_act()
    call.settle()
    assert call.finished
    with call.front.store.read() as tx:
        stored = contacts.get(tx, call.finished[0])  # type: ignore[arg-type]  # an id
    assert stored.received_at == rang


def test_what_is_typed_is_kept_by_itself_after_a_pause(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen Marchetti")
    call.settle()
    assert call.held().content.referrer.name.value == "Helen Marchetti"
    assert call.saved[-1].startswith("Kept as partial ")


def test_a_partial_stands_in_the_queue_at_once(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Ruby Castell")
    call.settle()
    rows = queue.queue(call.front.ruth).rows
    assert [(r.partial, r.rating) for r in rows] == [(True, None)]


def test_focus_starts_in_caller(call: Call) -> None:
    call.begin()
    focus = call.screen.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Who is calling?"


def test_each_line_keeps_the_time_it_was_begun(call: Call) -> None:
    call.begin()
    rang = call.held().received_at
    words = call.screen.form.words
    words.setFocus()
    for minutes, line in ((2, "Ruby was damp."), (4, "Noah had no lunch.")):
        call.front.watch.now = rang + timedelta(minutes=minutes)
        call.bot.keyClicks(words, line)
        if minutes == 2:
            call.bot.keyClick(words, ENTER)
    call.settle()
    said = call.held().content.said
    assert [(line.words, line.at - rang) for line in said] == [
        ("Ruby was damp.", timedelta(minutes=2)),
        ("Noah had no lunch.", timedelta(minutes=4)),
    ]
    assert call.held().content.concern.value == "Ruby was damp. Noah had no lunch."


def test_alt_c_marks_the_childs_own_words_and_again_takes_it_back(call: Call) -> None:
    call.begin()
    words = call.screen.form.words
    words.setFocus()
    words.insertPlainText("She said “the dog has it”")
    call.bot.keyClick(words, Qt.Key.Key_C, ALT)
    call.settle()
    content = call.held().content
    assert content.said[0].voice is Voice.CHILD_SAID
    assert [f.value for f in content.child_words] == ["the dog has it"]
    call.bot.keyClick(words, Qt.Key.Key_C, ALT)
    call.settle()
    assert call.held().content.child_words == ()


def test_alt_w_and_alt_h_mark_what_was_seen_and_heard(call: Call) -> None:
    call.begin()
    words = call.screen.form.words
    words.setFocus()
    words.insertPlainText("A bruise")
    call.bot.keyClick(words, Qt.Key.Key_W, ALT)
    call.bot.keyClick(words, ENTER)
    words.insertPlainText("A neighbour says he shouts")
    call.bot.keyClick(words, Qt.Key.Key_H, ALT)
    call.settle()
    voices = [line.voice for line in call.held().content.said]
    assert voices == [Voice.CALLER_SAW, Voice.HEARD]


def test_enter_on_the_last_row_adds_a_child(call: Call) -> None:
    call.begin()
    for number, name in ((1, "Ruby Castell"), (2, "Noah Castell")):
        call.type_in(f"Name of child {number}", name)
        call.bot.keyClick(call.named(f"Where child {number} is now"), ENTER)
    call.settle()
    focus = call.screen.focusWidget()
    assert focus is not None
    assert focus.accessibleName() == "Name of child 3"
    assert [c.name for c in call.held().content.children] == ["Ruby Castell", "Noah Castell"]
    assert [c.key for c in call.held().content.children] == ["c1", "c2"]


def test_ages_stay_as_said_and_only_whole_dates_are_birth_dates(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Ruby Castell")
    call.type_in("Born, or age of child 1", "about 9")
    call.settle()
    child = call.held().content.children[0]
    assert child.age_text.value == "about 9"
    assert not child.dob.known
    field = call.named("Born, or age of child 1")
    assert isinstance(field, QLineEdit)
    field.selectAll()
    call.bot.keyClicks(field, "6/5/2017")
    call.settle()
    child = call.held().content.children[0]
    assert child.dob.value == "2017-05-06"
    assert not child.age_text.known


def test_ask_list_ticks_itself_where_it_was_answered(call: Call) -> None:
    call.begin()
    where = next(p for p in call.screen.caller.prompts if "Where are" in p.words())
    assert not where.isChecked()
    call.type_in("Name of child 1", "Ruby Castell")
    call.type_in("Where child 1 is now", "At school")
    assert where.isChecked()


def test_a_prompt_ticked_by_hand_stays_ticked(call: Call) -> None:
    call.begin()
    prompt = call.screen.caller.prompts[3]
    prompt.setFocus()
    call.bot.keyClick(prompt, SPACE)
    call.type_in("Name of child 1", "Ruby")
    assert prompt.isChecked()


def test_f8_goes_to_the_next_thing_to_ask(call: Call) -> None:
    call.begin()
    call.screen.next_needed(1)
    assert call.screen.caller.prompts[0].hasFocus()
    call.screen.next_needed(1)
    assert call.screen.caller.prompts[1].hasFocus()


def test_not_asked_is_kept_apart_from_no(call: Call) -> None:
    call.begin()
    told = call.screen.caller.told.buttons()
    told[2].click()
    call.settle()
    assert call.held().content.family_informed.unknown is Unknown.NOT_ASKED
    told[1].click()
    call.settle()
    assert call.held().content.family_informed.value == "no"


def test_risk_none_known_is_no_and_a_named_one_is_yes(call: Call) -> None:
    call.begin()
    chips = {c.key: c for c in call.screen.form.risks.chips()}
    chips["none_known"].click()
    call.settle()
    assert call.held().content.risk_to_workers.value == "no"
    chips["dog"].click()
    call.settle()
    assert call.held().content.risk_to_workers.value == "yes"
    assert call.held().content.risk_text.value == "Dog at the address"


def test_concerns_are_kept_by_code(call: Call) -> None:
    call.begin()
    chips = {c.key: c for c in call.screen.form.concerns.chips()}
    chips["neglect"].click()
    call.settle()
    assert call.held().content.concerns == ("neglect",)


# ---- seen before ------------------------------------------------------------------------


def records(call: Call) -> list[RecordCard]:
    return [c for c in call.screen.seen.cards() if isinstance(c, RecordCard)]


def test_matching_starts_at_three_letters(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Ma")
    call.settle()
    assert not records(call)
    call.bot.keyClicks(call.named("Name of child 1"), "ya Rowe")
    call.settle()
    found = {c.seen.candidate.record.record_id for c in records(call) if c.seen}
    assert found == {"P-118204", "E-1834"}
    line = call.screen.form.children_rows.lines[0]
    assert line.record.text() == "2 to check"


def test_an_open_contact_about_the_same_child_comes_first(call: Call) -> None:
    call.front.bring(factory.contact())
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    cards = call.screen.seen.cards()
    assert isinstance(cards[0], OpenCard)
    assert cards[0].accessibleName().startswith("Already open: Maya Rowe")


def test_j_joins_the_open_contact_and_the_call_stays_whole(call: Call) -> None:
    other = call.front.bring(factory.contact())
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    card = call.screen.seen.cards()[0]
    card.setFocus()
    call.bot.keyClick(card, Qt.Key.Key_J)
    call.settle()
    mine = call.held()
    assert call.front.together(mine) == {other.id}
    assert mine.state is ContactState.DRAFT
    assert mine.content.children[0].name == "Maya Rowe"
    assert call.named(f"Take apart from {other.reference}")


def test_k_keeps_the_open_contact_apart(call: Call) -> None:
    other = call.front.bring(factory.contact())
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    card = call.screen.seen.cards()[0]
    card.setFocus()
    call.bot.keyClick(card, Qt.Key.Key_K)
    call.settle()
    found = join.suggestions(call.front.ruth, other.id)
    assert [p.suggestion.state for p in found] == [SuggestionState.KEPT_APART]


def test_l_links_the_record_one_stands_on(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    first = records(call)[0]
    first.setFocus()
    call.bot.keyClick(first, Qt.Key.Key_2)
    second = records(call)[1]
    assert second.hasFocus()
    assert second.seen is not None
    chosen = second.seen.candidate.record.record_id
    call.bot.keyClick(second, Qt.Key.Key_L)
    call.settle()
    verdicts = screen.look_again(call.front.ruth, call.held().id).verdicts
    assert [(v.record_id, v.kind) for v in verdicts] == [(chosen, VerdictKind.SAME)]
    assert call.screen.form.children_rows.lines[0].record.text() == "Linked"


def test_x_asks_why_where_the_hub_wants_a_reason(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    card = records(call)[0]
    card.setFocus()
    call.bot.keyClick(card, Qt.Key.Key_X)
    assert not screen.look_again(call.front.ruth, call.held().id).verdicts
    call.give_reason("Different parents")
    verdicts = screen.look_again(call.front.ruth, call.held().id).verdicts
    assert [(v.kind, v.reasons) for v in verdicts] == [
        (VerdictKind.NOT_SAME, ("Different parents",))
    ]


def test_undo_takes_a_link_back_with_the_reason(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    card = records(call)[0]
    card.setFocus()
    call.bot.keyClick(card, Qt.Key.Key_L)
    call.settle()
    call.screen.undo()
    call.give_reason()
    verdicts = screen.look_again(call.front.ruth, call.held().id).verdicts
    assert [v.undone_why != "" for v in verdicts] == [True]


def test_newcomers_wait_while_the_pane_is_read(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    before = [c.accessibleName() for c in call.screen.seen.cards()]
    records(call)[0].setFocus()
    call.front.bring(factory.contact())
    call.screen.keeper.look_again()
    call.settle()
    assert [c.accessibleName() for c in call.screen.seen.cards()] == before
    # The open contact, and its child among the hub's own records.
    call.press("2 more, show: newly found")
    assert isinstance(call.screen.seen.cards()[0], OpenCard)


def test_letters_do_nothing_in_a_text_box(call: Call) -> None:
    call.front.bring(factory.contact())
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    call.type_in("Best time", "jklxu 1234")
    call.settle()
    assert call.held().content.referrer.best_time.value == "jklxu 1234"
    assert call.front.together(call.held()) == frozenset()
    assert not screen.look_again(call.front.ruth, call.held().id).verdicts


def test_esc_goes_from_the_matches_back_to_the_words(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    records(call)[0].setFocus()
    assert call.screen.step_back()
    assert call.screen.form.words.hasFocus()
    assert not call.screen.step_back()


def test_where_we_looked_names_every_partner(call: Call) -> None:
    call.front.people.problems["housing"] = "Its file could not be read."
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    call.settle()
    places = {p.name: p.state for p in call.screen.seen.view().places}
    assert places["Social care"] == "answered"
    assert places["Housing"] == "problem"


# ---- the end of a call --------------------------------------------------------------------


def test_ctrl_enter_puts_it_in_the_queue(call: Call) -> None:
    call.begin()
    call.type_in("Name of child 1", "Maya Rowe")
    # Not yet kept: the act itself keeps it first.
    held = call.held()
    call.screen.main_act()
    call.settle()
    stored = call.kept(held)
    assert stored.state is ContactState.SCREENING
    assert stored.content.children[0].name == "Maya Rowe"
    assert call.finished == [held.id]


def test_an_empty_call_is_not_sent_and_says_what_is_missing(call: Call) -> None:
    call.begin()
    call.screen.main_act()
    call.settle()
    assert call.held().state is ContactState.DRAFT
    assert call.screen.form.banner.isVisible()
    assert "Nothing is typed yet" in call.screen.form.banner.accessibleName()
    assert call.screen.form.words.hasFocus()


def test_keep_for_later_leaves_a_partial(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    held = call.held()
    call.screen.keep_for_later()
    call.settle()
    assert call.kept(held).state is ContactState.DRAFT
    assert call.kept(held).content.referrer.name.value == "Helen"
    assert call.finished == [None]


def test_a_kept_call_is_gone_on_with_as_it_was(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    words = call.screen.form.words
    words.setFocus()
    words.insertPlainText("She said “no bed”")
    call.bot.keyClick(words, Qt.Key.Key_C, ALT)
    call.type_in("Name of child 1", "Maya Rowe")
    {c.key: c for c in call.screen.form.risks.chips()}["dog"].click()
    call.settle()
    held = call.held()
    call.screen.keep_for_later()
    call.settle()
    call.screen.go_on(held.id)
    call.settle()
    again = call.screen.content()
    assert again == call.held().content == held.content


def test_throwing_away_asks_why_and_deletes_nothing(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    held = call.held()
    call.press("Throw away")
    call.give_reason("Wrong number")
    stored = call.kept(held)
    assert stored.state is ContactState.SET_ASIDE
    assert stored.set_aside_reason == "call: Wrong number"
    assert stored.content.referrer.name.value == "Helen"
    assert call.finished == [None]


def test_the_telephone_does_not_start_a_second_call_over_the_first(call: Call) -> None:
    call.begin()
    first = call.held().id
    call.begin()
    assert call.held().id == first


def test_two_windows_typing_different_boxes_keep_both(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    call.settle()
    held = call.held()
    theirs = screen.change_fact(
        call.front.tom,
        held,
        "referrer.phone",
        Typist("tbell", factory.NOW).fact(None, "01632 960458"),
    )
    assert theirs.version > held.version
    call.type_in("Best time", "Until 15:30")
    call.settle()
    referrer = call.held().content.referrer
    assert (referrer.phone.value, referrer.best_time.value) == ("01632 960458", "Until 15:30")


def test_somebody_else_sitting_down_does_not_see_the_call(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    call.settle()
    backs: list[bool] = []
    call.screen.back_asked.connect(lambda: backs.append(True))
    call.holder.seat(call.front.tom)
    assert call.screen.contact is None
    assert backs == [True]


def test_every_stop_has_a_name_and_none_is_clipped_at_150(call: Call) -> None:
    call.begin()
    theme().set_text_scale(1.5)
    stops = tab_stops(call.screen)
    assert all(w.accessibleName() or w.text() for w in stops if hasattr(w, "text"))
    for label in call.screen.findChildren(QLabel):
        if label.isVisible() and label.text() and label.height():
            assert label.height() >= label.fontMetrics().height() - 3, label.text()


def test_blur_puts_the_call_out_of_sight(call: Call) -> None:
    call.begin()
    call.type_in("Who is calling?", "Helen")
    call.screen.set_blur(True)
    assert not call.screen.caller.isVisible()
    call.screen.set_blur(False)
    assert call.screen.caller.isVisible()
    call.settle()
