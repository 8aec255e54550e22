"""A desk made, enrolled and fed from the command line, with real keys and a real file."""

import os
import subprocess
import sys
from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result

from tests.storage.test_secrets import Desktop
from triage.cli import main
from triage.workflow.places import PROFILE_NAME

WORDS = "four words do well\n"
PERSON = ["--id", "jsmith", "--name", "Jo Smith", "--job", "Team leader", "--role", "team_leader"]
MAIL = b"""From: Bethan Rees <b.rees@northmere-academy.example>
To: front-door@northmere.example
Subject: Referral: Callum Tranter
Date: Mon, 23 Nov 2026 09:00:00 +0000
Message-ID: <one@northmere-academy.example>

Referrer: Bethan Rees
Role: Pastoral lead
School: Northmere Academy

Name of young person: Callum Tranter
Date of birth: 30/08/2011
Concern:
Callum has stopped going to football and does not see the point of getting up.
"""


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed, catch_exceptions=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    made = run(
        "desk", "create", *PERSON, "--passphrase", "--data", str(folder),
        typed=WORDS * 2 + "4837\n4837\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return folder


def test_a_desk_under_a_passphrase_takes_files_in(data: Path, tmp_path: Path) -> None:
    mail = tmp_path / "callum.eml"
    mail.write_bytes(MAIL)
    got = run("receive", str(mail), "--data", str(data), typed=WORDS)
    assert got.exit_code == 0
    assert "callum.eml was received as C-" in got.output
    again = run("receive", str(mail), "--data", str(data), typed=WORDS)
    assert "was received before" in again.output
    assert "whole" in run("audit", "verify", "--data", str(data), typed=WORDS).output


def test_a_second_desk_does_not_take_the_place_of_the_first_ones_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawer = Desktop()
    monkeypatch.setattr(keyring, "get_keyring", lambda: drawer)
    first, second = tmp_path / "first", tmp_path / "second"
    made = run("desk", "create", *PERSON, "--data", str(first), typed="4837\n4837\n")
    assert made.exit_code == 0, made.output
    before = dict(drawer.drawer)
    joined = ["desk", "join", "postgresql://127.0.0.1:1/hub", "--id", "jsmith", "--without-tls"]
    for command, typed in ((["desk", "create", *PERSON], ""), (joined, "told\n")):
        said = run(*command, "--data", str(second), typed=f"{typed}7384\n7384\n")
        assert said.exit_code == 1
        assert f"keeps the keys of the desk in {first}" in said.output
        assert "PIN" not in said.output
        assert "password" not in said.output
        assert drawer.drawer == before
    sealed = run(
        "desk", "create", *PERSON, "--passphrase", "--data", str(second),
        typed=WORDS * 2 + "7384\n7384\n",
    )  # fmt: skip
    assert sealed.exit_code == 0, sealed.output
    assert drawer.drawer == before
    (first / "fanlight.db").rename(tmp_path / "kept elsewhere")
    (second / "fanlight.db").unlink()
    third = run("desk", "create", *PERSON, "--data", str(tmp_path / "third"), typed="4837\n4837\n")
    assert third.exit_code == 0, third.output


def test_nothing_readable_lies_on_the_disk(data: Path, tmp_path: Path) -> None:
    mail = tmp_path / "callum.eml"
    mail.write_bytes(MAIL)
    run("receive", str(mail), "--data", str(data), typed=WORDS)
    kept = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    assert b"Tranter" not in kept
    assert b"SQLite format 3" not in kept


def test_a_wrong_passphrase_is_told_and_changes_nothing(data: Path) -> None:
    got = run("audit", "verify", "--data", str(data), typed="some other words\n")
    assert got.exit_code == 2
    assert "not the passphrase" in got.output


def test_emptied_folder_of_checkpoints_does_not_pass_for_one_that_agrees(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    checking = ("audit", "verify", "--data", str(data), "--checkpoints", str(folder))
    emptied = run(*checking, typed=WORDS)
    assert emptied.exit_code == 2
    assert "no signed checkpoint" in emptied.output
    lodging = ("audit", "checkpoint", str(folder), "--as", PERSON[1], "--data", str(data))
    lodged = run(*lodging, typed=WORDS + "4837\n")
    assert lodged.exit_code == 0, lodged.output
    assert "agrees with 1 signed checkpoint" in run(*checking, typed=WORDS).output
    [path] = folder.iterdir()
    text = path.read_text("ascii")
    path.unlink()
    page = str(tmp_path / "page.pdf")
    printing = ("audit", "checkpoint", "--print", page, *lodging[3:])
    printed = run(*printing, typed=WORDS + "4837\n")
    assert printed.exit_code == 0, printed.output
    assert Path(page).read_bytes().startswith(b"%PDF")
    typed = f"{text[:64]}\n{text[64:128]} {text[128:]}"
    by_text = run(*checking[:4], "--checkpoint", typed, typed=WORDS)
    assert "agrees with 1 signed checkpoint" in by_text.output
    path.write_text(text[:-9] + "AAAAAAAAA")
    beside = run(*checking, "--checkpoint", typed, typed=WORDS)
    assert beside.exit_code == 2, "not all that was lodged can be relied on"
    assert f"{path.name} is not to be trusted" in beside.output
    assert "agrees with 1 signed checkpoint" in beside.output
    path.write_text(text)
    revoking = ("keys", "revoke", PERSON[1], "--why", "Lost", "--as", PERSON[1])
    revoked = run(*revoking, "--data", str(data), typed=WORDS + "4837\ny\n")
    assert revoked.exit_code == 0, revoked.output
    doubted = run(*checking, typed=WORDS)
    assert doubted.exit_code == 2
    assert "shows nothing by itself" in doubted.output
    assert "agrees with" not in doubted.output


def test_a_second_person_is_enrolled_by_the_leaders_pin(data: Path) -> None:
    person = ["--id", "apatel", "--name", "Asha Patel", "--job", "Contact officer"]
    enrol = ["desk", "enrol", *person, "--role", "contact_officer", "--as", "jsmith"]
    refused = run(*enrol, "--data", str(data), typed=WORDS + "0000\n")
    assert refused.exit_code == 1
    assert "not your PIN" in refused.output
    done = run(*enrol, "--data", str(data), typed=WORDS + "4837\n5796\n5796\n")
    assert done.exit_code == 0, done.output
    assert "Asha Patel is enrolled" in done.output


def test_receive_without_a_desk_says_how_to_make_one(tmp_path: Path) -> None:
    mail = tmp_path / "callum.eml"
    mail.write_bytes(MAIL)
    got = run("receive", str(mail), "--data", str(tmp_path / "nowhere"))
    assert got.exit_code == 1
    assert "fanlightctl desk create" in got.output


def test_a_desk_whose_first_person_was_refused_can_be_made_all_the_same(tmp_path: Path) -> None:
    folder = str(tmp_path / "desk")
    make = ["desk", "create", *PERSON, "--passphrase", "--data", folder]
    refused = run(*make, typed=WORDS * 2 + "12\n1234\n")
    assert refused.exit_code == 1
    assert "needs 4" in refused.output
    assert "in a row" in refused.output
    made = run(*make, typed=WORDS + "4837\n4837\n")
    assert made.exit_code == 0, made.output
    assert "whole" in run("audit", "verify", "--data", folder, typed=WORDS).output


def test_a_desk_where_somebody_works_is_not_made_again(data: Path, tmp_path: Path) -> None:
    other = ["--profile", str(tmp_path), "--data", str(data)]
    again = run("desk", "create", *PERSON, *other, typed=WORDS + "4837\n4837\n")
    assert again.exit_code == 1
    assert "a desk in" in again.output
    assert not (data / PROFILE_NAME).exists()


def test_one_file_that_can_not_be_opened_keeps_no_other_out(data: Path, tmp_path: Path) -> None:
    pipe, mail = tmp_path / "pipe.eml", tmp_path / "callum.eml"
    os.mkfifo(pipe)
    mail.write_bytes(MAIL)
    got = run("receive", str(pipe), str(mail), "--data", str(data), typed=WORDS)
    assert got.exit_code == 1
    assert "pipe.eml is no ordinary file" in got.output
    assert "callum.eml was received as C-" in got.output


def test_a_pipe_named_to_be_read_makes_nobody_wait(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.eml"
    os.mkfifo(pipe)
    got = run("read", str(pipe))
    assert got.exit_code == 1
    assert "no ordinary file" in got.output


@pytest.mark.parametrize(
    "asked",
    [
        ["desk", "create", *PERSON, "--passphrase", "--data"],
        ["council", "--data", "{data}", "--dir"],
        ["keys", "export", "--data", "{data}"],
    ],
)
def test_a_place_that_can_not_be_written_is_told_in_words(
    data: Path, tmp_path: Path, asked: list[str]
) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    words = [one.format(data=data) for one in asked]
    got = run(*words, str(in_the_way / "below"), typed=WORDS * 2 + "4837\n4837\n")
    assert got.exit_code == 1
    assert "Not a directory" in got.output


def test_no_program_of_fanlights_is_written_to_the_disk_when_it_falls_over() -> None:
    asked = (
        "import resource; from triage.cli import main; main(['keys', '--help'], '', None, False)"
    )
    shown = "; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    ended = subprocess.run(
        ["bash", "-c", 'ulimit -S -c 1000; exec "$0" -c "$1"', sys.executable, asked + shown],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "0"
