"""Valid values to begin a test from: people, contacts, records, a hub's desk. All invented."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

from matching import Index, Person
from triage.domain.completeness import visible_questions
from triage.domain.contact import (
    Address,
    Adult,
    Channel,
    Child,
    Contact,
    ContactState,
    Content,
    Referrer,
)
from triage.domain.decision import Answer, DecisionDraft, SavedAnswer, key
from triage.domain.draft import Draft, DraftKind
from triage.domain.fact import NOT_SAID, Fact, read
from triage.domain.lookup import Candidate, Involvement, PartnerRecord
from triage.domain.profile import Profile, QuestionKind
from triage.domain.worker import Role, Worker
from triage.export.keys import DeskKeys, Stretch
from triage.partners.extracts import OWN, Extracts, ExtractState
from triage.partners.live import LivePartners
from triage.partners.persons import candidate_of, person_of
from triage.storage.engine import Store
from triage.storage.secrets import FileVault
from triage.workflow.desk import Desk
from triage.workflow.profiles import load_profile

NORTHMERE = Path(__file__).resolve().parents[1] / "resources" / "profiles" / "northmere"
NOW = datetime(2026, 11, 24, 11, 42, tzinfo=UTC)
"""A Tuesday, in the hub's working hours."""

KEY = bytes(range(32))
"""Of a test's own encrypted files."""

_SPACE = UUID("2c0c1f0e-40de-4f5e-9d6e-0d8a6b5f7a11")

RUTH = Worker(id="rosei", name="Ruth Osei", role=Role.CONTACT_OFFICER, job="Contact officer")
TOM = Worker(id="tbell", name="Tom Bell", role=Role.CONTACT_OFFICER, job="Contact officer")
SANA = Worker(id="siqbal", name="Sana Iqbal", role=Role.SOCIAL_WORKER, job="Social worker")
PRIYA = Worker(id="pnandra", name="Priya Nandra", role=Role.TEAM_LEADER, job="Team leader")
OLA = Worker(id="oadeyo", name="Ola Adeyo", role=Role.TEAM_LEADER, job="Team leader")
AMIR = Worker(id="akhan", name="Amir Khan", role=Role.AUDITOR, job="Auditor")
PINS = {
    "rosei": "1111",
    "pnandra": "2222",
    "tbell": "3333",
    "siqbal": "4444",
    "oadeyo": "5555",
    "akhan": "6666",
}


class Watch:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move on, by=timedelta's own names."""
        self.now += timedelta(**by)


def numbered(start: str = "") -> Callable[[], UUID]:
    """Ids that are the same at each run, one after another."""
    count = 0

    def new_id() -> UUID:
        nonlocal count
        count += 1
        return uuid5(_SPACE, f"{start}{count}")

    return new_id


@cache
def profile() -> Profile:
    """Northmere's own profile, as the hub has it."""
    return load_profile(NORTHMERE, today=NOW.date())


_KEYS: dict[tuple[datetime, tuple[Worker, ...]], dict[str, bytes]] = {}


def keys(folder: Path, watch: Callable[[], datetime], *workers: Worker) -> DeskKeys:
    """Keys of these people, at a cost fit for tests: made once in a run for the same people, as
    they are after that."""
    made = DeskKeys(
        FileVault(folder),
        hub="Northmere",
        now=watch,
        stretch=Stretch(iterations=1, memory_kib=8, lanes=1),
    )
    if folder.exists() or not workers:
        _enrol(made, workers)
        return made
    asked = (watch(), workers)
    if asked not in _KEYS:
        _enrol(made, workers)
        _KEYS[asked] = {path.name: path.read_bytes() for path in folder.iterdir()}
        return made
    folder.mkdir(mode=0o700, parents=True)
    for name, kept in _KEYS[asked].items():
        (folder / name).write_bytes(kept)
    return made


def _enrol(made: DeskKeys, workers: tuple[Worker, ...]) -> None:
    for worker in workers:
        made.enrol(worker.id, PINS[worker.id], name=worker.name)


class People(Extracts):
    """The real search, with records put in by hand in place of read files, and all the time it
    wants: a busy machine must not change what is found."""

    def __init__(self, folder: Path) -> None:
        super().__init__((), folder=folder, keep=folder, seal=bytes, unseal=bytes)
        self.partners_held: dict[str, tuple[Index, dict[str, PartnerRecord]]] = {}
        self.problems: dict[str, str] = {}
        self.asked: list[str] = []

    @property
    def partners(self) -> tuple[str, ...]:
        return (OWN, *dict.fromkeys((*self.partners_held, *self.problems)))

    def name(self, partner: str) -> str:
        return super().name(partner) if partner == OWN else partner.replace("_", " ").capitalize()

    def hold(self, *records: PartnerRecord) -> None:
        """Let partners hold these records."""
        for partner in {r.partner for r in records}:
            kept = self.partners_held.get(partner, (None, {}))[1]
            kept |= {r.record_id: r for r in records if r.partner == partner}
            self.partners_held[partner] = (Index.build(map(person_of, kept.values())), kept)

    def state(self, partner: str) -> ExtractState:
        if partner == OWN:
            return super().state(partner)
        held = self.partners_held.get(partner)
        return ExtractState(
            partner=partner,
            name=self.name(partner),
            as_of=date(2026, 11, 23) if held else None,
            records=len(held[1]) if held else 0,
            searchable=held is not None,
            problem=self.problems.get(partner, ""),
        )

    def search(
        self, person: Person, partner: str, *, k: int = 5, deadline_ms: float | None = None
    ) -> tuple[Candidate, ...]:
        self.asked.append(partner)
        if partner == OWN:
            return super().search(person, partner, k=k)
        index, kept = self.partners_held[partner]
        found = index.search(person, k=k)
        return tuple(candidate_of(m, kept[m.record.id]) for m in found)


def desk(
    store: Store,
    folder: Path,
    *,
    worker: Worker = RUTH,
    watch: Watch | None = None,
    signer: DeskKeys | None = None,
    people: People | None = None,
    hub: Profile | None = None,
    live: LivePartners | None = None,
) -> Desk:
    """A desk on this store with that person at it, nobody's key unlocked."""
    watch = watch or Watch()
    return Desk(
        store=store,
        profile=hub or profile(),
        worker=worker,
        now=watch,
        new_id=numbered(),
        people=people or People(folder),
        signer=signer or keys(folder / "keys", watch, RUTH, TOM, SANA, PRIYA, OLA),
        live=live or LivePartners(folder=folder),
        practice=True,
    )


def fact(value: str | None) -> Fact:
    """A fact as read, or not said for None."""
    return NOT_SAID if value is None else read(value)


def child(key: str = "c1", given: str | None = "Maya", **facts: str | None) -> Child:
    """A child; by default Maya Rowe, 7."""
    default = {"family": "Rowe", "dob": "2019-03-14", "sex": "F"} if key == "c1" else {}
    values = {name: fact(value) for name, value in {**default, **facts}.items()}
    return Child(key=key, given=fact(given), **values)  # type: ignore[arg-type]  # facts only


def adult(key: str = "a1", name: str = "Carla Rowe", relationship: str = "Mother") -> Adult:
    """An adult of the household."""
    return Adult(key=key, name=fact(name), relationship=fact(relationship), lives_here=fact("yes"))


def content(*children: Child, concern: str = "Shouting heard, and a child crying.") -> Content:
    """What a contact says: a mother and her children at 14 Larch Court."""
    return Content(
        referrer=Referrer(
            name=fact("PC Dan Holt"), agency=fact("Northmere Police"), source_code=fact("6")
        ),
        children=children or (child(),),
        adults=(adult(),),
        address=Address(
            line=fact("14 Larch Court"), town=fact("Northmere"), postcode=fact("NM3 4QT")
        ),
        concern=fact(concern),
    )


def contact(
    *children: Child,
    id: UUID | None = None,
    reference: str = "C-26-04817",
    received_at: datetime = NOW - timedelta(hours=1),
    state: ContactState = ContactState.RECEIVED,
    rating: str | None = None,
    restricted: bool = False,
    assigned_to: str | None = None,
    concern: str = "Shouting heard, and a child crying.",
) -> Contact:
    """A contact from the police about Maya Rowe, an hour old."""
    return Contact(
        id=id or uuid5(_SPACE, reference),
        reference=reference,
        channel=Channel.EMAIL,
        state=state,
        received_at=received_at,
        content=content(*children, concern=concern),
        rating=rating,
        rated_at=received_at if rating else None,
        restricted=restricted,
        assigned_to=assigned_to,
        practice=True,
    )


def alone(name: str, reference: str) -> Contact:
    """A Green contact about a child of whom no other contact knows anything."""
    given, _, family = name.partition(" ")
    one = child("c1", given, family=family, dob=f"2011-0{reference[-1]}-05")
    told = contact(one, reference=reference, rating="green")
    return replace(told, content=replace(told.content, adults=(), address=Address()))


def draft(told: Content | None = None, *, file: str = "letter.txt") -> Draft:
    """What the reader might give for a file."""
    return Draft(
        file=file,
        sha256="0" * 64,
        size=100,
        kind=DraftKind.CONTACT,
        channel=Channel.EMAIL,
        content=told or content(),
        subject="Referral",
    )


def record(
    record_id: str = "P-118204", partner: str = "social_care", **fields: str
) -> PartnerRecord:
    """Maya Rowe as children's social care holds her."""
    default = {
        "given": "Maya",
        "family": "Rowe",
        "dob": "2019-03-14",
        "sex": "F",
        "nhs_number": "9990142276",
        "address": "14 Larch Court",
        "postcode": "NM3 4QT",
    }
    return PartnerRecord(
        partner=partner,
        record_id=record_id,
        fields={**default, **fields},
        as_of=date(2026, 11, 23),
        involvement=(
            Involvement(
                kind="plan",
                lane="Plans",
                start=date(2025, 9, 1),
                end=date(2026, 5, 2),
                words="Child in need",
                source="Children's social care",
                reference=record_id,
            ),
        ),
    )


_ANSWERS: dict[str, Answer] = {
    "rating": "green",
    "level": "2",
    "raises": ("home_conditions",),
    "outcome": ("advice",),
    "heard": "yes",
    "history": "considered",
}


def answers_for(hub: Profile, held: Contact, **chosen: Answer) -> dict[str, Answer]:
    """An answer to every question that is needed or advised, until nothing more is asked."""
    given: dict[str, Answer] = {k.replace("__", "@"): v for k, v in chosen.items()}
    for _ in range(6):
        asked = visible_questions(hub, _drafted(held, given), held, NOW.date())
        missing = [
            a
            for a in asked
            if (a.needed or a.advised) and not given.get(key(a.question.id, a.person))
        ]
        if not missing:
            break
        for a in missing:
            codes = [c.code for c in hub.codes.get(a.question.codes, ())]
            wanted = _ANSWERS.get(a.question.id)
            if codes:
                picked = wanted if wanted and set(_tuple(wanted)) <= set(codes) else codes[0]
            elif a.question.kind is QuestionKind.YES_NO:
                picked = "yes"
            elif a.question.kind is QuestionKind.DATE:
                picked = "2026-11-25"
            elif a.question.kind is QuestionKind.DATE_TIME:
                picked = "2026-11-25T10:00"
            else:
                picked = f"{a.question.label}: said in a few plain words."
            if a.question.kind is QuestionKind.CHOICES:
                picked = _tuple(picked)
            given[key(a.question.id, a.person)] = picked
    return given


def _tuple(answer: Answer) -> tuple[str, ...]:
    return (answer,) if isinstance(answer, str) else answer


def _drafted(held: Contact, given: dict[str, Answer]) -> DecisionDraft:
    return DecisionDraft(
        contact_id=held.id,
        number=1,
        answers={
            k: SavedAnswer(key=k, value=v, version=1, by="rosei", at=NOW) for k, v in given.items()
        },
    )
