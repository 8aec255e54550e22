"""fanlightctl commands of subject access: a child's record, third parties decided one by one."""

from pathlib import Path

import click

from triage.cli_hub import acting_as
from triage.cli_trust import FOLDER, in_words
from triage.domain.errors import FanlightError
from triage.domain.spelling import counted


@click.group()
def access() -> None:
    """Copies of what is held about a child, for whoever may have them."""


@access.command("export")
@click.argument("reference")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--child", "child_key", default="c1", show_default=True, help="Which child: c1, c2.")
@click.option("--for", "for_whom", required=True, help="Who asked for it, and in what right.")
@click.option("--harm", required=True, help="What was found when serious harm was considered.")
@click.option("--remove", "also", multiple=True, help="Further words to take out.")
@click.option("--as", "leader_id", required=True, help="The team leader who decides.")
@click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
@in_words
def access_export(
    reference: str,
    file: Path,
    child_key: str,
    for_whom: str,
    harm: str,
    also: tuple[str, ...],
    leader_id: str,
    data: Path | None,
) -> None:
    """Gather all that is held about a child of REFERENCE, ask of each third party whether they go,
    and write the signed copy to FILE (PDF)."""
    from triage.workflow import retention, subject_access

    if file.exists():
        raise FanlightError(f"{file} is there already. Nothing was written over it.")
    with acting_as(leader_id, data) as desk:
        contact_id = retention.by_reference(desk, reference)
        found = subject_access.gather(desk, contact_id, child_key)
        told = counted(len(found.references), "contact")
        click.echo(f"{found.child}: {told}, {', '.join(found.references)}.", err=True)
        decided = {
            party.words: click.confirm(
                f"Take out “{party.words}” ({party.why})?", default=True, err=True
            )
            for party in found.third_parties
        }
        pdf = subject_access.export(desk, found, decided, for_whom=for_whom, harm=harm, also=also)
        file.write_bytes(pdf)
    click.echo(f"Wrote {file}. Read it through before it goes: whom it names is your decision.")


COMMANDS: tuple[click.Command, ...] = (access,)
"""What `fanlightctl` adds to its own."""
