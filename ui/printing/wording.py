"""What the print preview says of copies, pages and checks, in words."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from triage.domain.pack import Copy
from triage.domain.spelling import spell_day, spell_short_day
from triage.workflow.pack import PackFile, PackPlan
from ui.printing.copies import CopyRow

_PAGE_NAMES = {"decision": "Decision", "why": "Why", "events": "Events", "removed": "Removed"}
_GOOD = ("circle-check", "okText")
_WARN = ("triangle-alert", "warnText")
_WAIT = ("circle-dashed", "text2")


def title(plan: PackPlan) -> str:
    """Whose pack it is: the first child and the reference."""
    child = next((p.name for p in plan.version.people if p.is_child), "Contact")
    return f"{child}, {plan.version.reference}"


def rows(plan: PackPlan, copies: Sequence[Copy], zone: ZoneInfo) -> list[CopyRow]:
    """Each copy, and when it went out if it has."""
    out = {}
    for issued in plan.issued:
        at = issued.at.astimezone(zone)
        out[issued.copy.number] = f"Out {spell_short_day(at)}, {at:%H:%M}"
    return [CopyRow(copy, out.get(copy.number, "")) for copy in copies]


def already_out(plan: PackPlan, zone: ZoneInfo) -> str:
    """Each copy that has gone out: for whom, how, by whom and when."""
    lines = []
    for issued in plan.issued:
        at = issued.at.astimezone(zone)
        who = plan.names.get(issued.by, issued.by)
        lines.append(
            f"Copy {issued.copy.number} for {issued.copy.recipient}: {issued.how} by {who}, "
            f"{spell_day(at)}, {at:%H:%M}."
        )
    return "\n".join(lines) or "None of this decision."


def checks(plan: PackPlan, copy: Copy) -> list[tuple[str, str, str]]:
    """What to look at before a copy leaves: icon, colour and sentence of each."""
    found = [
        (*_GOOD, "Marking, copy number and name on every page"),
        (*_GOOD, "Words removed are taken out of the file, not covered"),
    ]
    if plan.version.signed_at is None:
        found.append((*_WARN, "Not signed yet: no copy can go out"))
    elif not copy.recipient.strip():
        found.append((*_WARN, f"Copy {copy.number}: say who it is for"))
    else:
        found.append((*_GOOD, f"Copy {copy.number} has a recipient"))
    return [*found, *((*_WAIT, f"{said}: part 10 says so") for said in plan.unheard)]


def page_names(file: PackFile) -> list[str]:
    """1 Decision, 2 Why, 3 Events, 4 Removed; a page between has its number alone."""
    at = {page: _PAGE_NAMES[name] for name, page in reversed(list(file.begins.items()))}
    return [f"{n} {at.get(n, '')}".strip() for n in range(1, file.pages + 1)]


def doubts(file: PackFile) -> str:
    """What the person should know of the words removed, in a sentence, or ""."""
    if file.not_found:
        return f"“{file.not_found[0]}” does not stand as one run of words: choose fewer"
    if file.still_says:
        shown = "”, “".join(file.still_says[:3])
        more = " and others" if len(file.still_says) > 3 else ""
        return f"“{shown}”{more} also stands where it is not removed"
    return ""
