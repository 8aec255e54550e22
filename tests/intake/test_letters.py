"""Letters: what kind they are, who wrote them, whom they name and whom not."""

import pytest

from triage.domain.contact import Consent
from triage.domain.draft import Draft, DraftKind
from triage.intake.reader import read


def letter(sender: str, subject: str, body: str, headers: str = "") -> Draft:
    """The draft of a plain mail."""
    date = "Date: Fri, 20 Nov 2026 16:00:00 +0000"
    text = f"From: {sender}\nSubject: {subject}\n{date}\n{headers}\n{body}"
    (draft,) = read(text.encode(), "letter.eml")
    return draft


@pytest.mark.parametrize(
    ("sender", "subject", "body", "kind"),
    [
        ("Accounts <a@s.example>", "Invoice 4411 overdue", "Please pay.", "not_a_contact"),
        ("HR <hr@n.example>", "Staff survey closes Friday", "Please reply.", "not_a_contact"),
        ("Zara Fox <z@n.example>", "Team meeting", "Agenda attached.", "not_a_contact"),
        (
            "Desk <e@t.example>",
            "Safeguarding conference",
            "Book now. Unsubscribe.",
            "not_a_contact",
        ),
        (
            "Kim Lee <k@d.example>",
            "Call",
            "Please ring about a family I am worried about.",
            "contact",
        ),
        ("Ola <o@p.example>", "", "my neighbours little boy cries all night", "contact"),
        ("Mo Quint <m@k.example>", "Out of office", "I am away.", "auto_reply"),
        ("Postmaster <postmaster@d.example>", "Undeliverable: x", "Not sent.", "bounce"),
        ("R <r@m.example>", "RE: Information request IR-2026-000200", "Nothing held.", "reply"),
    ],
)
def test_what_arrives_is_known_for_what_it_is(
    sender: str, subject: str, body: str, kind: str
) -> None:
    assert letter(sender, subject, body).kind.value == kind


def test_a_newsletter_that_names_no_child_is_set_aside_by_its_list_header() -> None:
    draft = letter("News <n@t.example>", "Bulletin", "Neglect.", "List-Unsubscribe: <x>\n")
    assert draft.kind is DraftKind.NOT_A_CONTACT
    assert draft.content.concern.known


def test_an_automatic_answer_keeps_the_token_but_is_no_reply() -> None:
    marked = "Auto-Submitted: auto-replied\n"
    draft = letter("O <o@b.example>", "Automatic reply: IR-2026-000123", "Thanks.", marked)
    assert draft.kind is DraftKind.AUTO_REPLY
    assert draft.reply_token == "IR-2026-000123"


def test_a_form_relay_that_is_marked_automatic_is_still_a_contact() -> None:
    body = "Child's first name: Ruby\nChild's surname: Lane\nWhat are you worried about?: cold\n"
    draft = letter("F <no-reply@forms.example>", "Form", body, "Auto-Submitted: auto-generated\n")
    assert draft.kind is DraftKind.CONTACT
    assert not draft.content.referrer.email.known


BODY = "I am worried about Ada Poole (DOB 04/05/2018). {}\n\nRegards\nJo Marsh\nTeacher\n"


@pytest.mark.parametrize(
    ("words", "consent"),
    [
        ("Mum has agreed to this referral.", Consent.GIVEN),
        ("Mum is happy for us to share information.", Consent.GIVEN),
        ("Dad refused consent.", Consent.REFUSED),
        ("Mum did not agree to us sharing information.", Consent.REFUSED),
        ("We have not asked for consent.", Consent.NOT_ASKED),
        ("Consent was not sought.", Consent.NOT_ASKED),
        ("Mum agreed to collect her at three.", None),
        ("I don't know whether mum would consent.", None),
        ("She consented to treatment.", None),
    ],
)
def test_consent_is_read_only_where_it_is_said(words: str, consent: Consent | None) -> None:
    fact = letter("Jo Marsh <j@s.example>", "Ada", BODY.format(words)).content.consent
    assert (fact.value or None) == (consent.value if consent else None)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Mum knows we are making a referral.", "yes"),
        ("I have told mum that I am contacting you.", "yes"),
        ("Mum has not been told.", "no"),
        ("I haven't spoken to mum about this.", "no"),
        ("No idea if the family know about this call.", ""),
        ("Mum knows he is late for school.", ""),
    ],
)
def test_telling_the_family_is_read_only_where_it_is_said(words: str, told: str) -> None:
    fact = letter("Jo Marsh <j@s.example>", "Ada", BODY.format(words)).content.family_informed
    assert fact.value == told


@pytest.mark.parametrize(
    ("words", "risk"),
    [
        ("Please do not visit alone.", "yes"),
        ("Dad has threatened staff.", "yes"),
        ("There is a big dog off the lead.", "yes"),
        ("She has a pet dog she loves.", ""),
        ("There are no risks to staff.", "no"),
    ],
)
def test_danger_to_workers_is_read_only_where_it_is_said(words: str, risk: str) -> None:
    fact = letter("Jo Marsh <j@s.example>", "Ada", BODY.format(words)).content.risk_to_workers
    assert fact.value == risk


def test_professionals_are_not_family() -> None:
    body = (
        "I am worried about Ada Poole (DOB 04/05/2018). She told her teacher, Mrs Linda Pratt, and "
        "the school nurse, Petra Lunt. Her GP is Dr Rao. She lives with her mum, Eve Poole.\n"
    )
    content = letter("Jo Marsh <j@s.example>", "Ada", body).content
    assert [adult.name.value for adult in content.adults] == ["Eve Poole"]
    assert [child.name for child in content.children] == ["Ada Poole"]


def test_the_writers_own_address_is_not_the_familys() -> None:
    body = "I live at 22 Rope Walk, Northmere NM1 7AB. The kids next door are always hungry.\n"
    assert not letter("Jo Marsh <j@p.example>", "Kids", body).content.address.line.known


def test_a_child_who_writes_is_the_child() -> None:
    body = "I'm 14 and my name is Nadia Karim. My dad hits me. I live at 6 Fluke Street NM1 4ZZ.\n"
    content = letter("Nadia Karim <n@p.example>", "help", body).content
    assert content.children[0].name == "Nadia Karim"
    assert content.referrer.source_code.value == "1C"
    assert content.address.postcode.value == "NM1 4ZZ"


def test_a_young_mother_is_an_adult_of_the_family() -> None:
    body = "Baby Quinn Doherty, DOB 01.11.26. Mum is Saoirse Doherty (DOB 12.12.2008).\n"
    content = letter("Niamh Kerr <n@m.example>", "Baby", body).content
    assert [child.name for child in content.children] == ["Quinn Doherty"]
    assert content.adults[0].dob.value == "2008-12-12"


def test_the_referrer_of_a_forwarded_letter_is_who_wrote_it() -> None:
    body = (
        "See below.\n\nBeth Carrow\nAdmin, Chestnuts Nursery\n\n"
        "From: Toni Vass <t.vass@chestnuts.example>\nSent: 20 November 2026 09:12\n"
        "To: Beth Carrow <b@chestnuts.example>\nSubject: worry\n\n"
        "Ezra Kimathi (3, dob 14 Feb 2023) came in with no lunch.\n\nToni Vass, Room leader\n"
    )
    referrer = letter("Beth Carrow <b@chestnuts.example>", "FW: worry", body).content.referrer
    assert referrer.name.value == "Toni Vass"
    assert referrer.role.value == "Room leader"
    assert referrer.agency.value == "Chestnuts Nursery"


def test_what_a_reply_quotes_is_not_read() -> None:
    body = "Thanks for your letter.\n\nOn Monday, MASH wrote:\n> Child: Tom Moss DOB 1/1/2015\n"
    assert letter("Val Moss <v@p.example>", "RE: Your letter", body).content.children == ()
