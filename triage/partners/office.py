"""Access tokens for mail at Exchange Online, both ways, as an application of the council's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from triage.domain.errors import DeliveryError

OFFICE = "https://login.microsoftonline.com"
_SCOPE = "https://outlook.office365.com/.default"
_LINE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeAccount:
    """Whose mail it is: `label` is what people call it, `secret` the vault's name of the client
    secret."""

    tenant: str
    client_id: str
    label: str
    secret: str


def office_token(
    account: OfficeAccount, secret: str, *, authority: str = OFFICE, ca: Path | None = None
) -> str:
    """An access token for the account.

    `ca` is trusted instead of the usual authorities. Raises DeliveryError where it is not given.
    """
    import msal
    import requests

    with requests.Session() as session:
        session.trust_env = False
        session.request = partial(session.request, timeout=_LINE_S)  # type: ignore[method-assign]
        if ca is not None:
            session.verify = str(ca)
        try:
            app = msal.ConfidentialClientApplication(
                account.client_id,
                client_credential=secret,
                authority=f"{authority}/{account.tenant}",
                http_client=session,
                instance_discovery=authority == OFFICE,
            )
            answer = app.acquire_token_for_client(scopes=[_SCOPE])
        except (requests.RequestException, ValueError) as fault:
            raise DeliveryError(
                f"The sign-in service for {account.label} could not be reached. What waits stays "
                "where it is, and is tried again."
            ) from fault
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        raise DeliveryError(
            f"The sign-in service did not let Fanlight into {account.label}: its secret may be out "
            f"of date. Ask IT to set it: fanlightctl secret set {account.secret}"
        )
    return token


def xoauth2(user: str, token: str) -> str:
    """The words by which a mail server is given a token (SASL XOAUTH2)."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"
