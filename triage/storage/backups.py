"""A backup of the whole store, whichever engine it is on, in one file that either can take back.

The file is a SQLCipher database of frames: rows of one table, packed, and where they tell of a
family sealed once more with that family's content key. No key is in it, not even one that another
wraps: who destroys one destroys what it sealed in every backup.
"""

import base64
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlcipher3.dbapi2
from sqlalchemy import LargeBinary, Select, Table, Uuid, column, insert, select, table

from triage.domain.errors import StoreError
from triage.storage import content_keys, events, schema
from triage.storage.belonging import KEYS, Belonging, owned_through
from triage.storage.columns import UtcDateTime
from triage.storage.engine import Store, Transaction
from triage.storage.tables import event_head, metadata

FORMAT = 1
_LEFT_OUT = frozenset({"event_head", *KEYS})
_FRAME_BYTES = 1_000_000
_KINDS: dict[str, Any] = {
    "uuid": Uuid(),
    "time": UtcDateTime(),
    "bytes": LargeBinary(),
    "plain": None,
}

DAMAGED = (
    "The backup is damaged: part of it can't be read. Nothing was changed. Take an earlier one, "
    "and look after the disk that this one lay on."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds: the age of its tables, the rows of each, where its chain ends."""

    revision: str
    counts: Mapping[str, int]
    head: events.Head


@dataclass(slots=True, kw_only=True)
class Restored:
    """What came back: rows of each table, and those whose key was destroyed since."""

    counts: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    owners_gone: set[str] = field(default_factory=set)


def write(store: Store, path: Path, key: bytes) -> Contents:
    """Write one unchanging picture of the store to `path`, while others go on writing to it.

    Keys that are missing are made first. Raises StoreError where the disk refuses; nothing then
    lies at `path`.
    """
    for _ in range(5):
        _make_keys(store)
        with store.read() as tx:
            keys, belonging = content_keys.all(tx).by_name(), Belonging(tx)
            if not _lacking(tx, belonging, keys):
                return _write(tx, belonging, keys, path, key)
    raise StoreError(
        "More came in than could be sealed, so no backup was made. Nothing was lost: try again."
    )


def _make_keys(store: Store) -> None:
    with store.write() as tx:
        content_keys.make(tx, _lacking(tx, Belonging(tx), content_keys.all(tx).by_name()))


def _lacking(tx: Transaction, belonging: Belonging, keys: Mapping[str, bytes]) -> set[str]:
    """Names of keys that are needed and not there; bytes of originals are not read for that."""
    names: set[str] = set()
    for each in metadata.sorted_tables:
        if owned_through(each) is None and each.name not in ("original_bytes", "setting"):
            continue
        named = [
            c for c in tx.whole(each).c if not isinstance(c.type, LargeBinary) and c.name != "body"
        ]
        for row in tx.connection.execute(select(*named)).mappings():
            names.update(belonging.owners(each, dict(row)))
    return names - keys.keys()


def _write(
    tx: Transaction, belonging: Belonging, keys: Mapping[str, bytes], path: Path, key: bytes
) -> Contents:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    counts: dict[str, int] = {}
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(_open(part, key)) as line:
            line.execute("PRAGMA journal_mode = OFF")
            line.execute("PRAGMA synchronous = OFF")  # nothing is there until it is whole
            line.execute("BEGIN")
            line.execute(
                "CREATE TABLE frame (n INTEGER PRIMARY KEY, tbl TEXT NOT NULL, "
                "owners TEXT NOT NULL, rows INTEGER NOT NULL, body BLOB NOT NULL)"
            )
            line.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            for each in metadata.sorted_tables:
                if each.name not in _LEFT_OUT:
                    counts[each.name] = 0
                    for owners, rows in _frames(tx, belonging, each):
                        counts[each.name] += len(rows)
                        body = _sealed(zlib.compress(_packed(rows), 1), each.name, owners, keys)
                        frame = (each.name, " ".join(owners), len(rows), body)
                        line.execute(
                            "INSERT INTO frame (tbl, owners, rows, body) VALUES (?, ?, ?, ?)", frame
                        )
            made = Contents(
                revision=schema.found(tx.connection) or "", counts=counts, head=events.head(tx)
            )
            said = {
                "format": FORMAT,
                "revision": made.revision,
                "counts": counts,
                "head": list(made.head),
                "columns": {
                    t.name: [[c.name, _kind(c.type)] for c in t.c] for t in metadata.sorted_tables
                },
            }
            line.execute("INSERT INTO about VALUES ('contents', ?)", (json.dumps(said),))
            line.execute("COMMIT")
        with part.open("rb+") as whole:
            os.fsync(whole.fileno())
        part.replace(path)
    except (OSError, sqlcipher3.dbapi2.Error) as fault:
        part.unlink(missing_ok=True)
        raise StoreError(
            f"The backup could not be written to {path.parent}: "
            f"{getattr(fault, 'strerror', None) or 'the disk refused, or is full'}. Nothing was "
            "changed and earlier backups are as they were. Make room there, then try again."
        ) from fault
    return made


def _frames(
    tx: Transaction, belonging: Belonging, each: Table
) -> Iterator[tuple[tuple[str, ...], list[list[Any]]]]:
    """Rows that belong to the same, so many that they weigh about a megabyte."""
    held: list[list[Any]] = []
    whose: tuple[str, ...] = ()
    weight = 0
    for row in (
        tx.connection.execution_options(yield_per=50).execute(_in_order(tx, each)).mappings()
    ):
        owners = belonging.owners(each, dict(row))
        if held and (owners != whose or weight > _FRAME_BYTES):
            yield whose, held
            held, weight = [], 0
        values = [_plain(value) for value in row.values()]
        whose, weight = owners, weight + sum(len(v) for v in values if isinstance(v, str))
        held.append(values)
    if held:
        yield whose, held


def _in_order(tx: Transaction, each: Table) -> Select[Any]:
    through, whole = owned_through(each), tx.whole(each)
    first = () if through is None else (through,)
    order = (whole.c[column.name] for column in (*first, *each.primary_key.columns))
    return select(whole).order_by(*order)


def _kind(type_: object) -> str:
    if isinstance(type_, Uuid):
        return "uuid"
    if isinstance(type_, UtcDateTime):
        return "time"
    return "bytes" if isinstance(type_, LargeBinary) else "plain"


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _value(kind: str, plain: Any) -> Any:
    if plain is None:
        return None
    if kind == "uuid":
        return UUID(plain)
    if kind == "time":
        return datetime.fromisoformat(plain)
    return base64.b64decode(plain) if kind == "bytes" else plain


def _packed(rows: list[list[Any]]) -> bytes:
    return json.dumps(rows, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def _sealed(body: bytes, name: str, owners: Sequence[str], keys: Mapping[str, bytes]) -> bytes:
    for owner in owners:
        body = content_keys.seal(body, keys[owner], f"{name} {owner}")
    return body


def _unsealed(body: bytes, name: str, owners: Sequence[str], keys: Mapping[str, bytes]) -> bytes:
    for owner in reversed(owners):
        body = content_keys.unseal(body, keys[owner], f"{name} {owner}")
    return body


def _open(path: Path, key: bytes) -> Any:
    line = sqlcipher3.dbapi2.connect(str(path), isolation_level=None)
    line.execute("PRAGMA cipher_log_level = NONE")
    line.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    line.execute("PRAGMA cipher_compatibility = 4")
    return line


@contextmanager
def _reading(path: Path, key: bytes) -> Iterator[tuple[Any, dict[str, Any]]]:
    try:
        line = _open(path, key)
    except sqlcipher3.dbapi2.Error as fault:
        raise StoreError(f"The backup {path.name} can't be opened. Nothing was changed.") from fault
    with closing(line):
        try:
            line.execute("PRAGMA query_only = ON")
            line.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlcipher3.dbapi2.DatabaseError as fault:
            raise StoreError(
                f"The key that is kept here does not open {path.name}, or the file is no backup "
                "of Fanlight's. Nothing was changed. Name the folder of its keys, with --keys, "
                "and have the recovery passphrase at hand."
            ) from fault
        try:
            if line.execute("PRAGMA cipher_integrity_check").fetchone() is not None:
                raise StoreError(DAMAGED)
            said = json.loads(line.execute("SELECT value FROM about").fetchone()[0])
        except (sqlcipher3.dbapi2.DatabaseError, ValueError, TypeError) as fault:
            raise StoreError(DAMAGED) from fault
        if said.get("format") != FORMAT:
            raise StoreError(NEWER)
        yield line, said


NEWER = (
    "This backup was made by a newer Fanlight than the one on this computer. Nothing was changed. "
    "Update Fanlight here, then try again."
)


def contents(path: Path, key: bytes) -> Contents:
    """What the backup says that it holds. Raises StoreError for another key, damage, or a format
    that this program does not know."""
    with _reading(path, key) as (_, said):
        return _contents(said)


def _contents(said: Mapping[str, Any]) -> Contents:
    seq, hash = said["head"]
    return Contents(revision=said["revision"], counts=said["counts"], head=events.Head(seq, hash))


def restore(path: Path, key: bytes, kept: content_keys.Kept, store: Store) -> Restored:
    """Put everything that the backup holds into an empty store of the same revision, with the
    content keys that still are; what was sealed with others stays away.

    Raises StoreError where the store holds something, or for a backup that is damaged.
    """
    found, keys = Restored(), kept.by_name()
    with _reading(path, key) as (line, said), store.write() as tx:
        if tx.connection.execute(select(metadata.tables["event"].c.seq).limit(1)).first():
            raise StoreError(
                "There is something in the store already, so nothing was put back into it. A "
                "backup is restored into an empty one."
            )
        _check_age(tx, said)
        content_keys.bring_back(tx, kept)
        frames = line.execute("SELECT tbl, owners, rows, body FROM frame ORDER BY n")
        try:
            for name, owners, count, body in frames:
                whose = owners.split()
                missing = [o for o in whose if o not in keys]
                if missing:
                    found.gone[name] = found.gone.get(name, 0) + count
                    found.owners_gone.update(missing)
                    continue
                rows = json.loads(zlib.decompress(_unsealed(body, name, whose, keys)))
                _put(tx, name, said["columns"][name], rows)
                found.counts[name] = found.counts.get(name, 0) + len(rows)
        except (ValueError, KeyError, zlib.error, sqlcipher3.dbapi2.DatabaseError) as fault:
            raise StoreError(DAMAGED) from fault
        head = _contents(said).head
        tx.connection.execute(event_head.update().values(seq=head.seq, hash=head.hash))
    return found


def _check_age(tx: Transaction, said: Mapping[str, Any]) -> None:
    if schema.found(tx.connection) != said["revision"]:
        raise StoreError(
            "The backup and the store it would go into are of different Fanlights. Nothing was "
            "changed."
        )


def _put(tx: Transaction, name: str, columns: Iterable[list[str]], rows: list[list[Any]]) -> None:
    named = list(columns)
    into = table(name, *(column(n, _KINDS[kind]) for n, kind in named))
    tx.connection.execute(
        insert(into),
        [{n: _value(kind, v) for (n, kind), v in zip(named, row, strict=True)} for row in rows],
    )
