"""The age of the tables: found, refused when newer than this program, brought up to date."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, inspect, text

from triage.domain.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

REVISION = "0025"
"""The newest migration; a store that has it needs no alembic at start."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 0x46414E4C  # any number that all desks agree on


def found(connection: Connection) -> str | None:
    """The revision the store was left at, or None where there are no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def knows(revision: str) -> bool:
    """Whether this program knows tables of that age."""
    return revision in _known(_config(None))


def bring_up_to_date(connection: Connection, revision: str = REVISION) -> None:
    """Run the migrations that are missing, in the caller's transaction; up to an older `revision`
    only, where what such a store held is to be put back.

    Raises StoreError when the store, or the revision, is newer than this program.
    """
    if found(connection) == revision:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    # Imported here, as it is slow and a store that is up to date never needs it.
    from alembic import command

    config = _config(connection)
    known = _known(config)
    now = found(connection)
    if revision not in known or (now is not None and now not in known):
        raise StoreError(
            "This store was written by a newer Fanlight than the one on this computer. Nothing "
            "in it was changed. Update Fanlight here, then open it again."
        )
    command.upgrade(config, revision)


def clear_away(owner_url: URL) -> None:
    """Clear away what contacts at a hub were found by, and what was found beside them, before it
    was moved apart: an index leads there until then, and takes a moment longer."""
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as line:
        line.execute(
            text(
                "VACUUM (ANALYZE, INDEX_CLEANUP ON) contact, contact_child, lookup_result, "
                "verdict, suggestion"
            )
        )
    engine.dispose()


def _config(connection: Connection | None) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _known(config: "Config") -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
