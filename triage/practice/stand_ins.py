"""The practice council and the live partners, each listening on loopback until `close`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from triage.practice.council import Council
from triage.practice.partners.opened import open_partners
from triage.practice.stand_ins_apart import Where


class StandIns:
    """All of them in this process, where tests and the tour can tell them to misbehave.

    `hub_jwks` gives the hub's present trust list each time the council asks for it, `now` is the
    council's clock, and partners tell of their people as of `today`.
    """

    def __init__(
        self,
        folder: Path,
        hub_jwks: Callable[[], Mapping[str, Any]],
        today: date,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.council = Council(folder / "council", hub_jwks=hub_jwks, now=now)
        self.council.start()
        self._partners = open_partners(self.council.certificates, today)

    @property
    def where(self) -> Where:
        """How a hub reaches them."""
        return Where(
            council=self.council.url,
            receipt_jwks=self.council.receipt_jwks(),
            ca=str(self.council.ca),
            partners={name: server.url for name, server in self._partners.items()},
        )

    def close(self) -> None:
        """Stop them all."""
        for server in self._partners.values():
            server.stop()
        self.council.stop()
