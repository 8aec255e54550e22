"""Whose facts a copy of what is held would give: the child's own, or a third party's, which go as
one with whoever is taken out (DPA 2018 schedule 2 paragraph 16)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from triage.domain.lookup import PartnerRecord, VerdictKind
from triage.domain.request import Onward
from triage.domain.restriction import RestrictedKind
from triage.domain.spelling import spell_moment
from triage.export.access_copy import Chapter, Group, Passage, Whose
from triage.storage import contacts, lookups
from triage.workflow import fact_words, fields, known, naming
from triage.workflow.access_names import name_words
from triage.workflow.requests import agency_name

if TYPE_CHECKING:
    from triage.domain.contact import Adult, Child, Contact, Referrer
    from triage.domain.request import InfoRequest, PartnerAnswer
    from triage.storage.engine import Transaction
    from triage.workflow.desk import Desk

_BLANK = "[taken out]"
_OUTRIGHT = frozenset({"given", "family", "name", "dob", "relationship", "lives_here"})
"""Facts whose words are not blanked where they were read: names and birth dates are looked for
everywhere, and how somebody is related is part of the child's own story."""

PLACE = Whose(
    words="",
    why="an address that nobody is given",
    never=True,
    instead="An address was taken out: it is given to nobody.",
)
"""Where somebody is of whom nobody may learn it."""

WHERE = ("address", "postcode", "phone")
"""What a partner's record says of where somebody is."""

_NUMBERS = ("nhs_number", "upn", "phone")
_ANONYMOUS = "9"
_PRIVATE = frozenset({"1A", "1B", "1D", _ANONYMOUS})
"""Referral sources of the children in need census who are individuals: family, acquaintances,
others. 1C is the child."""


def is_same(child: Child, other: Child) -> bool:
    """Whether a child of some contact is the one asked about."""
    if other == child or set(contacts.keys_of(child)) & set(contacts.keys_of(other)):
        return True
    return other.given.known and other.name == child.name  # "Name not known" is nobody's name


def same_person(words: str) -> str:
    """What two ways to write a third party's words have in common: the names of a person whatever
    their order and title, else letters and figures. "Mrs Pell" alone may be somebody else."""
    names = name_words(name_alone(words))
    if len(names) > 1 and not re.search(r"[@\d]", words) and all(len(n) > 1 for n in names):
        return " ".join(sorted(names))
    return plain(words) or words.casefold()


def name_alone(words: str) -> str:
    """A name without what was written behind it: "Jean Pell (nan)", "Jean Pell, her nan"."""
    return re.sub(r"\s*\([^)]*\)|,\s+[a-z].*", "", words).strip() or words


def plain(words: str) -> str:
    """Letters and figures alone, a telephone number from its 0."""
    squeezed = re.sub(r"[\W_]", "", words.casefold())
    return re.sub(r"^(?:0044|44)0?(?=\d{9,10}$)", "0", squeezed)


def why_unnamed(referrer: Referrer) -> str:
    """Why whoever reported it is a third party; "" for a professional who may be named."""
    if is_promised(referrer):
        return "reported it and may not be named"
    if not referrer.agency.known:
        return "reported it, of no agency"
    return "reported it, not at work" if referrer.source_code.value in _PRIVATE else ""


def is_promised(referrer: Referrer) -> bool:
    """Whether whoever reported it was told that nobody would learn who they are."""
    anonymous = referrer.asked_to_stay_unknown or referrer.source_code.value == _ANONYMOUS
    return referrer.may_be_named.value == "no" or anonymous


def why_hidden(contact: Contact) -> str:
    """Why the address of a contact is one that nobody is given; "" for any other."""
    kind = contact.restricted_kind if contact.restricted else ""
    if contact.content.address.is_refuge or kind == RestrictedKind.REFUGE:
        return "the address of a refuge"
    return "the address of a protected witness" if kind == RestrictedKind.WITNESS else ""


def of_path(contact: Contact, child: Child, path: str) -> Whose | None:
    """Whose a fact is, by its path; None where it is the child's, or nobody's to be taken out."""
    group, _, rest = path.partition(".")
    if group in ("children", "adults"):
        return of_person(contact, child, rest.partition(".")[0])
    if group == "address":
        return PLACE if why_hidden(contact) else None
    referrer = contact.content.referrer
    if group != "referrer" or referrer.name.value == child.name:
        return None
    why = why_unnamed(referrer)
    names = (referrer.name, referrer.phone, referrer.email)
    words = next((f.value for f in names if f.known), "")
    return Whose(words=words, why=why, never=is_promised(referrer)) if why else None


def of_request(contact: Contact, child: Child, request: InfoRequest) -> Whose | None:
    """Whose a request is that asks about nobody but third parties: that it was made tells of
    them."""
    asked = [of_person(contact, child, person.person) for person in request.people]
    return asked[0] if asked and all(asked) else None


def of_answer(request: InfoRequest, answer: PartnerAnswer, desk: Desk) -> Whose | None:
    """What decides of a partner's answer: None where they let it be passed on."""
    if answer.onward is Onward.FREE and not answer.onward_words.strip():
        return None
    at = spell_moment(naming.local(desk.profile, answer.received_at))
    who = agency_name(desk, request.agency)
    return Whose(
        words=f"The answer of {who}, {at} ({request.reference})",
        why=answer.limit.rstrip("."),
        instead=f"What {who} answered was taken out.",
    )


def of_person(contact: Contact, child: Child, key: str) -> Whose | None:
    """As `of_path`, by a person's key in the contact; "" is the contact as a whole."""
    if not key:
        return None
    for other in contact.content.children:
        if other.key == key:
            words = other.name if other.given.known else ""
            return None if is_same(child, other) else Whose(words=words, why="another child")
    for adult in contact.content.adults:
        if adult.key == key:
            return _of_adult(adult, child)
    return Whose(words="", why="somebody no longer named")


def _of_adult(adult: Adult, child: Child) -> Whose | None:
    named = adult.name.value if adult.name.known else ""
    if named.casefold() == child.name.casefold():
        days = {day for day in (adult.dob.as_date, child.dob.as_date) if day}
        if len(days) < 2:
            return None
        named = ""
    words = named or (adult.phone.value if adult.phone.known else "")
    return Whose(words=words, why="an adult of the family")


def linked_of(tx: Transaction, contact: Contact) -> Iterator[tuple[str, PartnerRecord]]:
    """The records that somebody said are a person of the contact, with that person's key."""
    for verdict in known.standing(lookups.verdicts_of(tx, contact.id)).values():
        if verdict.kind is VerdictKind.SAME and verdict.record is not None:
            yield verdict.subject.person, verdict.record


def numbers_by_name(
    tx: Transaction, told: Iterable[Contact], child: Child
) -> Mapping[str, set[str]]:
    """NHS number, UPN and the telephone of a linked record, plain, by the `same_person` of whose
    they are; what is the child's or the household's own is not among them."""
    own: set[str] = set()
    found: dict[str, set[str]] = {}
    for contact in told:
        content = contact.content
        own.add(plain(content.address.phone.value))
        for other in content.children:
            whose = of_person(contact, child, other.key)
            into = found.setdefault(same_person(whose.words), set()) if whose else own
            into |= {plain(f.value) for f in (other.nhs_number, other.upn) if f.known}
        for key, record in linked_of(tx, contact):
            whose = of_person(contact, child, key)
            into = found.setdefault(same_person(whose.words), set()) if whose else own
            into |= {plain(record.fields.get(name, "")) for name in _NUMBERS}
    return {words: numbers - own - {""} for words, numbers in found.items()}


def theirs_in(
    contact: Contact, child: Child, part: str, text: str
) -> tuple[tuple[int, int, Whose], ...]:
    """Where the original's words were read as facts about a third party, but for words that were
    read as the child's own too."""
    own: list[tuple[int, int]] = []
    found: dict[tuple[int, int], Whose] = {}
    for path, fact in fields.facts_of(contact.content):
        if path.partition(".")[0] not in ("children", "adults", "address", "referrer"):
            continue
        whose = of_path(contact, child, path)
        for place in fact.places if fact.known else ():
            start, end = place.start, place.end
            if place.part != part or start is None or end is None or start >= end:
                continue
            if whose is None:
                own.append((start, end))
            elif fact_words.name_in(path) not in _OUTRIGHT and text[start:end] == place.words:
                found[start, end] = whose
    cut: list[tuple[int, int, Whose]] = []
    for (start, end), whose in sorted(found.items(), key=lambda each: each[0]):
        clear = all(end <= left or right <= start for left, right in own)
        if clear and (not cut or cut[-1][1] <= start):
            cut.append((start, end, whose))
    return tuple(cut)


def leave_out(chapters: Iterable[Chapter], staying: Iterable[str]) -> tuple[Chapter, ...]:
    """The chapters without the facts of anybody but those `staying`, by the words that decide;
    one line stands for them. Why somebody decided so is never in it: it may tell of them."""
    stay = set(map(same_person, staying))

    def goes(whose: Whose | None) -> bool:
        if whose is None:
            return False
        return whose.never or not whose.words or same_person(whose.words) not in stay

    def line(whose: Whose) -> Passage:
        return Passage(words=whose.line, left_out=1)

    def cut(group: Group) -> Group:
        if group.whose is not None and goes(group.whose) and group.passages:
            return Group(passages=(line(group.whose),))
        stays = [blank(each) for each in group.passages if not goes(each.whose)]
        lines = [line(each.whose) for each in group.passages if each.whose and goes(each.whose)]
        return replace(group, passages=(*stays, *dict.fromkeys(lines)))

    def blank(passage: Passage) -> Passage:
        words = passage.words
        going = [each for each in passage.theirs if goes(each[2])]
        for start, end, _ in sorted(going, key=lambda each: each[0], reverse=True):
            words = f"{words[:start]}{_BLANK}{words[end:]}"
        return replace(passage, words=words, left_out=len(going)) if going else passage

    return tuple(
        replace(
            chapter,
            parts=tuple(
                replace(part, groups=tuple(map(cut, part.groups))) for part in chapter.parts
            ),
        )
        for chapter in chapters
    )
