"""Contacts of one household are suggested to each other across surnames; neighbours are not."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Child, Content
from triage.domain.draft import Draft, Kinship
from triage.storage import drafts
from triage.workflow import join, receive, screen

HEAD = "Child given name,Child family name,Date of birth,Address,Postcode,Mother,Concern\n"
CALLUM = "Callum,Tranter,05/02/2011,3 Weir Street,NM5 2TB,Joanne Tranter,Low mood\n"


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("Ewan,Nowak,07/08/2014,3 Weir Street,NM5 2TB,Joanne Tranter,Not at school", "address"),
        ("Ewan,Nowak,07/08/2014,3 Weir St,NM5 2TB,Jo Tranter,Not at school", "address"),
    ],
)
def test_siblings_contacts_are_suggested_to_each_other(
    front: Front, other: str, reason: str
) -> None:
    batch = f"{HEAD}{CALLUM}{other}\n".encode()
    first, second = receive.receive_file(front.ruth, batch, "batch.csv").contacts
    [pair] = join.suggestions(front.ruth, second)
    assert (pair.suggestion.other, pair.suggestion.kinship) == (first, Kinship.SAME_FAMILY)
    assert reason in " ".join(pair.suggestion.reasons)


@pytest.mark.parametrize(
    "other",
    [
        "Ewan,Nowak,07/08/2014,3 Weir Street,NM5 2TB,Anna Nowak,Not at school",
        "Ewan,Tranter,07/08/2014,9 Quay Rise,NM1 4AA,Anna Tranter,Not at school",
        "Ewan,Nowak,07/08/2014,9 Quay Rise,NM1 4AA,Anna Nowak,Not at school",
    ],
)
def test_neighbours_and_namesakes_are_not_suggested(front: Front, other: str) -> None:
    batch = f"{HEAD}{CALLUM}{other}\n".encode()
    _, second = receive.receive_file(front.ruth, batch, "batch.csv").contacts
    assert join.suggestions(front.ruth, second) == ()


def _home(child: Child, phone: str, mother: str, postcode: str) -> Content:
    content = factory.content(child, concern="He has not been at school.")
    address = replace(
        content.address,
        line=factory.fact("9 Quay Rise"),
        postcode=factory.fact(postcode),
        phone=factory.fact(phone),
    )
    return replace(content, address=address, adults=(factory.adult(name=mother),))


def test_a_family_that_moved_is_known_by_its_phone_and_mother(front: Front) -> None:
    callum = factory.child("c1", "Callum", family="Tranter", dob="2011-02-05", sex="M")
    ewan = factory.child("c1", "Ewan", family="Nowak", dob="2014-08-07", sex="M")
    held = factory.contact(reference="C-26-90000")
    front.bring(replace(held, content=_home(callum, "01632 960 551", "Joanne Tranter", "NM5 2TB")))
    for phone, known in (("01632 960 552", False), ("01632 960551", True)):
        call = receive.start_call(front.ruth)
        call = receive.keep_call(front.ruth, call, _home(ewan, phone, "Jo Tranter", "NM1 4AA"))
        queued = receive.put_in_queue(front.ruth, call)
        others = {p.reference for p in join.suggestions(front.ruth, queued.id)}
        assert ("C-26-90000" in others) is known


def test_a_contact_is_compared_by_what_it_says_now(front: Front) -> None:
    def received(line: str) -> UUID:
        (only,) = receive.receive_file(front.ruth, f"{HEAD}{line}\n".encode(), "one.csv").contacts
        return only

    first = received(CALLUM)
    received("Ada,Poole,01/02/2015,1 Mill Lane,NM1 4AA,Ann Poole,Hungry")  # compared with it once
    contact = screen.open_contact(front.ruth, first).contact
    screen.change_fact(front.ruth, contact, "address.line", factory.fact("9 Quay Rise"))
    second = received("Ewan,Nowak,07/08/2014,9 Quay Rise,NM5 2TB,Joanne Tranter,Not at school")
    (pair,) = join.suggestions(front.ruth, second)
    assert pair.suggestion.other == first


def test_next_file_is_compared_with_what_was_read_before_it_came(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_anew(_tx: object, ids: Sequence[UUID]) -> dict[UUID, Draft]:
        assert not ids
        return {}

    (first,) = receive.receive_file(front.ruth, f"{HEAD}{CALLUM}".encode(), "one.csv").contacts
    front.ruth.memory.signs = {}
    receive.get_ready(front.ruth)
    monkeypatch.setattr(drafts, "of_contacts", read_anew)
    other = "Ewan,Nowak,07/08/2014,3 Weir Street,NM5 2TB,Joanne Tranter,Not at school"
    (second,) = receive.receive_file(front.ruth, f"{HEAD}{other}\n".encode(), "two.csv").contacts
    (pair,) = join.suggestions(front.ruth, second)
    assert pair.suggestion.other == first
