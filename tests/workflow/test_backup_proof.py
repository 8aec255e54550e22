"""A backup is proved against what its manifest says, though its own desk signed that."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.errors import StoreError
from triage.export import statement
from triage.storage.secrets import FileVault
from triage.workflow import backup, recovery


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
    tmp_path: Path,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    words: str,
) -> None:
    front.bring(factory.contact())
    vault, keys = FileVault(tmp_path / "vault"), tmp_path / "keys"
    folder = tmp_path / "backups"
    backup.make(front.store, vault, folder, keys, now=factory.NOW, ask=lambda _: "w" * 20)
    [file], key = folder.glob("*.backup"), vault.get(recovery.RECOVERY_KEY)
    assert key is not None
    assert "opens, is whole" in backup.prove(file, keys, key, None)[0]
    manifest = backup._manifest_of(file)
    said = statement.read_manifest(manifest.read_bytes())
    signer = statement.desk_signer(vault)
    manifest.write_bytes(statement.sign_manifest({**said, **change(said)}, signer))
    with pytest.raises(StoreError, match=words):
        backup.prove(file, keys, key, None)
