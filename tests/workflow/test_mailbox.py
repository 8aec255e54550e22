"""The shared mailbox and MESH, on real servers: answers find their request; a machine's message is
never an answer; what is not sure waits for a person."""

from email import message_from_bytes
from email.policy import default

from tests.partners.test_post import _answer_by_mesh, _partner, report
from tests.post import mail
from tests.workflow.conftest import Front
from tests.workflow.mailing import (
    REFERRAL,
    STRANGER,
    asked_of,
    filled,
    look,
    mesh,
    now_of,
    posted,
    referral,
    thread_of,
)
from triage.domain.request import AnswerPlace, RequestState, Standing
from triage.practice.post_servers import PostServers
from triage.storage import originals, request_messages
from triage.workflow import mailbox, partner_answers, request_open, sending
from triage.workflow.mailbox import Looked

# --- answers find their request


def test_an_answer_in_the_thread_is_placed_read_and_its_original_kept(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    data = mail(filled(request), In_Reply_To=thread_of(front, request), subject="Re: your mail")
    servers.deliver(data)
    looked = look(front, servers)
    assert (looked.answers, looked.to_place, looked.contacts) == (1, 0, ())
    assert now_of(front, request).state is RequestState.ANSWERED
    (answer,) = request_open.look_again(front.ruth, request.id).answers
    assert [i.standing for i in answer.items] == [Standing.KNOWN, Standing.NIL, Standing.KNOWN]
    assert answer.limit == "Not to be passed on."
    assert (answer.matched, answer.doubt) == ("thread", "")
    with front.store.read() as tx:
        assert answer.original_id is not None
        kept = originals.bytes_of(tx, answer.original_id)
    assert kept.replace(b"\r\n", b"\n") == data
    assert look(front, servers) == Looked(mailbox="shared")


def test_the_word_form_that_was_sent_comes_back_filled_in_and_is_read(
    front: Front, servers: PostServers
) -> None:
    import io

    import docx

    request = asked_of(front, servers)
    ((_, sent),) = servers.out.taken
    (form,) = message_from_bytes(sent, policy=default).iter_attachments()
    document = docx.Document(io.BytesIO(form.get_content()))
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("Answer "):
            paragraph.add_run("nothing held")
    filled = io.BytesIO()
    document.save(filled)
    data = mail("Attached.", In_Reply_To=thread_of(front, request))
    answer = message_from_bytes(data, policy=default)
    answer.add_attachment(  # type: ignore[attr-defined]
        filled.getvalue(), maintype="application", subtype="octet-stream", filename="form.docx"
    )
    servers.deliver(answer.as_bytes())
    assert look(front, servers).answers == 1
    assert now_of(front, request).state is RequestState.NIL
    (kept,) = request_open.look_again(front.ruth, request.id).answers
    assert kept.attachments == ("form.docx",)
    taken = partner_answers.original_bytes(front.ruth, kept.id, "form.docx")
    assert taken == filled.getvalue()


def test_a_reference_in_the_subject_is_enough_from_the_partner_and_not_from_a_stranger(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    subject = f"Your request {request.reference}"
    servers.deliver(
        mail("Nothing held.", subject=subject, sender=STRANGER),
    )
    looked = look(front, servers)
    assert (looked.answers, looked.to_place) == (0, 1)
    assert now_of(front, request).state is RequestState.SENT
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert stray.likely is not None
    assert stray.likely.id == request.id
    assert "somebody@elsewhere.example" in stray.why
    servers.deliver(mail("Nothing held.", subject=subject))
    assert look(front, servers).answers == 1
    assert now_of(front, request).state is RequestState.NIL


def test_a_stranger_who_has_the_thread_answers_nothing_until_a_person_says_so(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    servers.deliver(
        mail("Nothing held.", sender=STRANGER, In_Reply_To=thread_of(front, request)),
    )
    assert (look(front, servers)).to_place == 1
    assert now_of(front, request).state is RequestState.SENT
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert "not an address of the partner asked" in stray.why
    assert stray.likely is not None


def test_a_reply_in_one_thread_that_names_another_request_waits_for_a_person(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    servers.deliver(
        mail("Nothing held.", subject="Re: R-26-09999", In_Reply_To=thread_of(front, request)),
    )
    assert look(front, servers).to_place == 1
    (stray,) = partner_answers.answers_to_place(front.ruth)
    assert stray.why.endswith(f"in the thread of {request.reference}, and names R-26-09999.")


def test_a_person_places_what_nobody_could_tell(front: Front, servers: PostServers) -> None:
    request = asked_of(front, servers)
    servers.deliver(mail(filled(request), sender=STRANGER, subject="Re: R-26-99999"))
    assert look(front, servers).to_place == 1
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
    request = asked_of(front, servers)
    servers.deliver(referral(text=f"{REFERRAL}\nWe told you of him too, {request.reference}.\n"))
    assert len(look(front, servers).contacts) == 1
    assert now_of(front, request).state is RequestState.SENT


# --- what a machine sends is no answer


def test_an_automatic_reply_shows_that_it_arrived_and_answers_nothing(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    servers.deliver(
        mail(
            "I am out of the office until Monday. Nothing held.",
            subject=f"Automatic reply: Request for information {request.reference}",
            Auto_Submitted="auto-replied",
            In_Reply_To=thread_of(front, request),
        )
    )
    looked = look(front, servers)
    assert (looked.answers, looked.aside) == (0, 1)
    now = now_of(front, request)
    assert now.state is RequestState.SEEN
    assert "automatic reply" in now.words
    assert request_open.look_again(front.ruth, request.id).answers == ()


def test_what_reads_as_an_automatic_reply_never_counts_as_an_answer_though_no_header_says_so(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    thread = thread_of(front, request)
    about = f"Request for information {request.reference}"
    servers.deliver(
        mail(filled(request), In_Reply_To=thread, subject=f"Automatic reply: {about}"),
        mail(
            f"I am out of the office until Monday.\n\n> {request.sent_text}".replace("\n", "\n> "),
            In_Reply_To=thread,
            subject=f"Re: {about}",
        ),
    )
    looked = look(front, servers)
    assert looked.answers == 0
    assert looked.to_place + looked.aside == 2
    assert now_of(front, request).state in (RequestState.SENT, RequestState.SEEN)
    assert request_open.look_again(front.ruth, request.id).answers == ()
    waiting = partner_answers.answers_to_place(front.ruth)
    assert waiting, "a person may have answered under that subject"
    assert {w.answer.doubt for w in waiting} == {
        "It reads as an automatic reply, which is no answer. Look whether a person wrote it."
    }
    partner_answers.place_answer(front.ruth, waiting[0].answer.id, request.id)
    assert now_of(front, request).state is RequestState.ANSWERED, "where a person says so"


def test_a_bounce_is_not_sent_even_with_our_reference_in_it(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers)
    servers.deliver(
        mail(
            f"Your message could not be delivered.\n\nMessage-ID: {thread_of(front, request)}\n",
            sender="Mail Delivery System <MAILER-DAEMON@northmere-housing.example>",
            subject="Undelivered Mail Returned to Sender",
        )
    )
    assert look(front, servers).answers == 0
    now = now_of(front, request)
    assert now.state is RequestState.NOT_SENT
    assert "came back undelivered" in now.words


def test_a_machine_does_not_undo_an_answer(front: Front, servers: PostServers) -> None:
    request = asked_of(front, servers)
    thread = thread_of(front, request)
    servers.deliver(
        mail("Nothing held.", In_Reply_To=thread),
        mail("Away.", In_Reply_To=thread, Auto_Submitted="auto-replied", subject="Automatic reply"),
    )
    look(front, servers)
    assert now_of(front, request).state is RequestState.NIL


def test_what_mesh_reports_uncollected_after_five_days_is_not_sent_and_is_no_empty_answer(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers, "health")
    with front.store.read() as tx:
        (sent,) = request_messages.of_request(tx, request.id)
    report(servers, sent.channel_id, sent.local_id)
    looked = mesh(front, servers)
    assert looked.answers == looked.to_place == 0
    now = now_of(front, request)
    assert now.state is RequestState.NOT_SENT
    assert "did not deliver" in now.words
    assert request_open.look_again(front.ruth, request.id).answers == ()


def test_a_mesh_answer_finds_its_request_and_one_given_again_counts_once(
    front: Front, servers: PostServers
) -> None:
    import json

    request = asked_of(front, servers, "health")
    answers = [
        {"number": n, "standing": "nil return"} for n in range(1, len(request.questions) + 1)
    ]
    told = {"reference": request.reference, "answers": answers, "onwardUse": "ask"}
    _answer_by_mesh(servers, json.dumps(told).encode(), subject="Answer", local_id="theirs-1")
    assert mesh(front, servers).answers == 1
    assert now_of(front, request).state is RequestState.NIL
    # The sandbox, like MESH after a lost acknowledgement, may give it again.
    assert mesh(front, servers).answers == 0
    assert len(request_open.look_again(front.ruth, request.id).answers) == 1


def test_mesh_is_polled_every_five_minutes_at_most_whichever_desk_asks(
    front: Front, servers: PostServers
) -> None:
    desk = posted(front, servers)

    def looked(holder: str) -> list[str]:
        return [one.mailbox for one in mailbox.look_into_mailboxes(desk, holder)]

    assert looked("desk-1") == ["shared", "mesh"]
    front.watch.move(minutes=4)
    assert looked("desk-2") == ["shared"]
    front.watch.move(minutes=1)
    assert looked("desk-2") == ["shared", "mesh"]


def test_a_stranger_answering_a_restricted_request_is_shown_to_who_may_open_it(
    front: Front, servers: PostServers
) -> None:
    from triage.workflow import concerns

    request = asked_of(front, servers)
    concerns.restrict(front.ruth, request.contact_id, "Parent works here.")
    servers.deliver(mail("Nothing held.", subject=f"Re: {request.reference}", sender=STRANGER))
    look(front, servers)
    assert partner_answers.answers_to_place(front.ruth) == ()
    (seen,) = partner_answers.answers_to_place(front.priya)
    assert seen.answer.place is AnswerPlace.TO_PLACE


def test_nothing_of_a_person_travels_in_the_clear_by_mesh(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers, "health")
    with front.store.read() as tx:
        (sent,) = request_messages.of_request(tx, request.id)
    assert sent.local_id.startswith(request.reference.casefold())
    assert "rowe" not in sent.local_id


def test_a_mesh_message_that_the_partner_acknowledged_is_seen_and_not_answered(
    front: Front, servers: PostServers
) -> None:
    request = asked_of(front, servers, "health")
    assert sending.note_reached(posted(front, servers)) == ()
    with _partner(servers) as client:
        for id in client.list_messages():
            client.acknowledge_message(id)
    (seen,) = sending.note_reached(posted(front, servers))
    assert (seen.id, seen.state) == (request.id, RequestState.SEEN)
    assert seen.words == "Their system has taken it"
