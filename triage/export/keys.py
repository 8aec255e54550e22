"""Signing keys: one ES256 key a person, wrapped by their PIN, kept in the desk's vault; or on a
smart card, whose PIN is its own (`triage.export.card`).

The vault (the system's keyring) protects the wrapped key; the PIN, stretched with Argon2id,
protects it from others who may sit down at the same desk. Public keys are never deleted, so that
what a person signed still verifies after they were given a new key.
"""

import base64
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from triage.domain.errors import FanlightError, NotAllowedError, NotFoundError, SecretsError
from triage.domain.pin import SHORTEST
from triage.domain.spelling import counted
from triage.export import certificate

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import (
        EllipticCurvePrivateKey,
        EllipticCurvePublicKey,
    )

Jwk = dict[str, Any]
"""A public key as a JSON Web Key (RFC 7517); `kid` is its RFC 7638 thumbprint."""

MEMBERS = ("kty", "crv", "x", "y", "kid", "alg", "use", "worker", "name", "signs_off")
"""What a key says of itself; of its end and its certificate only the hub does."""

FREE_TRIES = 5
"""Wrong PINs before a wait is asked for; each further one doubles the wait."""

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


_NO_KEY = "This person has no signing key on this desk. Ask a team leader to enrol them."


class Vault(Protocol):
    """Where secrets lie. `get` answers None where there is no such name."""

    def get(self, name: str, /) -> bytes | None: ...
    def put(self, name: str, value: bytes, /) -> None: ...
    def delete(self, name: str, /) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The cost of one guess at a PIN with Argon2id (RFC 9106, second recommended option)."""

    iterations: int = 3
    memory_kib: int = 65536
    lanes: int = 4


AT_A_DESK = Stretch()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Where a key lies: the library that speaks to the token (its path), the token's label, and
    the label of the key on it."""

    module: str
    token: str
    key: str = "Fanlight"

    def told(self) -> dict[str, str]:
        """The same as plain names and words."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An unlocked key: whose it is, and what can be signed with it."""

    worker_id: str
    kid: str
    public_jwk: Jwk
    private_key: "EllipticCurvePrivateKey"
    certificate_der: bytes

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-256 of `message` as r||s, 64 bytes (RFC 7518 section 3.4)."""
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

        r, s = decode_dss_signature(self.sign_der(message))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign_der(self, message: bytes) -> bytes:
        """The same signature in DER, as X.509 and PDF tools want it."""
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.hashes import SHA256

        return self.private_key.sign(message, ECDSA(SHA256()))

    def private_der(self) -> bytes:
        """The private key as PKCS #8 DER; a person's is never written anywhere."""
        return _pkcs8(self.private_key)


class DeskKeys:
    """The keys of everyone enrolled on this desk, and who is signed in for this session.

    `now` is the clock that waits are measured by; `hub` is named in each certificate.
    """

    def __init__(
        self,
        vault: Vault,
        *,
        hub: str = "",
        now: Callable[[], datetime] | None = None,
        stretch: Stretch | None = None,
    ) -> None:
        self._vault = vault
        self._hub = hub
        self._now = now or (lambda: datetime.now(UTC))
        self._stretch = stretch or AT_A_DESK
        self._held: dict[str, Signer] = {}
        self._cards: dict[str, CardPlace] = {}
        self._counting = Lock()

    def enrol(
        self,
        worker_id: str,
        pin: str,
        *,
        name: str = "",
        signs_off: bool = True,
        place: CardPlace | None = None,
    ) -> Jwk:
        """Make a new key for a person and return its public half.

        `signs_off` goes into the public key: without it, who checks a decision refuses this
        person as its signer, wherever the key was used. Someone enrolled again gets a new key;
        the old public key stays in `jwks`. With a `place` the key is that on the card there, made
        where there is none, and `pin` is the card's. Raises NotAllowedError for a PIN that is too
        short, and what `card.key_on` raises.
        """
        from cryptography.hazmat.primitives.asymmetric import ec

        private: ec.EllipticCurvePrivateKey
        if place is not None:
            from triage.export import card

            private = card.key_on(place, pin)
        else:
            _long_enough(pin)
            private = ec.generate_private_key(ec.SECP256R1())
        jwk = {**public_jwk(private, worker_id, name), "signs_off": signs_off}
        subject = certificate.subject_of(worker_id, name, self._hub)
        own = certificate.self_signed(private, subject, self._now())
        earlier = [known for known in self._public(worker_id) if known["kid"] != jwk["kid"]]
        if place is not None:
            self._put_json(f"key.{worker_id}", {"kid": jwk["kid"], "card": place.told()})
        else:
            self._wrap(worker_id, jwk["kid"], private, pin)
        self._vault.put(f"certificate.{worker_id}", own)
        self._put_json(f"public.{worker_id}", [*earlier, jwk])
        self._put_json("enrolled", sorted({*self._enrolled(), worker_id}))
        self._vault.delete(f"tries.{worker_id}")
        self.lock(worker_id)
        return jwk

    def enrolled(self, worker_id: str) -> bool:
        """Whether the person has a key on this desk."""
        return bool(self._public(worker_id))

    def signer(self, worker_id: str, pin: str) -> Signer:
        """The person's key, unlocked for one act.

        Raises NotAllowedError when the PIN is wrong or a wait has not passed, NotFoundError when
        the person has no key here, NotReadyError where their card is not in its reader.
        """
        place = self.card(worker_id)
        private = self._on_card(worker_id, place, pin) if place else self._by_pin(worker_id, pin)
        jwk = self.public(worker_id)
        return Signer(
            worker_id=worker_id,
            kid=jwk["kid"],
            public_jwk=jwk,
            private_key=private,
            certificate_der=self.certificate(worker_id),
        )

    def card(self, worker_id: str) -> CardPlace | None:
        """Where the person's key lies on a card; None where this desk itself keeps it."""
        kept = self._get_json(f"key.{worker_id}") or {}
        if "card" not in kept:
            return None
        return CardPlace(**kept["card"])

    def move_card(self, worker_id: str, place: CardPlace) -> None:
        """Look for the person's card by another library, or under another label, from now on.
        Raises NotFoundError where their key is on no card."""
        kept = self._get_json(f"key.{worker_id}") or {}
        if "card" not in kept:
            raise NotFoundError("This person's key is not on a card. Nothing was changed.")
        self.lock(worker_id)
        self._put_json(f"key.{worker_id}", {**kept, "card": place.told()})

    def _on_card(self, worker_id: str, place: CardPlace, pin: str) -> "EllipticCurvePrivateKey":
        from triage.export import card

        # The login before is ended by this one: a PIN that is wrong locks what was held as well.
        held = self._held.pop(worker_id, None)
        private = card.unlock(place, pin)
        self._cards[worker_id] = place
        if public_jwk(private, worker_id, "")["kid"] != self.public(worker_id)["kid"]:
            self.lock(worker_id)
            raise NotAllowedError(
                f"The card {place.token} holds another key than you were enrolled with. Nothing "
                "was done. Put in your own card, or ask a team leader to enrol you anew."
            )
        if held is not None:
            self._held[worker_id] = held
        return private

    def _by_pin(self, worker_id: str, pin: str) -> "EllipticCurvePrivateKey":
        with self._counting:
            wrong = self._counted(worker_id)
        private = self._unwrap(worker_id, pin)
        if private is None:
            raise NotAllowedError(wrong)
        self._vault.delete(f"tries.{worker_id}")
        return private

    def _counted(self, worker_id: str) -> str:
        """Count a PIN as wrong before it is tried: guesses made side by side must not all be the
        first. The words for it if it is; NotAllowedError where a wait has not passed."""
        tries, wait_until = self._tries(worker_id)
        now = self._now()
        if wait_until is not None and wait_until > now + LONGEST_WAIT:
            # The clock of this computer was put back: nobody waits longer than the longest.
            wait_until = now + LONGEST_WAIT
            self._keep_tries(worker_id, tries, wait_until)
        if wait_until is not None and now < wait_until:
            left = wait_until - now
            raise NotAllowedError(
                f"The PIN was wrong {tries} times. Nothing was done. Try again in {_words(left)}."
            )
        return self._wrong(worker_id, tries + 1)

    def unlock(self, worker_id: str, pin: str) -> Signer:
        """As `signer`, and kept for the session: the person need not type the PIN to propose."""
        signer = self.signer(worker_id, pin)
        self._held[worker_id] = signer
        return signer

    def held(self, worker_id: str) -> Signer:
        """The key unlocked for this session; NotAllowedError asks for the PIN otherwise."""
        try:
            return self._held[worker_id]
        except KeyError:
            raise NotAllowedError(
                "Your signing key is locked. Nothing was sent. Type your PIN to unlock it."
            ) from None

    def lock(self, worker_id: str = "") -> None:
        """Forget the unlocked key of one person, or of everyone."""
        for held in [worker_id] if worker_id else {*self._held, *self._cards}:
            self._held.pop(held, None)
            if (place := self._cards.pop(held, None)) is not None:
                from triage.export import card

                card.lock(place)

    def change_pin(self, worker_id: str, pin: str, new_pin: str) -> None:
        """Wrap the same key by another PIN, or change the card's; the old one must be right.

        There is one PIN at each moment, the one before or the new: the vault takes the key as it
        is wrapped anew whole or not at all. `untold` has the change until `told`.
        """
        changed = self._now().isoformat()
        if (place := self.card(worker_id)) is not None:
            from triage.export import card

            held = worker_id in self._held
            self.lock(worker_id)
            # Before it: what a card did while this program died is not to be had from it.
            kept = self._get_json(f"key.{worker_id}")
            self._put_json(f"key.{worker_id}", {**kept, "untold": changed})
            try:
                card.change_pin(place, pin, new_pin)
            except FanlightError:
                self._put_json(f"key.{worker_id}", kept)
                raise
            if held:
                self.unlock(worker_id, new_pin)
            return
        _long_enough(new_pin)
        signer = self.signer(worker_id, pin)
        self._wrap(worker_id, signer.kid, signer.private_key, new_pin, untold=changed)

    def untold(self, worker_id: str) -> str:
        """When the person's PIN was changed (ISO 8601), where the trail does not have it yet; ""
        where it has."""
        return str((self._get_json(f"key.{worker_id}") or {}).get("untold", ""))

    def told(self, worker_id: str) -> None:
        """The trail has the change of the person's PIN."""
        kept = self._get_json(f"key.{worker_id}") or {}
        if kept.pop("untold", ""):
            self._put_json(f"key.{worker_id}", kept)

    def public(self, worker_id: str) -> Jwk:
        """The person's present public key; NotFoundError where they have none here."""
        keys = self._public(worker_id)
        if not keys:
            raise NotFoundError(_NO_KEY)
        return keys[-1]

    def certificate(self, worker_id: str) -> bytes:
        """The person's X.509 certificate (DER), for PDFs: self-signed, or by an authority."""
        found = self._vault.get(f"certificate.{worker_id}")
        if found is None:
            raise NotFoundError(_NO_KEY)
        return found

    def put_certificate(self, worker_id: str, given: bytes) -> None:
        """Keep a certificate that an authority gave for the person's present key, in place of the
        self-signed one. Raises NotAllowedError where it is for another key."""
        from cryptography import x509

        public = x509.load_der_x509_certificate(given).public_key()
        if public != public_key(self.public(worker_id)):
            raise NotAllowedError("That certificate is for another key. Nothing was changed.")
        self._vault.put(f"certificate.{worker_id}", given)

    def jwks(self) -> dict[str, list[Jwk]]:
        """The hub's trust list: every public key ever enrolled here (RFC 7517 section 5)."""
        return {"keys": [jwk for worker in self._enrolled() for jwk in self._public(worker)]}

    def _wrap(
        self,
        worker_id: str,
        kid: str,
        private: "EllipticCurvePrivateKey",
        pin: str,
        *,
        untold: str = "",
    ) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, nonce = os.urandom(16), os.urandom(12)
        cost = self._stretch
        wrapped = AESGCM(_stretched(pin, salt, cost)).encrypt(
            nonce, _pkcs8(private), f"{worker_id} {kid}".encode()
        )
        self._put_json(
            f"key.{worker_id}",
            {
                "kid": kid,
                "salt": _b64(salt),
                "nonce": _b64(nonce),
                "key": _b64(wrapped),
                "cost": [cost.iterations, cost.memory_kib, cost.lanes],
                **({"untold": untold} if untold else {}),
            },
        )

    def _unwrap(self, worker_id: str, pin: str) -> "EllipticCurvePrivateKey | None":
        """The private key, or None when the PIN does not open it."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
        from cryptography.hazmat.primitives.serialization import load_der_private_key

        kept = self._get_json(f"key.{worker_id}")
        if kept is None:
            raise NotFoundError(_NO_KEY)
        iterations, memory_kib, lanes = kept["cost"]
        cost = Stretch(iterations=iterations, memory_kib=memory_kib, lanes=lanes)
        try:
            der = AESGCM(_stretched(pin, _unb64(kept["salt"]), cost)).decrypt(
                _unb64(kept["nonce"]), _unb64(kept["key"]), f"{worker_id} {kept['kid']}".encode()
            )
        except InvalidTag:
            return None
        private = load_der_private_key(der, None)
        assert isinstance(private, EllipticCurvePrivateKey)
        return private

    def _tries(self, worker_id: str) -> tuple[int, datetime | None]:
        kept = self._get_json(f"tries.{worker_id}")
        if kept is None:
            return 0, None
        until = kept["wait_until"]
        return int(kept["wrong"]), datetime.fromisoformat(until) if until else None

    def _wrong(self, worker_id: str, wrong: int) -> str:
        """Count one PIN in the vault as wrong, and say so in the words for it."""
        over = wrong - FREE_TRIES
        wait = min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT) if over >= 0 else None
        until = self._now() + wait if wait else None
        self._keep_tries(worker_id, wrong, until)
        if wait:
            return (
                f"That is not your PIN; it was wrong {wrong} times. Nothing was done. "
                f"Try again in {_words(wait)}."
            )
        left = FREE_TRIES - wrong
        return (
            "That is not your PIN. Nothing was done. "
            f"{left} more {'try' if left == 1 else 'tries'} before a wait."
        )

    def _keep_tries(self, worker_id: str, wrong: int, until: datetime | None) -> None:
        self._put_json(
            f"tries.{worker_id}",
            {"wrong": wrong, "wait_until": until.isoformat() if until else ""},
        )

    def _public(self, worker_id: str) -> list[Jwk]:
        kept: list[Jwk] = self._get_json(f"public.{worker_id}") or []
        return kept

    def _enrolled(self) -> list[str]:
        kept: list[str] = self._get_json("enrolled") or []
        return kept

    def _get_json(self, name: str) -> Any:
        kept = self._vault.get(name)
        if kept is None:
            return None
        try:
            return json.loads(kept)
        except ValueError as fault:
            raise SecretsError(
                f"The vault's entry {name} can't be read. Nothing was signed. "
                "Ask whoever looks after this desk to enrol the person again."
            ) from fault

    def _put_json(self, name: str, value: object) -> None:
        self._vault.put(name, json.dumps(value, separators=(",", ":")).encode())


def thumbprint(jwk: Jwk) -> str:
    """The RFC 7638 SHA-256 thumbprint of an EC public key."""
    members = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return _b64(hashlib.sha256(canonical).digest())


def public_key(jwk: Jwk) -> "EllipticCurvePublicKey":
    """The key that a JWK holds."""
    from cryptography.hazmat.primitives.asymmetric import ec

    x, y = (int.from_bytes(_unb64(jwk[name]), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def public_jwk(private: "EllipticCurvePrivateKey", worker_id: str, name: str) -> Jwk:
    """The public half with `kid`, and in `worker` and `name` whose it is."""
    said = {"alg": "ES256", "use": "sig", "worker": worker_id, "name": name}
    return {**named(private.public_key()), **said}


def named(public: "EllipticCurvePublicKey") -> Jwk:
    """A key with its `kid`, written in the one way that there is (RFC 7518 section 6.2.1)."""
    numbers = public.public_numbers()
    x, y = (_b64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    jwk: Jwk = {"kty": "EC", "crv": "P-256", "x": x, "y": y}
    return {**jwk, "kid": thumbprint(jwk)}


def _stretched(pin: str, salt: bytes, cost: Stretch) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        pin.encode(),
        salt,
        time_cost=cost.iterations,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=32,
        type=Type.ID,
    )


def _pkcs8(private: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _long_enough(pin: str) -> None:
    if len(pin) < SHORTEST:
        raise NotAllowedError(
            f"A PIN needs at least {SHORTEST} characters. Nothing was changed. Choose a longer one."
        )


def _words(wait: timedelta) -> str:
    seconds = max(1, round(wait.total_seconds()))
    if seconds < 90:
        return counted(seconds, "second")
    minutes = round(seconds / 60)
    return f"{minutes} minutes"


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unb64(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
