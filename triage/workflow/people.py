"""Who works at this desk: the list, enrolling, and changing places with a PIN."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError, UnreachableError
from triage.domain.pin import why_guessable
from triage.domain.worker import May, RevokedFor, Worker
from triage.export.keys import MEMBERS, CardPlace, DeskKeys, Signer
from triage.storage import events, signing_keys
from triage.storage import workers as stored
from triage.storage.engine import Transaction
from triage.workflow import vouching
from triage.workflow.desk import Desk
from triage.workflow.holding import why_given

_ID = re.compile(r"[a-z][a-z0-9.-]{0,39}")


def workers(desk: Desk) -> tuple[Worker, ...]:
    """Everyone enrolled, by name."""
    with desk.store.read() as tx:
        return tuple(sorted(stored.all(tx), key=lambda w: w.name.casefold()))


def enrol(desk: Desk, worker: Worker, pin: str, *, place: CardPlace | None = None) -> Worker:
    """Enrol someone with a key of their own, wrapped by their PIN; with a `place`, the key on the
    card there, whose own PIN it is.

    The first person of a new desk enrols themself; after that only an administrator or a team
    leader may (NotAllowedError). Someone enrolled before gets a new key and PIN. Raises
    NotReadyError for a sign-in name of other letters than may be, or the name of somebody here:
    one person under two sign-in names could sign what they wrote. At a hub nobody enrols another
    (NotAllowedError).
    """
    if not _ID.fullmatch(worker.id):
        raise NotReadyError(
            "A sign-in name is 1 to 40 small letters, figures, dots or dashes, and begins with a "
            "letter. Nobody was enrolled. Choose another."
        )
    with desk.store.read() as tx:
        held = stored.all(tx)
    if held:
        vouching.must_look_after_people(desk)
    if desk.store.kind == "server":
        raise NotAllowedError(
            "At a hub IT lets people in, and each makes their key at their own desk. Nobody was "
            "enrolled. Ask IT: fanlightctl hub let-in"
        )
    _one_of_the_name(held, worker)
    # The key first: it refuses a PIN that is too short before anything is written down.
    jwk = desk.signer.enrol(
        worker.id, pin, name=worker.name, signs_off=worker.may(May.SIGN), place=place
    )
    with desk.store.write() as tx:
        stored.put(tx, worker, public_jwk=jwk)
        signing_keys.add(tx, worker.id, jwk, desk.signing_time(tx))
        told = {"worker": worker.id, "role": worker.role.value, "key": jwk["kid"]}
        desk.note(tx, "worker.enrolled", None, {**told, "card": place is not None})
    return worker


def _one_of_the_name(held: list[Worker], worker: Worker) -> None:
    for other in held:
        if other.id != worker.id and _letters(other.name) == _letters(worker.name):
            raise NotReadyError(
                f"{other.name} is enrolled already, as {other.id}. Nobody was enrolled. Where "
                "they are two people, add what tells them apart to the name."
            )


def _letters(name: str) -> str:
    """The name as it is compared, without what is not seen in it (Unicode's categories C and Z):
    two that look the same are the same."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if unicodedata.category(letter)[0] not in "CZ")


def switch(desk: Desk, worker_id: str, pin: str) -> Desk:
    """The desk with this person at it, their key unlocked for the session.

    The one before is locked out. A wrong PIN raises NotAllowedError and is recorded; after a few
    the vault asks for a wait. While the hub's server is away, whoever sits here already may come
    back by their PIN: there is nobody else's record that they could open by it.
    """
    try:
        with desk.store.read() as tx:
            worker = stored.get(tx, worker_id)
            key_stands(desk, tx, worker_id)
            vouching.take_certificate(desk, tx, worker_id)
    except UnreachableError:
        if desk.worker.id != worker_id:
            raise
        desk.signer.unlock(worker_id, pin)
        return desk
    with refusals_told(desk, worker_id):
        desk.signer.unlock(worker_id, pin)
    changed = desk.as_worker(worker)
    with desk.store.write() as tx:
        _tell_changed_pin(changed, tx)
        changed.note(tx, "worker.signed_in", None, {"before": desk.worker.id})
    changed.signer.told(worker_id)
    if desk.worker.id != worker_id:
        desk.signer.lock(desk.worker.id)
    return changed


def key_stands(desk: Desk, tx: Transaction, worker_id: str) -> None:
    """Raise NotAllowedError where the key that this person has here was revoked: asked before
    anything is signed with it."""
    if not desk.signer.enrolled(worker_id):
        return  # what there is to say of that is said where the key is used
    kid = desk.signer.public(worker_id)["kid"]
    if any(key.kid == kid and key.revoked_at for key in signing_keys.all(tx)):
        raise NotAllowedError(
            "Your key was revoked, so nothing can be signed with it and you can't sign in by it. "
            "Nothing was changed. Ask a team leader to enrol you anew; at a hub, IT for a new key."
        )


def trust_list(desk: Desk) -> dict[str, list[Mapping[str, Any]]]:
    """Every public key of the hub (a JWKS, RFC 7517 section 5): what each person's signatures are
    checked by. One that was revoked says since when, in `revokedAt`, and why, in `revokedFor`;
    one that the hub's authority vouches for has its certificate in `x5c`."""
    with desk.store.read() as tx:
        return trusted(desk.signer, tx)


def trusted(signer: DeskKeys, tx: Transaction) -> dict[str, list[Mapping[str, Any]]]:
    """As `trust_list`, within a transaction."""
    kept: dict[str, Mapping[str, Any]] = {}
    if not tx.at_hub:  # there the list is the hub's word alone
        kept = {jwk["kid"]: jwk for jwk in signer.jwks()["keys"]}
    for key in signing_keys.all(tx):
        said: dict[str, Any] = {name: key.jwk[name] for name in MEMBERS if name in key.jwk}
        if key.revoked_at:
            said["revokedAt"] = key.revoked_at.isoformat()
        if key.revoked_at and key.revoked_for:
            said["revokedFor"] = key.revoked_for
        if key.certificate:
            said["x5c"] = [base64.b64encode(key.certificate).decode()]
        kept[key.kid] = said
    return {"keys": list(kept.values())}


def revoke_key(
    desk: Desk,
    worker_id: str,
    why: str,
    *,
    reason: RevokedFor = RevokedFor.LOST,
    though_last: bool = False,
) -> None:
    """Trust nothing that this person signs with their present key from now on: it was lost, or
    they left. What they signed before stands. They sign again once enrolled anew.

    For a team leader or administrator, and one's own. Raises NotFoundError where there is none,
    and NotReadyError where nobody could sign off any more, unless `though_last`.
    """
    if desk.worker.id != worker_id:
        vouching.must_look_after_people(desk)
    why = why_given(why, "revoke a key")
    with desk.store.write() as tx:
        stored.get(tx, worker_id)
        standing = [
            k for k in signing_keys.all(tx) if k.worker_id == worker_id and not k.revoked_at
        ]
        if not standing:
            raise NotFoundError("This person has no key that still stands. Nothing was changed.")
        if not though_last:
            vouching.must_not_be_the_last_who_signs(desk, tx, worker_id)
        at = desk.signing_time(tx)
        for key in standing:
            signing_keys.revoke(tx, key.kid, at=at, by=desk.worker.id, why=why, reason=reason)
        kids = [key.kid for key in standing]
        told = {"worker": worker_id, "keys": kids, "why": why, "for": reason.value}
        desk.note(tx, "worker.key_revoked", None, told)
    desk.signer.lock(worker_id)


def lock(desk: Desk) -> None:
    """Lock the desk: the key has to be unlocked by its PIN again."""
    desk.signer.lock(desk.worker.id)
    with desk.store.write() as tx:
        desk.note(tx, "worker.locked", None, {})


@contextmanager
def refusals_told(desk: Desk, worker_id: str) -> Iterator[None]:
    """Record where the person's PIN is refused within: whoever tries them out leaves a trace."""
    try:
        yield
    except NotAllowedError:
        with suppress(UnreachableError), desk.store.write() as tx:
            desk.note(tx, "worker.refused", None, {"worker": worker_id})
        raise


def unlocked(desk: Desk, pin: str) -> Signer:
    """This person's key for one act, by their PIN. Raises NotAllowedError for a wrong one, which
    is recorded."""
    with refusals_told(desk, desk.worker.id):
        return desk.signer.signer(desk.worker.id, pin)


def unlock(desk: Desk, pin: str) -> None:
    """As `unlocked`, for the session: the person need not type their PIN at each act."""
    with refusals_told(desk, desk.worker.id):
        desk.signer.unlock(desk.worker.id, pin)


def card_of(desk: Desk) -> str:
    """The label of the card that this person's key is on, whose own PIN theirs is; "" for none."""
    place = desk.signer.card(desk.worker.id)
    return place.token if place else ""


def must_be_hard_to_guess(pin: str, *names: str) -> None:
    """Raise NotReadyError where a new PIN is one of those that are tried first."""
    if why := why_guessable(pin, *names):
        raise NotReadyError(f"{why} Nothing was changed.")


def change_pin(desk: Desk, pin: str, new_pin: str) -> None:
    """Change this person's own PIN, or that of the card their key is on; the old one must be right.

    Raises NotReadyError for a new PIN that is the old one or easy to guess, NotAllowedError for a
    wrong old one, which is recorded and counted, UnreachableError while the hub is away: nothing is
    changed then. The PIN is changed before the trail has it: stopped between the two, or where the
    hub goes away just then, the new PIN is the one that counts, and the trail has it from the next
    sign-in.
    """
    me = desk.worker
    if pin == new_pin:
        raise NotReadyError("The new PIN is the old one. Nothing was changed. Choose another.")
    must_be_hard_to_guess(new_pin, me.id, me.name)
    with desk.store.read() as tx:
        key_stands(desk, tx, me.id)
    with refusals_told(desk, me.id):
        desk.signer.change_pin(me.id, pin, new_pin)
    with suppress(UnreachableError):
        with desk.store.write() as tx:
            _tell_changed_pin(desk, tx)
        desk.signer.told(me.id)


def _tell_changed_pin(desk: Desk, tx: Transaction) -> None:
    """Record this person's change of PIN, once: also where the desk stopped before it could."""
    changed = desk.signer.untold(desk.worker.id)
    newest = events.newest_of(tx, "worker.pin_changed", desk.worker.id) if changed else None
    if changed and (newest is None or json.loads(newest.detail).get("changed") != changed):
        told = {"worker": desk.worker.id, "card": bool(card_of(desk)), "changed": changed}
        desk.note(tx, "worker.pin_changed", None, told)
