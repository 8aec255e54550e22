"""A partner's own words turned into ours: days as they write them, and what restricts a record."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from triage.domain.live_partner import LivePartner
from triage.domain.lookup import PartnerRecord


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


def record_of(
    untrusted_held: Mapping[str, str], settings: LivePartner, today: date
) -> PartnerRecord | None:
    """A live partner's fields as a record, in our words; None where it has no number."""
    held = dict(untrusted_held)
    record_id = held.pop("record_id", "")[:100]
    if not record_id:
        return None
    word = held.pop("restricted", "")
    # JSON's and PostgreSQL's own false says no in every language.
    restricted = restricts("" if word == "false" else word, settings.values)
    held = {n: settings.values.get(n, {}).get(v, v) for n, v in held.items() if v}
    if "dob" in held:
        held["dob"] = iso_day(held["dob"], settings.date_formats)
        if held["dob"][10:11] == "T":  # a moment, of which the day is meant
            held["dob"] = held["dob"][:10]
    return PartnerRecord(
        partner=settings.partner,
        record_id=record_id,
        fields=held,
        as_of=today,
        restricted=restricted,
    )
