"""A contact's title in two: the name, which stands out, and the ages and siblings after it."""

import re

_NAME = re.compile(r"^(.*?)(?=\s(?:\d|\+|unborn|about|under)|,|$)\s*(.*)$")


def split_title(title: str) -> tuple[str, str]:
    """The first name, and the rest: "Maya Rowe", "7, + Theo 3"."""
    found = _NAME.match(title)
    return (found[1], found[2]) if found and found[1] else (title, "")


def shorter(rest: str) -> tuple[str, ...]:
    """ "7, + Theo 3, Ida 1, 2 more" in fewer and fewer words: "7, +4", then "+4"."""
    age, plus, names = rest.partition("+ ")
    if not plus:
        return (rest,)
    others = names.split(", ")
    more = others[-1].removesuffix(" more")
    count = len(others) - 1 + int(more) if more.isdigit() else len(others)
    return rest, f"{age}+{count}", f"+{count}"
