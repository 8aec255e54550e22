"""Where keys are kept: the system's keyring, behind a passphrase, or (practice only) a plain file.

Nothing here is ever logged, shown, or put into an error.
"""

import base64
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from triage.domain.errors import SecretsError

STORE_KEY = "store-key"


class Vault(Protocol):
    """Keeps small secrets by name."""

    def get(self, name: str) -> bytes | None:
        """The secret, or None where there is none. Raises SecretsError when it can't be told."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep a secret in place of an earlier one. Raises SecretsError."""

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none. Raises SecretsError."""


def store_key(vault: Vault, file: Path) -> bytes:
    """The 32-byte key of the encrypted file; made, for a file that is not there yet.

    Raises SecretsError when the file is there and its key is not: a new key would not open it.
    """
    if (key := vault.get(STORE_KEY)) is not None:
        return key
    if file.exists() and file.stat().st_size:
        raise SecretsError(
            f"The key to {file.name} is not in this computer's keyring for this user, so nothing "
            "can be read. The file was left as it is: sign in as the user who set Fanlight up, or "
            "ask IT for the key."
        )
    key = secrets.token_bytes(32)
    vault.put(STORE_KEY, key)
    return key


# The vaults of Windows, macOS and the Linux desktops. What else may be installed as a keyring
# is not known to encrypt (keyrings.alt does not), so it is refused.
_ENCRYPTED = frozenset(
    f"keyring.backends.{name}"
    for name in ("Windows", "macOS", "SecretService", "kwallet", "libsecret")
)


class SystemVault:
    """The system's own keyring, under the name of `service`."""

    def __init__(self, service: str = "Fanlight") -> None:
        """Raises SecretsError where the system has no keyring that encrypts."""
        import keyring  # slow to import, and not needed where a passphrase is used

        self._service = service
        self._backend = _encrypting(keyring.get_keyring())

    def get(self, name: str) -> bytes | None:
        with _unlocked():
            kept = self._backend.get_password(self._service, name)
        return None if kept is None else base64.b64decode(kept)

    def put(self, name: str, secret: bytes) -> None:
        with _unlocked():
            self._backend.set_password(
                self._service, name, base64.b64encode(secret).decode("ascii")
            )

    def delete(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        try:
            with _unlocked():
                self._backend.delete_password(self._service, name)
        except PasswordDeleteError:
            return


def _encrypting(backend: Any) -> Any:
    """The back end itself, or the first of a chain, that is known to encrypt."""
    for member in getattr(backend, "backends", None) or (backend,):
        if any(kind.__module__ in _ENCRYPTED for kind in type(member).__mro__):
            return member
    raise SecretsError(
        "This computer has no keyring that encrypts what it keeps "
        f"(it offers {type(backend).__module__}). Nothing was stored. Set up the system's "
        "keyring, or choose a passphrase instead where the desk is made: add --passphrase there."
    )


@contextmanager
def _unlocked() -> Iterator[None]:
    """The keyring's own faults as sentences."""
    from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

    try:
        yield
    except PasswordDeleteError:
        raise
    except KeyringLocked as error:
        raise SecretsError(
            "The system's keyring is locked, so Fanlight can't fetch its keys. Nothing was "
            "changed: unlock the keyring with your password, then try again."
        ) from error
    except KeyringError as error:
        raise SecretsError(
            "The system's keyring did not answer. Nothing was changed: sign out of the "
            "computer and in again, or ask IT to look at the keyring."
        ) from error


class FileVault:
    """Plain files that only their owner may read. For practice data only: nothing is encrypted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, name: str) -> bytes | None:
        return _read(_file(self._folder, name))

    def put(self, name: str, secret: bytes) -> None:
        _write(_file(self._folder, name), secret)

    def delete(self, name: str) -> None:
        _delete(_file(self._folder, name))


SHORTEST_PASSPHRASE = 12
_KEY_BYTES, _NONCE_BYTES, _SALT_BYTES = 32, 12, 16
# RFC 9106 section 4, second recommended option: 64 MiB of memory.
COST = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}
_CHECK = b"this passphrase opens this folder"


class PassphraseVault:
    """Files encrypted by AES-256-GCM under a key made from a passphrase by Argon2id.

    For a computer without a keyring. The passphrase is asked for at each start.
    """

    def __init__(self, folder: Path, passphrase: str) -> None:
        """Raises SecretsError for another passphrase than the folder's, or a new one too short."""
        self._folder = folder
        lock = folder / "passphrase.json"
        if (kept := _read(lock)) is None:
            if any(folder.glob("*.secret")):
                raise SecretsError(
                    f"{lock.name}, which goes with the passphrase, is missing. Nothing was "
                    "changed: ask IT to bring it back from a copy."
                )
            if len(passphrase) < SHORTEST_PASSPHRASE:
                raise SecretsError(
                    f"A passphrase needs {SHORTEST_PASSPHRASE} letters or more, as it guards "
                    "everything on this computer. Choose a longer one; four words do well."
                )
            salt = secrets.token_bytes(_SALT_BYTES)
            self._key = _derive(passphrase, salt, COST)
            terms = {**COST, "salt": salt.hex(), "check": self._seal("check", _CHECK).hex()}
            _write(lock, json.dumps(terms).encode())
            return
        try:
            terms = json.loads(kept)
            salt, check = bytes.fromhex(terms["salt"]), bytes.fromhex(terms["check"])
            cost = {name: int(terms[name]) for name in COST}
            if any(not 1 <= cost[name] <= 64 * COST[name] for name in COST):
                raise ValueError("a cost that no computer of today can bear")
        except (ValueError, KeyError, TypeError) as error:
            raise SecretsError(
                f"{lock.name}, which goes with the passphrase, is damaged. Nothing was changed: "
                "ask IT to bring it back from a copy."
            ) from error
        self._key = _derive(passphrase, salt, cost)
        self._open("check", check)

    def get(self, name: str) -> bytes | None:
        sealed = _read(_file(self._folder, name))
        return None if sealed is None else self._open(name, sealed)

    def put(self, name: str, secret: bytes) -> None:
        _write(_file(self._folder, name), self._seal(name, secret))

    def delete(self, name: str) -> None:
        _delete(_file(self._folder, name))

    def _seal(self, name: str, secret: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, secret, name.encode())

    def _open(self, name: str, sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            # The name is sealed in too, so one secret can't be put in another's place.
            return AESGCM(self._key).decrypt(nonce, rest, name.encode())
        except (InvalidTag, ValueError) as error:
            words = (
                "That is not the passphrase. Nothing was changed: check capitals and spaces, then "
                "type it again."
                if name == "check"
                else f"A key kept here ({name}) was altered or damaged. Nothing was changed: ask "
                "IT to bring it back from a copy."
            )
            raise SecretsError(words) from error


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(passphrase.encode(), salt, **cost, hash_len=_KEY_BYTES, type=Type.ID)


def _file(folder: Path, name: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise ValueError("A secret's name is letters, figures, dots, dashes and underscores")
    return folder / f"{name}.secret"


def _read(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretsError(
            f"{file.name} can't be read: {error.strerror}. Nothing was changed: check who owns "
            "the folder it is in."
        ) from error


def _delete(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise SecretsError(
            f"{file.name} can't be removed: {error.strerror}. Nothing was changed: check who owns "
            "the folder it is in."
        ) from error


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, readable by its owner only."""
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        if not file.parent.exists():
            file.parent.mkdir(mode=0o700, parents=True)
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise SecretsError(
            f"{file.name} can't be written: {error.strerror}. The earlier one, if any, is as it "
            "was: check the disk and who owns the folder."
        ) from error
