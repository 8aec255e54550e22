"""What a fact is called, how its value reads, and in which group it stands: the one place that
words them, for a screen as for a paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from triage.domain.contact import Adult, Child, Content
from triage.domain.fact import Fact
from triage.domain.profile import Profile
from triage.domain.spelling import spell_kept
from triage.workflow import naming

LABELS: Final[Mapping[str, str]] = {
    "given": "First name",
    "family": "Family name",
    "aliases": "Also called",
    "dob": "Born",
    "edd": "Baby is due",
    "age_text": "Age as written",
    "sex": "Sex",
    "nhs_number": "NHS number",
    "upn": "Pupil number",
    "school": "School",
    "gp": "GP",
    "ethnicity": "Ethnicity",
    "language": "Language",
    "interpreter": "Interpreter",
    "disability": "Disability",
    "whereabouts": "Where now",
    "lives_here": "Lives here",
    "name": "Name",
    "relationship": "Tie",
    "phone": "Telephone",
    "parental_responsibility": "Parental resp.",
    "known_of": "What is known",
    "role": "Role",
    "agency": "From",
    "email": "E-mail",
    "best_time": "Best time",
    "anonymous": "Anonymous",
    "may_be_named": "May be named",
    "source_code": "Census source",
    "line": "Address",
    "town": "Town",
    "postcode": "Postcode",
    "concern": "Words as sent",
    "child_words": "Child's own words",
    "consent": "Agrees to it",
    "consent_reason": "Why, or who",
    "family_informed": "Told about this",
    "family_informed_reason": "If not, why",
    "urgent": "Urgent",
    "risk_to_workers": "Risk to workers",
    "risk_text": "Which risk",
    "safe_contact": "Safe contact",
    "raises_risk": "Raises the risk",
    "lowers_risk": "Lowers the risk",
    "other": "Also said",
}
"""By the name of the fact within a contact."""

RECORD_LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "given": LABELS["given"],
    "family": LABELS["family"],
    "aliases": LABELS["aliases"],
    "dob": LABELS["dob"],
    "sex": LABELS["sex"],
    "nhs_number": LABELS["nhs_number"],
    "upn": LABELS["upn"],
    "address": "Address",
    "postcode": LABELS["postcode"],
    "phone": "Phone",
    "mother": "Mother",
    "siblings": "Brothers, sisters",
    "school": LABELS["school"],
    "gp": LABELS["gp"],
    "status": "Where it stands",
}
"""By the name of what a partner holds (see `triage.domain.lookup.PartnerRecord`)."""

SEEN, FAMILY, RISK = "What was seen and said", "Family", "Risk to workers"
_GROUPS: Final[Mapping[str, str]] = {
    "children": "Child",
    "address": "Address",
    "adults": "Household",
    "referrer": "Sender",
    **dict.fromkeys(
        ("family_informed", "family_informed_reason", "consent", "consent_reason", "safe_contact"),
        FAMILY,
    ),
    **dict.fromkeys(("risk_to_workers", "risk_text"), RISK),
}
_CODES: Final = {
    "sex": "sex",
    "ethnicity": "ethnicity",
    "source_code": "cin_referral_source",
}
_ANSWERS: Final[Mapping[str, str]] = {
    "yes": "Yes",
    "no": "No",
    "given": "Given",
    "refused": "Refused",
    "not_asked": "Not asked",
    "not_stated": "Not stated",
}


def group_of(path: str) -> str:
    """The group that a fact stands in: "Child", "Household", "Family"."""
    return _GROUPS.get(path.partition(".")[0], SEEN)


def label_of(path: str, fact: Fact | None = None) -> str:
    """A path in words: "First name", "Telephone"; what else was said is called as its form did."""
    names = [n for n in path.split(".") if n in LABELS]
    if names == ["other"] and fact is not None and fact.places and fact.places[0].label:
        return fact.places[0].label
    return LABELS[names[-1]] if names else path


def about(content: Content, path: str) -> str:
    """Which fact of whom: "Maya Rowe, born"; "" is the whole record."""
    if not path:
        return "The whole record"
    group, _, rest = path.partition(".")
    who = called(content, rest.partition(".")[0]) if group in ("children", "adults") else ""
    label = label_of(path)
    return f"{who}, {label[:1].lower()}{label[1:]}" if who else label


def called(content: Content, key: str) -> str:
    """What a person of the contact is called, by their key there; "" for nobody or no name."""
    people: tuple[Child | Adult, ...] = (*content.children, *content.adults)
    person = next((p for p in people if p.key == key), None)
    if isinstance(person, Child):
        return naming.child_name(person, content.adults)
    return person.name.value if person is not None else ""


def said(profile: Profile, name: str, value: str) -> str:
    """A value as a person reads it, by the name of the fact: codes as their words, days spelt."""
    if value and (codes := _CODES.get(name)):
        return profile.label(codes, value)
    return spell_kept(value) if name in ("dob", "edd") else _ANSWERS.get(value, value)


def name_in(path: str) -> str:
    """The name of the fact in a path: "dob" of "children.c1.dob", "aliases" of one of them."""
    return [n for n in path.split(".") if not n.isdigit()][-1]


def shown(profile: Profile, path: str, value: str) -> str:
    """As `said`, on one line, with the code after its words for whoever works with codes."""
    name = name_in(path)
    words = " ".join(said(profile, name, value).split())
    return f"{words} ({value})" if name in _CODES and words != value else words


def part_words(name: str) -> str:
    """What a part of an original is called; files in it have names of their own."""
    return {"body": "The letter", "headers": "Its head"}.get(name, name)
