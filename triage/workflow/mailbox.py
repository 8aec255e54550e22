"""Reading the mailboxes: answers find their request, the rest may be new contacts.

One desk at a time looks into a mailbox. What a message becomes is committed with the note that it
was taken in, and only then is it acknowledged: a crash at any step loses nothing, and what is
given again is known again, by its number, by its bytes, or by its Message-ID and words.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from triage.domain import request_letter
from triage.domain.draft import Draft, DraftKind
from triage.domain.errors import ConflictError, DeliveryError
from triage.domain.request import (
    AnswerPlace,
    InfoRequest,
    PartnerAnswer,
    RequestState,
    Via,
)
from triage.export import request_message
from triage.intake.kinds import may_be_a_machines
from triage.intake.mail import TOKEN
from triage.intake.replies import ReadAnswer, read_answer, read_structured
from triage.intake.sandbox import read_safely
from triage.partners.arrived import Arrived, ArrivedKind
from triage.storage import mailboxes, originals, request_messages, requests
from triage.storage.engine import Transaction
from triage.storage.mailboxes import MailboxState, TakenMessage
from triage.workflow import receive
from triage.workflow.desk import Desk, Mailbox, MailboxSession
from triage.workflow.partner_answers import came_back, seen, take_answer

LEASE = timedelta(minutes=5)
"""How long a desk has a mailbox to itself."""

RENEW = timedelta(minutes=1)
"""After which a desk that still reads takes the lease anew."""

_AUTOMATIC = "It reads as an automatic reply, which is no answer. Look whether a person wrote it."

_MACHINES = (DraftKind.AUTO_REPLY, DraftKind.BOUNCE)

AHEAD = 2
"""Messages that are fetched and read while one is committed."""

AT_ONCE = 200
"""Messages taken in one look, so that a full mailbox holds nobody up; the rest at the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look into one mailbox brought.

    `contacts` were made of messages, `answers` went to their requests, `to_place` wait for a
    person, `aside` asked for nothing. `problem` is a sentence where it could not be read; `busy`
    where another desk is at it.
    """

    mailbox: str
    contacts: tuple[UUID, ...] = ()
    answers: int = 0
    to_place: int = 0
    aside: int = 0
    problem: str = ""
    busy: bool = False


def look_into_mailboxes(desk: Desk, holder: str) -> tuple[Looked, ...]:
    """Take in what lies in each mailbox that no other desk reads now, or read too lately.

    `holder` names this program's run, so that two windows of one person are two. Takes as long as
    the network and the reading do: never on the window's thread. Raises StoreError only.
    """
    if desk.post is None:
        return ()
    looked = {s.name: s.looked_at for s in mailbox_states(desk)}
    return tuple(
        _look(desk, box, holder)
        for box in desk.post.mailboxes()
        if (before := looked.get(box.name)) is None or not before <= desk.now() < before + box.every
    )


def mailbox_states(desk: Desk) -> tuple[MailboxState, ...]:
    """When each mailbox was last looked into, and what was wrong, for the strip below."""
    with desk.store.read() as tx:
        return tuple(mailboxes.all(tx))


def _look(desk: Desk, box: Mailbox, holder: str) -> Looked:
    if not _lease(desk, box.name, holder):
        return Looked(mailbox=box.name, busy=True)
    looked = Looked(mailbox=box.name)
    try:
        # The line to the mailbox has a thread of its own: messages are fetched and acknowledged
        # one after another, while others are read and committed.
        with (
            ThreadPoolExecutor(1) as reader,
            box.opened() as session,
            ThreadPoolExecutor(1) as line,
        ):
            held = desk.now()
            told: list[Future[None]] = []
            for arrived, drafts in _read_ahead(session, _new(desk, box, session), line, reader):
                if desk.now() - held > RENEW:
                    if not _lease(desk, box.name, holder):
                        break  # this took so long that another desk went on
                    held = desk.now()
                taken, looked = _take(desk, box, session, arrived, drafts, looked)
                if taken:
                    told.append(line.submit(session.acknowledge, arrived.uid))
            for each in told:
                each.result()
    except DeliveryError as fault:
        looked = replace(looked, problem=str(fault))
    finally:
        with desk.store.write() as tx:
            mailboxes.let_go(tx, box.name, holder, at=desk.now(), words=looked.problem)
    return looked


def _lease(desk: Desk, name: str, holder: str) -> bool:
    with desk.store.write() as tx:
        at = desk.now()
        return mailboxes.lease(tx, name, holder, at + LEASE, at=at)


def _new(desk: Desk, box: Mailbox, session: MailboxSession) -> Sequence[str]:
    """What was not taken in yet. What was, and lies there still, is acknowledged now."""
    uids = session.uids()
    with desk.store.write() as tx:
        if mailboxes.renumbered(tx, box.name, session.uidvalidity):
            desk.note(tx, "mailbox.renumbered", None, {"mailbox": box.name})
        taken = mailboxes.taken(tx, box.name, session.uidvalidity, uids)
    for uid in uids:
        if uid in taken:
            session.acknowledge(uid)
    return [uid for uid in uids if uid not in taken][:AT_ONCE]


_Reading = tuple[Arrived, Future[tuple[Draft, ...]]]


def _read_ahead(
    session: MailboxSession, uids: Sequence[str], line: Executor, reader: Executor
) -> Iterator[_Reading]:
    """Each message with its reading under way: the next ones are fetched, and read in the reading
    process, while this one is committed."""

    def fetch(uid: str) -> _Reading | None:
        arrived = session.fetch(uid)
        return None if arrived is None else (arrived, reader.submit(_read, arrived))

    waiting: deque[Future[_Reading | None]] = deque()
    left = deque(uids)
    while left or waiting:
        while left and len(waiting) <= AHEAD:
            waiting.append(line.submit(fetch, left.popleft()))
        found = waiting.popleft().result()
        if found is not None:
            yield found


def _read(arrived: Arrived) -> tuple[Draft, ...]:
    if arrived.failed or arrived.kind is ArrivedKind.REPORT:
        return ()
    return read_safely(arrived.untrusted_bytes, arrived.name)


def _take(
    desk: Desk,
    box: Mailbox,
    session: MailboxSession,
    arrived: Arrived,
    drafts: Future[tuple[Draft, ...]],
    looked: Looked,
) -> tuple[bool, Looked]:
    """Take a message in; whether it is to be acknowledged, and what the look brought by now."""
    taking = _Taking(desk, box, session.uidvalidity, arrived, drafts)
    try:
        became, made = taking.commit()
    except ConflictError:
        return False, looked  # another desk took it in at this moment, and acknowledges it
    looked = replace(
        looked,
        contacts=(*looked.contacts, *made),
        answers=looked.answers + (became == "answer"),
        to_place=looked.to_place + (became == "to place"),
        aside=looked.aside + (became in ("aside", "notice")),
    )
    return not arrived.failed or arrived.kind is ArrivedKind.REPORT, looked


class _Taking:
    """One message on its way into the store."""

    def __init__(
        self,
        desk: Desk,
        box: Mailbox,
        uidvalidity: str,
        arrived: Arrived,
        drafts: Future[tuple[Draft, ...]],
    ) -> None:
        self._reading = drafts
        self.desk = desk
        self.box = box
        self.arrived = arrived
        self.uidvalidity = uidvalidity
        self.sha256 = hashlib.sha256(
            arrived.untrusted_bytes or f"{box.name}/{uidvalidity}/{arrived.uid}".encode()
        ).hexdigest()
        self.at = min(arrived.arrived_at or desk.now(), desk.now())
        self.drafts: tuple[Draft, ...] = ()
        self.message_id = ""
        self.namesake = False

    def commit(self) -> tuple[str, tuple[UUID, ...]]:
        """Take it in, in one commit; say what it became, and the contacts that were made."""
        arrived = self.arrived
        if arrived.kind is ArrivedKind.REPORT:
            return self._report(), ()
        if arrived.failed:
            return self._not_fetched(), ()
        with self.desk.store.read() as tx:
            if mailboxes.same_bytes(tx, self.sha256) is not None:
                before = True
            else:
                before = bool(originals.by_hash(tx, self.sha256))
        if before:
            return self._seen_before(), ()
        self.drafts = self._reading.result()
        self.message_id = self.drafts[0].message_id if self.drafts else ""
        return self._sorted()

    def _note(self, tx: Transaction, became: str) -> None:
        mailboxes.note(
            tx,
            TakenMessage(
                mailbox=self.box.name,
                uidvalidity=self.uidvalidity,
                uid=self.arrived.uid,
                message_id=self.message_id,
                sha256=self.sha256,
                became=became,
                at=self.desk.now(),
            ),
        )

    def _event(self, tx: Transaction, became: str, **detail: object) -> None:
        self.desk.note(
            tx,
            "mailbox.taken_in",
            None,
            {
                "mailbox": self.box.name,
                "uid": self.arrived.uid,
                "sha256": self.sha256,
                "became": became,
                **detail,
            },
        )

    def _seen_before(self) -> str:
        with self.desk.store.write() as tx:
            self._note(tx, "seen before")
            self._event(tx, "seen before")
        return "seen before"

    def _not_fetched(self) -> str:
        """A message too large to fetch: left where it lies, and put before a person."""
        with self.desk.store.write() as tx:
            self._note(tx, "to place")
            answer = PartnerAnswer(
                id=self.desk.new_id(),
                request_id=None,
                place=AnswerPlace.TO_PLACE,
                via=self._via,
                received_at=self.at,
                sender=self.arrived.sender,
                doubt=f"{self.arrived.words} It was left in the mailbox: look at it there.",
            )
            requests.add_answer(tx, answer)
            self._event(tx, "to place", answer=str(answer.id))
        return "to place"

    def _report(self) -> str:
        """MESH says what became of one of ours: the request stands otherwise, nobody answered."""
        with self.desk.store.write() as tx:
            self._note(tx, "notice")
            self._event(tx, "notice", words=self.arrived.words)
            ours = request_messages.named(tx, self.arrived.answers)
            if ours:
                request = requests.get(tx, ours[0].request_id)
                if self.arrived.failed:
                    words = f"NHS MESH did not deliver it: {self.arrived.words}".rstrip(": ") + "."
                    came_back(self.desk, tx, request, words)
                else:
                    seen(self.desk, tx, request, self.arrived.words)
        return "notice"

    @property
    def _via(self) -> Via:
        return Via.EMAIL if self.arrived.kind is ArrivedKind.MAIL else Via.MESH

    def _sorted(self) -> tuple[str, tuple[UUID, ...]]:
        draft = self.drafts[0]
        with self.desk.store.read() as tx:
            request, how, sure = self._match(tx, draft)
        ours = self._ours(draft)
        if (request is not None or ours) and draft.kind in _MACHINES:
            return self._machine(request, draft), ()
        if request is not None:
            return self._answer(request, draft, how, sure), ()
        if ours or draft.kind is DraftKind.REPLY or self.arrived.kind is ArrivedKind.DOCUMENT:
            return self._answer(None, draft, "", False), ()
        if not self.box.new_contacts:
            return self._answer(None, draft, "", False), ()
        return self._contact()

    def _ours(self, draft: Draft) -> tuple[str, ...]:
        """Our own names of messages that this one answers, whether or not they can be seen here:
        a hub's server shows no request about a restricted contact to who may not know of it."""
        named = (*self.arrived.answers, *draft.in_reply_to)
        return tuple(dict.fromkeys(n for n in named if request_message.is_ours(n)))

    def _match(self, tx: Transaction, draft: Draft) -> tuple[InfoRequest | None, str, bool]:
        """The request that a message is about, how that is known, and whether it is sure.

        By the thread it stands in, then by the reference in its subject or words. Neither is a
        secret, as mail is passed on: it is sure only from an address of the partner's, and where
        the message does not name another request than the one whose thread it stands in.
        """
        named = request_messages.named(tx, (*self.arrived.answers, *draft.in_reply_to))
        if not named and draft.kind is DraftKind.BOUNCE:
            named = request_messages.named(tx, _ids_in(draft))
        if named:
            request = requests.get(tx, named[0].request_id)
            other = draft.reply_token not in ("", request.reference)
            return request, "thread", self._from_partner(request, draft) and not other
        token = draft.reply_token if draft.kind is not DraftKind.CONTACT else ""
        token = token or self._structured_reference(draft)
        if token:
            request_by_token = requests.by_reference(tx, token)
            if request_by_token is not None:
                return (
                    request_by_token,
                    "reference",
                    self._from_partner(request_by_token, draft),
                )
        return None, "", False

    def _structured_reference(self, draft: Draft) -> str:
        if self.arrived.kind is not ArrivedKind.DOCUMENT:
            return ""
        told = read_structured(self.arrived.untrusted_bytes, ())
        if told is not None and told.reference:
            return told.reference
        found = TOKEN.search(" ".join((self.arrived.words, *(p.text for p in draft.parts))))
        return found[0].upper() if found else ""

    def _from_partner(self, request: InfoRequest, draft: Draft) -> bool:
        partner = self.desk.profile.requests.partner(request.agency)
        if partner is None:
            return False
        return partner.sends_from(self.arrived.sender or draft.sender)

    def _machine(self, request: InfoRequest | None, draft: Draft) -> str:
        """An automatic reply or a bounce: kept, and the request stands otherwise."""
        bounced = draft.kind is DraftKind.BOUNCE
        with self.desk.store.write() as tx:
            self._note(tx, "notice")
            self._keep(tx, draft, request)
            self._event(tx, "notice", request=str(request.id) if request else "")
            if request is None:
                return "notice"
            now = requests.get(tx, request.id)
            subject = " ".join(draft.subject.split())[:120]
            if bounced:
                came_back(
                    self.desk, tx, now, f"It came back undelivered: “{subject}”. Ask otherwise."
                )
            else:
                seen(self.desk, tx, now, f"An automatic reply came: “{subject}”")
        return "notice"

    def _answer(self, request: InfoRequest | None, draft: Draft, how: str, sure: bool) -> str:
        """An answer goes to its request, or waits for a person to say to which."""
        questions = request_letter.questions_of(request) if request else ()
        read = self._read(draft, questions)
        placeable = request is not None and request.state not in (
            RequestState.DRAFT,
            RequestState.WITHDRAWN,
        )
        automatic = may_be_a_machines(draft.subject, read.text)
        placed = placeable and sure and not automatic
        with self.desk.store.write() as tx:
            if again := self._same_message(tx, draft):
                self._note(tx, "seen before")
                self._event(tx, "seen before", original=str(again))
                return "seen before"
            became = "answer" if placed else "to place"
            self._note(tx, became)
            original = self._keep(tx, draft, request if placed else None)
            answer = PartnerAnswer(
                id=self.desk.new_id(),
                request_id=request.id if request and placed else None,
                place=AnswerPlace.PLACED if placed else AnswerPlace.TO_PLACE,
                via=self._via,
                received_at=self.at,
                sender=self.arrived.sender or draft.sender,
                answered_by=read.answered_by,
                subject=draft.subject,
                text=read.text,
                items=read.items,
                onward=read.onward,
                onward_words=read.onward_words,
                attachments=tuple(a.name for a in draft.attachments),
                original_id=original,
                matched=how if placed else "",
                doubt=_AUTOMATIC
                if automatic
                else self._doubt(request, draft, placed=placed, sure=sure),
                likely=None if placed or request is None else request.id,
                names=self._ours(draft) if request is None else (),
            )
            self._event(tx, became, answer=str(answer.id))
            if request is not None and placed:
                take_answer(self.desk, tx, requests.get(tx, request.id), answer)
            else:
                requests.add_answer(tx, answer)
        return became

    def _doubt(self, request: InfoRequest | None, draft: Draft, *, placed: bool, sure: bool) -> str:
        """Why a person should look, in a sentence; "" where there is no reason."""
        if request is None and self._ours(draft):
            return "It answers a request that whoever read the mailbox may not see."
        if request is None:
            return "It answers something we asked, and it can't be told what."
        sender = self.arrived.sender or draft.sender or "an unknown address"
        if self.namesake:
            return "Another message under the same Message-ID said something else."
        if self._from_partner(request, draft) and not sure:
            return f"It stands in the thread of {request.reference}, and names {draft.reply_token}."
        if not sure:
            return f"It came from {sender}, which is not an address of the partner asked."
        if not placed:
            return f"{request.reference} is {request.state.value}."
        if draft.not_read:
            lost = ", ".join(dict.fromkeys(n.what for n in draft.not_read))[:200]
            return f"Part of it could not be read: {lost}."
        return ""

    def _read(self, draft: Draft, questions: Sequence[str]) -> ReadAnswer:
        read = read_answer(self.arrived.untrusted_bytes, draft.parts, questions)
        return read if questions else replace(read, text=read.text or draft.subject)

    def _same_message(self, tx: Transaction, draft: Draft) -> UUID | None:
        """The same message relayed twice: its id and its words are the same. An id alone can be
        anybody's, so other words under it are another message."""
        for kept in originals.by_message_id(tx, draft.message_id):
            if kept.path_note == _words_mark(draft):
                return kept.id
            self.namesake = True
        return None

    def _keep(self, tx: Transaction, draft: Draft, request: InfoRequest | None) -> UUID:
        """Keep it as it came, with the contact it is about where that is known: who may not know
        of the contact then can't come upon it."""
        original = originals.keep(
            tx,
            id=self.desk.new_id(),
            name=self.arrived.name,
            data=self.arrived.untrusted_bytes,
            kind=(draft.kind if draft.kind in _MACHINES else DraftKind.REPLY).value,
            contact_id=request.contact_id if request else None,
            message_id=draft.message_id,
            received_at=self.at,
            path_note=_words_mark(draft),
        )
        self.desk.note(
            tx,
            "original.kept",
            original.contact_id,
            {"original": str(original.id), "sha256": original.sha256, "size": original.size},
        )
        return original.id

    def _contact(self) -> tuple[str, tuple[UUID, ...]]:
        """What answers nothing is received like any other file, noted in the same commit."""
        became = "contact"

        def also(tx: Transaction, got: receive.Received) -> None:
            nonlocal became
            became = "contact" if got.contacts else "aside"
            if got.seen_before:
                became = "seen before"
            self._note(tx, became)
            self._event(tx, became, contacts=[str(i) for i in got.contacts])

        got = receive.receive_read(
            self.desk,
            self.arrived.untrusted_bytes,
            self.arrived.name,
            self.drafts,
            arrived_at=self.at,
            also=also,
        )
        return became, () if got.seen_before else got.contacts


def _words_mark(draft: Draft) -> str:
    """What a message says, as a mark that the same words have again."""
    body = "\x1e".join(part.text for part in draft.parts)
    return f"words {hashlib.sha256(body.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _ids_in(draft: Draft) -> list[str]:
    """The Message-IDs that a report of non-delivery holds."""
    text = "\n".join(part.text for part in draft.parts)[:200_000]
    return re.findall(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>", text)[:100]


def last_looked(desk: Desk) -> datetime | None:
    """When the mailboxes were last looked into, the longest ago first; None before the first."""
    found = [s.looked_at for s in mailbox_states(desk) if s.looked_at is not None]
    return min(found, default=None)
