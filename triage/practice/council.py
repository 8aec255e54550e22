"""A council's receiver on loopback: takes signed decisions over real HTTPS, answers with receipts.

It is what practice mode sends to, what `fanlightctl council` runs, and the reference for a
council's integrator; `resources/help/council-receiver.md` is its contract. A decision is staged
for a person to accept, never written into a case. What it can be told to do wrong (lose an
answer, be slow, refuse) is for practice and tests; there is no way to tell it over HTTP.
"""

import contextlib
import hashlib
import json
import os
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from triage.domain.errors import ProfileError, SignatureError
from triage.export import document, signing
from triage.export.delivery import MEDIA_TYPE, PATH
from triage.export.keys import Jwk, Signer, public_jwk
from triage.practice.council_certificates import Certificates, certificates_in
from triage.practice.tls_server import TlsServer

LARGEST = 5_000_000


class Deed(StrEnum):
    """What the council does with the next decision that comes."""

    LOSE = "lose"  # stage it, then break the line without an answer
    SLOW = "slow"  # hold the answer until released, or until the council stops
    RESET = "reset"  # break the line before looking at it
    REFUSE = "refuse"  # 422 with words
    BUSY = "busy"  # 503 with Retry-After
    TAMPER = "tamper"  # stage it, then answer with a receipt that was altered


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One deed for one request; `words` are given when refusing, `retry_after` when busy."""

    deed: Deed
    words: str = ""
    retry_after: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedCase:
    """A decision as the council holds it, waiting for a person there to accept it."""

    decision_id: str
    case_number: str
    payload_sha256: str
    idempotency_key: str
    received_at: str
    document: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: bytes
    media_type: str = "application/problem+json"
    headers: tuple[tuple[str, str], ...] = ()


class Council:
    """The receiver. `hub_jwks` gives the hub's present trust list each time it is asked.

    Everything is kept in `directory`, so a council started again knows what it had. `port` 0
    takes a free one. `now` is its clock.
    """

    def __init__(
        self,
        directory: Path,
        *,
        hub_jwks: Callable[[], Mapping[str, Any]],
        port: int = 0,
        prefix: str = "NC",
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._directory = directory
        self._cases = directory / "cases"
        self._keys = directory / "idempotency"
        for folder in (self._cases, self._keys):
            folder.mkdir(parents=True, exist_ok=True)
        self._hub_jwks = hub_jwks
        self._port = port
        self._prefix = prefix
        self._now = now or (lambda: datetime.now(UTC))
        self._turns: deque[Turn] = deque()
        self._staging = threading.Lock()
        self._released = threading.Event()
        self.holding = threading.Event()
        self._signer = _receipt_signer(directory)
        # By the machine's own clock, as the other side of the line looks at that too.
        self.certificates: Certificates = certificates_in(directory, at=datetime.now(UTC))
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen on 127.0.0.1 in a thread of its own."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificates.server, self.certificates.server_key)
        self._released.clear()
        self._server = _Server(("127.0.0.1", self._port), self, context)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="practice-council", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; an answer that is held back is let go first."""
        self._released.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = self._thread = None

    def __enter__(self) -> "Council":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it listens; the same port is taken again after a stop."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def ca(self) -> Path:
        """The PEM certificate to trust when calling it."""
        return self.certificates.ca

    def receipt_jwks(self) -> dict[str, list[Jwk]]:
        """The public key that its receipts are signed with."""
        return {"keys": [self._signer.public_jwk]}

    def next(self, deed: Deed | Turn, *, times: int = 1) -> None:
        """Do this to the next request, or the next few, instead of what is right."""
        turn = deed if isinstance(deed, Turn) else Turn(deed=deed)
        if turn.deed is Deed.SLOW:
            self._released.clear()
            self.holding.clear()
        self._turns.extend([turn] * times)

    def release(self) -> None:
        """Let a held answer go."""
        self._released.set()

    def cases(self) -> tuple[StagedCase, ...]:
        """Every decision it has staged, oldest first."""
        found = [_case(path) for path in self._cases.glob("*.json")]
        return tuple(sorted(found, key=lambda case: (case.received_at, case.case_number)))

    def receive(self, untrusted_key: str, untrusted_body: bytes) -> _Answer:
        """What a right council answers to POST /referral-decisions."""
        if not untrusted_key or len(untrusted_key) > 255 or not untrusted_key.isascii():
            return _problem(400, "An Idempotency-Key is needed, at most 255 characters.")
        try:
            verified = signing.verify(untrusted_body, self._hub_jwks())
            document.validate(verified.document)
        except SignatureError as fault:
            return _problem(422, "The signatures were not accepted.", str(fault))
        except ProfileError as fault:
            return _problem(
                422, "The decision is not in the form that is agreed.", errors=fault.faults
            )
        with self._staging:
            return self._stage(untrusted_key, untrusted_body, verified)

    def take_files(self, folder: Path) -> None:
        """What a right council does with a folder that decisions are laid into: each is answered
        beside it, by a receipt or a refusal in words, and only then taken away."""
        for path in sorted(folder.glob("*.jws")):
            if path.name.endswith(".receipt.jws"):
                continue
            answer = self.receive(path.stem, path.read_bytes())
            if answer.status in (200, 201):
                _write_bytes(path.with_suffix(".receipt.jws"), answer.body)
            else:
                problem = json.loads(answer.body)
                words = " ".join(filter(None, (problem["title"], problem.get("detail"))))
                _write_bytes(path.with_suffix(".refused.txt"), words.encode())
            path.unlink()

    def held(self, untrusted_decision_id: str) -> _Answer:
        """What it answers to GET /referral-decisions/{decision_id}: the receipt, or 404."""
        path = self._case_path(untrusted_decision_id)
        if path is None or not path.exists():
            return _problem(404, "No such decision is held here.")
        return _Answer(status=200, body=_case(path).receipt, media_type="application/jose")

    def _stage(self, key: str, body: bytes, verified: signing.Verified) -> _Answer:
        known = self._keys / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
        if known.exists():
            earlier = json.loads(known.read_bytes())
            if earlier["payloadSha256"] != verified.payload_sha256:
                return _problem(409, "This Idempotency-Key was used for another decision.")
            answer = self.held(earlier["decisionId"])
            return _Answer(
                status=answer.status,
                body=answer.body,
                media_type=answer.media_type,
                headers=(("Idempotent-Replayed", "true"),),
            )
        decision_id = verified.document["decisionId"]
        path = self._case_path(decision_id)
        assert path is not None  # the schema holds decisionId to a UUID
        if path.exists():
            held = _case(path)
            if (held.idempotency_key, held.payload_sha256) == (key, verified.payload_sha256):
                # Stopped between the case and the note of its key: the same decision again.
                _write(known, {"decisionId": decision_id, "payloadSha256": held.payload_sha256})
                return self._stage(key, body, verified)
            return _problem(
                409,
                "This decision is held already, under another Idempotency-Key.",
                "A correction is a new decision that supersedes this one.",
            )
        receipt = self._receipt(key, verified)
        _write(
            path,
            {
                "decisionId": decision_id,
                "caseNumber": receipt["caseNumber"],
                "payloadSha256": verified.payload_sha256,
                "idempotencyKey": key,
                "receivedAt": receipt["receivedAt"],
                "document": body.decode(),
                "receipt": signing.sign_receipt(receipt, self._signer).decode(),
            },
        )
        _write(known, {"decisionId": decision_id, "payloadSha256": verified.payload_sha256})
        return _Answer(status=201, body=_case(path).receipt, media_type="application/jose")

    def _receipt(self, key: str, verified: signing.Verified) -> dict[str, str]:
        at = self._now()
        return {
            "format": "fanlight-decision-receipt",
            "formatVersion": "1.0",
            "receiptId": str(uuid4()),
            "idempotencyKey": key,
            "decisionId": verified.document["decisionId"],
            "payloadSha256": verified.payload_sha256,
            "caseNumber": self._case_number(verified.document, at),
            "receivedAt": at.astimezone(UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
        }

    def _case_number(self, decided: Mapping[str, Any], at: datetime) -> str:
        """A new number, or that of the case whose decision this one supersedes."""
        before = self._case_path(decided["supersedes"] or "")
        if before is not None and before.exists():
            return _case(before).case_number
        numbers = {case.case_number for case in self.cases()}
        return f"{self._prefix}-{at:%y}-{len(numbers) + 1:05d}"

    def _case_path(self, untrusted_decision_id: str) -> Path | None:
        """The file of a decision; None for a name that is no UUID, whatever it may hold."""
        try:
            return self._cases / f"{UUID(untrusted_decision_id)}.json"
        except ValueError:
            return None

    def _turn(self) -> Turn | None:
        with self._staging:
            return self._turns.popleft() if self._turns else None

    def _post(self, key: str, body: bytes) -> _Answer | None:
        """The answer with any deed applied; None breaks the line."""
        turn = self._turn()
        if turn is None:
            return self.receive(key, body)
        match turn.deed:
            case Deed.RESET:
                return None
            case Deed.LOSE:
                self.receive(key, body)
                return None
            case Deed.REFUSE:
                return _problem(422, "The decision was refused.", turn.words)
            case Deed.BUSY:
                problem = _problem(503, "The council's system is being looked after.")
                again = (("Retry-After", str(turn.retry_after)),)
                return _Answer(status=503, body=problem.body, headers=again)
            case Deed.SLOW:
                answer = self.receive(key, body)
                self.holding.set()
                self._released.wait()
                return answer
            case Deed.TAMPER:
                answer = self.receive(key, body)
                return _Answer(
                    status=answer.status, body=_altered(answer.body), media_type=answer.media_type
                )


class _Server(TlsServer):
    def __init__(self, address: tuple[str, int], council: Council, context: ssl.SSLContext) -> None:
        self.council = council
        super().__init__(address, _Handler, context)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10
    protocol_version = "HTTP/1.1"
    server_version = "PracticeCouncil"
    sys_version = ""

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            self._send(_problem(413, "The decision is too large, or does not say how large."))
            return
        body = self.rfile.read(int(length))
        if self.path != PATH:
            self._send(_problem(404, "Decisions are received at /referral-decisions."))
        elif self.headers.get_content_type() != MEDIA_TYPE:
            self._send(_problem(415, f"Decisions are received as {MEDIA_TYPE}."))
        else:
            answer = self.server.council._post(self.headers.get("Idempotency-Key", ""), body)
            if answer is None:
                self._break()
            else:
                self._send(answer)

    def do_GET(self) -> None:
        head, _, decision_id = self.path.rpartition("/")
        if self.path == "/.well-known/jwks.json":
            body = json.dumps(self.server.council.receipt_jwks()).encode()
            self._send(_Answer(status=200, body=body, media_type="application/jwk-set+json"))
        elif head == PATH:
            self._send(self.server.council.held(decision_id))
        else:
            self._send(_problem(404, "There is nothing here."))

    def _send(self, answer: _Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _break(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing about a request is printed: it is about a child."""


def _problem(status: int, title: str, detail: str = "", errors: tuple[str, ...] = ()) -> _Answer:
    """A problem document (RFC 9457) with words for the person at the hub."""
    said: dict[str, Any] = {"title": title, "status": status}
    if detail:
        said["detail"] = detail
    if errors:
        said["errors"] = list(errors[:20])
    return _Answer(status=status, body=json.dumps(said, ensure_ascii=False).encode())


def _altered(receipt: bytes) -> bytes:
    """The receipt with its case number changed and its signature left as it was."""
    import base64

    head, payload, signature = receipt.split(b".")
    claims = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    claims["caseNumber"] += "9"
    changed = base64.urlsafe_b64encode(signing.canonical(claims)).rstrip(b"=")
    return b".".join((head, changed, signature))


def _case(path: Path) -> StagedCase:
    kept = json.loads(path.read_bytes())
    return StagedCase(
        decision_id=kept["decisionId"],
        case_number=kept["caseNumber"],
        payload_sha256=kept["payloadSha256"],
        idempotency_key=kept["idempotencyKey"],
        received_at=kept["receivedAt"],
        document=kept["document"].encode(),
        receipt=kept["receipt"].encode(),
    )


def _write(path: Path, value: Mapping[str, Any]) -> None:
    _write_bytes(path, json.dumps(value).encode())


def _write_bytes(path: Path, value: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        out.write(value)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def _receipt_signer(directory: Path) -> Signer:
    """The council's own receipt key, made once and kept in its directory."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    path = directory / "receipt-key.der"
    if path.exists():
        private = load_der_private_key(path.read_bytes(), None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
    else:
        private = ec.generate_private_key(ec.SECP256R1())
    jwk = public_jwk(private, "council", "Practice council")
    signer = Signer(
        worker_id="council",
        kid=jwk["kid"],
        public_jwk=jwk,
        private_key=private,
        certificate_der=b"",
    )
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(signer.private_der())
    return signer
