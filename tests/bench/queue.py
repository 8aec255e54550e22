"""How long the desk takes with 500 contacts: `python -m tests.bench.queue`, in ms."""

import random
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from tests import factory
from tests.bench.measure import in_words, load, measured
from triage.storage import contacts
from triage.storage.engine import open_file
from triage.workflow import decide, earlier, match, queue, screen
from triage.workflow.desk import Desk, Memory

CONTACTS = 500
GIVEN = ("Maya", "Theo", "Ines", "Callum", "Ellis", "Aisha", "Noah", "Ruby")
FAMILY = ("Rowe", "Duarte", "Tranter", "Okafor", "Malik", "Castell")


def filled(desk: Desk, seed: int = 1) -> list[UUID]:
    """Put the contacts in, of one to three children each; some children are heard of again."""
    chance = random.Random(seed)
    ids = []
    with desk.store.write() as tx:
        for number in range(CONTACTS):
            children = [
                factory.child(
                    f"c{place}",
                    chance.choice(GIVEN),
                    family=chance.choice(FAMILY),
                    dob=f"20{chance.randint(10, 24)}-0{chance.randint(1, 9)}-14",
                )
                for place in range(1, chance.randint(2, 4))
            ]
            contact = factory.contact(
                *children,
                reference=f"C-25-{number:05d}",
                rating=chance.choice(("red", "amber", "green", None)),
                received_at=factory.NOW - timedelta(minutes=chance.randint(1, 3000)),
                concern="Shouting heard, and a child crying on the stairs. " * 20,
            )
            contacts.insert(tx, contact)
            ids.append(contact.id)
    earlier.learn_all(desk)
    return ids


def main() -> None:
    """Measure on a fresh encrypted file."""
    folder = Path(tempfile.mkdtemp())
    store = open_file(folder / "fanlight.db", bytes(range(32)))
    desk = factory.desk(store, folder)
    ids = filled(desk)
    version = 0

    def begun() -> object:
        return queue.queue(replace(desk, memory=Memory()))

    def saved() -> object:
        nonlocal version
        words = f"{version} " + "Maya took charge of her brother's safety. " * 40
        version = decide.save_answer(desk, ids[0], "analysis", words, version).version
        return version

    acts = {
        "queue, window just opened": begun,
        "queue, read again": lambda: queue.queue(desk),
        "open a contact": lambda: screen.open_contact(desk, ids[0]),
        "look up its people": lambda: match.look_up(desk, ids[0]),
        "open it with what was found": lambda: screen.open_contact(desk, ids[0]),
        "save an answer": saved,
    }
    for name, act in acts.items():
        print(f"{name}: {in_words(measured(act, 20))}")
    print(f"load of the machine: {load()}")
    store.close()


if __name__ == "__main__":
    main()
