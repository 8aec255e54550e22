"""The way to a council that takes files: the same signed document, laid into its SFTP folder.

The document is written as `DECISION.jws.part` and renamed in one step, so the council never reads
half of one. It answers with `DECISION.receipt.jws`, signed, or with `DECISION.refused.txt`, in
words, before it takes the document away. Names hold the decision's id and nothing of a family.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit

from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import SignatureError
from triage.export import signing
from triage.export.delivery import LARGEST_REPLY, accepted, backoff, plain_words
from triage.export.keys import Vault

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SSHKey

T = TypeVar("T")

CLIENT_KEY = "sftp-key"
LONGEST_LOOK = timedelta(minutes=5)
"""Between two looks for a receipt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAddress:
    """Where a council takes files, read from `sftp://user@host:port/folder`."""

    host: str
    port: int
    user: str
    folder: str

    @classmethod
    def of(cls, url: str) -> "DropAddress":
        """Raises ValueError for anything that names no user, host and folder, or a password."""
        parts = urlsplit(url)
        folder = unquote(parts.path).rstrip("/")
        if parts.scheme != "sftp" or not (parts.hostname and parts.username and folder):
            raise ValueError("A council's folder is named as sftp://user@host/folder.")
        if parts.password is not None:
            raise ValueError("A password does not belong in the settings; a key is used.")
        return cls(
            host=parts.hostname, port=parts.port or 22, user=unquote(parts.username), folder=folder
        )


def client_key(vault: Vault) -> bytes:
    """This desk's private key for councils' folders (Ed25519, OpenSSH form); made when first
    asked for. Raises SecretsError."""
    kept = vault.get(CLIENT_KEY)
    if kept is None:
        import asyncssh

        kept = asyncssh.generate_private_key("ssh-ed25519", comment="fanlight").export_private_key()
        vault.put(CLIENT_KEY, kept)
    return kept


def public_client_key(vault: Vault) -> str:
    """The line that the council's IT lets this desk in by. Raises SecretsError."""
    import asyncssh

    key = asyncssh.import_private_key(client_key(vault))
    return key.export_public_key().decode().strip()


class _Fault(Exception):
    """What went wrong, in words; `laid` is True where the document may be in its place."""

    def __init__(self, words: str, *, laid: bool = False) -> None:
        super().__init__(words)
        self.words, self.laid = words, laid


class SftpDrop:
    """One council's folder. Each call is one exchange, over within `whole` seconds.

    `host_key` is the only key of the server that is believed, as `SHA256:…` (the way ssh-keygen -l
    shows it); `client_key` gives this desk's private key when it is needed, in OpenSSH form.
    `receipt_jwks` are the public keys of the council's receipts.
    """

    def __init__(
        self,
        address: DropAddress,
        *,
        host_key: str,
        client_key: Callable[[], bytes],
        receipt_jwks: Mapping[str, Any],
        whole: float = 30.0,
        now: Callable[[], datetime] | None = None,
        council: str = "the council",
    ) -> None:
        self._address = address
        self._host_key = host_key
        self._client_key = client_key
        self._receipt_jwks = receipt_jwks
        self._whole = whole
        self._now = now or (lambda: datetime.now(UTC))
        self._council = council

    def deliver(self, delivery: Delivery) -> Delivery:
        """Lay the document into the folder and say where it then stands.

        SENT once it is there under its name; WAITING where it can't be; UNKNOWN where the line
        broke at the renaming. Never raises for the network.
        """
        at = self._now()
        delivery = replace(delivery, attempts=delivery.attempts + 1, next_attempt_at=None)
        try:
            self._with_folder(lambda sftp: self._lay(sftp, delivery))
        except _Fault as fault:
            due = at + backoff(delivery.attempts)
            if fault.laid:
                words = f"{fault.words} The decision may lie there."
                return replace(
                    delivery,
                    state=OutboxState.UNKNOWN,
                    sent_at=at,
                    next_attempt_at=due,
                    words=words,
                )
            words = f"{fault.words} Nothing was left there."
            return replace(delivery, state=OutboxState.WAITING, next_attempt_at=due, words=words)
        return self._lies_there(replace(delivery, sent_at=at), at)

    def reconcile(self, delivery: Delivery) -> Delivery:
        """Look for the council's answer and say where the document then stands.

        ACCEPTED by its receipt; REJECTED with its words; SENT while the document still lies there;
        WAITING, due now, where neither it nor an answer is there; UNKNOWN where nobody can tell.
        """
        at = self._now()
        delivery = replace(delivery, attempts=delivery.attempts + 1, next_attempt_at=None)
        due = at + min(backoff(delivery.attempts), LONGEST_LOOK)
        try:
            found = self._with_folder(lambda sftp: self._look(sftp, delivery))
        except _Fault as fault:
            return replace(
                delivery, state=OutboxState.UNKNOWN, next_attempt_at=due, words=fault.words
            )
        if found.untrusted_receipt:
            try:
                return accepted(delivery, found.untrusted_receipt, self._receipt_jwks)
            except SignatureError as fault:
                words = f"The receipt could not be relied on. {fault}"
                return replace(
                    delivery, state=OutboxState.UNKNOWN, next_attempt_at=due, words=words
                )
        if found.untrusted_refusal:
            words = plain_words(found.untrusted_refusal.decode("utf-8", "replace"))
            words = words or f"{self._name} gave no reason."
            return replace(delivery, state=OutboxState.REJECTED, words=words)
        if found.lies_there:
            return self._lies_there(delivery, at)
        words = f"{self._name} does not have it yet. It will be laid there again."
        return replace(delivery, state=OutboxState.WAITING, next_attempt_at=at, words=words)

    def _lies_there(self, delivery: Delivery, at: datetime) -> Delivery:
        return replace(
            delivery,
            state=OutboxState.SENT,
            next_attempt_at=at + min(backoff(delivery.attempts), LONGEST_LOOK),
            words="It lies in the council's folder.",
        )

    @property
    def _name(self) -> str:
        return self._council[:1].upper() + self._council[1:]

    def _path(self, delivery: Delivery, ending: str) -> str:
        return f"{self._address.folder}/{delivery.decision_id}{ending}"

    async def _lay(self, sftp: "SFTPClient", delivery: Delivery) -> None:
        from asyncssh import Error

        part, whole = self._path(delivery, ".jws.part"), self._path(delivery, ".jws")
        async with sftp.open(part, "wb") as file:
            await file.write(signing.with_stamp(delivery.document, delivery.time_stamp))
        try:
            await sftp.posix_rename(part, whole)
        except (Error, OSError) as fault:
            raise _Fault(f"The line to {self._council} broke.", laid=True) from fault

    async def _look(self, sftp: "SFTPClient", delivery: Delivery) -> "_Found":
        # The council takes the document away last, so it is looked for first: whatever becomes of
        # it meanwhile, its answer is there by then.
        lies_there = await sftp.exists(self._path(delivery, ".jws"))
        return _Found(
            lies_there=lies_there,
            untrusted_receipt=await self._read(sftp, self._path(delivery, ".receipt.jws")),
            untrusted_refusal=await self._read(sftp, self._path(delivery, ".refused.txt")),
        )

    async def _read(self, sftp: "SFTPClient", path: str) -> bytes:
        from asyncssh import SFTPNoSuchFile

        try:
            async with sftp.open(path, "rb") as file:
                read = await file.read(LARGEST_REPLY + 1)
        except SFTPNoSuchFile:
            return b""
        assert isinstance(read, bytes)  # opened so
        if len(read) > LARGEST_REPLY:
            raise _Fault(f"{self._name}'s answer was far too long.")
        return read

    def _with_folder(self, deed: Callable[["SFTPClient"], Awaitable[T]]) -> T:
        """Do something in the folder; every fault comes as a _Fault."""
        return asyncio.run(self._in_time(deed))

    async def _in_time(self, deed: Callable[["SFTPClient"], Awaitable[T]]) -> T:
        try:
            return await asyncio.wait_for(self._connected(deed), self._whole)
        except TimeoutError as fault:
            raise _Fault(f"{self._name} did not answer in time.", laid=True) from fault

    async def _connected(self, deed: Callable[["SFTPClient"], Awaitable[T]]) -> T:
        import asyncssh

        pinned = self._host_key
        shown: list[str] = []

        class OnlyThePinnedKey(asyncssh.SSHClient):
            def validate_host_public_key(
                self, host: str, addr: str, port: int, key: "SSHKey"
            ) -> bool:
                shown.append(key.get_fingerprint())
                return key.get_fingerprint() == pinned

        try:
            client_key = asyncssh.import_private_key(self._client_key())
        except asyncssh.KeyImportError as fault:
            raise _Fault("This desk's key for the council's folder can't be read.") from fault
        address = self._address
        try:
            async with contextlib.AsyncExitStack() as open_things:
                line = await open_things.enter_async_context(
                    asyncssh.connect(
                        address.host,
                        address.port,
                        username=address.user,
                        client_keys=[client_key],
                        client_factory=OnlyThePinnedKey,
                        # Nothing of this user's own ssh settings, agents or known hosts is used.
                        known_hosts=b"",
                        config=None,
                        agent_path=None,
                        preferred_auth="publickey",
                    )
                )
                sftp = await open_things.enter_async_context(line.start_sftp_client())
                return await deed(sftp)
        except asyncssh.HostKeyNotVerifiable as fault:
            raise _Fault(
                f"The server of {self._council} showed another key ({shown[-1] if shown else '?'}) "
                "than the one in this hub's settings, so it was not trusted. Ask IT."
            ) from fault
        except asyncssh.PermissionDenied as fault:
            raise _Fault(f"{self._name} does not let this desk in by its key. Ask IT.") from fault
        except asyncssh.SFTPError as fault:
            raise _Fault(f"{self._name}'s folder refused it ({fault.reason}).") from fault
        except (asyncssh.Error, OSError) as fault:
            raise _Fault(f"{self._name} could not be reached.") from fault


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    lies_there: bool
    untrusted_receipt: bytes
    untrusted_refusal: bytes
