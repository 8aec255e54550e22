"""Breaking the glass as the hub's database holds it, tried with plain SQL by each role."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import factory
from tests.hub_here import NIA, PASSWORD, VIC, HubHere
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.worker import Role, Worker
from triage.storage import events
from triage.storage.hub_logins import let_in
from triage.workflow import access, audit, claims, decide, queue, screen
from triage.workflow.desk import Desk

WHY = "Named in a contact I hold; may be at risk today"
BREAKING = (
    "INSERT INTO access_grant (id, reference, contact_id, worker, why, minutes, granted_at, "
    "until_at) VALUES (%s, %s, NULL, %s, %s, %s, %s, %s)"
)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR = datetime(2099, 1, 1, tzinfo=UTC)
At = Callable[[Worker], Desk]


@pytest.fixture
def hidden(hub: HubHere) -> Contact:
    return hub.front.bring(
        factory.contact(
            factory.child(given="Iris", family="Vane"), reference="C-26-04950", restricted=True
        )
    )


def broken(hub: HubHere, worker: Worker, *, why: str = WHY, minutes: int = 30) -> str:
    return hub.answered(
        worker, BREAKING, uuid4(), "C-26-04950", worker.id, why, minutes, LONG_AGO, FAR
    )


def seen(hub: HubHere, worker: Worker) -> list[object]:
    tables = ("contact", "restriction")
    return [hub.tried(worker, f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_a_reason_opens_it_to_that_person_alone_by_the_servers_clock(
    hub: HubHere, hidden: Contact
) -> None:
    assert seen(hub, factory.RUTH) == [0, 0]
    assert broken(hub, factory.RUTH, minutes=10_000) == "[(1,)]"
    assert seen(hub, factory.RUTH) == [1, 1]
    assert hub.tried(factory.RUTH, "DELETE FROM restriction") == [(0,)]  # hers to see alone
    for other in (factory.SANA, factory.AMIR, NIA, VIC):
        assert seen(hub, other) == [0, 0]
    ((whose, minutes, span, since),) = hub.tried(
        factory.RUTH,
        "SELECT contact_id, minutes, until_at - granted_at, now() - granted_at FROM access_grant",
    )
    assert (whose, minutes, span) == (hidden.id, 240, timedelta(minutes=240))
    assert since < timedelta(minutes=5)


def test_over_means_gone(hub: HubHere, hidden: Contact) -> None:
    assert broken(hub, factory.RUTH) == "[(1,)]"
    with psycopg.connect(hub.url, autocommit=True) as owner:
        owner.execute("UPDATE access_grant SET until_at = now() - interval '1 second'")
    assert seen(hub, factory.RUTH) == [0, 0]
    hub.answered(factory.RUTH, "UPDATE access_grant SET until_at = now() + interval '1 day'")
    assert seen(hub, factory.RUTH) == [0, 0]
    assert hub.tried(factory.RUTH, "SELECT 1 FROM event WHERE contact_id = %s", hidden.id) == []


def test_over_means_gone_in_a_statement_that_goes_on(hub: HubHere, hidden: Contact) -> None:
    broken(hub, factory.RUTH)
    goes_on = """DO $$ BEGIN
        PERFORM set_config('fanlight.before', (SELECT count(*) FROM contact)::text, false);
        PERFORM pg_advisory_lock(4950);
        PERFORM set_config('fanlight.after', (SELECT count(*) FROM contact)::text, false);
    END $$"""
    waits = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with (
        psycopg.connect(hub.as_superuser, autocommit=True) as clock,
        hub.as_somebody(factory.RUTH) as line,
        ThreadPoolExecutor(1) as beside,
    ):
        clock.execute("SELECT pg_advisory_lock(4950)")
        running = beside.submit(line.execute, goes_on.encode())
        try:
            while not clock.execute(waits).rowcount and not running.done():
                pass
            clock.execute("UPDATE access_grant SET until_at = clock_timestamp()")
        finally:
            clock.execute("SELECT pg_advisory_unlock(4950)")
        running.result()
        found = line.execute(
            "SELECT current_setting('fanlight.before'), current_setting('fanlight.after')"
        )
        assert found.fetchall() == [("1", "0")]


def test_the_event_is_written_by_the_server_itself_and_the_chain_stays_whole(
    hub: HubHere, hidden: Contact
) -> None:
    odd = 'She said “No\\way"\u2028\té of Iris'
    broken(hub, factory.RUTH, why=odd)
    with hub.front.store.read() as tx:
        (told,) = events.since(tx, 0)
    assert (told.kind, told.by, told.contact_id) == ("access.broke_glass", "rosei", hidden.id)
    # The reason may tell of the family: it goes with what is kept of it, as the event does not.
    assert set(json.loads(told.detail)) == {"grant", "minutes", "reference", "until"}
    assert hub.tried(factory.PRIYA, "SELECT why FROM access_grant") == [(odd,)]
    assert events.verify(hub.front.store) is None


@pytest.mark.parametrize("why", ["", "   \n  ", "x", "at risk"])
def test_no_reason_opens_nothing(hub: HubHere, hidden: Contact, why: str) -> None:
    assert "Say in a few words why" in broken(hub, factory.RUTH, why=why)
    assert seen(hub, factory.RUTH) == [0, 0]


def test_nobody_breaks_it_in_anothers_name_or_without_the_role(
    hub: HubHere, hidden: Contact
) -> None:
    values = ("C-26-04950", "siqbal", WHY, 30, LONG_AGO, FAR)
    assert hub.answered(factory.RUTH, BREAKING, uuid4(), *values) == "[(1,)]"  # it is Ruth's own
    assert seen(hub, factory.SANA) == [0, 0]
    assert hub.tried(factory.RUTH, "SELECT worker FROM access_grant") == [("rosei",)]
    for worker in (factory.AMIR, NIA, VIC):
        assert "Your role does not open" in broken(hub, worker), worker.id


def test_an_open_record_and_none_at_all_answer_alike(hub: HubHere, hidden: Contact) -> None:
    hub.front.bring(factory.contact(reference="C-26-00001"))
    said = [
        hub.answered(factory.RUTH, BREAKING, uuid4(), ref, "rosei", WHY, 30, LONG_AGO, FAR)
        for ref in ("C-26-00001", "C-26-99999")
    ]
    assert said[0] == said[1]
    assert "no restricted record" in said[0]


def test_what_was_opened_stays_written_and_is_seen_by_a_leader_alone(
    hub: HubHere, hidden: Contact, at: At
) -> None:
    broken(hub, factory.RUTH)
    for statement in (
        "DELETE FROM access_grant",
        "UPDATE access_grant SET why = 'x'",
        "UPDATE access_grant SET seen_by = 'rosei', seen_at = now()",
        "UPDATE access_grant SET seen_by = 'pnandra', seen_at = now()",
    ):
        hub.answered(factory.RUTH, statement)
    ((why, by),) = hub.tried(factory.PRIYA, "SELECT why, seen_by FROM access_grant")
    assert (why, by) == (WHY, None)
    assert hub.tried(factory.SANA, "SELECT * FROM access_grant") == []
    for forged in ("why = 'x'", "seen_by = 'oadeyo', seen_at = now()"):
        assert "FL001" in hub.answered(factory.PRIYA, f"UPDATE access_grant SET {forged}")
    leader = at(factory.PRIYA)
    (notice,) = access.notices(leader)
    assert (notice.who, notice.reference, notice.why) == ("Ruth Osei", "C-26-04950", WHY)
    access.acknowledge(leader, notice.grant_id)
    assert access.notices(at(factory.OLA)) == ()
    with pytest.raises(ConflictError):
        access.acknowledge(at(factory.OLA), notice.grant_id)


def test_the_desk_opens_works_and_is_told_of_in_the_audit(
    hub: HubHere, hidden: Contact, at: At
) -> None:
    officer = at(factory.RUTH)
    with pytest.raises(NotFoundError):
        screen.open_contact(officer, hidden.id)
    # The desk's clock is the server's here, as a desk's in use is.
    now = datetime.now(UTC)
    hub.front.watch.now = now + timedelta(seconds=30)
    grant = access.break_glass(officer, "c-26-04950 ", WHY)
    assert grant.contact_id == hidden.id
    assert screen.open_contact(officer, hidden.id).contact.reference == "C-26-04950"
    claims.claim(officer, hidden.id)
    decide.save_answer(officer, hidden.id, "analysis", "Safe tonight.", 0)
    (row,) = queue.queue(officer).rows
    assert "Iris" not in row.sentence
    found = audit.look_again(at(factory.PRIYA), audit.Wanted()).page.rows
    said = [(r.what, r.why) for r in found if r.seq <= 2]
    assert said == [("Gave the reason for opening", WHY), ("Opened with a reason", "C-26-04950")]
    assert events.verify(hub.front.store) is None
    with pytest.raises(NotFoundError):
        screen.open_contact(at(factory.SANA), UUID(str(hidden.id)))


def test_what_is_rolled_back_opened_nothing(hub: HubHere, hidden: Contact) -> None:
    # Else a bent program would read it all and leave no trace.
    with hub.as_somebody(factory.RUTH) as line, line.transaction(force_rollback=True):
        line.execute(BREAKING.encode(), (uuid4(), "C-26-04950", "rosei", WHY, 30, LONG_AGO, FAR))
        with line.transaction():
            assert line.execute("SELECT id FROM contact").fetchall() == []
            assert line.execute("SELECT * FROM contact_child").fetchall() == []


def test_nobody_says_beforehand_that_it_was_seen_or_opens_it_for_no_time(
    hub: HubHere, hidden: Contact
) -> None:
    seen_already = BREAKING.replace("until_at)", "until_at, seen_by, seen_at)")
    seen_already = seen_already.replace("%s)", "%s, 'oadeyo', now())")
    values = (uuid4(), "C-26-04950", "rosei", WHY, -30, LONG_AGO, FAR)
    assert hub.answered(factory.RUTH, seen_already, *values) == "[(1,)]"
    found = "SELECT seen_by, seen_at, minutes, until_at - granted_at FROM access_grant"
    assert hub.tried(factory.OLA, found) == [(None, None, 1, timedelta(minutes=1))]


def test_who_saw_an_opening_changes_nothing_of_it_and_says_the_servers_time(
    hub: HubHere, hidden: Contact
) -> None:
    broken(hub, factory.RUTH)
    seeing = "UPDATE access_grant SET seen_by = 'oadeyo', seen_at = '2020-01-01'"
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    for change in (
        "why = 'x'",
        "minutes = 1",
        "worker = 'siqbal'",
        "reference = 'C-26-04999'",
        f"contact_id = '{other.id}'",
        "granted_at = '2020-01-01'",
        "until_at = '2020-01-01'",
    ):
        said = hub.answered(factory.OLA, f"{seeing}, {change}")
        assert "stays as it was" in said, change
    assert hub.answered(factory.OLA, seeing) == "[(1,)]"
    [(late,)] = hub.tried(factory.OLA, "SELECT now() - seen_at FROM access_grant")
    assert late < timedelta(minutes=1)
    again = seeing.replace("oadeyo", "pnandra")
    assert "stays as it was" in hub.answered(factory.PRIYA, again)


def test_nobody_sees_off_what_they_opened_themselves(hub: HubHere, hidden: Contact) -> None:
    # A leader of a hub where leaders were officers when they opened it.
    broken(hub, factory.RUTH)
    with psycopg.connect(hub.url, autocommit=True) as owner:
        owner.execute("UPDATE access_grant SET worker = 'oadeyo'")
    seeing = "UPDATE access_grant SET seen_by = 'oadeyo'"
    assert "seen once, by somebody else" in hub.answered(factory.OLA, seeing)


def test_what_was_opened_is_shut_to_whoever_has_another_role_by_then(
    hub: HubHere, hidden: Contact
) -> None:
    moved = Worker(id="mopen", name="Mo Pen", role=Role.CONTACT_OFFICER, job="Contact officer")
    let_in(hub.url, moved.id, Role.CONTACT_OFFICER, PASSWORD)
    assert broken(hub, moved) == "[(1,)]"
    assert seen(hub, moved) == [1, 1]
    let_in(hub.url, moved.id, Role.BUSINESS_SUPPORT, PASSWORD)
    assert seen(hub, moved) == [0, 0]


def test_what_one_opened_opens_no_other(hub: HubHere, hidden: Contact) -> None:
    other = factory.contact(
        factory.child(given="Olive", family="Marsh"), reference="C-26-04951", restricted=True
    )
    hub.front.bring(other)
    broken(hub, factory.RUTH)
    assert hub.tried(factory.RUTH, "SELECT reference FROM contact") == [("C-26-04950",)]
