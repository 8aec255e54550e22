"""The bytes of a file that somebody named: of an ordinary file only, and no more than is kept."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from triage.domain.errors import UnreadableError

LARGEST = 250_000_000
"""Bytes of a file that is still taken in whole."""

# A pipe would be waited for until somebody writes to it: it is opened without waiting.
_READ = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def plain_name(untrusted_name: str) -> str:
    """A file's name as it may be shown: in one line, in the order it is written, with "?" for
    what is no letter, figure or sign. Names can hold line ends, and signs that turn words round
    or steer a terminal."""
    return "".join(
        c if c.isprintable() else " " if unicodedata.category(c) == "Zs" else "?"
        for c in untrusted_name
    )


def open_file(path: Path, *, links: bool = True) -> int:
    """A handle for reading an ordinary file, for the caller to close.

    Without `links` the name itself must be the file's. Raises FileNotFoundError where nothing
    is there, UnreadableError, in a sentence, for what is no file or may not be opened.
    """
    name = plain_name(path.name)
    if not links and path.is_symlink():
        raise UnreadableError(f"{name} only points to a file elsewhere, so it was not opened.")
    try:
        handle = os.open(path, _READ | (0 if links else _NO_LINK))
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "that is no file's name"
        raise UnreadableError(f"{name} can't be opened: {why}.") from fault
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError(f"{name} is no ordinary file, so it was not opened.")
    return handle


def read_open(handle: int, name: str, *, most: int = LARGEST) -> bytes:
    """All bytes of an open file; UnreadableError where there are more than `most`."""
    read: list[bytes] = []
    left = most + 1
    try:
        while left > 0 and (some := os.read(handle, min(left, 1 << 20))):
            read.append(some)
            left -= len(some)
    except OSError as fault:
        raise UnreadableError(f"{name} can't be read: {fault.strerror}.") from fault
    if left <= 0:
        raise UnreadableError(
            f"{name} is larger than the {most // 1_000_000} MB that can be kept. "
            "Ask for it in parts."
        )
    return b"".join(read)


def file_bytes(path: Path, *, most: int = LARGEST) -> bytes:
    """All bytes of a file that a person named. Raises UnreadableError, in a sentence."""
    try:
        handle = open_file(path)
    except FileNotFoundError as fault:
        raise UnreadableError(f"{plain_name(path.name)} is not there any more.") from fault
    try:
        return read_open(handle, plain_name(path.name), most=most)
    finally:
        os.close(handle)
