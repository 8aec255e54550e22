"""What is kept comes back equal in every field, from both engines."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from tests.storage.values import NOON, WORDS, any_of, contact, delivery, number, version
from triage.domain.contact import Contact, Voice
from triage.domain.decision import Answer, DecisionVersion
from triage.domain.draft import Draft, DraftKind
from triage.domain.fact import Fact, FactState, Place, Unknown
from triage.domain.lookup import LookupResult, Verdict
from triage.domain.pack import Copy
from triage.domain.worker import Role, Worker
from triage.storage import (
    answers,
    codec,
    contacts,
    drafts,
    lookups,
    originals,
    outbox,
    packs,
    versions,
    workers,
)
from triage.storage import (
    settings as hub_settings,
)
from triage.storage.engine import Store, Transaction
from triage.storage.tables import version_opened

quick = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@quick
@given(value=any_of(Contact), said=any_of(DecisionVersion), found=any_of(LookupResult))
def test_json_gives_back_the_same_contact_decision_and_result(
    value: Contact, said: DecisionVersion, found: LookupResult
) -> None:
    assert codec.load(Contact, codec.dump(Contact, value)) == value
    assert codec.load(Contact, codec.dump(Contact, value, sparse=True)) == value
    assert codec.load(DecisionVersion, codec.dump(DecisionVersion, said)) == said
    assert codec.load(LookupResult, codec.dump(LookupResult, found)) == found


@quick
@given(value=any_of(Draft), said=any_of(Verdict), copy=any_of(Copy), answer=any_of(Answer))
def test_json_gives_back_the_same_draft_verdict_copy_and_answer(
    value: Draft, said: Verdict, copy: Copy, answer: Answer
) -> None:
    assert codec.load(Draft, codec.dump(Draft, value, sparse=True)) == value
    assert codec.load(Verdict, codec.dump(Verdict, said)) == said
    assert codec.load(Copy, codec.dump(Copy, copy)) == copy
    assert codec.load(Answer, codec.dump(Answer, answer)) == answer


def test_what_an_older_desk_kept_of_an_episode_is_passed_over() -> None:
    held = contact(1)
    kept = codec.dump(Contact, held, sparse=True)
    kept = kept.replace("{", '{"episode_id":"00000000-0000-0000-0000-000000000050",', 1)
    assert codec.load(Contact, kept) == held


def test_what_was_left_out_as_default_means_what_it_meant_when_it_was_stored() -> None:
    """Sparse values lean on the defaults: changing one would change every contact on disk."""
    kept = (
        '{"id":"00000000-0000-0000-0000-000000000001","reference":"C-26-00001",'
        '"channel":"phone","state":"received","received_at":"2026-11-23T12:00:00Z",'
        '"content":{"children":[{"key":"c1"}],"adults":[{"key":"a1"}],"said":'
        '[{"at":"2026-11-23T12:00:00Z","words":"Hello"}],"concern":{"places":[{"file":"a"}]}}}'
    )
    kept_contact = codec.load(Contact, kept)
    content, unsaid = kept_contact.content, Fact(value="", unknown=Unknown.NOT_SAID)
    assert (kept_contact.version, kept_contact.restricted, kept_contact.practice) == (
        1,
        False,
        False,
    )
    assert (kept_contact.rating, kept_contact.assigned_to) == (None, None)
    assert (kept_contact.subject, kept_contact.set_aside_reason, kept_contact.paused_reason) == (
        "",
        "",
        "",
    )
    assert content.concern.state is FactState.READ
    assert content.concern.unknown is Unknown.NOT_SAID
    assert content.concern.places[0] == Place(
        file="a", part="", page=None, start=None, end=None, box=None, label="", words=""
    )
    assert content.said[0].voice is Voice.UNMARKED
    assert not content.address.is_refuge
    assert not content.children[0].unborn
    for person in (content.children[0], content.adults[0], content.referrer, content.address):
        for field in dataclasses.fields(person):
            if field.type is Fact:
                assert getattr(person, field.name) == unsaid
    for field in dataclasses.fields(content):
        if field.type is Fact and field.name != "concern":
            assert getattr(content, field.name) == unsaid


class _Leave(Exception):
    """Leaves a transaction without keeping anything."""


@contextmanager
def nothing_kept(store: Store) -> Iterator[Transaction]:
    """A transaction that is rolled back, so that each example finds the store empty."""
    with suppress(_Leave), store.write() as tx:
        yield tx
        raise _Leave


@quick
@given(value=any_of(Contact))
def test_a_contact_comes_back_as_it_was_kept(store: Store, value: Contact) -> None:
    children = value.content.children
    assume(len({c.key for c in children}) == len(children))
    with nothing_kept(store) as tx:
        contacts.insert(tx, value)
        assert contacts.get(tx, value.id) == value


@quick
@given(said=any_of(DecisionVersion))
def test_a_version_comes_back_as_it_was_kept(store: Store, said: DecisionVersion) -> None:
    with nothing_kept(store) as tx:
        versions.insert(tx, said)
        assert versions.get(tx, said.id) == said


@quick
@given(found=any_of(LookupResult), read=any_of(Draft))
def test_results_and_drafts_come_back_as_they_were_kept(
    store: Store, found: LookupResult, read: Draft
) -> None:
    with nothing_kept(store) as tx:
        lookups.save_result(tx, found)
        assert lookups.results_of(tx, found.subject.contact_id) == [found]
        drafts.put(tx, found.subject.contact_id, read)
        assert drafts.get(tx, found.subject.contact_id) == read
        asked = [number(7), found.subject.contact_id]
        assert drafts.of_contacts(tx, asked) == {found.subject.contact_id: read}


@quick
@given(key=WORDS.map(lambda w: w.replace("\x00", "")), value=any_of(Answer))
def test_an_answer_comes_back_as_it_was_typed(store: Store, key: str, value: Answer) -> None:
    with nothing_kept(store) as tx:
        saved = answers.save(tx, number(1), key, value, base_version=0, by="rosei", at=NOON)
        assert answers.all(tx, number(1)) == {key: saved}
        assert saved.value == value


@pytest.mark.parametrize("data", [b"", b"\x00\xff\r\n" * 1_310_720], ids=["0 bytes", "5 MB"])
def test_an_original_is_kept_byte_for_byte(store: Store, data: bytes) -> None:
    with store.write() as tx:
        contacts.insert(tx, contact(1))
        kept = originals.keep(
            tx,
            id=number(9),
            name="referral\x00\udcff.eml",
            data=data,
            kind=DraftKind.CONTACT.value,
            contact_id=number(1),
            message_id="<a@school.example>",
            received_at=NOON,
        )
    with store.read() as tx:
        assert originals.bytes_of(tx, number(9)) == data
        assert originals.of_contact(tx, number(1)) == [kept]
        assert originals.by_message_id(tx, "<a@school.example>") == [kept]
        assert originals.by_hash(tx, kept.sha256) == [kept]
        assert originals.by_message_id(tx, "") == []
    assert kept.size == len(data)
    assert kept.name == "referral\ufffd\ufffd.eml"


def test_the_same_bytes_twice_are_two_arrivals(store: Store) -> None:
    with store.write() as tx:
        for n in (1, 2):
            originals.keep(
                tx,
                id=number(n),
                name=f"{n}.eml",
                data=b"same",
                kind=DraftKind.AUTO_REPLY.value,
                contact_id=None,
                message_id="",
                received_at=NOON.replace(minute=n),
            )
    with store.read() as tx:
        assert [o.name for o in originals.set_aside_list(tx)] == ["2.eml", "1.eml"]
        assert [originals.bytes_of(tx, number(n)) for n in (1, 2)] == [b"same", b"same"]


def test_a_delivery_keeps_the_exact_bytes_that_were_signed(store: Store) -> None:
    document = bytes(range(256))
    put = delivery(1, document=document, receipt=b"\x00\x01", next_attempt_at=NOON)
    with store.write() as tx:
        contacts.insert(tx, contact(1))
        versions.insert(tx, version(1))
        outbox.put(tx, put)
    with store.read() as tx:
        assert outbox.get(tx, put.id) == put
        assert outbox.of_contact(tx, number(1)) == outbox.of_decision(tx, version(1).id) == [put]


def test_people_copies_and_settings_come_back_as_they_were_kept(store: Store) -> None:
    ruth = Worker(id="rosei", name="Ruth Osei", role=Role.CONTACT_OFFICER, job="Contact officer")
    copy = Copy(number=1, recipient="School", by="secure mail", words=("aunt",))
    with store.write() as tx:
        workers.put(tx, ruth, public_jwk={"kty": "EC", "crv": "P-256"})
        contacts.insert(tx, contact(1))
        versions.insert(tx, version(1))
        issued = packs.record(
            tx,
            id=number(3),
            decision_id=version(1).id,
            copy=copy,
            sha256="0" * 64,
            by="rosei",
            at=NOON,
            how="printed",
        )
        hub_settings.put(tx, "hub", {"name": "Northmere", "desks": [1, 2]})
        hub_settings.put(tx, "hub", {"name": "Northmere", "desks": [3]})
    with store.read() as tx:
        assert workers.get(tx, "rosei") == ruth
        assert workers.all(tx) == [ruth]
        assert workers.public_jwk(tx, "rosei") == {"kty": "EC", "crv": "P-256"}
        assert packs.of_decision(tx, version(1).id) == [issued]
        assert hub_settings.get(tx, "hub") == {"name": "Northmere", "desks": [3]}
        assert hub_settings.get(tx, "nothing", 7) == 7


@quick
@given(moment=st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds go without zone
def test_a_moment_comes_back_in_utc_to_the_microsecond(store: Store, moment: datetime) -> None:
    with nothing_kept(store) as tx:
        versions.mark_opened(tx, number(1), "pnandra", moment)
        back = tx.connection.scalar(select(version_opened.c.at))
        assert back == moment
        assert back.tzinfo is UTC


def test_a_moment_without_its_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="time zone"), store.write() as tx:
        versions.mark_opened(tx, number(1), "pnandra", NOON.replace(tzinfo=None))
