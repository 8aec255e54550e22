"""Mail, nested and forwarded: who wrote what, and what was attached. Nothing is fetched."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from triage.domain.draft import Attachment
from triage.intake.limits import Limits
from triage.intake.pieces import TOO_LONG, Line, Node, Piece, Sheet, plain
from triage.intake.plain import decode, write_lines

TOKEN = re.compile(r"(?<![\w-])(?:IR-\d{4}-\d{6}|R-\d{2}-\d{5,7})(?![\w-])", re.I)
"""A reference of our requests: as Fanlight gives them, and as older systems did."""

_FORWARD_RULE = re.compile(
    r"^[\s>*_-]*(?:-{2,}\s*)?(?:original message|forwarded message|forwarded by"
    r"|begin forwarded message|weitergeleitet)[\s:>*_-]*",
    re.I,
)
_HEADER_LINE = re.compile(r"^\s*\*?(from|sent|date|to|cc|subject|reply-to)\s*:\*?\s*(.*)$", re.I)
_WROTE = re.compile(
    r"^\s*(?:on\s.{5,150}\swrote|.{3,80}\s<\S+@\S+>\s(?:wrote|writes))\s*:\s*$", re.I
)


@dataclass(slots=True)
class Enclosure:
    """A file inside a message, as it came."""

    name: str
    media_type: str
    data: bytes
    depth: int
    inline: bool = False

    def as_attachment(self) -> Attachment:
        """What is kept of it in a draft."""
        return Attachment(
            name=self.name,
            media_type=self.media_type,
            size=len(self.data),
            sha256=hashlib.sha256(self.data).hexdigest(),
            depth=self.depth,
        )


@dataclass(slots=True)
class Letter:
    """One message: its headers, what its writer wrote, and the messages inside it."""

    subject: str = ""
    from_name: str = ""
    from_address: str = ""
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    nodes: list[Node] = field(default_factory=list)
    quoted: list[Node] = field(default_factory=list)
    inner: list[Letter] = field(default_factory=list)
    files: list[Enclosure] = field(default_factory=list)
    depth: int = 0
    too_deep: bool = False

    def all_files(self) -> Iterator[Enclosure]:
        """Files at any depth."""
        yield from self.files
        for letter in self.inner:
            yield from letter.all_files()

    def chain(self) -> Iterator[Letter]:
        """This letter and those inside, outermost first."""
        yield self
        for letter in self.inner:
            yield from letter.chain()

    @property
    def text(self) -> str:
        """What the writer wrote, without what they quoted."""
        return "\n".join(piece.text for piece in pieces_of(self.nodes))


def pieces_of(nodes: list[Node]) -> Iterator[Piece]:
    """The pieces of all lines and cells."""
    for node in nodes:
        if isinstance(node, Line):
            yield node.piece
        elif hasattr(node, "rows"):
            for row in node.rows:
                for cell in row:
                    yield cell.piece
        else:
            yield node.value


def _header(message: Message[Any, Any], name: str) -> str:
    """A header as text; a malformed one is read raw, never raised."""
    try:
        value = message.get(name)
        return "" if value is None else " ".join(str(value).split()).replace("\0", "")
    except Exception:  # the header parser raises many kinds on hostile input
        raw = next((v for k, v in message.raw_items() if k.lower() == name.lower()), "")
        return " ".join(str(raw).split())


def parse_date(words: str) -> datetime | None:
    """A Date header as an aware moment, or None."""
    try:
        moment = parsedate_to_datetime(words)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_address(words: str) -> tuple[str, str]:
    """Name and address of a From line."""
    try:
        found = getaddresses([words[:2000]])
    except (ValueError, IndexError):
        found = []
    name, address = found[0] if found else ("", "")
    if "@" not in address:
        match = re.search(r"[\w.+'-]{1,64}@[\w.-]{1,200}", words[:2000])
        address = match[0] if match else ""
        name = name or re.sub(r"[<\[(].*", "", words[:200]).strip(" \"'")
    return plain(name).strip(" \"'"), plain(address)


def looks_like_mail(untrusted_bytes: bytes) -> bool:
    """True when bytes begin with the headers of a message."""
    head = untrusted_bytes[:4000].lstrip()
    return bool(
        re.match(rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2,}", head)
    ) and bool(
        re.search(rb"(?im)^(?:from|received|return-path|message-id|subject|mime-version):", head)
    )


class MailReader:
    """Turns the bytes of a message into letters; writes each body onto a sheet of its own."""

    def __init__(self, file: str, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.sheets: list[Sheet] = []
        self.count = 0

    def read(self, untrusted_bytes: bytes) -> Letter:
        """The message and those inside it."""
        message = email.message_from_bytes(untrusted_bytes, policy=email.policy.default)
        try:
            return self._letter(message, 0)
        except (IndexError, ValueError, AttributeError, TypeError, LookupError):
            # the strict header parser fails on some broken headers: the lenient one reads on
            self.sheets, self.count = [], 0
            lenient = email.message_from_bytes(untrusted_bytes, policy=email.policy.compat32)
            return self._letter(lenient, 0)

    def _letter(self, message: Message[Any, Any], depth: int) -> Letter:
        name, address = read_address(_header(message, "From"))
        letter = Letter(
            subject=_header(message, "Subject"),
            from_name=name,
            from_address=address,
            date=parse_date(_header(message, "Date")),
            message_id=_header(message, "Message-ID"),
            in_reply_to=tuple(
                (_header(message, "In-Reply-To") + " " + _header(message, "References")).split()
            ),
            headers={
                key.lower(): _header(message, key)
                for key in (
                    "Auto-Submitted",
                    "X-Autoreply",
                    "X-Autorespond",
                    "X-Auto-Response-Suppress",
                    "Precedence",
                    "List-Unsubscribe",
                    "List-Id",
                    "Return-Path",
                    "X-Failed-Recipients",
                    "Reply-To",
                    "To",
                    "Content-Type",
                )
                if message.get_all(key)
            },
            content_type=message.get_content_type(),
            depth=depth,
        )
        bodies: list[tuple[str, str]] = []
        self._walk(message, letter, bodies, depth, 0)
        self.write(letter, bodies)
        return letter

    def _walk(
        self,
        part: Message[Any, Any],
        letter: Letter,
        bodies: list[tuple[str, str]],
        depth: int,
        level: int,
    ) -> None:
        self.count += 1
        if level > 40 or self.count > self.limits.attachments * 5:
            letter.too_deep = True
            return
        kind = part.get_content_type()
        if kind == "message/rfc822" or (kind == "message/global"):
            for inner in part.get_payload() if isinstance(part.get_payload(), list) else ():
                if depth >= self.limits.depth:
                    letter.too_deep = True
                    return
                if isinstance(inner, Message):
                    letter.inner.append(self._letter(inner, depth + 1))
            return
        if part.is_multipart() and not kind.startswith("message/"):
            children = [p for p in part.get_payload() if isinstance(p, Message)]
            if kind == "multipart/alternative":
                self._alternatives(children, letter, bodies, depth, level)
            else:
                for child in children:
                    self._walk(child, letter, bodies, depth, level + 1)
            return
        if kind in {
            "message/delivery-status",
            "text/rfc822-headers",
            "message/disposition-notification",
        }:
            bodies.append(("report", decode(_payload(part))))
            return
        self._leaf(part, letter, bodies, depth)

    def _alternatives(
        self,
        children: list[Message[Any, Any]],
        letter: Letter,
        bodies: list[tuple[str, str]],
        depth: int,
        level: int,
    ) -> None:
        got: list[tuple[str, str]] = []
        for child in children:
            self._walk(child, letter, got, depth, level + 1)
        plain = [text for kind, text in got if kind == "plain"]
        html = [text for kind, text in got if kind == "html"]
        bodies.extend(one for one in got if one[0] == "report")
        if html and plain:
            rough = len(
                re.sub(
                    r"<(?:style|script).*?</(?:style|script)>|<[^>]{0,2000}>|\s",
                    "",
                    html[0][:400_000],
                    flags=re.S | re.I,
                )
            )
            short = len(re.sub(r"\s", "", plain[0]))
            if short < 0.5 * rough and (short < 80 or "<table" in html[0].lower()):
                bodies.append(("html", html[0]))
                return
            bodies.append(("plain", plain[0]))
            return
        bodies.extend(one for one in got if one[0] != "report")

    def _leaf(
        self, part: Message[Any, Any], letter: Letter, bodies: list[tuple[str, str]], depth: int
    ) -> None:
        kind = part.get_content_type()
        try:
            name = part.get_filename()
            disposition = part.get_content_disposition()
            charset = part.get_content_charset()
        except Exception:  # hostile headers raise many kinds
            name, disposition, charset = None, None, None
        data = _payload(part)
        if kind in {"text/plain", "text/html"} and disposition != "attachment" and not name:
            bodies.append(("html" if kind == "text/html" else "plain", decode(data, charset)))
            return
        if kind == "text/calendar" and disposition != "attachment" and not name:
            letter.headers.setdefault("x-calendar", "yes")  # the same invitation once more
            return
        if len(list(letter.files)) >= self.limits.attachments:
            letter.too_deep = True
            return
        inline = kind.startswith("image/") and (
            disposition == "inline" or (disposition is None and part.get("Content-ID") is not None)
        )
        letter.files.append(
            Enclosure((name or "").replace("\0", "") or "unnamed", kind, data, depth + 1, inline)
        )

    def write(self, letter: Letter, bodies: list[tuple[str, str]]) -> None:
        """Write the bodies onto a sheet and give the letter its lines."""
        number = len(self.sheets)
        name = "body" if number == 0 else f"body {number + 1}"
        sheet = Sheet(self.file, name, "text/plain")
        self.sheets.append(sheet)
        nodes: list[Node] = []
        for kind, whole in bodies:
            text = whole[: self.limits.text_chars]
            if len(whole) > len(text):
                sheet.unread = TOO_LONG
            if kind == "html":
                from triage.intake.web import write_html

                nodes.extend(write_html(sheet, text, self.limits))
            elif kind == "plain":
                nodes.extend(write_lines(sheet, text))
            else:
                letter.quoted.extend(write_lines(sheet, text))
            nodes.append(Line(Piece(sheet, sheet.length, sheet.length)))
        part_letters(letter, nodes, self.sheets)


def _payload(part: Message[Any, Any]) -> bytes:
    try:
        data = part.get_payload(decode=True)
    except Exception:  # broken encodings raise many kinds; the original is kept whole anyway
        data = None
    if isinstance(data, bytes):
        return data
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


_FORWARDS = re.compile(r"(?i)^\s*(?:fw|fwd|tr|wg)\s*:")
_QUOTED_FROM = re.compile(r"(?i)(?:>\s?)+\*?from\s*:")


def _unquoted(nodes: list[Node], sheets: list[Sheet]) -> list[Node]:
    """Lines without their marks, on a sheet of their own, so that sentences run on."""
    first = next(node.piece.sheet for node in nodes if isinstance(node, Line))
    sheet = Sheet(first.file, f"{first.name} without marks", first.media_type)
    sheets.append(sheet)
    out: list[Node] = []
    for node in nodes:
        if isinstance(node, Line):
            mark = re.match(r"\s*(?:>\s?)+", node.piece.text)
            words = node.piece.text[mark.end() :] if mark else node.piece.text
            out.append(Line(sheet.write(words)))
            sheet.write("\n")
        else:
            out.append(node)
    return out


def part_letters(letter: Letter, nodes: list[Node], sheets: list[Sheet]) -> None:
    """Give a letter its own lines; forwarded text becomes a letter inside, replies are quoted.

    A quoted letter that is passed on whole is written anew on a sheet added to `sheets`.
    """
    here = letter
    at = 0
    quoting = False
    while at < len(nodes):
        node = nodes[at]
        if isinstance(node, Line):
            words = node.piece.text
            stripped = words.strip()
            if stripped.startswith(">"):
                if _FORWARDS.match(here.subject) and _QUOTED_FROM.match(stripped):
                    nodes = [*nodes[:at], *_unquoted(nodes[at:], sheets)]  # passed on whole
                    continue
                here.quoted.append(node)
                at += 1
                continue
            if len(stripped) < 220 and (
                _FORWARD_RULE.match(stripped) or re.match(r"(?i)\*?from\s*:", stripped)
            ):
                found, stop = _forward_head(nodes, at)
                if found is not None:
                    inner = Letter(
                        subject=found.get("subject", ""),
                        depth=here.depth + 1,
                        date=parse_date(found.get("date", found.get("sent", ""))),
                    )
                    inner.from_name, inner.from_address = read_address(found.get("from", ""))
                    here.inner.append(inner)
                    here = inner
                    at = stop
                    quoting = False
                    continue
            if len(stripped) < 240 and _WROTE.match(stripped):
                quoting = True
                here.quoted.append(node)
                at += 1
                continue
        (here.quoted if quoting else here.nodes).append(node)
        at += 1


def _forward_head(nodes: list[Node], at: int) -> tuple[dict[str, str] | None, int]:
    found: dict[str, str] = {}
    stop = at
    blanks = 0
    for number in range(at, min(at + 14, len(nodes))):
        node = nodes[number]
        if not isinstance(node, Line):
            break
        words = node.piece.text.strip()
        if not words:
            blanks += 1
            if (found and blanks > 1) or blanks > 3:
                break
            continue
        match = _HEADER_LINE.match(words)
        if match:
            found.setdefault(match[1].lower(), match[2].strip(" *"))
            stop = number + 1
        elif found or not _FORWARD_RULE.match(words):
            break
    ok = (
        "from" in found
        and ("subject" in found or "sent" in found or "date" in found)
        and len(found) >= 3
    )
    return (found, stop) if ok else (None, at)
