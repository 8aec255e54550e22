"""Nobody at a hub waits for a table to be read whole: each plan, by a person's own login.

The rows that others may not know of are left out by the database, and enough are there, of every
table, that its planner's choice is the one it makes at a hub of some months.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Column, DateTime, Integer, LargeBinary, Table, Uuid, make_url

from tests.bench import years
from tests.hub_here import PASSWORD
from tests.storage.readers import BY_KEY, LISTINGS, READ_WHOLE, statements
from triage.domain.worker import Role
from triage.storage.engine import Store, Transaction
from triage.storage.hub_logins import let_in, open_as
from triage.storage.hub_server import RULES, create_hub
from triage.storage.tables import metadata

CONTACTS, MANY = 3000, 2000
OFFICER, LEADER = "asks-for-plans", "leads-for-plans"
OF_LEADERS = {
    *("the trail", "the trail about contacts", "the trail counted", "how much of the trail"),
    *("how far back the trail is looked through", "looks without work", "kinds of events"),
    *("looks", "remarks on the trail", "what no leader has seen", "reviews", "a review"),
    *("what was so before", "what they did beside", "an event", "whether too much is to be opened"),
}
"""What team leaders and auditors alone are asked by a screen; the rest is any officer's."""

WAITS = {
    "correction": "asked",
    "decision_version": "proposed",
    "delivery": "waiting",
    "destruction": "proposed",
    "handover_offer": "offered",
    "partner_answer": "to place",
    "request": "sent",
    "request_message": "waiting",
    "suggestion": "open",
    "checkpoint_mail": "waiting",
}
"""How the few rows of a table stand that somebody has to do something about; the rest is done."""

FEW = {
    *("event_head", "reference_counter", "request_counter", "retention_rule", "restriction"),
    *("worker", "signing_key", "setting", "mailbox", "directory_copy"),
}
"""Tables of a row for each person, partner, year or such, or of the very few."""


@pytest.fixture(scope="session")
def people(server_url: str) -> Iterator[tuple[Store, Store]]:
    """An officer's and a leader's store at a hub with thousands of rows in all that grows."""
    with psycopg.connect(server_url, autocommit=True) as line:
        line.execute("CREATE DATABASE hub_of_plans")
    url = make_url(server_url).set(database="hub_of_plans").render_as_string(hide_password=False)
    create_hub(url, without_tls=True)
    let_in(url, OFFICER, Role.CONTACT_OFFICER, PASSWORD)
    let_in(url, LEADER, Role.TEAM_LEADER, PASSWORD)
    years.fill(url, CONTACTS, years=1, until=datetime(2026, 11, 24, tzinfo=UTC))
    with psycopg.connect(url, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")
        line.execute("UPDATE contact SET state = 'received' WHERE ctid <= '(20,0)'")
        for table in metadata.sorted_tables:
            found = line.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.name))
            ).fetchone()
            if table.name not in FEW and found is not None and found[0] < MANY:
                line.execute(filled(table))
        line.execute(
            "INSERT INTO fanlight_inside.request_beside SELECT id, contact_id FROM request"
        )
        line.execute("VACUUM ANALYZE")
    stores = [open_as(url, who, PASSWORD, without_tls=True) for who in (OFFICER, LEADER)]
    yield stores[0], stores[1]
    for store in stores:
        store.close()


def filled(table: Table) -> sql.Composed:
    """Rows as they would be but for their words; each leads to others that are there too."""
    columns = [c for c in table.columns if c.computed is None]
    return sql.SQL(
        "INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {}) AS n JOIN (SELECT id AS contact,"
        " row_number() OVER (ORDER BY id) AS place FROM contact) AS known ON place = n"
        "{}"
    ).format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(c.name) for c in columns),
        sql.SQL(", ").join(sql.SQL(value(table, c)) for c in columns),  # type: ignore[arg-type]
        sql.Literal(MANY),
        # A table that can be changed takes no such act, and needs none here.
        sql.SQL("" if RULES[table.name].change else " ON CONFLICT DO NOTHING"),
    )


def value(table: Table, column: Column[object]) -> str:
    leads_to = {key.column.table.name for key in column.foreign_keys}
    if isinstance(column.type, Uuid):
        if "contact" in leads_to or column.name in ("contact_id", "this", "about"):
            return "contact"
        other = next(iter(leads_to), table.name)
        return f"md5('{other}' || n)::uuid"
    if column.name in ("state", "standing", "fate", "place"):
        return f"CASE WHEN n % 50 = 0 THEN '{WAITS.get(table.name, 'done')}' ELSE 'done' END"
    if column.name == "seen_at":
        return "CASE WHEN n % 50 > 0 THEN now() END"
    if isinstance(column.type, DateTime) or "DateTime" in type(column.type).__name__:
        at = "now() - n * interval '1 hour'"
        return f"CASE WHEN n % 50 = 0 THEN {at} END" if column.nullable else at
    if isinstance(column.type, Integer):
        return "n + 10"
    if isinstance(column.type, LargeBinary):
        return "'\\x00'::bytea"
    if column.name in ("by", "to", "worker", "agency", "partner", "directory"):
        return "'desk' || n % 20"
    if column.nullable:
        return "CASE WHEN n % 50 = 0 THEN 'word' || n END"
    return "'{}'" if column.name == "body" else "'word' || n"


def test_every_table_that_grows_has_its_thousands(people: tuple[Store, Store]) -> None:
    with people[0].read() as tx:
        sizes = tx.connection.exec_driver_sql(
            "SELECT relname, reltuples FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        found = {name: rows for name, rows in sizes if name in metadata.tables}
    assert {name for name in metadata.tables if found[name] < MANY * 0.9} == FEW


@pytest.mark.parametrize("reader", [*LISTINGS, *BY_KEY])
def test_whoever_asks_waits_for_no_table_to_be_read_whole(
    people: tuple[Store, Store], reader: str
) -> None:
    store = people[reader in OF_LEADERS]
    with store.read() as tx:
        found = statements(tx, reader, unreadable=True)
    assert found
    for statement, values in found:
        with store.read() as tx:
            plan = plan_of(tx, statement, values)
        # What the person's role leaves out stands in the plan and is never done.
        whole = {
            line.split("Seq Scan on ", 1)[1].split()[0]
            for line in plan
            if "Seq Scan on " in line and "never executed" not in line
        }
        if reader not in READ_WHOLE:
            assert whole <= FEW, "\n".join(plan)


def test_work_is_looked_for_look_by_look_and_never_in_all_events_at_once(
    people: tuple[Store, Store],
) -> None:
    with people[1].read() as tx:
        for statement, values in statements(tx, "looks without work", unreadable=True):
            plan = plan_of(tx, statement, values)
            assert not any("Anti Join" in line or "hashed SubPlan" in line for line in plan), plan


def test_no_question_is_compiled_before_it_is_answered(people: tuple[Store, Store]) -> None:
    with people[1].read() as tx:
        assert tx.connection.exec_driver_sql("SHOW jit").scalar() == "off"


def plan_of(tx: Transaction, statement: str, values: object) -> list[str]:
    rows = tx.connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {statement}", values)  # type: ignore[arg-type]
    return [row[0] for row in rows]
