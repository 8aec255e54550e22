"""fanlightctl commands for partners: what works and what to mend, and their secrets."""

import sys
from pathlib import Path

import click

from triage.cli_hub import COMMAND_LINE, hub_at
from triage.cli_trust import FOLDER, folder_of, in_words, open_vault
from triage.domain.errors import FanlightError

_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def partners() -> None:
    """The partners that this desk looks people up at."""


@partners.command("check")
@_data
@in_words
def check(data: Path | None) -> None:
    """Say of each partner whether it can be asked, and what to mend. Asks about nobody real.

    Exit code 1 when any is not well, or the profile has faults.
    """
    from triage.workflow.partner_check import check_partners
    from triage.workflow.places import STORE_FILE

    folder = folder_of(data)
    if not (folder / STORE_FILE).exists():
        raise FanlightError(f"There is no desk in {folder}, so nothing was checked.")
    hub = hub_at(folder, open_vault(folder))
    try:
        for fault in hub.faults:
            click.echo(f"Profile: {fault}")
        well = not hub.faults
        for found in check_partners(hub, COMMAND_LINE.id):
            well = well and found.well
            click.echo(f"{'well' if found.well else 'NOT WELL':9} {found.name}: {found.words}")
            if found.mend:
                click.echo(f"{'':9} {found.mend}")
    finally:
        hub.close()
    if not well:
        sys.exit(1)


@partners.command("secret")
@click.argument("name")
@click.option("--file", type=_FILE, help="Take it from a file, such as a key in PEM.")
@_data
@in_words
def secret(name: str, file: Path | None, data: Path | None) -> None:
    """Put a secret into this computer's keyring under NAME, as partners.toml has it."""
    vault = open_vault(folder_of(data))
    held = (
        file.read_bytes()
        if file
        else str(click.prompt(f"The secret “{name}”", hide_input=True)).encode()
    )
    try:
        vault.put(name, held)
    except ValueError as fault:
        raise FanlightError(f"{fault}. Nothing was kept.") from fault
    click.echo(f"The keyring holds “{name}” now.")


COMMANDS: tuple[click.Command, ...] = (partners,)
"""What `fanlightctl` adds to its own."""
