"""fanlightctl commands for partners: what works and what to mend."""

import sys
from pathlib import Path

import click

from triage.cli_hub import COMMAND_LINE, hub_at
from triage.cli_trust import FOLDER, folder_of, in_words, open_vault

_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")


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
    from triage.workflow.places import must_be_desk

    folder = folder_of(data)
    must_be_desk(folder)
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


COMMANDS: tuple[click.Command, ...] = (partners,)
"""What `fanlightctl` adds to its own."""
