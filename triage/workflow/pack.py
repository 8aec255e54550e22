"""The referral pack: preview a copy, issue it signed, and see which copies are out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.lookup import Outcome
from triage.domain.pack import Copy, Removal
from triage.domain.profile import Profile
from triage.domain.request import RequestState, state_words
from triage.domain.worker import May
from triage.export.pack import PackFile as PackFile
from triage.export.pack import seal_of
from triage.storage import outbox, packs, versions, workers
from triage.storage.engine import Transaction
from triage.storage.packs import IssuedCopy
from triage.workflow import people, stamping
from triage.workflow.desk import Desk
from triage.workflow.holding import hold
from triage.workflow.pack_process import draw_pack, sign_pack

UNSEALED = "not signed yet"
"""What stands where the seal goes until a decision is signed."""

_UNHEARD: dict[str, str] = {
    Outcome.UNAVAILABLE: "No answer from",
    Outcome.DENIED: "Refused by",
    Outcome.BAD_RESPONSE: "No answer that can be read from",
    Outcome.NOT_CHECKED: "Nobody was looked up at",
    state_words(RequestState.SENT): "No reply from",
    state_words(RequestState.SENT, overdue=True): "No reply in time from",
    state_words(RequestState.WAITING): "No reply from",
    state_words(RequestState.NOT_SENT): "Could not ask",
    state_words(RequestState.PART): "Only part of a reply from",
}
"""How a partner stands in a decision, where it has not told all. Who found nothing has answered."""

VERIFY = "fanlightctl verify FILE. Seal of the decision:"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPlan:
    """What the print preview opens with.

    `copies` are those already out and those suggested; `unheard` says which partners have not
    told what they hold, and how each stands; `may_put_back` says whether this person may show a
    partner who reported it; `names` are everyone's, by their id.
    """

    version: DecisionVersion
    copies: tuple[Copy, ...]
    issued: tuple[IssuedCopy, ...]
    unheard: tuple[str, ...]
    may_put_back: bool
    names: Mapping[str, str]


def plan(desk: Desk, version_id: UUID) -> PackPlan:
    """The copies of a decision that are out, and who the decision itself says should get one.

    Nothing is sent by this: each recipient is a suggestion that a person completes with a name.
    Who reported it is removed from all but the receiving team's copy; a refuge's address, and who
    asked to stay unknown, from every one.
    """
    desk.worker.must(May.PRINT)
    with desk.store.read() as tx:
        version = versions.get(tx, version_id)
        hold(desk, tx, version.contact_id)
        issued = tuple(packs.of_decision(tx, version.id))
        names = {worker.id: worker.name for worker in workers.all(tx)}
    return PackPlan(
        version=version,
        copies=_planned(version, desk.profile, issued),
        issued=issued,
        unheard=_unheard(version),
        may_put_back=desk.worker.may(May.SIGN),
        names=names,
    )


def _unheard(version: DecisionVersion) -> tuple[str, ...]:
    stands = ((partner, _UNHEARD.get(how)) for partner, how, _ in version.partners)
    return tuple(f"{said} {partner}" for partner, said in stands if said)


def plan_of_contact(desk: Desk, contact_id: UUID) -> PackPlan:
    """The plan for a contact's newest signed decision, or else the newest one proposed.

    Raises NotReadyError where none has been sent for sign-off yet.
    """
    desk.worker.must(May.PRINT)
    with desk.store.read() as tx:
        hold(desk, tx, contact_id)
        made = versions.of_contact(tx, contact_id)
    signed = [v for v in made if v.state is VersionState.SIGNED]
    if not made:
        raise NotReadyError(
            "A pack is made of a decision, and none about this contact has been sent for sign-off "
            "yet. Send it first; then its pages are here to look at."
        )
    return plan(desk, (signed or made)[-1].id)


_BY_HAND = "printed, handed over"


def _planned(
    version: DecisionVersion, profile: Profile, issued: Iterable[IssuedCopy]
) -> tuple[Copy, ...]:
    copies = {out.copy.number: out.copy for out in issued}
    named = {copy.recipient.casefold() for copy in copies.values()}
    teams = _labels(version, profile, "team")
    others = _labels(version, profile, "strategy_who")
    hidden = kept_from_all(version)
    away = hidden | {Removal.REFERRER}
    number = max(copies, default=0)
    for recipient in dict.fromkeys((*teams, *others)):
        if recipient.casefold() not in named:
            number += 1
            copies[number] = Copy(
                number=number,
                recipient=recipient,
                by=_BY_HAND,
                removals=hidden if recipient in teams else away,
            )
    if not copies:
        copies[1] = Copy(number=1, recipient="", by=_BY_HAND, removals=away)
    return tuple(copies[at] for at in sorted(copies))


def _labels(version: DecisionVersion, profile: Profile, question_id: str) -> tuple[str, ...]:
    """The labels a question was answered with; none where the profile does not ask it."""
    answer = version.answers.get(question_id, ())
    chosen = (answer,) if isinstance(answer, str) else answer
    try:
        codes = profile.question(question_id).codes
    except KeyError:
        return ()
    return tuple(profile.label(codes, code) for code in chosen if code)


def preview(desk: Desk, version_id: UUID, copy: Copy, copies: tuple[Copy, ...] = ()) -> bytes:
    """The PDF of `look`."""
    return look(desk, version_id, copy, copies).pdf


def look(desk: Desk, version_id: UUID, copy: Copy, copies: tuple[Copy, ...] = ()) -> PackFile:
    """A copy as it would be printed, unsigned; looking at it is recorded.

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

    Raises NotReadyError without a recipient or before the decision is signed, ConflictError
    where the number went to somebody else, NotAllowedError where the person's key is locked or
    they may not show that recipient who reported it.
    """
    desk.worker.must(May.PRINT)
    if not copy.recipient.strip():
        raise NotReadyError("Say who this copy is for. Nothing was printed or saved.")
    signer = desk.signer.held(desk.worker.id)
    with desk.store.read() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        if version.state not in (VersionState.SIGNED, VersionState.SUPERSEDED):
            raise NotReadyError(
                "This decision is not signed yet, so no copy can go out. Nothing was printed. "
                "You can look at the preview."
            )
        _may_tell_who_reported_it(desk, version, copy)
        _not_anothers_number(tx, version.id, copy)
        seal = _seal(tx, version)
        jobs = _jobs(tx)
        at = desk.signing_time(tx)
    stamp = stamping.paper_stamp(desk, at)
    drawn = _drawn(desk, version, copy, copies or (copy,), seal, jobs)
    pdf = sign_pack(drawn.pdf, signer, at, stamp=stamp)
    digest = hashlib.sha256(pdf).hexdigest()
    with desk.store.write() as tx:
        _not_anothers_number(tx, version.id, copy)
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
                **(stamp.told if stamp else {}),
            },
        )
    return pdf


def kept_from_all(version: DecisionVersion) -> frozenset[Removal]:
    """What even the receiving team's copy leaves out unless a leader puts it back: a refuge's
    address, and who reported it where they asked to stay unknown."""
    refuge = version.address.get("is_refuge") == "yes"
    promised = version.referrer.get("anonymous") == "yes"
    return frozenset(
        kind for kind, on in ((Removal.ADDRESS, refuge), (Removal.REFERRER, promised)) if on
    )


def _may_tell_who_reported_it(desk: Desk, version: DecisionVersion, copy: Copy) -> None:
    """The receiving team is told; anybody else only where a team leader decides so, and nobody
    without a leader of what is kept from all."""
    if desk.worker.may(May.SIGN):
        return
    if missing := kept_from_all(version) - copy.removals:
        what = "where a refuge is" if Removal.ADDRESS in missing else "who asked to stay unknown"
        raise NotAllowedError(
            f"This copy tells {what}. Nothing was printed or saved. Remove that from the copy, or "
            "ask a team leader to issue it."
        )
    if Removal.REFERRER in copy.removals:
        return
    whom = copy.recipient.casefold()
    teams = _labels(version, desk.profile, "team")
    if not any(whom.startswith(team.casefold()) for team in teams):
        raise NotAllowedError(
            f"This copy tells {copy.recipient} who reported it. Nothing was printed or saved. "
            "Remove that from the copy, or ask a team leader to issue it."
        )


def _not_anothers_number(tx: Transaction, decision_id: UUID, copy: Copy) -> None:
    if copy.number < 1:
        raise NotReadyError("Copies are numbered from 1. Nothing was printed or saved.")
    for out in packs.of_decision(tx, decision_id):
        if out.copy.number == copy.number and out.copy.recipient != copy.recipient:
            raise ConflictError(
                f"Copy {copy.number} went to {out.copy.recipient} already. Nothing was printed "
                "or saved. Open the preview again for the next number."
            )


def copies_out(desk: Desk, version_id: UUID) -> tuple[IssuedCopy, ...]:
    """The copies of a decision that have gone out, oldest first."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        version = versions.get(tx, version_id)
        hold(desk, tx, version.contact_id)
        return tuple(packs.of_decision(tx, version_id))


def _seal(tx: Transaction, version: DecisionVersion) -> str:
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
) -> PackFile:
    return draw_pack(
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
    )
