"""What was understood, as plain JSON for other programs: `fanlightctl read FILE... --json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from triage.domain.contact import Adult, Child
from triage.domain.draft import Draft, DraftKind, Kinship
from triage.domain.fact import Fact, Unknown
from triage.intake.kinship import identity, likenesses
from triage.intake.limits import Limits
from triage.intake.opening import file_bytes


def read_files(
    paths: Sequence[Path], *, limits: Limits | None = None, apart: bool = True
) -> list[dict[str, Any]]:
    """What the reader understood of each file, with duplicates and kin among them.

    `apart` reads each file in a process of its own, as arrivals are; nothing is stored.
    Raises UnreadableError for what is no file, or can't be opened.
    """
    from triage.intake.reader import read
    from triage.intake.sandbox import read_safely

    reader = read_safely if apart else read
    drafts = [
        draft
        for path in paths
        for draft in reader(file_bytes(path), path.name, limits=limits or Limits())
    ]
    return as_answers(drafts)


def as_answers(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """Drafts as `[{"file": ..., "got": {...}}]`; a row of a batch is `name.csv#3`."""
    families: dict[str, list[str]] = {}
    copies: dict[str, str] = {}
    for likeness in likenesses(drafts):
        families.setdefault(likeness.this, []).append(likeness.other)
        if likeness.kinship is Kinship.DUPLICATE:
            copies.setdefault(likeness.this, likeness.other)
    out = []
    for draft in drafts:
        name = identity(draft)
        got = as_answer(draft)
        got["same_family_as"] = families.get(name, [])
        got["duplicate_of"] = copies.get(name)
        out.append({"file": name, "got": got})
    return out


def _value(fact: Fact) -> str | None:
    return fact.value if fact.known and fact.value else None


def _yes_no(fact: Fact) -> bool | None:
    return {"yes": True, "no": False}.get(fact.value) if fact.known else None


def _child(child: Child) -> dict[str, Any]:
    return {
        "given": _value(child.given),
        "family": _value(child.family),
        "aliases": [alias.value for alias in child.aliases],
        "dob": _value(child.dob),
        "edd": _value(child.edd),
        "age_text": _value(child.age_text),
        "sex": _value(child.sex),
        "nhs_number": _value(child.nhs_number),
        "upn": _value(child.upn),
        "school": _value(child.school),
        "ethnicity_text": _value(child.ethnicity),
        "language": _value(child.language),
        "interpreter": _yes_no(child.interpreter),
        "disability_text": _value(child.disability),
        "lives_here": _yes_no(child.lives_here),
    }


def _adult(adult: Adult) -> dict[str, Any]:
    return {
        "name": _value(adult.name),
        "relationship": _value(adult.relationship),
        "dob": _value(adult.dob),
        # "no" is not stored as an answer here: only a stated responsibility counts
        "lives_here": _yes_no(adult.lives_here),
        "parental_responsibility": True if adult.parental_responsibility.value == "yes" else None,
    }


def as_answer(draft: Draft) -> dict[str, Any]:
    """One draft as plain values."""
    content = draft.content
    referrer = content.referrer
    return {
        "kind": draft.kind.value,
        "referral_source_code": _value(referrer.source_code),
        "referrer": {
            "name": _value(referrer.name),
            "role": _value(referrer.role),
            "agency": _value(referrer.agency),
            "phone": _value(referrer.phone),
            "email": _value(referrer.email),
            "anonymous": referrer.anonymous.value == "yes",
        },
        "received_at": draft.received_at.isoformat() if draft.received_at else None,
        "reply_token": draft.reply_token or None,
        "children": [_child(child) for child in content.children],
        "adults": [_adult(adult) for adult in content.adults],
        "address": {
            "line": _value(content.address.line),
            "postcode": _value(content.address.postcode),
        },
        "concern": content.concern.value,
        "consent": _value(content.consent) or "not_stated",
        "consent_reason": content.consent_reason.value,
        "family_informed": _yes_no(content.family_informed),
        "safe_contact": _value(content.safe_contact),
        "child_words": [said.value for said in content.child_words],
        "urgent": content.urgent.value == "yes",
        "risk_to_workers": _yes_no(content.risk_to_workers),
        "risk_text": content.risk_text.value,
        "attachments": len(draft.attachments),
        "original_sha256": draft.sha256,
        "not_read": [{"what": lost.what, "why": lost.why} for lost in draft.not_read],
        "unclear": [
            {"what": path, "why": fact.note}
            for path, fact in _facts(content)
            if fact.unknown is Unknown.UNREADABLE
        ],
        "why": draft.why,
    }


def _facts(value: Any, path: str = "") -> Iterator[tuple[str, Fact]]:
    """Every fact of a content, with its path ("children.0.given")."""
    if isinstance(value, Fact):
        yield path, value
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _facts(one, f"{path}.{number}")
    elif is_dataclass(value):
        for part in fields(value):
            yield from _facts(getattr(value, part.name), f"{path}.{part.name}".lstrip("."))


def summary(answer: dict[str, Any]) -> str:
    """One file's answer in a few lines for a person at a terminal."""
    got = answer["got"]
    names = [
        " ".join(filter(None, (child["given"], child["family"]))) or "name not known"
        for child in got["children"]
    ]
    lines = [f"{answer['file']}: {got['kind'].replace('_', ' ')}"]
    if got["why"]:
        lines.append(f"  {got['why']}")
    if names:
        lines.append(f"  children: {', '.join(names)}")
    elif got["kind"] == DraftKind.CONTACT.value:
        lines.append("  no child was read: look at its subject and words for who it is about")
    lines.extend(f"  not read: {lost['what']}: {lost['why']}" for lost in got["not_read"])
    lines.extend(f"  not clear: {one['why']}" for one in got["unclear"])
    if got["duplicate_of"]:
        lines.append(f"  looks like a copy of {got['duplicate_of']}")
    elif got["same_family_as"]:
        lines.append(f"  looks like the same family as {', '.join(got['same_family_as'])}")
    return "\n".join(lines)
