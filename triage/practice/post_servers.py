"""Real servers on this computer for practice and tests: mail out, a mailbox, and NHS MESH.

All three speak TLS on loopback with the practice authority's certificate. The mailbox and MESH run
as processes of their own, which end with `stop` or with this program.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.errors import FanlightError
from triage.domain.partner import MailboxWay, MeshWay, RequestRules, SmtpWay
from triage.practice.council_certificates import Certificates, certificates_in

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session
    from imapclient import IMAPClient

HOST = "127.0.0.1"
USER = "mash-requests"
SHARED_KEY = "TestKey"
MESH_PASSWORD = "password"
OUR_MESH, THEIR_MESH = "X26ABC1", "X26ABC2"
START_S = 60.0
PORTS = 3

OnMail = Callable[[str, bytes], str | None]
"""What a partner does with a message to an address: an SMTP refusal, or None where it is taken."""


@dataclass(slots=True)
class MailOut:
    """The server that takes what the hub sends. `on_mail` sees each message; `taken` keeps them.

    `cut_after` breaks the line that many times after a message was taken, before saying so.
    """

    certificates: Certificates
    password: str
    on_mail: OnMail = lambda to, data: None
    cut_after: int = 0
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    tls: bool = True
    _controller: Controller | None = None

    def start(self) -> None:
        """Listen on a free port of loopback."""
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult, LoginPassword

        def knows(
            server: object, session: object, envelope: object, mechanism: str, data: Any
        ) -> AuthResult:
            good = isinstance(data, LoginPassword) and data.password == self.password.encode()
            return AuthResult(success=good, handled=False)

        logging.getLogger("mail.log").setLevel(logging.ERROR)  # it warns of its own old ways
        self.port = free_port()
        safe: dict[str, Any] = {}
        if self.tls:
            safe = {
                "tls_context": _server_context(self.certificates),
                "require_starttls": True,
                "authenticator": knows,
                "auth_required": True,
            }
        self._controller = Controller(self, hostname=HOST, port=self.port, **safe)
        self._controller.start()

    def stop(self) -> None:
        """Listen no longer."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message, as aiosmtpd asks it."""
        data = envelope.original_content or b""
        to = envelope.rcpt_tos[0]
        refused = self.on_mail(to, data)
        if refused:
            return refused
        self.taken.append((to, data))
        if self.cut_after:
            self.cut_after -= 1
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]
        return "250 OK"


@dataclass(slots=True)
class ServerProcess:
    """A server that runs beside the program."""

    process: subprocess.Popen[bytes]
    port: int

    def stop(self) -> None:
        """End it now."""
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()


class PostServers:
    """The servers of one practice hub. Each is started when it is first asked for."""

    def __init__(self, folder: Path, *, stopping: threading.Event | None = None) -> None:
        self.folder = folder
        self._stopping = stopping or threading.Event()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.certificates = certificates_in(folder, at=datetime.now(UTC))
        self.password = secrets.token_urlsafe(12)
        self.out = MailOut(self.certificates, self.password)
        self.imap: ServerProcess | None = None
        self.mesh: ServerProcess | None = None

    def start_mail(self, *, tls: bool = True) -> None:
        """Start the mail server and the shared mailbox."""
        self.out.start()
        self.imap = _start_imap(self.certificates, self.password, self._stopping, tls=tls)

    def start_mesh(self) -> None:
        """Start NHS MESH's sandbox: a second or two."""
        self.mesh = _start_mesh(self.certificates, self._stopping)

    def stop(self) -> None:
        """End all of them."""
        self.out.stop()
        for server in (self.imap, self.mesh):
            if server is not None:
                server.stop()
        self.imap = self.mesh = None

    def rules(self, rules: RequestRules) -> RequestRules:
        """The hub's rules with the ways leading to these servers."""
        ca = str(self.certificates.ca)
        return replace(
            rules,
            poll_seconds=10,
            smtp=SmtpWay(
                host=HOST, port=self.out.port, user=USER, sender="mash@northmere.example", ca=ca
            ),
            mailboxes=(
                MailboxWay(
                    id="shared",
                    label="MASH shared mailbox",
                    host=HOST,
                    port=self.imap.port if self.imap else 1,
                    tls="starttls",
                    user=USER,
                    ca=ca,
                ),
            ),
            mesh=MeshWay(
                url=f"https://{HOST}:{self.mesh.port}",
                mailbox=OUR_MESH,
                workflow="TEST_WORKFLOW",
                reply_workflow="TEST_WORKFLOW_ACK",
                ca=ca,
            )
            if self.mesh
            else None,
        )

    def secret(self, name: str) -> str | None:
        """The secrets of these servers, by their names in the vault."""
        known = {
            "smtp": self.password,
            "mailbox-shared": self.password,
            "mesh-password": MESH_PASSWORD,
            "mesh-shared-key": SHARED_KEY,
        }
        return known.get(name)

    def mailbox(self) -> IMAPClient:
        """A line of one's own to the shared mailbox, signed in. Close it with `logout`."""
        import ssl

        from imapclient import IMAPClient

        assert self.imap is not None
        line = IMAPClient(HOST, self.imap.port, ssl=False, timeout=20)
        line.starttls(ssl.create_default_context(cafile=str(self.certificates.ca)))
        line.login(USER, self.password)
        return line

    def deliver(self, *messages: bytes, folder: str = "INBOX") -> None:
        """Put messages into the shared mailbox, as the mail server of the council would."""
        line = self.mailbox()
        try:
            for message in messages:
                line.append(folder, message)
        finally:
            line.logout()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])


def _server_context(certificates: Certificates) -> Any:
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.server, certificates.server_key)
    return context


def _start_imap(
    certificates: Certificates, password: str, stopping: threading.Event, *, tls: bool
) -> ServerProcess:
    safe = (
        ["--cert", str(certificates.server), "--key", str(certificates.server_key)]
        if tls
        else ["--no-tls"]
    )
    code = "import sys; from pymap.main import main; sys.exit(main())"
    return _start(
        "The mailbox",
        lambda port: [
            "-c", code, "--host", HOST, "--port", str(port), *safe, "dict",
            "--demo-user", USER, "--demo-password", password,
        ],
        {},
        stopping,
    )  # fmt: skip


def _start_mesh(certificates: Certificates, stopping: threading.Event) -> ServerProcess:
    return _start(
        "NHS MESH",
        lambda port: [
            "-m", "uvicorn", "mesh_sandbox.api:app", "--host", HOST, "--port", str(port),
            "--workers", "1", "--log-level", "critical", "--no-access-log",
            "--ssl-certfile", str(certificates.server),
            "--ssl-keyfile", str(certificates.server_key),
        ],
        {"STORE_MODE": "memory", "AUTH_MODE": "full", "SHARED_KEY": SHARED_KEY, "ENV": "local"},
        stopping,
    )  # fmt: skip


def _start(
    what: str,
    arguments: Callable[[int], list[str]],
    settings: dict[str, str],
    stopping: threading.Event,
) -> ServerProcess:
    """The server once it answers. Another program may take the free port first: then on another."""
    began = datetime.now(UTC)
    ended: list[int] = []
    while len(ended) < PORTS:
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", *arguments(port)],
            env={**os.environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        server = ServerProcess(process, port)
        while process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return server
            if stopping.is_set() or (datetime.now(UTC) - began).total_seconds() > START_S:
                server.stop()
                raise FanlightError(
                    f"{what} of the practice hub did not answer. Practise without it, or start "
                    "Fanlight again."
                )
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.05)
        ended.append(process.returncode)
    raise FanlightError(
        f"{what} of the practice hub ended as it began ({', '.join(map(str, ended))}). Practise "
        "without it, or start Fanlight again."
    )
