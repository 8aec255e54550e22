"""fanlightctl commands of keeping: backups, proved by being restored."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from triage.cli_hub import ask_pin, hub_at
from triage.cli_team import WITHOUT_TLS, with_password
from triage.cli_trust import FOLDER, default_data, folder_of, in_words, keys_here, open_vault
from triage.domain.errors import FanlightError
from triage.domain.spelling import counted

if TYPE_CHECKING:
    from triage.storage.engine import Store
    from triage.storage.secrets import Vault

P = ParamSpec("P")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
_HUB = click.option("--hub", "address", default="", help="Of a hub's server: its owner's ADDRESS.")


@click.group()
def backup() -> None:
    """Backups of everything that is kept, of a desk's file or of a hub's server."""


def _of_a_backup(command: Callable[P, None]) -> Callable[P, None]:
    for option in (
        click.option(
            "--trust", type=_FILE, help="The hub's public keys (JWKS), as kept elsewhere."
        ),
        click.option("--keys", "keys_folder", type=FOLDER, help="The folder of its keys."),
        click.argument("file", type=_FILE),
    ):
        command = option(command)
    return command


def _recovery(new: bool) -> str:
    if new:
        click.echo(
            "Backups are opened with a recovery passphrase, for the day this computer is gone. "
            "Write it down and keep it where the council keeps such things.",
            err=True,
        )
    words = "A recovery passphrase" if new else "Recovery passphrase"
    return str(click.prompt(words, hide_input=True, confirmation_prompt=new, err=True))


def _beside(path: Path, keys_folder: Path | None) -> Path:
    return keys_folder or path / "keys"


@contextmanager
def _owners_store(
    address: str, data: Path | None, *, without_tls: bool
) -> Iterator[tuple["Store", "Vault"]]:
    """The store of a desk's own file, or a hub's as its owner, and this computer's vault."""
    from triage.storage import hub_server
    from triage.storage.engine import open_server
    from triage.workflow.hub_desk import open_store
    from triage.workflow.places import HUB_FILE, PRACTICE_KEYS, must_be_desk

    folder = folder_of(data)
    if address and (folder / PRACTICE_KEYS).is_dir():
        raise FanlightError(
            "The keys to a hub's backups are kept at a desk of your own, and here is practice "
            "alone, whose keys lie open. Nothing was done. Make a desk with “fanlightctl desk "
            "create”, with --passphrase where there is no keyring, and name its folder with --data."
        )
    if not address:
        must_be_desk(folder)
    if not address and (folder / HUB_FILE).exists():
        raise FanlightError(
            "This desk's records are on the hub's server, which is backed up as a whole: name its "
            "owner's address with --hub. Nothing was done."
        )
    vault = open_vault(folder)
    if address:
        owner = with_password(address)
        hub_server.must_be_encrypted_to(owner, without_tls=without_tls)
        store = open_server(owner)
    else:
        store = open_store(folder, vault)
    try:
        yield store, vault
    finally:
        store.close()


@backup.command("make")
@click.argument("to", type=FOLDER)
@click.option("--keys", "keys_folder", type=FOLDER, help="Where its keys go; TO/keys unless given.")
@_HUB
@_data
@WITHOUT_TLS
@in_words
def backup_make(
    to: Path, keys_folder: Path | None, address: str, data: Path | None, without_tls: bool
) -> None:
    """Back up everything into a new file in TO, while people work.

    The first time it asks for a recovery passphrase. Keep the folder of its keys elsewhere than
    the backups, and keep no earlier states of it.
    """
    from triage.workflow import backup as backups

    with _owners_store(address, data, without_tls=without_tls) as (store, vault):
        made = backups.make(
            store,
            vault,
            to,
            _beside(to, keys_folder),
            now=datetime.now(UTC),
            ask=_recovery,
            by="owner" if address else backups.BY,
        )
    rows = sum(made.manifest["counts"].values())
    click.echo(f"Backed up {rows:,} rows into {made.path}.")
    line = ["fanlightctl", "backup", "prove", str(made.path)]
    line += ["--keys", str(keys_folder)] if keys_folder else []
    line += ["--data", str(data)] if data else []
    click.echo(f"Prove that it can be restored: {shlex.join(line)}")


@backup.command("forget")
@click.option("--keys", "keys_folder", type=FOLDER, required=True, help="The folder of its keys.")
@_HUB
@_data
@WITHOUT_TLS
@in_words
def backup_forget(keys_folder: Path, address: str, data: Path | None, without_tls: bool) -> None:
    """Let the keys of what was destroyed since the last backup go, now: out of the folder of keys,
    and so out of every backup. Made to be run by a timer."""
    from triage.workflow import recovery

    with _owners_store(address, data, without_tls=without_tls) as (store, vault):
        known = vault.get(recovery.RECOVERY_KEY)
        key = known or recovery.opened(keys_folder, lambda: _recovery(False))
        gone = recovery.forget(store, keys_folder, key)
    click.echo(f"{counted(gone, 'key')} forgotten. The others are as they were.")


@backup.command("prove")
@_of_a_backup
@click.option("--as-if-lost", is_flag=True, help="Go by the recovery passphrase alone.")
@_data
@in_words
def backup_prove(
    file: Path, keys_folder: Path | None, trust: Path | None, as_if_lost: bool, data: Path | None
) -> None:
    """Restore FILE into a place that is thrown away, and check that the hub in it works.

    Exit code 1, and why, where it would not.
    """
    from triage.workflow import backup as backups

    keys = _beside(file.parent, keys_folder)
    vault = None if as_if_lost else _vault_here(data)
    key = _key(keys, vault)
    for sentence in backups.prove(file, keys, key, _trusted(trust, data, vault)):
        click.echo(sentence)
    click.echo("Proved: it was restored, checked and thrown away again.")


@backup.command("restore")
@_of_a_backup
@_HUB
@click.option("--leader", default="", help="Who gets a new key and PIN on a new computer.")
@click.option("--passphrase", is_flag=True, help="Keep keys under a passphrase, not the keyring.")
@_data
@WITHOUT_TLS
@in_words
def backup_restore(
    file: Path,
    keys_folder: Path | None,
    trust: Path | None,
    address: str,
    leader: str,
    passphrase: bool,
    data: Path | None,
    without_tls: bool,
) -> None:
    """Bring FILE back: into a new desk's folder (--data), or a hub's empty database (--hub)."""
    from triage.storage.secrets import PassphraseVault, SystemVault, store_key
    from triage.workflow import backup as backups
    from triage.workflow.places import PRACTICE_KEYS, SEALED_KEYS, STORE_FILE

    keys = _beside(file.parent, keys_folder)
    jwks = _trusted(trust, None, None)
    now = datetime.now(UTC)
    if address:
        owner = with_password(address)
        said = backups.restore_hub(
            file, keys, _key(keys, None), jwks, owner, without_tls=without_tls, now=now
        )
        click.echo("\n".join(said))
        click.echo("The hub is restored. Let its people in: fanlightctl hub let-in")
        return
    folder = data or default_data()
    vault: Vault
    if passphrase and not (folder / SEALED_KEYS).is_dir():
        words = str(click.prompt("A passphrase", hide_input=True, confirmation_prompt=True))
        vault = PassphraseVault(folder / SEALED_KEYS, words)
    elif (folder / SEALED_KEYS).is_dir() or (folder / PRACTICE_KEYS).is_dir():
        vault = open_vault(folder)
    else:
        vault = SystemVault()
    key = _key(keys, vault)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / STORE_FILE
    said = backups.restore_file(file, keys, key, jwks, path, store_key(vault, path), now=now)
    click.echo("\n".join(said))
    if leader:
        _enrol_anew(folder, vault, leader)
    click.echo(f"The desk in {folder} is restored.")


def _enrol_anew(folder: Path, vault: "Vault", leader: str) -> None:
    """A new key for one person, on a computer that never had theirs."""
    from triage.workflow import people

    hub = hub_at(folder, vault)
    try:
        who = next((w for w in hub.workers() if w.id == leader), None)
        if who is None:
            raise FanlightError(f"Nobody in this backup signs in as {leader}. It is restored.")
        people.enrol(hub.desk(who), who, ask_pin(who.name))
    finally:
        hub.close()


def _vault_here(data: Path | None) -> "Vault | None":
    from triage.workflow.places import is_desk

    folder = folder_of(data)
    return open_vault(folder) if is_desk(folder) else None


def _key(keys_folder: Path, vault: "Vault | None") -> bytes:
    """The recovery key: this computer's, or by the passphrase where it has none."""
    from triage.workflow import recovery

    known = vault.get(recovery.RECOVERY_KEY) if vault else None
    return known or recovery.opened(keys_folder, lambda: _recovery(False))


def _trusted(
    trust: Path | None, data: Path | None, vault: "Vault | None"
) -> Mapping[str, Any] | None:
    """The public keys to go by: those given, this desk's, or (None) those of the backup itself."""
    from triage.export.trust_list import read_keys

    if trust:
        return read_keys(trust)
    return keys_here(data, vault) if vault else None


COMMANDS: tuple[click.Command, ...] = (backup,)
"""What `fanlightctl` adds to its own."""
