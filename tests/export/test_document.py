"""The document: fits its published schema whatever was answered, and says no more than that."""

import csv
import json
import re
from dataclasses import replace
from datetime import UTC
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.conftest import RESOURCES, a_version, approved
from triage.domain.decision import Answer, DecisionVersion, FrozenPerson
from triage.domain.errors import ProfileError
from triage.domain.profile import AskedOf, Profile, QuestionKind
from triage.export import document, signing

HELP = RESOURCES / "help" / "decision-document.md"
RECEIPT_SCHEMA = RESOURCES / "schemas" / "decision-receipt-1.0.json"


@pytest.fixture
def built(profile: Profile) -> dict[str, Any]:
    return document.build(a_version(), profile)


def properties(node: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every property that a schema names, with its path."""
    found: list[tuple[str, dict[str, Any]]] = []
    if isinstance(node, dict):
        for name, one in node.get("properties", {}).items():
            found.append((f"{path}{name}", one))
            found += properties(one, f"{path}{name}.")
        if isinstance(node.get("items"), dict):
            found += properties(node["items"], path)
    return found


def all_properties() -> list[tuple[str, dict[str, Any]]]:
    schema = document.schema()
    found = properties(schema)
    for name, one in schema["$defs"].items():
        found += properties(one, f"{name}.")
    return found


def test_both_schemas_are_valid_draft_2020_12() -> None:
    for schema in (document.schema(), json.loads(RECEIPT_SCHEMA.read_text("utf-8"))):
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema.Draft202012Validator.check_schema(schema)


def test_every_property_is_described() -> None:
    assert [path for path, one in all_properties() if not one.get("description")] == []


def test_help_page_lists_every_property() -> None:
    page = HELP.read_text("utf-8")
    listed = set(re.findall(r"^\| `([^`]+)`", page, re.MULTILINE))
    wanted = {path for path, _ in all_properties()}
    wanted |= {
        f"receipt.{name}" for name in json.loads(RECEIPT_SCHEMA.read_text("utf-8"))["properties"]
    }
    assert listed == wanted


@pytest.mark.parametrize(
    ("definition", "codeset"),
    [
        ("sex", "sex"),
        ("ethnicity", "ethnicity"),
        ("disability", "cin_disability"),
        ("referralSource", "cin_referral_source"),
        ("primaryNeed", "cin_primary_need"),
        ("contactOutcome", "contact_outcome"),
        ("referralOutcome", "referral_outcome"),
    ],
)
def test_census_codes_are_those_of_the_code_sets(definition: str, codeset: str) -> None:
    with (RESOURCES / "codesets" / f"{codeset}.csv").open(encoding="utf-8-sig") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]
    assert document.schema()["$defs"][definition]["enum"] == codes


def test_proposal_fits_the_schema_and_has_no_sign_off(built: dict[str, Any]) -> None:
    document.validate(built)
    assert "signOff" not in built
    assert "proposal" not in built


def test_children_carry_census_codes_and_their_own_outcomes(built: dict[str, Any]) -> None:
    maya, baby = built["children"]
    assert (maya["sex"], maya["nhsNumber"], maya["primaryNeed"]) == ("F", "9991234563", "N1")
    assert maya["ethnicity"] == {"code": "WBRI", "words": "WBRI"}
    assert [one["code"] for one in maya["outcomes"]] == ["assessment", "early_help_targeted"]
    assert maya["contactOutcomes"] == ["NEW_REFERRAL", "OTHER"]
    assert (maya["referralOutcomes"], maya["referralNfa"]) == (["SINGLE_ASSESSMENT"], False)
    assert (baby["contactOutcomes"], baby["referralOutcomes"]) == (["NFA"], [])
    assert baby["expectedBirthDate"] == "2027-02-01"


def test_unknown_is_null_and_never_no(built: dict[str, Any]) -> None:
    maya, baby = built["children"]
    assert baby["referralNfa"] is None
    assert baby["nhsNumber"] is None
    assert baby["ethnicity"] == {"code": None, "words": ""}
    assert maya["upn"] is None
    assert built["contact"]["referrer"]["anonymous"] == "unknown"
    assert built["team"] is None


def test_unborn_child_is_u_in_the_census(profile: Profile) -> None:
    child = FrozenPerson(key="c1", name="Baby", is_child=True, unborn=True, sex="F")
    built = document.build(replace(a_version(), people=(child,)), profile)
    assert built["children"][0]["sex"] == "U"


def test_consent_stands_apart_from_the_lawful_basis(built: dict[str, Any]) -> None:
    assert built["sharing"]["lawfulBasis"] == [{"code": "public_task", "label": "Public task"}]
    assert built["consent"]["state"] == {"code": "refused", "label": "Refused"}
    assert built["familyTold"]["why"]["code"] == "raises_risk"


def test_threshold_document_is_named_with_its_version(built: dict[str, Any]) -> None:
    assert built["thresholdDocument"] == {
        "title": "Northmere Right Help, Right Time",
        "version": "4.2, September 2026",
    }


def test_gap_that_was_sent_all_the_same_is_told(built: dict[str, Any]) -> None:
    assert built["gaps"] == [
        {
            "weight": "needed",
            "sentence": "Say why sharing is necessary.",
            "part": "sharing",
            "question": "necessity",
            "person": "",
        }
    ]


def test_answer_no_longer_asked_is_kept_as_it_was(profile: Profile) -> None:
    version = a_version()
    odd = replace(version, answers={**version.answers, "gone@c1": ("x", "y"), "level": "9"})
    built = document.build(odd, profile)
    document.validate(built)
    last = built["answers"][-1]
    assert (last["question"], last["person"], last["value"]) == ("gone", "c1", ["x", "y"])
    assert built["levelOfNeed"] == {"code": "9", "label": "9"}


def test_same_version_gives_the_same_bytes(profile: Profile) -> None:
    version = a_version()
    turned = replace(version, answers=dict(reversed(list(version.answers.items()))))
    once, again = (signing.canonical(document.build(v, profile)) for v in (version, turned))
    assert once == again


def test_fault_names_its_place(built: dict[str, Any]) -> None:
    built["children"][0]["sex"] = "X"
    built["author"]["at"] = "yesterday"
    with pytest.raises(ProfileError) as fault:
        document.validate(built)
    assert [words.split(":")[0] for words in fault.value.faults] == ["author/at", "children/0/sex"]


@pytest.mark.parametrize("missing", ["signOff", "proposal"])
def test_half_a_sign_off_does_not_fit(profile: Profile, missing: str) -> None:
    built = document.build(replace(approved(a_version()), proposal="a.b.c"), profile)
    document.validate(built)
    del built[missing]
    with pytest.raises(ProfileError):
        document.validate(built)


words = st.text(max_size=60)
moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year >= 1900)


@st.composite
def people(draw: st.DrawFn) -> tuple[FrozenPerson, ...]:
    """Children and adults with anything at all in what is known of them."""
    found = []
    for letter, is_child in (("c", True), ("a", False)):
        for number in range(draw(st.integers(0, 3))):
            found.append(
                FrozenPerson(
                    key=f"{letter}{number + 1}",
                    name=draw(words),
                    is_child=is_child,
                    dob=draw(st.dates().map(str) | words),
                    edd=draw(st.dates().map(str) | words),
                    sex=draw(st.sampled_from(["M", "F", "U", "", "other"])),
                    nhs_number=draw(words | st.from_regex("[0-9]{10}", fullmatch=True)),
                    ethnicity=draw(st.sampled_from(["WBRI", "NOBT", ""]) | words),
                    disability=draw(st.sampled_from(["", "NONE", "MOB, LD"]) | words),
                    unborn=draw(st.booleans()),
                    records=draw(st.lists(st.tuples(words, words), max_size=2).map(tuple)),
                )
            )
    return tuple(found)


@st.composite
def answers(draw: st.DrawFn, profile: Profile) -> dict[str, Answer]:
    """Answers to any of the profile's questions: its own codes, codes long gone, or any text."""
    found: dict[str, Answer] = {}
    for part in profile.parts:
        for question in part.questions:
            if draw(st.booleans()):
                continue
            listed = [c.code for c in profile.codes.get(question.codes, ())]
            code = st.sampled_from(listed) | words if listed else words
            value = (
                st.lists(code, max_size=3).map(tuple)
                if question.kind is QuestionKind.CHOICES
                else code
            )
            person = {AskedOf.EACH_CHILD: "@c1", AskedOf.EACH_PARENT: "@a1"}
            found[question.id + person.get(question.asked_of, "")] = draw(value)  # type: ignore[assignment]
    return found


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_whatever_was_answered_fits_the_schema_and_comes_back_the_same(
    data: st.DataObject, profile: Profile
) -> None:
    version: DecisionVersion = replace(
        a_version(),
        people=data.draw(people()),
        answers=data.draw(answers(profile)),
        referrer=data.draw(st.dictionaries(st.sampled_from(["name", "source_code"]), words)),
        concern=data.draw(words),
        supersedes=data.draw(st.none() | st.uuids(version=4)),
        received_at=data.draw(moments),
        chronology=tuple(data.draw(st.lists(st.tuples(words, words, words, words), max_size=2))),
        proposal="a.b.c",
    )
    level = version.answers.get("level", "")
    final = replace(
        approved(version, {"level": "4"}) if level != "4" else approved(version),
        signed_at=data.draw(moments),
    )
    built = document.build(final, profile)
    document.validate(built)
    assert json.loads(signing.canonical(built)) == built


def test_half_a_letter_from_outside_does_not_stop_the_decision(profile: Profile) -> None:
    version = replace(a_version(), concern="half \ud83d letter", id=UUID(int=5, version=4))
    built = document.build(version, profile)
    assert built["contact"]["concern"] == "half \ufffd letter"
    signing.canonical(built)
