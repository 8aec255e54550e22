"""Time stamps by an independent service (RFC 3161): proof that a signature was there at a moment,
whoever's clock was wrong.

What goes out is a hash of the signature and nothing of a family. Over plain http too: the answer is
signed, and is checked before it is kept.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from triage.domain.errors import DeliveryError, SignatureError

if TYPE_CHECKING:
    from http.client import HTTPConnection

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST = 64 * 1024
REST = timedelta(minutes=5)
"""How long a service that did not answer is left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When a signature was there at the latest, and by whose word."""

    at: datetime
    by: str


class StampService:
    """A time-stamping service: its address, and the certificates (PEM) that it is known by.

    `now` is the clock that rests are measured by; `seconds` a whole exchange may take.
    """

    def __init__(
        self,
        url: str,
        trusted_pem: str,
        *,
        now: Callable[[], datetime],
        seconds: float = 10.0,
    ) -> None:
        self.trusted_pem = trusted_pem.encode()
        self._url, self._now, self._seconds = url, now, seconds
        self._rests: tuple[datetime, str] | None = None

    def stamp(self, over: bytes) -> tuple[bytes, Stamp]:
        """A token (DER) over those bytes, and what it says.

        Raises DeliveryError, in a sentence, where the service gives none that can be relied on;
        it is then left alone for five minutes, and the same is said at once.
        """
        now = self._now()
        if self._rests and now - REST < self._rests[0] <= now:
            raise DeliveryError(self._rests[1])
        try:
            token = self._asked(over)
            found = check_stamp(token, over, self.trusted_pem)
        except (DeliveryError, SignatureError) as fault:
            self._rests = now, str(fault)
            raise DeliveryError(str(fault)) from fault
        self._rests = None
        return token, found

    def holds(self, untrusted_token: bytes, over: bytes) -> bool:
        """Whether a token is over those bytes and by this service."""
        try:
            check_stamp(untrusted_token, over, self.trusted_pem)
        except SignatureError:
            return False
        return True

    def _asked(self, over: bytes) -> bytes:
        from asn1crypto import algos, tsp

        nonce = secrets.randbits(63)
        query = tsp.TimeStampReq(
            {
                "version": 1,
                "message_imprint": {
                    "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
                    "hashed_message": hashlib.sha256(over).digest(),
                },
                "nonce": nonce,
                "cert_req": True,
            }
        )
        untrusted = self._exchange(query.dump())
        try:
            answer = tsp.TimeStampResp.load(untrusted, strict=True)
            status = answer["status"]["status"].native
            if status not in ("granted", "granted_with_mods"):
                raise DeliveryError(f"The time-stamping service refused ({status}).")
            token = answer["time_stamp_token"]
            said = token["content"]["encap_content_info"]["content"].parsed["nonce"].native
            if said != nonce:
                raise DeliveryError("The time-stamping service answered another question.")
            return bytes(token.dump())
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise DeliveryError("The time-stamping service's answer can't be read.") from fault

    def _exchange(self, query: bytes) -> bytes:
        """One exchange, over within the whole limit whatever the other side does."""
        from http.client import HTTPException

        to = urlsplit(self._url)
        line = self._line(to.scheme, to.hostname or "", to.port)
        late = threading.Event()

        def cut() -> None:
            late.set()
            with suppress(OSError, AttributeError):  # it was over first
                line.sock.shutdown(2)

        watch = threading.Timer(self._seconds, cut)
        watch.daemon = True
        watch.start()
        try:
            path = f"{to.path or '/'}?{to.query}" if to.query else to.path or "/"
            headers = {"Content-Type": QUERY, "Accept": REPLY, "User-Agent": "Fanlight"}
            line.request("POST", path, query, headers)
            answer = line.getresponse()
            body = answer.read(LARGEST + 1)
        except (OSError, HTTPException) as fault:
            raise DeliveryError("The time-stamping service did not answer.") from fault
        finally:
            watch.cancel()
            line.close()
        if late.is_set():
            raise DeliveryError("The time-stamping service did not answer in time.")
        if answer.status != 200 or len(body) > LARGEST:
            raise DeliveryError(f"The time-stamping service answered with code {answer.status}.")
        return body

    def _line(self, scheme: str, host: str, port: int | None) -> "HTTPConnection":
        from http.client import HTTPConnection, HTTPSConnection

        if scheme == "http":
            return HTTPConnection(host, port, timeout=self._seconds)
        from triage.secure_line import trust

        return HTTPSConnection(host, port, timeout=self._seconds, context=trust(None))


_HASHES = frozenset({"sha256", "sha384", "sha512"})


def quiet() -> None:
    """Keep the libraries that check signatures from writing of what is no fault here: a certificate
    that only the hub's own list vouches for."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def check_stamp(untrusted_token: bytes, over: bytes, trusted_pem: bytes) -> Stamp:
    """What a token says, where it is over those bytes, holds, and is by a service that the trusted
    certificates vouched for at that time. Raises SignatureError where not."""
    import asyncio

    from asn1crypto import cms, pem, x509
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    quiet()
    try:
        signed = cms.ContentInfo.load(untrusted_token, strict=True)["content"]
        info = signed["encap_content_info"]["content"].parsed
        if info["message_imprint"]["hash_algorithm"]["algorithm"].native not in _HASHES:
            raise ValueError("a hash that proves nothing")
        at: datetime = info["gen_time"].native
        roots = [
            x509.Certificate.load(der) for _, _, der in pem.unarmor(trusted_pem, multiple=True)
        ]
        context = ValidationContext(
            trust_roots=roots, allow_fetching=False, moment=at, weak_hash_algos={"md5", "sha1"}
        )
        hashed = lambda name: hashlib.new(name, over).digest()  # noqa: E731
        found = TimestampSignatureStatus(
            **asyncio.run(validate_tst_signed_data(signed, context, hashed))
        )
    except Exception as fault:  # whatever a damaged token makes of the libraries that read it
        raise SignatureError("The time stamp can't be read, or is of something else.") from fault
    if not (found.intact and found.valid):
        raise SignatureError("The time stamp does not fit what it came with.")
    if not found.trusted:
        raise SignatureError("The time stamp is not by a service that is trusted here.")
    who = found.signing_cert.subject.native.get("common_name", "")
    return Stamp(at=at.astimezone(UTC), by=str(who))
