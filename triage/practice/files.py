"""Writes a practice contact as the file it would arrive as: mail, PDF form, JSON."""

import io
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from triage.domain.spelling import MONTHS, WEEKDAYS

HUB_MAILBOX = "front-door@northmere.example"
_TOKEN = re.compile(r"\{(days|date|due):(\d+)\}")


def file_of(contact: Mapping[str, Any], at: datetime) -> bytes:
    """The bytes of the file, with its dates counted from `at` (aware, UTC)."""
    match contact.get("format", "mail"):
        case "json":
            return _json(contact, at)
        case "form_pdf":
            return _form(contact, at)
        case _:
            return _mail(contact, at)


def dated(text: str, at: datetime) -> str:
    """`text` with {days:n} as a long date n days before `at`, {date:n} short, {due:n} ahead."""

    def one(found: re.Match[str]) -> str:
        kind, days = found[1], timedelta(days=int(found[2]))
        day = at + days if kind == "due" else at - days
        return (
            f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
            if kind == "days"
            else f"{day:%d/%m/%Y}"
        )

    return _TOKEN.sub(one, text)


def _mail(contact: Mapping[str, Any], at: datetime) -> bytes:
    message = EmailMessage()
    message["From"] = contact["from"]
    message["To"] = HUB_MAILBOX
    message["Subject"] = contact["subject"]
    message["Date"] = format_datetime(at.astimezone(UTC))
    message["Message-ID"] = (
        f"<{contact['file'].removesuffix('.eml')}.{at:%Y%m%d}@northmere.example>"
    )
    message.set_content(dated(contact["body"].strip() + "\n", at))
    return message.as_bytes()


def _json(contact: Mapping[str, Any], at: datetime) -> bytes:
    text = json.dumps(contact["data"], ensure_ascii=False, indent=1)
    return text.replace("{iso}", at.astimezone(UTC).isoformat(timespec="seconds")).encode()


def _form(contact: Mapping[str, Any], at: datetime) -> bytes:
    """A flat PDF as a nursery's word processor makes it."""
    from reportlab.lib.colors import HexColor, black  # imported when first used: start-up time
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    plain = ParagraphStyle("plain", fontName="Helvetica", fontSize=10, leading=13)
    bold = ParagraphStyle("bold", parent=plain, fontName="Helvetica-Bold")
    title = ParagraphStyle("title", parent=bold, fontSize=13, leading=18)
    grid = [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("BACKGROUND", (0, 0), (0, -1), HexColor("#EEEEEE")),
        ("BACKGROUND", (2, 0), (2, -1), HexColor("#EEEEEE")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]

    def table(rows: list[list[str]]) -> Table:
        return Table(
            [[Paragraph(cell, plain) for cell in row] for row in rows],
            colWidths=[105, 150, 95, 130],
            style=grid,
        )

    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title="Safeguarding referral form", invariant=1).build(
        [
            Paragraph(contact["title"], title),
            Paragraph("SAFEGUARDING REFERRAL FORM", bold),
            Paragraph(f"Date: {at:%d/%m/%Y}", plain),
            Spacer(1, 8),
            table(contact["rows"]),
            Spacer(1, 8),
            Paragraph(contact["heading"], bold),
            Paragraph(dated(contact["body"].strip(), at), plain),
            Spacer(1, 8),
            Paragraph("Parents and agreement", bold),
            table(contact["after"]),
        ]
    )
    return out.getvalue()
