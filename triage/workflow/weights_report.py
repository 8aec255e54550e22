"""The report on a refit of the weights, as somebody reads it before adopting them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from matching.refit import LEAST
from triage.domain.spelling import spell_day

if TYPE_CHECKING:
    from matching.refit import Calibration, Refitted

_PARTS = {
    "given": "first name",
    "middle": "middle name",
    "family": "family name",
    "arrangement": "order of names",
    "dob": "birth date",
    "nhs_number": "NHS number",
    "upn": "pupil number",
    "siblings": "brothers and sisters",
    "gp": "GP",
}
_NAMED_AT_MOST = 40


def report_of(fitted: Refitted, *, left_out: int, hub: str, at: datetime, digest: str) -> str:
    """The report in Markdown; `digest` is the hash of the proposed weights' file, `left_out` how
    many verdicts had kept no account of what they rest on."""
    return "\n".join(_lines(fitted, left_out, hub, at, digest)) + "\n"


def _lines(fitted: Refitted, left_out: int, hub: str, at: datetime, digest: str) -> Iterator[str]:
    yield f"# Weights fitted to the verdicts of {hub}"
    yield ""
    yield f"Made on {spell_day(at.date())} from version {fitted.based_on}. Nothing has changed yet."
    yield ""
    verdicts = fitted.same + fitted.not_same
    yield (
        f"{verdicts} verdicts were read: {fitted.same} “same”, {fitted.not_same} “not the same”. "
        f"{left_out} more kept no account of what they rest on. “Not sure” says nothing here. "
        "Verdicts in restricted contacts and on restricted records were left out."
    )
    yield ""
    yield from _verdict(fitted)
    yield ""
    yield "## Levels that move"
    yield ""
    yield "| level | same | not the same | bits before | bits after |"
    yield "|---|---|---|---|---|"
    for move in sorted(fitted.moves, key=lambda m: -abs(m.after - m.before)):
        yield (
            f"| {_PARTS.get(move.part, move.part)}, {move.level} | {move.same} | {move.not_same} "
            f"| {move.before:+.2f} | {move.after:+.2f} |"
        )
    yield ""
    yield (
        f"{fitted.stayed} levels stay: seen in fewer than {LEAST} verdicts, or right as they are. "
        "Levels keep their order, none comes to speak the other way, and each move is drawn back "
        "to none."
    )
    yield ""
    yield from _calibrated("before", fitted.before)
    yield from _calibrated(
        "after, on verdicts that the weights measured were not fitted to", fitted.after
    )
    yield "## Who would change band"
    yield ""
    yield from _bands(fitted)
    yield ""
    yield f"The proposed weights are version {fitted.version}; the hash of their file is {digest}."


def _verdict(fitted: Refitted) -> Iterator[str]:
    before, after = fitted.before, fitted.after
    figures = (
        f"loss {before.loss:.3f} before and {after.loss:.3f} after, in bits a verdict; "
        f"chances {100 * before.error:.1f} and {100 * after.error:.1f} points out on average"
    )
    if fitted.better:
        yield f"**Verdicts held back were told better: {figures}.**"
    else:
        yield f"**Verdicts held back were told no better ({figures}), so nothing is proposed.**"
    yield ""
    yield (
        "People judge what a search shows them, and mostly what is near. These weights are right "
        "for such records; what a search does not find, no verdict tells of."
    )


def _calibrated(when: str, found: Calibration) -> Iterator[str]:
    yield f"## Chances said, {when}"
    yield ""
    yield "| chance said | verdicts | said on average | were the same |"
    yield "|---|---|---|---|"
    for b in found.bins:
        yield f"| {b.low:.2f} to {b.high:.2f} | {b.count} | {b.said:.2f} | {b.true:.2f} |"
    yield ""


def _bands(fitted: Refitted) -> Iterator[str]:
    if not fitted.bands:
        yield "Nobody who was judged."
        return
    yield "| pair | before | after | a person said |"
    yield "|---|---|---|---|"
    named = [b for b in fitted.bands if b[0]]
    for name, before, after, same in named[:_NAMED_AT_MOST]:
        yield f"| {name} | {before} | {after} | {'the same' if same else 'not the same'} |"
    more = len(fitted.bands) - min(len(named), _NAMED_AT_MOST)
    if more:
        yield ""
        yield f"{more} {'more ' if named else ''}pairs would change band."
