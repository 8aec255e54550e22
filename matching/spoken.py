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
    age_text: str = ""
    school_year: str | None = None
    mother: str | None = None
    postcode: str | None = None
    phone: str | None = None
    nhs_number: str | None = None
    reference: str | None = None
    school: str | None = None

    @property
    def says_a_person(self) -> bool:
        """Whether anything but a reference was said that people can be compared by."""
        return bool(
            self.names or self.dob or self.dob_text or self.age or self.school_year
            or self.mother or self.postcode or self.phone or self.nhs_number or self.school
        )  # fmt: skip

    @property
    def says_a_child(self) -> bool:
        """Whether what was said can only be of a child: an age, a birth or due date, a school."""
        born = self.dob or dates.date_parts(self.dob_text or "").as_date()
        young = born is not None and self.today.year - born.year < 19
        aged = self.age is not None and max(self.age) < 18
        due = bool(self.dob_text) and not dates.date_parts(self.dob_text or "").year
        return bool(young or aged or due or self.mother or self.school or self.school_year)

    def words(self) -> str:
        """How it was understood, for the person at the screen; "" when nothing was said."""
        first, *rest = self.parts() or ("",)
        return " · ".join((first, *(part[:1].lower() + part[1:] for part in rest)))

    def parts(self) -> tuple[str, ...]:
        """Each fact as it was understood, in a few words of its own: "Name maya", "About 6"."""
        said: list[str] = []
        if self.names:
            said.append(f"Name {' '.join(self.names)}")
        if self.dob:
            said.append(f"born {self.dob.day} {self.dob:%b} {self.dob.year:04d}")
        elif self.dob_text:
            due = self.dob_text.lower().startswith(("due", "edd"))
            said.append(self.dob_text if due else f"born {self.dob_text}")
        if self.age:
            said.append(self.age_text)
        for label, value in (
            ("mother", self.mother), ("postcode", _spaced(self.postcode)), ("phone", self.phone),
            ("NHS number", _checked(self.nhs_number)), ("reference", self.reference),
            ("school", self.school), ("school year", _number(self.school_year)),
        ):  # fmt: skip
            if value:
                said.append(f"{label} {value}")
        return tuple(part[:1].upper() + part[1:] for part in said)

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
            dob_text=self.dob_text or self.school_year,
            age=self.age,
            age_as_of=self.today if self.age or self.school_year else None,
            mother=self.mother,
            postcode=self.postcode,
            phone=self.phone,
            nhs_number=self.nhs_number,
            school=self.school,
        )


def _number(year: str | None) -> str | None:
    return year.lower().removeprefix("year").removeprefix("yr").strip() if year else None


def _checked(number: str | None) -> str | None:
    if number is None or normalise.is_nhs_number(number):
        return number
    return f"{number}, which is not a valid one"


def _spaced(code: str | None) -> str | None:
    return f"{code[:-3]} {code[-3:]}" if code and normalise.is_full_postcode(code) else code


_WORD = r"([^\W\d_][^\s,;]*)"
_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH} (?:\d{{4}}|\d{{2}}(?!\d)))"
)
_SCHOOLS = "primary|academy|school|infants?|juniors?|high|nursery"


def _nhs(m: re.Match[str]) -> dict[str, object]:
    return {"nhs_number": normalise.digits(m[0])}


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
    words = f"about {years}" if about else f"aged {years}"
    return {"age": (max(0, years - about), years + about), "age_text": words}


def _infant(m: re.Match[str]) -> dict[str, object]:
    years = int(int(m["number"]) / {"m": 12, "w": 52.2, "d": 365.25}[m["unit"][0].lower()])
    unit = {"m": "month", "w": "week", "d": "day"}[m["unit"][0].lower()]
    words = f"{int(m['number'])} {unit}{'s' * (int(m['number']) != 1)} old"
    return {"age": (years, years), "age_text": words}


def _due(m: re.Match[str]) -> dict[str, object]:
    return {"dob_text": f"due {m['day']}"} if dates.date_parts(m["day"]).year else {}


def _school_year(m: re.Match[str]) -> dict[str, object]:
    return {"school_year": m[0]}


def _postcode(m: re.Match[str]) -> dict[str, object]:
    return {"postcode": normalise.postcode(m[0])}


Reader = Callable[[re.Match[str]], dict[str, object]]
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?=[\s,;]|$)", re.IGNORECASE), reader)
    for pattern, reader in (
        (r"[a-z]{1,3}-\d{2}-\d{3,8}", lambda m: {"reference": m[0].upper()}),
        (r"[1-9]\d{2}[ -]?\d{3}[ -]?\d{4}", _nhs),
        (r"(?:\+44|0)\d[\d ]{7,11}\d", _phone),
        (rf"(?:unborn,? )?(?:due|edd):?(?: on| in)? (?P<day>{_DATE})", _due),
        (_DATE, _day),
        (r"(?:year|yr) ?\d{1,2}|reception", _school_year),
        (r"(?:born (?:in )?)?(?:19|20)\d\d", lambda m: {"dob_text": m[0].split()[-1]}),
        (r"[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}", _postcode),
        (r"[a-z]{1,2}\d[a-z\d]?", _postcode),
        (r"(?:mum|mam|mom|mummy|mother)(?:'s name)?(?:'s)?:? (?:is |called )?" + _WORD,
         lambda m: {"mother": m[1]}),
        (rf"(?:st\.? )?{_WORD} (?:{_SCHOOLS})(?: school)?", lambda m: {"school": m[0]}),
        (r"school:? " + _WORD, lambda m: {"school": m[1]}),
        (r"(?:(?:~ ?|about |aged? ))?(?P<number>\d{1,2}) ?"
         r"(?P<unit>m(?:o|ths?|onths?)?|w(?:ks?|eeks?)|d(?:ays?))(?: old)?", _infant),
        (r"(?P<about>~ ?|about |approx\.? |c\. ?)(?P<years>\d{1,3})(?: ?y(?:ea)?rs?(?: old)?)?",
         _age),
        (r"(?P<about>(?!))?(?:aged? )?(?P<years>\d{1,3})(?: ?(?:y|yo|y/o|y(?:ea)?rs?)(?: old)?)?",
         _age),
    )
)  # fmt: skip
_LEFT_OUT = word_set("the and a with of in at from born aged age dob mum mother mam unborn due edd")


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
