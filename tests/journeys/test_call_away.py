"""The telephone rings while the hub's server is away: the call is taken by keys alone, and lost
nowhere."""

import gc
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url

from tests import factory
from tests.cable import Cable
from tests.hub_here import PASSWORD, HubHere
from triage.domain.contact import Contact, ContactState
from triage.storage import contacts
from triage.storage.secrets import FileVault
from triage.workflow.holding import WAITING
from triage.workflow.hub import open_hub
from triage.workflow.hub_desk import PASSWORD as PASSWORD_NAME
from triage.workflow.places import HUB_FILE
from ui.jobs import Jobs
from ui.style import install_style
from ui.sweep import Sweep
from ui.theme import install
from ui.tour_drive import find, focused, press, type_into
from ui.workbench import Workbench

HEARD = "A boy of about six is alone at the bus stop."


@pytest.fixture
def bench(
    qapp: QApplication,
    hub: HubHere,
    cable: Cable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Workbench]:
    """The whole window of Ruth's desk at a hub, at the end of a cable."""
    monkeypatch.setattr("ui.outage.LOOK_MS", 30)
    monkeypatch.setattr("ui.outage.ASK_S", 0.1)
    folder = tmp_path / "desk"
    folder.mkdir()
    url = make_url(hub.url).set(port=cable.port, username=None, password=None)
    said = {"url": str(url), "worker": "rosei", "without_tls": True}
    (folder / HUB_FILE).write_text(json.dumps(said))
    vault = FileVault(tmp_path / "vault")
    vault.put(PASSWORD_NAME, PASSWORD.encode())
    opened = open_hub(
        folder,
        vault=vault,
        profile_folder=factory.NORTHMERE,
        now=lambda: datetime.now(UTC),
        new_id=uuid.uuid4,
    )
    install(qapp).set_theme("light")
    install_style(qapp)
    sweep, jobs = Sweep(qapp), Jobs(qapp)
    made = Workbench(jobs, clock=lambda: datetime.now(UTC))
    made.window.resize(1920, 1080)
    made.window.show()
    made.window.activateWindow()
    made.open_hub(opened, factory.RUTH, practice_pins={}, first=False)
    yield made
    if made.background is not None:
        made.background.stop()
    made.watch.timer.stop()
    made.window.close()
    jobs.close()
    opened.close()
    for each in (made.window, made, jobs):
        each.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sweep.stop()
    sweep.deleteLater()
    gc.unfreeze()
    gc.collect()


def at_hub(hub: HubHere) -> dict[str, Contact]:
    """Contacts that wait at the hub, by what was heard."""
    with hub.front.desk.store.read() as tx:
        return {c.content.concern.value: c for c in contacts.in_states(tx, WAITING)}


def take(bench: Workbench, bot: QtBot, heard: str) -> None:
    """Take a call by keys, as far as what was heard."""
    press(focused(), "Ctrl+N")
    bot.waitUntil(lambda: bench.window.current() == "new-contact", timeout=20_000)
    call = bench.new_contact
    bot.waitUntil(lambda: call.contact is not None, timeout=20_000)
    type_into(find(call, "Who is calling?", QLineEdit), "Moira Sands")
    type_into(find(call, "Name of child 1", QLineEdit), "Noah Castell")
    type_into(find(call, "Words as said", QTextEdit), heard)
    words = call.header.kept.text
    bot.waitUntil(lambda: "Kept on this computer" in words(), timeout=20_000)
    bot.waitUntil(lambda: call.contact.content == call.content(), timeout=20_000)


def test_two_calls_are_taken_while_the_server_is_away_and_stand_in_the_queue_once_it_answers(
    bench: Workbench, hub: HubHere, cable: Cable, qtbot: QtBot
) -> None:
    strip = bench.watch._strip
    qtbot.waitUntil(bench.window.isActiveWindow, timeout=20_000)
    qtbot.waitUntil(lambda: bench.triage.queue._state.isVisible(), timeout=20_000)
    cable.away = True
    qtbot.waitUntil(strip.isVisible, timeout=20_000)
    take(bench, qtbot, HEARD)
    press(focused(), "Ctrl+Return")
    qtbot.waitUntil(lambda: bench.window.current() == "triage", timeout=20_000)
    assert "kept on this computer" in bench.window.toast.words()
    take(bench, qtbot, "It is the dog again.")
    press(focused(), "Ctrl+S")
    qtbot.waitUntil(lambda: bench.window.current() == "triage", timeout=20_000)
    assert at_hub(hub) == {}
    cable.away = False
    waiting = bench.watch._holder.current().unsent
    assert waiting is not None
    qtbot.waitUntil(lambda: waiting.count == 0 and strip.isHidden(), timeout=20_000)
    qtbot.waitUntil(lambda: bool(bench.triage.queue.model.rows()), timeout=20_000)
    there = at_hub(hub)
    assert there[HEARD].state is ContactState.SCREENING
    assert there[HEARD].content.referrer.name.value == "Moira Sands"
    assert there[HEARD].content.children[0].name == "Noah Castell"
    assert there["It is the dog again."].state is ContactState.DRAFT
