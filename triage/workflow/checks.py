"""The checks beside a decision that waits to be signed. Each warns; none blocks by itself."""

from __future__ import annotations

from collections.abc import Sequence

from triage.domain.decision import Check, DecisionVersion, Weight
from triage.domain.lookup import Outcome
from triage.domain.spelling import counted
from triage.storage.engine import Transaction
from triage.workflow import known
from triage.workflow.desk import Desk


def checks_of(desk: Desk, tx: Transaction, version: DecisionVersion) -> tuple[Check, ...]:
    """The checks beside a decision. One that is not passed warns; it never blocks by itself."""
    results = known.results_for(desk, tx, version.contact_id)
    verdicts = known.verdicts_for(desk, tx, version.contact_id)
    needed = [p for p in version.problems if p.weight is Weight.NEEDED]
    against = [p for p in version.problems if p.weight is Weight.CONTRADICTS]
    unjudged = {
        p.name: len(found)
        for p in version.people
        if (found := known.left_to_check(results, verdicts, p.key))
    }
    linked = sum(len(p.records) for p in version.people)
    silent = [
        (desk.partner_name(r.partner), r.problem)
        for r in results
        if r.outcome in (Outcome.UNAVAILABLE, Outcome.DENIED, Outcome.BAD_RESPONSE)
        and r.partner in desk.partners
    ]
    heard = {r.partner for r in results}
    unheard = ", ".join(desk.partner_name(p) for p in desk.partners if p not in heard)
    return (
        Check(
            sentence="All needed parts are done" if not needed else "Something needed is missing",
            passed=not needed,
            detail=" ".join(p.sentence for p in needed[:3]),
        ),
        Check(
            # As its rule words it: what is left out is no contradiction.
            sentence=(
                against[0].sentence.removesuffix(".") if against else "No answer to look at again"
            ),
            passed=not against,
            detail=" ".join(p.sentence for p in against[1:4]),
        ),
        *_answered(
            desk, version, "lawful_basis", "Lawful basis recorded", "No lawful basis recorded"
        ),
        *_voices(desk, version),
        Check(
            sentence=(
                f"{counted(linked, 'record')} linked, none left to check"
                if not unjudged
                else "Records are left to check"
            ),
            passed=not unjudged,
            detail=", ".join(f"{name}: {number}" for name, number in unjudged.items()),
        ),
        _looked_up(silent, unheard),
    )


def _looked_up(silent: Sequence[tuple[str, str]], unheard: str) -> Check:
    if silent:
        (name, problem), *_ = silent
        return Check(sentence=f"{name} could not be looked up", passed=False, detail=problem)
    if unheard:
        # Nobody failed; that all were looked up would be untrue.
        return Check(
            sentence="No partner failed to answer", passed=True, detail=f"Nothing yet: {unheard}."
        )
    return Check(sentence="Every partner could be looked up", passed=True)


def _asks(desk: Desk, question: str) -> bool:
    return any(q.id == question for part in desk.profile.parts for q in part.questions)


def _answered(
    desk: Desk, version: DecisionVersion, question: str, done: str, missing: str
) -> tuple[Check, ...]:
    if not _asks(desk, question):
        return ()
    passed = bool(version.answers.get(question))
    return (Check(sentence=done if passed else missing, passed=passed),)


def _voices(desk: Desk, version: DecisionVersion) -> tuple[Check, ...]:
    if not _asks(desk, "voice"):
        return ()
    told = ("voice", "voice_why_not", "heard")
    silent = [
        p.name
        for p in version.people
        if p.is_child
        and not any(version.answers.get(f"{q}@{p.key}") or version.answers.get(q) for q in told)
    ]
    return (
        Check(
            sentence=(
                "Children's voices recorded for each child"
                if not silent
                else "A child's voice is not recorded"
            ),
            passed=not silent,
            detail=", ".join(silent),
        ),
    )
