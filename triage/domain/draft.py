"""What the reader understood of a file: a draft contact that a person confirms."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from triage.domain.contact import Channel, Content
from triage.domain.fact import Place


class DraftKind(StrEnum):
    """What arrived. Only a contact asks for triage; nothing is ever thrown away."""

    CONTACT = "contact"
    REPLY = "reply"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    NOT_A_CONTACT = "not_a_contact"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """Something that could not be read, with what happened and what a person can do."""

    place: Place
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPart:
    """The plain text made from one part of an original; places count characters in it.

    `name` is the part's name (body, or the attachment's file name); `pages` holds the offset at
    which each page begins; `boxes` gives words their place on a page where that is known.
    """

    name: str
    media_type: str
    text: str
    pages: tuple[int, ...] = (0,)
    boxes: tuple[tuple[int, int, int, float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the original, at any depth, as it came."""

    name: str
    media_type: str
    size: int
    sha256: str
    depth: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One contact (or other message) read from one file, or from one row of a batch.

    `file` is the name it came under, `row` the data row of a batch (from 1). `sha256` is that
    of the whole original. `unused` lists passages of the parts no fact was taken from. `sender` is
    the address a message says it is from, `reply_token` the reference of ours that it names.
    """

    file: str
    sha256: str
    size: int
    kind: DraftKind
    channel: Channel
    content: Content = field(default_factory=Content)
    row: int | None = None
    subject: str = ""
    received_at: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    reply_token: str = ""
    sender: str = ""
    parts: tuple[TextPart, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    unused: tuple[Place, ...] = ()
    why: str = ""


class Kinship(StrEnum):
    """How one arrival stands to another."""

    DUPLICATE = "duplicate"
    SAME_FAMILY = "same family"


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Two arrivals that look alike, and why. A suggestion; only a person joins."""

    this: str
    other: str
    kinship: Kinship
    reasons: tuple[str, ...]
