"""Signs a pack as PAdES baseline B-B (ETSI EN 319 142-1) with the key of whoever issues it, and
says of a file whether that signature holds.

Nothing may be changed after the signature: any reader that knows PDF signatures says so if it was.
"""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeVar

from triage.domain.errors import SignatureError
from triage.export.existence import (
    Proof,
    Record,
    Revoked,
    earliest,
    in_utc,
    must_be_before,
    must_fit,
    revoked_of,
)
from triage.export.keys import Signer
from triage.export.time_stamp import Stamp, check_stamp, quiet
from triage.export.trust_list import key_of

if TYPE_CHECKING:
    from pyhanko.sign.signers import ExternalSigner

_T = TypeVar("_T")
FIELD = "Issued by"
ISSUED = "Issued as a numbered copy"
_ROOM, _STAMP_ROOM = 8192, 16_384
"""Half-bytes kept for the signature, of which one with a P-256 certificate takes about 2,500, and
as many more for a time stamp with its service's certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A pack with room for a signature, from `start` to `end`, and what is to be signed: the
    attributes, in DER, that hold the digest of all the rest."""

    pdf: bytes
    start: int
    end: int
    digest: bytes
    to_sign: bytes
    certificate: bytes


def sign_pack(
    pdf: bytes,
    signer: Signer,
    at: datetime,
    *,
    stamp: Callable[[bytes], bytes] | None = None,
    reason: str = ISSUED,
) -> bytes:
    """The same pages with the person's signature after them, made `at` that time, and the token
    that `stamp` gives over it, if any (PAdES B-T). The words are not touched."""
    prepared = prepare(
        pdf, signer.certificate_der, name_of(signer), at, reason=reason, stamped=stamp is not None
    )
    signature = signer.sign_der(prepared.to_sign)
    return put_in(prepared, signature, stamp(signature) if stamp else b"")


def name_of(signer: Signer) -> str:
    """The name that the signature shows."""
    return str(signer.public_jwk.get("name") or signer.worker_id)


def prepare(
    pdf: bytes,
    certificate: bytes,
    name: str,
    at: datetime,
    *,
    reason: str = ISSUED,
    stamped: bool = False,
) -> Prepared:
    """Make room for a person's signature after the pages, by the certificate (DER) of their key,
    that says it was made `at` that time, and for a time stamp. The key itself signs `to_sign`, and
    need not be here."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    details = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=name,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    cms = _cms_signer(certificate, _ROOM)

    async def digested() -> Prepared:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        session = PdfSigner(details, signer=cms).init_signing_session(writer)
        session.system_time = at
        size = _ROOM + (_STAMP_ROOM if stamped else 0)
        room = session.prepare_tbs_document(validation_info=None, bytes_reserved=size)
        digest, output = room.digest_tbs_document()
        output.seek(0)
        attributes = await cms.signed_attrs(digest.document_digest, "sha256", use_pades=True)
        return Prepared(
            pdf=output.read(),
            start=digest.reserved_region_start,
            end=digest.reserved_region_end,
            digest=digest.document_digest,
            to_sign=attributes.dump(),
            certificate=certificate,
        )

    return _result(digested())


def put_in(prepared: Prepared, signature: bytes, token: bytes = b"") -> bytes:
    """The pack with the signature (ECDSA in DER, over `to_sign`) in the room made for it, and a
    time stamp's token over it, if any; one that is too long for the room is left out."""
    from asn1crypto.cms import CMSAttribute, CMSAttributes, ContentInfo
    from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest

    cms = _cms_signer(prepared.certificate, signature)
    signed = _result(
        cms.async_sign_prescribed_attributes("sha256", CMSAttributes.load(prepared.to_sign))
    )
    room = prepared.end - prepared.start
    if token and 2 * (len(signed.dump()) + len(token)) < room - 256:
        signed["content"]["signer_infos"][0]["unsigned_attrs"] = CMSAttributes(
            [
                CMSAttribute(
                    {"type": "signature_time_stamp_token", "values": [ContentInfo.load(token)]}
                )
            ]
        )
    output = BytesIO(prepared.pdf)
    PreparedByteRangeDigest(prepared.digest, prepared.start, prepared.end).fill_with_cms(
        output, signed
    )
    return output.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Who signed a copy, and when by its own account; None where it does not say.

    `stamp` is a time-stamping service's word, `stamped` whether there is one, checked or not;
    `revoked` and `proof` as a decision's signature has them.
    """

    name: str
    at: datetime | None
    stamp: Stamp | None = None
    stamped: bool = False
    revoked: Revoked | None = None
    proof: Proof | None = None


def verify_pack(
    untrusted_pdf: bytes,
    jwks: Mapping[str, Any],
    stamps_pem: bytes | None = None,
    record: Record | None = None,
) -> Issued:
    """Who issued the copy, where its signature holds, covers the whole file and is by a key of
    `jwks`. The certificates of the time-stamping service, and the hub's own `record`, show when.

    Raises SignatureError, saying what is wrong, where not."""
    public, info, at = _signature(untrusted_pdf)
    key = key_of(jwks, public)
    if key is None:
        raise SignatureError("It is signed with a key that is not on the hub's list.")
    token, stamp = stamp_in(info, stamps_pem)
    must_fit(stamp, at)
    name, held, revoked = str(key.get("name", "")), None, revoked_of(key)
    if record and revoked:
        held = record(hashlib.sha256(untrusted_pdf).hexdigest(), str(key.get("worker", "")))
    proof = earliest(stamp, held)
    must_be_before(name, at, proof, revoked)
    return Issued(name=name, at=at, stamp=stamp, stamped=bool(token), revoked=revoked, proof=proof)


def _signature(untrusted_pdf: bytes) -> tuple[Any, Any, datetime | None]:
    """The public key of a PDF's signature that holds and covers the whole file, its CMS SignerInfo,
    and when it says that it was made. Raises SignatureError."""
    from cryptography import x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    quiet()
    try:
        signatures = PdfFileReader(BytesIO(untrusted_pdf)).embedded_signatures
        found = next((s for s in signatures if s.field_name == FIELD), None)
        if found is None:
            raise SignatureError("It is a PDF, and no signature of a hub is in it.")
        trusted = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
        status = validate_pdf_signature(found, trusted)
        public = x509.load_der_x509_certificate(found.signer_cert.dump()).public_key()
    except SignatureError:
        raise
    except Exception as fault:  # whatever a damaged file makes of the libraries that read it
        raise SignatureError("It is a PDF whose signature can't be read.") from fault
    if not (status.intact and status.valid) or (
        status.coverage is not SignatureCoverageLevel.ENTIRE_FILE
    ):
        raise SignatureError("It was altered after it was signed. Do not rely on it.")
    return public, found.signer_info, in_utc(status.signer_reported_dt)


def stamp_in(signer_info: Any, stamps_pem: bytes | None) -> tuple[bytes, Stamp | None]:
    """The token over a paper's signature, b"" for none, and what it says once checked by the
    service's certificates, where they are given. Raises SignatureError where it does not hold."""
    try:
        held = [
            attribute["values"][0].dump()
            for attribute in signer_info["unsigned_attrs"] or ()
            if attribute["type"].native == "signature_time_stamp_token"
        ]
        signature = bytes(signer_info["signature"].native)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as fault:
        raise SignatureError("What was put beside its signature can't be read.") from fault
    token = bytes(held[0]) if held else b""
    if not token or stamps_pem is None:
        return token, None
    return token, check_stamp(token, signature, stamps_pem, until=datetime.now(UTC))


_LOOPS: list[asyncio.AbstractEventLoop] = []


def open_loop() -> None:
    """Make the loop that pyHanko wants, for a process that may not make one later: on Windows it
    opens a pair of sockets. Where this is not called, each signature makes its own."""
    _LOOPS.append(asyncio.new_event_loop())


def _result(coroutine: "Coroutine[Any, Any, _T]") -> _T:
    return _LOOPS[0].run_until_complete(coroutine) if _LOOPS else asyncio.run(coroutine)


def _cms_signer(certificate: bytes, signature: bytes | int) -> "ExternalSigner":
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import ExternalSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    return ExternalSigner(
        signing_cert=Certificate.load(certificate),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
        signature_value=signature,
    )
