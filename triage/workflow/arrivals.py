"""What arrived and is about nobody: files that became no contact, answers that nobody placed. It is
kept as long as the profile says, then proposed by one and destroyed by another, all at once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from triage.domain.retention import NO_CONTACT, Fate, RetentionRule, Review, years_after
from triage.domain.spelling import counted, spell_day
from triage.storage import destruction
from triage.storage import retention as kept
from triage.storage.destruction import Arrivals
from triage.storage.engine import Transaction
from triage.workflow import naming
from triage.workflow.desk import Desk

REFERENCE = "Arrivals"
"""What stands where a record has its number."""

DESTROYED = "retention.arrivals_destroyed"
_SPACE = UUID("0d9b8a34-7f0c-4b6e-9a43-3d9f7c1f62aa")


def is_of_arrivals(review: Review | None) -> bool:
    """Whether a review is of what arrived rather than of a record."""
    return review is not None and review.outcome == NO_CONTACT


def rule_of(desk: Desk) -> RetentionRule | None:
    """How long what became no contact is kept; None where the profile does not say: for good."""
    return next((r for r in desk.profile.retention if NO_CONTACT in r.outcomes), None)


def standing(desk: Desk, tx: Transaction, today: date) -> tuple[Review, Arrivals] | None:
    """The review that is under way, or the one that could be proposed today, with what it is of;
    None where nothing is due or somebody kept it longer."""
    rule = rule_of(desk)
    if rule is None:
        return None
    proposed = [r for r in kept.reviews(tx, Fate.PROPOSED) if is_of_arrivals(r)]
    for review in kept.reviews(tx, Fate.KEPT) if not proposed else ():
        if is_of_arrivals(review) and review.keep_until and review.keep_until > today:
            return None
    review = proposed[0] if proposed else _of_today(desk, rule, today)
    found = destruction.arrivals_before(tx, _until(desk, rule, review.due_on))
    return (review, found) if found.files or found.answers else None


def words_of(found: Arrivals) -> str:
    """What there is, in words for a list."""
    said = [counted(found.files, "file") if found.files else ""]
    said += [counted(found.answers, "answer") if found.answers else ""]
    words = " and ".join(w for w in said if w)
    return f"{words}, of which {found.waiting} still to place" if found.waiting else words


def last_day(desk: Desk, review: Review) -> date:
    """The day on which the newest came that a review can be of."""
    rule = rule_of(desk)
    return _came_by(review.due_on, rule.years if rule else 0)


def destroy(desk: Desk, tx: Transaction, review: Review) -> None:
    """Remove all that a review is of, in the caller's transaction, and tell it."""
    rule = rule_of(desk)
    if rule is None:
        return
    until = _until(desk, rule, review.due_on)
    found = destruction.arrivals_before(tx, until)
    destruction.destroy_arrivals(tx, review, until)
    desk.note(
        tx,
        DESTROYED,
        None,
        {
            "files": found.files,
            "answers": found.answers,
            "upto": spell_day(_came_by(review.due_on, rule.years)),
            "rule": review.rule,
            "proposed_by": review.proposed_by,
        },
    )


def _of_today(desk: Desk, rule: RetentionRule, today: date) -> Review:
    return Review(
        contact_id=uuid5(_SPACE, today.isoformat()),
        reference=REFERENCE,
        outcome=NO_CONTACT,
        rule=rule.id,
        due_on=today,
        fate=Fate.PROPOSED,
        proposed_by=desk.worker.id,
        proposed_at=desk.now(),
    )


def _came_by(due: date, years: int) -> date:
    """The last day whose arrivals are due by another, so many years later."""
    day = years_after(due, -years)
    return day if years_after(day, years) <= due else day - timedelta(days=1)


def _until(desk: Desk, rule: RetentionRule, due: date) -> datetime:
    day = _came_by(due, rule.years) + timedelta(days=1)
    return datetime.combine(day, time(), tzinfo=naming.local(desk.profile, desk.now()).tzinfo)
