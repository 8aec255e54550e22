"""A hub's server is brought back to a minute before a mistake, as resources/help/backup.md says."""

from contextlib import closing
from pathlib import Path

import psycopg
from sqlalchemy import select, text

from tests import postgresql
from tests.storage.test_backups import receive
from triage.storage import events
from triage.storage.engine import open_server
from triage.storage.hub_server import create_hub
from triage.storage.tables import contact

HELP = Path(__file__).resolve().parents[2] / "resources" / "help" / "backup.md"


def test_hub_comes_back_as_it_was_a_moment_before_somebody_ruined_it() -> None:
    # The archive lies in the server's own folder, which is the one its account may write to.
    archiving = {"archive_mode": "on", "archive_command": "cp %p ../%f.archived"}
    with postgresql.serving(**archiving) as server:
        url = postgresql.owned(f"{server.url}postgres", "hub")
        create_hub(url, without_tls=True)
        with closing(open_server(url)) as hub:
            before = receive(hub, 1)
            base = server.base()
            after = receive(hub, 2)
            with hub.read() as tx:
                moment = tx.connection.scalar(text("SELECT clock_timestamp()"))
            receive(hub, 3)
        # What the hub's rules let nobody do, the owner neither: the server's superuser can.
        with psycopg.connect(f"{server.url}hub", autocommit=True) as line:
            line.execute("SET session_replication_role = replica")
            line.execute("DELETE FROM event WHERE seq = 2")
        server.stop("fast")  # which waits until the last of the log is archived
        base.signal_recovery()
        wanted = {
            "restore_command": "cp ../%f.archived %p",
            "recovery_target_time": str(moment),
            "recovery_target_action": "promote",
        }
        told = HELP.read_text(encoding="utf-8")
        assert [name for name in (*archiving, *wanted) if name not in told] == []
        base.settings |= wanted
        base.start()
        with psycopg.connect(f"{base.url}hub", autocommit=True) as line:
            recovering = "SELECT pg_is_in_recovery() FROM pg_sleep(0.02)"  # until the moment
            while line.execute(recovering).fetchone() == (True,):
                pass
        with closing(open_server(f"{base.url}hub")) as back:
            assert events.verify(back) is None
            with back.read() as tx:
                assert set(tx.connection.scalars(select(contact.c.id))) == {before, after}
