"""The practice hub on the disk: made once, made anew when left half made, and nothing else."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import PRACTICE_NOW
from triage.domain.errors import StoreError
from triage.practice.hub import MADE, MAKING, open_practice


def _open(folder: Path) -> None:
    open_practice(folder, now=lambda: PRACTICE_NOW, new_id=uuid4, population=5).close()


def test_folder_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    theirs = tmp_path / "practice" / "essay.txt"
    theirs.parent.mkdir()
    theirs.write_text("Not Fanlight's", encoding="utf-8")
    with pytest.raises(StoreError, match="something else"):
        _open(tmp_path / "practice")
    assert [p.name for p in theirs.parent.iterdir()] == ["essay.txt"]


def test_hub_left_half_made_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    (folder / MAKING).write_text("", encoding="utf-8")
    (folder / "fanlight.db").write_bytes(b"half")
    _open(folder)
    assert (folder / MADE).exists()
    assert not (folder / MAKING).exists()
