"""The hub's own weights: fitted to its verdicts, adopted once their report was shown, undone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotReadyError
from triage.domain.lookup import HOUSEHOLD, Candidate, Verdict, VerdictKind
from triage.domain.worker import May, Role
from triage.partners.state import OWN
from triage.storage import contacts, lookups, settings
from triage.storage.engine import Store, Transaction
from triage.workflow import earlier
from triage.workflow.desk import Desk

if TYPE_CHECKING:
    from matching.refit import Judgement

_USED = "matching.weights"
_PROPOSED = "matching.refit"
SHIPPED = "shipped"
"""What the weights that come with the program are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWeights:
    """Weights that the hub uses, or used: their file's text, "" for the shipped ones.

    `report` is the hash of the report they were adopted on.
    """

    version: str = SHIPPED
    text: str = ""
    report: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A report on what verdicts say of the weights, and the weights it proposes.

    `report_hash` is what adopting it takes; `better` whether there is anything to adopt.
    """

    report: str
    report_hash: str
    text: str
    version: str
    better: bool


def in_use(tx: Transaction) -> OwnWeights:
    """The weights that searches use."""
    held = settings.get(tx, _USED, {"entries": [], "in_use": -1})
    return _entry(held, held["in_use"])


def usable(store: Store) -> tuple[str, tuple[str, ...]]:
    """The text of the hub's own weights, "" for the shipped ones; a sentence where its own can't be
    used, and so the shipped ones are."""
    with store.read() as tx:
        text = in_use(tx).text
    if not text:
        return "", ()
    from matching import WeightsError, own_weights

    try:
        own_weights(text)
    except WeightsError as error:
        return "", (f"Records are matched with the shipped weights. {error}",)
    return text, ()


def follow(desk: Desk) -> None:
    """Let the next look-up of this desk compare by the weights that the hub uses now."""
    text, _faults = usable(desk.store)
    if text != desk.people.weights:
        desk.people.weigh_by(text)


def _entry(held: Mapping[str, Any], place: int) -> OwnWeights:
    if place < 0:
        return OwnWeights()
    entry = held["entries"][place]
    return OwnWeights(
        version=entry["version"],
        text=entry["text"],
        report=entry["report"],
        by=entry["by"],
        at=datetime.fromisoformat(entry["at"]),
    )


def refit(desk: Desk) -> Proposal:
    """Fit the weights in use to what people said of records, and report it. Nothing changes yet.

    Verdicts in restricted contacts, and on restricted records, are left out. Raises NotReadyError
    where there are too few, NotAllowedError for who may not.
    """
    from matching import RefitError
    from matching.derive import SHIPPED as SHIPPED_FILE
    from matching.refit import refit as fit
    from triage.workflow.weights_report import report_of

    _must(desk)
    with desk.store.read() as tx:
        used = in_use(tx)
        number = len(settings.get(tx, _USED, {"entries": []})["entries"]) + 1
        judgements, left_out = _judgements(desk, tx)
    base = used.text or SHIPPED_FILE.read_text(encoding="utf-8")
    try:
        fitted = fit(judgements, base, number=number)
    except RefitError as error:
        raise NotReadyError(str(error)) from None
    report = report_of(
        fitted, left_out=left_out, hub=desk.profile.hub, at=desk.now(), digest=_hash(fitted.text)
    )
    proposal = Proposal(
        report=report,
        report_hash=_hash(report),
        text=fitted.text,
        version=fitted.version,
        better=fitted.better,
    )
    with desk.store.write() as tx:
        settings.put(
            tx,
            _PROPOSED,
            {
                "report": report,
                "text": fitted.text,
                "version": fitted.version,
                "better": fitted.better,
                "base": _hash(used.text),
            },
        )
        desk.note(
            tx,
            "matching.refitted",
            None,
            {
                "report": proposal.report_hash,
                "weights": _hash(fitted.text),
                "verdicts": fitted.same + fitted.not_same,
                "better": fitted.better,
            },
        )
    return proposal


def proposed(desk: Desk) -> Proposal:
    """The last report, with what it proposes. NotReadyError where there is none."""
    _must(desk)
    with desk.store.read() as tx:
        return _proposed(tx)[0]


def _proposed(tx: Transaction) -> tuple[Proposal, str]:
    held = settings.get(tx, _PROPOSED)
    if held is None:
        raise NotReadyError(
            "There is no report yet, so nothing was changed. Make one: fanlightctl matching refit."
        )
    return (
        Proposal(
            report=held["report"],
            report_hash=_hash(held["report"]),
            text=held["text"],
            version=held["version"],
            better=held["better"],
        ),
        held["base"],
    )


def adopt(desk: Desk, report_hash: str) -> OwnWeights:
    """Use the weights that the report with this hash proposes; those before are kept.

    Raises NotReadyError for another hash than the last report's, or where it proposes nothing;
    ConflictError where the weights have changed since it was made.
    """
    _must(desk)
    with desk.store.write() as tx:
        proposal, base = _proposed(tx)
        if proposal.report_hash != report_hash.strip().lower():
            raise NotReadyError(
                "That is not the hash of the last report, so nothing was changed. Read the report "
                "and give the hash at its end."
            )
        if not proposal.better:
            raise NotReadyError(
                "That report proposes nothing: verdicts held back were told no better. Nothing "
                "was changed."
            )
        before = in_use(tx)
        if _hash(before.text) != base:
            raise ConflictError(
                "The weights in use have changed since that report was made, so nothing was "
                "changed. Make a new report: fanlightctl matching refit."
            )
        held = settings.get(tx, _USED, {"entries": [], "in_use": -1})
        held["entries"].append(
            {
                "version": proposal.version,
                "text": proposal.text,
                "report": proposal.report_hash,
                "by": desk.worker.id,
                "at": desk.now().isoformat(),
                "before": held["in_use"],
            }
        )
        held["in_use"] = len(held["entries"]) - 1
        settings.put(tx, _USED, held)
        desk.note(
            tx,
            "matching.adopted",
            None,
            {
                "version": proposal.version,
                "weights": _hash(proposal.text),
                "report": proposal.report_hash,
                "before": before.version,
            },
        )
        return in_use(tx)


def take_back(desk: Desk) -> OwnWeights:
    """Go back to the weights before those in use, which stay on record.

    Raises NotReadyError where the shipped ones are in use.
    """
    _must(desk)
    with desk.store.write() as tx:
        held = settings.get(tx, _USED, {"entries": [], "in_use": -1})
        now = in_use(tx)
        if held["in_use"] < 0:
            raise NotReadyError("The shipped weights are in use. There is nothing to go back to.")
        held["in_use"] = held["entries"][held["in_use"]]["before"]
        settings.put(tx, _USED, held)
        back = in_use(tx)
        desk.note(
            tx,
            "matching.taken_back",
            None,
            {"version": now.version, "weights": _hash(now.text), "back_to": back.version},
        )
        return back


def _must(desk: Desk) -> None:
    if desk.worker.role is not Role.TEAM_LEADER:
        desk.worker.must(May.CONFIGURE)


def _judgements(desk: Desk, tx: Transaction) -> tuple[list[Judgement], int]:
    """What people said of records, with what it rested on; and how many had kept no account.

    Pairs are named by references only, and only for those who may read contacts.
    """
    held: dict[UUID, Contact] = {}
    said = [v for v in lookups.standing_verdicts(tx) if v.kind is not VerdictKind.UNSURE]
    own = [earlier.of_record(v.record_id)[0] for v in said if v.partner == OWN]
    hidden = contacts.restricted_among(tx, own)
    found: list[Judgement] = []
    without = 0
    for verdict in said:
        where = verdict.subject.contact_id
        contact = held.get(where) or held.setdefault(where, contacts.get(tx, where))
        if contact.restricted or _restricted(verdict, hidden):
            continue
        candidate = lookups.judged_candidate(tx, verdict)
        if candidate is None:
            without += 1
            continue
        if candidate.record.restricted:
            continue
        name = f"{contact.reference}/{verdict.subject.person} and {verdict.partner} record "
        named = desk.worker.may(May.READ)
        found.append(_judgement(verdict, candidate, name + verdict.record_id if named else ""))
    return found, without


def _restricted(verdict: Verdict, hidden: frozenset[str]) -> bool:
    record = verdict.record
    own = verdict.partner == OWN and earlier.of_record(verdict.record_id)[0] in hidden
    return own or (record is not None and record.restricted)


def _judgement(verdict: Verdict, candidate: Candidate, name: str) -> Judgement:
    from matching.refit import Judgement

    return Judgement(
        fields=tuple((e.field, e.detail) for e in candidate.compared if e.level != "missing"),
        score=candidate.score,
        home=sum(e.weight for e in candidate.evidence if e.field == HOUSEHOLD),
        band=candidate.band,
        same=verdict.kind is VerdictKind.SAME,
        name=name,
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
