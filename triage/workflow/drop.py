"""The watched folder: what others put there is taken in once it is whole, and then removed.

It is removed because the store holds it byte for byte, encrypted; a second copy beside the store
would be the one that anybody can read. Nothing is removed before it is in the store, nor what
changed while it was taken in: that is taken again, once it is whole.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import threading
from dataclasses import dataclass
from errno import EAGAIN
from math import inf
from pathlib import Path

from triage.domain.errors import FanlightError, StoreError, UnreadableError
from triage.intake.opening import open_file, plain_name, read_open
from triage.workflow.desk import Desk
from triage.workflow.receive import Received, receive_file

STILL_S = 1.0
"""A file is taken once it has stood still this long and nobody has it open for writing."""

AGAIN_S = 30.0
"""After which what could not be taken in is tried again."""

_Mark = tuple[int, int, int]


@dataclass(slots=True)
class _Known:
    """A name in the folder: how it stood when last looked at, and from when it may be taken."""

    mark: _Mark
    due: float
    said: str = ""


class DropFolder:
    """One watched folder. Any thread may use it; several programs may watch one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Known] = {}
        self._taking: set[str] = set()
        self._lock = threading.Lock()

    def due(self, now: float) -> tuple[Path, ...]:
        """What is to be taken at `now`, in seconds of a clock that never goes back.

        Each is given once; `take` must follow. Raises StoreError where the folder can't be
        looked at.
        """
        try:
            found = {
                entry.name: _mark(entry.stat(follow_symlinks=False))
                for entry in os.scandir(self._folder)
                if not entry.name.startswith(".")
            }
        except FileNotFoundError:
            return ()  # another program took a file at this moment; the next look sees the rest
        except OSError as fault:
            raise StoreError(
                f"The folder {self._folder} can't be looked at: {fault.strerror}. What is put "
                "there is not taken in: ask IT to let you read and change it."
            ) from fault
        with self._lock:
            for name in self._known.keys() - found.keys():
                del self._known[name]
            ready = []
            for name, mark in sorted(found.items()):
                known = self._known.get(name)
                if known is None or known.mark != mark:
                    self._known[name] = _Known(mark, now + STILL_S)
                elif known.due <= now and name not in self._taking:
                    ready.append(name)
            self._taking.update(ready)
        return tuple(self._folder / name for name in ready)

    def take(self, desk: Desk, path: Path, now: float) -> Received | None:
        """Take a file in and remove it; None where it is not whole yet or another was first.

        Raises FanlightError, in a sentence, where it could not be taken in: it is tried again in
        half a minute, and raised again only with other words. What is taken in but can't be
        removed is left alone until it changes.
        """
        due = inf
        try:
            got = self._take(desk, path)
            due = now + STILL_S
        except FileNotFoundError:
            return None
        except _NotRemovedError:
            raise
        except FanlightError as fault:
            due = now + AGAIN_S
            if self._said_before(path, str(fault)):
                return None
            raise type(fault)(f"{fault} It is still in the watched folder.") from fault
        else:
            return got
        finally:
            with self._lock:
                self._taking.discard(path.name)
                if (known := self._known.get(path.name)) is not None:
                    known.due = due

    def _said_before(self, path: Path, words: str) -> bool:
        with self._lock:
            known = self._known.get(path.name)
            if known is None or known.said == words:
                return known is not None
            known.said = words
            return False

    def _take(self, desk: Desk, path: Path) -> Received | None:
        handle = open_file(path, links=False)
        try:
            mark = _mark(os.fstat(handle))
            if _being_written(handle):
                return None
            data = read_open(handle, plain_name(path.name))
        finally:
            os.close(handle)
        got = receive_file(desk, data, path.name)
        _remove(path, mark)
        return got


class _NotRemovedError(UnreadableError):
    """What is in the store lies in the folder still."""


def _remove(path: Path, mark: _Mark) -> None:
    """Remove the very file that was taken in, unless somebody has changed it or is about to."""
    try:
        handle = open_file(path, links=False)
    except FileNotFoundError:
        return
    try:
        if _mark(os.fstat(handle)) != mark or _being_written(handle):
            return
    finally:
        os.close(handle)
    try:
        path.unlink(missing_ok=True)
    except OSError as fault:
        raise _NotRemovedError(
            f"{plain_name(path.name)} was taken in, but can't be removed: {fault.strerror}."
        ) from fault


def _mark(found: os.stat_result) -> _Mark:
    # The kind is in it, so that a link or a pipe put in a file's place is another thing.
    return (found.st_ino << 4 | stat.S_IFMT(found.st_mode) >> 12, found.st_size, found.st_mtime_ns)


def _being_written(handle: int) -> bool:
    """Whether another program has the file open for writing, where the system can tell."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        # A lease is given only where nobody writes; one that is broken at this very moment is
        # told by a signal, which must be one that does not end the program.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as fault:
        return fault.errno == EAGAIN  # else the file is another person's, or lies on a server
    return False
