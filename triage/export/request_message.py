"""What goes out for a request, as exact bytes: an e-mail with its form, or a MESH document."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import UUID

from triage.domain import request_letter
from triage.domain.partner import RequestRules
from triage.domain.request import InfoRequest, Via
from triage.domain.request_letter import Letter

MESH_SCHEMA = "fanlight-request/1"
FORM_NAME = "answer-form-{}.docx"
_OURS = re.compile(r"<?r-\d{2}-\d{5,7}\.\d{1,3}\.[0-9a-f]{12}(?:@[^<>\s]{1,200}>)?")


def local_id(request: InfoRequest, number: int, id: UUID, rules: RequestRules) -> str:
    """Our own name of a message: a Message-ID for mail, else the reference with a number.

    It travels in the clear, so it holds nothing but the reference. The same message keeps it
    however often it is tried.
    """
    name = f"{request.reference.casefold()}.{number}.{id.hex[:12]}"
    if request.via is not Via.EMAIL:
        return name
    domain = rules.smtp.sender.rpartition("@")[2] if rules.smtp else "fanlight.example"
    return f"<{name}@{domain}>"


def is_ours(name: str) -> bool:
    """Whether a message's name is one that `local_id` gives: nobody could guess one."""
    return bool(_OURS.fullmatch(name))


def build(
    request: InfoRequest,
    letter: Letter,
    *,
    kind: str,
    local_id: str,
    asked: str,
    rules: RequestRules,
    at: datetime,
    thread: str = "",
) -> bytes:
    """The message's exact bytes; `kind` is request or reminder, `asked` when it was asked.

    `thread` is our first message about the request, which later ones belong to.
    """
    text = (
        request_letter.as_text(letter)
        if kind == "request"
        else request_letter.reminder_text(letter, asked)
    )
    if request.via is Via.MESH:
        return _mesh_document(request, letter, kind, local_id, text)
    sender = rules.smtp.sender if rules.smtp else ""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(letter.hub, addr_spec=sender)
    message["To"] = request.to
    message["Subject"] = ("Reminder: " if kind == "reminder" else "") + letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = local_id
    if thread:
        message["In-Reply-To"] = message["References"] = thread
    # No machine should answer a request, and none of ours should be answered in turn (RFC 3834).
    message["Auto-Submitted"] = "no" if kind == "request" else "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF"
    message.set_content(text)
    if kind == "request":
        from triage.export.answer_form import word_form

        message.add_attachment(
            word_form(letter),
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
            filename=FORM_NAME.format(letter.reference),
        )
    return message.as_bytes()


def _mesh_document(
    request: InfoRequest, letter: Letter, kind: str, local_id: str, text: str
) -> bytes:
    """JSON with the letter in it: a receiver tells a message sent twice by its requestId."""
    told = {
        "schema": MESH_SCHEMA,
        "kind": kind,
        "messageId": local_id,
        "requestId": str(request.id),
        "reference": request.reference,
        "replyBy": request.due_at.isoformat() if request.due_at else "",
        "marking": letter.marking,
        "from": letter.hub,
        "questions": [{"number": n, "words": w} for n, w in enumerate(letter.questions, 1)],
        "lines": [{"label": row.label, "values": list(row.values)} for row in letter.lines],
        "text": text,
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode()
