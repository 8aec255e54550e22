"""Records that fell due: listed by the profile's rules, held, reviewed by two, destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from triage.domain.contact import ENDED, Contact, ContactState
from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.retention import SET_ASIDE, Fate, LegalHold, RetentionRule, Review, due_on
from triage.domain.spelling import spell_day
from triage.domain.worker import May
from triage.storage import contacts, destruction, events, versions
from triage.storage import retention as kept
from triage.storage.engine import Transaction
from triage.workflow import arrivals, earlier, happened, holding, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import hold as hold_contact
from triage.workflow.holding import why_given

MOST = 200
"""Records on one list; the longest kept come first."""

_PAGE = 500
_ASIDE = ("contact.set_aside", "call.thrown_away")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRecord:
    """A record on the list: whose it is, why it is due, and where its review stands.

    `words` say that in a sentence; `mine` is whether this person proposed it, who may not approve
    it too. `also` are the others about the same children that stand as it does, so that all of a
    child's records can go at once. `of_arrivals` is the one row of what arrived and is about
    nobody, which can't be opened.
    """

    contact_id: UUID
    reference: str
    children: str
    outcome: str
    rule: str
    due_on: date
    fate: Fate
    words: str
    mine: bool = False
    hold: LegalHold | None = None
    also: tuple[DueRecord, ...] = ()
    of_arrivals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fell:
    """By which rule, since when and after which outcomes a record is due; `related` are the others
    about the same children."""

    rule: RetentionRule
    day: date
    outcomes: str
    related: tuple[UUID, ...]


def due(desk: Desk) -> tuple[DueRecord, ...]:
    """Records whose time is over, the longest kept first, with those held or under review.

    A record is due only when every other about the same children is too. For a team leader.
    """
    desk.worker.must(May.SIGN)
    today = _today(desk)
    found: list[DueRecord] = []
    with desk.store.read() as tx:
        names = happened.names(tx)
        found += _arrivals(desk, tx, names)
        for contact in _ended(tx):
            fell = _due(desk, tx, contact, today)
            if fell is None:
                continue
            row = _row(desk, tx, contact, fell, names)
            if row.fate is not Fate.KEPT:
                found.append(replace(row, also=_also(desk, tx, row, fell, names)))
            if len(found) == MOST:
                break
    return tuple(found)


def _arrivals(desk: Desk, tx: Transaction, names: dict[str, str]) -> list[DueRecord]:
    due = arrivals.standing(desk, tx, _today(desk))
    rule = arrivals.rule_of(desk)
    if due is None or rule is None:
        return []
    review, found = due
    proposed = kept.review(tx, review.contact_id) is not None
    last = spell_day(arrivals.last_day(desk, review))
    words = f"What arrived up to {last} and is about nobody known. {rule.label}."
    if proposed:
        who = names.get(review.proposed_by, review.proposed_by)
        words = f"{who} proposed to destroy what arrived up to {last} and is about nobody known."
    return [
        DueRecord(
            contact_id=review.contact_id,
            reference=review.reference,
            children=arrivals.words_of(found),
            outcome="No contact",
            rule=rule.label,
            due_on=review.due_on,
            fate=Fate.PROPOSED if proposed else Fate.DUE,
            words=words,
            mine=proposed and review.proposed_by == desk.worker.id,
            of_arrivals=True,
        )
    ]


def _ended(tx: Transaction) -> Iterable[Contact]:
    last = None
    while page := contacts.received_after(tx, last, ENDED, limit=_PAGE):
        yield from page
        last = (page[-1].received_at, page[-1].id)


def _row(
    desk: Desk, tx: Transaction, contact: Contact, fell: _Fell, names: dict[str, str]
) -> DueRecord:
    review = kept.review(tx, contact.id)
    holds = kept.holds(tx, (contact.id, *fell.related))
    fate, words = Fate.DUE, f"Due since {spell_day(fell.day)}: {fell.rule.label}."
    if holds:
        who = names.get(holds[0].by, holds[0].by)
        fate, words = Fate.HELD, f"Held by {who}: {holds[0].why}"
    elif review and review.fate is Fate.PROPOSED:
        who = names.get(review.proposed_by, review.proposed_by)
        fate = Fate.PROPOSED
        words = f"{who} proposed to destroy it on {spell_day(review.proposed_at.date())}."
    elif review and review.fate is Fate.KEPT and not _over(review, _today(desk)):
        fate = Fate.KEPT
    return DueRecord(
        contact_id=contact.id,
        reference=contact.reference,
        children=", ".join(child.name for child in contact.content.children),
        outcome=fell.outcomes,
        rule=fell.rule.label,
        due_on=fell.day,
        fate=fate,
        words=words,
        mine=bool(review and review.proposed_by == desk.worker.id),
        hold=next((h for h in holds if h.contact_id == contact.id), None),
    )


def _also(
    desk: Desk, tx: Transaction, row: DueRecord, fell: _Fell, names: dict[str, str]
) -> tuple[DueRecord, ...]:
    """None where it is held, which holds all of them."""
    if row.fate is Fate.HELD:
        return ()
    found = []
    for other in contacts.by_ids(tx, fell.related).values():
        theirs = _due(desk, tx, other, _today(desk))
        if theirs is not None:
            found.append(_row(desk, tx, other, theirs, names))
    alike = [r for r in found if (r.fate, r.mine) == (row.fate, row.mine)]
    return tuple(sorted(alike, key=lambda r: r.reference))


def _over(review: Review, today: date) -> bool:
    return review.keep_until is None or review.keep_until <= today


def _today(desk: Desk) -> date:
    return naming.local_day(desk.profile, desk.now())


def _related(tx: Transaction, contact: Contact) -> list[Contact]:
    keys = [k for child in contact.content.children for k in contacts.keys_of(child)]
    return contacts.of_children(tx, keys, exclude=contact.id)


def _due(desk: Desk, tx: Transaction, contact: Contact, today: date) -> _Fell | None:
    """None while the record, or another about the same children, is not due."""
    mine = _falls(desk, tx, contact)
    if mine is None or mine[1] > today:
        return None
    rule, latest, outcomes = mine
    related = _related(tx, contact)
    for other in related:
        theirs = _falls(desk, tx, other) if other.state in ENDED else None
        if theirs is None or theirs[1] > today:
            return None
        latest = max(latest, theirs[1])
    ids = tuple(other.id for other in related)
    return _Fell(rule=rule, day=latest, outcomes=outcomes, related=ids)


def _falls(desk: Desk, tx: Transaction, contact: Contact) -> tuple[RetentionRule, date, str] | None:
    decided = [
        v
        for v in versions.of_contact(tx, contact.id)
        if v.state is VersionState.SIGNED and v.signed_at
    ]
    codes, labels = _outcomes(desk, decided)
    ends = [v.signed_at for v in decided if v.signed_at]
    if contact.state is ContactState.SET_ASIDE:
        ends += [at for at in [events.last_at(tx, contact.id, _ASIDE)] if at is not None]
        if not decided:
            codes, labels = {SET_ASIDE}, "Set aside"
    ended = max(ends, default=contact.received_at)
    births = [c.dob.as_date or c.edd.as_date for c in contact.content.children]
    found = due_on(desk.profile.retention, codes, naming.local_day(desk.profile, ended), births)
    return (found[1], found[0], labels) if found else None


def _outcomes(desk: Desk, decided: Iterable[DecisionVersion]) -> tuple[set[str], str]:
    codes: dict[str, None] = {}
    for version in decided:
        for key, answer in version.answers.items():
            if key.partition("@")[0] == "outcome":
                codes |= dict.fromkeys((answer,) if isinstance(answer, str) else answer)
    list_ = desk.profile.question("outcome").codes
    return set(codes), ", ".join(desk.profile.label(list_, code) for code in codes)


def propose(desk: Desk, contact_id: UUID, also: Iterable[UUID] = ()) -> Review:
    """Propose to destroy a record that is due, and others that are, or none of them; somebody else
    decides. Raises NotReadyError where one is not due or is held, NotAllowedError where this
    person is no team leader."""
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        due = arrivals.standing(desk, tx, _today(desk))
        if due is not None and due[0].contact_id == contact_id:
            kept.put_review(tx, due[0])
            desk.note(tx, "retention.proposed", None, {"rule": due[0].rule, "of": "arrivals"})
            return due[0]
        review, *_ = [_propose(desk, tx, id) for id in (contact_id, *also)]
    return review


def _propose(desk: Desk, tx: Transaction, contact_id: UUID) -> Review:
    contact = hold_contact(desk, tx, contact_id)
    fell = _still_due(desk, tx, contact)
    review = Review(
        contact_id=contact.id,
        reference=contact.reference,
        outcome=fell.outcomes,
        rule=fell.rule.id,
        due_on=fell.day,
        fate=Fate.PROPOSED,
        proposed_by=desk.worker.id,
        proposed_at=desk.now(),
    )
    kept.put_review(tx, review)
    told = {"rule": fell.rule.id, "due": fell.day.isoformat()}
    desk.note(tx, "retention.proposed", contact.id, told)
    return review


def _still_due(desk: Desk, tx: Transaction, contact: Contact) -> _Fell:
    fell = _due(desk, tx, contact, _today(desk))
    related = fell.related if fell else [c.id for c in _related(tx, contact)]
    if held := kept.holds(tx, (contact.id, *related)):
        raise NotReadyError(
            f"{contact.reference} is under a legal hold: {held[0].why} Nothing was changed. It "
            "can be destroyed once the hold is lifted."
        )
    if contact.state not in ENDED or fell is None:
        raise NotReadyError(
            f"{contact.reference} is not due for destruction: it is still worked on, its time is "
            "not over, or another record about the same children is still kept. Nothing was "
            "changed."
        )
    return fell


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What became of a review, and in a sentence of the keys that are kept with backups."""

    review: Review
    words: str


def approve(desk: Desk, contact_id: UUID, also: Iterable[UUID] = ()) -> Destroyed:
    """Destroy a record that somebody else proposed, and others, or none of them: words, originals,
    answers, decisions, requests and the keys that open them in any backup, those of children whom
    no other record is about among them. Their events stay, without their words.

    It can't be undone. Raises NotAllowedError for whoever proposed one, NotReadyError where one
    is not due any more or is held.
    """
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        done = [_approve(desk, tx, id) for id in (contact_id, *also)]
    for _, contact in done:
        if contact is not None:
            earlier.unlearn(desk, contact)
    desk.store.forget_deleted()
    return Destroyed(review=done[0][0], words=_KEYS[desk.forget_keys()])


def _approve(desk: Desk, tx: Transaction, contact_id: UUID) -> tuple[Review, Contact | None]:
    review = _proposed(tx, contact_id)
    if review.proposed_by == desk.worker.id:
        raise NotAllowedError(
            "You proposed this yourself. Nothing was destroyed. Ask another team leader to look "
            "at it."
        )
    done = replace(review, fate=Fate.DESTROYED, decided_by=desk.worker.id, decided_at=desk.now())
    if arrivals.is_of_arrivals(review):
        arrivals.destroy(desk, tx, done)
        return done, None
    return done, _destroy(desk, tx, done)


_KEYS = {
    True: "No backup that was ever made opens it any more.",
    False: "The folder of the backups' keys, or a copy from before an upgrade, could not be "
    "reached: the next backup takes its key out, or “fanlightctl backup forget” does at once; a "
    "copy goes two weeks after it was made.",
    None: "The next backup takes its key out of all others, or “fanlightctl backup forget” does at "
    "once.",
}


def _destroy(desk: Desk, tx: Transaction, review: Review) -> Contact:
    contact = hold_contact(desk, tx, review.contact_id)
    _still_due(desk, tx, contact)
    destruction.destroy(tx, review)
    content = contact.content
    told = {
        "reference": contact.reference,
        "rule": review.rule,
        "due": review.due_on.isoformat(),
        "proposed_by": review.proposed_by,
        "people": [c.key for c in content.children] + [a.key for a in content.adults],
    }
    desk.note(tx, earlier.DESTROYED, contact.id, told, in_the_open=True)
    return contact


def keep(desk: Desk, contact_id: UUID, until: date, why: str) -> Review:
    """Keep a record whose destruction was proposed, and look at it again on a day to come."""
    desk.worker.must(May.SIGN)
    why = why_given(why, "keep it longer")
    if until <= _today(desk):
        raise NotReadyError("Choose a day to come, on which it is looked at again.")
    with desk.store.write() as tx:
        review = _proposed(tx, contact_id)
        done = replace(
            review,
            fate=Fate.KEPT,
            decided_by=desk.worker.id,
            decided_at=desk.now(),
            keep_until=until,
        )
        kept.decide(tx, done)
        about = None if arrivals.is_of_arrivals(review) else contact_id
        desk.note(tx, "retention.kept", about, {"until": until.isoformat(), "why": why})
    return done


def _proposed(tx: Transaction, contact_id: UUID) -> Review:
    review = kept.review(tx, contact_id)
    if review is None or review.fate is not Fate.PROPOSED:
        raise NotFoundError(
            "Nobody proposed to destroy this record, or it was decided already. Nothing was "
            "changed."
        )
    return review


def hold(desk: Desk, contact_id: UUID, why: str) -> LegalHold:
    """Keep a record, and all others about the same children, from being destroyed until lifted."""
    desk.worker.must(May.SIGN)
    why = why_given(why, "hold it")
    with desk.store.write() as tx:
        contact = hold_contact(desk, tx, contact_id)
        made = LegalHold(
            id=desk.new_id(), contact_id=contact.id, why=why, by=desk.worker.id, at=desk.now()
        )
        kept.put_hold(tx, made)
        desk.note(tx, "retention.held", contact.id, {"hold": str(made.id), "why": why})
    return made


def lift(desk: Desk, contact_id: UUID, why: str) -> None:
    """Lift every hold on a record. Raises NotFoundError where none stands."""
    desk.worker.must(May.SIGN)
    why = why_given(why, "lift a hold")
    with desk.store.write() as tx:
        contact = hold_contact(desk, tx, contact_id)
        standing = kept.holds(tx, [contact.id])
        if not standing:
            raise NotFoundError(f"No hold stands on {contact.reference}. Nothing was changed.")
        for each in standing:
            kept.lift(tx, each.id, by=desk.worker.id, at=desk.now(), why=why)
        desk.note(tx, "retention.lifted", contact.id, {"why": why})


def by_reference(desk: Desk, reference: str) -> UUID:
    """The record with a reference, or for “Arrivals” what arrived and is about nobody. Raises
    NotFoundError, also where this person may not know of it."""
    if reference.strip().casefold() != arrivals.REFERENCE.casefold():
        return holding.by_reference(desk, reference)
    desk.worker.must(May.SIGN)
    with desk.store.read() as tx:
        due = arrivals.standing(desk, tx, _today(desk))
    if due is None:
        raise NotFoundError("Nothing that arrived is due. Nothing was changed.")
    return due[0].contact_id
