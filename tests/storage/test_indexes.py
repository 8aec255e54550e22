"""Every listing goes by an index, stops at a limit and has an order, on both engines."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.storage.readers import BY_KEY, LISTINGS, READ_WHOLE, UNASKED, asked, readers, statements
from triage.storage.engine import Store, Transaction


def test_every_reader_is_asked_or_says_why_not() -> None:
    lacking = set(readers()) - asked()
    assert lacking == set(UNASKED), "a new one has an entry in readers.py"


@pytest.mark.parametrize("reader", [*LISTINGS, *BY_KEY])
def test_a_reader_has_an_index_and_a_listing_an_order_and_a_limit(
    store: Store, reader: str
) -> None:
    with store.read() as tx:
        found = statements(tx, reader)
        assert found
        for statement, parameters in found:
            if reader in LISTINGS:
                assert " LIMIT " in statement.replace("\n", " ")
                assert "ORDER BY" in statement
            if reader in READ_WHOLE:
                continue
            plan = _plan(tx, statement, parameters)
            assert not any(_reads_a_whole_table(line) for line in plan), plan


def _plan(tx: Transaction, statement: str, parameters: Any) -> list[str]:
    if tx.connection.dialect.name == "postgresql":
        # With so few rows it would rather read the table; forbidden that, it takes what it can.
        tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = tx.connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return [row[0] for row in rows]
    rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in rows]


def _reads_a_whole_table(line: str) -> bool:
    made_here = ("SCAN anon", "SCAN (subquery", "SCAN COMPOUND")
    scan = line.startswith("SCAN ") and "INDEX" not in line and not line.startswith(made_here)
    return scan or "Seq Scan" in line
