"""What a person chose of sight is there at the next start, and a damaged file does no harm."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.preferences import FILE, Preferences, keep_preferences, read_preferences


@pytest.mark.parametrize("theme", ["light", "dark", "highContrast", "system"])
def test_what_was_chosen_is_read_back(tmp_path: Path, theme: str) -> None:
    chosen = Preferences(theme=theme, text_scale=1.3)
    keep_preferences(tmp_path, chosen)
    assert read_preferences(tmp_path) == chosen


def test_nothing_chosen_is_the_standard(tmp_path: Path) -> None:
    assert read_preferences(tmp_path / "nowhere") == Preferences()


@given(st.binary(max_size=60))
def test_a_damaged_file_gives_the_standard(damage: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(damage)
        assert read_preferences(Path(folder)).text_scale in (1.0, 1.15, 1.3, 1.5)


def test_an_unknown_theme_or_size_gives_the_standard(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"theme": "pink", "text_scale": 9}', encoding="utf-8")
    assert read_preferences(tmp_path) == Preferences()
