"""Reading in a process of its own, with limits of time and memory.

A file that crashes, hangs or swells the reader ends that process only; the desk gets a draft
that says so and keeps the file's hash.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from triage.domain.draft import Draft
from triage.intake.apart import Apart, StoppedError, serve
from triage.intake.limits import Limits, seconds_for

_READING = Apart("triage.intake.sandbox")


def read_safely(
    untrusted_bytes: bytes, name: str, *, limits: Limits | None = None
) -> tuple[Draft, ...]:
    """Drafts read from a file by the process kept for it. Never raises on bad input.

    A crash or time-out gives one draft, rejected (or a contact to look at, for mail), with the
    hash of the bytes and the reason. Halves of letters, which neither a store nor a hash can
    hold, have become the sign "?". Safe to call from any thread; calls wait for each other.
    """
    from triage.intake.wire import drafts_from

    bounds = limits or replace(Limits(), seconds=seconds_for(len(untrusted_bytes)))
    if len(untrusted_bytes) > bounds.file_bytes:
        return (
            _rejected(
                untrusted_bytes,
                name,
                f"It is larger than the {bounds.file_bytes // 1_000_000} MB that are read.",
            ),
        )
    try:
        answer = _READING.ask({"name": name}, untrusted_bytes, bounds)
        return drafts_from(json.loads(answer))
    except StoppedError as fault:
        why = (
            f"It took longer than {bounds.seconds:.0f} seconds to read."
            if fault.late
            else "The reader stopped while it read this file; it may be past the limits of"
            " memory or time."
        )
        return (_rejected(untrusted_bytes, name, why),)
    except (ValueError, TypeError, KeyError, RecursionError):
        return (_rejected(untrusted_bytes, name, "The reading process gave no sense."),)


def _rejected(untrusted_bytes: bytes, name: str, why: str) -> Draft:
    # All of the reader is slow to import, and beside the window nothing else needs it.
    from triage.intake.reader import rejected

    return rejected(untrusted_bytes, name.encode("utf-8", "replace").decode(), why)


# --- in the reading process -------------------------------------------------------------------

_WARM = (
    *(f"triage.intake.{name}" for name in ("outlook", "pdf", "structured", "web", "word")),
    *("pypdfium2", "pypdf", "selectolax.lexbor", "defusedxml.ElementTree", "oxmsg"),
)


def _answer(head: Mapping[str, Any], untrusted_bytes: bytes, limits: Limits) -> bytes:
    from triage.intake.reader import read
    from triage.intake.wire import as_plain

    drafts = read(untrusted_bytes, head["name"], limits=limits)
    # What is replaced are halves of letters: names of files and headers of mail may hold them.
    return json.dumps(as_plain(drafts), ensure_ascii=False).encode("utf-8", "replace")


if __name__ == "__main__":
    serve(int(sys.argv[1]), _answer, (*_WARM, "triage.intake.reader", "triage.intake.wire"))
