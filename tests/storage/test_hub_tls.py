"""A hub behind TLS, set up as resources/help/hub.md says: with a council's own authority, people
who come with a password or a certificate, and nobody in the clear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests import postgresql
from tests.test_cli_hub import WORDS, run
from triage.domain.errors import StoreError, UnreachableError
from triage.storage.hub_line import address, with_whole_paths
from triage.storage.hub_logins import open_as
from triage.storage.hub_server import must_be_encrypted

GUIDE = Path(__file__).resolve().parents[2] / "resources" / "help" / "hub.md"
WORD = "word-of-the-owner"
OFFICER = ["--id", "rosei", "--name", "Ruth Osei", "--job", "Officer", "--role", "contact_officer"]
LEADER = ["--id", "pnandra", "--name", "Priya Nandra", "--job", "Leader", "--role", "team_leader"]


class Authority:
    """An authority of a council's own, and what it gives out, as files in a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([_called(name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        folder.mkdir()
        self._give("ca", self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))

    def give(self, file: str, name: str, *others: x509.GeneralName) -> None:
        """FILE.pem and FILE.key for somebody of that name, or a server at those addresses."""
        key = ec.generate_private_key(ec.SECP256R1())
        more = (x509.SubjectAlternativeName(others),) if others else ()
        self._give(file, x509.Name([_called(name)]), key, *more)

    def _give(
        self,
        file: str,
        name: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *extensions: x509.ExtensionType,
    ) -> None:
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(
            self.name, name, key.public_key(), x509.random_serial_number(),
            now - timedelta(hours=1), now + timedelta(days=1),
        )  # fmt: skip
        for extension in extensions:
            made = made.add_extension(extension, critical=False)
        signed = made.sign(self.key, hashes.SHA256())
        (self.folder / f"{file}.pem").write_bytes(signed.public_bytes(Encoding.PEM))
        wrapped = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{file}.key").write_bytes(wrapped)
        (self.folder / f"{file}.key").chmod(0o600)


def _called(name: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(x509.NameOID.COMMON_NAME, name)


@dataclass(frozen=True)
class Council:
    """Its server, the folder of its authority, and the hub's address but for `sslrootcert`."""

    server: postgresql.Server
    folder: Path
    address: str

    def url(self, who: str = "", root: str = "ca.pem") -> str:
        """The hub's address for that login, the file of the authority named as given."""
        return self.address.replace("//", f"//{who}@" if who else "//") + f"&sslrootcert={root}"


def blocks(*beginnings: str) -> list[str]:
    """Lines of the guide's examples that begin so, as they stand there."""
    found = re.findall(r"^ {7}(\S.*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return [line for line in found if line.startswith(beginnings)]


def counts_hidden() -> bytes:
    """The guide's own words by which the superuser ends the showing of how many rows there are."""
    found = re.search(r"^ +DO \$\$.*?^ +END \$\$;$", GUIDE.read_text("utf-8"), re.M | re.S)
    assert found
    return found[0].encode()


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    authority = Authority(tmp_path_factory.mktemp("council") / "ca", "Northmere Council")
    authority.give("server", "db", x509.IPAddress(ip_address("127.0.0.1")))
    for who in ("rosei", "pnandra"):
        authority.give(who, f"{who}@northmere.example")
    rules = [re.sub(r"10\.20\.0\.\d+/\d+", "127.0.0.1/32", line) for line in blocks("hostssl")]
    by_certificate = [
        line.replace("+fanlight_person", "fl_rosei") for line in rules if "cert" in line
    ]
    others = [line for line in rules if "map=" not in line]
    with postgresql.serving() as server:
        for name in ("server.pem", "server.key", "ca.pem"):
            server.put(name, (authority.folder / name).read_bytes())
        # The tests' own superuser comes by the socket, as nobody does from elsewhere.
        hba = ["local all all scram-sha-256", *by_certificate, *others]
        server.put("pg_hba.conf", "\n".join([*hba, ""]).encode())
        server.put("pg_ident.conf", "\n".join([*blocks("people"), ""]).encode())
        with psycopg.connect(server.url + "postgres", autocommit=True) as line:
            for setting in (
                "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'",
                "ssl_ca_file = 'ca.pem'", "ssl = on",
            ):  # fmt: skip
                line.execute(f"ALTER SYSTEM SET {setting}".encode())
            for said in blocks("CREATE ROLE", "CREATE DATABASE"):
                line.execute(said.encode())
            for said in blocks("\\password"):
                line.execute(f"ALTER ROLE {said.split()[1]} PASSWORD '{WORD}'".encode())
            line.execute("SELECT pg_reload_conf()")
        by_socket = server.url.replace("127.0.0.1", "") + f"fanlight?host={server.home}"
        with psycopg.connect(by_socket, autocommit=True) as line:
            line.execute(counts_hidden())
        yield Council(
            server,
            authority.folder,
            f"postgresql://127.0.0.1:{server.port}/fanlight?sslmode=verify-full",
        )


@pytest.fixture
def joined(council: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two people's desks, their addresses typed in the folder of the authority's files."""
    monkeypatch.chdir(council.folder)
    owner = council.url("owner")
    for command in (["create", owner], ["let-in", owner, *OFFICER, "--no-password"]):
        said = run("hub", *command, typed=f"{WORD}\n")
        assert said.exit_code == 0, said.output
    let = run("hub", "let-in", owner, *LEADER, "--new-password", typed=f"{WORD}\n").output
    password = let.split("alone: ")[1].strip()
    desks = {who: tmp_path / who for who in ("rosei", "pnandra")}
    with_certificate = council.url() + "&sslcert=rosei.pem&sslkey=rosei.key"
    for who, url, typed, options in (
        ("rosei", with_certificate, "", ["--no-password"]),
        ("pnandra", council.url(), f"{password}\n", []),
    ):
        options = [*options, "--id", who, "--passphrase", "--data", str(desks[who])]
        said = run("desk", "join", url, *options, typed=f"{WORDS}{WORDS}{typed}7294\n7294\n")
        assert said.exit_code == 0, said.output
    monkeypatch.chdir(tmp_path)
    return desks


def test_people_come_over_tls_with_a_password_or_a_certificate_from_any_folder(
    council: Council, joined: dict[str, Path]
) -> None:
    verified = {
        who: run("audit", "verify", "--data", str(folder), typed=WORDS)
        for who, folder in joined.items()
    }
    assert "is whole" in verified["pnandra"].output, verified["pnandra"].output
    assert verified["rosei"].exit_code == 2, "a part of the trail is no broken one"
    assert "does not let you audit" in verified["rosei"].output
    for folder in joined.values():
        said = run("keys", "export", "--data", str(folder), typed=WORDS)
        assert '"worker": "pnandra"' in said.output, said.output
    root = str(council.folder / "ca.pem")
    as_rosei = council.url("fl_rosei", root)
    hers, anothers = (
        f"&sslcert={council.folder}/{who}.pem&sslkey={council.folder}/{who}.key"
        for who in ("rosei", "pnandra")
    )
    for brought in ("", anothers):
        with pytest.raises(psycopg.OperationalError, match="certificate"):
            psycopg.connect(as_rosei + brought)
        with pytest.raises(UnreachableError, match="does not let you sign in"):
            open_as(council.url("", root) + brought, "rosei", "")
    with pytest.raises(UnreachableError, match="does not let you sign in"):
        open_as(council.url("", root), "pnandra", "")
    with psycopg.connect(as_rosei + hers, autocommit=True) as line:
        for asked in (
            "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'restriction'",
            "SELECT n_live_tup FROM pg_stat_all_tables WHERE relname = 'restriction'",
            "SELECT pg_relation_size('restriction'::regclass)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                line.execute(asked.encode())


def test_line_in_the_clear_is_refused_by_the_server_itself(council: Council) -> None:
    clear = council.address.replace("verify-full", "disable").replace("//", f"//owner:{WORD}@")
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba.conf entry.*no encryption"):
        psycopg.connect(clear)


def test_server_of_another_authority_gets_nothing(council: Council, tmp_path: Path) -> None:
    Authority(tmp_path / "other", "Northmere Council")
    said = run("hub", "create", council.url("owner", str(tmp_path / "other" / "ca.pem")),
               typed=f"{WORD}\n")  # fmt: skip
    assert said.exit_code == 1
    assert "Nothing was sent: check that its certificate" in said.output


def test_owner_whose_password_is_wrong_is_told_that_it_is_that(council: Council) -> None:
    ours = str(council.server.home / "data" / "ca.pem")
    said = run("hub", "create", council.url("owner", ours), typed="not the password\n")
    assert said.exit_code == 1
    assert "does not let this account in" in said.output


def test_base_copy_is_made_by_the_role_that_the_guide_gives_for_it(council: Council) -> None:
    url = council.url("fanlight_copy", str(council.server.home / "data" / "ca.pem"))
    copy = council.server.home / "base"
    council.server.run("pg_basebackup", "-d", url, "--checkpoint=fast", "--no-sync",
                       to=copy, password=WORD)  # fmt: skip
    assert (copy / "PG_VERSION").exists()


def test_address_names_files_that_are_there_by_whole_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    front = "postgresql://one.example:5432,two.example/hub?sslmode=verify-full"
    said = with_whole_paths(f"{front}&sslrootcert=ca.pem&sslkey=/k/a%20b.key")
    assert said == f"{front}&sslrootcert={tmp_path}/ca.pem&sslkey=/k/a+b.key"
    system = f"{front}&sslrootcert=system"
    assert with_whole_paths(system) == system
    must_be_encrypted(address(system))
    assert address(f"{system}&gssencmode=require").query["gssencmode"] == "disable"
    with pytest.raises(StoreError, match=r"The file .*ca.pem, .* is not there"):
        must_be_encrypted(address(said))
    with pytest.raises(StoreError, match="sslrootcert=system"):
        must_be_encrypted(address(front))
