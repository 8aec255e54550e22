"""A restricted contact is opened with a reason, for a while, and leaders are told."""

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotAllowedError, NotFoundError, NotReadyError
from triage.workflow import access, decide, export, feed, find, queue, screen

WHY = "Named in a contact I hold"


@pytest.fixture
def hidden(front: Front) -> Contact:
    return front.bring(factory.contact(restricted=True))


def test_a_reason_opens_it_for_as_long_as_the_profile_says_and_no_longer(
    front: Front, hidden: Contact
) -> None:
    with pytest.raises(NotAllowedError):
        screen.open_contact(front.ruth, hidden.id)
    grant = access.break_glass(front.ruth, f" {hidden.reference.lower()}", WHY)
    assert (grant.until_at - grant.granted_at).total_seconds() == 30 * 60
    assert "Maya" in screen.open_contact(front.ruth, hidden.id).title
    decide.save_answer(front.ruth, hidden.id, "analysis", "Safe.", 0)
    with pytest.raises(NotAllowedError):
        screen.open_contact(front.tom, hidden.id)
    front.watch.move(minutes=29, seconds=59)
    screen.look_again(front.ruth, hidden.id)
    front.watch.move(seconds=1)
    for act in (screen.look_again, screen.open_contact, decide.decision):
        with pytest.raises(NotAllowedError):
            act(front.ruth, hidden.id)
    with pytest.raises(NotAllowedError):
        decide.save_answer(front.ruth, hidden.id, "analysis", "More.", 1)


def test_lists_go_on_to_name_nobody(front: Front, hidden: Contact) -> None:
    before = front.seq
    access.break_glass(front.ruth, hidden.reference, WHY)
    screen.open_contact(front.ruth, hidden.id)
    shown = (
        *queue.queue(front.ruth).rows,
        *find.find(front.ruth, "Maya"),
        *feed.since(front.ruth, before),
        *export.deliveries(front.ruth),
    )
    assert "Maya" not in repr(shown)


def test_a_reason_opens_one_record_and_no_other(front: Front, hidden: Contact) -> None:
    other = front.bring(factory.contact(reference="C-26-00009", restricted=True))
    access.break_glass(front.ruth, hidden.reference, WHY)
    for act in (screen.open_contact, screen.look_again, decide.decision):
        with pytest.raises(NotAllowedError):
            act(front.ruth, other.id)


@pytest.mark.parametrize("why", ["", "  ", "at risk", "a b c d e f g h i"])
def test_no_reason_opens_nothing(front: Front, hidden: Contact, why: str) -> None:
    with pytest.raises(NotReadyError):
        access.break_glass(front.ruth, hidden.reference, why)
    assert front.kinds() == []
    assert access.break_glass(front.ruth, hidden.reference, "kin of Carla").why == "kin of Carla"


def test_an_open_record_and_none_at_all_answer_alike(front: Front, hidden: Contact) -> None:
    front.bring(factory.contact(reference="C-26-00001"))
    said = []
    for reference in ("C-26-00001", "C-26-99999"):
        with pytest.raises(NotFoundError) as caught:
            access.break_glass(front.ruth, reference, WHY)
        said.append(str(caught.value))
    assert said[0] == said[1]


def test_leaders_are_told_until_one_has_seen_it(front: Front, hidden: Contact) -> None:
    other = front.bring(factory.contact(reference="C-26-00009", restricted=True))
    grant = access.break_glass(front.ruth, hidden.reference, WHY)
    front.watch.move(minutes=5)
    later = access.break_glass(front.ruth, other.reference, "Asked by the hospital")
    assert (later.contact_id, later.why) == (other.id, "Asked by the hospital")
    first, second = access.notices(front.ola)
    assert (first.grant_id, second.grant_id) == (grant.id, later.id), "the oldest first"
    access.acknowledge(front.ola, later.id)
    assert access.notices(front.tom) == ()
    for leader in (front.priya, front.ola):
        (notice,) = access.notices(leader)
        assert (notice.who, notice.reference, notice.why) == ("Ruth Osei", hidden.reference, WHY)
    access.acknowledge(front.ola, grant.id)
    assert access.notices(front.priya) == ()
    with pytest.raises(ConflictError):
        access.acknowledge(front.priya, grant.id)
    with pytest.raises(NotAllowedError):
        access.acknowledge(front.ruth, grant.id)


def test_who_reads_only_does_not_break_it(front: Front, hidden: Contact) -> None:
    with pytest.raises(NotAllowedError):
        access.break_glass(front.of(factory.AMIR), hidden.reference, WHY)
