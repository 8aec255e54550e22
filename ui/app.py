"""Fanlight's window: the one place that puts the pieces together."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from triage.workflow.places import HUB_FILE, SEALED_KEYS, STORE_FILE, no_core_files, usable
from ui.application import make_application
from ui.errors import sentence, show_fault
from ui.front import Front
from ui.jobs import Jobs
from ui.preferences import Preferences, keep_preferences, read_preferences
from ui.sweep import keep_what_is_held
from ui.theme import theme
from ui.waiting_for_hub import WaitingForHub

if TYPE_CHECKING:
    from triage.domain.worker import Worker
    from triage.practice.hub import PracticeHub
    from triage.workflow.desk import Desk
    from triage.workflow.hub import Hub
    from triage.workflow.hub_desk import KeptHere
    from ui.shell.dialogs import PassphraseBox
    from ui.workbench import Workbench

log = logging.getLogger(__name__)

NO_SCREEN = (
    "There is no screen here to show Fanlight on, so it was not opened. Start it where there is "
    "one; --tour DIR checks an installation without."
)

SHOWN_MS = 20
"""After which the window is on the screen, and what fills it may be imported."""


def data_folder(chosen: str | None) -> Path:
    """Where this person's Fanlight keeps everything: `--data DIR`, or the system's place."""
    if chosen:
        return Path(chosen).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("Fanlight", appauthor=False)


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="fanlight", description="The front door's triage workstation."
    )
    parser.add_argument("--data", metavar="DIR", help="keep everything in DIR")
    parser.add_argument("--theme", choices=("light", "dark", "highContrast", "system"))
    parser.add_argument("--text", type=int, choices=(100, 115, 130, 150), metavar="PERCENT")
    parser.add_argument(
        "--tour",
        metavar="DIR",
        help="do the main job by itself on a practice hub, saving pictures and papers to DIR",
    )
    parser.add_argument("--version", action="store_true", help="say which Fanlight this is")
    return parser.parse_args(argv)


def open_practice_hub(folder: Path, progress: Callable[[str], None]) -> tuple[PracticeHub, Desk]:
    """The practice hub in the data folder, made at the first start, with its first person at the
    desk: unlocking a key takes a moment, and is done here and not by the window."""
    from triage.practice.stand_ins_apart import StandInsApart

    apart = StandInsApart()  # first: it gets ready while this process imports what it needs
    from triage.practice.hub import open_practice
    from triage.practice.people import WORKERS
    from triage.workflow import people

    try:
        with usable(folder):
            practice = open_practice(
                folder / "practice",
                now=_now,
                new_id=uuid4,
                progress=progress,
                search_apart=True,
                apart=apart,
            )
    except BaseException:
        apart.close()
        raise
    worker, pin = WORKERS[0]
    return practice, people.switch(practice.hub.desk(worker), worker.id, pin)


def open_own_hub(folder: Path, passphrase: str) -> Hub:
    """A desk made by `fanlightctl desk create`; SecretsError for a wrong passphrase or keyring."""
    from triage.workflow.hub import open_hub, profile_of, vault_of, with_council, with_post

    with usable(folder):
        vault = vault_of(folder, lambda: passphrase)
        hub = open_hub(
            folder,
            vault=vault,
            profile_folder=profile_of(folder),
            now=_now,
            new_id=uuid4,
            search_apart=True,
        )
        return with_post(with_council(hub, vault), vault)


def with_people(hub: Hub) -> tuple[Hub, tuple[Worker, ...]]:
    """A hub that was opened, with who may sit down; closed again where that can't be read."""
    try:
        return hub, hub.workers()
    except BaseException:
        hub.close()
        raise


def kept_here(folder: Path, passphrase: str) -> KeptHere:
    """What was typed in `folder` and waits for its hub."""
    from triage.workflow import hub_desk
    from triage.workflow.hub import vault_of

    return hub_desk.kept_here(folder, vault_of(folder, lambda: passphrase))


def read_kept(folder: Path, passphrase: str, pin: str) -> tuple[str, ...]:
    """What waits there, to read; NotAllowedError for a PIN that is not its person's."""
    from triage.workflow import hub_desk
    from triage.workflow.hub import profile_of, vault_of

    vault = vault_of(folder, lambda: passphrase)
    return hub_desk.read_kept(folder, vault, pin, profile_of(folder), _now())


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; returns what the process should end with."""
    multiprocessing.freeze_support()
    no_core_files()
    asked = arguments(argv)
    if asked.version:
        from importlib.metadata import version

        sys.stdout.write(f"Fanlight {version('fanlight')}\n")
        return 0
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    if asked.tour:
        from ui.tour import run_tour

        return run_tour(Path(asked.tour), asked)
    if not _has_screen():
        sys.stderr.write(f"{NO_SCREEN}\n")
        return 1
    folder = data_folder(asked.data)
    liked = read_preferences(folder)
    app = make_application(asked.theme or liked.theme, asked.text or round(liked.text_scale * 100))

    def keep() -> None:
        chosen = Preferences(theme=theme().choice, text_scale=theme().text_scale)
        keep_preferences(folder, chosen)

    theme().changed.connect(keep)
    jobs = Jobs(app)
    jobs.stranded.connect(lambda fault: show_fault(app.activeWindow(), fault))
    opening = _Opening(app, jobs, folder)
    QTimer.singleShot(0, opening.begin)
    code = app.exec()
    opening.stop_searching()
    jobs.close()
    opening.close()
    return code


class _Opening:
    """From the first picture to the queue: the hub is opened behind the window's back."""

    def __init__(self, app: QApplication, jobs: Jobs, folder: Path) -> None:
        self._app, self._jobs, self._folder = app, jobs, folder
        self._own = _is_there(folder / STORE_FILE) or _is_there(folder / HUB_FILE)
        self._front = Front(_now, practice=not self._own)
        self._kept: Workbench | None = None
        self._stop_searching: Callable[[], None] = lambda: None
        self._close: Callable[[], None] = lambda: None

    def begin(self) -> None:
        """Show the window at once, and open the hub in a thread."""
        self._front.show()
        if not self._own:
            self._open_practice()
        elif _is_there(self._folder / SEALED_KEYS):
            self._ask_passphrase()
        else:
            self._open_own("", None)
        QTimer.singleShot(SHOWN_MS, self._front.window, self._bench)

    def _bench(self) -> Workbench:
        """Everything that fills the window; what it takes is imported while the hub is opened."""
        if self._kept is None:
            from ui.workbench import Workbench

            keep_what_is_held()
            self._kept = Workbench(self._jobs, clock=_now, front=self._front)
        return self._kept

    def _open_practice(self) -> None:
        def progress(words: str) -> None:
            self._jobs.post(lambda: self._front.say(words), owner=self._front.window)

        self._jobs.run(
            lambda: open_practice_hub(self._folder, progress),
            lambda opened: self._practice_opened(*opened),
            self._not_opened,
        )

    def _practice_opened(self, practice: PracticeHub, desk: Desk) -> None:
        from triage.practice.people import WORKERS

        self._stop_searching = practice.hub.stop_searching
        self._close = practice.close
        bench = self._bench()
        seen = practice.hub.folder / "seen"
        first = not seen.exists()
        bench.open_hub(
            practice.hub, WORKERS[0][0], practice_pins=dict(_pins()), first=first, desk=desk
        )
        with suppress(OSError):  # on a full disk the first picture is shown once more
            seen.write_text("", encoding="utf-8")
        if first:
            from triage.practice.day import arrivals

            for arrival in arrivals(datetime.now(UTC)):
                path = practice.hub.drop_folder / arrival.file
                QTimer.singleShot(
                    arrival.after_seconds * 1000,
                    bench.window,
                    lambda path=path, data=arrival.data: path.write_bytes(data),
                )

    def _ask_passphrase(self) -> None:
        from ui.shell.dialogs import PassphraseBox

        box = PassphraseBox(self._front.window)
        box.given.connect(lambda words: self._open_own(words, box))
        box.open()

    def _open_own(self, passphrase: str, box: PassphraseBox | None) -> None:
        """A desk of this person's own, its key in the keyring or under a passphrase."""

        boxes = [box] if box is not None else []

        def passed() -> None:
            while boxes:
                boxes.pop().accept()

        def opened(hub: Hub, people: tuple[Worker, ...]) -> None:
            passed()
            self._stop_searching = hub.stop_searching
            self._close = hub.close
            self._bench().sign_in(hub, people)

        def failed(fault: Exception) -> None:
            if boxes:
                boxes[0].refuse(sentence(fault))
            else:
                self._not_opened(fault)

        waiting = WaitingForHub(
            self._front,
            self._jobs,
            lambda: with_people(open_own_hub(self._folder, passphrase)),
            lambda: kept_here(self._folder, passphrase),
            lambda pin: read_kept(self._folder, passphrase, pin),
            _now,
        )
        waiting.opened.connect(opened)
        waiting.failed.connect(failed)
        waiting.away.connect(passed)
        waiting.open()

    def _not_opened(self, fault: Exception) -> None:
        self._front.say(sentence(fault))
        show_fault(self._front.window, fault)

    def stop_searching(self) -> None:
        """Nobody is looked for any more: what still reads partners' lists for seconds is told so,
        while jobs that write to the store are waited for."""
        self._stop_searching()

    def close(self) -> None:
        """Let go of the council's socket and the store."""
        self._close()


def _has_screen() -> bool:
    """Whether Qt will find something to draw on; where it does not, it ends the program."""
    told = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in told)


def _is_there(path: Path) -> bool:
    """Whether it is there; what may not be looked at is found out, and said, on opening it."""
    with suppress(OSError):
        return path.exists()
    return False


def _now() -> datetime:
    return datetime.now(UTC)


def _pins() -> list[tuple[str, str]]:
    from triage.practice.people import WORKERS

    return [(worker.id, pin) for worker, pin in WORKERS]


if __name__ == "__main__":
    sys.exit(main())
