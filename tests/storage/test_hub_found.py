"""What a restricted child is found by at a hub: nothing of it can be told by who may not know,
whatever they ask, and how the server says it would go about it is the same as for nobody."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory
from tests.hub_here import EVERYONE, NIA, HubHere, tell
from tests.older import EPISODES_AT_HUB
from tests.postgresql import owned
from tests.storage.test_hub_glass import WHY
from tests.workflow.conftest import open_front
from triage.domain.contact import Address, Contact, ContactState
from triage.domain.fact import entered
from triage.domain.restriction import RestrictedKind
from triage.domain.worker import Worker
from triage.storage import codec, contacts
from triage.storage.engine import Store, open_server
from triage.storage.hub_server import create_hub
from triage.workflow import access, concerns, screen
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
IRIS = factory.child(given="Iris", family="Vane", dob="2017-05-02", nhs_number="9990000018")
FOUND_BY = {
    "identity": ("vane|iris|2017-05-02", "zane|aris|2017-05-03"),
    "family": ("vane", "zane"),
    "full_name": ("iris vane", "aris zane"),
    "dob": ("2017-05-02", "2017-05-03"),
    "nhs_number": ("9990000018", "9990000026"),
}
"""By column, what the hidden child has and what nobody has, of one length."""

PLACE = ("NM34QT", "NM43QT")
ASKED = (
    "SELECT * FROM {table} WHERE {column} = '{value}'",
    "SELECT count(*) FROM {table} WHERE {column} IN ('{value}', 'another')",
    "SELECT * FROM {table} WHERE {column} LIKE '{value}%'",
    "SELECT * FROM (VALUES ('{value}')) said (words) JOIN {table} ON {column} = words",
    "SELECT * FROM (VALUES ('{value}')) said (words) LEFT JOIN {table} ON {column} = words",
    "SELECT * FROM (VALUES ('{value}')) said (words) FULL JOIN {table} ON {column} = words",
    "SELECT FROM (VALUES ('{value}')) said (words) WHERE EXISTS"
    " (SELECT FROM {table} WHERE {column} = words)",
    "SELECT FROM (SELECT {column} AS found FROM {table} UNION ALL SELECT {column} FROM {table})"
    " AS twice WHERE found = '{value}'",
)


@pytest.fixture
def hidden(hub: HubHere) -> Contact:
    return hub.front.bring(factory.contact(IRIS, reference="C-26-04950", restricted=True))


def _among_many(hub: HubHere) -> None:
    """Thousands of others, and hundreds of the restricted that say the same as the hidden one."""
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")
        line.execute(
            """INSERT INTO contact SELECT gen_random_uuid(), 'C-25-' || n, 'closed', now(), NULL,
               'NM5' || n, 1, '{}' FROM generate_series(1, 3000) n"""
        )
        line.execute(
            """INSERT INTO contact_child SELECT id, 'c1', reference, postcode, postcode,
               reference, reference, reference FROM contact WHERE postcode LIKE 'NM5%'"""
        )
        for table in ("restricted_child", "restricted_place"):
            names = "child, identity, family, given, full_name, dob, nhs_number"
            kept = names if table == "restricted_child" else "postcode"
            line.execute(
                f"INSERT INTO {table} SELECT gen_random_uuid(), {kept} FROM {table}, "
                "generate_series(1, 500)".encode()
            )
        line.execute("ANALYZE contact, contact_child, restricted_child, restricted_place")


@pytest.mark.parametrize("asked", ASKED)
def test_how_a_hidden_child_is_looked_for_is_told_as_for_one_who_is_nowhere(
    hub: HubHere, hidden: Contact, asked: str
) -> None:
    _among_many(hub)
    places = [
        *((table, column, *pair)
          for table in ("contact_child", "restricted_child_shown")
          for column, pair in FOUND_BY.items()),
        ("contact", "postcode", *PLACE),
        ("restricted_place_shown", "postcode", *PLACE),
    ]  # fmt: skip
    with hub.as_somebody(factory.RUTH) as line:
        for table, column, *values in places:
            there, nowhere = (
                _explained(line, asked.format(table=table, column=column, value=value), value)
                for value in values
            )
            assert there == nowhere, (table, column)
            looked = [at for at in there.splitlines() if " on restricted_" in at]
            assert all("never executed" in at for at in looked), there


def _explained(line: "psycopg.Connection[tuple[object, ...]]", query: str, value: str) -> str:
    told = line.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) {query}".encode())
    return "\n".join(str(row[0]) for row in told).replace(value, "…")


def test_what_stands_apart_is_read_through_a_view_that_is_shut_before_anything_is_looked_for(
    hub: HubHere, hidden: Contact
) -> None:
    for table in ("restricted_child", "restricted_place"):
        for who in EVERYONE:
            assert hub.answered(who, f"SELECT * FROM {table}").startswith("42501"), who.id
        count = f"SELECT count(*) FROM {table}_shown"
        may = {who.id for who in EVERYONE if hub.tried(who, count) == [(1,)]}
        assert may == {"pnandra", "oadeyo", "nhart"}
        [first, second, *_] = hub.tried(factory.RUTH, f"EXPLAIN SELECT * FROM {table}_shown")
        assert first[0].startswith("Result")
        assert "One-Time Filter" in second[0]


def test_a_leader_finds_a_hidden_child_by_each_thing_known_of_it_and_an_officer_by_none(
    hub: HubHere, hidden: Contact, at: At
) -> None:
    later = factory.contact(IRIS, reference="C-26-04951")
    hub.front.bring(later)

    def found(store: Store, *, leads: bool) -> list[set[UUID]]:
        with store.read() as tx:
            about = [
                contacts.ids_about(tx, words, with_restricted=leads)
                for words in ("Iris Vane", "Vane", "999 000 0018", "NM3 4QT")
            ]
            listed = (
                contacts.of_children(tx, ["vane|iris|2017-05-02"]),
                contacts.of_children(tx, ["9990000018"]),
                contacts.mentioning(tx, names=["Iris Vane"]),
                contacts.mentioning(tx, names=["Vane"]),
                contacts.mentioning(tx, postcode="NM3 4QT"),
            )
            return [*map(set, about), *({c.id for c in each} for each in listed)]

    assert found(at(factory.PRIYA).store, leads=True) == [{hidden.id, later.id}] * 9
    assert found(at(factory.RUTH).store, leads=False) == [{later.id}] * 9


def test_earlier_contacts_of_a_child_are_counted_where_they_are_hidden_for_a_leader_alone(
    hub: HubHere, at: At
) -> None:
    times = [factory.NOW - timedelta(days=days) for days in (3, 2, 1)]
    made = [
        factory.contact(IRIS, reference=f"C-26-0000{n}", received_at=when, restricted=n == 1)
        for n, when in enumerate(times)
    ]
    hub.front.bring(*made)
    for worker, leads, expected in (
        (factory.PRIYA, True, {made[1].id: times[:1], made[2].id: times[:2]}),
        (factory.RUTH, False, {made[2].id: times[:1]}),
    ):
        with at(worker).store.read() as tx:
            found = contacts.earlier_received(
                tx, [ContactState.RECEIVED], with_restricted=leads, since=times[0]
            )
        assert found == expected, worker.id


def _stands(hub: HubHere) -> list[int]:
    """How many rows contacts are found by, of those that all may find and of the others."""
    with psycopg.connect(hub.url) as owner:
        counted = (
            "contact_child", "contact WHERE postcode IS NOT NULL", "restricted_child",
            "restricted_place",
        )  # fmt: skip
        found = (owner.execute(f"SELECT count(*) FROM {each}".encode()) for each in counted)
        return [row[0] for rows in found for row in rows]


def test_what_a_contact_is_found_by_goes_apart_with_its_restriction_and_comes_back(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact(IRIS, factory.child("c2", "Tom")))
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    assert _stands(hub) == [2, 1, 0, 0]
    concerns.restrict(officer, contact, "A colleague's niece")
    assert _stands(hub) == [0, 0, 2, 1]
    with officer.store.read() as tx:
        assert contacts.mentioning(tx, names=["Vane"], postcode="NM3 4QT") == []
    concerns.open_up(leader, contact.id, "Not kin after all")
    assert _stands(hub) == [2, 1, 0, 0]
    concerns.restrict(officer, contact.id, "She fled", RestrictedKind.REFUGE)
    assert _stands(hub) == [0, 0, 2, 0]
    concerns.open_up(leader, contact.id, "Home again")
    concerns.restrict(officer, contact.id, "Adopted", RestrictedKind.ADOPTION)
    assert _stands(hub) == [0, 0, 0, 0]


@pytest.fixture
def opened(hub: HubHere, hidden: Contact, at: At) -> Desk:
    """The desk of an officer who opened the hidden contact with a reason."""
    desk = at(factory.RUTH)
    hub.front.watch.now = datetime.now(UTC) + timedelta(seconds=30)
    access.break_glass(desk, "C-26-04950", WHY)
    return desk


def test_who_opened_a_hidden_contact_with_a_reason_changes_what_it_is_found_by(
    hub: HubHere, hidden: Contact, opened: Desk, at: At
) -> None:
    with pytest.raises(psycopg.Error, match="no such contact for you"):
        hub.tried(factory.SANA, "SELECT fanlight_forget_found_by(%s)", hidden.id)
    named = screen.add_child(opened, hidden, factory.child("", "Noor", family="Vane"))
    path = "address.postcode"
    screen.change_fact(opened, named, path, entered("nm5 2tb", by="rosei", at=factory.NOW))
    assert _stands(hub) == [0, 0, 2, 1]
    leader = at(factory.PRIYA).store
    with leader.read() as tx:
        assert [c.id for c in contacts.mentioning(tx, names=["Noor Vane"])] == [hidden.id]
        assert [c.id for c in contacts.mentioning(tx, postcode="NM5 2TB")] == [hidden.id]
    with opened.store.read() as tx:
        assert contacts.get(tx, hidden.id).content.children[1].name == "Noor Vane"
        assert contacts.mentioning(tx, names=["Noor Vane"]) == []


_KEPT = (
    "INSERT INTO {} (contact_id, child, family, full_name) VALUES (%s, '{}', 'vane', 'iris vane')"
)


def _saved(
    hub: HubHere, contact: Contact, kind: str, *acts: str, postcode: str | None, **facts: object
) -> str:
    """What becomes of a contact changed by plain SQL with the event of it, and of acts beside."""
    now = hub.front.read(contact)
    changed = replace(now, version=now.version + 1, **facts)  # type: ignore[arg-type]
    body = codec.dump(Contact, changed, sparse=True)
    act = b"UPDATE contact SET version = %s, body = %s, postcode = %s WHERE id = %s"
    try:
        with hub.as_somebody(factory.RUTH) as line, line.transaction():
            tell(line, factory.RUTH, kind, contact.id)
            line.execute(act, (changed.version, body, postcode, contact.id))
            for each in acts:
                line.execute(each.encode(), (contact.id,))
    except psycopg.Error as fault:
        return f"{fault.sqlstate} {fault}"
    return "done"


FORGET = "SELECT fanlight_forget_found_by(%s)"
HIDE = "INSERT INTO restriction VALUES (%s)"
APART = _KEPT.format("restricted_child", "c1")
PLACED = "INSERT INTO restricted_place VALUES (%s, 'NM34QT')"


def test_nobody_leaves_a_restricted_child_where_all_may_find_it(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact(IRIS))
    hub.front.bring(factory.contact(reference="C-26-04700", restricted=True))
    with_all = _KEPT.format("contact_child", "c1")
    for postcode, *acts in (
        (None, HIDE),
        (None, FORGET, with_all, HIDE),
        (None, FORGET, PLACED, HIDE),
        (None, APART, PLACED, HIDE),
        (None, FORGET, APART, HIDE),
        ("NM34QT", FORGET, APART, HIDE),
        ("NM34QT", FORGET, APART, PLACED, HIDE),
        (None, FORGET, APART, PLACED),
    ):
        said = _saved(hub, contact, "contact.restricted", *acts, postcode=postcode, restricted=True)
        assert "found by" in said, acts
    acts = (FORGET, APART, PLACED, HIDE)
    said = _saved(hub, contact, "contact.restricted", *acts, postcode=None, restricted=True)
    assert said == "done"


def test_who_opened_a_restricted_contact_puts_nothing_of_it_where_all_may_find_it(
    hub: HubHere, hidden: Contact, opened: Desk
) -> None:
    for postcode, *acts in (
        (None, _KEPT.format("contact_child", "c1")),
        (None, _KEPT.format("contact_child", "c2")),
        ("NM34QT",),
        (None, FORGET),
    ):
        said = _saved(hub, hidden, "contact.rated", *acts, postcode=postcode, rating="red")
        assert "found by" in said, acts
    assert _saved(hub, hidden, "contact.rated", postcode=None, rating="red") == "done"


def test_nobody_hides_a_contact_that_all_may_know_of_or_has_it_found_by_what_it_does_not_say(
    hub: HubHere,
) -> None:
    contact = hub.front.bring(factory.contact(IRIS))
    moved = replace(
        contact.content, address=Address(postcode=entered("NM5 2TB", by="rosei", at=factory.NOW))
    )
    for postcode, *acts in (
        ("NM34QT", FORGET, APART),
        ("NM34QT", PLACED),
        (None, PLACED),
        (None,),
        ("NM52TB",),
    ):
        said = _saved(hub, contact, "contact.rated", *acts, postcode=postcode, rating="red")
        assert "found by" in said, (postcode, acts)
    changing = "contact.fact_changed"
    assert "found by" in _saved(hub, contact, changing, postcode="NM34QT", content=moved)
    assert _saved(hub, contact, changing, postcode="NM52TB", content=moved) == "done"


def test_what_a_contact_is_found_by_is_forgotten_by_who_may_change_it_with_the_event_of_it(
    hub: HubHere, hidden: Contact
) -> None:
    contact = hub.front.bring(factory.contact())
    for who, about in (
        (factory.RUTH, hidden.id), (factory.RUTH, UUID(int=77)), (factory.AMIR, contact.id),
        (NIA, contact.id),
    ):  # fmt: skip
        said = hub.answered(who, FORGET, about)
        assert said.startswith("FL001 There is no such contact"), (who.id, said)
    for who in (factory.RUTH, factory.PRIYA):
        assert "without the event" in hub.answered(who, FORGET, contact.id)
    assert "without the event" in hub.answered(factory.PRIYA, FORGET, hidden.id)
    assert _stands(hub) == [1, 1, 1, 1]


def test_a_record_is_kept_for_another_about_the_same_child_though_it_is_restricted(
    hub: HubHere, hidden: Contact
) -> None:
    seen = hub.front.bring(factory.contact(IRIS, reference="C-26-04951"))
    with psycopg.connect(hub.url) as owner:
        for one, other in ((seen, hidden), (hidden, seen)):
            found = owner.execute("SELECT fanlight_related(%s)", (one.id,)).fetchall()
            assert found == [(other.id,)]


BEFORE = f"""
    {EPISODES_AT_HUB};
    DROP TABLE content_share, child_key;
    INSERT INTO contact_child SELECT * FROM restricted_child;
    UPDATE contact SET postcode = place.postcode FROM restricted_place place
    WHERE place.contact_id = contact.id;
    DROP TABLE restricted_child, restricted_place CASCADE;
    DROP FUNCTION fanlight_forget_found_by;
    UPDATE alembic_version SET version_num = '0020';
"""
"""A hub as it was when a restricted contact was found by what all others are found by."""


def test_what_restricted_contacts_were_found_by_is_moved_apart_and_cleared_away(
    server_url: str, tmp_path: Path
) -> None:
    url = owned(server_url, "hub_of_before")
    create_hub(url, without_tls=True)
    with closing(open_server(url)) as store:
        hub = HubHere(url, open_front(store, tmp_path))
        hub.front.bring(factory.contact(IRIS, restricted=True), factory.contact(reference="C-26-1"))
        superuser = make_url(server_url).set(database="hub_of_before")
        with psycopg.connect(superuser.render_as_string(hide_password=False)) as line:
            line.execute("SET session_replication_role = replica")
            line.execute(BEFORE.encode())
        create_hub(url, without_tls=True)
        assert _stands(hub) == [1, 1, 1, 1]
        with psycopg.connect(url) as owner:
            asked = b"SELECT last_vacuum FROM pg_stat_user_tables WHERE relname = 'contact_child'"
            assert owner.execute(asked).fetchone() != (None,)
