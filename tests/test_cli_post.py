"""The secrets of mail and MESH are kept in the vault, shown to nobody, and tried by a command."""

import re
import shutil
from pathlib import Path

import pytest

from tests.post import mail
from tests.test_cli_hub import PERSON, WORDS, run
from triage.practice.post_servers import HOST, USER, PostServers
from triage.workflow.profiles import CODESETS

SECRET = "a mailbox's password"


@pytest.fixture
def desk(tmp_path: Path, servers: PostServers) -> Path:
    """A desk under a passphrase whose profile names the mailbox of the test's own server."""
    profile = Path(
        shutil.copytree(CODESETS.parent / "profiles" / "northmere", tmp_path / "profile")
    )
    path = profile / "requests.toml"
    assert servers.imap is not None
    named = f'host = "{HOST}"\nport = {servers.imap.port}\ntls = "starttls"\nca = "ca.pem"\n'
    text = path.read_text(encoding="utf-8").replace("mash-requests", USER)
    text = re.sub(
        r'(\[\[mailbox\]\]\nid = "shared"\nlabel = "[^"]+"\n)host = "[^"]+"\n', rf"\1{named}", text
    )
    text = re.sub(r"\[mesh\]\n(?:\w+ = .*\n)+", "", text)
    text = re.sub(r'via = "mesh"\naddress = ".*"', 'via = "by hand"', text)
    path.write_text(text, encoding="utf-8")
    folder = tmp_path / "desk"
    made = run(
        "desk", "create", *PERSON, "--passphrase", "--data", str(folder), "--profile", str(profile),
        typed=WORDS * 2 + "4837\n4837\n",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    shutil.copyfile(servers.certificates.ca, folder / "ca.pem")
    return folder


def test_a_secret_is_kept_under_the_passphrase_and_never_shown(desk: Path) -> None:
    data = ("--data", str(desk))
    before = run("secret", "list", *data, typed=WORDS)
    assert before.output.splitlines()[-2:] == ["smtp: not here", "mailbox-shared: not here"]
    kept = run("secret", "set", "mailbox-shared", *data, typed=f"{SECRET}\n{WORDS}")
    assert kept.exit_code == 0, kept.output
    after = run("secret", "list", *data, typed=WORDS)
    assert "mailbox-shared: here" in after.output
    assert SECRET not in kept.output + after.output
    files = [p for p in desk.rglob("*") if p.is_file()]
    assert not any(SECRET.encode() in p.read_bytes() for p in files)


def test_a_secret_that_nothing_needs_is_not_kept(desk: Path) -> None:
    said = run("secret", "set", "smpt", "--data", str(desk), typed=f"{SECRET}\n{WORDS}")
    assert said.exit_code == 1
    assert "needs no secret called smpt" in said.output


def test_the_post_is_tried_without_taking_anything_in(desk: Path, servers: PostServers) -> None:
    servers.deliver(mail("Nothing held."))
    data = ("--data", str(desk))
    missing = run("post", *data, typed=WORDS)
    assert missing.exit_code == 1
    assert "secret set mailbox-shared" in missing.output
    run("secret", "set", "mailbox-shared", *data, typed=f"{servers.password}\n{WORDS}")
    tried = run("post", *data, typed=WORDS)
    assert (tried.exit_code, "messages that lie there: 1" in tried.output) == (0, True), (
        tried.output
    )
    line = servers.mailbox()
    assert line.select_folder("INBOX")[b"EXISTS"] == 1
    line.logout()
