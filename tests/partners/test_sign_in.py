"""Signing in: a token for a signed statement, fetched once and renewed when it is refused."""

import json
from urllib.parse import parse_qs

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.partners.conftest import Serve
from tests.partners.live import EVERYBODY, NOW, ask, live, person, query, settings
from triage.domain.live_partner import PartnerKind, PdsSettings, SignIn, SignInKind
from triage.domain.lookup import Outcome
from triage.practice.partners.pds import Pds
from triage.practice.partners.stand_in import Answered, Asked


@pytest.fixture(scope="module")
def key() -> RSAKey:
    return RSAKey.generate_key(2048)


class Tokens:
    """Gives tokens for statements that it can check, and keeps what it was told."""

    def __init__(self, key: RSAKey, url: str = "") -> None:
        self.key, self.url, self.given = key, url, 0
        self.claims: list[dict[str, object]] = []
        self.headers: list[dict[str, object]] = []

    def __call__(self, asked: Asked) -> Answered:
        told = parse_qs(asked.body.decode())
        read = jwt.decode(told["client_assertion"][0], self.key, algorithms=["RS512"])
        self.claims.append(dict(read.claims))
        self.headers.append(dict(read.header))
        right = told["grant_type"] == ["client_credentials"] and read.claims["aud"] == self.url
        if not right:
            return Answered(status=400, body=b'{"error": "invalid_request"}')
        self.given += 1
        # Some say in words how long a token is good.
        token = {"access_token": f"token-{self.given}", "expires_in": "599"}
        return Answered(body=json.dumps(token).encode())


def test_a_token_is_fetched_with_a_signed_statement_used_again_and_renewed(
    serve: Serve, key: RSAKey
) -> None:
    tokens = Tokens(key)
    gives = serve(tokens)
    tokens.url = f"{gives.url}/oauth2/token"
    taken = ["token-1"]

    def nhs(asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {taken[-1]}":
            return Answered(status=401, body=b"{}")
        return Pds(EVERYBODY)(asked)

    server = serve(nhs)
    how = SignIn(
        kind=SignInKind.SIGNED_JWT,
        secret="nhs-key",
        token_url=tokens.url,
        key_id="front-door-1",
        client="the-api-key",
    )
    partner = settings(server, PartnerKind.PDS_FHIR, sign_in=how, pds=PdsSettings())
    partners = live(server, partner, {"nhs-key": key.as_pem(private=True)})
    for _ in range(2):
        assert ask(partners, query(person())).outcome is Outcome.FOUND
    assert tokens.given == 1
    [claims], [header] = tokens.claims, tokens.headers
    assert (claims["iss"], claims["sub"], claims["aud"]) == (
        "the-api-key", "the-api-key", tokens.url,
    )  # fmt: skip
    assert header["kid"] == "front-door-1"
    assert (header["alg"], header["typ"]) == ("RS512", "JWT")
    good_for = float(str(claims["exp"])) - NOW.timestamp()
    assert 0 < good_for <= 300
    taken.append("token-2")
    assert ask(partners, query(person())).outcome is Outcome.FOUND
    assert tokens.given == 2
    assert len({str(c["jti"]) for c in tokens.claims}) == 2
    partners.close()


def test_a_key_that_can_not_sign_is_said_and_nobody_is_asked(serve: Serve) -> None:
    server = serve(Pds(EVERYBODY))
    how = SignIn(
        kind=SignInKind.SIGNED_JWT,
        secret="nhs-key",
        token_url=server.url,
        key_id="1",
        client="k",
    )
    partner = settings(server, PartnerKind.PDS_FHIR, sign_in=how, pds=PdsSettings())
    partners = live(server, partner, {"nhs-key": b"not a key"})
    answer = ask(partners, query(person()))
    assert answer.outcome is Outcome.NOT_CHECKED
    assert "not an RSA key" in answer.problem
    assert not server.asked
    partners.close()
