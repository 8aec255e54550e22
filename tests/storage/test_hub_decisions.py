"""Decisions and their documents at a hub, tried with plain SQL by whoever may propose or sign,
beside the event of it: what a row must say is refused where it says something else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests import factory
from tests.hub_here import NIA, HubHere
from tests.storage.test_hub_rules import proposed
from tests.storage.test_hub_signing import BRING, altered, saying
from tests.storage.test_hub_ties import told
from triage.domain.decision import DecisionVersion, Delivery, VersionState
from triage.domain.worker import Worker
from triage.storage import codec, outbox
from triage.workflow import people, sign
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
WRITE = "UPDATE decision_version SET state = %s, body = %s"
ADD = """INSERT INTO decision_version (id, contact_id, number, state, proposed_at, body)
    SELECT gen_random_uuid(), contact_id, 9, %s, clock_timestamp(), %s FROM decision_version"""


@pytest.fixture
def version(hub: HubHere, at: At) -> DecisionVersion:
    """Ruth's decision, which waits for a leader."""
    return proposed(hub, at(factory.RUTH))


def _signed(version: DecisionVersion, **facts: object) -> DecisionVersion:
    mine = replace(
        version, state=VersionState.SIGNED, signer="pnandra", signer_name="Priya Nandra",
        signed_at=datetime.now(UTC),
    )  # fmt: skip
    return replace(mine, **facts)  # type: ignore[arg-type]


def _written(
    hub: HubHere, worker: Worker, kind: str, version: DecisionVersion, act: str = WRITE
) -> str:
    values = (version.state.value, codec.dump(DecisionVersion, version))
    return told(hub, worker, kind, version.contact_id, act, *values)


def test_a_decision_is_proposed_in_ones_own_name_by_a_key_that_stands(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    another = replace(version, author="siqbal", author_name="Sana Iqbal")
    ready = _signed(replace(version, author="pnandra"))
    for who, body in ((factory.RUTH, another), (factory.PRIYA, ready)):
        said = _written(hub, who, "decision.proposed", body, ADD)
        assert "proposed by its author" in said, body
    nobodys = (VersionState.PROPOSED.value, codec.dump(DecisionVersion, ready))
    said = told(hub, factory.PRIYA, "decision.proposed", version.contact_id, ADD, *nobodys)
    assert "say of itself where it stands" in said
    people.revoke_key(at(factory.PRIYA), "rosei", "Lost")
    assert "Your key was revoked" in _written(hub, factory.RUTH, "decision.proposed", version, ADD)


def test_a_signature_changes_nothing_of_what_was_proposed(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    signed = _signed(version)
    for change in (
        "number = 9",
        "proposed_at = now()",
        f"contact_id = '{other.id}'",
    ):
        said = _written(hub, factory.PRIYA, "decision.signed", signed, f"{WRITE}, {change}")
        assert "never changes" in said, change
    silent = f"{WRITE.replace('body = %s', 'number = number')}"
    said = told(hub, factory.PRIYA, "decision.signed", version.contact_id, silent, "signed")
    assert "say of itself where it stands" in said


def test_what_waits_is_signed_or_returned_in_ones_own_name_and_nothing_else(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    softer = replace(version, comment="It was never serious.")
    gone = replace(version, state=VersionState.SUPERSEDED)
    for body, kind in ((softer, "decision.proposed"), (gone, "decision.signed")):
        assert "stays as it is" in _written(hub, factory.PRIYA, kind, body), body.state
    others = _signed(version, signer="oadeyo")
    assert "in their own name" in _written(hub, factory.PRIYA, "decision.signed", others)
    returned = replace(version, state=VersionState.RETURNED, signer="pnandra")
    hers = replace(returned, signer="oadeyo")
    assert "in their own name" in _written(hub, factory.PRIYA, "decision.sent_back", hers)
    sign.look(at(factory.PRIYA), version.id)
    sign.send_back(at(factory.PRIYA), version.id, "Say why.")
    said = _written(hub, factory.PRIYA, "decision.signed", _signed(version))
    assert "stays as it is" in said


def test_a_comment_begun_on_a_decision_is_a_leaders_in_their_own_name(
    hub: HubHere, version: DecisionVersion
) -> None:
    adding = "INSERT INTO setting (name, value) VALUES (%s, '\"Why?\"')"
    changing = "UPDATE setting SET value = '\"So.\"' WHERE name = %s"

    def named(whose: str) -> str:
        return f"sign-off.comment.{version.id}.{whose}"

    for who, whose in ((factory.RUTH, "rosei"), (NIA, "nadmin"), (factory.PRIYA, "oadeyo")):
        assert "42501" in hub.answered(who, adding, named(whose)), who.id
    mine = (hub, factory.PRIYA, "decision.comment_kept", version.contact_id)
    assert told(*mine, adding, named("pnandra")) == "done"
    assert hub.answered(factory.OLA, changing, named("pnandra")) == "[(0,)]"
    assert "without the event" in hub.answered(factory.PRIYA, changing, named("pnandra"))


def _of(hub: HubHere, version: DecisionVersion) -> Delivery:
    with hub.front.store.read() as tx:
        [delivery] = outbox.of_decision(tx, version.id)
    return delivery


def test_a_signed_decision_gives_way_to_another_by_a_leader_and_as_it_was(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    sign.look(at(factory.PRIYA), version.id)
    signed = sign.approve(at(factory.PRIYA), version.id, pin="2222")
    gone = replace(signed, state=VersionState.SUPERSEDED)
    for who, body in (
        (factory.RUTH, gone),  # who may propose, and not sign
        (factory.PRIYA, replace(gone, comment="It was never serious.")),
        (factory.PRIYA, replace(signed, state=VersionState.RETURNED)),
    ):
        assert "stays as it is" in _written(hub, who, "decision.viewed", body), who.id
    # By itself it is no event of a leader's: what takes its place tells of it.
    assert "without the event" in _written(hub, factory.PRIYA, "decision.viewed", gone)


def test_a_document_is_of_that_decision_and_contact_and_of_now(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    sign.look(at(factory.PRIYA), version.id)
    signed = sign.approve(at(factory.PRIYA), version.id, pin="2222")
    document = _of(hub, signed).document
    other = proposed(hub, at(factory.RUTH), "C-26-04900")
    bringing = (hub, factory.PRIYA, "decision.viewed", signed.contact_id, BRING)
    for decision, contact in (
        (other.id, other.contact_id),  # which nobody signed
        (signed.id, other.contact_id),
    ):
        assert "not of the decision" in told(*bringing, decision, contact, document), decision
    sign.look(at(factory.PRIYA), other.id)
    second = sign.approve(at(factory.PRIYA), other.id, pin="2222")
    said = told(*bringing, second.id, second.contact_id, document)
    assert "not of the decision" in said
    of_first = _of(hub, signed)
    for who, value, path in (
        (factory.OLA, "oadeyo", ("signOff", "id")),  # as if she had signed Priya's
        (factory.PRIYA, "oadeyo", ("signOff", "id")),
        (factory.PRIYA, str(second.id), ("decisionId",)),
    ):
        false = altered(of_first, value, *path)
        ones = (hub, who, "decision.viewed", signed.contact_id, BRING)
        assert "not of the decision" in told(*ones, signed.id, signed.contact_id, false), path
    # What she signed a moment ago, and no more stands, beside what stands.
    with psycopg.connect(hub.url, autocommit=True) as owner:
        [(gone,)] = owner.execute(
            b"INSERT INTO decision_version SELECT gen_random_uuid(), contact_id, 9, 'superseded', "
            b"proposed_at, body FROM decision_version WHERE id = %s RETURNING id", (signed.id,)
        )  # fmt: skip
    of_gone = altered(of_first, str(gone), "decisionId")
    assert "not of the decision" in told(*bringing, gone, signed.contact_id, of_gone)
    earlier = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    with psycopg.connect(hub.url, autocommit=True) as owner:
        body = codec.dump(DecisionVersion, replace(signed, signed_at=earlier))
        changing = b"UPDATE decision_version SET body = %s WHERE id = %s"
        owner.execute(changing, (body, signed.id))
    late = saying(_of(hub, signed), earlier)
    said = told(*bringing, signed.id, signed.contact_id, late)
    assert "not the time it is at the hub" in said


def test_a_document_and_what_the_council_said_stay_with_whatever_event(
    hub: HubHere, at: At, version: DecisionVersion
) -> None:
    sign.look(at(factory.PRIYA), version.id)
    signed = sign.approve(at(factory.PRIYA), version.id, pin="2222")
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    priya = (hub, factory.PRIYA, "export.accepted", signed.contact_id)
    for change in (
        "document = 'x'",
        "payload_sha256 = repeat('0', 64)",
        "idempotency_key = 'x'",
        "seq = seq + 1",
        "decision_id = gen_random_uuid()",
        f"contact_id = '{other.id}'",
    ):
        assert "stay as they are" in told(*priya, f"UPDATE delivery SET {change}"), change
    accepting = "UPDATE delivery SET state = 'accepted', case_number = 'L-1', receipt = 'x'"
    assert told(*priya, accepting) == "done"
    for change in ("state = 'waiting'", "case_number = 'L-2'", "receipt = 'y'"):
        assert "stay as they are" in told(*priya, f"UPDATE delivery SET {change}"), change
