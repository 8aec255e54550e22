"""Looks into the shared mailbox, says when it has come to the step it was told, and stands still.

Run as a process of its own, to be killed there: reads what it needs as JSON from its input.
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests import factory
from triage.domain.partner import MailboxWay
from triage.partners.imap import ImapMailbox
from triage.storage import mailboxes
from triage.storage.engine import open_file
from triage.workflow import mailbox
from triage.workflow.desk import Mailbox, MailboxSession

STEPS = ("fetched", "kept", "committed", "acknowledged")
"""Fetched; kept, with what it became, and not committed; committed; acknowledged."""


@dataclass
class Stopping:
    """A mailbox, a session and a post room in one, that stands still at one step."""

    box: Any
    step: str
    name = "shared"
    new_contacts = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self.box, name)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return (self,)  # type: ignore[return-value]

    @contextmanager
    def opened(self) -> Iterator[MailboxSession]:
        with self.box.opened() as session:
            yield Stopping(session, self.step)  # type: ignore[misc]

    def fetch(self, uid: str) -> Any:
        found = self.box.fetch(uid)
        self.at("fetched")
        return found

    def acknowledge(self, uid: str) -> None:
        self.at("committed")
        self.box.acknowledge(uid)
        self.at("acknowledged")

    def at(self, step: str) -> None:
        if step == self.step:
            print(step, flush=True)
            threading.Event().wait()


def main() -> None:
    """Never ends by itself, once it has come to its step."""
    told = json.loads(sys.stdin.readline())
    folder = Path(told["folder"])
    watch = factory.Watch()
    watch.move(minutes=told["minutes"])
    store = open_file(Path(told["path"]), bytes.fromhex(told["key"]))
    desk = factory.desk(
        store,
        folder,
        watch=watch,
        signer=factory.keys(folder / "keys-of-the-reader", watch, factory.RUTH),
        people=factory.People(folder),
    )
    way = MailboxWay(**told["way"])
    box = ImapMailbox(way, ca=Path(way.ca), secret=lambda: told["password"])
    post = Stopping(box, told["step"])
    note = mailboxes.note

    def noting(*arguments: Any) -> None:
        note(*arguments)
        post.at("kept")

    mailboxes.note = noting
    looked = mailbox.look_into_mailboxes(
        replace(desk.as_worker(factory.RUTH), post=post, new_id=uuid4),  # type: ignore[arg-type]
        f"reader {told['minutes']}",
    )
    print("ended", looked, flush=True)


if __name__ == "__main__":
    main()
