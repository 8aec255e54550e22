"""How each partner stands for a contact, in words: only nobody found reads as "no trace"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from triage.domain.lookup import (
    UNANSWERED,
    LookupResult,
    Outcome,
    PartnerState,
    Verdict,
    is_silent,
)
from triage.domain.settling import left_open
from triage.domain.worker import May
from triage.workflow.desk import Desk
from triage.workflow.known import TO_CHECK, standing

_MOST_TELLING = (
    Outcome.MANY,
    Outcome.FOUND,
    Outcome.POTENTIAL,
    Outcome.LOW,
    Outcome.RESTRICTED,
    Outcome.UNAVAILABLE,
    Outcome.DENIED,
    Outcome.BAD_RESPONSE,
    Outcome.NOT_CHECKED,
    Outcome.NOT_FOUND,
)
_HELD = frozenset({Outcome.MANY, Outcome.FOUND, Outcome.POTENTIAL, Outcome.LOW, Outcome.RESTRICTED})
_SAID = {
    Outcome.NOT_FOUND: "no trace",
    Outcome.UNAVAILABLE: "no answer",
    Outcome.DENIED: "refused",
    Outcome.BAD_RESPONSE: "answer can't be read",
    Outcome.NOT_CHECKED: "not asked",
}


def partner_states(
    desk: Desk, results: Iterable[LookupResult], verdicts: Iterable[Verdict] = ()
) -> tuple[PartnerState, ...]:
    """How each partner stands for a contact, the most telling answer of any person first."""
    standing_ones = tuple(standing(verdicts).values())
    by_partner: dict[str, list[LookupResult]] = {}
    for result in results:
        by_partner.setdefault(result.partner, []).append(result)
    return tuple(
        _state(desk, partner, by_partner.get(partner, []), standing_ones)
        for partner in dict.fromkeys((*desk.partners, *by_partner))
    )


def _state(
    desk: Desk, partner: str, answers: list[LookupResult], verdicts: tuple[Verdict, ...]
) -> PartnerState:
    name, live = desk.partner_name(partner), partner in desk.live.partners
    connection = desk.live.connection(partner, desk.now())
    paused = connection.paused_until if connection else None
    if not answers:
        return PartnerState(
            partner=partner,
            name=name,
            outcome=Outcome.NOT_CHECKED,
            words=f"not looked up yet, {_until(desk, paused)}" if paused else "not looked up yet",
            live=live,
            paused_until=paused,
        )
    counts = {o: sum(a.outcome is o for a in answers) for o in Outcome}
    outcome = next(o for o in _MOST_TELLING if counts[o])
    if outcome in UNANSWERED and not is_silent([a.outcome for a in answers]):
        outcome = Outcome.NOT_FOUND  # they looked; an adult of whom too little is known waits
    late = any(a.late for a in answers)
    recorded = words = _words(desk, outcome, counts, answers)
    if paused:
        words += f", {_until(desk, paused)}"
    if late:
        words, recorded = f"{words}, late", f"{recorded}, late"
    problem = next((a.problem for a in answers if a.problem), "")
    if problem and outcome is not Outcome.RESTRICTED:
        recorded += f". {problem.split('. ')[0].rstrip('.')}"
    return PartnerState(
        partner=partner,
        name=name,
        outcome=outcome,
        words=words + (f". {problem}" if problem and outcome is not Outcome.RESTRICTED else ""),
        at=max((a.answered_at or a.asked_at for a in answers), default=None),
        as_of=max((a.as_of for a in answers if a.as_of), default=None),
        counts={o.value: count for o, count in counts.items() if count},
        settling=" ".join(dict.fromkeys(said for a in answers if (said := left_open(a, verdicts)))),
        live=live,
        late=late,
        paused_until=paused,
        recorded=recorded,
        wider=tuple(a.subject.person for a in answers if a.wider_possible),
    )


def in_trouble(desk: Desk) -> tuple[str, ...]:
    """The live partners that are paused, or did not answer when they were asked last, each in
    words; nobody is asked."""
    ways = (desk.live.connection(partner, desk.now()) for partner in desk.live.partners)
    return tuple(
        f"{way.name} {_until(desk, way.paused_until) if way.paused_until else 'did not answer'}"
        for way in ways
        if way is not None and (way.paused_until or way.problem)
    )


def _words(
    desk: Desk, outcome: Outcome, counts: Mapping[Outcome, int], answers: list[LookupResult]
) -> str:
    silent = [o for o in _MOST_TELLING if counts[o] and o not in _HELD]
    if outcome not in _HELD:
        if len(silent) == 1:
            return _SAID[outcome]
        # What is known comes first; the rest must not read as if it were the same.
        return ", ".join(f"{_SAID[o]} for {counts[o]}" for o in reversed(silent))
    records = sum(1 for a in answers for c in a.candidates if c.band in TO_CHECK)
    many = "" if records == 1 else "s"
    said = {
        Outcome.FOUND: f"{records} record{many}",
        Outcome.POTENTIAL: f"{records} likely record{many}",
        Outcome.LOW: f"{records} possible record{many}" if records else "unlikely records only",
        Outcome.MANY: f"{records} records to tell apart" if records else "too many to be named",
        Outcome.RESTRICTED: (
            "restricted record"
            if desk.worker.may(May.OPEN_RESTRICTED)
            else "restricted, ask a team leader"
        ),
    }[outcome]
    missing = [f"{_SAID[o]} for {counts[o]}" for o in silent if o is not Outcome.NOT_FOUND]
    return ", ".join((said, *missing))


def _until(desk: Desk, moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(desk.profile.working_time.zone))
    return f"paused until {local:%H:%M}"
