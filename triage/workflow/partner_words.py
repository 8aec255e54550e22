"""What partners answered about one person, in words: where a fact is from, and who did not help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from triage.domain.lookup import ANSWERED, Candidate, LookupResult, Outcome
from triage.domain.spelling import spell_short_day
from triage.workflow.desk import Desk
from triage.workflow.known import TO_CHECK

RESTRICTED_ELSEWHERE = (
    "Another partner holds this person as restricted. This address may be out of date, or a danger "
    "to them: check it before it is used or shared."
)
_GROUPS = (
    (Outcome.NOT_FOUND, "No trace"),
    (Outcome.RESTRICTED, "Restricted"),
    (Outcome.UNAVAILABLE, "No answer"),
    (Outcome.DENIED, "Refused"),
    (Outcome.BAD_RESPONSE, "Answer can't be read"),
    (Outcome.NOT_CHECKED, "Not asked"),
)


def came(desk: Desk, result: LookupResult) -> str:
    """Where an answer comes from and as of when: "answered 14:03, late", "list of 24 Nov"."""
    if not result.live:
        return f"list of {spell_short_day(result.as_of)}" if result.as_of else ""
    at = (result.answered_at or result.asked_at).astimezone(_zone(desk))
    today = desk.now().astimezone(_zone(desk)).date()
    day = "" if at.date() == today else f" on {spell_short_day(at.date())}"
    return f"answered {at:%H:%M}{day}{', late' if result.late else ''}"


def line(desk: Desk, result: LookupResult, candidate: Candidate) -> str:
    """One record's own line: partner, number, as of when, how it stands there, their score."""
    score = candidate.partner_score
    theirs = f"their own score {score:.2f}" if score is not None else ""
    record = candidate.record
    words = (
        desk.partner_name(record.partner),
        record.record_id,
        came(desk, result),
        record.fields.get("status", ""),
        theirs,
    )
    return " · ".join(w for w in words if w)


def looked(desk: Desk, results: Iterable[LookupResult]) -> str:
    """Where was looked, with the day or time of each; those that did not look are not named."""
    said = []
    for result in results:
        if result.outcome in ANSWERED:
            when = came(desk, result).removeprefix("list of ").removeprefix("answered ")
            said.append(f"{desk.partner_name(result.partner)}{f' ({when})' if when else ''}")
    return f"Looked in {', '.join(said)}." if said else ""


def asked(desk: Desk, results: Sequence[LookupResult]) -> str:
    """Who has no record to show, told apart by why: "No trace: Education. No answer: Housing"."""
    groups = []
    for outcome, words in _GROUPS:
        names = [desk.partner_name(r.partner) for r in results if r.outcome is outcome]
        if names:
            groups.append(f"{words}: {', '.join(names)}.")
    return " ".join(groups)


def problems(desk: Desk, results: Iterable[LookupResult]) -> tuple[str, ...]:
    """What did not answer, so that nothing found does not read as nothing there; each once."""
    said: list[str] = []
    for result in results:
        name = desk.partner_name(result.partner)
        words = result.problem
        if result.outcome is Outcome.RESTRICTED and not words:
            words = "There is a restricted record. Ask a team leader to look."
        if not words:
            continue
        said.append(words if words.startswith(name) else f"{name}: {words}")
    return tuple(dict.fromkeys(said))


def warnings(results: Iterable[LookupResult], candidate: Candidate) -> tuple[str, ...]:
    """What to mind of a record: an address of somebody whom another partner holds as restricted.

    `results` are those of the same person.
    """
    record = candidate.record
    placed = record.fields.get("address") or record.fields.get("postcode")
    if record.restricted or not placed:
        return ()
    hidden = any(
        r.outcome is Outcome.RESTRICTED
        or any(c.record.restricted and c.band in TO_CHECK for c in r.candidates)
        for r in results
        if r.partner != record.partner
    )
    return (RESTRICTED_ELSEWHERE,) if hidden else ()


def _zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.profile.working_time.zone)
