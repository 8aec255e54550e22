"""Stand-ins for the JSON APIs of a council, of housing and of schools: each in its own shape.

They page each in its own way, want their key each in its own header, and hold null where a key
lacks a permission.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from triage.practice.partners.people import Registered
from triage.practice.partners.stand_in import Answered, Asked

PAGE = 20


class CouncilResidents:
    """GET /api/v1/residents: by name and birth date, paged by a cursor; a key in x-api-key."""

    def __init__(self, people: Iterable[Registered], *, key: str = "", page: int = PAGE) -> None:
        self._people, self._key, self._size = tuple(people), key, page

    def __call__(self, asked: Asked) -> Answered:
        if self._key and asked.headers.get("x-api-key") != self._key:
            return _json(403, {"message": "Forbidden"})
        if asked.path != "/api/v1/residents":
            return _json(404, {"message": "Not found"})
        people = [
            p
            for p in self._people
            if _begins(p.given, asked.one("first_name"))
            and _begins(p.family, asked.one("last_name"))
            and asked.one("date_of_birth") in ("", p.born)
        ]
        start = int(asked.one("cursor") or 0)
        shown = people[start : start + self._size]
        more = start + self._size < len(people)
        return _json(
            200,
            {
                "residents": [_resident(p) for p in shown],
                "nextCursor": str(start + self._size) if more else "",
            },
        )


def _resident(person: Registered) -> dict[str, Any]:
    return {
        "mosaicId": person.id,
        "firstName": person.given,
        "lastName": person.family,
        "dateOfBirth": f"{person.born}T00:00:00.000Z" if person.born else None,
        "gender": person.sex or None,
        "nhsNumber": person.number or None,
        "addressList": [{"addressLine1": person.address, "postCode": person.postcode}],
        "phoneNumber": [{"phoneNumber": person.phone, "phoneType": "Home"}],
        "restricted": "Y" if person.restricted else "N",
        "otherNames": [{"lastName": person.other_family}] if person.other_family else [],
    }


class HousingHouseholds:
    """GET /api/v1/households: by name or postcode, paged by a cursor; a Bearer token."""

    def __init__(self, people: Iterable[Registered], *, token: str = "", page: int = PAGE) -> None:
        self._people, self._token, self._size = tuple(people), token, page

    def __call__(self, asked: Asked) -> Answered:
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return _json(401, {"message": "Unauthorized"})
        if asked.path != "/api/v1/households":
            return _json(404, {"message": "Not found"})
        people = [
            p
            for p in self._people
            if _begins(p.given, asked.one("first_name"))
            and _begins(p.family, asked.one("last_name"))
            and _tight(asked.one("postcode")) in ("", _tight(p.postcode))
        ]
        start = int(asked.one("cursor") or 0)
        more = start + self._size < len(people)
        return _json(
            200,
            {
                "households": [_tenant(p) for p in people[start : start + self._size]],
                "nextCursor": start + self._size if more else None,
            },
        )


def _tenant(person: Registered) -> dict[str, Any]:
    year, month, day = person.born.split("-") if person.born else ("", "", "")
    return {
        "houseReference": f"H{person.id}",
        "personNumber": person.id,
        "tenancyReference": f"{person.id}/01",
        "firstName": person.given,
        "lastName": person.family,
        "dateOfBirth": f"{day}/{month}/{year}" if person.born else None,
        "address": {"addressLine1": person.address, "postcode": person.postcode},
        "phoneNumbers": [{"phoneNumber": person.phone}] if person.phone else [],
        "tenureType": "Secure",
    }


class SchoolStudents:
    """GET /v1.0/schools/{id}/students: every pupil, page by page, by a link; a Bearer token.

    Nobody can be searched for: whoever asks has to look through the pages. `scopes` are the
    properties that the token may see; others are null. Another region's address has no pupils.
    """

    def __init__(
        self,
        people: Iterable[Registered],
        *,
        token: str = "",
        page: int = 50,
        scopes: frozenset[str] | None = None,
        base: Callable[[], str] = lambda: "",
    ) -> None:
        self._people, self._token, self._size = tuple(people), token, page
        self._scopes, self._base = scopes, base

    def __call__(self, asked: Asked) -> Answered:
        if self._token and asked.headers.get("authorization") != f"Bearer {self._token}":
            return _json(401, {"error": "invalid_token"})
        number = int(asked.one("page") or 1)
        start = (number - 1) * self._size
        more = start + self._size < len(self._people)
        onwards = f"{self._base()}{asked.path}?page={number + 1}" if more else None
        return _json(
            200,
            {
                "data": [self._pupil(p) for p in self._people[start : start + self._size]],
                "meta": {"pagination": {"next": onwards, "more": more}},
            },
        )

    def _pupil(self, person: Registered) -> dict[str, Any]:
        held: dict[str, Any] = {
            "forename": person.given,
            "surname": person.family,
            "date_of_birth": {
                "date": f"{person.born} 00:00:00.000000",
                "timezone": "Europe/London",
            },
            "gender": person.sex,
            "upn": person.upn,
            "school": {"name": person.school},
        }
        if self._scopes is not None:
            held = {name: v if name in self._scopes else None for name, v in held.items()}
        return {"id": person.id, **held}


def _begins(held: str, asked: str) -> bool:
    return held.casefold().startswith(asked.casefold())


def _tight(text: str) -> str:
    return "".join(text.split()).upper()


def _json(status: int, value: Mapping[str, Any]) -> Answered:
    return Answered(status=status, body=json.dumps(value).encode())
