"""A signed pack: other people's tool says whether it is as it was issued."""

import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as x509_of
from asn1crypto.cms import CMSAttribute, CMSAttributes, ContentInfo
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.export.conftest import AT
from tests.export.pack_family import COPIES, rowe_pack
from triage.domain.errors import NotAllowedError, SignatureError
from triage.domain.worker import RevokedFor
from triage.export import authority
from triage.export.authority import RevocationList
from triage.export.certificate import DAYS
from triage.export.existence import Revoked
from triage.export.keys import DeskKeys, Signer
from triage.export.pack_signing import FIELD, prepare, put_in, sign_pack, verify_pack
from triage.storage.secrets import FileVault


def checked(pdf: bytes, folder: Path) -> str:
    file = folder / "pack.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return rowe_pack(COPIES[1]).pdf


def test_pdfsig_calls_a_signed_pack_valid_and_names_who_issued_it(
    unsigned, author: Signer, tmp_path
):
    said = checked(sign_pack(unsigned, author, AT), tmp_path)
    assert "Signature is Valid." in said
    assert "Ruth Osei" in said
    assert "ETSI.CAdES.detached" in said
    assert "Total document signed" in said


@pytest.mark.parametrize("place", [0.05, 0.3, 0.6, 0.8])
def test_pdfsig_sees_one_altered_bit(unsigned, author: Signer, tmp_path, place):
    signed = bytearray(sign_pack(unsigned, author, AT))
    signed[int(len(unsigned) * place)] ^= 1
    assert "Signature is Valid." not in checked(bytes(signed), tmp_path)


def test_pdfsig_sees_something_added_after_the_signature(unsigned, author: Signer, tmp_path):
    signed = sign_pack(unsigned, author, AT) + b"\n% added\n"
    assert "Total document signed" not in checked(signed, tmp_path)


def test_signing_leaves_the_pages_as_they_were(unsigned, author: Signer):
    assert sign_pack(unsigned, author, AT).startswith(unsigned)


def test_a_process_that_may_open_no_socket_can_make_a_pack_ready(unsigned, author, tmp_path):
    """As the one that draws packs on Windows, where a loop of its own is a pair of sockets."""
    (tmp_path / "pack.pdf").write_bytes(unsigned)
    (tmp_path / "certificate.der").write_bytes(author.certificate_der)
    asked = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from triage.export import pack_signing as p\n"
        "def refuse(event, _):\n"
        "    if event.startswith('socket.'): raise PermissionError(event)\n"
        "p.open_loop(); sys.addaudithook(refuse)\n"
        "pdf, certificate = (Path(name).read_bytes() for name in sys.argv[1:])\n"
        "ready = p.prepare(pdf, certificate, 'Ruth Osei', datetime.now(UTC))\n"
        "print(len(p.put_in(ready, bytes(72))) == len(ready.pdf))"
    )
    files = [tmp_path / "pack.pdf", tmp_path / "certificate.der"]
    done = subprocess.run(
        [sys.executable, "-c", asked, *files], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "True", done.stderr


def test_a_copy_is_said_to_be_genuine_and_by_whom(unsigned, author: Signer, keys: DeskKeys):
    issued = verify_pack(sign_pack(unsigned, author, AT), keys.jwks())
    assert issued.name == "Ruth Osei"
    assert issued.at == AT


@pytest.mark.parametrize("place", [0.05, 0.3, 0.6, 0.8])
def test_a_copy_with_one_altered_bit_is_not(unsigned, author: Signer, keys: DeskKeys, place):
    signed = bytearray(sign_pack(unsigned, author, AT))
    signed[int(len(unsigned) * place)] ^= 1
    with pytest.raises(SignatureError):
        verify_pack(bytes(signed), keys.jwks())


def test_a_copy_with_something_added_is_not(unsigned, author: Signer, keys: DeskKeys):
    with pytest.raises(SignatureError, match="altered"):
        verify_pack(sign_pack(unsigned, author, AT) + b"\n% added\n", keys.jwks())


def test_a_copy_by_a_key_that_is_not_the_hubs_is_not(unsigned, author: Signer, keys: DeskKeys):
    mine = author.public_jwk["x"]
    others = {"keys": [k for k in keys.jwks()["keys"] if k["x"] != mine]}
    with pytest.raises(SignatureError, match="not on the hub's list"):
        verify_pack(sign_pack(unsigned, author, AT), others)


def test_a_copy_that_shows_anothers_certificate_is_not(
    unsigned, author: Signer, leader: Signer, keys: DeskKeys
):
    prepared = prepare(unsigned, author.certificate_der, "Ruth Osei", AT)
    with pytest.raises(SignatureError, match="altered after it was signed"):
        verify_pack(put_in(prepared, leader.sign_der(prepared.to_sign)), keys.jwks())


def test_authority_vouches_for_a_copy_while_its_certificate_is_in_force(
    unsigned, leader: Signer, tmp_path: Path
):
    vault = FileVault(tmp_path / "authority")
    pem = authority.create(vault, "Northmere", AT)
    given = authority.certify(vault, leader.public_jwk, "Northmere", AT)
    vouched = replace(leader, certificate_der=given)
    assert authority.must_vouch(sign_pack(unsigned, vouched, AT), pem)
    for off in (timedelta(days=-2), timedelta(days=DAYS + 1)):
        with pytest.raises(NotAllowedError, match="was not in force when it was signed"):
            authority.must_vouch(sign_pack(unsigned, vouched, AT + off), pem)
    with pytest.raises(NotAllowedError, match="does not vouch for the key"):
        authority.must_vouch(sign_pack(unsigned, leader, AT), pem)
    number = x509.load_der_x509_certificate(given).serial_number
    hour = timedelta(hours=1)
    for at, why, words in (
        (AT - hour, RevokedFor.REPLACED, ""),
        (AT, RevokedFor.REPLACED, "was revoked before this was signed"),
        (AT - hour, RevokedFor.LOST, "is its own word"),
    ):
        ended = RevocationList(ended={number: Revoked(at=AT, reason=why)}, until=AT + hour)
        with pytest.raises(SignatureError, match=words) if words else nullcontext():
            authority.must_vouch(sign_pack(unsigned, vouched, at), pem, ended)


def test_a_copy_signed_by_a_key_of_another_kind_is_not(unsigned, author: Signer, keys: DeskKeys):
    """An RSA key, and another curve whose certificate bears the person's name."""
    for other in (rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())):
        with pytest.raises(SignatureError, match="not on the hub's list"):
            verify_pack(_signed_by(other, unsigned), keys.jwks())


def _signed_by(private: Any, pdf: bytes) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ruth Osei")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=9000))
        .sign(private, SHA256())
    )
    form = Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
    signing = SimpleSigner(
        signing_cert=x509_of.Certificate.load(made.public_bytes(Encoding.DER)),
        signing_key=PrivateKeyInfo.load(private.private_bytes(*form)),
        cert_registry=SimpleCertificateStore(),
    )
    details = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256")
    out = sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), details, signing)
    return bytes(out.getvalue())


def test_what_is_put_beside_the_signature_gets_no_more_than_a_refusal(
    unsigned, author: Signer, keys: DeskKeys
):
    """Nobody signs the room for a time stamp: whoever has the file may write there."""
    signed = sign_pack(unsigned, author, AT, stamp=lambda _: b"")
    start = signed.rindex(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", start)
    cms = ContentInfo.load(bytes.fromhex(signed[start:end].decode()))
    attribute = {"type": "signature_time_stamp_token", "values": []}
    cms["content"]["signer_infos"][0]["unsigned_attrs"] = CMSAttributes([CMSAttribute(attribute)])
    filled = cms.dump(force=True).hex().encode().ljust(end - start, b"0")
    with pytest.raises(SignatureError):
        verify_pack(signed[:start] + filled + signed[end:], keys.jwks())


@pytest.mark.parametrize("pdf", [b"%PDF-1.7", b"%PDF-1.7\nnonsense %%EOF"])
def test_a_pdf_that_is_none_is_said_to_be_so(pdf, keys: DeskKeys):
    with pytest.raises(SignatureError, match="It is a PDF"):
        verify_pack(pdf, keys.jwks())


def test_an_unsigned_pack_is_said_to_be_so(unsigned, keys: DeskKeys):
    with pytest.raises(SignatureError, match="no signature of a hub"):
        verify_pack(unsigned, keys.jwks())
