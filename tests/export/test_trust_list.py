"""Lists of keys that somebody altered, damaged or put together: nothing is genuine by them that
another reader of the same list would refuse."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from tests.export.conftest import AT
from tests.export.pack_family import COPIES, rowe_pack
from tests.export.test_signing import b64, resigned, unb64
from triage.domain.errors import SignatureError
from triage.domain.worker import RevokedFor
from triage.export import signing
from triage.export.authority import RevocationList
from triage.export.existence import Revoked, moment, read_moment, revoked_of
from triage.export.keys import DeskKeys, Signer, thumbprint
from triage.export.pack_signing import sign_pack, verify_pack
from triage.export.trust_list import read_keys


def test_key_of_which_a_list_says_two_things_vouches_for_nothing(
    signed_bytes: bytes, leader: Signer, keys: DeskKeys
) -> None:
    """The old list and the new one in one file: the new one says that it was revoked."""
    both = keys.jwks()["keys"]
    revoked = [{**key, "revokedAt": "2026-01-01T00:00:00+00:00"} for key in both]
    signing.verify(signed_bytes, {"keys": [*both, *both]})
    paper = sign_pack(rowe_pack(COPIES[1]).pdf, leader, AT)
    verify_pack(paper, {"keys": [*both, *both]})
    for check, content in ((signing.verify, signed_bytes), (verify_pack, paper)):
        with pytest.raises(SignatureError, match="says two things of one key"):
            check(content, {"keys": [*both, *revoked]})


def test_key_of_a_paper_is_its_own_persons_whoever_else_lists_it(
    author: Signer, leader: Signer, keys: DeskKeys
) -> None:
    paper = sign_pack(rowe_pack(COPIES[1]).pdf, leader, AT)
    longer = {n: b64(b"\0" + unb64(leader.public_jwk[n])) for n in ("x", "y")}
    for other in ({}, longer):
        taken = {**leader.public_jwk, **other, "worker": "rosei", "name": "Ruth Osei"}
        for kid in (author.kid, thumbprint(taken), "1"):
            if kid != leader.kid:
                jwks = {"keys": [{**taken, "kid": kid}, *keys.jwks()["keys"]]}
                assert verify_pack(paper, jwks).name == "Priya Nandra"
    mislabelled = {"keys": [{**author.public_jwk, "kid": leader.kid}]}
    with pytest.raises(SignatureError, match="not on the hub's list"):
        verify_pack(paper, mislabelled)


@pytest.mark.parametrize("said", ["", 0, False, [], "yesterday", "2026-11-30T10:00:00", 20261130])
def test_key_that_was_revoked_and_not_said_when_is_not_one_that_stands(
    signed_bytes: bytes, keys: DeskKeys, said: object
) -> None:
    ended = [{**key, "revokedAt": said} for key in keys.jwks()["keys"]]
    with pytest.raises(SignatureError, match="and not when"):
        signing.verify(signed_bytes, {"keys": ended})


def test_times_of_other_places_are_told_in_utc_and_none_is_out_of_the_calendar() -> None:
    ended = revoked_of({"revokedAt": "2026-11-24T01:30:00+05:00"})
    assert ended is not None
    assert moment(ended.at) == "23 November 2026 at 20:30 UTC"
    assert read_moment("0001-01-01T00:00:00+23:59") is None


@pytest.mark.parametrize(
    "untrusted",
    [
        b'{"keys": [], "keys": []}',
        b'{"keys": [{"kid": "a", "revokedAt": "2026-11-24T00:00:00Z", "revokedAt": null}]}',
        b'{"keys": ' + b"[" * 100_000,
        b'{"keys": [], "version": 1e999}',
        b'{"keys": [{"name": "\\ud800"}]}',
        b'{"keys": [1]}',
        b'{"keys": ["signs_off"]}',
        b'{"keys": {}}',
        '{"keys": []}'.encode("utf-16"),
        b'\xef\xbb\xbf{"keys": []}',
        b'{"keys": [{"kty": "EC", "d": "secret"}]}',
        b"",
    ],
)
def test_list_that_readers_would_differ_on_is_none(untrusted: bytes, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(untrusted)
    with pytest.raises(SignatureError, match=r"keys\.json"):
        read_keys(tmp_path / "keys.json")
    (tmp_path / "keys.json").write_bytes(b'{"keys": []}')
    assert read_keys(tmp_path / "keys.json") == {"keys": []}


def test_key_without_a_name_is_not_the_one_of_a_signature_that_names_none(
    final: dict[str, Any], leader: Signer, keys: DeskKeys
) -> None:
    nameless = [{n: v for n, v in key.items() if n != "kid"} for key in keys.jwks()["keys"]]
    with pytest.raises(SignatureError, match="not among the keys"):
        signing.verify(resigned(final, leader, kid=None), {"keys": nameless})


def test_one_key_under_two_names_is_one_however_it_is_written(
    final: dict[str, Any], author: Signer
) -> None:
    """The author's own key once more as the leader's, its number with a nought before it."""
    longer = {n: b64(b"\0" + unb64(author.public_jwk[n])) for n in ("x", "y")}
    second = {**author.public_jwk, **longer, "worker": "pnandra", "kid": "2", "signs_off": True}
    forged = signing.sign(final, replace(author, kid="2", worker_id="pnandra"))
    with pytest.raises(SignatureError, match="one and the same key"):
        signing.verify(forged, {"keys": [author.public_jwk, second]})


LOST, LEFT, REPLACED = RevokedFor.LOST, RevokedFor.LEFT, RevokedFor.REPLACED


@pytest.mark.parametrize(
    ("crl", "listed", "reason"),
    [
        ((AT, LOST), None, LOST),
        ((AT, REPLACED), None, REPLACED),
        ((AT, REPLACED), (AT, REPLACED), REPLACED),
        # Whoever can write to the list of keys, which nobody signs, says what they like of why.
        ((AT, LOST), (AT, REPLACED), None),
        ((AT, LOST), (AT - timedelta(hours=1), REPLACED), None),
        ((AT, None), (AT - timedelta(hours=1), REPLACED), None),
        ((AT, LEFT), (AT + timedelta(hours=1), REPLACED), None),
        ((AT, REPLACED), (AT - timedelta(hours=1), LOST), None),
    ],
)
def test_signed_list_of_revoked_certificates_is_not_outdone_by_the_list_of_keys(
    keys: DeskKeys,
    crl: tuple[datetime, RevokedFor | None],
    listed: tuple[datetime, RevokedFor | None] | None,
    reason: RevokedFor | None,
) -> None:
    der = keys.certificate("pnandra")
    number = x509.load_der_x509_certificate(der).serial_number
    signed = RevocationList(ended={number: Revoked(at=crl[0], reason=crl[1])}, until=AT)
    key = {**keys.public("pnandra"), "x5c": [b64encode(der).decode()]}
    if listed:
        key |= {"revokedAt": listed[0].isoformat(), "revokedFor": listed[1] and listed[1].value}
    (told,) = signed.in_keys({"keys": [key]})["keys"]
    at = min(crl[0], listed[0]) if listed else crl[0]
    assert revoked_of(told) == Revoked(at=at.astimezone(UTC), reason=reason)


def test_certificate_put_beside_another_key_hides_no_revocation(keys: DeskKeys) -> None:
    none = RevocationList(ended={}, until=AT)
    others = b64encode(keys.certificate("rosei")).decode()
    for swapped, words in (
        ([others], "beside another's key"),
        (["AAAA"], "can't be read"),
        ([], "can't be read"),
        (None, "can't be read"),
    ):
        with pytest.raises(SignatureError, match=words):
            none.in_keys({"keys": [{**keys.public("pnandra"), "x5c": swapped}]})


def test_list_of_a_hub_reads_back_as_it_was(keys: DeskKeys, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(keys.jwks()), encoding="utf-8")
    assert read_keys(tmp_path / "keys.json") == keys.jwks()
