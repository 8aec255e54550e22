"""Passing contacts on at the end of a shift, and a person's own reminders of what comes next."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID


class OfferState(StrEnum):
    """Where the handing over of a contact stands. It is with the giver until accepted."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"


LIVE = (OfferState.DRAFT, OfferState.OFFERED)
"""States in which a contact is still on its way from one person to another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A contact held out to somebody by name, with what is next, when, and words for them.

    `to` is "" while a draft names nobody. `answer` is why it was not taken.
    """

    id: UUID
    contact_id: UUID
    by: str
    to: str
    at: datetime
    next_step: str = ""
    next_at: datetime | None = None
    words: str = ""
    state: OfferState = OfferState.DRAFT
    answered_at: datetime | None = None
    answer: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What somebody wants to be reminded of, by themselves and for nobody else.

    One of a `snoozed` contact comes back for `why` it waits; `put_off` counts how often it was
    put off. `done_at` is None until it is done.
    """

    id: UUID
    by: str
    words: str
    due_at: datetime
    made_at: datetime
    contact_id: UUID | None = None
    snoozed: bool = False
    why: str = ""
    put_off: int = 0
    done_at: datetime | None = None
    version: int = 1


def why_not_snoozed(
    *, urgent: bool, began: datetime | None, due: datetime | None, now: datetime
) -> str:
    """Why a contact can't be put out of sight for a while; "" where it can.

    A Red never can, nor one past half of the time of the clock that leads (`began` to `due`).
    """
    if urgent:
        return "An urgent contact can't be snoozed."
    if began is not None and due is not None and now - began > (due - began) / 2:
        return "More than half of its time has gone, so it can't be snoozed."
    return ""


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(?:([a-z]+)\.?\s+)?(?:at\s+)?(\d{1,2})[:.](\d{2})", re.IGNORECASE)


def next_time(words: str, now: datetime) -> datetime | None:
    """The next moment that "18:00", "tomorrow 9:30" or "Wed 09:30" means, by the clock that `now`
    is of; None where the words are no such time."""
    found = _TIME.fullmatch(words.strip())
    if found is None:
        return None
    named, hour, minute = (found[1] or "").casefold(), int(found[2]), int(found[3])
    if hour > 23 or minute > 59:
        return None
    at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if not named or named == "today":
        return at if at > now or named else at + timedelta(days=1)
    if named == "tomorrow":
        return at + timedelta(days=1)
    if named[:3] not in _DAYS:
        return None
    at += timedelta(days=(_DAYS.index(named[:3]) - now.weekday()) % 7)
    return at if at > now else at + timedelta(days=7)
