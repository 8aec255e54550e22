"""Name families: forms of one name are related, names beside each other on two lines are not."""

from pathlib import Path

import pytest

from matching import Person, score
from matching.errors import NameDataError
from matching.letters import fold
from matching.name_comparison import name_level
from matching.name_files import shipped_folder
from matching.name_forms import sound_form, written_form
from matching.names import add_names, read_variants, shipped_variants


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


def test_a_name_and_its_translations_are_one_but_two_translations_are_two() -> None:
    variants = shipped_variants()
    assert variants.related("john", "sean")
    assert variants.related("ian", "john")
    assert not variants.related("sean", "ian")


def test_family_names_a_letter_apart_are_known_as_two_names() -> None:
    known = shipped_variants().known_family
    assert all(known(name) for name in ("barker", "parker", "nowicka", "nowacki"))
    assert not known("bakrer")


def test_what_only_women_or_only_men_bear_is_known() -> None:
    assert [shipped_variants().borne_by(n) for n in ("kaur", "singh", "haji")] == ["F", "M", ""]


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


def test_a_line_that_holds_no_name_is_refused_with_its_number(tmp_path: Path) -> None:
    (tmp_path / "given.csv").write_text("name\nmaya\n123\n")
    with pytest.raises(NameDataError, match=r"given\.csv, line 3"):
        read_variants(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nicknames.csv").write_bytes(b"name,variants\nren\xe9,rene\n")
    with pytest.raises(NameDataError, match="not UTF-8"):
        read_variants(tmp_path)


def test_names_by_faith_or_title_are_known_to_tell_little() -> None:
    variants = shipped_variants()
    assert all(variants.weak(name) for name in ("kaur", "singh", "begum", "bibi", "miah"))
    assert not variants.weak("gill")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("mckenzie", "mackenzie"), ("wojnarska", "wojnarski"), ("petrova", "petrov"),
        ("nibhriain", "obriain"), ("abdelfattah", "abdulfattah"), ("abdirahman", "abdurrahman"),
        ("papadopoulou", "papadopoulos"), ("zelensky", "zelenskyy"), ("alhassan", "hassan"),
    ],
)  # fmt: skip
def test_forms_of_a_name_by_rule_are_one_name(left: str, right: str) -> None:
    assert written_form(left) == written_form(right)
    assert name_level(left, right) == "known variant"


@pytest.mark.parametrize(
    ("left", "right"), [("mack", "mcks"), ("nova", "nov"), ("alba", "ba"), ("abdi", "abdul")]
)
def test_short_names_are_not_cut_by_a_rule(left: str, right: str) -> None:
    assert written_form(left) != written_form(right)


@pytest.mark.parametrize(
    ("left", "right"), [("yevgeny", "evgenii"), ("hamzah", "hamza"), ("sergej", "sergey")]
)
def test_spellings_read_out_alike_share_a_form(left: str, right: str) -> None:
    assert sound_form(left) == sound_form(right)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("محمد حسين", "muhammad hussain"), ("Юлия", "yuliya"), ("রহমান", "rahman"),
        ("ਸਿੰਘ", "singh"), ("प्रिया शर्मा", "priya sharma"), ("லக்ஷ்மி", "lakshmi"),
        ("张伟", "zhang wei"), ("歐陽娜", "ouyang na"), ("ნინო", "nino"), ("김민수", "gim minsu"),
        ("M\u0430ya", "maya"), ("\u200fMaya\u200e", "maya"), ("Ay\u015fe", "ayse"),
    ],
)  # fmt: skip
def test_letters_of_other_scripts_are_spelt_in_english(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_a_religious_name_does_not_deny_a_family_name() -> None:
    gill = Person(id="1", given="Simran", family="Gill")
    kaur = Person(id="2", given="Simran", family="Kaur")
    dhillon = Person(id="3", given="Simran", family="Dhillon")
    assert score(gill, kaur).score > score(gill, dhillon).score


def test_a_hubs_own_names_count_from_then_on(tmp_path: Path) -> None:
    assert add_names(tmp_path) == ()
    assert not shipped_variants().related("northmerina", "merry")
