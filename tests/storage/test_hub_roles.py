"""What each role may do is the hub's to say, within bounds, and then its database's to hold."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from tests import factory
from tests.hub_here import BEN, HubHere, tell
from tests.storage.test_hub_ties import told
from triage.domain.errors import NotAllowedError
from triage.domain.worker import ALLOWED, May, Role, Worker
from triage.storage import codec, workers
from triage.storage.hub_server import create_hub
from triage.workflow import claims, decide, screen


@pytest.fixture
def of_readers(hub: HubHere) -> Iterator[HubHere]:
    """A hub whose contact officers only read."""
    roles = {**ALLOWED, Role.CONTACT_OFFICER: frozenset({May.READ})}
    create_hub(hub.url, without_tls=True, roles=roles)
    yield hub
    create_hub(hub.url, without_tls=True, roles=ALLOWED)


def test_what_the_hub_says_of_a_role_holds_for_any_program(of_readers: HubHere) -> None:
    contact = of_readers.front.bring(factory.contact())
    change = "INSERT INTO reference_counter VALUES (1999, 1)"
    assert of_readers.tried(factory.RUTH, "SELECT id FROM contact") == [(contact.id,)]
    assert "42501" in of_readers.answered(factory.RUTH, change)
    assert "42501" not in of_readers.answered(factory.SANA, change)


def test_who_may_not_rate_at_this_hub_can_t_say_that_they_did(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    roles = {**ALLOWED, Role.CONTACT_OFFICER: ALLOWED[Role.CONTACT_OFFICER] - {May.RATE}}
    create_hub(hub.url, without_tls=True, roles=roles)
    try:
        with (
            hub.as_somebody(factory.RUTH) as line,
            pytest.raises(psycopg.Error, match="Nothing was changed"),
        ):
            tell(line, factory.RUTH, "contact.rated", contact.id)
    finally:
        create_hub(hub.url, without_tls=True, roles=ALLOWED)


def test_an_update_gives_back_nothing_that_the_hub_took(of_readers: HubHere) -> None:
    of_readers.front.bring(factory.contact())
    create_hub(of_readers.url, without_tls=True)
    counting = "INSERT INTO reference_counter VALUES (1999, 1)"
    assert "42501" in of_readers.answered(factory.RUTH, counting)


def test_a_desk_at_the_hub_goes_by_what_the_hub_says(of_readers: HubHere) -> None:
    contact = of_readers.front.bring(factory.contact())
    desk = of_readers.desk(factory.RUTH)
    with desk.store.read() as tx:
        ruth = workers.get(tx, factory.RUTH.id)
    with pytest.raises(NotAllowedError, match="does not let you screen"):
        claims.claim(replace(desk, worker=ruth), contact.id)
    desk.store.close()


def test_what_a_role_may_do_is_not_kept_with_the_person(of_readers: HubHere) -> None:
    ruth = replace(factory.RUTH, roles=ALLOWED)
    with of_readers.front.desk.store.write() as tx:
        workers.put(tx, ruth, public_jwk={})
    [(body,)] = of_readers.tried(factory.SANA, "SELECT body FROM worker WHERE id = %s", ruth.id)
    assert codec.load(Worker, body).roles is None


ANSWER = """INSERT INTO answer (contact_id, key, value, version, by, at)
    VALUES (%s, %s, '"x"', 1, %s, now())"""


@pytest.fixture
def split(hub: HubHere) -> Iterator[HubHere]:
    """A hub whose contact officers screen and rate, and propose nothing; whose leaders sign, and
    propose nothing either."""
    screening = frozenset({May.RECEIVE, May.READ, May.SCREEN, May.RATE})
    leading = ALLOWED[Role.TEAM_LEADER] - {May.PROPOSE}
    roles = {**ALLOWED, Role.CONTACT_OFFICER: screening, Role.TEAM_LEADER: leading}
    create_hub(hub.url, without_tls=True, roles=roles)
    yield hub
    create_hub(hub.url, without_tls=True, roles=ALLOWED)


def test_who_may_not_propose_writes_no_answer_but_the_rating(split: HubHere) -> None:
    contact = split.front.bring(factory.contact())

    def tried(who: Worker, key: str, kind: str) -> str:
        return told(split, who, kind, contact.id, ANSWER, contact.id, key, who.id)

    assert "42501" in tried(factory.RUTH, "analysis", "contact.rated")
    for key in ("analysis", "rating"):
        assert "does not do" in tried(factory.RUTH, key, "decision.saved")
    assert tried(factory.RUTH, "rating", "contact.rated") == "done"
    assert "without the event" in tried(factory.SANA, "analysis", "contact.rated")
    assert tried(factory.SANA, "analysis", "decision.saved") == "done"
    leaders = split.answered(factory.PRIYA, ANSWER, contact.id, "another", "pnandra")
    assert "without the event" in leaders  # which is that of signing, and needs a decision signed
    for who in (BEN, factory.AMIR):
        assert "42501" in split.answered(who, ANSWER, contact.id, "rating", who.id), who.id
    changing = "UPDATE answer SET by = %s WHERE key = %s"
    for who, key in ((factory.RUTH, "analysis"), (BEN, "rating"), (factory.AMIR, "rating")):
        assert "42501" in split.answered(who, changing, who.id, key), who.id
    assert "without the event" in split.answered(factory.RUTH, changing, "rosei", "rating")


def test_a_rating_given_in_the_queue_follows_in_the_form_at_a_hub(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    desk = hub.desk(factory.RUTH)
    decide.save_answer(desk, contact.id, "rating", "green", 0)
    assert screen.rate(desk, contact.id, "red").rating == "red"
    assert decide.decision(desk, contact.id).answers["rating"].value == "red"
    desk.store.close()
