"""The practice hub's day: what its first start makes, and what turns up while one practises."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.worker import Worker
from triage.practice.asked import ask_as_told
from triage.practice.decisions import decide_as_told
from triage.practice.extract_files import deliver_overnight, write_extracts
from triage.practice.families import RESOURCES, neighbours, told
from triage.practice.files import file_of
from triage.practice.people import WORKERS
from triage.workflow import (
    claims,
    concerns,
    directories,
    export,
    match,
    people,
    receive,
    screen,
    sign,
)
from triage.workflow.desk import Desk
from triage.workflow.hub import Hub

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that turns up in the drop folder some seconds after the window has opened."""

    file: str
    after_seconds: int
    data: bytes


def arrivals(at: datetime) -> tuple[Arrival, ...]:
    """What turns up while one practises, with dates counted from `at`."""
    return tuple(
        Arrival(file=a["file"], after_seconds=a["after_seconds"], data=file_of(a, at))
        for a in _day()["arrival"]
    )


def make(hub: Hub, population: int) -> Iterator[str]:
    """Make all that a new practice hub holds, with a sentence before each step."""
    yield "Making the practice hub: its people"
    _enrol(hub)
    yield "Making the practice hub: what partners hold"
    _write_extracts(hub, population)
    hub.load_extracts()
    yield "Making the practice hub: services near home"
    directories.copy_due(hub.desk(WORKERS[0][0]))
    yield from _live_through_the_day(hub)


def _enrol(hub: Hub) -> None:
    first = hub.desk(WORKERS[1][0])
    for worker, pin in WORKERS:
        people.enrol(first, worker, pin)


def _write_extracts(hub: Hub, population: int) -> None:
    today = hub.now().astimezone(ZoneInfo(hub.profile.working_time.zone)).date()
    everyone = [*told(today), *neighbours(population, today)]
    write_extracts(everyone, hub.profile.extracts, hub.folder)
    deliver_overnight(hub.folder, hub.profile.extracts, hub.now())


def _day() -> dict[str, Any]:
    return tomllib.loads((RESOURCES / "day.toml").read_text(encoding="utf-8"))


def _live_through_the_day(hub: Hub) -> Iterator[str]:
    """Receive the day's contacts at their times, and do what the desk has done since."""
    now = hub.now()
    day = _day()
    by_id = {worker.id: worker for worker, _ in WORKERS}
    for worker, pin in WORKERS:
        hub.signer.unlock(worker.id, pin)
    for contact in sorted(day["earlier"], key=lambda c: -int(c["days_ago"])):
        yield f"Making the practice hub: {contact['file']}"
        _decided_earlier(hub, by_id, contact, now - timedelta(days=contact["days_ago"]))
    found: dict[str, tuple[UUID, ...]] = {}
    for contact in sorted(day["contact"], key=lambda c: -int(c["ago"])):
        at = now - timedelta(minutes=contact["ago"])
        yield f"Making the practice hub: {contact['file']}"
        desk = _desk_at(hub, by_id["pnandra"], at)
        received = receive.receive_file(desk, file_of(contact, at), contact["file"])
        found[contact["file"]] = received.contacts
        for contact_id in received.contacts:
            # What partners' servers hold is asked for when it is first looked at; of what is
            # decided already it was.
            decided = "answers" in contact["then"]
            match.look_up(desk, contact_id, partners=None if decided else desk.people.partners)
            _since(hub, by_id, contact_id, contact["then"], at + timedelta(minutes=4))
            if decided:
                writer = by_id[contact["then"]["claim"]]
                told = day["answers"][contact["then"]["answers"]] | contact["but"]
                decide_as_told(_desk_at(hub, writer, at + HOUR), contact_id, told)
    yield "Making the practice hub: what partners were asked"
    ask_as_told(lambda worker, at: _desk_at(hub, by_id[worker], at), found, now)
    export.deliver_due(hub.desk(by_id["pnandra"]))
    hub.signer.lock()


def _decided_earlier(
    hub: Hub, by_id: Mapping[str, Worker], contact: Mapping[str, Any], at: datetime
) -> None:
    """A contact of another day: decided by Tom Bell, signed by Priya Nandra."""
    leader = by_id["pnandra"]
    received = receive.receive_file(
        _desk_at(hub, leader, at), file_of(contact, at), contact["file"]
    )
    for contact_id in received.contacts:
        desk = _desk_at(hub, by_id["tbell"], at + HOUR)
        claims.claim(desk, contact_id)
        concerns.name_concerns(desk, contact_id, contact["concerns"])
        told = _day()["answers"][contact["answers"]]
        version = decide_as_told(desk, contact_id, told)
        signing = _desk_at(hub, leader, at + 2 * HOUR)
        sign.look(signing, version.id)
        sign.approve(signing, version.id, comment="Clear. Thank you.", pin=dict(_pins())["pnandra"])


def _since(
    hub: Hub, by_id: Mapping[str, Worker], which: UUID, then: Mapping[str, Any], at: datetime
) -> None:
    desk = _desk_at(hub, by_id[then.get("claim", "pnandra")], at)
    if "claim" in then:
        claims.claim(desk, which)
    if "rating" in then:
        screen.rate(desk, which, then["rating"])
    if then.get("concerns"):
        concerns.name_concerns(desk, which, tuple(then["concerns"]))
    if "pause" in then:
        screen.pause(desk, which, then["pause"])
    if then.get("restricted"):
        concerns.restrict(desk, which, "Parent works for the council")


def _pins() -> Iterator[tuple[str, str]]:
    for worker, pin in WORKERS:
        yield worker.id, pin


def _desk_at(hub: Hub, worker: Worker, at: datetime) -> Desk:
    return replace(hub.desk(worker), now=lambda: at)
