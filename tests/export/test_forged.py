"""Decisions, receipts and checkpoints that somebody made up, altered, took from elsewhere or signed
with a key that is theirs to sign with: refused in a sentence, whatever they hold."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.conftest import a_version, approved, proposed
from tests.export.test_signing import b64, resigned, unb64
from tests.faults.examples import EXAMPLES, never_hangs
from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import SignatureError
from triage.domain.event import Checkpoint
from triage.export import signing
from triage.export.delivery import accepted
from triage.export.keys import DeskKeys, Signer

FUZZ = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
_Path = tuple[str | int, ...]


def places(value: object, path: _Path = ()) -> list[_Path]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(value, dict):
        items: list[tuple[str | int, object]] = list(value.items())
    else:
        items = list(enumerate(value)) if isinstance(value, list) else []
    for name, inner in items:
        found += places(inner, (*path, name))
    return found


def with_change(document: Any, path: _Path, value: object, *, drop: bool) -> Any:
    """A copy with another value at a place, or none there."""
    copy = json.loads(json.dumps(document))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copy


@FUZZ
@given(data=st.data())
@never_hangs
def test_whatever_a_leader_signs_is_what_the_author_proposed_or_is_refused(
    data: st.DataObject, signed_bytes: bytes, leader: Signer, keys: DeskKeys
) -> None:
    """Signed anew by hand with the leader's own key: the outer signature is good."""
    document = signing.verify(signed_bytes, keys.jwks()).document
    path = data.draw(st.sampled_from(places(document)))
    changed = with_change(document, path, data.draw(JSON), drop=data.draw(st.booleans()))
    try:
        untrusted = resigned(changed, leader)
        found = signing.verify(untrusted, keys.jwks())
    except SignatureError:
        return
    except ValueError:  # our own forger can't write it down: a number without end, half a letter
        return
    # What is left to a leader: their own sign-off block.
    rest = {name: value for name, value in found.document.items() if name != "signOff"}
    assert rest == {name: value for name, value in document.items() if name != "signOff"}


@FUZZ
@given(data=st.data())
@never_hangs
def test_no_envelope_of_any_shape_gets_more_than_a_refusal(
    data: st.DataObject, signed_bytes: bytes, keys: DeskKeys
) -> None:
    envelope = json.loads(signed_bytes)
    path = data.draw(st.sampled_from(places(envelope)))
    other = data.draw(JSON | st.sampled_from([envelope["payload"], "e30", "bnVsbA", "." * 3]))
    changed = with_change(envelope, path, other, drop=data.draw(st.booleans()))
    if changed == envelope:
        return
    with pytest.raises(SignatureError):
        signing.verify(json.dumps(changed).encode(), keys.jwks())


HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "alg": st.sampled_from(["none", "None", "HS256", "ES256", "RS256", "ES256 ", ""]) | JSON,
        "kid": st.text(max_size=20) | JSON,
        "typ": st.sampled_from([signing.DECISION, signing.PROPOSAL, signing.RECEIPT]) | JSON,
        "crit": JSON,
        "b64": JSON,
        "jwk": JSON,
        "jku": st.just("https://evil.example/keys.json"),
        "x5c": JSON,
        "zip": st.just("DEF"),
    },
)


@FUZZ
@given(header=HEADERS)
@never_hangs
def test_no_header_but_the_agreed_one_is_taken(
    header: dict[str, object], signed_bytes: bytes, leader: Signer, keys: DeskKeys
) -> None:
    document = signing.verify(signed_bytes, keys.jwks()).document
    head = {"alg": "ES256", "kid": leader.kid, "typ": signing.DECISION} | header
    if head == {"alg": "ES256", "kid": leader.kid, "typ": signing.DECISION}:
        return
    protected, payload = b64(json.dumps(head).encode()), b64(signing.canonical(document))
    signature = b64(leader.sign(f"{protected}.{payload}".encode()))
    forged = {
        "payload": payload,
        "signatures": [{"protected": protected, "signature": signature}],
    }
    with pytest.raises(SignatureError):
        signing.verify(json.dumps(forged).encode(), keys.jwks())


@pytest.mark.parametrize("depth", [50, 400, 900, 3000, 200_000])
def test_document_nested_without_end_is_refused(
    depth: int, signed_bytes: bytes, leader: Signer, keys: DeskKeys
) -> None:
    document = signing.canonical(signing.verify(signed_bytes, keys.jwks()).document)
    deep = b'{"analysis":' + b"[" * depth + b"]" * depth + b"," + document[1:]
    protected = json.loads(resigned({}, leader))["signatures"][0]["protected"]
    payload = b64(deep)
    signature = b64(leader.sign(f"{protected}.{payload}".encode()))
    forged = {
        "payload": payload,
        "signatures": [{"protected": protected, "signature": signature}],
    }
    with pytest.raises(SignatureError):
        signing.verify(json.dumps(forged).encode(), keys.jwks())
    envelope = b'{"payload":' + b"[" * depth + b"]" * depth + b',"signatures":[]}'
    with pytest.raises(SignatureError):
        signing.verify(envelope, keys.jwks())


@pytest.mark.parametrize("size", [signing.LARGEST, 4 * signing.LARGEST])
def test_file_larger_than_any_decision_is_refused_and_not_worked_on(
    size: int, signed_bytes: bytes, keys: DeskKeys
) -> None:
    padded = signed_bytes[:-1] + b" " * size + b"}"
    with pytest.raises(SignatureError, match="larger"):
        signing.verify(padded, keys.jwks())


def test_payload_of_one_decision_under_the_signature_of_another_is_refused(
    signed_bytes: bytes, profile: Any, author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    from triage.export import document

    other = approved(proposed(a_version(2), profile, author))
    second = json.loads(signing.sign(document.build(other, profile), leader))
    first = json.loads(signed_bytes)
    for mixed in (
        {**first, "payload": second["payload"]},
        {**first, "signatures": second["signatures"]},
        {**first, "signatures": [*first["signatures"], *second["signatures"]]},
    ):
        with pytest.raises(SignatureError):
            signing.verify(json.dumps(mixed).encode(), keys.jwks())


# ---- receipts -------------------------------------------------------------------------------


@pytest.fixture
def sent(signed_bytes: bytes) -> Delivery:
    return Delivery(
        id=UUID(int=1),
        decision_id=UUID(int=2),
        contact_id=UUID(int=3),
        idempotency_key="key-1",
        document=signed_bytes,
        payload_sha256=signing.sha256(signed_bytes),
        state=OutboxState.SENT,
    )


def claims_for(sent: Delivery) -> dict[str, Any]:
    return {
        "receiptId": "R-1",
        "idempotencyKey": sent.idempotency_key,
        "decisionId": str(sent.decision_id),
        "payloadSha256": sent.payload_sha256,
        "receivedAt": "2026-11-24T11:42:00+00:00",
        "caseNumber": "NC-1",
    }


@FUZZ
@given(data=st.data())
@never_hangs
def test_receipt_that_says_anything_else_is_not_believed_though_the_council_signed_it(
    data: st.DataObject, sent: Delivery, leader: Signer, keys: DeskKeys
) -> None:
    """The council's key is the leader's here: what matters is what the receipt says."""
    claims = claims_for(sent)
    good = signing.sign_receipt(claims, leader)
    assert accepted(sent, good, keys.jwks()).case_number == "NC-1"
    name = data.draw(st.sampled_from(sorted(claims)))
    other = with_change(claims, (name,), data.draw(JSON), drop=data.draw(st.booleans()))
    try:
        found = accepted(sent, signing.sign_receipt(other, leader), keys.jwks())
    except (SignatureError, ValueError):
        return
    assert found.state is OutboxState.ACCEPTED
    for matters in ("idempotencyKey", "decisionId", "payloadSha256"):
        assert other[matters] == claims[matters]
    assert len(found.case_number) <= 64
    assert found.case_number.isprintable()


@FUZZ
@given(data=st.data())
@never_hangs
def test_receipt_altered_in_any_byte_or_cut_anywhere_is_not_believed(
    data: st.DataObject, sent: Delivery, leader: Signer, keys: DeskKeys
) -> None:
    good = signing.sign_receipt(claims_for(sent), leader)
    head, payload, signature = good.split(b".")
    at = data.draw(st.integers(0, len(payload) - 1))
    letter = data.draw(st.sampled_from(b"ABCdef019-_+/=. \x00\xff"))
    spoilt = bytearray(payload)
    spoilt[at] = letter
    forged = [
        b".".join((head, bytes(spoilt), signature)),
        good[: data.draw(st.integers(0, len(good) - 1))],
        good + data.draw(st.binary(min_size=1, max_size=8)),
    ]
    for untrusted in forged:
        if untrusted.strip() == good:
            continue
        with pytest.raises(SignatureError):
            accepted(sent, untrusted, keys.jwks())


def test_receipt_of_an_earlier_send_or_of_another_kind_is_not_taken_again(
    sent: Delivery, leader: Signer, keys: DeskKeys
) -> None:
    good = signing.sign_receipt(claims_for(sent), leader)
    for other in (
        replace(sent, idempotency_key="key-2"),
        replace(sent, decision_id=UUID(int=9)),
        replace(sent, payload_sha256="0" * 64),
    ):
        with pytest.raises(SignatureError, match="something else"):
            accepted(other, good, keys.jwks())
    checkpoint = signing.sign_checkpoint(
        Checkpoint(seq=1, hash="0" * 64, at=datetime(2026, 11, 24, tzinfo=UTC), by="pnandra"),
        leader,
    )
    with pytest.raises(SignatureError, match="made for something else"):
        accepted(sent, checkpoint, keys.jwks())
    with pytest.raises(SignatureError):
        accepted(sent, good * 5000, keys.jwks())


@FUZZ
@given(untrusted=st.binary(max_size=200), claims=JSON)
@never_hangs
def test_no_checkpoint_of_any_shape_gets_more_than_a_refusal(
    untrusted: bytes, claims: object, leader: Signer, keys: DeskKeys
) -> None:
    with pytest.raises(SignatureError):
        signing.verify_checkpoint(untrusted, keys.jwks())
    head = b64(json.dumps({"alg": "ES256", "kid": leader.kid, "typ": signing.CHECKPOINT}).encode())
    payload = b64(json.dumps(claims).encode())
    signature = b64(leader.sign(f"{head}.{payload}".encode()))
    with pytest.raises(SignatureError):
        signing.verify_checkpoint(f"{head}.{payload}.{signature}".encode(), keys.jwks())
    assert unb64(payload)
