"""Killed at any step of reading the mailbox, a desk loses no message and makes of none two
contacts."""

import json
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from tests.conftest import KEY, Home
from tests.faults.mail_reader import STEPS
from tests.post import mail, post_of
from tests.workflow.conftest import open_front
from triage.domain.contact import ContactState
from triage.domain.partner import RequestRules
from triage.practice.post_servers import PostServers
from triage.storage import contacts, events
from triage.workflow import mailbox

ROOT = Path(__file__).parents[2]


def _read_until_killed(
    home: Home, servers: PostServers, folder: Path, step: str, minutes: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.mail_reader"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    (way,) = servers.rules(RequestRules()).mailboxes
    told = {
        "path": str(home.path),
        "key": KEY.hex(),
        "folder": str(folder),
        "way": asdict(way),
        "password": servers.password,
        "step": step,
        "minutes": minutes,
    }
    process.stdin.write(json.dumps(told) + "\n")
    process.stdin.flush()
    assert process.stdout.readline().strip() == step
    process.kill()
    assert process.wait() == -signal.SIGKILL
    process.stdin.close()
    process.stdout.close()


def _referral(name: str) -> bytes:
    return mail(
        f"Child's name: {name}\nDate of birth: 04/05/2018\nSchool: Brookfold Primary\n"
        "Reason for referral: A bruise on the arm.\n",
        sender="Colette Hughes <c.hughes@stbrannocs.example>",
        subject="Referral about a pupil",
    )


def test_killed_at_any_step_of_reading_the_mailbox_each_message_is_one_contact(
    file_home: Home, servers: PostServers, tmp_path: Path
) -> None:
    store = file_home.open()
    front = open_front(store, tmp_path)
    names = [f"{given} Lane" for given in ("Poppy", "Noah", "Ines", "Callum")]
    for at, (step, name) in enumerate(zip(STEPS, names, strict=True)):
        servers.deliver(_referral(name))
        _read_until_killed(file_home, servers, tmp_path, step, at * 20)
        front.watch.move(minutes=6)  # the lease of the desk that was killed is out
        post = post_of(servers, front.desk.profile.requests, front.watch, mesh=None)
        desk = replace(front.ruth, post=post)
        (looked,) = mailbox.look_into_mailboxes(desk, "desk-2")
        assert (looked.problem, looked.busy) == ("", False)
        front.watch.move(minutes=14)
        assert events.verify(store) is None
        with store.read() as tx:
            held = contacts.in_states(tx, [ContactState.RECEIVED])
        assert sorted(c.content.children[0].name for c in held) == sorted(names[: at + 1])
    line = servers.mailbox()
    assert line.select_folder("INBOX")[b"EXISTS"] == 0
    assert line.select_folder("Processed")[b"EXISTS"] == len(STEPS)
    line.logout()
    store.close()
