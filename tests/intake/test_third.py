"""The reader against files of two more hands, which it met after it was made."""

from pathlib import Path

import pytest

from tests.intake.test_inbound import rates, score

FILES = Path(__file__).parent / "third" / "files"


@pytest.mark.parametrize(
    ("group", "recall"),
    [pytest.param(("f",), 0.95, id="forms"), pytest.param(("l",), 0.75, id="letters")],
)
def test_strange_layouts_are_read_to_the_aims(
    group: tuple[str, ...], recall: float, tmp_path: Path
) -> None:
    figures = score(FILES, tmp_path, group)
    found, true = rates(figures)
    assert found >= recall
    assert true >= 0.98
    assert figures["nothing_lost"]["absent"] == []
    assert figures["confusion"] == {}


def test_machines_and_replies_of_strangers_are_known_for_what_they_are(tmp_path: Path) -> None:
    figures = score(FILES, tmp_path, ("u",))
    assert figures["confusion"] == {}
    assert figures["invented_total"] == 0
