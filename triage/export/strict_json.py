"""JSON from outside that every reader reads alike (RFC 8259), as RFC 8725 section 3.7 asks."""

import json
from math import isfinite
from typing import Any

from triage.domain.errors import SignatureError

LARGEST = 8_000_000
"""Bytes of a document that are still looked at."""


def json_object(untrusted: bytes, what: str) -> dict[str, Any]:
    """A JSON object in UTF-8 (RFC 8259); one that names a member twice is refused, since readers
    would differ. Raises SignatureError."""
    if len(untrusted) > LARGEST:
        raise SignatureError(f"{what} is larger than any decision ({len(untrusted)} bytes).")
    try:
        words = untrusted.decode("utf-8")
        parsed = json.loads(
            words, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
        )
        if "\\u" in words:
            json.dumps(parsed, ensure_ascii=False).encode("utf-8")  # half a letter is none
    except (ValueError, RecursionError) as fault:
        raise SignatureError(f"{what} can't be read as JSON.") from fault
    if not isinstance(parsed, dict):
        raise SignatureError(f"{what} can't be read as a JSON object.")
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is named twice")
    return found


def _finite(number: str) -> float:
    found = float(number)
    if not isfinite(found):
        raise ValueError(f"{number} is beyond what a number can be")
    return found


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not JSON")
