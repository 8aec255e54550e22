"""`fanlight --tour DIR`: the main job done by itself, through the real window, with proof.

It makes a practice hub of its own, works as two people with keys and clicks, and checks in the
store what the screen says. Pictures, papers and tour.json go to the directory.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from time import monotonic
from types import TracebackType
from uuid import UUID, uuid4

from PySide6.QtCore import (
    QEvent,
    QMessageLogContext,
    Qt,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from triage.practice.council import Deed, Turn
from triage.practice.hub import PracticeHub, open_practice
from triage.practice.people import WORKERS
from triage.practice.tour_files import late_file, tour_files
from ui.jobs import Jobs
from ui.tour_drive import Driver, NotTrueError
from ui.tour_stage import PracticeCouncil, Record, Stage
from ui.tour_walk import STEPS
from ui.workbench import Workbench

START = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)
"""Tuesday morning at the hub; the tour's clock runs on from here, so that each tour is alike."""

WINDOW = (1920, 1080)
LONGEST_S = 600


def run_tour(directory: Path, asked: argparse.Namespace, *, council_refuses: str = "") -> int:
    """Do the tour and give the exit code: 0 when every step was true.

    `asked.data` names another folder for the tour's own data; what stands there is not touched.
    With `council_refuses` the practice council refuses every decision, in those words: the tour
    must then say what is not true.
    """
    directory = directory.expanduser().resolve()
    parent = Path(asked.data).expanduser().resolve() if asked.data else directory
    try:
        for made in (directory, parent):
            made.mkdir(parents=True, exist_ok=True)
        for old in (*directory.glob("[0-9][0-9]-*.png"), directory / "tour.json"):
            old.unlink(missing_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="data-", dir=parent))
    except OSError as fault:
        print(f"Not begun. {fault.filename} can't be written: {fault.strerror}.")
        return 1
    _off_screen_where_there_is_none()
    from ui.application import make_application

    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    app = make_application(asked.theme or "light", asked.text)
    tour = _Tour(app, directory, folder, refuse=council_refuses)
    before = qInstallMessageHandler(_tell)
    try:
        return tour.run()
    finally:
        qInstallMessageHandler(before)
        shutil.rmtree(folder, ignore_errors=True)


def _off_screen_where_there_is_none() -> None:
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not shown:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _tell(_kind: QtMsgType, _where: QMessageLogContext, words: str) -> None:
    """Qt's own messages, but for those of a screen that is not there: it has no windows to raise
    and no keyboard to hold."""
    if not words.startswith("This plugin does not support"):
        print(words, file=sys.stderr)


def _running_clock() -> Callable[[], datetime]:
    began = monotonic()
    return lambda: START + timedelta(seconds=monotonic() - began)


class _Tour:
    """One run: hub, window, walk, record."""

    def __init__(self, app: QApplication, directory: Path, folder: Path, refuse: str) -> None:
        self._app, self._directory, self._folder = app, directory, folder
        self._refuse = refuse
        self._clock = _running_clock()
        self._jobs = Jobs(app)
        self._jobs.stranded.connect(self._over)
        self._record = Record(directory, _versions(app))
        self._bench = Workbench(self._jobs, clock=self._clock)
        self._hub: PracticeHub | None = None
        self._driver: Driver | None = None
        self._ended = ""

    def run(self) -> int:
        """Run the event loop until the walk is over."""
        self._bench.window.resize(*WINDOW)
        self._bench.window.show()
        self._bench.window.activateWindow()
        sys.excepthook = self._unforeseen
        QTimer.singleShot(LONGEST_S * 1000, self._bench.window, self._too_long)
        QTimer.singleShot(0, self._begin)
        self._app.exec()
        if self._bench.background is not None:
            self._bench.background.stop()
        self._jobs.close()
        self._bench.window.close()
        if self._hub is not None:
            self._hub.close()
        # While Python still knows of them: Qt's objects do not outlive the interpreter well.
        self._bench.window.deleteLater()
        self._bench.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        try:
            self._record.save(self._ended)
        except OSError as fault:
            self._ended = f"Not true. tour.json can't be written: {fault.strerror}. {self._ended}"
        print(self._ended)
        return 0 if self._ended == ALL_TRUE else 1

    def _begin(self) -> None:
        bench = self._bench

        def progress(words: str) -> None:
            self._jobs.post(lambda: bench.front.say(words), owner=bench.window)

        self._jobs.run(
            lambda: open_practice(
                self._folder / "practice",
                now=self._clock,
                new_id=uuid4,
                progress=progress,
                search_apart=True,
            ),
            self._opened,
            self._over,
        )

    def _opened(self, practice: PracticeHub) -> None:
        self._hub = practice
        try:
            self._start(practice)
        except Exception as fault:
            self._over(fault)

    def _start(self, practice: PracticeHub) -> None:
        pins = {worker.id: pin for worker, pin in WORKERS}
        self._bench.open_hub(practice.hub, WORKERS[0][0], practice_pins=pins, first=True)
        if self._refuse:
            turn = Turn(deed=Deed.REFUSE, words=self._refuse)
            practice.council.next(turn, times=10)
        stage = Stage(
            bench=self._bench,
            jobs=self._jobs,
            hub=practice.hub,
            pins=pins,
            directory=self._directory,
            council=_council(practice),
            files=tour_files(self._folder / "files", self._clock()),
            late_file=late_file(self._folder / "files", self._clock()),
        )
        self._driver = Driver(self._bench.window, self._over)
        self._driver.start(self._record.walk(stage, STEPS))

    def _unforeseen(
        self, _kind: type[BaseException], fault: BaseException, _trace: TracebackType | None
    ) -> None:
        """What nobody caught ends the tour: it is not true that all went well."""
        traceback.print_exception(fault)
        self._over(NotTrueError(f"Something not foreseen happened: {fault!r}"))

    def _too_long(self) -> None:
        self._over(NotTrueError(f"The tour was not over after {LONGEST_S // 60} minutes."))

    def _over(self, fault: Exception | None) -> None:
        if self._ended:
            return
        self._ended = ALL_TRUE
        if fault is not None:
            window = self._bench.window if self._hub is not None else None
            self._ended = f"Not true. {self._record.fail(fault, window)}"
        self._app.quit()


ALL_TRUE = "Every step was true."


def _council(practice: PracticeHub) -> PracticeCouncil:
    def receipt(decision_id: UUID) -> bytes:
        for case in practice.council.cases():
            if case.decision_id == str(decision_id):
                return case.receipt
        raise NotTrueError("The council holds no case for this decision.")

    return PracticeCouncil(
        lose=lambda: practice.council.next(Deed.LOSE),
        held=lambda: len(practice.council.cases()),
        receipt=receipt,
        keys=practice.council.receipt_jwks(),
    )


def _versions(app: QApplication) -> dict[str, str]:
    def version(name: str) -> str:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            return "not installed as a package"

    return {
        "fanlight": version("fanlight"),
        "python": platform.python_version(),
        "pyside6": version("PySide6-Essentials"),
        "system": platform.platform(),
        "screen": app.platformName(),
    }
