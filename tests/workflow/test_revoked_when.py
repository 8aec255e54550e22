"""On which side of its key's revocation a signature falls: by the earliest proof that it was there,
a time stamp or the hub's record, and not by its own word."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import factory
from tests import tsa as tsa_here
from tests.export.pack_family import COPIES, rowe_pack
from tests.tsa import Tsa, serving
from tests.workflow.conftest import Front
from triage.domain.errors import FanlightError, SignatureError
from triage.domain.event import NewEvent
from triage.domain.pack import Copy, Removal
from triage.domain.worker import RevokedFor
from triage.export import signing
from triage.export.existence import Record
from triage.export.pack_signing import sign_pack, verify_pack
from triage.export.time_stamp import StampService
from triage.export.verify import verify_file
from triage.storage import events, outbox
from triage.workflow import audit_export, export, pack, people, sign, vouching
from triage.workflow.audit import Wanted
from triage.workflow.desk import Desk

HOUR = timedelta(hours=1)
LOST, LEFT, REPLACED = RevokedFor.LOST, RevokedFor.LEFT, RevokedFor.REPLACED
STAMPS, RECORD = "by the word of Northmere stamps", "by the word of this hub's own record"
OWN = "is its own word"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return tsa_here.make(tmp_path_factory.mktemp("tsa") / "here")


@pytest.fixture
def tsa(made: Tsa) -> Iterator[Tsa]:
    with serving(made) as running:
        yield running


@dataclass
class Signed:
    """A decision signed two hours before the service stamped it, which is now."""

    front: Front
    folder: Path
    trusted: bytes
    stamped: bytes
    bare: bytes
    now: datetime

    def keys(self, at: timedelta, why: RevokedFor | None, whose: str = "pnandra") -> dict[str, Any]:
        ended = {"revokedAt": (self.now + at).isoformat(), "revokedFor": why and why.value}
        found = people.trust_list(self.front.ruth)["keys"]
        return {"keys": [{**k, **ended} if k["worker"] == whose else k for k in found]}

    def verdict(
        self, content: bytes, keys: dict[str, Any], *, tsa: bool = False, record: bool = False
    ) -> str:
        """What `verify` says of it, "not shown: " before that where it does not take it."""
        file = self.folder / "file"
        file.write_bytes(content)
        with self.front.store.read() as tx:
            held: Record | None = partial(vouching.signed_at, tx) if record else None
            try:
                return verify_file(file, keys, self.trusted if tsa else None, held)
            except FanlightError as fault:
                return f"not shown: {fault}"


def _stamping(front: Front, tsa: Tsa) -> Desk:
    service = StampService(tsa.url, tsa.trusted, now=lambda: datetime.now(UTC), seconds=20)
    return replace(front.priya, stamps=service)


@pytest.fixture
def signed(front: Front, tsa: Tsa, tmp_path: Path) -> Signed:
    front.watch.now = datetime.now(UTC) - 2 * HOUR
    leader = _stamping(front, tsa)
    version = sign.approve(leader, front.proposed().id, pin="2222")
    with front.store.read() as tx:
        bare = outbox.of_decision(tx, version.id)[-1].document
    export.deliver_due(leader)
    stamped = export.document(leader, version.id)
    assert stamped != bare
    return Signed(front, tmp_path, tsa.trusted.encode(), stamped, bare, datetime.now(UTC))


def test_verify_tells_on_which_side_of_the_revocation_it_falls_and_by_whose_word(
    signed: Signed,
) -> None:
    stamp, record, both = {"tsa": True}, {"record": True}, {"tsa": True, "record": True}
    for content, revoked_at, why, with_what, genuine, words in (
        # Stamped before the key was revoked: whoever had it afterwards could not have made it.
        (signed.stamped, HOUR, LOST, stamp, True, STAMPS),
        (signed.stamped, HOUR, LOST, both, True, RECORD),  # the earlier of the two
        # Stamped after: it shows only that it was there by then.
        (signed.stamped, -HOUR, LOST, stamp, False, "shows only that it was there by"),
        (signed.stamped, -HOUR, LEFT, stamp, False, "shows only that it was there by"),
        (signed.stamped, -HOUR, None, stamp, False, "shows only that it was there by"),
        (signed.stamped, -HOUR, LOST, both, True, RECORD),
        (signed.stamped, -HOUR, REPLACED, stamp, True, OWN),
        # Not stamped, or not checked: its own word, which is enough for a key that was replaced.
        (signed.stamped, -HOUR, LOST, {}, False, "whoever had the key could write that"),
        (signed.bare, HOUR, LOST, stamp, False, "whoever had the key could write that"),
        (signed.bare, -HOUR, LEFT, {}, False, "whoever had the key could write that"),
        (signed.bare, -HOUR, None, {}, False, "whoever had the key could write that"),
        (signed.bare, -HOUR, LOST, record, True, RECORD),
        (signed.bare, -HOUR, REPLACED, {}, True, OWN),
        # After the revocation by its own word: nothing helps it.
        (signed.stamped, -3 * HOUR, LOST, both, False, "key was revoked before this was signed"),
        (signed.bare, -3 * HOUR, REPLACED, record, False, "key was revoked before this was signed"),
    ):
        said = signed.verdict(content, signed.keys(revoked_at, why), **with_what)
        refused = said.startswith("not shown: ")
        case = (content is signed.stamped, revoked_at, why, with_what, said)
        assert refused is not genuine, case
        assert words in said, case


def test_record_of_somebody_else_or_of_later_shows_nothing(signed: Signed) -> None:
    front, keys = signed.front, signed.keys(-HOUR, LOST)
    sha256 = signing.verify(signed.bare, keys).payload_sha256

    def shown(by: str, at: datetime) -> str:
        def record(asked: str, worker: str) -> datetime | None:
            return at if (asked, worker) == (sha256, by) else None

        file = signed.folder / "file"
        file.write_bytes(signed.bare)
        try:
            return verify_file(file, keys, None, record)
        except SignatureError as fault:
            return f"not shown: {fault}"

    assert RECORD in shown("pnandra", signed.now - 2 * HOUR)
    assert "not shown" in shown("rosei", signed.now - 2 * HOUR)
    assert "shows only that it was there by" in shown("pnandra", signed.now)
    again = NewEvent(
        kind="pack.issued", contact_id=None, by="pnandra", at=signed.now, detail={"sha256": sha256}
    )
    with front.store.write() as tx:
        events.append(tx, again)  # as whoever has the key might: the first time counts
    with front.store.read() as tx:
        assert vouching.signed_at(tx, sha256, "pnandra") == front.watch.now
        assert vouching.signed_at(tx, sha256, "rosei") is None
        assert vouching.signed_at(tx, "0" * 64, "pnandra") is None


def test_authors_lost_key_takes_nothing_from_what_the_leader_had_before_them(
    signed: Signed,
) -> None:
    keys = signed.keys(-HOUR, LOST, "rosei")
    for with_what in ({}, {"tsa": True}):
        said = signed.verdict(signed.stamped, keys, **with_what)
        assert "Priya Nandra had it before them and signed it too" in said
    said = signed.verdict(signed.stamped, signed.keys(-3 * HOUR, LOST, "rosei"))
    assert said.startswith("not shown: Ruth Osei's key was revoked before")


def test_papers_and_exports_are_told_apart_the_same_way(signed: Signed, tsa: Tsa) -> None:
    front = signed.front
    front.watch.now = datetime.now(UTC) - 2 * HOUR
    document = signing.verify(signed.bare, people.trust_list(front.ruth)).document
    version = UUID(document["decisionId"])
    copy = Copy(number=1, recipient="Police", by="post", removals=frozenset({Removal.REFERRER}))
    paper = pack.issue(_stamping(front, tsa), version, copy, "printed")
    path = audit_export.export_trail(front.of(factory.AMIR), Wanted(), "Counsel", signed.folder)
    for content, whose in ((paper, "pnandra"), (path.read_bytes(), "akhan")):
        lost, replaced = signed.keys(-HOUR, LOST, whose), signed.keys(-HOUR, REPLACED, whose)
        assert "whoever had the key could write that" in signed.verdict(content, lost)
        assert RECORD in signed.verdict(content, lost, record=True)
        assert OWN in signed.verdict(content, replaced)
        after = signed.verdict(content, signed.keys(-3 * HOUR, LOST, whose), record=True)
        assert "key was revoked before this was signed" in after
    assert "shows only" in signed.verdict(paper, signed.keys(-HOUR, LOST), tsa=True)
    assert STAMPS in signed.verdict(paper, signed.keys(HOUR, LOST), tsa=True)


def test_stamp_from_before_the_time_of_signing_is_neither_kept_nor_believed(
    front: Front, tsa: Tsa, tmp_path: Path
) -> None:
    """A desk whose clock is an hour ahead: one of the two times is false."""
    front.watch.now = datetime.now(UTC) + HOUR
    leader = _stamping(front, tsa)
    version = sign.approve(leader, front.proposed().id, pin="2222")
    export.deliver_due(leader)
    with front.store.read() as tx:
        kept = outbox.of_decision(tx, version.id)[-1]
    assert not kept.time_stamp
    assert "has not come yet" in kept.not_stamped
    assert leader.stamps is not None
    fresh = StampService(tsa.url, tsa.trusted, now=front.watch, seconds=20)
    token, _ = fresh.stamp(signing.to_stamp(kept.document))
    planted = signing.with_stamp(kept.document, token)
    with pytest.raises(SignatureError, match="One of the two is false"):
        signing.verify(planted, people.trust_list(leader), tsa.trusted.encode())
    paper = sign_pack(
        rowe_pack(COPIES[1]).pdf,
        leader.signer.held("pnandra"),
        front.watch.now,
        stamp=lambda signature: fresh.stamp(signature)[0],
    )
    with pytest.raises(SignatureError, match="One of the two is false"):
        verify_pack(paper, people.trust_list(leader), tsa.trusted.encode())
