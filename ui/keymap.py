"""Which key does what: read from `keymap.json`, shown on buttons, menus and the key list.

An act is named by the words a person reads ("Next pane"); its context is "global" or the
list it belongs to ("queue"). A key that clashes or takes a modifier that screen readers own
is refused when the file is read.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QKeySequence

from triage.domain.errors import FanlightError
from ui.resources import resource

GLOBAL: Final = "global"

_EDITING: Final = frozenset(
    [
        "Ctrl+A",
        "Ctrl+C",
        "Ctrl+V",
        "Ctrl+X",
        "Ctrl+B",
        "Ctrl+I",
        "Ctrl+U",
        "Ctrl+Left",
        "Ctrl+Right",
        "Ctrl+Up",
        "Ctrl+Down",
        "Ctrl+Home",
        "Ctrl+End",
        "Ctrl+Backspace",
        "Ctrl+Del",
        "Shift+Return",
        "Ctrl+F6",
    ]
)
_SYSTEM: Final = frozenset(
    [
        "Alt+Tab",
        "Alt+Esc",
        "Alt+Space",
        "Alt+F4",
        "Ctrl+Esc",
        "Ctrl+Shift+Esc",
        "Alt+Shift+PrintScreen",
        "Ctrl",
        "Shift",
    ]
)
_SHOWN: Final = {
    "Return": "Enter",
    "PgDown": "PgDn",
    "Ctrl+Return": "Ctrl Enter",
    "Ctrl++": "Ctrl +",
    "Ctrl+-": "Ctrl -",
    "Ctrl+,": "Ctrl ,",
}


class KeymapError(FanlightError):
    """The key map has clashes; each is named."""


class Keymap:
    """Keys by context and act. Raises `KeymapError` when the file's keys clash."""

    def __init__(self, path: Path | None = None) -> None:
        file = path or resource("design", "keymap.json")
        loaded = json.loads(file.read_text(encoding="utf-8"))
        self._rules: dict[str, list[str]] = loaded["rules"]
        self._keys: dict[str, dict[str, str]] = {GLOBAL: loaded["global"], **loaded["in_focus"]}
        faults = self.clashes()
        if faults:
            raise KeymapError("The keys clash:\n" + "\n".join(faults))
        self._by_act = {
            context: {act: key for key, act in keys.items()} for context, keys in self._keys.items()
        }

    def contexts(self) -> list[str]:
        """ "global" first, then the lists."""
        return list(self._keys)

    def acts(self, context: str = GLOBAL) -> dict[str, str]:
        """Act to key, in the file's order."""
        return dict(self._by_act[context])

    def key(self, context: str, act: str) -> str:
        """The key as the file writes it; KeyError when there is no such act."""
        return self._by_act[context][act]

    def sequence(self, context: str, act: str) -> QKeySequence:
        """The key for Qt."""
        return QKeySequence(self.key(context, act))

    def label(self, context: str, act: str) -> str:
        """The key as printed on a cap: "Ctrl Enter", "F8"."""
        return shown(self.key(context, act))

    def is_letter(self, context: str, act: str) -> bool:
        """Whether it is a single letter, digit or sign, which works only in its list."""
        return len(self.key(context, act)) == 1

    def clashes(self) -> list[str]:
        """Every fault in a sentence; empty when the map is sound."""
        faults: list[str] = []
        everywhere = self._keys[GLOBAL]
        lists = self._rules["single_letters_only_in"]
        for context, keys in self._keys.items():
            for key in keys:
                if any(key.startswith(f) or f"+{f}" in key for f in self.forbidden()):
                    faults.append(f"{context}: {key} belongs to the system or a screen reader.")
                if context == GLOBAL:
                    if len(key) == 1:
                        faults.append(f"{key} is a single letter and would act everywhere.")
                    if key in _EDITING or key in _SYSTEM:
                        faults.append(f"{key} belongs to text editing or the system.")
                    continue
                if key in everywhere:
                    faults.append(f"{context}: {key} is also {everywhere[key]} everywhere.")
                if len(key) == 1 and context not in lists:
                    faults.append(f"{context}: {key} is a letter outside a list.")
        return faults

    def forbidden(self) -> list[str]:
        """Modifiers and keys that are never bound."""
        return self._rules["forbidden_modifiers"]


def shown(key: str) -> str:
    """A key as printed on a cap."""
    if key in _SHOWN:
        return _SHOWN[key]
    return " ".join(_SHOWN.get(part, part) for part in key.split("+"))


@lru_cache(maxsize=1)
def keymap() -> Keymap:
    """The shipped key map, read once."""
    return Keymap()
