"""The keys folder of a hub's backups: what opens them, for the day this computer is gone.

It holds the recovery key under a passphrase, and the content keys as they are now, in one file
that is written anew each time. Keep it elsewhere than the backups, and keep no earlier states of
it: with them content that was destroyed could be opened again.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from triage.domain.errors import SecretsError, StoreError
from triage.storage import content_keys
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
    """Content keys by name, as they were when the chain ended with event `seq`."""

    keys: Mapping[str, bytes]
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
    held = held_content_keys(folder, key).keys
    with store.read() as tx:
        gone = len(held.keys() - content_keys.all(tx).keys())
        if gone:
            keep_content_keys(tx, folder, key)
    return gone


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
    """Write the content keys as they are now over the earlier ones, which are overwritten where
    they lay, as far as the disk does that. Raises StoreError."""
    named = {n: base64.b64encode(k).decode() for n, k in content_keys.all(tx).items()}
    said = json.dumps({"seq": head(tx).seq, "keys": named}).encode()
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
    """The content keys of the folder. Raises SecretsError where they are missing or not these."""
    try:
        sealed = (folder / _CONTENT_KEYS).read_bytes()
        said = json.loads(content_keys.unseal(sealed, for_use(key, _ABOUT), _ABOUT))
        return HeldKeys(
            keys={n: base64.b64decode(k) for n, k in said["keys"].items()}, seq=int(said["seq"])
        )
    except OSError as fault:
        raise SecretsError(
            f"The content keys are not in {folder}, so no family's record can be opened. Nothing "
            "was changed. Name the folder that was given when the backup was made, with --keys."
        ) from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise SecretsError(
            f"The content keys in {folder} are damaged, or another hub's. Nothing was changed."
        ) from fault


def for_use(key: bytes, use: str) -> bytes:
    """A key for one use, worked out of the recovery key (HKDF, RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode()).derive(key)
