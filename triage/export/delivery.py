"""The way to the council: a signed decision goes out over HTTPS, a signed receipt comes back.

The bytes that were signed are the bytes that are sent, each time, under one idempotency key, so
that however often they go the council holds one case. Nothing here waits or tries again: each
call is one exchange, and says when the next is due.
"""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import SignatureError
from triage.export import signing

if TYPE_CHECKING:
    import requests

    from triage.secure_line import Exchange

MEDIA_TYPE = "application/jose+json"
PATH = "/referral-decisions"
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(hours=24)
LARGEST_REPLY = 64 * 1024
PERMANENT = frozenset({400, 409, 413, 415, 422})
"""Answers that the same bytes will always get; a person has to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds an exchange may take: to connect, between two reads, and as a whole."""

    connect: float = 5.0
    read: float = 10.0
    whole: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back, once it is known to be of a sane size."""

    status: int
    untrusted_body: bytes
    retry_after: str


class Unanswered(Exception):
    """No reply came. `sent` is True where the council may have the document all the same."""

    def __init__(self, words: str, *, sent: bool) -> None:
        super().__init__(words)
        self.words = words
        self.sent = sent


class CouncilLink:
    """One council's receiver.

    `url` is its base (https only), `receipt_jwks` the public keys of its receipts. `ca` is a PEM
    bundle to trust instead of the system's certificate store; `client_certificate` is a PEM
    certificate and key where the council asks for one. `now` is the clock for what is due.
    """

    def __init__(
        self,
        url: str,
        *,
        receipt_jwks: Mapping[str, Any],
        ca: Path | None = None,
        client_certificate: tuple[Path, Path] | None = None,
        limits: Limits | None = None,
        now: Callable[[], datetime] | None = None,
        council: str = "the council",
    ) -> None:
        if not url.startswith("https://"):
            raise ValueError("A council's receiver is reached over https only.")
        self._url = url.rstrip("/").removesuffix(PATH) + PATH
        self._receipt_jwks = receipt_jwks
        self._ca = ca
        self._client_certificate = client_certificate
        self._limits = limits or Limits()
        self._now = now or (lambda: datetime.now(UTC))
        self._council = council

    def deliver(self, delivery: Delivery) -> Delivery:
        """Send the document once and say where it then stands.

        ACCEPTED with the receipt; REJECTED with the council's words; WAITING with the time of
        the next try where the council can't have taken it; UNKNOWN where it may have, to be
        settled by `reconcile`. Never raises for the network.
        """
        at = self._now()
        delivery = replace(delivery, attempts=delivery.attempts + 1, next_attempt_at=None)
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Idempotency-Key": delivery.idempotency_key,
        }
        try:
            document = signing.with_stamp(delivery.document, delivery.time_stamp)
            reply = self._ask("POST", self._url, headers, document)
        except Unanswered as fault:
            if fault.sent:
                sent = replace(delivery, sent_at=at)
                return self._unknown(sent, at, f"{fault.words} It may have the decision.")
            return self._waiting(delivery, at, f"{fault.words} Nothing was sent.")
        delivery = replace(delivery, sent_at=at)
        if reply.status in (200, 201):
            return self._accepted(delivery, at, reply)
        return self._not_taken(delivery, at, reply)

    def reconcile(self, delivery: Delivery) -> Delivery:
        """Ask the council what became of the document, and say where it then stands.

        ACCEPTED when the council holds it and its receipt is right; WAITING, due now, when the
        council does not know of it; otherwise still UNKNOWN.
        """
        at = self._now()
        delivery = replace(delivery, attempts=delivery.attempts + 1, next_attempt_at=None)
        try:
            reply = self._ask("GET", f"{self._url}/{delivery.decision_id}", {}, None)
        except Unanswered as fault:
            return self._unknown(delivery, at, fault.words)
        if reply.status == 200:
            return self._accepted(delivery, at, reply)
        if reply.status == 404:
            return replace(
                delivery,
                state=OutboxState.WAITING,
                next_attempt_at=at,
                words=f"{self._name} does not have it yet. It will be sent again.",
            )
        return self._unknown(
            delivery, at, f"{self._name} answered with code {reply.status} when asked about it."
        )

    def _accepted(self, delivery: Delivery, at: datetime, reply: Reply) -> Delivery:
        """ACCEPTED, once the receipt is the council's and is for these very bytes."""
        try:
            return accepted(delivery, reply.untrusted_body, self._receipt_jwks)
        except SignatureError as fault:
            return self._unknown(delivery, at, f"The receipt could not be relied on. {fault}")

    def _not_taken(self, delivery: Delivery, at: datetime, reply: Reply) -> Delivery:
        """REJECTED with the council's words, or WAITING for a better moment."""
        theirs = _words_of(reply)
        if reply.status in PERMANENT:
            words = theirs or f"{self._name} gave no reason (code {reply.status})."
            return replace(delivery, state=OutboxState.REJECTED, words=words)
        words = f"{self._name} could not take it now (code {reply.status})."
        due = _retry_after(reply.retry_after, at)
        return self._waiting(delivery, at, f"{words} {theirs}".strip(), due=due)

    def _waiting(
        self, delivery: Delivery, at: datetime, words: str, *, due: datetime | None = None
    ) -> Delivery:
        return replace(
            delivery,
            state=OutboxState.WAITING,
            next_attempt_at=due or at + backoff(delivery.attempts),
            words=words,
        )

    def _unknown(self, delivery: Delivery, at: datetime, words: str) -> Delivery:
        return replace(
            delivery,
            state=OutboxState.UNKNOWN,
            next_attempt_at=at + backoff(delivery.attempts),
            words=words,
        )

    @property
    def _name(self) -> str:
        return self._council[:1].upper() + self._council[1:]

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """One exchange, over within the whole limit whatever the other side does."""
        import requests

        from triage.secure_line import Exchange, trust

        try:
            exchange = Exchange(trust(self._ca, self._client_certificate))
        except OSError as fault:
            raise Unanswered(
                f"The certificates for {self._council} can't be read. "
                "Ask whoever looks after this desk to check the files named in its settings.",
                sent=False,
            ) from fault
        watch = threading.Timer(self._limits.whole, exchange.cut)
        watch.daemon = True
        with requests.Session() as session:
            # A proxy or a .netrc of this machine must not decide where the document goes.
            session.trust_env = False
            session.mount("https://", exchange.adapter)
            session.headers.clear()
            watch.start()
            try:
                with session.request(
                    method,
                    url,
                    data=body,
                    headers={
                        "Accept": f"{MEDIA_TYPE}, application/jose, application/problem+json",
                        "Accept-Encoding": "identity",
                        "User-Agent": "Fanlight",
                        **headers,
                    },
                    timeout=(self._limits.connect, self._limits.read),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return self._read(response, exchange)
            except (requests.RequestException, OSError) as fault:
                raise self._why(fault, exchange) from fault
            finally:
                watch.cancel()

    def _read(self, response: "requests.Response", exchange: "Exchange") -> Reply:
        from urllib3.exceptions import HTTPError

        parts: list[bytes] = []
        size = 0
        began = time.monotonic()
        try:
            while part := response.raw.read1(16 * 1024, decode_content=False):
                size += len(part)
                if size > LARGEST_REPLY:
                    raise Unanswered(f"{self._name}'s answer was far too long.", sent=True)
                if time.monotonic() - began > self._limits.whole:
                    exchange.cut()
                parts.append(part)
        except (HTTPError, OSError) as fault:
            raise self._why(fault, exchange) from fault
        if exchange.was_cut:
            raise Unanswered(f"{self._name} did not answer in time.", sent=True)
        return Reply(
            status=response.status_code,
            untrusted_body=b"".join(parts),
            retry_after=response.headers.get("Retry-After", ""),
        )

    def _why(self, fault: Exception, exchange: "Exchange") -> Unanswered:
        """The fault in words, and whether the document may have arrived."""
        import requests

        if exchange.was_cut or (exchange.sent and isinstance(fault, requests.Timeout)):
            return Unanswered(f"{self._name} did not answer in time.", sent=exchange.sent)
        refused = re.search(r"CERTIFICATE_VERIFY_FAILED|ALERT_\w+|IP address mismatch", str(fault))
        if isinstance(fault, requests.exceptions.SSLError) and (refused or not exchange.sent):
            return Unanswered(
                f"A secure line to {self._council} could not be made: one side does not trust "
                "the other's certificate.",
                sent=False,
            )
        if not exchange.sent:
            return Unanswered(f"{self._name} could not be reached.", sent=False)
        return Unanswered(f"The line to {self._council} broke before an answer came.", sent=True)


def accepted(delivery: Delivery, untrusted_receipt: bytes, jwks: Mapping[str, Any]) -> Delivery:
    """The delivery as ACCEPTED, its receipt and case number kept.

    Raises SignatureError where the receipt is not the council's, or is for something else.
    """
    receipt = signing.verify_receipt(untrusted_receipt, jwks)
    expected = (delivery.idempotency_key, str(delivery.decision_id), delivery.payload_sha256)
    if (receipt.idempotency_key, receipt.decision_id, receipt.payload_sha256) != expected:
        raise SignatureError("It is a receipt for something else than this decision.")
    return replace(
        delivery,
        state=OutboxState.ACCEPTED,
        next_attempt_at=None,
        receipt=untrusted_receipt.strip(),
        case_number=receipt.case_number,
        words="" if receipt.case_number else "The case number is not known yet.",
    )


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 30 seconds, doubling, an hour at most."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _retry_after(untrusted_words: str, at: datetime) -> datetime | None:
    """When the council asked to be tried again (RFC 9110 section 10.2.3), a day at most."""
    words = untrusted_words.strip()
    if not words:
        return None
    if re.fullmatch(r"\d{1,9}", words):
        wait = timedelta(seconds=int(words))
    else:
        try:
            wait = parsedate_to_datetime(words).astimezone(UTC) - at
        except (ValueError, TypeError, OverflowError):
            return None
    return at + min(max(wait, timedelta(seconds=1)), LONGEST_RETRY_AFTER)


def _words_of(reply: Reply) -> str:
    """The council's own words from a problem document (RFC 9457) or plain text, made plain."""
    import json

    text = reply.untrusted_body.decode("utf-8", "replace")
    try:
        problem = json.loads(text)
    except (ValueError, RecursionError):
        problem = text if not text.lstrip().startswith("<") else ""
    if isinstance(problem, dict):
        said = [problem.get("title"), problem.get("detail")]
        more = problem.get("errors")
        said += more if isinstance(more, list) else []
        text = " ".join(_sentence(one) for one in said if isinstance(one, str) and one.strip())
    else:
        text = problem if isinstance(problem, str) else ""
    return plain_words(text)


def plain_words(untrusted_text: str) -> str:
    """A council's own words on one line, without what does not print; 500 letters at most."""
    plain = "".join(c if c.isprintable() else " " for c in untrusted_text)
    return re.sub(r"\s+", " ", plain).strip()[:500]


def _sentence(words: str) -> str:
    words = words.strip()
    return words if words[-1:] in ".!?:;" else f"{words}."
