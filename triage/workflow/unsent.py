"""Typing while the hub's server is away: sealed on this desk first, sent once when it answers.

Each save is written into the desk's own journal before it is tried, so that neither a line that
breaks nor a program that is killed loses a word. The hub notes its number in the same
transaction, so that it counts once, and two people's words meet as they always do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast
from uuid import UUID

from triage.domain.decision import Answer, AnswerConflict, DecisionDraft, SavedAnswer
from triage.domain.errors import FanlightError, NotReadyError, StoreError, UnreachableError
from triage.domain.request import InfoRequest
from triage.domain.worker import May
from triage.storage import answers, codec
from triage.storage import requests as stored_requests
from triage.storage.desk_saves import Once, TakenAlreadyError
from triage.storage.journal import Entry, Journal
from triage.workflow import comments, decide

if TYPE_CHECKING:
    from triage.domain.profile import Profile
    from triage.workflow.desk import Desk, Memory

T = TypeVar("T")
_UNFORESEEN = (
    "Something typed while the hub was away could not be saved there, for a reason that was not "
    "foreseen. It is still on this computer: tell IT."
)
_NOWHERE = (
    "Neither the hub nor this computer takes what you typed: the hub does not answer, and this "
    "computer's disk is full or may not be written. It is only in this window. What was kept "
    "before is safe: leave the window open, make room on the disk, or write it on paper."
)
log = logging.getLogger(__name__)


class Reader(Protocol):
    """What words that wait are read with: the hub's settings, and contacts seen here."""

    @property
    def profile(self) -> Profile:
        """The hub's settings."""

    @property
    def memory(self) -> Memory:
        """What was seen here; it may be nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[T]):
    """What was kept; `here` tells that it is on this desk only, and waits for the hub."""

    value: T
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    contact_id: UUID
    key: str
    value: Answer
    base_version: int
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment:
    version_id: UUID
    words: str


@dataclass(slots=True)
class Unsent:
    """What waits on this desk. `stuck` are the faults of what the hub did not take, by place in
    the journal; `carried` the version that a desk's own save made of another, by subject."""

    journal: Journal
    stuck: dict[int, FanlightError] = field(default_factory=dict)
    carried: dict[tuple[str, int], int] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        self.recount()

    def recount(self) -> None:
        """Count what waits."""
        self.count = len({entry.subject for entry in self.journal.all()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came of sending: `saved` answers with their contact, `met` those that somebody else
    had answered first, and what the hub refused, each in a sentence."""

    saved: tuple[tuple[UUID, SavedAnswer], ...] = ()
    met: tuple[tuple[UUID, SavedAnswer, AnswerConflict], ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with the hub: `away_since` is None while its server answers, `why` else says
    why it does not; `waiting` are pieces kept here, `stuck` those that wait for a person."""

    away_since: datetime | None
    waiting: int
    stuck: int
    why: str = ""


# ---- what a screen keeps -------------------------------------------------------------------------


def save_answer(
    desk: Desk, contact_id: UUID, key: str, value: Answer, base_version: int, why: str = ""
) -> Kept[SavedAnswer]:
    """As `decide.save_answer`; kept here, over the same version, while the hub is away."""

    def at_hub() -> SavedAnswer:
        return decide.save_answer(desk, contact_id, key, value, base_version, why)

    desk.worker.must(May.PROPOSE)
    wanted = _Answer(
        contact_id=contact_id, key=key, value=value, base_version=base_version, why=why
    )

    def base(body: str) -> tuple[int, _Answer]:
        return codec.load(_Answer, body).base_version, wanted

    subject = f"answer:{contact_id}:{key}"
    held = SavedAnswer(key=key, value=value, version=base_version, by=desk.worker.id, at=desk.now())
    return keep(desk, subject, wanted, (base_version, base), held, at_hub)


def keep_comment(desk: Desk, version_id: UUID, words: str) -> Kept[str]:
    """As `comments.keep`; kept here while the hub is away."""
    desk.worker.must(May.SIGN)
    wanted = _Comment(version_id=version_id, words=words)

    def at_hub() -> str:
        comments.keep(desk, version_id, words)
        return words

    same = (0, lambda _: (0, wanted))
    return keep(desk, f"comment:{version_id}", wanted, same, words, at_hub)


def keep_draft(desk: Desk, request: InfoRequest) -> Kept[InfoRequest]:
    """As `requests.keep_draft`; kept here while the hub is away."""
    desk.worker.must(May.SCREEN)

    def at_hub() -> InfoRequest:
        from triage.workflow import requests

        return requests.keep_draft(desk, request)

    def base(body: str) -> tuple[int, InfoRequest]:
        return codec.load(InfoRequest, body).version, request

    over = (request.version, base)
    return keep(desk, f"draft:{request.id}", request, over, request, at_hub)


def keep(
    desk: Desk,
    subject: str,
    wanted: object,
    over: tuple[int, Callable[[str], tuple[int, object]]] | None,
    held: T,
    at_hub: Callable[[], T],
) -> Kept[T]:
    """Into the journal, then to the hub, after all that waits before it.

    `over` is the version typed over, and what tells the version of an earlier word on the subject
    and makes one of both: where that was never tried and typed over the same, one entry is enough.
    What was typed over an older version has been seen, and settled, by who typed this. Without
    `over` each word stands by itself: all that waits of the same record is sent before it, and
    where the hub refuses it at once its person is told at once, so that it waits for nobody.
    """
    unsent = desk.unsent
    if unsent is None:
        return Kept(value=at_hub(), here=False)
    try:
        before = unsent.journal.of_subject(subject)
        last, body = None, codec.dump(type(wanted), wanted)
        if over is not None and before:
            was, both = over[1](before[-1].body)
            both_said = codec.dump(type(both), both)
            if was == over[0] and unsent.journal.rewrite(before[-1], both_said, desk.now()):
                last = before[-1]
        if last is None:
            kind, id = type(wanted).__name__, desk.new_id()
            last = unsent.journal.put(id, kind, subject, body, desk.now())
        if over is not None and any(over[1](entry.body)[0] < over[0] for entry in before):
            unsent.journal.strike(subject, last.seq - 1)
            for entry in before:
                unsent.stuck.pop(entry.seq, None)
        waiting = [
            entry
            for entry in unsent.journal.all()
            if entry.subject == subject
            or (over is None and entry.seq < last.seq and _record(entry) == _record(last))
        ]
    except StoreError as full:  # no room on this desk: the hub may have some
        try:
            return Kept(value=at_hub(), here=False)
        except UnreachableError:
            raise UnreachableError(_NOWHERE) from full
    try:
        value = held
        for entry in waiting:
            if entry.subject != subject:
                _send_first(desk, unsent, entry)
            elif entry.seq == last.seq or entry.seq not in unsent.stuck:
                value = cast("T", _send(desk, unsent, entry))
    except StoreError:
        return Kept(value=held, here=True)
    except FanlightError:
        if over is None and not before:
            unsent.stuck.pop(last.seq, None)
            unsent.journal.strike(subject, last.seq)
        raise
    finally:
        unsent.recount()
    return Kept(value=value, here=False)


def _record(entry: Entry) -> str:
    """The id of what an entry is about: a contact, a version or a draft."""
    return entry.subject.split(":")[1]


def _send_first(desk: Desk, unsent: Unsent, entry: Entry) -> None:
    """What goes before, whatever becomes of it: what the hub refuses waits for its person."""
    if entry.seq in unsent.stuck:
        return
    try:
        _send(desk, unsent, entry)
    except StoreError:
        raise
    except FanlightError:
        return


# ---- sending -------------------------------------------------------------------------------------


def send(desk: Desk, *, again: bool = False) -> Sent:
    """Send what waits, in the order it was typed; `again` also what the hub refused before.

    Raises UnreachableError while the server does not answer. What is not taken stays here.
    """
    unsent = desk.unsent
    if unsent is None:
        return Sent()
    if again:
        unsent.stuck.clear()
    saved: list[tuple[UUID, SavedAnswer]] = []
    met: dict[str, tuple[UUID, SavedAnswer, AnswerConflict]] = {}
    refused: dict[str, str] = {}
    later: set[str] = set()  # records of which something must come first that could not be taken
    try:
        for entry in unsent.journal.all():
            if entry.seq in unsent.stuck or _record(entry) in later:
                continue
            try:
                value = _send(desk, unsent, entry)
            except UnreachableError:
                raise
            except StoreError as fault:
                refused[entry.subject] = str(fault)
                later.add(_record(entry))
            except FanlightError as fault:
                if isinstance(fault, AnswerConflict):
                    mine = codec.load(_Answer, entry.body)
                    met[entry.subject] = (mine.contact_id, _held(desk, mine), fault)
                else:
                    refused[entry.subject] = str(fault)
            else:
                if isinstance(value, SavedAnswer):
                    saved.append((codec.load(_Answer, entry.body).contact_id, value))
    finally:
        unsent.recount()
    return Sent(saved=tuple(saved), met=tuple(met.values()), refused=tuple(refused.values()))


def send_before(desk: Desk, contact_id: UUID) -> None:
    """Send what waits before something is done at the hub on all that was typed of a contact.

    Raises NotReadyError where something of it is still here, UnreachableError as `send`.
    """
    if desk.unsent is None or not desk.unsent.count:
        return
    send(desk)
    if any(_bears_on(entry, contact_id) for entry in desk.unsent.journal.all()):
        raise NotReadyError(
            "Something you typed of this contact is only on this computer: the hub did not take "
            "it. Nothing was sent, and nothing is lost. The strip above says why: settle it first."
        )


def _bears_on(entry: Entry, contact_id: UUID) -> bool:
    """Whether it is about a contact and a decision on it could rest on it."""
    what, *about = entry.subject.split(":")
    return str(contact_id) in about and what not in ("handover", "remind", "copy")


def _held(desk: Desk, mine: _Answer) -> SavedAnswer:
    return SavedAnswer(
        key=mine.key, value=mine.value, version=mine.base_version, by=desk.worker.id, at=desk.now()
    )


def _send(desk: Desk, unsent: Unsent, entry: Entry) -> object:
    """One entry to the hub; struck out once it is there. What the hub refuses is marked stuck."""
    if desk.store.away_for() is not None:
        find_out(desk)  # what never left may still have more typed into it
    entry = unsent.journal.mark_tried(entry)
    store = Once(desk.store, entry.id, by=desk.worker.id, at=desk.now(), typed_at=entry.typed_at)
    try:
        value = _sender(entry.kind)(desk, replace(desk, store=store), unsent, entry)
    except StoreError:
        raise
    except FanlightError as fault:
        unsent.stuck[entry.seq] = fault
        raise
    except Exception as fault:
        # One that nobody foresaw must not keep all others from the hub.
        # Its words may be the family's: only what kind of fault it was is written down.
        log.error("A save from this desk's journal failed: %s", type(fault).__name__)
        unsent.stuck[entry.seq] = NotReadyError(_UNFORESEEN)
        raise unsent.stuck[entry.seq] from fault
    for done in unsent.journal.of_subject(entry.subject):
        if done.seq <= entry.seq:
            unsent.stuck.pop(done.seq, None)
    unsent.journal.strike(entry.subject, entry.seq)
    return value


def _send_answer(desk: Desk, once: Desk, unsent: Unsent, entry: Entry) -> SavedAnswer:
    mine = codec.load(_Answer, entry.body)
    base = unsent.carried.get((entry.subject, mine.base_version), mine.base_version)
    try:
        saved = decide.save_answer(once, mine.contact_id, mine.key, mine.value, base, mine.why)
    except TakenAlreadyError:
        saved = replace(_held(desk, mine), version=base + 1)
        with desk.store.read() as tx:
            now = answers.all(tx, mine.contact_id).get(mine.key)
        if now is not None and now.value == mine.value:
            saved = now
    # What was typed while this was on its way was typed over it.
    unsent.carried[entry.subject, mine.base_version] = saved.version
    return saved


def _send_comment(_desk: Desk, once: Desk, _unsent: Unsent, entry: Entry) -> str:
    mine = codec.load(_Comment, entry.body)
    with suppress(TakenAlreadyError):
        comments.keep(once, mine.version_id, mine.words)
    return mine.words


def _send_draft(desk: Desk, once: Desk, unsent: Unsent, entry: Entry) -> InfoRequest:
    from triage.workflow import requests

    mine = codec.load(InfoRequest, entry.body)
    base = unsent.carried.get((entry.subject, mine.version), mine.version)
    try:
        saved = requests.keep_draft(once, replace(mine, version=base))
    except TakenAlreadyError:
        with desk.store.read() as tx:
            saved = stored_requests.get(tx, mine.id)
    unsent.carried[entry.subject, mine.version] = saved.version
    return saved


Sender = Callable[["Desk", "Desk", Unsent, Entry], object]
_SENDERS: dict[str, Sender] = {
    "_Answer": _send_answer,
    "_Comment": _send_comment,
    "InfoRequest": _send_draft,
}


def _sender(kind: str) -> Sender:
    from triage.workflow import unsent_calls, unsent_facts, unsent_words  # built on this

    built_on_this = unsent_calls.SENDERS | unsent_facts.SENDERS | unsent_words.SENDERS
    return (_SENDERS | built_on_this)[kind]


# ---- what a screen shows -------------------------------------------------------------------------


def standing(desk: Desk) -> Standing:
    """How it stands with the hub, without asking it."""
    away = desk.store.away_for()
    unsent = desk.unsent
    return Standing(
        away_since=None if away is None else desk.now() - timedelta(seconds=away),
        waiting=unsent.count if unsent else 0,
        stuck=len(unsent.stuck) if unsent else 0,
        why="" if away is None else desk.store.why_away(),
    )


def find_out(desk: Desk) -> None:
    """Ask the hub's server whether it answers. Raises UnreachableError where it does not."""
    with desk.store.read():
        return


def give_up(desk: Desk) -> None:
    """The hub's server says nothing: whoever waits for it is told so now."""
    desk.store.give_up()


def is_at_hub(desk: Desk) -> bool:
    """Whether this desk's store is a hub's server."""
    return desk.store.kind == "server"


def pieces(desk: Desk) -> tuple[str, ...]:
    """What waits here, each with what it belongs to, for a person to read."""
    return tuple(_pieces(desk).values())


def refused(desk: Desk) -> dict[int, str]:
    """Those of the `pieces` that the hub did not take, by place in the journal."""
    stuck = set(desk.unsent.stuck) if desk.unsent else set()
    return {seq: words for seq, words in _pieces(desk).items() if seq in stuck}


def _pieces(desk: Desk) -> dict[int, str]:
    return {} if desk.unsent is None else pieces_in(desk.unsent.journal, desk)


def pieces_in(journal: Journal, reader: Reader) -> dict[int, str]:
    """As `pieces`, of a journal, by place in it: also before there is a desk."""
    return {entry.seq: _said(reader, entry) for entry in journal.all()}


def _said(desk: Reader, entry: Entry) -> str:
    if entry.kind == "InfoRequest":
        draft = codec.load(InfoRequest, entry.body)
        return f"Draft {draft.reference}: {draft.why}"
    if entry.kind == "_Comment":
        return f"Comment: {codec.load(_Comment, entry.body).words}"
    if entry.kind != "_Answer":
        from triage.workflow import unsent_calls, unsent_facts, unsent_words

        if entry.kind in unsent_calls.SENDERS:
            return unsent_calls.said(entry)
        if entry.kind in unsent_words.SENDERS:
            return unsent_words.said(desk, entry)
        return unsent_facts.said(desk, entry)
    mine = codec.load(_Answer, entry.body)
    contact = desk.memory.contacts.get(mine.contact_id)
    key, _, _person = mine.key.partition("@")
    label = next((q.label for p in desk.profile.parts for q in p.questions if q.id == key), key)
    words = mine.value if isinstance(mine.value, str) else ", ".join(mine.value)
    where = f"{contact.reference}, " if contact else ""
    return f"{where}{label}: {words}"


def let_go(desk: Desk, seen: Collection[int]) -> None:
    """Let go of what the hub did not take, by this person's choice: of `seen`, by place in the
    journal, and of nothing that it refused since."""
    unsent = desk.unsent
    if unsent is None:
        return
    for entry in unsent.journal.all():
        if entry.seq in seen and entry.seq in unsent.stuck:
            del unsent.stuck[entry.seq]
            unsent.journal.strike(entry.subject, entry.seq)
    unsent.recount()


def laid_over(desk: Desk, draft: DecisionDraft) -> DecisionDraft:
    """The decision with what waits here put over what the hub has, where it was typed over that."""
    if desk.unsent is None or not desk.unsent.count:
        return draft
    over = dict(draft.answers)
    for entry in desk.unsent.journal.all():
        if entry.kind != "_Answer":
            continue
        mine = codec.load(_Answer, entry.body)
        there = over.get(mine.key)
        if mine.contact_id == draft.contact_id and (there.version if there else 0) <= (
            mine.base_version
        ):
            over[mine.key] = _held(desk, mine)
    return replace(draft, answers=over)


def give_way(desk: Desk, what: str, id: UUID, key: str = "") -> None:
    """Somebody else's words stand, by this person's choice: what waits here of an "answer" or a
    "call" is let go."""
    if desk.unsent is None:
        return
    subject = f"{what}:{id}:{key}" if key else f"{what}:{id}"
    waiting = desk.unsent.journal.of_subject(subject)
    if waiting:
        desk.unsent.journal.strike(subject, waiting[-1].seq)
        for entry in waiting:
            desk.unsent.stuck.pop(entry.seq, None)
    desk.unsent.recount()
