"""A hub's own weights from the command line: the report first, then a yes, and a way back."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.workflow.judged import judge_many
from triage.cli import main
from triage.storage.engine import open_file
from triage.storage.secrets import PassphraseVault, store_key
from triage.workflow.places import SEALED_KEYS, STORE_FILE

WORDS = "four words do well"
PERSON = ["--id", "jsmith", "--name", "Jo Smith", "--job", "Team leader", "--role", "team_leader"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    typed = f"{WORDS}\n" * 2 + "4837\n4837\n"
    made = run("desk", "create", *PERSON, "--passphrase", "--data", str(folder), typed=typed)
    assert made.exit_code == 0, made.output
    vault = PassphraseVault(folder / SEALED_KEYS, WORDS)
    store = open_file(folder / STORE_FILE, store_key(vault, folder / STORE_FILE))
    with store.write() as tx:
        judge_many(tx)
    store.close()
    return folder


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)


def matching(data: Path, *arguments: str, then: str = "", leader: bool = True) -> Result:
    who, pin = (["--as", "jsmith"], "4837\n") if leader else ([], "")
    typed = f"{WORDS}\n{pin}{then}"
    return run("matching", *arguments, *who, "--data", str(data), typed=typed)


def test_weights_are_shown_fitted_adopted_and_taken_back(data: Path, tmp_path: Path) -> None:
    assert "come with the program" in matching(data, "weights", leader=False).output
    shown = matching(data, "refit", "--out", str(tmp_path / "out"))
    assert "# Weights fitted to the verdicts of" in shown.output
    report = (tmp_path / "out" / "report.md").read_text()
    assert report in shown.output
    digest = shown.output.rsplit("matching adopt ", 1)[1].split()[0]
    refused = matching(data, "adopt", digest, then="n\n")
    assert "Nothing was changed." in refused.output
    assert report in refused.output
    done = matching(data, "adopt", digest, then="y\n")
    assert "Version 2026.1+hub.1 is in use." in done.output
    assert f"on the report {digest}" in matching(data, "weights", leader=False).output
    file = matching(data, "weights", "--text", leader=False).stdout
    assert file.endswith((tmp_path / "out" / "weights.json").read_text())
    back = matching(data, "undo")
    assert "The shipped weights are in use again." in back.output
    trail = run("audit", "verify", "--data", str(data), typed=f"{WORDS}\n")
    assert "whole" in trail.output


def test_a_wrong_hash_or_pin_adopts_nothing(data: Path) -> None:
    matching(data, "refit")
    wrong = matching(data, "adopt", "0" * 64, then="y\n")
    assert wrong.exit_code == 1
    assert "not the hash of the last report" in wrong.output
    typed = f"{WORDS}\n0000\n"
    pin = run("matching", "undo", "--as", "jsmith", "--data", str(data), typed=typed)
    assert pin.exit_code == 1
    assert "come with the program" in matching(data, "weights", leader=False).output
