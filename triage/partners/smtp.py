"""E-mail out, over TLS or not at all: one attempt, and where the message then stands."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import getaddresses
from pathlib import Path

from triage.domain.errors import DeliveryError
from triage.domain.partner import SmtpWay
from triage.domain.request import MessageState, OutMessage
from triage.partners.lines import OpenLines
from triage.partners.office import OfficeAccount, office_token, xoauth2
from triage.partners.tls import tls_context

LINE_S = 15.0
WHOLE_S = 60.0
"""Seconds an attempt may take: between two answers, and as a whole."""

FIRST_WAIT = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=30)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts: a minute, doubling, half an hour at most."""
    return min(FIRST_WAIT * (1 << min(max(attempts - 1, 0), 10)), LONGEST_WAIT)


class SmtpPost:
    """One mail server that takes the hub's messages. `password` is asked for at each attempt."""

    def __init__(
        self,
        way: SmtpWay,
        *,
        ca: Path | None,
        password: str | None,
        token: Callable[[OfficeAccount, str], str] = office_token,
        lines: OpenLines | None = None,
    ) -> None:
        self._token = token
        self._lines = lines or OpenLines()
        self._way = way
        self._ca = ca
        self._password = password

    def send(self, message: OutMessage, at: datetime) -> OutMessage:
        """Send it once. SENT once the server took it; FAILED where it never will; WAITING for a
        better moment; UNKNOWN where the line broke before its answer. Never raises.

        The same bytes go each time, under one Message-ID, so that whoever gets them twice can
        tell.
        """
        message = replace(message, attempts=message.attempts + 1, next_attempt_at=None)
        later = at + wait_after(message.attempts)
        try:
            token = self._signed_in()
        except DeliveryError as fault:
            return _waiting(message, later, str(fault))
        try:
            line = self._connect(token)
        except DeliveryError as fault:
            return replace(message, state=MessageState.FAILED, words=str(fault))
        except smtplib.SMTPAuthenticationError:
            kind = "token" if token else "password"
            words = f"The mail server did not let Fanlight in: its {kind} may be out of date."
            return _waiting(message, later, words)
        except ssl.SSLError:
            words = "A secure line to the mail server could not be made: it is not trusted."
            return _waiting(message, later, words)
        except (smtplib.SMTPException, OSError):
            return _waiting(message, later, "The mail server could not be reached.")
        watch = threading.Timer(WHOLE_S, _cut, args=(line,))
        watch.daemon = True
        watch.start()
        try:
            with self._lines.held(line.sock):
                return self._hand_over(line, message, at, later)
        finally:
            watch.cancel()
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def _signed_in(self) -> str:
        """The token for Exchange Online; "" where a password is used, or none is there."""
        way = self._way
        if way.auth != "oauth2" or self._password is None:
            return ""
        account = OfficeAccount(
            tenant=way.tenant, client_id=way.client_id, label="the mail server", secret="smtp"
        )
        return self._token(account, self._password)

    def _connect(self, token: str) -> smtplib.SMTP:
        """A line that is encrypted and signed in to."""
        way = self._way
        context = tls_context("the mail server", self._ca)
        if way.tls == "implicit":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                way.host, way.port, timeout=LINE_S, context=context
            )
        else:
            line = smtplib.SMTP(way.host, way.port, timeout=LINE_S)
        try:
            if way.tls != "implicit":
                line.starttls(context=context)
            line.ehlo_or_helo_if_needed()
            if way.user:
                if self._password is None:
                    raise DeliveryError(
                        "The password of the mail server is not on this computer, so nothing was "
                        "sent. Ask IT to set it: fanlightctl secret set smtp"
                    )
                if token:
                    _give_token(line, way.user, token)
                else:
                    line.login(way.user, self._password)
        except smtplib.SMTPNotSupportedError as fault:
            line.close()
            raise DeliveryError(
                "The mail server offers no encrypted line, so nothing was sent and no password "
                "was given to it. Ask IT to look at its settings."
            ) from fault
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(
        self, line: smtplib.SMTP, message: OutMessage, at: datetime, later: datetime
    ) -> OutMessage:
        try:
            code, said = line.mail(self._way.sender)
            if code < 400:
                code, said = line.rcpt(_address(message.to))
        except (smtplib.SMTPException, OSError):
            return _waiting(message, later, "The line to the mail server broke.")
        if code >= 400:
            return _not_taken(message, later, code, said)
        try:
            code, said = line.data(message.document)
        except smtplib.SMTPDataError as fault:
            return _not_taken(message, later, fault.smtp_code, fault.smtp_error)
        except (smtplib.SMTPException, OSError):
            return replace(
                message,
                state=MessageState.UNKNOWN,
                next_attempt_at=later,
                words="The line broke before the mail server said that it had the message.",
            )
        if code >= 400:
            return _not_taken(message, later, code, said)
        return replace(message, state=MessageState.SENT, sent_at=at, words="")


def _give_token(line: smtplib.SMTP, user: str, token: str) -> None:
    """Sign in by a token. One that is refused is answered by nothing, and then by the refusal."""

    def answer(challenge: bytes | None = None) -> str:
        return xoauth2(user, token) if challenge is None else ""

    if not line.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("no AUTH")
    line.auth("XOAUTH2", answer)


def _not_taken(
    message: OutMessage, later: datetime, code: int, untrusted_said: bytes | str
) -> OutMessage:
    """5xx is for good (RFC 5321 section 4.2.1); 4xx is for now, as with greylisting."""
    said = (
        untrusted_said.decode("utf-8", "replace")
        if isinstance(untrusted_said, bytes)
        else (untrusted_said)
    )
    plain = " ".join("".join(c if c.isprintable() else " " for c in said).split())[:300]
    words = f"The mail server said: {plain} ({code})."
    if code >= 500:
        return replace(message, state=MessageState.FAILED, words=words)
    return _waiting(message, later, words)


def _waiting(message: OutMessage, later: datetime, words: str) -> OutMessage:
    return replace(message, state=MessageState.WAITING, next_attempt_at=later, words=words)


def _address(to: str) -> str:
    return getaddresses([to])[0][1]


def _cut(line: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        if line.sock is not None:
            line.sock.shutdown(2)
