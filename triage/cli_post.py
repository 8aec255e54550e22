"""fanlightctl commands of the post: the secrets of the ways to partners, and whether they work."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from triage.cli_trust import FOLDER, folder_of, in_words, open_vault
from triage.domain.errors import DeliveryError, FanlightError
from triage.domain.profile import Profile

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")


@click.group()
def secret() -> None:
    """Passwords and keys for partners, mail and NHS MESH, kept in this computer's keyring."""


@secret.command("set")
@click.argument("name")
@click.option("--file", type=_FILE, help="Take it from a file, such as a key in PEM.")
@_data
@in_words
def secret_set(name: str, file: Path | None, data: Path | None) -> None:
    """Keep the secret NAME: smtp, mailbox-<id>, mesh-password, mesh-shared-key, or one that
    partners.toml names.

    It is asked for, and never shown or written to a file; from a script it is read from standard
    input.
    """
    known = _names(data)
    if name not in known:
        raise FanlightError(
            f"The profile needs no secret called {name}, so nothing was kept. "
            f"It needs: {', '.join(known) or 'none'}."
        )
    held = file.read_bytes() if file else _typed(name).encode()
    if not held:
        raise FanlightError("An empty secret opens nothing, so nothing was kept.")
    open_vault(folder_of(data)).put(name, held)
    click.echo(f"{name} is kept. It counts from the next look on.")


def _typed(name: str) -> str:
    if sys.stdin.isatty():
        asked = f"Secret for {name}"
        return str(click.prompt(asked, hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@secret.command("list")
@_data
@in_words
def secret_list(data: Path | None) -> None:
    """Say which secrets the profile needs, and which of them are here. None is shown."""
    vault = open_vault(folder_of(data))
    for name in _names(data):
        click.echo(f"{name}: {'here' if vault.get(name) else 'not here'}")


@click.command("post")
@_data
@in_words
def post(data: Path | None) -> None:
    """Look whether each mailbox that partners answer to can be read. Nothing is taken in."""
    from triage.partners.post import Post

    folder = folder_of(data)
    vault = open_vault(folder)

    def kept(name: str) -> str | None:
        found = vault.get(name)
        return found.decode() if found else None

    rules = _profile(data).requests
    failed = False
    for box in Post(rules, folder=folder, secret=kept, now=lambda: datetime.now(UTC)).mailboxes():
        try:
            with box.opened() as session:
                click.echo(
                    f"{box.label}: can be read, messages that lie there: {len(session.uids())}."
                )
        except DeliveryError as fault:
            click.echo(str(fault), err=True)
            failed = True
    if failed:
        sys.exit(1)


def _names(data: Path | None) -> tuple[str, ...]:
    from triage.partners.post import secret_names

    profile = _profile(data)
    live = (name for partner in profile.partners for name in partner.secrets)
    return tuple(dict.fromkeys((*secret_names(profile.requests), *live)))


def _profile(data: Path | None) -> Profile:
    from triage.workflow.hub import profile_of
    from triage.workflow.profiles import load_profile

    return load_profile(profile_of(folder_of(data)), today=datetime.now(UTC).date())


COMMANDS: tuple[click.Command, ...] = (secret, post)
