"""A signed checkpoint as it leaves the hub: as a file, an e-mail, a printed page; and read again.

Each holds the whole checkpoint as it was signed, so that each alone proves what any other does.
"""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from triage.domain.errors import SignatureError
from triage.domain.event import Checkpoint
from triage.domain.spelling import spell_long_day
from triage.export.pack_letters import BOLD, REGULAR, SEAL, load_fonts
from triage.export.pack_pages import PRESSING
from triage.export.pack_paper import GREY
from triage.export.pack_surround import HEIGHT, WIDTH, draw_qr

LARGEST = 1_000_000
"""Bytes of a file that are looked at."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,2000}\.[A-Za-z0-9_-]{16,4000}\.[A-Za-z0-9_-]{86}(?![\w-])")
_MARGIN, _SIDE = 56.0, 250.0
_LETTERS = 64
"""Of a line, where the checkpoint stands to be typed."""


def file_name(checkpoint: Checkpoint) -> str:
    """What a checkpoint is called in a folder or a mail."""
    return f"checkpoint-{checkpoint.seq:012}-{checkpoint.hash[:8]}.jws"


def when(checkpoint: Checkpoint) -> str:
    """When it was signed, as a person reads it."""
    at = checkpoint.at.astimezone(UTC)
    return f"{spell_long_day(at)} at {at:%H:%M} UTC"


def mail(
    checkpoint: Checkpoint, token: bytes, *, id: UUID, hub: str, sender: str, to: str, at: datetime
) -> bytes:
    """The mail that carries a checkpoint: the same bytes each time, under one name of its own."""
    domain = sender.rpartition("@")[2]
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"] = Address(hub, addr_spec=sender)
    made["To"] = to
    made["Subject"] = f"Signed checkpoint of the audit trail, event {checkpoint.seq}"
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<checkpoint.{checkpoint.seq}.{id.hex[:12]}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834
    made["X-Auto-Response-Suppress"] = "OOF"
    lines = (
        _what_it_is(hub),
        "",
        *(f"{label}: {value}" for label, value in _facts(checkpoint)),
        "",
        "Keep this mail as it is. To check the trail against it, save it as a file and let IT run:",
        "fanlightctl audit verify --checkpoint FILE --keys FILE",
    )
    made.set_content("\n".join(lines))
    made.add_attachment(
        token, maintype="application", subtype="jose", filename=file_name(checkpoint)
    )
    made.set_boundary(f"checkpoint-{id.hex}")
    return made.as_bytes()


def page(checkpoint: Checkpoint, token: bytes, *, hub: str) -> bytes:
    """One page (PDF) with the checkpoint in words and, whole, as a QR code and as letters."""
    from reportlab.lib.utils import simpleSplit
    from reportlab.pdfgen.canvas import Canvas

    stream, width = BytesIO(), WIDTH - 2 * _MARGIN
    with PRESSING:
        load_fonts()
        drawn = Canvas(stream, pagesize=(WIDTH, HEIGHT), invariant=1)
        drawn.setTitle("Signed checkpoint of the audit trail")
        y = HEIGHT - _MARGIN - 10

        def write(words: str, font: str, size: float, *, step: float, grey: bool = False) -> None:
            nonlocal y
            drawn.setFillColor(GREY if grey else "black")
            for line in simpleSplit(words, font, size, width):
                drawn.setFont(font, size)
                drawn.drawString(_MARGIN, y, line)
                y -= step

        write(hub, REGULAR, 11, step=26, grey=True)
        write("Signed checkpoint of the audit trail", BOLD, 20, step=28)
        write(_what_it_is(hub), REGULAR, 11, step=15)
        y -= 12
        for label, value in _facts(checkpoint):
            y = _fact(drawn, y, label, value)
        y -= _SIDE + 2
        drawn.setFillColor("black")
        draw_qr(drawn, token.decode("ascii"), _MARGIN, y, _SIDE)
        y -= 22
        write(_how_to_check(), REGULAR, 11, step=15)
        y -= 8
        text = token.decode("ascii")
        for at in range(0, len(text), _LETTERS):
            write(text[at : at + _LETTERS], SEAL, 9.5, step=13)
        drawn.showPage()
        drawn.save()
    return stream.getvalue()


def tokens_in(untrusted: bytes) -> tuple[bytes, ...]:
    """The checkpoints in a file: one as it was lodged, a mail that carries it, or what was scanned
    or typed from a page, wherever its lines end. Nothing is checked. Raises SignatureError where
    there is none."""
    try:
        found = dict.fromkeys(
            token.encode()
            for text in _texts(untrusted[:LARGEST])
            for token in _TOKEN.findall(
                "".join(text.split()) if text.strip()[:3] == "eyJ" else text
            )
        )
    except RecursionError as fault:
        raise SignatureError("It holds mails in mails without end.") from fault
    if not found:
        raise SignatureError("There is no signed checkpoint in it.")
    return tuple(found)


def _texts(untrusted: bytes) -> Iterator[str]:
    yield untrusted.decode("ascii", "replace")
    parsed = email.message_from_bytes(untrusted, policy=email.policy.default)
    for part in parsed.walk():
        if isinstance(part, MIMEPart) and not part.is_multipart():
            held = part.get_payload(decode=True)
            if isinstance(held, bytes):
                yield held.decode("ascii", "replace")


def _what_it_is(hub: str) -> str:
    return (
        f"This says, outside {hub}'s own computers, where its audit trail ended and with which "
        "seal. Whoever wrote the trail anew after that, or cut it short, is found by it. It names "
        "no family. Keep it where nobody who works in the hub can change it or take it away."
    )


def _how_to_check() -> str:
    return (
        "To check the trail, scan the code into a file, or type the letters below into one, and "
        "let IT run: fanlightctl audit verify --checkpoint FILE --keys FILE. The keys are the "
        "hub's public ones, as they were kept elsewhere."
    )


def _facts(checkpoint: Checkpoint) -> tuple[tuple[str, str], ...]:
    return (
        ("Last event", f"{checkpoint.seq:,}"),
        ("Signed on", when(checkpoint)),
        ("Signed by", checkpoint.by),
        ("Seal of that event", checkpoint.hash),
    )


def _fact(drawn: Any, y: float, label: str, value: str) -> float:
    drawn.setFillColor(GREY)
    drawn.setFont(REGULAR, 11)
    drawn.drawString(_MARGIN, y, label)
    drawn.setFillColor("black")
    shown = [value[at : at + 32] for at in range(0, len(value), 32)]
    drawn.setFont(SEAL if len(shown) > 1 else BOLD, 11)
    for line in shown:
        drawn.drawString(_MARGIN + 120, y, line)
        y -= 17
    return y
