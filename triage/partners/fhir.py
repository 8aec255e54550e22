"""FHIR R4 as partners send it: patients as records, and what an OperationOutcome says.

Everything here is untrusted: a part that is not what it should be is left out, and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from triage.domain.lookup import PartnerRecord
from triage.partners.connector import Returned

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_OPEN = frozenset({"U", "N", "L", "M"})
"""Labels of the confidentiality list that do not restrict; any other does."""
_SEX = {"female": "F", "male": "M", "unknown": "U", "other": "U"}
_MOTHERS = frozenset({"mth", "nmth", "mother"})
"""Roles of a mother: of HL7's RoleCode, and in plain words."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One patient of a bundle, with the server's score where it gave one."""

    untrusted_patient: dict[str, Any]
    score: float | None


def hits(untrusted_bundle: Any) -> tuple[Hit, ...] | None:
    """The patients of a searchset; None where it is none. No hit has no `entry` at all."""
    bundle = untrusted_bundle
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return None
    found: list[Hit] = []
    for entry in _list(bundle.get("entry")):
        patient = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
            continue
        search = entry.get("search")
        score = search.get("score") if isinstance(search, dict) else None
        given = isinstance(score, int | float) and not isinstance(score, bool)
        found.append(Hit(untrusted_patient=patient, score=score if given else None))
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Somebody who is related to a patient, and how: "Mother", "Guardian of patient"."""

    name: str
    role: str
    is_mother: bool


def related(untrusted_bundle: Any, today: date) -> tuple[Kin, ...] | None:
    """Those related to a patient now, by name; None where the answer is no searchset. One whom
    the record leaves without a name says nothing."""
    bundle = untrusted_bundle
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        return None
    found: list[Kin] = []
    for entry in _list(bundle.get("entry")):
        kin = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(kin, dict) or kin.get("resourceType") != "RelatedPerson":
            continue
        if kin.get("active") is False or _ended(kin, today):
            continue
        held = _names(kin)
        name = " ".join(w for w in (held.get("given", ""), held.get("family", "")) if w)
        roles = [
            coding
            for said in _list(kin.get("relationship"))
            if isinstance(said, dict)
            for coding in _list(said.get("coding"))
            if isinstance(coding, dict)
        ]
        role = next(
            (w for r in roles if (w := _text(r.get("display")) or _text(r.get("code")))), ""
        )
        codes_held = {_text(r.get("code")).casefold() for r in roles}
        if name:
            is_mother = bool(codes_held & _MOTHERS)
            found.append(Kin(name=name, role=role or "related", is_mother=is_mother))
    return tuple(found)


def next_link(untrusted_bundle: Any) -> str:
    """The address of the next page as the server wrote it, "" where there is none."""
    for link in _list(untrusted_bundle.get("link")) if isinstance(untrusted_bundle, dict) else ():
        if isinstance(link, dict) and link.get("relation") == "next":
            return _text(link.get("url"))
    return ""


def codes(untrusted_outcome: Any) -> tuple[str, ...]:
    """What an OperationOutcome says, as codes: those of its details, then its issues' own."""
    outcome = untrusted_outcome
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        return ()
    detailed: list[str] = []
    plain: list[str] = []
    for issue in _list(outcome.get("issue")):
        if not isinstance(issue, dict):
            continue
        details = issue.get("details")
        for coding in _list(details.get("coding")) if isinstance(details, dict) else ():
            if isinstance(coding, dict):
                detailed.append(_text(coding.get("code")))
        plain.append(_text(issue.get("code")))
    return tuple(code for code in (*detailed, *plain) if code)


def returned(
    hit: Hit,
    *,
    partner: str,
    today: date,
    number_system: str = NHS_NUMBER,
    unlabelled_restricts: bool = False,
) -> Returned | None:
    """A patient as a record; None where it has no id.

    Of a restricted one nothing that says where they are is kept, should the server have sent it.
    `unlabelled_restricts` takes a patient without any label for restricted.
    """
    patient = hit.untrusted_patient
    record_id = _text(patient.get("id"))
    if not record_id:
        return None
    notes: list[str] = []
    held = _names(patient)
    held["dob"] = _text(patient.get("birthDate"))
    held["sex"] = _SEX.get(_text(patient.get("gender")), "")
    held["nhs_number"] = _number(patient, number_system)
    if died := _died(patient):
        held["status"] = died
        notes.append(f"The record says: {died}.")
    restricted = _restricted(patient, unlabelled=unlabelled_restricts)
    if not restricted:
        held |= _home(patient, today, notes)
        held["phone"] = _phone(patient, today)
        held["gp"] = _gp(patient)
    return Returned(
        record=PartnerRecord(
            partner=partner,
            record_id=record_id[:100],
            fields={name: value for name, value in held.items() if value},
            as_of=today,
            restricted=restricted,
        ),
        score=hit.score,
        notes=tuple(notes),
    )


def _restricted(patient: dict[str, Any], *, unlabelled: bool) -> bool:
    meta = patient.get("meta")
    labels = [
        _text(label.get("code"))
        for label in (_list(meta.get("security")) if isinstance(meta, dict) else ())
        if isinstance(label, dict)
    ]
    return any(code not in _OPEN for code in labels) if labels else unlabelled


def _names(patient: dict[str, Any]) -> dict[str, str]:
    names = [n for n in _list(patient.get("name")) if isinstance(n, dict)]
    order = {"usual": 0, "official": 1, "": 2, "old": 5, "maiden": 5}
    names.sort(key=lambda n: (order.get(_text(n.get("use")), 3), bool(_ended(n, None))))
    said = [
        (
            " ".join(_text(g) for g in _list(n.get("given")) if _text(g)),
            _text(n.get("family")) or _text(n.get("text")),
        )
        for n in names
    ]
    said = [pair for pair in said if any(pair)]
    if not said:
        return {}
    (given, family), *others = dict.fromkeys(said)
    aliases = "; ".join(" ".join(w for w in pair if w) for pair in others)
    return {"given": given, "family": family, "aliases": aliases}


def _home(patient: dict[str, Any], today: date, notes: list[str]) -> dict[str, str]:
    """The home address in force, or else the last one, with a note that it was left."""
    homes = [
        a
        for a in _list(patient.get("address"))
        if isinstance(a, dict) and _text(a.get("use")) in ("home", "", "temp")
    ]
    homes.sort(key=lambda a: (_text(a.get("use")) == "temp", bool(_ended(a, today))))
    for home in homes:
        line = ", ".join(_text(w) for w in _list(home.get("line")) if _text(w))
        held = {
            "address": line or _text(home.get("text")),
            "postcode": _text(home.get("postalCode")),
        }
        if any(held.values()):
            if ended := _ended(home, today):
                notes.append(f"The address was left on {ended}, by this record.")
            return held
    return {}


def _ended(part: dict[str, Any], today: date | None) -> str:
    """The day on which a name or address ended, "" where it has not by `today` (or at all)."""
    period = part.get("period")
    end = _text(period.get("end"))[:10] if isinstance(period, dict) else ""
    if not _DAY.fullmatch(end):
        return ""
    return end if today is None or end < today.isoformat() else ""


def _phone(patient: dict[str, Any], today: date) -> str:
    for told in _list(patient.get("telecom")):
        if isinstance(told, dict) and told.get("system") == "phone" and not _ended(told, today):
            return _text(told.get("value"))
    return ""


def _gp(patient: dict[str, Any]) -> str:
    for practice in _list(patient.get("generalPractitioner")):
        if isinstance(practice, dict):
            named = practice.get("identifier")
            return _text(practice.get("display")) or (
                _text(named.get("value")) if isinstance(named, dict) else ""
            )
    return ""


def _number(patient: dict[str, Any], system: str) -> str:
    for held in _list(patient.get("identifier")):
        if isinstance(held, dict) and held.get("system") == system:
            return _text(held.get("value"))
    return ""


def _died(patient: dict[str, Any]) -> str:
    if day := _text(patient.get("deceasedDateTime"))[:10]:
        return f"died {day}"
    return "died" if patient.get("deceasedBoolean") is True else ""


def _list(value: object) -> Iterator[Any]:
    return iter(value) if isinstance(value, list) else iter(())


def _text(value: object) -> str:
    return " ".join(value.split())[:400] if isinstance(value, str) else ""
