"""The desk: one person at one screen, and everything an act of theirs needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar, cast
from uuid import UUID

from triage.domain.contact import Contact
from triage.domain.decision import Delivery
from triage.domain.event import Event, NewEvent
from triage.domain.lookup import Candidate, PartnerRecord
from triage.domain.profile import Profile
from triage.domain.request import OutMessage
from triage.domain.worker import Worker
from triage.export.keys import DeskKeys
from triage.export.time_stamp import Stamp
from triage.partners.arrived import Arrived
from triage.partners.live import LivePartners
from triage.partners.state import ExtractState
from triage.storage import events
from triage.storage.engine import Store, Transaction

if TYPE_CHECKING:
    from matching import Person
    from triage.domain.directory import Directory
    from triage.intake.kinship import Signs
    from triage.partners.directory import Listing
    from triage.workflow.unsent import Unsent

_T = TypeVar("_T")
LATE = timedelta(minutes=1)
"""What came so long after it was typed says when it was typed."""


class PeopleSearch(Protocol):
    """Searches the extracts that partners gave, and the people of the hub's own contacts."""

    @property
    def partners(self) -> tuple[str, ...]:
        """The partners that can be searched, the hub's own contacts first."""

    def name(self, partner: str) -> str:
        """What people call the partner."""

    def search(
        self, person: Person, partner: str, *, k: int = 5, deadline_ms: float | None = None
    ) -> tuple[Candidate, ...]:
        """The k records most likely to be the person, best first."""

    def state(self, partner: str) -> ExtractState:
        """Whether it can be searched, the day of what is held, and what is wrong with it."""

    def record(self, partner: str, record_id: str) -> PartnerRecord:
        """One record as held now; NotFoundError when it is held no longer."""

    def learn(self, record: PartnerRecord) -> None:
        """Add or replace a person of one of the hub's own contacts."""

    def forget(self, record_id: str) -> None:
        """Take one of the hub's own people out again."""

    @property
    def weights(self) -> str:
        """The text of the hub's own match weights that it compares by, "" for the shipped ones."""

    def weigh_by(self, weights: str) -> None:
        """Compare by these weights from the next search on."""


class Council(Protocol):
    """The way to the council's system. Never called inside a transaction."""

    def deliver(self, delivery: Delivery) -> Delivery:
        """Send it once and say where it then stands; never raises for the network."""

    def reconcile(self, delivery: Delivery) -> Delivery:
        """Ask the council what became of it."""


class TimeStamps(Protocol):
    """The way to a time-stamping service. Never called inside a transaction."""

    def stamp(self, over: bytes, signed: datetime | None = None) -> tuple[bytes, Stamp]:
        """A token over those bytes, `signed` then, and what it says; DeliveryError where there is
        none that can be relied on."""

    def holds(self, untrusted_token: bytes, over: bytes) -> bool:
        """Whether a token is over those bytes and by this service."""


class PostRoom(Protocol):
    """The ways to partners and the mailboxes they answer to. Never called in a transaction."""

    def send(self, message: OutMessage) -> OutMessage:
        """Send it once and say where it then stands; never raises for the network."""

    def stop(self) -> None:
        """Wait for nobody any more, from any thread: the program ends."""

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        """Those that the partner's own system says it has taken; none where that can't be told."""

    def mailboxes(self) -> tuple[Mailbox, ...]:
        """Every mailbox that is read."""


class Mailbox(Protocol):
    """One mailbox that is read: shared mail by IMAP, or the hub's own at MESH."""

    @property
    def name(self) -> str:
        """What it is called in the store."""

    @property
    def new_contacts(self) -> bool:
        """Whether what answers no request may be a new contact."""

    @property
    def every(self) -> timedelta:
        """How long it is left alone between two looks, whichever desks look."""

    def opened(self) -> AbstractContextManager[MailboxSession]:
        """Look into it. Raises DeliveryError, in a sentence, where it can't be reached."""


class MailboxSession(Protocol):
    """A mailbox while it is looked into. Any call may raise DeliveryError."""

    @property
    def uidvalidity(self) -> str:
        """The numbering in force: the same number in another is another message."""

    def uids(self) -> tuple[str, ...]:
        """The messages that lie there, oldest first."""

    def fetch(self, uid: str) -> Arrived | None:
        """One message as it is; None where it is gone. It is not marked in any way."""

    def acknowledge(self, uid: str) -> None:
        """Say that it was taken in: only once it is committed here."""


class DirectoryLink(Protocol):
    """The way to a public directory of services. Never called inside a transaction."""

    def read(self, today: date) -> Listing:
        """Its whole list; raises DirectoryError where it gives none."""


@dataclass(slots=True)
class Memory:
    """What need not be worked out again while nothing changed. Losing it loses only time.

    `contacts` are those of the queue as last read, `dues` due times by rule and start, `rows`
    whatever the queue keeps of each and `related` of them all, `signs` what is compared of
    contacts, with their version, `directory` the services as last read and what tells whether they
    are the same still.
    """

    contacts: dict[UUID, Contact] = field(default_factory=dict)
    dues: dict[tuple[str, datetime], datetime] = field(default_factory=dict)
    rows: dict[tuple[UUID, bool], object] = field(default_factory=dict)
    related: object = None
    signs: dict[UUID, tuple[int, Signs]] = field(default_factory=dict)
    directory: tuple[object, Directory] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who acts, on which store, by which profile and clock. Every workflow function takes one.

    `now` gives aware UTC, `new_id` a fresh UUID. `council` is None where nothing is sent on,
    `stamps` where no service is asked to time-stamp signatures,
    `post` where partners are asked by telephone only. `directories` are the ways to those of the
    profile that have an address. `people` are the lists that are searched here, `live` the
    partners that answer at once. `unsent` is what was typed at a desk of a hub and is not there
    yet; None for a desk with a file of its own. `forget_keys` lets the keys of what was destroyed
    go out of those kept with backups: see `recovery.forget_here`.
    """

    store: Store
    profile: Profile
    worker: Worker
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    people: PeopleSearch
    signer: DeskKeys
    live: LivePartners
    council: Council | None = None
    stamps: TimeStamps | None = None
    post: PostRoom | None = None
    directories: Mapping[str, DirectoryLink] = field(default_factory=dict)
    practice: bool = False
    unsent: Unsent | None = None
    forget_keys: Callable[[], bool | None] = lambda: None
    memory: Memory = field(default_factory=Memory, repr=False, compare=False)

    def signing_time(self, tx: Transaction) -> datetime:
        """When something is signed or revoked: by the hub's server, whose clock no desk can put
        back; with a file of one's own, by this desk's clock."""
        return tx.server_time() or self.now()

    def as_worker(self, worker: Worker) -> Desk:
        """The same desk with somebody else at it."""
        return replace(self, worker=worker)

    @property
    def partners(self) -> tuple[str, ...]:
        """Keys of everyone who can be asked: the hub's own contacts, lists, live partners."""
        return (*self.people.partners, *self.live.partners)

    def partner_name(self, partner: str) -> str:
        """What people call a partner; the key of one that the profile has no longer."""
        if partner in self.live.partners:
            return self.live.partners[partner].name
        return self.people.name(partner) if partner in self.people.partners else partner

    def note(
        self,
        tx: Transaction,
        kind: str,
        contact_id: UUID | None = None,
        detail: Mapping[str, object] | None = None,
        *,
        in_the_open: bool = False,
        others: Iterable[UUID] = (),
        of_others: Mapping[str, object] | None = None,
    ) -> Event:
        """Append what this person did now to the chain, in the same transaction as the act.

        `in_the_open` is for what must be read when the contact's words are destroyed. `of_others`
        is what it tells of other contacts: see `NewEvent`. What was typed while the hub was away
        says when: the event itself has the time at which it came.
        """
        at, typed_at, told = self.now(), self.store.typed_at, dict(detail or {})
        if typed_at is not None and at - typed_at >= LATE:
            told["typed_at"] = typed_at.isoformat()
        return events.append(
            tx,
            NewEvent(
                kind=kind,
                contact_id=contact_id,
                by=self.worker.id,
                at=at,
                detail=whole_letters(told),
                others=tuple(others),
                of_others=whole_letters(dict(of_others or {})),
            ),
            in_the_open=in_the_open,
        )


def whole_letters(value: _T) -> _T:
    """The value with the sign "?" for halves of letters, anywhere in it: names of files and
    headers of mail may hold them, and neither a store nor a hash can."""
    return cast(_T, _whole(value))


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, list | tuple):
        return type(value)(_whole(v) for v in value)
    if type(value) is dict:
        return {name: _whole(v) for name, v in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        held = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        mended = {name: _whole(v) for name, v in held.items()}
        changed = {name: v for name, v in mended.items() if v != held[name]}
        return replace(value, **changed) if changed else value
    return value
