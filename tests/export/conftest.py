"""A decision of an invented family, the people who write and sign it, and their keys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from triage.domain.decision import (
    DecisionVersion,
    Delivery,
    FrozenPerson,
    OutboxState,
    Problem,
    VersionState,
    Weight,
)
from triage.domain.profile import Profile
from triage.export import document, signing
from triage.export.keys import DeskKeys, Signer, Stretch
from triage.workflow.profiles import load_profile

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
AT = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
QUICK = Stretch(iterations=1, memory_kib=64, lanes=1)


class Drawer:
    """A vault in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, value: bytes) -> None:
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.at = AT

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, wait: timedelta) -> None:
        self.at += wait


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def keys(drawer: Drawer, clock: Clock) -> DeskKeys:
    found = DeskKeys(drawer, hub="Northmere MASH", now=clock, stretch=QUICK)
    found.enrol("rosei", "1111", name="Ruth Osei")
    found.enrol("pnandra", "2222", name="Priya Nandra")
    return found


@pytest.fixture
def author(keys: DeskKeys) -> Signer:
    return keys.signer("rosei", "1111")


@pytest.fixture
def leader(keys: DeskKeys) -> Signer:
    return keys.signer("pnandra", "2222")


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile(RESOURCES / "profiles" / "northmere", today=AT.date())


def a_version(number: int = 1) -> DecisionVersion:
    """A proposed decision about two children, one with two outcomes."""
    return DecisionVersion(
        id=UUID(int=number, version=4),
        contact_id=UUID(int=900, version=4),
        number=number,
        state=VersionState.PROPOSED,
        reference="C-26-04831",
        received_at=AT - timedelta(hours=2),
        channel="phone",
        concern="Shouting heard; “he threw a cup”.",
        referrer={"name": "Dana Pike", "agency": "Northmere Primary", "source_code": "2A"},
        address={"line": "4 Quay Row", "postcode": "NM3 4QR"},
        people=(
            FrozenPerson(
                key="c1",
                name="Maya Rowe",
                is_child=True,
                dob="2019-03-14",
                sex="F",
                nhs_number="999 123 4563",
                ethnicity="WBRI",
                records=(("education", "P-10021"),),
            ),
            FrozenPerson(key="c2", name="Baby Rowe", is_child=True, unborn=True, edd="2027-02-01"),
            FrozenPerson(key="a1", name="Kate Rowe", is_child=False, relationship="mother"),
        ),
        answers={
            "rating": "amber",
            "level": "3",
            "raises": ("saw_or_heard", "repeat_contacts"),
            "lawful_basis": ("public_task",),
            "consent": "refused",
            "family_told": "not_told",
            "not_told_why": "raises_risk",
            "heard@c1": "to_us",
            "voice@c1": "“I hide behind the bed.”",
            "analysis": "Third report in a year; Maya is afraid.",
            "outcome@c1": ("assessment", "early_help_targeted"),
            "outcome@c2": ("nfa",),
            "primary_need@c1": "N1",
            "outcome_why": "Needs more than one service, together.",
        },
        profile="northmere",
        profile_version="2026.3",
        problems=(
            Problem(
                part="sharing",
                question="necessity",
                weight=Weight.NEEDED,
                sentence="Say why sharing is necessary.",
            ),
        ),
        partners=(("education", "found", "One record"), ("housing", "not found", "No trace")),
        chronology=(("2026-05-02", "Social care", "Contact, advice given", "Own records"),),
        author="rosei",
        author_name="Ruth Osei",
        proposed_at=AT,
    )


def proposed(version: DecisionVersion, profile: Profile, author: Signer) -> DecisionVersion:
    """The version with what its author signed."""
    return replace(version, proposal=signing.propose(document.build(version, profile), author))


def approved(
    version: DecisionVersion, changes: dict[str, str | tuple[str, ...]] | None = None
) -> DecisionVersion:
    """The version as the team leader approves it, with changes or without."""
    changes = changes or {}
    before = {key: version.answers.get(key, "") for key in changes}
    return replace(
        version,
        state=VersionState.SIGNED,
        signer="pnandra",
        signer_name="Priya Nandra",
        signed_at=AT + timedelta(minutes=30),
        comment="Agreed.",
        answers={**version.answers, **changes},
        changed_by_signer={key: (before[key], now) for key, now in changes.items()},
    )


@pytest.fixture
def final(profile: Profile, author: Signer) -> dict[str, Any]:
    """The document of an approved decision, as its leader is about to sign it."""
    return document.build(approved(proposed(a_version(), profile, author)), profile)


@pytest.fixture
def signed_bytes(final: dict[str, Any], leader: Signer) -> bytes:
    return signing.sign(final, leader)


@pytest.fixture
def delivery(signed_bytes: bytes, keys: DeskKeys) -> Delivery:
    return a_delivery(signed_bytes, keys)


def a_delivery(signed: bytes, keys: DeskKeys, *, key: str = "key-1") -> Delivery:
    """A delivery of signed bytes as the outbox holds it."""
    verified = signing.verify(signed, keys.jwks())
    return Delivery(
        id=UUID(int=7, version=4),
        decision_id=UUID(verified.document["decisionId"]),
        contact_id=UUID(verified.document["contact"]["id"]),
        idempotency_key=key,
        document=signed,
        payload_sha256=verified.payload_sha256,
        state=OutboxState.WAITING,
    )


@pytest.fixture
def sign_version(
    profile: Profile, author: Signer, leader: Signer
) -> Callable[[DecisionVersion], bytes]:
    """Take a version the whole way: proposed by its author, approved and signed."""

    def make(version: DecisionVersion) -> bytes:
        final = approved(proposed(version, profile, author))
        return signing.sign(document.build(final, profile), leader)

    return make
