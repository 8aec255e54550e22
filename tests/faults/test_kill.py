"""Killed in the middle of writing, a desk loses nothing that it said was saved."""

import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import text

from tests.conftest import KEY, Home
from tests.storage.values import contact, number
from triage.storage import answers, contacts, events, originals

ROOT = Path(__file__).parents[2]


def _type_until_killed(home: Home, begin: int, after: int) -> list[int]:
    """What was said to be saved by a process killed as it wrote after `after` of them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.typist"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{home.path}\t{KEY.hex()}\t{begin}\n")
    process.stdin.flush()
    said = [int(process.stdout.readline()) for _ in range(after)]
    assert home.path is not None
    being_written = home.path.with_name(f"{home.path.name}-wal")
    before = being_written.stat().st_mtime_ns
    while being_written.stat().st_mtime_ns == before:
        assert process.poll() is None
    process.kill()
    rest = process.stdout.read()
    assert process.wait() == -signal.SIGKILL
    said += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    process.stdin.close()
    process.stdout.close()
    return said


def test_killed_while_writing_a_desk_keeps_every_answer_it_said_was_saved(
    file_home: Home,
) -> None:
    store = file_home.open()
    with store.write() as tx:
        contacts.insert(tx, contact(1))
    store.close()
    said: list[int] = []
    for round_ in range(4):
        begin = 1000 * (round_ + 1)
        said += _type_until_killed(file_home, begin, 15 + round_)

        store = file_home.open()
        assert events.verify(store) is None
        with store.read() as tx:
            kept = answers.all(tx, number(1))
            assert {f"q{n}" for n in said} <= set(kept)
            # Whatever was kept is whole, with its event: all of a save or none of it.
            assert len(kept) == events.head(tx).seq
            for key, answer in kept.items():
                assert answer.value == f"answer {key[1:]} " * 50
            whole = {f"{k[1:]}.eml" for k in kept if int(k[1:]) % 4 == 0}
            arrived = originals.of_contact(tx, number(1))
            assert {o.name for o in arrived} == whole
            for each in arrived[-3:]:
                data = originals.bytes_of(tx, each.id)
                assert data == bytes([int(each.name.split(".")[0]) % 256]) * 300_000
            assert contacts.get(tx, number(1)).version == 1 + len(whole)
            assert tx.connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert tx.connection.execute(text("PRAGMA cipher_integrity_check")).all() == []
        store.close()
    assert len(said) >= 4 * 15
