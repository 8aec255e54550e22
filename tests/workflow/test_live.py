"""Look-ups at partners that answer at once: recorded before, side by side, and never misread."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import factory
from tests.partners.live import EVERYBODY, HIDDEN, MAYA, QUICK
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.live_partner import (
    LivePartner,
    Pace,
    PartnerKind,
    PdsSettings,
    PdsStep,
    Reach,
    RestSearch,
    RestSettings,
)
from triage.domain.lookup import LookupResult, Outcome, PartnerState
from triage.domain.worker import Role
from triage.partners.live import LivePartners
from triage.practice.council_certificates import Certificates, certificates_in
from triage.practice.partners.json_apis import HousingHouseholds
from triage.practice.partners.pds import Pds
from triage.practice.partners.stand_in import Answered, Asked, Deed, StandIn
from triage.storage import lookups
from triage.workflow import match, partner_words, screen

Answering = Callable[[Asked], Answered]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates_in(tmp_path_factory.mktemp("live"), at=datetime.now(UTC))


class Live:
    """A front door with partners that answer at once, each a server of its own."""

    def __init__(self, front: Front, certificates: Certificates, stack: ExitStack) -> None:
        self.front, self._certificates, self._stack = front, certificates, stack
        self._settings: list[LivePartner] = []
        self.servers: dict[str, StandIn] = {}

    def add(
        self, key: str, answer: Answering, *, pace: Pace = QUICK, steps: bool = False
    ) -> StandIn:
        """One partner more; `steps` makes it the NHS, else it is a JSON API like housing's."""
        server = self._stack.enter_context(StandIn(answer, self._certificates))
        self.servers[key] = server
        partner = LivePartner(
            partner=key,
            name=key.capitalize(),
            kind=PartnerKind.PDS_FHIR if steps else PartnerKind.REST_MAP,
            purpose="Deciding what help a child needs",
            lawful_basis="UK GDPR 6(1)(e)",
            reach=Reach(
                url=server.url + ("/FHIR/R4" if steps else "/api/v1/households"),
                ca=self._certificates.ca.name,
            ),
            pace=pace,
            date_formats=("%d/%m/%Y",),
            pds=PdsSettings(steps=tuple(PdsStep)) if steps else None,
            rest=None if steps else HOUSING,
        )
        self._settings.append(partner)
        partners = LivePartners(self._settings, folder=self._certificates.ca.parent)
        self._stack.callback(partners.close)
        self.front.desk = replace(self.front.desk, live=partners)
        return server

    def state(self, contact: Contact, key: str) -> PartnerState:
        view = screen.look_again(self.front.ruth, contact.id)
        return next(s for s in view.partners if s.partner == key)

    def look_up(self, contact: Contact, **how: object) -> dict[tuple[str, str], LookupResult]:
        found = match.look_up(self.front.ruth, contact.id, **how)  # type: ignore[arg-type]
        return {(r.subject.person, r.partner): r for r in found}


HOUSING = RestSettings(
    searches=(RestSearch(needs=("family",), query={"last_name": "{family}"}),),
    items="households",
    fields={
        "record_id": "personNumber",
        "given": "firstName",
        "family": "lastName",
        "dob": "dateOfBirth",
        "address": "address.addressLine1",
        "postcode": "address.postcode",
    },
)


@pytest.fixture
def live(front: Front, certificates: Certificates) -> Iterator[Live]:
    with ExitStack() as stack:
        yield Live(front, certificates, stack)


def details(front: Front, kind: str) -> list[dict[str, object]]:
    """What events of a kind have kept."""
    return [json.loads(e.detail) for e in front.events() if e.kind == kind]


def test_who_why_on_what_basis_and_which_facts_is_recorded_before_anybody_is_asked(
    live: Live,
) -> None:
    recorded: list[list[dict[str, object]]] = []

    def housing(asked: Asked) -> Answered:
        recorded.append(details(live.front, "match.asked"))
        return HousingHouseholds(EVERYBODY)(asked)

    live.add("housing", housing)
    live.look_up(live.front.bring(factory.contact()), partners=("housing",))
    assert recorded
    [before] = recorded[0]
    assert before["live"] == {
        "housing": {
            "why": "Deciding what help a child needs",
            "lawful_basis": "UK GDPR 6(1)(e)",
            "facts": {"c1": ["family"], "a1": ["family"]},
        }
    }
    assert live.front.events()[-1].by == "rosei"
    after = [d for d in details(live.front, "match.answered") if d["partner"] == "housing"]
    assert {d["person"]: d["sent"] for d in after} == {"c1": ["family"], "a1": ["family"]}
    assert "Rowe" not in json.dumps([before, after])


def test_a_person_who_is_not_in_the_contact_is_never_looked_up(live: Live) -> None:
    server = live.add("housing", HousingHouseholds(EVERYBODY))
    contact = live.front.bring(factory.contact())
    with pytest.raises(NotReadyError, match="Only people in a contact"):
        match.look_up(live.front.ruth, contact.id, people=("c9",))
    assert not server.asked
    assert "match.asked" not in live.front.kinds()


def test_typing_a_call_asks_no_partner_outside(live: Live) -> None:
    server = live.add("housing", HousingHouseholds(EVERYBODY))
    match.search_typing(live.front.ruth, factory.content())
    assert not server.asked


def test_what_is_returned_is_compared_here_and_their_own_score_weighs_nothing(
    live: Live,
) -> None:
    def scored(score: float) -> Answering:
        def answer(asked: Asked) -> Answered:
            told = Pds([MAYA])(asked)
            bundle = json.loads(told.body)
            bundle["entry"][0]["search"]["score"] = score
            return replace(told, body=json.dumps(bundle).encode())

        return answer

    live.add("sure", scored(1.0), steps=True)
    live.add("unsure", scored(0.1), steps=True)
    contact = live.front.bring(factory.contact())
    found = live.look_up(contact, partners=("sure", "unsure"), people=("c1",))
    sure, unsure = found["c1", "sure"].candidates[0], found["c1", "unsure"].candidates[0]
    assert (sure.partner_score, unsure.partner_score) == (1.0, 0.1)
    assert sure.score == unsure.score
    assert sure.band == unsure.band


def test_one_dead_and_one_slow_partner_keep_nobody_else_waiting(live: Live) -> None:
    live.add("quick", HousingHouseholds(EVERYBODY))
    pace = replace(QUICK, deadline_s=0.6, late_s=0)
    live.add("dead", HousingHouseholds(EVERYBODY), pace=pace).always(Deed.RESET)
    live.add("slow", HousingHouseholds(EVERYBODY), pace=pace).always(Deed.SLOW)
    live.add("dripping", HousingHouseholds(EVERYBODY), pace=pace).always(Deed.DRIP)
    contact = live.front.bring(factory.contact())
    came: list[tuple[str, float]] = []
    began = time.monotonic()
    match.look_up(
        live.front.ruth,
        contact.id,
        people=("c1",),
        on_result=lambda r: came.append((r.partner, time.monotonic() - began)),
    )
    took = time.monotonic() - began
    at = dict(came)
    assert at["quick"] < 0.5
    assert 0.55 < took < 1.5
    states = {k: live.state(contact, k).words.split(".")[0] for k in live.servers}
    assert states["quick"] == "1 record"
    assert {states["dead"], states["slow"], states["dripping"]} == {"no answer"}


def test_an_answer_after_the_deadline_is_kept_and_marked_as_late(live: Live) -> None:
    pace = replace(QUICK, deadline_s=0.3, late_s=20)
    server = live.add("slow", HousingHouseholds(EVERYBODY), pace=pace)
    server.always(Deed.SLOW)
    contact = live.front.bring(factory.contact())
    found = live.look_up(contact, partners=("slow",), people=("c1",))
    assert found["c1", "slow"].outcome is Outcome.UNAVAILABLE
    assert "has not answered within 0.3 seconds" in found["c1", "slow"].problem
    seq = live.front.seq
    server.release()
    _until(lambda: "match.answered" in live.front.kinds(seq))
    state = live.state(contact, "slow")
    assert (state.outcome, state.late) == (Outcome.FOUND, True)
    assert state.words == "1 record, late"
    [late] = [d for d in details(live.front, "match.answered") if d.get("late")]
    assert late["outcome"] == "found"


def _until(true: Callable[[], bool]) -> None:
    """Wait for another thread, for ten seconds at the most."""
    there = threading.Event()
    for _ in range(1000):
        if true():
            return
        there.wait(0.01)
    raise AssertionError("it never came")


def test_closing_ends_a_look_up_at_once_and_nothing_is_stored_after(live: Live) -> None:
    server = live.add("slow", HousingHouseholds(EVERYBODY))
    server.always(Deed.SLOW)
    contact = live.front.bring(factory.contact())
    threads = threading.active_count()
    asking = threading.Thread(target=live.look_up, args=(contact,), kwargs={"partners": ("slow",)})
    asking.start()
    assert server.holding.wait(5)
    began = time.monotonic()
    live.front.desk.live.close()
    asking.join(5)
    assert time.monotonic() - began < 1
    assert "match.answered" not in live.front.kinds()
    _until(lambda: threading.active_count() <= threads + 2)  # those of the server itself


def test_a_restricted_child_reads_as_restricted_and_shows_a_contact_officer_no_name(
    live: Live,
) -> None:
    live.add("nhs", Pds(EVERYBODY), steps=True)
    isla = factory.child(given="Isla", family="Marsh", dob="2017-05-02")
    contact = live.front.bring(factory.contact(isla))
    found = live.look_up(contact, partners=("nhs",), people=("c1",))["c1", "nhs"]
    assert found.outcome is Outcome.RESTRICTED
    assert not found.candidates
    state = live.state(contact, "nhs")
    assert state.words == "restricted, ask a team leader"
    leader = screen.look_again(live.front.priya, contact.id)
    [kept] = [r for r in leader.results if r.partner == "nhs"]
    assert kept.outcome is Outcome.RESTRICTED
    assert kept.candidates[0].record.record_id == HIDDEN.number
    answered = details(live.front, "match.answered")
    assert all(not d["records"] for d in answered if d["partner"] == "nhs")


def test_a_wider_search_is_made_for_a_reason_that_is_recorded_first(live: Live) -> None:
    server = live.add("nhs", Pds(EVERYBODY), steps=True)
    contact = live.front.bring(factory.contact(factory.child(given="Maia", family="Rowan")))
    live.look_up(contact, partners=("nhs",), people=("c1",))
    state = live.state(contact, "nhs")
    assert (state.words, state.wider) == ("no trace", ("c1",))
    assert not any(a.has("_fuzzy-match") for a in server.asked)
    live.front.watch.move(seconds=1)
    live.look_up(
        contact, partners=("nhs",), people=("c1",), wider_because="The name may be spelt otherwise"
    )
    assert server.asked[-1].has("_fuzzy-match")
    assert details(live.front, "match.asked")[-1]["wider_because"] == (
        "The name may be spelt otherwise"
    )
    assert live.state(contact, "nhs").words == "1 record"


def test_somebody_whom_the_partner_scored_is_no_no_trace_however_unlike(live: Live) -> None:
    def another(asked: Asked) -> Answered:
        told = json.loads(Pds([MAYA])(asked).body)
        told["entry"][0]["resource"]["name"] = [{"family": "Quill", "given": ["Zita"]}]
        told["entry"][0]["resource"]["birthDate"] = "2004-08-09"
        return Answered(body=json.dumps(told).encode())

    live.add("nhs", another, steps=True)
    contact = live.front.bring(factory.contact(factory.child(nhs_number="")))
    live.look_up(contact, partners=("nhs",), people=("c1",))
    assert live.state(contact, "nhs").words == "unlikely records only"


def test_a_paused_partner_says_until_when_and_is_tried_when_asked_for(live: Live) -> None:
    server = live.add("housing", HousingHouseholds(EVERYBODY))
    server.always(Deed.BROKEN)
    contact = live.front.bring(factory.contact())
    for _ in range(2):
        live.front.watch.move(seconds=1)
        live.look_up(contact, partners=("housing",))
    state = live.state(contact, "housing")
    assert state.paused_until is not None
    assert state.words.startswith("no answer, paused until 11:42")
    server.always(None)
    live.front.watch.move(seconds=1)
    match.try_now(live.front.ruth, contact.id, "housing")
    state = live.state(contact, "housing")
    assert (state.outcome, state.paused_until) == (Outcome.FOUND, None)


def test_partners_connected_since_are_those_that_were_not_asked_yet(live: Live) -> None:
    contact = live.front.bring(factory.contact())
    live.look_up(contact)
    live.add("housing", HousingHouseholds(EVERYBODY))
    view = screen.look_again(live.front.ruth, contact.id)
    keys = [p.key for p in view.people]
    assert match.not_asked_yet(live.front.ruth, view.results, keys) == ("housing",)
    assert match.not_asked_yet(live.front.ruth, view.results, []) == ()


SAYS: dict[Outcome, Callable[[Live], Answering]] = {
    Outcome.FOUND: lambda _: HousingHouseholds([MAYA]),
    Outcome.NOT_FOUND: lambda _: HousingHouseholds([]),
    Outcome.DENIED: lambda _: HousingHouseholds([MAYA], token="another"),
    Outcome.BAD_RESPONSE: lambda _: lambda _asked: Answered(body=b'{"rows": []}'),
    Outcome.UNAVAILABLE: lambda _: lambda _asked: Answered(status=503, body=b"{}"),
}


def test_every_way_a_look_up_can_end_reads_differently_and_only_nobody_is_no_trace(
    live: Live,
) -> None:
    words: dict[Outcome, str] = {}
    contact = live.front.bring(factory.contact())
    for outcome, answer in SAYS.items():
        key = outcome.value.replace(" ", "_")
        live.add(key, answer(live))
        live.look_up(contact, partners=(key,), people=("c1",))
        state = live.state(contact, key)
        assert state.outcome is outcome
        words[outcome] = state.words.split(". ")[0]
    live.add("not_asked", HousingHouseholds([]), steps=True)
    live.look_up(contact, partners=("not_asked",), people=("a1",))  # no birth date of the mother
    words[Outcome.NOT_CHECKED] = live.state(contact, "not_asked").words.split(". ")[0]
    assert len(set(words.values())) == len(words)
    assert [o for o, said in words.items() if "no trace" in said] == [Outcome.NOT_FOUND]


def test_partner_that_looked_for_the_child_has_answered_though_too_little_is_known_of_an_adult(
    live: Live,
) -> None:
    contact = live.front.bring(factory.contact())
    nobody = b'{"resourceType": "Bundle", "type": "searchset", "total": 0}'
    live.add("nhs", lambda _asked: Answered(body=nobody), steps=True)
    live.look_up(contact, partners=("nhs",), people=("c1", "a1"))  # no birth date of the mother
    state = live.state(contact, "nhs")
    assert state.outcome is Outcome.NOT_FOUND
    assert state.words.startswith("no trace for 1, not asked for 1")


def test_a_fault_of_the_program_never_reads_as_no_trace(
    live: Live, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    live.add("housing", HousingHouseholds(EVERYBODY))
    connector = live.front.desk.live.connector("housing")

    def broken(*_: object) -> None:
        raise RuntimeError("Maya Rowe")

    monkeypatch.setattr(connector, "ask", broken)
    contact = live.front.bring(factory.contact())
    found = live.look_up(contact, partners=("housing",), people=("c1",))["c1", "housing"]
    assert found.outcome is Outcome.BAD_RESPONSE
    assert "Maya" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_nothing_of_an_answer_is_kept_for_another_person_or_on_the_disk(
    live: Live, certificates: Certificates
) -> None:
    """A shared cache once served one user's answer to another, in plain on the disk."""
    server = live.add("housing", HousingHouseholds(EVERYBODY))
    contact = live.front.bring(factory.contact())
    before = set(_files(certificates.ca.parent))
    for who in (live.front.ruth, live.front.tom):
        match.look_up(who, contact.id, partners=("housing",), people=("c1",))
    assert len(server.asked) == 2
    assert set(_files(certificates.ca.parent)) == before


def test_only_who_takes_in_or_links_has_partners_asked(live: Live) -> None:
    live.add("housing", HousingHouseholds(EVERYBODY))
    contact = live.front.bring(factory.contact())
    looker = replace(factory.RUTH, id="vauld", role=Role.AUDITOR, job="Auditor")
    auditor = live.front.ruth.as_worker(looker)
    with pytest.raises(NotAllowedError):
        match.look_up(auditor, contact.id)
    with pytest.raises(NotAllowedError):
        match.try_now(auditor, contact.id, "housing")
    with live.front.store.read() as tx:
        assert not lookups.results_of(tx, contact.id)
    support = replace(looker, role=Role.BUSINESS_SUPPORT, job="Business support")
    assert match.look_up(live.front.ruth.as_worker(support), contact.id)


def _files(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*")


def test_the_record_and_the_paper_say_when_a_partner_was_asked_and_not_what_to_press(
    live: Live,
) -> None:
    live.add("housing", HousingHouseholds([]))
    live.add("homes", HousingHouseholds([])).always(Deed.BROKEN)
    contact = live.front.bring(factory.contact(rating="green"))
    for _ in range(2):
        live.front.watch.move(seconds=1)
        live.look_up(contact, partners=("housing", "homes"))
    assert live.state(contact, "homes").paused_until is not None
    version = live.front.proposed(contact)
    said = {name: (outcome, words) for name, outcome, words in version.partners}
    assert said["Housing"] == ("not found", "No trace. Asked at 11:42 on 24 Nov 2026.")
    outcome, words = said["Homes"]
    assert outcome == "unavailable"
    assert words.startswith("No answer. Homes ")
    assert words.endswith("Asked at 11:42 on 24 Nov 2026.")
    assert "try it now" not in words.casefold()
    assert "paused until" not in words


def test_an_address_beside_a_restricted_record_is_shown_with_a_warning(live: Live) -> None:
    live.add("nhs", Pds(EVERYBODY), steps=True)
    live.add("housing", HousingHouseholds(EVERYBODY))
    isla = factory.child(given="Isla", family="Marsh", dob="2017-05-02")
    contact = live.front.bring(factory.contact(isla))
    live.look_up(contact, partners=("nhs", "housing"), people=("c1",))
    results = [
        r for r in screen.look_again(live.front.ruth, contact.id).results
        if r.subject.person == "c1"
    ]  # fmt: skip
    [found] = [r for r in results if r.partner == "housing"]
    [record] = found.candidates
    assert record.record.fields["address"] == "9 Quay Rise, Northmere"
    assert partner_words.warnings(results, record) == (partner_words.RESTRICTED_ELSEWHERE,)
    alone = [r for r in results if r.partner == "housing"]
    assert partner_words.warnings(alone, record) == ()
    assert partner_words.line(live.front.ruth, found, record) == ("Housing · T-3 · answered 11:42")
    assert partner_words.asked(live.front.ruth, results) == "Restricted: Nhs."


def test_no_record_is_only_said_of_a_person_whom_everybody_looked_for(live: Live) -> None:
    server = live.add("housing", HousingHouseholds([]))
    contact = live.front.bring(factory.contact())

    def words() -> str:
        rows = screen.look_again(live.front.ruth, contact.id).people
        return next(r.record_words for r in rows if r.key == "c1")

    assert words() == "Not looked up"
    server.always(Deed.BROKEN)
    live.look_up(contact, people=("c1",))
    assert words() == "No record so far"
    server.always(None)
    live.front.watch.move(seconds=1)
    live.look_up(contact, people=("c1",))
    assert words() == "No record"
