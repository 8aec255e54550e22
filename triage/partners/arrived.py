"""What lay in a mailbox: the bytes as they came, and what the channel says of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ArrivedKind(StrEnum):
    """What the channel says it is."""

    MAIL = "mail"
    DOCUMENT = "document"  # a MESH message
    REPORT = "report"  # MESH says what became of one of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message. `answers` are names of ours that the channel itself ties it to: our local id,
    or the channel's id of what we sent. `sender` is the mailbox it came from at MESH, "" for
    mail, whose bytes say that. `words` is what a report tells."""

    uid: str
    kind: ArrivedKind
    untrusted_bytes: bytes
    name: str
    arrived_at: datetime | None = None
    answers: tuple[str, ...] = ()
    sender: str = ""
    words: str = ""
    failed: bool = False
