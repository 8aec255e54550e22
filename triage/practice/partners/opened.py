"""The practice hub's live partners: started on loopback, each at its own speed, one in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from triage.practice.council_certificates import Certificates
from triage.practice.partners.json_apis import HousingHouseholds, SchoolStudents
from triage.practice.partners.pds import Pds
from triage.practice.partners.people import of_families
from triage.practice.partners.reached import TOKEN
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn

WAITS_S = {"nhs": 0.8, "school_register": 0.3}
TROUBLED = 6
"""Questions that Northmere Homes fails to answer after each start, so that its pause, and trying
it now, can be practised."""


Answering = Callable[[Asked], Answered]


def open_partners(certificates: Certificates, today: date) -> dict[str, StandIn]:
    """The servers by their partner, listening; each is to be stopped."""
    answers: dict[str, Callable[[], Answering]] = {
        "nhs": lambda: Pds(of_families("health", today), token=TOKEN),
        "school_register": lambda: SchoolStudents(
            of_families("education", today),
            token=TOKEN,
            base=lambda: servers["school_register"].url,
        ),
        "homes": lambda: HousingHouseholds(of_families("housing", today)),
    }
    servers = {
        name: StandIn(_WhenAsked(make), certificates, wait_s=WAITS_S.get(name, 0.0))
        for name, make in answers.items()
    }
    servers["homes"].next(Deed.BUSY, times=TROUBLED, seconds=300)
    for each in servers.values():
        each.start()
    return servers


class _WhenAsked:
    """Makes what answers when it is first asked: a start need not wait for it."""

    def __init__(self, make: Callable[[], Answering]) -> None:
        self._make = make
        self._made: Answering | None = None

    def __call__(self, asked: Asked) -> Answered:
        if self._made is None:
            self._made = self._make()
        return self._made(asked)
