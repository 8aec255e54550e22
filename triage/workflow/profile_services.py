"""What a profile says of services: services.toml, and the threshold document as threshold.md."""

import re
from collections.abc import Mapping

from triage.domain.profile import Code
from triage.domain.service import (
    DirectorySource,
    LocalContact,
    Need,
    Passage,
    Point,
    ServicesGuide,
    SuggestionRule,
)
from triage.workflow.profile_entries import ServicesFile
from triage.workflow.profile_files import Reading, Source, toml_file

FILE = "services.toml"
THRESHOLD = "threshold.md"
FACTORS = "raises"
"""The code list whose codes call for needs."""
_HTTPS = re.compile(r"https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[^\s?#]*)?")


def services_guide(reading: Reading, codes: Mapping[str, tuple[Code, ...]]) -> ServicesGuide:
    """The guide to services in the folder; an empty one where there is no services.toml."""
    if not (reading.folder / FILE).exists():
        return ServicesGuide()
    file, at = toml_file(reading, FILE, ServicesFile)
    if file is None:
        return ServicesGuide()
    _check(reading, file, at, codes)
    return ServicesGuide(
        sources=tuple(
            DirectorySource(id=d.id, name=d.name, url=d.url, dialect=d.dialect, at=f"{d.at:%H:%M}")
            for d in file.directory
            if reading.in_force(d)
        ),
        needs=tuple(
            Need(code=n.code, label=n.label, terms=n.terms, words=n.words)
            for n in file.need
            if reading.in_force(n)
        ),
        rules=tuple(
            SuggestionRule(factor=s.factor, need=s.need, whom=s.whom)
            for s in file.suggest
            if reading.in_force(s)
        ),
        contacts=tuple(
            LocalContact(name=c.name, words=c.words, phone=c.phone, email=c.email)
            for c in file.contact
            if reading.in_force(c)
        ),
        threshold=_threshold(reading),
        sectors={sector: Point(*place) for sector, place in file.sectors.items()},
        child_terms=file.child_terms,
        adult_terms=file.adult_terms,
        agreement_terms=file.agreement_terms,
    )


def _check(
    reading: Reading, file: ServicesFile, at: Source, codes: Mapping[str, tuple[Code, ...]]
) -> None:
    for table, names in (
        ("directory", [d.id for d in file.directory]),
        ("need", [n.code for n in file.need]),
    ):
        for i, name in enumerate(names):
            if name in names[:i]:
                reading.fault(at, (table, i), f"“{name}” is there twice.")
    for i, directory in enumerate(file.directory):
        if directory.url and not _HTTPS.fullmatch(directory.url):
            reading.fault(
                at,
                ("directory", i, "url"),
                "A directory is asked over https, as in https://name.example.",
            )
    needs = {n.code for n in file.need}
    factors = {c.code for c in codes.get(FACTORS, ())}
    for i, rule in enumerate(file.suggest):
        if rule.need not in needs:
            reading.fault(at, ("suggest", i, "need"), f"There is no need “{rule.need}”.")
        if rule.factor not in factors:
            reading.fault(
                at,
                ("suggest", i, "factor"),
                f"There is no factor “{rule.factor}” in codes/{FACTORS}.csv.",
            )


def _threshold(reading: Reading) -> tuple[Passage, ...]:
    """The threshold document by its headings; none where the hub keeps no text of it here."""
    if not (reading.folder / THRESHOLD).exists():
        return ()
    text = reading.text(THRESHOLD)
    if text is None:
        return ()
    title = next((ln[2:].strip() for ln in text.splitlines() if ln.startswith("# ")), "")
    found = []
    for part in re.split(r"(?m)^## ", text)[1:]:
        heading, _, words = part.partition("\n")
        found.append(Passage(title=heading.strip(), words=words.strip(), source=title))
    return tuple(found)
