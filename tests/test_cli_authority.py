"""A hub's authority vouches for keys; a paper by another, or by a revoked key, is told apart."""

from contextlib import closing
from pathlib import Path

from tests import factory
from tests.test_cli_hub import WORDS, data, run  # noqa: F401 - a fixture comes by import
from triage.storage import contacts
from triage.workflow.hub import vault_of
from triage.workflow.hub_desk import open_store

SECRET = "an authority of one's own\n"


def test_paper_signed_before_a_revocation_stands_and_nothing_is_signed_after(
    data: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    with (
        closing(open_store(data, vault_of(data, lambda: WORDS.strip()))) as store,
        store.write() as tx,
    ):
        contacts.insert(tx, factory.contact())
    here, other = tmp_path / "authority", tmp_path / "other"
    for folder in (here, other):
        made = run("keys", "authority", str(folder), "--hub", "Northmere", typed=SECRET * 2)
        assert made.exit_code == 0, made.output
    again = run("keys", "authority", str(here), "--hub", "Northmere", typed=SECRET * 2)
    assert "There is an authority here already" in again.output
    at = ["--as", "jsmith", "--data", str(data)]
    pin = f"{WORDS}4837\n"

    def copy(name: str) -> Path:
        out = tmp_path / name
        asked = ["--for", "Maya", "--harm", "None found.", *at]
        run("access", "export", "C-26-04817", str(out), *asked, typed=pin + "y\n" * 9)
        return out

    def verified(file: Path, authority: Path) -> str:
        pem = str(authority / "authority.pem")
        checking = ["verify", str(file), "--authority", pem, "--data", str(data)]
        return run(*checking, typed=WORDS).output

    ola = ["--id", "oadeyo", "--name", "Ola Adeyo", "--job", "Team leader"]
    lead = ["--role", "team_leader", *at]
    assert run("desk", "enrol", *ola, *lead, typed=f"{pin}5937\n5937\n").exit_code == 0
    before = copy("before.pdf")
    assert "does not vouch" in verified(before, here)  # signed by a key it never saw
    said = run("keys", "enrol", "jsmith", "--authority", str(here), *at, typed=pin + SECRET)
    assert said.exit_code == 0, said.output
    paper = copy("paper.pdf")
    assert "Northmere signing authority vouches for that key" in verified(paper, here)
    assert "does not vouch" in verified(paper, other)
    run("keys", "revoke", "jsmith", "--why", "The laptop was lost.", *at, typed=pin)
    assert "Genuine" in verified(paper, here)
    late = copy("late.pdf")
    assert not late.exists()
    crl, by_ola = tmp_path / "hub.pem", ["--as", "oadeyo", "--data", str(data)]
    typed = f"{WORDS}5937\n"
    made = ["keys", "crl", str(crl), "--authority", str(here), *by_ola]
    assert "A new one is due within 30 days" in run(*made, typed=typed + SECRET).output
    checking = ["verify", str(paper), "--crl", str(crl), "--data", str(data)]
    said = run(*checking, "--authority", str(here / "authority.pem"), typed=WORDS)
    assert "Genuine" in said.output
    assert "vouches for that key" in said.output
    assert "Name the authority" in run(*checking, typed=WORDS).output
    wrong = run(*checking, "--authority", str(other / "authority.pem"), typed=WORDS)
    assert "not by the hub's authority" in wrong.output
    shown = run("keys", "list", *by_ola, typed=typed).output
    assert "Jo Smith: revoked on" in shown
    gone = ["keys", "revoke", "oadeyo", "--why", "Left.", "--for", "left", *by_ola]
    asked = run(*gone, typed=typed + "n\n")
    assert "You are the only one here whose key signs" in asked.output
    assert "stands" in run("keys", "list", *by_ola, typed=typed).output
