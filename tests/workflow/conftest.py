"""A hub on a real encrypted file: several people's desks, one clock, and contacts to begin with."""

from pathlib import Path
from uuid import UUID

import pytest

from tests import factory
from triage.domain.contact import Contact
from triage.domain.decision import Answer, DecisionVersion
from triage.domain.event import Event
from triage.domain.worker import Worker
from triage.storage import contacts, episodes, events, signing_keys, workers
from triage.storage.engine import Store
from triage.workflow import decide, earlier, match
from triage.workflow.desk import Desk


class Front:
    """The front door in a test."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        watch: factory.Watch,
        people: factory.People,
        folder: Path,
    ) -> None:
        self.store, self.desk, self.watch, self.people = store, desk, watch, people
        self.folder = folder

    def of(self, worker: Worker) -> Desk:
        """That person's desk, their key unlocked."""
        self.desk.signer.unlock(worker.id, factory.PINS[worker.id])
        return self.desk.as_worker(worker)

    @property
    def ruth(self) -> Desk:
        return self.of(factory.RUTH)

    @property
    def tom(self) -> Desk:
        return self.of(factory.TOM)

    @property
    def priya(self) -> Desk:
        return self.of(factory.PRIYA)

    @property
    def ola(self) -> Desk:
        return self.of(factory.OLA)

    def bring(self, *brought: Contact) -> Contact:
        """Put contacts into the store; the first is given back."""
        for contact in brought:
            with self.store.write() as tx:
                contacts.insert(tx, contact)
            earlier.learn(self.desk, contact)
        return brought[0]

    def looked_up(self, contact: Contact) -> Contact:
        """Put a contact into the store and ask every partner about it."""
        match.look_up(self.priya, self.bring(contact).id)
        return contact

    def answered(self, contact: Contact, by: Desk | None = None, **chosen: Answer) -> Contact:
        """Give every needed answer of the contact, as that desk's person."""
        desk = by or self.ruth
        held = decide.decision(desk, contact.id).answers
        now = self.read(contact)
        for key, value in factory.answers_for(desk.profile, now, **chosen).items():
            version = held[key].version if key in held else 0
            decide.save_answer(desk, contact.id, key, value, version)
        return now

    def proposed(
        self, contact: Contact | None = None, by: Desk | None = None, **chosen: Answer
    ) -> DecisionVersion:
        """A whole decision, sent for sign-off."""
        contact = contact or self.bring(factory.contact(rating="green"))
        self.answered(contact, by, **chosen)
        return decide.propose(by or self.ruth, contact.id)

    def read(self, contact: Contact) -> Contact:
        """The contact as it is now."""
        with self.store.read() as tx:
            return contacts.get(tx, contact.id)

    def together(self, contact: Contact) -> frozenset[UUID]:
        """The others that a contact is joined with."""
        with self.store.read() as tx:
            return episodes.together(tx, [contact.id], with_restricted=True)[contact.id]

    def events(self, since: int = 0) -> list[Event]:
        """What happened after event number `since`."""
        with self.store.read() as tx:
            return events.since(tx, since, 5000)

    def kinds(self, since: int = 0) -> list[str]:
        """The kinds of event after number `since`."""
        return [e.kind for e in self.events(since)]

    @property
    def seq(self) -> int:
        """The newest event's number."""
        with self.store.read() as tx:
            return events.head(tx).seq


def open_front(store: Store, folder: Path) -> Front:
    """A hub with everyone enrolled, on this store."""
    watch = factory.Watch()
    everyone = (factory.RUTH, factory.TOM, factory.SANA, factory.PRIYA, factory.OLA, factory.AMIR)
    signer = factory.keys(folder / "keys", watch, *everyone)
    people = factory.People(folder)
    with store.write() as tx:
        for worker in everyone:
            workers.put(tx, worker, public_jwk=signer.public(worker.id))
            signing_keys.add(tx, worker.id, signer.public(worker.id), watch.now)
    desk = factory.desk(store, folder, watch=watch, signer=signer, people=people)
    return Front(store=store, desk=desk, watch=watch, people=people, folder=folder)


@pytest.fixture
def front(store: Store, tmp_path: Path) -> Front:
    return open_front(store, tmp_path)
