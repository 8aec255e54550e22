"""A contact's title in two: the name, which stands out, and the ages and siblings after it."""

import re

_NAME = re.compile(r"^(.*?)(?=\s(?:\d|\+|unborn|about|under)|,|$)\s*(.*)$")


def split_title(title: str) -> tuple[str, str]:
    """The first name, and the rest: "Maya Rowe", "7, + Theo 3"."""
    found = _NAME.match(title)
    return (found[1], found[2]) if found and found[1] else (title, "")
