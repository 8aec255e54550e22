"""When something was signed at a hub is its database's word, whatever the desk's clock says."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests import factory
from tests.hub_here import HubHere
from tests.storage.test_hub_rules import proposed
from tests.storage.test_hub_ties import told
from triage.domain.decision import DecisionVersion, Delivery, VersionState
from triage.domain.errors import NotAllowedError
from triage.domain.event import NewEvent
from triage.domain.worker import RevokedFor
from triage.export import authority, signing
from triage.export.keys import public_jwk, thumbprint
from triage.storage import codec, events, outbox, versions
from triage.storage.secrets import FileVault
from triage.workflow import people, sign, vouching
from triage.workflow.desk import Desk

SIT = Callable[[factory.Worker], Desk]
WRITE = "UPDATE decision_version SET state = 'signed', body = %s WHERE id = %s"
BRING = (
    "INSERT INTO delivery (id, decision_id, contact_id, idempotency_key, payload_sha256, state, "
    "attempts, case_number, words, seq, document, receipt) "
    "VALUES (gen_random_uuid(), %s, %s, gen_random_uuid()::text, '', 'waiting', 0, '', '', 9, %s, "
    "'')"
)


def _signed(hub: HubHere, at: SIT) -> tuple[DecisionVersion, Delivery]:
    leader, version = at(factory.PRIYA), proposed(hub, at(factory.RUTH))
    sign.look(leader, version.id)
    signed = sign.approve(leader, version.id, pin="2222")
    with hub.front.store.read() as tx:
        return signed, outbox.of_decision(tx, signed.id)[-1]


def shaped(delivery: Delivery, *, long: int = 0, filled: int = 300) -> bytes:
    """What may be a time stamp over what the document was signed with, as far as a hub can tell:
    one DER sequence, which says that it is so much longer than it is."""
    held = hashlib.sha256(signing.to_stamp(delivery.document)).digest() + bytes(filled)
    return b"\x30\x82" + (len(held) + long).to_bytes(2) + held


def saying(delivery: Delivery, at: datetime) -> bytes:
    """The document with another time of signing; nobody's signature fits it any more."""
    return altered(delivery, at.isoformat(), "signOff", "at")


def altered(delivery: Delivery, value: str, *path: str) -> bytes:
    """The document with something else at a place of it."""
    envelope = json.loads(delivery.document)
    words = envelope["payload"]
    said = held = json.loads(base64.urlsafe_b64decode(words + "=" * (-len(words) % 4)))
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] = value
    packed = base64.urlsafe_b64encode(signing.canonical(said)).rstrip(b"=").decode()
    return json.dumps({**envelope, "payload": packed}).encode()


def test_desk_whose_clock_is_days_behind_signs_at_the_hubs_time(hub: HubHere, at: SIT) -> None:
    hub.front.watch.now = datetime.now(UTC) - timedelta(days=3)
    before = datetime.now(UTC)
    signed, delivery = _signed(hub, at)
    with hub.front.store.read() as tx:
        found = signing.verify(delivery.document, people.trusted(hub.front.desk.signer, tx))
    for said in (found.author.at, found.signer.at):
        assert before - timedelta(seconds=1) < datetime.fromisoformat(said) <= datetime.now(UTC)
    assert signed.signed_at is not None
    assert signed.signed_at > signed.proposed_at > before


def test_hubs_record_of_signing_is_found_from_anybodys_desk_and_nobody_plants_one(
    hub: HubHere, at: SIT
) -> None:
    signed, delivery = _signed(hub, at)
    assert signed.signed_at is not None
    for reader in (factory.RUTH, factory.PRIYA, factory.SANA):
        with at(reader).store.read() as tx:
            held = vouching.signed_at(tx, delivery.payload_sha256, "pnandra")
        assert held is not None
        assert abs(held - signed.signed_at) < timedelta(minutes=1)
    leader = at(factory.PRIYA)
    planted = NewEvent(
        kind="decision.signed",
        contact_id=signed.contact_id,
        by="pnandra",
        at=datetime.now(UTC) - timedelta(days=1),
        detail={"payload_sha256": "0" * 64},
    )
    with pytest.raises(NotAllowedError, match="what was not done"), leader.store.write() as tx:
        events.append(tx, planted)


def test_nobody_signs_into_the_past_or_ahead_with_plain_sql(hub: HubHere, at: SIT) -> None:
    leader, version = at(factory.PRIYA), proposed(hub, at(factory.RUTH))
    sign.look(leader, version.id)
    mine = replace(version, state=VersionState.SIGNED, signer="pnandra", signer_name="Priya Nandra")
    for off in (timedelta(minutes=-2), timedelta(minutes=2), timedelta(days=-3), None):
        when = datetime.now(UTC) + off if off is not None else None
        body = codec.dump(DecisionVersion, replace(mine, signed_at=when))
        said = hub.answered(factory.PRIYA, WRITE, body, version.id)
        assert "not the time it is at the hub" in said, off
    with hub.front.store.read() as tx:
        assert versions.get(tx, version.id).state is VersionState.PROPOSED


def test_nobody_brings_a_document_that_says_another_time_or_person(hub: HubHere, at: SIT) -> None:
    signed, delivery = _signed(hub, at)
    assert signed.signed_at is not None
    where = (signed.id, signed.contact_id)
    early = saying(delivery, signed.signed_at - timedelta(days=1))
    for document in (early, b"{}", b"not JSON"):
        said = hub.answered(factory.PRIYA, BRING, *where, document)
        assert "not of the decision as it was signed" in said, document[:20]
    other = hub.answered(factory.OLA, BRING, *where, delivery.document)
    assert "not of the decision as it was signed" in other
    again = hub.answered(factory.PRIYA, BRING, *where, delivery.document)
    assert "without the event" in again


def test_proposal_is_of_its_own_time_and_stays_the_authors(hub: HubHere, at: SIT) -> None:
    version = proposed(hub, at(factory.RUTH))
    copied = (
        "INSERT INTO decision_version SELECT gen_random_uuid(), contact_id, 9, state, {}, body "
        "FROM decision_version WHERE id = %s"
    )
    for when, words in (
        ("now() - interval '1 day'", "not the time it is at the hub"),
        ("clock_timestamp()", "signed another time"),
    ):
        assert words in hub.answered(factory.RUTH, copied.format(when), version.id)
    changed = replace(
        version,
        state=VersionState.SIGNED,
        signer="pnandra",
        signed_at=datetime.now(UTC),
        proposal="another's",
    )
    with pytest.raises(psycopg.Error, match="never changes"):
        hub.tried(factory.PRIYA, WRITE, codec.dump(DecisionVersion, changed), version.id)


def test_revoked_key_signs_nothing_though_its_desk_is_still_signed_in(
    hub: HubHere, at: SIT
) -> None:
    leader, version = at(factory.PRIYA), proposed(hub, at(factory.RUTH))
    sign.look(leader, version.id)
    people.revoke_key(at(factory.OLA), "pnandra", "Laptop left on a train")
    with pytest.raises(NotAllowedError, match="key was revoked"):
        sign.approve(leader, version.id, pin="2222")
    mine = replace(
        version, state=VersionState.SIGNED, signer="pnandra", signed_at=datetime.now(UTC)
    )
    said = hub.answered(factory.PRIYA, WRITE, codec.dump(DecisionVersion, mine), version.id)
    assert "Your key was revoked" in said


def _renamed(jwk: dict[str, Any]) -> dict[str, Any]:
    return {**jwk, "kid": thumbprint(jwk)}


def test_person_makes_a_new_key_at_their_own_desk_once_the_old_one_was_replaced(
    hub: HubHere, at: SIT
) -> None:
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    old = officer.signer.public("rosei")["kid"]
    people.revoke_key(leader, "rosei", "Rotation", reason=RevokedFor.REPLACED)
    adding = "INSERT INTO signing_key (kid, worker_id, jwk, since) VALUES (%s, 'rosei', %s, now())"
    silent = public_jwk(ec.generate_private_key(ec.SECP256R1()), "rosei", "Ruth Osei")
    said = {"worker": "rosei", "name": "Ruth Osei", "signs_off": False}
    priyas = {**leader.signer.public("pnandra"), **said}
    last = chr(ord(silent["x"][-1]) + 1)  # other bits, which mean nothing
    for other, words in (
        (silent, "without the event"),
        ({**silent, "worker": "pnandra"}, "another person's"),
        ({**silent, "revokedFor": "replaced"}, "no key as Fanlight makes them"),
        ({**silent, "x5c": ["AAAA"]}, "no key as Fanlight makes them"),
        ({**silent, "kid": "k"}, "no key as Fanlight makes them"),
        ({**priyas, "kid": "k"}, "no key as Fanlight makes them"),
        (_renamed({**silent, "x": silent["x"][:-1] + last}), "no key as Fanlight makes them"),
        ({**silent, "crv": "P-384"}, "no key as Fanlight makes them"),
        ({**silent, "kty": "RSA"}, "no key as Fanlight makes them"),
        (_renamed({**silent, "y": ""}), "no key as Fanlight makes them"),
    ):
        assert words in hub.answered(factory.RUTH, adding, other["kid"], json.dumps(other)), other
    for column, value in (("revoked_at", "now()"), ("certificate", "'x'")):
        ended = adding.replace("since)", f"since, {column})").replace("now())", f"now(), {value})")
        said_so = hub.answered(factory.RUTH, ended, silent["kid"], json.dumps(silent))
        assert "another person's" in said_so, column
    misnamed = json.dumps({**silent, "kid": "k"})
    assert "another person's" in hub.answered(factory.RUTH, adding, silent["kid"], misnamed)
    vouching.renew_key(officer, "7777")
    people.switch(officer, "rosei", "7777")
    assert proposed(hub, officer).author == "rosei"
    stands = {k["kid"]: not k.get("revokedAt") for k in people.trust_list(officer)["keys"]}
    assert stands[old] is False
    assert stands[officer.signer.public("rosei")["kid"]] is True


def test_certificate_is_put_beside_a_key_that_stands_by_who_looks_after_people(
    hub: HubHere, at: SIT, tmp_path: Path
) -> None:
    vault = FileVault(tmp_path / "authority")
    authority.create(vault, "Northmere", datetime.now(UTC))
    vouching.certify(at(factory.PRIYA), vault, "rosei")
    plant = "UPDATE signing_key SET certificate = 'x' WHERE worker_id = 'rosei'"
    assert "only be revoked" in hub.answered(factory.RUTH, plant)
    ending = "UPDATE signing_key SET revoked_at = now(), revoked_by = 'pnandra'"
    for beside in (
        "certificate = 'x'",
        "jwk = replace(jwk, 'Ruth', 'Rose')",
        "worker_id = 'pnandra'",
        "since = now()",
    ):
        said = hub.answered(factory.PRIYA, f"{ending}, {beside} WHERE worker_id = 'rosei'")
        assert "only be revoked" in said, beside
    people.revoke_key(at(factory.OLA), "rosei", "Lost")
    assert "only be revoked" in hub.answered(factory.PRIYA, plant)
    kid = at(factory.RUTH).signer.public("rosei")["kid"]
    assert "only be revoked" in hub.answered(factory.PRIYA, f"{ending} WHERE kid = %s", kid)


def test_stamp_and_revocation_are_kept_with_the_event_of_them_and_a_stamp_once(
    hub: HubHere, at: SIT
) -> None:
    signed, delivery = _signed(hub, at)
    plant = "UPDATE delivery SET time_stamp = %s, stamped_at = now()"
    assert "stay as they are" in hub.answered(factory.SANA, plant, b"made up")
    assert "without the event" in hub.answered(factory.SANA, plant, shaped(delivery))
    revoke = "UPDATE signing_key SET revoked_at = now(), revoked_by = 'oadeyo'"
    assert "without the event" in hub.answered(factory.OLA, revoke)
    stamped = datetime.now(UTC)
    leader = at(factory.PRIYA)
    with leader.store.write() as tx:
        assert outbox.stamp(tx, delivery.id, shaped(delivery), stamped)
        leader.note(tx, "decision.stamped", signed.contact_id, {})
    with leader.store.write() as tx:
        assert not outbox.stamp(tx, delivery.id, shaped(delivery), stamped)
    assert "stay as they are" in hub.answered(factory.PRIYA, plant, b"made up")


def test_each_revokes_their_own_key_and_nobody_elses_and_puts_nothing_else_to_it(
    hub: HubHere, at: SIT
) -> None:
    officer = at(factory.RUTH)
    at(factory.PRIYA)
    revoke = (
        "UPDATE signing_key SET revoked_at = now(), revoked_by = 'rosei', revoked_why = 'Lost', "
        "revoked_for = 'lost' WHERE worker_id = %s"
    )
    telling = (hub, factory.RUTH, "worker.key_revoked", None)
    assert "42501" in hub.answered(factory.RUTH, revoke, "pnandra")
    assert "what was not done" in told(*telling, "SELECT 1")
    for change in ("certificate = 'x'", "revoked_by = 'rosei'"):  # and not that it ended
        halfway = f"UPDATE signing_key SET {change} WHERE worker_id = 'rosei'"
        assert "only be revoked" in hub.answered(factory.RUTH, halfway), change
    assert "without the event" in hub.answered(factory.RUTH, revoke, "rosei")
    people.revoke_key(officer, "rosei", "Card gone with my bag")
    stands = {k["worker"]: not k.get("revokedAt") for k in people.trust_list(officer)["keys"]}
    assert (stands["rosei"], stands["pnandra"]) == (False, True)
