"""Requests to correct a record: noted where the fact is, answered, and never written over it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.correction import Correction, Standing, answer_by
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.worker import May
from triage.storage import corrections
from triage.storage.engine import Transaction
from triage.workflow import fields, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import hold, why_given
from triage.workflow.recipients import recipients

MOST = 200
"""Requests on one list; the oldest come first."""


def ask(
    desk: Desk, contact_id: UUID, path: str, who: str, says: str, at: datetime | None = None
) -> Correction:
    """Note that somebody says a fact is otherwise; `path` names it, "" is the record as a whole;
    `at` is when they said so, where that is not now.

    Also on a record that is signed or closed: nothing of it is changed. Raises NotFoundError for
    a path that the record has not.
    """
    desk.worker.must(May.SCREEN)
    asked = as_asked(
        contact_id, path, who, says, id=desk.new_id(), by=desk.worker.id, at=at or desk.now()
    )
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        if path and fields.fact_at(contact.content, path) is None:
            raise NotFoundError(f"{contact.reference} has no “{path}”. Nothing was noted.")
        corrections.add(tx, asked)
        told = {"path": path, "who": asked.who, "words": asked.says}
        desk.note(tx, "correction.asked", contact.id, told)
    return asked


def as_asked(
    contact_id: UUID, path: str, who: str, says: str, *, id: UUID, by: str, at: datetime
) -> Correction:
    """The request as it is kept. Raises NotReadyError where it is not said who asks, or what."""
    says = why_given(says, "note it: what they say it should be")
    if not who.strip():
        raise NotReadyError("Say who asks for it. Nothing was noted.")
    return Correction(
        id=id, contact_id=contact_id, path=path, who=who.strip(), says=says, at=at, by=by
    )


def answer(desk: Desk, contact_id: UUID, id: UUID, *, agreed: bool, words: str) -> None:
    """Say whether the hub agrees, and why. Where it does, a person then changes the fact itself;
    this stays beside it. For a team leader. Raises NotFoundError for one answered already."""
    desk.worker.must(May.SIGN)
    words = why_given(words, "answer it")
    standing = Standing.AGREED if agreed else Standing.REFUSED
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        if id not in {c.id for c in corrections.of_contact(tx, contact.id)}:
            raise NotFoundError("There is no such request about this record. Nothing changed.")
        corrections.answer(tx, id, standing, words, by=desk.worker.id, at=desk.now())
        desk.note(tx, f"correction.{standing.value}", contact.id, {"why": words})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request beside the record it is about, the last day to answer it, and who was given what
    the record holds, each in words: they are told too where it is agreed (UK GDPR article 19)."""

    correction: Correction
    contact: Contact
    answer_by: date
    given_to: tuple[str, ...] = ()


def asked_about(desk: Desk, contact_id: UUID) -> tuple[Correction, ...]:
    """What was asked about a record already opened, the oldest first."""
    return tuple(each.correction for each in beside(desk, contact_id))


def beside(desk: Desk, contact_id: UUID) -> tuple[Asked, ...]:
    """As `asked_about`, each with the record."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        contact = hold(desk, tx, contact_id)
        return tuple(
            _beside(desk, tx, each, contact) for each in corrections.of_contact(tx, contact.id)
        )


def to_answer(desk: Desk) -> tuple[Asked, ...]:
    """What nobody has answered yet about any record that this team leader may open, the oldest
    first."""
    desk.worker.must(May.SIGN)
    found = []
    with desk.store.read() as tx:
        for each in corrections.waiting(tx, limit=MOST):
            with suppress(NotAllowedError, NotFoundError):
                found.append(_beside(desk, tx, each, hold(desk, tx, each.contact_id)))
    return tuple(found)


def _beside(desk: Desk, tx: Transaction, each: Correction, contact: Contact) -> Asked:
    asked_on = naming.local_day(desk.profile, each.at)
    given = recipients(desk, tx, contact.id)
    return Asked(
        correction=each,
        contact=contact,
        answer_by=answer_by(asked_on),
        given_to=tuple(one.on(naming.local_day(desk.profile, one.at)) for one in given),
    )
