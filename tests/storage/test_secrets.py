"""Keys are kept where they are encrypted, or not at all; and what is wrong is said in words."""

import json
import stat
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, chainer, fail, null
from keyring.errors import InitError, KeyringLocked, PasswordDeleteError

from tests.conftest import Cost
from triage.domain.errors import SecretsError
from triage.storage import secrets
from triage.storage.secrets import (
    STORE_KEY,
    FileVault,
    PassphraseVault,
    SystemVault,
    Vault,
    store_key,
)

WORDS = "correct horse battery staple"


class Desktop(SecretService.Keyring):
    """The Linux desktop's keyring, with a drawer in place of its bus."""

    priority = 5

    def __init__(self) -> None:
        self.drawer: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        if self.fault:
            raise self.fault
        return self.drawer.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.fault:
            raise self.fault
        self.drawer[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.drawer:
            raise PasswordDeleteError("No such password!")
        del self.drawer[service, username]


class _Plain(KeyringBackend):
    """Keeps passwords in the open, as keyrings.alt's PlaintextKeyring does."""

    priority = 1

    def __init__(self) -> None:
        """Nothing to set up."""

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        pytest.fail("a secret was given to a keyring that does not encrypt")


_Plain.__module__ = "keyrings.alt.file"


def _use(monkeypatch: pytest.MonkeyPatch, backend: Any) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


def _new(kind: Any) -> Any:
    return kind()


def _chain(*backends: Any) -> Any:
    return type("Chain", (chainer.ChainerBackend,), {"backends": list(backends)})()


@pytest.fixture(params=["keyring", "passphrase", "file"])
def vault(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    if request.param == "keyring":
        _use(monkeypatch, Desktop())
        return SystemVault()
    folder = tmp_path / "keys"
    return FileVault(folder) if request.param == "file" else PassphraseVault(folder, WORDS)


def test_a_secret_comes_back_as_it_was_kept(vault: Vault) -> None:
    assert vault.get("rosei.key") is None
    vault.put("rosei.key", b"first")
    vault.put("rosei.key", bytes(range(256)))
    assert vault.get("rosei.key") == bytes(range(256))
    vault.delete("rosei.key")
    vault.delete("rosei.key")
    assert vault.get("rosei.key") is None


def test_the_key_of_a_new_file_is_made_once(vault: Vault, tmp_path: Path) -> None:
    key = store_key(vault, tmp_path / "fanlight.db")
    assert len(key) == 32
    assert store_key(vault, tmp_path / "fanlight.db") == key == vault.get(STORE_KEY)


def test_no_new_key_is_made_for_a_file_that_has_one(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "fanlight.db").write_bytes(b"encrypted")
    with pytest.raises(SecretsError, match="is not in this computer's keyring"):
        store_key(vault, tmp_path / "fanlight.db")
    assert vault.get(STORE_KEY) is None


@pytest.mark.parametrize(
    "backend",
    [
        _new(null.Keyring),
        _new(fail.Keyring),
        _Plain(),
        _chain(_Plain(), _new(null.Keyring)),
        _chain(),
    ],
    ids=["null", "fail", "plaintext", "chain of plaintext", "empty chain"],
)
def test_a_keyring_that_does_not_encrypt_is_refused(
    monkeypatch: pytest.MonkeyPatch, backend: Any
) -> None:
    _use(monkeypatch, backend)
    with pytest.raises(SecretsError, match=r"no keyring that encrypts.*choose a passphrase"):
        SystemVault()


def test_of_a_chain_only_the_part_that_encrypts_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    desktop = Desktop()
    _use(monkeypatch, _chain(_Plain(), desktop))
    SystemVault("Fanlight").put("a", b"secret")
    assert list(desktop.drawer) == [("Fanlight", "a")]


@pytest.mark.parametrize(
    ("fault", "words"),
    [(KeyringLocked("x"), "is locked.*unlock"), (InitError("x"), "did not answer")],
    ids=["locked", "broken"],
)
def test_a_keyring_in_trouble_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, words: str
) -> None:
    desktop = Desktop()
    _use(monkeypatch, desktop)
    vault = SystemVault()
    desktop.fault = fault
    with pytest.raises(SecretsError, match=words):
        vault.get("a")
    with pytest.raises(SecretsError, match=words):
        vault.put("a", b"secret")
    assert desktop.drawer == {}


def test_another_passphrase_opens_nothing(tmp_path: Path) -> None:
    PassphraseVault(tmp_path, WORDS).put("a", b"secret")
    with pytest.raises(SecretsError, match="not the passphrase"):
        PassphraseVault(tmp_path, "correct horse battery stable")
    assert PassphraseVault(tmp_path, WORDS).get("a") == b"secret"


def test_a_short_passphrase_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(SecretsError, match="12 letters"):
        PassphraseVault(tmp_path / "keys", "elevenchars")
    assert not (tmp_path / "keys").exists()


def test_a_sealed_secret_altered_or_moved_is_found(tmp_path: Path) -> None:
    vault = PassphraseVault(tmp_path, WORDS)
    vault.put("a", b"secret")
    vault.put("b", b"other")
    (tmp_path / "b.secret").write_bytes((tmp_path / "a.secret").read_bytes())
    (tmp_path / "a.secret").write_bytes(b"cut")
    for name in "ab":
        with pytest.raises(SecretsError, match="altered or damaged"):
            vault.get(name)


def test_damaged_terms_of_a_passphrase_are_told_in_words(tmp_path: Path) -> None:
    PassphraseVault(tmp_path, WORDS)
    (tmp_path / "passphrase.json").write_text("{}")
    with pytest.raises(SecretsError, match="damaged"):
        PassphraseVault(tmp_path, WORDS)


def test_a_passphrases_terms_that_are_gone_are_not_made_anew(tmp_path: Path) -> None:
    PassphraseVault(tmp_path, WORDS).put("a", b"secret")
    lock = tmp_path / "passphrase.json"
    kept = lock.read_bytes()
    lock.unlink()
    with pytest.raises(SecretsError, match="is missing"):
        PassphraseVault(tmp_path, "some other words entirely")
    lock.write_bytes(kept)
    assert PassphraseVault(tmp_path, WORDS).get("a") == b"secret"


def test_guess_at_a_passphrase_costs_what_rfc_9106_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cost_at_a_desk: Cost
) -> None:
    monkeypatch.setattr(secrets, "COST", cost_at_a_desk.passphrase)
    PassphraseVault(tmp_path, WORDS)
    terms = json.loads((tmp_path / "passphrase.json").read_text(encoding="utf-8"))
    assert (terms["time_cost"], terms["memory_cost"], terms["parallelism"]) == (3, 65536, 4)
    assert PassphraseVault(tmp_path, WORDS).get("a") is None


@pytest.mark.parametrize("cost", [2**40, 0, -1])
def test_terms_that_would_stop_the_computer_are_refused(tmp_path: Path, cost: int) -> None:
    PassphraseVault(tmp_path, WORDS)
    lock = tmp_path / "passphrase.json"
    terms = json.loads(lock.read_text(encoding="utf-8"))
    lock.write_text(json.dumps({**terms, "memory_cost": cost}), encoding="utf-8")
    with pytest.raises(SecretsError, match="damaged"):
        PassphraseVault(tmp_path, WORDS)


def test_no_secret_can_be_read_in_a_passphrases_folder(tmp_path: Path) -> None:
    PassphraseVault(tmp_path, WORDS).put("a", b"plainly a secret")
    kept = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert b"plainly" not in kept
    assert WORDS.encode() not in kept


def test_files_of_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    FileVault(folder).put("a", b"secret")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()] == [0o600]


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    for name in ("../a", "", "a/b", ".hidden", "a\x00"):
        with pytest.raises(ValueError, match="name"):
            FileVault(tmp_path).put(name, b"secret")


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("in the way")
    with pytest.raises(SecretsError, match="can't be written"):
        FileVault(tmp_path / "keys").put("a", b"secret")
