"""The trail as an auditor reads it: what an event says in words, its kind of deed, what changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from triage.domain.event import Event


class Deed(StrEnum):
    """What sort of thing was done, as the filters have it."""

    LOOKED = "Looked"
    CHANGED = "Changed"
    LINKED = "Linked, unlinked"
    SENT = "Sent or shared"
    PRINTED = "Printed, exported"
    SIGNED = "Signed"
    REASON = "Opened with a reason"
    DESK = "Signed in or out"


LOOKS = (
    "contact.viewed",
    "decision.viewed",
    "decision.opened",
    "request.viewed",
    "original.opened",
    "pack.previewed",
)
"""Kinds that tell only that somebody looked at a record: for those who look after the trail."""

JOINS = ("contact.joined", "contact.kept_apart", "contact.taken_apart")
LIKENESS = "contact.likeness_found"
"""Kinds that tell of another contact as joined with this, or as alike."""

AUDITING = "audit."
DESKS = "worker."
ACCESS = "access."
"""How kinds begin that tell of looking at the trail, of people at their desks, and of who opened
what was restricted."""

OPENED_WITH_REASON = ("access.broke_glass", "access.reason")

_LINKED = (
    *("match.linked", "match.not_same", "match.undone", "match.unsure"),
    *JOINS,
)
_PRINTED = (
    "pack.issued",
    "export.document_saved",
    "audit.exported",
    "access.exported",
    "handover.printed",
)
_SEEN = ("contact.changes_seen", "night.seen")
_SENT = ("request.", "export.", "service.", "match.asked", "match.answered")
_WORDS: Mapping[str, str] = {
    "access.broke_glass": "Opened with a reason",
    "access.reason": "Gave the reason for opening",
    "access.seen": "Saw who opened with a reason",
    "audit.asked": "Asked why",
    "audit.checked": "Checked the chain",
    "audit.checkpoint": "Signed where the trail ends",
    "audit.checkpoint_mailed": "Sent where the trail ends by e-mail",
    "audit.checkpoint_not_mailed": "Could not send where the trail ends",
    "audit.exported": "Exported from the trail",
    "audit.noted": "Kept a note on the trail",
    "audit.opened": "Opened the audit",
    "audit.replied": "Recorded a reply",
    "audit.searched": "Searched the trail",
    "call.kept": "Kept a call",
    "call.started": "Took a call",
    "call.thrown_away": "Threw a call away",
    "contact.accepted": "Accepted what was read",
    "contact.adult_added": "Added an adult",
    "contact.child_added": "Added a child",
    "contact.claimed": "Took the contact",
    "contact.concerns_named": "Named the concerns",
    "contact.confirmed": "Confirmed the form",
    "contact.fact_changed": "Changed a fact",
    "contact.changes_seen": "Looked at what others changed",
    "contact.freed_idle": "Put back what was left alone",
    "contact.handed_over": "Handed the contact over",
    "contact.handover_declined": "Did not take the contact",
    "contact.handover_kept": "Kept a handover",
    "contact.handover_withdrawn": "Took a handover back",
    "contact.joined": "Joined two contacts",
    "contact.kept_apart": "Kept two contacts apart",
    "contact.likeness_found": "A likeness was found",
    "contact.marked": "Marked words of the form",
    "contact.offered": "Offered the contact to somebody",
    "contact.opened_up": "Lifted the restriction",
    "contact.paused": "Paused the contact",
    "contact.rated": "Rated the contact",
    "contact.received": "Contact arrived",
    "contact.released": "Put the contact back",
    "contact.reopened": "Reopened the contact",
    "contact.restriction_kept": "Kept the restriction",
    "contact.restricted": "Restricted the contact",
    "contact.resumed": "Went on with the contact",
    "contact.set_aside": "Set the contact aside",
    "contact.snoozed": "Snoozed the contact",
    "contact.taken_apart": "Took contacts apart",
    "contact.taken_over": "Took the contact over",
    "contact.viewed": "Looked at the contact",
    "decision.comment_kept": "Kept a comment",
    "decision.not_signed": "Could not sign",
    "decision.opened": "Looked at the decision to sign",
    "decision.proposed": "Sent for sign-off",
    "decision.saved": "Changed an answer",
    "decision.sent_back": "Returned the decision",
    "decision.signed": "Signed the decision",
    "decision.stamped": "Had a decision time-stamped",
    "decision.not_stamped": "No time stamp could be had",
    "decision.viewed": "Looked at the decision",
    "export.attempted": "Sent to the council",
    "export.document_saved": "Saved the signed document",
    "handover.printed": "Printed the handover",
    "mailbox.taken_in": "Took in a message",
    "match.answered": "A partner answered",
    "match.asked": "Looked in partners' records",
    "match.linked": "Linked a record",
    "match.not_same": "Said it is not the same person",
    "match.undone": "Undid a link",
    "match.unsure": "Left a record open",
    "night.seen": "Saw what the night did",
    "original.brought_back": "Brought back what was set aside",
    "original.kept": "Kept the original",
    "original.opened": "Looked at the original",
    "original.seen_again": "The same original came again",
    "pack.issued": "Issued a pack",
    "pack.previewed": "Looked at a pack",
    "reminder.done": "Did what a reminder said",
    "reminder.put_off": "Put a reminder off",
    "reminder.set": "Set a reminder",
    "request.answered": "Reply received",
    "request.answered_by_hand": "Wrote down a reply",
    "request.chased": "Chased a partner",
    "request.draft_kept": "Kept a request",
    "request.sending": "Began to send",
    "request.sent": "Asked a partner",
    "request.started": "Began a request",
    "request.viewed": "Looked at a request",
    "request.withdrawn": "Withdrew a request",
    "correction.agreed": "Agreed to a correction",
    "correction.asked": "Noted that somebody asks for a correction",
    "correction.refused": "Refused a correction",
    "access.draft_kept": "Decided who goes out of a copy",
    "access.exported": "Made a copy for whoever asked",
    "access.gathered": "Gathered what is held about a child",
    "backup.key_made": "Made the key that signs backups",
    "backup.made": "Made a backup",
    "backup.restored": "Restored a backup",
    "retention.arrivals_destroyed": "Destroyed what was about nobody",
    "retention.destroyed": "Destroyed the record",
    "retention.held": "Held the record",
    "retention.kept": "Kept the record longer",
    "retention.lifted": "Lifted the hold",
    "retention.proposed": "Proposed to destroy the record",
    "trail.sealed": "Sealed the words of older events",
    "worker.enrolled": "Enrolled a person",
    "worker.key_certified": "Had a key vouched for",
    "worker.key_renewed": "Made a new key",
    "worker.key_revoked": "Revoked a key",
    "worker.revocations_listed": "Listed revoked certificates",
    "worker.let_in": "Let a person in",
    "worker.line_ended": "Ended a line that held up the hub",
    "worker.locked": "Locked the desk",
    "worker.password_changed": "Changed their password at the hub",
    "worker.pin_changed": "Changed a PIN",
    "worker.refused": "A PIN was refused",
    "worker.signed_in": "Signed in",
}
_PLAIN = ("why", "recipient", "to", "words", "file", "name", "reference", "for_whom")
"""What of an event's detail says why, or on what, the first that is there."""

_FIELDS: Mapping[str, str] = {
    "contact.rated": "Rating",
    "contact.claimed": "With",
    "contact.freed_idle": "With",
    "contact.handed_over": "With",
    "contact.released": "With",
    "contact.taken_over": "With",
    "contact.set_aside": "State",
    "contact.reopened": "State",
    "contact.concerns_named": "Concerns",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field before and after; "" is nothing there."""

    label: str
    before: str
    after: str


def detail_of(event: Event) -> dict[str, Any]:
    """What an event holds; nothing where it can't be read, as of one that was altered."""
    try:
        found = json.loads(event.detail)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def words_of(kind: str) -> str:
    """What was done, in words; for a kind of a later Fanlight, the words it is written in."""
    said = kind.rpartition(".")[2].replace("_", " ")
    return _WORDS.get(kind) or said[:1].upper() + said[1:]


def deed_of(kind: str) -> Deed:
    """Which sort of deed a kind of event is."""
    if kind in OPENED_WITH_REASON:
        return Deed.REASON
    if kind in _PRINTED:
        return Deed.PRINTED
    if kind in (*LOOKS, *_SEEN) or kind.startswith(AUDITING):
        return Deed.LOOKED
    if kind.startswith(DESKS):
        return Deed.DESK
    if kind in ("decision.signed", "decision.sent_back"):
        return Deed.SIGNED
    if kind.startswith(_LINKED):
        return Deed.LINKED
    return Deed.SENT if kind.startswith(_SENT) else Deed.CHANGED


def reason_of(event: Event) -> str:
    """Why it was done, or on what, in the words that were kept; "" where none were."""
    held = detail_of(event)
    if event.kind == "decision.saved":
        return f"Answer “{_spaced(held.get('key', ''))}”"
    for name in _PLAIN:
        if isinstance(held.get(name), str) and held[name]:
            return str(held[name])
    return f"Version {held['number']}" if "number" in held else ""


def changes_of(event: Event, before: Event | None = None) -> tuple[Change, ...]:
    """What the event changed. `before` is the earlier event of the same answer, where the event
    itself says only what it became."""
    held = detail_of(event)
    if event.kind == "decision.saved":
        was = detail_of(before) if before is not None else {}
        return (
            Change(
                label=_spaced(held.get("key", "")).capitalize(),
                before=_answer(was) if was else "",
                after=_answer(held),
            ),
        )
    after = held.get("now", held.get("after"))
    if "before" not in held or (after is None and event.kind not in _FIELDS):
        return ()
    label = _FIELDS.get(event.kind) or _spaced(str(held.get("path", "")).rpartition(".")[2])
    return (
        Change(
            label=label.capitalize() if label else words_of(event.kind),
            before=_said(held["before"]),
            after=_said(after if after is not None else ""),
        ),
    )


def path_of(event: Event) -> str:
    """Which fact of a contact the event changed, as a path; "" where it changed none."""
    return str(detail_of(event).get("path", ""))


def facts_of(event: Event) -> tuple[tuple[str, str], ...]:
    """The other facts an event holds, by their names: what is no change and no long list."""
    shown = ("before", "now", "after", "why")
    return tuple(
        (_spaced(name).capitalize(), _said(value))
        for name, value in detail_of(event).items()
        if name not in shown and _said(value)
    )


def seal_of(hash: str) -> str:
    """The first of a hash, in threes of four, as a person compares it."""
    short = hash[:12].upper()
    return "-".join(short[at : at + 4] for at in range(0, 12, 4))


def _answer(held: Mapping[str, Any]) -> str:
    if "now" in held:
        return _said(held["now"])
    count = held.get("characters")
    return f"Words, {count} characters: kept whole in each version sent" if count else ""


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_said(v) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{_spaced(str(k))}: {_said(v)}" for k, v in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _spaced(name: object) -> str:
    return str(name).replace("_", " ").replace(".", ", ")
