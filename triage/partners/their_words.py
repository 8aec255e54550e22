"""A partner's own words turned into ours: days as they write them, and what restricts a record."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache


def restricts(word: str, values: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether the partner's word restricts; one that nobody explained does, as a new one may."""
    meaning = {"": "no", **values.get("restricted", {})}
    return meaning.get(word, "yes") != "no"


@lru_cache(maxsize=50_000)  # many people are born on few days, and reading a date is slow
def iso_day(text: str, formats: tuple[str, ...]) -> str:
    """The day in ISO form by the first of the formats that fits; the text as it is by none."""
    for form in formats:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC).date().isoformat()
        except ValueError:
            continue
    return text
