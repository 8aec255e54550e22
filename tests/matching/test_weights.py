"""Weights come from a versioned file that is refused, entry by entry, when it can't be right."""

import json
from pathlib import Path
from typing import Any

import pytest

import matching.weights
from matching import WeightsError, read_weights, shipped_weights
from matching.weights import ALL_PARTS

SHIPPED = json.loads(Path(matching.weights.__file__).with_name("weights.json").read_text())


def written(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(SHIPPED | changes))
    return path


def test_shipped_weights_have_a_version_and_every_part() -> None:
    weights = shipped_weights()
    assert weights.version
    assert set(weights.fixed) == set(ALL_PARTS)


def test_agreement_speaks_for_and_contradiction_against() -> None:
    weights = shipped_weights()
    for part in set(ALL_PARTS) - {"given", "family", "arrangement", "siblings"}:
        assert weights.bits(part, "same").random > 0, part
        assert weights.bits(part, "other").random < 0, part


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "not of format 1"),
        ({"margin": "much"}, "margin has to be a number"),
        ({"margin": -1}, "margin has to lie above 0"),
        ({"levels": {}}, "lack the levels of given"),
        (
            {"levels": SHIPPED["levels"] | {"sex": {"same": {"m": 2, "u": 0.5}}}},
            "levels.sex.same.m",
        ),
        ({"bands": None}, "lack the entry"),
    ],
)
def test_weights_that_cannot_be_right_are_refused(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(WeightsError, match=words):
        read_weights(written(tmp_path, **changes))


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.json").write_text("{")
    with pytest.raises(WeightsError, match="can't be read"):
        read_weights(tmp_path / "weights.json")


def test_the_file_read_back_is_the_file_shipped(tmp_path: Path) -> None:
    assert read_weights(written(tmp_path)) == shipped_weights()
