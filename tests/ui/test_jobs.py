"""Work off the window's thread comes back in order, once, and to nobody who has gone."""

import threading

from PySide6.QtCore import QEvent, QObject, QThread
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from triage.beside import WINDOW
from ui.jobs import Jobs, Token


def test_a_result_comes_back_in_the_windows_thread(qtbot: QtBot, qapp: QApplication) -> None:
    jobs = Jobs()
    seen: list[tuple[int, bool]] = []
    main = QThread.currentThread()
    jobs.run(lambda: 42, lambda n: seen.append((n, QThread.currentThread() is main)))
    qtbot.waitUntil(lambda: bool(seen))
    jobs.close()
    assert seen == [(42, True)]


def test_the_store_lane_keeps_its_order(qtbot: QtBot) -> None:
    jobs = Jobs()
    seen: list[int] = []
    gate = threading.Event()
    jobs.run(gate.wait, lane="store")
    for n in range(20):
        jobs.run(lambda n=n: n, seen.append, lane="store")
    gate.set()
    qtbot.waitUntil(lambda: len(seen) == 20)
    jobs.close()
    assert seen == list(range(20))


def test_a_fault_goes_to_failed_or_is_told_as_stranded(qtbot: QtBot) -> None:
    jobs = Jobs()
    told: list[str] = []
    jobs.stranded.connect(lambda fault: told.append(f"stranded {fault}"))

    def break_down() -> None:
        raise ValueError("no")

    jobs.run(break_down, failed=lambda fault: told.append(f"failed {fault}"), lane="store")
    jobs.run(break_down, lane="store")
    qtbot.waitUntil(lambda: len(told) == 2)
    jobs.close()
    assert told == ["failed no", "stranded no"]


def test_a_result_for_a_deleted_owner_is_dropped(qtbot: QtBot, qapp: QApplication) -> None:
    jobs = Jobs()
    owner, gate, seen = QObject(), threading.Event(), []
    jobs.run(gate.wait, lambda _: seen.append("owner"), owner=owner, lane="store")
    jobs.run(lambda: 1, lambda _: seen.append("free"), lane="store")
    owner.deleteLater()
    qapp.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    gate.set()
    qtbot.waitUntil(lambda: bool(seen))
    jobs.close()
    assert seen == ["free"]


def test_a_job_called_off_does_not_start_and_is_not_told(qtbot: QtBot) -> None:
    jobs = Jobs()
    gate, ran, token = threading.Event(), [], Token()
    jobs.run(gate.wait, lane="store")
    jobs.run(lambda: ran.append("work"), lambda _: ran.append("told"), lane="store", token=token)
    token.cancel()
    jobs.run(lambda: 1, lambda _: ran.append("last"), lane="store")
    gate.set()
    qtbot.waitUntil(lambda: bool(ran))
    jobs.close()
    assert ran == ["last"]


def test_post_reaches_the_window_from_a_worker(qtbot: QtBot) -> None:
    jobs = Jobs()
    seen: list[int] = []

    def work() -> None:
        for n in range(3):
            jobs.post(lambda n=n: seen.append(n))

    jobs.run(work)
    qtbot.waitUntil(lambda: len(seen) == 3)
    jobs.close()
    assert seen == [0, 1, 2]


def test_closing_finishes_what_the_store_was_given(qtbot: QtBot) -> None:
    jobs = Jobs()
    kept: list[int] = []
    for n in range(10):
        jobs.run(lambda n=n: kept.append(n), lane="store")
    jobs.close()
    assert kept == list(range(10))
    assert jobs.run(lambda: kept.append(99)).cancelled
    assert not jobs.busy()


def test_what_was_sent_to_the_store_is_awaited_until_its_answer_has_been_heard(
    qtbot: QtBot,
) -> None:
    """Done is not enough: a fault that nobody has been told of is still on its way."""
    jobs, heard = Jobs(), []

    def full() -> None:
        raise ValueError("full")

    jobs.run(full, failed=lambda fault: heard.append(str(fault)), lane="store")
    jobs.run(lambda: None, lane="store")
    jobs.after_store(lambda: heard.append(f"after, {jobs.awaits_store()}"))
    while jobs.busy():
        pass
    assert (heard, jobs.awaits_store()) == ([], True)
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == ["full", "after, False"]
    jobs.close()


def _jobs_stand_back() -> bool:
    return bool(WINDOW._until)


def test_jobs_stand_back_while_a_result_is_taken_in_and_go_on_after(qtbot: QtBot) -> None:
    jobs, seen = Jobs(), []
    jobs.run(lambda: 1, lambda _: seen.append(_jobs_stand_back()))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [True]
    qtbot.waitUntil(lambda: not _jobs_stand_back())
    jobs.close()


def test_jobs_stand_back_while_the_window_is_painted_and_go_on_after(qtbot: QtBot) -> None:
    seen: list[bool] = []

    class Pane(QWidget):
        def paintEvent(self, event: QPaintEvent) -> None:
            seen.append(_jobs_stand_back())

    jobs, window = Jobs(), Pane()
    qtbot.addWidget(window)
    jobs.turn.watch(window)
    window.show()
    qtbot.waitUntil(lambda: bool(seen) and not _jobs_stand_back())
    seen.clear()
    window.update()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [True]
    qtbot.waitUntil(lambda: not _jobs_stand_back())
    jobs.close()
