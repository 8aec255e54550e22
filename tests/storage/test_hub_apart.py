"""What was found beside a contact at a hub and names a restricted one: nobody who may not know of
that one can tell that it is there, whichever index they ask by, and whoever may works with it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory
from tests.hub_here import HubHere, tell
from tests.older import EPISODES_AT_HUB
from tests.postgresql import owned
from tests.storage.test_hub_glass import WHY
from tests.workflow.conftest import open_front
from triage.domain.contact import Contact
from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.domain.errors import ConflictError
from triage.domain.lookup import (
    OWN,
    LookupResult,
    Outcome,
    Subject,
    Verdict,
    VerdictKind,
)
from triage.domain.worker import Worker
from triage.storage import codec, episodes, lookups
from triage.storage.apart import APART
from triage.storage.engine import Store, Transaction, open_server
from triage.storage.hub_server import create_hub
from triage.workflow import access, concerns, join
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
HIDDEN, NOBODYS = "C-26-04950", "C-26-04949"


def result(contact: Contact, *, naming: str = "") -> LookupResult:
    return LookupResult(
        id=uuid4(),
        subject=Subject(contact_id=contact.id, person="c1"),
        partner=OWN,
        outcome=Outcome.NOT_FOUND,
        asked_at=factory.NOW,
        searched=f"{naming}/c1",
    )


def verdict(contact: Contact, record: str, *, partner: str = OWN) -> Verdict:
    return Verdict(
        id=uuid4(), subject=Subject(contact_id=contact.id, person="c1"), partner=partner,
        record_id=record, kind=VerdictKind.SAME, by=factory.PRIYA.id, at=factory.NOW,
    )  # fmt: skip


@pytest.fixture
def three(hub: HubHere) -> tuple[Contact, Contact, Contact]:
    """Two contacts that all may know of, and one that is hidden."""
    hub.cleared()
    seen = [factory.alone(name, f"C-26-0000{n}") for n, name in ((1, "Noor Vale"), (2, "Ivo Lund"))]
    hidden = factory.contact(reference=HIDDEN, restricted=True)
    hub.front.bring(*seen, hidden)
    return seen[0], seen[1], hidden


def found(tx: Transaction, contact: Contact, other: Contact) -> tuple[LookupResult, Verdict]:
    """What may be found of another beside a contact, and said of it, in all three tables."""
    result_, verdict_ = result(contact, naming=other.reference), verdict(contact, other.reference)
    verdict_ = replace(verdict_, record_id=f"{other.reference}/c1")
    lookups.save_result(tx, result_)
    lookups.add_verdict(tx, verdict_)
    episodes.suggest(tx, contact.id, other.id, Kinship.SAME_FAMILY, ("One child",), factory.NOW)
    return result_, verdict_


def explained(line: "psycopg.Connection[tuple[object, ...]]", query: str, *said: object) -> str:
    """How the server went about it, without what was asked for."""
    how = f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) {query}".encode()
    told = "\n".join(str(row[0]) for row in line.execute(how, said))
    for value in said:
        told = told.replace(str(value[0] if isinstance(value, list) else value), "…")
    return told


def in_order(*pair: UUID) -> tuple[UUID, ...]:
    return tuple(sorted(pair, key=lambda id: id.hex))


PLANNERS = ("RESET enable_seqscan", "SET enable_seqscan = off; SET enable_bitmapscan = off")


def test_that_something_hidden_was_found_for_a_contact_is_told_by_no_index(
    hub: HubHere, three: tuple[Contact, Contact, Contact]
) -> None:
    one, other, hidden = three
    with hub.front.store.write() as tx:
        for contact in (one, other):
            lookups.save_result(tx, result(contact))
            lookups.add_verdict(tx, verdict(contact, f"{contact.reference}/c1"))
        kept, said = found(tx, one, hidden)
        lookups.add_verdict(tx, verdict(hidden, "P-1", partner="police"))
    asked: list[tuple[str, str, tuple[object, ...], tuple[object, ...]]] = [
        ("lookup_result", "contact_id = %s", (one.id,), (other.id,)),
        ("verdict", "contact_id = %s", (one.id,), (other.id,)),
        ("lookup_result", "id = %s", (kept.id,), (uuid4(),)),
        ("verdict", "id = %s", (said.id,), (uuid4(),)),
        ("verdict", "partner = 'hub' AND record_id = %s", (f"{HIDDEN}/c1",), (f"{NOBODYS}/c1",)),
        ("verdict", "partner = 'police' AND record_id = %s", ("P-1",), ("P-2",)),
        *(
            (name, "partner = 'hub' AND fanlight_references(body) @> %s", ([HIDDEN],), ([NOBODYS],))
            for name in ("lookup_result", "verdict")
        ),
        *(
            ("suggestion", f"{column} = %s", (mine,), (theirs,))
            for column in ("low", "high")
            for mine, theirs in ((one.id, other.id), (hidden.id, uuid4()))
        ),
        ("suggestion", "(low, high) = (%s, %s)", in_order(one.id, hidden.id), (other.id, uuid4())),
    ]  # fmt: skip
    with hub.as_somebody(factory.RUTH) as line:
        for planner in PLANNERS:
            line.execute(planner.encode())
            for name, condition, there, nowhere in asked:
                for table in (name, f"{name}_shown"):
                    query = f"SELECT * FROM {table} WHERE {condition}"
                    told, not_ = (explained(line, query, *said_) for said_ in (there, nowhere))
                    assert told == not_, (table, condition)
                    apart = [at for at in told.splitlines() if " on restricted" in at]
                    assert not apart


def counted(hub: HubHere) -> tuple[list[int], list[int]]:
    """How many rows stand where all look, and how many apart."""
    with psycopg.connect(hub.url) as owner:
        here, there = (
            [
                owner.execute(f"SELECT count(*) FROM {schema}.{name}".encode()).fetchall()[0][0]
                for name in APART
            ]
            for schema in ("public", "fanlight_inside")
        )
    return here, there


def shown(store: Store, contact: Contact) -> list[int]:
    """How much of it somebody reads beside a contact."""
    with store.read() as tx:
        return [
            len(lookups.results_of(tx, contact.id)),
            len(lookups.verdicts_of(tx, contact.id)),
            len(episodes.suggestions_of(tx, contact.id)),
        ]


def test_what_names_a_contact_goes_apart_with_its_restriction_and_comes_back(
    hub: HubHere, at: At, three: tuple[Contact, Contact, Contact]
) -> None:
    one, other, hidden = three
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    with hub.front.store.write() as tx:
        found(tx, one, other)
        found(tx, other, hidden)
    assert counted(hub) == ([1, 1, 1], [1, 1, 1])
    concerns.restrict(officer, other, "A colleague's niece")
    assert counted(hub) == ([0, 0, 0], [2, 2, 2])
    assert shown(officer.store, one) == [0, 0, 0]
    assert shown(leader.store, one) == [1, 1, 1]
    concerns.open_up(leader, other.id, "Not kin after all")
    assert counted(hub) == ([1, 1, 1], [1, 1, 1])  # the other one names who is hidden still
    assert shown(officer.store, one) == [1, 1, 1]
    concerns.open_up(leader, hidden.id, "Home again")
    assert counted(hub) == ([2, 2, 2], [0, 0, 0])


def test_a_leader_works_with_what_stands_apart(
    hub: HubHere, at: At, three: tuple[Contact, Contact, Contact]
) -> None:
    one, _, hidden = three
    leader = at(factory.PRIYA)
    with hub.front.store.write() as tx:
        kept, said = found(tx, one, hidden)
    join.join(leader, one.id, hidden.id, "One child")
    with leader.store.write() as tx:
        undone = lookups.undo_verdict(tx, said.id, by=leader.worker.id, at=leader.now(), why="No")
        leader.note(tx, "match.undone", one.id)
        lookups.save_result(tx, replace(kept, problem="Late"))
        leader.note(tx, "match.answered", one.id)
    with leader.store.read() as tx:
        assert lookups.verdicts_of(tx, one.id) == [undone]
        assert [r.problem for r in lookups.results_of(tx, one.id)] == ["Late"]
        assert lookups.verdicts_on(tx, OWN, f"{HIDDEN}/c1") == [undone]
        [pair] = episodes.suggestions_of(tx, one.id)
    assert pair.state is SuggestionState.JOINED
    with pytest.raises(ConflictError), leader.store.write() as tx:
        lookups.undo_verdict(tx, said.id, by=leader.worker.id, at=leader.now(), why="Again")
    assert counted(hub) == ([0, 0, 0], [1, 1, 1])


def test_what_stands_apart_is_changed_in_ones_own_name_with_the_event_of_it(
    hub: HubHere, three: tuple[Contact, Contact, Contact]
) -> None:
    one, other, hidden = three
    with hub.front.store.write() as tx:
        found(tx, one, hidden)
    for setting in ("no", "yes"):
        for act, words in (
            ("UPDATE verdict_shown SET body = '{}'", "own name"),
            (f"UPDATE verdict_shown SET contact_id = '{other.id}'", "Nothing was changed"),
            (f"UPDATE lookup_result_shown SET contact_id = '{other.id}'", "stays with it"),
            ("UPDATE lookup_result_shown SET person = 'c2'", "without the event"),
            ("UPDATE suggestion_shown SET state = 'joined', by = 'siqbal'", "own name"),
            ("UPDATE suggestion_shown SET state = 'joined', by = 'pnandra'", "without the event"),
        ):
            with hub.as_somebody(factory.PRIYA) as line:
                line.execute(f"SET fanlight.moving = '{setting}'".encode())
                with pytest.raises(psycopg.Error, match=words):
                    line.execute(act.encode())


def test_what_came_to_stand_where_all_look_is_hidden_by_the_rule_of_its_row(
    hub: HubHere, three: tuple[Contact, Contact, Contact]
) -> None:
    """As it may where it is written while the contact that it names is being restricted."""
    one, _, hidden = three
    restricted = replace(result(one), partner="police")
    with hub.front.store.write() as tx:
        found(tx, one, hidden)
        lookups.save_result(tx, replace(result(one, naming=HIDDEN), partner="police"))
        lookups.save_result(tx, restricted)
    with psycopg.connect(hub.as_superuser) as line:
        line.execute("SET session_replication_role = replica")
        marking = """UPDATE lookup_result SET body = '{"restricted":true}' WHERE id = %s"""
        line.execute(marking, (restricted.id,))
        for name in APART:
            line.execute(f"INSERT INTO {name} SELECT * FROM fanlight_inside.{name}".encode())
    for who, seen in ((factory.RUTH, [1, 0, 0]), (factory.PRIYA, [3, 1, 1])):
        counts = [hub.tried(who, f"SELECT count(*) FROM {name}")[0][0] for name in APART]
        assert counts == seen, who.id


def test_nobody_reaches_either_table_but_through_the_view(hub: HubHere) -> None:
    for name in APART:
        for who in (factory.RUTH, factory.PRIYA):
            for act in (
                f"SELECT FROM fanlight_inside.{name}",
                f"INSERT INTO {name} SELECT * FROM {name}_shown",
                f"UPDATE {name} SET {'why' if name == 'suggestion' else 'body'} = ''",
                f"DELETE FROM {name}",
            ):
                assert hub.answered(who, act).startswith("42501"), act


@pytest.mark.parametrize("how", ["", "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) "])
def test_adding_what_names_a_hidden_contact_is_answered_as_what_names_none(
    hub: HubHere, three: tuple[Contact, Contact, Contact], how: str
) -> None:
    one, _, hidden = three
    adding = "INSERT INTO lookup_result_shown VALUES (%s, %s, 'c1', 'hub', now(), %s) RETURNING 1"
    pairing = (
        "INSERT INTO suggestion_shown VALUES (%s, %s, %s, 'sibling', '[]', 'open', '', now(), '')"
    )

    def answered(kind: str, act: str, *values: object) -> str:
        try:
            with hub.as_somebody(factory.RUTH) as line, line.transaction():
                tell(line, factory.RUTH, kind, one.id)
                done = line.execute((how + act).encode(), values)
                return f"{done.statusmessage} {done.fetchall() if done.description else ''}"
        except psycopg.Error as fault:
            return f"{fault.sqlstate} {fault}"

    told = [
        answered("match.answered", adding, uuid4(), one.id, codec.dump(LookupResult, kept))
        for kept in (result(one, naming=HIDDEN), result(one, naming=NOBODYS))
    ]
    assert told[0] == told[1]
    assert "INSERT" in told[0] or how
    there, nowhere = (
        answered("contact.likeness_found", pairing, *in_order(one.id, id), one.id)
        for id in (hidden.id, uuid4())
    )
    assert there == nowhere
    assert there.startswith("42501")


def test_who_opened_a_contact_with_a_reason_works_with_what_was_found_for_it(
    hub: HubHere, at: At, three: tuple[Contact, Contact, Contact]
) -> None:
    one, _, hidden = three
    another = hub.front.bring(replace(factory.alone("Ada Marsh", "C-26-04951"), restricted=True))
    officer, neighbour = at(factory.RUTH), at(factory.SANA)
    with hub.front.store.write() as tx:
        found(tx, hidden, one)
        found(tx, hidden, another)
    assert shown(officer.store, hidden) == [0, 0, 0]
    hub.front.watch.now = datetime.now(UTC) + timedelta(seconds=30)
    access.break_glass(officer, HIDDEN, WHY)
    assert shown(officer.store, hidden) == [1, 1, 1]
    assert shown(neighbour.store, hidden) == [0, 0, 0]
    with officer.store.write() as tx:
        said = replace(verdict(hidden, "P-9", partner="police"), by=officer.worker.id)
        lookups.add_verdict(tx, said)
        officer.note(tx, "match.linked", hidden.id)
    with officer.store.write() as tx:
        lookups.undo_verdict(tx, said.id, by=officer.worker.id, at=officer.now(), why="No")
        officer.note(tx, "match.undone", hidden.id)
    assert shown(officer.store, hidden) == [1, 2, 1]
    assert counted(hub)[0] == [0, 0, 0]


def test_what_stands_apart_ends_with_the_contact_that_it_names(
    hub: HubHere, three: tuple[Contact, Contact, Contact]
) -> None:
    one, other, hidden = three
    with hub.front.store.write() as tx:
        found(tx, one, hidden)
        found(tx, hidden, other)
        found(tx, one, other)
    with psycopg.connect(hub.as_superuser) as line:
        [[steps]] = line.execute(
            'SELECT substring(prosrc FROM \'DELETE FROM setting.*DELETE FROM "contact" WHERE '
            "id = wanted;') FROM pg_proc WHERE proname = 'fanlight_destroy'"
        ).fetchall()
        line.execute(f"DO $$ DECLARE wanted uuid := '{hidden.id}'; BEGIN {steps} END $$".encode())
    assert counted(hub) == ([1, 1, 1], [0, 0, 0])


def _as_before(superuser: str) -> None:
    """A hub as it was when what names a restricted contact stood among all else."""
    with psycopg.connect(superuser) as line:
        line.execute("SET session_replication_role = replica")
        for name in APART:
            line.execute(f"INSERT INTO {name} SELECT * FROM fanlight_inside.{name}".encode())
            line.execute(f"DROP VIEW {name}_shown".encode())
            line.execute(f"DROP TABLE fanlight_inside.{name} CASCADE".encode())
        line.execute(EPISODES_AT_HUB.encode())
        line.execute("UPDATE alembic_version SET version_num = '0022'")


def test_what_names_a_restricted_contact_at_a_hub_of_before_is_moved_apart(
    server_url: str, tmp_path: Path
) -> None:
    url = owned(server_url, "hub_of_together")
    superuser = make_url(server_url).set(database="hub_of_together")
    create_hub(url, without_tls=True)
    with closing(open_server(url)) as store:
        hub = HubHere(url, open_front(store, tmp_path))
        one = factory.alone("Noor Vale", "C-26-00001")
        hidden = factory.contact(reference=HIDDEN, restricted=True)
        hub.front.bring(one, hidden)
        with store.write() as tx:
            found(tx, one, hidden)
            lookups.save_result(tx, result(one))
    _as_before(superuser.render_as_string(hide_password=False))
    create_hub(url, without_tls=True)
    assert counted(hub) == ([1, 0, 0], [1, 1, 1])
    create_hub(url, without_tls=True)
    assert counted(hub) == ([1, 0, 0], [1, 1, 1])
