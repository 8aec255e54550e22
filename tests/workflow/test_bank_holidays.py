"""Bank holidays are kept between starts, and worked out anew whenever that would not be right."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from triage.workflow.bank_holidays import bank_holidays

YEARS = range(2024, 2028)
BOXING_DAY = date(2026, 12, 28)  # in lieu: the 26th is a Saturday


def test_those_kept_are_those_worked_out(tmp_path: Path) -> None:
    kept = tmp_path / "days.json"
    first = bank_holidays("ENG", YEARS, kept)
    assert BOXING_DAY in first
    assert bank_holidays("ENG", YEARS, kept) == first == bank_holidays("ENG", YEARS)


def test_other_years_or_another_region_are_worked_out(tmp_path: Path) -> None:
    kept = tmp_path / "days.json"
    bank_holidays("ENG", YEARS, kept)
    assert date(2026, 1, 2) in bank_holidays("SCT", YEARS, kept)
    assert date(2030, 12, 25) in bank_holidays("SCT", range(2030, 2031), kept)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"asked": null}', "\u0000", '{"days": 4}'])
def test_a_damaged_file_is_of_no_consequence(text: str, tmp_path: Path) -> None:
    kept = tmp_path / "days.json"
    kept.write_text(text, encoding="utf-8")
    assert BOXING_DAY in bank_holidays("ENG", YEARS, kept)
    assert json.loads(kept.read_text(encoding="utf-8"))["asked"]["region"] == "ENG"


def test_a_place_that_can_not_be_written_costs_only_time(tmp_path: Path) -> None:
    assert BOXING_DAY in bank_holidays("ENG", YEARS, tmp_path / "nowhere" / "days.json")


def test_what_is_kept_needs_no_library(tmp_path: Path) -> None:
    kept = tmp_path / "days.json"
    bank_holidays("ENG", YEARS, kept)
    program = (
        "import sys; from pathlib import Path\n"
        "from triage.workflow.bank_holidays import bank_holidays\n"
        f"assert bank_holidays('ENG', range(2024, 2028), Path({str(kept)!r}))\n"
        "assert 'holidays' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
