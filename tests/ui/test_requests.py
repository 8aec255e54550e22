"""Requests on a real store, by keys and by accessible names."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from tests.workflow.test_requests import Post
from triage.domain.contact import Contact
from triage.domain.errors import StoreError
from triage.domain.request import (
    AnswerItem,
    AnswerPlace,
    InfoRequest,
    PartnerAnswer,
    RequestState,
    Standing,
    Via,
)
from triage.domain.worker import Role
from triage.storage import answers, requests
from triage.workflow import concerns, partner_answers, request_board, sending
from triage.workflow import requests as asking
from triage.workflow import screen as at_screen
from triage.workflow.desk import Desk
from triage.workflow.partner_answers import Spoken
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.requests.boxes import PlaceBox, SpokenBox
from ui.requests.screen import RequestsScreen
from ui.requests.together import TogetherBox
from ui.widgets.buttons import Button
from ui.widgets.pane import Surface

ENTER, SPACE, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Down


@dataclass
class Room:
    """The screen in a test, with what stands behind it."""

    front: Front
    contact: Contact
    screen: RequestsScreen
    jobs: Jobs
    bot: QtBot
    said: list[str]

    def settle(self) -> None:
        """Wait until nothing is being done."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            quiet = 0 if self.jobs.busy() else quiet + 1
            return quiet > 2

        self.bot.waitUntil(still, timeout=10_000)

    def named(self, name: str) -> QWidget:
        """The visible widget of that accessible name."""
        found = [
            w
            for w in self.screen.window().findChildren(QWidget)
            if w.accessibleName() == name and w.isVisible()
        ]
        assert found, f"nothing visible is named {name!r}"
        return found[-1]

    def kept(self, request: InfoRequest) -> InfoRequest:
        """The request as stored."""
        with self.front.store.read() as tx:
            return requests.get(tx, request.id)

    def all(self) -> list[InfoRequest]:
        """Every request about the contact."""
        with self.front.store.read() as tx:
            return asking.live_of_contact(tx, self.contact.id)

    def sent(self, agency: str) -> InfoRequest:
        """A request to that agency that went."""
        begun = asking.start(self.front.ruth, self.contact.id, agency)
        told = asking.keep_draft(
            self.front.ruth, replace(begun, told="not_told", not_told_why="not_yet")
        )
        asking.send(self.front.ruth, told)
        sending.send_due(replace(self.front.ruth, post=Post()))
        return self.kept(begun)

    def open(self, request: InfoRequest) -> None:
        """Stand on it."""
        self.screen.show_request(request.id)
        self.settle()


@pytest.fixture
def room(front: Front, qtbot: QtBot) -> Iterator[Room]:  # noqa: F811
    theo = factory.child("c2", "Theo", family="Rowe", dob="2023-08-02")
    contact = front.bring(factory.contact(factory.child(), theo))
    concerns.name_concerns(front.ruth, contact, ("domestic_abuse",))
    contact = at_screen.rate(front.ruth, contact.id, "red")
    jobs = Jobs()
    holder = DeskHolder(front.ruth)
    screen = RequestsScreen(holder, jobs, lambda: contact.id)
    qtbot.addWidget(screen)
    said: list[str] = []
    screen.said.connect(said.append)
    screen.resize(1900, 1000)
    screen.show()
    screen.entered()
    made = Room(front, contact, screen, jobs, qtbot, said)
    made.settle()
    yield made
    jobs.close()
    holder.deleteLater()
    jobs.deleteLater()


def test_partner_is_asked_by_keys_alone_and_what_is_missing_is_named_and_gone_to(
    room: Room,
) -> None:
    room.screen.ask_partner()
    room.settle()
    [draft, *others] = room.all()
    assert draft.agency == "police", "the first that the rating calls for"
    assert [o.agency for o in others] == ["health", "education", "housing"]
    assert {r.state for r in room.all()} == {RequestState.DRAFT}
    room.screen.main_act()
    room.settle()
    assert room.screen.draft.problem.words.text().startswith("Say whether the parents were told.")
    told = room.named("Were the parents told?")
    assert room.screen.focusWidget() is told
    room.bot.keyClick(told, DOWN)
    room.settle()
    own = room.named("Anything else? (optional)")
    own.setFocus()
    room.bot.keyClicks(own, "Who was there in May?")
    room.screen.main_act()
    room.settle()
    went = room.kept(draft)
    assert went.state is RequestState.WAITING
    assert went.questions[-1].words == "Who was there in May?"
    assert "Who was there in May?" in went.sent_text


def test_drafts_are_gone_through_by_one_key_each(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    told = room.named("Were the parents told?")
    room.bot.keyClick(told, DOWN)
    room.settle()
    for left in (3, 2, 1, 0):
        assert room.screen.draft.isVisible(), f"{left} more"
        assert room.screen.draft.beside.isVisible() is bool(left)
        room.screen.main_act()
        room.settle()
    assert {r.state for r in room.all()} == {RequestState.WAITING}
    assert room.said[1].endswith("to Police is on its way.")


def test_complete_drafts_go_together_once_all_were_shown(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    room.bot.keyClick(room.named("Were the parents told?"), DOWN)
    own = room.screen.draft.people.chips()[0]
    own.setFocus()
    room.bot.keyClick(own, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    room.settle()
    box = next(b for b in room.screen.findChildren(TogetherBox) if b.isVisible())
    assert box.title.text() == "Send 4 requests together"
    assert {r.state for r in room.all()} == {RequestState.DRAFT}, "shown, and nothing sent"
    room.bot.keyClick(box, ENTER)
    room.settle()
    assert {r.state for r in room.all()} == {RequestState.WAITING}
    assert room.said[-1] == "On the way to Police, Health, Education, Housing."


def test_what_is_being_sent_is_told_at_once_and_shown_as_sent_with_nobody_touching_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = replace(room.front.ruth, post=Post())
    room.screen.due_changed.connect(lambda: sending.send_due(post))
    begun = asking.start(room.front.ruth, room.contact.id, "housing")
    asking.keep_draft(room.front.ruth, replace(begun, told="told"))
    room.open(begun)
    room.screen._clocks.setInterval(20)
    room.screen._clocks.start()
    room.screen.main_act()
    row = room.screen.board.model.row_of(begun.id)

    def words() -> str:
        index = room.screen.board.model.index(row)
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    room.bot.waitUntil(lambda: "left" in words())


def test_what_could_not_be_kept_of_a_draft_is_named_before_the_window_closes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.screen.ask_partner()
    room.settle()
    assert room.screen.not_kept() == ""
    own = room.named("Anything else? (optional)")

    def full(*_: object) -> InfoRequest:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(asking, "keep_draft", full)
        own.setFocus()
        room.bot.keyClicks(own, "Who was there?")
        assert "only in this window" in room.screen.not_kept(), "not kept yet"
        room.screen.left()
        room.settle()
        assert "only in this window" in room.screen.not_kept()
    room.screen.left()
    room.settle()
    assert room.screen.not_kept() == ""
    assert room.all()[0].questions[-1].words == "Who was there?"


def test_keys_begin_in_the_list_and_a_request_just_begun_at_its_first_question(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    assert room.screen.focusWidget() is room.screen.draft.partner
    room.screen.left()
    room.screen.entered()
    room.settle()
    assert room.screen.focusWidget() is room.screen.board.view


def test_request_just_begun_is_in_front_though_an_older_board_comes_later(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = asking.start(room.front.ruth, room.contact.id, "housing")
    room.open(older)
    read, later, calls = request_board.board, threading.Event(), list[int]()

    def slow_at_first(desk: Desk) -> request_board.Board:
        calls.append(1)
        first = len(calls) == 1
        found = read(desk)
        if first:
            later.wait(10)
        return found

    monkeypatch.setattr(request_board, "board", slow_at_first)
    room.screen.entered()
    room.bot.waitUntil(lambda: bool(calls))
    room.screen.ask_partner()
    room.bot.waitUntil(lambda: len(calls) > 1)
    later.set()
    room.settle()
    begun = next(r for r in room.all() if r.agency == "police")
    shown = room.screen.draft.request()
    assert shown is not None
    assert shown.id == begun.id
    room.screen.main_act()
    room.settle()
    assert room.kept(older).state is RequestState.DRAFT


def test_draft_is_kept_by_itself_as_it_is_written(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    draft = room.all()[0]
    why = room.named("Why Maya Rowe, 7")
    why.setFocus()
    room.bot.keyClick(why, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    room.bot.keyClicks(why, "She was there.")
    room.bot.waitUntil(lambda: room.kept(draft).people[0].why == "She was there.", timeout=5000)


def test_other_partner_is_offered_its_own_desks_and_questions(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    before, begun = set(room.screen.draft.ticks), room.all()[0]
    partner = room.named("Partner")
    partner.setFocus()
    room.bot.keyClick(partner, Qt.Key.Key_H)  # Housing, or Health
    room.bot.keyClick(partner, DOWN)
    room.settle()
    room.screen.save_now()
    room.settle()
    draft = next(r for r in room.all() if r.id == begun.id)
    assert draft.agency != "police"
    assert set(room.screen.draft.ticks) != before
    assert room.screen.draft.desk.value() == draft.desk


def test_page_shows_what_is_ticked_and_no_more(room: Room) -> None:
    room.screen.ask_partner()
    room.settle()
    chip = room.screen.draft.people.chips()[1]
    chip.setFocus()
    room.bot.keyClick(chip, SPACE)
    room.settle()
    page = next(iter(room.screen.preview.findChildren(Surface)))
    shown = " ".join(w.text() for w in page.findChildren(QLabel))
    assert "Maya Rowe" in shown
    assert "Theo Rowe" not in shown


def test_answer_is_cited_with_its_source_and_stands_in_the_analysis(room: Room) -> None:
    police = room.sent("police")
    room.screen.refresh()
    room.open(police)
    room.screen.main_act()
    box = next(b for b in room.screen.findChildren(SpokenBox) if b.isVisible())
    assert room.screen.not_kept() == ""
    room.bot.keyClicks(box.by, "PC Dan Holt")
    assert "into the box" in room.screen.not_kept()
    room.bot.keyClicks(box.said[1], "Two call-outs in May.")
    room.bot.keyClicks(box.said[2], "nothing held")
    box.give()
    room.settle()
    assert room.kept(police).state is RequestState.ANSWERED
    assert room.screen.not_kept() == ""
    cite = room.screen.standing.cites[0]
    cite.setFocus()
    room.bot.keyClick(cite, SPACE)
    room.settle()
    with room.front.store.read() as tx:
        words = answers.all(tx, room.contact.id)["analysis"].value
    assert "“Two call-outs in May.”" in words
    assert f"[{police.reference}, Police, PC Dan Holt" in words


def test_who_may_not_write_an_analysis_is_offered_no_citing(room: Room) -> None:
    police = room.sent("police")
    said = Spoken(answered_by="PC Dan Holt", said={1: "Two call-outs in May.", 2: "nothing held"})
    partner_answers.record_by_hand(room.front.ruth, police.id, said)
    looker = replace(factory.RUTH, id="vauld", role=Role.AUDITOR, job="Auditor")
    room.screen._holder.seat(room.front.ruth.as_worker(looker))
    room.screen.refresh()
    room.open(police)
    shown = {w.accessibleName() for w in room.screen.standing.findChildren(Button) if w.isVisible()}
    assert not room.screen.standing.cites
    assert not {name for name in shown if "Cite" in name}
    words = " ".join(w.text() for w in room.screen.standing.findChildren(QLabel) if w.isVisible())
    assert "Two call-outs in May." in words


def test_time_that_runs_on_leaves_the_keys_where_they_are(room: Room) -> None:
    police = room.sent("police")
    said = Spoken(answered_by="PC Dan Holt", said={1: "Two call-outs in May."})
    partner_answers.record_by_hand(room.front.ruth, police.id, said)
    room.screen.refresh()
    room.open(police)
    before = room.screen.standing.title.text()
    cite = room.screen.standing.cites[0]
    cite.setFocus()
    room.front.watch.move(hours=3)
    room.screen.refresh()
    room.settle()
    assert room.screen.focusWidget() is cite
    assert room.screen.standing.title.text() != before, "it is over its time now"


def test_nothing_held_not_known_and_silence_never_look_alike(room: Room) -> None:
    police = room.sent("police")
    partner_answers.record_by_hand(
        room.front.ruth,
        police.id,
        Spoken(answered_by="PC Dan Holt", said={1: "nothing held", 2: "not known"}),
    )
    room.screen.refresh()
    room.open(police)
    page = [w.text() for w in room.screen.standing.findChildren(QWidget) if hasattr(w, "text")]
    shown = {words if isinstance(words, str) else words() for words in page}
    assert "They looked and hold nothing" in shown
    assert "Not known to them" in shown


def test_blur_hides_names_on_the_board_and_puts_the_request_away(room: Room) -> None:
    room.open(room.sent("police"))
    room.screen.refresh()
    room.settle()
    room.screen.set_blur(True)
    room.settle()
    model = room.screen.board.model
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = " ".join(str(model.index(row).data(role)) for row in range(model.rowCount()))
    assert "Rowe" not in spoken
    assert "Name hidden" in spoken
    assert room.screen.middle.currentWidget() is room.screen.nothing
    room.screen.set_blur(False)
    room.settle()
    assert room.screen.middle.currentWidget() is room.screen.standing


def test_row_about_a_restricted_contact_says_nothing_of_it(room: Room) -> None:
    police = room.sent("police")
    concerns.restrict(room.front.ruth, room.contact, "A colleague's family")
    room.screen.refresh()
    room.settle()
    row = room.screen.board.model.row_of(police.id)
    spoken = room.screen.board.model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Rowe" not in str(spoken)
    assert "Restricted record" in str(spoken)
    room.open(police)
    assert room.screen.middle.currentWidget() is room.screen.nothing


def test_reply_that_could_not_be_matched_is_placed_by_a_person(room: Room) -> None:
    police = room.sent("police")
    with room.front.store.write() as tx:
        came = PartnerAnswer(
            id=room.front.desk.new_id(),
            request_id=None,
            place=AnswerPlace.TO_PLACE,
            via=Via.EMAIL,
            received_at=factory.NOW,
            sender="duty@elsewhere.example",
            subject="<b>Re your question</b>",
            text="Two call-outs.",
            items=(
                AnswerItem(
                    number=0, question="", standing=Standing.OWN_WORDS, words="Two call-outs."
                ),
            ),
            doubt="It came from an address that is not this partner's.",
            likely=police.id,
        )
        requests.add_answer(tx, came)
    room.screen.refresh()
    room.settle()
    room.screen.show_request(came.id)
    room.settle()
    assert room.screen.placing.subject.text() == "<b>Re your question</b>", "as plain text"
    room.screen.main_act()
    box = next(b for b in room.screen.findChildren(PlaceBox) if b.isVisible())
    room.bot.keyClick(box, ENTER)
    room.settle()
    with room.front.store.read() as tx:
        placed = requests.answer(tx, came.id)
    assert (placed.request_id, placed.by) == (police.id, "rosei")


def test_draft_that_another_window_changed_is_said_and_nothing_of_theirs_is_lost(
    room: Room,
) -> None:
    room.screen.ask_partner()
    room.settle()
    draft = room.all()[0]
    asking.keep_draft(room.front.tom, replace(draft, told="told"))
    own = room.named("Anything else? (optional)")
    own.setFocus()
    room.bot.keyClicks(own, "And in June?")
    room.screen.save_now()
    room.settle()
    assert room.screen.draft.problem.isVisible()
    assert room.kept(draft).told == "told"
