"""A signed checkpoint on its way out of the hub by e-mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from triage.domain.request import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointMail:
    """One checkpoint, `token` as it was signed, to one address; the mail's name is made of `id`.

    `seq` is the event it is of, `told` the number of the event that told what became of the mail;
    0 before that.
    """

    id: UUID
    seq: int
    to: str
    token: bytes
    state: MessageState
    made_at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    words: str = ""
    told: int = 0
