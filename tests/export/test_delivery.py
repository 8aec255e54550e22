"""Delivery over real sockets and TLS: one case at the council, whatever happens on the way."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.export.conftest import AT, Clock, a_delivery, a_version
from triage.domain.decision import DecisionVersion, Delivery, OutboxState
from triage.export.delivery import CouncilLink, Limits, backoff
from triage.export.keys import DeskKeys, Signer
from triage.practice.council import Council, Deed, Turn


@pytest.fixture
def council(tmp_path: Path, keys: DeskKeys, clock: Clock) -> Iterator[Council]:
    with Council(tmp_path / "council", hub_jwks=keys.jwks, now=clock) as found:
        yield found


@pytest.fixture
def link(council: Council, clock: Clock) -> CouncilLink:
    return CouncilLink(
        council.url,
        receipt_jwks=council.receipt_jwks(),
        ca=council.ca,
        now=clock,
        council="Northmere Council",
    )


def test_accepted_decision_has_its_case_number_and_receipt(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    after = link.deliver(delivery)
    assert (after.state, after.case_number, after.attempts) == (
        OutboxState.ACCEPTED,
        "NC-26-00001",
        1,
    )
    assert after.sent_at == AT
    (case,) = council.cases()
    assert case.receipt == after.receipt
    assert case.document == delivery.document


def test_duplicate_send_is_one_case_and_the_same_receipt(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    once, again = link.deliver(delivery), link.deliver(delivery)
    assert once.receipt == again.receipt
    assert len(council.cases()) == 1


def test_time_stamp_that_came_between_two_tries_makes_no_second_case(
    council: Council, link: CouncilLink, delivery: Delivery
) -> None:
    first = link.deliver(delivery)
    stamped = link.deliver(replace(delivery, time_stamp=b"a token, checked by whoever wants to"))
    assert (stamped.state, stamped.case_number) == (OutboxState.ACCEPTED, first.case_number)
    assert len(council.cases()) == 1


def test_many_desks_sending_at_once_make_one_case(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    found: list[Delivery] = []
    desks = [
        threading.Thread(target=lambda: found.append(link.deliver(delivery))) for _ in range(6)
    ]
    for desk in desks:
        desk.start()
    for desk in desks:
        desk.join()
    assert {one.case_number for one in found} == {"NC-26-00001"}
    assert len(council.cases()) == 1


def test_lost_response_is_unknown_until_the_council_is_asked(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Deed.LOSE)
    lost = link.deliver(delivery)
    assert lost.state is OutboxState.UNKNOWN
    assert "may have the decision" in lost.words
    assert lost.next_attempt_at == AT + timedelta(seconds=30)
    settled = link.reconcile(lost)
    assert (settled.state, settled.case_number) == (OutboxState.ACCEPTED, "NC-26-00001")
    assert len(council.cases()) == 1


def test_lost_response_and_a_second_send_are_one_case(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Deed.LOSE)
    link.deliver(delivery)
    assert link.deliver(delivery).state is OutboxState.ACCEPTED
    assert len(council.cases()) == 1


def test_line_that_broke_before_the_council_looked_is_sent_again(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Deed.RESET)
    broken = link.deliver(delivery)
    assert broken.state is OutboxState.UNKNOWN
    asked = link.reconcile(broken)
    assert (asked.state, asked.next_attempt_at) == (OutboxState.WAITING, AT)
    assert link.deliver(asked).state is OutboxState.ACCEPTED
    assert len(council.cases()) == 1


def test_council_started_again_knows_what_it_had(
    link: CouncilLink, council: Council, delivery: Delivery, tmp_path: Path, keys: DeskKeys
) -> None:
    council.next(Deed.LOSE)
    lost = link.deliver(delivery)
    council.stop()
    unreachable = link.reconcile(lost)
    assert unreachable.state is OutboxState.UNKNOWN
    council.start()
    assert link.reconcile(unreachable).case_number == "NC-26-00001"
    council.stop()
    again = Council(tmp_path / "council", hub_jwks=keys.jwks)
    assert again.receipt_jwks() == council.receipt_jwks()
    assert [case.case_number for case in again.cases()] == ["NC-26-00001"]


def test_unreachable_council_leaves_it_waiting_and_nothing_sent(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.stop()
    after = link.deliver(delivery)
    assert after.state is OutboxState.WAITING
    assert after.words == "Northmere Council could not be reached. Nothing was sent."
    assert after.sent_at is None
    assert after.next_attempt_at == AT + timedelta(seconds=30)


def test_busy_council_is_tried_when_it_asked(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Turn(deed=Deed.BUSY, retry_after=600))
    after = link.deliver(delivery)
    assert (after.state, after.next_attempt_at) == (
        OutboxState.WAITING,
        AT + timedelta(minutes=10),
    )
    assert link.deliver(after).state is OutboxState.ACCEPTED


def test_refusal_keeps_the_councils_words(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Turn(deed=Deed.REFUSE, words="No team North\nhere\u202e any more"))
    after = link.deliver(delivery)
    assert after.state is OutboxState.REJECTED
    assert after.words == "The decision was refused. No team North here any more."
    assert after.next_attempt_at is None
    assert council.cases() == ()


def test_tampered_receipt_is_not_believed(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    council.next(Deed.TAMPER)
    after = link.deliver(delivery)
    assert (after.state, after.case_number, after.receipt) == (OutboxState.UNKNOWN, "", b"")
    assert "receipt could not be relied on" in after.words
    assert link.reconcile(after).state is OutboxState.ACCEPTED


def test_receipt_signed_by_another_key_is_not_believed(
    council: Council, delivery: Delivery, keys: DeskKeys, clock: Clock
) -> None:
    link = CouncilLink(council.url, receipt_jwks=keys.jwks(), ca=council.ca, now=clock)
    after = link.deliver(delivery)
    assert after.state is OutboxState.UNKNOWN
    assert "not among the keys that are trusted" in after.words


def test_receipt_for_another_decision_is_not_believed(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    after = link.deliver(replace(delivery, payload_sha256="0" * 64))
    assert after.state is OutboxState.UNKNOWN
    assert "receipt for something else" in after.words


def test_slow_council_is_cut_off_at_the_deadline(
    council: Council, delivery: Delivery, clock: Clock
) -> None:
    council.next(Deed.SLOW)
    link = CouncilLink(
        council.url,
        receipt_jwks=council.receipt_jwks(),
        ca=council.ca,
        limits=Limits(connect=5, read=5, whole=0.4),
        now=clock,
    )
    after = link.deliver(delivery)
    assert council.holding.wait(5)
    assert after.state is OutboxState.UNKNOWN
    assert "did not answer in time" in after.words
    council.release()
    assert link.reconcile(after).state is OutboxState.ACCEPTED
    assert len(council.cases()) == 1


def test_same_key_for_another_decision_is_refused_for_good(
    link: CouncilLink,
    council: Council,
    delivery: Delivery,
    keys: DeskKeys,
    sign_version: Callable[[DecisionVersion], bytes],
) -> None:
    link.deliver(delivery)
    other = a_delivery(sign_version(a_version(2)), keys, key=delivery.idempotency_key)
    after = link.deliver(other)
    assert after.state is OutboxState.REJECTED
    assert after.words == "This Idempotency-Key was used for another decision."
    assert len(council.cases()) == 1


def test_correction_goes_to_the_case_of_what_it_supersedes(
    link: CouncilLink,
    council: Council,
    delivery: Delivery,
    keys: DeskKeys,
    sign_version: Callable[[DecisionVersion], bytes],
) -> None:
    first = link.deliver(delivery)
    correction = replace(a_version(2), supersedes=delivery.decision_id)
    after = link.deliver(a_delivery(sign_version(correction), keys, key="key-2"))
    assert after.case_number == first.case_number
    assert len(council.cases()) == 2


def test_altered_payload_is_found_by_the_council(
    link: CouncilLink, council: Council, delivery: Delivery
) -> None:
    envelope = json.loads(delivery.document)
    place = len(envelope["payload"]) // 2
    letter = "A" if envelope["payload"][place] != "A" else "B"
    envelope["payload"] = envelope["payload"][:place] + letter + envelope["payload"][place + 1 :]
    after = link.deliver(replace(delivery, document=json.dumps(envelope).encode()))
    assert after.state is OutboxState.REJECTED
    assert "signatures were not accepted" in after.words
    assert council.cases() == ()


def test_council_with_a_certificate_of_another_authority_is_refused(
    council: Council, delivery: Delivery, clock: Clock, tmp_path: Path, keys: DeskKeys
) -> None:
    other = Council(tmp_path / "other", hub_jwks=keys.jwks)
    link = CouncilLink(council.url, receipt_jwks=council.receipt_jwks(), ca=other.ca, now=clock)
    after = link.deliver(delivery)
    assert after.state is OutboxState.WAITING
    assert "does not trust" in after.words
    assert "Nothing was sent" in after.words
    assert council.cases() == ()


def test_systems_certificate_store_does_not_know_the_practice_council(
    council: Council, delivery: Delivery, clock: Clock
) -> None:
    link = CouncilLink(council.url, receipt_jwks=council.receipt_jwks(), now=clock)
    assert link.deliver(delivery).state is OutboxState.WAITING
    assert council.cases() == ()


def test_proxy_and_netrc_of_the_machine_are_not_used(
    link: CouncilLink, delivery: Delivery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert link.deliver(delivery).state is OutboxState.ACCEPTED


def test_missing_certificate_file_is_said_and_not_raised(
    council: Council, delivery: Delivery, tmp_path: Path, clock: Clock
) -> None:
    link = CouncilLink(council.url, receipt_jwks={}, ca=tmp_path / "none.pem", now=clock)
    after = link.deliver(delivery)
    assert after.state is OutboxState.WAITING
    assert "can't be read" in after.words


def test_plain_http_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="https only"):
        CouncilLink("http://council.example", receipt_jwks={})


def test_waits_grow_to_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 8, 99)] == [30, 60, 120, 3600, 3600]


@contextlib.contextmanager
def rude_council(council: Council, answer: Callable[[ssl.SSLSocket], None]) -> Iterator[str]:
    """A server with the practice council's certificate that answers one caller in its own way."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(council.certificates.server, council.certificates.server_key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            plain, _ = listening.accept()
            with contextlib.suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
                answer(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def read_all(line: ssl.SSLSocket, delivery: Delivery) -> None:
    """Take in the whole request, so that closing the line does not break it."""
    size = 0
    while size < len(delivery.document):
        part = line.recv(65536)
        assert part, "the caller went away"
        size += len(part)


def rude_link(url: str, council: Council, clock: Clock, whole: float = 10.0) -> CouncilLink:
    return CouncilLink(
        url,
        receipt_jwks=council.receipt_jwks(),
        ca=council.ca,
        limits=Limits(connect=5, read=5, whole=whole),
        now=clock,
    )


def test_answer_that_drips_for_ever_is_cut_off_as_a_whole(
    council: Council, delivery: Delivery, clock: Clock
) -> None:
    done = threading.Event()

    def drip(line: ssl.SSLSocket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 201 Created\r\n")
        try:
            while not done.wait(0.05):
                line.sendall(b"X-Drip: 1\r\n")
        finally:
            done.set()

    with rude_council(council, drip) as url:
        after = rude_link(url, council, clock, whole=0.5).deliver(delivery)
        done.set()
    assert after.state is OutboxState.UNKNOWN
    assert "did not answer in time" in after.words


def test_answer_without_end_is_not_taken_in(
    council: Council, delivery: Delivery, clock: Clock
) -> None:
    def pour(line: ssl.SSLSocket) -> None:
        line.recv(65536)
        line.sendall(b"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n")
        while True:
            line.sendall(b"x" * 65536)

    with rude_council(council, pour) as url:
        after = rude_link(url, council, clock).deliver(delivery)
    assert after.state is OutboxState.UNKNOWN
    assert "far too long" in after.words


@pytest.mark.parametrize(
    ("head", "state", "words"),
    [
        (b"302 Found\r\nLocation: https://elsewhere.example/", OutboxState.WAITING, "code 302"),
        (b"500 Oops\r\nContent-Type: text/html", OutboxState.WAITING, "code 500"),
        (b"401 Unauthorized", OutboxState.WAITING, "code 401"),
        (b"429 Slow down\r\nRetry-After: soon", OutboxState.WAITING, "code 429"),
        (b"400 Bad", OutboxState.REJECTED, "Unreadable here"),
        (b"200 OK", OutboxState.UNKNOWN, "signature is missing"),
    ],
)
def test_every_other_answer_has_a_state_and_words(
    council: Council,
    delivery: Delivery,
    clock: Clock,
    head: bytes,
    state: OutboxState,
    words: str,
) -> None:
    body = b"<p>html</p>" if head.startswith(b"500") else b"Unreadable here"

    def answer(line: ssl.SSLSocket) -> None:
        read_all(line, delivery)
        line.sendall(b"HTTP/1.1 " + head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    with rude_council(council, answer) as url:
        after = rude_link(url, council, clock).deliver(delivery)
    assert after.state is state
    assert words in after.words
    assert "<" not in after.words


def test_council_that_wants_a_client_certificate_gets_it(
    council: Council, delivery: Delivery, clock: Clock, author: Signer, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "client.pem", tmp_path / "client-key.pem"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(author.certificate_der))
    key.write_bytes(
        author.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    seen: list[bool] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(council.certificates.server, council.certificates.server_key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve(callers: int) -> None:
            for _ in range(callers):
                plain, _ = listening.accept()
                try:
                    with context.wrap_socket(plain, server_side=True) as line:
                        seen.append(bool(line.getpeercert()))
                        read_all(line, delivery)
                        line.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
                except OSError:
                    seen.append(False)

        thread = threading.Thread(target=serve, args=(2,))
        thread.start()
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        without = rude_link(url, council, clock).deliver(delivery)
        having = CouncilLink(
            url,
            receipt_jwks={},
            ca=council.ca,
            client_certificate=(certificate, key),
            now=clock,
        ).deliver(delivery)
        thread.join()
    # In TLS 1.3 the refusal may reach the caller as an alert or as a broken line.
    assert without.state in (OutboxState.WAITING, OutboxState.UNKNOWN)
    assert "503" in having.words
    assert seen == [False, True]
