"""Which time stamps are believed (RFC 3161, RFC 5816): tokens that openssl signed, and what
`openssl ts -verify` makes of the same ones. Needs openssl."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import tsp, x509

from tests import tsa as tsa_here
from tests.tsa import STAMPS, Tsa, openssl_ts_takes, token_by, token_by_the_root, token_of
from triage.domain.errors import SignatureError
from triage.export.time_stamp import SKEW, Stamp, check_stamp

OVER = b"somebody's signature"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Tsa:
    return tsa_here.make(tmp_path_factory.mktemp("stamps") / "here")


def _info(**other: Any) -> bytes:
    """What a token says, as RFC 3161 has it."""
    imprint = {
        "hash_algorithm": {"algorithm": "sha256"},
        "hashed_message": hashlib.sha256(OVER).digest(),
    }
    said = {
        "version": "v1",
        "policy": "1.2.3.4.1",
        "message_imprint": imprint,
        "serial_number": 7,
        "gen_time": datetime.now(UTC).replace(microsecond=0),
        **other,
    }
    return bytes(tsp.TSTInfo(said).dump())


def _found(tsa: Tsa, token: bytes) -> Stamp:
    return check_stamp(token, OVER, tsa.trusted.encode(), until=datetime.now(UTC))


def _other(line: str, by: str) -> str:
    """The extensions of a right certificate with one of them otherwise."""
    assert line in STAMPS
    return STAMPS.replace(line, by)


USAGE, PURPOSE = "keyUsage = critical,digitalSignature", "extendedKeyUsage = critical,timeStamping"
NOT_ALONE, NOT_TRUSTED = "not for time stamps alone", "not by a service that is trusted"


def test_right_token_is_taken_here_and_by_openssl(tsa: Tsa) -> None:
    token = token_by(tsa, _info(accuracy={"seconds": 2, "millis": 500}))
    assert openssl_ts_takes(tsa.folder, token, OVER, tsa.trusted)
    found = _found(tsa, token)
    assert found.by == "Northmere stamps"
    assert found.latest - found.at == timedelta(seconds=2.5)


@pytest.mark.parametrize(
    ("extensions", "words"),
    [
        (_other(PURPOSE, "extendedKeyUsage = timeStamping"), NOT_ALONE),
        (_other(PURPOSE, f"{PURPOSE},codeSigning"), NOT_ALONE),
        (_other(PURPOSE, "extendedKeyUsage = critical,codeSigning"), NOT_TRUSTED),
        (_other(PURPOSE, ""), NOT_TRUSTED),
        (_other(USAGE, f"{USAGE},keyEncipherment"), NOT_ALONE),
        (STAMPS.replace("CA:FALSE", "CA:TRUE"), NOT_ALONE),
    ],
)
def test_key_that_is_for_something_else_too_stamps_nothing(
    tsa: Tsa, extensions: str, words: str
) -> None:
    token = token_by(tsa, _info(), extensions)
    with pytest.raises(SignatureError, match=words):
        _found(tsa, token)
    if "CA:TRUE" not in extensions:  # which openssl lets pass
        assert not openssl_ts_takes(tsa.folder, token, OVER, tsa.trusted)


def test_trusted_authority_itself_stamps_nothing(tsa: Tsa) -> None:
    token = token_by_the_root(tsa, _info())
    assert not openssl_ts_takes(tsa.folder, token, OVER, tsa.trusted)
    with pytest.raises(SignatureError, match=NOT_ALONE):
        _found(tsa, token)


def test_stamp_must_say_which_certificate_it_is_by(tsa: Tsa) -> None:
    """Else another certificate over the same key could be put in its place (RFC 5816)."""
    bare = token_by(tsa, _info(), cades=False)
    assert not openssl_ts_takes(tsa.folder, bare, OVER, tsa.trusted)
    weak = [token_of(tsa, OVER, ess_cert_id_alg=name) for name in ("sha1", "sha224")]
    for token in (bare, *weak):
        with pytest.raises(SignatureError, match="does not name its certificate"):
            _found(tsa, token)
    first = token_by(tsa, _info())
    (tsa.folder / "first.pem").write_bytes((tsa.folder / "odd.pem").read_bytes())
    token_by(tsa, _info())  # the same key again, another certificate
    swapped = _with_certificate(first, tsa)
    assert not openssl_ts_takes(tsa.folder, swapped, OVER, tsa.trusted)
    with pytest.raises(SignatureError):
        _found(tsa, swapped)


def _with_certificate(token: bytes, tsa: Tsa) -> bytes:
    """A token whose certificate is another one over the same key."""
    from asn1crypto import cms, pem

    held = cms.ContentInfo.load(token)
    _, _, der = pem.unarmor((tsa.folder / "odd.pem").read_bytes())
    other = x509.Certificate.load(der)
    held["content"]["certificates"] = [other]
    signer = held["content"]["signer_infos"][0]
    signer["sid"] = cms.SignerIdentifier(
        "issuer_and_serial_number",
        {"issuer": other.issuer, "serial_number": other.serial_number},
    )
    return bytes(held.dump(force=True))


@pytest.mark.parametrize(
    "settings", [{"signer_digest": "sha1"}, {"asked": "sha1"}], ids=["signature", "imprint"]
)
def test_hash_that_can_be_met_again_proves_nothing(tsa: Tsa, settings: dict[str, str]) -> None:
    with pytest.raises(SignatureError):
        _found(tsa, token_of(tsa, OVER, **settings))
    assert _found(tsa, token_of(tsa, OVER)).by == "Northmere stamps"


def test_stamp_of_a_time_that_has_not_come_is_refused(tsa: Tsa) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with pytest.raises(SignatureError, match="has not come yet"):
        _found(tsa, token_by(tsa, _info(gen_time=now + SKEW + timedelta(minutes=1))))
    _found(tsa, token_by(tsa, _info(gen_time=now + SKEW / 2)))


def test_stamp_of_a_time_when_its_certificate_was_not_in_force_is_refused(tsa: Tsa) -> None:
    early = token_by(tsa, _info(gen_time=datetime.now(UTC) - timedelta(days=2)))
    with pytest.raises(SignatureError, match=NOT_TRUSTED):
        _found(tsa, early)


def test_stamp_says_no_other_service_and_nothing_that_must_be_understood(tsa: Tsa) -> None:
    other = x509.GeneralName("directory_name", x509.Name.build({"common_name": "Someone else"}))
    with pytest.raises(SignatureError, match="does not fit"):
        _found(tsa, token_by(tsa, _info(tsa=other)))
    unknown = {"extn_id": "1.2.3.4.5", "critical": True, "extn_value": b"\x05\x00"}
    with pytest.raises(SignatureError, match="can't be read"):
        _found(tsa, token_by(tsa, _info(extensions=[unknown])))
    for seconds in (-5, 10**11, 10**15):  # less than no time; out of the calendar; out of reach
        with pytest.raises(SignatureError, match="can't be read"):
            _found(tsa, token_by(tsa, _info(accuracy={"seconds": seconds})))
