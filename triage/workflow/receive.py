"""Contacts in: a file read, kept and put in the queue; a call typed while listening."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from triage.domain.contact import Adult, Channel, Child, Contact, ContactState, Content
from triage.domain.draft import Draft, DraftKind, Kinship, NotRead
from triage.domain.errors import NotReadyError
from triage.domain.worker import May
from triage.intake import kinship
from triage.intake.kinship import Signs
from triage.intake.opening import file_bytes, plain_name
from triage.intake.sandbox import read_safely
from triage.storage import contacts, drafts, episodes, originals
from triage.storage.engine import Transaction
from triage.workflow import aside, earlier, fields
from triage.workflow.desk import Desk
from triage.workflow.holding import OPEN, WAITING, change, hold, why_given
from triage.workflow.screen import FactConflict

RECENT = timedelta(days=14)
"""How far back a decided contact may still be the same event told twice."""

TODAY = timedelta(days=2)
"""How far back every contact is compared, whoever it is about."""

_MOST_COMPARED = 60
_P = TypeVar("_P", Child, Adult)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a file: the contacts it made (or had made before), and what was set aside."""

    contacts: tuple[UUID, ...]
    set_aside: int
    sentence: str
    seen_before: bool = False


def receive_path(desk: Desk, path: Path) -> Received:
    """As `receive_file`, for a file that a person named; it stays where it is.

    Raises UnreadableError, in a sentence, where it is no ordinary file or can't be opened.
    """
    return receive_file(desk, file_bytes(path), path.name)


Also = Callable[[Transaction, Received], None]
"""What else is committed with a file's contacts, or with the note that it was seen before."""


def receive_file(
    desk: Desk, untrusted_bytes: bytes, name: str, *, arrived_at: datetime | None = None
) -> Received:
    """Read a file in a process of its own, keep it byte for byte, and queue what it tells.

    Committed before it returns. What asks for no triage (an automatic reply, a newsletter) is
    kept aside. The same bytes, or the same e-mail fetched again, are not received twice. What
    looks like another contact is only suggested. `arrived_at` is when it reached the hub where
    that was before now; clocks run from then. Never raises for what is in the file.
    """
    desk.worker.must(May.RECEIVE)
    name = plain_name(name)
    read = read_safely(untrusted_bytes, name)
    return receive_read(desk, untrusted_bytes, name, read, arrived_at=arrived_at)


def receive_read(
    desk: Desk,
    untrusted_bytes: bytes,
    name: str,
    read: tuple[Draft, ...],
    *,
    arrived_at: datetime | None = None,
    also: Also | None = None,
) -> Received:
    """As `receive_file`, for what was read already. `also` is committed with it, or not at all."""
    desk.worker.must(May.RECEIVE)
    at = min(arrived_at or desk.now(), desk.now())
    digest = hashlib.sha256(untrusted_bytes).hexdigest()
    asking = [d for d in read if d.kind in (DraftKind.CONTACT, DraftKind.REJECTED)]
    # Compared before writing: nobody waits for the store while words are compared.
    alike = _alike(desk, asking, at)
    with desk.store.write() as tx:
        again = _seen_before(desk, tx, digest, read, name)
        if again is not None:
            if also is not None:
                also(tx, again)
            return again
        namesakes = _namesakes(tx, read)
        made = [_made(desk, tx, draft, at) for draft in asking]
        _keep(desk, tx, untrusted_bytes, name, read, made, at)
        _suggest(desk, tx, made, alike)
        _flag(desk, tx, made, namesakes)
        got = Received(
            contacts=tuple(c.id for c in made),
            set_aside=len(read) - len(made),
            sentence=_sentence(name, made, read),
        )
        if also is not None:
            also(tx, got)
    for contact in made:
        earlier.learn(desk, contact)
    return got


def bring_back(desk: Desk, original_id: UUID, why: str) -> Contact:
    """Make a contact of what was set aside: read again, its clock from when it came.

    Raises NotReadyError where somebody did already, or without a reason.
    """
    desk.worker.must(May.RECEIVE)
    why = why_given(why, "bring it back")
    with desk.store.read() as tx:
        held = aside.still_aside(tx, original_id)
        data = originals.bytes_of(tx, held.id)
    draft = replace(read_safely(data, held.name)[0], kind=DraftKind.CONTACT)
    alike = _alike(desk, [draft], held.received_at)
    with desk.store.write() as tx:
        held = aside.still_aside(tx, original_id)
        made = _made(desk, tx, draft, held.received_at)
        originals.belong(tx, held.id, made.id)
        told = {"original": str(held.id), "sha256": held.sha256, "why": why}
        desk.note(tx, "original.brought_back", made.id, told)
        _suggest(desk, tx, [made], alike)
    earlier.learn(desk, made)
    return made


def _namesakes(tx: Transaction, read: Iterable[Draft]) -> frozenset[UUID]:
    """Contacts of other messages that came under the same Message-ID: it can be anybody's."""
    return frozenset(
        o.contact_id
        for draft in read
        for o in originals.by_message_id(tx, draft.message_id)
        if o.contact_id is not None
    )


def _flag(desk: Desk, tx: Transaction, made: Sequence[Contact], namesakes: frozenset[UUID]) -> None:
    """Put before a person what came under one Message-ID with other words: both are kept."""
    for contact in made:
        suggested = {s.other for s in episodes.suggestions_of(tx, contact.id)}
        for other in sorted(namesakes - suggested):
            why = "Came as the same e-mail (its Message-ID), with other words"
            _liken(desk, tx, contact, other, Kinship.DUPLICATE, (why,))


def _liken(
    desk: Desk,
    tx: Transaction,
    contact: Contact,
    other_id: UUID,
    kinship: Kinship,
    reasons: tuple[str, ...],
) -> None:
    """Suggest it, and tell it of the one that arrived; of the other, where that is restricted."""
    episodes.suggest(tx, contact.id, other_id, kinship, reasons, desk.now())
    about, beside = contact.id, other_id
    if contacts.get(tx, other_id).restricted:
        about, beside = beside, about
    desk.note(
        tx,
        "contact.likeness_found",
        about,
        {"kinship": kinship.value},
        others=(beside,),
        of_others={"other": str(beside), "reasons": list(reasons)},
    )


def _seen_before(
    desk: Desk, tx: Transaction, digest: str, read: Iterable[Draft], name: str
) -> Received | None:
    same = originals.by_hash(tx, digest)
    for draft in read:
        if not same and draft.message_id:
            same = [
                o
                for o in originals.by_message_id(tx, draft.message_id)
                if _same_words(tx, o, draft)
            ]
    if not same:
        return None
    first = same[0]
    owners = {o.contact_id for o in same if o.contact_id is not None}
    known = sorted((contacts.get(tx, i) for i in owners), key=lambda c: c.reference)
    ids = tuple(c.id for c in known)
    desk.note(
        tx,
        "original.seen_again",
        ids[0] if ids else None,
        {"name": name, "sha256": digest, "original": str(first.id)},
    )
    as_what = f" as {', '.join(c.reference for c in known)}" if known else " and set aside"
    return Received(
        contacts=ids,
        set_aside=0,
        seen_before=True,
        sentence=f"{name} was received before{as_what}. It was not added again.",
    )


def _same_words(tx: Transaction, original: originals.Original, draft: Draft) -> bool:
    """Whether the message kept under this id says the same; an id alone can be anybody's."""
    if original.contact_id is None:
        return False
    kept = drafts.get(tx, original.contact_id)
    return kept is not None and [p.text for p in kept.parts] == [p.text for p in draft.parts]


def _made(desk: Desk, tx: Transaction, draft: Draft, at: datetime) -> Contact:
    contact = Contact(
        id=desk.new_id(),
        reference=contacts.next_reference(tx, at),
        channel=draft.channel,
        state=ContactState.RECEIVED,
        received_at=at,
        content=draft.content,
        subject=draft.subject,
        practice=desk.practice,
    )
    contacts.insert(tx, contact)
    drafts.put(tx, contact.id, draft)
    desk.note(
        tx,
        "contact.received",
        contact.id,
        {
            "reference": contact.reference,
            "channel": contact.channel.value,
            "file": draft.file,
            "row": draft.row or 0,
            "kind": draft.kind.value,
        },
    )
    return contact


def _keep(
    desk: Desk,
    tx: Transaction,
    data: bytes,
    name: str,
    read: tuple[Draft, ...],
    made: list[Contact],
    at: datetime,
) -> None:
    """Keep the original with each contact it made, its bytes once; or by itself."""
    first = read[0] if read else None
    owners: list[UUID | None] = [c.id for c in made] or [None]
    for owner in owners:
        original = originals.keep(
            tx,
            id=desk.new_id(),
            name=name,
            data=data,
            kind=(first.kind if first else DraftKind.REJECTED).value,
            contact_id=owner,
            message_id=first.message_id if first else "",
            received_at=at,
        )
        desk.note(
            tx,
            "original.kept" if owner else "original.set_aside",
            owner,
            {"original": str(original.id), "sha256": original.sha256, "size": original.size},
        )


def _sentence(name: str, made: list[Contact], read: tuple[Draft, ...]) -> str:
    if not made:
        why = next((d.why for d in read if d.why), "")
        return f"{name} asks for no triage and was set aside. {why}".strip()
    lost = [one for draft in read for one in draft.not_read]
    if len(made) == 1 and any(one.what == name for one in lost):
        return (
            f"{name} could not be read. {_whys(lost)} It was kept as it came and waits"
            f" as {made[0].reference}."
        )
    if len(made) == 1:
        took = f"{name} was received as {made[0].reference}."
    else:
        took = f"{name} was received as {len(made)} contacts, from {made[0].reference}."
    if not lost:
        return took
    told = {f"{one.what} could not be read: {one.why.strip()}": None for one in lost}
    more = f" ({len(told) - 3} more were not read.)" if len(told) > 3 else ""
    return " ".join([took, *list(told)[:3]]) + more


def _whys(lost: list[NotRead]) -> str:
    return " ".join(dict.fromkeys(one.why.strip() for one in lost))


@dataclass(frozen=True, slots=True)
class _Alike:
    """A new arrival, by its place in the file, and another: one before it there, or a contact."""

    this: int
    other: int | UUID
    kinship: Kinship
    reasons: tuple[str, ...]


def _alike(
    desk: Desk, new: Sequence[Draft], at: datetime, *, but: UUID | None = None
) -> list[_Alike]:
    """Which new arrivals look like each other, or like contacts already here. Reads only."""
    with desk.store.read() as tx:
        near = [c for c in _near(desk, tx, new, at) if c.id != but]
        held = _signs_of(desk, tx, near)
    places = {f"new {place}": place for place in range(len(new))}
    ids = {c.reference: c.id for c in near}
    named = [_named(draft, name, at) for name, draft in zip(places, new, strict=True)]
    found = []
    for likeness in kinship.likenesses(named, held=held):
        one, other = likeness.this, likeness.other
        if one not in places:
            one, other = other, one
        if one in places:
            found.append(
                _Alike(
                    this=places[one],
                    other=places[other] if other in places else ids[other],
                    kinship=likeness.kinship,
                    reasons=likeness.reasons,
                )
            )
    return found


def get_ready(desk: Desk) -> None:
    """Know what the next file will be compared with, so that it is not all read when it comes."""
    with desk.store.read() as tx:
        _signs_of(desk, tx, _near(desk, tx, (), desk.now()))


def _signs_of(desk: Desk, tx: Transaction, near: Sequence[Contact]) -> list[Signs]:
    """What is compared of contacts, taken anew only from those that changed since the last time:
    the next of many files is compared with nearly the same ones."""
    known = dict(desk.memory.signs)
    changed = [c for c in near if c.id not in known or known[c.id][0] != c.version]
    told = drafts.of_contacts(tx, [c.id for c in changed])
    for contact in changed:
        signs = kinship.signs_of(_as_draft(contact, told.get(contact.id)))
        known[contact.id] = (contact.version, signs)
    desk.memory.signs = {c.id: known[c.id] for c in near}
    return [known[c.id][1] for c in near]


def _suggest(desk: Desk, tx: Transaction, made: Sequence[Contact], alike: Iterable[_Alike]) -> None:
    for pair in alike:
        contact = made[pair.this]
        other = pair.other if isinstance(pair.other, UUID) else made[pair.other].id
        _liken(desk, tx, contact, other, pair.kinship, pair.reasons)


def _near(desk: Desk, tx: Transaction, new: Sequence[Draft], at: datetime) -> list[Contact]:
    """Contacts of the same children, household or family name, and what came these days."""
    found = {c.id: c for c in contacts.in_states_known(tx, WAITING, desk.memory.contacts)}
    desk.memory.contacts = found  # so that the next of many is not compared with all read anew
    found = dict(
        sorted(found.items(), key=lambda one: one[1].received_at, reverse=True)[:_MOST_COMPARED]
    )
    found = {i: c for i, c in found.items() if c.received_at >= at - TODAY}
    for draft in new[:_MOST_COMPARED]:
        content = draft.content
        keys = [k for child in content.children for k in contacts.keys_of(child)]
        names = [c.name for c in content.children if c.given.known and c.family.known]
        families = [c.family.value for c in content.children if c.family.known]
        postcode = content.address.postcode
        for contact in (
            *contacts.of_children(tx, keys),
            *contacts.mentioning(
                tx, postcode=postcode.value if postcode.known else "", names=names
            ),
            *contacts.mentioning(tx, names=families, limit=20),
        ):
            if contact.state in WAITING or contact.received_at >= at - RECENT:
                found[contact.id] = contact
    return list(found.values())


def _named(draft: Draft, name: str, at: datetime) -> Draft:
    """The draft under a name of our own, for comparing."""
    return replace(
        draft,
        file=name,
        # Rows of one batch share their file's bytes without being the same contact.
        sha256=draft.sha256 if draft.row is None else f"{draft.sha256}#{draft.row}",
        row=None,
        kind=DraftKind.CONTACT,
        received_at=at,
    )


def _as_draft(contact: Contact, draft: Draft | None) -> Draft:
    """The contact as it is now, told as a draft under its reference, for comparing."""
    told = draft or Draft(
        file=contact.reference,
        sha256=contact.reference,
        size=0,
        kind=DraftKind.CONTACT,
        channel=contact.channel,
        subject=contact.subject,
    )
    told = replace(told, content=contact.content)
    return _named(told, contact.reference, contact.received_at)


def start_call(desk: Desk, *, channel: Channel = Channel.PHONE) -> Contact:
    """Begin a contact at the first ring or key; its clock runs from now."""
    desk.worker.must(May.RECEIVE)
    with desk.store.write() as tx:
        at = desk.now()
        contact = Contact(
            id=desk.new_id(),
            reference=contacts.next_reference(tx, at),
            channel=channel,
            state=ContactState.DRAFT,
            received_at=at,
            content=Content(),
            assigned_to=desk.worker.id if desk.worker.may(May.SCREEN) else None,
            assigned_at=at if desk.worker.may(May.SCREEN) else None,
            practice=desk.practice,
        )
        contacts.insert(tx, contact)
        desk.note(tx, "call.started", contact.id, {"reference": contact.reference})
        return contact


def begin_call(desk: Desk, begun: Contact) -> Contact:
    """Keep a call that began while the hub could not be reached, under the next number; its
    clock runs from when it rang."""
    desk.worker.must(May.RECEIVE)
    with desk.store.write() as tx:
        numbered = replace(begun, reference=contacts.next_reference(tx, begun.received_at))
        contacts.insert(tx, numbered)
        told = {"reference": numbered.reference, "rang_at": begun.received_at.isoformat()}
        desk.note(tx, "call.started", numbered.id, told)
        return numbered


def keep_call(desk: Desk, contact: Contact, content: Content) -> Contact:
    """Keep what was typed so far; from then on it stands in the queue as a partial.

    Where another window typed too, facts that only one of them changed merge; raises FactConflict,
    with yours and theirs, where both changed the same one.
    """
    desk.worker.must(May.RECEIVE)
    with desk.store.write() as tx:
        now = _open_call(desk, tx, contact)
        merged = (
            content
            if now.content == contact.content
            else _merged(contact.content, content, now.content)
        )
        desk.note(
            tx,
            "call.kept",
            now.id,
            {
                "children": len(merged.children),
                "adults": len(merged.adults),
                "lines": len(merged.said),
            },
        )
        return change(tx, now, content=merged)


def _open_call(desk: Desk, tx: Transaction, contact: Contact) -> Contact:
    now = hold(desk, tx, contact)
    if now.state not in OPEN:
        raise NotReadyError(
            f"{now.reference} is {now.state.value}, so nothing more can be typed into it. "
            "What you typed is still here."
        )
    return now


def _merged(base: Content, yours: Content, theirs: Content) -> Content:
    """Three-way by fact: theirs with what only you changed put in."""
    before, here, there = (dict(fields.facts_of(c)) for c in (base, yours, theirs))
    merged = replace(
        theirs,
        children=(*theirs.children, *_added(theirs.children, yours.children)),
        adults=(*theirs.adults, *_added(theirs.adults, yours.adults)),
    )
    for path, fact in here.items():
        if before.get(path) == fact:
            continue
        if there.get(path) not in (before.get(path), fact):
            raise FactConflict(path, fact, there.get(path), "Another window")
        merged = fields.with_fact(merged, path, fact)
    # Lines of the call carry their moment, so both windows' lines stand in the order typed.
    said = {(line.at, line.words): line for line in (*theirs.said, *yours.said)}
    return replace(
        merged,
        said=tuple(sorted(said.values(), key=lambda line: line.at)),
        concerns=tuple(dict.fromkeys((*theirs.concerns, *yours.concerns))),
    )


def _added(theirs: tuple[_P, ...], yours: tuple[_P, ...]) -> tuple[_P, ...]:
    held = {p.key for p in theirs}
    return tuple(p for p in yours if p.key not in held)


def put_in_queue(desk: Desk, contact: Contact) -> Contact:
    """End the call: it waits to be screened like any other, and kin are looked for."""
    desk.worker.must(May.RECEIVE)
    alike = _alike(desk, [_as_draft(contact, None)], contact.received_at, but=contact.id)
    with desk.store.write() as tx:
        now = _open_call(desk, tx, contact)
        if now.state is not ContactState.DRAFT:
            raise NotReadyError(f"{now.reference} is in the queue already. Nothing was changed.")
        desk.note(tx, "contact.received", now.id, {"reference": now.reference, "channel": "phone"})
        saved = change(
            tx,
            now,
            state=ContactState.SCREENING if now.assigned_to else ContactState.RECEIVED,
        )
        _suggest(desk, tx, [saved], alike)
    earlier.learn(desk, saved)
    return saved


def throw_away(desk: Desk, contact: Contact, why: str) -> Contact:
    """End a call that was none (a wrong number, a slip of the key). It is kept, set aside."""
    desk.worker.must(May.RECEIVE)
    why = why_given(why, "throw it away")
    with desk.store.write() as tx:
        now = _open_call(desk, tx, contact)
        if now.state is not ContactState.DRAFT:
            raise NotReadyError(
                f"{now.reference} is in the queue already. Nothing was changed. "
                "Set it aside there, with the reason."
            )
        desk.note(tx, "call.thrown_away", now.id, {"reference": now.reference, "why": why})
        return change(tx, now, state=ContactState.SET_ASIDE, set_aside_reason=f"call: {why}")
