"""Look-ups at six partners, of whom one is dead, one drips and one is slow:
`python -m tests.bench.partners [LOOK-UPS]`.

Measured on the real window: how soon after a partner's answer it is on the screen, how long the
window stands still meanwhile, when the whole look-up ends, and how long it takes to end the
program with questions under way. Then LOOK-UPS (500) in a row, and what they leave behind of
threads, sockets and memory. The partners run in a process of their own. Not part of the tests.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.bench.measure import Taken, load, quantile, verdict
from tests.bench.partner_servers import DEAD, DRIPPING
from tests.bench.window import NOW, Bench
from tests.workflow.test_live import HOUSING
from triage.domain.live_partner import (
    LivePartner,
    Pace,
    PartnerKind,
    PdsSettings,
    Reach,
    RestSearch,
    RestSettings,
)
from triage.domain.lookup import Outcome
from triage.partners.live import LivePartners
from triage.practice.hub import PracticeHub, open_practice
from triage.practice.people import WORKERS
from triage.practice.stand_ins_apart import StandInsApart
from triage.workflow import match
from ui.application import make_application
from ui.triage.opened import Opened

DEADLINE_S = 2.0
SHOWN_MS = 300.0
STALL_MS = 50.0
ANSWERING = ("nhs", "residents", "homes")
COUNCIL = RestSettings(
    searches=(RestSearch(needs=("family",), query={"last_name": "{family}"}),),
    items="residents",
    fields={
        "record_id": "mosaicId",
        "given": "firstName",
        "family": "lastName",
        "dob": "dateOfBirth",
    },
)


@dataclass
class Servers:
    """The six partners: where they are, and when each answered first since `begin`."""

    ca: Path
    urls: dict[str, str]
    answered: dict[str, float] = field(default_factory=dict)

    def begin(self) -> None:
        """Count first answers from now on."""
        self.answered.clear()

    def settings(self, pace: Pace) -> tuple[LivePartner, ...]:
        """The six as a profile would have them."""
        return tuple(_settings(key, url, self.ca, pace) for key, url in self.urls.items())


def _settings(key: str, url: str, ca: Path, pace: Pace) -> LivePartner:
    path = {"nhs": "/FHIR/R4", "residents": "/api/v1/residents"}.get(key, "/api/v1/households")
    rest = {"nhs": None, "residents": COUNCIL}.get(key, HOUSING)
    return LivePartner(
        partner=key,
        name=key.capitalize(),
        kind=PartnerKind.REST_MAP if rest else PartnerKind.PDS_FHIR,
        purpose="Measuring",
        lawful_basis="None: nobody is real",
        reach=Reach(url=url + path, ca=str(ca)),
        pace=pace,
        date_formats=("%d/%m/%Y", "%Y-%m-%dT%H:%M:%S.%fZ"),
        rest=rest,
        pds=None if rest else PdsSettings(),
    )


@contextmanager
def servers(folder: Path) -> Iterator[Servers]:
    """Start the six, and listen to when they answer."""
    run = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.partner_servers", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    told = json.loads(run.stdout.readline())
    found = Servers(ca=Path(told["ca"]), urls=told["urls"])
    lines = run.stdout

    def listen() -> None:
        for line in lines:
            key, at = line.split()
            found.answered.setdefault(key, float(at))

    threading.Thread(target=listen, daemon=True).start()
    try:
        yield found
    finally:
        run.kill()
        run.wait()


def _held(over: list[str], name: str, limit: float, value: float, unit: str = "ms") -> None:
    verdict = "held" if value <= limit else "OVER"
    if value > limit:
        over.append(name)
    print(f"{name:52}{limit:8.0f}{value:10.1f} {unit:4} {verdict}", flush=True)


def with_partners(practice: PracticeHub, found: Servers, pace: Pace) -> PracticeHub:
    """The practice hub with the six in place of its own live partners."""
    practice.hub.live.close()
    live = LivePartners(found.settings(pace), folder=practice.hub.folder)
    return replace(practice, hub=replace(practice.hub, live=live))


def on_screen(b: Bench, found: Servers, over: list[str]) -> None:
    """Contacts opened one after another, each asked about at once."""
    shown: dict[str, float] = {}
    tray = b.triage.tray
    before = tray.show_partners

    def show_partners(opened: Opened) -> None:
        before(opened)
        for state in opened.view.partners:
            if state.live and state.outcome is not Outcome.NOT_CHECKED:
                shown.setdefault(state.partner, time.time())

    tray.show_partners = show_partners  # type: ignore[method-assign]
    waits: list[float] = []
    stalls: list[Taken] = []
    whole: list[float] = []
    began = [0.0]
    b.triage.reader.looking_up.connect(
        lambda on: (
            began.__setitem__(0, time.time())
            if on
            else whole.append((time.time() - began[0]) * 1000)
        )
    )
    rows = [r for r in b.triage.queue.model.rows() if not r.restricted][:6]
    for row in rows:
        b.quiet()
        shown.clear()
        found.begin()
        ends = len(whole)

        def ask(contact_id: object = row.contact_id) -> None:
            b.triage.open_contact(contact_id)  # type: ignore[arg-type]

        stalls.append(b.longest_stall(ask, lambda ends=ends: len(whole) > ends))  # type: ignore[misc]
        waits += [
            (shown[key] - found.answered[key]) * 1000
            for key in ANSWERING
            if key in shown and key in found.answered
        ]
    print(f"{len(waits)} first answers of {len(rows)} contacts; load {load()}")
    _held(over, "an answer on screen after it was given (p50)", SHOWN_MS, quantile(waits, 0.5))
    _held(over, "an answer on screen after it was given (p95)", SHOWN_MS, quantile(waits, 0.95))
    longest = Taken(
        clock=max(s.clock for s in stalls),
        own=max(s.own for s in stalls),
        thread=max(s.thread for s in stalls),
        work=max(s.work for s in stalls),
    )
    if (known := verdict(STALL_MS, longest)) == "OVER":
        over.append("the longest the window stood still")
    print(
        f"the longest the window stood still: {longest.clock:.0f} ms by the clock, "
        f"{longest.own:.0f} less the waiting for a core, {longest.work:.0f} of it work of this "
        f"program (limit {STALL_MS:.0f}): {known}"
    )
    _held(over, "the whole look-up", DEADLINE_S * 1000 + 250, max(whole))


def ending(b: Bench, over: list[str]) -> None:
    """The program ends with questions under way at the slow and the dripping partner."""
    b.triage.reader.search_again()
    b.until(lambda: any(t.name.startswith("asking slow") for t in threading.enumerate()))
    began = time.perf_counter()
    b.practice.hub.stop_searching()
    b.close()
    _held(over, "ending with questions under way", 1000, (time.perf_counter() - began) * 1000)


def in_a_row(folder: Path, found: Servers, count: int, over: list[str]) -> None:
    """Look-ups one after another, and what is left of them."""
    practice = with_partners(
        open_practice(folder, now=lambda: NOW, new_id=uuid4, population=60),
        found,
        Pace(deadline_s=0.3, late_s=0, per_second=1000, burst=1000, at_once=8, pause_after=10**9),
    )
    desk = practice.hub.desk(WORKERS[0][0])
    with desk.store.read() as tx:
        from triage.storage import contacts

        contact = max(contacts.mentioning(tx, postcode="NM3 4QT"), key=lambda c: c.received_at)
    partners = tuple(found.urls)
    first: tuple[int, int, float] | None = None
    for number in range(count):
        match.look_up(desk, contact.id, partners=partners, people=("c1",))
        if number == count // 10:
            first = _left()
    assert first is not None
    last = _left()
    print(f"after {count // 10} and {count} look-ups: {first} and {last} threads, handles, MB")
    _held(over, "threads more", 2, last[0] - first[0], "")
    _held(over, "open handles more", 4, last[1] - first[1], "")
    _held(over, "memory more", 15, last[2] - first[2], "MB")
    practice.close()


def _left() -> tuple[int, int, float]:
    """Threads, open handles, and megabytes, once what just ended has ended."""
    there = threading.Event()
    for _ in range(100):
        if not any(t.name.startswith("asking ") for t in threading.enumerate()):
            break
        there.wait(0.05)
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
        round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1),
    )


def main() -> int:
    """As asked on the command line; how many are over their limits."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.partners", description=__doc__)
    parser.add_argument("look_ups", type=int, nargs="?", default=500)
    asked = parser.parse_args()
    over: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "tls").mkdir()
        with servers(folder / "tls") as found:
            # Before there is a window: beside one, what is unused is cleared away by its thread.
            in_a_row(folder / "row", found, asked.look_ups, over)
            app = make_application("light", None)
            practice = open_practice(
                folder / "window",
                now=lambda: NOW,
                new_id=uuid4,
                population=1500,
                search_apart=True,
                apart=StandInsApart(),
            )
            pace = Pace(deadline_s=DEADLINE_S, late_s=5, at_once=4, per_second=50, burst=50,
                        pause_after=10**9)  # fmt: skip
            b = Bench(app, with_partners(practice, found, pace))
            on_screen(b, found, over)
            ending(b, over)
    assert {DEAD, DRIPPING} <= set(found.urls)
    print("over: " + (", ".join(over) or "none"))
    return len(over)


if __name__ == "__main__":
    sys.exit(main())
