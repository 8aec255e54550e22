"""What changed between two texts: added words underlined, removed words struck out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from PySide6.QtWidgets import QWidget

from ui.widgets.text import Paragraph, Role, Span

_WORD = re.compile(r"\S+\s*|\s+")
_SHORT_RUN = 3


def word_spans(before: str, now: str) -> tuple[Span, ...]:
    """The text as it is now, with what was taken out shown where it stood."""
    old, new = _WORD.findall(before), _WORD.findall(now)
    key_old, key_new = [w.strip() for w in old], [w.strip() for w in new]
    spans: list[Span] = []
    for same, a1, a2, b1, b2 in _runs(key_old, key_new):
        if same:
            spans.append(Span("".join(new[b1:b2])))
            continue
        if a2 > a1:
            spans += _set_apart("".join(old[a1:a2]), "removed")
        if b2 > b1:
            spans += _set_apart("".join(new[b1:b2]), "added")
    return tuple(spans)


def _runs(old: list[str], new: list[str]) -> list[tuple[bool, int, int, int, int]]:
    """Runs of (same, old from, old to, new from, new to).

    One or two equal words between changes are taken into the change: a sentence written
    anew reads as one removal and one addition, not as confetti.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes()
    runs: list[tuple[bool, int, int, int, int]] = []
    for i, (tag, a1, a2, b1, b2) in enumerate(codes):
        inside = 0 < i < len(codes) - 1
        same = tag == "equal" and not (inside and a2 - a1 < _SHORT_RUN)
        if runs and runs[-1][0] == same:
            _, from_old, _, from_new, _ = runs.pop()
            runs.append((same, from_old, a2, from_new, b2))
        else:
            runs.append((same, a1, a2, b1, b2))
    return runs


def _set_apart(words: str, kind: str) -> list[Span]:
    """The words marked, the space after them left plain."""
    bare = words.rstrip()
    tail = words[len(bare) :] or " "
    marked = Span(bare, kind="added") if kind == "added" else Span(bare, kind="removed")
    return [marked, Span(tail)]


def change_counts(before: str, now: str) -> tuple[int, int]:
    """(words added, words removed)."""
    added = removed = 0
    for span in word_spans(before, now):
        count = len(span.text.split())
        added += count if span.kind == "added" else 0
        removed += count if span.kind == "removed" else 0
    return added, removed


class DiffView(Paragraph):
    """A narrative with its changes marked; readers are told what was added and removed."""

    def __init__(self, role: Role = "narrative", parent: QWidget | None = None) -> None:
        super().__init__("", role, parent=parent)

    def set_texts(self, before: str, now: str) -> None:
        """Show `now` against `before`."""
        spans = word_spans(before, now)
        self.set_spans(spans)
        self.setAccessibleName(spoken(spans))


def spoken(spans: Sequence[Span]) -> str:
    """The marked text in words, for a screen reader."""
    said = []
    for span in spans:
        if span.kind in ("added", "removed"):
            said.append(f"[{span.kind}: {span.text}]")
        else:
            said.append(span.text)
    return "".join(said)
