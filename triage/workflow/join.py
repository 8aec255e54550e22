"""Contacts that belong together: suggested with reasons, joined and taken apart by a person.

Joining never merges: both contacts, both originals and both senders stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.draft import Kinship
from triage.domain.episode import Suggestion, SuggestionState
from triage.domain.errors import NotReadyError
from triage.domain.restriction import is_adopted
from triage.domain.worker import May
from triage.storage import contacts, episodes
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk
from triage.workflow.holding import hold, may_open, why_given


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedPair:
    """A suggestion with what the screen says of the other contact."""

    suggestion: Suggestion
    reference: str
    title: str
    source: str
    other: Contact


def suggestions(desk: Desk, contact_id: UUID) -> tuple[SuggestedPair, ...]:
    """What looks like this contact, open suggestions first; restricted ones only to those who may.

    Raises NotAllowedError for a restricted contact that this person may not open.
    """
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        contact = hold(desk, tx, contact_id)
        return pairs_in(desk, tx, episodes.suggestions_of(tx, contact.id))


def pairs_in(desk: Desk, tx: Transaction, found: Iterable[Suggestion]) -> tuple[SuggestedPair, ...]:
    """What the screen says of these suggestions; see `suggestions`."""
    today, pairs = naming.local_day(desk.profile, desk.now()), []
    for suggestion in found:
        other = contacts.get(tx, suggestion.other)
        if is_adopted(other) or is_adopted(contacts.get(tx, suggestion.this)):
            continue
        if other.restricted and not desk.worker.may(May.OPEN_RESTRICTED):
            continue
        pairs.append(
            SuggestedPair(
                suggestion=suggestion,
                reference=other.reference,
                title=naming.title(other, today),
                source=naming.source(other, desk.profile),
                other=other,
            )
        )
    return tuple(sorted(pairs, key=lambda p: p.suggestion.state is not SuggestionState.OPEN))


def join(desk: Desk, contact_id: UUID, other_id: UUID, why: str = "") -> tuple[Contact, Contact]:
    """Put two contacts together, with all that were joined to either before."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        this, other = _pair(desk, tx, contact_id, other_id)
        _settle(desk, tx, this, other, SuggestionState.JOINED, why.strip())
        _tell(desk, tx, "contact.joined", this, other, why.strip())
        return this, other


def keep_apart(desk: Desk, contact_id: UUID, other_id: UUID, why: str = "") -> Suggestion:
    """Say that two contacts don't belong together; it isn't suggested again."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        this, other = _pair(desk, tx, contact_id, other_id)
        if _joined(tx, this.id, other.id):
            raise NotReadyError(
                "These two are joined. Nothing was changed. Take them apart, with the reason."
            )
        settled = _settle(desk, tx, this, other, SuggestionState.KEPT_APART, why.strip())
        _tell(desk, tx, "contact.kept_apart", this, other, why.strip())
        return settled


def take_apart(desk: Desk, contact_id: UUID, other_id: UUID, why: str) -> tuple[Contact, Contact]:
    """Undo a join: each is again with those it was joined to otherwise, or by itself.

    Raises NotReadyError where the two are not joined to each other.
    """
    desk.worker.must(May.SCREEN)
    why = why_given(why, "take them apart")
    with desk.store.write() as tx:
        this, other = _pair(desk, tx, contact_id, other_id)
        if not _joined(tx, this.id, other.id):
            raise NotReadyError("These two are not joined to each other. Nothing was changed.")
        _settle(desk, tx, this, other, SuggestionState.OPEN, why)
        _tell(desk, tx, "contact.taken_apart", this, other, why)
        return this, other


def _tell(desk: Desk, tx: Transaction, kind: str, this: Contact, other: Contact, why: str) -> None:
    """Of each by an event of its own; of a restricted one alone where one is, so that what was done
    with the other tells nobody of it."""
    for about, beside in ((this, other), (other, this)):
        if about.restricted or not beside.restricted:
            said = {"other": beside.reference, "why": why}
            desk.note(tx, kind, about.id, others=(beside.id,), of_others=said)


def _pair(desk: Desk, tx: Transaction, this: UUID, other: UUID) -> tuple[Contact, Contact]:
    if this == other:
        raise NotReadyError("That is the same contact. Nothing was changed.")
    mine, theirs = hold(desk, tx, this), contacts.get(tx, other)
    may_open(desk, tx, theirs)
    return mine, theirs


def _settle(
    desk: Desk, tx: Transaction, this: Contact, other: Contact, state: SuggestionState, why: str
) -> Suggestion:
    if not any(s.other == other.id for s in episodes.suggestions_of(tx, this.id)):
        episodes.suggest(
            tx,
            this.id,
            other.id,
            Kinship.SAME_FAMILY,
            (why or f"Put together by {desk.worker.name}.",),
            desk.now(),
        )
    return episodes.settle(
        tx, this.id, other.id, state=state, by=desk.worker.id, at=desk.now(), why=why
    )


def _joined(tx: Transaction, this: UUID, other: UUID) -> bool:
    return any(
        s.other == other and s.state is SuggestionState.JOINED
        for s in episodes.suggestions_of(tx, this)
    )
