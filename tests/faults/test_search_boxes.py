"""Every box that is searched with: signs of SQL, LIKE and full-text search typed there are words,
on the file and on PostgreSQL. They find nothing of their own, and widen nothing beside a word."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests import factory
from tests.conftest import Home
from tests.faults.examples import EXAMPLES
from tests.workflow.conftest import Front, open_front
from tests.workflow.test_services import ALL, DIRECTORY, Published
from triage.domain import directory
from triage.storage import events
from triage.workflow import audit, claims, directories, find, services
from triage.workflow.audit import Wanted

SIGNS = (
    *"'\"%_*\\;()-=|&^:~#?!$@<>[]{}`,./ \t\n\0",
    "' OR ''='", "\" OR \"\"=\"", "'; DROP TABLE contact; --", "' UNION SELECT NULL --", "\\';",
    "/**/", "%%", "%s", "%(p)s", ":p", "$1", "||", "<->", "&&", "''", "\ud800", "\u2019", "\u0600",
    "＇", "NEAR(", ":*", "^2", "*)(", "{}", "\x1b", "--",
)  # fmt: skip
TYPED = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map("".join)
BLIND = "' UNION SELECT id, body FROM contact; --"


class Boxes:
    """A hub with Maya, a restricted child, services and a trail, and each box beside its desk."""

    def __init__(self, front: Front) -> None:
        iris = factory.child(given="Iris", family="Vane")
        front.bring(
            factory.contact(),
            factory.contact(iris, reference="C-26-04950", restricted=True),
        )
        claims.claim(front.ruth, front.bring(factory.contact(reference="C-26-04951")))
        self.front = front
        self.ruth = replace(front.ruth, directories={DIRECTORY: Published(*ALL)})
        directories.copy_due(self.ruth)
        self.amir = front.of(factory.AMIR)
        untyped = self.found("")
        self.everything = self.found("C-26-") | {b: untyped[b] for b in ("services", "about")}

    def found(self, typed: str) -> dict[str, set[object]]:
        """What each box finds; nothing is raised."""
        listed = services.find(self.ruth, directory.Wanted(words=typed), typed)
        return {
            "find a contact": {f.reference for f in find.find(self.ruth, typed)},
            "Ctrl K": {f.reference for f in find.hear(self.ruth, typed).found},
            "services": {hit.service.key for hit in listed.found.hits},
            "about": self.trail(about=typed),
            "words": self.trail(words=typed),
        }

    def said(self, typed: str, box: str) -> set[object]:
        """What signs alone may find: all where nothing was typed, or what each reference holds,
        or, of services, no word; and events that hold them."""
        if box == "services" or (box != "words" and typed.strip() in "C-26-04817"):
            return self.everything[box]
        if box != "words":
            return set()
        with self.front.store.read() as tx:
            held = events.since(tx, 0, 1000)
        return {e.seq for e in held if typed.strip().lower() in e.detail.lower()}

    def trail(self, **typed: str) -> set[object]:
        found = audit.look_again(self.amir, Wanted(**typed))
        return {row.seq for row in found.page.rows}


@pytest.fixture(params=["file", "server"])
def boxes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Boxes]:
    home: Home = request.getfixturevalue(f"{request.param}_home")
    store = home.open()
    yield Boxes(open_front(store, tmp_path_factory.mktemp("hub")))
    store.close()


@settings(max_examples=EXAMPLES // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=TYPED, word=st.sampled_from(["Maya", "Lantern", "zzz"]))
@example(typed=BLIND, word="Maya")
def test_no_sign_of_a_query_language_finds_or_widens_anything(
    boxes: Boxes, typed: str, word: str
) -> None:
    alone: dict[str, Any] = boxes.found(word)
    for box, found in boxes.found(f"{word}{typed}").items():
        assert found <= alone[box], box
    for box, found in boxes.found(typed).items():
        assert found <= boxes.said(typed, box), box
