"""What a contact is called on a row: its children, its reason, who sent it. Plain text only."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.domain.contact import Adult, Channel, Child, Contact
from triage.domain.profile import Profile

_LONGEST_REASON = 60
_BRACKETS = re.compile(r"\s*\([^)]*\)")
_MOTHERS = frozenset(
    f"{kind} {word}".strip()
    for kind in ("", "birth", "biological", "natural", "expectant", "pregnant")
    for word in ("mother", "mum", "mam", "mom", "mummy")
)
_NO_NAME = re.compile(r"(?i)\b(?:unknown|known|unsure|surname|and)\b|[&?/\d]")
_PARTICLES = frozenset(
    {
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "al",
        "el",
        "bin",
        "bint",
        "ibn",
        "ter",
        "st",
        "st.",
    }
)
_CHANNELS = {
    Channel.EMAIL: "E-mail",
    Channel.PHONE: "Phone",
    Channel.FORM: "Form",
    Channel.PORTAL: "Portal",
    Channel.BATCH: "Batch",
    Channel.WALK_IN: "Walk-in",
}


def local(profile: Profile, moment: datetime) -> datetime:
    """The moment by the hub's clock."""
    return moment.astimezone(ZoneInfo(profile.working_time.zone))


def local_day(profile: Profile, moment: datetime) -> date:
    """The calendar day at the hub."""
    return local(profile, moment).date()


def age_words(child: Child, day: date) -> str:
    """The age in years as a figure, "unborn", the age as it was written, or nothing."""
    if child.unborn:
        return "unborn"
    years = child.age_on(day)
    if years is not None:
        return str(years)
    if child.age_text.known:
        words = child.age_text.value
        return f"about {words}" if words.isdigit() else words
    return ""


def title(contact: Contact, day: date) -> str:
    """The children with their ages, as in: Maya Rowe 7, + Theo 3."""
    children = contact.content.children
    if not children:
        return "Name not known"
    first, *others = children
    adults = contact.content.adults
    words = " ".join(w for w in (child_name(first, adults), age_words(first, day)) if w)
    if not others:
        return words
    named = [_shortly(c, first, adults, day) for c in others[:2]]
    if len(others) > 2:
        named.append(f"{len(others) - 2} more")
    return f"{words}, + " + ", ".join(named)


def child_name(child: Child, adults: Sequence[Adult]) -> str:
    """The child's name; one not born yet, and not named, is called by the mother's family name,
    as a midwife writes it: "Baby Fenwick". Only where exactly one mother is named in full."""
    if child.unborn and not child.given.known and not child.family.known:
        mothers = [a for a in adults if _is_mother(a)]
        family = _family_name(mothers[0].name.value) if len(mothers) == 1 else ""
        return f"{child.name} {family}".strip()
    return child.name


def _is_mother(adult: Adult) -> bool:
    said = _BRACKETS.sub("", adult.relationship.value) if adult.relationship.known else ""
    return " ".join(said.casefold().split()) in _MOTHERS


def _family_name(name: str) -> str:
    """The family name in a name written in full, in either order; "" for a first name alone or
    anything doubtful."""
    name = _BRACKETS.sub("", name)
    before, comma, after = name.partition(",")
    words = before.split() if comma else name.split()
    if _NO_NAME.search(name) or (not after.strip() if comma else len(words) < 2):
        return ""
    if not comma:
        start = len(words) - 1
        while start > 1 and words[start - 1].casefold() in _PARTICLES:
            start -= 1
        words = words[start:]
    family = " ".join(words)
    return family if sum(c.isalpha() for c in family) > 1 else ""


def _shortly(child: Child, first: Child, adults: Sequence[Adult], day: date) -> str:
    same_family = child.family.known and child.family.value == first.family.value
    name = child.given.value if same_family and child.given.known else child_name(child, adults)
    return " ".join(w for w in (name, age_words(child, day)) if w)


def reason(contact: Contact, profile: Profile) -> str:
    """Why someone got in touch: the first concern by the profile's label, else first words."""
    content = contact.content
    if content.concerns:
        return concern_label(profile, content.concerns[0])
    words = content.concern.value if content.concern.known else ""
    if not words and content.said:
        words = content.said[0].words
    words = " ".join((words or contact.subject).split())
    if len(words) <= _LONGEST_REASON:
        return words or "No concern written down yet"
    return words[:_LONGEST_REASON].rsplit(" ", 1)[0] + " …"


def concern_label(profile: Profile, code: str) -> str:
    """The profile's words for a concern, or the words themselves where it has none."""
    label = profile.label("concerns", code)
    return label[:1].upper() + label[1:]


def source(contact: Contact, profile: Profile) -> str:
    """Who told us, in a word or two: the agency's kind, else its name, else the channel."""
    referrer = contact.content.referrer
    if referrer.source_code.known:
        code = referrer.source_code.value
        short = profile.short_label("cin_referral_source", code)
        return short or _short(profile.label("cin_referral_source", code))
    if referrer.agency.known:
        return referrer.agency.value
    if referrer.role.known:
        return referrer.role.value
    return _CHANNELS[contact.channel]


def _short(label: str) -> str:
    """A census label for a row: "Health: school nurse (0-19)" is "School nurse"."""
    words = _BRACKETS.sub("", label.rpartition(": ")[2]).strip()
    return words[:1].upper() + words[1:]
