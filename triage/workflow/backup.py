"""Backups: made while people work, proved by being restored, and restored."""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.domain.errors import SignatureError, StoreError
from triage.domain.event import NewEvent
from triage.domain.spelling import counted
from triage.export import signing, statement
from triage.export.keys import DeskKeys
from triage.storage import backups, events, originals, outbox, schema, signing_keys
from triage.storage.content_keys import Kept
from triage.storage.engine import Store, Transaction, open_file
from triage.storage.secrets import FileVault, Vault
from triage.workflow import people, recovery

BY = "fanlightctl"
_ABOUT = "fanlight backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup and what its signed manifest says of it."""

    path: Path
    manifest: Mapping[str, Any]


def make(
    store: Store,
    vault: Vault,
    folder: Path,
    keys_folder: Path,
    *,
    now: datetime,
    ask: Callable[[bool], str],
    by: str = BY,
) -> Made:
    """Back up the store into a new file in `folder`, with a signed manifest beside it, and write
    the content keys anew into `keys_folder`. Others may work meanwhile.

    Raises StoreError or SecretsError; what was there before is then as it was.
    """
    _folders(folder, keys_folder)
    key = recovery.recovery_key(vault, keys_folder, ask)
    signer = statement.desk_signer(vault)
    with store.write() as tx:
        if signer.kid not in {known.kid for known in signing_keys.all(tx)}:
            signing_keys.add(tx, statement.WHO, signer.public_jwk, now)
            _note(tx, "backup.key_made", by, now, {"key": signer.kid})
    path = folder / f"fanlight-{now:%Y%m%dT%H%M%S}Z.backup"
    held = backups.write(store, path, recovery.for_use(key, _ABOUT))
    with store.read() as tx:
        recovery.keep_content_keys(tx, keys_folder, key)
    if store.kind == "file":
        vault.put(recovery.KEYS_FOLDER, str(keys_folder.resolve()).encode())
    claims = {
        "format": backups.FORMAT,
        "file": path.name,
        "size": path.stat().st_size,
        "sha256": _sha256(path),
        "madeAt": now.isoformat(),
        "revision": held.revision,
        "counts": dict(held.counts),
        "head": {"seq": held.head.seq, "hash": held.head.hash},
    }
    _manifest_of(path).write_bytes(statement.sign_manifest(claims, signer))
    with store.write() as tx:
        said = {"file": path.name, "sha256": claims["sha256"], "seq": held.head.seq}
        _note(tx, "backup.made", by, now, said)
    return Made(path=path, manifest=claims)


def _folders(folder: Path, keys_folder: Path) -> None:
    for each in (folder, keys_folder):
        try:
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise StoreError(
                f"The folder {each} can't be used: {fault.strerror}. No backup was made."
            ) from fault


def _note(tx: Transaction, kind: str, by: str, at: datetime, detail: Mapping[str, object]) -> None:
    events.append(tx, NewEvent(kind=kind, contact_id=None, by=by, at=at, detail=detail))


def prove(file: Path, keys_folder: Path, key: bytes, jwks: Mapping[str, Any] | None) -> list[str]:
    """Restore a backup into a place that is thrown away, and say in sentences what was proved.

    `key` is the recovery key; `jwks` the hub's public keys as kept elsewhere, None to go by those
    that the backup carries itself. Raises FanlightError, in a sentence, for whatever would keep
    the hub from working again.
    """
    manifest = _manifest(file, jwks)
    place = Path(tempfile.mkdtemp(prefix="fanlight-prove-"))
    try:
        path, its_key = place / "fanlight.db", secrets.token_bytes(32)
        came = _into_file(file, keys_folder, key, manifest, path, its_key)
        store = open_file(path, its_key)
        try:
            return _proved(store, file, manifest, came, jwks)
        finally:
            store.close()
    finally:
        shutil.rmtree(place)


def restore_file(
    file: Path, keys_folder: Path, key: bytes, jwks: Mapping[str, Any] | None, path: Path,
    its_key: bytes, *, now: datetime,
) -> list[str]:  # fmt: skip
    """Restore a backup into the new encrypted file at `path`, and say what was proved of it."""
    if path.exists():
        raise StoreError(
            f"There is a desk with a file in {path.parent}. Nothing was changed: restore into "
            "another folder, or move that file away first."
        )
    manifest = _manifest(file, jwks)
    try:
        came = _into_file(file, keys_folder, key, manifest, path, its_key)
        store = open_file(path, its_key)
        try:
            said = _proved(store, file, manifest, came, jwks)
            _told(store, file, now)
        finally:
            store.close()
    except BaseException:
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()
        raise
    return said


def restore_hub(
    file: Path, keys_folder: Path, key: bytes, jwks: Mapping[str, Any] | None, owner_url: str, *,
    without_tls: bool, now: datetime,
) -> list[str]:  # fmt: skip
    """Restore a backup into an empty database that `owner_url` names, and make it a hub.

    People's logins are the server's and are given anew: `fanlightctl hub let-in`.
    """
    from triage.storage import hub_server
    from triage.storage.engine import open_server

    manifest = _manifest(file, jwks)
    hub_server.must_be_encrypted_to(owner_url, without_tls=without_tls)
    keys = _content_keys(keys_folder, key, manifest)
    store = open_server(owner_url, revision=_revision(manifest))
    try:
        came = backups.restore(file, recovery.for_use(key, _ABOUT), keys, store)
        hub_server.create_hub(owner_url, without_tls=without_tls)
        said = _proved(store, file, manifest, came, jwks)
        _told(store, file, now)
        return said
    finally:
        store.close()


def _told(store: Store, file: Path, now: datetime) -> None:
    with store.write() as tx:
        _note(tx, "backup.restored", BY, now, {"file": file.name})


def _into_file(
    file: Path, keys_folder: Path, key: bytes, manifest: Mapping[str, Any], path: Path,
    its_key: bytes,
) -> backups.Restored:  # fmt: skip
    keys = _content_keys(keys_folder, key, manifest)
    store = open_file(path, its_key, revision=_revision(manifest))
    try:
        return backups.restore(file, recovery.for_use(key, _ABOUT), keys, store)
    finally:
        store.close()


def _content_keys(folder: Path, key: bytes, manifest: Mapping[str, Any]) -> Kept:
    held = recovery.held_content_keys(folder, key)
    if held.seq < manifest["head"]["seq"]:
        raise StoreError(
            f"The content keys in {folder} are older than the backup, so families would be "
            "missing. Nothing was changed. Take the newest state of that folder."
        )
    return held.kept


def _revision(manifest: Mapping[str, Any]) -> str:
    revision = str(manifest["revision"])
    if manifest["format"] != backups.FORMAT or not schema.knows(revision):
        raise StoreError(backups.NEWER)
    return revision


def _manifest(file: Path, jwks: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the manifest says, checked against the keys that are known and against the file."""
    try:
        untrusted = _manifest_of(file).read_bytes()
    except OSError as fault:
        raise StoreError(
            f"The manifest {_manifest_of(file).name} is not beside the backup, so nothing says "
            "whether the backup is whole. Nothing was changed. Bring it back too."
        ) from fault
    if jwks is None:
        said = statement.read_manifest(untrusted)
    else:
        said = statement.verify_manifest(untrusted, jwks)
    try:
        json.dumps([said["format"], said["revision"], said["counts"], said["head"]["seq"]])
        fits = said["sha256"] == _sha256(file) and said["size"] == file.stat().st_size
    except (KeyError, TypeError) as fault:
        raise SignatureError("The manifest does not say what it is of.") from fault
    if not fits:
        raise StoreError(backups.DAMAGED)
    return said


def _proved(
    store: Store, file: Path, manifest: Mapping[str, Any], came: backups.Restored,
    jwks: Mapping[str, Any] | None,
) -> list[str]:  # fmt: skip
    whole = {name: came.counts.get(name, 0) + came.gone.get(name, 0) for name in manifest["counts"]}
    if whole != manifest["counts"]:
        name = next(n for n in whole if whole[n] != manifest["counts"][n])
        raise StoreError(
            f"The backup holds {whole[name]} rows of “{name}” where its manifest says "
            f"{manifest['counts'][name]}. It is not whole: take an earlier one."
        )
    if fault := events.verify(store):
        raise StoreError(f"The restored audit trail is not whole. {fault}")
    with store.read() as tx:
        head = events.head(tx)
        here = people.trusted(DeskKeys(FileVault(file.parent / "no-such-folder")), tx)
        trusted = here if jwks is None else jwks
        if not _ends_as(tx, manifest["head"]["seq"], manifest["head"]["hash"]):
            raise StoreError("The restored audit trail does not end where the manifest says.")
        statement.verify_manifest(_manifest_of(file).read_bytes(), trusted)
        decided = [signing.verify(sent, trusted) for sent in outbox.documents(tx)]
        altered = originals.altered(tx)
    if altered:
        raise StoreError(
            f"{counted(len(altered), 'original')} came back altered: {', '.join(altered[:3])}."
        )
    rows = sum(came.counts.values())
    said = [
        f"It opens, is whole byte for byte, and gives back {counted(rows, 'row')} as counted.",
        f"The audit trail is whole: {counted(head.seq, 'event')}, and ends where the manifest "
        "says.",
        f"{counted(len(decided), 'signed decision')} verified with the keys "
        + ("it carries itself." if jwks is None else "kept elsewhere."),
    ]
    if came.owners_gone:
        said.append(
            f"Content under {counted(len(came.owners_gone), 'key')} was destroyed since, and "
            "can't be opened by anybody."
        )
    return said


def _ends_as(tx: Transaction, seq: int, hash: str) -> bool:
    """Whether the chain ended so, but for what bringing its tables up to date added."""
    if (ends := events.head(tx)) == (seq, hash):
        return True
    later = events.since(tx, seq)
    return (
        events.hashes_of(tx, [seq]) == {seq: hash}
        and ends.seq == seq + len(later)
        and all(e.kind == "trail.sealed" for e in later)
    )


def _manifest_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.manifest.jws")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
