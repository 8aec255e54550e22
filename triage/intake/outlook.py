"""Outlook messages (.msg) as letters. A property that is missing or damaged is left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from typing import Any, TypeVar

from triage.intake.mail import Enclosure, Letter, MailReader, read_address

T = TypeVar("T")
_STORE = "__substg1.0_".encode("utf-16-le")
_MESSAGE_ID, _IN_REPLY_TO, _REFERENCES = 0x1035, 0x1042, 0x1039


def is_message(untrusted_bytes: bytes) -> bool:
    """True when an OLE file holds a message (and not, say, a locked document)."""
    return _STORE in untrusted_bytes


def _tried(get: Callable[[], T]) -> T | None:
    try:
        return get()
    except Exception:  # each property is decoded on demand; any of them may be damaged
        return None


def read_message(reader: MailReader, untrusted_bytes: bytes) -> Letter:
    """The letter in an Outlook file. Raises BrokenError when the file can't be opened."""
    from oxmsg import Message

    from triage.intake.faults import BrokenError

    message = _tried(lambda: Message.load(untrusted_bytes))
    if message is None:
        raise BrokenError("It is a damaged Outlook message.")
    name, address = read_address(str(_tried(lambda: message.sender) or ""))
    sent = _tried(lambda: message.sent_date)
    headers = {
        key.lower(): " ".join(value.split())
        for key, value in (_tried(lambda: message.message_headers) or {}).items()
    }
    ids = [
        _text(message, _IN_REPLY_TO),
        _text(message, _REFERENCES),
        headers.get("in-reply-to", ""),
    ]
    letter = Letter(
        subject=_tried(lambda: message.subject) or "",
        from_name=name,
        from_address=address,
        date=(sent if sent.tzinfo else sent.replace(tzinfo=UTC)) if sent else None,
        message_id=_text(message, _MESSAGE_ID) or headers.get("message-id", ""),
        in_reply_to=tuple(" ".join(ids).split()),
        headers=headers,
        content_type=headers.get("content-type", "text/plain").split(";")[0],
    )
    for attached in _tried(lambda: message.attachments) or ():
        data = _tried(lambda one=attached: one.file_bytes)  # type: ignore[misc]
        label = _tried(lambda one=attached: one.file_name) or "unnamed"  # type: ignore[misc]
        kind = _tried(lambda one=attached: one.mime_type) or "application/octet-stream"  # type: ignore[misc]
        letter.files.append(Enclosure(str(label), str(kind), bytes(data or b""), 1))
    plain = (_tried(lambda: message.body) or "").strip()
    html = _tried(lambda: message.html_body) or ""
    rough = re.sub(r"<[^>]{0,2000}>|\s", "", html[:400_000])
    use_html = html and (not plain or (len(plain) < 80 and len(plain) < 0.5 * len(rough)))
    reader.write(letter, [("html", html)] if use_html else [("plain", plain)])
    return letter


def _text(message: Any, number: int) -> str:
    found = _tried(lambda: message.properties.str_prop_value(number))
    return str(found or "")
