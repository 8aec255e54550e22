"""On which side of its key's revocation a signature falls.

A signature is as old as the earliest proof that it was there (the idea of the best-signature-time
in ETSI EN 319 102-1): a time stamp that was checked, or the hub's own record of signing. What a
document says of itself proves nothing once its key may be in other hands, and a stamp got after
the revocation proves only that the signature was there by then.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from triage.domain.errors import SignatureError
from triage.domain.spelling import spell_long_day
from triage.domain.worker import RevokedFor
from triage.export.time_stamp import Stamp

Record = Callable[[str, str], datetime | None]
"""When, by the hub's own record, that person signed what has that SHA-256; None for not there."""

RECORD = "this hub's own record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """By when a signature was there for certain, and by whose word."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A key that is trusted no more: since when, and why; None where that is not said."""

    at: datetime
    reason: RevokedFor | None


def revoked_of(jwk: Mapping[str, Any]) -> Revoked | None:
    """What a list of keys says of the end of one (`revokedAt`, `revokedFor`); None while it stands.
    Raises SignatureError where it says so and not when."""
    if jwk.get("revokedAt") is None:
        return None
    at = read_moment(jwk["revokedAt"])
    if at is None:
        raise SignatureError("The list of keys says that one was revoked, and not when.")
    reason = jwk.get("revokedFor")
    known = {each.value: each for each in RevokedFor}
    return Revoked(at=at, reason=known.get(str(reason)))


def read_moment(words: object) -> datetime | None:
    """A time as a document writes it, in UTC; None where it can't be read, or names no place's
    clock."""
    try:
        return in_utc(datetime.fromisoformat(str(words)))
    except ValueError:
        return None


def in_utc(said: datetime | None) -> datetime | None:
    """The same moment in UTC; None where no place's clock is named, or it lies in no calendar."""
    try:
        return said.astimezone(UTC) if said and said.tzinfo else None
    except OverflowError:
        return None


def earliest(stamp: Stamp | None, recorded: datetime | None) -> Proof | None:
    """The earlier of the two proofs; None where there is neither."""
    found = [Proof(at=stamp.latest, by=stamp.by)] if stamp else []
    if recorded:
        found.append(Proof(at=recorded, by=RECORD))
    return min(found, key=lambda proof: proof.at, default=None)


def must_fit(stamp: Stamp | None, said: datetime | None) -> None:
    """Raise SignatureError where a stamp is of a time before the one that the document says."""
    if stamp and said and stamp.before(said):
        raise SignatureError(
            f"{stamp.by} stamped it on {moment(stamp.at)}, and it says of itself that it was "
            f"signed later, on {moment(said)}. One of the two is false. It is not to be relied on."
        )


def must_be_before(
    name: str, said: datetime | None, proof: Proof | None, revoked: Revoked | None
) -> None:
    """Raise SignatureError where a signature was made with a key that was revoked by then, or the
    proof of it came too late to show that it was not. A key that was only replaced was in nobody
    else's hands: its own word does."""
    if revoked is None:
        return
    if not (said and said < revoked.at):
        raise SignatureError(
            f"{name}'s key was revoked before this was signed with it, on {moment(revoked.at)}. "
            "It is not to be relied on."
        )
    if proof is None or proof.at < revoked.at or revoked.reason is RevokedFor.REPLACED:
        return
    raise SignatureError(
        f"{name}'s key was revoked on {moment(revoked.at)}. That this was signed before, on "
        f"{moment(said)}, is its own word: {proof.by} shows only that it was there by "
        f"{moment(proof.at)}, after that. It is not to be relied on."
    )


def told(name: str, said: datetime | None, proof: Proof | None, revoked: Revoked | None) -> str:
    """A sentence of a key that was revoked later, "" for one that stands.

    Raises SignatureError where nothing but the document's own word says that it was signed before
    the key came into other hands, as it does unless the key was replaced.
    """
    if revoked is None:
        return ""
    when = moment(revoked.at)
    if proof is not None and proof.at < revoked.at:
        return (
            f" {name}'s key was revoked later, on {when}; by the word of {proof.by} it was signed "
            f"before, by {moment(proof.at)}, and so it stands."
        )
    if revoked.reason is RevokedFor.REPLACED:
        return (
            f" {name}'s key was revoked later, on {when}, since another took its place; what it "
            "signed before stands. That this was before is its own word."
        )
    raise SignatureError(
        f"The signature fits, and nothing has been altered. {name}'s key was revoked on "
        f"{when}, and that this was signed before, on {moment(said) if said else 'a day not said'},"
        " is its own word: whoever had the key could write that. Ask the hub, whose record shows "
        "when it was signed, or check its time stamp, if it has one, with --tsa."
    )


def in_doubt(name: str, revoked: Revoked | None) -> str:
    """Why what no proof can show to be from before is in doubt; "" for a key that stands, or that
    was only replaced."""
    if revoked is None or revoked.reason is RevokedFor.REPLACED:
        return ""
    return (
        f"{name}'s key was revoked on {moment(revoked.at)}, and that this was signed before is its "
        "own word: whoever had the key could write that."
    )


def moment(at: datetime) -> str:
    """A time (in UTC) as it stands in a sentence."""
    return f"{spell_long_day(at)} at {at:%H:%M} UTC"
