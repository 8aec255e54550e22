"""Kills the main job at chance moments, and looks each time for what was lost or doubled."""

import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
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

MOST_SAID, LONGEST_S = 70, 0.05
"""A kill comes after up to so many things were done, and up to so many seconds more."""


class Killing:
    """A desk in `folder`, its council, and all that the desk ever said was done."""

    def __init__(self, folder: Path, seed: int, url: str = "") -> None:
        self.chance = random.Random(seed)
        self._folder, self._url = folder, url
        self._said: list[dict[str, str]] = []
        self._head = events.Head(0, "0" * 64)
        self.kills = 0
        everyone = (factory.RUTH, factory.PRIYA)
        signer = factory.keys(folder / "keys", factory.Watch(), *everyone)
        store = open_server(url) if url else open_file(folder / "fanlight.db", KEY)
        with store.write() as tx:
            for worker in everyone:
                workers.put(tx, worker, pin_hash="", public_jwk=signer.public(worker.id))
                signing_keys.add(tx, worker.id, signer.public(worker.id), factory.NOW)
        store.close()
        self._signer = DeskKeys(FileVault(folder / "keys"), hub="Northmere", now=factory.Watch())
        self._council = Council(folder / "council", hub_jwks=self._signer.jwks)
        # Children are forked by a small process of its own: this one has threads.
        self._fork = multiprocessing.get_context("forkserver")
        self._fork.set_forkserver_preload([main_job.__name__])

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
            )
            for _ in range(kills):
                before = len(self._said)
                self.break_off(place)
                self._look(place, self._said[before:])
                self.kills += 1
            self._look(place, self._said)

    def break_off(self, place: Place) -> None:
        """Let the desk work, and end it at a chance moment."""
        ear, mouth = self._fork.Pipe(duplex=False)
        process = self._fork.Process(target=_child, args=(place, self.kills, mouth), daemon=True)
        process.start()
        mouth.close()
        with open(ear.fileno(), "rb", closefd=False) as heard:
            first = heard.readline()
            assert json.loads(first) == {"ready": ""}, first
            said = [heard.readline() for _ in range(self.chance.randint(0, MOST_SAID))]
            process.join(self.chance.uniform(0, LONGEST_S))
            assert process.is_alive(), heard.read().decode()
            process.kill()
            process.join()
            assert process.exitcode == -signal.SIGKILL
            self.heard((*said, *heard.read().splitlines(keepends=True)))
        process.close()
        ear.close()

    def heard(self, lines: Iterable[bytes]) -> None:
        """Remember what was said to be done; a line cut short was not said."""
        whole = (json.loads(line) for line in lines if line.endswith(b"\n"))
        self._said += [said for said in whole if "ready" not in said]

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


def _child(place: Place, round_: int, mouth: Any) -> None:
    with suppress(KeyboardInterrupt):
        main_job.work(place, round_, mouth.fileno())
    os._exit(1)
