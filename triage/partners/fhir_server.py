"""Any FHIR R4 server: searched strictly, page by page, and never believed to have searched."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urljoin

from triage.domain.live_partner import FhirSettings, LivePartner
from triage.domain.lookup import Outcome
from triage.partners import fhir
from triage.partners.calling import Caller
from triage.partners.connector import Answer, Context, NoAnswerError, Query, Returned
from triage.partners.exchange import on_the_same_host
from triage.partners.questions import in_words, known, resembles, unaccented

_ACCEPT = "application/fhir+json"
_MOST = 50


class FhirConnector:
    """Asks by number first, then by family name and birth date, with and without accents.

    A server may ignore a parameter and return everyone: it is told to be strict, and what it
    returns is looked through again here.
    """

    def __init__(self, settings: LivePartner, caller: Caller) -> None:
        assert settings.fhir is not None
        self._settings, self._fhir = settings, settings.fhir
        self._caller = caller

    @property
    def partner(self) -> str:
        return self._settings.partner

    @property
    def name(self) -> str:
        return self._settings.name

    def sends(self, query: Query) -> tuple[str, ...]:
        facts = known(query.person)
        return tuple(name for name in ("nhs_number", "family", "born") if name in facts)

    def ask(self, query: Query, context: Context) -> Answer:
        facts = known(query.person)
        sent: list[str] = []
        try:
            found: dict[str, Returned] = {}
            whole = True
            for names, params in _searches(facts, self._fhir):
                if found:
                    break
                sent += names
                # Each spelling of a name is a search of its own, and both count.
                for one in params:
                    hits, all_read = self._pages(one, query, context)
                    whole = whole and all_read
                    found |= self._kept(hits, query, context)
            if not sent:
                raise NoAnswerError(
                    Outcome.NOT_CHECKED,
                    f"{self.name} can be asked once a family name and a birth date, or an NHS "
                    "number, are known.",
                )
        except NoAnswerError as fault:
            return fault.answer(in_words(sent), tuple(dict.fromkeys(sent)))
        if not whole and not found:
            return Answer(
                outcome=Outcome.MANY,
                problem=f"{self.name} has more people of that name than could be read. The one "
                "asked about may be among them.",
                searched=in_words(sent),
                sent=tuple(dict.fromkeys(sent)),
            )
        return Answer(
            outcome=Outcome.FOUND if found else Outcome.NOT_FOUND,
            returned=tuple(found.values())[:_MOST],
            searched=in_words(sent),
            sent=tuple(dict.fromkeys(sent)),
        )

    def _kept(self, hits: list[fhir.Hit], query: Query, context: Context) -> dict[str, Returned]:
        found: dict[str, Returned] = {}
        for hit in hits:
            one = fhir.returned(
                hit,
                partner=self.partner,
                today=context.now().date(),
                number_system=self._fhir.number_system,
            )
            if one is not None and resembles(one.record, query):
                found[one.record.record_id] = one
        return found

    def _pages(
        self, params: tuple[tuple[str, str], ...], query: Query, context: Context
    ) -> tuple[list[fhir.Hit], bool]:
        """Every hit of every page, and whether the last page was among those read."""
        base = self._settings.reach.url.rstrip("/") + "/"
        url, hits, seen = urljoin(base, "Patient"), list[fhir.Hit](), set[str]()
        for _ in range(self._fhir.most_pages):
            bundle = self._page(url, params, query, context)
            page = fhir.hits(bundle)
            if page is None:
                raise self._unreadable(200, fhir.codes(bundle))
            hits += page
            onwards = fhir.next_link(bundle)
            if not onwards:
                return hits, True
            there = on_the_same_host(url, onwards)
            # The next page is the same server's, and another one than those that were read.
            if not there or there in seen:
                return hits, False
            seen.add(there)
            url, params = there, ()
        return hits, False

    def _page(
        self, url: str, params: tuple[tuple[str, str], ...], query: Query, context: Context
    ) -> Any:
        status, value, _ = self._caller.ask(
            url,
            params,
            context,
            asked_by=query.asked_by,
            headers={
                "Accept": _ACCEPT,
                "Prefer": "handling=strict",
                "X-Correlation-ID": str(query.id),
            },
        )
        if status != 200:
            raise self._unreadable(status, fhir.codes(value))
        return value

    def _unreadable(self, status: int, said: tuple[str, ...]) -> NoAnswerError:
        words = f", {said[0]}" if said else ""
        return NoAnswerError(
            Outcome.BAD_RESPONSE,
            f"{self.name} did not take the question as it was put (code {status}{words}). Nobody "
            "was looked up there. Tell IT.",
        )


Search = tuple[tuple[str, ...], list[tuple[tuple[str, str], ...]]]


def _searches(facts: dict[str, str | date], settings: FhirSettings) -> list[Search]:
    searches: list[Search] = []
    if number := facts.get("nhs_number"):
        searches.append(
            (("nhs_number",), [(("identifier", f"{settings.number_system}|{number}"),)])
        )
    family, born = facts.get("family"), facts.get("born")
    if isinstance(family, str) and isinstance(born, date):
        spellings = dict.fromkeys((family, unaccented(family)))
        searches.append(
            (
                ("family", "born"),
                [
                    (("family", spelling), ("birthdate", born.isoformat()), ("_count", str(_MOST)))
                    for spelling in spellings
                ],
            )
        )
    return searches
