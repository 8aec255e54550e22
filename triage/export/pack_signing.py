"""Signs a pack as PAdES baseline B-B (ETSI EN 319 142-1) with the key of whoever issues it, and
says of a file whether that signature holds.

Nothing may be changed after the signature: any reader that knows PDF signatures says so if it was.
"""

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from triage.domain.errors import SignatureError
from triage.export.keys import Signer

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "Issued by"
_ROOM = 8192
"""Bytes kept for the signature; one with a P-256 certificate takes about 2,500."""


def sign_pack(pdf: bytes, signer: Signer, *, reason: str = "Issued as a numbered copy") -> bytes:
    """The same pages with the person's signature after them. The words are not touched."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    details = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=_name(signer),
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signed = PdfSigner(details, signer=_cms_signer(signer)).sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)), bytes_reserved=_ROOM
    )
    return bytes(signed.getvalue())


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Who signed a copy, and when by the clock of that desk; None where it does not say."""

    name: str
    at: datetime | None


def verify_pack(untrusted_pdf: bytes, jwks: Mapping[str, Any]) -> Issued:
    """Who issued the copy, where its signature holds, covers the whole file and is by a key of
    `jwks`. Raises SignatureError, saying what is wrong, where not."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    # It warns of a certificate that no authority vouches for; the hub's list of keys does.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        signatures = PdfFileReader(BytesIO(untrusted_pdf)).embedded_signatures
        found = next((s for s in signatures if s.field_name == FIELD), None)
        if found is None:
            raise SignatureError("It is a PDF, and no signature of a hub is in it.")
        trusted = ValidationContext(trust_roots=[found.signer_cert], allow_fetching=False)
        status = validate_pdf_signature(found, trusted)
    except SignatureError:
        raise
    except Exception as fault:  # whatever a damaged file makes of the libraries that read it
        raise SignatureError("It is a PDF whose signature can't be read.") from fault
    if not (status.intact and status.valid) or (
        status.coverage is not SignatureCoverageLevel.ENTIRE_FILE
    ):
        raise SignatureError("It was altered after it was signed. Do not rely on it.")
    point = bytes(found.signer_cert.public_key["public_key"].native)
    for key in jwks.get("keys", ()):
        if _point(key) == point:
            at, revoked = status.signer_reported_dt, str(key.get("revokedAt", ""))
            if revoked and not (at and at < datetime.fromisoformat(revoked)):
                raise SignatureError(
                    "Its signer's key was revoked before it was signed. It is not to be relied on."
                )
            return Issued(name=str(key.get("name", "")), at=at)
    raise SignatureError("It is signed with a key that is not on the hub's list.")


def _point(untrusted_key: Any) -> bytes:
    """An elliptic key of a list as the point a certificate holds, b"" where it is none."""
    try:
        x, y = (base64.urlsafe_b64decode(f"{untrusted_key[name]}==") for name in ("x", "y"))
    except (KeyError, TypeError, ValueError):
        return b""
    return b"\x04" + x + y


def _name(signer: Signer) -> str:
    return str(signer.public_jwk.get("name") or signer.worker_id)


def _cms_signer(signer: Signer) -> "SimpleSigner":
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    return SimpleSigner(
        signing_cert=Certificate.load(signer.certificate_der),
        signing_key=PrivateKeyInfo.load(signer.private_der()),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
