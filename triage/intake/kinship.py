"""Which arrivals look alike: the same submission by two routes, or the same family.

Only suggestions with their reasons; a person joins. A shared surname alone is never a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import filterfalse

from triage.domain.draft import Draft, DraftKind, Kinship, Likeness

_ONE_ADULT = 0.9
_WORD = re.compile(r"\w+")
_REFERENCE = re.compile(r"\b[A-Z]{2,4}-\d{4,8}\b")


def identity(draft: Draft) -> str:
    """A draft's name among others: its file, or file#row."""
    return f"{draft.file}#{draft.row}" if draft.row is not None else draft.file


def _plain(words: str) -> str:
    kept = words.casefold()
    if not kept.isascii():
        spread = unicodedata.normalize("NFKD", kept)
        kept = "".join(filterfalse(unicodedata.combining, spread))
    return " ".join(_WORD.findall(kept))


@dataclass(slots=True)
class Signs:
    """What two arrivals may share; of no use to change."""

    name: str
    strong: dict[str, str] = field(default_factory=dict)
    children: set[str] = field(default_factory=set)
    adults: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    home: str = ""
    phone: str = ""
    words: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()
    sha256: str = ""
    message_id: str = ""
    received: float | None = None
    sender: str = ""
    row: bool = False


def signs_of(draft: Draft) -> Signs:
    """What is compared of a draft: taken from it once, however often it is compared."""
    content = draft.content
    signs = Signs(
        identity(draft), sha256=draft.sha256, message_id=draft.message_id, row=draft.row is not None
    )
    for child in content.children:
        given, family = _plain(child.given.value), _plain(child.family.value)
        dob = child.dob.value or child.edd.value
        if child.nhs_number.known:
            signs.strong[f"nhs {child.nhs_number.value}"] = "the same NHS number"
        if child.upn.known:
            signs.strong[f"upn {child.upn.value}"] = "the same pupil number"
        if given and dob:
            signs.strong[f"child {given.split()[0]} {dob}"] = (
                f"{child.name}, the same date of birth"
            )
        if given and family:
            signs.children.add(f"{given.split()[0]} {family}")
        if family:
            signs.families.add(family)
        if family and dob and child.edd.known:
            signs.strong[f"unborn {family} {dob}"] = "the same expected date and family name"
    signs.adults = {_plain(a.name.value) for a in content.adults if len(a.name.value.split()) > 1}
    for adult in content.adults:
        if adult.dob.known and adult.name.known:
            signs.strong[f"adult {_plain(adult.name.value)} {adult.dob.value}"] = (
                f"{adult.name.value}, the same date of birth"
            )
    postcode = re.sub(r"\W", "", content.address.postcode.value).upper()
    number = re.search(r"\d+", content.address.line.value)
    if postcode and content.address.line.known:
        signs.home = f"{postcode} {number[0] if number else _plain(content.address.line.value)}"
    figures = re.sub(r"\D", "", content.address.phone.value)
    signs.phone = figures[-9:] if len(figures) >= 9 else ""
    words = _plain(content.concern.value[:4000]).split()
    signs.words = frozenset(words)
    text = draft.subject + " " + " ".join(part.text[:3000] for part in draft.parts[:4])
    signs.references = frozenset(_REFERENCE.findall(text)) - {draft.reply_token}
    signs.received = draft.received_at.timestamp() if draft.received_at else None
    signs.sender = _plain(content.referrer.name.value)
    return signs


def likenesses(drafts: Sequence[Draft], *, held: Sequence[Signs] = ()) -> tuple[Likeness, ...]:
    """Duplicates and kin among drafts, the later one named first, with reasons.

    `held` came before them all, and were compared with one another then.
    """
    old = len(held)
    signs = [*held, *(signs_of(draft) for draft in drafts if draft.kind is DraftKind.CONTACT)]
    homes: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(signs):
        keys = [
            *one.strong,
            *(f"c {c}" for c in one.children),
            *(f"a {a}" for a in one.adults),
            *(f"r {r}" for r in one.references),
        ]
        if one.home:
            keys.append(f"h {one.home}")
        if one.phone:
            keys.append(f"p {one.phone}")
        for key in keys:
            homes[key].append(number)
    pairs = {
        (early, late)
        for members in homes.values()
        if len(members) < 200
        for at, early in enumerate(members)
        for late in members[at + 1 :]
        if early != late >= old
    }
    out = []
    for early, late in sorted(pairs):
        found = _compare(signs[early], signs[late])
        if found is not None:
            out.append(found)
    return tuple(out)


def _compare(one: Signs, other: Signs) -> Likeness | None:
    reasons = [why for key, why in one.strong.items() if key in other.strong]
    same_children = one.children & other.children
    if not reasons:
        same_home = bool(one.home) and one.home == other.home
        same_phone = bool(one.phone) and one.phone == other.phone
        adults = one.adults & other.adults
        if not adults and (same_home or same_phone):
            adults = _alike(one.adults, other.adults)
        if same_children and (same_home or adults):
            reasons.append(
                f"{', '.join(sorted(same_children)).title()} at the same address or with"
                f" the same adult"
            )
        elif same_home and (adults or one.families & other.families):
            reasons.append("the same address and a shared name")
        elif same_phone and (same_home or adults or one.families & other.families):
            reasons.append("the same phone number")
        elif adults and one.families & other.families and not _clash(one, other):
            reasons.append("the same adult and family name")
        elif same_children and not _clash(one, other):
            reasons.append(f"{', '.join(sorted(same_children)).title()}, the same name")
    if one.sha256 == other.sha256 and not (one.row or other.row):
        return Likeness(
            this=other.name,
            other=one.name,
            kinship=Kinship.DUPLICATE,
            reasons=("the same file byte for byte",),
        )
    if not reasons:
        return None
    shared = one.references & other.references
    alike = len(one.words & other.words) / max(len(one.words | other.words), 1)
    kids = {k for k in one.strong if k.startswith("child")} ^ {
        k for k in other.strong if k.startswith("child")
    }
    copy = (alike >= 0.9 and not kids and len(one.words) > 5) or (
        bool(shared) and alike >= 0.6 and not kids
    )
    if copy and not (one.row and other.row and alike < 0.97):
        why = [f"the same reference {', '.join(sorted(shared))}"] if shared else []
        return Likeness(
            this=other.name,
            other=one.name,
            kinship=Kinship.DUPLICATE,
            reasons=(*why, *reasons, "the same words"),
        )
    return Likeness(
        this=other.name,
        other=one.name,
        kinship=Kinship.SAME_FAMILY,
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _alike(ours: set[str], theirs: set[str]) -> set[str]:
    """Adults who are one person as far as their names go: Jo and Joanne Tranter."""
    from matching import name_similarity  # slow to import; few arrivals need it

    return {a for a in ours if any(name_similarity(a, b) >= _ONE_ADULT for b in theirs)}


def _clash(one: Signs, other: Signs) -> bool:
    """True when both give birth dates of a child of one first name and they differ."""
    mine = {k.split()[1]: k for k in one.strong if k.startswith("child")}
    theirs = {k.split()[1]: k for k in other.strong if k.startswith("child")}
    return any(name in theirs and theirs[name] != key for name, key in mine.items())
