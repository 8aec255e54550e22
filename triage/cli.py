"""fanlightctl: what IT and scripts need, without the window."""

import json
import sys
from pathlib import Path

import click

from triage.cli_access import COMMANDS as ACCESS
from triage.cli_hub import COMMANDS as HUB
from triage.cli_keep import COMMANDS as KEEP
from triage.cli_keys import COMMANDS as KEYS
from triage.cli_matching import COMMANDS as MATCHING
from triage.cli_partners import COMMANDS as PARTNERS
from triage.cli_post import COMMANDS as POST
from triage.cli_retention import COMMANDS as RETENTION
from triage.cli_team import COMMANDS as TEAM
from triage.cli_trust import COMMANDS as TRUST
from triage.cli_trust import in_words
from triage.workflow.places import no_core_files


@click.group()
@click.version_option(package_name="fanlight", message="Fanlight %(version)s")
def main() -> None:
    """Fanlight's command line."""
    no_core_files()


@main.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print everything that was understood as JSON."
)
@in_words
def read(files: tuple[Path, ...], as_json: bool) -> None:
    """Print what the reader understands of FILES, without storing it.

    Several files at once also tell duplicates and kin among themselves.
    """
    from triage.intake.answers import read_files, summary

    answers = read_files(files)
    if as_json:
        json.dump(answers, sys.stdout, ensure_ascii=False, indent=1)
        sys.stdout.write("\n")
        return
    for answer in answers:
        click.echo(summary(answer))


_ALL = (HUB, TEAM, POST, PARTNERS, MATCHING, KEEP, KEYS, RETENTION, ACCESS, TRUST)
for _command in (command for commands in _ALL for command in commands):
    main.add_command(_command)


if __name__ == "__main__":
    main()
