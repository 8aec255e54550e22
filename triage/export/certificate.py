"""X.509 certificates of people's keys (RFC 5280): who is named in them, and what a key is for."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

DAYS = 5 * 365


def subject_of(worker_id: str, name: str, hub: str) -> "x509.Name":
    """How a certificate names a person: name, sign-in name, hub."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    parts = [
        x509.NameAttribute(NameOID.COMMON_NAME, (name or worker_id)[:64]),
        x509.NameAttribute(NameOID.USER_ID, worker_id),
    ]
    if hub:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, hub[:64]))
    return x509.Name(parts)


def begun(
    public: "EllipticCurvePublicKey",
    subject: "x509.Name",
    issuer: "x509.Name",
    at: datetime,
    until: datetime,
    *,
    authority: bool = False,
) -> "x509.CertificateBuilder":
    """A certificate of a key that signs documents, or certificates and lists of revoked ones where
    it is an `authority`'s; ready to be signed by its issuer."""
    from cryptography import x509

    path_length = 0 if authority else None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        # Desks' clocks differ a little; a certificate from the future is refused by readers.
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(authority, path_length), critical=True)
        .add_extension(_usage(signs_certificates=authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def self_signed(private: "EllipticCurvePrivateKey", subject: "x509.Name", at: datetime) -> bytes:
    """A person's certificate (DER) that nobody else vouches for."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    made = begun(private.public_key(), subject, subject, at, at + timedelta(days=DAYS))
    return made.sign(private, SHA256()).public_bytes(Encoding.DER)


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
