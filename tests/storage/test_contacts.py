"""Contacts are found by state, reference, children and household."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.storage.values import NOON, child, contact, fact, number, version
from triage.domain.contact import Contact, ContactState
from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.lookup import LookupResult, Outcome, Subject
from triage.storage import contacts, lookups, versions
from triage.storage.engine import Store
from triage.storage.tables import lookup_result


def _keep(store: Store, *kept: Contact) -> None:
    with store.write() as tx:
        for each in kept:
            contacts.insert(tx, each)


def test_references_count_up_within_their_year_and_are_never_given_twice(store: Store) -> None:
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    with store.write() as tx:
        given = [contacts.next_reference(tx, at) for at in (NOON, NOON, new_year, NOON)]
    assert given == ["C-26-00001", "C-26-00002", "C-27-00001", "C-26-00003"]


def test_a_reference_kept_twice_is_a_conflict(store: Store) -> None:
    _keep(store, contact(1))
    with pytest.raises(ConflictError):
        _keep(store, contact(2, reference="C-26-00001"))


def test_a_contact_is_found_by_its_reference(store: Store) -> None:
    _keep(store, contact(1))
    with store.read() as tx:
        assert contacts.by_reference(tx, "C-26-00001") == contact(1)
        with pytest.raises(NotFoundError, match="C-26-09999"):
            contacts.by_reference(tx, "C-26-09999")
        with pytest.raises(NotFoundError):
            contacts.get(tx, number(99))


def test_the_queue_is_the_longest_waiting_first_and_stops_at_its_limit(store: Store) -> None:
    waiting = [contact(n) for n in (3, 1, 2)]
    _keep(store, *waiting, contact(4, state=ContactState.CLOSED))
    with store.read() as tx:
        states = [ContactState.RECEIVED, ContactState.SCREENING]
        assert contacts.in_states(tx, states) == [contact(1), contact(2), contact(3)]
        assert contacts.in_states(tx, states, limit=2) == [contact(1), contact(2)]
        assert contacts.in_states(tx, []) == []


def test_a_change_of_state_moves_a_contact_to_its_new_list(store: Store) -> None:
    _keep(store, contact(1))
    with store.write() as tx:
        saved = contacts.save(tx, replace(contact(1), state=ContactState.SCREENING))
    with store.read() as tx:
        assert contacts.in_states(tx, [ContactState.RECEIVED]) == []
        assert contacts.in_states(tx, [ContactState.SCREENING]) == [saved]


def test_children_are_known_again_by_name_and_birth_date_in_any_spelling(store: Store) -> None:
    _keep(
        store,
        contact(1, child("Seán", "O’Brien-Ŵyn")),
        contact(2, child("SEAN", "O'Brien Wyn")),
        contact(3, child("Sean", "O'Brien Wyn", dob="2019-03-15")),
    )
    keys = contacts.keys_of(child("sean", "obrien wyn"))
    assert keys == ("obrien wyn|sean|2019-03-14",)
    with store.read() as tx:
        assert contacts.of_children(tx, keys) == [contacts.get(tx, number(n)) for n in (2, 1)]
        found = contacts.of_children(tx, keys, exclude=number(2))
        assert [c.id for c in found] == [number(1)]
        assert contacts.of_children(tx, ()) == []


def test_children_are_known_again_by_nhs_number(store: Store) -> None:
    _keep(store, contact(1, child("M", "", nhs="999 000 0018")), contact(2, child("", "")))
    with store.read() as tx:
        keys = contacts.keys_of(child("Maya", "Rowe", nhs="9990000018"))
        assert [c.id for c in contacts.of_children(tx, keys)] == [number(1)]


def test_a_child_without_name_or_birth_date_is_nobody_known() -> None:
    assert contacts.keys_of(child("", "", dob="")) == ()
    assert contacts.keys_of(child(dob="")) == ()
    assert contacts.keys_of(child(nhs="999")) == contacts.keys_of(child())


def test_a_corrected_birth_date_changes_what_a_child_is_known_by(store: Store) -> None:
    _keep(store, contact(1, child()))
    with store.write() as tx:
        now = contact(1, child(dob="2019-03-15")).content
        contacts.save(tx, replace(contact(1), content=now))
    with store.read() as tx:
        assert contacts.of_children(tx, contacts.keys_of(child())) == []
        assert contacts.of_children(tx, contacts.keys_of(now.children[0])) != []


def test_a_household_is_mentioned_by_postcode_or_by_a_childs_name_newest_first(
    store: Store,
) -> None:
    _keep(
        store,
        contact(1, child("Maya", "Rowe"), postcode="NM3 4QT"),
        contact(2, postcode="nm34qt"),
        contact(3, child("Theo", "Rowe")),
        contact(4, child("Ana", "Lopes"), postcode="NM1 1AA"),
    )

    def ids(**asked: object) -> list[int]:
        with store.read() as tx:
            found = contacts.mentioning(tx, **asked)  # type: ignore[arg-type]
        return [int(c.reference[-1]) for c in found]

    assert ids(postcode="NM3 4QT") == [2, 1]
    assert ids(names=["Rowe"]) == [3, 1]
    assert ids(names=["maya ROWE"]) == [1]
    assert ids(postcode="NM34QT", names=["Theo Rowe"]) == [3, 2, 1]
    assert ids(postcode="NM34QT", names=["Theo Rowe"], exclude=number(2)) == [3, 1]
    assert ids(postcode="NM34QT", names=["Theo Rowe"], limit=1) == [3]
    assert ids() == ids(names=["", " - "]) == []


def test_names_that_no_engine_takes_are_mended_in_the_columns_and_whole_in_the_value(
    store: Store,
) -> None:
    odd = contact(1, child("Ma\x00ya", "Rowe"))
    _keep(store, odd)
    with store.read() as tx:
        assert contacts.get(tx, number(1)) == odd


def test_only_the_latest_answer_of_each_partner_about_each_person_counts(store: Store) -> None:
    _keep(store, contact(1, child()))

    def answer(n: int, person: str, partner: str, minute: int) -> LookupResult:
        return LookupResult(
            id=number(n),
            subject=Subject(contact_id=number(1), person=person),
            partner=partner,
            outcome=Outcome.NOT_FOUND,
            asked_at=NOON + timedelta(minutes=minute),
        )

    old, new = answer(10, "c1", "education", 1), answer(11, "c1", "education", 2)
    other, adult = answer(12, "c1", "housing", 0), answer(13, "a1", "education", 0)
    found = replace(new, outcome=Outcome.FOUND, answered_at=NOON)
    with store.write() as tx:
        for result in (new, old, other, adult, found):
            lookups.save_result(tx, result)
    with store.read() as tx:
        assert lookups.results_of(tx, number(1)) == [adult, found, other]


def test_an_answer_kept_before_it_told_what_would_settle_it_still_opens(store: Store) -> None:
    _keep(store, contact(1, child()))
    kept = LookupResult(
        id=number(10),
        subject=Subject(contact_id=number(1), person="c1"),
        partner="education",
        outcome=Outcome.NOT_FOUND,
        asked_at=NOON,
    )
    with store.write() as tx:
        lookups.save_result(tx, kept)
        body = json.loads(tx.connection.scalar(select(lookup_result.c.body)) or "")
        del body["near"], body["settle"]
        tx.connection.execute(update(lookup_result).values(body=json.dumps(body)))
    with store.read() as tx:
        assert lookups.results_of(tx, number(1)) == [kept]


def test_a_leader_is_shown_what_changed_since_the_version_they_last_opened(
    store: Store,
) -> None:
    first, second, third = (version(n) for n in (1, 2, 3))
    _keep(store, contact(1))
    with store.write() as tx:
        for each in (first, second, third):
            versions.insert(tx, each)
        assert versions.last_looked(tx, number(1), "pnandra") is None
        versions.mark_opened(tx, first.id, "pnandra", NOON)
        versions.mark_opened(tx, third.id, "pnandra", NOON + timedelta(minutes=1))
        versions.mark_opened(tx, second.id, "siqbal", NOON)
        versions.mark_opened(tx, third.id, "pnandra", NOON + timedelta(minutes=2))
        assert versions.last_looked(tx, number(1), "pnandra") == third.id
        assert versions.last_looked(tx, number(1), "pnandra", before=3) == first.id
        assert versions.opened_by(tx, "pnandra", [second.id, third.id]) == {third.id}
        assert versions.of_contact(tx, number(1)) == [first, second, third]
        assert versions.in_state(tx, first.state, 2) == [first, second]


def test_what_a_fact_says_is_kept_with_who_said_it(store: Store) -> None:
    _keep(store, contact(1, child()))
    with store.read() as tx:
        kept = contacts.get(tx, number(1)).content.children[0].given
    assert kept == fact("Maya")
    assert (kept.by, kept.at) == ("rosei", NOON)
