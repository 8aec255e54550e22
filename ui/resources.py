"""Where the files that ship with the program are."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of a shipped file, for example ``resource("design", "tokens.json")``."""
    return ROOT.joinpath(*parts)
