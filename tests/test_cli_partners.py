"""fanlightctl partners: what IT is told, partner by partner, and its exit code."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.partners.live import EVERYBODY
from tests.test_cli_hub import PERSON, WORDS
from triage.cli import main
from triage.practice.council_certificates import Certificates, certificates_in
from triage.practice.extract_files import write_extracts
from triage.practice.partners.json_apis import CouncilResidents
from triage.practice.partners.stand_in import Deed, StandIn
from triage.workflow.profiles import load_profile

NORTHMERE = Path(__file__).resolve().parents[1] / "resources" / "profiles" / "northmere"
PARTNERS = """
purpose = "Deciding what help a child needs"
lawful_basis = "UK GDPR 6(1)(e)"
[[partner]]
partner = "residents"
name = "Council residents"
kind = "rest_map"
url = "URL/api/v1/residents"
ca = "ca.pem"
items = "residents"
[partner.sign_in]
kind = "header"
header = "x-api-key"
secret = "council-key"
[[partner.search]]
needs = ["family"]
query = { last_name = "{family}" }
[partner.fields]
record_id = "mosaicId"
given = "firstName"
family = "lastName"
[partner.pace]
deadline_s = 3
"""


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=WORDS + typed, catch_exceptions=False)


class Desk:
    """A desk whose profile has its lists and one live partner."""

    def __init__(self, folder: Path, server: StandIn, certificates: Certificates) -> None:
        self.folder, self.server, self.profile = folder / "desk", server, folder / "profile"
        shutil.copytree(NORTHMERE, self.profile)
        self.connect(PARTNERS)
        made = CliRunner().invoke(
            main,
            ["desk", "create", *PERSON, "--passphrase", "--profile", str(self.profile),
             "--data", str(self.folder)],
            input=WORDS * 2 + "4837\n4837\n",
        )  # fmt: skip
        assert made.exit_code == 0, made.output
        shutil.copyfile(certificates.ca, self.folder / "ca.pem")
        lists = load_profile(self.profile, today=datetime.now(UTC).date()).extracts
        write_extracts([], lists, self.folder)

    def connect(self, toml: str) -> None:
        """Write the live partners of the profile."""
        told = toml.replace("URL", self.server.url)
        (self.profile / "partners.toml").write_text(told, encoding="utf-8")

    def secret(self, words: str) -> Result:
        return CliRunner().invoke(
            main,
            ["secret", "set", "council-key", "--data", str(self.folder)],
            input=f"{words}\n{WORDS}",
            catch_exceptions=False,
        )

    def check(self) -> Result:
        return run("partners", "check", "--data", str(self.folder))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "tls").mkdir()
    certificates = certificates_in(tmp_path / "tls", at=datetime.now(UTC))
    with ExitStack() as stack:
        server = StandIn(CouncilResidents(EVERYBODY, key="right"), certificates)
        stack.enter_context(server)
        yield Desk(tmp_path, server, certificates)


def test_the_secret_is_put_in_the_keyring_and_then_all_is_well(desk: Desk) -> None:
    got = desk.check()
    assert got.exit_code == 1
    assert "NOT WELL  Council residents: This computer's keyring has no “council-key”" in got.output
    assert "fanlightctl secret set council-key" in got.output
    assert " IT " not in got.output, "it is IT who reads this"
    kept = desk.secret("right")
    assert (kept.exit_code, "right" in kept.output) == (0, False)
    got = desk.check()
    assert got.exit_code == 0, got.output
    assert "well      Council residents: Answers in" in got.output
    assert "well      Housing: 0 records" in got.output
    assert "Connectiontest" in desk.server.asked[-1].one("last_name")
    assert "whole" in run("audit", "verify", "--data", str(desk.folder)).output


def test_a_wrong_secret_and_a_broken_answer_say_what_to_mend(desk: Desk) -> None:
    desk.secret("wrong")
    got = desk.check()
    assert got.exit_code == 1
    assert "does not let this desk look" in got.output
    assert "Tell IT" not in got.output
    desk.secret("right")
    desk.server.always(Deed.GARBLED)
    got = desk.check()
    assert "can't be read" in got.output
    assert "Lay one of their answers beside partners.toml" in got.output


def test_a_partner_that_is_not_there_ends_in_time_and_says_where_to_look(desk: Desk) -> None:
    desk.secret("right")
    desk.server.always(Deed.SLOW)
    got = desk.check()
    assert got.exit_code == 1
    assert "did not answer in time" in got.output
    assert f"See whether this computer reaches {desk.server.url}" in got.output


def test_a_fault_in_the_file_is_named_with_its_line(desk: Desk) -> None:
    desk.secret("right")
    assert desk.check().exit_code == 0
    desk.connect(PARTNERS.replace('family = "lastName"', ""))
    got = desk.check()
    assert got.exit_code == 1
    assert "Profile: partners.toml, line 18: “residents” has no field for family." in got.output


def test_a_list_that_is_missing_is_not_well(desk: Desk) -> None:
    desk.secret("right")
    (desk.folder / "extracts" / "housing.csv").unlink()
    got = desk.check()
    assert got.exit_code == 1
    assert "NOT WELL  Housing: No list from Housing is here yet" in got.output
    assert "It is looked for as " in got.output
    assert "No such file" not in got.output
