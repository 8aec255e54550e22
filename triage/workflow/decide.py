"""Writing the decision: answers saved as they are typed, the meter, and sending for sign-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from triage.domain import completeness as rules
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import (
    Answer,
    Completeness,
    DecisionDraft,
    DecisionVersion,
    Problem,
    SavedAnswer,
    VersionState,
    Weight,
)
from triage.domain.errors import NotReadyError
from triage.domain.fact import Answer3
from triage.domain.lookup import LookupResult
from triage.domain.spelling import counted
from triage.domain.worker import May
from triage.export import document, signing
from triage.storage import answers, versions
from triage.storage.engine import Transaction
from triage.workflow import asked, chronology, earlier, known, naming, people, request_board
from triage.workflow.desk import Desk
from triage.workflow.freeze import freeze
from triage.workflow.holding import change, hold, hold_open, why_given
from triage.workflow.partner_states import partner_states
from triage.workflow.screen import ContactView, must_be_rating, rate_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the meter looks at besides the answers."""

    contact: Contact
    repeat: int
    results: tuple[LookupResult, ...]
    awaited: tuple[str, ...] = ()


def decision(desk: Desk, contact_id: UUID) -> DecisionDraft:
    """The decision as written so far; looking at it is recorded."""
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        desk.note(tx, "decision.viewed", contact.id, {"reference": contact.reference})
        return draft_in(tx, contact_id, versions.of_contact(tx, contact_id))


def decision_again(desk: Desk, contact_id: UUID) -> DecisionDraft:
    """As `decision`, for a screen that has it open already; it records nothing."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        hold(desk, tx, contact_id)
        return draft_in(tx, contact_id, versions.of_contact(tx, contact_id))


def draft_in(tx: Transaction, contact_id: UUID, sent: Sequence[DecisionVersion]) -> DecisionDraft:
    """The decision as written so far, where `sent` are its versions sent before."""
    return DecisionDraft(
        contact_id=contact_id, number=len(sent) + 1, answers=answers.all(tx, contact_id)
    )


def save_answer(
    desk: Desk, contact_id: UUID, key: str, value: Answer, base_version: int, why: str = ""
) -> SavedAnswer:
    """Keep one answer typed over version `base_version` of it (0 where there was none).

    Raises AnswerConflict, holding yours and theirs, where another window saved something else
    since; answers to different questions never meet. NotReadyError once it is sent or signed, and
    for a rating that changes somebody else's without the reason.
    """
    desk.worker.must(May.PROPOSE)
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, contact_id)
        saved = answers.save(
            tx,
            contact.id,
            key,
            value,
            base_version=base_version,
            by=desk.worker.id,
            at=desk.now(),
        )
        # The words themselves are kept whole in each version sent; the chain names the field.
        detail: dict[str, object] = {"key": key, "version": saved.version}
        if isinstance(value, tuple) or len(value) <= 60:
            detail["now"] = value
        else:
            detail["characters"] = len(value)
        desk.note(tx, "decision.saved", contact.id, detail)
        if key == "rating" and isinstance(value, str) and value != (contact.rating or ""):
            must_be_rating(desk, value)
            rate_in(desk, tx, contact, value, why)
        return saved


def completeness(desk: Desk, view: ContactView | Basis, draft: DecisionDraft) -> Completeness:
    """The live meter: what is missing and what contradicts. Never a view of the outcome."""
    return rules.completeness(
        desk.profile,
        draft,
        view.contact,
        today=naming.local_day(desk.profile, desk.now()),
        repeat_contacts=view.repeat,
        results=view.results,
        awaited=view.awaited,
    )


def propose(
    desk: Desk, contact_id: UUID, *, urgent_despite_gaps: bool = False, why: str = ""
) -> DecisionVersion:
    """Freeze the decision, sign it as its author and put it before a team leader.

    Raises NotReadyError naming what is needed first. An urgent case is never blocked: with
    `urgent_despite_gaps` and a reason it goes with its gaps, and they stay in the record.
    NotAllowedError asks for the PIN where the author's key is locked.
    """
    desk.worker.must(May.PROPOSE)
    signer = desk.signer.held(desk.worker.id)
    with desk.store.write() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        contact = hold_open(desk, tx, contact_id)
        draft = draft_in(tx, contact.id, versions.of_contact(tx, contact.id))
        results = known.results_for(desk, tx, contact.id)
        basis = Basis(
            contact=contact,
            repeat=earlier.repeat_contacts(desk, tx, contact),
            results=results,
            awaited=request_board.asked_of_contact(desk, tx, contact).awaited,
        )
        meter = completeness(desk, basis, draft)
        problems = meter.problems
        if meter.needed:
            problems = (*_gap(desk, contact, meter, urgent_despite_gaps, why), *problems)
        version = _frozen(desk, tx, contact, draft, results, problems)
        built = document.build(version, desk.profile, hub=desk.profile.hub)
        version = replace(version, proposal=signing.propose(built, signer))
        versions.insert(tx, version)
        desk.note(
            tx,
            "decision.proposed",
            contact.id,
            {
                "version": str(version.id),
                "number": version.number,
                "needed": meter.needed,
                "advised": meter.advised,
                "why": why.strip() if meter.needed else "",
            },
        )
        change(tx, contact, state=ContactState.AWAITING_SIGN_OFF, paused_reason="")
        return version


def _gap(
    desk: Desk, contact: Contact, meter: Completeness, urgent: bool, why: str
) -> tuple[Problem, ...]:
    """The gap as the record will tell it; NotReadyError unless it is urgent, with a reason."""
    first = next(p for p in meter.problems if p.weight is Weight.NEEDED)
    number = counted(meter.needed, "thing")
    if not urgent:
        offer = " It can go as urgent with its gaps." if may_go_urgent(desk, contact) else ""
        verb = "is" if meter.needed == 1 else "are"
        raise NotReadyError(
            f"{number} {verb} needed first. {first.sentence} What you wrote is saved.{offer}"
        )
    if not may_go_urgent(desk, contact):
        raise NotReadyError(
            f"Only an urgent case goes with gaps. {first.sentence} What you wrote is saved."
        )
    said = why_given(why, "send it with gaps")
    return (
        Problem(
            part=first.part,
            question=first.question,
            weight=Weight.ADVISED,
            sentence=f"Sent as urgent with {number} missing: {said}",
        ),
    )


def may_go_urgent(desk: Desk, contact: Contact) -> bool:
    """Whether the contact is urgent: by its rating, or because the referrer said so."""
    rating = desk.profile.rating(contact.rating)
    return (rating is not None and rating.urgent) or (contact.content.urgent.answer is Answer3.YES)


def _frozen(
    desk: Desk,
    tx: Transaction,
    contact: Contact,
    draft: DecisionDraft,
    results: tuple[LookupResult, ...],
    problems: tuple[Problem, ...],
) -> DecisionVersion:
    verdicts = known.verdicts_for(desk, tx, contact.id)
    signed = [v for v in versions.of_contact(tx, contact.id) if v.state is VersionState.SIGNED]
    replies, silent = asked.for_decision(desk, tx, contact.id)
    return freeze(
        id=desk.new_id(),
        contact=contact,
        number=draft.number,
        answers=rules.with_rating(draft, contact),
        problems=(*problems, *silent),
        verdicts=verdicts,
        partners=partner_states(desk, results, verdicts),
        replies=replies,
        chronology=chronology.chronology(desk, tx, contact, verdicts),
        profile=desk.profile,
        author=desk.worker,
        at=desk.signing_time(tx),
        supersedes=signed[-1].id if signed else None,
    )


def versions_sent(desk: Desk, contact_id: UUID) -> tuple[DecisionVersion, ...]:
    """Every version of this contact's decision that was sent for sign-off, by number."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        hold(desk, tx, contact_id)
        return tuple(versions.of_contact(tx, contact_id))
