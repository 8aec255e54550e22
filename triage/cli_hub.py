"""fanlightctl commands of the hub: make a desk of one's own, enrol people, take files in."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec
from uuid import uuid4

import click

from triage.cli_trust import FOLDER, default_data, folder_of, in_words, open_vault
from triage.domain.errors import FanlightError, UnreadableError
from triage.domain.pin import why_guessable
from triage.domain.worker import Role, Worker

if TYPE_CHECKING:
    from triage.export.keys import CardPlace
    from triage.storage.secrets import Vault
    from triage.workflow.desk import Desk
    from triage.workflow.hub import Hub

P = ParamSpec("P")
COMMAND_LINE = Worker(
    id="fanlightctl", name="Command line", role=Role.BUSINESS_SUPPORT, job="Command line"
)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")


def hub_at(folder: Path, vault: "Vault", profile: Path | None = None) -> "Hub":
    """The hub in a folder, to be closed by who opened it; `profile` is named for it first."""
    from triage.workflow.hub import open_hub, profile_of
    from triage.workflow.places import PROFILE_NAME

    if profile is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / PROFILE_NAME).write_text(str(profile.resolve()), encoding="utf-8")

    return open_hub(
        folder,
        vault=vault,
        profile_folder=profile_of(folder),
        now=lambda: datetime.now(UTC),
        new_id=uuid4,
        practice=(folder / "keys").is_dir(),
    )


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@_data
@in_words
def receive(files: tuple[Path, ...], data: Path | None) -> None:
    """Take FILES in: each is read, kept as it came, and put in the queue."""
    from triage.workflow import match
    from triage.workflow.places import must_be_desk
    from triage.workflow.receive import receive_path

    folder = folder_of(data)
    must_be_desk(folder)
    hub = hub_at(folder, open_vault(folder))
    try:
        hub.load_extracts()
        # At a hub's server everybody acts in their own name only.
        desk = hub.desk(hub.workers()[0] if hub.whose else COMMAND_LINE)
        not_taken = 0
        for file in files:
            try:
                got = receive_path(desk, file)
            except UnreadableError as fault:
                click.echo(f"{fault} It was not taken in.", err=True)
                not_taken += 1
                continue
            click.echo(got.sentence)
            for contact_id in got.contacts if not got.seen_before else ():
                match.look_up(desk, contact_id)
    finally:
        hub.close()
    if not_taken:
        sys.exit(1)


@click.group()
def desk() -> None:
    """A desk of one's own: one encrypted file, no server."""


_PERSON = (
    click.option("--id", "worker_id", required=True, help="Short sign-in name, such as jsmith."),
    click.option("--name", required=True, help="The person's name."),
    click.option("--job", required=True, help="What they do, such as Team leader."),
    click.option("--role", type=click.Choice([r.value for r in Role]), required=True),
    click.option("--team", default="", help="Their team."),
    click.option("--registration", default="", help="Social Work England number."),
)


def a_person(command: Callable[P, None]) -> Callable[P, None]:
    """The options that say who somebody is."""
    for option in reversed(_PERSON):
        command = option(command)
    return command


_CARD = (
    click.option("--card", "module", help="Their key is on a smart card: its PKCS #11 library."),
    click.option("--token", default="", help="The card's label, as its own tools show it."),
    click.option("--key", "label", default="Fanlight", help="The key on it; made where missing."),
)


def a_card(command: Callable[P, None]) -> Callable[P, None]:
    """The options that say where a key lies on a card."""
    for option in reversed(_CARD):
        command = option(command)
    return command


def place_of(module: str | None, token: str, label: str) -> "CardPlace | None":
    """The place that those options name; None where the desk itself keeps the key."""
    if module is None:
        return None
    from triage.export.keys import CardPlace

    if not token:
        raise FanlightError("Say which card it is: --token LABEL. Nothing was changed.")
    return CardPlace(module=module, token=token, key=label)


def ask_pin(name: str, place: "CardPlace | None" = None) -> str:
    """The PIN for a new key, asked again while easy to guess, or that of the card it is on."""
    if place is not None:
        return str(click.prompt(f"PIN of the card {place.token}", hide_input=True))

    def chosen(typed: str) -> str:
        if why := why_guessable(typed, name):
            raise click.UsageError(why)
        return typed

    words = f"A PIN for {name}"
    asked = click.prompt(words, hide_input=True, confirmation_prompt=True, value_proc=chosen)
    return str(asked)


@desk.command("create")
@a_person
@a_card
@click.option("--profile", type=FOLDER, help="The hub's profile; Northmere's unless given.")
@click.option("--passphrase", is_flag=True, help="Keep keys under a passphrase, not the keyring.")
@_data
@in_words
def desk_create(
    worker_id: str,
    name: str,
    job: str,
    role: str,
    team: str,
    registration: str,
    module: str | None,
    token: str,
    label: str,
    profile: Path | None,
    passphrase: bool,
    data: Path | None,
) -> None:
    """Make a desk with its encrypted file and keys, and enrol its first person."""
    from triage.workflow import people

    folder = data or default_data()
    worker = _worker(worker_id, name, job, role, team, registration)
    place = place_of(module, token, label)
    hub = hub_at(folder, new_vault(folder, passphrase), profile)
    try:
        people.enrol(hub.desk(worker), worker, ask_pin(name, place), place=place)
    finally:
        hub.close()
    program = Path(sys.executable).with_name("fanlight")
    click.echo(f"The desk in {folder} is ready. Open it with: {program} --data {folder}")


def new_vault(folder: Path, passphrase: bool) -> "Vault":
    """Where the keys to a new desk will lie, or do lie where it was begun and nobody enrolled.

    Raises FanlightError where somebody works there, or the keyring is another desk's.
    """
    from triage.storage.secrets import PassphraseVault, SystemVault
    from triage.workflow.hub_desk import take_keyring
    from triage.workflow.places import SEALED_KEYS, STORE_FILE

    if (folder / STORE_FILE).exists():
        vault = open_vault(folder)
        if _anybody(folder / STORE_FILE, vault):
            raise FanlightError(f"There is a desk in {folder} already. Nothing was changed.")
        return vault
    if passphrase or (folder / SEALED_KEYS).is_dir():
        words = str(click.prompt("A passphrase", hide_input=True, confirmation_prompt=True))
        return PassphraseVault(folder / SEALED_KEYS, words)
    keyring = SystemVault()
    take_keyring(keyring, folder, default_data())
    return keyring


def _anybody(path: Path, vault: "Vault") -> bool:
    from triage.storage import workers
    from triage.storage.engine import open_file
    from triage.storage.secrets import store_key

    store = open_file(path, store_key(vault, path))
    try:
        with store.read() as tx:
            return bool(workers.all(tx, limit=1))
    finally:
        store.close()


@desk.command("enrol")
@a_person
@a_card
@click.option("--as", "leader_id", required=True, help="The team leader who enrols them.")
@_data
@in_words
def desk_enrol(
    worker_id: str,
    name: str,
    job: str,
    role: str,
    team: str,
    registration: str,
    module: str | None,
    token: str,
    label: str,
    leader_id: str,
    data: Path | None,
) -> None:
    """Enrol another person on this desk; a team leader or administrator does it, by PIN."""
    from triage.workflow import people

    place = place_of(module, token, label)
    with acting_as(leader_id, data) as leader:
        worker = _worker(worker_id, name, job, role, team, registration)
        people.enrol(leader, worker, ask_pin(name, place), place=place)
    click.echo(f"{name} is enrolled and can sign in.")


@contextmanager
def acting_as(leader_id: str, data: Path | None) -> Iterator["Desk"]:
    """The desk with that person at it, once they have typed their PIN. Raises FanlightError."""
    from triage.workflow import people

    folder = folder_of(data)
    hub = hub_at(folder, open_vault(folder))
    try:
        leader = next((w for w in hub.workers() if w.id == leader_id), None)
        if leader is None:
            raise FanlightError(f"Nobody here signs in as {leader_id}. Nothing was changed.")
        pin = str(click.prompt(f"PIN of {leader.name}", hide_input=True))
        yield people.switch(hub.desk(leader), leader.id, pin)
    finally:
        hub.close()


def _worker(worker_id: str, name: str, job: str, role: str, team: str, registration: str) -> Worker:
    return Worker(
        id=worker_id, name=name, job=job, role=Role(role), team=team, registration=registration
    )


COMMANDS: tuple[click.Command, ...] = (receive, desk)
"""What `fanlightctl` adds to its own."""
