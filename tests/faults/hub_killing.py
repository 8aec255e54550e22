"""Kills the main job at a hub at chance moments: the desk, its lines there, or the server."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select

from tests import factory
from tests.faults import main_job
from tests.faults.killing import AT_HUB_SAID, SAID, Killing
from tests.faults.main_job import Place
from tests.postgresql import Server
from triage.domain.contact import ContactState
from triage.domain.trail import detail_of
from triage.storage import contacts, events, handovers, requests
from triage.storage.hub_logins import let_in
from triage.storage.hub_server import create_hub
from triage.storage.tables import desk_save
from triage.workflow import unsent

PASSWORD = "a-long-word-for-tests"
GOES_ON = 8
"""So many things are said to be done after the server broke off, before the desk is killed."""
SENTENCE = re.compile("Nothing was changed, and what was saved before is safe|Look whether it is")
STRIKES = ("desk", "lines", "desk", "lines", "server", "itself")


class HubKilling(Killing):
    """A desk at a hub whose people sign in as themselves, with the desk's own journal.

    Each time the desk is killed: at a chance moment; after its lines were ended, or the server
    stopped and started again, and it went on; or by itself between the hub's taking a word and
    the desk's knowing it, which is too short to be hit from outside.
    """

    listened_for = (*SAID, *AT_HUB_SAID)

    def __init__(self, folder: Path, seed: int, server: Server) -> None:
        url = f"{server.url}postgres"
        create_hub(url, without_tls=True, retention=factory.profile().retention)
        for worker in (factory.RUTH, factory.PRIYA):
            let_in(url, worker.id, worker.role, PASSWORD)
        super().__init__(folder, seed, url, PASSWORD)
        self._server = server
        self.struck: Counter[str] = Counter()
        self.waited = self.taken = 0
        """How much was in the journal after a kill, and how much of it was at the hub already."""

    def break_off(self, place: Place) -> None:
        if STRIKES[self.kills % len(STRIKES)] != "itself" or self._desks is None:
            super().break_off(place)
            return
        self.struck["itself"] += 1
        self._desks.orders.send((self.kills + 1, self.chance.randint(1, 30)))
        self.hear_out([])

    def aim(self) -> str:
        """A moment of an act, each act as often as any other: some have many moments there."""
        if not self._to_come:
            acts = sorted({aim.split()[0] for aim in self._aims})
            self._to_come = self.chance.sample(acts, len(acts))
        act = self._to_come.pop()
        return self.chance.choice([aim for aim in self._aims if aim.split()[0] == act])

    def strike(self, lines: list[bytes]) -> None:
        kind = STRIKES[self.kills % len(STRIKES)]
        self.struck[kind] += 1
        if kind == "desk":
            return
        if kind == "server":
            self._server.quit()
            self._server.start()
        else:
            with psycopg.connect(self._url, autocommit=True) as line:
                line.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE usename LIKE 'fl\\_%'"
                )
        after = 0
        assert self._desks
        while after < GOES_ON:
            lines.append(self._desks.heard.readline())
            assert b"ended" not in lines[-1], lines[-3:]
            said = next(iter(json.loads(lines[-1])))
            after += said in self.listened_for and said != "told"

    def _look(self, place: Place, said: list[dict[str, str]]) -> None:
        """What was kept on the desk goes to the hub first, as when the desk is opened again."""
        ruth, _ = stores = main_job.opened_by_each(place)
        desk = main_job.with_journal(place, main_job.desk_at(place, ruth, self.kills))
        assert desk.unsent is not None
        entries = desk.unsent.journal.all()
        with desk.store.read() as tx:
            taken = set(tx.connection.scalars(select(desk_save.c.id)))
        self.waited += len(entries)
        self.taken += sum(entry.id in taken for entry in entries)
        sent = unsent.send(desk, again=True)
        left = (*sent.refused, *(str(met) for _, _, met in sent.met), *unsent.pieces(desk))
        assert left == (), left
        desk.unsent.journal.close()
        for store in stores:
            store.close()
        told = [each["told"] for each in said if "told" in each]
        assert all(SENTENCE.search(words) for words in told), told
        super()._look(place, said)

    def _nothing_lost(self, tx: Any, just_said: list[dict[str, str]]) -> None:
        super()._nothing_lost(tx, just_said)
        self._words_there(tx, just_said)
        calls: dict[str, Any] = {}
        for said in just_said:
            if not {"called", "added", "thrown"} & said.keys():
                continue
            id = said["contact"]
            call = calls[id] = calls.get(id) or contacts.get(tx, UUID(id))
            assert call.content.concern.value == said.get("called", call.content.concern.value)
            names = [child.given.value for child in call.content.children]
            assert names.count(said.get("added", "")) == ("added" in said)
            assert "thrown" not in said or call.state is ContactState.SET_ASIDE

    def _words_there(self, tx: Any, just_said: list[dict[str, str]]) -> None:
        """What was typed beside decisions is there once, each in words that were used once."""
        kept = {r.words for r in handovers.reminders(tx, "rosei", done_since=factory.NOW)}
        done: dict[str, Counter[tuple[str, str]]] = {}
        for said in just_said:
            if not {"rang", "heard", "passed", "reminded"} & said.keys():
                continue
            told = done.setdefault(said["contact"], _told(tx, UUID(said["contact"])))
            if "heard" in said:
                request = UUID(said["request"])
                heard = [a.items[0].words for a in requests.answers_to(tx, [request])[request]]
                assert heard == [said["heard"]], heard
            assert "rang" not in said or told["request.rang", said["rang"]] == 1
            assert "reminded" not in said or said["reminded"] in kept
            assert "passed" not in said or told["contact.handover_kept", ""] >= 1

    def _nothing_doubled(self, tx: Any) -> None:
        super()._nothing_doubled(tx)
        kept = Counter(r.words for r in handovers.reminders(tx, "rosei", done_since=factory.NOW))
        assert set(kept.values()) <= {1}, kept
        for one, what in _ONCE_AT_HUB.items():
            twice = tx.connection.exec_driver_sql(
                f"SELECT contact_id, {what}, count(*) FROM event WHERE kind = '{one}' "
                f"GROUP BY contact_id, {what} HAVING count(*) > 1"
            ).all()
            assert twice == [], one


def _told(tx: Any, contact_id: UUID) -> Counter[tuple[str, str]]:
    """How often each kind of event of a contact says whom it was about."""
    found = events.of_contact(tx, contact_id)
    return Counter((e.kind, str(detail_of(e).get("who", ""))) for e in found)


_ONCE_AT_HUB = {
    "call.started": "kind",
    "call.thrown_away": "kind",
    "contact.child_added": "kind",
    "contact.received": "kind",
    "decision.signed": "kind",
}
"""What happens once to a contact."""
