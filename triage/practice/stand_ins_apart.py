"""The practice council and the live partners in a process of their own.

They are other people's computers, so what they do must not take the window's time: a server's
Python beside the window's would hold the one lock that the window needs. The process ends with
`close`, or with this program.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from triage.beside import start_beside
from triage.domain.errors import StoreError

log = logging.getLogger(__name__)
ENDS_S = 5.0
_NOT_STARTED = (
    "The practice council and its partners could not be started on this computer. Nothing was "
    "changed: start Fanlight again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """How a hub reaches them: addresses, the certificate to trust, the keys of receipts."""

    council: str
    receipt_jwks: Mapping[str, Any]
    ca: str
    partners: Mapping[str, str]


class StandInsApart:
    """The process. It starts when this is made, and listens for a hub once that is said."""

    def __init__(self) -> None:
        self._process = start_beside(
            "-I", "-m", "triage.practice.stand_ins_apart", text=True, encoding="utf-8"
        )
        self._hub_jwks: Callable[[], Mapping[str, Any]] = dict
        self._where: Where | None = None

    @property
    def where(self) -> Where:
        """How a hub reaches them, once they listen."""
        assert self._where is not None
        return self._where

    def listen(self, folder: Path, hub_jwks: Callable[[], Mapping[str, Any]], today: date) -> None:
        """Let them listen for the hub in `folder`, and wait until they do; see `StandIns`.

        Raises StoreError where they can't.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._hub_jwks = hub_jwks
        try:
            self._say({"folder": str(folder), "today": today.isoformat()})
            self._where = Where(**json.loads(self._process.stdout.readline()))
        except (OSError, ValueError, TypeError):
            raise StoreError(_NOT_STARTED) from None
        threading.Thread(target=self._answer, name="practice stand-ins", daemon=True).start()

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(ENDS_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answer(self) -> None:
        """Give the council the hub's keys, whenever it asks for them."""
        assert self._process.stdout is not None
        with self._process.stdout as asked, contextlib.suppress(OSError, ValueError):
            for _ in asked:
                keys: Mapping[str, Any] | None = None
                try:
                    keys = self._hub_jwks()
                except Exception as fault:
                    log.warning("The council was not told the hub's keys: %s", type(fault).__name__)
                self._say(keys)

    def _say(self, what: Mapping[str, Any] | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{json.dumps(what)}\n")
        self._process.stdin.flush()


# --- in the process ---------------------------------------------------------------------------


def serve(told: IO[str], said: IO[str]) -> None:
    """Be all of them, until what is told ends."""
    from triage.practice.stand_ins import StandIns

    keys: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
    asking = threading.Lock()

    def say(what: Mapping[str, Any]) -> None:
        said.write(f"{json.dumps(what)}\n")
        said.flush()

    def hub_jwks() -> Mapping[str, Any]:
        with asking:
            say({})
            found = keys.get()
        if found is None:
            raise StoreError("The hub has not told its keys.")  # the line breaks; it is tried again
        return found

    line = told.readline()
    if not line:
        return
    asked = json.loads(line)
    stand_ins = StandIns(Path(asked["folder"]), hub_jwks, date.fromisoformat(asked["today"]))
    say(asdict(stand_ins.where))
    for line in told:
        keys.put(json.loads(line))
    os._exit(0)  # whoever asked is gone; an answer under way is of no use to anybody


if __name__ == "__main__":
    saying = sys.stdout
    sys.stdout = sys.stderr
    serve(sys.stdin, saying)
