"""Packs drawn in a process of their own: the same packs, and a process that may die."""

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import IO, Any

import pytest

from tests.export.pack_family import COPIES, SEAL, rowe_decision
from tests.export.pack_family import profile as their_profile
from triage.domain.errors import NotReadyError
from triage.export.pack import PackFile, build_pack
from triage.intake import apart
from triage.workflow import pack_process
from triage.workflow.pack_process import DrawingError, draw_pack

PRINTED = datetime(2026, 11, 24, 13, 5, tzinfo=UTC)


def rowe(build: Callable[..., PackFile], **other: Any) -> PackFile:
    told = {
        "version": rowe_decision(),
        "copy": COPIES[1],
        "profile": their_profile(),
        "printed_at": PRINTED,
        "copies": COPIES,
        "seal": SEAL,
        "verify_text": "Scan it.",
    }
    return build(**{**told, **other})


def pid() -> int:
    process = pack_process._DRAWING._process
    assert process is not None
    return process.pid


@pytest.mark.parametrize("copy", [*COPIES, replace(COPIES[2], large_print=True)])
def test_a_pack_drawn_apart_is_the_one_drawn_here(copy: object) -> None:
    there = rowe(draw_pack, copy=copy)
    assert there == rowe(build_pack, copy=copy)
    assert there.pdf.startswith(b"%PDF")
    assert pid() != os.getpid()


def test_what_draws_may_die_and_says_so_and_the_next_pack_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rowe(draw_pack)
    before, waits = pid(), apart._receive

    def killed(stream: IO[bytes]) -> bytes | None:
        os.kill(pid(), signal.SIGKILL)
        return waits(stream)

    monkeypatch.setattr(apart, "_receive", killed)
    with pytest.raises(NotReadyError, match="Nothing was printed or saved"):
        rowe(draw_pack)
    monkeypatch.undo()
    assert rowe(draw_pack).pages == 4
    assert pid() != before


def test_a_fault_of_the_program_says_where_and_nothing_of_the_family() -> None:
    rowe(draw_pack)
    before = pid()
    with pytest.raises(DrawingError, match=r"in the drawing process") as told:
        rowe(draw_pack, version=replace(rowe_decision(), people=("Maya Rowe",)))
    assert "pack" in str(told.value)
    assert "Maya" not in str(told.value)
    rowe(draw_pack)
    assert pid() == before


def test_packs_asked_for_at_once_are_each_their_own() -> None:
    drawn: dict[int, PackFile] = {}

    def draw(at: int) -> None:
        drawn[at] = rowe(draw_pack, copy=COPIES[at])

    threads = [threading.Thread(target=draw, args=(at,)) for at in range(len(COPIES))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == {at: rowe(build_pack, copy=COPIES[at]) for at in range(len(COPIES))}
