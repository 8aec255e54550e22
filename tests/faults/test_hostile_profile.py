"""A profile made to hurt: each of its files is read or refused in a sentence, within seconds. And
nothing that comes from outside is ever written into one."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from click.testing import CliRunner

from tests.factory import NORTHMERE, NOW
from tests.test_cli_hub import WORDS
from triage.cli import main
from triage.domain.errors import ProfileError
from triage.workflow.profile_files import LARGEST, LARGEST_LIST, LONGEST_LINE
from triage.workflow.profiles import load_profile

FULL = LARGEST - 15_000
"""As much as fits beside what the file holds."""


def filled(line: str) -> str:
    """As many different lines as may be in one file; # is the line's number."""
    made = (line.replace("#", str(n)) for n in range(FULL // (len(line) + 5)))
    return "\n".join(made)


def dots(room: int) -> str:
    return ".".join("a" * (room // 2))


REFUSED = {
    "larger than any": "# " + "x" * LARGEST,
    "a long line": "x = '" + "x" * LONGEST_LINE + "'",
    "an open table and spaces": "[" + " " * (LONGEST_LINE - 1),
    "open tables and spaces": "[[" + " " * (LONGEST_LINE - 2),
    "many of them": "\n".join(["[[" + " " * 1900 + "#"] * (FULL // 1910)),
    "quotes": '"' * LONGEST_LINE,
    "dotted keys": f"{dots(LONGEST_LINE - 100)} = 1",
    "many dotted keys": filled(f"b#.{dots(LONGEST_LINE - 100)} = 1"),
    "many dotted tables": filled(f"[b#.{dots(LONGEST_LINE - 100)}]"),
    "many keys": filled("k# = 1"),
    "many tables": filled("[[agency]] # #"),
    "tables in tables": "x = " + "{a = " * 400 + "1" + "}" * 400,
    "lists in lists": "x = " + "[" * 900 + "]" * 900,
    "lists in lists, line by line": "x = " + "[\n" * 40_000,
    "a number of many figures": "x = " + "9" * (LONGEST_LINE - 100),
    "a number of more": "x = [\n" + "9" * 1900 + ",\n" + "9" * 1900 + "]",
    "a hexadecimal one": "x = 0x" + "f" * (LONGEST_LINE - 100),
    "a day there is not": "x = 9999-99-99",
    "a key given twice": 'hub = "A"\nhub = "B"',
    "a table given twice": "[oversight]\n[oversight]",
    "another file": 'include = "../../other.toml"',
    "parts of the program": 'model_config = {}\n__class__ = "x"',
    "half a letter": 'hub = "\\ud800"',
    "a sign of no width": 'x = "\u202e\u0000"',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(NORTHMERE, tmp_path / "northmere"))


def refused(folder: Path, seconds: float = 12) -> tuple[str, ...]:
    begun = process_time()
    with pytest.raises(ProfileError) as found:
        load_profile(folder, today=NOW.date())
    assert process_time() - begun < seconds
    assert len(found.value.faults) < 100
    assert all(len(said) < 400 and "Traceback" not in said for said in found.value.faults)
    return found.value.faults


@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_whatever_stands_in_a_file_is_refused_in_a_sentence_with_its_line(
    folder: Path, words: str
) -> None:
    whole = (folder / "profile.toml").read_text(encoding="utf-8")
    (folder / "profile.toml").write_text(f"{words}\n{whole}", encoding="utf-8")
    assert any(said.startswith("profile.toml, line ") for said in refused(folder))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (("form.toml", 'codes = "raises"'), 'codes = "../../../etc/passwd"'),
        (("form.toml", 'guidance = "rating"'), 'guidance = "../../../etc/passwd"'),
        (("extracts.toml", "[[extract]]"), '[[extract]]\ninclude = "../x"\n'),
        (("clocks.toml", "amount = 4"), "amount = { a = 1 }"),
        (("clocks.toml", "amount = 4"), "amount = nan"),
        (("clocks.toml", "amount = 4"), "amount = [4]"),
    ],
)
def test_path_or_value_of_another_kind_is_refused_where_it_stands(
    folder: Path, setting: tuple[str, str], said: str
) -> None:
    name, old = setting
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, said, 1), encoding="utf-8")
    assert any(fault.startswith(name) and "line" in fault for fault in refused(folder))


NUMBERS = [
    (path.name, line)
    for path in sorted(NORTHMERE.glob("*.toml"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if re.fullmatch(r"[a-z_]+ = [0-9.]+( *#.*)?", line)
]


@pytest.mark.parametrize("number", ["inf", "1e30", "9" * 30, "-1"])
def test_number_that_no_clock_can_count_is_refused_in_every_setting(
    folder: Path, number: str
) -> None:
    for name, line in NUMBERS:
        whole = (folder / name).read_text(encoding="utf-8")
        said = f"{line.split('=')[0]} = {number}"
        (folder / name).write_text(whole.replace(line, said, 1), encoding="utf-8")
        assert any(fault.startswith(name) for fault in refused(folder)), line
        (folder / name).write_text(whole, encoding="utf-8")


LISTS: dict[str, Callable[[], str]] = {
    "larger than any": lambda: "code,label\n" + "x" * LARGEST_LIST,
    "a field without end": lambda: 'code,label\na,"' + "x" * 200_000,
    "a sign of nothing": lambda: "code,label\na,\0\n",
    "more columns than heads": lambda: "code,label\na,A" + ",x" * 10_000 + "\n",
    "the same again and again": lambda: "code,label\n" + "a,A\n" * 400_000,
    "each below another": lambda: "code,label,parent\n" + "".join(
        f"{n},A,p{n}\n" for n in range(60_000)
    ),
}  # fmt: skip


@pytest.mark.parametrize("made", LISTS.values(), ids=LISTS)
def test_code_list_made_to_hurt_is_refused_in_a_sentence(
    folder: Path, made: Callable[[], str]
) -> None:
    (folder / "codes" / "made.csv").write_text(made(), encoding="utf-8")
    assert any(said.startswith("codes/made.csv, line ") for said in refused(folder))


def test_name_given_on_the_command_line_is_kept_as_words_and_written_into_no_setting(
    tmp_path: Path,
) -> None:
    name = 'Jo"\n[[rating]]\ncode = "owned"\n# \\u0022 = [['
    data = tmp_path / "data"
    given = ["--id", "jo", "--name", name, "--job", name, "--role", "team_leader"]
    before = {p: p.read_bytes() for p in NORTHMERE.rglob("*") if p.is_file()}
    made = CliRunner().invoke(
        main,
        ["desk", "create", *given, "--passphrase", "--data", str(data)],
        input=2 * WORDS + "4711\n4711\n",
    )
    assert made.exit_code == 0, made.output
    kept = data / "profile"  # the last good copy
    settings = list(data.rglob("*.toml"))
    assert all(p.read_bytes() == before[NORTHMERE / p.relative_to(kept)] for p in settings)
    assert all(b"owned" not in p.read_bytes() for p in data.rglob("*") if p.is_file())
    assert before == {p: p.read_bytes() for p in NORTHMERE.rglob("*") if p.is_file()}
