"""Asking partners: begun in one key, only what is ticked leaves, and silence is on the record."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotAllowedError, NotFoundError, NotReadyError
from triage.domain.request import (
    AskedAbout,
    InfoRequest,
    MessageState,
    Onward,
    OutMessage,
    RequestState,
    Standing,
    Via,
)
from triage.storage import request_messages, requests
from triage.workflow import (
    concerns,
    decide,
    partner_answers,
    queue,
    request_board,
    request_open,
    screen,
    sending,
)
from triage.workflow import requests as asking
from triage.workflow.desk import Desk, Mailbox
from triage.workflow.partner_answers import Spoken


class Post:
    """A post room that takes everything, or says what it is told to."""

    def __init__(self, **facts: object) -> None:
        self.facts, self.sent = facts, list[OutMessage]()

    def send(self, message: OutMessage) -> OutMessage:
        self.sent.append(message)
        facts = self.facts or {"state": MessageState.SENT, "sent_at": factory.NOW}
        return replace(message, attempts=message.attempts + 1, **facts)  # type: ignore[arg-type]

    def stop(self) -> None:
        return

    def reached(self, messages: Sequence[OutMessage]) -> tuple[OutMessage, ...]:
        return tuple(messages)

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return ()


def _red(front: Front) -> Contact:
    contact = front.bring(
        factory.contact(
            factory.child(), factory.child("c2", "Theo", family="Rowe", dob="2023-08-02")
        )
    )
    concerns.name_concerns(front.ruth, contact, ("domestic_abuse",))
    return screen.rate(front.ruth, contact.id, "red")


def _draft(front: Front, agency: str = "housing", desk_id: str = "") -> InfoRequest:
    return _told(front, asking.start(front.ruth, _red(front).id, agency, desk_id))


def _sent(front: Front, agency: str = "housing") -> InfoRequest:
    request = asking.send(front.ruth, _draft(front, agency))
    (went,) = sending.send_due(_with(front, Post()))
    assert went.request.id == request.id
    return went.request


def _with(front: Front, post: Post) -> Desk:
    return replace(front.ruth, post=post)


SAID = Spoken(
    answered_by="T. Amos, tenancy officer",
    said={1: "Carla Rowe and two children", 2: "nothing held", 3: "£640 owed"},
    onward=Onward.ASK,
    conditions="Not to Mr Hartley",
)


def test_a_request_begins_with_the_children_their_carer_and_the_questions_called_for(
    front: Front,
) -> None:
    request = asking.start(front.ruth, _red(front).id, "housing")
    assert [p.person for p in request.people] == ["c1", "c2", "a1"]
    assert all(p.why for p in request.people)
    assert [q.id for q in request.questions] == [
        "housing_who",
        "housing_reports",
        "housing_arrears",
    ]
    assert (request.basis, request.via) == ("public_task", Via.EMAIL)


def test_a_reply_is_due_by_the_rating_and_before_ones_own_time_runs_out(front: Front) -> None:
    contact = _red(front)
    request = asking.start(front.ruth, contact.id, "housing")
    # Two hours for a red one; four from when the contact came, an hour ago, would leave three.
    assert request.due_at == front.watch.now + timedelta(hours=2)
    front.watch.move(hours=2, minutes=20)
    later = asking.start(front.ruth, contact.id, "police")
    assert later.due_at == contact.received_at + timedelta(hours=4, minutes=-15)


def test_the_rating_and_the_worries_say_whom_to_ask(front: Front) -> None:
    contact = _red(front)
    drafts = asking.start_called_for(front.ruth, contact.id)
    assert [d.agency for d in drafts] == ["police", "health", "education", "housing"]
    again = asking.start_called_for(front.ruth, contact.id)
    assert [d.id for d in again] == [d.id for d in drafts], "those that wait, and none twice"
    for draft in drafts:
        asking.withdraw(front.ruth, draft.id)
    housing = _told(front, asking.start(front.ruth, contact.id, "housing"))
    asking.send(front.ruth, housing)
    rest = asking.start_called_for(front.ruth, contact.id)
    assert [d.agency for d in rest] == ["police", "health", "education"]
    _told(front, rest[0])
    asking.send_together(front.ruth, _drafts(front, contact))
    (more,) = asking.start_called_for(front.ruth, contact.id)
    assert more.agency == "probation", "the first that nobody asked, when all called for are asked"


def test_each_agency_is_asked_about_whom_it_can_help_with_and_a_stranger_needs_a_reason(
    front: Front,
) -> None:
    dean = factory.adult("a2", "Dean Hartley", "Mother's partner")
    contact = factory.contact()
    whole = replace(contact.content, adults=(*contact.content.adults, dean))
    front.bring(replace(contact, content=whole))
    told = {
        agency: [p.person for p in asking.start(front.ruth, contact.id, agency).people]
        for agency in ("police", "education", "adult_care", "probation")
    }
    assert told == {
        "police": ["c1", "a1", "a2"],
        "education": ["c1"],
        "adult_care": ["a1"],
        "probation": ["a2"],
    }
    draft = _told(front, asking.start(front.ruth, contact.id, "probation"))
    with pytest.raises(NotReadyError, match="why you ask about Dean Hartley"):
        asking.send(front.ruth, draft)


def test_what_is_said_of_the_parents_in_one_draft_stands_in_the_others(front: Front) -> None:
    contact = _red(front)
    police, *others = asking.start_called_for(front.ruth, contact.id)
    asking.keep_draft(front.ruth, replace(police, told="not_told"))
    assert {d.told for d in _drafts(front, contact)} == {"", "not_told"}, "no reason yet: not said"
    half = next(d for d in _drafts(front, contact) if d.told)
    asking.keep_draft(front.ruth, replace(half, not_told_why="not_yet"))
    assert {(d.told, d.not_told_why) for d in _drafts(front, contact)} == {("not_told", "not_yet")}
    health = next(d for d in _drafts(front, contact) if d.id == others[0].id)
    asking.keep_draft(front.ruth, replace(health, told="told", not_told_why=""))
    assert [d.told for d in _drafts(front, contact)].count("told") == 1, "never over another's"


def test_drafts_that_are_complete_go_together_or_none_does(front: Front) -> None:
    contact = _red(front)
    asking.start_called_for(front.ruth, contact.id)
    drafts = request_open.drafts_beside(front.ruth, contact.id)
    assert {d.missing for d in drafts} == {"Say whether the parents were told."}
    with pytest.raises(NotReadyError, match=r"Police: Say whether .* Nothing was sent"):
        asking.send_together(front.ruth, [d.request for d in drafts])
    for draft in drafts[:1]:
        _told(front, draft.request)
    ready = request_open.drafts_beside(front.ruth, contact.id)
    assert [d.missing for d in ready] == [""] * 4
    assert ready[0].who == "Maya Rowe, Theo Rowe, Carla Rowe"
    draft_rows = request_board.board(front.ruth).groups[1].rows
    assert {r.words for r in draft_rows} == {"Ready to send"}
    asking.keep_draft(front.tom, replace(ready[3].request, why="A child may be hurt."))
    with pytest.raises(ConflictError):
        asking.send_together(front.ruth, [d.request for d in ready])
    assert len(_drafts(front, contact)) == 4, "all or none"
    asking.send_together(front.ruth, _drafts(front, contact))
    assert _drafts(front, contact) == []
    assert len(sending.send_due(_with(front, Post()))) == 4


def _drafts(front: Front, contact: Contact) -> list[InfoRequest]:
    return [d.request for d in request_open.drafts_beside(front.ruth, contact.id)]


def _told(front: Front, draft: InfoRequest) -> InfoRequest:
    whole = replace(draft, told="not_told", not_told_why="not_yet")
    return asking.keep_draft(front.ruth, whole)


def test_only_those_ticked_are_named_in_what_is_sent(front: Front) -> None:
    draft = _draft(front)
    sent = asking.send(
        front.ruth,
        asking.keep_draft(
            front.ruth, replace(draft, people=(AskedAbout(person="c1", why="Hers"),))
        ),
    )
    with front.store.read() as tx:
        (message,) = request_messages.of_request(tx, sent.id)
    whole = message.document.decode()
    mail = message_from_bytes(message.document, policy=default)
    body = mail.get_body()
    assert body is not None
    text = body.get_content()
    assert "Maya Rowe, born 14 Mar 2019" in text
    for kept_back in ("Theo", "Carla", "Shouting", "Red", "Holt", "PC "):
        assert kept_back not in text
    assert mail["Subject"] == f"Request for information {sent.reference}"
    head = whole.partition("\r\n\r\n")[0]
    assert not any(word in head for word in ("Maya", "Rowe", "C-26-"))


def test_what_is_sent_is_what_was_shown(front: Front) -> None:
    draft = _draft(front)
    shown = request_open.preview(front.ruth, draft)
    assert shown.text == asking.send(front.ruth, draft).sent_text
    assert [line.label for line in shown.letter.lines] == [
        "About", "Address", "Please tell us", "Why we ask", "Please do not", "Reply",
    ]  # fmt: skip
    assert shown.left_out == (
        "What Northmere Police reported, the rating and who made the contact."
    )


def test_the_address_of_a_refuge_is_never_sent(front: Front) -> None:
    contact = factory.contact()
    address = replace(contact.content.address, is_refuge=True)
    contact = replace(contact, content=replace(contact.content, address=address))
    front.bring(contact)
    shown = request_open.preview(front.ruth, asking.start(front.ruth, contact.id, "housing"))
    assert "Larch" not in shown.text
    assert "the address, which is a refuge's" in shown.left_out


def test_asking_about_an_adult_needs_a_reason(front: Front) -> None:
    draft = _draft(front)
    bare = replace(draft, people=(*draft.people[:2], replace(draft.people[2], why=" ")))
    with pytest.raises(NotReadyError, match="why you ask about Carla Rowe"):
        asking.send(front.ruth, asking.keep_draft(front.ruth, bare))


def test_a_request_is_not_sent_twice(front: Front) -> None:
    draft = _draft(front)
    asking.send(front.ruth, draft)
    with pytest.raises(NotReadyError, match="sent already"):
        asking.send(front.tom, draft)


def test_two_windows_that_edit_one_draft_conflict(front: Front) -> None:
    draft = _draft(front)
    asking.keep_draft(front.tom, replace(draft, why="A child may be hurt."))
    with pytest.raises(ConflictError, match="Someone else changed"):
        asking.keep_draft(front.ruth, replace(draft, why="Another reason."))


def test_police_and_probation_whom_nothing_can_look_up_are_asked_in_writing_with_a_time(
    front: Front,
) -> None:
    contact = _red(front)
    looked_up = {front.desk.partner_name(p).casefold() for p in front.desk.partners}
    for agency in ("police", "probation"):
        assert not any(agency in name for name in looked_up)
        draft = asking.start(front.ruth, contact.id, agency)
        assert draft.via is Via.EMAIL
        assert draft.due_at is not None


def test_an_agency_without_a_way_is_said_in_words(front: Front) -> None:
    with pytest.raises(NotFoundError, match="no way to ask Domestic abuse adviser"):
        asking.start(front.ruth, _red(front).id, "idva")


def test_what_the_channel_refuses_waits_for_a_person_and_can_go_again(front: Front) -> None:
    asking.send(front.ruth, _draft(front))
    refused = Post(state=MessageState.FAILED, words="There is no such mailbox.")
    (went,) = sending.send_due(_with(front, refused))
    assert went.request.state is RequestState.NOT_SENT
    (group,) = [g for g in request_board.board(front.ruth).groups if g.rows]
    assert (group.title, group.rows[0].words) == ("Needs you", "Not sent")
    asking.send_again(front.ruth, went.request.id)
    (again,) = sending.send_due(_with(front, Post()))
    assert again.request.state is RequestState.SENT


def test_what_could_not_go_says_when_it_is_tried_again(front: Front) -> None:
    asking.send(front.ruth, _draft(front))
    later = front.watch.now + timedelta(minutes=3)
    failing = Post(state=MessageState.WAITING, next_attempt_at=later)
    sending.send_due(_with(front, failing))
    row = request_board.board(front.ruth).groups[0].rows[0]
    assert (row.words, row.tone) == ("Not sent, retry 11:45", "failed")
    assert sending.send_due(_with(front, Post())) == ()
    front.watch.move(minutes=3)
    assert len(sending.send_due(_with(front, Post()))) == 1


def test_partners_are_reminded_by_themselves_in_the_same_thread_and_not_for_ever(
    front: Front,
) -> None:
    request = _sent(front)
    assert sending.remind_due(front.ruth) == ()
    front.watch.now = request.due_at - timedelta(minutes=20)  # type: ignore[operator]
    (reminded,) = sending.remind_due(front.ruth)
    assert reminded.chased == (front.watch.now,)
    with front.store.read() as tx:
        first, second = request_messages.of_request(tx, request.id)
    assert message_from_bytes(second.document)["In-Reply-To"] == first.local_id
    assert "Maya" not in second.document.decode()
    for _ in range(5):
        front.watch.move(hours=2)
        sending.remind_due(front.ruth)
    with front.store.read() as tx:
        assert len(requests.get(tx, request.id).chased) == 3


def test_partners_are_reminded_in_the_hours_that_the_rating_counts_in(front: Front) -> None:
    contact = _red(front)
    amber = screen.rate(front.ruth, contact.id, "amber")
    front.watch.move(minutes=-22)
    draft = _told(front, asking.start(front.ruth, amber.id, "housing"))
    # Six working hours from 11:20 on a Tuesday; 20 minutes before that nobody is there.
    assert draft.due_at == datetime(2026, 11, 25, 8, 50, tzinfo=UTC)
    asking.send(front.ruth, draft)
    (went,) = sending.send_due(_with(front, Post()))
    assert went.request.remind_at == datetime(2026, 11, 25, 8, 45, tzinfo=UTC), (
        "not before it opens"
    )
    front.watch.now = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)  # closes at 12:30, then Christmas
    (reminded,) = sending.remind_due(front.ruth)
    assert reminded.remind_at == datetime(2026, 12, 30, 10, 15, tzinfo=UTC)
    screen.rate(front.ruth, amber.id, "red")
    again = asking.chase(front.ruth, reminded.id)
    assert again.remind_at == front.watch.now + timedelta(hours=2), "Red goes by the wall clock"


def test_today_ends_when_the_hub_closes_and_tomorrow_is_a_day_it_works(front: Front) -> None:
    contact = _red(front)
    front.watch.now = datetime(2026, 12, 24, 9, 0, tzinfo=UTC)
    request = asking.start(front.ruth, contact.id, "housing")
    dues = {d.words: d.at for d in request_open.offer(front.ruth, request).dues}
    assert dues["Today"] == datetime(2026, 12, 24, 12, 30, tzinfo=UTC)
    assert dues["By 30 Dec 12:00"] == datetime(2026, 12, 30, 12, 0, tzinfo=UTC)


def test_an_overdue_reply_is_on_the_queue_row_and_needs_you(front: Front) -> None:
    request = _sent(front)
    assert queue.queue(front.ruth).rows[0].silent == ()
    front.watch.now = request.due_at + timedelta(minutes=7)  # type: ignore[operator]
    row = queue.queue(front.ruth).rows[0]
    assert row.silent == ("Housing",)
    assert "no reply in time from Housing" in row.sentence
    group = request_board.board(front.ruth).groups[0]
    assert (group.title, group.rows[0].words) == ("Needs you", "7 min over")


def test_a_partner_that_is_rung_is_asked_and_answers_by_hand(front: Front) -> None:
    waiting = asking.send(front.ruth, _draft(front, desk_id="tenancy_phone"))
    assert waiting.words == "Ring 01632 960 750 and ask"
    assert sending.send_due(_with(front, Post())) == ()
    assert request_board.board(front.ruth).groups[0].rows[0].words == "To ring"
    rung = asking.rang(front.ruth, waiting.id, "T. Amos")
    assert rung.state is RequestState.SENT
    answered = partner_answers.record_by_hand(front.ruth, rung.id, SAID)
    assert answered.state is RequestState.ANSWERED
    (answer,) = request_open.look_again(front.ruth, rung.id).answers
    assert [i.standing for i in answer.items] == [Standing.KNOWN, Standing.NIL, Standing.KNOWN]
    assert request_board.board(front.ruth).groups[3].rows[0].words == "1 reply, 11:42"


def test_part_of_an_answer_says_how_much_is_back(front: Front) -> None:
    request = _sent(front)
    part = partner_answers.record_by_hand(
        front.ruth, request.id, Spoken(answered_by="T. Amos", said={1: "Carla Rowe"})
    )
    assert part.state is RequestState.PART
    view = screen.look_again(front.ruth, request.contact_id)
    assert [r.words for r in view.asked.rows] == ["1 of 3 back"]
    assert view.asked.not_asked == ("Police", "Health", "Education"), "called for, and not asked"


def test_a_partner_that_was_asked_and_is_silent_is_seen_before_it_is_decided(front: Front) -> None:
    request = _sent(front)

    def said() -> list[str]:
        view = screen.look_again(front.ruth, request.contact_id)
        draft = decide.decision_again(front.ruth, request.contact_id)
        meter = decide.completeness(front.ruth, view, draft)
        return [p.sentence for p in meter.problems if p.sentence.startswith("Asked and not")]

    assert said() == ["Asked and not answered yet: Housing. Say it, if it is decided without."]
    front.watch.move(hours=3)
    assert "Housing (no reply in time)" in said()[0]
    decide.save_answer(front.ruth, request.contact_id, "replies", "all_in", 0)
    assert said(), "the form says that all are in, and one is not"
    decide.save_answer(front.ruth, request.contact_id, "replies", "none_in", 1)
    assert said() == []
    decide.save_answer(front.ruth, request.contact_id, "replies", "all_in", 2)
    partner_answers.record_by_hand(front.ruth, request.id, SAID)
    assert said() == []


def test_a_citation_carries_its_source_and_limit_into_the_decision_and_stays(front: Front) -> None:
    request = _sent(front)
    partner_answers.record_by_hand(front.ruth, request.id, SAID)
    answer = request_open.look_again(front.ruth, request.id).answers[0]
    decide.save_answer(front.ruth, request.contact_id, "analysis", "Maya was awake.", 0)
    saved = partner_answers.cite(front.ruth, answer.id, 1)
    assert isinstance(saved.value, str)
    assert saved.value.startswith("Maya was awake.\nHousing (Who lives at the address): ")
    for told in ("“Carla Rowe and two children”", request.reference, "T. Amos", "Ask them before"):
        assert told in saved.value
    assert partner_answers.cite(front.ruth, answer.id, 1) == saved
    with front.store.read() as tx:
        assert requests.answer(tx, answer.id).cited == 1
    version = front.proposed(_read(front, request), analysis=saved.value)
    assert version.answers["analysis"] == saved.value
    (told,) = [p for p in version.partners if p[0] == "Northmere Housing"]
    assert told[1] == "Answered"
    assert "Not to Mr Hartley" in told[2]
    assert "nil return" in told[2]


def test_a_decision_without_a_reply_says_so(front: Front) -> None:
    request = _sent(front)
    version = front.proposed(_read(front, request))
    assert ("Northmere Housing", "Asked, no reply yet") in [p[:2] for p in version.partners]
    (gap,) = [p for p in version.problems if "without a whole reply" in p.sentence]
    assert request.reference in gap.sentence


def test_nobody_learns_from_the_board_who_is_in_a_restricted_contact(front: Front) -> None:
    request = _sent(front)
    concerns.restrict(front.ruth, request.contact_id, "Parent works here.")
    row = request_board.board(front.ruth).groups[2].rows[0]
    assert (row.who, row.restricted) == ("Restricted record", True)
    assert "Rowe" not in row.sentence
    with pytest.raises(NotAllowedError):
        request_open.open_request(front.ruth, request.id)
    assert "Rowe" in request_board.board(front.priya).groups[2].rows[0].who


def test_response_times_are_told_by_agency(front: Front) -> None:
    request = _sent(front)
    front.watch.move(minutes=190)
    partner_answers.record_by_hand(front.ruth, request.id, SAID)
    (times,) = [t for t in request_board.board(front.ruth).times if t.agency == "housing"]
    assert (times.asked, times.answered, times.late, times.median_minutes) == (1, 1, 1, 190)


def _read(front: Front, request: InfoRequest) -> Contact:
    from triage.storage import contacts

    with front.store.read() as tx:
        return contacts.get(tx, request.contact_id)


def test_parents_who_were_not_told_are_not_left_without_a_reason(front: Front) -> None:
    begun = asking.start(front.ruth, _red(front).id, "housing")
    draft = asking.keep_draft(front.ruth, replace(begun, told="not_told"))
    with pytest.raises(NotReadyError, match="Say why the parents were not told"):
        asking.send(front.ruth, draft)
