"""A time-stamping service for the tests: `openssl ts` behind a small server on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from asn1crypto import tsp

SETTINGS = """
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[stamps]
"""
STAMPS = """
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


@dataclass
class Tsa:
    """A running service. `trusted` is what it is known by; `away`, `answers` and `deaf`, to which
    policy it is asked for, make it fail."""

    folder: Path
    url: str = ""
    away: bool = False
    answers: bytes | None = None
    deaf: bool = False
    asked: list[bytes] = field(default_factory=list)

    @property
    def trusted(self) -> str:
        return (self.folder / "ca.pem").read_text()

    def reply(self, query: bytes) -> bytes:
        """What openssl answers."""
        if self.answers is not None:
            return self.answers
        if self.deaf:
            asked = tsp.TimeStampReq.load(query).native
            del asked["req_policy"], asked["extensions"]
            query = tsp.TimeStampReq(asked).dump()
        (self.folder / "query").write_bytes(query)
        _openssl(
            self.folder, "ts", "-reply", "-config", "conf", "-section", "here", "-queryfile",
            "query", "-out", "reply",
        )  # fmt: skip
        return (self.folder / "reply").read_bytes()


def _openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def openssl_ts_takes(folder: Path, token: bytes, over: bytes, ca: str) -> bool:
    """Whether `openssl ts -verify` takes a token for what those bytes were stamped with."""
    for name, data in (("token", token), ("over", over), ("roots.pem", ca.encode())):
        (folder / name).write_bytes(data)
    asked = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-data", "over", "-CAfile"]
    done = subprocess.run(
        [*asked, "roots.pem"], cwd=folder, capture_output=True, text=True, check=False, timeout=30
    )
    assert ("Verification: OK" in done.stdout) is (done.returncode == 0)
    return done.returncode == 0


def token_by(tsa: Tsa, info: bytes, extensions: str = STAMPS, *, cades: bool = True) -> bytes:
    """A token that holds those words (TSTInfo, DER), signed by `openssl cms` with a certificate of
    the authority's that has those extensions: also such as `openssl ts` would not sign with."""
    folder = tsa.folder
    (folder / "info").write_bytes(info)
    (folder / "odd.cnf").write_text(f"[odd]\n{extensions}")
    _openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days",
        "3650", "-extfile", "odd.cnf", "-extensions", "odd", "-out", "odd.pem",
    )  # fmt: skip
    _signed_info(folder, "odd.pem", "tsa.key", "-cades" if cades else "-nosmimecap")
    return (folder / "token").read_bytes()


def token_by_the_root(tsa: Tsa, info: bytes) -> bytes:
    """A token that the trusted authority's own certificate signed."""
    (tsa.folder / "info").write_bytes(info)
    _signed_info(tsa.folder, "ca.pem", "ca.key", "-cades")
    return (tsa.folder / "token").read_bytes()


def _signed_info(folder: Path, certificate: str, key: str, more: str) -> None:
    _openssl(
        folder, "cms", "-sign", "-binary", "-nodetach", "-md", "sha256", more, "-econtent_type",
        "1.2.840.113549.1.9.16.1.4", "-in", "info", "-signer", certificate, "-inkey", key,
        "-outform", "DER", "-out", "token",
    )  # fmt: skip


def token_of(tsa: Tsa, over: bytes, *, asked: str = "sha256", **settings: str) -> bytes:
    """A token that `openssl ts` makes over those bytes, asked with that hash, where the service
    has other settings."""
    folder = tsa.folder
    (folder / "over").write_bytes(over)
    lines = {**dict(_settings()), "digests": "sha256, sha1", **settings}
    body = "".join(f"{name} = {value}\n" for name, value in lines.items())
    (folder / "other").write_text(f"[tsa]\ndefault_tsa = here\n[here]\n{body}")
    _openssl(folder, "ts", "-query", "-data", "over", f"-{asked}", "-cert", "-out", "query")
    _openssl(
        folder, "ts", "-reply", "-config", "other", "-section", "here", "-queryfile", "query",
        "-token_out", "-out", "token",
    )  # fmt: skip
    return (folder / "token").read_bytes()


def _settings() -> list[tuple[str, str]]:
    here = SETTINGS.partition("[here]")[2].partition("[stamps]")[0]
    return [
        (n.strip(), v.strip()) for n, _, v in (at.partition("=") for at in here.split("\n")) if v
    ]


def make(folder: Path) -> Tsa:
    """A service's keys and certificates, its authority's beside them."""
    folder.mkdir()
    (folder / "conf").write_text(SETTINGS + STAMPS)
    (folder / "serial").write_text("01\n")
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _openssl(
        folder, "req", "-x509", *ec, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
        "-subj", "/CN=Stamps of the test authority",
    )  # fmt: skip
    _openssl(
        folder, "req", *ec, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Northmere stamps"
    )
    _openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days",
        "3650", "-extfile", "conf", "-extensions", "stamps", "-out", "tsa.pem",
    )  # fmt: skip
    return Tsa(folder)


@contextmanager
def serving(tsa: Tsa) -> Iterator[Tsa]:
    """The service, answering on loopback."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            tsa.asked.append(query)
            if tsa.away:
                self.send_error(503)
                return
            said = tsa.reply(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        tsa.url = f"http://127.0.0.1:{server.server_port}/tsa"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield tsa
        finally:
            server.shutdown()
            thread.join()
