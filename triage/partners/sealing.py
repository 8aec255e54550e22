"""What is kept of partners' extracts is never plain on the disk."""

from __future__ import annotations

import os

from triage.domain.errors import SecretsError

_NONCE = 12


class Sealing:
    """AES-256-GCM with a key of its own, of 32 bytes. Can be handed to another process."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, plain: bytes) -> bytes:
        """Encrypt."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, b"extract")

    def unseal(self, sealed: bytes) -> bytes:
        """Decrypt; SecretsError where it was sealed with another key, or altered."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            held = memoryview(sealed)  # a slice of it is no copy
            return AESGCM(self._key).decrypt(held[:_NONCE], held[_NONCE:], b"extract")
        except InvalidTag:
            raise SecretsError(
                "The kept copy of a partner's extract can't be opened with this computer's key. "
                "Nothing else is affected; it is read anew with the next extract."
            ) from None
