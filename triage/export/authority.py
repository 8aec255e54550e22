"""The hub's own certificate authority: it vouches for people's keys, so that any reader of a signed
PDF that is given one certificate knows them all, and lists what it vouches for no more (RFC 5280).

It writes down each certificate it gave: a list of revoked ones names them by number.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError, SignatureError
from triage.domain.worker import RevokedFor
from triage.export import certificate
from triage.export.existence import (
    Record,
    Revoked,
    earliest,
    in_utc,
    must_be_before,
    revoked_of,
    told,
)
from triage.export.keys import Jwk, Vault, public_key
from triage.export.pack_signing import FIELD, stamp_in

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from pyhanko.sign.validation import EmbeddedPdfSignature

KEY, CERTIFICATE = "authority-key", "authority-certificate"
ISSUED, CRL_NUMBER = "authority-issued", "authority-crl-number"
DAYS = 10 * 365
CRL_DAYS = 30


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
    until = at + timedelta(days=DAYS)
    made = certificate.begun(private.public_key(), name, name, at, until, authority=True).sign(
        private, SHA256()
    )
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    vault.put(CERTIFICATE, made.public_bytes(Encoding.DER))
    vault.put(KEY, der)
    return made.public_bytes(Encoding.PEM)


def _opened(vault: Vault) -> "tuple[EllipticCurvePrivateKey, x509.Certificate]":
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    key, held = vault.get(KEY), vault.get(CERTIFICATE)
    if key is None or held is None:
        raise NotFoundError(
            "There is no authority here. Nothing was changed. Make one: fanlightctl keys authority"
        )
    private = load_der_private_key(key, None)
    assert isinstance(private, EllipticCurvePrivateKey)
    return private, x509.load_der_x509_certificate(held)


def _issued(vault: Vault) -> list[dict[str, Any]]:
    kept = vault.get(ISSUED)
    found: list[dict[str, Any]] = json.loads(kept) if kept else []
    return found


def certify(vault: Vault, jwk: Jwk, hub: str, at: datetime) -> bytes:
    """A certificate (DER) by the authority for a public key of the hub's list and its person.

    Raises NotFoundError where no authority was made.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    private, issuer = _opened(vault)
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
    until = min(at + timedelta(days=certificate.DAYS), issuer.not_valid_after_utc)
    subject = certificate.subject_of(str(jwk["worker"]), str(jwk.get("name", "")), hub)
    made = (
        certificate.begun(public_key(jwk), subject, issuer.subject, at, until)
        .add_extension(authority_id, critical=False)
        .sign(private, SHA256())
    )
    given = {"serial": made.serial_number, "kid": jwk["kid"], "until": until.isoformat()}
    vault.put(ISSUED, json.dumps([*_issued(vault), given]).encode())
    return made.public_bytes(Encoding.DER)


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokedKey:
    """A key that is trusted no more, since when and why; `reason` None where that was not said."""

    kid: str
    at: datetime
    reason: RevokedFor | None


def revocation_list(vault: Vault, revoked: Iterable[RevokedKey], at: datetime) -> bytes:
    """The authority's signed list (CRL, DER) of its certificates for those keys, to be had anew
    within `CRL_DAYS`. Raises NotFoundError where no authority was made."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    private, issuer = _opened(vault)
    number = int(vault.get(CRL_NUMBER) or b"0") + 1
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
    building = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + timedelta(days=CRL_DAYS))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(authority_id, critical=False)
    )
    serials: dict[str, list[int]] = {}
    for given in _issued(vault):
        serials.setdefault(given["kid"], []).append(given["serial"])
    for key in revoked:
        for serial in serials.get(key.kid, ()):
            # A list counts whole seconds, as a paper's signing time does: what was signed in the
            # second in which its key was revoked stays signed before.
            whole = key.at if not key.at.microsecond else key.at + timedelta(seconds=1)
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(whole)
            if key.reason is not None:
                flag = x509.ReasonFlags(_REASONS[key.reason])
                entry = entry.add_extension(x509.CRLReason(flag), critical=False)
            building = building.add_revoked_certificate(entry.build())
    made = building.sign(private, SHA256())
    vault.put(CRL_NUMBER, str(number).encode())
    return made.public_bytes(Encoding.DER)


def pem_of(crl: bytes) -> bytes:
    """A list of revoked certificates as PEM, which openssl reads."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    return x509.load_der_x509_crl(crl).public_bytes(Encoding.PEM)


_REASONS = {
    RevokedFor.LOST: "keyCompromise",
    RevokedFor.LEFT: "affiliationChanged",
    RevokedFor.REPLACED: "superseded",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """What the authority vouches for no more: since when and why, by a certificate's number.
    `until` is when the next list is due."""

    ended: Mapping[int, Revoked]
    until: datetime

    def in_keys(self, jwks: Mapping[str, Any]) -> dict[str, Any]:
        """A list of keys with `revokedAt` and `revokedFor` in each whose certificate (`x5c`) is on
        this one. The earlier time stands, and a key was only replaced where both lists say so: the
        list of keys is signed by nobody. Raises SignatureError for a certificate that is not its
        key's (RFC 7517 section 4.7)."""
        return {"keys": [self._told(key) for key in jwks["keys"]]}

    def _told(self, key: Mapping[str, Any]) -> Mapping[str, Any]:
        from cryptography import x509

        if "x5c" not in key:
            return key
        try:
            found = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
            theirs = found.public_key() == public_key(dict(key))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as fault:
            raise SignatureError(
                "The list of keys holds a certificate that can't be read."
            ) from fault
        if not theirs:
            raise SignatureError("The list of keys holds a certificate beside another's key.")
        ended, said = self.ended.get(found.serial_number), revoked_of(key)
        if ended is None:
            return key
        reasons = {each.reason for each in (ended, said) if each}
        (reason,) = reasons if len(reasons) == 1 else [None]
        return {
            **key,
            "revokedAt": min(each.at for each in (ended, said) if each).isoformat(),
            "revokedFor": reason and reason.value,
        }


def read_revocations(untrusted_crl: bytes, authority_pem: bytes) -> RevocationList:
    """A list of revoked certificates (PEM or DER), where it is signed by the authority. Raises
    SignatureError where it is not."""
    from cryptography import x509

    try:
        root = x509.load_pem_x509_certificate(authority_pem)
        pem = untrusted_crl.lstrip().startswith(b"-----")
        load = x509.load_pem_x509_crl if pem else x509.load_der_x509_crl
        found = load(untrusted_crl)
        ours = found.issuer == root.subject and found.is_signature_valid(root.public_key())  # type: ignore[arg-type]
    except (ValueError, TypeError) as fault:
        raise SignatureError("The list of revoked certificates can't be read.") from fault
    if not ours or found.next_update_utc is None:
        raise SignatureError("The list of revoked certificates is not by the hub's authority.")
    return RevocationList(
        ended={
            one.serial_number: Revoked(at=one.revocation_date_utc, reason=_reason(one))
            for one in found
        },
        until=found.next_update_utc,
    )


def _whose(theirs: "x509.Certificate") -> tuple[str, str]:
    """The name and the sign-in name in a person's certificate."""
    from cryptography.x509.oid import NameOID

    held = (
        theirs.subject.get_attributes_for_oid(i) for i in (NameOID.COMMON_NAME, NameOID.USER_ID)
    )
    name, id = (str(found[0].value) if found else "" for found in held)
    return name or "The signer", id


def _reason(entry: "x509.RevokedCertificate") -> RevokedFor | None:
    from cryptography import x509

    try:
        said = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (ValueError, x509.ExtensionNotFound):
        return None
    return next((ours for ours, flag in _REASONS.items() if flag == said.value), None)


def must_vouch(
    untrusted_pdf: bytes,
    authority_pem: bytes,
    revoked: RevocationList | None = None,
    stamps_pem: bytes | None = None,
    record: Record | None = None,
) -> str:
    """The authority's name, where its certificate vouches for who signed the PDF, and vouched for
    them when they did where a list of what was `revoked` is given. When is shown by a time stamp,
    if the certificates of its service are given, and by the hub's own `record`.

    Raises NotAllowedError where it does not, SignatureError where it does no more or nothing shows
    that it did when that was signed. Whether the signature holds, and whether the hub's
    list of keys has the key as revoked, `pack_signing.verify_pack` says.
    """
    root, signer, found = _directly_vouched(untrusted_pdf, authority_pem)
    _, stamp = stamp_in(found.signer_info, stamps_pem)
    said, (name, worker_id) = in_utc(found.self_reported_timestamp), _whose(signer)
    ended = revoked.ended.get(signer.serial_number) if revoked else None
    held = None
    if record and ended:
        held = record(hashlib.sha256(untrusted_pdf).hexdigest(), worker_id)
    proof = earliest(stamp, held)
    at = proof.at if proof else said
    if at is None or not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        raise NotAllowedError("Its signer's certificate was not in force when it was signed.")
    must_be_before(name, said, proof, ended)
    told(name, said, proof, ended)
    return str(root.subject.rfc4514_string()).removeprefix("CN=")


def _directly_vouched(
    untrusted_pdf: bytes, authority_pem: bytes
) -> "tuple[x509.Certificate, x509.Certificate, EmbeddedPdfSignature]":
    """The authority's certificate, the signer's that it gave, and the signature. Raises
    NotAllowedError where it gave none."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from pyhanko.pdf_utils.reader import PdfFileReader

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
    return root, signer, found
