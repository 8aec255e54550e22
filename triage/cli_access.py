"""fanlightctl commands of subject access: a child's record, third parties decided one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli_hub import acting_as
from triage.cli_trust import FOLDER, in_words
from triage.domain.errors import FanlightError
from triage.domain.spelling import counted

if TYPE_CHECKING:
    from triage.domain.access_draft import Settled
    from triage.workflow.access_parties import ThirdParty


@click.group()
def access() -> None:
    """Copies of what is held about a child, for whoever may have them."""


@access.command("export")
@click.argument("reference")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--child", "child_key", default="c1", show_default=True, help="Which child: c1, c2.")
@click.option("--for", "for_whom", required=True, help="Who asked for it, and in what right.")
@click.option("--harm", required=True, help="What was found when serious harm was considered.")
@click.option(
    "--remove", "also", nargs=2, multiple=True, help="Further words to take out, and why."
)
@click.option("--as", "leader_id", required=True, help="The team leader who decides.")
@click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
@in_words
def access_export(
    reference: str,
    file: Path,
    child_key: str,
    for_whom: str,
    harm: str,
    also: tuple[tuple[str, str], ...],
    leader_id: str,
    data: Path | None,
) -> None:
    """Gather all that is held about a child of REFERENCE, ask of each third party whether they go,
    and write the signed copy to FILE (PDF)."""
    from triage.workflow import holding, subject_access

    if file.exists():
        raise FanlightError(f"{file} is there already. Nothing was written over it.")
    with acting_as(leader_id, data) as desk:
        contact_id = holding.by_reference(desk, reference)
        found = subject_access.gather(desk, contact_id, child_key)
        told = counted(len(found.references), "contact")
        click.echo(f"{found.child}: {told}, {', '.join(found.references)}.", err=True)
        decided = {p.words: _settled(p) for p in found.third_parties if p.waits(None)}
        pdf = subject_access.export(
            desk, found, decided, for_whom=for_whom, harm=harm, also=dict(also)
        )
        file.write_bytes(pdf)
    click.echo(f"Wrote {file}. Read it through before it goes: whom it names is your decision.")


def _settled(party: ThirdParty) -> Settled:
    from triage.domain.access_draft import Ground, Settled

    around = f", in “{party.around}”" if party.around else ""
    asked = f"Take out “{party.words}” ({party.why}{around})?"
    goes = click.confirm(asked, default=party.goes(None), err=True)
    why = Ground.OTHER_PERSON.value if goes else click.prompt("Why may it stay?", err=True)
    return Settled(goes=goes, why=why)


_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
_AS = click.option("--as", "worker_id", required=True, help="Who does it.")


@click.group()
def correction() -> None:
    """What somebody says is wrong in a record: noted beside it, never over it."""


@correction.command("ask")
@click.argument("reference")
@click.option(
    "--fact", "path", default="", help="Such as children.c1.dob; none is the whole record."
)
@click.option("--who", required=True, help="Who says so.")
@click.option("--says", required=True, help="What it should be, in their words.")
@_AS
@_data
@in_words
def correction_ask(
    reference: str, path: str, who: str, says: str, worker_id: str, data: Path | None
) -> None:
    """Note that somebody asks for a correction of REFERENCE; nothing of it is changed."""
    from triage.workflow import corrections, holding

    with acting_as(worker_id, data) as desk:
        corrections.ask(desk, holding.by_reference(desk, reference), path, who, says)
    click.echo(f"Noted beside the record. List it with: fanlightctl correction list {reference}")


@correction.command("list")
@click.argument("reference")
@_AS
@_data
@in_words
def correction_list(reference: str, worker_id: str, data: Path | None) -> None:
    """List what was asked about REFERENCE, and what was answered."""
    from triage.workflow import corrections, fact_words, holding, screen

    with acting_as(worker_id, data) as desk:
        contact_id = holding.by_reference(desk, reference)
        opened = screen.open_contact(desk, contact_id)  # it is read, and that is recorded
        found = corrections.asked_about(desk, contact_id)
    for number, each in enumerate(found, 1):
        about = fact_words.about(opened.contact.content, each.path)
        click.echo(f"{number}. {about}: {each.told}")


@correction.command("answer")
@click.argument("reference")
@click.argument("number", type=click.IntRange(1))
@click.option("--agreed/--refused", required=True)
@click.option("--why", required=True, help="Why; whoever asked is told.")
@_AS
@_data
@in_words
def correction_answer(
    reference: str, number: int, agreed: bool, why: str, worker_id: str, data: Path | None
) -> None:
    """Answer request NUMBER of the list. Where it is agreed, change the fact itself as well."""
    from triage.workflow import corrections, holding

    with acting_as(worker_id, data) as desk:
        contact_id = holding.by_reference(desk, reference)
        found = corrections.asked_about(desk, contact_id)
        if number > len(found):
            raise FanlightError(f"There is no request {number} about {reference}.")
        corrections.answer(desk, contact_id, found[number - 1].id, agreed=agreed, words=why)
    click.echo("Answered, and kept beside the record.")


COMMANDS: tuple[click.Command, ...] = (access, correction)
"""What `fanlightctl` adds to its own."""
