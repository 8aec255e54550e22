"""What must hold between the files of a profile; each fault is named where it stands."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from pathlib import Path
from string import Formatter

from triage.domain.profile import ClockUnit, Code, QuestionKind
from triage.domain.spelling import spell_day
from triage.partners.state import OWN
from triage.workflow.profile_entries import (
    ClocksFile,
    ConditionEntry,
    Dated,
    ExtractsFile,
    FormFile,
    HoursFile,
    ProfileFile,
    QuestionEntry,
    RulesFile,
)
from triage.workflow.profile_files import Reading, Source, Where

DECIDERS = "@deciders"
"""A code list the desk fills: the people here who may sign."""
FACTS = frozenset(
    {
        "rating",
        "urgent",
        "child_count",
        "repeat_contacts",
        "unborn",
        "informed",
        "consent",
        "channel",
        "concerns",
        "partners_unanswered",
        "requests_awaited",
    }
)
BLANKS = frozenset(
    {
        "person",
        "repeat_contacts",
        "repeat_months",
        "partners_unanswered",
        "requests_awaited",
        "awaited",
    }
)
_CHOOSING = {QuestionKind.CHOICE, QuestionKind.CHOICES}
_RECORD_FIELDS = frozenset(
    {
        "record_id",
        "given",
        "family",
        "aliases",
        "dob",
        "sex",
        "nhs_number",
        "upn",
        "address",
        "postcode",
        "phone",
        "mother",
        "siblings",
        "school",
        "gp",
        "status",
        "restricted",
    }
)
_HTTP = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s#]*)?")
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s?#]*)?")
_SFTP = re.compile(r"sftp://[A-Za-z0-9._-]+@[A-Za-z0-9.-]+(?::[0-9]{1,5})?/[^\s?#:@]+")
_HOST_KEY = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_KINDS = frozenset({"contact", "plan", "incident", "visit", "attendance", "note"})


def _twice(reading: Reading, source: Source, found: Iterable[tuple[str, Where]], what: str) -> None:
    seen: set[str] = set()
    for name, where in found:
        if name in seen:
            reading.fault(source, where, f"There are two {what} called “{name}”.")
        seen.add(name)


def _dates(reading: Reading, source: Source, entry: Dated, where: Where) -> None:
    if entry.from_ and entry.until and entry.until < entry.from_:
        reading.fault(source, (*where, "until"), "It ends before it begins.")


def check_head(reading: Reading, head: ProfileFile, at: Source) -> None:
    """Note what does not hold in profile.toml."""
    if head.from_ > reading.today:
        reading.fault(at, ("from",), f"The profile is in force from {spell_day(head.from_)} only.")
    if head.until and head.until < reading.today:
        reading.fault(at, ("until",), f"The profile was in force until {spell_day(head.until)}.")
    _check_export(reading, head, at)
    _check_time_stamps(reading, head, at)
    for i, rating in enumerate(head.rating):
        _dates(reading, at, rating, ("rating", i))
    _twice(reading, at, ((r.code, ("rating", i)) for i, r in enumerate(head.rating)), "ratings")
    _twice(reading, at, ((a.code, ("agency", i)) for i, a in enumerate(head.agency)), "agencies")
    for verdict in head.verdict_reason_needed:
        if verdict not in head.verdict_reasons:
            reading.fault(
                at,
                ("verdict_reason_needed",),
                f"A reason is needed for “{verdict}”, but verdict_reasons offers none for it.",
            )


def _check_export(reading: Reading, head: ProfileFile, at: Source) -> None:
    url = head.export_url
    if url and not _HTTPS.fullmatch(url) and not _SFTP.fullmatch(url):
        reading.fault(
            at,
            ("export_url",),
            "The council is reached over https, as in https://name.example, or by files, as in "
            "sftp://user@name.example/folder.",
        )
    if _SFTP.fullmatch(url) and not _HOST_KEY.fullmatch(head.export_host_key):
        reading.fault(
            at,
            ("export_host_key",),
            "A folder reached by sftp needs its server's key, as in SHA256: and 43 letters.",
        )


def _check_time_stamps(reading: Reading, head: ProfileFile, at: Source) -> None:
    url = head.time_stamp_url
    if url and not _HTTP.fullmatch(url):
        reading.fault(
            at,
            ("time_stamp_url",),
            "A time-stamping service has an address as in https://name.example/tsa.",
        )
    if url and not head.time_stamp_certificate:
        reading.fault(
            at,
            ("time_stamp_certificate",),
            "Name the file in this folder with the certificates (PEM) that the service is known "
            "by: without them anybody could answer in its place.",
        )


def trusted_time_stamps(reading: Reading, head: ProfileFile, at: Source) -> str:
    """The certificates that the profile's time-stamping service is known by; "" where none is
    asked. What can't be read is a fault."""
    name = head.time_stamp_certificate
    if not head.time_stamp_url or not name:
        return ""
    from cryptography import x509

    held = reading.text(name) if Path(name).name == name else None
    try:
        x509.load_pem_x509_certificates((held or "").encode())
    except ValueError:
        reading.fault(
            at,
            ("time_stamp_certificate",),
            f"{name} is not a file of this folder with certificates (PEM) in it.",
        )
        return ""
    return held or ""


def check_clocks(reading: Reading, head: ProfileFile, clocks: ClocksFile, at: Source) -> None:
    """Note what does not hold in clocks.toml."""
    known = {r.code for r in head.rating} | {"", "unrated"}
    for i, clock in enumerate(clocks.clock):
        _dates(reading, at, clock, ("clock", i))
        if clock.rating not in known:
            reading.fault(
                at, ("clock", i, "rating"), f"There is no rating “{clock.rating}” in profile.toml."
            )
        if clock.unit is ClockUnit.WORKING_DAYS and clock.amount % 1:
            reading.fault(at, ("clock", i, "amount"), "Working days are counted whole.")
    live = [(c.id, ("clock", i)) for i, c in enumerate(clocks.clock) if reading.in_force(c)]
    _twice(reading, at, live, "clocks")


def check_hours(reading: Reading, hours: HoursFile, at: Source) -> None:
    """Note what does not hold in hours.toml."""
    spans: list[tuple[tuple[str, str], tuple[time, time]]] = [
        (("week", day), span) for day, span in hours.week.items()
    ]
    for i, half in enumerate(hours.half_day):
        spans.append((("half_day", str(i)), (half.opens, half.closes)))
        where = ("half_day", i)
        if half.every_year:
            try:
                date.fromisoformat(f"2028-{half.every_year}")
            except ValueError:
                reading.fault(at, where, f"“{half.every_year}” is not a month and day like 12-24.")
        elif half.day is None:
            reading.fault(at, where, 'A half day has a day, or every_year = "12-24".')
    for (table, key), (opens, closes) in spans:
        if opens >= closes:
            place: Where = (table, int(key)) if table == "half_day" else (table, key)
            reading.fault(at, place, "The hub closes before it opens.")
    if not hours.week:
        reading.fault(at, ("week",), "The hub is open on no day, so no working hour would pass.")


def check_form(
    reading: Reading,
    form: FormFile,
    at: Source,
    codes: Mapping[str, tuple[Code, ...]],
    guidance: Mapping[str, str],
) -> None:
    """Note what does not hold in form.toml, and notes that nothing shows."""
    _twice(reading, at, ((p.id, ("part", i)) for i, p in enumerate(form.part)), "parts")
    asked = [
        (q, ("part", i, "question", j))
        for i, p in enumerate(form.part)
        for j, q in enumerate(p.question)
    ]
    live = [(q.id, where) for q, where in asked if reading.in_force(q)]
    _twice(reading, at, live, "questions")
    known = {q.id: q for q, _ in asked}
    used: set[str] = set()
    for q, where in asked:
        _dates(reading, at, q, where)
        if q.kind in _CHOOSING and q.codes not in codes and q.codes != DECIDERS:
            reading.fault(
                at, (*where, "codes"), f"“{q.id}” offers the code list “{q.codes}”, not found."
            )
        if q.kind not in _CHOOSING and q.codes and q.kind is not QuestionKind.YES_NO:
            reading.fault(
                at, (*where, "codes"), f"“{q.id}” is of the kind {q.kind}, which has no codes."
            )
        if q.guidance and q.guidance not in guidance:
            reading.fault(at, (*where, "guidance"), f"There is no note guidance/{q.guidance}.md.")
        used.add(q.guidance)
        if q.needed and q.advised:
            reading.fault(at, (*where, "advised"), f"“{q.id}” is either needed or advised.")
        for name, conditions in (("shown_when", q.shown_when), ("needed_when", q.needed_when)):
            for condition in conditions:
                _check_condition(reading, at, (*where, name), condition, known, codes)
    for note in sorted(set(guidance) - used):
        reading.faults.append(
            f"guidance/{note}.md, line 1: No question of form.toml shows this note."
        )


def _check_condition(
    reading: Reading,
    at: Source,
    where: Where,
    condition: ConditionEntry,
    known: Mapping[str, QuestionEntry],
    codes: Mapping[str, tuple[Code, ...]],
) -> None:
    if condition.question and condition.fact:
        reading.fault(at, where, "A condition is about a question or a fact, not both.")
    if condition.fact and condition.fact not in FACTS:
        reading.fault(
            at, where, f"“{condition.fact}” is not a fact; there are {', '.join(sorted(FACTS))}."
        )
    if not condition.question:
        return
    question = known.get(condition.question)
    if question is None:
        reading.fault(at, where, f"There is no question “{condition.question}”.")
        return
    offered = {c.code for c in codes.get(question.codes, ())}
    if question.kind is QuestionKind.YES_NO:
        offered = {"yes", "no", "not_asked"}
    for code in (*condition.any_of, *condition.none_of):
        if offered and code not in offered:
            reading.fault(
                at, where, f"“{question.id}” has no code “{code}” in the list “{question.codes}”."
            )


def check_rules(
    reading: Reading,
    form: FormFile,
    rules: RulesFile,
    at: Source,
    codes: Mapping[str, tuple[Code, ...]],
) -> None:
    """Note what does not hold in rules.toml."""
    known = {q.id: q for p in form.part for q in p.question}
    places = {(p.id, q.id) for p in form.part for q in p.question}
    _twice(reading, at, ((r.id, ("rule", i)) for i, r in enumerate(rules.rule)), "rules")
    for i, rule in enumerate(rules.rule):
        _dates(reading, at, rule, ("rule", i))
        if (rule.part, rule.question) not in places:
            reading.fault(
                at,
                ("rule", i, "question"),
                f"“{rule.id}” points to the question “{rule.question}” of the part "
                f"“{rule.part}”, not found.",
            )
        for condition in rule.when:
            _check_condition(reading, at, ("rule", i, "when"), condition, known, codes)
        try:
            strange = {n for _, n, _, _ in Formatter().parse(rule.sentence) if n} - BLANKS
        except ValueError:
            strange = {"{"}
        for name in sorted(strange):
            reading.fault(at, ("rule", i, "sentence"), f"“{name}” is not a blank that is filled.")


def check_extracts(reading: Reading, extracts: ExtractsFile, at: Source) -> None:
    """Note what does not hold in extracts.toml."""
    found = [(e.partner, ("extract", i)) for i, e in enumerate(extracts.extract)]
    _twice(reading, at, found, "extracts")
    for i, extract in enumerate(extracts.extract):
        where = ("extract", i)
        for needed in ("record_id", "given", "family", "dob"):
            if needed not in extract.columns:
                reading.fault(
                    at, (*where, "columns"), f"“{extract.partner}” has no column for {needed}."
                )
        for name in extract.columns:
            if name not in _RECORD_FIELDS:
                reading.fault(
                    at, (*where, "columns", name), f"“{name}” is not a field of a partner's record."
                )
        involvement = (extract.involvement.path,) if extract.involvement else ()
        for path in (extract.path, *involvement):
            if {"..", ""} & set(re.split(r"[/\\]", path)) or ":" in path:
                reading.fault(
                    at, (*where, "path"), f"“{path}” does not lie below the hub's data folder."
                )
        if extract.partner == OWN:
            reading.fault(at, (*where, "partner"), f"“{OWN}” stands for the hub's own contacts.")
        for word, meaning in extract.values.get("restricted", {}).items():
            if meaning not in ("yes", "no"):
                reading.fault(
                    at,
                    (*where, "values", "restricted", word),
                    f"“{word}” means yes or no, not “{meaning}”.",
                )
        kinds = set(extract.values.get("kind", {}).values()) | set(extract.lanes)
        for kind in sorted(kinds - _KINDS):
            reading.fault(at, (*where, "values", "kind"), f"“{kind}” is not a kind of involvement.")
        try:
            "".encode(extract.encoding)
        except LookupError:
            reading.fault(
                at, (*where, "encoding"), f"There is no encoding called “{extract.encoding}”."
            )
        for name in ("given", "family"):
            if not re.fullmatch(r"[^\[\]]+(\[(before|after) .\])?", extract.columns.get(name, "x")):
                reading.fault(
                    at, (*where, "columns", name), "A side of a column is written A[before ,]."
                )
