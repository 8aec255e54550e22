"""What a hub's server says no with: each is told in a sentence, and what is typed is kept."""

import psycopg
import pytest

from tests import factory
from tests.cable import Cable
from tests.hub_here import HubHere
from triage.domain.contact import Contact
from triage.domain.errors import StoreError, UnreachableError
from triage.storage import answers, hub_line
from triage.storage.hub_server import MOST_LINES
from triage.workflow import screen, unsent
from triage.workflow.desk import Desk

RUTHS = "ALTER ROLE fl_rosei "
SAFE = "Nothing was changed, and what was saved before is safe"


def as_owner(hub: HubHere, *statements: str) -> None:
    with psycopg.connect(hub.url, autocommit=True) as line:
        for statement in statements:
            line.execute(statement.encode())


def typed(desk: Desk, contact: Contact, words: str) -> bool:
    """Whether it is kept on the desk only."""
    return unsent.save_answer(desk, contact.id, "analysis", words, 0).here


def at_hub(hub: HubHere, contact: Contact) -> str:
    with hub.front.desk.store.read() as tx:
        found = answers.all(tx, contact.id).get("analysis")
    return str(found.value) if found else ""


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (
            "SET default_transaction_read_only = on",
            "RESET default_transaction_read_only",
            "set it to be read only",
        ),
        (
            "CONNECTION LIMIT 0",
            f"CONNECTION LIMIT {MOST_LINES}",
            "as many lines open as it takes",
        ),
        ("VALID UNTIL '2020-01-01'", "VALID UNTIL 'infinity'", "does not let you sign in"),
        ("NOLOGIN", "LOGIN", "does not let you sign in"),
    ],
)
def test_desk_that_is_not_let_in_is_told_why_and_what_is_typed_meanwhile_arrives(
    hub: HubHere,
    cable: Cable,
    ruth: Desk,
    monkeypatch: pytest.MonkeyPatch,
    begins: str,
    ends: str,
    words: str,
) -> None:
    monkeypatch.setattr(hub_line, "SIGN_IN_AGAIN_S", 0.0)
    contact = hub.front.bring(factory.contact())
    as_owner(hub, RUTHS + begins)
    try:
        cable.cut()
        with pytest.raises(UnreachableError, match=f"{words}.*{SAFE}"):
            screen.rate(ruth, contact, "green")
        assert typed(ruth, contact, "Meanwhile.")
        assert words in unsent.standing(ruth).why
    finally:
        as_owner(hub, RUTHS + ends)
    unsent.send(ruth)
    assert at_hub(hub, contact) == "Meanwhile."
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)


def test_sign_in_that_was_refused_is_not_tried_again_at_once(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    contact = hub.front.bring(factory.contact())
    as_owner(hub, f"{RUTHS}NOLOGIN")
    try:
        cable.cut()
        with pytest.raises(UnreachableError, match="sign in"):
            screen.rate(ruth, contact, "green")
    finally:
        as_owner(hub, f"{RUTHS}LOGIN")
    with pytest.raises(UnreachableError, match="sign in"):
        screen.rate(ruth, contact, "green")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("53100", f"disk of the hub's server is full.*{SAFE}"),
        ("53200", f"short of memory.*{SAFE}"),
        ("58030", f"disk of the hub's server did not take this.*{SAFE}"),
        ("XX001", "it is damaged on the server's disk.*Nothing was changed"),
        ("54000", f"did not do this.*{SAFE}.*54000"),
    ],
)
def test_what_the_server_can_not_do_is_told_as_its_own_and_what_is_typed_is_kept_here(
    hub: HubHere, ruth: Desk, state: str, words: str
) -> None:
    contact = hub.front.bring(factory.contact())
    with hub.refusing("answer", state):
        assert typed(ruth, contact, "Meanwhile.")
        [said] = unsent.send(ruth).refused
    with hub.refusing("contact", state), pytest.raises(StoreError, match=words) as told:
        screen.rate(ruth, contact, "green")
    assert str(told.value) == said
    unsent.send(ruth)
    assert at_hub(hub, contact) == "Meanwhile."


def test_desk_with_a_full_disk_whose_hub_is_away_is_told_that_the_words_are_only_in_the_window(
    hub: HubHere, cable: Cable, ruth: Desk
) -> None:
    contact = hub.front.bring(factory.contact())
    assert ruth.unsent is not None
    # What SQLite says of a disk that was mounted anew, to be read only, is what it says here.
    ruth.unsent.journal._line.execute("PRAGMA query_only = ON")
    cable.away = True
    with pytest.raises(UnreachableError, match=r"only in this window.* before is safe.*on paper"):
        typed(ruth, contact, "Meanwhile.")
    ruth.unsent.journal._line.execute("PRAGMA query_only = OFF")
    assert typed(ruth, contact, "Meanwhile.")
    cable.away = False
    unsent.send(ruth)
    assert at_hub(hub, contact) == "Meanwhile."
