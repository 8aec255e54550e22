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
    must_be_before,
    must_fit,
    read_moment,
    revoked_of,
)
from triage.export.keys import Jwk, Signer
from triage.export.time_stamp import Stamp, check_stamp

if TYPE_CHECKING:
    from joserfc.jwk import ECKey
    from joserfc.jws import JWSRegistry

ALGORITHM = "ES256"
DECISION = "fanlight-decision+jws"
PROPOSAL = "fanlight-proposal+jws"
RECEIPT = "fanlight-receipt+jws"
CHECKPOINT = "fanlight-checkpoint+jws"
LARGEST = 8_000_000
"""Bytes of a document that are still looked at."""

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
    """The council's word that it has a decision. `case_number` is "" until it has one."""

    receipt_id: str
    idempotency_key: str
    decision_id: str
    payload_sha256: str
    case_number: str
    received_at: str


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
    envelope = _json_object(untrusted_jws, "The file is not a signed decision: it")
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
    from joserfc import jws
    from joserfc.errors import JoseError

    envelope = _json_object(untrusted_jws, "The file is not a signed decision: it")
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
    if not isinstance(only, dict) or set(only) != {"protected", "signature"}:
        raise SignatureError("The signer's signature is not in the form that is agreed.")
    jwk = _key_for(only["protected"], jwks, DECISION, "signer")
    try:
        found = jws.deserialize_json(envelope, _import(jwk), registry=_registry())  # type: ignore[call-overload]
    except (JoseError, ValueError, TypeError) as fault:
        raise _altered("signer") from fault
    payload = bytes(found.payload)
    document = _json_object(payload, "The signed decision")
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
    proposal_bytes, author_jwk = _verify_compact(document.get("proposal"), jwks, PROPOSAL, "author")
    proposed = _json_object(proposal_bytes, "The author's proposal")
    author = _named(document, "author", author_jwk, "author")
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
    if all(author_jwk[part] == jwk[part] for part in ("x", "y")):
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
    return Verified(
        payload=payload,
        document=document,
        author=author,
        signer=signer,
        stamp=stamp,
        stamped=bool(token),
    )


def is_receipt(untrusted_file: bytes) -> bool:
    """Whether a file says of itself that it is a council's receipt; by whom is for its keys."""
    head = untrusted_file.lstrip().partition(b".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("typ") == RECEIPT


def verify_receipt(untrusted_receipt: bytes, jwks: Mapping[str, Any]) -> Receipt:
    """The council's receipt, checked against its keys; SignatureError if it is not theirs, or of a
    key that the council had revoked by then."""
    try:
        token = untrusted_receipt.decode("ascii").strip(" \t\r\n")
    except UnicodeDecodeError as fault:
        raise SignatureError("What came back is not a receipt.") from fault
    payload, jwk = _verify_compact(token, jwks, RECEIPT, "council")
    said = _json_object(payload, "The council's receipt")
    names = ("receiptId", "idempotencyKey", "decisionId", "payloadSha256", "receivedAt")
    if not all(isinstance(said.get(name), str) and said[name] for name in names):
        raise SignatureError("The council's receipt does not say what it is for.")
    must_be_before("The council", read_moment(said["receivedAt"]), None, revoked_of(jwk))
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
    said = _json_object(payload, "The checkpoint")
    try:
        found = Checkpoint(
            seq=int(said["seq"]),
            hash=str(said["hash"]),
            at=datetime.fromisoformat(said["at"]),
            by=str(said["by"]),
        )
    except (KeyError, ValueError, TypeError) as fault:
        raise SignatureError("The checkpoint does not say what it is of.") from fault
    if jwk.get("worker") != found.by:
        raise SignatureError("The checkpoint is signed by another person than it names.")
    must_be_before(str(jwk.get("name", found.by)), found.at, None, revoked_of(jwk))
    return found


def sign_claims(claims: Mapping[str, Any], signer: Signer, typ: str) -> bytes:
    """Any other statement as a compact JWS of that `typ`."""
    return _compact(canonical(claims), signer, typ).encode()


def verify_claims(
    untrusted_jws: bytes, jwks: Mapping[str, Any], typ: str, whose: str
) -> tuple[dict[str, Any], Jwk]:
    """What a statement says, and the key that it is signed with. Raises SignatureError."""
    token = untrusted_jws.decode("ascii", "replace").strip()
    payload, jwk = _verify_compact(token, jwks, typ, whose)
    return _json_object(payload, f"The {whose}"), jwk


def untrusted_claims(untrusted_jws: bytes, whose: str) -> dict[str, Any]:
    """What a statement says of itself, signed by whomever. Raises SignatureError."""
    parts = untrusted_jws.decode("ascii", "replace").strip().split(".")
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
    except (IndexError, ValueError) as fault:
        raise SignatureError(f"The {whose} can't be read. It is not to be relied on.") from fault
    return _json_object(payload, f"The {whose}")


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


def _verify_compact(
    untrusted_token: object, jwks: Mapping[str, Any], typ: str, whose: str
) -> tuple[bytes, Jwk]:
    from joserfc import jws
    from joserfc.errors import JoseError

    if not isinstance(untrusted_token, str) or untrusted_token.count(".") != 2:
        raise SignatureError(f"The {whose}'s signature is missing. It is not to be relied on.")
    if not all(_TOKEN.fullmatch(part) for part in untrusted_token.split(".")):
        raise SignatureError(f"The {whose}'s signature is not in the form that is agreed.")
    jwk = _key_for(untrusted_token.split(".")[0], jwks, typ, whose)
    try:
        found = jws.deserialize_compact(untrusted_token, _import(jwk), registry=_registry())
    except (JoseError, ValueError, TypeError) as fault:
        raise _altered(whose) from fault
    return bytes(found.payload), jwk


def _key_for(untrusted_protected: object, jwks: Mapping[str, Any], typ: str, whose: str) -> Jwk:
    """The trusted key that the protected header names, once the header is as agreed."""
    if not isinstance(untrusted_protected, str) or not _TOKEN.fullmatch(untrusted_protected):
        raise SignatureError(f"The {whose}'s signature is not in the form that is agreed.")
    padded = untrusted_protected + "=" * (-len(untrusted_protected) % 4)
    try:
        header_bytes = base64.urlsafe_b64decode(padded)
    except ValueError as fault:
        raise SignatureError(
            f"The {whose}'s signature is not in the form that is agreed."
        ) from fault
    header = _json_object(header_bytes, f"The {whose}'s signature")
    if header.get("alg") != ALGORITHM:
        raise SignatureError(
            f"The {whose}'s signature is not made by {ALGORITHM}, the only way that is accepted. "
            "It is not to be relied on."
        )
    if header.get("typ") != typ or set(header) != {"alg", "kid", "typ"}:
        raise SignatureError(f"The {whose}'s signature was made for something else.")
    for jwk in jwks.get("keys", ()):
        if not isinstance(jwk, Mapping) or jwk.get("kid") != header["kid"]:
            continue
        if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256") and {"x", "y"} <= jwk.keys():
            return dict(jwk)
    raise SignatureError(
        f"The {whose}'s key is not among the keys that are trusted here. "
        "Ask the hub for its present list of keys."
    )


def _import(jwk: Jwk) -> "ECKey":
    from joserfc.jwk import ECKey

    return ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y", "kid")})


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


def _altered(whose: str) -> SignatureError:
    return SignatureError(
        f"The {whose}'s signature does not fit what it came with: something was altered after "
        "it was signed. It is not to be relied on."
    )


def _json_object(untrusted: bytes, what: str) -> dict[str, Any]:
    """A JSON object; one that names a member twice is refused, since readers would differ."""
    if len(untrusted) > LARGEST:
        raise SignatureError(f"{what} is larger than any decision ({len(untrusted)} bytes).")
    try:
        parsed = json.loads(untrusted, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise SignatureError(f"{what} can't be read as JSON.") from fault
    if not isinstance(parsed, dict):
        raise SignatureError(f"{what} can't be read as a JSON object.")
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is named twice")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")
