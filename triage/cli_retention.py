"""fanlightctl commands of retention: what is due, held, proposed by one, destroyed by another."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ParamSpec

import click

from triage.cli_hub import acting_as
from triage.cli_trust import FOLDER, in_words
from triage.domain.spelling import spell_day

P = ParamSpec("P")
_data = click.option("--data", type=FOLDER, default=None, help="The desk's data folder.")
_WHY = click.option("--why", required=True, help="Why; it is recorded.")


def _leader(command: Callable[P, None]) -> Callable[P, None]:
    return click.option("--as", "leader_id", required=True, help="The team leader.")(
        _data(in_words(command))
    )


@click.group()
def retention() -> None:
    """Records whose time is over by the profile's rules: see retention.toml."""


@retention.command("due")
@_leader
def due(leader_id: str, data: Path | None) -> None:
    """List records that are due, held, or under review."""
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        found = keeping.due(desk)
    for row in found:
        click.echo(f"{row.reference}  {row.outcome}  {row.words}")
    if not found:
        click.echo("Nothing is due.")


@retention.command("propose")
@click.argument("reference")
@_leader
def propose(reference: str, leader_id: str, data: Path | None) -> None:
    """Propose to destroy the record REFERENCE; another team leader decides."""
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        keeping.propose(desk, keeping.by_reference(desk, reference))
    click.echo(f"Proposed. Another team leader decides: fanlightctl retention destroy {reference}")


@retention.command("destroy")
@click.argument("reference")
@_leader
def destroy(reference: str, leader_id: str, data: Path | None) -> None:
    """Destroy the record REFERENCE, which somebody else proposed. It can't be undone."""
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        found = keeping.by_reference(desk, reference)
        click.confirm(f"Destroy {reference} for good?", abort=True)
        done = keeping.approve(desk, found)
    click.echo(f"{reference} is destroyed. {done.words}")


@retention.command("keep")
@click.argument("reference")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="YYYY-MM-DD")
@_WHY
@_leader
def keep(reference: str, until: datetime, why: str, leader_id: str, data: Path | None) -> None:
    """Keep a record whose destruction was proposed, and look again on a day to come."""
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        keeping.keep(desk, keeping.by_reference(desk, reference), until.date(), why)
    click.echo(f"{reference} is kept, and comes back on {spell_day(until.date())}.")


@retention.command("hold")
@click.argument("reference")
@_WHY
@_leader
def hold(reference: str, why: str, leader_id: str, data: Path | None) -> None:
    """Hold a record: it, and others about the same children, are not destroyed until lifted."""
    from triage.workflow import holding
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        keeping.hold(desk, holding.by_reference(desk, reference), why)
    click.echo(f"{reference} is held until somebody lifts it.")


@retention.command("lift")
@click.argument("reference")
@_WHY
@_leader
def lift(reference: str, why: str, leader_id: str, data: Path | None) -> None:
    """Lift every hold on a record."""
    from triage.workflow import holding
    from triage.workflow import retention as keeping

    with acting_as(leader_id, data) as desk:
        keeping.lift(desk, holding.by_reference(desk, reference), why)
    click.echo(f"The hold on {reference} is lifted.")


COMMANDS: tuple[click.Command, ...] = (retention,)
"""What `fanlightctl` adds to its own."""
