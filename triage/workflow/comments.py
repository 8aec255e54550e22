"""The comment a team leader is still writing: kept as typed, theirs alone, until they decide."""

from uuid import UUID

from triage.domain.worker import May
from triage.storage import settings, versions
from triage.workflow.desk import Desk


def keep(desk: Desk, version_id: UUID, words: str) -> None:
    """Keep what this person has written so far, so that a crash does not lose it."""
    desk.worker.must(May.SIGN)
    with desk.store.write() as tx:
        settings.put(tx, _name(desk, version_id), words)
        desk.note(
            tx,
            "decision.comment_kept",
            versions.get(tx, version_id).contact_id,
            {"version": str(version_id), "characters": len(words)},
        )


def kept(desk: Desk, version_id: UUID) -> str:
    """What this person was writing on the version, or ""."""
    desk.worker.must(May.SIGN)
    with desk.store.read() as tx:
        return str(settings.get(tx, _name(desk, version_id), ""))


def _name(desk: Desk, version_id: UUID) -> str:
    return f"sign-off.comment.{version_id}.{desk.worker.id}"
