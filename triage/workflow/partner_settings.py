"""A hub's live partners, read from partners.toml. A profile without that file has none."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from triage.domain.errors import ProfileError
from triage.domain.live_partner import (
    FhirSettings,
    LivePartner,
    Pace,
    PartnerKind,
    PdsSettings,
    Reach,
    RestInvolvement,
    RestPage,
    RestSearch,
    RestSettings,
    SignIn,
    ViewSettings,
)
from triage.workflow.profile_files import Reading, toml_file

if TYPE_CHECKING:
    from triage.workflow.partner_entries import PartnerEntry, PartnersFile

FILE = "partners.toml"
_NAMES_ONE = re.compile(rb"(?m)^[^#\n]*partner")
"""A file that names no partner, as the one a new hub begins with, is not read at every start."""


def live_partners(reading: Reading, lists: tuple[str, ...] = ()) -> tuple[LivePartner, ...]:
    """The partners of the folder's file, its faults noted; none where it has no such file."""
    file = reading.folder / FILE
    if not file.exists() or not _NAMES_ONE.search(file.read_bytes()):
        return ()
    # Most starts need none of it.
    from triage.workflow.partner_checks import check_partners
    from triage.workflow.partner_entries import PartnersFile

    held, at = toml_file(reading, FILE, PartnersFile)
    if held is None:
        return ()
    before = len(reading.faults)
    check_partners(reading, held, at, lists)
    if len(reading.faults) > before:
        return ()
    return tuple(_partner(p, held) for p in held.partner)


def partners_in(folder: Path) -> tuple[LivePartner, ...]:
    """The partners of a folder's file. Raises ProfileError with every fault."""
    from datetime import date

    reading = Reading(folder, date.min)
    found = live_partners(reading)
    if reading.faults:
        raise ProfileError(tuple(reading.faults))
    return found


def _partner(entry: PartnerEntry, file: PartnersFile) -> LivePartner:
    partner = LivePartner(
        partner=entry.partner,
        name=entry.name,
        kind=entry.kind,
        purpose=entry.purpose or file.purpose,
        lawful_basis=entry.lawful_basis or file.lawful_basis,
        lane=entry.lane,
        reach=Reach(
            url=entry.url,
            ca=entry.ca,
            client_certificate=entry.client_certificate,
            client_key=entry.client_key,
            client_key_secret=entry.client_key_secret,
            proxy=entry.proxy,
            most_bytes=entry.most_bytes,
            headers=entry.headers,
            user_header=entry.user_header,
        ),
        pace=Pace(**entry.pace.model_dump()),
        sign_in=SignIn(**entry.sign_in.model_dump()),
        date_formats=entry.date_formats,
        values=dict(entry.values.items()),
    )
    match entry.kind:
        case PartnerKind.PDS_FHIR:
            return replace(
                partner,
                pds=PdsSettings(
                    steps=entry.steps,
                    ods=entry.ods,
                    worker_access=entry.worker_access,
                    exact_match=entry.exact_match,
                    related=entry.related,
                    months_near=entry.months_near,
                    wider_reasons=entry.wider_reasons,
                ),
            )
        case PartnerKind.FHIR:
            settings = FhirSettings(number_system=entry.number_system, most_pages=entry.most_pages)
            return replace(partner, fhir=settings)
        case PartnerKind.REST_MAP:
            return replace(partner, rest=_rest(entry))
        case PartnerKind.SQL_VIEW:
            return replace(
                partner,
                view=ViewSettings(
                    dsn_secret=entry.dsn_secret,
                    view=entry.view,
                    columns=entry.columns,
                    most_rows=entry.most_rows,
                ),
            )


def _rest(entry: PartnerEntry) -> RestSettings:
    return RestSettings(
        searches=tuple(
            RestSearch(needs=tuple(s.needs), query=s.query, body=s.body, path=s.path)
            for s in entry.search
        ),
        items=entry.items,
        fields=entry.fields,
        page=RestPage(**entry.page.model_dump()) if entry.page else RestPage(),
        none_statuses=entry.none_statuses,
        involvement=RestInvolvement(**entry.history.model_dump()) if entry.history else None,
    )
