"""The practice council's own side: what it answers to any caller, by its contract."""

# ruff: noqa: F811 - a fixture is named as the argument it fills

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path
from uuid import uuid4

import jsonschema
import pytest

from tests.export.conftest import (  # noqa: F401 - fixtures come by import
    RESOURCES,
    Clock,
    a_version,
    approved,
    author,
    clock,
    drawer,
    final,
    keys,
    leader,
    profile,
    proposed,
    signed_bytes,
)
from triage.domain.profile import Profile
from triage.export import document, signing
from triage.export.keys import DeskKeys, Signer
from triage.practice.council import Council, Deed
from triage.practice.council_certificates import certificates_in

JOSE = "application/jose+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@pytest.fixture
def council(tmp_path: Path, keys: DeskKeys, clock: Clock) -> Iterator[Council]:
    with Council(tmp_path, hub_jwks=keys.jwks, now=clock) as found:
        yield found


def ask(
    council: Council,
    method: str,
    path: str,
    body: bytes | None = None,
    *,
    key: str = "key-1",
    media_type: str = JOSE,
) -> Answer:
    port = int(council.url.rpartition(":")[2])
    context = ssl.create_default_context(cafile=str(council.ca))
    line = http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=context)
    try:
        headers = {"Content-Type": media_type} | ({"Idempotency-Key": key} if key else {})
        line.request(method, path, body, headers)
        answer = line.getresponse()
        return Answer(status=answer.status, headers=answer.headers, body=answer.read())
    finally:
        line.close()


def test_receipt_is_of_the_published_form_and_signed(
    council: Council,
    signed_bytes: bytes,
    keys: DeskKeys,
) -> None:
    answer = ask(council, "POST", "/referral-decisions", signed_bytes)
    assert (answer.status, answer.headers["Content-Type"]) == (201, "application/jose")
    receipt = signing.verify_receipt(answer.body, council.receipt_jwks())
    verified = signing.verify(signed_bytes, keys.jwks())
    assert receipt.payload_sha256 == verified.payload_sha256
    assert receipt.idempotency_key == "key-1"
    schema = json.loads((RESOURCES / "schemas" / "decision-receipt-1.0.json").read_text("utf-8"))
    jsonschema.validate(
        {
            "format": "fanlight-decision-receipt",
            "formatVersion": "1.0",
            "receiptId": receipt.receipt_id,
            "idempotencyKey": receipt.idempotency_key,
            "decisionId": receipt.decision_id,
            "payloadSha256": receipt.payload_sha256,
            "caseNumber": receipt.case_number,
            "receivedAt": receipt.received_at,
        },
        schema,
    )


def test_second_send_is_said_to_be_a_replay(council: Council, signed_bytes: bytes) -> None:
    first = ask(council, "POST", "/referral-decisions", signed_bytes)
    again = ask(council, "POST", "/referral-decisions", signed_bytes)
    assert (first.status, again.status) == (201, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body == first.body


def test_same_decision_under_another_key_makes_no_second_case(
    council: Council,
    signed_bytes: bytes,
) -> None:
    ask(council, "POST", "/referral-decisions", signed_bytes)
    other = ask(council, "POST", "/referral-decisions", signed_bytes, key="key-2")
    assert other.status == 409
    assert len(council.cases()) == 1


def test_receipt_can_be_asked_for_by_the_decision(council: Council, signed_bytes: bytes) -> None:
    sent = ask(council, "POST", "/referral-decisions", signed_bytes)
    (case,) = council.cases()
    found = ask(council, "GET", f"/referral-decisions/{case.decision_id}")
    assert (found.status, found.body) == (200, sent.body)
    assert ask(council, "GET", f"/referral-decisions/{uuid4()}").status == 404


@pytest.mark.parametrize("name", ["..%2f..%2freceipt-key.der", "../../ca.pem", "x", ""])
def test_name_that_is_no_decision_finds_nothing(council: Council, name: str) -> None:
    assert ask(council, "GET", f"/referral-decisions/{name}").status == 404


@pytest.mark.parametrize(
    ("path", "key", "media_type", "status"),
    [
        ("/elsewhere", "key-1", JOSE, 404),
        ("/referral-decisions", "", JOSE, 400),
        ("/referral-decisions", "k" * 256, JOSE, 400),
        ("/referral-decisions", "key-1", "application/json", 415),
    ],
)
def test_request_out_of_form_is_answered_with_a_problem(
    council: Council,
    signed_bytes: bytes,
    path: str,
    key: str,
    media_type: str,
    status: int,
) -> None:
    answer = ask(council, "POST", path, signed_bytes, key=key, media_type=media_type)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.body)["title"]
    assert council.cases() == ()


def test_key_of_nobody_at_the_hub_is_refused(
    tmp_path: Path,
    signed_bytes: bytes,
    keys: DeskKeys,
) -> None:
    with Council(tmp_path / "other", hub_jwks=lambda: {"keys": [keys.public("rosei")]}) as council:
        answer = ask(council, "POST", "/referral-decisions", signed_bytes)
    assert answer.status == 422
    assert "not among the keys" in json.loads(answer.body)["detail"]


def test_signed_document_out_of_form_is_refused_with_its_places(
    council: Council,
    profile: Profile,
    author: Signer,
    leader: Signer,
) -> None:
    wrong = document.build(a_version(), profile)
    wrong["children"][0]["sex"] = "X"
    version = approved(a_version())
    final = document.build(version, profile)
    final["children"][0]["sex"] = "X"
    final["proposal"] = signing.propose(wrong, author)
    answer = ask(council, "POST", "/referral-decisions", signing.sign(final, leader))
    assert answer.status == 422
    assert json.loads(answer.body)["errors"][0].startswith("children/0/sex:")
    assert council.cases() == ()


def test_worker_enrolled_while_it_runs_is_known(
    council: Council,
    keys: DeskKeys,
    profile: Profile,
    leader: Signer,
) -> None:
    keys.enrol("rosei", "7777", name="Ruth Osei")
    version = approved(proposed(a_version(), profile, keys.signer("rosei", "7777")))
    sent = signing.sign(document.build(version, profile), leader)
    assert ask(council, "POST", "/referral-decisions", sent).status == 201


def test_keys_of_its_receipts_can_be_fetched(council: Council) -> None:
    answer = ask(council, "GET", "/.well-known/jwks.json")
    assert json.loads(answer.body) == council.receipt_jwks()


def test_held_answer_keeps_nobody_else_waiting(council: Council, signed_bytes: bytes) -> None:
    council.next(Deed.SLOW)
    answers: list[Answer] = []
    slow = threading.Thread(
        target=lambda: answers.append(ask(council, "POST", "/referral-decisions", signed_bytes))
    )
    slow.start()
    assert council.holding.wait(10)
    assert ask(council, "GET", "/.well-known/jwks.json").status == 200
    council.release()
    slow.join()
    assert answers[0].status == 201


def test_stopping_lets_go_of_a_held_answer(council: Council, signed_bytes: bytes) -> None:
    council.next(Deed.SLOW)
    answers: list[Answer] = []
    slow = threading.Thread(
        target=lambda: answers.append(ask(council, "POST", "/referral-decisions", signed_bytes))
    )
    slow.start()
    assert council.holding.wait(10)
    council.stop()
    slow.join()
    assert answers[0].status == 201


def test_certificate_is_kept_and_made_anew_before_it_runs_out(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    first = certificates_in(tmp_path, at=at).ca.read_bytes()
    assert certificates_in(tmp_path, at=at + timedelta(days=300)).ca.read_bytes() == first
    assert certificates_in(tmp_path, at=at + timedelta(days=340)).ca.read_bytes() != first


def test_council_stopped_before_it_noted_the_key_gives_the_same_receipt_again(
    council: Council, tmp_path: Path, signed_bytes: bytes
) -> None:
    first = council.receive("key-1", signed_bytes)
    for noted in (tmp_path / "idempotency").iterdir():
        noted.unlink()
    again = council.receive("key-1", signed_bytes)
    assert (again.status, again.body) == (200, first.body)
    assert council.receive("key-2", signed_bytes).status == 409
    assert len(council.cases()) == 1
