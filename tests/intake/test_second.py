"""The reader against forty-six files in other layouts than those it was made on."""

from pathlib import Path

import pytest

from tests.intake.test_inbound import rates, score

FILES = Path(__file__).parent / "second" / "files"


@pytest.mark.parametrize(
    ("group", "recall"),
    [pytest.param(("s",), 0.95, id="forms"), pytest.param(("t",), 0.75, id="letters")],
)
def test_other_senders_are_read_to_the_aims(
    group: tuple[str, ...], recall: float, tmp_path: Path
) -> None:
    figures = score(FILES, tmp_path, group)
    found, true = rates(figures)
    assert found >= recall
    assert true >= 0.98
    assert figures["nothing_lost"]["absent"] == []
    assert figures["confusion"] == {}


def test_machines_bulletins_and_replies_are_known_for_what_they_are(tmp_path: Path) -> None:
    figures = score(FILES, tmp_path, ("u",))
    assert figures["confusion"] == {}
    assert figures["invented_total"] == 0
