"""Retention from the command line, by two leaders with their PINs."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.test_cli_backup import NEW
from tests.test_cli_hub import WORDS, data, run  # noqa: F401 - a fixture comes by import
from tests.workflow.conftest import factory
from tests.workflow.keeping import LONG_AGO
from triage.domain.contact import ContactState
from triage.storage import contacts
from triage.workflow import recovery
from triage.workflow.hub import vault_of
from triage.workflow.hub_desk import open_store


def _keys_in(desk: Path, keys: Path) -> set[str]:
    key = vault_of(desk, lambda: WORDS.strip()).get(recovery.RECOVERY_KEY)
    assert key is not None
    return set(recovery.held_content_keys(keys, key).kept.by_name())


def test_record_is_held_lifted_proposed_by_one_leader_and_destroyed_by_another(
    data: Path,  # noqa: F811
) -> None:
    second = ["--id", "awest", "--name", "Ann West", "--job", "Team leader"]
    run(
        "desk", "enrol", *second, "--role", "team_leader", "--as", "jsmith", "--data", str(data),
        typed=WORDS + "4837\n5937\n5937\n",
    )  # fmt: skip
    contact = replace(factory.contact(), state=ContactState.SET_ASIDE, received_at=LONG_AGO)
    with (
        closing(open_store(data, vault_of(data, lambda: WORDS.strip()))) as store,
        store.write() as tx,
    ):
        contacts.insert(tx, contact)

    def leader(*words: str, by: str = "jsmith", pin: str = "4837", more: str = "") -> str:
        at = ["--as", by, "--data", str(data)]
        return run("retention", *words, *at, typed=f"{WORDS}{pin}\n{more}").output

    ref = contact.reference
    assert f"{ref}  Set aside  Due since" in leader("due")
    assert "is held until" in leader("hold", ref, "--why", "A claim.")
    assert "under a legal hold: A claim." in leader("propose", ref)
    assert "is lifted" in leader("lift", ref, "--why", "Settled.")
    assert "Another team leader decides" in leader("propose", ref)
    assert "You proposed this yourself" in leader("destroy", ref, more="y\n")
    late = leader("keep", ref, "--until", "2020-01-01", "--why", "Wait.")
    assert "Choose a day to come" in late
    keys = data.parent / "keys"
    making = ("backup", "make", str(data.parent / "backups"), "--keys", str(keys))
    assert run(*making, "--data", str(data), typed=WORDS + NEW).exit_code == 0
    assert str(contact.id) in _keys_in(data, keys)
    done = leader("destroy", ref, by="awest", pin="5937", more="y\n")
    assert f"{ref} is destroyed. No backup that was ever made opens it" in done
    left = _keys_in(data, keys)
    assert str(contact.id) not in left
    forgetting = ("backup", "forget", "--keys", str(keys), "--data", str(data))
    assert "0 keys forgotten" in run(*forgetting, typed=WORDS).output
    assert _keys_in(data, keys) == left
    assert "Nothing is due." in leader("due")
    assert "whole" in run("audit", "verify", "--data", str(data), typed=WORDS).output
