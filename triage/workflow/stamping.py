"""Signatures stamped with the time of an independent service, where the profile names one.

The service is asked after the signature is safe: while it is away people sign on, the gap is
recorded and said, and the stamp is fetched once it answers.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from triage.domain.decision import Delivery
from triage.domain.errors import DeliveryError
from triage.export import signing
from triage.export.time_stamp import Stamp
from triage.storage import outbox, signing_keys, versions
from triage.storage.engine import Transaction
from triage.workflow.desk import Desk, TimeStamps

NOT_YET = "The time-stamping service was not asked yet."
KEY_GONE = "Its key was revoked before a time stamp could be had."


def stamp_due(desk: Desk) -> None:
    """Have what was signed and is not time-stamped yet stamped, one after another; while the
    service does not answer, why is kept with it and recorded once."""
    if desk.stamps is None:
        return
    with desk.store.read() as tx:
        due = [(one, versions.get(tx, one.decision_id).signed_at) for one in outbox.unstamped(tx)]
    for delivery, signed in due:
        try:
            token, said = desk.stamps.stamp(signing.to_stamp(delivery.document), signed)
        except DeliveryError as fault:
            if str(fault) != delivery.not_stamped:
                _missed(desk, delivery, str(fault))
        else:
            _keep(desk, delivery, token, said)


def _keep(desk: Desk, delivery: Delivery, token: bytes, said: Stamp) -> None:
    with desk.store.write() as tx:
        if _revoked_by_then(tx, delivery, said):
            # It would say of what was signed before that it was signed after.
            outbox.not_stamped(tx, delivery.id, "")
            _note(desk, tx, delivery, "decision.not_stamped", {"why": KEY_GONE})
        elif outbox.stamp(tx, delivery.id, token, said.at):
            told = {"at": said.at.isoformat(), "service": said.by}
            _note(desk, tx, delivery, "decision.stamped", told)


def _revoked_by_then(tx: Transaction, delivery: Delivery, said: Stamp) -> bool:
    version = versions.get(tx, delivery.decision_id)
    return any(
        key.worker_id == version.signer
        and key.revoked_at is not None
        and version.signed_at is not None
        and version.signed_at < key.revoked_at <= said.latest
        for key in signing_keys.all(tx)
    )


def _missed(desk: Desk, delivery: Delivery, why: str) -> None:
    with desk.store.write() as tx:
        outbox.not_stamped(tx, delivery.id, why)
        if delivery.not_stamped == NOT_YET:
            _note(desk, tx, delivery, "decision.not_stamped", {"why": why})


def _note(desk: Desk, tx: Transaction, about: Delivery, kind: str, told: dict[str, str]) -> None:
    desk.note(tx, kind, about.contact_id, {"decision": str(about.decision_id), **told})


def to_go_out(desk: Desk, delivery: Delivery) -> Delivery:
    """It, without a time stamp that does not hold: with one that somebody's own SQL kept there,
    nobody would take the decision for genuine."""
    token = delivery.time_stamp
    if not token or desk.stamps is None:
        return delivery
    holds = desk.stamps.holds(token, signing.to_stamp(delivery.document))
    return delivery if holds else replace(delivery, time_stamp=b"")


class PaperStamp:
    """Asks once for a stamp over a paper's signature, made `at` that time; the paper goes out
    without one if need be. `told` is what the record says of it."""

    def __init__(self, stamps: TimeStamps, at: datetime) -> None:
        self._stamps, self._at = stamps, at
        self.told: dict[str, str] = {}

    def __call__(self, signature: bytes) -> bytes:
        try:
            token, said = self._stamps.stamp(signature, self._at)
        except DeliveryError as fault:
            self.told = {"not_stamped": str(fault)}
            return b""
        self.told = {"stamped": said.at.isoformat()}
        return token


def paper_stamp(desk: Desk, at: datetime) -> PaperStamp | None:
    """What stamps a paper's signature of that time here; None where no service is asked."""
    return None if desk.stamps is None else PaperStamp(desk.stamps, at)
