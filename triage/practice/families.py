"""The practice hub's people: families that are told, and neighbours made to fill in."""

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "practice"
SEED = 20261


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPerson:
    """A person as one partner holds them, in our field names, with what was recorded of them.

    `involvement` rows are kind (in the partner's word), first day, last day, words.
    """

    partner: str
    record_id: str
    fields: Mapping[str, str]
    involvement: tuple[tuple[str, date, date, str], ...] = ()


def told(today: date) -> Iterator[HeldPerson]:
    """The families that resources/practice/families.toml tells of, with days counted from today."""
    data = tomllib.loads((RESOURCES / "families.toml").read_text(encoding="utf-8"))
    for household in data["household"]:
        home = {k: household[k] for k in ("address", "postcode", "phone")}
        for person in household["person"]:
            facts = home | {
                k: str(v) for k, v in person.items() if k not in ("held", "involvement")
            }
            for partner, held in person["held"].items():
                changed = {k: v for k, v in held.items() if k != "id"}
                yield HeldPerson(
                    partner=partner,
                    record_id=held["id"],
                    fields=_known_to(partner, facts | changed),
                    involvement=tuple(
                        (kind, today - timedelta(days=first), today - timedelta(days=last), words)
                        for whose, kind, first, last, words in person["involvement"]
                        if whose == partner
                    ),
                )


def neighbours(count: int, today: date) -> Iterator[HeldPerson]:
    """`count` invented people, the same each time, spread over the four partners."""
    words = tomllib.loads((RESOURCES / "neighbours.toml").read_text(encoding="utf-8"))
    chance = random.Random(SEED)
    for number in range(count):
        girl = chance.random() < 0.5
        family = chance.choice(words["family"])
        street, area = chance.choice(words["streets"]).split(",")
        born = today - timedelta(days=chance.randrange(60, 17 * 365))
        facts = {
            "given": chance.choice(words["female"] if girl else words["male"]),
            "family": family,
            "dob": born.isoformat(),
            "sex": "F" if girl else "M",
            "nhs_number": nhs_number(500000 + number * 37),
            "address": f"{chance.randrange(1, 99)} {street}, Northmere",
            "postcode": area + "ABDEFGHJLN"[number % 10] + "PQRSTUWXYZ"[number // 10 % 10],
            "phone": f"01632 960{chance.randrange(1000):03}",
            "mother": f"{chance.choice(words['female'])} {family}",
            "school": chance.choice(words["schools"]),
            "gp": chance.choice(words["surgeries"]),
            "status": "Closed",
        }
        for partner in ("social_care", "education", "housing", "health"):
            if chance.random() < {"health": 0.9, "education": 0.6, "housing": 0.3}.get(
                partner, 0.15
            ):
                yield HeldPerson(
                    partner=partner,
                    record_id=f"{partner[0].upper()}N-{number:05}",
                    fields=_known_to(partner, facts),
                )


def nhs_number(serial: int) -> str:
    """A valid number of the 999 test range; skips on to the next serial where none is valid.

    Check digit: modulus 11, NHS Data Dictionary.
    """
    while True:
        digits = f"999{serial % 1_000_000:06}"
        check = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits)) % 11
        if check != 10:
            return digits + str(check % 11)
        serial += 1


def _known_to(partner: str, facts: Mapping[str, str]) -> dict[str, str]:
    """What each kind of partner would hold at all."""
    hidden = {
        "social_care": ("gp",),
        "education": ("nhs_number", "gp"),
        "housing": ("nhs_number", "upn", "school", "gp", "aliases"),
        "health": ("upn", "school", "siblings"),
    }[partner]
    return {k: v for k, v in facts.items() if v and k not in hidden}
