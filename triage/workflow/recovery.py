"""The keys folder of a hub's backups: what opens them, for the day this computer is gone.

It holds the recovery key under a passphrase, and the children's and other keys as they are now, in
one file that is written anew each time. Keep it elsewhere than the backups, and keep no earlier
states of it: with them content that was destroyed could be opened again.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from triage.domain.errors import SecretsError, StoreError
from triage.storage import content_keys
from triage.storage.child_keys import Share
from triage.storage.content_keys import Kept
from triage.storage.engine import Store, Transaction
from triage.storage.events import head
from triage.storage.older_copy import let_go_of_copies
from triage.storage.secrets import PassphraseVault, Vault

RECOVERY_KEY = "recovery-key"
KEYS_FOLDER = "backup-keys-folder"
"""In a vault: the folder of the keys of this desk's own backups."""
_SEALED = "recovery"
_CONTENT_KEYS = "content-keys.sealed"
_ABOUT = "fanlight content keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKeys:
    """Keys as they were when the chain ended with event `seq`."""

    kept: Kept
    seq: int


def recovery_key(vault: Vault, folder: Path, ask: Callable[[bool], str]) -> bytes:
    """The key behind all backups; made the first time, and put into `folder` under a passphrase.

    `ask` gives the recovery passphrase; it is told whether it is a new one. Raises SecretsError.
    """
    sealed = folder / _SEALED
    known = vault.get(RECOVERY_KEY)
    if sealed.is_dir():
        return known or opened(folder, lambda: ask(False))
    key = known or secrets.token_bytes(32)
    sealed.mkdir(mode=0o700, parents=True)
    try:
        PassphraseVault(sealed, ask(True)).put(RECOVERY_KEY, key)
    except BaseException:
        for left in sealed.iterdir():
            left.unlink()
        sealed.rmdir()  # nothing is set up by half
        raise
    vault.put(RECOVERY_KEY, key)
    return key


def opened(folder: Path, ask: Callable[[], str]) -> bytes:
    """The recovery key out of `folder`, by its passphrase alone. Raises SecretsError."""
    if not (folder / _SEALED).is_dir():
        raise SecretsError(
            f"There are no recovery keys in {folder}. Nothing was changed. Name the folder that "
            "was given when the backup was made, with --keys."
        )
    key = PassphraseVault(folder / _SEALED, ask()).get(RECOVERY_KEY)
    if key is None:
        raise SecretsError(f"The recovery key is missing from {folder}. Nothing was changed.")
    return key


def forget(store: Store, folder: Path, key: bytes) -> int:
    """Let go out of `folder`, now, the keys of what was destroyed in the store since they were
    written there: how many. Without them no backup that was ever made opens it.

    The store is read as its owner: who sees part of the keys would forget the others. Raises
    StoreError or SecretsError; the folder is then as it was.
    """
    held = held_content_keys(folder, key).kept
    with store.read() as tx:
        now = content_keys.all(tx)
        if _each(held) - _each(now):
            keep_content_keys(tx, folder, key)
    return len(held.by_name().keys() - now.by_name().keys())


def _each(kept: Kept) -> set[object]:
    return {*kept.children, *kept.others, *((s.contact_id, s.key_id) for s in kept.shares)}


def forget_here(store: Store, vault: Vault, path: Path) -> bool | None:
    """As `forget`, of a desk's own file, at `path`, whose backups are made on this computer:
    whether the keys could be reached. None where no backup of it was made here; a hub's are its
    owner's. Copies from before an upgrade, which hold their keys, go too."""
    if store.kind != "file":
        return None
    try:
        let_go_of_copies(path)
        folder, key = vault.get(KEYS_FOLDER), vault.get(RECOVERY_KEY)
        if folder is None or key is None:
            return None
        forget(store, Path(folder.decode()), key)
    except (StoreError, SecretsError, OSError):
        return False
    return True


def keep_content_keys(tx: Transaction, folder: Path, key: bytes) -> None:
    """Write the keys as they are now over the earlier ones, which are overwritten where
    they lay, as far as the disk does that. Raises StoreError."""
    kept = content_keys.all(tx)
    said = json.dumps(
        {
            "seq": head(tx).seq,
            "keys": {name: _plain(k) for name, k in kept.others.items()},
            "children": {id.hex: _plain(k) for id, k in kept.children.items()},
            "shares": [
                (s.contact_id.hex, s.child, s.key_id.hex, _plain(s.wrapped)) for s in kept.shares
            ],
        }
    ).encode()
    sealed = content_keys.seal(said, for_use(key, _ABOUT), _ABOUT)
    part = folder / f"{_CONTENT_KEYS}.{os.getpid()}.part"
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        with _earlier(folder / _CONTENT_KEYS) as earlier:
            part.replace(folder / _CONTENT_KEYS)
            if earlier is not None:
                earlier.write(bytes(os.fstat(earlier.fileno()).st_size))
                earlier.flush()
                os.fsync(earlier.fileno())
    except OSError as fault:
        raise StoreError(
            f"The content keys could not be written to {folder}: "
            f"{fault.strerror or 'the disk refused'}. Those of before are still there. Make room, "
            "then make the backup again."
        ) from fault


@contextmanager
def _earlier(path: Path) -> Iterator[BinaryIO | None]:
    if not path.exists() or os.name == "nt":  # which replaces no file that is open
        yield None
        return
    with path.open("r+b") as file:
        yield file


def held_content_keys(folder: Path, key: bytes) -> HeldKeys:
    """The keys of the folder. Raises SecretsError where they are missing or not these."""
    try:
        sealed = (folder / _CONTENT_KEYS).read_bytes()
        said = json.loads(content_keys.unseal(sealed, for_use(key, _ABOUT), _ABOUT))
        kept = Kept(
            others={name: base64.b64decode(k) for name, k in said["keys"].items()},
            children={UUID(id): base64.b64decode(k) for id, k in said.get("children", {}).items()},
            shares=tuple(
                Share(UUID(contact), child, UUID(key_id), base64.b64decode(wrapped))
                for contact, child, key_id, wrapped in said.get("shares", ())
            ),
        )
        return HeldKeys(kept=kept, seq=int(said["seq"]))
    except OSError as fault:
        raise SecretsError(
            f"The content keys are not in {folder}, so no family's record can be opened. Nothing "
            "was changed. Name the folder that was given when the backup was made, with --keys."
        ) from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise SecretsError(
            f"The content keys in {folder} are damaged, or another hub's. Nothing was changed."
        ) from fault


def _plain(key: bytes) -> str:
    return base64.b64encode(key).decode()


def for_use(key: bytes, use: str) -> bytes:
    """A key for one use, worked out of the recovery key (HKDF, RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode()).derive(key)
