"""Work on bytes from outside in a process of its own, with limits of time and memory.

A file that crashes, hangs or swells the work ends that process only. The process may open no
connection, start no program and write no file. On Windows only the limit of time holds: it has no
rlimits.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import IO, Any

from triage.beside import start_beside
from triage.domain.errors import UnreadableError
from triage.intake.limits import Limits

_JOBS_EACH = 60
_FRAME = struct.Struct("<Q")
_MOST = 512_000_000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED_EVENTS = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "os.forkpty",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "shutil.",
    "ftplib.",
    "smtplib.",
    "urllib.",
)

Answer = Callable[[Mapping[str, Any], bytes, Limits], bytes]
"""What the process does: a question's head and the bytes it is about give the answer's bytes."""


class StoppedError(UnreadableError):
    """The process took too long (`late`), or ended, before it had answered."""

    def __init__(self, *, late: bool, seconds: float) -> None:
        self.late = late
        super().__init__(
            f"It took longer than {seconds:.0f} seconds."
            if late
            else "The work stopped at this file; it may be past the limits of memory or time."
        )


class Apart:
    """Keeps one warm process that runs `module`, and asks it. Calls wait for each other."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._jobs = self._memory = 0
        atexit.register(self.end)

    def ask(self, head: Mapping[str, object], untrusted_bytes: bytes, limits: Limits) -> bytes:
        """The answer's bytes. `head` is what JSON can say. Raises StoppedError."""
        with self._lock:
            return self._ask(head, untrusted_bytes, limits)

    def _ask(self, head: Mapping[str, object], untrusted_bytes: bytes, limits: Limits) -> bytes:
        if self._process is not None and (
            self._jobs >= _JOBS_EACH
            or self._process.poll() is not None
            or self._memory != limits.memory_bytes
        ):
            self.end()
        process = self._process or self._start(limits)
        assert process.stdin is not None
        assert process.stdout is not None
        self._jobs += 1
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds + 3.0, stop)
        timer.daemon = True
        timer.start()
        answer = None
        try:
            _send(process.stdin, json.dumps({"head": head, "limits": asdict(limits)}).encode())
            _send(process.stdin, untrusted_bytes)
            answer = _receive(process.stdout)
        except OSError:
            pass
        finally:
            timer.cancel()
        if answer is None or late.is_set():
            self.end()
            spent = process.returncode == -getattr(signal, "SIGXCPU", 0)
            raise StoppedError(late=late.is_set() or spent, seconds=limits.seconds)
        return answer

    def _start(self, limits: Limits) -> subprocess.Popen[bytes]:
        self._process = start_beside("-I", "-B", "-m", self._module, str(limits.memory_bytes))
        self._jobs, self._memory = 0, limits.memory_bytes
        return self._process

    def end(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_FRAME.pack(len(data)))
    stream.write(data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_FRAME.size)
    if len(head) < _FRAME.size:
        return None
    size = _FRAME.unpack(head)[0]
    if size > _MOST:
        return None
    data = stream.read(size)
    return data if len(data) == size else None


# --- in the process ---------------------------------------------------------------------------


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        mode, flags = arguments[1:3]
        # os.open names no mode, only flags.
        if set(mode or "r") & set("wax+") or (isinstance(flags, int) and flags & _WRITES):
            raise PermissionError("This process writes no files.")
    elif event.startswith(_REFUSED_EVENTS):
        raise PermissionError(f"This process does nothing of the kind ({event}).")


def _set_limits(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # what is written by no Python code too


def _allow_seconds(seconds: float) -> None:
    """Let the process use `seconds` more of processor time before it is ended."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(memory_bytes: int, answer: Answer, warm: Iterable[str]) -> None:
    """Answer what comes in, until the pipe closes. `warm` is imported before the limits hold."""
    for name in warm:
        with contextlib.suppress(ImportError):
            __import__(name)
    _set_limits(memory_bytes)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    sys.addaudithook(_refuse)
    while (asked := _receive(stdin)) is not None:
        question = json.loads(asked)
        data = _receive(stdin)
        if data is None:
            return
        limits = Limits(**question["limits"])
        _allow_seconds(limits.seconds)
        _send(stdout, answer(question["head"], data, limits))
