"""Every act of the workflow is let through by a hub's database for whom it is meant, and leaves
its event there."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import factory
from tests.workflow.conftest import Front
from tests.workflow.test_events import ACTS, Prepared
from triage.domain.errors import NotAllowedError
from triage.domain.event import Event, NewEvent
from triage.storage import events
from triage.storage.engine import Transaction
from triage.storage.tables import metadata
from triage.workflow import people

NOT_AT_HUB = {
    "people.enrol": "IT lets people in, with a login, and each makes their key at their own desk",
}
"""Acts of a desk with a file of its own that nobody signed in at a hub does, and why."""

OTHERWISE: dict[str, Prepared] = {
    # Who sits at a desk of a hub comes back by their PIN: another person has another login.
    "people.switch": lambda front: lambda: people.switch(front.ruth, factory.RUTH.id, "1111"),
}
"""Acts that are done otherwise at a hub than with a file."""


@pytest.mark.parametrize("name", sorted(ACTS.keys() - NOT_AT_HUB.keys()))
def test_act_is_done_at_a_hub_by_who_does_it(at_hub: Front, name: str) -> None:
    act = OTHERWISE.get(name, ACTS[name])(at_hub)
    before = at_hub.seq
    act()
    left = at_hub.events(before)
    assert left, f"{name} left no event"
    assert {e.by for e in left} <= {factory.RUTH.id, factory.PRIYA.id}
    assert all(abs(e.at - datetime.now(UTC)) < timedelta(minutes=1) for e in left)
    assert events.verify(at_hub.store) is None


@pytest.mark.parametrize("name", sorted(ACTS.keys() - NOT_AT_HUB.keys()))
def test_no_row_is_kept_at_a_hub_with_an_event_of_a_look(
    at_hub: Front, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = OTHERWISE.get(name, ACTS[name])(at_hub)
    before = _kept(at_hub)
    appended = events.append

    def as_look(tx: Transaction, new: NewEvent, **how: Any) -> Event:
        kind = "contact.viewed" if new.contact_id else "worker.locked"
        return appended(tx, replace(new, kind=kind), **how)

    monkeypatch.setattr(events, "append", as_look)
    with suppress(NotAllowedError):
        act()
    assert _kept(at_hub) == before


_TOLD_NOWHERE = {
    "access_grant",  # the event of it is the server's own
    "event", "event_head", "content_key", "reference_counter", "request_counter",
    "original_bytes", "desk_save", "reminder", "mailbox", "directory_copy", "service",
}  # fmt: skip
"""Tables whose rows are the trail's own, a person's own, copies of what is public, or nobody's
without a row of another."""


_TOLD_OF = {
    "delivery": "ROW(id, document, state, receipt, case_number, sent_at, time_stamp)",
    "checkpoint_mail": "ROW(seq, told)",
}
"""What is told of a row whose other columns say who sends it now, and why nothing came of it."""


def _kept(front: Front) -> dict[str, str]:
    """What each table holds whose rows are told of."""
    told = sorted(metadata.tables.keys() - _TOLD_NOWHERE)
    each = ", ".join(
        f"(SELECT md5(string_agg(said, '|' ORDER BY said)) FROM "
        f"(SELECT {_TOLD_OF.get(table, 't')}::text AS said FROM {table} t) rows)"
        for table in told
    )
    with front.store.read() as tx:
        found = tx.connection.exec_driver_sql(f"SELECT {each}").one()
    return dict(zip(told, found, strict=True))


@pytest.mark.parametrize("name", sorted(NOT_AT_HUB))
def test_act_of_a_desks_own_file_is_refused_at_a_hub(at_hub: Front, name: str) -> None:
    act = ACTS[name](at_hub)
    before = at_hub.seq
    with pytest.raises(NotAllowedError):
        act()
    assert at_hub.events(before) == []
