"""Bank holidays, worked out once and kept: the library that knows them is slow to import."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from importlib.metadata import version
from pathlib import Path


def bank_holidays(region: str, years: Iterable[int], kept: Path | None = None) -> frozenset[date]:
    """The bank holidays of ENG, WLS, SCT or NIR in these years.

    Those found in the file `kept` are believed if the same library wrote them for the same region
    and years; else they are worked out, and written there. A file that can't be written only
    costs time.
    """
    wanted = list(years)
    asked = {"library": version("holidays"), "region": region, "years": wanted}
    if kept is not None:
        try:
            held = json.loads(kept.read_text(encoding="utf-8"))
            if held["asked"] == asked:
                return frozenset(date.fromisoformat(day) for day in held["days"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # none yet, or of no use
    import holidays

    days = frozenset(holidays.country_holidays("GB", subdiv=region, years=wanted))
    if kept is not None:
        told = {"asked": asked, "days": sorted(day.isoformat() for day in days)}
        fresh = kept.with_name(kept.name + ".new")
        try:
            fresh.write_text(json.dumps(told), encoding="utf-8")
            fresh.replace(kept)
        except OSError:
            pass
    return days
