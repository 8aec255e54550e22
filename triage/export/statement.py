"""Signed statements of a desk's own: the manifest of a backup, made where nobody types a PIN."""

from collections.abc import Mapping
from typing import Any

from triage.domain.errors import SignatureError
from triage.export import signing
from triage.export.keys import Jwk, Signer, Vault, public_jwk

BACKUP = "fanlight-backup+jws"
WHO = "backup"
"""Whose such a key is said to be: nobody's who signs anything else."""

_KEY = "backup-signing-key"


def desk_signer(vault: Vault) -> Signer:
    """The key by which this desk signs its backups; made, and kept in the vault, the first time."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        load_der_private_key,
    )

    kept = vault.get(_KEY)
    private = load_der_private_key(kept, None) if kept else ec.generate_private_key(ec.SECP256R1())
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    if not kept:
        vault.put(_KEY, private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    jwk: Jwk = {**public_jwk(private, WHO, "Backups"), "signs_off": False}
    return Signer(
        worker_id=WHO,
        kid=jwk["kid"],
        public_jwk=jwk,
        private_key=private,
        certificate_der=b"",
    )


def sign_manifest(claims: Mapping[str, Any], signer: Signer) -> bytes:
    """What a backup holds, as a compact JWS."""
    return signing.sign_claims(claims, signer, BACKUP)


def read_manifest(untrusted_jws: bytes) -> dict[str, Any]:
    """What the manifest says, before anybody vouches for it. Raises SignatureError."""
    return signing.untrusted_claims(untrusted_jws, "manifest")


def verify_manifest(untrusted_jws: bytes, jwks: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest says, its signature checked. Raises SignatureError."""
    said, jwk = signing.verify_claims(untrusted_jws, jwks, BACKUP, "manifest")
    if jwk.get("worker") != WHO:
        raise SignatureError(
            "The manifest is signed with a person's key, not by the desk that makes backups. "
            "It is not to be relied on."
        )
    return said
