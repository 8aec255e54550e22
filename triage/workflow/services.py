"""The services near a family: looking for them, what the factors call for, adding to the decision.

Everything is searched in the copy kept here. What is called for follows written rules of the
profile, and each suggestion names the factor it comes from; nothing is ranked by a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from math import inf
from statistics import median
from uuid import UUID

from triage.domain.completeness import codes_of
from triage.domain.contact import Contact
from triage.domain.decision import SavedAnswer
from triage.domain.directory import (
    Directory,
    Found,
    Hit,
    Only,
    Wanted,
    folded,
    says,
    terms_of,
)
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.service import (
    Assurance,
    Cost,
    DirectoryCopy,
    Helped,
    LocalContact,
    Passage,
    Point,
    Reach,
    Service,
    SuggestionRule,
    assurance,
    assured_until,
)
from triage.domain.service_referral import ReferralState, ServiceReferral
from triage.domain.spelling import spell_day
from triage.domain.worker import May
from triage.storage import answers
from triage.storage import services as stored
from triage.storage.engine import Transaction
from triage.workflow import decide, directories, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import hold, hold_open, why_read_only

QUESTION = "services"
"""The question of the form that holds what is suggested to the family."""

FACTORS = "raises"
SUGGESTED = 3
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A service that a factor calls for, for these people. `factors` are labels of part 2, `code`
    is what the decision keeps of it."""

    service: Service
    code: str
    whom: tuple[Helped, ...]
    factors: tuple[str, ...]
    km: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A contact as services are looked for: who is helped, from where, what is chosen already.

    `needs` are the codes that the factors call for, `chosen` the names of services in the
    decision, `origin` where the home is as far as known.
    """

    contact_id: UUID
    reference: str
    title: str
    rating: str
    people: tuple[Helped, ...]
    postcode: str
    origin: Point | None
    is_refuge: bool
    needs: tuple[str, ...]
    chosen: tuple[str, ...]
    suggested: tuple[Suggested, ...]
    referrals: tuple[ServiceReferral, ...]
    read_only_why: str

    def has(self, service: Service) -> bool:
        """Whether the decision names the service already."""
        return service.name in self.chosen

    def referral_to(self, service: Service) -> ServiceReferral | None:
        """The newest referral of this family to the service."""
        key = service.key
        return next((r for r in self.referrals if (r.directory, r.service_id) == key), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How it has gone with a service over a year: referrals sent, accepted, not taken, awaited,
    and the usual hours to an answer."""

    sent: int = 0
    accepted: int = 0
    not_taken: int = 0
    awaited: int = 0
    usual_hours: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is found beside the services: guidance and threshold document, and whom to ring."""

    passages: tuple[Passage, ...] = ()
    contacts: tuple[LocalContact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One search with what the screen says beside it: how many services there are of each kind,
    the languages, the guidance found, whether the home could be placed, and of when the list is."""

    found: Found
    counts: Mapping[Reach | Only, int]
    languages: tuple[str, ...]
    words: Words
    origin: Point | None
    day: date
    copies: tuple[DirectoryCopy, ...]


def today(desk: Desk) -> date:
    """The day by the hub's clock."""
    return naming.local_day(desk.profile, desk.now())


def directory(desk: Desk) -> Directory:
    """Every service kept here, ready to be searched; read anew only when a list has changed."""
    with desk.store.read() as tx:
        return _directory(desk, tx)


def _directory(desk: Desk, tx: Transaction) -> Directory:
    mark = (stored.generations(tx), today(desk))
    held = desk.memory.directory
    if held is not None and held[0] == mark:
        return held[1]
    made = Directory.of(stored.all(tx), desk.profile.services.needs, mark[1])
    desk.memory.directory = (mark, made)
    return made


def find(desk: Desk, wanted: Wanted, postcode: str = "") -> Finding:
    """Search the copy kept here, the home at `postcode`, and the guidance beside it."""
    found = directory(desk)
    origin = found.locate(postcode, desk.profile.services.sectors)
    return Finding(
        found=found.search(replace(wanted, origin=origin)),
        counts=found.counts,
        languages=found.languages,
        words=words_beside(desk, wanted.words),
        origin=origin,
        day=found.today,
        copies=directories.copies(desk),
    )


def look(desk: Desk, contact_id: UUID) -> Family:
    """The family of a contact that is open already, with what its factors call for."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        contact = hold(desk, tx, contact_id)
        return _family(desk, tx, contact)


def _family(desk: Desk, tx: Transaction, contact: Contact) -> Family:
    day = today(desk)
    held = answers.all(tx, contact.id)
    found = _directory(desk, tx)
    people = _people(contact, day)
    home = contact.content.address
    postcode = home.postcode.value if home.postcode.known else ""
    origin = found.locate(postcode, desk.profile.services.sectors)
    rules = _called_for(desk, held)
    return Family(
        contact_id=contact.id,
        reference=contact.reference,
        title=naming.title(contact, day),
        rating=contact.rating or "",
        people=people,
        postcode=postcode,
        origin=origin,
        is_refuge=home.is_refuge,
        needs=tuple(dict.fromkeys(rule.need for rule in rules)),
        chosen=_chosen(desk, held),
        suggested=_suggest(desk, found, rules, people, origin),
        referrals=stored.referrals_of(tx, contact.id),
        read_only_why=why_read_only(contact),
    )


def _people(contact: Contact, day: date) -> tuple[Helped, ...]:
    children = (
        Helped(key=c.key, name=c.given.value if c.given.known else c.name, age=_age(c.age_on(day)))
        for c in contact.content.children
        if not c.unborn
    )
    adults = (
        Helped(key=a.key, name=a.name.value, adult=True)
        for a in contact.content.adults
        if a.name.known
    )
    return (*children, *adults)


def _age(years: int | None) -> int | None:
    return years if years is not None and years >= 0 else None


def _called_for(desk: Desk, held: dict[str, SavedAnswer]) -> tuple[SuggestionRule, ...]:
    ticked = set(codes_of(held[FACTORS].value)) if FACTORS in held else set()
    return tuple(r for r in desk.profile.services.rules if r.factor in ticked)


def _chosen(desk: Desk, held: dict[str, SavedAnswer]) -> tuple[str, ...]:
    codes = codes_of(held[QUESTION].value) if QUESTION in held else ()
    return tuple(desk.profile.label(_code_list(desk), code) for code in codes)


def _code_list(desk: Desk) -> str:
    return next((q.codes for p in desk.profile.parts for q in p.questions if q.id == QUESTION), "")


def _must_ask(desk: Desk) -> None:
    if all(q.id != QUESTION for p in desk.profile.parts for q in p.questions):
        raise NotReadyError(
            "This hub's form has no question for services, so none can be added to the decision. "
            "Write it under advice, or ask IT to add the question to form.toml."
        )


def _suggest(
    desk: Desk,
    found: Directory,
    rules: Iterable[SuggestionRule],
    people: tuple[Helped, ...],
    origin: Point | None,
) -> tuple[Suggested, ...]:
    """One service for each need and whom it is for, in the order of the rules, each only once:
    what costs nothing before what does, then the most people helped, the least wait, the nearest.
    """
    called: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        label = desk.profile.label(FACTORS, rule.factor)
        called.setdefault((rule.need, rule.whom), []).append(label)
    made: dict[tuple[str, str], Suggested] = {}
    for (need, whom), factors in called.items():
        asked = tuple(p for p in people if whom == "household" or p.adult == (whom == "adult"))
        if not asked:
            continue
        wanted = Wanted(needs=frozenset({need}), people=asked, origin=origin)
        fit = [h for h in found.search(wanted).hits if h.service.key not in made]
        good = [h for h in fit if not why_not_refer(h.service, found.today)]
        if good:
            best = min(good, key=_rank)
            code = _code_of(desk, best.service)
            made[best.service.key] = _suggested(best, code, tuple(factors))
        if len(made) == SUGGESTED:
            break
    return tuple(made.values())


def _rank(hit: Hit) -> tuple[bool, int, float, float, str]:
    wait = hit.service.wait_days
    return (
        hit.service.cost is Cost.PAID,
        -len(hit.whom),
        inf if wait is None else wait,
        inf if hit.km is None else hit.km,
        hit.service.name,
    )


def _suggested(hit: Hit, code: str, factors: tuple[str, ...]) -> Suggested:
    return Suggested(service=hit.service, code=code, whom=hit.whom, factors=factors, km=hit.km)


def _code_of(desk: Desk, found: Service) -> str:
    """The hub's own code for a service of that name, else its name as it is today."""
    known = desk.profile.codes.get(_code_list(desk), ())
    named = found.name.casefold()
    return next((c.code for c in known if c.label.casefold() == named), found.name)


def words_beside(desk: Desk, typed: str, *, most: int = 12) -> Words:
    """Guidance, passages of the threshold document and local contacts that have all the words."""
    terms = terms_of(typed)
    if not terms:
        return Words()
    guide = desk.profile.services
    notes = (_note(name, text) for name, text in desk.profile.guidance.items())
    passages = [
        p for p in (*guide.threshold, *notes) if says(_folded(f"{p.title} {p.words}"), terms)
    ]
    passages.sort(key=lambda p: not says(_folded(p.title), terms))
    return Words(
        passages=tuple(passages[:most]),
        contacts=tuple(c for c in guide.contacts if says(_folded(f"{c.name} {c.words}"), terms)),
    )


_folded = lru_cache(maxsize=1024)(folded)
"""Guidance is the same at each key that is typed."""


def _note(name: str, text: str) -> Passage:
    heading, _, words = text.partition("\n")
    return Passage(title=heading.removeprefix("# ").strip(), words=words.strip(), source="Guidance")


def service(desk: Desk, key: tuple[str, str]) -> Service:
    """One service as kept here. Raises NotFoundError where it is in no directory any more."""
    found = directory(desk).by_key.get(key)
    if found is None:
        raise NotFoundError(
            "This service is in the directory no longer. Nothing was changed. Look for another, "
            "or ring the early help desk."
        )
    return found


def gone_before(desk: Desk, key: tuple[str, str]) -> Record:
    """How referrals to a service have gone over the last year, of all families: figures only."""
    desk.worker.must(May.READ)
    with desk.store.read() as tx:
        found = stored.referrals_to(tx, key, since=desk.now() - YEAR)
    sent = [r for r in found if r.state is not ReferralState.DRAFT]
    answered = (ReferralState.ACCEPTED, ReferralState.NOT_TAKEN)
    hours = []
    for each in sent:
        began = next(s.at for s in each.steps if s.state is ReferralState.SENT)
        ended = next((s.at for s in each.steps if s.state in answered), None)
        if ended is not None:
            hours.append((ended - began).total_seconds() / 3600)
    return Record(
        sent=len(sent),
        accepted=sum(r.state is ReferralState.ACCEPTED for r in sent),
        not_taken=sum(r.state is ReferralState.NOT_TAKEN for r in sent),
        awaited=sum(r.open for r in sent),
        usual_hours=median(hours) if hours else None,
    )


def why_not_refer(found: Service, day: date) -> str:
    """Why no family is referred to a service now, in a sentence; "" where one may be."""
    if assurance(found, day) is Assurance.LAPSED:
        if found.assured_on is None:
            return "No council officer has checked this service, so no family is referred to it."
        return (
            f"The council last checked this service on {spell_day(found.assured_on)}, more than "
            "twelve months ago, so no family is referred to it."
        )
    return "It is closed for now." if found.closed_for_now else ""


def why_warned(found: Service, day: date) -> str:
    """A warning about a service whose check runs out soon; "" where there is none."""
    if found.assured_on is None or assurance(found, day) is not Assurance.DUE:
        return ""
    return f"Its last check counts until {spell_day(assured_until(found.assured_on))} only."


def add_to_decision(desk: Desk, contact_id: UUID, key: tuple[str, str]) -> Family:
    """Name a service in the decision's services part, as it is called today.

    Raises NotReadyError where the decision can't be changed, or holds the service already.
    """
    desk.worker.must(May.PROPOSE)
    _must_ask(desk)
    found = service(desk, key)
    code = _code_of(desk, found)
    with desk.store.read() as tx:
        hold_open(desk, tx, contact_id)
        held = answers.all(tx, contact_id).get(QUESTION)
    now = codes_of(held.value) if held else ()
    if code in now:
        raise NotReadyError(f"{found.name} is in the decision already. Nothing was changed.")
    decide.save_answer(desk, contact_id, QUESTION, (*now, code), held.version if held else 0)
    return look(desk, contact_id)


def take_out_of_decision(desk: Desk, contact_id: UUID, key: tuple[str, str]) -> Family:
    """Undo `add_to_decision`."""
    desk.worker.must(May.PROPOSE)
    name = service(desk, key).name
    codes = _code_list(desk)
    with desk.store.read() as tx:
        hold_open(desk, tx, contact_id)
        held = answers.all(tx, contact_id).get(QUESTION)
    now = codes_of(held.value) if held else ()
    left = tuple(c for c in now if desk.profile.label(codes, c) != name)
    if held is None or left == now:
        raise NotReadyError(f"{name} is not in the decision. Nothing was changed.")
    decide.save_answer(desk, contact_id, QUESTION, left, held.version)
    return look(desk, contact_id)
