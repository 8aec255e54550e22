"""Is this the same person? Look-ups at partners, and what people say of what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from triage.domain.contact import Contact, Content
from triage.domain.errors import FanlightError, NotReadyError
from triage.domain.lookup import (
    Candidate,
    LookupResult,
    Subject,
    Verdict,
    VerdictKind,
)
from triage.domain.restriction import is_adopted
from triage.domain.worker import May
from triage.partners.connector import Answer
from triage.partners.side_by_side import Question
from triage.partners.state import OWN
from triage.storage import contacts, lookups
from triage.storage.engine import Transaction
from triage.workflow import earlier, known
from triage.workflow.answering import Keeping, live_part, question_of
from triage.workflow.desk import Desk
from triage.workflow.holding import WAITING, hold, hold_open, may_open, why_given

LETTERS_TO_START = 3
"""Letters of a name from which typing is searched."""


def lists_are_read(desk: Desk) -> bool:
    """Whether every partner's list was read once since the start, or found unreadable.

    Until then a look-up would be told nothing, and nobody would ask again.
    """
    return all(desk.people.state(partner).tried for partner in desk.people.partners)


def look_up(
    desk: Desk,
    contact_id: UUID,
    *,
    partners: Iterable[str] | None = None,
    people: Iterable[str] | None = None,
    wider_because: str = "",
    on_result: Callable[[LookupResult], None] | None = None,
) -> tuple[LookupResult, ...]:
    """Ask partners about the people of a contact, side by side; each answer is stored as it comes.

    All of them about everyone, unless `partners` or `people` (keys) name some. Who asks, why, on
    what lawful basis and with which facts is recorded before anybody is asked, the answer after.
    `wider_because` is the reason for searching more widely at partners that can; it is recorded
    too. Nothing is held open while partners search.

    `on_result` gets each answer as this person may see it, on the calling thread. What comes
    after the partner's deadline is stored as late, and is on no list given back here.
    Raises NotReadyError for a person who is not in the contact: nobody else is ever looked up.
    """
    _must_look_up(desk)
    asked_at = desk.now()
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        persons = dict(earlier.persons(contact.content, contact.received_at, contact.reference))
        keys = tuple(persons) if people is None else tuple(people)
        for key in keys:
            if key not in persons:
                raise NotReadyError(
                    "Only people in a contact are looked up, and this one is not in it, or nothing "
                    "is known of them yet. Nobody was asked."
                )
        asked = tuple(desk.partners if partners is None else partners)
        if is_adopted(contact):  # neither identity leads to the other by itself
            asked = tuple(partner for partner in asked if partner != OWN)
        questions = [
            question_of(desk, contact, partner, key, persons[key], wider_because)
            for partner in asked
            for key in keys
        ]
        desk.note(
            tx,
            "match.asked",
            contact.id,
            {
                "partners": list(asked),
                "people": list(keys),
                "live": live_part(desk, questions),
                "wider_because": wider_because,
            },
        )
    keeping = Keeping(desk, contact, asked_at, [(q.connector.partner, q.query) for q in questions])

    def came(question: Question, answer: Answer) -> None:
        seen = keeping.keep(question, answer)
        if seen is not None and on_result is not None:
            on_result(seen)

    desk.live.side_by_side.ask(questions, came, keeping.keep_late, desk.now)
    return keeping.answers()


def try_now(
    desk: Desk,
    contact_id: UUID,
    partner: str,
    *,
    on_result: Callable[[LookupResult], None] | None = None,
) -> tuple[LookupResult, ...]:
    """End a partner's pause and ask it about everyone in the contact; see `look_up`."""
    _must_look_up(desk)
    desk.live.try_now(partner)
    return look_up(desk, contact_id, partners=(partner,), on_result=on_result)


def _must_look_up(desk: Desk) -> None:
    if not desk.worker.may(May.RECEIVE):  # who takes a contact in has it looked up on arrival
        desk.worker.must(May.LINK)


def wider_reasons(desk: Desk, partner: str) -> tuple[str, ...]:
    """The reasons that the profile offers for searching a partner more widely."""
    settings = desk.live.partners.get(partner)
    return settings.pds.wider_reasons if settings and settings.pds else ()


def not_asked_yet(
    desk: Desk, results: Iterable[LookupResult], people: Iterable[str]
) -> tuple[str, ...]:
    """Partners that were not asked about these people yet: none of them, where nobody was."""
    by_partner = {r.partner for r in results}
    return tuple(p for p in desk.partners if p not in by_partner) if tuple(people) else ()


def link(
    desk: Desk,
    subject: Subject,
    candidate: Candidate,
    reasons: Iterable[str] = (),
    words: str = "",
) -> Verdict:
    """Say that the record is this person. Its involvement joins the chronology; nothing merges.

    Raises NotReadyError where the profile wants a reason and none is given, or where the person
    was already linked to another record of the same partner.
    """
    return _judge(desk, subject, candidate, VerdictKind.SAME, reasons, words)


def not_same(
    desk: Desk,
    subject: Subject,
    candidate: Candidate,
    reasons: Iterable[str] = (),
    words: str = "",
) -> Verdict:
    """Say that the record is somebody else. Remembered, and shown the next time."""
    return _judge(desk, subject, candidate, VerdictKind.NOT_SAME, reasons, words)


def unsure(
    desk: Desk,
    subject: Subject,
    candidate: Candidate,
    reasons: Iterable[str] = (),
    words: str = "",
) -> Verdict:
    """Say that it can't be told yet. Remembered, and shown the next time."""
    return _judge(desk, subject, candidate, VerdictKind.UNSURE, reasons, words)


def reasons_for(desk: Desk, kind: VerdictKind) -> tuple[str, ...]:
    """The reasons the profile offers for a verdict."""
    return desk.profile.verdict_reasons.get(kind.value, ())


def reason_needed(desk: Desk, kind: VerdictKind) -> bool:
    """Whether the profile wants a reason for such a verdict."""
    return kind.value in desk.profile.verdict_reason_needed


def _judge(
    desk: Desk,
    subject: Subject,
    candidate: Candidate,
    kind: VerdictKind,
    reasons: Iterable[str],
    words: str,
) -> Verdict:
    desk.worker.must(May.LINK)
    record = candidate.record
    given = tuple(r.strip() for r in reasons if r.strip())
    if reason_needed(desk, kind) and not given and not words.strip():
        raise NotReadyError(
            "This hub wants a reason for that. Nothing was changed. Choose one or write it."
        )
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, subject.contact_id)
        if known.is_hidden(desk, tx, record):
            raise NotReadyError(
                f"{desk.profile.restricted_words}. Nothing was changed. Ask a team leader to look."
            )
        verdicts = lookups.verdicts_of(tx, contact.id)
        standing = known.standing(verdicts)
        if kind is VerdictKind.SAME:
            for other in known.linked(verdicts, subject.person):
                if other.partner == record.partner != OWN and other.record_id != record.record_id:
                    raise NotReadyError(
                        f"This person is already linked to record {other.record_id} there. "
                        "Nothing was changed. Undo that link first if it is the wrong one."
                    )
        verdict = Verdict(
            id=desk.new_id(),
            subject=subject,
            partner=record.partner,
            record_id=record.record_id,
            kind=kind,
            reasons=given,
            words=words.strip(),
            by=desk.worker.id,
            at=desk.now(),
            record=record,
        )
        before = standing.get((subject.person, record.partner, record.record_id))
        lookups.add_verdict(tx, verdict)
        desk.note(
            tx,
            {
                VerdictKind.SAME: "match.linked",
                VerdictKind.NOT_SAME: "match.not_same",
                VerdictKind.UNSURE: "match.unsure",
            }[kind],
            contact.id,
            {
                "verdict": str(verdict.id),
                "person": subject.person,
                "partner": record.partner,
                "band": candidate.band,
                "score": round(candidate.score, 3),
                "before": before.kind.value if before else "",
            },
            others=earlier.contacts_of(tx, (record,)),
            of_others={
                "record": record.record_id,
                "reasons": list(given),
                "words": words.strip(),
            },
        )
        return verdict


def undo(desk: Desk, verdict_id: UUID, why: str) -> Verdict:
    """Take a verdict back, with the reason; it stays readable. What it added is taken out again.

    Raises NotFoundError where there is none, ConflictError where it was undone before.
    """
    desk.worker.must(May.LINK)
    if "undo" in desk.profile.verdict_reason_needed:
        why = why_given(why, "undo it")
    with desk.store.write() as tx:
        verdict = lookups.verdict_of(tx, verdict_id)
        contact = hold_open(desk, tx, verdict.subject.contact_id)
        undone = lookups.undo_verdict(tx, verdict_id, by=desk.worker.id, at=desk.now(), why=why)
        desk.note(
            tx,
            "match.undone",
            contact.id,
            {
                "verdict": str(verdict_id),
                "person": verdict.subject.person,
                "partner": verdict.partner,
                "before": verdict.kind.value,
            },
            others=earlier.contacts_of(tx, (verdict.record,)),
            of_others={"record": verdict.record_id, "why": why},
        )
        return undone


def search_typing(
    desk: Desk, content: Content, *, limit: int = 4, contact: Contact | None = None
) -> tuple[tuple[str, tuple[Candidate, ...]], ...]:
    """Records that look like the people typed so far, by person key, best first.

    Someone counts from three letters of a name. Nothing is stored: the call is not kept yet.
    Restricted records are left out for a person who may not know of them.
    """
    desk.worker.must(May.SCREEN)
    found: list[tuple[str, tuple[Candidate, ...]]] = []
    # As one of this contact's: what is held of the contact itself is no rival to what is sought.
    for key, person in earlier.persons(content, desk.now(), contact.reference if contact else ""):
        if sum(c.isalpha() for c in person.name) < LETTERS_TO_START and not person.nhs_number:
            continue
        candidates: list[Candidate] = []
        for partner in desk.people.partners:
            if partner == OWN and contact is not None and is_adopted(contact):
                continue
            if not desk.people.state(partner).searchable:
                continue
            candidates += desk.people.search(person, partner, k=limit, deadline_ms=200)
        shown = [
            c
            for c in candidates
            if c.band in known.TO_CHECK
            and earlier.same_kind(c.record, key)
            and (not c.record.restricted or desk.worker.may(May.OPEN_RESTRICTED))
            and (contact is None or not earlier.is_of(c.record, contact))
        ]
        found.append((key, tuple(sorted(shown, key=lambda c: -c.score)[:limit])))
    return _without_shut(desk, found)


def _without_shut(
    desk: Desk, found: list[tuple[str, tuple[Candidate, ...]]]
) -> tuple[tuple[str, tuple[Candidate, ...]], ...]:
    """Without contacts restricted since they were learnt: a hub tells an officer of none such."""
    own = [c.record for _, held in found for c in held if c.record.partner == OWN]
    if not own:
        return tuple(found)
    with desk.store.read() as tx:
        return tuple(
            (key, tuple(c for c in held if not known.is_hidden(desk, tx, c.record)))
            for key, held in found
        )


def open_matches(
    desk: Desk, content: Content, *, contact: Contact | None = None
) -> tuple[Contact, ...]:
    """Open contacts that look like this one: the same children, names or postcode."""
    desk.worker.must(May.SCREEN)
    if contact is not None and is_adopted(contact):
        return ()
    with desk.store.read() as tx:
        return tuple(
            other
            for other in _open_like(tx, content)
            if (contact is None or other.id != contact.id) and _may_know(desk, tx, other)
        )


def _may_know(desk: Desk, tx: Transaction, contact: Contact) -> bool:
    try:
        may_open(desk, tx, contact)
    except FanlightError:
        return False
    return True


def _open_like(tx: Transaction, content: Content) -> tuple[Contact, ...]:
    keys = [k for child in content.children for k in contacts.keys_of(child)]
    names = [c.name for c in content.children if c.given.known and c.family.known]
    postcode = content.address.postcode
    near = contacts.mentioning(
        tx, postcode=postcode.value if postcode.known else "", names=names, limit=20
    )
    found = {c.id: c for c in (*(contacts.of_children(tx, keys) if keys else ()), *near)}
    return tuple(
        sorted(
            (c for c in found.values() if c.state in WAITING),
            key=lambda c: c.received_at,
            reverse=True,
        )
    )
