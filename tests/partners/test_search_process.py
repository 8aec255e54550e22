"""The people search in a process of its own: the same answers, and no answer is lost with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matching import Person
from tests import factory
from tests.partners.test_extracts import MAPPING, NOW, PEOPLE, put, sealed
from tests.partners.test_kept_index import CARLA, OWN_WEIGHTS, weight_of
from triage.beside import LOWER
from triage.domain.errors import NotFoundError
from triage.partners.extracts import OWN, Extracts
from triage.partners.sealing import Sealing
from triage.partners.search_process import SearchProcess, Setup, _GoneError

ZOE = Person(id="?", given="Zoe", family="O'Brien", postcode="NM9 1AB")


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[SearchProcess]:
    put(tmp_path, PEOPLE)
    made = SearchProcess(
        Setup(
            mappings=(MAPPING,),
            folder=tmp_path,
            keep=tmp_path / "kept",
            sealing=Sealing(bytes(32)),
        )
    )
    yield made
    made.close()


def process_of(apart: SearchProcess) -> subprocess.Popen[bytes]:
    assert apart._child is not None
    return apart._child._process


def killed(apart: SearchProcess) -> None:
    process = process_of(apart)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_no_process_runs_before_anybody_is_looked_for(apart: SearchProcess) -> None:
    apart.learn(factory.record("C-26-00001/c1", OWN))
    assert apart.partners == (OWN, "housing")
    assert not apart.state("housing").searchable
    assert "has not been read yet" in apart.state("housing").problem
    assert apart._child is None


def test_the_search_has_a_lower_priority_than_the_window(apart: SearchProcess) -> None:
    apart.load_all(NOW)
    here = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process_of(apart).pid) == min(19, here + LOWER)


def test_it_answers_exactly_as_a_search_within_the_program(
    apart: SearchProcess, tmp_path: Path
) -> None:
    within = Extracts([MAPPING], folder=tmp_path, keep=tmp_path / "kept2", **sealed())  # type: ignore[arg-type]
    assert apart.load_all(NOW) == within.load_all(NOW)
    assert apart.state("housing") == within.state("housing")
    found = apart.search(ZOE, "housing")
    assert found
    assert found == within.search(ZOE, "housing")
    assert apart.record("housing", "T2") == within.record("housing", "T2")


def test_the_process_searches_with_the_hubs_own_weights(
    apart: SearchProcess, tmp_path: Path
) -> None:
    setup = replace(apart._setup, weights=OWN_WEIGHTS)
    own = SearchProcess(setup)
    try:
        for searching in (apart, own):
            searching.load_all(NOW)
        before, after = (s.search(CARLA, "housing")[0] for s in (apart, own))
    finally:
        own.close()
    assert weight_of(before, "dob") - weight_of(after, "dob") == pytest.approx(3.0)


def test_the_next_search_weighs_by_other_weights_also_when_the_process_was_started_anew(
    apart: SearchProcess,
) -> None:
    apart.load_all(NOW)
    apart.learn(factory.record("C-26-00001/c1", OWN))
    asked = Person(id="?", given="Maya", dob=date(2019, 3, 14))

    def dob() -> tuple[float, float]:
        found = apart.search(CARLA, "housing")[0], apart.search(asked, OWN)[0]
        return weight_of(found[0], "dob"), weight_of(found[1], "dob")

    before = dob()
    apart.weigh_by(OWN_WEIGHTS)
    less = pytest.approx((before[0] - 3.0, before[1] - 3.0))
    assert dob() == less
    apart.load_all(NOW)
    assert dob() == less
    killed(apart)
    assert dob() == less
    apart.weigh_by("")
    assert dob() == before


def test_what_is_learnt_is_found_and_what_is_forgotten_is_not(apart: SearchProcess) -> None:
    before, after = factory.record("C-26-00001/c1", OWN), factory.record("C-26-00002/c1", OWN)
    maya = Person(id="?", given="Maya", family="Rowe", nhs_number="9990142276")
    apart.learn(before)
    assert [c.record for c in apart.search(maya, OWN)] == [before]
    apart.learn(after)
    apart.forget(before.record_id)
    assert [c.record for c in apart.search(maya, OWN)] == [after]


def test_one_that_is_killed_is_started_anew_and_knows_what_it_knew(apart: SearchProcess) -> None:
    apart.load_all(NOW)
    own = replace(factory.record("C-26-00001/c1", OWN), fields={"given": "Zoe", "family": "Obi"})
    apart.learn(own)
    before = apart.search(ZOE, "housing")
    killed(apart)
    assert apart.search(ZOE, "housing") == before
    killed(apart)
    assert [c.record for c in apart.search(ZOE, OWN)] == [own]


def test_a_list_over_which_the_process_ends_is_said_and_not_waited_for(
    apart: SearchProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not apart.state("housing").tried
    monkeypatch.setattr("triage.partners.search_process._Child.ask", _gone)
    (state,) = apart.load_all(NOW)
    assert (state.searchable, state.tried) == (False, True)
    assert state.problem
    assert apart.state("housing") == state


def _gone(*_: object) -> None:
    raise _GoneError


def test_a_search_that_nothing_is_held_for_says_so(apart: SearchProcess) -> None:
    with pytest.raises(NotFoundError, match="has not been read yet"):
        apart.search(ZOE, "housing")


def test_one_that_never_answers_is_ended_and_said(
    apart: SearchProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart.load_all(NOW)
    monkeypatch.setattr("triage.partners.search_process.PATIENCE_S", 0.0)
    with pytest.raises(NotFoundError, match="Contacts can be worked on"):
        apart.search(ZOE, "housing")


def test_it_ends_when_it_is_let_go(apart: SearchProcess) -> None:
    apart.load_all(NOW)
    process = process_of(apart)
    apart.close()
    assert process.poll() is not None
    with pytest.raises(NotFoundError, match="closing"):
        apart.search(ZOE, "housing")


def test_whoever_waits_for_it_is_told_when_it_is_let_go(apart: SearchProcess) -> None:
    apart.load("housing", NOW)
    os.kill(process_of(apart).pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(apart.load, "housing", NOW)
        child = apart._child
        assert child is not None
        while not child._waiting:
            assert not waiting.done()
        apart.close()
        with pytest.raises(NotFoundError, match="closing"):
            waiting.result()


def test_it_ends_by_itself_when_the_program_is_killed() -> None:
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from triage.partners.sealing import Sealing\n"
        "from triage.partners.search_process import SearchProcess, Setup\n"
        "here = Path('.')\n"
        "apart = SearchProcess(Setup(mappings=(), folder=here, keep=here,\n"
        "                            sealing=Sealing(bytes(32))))\n"
        "try: apart.record('hub', 'nobody')\n"
        "except Exception: pass\n"
        "print(apart._child._process.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    other = int(done.stdout)
    # The pipe it reads from is closed with its program; it is gone, or has nothing left to read.
    try:
        while Path(f"/proc/{other}/stat").read_text(encoding="ascii").rpartition(")")[2][1] != "Z":
            os.sched_yield()
    except (FileNotFoundError, ProcessLookupError):
        pass


def test_the_key_is_never_in_what_is_printed_of_it(tmp_path: Path) -> None:
    setup = Setup(mappings=(), folder=tmp_path, keep=tmp_path, sealing=Sealing(b"k" * 32))
    assert "k" * 32 not in repr(setup) + repr(setup.sealing)
