"""A stand-in for a lenient FHIR R4 server: it leaves aside what it does not know, and pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from triage.practice.partners.people import Registered
from triage.practice.partners.stand_in import Answered, Asked

NUMBERS = "https://fhir.nhs.uk/Id/nhs-number"


class Fhir:
    """Answers GET /Patient by family, birthdate and identifier, and to anything else with everyone.

    `links` makes the addresses of next pages absolute, relative, those of another host, or always
    the first page again. `strict` heeds `Prefer: handling=strict` and refuses what it does not
    know.
    """

    def __init__(
        self,
        people: Iterable[Registered],
        *,
        page: int = 2,
        links: str = "relative",
        strict: bool = False,
        ignores: frozenset[str] = frozenset(),
    ) -> None:
        self._people, self._size, self._links = tuple(people), page, links
        self._strict, self._ignores = strict, ignores

    def __call__(self, asked: Asked) -> Answered:
        known = {"family", "birthdate", "identifier", "_count", "_page"} - self._ignores
        if self._strict and asked.headers.get("prefer") == "handling=strict":
            for name, _ in asked.query:
                if name not in known:
                    return _json(400, _outcome("invalid"))
        people = [p for p in self._people if _fits(p, asked, known)]
        number = int(asked.one("_page") or 0)
        start = number * self._size
        bundle: dict[str, Any] = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(people),
            "link": [],
        }
        shown = people[start : start + self._size]
        if shown:
            bundle["entry"] = [
                {"search": {"mode": "match"}, "resource": _patient(p)} for p in shown
            ]
        if start + self._size < len(people):
            kept = "&".join(f"{n}={v}" for n, v in asked.query if n != "_page")
            onwards = f"Patient?{kept}&_page={0 if self._links == 'looped' else number + 1}"
            where = {
                "absolute": f"https://{asked.headers['host']}{asked.path.rpartition('/')[0]}/",
                "elsewhere": "https://elsewhere.example/fhir/",
            }.get(self._links, "")
            bundle["link"] = [{"relation": "next", "url": where + onwards}]
        return _json(200, bundle)


def _fits(person: Registered, asked: Asked, known: set[str]) -> bool:
    if "identifier" in known and asked.has("identifier"):
        return asked.one("identifier") == f"{NUMBERS}|{person.number}"
    # Accents are letters of their own here: Okafor does not find Ökafor.
    begins = person.family.casefold().startswith(asked.one("family").casefold())
    if "family" in known and asked.has("family") and not begins:
        return False
    return not ("birthdate" in known and asked.has("birthdate")) or (
        person.born == asked.one("birthdate").removeprefix("eq")
    )


def _patient(person: Registered) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": person.id,
        "identifier": [{"system": NUMBERS, "value": person.number}] if person.number else [],
        "name": [{"family": person.family, "given": person.given.split()}],
        "gender": {"F": "female", "M": "male"}.get(person.sex, "unknown"),
        "birthDate": person.born,
        "address": [{"line": [person.address], "postalCode": person.postcode}],
    }


def _outcome(code: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}


def _json(status: int, value: dict[str, Any]) -> Answered:
    return Answered(
        status=status, body=json.dumps(value).encode(), media_type="application/fhir+json"
    )
