"""Live partners at the screen: who did not answer is said, tried again, or searched more widely."""

# ruff: noqa: F811 - a fixture is named as the argument it fills

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests import factory
from tests.partners.live import EVERYBODY, QUICK
from tests.ui.triage_room import Room, maya, room  # noqa: F401 - a fixture comes by import
from tests.workflow.test_live import HOUSING
from triage.domain.live_partner import (
    LivePartner,
    PartnerKind,
    PdsSettings,
    PdsStep,
    Reach,
)
from triage.partners.live import LivePartners
from triage.practice.council_certificates import certificates_in
from triage.practice.partners.json_apis import HousingHouseholds
from triage.practice.partners.pds import Pds
from triage.practice.partners.stand_in import Deed, StandIn
from ui.connections import Connections
from ui.shell.asking import ReasonBox
from ui.shell.status_bar import StatusBar

STEPS = (PdsStep.NAME_BORN, PdsStep.WIDER)


class Partners:
    """The NHS and housing on loopback, connected to the desk of a room."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        made = certificates_in(folder, at=datetime.now(UTC))
        self.nhs = stack.enter_context(StandIn(Pds(EVERYBODY), made))
        self.homes = stack.enter_context(StandIn(HousingHouseholds(EVERYBODY), made))
        common = {"purpose": "p", "lawful_basis": "b", "pace": QUICK}
        nhs = LivePartner(
            partner="nhs", name="NHS", kind=PartnerKind.PDS_FHIR,
            reach=Reach(url=f"{self.nhs.url}/FHIR/R4", ca="ca.pem"),
            pds=PdsSettings(steps=STEPS), **common,  # type: ignore[arg-type]
        )  # fmt: skip
        homes = LivePartner(
            partner="homes", name="Homes", kind=PartnerKind.REST_MAP,
            reach=Reach(url=f"{self.homes.url}/api/v1/households", ca="ca.pem"),
            rest=HOUSING, date_formats=("%d/%m/%Y",), **common,  # type: ignore[arg-type]
        )  # fmt: skip
        self.live = LivePartners([nhs, homes], folder=folder)
        stack.callback(self.live.close)


@pytest.fixture
def partners(room: Room, tmp_path: Path) -> Iterator[Partners]:
    folder = tmp_path / "tls"
    folder.mkdir()
    with ExitStack() as stack:
        found = Partners(folder, stack)
        room.holder.seat(replace(room.desk, live=found.live))
        yield found


def line(room: Room) -> str:
    """What the tray says to somebody who can't see it."""
    return room.screen.tray.line.accessibleName()


def test_partners_are_asked_when_a_contact_is_looked_at_and_a_paused_one_is_tried_by_a_key(
    room: Room,
    partners: Partners,
) -> None:
    partners.homes.always(Deed.BROKEN)
    contact = room.bring(maya())
    room.show()
    status = StatusBar(room.watch, 15, room.window)
    connections = Connections(room.holder, status, room.window)
    connections.lists_read(())
    assert status.connection_words() == "All partners' lists read"
    room.open(contact)
    room.wait(lambda: "NHS: 2 records" in line(room))
    assert "Homes: no answer" in line(room)
    room.screen.reader.search_again()
    room.wait(lambda: "paused until 11:42" in line(room))
    connections.look()
    assert status.connection_words() == "Homes paused until 11:42"
    partners.homes.always(None)
    room.settled()
    room.watch.move(seconds=1)
    button = room.by_name("Try now: Homes")
    button.setFocus()
    room.press(Qt.Key.Key_Space, button)
    room.wait(lambda: "Homes: 2 records" in line(room) or "Homes: 1 record" in line(room))
    room.settled()
    assert not room.screen.tray.acts.retry.isVisible()
    connections.look()
    assert status.connection_words() == "All partners' lists read"


def test_the_nhs_is_searched_more_widely_only_for_a_reason_that_is_chosen(
    room: Room,
    partners: Partners,
) -> None:
    contact = room.bring(factory.contact(factory.child(given="Maia", family="Rowan")))
    room.show()
    room.open(contact)
    room.wait(lambda: "NHS: no trace" in line(room))
    room.settled()
    button = room.by_name("Search more widely: NHS")
    button.setFocus()
    room.press(Qt.Key.Key_Space, button)
    room.wait(lambda: room.screen.findChildren(ReasonBox))
    box = next(w for w in room.window.findChildren(ReasonBox) if w.isVisible())
    box._go("go")
    assert box.isVisible()  # without a reason nothing is asked
    assert not any(a.has("_fuzzy-match") for a in partners.nhs.asked)
    box.reason.set_value("The name may be spelt differently")
    room.watch.move(seconds=1)
    box._go("go")
    room.wait(lambda: "NHS: 1 record" in line(room))
    assert partners.nhs.asked[-1].has("_fuzzy-match")
    room.settled()


def test_a_record_says_when_it_was_answered_and_their_own_score(
    room: Room,
    partners: Partners,
) -> None:
    contact = room.bring(maya())
    room.show()
    room.open(contact)
    room.wait(lambda: "NHS: 2 records" in line(room))
    room.settled()
    room.wait(lambda: room.screen.match.current() is not None)
    card = room.screen.match.current()
    assert card is not None
    lines = [c.line for c in room.screen.match._view.cards]  # type: ignore[union-attr]
    assert "NHS · 9990142114 · answered 11:42 · their own score 1.00" in lines
