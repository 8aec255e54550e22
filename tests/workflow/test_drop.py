"""The watched folder: what others put there is taken in whole, once, and never waits for a trap."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import factory
from tests.workflow.conftest import Front
from tests.workflow.test_receive import LETTER
from triage.domain.errors import FanlightError, StoreError, UnreadableError
from triage.storage import originals
from triage.workflow import drop, queue, receive
from triage.workflow.drop import AGAIN_S, STILL_S, DropFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "drop"
    made.mkdir()
    return made


def taken(watched: DropFolder, front: Front, now: float = 0.0) -> list[str]:
    """What two looks, one after the other, take in: the sentences about it."""
    desk = front.priya
    got = [watched.take(desk, path, at) for at in (now, now + STILL_S) for path in watched.due(at)]
    return [one.sentence for one in got if one is not None]


def test_a_file_is_taken_in_and_no_second_copy_is_left_to_read(front: Front, folder: Path) -> None:
    (folder / "poppy.eml").write_bytes(LETTER)
    assert len(taken(DropFolder(folder), front)) == 1
    assert list(folder.iterdir()) == []
    [row] = queue.queue(front.priya).rows
    with front.store.read() as tx:
        [kept] = originals.of_contact(tx, row.contact_id)
        assert originals.bytes_of(tx, kept.id) == LETTER


def test_a_file_that_still_grows_waits_until_it_stands_still(front: Front, folder: Path) -> None:
    watched = DropFolder(folder)
    half = folder / "poppy.eml"
    half.write_bytes(LETTER[:200])
    watched.due(0.0)
    half.write_bytes(LETTER)
    assert watched.due(STILL_S) == ()
    assert watched.due(2 * STILL_S) == (half,)


def test_a_file_that_another_program_still_writes_is_left_to_it(front: Front, folder: Path) -> None:
    slow = folder / "poppy.eml"
    watched = DropFolder(folder)
    with slow.open("wb") as copying:
        copying.write(LETTER[:200])
        copying.flush()
        assert taken(watched, front) == []
        copying.write(LETTER[200:])
    assert len(taken(watched, front, 10.0)) == 1
    assert not slow.exists()


def test_what_changes_while_it_is_taken_in_stays_and_is_taken_again(
    front: Front, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "poppy.eml"
    path.write_bytes(LETTER[:-20])
    watched = DropFolder(folder)

    def while_it_is_read(*asked: object) -> receive.Received:
        path.write_bytes(LETTER)
        return receive.receive_file(*asked)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(drop, "receive_file", while_it_is_read)
        assert len(taken(watched, front)) == 1
    assert path.read_bytes() == LETTER
    assert len(taken(watched, front, 10.0)) == 1
    assert not path.exists()


def _link(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere)


def _pipe(path: Path, _elsewhere: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path, _elsewhere: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("trap", [_link, _pipe, _folder])
def test_what_is_no_file_is_not_opened_and_said_once(
    front: Front, folder: Path, tmp_path: Path, trap: object
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Child: Somebody Else")
    assert callable(trap)
    trap(folder / "letter.eml", secret)
    watched = DropFolder(folder)
    with pytest.raises(UnreadableError, match="so it was not opened"):
        taken(watched, front)
    assert taken(watched, front, 10 * AGAIN_S) == []
    assert queue.queue(front.priya).rows == ()
    assert secret.exists()


def test_a_pipe_put_in_a_files_place_makes_nobody_wait(front: Front, folder: Path) -> None:
    path = folder / "poppy.eml"
    path.write_bytes(LETTER)
    watched = DropFolder(folder)
    watched.due(0.0)
    [due] = watched.due(STILL_S)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(UnreadableError, match="no ordinary file"):
        watched.take(front.priya, due, STILL_S)


def test_a_file_larger_than_is_kept_is_said_and_left(
    front: Front, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "film.mp4"
    with path.open("wb") as file:
        file.truncate(40_000_000_000)  # takes no room on the disk, and none in memory
    with pytest.raises(UnreadableError, match=r"larger than the 250 MB.*still in the watched"):
        taken(DropFolder(folder), front)
    assert path.exists()


def test_what_the_store_could_not_take_is_tried_again_and_said_once(
    front: Front, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "poppy.eml").write_bytes(LETTER)
    watched = DropFolder(folder)

    def full(*_: object) -> receive.Received:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(drop, "receive_file", full)
        with pytest.raises(StoreError, match=r"The disk is full\. It is still in the watched"):
            taken(watched, front)
        assert watched.due(STILL_S + 1) == ()
        assert taken(watched, front, STILL_S + AGAIN_S) == []
    assert len(taken(watched, front, 3 * AGAIN_S)) == 1


def test_what_can_not_be_removed_is_received_once(
    front: Front, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "poppy.eml").write_bytes(LETTER)
    watched = DropFolder(folder)
    watched.due(0.0)
    [path], desk = watched.due(STILL_S), front.priya
    with _not_removable(monkeypatch), pytest.raises(FanlightError, match="taken in, but can't"):
        watched.take(desk, path, STILL_S)
    assert watched.due(10 * AGAIN_S) == ()
    assert len(queue.queue(front.priya).rows) == 1


@contextmanager
def _not_removable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        yield


def test_two_windows_on_one_folder_make_one_contact(front: Front, folder: Path) -> None:
    (folder / "poppy.eml").write_bytes(LETTER)
    one, other = DropFolder(folder), DropFolder(folder)
    desk = front.priya
    for window in (one, other):
        window.due(0.0)
    asked = [(window, path) for window in (one, other) for path in window.due(STILL_S)]
    assert len(asked) == 2
    with ThreadPoolExecutor(2) as both:
        list(both.map(lambda pair: pair[0].take(desk, pair[1], STILL_S), asked))
    assert len(queue.queue(desk).rows) == 1
    assert list(folder.iterdir()) == []


def test_the_same_bytes_under_two_names_are_one_contact(front: Front, folder: Path) -> None:
    for name in ("poppy.eml", "poppy (1).eml"):
        (folder / name).write_bytes(LETTER)
    assert len(taken(DropFolder(folder), front)) == 2
    assert len(queue.queue(front.priya).rows) == 1
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_gone_is_said_to_be_so(front: Front, tmp_path: Path) -> None:
    in_its_place = tmp_path / "drop"
    in_its_place.write_text("", encoding="utf-8")
    with pytest.raises(StoreError, match="can't be looked at"):
        DropFolder(in_its_place).due(0.0)


@pytest.mark.parametrize(
    "name",
    [
        "two\nlines.eml",
        "gpj.\u202eexe.eml",
        "red\x1b[31m.eml",
        "x" * 251 + ".eml",
        "\udcff.eml",
        "a\\..\\owned.bat",
        "owned.eml:hidden",
        "C:owned.eml",
        "AUX.eml",
        "-rf.eml",
        "%2e%2e%2f.eml",
    ],
)
def test_a_name_made_to_mislead_is_shown_in_one_plain_line(
    front: Front, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(LETTER)
    [said] = taken(DropFolder(folder), front)
    assert said.isprintable()
    assert list(folder.iterdir()) == []
    assert {p.name for p in folder.parent.iterdir() if "owned" in p.name} == set()
    assert front.priya.worker == factory.PRIYA
