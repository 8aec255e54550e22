"""Signs a pack as PAdES baseline B-B (ETSI EN 319 142-1) with the key of whoever issues it.

Nothing may be changed after the signature: any reader that knows PDF signatures says so if it was.
"""

from io import BytesIO
from typing import TYPE_CHECKING

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
