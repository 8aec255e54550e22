"""Comparison levels of each field, most exact first; a missing fact is apart and weighs nothing.

`compare` puts two people's facts side by side. Each `Comparison` names the level of every
part it rests on (a name rests on its given and family parts), and `score` turns parts into
weights. Levels are symmetric: the order of the two people does not matter.
"""

from __future__ import annotations

from datetime import date

from rapidfuzz.distance import OSA, JaroWinkler

from matching import normalise
from matching.levels import Comparison, Level, missing, single
from matching.name_comparison import CLOSE_ENOUGH, NameComparer, name_level
from matching.person import Facts, Sex, full_name

FIELDS = (
    "name", "dob", "sex", "nhs_number", "upn", "address", "postcode", "phone", "mother",
    "siblings", "school", "gp",
)  # fmt: skip


def _one_digit(left: str, right: str) -> bool:
    return len(left) == len(right) and OSA.distance(left, right, score_cutoff=1) == 1


def _is_first_january(day: date) -> bool:
    return day.month == 1 and day.day == 1


def date_level(left: date, right: date) -> str:
    """Level of two full birth dates; 1 January often stands for "only the year is known"."""
    if left == right:
        return "both 1 January" if _is_first_january(left) else "same"
    if left.year == right.year:
        if (left.month, left.day) == (right.day, right.month):
            return "day and month swapped"
        if _is_first_january(left) or _is_first_january(right):
            return "1 January of the year"
    if _one_digit(normalise.eight_figures(left), normalise.eight_figures(right)):
        return "one digit"
    parts = (left.year == right.year) + (left.month == right.month) + (left.day == right.day)
    if parts == 2:
        return "two of three parts"
    return "same year" if left.year == right.year else "other"


_DATE_LEVELS = {
    "same": Level.SAME,
    "both 1 January": Level.SAME,
    "day and month swapped": Level.CLOSE,
    "one digit": Level.CLOSE,
    "1 January of the year": Level.CLOSE,
    "two of three parts": Level.CLOSE,
    "same year": Level.DIFFERENT,
    "other": Level.DIFFERENT,
}


def _age(born: tuple[date, date], day: date) -> Comparison:
    width = max(1.0, (born[1] - born[0]).days / 365.25)
    if born[0] <= day <= born[1]:
        return single("dob", Level.CLOSE, "age fits", width=width)
    near = (born[0] - day).days <= 366 and (day - born[1]).days <= 366
    return (
        single("dob", Level.CLOSE, "age a year out")
        if near
        else single("dob", Level.DIFFERENT, "other")
    )


def _ages(left: tuple[date, date], right: tuple[date, date]) -> Comparison:
    width = max(1.0, max((b - a).days for a, b in (left, right)) / 365.25)
    if left[0] <= right[1] and right[0] <= left[1]:
        return single("dob", Level.CLOSE, "age fits", width=width)
    return single("dob", Level.DIFFERENT, "other")


def _partial(left: Facts, right: Facts) -> Comparison:
    a, b = left.dob_parts, right.dob_parts
    if a.year is None or b.year is None:
        return missing("dob")
    if a.year != b.year or (a.month and b.month and a.month != b.month):
        return single("dob", Level.DIFFERENT, "other")
    if a.month and b.month:
        return single("dob", Level.CLOSE, "same month and year")
    return single("dob", Level.CLOSE, "same year known")


def compare_dob(left: Facts, right: Facts) -> Comparison:
    """Birth dates; where one side has only an age or part of a date, what that can say."""
    if left.dob and right.dob:
        level = date_level(left.dob, right.dob)
        return single("dob", _DATE_LEVELS[level], level)
    if (left.dob or left.impossible_dob) and (right.dob or right.impossible_dob):
        # A day that is not in the calendar compares as the text it was written as.
        a, b = (
            side.impossible_dob or (normalise.eight_figures(side.dob) if side.dob else "")
            for side in (left, right)
        )
        if a == b:
            return single("dob", Level.SAME, "same as written")
        if _one_digit(a, b) and a[:6] != b[:6]:
            return single("dob", Level.CLOSE, "one digit")
    if left.dob_parts.year is not None and right.dob_parts.year is not None:
        return _partial(left, right)  # tells more than an age beside it
    if left.born and right.born:
        return _ages(left.born, right.born)
    if left.born and right.dob:
        return _age(left.born, right.dob)
    if right.born and left.dob:
        return _age(right.born, left.dob)
    return _partial(left, right)


def compare_sex(left: Facts, right: Facts) -> Comparison:
    """Recorded sex; unknown is missing."""
    if Sex.UNKNOWN in (left.sex, right.sex):
        return missing("sex")
    if left.sex == right.sex:
        return single("sex", Level.SAME, "same")
    return single("sex", Level.DIFFERENT, "other")


def compare_nhs_number(left: Facts, right: Facts) -> Comparison:
    """NHS numbers; one whose check digit is wrong can only be a slip of the other."""
    a, b = left.nhs_number, right.nhs_number
    if not a or not b:
        return missing("nhs_number")
    if left.nhs_valid and right.nhs_valid:
        if a == b:
            return single("nhs_number", Level.SAME, "same")
        return single("nhs_number", Level.DIFFERENT, "other")
    if _one_digit(a, b) and (left.nhs_valid or right.nhs_valid):
        return single("nhs_number", Level.CLOSE, "one edit")
    if a == b and len(set(a)) > 4:
        return single("nhs_number", Level.CLOSE, "same, not valid")
    return missing("nhs_number", "not a valid number")


def compare_upn(left: Facts, right: Facts) -> Comparison:
    """Unique pupil numbers; a child may have had a temporary one before."""
    a, b = left.upn, right.upn
    if not a or not b:
        return missing("upn")
    if a == b:
        return single("upn", Level.SAME, "same")
    if _one_digit(a, b):
        return single("upn", Level.CLOSE, "one edit")
    return single("upn", Level.DIFFERENT, "other")


def compare_postcode(left: Facts, right: Facts) -> Comparison:
    """Postcodes, down to district and area letters."""
    a, b = left.postcode, right.postcode
    if not a or not b:
        return missing("postcode")
    whole = normalise.is_full_postcode(a) and normalise.is_full_postcode(b)
    if a == b:
        if whole:
            return single("postcode", Level.SAME, "same")
        return single("postcode", Level.CLOSE, "district given")
    if whole and OSA.distance(a, b, score_cutoff=1) <= 1:
        return single("postcode", Level.CLOSE, "one edit")
    if normalise.outward(a) == normalise.outward(b):
        return single("postcode", Level.CLOSE, "same district" if whole else "district given")
    if normalise.area(a) == normalise.area(b):
        return single("postcode", Level.DIFFERENT, "same area")
    return single("postcode", Level.DIFFERENT, "other")


def _address_level(a: normalise.Address, b: normalise.Address) -> str:
    if a == b:
        return "same"
    if not a.street or not b.street:
        return "close" if a.number == b.number else "other"
    alike = JaroWinkler.similarity(" ".join(a.street), " ".join(b.street)) >= 0.9
    if not alike:
        return "other"
    if a.number == b.number or not a.number or not b.number:
        return "close"
    shared = set(a.number.split("/")) & set(b.number.split("/"))
    return "close" if shared or OSA.distance(a.number, b.number) == 1 else "other"


def compare_address(left: Facts, right: Facts, postcode: Comparison) -> Comparison:
    """Number and street, weighed by what the postcode has said already."""
    if left.address is None or right.address is None:
        return missing("address")
    level = _address_level(left.address, right.address)
    shown = {"same": Level.SAME, "close": Level.CLOSE, "other": Level.DIFFERENT}[level]
    if postcode.level is Level.SAME:
        return single("address", shown, f"{level}, in the same postcode")
    if postcode.level is Level.DIFFERENT and level == "other":
        return single("address", shown, "other, postcode differs too")
    return single("address", shown, level)


def compare_phone(left: Facts, right: Facts) -> Comparison:
    """Phone numbers by their national figures."""
    a, b = left.phone, right.phone
    if not a or not b:
        return missing("phone")
    if a == b:
        return single("phone", Level.SAME, "same")
    if _one_digit(a, b):
        return single("phone", Level.CLOSE, "one edit")
    return single("phone", Level.DIFFERENT, "other")


_MOTHER_CLOSE = frozenset({"known variant", "one edit", "begins with", "very similar"})


def compare_mother(left: Facts, right: Facts) -> Comparison:
    """Mother's or main carer's name; her given name tells most."""
    a, b = left.mother, right.mother
    if a is None or b is None:
        return missing("mother")
    families = bool(set(a.family) & set(b.family))
    if not a.given or not b.given:
        return single("mother", Level.CLOSE, "family name same") if families else missing("mother")
    level = name_level(a.given[0], b.given[0])
    if level == "same":
        if families:
            return single("mother", Level.SAME, "same")
        return single("mother", Level.CLOSE, "given name same")
    if level == "initial":
        return single("mother", Level.CLOSE, "initial")
    if level in _MOTHER_CLOSE:
        return single("mother", Level.CLOSE, "close")
    if families:
        return single("mother", Level.CLOSE, "family name same")
    return single("mother", Level.DIFFERENT, "other")


def compare_siblings(left: Facts, right: Facts) -> Comparison:
    """Brothers and sisters by given name; lists are seldom complete on either side."""
    if not left.siblings or not right.siblings:
        return missing("siblings")
    a = {s.given[0] for s in left.siblings if s.given}
    b = {s.given[0] for s in right.siblings if s.given}
    found = min(
        sum(any(name_level(x, y) in CLOSE_ENOUGH for y in b) for x in a),
        sum(any(name_level(x, y) in CLOSE_ENOUGH for x in a) for y in b),
    )
    if found == 0:
        return single("siblings", Level.DIFFERENT, "other")
    level = Level.SAME if found == len(a) == len(b) else Level.CLOSE
    return single("siblings", level, "one the same" if found == 1 else "two the same")


def _organisation(field: str, a: tuple[str, ...], b: tuple[str, ...]) -> Comparison:
    if not a or not b:
        return missing(field)
    if a == b:
        return single(field, Level.SAME, "same")
    short, long = sorted((a, b), key=len)
    if long[: len(short)] == short or JaroWinkler.similarity(" ".join(a), " ".join(b)) >= 0.93:
        return single(field, Level.CLOSE, "close")
    return single(field, Level.DIFFERENT, "other")


def is_close(fact: str, facts: Facts, text: str) -> bool:
    """Whether a phone, address, mother, school or surgery as written is close to that of `facts`,
    but not the same."""
    if fact == "address":
        place, other_place = facts.address, normalise.address(text)
        if place is None or other_place is None:
            return False
        return _address_level(place, other_place) == "close"
    if fact == "phone":
        phone, other = facts.phone or "", normalise.phone(text) or ""
        return phone != other and _one_digit(phone, other)
    if fact == "mother":
        own, found = facts.mother, full_name(text)
        if own is None or not own.given or found is None or not found.given:
            return False
        level = name_level(own.given[0], found.given[0])
        return level == "initial" or level in _MOTHER_CLOSE
    words = facts.school if fact == "school" else facts.gp
    return _organisation(fact, words, normalise.organisation(text)).level is Level.CLOSE


def compare(left: Facts, right: Facts, names: NameComparer) -> tuple[Comparison, ...]:
    """All fields of two people, in the order of the Compare screen (`FIELDS`)."""
    postcode = compare_postcode(left, right)
    return (
        names.names(left, right),
        compare_dob(left, right),
        compare_sex(left, right),
        compare_nhs_number(left, right),
        compare_upn(left, right),
        compare_address(left, right, postcode),
        postcode,
        compare_phone(left, right),
        compare_mother(left, right),
        compare_siblings(left, right),
        _organisation("school", left.school, right.school),
        _organisation("gp", left.gp, right.gp),
    )
