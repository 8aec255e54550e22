"""Compare, by keyboard, on a real practice hub."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from matching import shipped_weights
from triage.domain.lookup import HOUSEHOLD, Outcome, Subject, VerdictKind
from triage.domain.worker import Role
from triage.practice.hub import PracticeHub
from triage.practice.people import WORKERS
from triage.storage import lookups
from triage.workflow import match, queue, screen
from ui.compare.compare_model import FactRow, GroupHead
from ui.compare.screen import CompareScreen
from ui.compare.verdict_panel import effect
from ui.compare.waterfall import steps_of
from ui.desk import DeskHolder
from ui.jobs import Jobs
from ui.weighed import ALSO_AT_HOME


@pytest.fixture
def compare(practice: PracticeHub, qtbot: QtBot) -> Iterator[CompareScreen]:
    desk = practice.hub.desk(WORKERS[0][0])
    jobs = Jobs()
    made = CompareScreen(DeskHolder(desk), jobs)
    qtbot.addWidget(made)
    made.resize(1900, 1000)
    row = next(r for r in queue.queue(desk).rows if r.title.startswith("Maya Rowe"))
    made.show()
    made.show_subject(Subject(contact_id=row.contact_id, person="c1"))
    qtbot.waitUntil(lambda: made.table.facts.rowCount() > 0)
    yield made
    jobs.close()


def contact_of(made: CompareScreen) -> screen.ContactView:
    assert made._subject is not None
    return screen.look_again(made._holder.current(), made._subject.contact_id)


def test_what_would_tell_near_records_apart_stands_above_them_until_it_is_said(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    assert not compare.settling.isVisible()
    desk = compare._holder.current()
    view = contact_of(compare)
    [health] = [r for r in view.results if (r.subject.person, r.partner) == ("c1", "health")]
    near = replace(health, outcome=Outcome.MANY, near=2, settle=("mother", "postcode"))
    with desk.store.write() as tx:
        lookups.save_result(tx, near)
    compare.refresh()
    qtbot.waitUntil(compare.settling.isVisible)
    words = "Health index: two near; the mother's name or a postcode would separate them."
    assert compare.settling.words.text() == words
    assert compare.settling.accessibleName() == words
    match.not_same(desk, health.subject, health.candidates[0], ("Different birth date",))
    compare.refresh()
    qtbot.waitUntil(lambda: not compare.settling.isVisible())


@pytest.mark.parametrize(
    ("events", "words"), [(1, "1 earlier event joins"), (2, "2 earlier events join")]
)
def test_one_event_joins_and_two_join(compare: CompareScreen, events: int, words: str) -> None:
    candidate = compare._candidates[0]
    record = replace(candidate.record, involvement=candidate.record.involvement[:1] * events)
    assert effect(replace(candidate, record=record), VerdictKind.SAME).startswith(words)


def test_nothing_is_chosen_for_the_person(compare: CompareScreen) -> None:
    assert compare.panel.chosen() is None


def test_every_fact_speaks_whose_it_is_and_whether_it_agrees(compare: CompareScreen) -> None:
    facts = compare.table.facts
    said = [
        facts.index(r, 2).data(Qt.ItemDataRole.AccessibleTextRole)
        for r, row in enumerate(facts.rows)
        if not isinstance(row, GroupHead)
    ]
    assert "Name, record 1: Maya Grace Rowe, close" in said
    assert "Born, record 1: 14 Mar 2019, same" in said


def test_who_may_not_link_reads_and_is_offered_no_verdict(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    desk, before = compare._holder.current(), contact_of(compare).verdicts
    looker = replace(desk.worker, id="vauld", role=Role.AUDITOR, job="Auditor")
    compare._holder.seat(desk.as_worker(looker))
    compare.refresh()
    qtbot.waitUntil(lambda: not compare.again.isVisible())
    panel = compare.panel
    acts = (panel.kind, panel.why, panel.words, panel.effect, panel.act)
    assert not [part for part in acts if part.isVisible()]
    assert panel.question.text() == "Nothing was said of record 1."
    assert "not the same" not in compare.hints.text()
    compare.table.setFocus()
    QTest.keyClick(compare.table, Qt.Key.Key_L)
    compare.main_act()
    assert panel.chosen() is None
    assert not panel.fault.isVisible()
    assert contact_of(compare).verdicts == before
    compare._holder.seat(desk)
    compare.refresh()
    qtbot.waitUntil(compare.again.isVisible)
    assert panel.kind.isVisible()
    assert panel.act.isVisible()


def test_l_and_ctrl_enter_link_the_record_with_its_reason(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    compare.table.setFocus()
    QTest.keyClick(compare.table, Qt.Key.Key_L)
    assert compare.panel.chosen() is VerdictKind.SAME
    compare.panel.why.chips()[0].click()
    with qtbot.waitSignal(compare.decided, timeout=5000):
        compare.main_act()
    verdict = contact_of(compare).verdicts[-1]
    assert verdict.kind is VerdictKind.SAME
    assert verdict.reasons == ("Same NHS number or UPN",)
    record = compare._candidates[0].record
    compare.refresh()
    qtbot.waitUntil(lambda: compare.earlier.rowCount() == 1)
    partner = compare._holder.current().partner_name(record.partner)
    assert compare.earlier.index(0, 1).data() == (
        f"Ruth Osei linked: {partner}, {record.record_id}. Same NHS number or UPN"
    )
    assert compare.panel.question.text() == "Record 1 is linked as the same child."
    assert compare.panel.chosen() is None
    compare.choose(2)
    assert compare.panel.question.text() == "Is record 2 the same child?"
    compare.set_blur(True)
    assert not compare.earlier_table.isVisible()


def test_what_was_said_of_another_persons_record_does_not_stand_here(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    desk, view = compare._holder.current(), contact_of(compare)
    mine = {
        c.record.record_id for r in view.results if r.subject.person == "c1" for c in r.candidates
    }
    theirs = next(
        (r.subject, c)
        for r in view.results
        if r.subject.person == "c2"
        for c in r.candidates
        if c.record.record_id not in mine
    )
    match.link(desk, *theirs)
    match.link(desk, compare._subject, compare._candidates[0])
    compare.refresh()
    qtbot.waitUntil(lambda: compare.earlier.rowCount() > 0)
    assert compare.earlier.rowCount() == 1


def test_not_the_same_without_a_reason_says_so_and_keeps_what_was_chosen(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    QTest.keyClick(compare.table, Qt.Key.Key_3)
    QTest.keyClick(compare.table, Qt.Key.Key_X)
    compare.main_act()
    qtbot.waitUntil(lambda: compare.panel.fault.isVisible())
    assert "wants a reason" in compare.panel.fault.words.text()
    assert compare.panel.chosen() is VerdictKind.NOT_SAME
    assert contact_of(compare).verdicts == ()


def test_the_waterfall_ends_at_the_score(compare: CompareScreen) -> None:
    for candidate in compare._candidates:
        steps = steps_of(candidate)
        assert steps[0].start == candidate.prior
        assert steps[-1].start == candidate.score
        assert steps[-2].start + steps[-2].weight == pytest.approx(candidate.score, abs=0.05)


def test_others_in_the_home_are_the_last_step_but_neither_listed_nor_counted(
    compare: CompareScreen,
) -> None:
    first = compare._candidates[0]
    assert HOUSEHOLD in [e.field for e in first.evidence]
    step = steps_of(first)[-2]
    assert (step.words, step.level) == ("Others in the home", "shared"), "not against"
    assert step.weight < 0.0
    assert step.sentence.startswith("A brother, sister or parent in the same home would agree")
    assert HOUSEHOLD not in {r.field for r in compare.table.facts.rows if isinstance(r, FactRow)}
    head = compare.heads[1]
    assert head.counts.text().endswith("0 different")
    assert [p for p in head.bar._parts if p.kind == "different"] == [], "as the head counts"
    assert ALSO_AT_HOME in head.bar.text()


def test_a_postcode_that_agrees_has_a_step_of_its_own(compare: CompareScreen) -> None:
    steps = {s.words: s.weight for s in steps_of(compare._candidates[0])}
    assert steps["Postcode, same"] > 1.0


def test_the_bands_behind_the_steps_begin_where_the_weights_say(compare: CompareScreen) -> None:
    chart = compare.chart
    places = {words: left for words, left, _ in chart.band_places()}
    for band, floor in shipped_weights().bands.items():
        assert places[band] == chart.at(floor)


def test_only_rows_that_differ_leaves_out_what_agrees(compare: CompareScreen) -> None:
    before = compare.table.facts.rowCount()
    compare.only.setChecked(True)
    rows = compare.table.facts.rows
    assert 0 < len(rows) < before
    assert all(isinstance(row, GroupHead) or row.differs for row in rows)


def test_blur_hides_values_from_readers_too(compare: CompareScreen) -> None:
    assert compare.right_pane.subtitle.text() == "Record 1, Maya Grace Rowe"
    compare.set_blur(True)
    assert compare.right_pane.subtitle.text() == "Record 1"
    facts = compare.table.facts
    said = " ".join(
        str(facts.index(r, c).data(Qt.ItemDataRole.AccessibleTextRole))
        for r in range(facts.rowCount())
        for c in range(facts.columnCount())
    )
    assert "Rowe" not in said


def test_a_small_window_shows_one_pane_and_l_leads_to_why(
    compare: CompareScreen, qtbot: QtBot
) -> None:
    compare.resize(911, 420)
    assert compare.left_pane.isVisible()
    assert not compare.right_pane.isVisible()
    compare.table.setFocus()
    QTest.keyClick(compare.table, Qt.Key.Key_L)
    assert compare.right_pane.isVisible()
    assert not compare.left_pane.isVisible()
    assert compare.panel.chosen() is VerdictKind.SAME
    compare.next_tab()
    assert compare.left_pane.isVisible()
    compare.resize(1900, 1000)
    assert compare.left_pane.isVisible()
    assert compare.right_pane.isVisible()
