"""The shared mailbox and MESH, on real servers: every message becomes exactly one thing, whatever
breaks; a machine's message is never an answer; what is not sure waits for a person."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.partners.test_post import _answer_by_mesh, _partner, report
from tests.post import mail, post_of
from tests.workflow.conftest import Front
from tests.workflow.test_requests import _draft
from triage.domain.contact import Contact, ContactState
from triage.domain.request import AnswerPlace, InfoRequest, RequestState, Standing
from triage.practice.post_servers import PostServers
from triage.storage import contacts, episodes, mailboxes, originals, request_messages, requests
from triage.workflow import mailbox, partner_answers, request_open, sending
from triage.workflow import requests as asking
from triage.workflow.desk import Desk, Mailbox, MailboxSession
from triage.workflow.mailbox import Looked

STRANGER = "Somebody <somebody@elsewhere.example>"


def _posted(front: Front, servers: PostServers) -> Desk:
    rules = front.desk.profile.requests
    return replace(front.ruth, post=post_of(servers, rules, front.watch))


def _asked(front: Front, servers: PostServers, agency: str = "housing") -> InfoRequest:
    """A request that went out over the real server."""
    asking.send(_posted(front, servers), _draft(front, agency))
    (went,) = sending.send_due(_posted(front, servers))
    assert went.request.state is RequestState.SENT, went.message.words
    return went.request


def _look(front: Front, servers: PostServers, holder: str = "desk-1") -> Looked:
    """One look into the shared mailbox."""
    post = post_of(servers, front.desk.profile.requests, front.watch, mesh=None)
    (shared,) = mailbox.look_into_mailboxes(replace(front.ruth, post=post), holder)
    return shared


def _mesh(front: Front, servers: PostServers) -> Looked:
    front.watch.move(minutes=5)
    (*_, mesh) = mailbox.look_into_mailboxes(_posted(front, servers), "desk-1")
    return mesh


def _now(front: Front, request: InfoRequest) -> InfoRequest:
    with front.store.read() as tx:
        return requests.get(tx, request.id)


def _thread(front: Front, request: InfoRequest) -> str:
    with front.store.read() as tx:
        return request_messages.of_request(tx, request.id)[0].local_id


def _filled(request: InfoRequest) -> str:
    text = request.sent_text
    for number, words in ((1, "Carla Rowe, two children"), (2, "nothing held"), (3, "£640 owed")):
        text = text.replace(f"Answer {number}:\n", f"Answer {number}: {words}\n")
    return text.replace("no):", "no): no")


def _received(front: Front) -> list[Contact]:
    with front.store.read() as tx:
        return [c for c in contacts.in_states(tx, [ContactState.RECEIVED]) if c.subject]


REFERRAL = """
Child's name: Poppy Lane
Date of birth: 04/05/2018
School: Brookfold Primary
Address: 3 Mill Road, Northmere
Reason for referral: Poppy came to school with a bruise on her arm and said a grown-up did it.
"""


def _referral(**headers: str) -> bytes:
    return mail(
        headers.pop("text", REFERRAL),
        sender="Colette Hughes <c.hughes@stbrannocs.example>",
        subject="Referral about a pupil",
        **headers,
    )


# --- answers find their request


def test_an_answer_in_the_thread_is_placed_read_and_its_original_kept(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    data = mail(_filled(request), In_Reply_To=_thread(front, request), subject="Re: your mail")
    servers.deliver(data)
    looked = _look(front, servers)
    assert (looked.answers, looked.to_place, looked.contacts) == (1, 0, ())
    assert _now(front, request).state is RequestState.ANSWERED
    (answer,) = request_open.look_again(front.ruth, request.id).answers
    assert [i.standing for i in answer.items] == [Standing.KNOWN, Standing.NIL, Standing.KNOWN]
    assert answer.limit == "Not to be passed on."
    assert (answer.matched, answer.doubt) == ("thread", "")
    with front.store.read() as tx:
        assert answer.original_id is not None
        kept = originals.bytes_of(tx, answer.original_id)
    assert kept.replace(b"\r\n", b"\n") == data
    assert _look(front, servers) == Looked(mailbox="shared")


def test_the_word_form_that_was_sent_comes_back_filled_in_and_is_read(
    front: Front, servers: PostServers
) -> None:
    import io

    import docx

    request = _asked(front, servers)
    ((_, sent),) = servers.out.taken
    (form,) = message_from_bytes(sent, policy=default).iter_attachments()
    document = docx.Document(io.BytesIO(form.get_content()))
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("Answer "):
            paragraph.add_run("nothing held")
    filled = io.BytesIO()
    document.save(filled)
    data = mail("Attached.", In_Reply_To=_thread(front, request))
    answer = message_from_bytes(data, policy=default)
    answer.add_attachment(  # type: ignore[attr-defined]
        filled.getvalue(), maintype="application", subtype="octet-stream", filename="form.docx"
    )
    servers.deliver(answer.as_bytes())
    assert _look(front, servers).answers == 1
    assert _now(front, request).state is RequestState.NIL
    (kept,) = request_open.look_again(front.ruth, request.id).answers
    assert kept.attachments == ("form.docx",)
    taken = partner_answers.original_bytes(front.ruth, kept.id, "form.docx")
    assert taken == filled.getvalue()


def test_a_reference_in_the_subject_is_enough_from_the_partner_and_not_from_a_stranger(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    subject = f"Your request {request.reference}"
    servers.deliver(
        mail("Nothing held.", subject=subject, sender=STRANGER),
    )
    looked = _look(front, servers)
    assert (looked.answers, looked.to_place) == (0, 1)
    assert _now(front, request).state is RequestState.SENT
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert stray.likely is not None
    assert stray.likely.id == request.id
    assert "somebody@elsewhere.example" in stray.why
    servers.deliver(mail("Nothing held.", subject=subject))
    assert _look(front, servers).answers == 1
    assert _now(front, request).state is RequestState.NIL


def test_a_stranger_who_has_the_thread_answers_nothing_until_a_person_says_so(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    servers.deliver(
        mail("Nothing held.", sender=STRANGER, In_Reply_To=_thread(front, request)),
    )
    assert (_look(front, servers)).to_place == 1
    assert _now(front, request).state is RequestState.SENT
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert "not an address of the partner asked" in stray.why
    assert stray.likely is not None


def test_a_reply_in_one_thread_that_names_another_request_waits_for_a_person(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    servers.deliver(
        mail("Nothing held.", subject="Re: R-26-09999", In_Reply_To=_thread(front, request)),
    )
    assert _look(front, servers).to_place == 1
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert stray.why.endswith(f"in the thread of {request.reference}, and names R-26-09999.")


def test_a_person_places_what_nobody_could_tell(front: Front, servers: PostServers) -> None:
    request = _asked(front, servers)
    servers.deliver(mail(_filled(request), sender=STRANGER, subject="Re: R-26-99999"))
    assert _look(front, servers).to_place == 1
    (stray,) = partner_answers.answers_to_place(front.ruth)
    placed = partner_answers.place_answer(front.ruth, stray.answer.id, request.id)
    assert placed.state is RequestState.ANSWERED  # read anew by this request's questions
    assert partner_answers.answers_to_place(front.ruth) == ()
    with front.store.read() as tx:
        assert stray.answer.original_id  # its bytes go the way of the contact's from now on
        kept = originals.get(tx, stray.answer.original_id)
    assert kept.contact_id == request.contact_id


def test_a_contact_that_names_a_request_in_passing_is_still_a_contact(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    servers.deliver(_referral(text=f"{REFERRAL}\nWe told you of him too, {request.reference}.\n"))
    assert len(_look(front, servers).contacts) == 1
    assert _now(front, request).state is RequestState.SENT


# --- what a machine sends is no answer


def test_an_automatic_reply_shows_that_it_arrived_and_answers_nothing(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    servers.deliver(
        mail(
            "I am out of the office until Monday. Nothing held.",
            subject=f"Automatic reply: Request for information {request.reference}",
            Auto_Submitted="auto-replied",
            In_Reply_To=_thread(front, request),
        )
    )
    looked = _look(front, servers)
    assert (looked.answers, looked.aside) == (0, 1)
    now = _now(front, request)
    assert now.state is RequestState.SEEN
    assert "automatic reply" in now.words
    assert request_open.look_again(front.ruth, request.id).answers == ()


def test_what_reads_as_an_automatic_reply_never_counts_as_an_answer_though_no_header_says_so(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    thread = _thread(front, request)
    about = f"Request for information {request.reference}"
    servers.deliver(
        mail(_filled(request), In_Reply_To=thread, subject=f"Automatic reply: {about}"),
        mail(
            f"I am out of the office until Monday.\n\n> {request.sent_text}".replace("\n", "\n> "),
            In_Reply_To=thread,
            subject=f"Re: {about}",
        ),
    )
    looked = _look(front, servers)
    assert looked.answers == 0
    assert looked.to_place + looked.aside == 2
    assert _now(front, request).state in (RequestState.SENT, RequestState.SEEN)
    assert request_open.look_again(front.ruth, request.id).answers == ()
    waiting = partner_answers.answers_to_place(front.ruth)
    assert waiting, "a person may have answered under that subject"
    assert {w.answer.doubt for w in waiting} == {
        "It reads as an automatic reply, which is no answer. Look whether a person wrote it."
    }
    partner_answers.place_answer(front.ruth, waiting[0].answer.id, request.id)
    assert _now(front, request).state is RequestState.ANSWERED, "where a person says so"


def test_a_bounce_is_not_sent_even_with_our_reference_in_it(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    servers.deliver(
        mail(
            f"Your message could not be delivered.\n\nMessage-ID: {_thread(front, request)}\n",
            sender="Mail Delivery System <MAILER-DAEMON@northmere-housing.example>",
            subject="Undelivered Mail Returned to Sender",
        )
    )
    assert _look(front, servers).answers == 0
    now = _now(front, request)
    assert now.state is RequestState.NOT_SENT
    assert "came back undelivered" in now.words


def test_a_machine_does_not_undo_an_answer(front: Front, servers: PostServers) -> None:
    request = _asked(front, servers)
    thread = _thread(front, request)
    servers.deliver(
        mail("Nothing held.", In_Reply_To=thread),
        mail("Away.", In_Reply_To=thread, Auto_Submitted="auto-replied", subject="Automatic reply"),
    )
    _look(front, servers)
    assert _now(front, request).state is RequestState.NIL


def test_what_mesh_reports_uncollected_after_five_days_is_not_sent_and_is_no_empty_answer(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers, "health")
    with front.store.read() as tx:
        (sent,) = request_messages.of_request(tx, request.id)
    report(servers, sent.channel_id, sent.local_id)
    looked = _mesh(front, servers)
    assert looked.answers == looked.to_place == 0
    now = _now(front, request)
    assert now.state is RequestState.NOT_SENT
    assert "did not deliver" in now.words
    assert request_open.look_again(front.ruth, request.id).answers == ()


def test_a_mesh_answer_finds_its_request_and_one_given_again_counts_once(
    front: Front, servers: PostServers
) -> None:
    import json

    request = _asked(front, servers, "health")
    answers = [
        {"number": n, "standing": "nil return"} for n in range(1, len(request.questions) + 1)
    ]
    told = {"reference": request.reference, "answers": answers, "onwardUse": "ask"}
    _answer_by_mesh(servers, json.dumps(told).encode(), subject="Answer", local_id="theirs-1")
    assert _mesh(front, servers).answers == 1
    assert _now(front, request).state is RequestState.NIL
    # The sandbox, like MESH after a lost acknowledgement, may give it again.
    assert _mesh(front, servers).answers == 0
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_mesh_is_polled_every_five_minutes_at_most_whichever_desk_asks(
    front: Front, servers: PostServers
) -> None:
    desk = _posted(front, servers)

    def looked(holder: str) -> list[str]:
        return [one.mailbox for one in mailbox.look_into_mailboxes(desk, holder)]

    assert looked("desk-1") == ["shared", "mesh"]
    front.watch.move(minutes=4)
    assert looked("desk-2") == ["shared"]
    front.watch.move(minutes=1)
    assert looked("desk-2") == ["shared", "mesh"]


# --- new contacts, exactly once


def test_a_referral_by_mail_becomes_one_contact(front: Front, servers: PostServers) -> None:
    servers.deliver(_referral())
    (made,) = _look(front, servers).contacts
    (contact,) = _received(front)
    assert contact.id == made
    assert contact.content.children[0].name == "Poppy Lane"
    assert _look(front, servers).contacts == ()


@dataclass
class Crashing:
    """A post room over a real one whose mailbox breaks at one step, once."""

    post: Any
    step: str

    def mailboxes(self) -> tuple[Mailbox, ...]:
        return tuple(CrashingBox(box, self) for box in self.post.mailboxes())


@dataclass
class CrashingBox:
    box: Any
    crashing: Crashing

    @property
    def name(self) -> str:
        return str(self.box.name)

    @property
    def new_contacts(self) -> bool:
        return bool(self.box.new_contacts)

    every = timedelta()

    @contextmanager
    def opened(self) -> Iterator[MailboxSession]:
        with self.box.opened() as session:
            yield CrashingSession(session, self.crashing)  # type: ignore[misc]


class CrashError(BaseException):
    """The program ends here."""


@dataclass
class CrashingSession:
    session: Any
    crashing: Crashing

    @property
    def uidvalidity(self) -> str:
        return str(self.session.uidvalidity)

    def uids(self) -> tuple[str, ...]:
        return tuple(self.session.uids())

    def fetch(self, uid: str) -> Any:
        found = self.session.fetch(uid)
        self._at("fetched")
        return found

    def acknowledge(self, uid: str) -> None:
        self._at("committed")
        self.session.acknowledge(uid)
        self._at("acknowledged")

    def _at(self, step: str) -> None:
        if self.crashing.step == step:
            self.crashing.step = ""
            raise CrashError


def _in_commit(monkeypatch: pytest.MonkeyPatch, crashing: Crashing) -> None:
    note: Callable[..., None] = mailboxes.note

    def noting(*arguments: Any) -> None:
        note(*arguments)
        if crashing.step == "committing":
            crashing.step = ""
            raise CrashError

    monkeypatch.setattr(mailboxes, "note", noting)


@pytest.mark.parametrize("step", ["fetched", "committing", "committed", "acknowledged"])
def test_a_crash_at_any_step_loses_and_doubles_nothing(
    front: Front, servers: PostServers, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = _asked(front, servers)
    servers.deliver(
        _referral(), mail("Nothing held.", In_Reply_To=_thread(front, request)), _referral(text="x")
    )
    rules = front.desk.profile.requests
    crashing = Crashing(post_of(servers, rules, front.watch, mesh=None), step)
    _in_commit(monkeypatch, crashing)
    desk = replace(_posted(front, servers), post=crashing)  # type: ignore[arg-type]
    with pytest.raises(CrashError):
        mailbox.look_into_mailboxes(desk, "desk-1")
    assert crashing.step == ""
    front.watch.move(minutes=6)  # the lease of the desk that fell over is out
    _look(front, servers, "desk-2")
    assert [c.content.children[0].name for c in _received(front) if c.content.children] == [
        "Poppy Lane"
    ]
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1
    line = servers.mailbox()
    assert line.select_folder("INBOX")[b"EXISTS"] == 0
    assert line.select_folder("Processed")[b"EXISTS"] == 3
    line.logout()


def test_a_mailbox_that_was_numbered_anew_makes_nothing_twice(
    front: Front, servers: PostServers
) -> None:
    data = _referral()
    servers.deliver(data)
    _look(front, servers)
    with front.store.write() as tx:
        mailboxes.renumbered(tx, "shared", "12345")
    servers.deliver(data)  # the same message, under another number
    assert _look(front, servers).contacts == ()
    assert len(_received(front)) == 1
    kinds = [e.kind for e in front.events(0)]
    assert "mailbox.renumbered" in kinds


def test_one_message_id_with_other_words_becomes_two_and_is_flagged(
    front: Front, servers: PostServers
) -> None:
    other = REFERRAL.replace("Poppy Lane", "Rose Field").replace("04/05/2018", "09/08/2015")
    servers.deliver(
        _referral(message_id="<same@stbrannocs.example>"),
        _referral(message_id="<same@stbrannocs.example>", text=other.replace("bruise", "burn")),
    )
    assert len(_look(front, servers).contacts) == 2
    with front.store.read() as tx:
        told = [
            reason
            for contact in _received(front)
            for s in episodes.suggestions_of(tx, contact.id)
            for reason in s.reasons
        ]
    assert any("Message-ID" in reason for reason in told)


def test_one_message_relayed_twice_becomes_one(front: Front, servers: PostServers) -> None:
    data = _referral(message_id="<relayed@stbrannocs.example>")
    servers.deliver(data, b"Received: by relay.northmere.example; Tue, 24 Nov 2026\r\n" + data)
    assert len(_look(front, servers).contacts) == 1
    assert len(_received(front)) == 1


def test_a_message_without_an_id_given_under_another_number_counts_once(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers)
    data = mail("Nothing held.", In_Reply_To=_thread(front, request), message_id="<x@y.example>")
    data = data.replace(b"Message-ID: <x@y.example>\n", b"")
    servers.deliver(data)
    assert _look(front, servers).answers == 1
    servers.deliver(data)
    assert _look(front, servers).answers == 0
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_an_answer_relayed_twice_counts_once(front: Front, servers: PostServers) -> None:
    request = _asked(front, servers)
    data = mail("Nothing held.", In_Reply_To=_thread(front, request))
    servers.deliver(data, b"Received: by relay.northmere.example; Tue, 24 Nov 2026\r\n" + data)
    assert _look(front, servers).answers == 1
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_what_was_dropped_in_the_folder_is_not_taken_from_the_mailbox_again(
    front: Front, servers: PostServers, tmp_path: Path
) -> None:
    from triage.workflow import receive

    data = _referral().replace(b"\n", b"\r\n")
    receive.receive_file(front.ruth, data, "poppy.eml")
    servers.deliver(data)
    assert _look(front, servers).contacts == ()
    assert len(_received(front)) == 1


def test_one_desk_at_a_time_looks_into_a_mailbox(front: Front, servers: PostServers) -> None:
    servers.deliver(_referral())
    with front.store.write() as tx:
        at = front.watch.now
        mailboxes.lease(tx, "shared", "desk-2", at + mailbox.LEASE, at=at)
    looked = _look(front, servers, "desk-1")
    assert (looked.busy, looked.contacts) == (True, ())
    assert len(_look(front, servers, "desk-2").contacts) == 1


def test_a_mailbox_that_can_not_be_read_says_so_and_loses_nothing(
    front: Front, servers: PostServers
) -> None:
    servers.deliver(_referral())
    way = replace(servers.rules(front.desk.profile.requests).mailboxes[0], user="nobody")
    post = post_of(servers, front.desk.profile.requests, front.watch, mailboxes=(way,), mesh=None)
    (looked,) = mailbox.look_into_mailboxes(replace(front.ruth, post=post), "desk-1")
    assert "did not let Fanlight in" in looked.problem
    (state,) = [s for s in mailbox.mailbox_states(front.ruth) if s.name == "shared"]
    assert state.words == looked.problem
    assert len(_look(front, servers).contacts) == 1


def test_a_stranger_answering_a_restricted_request_is_shown_to_who_may_open_it(
    front: Front, servers: PostServers
) -> None:
    from triage.workflow import concerns

    request = _asked(front, servers)
    concerns.restrict(front.ruth, request.contact_id, "Parent works here.")
    servers.deliver(mail("Nothing held.", subject=f"Re: {request.reference}", sender=STRANGER))
    _look(front, servers)
    assert partner_answers.answers_to_place(front.ruth) == ()
    (seen,) = partner_answers.answers_to_place(front.priya)
    assert seen.answer.place is AnswerPlace.TO_PLACE


def test_nothing_of_a_person_travels_in_the_clear_by_mesh(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers, "health")
    with front.store.read() as tx:
        (sent,) = request_messages.of_request(tx, request.id)
    assert sent.local_id.startswith(request.reference.casefold())
    assert "rowe" not in sent.local_id


def test_a_mesh_message_that_the_partner_acknowledged_is_seen_and_not_answered(
    front: Front, servers: PostServers
) -> None:
    request = _asked(front, servers, "health")
    assert sending.note_reached(_posted(front, servers)) == ()
    with _partner(servers) as client:
        for id in client.list_messages():
            client.acknowledge_message(id)
    (seen,) = sending.note_reached(_posted(front, servers))
    assert (seen.id, seen.state) == (request.id, RequestState.SEEN)
    assert seen.words == "Their system has taken it"
