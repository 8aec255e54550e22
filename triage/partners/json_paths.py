"""Where things are in a partner's JSON: "data.people", "address.lines[*]", "FULL_NAME[after ,]",
"numbers[type=NHS].value".

A path never raises for what an answer holds: what is not there is nothing.
"""

from __future__ import annotations

import re
from typing import Any

_WHICH = r"\[(?:\d+|\*|[^\[\]=\s]+=[^\[\]]+)\]"
_STEP = re.compile(rf"(?P<name>[^.\[\]]+)?(?P<at>(?:{_WHICH})*)(?:\.|$)")
_AT = re.compile(r"\[([^\]]+)\]")
_SIDE = re.compile(r"^(?P<path>.+?)\[(?P<side>before|after) (?P<mark>.)\]$")
_MOST = 500


def is_path(text: str) -> bool:
    """Whether it can be followed."""
    return (
        bool(text)
        and re.fullmatch(rf"[^.\[\]\s]+({_WHICH})*(\.[^.\[\]\s]+({_WHICH})*)*", text) is not None
    )


def is_field(text: str) -> bool:
    """Whether it can be read: paths joined by " + ", each with a side or none."""
    pieces = [_SIDE.match(piece.strip()) for piece in text.split(" + ")]
    paths = [m["path"] if m else p.strip() for m, p in zip(pieces, text.split(" + "), strict=True)]
    return all(is_path(path) for path in paths)


def at(untrusted: Any, path: str) -> Any:
    """What is at the path; None where it is not there. A path of "" is the whole."""
    found = follow(untrusted, path)
    return found[0] if found else None


def follow(untrusted: Any, path: str) -> list[Any]:
    """Everything at the path, several where it has [*]: each of a list, or each value of an
    object, whose name there is then its "@key". [type=NHS] is those whose type is NHS."""
    here = [untrusted]
    for step in _STEP.finditer(path) if path else ():
        if step["name"]:
            here = [x[step["name"]] for x in here if isinstance(x, dict) and step["name"] in x]
        for which in _AT.findall(step["at"] or ""):
            here = [y for x in here for y in _which(x, which)]
    return here


def _which(untrusted: Any, which: str) -> list[Any]:
    if which.isdecimal():
        at = int(which[:9])
        return [untrusted[at]] if isinstance(untrusted, list) and at < len(untrusted) else []
    each = untrusted if isinstance(untrusted, list) else _values(untrusted)
    if which == "*":
        return each[:_MOST]
    key, _, value = which.partition("=")
    return [x for x in each[:_MOST] if isinstance(x, dict) and _words(x.get(key)) == value]


def _values(untrusted: Any) -> list[Any]:
    if not isinstance(untrusted, dict):
        return []
    return [{"@key": k, **v} if isinstance(v, dict) else v for k, v in untrusted.items()]


def text_at(untrusted: Any, field: str, *, joined_by: str = " ", many_by: str = "; ") -> str:
    """The words of a field, "" where there are none; null is nothing, true is "true"."""
    pieces = []
    for piece in field.split(" + "):
        side = _SIDE.match(piece.strip())
        path = side["path"] if side else piece.strip()
        words = many_by.join(dict.fromkeys(filter(None, map(_words, follow(untrusted, path)))))
        if side:
            before, _, after = words.partition(side["mark"])
            words = (after if side["side"] == "after" else before).strip()
        pieces.append(words)
    return joined_by.join(filter(None, pieces))[:2000]


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, int | float):
        return str(value)
    return ""
