"""Opens the practice hub: made at the first start, with its partners, its council and its day."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.errors import StoreError
from triage.domain.service import DirectorySource, ServicesGuide
from triage.export.delivery import CouncilLink
from triage.practice.extract_files import deliver_overnight
from triage.practice.families import RESOURCES
from triage.practice.partners.reached import settings
from triage.practice.people import WORKERS
from triage.practice.post_partners import PracticePost
from triage.practice.stand_ins_apart import StandInsApart
from triage.storage.secrets import FileVault
from triage.workflow import people
from triage.workflow.desk import DirectoryLink
from triage.workflow.hub import Hub, open_hub

if TYPE_CHECKING:
    from triage.partners.directory import Listing
    from triage.practice.council import Council
    from triage.practice.stand_ins import StandIns

PROFILE = RESOURCES.parent / "profiles" / "northmere"
NEIGHBOURS = 1500
MADE = "practice.made"
MAKING = "practice.making"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeHub:
    """The open hub with its council and live partners, which listen on loopback until `close`.
    The servers of `post` start when the first request goes out."""

    hub: Hub
    stand_ins: "StandIns | StandInsApart"
    post: PracticePost

    @property
    def council(self) -> "Council":
        """The council, to be told what to do wrong: only where it is in this process."""
        assert not isinstance(self.stand_ins, StandInsApart)
        return self.stand_ins.council

    def close(self) -> None:
        """Let go of the hub, and stop the council, the partners and the post."""
        self.post.stop()
        self.hub.close()
        self.stand_ins.close()


def open_practice(
    folder: Path,
    *,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    progress: Callable[[str], None] = lambda _: None,
    profile_folder: Path = PROFILE,
    population: int = NEIGHBOURS,
    search_apart: bool = False,
    apart: StandInsApart | None = None,
) -> PracticeHub:
    """Open the practice hub in `folder`; the first time it is made, which takes some seconds.

    One that was left half made is made anew; StoreError where something else lies there.
    `progress` gets a sentence at each step. Its council and partners are in this process, where
    they can be told to misbehave, unless they are given `apart`.
    """
    made = (folder / MADE).exists()
    if not made and folder.exists():
        _clear_half_made(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not made:
        (folder / MAKING).write_text("", encoding="utf-8")
    vault = FileVault(folder / "keys")
    trusted = _Trusted()
    today = now().astimezone(ZoneInfo("Europe/London")).date()
    if apart is not None:
        apart.listen(folder, trusted, today)
    stand_ins = apart or _in_this_process(folder, trusted, today, now)
    where = stand_ins.where
    hub = open_hub(
        folder,
        vault=vault,
        profile_folder=profile_folder,
        now=now,
        new_id=new_id,
        council=CouncilLink(
            where.council,
            receipt_jwks=where.receipt_jwks,
            ca=Path(where.ca),
            now=now,
            council="Northmere Council's practice receiver",
        ),
        practice=True,
        search_apart=search_apart,
        live=tuple(settings(where, folder, vault)),
    )
    trusted.jwks = partial(people.trust_list, hub.desk(WORKERS[0][0]))
    post = PracticePost(folder / "post", hub.profile.requests, now=now)
    hub = replace(hub, directories=_directories(hub), post=post)
    if made:
        deliver_overnight(folder, hub.profile.extracts, now())
    else:
        from triage.practice.day import make

        for step in make(hub, population):
            progress(step)
        (folder / MAKING).rename(folder / MADE)
    return PracticeHub(hub=hub, stand_ins=stand_ins, post=post)


def _directories(hub: Hub) -> dict[str, DirectoryLink]:
    """Every directory of the profile is the practice council's, which listens when it is read."""
    guide = hub.profile.services
    return {s.id: _Directory(hub.folder / "directory", s, guide) for s in guide.sources}


def _clear_half_made(folder: Path) -> None:
    """Remove a practice hub that was left half made, and never anything else."""
    if (folder / MAKING).exists():
        shutil.rmtree(folder)
    elif any(folder.iterdir()):
        raise StoreError(
            f"The folder {folder} holds something else than a practice hub. Nothing in it was "
            "changed. Choose another folder with --data, or move what is there."
        )


def _in_this_process(
    folder: Path, hub_jwks: "_Trusted", today: date, now: Callable[[], datetime]
) -> "StandIns":
    from triage.practice.stand_ins import StandIns  # their servers are slow to import

    return StandIns(folder, hub_jwks, today, now)


class _Directory:
    """The council's directory, whose server is imported when it is read: once a day."""

    def __init__(self, folder: Path, source: DirectorySource, guide: ServicesGuide) -> None:
        self._made = folder, source, guide

    def read(self, today: date) -> "Listing":
        from triage.practice.directory import PracticeDirectory

        return PracticeDirectory(*self._made).read(today)


class _Trusted:
    """The council asks for the hub's keys, which exist only once the hub is open."""

    jwks: Callable[[], Mapping[str, Any]]

    def __call__(self) -> Mapping[str, Any]:
        return self.jwks()
