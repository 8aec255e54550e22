"""A person's own schedule: what is due when, reminders that come back, contacts snoozed a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from triage.domain import clock
from triage.domain.contact import Contact
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.handover import Reminder, why_not_snoozed
from triage.domain.spelling import spell_day, spell_moment
from triage.domain.worker import May
from triage.storage import contacts, handovers
from triage.storage.engine import Transaction
from triage.workflow import corrections, naming
from triage.workflow.desk import Desk
from triage.workflow.handover import back_at, shift_ends
from triage.workflow.holding import OPEN, begins, first_told, hold, hold_open, timed, why_given

Sort = Literal["reminder", "runs out", "answer", "end", "morning", "done", "snoozed"]
_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: when (by the hub's clock), what, and whose contact. `late` is past its time.
    A contact that this person may not open any more is not named."""

    at: datetime
    sort: Sort
    title: str
    words: str
    contact_id: UUID | None = None
    reminder: Reminder | None = None
    correction_id: UUID | None = None
    late: bool = False

    @property
    def key(self) -> UUID | None:
        """What a reminder, or a request to correct, is known again by."""
        return self.reminder.id if self.reminder else self.correction_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Today's lines, the next working day's, later ones, and what is snoozed; each by time."""

    now: datetime
    today: tuple[Entry, ...]
    next_day: date
    then: tuple[Entry, ...]
    later: tuple[Entry, ...]
    snoozed: tuple[Entry, ...]


def schedule(desk: Desk) -> Schedule:
    """What this person has before them; only they see it."""
    desk.worker.must(May.READ)
    now = desk.now()
    today = naming.local_day(desk.profile, now)
    midnight = naming.local(desk.profile, now).replace(hour=0, minute=0, second=0, microsecond=0)
    with desk.store.read() as tx:
        kept = handovers.reminders(tx, desk.worker.id, done_since=midnight)
        named = _named(desk, tx, kept)
        first = begins(tx)
        mine = [
            c
            for c in contacts.in_states_known(tx, OPEN, desk.memory.contacts)
            if c.assigned_to == desk.worker.id
        ]
    away = {r.contact_id for r in kept if r.snoozed and r.done_at is None and r.due_at > now}
    lines = [_reminder(desk, r, named, now) for r in kept]
    lines += [e for c in mine if c.id not in away for e in _runs_out(desk, timed(c, first), now)]
    lines += [*_to_answer(desk, now), *_hub_times(desk, now)]
    lines.sort(key=lambda e: (e.at, e.title))
    next_day = naming.local_day(desk.profile, back_at(desk, now))
    snoozed = [e for e in lines if e.sort == "snoozed"]
    rest = [e for e in lines if e.sort != "snoozed"]
    return Schedule(
        now=naming.local(desk.profile, now),
        today=tuple(e for e in rest if e.at.date() <= today),
        next_day=next_day,
        then=tuple(e for e in rest if today < e.at.date() <= next_day),
        later=tuple(e for e in rest if e.at.date() > next_day),
        snoozed=tuple(snoozed),
    )


def remind(
    desk: Desk,
    words: str,
    due_at: datetime,
    contact_id: UUID | None = None,
    *,
    at: datetime | None = None,
) -> Reminder:
    """Remind this person, and nobody else, then; `at` is when they asked for it, where that is not
    now. Raises NotReadyError for no words or a time that had gone."""
    desk.worker.must(May.READ)
    wanted = as_set(
        words, due_at, contact_id, id=desk.new_id(), by=desk.worker.id, at=at or desk.now()
    )
    with desk.store.write() as tx:
        if contact_id:
            hold(desk, tx, contact_id)
        handovers.add_reminder(tx, wanted)
        _note(desk, tx, "reminder.set", wanted)
        return wanted


def as_set(
    words: str, due_at: datetime, contact_id: UUID | None, *, id: UUID, by: str, at: datetime
) -> Reminder:
    """The reminder as it is kept. Raises NotReadyError for no words or a time that had gone."""
    if not words.strip():
        raise NotReadyError("Say what you want to be reminded of. Nothing was kept.")
    _ahead(due_at, at)
    return Reminder(
        id=id, by=by, words=words.strip(), due_at=due_at, made_at=at, contact_id=contact_id
    )


def as_snoozed(
    contact_id: UUID, until: datetime, why: str, *, id: UUID, by: str, at: datetime
) -> Reminder:
    """A contact put out of the schedule, as it is kept. Raises NotReadyError for no reason or a
    time that had gone."""
    why = why_given(why, "snooze it")
    _ahead(until, at)
    return Reminder(
        id=id, by=by, words="", due_at=until, made_at=at, contact_id=contact_id, snoozed=True,
        why=why,
    )  # fmt: skip


def snooze(
    desk: Desk, contact_id: UUID, until: datetime, why: str, *, at: datetime | None = None
) -> Reminder:
    """Put one's own contact out of the schedule until then, with the reason; it stays in the
    queue, and its clock runs on; `at` is when that was wanted, where that is not now. Raises
    NotReadyError for one that can't wait."""
    desk.worker.must(May.SCREEN)
    made = as_snoozed(
        contact_id, until, why, id=desk.new_id(), by=desk.worker.id, at=at or desk.now()
    )
    with desk.store.write() as tx:
        contact = hold_open(desk, tx, contact_id)
        if contact.assigned_to != desk.worker.id:
            raise NotAllowedError(
                f"{contact.reference} is not with you, so it is not yours to snooze. "
                "Nothing was changed."
            )
        counted = first_told(tx, contact)
        leading = clock.leading(clock.clocks(desk.profile, counted, desk.now()))
        rating = desk.profile.rating(contact.rating)
        starts = {"received": counted.received_at, "rated": counted.rated_at}
        refused = why_not_snoozed(
            urgent=rating is not None and rating.urgent,
            began=starts.get(leading.rule.start) if leading else None,
            due=leading.due if leading else None,
            now=desk.now(),
        )
        if not refused and leading and until > leading.due:
            refused = f"It runs out before that, at {_moment(desk, leading.due)}."
        if refused:
            raise NotReadyError(
                f"{refused} Nothing was changed. Pausing its clock needs a reason that a team "
                "leader can see."
            )
        handovers.add_reminder(tx, made)
        detail = {"until": until.isoformat(), "why": made.why}
        desk.note(tx, "contact.snoozed", contact.id, detail)
        return made


def put_off(desk: Desk, reminder_id: UUID, until: datetime) -> Reminder:
    """Be reminded later. What is snoozed is put off only by snoozing its contact again."""
    _ahead(until, desk.now())
    with desk.store.write() as tx:
        kept = _mine(desk, tx, reminder_id)
        if kept.snoozed:
            raise NotReadyError("Snooze the contact again, and say why. Nothing was changed.")
        _note(desk, tx, "reminder.put_off", kept)
        return handovers.save_reminder(tx, replace(kept, due_at=until, put_off=kept.put_off + 1))


def done(desk: Desk, reminder_id: UUID) -> Reminder:
    """It is done; it stands in today's list as done."""
    with desk.store.write() as tx:
        kept = _mine(desk, tx, reminder_id)
        _note(desk, tx, "reminder.done", kept)
        return handovers.save_reminder(tx, replace(kept, done_at=desk.now()))


def due_now(desk: Desk) -> tuple[Entry, ...]:
    """Reminders whose time has come, contacts that are back, and for a team leader the requests to
    correct a record that must be answered within a week."""
    now = desk.now()
    with desk.store.read() as tx:
        kept = handovers.reminders(tx, desk.worker.id, done_since=now)
        due = [r for r in kept if r.done_at is None and r.due_at <= now]
        named = _named(desk, tx, due)
    return (*(_reminder(desk, r, named, now) for r in due), *_to_answer(desk, now))


def _mine(desk: Desk, tx: Transaction, reminder_id: UUID) -> Reminder:
    kept = handovers.one_reminder(tx, reminder_id)
    if kept.by != desk.worker.id:
        raise NotAllowedError("This reminder is somebody else's. Nothing was changed.")
    if kept.done_at is not None:
        raise NotReadyError("This is done already. Nothing was changed.")
    return kept


def _note(desk: Desk, tx: Transaction, kind: str, made: Reminder) -> None:
    # The words are the person's own, for nobody else to read.
    desk.note(tx, kind, made.contact_id, {"reminder": str(made.id)})


def _ahead(at: datetime, now: datetime) -> None:
    if at <= now:
        raise NotReadyError("That time has gone. Nothing was kept: choose a later one.")


def _named(desk: Desk, tx: Transaction, kept: list[Reminder]) -> Mapping[UUID, Contact]:
    found = {}
    for contact_id in {r.contact_id for r in kept if r.contact_id}:
        try:
            found[contact_id] = hold(desk, tx, contact_id)
        except (NotAllowedError, NotFoundError):
            continue
    return found


def _reminder(desk: Desk, kept: Reminder, named: Mapping[UUID, Contact], now: datetime) -> Entry:
    contact = named.get(kept.contact_id) if kept.contact_id else None
    title = naming.title(contact, naming.local_day(desk.profile, now)) if contact else ""
    waits = kept.snoozed and kept.done_at is None and kept.due_at > now
    if kept.contact_id and contact is None:
        title = desk.profile.restricted_words
    words, said = kept.words, title
    if kept.snoozed:
        words, said = title, (kept.why if contact else "")
        if not waits and kept.done_at is None:
            said = f"Back: {said}"
    elif kept.contact_id and contact is None:
        words = "A reminder of a record you may not open"
    if kept.done_at is not None:
        said = f"Done {_clock(desk, kept.done_at)}"
    elif kept.put_off:
        said = f"{said}, put off {kept.put_off} times" if said else f"put off {kept.put_off} times"
    sort: Sort = "done" if kept.done_at else "snoozed" if waits else "reminder"
    return Entry(
        at=naming.local(desk.profile, kept.due_at),
        sort=sort,
        title=words,
        words=said or f"You set it at {_moment(desk, kept.made_at)}",
        contact_id=contact.id if contact else None,
        reminder=kept,
        late=sort == "reminder" and kept.due_at <= now,
    )


def _runs_out(desk: Desk, contact: Contact, now: datetime) -> list[Entry]:
    leading = clock.leading(clock.clocks(desk.profile, contact, now, dues=desk.memory.dues))
    if leading is None or leading.state == "paused" or leading.due > now + _AHEAD:
        return []
    rating = desk.profile.rating(contact.rating)
    hidden = contact.restricted and not desk.worker.may(May.OPEN_RESTRICTED)
    day = naming.local_day(desk.profile, now)
    title = desk.profile.restricted_words if hidden else naming.title(contact, day)
    return [
        Entry(
            at=naming.local(desk.profile, leading.due),
            sort="runs out",
            title=f"{title} {'ran' if leading.state == 'over' else 'runs'} out",
            words=f"{rating.label if rating else 'Not rated'}, {contact.reference}",
            contact_id=None if hidden else contact.id,
            late=leading.state == "over",
        )
    ]


def _to_answer(desk: Desk, now: datetime) -> list[Entry]:
    """Whoever asked is answered within a month (UK GDPR article 12(3)), by a team leader."""
    if not desk.worker.may(May.SIGN):
        return []
    today = naming.local_day(desk.profile, now)
    midnight = naming.local(desk.profile, now).replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        Entry(
            at=midnight + timedelta(days=(asked.answer_by - today).days),
            sort="answer",
            title=f"Correction to answer: {naming.title(asked.contact, today)}",
            words=f"By {spell_day(asked.answer_by)}, {asked.contact.reference}",
            contact_id=asked.contact.id,
            correction_id=asked.correction.id,
            late=asked.answer_by < today,
        )
        for asked in corrections.to_answer(desk)
        if asked.answer_by <= today + _AHEAD
    ]


def _hub_times(desk: Desk, now: datetime) -> list[Entry]:
    lines = []
    ends = shift_ends(desk, now)
    if ends is not None:
        lines.append(
            Entry(
                at=naming.local(desk.profile, ends),
                sort="end",
                title="End of shift",
                words="Hand over what can't wait",
            )
        )
    back = naming.local(desk.profile, back_at(desk, now))
    lines.append(Entry(at=back, sort="morning", title="Morning view", words="What the night did"))
    return lines


def _clock(desk: Desk, at: datetime) -> str:
    return f"{naming.local(desk.profile, at):%H:%M}"


def _moment(desk: Desk, at: datetime) -> str:
    local = naming.local(desk.profile, at)
    same = local.date() == naming.local_day(desk.profile, desk.now())
    return f"{local:%H:%M}" if same else spell_moment(local)
