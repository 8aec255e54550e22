"""retention.toml: how long records are kept. A hub may do without it, and then keeps everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from triage.domain.profile import Code
from triage.domain.retention import NO_CONTACT, SET_ASIDE, CountedFrom, RetentionRule
from triage.workflow.profile_entries import Dated, Entry, Name, Words
from triage.workflow.profile_files import Reading, toml_file

FILE = "retention.toml"


class RuleEntry(Dated):
    """One rule."""

    id: Name
    label: Words
    outcomes: Annotated[tuple[Name, ...], Field(min_length=1)]
    years: Annotated[int, Field(ge=1, le=150)]
    counted_from: CountedFrom
    source: Words


class RetentionFile(Entry):
    """retention.toml."""

    rule: tuple[RuleEntry, ...] = ()


def retention_rules(
    reading: Reading, codes: Mapping[str, tuple[Code, ...]]
) -> tuple[RetentionRule, ...]:
    """The rules in force; every fault is noted with its line."""
    if not (reading.folder / FILE).exists():
        return ()
    said, source = toml_file(reading, FILE, RetentionFile)
    if said is None:
        return ()
    known = {c.code for c in codes.get("outcome", ())} | {SET_ASIDE, NO_CONTACT}
    taken: dict[str, str] = {}
    for at, rule in enumerate(said.rule):
        for outcome in rule.outcomes:
            where = ("rule", at, "outcomes")
            if outcome not in known:
                words = f"“{outcome}” is no outcome of codes/outcome.csv."
                reading.fault(source, where, words)
            if reading.in_force(rule) and taken.setdefault(outcome, rule.id) != rule.id:
                words = f"“{outcome}” stands in “{taken[outcome]}” already."
                reading.fault(source, where, words)
    return tuple(
        RetentionRule(
            id=r.id,
            label=r.label,
            outcomes=r.outcomes,
            years=r.years,
            counted_from=r.counted_from,
            source=r.source,
        )
        for r in said.rule
        if reading.in_force(r)
    )
