"""What a few words typed into a search box say of a person: in any order, none of them needed.

understand("maya ~6 mum kelly LS12", today).words()
-> "Name maya · about 6 · mother kelly · postcode LS12"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from matching import dates, normalise
from matching.letters import LONGEST
from matching.name_words import word_set
from matching.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenQuery:
    """A search as it was understood. What was not said is empty or None.

    `names` are words of the person's own name in the order typed; which of them is the given
    name is not known. `plain` is the whole text, for what is searched as it stands.
    """

    plain: str = ""
    today: date
    names: tuple[str, ...] = ()
    dob: date | None = None
    dob_text: str | None = None
    age: tuple[int, int] | None = None
    mother: str | None = None
    postcode: str | None = None
    phone: str | None = None
    nhs_number: str | None = None
    reference: str | None = None
    school: str | None = None

    @property
    def says_a_person(self) -> bool:
        """Whether anything but a reference was said that people can be compared by."""
        said = (self.dob, self.dob_text, self.age, self.mother, self.postcode, self.phone)
        return bool(self.names or any(said) or self.nhs_number or self.school)

    def words(self) -> str:
        """How it was understood, for the person at the screen; "" when nothing was said."""
        said: list[str] = []
        if len(self.names) == 1:
            said.append(f"Given or family name {self.names[0]}")
        elif self.names:
            said.append(f"Name {' '.join(self.names)}")
        if self.dob:
            said.append(f"born {self.dob.day} {self.dob:%b} {self.dob.year:04d}")
        elif self.dob_text:
            said.append(f"born {self.dob_text}")
        if self.age:
            said.append(f"about {sum(self.age) // 2}")
        for label, value in (
            ("mother", self.mother), ("postcode", _spaced(self.postcode)), ("phone", self.phone),
            ("NHS number", self.nhs_number), ("reference", self.reference),
            ("school", self.school),
        ):  # fmt: skip
            if value:
                said.append(f"{label} {value}")
        words = " · ".join(said)
        return words[:1].upper() + words[1:]

    def people(self) -> tuple[Person, ...]:
        """The persons this may mean, to be searched one by one: a lone name is either name."""
        if not self.says_a_person:
            return ()
        if len(self.names) == 1:
            return self._person(self.names[0], None), self._person(None, self.names[0])
        if not self.names:
            return (self._person(None, None),)
        return (self._person(" ".join(self.names[:-1]), self.names[-1]),)

    def _person(self, given: str | None, family: str | None) -> Person:
        return Person(
            id="spoken",
            source="search",
            given=given,
            family=family,
            dob=self.dob,
            dob_text=self.dob_text,
            age=self.age,
            age_as_of=self.today if self.age else None,
            mother=self.mother,
            postcode=self.postcode,
            phone=self.phone,
            nhs_number=self.nhs_number,
            school=self.school,
        )


def _spaced(code: str | None) -> str | None:
    return f"{code[:-3]} {code[-3:]}" if code and normalise.is_full_postcode(code) else code


_WORD = r"([^\W\d_][^\s,;]*)"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_SCHOOLS = "primary|academy|school|infants?|juniors?|high|nursery"


def _nhs(m: re.Match[str]) -> dict[str, object]:
    figures = normalise.digits(m[0])
    return {"nhs_number": figures} if normalise.is_nhs_number(figures) else {}


def _phone(m: re.Match[str]) -> dict[str, object]:
    return {"phone": normalise.phone(m[0])}


def _day(m: re.Match[str]) -> dict[str, object]:
    parts = dates.date_parts(m[0])
    whole = parts.as_date()
    if whole:
        return {"dob": whole}
    # A day that does not exist is still a year and a month.
    return {"dob_text": m[0]} if parts.year else {}


def _age(m: re.Match[str]) -> dict[str, object]:
    years, about = int(m["years"]), bool(m["about"])
    if years > 120:
        return {}
    return {"age": (max(0, years - about), years + about)}


def _postcode(m: re.Match[str]) -> dict[str, object]:
    return {"postcode": normalise.postcode(m[0])}


Reader = Callable[[re.Match[str]], dict[str, object]]
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?=[\s,;]|$)", re.IGNORECASE), reader)
    for pattern, reader in (
        (r"[a-z]{1,3}-\d{2}-\d{3,8}", lambda m: {"reference": m[0].upper()}),
        (r"\d{3}[ -]?\d{3}[ -]?\d{4}", _nhs),
        (r"(?:\+44|0)\d[\d ]{7,11}\d", _phone),
        (r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}", _day),
        (rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH} \d{{4}}", _day),
        (r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", _postcode),
        (r"[a-z]{1,2}\d[a-z\d]?", _postcode),
        (r"(?:mum|mam|mom|mummy|mother)(?:'s)?:? (?:is |called )?" + _WORD,
         lambda m: {"mother": m[1]}),
        (rf"{_WORD} (?:{_SCHOOLS})(?: school)?", lambda m: {"school": m[0]}),
        (r"school:? " + _WORD, lambda m: {"school": m[1]}),
        (r"(?P<about>~ ?|about |approx\.? |c\. ?)(?P<years>\d{1,3})(?: ?y(?:ea)?rs?(?: old)?)?",
         _age),
        (r"(?P<about>(?!))?(?:aged? )?(?P<years>\d{1,3})(?: ?(?:y|yo|y/o|y(?:ea)?rs?)(?: old)?)?",
         _age),
    )
)  # fmt: skip
_LEFT_OUT = word_set("the and a with of in at from born aged age dob mum mother mam")


def understand(text: str, today: date) -> SpokenQuery:
    """Read a search as typed on `today`. Never raises; what has no other meaning is a name.

    A fact said twice counts once, as said first.
    """
    plain = " ".join(text[:LONGEST].replace("\0", " ").split())
    facts: dict[str, object] = {}
    rest = plain
    for pattern, reader in _READERS:

        def take(m: re.Match[str], reader: Reader = reader) -> str:
            read = {k: v for k, v in reader(m).items() if v}
            if not read or read.keys() & facts.keys():
                return m[0]
            facts.update(read)
            return " , "

        rest = pattern.sub(take, rest)
    words = (w.strip(',;:.~()"') for w in rest.split())
    names = tuple(w for w in words if w.lower() not in _LEFT_OUT and normalise.name_tokens(w))
    if len(names) == 2 and f"{names[0]}, {names[1]}" in plain:
        names = names[::-1]
    return SpokenQuery(plain=plain, today=today, names=names, **cast(dict[str, Any], facts))
