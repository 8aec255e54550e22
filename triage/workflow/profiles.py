"""A hub's profile, read from its folder: TOML, code lists in CSV, guidance in Markdown.

A folder holds profile.toml, clocks.toml, hours.toml, form.toml, rules.toml, extracts.toml,
codes/*.csv and guidance/*.md; requests.toml where partners are asked by e-mail or MESH,
partners.toml where they answer at once, services.toml and threshold.md where services are looked
for, retention.toml where records are destroyed in time, and roles.toml where people may do less or
more than is usual. National code lists lie in
resources/codesets, in the same shape (code, label, hint, census, parent, flags, from, until).
Every fault of a folder is found and named with its file and line before any of it is refused.
"""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from triage.domain.errors import ProfileError
from triage.domain.oversight import OversightRules
from triage.domain.profile import (
    ClockRule,
    Code,
    Condition,
    ExtractMapping,
    Part,
    Profile,
    Question,
    Rating,
    RestrictedRules,
    Rule,
    WorkingTime,
)
from triage.workflow.bank_holidays import bank_holidays
from triage.workflow.partner_settings import live_partners
from triage.workflow.profile_checks import (
    check_clocks,
    check_extracts,
    check_form,
    check_head,
    check_hours,
    check_rules,
    trusted_time_stamps,
)
from triage.workflow.profile_entries import (
    ClocksFile,
    ConditionEntry,
    Dated,
    ExtractEntry,
    ExtractsFile,
    FormFile,
    HoursFile,
    ProfileFile,
    QuestionEntry,
    RulesFile,
)
from triage.workflow.profile_files import Reading, all_codes, guidance_notes, toml_file
from triage.workflow.profile_requests import check_checkpoint_mail, request_rules
from triage.workflow.profile_retention import retention_rules
from triage.workflow.profile_roles import roles_of
from triage.workflow.profile_services import services_guide

CODESETS = Path(__file__).resolve().parents[2] / "resources" / "codesets"
_YEARS_OF_HOLIDAYS = 3


def load_profile(
    folder: Path, *, today: date, codesets: Path = CODESETS, holidays: Path | None = None
) -> Profile:
    """The profile in `folder` as it stands on `today`. `holidays` is a file to keep bank
    holidays in.

    Questions, clocks, ratings, rules and agencies out of force that day are left out; codes out
    of force keep their labels, and `Profile.codes_on` says which may be chosen.
    Raises ProfileError with every fault found, each with its file and line.
    """
    reading = Reading(folder, today)
    head, head_at = toml_file(reading, "profile.toml", ProfileFile)
    clocks, clocks_at = toml_file(reading, "clocks.toml", ClocksFile)
    hours, hours_at = toml_file(reading, "hours.toml", HoursFile)
    form, form_at = toml_file(reading, "form.toml", FormFile)
    rules, rules_at = toml_file(reading, "rules.toml", RulesFile)
    extracts, extracts_at = toml_file(reading, "extracts.toml", ExtractsFile)
    codes = all_codes(reading, codesets)
    guidance = guidance_notes(reading)
    if head:
        codes["rating"] = tuple(Code(code=r.code, label=r.label, hint=r.hint) for r in head.rating)
        check_head(reading, head, head_at)
    if head and clocks:
        check_clocks(reading, head, clocks, clocks_at)
    if hours:
        check_hours(reading, hours, hours_at)
    if form:
        check_form(reading, form, form_at, codes, guidance)
    if form and rules:
        check_rules(reading, form, rules, rules_at, codes)
    if extracts:
        check_extracts(reading, extracts, extracts_at)
    trusted_stamps = trusted_time_stamps(reading, head, head_at) if head else ""
    requests = request_rules(reading, head, codes)
    if head and head.checkpoint_mail:
        check_checkpoint_mail(reading, head_at, head.checkpoint_mail, requests)
    services = services_guide(reading, codes)
    retention = retention_rules(reading, codes)
    roles = roles_of(reading)
    lists = tuple(e.partner for e in extracts.extract) if extracts else ()
    partners = live_partners(reading, lists)
    if reading.faults or not (head and clocks and hours and form and rules and extracts):
        raise ProfileError(tuple(reading.faults))
    return Profile(
        id=head.id,
        hub=head.hub,
        version=head.version,
        from_day=head.from_,
        marking=head.marking,
        phone=head.phone,
        council=head.council,
        threshold_document=head.threshold_document,
        ratings=tuple(Rating(**_fields(r)) for r in head.rating if reading.in_force(r)),
        clocks=tuple(ClockRule(**_fields(c)) for c in clocks.clock if reading.in_force(c)),
        working_time=_working_time(hours, today, holidays),
        parts=tuple(
            Part(
                id=part.id,
                title=part.title,
                folded=part.folded,
                questions=tuple(_question(q) for q in part.question if reading.in_force(q)),
            )
            for part in form.part
        ),
        rules=tuple(
            Rule(
                id=r.id,
                sentence=r.sentence,
                when=_conditions(r.when),
                part=r.part,
                question=r.question,
            )
            for r in rules.rule
            if reading.in_force(r)
        ),
        codes=codes,
        guidance=guidance,
        extracts=tuple(_extract(e) for e in extracts.extract),
        verdict_reasons={k: tuple(v) for k, v in head.verdict_reasons.items()},
        verdict_reason_needed=frozenset(head.verdict_reason_needed),
        repeat_count=head.repeat_count,
        repeat_months=head.repeat_months,
        claim_idle_minutes=head.claim_idle_minutes,
        lock_after_minutes=head.lock_after_minutes,
        agencies=tuple(
            Code(code=a.code, label=a.label, hint=a.hint)
            for a in head.agency
            if reading.in_force(a)
        ),
        call_prompts=tuple(head.call_prompts),
        export_url=head.export_url,
        export_host_key=head.export_host_key,
        export_audience=head.export_audience,
        time_stamp_url=head.time_stamp_url,
        time_stamp_trust=trusted_stamps,
        time_stamp_policy=head.time_stamp_policy,
        checkpoint_folder=head.checkpoint_folder,
        checkpoint_mail=head.checkpoint_mail,
        restricted_words=head.restricted_words,
        requests=requests,
        services=services,
        partners=partners,
        oversight=OversightRules(**head.oversight.model_dump()),
        retention=retention,
        roles=roles,
        restricted=RestrictedRules(**head.restricted.model_dump()),
    )


def load_or_last_good(
    folder: Path, keep: Path, *, today: date, codesets: Path = CODESETS
) -> tuple[Profile, tuple[str, ...]]:
    """The profile in `folder`, or the last good one kept in `keep` with the faults of this one.

    A good folder is copied into `keep`, in one step, each time it is read. Raises ProfileError
    where this one has faults and none was ever kept.
    """
    days = keep.with_name("bank-holidays.json")
    try:
        profile = load_profile(folder, today=today, codesets=codesets, holidays=days)
    except ProfileError as broken:
        _mend(keep)
        if not keep.is_dir():
            raise
        last = load_profile(keep, today=today, codesets=codesets, holidays=days)
        return last, broken.faults
    _keep(folder, keep)
    return profile, ()


def _keep(folder: Path, keep: Path) -> None:
    """Keep a copy as the last good one. Where there is no room for it, the one before stays: a
    full disk must not keep anybody from their work."""
    fresh, old = _beside(keep, f"{os.getpid()}.new"), _beside(keep, "old")
    try:
        keep.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(folder, fresh)
        shutil.rmtree(old, ignore_errors=True)
        if keep.is_dir():
            keep.rename(old)
        fresh.rename(keep)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        _mend(keep)
    else:
        shutil.rmtree(old, ignore_errors=True)


def _mend(keep: Path) -> None:
    """Put back the copy before, where the exchange of the two was cut short."""
    with suppress(OSError):
        if not keep.is_dir():
            _beside(keep, "old").rename(keep)


def _beside(keep: Path, ending: str) -> Path:
    return keep.with_name(f"{keep.name}.{ending}")


def _fields(entry: Dated) -> dict[str, Any]:
    return {k: v for k, v in entry.model_dump().items() if k not in {"from_", "until"}}


def _conditions(entries: Iterable[ConditionEntry]) -> tuple[Condition, ...]:
    return tuple(Condition(**e.model_dump()) for e in entries)


def _question(entry: QuestionEntry) -> Question:
    values = _fields(entry)
    values["shown_when"] = _conditions(entry.shown_when)
    values["needed_when"] = _conditions(entry.needed_when)
    return Question(**values, from_day=entry.from_, until_day=entry.until)


def _extract(entry: ExtractEntry) -> ExtractMapping:
    values = entry.model_dump(exclude={"involvement"})
    involvement = entry.involvement
    return ExtractMapping(
        **values,
        involvement_path=involvement.path if involvement else "",
        involvement_columns=involvement.model_dump(exclude={"path"}) if involvement else {},
    )


def _working_time(hours: HoursFile, today: date, holidays: Path | None) -> WorkingTime:
    years = range(today.year - _YEARS_OF_HOLIDAYS, today.year + _YEARS_OF_HOLIDAYS + 1)
    closed = set(hours.closed)
    if hours.bank_holidays:
        closed.update(bank_holidays(hours.bank_holidays, years, holidays))
    half_days = {}
    for half in hours.half_day:
        days = (
            [half.day]
            if half.day
            else [
                date.fromisoformat(f"{y}-{half.every_year}")
                for y in years
                if _is_a_day(y, half.every_year)
            ]
        )
        half_days.update(dict.fromkeys(days, (half.opens, half.closes)))
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    return WorkingTime(
        week={names.index(day): span for day, span in hours.week.items()},
        half_days=half_days,
        closed=frozenset(closed),
        zone=hours.zone,
    )


def _is_a_day(year: int, month_day: str) -> bool:
    return month_day != "02-29" or (date(year, 2, 28) + timedelta(days=1)).month == 2
