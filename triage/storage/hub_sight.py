"""That nobody at a hub learns of a row they may not see by how the server went about a search.

What the rules of rows ask of a row stands in `hub_sight.sql`; what hangs on another row is asked in
a function of that other table, made here of its own rule.
"""

import re
from collections.abc import Mapping

from sqlalchemy import Connection, PrimaryKeyConstraint, String, UniqueConstraint, text

from triage.storage.columns import Words
from triage.storage.tables import metadata

_LED_TO = {"decision_version": "id", "original": "sha256", "request": "id"}
"""Tables whose rows others hang on, and the column these are known by there."""


_WHOLE = re.compile(r"\(SELECT fanlight_may\('[a-z ]+'\)\)|\b(AND|OR|true)\b|[()\s]")


def look_through(connection: Connection, rules: Mapping[str, str]) -> None:
    """Make what asks whether a row that another leads to is seen; `rules` are conditions by
    table."""
    for table, key in _LED_TO.items():
        column = metadata.tables[table].columns[key]
        # As the owner, whom no rule of rows holds: so the row's own is asked here.
        _run(
            connection,
            f"CREATE OR REPLACE FUNCTION fanlight_inside.sees_{table}"
            f"(wanted {column.type.compile(connection.dialect)}) RETURNS boolean "
            "LANGUAGE plpgsql STABLE SECURITY DEFINER COST 0.0001 "
            "SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN RETURN EXISTS ("
            f"SELECT FROM {table} WHERE {table}.{key} = wanted AND ({rules[table]})); END $$",
        )


def hangs_on_the_row(see: str) -> bool:
    """Whether a condition asks more than what somebody may in the whole table."""
    return bool(_WHOLE.sub("", see))


def keep_no_samples(connection: Connection, table: str) -> None:
    """Have the server throw away what it sampled of a table's words, and sample no more: it guesses
    from them how many rows there will be, hidden ones among them, and tells whoever asks. It needs
    them where an index leads with the column. No rule of rows may name the table meanwhile."""
    kept = metadata.tables[table]
    keys = [k for k in kept.constraints if isinstance(k, PrimaryKeyConstraint | UniqueConstraint)]
    led = {next(iter(i.columns)) for i in (*keys, *kept.indexes)}
    for column in kept.columns:
        if not isinstance(column.type, String | Words) or column in led:
            continue
        name = f'"{column.name}"'
        _run(connection, f"ALTER TABLE {table} ALTER COLUMN {name} SET STATISTICS 0")
        # Of another type, even of the same, its samples are the one thing that is thrown away.
        of_it = {"table": table, "column": column.name}
        if kind := connection.scalar(_SAMPLED, of_it):
            _run(connection, f"ALTER TABLE {table} ALTER COLUMN {name} TYPE {kind}")


_SAMPLED = text("""
    SELECT format_type(kept.atttypid, kept.atttypmod) || ' COLLATE pg_catalog.' ||
        quote_ident(ordered.collname)
    FROM pg_stats sampled
    JOIN pg_attribute kept USING (attname)
    JOIN pg_collation ordered ON ordered.oid = kept.attcollation
    WHERE sampled.schemaname = 'public' AND sampled.tablename = :table
      AND kept.attrelid = to_regclass('public.' || sampled.tablename) AND attname = :column
""")


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))
