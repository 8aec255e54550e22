"""Six partners in a process of their own, so that they do not share a core's lock with the window:
three that answer at their own speed, one slow, one dripping, one dead.

Run by `tests.bench.partners`. Prints their addresses as one line of JSON, then a line for each
answer: who, and when by the clock of the machine. Ends when its input does.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from triage.practice.council_certificates import certificates_in
from triage.practice.partners.json_apis import CouncilResidents, HousingHouseholds
from triage.practice.partners.pds import Pds
from triage.practice.partners.people import of_families
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn

WAITS_S = {"nhs": 0.4, "residents": 0.05, "homes": 0.8, "slow": 30.0}
DEAD = "dead"
DRIPPING = "dripping"


def serve(folder: Path) -> None:
    """Be the six partners."""
    certificates = certificates_in(folder, at=datetime.now(UTC))
    today, saying = date(2026, 11, 24), threading.Lock()

    def said(key: str, answer: Callable[[Asked], Answered]) -> Callable[[Asked], Answered]:
        def one(asked: Asked) -> Answered:
            answered = answer(asked)
            with saying:
                print(key, time.time(), flush=True)
            return answered

        return one

    homes = HousingHouseholds(of_families("housing", today))
    answers: dict[str, Callable[[Asked], Answered]] = {
        "nhs": Pds(of_families("health", today)),
        "residents": CouncilResidents(of_families("social_care", today)),
        "homes": homes,
        "slow": homes,
        DRIPPING: homes,
        DEAD: homes,
    }
    servers = {
        key: StandIn(said(key, answer), certificates, wait_s=WAITS_S.get(key, 0.0))
        for key, answer in answers.items()
    }
    for server in servers.values():
        server.start()
    servers[DRIPPING].always(Deed.DRIP)
    urls = {key: server.url for key, server in servers.items()}
    servers[DEAD].stop()
    print(json.dumps({"ca": str(certificates.ca), "urls": urls}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
