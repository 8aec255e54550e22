"""The main job by hand, from a letter to a case number, on the file and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests import factory
from tests.conftest import Home
from tests.workflow.conftest import Front, open_front
from tests.workflow.test_events import Accepting
from tests.workflow.test_receive import LETTER
from triage.domain.contact import ContactState
from triage.domain.decision import OutboxState
from triage.domain.pack import Copy, Removal
from triage.storage import events
from triage.workflow import (
    claims,
    decide,
    export,
    join,
    match,
    pack,
    queue,
    reading,
    receive,
    screen,
    sign,
)


@pytest.fixture(params=["file", "server"])
def anywhere(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    home: Home = request.getfixturevalue(f"{request.param}_home")
    store = home.open()
    yield open_front(store, tmp_path_factory.mktemp("hub"))
    store.close()


def test_letter_is_read_matched_decided_returned_signed_delivered_and_printed(
    anywhere: Front,
) -> None:
    front = anywhere
    front.people.hold(
        factory.record(
            "P-120771",
            given="Poppy",
            family="Lindqvist",
            dob="2024-05-06",
            postcode="NM5 2TB",
            address="27 Weir Street",
        )
    )
    [first] = receive.receive_file(front.ruth, LETTER, "poppy.eml").contacts
    told_again = LETTER.replace(b"<poppy-1@", b"<poppy-2@").replace(
        b"I saw a bruise", b"she had one"
    )
    [second] = receive.receive_file(front.tom, told_again, "again.eml").contacts
    [pair] = join.suggestions(front.ruth, second)
    join.join(front.ruth, second, pair.other.id, "The same morning.")
    assert [r.repeat for r in queue.queue(front.ruth).rows] == [0, 0], "one event, told twice"
    contact = claims.claim(front.ruth, first)
    contact = reading.make_contact(front.ruth, contact, leave_to_check=True)
    screen.rate(front.ruth, contact, "green")
    results = match.look_up(front.ruth, first)
    found = next(r for r in results if r.partner == "social_care" and r.subject.person == "c1")
    match.link(front.ruth, found.subject, found.candidates[0])
    front.answered(front.read(contact))
    proposed = decide.propose(front.ruth, first)
    assert proposed.people[0].records == (("Social care", "P-120771"),)
    sign.look(front.priya, proposed.id)
    sign.send_back(front.priya, proposed.id, "Say what it means for Poppy.")
    held = decide.decision(front.ruth, first).answers["analysis"]
    decide.save_answer(front.ruth, first, "analysis", "She is two.", held.version)
    again = decide.propose(front.ruth, first)
    assert [c.question for c in sign.look(front.priya, again.id).since_returned] == ["analysis"]
    signed = sign.approve(front.priya, again.id, comment="Clear now.", pin="2222")
    sending = replace(front.ruth, council=Accepting())
    assert [d.state for d in export.deliver_due(sending)] == [OutboxState.ACCEPTED]
    copy = Copy(
        number=1,
        recipient="Assessment team",
        by="printed, handed over",
        removals=frozenset({Removal.REFERRER}),
    )
    assert pack.issue(front.ruth, signed.id, copy, "printed").startswith(b"%PDF")
    assert [c.copy for c in pack.copies_out(front.ruth, signed.id)] == [copy]
    view = screen.open_contact(front.ruth, first)
    assert view.contact.state is ContactState.SIGNED
    assert view.deliveries[0].case_number == "NC-1"
    assert [r.contact_id for r in queue.queue(front.ruth).rows] == [second]
    assert events.verify(front.store) is None
