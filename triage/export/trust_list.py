"""A list of public keys (JWKS, RFC 7517): how it is read, and which key in it made a signature."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.errors import SignatureError
from triage.export.keys import Jwk, named, public_key
from triage.export.strict_json import LARGEST, json_object

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes


def read_keys(path: Path) -> dict[str, Any]:
    """A list of public keys from a file; SignatureError where it is not one."""
    try:
        with path.open("rb") as file:
            untrusted = file.read(LARGEST + 1)
    except OSError as fault:
        raise SignatureError(f"The list of keys in {path.name} can't be read.") from fault
    found = json_object(untrusted, f"The list of keys in {path.name}")
    keys = found.get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise SignatureError(f"The file {path.name} is not a list of public keys (JWKS).")
    if any("d" in key for key in keys):
        raise SignatureError(
            f"The file {path.name} holds a private key. Do not use it, and tell the hub."
        )
    return found


def key_by_id(jwks: Mapping[str, Any], kid: object) -> Jwk | None:
    """The key of that `kid`; None for none. Raises SignatureError as `key_of` does."""
    return _only(jwks, lambda jwk: jwk["kid"] == kid)


def key_of(jwks: Mapping[str, Any], public: "PublicKeyTypes") -> Jwk | None:
    """The entry of a public key of the hub's, whose `kid` is its thumbprint: another's entry for
    the same key is none. None for none; raises SignatureError where two entries differ."""
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

    if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
        return None
    return _only(jwks, lambda jwk: jwk["kid"] == named(public)["kid"] and _public(jwk) == public)


def one_key(one: Jwk, other: Jwk) -> bool:
    """Whether two entries hold the same key, however each writes it."""
    return _public(one) == _public(other)


def _only(jwks: Mapping[str, Any], fits: Callable[[Jwk], bool]) -> Jwk | None:
    found = [jwk for jwk in jwks.get("keys", ()) if _for_es256(jwk) and fits(jwk)]
    if any(jwk != found[0] for jwk in found):
        # As two lists in one: the newer may say that the key was revoked.
        raise SignatureError(
            "The list of keys says two things of one key. Ask for the present list, and use it "
            "alone."
        )
    return dict(found[0]) if found else None


def _for_es256(jwk: object) -> bool:
    return (
        isinstance(jwk, Mapping)
        and (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256")
        and all(isinstance(jwk.get(name), str) for name in ("kid", "x", "y"))
    )


def _public(jwk: Jwk) -> "EllipticCurvePublicKey | None":
    try:
        return public_key(jwk)
    except ValueError:
        return None
