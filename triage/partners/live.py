"""The partners that answer at once: a connector for each, by the profile's partners.toml."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from triage.domain.live_partner import LivePartner, PartnerKind, Reach
from triage.partners.calling import Caller, Connection
from triage.partners.connector import Connector
from triage.partners.exchange import Line, LineSettings
from triage.partners.fhir_server import FhirConnector
from triage.partners.pds import PdsConnector
from triage.partners.rest_map import RestConnector
from triage.partners.side_by_side import SideBySide
from triage.partners.sql_view import ViewConnector

_FOR_LISTS = 4
"""Questions that one list is searched with at the same time."""


class Way(Protocol):
    """The way to a partner, which can be paused, tried and cut."""

    def connection(self, now: datetime) -> Connection: ...

    def try_now(self) -> None: ...

    def close(self) -> None: ...


class LivePartners:
    """Every live partner of a hub, and the way all partners are asked side by side.

    `folder` is the hub's data folder, below which certificates lie; `secret` reads from the
    keyring by name. Close it to end whatever is under way.
    """

    def __init__(
        self,
        partners: Iterable[LivePartner] = (),
        *,
        folder: Path,
        secret: Callable[[str], bytes | None] = lambda _: None,
    ) -> None:
        self._settings = {p.partner: p for p in partners}
        self._ways: dict[str, Way] = {}
        self._connectors: dict[str, Connector] = {}
        for key, settings in self._settings.items():
            if settings.kind is PartnerKind.SQL_VIEW:
                view = ViewConnector(settings, secret)
                self._ways[key], self._connectors[key] = view, view
            else:
                caller = Caller(settings, _line(settings, folder, secret), secret)
                self._ways[key] = caller
                self._connectors[key] = _over_http(settings, caller)
        self.side_by_side = SideBySide(at_once=self._at_once)

    @property
    def partners(self) -> Mapping[str, LivePartner]:
        """The settings of each, by key, in the profile's order."""
        return self._settings

    def connector(self, partner: str) -> Connector:
        """What asks that partner. KeyError is a fault of the program."""
        return self._connectors[partner]

    def connection(self, partner: str, now: datetime) -> Connection | None:
        """How the way to a partner stands; None for one that is not live."""
        way = self._ways.get(partner)
        return way.connection(now) if way else None

    def try_now(self, partner: str) -> None:
        """End a partner's pause; the next question finds out whether it answers."""
        if way := self._ways.get(partner):
            way.try_now()

    def close(self) -> None:
        """End whatever is under way; nobody can be asked from now on."""
        self.side_by_side.close()
        for way in self._ways.values():
            way.close()

    def _at_once(self, partner: str) -> int:
        settings = self._settings.get(partner)
        return settings.pace.at_once if settings else _FOR_LISTS


def _line(partner: LivePartner, folder: Path, secret: Callable[[str], bytes | None]) -> Line:
    reach: Reach = partner.reach
    both = (
        folder / reach.client_certificate,
        folder / (reach.client_key or reach.client_certificate),
    )
    name = reach.client_key_secret
    return Line(
        LineSettings(
            name=partner.name,
            ca=folder / reach.ca if reach.ca else None,
            client_certificate=both if reach.client_certificate else None,
            proxy=reach.proxy,
            most_bytes=reach.most_bytes,
        ),
        key_password=lambda: secret(name) if name else None,
    )


def _over_http(settings: LivePartner, caller: Caller) -> Connector:
    if settings.pds is not None:
        return PdsConnector(settings, caller)
    if settings.fhir is not None:
        return FhirConnector(settings, caller)
    return RestConnector(settings, caller)
