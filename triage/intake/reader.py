"""The reader: bytes of a file in, draft contacts out. It never raises on bad input.

Read by meaning: each format becomes lines and tables, those become labels with values and
passages, and one interpreter says what they mean. Nothing is fetched, run or rendered.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from triage.domain.contact import Channel, Content
from triage.domain.draft import Attachment, Draft, DraftKind, NotRead
from triage.domain.errors import UnreadableError
from triage.domain.fact import Place
from triage.intake import kinds, signature
from triage.intake.assemble import content_of, settle_people
from triage.intake.dates import writes_month_first
from triage.intake.faults import BrokenError, TooBigError, UnsafeError
from triage.intake.interpret import Gathered, Interpreter, Reading
from triage.intake.labels import Subject
from triage.intake.limits import Limits
from triage.intake.mail import Enclosure, Letter, MailReader, looks_like_mail, pieces_of
from triage.intake.people import is_organisation
from triage.intake.pieces import Entry, Item, Line, Node, Passage, Piece, Sheet
from triage.intake.plain import decode, write_lines
from triage.intake.prose import ProseReader
from triage.intake.rows import items_of
from triage.intake.said import hear

_PUBLIC = re.compile(
    r"(?i)\(public\)|public[- ]concern|member of the public|report a concern|concerned about a child"
)
_PROGRAM = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")


@dataclass(slots=True)
class _Part:
    """A part of a file after its words were written down."""

    sheet: Sheet
    nodes: list[Node]
    lost: list[NotRead] = field(default_factory=list)


def file_kind(untrusted_bytes: bytes, name: str) -> str:
    """What bytes are by their content: pdf, word, ole, mail, html, json, xml, csv, text,
    picture, program, zip, empty."""
    if not untrusted_bytes.strip(b" \t\r\n\0"):
        return "empty"
    head = untrusted_bytes[:4096]
    lead = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = PurePosixPath(name.replace("\\", "/").casefold()).suffix
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return (
            "word"
            if ending in {".docx", ".docm", ".dotx"}
            or b"word/" in untrusted_bytes[:200_000]
            or ending == ".doc"
            else "zip"
        )
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "ole"
    if head.startswith(_PROGRAM) and not (head.startswith(b"#!") and ending in {".txt", ".eml"}):
        return "program"
    if head.startswith(_PICTURES):
        return "picture"
    if (
        lead[:1] in {b"{", b"["}
        and ending != ".eml"
        and (ending == ".json" or lead[:1] == b"{" or lead[1:2] in b'{"\n\r ')
    ):
        return "json"
    if lead.startswith(b"<?xml") or (ending == ".xml" and lead.startswith(b"<")):
        return "xml"
    if ending == ".eml" or looks_like_mail(untrusted_bytes):
        return "mail"
    if re.match(rb"(?is)<(?:!doctype html|html|head|body|table|div|p\b)", lead) or ending in {
        ".htm",
        ".html",
    }:
        return "html"
    if ending in {".csv", ".tsv"}:
        return "csv"
    return {".json": "json", ".xml": "xml", ".pdf": "pdf", ".docx": "word", ".msg": "ole"}.get(
        ending, "text"
    )


def write_part(
    file: str, part: str, untrusted_bytes: bytes, media_type: str, limits: Limits
) -> _Part:
    """Write one file's words onto a sheet. Raises an UnreadableError that says why not."""
    sheet = Sheet(file, part, media_type)
    kind = file_kind(untrusted_bytes, part if "." in part else file)
    if kind == "empty":
        raise BrokenError("It is empty.")
    if kind == "program":
        raise UnsafeError("It is a program, whatever its name says. It was not opened.")
    if kind == "picture":
        raise UnreadableError(
            "It is a picture; its words can't be read here. Look at the original."
        )
    if kind == "zip":
        raise UnreadableError("It is an archive of files; those inside were not opened.")
    if len(untrusted_bytes) > limits.part_bytes:
        raise TooBigError(
            f"It is larger than the {limits.part_bytes // 1_000_000} MB that are read."
        )
    if kind == "pdf":
        from triage.intake.pdf import write_pdf

        nodes, lost = write_pdf(sheet, untrusted_bytes, limits)
        return _Part(sheet, nodes, lost)
    if kind in {"word", "ole"}:
        from triage.intake.word import write_docx

        return _Part(sheet, write_docx(sheet, untrusted_bytes, limits))
    if kind == "json":
        from triage.intake.structured import parse_json, write_tree

        return _Part(sheet, write_tree(sheet, parse_json(decode(untrusted_bytes)), limits))
    if kind == "xml":
        from triage.intake.structured import parse_xml, write_tree

        return _Part(sheet, write_tree(sheet, parse_xml(untrusted_bytes), limits))
    text = decode(untrusted_bytes)
    if len(text) > limits.text_chars:
        raise TooBigError("It holds more text than is read.")
    if kind == "html":
        from triage.intake.web import write_html

        return _Part(sheet, write_html(sheet, text, limits))
    if text[:2000].count("\ufffd") + sum(ord(c) < 9 for c in text[:2000]) > 40:
        raise BrokenError("It is not text, nor a kind of file that is read here.")
    if kind == "csv":
        from triage.intake.structured import parse_csv, write_row

        header, rows = parse_csv(text, limits)
        nodes = []
        for _, row in rows[:200]:
            nodes.extend(write_row(sheet, header, row))
        return _Part(sheet, nodes)
    return _Part(sheet, write_lines(sheet, text))


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
        return _read(untrusted_bytes, name, sha, bounds)
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
        file=name, sha256=sha or hashlib.sha256(untrusted_bytes).hexdigest(), size=len(untrusted_bytes),
        kind=DraftKind.CONTACT if mail else DraftKind.REJECTED, channel=Channel.EMAIL if mail else Channel.FORM,
        why=f"{why} The original is kept; look at it.",
        not_read=(NotRead(place=Place(file=name), what=name, why=why),),
    )  # fmt: skip


def _read(untrusted_bytes: bytes, name: str, sha: str, limits: Limits) -> tuple[Draft, ...]:
    kind = file_kind(untrusted_bytes, name)
    if kind == "mail":
        return (_read_letter(MailReader(name, limits), None, untrusted_bytes, name, sha, limits),)
    if kind == "ole":
        from triage.intake.outlook import is_message, read_message

        if is_message(untrusted_bytes):
            reader = MailReader(name, limits)
            return (
                _read_letter(
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
        from triage.intake.structured import batches_in, parse_json, write_tree

        trees = list(batches_in(parse_json(decode(untrusted_bytes))))
        if len(trees) > 1:
            drafts = []
            for number, tree in enumerate(trees[: limits.rows], start=1):
                sheet = Sheet(name, f"item {number}", "application/json")
                part = _Part(sheet, write_tree(sheet, tree, limits))
                drafts.append(
                    _read_form(part, untrusted_bytes, name, sha, row=number, channel=Channel.BATCH)
                )
            return tuple(drafts)
    part = write_part(name, name, untrusted_bytes, _media_type(kind), limits)
    channel = Channel.PORTAL if kind in {"json", "xml"} else Channel.FORM
    return (_read_form(part, untrusted_bytes, name, sha, channel=channel),)


def _media_type(kind: str) -> str:
    return {
        "pdf": "application/pdf", "json": "application/json", "xml": "application/xml", "html": "text/html", "csv": "text/csv",
        "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }.get(kind, "text/plain")  # fmt: skip


def _today(moment: datetime | None) -> date:
    return (moment or datetime.now(UTC)).date()


def _read_rows(untrusted_bytes: bytes, name: str, sha: str, limits: Limits) -> tuple[Draft, ...]:
    from triage.intake.structured import parse_csv, write_row

    header, rows = parse_csv(decode(untrusted_bytes), limits)
    drafts = []
    for number, row in rows:
        sheet = Sheet(name, f"row {number}", "text/csv")
        part = _Part(sheet, write_row(sheet, header, row))
        drafts.append(
            _read_form(part, untrusted_bytes, name, sha, row=number, channel=Channel.BATCH)
        )
    return tuple(drafts)


def _read_form(
    part: _Part,
    untrusted_bytes: bytes,
    name: str,
    sha: str,
    *,
    row: int | None = None,
    channel: Channel,
) -> Draft:
    items = items_of(part.nodes)
    got = Gathered(
        _today(None),
        writes_month_first([i.value for i in items if isinstance(i, Entry)], _today(None)),
    )
    reading = Interpreter(got)
    reading.read(items)
    _join_names(got)
    told = bool(got.of(Subject.CHILD)) or row is not None
    written = [p.piece for p in got.passages]
    if not told:
        written.extend(piece for piece, _ in got.concerns)
    _read_prose(got, reading, letter=written, form=told)
    if row is not None and got.child_columns and not got.of(Subject.CHILD):
        from triage.intake.interpret import Person

        person = Person(Subject.CHILD, ("unnamed",), unborn=False)
        got.people.append(person)
        settled = list(got.people)
        settle_people(got)
        got.people[:] = [p for p in settled if p is person or p in got.people]
    else:
        settle_people(got)
    _agency_from_title(got, items)
    if not got.concerns:
        _concern_from(got, [p.piece for p in got.passages])
    text = part.sheet.text
    content = content_of(
        got, public=bool(_PUBLIC.search(text[:4000])), extra=_extra(got, "", text[:400])
    )
    understood = content.children or content.adults or content.concern.known or got.labels
    if row is None and not understood and not text.strip():
        why = "No words were found in it."
        return Draft(
            file=name, sha256=sha, size=len(untrusted_bytes), kind=DraftKind.REJECTED, channel=channel,
            why=f"{why} The original is kept; look at it.", not_read=tuple(part.lost), parts=(part.sheet.as_part(),),
        )  # fmt: skip
    return Draft(
        file=name, sha256=sha, size=len(untrusted_bytes), kind=DraftKind.CONTACT, channel=channel, content=content, row=row,
        received_at=got.received, parts=(part.sheet.as_part(),), not_read=tuple(part.lost), unused=_unused(got),
    )  # fmt: skip


def _unused(got: Gathered) -> tuple[Place, ...]:
    return tuple(piece.cut(0, 2000).place() for piece in got.unused[:500] if piece)


def _extra(got: Gathered, from_name: str, text: str) -> str:
    return f"{from_name} {text}" if not got.referrer.value("agency") else ""


def _read_prose(got: Gathered, reading: Interpreter, *, letter: list[Piece], form: bool) -> None:
    """Read running text: a letter fully, a form's answers only for what they surely name."""
    prose = ProseReader(got, reading)
    most = Limits().prose_chars
    letter = [piece.cut(0, most) for piece in letter]
    told = [piece.cut(0, most) for piece, _ in got.concerns]
    named = bool(got.of(Subject.CHILD))
    for piece in letter:
        spans = prose.address(piece) if not form else []
        prose.people(piece, spans, children=not named and not form)
    for piece in told:
        inside = any(
            p.sheet is piece.sheet and p.start <= piece.start and piece.end <= p.end for p in letter
        )
        if not inside:
            prose.people(piece, [], children=False)
    if form:
        hear(got, told, letter=False)
        hear(got, letter, letter=False)
    else:
        hear(got, letter, letter=True)
        hear(got, told, letter=True)
    for piece in [*letter, *told]:
        prose.particulars(piece, letter=not form)


def _agency_from_title(got: Gathered, items: list[Item]) -> None:
    """The body a form comes from, by its title, when no label gave it."""
    if "agency" in got.referrer.facts or got.referrer.value("anonymous"):
        return
    for item in items[:3]:
        piece = item.piece if isinstance(item, Passage) else None
        sheet = item.piece.sheet if isinstance(item, Passage) else item.value.sheet
        heading = next((h for h in item.path if h), "")
        at = sheet.text[:600].find(heading) if heading else -1
        for candidate in (Piece(sheet, at, at + len(heading)) if at >= 0 else None, piece):
            if candidate is None or len(candidate.text) > 140:
                continue
            words = candidate.text.split("\n")[0]
            match = re.match(
                r"(?i)\s*(?:(?:safeguarding |child |children )*(?:referral|concern|notification|report) (?:from|by|form)\s*[:–-]?\s*)?(?P<body>[^–:(\n|]{4,70}?)(?=\s+[–-]\s|\s*[:(|\n]|$)",
                words,
            )
            if (
                match
                and is_organisation(match["body"])
                and not re.search(
                    r"(?i)\bmash\b|multi-?agency|referral form|front door|children['’]s (?:social|services)|safeguarding (?:form|referral)|council|school or|section|professional|\bform\b",
                    match["body"],
                )
            ):
                found = candidate.of(match, "body")
                got.referrer.put("agency", Reading(found.text, (found,), "title"))
                return


def _concern_from(got: Gathered, passages: list[Piece]) -> None:
    got.concerns.extend((piece, "text") for piece in passages if len(piece.text) > 20)


# --- mail -----------------------------------------------------------------------------------


def _read_letter(
    reader: MailReader,
    letter: Letter | None,
    untrusted_bytes: bytes,
    name: str,
    sha: str,
    limits: Limits,
) -> Draft:
    letter = letter or reader.read(untrusted_bytes)
    lost: list[NotRead] = []
    if letter.too_deep or any(inner.too_deep for inner in letter.chain()):
        lost.append(
            NotRead(
                place=Place(file=name),
                what="messages inside",
                why="They are nested deeper than is read. Look at the original.",
            )
        )
    parts, attachments = _read_files(letter, name, lost, limits)
    writer = _true_writer(letter)
    today = _today(letter.date)
    body, signer = signature.body_and_signer(writer)
    pieces = [node.piece for node in body if isinstance(node, Line)]
    form_items = [items_of(part.nodes) for part in parts]
    body_items = items_of(body, form=_is_form(body))
    all_values = [
        i.value for items in [*form_items, body_items] for i in items if isinstance(i, Entry)
    ]
    got = Gathered(
        today,
        writes_month_first([*all_values, *[p for p in pieces if len(p.text) < 2000][:2000]], today),
    )
    reading = Interpreter(got)
    for items in form_items:
        reading.read(items)
    form_passages = list(got.passages)
    has_form = bool(got.of(Subject.CHILD)) or bool(got.concerns)
    telling = [p.piece for p in form_passages if len(p.piece.text) > 120]
    if not got.of(Subject.CHILD) and (telling or got.concerns):
        written = [*(p.piece for p in form_passages), *(p for p, _ in got.concerns)]
        _read_prose(got, reading, letter=written, form=False)
        has_form = bool(got.of(Subject.CHILD))
        got.concerns.extend((piece, "text") for piece in telling if has_form)
    got.passages = []
    before = len(got.concerns)
    reading.read(body_items)
    body_passages = [p.piece for p in got.passages]
    prose = _paragraphs(got, body, limits)
    labelled = len(got.concerns) > before
    if _is_form(body):
        prose = [piece.cut(0, limits.prose_chars) for piece in body_passages]
    if not has_form:
        got.passages = []
        if labelled and not got.of(Subject.CHILD):
            prose = [*prose, *(piece for piece, _ in got.concerns)]
        _read_prose(got, reading, letter=prose, form=False)
    else:
        _read_prose(got, reading, letter=[p.piece for p in form_passages], form=True)
        hear(got, prose, letter=True)
    young = not has_form and _writes_of_self(got, writer, prose)
    settle_people(got)
    _know_referrer(got, letter, writer, signer, [*pieces], form_items, parts)
    if not has_form and not labelled:
        whole = _whole_text(body)
        if whole is not None:
            got.concerns.insert(0, (whole, "letter"))
    elif not labelled and not got.concerns:
        _concern_from(got, [p.piece for p in form_passages] or prose)
    elif not has_form:
        got.concerns.extend(
            (p, "letter") for p in body_passages if 80 < len(p.text) < limits.prose_chars
        )
    text = letter.text[:6000] + " ".join(i.subject for i in letter.chain())
    public = bool(_PUBLIC.search(letter.subject + " " + text[:3000]))
    content = content_of(
        got,
        public=public,
        extra=_extra(
            got, writer.from_name if not signature.RELAY.search(writer.from_address) else "", ""
        ),
        hint=f"{letter.subject} {text[:3000]}",
    )
    named = any(c.given.known or c.dob.known or c.edd.known for c in content.children)
    about = named or bool(content.children and content.concern.known)
    kind = kinds.kind_of(
        letter,
        about_a_child=about,
        has_form=has_form or bool(lost and attachments),
        named_child=named,
    )
    if kind is not DraftKind.CONTACT:
        content = _only_text(content, body, got)
    return Draft(
        file=name, sha256=sha, size=len(untrusted_bytes), kind=kind, channel=Channel.EMAIL, content=content,
        subject=letter.subject, received_at=letter.date or got.received, message_id=letter.message_id,
        in_reply_to=letter.in_reply_to, reply_token=kinds.token_of(letter),
        parts=tuple(sheet.as_part() for sheet in [*reader.sheets, *(p.sheet for p in parts)]),
        attachments=tuple(attachments), not_read=tuple(lost), unused=_unused(got),
        why="" if kind is DraftKind.CONTACT else _WHY[kind],
    )  # fmt: skip


_WHY = {
    DraftKind.REPLY: "It answers one of our information requests.",
    DraftKind.AUTO_REPLY: "A machine wrote it; it answers nothing.",
    DraftKind.BOUNCE: "It reports that a message of ours was not delivered.",
    DraftKind.NOT_A_CONTACT: "It is a notice or newsletter, not about a child.",
    DraftKind.REJECTED: "It could not be read safely.",
}


def _only_text(content: Content, body: list[Node], got: Gathered) -> Content:
    """A message that is no contact keeps its words and its writer, and no people."""
    from dataclasses import replace

    from triage.intake.assemble import _joined

    whole = _whole_text(body)
    concern = _joined([(whole, "letter")]) if whole is not None else content.concern
    return Content(
        referrer=replace(content.referrer, source_code=Content().referrer.source_code),
        concern=concern,
    )


def _read_files(
    letter: Letter, name: str, lost: list[NotRead], limits: Limits
) -> tuple[list[_Part], list[Attachment]]:
    parts: list[_Part] = []
    kept: list[Attachment] = []
    for enclosure in letter.all_files():
        if enclosure.inline:
            lost.append(
                _not_read(name, enclosure, "It is a picture in the text. Look at the original.")
            )
            continue
        kept.append(enclosure.as_attachment())
        try:
            part = write_part(name, enclosure.name, enclosure.data, enclosure.media_type, limits)
        except UnreadableError as fault:
            lost.append(_not_read(name, enclosure, str(fault)))
            continue
        except Exception as fault:  # a reader's library may fail in any way on a hostile file
            lost.append(
                _not_read(
                    name,
                    enclosure,
                    f"It could not be read ({type(fault).__name__}). Look at the original.",
                )
            )
            continue
        lost.extend(part.lost)
        parts.append(part)
    return parts, kept


def _not_read(name: str, enclosure: Enclosure, why: str) -> NotRead:
    return NotRead(place=Place(file=name, part=enclosure.name), what=enclosure.name, why=why)


def _true_writer(letter: Letter) -> Letter:
    """The letter that tells of the child: the innermost one forwarded, or the outer one."""
    chain = list(letter.chain())
    best = letter
    for inner in chain[1:]:
        forwarded = (
            bool(re.match(r"(?i)^\s*(?:fw|fwd|tr|wg)\s*:", best.subject)) or inner.message_id != ""
        )
        outer_words = "\n".join(
            p.text for p in pieces_of(signature.body_and_signer(best)[0])
        ).strip()
        inner_words = inner.text.strip()
        if not inner_words and not inner.files:
            continue
        telling = re.search(
            r"(?i)\bdob\b|date of birth|\bborn\b|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}", outer_words
        )
        if (
            (forwarded or len(outer_words) < 200)
            and not telling
            and len(outer_words) < max(700, len(inner_words))
        ):
            best = inner
        elif (
            not re.match(r"(?i)^\s*re\s*:", best.subject) and not telling and len(outer_words) < 120
        ):
            best = inner
    return best


def _is_form(body: list[Node]) -> bool:
    """True for a body that is a list of labels, as a web form sends."""
    from triage.intake.rows import pairs_in

    lines = [node.piece for node in body if isinstance(node, Line) and node.piece.text.strip()][:80]
    return sum(bool(pairs_in(line)) for line in lines) >= 4


def _paragraphs(got: Gathered, body: list[Node], limits: Limits) -> list[Piece]:
    """The running text of a letter, by paragraph, with labelled lines left in."""
    out: list[Piece] = []
    now: Piece | None = None
    budget = limits.prose_chars
    for node in body:
        if not isinstance(node, Line):
            now = None
            continue
        piece = node.piece
        if not piece.text.strip():
            now = None
            continue
        budget -= len(piece.text)
        if budget < 0:
            break
        if (
            now is not None
            and now.sheet is piece.sheet
            and piece.start - now.end < 4
            and len(now.text) < 6000
        ):
            now = Piece(now.sheet, now.start, piece.end)
            out[-1] = now
        else:
            now = piece
            out.append(now)
    return out


def _whole_text(body: list[Node]) -> Piece | None:
    lines = [p for p in pieces_of(body) if p.text.strip()]
    if not lines:
        return None
    same = [p for p in lines if p.sheet is lines[0].sheet]
    return Piece(same[0].sheet, same[0].start, same[-1].end).strip()


def _know_referrer(
    got: Gathered, letter: Letter, writer: Letter, signer: signature.Signer, pieces: list[Piece],
    form_items: list[list[Item]], parts: list[_Part],
) -> None:  # fmt: skip
    """Who referred: the form's own words first, then the foot of the letter, then the From line."""
    referrer = got.referrer
    _join_names(got)
    if "name" not in referrer.facts and signature.nameless(" ".join(p.text for p in pieces[:40])):
        first = next(p for p in pieces if p.text.strip())
        for fact in ("role", "agency", "phone", "email"):
            referrer.facts.pop(fact, None)
        referrer.facts["anonymous"] = Reading("yes", (first,), "letter")
        return
    relay = bool(
        signature.RELAY.search(writer.from_address) or signature.RELAY.search(writer.from_name)
    )
    if referrer.value("anonymous") == "yes" and "name" not in referrer.facts:
        return
    for items in form_items:
        if "agency" not in referrer.facts and referrer.facts:
            _agency_from_title(got, items)
    from_form = "name" in referrer.facts
    same = (
        not from_form
        or (
            signer.name is not None
            and signature.names_alike(signer.name.text, referrer.value("name"))
        )
        or (signature.names_alike(writer.from_name, referrer.value("name")))
    )
    if same:
        for fact in ("name", "role", "agency", "phone", "email"):
            found = getattr(signer, fact)
            if found is not None and not (fact == "email" and relay):
                referrer.put(fact, Reading(found.text, (found,), "signature"))
    if writer is not letter and "agency" not in referrer.facts:
        outer = signature.body_and_signer(letter)[1].agency
        if outer is not None and _domain(letter) == _domain(writer) != "":
            referrer.put("agency", Reading(outer.text, (outer,), "signature"))
    if relay:
        return
    if not from_form:
        role, agency = signature.says_of_self(pieces[:400])
        for fact, piece in (("role", role), ("agency", agency)):
            if piece is not None:
                referrer.put(fact, Reading(piece.text, (piece,), "letter"))
    if not from_form and "phone" not in referrer.facts:
        phone = signature.own_phone(pieces[:400])
        if phone is not None:
            referrer.put("phone", Reading(phone.text, (phone,), "letter"))
    header = Sheet(got_file(parts, pieces), "headers", "text/plain")
    if "name" not in referrer.facts and signature.is_personal(writer.from_name):
        name = re.sub(r"\s*[(\[].*?[)\]]", "", writer.from_name).strip()
        if name.count(",") == 1:
            name = " ".join(reversed([bit.strip() for bit in name.split(",")]))
        referrer.put("name", Reading(name, (), "From"))
    del header
    if "email" not in referrer.facts and writer.from_address:
        stranger = from_form and signature.is_personal(writer.from_name) and not same
        if not stranger:
            referrer.put("email", Reading(writer.from_address, (), "From"))
    if (
        "agency" not in referrer.facts
        and not signature.is_personal(writer.from_name)
        and is_organisation(writer.from_name)
        and len(writer.from_name.split()) > 1
        and not from_form
    ):
        referrer.put("agency", Reading(writer.from_name, (), "From"))


def _domain(letter: Letter) -> str:
    return letter.from_address.rpartition("@")[2].casefold()


_MY_AGE = re.compile(
    r"\b(?:I['’]?m|I am|im)(?: only| just| nearly)? (?P<age>[89]|1[0-7])\b(?!\s?(?:weeks?|months?|minutes?|miles?|days?|%|o'clock|am|pm))"
)


def _writes_of_self(got: Gathered, writer: Letter, prose: list[Piece]) -> bool:
    """True when a child writes about themselves; they are the child then."""
    from triage.intake.interpret import Person

    if got.of(Subject.CHILD):
        return False
    for piece in prose[:10]:
        match = _MY_AGE.search(piece.text)
        if match is None or not re.search(r"(?i)\bmy (?:mum|mam|dad|step\w+|parents?|mother|father|foster \w+|nan|family)\b", piece.text):
            continue
        child = Person(Subject.CHILD, ("self",))
        age = piece.of(match, "age")
        child.put("age", Reading(age.text, (age,), "letter"))
        named = re.search(r"(?i:my name is|my name['’]s|i['’]m called) (?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+){0,3})", piece.text)
        if named:
            Interpreter(got).put_name(child, piece.of(named, "name"), "letter")
        got.people.append(child)
        if "line" not in got.facts:
            here = re.search(r"(?i)\bI live (?:at|in)\s", piece.text)
            if here:
                from triage.intake import addresses

                rest = piece.cut(here.end(), here.end() + 120)
                stop = addresses.POSTCODE.search(rest.text)
                if stop:
                    line, town, postcode = addresses.parts_of(rest.cut(0, stop.end()))
                    for fact, found in (("line", line), ("town", town)):
                        if found is not None:
                            got.put(fact, Reading(addresses.tidy_line(found.text), (found,), "letter"))
                    if postcode is not None:
                        got.put("postcode", Reading(addresses.tidy_postcode(postcode.text), (postcode,), "letter"))
        return True
    return False


def _join_names(got: Gathered) -> None:
    """A referrer's first and last names, asked for apart, as one name."""
    facts = got.referrer.facts
    bits = [facts[f] for f in ("given", "family") if f in facts]
    if "name" not in facts and bits:
        pieces = tuple(piece for bit in bits for piece in bit.pieces)
        facts["name"] = Reading(" ".join(bit.value for bit in bits), pieces, bits[0].label)


def got_file(parts: list[_Part], pieces: list[Piece]) -> str:
    """The file's name."""
    return pieces[0].sheet.file if pieces else parts[0].sheet.file if parts else ""
