"""What waits to be signed: a line for each decision, and which may be signed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Contact
from triage.domain.decision import Check, DecisionVersion, VersionState
from triage.domain.worker import May
from triage.storage import contacts, events, versions
from triage.storage.engine import Transaction
from triage.workflow import known, naming
from triage.workflow.checks import checks_by
from triage.workflow.desk import Desk
from triage.workflow.holding import begins, timed


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffRow:
    """One line of the sign-off list. `state_words` say what stands out: "not read yet"."""

    version_id: UUID
    contact_id: UUID
    reference: str
    title: str
    outcome: str
    rating: str | None
    author: str
    author_name: str
    state_words: str
    opened: bool
    checks_passed: bool
    own: bool
    number: int
    proposed_at: datetime
    signed_at: datetime | None = None
    leading: ClockState | None = None
    sentence: str = ""

    @property
    def due(self) -> datetime:
        """When it should be signed; where no clock runs, when it was sent."""
        return self.leading.due if self.leading else self.proposed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffList:
    """What waits for this person. `ready_together` may be ticked and signed in one go."""

    ready_together: tuple[SignOffRow, ...]
    one_by_one: tuple[SignOffRow, ...]
    signed_today: tuple[SignOffRow, ...]


def waiting(desk: Desk) -> SignOffList:
    """Every proposed decision, the least time left first, and what this person signed today."""
    desk.worker.must(May.SIGN)
    now = desk.now()
    today = datetime.combine(naming.local_day(desk.profile, now), time(), _zone(desk))
    with desk.store.read() as tx:
        rows = _rows(desk, tx, versions.in_state(tx, VersionState.PROPOSED), now)
        theirs = events.contacts_of(tx, "decision.signed", desk.worker.id, since=today)
        signed = _rows(
            desk,
            tx,
            [
                version
                for version in versions.of_contacts(tx, theirs, VersionState.SIGNED)
                if version.signer == desk.worker.id
                and version.signed_at is not None
                and version.signed_at >= today
            ],
            now,
        )
    shown = sorted(rows, key=lambda r: (r.due, r.reference))
    ready = tuple(
        r for r in shown if r.checks_passed and not r.own and goes_together(desk, r.rating)
    )
    return SignOffList(
        ready_together=ready,
        one_by_one=tuple(r for r in shown if r not in ready),
        signed_today=tuple(sorted(signed, key=_signed_at, reverse=True)),
    )


def _signed_at(row: SignOffRow) -> datetime:
    return row.signed_at or row.proposed_at


def goes_together(desk: Desk, rating: str | None) -> bool:
    """Whether the profile lets decisions of that rating be signed several at once."""
    found = desk.profile.rating(rating)
    return found is not None and found.batch_sign and not found.urgent


def _rows(
    desk: Desk, tx: Transaction, of: Sequence[DecisionVersion], now: datetime
) -> list[SignOffRow]:
    """A line for each, but for those of contacts that this person may not open."""
    ids = [v.contact_id for v in of]
    here, first = contacts.by_ids(tx, ids), begins(tx)
    opened = versions.opened_by(tx, desk.worker.id, (v.id for v in of))
    results = known.results_for_each(desk, tx, ids)
    verdicts = known.verdicts_for_each(desk, tx, ids)
    rows = []
    for version in of:
        contact = here.get(version.contact_id)
        if contact is None or (contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)):
            continue
        checks = checks_by(desk, contact, version, results[contact.id], verdicts[contact.id])
        rows.append(_row(desk, timed(contact, first), version, now, version.id in opened, checks))
    return rows


def _row(
    desk: Desk,
    contact: Contact,
    version: DecisionVersion,
    now: datetime,
    opened: bool,
    checks: tuple[Check, ...],
) -> SignOffRow:
    passed = all(c.passed for c in checks)
    words = _state_words(desk, version, opened, passed)
    leading = clock.leading(clock.clocks(desk.profile, contact, now, dues=desk.memory.dues))
    title = naming.title(contact, naming.local_day(desk.profile, now))
    outcome = outcome_words(desk, version)
    rating = desk.profile.rating(contact.rating)
    return SignOffRow(
        version_id=version.id,
        contact_id=contact.id,
        reference=contact.reference,
        title=title,
        outcome=outcome,
        rating=contact.rating,
        author=version.author,
        author_name=version.author_name,
        state_words=words,
        opened=opened,
        checks_passed=passed,
        own=version.author == desk.worker.id,
        number=version.number,
        proposed_at=version.proposed_at,
        signed_at=version.signed_at,
        leading=leading,
        sentence=", ".join(
            w
            for w in (
                rating.label if rating else "Not rated",
                title,
                leading.words if leading else "",
                outcome,
                f"written by {version.author_name}",
                words,
            )
            if w
        ),
    )


def _state_words(desk: Desk, version: DecisionVersion, opened: bool, passed: bool) -> str:
    if version.signed_at is not None:
        return f"signed {version.signed_at.astimezone(_zone(desk)):%H:%M}"
    if version.author == desk.worker.id:
        return "yours, someone else signs"
    if not opened:
        return "changed since return" if version.number > 1 else "not read yet"
    return "checks passed" if passed else "look at the checks"


def _zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.profile.working_time.zone)


def outcome_words(desk: Desk, version: DecisionVersion) -> str:
    """The outcomes as the profile words them, each named once."""
    labels: dict[str, None] = {}
    for kept, answer in version.answers.items():
        if kept.partition("@")[0] != "outcome":
            continue
        for code in (answer,) if isinstance(answer, str) else answer:
            labels[desk.profile.label(_codes_of(desk, "outcome"), code)] = None
    return ", ".join(labels)


def _codes_of(desk: Desk, question: str) -> str:
    try:
        return desk.profile.question(question).codes
    except KeyError:
        return question
