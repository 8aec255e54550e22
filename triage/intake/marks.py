"""Answers chosen by a mark on printed options: one struck out, bold, underlined or ticked.

"Yes / **No**", "~~Yes~~ / No", "Yes  No ✓". Two marks, or none, choose nothing.
"""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

_OPTION = r"(?:yes|not? (?:known|asked|sought|given|obtained|stated|applicable|sure)|no|n/?a|y|n|none(?: known)?|unknown|unsure|don['’]?t know|female|male|boy|girl|m|f|other|given|refused|declined|obtained|verbal|written)"
_BETWEEN = r"(?:\s*[/|,;]\s*|\s+or\s+|\s+)"
_LIST = re.compile(rf"(?i)(?<!\w){_OPTION}(?!\w)(?:{_BETWEEN}{_OPTION}(?!\w)){{1,5}}[\s.*]*$")
_PRINTED_LIST = re.compile(rf"(?i)\W*{_OPTION}(?:\s?[/|]\s?{_OPTION}){{1,5}}[\s.*]*")
_ONE = re.compile(rf"(?i)(?<!\w){_OPTION}(?!\w)")
_OPEN, _CLOSE = r"[*_~>\[(«]{1,3}", r"[*_~<\])»]{1,3}"
_TICK = r"[✓✔☑☒✗✘✅xX]"
_WRAPPED = re.compile(
    rf"(?P<l>{_OPEN}\s?)?(?<!\w)(?P<o>(?i:{_OPTION}))(?!\w|/[aA]\b)(?P<r>\s?{_CLOSE})?"
)
_TICKED = re.compile(
    rf"(?P<l>{_TICK}\s*)?(?<!\w)(?P<o>(?i:{_OPTION}))(?!\w)(?P<r>\s*{_TICK}(?!\w))?"
)
_ONLY = re.compile(r"[\s/|,;.]*(?:or[\s/|,;.]*)?")


_SIGN = {"on": "n", "off": "f", "": "-"}


def picked(words: str) -> tuple[int, int] | None:
    """Where the one marked option of a plain-text answer stands, or None."""
    if len(words) > 80:
        return None
    return _wrapped(words) or _ticked(words)


def _wrapped(words: str) -> tuple[int, int] | None:
    tokens = list(_WRAPPED.finditer(words))
    if len(tokens) < 2 or _left_over(words, tokens):
        return None
    struck = [t for t in tokens if t["l"] and "~" in t["l"] and t["r"] and "~" in t["r"]]
    kept = [t for t in tokens if t not in struck]
    marked = [t for t in kept if t["l"] and t["r"]]
    if struck and len(kept) == 1:
        return kept[0].span("o")
    return marked[0].span("o") if len(marked) == 1 and not struck else None


def _ticked(words: str) -> tuple[int, int] | None:
    tokens = list(_TICKED.finditer(words))
    if len(tokens) < 2 or _left_over(words, tokens):
        return None
    marked = [t for t in tokens if t["l"] or t["r"]]
    if len(marked) != 1 or (marked[0]["l"] and marked[0]["r"]):
        return None
    middle = (marked[0]["l"] and marked[0] is not tokens[0]) or (
        marked[0]["r"] and marked[0] is not tokens[-1]
    )
    if middle and not re.search(r"\s{2}|[/|,;]|[✓✔✅]", words):
        return None  # "Yes x No": the mark may belong to either
    return marked[0].span("o")


def _left_over(words: str, tokens: list[re.Match[str]]) -> bool:
    at = 0
    for token in tokens:
        if not _ONLY.fullmatch(words[at : token.start()]):
            return True
        at = token.end()
    return not _ONLY.fullmatch(words[at:])


def only_printed(words: str) -> bool:
    """True for options as a form prints them, with none marked ("Yes / None known")."""
    return bool(_PRINTED_LIST.fullmatch(words)) and picked(words) is None


def with_boxes(runs: list[tuple[str, str]]) -> str | None:
    """A line with its options boxed ("☐ Yes / ☒ No") where type marks one; else None.

    `runs` are words with "on" (bold, underlined, highlighted), "off" (struck) or "".
    """
    words = "".join(text for text, _ in runs)
    if len(words) > 300 or not any(mark for _, mark in runs) or not (listed := _LIST.search(words)):
        return None
    marks = "".join(_SIGN[mark] * len(text) for text, mark in runs)
    options = list(_ONE.finditer(words, listed.start()))
    said = [_one_mark(words, marks, option) for option in options]
    chosen = [at for at, mark in enumerate(said) if mark == "n"]
    struck = [at for at, mark in enumerate(said) if mark == "f"]
    if struck and len(struck) == len(options) - 1:
        chosen = [at for at in range(len(options)) if at not in struck]
    elif struck or len(chosen) != 1:
        return None
    out, at = [], 0
    for number, option in enumerate(options):
        out += [words[at : option.start()], "☒ " if number in chosen else "☐ "]
        at = option.start()
    return "".join([*out, words[at:]])


def _one_mark(words: str, marks: str, option: re.Match[str]) -> str:
    held = {marks[at] for at in range(*option.span()) if not words[at].isspace()}
    return held.pop() if len(held) == 1 else "-"
