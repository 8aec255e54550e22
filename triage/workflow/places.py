"""Names of files and folders in a desk's data folder. Light, so that the window can ask early."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from triage.domain.errors import StoreError

STORE_FILE = "fanlight.db"
HUB_FILE = "hub.json"
"""Names the hub's server and who signs in there, on a desk that has no file of its own."""
UNSENT_FILE = "unsent-{}.db"
"""What a person typed at a desk of a hub and is not there yet, encrypted: a file for each, so that
nothing is sent in the name of who joined the hub here after them."""
BROUGHT_IN = "fanlight.brought-in.db"
"""A desk's own file once all of it was copied into a hub."""
DROP_FOLDER = "drop"
PROFILE_NAME = "profile-folder"
"""A file holding the path of the hub's own profile."""
PRACTICE_KEYS = "keys"
SEALED_KEYS = "sealed"
"""Folder of keys under a passphrase, on a computer without a keyring."""


COUNCIL_KEYS = "council/receipt-jwks.json"
"""The public keys of the council's receipts, as it gave them to the hub."""


def is_desk(folder: Path) -> bool:
    """Whether a desk was made in the folder, with a file of its own or at a hub."""
    return (folder / STORE_FILE).exists() or (folder / HUB_FILE).exists()


def must_be_desk(folder: Path) -> None:
    """Raises StoreError where no desk was made in the folder, saying what to do."""
    if not is_desk(folder):
        raise StoreError(
            f"There is no desk in {folder}. Nothing was done. Name the desk's own folder with "
            "--data (practice has one called practice in it), or make a desk with “fanlightctl "
            "desk create”."
        )


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """What the system says about a folder that can't be used, as a StoreError in a sentence."""
    try:
        yield
    except OSError as fault:
        raise StoreError(
            f"The folder {folder} can't be used: {fault.strerror or type(fault).__name__}. What "
            "is in it is as it was. Check who owns it and that its disk has room, or choose "
            "another with --data."
        ) from fault


def no_core_files() -> None:
    """Keep this program and those it starts from being written to the disk when they fall over:
    names and keys would lie there to be read. Windows does no such thing unless it is told to."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
