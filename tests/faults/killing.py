"""Kills the main job at chance moments of each act, and looks each time for what was lost or
doubled."""

import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import text

from tests import factory
from tests.conftest import KEY
from tests.faults import main_job
from tests.faults.main_job import Place
from triage.domain.decision import OutboxState, VersionState
from triage.export.keys import DeskKeys
from triage.practice.council import Council
from triage.storage import answers, events, originals, outbox, signing_keys, versions, workers
from triage.storage.engine import open_file, open_server
from triage.storage.secrets import FileVault

NOTHING = events.Head(0, "0" * 64)
OFTEN = {"answer": 25}
"""How often an act is done for one contact, where that is more than once."""
SAID = ("received", "answered", "proposed", "signed", "accepted")
AT_HUB_SAID = ("called", "added", "thrown", "rang", "heard", "passed", "reminded", "told")


class Desks:
    """The process that forks desks, each to be killed, and what it and they say."""

    def __init__(self, place: Place) -> None:
        context = multiprocessing.get_context("spawn")
        theirs, self.orders = context.Pipe(duplex=False)
        self._ear, mouth = context.Pipe(duplex=False)
        self._process = context.Process(
            target=main_job.serve, args=(place, theirs, mouth), daemon=True
        )
        self._process.start()
        theirs.close()
        mouth.close()
        self.heard: BinaryIO = open(self._ear.fileno(), "rb", closefd=False)  # noqa: SIM115

    def close(self) -> None:
        """Order no more, and wait for its end."""
        self.orders.close()
        self._process.join()
        self._process.close()
        self.heard.close()
        self._ear.close()


class Killing:
    """A desk in `folder`, its council, and all that the desk ever said was done."""

    listened_for: tuple[str, ...] = SAID

    def __init__(self, folder: Path, seed: int, url: str = "", password: str = "") -> None:
        self.chance = random.Random(seed)
        self._folder, self._url, self._password = folder, url, password
        self._said: list[dict[str, str]] = []
        self._head = NOTHING
        self.kills = 0
        everyone = (factory.RUTH, factory.PRIYA)
        signer = factory.keys(folder / "keys", factory.Watch(), *everyone)
        store = open_server(url) if url else open_file(folder / "fanlight.db", KEY)
        with store.write() as tx:
            for worker in everyone:
                workers.put(tx, worker, public_jwk=signer.public(worker.id))
                signing_keys.add(tx, worker.id, signer.public(worker.id), factory.NOW)
        store.close()
        self._signer = DeskKeys(FileVault(folder / "keys"), hub="Northmere", now=factory.Watch())
        self._council = Council(folder / "council", hub_jwks=self._signer.jwks)
        self._desks: Desks | None = None
        self.moments: Counter[str] = Counter()
        """Where kills fell: in which act, and how many commits it had begun."""
        self.aimed: Counter[str] = Counter()
        """After which moments it was waited for the kill."""
        self._aims: list[str] = []
        self._to_come: list[str] = []
        self._lasts: dict[str, float] = {}

    def run(self, kills: int) -> None:
        """Kill so many times, and look after each."""
        with self._council:
            place = Place(
                folder=self._folder,
                key=KEY,
                url=self._url,
                council=self._council.url,
                ca=self._council.ca,
                receipt_jwks=self._council.receipt_jwks(),
                password=self._password,
            )
            try:
                for _ in range(kills):
                    before = len(self._said)
                    self.break_off(place)
                    self.kills += 1
                    self._look(place, self._said[before:])
            finally:
                if self._desks:
                    self._desks.close()
                    self._desks = None
            self._head = NOTHING  # the whole chain, and all that was ever said
            self._look(place, self._said)

    def break_off(self, place: Place) -> None:
        """Let the desk work, and end it at a chance time after a moment drawn by chance."""
        if self._desks is None:
            self._desks = Desks(place)
            self.heard(self._until("", 0))
            self._aims = self._aims or sorted(self._lasts)
        self._desks.orders.send((self.kills + 1, 0))
        aim = self.aim()
        self.aimed[aim] += 1
        lines = self._until(aim, self.chance.randint(1, OFTEN.get(aim.split()[0], 1)))
        assert b"ended" not in lines[-1], lines[-3:]
        # A little longer than it took last, so that some come at the end of it.
        Event().wait(self.chance.uniform(0, 1.1 * self._lasts[aim]))
        self.strike(lines)
        os.kill(json.loads(lines[0])["ready"], signal.SIGKILL)
        self.hear_out(lines)

    def aim(self) -> str:
        """A moment drawn by chance, each as often as any other."""
        if not self._to_come:
            self._to_come = self.chance.sample(self._aims, len(self._aims))
        return self._to_come.pop()

    def hear_out(self, lines: list[bytes]) -> None:
        """What a desk that is killed still said; it ended by nothing else."""
        assert self._desks
        while not lines or b"ended" not in lines[-1]:
            lines.append(self._desks.heard.readline())
        assert json.loads(lines.pop()) == {"ended": signal.SIGKILL}
        self.heard(lines)
        moment = ""
        for line in lines:
            moment = moment_of(line, moment)
        self.moments[moment] += 1

    def strike(self, lines: list[bytes]) -> None:
        """What else befalls the desk that said these lines, before it is killed."""

    def _until(self, aim: str, times: int) -> list[bytes]:
        """What is said until that moment has come so often; learns how long each lasts."""
        assert self._desks
        lines: list[bytes] = []
        moment, since = "", monotonic()
        while not lines or b"ended" not in lines[-1]:
            lines.append(self._desks.heard.readline())
            was, moment = moment, moment_of(lines[-1], moment)
            if was != moment:
                if was:
                    self._lasts[was] = monotonic() - since
                since = monotonic()
                times -= moment == aim
                if moment == aim and not times:
                    break
        return lines

    def heard(self, lines: Iterable[bytes]) -> None:
        """Remember what was said to be done; a line cut short was not said."""
        whole = (json.loads(line) for line in lines if line.endswith(b"\n"))
        self._said += [told for told in whole if next(iter(told)) in self.listened_for]

    def _look(self, place: Place, said: list[dict[str, str]]) -> None:
        store = main_job.opened(place)
        try:
            assert events.verify(store, after=self._head) is None
            with store.read() as tx:
                news = events.since(tx, self._head.seq, 100_000)
                self._head = events.head(tx)
                happened = Counter((e.kind, e.contact_id) for e in news)
                assert all(count == 1 for (kind, _), count in happened.items() if kind in _ONCE), (
                    happened
                )
                self._nothing_lost(tx, said)
                self._nothing_doubled(tx)
                if place.url:
                    return
                assert tx.connection.scalar(text("PRAGMA integrity_check")) == "ok"
                assert tx.connection.execute(text("PRAGMA cipher_integrity_check")).all() == []
        finally:
            store.close()

    def _nothing_lost(self, tx: Any, just_said: list[dict[str, str]]) -> None:
        made: dict[str, set[str]] = {}
        kept: dict[str, Mapping[str, object]] = {}
        for said in just_said:
            if "received" in said:
                made.setdefault(said["received"], set()).add(said["contact"])
                arrived = originals.of_contact(tx, UUID(said["contact"]))
                data = main_job.letter(said["received"])
                assert [originals.bytes_of(tx, o.id) for o in arrived] == [data]
            elif "answered" in said:
                if said["contact"] not in kept:
                    kept[said["contact"]] = answers.all(tx, UUID(said["contact"]))
                assert said["answered"] in kept[said["contact"]]
            elif "signed" in said:
                assert versions.get(tx, UUID(said["signed"])).state is VersionState.SIGNED
            elif "accepted" in said:
                [sent] = outbox.of_decision(tx, UUID(said["accepted"]))
                assert (sent.state, sent.case_number) == (OutboxState.ACCEPTED, said["case"])
        assert all(len(contacts) == 1 for contacts in made.values()), made

    def _nothing_doubled(self, tx: Any) -> None:
        rows: list[Mapping[str, Any]] = [
            dict(row)
            for row in tx.connection.execute(
                text(
                    "SELECT v.id, v.state, count(d.id) AS sent FROM decision_version v "
                    "LEFT JOIN delivery d ON d.decision_id = v.id GROUP BY v.id, v.state"
                )
            ).mappings()
        ]
        assert all(row["sent"] == (row["state"] == "signed") for row in rows), rows
        letters = tx.connection.execute(
            text("SELECT message_id FROM original GROUP BY message_id HAVING count(*) > 1")
        ).all()
        assert letters == []
        cases = Counter(case.decision_id for case in self._council.cases())
        assert set(cases.values()) <= {1}
        assert set(cases) <= {str(UUID(str(row["id"]))) for row in rows if row["sent"]}

    def counts(self) -> Mapping[str, int]:
        """How much of each thing was said to be done: a run that did nothing claims nothing."""
        return Counter(next(iter(said)) for said in self._said)


_ONCE = ("contact.received", "decision.signed")


def moment_of(line: bytes, was: str) -> str:
    """The act that is being done, and how many commits of it were begun."""
    told = json.loads(line)
    if "begin" in told:
        return f"{told['begin']} 0"
    if "commit" in told and was:
        act, commits = was.split()
        return f"{act} {int(commits) + 1}"
    return was
