"""What vouches for people's keys: the hub's authority, its list of what was revoked, new keys in
place of old ones, and telling in time that a certificate runs out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.spelling import spell_long_day
from triage.domain.worker import May, RevokedFor, Role
from triage.export import authority
from triage.export.keys import CardPlace, Vault
from triage.storage import signing_keys, trail
from triage.storage import workers as stored
from triage.storage.engine import Transaction
from triage.storage.signing_keys import SigningKey
from triage.workflow import happened
from triage.workflow.desk import Desk

TELL_BEFORE = timedelta(days=60)
"""How long before a certificate runs out people are told: time for IT to renew it."""


_SIGNED = {
    "decision.signed": "payload_sha256",
    "pack.issued": "sha256",
    "access.exported": "sha256",
    "audit.exported": "sha256",
}
"""Events of signing, and what each calls the hash of what was signed."""


def must_look_after_people(desk: Desk) -> None:
    """Raise NotAllowedError for who is neither a team leader nor an administrator."""
    if desk.worker.role is not Role.TEAM_LEADER:
        desk.worker.must(May.CONFIGURE)


def signed_at(tx: Transaction, sha256: str, worker_id: str) -> datetime | None:
    """When a person first signed what has that hash, a decision's payload, or a paper or an export
    as it went out, by the trail; at a hub by its server's clock. None where the trail has none."""
    for event in reversed(trail.of_kinds(tx, _SIGNED, by=worker_id, limit=1_000_000)):
        told = _SIGNED[event.kind]
        if json.loads(event.detail).get(told) == sha256:
            return event.at
    return None


def certify(desk: Desk, authority_vault: Vault, worker_id: str) -> None:
    """Have the hub's authority vouch for a person's present key, wherever their desk is; theirs
    takes the certificate when they next sign in. Done again, it renews it.

    For a team leader or administrator. Raises NotAllowedError where that key was revoked.
    """
    must_look_after_people(desk)
    with desk.store.read() as tx:
        stored.get(tx, worker_id)
        key = _standing(tx, worker_id)
        at = desk.signing_time(tx)
    if key is None:
        raise NotAllowedError(
            "This person's key was revoked, or they never had one. Nothing was changed. They need "
            "a new key first."
        )
    made = authority.certify(authority_vault, dict(key.jwk), desk.profile.hub, at)
    with desk.store.write() as tx:
        signing_keys.certify(tx, key.kid, made)
        desk.note(tx, "worker.key_certified", None, {"worker": worker_id, "key": key.kid})
        take_certificate(desk, tx, worker_id)


def take_certificate(desk: Desk, tx: Transaction, worker_id: str) -> None:
    """Sign from now on with what the authority gave for this person's key, where it gave one."""
    if not desk.signer.enrolled(worker_id):
        return
    kid = desk.signer.public(worker_id)["kid"]
    given = next((k.certificate for k in signing_keys.all(tx) if k.kid == kid), None)
    if given and given != desk.signer.certificate(worker_id):
        desk.signer.put_certificate(worker_id, given)


def _standing(tx: Transaction, worker_id: str) -> SigningKey | None:
    """The person's newest key that was not revoked."""
    theirs = [k for k in signing_keys.all(tx) if k.worker_id == worker_id and not k.revoked_at]
    return max(theirs, key=lambda k: (k.since, k.kid), default=None)


def revocation_list(desk: Desk, authority_vault: Vault) -> bytes:
    """The authority's signed list of certificates whose keys were revoked (CRL, DER), to be given
    to whoever checks by it. For a team leader or administrator."""
    must_look_after_people(desk)
    with desk.store.read() as tx:
        at = desk.signing_time(tx)
        revoked = [
            authority.RevokedKey(
                kid=key.kid,
                at=key.revoked_at,
                reason=RevokedFor(key.revoked_for) if key.revoked_for else None,
            )
            for key in signing_keys.all(tx)
            if key.revoked_at
        ]
    made = authority.revocation_list(authority_vault, revoked, at)
    with desk.store.write() as tx:
        desk.note(tx, "worker.revocations_listed", None, {"keys": [key.kid for key in revoked]})
    return made


def renew_key(desk: Desk, pin: str, *, place: CardPlace | None = None) -> None:
    """Make this person a new key at their own desk of a hub, once a leader revoked the one before;
    with a `place`, on their card. What the old one signed before stands.

    Raises NotAllowedError while the old key stands.
    """
    me = desk.worker
    with desk.store.read() as tx:
        if _standing(tx, me.id) is not None:
            raise NotAllowedError(
                "Your key still stands. Nothing was changed. Ask a team leader to revoke it first: "
                f"fanlightctl keys revoke {me.id} --for replaced"
            )
    jwk = desk.signer.enrol(me.id, pin, name=me.name, signs_off=me.may(May.SIGN), place=place)
    with desk.store.write() as tx:
        signing_keys.add(tx, me.id, jwk, desk.signing_time(tx))
        desk.note(tx, "worker.key_renewed", None, {"key": jwk["kid"], "card": place is not None})


def must_not_be_the_last_who_signs(desk: Desk, tx: Transaction, worker_id: str) -> None:
    """Raise NotReadyError where nobody could sign off any more once this person's key is gone."""
    signing = {w.id for w in stored.all(tx) if w.may(May.SIGN)}
    able = {
        key.worker_id
        for key in signing_keys.all(tx)
        if key.revoked_at is None and key.worker_id in signing
    }
    if able == {worker_id}:
        who = "You are" if worker_id == desk.worker.id else f"{stored.get(tx, worker_id).name} is"
        raise NotReadyError(
            f"{who} the only one here whose key signs decisions off: without it none can be "
            "signed until somebody is enrolled anew, and that needs a team leader or "
            "administrator who can still sign in. Nothing was changed yet."
        )


def certificates_ending(desk: Desk) -> tuple[str, ...]:
    """A sentence for this person where their certificate runs out soon, and for who looks after
    people one of everybody else's that does."""
    with desk.store.read() as tx:
        at = desk.signing_time(tx)
        keys = signing_keys.all(tx)
        names = happened.names(tx)
    said = []
    me = desk.worker
    if desk.signer.enrolled(me.id):
        own = _ends(desk.signer.certificate(me.id))
        if own - at < TELL_BEFORE:
            said.append(
                f"The certificate of your signing key {_runs_out(own, at)}. Ask IT to renew it. "
                "What you signed stands."
            )
    if me.role is Role.TEAM_LEADER or me.may(May.CONFIGURE):
        others = sorted(
            (_ends(key.certificate), names.get(key.worker_id, key.worker_id))
            for key in keys
            if key.certificate and key.revoked_at is None and key.worker_id != me.id
        )
        soon = [(end, who) for end, who in others if end - at < TELL_BEFORE]
        if soon:
            end, who = soon[0]
            more = f", and {len(soon) - 1} more soon" if len(soon) > 1 else ""
            said.append(f"{who}'s certificate {_runs_out(end, at)}{more}: fanlightctl keys list")
    return tuple(said)


def _runs_out(end: datetime, at: datetime) -> str:
    return f"{'ran out' if end <= at else 'runs out'} on {spell_long_day(end)}"


def _ends(certificate: bytes) -> datetime:
    from cryptography import x509

    return x509.load_der_x509_certificate(certificate).not_valid_after_utc


def key_states(desk: Desk) -> tuple[str, ...]:
    """A line for each key of the hub: whose it is, whether it stands, until when its certificate
    runs, and whether it says that somebody signs off whose role does not. For a team leader or
    administrator."""
    must_look_after_people(desk)
    with desk.store.read() as tx:
        keys = signing_keys.all(tx)
        names = happened.names(tx)
        signing = {w.id for w in stored.all(tx) if w.may(May.SIGN)}
    if not keys:
        raise NotFoundError("Nobody has a key here yet.")
    return tuple(
        f"{names.get(key.worker_id, key.worker_id)}: {_state(key, key.worker_id in signing)}"
        for key in keys
    )


def _state(key: SigningKey, signs: bool) -> str:
    if key.revoked_at:
        why = f" ({key.revoked_for})" if key.revoked_for else ""
        return f"revoked on {spell_long_day(key.revoked_at)}{why}"
    stands = "stands, vouched for by nobody"
    if key.certificate:
        stands = f"stands, vouched for until {spell_long_day(_ends(key.certificate))}"
    if key.jwk.get("signs_off") is True and not signs:
        stands += "; it says that they sign decisions off, which their role does not: revoke it"
    return stands
