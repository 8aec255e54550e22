"""A mailbox of Exchange Online is opened with a token, which the sign-in service gives for a secret
of the council's: both over TLS, on servers of the test's own."""

import base64
import contextlib
import json
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from tests import factory
from tests.partners.test_post import _message
from triage.domain.errors import DeliveryError
from triage.domain.partner import MailboxWay, SmtpWay
from triage.domain.request import MessageState
from triage.partners.imap import ImapMailbox
from triage.partners.office import OfficeAccount, office_token, xoauth2
from triage.partners.smtp import SmtpPost
from triage.practice.council_certificates import Certificates
from triage.practice.post_servers import HOST, PostServers

SECRET, TOKEN = "the-council's-secret", "a-token-for-an-hour"


@dataclass
class SignIn:
    """A sign-in service that gives a token for the right secret."""

    certificates: Certificates
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    port: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                return

            def do_GET(self) -> None:
                base = f"https://localhost:{service.port}/northmere"
                self._say(
                    200,
                    {
                        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                        "token_endpoint": f"{base}/oauth2/v2.0/token",
                        "issuer": f"{base}/v2.0",
                    },
                )

            def do_POST(self) -> None:
                said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                service.asked.append(said)
                if said.get("client_secret") == [SECRET]:
                    self._say(
                        200,
                        {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600},
                    )
                else:
                    self._say(401, {"error": "invalid_client", "error_description": "No."})

            def _say(self, code: int, told: dict[str, object]) -> None:
                body = json.dumps(told).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        server = ThreadingHTTPServer((HOST, 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.server, self.certificates.server_key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@dataclass
class MailServer(ABC):
    """Talks with one caller over TLS."""

    certificates: Certificates
    heard: list[bytes] = field(default_factory=list)
    port: int = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.server, self.certificates.server_key)
        listener = socket.create_server((HOST, 0))
        self.port = listener.getsockname()[1]
        thread = threading.Thread(target=self._answer, args=(listener, context))
        thread.start()
        try:
            yield
        finally:
            listener.close()
            thread.join()

    def _answer(self, listener: socket.socket, context: ssl.SSLContext) -> None:
        with contextlib.suppress(OSError):
            plain, _ = listener.accept()
            with context.wrap_socket(plain, server_side=True) as line:
                self.talk(line)

    @abstractmethod
    def talk(self, line: ssl.SSLSocket) -> None:
        """All that is said on the line."""


class Exchange(MailServer):
    """A mail server that takes a token and no password, and has an empty INBOX."""

    def talk(self, line: ssl.SSLSocket) -> None:
        line.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\r\n")
        for said in line.makefile("rb"):
            self._reply(line, said)

    def _reply(self, line: ssl.SSLSocket, said: bytes) -> None:
        self.heard.append(said)
        tag, verb, *_ = (*said.split(b" ", 2), b"")
        verb = verb.strip().upper()
        if verb == b"AUTHENTICATE":
            line.sendall(b"+ \r\n")
        elif verb == b"SELECT":
            line.sendall(b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] here\r\n" + tag + b" OK done\r\n")
        elif verb == b"UID":
            line.sendall(b"* SEARCH\r\n" + tag + b" OK done\r\n")
        elif verb == b"CAPABILITY":
            line.sendall(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
        elif verb:
            line.sendall(tag + b" OK done\r\n")
        else:  # the token itself, on a line of its own
            first = self.heard[-2].split(b" ")[0]
            good = f"auth=Bearer {TOKEN}".encode() in base64.b64decode(said)
            line.sendall(first + (b" OK in\r\n" if good else b" NO out\r\n"))


ACCOUNT = OfficeAccount(
    tenant="northmere", client_id="fanlight", label="MASH shared mailbox", secret="mailbox-shared"
)


@dataclass
class MailOut(MailServer):
    """A mail server that takes a token and no password, and then a message."""

    mail: bytes = b""

    def talk(self, line: ssl.SSLSocket) -> None:
        line.sendall(b"220 ready\r\n")
        lines = line.makefile("rb")
        for said in lines:
            self.heard.append(said)
            line.sendall(self._reply(said, lines))

    def _reply(self, said: bytes, lines: Iterator[bytes]) -> bytes:
        verb, _, rest = said.strip().partition(b" ")
        if verb.lower() in (b"ehlo", b"helo"):
            return b"250-here\r\n250 AUTH XOAUTH2\r\n"
        if verb == b"AUTH":
            given = base64.b64decode(rest.split(b" ")[1]).decode()
            if given == xoauth2("mash@northmere.example", TOKEN):
                return b"235 in\r\n"
            return b"334 " + base64.b64encode(b'{"status":"400"}') + b"\r\n"
        if not verb:  # the empty answer to a refusal
            return b"535 5.7.3 Authentication unsuccessful\r\n"
        if verb.upper() == b"DATA":
            return b"354 go on\r\n"
        if verb.upper() in (b"MAIL", b"RCPT", b"QUIT", b"RSET"):
            return b"250 ok\r\n"
        self.mail += said
        for more in lines:
            self.mail += more
            if more == b".\r\n":
                break
        return b"250 taken\r\n"


def _way(port: int = 993) -> MailboxWay:
    return MailboxWay(
        id="shared",
        label="MASH shared mailbox",
        host=HOST,
        port=port,
        user="mash@northmere.example",
        auth="oauth2",
        tenant="northmere",
        client_id="fanlight",
    )


def test_a_mailbox_is_opened_with_a_token_and_no_password(servers: PostServers) -> None:
    sign_in, exchange = SignIn(servers.certificates), Exchange(servers.certificates)
    with sign_in.running(), exchange.running():
        token = partial(
            office_token,
            authority=f"https://localhost:{sign_in.port}",
            ca=servers.certificates.ca,
        )
        box = ImapMailbox(
            _way(exchange.port), ca=servers.certificates.ca, secret=lambda: SECRET, token=token
        )
        with box.opened() as session:
            assert (session.uidvalidity, session.uids()) == ("7", ())
    (asked,) = sign_in.asked
    assert asked["grant_type"] == ["client_credentials"]
    assert not any(SECRET.encode() in said for said in exchange.heard)


def test_a_secret_that_is_out_of_date_is_said_and_the_mailbox_is_not_asked(
    servers: PostServers,
) -> None:
    sign_in = SignIn(servers.certificates)
    with sign_in.running(), pytest.raises(DeliveryError, match="did not let Fanlight into"):
        office_token(
            ACCOUNT,
            "last year's",
            authority=f"https://localhost:{sign_in.port}",
            ca=servers.certificates.ca,
        )


def test_a_sign_in_service_that_is_away_leaves_the_mail_where_it_is(servers: PostServers) -> None:
    with pytest.raises(DeliveryError, match="could not be reached"):
        office_token(ACCOUNT, SECRET, authority="https://localhost:1", ca=servers.certificates.ca)


def _post(exchange: MailOut, certificates: Certificates, token: str) -> SmtpPost:
    way = SmtpWay(
        host=HOST,
        port=exchange.port,
        tls="implicit",
        user="mash@northmere.example",
        auth="oauth2",
        tenant="northmere",
        client_id="fanlight",
        sender="mash@northmere.example",
    )
    return SmtpPost(way, ca=certificates.ca, password=SECRET, token=lambda account, _: token)


def test_mail_goes_out_by_a_token_and_no_password(servers: PostServers) -> None:
    exchange = MailOut(servers.certificates)
    with exchange.running():
        sent = _post(exchange, servers.certificates, TOKEN).send(_message(), factory.NOW)
    assert sent.state is MessageState.SENT, sent.words
    assert b"Please tell us" in exchange.mail
    assert not any(SECRET.encode() in said for said in exchange.heard)


def test_a_token_that_is_refused_or_not_given_leaves_the_message_waiting(
    servers: PostServers,
) -> None:
    exchange = MailOut(servers.certificates)
    with exchange.running():
        sent = _post(exchange, servers.certificates, "last hour's").send(_message(), factory.NOW)
    assert (sent.state, exchange.mail) == (MessageState.WAITING, b"")
    assert "its token may be out of date" in sent.words

    def away(account: OfficeAccount, secret: str) -> str:
        raise DeliveryError("The sign-in service could not be reached.")

    post = _post(exchange, servers.certificates, TOKEN)
    post._token = away
    sent = post.send(_message(), factory.NOW)
    assert (sent.state, sent.words) == (
        MessageState.WAITING,
        "The sign-in service could not be reached.",
    )
