"""A copy of a desk's own file from before its tables were brought up to date.

It lies beside the file, under the same key, so that a new Fanlight that goes wrong can be undone.
It goes after two weeks, and at once when a record is destroyed, which would live on in it.
"""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlcipher3.dbapi2

from triage.domain.errors import StoreError
from triage.storage import schema
from triage.storage.engine import encrypted_file

KEPT = timedelta(days=14)


def copy_older(path: Path, key: bytes) -> Path | None:
    """Keep a copy of the file where its tables are older than this program's; None where they are
    not, and copies that have lain there for `KEPT` are let go.

    Raises StoreError where it can't be made: nothing must be brought up to date then.
    """
    if not path.exists() or not path.stat().st_size:
        return None
    with closing(encrypted_file(path, key)()) as line:
        older = _age(line)
        if older is None or older == schema.REVISION or not schema.knows(older):
            _let_go(path, before=datetime.now(UTC) - KEPT)
            return None
        copy = path.with_name(f"{path.stem}-before-{schema.REVISION}{path.suffix}")
        part = copy.with_suffix(f".{os.getpid()}.part")
        try:
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            line.execute("VACUUM INTO ?", (str(part),))
            if _whole(part, key) == schema.REVISION:
                return None  # another window was quicker, and has made its copy
            with part.open("rb") as written:
                os.fsync(written.fileno())
            part.replace(copy)
        except (OSError, StoreError, sqlcipher3.dbapi2.DatabaseError) as fault:
            raise StoreError(
                f"This Fanlight is newer than {path.name} and would bring it up to date, but a "
                "copy of it from before could not be made beside it "
                f"({fault}). Nothing was changed: make room for "
                f"{-(-path.stat().st_size // 2**20)} MB on that disk, then open it again."
            ) from fault
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return copy


def let_go_of_copies(path: Path) -> None:
    """Take away every such copy beside a file, now. Raises OSError where one stays."""
    _let_go(path, before=None)


def _let_go(path: Path, *, before: datetime | None) -> None:
    for copy in path.parent.glob(f"{path.stem}-before-*"):  # half a one too, of a kill
        made = datetime.fromtimestamp(copy.stat().st_mtime, UTC)
        if before is None or made < before:
            copy.unlink()


def _whole(copy: Path, key: bytes) -> str | None:
    """The revision of a copy that is whole. Raises StoreError where it is not."""
    with closing(encrypted_file(copy, key)()) as line:
        faults = [row[0] for row in line.execute("PRAGMA quick_check")]
        found = _age(line)
    for side in ("-wal", "-shm"):
        copy.with_name(copy.name + side).unlink(missing_ok=True)
    if faults != ["ok"]:
        raise StoreError("it was not whole")
    return found


def _age(line: sqlite3.Connection) -> str | None:
    """The revision of the tables; None where there are none yet."""
    there = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    if not line.execute(there).fetchone()[0]:
        return None
    found = line.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None
