"""One sitting at a computer with a keyring, run by test_keyring in a session bus of its own.

Called as `python -m tests.storage.at_a_keyring DEED FOLDER`; prints what came of it as JSON.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from triage.domain.errors import FanlightError
from triage.storage.secrets import STORE_KEY, SystemVault
from triage.workflow.hub import PROFILES, open_hub

NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)


def round_trip(folder: Path) -> list[str | None]:
    """What each step gives back: nothing, the first secret, the second, nothing again."""
    vault = SystemVault()
    whole = bytes(range(256)) * 4  # as long as a signing key, every byte in it
    said: list[bytes | None] = [vault.get("rosei.key")]
    for secret in (b"first", whole):
        vault.put("rosei.key", secret)
        said.append(SystemVault().get("rosei.key"))
    vault.delete("rosei.key")
    vault.delete("rosei.key")
    said.append(vault.get("rosei.key"))
    return [None if one is None else one.hex() for one in said]


def keep(folder: Path) -> str:
    """Keep a secret and leave it there."""
    SystemVault().put("rosei.key", b"kept over night")
    return "kept"


def find(folder: Path) -> str | None:
    """The secret of an earlier sitting."""
    kept = SystemVault().get("rosei.key")
    return None if kept is None else kept.decode()


def open_desk(folder: Path) -> str:
    """Open the hub; the number of people enrolled is proof that the file was read."""
    hub = open_hub(
        folder,
        vault=SystemVault(),
        profile_folder=PROFILES / "northmere",
        now=lambda: NOW,
        new_id=uuid4,
    )
    try:
        return f"open, {len(hub.workers())} enrolled"
    finally:
        hub.store.close()


def lose_key(folder: Path) -> str:
    """Take the file's key out of the keyring, as a new computer's keyring would lack it."""
    SystemVault().delete(STORE_KEY)
    return "gone"


DEEDS: dict[str, Callable[[Path], object]] = {
    deed.__name__: deed for deed in (round_trip, keep, find, open_desk, lose_key)
}

if __name__ == "__main__":
    try:
        came = {"gave": DEEDS[sys.argv[1]](Path(sys.argv[2]))}
    except FanlightError as fault:
        came = {"refused": f"{type(fault).__name__}: {fault}"}
    print(json.dumps(came))
