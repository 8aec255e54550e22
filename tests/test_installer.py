"""What a newcomer meets first: the scripts, the lock file, and pages that name what is there."""

import importlib.util
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner

from triage.cli import main

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("installer/run", "installer/test", "installer/scan", ".ci/run")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
HELP = ROOT / "resources" / "help"


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def name_of(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def locked() -> dict[str, str]:
    """Each part of the lock file, with its hashes."""
    parts = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)
    return {name_of(part): part for part in parts if re.match(r"[a-z0-9]", part)}


def test_every_part_of_the_lock_file_is_pinned_and_has_a_hash() -> None:
    assert len(locked()) > 40
    loose = [n for n, part in locked().items() if "==" not in part or "--hash=sha256:" not in part]
    assert loose == []


def test_the_lock_file_names_no_address() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links)", LOCK, re.MULTILINE)


def test_the_lock_file_holds_all_that_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    missing = [one for one in asked if name_of(one) not in locked()]
    assert missing == []
    exact = {name_of(o): o.split("==")[1] for o in asked if "==" in o}
    assert {n: v for n, v in exact.items() if f"=={v} " not in locked()[n]} == {}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_can_be_run_and_is_whole(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    subprocess.run(["bash", "-n", ROOT / script], check=True)
    assert "set -euo pipefail" in (ROOT / script).read_text(encoding="utf-8")


def test_the_packages_that_qt_does_not_name_are_added() -> None:
    """Without the first two Qt blames libxcb-cursor0; without the third QtNetwork can't load."""
    named = (ROOT / "installer" / "prepare.sh").read_text(encoding="utf-8")
    for package in ("libxcb-icccm4", "libxcb-keysyms1", "libgssapi-krb5-2", "libxcb-cursor0"):
        assert package in named


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The scripts in a folder with a space in its name, with nothing set up."""
    clone = tmp_path / "My Work" / "fanlight"
    (clone / "installer").mkdir(parents=True)
    for name in ("installer/run", "installer/prepare.sh", "requirements.lock", "pyproject.toml"):
        (clone / name).write_bytes((ROOT / name).read_bytes())
    (clone / "installer" / "run").chmod(0o755)
    return clone


def offering(folder: Path, **programs: str) -> dict[str, str]:
    """An environment in which these programs stand before the system's own."""
    folder.mkdir()
    for name, words in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}


def start(script: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", script, "--setup-only"],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_who_may_not_add_packages_gets_the_line_to_type(elsewhere: Path, tmp_path: Path) -> None:
    nobody = {"id": "echo 1000", "sudo": "exit 1", "dpkg-query": "exit 1"}
    done = start(elsewhere / "installer" / "run", offering(tmp_path / "bin", **nobody))
    assert done.returncode == 3
    [line] = [one for one in done.stderr.splitlines() if "apt-get" in one]
    assert line.startswith("  sudo apt-get install --no-install-recommends libegl1 ")
    assert "libxcb-keysyms1" in line
    assert "nothing was changed" in done.stderr
    assert not (elsewhere / ".venv").exists()


def test_no_python_that_fits_is_told(elsewhere: Path, tmp_path: Path) -> None:
    old = dict.fromkeys(("python3", "python3.11", "python3.12", "python3.13"), "exit 1")
    present = 'shift 3; for name; do echo "ii  $name"; done'
    cache = 'echo "  Candidate: 3.9.2"; [ "$1" = policy ]'
    programs = {**old, "dpkg-query": present, "apt-cache": cache}
    done = start(elsewhere / "installer" / "run", offering(tmp_path / "bin", **programs))
    assert done.returncode == 3
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert not (elsewhere / ".venv").exists()


def test_a_link_to_the_script_finds_the_clone(elsewhere: Path, tmp_path: Path) -> None:
    link = tmp_path / "fanlight"
    link.symlink_to(elsewhere / "installer" / "run")
    done = start(
        link,
        offering(tmp_path / "bin", **{"id": "echo 1", "sudo": "exit 1", "dpkg-query": "exit 1"}),
    )
    assert "apt-get install" in done.stderr


def test_no_file_names_a_place_of_one_computer_or_a_registry() -> None:
    # Spelt in halves, so that this file is not found by itself.
    said = ["/wo" "rk/", "/opt/py" "pi", "py" "pi.org", "pythonhos" "ted.org",
            "deb.deb" "ian.org", "registry.np" "mjs"]  # fmt: skip
    found = [
        f"{path.relative_to(ROOT)}: {words}"
        for path in tracked()
        if (text := path.read_bytes()) is not None
        for words in said
        if words.encode() in text
    ]
    assert found == []


def test_the_pages_a_newcomer_looks_for_are_there() -> None:
    for name in ("LICENSE", "README.md", "CHANGELOG.md", "ARCHITECTURE.md"):
        assert (ROOT / name).read_text(encoding="utf-8").strip()


def test_every_path_the_readme_names_is_there() -> None:
    named = set(re.findall(r"(?:resources|tests|installer)[/\\][\w./\\-]+", README))
    assert "installer/run" in named
    assert [
        n for n in sorted(named) if not (ROOT / n.replace("\\", "/").rstrip(".")).exists()
    ] == []


def test_every_command_the_readme_names_is_known() -> None:
    commands = re.findall(r"fanlightctl ((?:[a-z]+ ?)+)", README)
    assert commands
    for words in commands:
        group: object = main
        for word in words.split():
            if not isinstance(group, Group):
                break
            assert word in group.commands, f"fanlightctl {words}"
            group = group.commands[word]
        assert CliRunner().invoke(main, [*words.split(), "--help"]).exit_code == 0


@pytest.mark.parametrize("page", sorted(p.name for p in HELP.glob("*.md")))
def test_every_link_of_the_manual_leads_to_a_page(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)", (HELP / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (HELP / link).is_file()] == []


def test_the_first_page_of_the_manual_leads_to_every_other() -> None:
    links = re.findall(r"\]\(([^)#]+)", (HELP / "index.md").read_text(encoding="utf-8"))
    assert {p.name for p in HELP.glob("*.md")} - set(links) == {"index.md"}


def test_every_key_the_manual_names_is_in_the_key_map() -> None:
    loaded = json.loads((ROOT / "resources/design/keymap.json").read_text(encoding="utf-8"))
    bound = {key for keys in (loaded["global"], *loaded["in_focus"].values()) for key in keys}
    printed = {key.replace("Return", "Enter").replace("PgDown", "PgDn") for key in bound}
    rows = re.findall(r"^\|(.+)\|$", (HELP / "keys.md").read_text(encoding="utf-8"), re.MULTILINE)
    cells = [[cell.strip() for cell in row.split("|")][-2] for row in rows]
    named = {key for cell in cells for key in cell.split(", ") if key not in ("Key", "---")}
    assert len(named) > 30
    assert sorted(k for k in named if k.replace(" ", "+", 1) not in printed) == []


def scanned(*parts: dict[str, object]) -> int:
    spec = importlib.util.spec_from_file_location("scan", ROOT / "installer" / "scan.py")
    assert spec
    assert spec.loader
    scan = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scan)
    code, said = scan.outcome({"dependencies": list(parts)})
    assert said
    return int(code)


def test_a_part_that_could_not_be_looked_up_never_counts_as_free_of_faults() -> None:
    sound = {"name": "a", "version": "1", "vulns": []}
    skipped = {"name": "b", "skip_reason": "not found"}
    faulty = {"name": "c", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}
    assert scanned(sound) == 0
    assert scanned(sound, skipped) == 4
    assert scanned(skipped) == 4
    assert scanned() == 4
    assert scanned(sound, skipped, faulty) == 1
