"""The hub's own certificate authority: it vouches for people's keys, so that any reader of a signed
PDF that is given one certificate knows them all (RFC 5280)."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.export.keys import CERTIFICATE_DAYS, Vault

if TYPE_CHECKING:
    from cryptography import x509

KEY, CERTIFICATE = "authority-key", "authority-certificate"
DAYS = 10 * 365


def create(vault: Vault, hub: str, at: datetime) -> bytes:
    """Make the authority's key, kept in `vault`, and give its certificate (PEM).

    Raises NotReadyError where there is one already: a second would vouch for nobody of the first.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.x509.oid import NameOID

    if vault.get(KEY):
        raise NotReadyError("There is an authority here already. Nothing was changed.")
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{hub} signing authority"[:64])])
    key_id = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(key_id, critical=False)
        .sign(private, SHA256())
    )
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    vault.put(CERTIFICATE, made.public_bytes(Encoding.DER))
    vault.put(KEY, der)
    return made.public_bytes(Encoding.PEM)


def certify(vault: Vault, own_certificate: bytes, at: datetime) -> bytes:
    """A certificate (DER) by the authority for the key and the person of `own_certificate`.

    Raises NotFoundError where no authority was made.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key

    key, held = vault.get(KEY), vault.get(CERTIFICATE)
    if key is None or held is None:
        raise NotFoundError(
            "There is no authority here. Nothing was changed. Make one: fanlightctl keys authority"
        )
    private, issuer = load_der_private_key(key, None), x509.load_der_x509_certificate(held)
    assert isinstance(private, EllipticCurvePrivateKey)
    own = x509.load_der_x509_certificate(own_certificate)
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
    key_id = x509.SubjectKeyIdentifier.from_public_key(own.public_key())
    until = min(at + timedelta(days=CERTIFICATE_DAYS), issuer.not_valid_after_utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(own.subject)
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(key_id, critical=False)
        .add_extension(authority_id, critical=False)
        .sign(private, SHA256())
    )
    return made.public_bytes(Encoding.DER)


def _usage(*, signs_certificates: bool) -> "x509.KeyUsage":
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def must_vouch(untrusted_pdf: bytes, authority_pem: bytes) -> str:
    """The authority's name, where its certificate vouches for who signed the PDF.

    Raises NotAllowedError where it does not. Whether the signature holds, and whether the key was
    revoked, `pack_signing.verify_pack` says.
    """
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from pyhanko.pdf_utils.reader import PdfFileReader

    from triage.export.pack_signing import FIELD

    try:
        root = x509.load_pem_x509_certificate(authority_pem)
        signatures = PdfFileReader(BytesIO(untrusted_pdf)).embedded_signatures
        found = next(s for s in signatures if s.field_name == FIELD)
        signer = x509.load_der_x509_certificate(found.signer_cert.dump())
        signer.verify_directly_issued_by(root)
    except (ValueError, TypeError, StopIteration, InvalidSignature) as fault:
        raise NotAllowedError(
            "The hub's authority does not vouch for the key it was signed with. Do not rely on it."
        ) from fault
    at = found.self_reported_timestamp
    if at and not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise NotAllowedError("It was signed when its signer's certificate was not in force.")
    return str(root.subject.rfc4514_string()).removeprefix("CN=")
