"""How this person likes to see the window; kept beside the data, with nothing of a family in it."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from ui.theme import THEMES, tokens

log = logging.getLogger(__name__)
FILE = "preferences.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """Colours ("system" follows the computer) and text size (1.0 to 1.5)."""

    theme: str = "system"
    text_scale: float = 1.0


def read_preferences(folder: Path) -> Preferences:
    """What was chosen before; the standard where nothing was, or where the file is damaged."""
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
        theme, scale = kept["theme"], float(kept["text_scale"])
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("Preferences could not be read; the standard is used.")
        return Preferences()
    return Preferences(
        theme=theme if theme in THEMES else "system",
        text_scale=scale if scale in tokens()["font"]["textScale"] else 1.0,
    )


def keep_preferences(folder: Path, preferences: Preferences) -> None:
    """Keep them for the next start, whole or not at all; where they can't be kept, it is logged."""
    beside = folder / f"{FILE}.new"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(preferences)), encoding="utf-8")
        beside.replace(folder / FILE)
    except OSError as fault:
        log.warning("Preferences could not be kept: %s", fault.strerror)
