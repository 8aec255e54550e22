"""A key on a card signs by the card's own PIN, other tools verify it, and it never leaves."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.export.conftest import AT, QUICK, Clock, Drawer, a_version, approved, proposed
from tests.export.pack_family import COPIES, rowe_pack
from tests.export.test_pack_signing import checked
from tests.export.test_signing import openssl_says
from tests.softhsm import PIN, Reader
from tests.softhsm import reader as reader  # a fixture for whoever asks
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.profile import Profile
from triage.export import authority, card, document, signing
from triage.export.keys import CardPlace, DeskKeys, Signer
from triage.export.pack_signing import sign_pack, verify_pack


@pytest.fixture(scope="module")
def place(reader: Reader) -> CardPlace:
    return reader.put_in("Priya's card")


@pytest.fixture
def desk(drawer: Drawer, clock: Clock, place: CardPlace) -> DeskKeys:
    keys = DeskKeys(drawer, hub="Northmere MASH", now=clock, stretch=QUICK)
    keys.enrol("rosei", "1111", name="Ruth Osei")
    keys.enrol("pnandra", PIN, name="Priya Nandra", place=place)
    return keys


def test_decision_signed_by_a_key_on_a_card_is_right_for_openssl_and_here(
    desk: DeskKeys, profile: Profile, tmp_path: Path
) -> None:
    version = approved(proposed(a_version(), profile, desk.signer("rosei", "1111")))
    made = signing.sign(document.build(version, profile), desk.signer("pnandra", PIN))
    envelope = json.loads(made)
    only = envelope["signatures"][0]
    parts = (only["protected"], envelope["payload"], only["signature"])
    assert openssl_says(parts, desk.public("pnandra"), tmp_path) == "Verified OK"
    assert signing.verify(made, desk.jwks()).signer.name == "Priya Nandra"


def test_pack_signed_by_a_key_on_a_card_is_right_for_pdfsig_and_here(
    desk: DeskKeys, tmp_path: Path
) -> None:
    made = sign_pack(rowe_pack(COPIES[1]).pdf, desk.signer("pnandra", PIN), AT)
    assert "Signature is Valid" in checked(made, tmp_path)
    assert verify_pack(made, desk.jwks()).name == "Priya Nandra"


def test_the_key_stays_on_the_card_and_the_vault_keeps_neither_key_nor_pin(
    desk: DeskKeys, drawer: Drawer, place: CardPlace
) -> None:
    private = desk.signer("pnandra", PIN).private_key
    for ask in (
        private.private_numbers,
        lambda: private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    ):
        with pytest.raises(NotAllowedError, match="does not leave it"):
            ask()
    kept = json.loads(drawer.kept["key.pnandra"])
    assert set(kept) == {"kid", "card"}
    assert kept["card"] == place.told()
    assert all(PIN.encode() not in value for value in drawer.kept.values())


def test_card_signs_its_own_certificate_and_an_authority_vouches_for_it(desk: DeskKeys) -> None:
    own = x509.load_der_x509_certificate(desk.certificate("pnandra"))
    own.verify_directly_issued_by(own)
    vault = Drawer()
    root = x509.load_pem_x509_certificate(authority.create(vault, "Northmere", AT))
    made = authority.certify(vault, desk.public("pnandra"), "Northmere", AT)
    x509.load_der_x509_certificate(made).verify_directly_issued_by(root)


def test_wrong_pin_is_refused_by_the_card_also_while_it_is_unlocked(desk: DeskKeys) -> None:
    desk.unlock("pnandra", PIN)
    with pytest.raises(NotAllowedError, match=r"does not take that PIN.*Nothing was done"):
        desk.signer("pnandra", "000000")
    with pytest.raises(NotAllowedError, match="locked"):
        desk.held("pnandra")
    desk.unlock("pnandra", PIN)
    desk.signer("pnandra", PIN)
    desk.held("pnandra").sign(b"words")  # signing off does not lock what was unlocked


def test_locked_desk_signs_nothing_by_a_key_it_gave_before(desk: DeskKeys) -> None:
    signer = desk.unlock("pnandra", PIN)
    desk.lock("pnandra")
    with pytest.raises(NotAllowedError, match=r"card is locked.*Type its PIN"):
        signer.sign(b"words")


def test_card_that_locked_itself_says_so_and_whom_to_ask(
    desk: DeskKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SoftHSM never locks a token; a card does, and says it by this."""
    import pkcs11

    class Locked:
        flags = pkcs11.TokenFlag.USER_PIN_LOCKED

        def open(self, **_: object) -> None:
            raise pkcs11.PinLocked

    monkeypatch.setattr(card, "_token", lambda _: Locked())
    with pytest.raises(NotAllowedError, match=r"locked itself.*Nothing was done.*PUK"):
        desk.signer("pnandra", PIN)


def test_card_pulled_out_is_said_to_be_gone_while_signing_and_after(
    reader: Reader, drawer: Drawer, clock: Clock
) -> None:
    place = reader.put_in("Ruth's card")
    keys = DeskKeys(drawer, now=clock, stretch=QUICK)
    keys.enrol("rosei", PIN, name="Ruth Osei", place=place)
    signer: Signer = keys.unlock("rosei", PIN)
    signer.sign(b"words")
    reader.pull_out(place)
    for ask in (lambda: signer.sign(b"words"), lambda: keys.signer("rosei", PIN)):
        with pytest.raises(
            (NotReadyError, NotAllowedError), match=r"not in its reader.*Nothing was done"
        ):
            ask()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"token": "No such card"}, "not in its reader"),
        ({"module": "/nowhere/opensc-pkcs11.so"}, "is not on this computer"),
        ({"key": "Another"}, "holds no key called Another"),
    ],
)
def test_card_that_is_not_there_is_said_to_be_so(
    desk: DeskKeys, place: CardPlace, changed: dict[str, Any], words: str
) -> None:
    desk.move_card("pnandra", replace(place, **changed))
    with pytest.raises(NotReadyError, match=words):
        desk.signer("pnandra", PIN)
    desk.move_card("pnandra", place)
    assert desk.signer("pnandra", PIN).sign(b"words")
    with pytest.raises(NotFoundError, match="not on a card"):
        desk.move_card("rosei", place)


def test_card_with_another_key_is_not_taken_for_the_persons(
    desk: DeskKeys, place: CardPlace
) -> None:
    other = replace(place, key="Other")
    card.key_on(other, PIN)
    desk.move_card("pnandra", other)
    with pytest.raises(NotAllowedError, match="holds another key"):
        desk.signer("pnandra", PIN)


def test_changing_the_pin_changes_the_cards(reader: Reader, drawer: Drawer, clock: Clock) -> None:
    place = reader.put_in("Tom's card")
    keys = DeskKeys(drawer, now=clock, stretch=QUICK)
    jwk = keys.enrol("tbell", PIN, name="Tom Bell", place=place)
    keys.change_pin("tbell", PIN, "271828")
    with pytest.raises(NotAllowedError):
        keys.signer("tbell", PIN)
    clock.pass_by(timedelta(minutes=1))
    assert keys.signer("tbell", "271828").kid == jwk["kid"]
