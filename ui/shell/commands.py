"""Other words that people look for a command by, and the manual's pages by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ui.resources import resource

ALSO: Final = {
    "All keys": "keyboard shortcuts hotkeys",
    "Ask a partner": "agency police health school share",
    "Audit": "trail log history who looked",
    "Close Fanlight": "quit exit",
    "Colours:": "theme color contrast",
    "Compare records": "match same person",
    "Copy of what is held…": "subject access request sar gdpr",
    "Corrections of this record…": "wrong mistake rectification",
    "Corrections to answer…": "wrong mistake rectification",
    "Guidance for this field": "help hint",
    "Handover and schedule": "reminders remind snooze shift",
    "Help for this screen": "manual guide how",
    "Larger text": "bigger big font size zoom in",
    "Lock now": "leave away pin",
    "Look up at partners": "search records match",
    "New contact by phone": "call telephone ring",
    "Next part still needed": "missing",
    "Open a restricted record…": "restriction break glass",
    "Partners' lists that need a look…": "extract records it",
    "Print preview": "pack paper pdf copy",
    "Privacy blur on or off": "hide names show",
    "Records due for destruction…": "retention delete erase keep",
    "Refresh": "reload update",
    "Requests": "replies agencies",
    "Restricted records to review…": "restriction",
    "Services": "refer support language interpreter",
    "Set aside…": "automatic replies spam bring back reopen",
    "Sign-off": "approve return",
    "Smaller text": "font size zoom out",
    "Switch user": "sign in log out pin",
    "Take in files…": "import upload drop email",
    "Text 100 %": "normal font size zoom",
}
"""By the command's own words, or how they begin."""

_MOST_PAGES = 3


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page of the manual: its file's name, its title, and the words it is found by."""

    topic: str
    title: str
    heads: frozenset[str]
    words: frozenset[str]


def fits(command: str, wanted: Sequence[str]) -> bool:
    """Whether each word wanted stands in a command, or begins one it is also looked for by."""
    named = command.casefold()
    also = " ".join(words for begins, words in ALSO.items() if command.startswith(begins)).split()
    return all(w in named or any(word.startswith(w) for word in also) for w in wanted)


@lru_cache(maxsize=1)
def help_pages() -> tuple[HelpPage, ...]:
    """Every page but the list of them, read once."""
    found = []
    for path in sorted(resource("help").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        heads = [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#")]
        if path.stem != "index":
            named = _words(" ".join((path.stem, *heads)))
            found.append(HelpPage(path.stem, heads[0], named, _words(text)))
    return tuple(found)


def pages_like(wanted: Sequence[str]) -> tuple[HelpPage, ...]:
    """The pages with all these words: in their names and heads first, else in what they say."""
    long = [w for w in wanted if len(w) > 2]
    if not long:
        return ()
    headed = [p for p in help_pages() if all(_begun(w, p.heads) for w in long)]
    told = [p for p in help_pages() if p not in headed and all(_begun(w, p.words) for w in long)]
    return tuple((*headed, *told)[:_MOST_PAGES])


def _begun(wanted: str, among: frozenset[str]) -> bool:
    return any(word.startswith(wanted) for word in among)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{3,}", text.casefold()))
