"""Signatures over decisions and receipts: JSON Web Signature (RFC 7515), ES256 and nothing else.

A decision carries two signatures, each over exactly what that person had before them. When the
author proposes, they sign the proposal (a compact JWS). The signed decision holds that proposal
in its member `proposal`, and is itself signed by the team leader: a general JSON JWS with one
signature. Whatever the leader changed is listed in the document and can be seen by comparing it
with what the author signed. `verify` does that comparison.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from triage.domain.errors import NotReadyError, SignatureError
from triage.domain.event import Checkpoint
from triage.export.agreement import agrees
from triage.export.existence import (
    Proof,
    Record,
    Revoked,
    earliest,
    in_doubt,
    must_be_before,
    must_fit,
    read_moment,
    revoked_of,
)
from triage.export.keys import Jwk, Signer
from triage.export.strict_json import LARGEST, json_object
from triage.export.time_stamp import Stamp, check_stamp
from triage.export.trust_list import key_by_id, one_key

if TYPE_CHECKING:
    from joserfc.jws import JWSRegistry

ALGORITHM = "ES256"
DECISION = "fanlight-decision+jws"
PROPOSAL = "fanlight-proposal+jws"
RECEIPT = "fanlight-receipt+jws"
CHECKPOINT = "fanlight-checkpoint+jws"
_TOKEN = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature found to be right: whose, when by their own account, and by which key.

    `revoked` is what is said of that key's end, later, and `proof` what shows that the signature
    was there before; None for neither.
    """

    worker_id: str
    name: str
    at: str
    kid: str
    revoked: Revoked | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A decision whose two signatures hold. `payload` is the exact bytes that were signed.

    `stamp` is a time-stamping service's word of when the signer had signed, `stamped` whether
    there is one, checked or not.
    """

    payload: bytes
    document: dict[str, Any]
    author: Signature
    signer: Signature
    stamp: Stamp | None = None
    stamped: bool = False

    @property
    def payload_sha256(self) -> str:
        """What the council's receipt must name, as 64 hex digits."""
        return sha256(self.payload)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The council's word that it has a decision. `case_number` is "" until it has one, `revoked`
    what its list says of its key's end, later."""

    receipt_id: str
    idempotency_key: str
    decision_id: str
    payload_sha256: str
    case_number: str
    received_at: str
    revoked: Revoked | None = None


def canonical(document: Mapping[str, Any]) -> bytes:
    """The document's bytes: UTF-8 JSON, members sorted, no spaces. These bytes are signed."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def sha256(data: bytes) -> str:
    """SHA-256 as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def propose(document: Mapping[str, Any], author: Signer) -> str:
    """The author's signature over a proposed decision: a compact JWS to be kept with the version.

    `document` is `document.build` of the proposed version. Raises NotReadyError when it is not
    the author's own.
    """
    if document["author"]["id"] != author.worker_id:
        raise NotReadyError(
            "Only the person who wrote a decision signs the proposal. Nothing was signed. "
            "Let the author send it."
        )
    return _compact(canonical(document), author, PROPOSAL)


def sign(document: Mapping[str, Any], signer: Signer) -> bytes:
    """The signed decision as a general JSON JWS, ready to be kept, delivered and read by others.

    `document` is `document.build` of the signed version, which holds the author's proposal.
    ES256 is randomised: sign once and keep the bytes. Raises NotReadyError where the author has
    not signed or is the signer too.
    """
    if not document.get("proposal"):
        raise NotReadyError(
            "The author's signature is missing from this decision. Nothing was signed. "
            "Return it to the author to be sent again."
        )
    if document["signOff"]["id"] != signer.worker_id:
        raise NotReadyError(
            "The decision names another person as its signer. Nothing was signed. Open it again."
        )
    if document["author"]["id"] == signer.worker_id:
        raise NotReadyError(
            "The person who wrote a decision may not sign it off. Nothing was signed. "
            "Ask another team leader."
        )
    protected, payload, signature = _compact(canonical(document), signer, DECISION).split(".")
    made = {"payload": payload, "signatures": [{"protected": protected, "signature": signature}]}
    return json.dumps(made, separators=(",", ":")).encode()


def with_stamp(document: bytes, token: bytes) -> bytes:
    """The signed decision with a time stamp over its signature in the unprotected header, as
    ETSI TS 119 182-1 has it (`etsiU`, `sigTst`); as it is where there is none."""
    if not token:
        return document
    envelope = json.loads(document)
    stamps = [{"val": base64.b64encode(token).decode()}]
    envelope["signatures"][0]["header"] = {"etsiU": [{"sigTst": {"tstTokens": stamps}}]}
    return json.dumps(envelope, separators=(",", ":")).encode()


def without_stamp(untrusted_jws: bytes) -> bytes:
    """The decision as it was signed: what its seal is of. Raises SignatureError for no decision."""
    envelope = json_object(untrusted_jws, "The file is not a signed decision: it")
    try:
        if not envelope["signatures"][0].pop("header", None):
            return untrusted_jws
    except (KeyError, IndexError, TypeError, AttributeError) as fault:
        raise SignatureError("The file is not a signed decision.") from fault
    return json.dumps(envelope, separators=(",", ":")).encode()


def to_stamp(document: bytes) -> bytes:
    """What a time stamp is over: the signer's signature as it stands in the file."""
    return str(json.loads(document)["signatures"][0]["signature"]).encode()


def _token_in(only: dict[str, Any]) -> bytes:
    """The token in the unprotected header, b"" where there is none. Raises SignatureError."""
    if "header" not in only:
        return b""
    header = only.pop("header")
    try:
        if set(header) != {"etsiU"}:
            raise ValueError("more than a time stamp")
        (stamps,) = (one["sigTst"]["tstTokens"] for one in header["etsiU"])
        return base64.b64decode(stamps[0]["val"], validate=True)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as fault:
        raise SignatureError(
            "The signature carries something else than a time stamp. It is not to be relied on."
        ) from fault


def verify(
    untrusted_jws: bytes,
    jwks: Mapping[str, Any],
    stamps_pem: bytes | None = None,
    record: Record | None = None,
) -> Verified:
    """Both signatures of a decision, checked against the hub's public keys. The certificates of
    the time-stamping service, and the hub's own `record` where it is at hand, show when it was
    signed; else the document's word is taken, and `Signature.proof` says that there is no other.

    Raises SignatureError, saying what is wrong, unless both hold, each key belongs to the person
    the document names and was not revoked by then, the two are different people, and the decision
    is what the author proposed but for the changes it lists.
    """
    only, token = _envelope(untrusted_jws)
    payload, jwk = _verify_compact(
        f"{only['protected']}.{only['payload']}.{only['signature']}", jwks, DECISION, "signer"
    )
    document = json_object(payload, "The signed decision")
    stamp = None
    if token and stamps_pem is not None:
        now = datetime.now(UTC)
        stamp = check_stamp(token, only["signature"].encode(), stamps_pem, until=now)
    signer = _named(document, "signOff", jwk, "signer")
    must_fit(stamp, read_moment(signer.at))
    held = record(sha256(payload), signer.worker_id) if record and signer.revoked else None
    signer = _stands(signer, earliest(stamp, held))
    if jwk.get("signs_off") is not True:
        raise SignatureError(
            f"{signer.name} may propose decisions but not sign them off. "
            "The decision is not to be relied on."
        )
    return Verified(
        payload=payload,
        document=document,
        author=_author(document, jwks, signer, jwk),
        signer=signer,
        stamp=stamp,
        stamped=bool(token),
    )


def _envelope(untrusted_jws: bytes) -> tuple[dict[str, str], bytes]:
    """The three parts of a decision's one signature, and the time stamp's token beside them, b""
    for none. Raises SignatureError."""
    envelope = json_object(untrusted_jws, "The file is not a signed decision: it")
    signatures = envelope.get("signatures")
    if not isinstance(envelope.get("payload"), str) or not isinstance(signatures, list):
        raise SignatureError("The file is not a signed decision: it has no payload or signature.")
    if len(signatures) != 1 or set(envelope) != {"payload", "signatures"}:
        raise SignatureError(
            f"A signed decision carries the signer's signature alone; this one has "
            f"{len(signatures)}. It is not to be relied on."
        )
    only = signatures[0]
    token = _token_in(only) if isinstance(only, dict) else b""
    if (
        not isinstance(only, dict)
        or set(only) != {"protected", "signature"}
        or not all(isinstance(part, str) for part in only.values())
    ):
        raise SignatureError("The signer's signature is not in the form that is agreed.")
    return {**only, "payload": envelope["payload"]}, token


def _author(
    document: Mapping[str, Any], jwks: Mapping[str, Any], signer: Signature, signer_jwk: Jwk
) -> Signature:
    """Who wrote a decision: another than its signer, who proposed just this but for the changes it
    lists. Raises SignatureError."""
    proposal, jwk = _verify_compact(document.get("proposal"), jwks, PROPOSAL, "author")
    proposed = json_object(proposal, "The author's proposal")
    author = _named(document, "author", jwk, "author")
    # What shows when the signer signed shows it of the proposal within as well. One that came too
    # late takes nothing from it: the signer vouches for what they had before them.
    shown = signer.proof
    late = shown and author.revoked and shown.at >= author.revoked.at
    author = _stands(author, None if late else shown)
    if author.worker_id == signer.worker_id:
        raise SignatureError(
            f"{author.name} both wrote and signed this decision, which is not allowed. "
            "It is not to be relied on."
        )
    if one_key(jwk, signer_jwk):
        raise SignatureError(
            "The author's and the signer's signatures are made by one and the same key. "
            "The decision is not to be relied on."
        )
    try:
        same = agrees(proposed, document)
    except (KeyError, TypeError, AttributeError) as fault:
        raise SignatureError(
            "The decision's answers or changes are not in the form that is agreed."
        ) from fault
    if not same:
        raise SignatureError(
            "The signed decision differs from what its author proposed beyond the changes it "
            "lists. It is not to be relied on."
        )
    return author


def is_receipt(untrusted_file: bytes) -> bool:
    """Whether a file says of itself that it is a council's receipt; by whom is for its keys."""
    head = untrusted_file.lstrip().partition(b".")[0]
    try:
        header = json_object(_unb64(head.decode("ascii")), "The file")
    except (ValueError, SignatureError):
        return False
    return header.get("typ") == RECEIPT


def verify_receipt(untrusted_receipt: bytes, jwks: Mapping[str, Any]) -> Receipt:
    """The council's receipt, checked against its keys; SignatureError if it is not theirs, or of a
    key that the council had revoked by then."""
    try:
        token = untrusted_receipt.decode("ascii").strip(" \t\r\n")
    except UnicodeDecodeError as fault:
        raise SignatureError("What came back is not a receipt.") from fault
    payload, jwk = _verify_compact(token, jwks, RECEIPT, "council")
    said = json_object(payload, "The council's receipt")
    names = ("receiptId", "idempotencyKey", "decisionId", "payloadSha256", "receivedAt")
    if not all(isinstance(said.get(name), str) and said[name] for name in names):
        raise SignatureError("The council's receipt does not say what it is for.")
    revoked = revoked_of(jwk)
    must_be_before("The council", read_moment(said["receivedAt"]), None, revoked)
    case_number = said.get("caseNumber", "")
    if not isinstance(case_number, str) or len(case_number) > 64 or not case_number.isprintable():
        raise SignatureError("The council's receipt gives a case number that can't be read.")
    return Receipt(
        receipt_id=said["receiptId"],
        idempotency_key=said["idempotencyKey"],
        decision_id=said["decisionId"],
        payload_sha256=said["payloadSha256"],
        case_number=case_number,
        received_at=said["receivedAt"],
        revoked=revoked,
    )


def sign_receipt(claims: Mapping[str, Any], council: Signer) -> bytes:
    """A receipt as the council's side makes it: a compact JWS over its claims."""
    return _compact(canonical(claims), council, RECEIPT).encode()


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """A checkpoint of the chain of events as a compact JWS."""
    claims = {
        "seq": checkpoint.seq,
        "hash": checkpoint.hash,
        "at": checkpoint.at.isoformat(),
        "by": checkpoint.by,
    }
    return _compact(canonical(claims), signer, CHECKPOINT).encode()


def verify_checkpoint(untrusted_jws: bytes, jwks: Mapping[str, Any]) -> Checkpoint:
    """A checkpoint, its signature checked against the hub's keys. Raises SignatureError."""
    try:
        token = untrusted_jws.decode("ascii").strip(" \t\r\n")
    except UnicodeDecodeError as fault:
        raise SignatureError("It is not a signed checkpoint.") from fault
    payload, jwk = _verify_compact(token, jwks, CHECKPOINT, "checkpoint")
    said = json_object(payload, "The checkpoint")
    seq, words, at, by = (said.get(name) for name in ("seq", "hash", "at", "by"))
    moment = read_moment(at)
    if type(seq) is not int or not isinstance(words, str) or moment is None:
        raise SignatureError("The checkpoint does not say what it is of.")
    if not by or jwk.get("worker") != by:
        raise SignatureError("The checkpoint is signed by another person than it names.")
    name, revoked = str(jwk.get("name", by)), revoked_of(jwk)
    must_be_before(name, moment, None, revoked)
    doubt = in_doubt(name, revoked)
    return Checkpoint(seq=seq, hash=words, at=moment, by=str(by), in_doubt=doubt)


def sign_claims(claims: Mapping[str, Any], signer: Signer, typ: str) -> bytes:
    """Any other statement as a compact JWS of that `typ`."""
    return _compact(canonical(claims), signer, typ).encode()


def verify_claims(
    untrusted_jws: bytes, jwks: Mapping[str, Any], typ: str, whose: str
) -> tuple[dict[str, Any], Jwk]:
    """What a statement says, and the key that it is signed with. Raises SignatureError."""
    token = untrusted_jws.decode("ascii", "replace").strip()
    payload, jwk = _verify_compact(token, jwks, typ, whose)
    return json_object(payload, f"The {whose}"), jwk


def untrusted_claims(untrusted_jws: bytes, whose: str) -> dict[str, Any]:
    """What a statement says of itself, signed by whomever. Raises SignatureError."""
    parts = untrusted_jws.decode("ascii", "replace").strip().split(".")
    try:
        payload = _unb64(parts[1])
    except (IndexError, ValueError) as fault:
        raise SignatureError(f"The {whose} can't be read. It is not to be relied on.") from fault
    return json_object(payload, f"The {whose}")


def _registry() -> "JWSRegistry":
    """The one way of signing, for documents up to `LARGEST`: what joserfc takes by itself ends at
    128 kB, which a large family with its proposal within goes beyond."""
    from joserfc.jws import JWSRegistry

    made = JWSRegistry(algorithms=[ALGORITHM])
    made.max_payload_length = 2 * LARGEST
    return made


def _compact(payload: bytes, signer: Signer, typ: str) -> str:
    """The signature by RFC 7515 section 5.1, whose last step a card may do: joserfc, which checks
    it, wants the key itself."""
    protected = json.dumps(
        {"alg": ALGORITHM, "kid": signer.kid, "typ": typ}, separators=(",", ":")
    ).encode()
    signed = f"{_b64(protected)}.{_b64(payload)}"
    return f"{signed}.{_b64(signer.sign(signed.encode()))}"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def _verify_compact(
    untrusted_token: object, jwks: Mapping[str, Any], typ: str, whose: str
) -> tuple[bytes, Jwk]:
    from joserfc import jws
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey

    if not isinstance(untrusted_token, str) or untrusted_token.count(".") != 2:
        raise SignatureError(f"The {whose}'s signature is missing. It is not to be relied on.")
    if not all(_TOKEN.fullmatch(part) for part in untrusted_token.split(".")):
        raise SignatureError(f"The {whose}'s signature is not in the form that is agreed.")
    jwk = _key_for(untrusted_token.split(".")[0], jwks, typ, whose)
    try:
        public = ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y", "kid")})
        found = jws.deserialize_compact(untrusted_token, public, registry=_registry())
    except (JoseError, ValueError, TypeError) as fault:
        raise SignatureError(
            f"The {whose}'s signature does not fit what it came with: something was altered after "
            "it was signed. It is not to be relied on."
        ) from fault
    return bytes(found.payload), jwk


def _key_for(untrusted_protected: str, jwks: Mapping[str, Any], typ: str, whose: str) -> Jwk:
    """The trusted key that the protected header names, once the header is as agreed."""
    try:
        header_bytes = _unb64(untrusted_protected)
    except ValueError as fault:
        raise SignatureError(
            f"The {whose}'s signature is not in the form that is agreed."
        ) from fault
    header = json_object(header_bytes, f"The {whose}'s signature")
    if header.get("alg") != ALGORITHM:
        raise SignatureError(
            f"The {whose}'s signature is not made by {ALGORITHM}, the only way that is accepted. "
            "It is not to be relied on."
        )
    if header.get("typ") != typ or set(header) != {"alg", "kid", "typ"}:
        raise SignatureError(f"The {whose}'s signature was made for something else.")
    jwk = key_by_id(jwks, header["kid"])
    if jwk is None:
        raise SignatureError(
            f"The {whose}'s key is not among the keys that are trusted here. "
            "Ask the hub for its present list of keys."
        )
    return jwk


def _named(document: Mapping[str, Any], member: str, jwk: Jwk, whose: str) -> Signature:
    """Who the document says signed, once the key is found to be theirs."""
    said = document.get(member)
    if not isinstance(said, dict) or not said.get("id"):
        raise SignatureError(f"The document does not say who its {whose} is.")
    if jwk.get("worker") != said["id"]:
        raise SignatureError(
            f"The document names {said.get('name', said['id'])} as its {whose}, but the key is "
            "another person's. It is not to be relied on."
        )
    return Signature(
        worker_id=str(said["id"]),
        name=str(jwk.get("name") or said.get("name") or said["id"]),
        at=str(said.get("at", "")),
        kid=str(jwk["kid"]),
        revoked=revoked_of(jwk),
    )


def _stands(found: Signature, proof: Proof | None) -> Signature:
    """It, with what shows when it was made. Raises SignatureError where its key was revoked."""
    must_be_before(found.name, read_moment(found.at), proof, found.revoked)
    return replace(found, proof=proof)
