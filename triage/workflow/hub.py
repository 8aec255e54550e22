"""Opening a hub on this computer: key, store, profile, partners' extracts, signing keys."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.errors import SecretsError, SignatureError
from triage.domain.live_partner import LivePartner
from triage.domain.profile import Profile
from triage.domain.worker import Worker
from triage.export.existence import Record
from triage.export.keys import DeskKeys
from triage.partners.live import LivePartners
from triage.partners.sealing import Sealing
from triage.partners.search_process import SearchProcess, Setup
from triage.partners.state import ExtractState
from triage.storage import workers
from triage.storage.engine import Store
from triage.storage.secrets import FileVault, PassphraseVault, SystemVault, Vault
from triage.workflow import people, recovery, vouching, weights
from triage.workflow.desk import (
    Council,
    Desk,
    DirectoryLink,
    PeopleSearch,
    PostRoom,
    TimeStamps,
)
from triage.workflow.hub_desk import hub_desk, open_store, unsent_in
from triage.workflow.places import (
    COUNCIL_KEYS,
    DROP_FOLDER,
    PRACTICE_KEYS,
    PROFILE_NAME,
    SEALED_KEYS,
    STORE_FILE,
    must_be_desk,
)
from triage.workflow.profiles import load_or_last_good
from triage.workflow.unsent import Unsent

EXTRACT_KEY = "extract-key"
PROFILES = Path(__file__).resolve().parents[2] / "resources" / "profiles"


class PeopleHeld(PeopleSearch, Protocol):
    """The people search of a hub, which also reads what partners delivered."""

    def load_all(self, now: datetime) -> tuple[ExtractState, ...]:
        """Read every partner's extract anew."""

    def close(self) -> None:
        """End what runs beside the program for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What every desk on this computer shares. `faults` name what is wrong with the profile.

    `whose` is the one person who may sit down here, at a hub's server that knows them; "" where
    everyone of the desk's own file may.
    """

    folder: Path
    store: Store
    profile: Profile
    faults: tuple[str, ...]
    people: PeopleHeld
    signer: DeskKeys
    live: LivePartners
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    council: Council | None = None
    stamps: TimeStamps | None = None
    directories: Mapping[str, DirectoryLink] = field(default_factory=dict)
    post: PostRoom | None = None
    practice: bool = False
    whose: str = ""
    unsent: Unsent | None = None
    forget_keys: Callable[[], bool | None] = lambda: None

    @property
    def drop_folder(self) -> Path:
        """Where files put by others are picked up from."""
        return self.folder / DROP_FOLDER

    def desk(self, worker: Worker) -> Desk:
        """The desk of one person."""
        return Desk(
            store=self.store,
            profile=self.profile,
            worker=worker,
            now=self.now,
            new_id=self.new_id,
            people=self.people,
            signer=self.signer,
            live=self.live,
            council=self.council,
            stamps=self.stamps,
            directories=self.directories,
            post=self.post,
            practice=self.practice,
            unsent=self.unsent,
            forget_keys=self.forget_keys,
        )

    def workers(self) -> tuple[Worker, ...]:
        """Everyone who may sit down at this desk, by id."""
        with self.store.read() as tx:
            return tuple(w for w in workers.all(tx) if self.whose in ("", w.id))

    def close(self) -> None:
        """Let go of the store, of the people search and of partners."""
        self.stop_searching()
        self.store.close()
        if self.unsent is not None:
            self.unsent.journal.close()

    def stop_searching(self) -> None:
        """Nobody is looked for any more: whoever waits for an answer waits no longer."""
        self.live.close()
        self.people.close()
        if self.post is not None:
            self.post.stop()

    def load_extracts(self) -> tuple[str, ...]:
        """Read every partner's extract anew: seconds of work, never on the window's thread.

        Returns a sentence for each one that should not be trusted as it is, its faults below it.
        """
        states = self.people.load_all(self.now())
        return tuple("\n".join((s.problem, *s.faults)) for s in states if s.problem)


def vault_of(folder: Path, ask_passphrase: Callable[[], str]) -> Vault:
    """Where the keys to `folder` lie: beside practice data, under a passphrase, or the keyring.

    Raises SecretsError for a wrong passphrase, or where there is no keyring that encrypts.
    """
    if (folder / PRACTICE_KEYS).is_dir():
        return FileVault(folder / PRACTICE_KEYS)
    if (folder / SEALED_KEYS).is_dir():
        return PassphraseVault(folder / SEALED_KEYS, ask_passphrase())
    return SystemVault()


@contextmanager
def trust_in(
    folder: Path, vault_to: Callable[[Path], Vault]
) -> Iterator[tuple[dict[str, list[Mapping[str, Any]]], Record]]:
    """Every public key of the desk in `folder`, and its own record of what was signed when. Raises
    FanlightError where there is no desk."""
    must_be_desk(folder)
    vault = vault_to(folder)
    store = open_store(folder, vault)
    try:
        with store.read() as tx:
            yield people.trusted(DeskKeys(vault), tx), partial(vouching.signed_at, tx)
    finally:
        store.close()


def profile_of(folder: Path) -> Path:
    """The folder of the hub's own profile, as it was named when the desk was made."""
    named = folder / PROFILE_NAME
    return Path(named.read_text(encoding="utf-8")) if named.exists() else PROFILES / "northmere"


def with_council(hub: Hub, vault: Vault) -> Hub:
    """The hub with the way to the council that its profile names, once receipt keys lie there.

    `council/receipt-jwks.json` holds the public keys of its receipts; `council/ca.pem`, where it
    is there, is trusted instead of the system's certificates. Where the keys can't be used, the
    hub has no council and the fault is among its faults: decisions stay safe in the outbox.
    """
    keys = hub.folder / COUNCIL_KEYS
    if not hub.profile.export_url or not keys.exists():
        return hub
    from triage.export.trust_list import read_keys

    try:
        jwks = read_keys(keys)
    except SignatureError as fault:
        words = f"{fault} Decisions wait in the outbox until the council's keys are put right."
        return replace(hub, faults=(*hub.faults, words))
    return replace(hub, council=_way_to_council(hub, vault, jwks))


def with_post(hub: Hub, vault: Vault) -> Hub:
    """The hub with the ways to partners that its profile names, once any of their secrets lies in
    the vault: until then nobody set them up, and no server is asked for anything."""
    from triage.partners.post import Post, secret_names

    names = secret_names(hub.profile.requests)
    if not any(vault.get(name) for name in names):
        return hub

    def secret(name: str) -> str | None:
        try:
            kept = vault.get(name)
        except SecretsError:
            return None  # a keyring that is locked for now; the way says that it has no key
        return kept.decode() if kept else None

    post = Post(hub.profile.requests, folder=hub.folder, secret=secret, now=hub.now)
    return replace(hub, post=post)


def _way_to_council(hub: Hub, vault: Vault, receipt_jwks: Mapping[str, Any]) -> Council:
    profile = hub.profile
    if profile.export_url.startswith("sftp:"):
        from triage.export.sftp import DropAddress, SftpDrop, client_key

        return SftpDrop(
            DropAddress.of(profile.export_url),
            host_key=profile.export_host_key,
            client_key=lambda: client_key(vault),
            receipt_jwks=receipt_jwks,
            now=hub.now,
            council=profile.council,
        )
    from triage.export.delivery import CouncilLink

    ca = hub.folder / "council" / "ca.pem"
    return CouncilLink(
        profile.export_url,
        receipt_jwks=receipt_jwks,
        ca=ca if ca.exists() else None,
        now=hub.now,
        council=profile.council,
    )


def open_hub(
    folder: Path,
    *,
    vault: Vault,
    profile_folder: Path,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    council: Council | None = None,
    practice: bool = False,
    search_apart: bool = False,
    live: tuple[LivePartner, ...] | None = None,
) -> Hub:
    """Open the hub kept in `folder`, making its encrypted file and keys at the first start.

    `search_apart` searches people in a process of its own, for whoever must not stand still.
    `live` are asked in place of the profile's live partners, where practice brings its own.

    Raises SecretsError when the file is there and its key is not, StoreError when the file can't
    be opened, ProfileError when there is no good profile.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = open_store(folder, vault)
    at_hub = hub_desk(folder)
    at = now()
    profile, faults = load_or_last_good(
        profile_folder, folder / "profile", today=at.astimezone(ZoneInfo("Europe/London")).date()
    )
    store.roles = store.roles or profile.roles
    unsent, unsent_faults = unsent_in(folder, vault, at_hub.worker_id) if at_hub else (None, ())
    faults = (*faults, *unsent_faults)
    names = profile_folder / "names"
    faults = (*faults, *_names_faults(names))
    own_weights, weights_faults = weights.usable(store)
    faults = (*faults, *weights_faults)
    setup = Setup(
        mappings=profile.extracts,
        folder=folder,
        keep=folder / "kept",
        sealing=_sealing(vault),
        names=names,
        weights=own_weights,
    )
    (folder / DROP_FOLDER).mkdir(mode=0o700, exist_ok=True)
    return Hub(
        folder=folder,
        store=store,
        profile=profile,
        faults=faults,
        people=_people(setup, apart=search_apart),
        signer=DeskKeys(vault, hub=profile.hub, now=now),
        live=LivePartners(
            profile.partners if live is None else live, folder=folder, secret=vault.get
        ),
        now=now,
        new_id=new_id,
        council=council,
        stamps=_stamps(profile, now),
        directories=_directories(folder, profile),
        practice=practice,
        whose=at_hub.worker_id if at_hub else "",
        unsent=unsent,
        forget_keys=partial(recovery.forget_here, store, vault, folder / STORE_FILE),
    )


def _stamps(profile: Profile, now: Callable[[], datetime]) -> TimeStamps | None:
    """The way to the time-stamping service that the profile names, if any."""
    if not profile.time_stamp_url:
        return None
    from triage.export.time_stamp import StampService

    return StampService(
        profile.time_stamp_url, profile.time_stamp_trust, now=now, policy=profile.time_stamp_policy
    )


def _directories(folder: Path, profile: Profile) -> dict[str, DirectoryLink]:
    """The way to each directory that has an address; `directories/ca.pem` in the data folder,
    where it is there, is trusted instead of the system's certificates."""
    named = [s for s in profile.services.sources if s.url]
    if not named:
        return {}
    from triage.partners import directory

    ca = folder / "directories" / "ca.pem"
    trusted = ca if ca.exists() else None
    return {s.id: directory.DirectoryLink(s, profile.services, ca=trusted) for s in named}


def _names_faults(folder: Path) -> tuple[str, ...]:
    """Know the hub's own names, where it has any; a sentence where they can't be read."""
    if not folder.is_dir():
        return ()
    from matching import NameDataError, add_names

    try:
        add_names(folder)
    except NameDataError as error:
        # Names from the hub help to find people; without them the shipped ones serve.
        return (f"The hub's own names were left out. {error}",)
    return ()


def _people(setup: Setup, *, apart: bool) -> PeopleHeld:
    if apart:
        return SearchProcess(setup)
    from triage.partners.extracts import Extracts  # with all of matching, which is slow to import

    return Extracts(
        setup.mappings,
        folder=setup.folder,
        keep=setup.keep,
        seal=setup.sealing.seal,
        unseal=setup.sealing.unseal,
        names=setup.names,
        weights=setup.weights,
    )


def _sealing(vault: Vault) -> Sealing:
    key = vault.get(EXTRACT_KEY)
    if key is None:
        key = os.urandom(32)
        vault.put(EXTRACT_KEY, key)
    return Sealing(key)
