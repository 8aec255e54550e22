"""What a leader's change lets differ from the proposal, and what nothing does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.export.conftest import AT, a_version
from triage.domain.decision import Answer, DecisionVersion, VersionState
from triage.domain.errors import SignatureError
from triage.domain.profile import AskedOf, Profile
from triage.export import document, signing
from triage.export.agreement import agrees
from triage.export.keys import DeskKeys, Signer

Document = dict[str, Any]


def _changed(version: DecisionVersion, kept: str, now: Answer) -> DecisionVersion:
    return replace(
        version,
        state=VersionState.SIGNED,
        answers={k: v for k, v in {**version.answers, kept: now}.items() if v},
        changed_by_signer={kept: (version.answers.get(kept, ""), now)},
        signer="pnandra",
        signer_name="Priya Nandra",
        signed_at=AT,
        comment="Why.",
    )


def test_change_to_any_question_of_the_form_agrees(profile: Profile) -> None:
    version = a_version()
    proposed = document.build(version, profile)
    whom = {
        AskedOf.CONTACT: ("",),
        AskedOf.EACH_CHILD: ("@c1", "@c2"),
        AskedOf.EACH_PARENT: ("@a1",),
    }
    tried = 0
    for part in profile.parts:
        for question in part.questions:
            for person in whom[question.asked_of]:
                for now in ("other words", ""):
                    final = document.build(_changed(version, question.id + person, now), profile)
                    assert agrees(proposed, final), (question.id, person, now)
                    tried += 1
    assert tried > 60


FORGED: dict[str, Callable[[Document], object]] = {
    "a child's name": lambda d: d["children"][0].update(name="Eve Rowe"),
    "a child's NHS number": lambda d: d["children"][0].update(nhsNumber="9990000001"),
    "an adult's name": lambda d: d["adults"][0].update(name="Eve Rowe"),
    "an adult left out": lambda d: d["adults"].clear(),
    "a child added": lambda d: d["children"].append({**d["children"][0], "key": "c9"}),
    "an outcome": lambda d: d["children"][0].update(outcomes=[], contactOutcomes=[]),
    "a gap": lambda d: d.update(gaps=[]),
    "the rating": lambda d: d.update(rating={"code": "green", "label": "Green"}),
    "dissent": lambda d: d.update(dissent={"state": None, "words": "None"}),
    "the words of an answer": lambda d: d["answers"][0].update(words="Green"),
    "an answer twice": lambda d: d["answers"].insert(0, {**d["answers"][-1], "value": "x"}),
    "a change twice": lambda d: d["signOff"]["changes"].append(d["signOff"]["changes"][0]),
    "a member of their own": lambda d: d.update(note="Close it"),
}


@pytest.mark.parametrize("what", FORGED)
def test_change_to_one_answer_covers_no_other(
    profile: Profile, keys: DeskKeys, author: Signer, leader: Signer, what: str
) -> None:
    version = a_version()
    version = replace(version, proposal=signing.propose(document.build(version, profile), author))
    final = document.build(_changed(version, "analysis", "Other words."), profile)
    assert signing.verify(signing.sign(final, leader), keys.jwks())
    FORGED[what](final)
    with pytest.raises(SignatureError, match="beyond the changes it lists"):
        signing.verify(signing.sign(final, leader), keys.jwks())


@pytest.mark.parametrize("key", ["x", None, {"kid": 1}, {"kty": "EC"}])
def test_damaged_list_of_keys_trusts_nobody(
    profile: Profile, author: Signer, leader: Signer, key: object
) -> None:
    version = a_version()
    version = replace(version, proposal=signing.propose(document.build(version, profile), author))
    signed = signing.sign(document.build(_changed(version, "analysis", "x"), profile), leader)
    half = {"kid": leader.kid, "kty": "EC", "worker": "pnandra"}
    with pytest.raises(SignatureError, match="not among the keys"):
        signing.verify(signed, {"keys": [key, half]})
