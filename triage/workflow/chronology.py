"""Earlier involvement in one line of time: the hub's own contacts and what linked records hold."""

from __future__ import annotations

from collections.abc import Iterable

from triage.domain.contact import Contact
from triage.domain.lookup import Involvement, Verdict, VerdictKind
from triage.domain.worker import May
from triage.storage.engine import Transaction
from triage.workflow import earlier, known
from triage.workflow.desk import Desk


def chronology(
    desk: Desk,
    tx: Transaction,
    contact: Contact,
    verdicts: Iterable[Verdict],
    before: Iterable[Contact] | None = None,
) -> tuple[Involvement, ...]:
    """What is known to have happened before, oldest first, this contact last of its day.

    `before` are its `earlier.earlier_contacts`, where they have been read already.

    Only records that a person linked count; unlinking takes their involvement out again. Each
    event stands once, though two linked records may hold it.
    """
    events = [
        involvement
        for verdict in known.standing(verdicts).values()
        if verdict.kind is VerdictKind.SAME
        and verdict.record is not None
        and (not verdict.record.restricted or desk.worker.may(May.OPEN_RESTRICTED))
        for involvement in verdict.record.involvement
    ]
    if before is None:
        before = earlier.earlier_contacts(desk, tx, contact)
    events += [earlier.own_involvement(desk, c) for c in before]
    events.append(earlier.own_involvement(desk, contact))
    once = {(e.lane, e.kind, e.start, e.reference or e.words, e.source): e for e in events}
    return tuple(sorted(once.values(), key=lambda e: (e.start, e.lane)))
