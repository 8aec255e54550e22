"""Clocks: when a thing is due in elapsed or working time, and how long is left.

Working time is the hub's week with its half days, closed days and bank holidays, in its own zone.
All moments are aware; spans are compared in UTC, so an hour lost or won at the change of the
clocks is neither counted twice nor not at all.
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from triage.domain.contact import ENDED, Contact
from triage.domain.errors import FanlightError
from triage.domain.profile import ClockRule, ClockUnit, Profile, WorkingTime
from triage.domain.spelling import WEEKDAYS, spell_short_day

SOON_MINUTES = 120
"""A clock is soon from two hours before it is due, as the queue's second group says."""
_DAYS_SEARCHED = 3660
_MINUTE, _SOON = timedelta(minutes=1), timedelta(minutes=SOON_MINUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """One clock of one contact now.

    `left_minutes` counts working minutes where the unit is working, and is below 0 once it is
    over. `words` is what stands beside the clock: "1 h 10 min left", "18 min over", "Wed 10:20".
    Until `until` it stands so, on the same day at the hub.
    """

    rule: ClockRule
    label: str
    due: datetime
    left_minutes: int
    state: Literal["normal", "soon", "over", "paused"]
    words: str
    until: datetime = field(compare=False)


def open_span(day: date, working_time: WorkingTime) -> tuple[datetime, datetime] | None:
    """When the hub opens and closes on `day`, in UTC; None on a day it is closed."""
    if day in working_time.closed or day.weekday() not in working_time.week:
        return None
    opens, closes = working_time.half_days.get(day, working_time.week[day.weekday()])
    zone = ZoneInfo(working_time.zone)
    return (
        datetime.combine(day, opens, zone).astimezone(UTC),
        datetime.combine(day, closes, zone).astimezone(UTC),
    )


def working_minutes(start: datetime, end: datetime, working_time: WorkingTime) -> int:
    """Whole working minutes from `start` to `end`, rounded down; below 0 where end is first."""
    if end < start:
        return -working_minutes(end, start, working_time)
    return working_span(start, end, working_time) // _MINUTE


def working_span(start: datetime, end: datetime, working_time: WorkingTime) -> timedelta:
    """The working time from `start` to `end`; nothing where end is first."""
    zone = ZoneInfo(working_time.zone)
    day, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    total = timedelta()
    while day <= last:
        if span := open_span(day, working_time):
            total += max(min(span[1], end) - max(span[0], start), timedelta())
        day += timedelta(days=1)
    return total


def add_working_minutes(start: datetime, minutes: int, working_time: WorkingTime) -> datetime:
    """The moment `minutes` of working time after `start`, always within the hub's hours (UTC).

    Raises FanlightError where the hub's hours hold no working time within ten years.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in _spans_from(start, working_time):
        begins = max(opens, start.astimezone(UTC))
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    raise _never_open()


def add_working_days(start: datetime, days: int, working_time: WorkingTime) -> datetime:
    """The same time of day, `days` working days on (UTC); at closing where it closes earlier.

    What arrives outside working hours counts from the next opening.
    Raises FanlightError where the hub's hours hold no working time within ten years.
    """
    zone = ZoneInfo(working_time.zone)
    at = None
    for opens, closes in _spans_from(start, working_time):
        if at is None:
            at = max(opens, start.astimezone(UTC)).astimezone(zone).time()
        if days == 0:
            same = datetime.combine(opens.astimezone(zone).date(), at, zone).astimezone(UTC)
            return min(max(same, opens), closes)
        days -= 1
    raise _never_open()


def due(start: datetime, rule: ClockRule, working_time: WorkingTime) -> datetime:
    """When the clock that began at `start` is due (UTC). Raises as add_working_minutes does."""
    if rule.unit is ClockUnit.ELAPSED:
        return start.astimezone(UTC) + timedelta(hours=rule.amount)
    if rule.unit is ClockUnit.WORKING_HOURS:
        return add_working_minutes(start, round(rule.amount * 60), working_time)
    return add_working_days(start, round(rule.amount), working_time)


def state(
    rule: ClockRule,
    start: datetime,
    now: datetime,
    working_time: WorkingTime,
    paused: bool = False,
    *,
    at: datetime | None = None,
) -> ClockState:
    """How the clock stands at `now`. A pause holds the alarm; the due time stays where it was.

    `at` is when it is due, where that was worked out before.
    """
    at = at or due(start, rule, working_time)
    if rule.unit is ClockUnit.ELAPSED:
        left, rest = divmod(at - now, _MINUTE)
    elif now <= at:
        left, rest = divmod(working_span(now, at, working_time), _MINUTE)
    else:
        gone, since = divmod(working_span(at, now, working_time), _MINUTE)
        left, rest = -gone, _MINUTE - since
    over = now > at
    quiet = paused and rule.pauses
    standing: Literal["normal", "soon", "over", "paused"] = "normal"
    if quiet:
        standing = "paused"
    elif over:
        standing = "over"
    elif left <= SOON_MINUTES:
        standing = "soon"
    return ClockState(
        rule=rule,
        label=rule.label,
        due=at,
        left_minutes=left,
        state=standing,
        words="Paused" if quiet else _words(at, now, left, over, working_time),
        # No working time passes faster than time; at these two moments it stands otherwise.
        until=min((now + rest, *(moment for moment in (at - _SOON, at) if moment > now))),
    )


def clocks(
    profile: Profile,
    contact: Contact,
    now: datetime,
    *,
    asked_at: datetime | None = None,
    dues: MutableMapping[tuple[str, datetime], datetime] | None = None,
) -> tuple[ClockState, ...]:
    """Every clock that runs for the contact, in the profile's order; none once it is decided.

    `asked_at` is when a partner was asked, for the clocks that time its reply. `dues` keeps due
    times by rule and start for the next call with this profile: they never change.
    """
    if contact.state in ENDED:
        return ()
    starts = {"received": contact.received_at, "rated": contact.rated_at, "asked": asked_at}
    rating = contact.rating or "unrated"
    running: list[ClockState] = []
    for rule in profile.clocks:
        start = starts[rule.start]
        if rule.rating not in ("", rating) or start is None:
            continue
        at = dues.get((rule.id, start)) if dues is not None else None
        found = state(rule, start, now, profile.working_time, bool(contact.paused_reason), at=at)
        if dues is not None:
            dues[rule.id, start] = found.due
        running.append(found)
    return tuple(running)


def leading(running: tuple[ClockState, ...]) -> ClockState | None:
    """The clock for the queue's row: of those that lead, the first due that is over or soon.

    A pause shows only while nothing presses; else the first due. None where no clock leads.
    """
    lead = sorted((c for c in running if c.rule.leads), key=lambda c: c.due)
    pressing = [c for c in lead if c.state in ("over", "soon")]
    paused = [c for c in lead if c.state == "paused"]
    return next(iter(pressing or paused or lead), None)


def _spans_from(start: datetime, working_time: WorkingTime) -> Iterator[tuple[datetime, datetime]]:
    """The hub's open spans that end after `start`, one after the other, for ten years."""
    day = start.astimezone(ZoneInfo(working_time.zone)).date()
    for ahead in range(_DAYS_SEARCHED):
        span = open_span(day + timedelta(days=ahead), working_time)
        if span and span[1] > start:
            yield span


def _never_open() -> FanlightError:
    return FanlightError(
        "The hub's hours hold no working time, so nothing can fall due. Nothing was changed. "
        "Ask an administrator to look at hours.toml."
    )


def _words(at: datetime, now: datetime, left: int, over: bool, working_time: WorkingTime) -> str:
    if over:
        return f"{_length(max(-left, 1))} over"
    zone = ZoneInfo(working_time.zone)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today or at - now <= timedelta(minutes=SOON_MINUTES):
        return f"{_length(left)} left" if left > 0 else "Due now"
    day = WEEKDAYS[local.weekday()][:3]
    if local.date() - today >= timedelta(days=7):
        day = f"{day} {spell_short_day(local)}"
    return f"{day} {local:%H:%M}"


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02d} min" if hours else f"{rest} min"
