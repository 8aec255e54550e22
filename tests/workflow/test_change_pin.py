"""Changing one's PIN: there is always one that opens, and the trail has the change once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests import factory
from tests.export.conftest import QUICK
from tests.softhsm import PIN, Reader
from tests.softhsm import reader as reader  # a fixture for whoever asks
from tests.workflow.conftest import Front
from triage.domain.errors import NotAllowedError, NotReadyError, UnreachableError
from triage.export.keys import DeskKeys, Vault
from triage.storage.engine import Store, Transaction
from triage.storage.secrets import FileVault
from triage.workflow import people, sign
from triage.workflow.desk import Desk

OLD, NEW = "1111", "8391"


class Killed(BaseException):
    """What the program is stopped with: nothing of it runs on."""


class Mortal:
    """A vault whose program dies at the nth change, before it or just after."""

    def __init__(self, vault: Vault, at: int, *, after: bool) -> None:
        self._vault, self._left, self._after = vault, at, after

    def get(self, name: str, /) -> bytes | None:
        return self._vault.get(name)

    def put(self, name: str, value: bytes, /) -> None:
        self._change(lambda: self._vault.put(name, value))

    def delete(self, name: str, /) -> None:
        self._change(lambda: self._vault.delete(name))

    def _change(self, change: Any) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        change()
        if self._left == 0:
            raise Killed


def _told(front: Front) -> list[str]:
    changes = [json.loads(e.detail) for e in front.events() if e.kind == "worker.pin_changed"]
    return [c["changed"] for c in changes]


def _opens(folder: Path, front: Front, pin: str) -> bool:
    try:
        DeskKeys(FileVault(folder), now=front.watch, stretch=QUICK).signer("rosei", pin)
    except NotAllowedError:
        return False
    return True


def test_program_killed_at_any_step_leaves_one_pin_and_the_trail_has_it_once(
    front: Front, tmp_path: Path
) -> None:
    new_ones = 0
    for step in range(1, 20):
        for after in (False, True):
            folder = tmp_path / f"{step}{after}"
            factory.keys(folder, front.watch, factory.RUTH)
            vault = Mortal(FileVault(folder), step, after=after)
            desk = replace(front.desk, signer=DeskKeys(vault, now=front.watch, stretch=QUICK))
            before = len(_told(front))
            try:
                people.change_pin(desk, OLD, NEW)
            except Killed:
                finished = False
            else:
                finished = True
            working = [pin for pin in (OLD, NEW) if _opens(folder, front, pin)]
            assert len(working) == 1, (step, after)
            again = replace(
                front.desk, signer=DeskKeys(FileVault(folder), now=front.watch, stretch=QUICK)
            )
            people.switch(again, "rosei", working[0])
            people.switch(again, "rosei", working[0])
            changed = working == [NEW]
            assert len(_told(front)) - before == changed, (step, after)
            assert again.signer.untold("rosei") == ""
            new_ones += changed and not finished
            front.watch.move(minutes=1)
        if finished:
            break
    assert step > 3, "it was not killed within"
    assert new_ones > 1, "it was never killed between the two"


def test_pin_that_is_wrong_weak_or_the_same_changes_nothing(front: Front) -> None:
    desk = front.ruth
    for new, words in ((OLD, "is the old one"), ("1234", "in a row"), ("osei", "Your name")):
        with pytest.raises(NotReadyError, match=f"{words}.*Nothing was changed"):
            people.change_pin(desk, OLD, new)
    assert "worker.refused" not in front.kinds()
    with pytest.raises(NotAllowedError, match="not your PIN"):
        people.change_pin(desk, "0000", NEW)
    assert front.kinds()[-1] == "worker.refused"
    people.revoke_key(front.priya, "rosei", "Lost")
    with pytest.raises(NotAllowedError, match="key was revoked"):
        people.change_pin(desk, OLD, NEW)
    assert not _told(front)
    assert desk.signer.signer("rosei", OLD)


def test_wrong_pins_while_changing_count_with_those_while_signing(front: Front) -> None:
    desk, version = front.priya, front.proposed()
    for _ in range(3):
        with pytest.raises(NotAllowedError):
            people.change_pin(desk, "0000", NEW)
    for _ in range(2):
        with pytest.raises(NotAllowedError):
            sign.approve(desk, version.id, pin="0000")
    assert front.kinds().count("worker.refused") == 5
    with pytest.raises(NotAllowedError, match="Try again in 30 seconds"):
        people.change_pin(desk, "2222", NEW)


class _Away:
    """A hub that goes away: at once, or once it was asked."""

    def __init__(self, store: Store, *, at_once: bool) -> None:
        self._store, self._at_once = store, at_once

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        if self._at_once:
            raise UnreachableError("The hub does not answer.")
        with self._store.read() as tx:
            yield tx

    def write(self) -> Any:
        raise UnreachableError("The hub does not answer.")


def _away(desk: Desk, *, at_once: bool) -> Desk:
    return replace(desk, store=cast(Store, _Away(desk.store, at_once=at_once)))


def test_hub_that_is_away_leaves_the_pin_and_one_that_goes_gets_the_event_later(
    front: Front,
) -> None:
    desk = front.ruth
    with pytest.raises(UnreachableError):
        people.change_pin(_away(desk, at_once=True), OLD, NEW)
    assert desk.signer.signer("rosei", OLD)
    people.change_pin(_away(desk, at_once=False), OLD, NEW)
    assert desk.signer.signer("rosei", NEW)
    assert not _told(front)
    people.switch(front.desk, "rosei", NEW)
    assert len(_told(front)) == 1


def test_cards_own_pin_is_changed_and_the_session_goes_on(front: Front, reader: Reader) -> None:
    place = reader.put_in("Ruth's new card")
    people.enrol(front.priya, factory.RUTH, PIN, place=place)
    desk = people.switch(front.desk, "rosei", PIN)
    assert people.card_of(desk) == "Ruth's new card"
    with pytest.raises(NotReadyError, match="does not take that as its new PIN"):
        people.change_pin(desk, PIN, "739" * 100)
    assert desk.signer.untold("rosei") == ""
    with pytest.raises(NotAllowedError, match="does not take that PIN"):
        people.change_pin(desk, "0000", "739468")
    people.switch(front.desk, "rosei", PIN)
    people.change_pin(desk, PIN, "739468")
    assert desk.signer.held("rosei").sign(b"words")
    assert json.loads(front.events()[-1].detail)["card"] is True
    with pytest.raises(NotAllowedError, match="does not take that PIN"):
        people.switch(front.desk, "rosei", PIN)
