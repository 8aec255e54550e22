"""House rules that a review would otherwise have to repeat."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("matching", "triage", "ui")
VAGUE = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
MOST_LINES = 600


def sources(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def calls(path: Path) -> tuple[tuple[str, int], ...]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func
            if isinstance(name, ast.Attribute):
                found.append((name.attr, node.lineno))
            elif isinstance(name, ast.Name):
                found.append((name.id, node.lineno))
    return tuple(found)


def test_no_module_is_longer_than_six_hundred_lines() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in sources(*PACKAGES, "tests")
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [p for p in sources(*PACKAGES) if {p.stem, *p.parent.parts} & VAGUE] == []


@pytest.mark.parametrize("forbidden", ["sleep", "processEvents"])
def test_nothing_waits_by_the_clock_or_spins_the_event_loop(forbidden: str) -> None:
    found = [
        f"{p.relative_to(ROOT)}:{line}"
        for p in sources(*PACKAGES)
        for name, line in calls(p)
        if name == forbidden
    ]
    assert found == []


def test_no_dialog_runs_a_loop_of_its_own() -> None:
    found = [
        f"{p.relative_to(ROOT)}:{line}"
        for p in sources("ui")
        for name, line in calls(p)
        if name == "exec" and p.name not in ("app.py", "gallery.py", "tour.py")
    ]
    assert found == []


def test_every_module_and_public_function_says_what_it_promises() -> None:
    silent = []
    for path in sources(*PACKAGES):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(f"{path.relative_to(ROOT)}")
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_test_code_neither_skips_nor_retries_nor_sleeps() -> None:
    forbidden = {"sleep", "skip", "xfail", "skipif", "flaky"}
    found = [
        f"{p.relative_to(ROOT)}:{line} {name}"
        for p in sources("tests")
        for name, line in calls(p)
        if name in forbidden
    ]
    assert found == []


def test_no_day_is_spelt_in_the_language_or_the_zone_of_the_computer() -> None:
    named = re.compile(r"%-?[aAbBp]|%-[dHIjm]")
    found = []
    for path in sources("triage", "ui"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            spelt = (
                isinstance(node, ast.FormattedValue)
                and node.format_spec is not None
                and named.search(ast.unparse(node.format_spec))
            )
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                words = [a.value for a in node.args if isinstance(a, ast.Constant)]
                spelt = node.func.attr == "strftime" and any(named.search(str(w)) for w in words)
                # The bar at the foot of the window shows the time of the computer it is on.
                spelt = spelt or (
                    node.func.attr == "astimezone" and not node.args and path.stem != "status_bar"
                )
            if spelt:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
