"""Outlook messages read as mail does."""

from tests.intake.compound import message
from triage.domain.draft import DraftKind
from triage.intake.reader import read

BODY = (
    "Dear MASH\r\n\r\nI am worried about Wilf Okoro (DOB 04/05/2018), who lives with his mum, "
    "Ada Okoro, at 3 Tern Way, Northmere NM1 4AB. He came in with a burn on his hand.\r\n\r\n"
    "Kind regards\r\nSal Pike\r\nClass teacher\r\nDunlin Primary School\r\n01632 960111\r\n"
)


def test_an_outlook_message_becomes_a_contact() -> None:
    data = message("Worried about a pupil", "Sal Pike", "s.pike@dunlin.example", BODY)
    (draft,) = read(data, "worried.msg")
    content = draft.content
    assert draft.kind is DraftKind.CONTACT
    assert draft.received_at is not None
    assert draft.received_at.isoformat() == "2026-11-20T16:00:00+00:00"
    assert [child.name for child in content.children] == ["Wilf Okoro"]
    assert content.children[0].dob.value == "2018-05-04"
    assert [adult.name.value for adult in content.adults] == ["Ada Okoro"]
    assert content.referrer.name.value == "Sal Pike"
    assert content.referrer.email.value == "s.pike@dunlin.example"
    assert content.referrer.source_code.value == "2A"


def test_an_outlook_out_of_office_is_set_aside() -> None:
    data = message("Automatic reply: x", "Sal Pike", "s.pike@dunlin.example", "I am away.")
    (draft,) = read(data, "away.msg")
    assert draft.kind is DraftKind.AUTO_REPLY


def test_a_damaged_outlook_message_is_set_before_a_person() -> None:
    data = message("Worried", "Sal Pike", "s.pike@dunlin.example", BODY)
    (draft,) = read(data[:900], "cut.msg")
    assert draft.kind is DraftKind.REJECTED
