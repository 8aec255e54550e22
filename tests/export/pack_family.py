"""A signed decision about an invented family, for the tests of the pack."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from triage.domain.decision import DecisionVersion, FrozenPerson, VersionState
from triage.domain.pack import Copy, Removal
from triage.domain.profile import Profile
from triage.export.pack import PackFile, build_pack
from triage.workflow.profiles import load_profile

PROFILES = Path(__file__).resolve().parents[2] / "resources" / "profiles"
PRINTED = datetime(2026, 11, 24, 12, 20, tzinfo=UTC)
SEAL = "7F3A-91C2-0D5E"


@cache
def profile() -> Profile:
    return load_profile(PROFILES / "northmere", today=date(2026, 11, 24))


def rowe_decision() -> DecisionVersion:
    """Maya and Theo Rowe: a strategy discussion, one neighbour who rang the police."""
    return DecisionVersion(
        id=UUID(int=1),
        contact_id=UUID(int=2),
        number=5,
        state=VersionState.SIGNED,
        reference="C-26-04817",
        received_at=datetime(2026, 11, 24, 8, 52, tzinfo=UTC),
        channel="email",
        concern=(
            "Police went to the home at 23:40 on Monday 23 November after a neighbour reported "
            "shouting. Carla had a red mark on her left arm. She said Mr Hartley held her by the "
            "arm during an argument about money, then left. Maya was awake on the stairs. Theo "
            "was asleep. The home was warm and clean, with food in."
        ),
        referrer={
            "name": "PC Amrit Sandhu",
            "role": "neighbour",
            "agency": "Northmere Police",
            "phone": "01632 960 877",
            "email": "a.sandhu@northmere-police.example",
        },
        address={
            "line": "14 Larch Court",
            "town": "Northmere",
            "postcode": "NM3 4QT",
            "phone": "01632 960 214",
            "safe_contact": "01632 960 214, no voicemail",
        },
        people=(
            FrozenPerson(
                key="c1",
                name="Maya Grace Rowe",
                is_child=True,
                dob="2019-03-14",
                age="7",
                nhs_number="9990142276",
                school="Brookfold Primary",
                lives_here="yes",
                language="English",
                records=(("Social care", "SC-88213"), ("Health", "H-2231907")),
            ),
            FrozenPerson(
                key="c2",
                name="Theo Rowe",
                is_child=True,
                relationship="Brother",
                dob="2023-08-02",
                age="3",
                nhs_number="9990275514",
                school="Larch Lane Nursery",
                lives_here="yes",
                language="English",
            ),
            FrozenPerson(
                key="a1",
                name="Carla Rowe",
                is_child=False,
                relationship="Mother",
                dob="1994-01-30",
                parental_responsibility="yes",
                lives_here="yes",
            ),
            FrozenPerson(
                key="a2",
                name="Dean Hartley",
                is_child=False,
                relationship="Mother's partner",
                lives_here="No, left 23 Nov",
            ),
            FrozenPerson(
                key="a3",
                name="Jean Rowe",
                is_child=False,
                relationship="Grandmother, staying",
                lives_here="For now",
            ),
        ),
        answers={
            "rating": "red",
            "level": "4",
            "raises": ("injury_parent", "saw_or_heard", "repeat_contacts"),
            "lowers": ("grandparent", "safe_home", "told_police"),
            "lawful_basis": ("public_task",),
            "necessity": "Whether the children are safe tonight can't be decided without it.",
            "proportionality": "The two adults of the home, and no others.",
            "family_told": "told",
            "consent": "given",
            "consent_words": "Carla Rowe, by phone at 12:00, to help keep Mr Hartley away.",
            "heard@c1": "to_other",
            "voice@c1": "To police: “I put Theo under my bed so he wouldn't hear.”",
            "heard@c2": "not_yet",
            "voice_why_not@c2": "He will be seen at nursery today.",
            "parent_heard@a1": "given_to_us",
            "parent_view@a1": "She wants help to keep Mr Hartley away, and asked that her own "
            "mother stays. She agrees that Theo is seen at nursery.",
            "analysis": "Maya took charge of her brother's safety, which suggests this is not the "
            "first time. This is the third police call in 12 months and the first with an "
            "injury.\n\nPolice found Mr Hartley at his brother's address at 11:58. He is under "
            "investigation and has agreed not to return; this lowers the risk tonight but does "
            "not remove it.\n\nFor Theo, at 3, the harm is what he hears and what he learns to "
            "expect. He has not been seen by a professional since August, so we do not yet know "
            "how he is.",
            "history": "considered",
            "outcome@c1": ("strategy",),
            "outcome@c2": ("strategy",),
            "strategy_at": "2026-11-24T14:30",
            "strategy_who": ("police", "health"),
            "outcome_why": "An injury to a parent, two children in the home and three police calls "
            "in a year give reasonable cause to suspect significant harm. A child in need "
            "assessment alone would not bring police and health together.",
            "team": "north",
            "services": ("health_visitor", "da_helpline"),
            "dissent": "none",
        },
        profile="northmere",
        profile_version="2026.3",
        partners=(
            ("Police", "found", "Two earlier calls to this address, June and December. No charge."),
            ("Education", "found", "Maya: attendance 91 %, tired this term."),
            ("Health", "unavailable", "No reply yet; NHS 999 014 2276 was asked about."),
        ),
        chronology=(
            ("2025-12-14", "Police", "Call to the address, shouting heard", "Police extract"),
            ("2026-06-03", "Police", "Call to the address, no injury", "Police extract"),
            ("2026-08-19", "Health", "Theo seen by the health visitor", "Health index"),
        ),
        author="rosei",
        author_name="Ruth Osei",
        proposed_at=datetime(2026, 11, 24, 12, 4, tzinfo=UTC),
        signer="pnandra",
        signer_name="Priya Nandra",
        signed_at=datetime(2026, 11, 24, 12, 14, tzinfo=UTC),
    )


COPIES = (
    Copy(number=1, recipient="Assessment team manager", by="secure mail"),
    Copy(
        number=2,
        recipient="Northmere Police, child protection",
        by="printed, handed over",
        removals=frozenset({Removal.HEALTH_NUMBERS, Removal.REFERRER}),
    ),
    Copy(
        number=3,
        recipient="Named nurse, Community Health",
        by="secure mail",
        removals=frozenset({Removal.RELATIVES}),
    ),
)


def rowe_pack(copy: Copy = COPIES[0], version: DecisionVersion | None = None) -> PackFile:
    """A copy of the Rowe decision, as the program draws it."""
    others = tuple(each for each in COPIES if each.number != copy.number)
    return build_pack(
        version or rowe_decision(),
        copy,
        profile=profile(),
        printed_at=PRINTED,
        copies=tuple(sorted((copy, *others), key=lambda each: each.number)),
        seal=SEAL,
        verify_text="Scan, or type the seal at verify.example",
        author_job="contact officer",
        signer_job="team leader",
        practice=True,
    )


def with_changes(**changes: Any) -> DecisionVersion:
    """The Rowe decision with some of its fields otherwise."""
    return replace(rowe_decision(), **changes)
