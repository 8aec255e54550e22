"""fanlightctl commands of a hub of many desks: its database, its people, their desks."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

import click

from triage.cli_hub import a_card, a_person, ask_pin, desk, new_vault, place_of
from triage.cli_trust import FOLDER, default_data, folder_of, in_words, open_vault
from triage.domain.errors import FanlightError
from triage.domain.worker import Role, Worker

P = ParamSpec("P")
WITHOUT_TLS = click.option(
    "--without-tls", is_flag=True, help="Only for a server on this computer, to try it."
)


@click.group()
def hub() -> None:
    """A hub of many desks on one PostgreSQL server. ADDRESS is that of the tables' owner,
    postgresql://owner@server/database?sslmode=verify-full&sslrootcert=FILE (or =system); its
    password is asked for."""


def _owners(command: Callable[P, None]) -> Callable[P, None]:
    return click.argument("address")(WITHOUT_TLS(command))


def with_password(address: str) -> str:
    """The address with its owner's password, which is typed and stands on no command line."""
    from sqlalchemy.exc import ArgumentError

    from triage.storage.hub_line import address as address_of

    try:
        url = address_of(address)
    except (ArgumentError, ValueError) as fault:
        raise FanlightError(
            "That is no address of a server. It looks like "
            "postgresql://owner@server/database?sslmode=verify-full&sslrootcert=FILE"
        ) from fault
    if url.password is None:
        words = "Password of the owner (nothing: it comes without)"
        typed = click.prompt(words, hide_input=True, err=True, default="", show_default=False)
        url = url.set(password=typed or None)
    return url.render_as_string(hide_password=False)


@hub.command("create")
@_owners
@click.option("--profile", type=FOLDER, help="Whose retention.toml and roles.toml it is to go by.")
@click.option("--backed-up", is_flag=True, help="A backup was made: bring it up to date unasked.")
@in_words
def hub_create(address: str, without_tls: bool, profile: Path | None, backed_up: bool) -> None:
    """Make the tables, roles and rules, or bring those of an older Fanlight up to date: that can't
    be undone but from a backup.

    The server destroys no record before it was told, with --profile, how long they are kept. What
    each role may do is as usual until it was told otherwise.
    """
    from triage.storage.hub_server import create_hub, is_older
    from triage.workflow.profiles import load_profile

    said = None if profile is None else load_profile(profile, today=datetime.now(UTC).date())
    owner = with_password(address)
    if not backed_up and is_older(owner, without_tls=without_tls):
        click.echo(
            "This hub is of an older Fanlight and would be brought up to date, which only a backup "
            "undoes. Make one first, with the Fanlight that the desks have now, and prove it: "
            "fanlightctl backup make TO --keys DIR --hub ADDRESS, then backup prove FILE"
        )
        if not click.confirm("Was a backup made and proved?"):
            raise FanlightError("Nothing was changed: desks go on with the Fanlight they have.")
    create_hub(
        owner,
        without_tls=without_tls,
        retention=said.retention if said else None,
        roles=said.roles if said else None,
    )
    click.echo(
        "The hub is ready. A desk that worked alone is brought in before anybody is let in: "
        "fanlightctl hub bring-in. Let people in with: fanlightctl hub let-in"
    )


@hub.command("let-in")
@_owners
@a_person
@click.option("--agency", "agencies", multiple=True, help="An agency they answer for, by code.")
@click.option("--no-password", is_flag=True, help="They come with a certificate or Kerberos.")
@click.option("--new-password", is_flag=True, help="For one who has forgotten theirs.")
@in_words
def hub_let_in(
    address: str,
    without_tls: bool,
    worker_id: str,
    name: str,
    job: str,
    role: str,
    team: str,
    registration: str,
    agencies: tuple[str, ...],
    no_password: bool,
    new_password: bool,
) -> None:
    """Give a person their own login, or another role to one who has one. A first password is shown
    this once; whoever has one keeps it."""
    from triage.storage import hub_logins, hub_server

    owner = with_password(address)
    worker = Worker(
        id=worker_id, name=name, job=job, role=Role(role), team=team, registration=registration
    )
    hub_server.must_be_encrypted_to(owner, without_tls=without_tls)
    known = hub_logins.is_let_in(owner, worker_id)
    password = None if known and not new_password else secrets.token_urlsafe(12)
    if no_password:
        password = ""
    login = hub_logins.let_in(owner, worker_id, Role(role), password, agencies=agencies)
    revoked = hub_logins.list_person(owner, worker, at=datetime.now(UTC))
    click.echo(f"{name} signs in to the server as {login}.")
    if password:
        which = "new" if known else "first"
        click.echo(f"Their {which} password, to be told to them alone: {password}")
    if revoked:
        click.echo(
            "Their key said of signing off what their role does not any more, and was revoked. At "
            "their desk: fanlightctl keys renew. Give the council the new list: fanlightctl keys "
            "export"
        )


@hub.command("shut-out")
@_owners
@click.option("--id", "worker_id", required=True, help="Whose login ends.")
@in_words
def hub_shut_out(address: str, without_tls: bool, worker_id: str) -> None:
    """End a person's login, at once and wherever they are signed in."""
    from triage.storage import hub_logins, hub_server

    owner = with_password(address)
    hub_server.must_be_encrypted_to(owner, without_tls=without_tls)
    hub_logins.shut_out(owner, worker_id)
    click.echo(
        f"{worker_id} can't sign in any more. Revoke their key too: fanlightctl keys revoke "
        f'{worker_id} --why "Left" --for left --as LEADER'
    )


@hub.command("bring-in")
@_owners
@click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
@in_words
def hub_bring_in(address: str, without_tls: bool, data: Path | None) -> None:
    """Copy one desk's file into an empty hub, with its events and signatures as they are.

    The file stays beside, under another name; its desk can then join the hub.
    """
    from triage.storage import hub_server
    from triage.storage.engine import open_file
    from triage.storage.secrets import store_key
    from triage.workflow.places import BROUGHT_IN, STORE_FILE

    folder = data or default_data()
    path = folder / STORE_FILE
    if not path.exists():
        raise FanlightError(f"There is no desk with a file of its own in {folder}.")
    owner = with_password(address)
    hub_server.must_be_encrypted_to(owner, without_tls=without_tls)
    store = open_file(path, store_key(open_vault(folder), path))
    try:
        came = hub_server.bring_in(owner, store)
    finally:
        store.close()
    path.rename(folder / BROUGHT_IN)
    click.echo(f"The hub holds all of it: {came} events, each following the one before it.")


@desk.command("join")
@click.argument("address")
@click.option("--id", "worker_id", required=True, help="Your sign-in name at the hub.")
@a_card
@click.option("--profile", type=FOLDER, help="The hub's profile; Northmere's unless given.")
@click.option("--passphrase", is_flag=True, help="Keep keys under a passphrase, not the keyring.")
@click.option("--no-password", is_flag=True, help="You come with a certificate or Kerberos.")
@click.option("--keep-password", is_flag=True, help="Yours already; you have another desk too.")
@click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
@WITHOUT_TLS
@in_words
def desk_join(
    address: str,
    worker_id: str,
    module: str | None,
    token: str,
    label: str,
    profile: Path | None,
    passphrase: bool,
    no_password: bool,
    keep_password: bool,
    data: Path | None,
    without_tls: bool,
) -> None:
    """Make a desk of yours at a hub. ADDRESS is
    postgresql://server/database?sslmode=verify-full&sslrootcert=FILE (or =system), with
    &sslcert=FILE&sslkey=FILE where you come with a certificate.

    What IT told you as your password is good for this once: the desk makes another, and keeps it.
    """
    from triage.workflow.hub_desk import HubDesk, join, must_be_let_in
    from triage.workflow.places import PROFILE_NAME

    folder = data or default_data()
    at = HubDesk(url=address, worker_id=worker_id, without_tls=without_tls)
    vault = new_vault(folder, passphrase)
    password = "" if no_password else str(click.prompt("Your password there", hide_input=True))
    must_be_let_in(at, password)
    place = place_of(module, token, label)
    pin = ask_pin("your signature", place)
    own = password if no_password or keep_password else secrets.token_urlsafe(24)
    worker = join(
        folder, vault, at, password, pin, now=datetime.now(UTC), place=place, own_password=own
    )
    if profile is not None:
        (folder / PROFILE_NAME).write_text(str(profile.resolve()), encoding="utf-8")
    click.echo(f"This is {worker.name}'s desk at the hub. Open it with: fanlight --data {folder}")


@desk.command("password")
@click.option("--given", is_flag=True, help="IT gave you a new one; it is asked for.")
@click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
@in_words
def desk_password(given: bool, data: Path | None) -> None:
    """Change your password at the hub's server. Type one of your own where you have two desks;
    else one is made, which this desk alone knows."""
    from triage.workflow.hub_desk import change_password, hub_desk, must_be_let_in

    folder = folder_of(data)
    at = hub_desk(folder)
    if at is None:
        raise FanlightError("This desk has a file of its own, and no password at a hub.")
    vault = open_vault(folder)
    before = None
    if given:
        before = str(click.prompt("The password that IT gave you", hide_input=True))
        must_be_let_in(at, before)
    own = _own_password() or secrets.token_urlsafe(24)
    pin = str(click.prompt("Your PIN", hide_input=True))
    change_password(vault, at, own, pin, given=before, now=datetime.now(UTC))
    click.echo("Your password at the hub is changed. Close Fanlight and open it again.")


def _own_password() -> str:
    """A password that the person thought of, typed twice the same; "" for none."""
    words = "Your new password (nothing: one is made)"
    own = str(click.prompt(words, hide_input=True, default="", show_default=False))
    if own and click.prompt("The same again", hide_input=True) != own:
        raise FanlightError("It was typed in two ways. Nothing was changed.")
    return own


COMMANDS: tuple[click.Command, ...] = (hub,)
"""What `fanlightctl` adds to its own."""
