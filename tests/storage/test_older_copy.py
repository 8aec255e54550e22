"""Before a desk's file is brought up to date a copy of it is kept beside it."""

import os
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.conftest import KEY
from triage.domain.errors import StoreError
from triage.storage import schema
from triage.storage.engine import encrypted_file, open_file
from triage.storage.older_copy import KEPT, copy_older
from triage.storage.secrets import STORE_KEY, FileVault
from triage.workflow import recovery
from triage.workflow.hub_desk import open_store

OLDER = "0016"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A desk's file that an older Fanlight wrote, with something in it."""
    path = tmp_path / "desk" / "fanlight.db"
    with closing(open_file(path, KEY, revision=OLDER)) as store, store.write() as tx:
        tx.connection.execute(text("INSERT INTO setting (name, value) VALUES ('a', '\"b\"')"))
    FileVault(tmp_path / "keys").put(STORE_KEY, KEY)
    return path


def _age(path: Path) -> tuple[str, str]:
    with closing(encrypted_file(path, KEY)()) as line:
        return (
            line.execute("SELECT version_num FROM alembic_version").fetchone()[0],
            line.execute("SELECT value FROM setting WHERE name = 'a'").fetchone()[0],
        )


def _copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob("fanlight-before-*.db"))


def _opened(path: Path) -> None:
    open_store(path.parent, FileVault(path.parent.parent / "keys")).close()


def test_older_file_is_copied_as_it_was_before_it_is_brought_up_to_date(older: Path) -> None:
    _opened(older)
    assert _age(older) == (schema.REVISION, '"b"')
    (copy,) = _copies(older)
    assert _age(copy) == (OLDER, '"b"')
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.read_bytes().startswith(b"SQLite")
    before = copy.read_bytes()
    _opened(older)
    assert [copy.read_bytes() for copy in _copies(older)] == [before]
    # A new Fanlight that went wrong is undone by putting the copy back in its place.
    for side in older.parent.glob("fanlight.db*"):
        side.unlink()
    copy.rename(older)
    assert _age(older) == (OLDER, '"b"')


def test_nothing_is_brought_up_to_date_where_no_copy_can_be_made(older: Path) -> None:
    in_the_way = older.parent / f"fanlight-before-{schema.REVISION}.{os.getpid()}.part"
    in_the_way.mkdir()
    with pytest.raises(StoreError, match=r"copy of it from before could not be made.*make room"):
        _opened(older)
    assert _age(older) == (OLDER, '"b"')
    assert _copies(older) == []


def test_copy_goes_after_two_weeks_and_at_once_when_a_record_is_destroyed(older: Path) -> None:
    _opened(older)
    (copy,) = _copies(older)
    made = copy.stat().st_mtime
    for age, there in ((KEPT - timedelta(hours=1), True), (KEPT + timedelta(hours=1), False)):
        os.utime(copy, (made, made - age.total_seconds()))
        assert copy_older(older, KEY) is None
        assert copy.exists() is there
    copy.write_bytes(b"again")
    half = copy.with_suffix(".4711.part")  # what a program left that was killed while it copied
    half.write_bytes(b"half")
    vault = FileVault(older.parent.parent / "keys")
    with closing(open_store(older.parent, vault)) as store:
        recovery.forget_here(store, vault, older)
    assert list(older.parent.glob("*before*")) == []


def test_new_file_and_one_of_today_leave_no_copy(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys")
    for _ in range(2):
        open_store(tmp_path / "desk", vault).close()
    assert [p.name for p in (tmp_path / "desk").glob("*before*")] == []
