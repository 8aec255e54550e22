"""What the labels of an entry, and the headings above it, say that its value is."""

# ruff: noqa: E501  a cue or a list of words is one pattern; breaking it would hide it

from __future__ import annotations

import re
from dataclasses import replace

from triage.intake.form_parts import OF_CHILDREN
from triage.intake.labels import NO_LABEL, Meaning, Subject, classify, normalise
from triage.intake.pieces import Entry

FORMS_NAME = re.compile(
    r"(?i)^(?!.*\b(?:details?|about|subject of|person)\b).*\b(?:form|referral|notification|request|report|alert|marf|front door|services)\b"
)


_IS_BODY = re.compile(
    r"(?i)\b(?:service|services|hub|court|trust|council|centre|team|hospital|school|police|charity|aid)$"
)


def meaning_of(entry: Entry) -> tuple[Meaning, str]:
    """What the labels of an entry ask for together, and the label that says so."""
    meanings = [(classify(label), label) for label in entry.labels if label]
    best, words = next(
        ((m, w) for m, w in meanings if m.attribute and m.attribute != "ignore"), (NO_LABEL, "")
    )
    if best.attribute == "concern" and best.weight == 1:  # <Consent><Reason>
        best, words = next(
            ((m, w) for m, w in meanings if m.attribute in {"consent_reason", "informed_reason"}),
            (best, words),
        )
    if not best.attribute:
        best, words = next(
            ((m, w) for m, w in meanings if m.attribute),
            (NO_LABEL, entry.labels[0] if entry.labels else ""),
        )
    if not best.attribute:
        best, words = next(((m, w) for m, w in meanings if m.subject), (best, words))
    subject, index, relation = best.subject, best.index, best.relation
    for meaning, _ in meanings:
        subject = subject or (
            meaning.subject if meaning.attribute in {best.attribute, ""} else subject
        )
        if not (entry.group and entry.path):  # a record's number is not its person's
            index = index or meaning.index
    return replace(best, subject=subject, index=index, relation=relation), words


def said_above(entry: Entry) -> tuple[Subject, str, str, str]:
    """Subject, index, relation and attribute that the headings give."""
    for words in reversed(entry.path):
        meaning, heading = classify(words), normalise(words)
        about = meaning.attribute == "concern" and meaning.subject is Subject.CHILD
        if about and words == entry.path[0] and heading.startswith("concern"):
            continue  # "Concern about a child": the form's own name
        if meaning.subject and re.search(
            r"(?i)\b(?:details?|information|about|section|part)\b", heading
        ):
            if meaning.attribute in {"concern", "received", "reference"}:
                meaning = replace(meaning, attribute="")
        elif meaning.attribute and meaning.share < 0.2:
            continue
        subject = meaning.subject
        if subject is Subject.ADULT and words == entry.path[0] and _IS_BODY.search(words):
            continue  # "Northmere Family Court Service": who wrote it
        if (
            subject in {Subject.CHILD, Subject.ADULT}
            and FORMS_NAME.search(heading)
            and words == entry.path[0]
        ):
            continue  # "Child concern report": the form's own name
        if (
            meaning.attribute == "ignore"
            and meaning.share >= 0.3
            and not (FORMS_NAME.search(heading) and words == entry.path[0])
            and re.search(r"(?i)professional|agenc|services|office use|workers|network", heading)
        ):
            return Subject.OTHER, "", "", ""
        if meaning.attribute == "children":
            subject = Subject.ADULT if meaning.relation else Subject.CHILD
        elif meaning.attribute == "adults" and OF_CHILDREN.search(heading):
            subject = Subject.CHILD  # "Children and young people in the household"
        elif meaning.attribute == "adults":
            subject = Subject.ADULT
        elif meaning.attribute in {"school", "gp"} and not subject:
            subject = Subject.OTHER if meaning.attribute == "gp" else Subject.NONE
        if meaning.attribute in {"address"} and not subject:
            return Subject.NONE, "", "", "address"
        if meaning.attribute in {
            "concern",
            "informed",
            "informed_reason",
            "consent",
            "consent_reason",
            "risk",
            "urgent",
            "received",
            "reference",
        }:
            return Subject.NONE, "", "", meaning.attribute
        if (
            subject is Subject.ADULT
            and not meaning.relation
            and re.search(r"(?i)child", heading)
            and "household" not in heading.casefold()
            and re.search(r"(?i)detail", heading)
        ):
            subject = Subject.CHILD
        if subject:
            return subject, meaning.index, meaning.relation, meaning.attribute
    return Subject.NONE, "", "", ""
