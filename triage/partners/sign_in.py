"""How a partner knows who asks: a token, a password, a key, or a token that is fetched for a secret
or a signed statement."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import uuid4

from triage.domain.errors import SecretsError
from triage.domain.live_partner import LivePartner, SignInKind
from triage.domain.lookup import Outcome
from triage.partners.connector import Context, NoAnswerError
from triage.partners.exchange import Line

LIFETIME_S = 270
"""Of a signed statement: the NHS takes none that is good for more than five minutes."""

_EARLY_S = 30.0
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SignedIn:
    """Gives the headers that sign a question in. `secret` reads from the keyring by name."""

    def __init__(
        self, partner: LivePartner, line: Line, secret: Callable[[str], bytes | None]
    ) -> None:
        self._partner, self._how, self._line = partner, partner.sign_in, line
        self._secret = secret
        self._token, self._good_until = "", 0.0
        self._lock = threading.Lock()

    def headers(self, context: Context) -> Mapping[str, str]:
        """The headers. Raises NoAnswerError where the secret is missing or no token is given, and
        Unanswered where the one who gives tokens can't be reached."""
        match self._how.kind:
            case SignInKind.NONE:
                return {}
            case SignInKind.BEARER:
                return {"Authorization": f"Bearer {self._held()}"}
            case SignInKind.HEADER:
                return {self._how.header: self._held()}
            case SignInKind.BASIC:
                both = f"{self._how.user}:{self._held()}".encode()
                return {"Authorization": f"Basic {base64.b64encode(both).decode()}"}
            case SignInKind.SIGNED_JWT | SignInKind.CLIENT_SECRET:
                return {"Authorization": f"Bearer {self._fetched(context)}"}

    def forget(self) -> bool:
        """Forget a token that was not taken; whether another can be had."""
        with self._lock:
            self._token = ""
        return self._how.kind in (SignInKind.SIGNED_JWT, SignInKind.CLIENT_SECRET)

    def _held(self) -> str:
        return self._read().decode("utf-8", "replace").strip()

    def _read(self) -> bytes:
        try:
            held = self._secret(self._how.secret)
        except SecretsError as fault:
            raise NoAnswerError(Outcome.NOT_CHECKED, str(fault)) from fault
        if not held:
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"This computer's keyring has no “{self._how.secret}”, so {self._partner.name} was "
                "not asked. Ask IT to put it there.",
            )
        return held

    def _fetched(self, context: Context) -> str:
        with self._lock:
            if self._token and context.clock() < self._good_until:
                return self._token
            reply = self._line.ask(
                "POST",
                self._how.token_url,
                deadline=context.deadline,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
                body=urlencode(
                    {"grant_type": "client_credentials", **self._credentials(context)}
                ).encode(),
            )
            with contextlib.suppress(ValueError, TypeError, AttributeError, KeyError):
                said = json.loads(reply.untrusted_body)
                if reply.status == 200:
                    self._token = str(said["access_token"])
                    # Some say how long it is good in words, and some do not say.
                    lasts = float(said.get("expires_in") or 300)
                    self._good_until = context.clock() + max(0.0, lasts - _EARLY_S)
                    return self._token
            raise NoAnswerError(
                Outcome.DENIED,
                f"{self._partner.name} gave no token to this computer (code {reply.status}), so "
                "nobody was looked up there. Tell IT.",
            )

    def _credentials(self, context: Context) -> dict[str, str]:
        how = self._how
        if how.kind is SignInKind.SIGNED_JWT:
            return {
                "client_assertion_type": _ASSERTION,
                "client_assertion": self._statement(context),
            }
        scope = {"scope": how.scope} if how.scope else {}
        return {"client_id": how.client, "client_secret": self._held(), **scope}

    def _statement(self, context: Context) -> str:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import RSAKey

        at = int(context.now().timestamp())
        claims = {
            "iss": self._how.client,
            "sub": self._how.client,
            # Compared letter by letter over there.
            "aud": self._how.token_url,
            "jti": str(uuid4()),
            "iat": at,
            "exp": at + LIFETIME_S,
        }
        try:
            key = RSAKey.import_key(self._read())
            header = {"alg": "RS512", "kid": self._how.key_id, "typ": "JWT"}
            return jwt.encode(header, claims, key, algorithms=["RS512"])
        except (JoseError, ValueError) as fault:
            raise NoAnswerError(
                Outcome.NOT_CHECKED,
                f"The key “{self._how.secret}” is not an RSA key that can sign, so "
                f"{self._partner.name} was not asked. Tell IT.",
            ) from fault
