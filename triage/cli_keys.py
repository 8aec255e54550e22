"""fanlightctl commands of signing keys: the hub's authority, revoking, renewing, cards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triage.cli_hub import a_card, acting_as, ask_pin, hub_at, place_of
from triage.cli_trust import FOLDER, folder_of, in_words, keys_here, open_vault
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.spelling import counted
from triage.domain.worker import RevokedFor

if TYPE_CHECKING:
    from triage.workflow.desk import Desk

_data = click.option(
    "--data", type=FOLDER, default=None, help="The desk's data folder; the usual one unless given."
)


@click.group()
def keys() -> None:
    """The hub's signing keys."""


@keys.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@_data
@in_words
def keys_export(file: Path | None, data: Path | None) -> None:
    """Write this desk's public keys (JWKS) to FILE, or to the screen, to hand to the council."""
    jwks = keys_here(data)
    words = json.dumps(jwks, indent=2, ensure_ascii=False) + "\n"
    if file is None:
        click.echo(words, nl=False)
    else:
        file.write_text(words, encoding="utf-8")
        click.echo(f"Wrote {counted(len(jwks['keys']), 'public key')} to {file}.")


@keys.command("revoke")
@click.argument("worker_id")
@click.option("--why", required=True, help="What happened to the key.")
@click.option(
    "--for",
    "reason",
    type=click.Choice([r.value for r in RevokedFor]),
    default=RevokedFor.LOST.value,
    show_default=True,
    help="As the list of revoked certificates says it.",
)
@click.option("--as", "leader_id", required=True, help="The team leader who revokes it.")
@_data
@in_words
def keys_revoke(worker_id: str, why: str, reason: str, leader_id: str, data: Path | None) -> None:
    """Trust nothing that WORKER_ID signs from now on; what they signed before stands."""
    with acting_as(leader_id, data) as desk:
        _revoke(desk, worker_id, why, RevokedFor(reason))
    click.echo(
        f"The key of {worker_id} is revoked. Give the council the new list: fanlightctl keys export"
    )


def _revoke(desk: "Desk", worker_id: str, why: str, reason: RevokedFor) -> None:
    """Revoke it, the only one that signs decisions off once somebody has said yes to that."""
    from triage.workflow import people

    revoke = partial(people.revoke_key, desk, worker_id, why, reason=reason)
    try:
        revoke()
    except NotReadyError as fault:
        if not why.strip():
            raise
        click.confirm(f"{fault} Revoke it all the same?", abort=True)
        revoke(though_last=True)


@keys.command("lost")
@click.option("--why", required=True, help="What happened to it.")
@_data
@in_words
def keys_lost(why: str, data: Path | None) -> None:
    """Say at your own desk of a hub that your key, or the card it is on, is lost: nothing that it
    signs from now on is trusted. No PIN is asked, since it may be gone with the card."""
    others = "a team leader revokes keys. Nothing was changed. Type: fanlightctl keys revoke"
    with _own_at_hub(data, others) as desk:
        _revoke(desk, desk.worker.id, why, RevokedFor.LOST)
    click.echo(
        "Your key is revoked. Make a new one: fanlightctl keys renew. Tell a team leader, who "
        "gives the council the new list: fanlightctl keys export"
    )


@contextmanager
def _own_at_hub(data: Path | None, others: str) -> Iterator["Desk"]:
    """The desk of its one person at a hub; `others` says who does it on one with a file of its
    own, where several people sit. Raises NotAllowedError there."""
    folder = folder_of(data)
    hub = hub_at(folder, open_vault(folder))
    try:
        if not hub.whose:
            raise NotAllowedError(f"On a desk with a file of its own {others}")
        yield hub.desk(hub.workers()[0])
    finally:
        hub.close()


_AUTHORITY = click.Path(file_okay=False, path_type=Path)


@keys.command("authority")
@click.argument("folder", type=_AUTHORITY)
@click.option("--hub", required=True, help="The hub's name, as it stands in the certificate.")
@in_words
def keys_authority(folder: Path, hub: str) -> None:
    """Make the hub's authority in FOLDER, under a passphrase: what vouches for people's keys.

    Keep it off the desks; it is needed only when somebody is enrolled.
    """
    from triage.export import authority
    from triage.storage.secrets import PassphraseVault

    words = str(
        click.prompt("The authority's passphrase", hide_input=True, confirmation_prompt=True)
    )
    pem = authority.create(PassphraseVault(folder, words), hub, datetime.now(UTC))
    (folder / "authority.pem").write_bytes(pem)
    click.echo(f"Give {folder / 'authority.pem'} to whoever checks signed PDFs.")


@keys.command("enrol")
@click.argument("worker_id")
@click.option("--authority", "folder", type=_AUTHORITY, required=True, help="Its folder.")
@click.option("--as", "leader_id", required=True, help="The team leader who has it done.")
@_data
@in_words
def keys_enrol(worker_id: str, folder: Path, leader_id: str, data: Path | None) -> None:
    """Have the hub's authority vouch for the key of WORKER_ID, or renew its certificate."""
    from triage.storage.secrets import PassphraseVault
    from triage.workflow import vouching

    with acting_as(leader_id, data) as desk:
        words = str(click.prompt("The authority's passphrase", hide_input=True))
        vouching.certify(desk, PassphraseVault(folder, words), worker_id)
    click.echo(f"The authority vouches for the key of {worker_id}.")


@keys.command("crl")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--authority", "folder", type=_AUTHORITY, required=True, help="Its folder.")
@click.option("--as", "leader_id", required=True, help="The team leader who has it done.")
@_data
@in_words
def keys_crl(file: Path, folder: Path, leader_id: str, data: Path | None) -> None:
    """Write the authority's signed list of revoked certificates (CRL): PEM in a FILE.pem."""
    from triage.export.authority import CRL_DAYS, pem_of
    from triage.storage.secrets import PassphraseVault
    from triage.workflow import vouching

    with acting_as(leader_id, data) as desk:
        words = str(click.prompt("The authority's passphrase", hide_input=True))
        made = vouching.revocation_list(desk, PassphraseVault(folder, words))
    file.write_bytes(pem_of(made) if file.suffix == ".pem" else made)
    click.echo(f"Wrote the list to {file}. A new one is due within {CRL_DAYS} days.")


@keys.command("list")
@click.option("--as", "leader_id", required=True, help="The team leader or administrator.")
@_data
@in_words
def keys_list(leader_id: str, data: Path | None) -> None:
    """Show every key of the hub: whose, whether it stands, until when its certificate runs."""
    from triage.workflow import vouching

    with acting_as(leader_id, data) as desk:
        for line in (*vouching.key_states(desk), *vouching.certificates_ending(desk)):
            click.echo(line)


@keys.command("renew")
@a_card
@_data
@in_words
def keys_renew(module: str | None, token: str, label: str, data: Path | None) -> None:
    """Make a new key for the person of this desk at a hub, once their old one was revoked."""
    from triage.workflow import vouching

    place = place_of(module, token, label)
    others = "a team leader gives out new keys. Nothing was changed. Type: fanlightctl desk enrol"
    with _own_at_hub(data, others) as desk:
        vouching.renew_key(desk, ask_pin(desk.worker.name, place), place=place)
    click.echo(f"{desk.worker.name} signs with a new key. Give the council the new list of keys.")


@keys.command("card")
@click.argument("worker_id")
@click.option("--card", "module", required=True, help="The card's PKCS #11 library.")
@click.option("--token", required=True, help="The card's label.")
@click.option("--key", "label", default="Fanlight", help="The key on it.")
@_data
@in_words
def keys_card(worker_id: str, module: str, token: str, label: str, data: Path | None) -> None:
    """Say where the card of WORKER_ID is found from now on, after its software moved."""
    from triage.export.keys import CardPlace, DeskKeys
    from triage.workflow.places import must_be_desk

    folder = folder_of(data)
    must_be_desk(folder)
    place = CardPlace(module=module, token=token, key=label)
    DeskKeys(open_vault(folder)).move_card(worker_id, place)
    click.echo(f"The card of {worker_id} is looked for there. Its PIN shows whether it is theirs.")


@keys.command("sftp")
@_data
@in_words
def keys_sftp(data: Path | None) -> None:
    """Show the line by which the council's SFTP server lets this desk in; made the first time."""
    from triage.export.sftp import public_client_key

    click.echo(public_client_key(open_vault(folder_of(data))))


COMMANDS: tuple[click.Command, ...] = (keys,)
"""What `fanlightctl` adds to its own."""
