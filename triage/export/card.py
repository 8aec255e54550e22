"""A signing key on a smart card or in another token, reached by PKCS #11: it never leaves there.

Its PIN is the token's own, which counts wrong ones and locks itself. PKCS #11 knows one login to a
token for the whole program; while it stands no PIN is looked at. So each time one is typed the
login before it is ended, and every PIN is judged by the token.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from triage.domain.errors import FanlightError, NotAllowedError, NotReadyError
from triage.export.keys import CardPlace

if TYPE_CHECKING:
    from pkcs11 import Session, Token


class CardKey(ec.EllipticCurvePrivateKey):
    """A P-256 key that is on a card. It signs while its card is unlocked; it can't be read."""

    def __init__(self, place: CardPlace, public: ec.EllipticCurvePublicKey) -> None:
        self._place, self._public = place, public

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """ECDSA over SHA-256, in DER. Raises NotReadyError where the card is gone, NotAllowedError
        where it is locked again."""
        digest = hashlib.sha256(bytes(data)).digest()
        raw = _signed(self._place, digest)
        half = len(raw) // 2
        r, s = (int.from_bytes(part, "big") for part in (raw[:half], raw[half:]))
        return encode_dss_signature(r, s)

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Its public half."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """Bits."""
        return self._public.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        """Refused: it signs and does nothing else."""
        raise NotAllowedError(_STAYS)

    def private_numbers(self) -> NoReturn:
        """Refused."""
        raise NotAllowedError(_STAYS)

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:
        """Refused."""
        raise NotAllowedError(_STAYS)

    def __copy__(self) -> "CardKey":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "CardKey":
        return self


_STAYS = "The key is on a card and does not leave it. Nothing was done."
_LOCK = RLock()
_OPEN: "dict[CardPlace, tuple[Session, Any]]" = {}


def key_on(place: CardPlace, pin: str) -> CardKey:
    """The key of that label on the token, made there where there is none.

    Raises NotAllowedError for a PIN that the token refuses, NotReadyError where there is no such
    token or library, or the key is not one for ES256.
    """
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    with _LOCK, _in_words(place):
        session = _logged_in(place, pin, writable=True)
        try:
            if not _found(session, place):
                curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
                parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
                parameters.generate_keypair(store=True, label=place.key, id=place.key.encode())
        finally:
            session.close()
        return unlock(place, pin)


def unlock(place: CardPlace, pin: str) -> CardKey:
    """The key on the token, ready to sign until `lock`. Raises as `key_on`, and NotReadyError
    where the key is not on it."""
    with _LOCK, _in_words(place):
        session = _logged_in(place, pin)
        found = _found(session, place)
        if found is None:
            session.close()
            raise NotReadyError(
                f"The card {place.token} holds no key called {place.key}. Nothing was done. Put in "
                "the card that you were enrolled with."
            )
        private, point = found
        _OPEN[place] = session, private
        return CardKey(place, ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))


def lock(place: CardPlace) -> None:
    """End the login to the token."""
    with _LOCK:
        held = _OPEN.pop(place, None)
        if held is not None:
            from pkcs11 import PKCS11Error

            with suppress(PKCS11Error):  # the card was taken out, and its login with it
                held[0].close()


def change_pin(place: CardPlace, pin: str, new_pin: str) -> None:
    """Change the token's own PIN. Raises as `key_on`, and NotReadyError for a new one that the
    token does not take."""
    import pkcs11

    with _LOCK, _in_words(place):
        session = _logged_in(place, pin, writable=True)
        try:
            session.set_pin(pin, new_pin)
        except (pkcs11.PinLenRange, pkcs11.PinInvalid) as fault:
            raise NotReadyError(
                f"The card {place.token} does not take that as its new PIN: it is too short or too "
                "long for it, or of letters where it wants figures. Nothing was changed. Choose "
                "another."
            ) from fault
        finally:
            session.close()


def _signed(place: CardPlace, digest: bytes) -> bytes:
    from pkcs11 import Mechanism

    with _LOCK:
        if place not in _OPEN:
            raise NotAllowedError(
                "Your card is locked. Nothing was signed. Type its PIN to unlock it."
            )
        with _in_words(place):
            return bytes(_OPEN[place][1].sign(digest, mechanism=Mechanism.ECDSA))


def _token(place: CardPlace) -> "Token":
    import pkcs11

    if not Path(place.module).is_file():
        raise NotReadyError(
            f"What speaks to the card, {place.module}, is not on this computer. Nothing was done. "
            "Ask IT to install the card's software, or to name where it lies: fanlightctl keys card"
        )
    found: list[Token] = []
    for slot in pkcs11.lib(place.module).get_slots(token_present=True):
        with suppress(pkcs11.PKCS11Error):  # another reader that is out of order is no hindrance
            token = slot.get_token()
            if token.label == place.token:
                found.append(token)
    if not found:
        raise pkcs11.NoSuchToken
    if len(found) > 1:
        raise pkcs11.MultipleTokensReturned
    return found[0]


def _logged_in(place: CardPlace, pin: str, *, writable: bool = False) -> "Session":
    for other in [p for p in _OPEN if (p.module, p.token) == (place.module, place.token)]:
        lock(other)
    return _token(place).open(user_pin=pin, rw=writable)


def _found(session: "Session", place: CardPlace) -> tuple[Any, bytes] | None:
    """The private key and the point of its public half; None where it is not there."""
    from asn1crypto.core import OctetString
    from pkcs11 import Attribute, KeyType, ObjectClass
    from pkcs11.util.ec import encode_named_curve_parameters

    wanted = {Attribute.KEY_TYPE: KeyType.EC, Attribute.LABEL: place.key}
    kinds = (ObjectClass.PRIVATE_KEY, ObjectClass.PUBLIC_KEY)
    privates, publics = (
        list(session.get_objects({**wanted, Attribute.CLASS: kind})) for kind in kinds
    )
    if not privates:
        return None
    if not publics:
        raise NotReadyError(
            f"The card {place.token} does not show the public half of its key {place.key}. Nothing "
            "was done. Ask IT to put it on the card, or name another key on it."
        )
    if publics[0][Attribute.EC_PARAMS] != encode_named_curve_parameters("secp256r1"):
        raise NotReadyError(
            f"The key {place.key} on the card {place.token} is not a P-256 key, so it can't sign "
            "here. Nothing was done. Ask IT for another card, or name another key on it."
        )
    point = OctetString.load(publics[0][Attribute.EC_POINT]).native
    return privates[0], bytes(point)


@contextmanager
def _in_words(place: CardPlace) -> Iterator[None]:
    import pkcs11

    try:
        yield
    except FanlightError:
        raise
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange) as fault:
        raise NotAllowedError(
            f"The card {place.token} does not take that PIN. Nothing was done. {_tries(place)}"
        ) from fault
    except pkcs11.PinLocked as fault:
        raise NotAllowedError(
            f"The card {place.token} locked itself after too many wrong PINs. Nothing was done. "
            "Ask IT to unlock it with its own key (PUK), or for another card."
        ) from fault
    except pkcs11.MultipleTokensReturned as fault:
        raise NotReadyError(
            f"Two cards here are called {place.token}. Nothing was done. Take the other one out."
        ) from fault
    except (pkcs11.PKCS11Error, RuntimeError) as fault:
        lock(place)
        raise NotReadyError(
            f"The card {place.token} is not in its reader, or does not answer "
            f"({type(fault).__name__}). Nothing was done. Put it in, and try again with its PIN; "
            "if that does not help, tell IT."
        ) from fault


def _tries(place: CardPlace) -> str:
    from pkcs11 import PKCS11Error, TokenFlag

    with suppress(PKCS11Error, NotReadyError):
        flags = _token(place).flags
        if TokenFlag.USER_PIN_LOCKED in flags:
            return "It is locked now: ask IT to unlock it with its own key (PUK)."
        if TokenFlag.USER_PIN_FINAL_TRY in flags:
            return "One more wrong PIN locks it: ask IT before you try again."
    return "It locks itself after a few wrong ones."
