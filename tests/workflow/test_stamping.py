"""Signatures stamped by a time-stamping service, which may be away; the stamp counts for when."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import tsa as tsa_here
from tests.export.test_pack_signing import checked
from tests.tsa import Tsa, openssl_ts_takes, serving
from tests.workflow.conftest import Front
from triage.domain.decision import Delivery, OutboxState
from triage.domain.errors import DeliveryError, SignatureError
from triage.domain.pack import Copy, Removal
from triage.export import signing
from triage.export.pack import seal_of
from triage.export.pack_signing import verify_pack
from triage.export.time_stamp import REST, StampService
from triage.export.verify import verify_file
from triage.storage import outbox
from triage.workflow import export, pack, people, sign
from triage.workflow.desk import Desk

COPY = Copy(number=1, recipient="Police", by="post", removals=frozenset({Removal.REFERRER}))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return tsa_here.make(tmp_path_factory.mktemp("tsa") / "here")


@pytest.fixture
def tsa(made: Tsa) -> Iterator[Tsa]:
    with serving(replace(made, asked=[])) as running:
        yield running


@pytest.fixture
def leader(front: Front, tsa: Tsa) -> Desk:
    """A leader's desk whose clock is right, as the service's is."""
    front.watch.now = datetime.now(UTC)
    service = StampService(tsa.url, tsa.trusted, now=front.watch, seconds=20)
    return replace(front.priya, stamps=service)


class Council:
    """Takes what it is sent."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []

    def deliver(self, delivery: Delivery) -> Delivery:
        self.got.append(delivery)
        return replace(delivery, state=OutboxState.ACCEPTED, case_number="NC-1")

    reconcile = deliver


def _signed(front: Front, leader: Desk) -> Delivery:
    version = sign.approve(leader, front.proposed().id, pin="2222")
    with front.store.read() as tx:
        return outbox.of_decision(tx, version.id)[-1]


def _now(front: Front, delivery: Delivery) -> Delivery:
    with front.store.read() as tx:
        return outbox.get(tx, delivery.id)


def test_decision_goes_out_with_a_stamp_that_openssl_and_verify_take(
    front: Front, leader: Desk, tsa: Tsa, tmp_path: Path
) -> None:
    signed, council = _signed(front, leader), Council()
    export.deliver_due(replace(leader, council=council))
    (sent,) = council.got
    assert sent.document == signed.document  # what was signed stays byte for byte
    over = signing.to_stamp(signed.document)
    assert openssl_ts_takes(tmp_path, sent.time_stamp, over, tsa.trusted)
    file = tmp_path / "decision.jws"
    file.write_bytes(export.document(leader, signed.decision_id))
    header = json.loads(file.read_bytes())["signatures"][0]["header"]
    assert list(header["etsiU"][0]) == ["sigTst"]
    jwks = people.trust_list(leader)
    said = verify_file(file, jwks, tsa.trusted.encode())
    assert "Northmere stamps vouches that it was signed by" in said
    assert f"its seal {seal_of(signed.document)}." in said
    assert "was not checked" in verify_file(file, jwks)
    file.write_bytes(signed.document)  # whoever leaves it off is found out where one is asked for
    assert "It carries no time stamp" in verify_file(file, jwks, tsa.trusted.encode())
    assert "time stamp" not in verify_file(file, jwks)
    assert "decision.stamped" in front.kinds()
    assert len(tsa.asked) == 1
    for words in (b"Rowe", b"Larch", signed.document[:40]):
        assert words not in tsa.asked[0]


def test_service_that_is_away_holds_nobody_up_and_the_stamp_follows(
    front: Front, leader: Desk, tsa: Tsa
) -> None:
    tsa.away, council = True, Council()
    signed = _signed(front, leader)
    sending = replace(leader, council=council)
    assert [d.state for d in export.deliver_due(sending)] == [OutboxState.ACCEPTED]
    gap = _now(front, signed)
    assert (gap.time_stamp, gap.stamped_at) == (b"", None)
    assert gap.not_stamped == "The time-stamping service answered with code 503."
    export.deliver_due(sending)  # it rests: it is not asked, nor recorded, again
    assert front.kinds().count("decision.not_stamped") == len(tsa.asked) == 1
    tsa.away = False
    front.watch.move(seconds=REST.total_seconds() + 1)
    export.deliver_due(sending)
    later = _now(front, signed)
    assert later.time_stamp
    assert later.not_stamped == ""
    assert later.state is OutboxState.ACCEPTED


def test_stamp_counts_for_when_it_was_signed_whatever_the_document_says(
    front: Front, leader: Desk, tsa: Tsa
) -> None:
    """A stolen key, on a desk whose clock was put back to before it was revoked."""
    front.watch.move(days=-2)
    signed = _signed(front, leader)
    export.deliver_due(leader)
    document, trusted = export.document(leader, signed.decision_id), tsa.trusted.encode()
    revoked = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    keys = [
        {**k, "revokedAt": revoked} if k["worker"] == "pnandra" else k
        for k in people.trust_list(leader)["keys"]
    ]
    assert signing.verify(document, {"keys": keys}).signer.proof is None
    with pytest.raises(SignatureError, match="shows only that it was there by"):
        signing.verify(document, {"keys": keys}, trusted)


def test_stamp_that_comes_after_the_key_was_revoked_is_not_put_to_what_was_signed_before(
    front: Front, leader: Desk, tsa: Tsa
) -> None:
    front.watch.move(hours=-3)
    signed = _signed(front, leader)
    front.watch.move(hours=1)
    people.revoke_key(front.ola, "pnandra", "Lost")
    export.deliver_due(replace(front.ola, stamps=leader.stamps))
    kept = _now(front, signed)
    assert (kept.time_stamp, kept.not_stamped) == (b"", "")
    assert front.kinds()[-1] == "decision.not_stamped"
    document = export.document(front.ola, signed.decision_id)
    signing.verify(document, people.trust_list(front.ola), tsa.trusted.encode())


def test_stamp_of_another_signature_or_by_another_service_is_refused(
    front: Front, leader: Desk, tsa: Tsa, tmp_path: Path
) -> None:
    signed = _signed(front, leader)
    assert leader.stamps is not None
    right, _ = leader.stamps.stamp(signing.to_stamp(signed.document))
    wrong, _ = leader.stamps.stamp(b"other words")
    jwks, trusted = people.trust_list(leader), tsa.trusted.encode()
    other = tsa_here.make(tmp_path / "other").trusted.encode()
    for token, by, words in (
        (wrong, trusted, "does not fit"),
        (right, other, "not by a service that is trusted"),
        (right[:-9], trusted, "can't be read"),
        (b"\x30\x03\x02\x01\x01", trusted, "can't be read"),
    ):
        with pytest.raises(SignatureError, match=words):
            signing.verify(signing.with_stamp(signed.document, token), jwks, by)
    planted = json.loads(signed.document)
    planted["signatures"][0]["header"] = {"kid": "another"}
    with pytest.raises(SignatureError, match="something else than a time stamp"):
        signing.verify(json.dumps(planted).encode(), jwks)


def test_stamp_that_another_desk_planted_does_not_go_out(
    front: Front, leader: Desk, tsa: Tsa, tmp_path: Path
) -> None:
    signed, council = _signed(front, leader), Council()
    assert leader.stamps is not None
    wrong, _ = leader.stamps.stamp(b"other words")
    with front.store.write() as tx:
        outbox.stamp(tx, signed.id, wrong, front.watch())
    export.deliver_due(replace(leader, council=council))
    assert [sent.time_stamp for sent in council.got] == [b""]
    assert export.document(leader, signed.decision_id) == signed.document


@pytest.mark.parametrize("answer", [b"", b"<html>", b"\x30\x05\x30\x03\x02\x01\x02"])
def test_answer_that_is_none_is_told_and_not_kept(
    front: Front, leader: Desk, tsa: Tsa, answer: bytes
) -> None:
    tsa.answers = answer
    signed = _signed(front, leader)
    export.deliver_due(leader)
    assert _now(front, signed).not_stamped.startswith("The time-stamping service")


def test_old_answer_given_again_is_not_taken(front: Front, leader: Desk, tsa: Tsa) -> None:
    over = signing.to_stamp(_signed(front, leader).document)
    assert leader.stamps is not None
    leader.stamps.stamp(over)
    tsa.answers = (tsa.folder / "reply").read_bytes()
    again = StampService(tsa.url, tsa.trusted, now=front.watch, seconds=20)
    with pytest.raises(Exception, match="answered another question"):
        again.stamp(over)


def test_stamp_by_another_policy_than_the_hubs_is_not_taken(
    front: Front, leader: Desk, tsa: Tsa
) -> None:
    over = signing.to_stamp(_signed(front, leader).document)
    for policy, words in (("1.2.3.4.1", ""), ("0.4.0.2023.1.1", "refused .*unaccepted policy")):
        service = StampService(tsa.url, tsa.trusted, now=front.watch, seconds=20, policy=policy)
        if words:
            with pytest.raises(DeliveryError, match=words):
                service.stamp(over)
        else:
            assert service.stamp(over)[1].by == "Northmere stamps"
    # A service that does not look at what it was asked.
    asked = StampService(tsa.url, tsa.trusted, now=front.watch, seconds=20, policy="1.2.3.4.9")
    tsa.deaf = True
    with pytest.raises(DeliveryError, match="stamped by another policy"):
        asked.stamp(over)


def test_pack_carries_a_stamp_and_goes_out_without_one_if_need_be(
    front: Front, leader: Desk, tsa: Tsa, tmp_path: Path
) -> None:
    signed = _signed(front, leader)
    paper = pack.issue(leader, signed.decision_id, COPY, "printed")
    jwks, trusted = people.trust_list(leader), tsa.trusted.encode()
    issued = verify_pack(paper, jwks, trusted)
    assert issued.stamp is not None
    assert issued.stamp.by == "Northmere stamps"
    assert "Signature is Valid" in checked(paper, tmp_path)
    assert verify_pack(paper, jwks).stamp is None
    with pytest.raises(SignatureError, match="not by a service that is trusted"):
        verify_pack(paper, jwks, tsa_here.make(tmp_path / "other").trusted.encode())
    tsa.away = True
    front.watch.move(minutes=6)
    bare = pack.issue(leader, signed.decision_id, replace(COPY, number=2), "printed")
    found = verify_pack(bare, jwks, trusted)
    assert (found.stamped, found.name) == (False, "Priya Nandra")
    assert '"not_stamped"' in front.events()[-1].detail
