"""The list of what is tried names tests that are there."""

import re
from pathlib import Path

from tests.faults import TRIED

TESTS = Path(__file__).parents[1]


def test_every_part_of_the_promise_names_a_test_that_is_there() -> None:
    gone = []
    for part, where in TRIED.items():
        file, name = where.split(": ")
        there = re.findall(r"^def test_(\w+)", (TESTS / file).read_text(encoding="utf-8"), re.M)
        if sum(test.startswith(name) for test in there) != 1:
            gone.append(part)
    assert gone == []
