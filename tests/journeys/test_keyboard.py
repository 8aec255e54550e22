"""What people do with keys in the real window, and what the store then holds."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from tests.conftest import PRACTICE_NOW
from tests.journeys.conftest import PINS, WHO, Seat
from triage.domain.decision import VersionState
from triage.practice.decisions import decide_as_told
from triage.practice.hub import PracticeHub, open_practice
from triage.workflow import decide, people, screen, to_sign
from triage.workflow.queue import QueueRow, queue
from ui.list_notices import FILE, LINE
from ui.tour_decide import ANSWERS
from ui.tour_drive import focused, is_there, press, type_into
from ui.triage.hidden import HIDDEN_NAME

Sit = Callable[[str], Seat]


def test_every_fault_of_a_profile_stays_in_sight_with_its_file_and_line(sit: Sit) -> None:
    seat = sit("rosei")
    faults = ("form.toml, line 3: one fault.", "codes/raises.csv, line 9: <b>another</b>.")
    seat.bench.tell_faults(faults)
    box = seat.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert box.isVisible()
    assert box.informativeText() == "\n\n".join(faults)
    assert box.textFormat() is Qt.TextFormat.PlainText
    box.close()


NO_LIST = "No list from Education is here yet."


@pytest.mark.parametrize(("who", "told"), [("rosei", True), ("mgreig", False)])
def test_list_that_is_not_here_is_told_beside_the_work_to_who_looks_people_up_alone(
    sit: Sit, who: str, told: bool
) -> None:
    seat = sit(who)
    seat.bench.lists_loaded((NO_LIST,))
    assert seat.bench.list_notices.strip.isVisible() is told
    assert seat.window.findChild(QMessageBox) is None
    assert (LINE in seat.bench.window.menus.commands()) is told


def test_lists_that_were_seen_are_told_again_only_tomorrow_or_when_another_fails(sit: Sit) -> None:
    seat = sit("rosei")
    notices = seat.bench.list_notices
    seat.bench.lists_loaded((NO_LIST,))
    notices.strip.show_all.setFocus()
    seat.press("Space")
    box = seat.window.findChild(QMessageBox)
    assert box is not None
    assert NO_LIST in box.informativeText()
    box.close()
    assert not notices.strip.isVisible()

    again = sit("rosei").bench
    again.lists_loaded((NO_LIST,))
    assert not again.list_notices.strip.isVisible()
    assert LINE in again.window.menus.commands()
    again.lists_loaded((NO_LIST, "No list from Housing is here yet."))
    assert again.list_notices.strip.isVisible()
    again.list_notices.strip.let_go.setFocus()
    seat.press("Space")
    kept = json.loads((seat.practice.hub.folder / FILE).read_text(encoding="utf-8"))
    (seat.practice.hub.folder / FILE).write_text(
        json.dumps(kept | {"day": "2026-11-23"}), encoding="utf-8"
    )
    again.lists_loaded((NO_LIST,))
    assert again.list_notices.strip.isVisible()


def test_strip_can_not_be_pressed_behind_the_lock(sit: Sit) -> None:
    seat = sit("rosei")
    seat.bench.lists_loaded((NO_LIST,))
    seat.press("Shift+F9")
    assert not seat.bench.list_notices.strip.show_all.isEnabled()


def test_words_typed_after_f8_are_kept_without_pressing_anything(sit: Sit) -> None:
    seat = sit("rosei")
    contact_id = seat.open("Maya Rowe")
    assert isinstance(contact_id, UUID)
    assert seat.bench.triage.decision.reveal("analysis")
    type_into(focused(), "Maya took charge.")
    seat.wait(lambda: _kept(seat, contact_id, "analysis") == "Maya took charge.")
    seat.press("F8")
    seat.press("Ctrl+PgUp")
    seat.wait(lambda: "Maya" not in seat.bench.triage.header.name.text())
    seat.press("Ctrl+PgDown")
    seat.wait(lambda: "Maya" in seat.bench.triage.header.name.text())
    seat.settled()
    assert seat.bench.triage.decision.reveal("analysis")
    seat.wait(lambda: "Maya took charge." in focused().toPlainText())  # type: ignore[attr-defined]


def test_who_unlocks_their_own_window_goes_on_where_they_were(sit: Sit) -> None:
    seat = sit("rosei")
    seat.open("Maya Rowe")
    assert seat.bench.triage.decision.reveal("analysis")
    left = focused()
    seat.press("Shift+F9")
    assert seat.bench.window.is_locked()
    type_into(focused(), PINS["rosei"])
    seat.press("Return")
    seat.wait(lambda: not seat.bench.window.is_locked())
    seat.settled()
    assert "Maya" in seat.bench.triage.header.name.text()
    assert focused() is left


def test_leader_who_wrote_a_decision_is_not_offered_to_sign_it(sit: Sit) -> None:
    seat = sit("pnandra")
    contact_id = seat.open("Maya Rowe")
    assert isinstance(contact_id, UUID)
    told = {key.partition("@")[0]: value for key, value in ANSWERS.items() if "@" not in key}
    told["strategy_at"] = "2026-11-24T14:30"
    version = decide_as_told(seat.desk(), contact_id, told)  # type: ignore[arg-type]
    seat.press("Ctrl+2")
    signing = seat.bench.sign_off
    seat.wait(lambda: signing.list.model.row_of(version.id) >= 0)
    seat.settled()
    view = signing.list.view
    view.setCurrentIndex(signing.list.model.index(signing.list.model.row_of(version.id)))
    press(view, "Return")
    seat.wait(lambda: signing.current_version() == version.id and signing.decision.isVisible())
    seat.wait(lambda: not signing.decision.why_not.isHidden())
    assert not is_there(signing, "Approve:", QPushButton)
    assert not is_there(signing, "Approve and sign", QPushButton)
    [sent] = decide.versions_sent(seat.desk(), contact_id)
    assert sent.state is VersionState.PROPOSED


def test_leader_who_sits_down_sees_how_many_decisions_wait(sit: Sit) -> None:
    seat = sit("pnandra")
    tabs = seat.bench.window.top.tabs

    def told() -> list[str]:
        return [tabs.accessibleTabName(at) for at in range(tabs.count())]

    found = to_sign.waiting(seat.desk())
    waiting = len(found.ready_together) + len(found.one_by_one)
    assert waiting
    seat.wait(lambda: f"Sign-off, {waiting}" in told())
    assert not seat.bench.window.is_built("sign-off")
    assert seat.bench.holder is not None
    seat.bench.holder.seat(people.switch(seat.desk(), "rosei", PINS["rosei"]))
    seat.settled()
    assert "Sign-off" in told(), "who may not sign is not shown the leader's number"


def test_contact_officer_finds_no_decision_to_sign(sit: Sit) -> None:
    seat = sit("rosei")
    seat.press("Ctrl+2")
    seat.wait(lambda: seat.bench.window.current() == "sign-off")
    seat.wait(lambda: "Team leaders sign decisions here" in seat.read_aloud())
    assert not is_there(seat.bench.sign_off, "Approve and sign", QPushButton)


def test_two_windows_on_one_answer_show_yours_and_theirs(sit: Sit) -> None:
    ruth = sit("rosei")
    contact_id = ruth.open("Maya Rowe")
    assert isinstance(contact_id, UUID)
    tom = people.switch(ruth.desk(), "tbell", PINS["tbell"])
    pane = ruth.bench.triage.decision
    assert pane.reveal("analysis")
    type_into(focused(), "Written by Ruth.")
    # Tom, in another window, is quicker to have his kept.
    decide.save_answer(tom, contact_id, "analysis", "Written by Tom.", 0)
    ruth.press("Ctrl+S")
    field = next(f for f in pane.fields() if f.key == "analysis")
    ruth.wait(field.in_conflict)
    shown = ruth.read_aloud()
    assert "Written by Tom." in shown
    assert "Tom Bell" in shown
    conflict = field.conflict()
    assert conflict is not None
    offered = [b for b in conflict.findChildren(QPushButton) if b.isVisible()]
    both = next(b for b in offered if "both" in b.text().lower())
    both.setFocus(Qt.FocusReason.TabFocusReason)
    press(both, "Space")
    ruth.wait(
        lambda: (
            {"Written by Ruth.", "Written by Tom."}
            == set(str(_kept(ruth, contact_id, "analysis")).split("\n\n"))
        )
    )


def test_blur_hides_names_from_eyes_and_readers_until_pressed_again(sit: Sit) -> None:
    seat = sit("rosei")
    seat.open("Maya Rowe")
    assert "Maya" in seat.read_aloud()
    seat.press("F9")
    seat.settled()
    seat.wait(lambda: "Maya" not in seat.read_aloud())
    model = seat.bench.triage.queue.model
    for number in range(model.rowCount()):
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            assert "Rowe" not in str(model.index(number, 0).data(role) or "")
    assert HIDDEN_NAME in str(
        [model.index(n, 0).data(Qt.ItemDataRole.DisplayRole) for n in range(model.rowCount())]
    )
    seat.press("F9")
    seat.wait(lambda: "Maya" in seat.read_aloud())


def test_second_start_makes_nothing_anew_and_shows_what_was_kept(
    practice_made: Path, tmp_path: Path, practice: PracticeHub
) -> None:
    desk = practice.hub.desk(WHO["pnandra"])
    before = {e.contact_id for e in _rows(practice)}
    folder = practice.hub.folder
    practice.council.stop()
    said: list[str] = []
    again = open_practice(
        folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=60, progress=said.append
    )
    try:
        assert said == []
        assert {e.contact_id for e in _rows(again)} == before
        reopened = again.hub.desk(WHO["pnandra"])
        for contact_id in before:
            assert screen.look_again(reopened, contact_id).contact == (
                screen.look_again(desk, contact_id).contact
            )
    finally:
        again.close()


def _rows(practice: PracticeHub) -> tuple[QueueRow, ...]:
    return tuple(queue(practice.hub.desk(WHO["pnandra"])).rows)


def _kept(seat: Seat, contact_id: UUID, key: str) -> object:
    return decide.decision_again(seat.desk(), contact_id).value(key)
