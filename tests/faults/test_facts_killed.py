"""The server stops, facts are put right, the desk is killed: what was kept arrives once."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests import factory
from tests.conftest import KEY
from tests.faults.test_kill import ROOT
from tests.postgresql import Server
from triage.storage import contacts, events
from triage.storage.engine import open_server
from triage.storage.journal import Journal
from triage.workflow import unsent
from triage.workflow.unsent import Unsent


def test_what_was_put_right_while_the_server_was_stopped_outlives_a_kill_and_arrives_once(
    pg: Server, tmp_path: Path, impatient: None
) -> None:
    url = f"{pg.url}postgres"
    store = open_server(url)
    with store.write() as tx:
        contacts.insert(tx, factory.contact())
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.fact_typist"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert desk.stdin is not None
    assert desk.stdout is not None
    with desk.stdin, desk.stdout:
        desk.stdin.write(f"{url}\t{tmp_path}\n")
        desk.stdin.flush()
        assert desk.stdout.readline() == "ready\n"
        pg.stop()
        desk.stdin.write("\n")
        desk.stdin.flush()
        assert desk.stdout.readline() == "here\n"
        desk.kill()
        assert desk.wait() == -signal.SIGKILL
    pg.start()
    journal = Journal(tmp_path / "unsent.db", KEY)
    again = replace(factory.desk(store, tmp_path), unsent=Unsent(journal))
    assert len(unsent.pieces(again)) == 2
    unsent.send(again)
    unsent.send(again)
    assert unsent.pieces(again) == ()
    with store.read() as tx:
        now = contacts.get(tx, factory.contact().id)
        told = [e.kind for e in events.of_contact(tx, now.id)]
    assert now.content.children[0].school.value == "Harbour Primary"
    assert [a.name.value for a in now.content.adults] == ["Carla Rowe", "Gran Jean"]
    assert told == ["contact.fact_changed", "contact.marked"]
    assert events.verify(store) is None
    journal.close()
    store.close()
