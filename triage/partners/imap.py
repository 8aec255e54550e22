"""A shared mailbox read by IMAP: over TLS or not at all, nothing marked before it is committed.

A message is fetched without being marked as read, and only once it is in the store is it moved to
the folder for what is done (or marked with a keyword where it can't be moved).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.errors import DeliveryError
from triage.domain.partner import MailboxWay
from triage.partners.arrived import Arrived, ArrivedKind
from triage.partners.lines import OpenLines
from triage.partners.office import OfficeAccount, office_token
from triage.partners.tls import tls_context

if TYPE_CHECKING:
    from imapclient import IMAPClient

CONNECT_S, READ_S = 10.0, 30.0
LARGEST = 60_000_000
"""Bytes of a message that is fetched; a larger one is left where it lies, and that is said."""

TAKEN = b"$FanlightTaken"


class ImapMailbox:
    """One shared mailbox. `secret` gives its password, or its client secret for oauth2."""

    def __init__(
        self,
        way: MailboxWay,
        *,
        ca: Path | None,
        secret: Callable[[], str | None],
        token: Callable[[OfficeAccount, str], str] = office_token,
        lines: OpenLines | None = None,
    ) -> None:
        self._way = way
        self._ca = ca
        self._secret = secret
        self._token = token
        self._lines = lines or OpenLines()

    @property
    def name(self) -> str:
        """What it is called in the store."""
        return self._way.id

    @property
    def label(self) -> str:
        """What people call it."""
        return self._way.label

    @property
    def new_contacts(self) -> bool:
        """Whether what answers no request may be a new contact."""
        return self._way.new_contacts

    every = timedelta()

    @contextmanager
    def opened(self) -> Iterator[ImapSession]:
        """Look into the mailbox. Raises DeliveryError where it can't be."""
        with _in_words(self.label):
            line = self._connect()
            try:
                with self._lines.held(line.socket()):
                    yield ImapSession(line, self._way)
            finally:
                with suppress(Exception):  # the line may be broken in any way: it is over
                    line.logout()
                with suppress(Exception):
                    line.shutdown()

    def _connect(self) -> IMAPClient:
        from imapclient import IMAPClient, SocketTimeout

        way = self._way
        secret = self._secret()
        if secret is None:
            raise DeliveryError(
                f"The password of {self.label} is not on this computer, so it was not looked "
                f"into. Ask IT to set it: fanlightctl secret set mailbox-{way.id}"
            )
        context = tls_context(self.label, self._ca)
        implicit = way.tls == "implicit"
        line = IMAPClient(
            way.host,
            way.port,
            ssl=implicit,
            ssl_context=context if implicit else None,
            timeout=SocketTimeout(CONNECT_S, READ_S),
            use_uid=True,
        )
        line.normalise_times = False  # else they come in this computer's zone, without saying so
        try:
            if not implicit:
                # Some servers take a password in the clear whatever they announce, so nothing is
                # said to them before the line is encrypted.
                if not line.has_capability("STARTTLS"):
                    raise DeliveryError(
                        f"The server of {self.label} offers no encrypted line, so no password was "
                        "given to it and it was not looked into. Ask IT to look at its settings."
                    )
                line.starttls(context)
            if way.auth == "oauth2":
                account = OfficeAccount(
                    tenant=way.tenant,
                    client_id=way.client_id,
                    label=self.label,
                    secret=f"mailbox-{way.id}",
                )
                line.oauth2_login(way.user, self._token(account, secret))
            else:
                line.login(way.user, secret)
        except BaseException:
            with suppress(Exception):
                line.shutdown()
            raise
        return line


class ImapSession:
    """The mailbox while it is looked into."""

    def __init__(self, line: IMAPClient, way: MailboxWay) -> None:
        self._line = line
        self._way = way
        found = line.select_folder(way.folder)
        self._uidvalidity = str(found.get(b"UIDVALIDITY", ""))
        allowed = {bytes(f) for f in found.get(b"PERMANENTFLAGS", ())}
        self._keywords = b"\\*" in allowed or TAKEN in allowed
        self._moves = bool(way.done_folder)
        self._folder_made = False

    @property
    def uidvalidity(self) -> str:
        """The numbering in force (RFC 3501 section 2.3.1.1)."""
        return self._uidvalidity

    def uids(self) -> tuple[str, ...]:
        """What lies there and was not marked as taken, oldest first."""
        asked: list[Any] = ["UNDELETED"]
        if self._keywords and not self._moves:
            asked += ["UNKEYWORD", TAKEN]
        return tuple(str(uid) for uid in sorted(self._line.search(asked)))

    def fetch(self, uid: str) -> Arrived | None:
        """The message, not marked as read. One too large comes without its bytes, and says so."""
        number = int(uid)
        about = self._line.fetch([number], ["RFC822.SIZE", "INTERNALDATE"]).get(number)
        if about is None:
            return None
        moment = about.get(b"INTERNALDATE")
        size = int(about.get(b"RFC822.SIZE", 0))
        if size > LARGEST:
            return Arrived(
                uid=uid,
                kind=ArrivedKind.MAIL,
                untrusted_bytes=b"",
                name=f"message-{uid}.eml",
                arrived_at=moment,
                words=f"It is {size // 1_000_000} MB, larger than is fetched.",
                failed=True,
            )
        data = self._line.fetch([number], ["BODY.PEEK[]"]).get(number, {}).get(b"BODY[]")
        if data is None:
            return None
        return Arrived(
            uid=uid,
            kind=ArrivedKind.MAIL,
            untrusted_bytes=bytes(data),
            name=f"message-{uid}.eml",
            arrived_at=moment,
        )

    def acknowledge(self, uid: str) -> None:
        """Move it to the folder for what is done, or mark it there."""
        number = [int(uid)]
        if self._keywords:
            self._line.add_flags(number, [TAKEN, b"\\Seen"], silent=True)
        if not self._moves:
            return
        self._make_folder()
        if self._line.has_capability("MOVE"):
            self._line.move(number, self._way.done_folder)
            return
        self._line.copy(number, self._way.done_folder)
        self._line.delete_messages(number, silent=True)
        if self._line.has_capability("UIDPLUS"):
            self._line.uid_expunge(number)  # only ours: others may delete here too

    def _make_folder(self) -> None:
        if not self._folder_made:
            if not self._line.folder_exists(self._way.done_folder):
                self._line.create_folder(self._way.done_folder)
            self._folder_made = True


@contextmanager
def _in_words(label: str) -> Iterator[None]:
    from imapclient.exceptions import IMAPClientError, LoginError

    try:
        yield
    except DeliveryError:
        raise
    except LoginError as fault:
        raise DeliveryError(
            f"The server of {label} did not let Fanlight in: its password may be out of date. "
            "Mail waits there. Ask IT to set the password."
        ) from fault
    except ssl.SSLError as fault:
        raise DeliveryError(
            f"A secure line to the server of {label} could not be made: it is not trusted. Mail "
            "waits there. Ask IT to look at its certificate."
        ) from fault
    except (IMAPClientError, OSError, ValueError) as fault:
        raise DeliveryError(
            f"{label} could not be read to the end. What was taken in is safe, the rest waits "
            "there; it is looked for again in a minute."
        ) from fault
