"""The decision as a document: JSON by resources/schemas/decision-1.0.json, with census codes.

Each member is explained in resources/help/decision-document.md. What a hub asks beyond the
members named here still goes along, in `answers`. Nothing is worked out: an outcome's census
flags are the profile's, a missing answer is null or empty, and unknown is never no.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.domain.decision import Answer, DecisionVersion, FrozenPerson
from triage.domain.decision import key as answer_key
from triage.domain.errors import ProfileError
from triage.domain.profile import Code, Profile

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

FORMAT = "fanlight-decision"
FORMAT_VERSION = "1.0"
SCHEMAS = Path(__file__).resolve().parents[2] / "resources" / "schemas"
FAULTS_SHOWN = 20

_CONTACT_FLAG = "contact:"
_REFERRAL_FLAG = "referral:"
_THRESHOLD = re.compile(r"^(?P<title>.+?),? version (?P<version>[^,]+)(?P<rest>.*)$")


def build(version: DecisionVersion, profile: Profile, *, hub: str = "") -> dict[str, Any]:
    """The document of a frozen version; `signOff` and `proposal` are there once it is signed.

    `hub` names the hub where it is not the profile's own name. The same version and profile
    always give the same document.
    """
    told = _Told(version, profile)
    children = [p for p in version.people if p.is_child]
    adults = [p for p in version.people if not p.is_child]
    built: dict[str, Any] = {
        "format": FORMAT,
        "formatVersion": FORMAT_VERSION,
        "decisionId": str(version.id),
        "number": version.number,
        "supersedes": str(version.supersedes) if version.supersedes else None,
        "hub": {"id": profile.id, "name": hub or profile.hub, "council": profile.council},
        "profile": {"id": version.profile, "version": version.profile_version},
        "thresholdDocument": _threshold(profile.threshold_document),
        "contact": _contact(version),
        "address": _address(version.address),
        "children": [_child(p, told) for p in children],
        "adults": [_adult(p, told) for p in adults],
        "rating": _rating(told, profile),
        "levelOfNeed": told.one("level"),
        "factors": {
            "raises": told.several("raises"),
            "lowers": told.several("lowers"),
            "assessment": told.several("cin_factors"),
        },
        "sharing": {
            "lawfulBasis": told.several("lawful_basis"),
            "specialCondition": told.one("special_condition"),
            "necessity": told.text("necessity"),
            "proportionality": told.text("proportionality"),
        },
        "consent": {"state": told.one("consent"), "words": told.text("consent_words")},
        "familyTold": {
            "state": told.one("family_told"),
            "why": told.one("not_told_why"),
            "words": told.text("not_told_words"),
        },
        "history": {
            "state": told.one("history"),
            "words": told.text("history_words"),
            "earlierContacts": told.text("repeat_words"),
        },
        "replies": {"state": told.one("replies"), "words": told.text("replies_words")},
        "analysis": told.text("analysis"),
        "rationale": told.text("outcome_why"),
        "team": told.one("team"),
        "services": told.several("services"),
        "advice": told.text("advice"),
        "feedback": told.one("feedback"),
        "dissent": {"state": told.one("dissent"), "words": told.text("dissent_words")},
        "partnerReplies": [
            {"partner": partner, "outcome": outcome, "words": words}
            for partner, outcome, words in version.partners
        ],
        "chronology": [
            {"date": day, "lane": lane, "words": words, "source": source}
            for day, lane, words, source in version.chronology
        ],
        "gaps": [
            {
                "weight": p.weight.value,
                "sentence": p.sentence,
                "part": p.part,
                "question": p.question,
                "person": p.person,
            }
            for p in version.problems
        ],
        "answers": told.all(),
        "author": {
            "id": version.author,
            "name": version.author_name,
            "at": utc(version.proposed_at),
        },
    }
    if version.signed_at is not None:
        built["signOff"] = _sign_off(version, version.signed_at)
        built["proposal"] = version.proposal
    found: dict[str, Any] = _whole_letters(built)
    return found


def validate(document: Mapping[str, Any]) -> None:
    """Raise ProfileError, naming the place of each fault, unless the document fits its schema."""
    faults = sorted(
        _validator().iter_errors(document), key=lambda fault: list(map(str, fault.path))
    )
    if faults:
        raise ProfileError(
            tuple(
                f"{'/'.join(map(str, fault.absolute_path)) or 'The document'}: "
                f"{fault.message[:200]}."
                for fault in faults[:FAULTS_SHOWN]
            )
        )


def schema() -> dict[str, Any]:
    """The published schema, as it lies in resources/schemas."""
    import json

    found: dict[str, Any] = json.loads((SCHEMAS / "decision-1.0.json").read_text("utf-8"))
    return found


def utc(at: datetime) -> str:
    """A moment as RFC 3339 in UTC to the millisecond: 2026-11-22T19:12:17.681Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Told:
    """The answers of a version as the document says them, with the profile's labels."""

    def __init__(self, version: DecisionVersion, profile: Profile) -> None:
        self._answers = version.answers
        self._profile = profile
        self._lists = {q.id: q.codes for part in profile.parts for q in part.questions}
        self._labels = {q.id: q.label for part in profile.parts for q in part.questions}
        self._order = {q: place for place, q in enumerate(self._lists)}

    def answer(self, question: str, person: str = "") -> Answer:
        return self._answers.get(answer_key(question, person), "")

    def text(self, question: str, person: str = "") -> str:
        found = self.answer(question, person)
        return found if isinstance(found, str) else ", ".join(found)

    def codes(self, question: str, person: str = "") -> tuple[str, ...]:
        found = self.answer(question, person)
        if isinstance(found, str):
            return (found,) if found else ()
        return found

    def entries(self, question: str, person: str = "") -> tuple[Code, ...]:
        """The profile's entries for the codes answered; one no longer listed stands for itself."""
        listed = {c.code: c for c in self._profile.codes.get(self._lists.get(question, ""), ())}
        return tuple(
            listed.get(code, Code(code=code, label=code)) for code in self.codes(question, person)
        )

    def several(self, question: str, person: str = "") -> list[dict[str, str]]:
        return [{"code": c.code, "label": c.label} for c in self.entries(question, person)]

    def one(self, question: str, person: str = "") -> dict[str, str] | None:
        found = self.several(question, person)
        return found[0] if found else None

    def all(self) -> list[dict[str, Any]]:
        """Every answer, in the form's order, as code or text and as a person reads it."""
        split = []
        for kept, value in self._answers.items():
            question, _, person = kept.partition("@")
            if value:
                split.append((self._order.get(question, len(self._order)), question, person, value))
        split.sort(key=lambda one: one[:3])
        return [
            {
                "question": question,
                "label": self._labels.get(question, question),
                "person": person,
                "value": said(value),
                "words": self._words(question, person),
            }
            for _, question, person, value in split
        ]

    def _words(self, question: str, person: str) -> str:
        if not self._lists.get(question):
            return self.text(question, person)
        return ", ".join(c.label for c in self.entries(question, person))


def said(value: Answer) -> str | list[str]:
    """An answer as JSON holds it."""
    return value if isinstance(value, str) else list(value)


def _contact(version: DecisionVersion) -> dict[str, Any]:
    referrer = version.referrer
    # Who asked to stay unknown does: whoever must reach them asks the hub.
    promised = referrer.get("anonymous", "") == "yes"
    named = {k: "" if promised else referrer.get(k, "") for k in ("name", "phone", "email")}
    return {
        "id": str(version.contact_id),
        "reference": version.reference,
        "receivedAt": utc(version.received_at),
        "channel": version.channel,
        "concern": version.concern,
        "referrer": {
            **named,
            "role": referrer.get("role", ""),
            "agency": referrer.get("agency", ""),
            "anonymous": _yes_no(referrer.get("anonymous", "")),
            "mayBeNamed": _yes_no(referrer.get("may_be_named", "")),
            "source": _among("referralSource", referrer.get("source_code", "")),
        },
    }


def _address(address: Mapping[str, str]) -> dict[str, str]:
    refuge = address.get("is_refuge", "") == "yes"
    where = ("line", "town", "postcode", "phone")
    return {
        **{name: "" if refuge else address.get(name, "") for name in where},
        "isRefuge": _yes_no(address.get("is_refuge", "")),
        "safeContact": address.get("safe_contact", ""),
        "interpreter": address.get("interpreter", ""),
    }


def _child(person: FrozenPerson, told: _Told) -> dict[str, Any]:
    contact, referral = _flags(told.entries("outcome", person.key))
    return {
        **_person(person),
        "unborn": person.unborn,
        "expectedBirthDate": _day(person.edd),
        "age": person.age,
        # An unborn child's sex is U in the census, whatever was said (rule 8750).
        "sex": "U" if person.unborn else _among("sex", person.sex) or "U",
        "nhsNumber": _digits(person.nhs_number),
        "upn": person.upn or None,
        "school": person.school,
        "ethnicity": {
            "code": _among("ethnicity", person.ethnicity),
            "words": person.ethnicity,
        },
        "disability": {"codes": _disabilities(person.disability), "words": person.disability},
        "language": person.language,
        "voice": {
            "heard": told.one("heard", person.key),
            "words": told.text("voice", person.key),
            "whyNot": told.text("voice_why_not", person.key),
        },
        "outcomes": told.several("outcome", person.key),
        "contactOutcomes": contact,
        "referralOutcomes": referral,
        # Only a referral can be closed with no further action; a contact's NFA is its own flag.
        "referralNfa": ("NFA" in referral) if referral else None,
        "primaryNeed": _among("primaryNeed", told.text("primary_need", person.key)),
        "harmCategory": told.one("harm_category", person.key),
    }


def _adult(person: FrozenPerson, told: _Told) -> dict[str, Any]:
    return {
        **_person(person),
        "relationship": person.relationship,
        "parentalResponsibility": person.parental_responsibility,
        "view": {
            "heard": told.one("parent_heard", person.key),
            "words": told.text("parent_view", person.key),
            "whyNot": told.text("parent_why_not", person.key),
        },
    }


def _person(person: FrozenPerson) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name,
        "birthDate": _day(person.dob),
        "livesHere": person.lives_here,
        "records": [{"partner": partner, "record": record} for partner, record in person.records],
    }


def _sign_off(version: DecisionVersion, at: datetime) -> dict[str, Any]:
    changes = []
    for kept, (before, now) in sorted(version.changed_by_signer.items()):
        question, _, person = kept.partition("@")
        changes.append(
            {
                "question": question,
                "person": person,
                "before": said(before) or None,
                "now": said(now) or None,
            }
        )
    return {
        "id": version.signer,
        "name": version.signer_name,
        "at": utc(at),
        "verb": "approve with a change" if changes else "approve",
        "comment": version.comment,
        "changes": changes,
    }


def _rating(told: _Told, profile: Profile) -> dict[str, str] | None:
    rating = profile.rating(told.text("rating"))
    return {"code": rating.code, "label": rating.label} if rating else told.one("rating")


def _flags(outcomes: tuple[Code, ...]) -> tuple[list[str], list[str]]:
    """The sector's flags of a child's outcomes, contact's and referral's, each named once."""
    flags = [flag for code in outcomes for flag in code.flags]
    return (
        sorted({f.removeprefix(_CONTACT_FLAG) for f in flags if f.startswith(_CONTACT_FLAG)}),
        sorted({f.removeprefix(_REFERRAL_FLAG) for f in flags if f.startswith(_REFERRAL_FLAG)}),
    )


def _threshold(words: str) -> dict[str, str | None]:
    found = _THRESHOLD.match(words)
    if found is None:
        return {"title": words, "version": None}
    return {"title": found["title"], "version": (found["version"] + found["rest"]).strip()}


def _yes_no(words: str) -> str:
    return words if words in ("yes", "no") else "unknown"


def _day(words: str) -> str | None:
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        return None


def _digits(words: str) -> str | None:
    digits = re.sub(r"[\s-]", "", words)
    return digits if re.fullmatch(r"[0-9]{10}", digits) else None


def _among(definition: str, words: str) -> str | None:
    """The code, where the schema's list of that name has it."""
    return words if words in _codes(definition) else None


def _disabilities(words: str) -> list[str]:
    found = re.split(r"[,;\s]+", words.strip())
    return found if words and all(code in _codes("disability") for code in found) else []


@cache
def _codes(definition: str) -> frozenset[str]:
    return frozenset(schema()["$defs"][definition]["enum"])


@cache
def _validator() -> "Draft202012Validator":
    from jsonschema import Draft202012Validator, FormatChecker

    return Draft202012Validator(schema(), format_checker=FormatChecker(["date", "uuid"]))


def _whole_letters(value: Any) -> Any:
    """The value with half letters (lone surrogates), which UTF-8 cannot hold, made U+FFFD."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, list):
        return [_whole_letters(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole_letters(one) for name, one in value.items()}
    return value
