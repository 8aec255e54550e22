"""Each wall is seen to refuse an import planted behind it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

PLANTED = [
    ("matching/person.py", "import triage.domain.fact", "matching stands alone"),
    ("triage/intake/__init__.py", "import PySide6.QtCore", "Qt lives in ui only"),
    ("triage/domain/fact.py", "import pydantic", "domain is pure"),
    ("triage/export/__init__.py", "import triage.workflow", "the rooms of triage stand on domain"),
    ("triage/workflow/__init__.py", "import sqlalchemy", "SQL lives in storage only"),
    ("triage/partners/rest_map.py", "import psycopg", "SQL lives in storage only"),
    ("triage/storage/__init__.py", "import requests", "requests lives in partners and export only"),
    ("triage/intake/__init__.py", "import urllib", "intake has no network and no database"),
    ("ui/triage/__init__.py", "import triage.storage.events", "screens call workflow"),
]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for package in ("matching", "triage", "ui"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import sys; sys.path.insert(0, '.');"
        "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=house, capture_output=True, text=True, timeout=100
    )


def test_the_walls_stand(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("module", "planted", "wall"), PLANTED)
def test_a_wall_refuses_what_is_planted_behind_it(
    house: Path, module: str, planted: str, wall: str
) -> None:
    path = house / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{planted}\n", encoding="utf-8")
    result = lint(house)
    assert result.returncode != 0
    broken = [line for line in result.stdout.splitlines() if "BROKEN" in line]
    assert any(wall in line for line in broken), result.stdout
