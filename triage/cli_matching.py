"""fanlightctl commands of matching: fit the hub's own weights, adopt them, go back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli_hub import hub_at
from triage.cli_trust import FOLDER, folder_of, in_words, open_vault
from triage.domain.errors import FanlightError

if TYPE_CHECKING:
    from triage.workflow.desk import Desk

_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
_leader = click.option(
    "--as", "leader_id", required=True, help="The team leader or administrator who does it."
)


@contextmanager
def _desk_of(leader_id: str, data: Path | None) -> Iterator["Desk"]:
    """The desk with that person at it, by PIN."""
    from triage.workflow import people

    folder = folder_of(data)
    hub = hub_at(folder, open_vault(folder))
    try:
        leader = next((w for w in hub.workers() if w.id == leader_id), None)
        if leader is None:
            raise FanlightError(f"Nobody here signs in as {leader_id}. Nothing was changed.")
        pin = str(click.prompt(f"PIN of {leader.name}", hide_input=True, err=True))
        yield people.switch(hub.desk(leader), leader.id, pin)
    finally:
        hub.close()


@click.group()
def matching() -> None:
    """How records are matched: the weights in use, and a hub's own."""


@matching.command("weights")
@click.option("--text", is_flag=True, help="Print the weights' file itself.")
@_data
@in_words
def matching_weights(text: bool, data: Path | None) -> None:
    """Say which weights searches use, since when and by whom."""
    from matching import derive
    from triage.workflow import weights

    folder = folder_of(data)
    hub = hub_at(folder, open_vault(folder))
    try:
        with hub.store.read() as tx:
            used = weights.in_use(tx)
    finally:
        hub.close()
    if text:
        click.echo(used.text or derive.SHIPPED.read_text(encoding="utf-8"), nl=False)
    elif used.at is None:
        click.echo("The weights that come with the program are in use.")
    else:
        click.echo(
            f"Version {used.version} is in use, adopted by {used.by} on {used.at:%Y-%m-%d %H:%M} "
            f"UTC, on the report {used.report}."
        )


@matching.command("refit")
@click.option("--out", type=FOLDER, help="Also write report.md and weights.json there.")
@_leader
@_data
@in_words
def matching_refit(out: Path | None, leader_id: str, data: Path | None) -> None:
    """Fit the weights to what people here said of records, and show the report. Changes nothing.

    The report names pairs by references, never by names, and no restricted ones.
    """
    from triage.workflow import weights

    with _desk_of(leader_id, data) as desk:
        made = weights.refit(desk)
    click.echo(made.report)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "report.md").write_text(made.report, encoding="utf-8")
        (out / "weights.json").write_text(made.text, encoding="utf-8")
    if made.better:
        click.echo(f"To use them: fanlightctl matching adopt {made.report_hash} --as {leader_id}")


@matching.command("adopt")
@click.argument("report_hash")
@_leader
@_data
@in_words
def matching_adopt(report_hash: str, leader_id: str, data: Path | None) -> None:
    """Use the weights that the report with REPORT_HASH proposes, once it has been shown again."""
    from triage.workflow import weights

    with _desk_of(leader_id, data) as desk:
        shown = weights.proposed(desk)
        if shown.report_hash == report_hash and shown.better:
            click.echo(shown.report)
            if not click.confirm("Is every search from now on to use these weights?"):
                click.echo("Nothing was changed.")
                return
        used = weights.adopt(desk, report_hash)
    click.echo(
        f"Version {used.version} is in use. Open windows weigh by it from the next look-up on. "
        f"To go back: fanlightctl matching undo --as {leader_id}"
    )


@matching.command("undo")
@_leader
@_data
@in_words
def matching_undo(leader_id: str, data: Path | None) -> None:
    """Go back to the weights before those in use."""
    from triage.workflow import weights

    with _desk_of(leader_id, data) as desk:
        back = weights.take_back(desk)
    click.echo(
        f"The {back.version} weights are in use again."
        if back.at is None
        else f"Version {back.version} is in use again."
    )


COMMANDS: tuple[click.Command, ...] = (matching,)
"""What `fanlightctl` adds to its own."""
