"""A connector to a stand-in, a question to put to it, and the people who live there."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

from matching import Person
from triage.domain.live_partner import LivePartner, Pace, PartnerKind, Reach, SignIn
from triage.domain.lookup import Subject
from triage.partners.connector import Answer, Context, Query
from triage.partners.live import LivePartners
from triage.practice.partners.people import Registered
from triage.practice.partners.stand_in import StandIn

CONTACT = UUID(int=1)
NOW = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
QUICK = Pace(deadline_s=5, late_s=5, at_once=4, per_second=100, burst=100, pause_after=3)

MAYA = Registered(
    id="T-1", given="Maya Grace", family="Rowe", born="2019-03-14", sex="F",
    number="9990142114", was=("9990150001",), address="14 Larch Court, Northmere",
    postcode="NM3 4QT", phone="01632 960214", practice="Larch Street Surgery",
    upn="K999201930011", school="Brookfold Primary",
)  # fmt: skip
THEO = replace(
    MAYA, id="T-2", given="Theo", born="2023-08-02", sex="M", number="9990144222", was=()
)
HIDDEN = Registered(
    id="T-3", given="Isla", family="Marsh", born="2017-05-02", sex="F", number="9990148449",
    address="9 Quay Rise, Northmere", postcode="NM9 1AB", restricted=True,
)  # fmt: skip
OKAFOR = Registered(id="T-4", given="Ada", family="Ökafor", born="2015-02-03", number="9990146330")
EVERYBODY = (MAYA, THEO, HIDDEN, OKAFOR)


def person(**facts: object) -> Person:
    """Maya as a contact says her, with other facts where they are named."""
    said: dict[str, object] = {"given": "Maya Grace", "family": "Rowe", "dob": date(2019, 3, 14)}
    return Person(id="c1", **(said | facts))  # type: ignore[arg-type]


def query(who: Person, wider_because: str = "") -> Query:
    """A question about the first child of a contact."""
    return Query(
        subject=Subject(contact_id=CONTACT, person="c1"),
        person=who,
        asked_by="rosei",
        purpose="Deciding what help a child needs",
        lawful_basis="6(1)(e)",
        id=uuid4(),
        wider_because=wider_because,
    )


def context(seconds: float = 5) -> Context:
    """So many seconds, on a clock that stands still for everything but the deadline."""
    return Context(deadline=time.monotonic() + seconds, now=lambda: NOW)


def settings(server: StandIn, kind: PartnerKind, path: str = "", **more: object) -> LivePartner:
    """How to reach a stand-in."""
    made: dict[str, object] = {
        "reach": Reach(url=server.url + path, ca=server.certificates.ca.name),
        "pace": QUICK,
        "sign_in": SignIn(),
    }
    return LivePartner(
        partner="there",
        name="Their system",
        kind=kind,
        purpose="Deciding what help a child needs",
        lawful_basis="6(1)(e)",
        **(made | more),  # type: ignore[arg-type]
    )


def live(
    server: StandIn, partner: LivePartner, secrets: Mapping[str, bytes] | None = None
) -> LivePartners:
    """The one partner, as a hub has it."""
    folder: Path = server.certificates.ca.parent
    return LivePartners([partner], folder=folder, secret=(secrets or {}).get)


def ask(partners: LivePartners, question: Query, within: Context | None = None) -> Answer:
    """Put a question to it."""
    return partners.connector("there").ask(question, within or context())
