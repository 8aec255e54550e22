"""The referral pack: preview a copy, issue it signed, and see which copies are out."""

from __future__ import annotations

import hashlib
from uuid import UUID

from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.errors import NotReadyError
from triage.domain.pack import Copy
from triage.domain.worker import May
from triage.storage import outbox, packs, versions, workers
from triage.storage.engine import Transaction
from triage.storage.packs import IssuedCopy
from triage.workflow.desk import Desk
from triage.workflow.holding import hold

UNSEALED = "not signed yet"
"""What stands where the seal goes until a decision is signed."""

VERIFY = "Check it with: fanlightctl verify"


def preview(desk: Desk, version_id: UUID, copy: Copy, copies: tuple[Copy, ...] = ()) -> bytes:
    """A copy as it would be printed, unsigned, as PDF; looking at it is recorded.

    `copies` are all copies planned, for the list of who gets one; this one alone where left out.
    """
    desk.worker.must(May.PRINT)
    with desk.store.write() as tx:
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        desk.note(
            tx,
            "pack.previewed",
            contact.id,
            {"version": str(version.id), "copy": copy.number, "recipient": copy.recipient},
        )
        seal = _seal(tx, version)
        jobs = _jobs(tx)
    return _drawn(desk, version, copy, copies or (copy,), seal, jobs)


def issue(
    desk: Desk,
    version_id: UUID,
    copy: Copy,
    how: str,
    copies: tuple[Copy, ...] = (),
) -> bytes:
    """A numbered copy of a signed decision, sealed with this person's key, and recorded as out.

    Raises NotReadyError without a recipient or before the decision is signed, NotAllowedError
    where the person's key is locked.
    """
    from triage.export import pack_signing

    desk.worker.must(May.PRINT)
    if not copy.recipient.strip():
        raise NotReadyError("Say who this copy is for. Nothing was printed or saved.")
    signer = desk.signer.held(desk.worker.id)
    with desk.store.read() as tx:
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        if version.state not in (VersionState.SIGNED, VersionState.SUPERSEDED):
            raise NotReadyError(
                "This decision is not signed yet, so no copy can go out. Nothing was printed. "
                "You can look at the preview."
            )
        seal = _seal(tx, version)
        jobs = _jobs(tx)
    pdf = pack_signing.sign_pack(_drawn(desk, version, copy, copies or (copy,), seal, jobs), signer)
    digest = hashlib.sha256(pdf).hexdigest()
    with desk.store.write() as tx:
        packs.record(
            tx,
            id=desk.new_id(),
            decision_id=version.id,
            copy=copy,
            sha256=digest,
            by=desk.worker.id,
            at=desk.now(),
            how=how,
        )
        desk.note(
            tx,
            "pack.issued",
            contact.id,
            {
                "version": str(version.id),
                "copy": copy.number,
                "recipient": copy.recipient,
                "removed": sorted(r.value for r in copy.removals),
                "how": how,
                "sha256": digest,
            },
        )
    return pdf


def copies_out(desk: Desk, version_id: UUID) -> tuple[IssuedCopy, ...]:
    """The copies of a decision that have gone out, oldest first."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        version = versions.get(tx, version_id)
        hold(desk, tx, version.contact_id)
        return tuple(packs.of_decision(tx, version_id))


def _seal(tx: Transaction, version: DecisionVersion) -> str:
    from triage.export.pack import seal_of

    sent = outbox.of_decision(tx, version.id)
    return seal_of(sent[-1].document) if sent else UNSEALED


def _jobs(tx: Transaction) -> dict[str, str]:
    return {w.id: w.job for w in workers.all(tx)}


def _drawn(
    desk: Desk,
    version: DecisionVersion,
    copy: Copy,
    copies: tuple[Copy, ...],
    seal: str,
    jobs: dict[str, str],
) -> bytes:
    from triage.export.pack import build_pack

    return build_pack(
        version,
        copy,
        profile=desk.profile,
        printed_at=desk.now(),
        copies=copies,
        seal=seal,
        verify_text=VERIFY,
        author_job=jobs.get(version.author, ""),
        signer_job=jobs.get(version.signer, ""),
        practice=desk.practice,
    ).pdf
