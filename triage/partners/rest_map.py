"""Any JSON API as a partner, by the mapping in the profile: what to ask, where people are, and how
each field is called there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from triage.domain.live_partner import LivePartner, RestPage, RestSearch, blanks_of
from triage.domain.lookup import Involvement, Outcome, PartnerRecord
from triage.partners.calling import Caller
from triage.partners.connector import Answer, Context, NoAnswerError, Query, Returned
from triage.partners.exchange import on_the_same_host
from triage.partners.json_paths import at, follow, text_at
from triage.partners.questions import filled, in_words, known, resembles
from triage.partners.their_words import iso_day, record_of

_MOST = 50
_SEPARATE = frozenset({"address"})
Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of people, and how the next is asked for; None where there is no next."""

    untrusted_people: list[Any]
    next_url: str = ""
    next_params: Params | None = None


class RestConnector:
    """Puts the profile's searches in turn until somebody comes back who may be meant."""

    def __init__(self, settings: LivePartner, caller: Caller) -> None:
        assert settings.rest is not None
        self._settings, self._rest = settings, settings.rest
        self._caller = caller

    @property
    def partner(self) -> str:
        return self._settings.partner

    @property
    def name(self) -> str:
        return self._settings.name

    def sends(self, query: Query) -> tuple[str, ...]:
        facts = known(query.person)
        names = [n for search in self._searches(facts) for n in _sent(search, facts)]
        return tuple(dict.fromkeys(names))

    def ask(self, query: Query, context: Context) -> Answer:
        facts = known(query.person)
        sent: list[str] = []
        found: dict[str, Returned] = {}
        whole = True
        try:
            for search in self._searches(facts):
                sent += _sent(search, facts)
                people, all_read = self._pages(search, facts, query, context)
                whole = whole and all_read
                for one in people:
                    record = person_of(one, self._settings, context.now().date())
                    if record is not None and resembles(record, query):
                        found[record.record_id] = Returned(record=record)
                if found:
                    break
            if not self._searches(facts):
                raise NoAnswerError(Outcome.NOT_CHECKED, self._needs())
        except NoAnswerError as fault:
            return fault.answer(in_words(sent), tuple(dict.fromkeys(sent)))
        answer = Answer(
            outcome=Outcome.FOUND if found else Outcome.NOT_FOUND,
            returned=tuple(found.values())[:_MOST],
            searched=in_words(sent),
            sent=tuple(dict.fromkeys(sent)),
        )
        if found or whole:
            return answer
        return Answer(
            outcome=Outcome.MANY,
            problem=f"{self.name} has more people who fit than could be read. The one asked about "
            "may be among them.",
            searched=answer.searched,
            sent=answer.sent,
        )

    def _searches(self, facts: Mapping[str, str | date]) -> tuple[RestSearch, ...]:
        return tuple(s for s in self._rest.searches if all(n in facts for n in s.needs))

    def _needs(self) -> str:
        ways = [in_words(s.needs).replace(", ", " and ") for s in self._rest.searches]
        return f"{self.name} can be asked once this is known: {', or '.join(dict.fromkeys(ways))}."

    def _pages(
        self,
        search: RestSearch,
        facts: Mapping[str, str | date],
        query: Query,
        context: Context,
    ) -> tuple[list[Any], bool]:
        """The people of every page, and whether the last page was among those read."""
        page = self._rest.page
        said = search.body or search.query
        asked = tuple(
            (name, value)
            for name, text in said.items()
            if isinstance(text, str) and (value := filled(text, facts)) is not None
        )
        # A fact in a path is quoted whole, so that a slash in a name stays in the name.
        quoted = {n: v if isinstance(v, date) else quote(v, safe="") for n, v in facts.items()}
        url = self._settings.reach.url.rstrip("/") + (filled(search.path, quoted) or "")
        params = (*asked, *_first(page))
        people: list[Any] = []
        seen: set[tuple[str, Params]] = set()
        for number in range(page.most_pages):
            seen.add((url, params))
            body = _body(search, params, page) if search.body else None
            came = self._page(url, params, body, number, query, context)
            people += came.untrusted_people
            if came.next_params is None:
                return people, True
            if came.next_url:
                url, params = on_the_same_host(url, came.next_url), ()
                if not url:
                    return people, False
            else:
                params = (*asked, *came.next_params)
            if (url, params) in seen:
                return people, False
        return people, False

    def _page(
        self,
        url: str,
        params: Params,
        body: bytes | None,
        number: int,
        query: Query,
        context: Context,
    ) -> Page:
        headers = {"X-Correlation-ID": str(query.id)}
        if body is not None:
            headers["Content-Type"] = "application/json"
        status, value, _ = self._caller.ask(
            url,
            params if body is None else (),
            context,
            asked_by=query.asked_by,
            headers=headers,
            body=body,
        )
        if status in self._rest.none_statuses:
            return Page(untrusted_people=[])
        if status != 200:
            raise NoAnswerError(
                Outcome.BAD_RESPONSE,
                f"{self.name} did not take the question as it was put (code {status}). Nobody was "
                "looked up there. Tell IT.",
            )
        list_of = self._rest.items.removesuffix("[*]")
        where = follow(value, self._rest.items)
        if (
            not where
            and isinstance(at(value, list_of), dict | list)
            and list_of != self._rest.items
        ):
            where = [[]]  # it is there, and holds nobody
        if not where:
            # An answer without the list is not an empty list: the address or a key may be wrong.
            raise NoAnswerError(
                Outcome.BAD_RESPONSE,
                f"{self.name} answered without “{self._rest.items}”, where people should be. "
                "Nobody was looked up there. Tell IT.",
            )
        people = where[0] if isinstance(where[0], list) else [p for p in where if p is not None]
        self._check_names(people)
        return _onwards(Page(untrusted_people=people), value, self._rest.page, number)

    def _check_names(self, people: list[Any]) -> None:
        """People without any name were not shown to this desk: that is no empty answer."""
        fields = [self._rest.fields[n] for n in ("given", "family") if n in self._rest.fields]
        if people and not any(text_at(p, field) for p in people for field in fields):
            raise NoAnswerError(
                Outcome.BAD_RESPONSE,
                f"{self.name} answered with people who have no names. The desk's key there may "
                "lack a permission. Tell IT.",
            )


def _sent(search: RestSearch, facts: Mapping[str, str | date]) -> list[str]:
    said = [v for v in search.body.values() if isinstance(v, str)]
    texts = (*search.query.values(), *said, search.path)
    names = [n for text in texts for n in blanks_of(text) if filled(text, facts) is not None]
    return [piece for n in names for piece in (("given", "family") if n == "name" else (n,))]


def _body(search: RestSearch, params: Params, page: RestPage) -> bytes:
    """The question as JSON. A number that turns pages is a number there."""
    whole: dict[str, Any] = {}
    fixed = [(n, v) for n, v in search.body.items() if not isinstance(v, str)]
    turning = page.style in ("number", "offset")
    for name, value in params:
        counts = (turning and name == page.param) or name == page.size_param
        _put(whole, name, int(value) if counts else value)
    for name, set_to in fixed:
        _put(whole, name, set_to)
    return json.dumps(whole).encode()


def _put(whole: dict[str, Any], name: str, value: object) -> None:
    *inside, last = name.split(".")
    for part in inside:
        whole = whole.setdefault(part, {})
    whole[last] = value


def _first(page: RestPage) -> Params:
    size = ((page.size_param, str(page.size)),) if page.size and page.size_param else ()
    match page.style:
        case "number":
            return ((page.param, str(page.first)), *size)
        case "offset":
            return ((page.param, "0"), *size)
        case _:
            return size


def _onwards(came: Page, value: Any, page: RestPage, number: int) -> Page:
    """The page with how to go on, by the API's way of paging."""
    people = came.untrusted_people
    size = ((page.size_param, str(page.size)),) if page.size and page.size_param else ()
    if page.more and at(value, page.more) in (False, None, 0, ""):
        return came
    match page.style:
        case "cursor":
            cursor = text_at(value, page.next)
            if not cursor or not people:
                return came
            return Page(untrusted_people=people, next_params=((page.param, cursor), *size))
        case "link":
            link = text_at(value, page.next)
            return Page(untrusted_people=people, next_url=link, next_params=()) if link else came
        case "number" | "offset":
            if not people or (page.size and not page.more and len(people) < page.size):
                return came
            step = 1 if page.style == "number" else page.size or len(people)
            first = page.first if page.style == "number" else 0
            there = (page.param, str(first + (number + 1) * step))
            return Page(untrusted_people=people, next_params=(there, *size))
        case _:
            return came


def person_of(untrusted: Any, settings: LivePartner, today: date) -> PartnerRecord | None:
    """One person of an answer as a record; None for what is no person with a number."""
    if settings.rest is None or not isinstance(untrusted, dict):
        return None
    held = {
        ours: text_at(untrusted, theirs, joined_by=", " if ours in _SEPARATE else " ")
        for ours, theirs in settings.rest.fields.items()
    }
    record = record_of(held, settings, today)
    if record is None:
        return None
    involvement = _involvement(untrusted, settings, record.record_id)
    return replace(record, involvement=involvement)


def _involvement(untrusted: Any, settings: LivePartner, record_id: str) -> tuple[Involvement, ...]:
    how = settings.rest.involvement if settings.rest else None
    if how is None:
        return ()
    found: list[Involvement] = []
    for each in follow(untrusted, how.items + "[*]"):
        try:
            start = date.fromisoformat(
                iso_day(text_at(each, how.start), settings.date_formats)[:10]
            )
        except ValueError:
            continue
        end: date | None = None
        if how.end and (said := text_at(each, how.end)):
            try:
                end = date.fromisoformat(iso_day(said, settings.date_formats)[:10])
            except ValueError:
                end = None
        kind = settings.values.get("kind", {}).get(text_at(each, how.kind), "note")
        found.append(
            Involvement(
                kind=kind,
                lane=settings.lane or settings.name,
                start=start,
                end=end if end != start else None,
                words=text_at(each, how.words) if how.words else "",
                source=settings.name,
                reference=record_id,
            )
        )
    return tuple(found)
