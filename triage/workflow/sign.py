"""Sign-off: a second person reads what was proposed, and approves, changes or returns it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from triage.domain import changes as differences
from triage.domain import clock
from triage.domain.clock import ClockState
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import (
    Answer,
    Change,
    Check,
    DecisionVersion,
    Delivery,
    OutboxState,
    VersionState,
)
from triage.domain.errors import (
    ConflictError,
    FanlightError,
    NotAllowedError,
    NotFoundError,
    NotReadyError,
    SignatureError,
)
from triage.domain.worker import May
from triage.export import document, signing
from triage.export.keys import Signer
from triage.storage import answers, contacts, events, outbox, versions
from triage.storage.engine import Transaction
from triage.workflow import naming, people, stamping, to_sign
from triage.workflow.checks import checks_of
from triage.workflow.desk import Desk
from triage.workflow.holding import change, first_told, hold, why_given
from triage.workflow.screen import must_be_rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a team leader wrote on an earlier version, and when."""

    number: int
    by: str
    name: str
    at: datetime
    words: str
    sent_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffView:
    """A proposed decision as the leader reads it.

    `since_returned` compares with the version this person saw last, `all_changes` with the first
    ever sent; both are empty for a first version. `unchanged` are question, words.
    """

    version: DecisionVersion
    contact: Contact
    title: str
    leading: ClockState | None
    returned_comment: str
    returned_at: datetime | None
    returned_by: str
    since_returned: tuple[Change, ...]
    all_changes: tuple[Change, ...]
    unchanged: tuple[tuple[str, str], ...]
    checks: tuple[Check, ...]
    comments: tuple[Remark, ...]
    versions: tuple[DecisionVersion, ...]
    own: bool
    may_sign_why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTogether:
    """What became of one decision of a batch: signed, or refused with the sentence why."""

    version_id: UUID
    signed: DecisionVersion | None
    refused: str = ""


def look(desk: Desk, version_id: UUID) -> SignOffView:
    """Open a proposed decision to read it. That it was opened, by whom, is kept and recorded."""
    desk.worker.must(May.SIGN)
    now = desk.now()
    with desk.store.write() as tx:
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        seen = versions.last_looked(tx, contact.id, desk.worker.id, before=version.number)
        versions.mark_opened(tx, version.id, desk.worker.id, now)
        told = {"version": str(version.id), "number": version.number}
        desk.note(tx, "decision.opened", contact.id, told)
    with desk.store.read() as tx:  # nobody else waits to write meanwhile
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        sent = versions.of_contact(tx, contact.id)
        earlier = [v for v in sent if v.number < version.number]
        before = _before(earlier, seen)
        remarks = _remarks(tx, contact.id, sent)
        checks = checks_of(desk, tx, contact, version)
        counted = first_told(tx, contact)
    returned = next((r for r in reversed(remarks) if r.sent_back), None)
    since = differences.changes(desk.profile, before, version) if before else ()
    whole = differences.changes(desk.profile, earlier[0], version) if earlier else ()
    return SignOffView(
        version=version,
        contact=contact,
        title=naming.title(contact, naming.local_day(desk.profile, now)),
        leading=clock.leading(clock.clocks(desk.profile, counted, now)),
        returned_comment=returned.words if returned else "",
        returned_at=returned.at if returned else None,
        returned_by=returned.name if returned else "",
        since_returned=tuple(since),
        all_changes=tuple(whole),
        unchanged=_unchanged(desk, version, since) if before else (),
        checks=checks,
        comments=remarks,
        versions=tuple(sent),
        own=version.author == desk.worker.id,
        may_sign_why_not=_why_not(desk, version),
    )


def _why_not(desk: Desk, version: DecisionVersion) -> str:
    try:
        _may_sign(desk, version)
    except FanlightError as error:
        return str(error)
    return ""


def _before(earlier: Sequence[DecisionVersion], seen: UUID | None) -> DecisionVersion | None:
    """What this person looked at last, else what was returned last, else nothing."""
    if seen is not None:
        return next((v for v in earlier if v.id == seen), None)
    return next((v for v in reversed(earlier) if v.state is VersionState.RETURNED), None)


def _remarks(
    tx: Transaction, contact_id: UUID, sent: Iterable[DecisionVersion]
) -> tuple[Remark, ...]:
    when = {
        str(json.loads(e.detail).get("version", "")): e.at
        for e in events.of_contact(tx, contact_id, 2000)
        if e.kind == "decision.sent_back"
    }
    return tuple(
        Remark(
            number=v.number,
            by=v.signer,
            name=v.signer_name,
            at=v.signed_at or when.get(str(v.id), v.proposed_at),
            words=v.comment,
            sent_back=v.state is VersionState.RETURNED,
        )
        for v in sent
        if v.comment
    )


def _unchanged(
    desk: Desk, version: DecisionVersion, since: Iterable[Change]
) -> tuple[tuple[str, str], ...]:
    changed = {(c.question, c.person) for c in since}
    told = document.build(version, desk.profile, hub=desk.profile.hub)["answers"]
    return tuple(
        (one["label"], one["words"])
        for one in told
        if (one["question"], one["person"]) not in changed
    )


def _may_sign(desk: Desk, version: DecisionVersion) -> None:
    desk.worker.must(May.SIGN)
    if version.author == desk.worker.id:
        raise NotAllowedError(
            "You wrote this decision, so somebody else signs it. Nothing was signed. "
            "Ask another team leader."
        )
    if version.state is not VersionState.PROPOSED:
        who = f" by {version.signer_name}" if version.signer_name else ""
        raise ConflictError(
            f"This decision was {version.state.value}{who} already. "
            "Nothing of yours was saved over it. Open it again."
        )


def approve(
    desk: Desk,
    version_id: UUID,
    *,
    comment: str = "",
    pin: str,
    changes: Mapping[str, Answer] | None = None,
) -> DecisionVersion:
    """Sign a decision as another person than its author, with a change where one is given.

    Freezes the version, builds, checks and signs its document and puts its exact bytes into the
    outbox, all in one commit or not at all. Of a changed answer both values are kept, and a
    comment says why. Raises NotAllowedError for the author, a wrong PIN or a role that may not;
    ConflictError where it was dealt with first; NotReadyError where a change lacks its comment.
    """
    desk.worker.must(May.SIGN)
    with desk.store.read() as tx:
        _may_sign(desk, versions.get(tx, version_id))
    signer = people.unlocked(desk, pin)
    return _sign(desk, version_id, comment, signer, changes or {})


def _sign(
    desk: Desk,
    version_id: UUID,
    comment: str,
    signer: Signer,
    changes: Mapping[str, Answer],
    batch: bool = False,
) -> DecisionVersion:
    with desk.store.write() as tx:
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        people.key_stands(desk, tx, desk.worker.id)
        _may_sign(desk, version)
        if batch:
            _may_sign_together(desk, tx, version, contact)
        signed = _frozen(desk, version, comment, changes, desk.signing_time(tx))
        changed = signed.changed_by_signer
        _keep_changes(desk, tx, contact, changed)
        delivery = _document(desk, signed, signer, people.trusted(desk.signer, tx))
        versions.replace(tx, signed, was=VersionState.PROPOSED)
        if signed.supersedes:
            old = versions.get(tx, signed.supersedes)
            versions.replace(
                tx, replace(old, state=VersionState.SUPERSEDED), was=VersionState.SIGNED
            )
        outbox.put(tx, delivery)
        desk.note(
            tx,
            "decision.signed",
            contact.id,
            {
                "version": str(signed.id),
                "number": signed.number,
                "author": signed.author,
                "verb": "approve with a change" if changed else "approve",
                "changes": sorted(changed),
                "together": batch,
                "payload_sha256": delivery.payload_sha256,
                "delivery": str(delivery.id),
                "supersedes": str(signed.supersedes or ""),
            },
        )
        rating = signed.answers.get("rating", contact.rating)
        change(tx, contact, state=ContactState.SIGNED, rating=rating)
        return signed


def _frozen(
    desk: Desk,
    version: DecisionVersion,
    comment: str,
    changes: Mapping[str, Answer],
    at: datetime,
) -> DecisionVersion:
    """The version as this person signs it at that time. Raises NotReadyError where a change lacks
    its comment, or is to a rating that there is not."""
    changed = {
        kept: (version.answers.get(kept, ""), now)
        for kept, now in changes.items()
        if version.answers.get(kept, "") != now
    }
    rated = changed.get("rating", ("", ""))[1]
    must_be_rating(desk, rated if isinstance(rated, str) else ",".join(rated))
    if changed and not comment.strip():
        raise NotReadyError(
            "Say why you change it. Nothing was signed, and your change is still here."
        )
    answered = {**version.answers, **{kept: now for kept, (_, now) in changed.items()}}
    return replace(
        version,
        state=VersionState.SIGNED,
        answers={kept: value for kept, value in answered.items() if value},
        changed_by_signer=changed,
        signer=desk.worker.id,
        signer_name=desk.worker.name,
        signed_at=at,
        comment=comment.strip(),
    )


def _document(
    desk: Desk, signed: DecisionVersion, signer: Signer, trusted: Mapping[str, object]
) -> Delivery:
    built = document.build(signed, desk.profile, hub=desk.profile.hub)
    document.validate(built)
    jws = signing.sign(built, signer)
    try:
        signing.verify(jws, trusted)
    except SignatureError as error:
        # The council would refuse it: found here, while somebody can still put it right.
        raise NotReadyError(
            f"This is not what {signed.author_name} proposed, or the form changed since. Nothing "
            "was signed. Return it to be sent again, and tell IT if that happens twice."
        ) from error
    return Delivery(
        id=desk.new_id(),
        decision_id=signed.id,
        contact_id=signed.contact_id,
        idempotency_key=str(signed.id),
        document=jws,
        payload_sha256=signing.sha256(signing.canonical(built)),
        state=OutboxState.WAITING,
        next_attempt_at=desk.now(),
        seq=signed.number,
        not_stamped="" if desk.stamps is None else stamping.NOT_YET,
    )


def _keep_changes(
    desk: Desk,
    tx: Transaction,
    contact: Contact,
    changed: Mapping[str, tuple[Answer, Answer]],
) -> None:
    """The signer's answers stand in the draft too, so that a reopened decision begins there."""
    held = answers.all(tx, contact.id)
    for kept, (_, now) in changed.items():
        answers.save(
            tx,
            contact.id,
            kept,
            now,
            base_version=held[kept].version if kept in held else 0,
            by=desk.worker.id,
            at=desk.now(),
        )


def send_back(desk: Desk, version_id: UUID, comment: str) -> DecisionVersion:
    """Return a decision to its author with what is needed. Answers stay; the clock runs on.

    Raises NotReadyError without a comment, ConflictError where it was dealt with first.
    """
    desk.worker.must(May.SIGN)
    words = why_given(comment, "return it")
    with desk.store.write() as tx:
        version = versions.get(tx, version_id)
        contact = hold(desk, tx, version.contact_id)
        _may_sign(desk, version)
        returned = replace(
            version,
            state=VersionState.RETURNED,
            comment=words,
            signer=desk.worker.id,
            signer_name=desk.worker.name,
        )
        versions.replace(tx, returned, was=VersionState.PROPOSED)
        versions.mark_opened(tx, version.id, desk.worker.id, desk.now())
        told = {"version": str(version.id), "number": version.number}
        told |= {"author": version.author, "words": words}
        desk.note(tx, "decision.sent_back", contact.id, told)
        change(tx, contact, state=ContactState.SCREENING)
        return returned


def sign_together(desk: Desk, version_ids: Iterable[UUID], pin: str) -> tuple[SignedTogether, ...]:
    """Sign several at once: only such as the profile lets be signed in a batch, with all checks
    passed, each opened by this person, none their own. Others are refused, each with why.

    The PIN is asked once; each decision has its own signature and commit. Raises NotAllowedError
    for a wrong PIN; then nothing is signed.
    """
    desk.worker.must(May.SIGN)
    signer = people.unlocked(desk, pin)
    done = []
    for version_id in version_ids:
        try:
            signed = _sign(desk, version_id, "", signer, {}, batch=True)
        except FanlightError as error:
            _note_refused(desk, version_id, error)
            done.append(SignedTogether(version_id=version_id, signed=None, refused=str(error)))
        else:
            done.append(SignedTogether(version_id=version_id, signed=signed))
    return tuple(done)


def _note_refused(desk: Desk, version_id: UUID, error: FanlightError) -> None:
    with desk.store.write() as tx:
        try:
            contact = contacts.get(tx, versions.get(tx, version_id).contact_id)
        except NotFoundError:
            contact = None
        # The sentence names the child; the chain names none that is restricted.
        why = "" if contact is not None and contact.restricted else str(error)
        told = {"version": str(version_id), "why": why}
        desk.note(tx, "decision.not_signed", contact.id if contact else None, told)


def _may_sign_together(
    desk: Desk, tx: Transaction, version: DecisionVersion, contact: Contact
) -> None:
    title = naming.title(contact, naming.local_day(desk.profile, desk.now()))
    if not to_sign.goes_together(desk, contact.rating) or contact.rating != version.answers.get(
        "rating"
    ):
        rating = desk.profile.rating(contact.rating)
        raise NotReadyError(
            f"{title} is {rating.label if rating else 'not rated'}, so it is read and signed by "
            "itself. Nothing was signed."
        )
    if not versions.opened_by(tx, desk.worker.id, [version.id]):
        raise NotReadyError(f"You have not opened {title} yet. Nothing was signed. Read it first.")
    failed = [c for c in checks_of(desk, tx, contact, version) if not c.passed]
    if failed:
        raise NotReadyError(
            f"{title}: {failed[0].sentence}. Nothing was signed. Read it and sign it by itself."
        )
