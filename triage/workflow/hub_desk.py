"""A desk at a hub of many: joining it, and opening its store signed in as its person."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.domain.errors import (
    FanlightError,
    NotReadyError,
    SecretsError,
    StoreError,
    UnreachableError,
)
from triage.domain.event import NewEvent
from triage.domain.profile import Profile
from triage.domain.worker import May, Worker
from triage.export.keys import CardPlace, DeskKeys
from triage.storage import events, hub_line, signing_keys, workers
from triage.storage.engine import Store, Transaction, open_file
from triage.storage.hub_line import with_whole_paths
from triage.storage.journal import Journal
from triage.storage.older_copy import copy_older
from triage.storage.secrets import Vault, store_key
from triage.workflow.desk import Memory
from triage.workflow.places import HUB_FILE, SEALED_KEYS, STORE_FILE, UNSENT_FILE, is_desk
from triage.workflow.profiles import load_or_last_good
from triage.workflow.unsent import Unsent, pieces_in

PASSWORD = "hub-password"
"""The vault's name for the password at the hub's server; none where a certificate is used."""
UNSENT_KEY = "unsent-key"
DESK_FOLDER = "desk-folder"
"""The keyring's name for the folder of the desk whose keys it keeps."""
TRY_AGAIN_S = 5.0
"""Between two tries to open a desk whose hub does not answer."""
SHORTEST = 12
"""Letters of a password at the hub that somebody thinks of themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDesk:
    """Whose desk it is, at which server; `url` has no name and no password in it."""

    url: str
    worker_id: str
    without_tls: bool = False


def hub_desk(folder: Path) -> HubDesk | None:
    """What the folder says of its hub, or None for a desk with a file of its own.

    Raises StoreError where that can't be read.
    """
    path = folder / HUB_FILE
    if not path.exists():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return HubDesk(
            url=str(said["url"]),
            worker_id=str(said["worker"]),
            without_tls=said.get("without_tls") is True,
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise StoreError(
            f"{path.name}, which names the hub's server, can't be read. Nothing was changed. "
            "Join the hub again: fanlightctl desk join"
        ) from fault


def open_store(folder: Path, vault: Vault) -> Store:
    """The desk's store: the hub's, signed in as the desk's person, or its own encrypted file,
    made where there is none; of one that an older Fanlight wrote a copy is kept first. Raises
    StoreError or SecretsError."""
    at = hub_desk(folder)
    if at is None:
        path = folder / STORE_FILE
        key = store_key(vault, path)
        copy_older(path, key)
        return open_file(path, key)
    return _signed_in(at, (vault.get(PASSWORD) or b"").decode())


def _signed_in(at: HubDesk, password: str) -> Store:
    from triage.storage.hub_logins import open_as

    return open_as(at.url, at.worker_id, password, without_tls=at.without_tls)


def must_be_let_in(at: HubDesk, password: str) -> None:
    """Raise StoreError where the hub does not let the desk's person in by that password."""
    _signed_in(replace(at, url=with_whole_paths(at.url)), password).close()


def take_keyring(vault: Vault, folder: Path, usual: Path) -> None:
    """Have the account's keyring keep the keys of a new desk in `folder`. It keeps one desk's: a
    second's would take the place of passwords and signing keys that nobody has seen. `usual` is
    where a desk is looked for that was made before its folder was written down.

    Raises NotReadyError where the keys there are those of another desk that still stands.
    """
    kept = vault.get(DESK_FOLDER)
    other = Path(kept.decode()) if kept else usual
    here = folder.expanduser().resolve()
    if other.resolve() != here and is_desk(other) and not (other / SEALED_KEYS).is_dir():
        raise NotReadyError(
            f"This account's keyring keeps the keys of the desk in {other}, and a second desk's "
            "would take their place. Nothing was changed. Add --passphrase to keep the new desk's "
            "under a passphrase, or make it under another account of this computer."
        )
    vault.put(DESK_FOLDER, str(here).encode())


def unsent_in(folder: Path, vault: Vault, worker_id: str) -> tuple[Unsent | None, tuple[str, ...]]:
    """What that person typed at this desk and is not at the hub yet; None, with a sentence, where
    that can't be kept here. Its key is made at the first start."""
    path = folder / UNSENT_FILE.format(worker_id)
    try:
        key = vault.get(UNSENT_KEY)
        if key is None and path.exists():
            raise SecretsError(
                f"The key to {path.name}, what was typed here while the hub was away, is gone."
            )
        if key is None:
            key = secrets.token_bytes(32)
            vault.put(UNSENT_KEY, key)
        return Unsent(Journal(path, key)), ()
    except FanlightError as fault:
        return None, (
            f"{fault} While the hub does not answer, nothing that is typed can be kept on this "
            "computer: tell IT.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHere:
    """What was typed at this desk and is not at the hub yet: by whom, how many pieces, the oldest
    from when. `fault` says why that can't be told, "" where it can."""

    whose: str = ""
    waiting: int = 0
    since: datetime | None = None
    fault: str = ""


def kept_here(folder: Path, vault: Vault) -> KeptHere:
    """What waits at this desk for its hub, without asking the hub. Nothing of it is changed."""
    at = hub_desk(folder)
    if at is None or not (folder / UNSENT_FILE.format(at.worker_id)).exists():
        return KeptHere()
    unsent, faults = unsent_in(folder, vault, at.worker_id)
    if unsent is None:
        return KeptHere(fault=" ".join(faults))
    try:
        typed = [entry.typed_at for entry in unsent.journal.all() if entry.typed_at]
        since = min(typed, default=None)
        return KeptHere(whose=at.worker_id, waiting=unsent.count, since=since)
    finally:
        unsent.journal.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    profile: Profile
    memory: Memory


def read_kept(
    folder: Path, vault: Vault, pin: str, profile_folder: Path, now: datetime
) -> tuple[str, ...]:
    """What waits at this desk, to read, without asking the hub: for its person alone.

    Raises NotAllowedError for a wrong PIN, StoreError or SecretsError where it can't be read.
    """
    at = hub_desk(folder)
    if at is None:
        return ()
    keys = DeskKeys(vault)
    keys.unlock(at.worker_id, pin)
    keys.lock(at.worker_id)
    unsent, faults = unsent_in(folder, vault, at.worker_id)
    if unsent is None:
        raise StoreError(" ".join(faults))
    try:
        today = by_the_clock(now).date()
        profile, _ = load_or_last_good(profile_folder, folder / "profile", today=today)
        reader = _Reader(profile=profile, memory=Memory())
        return tuple(pieces_in(unsent.journal, reader).values())
    finally:
        unsent.journal.close()


def is_silence(fault: UnreachableError) -> bool:
    """Whether the hub's server did not answer at all, rather than saying why it can't be used."""
    return str(fault) == hub_line.AWAY


def by_the_clock(at: datetime) -> datetime:
    """A moment as clocks in England have it, before the hub's own settings are read."""
    return at.astimezone(ZoneInfo("Europe/London"))


def again_after(fault: UnreachableError) -> float:
    """Seconds until the hub is asked again whether it lets this desk in: where it refused the
    person, more tries would lock them out."""
    return hub_line.SIGN_IN_AGAIN_S if str(fault) == hub_line.SIGN_IN else TRY_AGAIN_S


def join(
    folder: Path,
    vault: Vault,
    at: HubDesk,
    password: str,
    pin: str,
    *,
    now: datetime,
    place: CardPlace | None = None,
    own_password: str = "",
) -> Worker:
    """Make a desk of this folder at the hub: signed in once, with a key of the person's own whose
    public half the hub keeps; with a `place`, the key on their card. Where their key lies here
    already, it stays. The password they came with gives way to `own_password`, where one is given.

    Raises StoreError where the hub does not let them in, NotReadyError where there is a desk here
    already, NotAllowedError for a PIN that is too short or a hub that does not take the key.
    """
    if is_desk(folder):
        raise NotReadyError(f"There is a desk in {folder} already. Nothing was changed.")
    at = replace(at, url=with_whole_paths(at.url))
    store = _signed_in(at, password)
    try:
        with store.read() as tx:
            worker = workers.get(tx, at.worker_id)
            known = {key.kid for key in signing_keys.all(tx) if key.revoked_at is None}
        keys = DeskKeys(vault)
        if not keys.enrolled(worker.id):
            keys.enrol(
                worker.id, pin, name=worker.name, signs_off=worker.may(May.SIGN), place=place
            )
        jwk = keys.public(worker.id)
        if jwk["kid"] not in known:
            with store.write() as tx:
                signing_keys.add(tx, worker.id, jwk, tx.server_time() or now)
                told = {"key": jwk["kid"], "card": place is not None}
                _note(tx, "worker.key_renewed", worker.id, now, told)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if own_password not in ("", password):
            _change(store, vault, worker.id, password, own_password, now)
        elif password:
            vault.put(PASSWORD, password.encode())
    finally:
        store.close()
    said = {"url": at.url, "worker": at.worker_id, "without_tls": at.without_tls}
    (folder / HUB_FILE).write_text(json.dumps(said, indent=2), encoding="utf-8")
    return worker


def change_password(
    vault: Vault, at: HubDesk, password: str, pin: str, *, now: datetime, given: str | None = None
) -> None:
    """Give the desk's person another password at the hub's server, in place of the one kept here,
    or of one that they were given anew. The server gets it hashed, the vault keeps it.

    Raises NotReadyError for one that is too short or where they come without any, NotAllowedError
    for a wrong PIN, StoreError where the hub does not let them in.
    """
    before = (vault.get(PASSWORD) or b"").decode() if given is None else given
    if not before:
        raise NotReadyError(
            "You come to the hub with a certificate or Kerberos, not with a password. Nothing was "
            "changed. Where IT gave you one: fanlightctl desk password --given"
        )
    if len(password) < SHORTEST:
        raise NotReadyError(
            f"A password at the hub is at least {SHORTEST} letters long. Nothing was changed."
        )
    keys = DeskKeys(vault)
    keys.unlock(at.worker_id, pin)
    keys.lock(at.worker_id)
    store = _signed_in(at, before)
    try:
        _change(store, vault, at.worker_id, before, password, now)
    finally:
        store.close()


def _change(
    store: Store, vault: Vault, worker_id: str, before: str, password: str, now: datetime
) -> None:
    from triage.storage.hub_logins import set_password

    try:
        with store.write() as tx:
            set_password(tx, worker_id, password)
            _note(tx, "worker.password_changed", worker_id, now, {})
            vault.put(PASSWORD, password.encode())  # before it counts, so that it can't be lost
    except BaseException:
        vault.put(PASSWORD, before.encode())
        raise


def _note(
    tx: Transaction, kind: str, worker_id: str, at: datetime, detail: Mapping[str, object]
) -> None:
    events.append(tx, NewEvent(kind=kind, contact_id=None, by=worker_id, at=at, detail=detail))
