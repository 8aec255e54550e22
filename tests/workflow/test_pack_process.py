"""Packs drawn in a process of their own: the same packs, and a process that may die."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pytest

from tests import factory
from tests.export.pack_family import COPIES, SEAL, rowe_decision
from tests.export.pack_family import profile as their_profile
from triage.domain.errors import NotReadyError
from triage.export.pack import PackFile, build_pack
from triage.export.pack_signing import verify_pack
from triage.intake import apart
from triage.workflow import pack_process
from triage.workflow.pack_process import DrawingError, draw_pack, sign_pack

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


def test_a_pack_is_signed_by_a_key_that_never_leaves_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = factory.keys(tmp_path, factory.Watch(), factory.RUTH)
    signer = keys.unlock("rosei", factory.PINS["rosei"])
    drawn = rowe(draw_pack).pdf
    sent: list[bytes] = []
    sends = apart._send

    def noted(stream: IO[bytes], data: bytes) -> None:
        sent.append(data)
        sends(stream, data)

    monkeypatch.setattr(apart, "_send", noted)
    signed = sign_pack(drawn, signer, factory.NOW)
    assert signed.startswith(drawn)
    assert verify_pack(signed, keys.jwks()).name == "Ruth Osei"
    secret = signer.private_key.private_numbers().private_value.to_bytes(32, "big")
    assert sent
    assert all(secret not in data for data in sent)


def test_what_draws_and_signs_is_not_imported_beside_the_window() -> None:
    asked = (
        "import sys; import triage.workflow.pack;"
        "print([m for m in ('reportlab', 'pyhanko', 'asn1crypto') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
