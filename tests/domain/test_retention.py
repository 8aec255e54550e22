"""When a record falls due: by the longest rule that applies, never early for want of a date."""

from datetime import date

from triage.domain.retention import CountedFrom, RetentionRule, due_on

NFA = RetentionRule(
    id="nfa", label="", outcomes=("nfa",), years=6, counted_from=CountedFrom.ENDED, source=""
)
NEED = RetentionRule(
    id="need",
    label="",
    outcomes=("assessment",),
    years=3,
    counted_from=CountedFrom.EIGHTEEN,
    source="",
)
RULES = (NFA, NEED)
ENDED = date(2026, 3, 1)


def test_record_falls_due_by_the_longest_of_the_rules_for_its_outcomes() -> None:
    assert due_on(RULES, ["nfa"], ENDED, [date(2019, 4, 5)]) == (date(2032, 3, 1), NFA)
    both = due_on(RULES, ["nfa", "assessment"], ENDED, [date(2019, 4, 5)])
    assert both == (date(2040, 4, 5), NEED)


def test_years_run_from_the_youngest_childs_eighteenth_birthday() -> None:
    found = due_on(RULES, ["assessment"], ENDED, [date(2010, 1, 1), date(2020, 2, 29)])
    assert found == (date(2041, 3, 1), NEED)


def test_child_of_unknown_birth_counts_as_born_the_day_it_ended() -> None:
    assert due_on(RULES, ["assessment"], ENDED, [date(2010, 1, 1), None]) == (
        date(2047, 3, 1),
        NEED,
    )


def test_work_that_ended_after_the_birthday_counts_from_its_end() -> None:
    assert due_on(RULES, ["assessment"], ENDED, [date(2000, 1, 1)]) == (date(2029, 3, 1), NEED)


def test_outcome_that_no_rule_names_is_kept_for_good() -> None:
    assert due_on(RULES, ["nfa", "court"], ENDED, []) is None
    assert due_on(RULES, [], ENDED, []) is None
