"""Reading in a process of its own, with limits of time and memory.

A file that crashes, hangs or swells the reader ends that process only; the desk gets a draft
that says so and keeps the file's hash. The process may open no connection, start no program and
write no file. On Windows only the limit of time holds: it has no rlimits.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import struct
import subprocess
import sys
import threading
from dataclasses import asdict
from typing import IO, Any

from triage.domain.draft import Draft
from triage.intake.limits import Limits

_JOBS_EACH = 60
_FRAME = struct.Struct("<Q")
_MOST = 512_000_000
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


def read_safely(
    untrusted_bytes: bytes, name: str, *, limits: Limits | None = None
) -> tuple[Draft, ...]:
    """Drafts read from a file by the process kept for it. Never raises on bad input.

    A crash or time-out gives one draft, rejected (or a contact to look at, for mail), with the
    hash of the bytes and the reason. Safe to call from any thread; calls wait for each other.
    """
    from triage.intake.reader import rejected
    from triage.intake.wire import drafts_from

    bounds = limits or Limits()
    if len(untrusted_bytes) > bounds.file_bytes:
        return (
            rejected(
                untrusted_bytes,
                name,
                f"It is larger than the {bounds.file_bytes // 1_000_000} MB that are read.",
            ),
        )
    with _DESK.lock:
        answer, why = _DESK.ask(untrusted_bytes, name, bounds)
    if answer is None:
        return (rejected(untrusted_bytes, name, why),)
    try:
        return drafts_from(json.loads(answer))
    except (ValueError, TypeError, KeyError, RecursionError):
        return (rejected(untrusted_bytes, name, "The reading process gave no sense."),)


class _Desk:
    """Keeps one warm reading process and asks it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.jobs = 0
        self.memory = 0

    def ask(self, untrusted_bytes: bytes, name: str, limits: Limits) -> tuple[bytes | None, str]:
        """The answer's JSON, or None and why there is none."""
        if self.process is not None and (
            self.jobs >= _JOBS_EACH
            or self.process.poll() is not None
            or self.memory != limits.memory_bytes
        ):
            self.end()
        if self.process is None:
            self._start(limits)
        process = self.process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self.jobs += 1
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds + 3.0, stop)
        timer.daemon = True
        timer.start()
        try:
            _send(process.stdin, json.dumps({"name": name, "limits": asdict(limits)}).encode())
            _send(process.stdin, untrusted_bytes)
            answer = _receive(process.stdout)
        except OSError:
            answer = None
        finally:
            timer.cancel()
        if answer is not None and not late.is_set():
            return answer, ""
        self.end()
        if late.is_set():
            return None, f"It took longer than {limits.seconds:.0f} seconds to read."
        return (
            None,
            "The reader stopped while it read this file; it may be past the limits of"
            " memory or time.",
        )

    def _start(self, limits: Limits) -> None:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-B", "-m", "triage.intake.sandbox", str(limits.memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=flags,
        )
        self.jobs = 0
        self.memory = limits.memory_bytes

    def end(self) -> None:
        """End the reading process, if there is one."""
        process, self.process = self.process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)


_DESK = _Desk()
atexit.register(_DESK.end)


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


# --- in the reading process -------------------------------------------------------------------


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        mode = arguments[1] if len(arguments) > 1 else "r"
        if isinstance(mode, str) and set(mode) & set("wax+"):
            raise PermissionError("The reading process writes no files.")
    elif event.startswith(_REFUSED_EVENTS):
        raise PermissionError(f"The reading process does nothing of the kind ({event}).")


def _set_limits(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _allow_seconds(seconds: float) -> None:
    """Let the process use `seconds` more of processor time before it is ended."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def serve(memory_bytes: int) -> None:
    """Read what comes in, answer, until the pipe closes. Runs in the reading process."""
    from triage.intake import outlook, pdf, structured, web, word  # noqa: F401  warm before limits
    from triage.intake.reader import read
    from triage.intake.wire import as_plain

    for name in ("pypdfium2", "pypdf", "selectolax.lexbor", "defusedxml.ElementTree", "oxmsg"):
        with contextlib.suppress(ImportError):
            __import__(name)
    _set_limits(memory_bytes)
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    sys.addaudithook(_refuse)
    while (head := _receive(stdin)) is not None:
        job = json.loads(head)
        data = _receive(stdin)
        if data is None:
            return
        bounds = Limits(**job["limits"])
        _allow_seconds(bounds.seconds)
        drafts = read(data, job["name"], limits=bounds)
        _send(stdout, json.dumps(as_plain(drafts), ensure_ascii=False).encode("utf-8", "replace"))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
