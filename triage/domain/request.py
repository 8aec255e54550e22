"""Requests for information: which partner is asked what, about whom, on what basis, by when.

A request names as few people as it can, and says of each why they are asked about. What leaves
the hub in the clear (a subject line, a message's identifier) holds its reference only.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Via(StrEnum):
    """How a request reaches a partner, and an answer the hub."""

    EMAIL = "email"
    MESH = "mesh"
    HAND = "by hand"


class RequestState(StrEnum):
    """Where a request stands. That it is overdue is a matter of the clock, not a state."""

    DRAFT = "draft"
    WAITING = "waiting"  # to be sent, or to be rung
    NOT_SENT = "not sent"  # a person has to look: refused, bounced, or failed for good
    SENT = "sent"
    SEEN = "seen"  # an automatic reply came, or their system acknowledged it
    PART = "part answered"
    ANSWERED = "answered"
    NIL = "nil return"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


AWAITED = frozenset({RequestState.SENT, RequestState.SEEN, RequestState.PART})
"""States in which an answer, or the rest of one, is still to come."""

OPEN = AWAITED | {RequestState.DRAFT, RequestState.WAITING, RequestState.NOT_SENT}
"""States in which somebody still has something to do."""

SETTLED = frozenset({RequestState.ANSWERED, RequestState.NIL, RequestState.REFUSED})
"""States in which the partner has said what it has to say."""

_FROM: dict[RequestState, frozenset[RequestState]] = {
    RequestState.WAITING: frozenset({RequestState.DRAFT, RequestState.NOT_SENT}),
    RequestState.SENT: frozenset(
        {RequestState.DRAFT, RequestState.WAITING, RequestState.NOT_SENT, RequestState.SEEN}
    ),
    RequestState.NOT_SENT: frozenset({RequestState.WAITING, *AWAITED}),
    RequestState.SEEN: frozenset({RequestState.WAITING, RequestState.SENT}),
    RequestState.WITHDRAWN: OPEN,
}


def may_become(now: RequestState, then: RequestState) -> bool:
    """Whether a request may go from one state to the other.

    An answer may come at any time once it was sent, also late, or after one that was taken for
    the whole; a machine's message never moves what a person has answered.
    """
    if then in SETTLED or then is RequestState.PART:
        return now not in (RequestState.DRAFT, RequestState.WITHDRAWN)
    return now in _FROM.get(then, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAbout:
    """A person of the contact who is asked about: their key there, and why they are.

    `why` is the necessity and proportionality of asking about them. `name` and `born` are as
    they were sent; empty in a draft, where the contact has them.
    """

    person: str
    why: str = ""
    name: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedQuestion:
    """One question as the partner reads it; `since` is how far back it asks."""

    id: str
    words: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoRequest:
    """A request to one desk of one partner, about people of one contact.

    `agency` and `desk` are codes of the profile, `to` the address it went to, `via` the way.
    `basis` is the code of the lawful basis, `told` whether the family was told and `not_told_why`
    why not. `chased` are the times a reminder went out, by itself or by a person. `words` says
    why it was not sent. `sent_text` is exactly what was sent. `version` grows with each change.
    """

    id: UUID
    reference: str
    contact_id: UUID
    agency: str
    desk: str
    via: Via
    state: RequestState
    to: str = ""
    people: tuple[AskedAbout, ...] = ()
    with_address: bool = True
    questions: tuple[AskedQuestion, ...] = ()
    why: str = ""
    basis: str = ""
    told: str = ""
    not_told_why: str = ""
    due_at: datetime | None = None
    remind_at: datetime | None = None
    created_by: str
    created_at: datetime
    sent_by: str = ""
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    chased: tuple[datetime, ...] = ()
    words: str = ""
    sent_text: str = ""
    version: int = 1

    def overdue(self, now: datetime) -> bool:
        """Whether an answer is awaited and its time is over."""
        return self.state in AWAITED and self.due_at is not None and now > self.due_at


class Standing(StrEnum):
    """What a partner said to one question. Not known is not no, and silence is neither."""

    KNOWN = "known"
    NOT_KNOWN = "not known"
    NIL = "nil return"  # they looked, and hold nothing
    REFUSED = "refused"
    BLANK = "not answered"
    OWN_WORDS = "in their own words"  # for a person to read and sort


class Onward(StrEnum):
    """What the owner of the information lets the hub do with it."""

    FREE = "may be passed on"
    ASK = "ask us before passing on"
    NEVER = "not to be passed on"
    NOT_SAID = "not said"


ONWARD_WORDS = {
    Onward.FREE: "May be passed on.",
    Onward.ASK: "Ask them before passing this on.",
    Onward.NEVER: "Not to be passed on.",
    Onward.NOT_SAID: "They did not say whether it may be passed on: ask before you do.",
}
"""The owner's limit as it is printed beside what they told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """What was said to question `number` (from 1; 0 where it answers none in particular)."""

    number: int
    question: str
    standing: Standing
    words: str = ""
    reason: str = ""  # why it was refused


class AnswerPlace(StrEnum):
    """Whether it is known which request a message answers."""

    PLACED = "placed"
    TO_PLACE = "to place"
    NOT_AN_ANSWER = "not an answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAnswer:
    """One answer as it came, or as it was given by telephone.

    `matched` says how it was known for an answer to its request, `doubt` why a person should
    look. `original_id` is where its bytes are kept, `attachments` the names of files in it.
    `likely` is the request it may belong to, while it is to be placed; `names` are our own names
    of messages that it answers, where no request of theirs could be seen by who read it.
    """

    id: UUID
    request_id: UUID | None
    place: AnswerPlace
    via: Via
    received_at: datetime
    sender: str = ""
    answered_by: str = ""
    subject: str = ""
    text: str = ""
    items: tuple[AnswerItem, ...] = ()
    onward: Onward = Onward.NOT_SAID
    onward_words: str = ""
    attachments: tuple[str, ...] = ()
    original_id: UUID | None = None
    matched: str = ""
    doubt: str = ""
    likely: UUID | None = None
    names: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None
    cited: int = 0

    @property
    def to_read(self) -> bool:
        """True where it came in words of their own, so that only a person can say what it says."""
        return any(i.standing is Standing.OWN_WORDS for i in self.items)

    @property
    def limit(self) -> str:
        """The owner's limit on onward use, in a sentence."""
        said = self.onward_words.strip()
        return f"{ONWARD_WORDS[self.onward]} “{said}”" if said else ONWARD_WORDS[self.onward]


class MessageState(StrEnum):
    """Where one message of ours is on its way."""

    WAITING = "waiting"
    UNKNOWN = "unknown"  # it may have gone; found out before it is sent again
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutMessage:
    """One message of ours: the request itself or a reminder, with the exact bytes that go out.

    `local_id` is ours and holds no personal data; `channel_id` is what the channel calls it.
    """

    id: UUID
    request_id: UUID
    kind: str  # request | reminder
    via: Via
    to: str
    local_id: str
    document: bytes
    state: MessageState
    made_at: datetime
    attempts: int = 0
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    channel_id: str = ""
    words: str = ""


def settle(questions: int, answers: tuple[PartnerAnswer, ...]) -> RequestState:
    """Where a request of so many questions stands by the answers placed to it.

    Each question counts by the best that was said to it, whenever it was. All nil is a nil
    return, all refused a refusal; while one is blank or refused beside others, it is in part.
    """
    best: dict[int, Standing] = {}
    for item in (i for a in answers for i in a.items):
        if _WORTH[item.standing] > _WORTH[best.get(item.number, Standing.BLANK)]:
            best[item.number] = item.standing
    if Standing.OWN_WORDS in best.values():
        return RequestState.ANSWERED
    said = [best.get(number, Standing.BLANK) for number in range(1, questions + 1)]
    if not said:
        said = list(best.values()) or [Standing.BLANK]
    if all(s is Standing.NIL for s in said):
        return RequestState.NIL
    if all(s is Standing.REFUSED for s in said):
        return RequestState.REFUSED
    if any(s in (Standing.BLANK, Standing.REFUSED) for s in said):
        return RequestState.PART
    return RequestState.ANSWERED


_WORTH = {
    Standing.BLANK: 0,
    Standing.REFUSED: 1,
    Standing.NOT_KNOWN: 2,
    Standing.NIL: 3,
    Standing.OWN_WORDS: 4,
    Standing.KNOWN: 5,
}


CONTACT_NUMBER = re.compile(r"C-[0-9]{2}-[0-9]{5,9}")
"""How words name a contact."""


def told_by_machine(words: str) -> str:
    """What somebody else's machine says of a request, without references of contacts: a request
    that names one is not there for all, and that is for people to bring about."""
    return CONTACT_NUMBER.sub("C-…", words)


def answered_count(request: InfoRequest, answers: tuple[PartnerAnswer, ...]) -> tuple[int, int]:
    """How many of the request's questions have an answer, and how many there are."""
    asked = len(request.questions)
    done = {
        i.number for a in answers for i in a.items if i.number and i.standing is not Standing.BLANK
    }
    return min(len(done), asked), asked


def state_words(state: RequestState, *, overdue: bool = False) -> str:
    """The state as a decision or pack tells it: a partner's silence is said, never left out."""
    if state in AWAITED and state is not RequestState.PART:
        return "Asked, no reply in time" if overdue else "Asked, no reply yet"
    return {
        RequestState.DRAFT: "Not asked yet",
        RequestState.WAITING: "On its way, no reply yet",
        RequestState.NOT_SENT: "Could not be asked",
        RequestState.PART: "Answered in part",
        RequestState.ANSWERED: "Answered",
        RequestState.NIL: "Nothing held",
        RequestState.REFUSED: "Refused",
        RequestState.WITHDRAWN: "Withdrawn",
    }[state]
