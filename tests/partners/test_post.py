"""The ways to partners, on real servers: encrypted or not at all, and what is not known is said."""

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests import factory
from tests.partners.conftest import Serve
from tests.post import mail, post_of
from triage.domain.errors import DeliveryError
from triage.domain.partner import MailboxWay, MeshWay, RequestRules, SmtpWay
from triage.domain.request import MessageState, OutMessage, Via
from triage.partners.arrived import ArrivedKind
from triage.partners.imap import ImapMailbox
from triage.partners.mesh import MeshPost
from triage.partners.post import Post
from triage.practice.partners.stand_in import Answered, Asked
from triage.practice.post_servers import HOST, THEIR_MESH, MailOut, PostServers, free_port

RULES = RequestRules()
TO = "tenancy-duty@northmere-housing.example"


def _message(
    via: Via = Via.EMAIL, local_id: str = "<r-26-00001.1.a@northmere.example>"
) -> OutMessage:
    return OutMessage(
        id=factory.numbered(local_id)(),
        request_id=factory.numbered("r")(),
        kind="request",
        via=via,
        to=TO if via is Via.EMAIL else THEIR_MESH,
        local_id=local_id,
        document=mail("Please tell us", message_id=local_id) if via is Via.EMAIL else b'{"a": 1}',
        state=MessageState.WAITING,
        made_at=factory.NOW,
    )


def _post(servers: PostServers, **facts: object) -> Post:
    return post_of(servers, RULES, lambda: factory.NOW, **facts)


def _imap(servers: PostServers) -> ImapMailbox:
    (box, *_) = _post(servers).mailboxes()
    assert isinstance(box, ImapMailbox)
    return box


def _mesh(servers: PostServers) -> MeshPost:
    (*_, box) = _post(servers).mailboxes()
    assert isinstance(box, MeshPost)
    return box


# --- e-mail out


def test_mail_goes_out_encrypted_and_as_the_bytes_that_were_committed(servers: PostServers) -> None:
    message = _message()
    sent = _post(servers).send(message)
    assert (sent.state, sent.sent_at, sent.attempts) == (MessageState.SENT, factory.NOW, 1)
    ((to, data),) = servers.out.taken
    assert to == TO
    assert data.replace(b"\r\n", b"\n").strip() == message.document.strip()


def test_a_server_without_encryption_is_given_neither_password_nor_message(
    servers: PostServers,
) -> None:
    plain = MailOut(servers.certificates, "x", tls=False)
    plain.start()
    try:
        way = replace(servers.rules(RULES).smtp or SmtpWay(host=HOST), port=plain.port)
        sent = _post(servers, smtp=way).send(_message())
    finally:
        plain.stop()
    assert sent.state is MessageState.FAILED
    assert "no encrypted line" in sent.words
    assert plain.taken == []


def test_a_server_that_nobody_vouches_for_is_sent_nothing(
    servers: PostServers, tmp_path: Path
) -> None:
    stranger = PostServers(tmp_path / "stranger")
    way = replace(servers.rules(RULES).smtp or SmtpWay(host=HOST), ca=str(stranger.certificates.ca))
    sent = _post(servers, smtp=way).send(_message())
    assert sent.state is MessageState.WAITING
    assert "not trusted" in sent.words
    assert servers.out.taken == []


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("550 5.1.1 No such mailbox here", MessageState.FAILED),
        ("451 4.7.1 Try again later", MessageState.WAITING),
    ],
)
def test_a_refusal_for_good_fails_and_one_for_now_waits(
    servers: PostServers, said: str, state: MessageState
) -> None:
    servers.out.on_mail = lambda to, data: said
    sent = _post(servers).send(_message())
    assert sent.state is state
    assert said[4:] in sent.words
    assert (sent.next_attempt_at is None) is (state is MessageState.FAILED)


def test_a_line_that_breaks_before_the_answer_leaves_it_unknown_and_the_same_bytes_go_again(
    servers: PostServers,
) -> None:
    servers.out.cut_after = 1
    post = _post(servers)
    sent = post.send(_message())
    assert sent.state is MessageState.UNKNOWN
    again = post.send(sent)
    assert again.state is MessageState.SENT
    (_, first), (_, second) = servers.out.taken
    assert first == second  # under one Message-ID, so that whoever gets both can tell


def test_no_mail_server_is_a_wait_and_a_wrong_password_says_so(servers: PostServers) -> None:
    way = servers.rules(RULES).smtp or SmtpWay(host=HOST)
    away = _post(servers, smtp=replace(way, port=free_port())).send(_message())
    assert (away.state, away.words) == (
        MessageState.WAITING,
        "The mail server could not be reached.",
    )
    wrong = Post(
        servers.rules(RULES), folder=servers.folder, secret=lambda _: "x", now=lambda: factory.NOW
    ).send(_message())
    assert wrong.state is MessageState.WAITING
    assert "password may be out of date" in wrong.words


# --- the shared mailbox


def test_a_message_is_read_unmarked_and_moved_only_when_acknowledged(servers: PostServers) -> None:
    data = mail("Nothing held.")
    servers.deliver(data)
    with _imap(servers).opened() as session:
        (uid,) = session.uids()
        arrived = session.fetch(uid)
        assert arrived is not None
        assert arrived.untrusted_bytes.replace(b"\r\n", b"\n") == data
    line = servers.mailbox()
    line.select_folder("INBOX", readonly=True)
    assert line.get_flags([int(uid)])[int(uid)] == (b"\\Recent",) or not any(
        b"Seen" in f for f in line.get_flags([int(uid)])[int(uid)]
    )
    line.logout()
    with _imap(servers).opened() as session:
        session.acknowledge(uid)
        assert session.uids() == ()
    line = servers.mailbox()
    assert line.select_folder("Processed")[b"EXISTS"] == 1
    line.logout()


def test_a_mailbox_without_encryption_is_never_given_the_password(servers: PostServers) -> None:
    import socket
    import threading

    heard: list[bytes] = []
    listener = socket.create_server((HOST, 0))

    def answer() -> None:
        with contextlib.suppress(OSError):
            line, _ = listener.accept()
            with line:
                line.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] here\r\n")
                while said := line.recv(4096):
                    heard.append(said)
                    tag = said.split()[0]
                    line.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n" + tag + b" OK done\r\n")

    thread = threading.Thread(target=answer)
    thread.start()
    way = MailboxWay(
        id="shared",
        label="MASH shared mailbox",
        host=HOST,
        port=listener.getsockname()[1],
        tls="starttls",
        user="mash",
    )
    box = ImapMailbox(way, ca=servers.certificates.ca, secret=lambda: "hush-hush")
    with pytest.raises(DeliveryError, match="no encrypted line"), box.opened():
        pass
    listener.close()
    thread.join()
    assert not any(b"hush-hush" in said or b"LOGIN" in said for said in heard)


def test_a_mailbox_that_nobody_vouches_for_is_never_given_the_password(
    servers: PostServers, tmp_path: Path
) -> None:
    stranger = PostServers(tmp_path / "stranger")
    way = servers.rules(RULES).mailboxes[0]
    box = ImapMailbox(way, ca=stranger.certificates.ca, secret=lambda: servers.password)
    with pytest.raises(DeliveryError, match="not trusted"), box.opened():
        pass


def test_a_wrong_password_and_a_missing_one_say_what_to_do(servers: PostServers) -> None:
    way = servers.rules(RULES).mailboxes[0]
    ca = servers.certificates.ca
    with (
        pytest.raises(DeliveryError, match="did not let Fanlight in"),
        ImapMailbox(way, ca=ca, secret=lambda: "wrong").opened(),
    ):
        pass
    with (
        pytest.raises(DeliveryError, match="secret set mailbox-shared"),
        ImapMailbox(way, ca=ca, secret=lambda: None).opened(),
    ):
        pass


def test_a_mailbox_is_let_go_of_at_once_when_the_program_ends(servers: PostServers) -> None:
    servers.deliver(mail("Nothing held."))
    post = _post(servers)
    (box, *_) = post.mailboxes()

    def look() -> None:
        with box.opened() as session:
            post.stop()
            session.uids()

    with pytest.raises(DeliveryError, match="the rest waits there"):
        look()
    assert post.mailboxes() == ()


# --- NHS MESH


def test_mesh_takes_a_message_under_our_local_id_and_not_twice(servers: PostServers) -> None:
    message = _message(Via.MESH, "r-26-00001.1.once")
    post = _post(servers)
    sent = post.send(message)
    assert sent.state is MessageState.SENT
    assert sent.channel_id
    # The answer was lost: what was sent is looked up before it is sent again.
    again = post.send(replace(message, state=MessageState.UNKNOWN, attempts=1))
    assert (again.state, again.channel_id) == (MessageState.SENT, sent.channel_id)
    assert _held_by_partner(servers, "r-26-00001.1.once") == [b'{"a": 1}']


def test_mesh_sends_what_it_never_had_after_an_unknown_outcome(servers: PostServers) -> None:
    message = replace(
        _message(Via.MESH, "r-26-00001.2.lost"), state=MessageState.UNKNOWN, attempts=1
    )
    assert _post(servers).send(message).state is MessageState.SENT
    assert _held_by_partner(servers, "r-26-00001.2.lost") == [b'{"a": 1}']


def test_mesh_refuses_an_unknown_mailbox_for_good(servers: PostServers) -> None:
    sent = _post(servers).send(replace(_message(Via.MESH, "r-26-00001.3.x"), to="X26NOBODY"))
    assert sent.state is MessageState.FAILED
    assert "Unregistered" in sent.words or "did not take it" in sent.words


def test_mesh_keys_that_are_wrong_or_missing_are_said(servers: PostServers) -> None:
    rules = servers.rules(RULES)
    for secret, words in (("wrong", "did not let Fanlight in"), (None, "not on this computer")):
        post = Post(
            rules, folder=servers.folder, secret=lambda _, s=secret: s, now=lambda: factory.NOW
        )
        sent = post.send(_message(Via.MESH, f"r-26-00001.4.{secret}"))
        assert sent.state is MessageState.WAITING
        assert words in sent.words


def test_a_large_mesh_message_comes_whole(servers: PostServers) -> None:
    import os

    data = os.urandom(200_000)
    _answer_by_mesh(servers, data, local_id="big", max_chunk_size=60_000)
    with _mesh(servers).opened() as session:
        found = [a for a in map(session.fetch, session.uids()) if a and a.answers[:1] == ("big",)]
        assert [a.untrusted_bytes for a in found] == [data]
        session.acknowledge(found[0].uid)


def test_a_mesh_report_is_told_from_a_message_by_its_type(servers: PostServers) -> None:
    sent = _post(servers).send(_message(Via.MESH, "r-26-00001.5.report"))
    report(servers, sent.channel_id, "r-26-00001.5.report")
    with _mesh(servers).opened() as session:
        arrived = [a for a in map(session.fetch, session.uids()) if a]
        (found,) = [a for a in arrived if "r-26-00001.5.report" in a.answers]
        assert (found.kind, found.failed, found.untrusted_bytes) == (ArrivedKind.REPORT, True, b"")
        assert sent.channel_id in found.answers
        for one in arrived:
            session.acknowledge(one.uid)


def _held_by_partner(servers: PostServers, local_id: str) -> list[bytes]:
    with _partner(servers) as client:
        found = [client.retrieve_message(i) for i in client.list_messages()]
        return [m.read() for m in found if m.local_id == local_id]


def _answer_by_mesh(servers: PostServers, data: bytes, **facts: object) -> None:
    with _partner(servers) as client:
        client.send_message("X26ABC1", data, workflow_id="TEST_WORKFLOW_ACK", **facts)


def _partner(servers: PostServers):  # type: ignore[no-untyped-def]
    from mesh_client import MeshClient

    assert servers.mesh is not None
    return MeshClient(
        f"https://{HOST}:{servers.mesh.port}",
        THEIR_MESH,
        "password",
        shared_key=b"TestKey",
        verify=str(servers.certificates.ca),
        timeout=20,
    )


def report(servers: PostServers, linked: str, local_id: str) -> None:
    """Let MESH report that one of ours was not delivered."""
    import requests

    assert servers.mesh is not None
    answer = requests.post(
        f"https://{HOST}:{servers.mesh.port}/messageexchange/admin/report",
        json={
            "mailbox_id": "X26ABC1",
            "code": "14",
            "description": "Message not collected by recipient after 5 days",
            "workflow_id": "TEST_WORKFLOW",
            "subject": "Request for information",
            "local_id": local_id,
            "status": "undeliverable",
            "file_name": "x.json",
            "linked_message_id": linked,
        },
        verify=str(servers.certificates.ca),
        timeout=20,
    )
    answer.raise_for_status()


def test_mesh_is_shown_the_hubs_certificate_and_lets_nobody_in_without(
    serve: Serve, tmp_path: Path
) -> None:
    def mesh(asked: Asked) -> Answered:
        odd = b"odd" in asked.body
        told = {"messages": []} if odd else {"message_id": "M1", "messages": []}
        return Answered(status=200, body=json.dumps(told).encode())

    server = serve(mesh, client_ca=True)
    made = server.certificates
    own = tmp_path / "mesh.pem"
    own.write_bytes(made.server.read_bytes() + made.server_key.read_bytes())
    way = MeshWay(url=server.url, mailbox="X26ABC1", workflow="W")

    def post(certificate: Path | None) -> MeshPost:
        keys = {"password": "p", "shared_key": "k"}
        return MeshPost(way, ca=made.ca, certificate=certificate, **keys)

    without = post(None).send(_message(Via.MESH, "R-1"), factory.NOW)
    assert (without.state, list(server.asked)) == (MessageState.WAITING, [])
    with pytest.raises(DeliveryError, match="could not be reached"), post(None).opened():
        pass
    shown = post(own).send(_message(Via.MESH, "R-1"), factory.NOW)
    assert (shown.state, shown.channel_id) == (MessageState.SENT, "M1"), shown.words
    odd = post(own).send(replace(_message(Via.MESH, "R-2"), document=b"odd"), factory.NOW)
    assert odd.state is MessageState.UNKNOWN, "looked up before it is sent again"
    with post(own).opened() as session:
        assert session.uids() == ()
    gone = post(tmp_path / "gone.pem").send(_message(Via.MESH, "R-1"), factory.NOW)
    assert gone.state is MessageState.WAITING
    assert "certificate" in gone.words
