"""What was typed at a desk of a hub and the hub has not taken yet: a small encrypted file beside
the desk's settings, each entry on the disk before it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlcipher3.dbapi2

from triage.domain.errors import StoreError
from triage.storage.engine import encrypted_file

_COLUMNS = "seq, id, kind, subject, body, tried, typed_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One save. `id` makes the hub take it once; `subject` is what it is the newest word on,
    `tried` whether it may have reached the hub, and `typed_at` when it was typed by this desk's
    clock; None where an older Fanlight kept it."""

    seq: int
    id: UUID
    kind: str
    subject: str
    body: str
    tried: bool
    typed_at: datetime | None


class Journal:
    """Any thread may use it; each call is on the disk when it returns. Raises StoreError where
    the file can't be read or written."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Raises StoreError when the 32-byte key does not fit; the file is then as it was."""
        self._lock = threading.Lock()
        self._line: Any = encrypted_file(path, key)()
        with self._saying():
            self._line.execute(
                "CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY AUTOINCREMENT, "
                "id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, subject TEXT NOT NULL, "
                "body TEXT NOT NULL, tried INTEGER NOT NULL, typed_at TEXT)"
            )
            columns = self._line.execute("PRAGMA table_info(entry)").fetchall()
            if "typed_at" not in {column[1] for column in columns}:
                self._line.execute("ALTER TABLE entry ADD COLUMN typed_at TEXT")

    def put(self, id: UUID, kind: str, subject: str, body: str, typed_at: datetime) -> Entry:
        """Keep a save after all others."""
        with self._saying():
            self._line.execute(
                "INSERT INTO entry (id, kind, subject, body, tried, typed_at) "
                "VALUES (?, ?, ?, ?, 0, ?)",
                (id.hex, kind, subject, body, typed_at.isoformat()),
            )
            return self._read("WHERE id = ?", id.hex)[0]

    def rewrite(self, entry: Entry, body: str, typed_at: datetime) -> bool:
        """Put newer words into an entry that was never tried; False where it was meanwhile."""
        with self._saying():
            changed = self._line.execute(
                "UPDATE entry SET body = ?, typed_at = ? WHERE seq = ? AND tried = 0",
                (body, typed_at.isoformat(), entry.seq),
            )
            return bool(changed.rowcount == 1)

    def mark_tried(self, entry: Entry) -> Entry:
        """From now on it may have reached the hub, with the words that it then has: another window
        may have put newer ones in since it was read."""
        with self._saying():
            self._line.execute("UPDATE entry SET tried = 1 WHERE seq = ?", (entry.seq,))
            return next(iter(self._read("WHERE seq = ?", entry.seq)), entry)

    def strike(self, subject: str, up_to: int) -> None:
        """The hub has the word of `up_to` on the subject: it and all before it are done with."""
        with self._saying():
            self._line.execute("DELETE FROM entry WHERE subject = ? AND seq <= ?", (subject, up_to))

    def of_subject(self, subject: str) -> list[Entry]:
        """What waits of one subject, oldest first."""
        with self._saying():
            return self._read("WHERE subject = ? ORDER BY seq", subject)

    def all(self) -> list[Entry]:
        """Everything that waits, oldest first."""
        with self._saying():
            return self._read("ORDER BY seq")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._line.close()

    def _read(self, where: str, *values: object) -> list[Entry]:
        rows = self._line.execute(f"SELECT {_COLUMNS} FROM entry {where}", values).fetchall()
        return [
            Entry(
                seq=s,
                id=UUID(hex=i),
                kind=k,
                subject=t,
                body=b,
                tried=bool(d),
                typed_at=datetime.fromisoformat(w) if w else None,
            )
            for s, i, k, t, b, d, w in rows
        ]

    @contextmanager
    def _saying(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlcipher3.dbapi2.Error as error:
            raise StoreError(
                "What is typed can't be kept on this computer just now: its disk is full, or may "
                "not be written. Ask IT to look at the disk."
            ) from error
