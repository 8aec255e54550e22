"""The tour that a council runs to see that an installation works, and one that must not pass."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tests.journeys.refused_tour import WORDS
from triage.practice import families
from ui.app import NO_SCREEN

ROOT = Path(__file__).parents[2]
LONGEST_S = 300


def _run(module: str, *arguments: str, home: Path | None = None) -> tuple[int, str]:
    places = ("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    own = {name: str(home) for name in places} if home else {}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, **own, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _names_in(place: Path) -> list[str]:
    """Files left below a place (settings, caches, temporary ones) that say, or are called by, the
    family name of somebody whom the tour is about."""
    names = {held.fields.get("family", "").lower() for held in families.told(date(2026, 11, 24))}
    sought = [name.encode(code) for name in names if name for code in ("utf-8", "utf-16-le")]
    assert len(sought) > 20
    said = {
        path: str(path).lower().encode() + (path.read_bytes().lower() if path.is_file() else b"")
        for path in place.rglob("*")
    }
    return [str(path) for path, words in said.items() if any(name in words for name in sought)]


def _told(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "tour.json").read_text(encoding="utf-8"))
    return told


def test_tour_is_true_from_the_welcome_to_the_saved_pack(tmp_path: Path) -> None:
    home, tmp_path = tmp_path / "home", tmp_path / "tour"
    home.mkdir()
    code, said = _run("ui.app", "--tour", str(tmp_path), home=home)
    assert (code, said) == (0, "Every step was true.\n")
    assert _names_in(home) == [], "outside its own folder Fanlight leaves word of a family"
    told = _told(tmp_path)
    assert [s["step"] for s in told["steps"] if not s["true"]] == []
    assert {"Files dropped", "Decision form", "Accepted by the council", "Pack saved"} <= {
        s["step"] for s in told["steps"]
    }
    assert all(s["ms"] >= 0 and s["what"] for s in told["steps"])
    assert told["versions"]["screen"] == "offscreen"
    assert len(list(tmp_path.glob("[0-9][0-9]-*.png"))) == len(told["steps"])
    assert (tmp_path / "pack.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((tmp_path / "decision.jws").read_bytes())["payload"]
    assert (tmp_path / "receipt.jws").read_bytes().count(b".") == 2
    left = [path.name for path in tmp_path.iterdir() if path.is_dir()]
    assert left == [], "the tour's own data was left behind"


def test_tour_with_a_refusing_council_ends_with_its_words_and_not_with_nought(
    tmp_path: Path,
) -> None:
    code, said = _run("tests.journeys.refused_tour", str(tmp_path))
    assert code == 1, said
    told = _told(tmp_path)
    last = told["steps"][-1]
    assert last["step"] == "Signed"
    assert last["true"] is False
    assert WORDS in last["what"]
    assert WORDS in told["ended"]
    assert WORDS in said


def test_tour_into_a_place_that_can_not_be_written_says_so_in_a_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    for asked in (
        ["--tour", str(in_the_way / "x")],
        ["--tour", str(tmp_path), "--data", f"{in_the_way}/x"],
    ):
        code, said = _run("ui.app", *asked)
        assert code == 1
        assert said.startswith("Not begun. ")
        assert "Not a directory" in said
        assert "Traceback" not in said


def test_a_computer_without_a_screen_is_told_so_in_a_sentence() -> None:
    screenless = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    done = subprocess.run(
        [sys.executable, "-m", "ui.app"],
        cwd=ROOT,
        env=screenless,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == (1, NO_SCREEN)
