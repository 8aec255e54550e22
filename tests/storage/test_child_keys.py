"""A contact opens while one of its children's keys stands, and what is destroyed opens nowhere."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text

from tests import factory
from tests.conftest import KEY, Home
from tests.hub_here import HubHere
from tests.keys_here import got
from tests.postgresql import owned
from triage.domain.contact import Child, Contact
from triage.domain.errors import StoreError
from triage.domain.event import FIRST, NewEvent
from triage.domain.restriction import RestrictedKind
from triage.domain.worker import Worker
from triage.storage import backups, child_keys, codec, contacts, content_keys, destruction, events
from triage.storage.child_keys import Share
from triage.storage.engine import Store, Transaction, open_file, open_server
from triage.storage.tables import child_key, content_key, content_share, event_head, metadata
from triage.workflow import concerns, screen
from triage.workflow.desk import Desk

BACKUP_KEY = bytes(range(32, 64))
SETTINGS = settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

PEOPLE = {
    "Ada": factory.child("c1", "Ada"),
    "Ada, numbered": factory.child("c1", "Ada", nhs_number="9990000018"),
    "Ada, put right": factory.child("c1", "Adah", nhs_number="9990000018"),
    "Ben": factory.child("c1", "Ben"),
    "Cora": factory.child("c1", "Cora", nhs_number="9990000026"),
    "somebody": Child(key="c1"),
}
NAMES = st.lists(st.sampled_from(sorted(PEOPLE)), max_size=3).map(tuple)
KIND = st.sampled_from(["", "", "", RestrictedKind.REFUGE, RestrictedKind.ADOPTION])
STEP = st.one_of(
    st.tuples(st.just("save"), st.integers(0, 4), NAMES, KIND),
    st.tuples(st.just("save"), st.integers(0, 4), NAMES, KIND),
    st.tuples(st.just("destroy"), st.integers(0, 4)),
    st.tuples(st.just("back up")),
)


def of(contact: Contact, names: tuple[str, ...], kind: str) -> Contact:
    """The contact, about these people and restricted so."""
    children = tuple(replace(PEOPLE[n], key=f"c{at + 1}") for at, n in enumerate(names))
    content = replace(contact.content, children=children)
    return replace(contact, content=content, restricted=bool(kind), restricted_kind=kind)


def alike(one: Contact, other: Contact) -> set[tuple[str, str]]:
    """Keys of children of two contacts that are known to be the same child."""
    return {
        (a.key, b.key)
        for a in one.content.children
        for b in other.content.children
        if set(contacts.keys_of(a)) & set(contacts.keys_of(b))
    }


def shares(tx: Transaction) -> dict[tuple[UUID, str], UUID]:
    """Whose key each share is wrapped with."""
    return {(s.contact_id, s.child): s.key_id for s in content_keys.all(tx).shares}


@dataclass
class Past:
    """What was done to a store."""

    store: Store
    folder: Path
    saving: Callable[[Transaction, UUID], None] = lambda tx, id: None
    there: dict[int, Contact] = field(default_factory=dict)
    keys: dict[UUID, bytes] = field(default_factory=dict)
    backups: list[tuple[Path, set[UUID]]] = field(default_factory=list)

    def do(self, what: str, at: int = 0, names: tuple[str, ...] = (), kind: str = "") -> None:
        if what == "back up":
            path = self.folder / f"{len(self.backups)}.backup"
            backups.write(self.store, path, BACKUP_KEY)
            self.backups.append((path, {c.id for c in self.there.values()}))
        elif what == "destroy" and at in self.there:
            with self.store.write() as tx:
                destroy(tx, self.there.pop(at).id)
        elif what == "save":
            self.save(at, names, kind)

    def save(self, at: int, names: tuple[str, ...], kind: str = "") -> Contact:
        with self.store.write() as tx:
            if at in self.there:
                contact = contacts.save(tx, of(self.there[at], names, kind))
            else:
                id = uuid4()
                made = factory.contact(id=id, reference=f"C-26-{id.int % 10**9:09}")
                contact = of(made, names, kind)
                contacts.insert(tx, contact)
            self.saving(tx, contact.id)
            key = content_keys.of_contact(tx, contact.id)
            assert key is not None
            assert self.keys.setdefault(contact.id, key) == key
            said = NewEvent(
                kind="x", contact_id=contact.id, by="x", at=factory.NOW, detail={"names": names}
            )
            events.append(tx, said)
            self.there[at] = contact
            self.is_right(shares(tx), contact)
        return contact

    def is_right(self, held: dict[tuple[UUID, str], UUID], contact: Contact) -> None:
        """A share for each child, with the key that others have for that child and nobody else."""
        children = [] if contact.restricted else [c.key for c in contact.content.children]
        assert {child for id, child in held if id == contact.id} == set(children or [""])
        others = [c for c in self.there.values() if c.id != contact.id]
        for child in children:
            mine = held[contact.id, child]
            same = {
                held[other.id, theirs]
                for other in others
                if not other.restricted
                for one, theirs in alike(contact, other)
                if one == child
            }
            elsewhere = {key for (id, _), key in held.items() if id != contact.id}
            assert mine in same if same else mine not in elsewhere
        for other in others:
            if contact.restricted or other.restricted:
                theirs = {key for (id, _), key in held.items() if id == other.id}
                assert not theirs & {key for (id, _), key in held.items() if id == contact.id}


def destroy(tx: Transaction, id: UUID) -> None:
    server = tx.at_hub
    named = id if server else id.hex
    for statement in destruction.statements("CAST(:c AS uuid)" if server else ":c", uuids=server):
        tx.connection.execute(text(statement), {"c": named})


def emptied(store: Store) -> Store:
    with store.write() as tx:
        for table in reversed(metadata.sorted_tables):
            if table.name != "retention_rule":
                tx.connection.execute(delete(table))
        tx.connection.execute(insert(event_head), {"id": 1, "seq": 0, "hash": FIRST})
    return store


@pytest.fixture
def restored(empty_file: Path) -> Iterator[Callable[[Path, content_keys.Kept], Store]]:
    """A backup in a file of its own, with the keys there are."""
    with TemporaryDirectory() as folder:
        opened: list[Store] = []

        def restore(path: Path, keys: content_keys.Kept) -> Store:
            file = Path(folder) / f"{len(opened)}.db"
            shutil.copy2(empty_file, file)
            opened.append(open_file(file, KEY))
            backups.restore(path, BACKUP_KEY, keys, opened[-1])
            return opened[-1]

        yield restore
        for store in opened:
            store.close()


def readable(store: Store) -> set[UUID]:
    """Contacts that are there, each with the words of all its events."""
    with store.read() as tx:
        there = set(tx.connection.scalars(select(metadata.tables["contact"].c.id)))
        said = {(e.contact_id, e.detail == events.DESTROYED) for e in events.since(tx, 0, 5000)}
    assert {id for id, gone in said if not gone} == there
    assert {id for id, gone in said if gone}.isdisjoint(there)
    return there


@given(steps=st.lists(STEP, min_size=4, max_size=10))
@SETTINGS
def test_what_is_destroyed_opens_from_no_backup_and_all_else_does(
    home: Home, restored: Callable[..., Store], tmp_path: Path, steps: list[tuple[object, ...]]
) -> None:
    with closing(emptied(home.open())) as store:
        past = Past(store, tmp_path)
        for step in (*steps, ("back up",)):
            past.do(*step)  # type: ignore[arg-type]
        left = {c.id for c in past.there.values()}
        with store.read() as tx:
            keys = content_keys.all(tx)
        assert {s.key_id for s in keys.shares} == set(keys.children)
        assert {s.contact_id for s in keys.shares} == left
        for path, there in past.backups:
            assert readable(restored(path, keys)) == there & left
        assert events.verify(store) is None


@given(
    saves=st.lists(st.tuples(st.integers(0, 4), NAMES, KIND), min_size=2, max_size=8),
    lost=st.sets(st.integers(0, 9), max_size=6),
)
@SETTINGS
def test_a_contact_opens_while_a_key_of_one_of_its_children_stands(
    store: Store,
    restored: Callable[..., Store],
    tmp_path: Path,
    saves: list[tuple[int, tuple[str, ...], str]],
    lost: set[int],
) -> None:
    past = Past(emptied(store), tmp_path)
    for save in saves:
        past.save(*save)
    past.do("back up")
    with store.read() as tx:
        keys = content_keys.all(tx)
    left = {id: key for n, (id, key) in enumerate(sorted(keys.children.items())) if n not in lost}
    opens = {s.contact_id for s in keys.shares if s.key_id in left}
    assert readable(restored(past.backups[0][0], replace(keys, children=left))) == opens
    assert {UUID(n) for n in replace(keys, children=left).by_name() if ":" not in n} == opens


@given(saves=st.lists(st.tuples(st.integers(0, 4), NAMES, KIND), min_size=2, max_size=10))
@SETTINGS
def test_a_hubs_database_wraps_as_a_desk_does(
    hub_url: str, tmp_path: Path, saves: list[tuple[int, tuple[str, ...], str]]
) -> None:
    held: dict[str, list[dict[str, object]]] = {}

    def again(tx: Transaction, id: UUID) -> None:
        """What the desk did is undone, and the database does it."""
        as_desk = shares(tx)
        for table in (content_share, child_key):
            tx.connection.execute(delete(table))
        for table in (child_key, content_share):
            if rows := held.get(table.name):
                tx.connection.execute(insert(table), rows)
        before = set(shares(tx).values())
        tx.connection.execute(text("SELECT fanlight_inside.wrap_for_children(:id)"), {"id": id})
        found = shares(tx)
        assert found.keys() == as_desk.keys()
        assert {n: k for n, k in found.items() if k in before} == {
            n: k for n, k in as_desk.items() if k in before
        }
        for table in (child_key, content_share):
            rows = tx.connection.execute(select(table)).mappings()
            held[table.name] = [dict(row) for row in rows]
        child_keys.follow(tx, id)  # which finds nothing left to do
        assert shares(tx) == found

    with closing(emptied(open_server(hub_url))) as store:
        past = Past(store, tmp_path, again)
        for save in saves:
            past.save(*save)
        with store.read() as tx:
            found = content_keys.all(tx)
        assert {n: k for n, k in found.by_name().items() if ":" not in n} == {
            str(c.id): past.keys[c.id] for c in past.there.values()
        }
        assert {s.key_id for s in found.shares} == set(found.children)


def test_what_people_save_at_a_hub_is_wrapped_for_the_children_as_they_then_are(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    owner = hub.front.store
    with owner.write() as tx:
        ids = [uuid4() for _ in range(3)]
        for number, id in enumerate(ids):
            contacts.insert(tx, factory.contact(id=id, reference=f"C-26-0480{number}"))
    maya, again, other = ids
    with owner.read() as tx:
        before, keys = shares(tx), content_keys.all(tx).by_name()
        found = contacts.get(tx, other)
    assert len(set(before.values())) == 1
    screen.change_fact(officer, found, "children.c1.given", factory.fact("Noor"))
    concerns.restrict(officer, again, "An adopted child", RestrictedKind.ADOPTION)
    screen.add_child(officer, maya, factory.child("c2", "Ravi", family="Rowe", dob="2015-01-01"))
    with owner.write() as tx:
        after = shares(tx)
        for id in ids:
            child_keys.follow(tx, id)
        assert shares(tx) == after  # the desk's own rule finds nothing to put right
        assert content_keys.all(tx).by_name() == keys
        assert {s.key_id for s in content_keys.all(tx).shares} == set(content_keys.all(tx).children)
    assert set(after) == {(maya, "c1"), (maya, "c2"), (again, ""), (other, "c1")}
    assert len(set(after.values())) == 4
    assert after[maya, "c1"] == before[maya, "c1"]
    assert set(got(hub, factory.RUTH)) == {maya, other}
    assert set(got(hub, factory.PRIYA)) == set(ids)
    assert screen.open_contact(leader, again).contact.restricted


def test_siblings_records_stay_when_one_childs_go_and_one_key_opens_what_both_share(
    store: Store, restored: Callable[..., Store], tmp_path: Path
) -> None:
    past = Past(store, tmp_path)
    both, ada, ben = (past.save(n, of) for n, of in enumerate([("Ada", "Ben"), ("Ada",), ("Ben",)]))
    past.do("back up")
    with store.read() as tx:
        keys, held = content_keys.all(tx), shares(tx)
    assert held[ada.id, "c1"] == held[both.id, "c1"] != held[both.id, "c2"] == held[ben.id, "c1"]
    alone = replace(
        keys, children={k: v for k, v in keys.children.items() if k == held[ben.id, "c1"]}
    )
    assert readable(restored(past.backups[0][0], alone)) == {both.id, ben.id}
    for at in (1, 0):
        past.do("destroy", at)
    with store.read() as tx:
        left = content_keys.all(tx)
    assert set(left.children) == {held[ben.id, "c1"]}
    assert readable(restored(past.backups[0][0], left)) == {ben.id}


def test_a_share_that_was_altered_opens_nothing_and_is_no_reason_for_another_key(
    store: Store, tmp_path: Path
) -> None:
    contact = Past(store, tmp_path).save(0, ("Ada",))
    with store.write() as tx:
        tx.connection.execute(content_share.update().values(wrapped=bytes(64)))
    with pytest.raises(StoreError, match="altered outside Fanlight"), store.write() as tx:
        contacts.save(tx, of(contact, ("Ben", "Ada"), ""))


def test_a_share_is_bound_to_its_contact_and_its_childs_key() -> None:
    content, key, contact_id, id = bytes(32), bytes(range(32)), UUID(int=1), UUID(int=2)
    share = Share(contact_id, "c1", id, child_keys.wrap(content, key, contact_id, id))
    assert child_keys.unwrap(share, key) == content
    for other in (share._replace(contact_id=UUID(int=3)), share._replace(key_id=UUID(int=3))):
        with pytest.raises(ValueError, match="altered"):
            child_keys.unwrap(other, key)
    with pytest.raises(ValueError, match="altered"):
        child_keys.unwrap(share, bytes(32))


@pytest.fixture(params=["file", "server"])
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Store]:
    """Opens a store that begins as one of before children had keys."""
    if request.param == "file":
        return partial(open_file, tmp_path / "older.db", KEY)
    return partial(open_server, owned(request.getfixturevalue("server_url"), "hub_of_older_keys"))


def test_keys_of_before_are_wrapped_for_children_and_none_stays_in_the_clear(
    older: Callable[..., Store],
) -> None:
    about = (("Ada, numbered",), ("Ada", "Ben"), ("Ada, put right",), ("Ben",), ("Ada",), ())
    found = {}
    with closing(older(revision="0021")) as store, store.write() as tx:
        for number, names in enumerate(about):
            id = UUID(int=number)
            contact = of(factory.contact(id=id, reference=f"C-26-{number:05}"), names, "")
            tx.connection.execute(
                insert(metadata.tables["contact"]),
                {
                    "id": id, "reference": contact.reference, "state": contact.state.value,
                    "received_at": contact.received_at, "version": 1,
                    "body": codec.dump(Contact, contact, sparse=True),
                },
            )  # fmt: skip
            for child in contact.content.children:
                row = contacts._child_columns(child)
                kept_in = metadata.tables["restricted_child" if number == 4 else "contact_child"]
                tx.connection.execute(insert(kept_in), {"contact_id": id, **row})
            found[str(id)] = bytes([number]) * 32
        tx.connection.execute(insert(metadata.tables["restriction"]), {"contact_id": UUID(int=4)})
        found["original_bytes:ab"] = bytes([9]) * 32
        rows = [{"id": name, "key": key} for name, key in found.items()]
        tx.connection.execute(insert(content_key), rows)
    with closing(older()) as store, store.read() as tx:
        kept, held = content_keys.all(tx), shares(tx)
        assert set(kept.others) == {"original_bytes:ab"}
        assert kept.by_name() == found
    ada, ben = held[UUID(int=0), "c1"], held[UUID(int=3), "c1"]
    assert {n for n, key in held.items() if key == ada} == {
        (UUID(int=0), "c1"), (UUID(int=1), "c1"), (UUID(int=2), "c1"),
    }  # fmt: skip
    assert {n for n, key in held.items() if key == ben} == {
        (UUID(int=1), "c2"),
        (UUID(int=3), "c1"),
    }
    assert len({ada, ben, held[UUID(int=4), ""], held[UUID(int=5), ""]}) == 4
    assert set(kept.children) == set(held.values())
