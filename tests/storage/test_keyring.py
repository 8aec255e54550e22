"""Keys in the Linux desktop's real keyring: a Secret Service on a session bus of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {"dbus-run-session": "dbus-daemon", "gnome-keyring-daemon": "gnome-keyring"}
PASSWORD = "the sign-in password"
# The daemon answers when it has taken its place on the bus, so nothing has to wait by the clock.
SIT_DOWN = 'printf %s "$PASSWORD" | gnome-keyring-daemon --unlock --components=secrets && exec "$@"'


class Computer:
    """A person's account: their home stays from one sitting to the next."""

    def __init__(self, home: Path) -> None:
        self.desk = home / "Fanlight"
        self._runtime = home / "runtime"
        self._runtime.mkdir(mode=0o700)
        self._environment = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
        }

    def sit_down(self, deed: str, password: str = PASSWORD) -> dict[str, Any]:
        """Sign in, which unlocks the keyring by the password, and do one thing."""
        signed_in = ["dbus-run-session", "--", "sh", "-c", SIT_DOWN, "sh"]
        return self._do(deed, signed_in, PASSWORD=password)

    def without_keyring(self, deed: str) -> dict[str, Any]:
        """The same where no keyring can be reached, as on a server."""
        return self._do(deed, [], DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent/bus")

    def _do(self, deed: str, before: list[str], **more: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "tests.storage.at_a_keyring", deed, str(self.desk)]
        done = subprocess.run(
            [*before, *command],
            cwd=ROOT,
            env={**self._environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        came: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return came


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    for program, package in NEEDED.items():
        if shutil.which(program) is None:
            pytest.fail(
                f"The tests of the keyring need {program} and did not find it. Install the "
                f"package {package}, or run ./installer/test, which does.",
                pytrace=False,
            )
    return Computer(tmp_path)


def test_a_secret_comes_back_from_the_keyring_as_it_was_kept(computer: Computer) -> None:
    whole = bytes(range(256)) * 4
    assert computer.sit_down("round_trip") == {
        "gave": [None, b"first".hex(), whole.hex(), None],
    }


def test_a_secret_is_there_at_the_next_sign_in_and_not_readable_on_the_disk(
    computer: Computer, tmp_path: Path
) -> None:
    assert computer.sit_down("keep") == {"gave": "kept"}
    assert computer.sit_down("find") == {"gave": "kept over night"}
    written = [p.read_bytes() for p in tmp_path.rglob("*.keyring")]
    assert written
    assert not any(b"a2VwdCBvdmVyIG5pZ2h0" in one or b"kept over" in one for one in written)


def test_the_first_start_makes_file_and_key_and_the_second_opens_them(computer: Computer) -> None:
    assert computer.sit_down("open_desk") == {"gave": "open, 0 enrolled"}
    made = (computer.desk / "fanlight.db").read_bytes()
    assert not made.startswith(b"SQLite")
    assert computer.sit_down("open_desk") == {"gave": "open, 0 enrolled"}


def test_a_file_whose_key_is_gone_is_left_as_it_is_and_says_so(computer: Computer) -> None:
    computer.sit_down("open_desk")
    computer.sit_down("lose_key")
    before = (computer.desk / "fanlight.db").read_bytes()
    refused = computer.sit_down("open_desk")["refused"]
    assert refused.startswith("SecretsError: The key to fanlight.db is not in this computer's")
    assert "left as it is" in refused
    assert (computer.desk / "fanlight.db").read_bytes() == before


def test_a_locked_keyring_is_told_and_opens_after_the_right_password(computer: Computer) -> None:
    computer.sit_down("open_desk")
    before = (computer.desk / "fanlight.db").read_bytes()
    refused = computer.sit_down("open_desk", password="another password")["refused"]
    assert refused.startswith("SecretsError: The system's keyring is locked")
    assert "unlock the keyring" in refused
    assert (computer.desk / "fanlight.db").read_bytes() == before
    assert computer.sit_down("open_desk") == {"gave": "open, 0 enrolled"}


def test_without_a_keyring_nothing_is_made_and_a_passphrase_is_offered(computer: Computer) -> None:
    refused = computer.without_keyring("open_desk")["refused"]
    assert refused.startswith("SecretsError: This computer has no keyring that encrypts")
    assert "choose a passphrase instead" in refused
    assert not (computer.desk / "fanlight.db").exists()
