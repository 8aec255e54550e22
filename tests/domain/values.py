"""A small hub and a small case, for the rules' tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from uuid import UUID

from triage.domain.contact import Adult, Channel, Child, Contact, ContactState, Content
from triage.domain.decision import (
    Answer,
    DecisionDraft,
    DecisionVersion,
    FrozenPerson,
    SavedAnswer,
    VersionState,
)
from triage.domain.fact import read
from triage.domain.lookup import LookupResult, Outcome, Subject
from triage.domain.profile import (
    ClockRule,
    ClockUnit,
    Code,
    Part,
    Profile,
    Question,
    QuestionKind,
    Rating,
    Rule,
    WorkingTime,
)

AT = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
TODAY = date(2026, 11, 24)
NINE_TO_FIVE = (time(9), time(17))
HOURS = WorkingTime(
    week=dict.fromkeys(range(4), NINE_TO_FIVE) | {4: (time(9), time(16, 30))},
    half_days={date(2026, 12, 24): (time(9), time(12)), date(2026, 12, 26): (time(9), time(12))},
    closed=frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)}),
)
CONTACT_ID = UUID(int=1)


def codes(*names: str) -> tuple[Code, ...]:
    return tuple(Code(code=n, label=n.capitalize()) for n in names)


def profile(
    *parts: Part, rules: tuple[Rule, ...] = (), clocks: tuple[ClockRule, ...] = ()
) -> Profile:
    return Profile(
        id="north",
        hub="North",
        version="1",
        from_day=TODAY,
        marking="OFFICIAL-SENSITIVE",
        phone="01632 960 100",
        council="North Council",
        threshold_document="Guide, version 1",
        ratings=(
            Rating(code="red", label="Red", letter="R", shape="octagon"),
            Rating(code="green", label="Green", letter="G", shape="circle"),
        ),
        clocks=clocks,
        working_time=HOURS,
        parts=parts,
        rules=rules,
        codes={
            "rating": codes("red", "green"),
            "risks": codes("injury", "afraid", "none"),
            "outcomes": codes("nfa", "advice", "strategy"),
            "heard": codes("yes", "not_yet"),
        },
        guidance={},
        extracts=(),
        verdict_reasons={},
        verdict_reason_needed=frozenset(),
        repeat_count=3,
        repeat_months=12,
        agencies=(),
        call_prompts=(),
    )


def question(name: str, kind: QuestionKind = QuestionKind.TEXT, **more: object) -> Question:
    return Question(id=name, label=name.capitalize(), kind=kind, **more)  # type: ignore[arg-type]


def clock(amount: float, unit: ClockUnit, **more: object) -> ClockRule:
    values: dict[str, object] = {
        "id": "c",
        "label": "Decide by",
        "start": "received",
        "leads": True,
    }
    return ClockRule(**(values | {"amount": amount, "unit": unit} | more))  # type: ignore[arg-type]


def contact(**more: object) -> Contact:
    values: dict[str, object] = {
        "id": CONTACT_ID,
        "reference": "C-26-00001",
        "channel": Channel.PHONE,
        "state": ContactState.SCREENING,
        "received_at": AT,
        "content": Content(
            children=(
                Child(key="c1", given=read("Maya"), family=read("Rowe")),
                Child(key="c2", given=read("Theo"), family=read("Rowe")),
            ),
            adults=(
                Adult(key="a1", name=read("Carla Rowe"), relationship=read("Mother")),
                Adult(key="a2", name=read("Dean Hartley"), relationship=read("Mother's partner")),
            ),
        ),
    }
    return Contact(**(values | more))  # type: ignore[arg-type]


def with_content(**more: object) -> Contact:
    whole = contact()
    return replace(whole, content=replace(whole.content, **more))  # type: ignore[arg-type]


def draft(**answers: Answer) -> DecisionDraft:
    """Answers by key; "voice__c1" is the answer "voice@c1"."""
    keyed = {k.replace("__", "@"): v for k, v in answers.items()}
    return DecisionDraft(
        contact_id=CONTACT_ID,
        number=1,
        answers={
            k: SavedAnswer(key=k, value=v, version=1, by="rosei", at=AT) for k, v in keyed.items()
        },
    )


def version(answers: Mapping[str, Answer]) -> DecisionVersion:
    return DecisionVersion(
        id=UUID(int=2),
        contact_id=CONTACT_ID,
        number=1,
        state=VersionState.PROPOSED,
        reference="C-26-00001",
        received_at=AT,
        channel="phone",
        concern="",
        referrer={},
        address={},
        people=(
            FrozenPerson(key="c1", name="Maya Rowe", is_child=True),
            FrozenPerson(key="c2", name="Theo Rowe", is_child=True),
        ),
        answers=answers,
        profile="north",
        profile_version="1",
        author="rosei",
        author_name="Ruth Osei",
        proposed_at=AT,
    )


def result(partner: str, outcome: Outcome) -> LookupResult:
    return LookupResult(
        id=UUID(int=3),
        subject=Subject(contact_id=CONTACT_ID, person="c1"),
        partner=partner,
        outcome=outcome,
        asked_at=AT,
    )
