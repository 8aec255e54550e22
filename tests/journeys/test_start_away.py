"""Fanlight started while its hub's server is away: what is safe is said, and it opens by itself."""

import gc
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import psycopg
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url

from tests import factory
from tests.away import cable_to
from tests.cable import Cable
from tests.hub_here import PASSWORD, HubHere
from triage.domain.contact import Contact
from triage.storage import answers
from triage.storage.journal import Journal
from triage.storage.secrets import FileVault
from triage.workflow import hub_desk, unsent
from triage.workflow.hub_desk import PASSWORD as PASSWORD_NAME
from triage.workflow.hub_desk import UNSENT_KEY
from triage.workflow.places import HUB_FILE, PRACTICE_KEYS
from triage.workflow.unsent import Unsent
from ui.app import _Opening
from ui.jobs import Jobs
from ui.shell.dialogs import PinBox
from ui.shell.sign_in import SignIn, SignInBox
from ui.style import install_style
from ui.sweep import Sweep
from ui.theme import install


@dataclass(frozen=True)
class Start:
    """A desk's folder at the end of a cable, and the program that opens it."""

    opening: _Opening
    folder: Path
    cable: Cable
    bot: QtBot

    def begin(self) -> None:
        self.opening.begin()

    def said(self) -> str:
        screen = self.opening._front._screen
        return f"{screen.state._title.text()} {screen.state._words.text()}" if screen else ""

    def wait(self, claim: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(claim()), timeout=20_000)

    def asks_who(self) -> SignInBox | None:
        return cast("SignInBox | None", self.opening._front.window.findChild(SignInBox))


@pytest.fixture
def start(
    hub: HubHere, tmp_path: Path, qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    monkeypatch.setattr(hub_desk, "TRY_AGAIN_S", 0.1)
    cable = cable_to(hub)
    folder = tmp_path / "desk"
    url = make_url(hub.url).set(port=cable.port, username=None, password=None)
    said = {"url": url.render_as_string(), "worker": "rosei", "without_tls": True}
    (folder / PRACTICE_KEYS).mkdir(parents=True)
    (folder / HUB_FILE).write_text(json.dumps(said))
    FileVault(folder / PRACTICE_KEYS).put(PASSWORD_NAME, PASSWORD.encode())
    factory.keys(folder / PRACTICE_KEYS, hub.front.watch, factory.RUTH)
    install(qapp).set_theme("light")
    install_style(qapp)
    sweep, jobs = Sweep(qapp), Jobs(qapp)
    opening = _Opening(qapp, jobs, folder)
    yield Start(opening, folder, cable, qtbot)
    bench = opening._bench()
    qtbot.waitUntil(lambda: not jobs.busy(), timeout=20_000)
    if bench.background is not None:
        bench.background.stop()
        bench.watch.timer.stop()
    opening.stop_searching()
    bench.window.close()
    jobs.close()
    opening.close()
    for each in (bench.window, bench, jobs):
        each.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sweep.stop()
    sweep.deleteLater()
    gc.unfreeze()
    gc.collect()
    cable.close()


def shown_boxes(start: Start) -> list[str]:
    """The words of each box that is open over the window."""
    found = start.opening._front.window.findChildren(QMessageBox)
    return [box.informativeText() for box in found if box.isVisible()]


def typed_before(start: Start, hub: HubHere, contact: Contact) -> None:
    """What a program that is gone kept at this desk."""
    key = b"k" * 32
    FileVault(start.folder / PRACTICE_KEYS).put(UNSENT_KEY, key)
    journal = Journal(start.folder / "unsent-rosei.db", key)
    start.cable.away = True
    store = hub.front.desk.store.again()
    line = store._line
    assert line is not None
    line.broke()
    desk = replace(hub.front.ruth, store=store, unsent=Unsent(journal))
    assert unsent.save_answer(desk, contact.id, "analysis", "She hid.", 0).here
    store.close()
    journal.close()


def test_start_says_that_what_was_typed_is_safe_and_opens_once_the_hub_answers(
    start: Start, hub: HubHere
) -> None:
    contact = hub.front.bring(factory.contact())
    typed_before(start, hub, contact)
    start.begin()
    start.wait(lambda: "The hub does not answer" in start.said())
    assert "1 piece, the oldest from 24 Nov 2026 11:42, waits" in start.said()
    status = start.opening._front.window.status
    assert status.connection_words() == "The hub does not answer"
    assert status.saved_words() == "1 piece kept here"
    assert re.search(r"tries again by itself.*First tried at \d\d:\d\d:\d\d", start.said())
    assert "She hid" not in start.said()
    assert shown_boxes(start) == [], "no box to close"
    start.cable.away = False
    start.wait(start.asks_who)
    box = start.asks_who()
    assert box is not None
    box.given.emit(SignIn(worker_id="rosei", pin=factory.PINS["rosei"]))

    def there() -> bool:
        with hub.front.desk.store.read() as tx:
            found = answers.all(tx, contact.id).get("analysis")
        return found is not None and found.value == "She hid."

    start.wait(there)


def test_what_was_typed_is_shown_at_a_start_while_the_hub_is_away_for_its_persons_pin_only(
    start: Start, hub: HubHere
) -> None:
    typed_before(start, hub, hub.front.bring(factory.contact()))
    start.begin()
    start.wait(lambda: "The hub does not answer" in start.said())
    window = start.opening._front.window
    start.opening._front._screen.state._buttons[1].click()  # type: ignore[union-attr]  # it is there
    start.wait(lambda: window.findChild(PinBox))
    [box] = window.findChildren(PinBox)
    box.given.emit("0000")
    start.wait(box.banner.isVisible)
    assert shown_boxes(start) == []
    box.given.emit(factory.PINS["rosei"])
    start.wait(lambda: shown_boxes(start))
    [words] = shown_boxes(start)
    assert "She hid." in words
    start.cable.away = False
    start.wait(start.asks_who)
    asks = start.asks_who()
    assert asks is not None
    asks.close()
    assert shown_boxes(start) == [], "nothing of a family stays in front of who signs in"


def test_start_says_why_the_hub_lets_nobody_in(
    start: Start, hub: HubHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage.storage.hub_line.SIGN_IN_AGAIN_S", 0.1)
    with psycopg.connect(hub.url, autocommit=True) as owner:
        owner.execute(b"ALTER ROLE fl_rosei VALID UNTIL '2020-01-01'")
        try:
            start.begin()
            start.wait(lambda: "does not let you sign in" in start.said())
            assert "Nothing that was typed here waits" in start.said()
        finally:
            owner.execute(b"ALTER ROLE fl_rosei VALID UNTIL 'infinity'")
    start.wait(start.asks_who)
    box = start.asks_who()
    assert box is not None
    box.close()


def test_person_who_is_refused_is_asked_for_less_often_so_that_nobody_is_locked_out() -> None:
    from triage.domain.errors import UnreachableError
    from triage.storage import hub_line

    assert hub_desk.again_after(UnreachableError(hub_line.SIGN_IN)) == hub_line.SIGN_IN_AGAIN_S
    assert hub_desk.again_after(UnreachableError(hub_line.AWAY)) == hub_desk.TRY_AGAIN_S


def test_journal_that_can_not_be_read_is_said_and_left_as_it_is(start: Start, hub: HubHere) -> None:
    typed_before(start, hub, hub.front.bring(factory.contact()))
    before = (start.folder / "unsent-rosei.db").read_bytes()
    FileVault(start.folder / PRACTICE_KEYS).delete(UNSENT_KEY)
    start.begin()
    start.wait(lambda: "unsent-rosei.db" in start.said())
    assert "tell IT" in start.said()
    assert (start.folder / "unsent-rosei.db").read_bytes() == before
    start.cable.away = False
    start.wait(start.asks_who)
    box = start.asks_who()
    assert box is not None
    box.close()
