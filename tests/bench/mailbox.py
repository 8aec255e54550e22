"""How fast a mailbox is read: `python -m tests.bench.mailbox [MESSAGES]`.

MESSAGES (1,000) of every kind lie in a real IMAP mailbox, over TLS: referrals in plain letters, the
inbound set with its Word files, PDFs and oddities, answers to requests, automatic replies and
newsletters. They are read as at a desk, into an encrypted store. It prints messages a second by
the clock, and less the time for which the desk's thread had no core to go on with, and the memory
of the desk and of the reading process after each hundred. The limit is 20 a second on two cores,
with memory flat. Not part of the tests.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests import factory
from tests.bench.measure import load, waited
from tests.conftest import KEY
from tests.post import mail, post_of
from triage.domain.request import InfoRequest
from triage.practice.families import neighbours
from triage.practice.post_servers import PostServers
from triage.storage import contacts, request_messages
from triage.storage.engine import open_file
from triage.workflow import mailbox, sending
from triage.workflow import requests as asking
from triage.workflow.desk import Desk

INBOUND = Path(__file__).parents[1] / "intake" / "inbound" / "dev"
LIMIT = 20.0
ASKED = 40


def messages(count: int, threads: list[tuple[InfoRequest, str]]) -> Iterator[bytes]:
    """So many messages, mixed as a front door's are, no two the same."""
    letters = sorted(INBOUND.glob("*.eml"))
    people = list(neighbours(count, factory.NOW.date()))
    for n in range(count):
        person = people[n % len(people)]
        name = f"{person.fields['given']} {person.fields['family']}"
        if n % 10 in (0, 1, 2, 3):
            yield mail(
                f"Child's name: {name}\nDate of birth: {person.fields.get('dob', '')}\n"
                "School: Brookfold Primary\n"
                f"Reason for referral: {name} told staff that an adult at home shouts and throws "
                f"things. This is note {n}.\n",
                sender=f"Staff {n} <staff{n}@stbrannocs.example>",
                subject=f"Referral {n}",
            )
        elif n % 10 in (4, 5):
            data = letters[n // 10 % len(letters)].read_bytes()
            data = re.sub(rb"(?im)^message-id:[^\n]*\n(?:[ \t][^\n]*\n)*", b"", data, count=1)
            yield b"Message-ID: <bench%d@northmere.example>\r\n" % n + data
        elif n % 10 in (6, 7):
            request, thread = threads[n % len(threads)]
            text = re.sub(r"Answer (\d+):", rf"Answer \1: Seen in May, note {n}", request.sent_text)
            yield mail(text, In_Reply_To=thread)
        elif n % 10 == 8:
            _, thread = threads[n % len(threads)]
            yield mail(
                f"I am away until day {n}.",
                subject="Automatic reply",
                Auto_Submitted="auto-replied",
                In_Reply_To=thread,
            )
        else:
            yield mail(
                f"Our training day {n} is on Friday in room 4. Unsubscribe any time.",
                subject=f"Newsletter {n}",
                List_Unsubscribe="<https://news.example>",
            )


def asked(desk: Desk) -> list[tuple[InfoRequest, str]]:
    """Requests that went out, with the Message-ID of each."""
    contact = factory.contact()
    with desk.store.write() as tx:
        contacts.insert(tx, contact)
    found = []
    for _ in range(ASKED):
        begun = asking.keep_draft(
            desk, replace(asking.start(desk, contact.id, "housing"), told="told")
        )
        request = asking.send(desk, begun)
        with desk.store.read() as tx:
            found.append((request, request_messages.of_request(tx, request.id)[0].local_id))
    while sending.send_due(desk):
        pass
    return found


def readers(of: str = "self") -> list[Path]:
    """The reading processes of this one, and theirs, in /proc."""
    found = []
    for task in Path(f"/proc/{of}/task").iterdir():
        for pid in (task / "children").read_text().split():
            here = Path(f"/proc/{pid}")
            if b"triage.intake" in (here / "cmdline").read_bytes():
                found += [here, *readers(pid)]
    return found


def memory() -> tuple[float, float]:
    """Megabytes that the desk holds, and that its reading processes do."""
    own, *reading = [
        int((at / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        for at in (Path("/proc/self"), *readers())
    ]
    return own, sum(reading)


def work() -> tuple[float, float]:
    """Seconds of CPU that the desk took so far, and that its reading processes did."""
    ticks = 0
    for at in readers():
        fields = (at / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time(), ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """As asked on the command line; 1 where it was too slow by its own time."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mailbox", description=__doc__)
    parser.add_argument("messages", type=int, nargs="?", default=1000)
    count = parser.parse_args().messages
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        servers = PostServers(folder / "post")
        servers.start_mail()
        store = open_file(folder / "fanlight.db", KEY)
        try:
            desk = factory.desk(store, folder)
            rules = desk.profile.requests
            desk = replace(desk, post=post_of(servers, rules, desk.now, mesh=None))
            servers.deliver(*messages(count, asked(desk)))
            return _read(desk, count)
        finally:
            store.close()
            servers.stop()


def _read(desk: Desk, count: int) -> int:
    mailbox.AT_ONCE = 100
    taken, began, worked, kept_waiting = 0, time.perf_counter(), work(), waited()
    totals: dict[str, int] = {}
    print(f"{'messages':>9} {'a second':>9} {'desk MB':>8} {'reader MB':>10}")
    while taken < count:
        at = time.perf_counter()
        (looked,) = mailbox.look_into_mailboxes(desk, "bench")
        if looked.problem:
            print(looked.problem)
            return 1
        step = min(100, count - taken)
        taken += step
        for name in ("answers", "to_place", "aside"):
            totals[name] = totals.get(name, 0) + getattr(looked, name)
        totals["contacts"] = totals.get("contacts", 0) + len(looked.contacts)
        own, reader = memory()
        print(f"{taken:>9} {step / (time.perf_counter() - at):>9.1f} {own:>8.0f} {reader:>10.0f}")
    took = time.perf_counter() - began
    rate, rate_own = count / took, count / (took - (waited() - kept_waiting))
    own, reader = (now - then for now, then in zip(work(), worked, strict=True))
    each = f"{own / count * 1000:.0f} ms of CPU at the desk, {reader / count * 1000:.0f} in reading"
    print(
        f"{count} messages at {rate:.1f} a second by the clock, {rate_own:.1f} less the waiting "
        f"for a core (limit {LIMIT:.0f}), with {load()}; "
        f"each {each}: {count / max(own, reader):.0f} a second where each has a core; {totals}"
    )
    return 0 if rate_own >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
