"""Days and times as people type them, and as they are kept and shown."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from triage.domain.spelling import MONTHS

_MONTHS = tuple(month[:3].casefold() for month in MONTHS)
_CLOCK = re.compile(r"(?:^|[\s,]|at )(\d{1,2})[:.](\d{2})\s*$")
_WORDS = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?(?:\s+(\d{4}))?$")
_FIGURES = re.compile(r"^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?$")
_ISO = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def read_moment(words: str, today: date) -> str | None:
    """ISO day and time (2026-11-24T14:30) of "24 Nov 2026 14:30", "14:30", "tomorrow 9.00".

    Day before month, as in England; a time alone is today's. None when it is not both.
    """
    plain = words.strip().casefold()
    found = _CLOCK.search(plain)
    if found is None:
        return None
    day = read_day(plain[: found.start()].strip(" ,") or "today", today)
    try:
        at = time(int(found[1]), int(found[2]))
    except ValueError:
        return None
    return f"{day}T{at:%H:%M}" if day else None


def read_day(words: str, today: date) -> str | None:
    """ISO day of "24 Nov 2026", "24/11/2026", "24 Nov" (this year), "today", "tomorrow"."""
    plain = words.strip().casefold()
    near = {"today": 0, "tonight": 0, "tomorrow": 1}
    if plain in near:
        return (today + timedelta(days=near[plain])).isoformat()
    try:
        if _ISO.match(plain):
            return date.fromisoformat(plain).isoformat()
        if found := _WORDS.match(plain):
            month = _MONTHS.index(found[2][:3]) + 1
            return date(int(found[3] or today.year), month, int(found[1])).isoformat()
        if found := _FIGURES.match(plain):
            year = found[3] or str(today.year)
            whole = int(year) if len(year) == 4 else 2000 + int(year)
            return date(whole, int(found[2]), int(found[1])).isoformat()
    except ValueError:
        return None
    return None
