"""The meter names what is missing and what contradicts; it fills nothing in and stops nobody."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.values import TODAY, contact, draft, profile, question, result, with_content
from triage.domain.completeness import (
    completeness,
    is_parent,
    visible_questions,
    with_rating,
    word_count,
)
from triage.domain.contact import Adult, Child, Contact
from triage.domain.decision import Completeness, DecisionDraft, Weight
from triage.domain.fact import Fact, read
from triage.domain.lookup import Outcome
from triage.domain.profile import (
    AskedOf,
    Code,
    Condition,
    Part,
    Profile,
    Question,
    QuestionKind,
    Rule,
)

CHOICE, CHOICES = QuestionKind.CHOICE, QuestionKind.CHOICES
CHILD, PARENT = AskedOf.EACH_CHILD, AskedOf.EACH_PARENT


def form(*questions: Question, rules: tuple[Rule, ...] = ()) -> Profile:
    return profile(Part(id="p", title="Part", questions=questions), rules=rules)


def rule(sentence: str, *when: Condition, at: str) -> Rule:
    return Rule(id="r", sentence=sentence, when=when, part="p", question=at)


def meter(hub: Profile, answers: DecisionDraft, case: Contact | None = None) -> Completeness:
    return completeness(hub, answers, case or contact(), today=TODAY)


def keys(hub: Profile, answers: DecisionDraft, case: Contact | None = None) -> list[str]:
    asked = visible_questions(hub, answers, case or contact(), TODAY)
    return [f"{a.question.id}@{a.person}" for a in asked]


def test_needed_and_advised_are_counted_apart_and_in_the_order_of_the_form() -> None:
    hub = form(question("one", needed=True), question("two", advised=True), question("three"))
    got = meter(hub, draft(three="words"))
    assert (got.done, got.total, got.needed, got.advised) == (0, 2, 1, 1)
    assert [(p.question, p.weight) for p in got.problems] == [
        ("one", Weight.NEEDED),
        ("two", Weight.ADVISED),
    ]
    assert not got.parts[0].done
    assert meter(hub, draft(one="x", two="y")).parts[0].done


def test_blank_words_and_no_codes_are_no_answer() -> None:
    hub = form(question("one", needed=True), question("two", CHOICES, codes="risks", needed=True))
    assert meter(hub, draft(one="  \n", two=())).needed == 2


def test_each_child_and_each_parent_is_asked_by_name() -> None:
    hub = form(
        question("voice", asked_of=CHILD, needed=True),
        question("view", asked_of=PARENT, needed=True),
    )
    got = meter(hub, draft(voice__c1="“I put Theo under my bed.”"))
    assert keys(hub, draft()) == ["voice@c1", "voice@c2", "view@a1"]
    assert [p.sentence for p in got.problems] == [
        "Voice, Theo: not answered yet.",
        "View, Carla Rowe: not answered yet.",
    ]


def test_a_question_of_each_child_is_not_lost_where_no_child_is_known_yet() -> None:
    hub = form(question("voice", asked_of=CHILD, needed=True), question("view", asked_of=PARENT))
    assert keys(hub, draft(), with_content(children=(), adults=())) == ["voice@", "view@"]


def test_a_question_shows_and_is_needed_only_when_its_conditions_hold() -> None:
    on = (Condition(question="outcome", any_of=("nfa",)),)
    hub = form(
        question("outcome", CHOICES, codes="outcomes", asked_of=CHILD),
        question("why", shown_when=on, needed_when=on, advised=True),
        question("each_why", asked_of=CHILD, shown_when=on, advised=True),
    )
    assert keys(hub, draft()) == ["outcome@c1", "outcome@c2"]
    one = draft(outcome__c2=("nfa", "advice"))
    assert keys(hub, one) == ["outcome@c1", "outcome@c2", "why@", "each_why@c2"]
    assert (meter(hub, one).needed, meter(hub, one).advised) == (1, 1)


def test_a_question_out_of_force_is_not_asked() -> None:
    hub = form(
        question("old", until_day=date(2026, 11, 23)),
        question("coming", from_day=date(2026, 11, 25)),
        question("now", from_day=TODAY, until_day=TODAY),
    )
    assert keys(hub, draft()) == ["now@"]


def test_green_with_an_injury_is_named_and_counted_in_nothing() -> None:
    hub = form(
        question("rating", CHOICE, codes="rating"),
        question("raises", CHOICES, codes="risks"),
        rules=(
            rule(
                "Rated Green, but an injury is recorded.",
                Condition(fact="rating", any_of=("green",)),
                Condition(question="raises", any_of=("injury",)),
                at="rating",
            ),
        ),
    )
    got = meter(hub, draft(rating="green", raises=("afraid", "injury")))
    assert [(p.weight, p.sentence) for p in got.problems] == [
        (Weight.CONTRADICTS, "Rated Green, but an injury is recorded.")
    ]
    assert got.needed == got.total == 0
    assert not meter(hub, draft(rating="red", raises=("injury",))).problems
    assert meter(hub, draft(raises=("injury",)), contact(rating="green")).problems


def test_earlier_contacts_not_addressed_are_named_with_their_number() -> None:
    hub = form(
        question("repeat"),
        rules=(
            rule(
                "{repeat_contacts} contacts in {repeat_months} months, not addressed.",
                Condition(fact="repeat_contacts", at_least=3),
                Condition(question="repeat", empty=True),
                at="repeat",
            ),
        ),
    )
    got = completeness(hub, draft(), contact(), today=TODAY, repeat_contacts=4)
    assert [p.sentence for p in got.problems] == ["4 contacts in 12 months, not addressed."]
    said = draft(repeat="The same each time.")
    assert not completeness(hub, said, contact(), today=TODAY, repeat_contacts=4).problems
    assert not completeness(hub, draft(), contact(), today=TODAY, repeat_contacts=2).problems


def test_a_contradiction_is_about_the_child_it_holds_for() -> None:
    when = (
        Condition(question="level", any_of=("4",)),
        Condition(question="outcome", any_of=("nfa",)),
        Condition(question="outcome", none_of=("strategy",)),
    )
    outcome = question("outcome", CHOICES, codes="outcomes", asked_of=CHILD)
    answers = draft(level="4", outcome__c1=("strategy",), outcome__c2=("nfa",))
    at_outcome = form(
        question("level"), outcome, rules=(rule("Nothing for {person}.", *when, at="outcome"),)
    )
    at_level = form(
        question("level"), outcome, rules=(rule("Nothing for {person}.", *when, at="level"),)
    )
    assert [(p.person, p.sentence) for p in meter(at_outcome, answers).problems] == [
        ("c2", "Nothing for Theo.")
    ]
    assert [(p.person, p.sentence) for p in meter(at_level, answers).problems] == [
        ("", "Nothing for Theo.")
    ]


def test_a_rule_about_a_level_holds_for_the_levels_within_it() -> None:
    levels = (Code(code="2", label="2"), Code(code="2a", label="2a", parent="2"))
    hub = form(
        question("level", CHOICE, codes="levels"),
        rules=(rule("Level 2.", Condition(question="level", any_of=("2",)), at="level"),),
    )
    hub = replace(hub, codes={**hub.codes, "levels": levels})
    assert [p.sentence for p in meter(hub, draft(level="2a")).problems] == ["Level 2."]
    assert [p.sentence for p in meter(hub, draft(level="2")).problems] == ["Level 2."]
    other = replace(
        hub, rules=(rule("No.", Condition(question="level", any_of=("2a",)), at="level"),)
    )
    assert not meter(other, draft(level="2")).problems


def test_codes_that_stand_below_each_other_in_a_ring_end() -> None:
    ring = (Code(code="a", label="a", parent="b"), Code(code="b", label="b", parent="a"))
    hub = replace(form(question("level")), codes={"levels": ring})
    assert hub.above("levels", ("a",)) == {"a", "b"}


def test_an_unborn_child_is_the_one_the_rule_is_about() -> None:
    hub = form(
        question("heard", CHOICE, codes="heard", asked_of=CHILD),
        rules=(
            rule(
                "{person} is not born yet.",
                Condition(fact="unborn", any_of=("yes",)),
                Condition(question="heard", any_of=("yes",)),
                at="heard",
            ),
        ),
    )
    case = with_content(
        children=(Child(key="c1", given=read("Maya")), Child(key="c2", unborn=True))
    )
    got = meter(hub, draft(heard__c1="yes", heard__c2="yes"), case)
    assert [p.person for p in got.problems] == ["c2"]
    assert got.problems[0].sentence == "Baby is not born yet."


@pytest.mark.parametrize(
    ("condition", "broken"),
    [
        (Condition(), True),
        (Condition(fact="partners_unanswered", at_least=1), True),
        (Condition(fact="partners_unanswered"), True),
        (Condition(fact="partners_unanswered", at_least=3), False),
        (Condition(fact="child_count", at_least=2), True),
        (Condition(fact="concerns", any_of=("injury",)), True),
        (Condition(fact="concerns", none_of=("injury",)), False),
        (Condition(fact="concerns"), True),
        (Condition(fact="unborn", any_of=("no",)), True),
        (Condition(fact="informed", any_of=("unknown",)), True),
        (Condition(fact="channel", any_of=("phone",)), True),
        (Condition(fact="consent", empty=True), True),
        (Condition(question="risks"), True),
        (Condition(question="risks", at_least=2), True),
        (Condition(question="risks", at_least=3), False),
        (Condition(question="risks", empty=True), False),
    ],
)
def test_each_kind_of_condition(condition: Condition, broken: bool) -> None:
    hub = form(
        question("risks", CHOICES, codes="risks"), rules=(rule("Look.", condition, at="risks"),)
    )
    results = (
        result("police", Outcome.UNAVAILABLE),
        result("police", Outcome.NOT_CHECKED),
        result("health", Outcome.DENIED),
        result("housing", Outcome.NOT_FOUND),
    )
    got = completeness(
        hub,
        draft(risks=("injury", "afraid")),
        with_content(concerns=("Injury to a child",)),
        today=TODAY,
        results=results,
    )
    assert bool(got.problems) is broken


def test_a_folded_part_says_what_was_chosen_and_how_much_was_written() -> None:
    hub = form(
        question("risks", CHOICES, codes="risks"),
        question("outcome", CHOICES, codes="outcomes", asked_of=CHILD),
        question("why"),
        question("note", QuestionKind.LINE),
    )
    answers = draft(
        risks=("injury", "afraid"), outcome__c1=("nfa", "advice"), why="two words", note="x"
    )
    assert meter(hub, answers).parts[0].summary == "Injury · Afraid · Nfa · 1 more · 2 words"
    assert meter(hub, draft()).parts[0].summary == ""


@pytest.mark.parametrize(
    ("relationship", "parent"),
    [
        ("Mother", True),
        ("father (lives elsewhere)", True),
        ("Step-father", True),
        ("Foster carer", True),
        ("Mother's partner", False),
        ("Mother’s friend", False),
        ("Grandmother", False),
        ("Partner, father of Theo", False),
        ("", False),
    ],
)
def test_whose_they_are_is_not_what_they_are(relationship: str, parent: bool) -> None:
    assert is_parent(Adult(key="a1", relationship=read(relationship))) is parent


def test_parental_responsibility_makes_a_parent_of_anyone() -> None:
    holder = Adult(key="a1", relationship=read("Aunt"), parental_responsibility=read("yes"))
    assert is_parent(holder)
    assert not is_parent(Adult(key="a1", parental_responsibility=Fact()))


def test_the_rating_a_person_gave_in_the_queue_is_kept_and_none_is_made_up() -> None:
    assert with_rating(draft(), contact(rating="red")) == {"rating": "red"}
    assert with_rating(draft(rating="green"), contact(rating="red")) == {"rating": "green"}
    assert with_rating(draft(), contact()) == {}


@given(st.lists(st.sampled_from(["one", "two", "three"]), unique=True))
def test_done_needed_and_advised_always_add_up(answered: list[str]) -> None:
    hub = form(
        question("one", needed=True), question("two", advised=True), question("three", needed=True)
    )
    got = meter(hub, draft(**dict.fromkeys(answered, "x")))
    assert got.done + got.needed + got.advised == got.total == 3
    assert got.done == len(answered)


def test_words_are_counted_as_a_reader_counts_them() -> None:
    assert word_count("Maya took  charge.\nTwice.") == 4
    assert word_count(()) == 0
