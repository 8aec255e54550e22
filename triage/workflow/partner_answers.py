"""Answers: placed to their request, by themselves or by a person; given by telephone; cited.

What a machine sends (an automatic reply, a bounce, a report) changes how a request stands and is
never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from itertools import islice
from uuid import UUID

from triage.domain import request_letter
from triage.domain.decision import SavedAnswer
from triage.domain.errors import NotFoundError, NotReadyError
from triage.domain.request import (
    CONTACT_NUMBER,
    SETTLED,
    AnswerItem,
    AnswerPlace,
    InfoRequest,
    Onward,
    PartnerAnswer,
    RequestState,
    Standing,
    Via,
    may_become,
    settle,
    told_by_machine,
)
from triage.domain.spelling import spell_moment
from triage.domain.worker import May
from triage.intake.replies import classify, read_answer
from triage.intake.sandbox import read_safely
from triage.storage import answers, contacts, originals, request_messages, requests
from triage.storage.engine import Transaction
from triage.workflow import decide, naming
from triage.workflow.desk import Desk, whole_letters
from triage.workflow.holding import hold, why_given
from triage.workflow.requests import agency_name, note

CITED_INTO = "analysis"
"""The question of the form that an answer is cited into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPlace:
    """An answer that nobody could be sure of: what came, and the request it is likely for.

    `why` is a sentence. `likely` is None where there is not even a guess, or it is about a
    contact that this person may not open.
    """

    answer: PartnerAnswer
    likely: InfoRequest | None
    why: str


def answers_to_place(desk: Desk) -> tuple[ToPlace, ...]:
    """What came from partners and could not be matched for sure, oldest first.

    For those who place them: nobody else reads what may be about any family. An answer to a
    restricted contact's request, or that names such a contact, is shown only to who may open it.
    """
    desk.worker.must(May.READ)
    found: list[ToPlace] = []
    if not desk.worker.may(May.SCREEN):
        return ()
    with desk.store.read() as tx:
        for answer in requests.answers_to_place(tx):
            if _names_restricted(desk, tx, answer):
                continue
            if answer.names and not desk.worker.may(May.OPEN_RESTRICTED):
                continue
            try:
                likely = requests.get(tx, answer.likely) if answer.likely else None
            except NotFoundError:  # not for this person to know of, or destroyed since
                if not desk.worker.may(May.OPEN_RESTRICTED):
                    continue
                likely = None
            if likely is not None:
                held = contacts.get(tx, likely.contact_id)
                if held.restricted and not desk.worker.may(May.OPEN_RESTRICTED):
                    continue
            found.append(ToPlace(answer=answer, likely=likely, why=answer.doubt))
    return tuple(found)


def _names_restricted(desk: Desk, tx: Transaction, answer: PartnerAnswer) -> bool:
    if desk.worker.may(May.OPEN_RESTRICTED):
        return False
    named = CONTACT_NUMBER.findall(f"{answer.subject} {answer.text}")
    return bool(named and contacts.restricted_among(tx, named))


def place_answer(desk: Desk, answer_id: UUID, request_id: UUID) -> InfoRequest:
    """Say which request an answer belongs to; it is read anew by its questions, and then counts
    like any other."""
    desk.worker.must(May.SCREEN)
    return _place(desk, answer_id, request_id, matched="by hand")


def place_known(desk: Desk) -> tuple[InfoRequest, ...]:
    """Place what stands in the thread of a request that its reader could not see, and this person
    can: by itself, in each round of the post."""
    if not desk.worker.may(May.OPEN_RESTRICTED):
        return ()
    with desk.store.read() as tx:
        found = [
            (answer.id, named[0].request_id)
            for answer in requests.answers_to_place(tx)
            if answer.names and (named := request_messages.named(tx, answer.names))
        ]
    return tuple(_place(desk, answer, request, matched="thread") for answer, request in found)


def _place(desk: Desk, answer_id: UUID, request_id: UUID, *, matched: str) -> InfoRequest:
    with desk.store.read() as tx:
        request = requests.get(tx, request_id)
        answer = requests.answer(tx, answer_id)
        data = originals.bytes_of(tx, answer.original_id) if answer.original_id else b""
    questions = request_letter.questions_of(request)
    parts = read_safely(data, "message.eml")[0].parts if data else ()
    read = read_answer(data, parts, questions)
    with desk.store.write() as tx:
        answer = requests.answer(tx, answer_id)
        if answer.place is AnswerPlace.PLACED:
            raise NotReadyError("This answer was placed already. Nothing was changed.")
        request = requests.get(tx, request_id)
        hold(desk, tx, request.contact_id)
        if request.state in (RequestState.DRAFT, RequestState.WITHDRAWN):
            raise NotReadyError(
                f"{request.reference} is {request.state.value}, so nothing can answer it. "
                "Nothing was changed."
            )
        by_hand = matched == "by hand"
        placed = replace(
            answer,
            request_id=request.id,
            place=AnswerPlace.PLACED,
            items=read.items or answer.items,
            onward=read.onward,
            onward_words=read.onward_words,
            matched=matched,
            doubt=answer.doubt if by_hand else "",
            by=desk.worker.id if by_hand else "",
            at=desk.now() if by_hand else None,
        )
        requests.save_answer(tx, placed)
        if answer.original_id is not None:
            originals.belong(tx, answer.original_id, request.contact_id)
        note(
            desk,
            tx,
            "request.answer_placed",
            request,
            {"answer": str(answer.id), "matched": matched},
        )
        return settled(desk, tx, request)


def not_an_answer(desk: Desk, answer_id: UUID, why: str) -> PartnerAnswer:
    """Put aside what came as an answer and is none, with the reason. The original stays kept."""
    desk.worker.must(May.SCREEN)
    said = why_given(why, "put it aside")
    with desk.store.write() as tx:
        answer = requests.answer(tx, answer_id)
        if answer.place is AnswerPlace.PLACED:
            raise NotReadyError("This answer was placed already. Nothing was changed.")
        aside = replace(
            answer,
            place=AnswerPlace.NOT_AN_ANSWER,
            doubt=said,
            by=desk.worker.id,
            at=desk.now(),
        )
        requests.save_answer(tx, aside)
        desk.note(tx, "request.not_an_answer", None, {"answer": str(answer.id), "why": said})
        return aside


def sort_answer(desk: Desk, answer_id: UUID, items: Sequence[AnswerItem]) -> InfoRequest:
    """Say what an answer in a partner's own words comes to, question by question.

    With no items it is taken as read: their words stand as they are.
    """
    desk.worker.must(May.SCREEN)
    with desk.store.write() as tx:
        answer = requests.answer(tx, answer_id)
        if answer.request_id is None:
            raise NotReadyError("Say first which request this answers. Nothing was changed.")
        request = requests.get(tx, answer.request_id)
        hold(desk, tx, request.contact_id)
        requests.save_answer(
            tx,
            replace(answer, items=tuple(items) or answer.items, by=desk.worker.id, at=desk.now()),
        )
        told = [f"{i.number}: {i.standing.value}" for i in items]
        note(desk, tx, "request.answer_read", request, {"answer": str(answer.id), "items": told})
        return settled(desk, tx, request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An answer given by telephone: to each question by its number, in the words heard.

    "nothing held", "not known" and "refused, because …" are read as the form reads them.
    """

    answered_by: str
    said: dict[int, str]
    at: datetime | None = None
    onward: Onward = Onward.NOT_SAID
    conditions: str = ""


def record_by_hand(desk: Desk, request_id: UUID, spoken: Spoken) -> InfoRequest:
    """Record what a partner answered on the telephone, who said it, and when."""
    desk.worker.must(May.SCREEN)
    must_be_said(spoken)
    with desk.store.write() as tx:
        request = requests.get(tx, request_id)
        hold(desk, tx, request.contact_id)
        if not may_become(request.state, RequestState.ANSWERED):
            raise NotReadyError(f"{request.reference} is {request.state.value}: ask first.")
        items = []
        for number, words in enumerate(request_letter.questions_of(request), 1):
            said = spoken.said.get(number, "").strip()
            standing, reason = classify(said)
            items.append(
                AnswerItem(
                    number=number, question=words, standing=standing, words=said, reason=reason
                )
            )
        at = desk.now()
        answer = PartnerAnswer(
            id=desk.new_id(),
            request_id=request.id,
            place=AnswerPlace.PLACED,
            via=Via.HAND,
            received_at=min(spoken.at or at, at),
            sender="By telephone",
            answered_by=spoken.answered_by.strip(),
            items=tuple(items),
            onward=spoken.onward,
            onward_words=spoken.conditions.strip(),
            matched="by hand",
            by=desk.worker.id,
            at=at,
        )
        requests.add_answer(tx, answer)
        note(
            desk,
            tx,
            "request.answered_by_hand",
            request,
            {"answer": str(answer.id), "answered_by": answer.answered_by},
        )
        return settled(desk, tx, request)


def must_be_said(spoken: Spoken) -> None:
    """Raises NotReadyError where it is not said who answered, or nothing of what."""
    if not spoken.answered_by.strip():
        raise NotReadyError("Say who answered. Nothing was changed.")
    if not any(words.strip() for words in spoken.said.values()):
        raise NotReadyError("Write what they said, if only “nothing held”. Nothing was changed.")


def original_bytes(desk: Desk, answer_id: UUID, attachment: str = "") -> bytes:
    """An answer's message byte for byte as it came, or one file in it; taking it out is recorded.

    Raises NotFoundError for an answer given by telephone, or where there is no such file in it.
    """
    desk.worker.must(May.READ)
    with desk.store.write() as tx:
        answer = requests.answer(tx, answer_id)
        about = answer.request_id or answer.likely
        contact_id = None
        if answer.request_id is None:
            desk.worker.must(May.SCREEN)
        if about is not None:
            contact_id = hold(desk, tx, requests.get(tx, about).contact_id).id
        if answer.original_id is None:
            raise NotFoundError("This answer was given by telephone, so there is no message of it.")
        desk.note(
            tx,
            "original.opened",
            contact_id,
            {"original": str(answer.original_id), "part": attachment},
        )
        data = originals.bytes_of(tx, answer.original_id)
    if not attachment:
        return data
    inside = _file_in(data, attachment)
    if inside is None:
        raise NotFoundError(f"“{attachment}” is not among the files of this message.")
    return inside


_MOST_PIECES = 500


def _file_in(untrusted_bytes: bytes, name: str) -> bytes | None:
    message = message_from_bytes(untrusted_bytes, policy=default)
    for piece in islice(message.walk(), _MOST_PIECES):
        if not piece.is_multipart() and whole_letters(piece.get_filename() or "") == name:
            payload = piece.get_payload(decode=True)
            return payload if isinstance(payload, bytes) else None
    return None


def take_answer(
    desk: Desk, tx: Transaction, request: InfoRequest, answer: PartnerAnswer
) -> InfoRequest:
    """Keep an answer that was matched by itself, in the caller's transaction."""
    requests.add_answer(tx, answer)
    note(
        desk,
        tx,
        "request.answered",
        request,
        {
            "answer": str(answer.id),
            "matched": answer.matched,
            "doubt": answer.doubt,
            "onward": answer.onward.value,
        },
    )
    return settled(desk, tx, request)


def settled(desk: Desk, tx: Transaction, request: InfoRequest) -> InfoRequest:
    """The request as its answers now make it, saved in the caller's transaction."""
    placed = requests.answers_to(tx, [request.id]).get(request.id, ())
    then = settle(len(request.questions), placed)
    if not may_become(request.state, then):
        return request
    whole = then in SETTLED
    newest = max((a.received_at for a in placed), default=desk.now())
    return requests.save(
        tx,
        replace(
            request,
            state=then,
            sent_at=request.sent_at or newest,
            answered_at=newest if whole else request.answered_at,
            remind_at=None if whole else request.remind_at,
            words="",
        ),
    )


def seen(desk: Desk, tx: Transaction, request: InfoRequest, words: str) -> InfoRequest:
    """Note that a machine of the partner's has the request: no answer, but it arrived."""
    note(desk, tx, "request.seen", request, {"words": words})
    if not may_become(request.state, RequestState.SEEN):
        return request
    told = told_by_machine(words)
    return requests.save(tx, replace(request, state=RequestState.SEEN, words=told))


def came_back(desk: Desk, tx: Transaction, request: InfoRequest, words: str) -> InfoRequest:
    """Note that what we sent was not delivered: a person has to look, and can ask otherwise."""
    note(desk, tx, "request.came_back", request, {"words": words})
    if not may_become(request.state, RequestState.NOT_SENT):
        return request
    told = told_by_machine(words)
    return requests.save(
        tx, replace(request, state=RequestState.NOT_SENT, words=told, remind_at=None)
    )


def said_to(item: AnswerItem) -> str:
    """What was said to one question: their words, or in ours that there are none."""
    return {
        Standing.NIL: "nothing held",
        Standing.NOT_KNOWN: "not known",
        Standing.REFUSED: f"refused: {item.reason or 'no reason given'}",
        Standing.BLANK: "not answered",
    }.get(item.standing, f"“{item.words.strip()}”")


def citation(desk: Desk, request: InfoRequest, answer: PartnerAnswer, item: AnswerItem) -> str:
    """The words that go into the analysis: who said what to which question, when, and what the
    hub may do with it. Without its source and limit nothing of a partner's is passed on."""
    when = spell_moment(naming.local(desk.profile, answer.received_at))
    by = f", {answer.answered_by}" if answer.answered_by else ""
    asked = f" ({item.question})" if item.question else ""
    source = f"[{request.reference}, {agency_name(desk, request.agency)}{by}, {when}. "
    return f"{agency_name(desk, request.agency)}{asked}: {said_to(item)} {source}{answer.limit}]"


def cite(desk: Desk, answer_id: UUID, number: int | None = None) -> SavedAnswer:
    """Cite an answer into the analysis: one item by its number, or all that tells something.

    The words go to the end of the analysis, with source, time and the owner's limit, and are part
    of it from then on: in the decision, the document and the pack. Citing the same twice changes
    nothing. Gives the analysis as saved, for the screen that shows it. Raises NotReadyError where
    there is nothing to cite, or the contact can't be changed now.
    """
    desk.worker.must(May.PROPOSE)
    with desk.store.read() as tx:
        answer = requests.answer(tx, answer_id)
        if answer.request_id is None:
            raise NotReadyError("Say first which request this answers. Nothing was cited.")
        request = requests.get(tx, answer.request_id)
        hold(desk, tx, request.contact_id)
        held = answers.all(tx, request.contact_id).get(CITED_INTO)
    wanted = [
        i
        for i in answer.items
        if (number is None or i.number == number) and i.standing is not Standing.BLANK
    ]
    if not wanted:
        raise NotReadyError("There is nothing in this answer to cite. Nothing was changed.")
    before = held.value if held and isinstance(held.value, str) else ""
    lines = [citation(desk, request, answer, i) for i in wanted]
    fresh = [line for line in lines if line not in before]
    if not fresh and held:
        return held
    words = "\n".join(w for w in (before.rstrip(), *fresh) if w)
    saved = decide.save_answer(
        desk, request.contact_id, CITED_INTO, words, held.version if held else 0
    )
    with desk.store.write() as tx:
        now = requests.answer(tx, answer_id)
        requests.save_answer(tx, replace(now, cited=now.cited + len(fresh)))
        numbers = [i.number for i in wanted]
        note(desk, tx, "request.cited", request, {"answer": str(answer_id), "items": numbers})
    return saved
