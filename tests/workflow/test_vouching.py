"""The hub's authority vouches for keys and lists what was revoked; openssl tells as well."""

import base64
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.errors import NotAllowedError, NotReadyError, SignatureError
from triage.domain.worker import RevokedFor, Role, Worker
from triage.export import authority, signing
from triage.export.existence import Revoked
from triage.export.pack_signing import sign_pack
from triage.storage.secrets import FileVault
from triage.workflow import export, people, sign, vouching
from triage.workflow.desk import Desk

NIA = Worker(id="nadmin", name="Nia Admin", role=Role.ADMINISTRATOR, job="Administrator")


class Authority:
    """The hub's authority in a test, with what its papers are checked by."""

    def __init__(self, front: Front) -> None:
        self.front, self.folder = front, front.folder
        self.vault = FileVault(front.folder / "authority")
        self.pem = authority.create(self.vault, "Northmere", front.watch.now)

    def openssl_says(self, certificate: bytes, crl: bytes) -> str:
        """What `openssl verify -crl_check` says of a certificate, as a council would ask it."""
        openssl = shutil.which("openssl")
        assert openssl, "openssl is needed to show that other people's tools can verify"
        leaf = x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM)
        for name, pem in (("ca", self.pem), ("crl", authority.pem_of(crl)), ("leaf", leaf)):
            (self.folder / f"{name}.pem").write_bytes(pem)
        at = str(int((self.front.watch.now + timedelta(hours=1)).timestamp()))
        done = subprocess.run(
            [openssl, "verify", "-attime", at, "-crl_check", "-CAfile", "ca.pem", "-CRLfile",
             "crl.pem", "leaf.pem"],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        return done.stdout + done.stderr


@pytest.fixture
def own(front: Front) -> Authority:
    return Authority(front)


def _certificate(front: Front, worker_id: str) -> bytes:
    (key,) = (k for k in people.trust_list(front.ruth)["keys"] if k["worker"] == worker_id)
    return base64.b64decode(key["x5c"][0])


def test_openssl_takes_a_certificate_until_the_list_says_it_was_revoked_and_why(
    front: Front, own: Authority
) -> None:
    for worker in ("pnandra", "rosei"):
        vouching.certify(front.ola, own.vault, worker)
    lost, kept = _certificate(front, "pnandra"), _certificate(front, "rosei")
    before = vouching.revocation_list(front.ola, own.vault)
    assert own.openssl_says(lost, before).endswith("leaf.pem: OK\n")
    people.revoke_key(front.ola, "pnandra", "Laptop left on a train", reason=RevokedFor.LOST)
    after = vouching.revocation_list(front.ola, own.vault)
    assert "certificate revoked" in own.openssl_says(lost, after)
    assert own.openssl_says(kept, after).endswith("leaf.pem: OK\n")
    crl = x509.load_der_x509_crl(after)
    (entry,) = crl
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.key_compromise
    assert entry.revocation_date_utc == front.watch.now
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 2


def test_list_tells_what_was_signed_before_from_what_was_signed_after(
    front: Front, own: Authority
) -> None:
    vouching.certify(front.ola, own.vault, "pnandra")
    version = sign.approve(front.priya, front.proposed().id, pin="2222")
    document = export.document(front.priya, version.id)
    handed_over = people.trust_list(front.ruth)  # by a hub that has not revoked anything yet
    priya = front.priya.signer.signer("pnandra", "2222")
    front.watch.move(hours=1)
    people.revoke_key(front.ola, "pnandra", "Lost")
    crl = vouching.revocation_list(front.ola, own.vault)
    revoked = authority.read_revocations(crl, own.pem)
    at = front.watch.now
    found = signing.verify(document, revoked.in_keys(handed_over))
    assert found.signer.revoked == Revoked(at=at, reason=RevokedFor.LOST)
    pdf = (Path(__file__).parents[1] / "intake").rglob("*.pdf")
    page = next(p for p in sorted(pdf) if p.stat().st_size < 20_000).read_bytes()
    early, late = (sign_pack(page, priya, at + timedelta(hours=h)) for h in (-1, 1))
    with pytest.raises(SignatureError, match="whoever had the key could write that"):
        authority.must_vouch(early, own.pem, revoked)
    with pytest.raises(SignatureError, match="revoked before this was signed"):
        authority.must_vouch(late, own.pem, revoked)
    never = sign_pack(
        page, priya, datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=14)))
    )
    with pytest.raises(NotAllowedError, match="not in force when it was signed"):
        authority.must_vouch(never, own.pem)
    by_rule = {n: replace(one, reason=RevokedFor.REPLACED) for n, one in revoked.ended.items()}
    kind = replace(revoked, ended=by_rule)
    assert authority.must_vouch(early, own.pem, kind) == "Northmere signing authority"
    before = {n: replace(one, at=at - timedelta(hours=2)) for n, one in revoked.ended.items()}
    earlier = replace(revoked, ended=before)
    with pytest.raises(SignatureError, match="key was revoked before"):
        signing.verify(document, earlier.in_keys(handed_over))


def test_only_who_looks_after_people_has_a_key_vouched_for_that_stands(
    front: Front, own: Authority
) -> None:
    def certify(desk: Desk) -> None:
        vouching.certify(desk, own.vault, "rosei")

    def listed(desk: Desk) -> None:
        vouching.revocation_list(desk, own.vault)

    for act in (certify, listed, vouching.key_states):
        with pytest.raises(NotAllowedError, match="does not let you"):
            act(front.ruth)
        for desk in (front.priya, replace(front.priya, worker=NIA)):
            act(desk)
    people.revoke_key(front.ola, "rosei", "Lost")
    with pytest.raises(NotAllowedError, match="need a new key first"):
        certify(front.priya)


def test_list_by_anybody_else_is_not_believed(front: Front, own: Authority) -> None:
    other = FileVault(front.folder / "other")
    authority.create(other, "Northmere", front.watch.now)  # the same name, another key
    forged = authority.revocation_list(other, (), front.watch.now)
    with pytest.raises(SignatureError, match="not by the hub's authority"):
        authority.read_revocations(forged, own.pem)
    with pytest.raises(SignatureError, match="can't be read"):
        authority.read_revocations(b"-----BEGIN X509 CRL-----", own.pem)


def test_renewed_certificate_and_the_one_before_are_both_revoked_with_their_key(
    front: Front, own: Authority
) -> None:
    for _ in range(2):
        vouching.certify(front.ola, own.vault, "rosei")
    people.revoke_key(front.ola, "rosei", "Left", reason=RevokedFor.LEFT)
    crl = x509.load_der_x509_crl(vouching.revocation_list(front.ola, own.vault))
    assert len({entry.serial_number for entry in crl}) == 2


def test_desk_signs_with_the_certificate_that_was_given_elsewhere(
    front: Front, own: Authority
) -> None:
    """The leader has it done at their own desk; the officer's takes it at the next sign-in."""
    elsewhere = replace(front.ola, signer=factory.keys(front.folder / "ola", front.watch))
    vouching.certify(elsewhere, own.vault, "rosei")
    assert front.ruth.signer.certificate("rosei") != _certificate(front, "rosei")
    people.switch(front.ruth, "rosei", "1111")
    assert front.ruth.signer.signer("rosei", "1111").certificate_der == _certificate(front, "rosei")


def test_certificate_that_runs_out_is_told_to_its_person_and_to_who_renews_it(
    front: Front, own: Authority
) -> None:
    vouching.certify(front.ola, own.vault, "rosei")
    assert vouching.certificates_ending(front.ruth) == ()
    front.watch.move(days=5 * 365 - 50)
    (said,) = vouching.certificates_ending(front.ruth)
    assert "runs out on 23 November 2031. Ask IT to renew it" in said
    for leader in (front.ola, front.desk.as_worker(NIA)):
        assert any(
            "Ruth Osei's certificate runs out on" in w for w in vouching.certificates_ending(leader)
        )
    vouching.certify(front.ola, own.vault, "rosei")
    assert vouching.certificates_ending(front.ruth) == ()
    said = {line.split(":")[0]: line for line in vouching.key_states(front.ola)}
    assert "Ruth Osei: stands, vouched for until" in said["Ruth Osei"]
    assert "which their role does not: revoke it" in said["Ruth Osei"]  # the tests' keys all say so
    assert "revoke it" not in said["Priya Nandra"]


def test_new_key_takes_the_place_of_one_that_was_replaced_and_both_verify(front: Front) -> None:
    version = sign.approve(front.priya, front.proposed().id, pin="2222")
    document = export.document(front.priya, version.id)
    with pytest.raises(NotAllowedError, match="Your key still stands"):
        vouching.renew_key(front.priya, "7777")
    front.watch.move(hours=1)
    priya = front.priya
    people.revoke_key(front.ola, "pnandra", "Rotation", reason=RevokedFor.REPLACED)
    vouching.renew_key(priya, "7777")
    again = front.proposed(front.bring(factory.contact(reference="C-26-04900", rating="green")))
    people.switch(priya, "pnandra", "7777")
    later = export.document(priya, sign.approve(priya, again.id, pin="7777").id)
    for signed in (document, later):
        signing.verify(signed, people.trust_list(front.ruth))
    kids = {k["kid"]: k for k in people.trust_list(front.ruth)["keys"] if k["worker"] == "pnandra"}
    assert [bool(k.get("revokedAt")) for k in kids.values()].count(True) == 1
    assert len(kids) == 2


def test_nobody_ends_the_last_key_that_signs_off_unawares(front: Front) -> None:
    people.revoke_key(front.priya, "oadeyo", "Left")
    with pytest.raises(NotReadyError, match=r"only one here whose key signs.*Nothing was changed"):
        people.revoke_key(front.priya, "pnandra", "Lost")
    people.revoke_key(front.priya, "rosei", "Left")  # signs nothing off
    people.revoke_key(front.priya, "pnandra", "Lost", though_last=True)
