"""The shipped weights come out of one command, and what they rest on is said."""

import copy
from pathlib import Path

import pytest

from matching import WeightsError, derive, read_weights, shipped_weights

PRIORS = derive.read_priors()


def test_shipped_weights_are_byte_for_byte_what_the_priors_give() -> None:
    assert derive.SHIPPED.read_bytes() == derive.text_of(derive.derive(PRIORS)).encode()


def test_command_says_whether_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert derive.main([]) == 0
    assert "is, byte for byte, what priors.toml gives" in capsys.readouterr().out


def test_command_tells_weights_that_were_changed_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "weights.json"
    changed.write_text(derive.SHIPPED.read_text().replace('"margin": 3.0', '"margin": 2.0'))
    monkeypatch.setattr(derive, "SHIPPED", changed)
    assert derive.main([]) == 1
    assert "is NOT what" in capsys.readouterr().out
    assert derive.main(["--write"]) == 0
    assert read_weights(changed) == shipped_weights()


def test_every_share_is_counted_or_said_to_be_judged() -> None:
    *lines, last = derive.explained(PRIORS)
    shares = [share for line in lines for share in line.split(": ", 1)[1].split("  ")]
    counted = [s for s in shares if "(judged)" not in s]
    assert last.startswith(f"{len(shares)} shares: {len(counted)} counted")
    assert "(1 / nhs_numbers)" in " ".join(counted)
    assert sum("(rest" in s for s in counted) > 10


def test_another_prior_gives_another_weight_and_its_remainder() -> None:
    priors = copy.deepcopy(PRIORS)
    priors["levels"]["phone"]["m"]["same"] = 0.60
    told = derive.derive(priors)["levels"]["phone"]
    assert told["same"]["m"] == 0.60
    assert told["other"]["m"] == 0.37


def test_bands_begin_at_the_odds_of_their_probability() -> None:
    priors = copy.deepcopy(PRIORS)
    priors["bands"]["Very likely"] = 0.99
    assert derive.derive(priors)["bands"]["Very likely"] == 6.6


@pytest.mark.parametrize("garbled", ["1 / no_such_fact", "1 / 0", "remainder"])
def test_a_prior_that_cannot_be_worked_out_is_refused(garbled: str) -> None:
    priors = copy.deepcopy(PRIORS)
    priors["levels"]["sex"]["u"]["same"] = garbled
    with pytest.raises(WeightsError, match="lack or garble"):
        derive.derive(priors)
