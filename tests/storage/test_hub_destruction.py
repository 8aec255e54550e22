"""At a hub's server the database itself sees that two look before anything is destroyed."""

from collections.abc import Callable
from datetime import date

import psycopg
import pytest

from tests import factory
from tests.hub_here import HubHere
from tests.workflow.keeping import old
from triage.domain.errors import NotAllowedError, NotFoundError
from triage.domain.worker import Worker
from triage.storage import contacts, events
from triage.workflow import holding, retention
from triage.workflow.desk import Desk

DESTROY = "SELECT fanlight_destroy(%s)"


def test_two_leaders_destroy_what_is_due_and_the_chain_stays_whole(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    retention.propose(at(factory.OLA), id)
    retention.approve(at(factory.PRIYA), id)
    with hub.front.store.read() as tx:
        assert contacts.by_ids(tx, [id]) == {}
    assert hub.tried(factory.PRIYA, "SELECT count(*) FROM content_key")[0][0] == 0
    assert events.verify(hub.front.store) is None
    [(fate, by)] = hub.tried(factory.AMIR, "SELECT fate, decided_by FROM destruction")
    assert (fate, by) == ("destroyed", "pnandra")


def test_nobody_destroys_alone_or_what_is_held_or_by_plain_sql(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    ola, priya = at(factory.OLA), at(factory.PRIYA)
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)  # nobody proposed it
    retention.propose(ola, id)
    assert "FL001" in hub.answered(factory.OLA, DESTROY, id)
    assert "FL001" in hub.answered(factory.RUTH, DESTROY, id)
    forged = "UPDATE destruction SET proposed_by = 'rosei'"
    assert "FL001" in hub.answered(factory.OLA, forged)
    ended = "UPDATE destruction SET fate = 'destroyed', decided_by = 'pnandra'"
    assert "FL001" in hub.answered(factory.PRIYA, ended)
    for table in ("contact", "content_key", "destruction", "legal_hold"):
        assert "42501" in hub.answered(factory.PRIYA, f"DELETE FROM {table}")
    retention.hold(ola, id, "A claim.")
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    other = "UPDATE legal_hold SET lifted_at = now(), lifted_by = 'oadeyo'"
    assert "FL001" in hub.answered(factory.PRIYA, other)
    retention.lift(priya, id, "It ended.")
    retention.keep(priya, id, date(2027, 1, 1), "Asked for.")
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    with hub.front.store.read() as tx:
        assert list(contacts.by_ids(tx, [id])) == [id]


def test_key_of_a_restricted_contact_is_for_those_who_may_know_of_it(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front, restricted=True)
    retention.hold(at(factory.PRIYA), id, "A claim.")
    keys = "SELECT count(*) FROM content_key"
    assert [hub.tried(w, keys)[0][0] for w in (factory.PRIYA, factory.RUTH)] == [1, 0]
    with pytest.raises(NotFoundError):
        holding.by_reference(at(factory.RUTH), "C-24-00007")
    with pytest.raises(NotAllowedError):
        retention.hold(at(factory.RUTH), id, "Mine.")


def test_one_who_takes_a_group_for_their_own_still_proposes_in_their_own_name(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    forged = (
        "INSERT INTO destruction (about, reference, outcome, rule, due_on, fate, proposed_by, "
        "proposed_at) VALUES (%s, 'C-24-00007', '', '', '2026-01-01', 'proposed', 'oadeyo', now())"
    )
    for group in ("fanlight_person", "fanlight_team_leader"):
        with hub.as_somebody(factory.PRIYA) as line:
            line.execute(f"SET ROLE {group}".encode())
            with pytest.raises(psycopg.Error):
                line.execute(forged.encode(), (id,))
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    with hub.front.store.read() as tx:
        assert list(contacts.by_ids(tx, [id])) == [id]


def test_nobody_plants_a_key_that_shuts_out_others_or_is_no_key(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    adding = "INSERT INTO content_key VALUES (%s, %s)"
    for name, key in (
        ("-" * 36, b"k" * 32),  # reading it would fail for everybody
        ("original_bytes:" + "a" * 64, b"k" * 32),  # what a backup would then be sealed with
        (str(contact.id), b"short"),
    ):
        assert "42501" in hub.answered(factory.RUTH, adding, name, key), name
    assert hub.tried(factory.SANA, "SELECT id FROM content_key") == []


def test_nobody_tells_desks_of_an_end_or_an_opening_that_was_none(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    told = f'{{"people":["c1"],"reference":"{contact.reference}"}}'
    adding = """INSERT INTO event SELECT seq + 1, %s, %s, %s, now(), %s, hash,
        fanlight_digest(seq + 1, %s, %s, %s, now(), %s, hash) FROM event_head"""
    for worker, kind in (
        (factory.RUTH, "retention.destroyed"),  # desks would forget the child
        (factory.PRIYA, "retention.destroyed"),
        (factory.RUTH, "access.broke_glass"),
        (factory.RUTH, "decision.signed"),
    ):
        values = (kind, contact.id, worker.id, told)
        assert "FL001" in hub.answered(worker, adding, *values, *values), kind
    values = ("x", contact.id, "rosei", told)
    assert hub.tried(factory.RUTH, adding, *values, *values) == [(1,)]
