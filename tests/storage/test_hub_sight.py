"""What is hidden at a hub is not had by how the server goes about a search: each plan and each
answer, for people signed in as themselves with plain SQL."""

import re
from datetime import datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import (
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    Uuid,
)

from tests import factory
from tests.factory import NOW
from tests.hub_here import EVERYONE, NIA, VIC, HubHere
from tests.storage.test_hub_plans import filled
from triage.domain.worker import Worker
from triage.storage.columns import UtcDateTime
from triage.storage.hub_server import RULES, create_hub
from triage.storage.hub_sight import hangs_on_the_row
from triage.storage.tables import metadata

BY_ROW = [name for name, rule in RULES.items() if hangs_on_the_row(rule.see)]
WITHOUT_INDEXES = "SET enable_indexscan = off; SET enable_indexonlyscan = off; " + (
    "SET enable_bitmapscan = off; SET enable_tidscan = off; SET jit = off;"
)
COSTS = (
    "SET cpu_operator_cost = DEFAULT",
    "SET cpu_operator_cost = 0",
    "SET cpu_operator_cost = 1000",
    "SET cpu_operator_cost = 1e-300",
    "SET cpu_operator_cost = DEFAULT; SET random_page_cost = 0; SET seq_page_cost = 0; "
    "SET cpu_tuple_cost = 0; SET cpu_index_tuple_cost = 0",
)
ASKED = {
    Integer: ("{} = 987654321", "987654321"),
    Uuid: ("{} = '99999999-9999-4999-8999-999999999999'", "99999999-9999"),
    LargeBinary: (r"{} = '\x5a5a5a'::bytea", "x5a5a5a"),
    UtcDateTime: ("{} = '1987-06-05 00:00:00Z'", "1987-06-0"),
}
OF_WORDS = ("{} >= 'a mark' AND starts_with({}, 'a mark')", "a mark")


def asked(column: Column[object]) -> tuple[str, str]:
    """A condition that costs next to nothing and gives nothing away by itself, and by which it is
    known again in a plan."""
    kind = type(column.type)
    name = f'"{column.name}"'
    condition, mark = next((ASKED[k] for k in ASKED if issubclass(kind, k)), OF_WORDS)
    return condition.replace("{}", name), mark


@pytest.mark.parametrize("who", EVERYONE, ids=lambda w: str(w.role))
def test_the_rule_of_a_row_is_asked_before_anything_that_a_person_asks(
    hub: HubHere, who: Worker
) -> None:
    with hub.as_somebody(who) as line:
        line.execute(WITHOUT_INDEXES)
        for costs in COSTS:
            line.execute(costs.encode())
            for table in BY_ROW:
                found = [asked(column) for column in metadata.tables[table].columns]
                wanted = " AND ".join(condition for condition, _ in found)
                plan = line.execute(f"EXPLAIN SELECT FROM {table} WHERE {wanted}".encode())
                (filter_,) = (row for (row,) in plan if row.startswith("  Filter: "))
                rule, dot, theirs = filter_.rpartition("fanlight_inside.")
                assert dot
                for _, mark in found:
                    assert mark not in rule, (costs, filter_)
                    assert mark in theirs, (costs, filter_)


def test_no_function_that_the_server_trusts_costs_less_than_an_operator(hub: HubHere) -> None:
    trusted = "SELECT proname FROM pg_proc WHERE proleakproof AND procost < 1"
    assert hub.tried(factory.RUTH, trusted) == []


WHOLE = r"\(SELECT (fanlight_may\('[a-z ]+'\)|fanlight_inside\.hint\(\))\)"
FUNCTION = r"fanlight_inside\.[a-z_]+(?=\()"
WORDS = r"\b(AND|OR|NOT|CASE|WHEN|THEN|ELSE|END|IS|NULL|true)\b"


def test_a_rule_asks_nothing_of_a_row_but_in_functions_that_cost_nothing(hub: HubHere) -> None:
    cheap = {f"fanlight_inside.{name}" for (name,) in hub.tried(factory.RUTH, CHEAP)}
    for table, rule in RULES.items():
        named = "|".join(rf'"{c.name}"|\b{c.name}\b' for c in metadata.tables[table].columns)
        left = re.sub(rf"{WHOLE}|{FUNCTION}|'[^']*'|{WORDS}", "", rule.see)
        assert not re.sub(rf"{named}|[\s(),]", "", left), rule.see
        asks = set(re.findall(FUNCTION, rule.see)) - {"fanlight_inside.hint"}
        assert asks <= cheap, asks - cheap


CHEAP = """SELECT proname FROM pg_proc JOIN pg_language spoken ON spoken.oid = prolang
    WHERE pronamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'fanlight_inside')
    GROUP BY proname HAVING max(procost) < 0.001 AND min(lanname) = 'plpgsql'"""


@pytest.fixture
def one_row_each(hub: HubHere) -> HubHere:
    """Of every table one row, of a restricted contact and by somebody who is not there."""
    hidden = hub.front.bring(factory.contact(restricted=True))
    comment = f"sign-off.comment.{uuid4()}.somebody"
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")
        for table in metadata.sorted_tables:
            if table.name == "setting":
                line.execute("INSERT INTO setting VALUES (%s, 'word1')", (comment,))
            elif not line.execute(f"SELECT FROM {table.name} LIMIT 1".encode()).rowcount:
                line.execute(filled(table))
        line.execute("UPDATE handover_offer SET state = 'draft'")
        line.execute("UPDATE content_key SET id = %s", (str(hidden.id),))
        line.execute("ANALYZE")
    return hub


def words_of(table: Table) -> list[str]:
    keys = [k for k in table.constraints if isinstance(k, PrimaryKeyConstraint | UniqueConstraint)]
    led = {next(iter(index.columns)) for index in (*keys, *table.indexes)}
    return [c.name for c in table.columns if c not in led and asked(c)[1] == OF_WORDS[1]]


@pytest.mark.parametrize("who", [factory.RUTH, VIC, NIA], ids=lambda w: str(w.role))
def test_hidden_words_can_not_be_tried_letter_by_letter(one_row_each: HubHere, who: Worker) -> None:
    held = psycopg.connect(one_row_each.as_superuser, autocommit=True)
    tried = set()
    with one_row_each.as_somebody(who) as line, held:
        line.execute(WITHOUT_INDEXES)
        for name in BY_ROW:
            assert line.execute(f"SELECT FROM {name}".encode()).rowcount == 0, name
            for column in metadata.tables[name].columns:
                (word,) = held.execute(f'SELECT "{column.name}" FROM {name}'.encode()).fetchone()
                if word is None or isinstance(word, bytes):
                    continue
                tried.add(name)
                fits, not_ = plans(line, name, column.name, word)
                assert fits == not_, (name, column.name)
    assert tried == set(BY_ROW)


def plans(
    line: "psycopg.Connection[tuple[object, ...]]", table: str, column: str, word: object
) -> list[str]:
    """How the server went about looking for a row whose column begins as the hidden one does, or
    is the same, and for one where it doesn't."""
    found = []
    other: dict[type, object] = {str: "~", int: 987654321, UUID: uuid4(), datetime: NOW}
    for value in (word, other[type(word)]):
        how = ">=" if isinstance(word, str) else "="
        statement = sql.SQL(
            "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) SELECT FROM {} WHERE {} {} {}"
        )
        asked_ = statement.format(
            sql.Identifier(table), sql.Identifier(column), sql.SQL(how), sql.Literal(value)
        )
        plan = "\n".join(str(row) for (row,) in line.execute(asked_).fetchall())
        found.append(re.sub(r"(>?=) [^)]+", r"\1 …", plan))
    return found


def test_the_server_keeps_no_samples_of_words_by_which_it_would_guess_how_many_rows_there_are(
    one_row_each: HubHere,
) -> None:
    sampled = "SELECT tablename, attname FROM pg_stats WHERE schemaname = 'public'"
    words = {(name, column) for name in BY_ROW for column in words_of(metadata.tables[name])}
    with psycopg.connect(one_row_each.as_superuser, autocommit=True) as line:
        for name, column in words:  # as before there was this rule
            line.execute(f'ALTER TABLE {name} ALTER COLUMN "{column}" SET STATISTICS 100'.encode())
        line.execute("ANALYZE")
        before = set(line.execute(sampled))
        create_hub(one_row_each.url, without_tls=True)
        line.execute("ANALYZE")
        after = set(line.execute(sampled))
    assert before - after == words
    assert words <= before


def test_a_hidden_row_is_not_asked_by_adding_one_like_it(hub: HubHere) -> None:
    for name in (t for t in BY_ROW if RULES[t].change):
        key = next(iter(metadata.tables[name].primary_key.columns)).name
        for doing in ("NOTHING", f'UPDATE SET "{key}" = NULL WHERE true'):
            said = hub.answered(
                factory.RUTH,
                f'INSERT INTO {name} ("{key}") VALUES (NULL) ON CONFLICT ("{key}") DO {doing}',
            )
            assert said.startswith("0A000"), said


def test_a_contact_that_is_restricted_past_all_triggers_is_hidden_too(hub: HubHere) -> None:
    contacts = [hub.front.bring(factory.contact(reference=f"C-26-0480{n}")) for n in range(3)]
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")  # as a restore would
        line.execute("ALTER TABLE restriction DISABLE TRIGGER ALL")
        line.execute("INSERT INTO restriction VALUES (%s)", (contacts[0].id,))
        line.execute("UPDATE restriction SET contact_id = %s", (contacts[1].id,))
        line.execute("ALTER TABLE restriction ENABLE TRIGGER ALL")
    seen = "SELECT id FROM contact ORDER BY reference"
    for _ in range(2):
        assert hub.tried(factory.RUTH, seen) == [(contacts[0].id,), (contacts[2].id,)]
        create_hub(hub.url, without_tls=True)
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute("DELETE FROM fanlight_inside.hint")
    assert hub.tried(factory.RUTH, seen) == [(contacts[0].id,), (contacts[2].id,)]
    create_hub(hub.url, without_tls=True)


def test_nobody_deletes_what_they_may_not_see(hub: HubHere) -> None:
    asks = "SELECT tablename FROM pg_policies WHERE cmd = 'DELETE' AND qual LIKE '%%inside.%%'"
    assert {name for (name,) in hub.tried(factory.RUTH, asks)} == {
        name for name in BY_ROW if RULES[name].delete
    }


def test_what_a_hidden_contact_is_found_by_can_not_be_tried(hub: HubHere) -> None:
    for agrees in ("fanlight_children_agree", "fanlight_place_agrees"):
        said = hub.answered(factory.RUTH, f"SELECT {agrees}(NULL::contact)")
        assert said.startswith("42501"), said
