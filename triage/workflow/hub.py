"""Opening a hub on this computer: key, store, profile, partners' extracts, signing keys."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from matching import NameDataError, add_names
from triage.domain.errors import SecretsError
from triage.domain.profile import Profile
from triage.domain.worker import Worker
from triage.export.keys import DeskKeys
from triage.partners.extracts import Extracts
from triage.storage import workers
from triage.storage.engine import Store, open_file
from triage.storage.secrets import FileVault, PassphraseVault, SystemVault, Vault, store_key
from triage.workflow.desk import Council, Desk
from triage.workflow.places import (
    DROP_FOLDER,
    PRACTICE_KEYS,
    PROFILE_NAME,
    SEALED_KEYS,
    STORE_FILE,
)
from triage.workflow.profiles import load_or_last_good

EXTRACT_KEY = "extract-key"
PROFILES = Path(__file__).resolve().parents[2] / "resources" / "profiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What every desk on this computer shares. `faults` name what is wrong with the profile."""

    folder: Path
    store: Store
    profile: Profile
    faults: tuple[str, ...]
    people: Extracts
    signer: DeskKeys
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    council: Council | None = None
    practice: bool = False

    @property
    def drop_folder(self) -> Path:
        """Where files put by others are picked up from."""
        return self.folder / DROP_FOLDER

    def desk(self, worker: Worker) -> Desk:
        """The desk of one person."""
        return Desk(
            store=self.store,
            profile=self.profile,
            worker=worker,
            now=self.now,
            new_id=self.new_id,
            people=self.people,
            signer=self.signer,
            council=self.council,
            practice=self.practice,
        )

    def workers(self) -> tuple[Worker, ...]:
        """Everyone enrolled, by id."""
        with self.store.read() as tx:
            return tuple(workers.all(tx))

    def load_extracts(self) -> tuple[str, ...]:
        """Read every partner's extract anew: seconds of work, never on the window's thread.

        Returns a sentence for each one that should not be trusted as it is, its faults below it.
        """
        states = self.people.load_all(self.now())
        return tuple("\n".join((s.problem, *s.faults)) for s in states if s.problem)


def vault_of(folder: Path, ask_passphrase: Callable[[], str]) -> Vault:
    """Where the keys to `folder` lie: beside practice data, under a passphrase, or the keyring.

    Raises SecretsError for a wrong passphrase, or where there is no keyring that encrypts.
    """
    if (folder / PRACTICE_KEYS).is_dir():
        return FileVault(folder / PRACTICE_KEYS)
    if (folder / SEALED_KEYS).is_dir():
        return PassphraseVault(folder / SEALED_KEYS, ask_passphrase())
    return SystemVault()


def profile_of(folder: Path) -> Path:
    """The folder of the hub's own profile, as it was named when the desk was made."""
    named = folder / PROFILE_NAME
    return Path(named.read_text(encoding="utf-8")) if named.exists() else PROFILES / "northmere"


def council_of(hub: Hub) -> Council | None:
    """The way to the council that the profile names, once its receipt keys lie in the folder.

    `council/receipt-jwks.json` holds the public keys of its receipts; `council/ca.pem`, where it
    is there, is trusted instead of the system's certificates.
    """
    keys = hub.folder / "council" / "receipt-jwks.json"
    if not hub.profile.export_url or not keys.exists():
        return None
    from triage.export.delivery import CouncilLink

    ca = hub.folder / "council" / "ca.pem"
    return CouncilLink(
        hub.profile.export_url,
        receipt_jwks=json.loads(keys.read_text(encoding="utf-8")),
        ca=ca if ca.exists() else None,
        now=hub.now,
        council=hub.profile.council,
    )


def open_hub(
    folder: Path,
    *,
    vault: Vault,
    profile_folder: Path,
    now: Callable[[], datetime],
    new_id: Callable[[], UUID],
    council: Council | None = None,
    practice: bool = False,
) -> Hub:
    """Open the hub kept in `folder`, making its encrypted file and keys at the first start.

    Raises SecretsError when the file is there and its key is not, StoreError when the file can't
    be opened, ProfileError when there is no good profile.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / STORE_FILE
    store = open_file(path, store_key(vault, path))
    at = now()
    profile, faults = load_or_last_good(
        profile_folder, folder / "profile", today=at.astimezone(ZoneInfo("Europe/London")).date()
    )
    try:
        add_names(profile_folder / "names")
    except NameDataError as error:
        # Names from the hub help to find people; without them the shipped ones serve.
        faults = (*faults, f"The hub's own names were left out. {error}")
    seal, unseal = _sealing(vault)
    (folder / DROP_FOLDER).mkdir(mode=0o700, exist_ok=True)
    return Hub(
        folder=folder,
        store=store,
        profile=profile,
        faults=faults,
        people=Extracts(
            profile.extracts, folder=folder, keep=folder / "kept", seal=seal, unseal=unseal
        ),
        signer=DeskKeys(vault, hub=profile.hub, now=now),
        now=now,
        new_id=new_id,
        council=council,
        practice=practice,
    )


def _sealing(vault: Vault) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """AES-256-GCM with a key of its own: what is kept of extracts is never plain on disk."""
    key = vault.get(EXTRACT_KEY)
    if key is None:
        key = os.urandom(32)
        vault.put(EXTRACT_KEY, key)
    sealing_key = key

    def seal(plain: bytes) -> bytes:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        return nonce + AESGCM(sealing_key).encrypt(nonce, plain, b"extract")

    def unseal(sealed: bytes) -> bytes:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(sealing_key).decrypt(sealed[:12], sealed[12:], b"extract")
        except InvalidTag:
            raise SecretsError(
                "The kept copy of a partner's extract can't be opened with this computer's key. "
                "Nothing else is affected; it is read anew with the next extract."
            ) from None

    return seal, unseal
