"""Contacts are found by reference and by the names in them; a restricted one keeps its names."""

from dataclasses import replace
from pathlib import Path

from tests import factory
from triage.storage import contacts
from triage.storage.engine import Store
from triage.workflow import earlier, find


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
    assert "about 7" in heard.words
    assert len(heard.found) == 1


def test_a_restricted_contact_is_not_found_by_what_fits_its_child(
    store: Store, tmp_path: Path
) -> None:
    assert _heard(store, tmp_path, "~7 GIVEN", restricted=True).found == ()
