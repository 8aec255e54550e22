"""Time stamps by an independent service (RFC 3161): proof that a signature was there at a moment,
whoever's clock was wrong.

What goes out is a hash of the signature and nothing of a family. Over plain http too: the answer is
signed, and is checked before it is kept.
"""

import hashlib
import logging
import secrets
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from triage.domain.errors import DeliveryError, SignatureError

if TYPE_CHECKING:
    from http.client import HTTPConnection

    from pyhanko.sign.validation.status import TimestampSignatureStatus

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST = 64 * 1024
REST = timedelta(minutes=5)
"""How long a service that did not answer is left alone."""

SKEW = timedelta(minutes=5)
"""How far two clocks that are both called right may be apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When a signature was there, and by whose word; the service may be out by `within`."""

    at: datetime
    by: str
    within: timedelta = timedelta(0)

    @property
    def latest(self) -> datetime:
        """When the signature was there for certain."""
        return self.at + self.within

    def before(self, signed: datetime) -> bool:
        """Whether it is of a time before what it is over says that it was signed: then one of the
        two is false."""
        return self.latest + SKEW < signed


class StampService:
    """A time-stamping service: its address, and the certificates (PEM) that it is known by.

    `now` is the clock that rests are measured by; `seconds` a whole exchange may take. With a
    `policy` (its number, as 0.4.0.2023.1.1) no stamp is taken that the service gave by another.
    """

    def __init__(
        self,
        url: str,
        trusted_pem: str,
        *,
        now: Callable[[], datetime],
        seconds: float = 10.0,
        policy: str = "",
    ) -> None:
        self.trusted_pem, self._policy = trusted_pem.encode(), policy
        self._url, self._now, self._seconds = url, now, seconds
        self._rests: tuple[datetime, str] | None = None

    def stamp(self, over: bytes, signed: datetime | None = None) -> tuple[bytes, Stamp]:
        """A token (DER) over those bytes, `signed` at that time, and what it says.

        Raises DeliveryError, in a sentence, where the service gives none that can be relied on;
        it is then left alone for five minutes, and the same is said at once.
        """
        now = self._now()
        if self._rests and now - REST < self._rests[0] <= now:
            raise DeliveryError(self._rests[1])
        try:
            token = self._asked(over)
            found = check_stamp(token, over, self.trusted_pem)
            if signed and found.before(signed):
                raise DeliveryError(
                    "By the time-stamping service's clock the time of signing has not come yet. "
                    "Ask IT to put this computer's clock right."
                )
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
        from asn1crypto import algos, cms, core, tsp

        class Answer(core.Sequence):  # type: ignore[misc]  # tsp.TimeStampResp takes no refusal
            _fields = [  # noqa: RUF012 - as asn1crypto has it
                ("status", tsp.PKIStatusInfo),
                ("time_stamp_token", cms.ContentInfo, {"optional": True}),
            ]

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
                **({"req_policy": self._policy} if self._policy else {}),
            }
        )
        untrusted = self._exchange(query.dump())
        try:
            answer = Answer.load(untrusted, strict=True)
            status = answer["status"]["status"].native
            if status not in ("granted", "granted_with_mods"):
                why = ", ".join([status, *sorted(answer["status"]["fail_info"].native or ())])
                words = why.replace("_", " ")
                raise DeliveryError(f"The time-stamping service refused ({words}).")
            token = answer["time_stamp_token"]
            said = token["content"]["encap_content_info"]["content"].parsed
            if said["nonce"].native != nonce:
                raise DeliveryError("The time-stamping service answered another question.")
            if self._policy and said["policy"].dotted != self._policy:
                raise DeliveryError("The time-stamping service stamped by another policy.")
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
        if len(body) > LARGEST:
            raise DeliveryError("The time-stamping service's answer is larger than any time stamp.")
        if answer.status != 200:
            raise DeliveryError(f"The time-stamping service answered with code {answer.status}.")
        return body

    def _line(self, scheme: str, host: str, port: int | None) -> "HTTPConnection":
        from http.client import HTTPConnection, HTTPSConnection

        if scheme == "http":
            return HTTPConnection(host, port, timeout=self._seconds)
        from triage.secure_line import trust

        return HTTPSConnection(host, port, timeout=self._seconds, context=trust(None))


_HASHES = frozenset({"sha256", "sha384", "sha512"})
_USES = frozenset({"digital_signature", "non_repudiation"})
_SMALLEST = {"rsa": 2048, "rsassa_pss": 2048, "ec": 256, "ed25519": 256, "ed448": 256}
"""Bits of a key that still proves something (NIST SP 800-57 part 1, 112 bits and more)."""


def quiet() -> None:
    """Keep the libraries that check signatures from writing of what is no fault here: a certificate
    that only the hub's own list vouches for."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def check_stamp(
    untrusted_token: bytes, over: bytes, trusted_pem: bytes, *, until: datetime | None = None
) -> Stamp:
    """What a token says, where it is over those bytes, holds, and is by a service that the trusted
    certificates vouched for at that time (RFC 3161 section 2, RFC 5816).

    `until` is the time now, beyond which no stamp can be; None where the question's own number
    shows that the answer is fresh. Raises SignatureError where it is not all of that.
    """
    try:
        signed, stamp, found = _read(untrusted_token, over, trusted_pem)
        by = found.signing_cert
        fits = found.intact and found.valid and _names(signed, by)
        named_by = _names_its_certificate(signed["signer_infos"][0])
        stamps_alone = _for_stamps_alone(by)
    except Exception as fault:  # whatever a damaged token makes of the libraries that read it
        raise SignatureError("The time stamp can't be read, or is of something else.") from fault
    early = until is not None and stamp.at - stamp.within > until + SKEW
    for holds, words in (
        (fits, "The time stamp does not fit what it came with."),
        (found.trusted, "The time stamp is not by a service that is trusted here."),
        (
            named_by,
            "The time stamp does not name its certificate by SHA-256 or better (ESSCertIDv2, RFC "
            "5816). It proves nothing: ask the service for one that does.",
        ),
        (
            stamps_alone,
            "The time stamp is signed with a key that is not for time stamps alone. It proves "
            "nothing.",
        ),
        (
            not early,
            "The time stamp is of a time that has not come yet. It, or this computer's clock, is "
            "wrong.",
        ),
    ):
        if not holds:
            raise SignatureError(words)
    return replace(stamp, by=str(by.subject.native.get("common_name", "")))


def _read(
    untrusted_token: bytes, over: bytes, trusted_pem: bytes
) -> "tuple[Any, Stamp, TimestampSignatureStatus]":
    """A token's signed part, when it says, and what the library makes of its signature by the
    certificates that are trusted. Raises whatever a damaged one makes of the libraries."""
    import asyncio

    from asn1crypto import cms, pem, x509
    from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
    from pyhanko.sign.validation.status import TimestampSignatureStatus
    from pyhanko_certvalidator import ValidationContext

    quiet()
    signed = cms.ContentInfo.load(untrusted_token, strict=True)["content"]
    info = signed["encap_content_info"]["content"].parsed
    if info["message_imprint"]["hash_algorithm"]["algorithm"].native not in _HASHES:
        raise ValueError("a hash that proves nothing")
    stamp = _said(info)
    roots = [x509.Certificate.load(der) for _, _, der in pem.unarmor(trusted_pem, multiple=True)]
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=stamp.at, weak_hash_algos={"md5", "sha1"}
    )
    hashed = lambda name: hashlib.new(name, over).digest()  # noqa: E731
    found = asyncio.run(validate_tst_signed_data(signed, context, hashed))
    return signed, stamp, TimestampSignatureStatus(**found)


def _names(signed: Any, certificate: Any) -> bool:
    """Whether the service that a token names, if any (RFC 3161 section 2.4.2), is this one."""
    from asn1crypto import x509

    tsa = signed["encap_content_info"]["content"].parsed["tsa"]
    named = tsa.chosen if tsa.native else None
    return not isinstance(named, x509.Name) or bool(named == certificate.subject)


def _said(info: Any) -> Stamp:
    """What a token says of when. Raises ValueError where it says more than is known here."""
    if any(one["critical"].native for one in info["extensions"]):
        raise ValueError("a part that must be understood, and is not")
    rough = info["accuracy"].native or {}
    seconds, millis, micros = (rough.get(unit) or 0 for unit in ("seconds", "millis", "micros"))
    within = timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)
    at = info["gen_time"].native.astimezone(UTC)
    if not at - within <= at <= at + within:
        raise ValueError("less than no time")
    return Stamp(at=at, by="", within=within)


def _names_its_certificate(signer: Any) -> bool:
    """Whether the signature covers which certificate it is by (ESSCertIDv2, RFC 5816), by hashes
    that can't be met again; that it is this one, the library has looked."""
    signing = [
        one["values"] for one in signer["signed_attrs"]
        if one["type"].native == "signing_certificate_v2"
    ]  # fmt: skip
    if len(signing) != 1 or len(signing[0]) != 1:
        return False
    name = signing[0][0]["certs"][0]["hash_algorithm"]["algorithm"].native
    return {name, signer["digest_algorithm"]["algorithm"].native} <= _HASHES


def _for_stamps_alone(certificate: Any) -> bool:
    """Whether a service's certificate says, critically, that it is for time stamps and nothing
    else (RFC 3161 section 2.3), is no authority's, and its key is long enough."""
    constraints, usage = certificate.basic_constraints_value, certificate.key_usage_value
    purposes = [e for e in certificate["tbs_certificate"]["extensions"]
                if e["extn_id"].native == "extended_key_usage"]  # fmt: skip
    key = certificate.public_key
    return (
        [(e["critical"].native, e["extn_value"].parsed.native) for e in purposes]
        == [(True, ["time_stamping"])]
        and not (constraints and constraints["ca"].native)
        and (usage is None or usage.native <= _USES)
        and key.bit_size >= _SMALLEST.get(key.algorithm, sys.maxsize)
    )
