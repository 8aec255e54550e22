"""Taking a part of the trail out: signed, with names replaced unless they are needed, and told."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from triage.domain import trail as words
from triage.domain.errors import DeliveryError, NotReadyError
from triage.domain.event import Event
from triage.domain.worker import May
from triage.export import signing, trail_file
from triage.storage import events
from triage.workflow import audit, people
from triage.workflow.audit import Chain, Row, Wanted
from triage.workflow.desk import Desk
from triage.workflow.holding import why_given

MOST = 5_000
"""Events of one export."""


def export_trail(
    desk: Desk,
    wanted: Wanted,
    for_whom: str,
    folder: Path,
    *,
    with_names: bool = False,
    known: Chain | None = None,
) -> Path:
    """Write the events that fit into `folder`, signed with this person's key, and record that.

    Families' names are replaced by the contact's reference and what was changed is left out,
    unless `with_names`; of a restricted record nothing but who did what is ever given. The chain
    is checked first, from where it is `known` to be whole. Raises NotReadyError where it is not
    whole or nothing fits, NotAllowedError where the key is locked, DeliveryError for the folder.
    """
    desk.worker.must(May.AUDIT)
    for_whom = why_given(for_whom, "export: for whom")
    signer = desk.signer.held(desk.worker.id)
    after = known.end if known is not None and not known.fault else None
    fault = events.verify(desk.store, after=after) if after else events.verify(desk.store)
    if fault:
        raise NotReadyError(
            f"The trail is not whole, so nothing was exported from it. {fault} Tell IT at once."
        )
    found = audit.sought_events(desk, wanted, most=MOST)
    if not found:
        raise NotReadyError("No event fits, so there is nothing to export. Clear a filter.")
    with desk.store.read() as tx:
        people.key_stands(desk, tx, desk.worker.id)
        rows = audit.rows_of(desk, tx, found)
        head = events.head(tx)
        at = desk.signing_time(tx)
    claims = {
        "hub": desk.profile.hub,
        "at": at.isoformat(),
        "name": desk.worker.name,
        "forWhom": for_whom,
        "wanted": {
            name: value
            for name, value in audit.said_of(wanted).items()
            if with_names or name not in ("about", "contains")
        },
        "names": with_names,
        "trailEnds": {"seq": head.seq, "hash": head.hash},
    }
    made = trail_file.pack_trail(claims, _lines(found, rows, with_names=with_names), signer)
    digest = signing.sha256(made)
    path = folder / f"trail-{found[-1].seq}-{found[0].seq}-{digest[:8]}.zip"
    with desk.store.write() as tx:
        desk.note(
            tx,
            "audit.exported",
            None,
            {
                "for_whom": for_whom,
                "events": len(found),
                "names": with_names,
                "sha256": digest,
                **audit.said_of(wanted),
            },
        )
        # Within the transaction: no file without its event, and no event without the file.
        _write(path, made)
    return path


def _lines(
    found: Sequence[Event], rows: Sequence[Row], *, with_names: bool
) -> list[dict[str, object]]:
    return [_line(e, row, with_names=with_names) for e, row in zip(found, rows, strict=True)]


def _line(event: Event, row: Row, *, with_names: bool) -> dict[str, object]:
    told = with_names and not row.restricted
    # An address may be a refuge's, and a referrer may have asked to stay unknown, by now or then:
    # neither is ever taken out with the trail.
    kept_back = words.path_of(event).startswith(("address.", "referrer."))
    changes = words.changes_of(event) if told and not kept_back else ()
    about = row.about if told or row.restricted or not row.about else row.reference
    return {
        "event": event.seq,
        "at": event.at.isoformat(),
        "who": row.who,
        "what": row.what,
        "about": f"{row.reference} {about}".strip() if told else about,
        "why": row.why if told else "",
        "before": "; ".join(f"{c.label}: {c.before}" for c in changes if c.before),
        "after": "; ".join(f"{c.label}: {c.after}" for c in changes if c.after),
        "hash": event.hash,
    }


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        handle = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        part.replace(path)
    except OSError as fault:
        raise DeliveryError(
            f"The export could not be written into {path.parent}: "
            f"{fault.strerror or 'the disk refused'}. Nothing was exported and nothing recorded. "
            "Choose another folder."
        ) from fault
