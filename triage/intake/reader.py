"""The reader: bytes of a file in, draft contacts out. It never raises on bad input.

Read by meaning: each format becomes lines and tables, those become labels with values and
passages, and one interpreter says what they mean. Nothing is fetched, run or rendered.
"""

from __future__ import annotations

import hashlib

from triage.domain.contact import Channel
from triage.domain.draft import Draft, DraftKind, NotRead
from triage.domain.errors import UnreadableError
from triage.domain.fact import Place
from triage.intake.assemble import content_of, settle_people
from triage.intake.dates import writes_month_first
from triage.intake.faults import TooBigError
from triage.intake.gathered import Gathered, Person, Reading
from triage.intake.interpret import Interpreter
from triage.intake.labels import Subject
from triage.intake.letters import FEW, read_letter, signer_inside
from triage.intake.limits import Limits
from triage.intake.mail import MailReader
from triage.intake.outlook import is_message, read_message
from triage.intake.parts import Part, file_kind, media_type, write_part
from triage.intake.pieces import Entry, Sheet
from triage.intake.plain import decode
from triage.intake.plausible import weighed
from triage.intake.referrer import agency_from_title, join_names
from triage.intake.roster import take_people
from triage.intake.rows import items_of
from triage.intake.running import PUBLIC, concern_from, day_of, extra_of, read_prose, unused_of
from triage.intake.signature import nameless, names_alike
from triage.intake.structured import batches_in, parse_csv, parse_json, write_row, write_tree


def read(untrusted_bytes: bytes, name: str, *, limits: Limits | None = None) -> tuple[Draft, ...]:
    """Draft contacts read from a file: one, or one a row of a batch. Never raises on bad input.

    What can't be read is named in `not_read`; a dropped file that can't be read at all is
    REJECTED and says why. The file's bytes are only read; `sha256` is theirs.
    """
    bounds = limits or Limits()
    sha = hashlib.sha256(untrusted_bytes).hexdigest()
    try:
        if len(untrusted_bytes) > bounds.file_bytes:
            raise TooBigError(
                f"It is larger than the {bounds.file_bytes // 1_000_000} MB that are read."
            )
        return tuple(map(weighed, _read(untrusted_bytes, name, sha, bounds)))
    except UnreadableError as fault:
        return (rejected(untrusted_bytes, name, str(fault), sha),)
    except RecursionError:
        return (rejected(untrusted_bytes, name, "It is nested deeper than is read.", sha),)
    except MemoryError:
        return (rejected(untrusted_bytes, name, "It needs more memory than a file may take.", sha),)
    except Exception as fault:  # the promise of this room: bad input never stops the desk
        why = f"The reader met something it did not expect ({type(fault).__name__})."
        return (rejected(untrusted_bytes, name, why, sha),)


def rejected(untrusted_bytes: bytes, name: str, why: str, sha: str = "") -> Draft:
    """A draft for a file that can't be read; a mail still becomes a contact to look at."""
    mail = file_kind(untrusted_bytes, name) == "mail" and bool(untrusted_bytes.strip())
    return Draft(
        file=name,
        sha256=sha or hashlib.sha256(untrusted_bytes).hexdigest(),
        size=len(untrusted_bytes),
        kind=DraftKind.CONTACT if mail else DraftKind.REJECTED,
        channel=Channel.EMAIL if mail else Channel.FORM,
        why=f"{why} The original is kept; look at it.",
        not_read=(NotRead(place=Place(file=name), what=name, why=why),),
    )


def _read(untrusted_bytes: bytes, name: str, sha: str, limits: Limits) -> tuple[Draft, ...]:
    kind = file_kind(untrusted_bytes, name)
    if kind == "mail":
        return (read_letter(MailReader(name, limits), None, untrusted_bytes, name, sha, limits),)
    if kind == "ole" and is_message(untrusted_bytes):
        reader = MailReader(name, limits)
        return (
            read_letter(
                reader,
                read_message(reader, untrusted_bytes),
                untrusted_bytes,
                name,
                sha,
                limits,
            ),
        )
    if kind == "csv":
        return _read_rows(untrusted_bytes, name, sha, limits)
    if kind == "json":
        trees = list(batches_in(parse_json(decode(untrusted_bytes))))
        if len(trees) > limits.rows:
            raise TooBigError(f"It holds more than the {limits.rows} contacts that are read.")
        if len(trees) > 1:
            drafts = []
            for number, tree in enumerate(trees, start=1):
                sheet = Sheet(name, f"item {number}", "application/json")
                part = Part(sheet, write_tree(sheet, tree, limits))
                drafts.append(
                    _read_form(part, untrusted_bytes, name, sha, row=number, channel=Channel.BATCH)
                )
            return tuple(drafts)
    part = write_part(name, name, untrusted_bytes, media_type(kind), limits)
    channel = Channel.PORTAL if kind in {"json", "xml"} else Channel.FORM
    return (_read_form(part, untrusted_bytes, name, sha, channel=channel),)


def _sign(got: Gathered, part: Part) -> None:
    """Take who signed a letter that came as a file, where no label says who refers."""
    referrer = got.referrer
    if not {"name", "given"} & referrer.facts.keys() and nameless(part.sheet.text):
        for fact in ("role", "agency", "phone", "email"):
            referrer.facts.pop(fact, None)
        first = next(part.sheet.whole.lines())
        referrer.put("anonymous", Reading("yes", (first,), "letter"))
        return
    signer = signer_inside([part])
    alike = (
        signer is not None
        and signer.name is not None
        and ("name" not in referrer.facts or names_alike(signer.name.text, referrer.value("name")))
    )
    if signer is None or not alike or referrer.value("anonymous"):
        return
    for fact in ("name", "role", "agency", "phone", "email"):
        found = getattr(signer, fact)
        if found is not None:
            referrer.put(fact, Reading(found.text, (found,), "signature"))


def _read_rows(untrusted_bytes: bytes, name: str, sha: str, limits: Limits) -> tuple[Draft, ...]:

    header, rows = parse_csv(decode(untrusted_bytes), limits)
    drafts = []
    for number, row in rows:
        sheet = Sheet(name, f"row {number}", "text/csv")
        part = Part(sheet, write_row(sheet, header, row))
        drafts.append(
            _read_form(part, untrusted_bytes, name, sha, row=number, channel=Channel.BATCH)
        )
    return tuple(drafts)


def _read_form(
    part: Part,
    untrusted_bytes: bytes,
    name: str,
    sha: str,
    *,
    row: int | None = None,
    channel: Channel,
) -> Draft:
    items = items_of(part.nodes)
    got = Gathered(
        day_of(None),
        writes_month_first([i.value for i in items if isinstance(i, Entry)], day_of(None)),
    )
    reading = Interpreter(got)
    if (nodes := take_people(got, part.nodes)) is not part.nodes:
        items = items_of(nodes)
    reading.read(items)
    join_names(got)
    told = bool(got.of(Subject.CHILD)) or row is not None
    written = [p.piece for p in got.passages]
    if not told:
        written.extend(piece for piece, _ in got.concerns)
    letter = told and row is None and got.labels <= FEW  # a letter that came as a file
    read_prose(got, letter=written, form=told and not letter, labelled=not letter)
    if row is not None and got.child_columns and not got.of(Subject.CHILD):
        person = Person(Subject.CHILD, ("unnamed",), unborn=False)
        got.people.append(person)
        settled = list(got.people)
        settle_people(got)
        got.people[:] = [p for p in settled if p is person or p in got.people]
    else:
        settle_people(got)
    _sign(got, part)
    agency_from_title(got, items)
    if not got.concerns:
        concern_from(got, [p.piece for p in got.passages])
    text = part.sheet.text
    content = content_of(
        got, public=bool(PUBLIC.search(text[:4000])), extra=extra_of(got, "", text[:400])
    )
    understood = content.children or content.adults or content.concern.known or got.labels
    if row is None and not understood and not text.strip():
        why = "No words were found in it."
        return Draft(
            file=name,
            sha256=sha,
            size=len(untrusted_bytes),
            kind=DraftKind.REJECTED,
            channel=channel,
            why=f"{why} The original is kept; look at it.",
            not_read=(*part.lost, *part.sheet.lost()),
            parts=(part.sheet.as_part(),),
        )
    return Draft(
        file=name,
        sha256=sha,
        size=len(untrusted_bytes),
        kind=DraftKind.CONTACT,
        channel=channel,
        content=content,
        row=row,
        received_at=got.received,
        parts=(part.sheet.as_part(),),
        not_read=(*part.lost, *part.sheet.lost()),
        unused=unused_of(got),
    )
