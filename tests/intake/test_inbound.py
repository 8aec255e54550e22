"""The reader against what files truly say: the set it was made on, and other layouts."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.intake.layouts import make
from triage.intake.answers import as_answers
from triage.intake.reader import read

HERE = Path(__file__).parent
DEV = HERE / "inbound" / "dev"
FREE_TEXT = (
    "01",
    "02",
    "03",
    "04",
    "15",
    "17",
    "18",
    "19",
    "21",
    "22",
    "23",
    "30",
    "32",
    "33",
    "34",
    "36",
)


def score(folder: Path, out: Path, only: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The scorer's figures for a folder of files; `only` keeps those whose names begin so."""
    files = sorted(p for p in folder.iterdir() if p.name != "truth.json")
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    if only is not None:
        truth = [one for one in truth if one["file"].startswith(only)]
        files = [p for p in files if p.name.startswith(only)]
    drafts = [draft for path in files for draft in read(path.read_bytes(), path.name)]
    answers = out / "got.json"
    answers.write_text(json.dumps(as_answers(drafts)), encoding="utf-8")
    wanted = out / "truth.json"
    wanted.write_text(json.dumps(truth), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(HERE / "inbound" / "score.py"), str(wanted), str(answers), "--json"],
        capture_output=True, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def rates(figures: dict[str, Any]) -> tuple[float, float]:
    """Recall and precision over every field."""
    rows = figures["fields"]
    right = sum(row["right"] for row in rows)
    missed = sum(row["missed"] for row in rows)
    untrue = sum(row["wrong"] + row["invented"] for row in rows)
    return right / (right + missed), right / (right + untrue)


def test_every_file_of_the_set_is_known_for_what_it_is(tmp_path: Path) -> None:
    figures = score(DEV, tmp_path)
    assert all(kind["right"] == kind["of"] for kind in figures["kinds"].values())
    assert figures["nothing_lost"]["absent"] == []
    assert figures["unknown_files"] == []
    assert figures["invented_total"] == 0


def test_forms_and_structured_files_are_read_almost_whole(tmp_path: Path) -> None:
    forms = tuple(
        path.name[:2]
        for path in DEV.iterdir()
        if path.name[:2].isdigit() and path.name[:2] not in FREE_TEXT
    )
    recall, precision = rates(score(DEV, tmp_path, forms))
    assert recall >= 0.95
    assert precision >= 0.98


def test_letters_give_most_of_what_they_say_and_nothing_else(tmp_path: Path) -> None:
    recall, precision = rates(score(DEV, tmp_path, FREE_TEXT))
    assert recall >= 0.75
    assert precision >= 0.98


@pytest.fixture(scope="module")
def layouts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files in other layouts."""
    folder = tmp_path_factory.mktemp("layouts")
    make.write(folder)
    return folder


def test_other_layouts_are_read_by_meaning(layouts: Path, tmp_path: Path) -> None:
    figures = score(layouts, tmp_path)
    recall, precision = rates(figures)
    assert all(kind["right"] == kind["of"] for kind in figures["kinds"].values())
    assert recall >= 0.95
    assert precision >= 0.98
    assert figures["invented_total"] == 0
