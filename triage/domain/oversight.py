"""Access that somebody should ask about: rules that say why, in a sentence. They ask, never accuse.

The four rules are a proposal for a front door, after the questions that reports of access ask
(own family, no work with the family, hours, number); the hub's profile sets their limits.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from triage.domain.spelling import counted
from triage.domain.worker import May, Role, Worker


class Unusual(StrEnum):
    """Why a look is worth a question, the first the most."""

    OWN_NAME = "Own family name"
    MANY = "Many records"
    NIGHT = "At night"
    NEVER_WORKED = "Never worked with"


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightRules:
    """The limits, by the hub's clock. Many is so many different contacts within so many minutes."""

    night_from: time = time(22, 0)
    night_until: time = time(6, 0)
    many: int = 25
    many_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody looked at a contact. `worked` tells that they have done something else with it;
    `theirs_to_see` that it waits for anybody, or is theirs."""

    seq: int
    by: str
    at: datetime
    contact_id: UUID
    worked: bool
    theirs_to_see: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A look to ask about: the newest event of it, how many there were, and why, in a sentence
    that names the worker and the contact's reference, never the family."""

    why: Unusual
    by: str
    seq: int
    at: datetime
    contact_id: UUID | None
    count: int
    sentence: str


def questions(
    looks: Iterable[Look],
    workers: Mapping[str, Worker],
    family_names: Mapping[UUID, Collection[str]],
    references: Mapping[UUID, str],
    *,
    rules: OversightRules,
    zone: str,
) -> tuple[Question, ...]:
    """What to ask about, the weightiest rule first and within it the newest.

    `family_names` are those of each contact's children and adults, `references` what the contacts
    are called; a look whose person is not listed is left out.
    """
    seen = sorted((k for k in looks if k.by in workers), key=lambda k: k.seq)
    by_worker: dict[str, list[Look]] = {}
    for look in seen:
        by_worker.setdefault(look.by, []).append(look)
    found: list[Question] = []
    for by, theirs in by_worker.items():
        worker = workers[by]
        found += _own_name(worker, theirs, family_names, references)
        found += _many(worker, theirs, rules)
        if worker.role is not Role.NIGHT_TEAM:
            found += _night(worker, theirs, rules, ZoneInfo(zone))
        # Whoever signs off, or looks after the trail, looks at what others work on.
        if not (worker.may(May.SIGN) or worker.may(May.AUDIT)):
            found += _never_worked(worker, theirs, references)
    order = list(Unusual)
    return tuple(sorted(found, key=lambda q: (order.index(q.why), -q.seq)))


def family_name(name: str) -> str:
    """The family name in a full name, casefolded; "" for one name alone."""
    words = name.split()
    return words[-1].casefold() if len(words) > 1 else ""


def is_night(at: datetime, rules: OversightRules, zone: ZoneInfo) -> bool:
    """Whether a moment lies in the hours that nobody of the day team should work."""
    clock = at.astimezone(zone).time()
    start, end = rules.night_from, rules.night_until
    return start <= clock < end if start <= end else clock >= start or clock < end


def _own_name(
    worker: Worker,
    looks: Sequence[Look],
    family_names: Mapping[UUID, Collection[str]],
    references: Mapping[UUID, str],
) -> list[Question]:
    own = family_name(worker.name)
    if not own:
        return []
    alike: dict[UUID, list[Look]] = {}
    for look in looks:
        if own in {n.casefold() for n in family_names.get(look.contact_id, ())}:
            alike.setdefault(look.contact_id, []).append(look)
    return [
        _question(
            Unusual.OWN_NAME,
            theirs,
            f"{worker.name} looked at {_called(references, contact)}, in which somebody has the "
            "same family name.",
            contact,
        )
        for contact, theirs in alike.items()
    ]


def _many(worker: Worker, looks: Sequence[Look], rules: OversightRules) -> list[Question]:
    span, start, most = timedelta(minutes=rules.many_minutes), 0, 0
    best: Sequence[Look] = ()
    for end, look in enumerate(looks):
        while look.at - looks[start].at > span:
            start += 1
        distinct = len({k.contact_id for k in looks[start : end + 1]})
        if distinct > most:
            most, best = distinct, looks[start : end + 1]
    if most < rules.many:
        return []
    return [
        _question(
            Unusual.MANY,
            best,
            f"{worker.name} looked at {most} different contacts within "
            f"{counted(rules.many_minutes, 'minute')}.",
        )
    ]


def _night(
    worker: Worker, looks: Sequence[Look], rules: OversightRules, zone: ZoneInfo
) -> list[Question]:
    late = [k for k in looks if is_night(k.at, rules, zone)]
    if not late:
        return []
    contacts = len({k.contact_id for k in late})
    return [
        _question(
            Unusual.NIGHT,
            late,
            f"{worker.name}, who is not of the night team, looked at "
            f"{counted(contacts, 'contact')} between {rules.night_from:%H:%M} and "
            f"{rules.night_until:%H:%M}, the last at {late[-1].at.astimezone(zone):%H:%M}.",
        )
    ]


def _never_worked(
    worker: Worker, looks: Sequence[Look], references: Mapping[UUID, str]
) -> list[Question]:
    strange: dict[UUID, list[Look]] = {}
    for look in looks:
        if not look.worked and not look.theirs_to_see:
            strange.setdefault(look.contact_id, []).append(look)
    return [
        _question(
            Unusual.NEVER_WORKED,
            theirs,
            f"{worker.name} looked at {_called(references, contact)} "
            f"{_times(len(theirs))} and has done nothing with it. It is not theirs.",
            contact,
        )
        for contact, theirs in strange.items()
    ]


def _question(
    why: Unusual, looks: Sequence[Look], sentence: str, contact_id: UUID | None = None
) -> Question:
    last = looks[-1]
    return Question(
        why=why,
        by=last.by,
        seq=last.seq,
        at=last.at,
        contact_id=contact_id,
        count=len(looks),
        sentence=sentence,
    )


def _called(references: Mapping[UUID, str], contact: UUID) -> str:
    return references.get(contact, "a restricted record")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
