"""What a hub's server says by itself, to whom, and how much."""

import threading
from collections.abc import Callable

import psycopg

from tests import factory
from tests.hub_here import HubHere
from triage.domain.worker import Worker
from triage.storage.listening import CHANNEL, Listening
from triage.workflow import claims, feed
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]


class Ear:
    """What a desk heard, each to be waited for."""

    def __init__(self, desk: Desk) -> None:
        self.heard, self.lost = threading.Semaphore(0), threading.Semaphore(0)
        found = desk.store.listen(self.heard.release, self.lost.release)
        assert isinstance(found, Listening)
        self.listening = found
        assert self.hears(), "it hears once when the line is made"

    def hears(self) -> bool:
        return self.heard.acquire(timeout=20)

    def stop(self) -> None:
        self.listening.stop()
        self.listening.thread.join(20)
        assert not self.listening.thread.is_alive()


def test_another_desk_is_told_without_asking(hub: HubHere, at: At) -> None:
    contact = hub.front.bring(factory.contact())
    sana, ruth = at(factory.SANA), at(factory.RUTH)
    seen = feed.head(sana)
    ear = Ear(sana)
    claims.claim(ruth, contact.id)
    assert ear.hears()
    assert [e.kind for e in feed.news(sana, seen).events] == ["contact.claimed"]
    ear.stop()


def test_officer_is_told_a_number_and_nothing_of_a_restricted_contact(hub: HubHere, at: At) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    seen = feed.head(officer)
    with hub.as_somebody(factory.RUTH) as line:
        line.execute(f"LISTEN {CHANNEL}")
        claims.claim(leader, hidden.id)
        (told,) = line.notifies(timeout=20, stop_after=1)
    # As much as event_head shows to everybody.
    assert told.payload == str(feed.head(officer))
    news = feed.news(officer, seen)
    assert (news.events, news.hidden) == ((), True)
    assert len(feed.news(leader, seen).events) == 1


def test_line_that_was_cut_is_made_again_and_what_was_missed_is_looked_for(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    sana, ruth = at(factory.SANA), at(factory.RUTH)
    ear = Ear(sana)
    # Lines of people are ended by themselves, or by the superuser.
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE usename = 'fl_siqbal' AND query LIKE 'LISTEN%'"
        )
    assert ear.lost.acquire(timeout=20)
    assert ear.hears(), "the new line says that something may have been missed"
    claims.claim(ruth, contact.id)
    assert ear.hears()
    ear.stop()


def test_word_that_somebody_makes_up_is_a_reason_to_look_and_no_more(hub: HubHere, at: At) -> None:
    sana = at(factory.SANA)
    seen = feed.head(sana)
    ear = Ear(sana)
    hub.tried(factory.RUTH, f"NOTIFY {CHANNEL}, '999999'")
    assert ear.hears()
    assert (feed.head(sana), feed.news(sana, seen).events) == (seen, ())
    ear.stop()
