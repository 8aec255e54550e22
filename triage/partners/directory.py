"""A public directory of services, read page by page: what is good is taken, the rest reported.

Feeds lie. The total is never believed, a page that comes again ends the reading, a service told
of many times is kept once, and reading stops at a count of pages and rows. Only a list read to
its end may take away what was kept before.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from triage.domain.errors import FanlightError
from triage.domain.service import DirectorySource, Service, ServicesGuide
from triage.partners.exchange import Line, LineSettings, Unanswered
from triage.partners.open_referral import BadRow, Closed, Reading, read_row

MOST_PAGES = 500
MOST_ROWS = 50_000
PER_PAGE = 100
MOST_BYTES_A_PAGE = 16_000_000
MOST_BYTES = 400_000_000
A_PAGE_S = 30.0
WITHIN_S = 600.0
MOST_TOLD = 40
"""How many slips of a feed are told one by one."""


class DirectoryError(FanlightError):
    """The directory gave no list that could be used; the one before stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a directory told: good services, how many rows there were, and a sentence for each
    thing wrong. `complete` is True where the list was read to its end."""

    services: tuple[Service, ...]
    rows: int
    pages: int
    complete: bool
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Where a version of the standard puts its rows and what it says of pages."""

    rows: str
    total: str
    pages: str
    number: str
    last: str


DIALECTS: Mapping[str, Dialect] = {
    "v3": Dialect(
        rows="contents",
        total="total_items",
        pages="total_pages",
        number="page_number",
        last="last_page",
    ),
    "v1": Dialect(
        rows="content", total="totalElements", pages="totalPages", number="number", last="last"
    ),
}

Fetch = Callable[[int], bytes]
"""Gives the bytes of a page, counted from 1; raises DirectoryError with a sentence."""


def read_directory(
    fetch: Fetch, *, directory: str, dialect: str, guide: ServicesGuide, today: date
) -> Listing:
    """Every service that the pages give. Raises DirectoryError where the first page gives none.

    A later page that fails ends the reading: what came before it is good and not complete.
    """
    reader = _Reader(DIALECTS[dialect], Reading(directory, dialect, guide, today))
    while reader.wants_more:
        try:
            untrusted_page, mark = _page(fetch(reader.pages + 1), reader.dialect)
        except DirectoryError as fault:
            if not reader.pages:
                raise
            reader.tell(f"Page {reader.pages + 1} did not come, so the rest is not known: {fault}")
            break
        reader.take(untrusted_page, mark)
    if not reader.services:
        raise DirectoryError(
            f"The directory answered with {reader.rows} rows and no service that could be read. "
            "The list from before stays."
        )
    return reader.listing()


def _page(untrusted: bytes, dialect: Dialect) -> tuple[dict[str, Any], str]:
    """A page, and what it is known again by: its rows, whatever it says of itself."""
    try:
        found = json.loads(untrusted)
        if isinstance(found, list):
            found = {dialect.rows: found}
        rows = found.get(dialect.rows) if isinstance(found, dict) else None
        mark = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    except (ValueError, RecursionError) as fault:
        raise DirectoryError("What the directory sent is not a list of services.") from fault
    if not isinstance(rows, list):
        raise DirectoryError(
            "What the directory sent is not in the form its settings name. Ask IT to look at "
            "the dialect in services.toml."
        )
    return found, mark


class _Reader:
    def __init__(self, dialect: Dialect, reading: Reading) -> None:
        self.dialect = dialect
        self._reading = reading
        self.services: dict[str, Service] = {}
        self.rows = self.pages = 0
        self.wants_more = True
        self._complete = False
        self._seen: set[str] = set()
        self._reports: list[str] = []
        self._untold = self._twice = self._closed = 0
        self._total: int | None = None

    def tell(self, sentence: str) -> None:
        if len(self._reports) < MOST_TOLD:
            self._reports.append(sentence)
        else:
            self._untold += 1

    def take(self, untrusted_page: Mapping[str, Any], mark: str) -> None:
        rows = untrusted_page[self.dialect.rows]
        page = self.pages + 1
        if not rows:
            self._end(complete=True)
            return
        if mark in self._seen:
            self.tell(f"Page {page} is one that came before. Reading stopped there.")
            self._end(complete=False)
            return
        self._seen.add(mark)
        self.pages = page
        for number, untrusted_row in enumerate(rows, 1):
            if self.rows >= MOST_ROWS:
                break
            self.rows += 1
            self._row(untrusted_row, f"Page {page}, row {number}")
        self._said(untrusted_page)

    def _said(self, untrusted_page: Mapping[str, Any]) -> None:
        """Whether more is asked for, by what the page says of itself where that hangs together."""
        total = untrusted_page.get(self.dialect.total)
        pages = untrusted_page.get(self.dialect.pages)
        self._total = total if type(total) is int else self._total
        if self.rows >= MOST_ROWS or self.pages >= MOST_PAGES:
            self.tell(f"The list went on after {self.rows} rows. Reading stopped there.")
            self._end(complete=False)
        elif untrusted_page.get(self.dialect.last) is True or (
            type(pages) is int and pages == self.pages and self._total == self.rows
        ):
            self._end(complete=True)
        elif type(pages) is not int and self.dialect.last not in untrusted_page:
            # A bare list says nothing of pages: it is the whole.
            self._end(complete=True)

    def _end(self, *, complete: bool) -> None:
        self.wants_more = False
        self._complete = complete

    def _row(self, untrusted_row: object, where: str) -> None:
        try:
            service, slips = read_row(untrusted_row, self._reading)
        except BadRow as why:
            self.tell(f"{where} was left out: {why}.")
            return
        except Closed:
            self._closed += 1
            return
        if service.id in self.services:
            self._twice += 1
            return
        self.services[service.id] = service
        if slips:
            self.tell(f"{where}, {service.name}: {'; '.join(dict.fromkeys(slips))}.")

    def listing(self) -> Listing:
        reports = list(self._reports)
        if self._twice:
            reports.append(f"{_rows(self._twice)} told of a service again; each is kept once.")
        if self._closed:
            reports.append(f"{_rows(self._closed)} told of a service that is given no more.")
        if self._total is not None and self._total != self.rows:
            reports.append(f"The directory says it has {self._total} rows and gave {self.rows}.")
        if self._untold:
            reports.append(f"{self._untold} more things are wrong with it.")
        return Listing(
            services=tuple(self.services.values()),
            rows=self.rows,
            pages=self.pages,
            complete=self._complete,
            reports=tuple(reports),
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


class DirectoryLink:
    """The way to one directory over HTTPS. Nothing of a family is in any question it asks.

    `ca` is a PEM bundle trusted instead of the system's certificates; `proxy` is used where one
    is named. The whole reading is over within `within_s` seconds of its start.
    """

    def __init__(
        self,
        source: DirectorySource,
        guide: ServicesGuide,
        *,
        ca: Path | None = None,
        proxy: str = "",
        within_s: float = WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._guide = source, guide
        self._settings = LineSettings(
            name=source.name, ca=ca, proxy=proxy, most_bytes=MOST_BYTES_A_PAGE
        )
        self._within_s, self._clock = within_s, clock

    def read(self, today: date) -> Listing:
        """Its whole list, as of `today`. Raises DirectoryError where it gives none."""
        line = Line(self._settings, clock=self._clock)
        until = self._clock() + self._within_s
        size = 0

        def fetch(page: int) -> bytes:
            nonlocal size
            try:
                reply = line.ask(
                    "GET",
                    f"{self._source.url.rstrip('/')}/services",
                    deadline=min(until, self._clock() + A_PAGE_S),
                    headers={"Accept": "application/json"},
                    params=(("page", str(page)), ("per_page", str(PER_PAGE))),
                )
            except Unanswered as fault:
                raise DirectoryError(fault.words) from fault
            if reply.status != 200:
                raise DirectoryError(f"{self._source.name} answered with code {reply.status}.")
            size += len(reply.untrusted_body)
            if size > MOST_BYTES:
                raise DirectoryError(f"{self._source.name} sent more than a directory can be.")
            return reply.untrusted_body

        try:
            return read_directory(
                fetch,
                directory=self._source.id,
                dialect=self._source.dialect,
                guide=self._guide,
                today=today,
            )
        finally:
            line.close()
