"""Cards for the tests: real PKCS #11 tokens of SoftHSM, which keep their keys to themselves."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from triage.export.keys import CardPlace

PIN = "314159"
_MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


@dataclass(frozen=True)
class Reader:
    """Where cards are put in: each is a folder."""

    module: str
    folder: Path

    def put_in(self, label: str) -> CardPlace:
        """A new card of that label, its PIN set, with nothing on it."""
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN,
             "--so-pin", "00000000"],
            check=True, capture_output=True, timeout=30,
        )  # fmt: skip
        _look_anew(self.module)
        return CardPlace(module=self.module, token=label)

    def pull_out(self, place: CardPlace) -> Path:
        """Take a card out of the reader, while whatever goes on."""
        import pkcs11

        serial = pkcs11.lib(self.module).get_token(token_label=place.token).serial.decode()
        (there,) = (
            card for card in self.folder.iterdir() if card.name.replace("-", "").endswith(serial)
        )
        shutil.rmtree(there)
        return there


def _look_anew(module: str) -> None:
    """SoftHSM looks for tokens once, when it is loaded."""
    import pkcs11

    pkcs11.lib(module).reinitialize()


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """SoftHSM on this computer, with no card in it."""
    module = next((path for path in _MODULES if Path(path).is_file()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.fail(
            "The tests need SoftHSM, a card reader in software, and found none. Install the "
            "package softhsm2 (on Debian and Ubuntu: apt-get install softhsm2).",
            pytrace=False,
        )
    home = tmp_path_factory.mktemp("softhsm")
    cards = home / "cards"
    cards.mkdir()
    settings = home / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {cards}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)  # read when the library is loaded
    return Reader(module, cards)
