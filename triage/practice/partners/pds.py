"""A stand-in for the NHS Personal Demographics Service, as far as a front door asks it.

It takes the parameters that the real one takes and refuses what the real one refuses, with the
same codes; it knows the people it was given, and no real one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from triage.practice.partners.people import Registered
from triage.practice.partners.stand_in import Answered, Asked

_MEDIA = "application/fhir+json"
_SYSTEM = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode"
_TAKEN = frozenset(
    {
        "family", "given", "gender", "birthdate", "death-date", "address-postalcode",
        "address-postcode", "general-practitioner", "email", "phone", "_fuzzy-match",
        "_exact-match", "_history", "_max-results",
    }
)  # fmt: skip
_BORN = re.compile(r"(eq|ge|le)?(\d{4}-\d{2}-\d{2})")
_VERSION = "2"
_NOT_SUPPORTED = {
    "resourceType": "OperationOutcome",
    "issue": [
        {
            "severity": "warning",
            "code": "not-supported",
            "diagnostics": "There is no example answer for these parameters",
        }
    ],
}
_ISSUE = {
    "TOO_MANY_MATCHES": ("information", "multiple-matches"),
    "ACCESS_DENIED": ("error", "forbidden"),
    "MISSING_VALUE": ("error", "required"),
    "RESOURCE_NOT_FOUND": ("error", "not_found"),
    "INVALIDATED_RESOURCE": ("error", "not_found"),
}


class Pds:
    """Answers GET /Patient, /Patient/{number} and /Patient/{number}/RelatedPerson. `token` is what
    it wants as Bearer, "" for none. A `sandbox` finds nobody, and says of a question it has no
    answer for that it is not supported, with code 200.

    `many_with_400` says "too many" as the service of 2024 did. `application` is the restricted
    kind of access, where one match is all that may be asked for.
    """

    def __init__(
        self,
        people: Iterable[Registered],
        *,
        token: str = "",
        many_with_400: bool = False,
        application: bool = True,
        sandbox: bool = False,
    ) -> None:
        self._people = tuple(people)
        self._token = token
        self.many_with_400 = many_with_400
        self._application = application
        self._sandbox = sandbox

    def __call__(self, asked: Asked) -> Answered:
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return _outcome(401, "ACCESS_DENIED", "Missing access token")
        if not _is_uuid(asked.headers.get("x-request-id", "")):
            return _outcome(400, "MISSING_VALUE", "Missing value - 'X-Request-ID'")
        found = re.fullmatch(
            r"(?:.*)/Patient(?:/(?P<number>[^/]+)(?P<kin>/RelatedPerson)?)?", asked.path
        )
        if found is None:
            return _outcome(404, "RESOURCE_NOT_FOUND")
        if found["number"]:
            answer = self._one(found["number"], kin=bool(found["kin"]))
        else:
            answer = self._search(asked)
        mirrored = {
            name: asked.headers[name.lower()]
            for name in ("X-Request-ID", "X-Correlation-ID")
            if name.lower() in asked.headers
        }
        return replace(answer, headers={**answer.headers, **mirrored})

    def _one(self, number: str, *, kin: bool) -> Answered:
        if not _valid(number):
            return _outcome(400, "INVALID_RESOURCE_ID")
        for person in self._people:
            if number == person.number or number in person.was:
                if kin:
                    return _found(200, _related(person))
                answer = _found(200, _patient(person, whole=True))
                return replace(answer, headers={"ETag": f'W/"{_VERSION}"'})
        return _outcome(404, "RESOURCE_NOT_FOUND")

    def _search(self, asked: Asked) -> Answered:
        if not asked.query:
            return _outcome(400, "UNSUPPORTED_SERVICE")
        if strange := [name for name, _ in asked.query if name not in _TAKEN]:
            return _outcome(400, "ADDITIONAL_PROPERTIES", f"Not allowed: {strange[0]}")
        if fault := self._faulty(asked):
            return fault
        people = [p for p in self._people if _fits(p, asked)]
        if self._sandbox and not people:
            return _found(200, _NOT_SUPPORTED)
        if len(people) > int(asked.one("_max-results") or ("1" if self._application else "50")):
            return _outcome(400 if self.many_with_400 else 200, "TOO_MANY_MATCHES")
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(people),
        }
        if people:  # nobody found has no entry at all
            score = 0.8976 if asked.has("_fuzzy-match") else 0.8343 if _starred(asked) else 1
            bundle["entry"] = [
                {"search": {"score": score}, "resource": _patient(p, whole=False)} for p in people
            ]
        return _found(200, bundle)

    def _faulty(self, asked: Asked) -> Answered | None:
        both = asked.has("address-postcode") and asked.has("address-postalcode")
        fuzzy = asked.has("_fuzzy-match")
        if both or (fuzzy and _starred(asked)) or _starred_early(asked):
            return _outcome(400, "INVALID_SEARCH_DATA")
        if not asked.has("birthdate"):
            return _outcome(400, "MISSING_VALUE", "Missing value - 'birth_date'")
        if not asked.has("family") or (fuzzy and not asked.has("given")):
            return _outcome(400, "INVALID_SEARCH_DATA")
        if not all(_BORN.fullmatch(born) for born in asked.all("birthdate")):
            return _outcome(400, "INVALID_VALUE", "Invalid value in field 'birthdate'")
        most = asked.one("_max-results") or "1"
        if not most.isdecimal() or not 1 <= int(most) <= 50:
            return _outcome(400, "INVALID_VALUE", "Invalid value in field '_max-results'")
        if self._application and int(most) > 1:
            return _outcome(403, "INVALID_VALUE", "Only one match may be asked for")
        return None


def _fits(person: Registered, asked: Asked) -> bool:
    fuzzy = asked.has("_fuzzy-match")
    for born in asked.all("birthdate"):
        sign, day = _BORN.fullmatch(born).groups()  # type: ignore[union-attr]
        if fuzzy:
            continue
        if not {"ge": person.born >= day, "le": person.born <= day}.get(sign, person.born == day):
            return False
    if fuzzy and not any(day[-10:-3] == person.born[:7] for day in asked.all("birthdate")):
        return False
    families = [person.family]
    if person.other_family and not asked.has("_exact-match"):
        families.append(person.other_family)  # names of before are searched too
    if not any(_named(asked.one("family"), held, fuzzy=fuzzy) for held in families):
        return False
    theirs = person.given.split()
    if not all(any(_named(g, t, fuzzy=fuzzy) for t in theirs) for g in asked.all("given")):
        return False
    for name in ("address-postalcode", "address-postcode", "general-practitioner"):
        if asked.has(name):
            # Restricted people are never returned where it is asked where they are.
            held = person.postcode if name.startswith("address") else person.practice
            if person.restricted or _tight(asked.one(name)) != _tight(held):
                return False
    return True


def _named(asked: str, held: str, *, fuzzy: bool) -> bool:
    asked, held = asked.casefold(), held.casefold()
    if asked.endswith("*"):
        return held.startswith(asked[:-1])
    return asked == held or (fuzzy and asked[:2] == held[:2])


def _tight(text: str) -> str:
    return "".join(text.split()).upper()


def _starred(asked: Asked) -> bool:
    return any("*" in value for _, value in asked.query)


def _starred_early(asked: Asked) -> bool:
    """A star among the first two letters of a name."""
    return any("*" in v[:2] for n in ("family", "given") for v in asked.all(n))


def _valid(number: str) -> bool:
    if not re.fullmatch(r"\d{10}", number):
        return False
    check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(number[:9])) % 11
    return check != 10 and check % 11 == int(number[9])


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _patient(person: Registered, *, whole: bool) -> dict[str, Any]:
    """A patient; fewer names in a search than on asking by number, and no whereabouts of one who
    is restricted."""
    label = ("R", "restricted") if person.restricted else ("U", "unrestricted")
    name = {"use": "usual", "family": person.family, "given": person.given.split()}
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": person.number,
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": person.number}],
        "meta": {"versionId": _VERSION, "security": [{"code": label[0], "display": label[1]}]},
        "name": [name],
        "gender": {"F": "female", "M": "male"}.get(person.sex, "unknown"),
        "birthDate": person.born,
    }
    if person.other_family and whole:
        patient["name"].append(
            {"use": "old", "family": person.other_family, "given": name["given"]}
        )
    if person.died:
        patient["deceasedDateTime"] = f"{person.died}T00:00:00+00:00"
    if not person.restricted:
        if person.address or person.postcode:
            patient["address"] = [
                {
                    "use": "home",
                    "line": person.address.split(", "),
                    "postalCode": person.postcode,
                    "period": {"start": "2020-01-01"},
                }
            ]
        if person.phone:
            patient["telecom"] = [{"system": "phone", "use": "home", "value": person.phone}]
        if person.practice:
            patient["generalPractitioner"] = [{"type": "Organization", "display": person.practice}]
    return patient


def _related(person: Registered) -> dict[str, Any]:
    """Who is related: the mother, and a guardian of before who is not named."""
    given, _, family = person.mother.rpartition(" ")
    ended = {"start": "2020-01-01", "end": "2021-12-31"}
    kin: list[dict[str, Any]] = [
        {"relationship": [{"coding": [{"code": "Guardian"}]}], "period": ended}
    ]
    if person.mother:
        role = {"code": "MTH", "display": "mother"}
        name = {"use": "usual", "family": family, "given": given.split()}
        kin.insert(0, {"relationship": [{"coding": [role]}], "name": [name]})
    entries = [
        {"resource": {"resourceType": "RelatedPerson", "id": f"R{n}", "active": True, **one}}
        for n, one in enumerate(kin)
    ]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(entries),
        "entry": entries,
    }


def _found(status: int, value: dict[str, Any]) -> Answered:
    return Answered(status=status, body=json.dumps(value).encode(), media_type=_MEDIA)


def _outcome(status: int, code: str, words: str = "") -> Answered:
    severity, issue = _ISSUE.get(code, ("error", "value"))
    coding = {"system": _SYSTEM, "version": "1", "code": code}
    one: dict[str, Any] = {
        "severity": severity,
        "code": issue,
        "details": {"coding": [coding]},
    }
    if words:
        one["diagnostics"] = words
    return _found(status, {"resourceType": "OperationOutcome", "issue": [one]})
