"""Puts a fact right at a desk whose server has stopped, and says so; to be killed then.

Reads the server's address and the desk's folder from its input, says that it is ready, and waits
for the word.
"""

import sys
from pathlib import Path

from tests import factory
from tests.conftest import KEY
from triage.domain.fact import Place, entered
from triage.storage import contacts
from triage.storage.engine import open_server
from triage.storage.journal import Journal
from triage.workflow import unsent_facts
from triage.workflow.unsent import Unsent


def main() -> None:
    """Never ends by itself."""
    url, path = sys.stdin.readline().rstrip("\n").split("\t")
    folder = Path(path)
    store = open_server(url)
    with store.read() as tx:
        seen = contacts.get(tx, factory.contact().id)
    desk = factory.desk(store, folder)
    object.__setattr__(desk, "unsent", Unsent(Journal(folder / "unsent.db", KEY)))
    print("ready", flush=True)
    sys.stdin.readline()
    fact = entered("Harbour Primary", by="rosei", at=factory.NOW)
    kept = unsent_facts.change_fact(desk, seen, "children.c1.school", fact)
    place = Place(file="letter.txt", start=0, end=9, words="Gran Jean")
    kept = unsent_facts.mark(desk, kept.value, "person", place)
    print("here" if kept.here else "there", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
