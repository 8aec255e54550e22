"""The index on disk: one file, a header that says what is in it, plain arrays, no pickle.

Layout: magic, header length, header (JSON), arrays one after another, SHA-256 of all that.
Nothing in the header is believed before it was measured against the bytes that are there.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from matching.errors import IndexFileError
from matching.segment import COLUMN_TYPES, WORDS_KEPT, Columns, Segment, Values
from matching.vocabulary import Vocabulary

MAGIC = b"FANLIGHT PEOPLE\n"
VERSION = 1
_LENGTH = struct.Struct("<Q")
_DIGEST = 32
_TEXTS = ("words", "dob", "postcode", "address", "school", "upn")

Seal = Callable[[bytes], bytes]
Unseal = Callable[[bytes], bytes]


def _texts(texts: list[str]) -> bytes:
    return json.dumps(texts, ensure_ascii=True, separators=(",", ":")).encode()


def _pieces(segment: Segment) -> dict[str, bytes]:
    pieces = {
        f"column.{name}": np.ascontiguousarray(getattr(segment.columns, name), dtype).tobytes()
        for name, dtype in COLUMN_TYPES.items()
    }
    pieces["text.words"] = _texts(segment.words.words[1:])
    for name, values in segment.values.items():
        pieces[f"text.{name}"] = _texts(values.texts[1:])
    pieces["keys"] = json.dumps(segment.keys, separators=(",", ":")).encode()
    pieces["ends"] = segment.ends.astype("<i8").tobytes()
    pieces["blob"] = bytes(segment.blob)
    return pieces


def segment_to_bytes(segment: Segment) -> bytes:
    """The whole file as bytes."""
    pieces = _pieces(segment)
    header = json.dumps(
        {
            "version": VERSION,
            "rows": len(segment.columns.person),
            "people": len(segment.keys),
            "pieces": [[name, len(piece)] for name, piece in pieces.items()],
        }
    ).encode()
    body = b"".join([MAGIC, _LENGTH.pack(len(header)), header, *pieces.values()])
    return body + hashlib.sha256(body).digest()


def write_segment(path: Path, segment: Segment, *, seal: Seal | None = None) -> None:
    """Write beside `path`, flush to the disk, then exchange in one step."""
    content = segment_to_bytes(segment)
    if seal is not None:
        content = seal(content)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
        _flush_folder(path.parent)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    """Make the exchange itself last through a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _wrong(path: Path, what: str) -> IndexFileError:
    return IndexFileError(
        f"The person index at {path} {what}. Nothing was loaded from it; build it again from "
        "the extracts."
    )


def _header(path: Path, content: bytes) -> tuple[dict[str, Any], int]:
    start = len(MAGIC) + _LENGTH.size
    if len(content) < start + _DIGEST or not content.startswith(MAGIC):
        raise _wrong(path, "is not a Fanlight index, or is cut short")
    (length,) = _LENGTH.unpack_from(content, len(MAGIC))
    if length > len(content) - start - _DIGEST:
        raise _wrong(path, "is cut short")
    try:
        header = json.loads(content[start : start + length])
        version = header["version"]
    except (ValueError, KeyError, TypeError) as problem:
        raise _wrong(path, "has a header that can't be read") from problem
    if version != VERSION:
        raise _wrong(path, f"is of version {version}, and this program reads version {VERSION}")
    if hashlib.sha256(content[:-_DIGEST]).digest() != content[-_DIGEST:]:
        raise _wrong(path, "was altered or damaged after it was written")
    return header, start + length


def segment_from_bytes(content: bytes, path: Path) -> Segment:
    """Read what `segment_to_bytes` wrote. Raises IndexFileError; `path` is for its words."""
    header, at = _header(path, content)
    pieces: dict[str, bytes] = {}
    try:
        for name, length in header["pieces"]:
            if length < 0 or at + length > len(content) - _DIGEST:
                raise _wrong(path, "is cut short")
            pieces[name] = content[at : at + length]
            at += length
        return _segment(pieces, rows=int(header["rows"]), people=int(header["people"]))
    except (KeyError, ValueError, TypeError, IndexError) as problem:
        raise _wrong(path, "does not hold together") from problem


def _segment(pieces: dict[str, bytes], *, rows: int, people: int) -> Segment:
    arrays: dict[str, Any] = {}
    for field in fields(Columns):
        array = np.frombuffer(pieces[f"column.{field.name}"], COLUMN_TYPES[field.name])
        arrays[field.name] = (
            array.reshape(rows, WORDS_KEPT) if field.name in ("given", "family") else array
        )
        if len(arrays[field.name]) != rows:
            raise ValueError(f"column {field.name} has another length")
    texts = {name: json.loads(pieces[f"text.{name}"]) for name in _TEXTS}
    keys = [(str(source), str(id)) for source, id in json.loads(pieces["keys"])]
    ends = np.frombuffer(pieces["ends"], "<i8")
    if len(keys) != people or len(ends) != people:
        raise ValueError("the list of people has another length")
    return Segment(
        columns=Columns(**arrays),
        words=Vocabulary(texts.pop("words")),
        values={name: Values(held) for name, held in texts.items()},
        keys=keys,
        blob=pieces["blob"],
        ends=ends,
    )


def read_segment(path: Path, *, unseal: Unseal | None = None) -> Segment:
    """Open a file that `write_segment` wrote. Raises IndexFileError."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise IndexFileError(f"The person index at {path} can't be opened: {problem}.") from problem
    if unseal is not None:
        content = unseal(content)
    return segment_from_bytes(content, path)
