"""Contacts in: kept byte for byte, queued at once, and told once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import ContactState, SaidLine, Voice
from triage.domain.draft import Kinship
from triage.domain.errors import NotAllowedError, NotReadyError
from triage.domain.fact import entered
from triage.domain.trail import LIKENESS
from triage.storage import originals
from triage.workflow import join, queue, reading, receive, screen

LETTER = b"""From: Farida Hosseini <farida@littlealders.example>
To: mash@northmere.example
Subject: Referral: Poppy Lindqvist
Date: Tue, 24 Nov 2026 10:54:00 +0000
Message-ID: <poppy-1@littlealders.example>
Content-Type: text/plain; charset=utf-8

Child's name: Poppy Lindqvist
Date of birth: 06/05/2024
Address: 27 Weir Street, Northmere NM5 2TB
Mother: Annika Lindqvist

What has worried you? When Poppy's coat came off I saw a bruise on her left forearm,
yellow and purple, about the size of a 50p.
"""
OUT_OF_OFFICE = b"""From: Someone <s@school.example>
To: mash@northmere.example
Subject: Automatic reply: Your enquiry
Auto-Submitted: auto-replied
Date: Tue, 24 Nov 2026 10:54:00 +0000
Message-ID: <auto-1@school.example>
Content-Type: text/plain; charset=utf-8

I am out of the office until Monday.
"""


def test_file_becomes_a_contact_with_its_original_byte_for_byte(front: Front) -> None:
    received = receive.receive_file(front.ruth, LETTER, "poppy.eml")
    [contact_id] = received.contacts
    assert received.sentence == "poppy.eml was received as C-26-00001."
    assert reading.original_bytes(front.ruth, contact_id) == LETTER
    [row] = queue.queue(front.ruth).rows
    assert row.title == "Poppy Lindqvist 2"
    assert row.to_read
    view = screen.open_contact(front.ruth, contact_id)
    assert view.contact.state is ContactState.RECEIVED
    assert view.contact.received_at == front.watch.now


def test_contact_received_twice_is_one_contact(front: Front) -> None:
    first = receive.receive_file(front.ruth, LETTER, "poppy.eml")
    again = receive.receive_file(front.tom, LETTER, "copy of poppy.eml")
    assert again.contacts == first.contacts
    assert again.seen_before
    assert again.sentence == (
        "copy of poppy.eml was received before as C-26-00001. It was not added again."
    )
    assert len(queue.queue(front.ruth).rows) == 1
    assert front.kinds()[-1] == "original.seen_again"


def test_a_file_that_could_not_be_read_says_so_and_still_waits(front: Front) -> None:
    received = receive.receive_file(front.ruth, b"PK\x03\x04 cut short", "broken.docx")
    assert received.sentence == (
        "broken.docx could not be read. It is damaged or cut short."
        " It was kept as it came and waits as C-26-00001."
    )
    assert len(received.contacts) == 1


def test_an_attachment_that_could_not_be_read_is_named(front: Front) -> None:
    head, body = LETTER.split(b"\n\n", 1)
    head = head.replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary="b"')
    mail = (
        head
        + b"\n\n--b\nContent-Type: text/plain\n\n"
        + body
        + (
            b"\n--b\nContent-Type: application/octet-stream\n"
            b'Content-Disposition: attachment; filename="form.docx"\n\nPK\x03\x04 cut\n--b--\n'
        )
    )
    received = receive.receive_file(front.ruth, mail, "poppy.eml")
    assert received.sentence == (
        "poppy.eml was received as C-26-00001."
        " form.docx could not be read: It is damaged or cut short."
    )


def test_mail_fetched_again_by_another_route_is_one_contact(front: Front) -> None:
    first = receive.receive_file(front.ruth, LETTER, "poppy.eml")
    rerouted = b"Received: from relay.example by hub.example\n" + LETTER
    again = receive.receive_file(front.ruth, rerouted, "poppy-2.eml")
    assert again.contacts == first.contacts


def test_same_message_id_with_other_words_is_another_contact(front: Front) -> None:
    first = receive.receive_file(front.ruth, LETTER, "poppy.eml")
    other = LETTER.replace(b"left forearm", b"right shin, and her cheek")
    second = receive.receive_file(front.ruth, other, "poppy-2.eml")
    assert not second.seen_before
    [pair] = join.suggestions(front.ruth, second.contacts[0])
    assert pair.suggestion.other == first.contacts[0]


def test_automatic_reply_is_set_aside_and_kept(front: Front) -> None:
    received = receive.receive_file(front.ruth, OUT_OF_OFFICE, "auto.eml")
    assert (received.contacts, received.set_aside) == ((), 1)
    assert "set aside" in received.sentence
    with front.store.read() as tx:
        [kept] = originals.set_aside_list(tx)
        assert originals.bytes_of(tx, kept.id) == OUT_OF_OFFICE
    assert queue.queue(front.ruth).rows == ()
    assert receive.receive_file(front.ruth, OUT_OF_OFFICE, "auto.eml").seen_before


def test_rows_of_a_batch_share_one_original(front: Front) -> None:
    batch = (
        b"Child given name,Child family name,Date of birth,Concern\n"
        b"Callum,Tranter,05/02/2011,Low mood and missing school since September\n"
        b"Ines,Duarte,02/01/2022,Parent asks for family support\n"
    )
    received = receive.receive_file(front.ruth, batch, "batch.csv")
    assert len(received.contacts) == 2
    assert [reading.original_bytes(front.ruth, c) for c in received.contacts] == [batch, batch]
    assert receive.receive_file(front.ruth, batch, "batch.csv").contacts == received.contacts


def test_suggestion_is_only_a_suggestion(front: Front) -> None:
    held = front.bring(factory.contact(reference="C-26-90000"))
    call = receive.start_call(front.ruth)
    call = receive.keep_call(front.ruth, call, factory.content(concern="She was crying at school."))
    queued = receive.put_in_queue(front.ruth, call)
    [pair] = join.suggestions(front.ruth, queued.id)
    assert (pair.reference, pair.suggestion.kinship) == ("C-26-90000", Kinship.SAME_FAMILY)
    assert pair.suggestion.reasons
    assert front.together(held) == frozenset()


def test_that_an_arrival_is_like_a_restricted_one_is_told_of_that_one_alone(front: Front) -> None:
    seen, hidden = (factory.contact(reference=f"C-26-9000{n}", restricted=bool(n)) for n in (0, 1))
    front.bring(seen, hidden)
    call = receive.keep_call(front.ruth, receive.start_call(front.ruth), factory.content())
    queued = receive.put_in_queue(front.ruth, call)
    told = [e.contact_id for e in front.events() if e.kind == LIKENESS]
    assert sorted(told) == sorted([queued.id, hidden.id])


def test_brothers_in_one_batch_are_suggested_to_each_other(front: Front) -> None:
    batch = (
        b"Child given name,Child family name,Date of birth,Address,Postcode,Mother,Concern\n"
        b"Callum,Tranter,05/02/2011,3 Weir Street,NM5 2TB,Jo Tranter,Low mood since September\n"
        b"Ewan,Tranter,07/08/2014,3 Weir Street,NM5 2TB,Jo Tranter,Not at school this week\n"
    )
    first, second = receive.receive_file(front.ruth, batch, "batch.csv").contacts
    [pair] = join.suggestions(front.ruth, second)
    assert (pair.suggestion.other, pair.suggestion.kinship) == (first, Kinship.SAME_FAMILY)


def test_clock_of_a_call_runs_from_the_ring(front: Front) -> None:
    call = receive.start_call(front.ruth)
    front.watch.move(minutes=12)
    kept = receive.keep_call(front.ruth, call, factory.content())
    queued = receive.put_in_queue(front.ruth, kept)
    assert queued.received_at == factory.NOW
    assert queued.state is ContactState.SCREENING
    with pytest.raises(NotReadyError, match="in the queue already"):
        receive.put_in_queue(front.ruth, queued)


def test_two_windows_typing_one_call_merge(front: Front) -> None:
    call = receive.keep_call(front.ruth, receive.start_call(front.ruth), factory.content())
    at = front.watch.now
    mine = replace(
        call.content,
        said=(SaidLine(at=at, words="He shouted.", voice=Voice.CALLER_SAW),),
        risk_text=entered("A dog.", by="rosei", at=at),
    )
    theirs = replace(
        call.content,
        said=(SaidLine(at=at + timedelta(seconds=9), words="She hid."),),
        urgent=entered("yes", by="tbell", at=at),
    )
    receive.keep_call(front.ruth, call, mine)
    both = receive.keep_call(front.tom, call, theirs).content
    assert [line.words for line in both.said] == ["He shouted.", "She hid."]
    assert (both.risk_text.value, both.urgent.value) == ("A dog.", "yes")
    clash = replace(call.content, risk_text=entered("Two dogs.", by="tbell", at=at))
    with pytest.raises(screen.FactConflict):
        receive.keep_call(front.tom, call, clash)


def test_call_that_was_none_is_kept_aside(front: Front) -> None:
    call = receive.start_call(front.ruth)
    with pytest.raises(NotReadyError, match="Say why"):
        receive.throw_away(front.ruth, call, "")
    gone = receive.throw_away(front.ruth, call, "Wrong number.")
    assert gone.state is ContactState.SET_ASIDE
    assert front.read(call).set_aside_reason == "call: Wrong number."


def test_auditor_receives_nothing(front: Front) -> None:
    with pytest.raises(NotAllowedError):
        receive.receive_file(front.of(factory.AMIR), LETTER, "poppy.eml")


def test_odd_names_and_bytes_still_make_a_contact_or_are_kept(front: Front) -> None:
    for number, data in enumerate((b"", b"\x00" * 9, b"PK\x03\x04broken", b"%PDF-1.7 cut")):
        received = receive.receive_file(front.ruth, data, f"odd\udce9 {number}/../x.pdf")
        assert received.sentence
        assert len(received.contacts) + received.set_aside == 1
