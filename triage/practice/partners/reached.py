"""How the practice hub reaches its live partners, wherever they listen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from triage.domain.live_partner import LivePartner
from triage.practice.families import RESOURCES
from triage.practice.stand_ins_apart import Where
from triage.storage.secrets import Vault
from triage.workflow.partner_settings import partners_in

CA = "partners/ca.pem"
TOKEN = "for-practice-only"


def settings(where: Where, folder: Path, vault: Vault) -> Iterator[LivePartner]:
    """The settings of a hub in `folder`, its secrets put into `vault`."""
    (folder / CA).parent.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(where.ca, folder / CA)
    for name in ("nhs", "schools", "homes"):
        vault.put(f"practice-{name}", TOKEN.encode())
    for partner in partners_in(RESOURCES):
        there = where.partners[partner.partner] + urlsplit(partner.reach.url).path
        yield replace(partner, reach=replace(partner.reach, url=there, ca=CA))
