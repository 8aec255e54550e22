"""Reading in a process of its own."""

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from triage.domain.draft import Draft, DraftKind
from triage.intake import apart, sandbox
from triage.intake.apart import StoppedError
from triage.intake.limits import Limits
from triage.intake.reader import read
from triage.intake.sandbox import read_safely
from triage.intake.wire import as_plain, drafts_from

DEV = Path(__file__).parent / "inbound" / "dev"
FILES = sorted(path for path in DEV.iterdir() if path.name != "truth.json")


@pytest.mark.parametrize("path", FILES[::4], ids=lambda p: p.name)
def test_the_process_reads_as_the_reader_does(path: Path) -> None:
    data = path.read_bytes()
    assert read_safely(data, path.name) == read(data, path.name)


@pytest.mark.parametrize("path", FILES[::5], ids=lambda p: p.name)
def test_a_draft_comes_back_over_the_wire_as_it_went(path: Path) -> None:
    drafts = read(path.read_bytes(), path.name)
    assert drafts_from(as_plain(drafts)) == drafts


@pytest.mark.parametrize("seconds", [30.0, -2.5], ids=["read", "given up"])
def test_half_a_letter_of_a_files_name_reaches_no_store(seconds: float) -> None:
    data = b"Child: Ola Reed\nDOB: 3/4/2015\n" * (1 if seconds > 0 else 300_000)
    (draft,) = read_safely(data, "half \udcff letter.txt", limits=Limits(seconds=seconds))
    assert draft.file == "half ? letter.txt"
    assert draft.sha256 == hashlib.sha256(data).hexdigest()


def test_a_file_that_takes_too_long_is_set_before_a_person() -> None:
    data = b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"Ab\n" * 3_000_000
    (draft,) = read_safely(data, "slow.eml", limits=Limits(seconds=-2.5))
    assert draft.kind is DraftKind.CONTACT
    assert draft.sha256 == hashlib.sha256(data).hexdigest()
    assert "The original is kept" in draft.why
    assert read_safely(b"Child: Ola Reed\nDOB: 3/4/2015\n", "next.txt")[0].content.children


def test_a_small_file_may_hold_up_what_waits_for_a_third_of_the_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allowed: list[float] = []

    def ask(_head: object, _data: bytes, limits: Limits) -> bytes:
        allowed.append(limits.seconds)
        raise StoppedError(late=True, seconds=limits.seconds)

    monkeypatch.setattr(sandbox._READING, "ask", ask)
    read_safely(b"%PDF-1.4 hostile", "small.pdf")
    read_safely(b"x" * 6_000_000, "large.txt")
    assert allowed[0] == pytest.approx(10.0, abs=0.1)
    assert allowed[1] == Limits().seconds == 30.0


def test_a_file_that_needs_too_much_memory_is_set_before_a_person() -> None:
    data = b"Child: Ola Reed\n" + b"x y z\n" * 2_000_000
    (draft,) = read_safely(data, "fat.txt", limits=Limits(memory_bytes=120_000_000))
    assert draft.kind is DraftKind.REJECTED
    assert draft.sha256 == hashlib.sha256(data).hexdigest()


def test_the_reader_itself_is_not_imported_beside_the_window() -> None:
    """It takes a fifth of a second of Python's lock, in the middle of somebody's work."""
    asked = (
        "import sys; from triage.intake.sandbox import read_safely; "
        "print(len(read_safely(b'Child: Ola Reed', 'a.txt')));"
        "print('triage.intake.reader' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False"]


def test_the_process_opens_no_connection_starts_nothing_and_writes_nothing() -> None:
    for event, arguments in (
        ("socket.connect", ()),
        ("subprocess.Popen", ()),
        ("open", ("/tmp/x", "w", 0)),
        ("os.system", ("true",)),
    ):
        with pytest.raises(PermissionError):
            apart._refuse(event, arguments)
    apart._refuse("open", ("/tmp/x", "r", 0))


@pytest.mark.parametrize(
    "writing",
    [
        "open(path, 'w')",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
        "tempfile.NamedTemporaryFile(dir=os.path.dirname(path))",
        "ctypes.CDLL(None).write(ctypes.CDLL(None).creat(path.encode(), 0o600), b'x', 1) == -1",
    ],
)
def test_no_way_of_writing_leaves_a_word_on_the_disk(tmp_path: Path, writing: str) -> None:
    inside = (
        "import ctypes, os, sys, tempfile; from triage.intake import apart; path = sys.argv[1];"
        "apart._set_limits(2_000_000_000); sys.addaudithook(apart._refuse);"
        f"print('refused' if ({writing}) is True else 'written')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", inside, str(tmp_path / "found")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PermissionError" in ended.stderr or ended.stdout == "refused\n"
    assert [p for p in tmp_path.iterdir() if p.stat().st_size] == []


def test_several_threads_may_read_at_once() -> None:
    got: list[tuple[Draft, ...]] = []
    data = FILES[0].read_bytes()
    threads = [
        threading.Thread(target=lambda: got.append(read_safely(data, FILES[0].name)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 4
    assert len(set(got)) == 1
