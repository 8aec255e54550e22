"""What would settle a doubt is said in one sentence, and no more once a person has said it."""

from dataclasses import replace
from uuid import UUID

import pytest

from tests import factory
from triage.domain.lookup import Candidate, LookupResult, Outcome, Subject, Verdict, VerdictKind
from triage.domain.settling import all_left_open, left_open, settled_by


@pytest.mark.parametrize(
    ("near", "facts", "words"),
    [
        (
            2,
            ("mother", "postcode", "address"),
            "Two near; the mother's name or a postcode would separate them.",
        ),
        (3, ("given",), "Three near; a first name would separate them."),
        (6, ("phone",), "6 near; a phone number would separate them."),
        (2, (), "Two near, and nothing more that they hold separates them."),
        (1, ("nhs_number", "dob"), "An NHS number or a birth date would settle it."),
        (1, (), ""),
        (0, (), ""),
        (1, ("a fact of a later version",), ""),
    ],
)
def test_what_would_settle_it_is_one_sentence(
    near: int, facts: tuple[str, ...], words: str
) -> None:
    assert settled_by(near, facts) == words


def said(kind: VerdictKind, result: LookupResult, record_id: str = "P-1") -> Verdict:
    return Verdict(
        id=UUID(int=2),
        subject=result.subject,
        partner=result.partner,
        record_id=record_id,
        kind=kind,
        by="rosei",
        at=factory.NOW,
    )


def test_nothing_is_open_once_a_person_has_told_the_records_apart() -> None:
    result = LookupResult(
        id=UUID(int=1),
        subject=Subject(contact_id=UUID(int=3), person="c1"),
        partner="health",
        outcome=Outcome.MANY,
        candidates=tuple(
            Candidate(
                record=factory.record(i),
                band="Likely",
                score=9.0,
                prior=-7.0,
                probability=0.99,
                sentence="",
                evidence=(),
            )
            for i in ("P-1", "P-2")
        ),
        asked_at=factory.NOW,
        near=2,
        settle=("postcode",),
    )
    open_words = "Two near; a postcode would separate them."
    assert left_open(result, ()) == open_words
    assert left_open(result, [said(VerdictKind.UNSURE, result)]) == open_words
    assert left_open(result, [said(VerdictKind.SAME, result, "P-9")]) == open_words
    assert left_open(result, [said(VerdictKind.SAME, result)]) == ""
    assert left_open(result, [said(VerdictKind.NOT_SAME, result)]) == ""
    other = replace(result, subject=replace(result.subject, person="c2"))
    assert left_open(other, [said(VerdictKind.SAME, result)]) == open_words
    assert (
        all_left_open([result, other], [], {"health": "Health"})
        == ("Health: two near; a postcode would separate them.",) * 2
    )
