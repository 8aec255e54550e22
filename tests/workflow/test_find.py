"""Contacts are found by reference and by the names in them; a restricted one keeps its names."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factory
from triage.domain.contact import Address, ContactState
from triage.partners.state import OWN
from triage.storage import contacts
from triage.storage.engine import Store
from triage.workflow import earlier, find
from triage.workflow.desk import Desk


def _found(store: Store, folder: Path, words: str) -> list[tuple[str, str]]:
    desk = factory.desk(store, folder)
    return [(f.reference, f.title) for f in find.find(desk, words)]


def test_a_contact_is_found_by_part_of_its_reference(store: Store, tmp_path: Path) -> None:
    contact = factory.contact()
    with store.write() as tx:
        contacts.insert(tx, contact)
    assert [r for r, _ in _found(store, tmp_path, contact.reference[-4:])] == [contact.reference]
    assert _found(store, tmp_path, "C-99-99999") == []


def test_every_word_must_begin_a_name_of_one_person(store: Store, tmp_path: Path) -> None:
    contact = factory.contact()
    child = contact.content.children[0]
    with store.write() as tx:
        contacts.insert(tx, contact)
    given, family = child.given.value, child.family.value
    assert _found(store, tmp_path, f"{family[:3].upper()} {given[:2]}")
    assert not _found(store, tmp_path, f"{given} Nobody")
    assert not _found(store, tmp_path, "  ")


def test_a_restricted_contact_is_not_found_by_a_name(store: Store, tmp_path: Path) -> None:
    contact = replace(factory.contact(), restricted=True)
    child = contact.content.children[0]
    with store.write() as tx:
        contacts.insert(tx, contact)
    assert not _found(store, tmp_path, child.given.value)
    [(_, title)] = _found(store, tmp_path, contact.reference)
    assert child.family.value not in title


def _heard(store: Store, folder: Path, words: str, *, restricted: bool = False) -> find.Heard:
    contact = replace(factory.contact(), restricted=restricted)
    with store.write() as tx:
        contacts.insert(tx, contact)
    desk = factory.desk(store, folder)
    earlier.learn_all(desk)
    child = contact.content.children[0]
    return find.hear(desk, words.replace("GIVEN", child.given.value))


def test_a_name_and_an_age_are_understood_and_find_the_contact(
    store: Store, tmp_path: Path
) -> None:
    heard = _heard(store, tmp_path, "~7 GIVEN")
    assert "About 7" in heard.parts
    assert len(heard.found) == 1


def test_a_restricted_contact_is_not_found_by_what_fits_its_child(
    store: Store, tmp_path: Path
) -> None:
    assert _heard(store, tmp_path, "~7 GIVEN", restricted=True).found == ()


SAID = (
    "C-26-04817",
    "Maya",
    "~7",
    "mum Carla",
    "NM3",
    "14/3/19",
    "9990142276",
    "07700 900123",
    "Rowe",
)


@pytest.fixture
def family(store: Store, tmp_path: Path) -> Desk:
    """A desk that holds Maya Rowe's contact, and two others."""
    maya = factory.contact(factory.child(nhs_number="9990142276"))
    content = maya.content
    maya = replace(
        maya,
        content=replace(
            content, address=replace(content.address, phone=factory.fact("07700 900123"))
        ),
    )
    far = Address(line=factory.fact("2 Quay Rise"), postcode=factory.fact("NM8 1AA"))
    others = [
        factory.contact(
            factory.child("c2", name, family="Osei", dob=dob), reference=f"C-26-0000{n}"
        )
        for n, (name, dob) in enumerate([("Kofi", "2012-01-05"), ("Ama", "2021-06-30")])
    ]
    others = [replace(c, content=replace(c.content, adults=(), address=far)) for c in others]
    with store.write() as tx:
        for contact in (maya, *others):
            contacts.insert(tx, contact)
    desk = factory.desk(store, tmp_path)
    earlier.learn_all(desk)
    return desk


@given(st.lists(st.sampled_from(SAID), min_size=1, unique=True))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_said_in_any_order_finds_the_child(family: Desk, said: list[str]) -> None:
    [first, *_] = find.hear(family, " ".join(said)).found
    assert first.reference == "C-26-04817"


@pytest.mark.parametrize(
    "typed",
    ["Rowe 14/3/19", "Rowe 3/14/19", "Rowe 15/3/2019", "Mya Rowe", "Rowe Maya 7", "maya year 3",
     "C-26-04817", "Rowe March 2019", "mother's name is Carla ~7", "carla rowe"],
)  # fmt: skip
def test_what_is_nearly_right_finds_the_child_too(family: Desk, typed: str) -> None:
    found = find.hear(family, typed).found
    assert "C-26-04817" in [f.reference for f in found]


def test_how_a_search_was_understood_is_told_fact_by_fact(family: Desk) -> None:
    heard = find.hear(family, "~7 mum carla NM3 maya")
    assert heard.parts == (
        "Name maya", "About 7", "Mother carla", "Postcode NM3",
    )  # fmt: skip


def test_the_search_line_asks_no_partner_and_says_so(family: Desk) -> None:
    assert isinstance(family.people, factory.People)
    family.people.hold(factory.record())
    heard = find.hear(family, "Maya Rowe")
    assert set(family.people.asked) <= {OWN}
    assert "Partners" in heard.note
    assert find.hear(family, "C-26-04817").note == ""


def test_an_unborn_child_is_found_by_the_day_it_is_due(store: Store, tmp_path: Path) -> None:
    unborn = factory.child("c1", None, dob=None, sex=None, edd="2027-03-14")
    with store.write() as tx:
        contacts.insert(tx, factory.contact(unborn))
    desk = factory.desk(store, tmp_path)
    earlier.learn_all(desk)
    assert find.hear(desk, "unborn Rowe due 20/3/27").found
    assert not find.hear(desk, "Rowe 20/3/2023").found


def test_a_child_known_only_by_an_age_is_found_by_it(store: Store, tmp_path: Path) -> None:
    child = factory.child("c1", "Isla", dob=None, age_text="about 6")
    with store.write() as tx:
        contacts.insert(tx, factory.contact(child))
    desk = factory.desk(store, tmp_path)
    earlier.learn_all(desk)
    assert find.hear(desk, "~6 NM3").found
    assert not find.hear(desk, "~15 NM3").found


def test_a_decided_contact_is_found_too_and_said_to_be_decided(
    store: Store, tmp_path: Path
) -> None:
    with store.write() as tx:
        contacts.insert(tx, replace(factory.contact(), state=ContactState.CLOSED))
    desk = factory.desk(store, tmp_path)
    earlier.learn_all(desk)
    for words in ("C-26-04817", "Maya Rowe", "~7 mum Carla"):
        [found] = find.hear(desk, words).found
        assert found.detail.endswith("decided")


def test_a_restricted_decided_contact_is_named_by_its_reference_only(
    store: Store, tmp_path: Path
) -> None:
    with store.write() as tx:
        held = replace(factory.contact(), state=ContactState.SIGNED, restricted=True)
        contacts.insert(tx, held)
    desk = factory.desk(store, tmp_path)
    earlier.learn_all(desk)
    assert find.hear(desk, "Maya Rowe").found == ()
    [found] = find.hear(desk, "C-26-04817 Maya").found
    assert "Rowe" not in found.title + found.detail


def test_a_desk_that_can_not_hold_all_contacts_in_mind_holds_the_newest(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = factory.desk(store, tmp_path)
    with store.write() as tx:
        for day in range(5):
            child = factory.child("c1", f"Name{day}", family="Okafor")
            at = factory.NOW - timedelta(days=day)
            contacts.insert(tx, factory.contact(child, received_at=at, reference=f"C-26-{day:05}"))
    monkeypatch.setattr(earlier, "_PAGE", 2)
    monkeypatch.setattr(earlier, "MOST_LEARNT", 4)
    learnt: list[str] = []
    monkeypatch.setattr(desk.people, "learn", lambda record: learnt.append(record.record_id))
    assert earlier.learn_all(desk) == len(learnt)
    children = {r.partition("/")[0] for r in learnt if r.endswith("/c1")}
    assert children == {f"C-26-{day:05}" for day in range(4)}
