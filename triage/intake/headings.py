"""Which lines of a form are headings, and which labels of what stands under them."""

from __future__ import annotations

import re

from triage.intake.choices import has_boxes, is_ethnicity, sex_in, yes_or_no
from triage.intake.labels import RELATION_WORDS, Meaning, classify, relation_in
from triage.intake.line_reading import LONG_ANSWERS, LineReading
from triage.intake.pairs import known
from triage.intake.people import RANKS, is_organisation, is_post, is_role
from triage.intake.pieces import Line, Piece
from triage.intake.signature import SIGN_OFF

_HEADING_END = re.compile(r"[.!,;]$")
_SECTION = re.compile(r"(?i)(?:section|part|step|page|panel)\s(?:\d{1,2}|[a-h])\W*")
_HINT = re.compile(r"\s*\((?:if|please|leave|for example|e\.g)\b[^()]{1,60}\)$")
_ONE_FACT = frozenset(
    {"given", "family", "dob", "nhs", "upn", "phone", "email", "postcode", "ethnicity", "language"}
)


def opens_value(meaning: Meaning, following: Piece | None, words: str, heading: bool) -> bool:
    """True when a line alone is the label of what stands under it."""
    if not meaning.attribute or following is None or re.search(r":\s+\S", words):
        return False
    if meaning.attribute in {"children", "adults"}:
        return False
    if meaning.attribute in {
        "concern",
        "strengths",
        "consent_reason",
        "risk",
        "place_now",
        "informed_reason",
    }:
        return True
    if words.endswith(":") or words.endswith("?"):
        return meaning.share >= 0.3 or (words.endswith("?") and meaning.weight >= 2)
    short = len(words.split()) <= 4 and (bool(meaning.subject) or meaning.attribute in _ONE_FACT)
    return (
        meaning.share >= (0.5 if short else 0.75)
        and not heading
        and len(following.text) < 120
        and not (_alone(following.text) and not _answers(following.text, meaning))
    )


def is_heading(
    line: Line, words: str, following: Piece | None, form: bool, reading: LineReading
) -> bool:
    """True for a line that names what comes after it; `following` is the next that is not empty."""
    if len(words) > 110 or len(words.split()) > 14:
        return False
    if form and (hint := _HINT.search(words)):
        words = words[: hint.start()]  # "Child's age (if you don't know their date of birth)"
    if SIGN_OFF.match(words):
        return False
    if line.heading or _SECTION.fullmatch(words):
        return True
    if (
        reading.open is not None
        and not reading.open.value
        and _answers(words, reading.opened, near=not reading.blank)
    ):
        return False
    meaning = classify(words.strip(" :"))
    if meaning.attribute == "address" and re.match(r"\d+[A-Za-z]?\s", words):
        return False
    if words.endswith((":", "?")) and following is not None:
        return known(meaning) or (form and len(words.split()) <= 6 and words.endswith(":"))
    if not form:
        return False
    if has_boxes(line.piece) or (
        _HEADING_END.search(words)
        and not (
            words.endswith(".")
            and meaning.share >= 0.75
            and meaning.attribute not in {"consent", "informed"}  # "Mother has given consent."
        )
    ):
        return False
    if (
        words.isupper()
        and len(words.split()) <= 10
        and len(words) > 3
        and re.search(r"[A-Z]{3}", words)
    ):
        return (
            known(meaning)
            or reading.open is None
            or reading.opened.attribute not in {"concern", "address", "name"}
        )
    if (
        meaning.attribute == "concern"
        and reading.blank
        and following is not None
        and (len(words.split()) <= 7 and meaning.share >= 0.2 and words[0].isupper())
    ):
        return True
    if (
        known(meaning)
        and meaning.share >= 0.34
        and following is not None
        and len(words.split()) <= 8
    ):
        if (
            reading.open is not None
            and not reading.blank
            and reading.opened.attribute in LONG_ANSWERS
        ):
            return meaning.share >= 0.5 and words[0].isupper()
        return words[0].isupper() or words[0].isdigit()
    return False


_BORN = re.compile(
    r"(?i)(?:half|step)?[ -]?(?:brother|sister|sibling|son|daughter|twin)\b(?!.*[:?]$)"
)
_NAMED_ALIKE = frozenset({"ethnicity", "disability", "school", "language", "agency", "role"})
_CARD_LABELS = frozenset(
    {"name", "role", "agency", "phone", "email", "address", "postcode", "dob", "relationship"}
)


def _answers(words: str, asked: Meaning, *, near: bool = True) -> bool:
    """True for a line that answers the label above it though it could be a label itself."""
    if asked.attribute == "sex" and sex_in(words):
        return True
    if asked.attribute == "ethnicity" and is_ethnicity(words):
        return True
    alike = near and asked.attribute in _NAMED_ALIKE and not words.endswith((":", "?"))
    if alike and classify(words).attribute == asked.attribute and classify(words).share < 1:
        return True  # "Any other White background" under "Ethnic background"
    if asked.attribute in {"role", "ignore"} and is_post(words) and not words.endswith((":", "?")):
        return True
    kin = bool(relation_in(words) or _BORN.match(words))
    if asked.attribute in {"relationship", "role"} and kin and len(words.split()) < 4:
        return True
    if asked.attribute == "role" and RANKS.match(f"{words} "):
        return True
    if near and asked.attribute in {"role", "agency", "school"} and len(words) < 80:
        of_label = classify(words).attribute in _CARD_LABELS and classify(words).share >= 0.5
        told = is_role(words) if asked.attribute == "role" else is_organisation(words)
        if told and not of_label and not words.endswith((":", "?")):
            return True
    if asked.attribute in {"relationship", "role"} and (near or kin):
        return False
    if near and asked.attribute in {"consent_reason", "informed_reason"}:
        return not words.endswith((":", "?")) and classify(words).share < 0.75
    if near and asked.attribute in {"adults", "children"} and not words.endswith((":", "?")):
        return bool(RELATION_WORDS.keys() & set(re.findall(r"[a-z]+", words.casefold())))
    if yes_or_no(words):
        return True
    return near and (bool(sex_in(words)) or words.casefold() in RELATION_WORDS)


def _alone(words: str) -> bool:
    """True for words that are more likely a label of their own than an answer."""
    if len(words) >= 60 or re.search(r"\d{5}|@", words):
        return False
    meaning = classify(words)
    return known(meaning) and bool(meaning.attribute)
