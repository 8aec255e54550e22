"""A key that was lost: what it signed before stands, what it signs after does not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.decision import VersionState
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError, SignatureError
from triage.domain.worker import RevokedFor
from triage.export import signing
from triage.export.existence import Revoked
from triage.export.verify import sentence
from triage.storage import versions
from triage.workflow import decide, export, pack, people, sign, vouching


def _signed_document(front: Front) -> bytes:
    version = sign.approve(front.priya, front.proposed().id, pin="2222")
    return export.document(front.priya, version.id)


def test_decision_signed_before_the_key_was_revoked_stands_and_says_so(front: Front) -> None:
    document = _signed_document(front)
    front.watch.move(hours=1)
    people.revoke_key(front.priya, "pnandra", "Laptop left on a train")
    with front.store.read() as tx:
        trusted, record = people.trusted(front.desk.signer, tx), partial(vouching.signed_at, tx)
        found = signing.verify(document, trusted, record=record)
    assert found.signer.revoked == Revoked(at=front.watch.now, reason=RevokedFor.LOST)
    assert "Priya Nandra's key was revoked later, on 24 November 2026" in sentence(found)


def test_decision_signed_at_or_after_the_revocation_is_refused(front: Front) -> None:
    document = _signed_document(front)
    jwks = people.trust_list(front.ruth)
    for later in (timedelta(0), -timedelta(minutes=5)):
        at = (front.watch.now + later).isoformat()
        keys = [{**k, "revokedAt": at} if k["worker"] == "pnandra" else k for k in jwks["keys"]]
        with pytest.raises(SignatureError, match="Priya Nandra's key was revoked before"):
            signing.verify(document, {"keys": keys})


def test_nobody_signs_proposes_or_issues_with_a_revoked_key(front: Front) -> None:
    version = front.proposed()
    done = sign.approve(front.priya, version.id, pin="2222")
    waiting = front.proposed(front.bring(factory.contact(reference="C-26-04900", rating="green")))
    priya, ruth = front.priya, front.ruth
    people.revoke_key(front.ola, "pnandra", "Lost")
    with pytest.raises(NotAllowedError, match="key was revoked"):
        sign.approve(priya, waiting.id, pin="2222")
    with front.store.read() as tx:
        assert versions.get(tx, waiting.id).state is VersionState.PROPOSED
    priya.signer.unlock("pnandra", "2222")  # as a stolen laptop would
    copy = replace(pack.plan(priya, done.id).copies[0], recipient="Intake team")
    with pytest.raises(NotAllowedError, match="key was revoked"):
        pack.issue(priya, done.id, copy, "printed")
    with pytest.raises(NotAllowedError, match="key was revoked"):
        people.switch(ruth, "pnandra", "2222")
    people.revoke_key(front.ola, "rosei", "Lost")
    open_one = front.bring(factory.contact(reference="C-26-04901", rating="green"))
    front.answered(open_one)
    with pytest.raises(NotAllowedError, match="key was revoked"):
        decide.propose(front.ruth, open_one.id)


def test_someone_enrolled_anew_signs_again_and_both_keys_are_known(front: Front) -> None:
    before = _signed_document(front)
    front.watch.move(hours=1)
    people.revoke_key(front.ola, "pnandra", "Lost")
    people.enrol(front.ola, factory.PRIYA, "7777")
    version = front.proposed(front.bring(factory.contact(reference="C-26-04900", rating="green")))
    after = export.document(
        front.ola, sign.approve(front.desk.as_worker(factory.PRIYA), version.id, pin="7777").id
    )
    for document in (before, after):
        signing.verify(document, people.trust_list(front.ruth))


def test_only_a_leader_or_oneself_revokes_and_says_why_and_once(front: Front) -> None:
    with pytest.raises(NotAllowedError):
        people.revoke_key(front.ruth, "tbell", "Lost")
    with pytest.raises(NotReadyError, match="Say why"):
        people.revoke_key(front.ruth, "rosei", " ")
    people.revoke_key(front.ruth, "rosei", "Lost")
    assert front.kinds()[-1] == "worker.key_revoked"
    with pytest.raises(NotFoundError, match="no key that still stands"):
        people.revoke_key(front.priya, "rosei", "Lost")
