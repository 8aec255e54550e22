"""Signatures: both hold or the decision is refused, with a sentence."""

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey

from tests.export.conftest import a_version, approved, proposed
from triage.domain.errors import NotReadyError, SignatureError
from triage.domain.profile import Profile
from triage.export import document, signing
from triage.export.keys import DeskKeys, Signer


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def by_hand(said: bytes, signer: Signer, **header: object) -> bytes:
    """Any bytes as a compact JWS with any header, as a cheat with a real key would sign them."""
    head = {"alg": "ES256", "kid": signer.kid, "typ": signing.DECISION, **header}
    signed = f"{b64(json.dumps(head).encode())}.{b64(said)}"
    return f"{signed}.{b64(signer.sign(signed.encode()))}".encode()


def resigned(built: dict[str, Any] | bytes, signer: Signer, **header: object) -> bytes:
    """A decision, or what is to pass for one, signed by hand."""
    said = built if isinstance(built, bytes) else signing.canonical(built)
    protected, payload, signature = by_hand(said, signer, **header).decode().split(".")
    return json.dumps(
        {"payload": payload, "signatures": [{"protected": protected, "signature": signature}]}
    ).encode()


def test_signed_decision_names_its_author_and_its_signer(
    signed_bytes: bytes, keys: DeskKeys
) -> None:
    found = signing.verify(signed_bytes, keys.jwks())
    assert (found.author.name, found.signer.name) == ("Ruth Osei", "Priya Nandra")
    assert found.signer.at == "2026-11-23T10:45:00.000Z"
    assert found.payload == signing.canonical(found.document)


@pytest.mark.parametrize("nobody", [{}, {"id": ""}, "Priya Nandra", None])
def test_document_that_names_nobody_is_refused(
    final: dict[str, Any], leader: Signer, keys: DeskKeys, nobody: object
) -> None:
    for member, whose in (("signOff", "signer"), ("author", "author")):
        with pytest.raises(SignatureError, match=f"does not say who its {whose} is"):
            signing.verify(resigned({**final, member: nobody}, leader), keys.jwks())


def test_signers_name_is_the_one_that_the_hubs_list_gives(
    final: dict[str, Any], leader: Signer, keys: DeskKeys
) -> None:
    grander = {**final["signOff"], "name": "The Director"}
    found = signing.verify(resigned({**final, "signOff": grander}, leader), keys.jwks())
    assert found.signer.name == "Priya Nandra"


def test_nothing_is_added_to_a_signature_but_a_time_stamp(
    signed_bytes: bytes, keys: DeskKeys
) -> None:
    stamped = json.loads(signing.with_stamp(signed_bytes, b"a token"))
    (only,) = stamped["signatures"]
    assert signing.verify(json.dumps(stamped).encode(), keys.jwks()).stamped
    only["header"]["jku"] = "https://keys.example/"
    with pytest.raises(SignatureError, match="something else than a time stamp"):
        signing.verify(json.dumps(stamped).encode(), keys.jwks())
    beside = json.dumps({**json.loads(signed_bytes), "header": {}}).encode()
    with pytest.raises(SignatureError, match="the signer's signature alone"):
        signing.verify(beside, keys.jwks())
    for more in ("=", "==", "!", "\n"):  # which readers make different things of
        other = json.loads(signed_bytes)
        other["signatures"][0]["signature"] += more
        with pytest.raises(SignatureError, match="not in the form that is agreed"):
            signing.verify(json.dumps(other).encode(), keys.jwks())


def test_file_is_a_general_json_jws_with_es256_alone(signed_bytes: bytes, leader: Signer) -> None:
    envelope = json.loads(signed_bytes)
    assert set(envelope) == {"payload", "signatures"}
    (only,) = envelope["signatures"]
    assert json.loads(unb64(only["protected"])) == {
        "alg": "ES256",
        "kid": leader.kid,
        "typ": "fanlight-decision+jws",
    }


def test_approval_with_a_change_keeps_both_values_and_verifies(
    profile: Profile, author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    version = approved(
        proposed(a_version(), profile, author), {"level": "4", "team": "north", "consent": ""}
    )
    signed = signing.sign(document.build(version, profile), leader)
    found = signing.verify(signed, keys.jwks()).document
    assert found["levelOfNeed"]["code"] == "4"
    assert found["signOff"]["verb"] == "approve with a change"
    changes = {one["question"]: (one["before"], one["now"]) for one in found["signOff"]["changes"]}
    assert changes == {"level": ("3", "4"), "team": (None, "north"), "consent": ("refused", None)}


def test_answer_changed_without_being_listed_is_found(
    profile: Profile, author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    version = approved(proposed(a_version(), profile, author), {"level": "4"})
    quiet = replace(version, answers={**version.answers, "outcome@c1": ("nfa",)})
    with pytest.raises(SignatureError, match="beyond the changes it lists"):
        signing.verify(signing.sign(document.build(quiet, profile), leader), keys.jwks())


def test_change_said_to_start_from_another_answer_is_found(
    profile: Profile, author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    version = approved(proposed(a_version(), profile, author), {"level": "4"})
    false = replace(version, changed_by_signer={"level": ("2", "4")})
    with pytest.raises(SignatureError, match="beyond the changes it lists"):
        signing.verify(signing.sign(document.build(false, profile), leader), keys.jwks())


@pytest.mark.parametrize("member", ["analysis", "contact", "gaps"])
def test_plain_approval_of_something_else_than_was_proposed_is_found(
    final: dict[str, Any], leader: Signer, keys: DeskKeys, member: str
) -> None:
    other = {**final, member: "something else"}
    with pytest.raises(SignatureError, match="beyond the changes it lists"):
        signing.verify(signing.sign(other, leader), keys.jwks())


def test_altered_payload_is_found(signed_bytes: bytes, keys: DeskKeys) -> None:
    envelope = json.loads(signed_bytes)
    found = json.loads(unb64(envelope["payload"]))
    found["children"][0]["referralNfa"] = True
    envelope["payload"] = b64(signing.canonical(found))
    with pytest.raises(SignatureError, match="altered after it was signed"):
        signing.verify(json.dumps(envelope).encode(), keys.jwks())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_flipped_bit_anywhere_goes_unseen(
    data: st.DataObject, signed_bytes: bytes, keys: DeskKeys
) -> None:
    place = data.draw(st.integers(0, len(signed_bytes) - 1))
    bit = data.draw(st.integers(0, 6))
    spoilt = bytearray(signed_bytes)
    spoilt[place] ^= 1 << bit
    try:
        found = signing.verify(bytes(spoilt), keys.jwks())
    except SignatureError:
        return
    # The last letter of base64 holds bits that mean nothing; all else must be as it was.
    assert found.payload == signing.verify(signed_bytes, keys.jwks()).payload


@settings(max_examples=200)
@given(untrusted=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_rubbish_is_refused_with_a_sentence(untrusted: bytes) -> None:
    with pytest.raises(SignatureError):
        signing.verify(untrusted, {"keys": []})


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"alg": "none"}, "not made by ES256"),
        ({"alg": "HS256"}, "not made by ES256"),  # the public key as a shared secret
        ({"typ": "fanlight-proposal+jws"}, "made for something else"),
        ({"jwk": "x"}, "made for something else"),
        ({"crit": "x"}, "made for something else"),
    ],
)
def test_header_other_than_agreed_is_refused(
    final: dict[str, Any], leader: Signer, keys: DeskKeys, header: dict[str, str], words: str
) -> None:
    with pytest.raises(SignatureError, match=words):
        signing.verify(resigned(final, leader, **header), keys.jwks())


def test_missing_signature_is_refused(signed_bytes: bytes, keys: DeskKeys) -> None:
    envelope = json.loads(signed_bytes)
    envelope["signatures"] = []
    with pytest.raises(SignatureError, match="not to be relied on"):
        signing.verify(json.dumps(envelope).encode(), keys.jwks())


def test_missing_author_signature_is_refused(
    final: dict[str, Any], leader: Signer, keys: DeskKeys
) -> None:
    del final["proposal"]
    with pytest.raises(SignatureError, match="author's signature is missing"):
        signing.verify(resigned(final, leader), keys.jwks())
    with pytest.raises(NotReadyError, match="author's signature is missing"):
        signing.sign(final, leader)


def test_key_that_is_not_trusted_is_refused(signed_bytes: bytes, keys: DeskKeys) -> None:
    only_author = {"keys": [keys.public("rosei")]}
    with pytest.raises(SignatureError, match="signer's key is not among"):
        signing.verify(signed_bytes, only_author)
    only_leader = {"keys": [keys.public("pnandra")]}
    with pytest.raises(SignatureError, match="author's key is not among"):
        signing.verify(signed_bytes, only_leader)


def test_author_may_not_sign_their_own_decision(
    profile: Profile, author: Signer, keys: DeskKeys
) -> None:
    own = replace(approved(proposed(a_version(), profile, author)), signer="rosei")
    built = document.build(own, profile)
    with pytest.raises(NotReadyError, match="may not sign it off"):
        signing.sign(built, author)
    with pytest.raises(SignatureError, match="both wrote and signed"):
        signing.verify(resigned(built, author), keys.jwks())


def test_signing_in_another_persons_name_is_refused(
    final: dict[str, Any], author: Signer, keys: DeskKeys
) -> None:
    with pytest.raises(NotReadyError, match="another person as its signer"):
        signing.sign(final, author)
    with pytest.raises(SignatureError, match="another person's"):
        signing.verify(resigned(final, author), keys.jwks())


def test_one_key_under_two_names_signs_for_nobody(
    final: dict[str, Any], author: Signer, keys: DeskKeys
) -> None:
    """As a trust list made by hand, or by whoever wants to sign what they wrote, might have it."""
    mine = keys.public("rosei")
    as_leader = {**mine, "kid": "another", "worker": "pnandra", "name": "Priya Nandra"}
    twice = resigned(final, author, kid="another")
    with pytest.raises(SignatureError, match="one and the same key"):
        signing.verify(twice, {"keys": [mine, as_leader]})


def test_only_the_author_signs_the_proposal(profile: Profile, leader: Signer) -> None:
    with pytest.raises(NotReadyError, match="Only the person who wrote"):
        signing.propose(document.build(a_version(), profile), leader)


def test_proposal_of_another_decision_does_not_serve(
    profile: Profile, author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    other = proposed(a_version(2), profile, author)
    version = replace(approved(a_version(1)), proposal=other.proposal)
    with pytest.raises(SignatureError, match="differs from what its author proposed"):
        signing.verify(signing.sign(document.build(version, profile), leader), keys.jwks())


def test_member_named_twice_is_refused(signed_bytes: bytes, keys: DeskKeys) -> None:
    doubled = signed_bytes.replace(b'{"payload"', b'{"payload":"e30","payload"', 1)
    with pytest.raises(SignatureError, match="can't be read as JSON"):
        signing.verify(doubled, keys.jwks())


def test_earlier_key_still_verifies_after_a_new_one(signed_bytes: bytes, keys: DeskKeys) -> None:
    keys.enrol("pnandra", "8642", name="Priya Nandra")
    assert signing.verify(signed_bytes, keys.jwks()).signer.name == "Priya Nandra"


def test_openssl_finds_both_signatures_right(
    signed_bytes: bytes, keys: DeskKeys, tmp_path: Path
) -> None:
    envelope = json.loads(signed_bytes)
    only = envelope["signatures"][0]
    outer = (only["protected"], envelope["payload"], only["signature"])
    proposal = json.loads(unb64(envelope["payload"]))["proposal"]
    assert openssl_says(outer, keys.public("pnandra"), tmp_path) == "Verified OK"
    assert openssl_says(tuple(proposal.split(".")), keys.public("rosei"), tmp_path) == "Verified OK"
    assert openssl_says(outer, keys.public("rosei"), tmp_path) != "Verified OK"


def openssl_says(parts: tuple[str, ...], jwk: dict[str, Any], folder: Path) -> str:
    """What `openssl dgst -sha256 -verify` says of a JWS with r||s made DER."""
    openssl = shutil.which("openssl")
    assert openssl, "openssl is needed to show that other people's tools can verify"
    protected, payload, signature = parts
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    (folder / "signature.der").write_bytes(der)
    public = ECKey.import_key(jwk).public_key
    (folder / "public.pem").write_bytes(
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "signed").write_bytes(f"{protected}.{payload}".encode())
    done = subprocess.run(
        [
            openssl,
            "dgst",
            "-sha256",
            "-verify",
            "public.pem",
            "-signature",
            "signature.der",
            "signed",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    return done.stdout.strip()


def test_signing_twice_gives_other_bytes_over_the_same_payload(
    final: dict[str, Any], leader: Signer, keys: DeskKeys
) -> None:
    once, again = signing.sign(final, leader), signing.sign(final, leader)
    assert once != again
    jwks = keys.jwks()
    assert signing.verify(once, jwks).payload_sha256 == signing.verify(again, jwks).payload_sha256


@pytest.mark.parametrize("said", [False, None, "yes"])
def test_a_key_that_may_only_propose_signs_nothing_off(
    signed_bytes: bytes, leader: Signer, keys: DeskKeys, said: object
) -> None:
    jwks = keys.jwks()
    for jwk in jwks["keys"]:
        if jwk["kid"] == leader.kid:
            jwk["signs_off"] = said
    with pytest.raises(SignatureError, match="Priya Nandra may propose decisions but not sign"):
        signing.verify(signed_bytes, jwks)


RECEIVED = {
    name: name for name in ("receiptId", "idempotencyKey", "decisionId", "payloadSha256")
} | {"receivedAt": "2026-11-23T10:46:00+00:00"}


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        *(({name: ""}, "does not say what it is for") for name in RECEIVED),
        *(({name: 7}, "does not say what it is for") for name in RECEIVED),
        ({"caseNumber": 7}, "case number that can't be read"),
        ({"caseNumber": "L" * 65}, "case number that can't be read"),
        ({"caseNumber": "L-1\u202e2"}, "case number that can't be read"),
        ({"caseNumber": "L-1\n"}, "case number that can't be read"),
    ],
)
def test_receipt_that_says_no_such_thing_is_none(
    author: Signer, claims: dict[str, Any], words: str
) -> None:
    jwks = {"keys": [author.public_jwk]}
    whole = signing.sign_receipt({**RECEIVED, "caseNumber": "L" * 64}, author)
    assert signing.verify_receipt(whole, jwks).case_number == "L" * 64
    with pytest.raises(SignatureError, match=words):
        signing.verify_receipt(signing.sign_receipt({**RECEIVED, **claims}, author), jwks)


def test_receipt_of_a_key_that_the_council_had_revoked_is_none(author: Signer) -> None:
    receipt = signing.sign_receipt(RECEIVED, author)
    undated = signing.sign_receipt({**RECEIVED, "receivedAt": "yesterday"}, author)
    for at, stands in (("2026-11-23T10:46:01+00:00", True), ("2026-11-23T10:46:00+00:00", False)):
        jwks = {"keys": [{**author.public_jwk, "revokedAt": at}]}
        if stands:
            assert signing.verify_receipt(receipt, jwks).receipt_id == "receiptId"
        else:
            with pytest.raises(SignatureError, match="The council's key was revoked before"):
                signing.verify_receipt(receipt, jwks)
        with pytest.raises(SignatureError, match="The council's key was revoked before"):
            signing.verify_receipt(undated, jwks)
