"""The sign-off screen on a real store and a real council, by keys and by accessible names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests import factory
from tests.workflow.conftest import Front, front  # noqa: F401 - a fixture comes by import
from triage.domain.contact import ContactState
from triage.domain.decision import Answer, DecisionVersion, Verb, VersionState
from triage.domain.profile import QuestionKind
from triage.export.delivery import CouncilLink
from triage.practice.council import Council
from triage.storage import versions
from triage.workflow import decide, sign
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.shell.tab_chain import tab_stops
from ui.shell.window import MainWindow
from ui.signoff.screen import SignOffScreen
from ui.theme import theme
from ui.titles import split_title

ENTER, SPACE, DOWN = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Down


@dataclass
class Room:
    """The screen in a test, with what stands behind it."""

    front: Front
    council: Council
    screen: SignOffScreen
    holder: DeskHolder
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

        self.bot.waitUntil(still, timeout=30_000)

    def begin(self) -> None:
        """Come to the screen."""
        self.screen.entered()
        self.settle()

    def named(self, name: str) -> QWidget:
        """The visible widget of that accessible name."""
        found = [
            w
            for w in self.screen.findChildren(QWidget)
            if w.accessibleName() == name and w.isVisible()
        ]
        assert found, f"nothing visible is named {name!r}"
        return found[-1]

    def stand_on(self, version: DecisionVersion) -> int:
        """Put the list's current row on a version."""
        view = self.screen.list.view
        view.setFocus()
        row = self.screen.list.model.row_of(version.id)
        view.setCurrentIndex(self.screen.list.model.index(row))
        return row

    def read(self, version: DecisionVersion) -> None:
        """Open a version by Enter in the list."""
        self.stand_on(version)
        self.bot.keyClick(self.screen.list.view, ENTER)
        self.settle()

    def type_in(self, name: str, words: str) -> None:
        """Type into the widget of that name."""
        field = self.named(name)
        field.setFocus()
        self.bot.keyClicks(field, words)

    def choose(self, verb: Verb) -> None:
        """Choose by the space bar."""
        self.press(self.screen.decision.verbs.buttons()[list(Verb).index(verb)])

    def press(self, button: QWidget) -> None:
        """Press a button by the space bar."""
        button.setFocus()
        self.bot.keyClick(button, SPACE)

    def state(self, version: DecisionVersion) -> VersionState:
        """How the store has it."""
        return self.kept(version.id).state

    def kept(self, version_id: UUID) -> DecisionVersion:
        """The version as stored."""
        with self.front.store.read() as tx:
            return versions.get(tx, version_id)


@pytest.fixture
def room(front: Front, tmp_path: Path, qtbot: QtBot) -> Iterator[Room]:  # noqa: F811
    with Council(tmp_path / "council", hub_jwks=front.desk.signer.jwks, now=front.watch) as council:
        link = CouncilLink(
            council.url,
            receipt_jwks=council.receipt_jwks(),
            ca=council.ca,
            now=front.watch,
            council="Northmere Council",
        )
        front.desk = replace(front.desk, council=link)
        jobs = Jobs()
        holder = DeskHolder(front.priya)
        screen = SignOffScreen(holder, jobs)
        qtbot.addWidget(screen)
        said: list[str] = []
        screen.said.connect(said.append)
        screen.refused.connect(said.append)
        screen.resize(1900, 1000)
        screen.show()
        yield Room(front, council, screen, holder, jobs, qtbot, said)
        jobs.close()
        holder.deleteLater()
        jobs.deleteLater()


def green(room: Room, reference: str = "C-26-04817", **chosen: Answer) -> DecisionVersion:
    contact = room.front.looked_up(factory.contact(reference=reference, rating="green"))
    return room.front.proposed(contact, rating="green", **chosen)


def red(room: Room, reference: str = "C-26-04818") -> DecisionVersion:
    contact = room.front.bring(factory.contact(reference=reference, rating="red"))
    return room.front.proposed(contact, rating="red", level="4", outcome__c1=("strategy",))


def sent_again(room: Room) -> DecisionVersion:
    """A Red decision, looked at, returned, changed in two answers and sent again."""
    first = red(room)
    sign.look(room.front.priya, first.id)
    sign.send_back(room.front.priya, first.id, "Say what this means for Maya.")
    room.front.watch.move(minutes=5)
    held = decide.decision(room.front.ruth, first.contact_id).answers
    for key, value in (("analysis", "Maya is afraid at night."), ("level", "3")):
        decide.save_answer(room.front.ruth, first.contact_id, key, value, held[key].version)
    return decide.propose(room.front.ruth, first.contact_id, urgent_despite_gaps=True, why="Now")


def test_list_groups_what_may_be_signed_together_apart(room: Room) -> None:
    green(room)
    red(room)
    room.begin()
    model: QAbstractItemModel = room.screen.list.model
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    said = [
        model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for row in range(model.rowCount())
    ]
    assert said[0] == "Read one by one, 1"
    assert said[1].startswith("Red, Maya Rowe 7, 3 h 00 min left, Strategy discussion")
    assert "tick" not in said[1]
    assert said[2] == "Ready to sign together, 1"
    assert said[3].startswith("Green, Maya Rowe 7")
    assert said[3].endswith("not ticked")


def test_what_runs_out_first_stands_on_top_whatever_its_rating(room: Room) -> None:
    soon = red(room)
    came = factory.NOW - timedelta(days=4)
    old = replace(factory.alone("Ida Moss", "C-26-04817"), received_at=came)
    late = room.front.proposed(room.front.looked_up(old))
    room.begin()
    rows = [r.version_id for r in room.screen.list.model.rows()]
    assert rows == [late.id, soon.id]
    head = room.screen.list.model.index(0).data()
    assert head == "Ready to sign together, 1"


def test_clocks_run_on_in_the_list_and_over_the_decision_and_move_nothing(room: Room) -> None:
    green(room)
    version = red(room)
    room.begin()
    room.read(version)
    at = room.stand_on(version)
    left = room.screen.reading.header.clock.text()
    reset: list[None] = []
    room.screen.list.model.modelReset.connect(lambda: reset.append(None))
    room.front.watch.move(minutes=7)
    room.screen._clocks.timeout.emit()
    room.settle()
    now = room.screen.reading.header.clock.text()
    assert (left, now) == ("3 h 00 min left", "2 h 53 min left")
    spoken = room.screen.list.model.index(at).data(Qt.ItemDataRole.AccessibleTextRole)
    assert now in spoken
    assert reset == []
    room.screen.hide()
    assert not room.screen._clocks.isActive()


def test_moving_along_the_list_opens_nothing(room: Room) -> None:
    version = green(room)
    room.begin()
    room.stand_on(version)
    room.bot.keyClick(room.screen.list.view, DOWN)
    room.settle()
    assert room.screen.current_version() is None
    assert "decision.opened" not in room.front.kinds()


def test_enter_opens_and_records_it(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    assert room.screen.current_version() == version.id
    assert room.front.kinds()[-1] == "decision.opened"
    assert room.screen.reading.header.name.text() == "Maya Rowe"
    assert "sent by Ruth Osei" in room.screen.reading.header.where.text()


def test_nothing_is_chosen_beforehand_and_the_act_says_what_is_missing(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    assert room.screen.decision.verbs.value() is None
    assert not room.screen.decision.sign.act.is_ready()
    room.screen.main_act()
    assert "Choose first" in room.screen.decision.problem.words.text()
    room.choose(Verb.APPROVE)
    room.screen.main_act()
    assert "Type your PIN" in room.screen.decision.problem.words.text()
    assert room.named("Your PIN").hasFocus()
    assert room.state(version) is VersionState.PROPOSED


def test_approving_signs_sends_and_shows_the_case_number(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Management comment", "Clear now.")
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    signed = room.kept(version.id)
    assert (signed.state, signed.comment) == (VersionState.SIGNED, "Clear now.")
    assert "Accepted by the council. Case number NC-26-00001" in room.screen.decision.way.words()
    assert len(room.council.cases()) == 1
    assert room.screen.decision.sign.pin.text() == ""
    assert [r.version_id for r in room.screen.list.model.rows()] == [version.id]
    assert "C-26-04817 is signed." in room.said


def test_ctrl_enter_signs_once_from_wherever_one_stands(room: Room) -> None:
    version = green(room)
    window = MainWindow("Northmere MASH", room.front.watch, practice=True)
    room.bot.addWidget(window)
    window.add_screen("sign-off", room.screen, "Sign-off")
    window.resize(1900, 1000)
    window.show()
    window.show_screen("sign-off")
    room.settle()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.type_in("Management comment", "Clear now.")
    room.bot.keyClick(room.named("Management comment"), ENTER, Qt.KeyboardModifier.ControlModifier)
    room.settle()
    signed = room.kept(version.id)
    assert (signed.state, signed.comment) == (VersionState.SIGNED, "Clear now.")
    assert room.front.kinds().count("decision.signed") == 1


def test_wrong_pin_keeps_what_was_typed_and_says_so(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Management comment", "Clear now.")
    room.type_in("Your PIN", "9999")
    room.bot.keyClick(room.named("Your PIN"), ENTER)
    room.settle()
    assert "not your PIN" in room.screen.decision.problem.words.text()
    assert room.screen.decision.comment.toPlainText() == "Clear now."
    assert room.screen.decision.sign.act.isEnabled()
    assert room.state(version) is VersionState.PROPOSED


def test_returning_needs_words_and_no_pin(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.choose(Verb.RETURN)
    assert not room.screen.decision.sign.pin.isVisible()
    room.screen.main_act()
    assert "Say what is needed" in room.screen.decision.problem.words.text()
    room.type_in("Management comment", "What does Maya say?")
    room.screen.main_act()
    room.settle()
    returned = room.kept(version.id)
    assert (returned.state, returned.comment) == (VersionState.RETURNED, "What does Maya say?")
    assert room.screen.current_version() is None
    held = room.front.read(factory.contact(reference="C-26-04817"))
    assert held.state is ContactState.SCREENING


def test_approving_with_a_change_keeps_both_answers(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE_WITH_CHANGE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    assert "Choose an answer" in room.screen.decision.problem.words.text()
    pick = room.screen.decision.change.which
    pick.setCurrentIndex(pick.findData("level"))
    pick.activated.emit(pick.currentIndex())
    level = room.named("Level of need")
    level.setCurrentIndex(level.findData("3"))  # type: ignore[attr-defined]
    level.activated.emit(level.currentIndex())  # type: ignore[attr-defined]
    room.screen.main_act()
    assert "Say why you change it" in room.screen.decision.problem.words.text()
    room.type_in("Management comment", "Several services are needed.")
    room.screen.main_act()
    room.settle()
    signed = room.kept(version.id)
    assert signed.changed_by_signer == {"level": ("2", "3")}
    assert "with 1 change" in room.screen.decision.way.signed.words.text()
    assert len(room.council.cases()) == 1


def test_change_can_be_made_to_any_kind_of_answer(room: Room) -> None:
    version = red(room)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE_WITH_CHANGE)
    editor = room.screen.decision.change
    kinds = set()
    for row in range(editor.which.count()):
        editor.which.setCurrentIndex(row)
        editor.which.activated.emit(row)
        key = str(editor.which.itemData(row)).partition("@")[0]
        kinds.add(room.front.desk.profile.question(key).kind)
    assert kinds >= {QuestionKind.TEXT, QuestionKind.CHOICE, QuestionKind.CHOICES}
    assert editor.changes() == {}


def test_what_changed_shows_answers_and_words(room: Room) -> None:
    version = sent_again(room)
    room.begin()
    room.read(version)
    tabs = room.screen.reading.tabs
    assert tabs.value() == "changed"
    assert tabs.tabText(0) == "What changed"
    spoken = [
        w.accessibleName()
        for w in room.screen.reading.findChildren(QWidget)
        if w.isVisible() and "[added" in w.accessibleName()
    ]
    assert any("[removed: 4 Statutory]" in s and "[added: 3 Targeted]" in s for s in spoken)
    assert any("[added: Maya is afraid at night.]" in s for s in spoken)
    assert "second time sent" in room.screen.reading.header.where.text()
    assert "you returned it" in room.screen.reading.header.where.text()


def test_first_version_begins_at_the_whole_decision(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    assert room.screen.reading.tabs.value() == "whole"
    assert not room.screen.reading.since.isVisible()
    room.screen.next_tab()
    assert room.screen.reading.tabs.value() == "contact"


def test_comment_begun_on_one_is_there_after_reading_another(room: Room) -> None:
    one, other = green(room), red(room)
    room.begin()
    room.read(one)
    room.choose(Verb.APPROVE)
    room.type_in("Management comment", "Half a thought")
    room.read(other)
    assert room.screen.decision.comment.toPlainText() == ""
    assert room.screen.decision.verbs.value() is None
    room.read(one)
    assert room.screen.decision.comment.toPlainText() == "Half a thought"
    assert room.screen.decision.verbs.value() is Verb.APPROVE


def test_comment_outlives_the_window(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.type_in("Management comment", "Half a thought")
    room.screen.save_now()
    room.settle()
    again = SignOffScreen(room.holder, room.jobs)
    room.bot.addWidget(again)
    again.resize(1900, 1000)
    again.show()
    again.open_version(version.id)
    room.settle()
    assert again.decision.comment.toPlainText() == "Half a thought"


def test_count_of_what_waits_is_told(room: Room) -> None:
    counts: list[int] = []
    room.screen.count_changed.connect(counts.append)
    room.begin()
    version = green(room)
    room.screen.look_again()
    room.settle()
    room.holder.seat(room.front.tom)
    room.screen.look_again()
    room.settle()
    assert counts[:2] == [0, 1]
    assert counts[-1] == 1, "nobody is told of what they may not sign"
    assert room.state(version) is VersionState.PROPOSED


def test_pack_is_asked_for_once_it_is_signed(room: Room) -> None:
    asked: list[object] = []
    room.screen.print_asked.connect(asked.append)
    version = green(room)
    room.begin()
    room.read(version)
    room.screen.print_preview()
    assert asked == []
    assert room.said[-1] == "The pack is printed once the decision is signed."
    room.choose(Verb.APPROVE)
    room.type_in("Your PIN", "2222")
    room.screen.main_act()
    room.settle()
    room.screen.print_preview()
    assert asked == [version.contact_id]


def test_own_decision_can_be_read_and_not_signed(room: Room) -> None:
    contact = room.front.bring(factory.contact(rating="green"))
    version = room.front.proposed(contact, by=room.front.priya, rating="green")
    room.begin()
    room.read(version)
    assert "You wrote this decision" in room.screen.decision.why_not.words.text()
    assert not room.screen.decision.sign.isVisible()
    room.screen.main_act()
    room.settle()
    assert room.state(version) is VersionState.PROPOSED


def test_unread_green_cannot_be_ticked(room: Room) -> None:
    version = green(room)
    room.begin()
    room.stand_on(version)
    room.bot.keyClick(room.screen.list.view, SPACE)
    assert room.screen.list.model.ticked() == []
    assert room.said == ["Read Maya Rowe 7 first; then it can be ticked."]


def test_red_cannot_be_ticked(room: Room) -> None:
    version = red(room)
    room.begin()
    room.read(version)
    room.stand_on(version)
    room.bot.keyClick(room.screen.list.view, SPACE)
    assert room.screen.list.model.ticked() == []
    assert "read and signed by itself" in room.said[-1]


def test_several_read_greens_are_signed_together_with_one_pin(room: Room) -> None:
    greens = factory.alone("Callum Tranter", "C-26-04801"), factory.alone("Ida Moss", "C-26-04802")
    first, second = (room.front.proposed(room.front.looked_up(each)) for each in greens)
    room.begin()
    for version in (first, second):
        room.read(version)
        room.stand_on(version)
        room.bot.keyClick(room.screen.list.view, SPACE)
    batch = room.screen.list.batch
    assert batch.title.text() == "2 ticked, all Green, all checks passed"
    room.press(batch.act)
    room.type_in("Your PIN, for those ticked", "2222")
    room.bot.keyClick(batch.pin, ENTER)
    room.settle()
    assert [room.state(v) for v in (first, second)] == [VersionState.SIGNED] * 2
    assert room.said[-1] == "2 decisions are signed."
    assert not batch.isVisible()
    assert len(room.council.cases()) == 2


def test_another_person_sitting_down_finds_nothing_of_the_one_before(room: Room) -> None:
    version = green(room)
    room.begin()
    room.read(version)
    room.choose(Verb.APPROVE)
    room.type_in("Management comment", "Mine")
    room.type_in("Your PIN", "22")
    room.holder.seat(room.front.ola)
    room.settle()
    assert room.screen.current_version() is None
    assert room.screen.decision.sign.pin.text() == ""
    room.read(version)
    assert room.screen.decision.comment.toPlainText() == ""
    assert "Ola Adeyo" in room.screen.decision.sign.who.text()


def test_contact_officer_is_told_who_signs(room: Room) -> None:
    green(room)
    room.holder.seat(room.front.tom)
    room.begin()
    assert room.screen.not_allowed.isVisible()
    assert not room.screen.list.isVisible()


def test_blur_hides_names_from_readers_too(room: Room) -> None:
    green(room)
    room.begin()
    room.screen.set_blur(True)
    model = room.screen.list.model
    said = str(model.index(1).data(Qt.ItemDataRole.AccessibleTextRole))
    assert "Maya" not in said
    assert not room.screen.reading.isVisible()
    room.screen.set_blur(False)
    assert room.screen.reading.isVisible()


def test_next_contact_reads_the_next(room: Room) -> None:
    first, second = red(room, "C-26-04801"), red(room, "C-26-04802")
    room.begin()
    order = [r.version_id for r in room.screen.list.model.rows()]
    room.screen.next_contact(1)
    room.settle()
    assert room.screen.current_version() == order[0]
    room.screen.next_contact(1)
    room.settle()
    assert room.screen.current_version() == order[1]
    assert set(order) == {first.id, second.id}


def test_every_control_has_a_name_and_tab_meets_it_once(room: Room) -> None:
    version = sent_again(room)
    room.begin()
    room.read(version)
    stops = tab_stops(room.screen)
    assert len(stops) == len(set(stops))
    nameless = [w for w in stops if not (w.accessibleName() or getattr(w, "text", str)())]
    assert nameless == []


@pytest.mark.parametrize(
    ("width", "scale", "panes"), [(1900, 1.0, 3), (1350, 1.0, 3), (1350, 1.5, 1)]
)
def test_panes_fit_the_room(room: Room, width: int, scale: float, panes: int) -> None:
    version = sent_again(room)
    theme().set_text_scale(scale)
    room.screen.resize(width, 700)
    room.begin()
    room.read(version)
    assert sum(p.isVisible() for p in room.screen.panes()) == panes
    for pane in room.screen.panes():
        if pane.isVisible():
            assert pane.geometry().right() <= width
    if panes == 1:
        assert room.screen.reading.isVisible()
        assert room.screen.step_back()
        assert room.screen.list.isVisible()


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Maya Rowe 7, + Theo 3", ("Maya Rowe", "7, + Theo 3")),
        ("Baby Rowe unborn", ("Baby Rowe", "unborn")),
        ("Name not known", ("Name not known", "")),
        ("R2 4", ("R2", "4")),
    ],
)
def test_title_is_split_into_name_and_rest(title: str, parts: tuple[str, str]) -> None:
    assert split_title(title) == parts
