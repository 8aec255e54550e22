"""What IT and a council run: verify a file, the trail, the keys."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tests.export.conftest import AT, QUICK, RESOURCES
from tests.export.pack_family import COPIES, rowe_pack
from triage.cli_keys import keys
from triage.cli_trust import audit, verify
from triage.domain.decision import Delivery, OutboxState
from triage.domain.event import NewEvent
from triage.export import signing
from triage.export.delivery import CouncilLink
from triage.export.keys import DeskKeys, Signer
from triage.export.pack import seal_of
from triage.export.pack_signing import sign_pack
from triage.export.trust_list import read_keys
from triage.storage import events
from triage.storage.engine import open_file
from triage.storage.secrets import STORE_KEY, FileVault
from triage.workflow.hub import Hub, open_hub, with_council


@pytest.fixture
def desk_folder(tmp_path: Path) -> Path:
    """The data folder of a desk in practice, with one person enrolled and three events."""
    folder = tmp_path / "data" / "practice"
    hub: Hub = open_hub(
        folder,
        vault=FileVault(folder / "keys"),
        profile_folder=RESOURCES / "profiles" / "northmere",
        now=lambda: datetime.now(UTC),
        new_id=uuid4,
    )
    DeskKeys(FileVault(folder / "keys"), stretch=QUICK).enrol("rosei", "1111", name="Ruth Osei")
    with hub.store.write() as tx:
        for number in range(3):
            events.append(
                tx,
                NewEvent(
                    kind="contact.viewed",
                    contact_id=None,
                    by="rosei",
                    at=datetime(2026, 11, 23, 9, number, tzinfo=UTC),
                    detail={},
                ),
            )
    hub.store.close()
    return tmp_path / "data"


@pytest.fixture
def decision_file(tmp_path: Path, signed_bytes: bytes) -> Path:
    path = tmp_path / "C-26-04831-1.jws"
    path.write_bytes(signed_bytes)
    return path


@pytest.fixture
def keys_file(tmp_path: Path, keys: DeskKeys) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(keys.jwks()), encoding="utf-8")
    return path


def test_genuine_decision_is_said_to_be_so_in_one_sentence(
    decision_file: Path, keys_file: Path
) -> None:
    done = CliRunner().invoke(verify, [str(decision_file), "--keys", str(keys_file)])
    assert done.exit_code == 0
    assert done.stdout == (
        "Genuine: the decision on contact C-26-04831 of Northmere MASH was written by Ruth Osei "
        "on 23 November 2026 at 10:15 UTC and signed off by Priya Nandra on 23 November 2026 at "
        "10:45 UTC; nothing has been altered since. "
        f"Its number is {_number(decision_file)}, its seal {seal_of(decision_file.read_bytes())}.\n"
    )


def _number(decision_file: Path) -> str:
    payload = json.loads(decision_file.read_bytes())["payload"]
    found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(found["decisionId"])


def test_a_councils_receipt_is_told_in_a_sentence_by_the_councils_keys(
    tmp_path: Path, keys_file: Path, author: Signer
) -> None:
    claims = {
        "receiptId": "r1",
        "idempotencyKey": "k1",
        "decisionId": "5c1f6a0e-0000-4000-8000-000000000001",
        "payloadSha256": "0" * 64,
        "caseNumber": "NC-26-1",
        "receivedAt": "2026-11-23T10:46:00+00:00",
    }
    receipt, theirs = tmp_path / "receipt.jws", tmp_path / "council.json"
    receipt.write_bytes(signing.sign_receipt(claims, author))
    own = {name: author.public_jwk[name] for name in ("kty", "crv", "x", "y", "kid")}
    theirs.write_text(json.dumps({"keys": [own]}), encoding="utf-8")
    done = CliRunner().invoke(verify, [str(receipt), "--keys", str(theirs)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(
        "Genuine: the council's receipt that it received decision "
        "5c1f6a0e-0000-4000-8000-000000000001 on 23 November 2026 at 10:46 UTC and holds it as "
        "case NC-26-1; nothing in it has been altered since."
    )
    done = CliRunner().invoke(verify, [str(receipt), "--keys", str(keys_file)])
    assert done.exit_code == 1
    assert "the list of keys is the hub's" in done.stderr, "its people can vouch for no receipt"
    done = CliRunner().invoke(verify, [str(receipt), "--data", str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "This is a council’s receipt. It was not checked" in done.stderr


def test_copy_of_a_decision_is_checked_as_the_copy_itself_says(
    tmp_path: Path, keys_file: Path, author: Signer
) -> None:
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(sign_pack(rowe_pack(COPIES[1]).pdf, author, AT))
    done = CliRunner().invoke(verify, [str(copy), "--keys", str(keys_file)])
    assert done.exit_code == 0
    assert done.stdout.startswith("Genuine: this copy was issued by Ruth Osei on ")


def test_what_could_not_be_checked_is_not_called_false(decision_file: Path, tmp_path: Path) -> None:
    away = tmp_path / "nothing here"
    done = CliRunner().invoke(verify, [str(decision_file), "--data", str(away)])
    assert done.exit_code == 2
    assert done.stderr.startswith("It was not checked")
    assert "--keys FILE" in done.stderr


def test_desk_that_holds_no_keys_calls_nothing_false(decision_file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "no one yet" / "practice"
    open_hub(
        folder,
        vault=FileVault(folder / "keys"),
        profile_folder=RESOURCES / "profiles" / "northmere",
        now=lambda: datetime.now(UTC),
        new_id=uuid4,
    ).store.close()
    done = CliRunner().invoke(verify, [str(decision_file), "--data", str(folder.parent)])
    assert done.exit_code == 2
    assert "Nobody has keys" in done.stderr


def test_file_without_end_is_not_read_to_its_end(keys_file: Path) -> None:
    done = CliRunner().invoke(verify, ["/dev/zero", "--keys", str(keys_file)])
    assert done.exit_code == 1
    assert "larger than any decision" in done.output


def test_altered_decision_is_said_to_be_so_with_another_exit_code(
    decision_file: Path, keys_file: Path
) -> None:
    spoilt = decision_file.read_bytes().replace(b'"payload":"ey', b'"payload":"eY')
    decision_file.write_bytes(spoilt)
    done = CliRunner().invoke(verify, [str(decision_file), "--keys", str(keys_file)])
    assert done.exit_code == 1
    assert "altered after it was signed" in done.stderr
    assert done.stdout == ""


def test_this_desks_own_keys_are_trusted_unless_told_otherwise(
    decision_file: Path, desk_folder: Path
) -> None:
    done = CliRunner().invoke(verify, [str(decision_file), "--data", str(desk_folder)])
    assert done.exit_code == 1
    assert "not among the keys that are trusted here" in done.stderr


def test_list_of_keys_with_a_private_part_is_not_used(decision_file: Path, keys_file: Path) -> None:
    keys_file.write_text('{"keys": [{"kty": "EC", "d": "secret"}]}', encoding="utf-8")
    done = CliRunner().invoke(verify, [str(decision_file), "--keys", str(keys_file)])
    assert done.exit_code == 2
    assert "private key" in done.stderr


def test_exported_keys_are_public_and_named(desk_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = CliRunner().invoke(keys, ["export", str(out), "--data", str(desk_folder)])
    assert done.exit_code == 0
    assert done.stdout == f"Wrote 1 public key to {out}.\n"
    (only,) = read_keys(out)["keys"]
    assert (only["worker"], only["name"]) == ("rosei", "Ruth Osei")


def test_whole_trail_is_said_to_be_whole(desk_folder: Path) -> None:
    done = CliRunner().invoke(audit, ["verify", "--data", str(desk_folder)])
    assert done.exit_code == 0
    assert done.stdout == (
        "The audit trail is whole: 3 events, each following the one before it.\n"
    )


def test_altered_event_is_named(desk_folder: Path) -> None:
    folder = desk_folder / "practice"
    key = FileVault(folder / "keys").get(STORE_KEY)
    assert key is not None
    store = open_file(folder / "fanlight.db", key)
    with store.write() as tx:
        tx.connection.exec_driver_sql("UPDATE event SET \"by\" = 'tbell' WHERE seq = 2")
    store.close()
    done = CliRunner().invoke(audit, ["verify", "--data", str(desk_folder)])
    assert done.exit_code == 1
    assert done.stderr == (
        "Of practice: fictional people. Name your own desk with --data.\n"
        "The audit trail is not whole. Event 2 was altered after it was written.\n"
    )


def test_folder_without_data_is_said_to_have_none(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    done = CliRunner().invoke(audit, ["verify", "--data", str(tmp_path)])
    assert done.exit_code == 2
    assert "There is no desk in" in done.stderr


def test_council_runs_as_a_process_of_its_own(
    tmp_path: Path, keys_file: Path, delivery: Delivery
) -> None:
    folder = tmp_path / "council"
    code = "from triage.cli_trust import council; council()"
    running = subprocess.Popen(
        [sys.executable, "-c", code, "--dir", str(folder), "--keys", str(keys_file)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert running.stdout is not None
    try:
        found = re.search(r"at (https://\S+)/referral", running.stdout.readline())
        assert found
        link = CouncilLink(
            found[1],
            receipt_jwks=read_keys(folder / "receipt-jwks.json"),
            ca=folder / "ca.pem",
        )
        after = link.deliver(delivery)
        assert (after.state, after.case_number[:3]) == (OutboxState.ACCEPTED, "NC-")
    finally:
        running.terminate()
        running.wait(20)
        running.stdout.close()


@pytest.mark.parametrize("damage", ["", "[]", '{"keys": [{"kty": "EC", "d": "x"}]}'])
def test_keys_of_the_council_that_are_damaged_keep_nobody_from_the_queue(
    desk_folder: Path, damage: str
) -> None:
    folder = desk_folder / "practice"
    (folder / "council").mkdir()
    (folder / "council" / "receipt-jwks.json").write_text(damage, encoding="utf-8")
    hub = open_hub(
        folder,
        vault=FileVault(folder / "keys"),
        profile_folder=RESOURCES / "profiles" / "northmere",
        now=lambda: datetime.now(UTC),
        new_id=uuid4,
    )
    sent_on = replace(hub.profile, export_url="https://council.example")
    found = with_council(replace(hub, profile=sent_on), FileVault(folder / "keys"))
    hub.close()
    assert found.council is None
    assert "receipt-jwks.json" in found.faults[0]
    assert "wait in the outbox" in found.faults[0]
