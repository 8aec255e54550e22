"""The reader against files of other hands, in other layouts than those it was made on."""

from pathlib import Path

import pytest

from tests.intake.test_inbound import rates, score

SECOND = Path(__file__).parent / "second" / "files"
THIRD = Path(__file__).parent / "third" / "files"
FOURTH = Path(__file__).parent / "fourth" / "files"


@pytest.mark.parametrize(
    ("files", "group", "recall"),
    [
        pytest.param(SECOND, "s", 0.95, id="second, forms"),
        pytest.param(SECOND, "t", 0.75, id="second, letters"),
        pytest.param(THIRD, "f", 0.95, id="third, forms"),
        pytest.param(THIRD, "l", 0.75, id="third, letters"),
        pytest.param(FOURTH, "f", 0.97, id="fourth, forms"),
        pytest.param(FOURTH, "l", 0.92, id="fourth, letters"),
    ],
)
def test_other_senders_are_read_to_the_aims(
    files: Path, group: str, recall: float, tmp_path: Path
) -> None:
    figures = score(files, tmp_path, (group,))
    found, true = rates(figures)
    assert found >= recall
    assert true >= 0.98
    assert figures["nothing_lost"]["absent"] == []
    assert figures["confusion"] == {}


@pytest.mark.parametrize("files", [SECOND, THIRD, FOURTH], ids=["second", "third", "fourth"])
def test_machines_bulletins_and_replies_are_known_for_what_they_are(
    files: Path, tmp_path: Path
) -> None:
    figures = score(files, tmp_path, ("u",))
    assert figures["confusion"] == {}
    assert figures["invented_total"] == 0
