"""The NHS Personal Demographics Service: asked in ordered steps, exactly before widely.

Every patient in an answer is written to the NHS's own audit trail, so a wider search is an act of
its own: it is made only after an exact one found nobody, and only for a recorded reason. A search
with a postcode leaves restricted people out, so it never comes first, and alone never means that
nobody is there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from triage.domain.live_partner import WIDENING, LivePartner, PdsSettings, PdsStep
from triage.domain.lookup import Outcome
from triage.partners import fhir
from triage.partners.calling import Caller
from triage.partners.connector import Answer, Context, NoAnswerError, Query, Returned
from triage.partners.questions import in_words, known

MANY = "TOO_MANY_MATCHES"
SANDBOX = "not-supported"
_FIRST_LETTERS = 3  # a star is taken after the first two letters only
_GROWN_UP = 18
_MOST = "50"
_NOBODY = frozenset({"RESOURCE_NOT_FOUND", "INVALIDATED_RESOURCE"})
_DAYS_OF_A_MONTH = 30.44

Facts = Mapping[str, str | date]
Params = tuple[tuple[str, str], ...]


def _born(facts: Facts) -> date | None:
    day = facts.get("born")
    return day if isinstance(day, date) else None


def _names(facts: Facts) -> list[tuple[str, str]]:
    """Each given name is a parameter of its own. A star in a name would ask for everybody."""
    given = [("given", name) for name in _plain(facts.get("given", "")).split()]
    return [("family", _plain(facts["family"])), *given]


def _plain(name: str | date) -> str:
    return " ".join(str(name).replace("*", " ").split())


def _exactly(facts: Facts, settings: PdsSettings) -> Params:
    alone = (("_exact-match", "true"),) if settings.exact_match else ()
    return (*_names(facts), ("birthdate", f"eq{facts['born']}"), *alone)


def _beginning(facts: Facts, _: PdsSettings) -> Params:
    """Names that begin alike, as where only their beginning was heard."""
    starred = [
        (key, f"{name[:_FIRST_LETTERS]}*" if len(name) > _FIRST_LETTERS else name)
        for key, name in _names(facts)
    ]
    return (*starred, ("birthdate", f"eq{facts['born']}"))


def _swapped(facts: Facts, _: PdsSettings) -> Params | None:
    """Day and month the other way round, where that is a day too, and another one."""
    day = _born(facts)
    if day is None or day.day > 12 or day.day == day.month:
        return None
    other = day.replace(month=day.day, day=day.month)
    return (*_names(facts), ("birthdate", f"eq{other.isoformat()}"))


def _near(facts: Facts, settings: PdsSettings) -> Params | None:
    day = _born(facts)
    if day is None:
        return None
    span = timedelta(days=round(settings.months_near * _DAYS_OF_A_MONTH))
    return (
        *_names(facts),
        ("birthdate", f"ge{(day - span).isoformat()}"),
        ("birthdate", f"le{(day + span).isoformat()}"),
    )


def _with_postcode(facts: Facts, _: PdsSettings) -> Params:
    return (
        ("family", _plain(facts["family"])),
        ("birthdate", f"eq{facts['born']}"),
        ("address-postalcode", str(facts["postcode"])),
    )


def _widely(facts: Facts, _: PdsSettings) -> Params:
    return (*_names(facts), ("birthdate", f"eq{facts['born']}"), ("_fuzzy-match", "true"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a step is asked: what it needs, and its parameters."""

    needs: tuple[str, ...]
    params: Callable[[Facts, PdsSettings], Params | None]


_WAYS = {
    PdsStep.NAME_BORN: _Way(needs=("family", "born"), params=_exactly),
    PdsStep.NAME_BORN_SWAPPED: _Way(needs=("family", "born"), params=_swapped),
    PdsStep.NAME_BORN_NEAR: _Way(needs=("family", "born"), params=_near),
    PdsStep.NAME_BORN_POSTCODE: _Way(needs=("family", "born", "postcode"), params=_with_postcode),
    PdsStep.NAME_BORN_BEGINS: _Way(needs=("family", "born"), params=_beginning),
    PdsStep.WIDER: _Way(needs=("given", "family", "born"), params=_widely),
}


class PdsConnector:
    """Asks the NHS, or a council's broker of it, step by step until somebody is found.

    `new_id` gives request numbers. A question that is put again after a failure keeps its own, by
    which the other side knows it.
    """

    def __init__(
        self, settings: LivePartner, caller: Caller, *, new_id: Callable[[], UUID] = uuid4
    ) -> None:
        assert settings.pds is not None
        self._settings, self._pds = settings, settings.pds
        self._caller, self._new_id = caller, new_id

    @property
    def partner(self) -> str:
        return self._settings.partner

    @property
    def name(self) -> str:
        return self._settings.name

    def sends(self, query: Query) -> tuple[str, ...]:
        facts = known(query.person)
        names: list[str] = []
        for step in self._steps(facts, query):
            names += ("nhs_number",) if step is PdsStep.NUMBER else _sent(step, facts)
        return tuple(dict.fromkeys(names))

    def ask(self, query: Query, context: Context) -> Answer:
        facts = known(query.person)
        steps = self._steps(facts, query)
        sent: list[str] = []
        many = False
        notes: tuple[str, ...] = ()
        found: tuple[Returned, ...] = ()
        try:
            for step in steps:
                if step is PdsStep.NUMBER:
                    sent.append("nhs_number")
                    found, notes = self._by_number(str(facts["nhs_number"]), query, context)
                else:
                    params = _WAYS[step].params(facts, self._pds)
                    if params is None:
                        continue
                    sent += _sent(step, facts)
                    came = self._search(params, query, context)
                    many = many or came is None
                    found = came or ()
                if found:
                    found = self._with_parents(found, facts, query, context)
                    break
        except NoAnswerError as fault:
            return fault.answer(in_words(sent), tuple(dict.fromkeys(sent)))
        answer = Answer(
            outcome=Outcome.NOT_FOUND,
            searched=in_words(sent),
            sent=tuple(dict.fromkeys(sent)),
            problem=" ".join(notes),
        )
        if found:
            return replace(answer, outcome=Outcome.FOUND, returned=found)
        if many:
            return replace(
                answer,
                outcome=Outcome.MANY,
                problem=f"{self.name} has too many people who fit, and names none of them. More "
                "facts would help: given names, or the NHS number.",
            )
        if not any(step is not PdsStep.NUMBER for step in steps):
            # A number that is not known there says nothing of the child.
            return replace(
                answer,
                outcome=Outcome.NOT_CHECKED,
                problem=" ".join(
                    (
                        *notes,
                        f"{self.name} is searched once a family name and a birth date are known.",
                    )
                ),
            )
        wider = self._could_widen(facts) and not query.wider_because
        return replace(answer, wider_possible=wider)

    def _steps(self, facts: Facts, query: Query) -> tuple[PdsStep, ...]:
        """The steps that can be taken with what is known, in the profile's order."""
        return tuple(
            step
            for step in self._pds.steps
            if (
                "nhs_number" in facts
                if step is PdsStep.NUMBER
                else all(n in facts for n in _WAYS[step].needs)
                and (bool(query.wider_because) or step not in WIDENING)
            )
        )

    def _could_widen(self, facts: Facts) -> bool:
        return any(
            step in self._pds.steps and all(n in facts for n in _WAYS[step].needs)
            for step in WIDENING
        )

    def _search(
        self, params: Params, query: Query, context: Context
    ) -> tuple[Returned, ...] | None:
        """Who fits; None where they are too many."""
        most = ("_max-results", _MOST if self._pds.worker_access else "1")
        status, value, said = self._get("Patient", (*params, most), query, context)
        # An older version says so with code 400, the present one with 200 and no bundle.
        if MANY in said:
            return None
        hits = fhir.hits(value) if status == 200 else None
        if hits is None:
            raise self._not_taken(status, said)
        return tuple(r for hit in hits if (r := self._returned(hit, context)) is not None)

    def _by_number(
        self, number: str, query: Query, context: Context
    ) -> tuple[tuple[Returned, ...], tuple[str, ...]]:
        """The person of a number, with a word where it was replaced or is not known."""
        status, value, said = self._get(f"Patient/{number}", (), query, context)
        if status == 404 or _NOBODY & set(said):
            return (), (f"{self.name} does not know the NHS number {number}.",)
        if "INVALID_RESOURCE_ID" in said:
            return (), (f"{self.name} says that {number} is no NHS number.",)
        if status != 200 or not isinstance(value, dict) or value.get("resourceType") != "Patient":
            raise self._not_taken(status, said)
        one = self._returned(fhir.Hit(untrusted_patient=value, score=None), context)
        if one is None:
            raise self._not_taken(status, said)
        if one.record.record_id != number:
            words = (
                f"The NHS number {number} was replaced by {one.record.record_id}. Use the new one."
            )
            return (replace(one, notes=(words, *one.notes)),), ()
        return (one,), ()

    def _with_parents(
        self, found: tuple[Returned, ...], facts: Facts, query: Query, context: Context
    ) -> tuple[Returned, ...]:
        """Who is related to the one child that was found: whose child it is tells namesakes apart.

        Never of a restricted child, whose parents may be whom they are kept from; nor of an adult.
        What can't be read takes nothing from what was found.
        """
        born = _born(facts)
        young = born is not None and (context.now().date() - born).days < _GROWN_UP * 365.25
        if not self._pds.related or not young or len(found) != 1 or found[0].record.restricted:
            return found
        [one] = found
        path = f"Patient/{one.record.record_id}/RelatedPerson"
        try:
            _, value, _ = self._get(path, (), query, context)
        except NoAnswerError:
            value = None
        kin = fhir.related(value, context.now().date())
        if kin is None:
            words = f"{self.name} did not say who is related. The rest is as it came."
            return (replace(one, notes=(*one.notes, words)),)
        named = ", ".join(f"{k.name} ({k.role})" for k in kin)
        notes = (*one.notes, f"Related there: {named}.") if named else one.notes
        mothers = [k.name for k in kin if k.is_mother]
        fields = {**one.record.fields, **({"mother": mothers[0]} if mothers else {})}
        return (replace(one, record=replace(one.record, fields=fields), notes=notes),)

    def _returned(self, hit: fhir.Hit, context: Context) -> Returned | None:
        one = fhir.returned(
            hit, partner=self.partner, today=context.now().date(), unlabelled_restricts=True
        )
        if one is None:
            return None
        # The id is the number; some answers leave the identifier out.
        fields = {**one.record.fields, "nhs_number": one.record.record_id}
        return replace(one, record=replace(one.record, fields=fields))

    def _get(
        self, path: str, params: Params, query: Query, context: Context
    ) -> tuple[int, Any, tuple[str, ...]]:
        headers = {
            "Accept": "application/fhir+json",
            "X-Request-ID": str(self._new_id()),
            "X-Correlation-ID": str(query.id),
        }
        if self._pds.ods:
            headers["NHSD-End-User-Organisation-ODS"] = self._pds.ods
        status, value, _ = self._caller.ask(
            f"{self._settings.reach.url.rstrip('/')}/{path}",
            params,
            context,
            asked_by=query.asked_by,
            headers=headers,
        )
        return status, value, fhir.codes(value)

    def _not_taken(self, status: int, said: tuple[str, ...]) -> NoAnswerError:
        if SANDBOX in said:
            return NoAnswerError(
                Outcome.BAD_RESPONSE,
                f"{self.name} is a sandbox that answers set questions only: its address is not "
                "that of the real one. Nobody was looked up there. Tell IT.",
                code=SANDBOX,
            )
        words = f", {said[0]}" if said else ""
        return NoAnswerError(
            Outcome.BAD_RESPONSE,
            f"{self.name} did not take the question as it was put (code {status}{words}). Nobody "
            "was looked up there. Tell IT.",
            code=said[0] if said else "",
        )


def _sent(step: PdsStep, facts: Facts) -> tuple[str, ...]:
    way = _WAYS[step]
    more = ("given",) if step is not PdsStep.NAME_BORN_POSTCODE and "given" in facts else ()
    return tuple(dict.fromkeys((*more, *way.needs)))
