"""What is done in the window, each act with its limit in milliseconds."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.bench.measure import Table, Taken, Watch
from tests.bench.start import LIMITS, starts
from tests.bench.window import NOW, Bench
from triage.domain.lookup import Subject
from triage.practice.decisions import decide_as_told
from triage.practice.people import WORKERS
from triage.practice.tour_files import tour_files
from triage.workflow import decide, people, sign, to_sign
from triage.workflow.desk import Desk
from ui.theme import theme
from ui.tour_decide import ANSWERS

STALL_MS = 50


def keys_and_moves(b: Bench, table: Table) -> None:
    """Typing, walking through the queue, opening the next contact, changing colours."""
    b.triage.open_contact(b.maya())
    b.until(lambda: b.triage.decision.reveal("analysis"))
    b.quiet()
    editor = b.app.focusWidget()
    assert editor is not None
    table.add(
        "key to letter",
        16,
        [b.timed(lambda: QTest.keyClick(editor, Qt.Key.Key_A)) for _ in range(120)],
    )
    b.triage.save_now()
    b.quiet()
    view = b.triage.queue.list
    view.setFocus()
    b.painted()
    table.add(
        "move in the queue",
        30,
        [b.timed(lambda: QTest.keyClick(view, Qt.Key.Key_Down)) for _ in range(150)],
    )
    read, whole = zip(*(next_contact(b) for _ in range(40)), strict=True)
    table.add("next contact: header and story", 60, read)
    table.add("next contact: everything local", 150, whole)
    b.settled()
    names = ["dark", "highContrast", "light"] * 14
    table.add("theme", 100, [b.timed(partial(theme().set_theme, name)) for name in names])


def next_contact(b: Bench) -> tuple[Taken, Taken]:
    """Ctrl PgDn: to the painted header and story, and to everything.

    The few that this worker may not open, and the end of the queue, are gone round.
    """
    row = b.triage.queue.beside(b.triage.reader.contact_id, 1)
    while row is None or row.restricted:
        rows = b.triage.queue.model.rows()
        at = 0 if row is None else rows.index(row) + 1
        b.triage.open_contact(rows[at % len(rows)].contact_id)
        b.quiet()
        row = b.triage.queue.beside(b.triage.reader.contact_id, 1)
    shown: list[Taken] = []
    watch = Watch()

    def read_it(_opened: object, _fresh: bool) -> None:
        # Laid out and painted as it is now, before a timer of no length fills in the rest.
        if not shown:
            b.app.sendPostedEvents()
            shown.append(watch.taken())

    b.triage.reader.contact_read.connect(read_it)
    b.triage.next_contact(1)
    b.until(lambda: bool(shown) and not b.triage.showing.is_under_way())
    b.triage.reader.contact_read.disconnect(read_it)
    whole = watch.taken()
    b.quiet()
    return shown[0], whole


def saving(b: Bench, table: Table) -> None:
    """A save, as it runs beside the window."""
    desk, maya = b.desk(0), b.maya()
    held = decide.decision_again(desk, maya).answers.get("analysis")
    version = held.version if held else 0
    taken = []
    for n in range(80):
        words = f"What was typed, and typed again, up to the {n}th time."
        watch = Watch()
        version = decide.save_answer(desk, maya, "analysis", words, version).version
        taken.append(watch.taken())
    table.add("save, beside the window", 20, taken)


def comparing(b: Bench, table: Table) -> None:
    """Compare opened for one child and the other."""
    maya, taken = b.maya(), []
    for n in range(40):
        subject = Subject(contact_id=maya, person=f"c{n % 2 + 1}")
        taken.append(b.timed(partial(b.triage.compare_asked.emit, subject), _compared(b)))
        b.quiet()
        b.triage_in_front()
    table.add("compare", 150, taken)


def _compared(b: Bench) -> Callable[[], bool]:
    compare = b.bench.compare
    before = compare._candidates
    return lambda: compare._candidates is not before and b.window.current() == "compare"


def signing_off(b: Bench, table: Table) -> None:
    """A decision that was returned and sent again is opened, and one that was not."""
    priya = _signed_in(b, 1)
    again = _sent_twice(b)
    waiting = to_sign.waiting(priya)
    rows = (*waiting.ready_together, *waiting.one_by_one)
    other = next(r.version_id for r in rows if r.version_id != again)
    assert b.bench.holder is not None
    b.bench.holder.seat(priya)
    b.window.show_screen("sign-off")
    b.quiet()
    taken = []
    for n in range(40):
        version = again if n % 2 == 0 else other
        act = partial(b.bench.sign_off.open_version, version)
        taken.append(b.timed(act, _read(b, version)))
        b.quiet()
    table.add("sign-off diff", 150, taken)


def _signed_in(b: Bench, who: int) -> Desk:
    worker, pin = WORKERS[who]
    return people.switch(b.desk(who), worker.id, pin)


def _sent_twice(b: Bench) -> UUID:
    """The version of Maya's decision that waits for sign-off, made where there is none yet."""
    ruth, priya, maya = _signed_in(b, 0), _signed_in(b, 1), b.maya()
    sent = decide.versions_sent(ruth, maya)
    if sent:
        return sent[-1].id
    told = {k.partition("@")[0]: v for k, v in ANSWERS.items() if "@" not in k}
    told["strategy_at"] = "2026-11-24T14:30"
    first = decide_as_told(ruth, maya, told)  # type: ignore[arg-type]
    sign.look(priya, first.id)
    sign.send_back(priya, first.id, "Say more.")
    held = decide.decision_again(ruth, maya).answers["analysis"]
    decide.save_answer(ruth, maya, "analysis", f"{held.value} And more of it.", held.version)
    return decide.propose(ruth, maya).id


def _read(b: Bench, version: UUID) -> Callable[[], bool]:
    reading = b.bench.sign_off.reading
    return lambda: reading._shown is not None and reading._shown.view.version.id == version


def pack_preview(b: Bench, table: Table) -> None:
    """From the wish to page 1."""
    taken = []
    printing = b.bench.printing
    _sent_twice(b)
    for _ in range(22):
        printing._plan = None
        watch = Watch()
        b.bench._print(b.maya())
        b.until(lambda: printing.file is None)
        b.until(lambda: printing.file is not None)
        taken.append(watch.taken())
        b.quiet()
        b.triage_in_front()
    table.add("pack preview, page 1, first (libraries)", 1500, taken[:1])
    table.add("pack preview, page 1", 500, taken[1:])


def standing_still(b: Bench, table: Table, folder: Path) -> None:
    """The longest the window stands still while work goes on beside it: one stall is too many."""
    b.triage_in_front()
    background, reader = b.bench.background, b.triage.reader
    printing = b.bench.printing
    assert background is not None
    maya = b.maya()
    _sent_twice(b)

    def print_it() -> None:
        b.bench._print(maya)

    def printed() -> bool:
        return printing.file is not None

    files = tour_files(folder / "files", NOW)
    stall = b.longest_stall(lambda: background.receive(files), lambda: True)
    table.add("standing still: files are read", STALL_MS, [stall])
    looked: list[Taken] = []
    for row in [r for r in b.triage.queue.model.rows() if not r.restricted][:6]:
        b.triage.open_contact(row.contact_id)
        b.quiet()
        looked.append(b.longest_stall(reader.search_again, lambda: True))
    table.add("standing still: look-ups run", STALL_MS, looked)
    packs: list[Taken] = []
    for _ in range(3):
        packs.append(b.longest_stall(print_it, printed))
        b.triage_in_front()
    table.add("standing still: a pack is made", STALL_MS, packs)
    queues = [b.longest_stall(reader.read_queue, lambda: True) for _ in range(5)]
    table.add("standing still: the queue is read", STALL_MS, queues)
    many = [
        path
        for hours in range(1, 5)
        for path in tour_files(folder / f"files {hours}", NOW - timedelta(hours=hours))
    ]

    def all_at_once() -> None:
        background.receive(many)
        reader.search_again()
        print_it()

    stall = b.longest_stall(all_at_once, printed)
    table.add(f"standing still: all that, {len(many)} files", STALL_MS, [stall])
    b.triage_in_front()


def staying(b: Bench, changes: int = 500) -> None:
    """Go through `changes` contacts and say, now and then, what is held: it must not grow."""
    b.triage_in_front()
    for changed in range(changes + 1):
        if changed % 100 == 0:
            held = ", ".join(f"{count} {what}" for what, count in _held(b.app).items())
            print(f"after {changed} contacts: {held}", flush=True)
        next_contact(b)


def _held(app: QApplication) -> dict[str, int]:
    app.processEvents()
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    widgets = app.allWidgets()
    return {
        "widgets": len(widgets),
        "Qt objects": sum(len(w.findChildren(QObject)) for w in app.topLevelWidgets()),
        "timers": sum(len(w.findChildren(QTimer)) for w in app.topLevelWidgets()),
        "Python objects": len(gc.get_objects()),
        "MB": pages * 4096 // 2**20,
    }


def cold_start(folder: Path, table: Table) -> None:
    """A second start, from the command to the painted queue."""
    told = starts(folder, 3)
    table.add("cold start to the queue", LIMITS["queue"], [t["queue"] for t in told])
    table.add("cold start: imports", LIMITS["imports"], [t["imports"] for t in told])
