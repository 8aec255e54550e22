"""The start: the queue is there before anything that it does not need."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.bench.start import PART
from tests.conftest import PRACTICE_NOW
from triage import cli
from ui import app
from ui.ahead import STILL_S, Ahead, imports
from ui.shell.screen import Screen
from ui.shell.window import MainWindow

NOT_NEEDED = {
    *("matching", "numpy", "rapidfuzz"),
    *("reportlab", "pyhanko", "PIL", "pypdf", "pypdfium2", "docx", "selectolax", "dateparser"),
    *("alembic", "psycopg", "requests", "keyring", "jsonschema"),
    *("ui.signoff", "ui.compare.screen", "ui.newcontact", "ui.reading", "ui.printing"),
    *("ui.firstrun", "triage.workflow.pack", "triage.export.pack"),
    # Files, mail and deliveries are for the jobs that follow the first picture.
    *("triage.workflow.receive", "triage.workflow.sending", "triage.workflow.mailbox"),
    *("triage.intake.mail", "triage.intake.kinship", "triage.workflow.export", "http.client"),
    # A desk on a file speaks to no server, and has no stand-ins' servers in its process.
    *("sqlalchemy.dialects.postgresql", "http.server", "aiosmtpd"),
    *("triage.practice.stand_ins", "triage.practice.council", "triage.practice.directory"),
    *("triage.practice.day", "triage.practice.partners.stand_in"),
    *("triage.storage.chain_stretches", "concurrent.futures.process"),
}


def test_the_first_picture_of_the_queue_needs_none_of_what_comes_later(
    practice_made: Path, tmp_path: Path
) -> None:
    shutil.copytree(practice_made, tmp_path / "practice")
    (tmp_path / "practice" / "seen").touch()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.start", PART, str(tmp_path), "0"],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    assert NOT_NEEDED & set(found["modules"]) == set()


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow("Northmere", lambda: PRACTICE_NOW, idle_lock=False)
    qtbot.addWidget(made)
    return made


class Noting(Screen):
    """A screen that remembers whether names are hidden on it."""

    blurred = False

    def set_blur(self, on: bool) -> None:
        self.blurred = on


def test_a_planned_screen_is_built_once_and_only_when_it_is_wanted(window: MainWindow) -> None:
    built: list[Noting] = []

    def build() -> Noting:
        built.append(Noting())
        return built[-1]

    window.add_screen("first", QLabel("First"), "First")
    window.plan_screen("later", build, "Later")
    window.show_screen("first")
    assert window.top.tabs.keys() == ["first", "later"]
    assert not built
    assert not window.is_built("later")
    window.show_screen("later")
    assert window.screen_of("later") is built[0] is window.stack.currentWidget()
    assert built[0].accessibleName() == "Later"
    assert len(built) == 1


def test_a_screen_built_while_names_are_hidden_hides_them(window: MainWindow) -> None:
    window.plan_screen("later", Noting, "Later")
    window.toggle_blur()
    later = window.screen_of("later")
    assert isinstance(later, Noting)
    assert later.blurred


def test_a_screen_that_could_not_be_built_is_tried_again(window: MainWindow) -> None:
    builds: list[Callable[[], Noting]] = [lambda: 1 / 0, Noting]  # type: ignore[list-item,return-value]
    window.plan_screen("later", lambda: builds.pop(0)(), "Later")
    with pytest.raises(ZeroDivisionError):
        window.screen_of("later")
    assert isinstance(window.screen_of("later"), Noting)


def test_steps_are_done_one_by_one_while_nobody_touches_the_window(qapp: QObject) -> None:
    done: list[str] = []
    still = [0.0]
    ahead = Ahead([lambda: done.append("one"), lambda: done.append("two")], lambda: still[0], qapp)
    ahead.step()
    assert done == []
    still[0] = STILL_S
    ahead.step()
    assert done == ["one"]
    ahead.step()
    ahead.step()
    assert done == ["one", "two"]
    assert not ahead.is_running()


def test_a_package_is_imported_module_by_module() -> None:
    names = {step.args[0] for step in imports("ui.firstrun")}  # type: ignore[attr-defined]
    assert {"ui.firstrun", "ui.firstrun.screen", "ui.firstrun.key_trial"} <= names


def test_which_fanlight_it_is_is_said_without_a_window(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--version"]) == 0
    window = capsys.readouterr().out
    assert re.fullmatch(r"Fanlight \d+\.\d+\.\d+\n", window)
    assert CliRunner().invoke(cli.main, ["--version"]).output == window
