"""The practice hub's live partners: started on loopback, each at its own speed, one in trouble."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from triage.domain.live_partner import LivePartner
from triage.practice.council_certificates import Certificates
from triage.practice.families import RESOURCES
from triage.practice.partners.json_apis import HousingHouseholds, SchoolStudents
from triage.practice.partners.pds import Pds
from triage.practice.partners.people import of_families
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn
from triage.storage.secrets import Vault
from triage.workflow.partner_settings import partners_in

CA = "partners/ca.pem"
WAITS_S = {"nhs": 0.8, "school_register": 0.3}
TROUBLED = 6
"""Questions that Northmere Homes fails to answer after each start, so that its pause, and trying
it now, can be practised."""


Answering = Callable[[Asked], Answered]
_TOKEN = "for-practice-only"


class PracticePartners:
    """The servers, and the settings by which a hub in `folder` reaches them, until `close`."""

    def __init__(self, folder: Path, certificates: Certificates, vault: Vault, today: date) -> None:
        (folder / CA).parent.mkdir(mode=0o700, exist_ok=True)
        shutil.copyfile(certificates.ca, folder / CA)
        answers: dict[str, Callable[[], Answering]] = {
            "nhs": lambda: Pds(of_families("health", today), token=_TOKEN),
            "school_register": lambda: SchoolStudents(
                of_families("education", today),
                token=_TOKEN,
                base=lambda: self.servers["school_register"].url,
            ),
            "homes": lambda: HousingHouseholds(of_families("housing", today)),
        }
        self.servers = {
            name: StandIn(_WhenAsked(make), certificates, wait_s=WAITS_S.get(name, 0.0))
            for name, make in answers.items()
        }
        self.servers["homes"].next(Deed.BUSY, times=TROUBLED, seconds=300)
        for name in ("nhs", "schools", "homes"):
            vault.put(f"practice-{name}", _TOKEN.encode())
        for each in self.servers.values():
            each.start()
        self.settings = tuple(self._settings())

    def close(self) -> None:
        """Stop the servers."""
        for server in self.servers.values():
            server.stop()

    def _settings(self) -> Iterator[LivePartner]:
        for partner in partners_in(RESOURCES):
            there = self.servers[partner.partner].url + urlsplit(partner.reach.url).path
            yield replace(partner, reach=replace(partner.reach, url=there, ca=CA))


class _WhenAsked:
    """Makes what answers when it is first asked: a start need not wait for it."""

    def __init__(self, make: Callable[[], Answering]) -> None:
        self._make = make
        self._made: Answering | None = None

    def __call__(self, asked: Asked) -> Answered:
        if self._made is None:
            self._made = self._make()
        return self._made(asked)
