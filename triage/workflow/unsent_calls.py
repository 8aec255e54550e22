"""Calls taken while the hub's server is away: begun, typed and ended here, sent in that order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from triage.domain.contact import Channel, Contact, ContactState, Content
from triage.domain.worker import May
from triage.storage import codec, contacts
from triage.storage.desk_saves import TakenAlreadyError
from triage.storage.journal import Entry
from triage.workflow.holding import why_given
from triage.workflow.unsent import Kept, Sender, Unsent, keep

if TYPE_CHECKING:
    from triage.workflow.desk import Desk

NO_NUMBER = "No number yet"
"""Stands for the reference of a call taken while the hub is away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """`base` is what was typed over; None for a call that began while the hub was away."""

    base: Contact
    content: Content
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """`why` it was thrown away; "" for one that goes to the queue."""

    base: Contact
    why: str


def start_call(desk: Desk) -> Kept[Contact]:
    """As `receive.start_call`; while the hub is away the call has no number yet."""
    desk.worker.must(May.RECEIVE)
    at = desk.now()
    begun = Contact(
        id=desk.new_id(),
        reference=NO_NUMBER,
        channel=Channel.PHONE,
        state=ContactState.DRAFT,
        received_at=at,
        content=Content(),
        assigned_to=desk.worker.id if desk.worker.may(May.SCREEN) else None,
        assigned_at=at if desk.worker.may(May.SCREEN) else None,
        practice=desk.practice,
    )
    wanted = _Call(base=begun, content=Content(), begun=True)

    def at_hub() -> Contact:
        from triage.workflow import receive  # with all that reads files, which is slow to import

        return receive.start_call(desk)

    first = (0, lambda _: (0, wanted))
    return keep(desk, f"call:{begun.id}", wanted, first, begun, at_hub)


def keep_call(desk: Desk, contact: Contact, content: Content) -> Kept[Contact]:
    """As `receive.keep_call`; kept here while the hub is away."""
    desk.worker.must(May.RECEIVE)

    def base(body: str) -> tuple[int, _Call]:
        was = codec.load(_Call, body)
        return was.base.version, replace(was, content=content)

    def at_hub() -> Contact:
        from triage.workflow import receive

        return receive.keep_call(desk, contact, content)

    wanted = _Call(base=contact, content=content, begun=False)
    held = replace(contact, content=content)
    return keep(desk, f"call:{contact.id}", wanted, (contact.version, base), held, at_hub)


def put_in_queue(desk: Desk, contact: Contact) -> Kept[Contact]:
    """As `receive.put_in_queue`, after what was typed of the call; kept here while the hub is
    away."""
    desk.worker.must(May.RECEIVE)
    ended = ContactState.SCREENING if contact.assigned_to else ContactState.RECEIVED
    return _end(desk, contact, "", replace(contact, state=ended))


def throw_away(desk: Desk, contact: Contact, why: str) -> Kept[Contact]:
    """As `receive.throw_away`, after what was typed of the call; kept here while the hub is
    away."""
    desk.worker.must(May.RECEIVE)
    why = why_given(why, "throw it away")
    return _end(desk, contact, why, replace(contact, state=ContactState.SET_ASIDE))


def _end(desk: Desk, contact: Contact, why: str, held: Contact) -> Kept[Contact]:
    def at_hub() -> Contact:
        return _ended(desk, contact, why)

    wanted = _End(base=contact, why=why)
    return keep(desk, f"end:{contact.id}", wanted, None, held, at_hub)


def _ended(desk: Desk, contact: Contact, why: str) -> Contact:
    from triage.workflow import receive

    if why:
        return receive.throw_away(desk, contact, why)
    return receive.put_in_queue(desk, contact)


# ---- sending -------------------------------------------------------------------------------------


def _send_call(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    from triage.workflow import receive

    mine = codec.load(_Call, entry.body)
    try:
        if not mine.begun:
            return receive.keep_call(once, mine.base, mine.content)
        return receive.begin_call(once, replace(mine.base, content=mine.content))
    except TakenAlreadyError:
        with desk.store.read() as tx:
            return contacts.get(tx, mine.base.id)


def _send_end(desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> Contact:
    mine = codec.load(_End, entry.body)
    with desk.store.read() as tx:
        now = contacts.get(tx, mine.base.id)
    try:
        return _ended(once, now, mine.why)
    except TakenAlreadyError:
        return now


SENDERS: dict[str, Sender] = {"_Call": _send_call, "_End": _send_end}
"""What sends each kind of entry, by its name in the journal."""


def said(entry: Entry) -> str:
    """What waits, for a person to read."""
    if entry.kind == "_End":
        end = codec.load(_End, entry.body)
        what = f"to be thrown away: {end.why}" if end.why else "to be put in the queue"
        return f"Call {end.base.reference}, {what}"
    call = codec.load(_Call, entry.body)
    return f"Call {call.base.reference}: {call.content.concern.value or 'no words yet'}"


def typed_over(desk: Desk, contact: Contact) -> tuple[Contact, Content] | None:
    """What was typed of a call here and is not at the hub: the call it was typed over, and the
    words; None where nothing waits."""
    if desk.unsent is None:
        return None
    waiting = desk.unsent.journal.of_subject(f"call:{contact.id}")
    if not waiting:
        return None
    mine = codec.load(_Call, waiting[-1].body)
    return mine.base, mine.content
