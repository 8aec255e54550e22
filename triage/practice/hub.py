"""Opens the practice hub: made at the first start, with its partners, its council and its day."""

import os
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.errors import StoreError
from triage.domain.worker import Worker
from triage.export.delivery import CouncilLink
from triage.practice.asked import ask_as_told
from triage.practice.council import Council
from triage.practice.decisions import decide_as_told
from triage.practice.directory import PracticeDirectory
from triage.practice.extract_files import write_extracts
from triage.practice.families import RESOURCES, neighbours, told
from triage.practice.files import file_of
from triage.practice.partners.opened import PracticePartners
from triage.practice.people import WORKERS
from triage.practice.post_partners import PracticePost
from triage.storage.secrets import FileVault
from triage.workflow import concerns, export, match, people, receive, screen, sign
from triage.workflow.desk import Desk, DirectoryLink
from triage.workflow.hub import Hub, open_hub

PROFILE = RESOURCES.parent / "profiles" / "northmere"
NEIGHBOURS = 1500
MADE = "practice.made"
MAKING = "practice.making"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeHub:
    """The open hub with its council and live partners, which listen on loopback until `close`.
    The servers of `post` start when the first request goes out."""

    hub: Hub
    council: Council
    partners: PracticePartners
    post: PracticePost

    def close(self) -> None:
        """Let go of the hub, and stop the council, the partners and the post."""
        self.post.stop()
        self.hub.close()
        self.partners.close()
        self.council.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that turns up in the drop folder some seconds after the window has opened."""

    file: str
    after_seconds: int
    data: bytes


def open_practice(
    folder: Path,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    progress: Callable[[str], None] = lambda _: None,
    profile_folder: Path = PROFILE,
    population: int = NEIGHBOURS,
    search_apart: bool = False,
) -> PracticeHub:
    """Open the practice hub in `folder`; the first time it is made, which takes some seconds.

    One that was left half made is made anew; StoreError where something else lies there.
    `progress` gets a sentence at each step.
    """
    made = (folder / MADE).exists()
    if not made and folder.exists():
        _clear_half_made(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not made:
        (folder / MAKING).write_text("", encoding="utf-8")
    vault = FileVault(folder / "keys")
    trusted = _Trusted()
    council = Council(folder / "council", hub_jwks=trusted, now=now)
    council.start()
    today = now().astimezone(ZoneInfo("Europe/London")).date()
    partners = PracticePartners(folder, council.certificates, vault, today)
    hub = open_hub(
        folder,
        vault=vault,
        profile_folder=profile_folder,
        now=now,
        new_id=new_id,
        council=CouncilLink(
            council.url,
            receipt_jwks=council.receipt_jwks(),
            ca=council.ca,
            now=now,
            council="Northmere Council's practice receiver",
        ),
        practice=True,
        search_apart=search_apart,
        live=partners.settings,
    )
    trusted.jwks = partial(people.trust_list, hub.desk(WORKERS[0][0]))
    post = PracticePost(folder / "post", hub.profile.requests, now=now)
    hub = replace(hub, directories=_directories(hub), post=post)
    if made:
        _deliver_overnight(hub)
    else:
        progress("Making the practice hub: its people")
        _enrol(hub)
        progress("Making the practice hub: what partners hold")
        _write_extracts(hub, population)
        hub.load_extracts()
        progress("Making the practice hub: services near home")
        from triage.workflow import directories

        directories.copy_due(hub.desk(WORKERS[0][0]))
        for step in _live_through_the_day(hub):
            progress(step)
        (folder / MAKING).rename(folder / MADE)
    return PracticeHub(hub=hub, council=council, partners=partners, post=post)


def _directories(hub: Hub) -> dict[str, DirectoryLink]:
    """Every directory of the profile is the practice council's, which listens when it is read."""
    guide = hub.profile.services
    return {s.id: PracticeDirectory(hub.folder / "directory", s, guide) for s in guide.sources}


def _clear_half_made(folder: Path) -> None:
    """Remove a practice hub that was left half made, and never anything else."""
    if (folder / MAKING).exists():
        shutil.rmtree(folder)
    elif any(folder.iterdir()):
        raise StoreError(
            f"The folder {folder} holds something else than a practice hub. Nothing in it was "
            "changed. Choose another folder with --data, or move what is there."
        )


def arrivals(at: datetime) -> tuple[Arrival, ...]:
    """What turns up while one practises, with dates counted from `at`."""
    return tuple(
        Arrival(file=a["file"], after_seconds=a["after_seconds"], data=file_of(a, at))
        for a in _day()["arrival"]
    )


class _Trusted:
    """The council asks for the hub's keys, which exist only once the hub is open."""

    jwks: Callable[[], Mapping[str, Any]]

    def __call__(self) -> Mapping[str, Any]:
        return self.jwks()


def _enrol(hub: Hub) -> None:
    first = hub.desk(WORKERS[1][0])
    for worker, pin in WORKERS:
        people.enrol(first, worker, pin)


def _write_extracts(hub: Hub, population: int) -> None:
    today = hub.now().astimezone(ZoneInfo(hub.profile.working_time.zone)).date()
    everyone = [*told(today), *neighbours(population, today)]
    write_extracts(everyone, hub.profile.extracts, hub.folder)
    _deliver_overnight(hub)


def _deliver_overnight(hub: Hub) -> None:
    """Practice partners deliver each night: their lists bear this morning's time."""
    at = hub.now().timestamp()
    for mapping in hub.profile.extracts:
        for name in (mapping.path, mapping.involvement_path):
            if name:
                os.utime(hub.folder / name, (at, at))


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
            # Only in lists: what partners' servers hold is asked for when it is first looked at.
            match.look_up(desk, contact_id, partners=desk.people.partners)
            _since(hub, by_id, contact_id, contact["then"], at + timedelta(minutes=4))
            if "answers" in contact["then"]:
                writer = by_id[contact["then"]["claim"]]
                told = day["answers"][contact["then"]["answers"]]
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
        screen.claim(desk, contact_id)
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
        screen.claim(desk, which)
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
