"""Who was added to or taken from an index since it was saved: a small file beside it.

Each entry is sealed by itself, appended and flushed to the disk, so that a crash or a power cut
loses no more than the entry that was being written. The journal belongs to one saved index, by
that file's own number; beside a newer one it is out of date and begun anew.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from matching.index_file import Seal, Unseal
from matching.person import Person, Sex

_ENTRY = struct.Struct("<LL")  # length, checksum of what follows
_LONGEST = 1 << 20
_FIELDS = tuple(f.name for f in fields(Person))

Key = tuple[str, str]


def person_to_bytes(person: Person) -> bytes:
    """A person as one line of JSON, without what is not known."""
    known: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(person, name)
        if value is None or value in ("", ()) or value is Sex.UNKNOWN:
            continue
        known[name] = value.isoformat() if isinstance(value, date) else value
    return json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def person_from_bytes(line: bytes) -> Person:
    """The person that `person_to_bytes` wrote."""
    known = json.loads(line)
    known.setdefault("id", "")
    for name in ("dob", "age_as_of"):
        if name in known:
            known[name] = date.fromisoformat(known[name])
    for name in ("aliases", "siblings", "age"):
        if name in known:
            known[name] = tuple(known[name])
    if "sex" in known:
        known["sex"] = Sex(known["sex"])
    return Person(**known)


class Journal:
    """The journal beside the index at `path` whose own number is `number`."""

    def __init__(
        self, path: Path, number: bytes, *, seal: Seal | None, unseal: Unseal | None
    ) -> None:
        self._path = path.with_name(f"{path.name}.journal")
        self._number = number.hex()
        self._seal, self._unseal = seal, unseal
        self._noted = 0

    def read(self) -> list[tuple[Key, Person | None]]:
        """What was noted, in order: key and person, None for one removed.

        Ends at the first entry that was cut short, altered or is of another index; the file is
        cut off there. What `unseal` raises goes through.
        """
        content = self._path.read_bytes() if self._path.exists() else b""
        found: list[tuple[Key, Person | None]] = []
        at = 0
        while (entry := self._entry(content, at, len(found))) is not None:
            at, key, person = entry
            found.append((key, person))
        if at < len(content):
            with self._path.open("r+b") as file:
                file.truncate(at)
        self._noted = len(found)
        return found

    def _entry(self, content: bytes, at: int, place: int) -> tuple[int, Key, Person | None] | None:
        if at + _ENTRY.size > len(content):
            return None
        length, checksum = _ENTRY.unpack_from(content, at)
        at += _ENTRY.size
        line = content[at : at + length]
        if length > _LONGEST or len(line) < length or zlib.crc32(line) != checksum:
            return None
        plain = self._unseal(line) if self._unseal else line
        number, held_place, source, id, person = json.loads(plain)
        if (number, held_place) != (self._number, place):
            return None
        return at + length, (source, id), person_from_bytes(person.encode()) if person else None

    def add(self, person: Person) -> None:
        """Note a person added or changed. Raises OSError when the disk refuses."""
        self._append(person.key, person_to_bytes(person).decode())

    def remove(self, key: Key) -> None:
        """Note a person removed. Raises OSError when the disk refuses."""
        self._append(key, None)

    def _append(self, key: Key, person: str | None) -> None:
        line = json.dumps([self._number, self._noted, *key, person]).encode()
        sealed = self._seal(line) if self._seal else line
        with self._path.open("ab", buffering=0) as file:
            file.write(_ENTRY.pack(len(sealed), zlib.crc32(sealed)) + sealed)
            os.fsync(file.fileno())
        self._noted += 1

    def begin_anew(self, number: bytes) -> None:
        """Forget all of it: it stands in the index that was just saved with that number."""
        self._number, self._noted = number.hex(), 0
        self._path.unlink(missing_ok=True)
