"""The hub's mailbox at NHS MESH: messages out, messages and reports in.

A local id does not keep MESH from taking a message twice, so what may have been sent is looked up
under it before it is sent again. A REPORT is about one of ours and is no message of anybody's.
Nothing is acknowledged before it is committed here; what is not is given again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triage.domain.errors import DeliveryError
from triage.domain.partner import MeshWay
from triage.domain.request import MessageState, OutMessage
from triage.partners.arrived import Arrived, ArrivedKind
from triage.partners.smtp import wait_after
from triage.partners.tls import tls_context

_Client = Any
"""MESH's own client as `_client_class` makes it; it has few types of its own."""

TIMEOUT_S = 20.0
"""Seconds between two reads; the client's own is ten minutes."""

AT_MOST = 500
"""Messages listed at once, as the API allows."""

LARGEST = 60_000_000
NAME = "mesh"


class MeshPost:
    """One MESH mailbox, both ways. The keys come from the vault, never from a file of settings."""

    def __init__(
        self,
        way: MeshWay,
        *,
        ca: Path | None,
        certificate: Path | None,
        password: str | None,
        shared_key: str | None,
    ) -> None:
        self._way = way
        self._ca = ca
        self._certificate = certificate
        self._password = password
        self._shared_key = shared_key

    name = NAME
    new_contacts = False
    every = timedelta(minutes=5)
    """MESH asks not to be polled more often; and at least daily, as what is not taken goes back
    after five days."""
    label = "NHS MESH"

    def send(self, message: OutMessage, at: datetime) -> OutMessage:
        """Send it once, unless MESH has it already; say where it then stands. Never raises."""
        before = message
        message = replace(message, attempts=message.attempts + 1, next_attempt_at=None)
        later = at + wait_after(message.attempts)
        try:
            with self._client() as client:
                self._reach(client)
                if before.attempts or before.state is MessageState.UNKNOWN:
                    held = self._held(client, message.local_id)
                    if held:
                        return replace(
                            message,
                            state=MessageState.SENT,
                            sent_at=at,
                            channel_id=held,
                            words="MESH had it already.",
                        )
                return self._sent(client, message, at, later)
        except DeliveryError as fault:
            # What was unknown stays so: it is looked up again before it is sent again.
            state = MessageState.WAITING
            if before.state is MessageState.UNKNOWN:
                state = MessageState.UNKNOWN
            return replace(message, state=state, next_attempt_at=later, words=str(fault))

    def _reach(self, client: _Client) -> None:
        """Sign in, so that a key that is out of date is known before anything is sent."""
        from requests import RequestException

        try:
            client.handshake()
        except RequestException as fault:
            code = fault.response.status_code if fault.response is not None else 0
            if code in (401, 403):
                raise DeliveryError(
                    "MESH did not let Fanlight in: its keys may be out of date. Nothing was sent."
                ) from fault
            raise DeliveryError("MESH could not be reached. Nothing was sent.") from fault

    def _held(self, client: _Client, local_id: str) -> str:
        from requests import RequestException

        try:
            return str(client.of_local_id(local_id))
        except (RequestException, ValueError) as fault:
            raise DeliveryError(
                "MESH did not say whether it has the message. It was not sent again."
            ) from fault

    def _sent(
        self, client: _Client, message: OutMessage, at: datetime, later: datetime
    ) -> OutMessage:
        from mesh_client import MeshError
        from requests import RequestException

        try:
            channel_id = client.send_message(
                message.to,
                message.document,
                workflow_id=self._way.workflow,
                local_id=message.local_id,
                subject="Request for information",
                filename=f"{message.local_id}.json",
                content_type="application/json",
            )
        except MeshError as fault:
            words = f"MESH did not take it: {_plain(fault.args[0] if fault.args else fault)}."
            return replace(message, state=MessageState.FAILED, words=words)
        except (RequestException, OSError, ValueError, LookupError, TypeError):
            # Also an answer that is not what MESH's client takes for one.
            return replace(
                message,
                state=MessageState.UNKNOWN,
                next_attempt_at=later,
                words="The line broke before MESH said that it had the message.",
            )
        return replace(
            message, state=MessageState.SENT, sent_at=at, channel_id=channel_id, words=""
        )

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        """Those that the recipient acknowledged to MESH; none where MESH can't be asked now."""
        from requests import RequestException

        found = []
        try:
            with self._client() as client:
                for message in messages:
                    told = client.track_message(message.channel_id)
                    if str(told.get("status", "")).casefold() == "acknowledged":
                        found.append(message)
        except (DeliveryError, RequestException, ValueError, OSError):
            return tuple(found)  # it is asked again at the next round
        return tuple(found)

    @contextmanager
    def opened(self) -> Iterator[MeshSession]:
        """Look into the mailbox. Raises DeliveryError where it can't be."""
        from mesh_client import MeshError
        from requests import RequestException

        with self._client() as client:
            try:
                self._reach(client)
                yield MeshSession(client)
            except (
                RequestException,
                MeshError,
                OSError,
                ValueError,
                LookupError,
                TypeError,
            ) as fault:
                raise DeliveryError(
                    "The MESH mailbox could not be read to the end. What was taken in is safe, "
                    "the rest waits there; it is looked for again in a minute."
                ) from fault

    @contextmanager
    def _client(self) -> Iterator[_Client]:
        if self._password is None or self._shared_key is None:
            raise DeliveryError(
                "The keys of the MESH mailbox are not on this computer, so it was not reached. "
                "Ask IT to set them: fanlightctl secret set mesh-password, and mesh-shared-key"
            )
        context = tls_context("MESH", self._ca, self._certificate)
        client = _client_class()(
            self._way.url,
            self._way.mailbox,
            self._password,
            shared_key=self._shared_key.encode(),
            timeout=TIMEOUT_S,
            max_retries=0,  # it would send a POST twice; here each try is looked up first
        )
        try:
            client.on_this_line(context)
            yield client
        finally:
            client.close()


class MeshSession:
    """The mailbox while it is looked into. MESH numbers its messages once and for all."""

    uidvalidity = "1"

    def __init__(self, client: _Client) -> None:
        self._client = client

    def uids(self) -> tuple[str, ...]:
        """What lies there, as MESH lists it."""
        return tuple(self._client.list_messages(max_results=AT_MOST))

    def fetch(self, uid: str) -> Arrived | None:
        """One message whole, or the report that it is."""
        message = self._client.retrieve_message(uid)
        kind = str(message.message_type or "").upper()
        linked = _header(message, "linkedmsgid")
        local = str(message.local_id or "")
        if kind == "REPORT":
            said = " ".join(
                w
                for w in (
                    _header(message, "statusdescription"),
                    _header(message, "statuscode"),
                )
                if w
            )
            return Arrived(
                uid=uid,
                kind=ArrivedKind.REPORT,
                untrusted_bytes=b"",
                name=f"{uid}.report",
                answers=tuple(a for a in (linked, local) if a),
                sender=str(message.sender or ""),
                words=_plain(said),
                failed=_header(message, "statussuccess").upper() != "SUCCESS",
            )
        data = message.read(LARGEST + 1)
        if len(data) > LARGEST:
            return Arrived(
                uid=uid,
                kind=ArrivedKind.DOCUMENT,
                untrusted_bytes=b"",
                name=f"{uid}.json",
                sender=str(message.sender or ""),
                words="It is larger than is fetched.",
                failed=True,
            )
        return Arrived(
            uid=uid,
            kind=ArrivedKind.DOCUMENT,
            untrusted_bytes=data,
            name=_file_name(str(message.filename or ""), uid),
            answers=tuple(a for a in (local, linked) if a),
            sender=str(message.sender or ""),
            words=_plain(message.subject or ""),
        )

    def acknowledge(self, uid: str) -> None:
        """Tell MESH that it was taken in; the sender can then see that it arrived."""
        self._client.acknowledge_message(uid)


def _client_class() -> Any:
    """MESH's own client, with the look-up by local id that it lacks, on a line of our choosing."""
    from mesh_client import MeshClient
    from requests.adapters import HTTPAdapter

    class OnLine(HTTPAdapter):
        def __init__(self, context: Any) -> None:
            self._context = context
            super().__init__(max_retries=0)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

        def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
            """Leave the certificates to the context: requests would add a bundle of its own."""

    class Client(MeshClient):  # type: ignore[misc, unused-ignore]
        def on_this_line(self, context: Any) -> None:
            self._session.trust_env = False
            self._session.adapters.clear()
            self._session.mount("https://", OnLine(context))

        def of_local_id(self, local_id: str) -> str:
            """The message that MESH has under our local id; "" where it has none.

            Where it has several, the first is taken: it has the message, and that is what counts.
            """
            from urllib.parse import quote

            answer = self._session.get(
                f"{self.mailbox_url}/outbox/tracking/{quote(local_id, safe='')}",
                headers={"Accept": "application/json"},
                timeout=self._timeout,
                allow_redirects=False,
            )
            if answer.status_code == 404:
                return ""
            if answer.status_code == 300:
                return local_id
            answer.raise_for_status()
            held = answer.json()
            found = held.get("messageId") or held.get("message_id") or local_id
            return str(found)

    return Client


def _header(message: Any, name: str) -> str:
    return str(message.mex_header(name) or "")


def _file_name(said: str, uid: str) -> str:
    plain = "".join(c for c in said if c.isprintable() and c not in '/\\:"<>|?*').strip()
    return plain[:120] or f"{uid}.json"


def _plain(said: object) -> str:
    words = str(said)
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:300]
