"""Types answers and keeps originals as fast as it can, and says each one once it is saved.

Run as a process of its own, to be killed: reads the file's path and key, and a number to begin
at, from its input.
"""

import sys
from dataclasses import replace
from pathlib import Path

from tests.storage.values import NOON, contact, number
from triage.domain.event import NewEvent
from triage.storage import answers, contacts, events, originals
from triage.storage.engine import open_file


def main() -> None:
    """Never ends by itself."""
    path, key, begin = sys.stdin.readline().split("\t")
    store = open_file(Path(path), bytes.fromhex(key))
    n = int(begin)
    while True:
        with store.write() as tx:
            answers.save(
                tx, number(1), f"q{n}", f"answer {n} " * 50, base_version=0, by="rosei", at=NOON
            )
            if n % 4 == 0:
                here = contacts.get(tx, number(1))
                contacts.save(tx, replace(here, subject=f"after {n}"))
                originals.keep(
                    tx, id=number(n), name=f"{n}.eml", data=bytes([n % 256]) * 300_000,
                    kind="contact", contact_id=number(1), message_id="", received_at=NOON,
                )  # fmt: skip
            events.append(
                tx,
                NewEvent(
                    kind="decision.saved", contact_id=contact(1).id, by="rosei", at=NOON,
                    detail={"n": n},
                ),
            )  # fmt: skip
        print(n, flush=True)
        n += 1


if __name__ == "__main__":
    main()
