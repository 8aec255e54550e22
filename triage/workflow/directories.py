"""Copying the public directories of services into the store, each night, by one desk at a time.

The whole list is fetched and nothing is asked of it: no family's postcode, age or need leaves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.service import DirectoryCopy, DirectorySource
from triage.domain.worker import May
from triage.partners.directory import DirectoryError, Listing
from triage.storage import services as stored
from triage.workflow.desk import Desk
from triage.workflow.naming import local, local_day

CLAIM = timedelta(minutes=15)
"""How long a desk keeps a directory to itself; longer than fetching one may take."""

TRY_AGAIN = timedelta(minutes=30)
"""After a try that gave nothing."""


def copies(desk: Desk) -> tuple[DirectoryCopy, ...]:
    """How the copy of each directory in the hub's profile stands."""
    with desk.store.read() as tx:
        held = {copy.directory: copy for copy in stored.copies(tx)}
    sources = desk.profile.services.sources
    return tuple(held.get(s.id, DirectoryCopy(directory=s.id)) for s in sources)


def copy_due(desk: Desk) -> tuple[DirectoryCopy, ...]:
    """Copy every directory whose time has come, and say how each then stands.

    A directory never copied is due at once; after a try that failed it is due half an hour on.
    One that another desk is copying is left to it, and so is all of it where this person takes
    nothing in: an auditor writes nothing.
    """
    if not desk.worker.may(May.RECEIVE):
        return ()
    at = desk.now()
    held = {copy.directory: copy for copy in copies(desk)}
    done = []
    for source in desk.profile.services.sources:
        if source.id in desk.directories and _due(desk, source, held[source.id], at):
            copied = copy_now(desk, source.id)
            if copied is not None:
                done.append(copied)
    return tuple(done)


def copy_now(desk: Desk, directory: str) -> DirectoryCopy | None:
    """Copy one directory, and say how its copy then stands; None where another desk is at it.

    A directory that can't be reached, or gives no service, leaves the last good list as it was,
    and `fault` says why. Raises NotFoundError where the hub has no way to it.
    """
    link = desk.directories.get(directory)
    if link is None:
        raise NotFoundError(
            "This hub has no address for that directory. The list kept here stays. Ask IT to set "
            "the address in services.toml."
        )
    with desk.store.write() as tx:
        at = desk.now()
        if not stored.claim(tx, directory, desk.worker.id, at + CLAIM, at=at):
            return None
    fault = ""
    listing = None
    try:
        listing = link.read(local_day(desk.profile, at))
    except DirectoryError as why:
        fault = str(why)
    return _record(desk, directory, listing, fault)


def _record(
    desk: Desk, directory: str, listing: Listing | None, fault: str
) -> DirectoryCopy | None:
    with desk.store.write() as tx:
        held = {copy.directory: copy for copy in stored.copies(tx)}[directory]
        now = desk.now()
        detail: dict[str, object] = {"directory": directory}
        if listing is None:
            copied = replace(held, tried_at=now, fault=fault)
            kind = "services.not_copied"
            detail |= {"words": fault}
        else:
            changed = stored.put_list(tx, directory, listing.services, complete=listing.complete)
            copied = DirectoryCopy(
                directory=directory,
                as_at=now,
                tried_at=now,
                services=stored.count(tx, directory),
                rows=listing.rows,
                complete=listing.complete,
                reports=listing.reports,
                generation=held.generation + any(changed),
            )
            kind = "services.copied"
            detail |= {"rows": listing.rows, **changed._asdict()}
        if not stored.record(tx, copied, desk.worker.id):
            raise ConflictError(
                "Another desk copied this directory meanwhile. Its list stands; nothing of this "
                "one was kept."
            )
        desk.note(tx, kind, None, detail)
    return copied


def _due(desk: Desk, source: DirectorySource, held: DirectoryCopy, at: datetime) -> bool:
    tried = held.tried_at
    if tried is None or tried > at:  # the latter where the clock was put back
        return True
    if held.fault:
        return at - tried >= TRY_AGAIN
    here = local(desk.profile, at)
    set_for = time.fromisoformat(source.at)
    last = here.replace(hour=set_for.hour, minute=set_for.minute, second=0, microsecond=0)
    if last > here:
        last -= timedelta(days=1)
    return tried < last
