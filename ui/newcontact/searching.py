"""The search while one types: off the window's thread, into one view."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain import clock
from triage.domain.contact import Contact, Content
from triage.domain.episode import SuggestionState
from triage.domain.spelling import spell_short_day
from triage.workflow import join, match, naming, people
from triage.workflow.desk import Desk
from ui.newcontact.call_header import about_words
from ui.newcontact.seen import (
    LookedAt,
    OpenSeen,
    RecordSeen,
    SeenView,
    record_line,
    record_name,
    shared_words,
)

_STANDS = {SuggestionState.JOINED: "joined", SuggestionState.KEPT_APART: "kept apart"}


def signature(content: Content) -> tuple[object, ...]:
    """What a search depends on; the same again need not be searched."""
    return (
        tuple(
            (c.key, c.given.value, c.family.value, c.dob.value, c.age_text.value, c.school.value)
            for c in content.children
        ),
        tuple((a.key, a.name.value, a.relationship.value) for a in content.adults),
        content.address.line.value,
        content.address.postcode.value,
    )


def look(desk: Desk, contact: Contact, content: Content) -> SeenView:
    """Open contacts and records that look like what is typed so far."""
    found = match.search_typing(desk, content, contact=contact)
    names = {c.key: c.name for c in content.children} | {
        a.key: a.name.value or "Name not known" for a in content.adults
    }
    at, alike = desk.now(), _open(desk, contact, content)
    return SeenView(
        open=alike,
        people=tuple(
            (
                key,
                names.get(key, ""),
                tuple(
                    RecordSeen(
                        person=key,
                        candidate=candidate,
                        name=record_name(candidate),
                        line=record_line(candidate, desk),
                    )
                    for candidate in candidates
                ),
            )
            for key, candidates in found
        ),
        places=places(desk, at if found or alike else None),
        at=at,
    )


def _open(desk: Desk, contact: Contact, content: Content) -> tuple[OpenSeen, ...]:
    others = match.open_matches(desk, content, contact=contact)
    if not others:
        return ()
    staff = {worker.id: worker.name for worker in people.workers(desk)}
    settled = {
        pair.other.id: _STANDS.get(pair.suggestion.state, "")
        for pair in join.suggestions(desk, contact.id)
    }
    now, zone = desk.now(), ZoneInfo(desk.profile.working_time.zone)
    today = naming.local_day(desk.profile, now)
    seen = []
    for other in others:
        at = other.received_at.astimezone(zone)
        day = "today" if at.date() == today else spell_short_day(at)
        held = staff.get(other.assigned_to or "", "")
        line = f"{other.reference} · {naming.source(other, desk.profile)}, {day} {at:%H:%M}"
        seen.append(
            OpenSeen(
                contact=other,
                title=about_words(other.content) or naming.title(other, today),
                line=f"{line} · with {held}" if held else f"{line} · nobody has it yet",
                why=shared_words(content, other.content),
                leading=clock.leading(clock.clocks(desk.profile, other, now)),
                stands=settled.get(other.id, ""),
            )
        )
    return tuple(seen)


def places(
    desk: Desk, at: datetime | None = None, *, looking: bool = False
) -> tuple[LookedAt, ...]:
    """Where is looked: each partner, how it answered and when."""
    zone = ZoneInfo(desk.profile.working_time.zone)
    found = []
    for partner in desk.people.partners:
        state = desk.people.state(partner)
        name = desk.people.name(partner)
        if not state.searchable:
            words = state.problem or "nothing to search"
            found.append(LookedAt(name=name, state="problem", words=words))
        elif looking:
            found.append(LookedAt(name=name, state="looking", words="looking"))
        elif at is None:
            found.append(LookedAt(name=name, state="not yet", words="not yet"))
        else:
            words = f"{at.astimezone(zone):%H:%M:%S}"
            if state.problem:
                words = f"{words}, {state.problem}"
            found.append(LookedAt(name=name, state="answered", words=words))
    return tuple(found)
