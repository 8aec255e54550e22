"""What falls due, holds and corrections at a hub, tried with plain SQL by whoever may write each of
them, beside the event of it: what is refused is refused for the row itself."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import factory
from tests.hub_here import HubHere, tell
from tests.storage.test_hub_destruction import DESTROY, PROPOSE
from tests.storage.test_hub_ties import told
from tests.workflow.keeping import old
from triage.domain.worker import Worker
from triage.workflow import corrections, retention
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
EACH = "each in their own name"
HOLD = "INSERT INTO legal_hold (id, contact_id, why, by, at{}) VALUES (%s, %s, 'x', %s, now(){})"
CORRECT = """INSERT INTO correction (id, contact_id, path, who, says, at, by, standing)
    VALUES (%s, %s, '', 'Carla Rowe', 'It was not so.', now(), %s, %s)"""


def _proposing(id: UUID, by: str) -> tuple[Any, ...]:
    return (PROPOSE, id, "C-24-00007", "set_aside", "set_aside", "2026-01-01", by)


def test_what_falls_due_is_proposed_in_ones_own_name_and_not_as_decided(hub: HubHere) -> None:
    id, other = old(hub.front), old(hub.front, "C-24-00008")
    assert "42501" in hub.answered(factory.RUTH, *_proposing(id, "rosei"))
    ola = (hub, factory.OLA, "retention.proposed", id)
    assert EACH in told(*ola, *_proposing(id, "pnandra"))  # and then destroyed by Ola alone
    by_ola = _proposing(id, "oadeyo")
    decided = PROPOSE.replace("proposed_at)", "proposed_at, decided_by)")
    decided = decided.replace("now())", "now(), 'pnandra')")
    assert EACH in told(*ola, decided, *by_ola[1:])
    kept = PROPOSE.replace("proposed_at)", "proposed_at, decided_by)").replace(
        "'proposed'", "'kept'"
    )
    kept = kept.replace("now())", "now(), 'oadeyo')")
    undecided = PROPOSE.replace("'proposed'", "'kept'")
    for act in (kept, undecided):
        assert EACH in told(hub, factory.OLA, "retention.kept", id, act, *by_ola[1:]), act
    assert told(*ola, *by_ola) == "done"
    again = "UPDATE destruction SET proposed_by = %s WHERE about = %s"
    assert EACH in told(*ola, again, "pnandra", id)
    assert EACH in told(hub, factory.PRIYA, "retention.proposed", id, again, "pnandra", id)
    posing = "SET ROLE fanlight_person; " + PROPOSE % _quoted(other, *by_ola[2:])
    assert EACH in told(hub, factory.PRIYA, "retention.proposed", other, posing)


def _quoted(*values: object) -> tuple[str, ...]:
    return tuple(f"'{value}'" for value in values)


def test_a_proposal_is_decided_by_another_once_and_stays_as_it_was_made(
    hub: HubHere, at: At
) -> None:
    id = old(hub.front)
    retention.propose(at(factory.OLA), id)
    priya = (hub, factory.PRIYA, "retention.kept", id)
    keeping = "UPDATE destruction SET fate = 'kept', decided_by = %s, keep_until = '2027-01-01'"
    assert EACH in told(*priya, keeping, "oadeyo")
    assert "42501" in hub.answered(factory.AMIR, keeping, "akhan")
    for change in (
        "due_on = '2020-01-01'",
        "proposed_by = 'pnandra'",
        "proposed_at = now()",
        "reference = 'C-24-00001'",
    ):
        assert EACH in told(*priya, f"{keeping}, {change}", "pnandra"), change
    ending = b"UPDATE destruction SET fate = 'destroyed', decided_by = 'pnandra'"
    with hub.as_somebody(factory.PRIYA) as line, pytest.raises(psycopg.Error, match=EACH):
        _ended(line, ending, id)
    assert told(*priya, keeping, "pnandra") == "done"
    assert EACH in told(hub, factory.OLA, "retention.kept", id, keeping, "oadeyo")
    proposing = (
        "UPDATE destruction SET fate = 'proposed', proposed_by = 'oadeyo', decided_by = NULL"
    )
    assert told(hub, factory.OLA, "retention.proposed", id, proposing) == "done"


def _ended(line: "psycopg.Connection[tuple[object, ...]]", ending: bytes, id: UUID) -> None:
    """As if it were destroyed, while everything is still there."""
    with line.transaction():
        line.execute(ending)
        tell(line, factory.PRIYA, "retention.destroyed", id)


def test_a_record_is_destroyed_by_a_leader_who_did_not_propose_it(hub: HubHere, at: At) -> None:
    id, words = old(hub.front), "by a team leader, when another proposed it"
    assert words in hub.answered(factory.PRIYA, DESTROY, id)  # nobody proposed it
    retention.propose(at(factory.OLA), id)
    for who in (factory.OLA, factory.RUTH, factory.AMIR):
        assert words in hub.answered(who, DESTROY, id), who.id
    for otherwise in ("outcome = 'no_contact'", "outcome = 'set_aside', fate = 'kept'"):
        with psycopg.connect(hub.url, autocommit=True) as owner:
            owner.execute(f"UPDATE destruction SET {otherwise}".encode())
        assert words in hub.answered(factory.PRIYA, DESTROY, id), otherwise


def test_a_hold_is_put_and_lifted_in_ones_own_name_once_and_says_what_it_said(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    plain, lifted = HOLD.format("", ""), HOLD.format(", lifted_at", ", now()")
    for who, act, by in (
        (factory.RUTH, plain, "rosei"),
        (factory.PRIYA, plain, "oadeyo"),
        (factory.PRIYA, lifted, "pnandra"),
    ):
        assert "42501" in hub.answered(who, act, uuid4(), contact.id, by), (who.id, act)
    retention.hold(at(factory.OLA), contact.id, "A claim.")
    priya = (hub, factory.PRIYA, "retention.lifted", contact.id)
    lifting = "UPDATE legal_hold SET lifted_at = now(), lifted_by = %s"
    assert "42501" in hub.answered(factory.RUTH, lifting, "rosei")
    assert "only be lifted" in told(*priya, lifting, "oadeyo")
    for change in ("why = 'x'", "by = 'pnandra'", "at = now()"):
        assert "only be lifted" in told(*priya, f"{lifting}, {change}", "pnandra"), change
    assert "42501" in hub.answered(factory.PRIYA, "UPDATE legal_hold SET id = gen_random_uuid()")
    assert told(*priya, lifting, "pnandra") == "done"
    assert "only be lifted" in told(*priya, lifting, "pnandra")


def test_what_somebody_asked_to_have_corrected_is_answered_once_and_stays_as_they_said_it(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    for who, by, standing in (
        (factory.AMIR, "akhan", "asked"),
        (factory.RUTH, "siqbal", "asked"),
        (factory.RUTH, "rosei", "agreed"),
    ):
        said = hub.answered(who, CORRECT, uuid4(), contact.id, by, standing)
        assert "42501" in said, (who.id, by, standing)
    corrections.ask(at(factory.RUTH), contact.id, "", "Carla Rowe", "It was not so.")
    priya = (hub, factory.PRIYA, "correction.agreed", contact.id)
    agreeing = "UPDATE correction SET standing = 'agreed', answered_by = %s"
    assert "42501" in told(*priya, agreeing, "oadeyo")
    for change in ("says = 'x'", "who = 'x'", "path = 'x'", "by = 'pnandra'", "at = now()"):
        assert "as they said it" in told(*priya, f"{agreeing}, {change}", "pnandra"), change
    assert hub.answered(factory.RUTH, agreeing, "rosei").startswith("42501")
    assert told(*priya, agreeing, "pnandra") == "done"
    assert "as they said it" in told(*priya, agreeing, "pnandra")
