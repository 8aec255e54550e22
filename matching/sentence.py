"""One plain sentence or three for a match: what is the same, what is close, what differs."""

from __future__ import annotations

from collections.abc import Sequence

from matching.evidence import FieldEvidence
from matching.guards import Guard
from matching.levels import Level

_WORDS = {
    "name": "name", "dob": "birth date", "sex": "sex", "nhs_number": "NHS number",
    "upn": "pupil number", "address": "address", "postcode": "postcode", "phone": "phone",
    "mother": "mother", "siblings": "brothers or sisters", "school": "school", "gp": "GP",
}  # fmt: skip
_CLOSE = {
    "day and month swapped": "day and month swapped",
    "same, not valid": "same, but not a valid number",
    "one digit": "one figure out",
    "one edit": "one figure out",
    "1 January of the year": "1 January of the same year",
    "same month and year": "same month and year",
    "same year known": "same year",
    "age fits": "age fits",
    "age a year out": "age a year out",
    "two of three parts": "two of three parts same",
    "same district": "same district",
    "district given": "same district",
    "given name same": "first name same",
    "family name same": "family name same",
    "initial": "initial same",
    "one the same": "one the same",
    "two the same": "two the same",
}
_WORTH_HOLDING = ("dob", "nhs_number", "address", "phone", "mother")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


_NAME = {
    "same": "same", "known variant": "in another form", "one edit": "one letter out",
    "very similar": "close", "similar": "close", "begins with": "begins alike",
    "initial": "same initial", "middle name": "is a middle name", "part": "same in part",
    "mother's name": "is the mother's", "other": "different",
}  # fmt: skip


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _name_in_words(detail: str) -> str:
    levels = dict(part.split(": ", 1) for part in detail.split(", ") if ": " in part)
    given, family = levels.get("given name"), levels.get("family name")
    if given == family == "same" and "middle name" in detail:
        return "Name same but for a middle name"
    parts = [
        f"{name} {_NAME[level]}"
        for name, level in (("first name", given), ("family name", family))
        if level is not None
    ]
    words = _upper_first(", ".join(parts))
    for level, whole in (
        ("one edit", "Name one letter out"),
        ("known variant", "Name in another form"),
    ):
        if {given, family} == {level, "same"}:
            words = whole
    if "names swapped" in detail:
        return "First and family names swapped" + (
            "" if given == family == "same" else f": {_lower_first(words)}"
        )
    return f"Known by another name: {_lower_first(words)}" if "by another name" in detail else words


def _close(evidence: FieldEvidence) -> str:
    if evidence.field == "name":
        return _name_in_words(evidence.detail)
    words = _CLOSE.get(evidence.detail, "close")
    if evidence.detail.startswith("age"):
        return _upper_first(words)
    return f"{_upper_first(_WORDS[evidence.field])} {words}"


def sentence(
    evidence: Sequence[FieldEvidence], telling: Sequence[float], guards: Sequence[Guard]
) -> str:
    """For the card: "Same birth date and phone. Name one letter out. No address held."

    Every contradiction is named. `telling` are the bits of each row of `evidence` by which what
    tells most comes first.
    """
    pairs = zip(telling, evidence, strict=True)
    by_weight = [e for _, e in sorted(pairs, key=lambda pair: -abs(pair[0]))]
    close = [e for e in by_weight if e.level is Level.CLOSE][:2]
    different = [e for e in by_weight if e.level is Level.DIFFERENT]
    same = [_WORDS[e.field] for e in by_weight if e.level is Level.SAME]
    if "sex" in same and (len(same) > 1 or close or different):
        same.remove("sex")
    same = same[:4]
    not_held = [
        _WORDS[e.field]
        for e in evidence
        if e.field in _WORTH_HOLDING and e.left is not None and e.right is None
    ][:2]
    said: list[str] = []
    if same:
        said.append(f"Same {_listed(same)}.")
    said += [f"{_close(e)}." for e in close]
    said += [f"{_name_in_words(e.detail)}." for e in different if e.field == "name"]
    others = [_WORDS[e.field] for e in different if e.field != "name"]
    if others:
        said.append(f"Different {_listed(others)}.")
    if not_held:
        said.append(f"No {' or '.join(not_held)} held.")
    if not same and not close and not different:
        said.append("Nothing to compare.")
    said += [g.sentence for g in guards[:1]]
    return " ".join(said)
