"""What labels and rows are of a form itself: its title, a row that is no record, a bare "Explain"."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re

from triage.intake.dates import age_on, find_dates
from triage.intake.gathered import Gathered
from triage.intake.labels import Subject, classify, relation_in
from triage.intake.people import is_role
from triage.intake.pieces import Entry, Piece

OF_CHILDREN = re.compile(
    r"^(?!.*\b(?:adults?|parents?|carers?|members|who|anyone|everyone|everybody)\b)"
    r".*\b(?:children|young people|siblings)\b"
)
DOCUMENT = re.compile(
    r"(?i)\b(?:form|record|report|referral|notification|notice|alert|contact sheet|request)$"
)
MORE = re.compile(r"(?i)\W*(?:please )?(?:explain|details?|notes?|comments?|rationale|why)\W*")
STATED = frozenset({"concern", "consent", "urgent", "risk", "informed"})
STATES = re.compile(
    r"(?i)(?:status|value|given|answer|yes|detail|text|level|state|response|summary)"
)
_OWN = (
    ("email", r"\be-?mail\b"),
    ("phone", r"\b(?:phone|tel|telephone|mobile|number)\b"),
    ("name", r"\bprint(?:ed)? name\b|^name\b"),
)


def of_referrer(label: str, value: Piece) -> str:
    """What a label passed over elsewhere ("Work phone") asks of the referrer."""
    words = label.casefold()
    if re.match(r"\W*(?:grade|band)\b", words) and is_role(value.text):
        return "role"
    return next((fact for fact, cue in _OWN if re.search(cue, words)), "ignore")


def ungroup(entries: list[Entry]) -> None:
    """Take a table's only row for labels over their values, unless it begins with a name."""
    rows: dict[object, set[object]] = {}
    for entry in entries:
        if entry.group[:1] == ("row",):
            rows.setdefault(entry.group[1], set()).add(entry.group[2:])
    held = {a for entry in entries for a in [entry.group] if a and _names_one(entry)}
    for entry in entries:
        lone = entry.group[:1] == ("row",) and len(rows[entry.group[1]]) == 1
        if lone and entry.group not in held:
            entry.group = ()


_LINKED = re.compile(r"(?i)[\s_]*(?:link|rel(?:ation(?:ship)?)?|connection|role|type)\W*")


def pair_up(entries: list[Entry]) -> None:
    """Take "P1" for an adult's name where "P1 link" beside it is answered with a kin's word."""
    bare = {entry.labels[0].casefold(): entry for entry in entries if len(entry.labels[0]) < 20}
    for entry in entries:
        label = entry.labels[0].casefold()
        if not (found := re.search(r"[\s_](?=[a-z]+\W*$)", label)) or not relation_in(
            entry.value.text
        ):
            continue
        lead, rest = label[: found.start()], label[found.start() :]
        named = bare.get(lead) or bare.get(f"{lead} name")
        if named is None or not _LINKED.fullmatch(rest) or classify(lead).attribute:
            continue
        if not classify(lead).subject and classify(named.labels[0]).attribute in {"", "name"}:
            number = (re.findall(r"\d", lead) or [str(entries.index(named))[-1]])[0]
            named.labels = (f"adult {number} name",)
            entry.labels = (f"adult {number} relationship",)


def _names_one(entry: Entry) -> bool:
    meaning = classify(entry.labels[0])
    return meaning.attribute in {"name", "given", "family"} or (
        not meaning.attribute and meaning.subject is not Subject.NONE
    )


def is_title(label: str, value: Piece) -> bool:
    """True for the name of a form parted by its dash: "Outpatients – Social Care Contact Record"."""
    words = value.text
    return len(words) < 80 and "\n" not in words and DOCUMENT.search(words) is not None


def reason_of(attribute: str, label: str, last: str) -> str:
    """A bare "Reason" or "Details" belongs to the consent or the telling asked just before."""
    if attribute in {"concern", "consent_reason"} and re.match(
        r"(?i)^\W*(?:(?:if (?:no|not|so|yes)\W*)?(?:please )?(?:give |state |explain )?(?:your )?(?:reasons?|why|details|explain|comments?|why not|notes?|rationale)(?: (?:why|for this|for (?:this )?answer|given|details))?)\W*$",
        label,
    ):
        if last in {"informed", "informed_reason"}:
            return "informed_reason"
        if last in {"consent", "consent_reason"}:
            return "consent_reason"
        if last in {"risk", "urgent"}:
            return f"{last}_more"
        if attribute == "consent_reason":
            return "consent_reason" if last else "concern"  # <Why>, with nothing asked before it
    return attribute


def is_childs(got: Gathered, value: Piece) -> bool:
    """True for a young birth date asked for beside an adult's name, where the only child has
    none: the columns of a form read across."""
    found = next(iter(find_dates(value, got.today)), None)
    kids = got.of(Subject.CHILD)
    return (
        found is not None
        and 0 <= age_on(found.value, got.today) < 13
        and len(kids) == 1
        and not {"dob", "edd"} & kids[0].facts.keys()
    )


def placed(in_group: dict[tuple[object, ...], Subject], entry: Entry, value: Piece) -> bool:
    """True when a record says which of the people it is ("role": "CHILD")."""
    words = value.text.casefold().replace("_", " ")
    if re.search(r"\bpractitioner|\breferrer\b|\breporter\b", words):
        in_group[entry.group] = Subject.REFERRER
    elif re.search(r"\bwitness|\bprofessional|\binformant|\bneighbou?r", words):
        in_group[entry.group] = Subject.OTHER
    elif re.search(r"\brelated ?person\b|\bnext of kin\b", words):
        in_group[entry.group] = Subject.ADULT
    elif re.search(r"\b(?:child|patient|subject|young person|sibling|unborn|pupil)\b", words):
        in_group[entry.group] = Subject.CHILD
    elif re.search(
        r"\b(?:parent|carer|mother|father|adult|guardian|household|suspect|victim|perpetrator|offender)\b",
        words,
    ):
        in_group[entry.group] = Subject.ADULT
    else:
        return False
    return True
