"""Asking a partner: a draft begun in one key, edited, sent, chased, or rung by hand.

Each function is one button and one transaction. Nothing is sent inside one: `send` and `chase`
put the exact bytes into the outbox, and `sending.send_due` brings them to the channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from triage.domain import clock, request_letter
from triage.domain.contact import Adult, Contact
from triage.domain.errors import ConflictError, NotFoundError, NotReadyError
from triage.domain.fact import Answer3
from triage.domain.partner import About, Partner, PartnerDesk, QuestionTemplate
from triage.domain.profile import ClockRule, ClockUnit
from triage.domain.request import (
    AWAITED,
    OPEN,
    AskedAbout,
    AskedQuestion,
    InfoRequest,
    MessageState,
    OutMessage,
    RequestState,
    Via,
    may_become,
)
from triage.domain.spelling import spell_moment
from triage.domain.trail import detail_of
from triage.domain.worker import May
from triage.export import request_message
from triage.storage import contacts, events, request_messages, requests
from triage.storage.engine import Transaction
from triage.workflow import earlier, naming
from triage.workflow.desk import Desk
from triage.workflow.holding import first_told, hold, why_given, worker_name

OWN_QUESTION = "own"
"""The id of a question the worker wrote."""
_RANG = "Rang, answered by "

CHILD_WHY = "We need to know whether this child is safe."
CARER_WHY = "Cares for the children we ask about."
_CARERS = frozenset({"mother", "father", "mum", "dad", "carer", "guardian", "parent"})


def start(desk: Desk, contact_id: UUID, agency: str, desk_id: str = "") -> InfoRequest:
    """Begin a request to an agency about a contact: a draft that could be sent as it is.

    The children are ticked, and the adults who care for them; the questions that the contact's
    concerns call for; public task as the basis; the time by the rating. All of it can be changed
    by `keep_draft`. Raises NotFoundError for an agency that the profile gives no way to.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        return _begin(desk, tx, contact, _desk_of(desk, agency, desk_id))


def start_called_for(desk: Desk, contact_id: UUID) -> tuple[InfoRequest, ...]:
    """The drafts to go through: one to each agency that the rating and concerns call for and that
    has no request yet, then those that waited already.

    Where that is none, one is begun to the first partner that was not asked. Raises
    NotReadyError where the hub has no way to ask anybody.
    """
    desk.worker.must(May.SCREEN)
    rules = desk.profile.requests
    if not rules.partners:
        raise NotReadyError(
            "This hub's settings name no partner to ask. Nothing was changed. Ring them, or ask "
            "an administrator to add them to requests.toml."
        )
    with desk.store.write() as tx:
        contact = hold(desk, tx, contact_id)
        found = live_of_contact(tx, contact.id)
        asked = {r.agency for r in found}
        called = rules.called_for(contact.rating, contact.content.concerns)
        missing = [a for a in called if a not in asked and rules.partner(a)]
        waiting = [r for r in found if r.state is RequestState.DRAFT]
        if not missing and not waiting:
            rest = [p.code for p in rules.partners if p.code not in asked]
            missing = [(*rest, rules.partners[0].code)[0]]
        begun = [_begin(desk, tx, contact, _desk_of(desk, a, "")) for a in missing]
        return (*begun, *waiting)


def live_of_contact(tx: Transaction, contact_id: UUID) -> list[InfoRequest]:
    """The contact's requests, oldest first, without those that were withdrawn."""
    found = requests.of_contact(tx, contact_id)
    live = (r for r in found if r.state is not RequestState.WITHDRAWN)
    return sorted(live, key=lambda r: (r.created_at, r.reference))


def ask_another(desk: Desk, request_id: UUID, agency: str) -> InfoRequest:
    """A draft to another agency with the same people, reasons, basis and time as this request."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        like = requests.get(tx, request_id)
        contact = hold(desk, tx, like.contact_id)
        begun = _begin(desk, tx, contact, _desk_of(desk, agency, ""))
        return requests.save(
            tx,
            replace(
                begun,
                people=tuple(replace(p, name="", born="") for p in like.people),
                with_address=like.with_address,
                why=like.why,
                basis=like.basis,
                told=like.told,
                not_told_why=like.not_told_why,
                due_at=like.due_at if like.due_at and like.due_at > desk.now() else begun.due_at,
                remind_at=None,
            ),
        )


def keep_draft(desk: Desk, request: InfoRequest) -> InfoRequest:
    """Keep an edited draft: give it `dataclasses.replace(draft, people=…, questions=…, …)`.

    Who is asked, about whom, what, why, on what basis and by when may change; the rest is kept as
    it was. Whether the parents were told is the family's, not the partner's: drafts about the
    contact that do not say it yet say the same. Raises ConflictError where another window changed
    it since, NotReadyError once sent.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = requests.get(tx, request.id)
        contact = hold(desk, tx, now.contact_id)
        if now.state not in (RequestState.DRAFT, RequestState.NOT_SENT):
            raise NotReadyError(
                f"{now.reference} was sent, so it stays as it went. Nothing was changed. "
                "Ask again to ask more."
            )
        known = {p.key for p in request_letter.people_of(contact)}
        place = _desk_of(desk, request.agency, request.desk)[1]
        kept = replace(
            now,
            version=request.version,
            agency=request.agency,
            desk=place.id,
            via=place.via,
            to=place.address or place.phone,
            people=tuple(p for p in request.people if p.person in known),
            with_address=request.with_address,
            questions=tuple(q for q in request.questions if q.words.strip()),
            why=request.why,
            basis=request.basis,
            told=request.told,
            not_told_why=request.not_told_why,
            due_at=request.due_at,
        )
        if kept == now:
            return now
        saved = requests.save(tx, kept)
        note(desk, tx, "request.draft_kept", saved)
        for other in requests.of_contact(tx, contact.id) if not _untold(saved) else ():
            if other.id != saved.id and other.state is RequestState.DRAFT and _untold(other):
                told = replace(other, told=saved.told, not_told_why=saved.not_told_why)
                note(desk, tx, "request.draft_kept", requests.save(tx, told))
        return saved


def _untold(request: InfoRequest) -> str:
    """What is still to be said of whether the parents were told; "" where all is."""
    if not request.told:
        return "Say whether the parents were told."
    if request.told == "not_told" and not request.not_told_why:
        return "Say why the parents were not told."
    return ""


def own_question(words: str) -> AskedQuestion:
    """A question in the worker's own words, to be put last among a draft's."""
    return AskedQuestion(id=OWN_QUESTION, words=words.strip())


def asked_question(desk: Desk, template: QuestionTemplate) -> AskedQuestion:
    """A template as it would be asked today, with the day it reaches back to."""
    since: date | None = None
    if template.since_months:
        before = earlier.months_before(desk.now(), template.since_months)
        since = naming.local_day(desk.profile, before)
    return AskedQuestion(id=template.id, words=template.words, since=since)


def send(desk: Desk, request: InfoRequest) -> InfoRequest:
    """Send the request as it stands: it is committed, with its exact bytes, and then on its way.

    One that is asked by hand now waits to be rung: `rang` says that it was. Raises NotReadyError,
    naming what is missing, ConflictError where another window changed or sent it first.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = requests.get(tx, request.id)
        contact = hold(desk, tx, now.contact_id)
        if not may_become(now.state, RequestState.WAITING):
            raise NotReadyError(f"{now.reference} was sent already. It was not sent again.")
        if why := why_not_sendable(desk, now, contact):
            raise NotReadyError(f"{why} Nothing was sent.")
        return _send(desk, tx, replace(now, version=request.version), contact)


def send_together(desk: Desk, drafts: Sequence[InfoRequest]) -> tuple[InfoRequest, ...]:
    """Send several drafts about one contact as they stand, all of them or none.

    Raises as `send` does, naming the partner whose draft could not go.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        sent = []
        for draft in drafts:
            now = requests.get(tx, draft.id)
            contact = hold(desk, tx, now.contact_id)
            why = why_not_sendable(desk, now, contact)
            if now.state is not RequestState.DRAFT:
                why = f"{now.reference} is {now.state.value}."
            if why:
                raise NotReadyError(f"{agency_name(desk, now.agency)}: {why} Nothing was sent.")
            sent.append(_send(desk, tx, replace(now, version=draft.version), contact))
        return tuple(sent)


def _send(desk: Desk, tx: Transaction, now: InfoRequest, contact: Contact) -> InfoRequest:
    """Commit the request with its exact bytes, as the version that the person saw."""
    told = replace(now, people=request_letter.people_named(now, contact))
    letter = request_letter.letter(told, contact, desk.profile)
    sent = requests.save(
        tx,
        replace(
            told,
            state=RequestState.WAITING,
            sent_by=desk.worker.id,
            sent_text=request_letter.as_text(letter),
            remind_at=remind_at(desk, contact, told.due_at, desk.now()) if told.due_at else None,
            words=_waiting_words(desk, now),
        ),
    )
    if sent.via is not Via.HAND:
        request_messages.put(tx, _message(desk, tx, sent, "request", letter))
    detail: dict[str, object] = {
        "to": sent.to,
        "via": sent.via.value,
        "people": [p.person for p in sent.people],
        "why": [p.why for p in sent.people],
        "questions": list(request_letter.questions_of(sent)),
        "basis": sent.basis,
        "told": sent.told,
        "due": sent.due_at.isoformat() if sent.due_at else "",
    }
    note(desk, tx, "request.sent", sent, detail)
    return sent


def _waiting_words(desk: Desk, request: InfoRequest) -> str:
    if request.via is Via.HAND:
        return f"Ring {request.to} and ask"
    return "" if desk.post is not None else "Waits: this desk can't send"


def why_not_sendable(desk: Desk, request: InfoRequest, contact: Contact) -> str:
    """What is missing before the request may go, in a sentence; "" where nothing is."""
    if not request.people:
        return "Choose whom you ask about."
    names = {p.person: p.name for p in request_letter.people_named(request, contact)}
    for asked in request.people:
        if not asked.why.strip():
            return f"Say why you ask about {names.get(asked.person) or 'each person'}."
    if not request.questions:
        return "Choose what you need to know."
    if not request.basis:
        return "Choose the lawful basis."
    if untold := _untold(request):
        return untold
    if request.due_at is None:
        return "Choose when you need the reply."
    if request.due_at <= desk.now():
        return "The time for the reply is over. Choose a later one."
    return ""


class RangConflict(ConflictError):
    """The partner was rung by somebody else too, who recorded it first: `theirs`, in words, `now`
    the request as it stands."""

    def __init__(self, now: InfoRequest, theirs: str, who: str) -> None:
        self.now, self.theirs, self.who = now, theirs, who
        super().__init__(
            f"{who} has recorded a call about {now.reference} meanwhile: {theirs}. That stands, "
            "and yours was not kept over it. Look at it again."
        )


def rang(
    desk: Desk,
    request_id: UUID,
    who: str,
    *,
    at: datetime | None = None,
    over: str = "",
) -> InfoRequest:
    """Record that a partner was asked by hand: who answered the telephone, and when; `over` are
    the words that stood there before. Raises RangConflict where others stand there by now."""
    desk.worker.must(May.SCREEN)
    who = who_answered(who)
    with desk.store.write() as tx:
        now = requests.get(tx, request_id)
        hold(desk, tx, now.contact_id)
        rung = now.via is Via.HAND and now.state is RequestState.SENT
        if rung and now.words.startswith(_RANG) and now.words != over:
            raise RangConflict(now, _rung_at(desk, now), _who_rang(tx, now))
        if not rung and not may_become(now.state, RequestState.SENT):
            raise NotReadyError(f"{now.reference} is {now.state.value}. Nothing was changed.")
        request_messages.withdraw(tx, now.id)
        moment = min(at or desk.now(), desk.now())
        asked = requests.save(
            tx,
            replace(
                now,
                via=Via.HAND,
                state=RequestState.SENT,
                sent_at=moment,
                words=rang_words(who),
            ),
        )
        note(desk, tx, "request.rang", asked, {"who": who, "at": moment.isoformat()})
        return asked


def who_answered(who: str) -> str:
    """Who answered the telephone. Raises NotReadyError where it is not said."""
    if not who.strip():
        raise NotReadyError("Say who you spoke to. Nothing was changed.")
    return who.strip()


def rang_words(who: str) -> str:
    """What stands with a request that was made by telephone."""
    return f"{_RANG}{who}"


def _who_rang(tx: Transaction, rung: InfoRequest) -> str:
    told = [
        e.by
        for e in events.of_contact(tx, rung.contact_id)
        if e.kind == "request.rang" and detail_of(e).get("request") == str(rung.id)
    ]
    return worker_name(tx, told[-1]) if told else "Somebody else"


def _rung_at(desk: Desk, rung: InfoRequest) -> str:
    at = f", {spell_moment(naming.local(desk.profile, rung.sent_at))}" if rung.sent_at else ""
    return f"{rung.words}{at}"


def chase(desk: Desk, request_id: UUID) -> InfoRequest:
    """Remind the partner now, in the same thread. One asked by hand is marked to be rung again."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = requests.get(tx, request_id)
        hold(desk, tx, now.contact_id)
        if now.state not in AWAITED:
            raise NotReadyError(
                f"{now.reference} is {now.state.value}, so there is nothing to chase. "
                "Nothing was sent."
            )
        return remind(desk, tx, now, by_itself=False)


def remind(desk: Desk, tx: Transaction, now: InfoRequest, *, by_itself: bool) -> InfoRequest:
    """Put a reminder into the outbox, in the caller's transaction, and say when the next is: so
    many minutes on of the time that the contact's rating counts in."""
    rules, at = desk.profile.requests, desk.now()
    contact = contacts.get(tx, now.contact_id)
    chased = (*now.chased, at)
    more = len(chased) < rules.most_chases
    saved = requests.save(
        tx,
        replace(
            now,
            chased=chased,
            remind_at=_on(desk, contact, at, rules.chase_minutes) if more else None,
            words=f"Ring {now.to} again" if now.via is Via.HAND else now.words,
        ),
    )
    if saved.via is not Via.HAND:
        letter = request_letter.letter(saved, contact, desk.profile)
        request_messages.put(tx, _message(desk, tx, saved, "reminder", letter))
    note(desk, tx, "request.chased", saved, {"by_itself": by_itself, "times": len(chased)})
    return saved


def send_again(desk: Desk, request_id: UUID) -> InfoRequest:
    """Try a request that could not be sent once more, as it went before."""
    desk.worker.must(May.SCREEN)
    with desk.store.read() as tx:
        now = requests.get(tx, request_id)
    if now.state is not RequestState.NOT_SENT:
        raise NotReadyError(f"{now.reference} is {now.state.value}. Nothing was sent again.")
    return send(desk, now)


def withdraw(desk: Desk, request_id: UUID, why: str = "") -> InfoRequest:
    """Take back a request that is still open; a draft needs no reason. It stays in the record."""
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        now = requests.get(tx, request_id)
        hold(desk, tx, now.contact_id)
        if now.state not in OPEN:
            raise NotReadyError(f"{now.reference} is {now.state.value}. Nothing was changed.")
        said = why.strip() if now.state is RequestState.DRAFT else why_given(why, "withdraw it")
        request_messages.withdraw(tx, now.id)
        gone = requests.save(
            tx, replace(now, state=RequestState.WITHDRAWN, remind_at=None, words=said)
        )
        note(desk, tx, "request.withdrawn", gone, {"why": said})
        return gone


def due_by(desk: Desk, contact: Contact, at: datetime, tx: Transaction) -> datetime:
    """When a reply is due: the profile's time for the rating, and before one's own runs out."""
    profile = desk.profile
    rule = _reply_clock(desk, contact)
    by_rating = clock.due(at, rule, profile.working_time) if rule else at + timedelta(hours=6)
    running = clock.clocks(profile, first_told(tx, contact), at)
    leading = clock.leading(running)
    if leading is None:
        return by_rating
    before_own = leading.due - timedelta(minutes=profile.requests.margin_minutes)
    return min(by_rating, before_own) if before_own > at else by_rating


def remind_at(desk: Desk, contact: Contact, due_at: datetime, at: datetime) -> datetime:
    """When a partner asked at `at` is first reminded: before the reply is due where there is time,
    and in the hub's hours where its rating counts in them."""
    before = due_at - timedelta(minutes=desk.profile.requests.remind_minutes)
    return _on(desk, contact, before if before > at else due_at, 0)


def _reply_clock(desk: Desk, contact: Contact) -> ClockRule | None:
    rating = contact.rating or "unrated"
    timed = (c for c in desk.profile.clocks if c.start == "asked" and c.rating in ("", rating))
    return next(timed, None)


def _on(desk: Desk, contact: Contact, at: datetime, minutes: int) -> datetime:
    """So many minutes after `at`, by the wall clock or in working time as the reply is due."""
    rule = _reply_clock(desk, contact)
    if rule is None or rule.unit is ClockUnit.ELAPSED:
        return at + timedelta(minutes=minutes)
    return clock.add_working_minutes(at, minutes, desk.profile.working_time)


def _begin(
    desk: Desk, tx: Transaction, contact: Contact, chosen: tuple[Partner, PartnerDesk]
) -> InfoRequest:
    partner, place = chosen
    at = desk.now()
    content = contact.content
    begun = InfoRequest(
        id=desk.new_id(),
        reference=requests.next_reference(tx, at),
        contact_id=contact.id,
        agency=partner.code,
        desk=place.id,
        via=place.via,
        state=RequestState.DRAFT,
        to=place.address or place.phone,
        people=tuple(_asked_about(partner, contact)),
        questions=tuple(
            asked_question(desk, q)
            for q in desk.profile.requests.ticked(partner.code, content.concerns)
        ),
        why=desk.profile.requests.why,
        basis=_first_code(desk, "lawful_basis"),
        told={Answer3.YES: "told", Answer3.NO: "not_told"}.get(content.family_informed.answer, ""),
        due_at=due_by(desk, contact, at, tx),
        created_by=desk.worker.id,
        created_at=at,
    )
    requests.add(tx, begun)
    note(desk, tx, "request.started", begun)
    return begun


def _asked_about(partner: Partner, contact: Contact) -> Iterator[AskedAbout]:
    """Whom the partner is asked about to begin with. Why it is right to ask about an adult who
    does not care for the children, only a person can say: until then the draft can't go."""
    content = contact.content
    if About.CHILDREN in partner.about:
        yield from (AskedAbout(person=c.key, why=CHILD_WHY) for c in content.children)
    for adult in content.adults:
        if _cares(adult) and About.CARERS in partner.about:
            yield AskedAbout(person=adult.key, why=CARER_WHY)
        elif not _cares(adult) and About.OTHERS in partner.about:
            yield AskedAbout(person=adult.key)


def _cares(adult: Adult) -> bool:
    said = adult.relationship.value.casefold().split() if adult.relationship.known else []
    return bool(_CARERS & set(said)) and adult.lives_here.answer is not Answer3.NO


def _first_code(desk: Desk, codes: str) -> str:
    live = desk.profile.codes_on(codes, naming.local_day(desk.profile, desk.now()))
    return live[0].code if live else ""


def _desk_of(desk: Desk, agency: str, desk_id: str) -> tuple[Partner, PartnerDesk]:
    partner = desk.profile.requests.partner(agency)
    place = (partner.desk(desk_id) if desk_id else partner.desks[0]) if partner else None
    if partner is None or place is None:
        raise NotFoundError(
            f"There is no way to ask {agency_name(desk, agency)} in this hub's settings. "
            "Nothing was changed. Ring them, or ask an administrator to add them to requests.toml."
        )
    return partner, place


def _message(
    desk: Desk, tx: Transaction, request: InfoRequest, kind: str, letter: request_letter.Letter
) -> OutMessage:
    before = request_messages.of_request(tx, request.id)
    rules, at = desk.profile.requests, desk.now()
    id = desk.new_id()
    local_id = request_message.local_id(request, len(before) + 1, id, rules)
    document = request_message.build(
        request,
        letter,
        kind=kind,
        local_id=local_id,
        asked=spell_moment(naming.local(desk.profile, request.sent_at or at)),
        rules=rules,
        at=at,
        thread=before[0].local_id if before and before[0].via is Via.EMAIL else "",
    )
    return OutMessage(
        id=id,
        request_id=request.id,
        kind=kind,
        via=request.via,
        to=request.to,
        local_id=local_id,
        document=document,
        state=MessageState.WAITING,
        made_at=at,
    )


def note(
    desk: Desk,
    tx: Transaction,
    kind: str,
    request: InfoRequest,
    detail: dict[str, object] | None = None,
) -> None:
    """Note what happened to a request, in the transaction of the act."""
    said: dict[str, object] = {
        "request": str(request.id),
        "reference": request.reference,
        "agency": request.agency,
        "state": request.state.value,
    }
    desk.note(tx, kind, request.contact_id, said | (detail or {}))


def agency_name(desk: Desk, agency: str) -> str:
    """What people call the agency."""
    return next((a.label for a in desk.profile.agencies if a.code == agency), agency)
