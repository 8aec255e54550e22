"""Keys: one a person, wrapped by their PIN, with waits after wrong ones."""

import json
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey

from tests.conftest import Cost
from tests.export.conftest import QUICK, Clock, Drawer
from triage.domain.errors import NotAllowedError, NotFoundError, SecretsError
from triage.export import keys as desk_keys
from triage.export.keys import FREE_TRIES, DeskKeys, thumbprint


def test_right_pin_unlocks_a_key_that_signs_for_its_public_half(keys: DeskKeys) -> None:
    signer = keys.signer("rosei", "1111")
    public = ECKey.import_key(keys.public("rosei")).public_key
    public.verify(signer.sign_der(b"words"), b"words", ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(signer.sign_der(b"words"), b"other words", ec.ECDSA(SHA256()))


def test_kid_is_the_thumbprint_that_other_tools_work_out(keys: DeskKeys) -> None:
    jwk = keys.public("rosei")
    assert jwk["kid"] == thumbprint(jwk) == ECKey.import_key(jwk).thumbprint()


def test_trust_list_holds_no_private_part(keys: DeskKeys) -> None:
    assert all("d" not in jwk for jwk in keys.jwks()["keys"])
    assert {jwk["worker"] for jwk in keys.jwks()["keys"]} == {"rosei", "pnandra"}


def test_vault_never_holds_the_pin_or_the_bare_key(keys: DeskKeys, drawer: Drawer) -> None:
    signer = keys.signer("rosei", "1111")
    secret = signer.private_key.private_numbers().private_value.to_bytes(32, "big")
    for kept in drawer.kept.values():
        assert secret not in kept
        assert signer.private_der() not in kept


def test_entries_are_small_enough_for_the_smallest_system_vault(
    keys: DeskKeys, drawer: Drawer
) -> None:
    assert max(len(kept) for kept in drawer.kept.values()) < 2500


def test_wrong_pin_says_so_and_how_many_tries_are_left(keys: DeskKeys) -> None:
    with pytest.raises(NotAllowedError, match=r"not your PIN.*Nothing was done.*4 more tries"):
        keys.signer("rosei", "0000")


def test_another_persons_pin_does_not_open_a_key(keys: DeskKeys) -> None:
    with pytest.raises(NotAllowedError):
        keys.signer("rosei", "2222")


def _wrong_until_a_wait(keys: DeskKeys) -> None:
    for _ in range(FREE_TRIES):
        with pytest.raises(NotAllowedError):
            keys.signer("rosei", "0000")


def test_waits_grow_after_five_wrong_pins_and_the_right_one_must_wait_too(
    keys: DeskKeys, clock: Clock
) -> None:
    _wrong_until_a_wait(keys)
    with pytest.raises(NotAllowedError, match="Try again in 30 seconds"):
        keys.signer("rosei", "1111")
    clock.pass_by(timedelta(seconds=30))
    with pytest.raises(NotAllowedError, match="Try again in 60 seconds"):
        keys.signer("rosei", "0000")
    clock.pass_by(timedelta(seconds=59))
    with pytest.raises(NotAllowedError, match="Try again in 1 second"):
        keys.signer("rosei", "1111")
    clock.pass_by(timedelta(seconds=1))
    assert keys.signer("rosei", "1111").worker_id == "rosei"


def test_clock_put_back_keeps_nobody_waiting_longer_than_the_longest_wait(
    keys: DeskKeys, clock: Clock
) -> None:
    clock.pass_by(timedelta(days=400))
    _wrong_until_a_wait(keys)
    clock.pass_by(-timedelta(days=400))
    with pytest.raises(NotAllowedError, match="Try again in 60 minutes"):
        keys.signer("rosei", "1111")
    clock.pass_by(timedelta(minutes=59))
    with pytest.raises(NotAllowedError, match="Try again in 60 seconds"):
        keys.signer("rosei", "1111")
    clock.pass_by(timedelta(minutes=1))
    assert keys.signer("rosei", "1111").worker_id == "rosei"


def test_wait_outlives_a_restart(keys: DeskKeys, drawer: Drawer, clock: Clock) -> None:
    _wrong_until_a_wait(keys)
    with pytest.raises(NotAllowedError, match="Try again"):
        DeskKeys(drawer, now=clock, stretch=QUICK).signer("rosei", "1111")


class Together:
    """A vault in which two who read how often the PIN was wrong meet, if they can."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer, self._both = drawer, Barrier(2)
        self.put, self.delete = drawer.put, drawer.delete

    def get(self, name: str, /) -> bytes | None:
        found = self._drawer.get(name)
        if name.startswith("tries."):
            with suppress(BrokenBarrierError):
                self._both.wait(timeout=0.3)
        return found


def test_two_guesses_that_read_the_count_at_once_are_both_counted(
    keys: DeskKeys, drawer: Drawer, clock: Clock
) -> None:
    desk = DeskKeys(Together(drawer), now=clock, stretch=QUICK)

    def guess(pin: str) -> None:
        with suppress(NotAllowedError):
            desk.signer("rosei", pin)

    both = [Thread(target=guess, args=(pin,)) for pin in ("0000", "0001")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert json.loads(drawer.kept["tries.rosei"])["wrong"] == 2


def test_one_persons_wrong_pins_do_not_keep_another_waiting(keys: DeskKeys) -> None:
    _wrong_until_a_wait(keys)
    assert keys.signer("pnandra", "2222").worker_id == "pnandra"


def test_right_pin_forgives_the_wrong_ones_before(keys: DeskKeys, drawer: Drawer) -> None:
    with pytest.raises(NotAllowedError):
        keys.signer("rosei", "0000")
    keys.signer("rosei", "1111")
    assert "tries.rosei" not in drawer.kept


def test_key_is_held_for_the_session_only_after_unlocking(keys: DeskKeys) -> None:
    with pytest.raises(NotAllowedError, match="Type your PIN"):
        keys.held("rosei")
    keys.unlock("rosei", "1111")
    assert keys.held("rosei").worker_id == "rosei"
    keys.lock()
    with pytest.raises(NotAllowedError):
        keys.held("rosei")


def test_new_key_leaves_the_old_public_one_in_the_trust_list(keys: DeskKeys) -> None:
    before = keys.public("rosei")
    keys.enrol("rosei", "9999", name="Ruth Osei")
    assert before in keys.jwks()["keys"]
    assert keys.public("rosei")["kid"] != before["kid"]
    assert keys.signer("rosei", "9999").kid == keys.public("rosei")["kid"]


def test_changed_pin_opens_the_same_key(keys: DeskKeys) -> None:
    kid = keys.public("rosei")["kid"]
    keys.change_pin("rosei", "1111", "1357")
    assert keys.signer("rosei", "1357").kid == kid
    with pytest.raises(NotAllowedError):
        keys.signer("rosei", "1111")


def test_short_pin_is_refused_before_anything_is_kept(drawer: Drawer) -> None:
    with pytest.raises(NotAllowedError, match="at least 4"):
        DeskKeys(drawer, stretch=QUICK).enrol("tbell", "12")
    assert drawer.kept == {}


def test_somebody_not_enrolled_has_no_key(keys: DeskKeys) -> None:
    assert not keys.enrolled("tbell")
    for ask in (keys.public, keys.certificate):
        with pytest.raises(NotFoundError, match="enrol"):
            ask("tbell")
    with pytest.raises(NotFoundError):
        keys.signer("tbell", "3333")


def test_spoilt_vault_entry_is_said_to_be_so(keys: DeskKeys, drawer: Drawer) -> None:
    drawer.put("key.rosei", b"{")
    with pytest.raises(SecretsError, match="can't be read"):
        keys.signer("rosei", "1111")


def test_key_moved_under_another_name_does_not_open(keys: DeskKeys, drawer: Drawer) -> None:
    drawer.put("key.rosei", drawer.kept["key.pnandra"])
    with pytest.raises(NotAllowedError):
        keys.signer("rosei", "2222")


def test_certificate_is_the_persons_and_may_sign_documents(keys: DeskKeys) -> None:
    found = x509.load_der_x509_certificate(keys.certificate("pnandra"))
    assert "Priya Nandra" in found.subject.rfc4514_string()
    assert "Northmere MASH" in found.subject.rfc4514_string()
    usage = found.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    numbers = found.public_key().public_numbers()  # type: ignore[union-attr]
    signer = keys.signer("pnandra", "2222")
    assert numbers == signer.private_key.public_key().public_numbers()


def test_cost_of_a_guess_is_kept_with_the_key(keys: DeskKeys, drawer: Drawer) -> None:
    kept = json.loads(drawer.kept["key.rosei"])
    assert kept["cost"] == [QUICK.iterations, QUICK.memory_kib, QUICK.lanes]
    assert DeskKeys(drawer).signer("rosei", "1111").worker_id == "rosei"


def test_guess_at_a_pin_costs_what_rfc_9106_says(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch, cost_at_a_desk: Cost
) -> None:
    monkeypatch.setattr(desk_keys, "AT_A_DESK", cost_at_a_desk.pin)
    DeskKeys(drawer).enrol("rosei", "1111")
    assert json.loads(drawer.kept["key.rosei"])["cost"] == [3, 65536, 4]
    assert DeskKeys(drawer).signer("rosei", "1111").worker_id == "rosei"


def test_guesses_made_side_by_side_are_each_counted(
    keys: DeskKeys, drawer: Drawer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another window begins a guess while this one's is still being stretched."""
    unwrap = DeskKeys._unwrap
    deeper = iter(("0002", "0003", "0004"))

    def slowly(self: DeskKeys, worker_id: str, pin: str) -> object:
        if (guess := next(deeper, None)) is not None:
            other = DeskKeys(drawer, now=clock, stretch=QUICK)
            with pytest.raises(NotAllowedError):
                other.signer(worker_id, guess)
        return unwrap(self, worker_id, pin)

    monkeypatch.setattr(DeskKeys, "_unwrap", slowly)
    with pytest.raises(NotAllowedError):
        keys.signer("rosei", "0001")
    with pytest.raises(NotAllowedError, match="wrong 5 times"):
        keys.signer("rosei", "0005")
