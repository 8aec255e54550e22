"""Name families: forms of one name are related, names beside each other on two lines are not."""

from pathlib import Path

import pytest

from matching.errors import NameDataError
from matching.name_files import shipped_folder
from matching.names import read_variants, shipped_variants


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("margaret", "maggie"), ("margaret", "peggy"), ("elizabeth", "beth"),
        ("muhammad", "mohammed"), ("muhammad", "md"), ("katarzyna", "kasia"),
        ("siobhan", "chevonne"), ("hussain", "husayn"), ("oluwaseun", "seun"),
        ("alexandru", "sandu"), ("yusuf", "joseph"), ("mcdonald", "macdonald"),
    ],
)  # fmt: skip
def test_forms_of_one_name_are_related_both_ways(left: str, right: str) -> None:
    variants = shipped_variants()
    assert variants.related(left, right)
    assert variants.related(right, left)


def test_lines_are_not_chained() -> None:
    variants = shipped_variants()
    assert variants.related("alexander", "sandy")
    assert variants.related("alexandra", "sandy")
    assert not variants.related("arthur", "alexandra")


def test_no_name_is_a_form_of_itself() -> None:
    variants = shipped_variants()
    assert not any(variants.related(n, n) for n in ("maya", "muhammad", "margaret"))


def test_names_a_letter_apart_are_known_as_two_names() -> None:
    assert all(shipped_variants().known(name) for name in ("luca", "lucas", "amir", "amira"))
    assert not shipped_variants().known("lucsa")


def test_a_hub_adds_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "nicknames.csv").write_text("name,variants\nzephyrine,zeph zippy\n")
    own = read_variants(shipped_folder(), tmp_path)
    assert own.related("zephyrine", "zippy")
    assert own.related("margaret", "maggie")


def test_a_file_with_other_columns_or_an_empty_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nicknames.csv").write_text("formal,short\na,b\n")
    with pytest.raises(NameDataError, match="needs the columns name and variants"):
        read_variants(tmp_path)
    (tmp_path / "nicknames.csv").write_text("name,variants\nmargaret,maggie\nelizabeth,\n")
    with pytest.raises(NameDataError, match="line 3"):
        read_variants(tmp_path)
