"""Decisions laid into a council's folder over real SSH: one case there, whatever happens."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncssh
import pytest

from tests.export.conftest import AT, Clock, Drawer, a_delivery
from triage.domain.decision import Delivery, OutboxState
from triage.export.keys import DeskKeys
from triage.export.sftp import DropAddress, SftpDrop, client_key, public_client_key
from triage.practice.council import Council

SECONDS = timedelta(seconds=1)


class FileServer:
    """An SFTP server on loopback, in a thread of its own; `deaf` never lets anybody in."""

    def __init__(self, root: Path, allowed: str) -> None:
        self.root = root
        self.deaf = False
        self.cut_at_rename = False
        self._host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.fingerprint = self._host_key.get_fingerprint()
        self._allowed = asyncssh.import_authorized_keys(allowed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.port: int = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    async def _listen(self) -> int:
        server = self

        class Folder(asyncssh.SFTPServer):
            def __init__(self, channel: "asyncssh.SSHServerChannel[bytes]") -> None:
                super().__init__(channel, chroot=str(server.root))
                self._line = channel.get_connection()

            def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
                super().posix_rename(oldpath, newpath)  # type: ignore[no-untyped-call]
                if server.cut_at_rename:
                    self._line.abort()

        class Door(asyncssh.SSHServer):
            async def begin_auth(self, username: str) -> bool:  # type: ignore[override]
                if server.deaf:
                    await asyncio.Event().wait()
                return True

        self._server = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Door,
            server_host_keys=[self._host_key],
            authorized_client_keys=self._allowed,
            sftp_factory=Folder,
        )
        return self._server.get_port()

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            await self._server.wait_closed()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def server(tmp_path: Path, drawer: Drawer) -> Iterator[FileServer]:
    (tmp_path / "files" / "decisions").mkdir(parents=True)
    found = FileServer(tmp_path / "files", public_client_key(drawer))
    yield found
    found.stop()


@pytest.fixture
def council(tmp_path: Path, keys: DeskKeys, clock: Clock) -> Council:
    return Council(tmp_path / "council", hub_jwks=keys.jwks, now=clock)


@pytest.fixture
def decision(signed_bytes: bytes, keys: DeskKeys) -> Delivery:
    found = a_delivery(signed_bytes, keys)
    return replace(found, idempotency_key=str(found.decision_id))


@pytest.fixture
def drop(
    server: FileServer, council: Council, clock: Clock, drawer: Drawer
) -> Callable[..., SftpDrop]:
    def make(*, host_key: str = "", whole: float = 30, port: int = 0) -> SftpDrop:
        return SftpDrop(
            DropAddress.of(f"sftp://fanlight@127.0.0.1:{port or server.port}/decisions"),
            host_key=host_key or server.fingerprint,
            client_key=lambda: client_key(drawer),
            receipt_jwks=council.receipt_jwks(),
            whole=whole,
            now=clock,
            council="Northmere Council",
        )

    return make


def lying(server: FileServer) -> list[str]:
    return sorted(path.name for path in (server.root / "decisions").iterdir())


def test_decision_laid_there_is_accepted_once_its_signed_receipt_lies_beside_it(
    server: FileServer, drop: Callable[..., SftpDrop], council: Council, decision: Delivery
) -> None:
    sent = drop().deliver(decision)
    assert (sent.state, sent.sent_at) == (OutboxState.SENT, AT)
    assert lying(server) == [f"{decision.decision_id}.jws"]
    assert (server.root / "decisions" / lying(server)[0]).read_bytes() == decision.document
    waiting = drop().reconcile(sent)
    assert waiting.state is OutboxState.SENT
    council.take_files(server.root / "decisions")
    after = drop().reconcile(waiting)
    assert (after.state, after.case_number) == (OutboxState.ACCEPTED, "NC-26-00001")
    assert after.receipt == council.cases()[0].receipt


def test_decision_laid_there_twice_is_one_case(
    server: FileServer, drop: Callable[..., SftpDrop], council: Council, decision: Delivery
) -> None:
    for _ in range(2):
        drop().deliver(decision)
        council.take_files(server.root / "decisions")
    assert drop().reconcile(decision).case_number == "NC-26-00001"
    assert len(council.cases()) == 1


def test_server_with_another_key_is_not_trusted_and_gets_nothing(
    server: FileServer, drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    after = drop(host_key="SHA256:" + "A" * 43).deliver(decision)
    assert after.state is OutboxState.WAITING
    assert server.fingerprint in after.words
    assert after.next_attempt_at == AT + 30 * SECONDS
    assert lying(server) == []


def test_desk_whose_key_the_council_does_not_know_is_told_to_ask_it(
    server: FileServer, drop: Callable[..., SftpDrop], decision: Delivery, drawer: Drawer
) -> None:
    drawer.kept.clear()
    after = drop().deliver(decision)
    assert after.state is OutboxState.WAITING
    assert "does not let this desk in by its key. Ask IT." in after.words


def test_refused_decision_comes_back_with_the_councils_words(
    server: FileServer, drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    folder = server.root / "decisions"
    drop().deliver(decision)
    (folder / f"{decision.decision_id}.jws").unlink()
    (folder / f"{decision.decision_id}.refused.txt").write_text("The child is\nunknown here.")
    after = drop().reconcile(decision)
    assert (after.state, after.words) == (OutboxState.REJECTED, "The child is unknown here.")


def test_receipt_for_another_decision_is_not_taken_for_an_answer(
    server: FileServer, drop: Callable[..., SftpDrop], council: Council, decision: Delivery
) -> None:
    drop().deliver(decision)
    council.take_files(server.root / "decisions")
    after = drop().reconcile(replace(decision, payload_sha256="0" * 64))
    assert after.state is OutboxState.UNKNOWN
    assert "receipt for something else" in after.words


def test_line_that_breaks_at_the_renaming_is_unknown_until_it_is_looked_for(
    server: FileServer, drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    server.cut_at_rename = True
    after = drop().deliver(decision)
    assert after.state is OutboxState.UNKNOWN
    assert "may lie there" in after.words
    server.cut_at_rename = False
    assert drop().reconcile(after).state is OutboxState.SENT


def test_decision_that_never_arrived_is_laid_there_again(
    drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    after = drop().reconcile(decision)
    assert (after.state, after.next_attempt_at) == (OutboxState.WAITING, AT)


def test_server_that_never_answers_ends_at_the_limit(
    server: FileServer, drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    server.deaf = True
    after = drop(whole=0.5).deliver(decision)
    assert after.state is OutboxState.UNKNOWN
    assert "did not answer in time" in after.words


def test_nobody_at_the_address_keeps_the_decision_waiting(
    drop: Callable[..., SftpDrop], decision: Delivery
) -> None:
    after = drop(port=1).deliver(decision)
    assert (after.state, after.words) == (
        OutboxState.WAITING,
        "Northmere Council could not be reached. Nothing was left there.",
    )


@pytest.mark.parametrize(
    "url",
    ["https://c.example/x", "sftp://c.example/x", "sftp://u@c.example", "sftp://u:p@c.example/x"],
)
def test_address_without_user_host_and_folder_or_with_a_password_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"folder|password"):
        DropAddress.of(url)
