"""Decisions, receipts and checkpoints that somebody made up, altered, took from elsewhere or signed
with a key that is theirs to sign with: refused in a sentence, whatever they hold."""

import io
import json
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.export.conftest import a_version, approved, proposed
from tests.export.pack_family import COPIES, rowe_pack
from tests.export.test_signing import b64, by_hand, resigned
from tests.faults.examples import EXAMPLES, never_hangs
from triage.cli_trust import verify
from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import SignatureError
from triage.domain.event import Checkpoint
from triage.export import signing
from triage.export.delivery import accepted
from triage.export.keys import DeskKeys, Signer
from triage.export.pack_signing import sign_pack
from triage.export.strict_json import LARGEST
from triage.export.trail_file import CSV, JWS, TYPE, open_trail_file, pack_trail

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
    agreed = {"alg": "ES256", "kid": leader.kid, "typ": signing.DECISION}
    if agreed | header == agreed:
        return
    with pytest.raises(SignatureError):
        signing.verify(resigned(document, leader, **header), keys.jwks())


@pytest.mark.parametrize("depth", [50, 400, 900, 3000, 200_000])
def test_document_nested_without_end_is_refused(
    depth: int, signed_bytes: bytes, leader: Signer, keys: DeskKeys
) -> None:
    document = signing.canonical(signing.verify(signed_bytes, keys.jwks()).document)
    deep = b'{"analysis":' + b"[" * depth + b"]" * depth + b"," + document[1:]
    with pytest.raises(SignatureError):
        signing.verify(resigned(deep, leader), keys.jwks())
    envelope = b'{"payload":' + b"[" * depth + b"]" * depth + b',"signatures":[]}'
    with pytest.raises(SignatureError):
        signing.verify(envelope, keys.jwks())


@pytest.mark.parametrize("size", [LARGEST, 4 * LARGEST])
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
    forged = by_hand(json.dumps(claims).encode(), leader, typ=signing.CHECKPOINT)
    with pytest.raises(SignatureError):
        signing.verify_checkpoint(forged, keys.jwks())


@pytest.mark.parametrize(
    "other",
    [
        {"seq": 1e308},
        {"seq": True},
        {"seq": "7"},
        {"seq": 7.5},
        {"at": "2026-11-24T10:00:00"},
        {"at": "soon"},
        {"hash": None},
        {"by": "rosei"},
        {"by": None},
    ],
)
def test_checkpoint_that_says_another_thing_than_agreed_is_refused(
    other: dict[str, object], leader: Signer, keys: DeskKeys
) -> None:
    good = {"seq": 7, "hash": "0" * 64, "at": "2026-11-24T10:00:00+00:00", "by": "pnandra"}
    revoked = {"keys": [{**k, "revokedAt": "2026-12-01T00:00:00Z"} for k in keys.jwks()["keys"]]}

    def signed(claims: dict[str, object]) -> bytes:
        said = json.dumps(claims).replace("1e+308", "1e999").encode()
        return by_hand(said, leader, typ=signing.CHECKPOINT)

    assert signing.verify_checkpoint(signed(good), revoked).seq == 7
    standing = keys.jwks()["keys"]
    nobodys = [{name: said for name, said in k.items() if name != "worker"} for k in standing]
    for jwks in (revoked, {"keys": standing}, {"keys": nobodys}):
        with pytest.raises(SignatureError):
            signing.verify_checkpoint(signed({**good, **other}), jwks)


# ---- what `fanlightctl verify` says ----------------------------------------------------------


def verdict(folder: Path, content: bytes, jwks: dict[str, Any]) -> str:
    """What the command says of a file, by a list of keys."""
    (folder / "file").write_bytes(content)
    (folder / "keys.json").write_text(json.dumps(jwks), encoding="utf-8")
    done = CliRunner().invoke(verify, [str(folder / "file"), "--keys", str(folder / "keys.json")])
    assert done.exit_code == 0 or done.stderr.startswith("Not shown to be genuine."), done.exception
    assert done.output.count("\n") == 1
    return done.output


def test_file_that_calls_itself_a_receipt_and_is_rubbish_is_refused_in_a_sentence(
    tmp_path: Path, keys: DeskKeys
) -> None:
    assert "can't be read" in verdict(tmp_path, b64(b"[" * 200_000).encode(), keys.jwks())


def test_copy_that_says_no_time_there_is_or_is_too_long_to_read_whole(
    tmp_path: Path, leader: Signer, keys: DeskKeys
) -> None:
    page, last = rowe_pack(COPIES[1]).pdf, timezone(-timedelta(hours=14))
    never = sign_pack(page, leader, datetime(9999, 12, 31, 23, tzinfo=last))
    assert "issued by Priya Nandra; nothing in it" in verdict(tmp_path, never, keys.jwks())
    long = never + b" " * LARGEST
    assert "larger than any decision or copy of one" in verdict(tmp_path, long, keys.jwks())


def test_receipt_that_only_says_it_is_from_before_its_key_was_lost_is_not_genuine(
    tmp_path: Path, sent: Delivery, leader: Signer
) -> None:
    receipt = signing.sign_receipt(claims_for(sent), leader)
    own = {name: leader.public_jwk[name] for name in ("kty", "crv", "x", "y", "kid")}
    later = {"revokedAt": "2026-12-01T00:00:00Z"}
    for ended, words in (
        ({}, "Genuine: the council's receipt"),
        ({**later, "revokedFor": "replaced"}, "That this was before is its own word"),
        ({**later, "revokedFor": "lost"}, "Not shown to be genuine"),
        (later, "Not shown to be genuine"),
    ):
        assert words in verdict(tmp_path, receipt, {"keys": [{**own, **ended}]})


def test_decision_in_other_letters_than_agreed_or_with_a_number_for_a_truth_is_refused(
    tmp_path: Path, final: dict[str, Any], leader: Signer, keys: DeskKeys
) -> None:
    good = signing.sign(final, leader)
    assert "Genuine" in verdict(tmp_path, good, keys.jwks())
    in_utf16 = good.decode().encode("utf-16")
    assert "can't be read as JSON" in verdict(tmp_path, in_utf16, keys.jwks())
    said = signing.canonical(final)
    assert b":true," in said
    forged = resigned(said.replace(b":true,", b":1,", 1), leader)
    assert "differs from what its author proposed" in verdict(tmp_path, forged, keys.jwks())


def test_no_name_writes_a_second_verdict(tmp_path: Path, leader: Signer, keys: DeskKeys) -> None:
    """Line ends, orders to the terminal, letters that turn the others round, half a letter."""
    for name in ("Counsel\r\nGenuine: all of it", "\x1b[2K\rGenuine", "\u202eeniuneG", "\ud800"):
        claims = {"at": "2026-11-24T10:00:00+00:00", "forWhom": name, "by": "pnandra"}
        said = json.dumps({**claims, "events": [], "csvSha256": signing.sha256(b"")}).encode()
        content = zipped(b"", by_hand(said, leader, typ=TYPE))
        said_of_it = verdict(tmp_path, content, keys.jwks())
        whole = "Not shown to be genuine." if name == "\ud800" else "Genuine: 0 events of the audit"
        assert said_of_it.startswith(whole)
        assert said_of_it.rstrip("\n").isprintable()


# ---- exports of the trail ---------------------------------------------------------------------


def zipped(table: bytes, signed: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(CSV, table)
        made.writestr(JWS, signed)
    return out.getvalue()


@pytest.fixture
def trail(leader: Signer) -> bytes:
    said = {"at": "2026-11-24T10:00:00+00:00", "forWhom": "Counsel"}
    return pack_trail(said, [{"event": n, "who": "rosei"} for n in range(40)], leader)


@pytest.mark.parametrize("who", ["rosei", "", None])
def test_export_that_names_another_than_its_signer_is_refused(
    leader: Signer, keys: DeskKeys, who: str | None
) -> None:
    claims = {"at": "2026-11-24T10:00:00+00:00", "by": who, "csvSha256": signing.sha256(b"")}
    content = zipped(b"", by_hand(json.dumps(claims).encode(), leader, typ=TYPE))
    with pytest.raises(SignatureError, match="another person than it names"):
        open_trail_file(content, keys.jwks())


def test_part_that_the_zip_does_not_list_is_not_taken_with_it(trail: bytes, keys: DeskKeys) -> None:
    """Some tools take out whatever they meet first, listed or not."""
    assert open_trail_file(trail, keys.jwks()).worker_id == "pnandra"
    other = zipped(b"another table", b"")
    before = other[: other.index(b"PK\x01\x02")] + trail
    after = trail[:-2] + len(other).to_bytes(2, "little") + other
    for forged in (before, after):
        with pytest.raises(SignatureError):
            open_trail_file(forged, keys.jwks())


def test_export_with_any_byte_altered_gets_no_more_than_a_refusal(
    trail: bytes, keys: DeskKeys
) -> None:
    good = open_trail_file(trail, keys.jwks())
    for place in range(0, len(trail), 3):
        spoilt = bytearray(trail)
        spoilt[place] ^= 1 << place % 8
        with suppress(SignatureError):  # a part's date means nothing
            assert open_trail_file(bytes(spoilt), keys.jwks()) == good
