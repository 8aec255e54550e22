"""Words of events from before they were sealed by contact are sealed on an upgrade, and the chain
stays whole; what is done to them after is found."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from tests import factory
from tests.conftest import Home
from tests.keys_here import by_name_again, lose
from tests.older import with_episodes
from tests.storage.values import contact, number
from triage.domain.event import NewEvent
from triage.storage import contacts, content_keys, events, resealing
from triage.storage.engine import Store, Transaction
from triage.storage.secrets import FileVault
from triage.storage.tables import event as table
from triage.workflow import backup, recovery

WORDS = "A bruise on the left arm"


def _tell(tx: Transaction, kind: str, about: int, *, in_the_open: bool) -> None:
    new = NewEvent(
        kind=kind, contact_id=number(about), by="rosei", at=factory.NOW, detail={"why": WORDS}
    )
    events.append(tx, new, in_the_open=in_the_open)


def _fill(store: Store) -> None:
    """As a Fanlight of before left it: events in the clear, of one record that is gone too."""
    with store.write() as tx:
        contacts.insert(tx, contact(1))
        contacts.insert(tx, contact(2))
        for kind, about in (
            ("contact.rated", 1), ("contact.marked", 2), ("contact.rated", 3), ("contact.paused", 1)
        ):  # fmt: skip
            _tell(tx, kind, about, in_the_open=True)
        _tell(tx, "contact.resumed", 1, in_the_open=False)
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '0015'"))


_CAME_LATER = (
    "DROP TABLE access_draft",
    "ALTER TABLE worker ADD COLUMN pin_hash text NOT NULL DEFAULT ''",
    "DROP TABLE checkpoint_mail",
    "DROP INDEX ix_correction_standing_at",
    "DROP INDEX ix_delivery_not_stamped",
    "DROP VIEW restricted_child_shown",
    "DROP TABLE restricted_child",
    "DROP VIEW restricted_place_shown",
    "DROP TABLE restricted_place",
)


def _age(store: Store) -> None:
    _fill(store)
    with store.write() as tx:
        by_name_again(tx)
        with_episodes(tx)
        for undone in _CAME_LATER:
            tx.connection.execute(text(undone))


@pytest.fixture
def upgraded(home: Home) -> Iterator[Store]:
    before = home.open()
    _age(before)
    before.close()
    store = home.open()
    yield store
    store.close()


def _kept(store: Store) -> str:
    with store.read() as tx:
        return repr(tx.connection.execute(select(table.c.detail)).all())


def test_words_of_older_events_are_sealed_and_read_as_before(upgraded: Store) -> None:
    assert WORDS not in _kept(upgraded)
    assert events.verify(upgraded) is None
    with upgraded.read() as tx:
        said = [WORDS in e.detail for e in events.since(tx, 0)]
        assert events.since(tx, 5)[0].kind == resealing.SEALED
    assert said == [True, True, False, True, True, False]  # of the one that was gone, none
    with upgraded.write() as tx:
        lose(tx, number(1))
        _tell(tx, "contact.rated", 2, in_the_open=False)
    with upgraded.read() as tx:
        left = [WORDS in e.detail for e in events.since(tx, 0)]
    assert left == [False, True, False, False, False, False, True]
    assert events.verify(upgraded) is None


Change = Callable[[Transaction, Store], dict[str, object]]


def _other_words(tx: Transaction, _: Store) -> dict[str, object]:
    key = content_keys.all(tx).by_name()[str(number(1))]
    forged = content_keys.seal(b'{"why":"He fell"}', key, "event 4")
    return {"detail": f'{{"resealed":"{base64.b64encode(forged).decode()}"}}'}


@pytest.mark.parametrize(
    "change",
    [
        lambda tx, store: {"by": "siqbal"},
        lambda tx, store: {"kind": "contact.viewed"},
        _other_words,
    ],
    ids=["another person", "another kind", "other words"],
)
@pytest.mark.parametrize("gone", [False, True], ids=["with its key", "its key destroyed"])
def test_what_is_done_to_them_after_is_found(upgraded: Store, change: Change, gone: bool) -> None:
    with upgraded.write() as tx:
        values = change(tx, upgraded)
        if gone:
            lose(tx, number(1))
        tx.connection.execute(update(table).where(table.c.seq == 4).values(**values))
    # Of those with no key it can't be told which one it was: the first of them is named.
    assert events.verify(upgraded) == f"Event {1 if gone else 3} was altered after it was written."


def test_an_event_altered_before_is_found_as_before(home: Home) -> None:
    before = home.open()
    _age(before)
    with before.write() as tx:
        tx.connection.execute(update(table).where(table.c.seq == 2).values(by="siqbal"))
    before.close()
    store = home.open()
    assert events.verify(store) == "Event 2 was altered after it was written."
    store.close()


def test_nobody_gives_out_an_event_as_sealed_later(upgraded: Store) -> None:
    with upgraded.write() as tx:
        forged = {"detail": '{"resealed":"AAAA"}'}
        tx.connection.execute(update(table).where(table.c.seq == 5).values(**forged))
    assert events.verify(upgraded) is not None


def test_a_backup_of_before_is_proved_and_comes_back_sealed(
    file_home: Home, tmp_path: Path
) -> None:
    store = file_home.open()
    _fill(store)
    vault, keys = FileVault(tmp_path / "vault"), tmp_path / "keys"
    made = backup.make(
        store, vault, tmp_path / "backups", keys, now=factory.NOW, ask=lambda _: "w" * 20
    )
    store.close()
    key = vault.get(recovery.RECOVERY_KEY)
    assert key is not None
    assert "is whole" in " ".join(backup.prove(made.path, keys, key, None))
