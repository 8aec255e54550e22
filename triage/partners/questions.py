"""A person's facts as a question to a partner writes them, and who in an answer can be them.

A partner's server may ignore what it does not understand and return everyone, so what comes back
is looked through here before anybody sees it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from triage.domain.live_partner import blanks_of
from triage.domain.lookup import PartnerRecord
from triage.partners.connector import Query

if TYPE_CHECKING:
    from matching import Person

_WORDS = {
    "given": "given name", "family": "family name", "name": "name", "born": "birth date",
    "postcode": "postcode", "nhs_number": "NHS number", "upn": "UPN", "phone": "phone",
    "sex": "sex",
}  # fmt: skip
_NO_ACCENT = str.maketrans("łŁøØđĐ", "lLoOdD")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|“[^”]*”|\"[^\"]*\"")


def known(person: Person) -> dict[str, str | date]:
    """The facts that may be asked with, in canonical form; what is not known is not there.

    Words in brackets are no part of a family name. A number that can't be right is left out.
    """
    from matching import Sex, normalise

    number = normalise.digits(person.nhs_number)
    given = " ".join((person.given or "").split())
    family = " ".join(_IN_BRACKETS.sub(" ", person.family or "").split())
    facts: dict[str, str | date | None] = {
        "given": given,
        "family": family,
        "name": f"{given} {family}".strip(),
        "born": person.dob,
        "postcode": _postcode(normalise.postcode(person.postcode)),
        "nhs_number": number if normalise.is_nhs_number(number) else None,
        "upn": normalise.upn(person.upn),
        "phone": normalise.phone(person.phone),
        "sex": None if person.sex is Sex.UNKNOWN else str(person.sex),
    }
    return {name: value for name, value in facts.items() if value}


def _postcode(code: str | None) -> str:
    """A whole postcode as it is written, with its space; a district alone finds nobody."""
    return f"{code[:-3]} {code[-3:]}" if code and len(code) >= 5 else ""


def in_words(names: Iterable[str]) -> str:
    """The facts asked with, as they are said: "family name, birth date"."""
    return ", ".join(_WORDS[name] for name in dict.fromkeys(names))


def filled(text: str, facts: Mapping[str, str | date]) -> str | None:
    """The text with its blanks filled; None where one of them is not known."""
    if any(name not in facts for name in blanks_of(text)):
        return None
    return text.format_map(facts)


def plain(name: str) -> str:
    """A name without accents and signs, in small letters, as names are compared here."""
    # Letters that are no letter with an accent have to be told one by one.
    apart = unicodedata.normalize("NFKD", name.translate(_NO_ACCENT))
    return "".join(c for c in apart.casefold() if c.isalnum())


def unaccented(name: str) -> str:
    """The name with plain letters, spaces and signs kept: how some systems hold it."""
    apart = unicodedata.normalize("NFKD", name)
    return "".join(c for c in apart if not unicodedata.combining(c))


def resembles(record: PartnerRecord, query: Query) -> bool:
    """Whether a returned record has anything to do with who was asked about.

    A number in common; or a family or given name that begins alike together with, where both have
    them, birth dates that are not wholly different. What this lets through is still compared by
    matching; what it stops was never an answer to the question.
    """
    facts, held = known(query.person), record.fields
    for number in ("nhs_number", "upn"):
        if number in facts and plain(held.get(number, "")) == plain(str(facts[number])):
            return True
    names = [held.get("given", ""), held.get("family", ""), held.get("aliases", "")]
    theirs = {plain(w) for n in names for w in re.split(r"[\s;,'-]+", n) if plain(w)}
    ours = {
        plain(w)
        for n in (query.person.given, query.person.family, *query.person.aliases)
        for w in re.split(r"[\s;,'-]+", n or "")
        if plain(w)
    }
    by_name = any(_alike(a, b) for a in ours for b in theirs)
    if not by_name:
        return False
    born, theirs_born = facts.get("born"), held.get("dob", "")
    if not isinstance(born, date) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", theirs_born):
        return True
    same_parts = sum(
        a == b for a, b in zip(born.isoformat().split("-"), theirs_born.split("-"), strict=True)
    )
    day = date.fromisoformat(theirs_born)
    return same_parts >= 1 or abs((day - born).days) <= 400


def _alike(left: str, right: str) -> bool:
    shorter = min(len(left), len(right))
    return left == right or (shorter >= 3 and left[:3] == right[:3])
