"""A backup is proved against what its manifest says, though its own desk signed that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.errors import SignatureError, StoreError
from triage.export import statement
from triage.storage.secrets import FileVault
from triage.workflow import backup, receive, recovery

Proving = Callable[[], list[str]]


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "vault")


@pytest.fixture
def prove(front: Front, tmp_path: Path, vault: FileVault) -> Callable[[], tuple[Path, Proving]]:
    """Make a backup of what the store then holds: its file, and what proves it."""

    def made() -> tuple[Path, Proving]:
        keys, folder = tmp_path / "keys", tmp_path / "backups"
        file = backup.make(
            front.store, vault, folder, keys, now=factory.NOW, ask=lambda _: "w" * 20
        ).path
        key = vault.get(recovery.RECOVERY_KEY)
        assert key is not None
        return file, lambda: backup.prove(file, keys, key, None)

    return made


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: {"counts": {**s["counts"], "contact": 9}}, "rows of “contact” where its"),
        (lambda s: {"head": {**s["head"], "hash": "0" * 64}}, "does not end where the manifest"),
        (lambda s: {"sha256": "0" * 64}, "damaged"),
        (lambda s: {"size": s["size"] + 1}, "damaged"),
        (lambda s: {"format": "fanlight-backup-99"}, "newer"),
    ],
)
def test_backup_that_is_not_what_its_manifest_says_is_not_proved(
    front: Front,
    vault: FileVault,
    prove: Callable[[], tuple[Path, Proving]],
    change: Callable[[dict[str, Any]], dict[str, Any]],
    words: str,
) -> None:
    front.bring(factory.contact())
    file, proved = prove()
    assert "opens, is whole" in proved()[0]
    manifest = backup._manifest_of(file)
    said = statement.read_manifest(manifest.read_bytes())
    signer = statement.desk_signer(vault)
    manifest.write_bytes(statement.sign_manifest({**said, **change(said)}, signer))
    with pytest.raises(StoreError, match=words):
        proved()


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("UPDATE original_bytes SET data = x'00'", "1 original came back altered: "),
        ("UPDATE event SET detail = '{}' WHERE seq = 1", "trail is not whole"),
        ("DELETE FROM event WHERE seq = 2", "trail is not whole"),
    ],
)
def test_backup_of_what_was_tampered_with_is_not_proved_though_it_came_back_as_it_went(
    front: Front,
    prove: Callable[[], tuple[Path, Proving]],
    tampering: str,
    words: str,
) -> None:
    receive.receive_file(front.ruth, b"A letter.", "letter.txt")
    with front.store.write() as tx:
        assert tx.connection.execute(text(tampering)).rowcount == 1
    with pytest.raises(StoreError, match=words):
        prove()[1]()


def test_manifest_that_the_backups_own_key_did_not_sign_is_not_proved(
    front: Front, tmp_path: Path, prove: Callable[[], tuple[Path, Proving]]
) -> None:
    file, proved = prove()
    manifest = backup._manifest_of(file)
    said = statement.read_manifest(manifest.read_bytes())
    stranger = statement.desk_signer(FileVault(tmp_path / "elsewhere"))
    persons = front.priya.signer.held("pnandra")
    for signer, words in ((stranger, "not among the keys"), (persons, "a person's key")):
        manifest.write_bytes(statement.sign_manifest(said, signer))
        with pytest.raises(SignatureError, match=words):
            proved()


def test_backup_is_put_back_over_no_desk_over_no_open_line_and_not_by_half(
    front: Front, tmp_path: Path, vault: FileVault, prove: Callable[[], tuple[Path, Proving]]
) -> None:
    receive.receive_file(front.ruth, b"A letter.", "letter.txt")
    with front.store.write() as tx:
        tx.connection.execute(text("UPDATE original_bytes SET data = x'00'"))
    keys, path = tmp_path / "keys", tmp_path / "back.db"
    file, _ = prove()
    key = vault.get(recovery.RECOVERY_KEY)
    assert key is not None
    with pytest.raises(StoreError, match="came back altered"):
        backup.restore_file(file, keys, key, None, path, bytes(32), now=factory.NOW)
    assert not path.exists()
    path.write_bytes(b"Another desk's.")
    with pytest.raises(StoreError, match="There is a desk with a file"):
        backup.restore_file(file, keys, key, None, path, bytes(32), now=factory.NOW)
    assert path.read_bytes() == b"Another desk's."
    hub = "postgresql://owner@hub.example/hub"
    with pytest.raises(StoreError, match="must be encrypted"):
        backup.restore_hub(file, keys, key, None, hub, without_tls=False, now=factory.NOW)
