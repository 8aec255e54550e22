"""fanlightctl commands of trust: verify a decision, the trail, a council to try."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import wraps
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import click

from triage.domain.errors import FanlightError
from triage.domain.spelling import counted, spell_long_day

if TYPE_CHECKING:
    from triage.export.existence import Record
    from triage.storage.engine import Store
    from triage.storage.secrets import Vault

P = ParamSpec("P")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def in_words(command: Callable[P, None]) -> Callable[P, None]:
    """Faults that are foreseen, and what the system refuses, as sentences, with exit code 1."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except FanlightError as fault:
            click.echo(str(fault), err=True)
            sys.exit(1)
        except OSError as fault:
            named = fault.filename or "What was asked for"
            click.echo(f"{named} can't be used: {fault.strerror or fault}.", err=True)
            sys.exit(1)

    return run


def default_data() -> Path:
    """Where a desk keeps its data unless told otherwise."""
    from platformdirs import user_data_path

    return user_data_path("Fanlight", appauthor=False)


_data = click.option(
    "--data",
    type=FOLDER,
    default=None,
    help="The desk's data folder; the usual one unless given.",
)


@click.command()
@click.argument("file", type=_FILE)
@click.option(
    "--keys",
    type=_FILE,
    help="The hub's public keys (JWKS), of a receipt the council's; this desk's unless given.",
)
@click.option("--authority", type=_FILE, help="Of a PDF also: the hub's authority must vouch.")
@click.option("--crl", type=_FILE, help="The authority's list of revoked certificates.")
@click.option("--tsa", type=_FILE, help="Certificates (PEM) of the hub's time-stamping service.")
@_data
def verify(
    file: Path,
    keys: Path | None,
    authority: Path | None,
    crl: Path | None,
    tsa: Path | None,
    data: Path | None,
) -> None:
    """Say in a sentence whether a signed decision, a copy of it as PDF, an export of the audit
    trail, or a council's receipt is genuine.

    Exit code 1 when it is not, 2 when the public keys are not to be had.
    """
    from triage.export.signing import is_receipt
    from triage.export.strict_json import LARGEST
    from triage.export.trust_list import read_keys
    from triage.workflow.places import COUNCIL_KEYS

    if crl and not authority:
        click.echo("Name the authority that signed the list: --authority FILE.", err=True)
        sys.exit(2)
    with file.open("rb") as opened:
        receipt = is_receipt(opened.read(LARGEST))
    whose = "council" if receipt else "hub"
    named, opened_here = keys, ExitStack()
    try:
        if receipt and not keys:
            named = folder_of(data) / COUNCIL_KEYS
        at_hand = nullcontext((read_keys(named), None)) if named else trust_here(data)
        jwks, record = opened_here.enter_context(at_hand)
    except FanlightError as fault:
        click.echo(
            f"{'This is a council’s receipt. ' if receipt else ''}"
            f"It was not checked, since the {whose}'s public keys are not to be had here: {fault} "
            f"Name the list that the {whose} gave you: --keys FILE.",
            err=True,
        )
        sys.exit(2)
    try:
        with opened_here:
            _say(file, jwks, authority, crl, tsa, record)
    except FanlightError as fault:
        click.echo(_plain(f"Not shown to be genuine. {fault}"), err=True)
        sys.exit(1)


def _say(
    file: Path,
    jwks: Mapping[str, Any],
    authority: Path | None,
    crl: Path | None,
    tsa: Path | None,
    record: "Record | None",
) -> None:
    from triage.export.authority import must_vouch, read_revocations
    from triage.export.verify import verify_file

    revoked = None
    if crl and authority:
        revoked = read_revocations(crl.read_bytes(), authority.read_bytes())
        jwks = revoked.in_keys(jwks)
        if revoked.until < datetime.now(UTC):
            day = spell_long_day(revoked.until)
            click.echo(f"The list of revoked certificates is old: a newer was due on {day}.")
    stamps = tsa.read_bytes() if tsa else None
    click.echo(_plain(verify_file(file, jwks, stamps, record)))
    content = file.read_bytes()
    if authority and content.startswith(b"%PDF"):
        who = must_vouch(content, authority.read_bytes(), revoked, stamps, record)
        click.echo(_plain(f"{who} vouches for that key."))


def _plain(words: str) -> str:
    """Words with names that others wrote in them, without what a terminal obeys or what is not
    seen: nobody writes a second verdict under the one that is given."""
    return "".join(letter if letter.isprintable() else "?" for letter in words)


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command("verify")
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of signed checkpoints, also as saved mails (.eml); the trail must be the one "
    "they were signed for.",
)
@click.option(
    "--checkpoint",
    "given",
    multiple=True,
    metavar="TEXT|FILE",
    help="One more of them: a file, a saved mail, or what was scanned or typed from a page.",
)
@click.option("--keys", "keys_file", type=_FILE, help="The hub's public keys, as kept elsewhere.")
@click.option("--new", "from_newest", is_flag=True, help="Only what came after the newest of them.")
@_data
def audit_verify(
    checkpoints: Path | None,
    given: tuple[str, ...],
    keys_file: Path | None,
    from_newest: bool,
    data: Path | None,
) -> None:
    """Find an altered, missing or reordered event. Exit code 1 when there is one, 2 when it
    could not be told."""
    from triage.export.trust_list import read_keys
    from triage.storage import events
    from triage.workflow import checkpoints as lodged

    try:
        with _trail_of(folder_of(data)) as (store, here):
            found = lodged.read(
                chain(lodged.lying_in(checkpoints) if checkpoints else (), map(_named, given)),
                read_keys(keys_file) if keys_file else here,
            )
            if checkpoints and not (found.signed or found.foreign):
                raise FanlightError(
                    f"There is no signed checkpoint in {checkpoints}, so nothing says whether "
                    "the trail was written anew. Check that it is the right folder; if it is, "
                    "somebody emptied it."
                )
            fault = lodged.verify(store, found.signed, from_newest=from_newest)
            with store.read() as tx:
                count = events.head(tx).seq
    except FanlightError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    doubted = lodged.on_own_word(found)
    for words in (*found.foreign, *doubted):
        click.echo(words, err=True)
    if fault:
        click.echo(f"The audit trail is not whole. {fault}", err=True)
        sys.exit(1)
    told = counted(count, "event")
    words = f"The audit trail is whole: {told}, each following the one before it."
    relied_on = len(found.signed) - len(doubted)
    agreed = counted(relied_on, "signed checkpoint")
    click.echo(f"{words} It agrees with {agreed}." if relied_on else words)
    if found.foreign or doubted:
        sys.exit(2)


@contextmanager
def _trail_of(folder: Path) -> "Iterator[tuple[Store, Mapping[str, Any]]]":
    """The store of a desk whose person may read the whole trail, and its public keys. Raises
    FanlightError."""
    from triage.domain.worker import May
    from triage.export.keys import DeskKeys
    from triage.storage import workers
    from triage.workflow import people
    from triage.workflow.hub_desk import hub_desk, open_store
    from triage.workflow.places import must_be_desk

    must_be_desk(folder)
    vault = open_vault(folder)
    store = open_store(folder, vault)
    try:
        at = hub_desk(folder)
        with store.read() as tx:
            if at is not None:  # others see a part of the trail, which looks like a broken one
                workers.get(tx, at.worker_id).must(May.AUDIT)
            here = people.trusted(DeskKeys(vault), tx)
        yield store, here
    finally:
        store.close()


def _named(given: str) -> tuple[str, bytes]:
    path = Path(given)
    try:
        return path.name, path.read_bytes()
    except OSError:
        return "that was typed", given.encode()


@audit.command("checkpoint")
@click.argument(
    "folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--print",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A page (PDF) to write, with the checkpoint in words and as a QR code.",
)
@click.option("--as", "leader_id", required=True, help="Who signs it.")
@_data
@in_words
def audit_checkpoint(
    folder: Path | None, page: Path | None, leader_id: str, data: Path | None
) -> None:
    """Sign where the trail ends now, and put that into FOLDER, outside the hub, or on a page."""
    from triage.cli_hub import acting_as
    from triage.workflow import checkpoints

    if not (folder or page):
        raise FanlightError("Say where to: a FOLDER outside the hub, or --print FILE.pdf.")
    with acting_as(leader_id, data) as desk:
        made = checkpoints.lodge(desk, folder, page=page)
    click.echo(f"Signed that the trail ends with event {made.seq}.")


@click.command()
@click.option("--dir", "folder", type=FOLDER, required=True, help="Where it keeps its cases.")
@click.option("--keys", "hub_keys", type=_FILE, help="The hub's public keys (JWKS).")
@_data
@click.option("--port", default=0, show_default="any free one", help="Port on 127.0.0.1.")
@click.option(
    "--next",
    "deeds",
    multiple=True,
    type=click.Choice(["lose", "slow", "reset", "refuse", "busy", "tamper"]),
    help="What to do wrong with the next decision; may be given several times.",
)
@in_words
def council(
    folder: Path, hub_keys: Path | None, data: Path | None, port: int, deeds: tuple[str, ...]
) -> None:
    """Run the practice council: a receiver on loopback that stages decisions."""
    import threading

    from triage.export.trust_list import read_keys
    from triage.practice.council import Council, Deed

    folder.mkdir(parents=True, exist_ok=True)

    def known() -> Mapping[str, Any]:
        return read_keys(hub_keys) if hub_keys else keys_here(data)

    known()
    receiver = Council(folder, hub_jwks=known, port=port, now=lambda: datetime.now(UTC))
    for deed in deeds:
        receiver.next(Deed(deed))
    (folder / "receipt-jwks.json").write_text(json.dumps(receiver.receipt_jwks()), "utf-8")
    with receiver:
        click.echo(f"The practice council receives decisions at {receiver.url}/referral-decisions.")
        click.echo(f"Its certificate authority is {receiver.ca}.")
        click.echo(f"The keys of its receipts are in {folder / 'receipt-jwks.json'}.")
        click.echo("Press Ctrl+C to stop it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            click.echo(f"Stopped. It holds {counted(len(receiver.cases()), 'decision')}.")


COMMANDS: tuple[click.Command, ...] = (verify, audit, council)
"""What `fanlightctl` adds to its own."""


def folder_of(data: Path | None) -> Path:
    """The folder that holds the desk's store: the one given, or the practice hub within it, of
    which it says so."""
    from triage.workflow.places import is_desk

    folder = data or default_data()
    practice = folder / "practice"
    if is_desk(folder) or not is_desk(practice):
        return folder
    meta = click.get_current_context().meta
    if not meta.get("of practice"):  # once for a command, however often it asks
        click.echo("Of practice: fictional people. Name your own desk with --data.", err=True)
        meta["of practice"] = True
    return practice


def open_vault(folder: Path) -> "Vault":
    """The keys to a desk, asking for the passphrase where there is one."""
    from triage.workflow.hub import vault_of

    return vault_of(folder, lambda: str(click.prompt("Passphrase", hide_input=True, err=True)))


def keys_here(data: Path | None, vault: "Vault | None" = None) -> Mapping[str, Any]:
    """This desk's trust list. Raises FanlightError where nobody was ever enrolled here."""
    with trust_here(data, vault) as (jwks, _):
        return jwks


@contextmanager
def trust_here(
    data: Path | None, vault: "Vault | None" = None
) -> "Iterator[tuple[Mapping[str, Any], Record | None]]":
    """As `keys_here`, with this desk's own record of what was signed when."""
    from triage.workflow.hub import trust_in

    folder = folder_of(data)
    with trust_in(folder, lambda f: vault or open_vault(f)) as (jwks, record):
        if not jwks["keys"]:
            raise FanlightError(f"Nobody has keys at the desk in {folder}.")
        yield jwks, record
