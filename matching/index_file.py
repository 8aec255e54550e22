"""The index on disk: a head, then arrays one after another in chunks that are sealed one by one.

Layout: magic, the head's length, the head (JSON: version and each chunk's length), chunks. The
first chunk is the list of arrays, the others their bytes. A chunk begins with the file's own
number and its place, so that chunks can't be exchanged, left out or taken from another file;
what is not sealed carries a checksum. Nothing is believed before it was measured against the
bytes that are there, and no pickle is read.
"""

from __future__ import annotations

import json
import os
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from io import BufferedReader
from mmap import mmap
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from matching.errors import IndexFileError

MAGIC = b"FANLIGHT PEOPLE\n"
VERSION = 3
"""Changes with what the arrays mean: also where names or places are read in another way."""
_LENGTH = struct.Struct("<Q")
_STAMP = struct.Struct("<16sQL")  # the file's number, the chunk's place, its checksum
_ROOMS = 6
_CHUNK = 1 << 20  # as much as stays near the processor while it is sealed or checked
_KINDS = frozenset({"|u1", "<u2", "<i4", "<u4", "<i8", "<u8", "|i1", "<i2"})

Seal = Callable[[bytes], bytes]
Unseal = Callable[[bytes], bytes]
"""Gets bytes, or a view of some, which reads as they do."""
Arrays = Mapping[str, npt.NDArray[np.generic]]


def write_arrays(path: Path, arrays: Arrays, *, seal: Seal | None = None) -> bytes:
    """Write beside `path`, flush to the disk, then exchange in one step; the file's own number.

    Raises OSError.
    """
    number = os.urandom(16)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            _write(out, number, arrays, seal)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
        _flush_folder(path.parent)
        return number
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _write(out: IO[bytes], number: bytes, arrays: Arrays, seal: Seal | None) -> None:
    # Widest first, so that each begins where its type may.
    held = {
        name: np.ascontiguousarray(a, a.dtype.newbyteorder("<"))
        for name, a in sorted(arrays.items(), key=lambda item: -item[1].itemsize)
    }
    table = json.dumps([[name, a.dtype.str, len(a)] for name, a in held.items()]).encode()
    total = sum(a.nbytes for a in held.values())
    chunks = 1 + -(-total // _CHUNK)
    # The head is written last, into room kept for it: chunks are not held until all are sealed.
    room = len(_head([2**40] * chunks, seal))
    out.write(bytes(len(MAGIC) + _LENGTH.size + room))
    lengths: list[int] = []
    with ThreadPoolExecutor(2) as threads:
        waiting = []
        for place, plain in enumerate((table, *_cut(held))):
            waiting.append(threads.submit(_sealed, number, place, plain, seal))
            if len(waiting) > 4:
                lengths.append(out.write(waiting.pop(0).result()))
        lengths += [out.write(w.result()) for w in waiting]
    out.seek(0)
    out.write(MAGIC + _LENGTH.pack(room) + _head(lengths, seal).ljust(room))


def _head(lengths: list[int], seal: Seal | None) -> bytes:
    head = {"version": VERSION, "sealed": seal is not None, "chunks": lengths}
    return json.dumps(head).encode()


def _cut(arrays: Arrays) -> Iterator[bytes]:
    """The bytes of all arrays as chunks of one size."""
    pending = bytearray()
    for array in arrays.values():
        view = memoryview(array.view(np.uint8))  # type: ignore[arg-type]  # an array is one
        at = 0
        while at < len(view):
            step = min(len(view) - at, _CHUNK - len(pending))
            pending += view[at : at + step]
            at += step
            if len(pending) == _CHUNK:
                yield bytes(pending)
                pending.clear()
    if pending:
        yield bytes(pending)


def _sealed(number: bytes, place: int, plain: bytes, seal: Seal | None) -> bytes:
    # What is sealed can't be altered unnoticed as it is.
    content = _STAMP.pack(number, place, 0 if seal else zlib.crc32(plain)) + plain
    return seal(content) if seal else content


def _flush_folder(folder: Path) -> None:
    """Make the exchange itself last through a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def wrong(path: Path, what: str) -> IndexFileError:
    """The error for an index file that can't be used, in a whole sentence."""
    return IndexFileError(
        f"The person index at {path} {what}. Nothing was loaded from it; build it again from "
        "the extracts."
    )


def read_arrays(path: Path, *, unseal: Unseal | None = None) -> tuple[bytes, dict[str, Any]]:
    """The file's own number and the arrays that `write_arrays` wrote. Raises IndexFileError.

    Chunks are unsealed in parallel; what `unseal` raises goes through.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            lengths, sealed = _read_head(path, file, size)
            if sealed and unseal is None:
                raise wrong(path, "is sealed, and no key was given for it")
            return _read_chunks(path, file, lengths, unseal)
    except OSError as problem:
        raise IndexFileError(f"The person index at {path} can't be opened: {problem}.") from problem


def _read_head(path: Path, file: IO[bytes], size: int) -> tuple[list[int], bool]:
    start = len(MAGIC) + _LENGTH.size
    begin = file.read(start)
    if len(begin) < start or not begin.startswith(MAGIC):
        raise wrong(path, "is not a Fanlight index, or is cut short")
    (length,) = _LENGTH.unpack_from(begin, len(MAGIC))
    if length > size - start:
        raise wrong(path, "is cut short")
    try:
        head = json.loads(file.read(length))
        version, lengths = head["version"], [int(n) for n in head["chunks"]]
    except (ValueError, KeyError, TypeError) as problem:
        raise wrong(path, "has a header that can't be read") from problem
    if version != VERSION:
        raise wrong(path, f"is of version {version}, and this program reads version {VERSION}")
    if not lengths or min(lengths) < _STAMP.size or sum(lengths) != size - start - length:
        raise wrong(path, "is cut short")
    return lengths, bool(head.get("sealed"))


def _opened(
    path: Path, sealed: bytes | memoryview, place: int, unseal: Unseal | None
) -> tuple[bytes, memoryview]:
    content = unseal(cast(bytes, sealed)) if unseal else sealed
    if len(content) < _STAMP.size:
        raise wrong(path, "was altered or damaged after it was written")
    number, held_place, checksum = _STAMP.unpack_from(content)
    plain = memoryview(content)[_STAMP.size :]
    if held_place != place or checksum != (0 if unseal else zlib.crc32(plain)):
        raise wrong(path, "was altered or damaged after it was written")
    return number, plain


def _read_chunks(
    path: Path, file: BufferedReader, lengths: list[int], unseal: Unseal | None
) -> tuple[bytes, dict[str, Any]]:
    number, table = _opened(path, file.read(lengths[0]), 0, unseal)
    places = _places(path, bytes(table))
    total = sum(length for _, _, length in places.values())
    if total > _CHUNK * (len(lengths) - 1) or sum(lengths[1:]) < total:
        raise wrong(path, "does not hold together")
    # Memory of its own, a page at a time: large pages would be looked for at length.
    whole = np.frombuffer(mmap(-1, max(1, total)), np.uint8)

    def put(place: int, room: bytearray, length: int) -> None:
        own, plain = _opened(path, memoryview(room)[:length], place, unseal)
        at = (place - 1) * _CHUNK
        if own != number or len(plain) != min(_CHUNK, total - at):
            raise wrong(path, "was altered or damaged after it was written")
        whole[at : at + len(plain)] = np.frombuffer(plain, np.uint8)
        rooms.put(room)

    # What is read goes into the same few rooms: new ones would each be cleared first.
    rooms: SimpleQueue[bytearray] = SimpleQueue()
    for _ in range(_ROOMS):
        rooms.put(bytearray(max(lengths)))
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as threads:
        waiting: list[Future[None]] = []
        for place, length in enumerate(lengths[1:], 1):
            if len(waiting) == _ROOMS:
                waiting.pop(0).result()
            room = rooms.get()
            if file.readinto(memoryview(room)[:length]) != length:
                raise wrong(path, "is cut short")
            waiting.append(threads.submit(put, place, room, length))
        for one in waiting:
            one.result()
    return number, {
        name: whole[at : at + length].view(kind) for name, (kind, at, length) in places.items()
    }


def _places(path: Path, table: bytes) -> dict[str, tuple[str, int, int]]:
    """Type, begin and length in bytes of each array; arrays begin where their type may."""
    try:
        found: dict[str, tuple[str, int, int]] = {}
        at = 0
        for name, kind, count in json.loads(table):
            if kind not in _KINDS or not 0 <= count < 2**40:
                raise ValueError(f"no array is like {name}")
            length = int(np.dtype(kind).itemsize) * count
            found[str(name)] = (kind, at, length)
            at += length
        return found
    except (ValueError, TypeError) as problem:
        raise wrong(path, "does not hold together") from problem
