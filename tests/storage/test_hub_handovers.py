"""Offers, reminders and drafts as the hub's database holds them, tried with plain SQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests import factory
from tests.hub_here import NIA, HubHere
from tests.storage.test_hub_ties import told
from triage.domain.access_draft import AccessDraft
from triage.domain.handover import Offer, OfferState
from triage.domain.worker import Worker
from triage.storage import codec, handovers
from triage.workflow import claims, handover, schedule, subject_access
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]


@pytest.fixture
def held_out(hub: HubHere, at: At) -> Offer:
    """Ruth holds a contact out to Sana."""
    contact = hub.front.bring(factory.contact())
    ruth = at(factory.RUTH)
    claims.claim(ruth, contact.id)
    handover.keep(ruth, contact.id, to="siqbal", next_step="Ring the school", words="He is hers.")
    (offer,) = handover.offer_all(ruth)
    return offer


@pytest.mark.parametrize(
    ("worker", "change"),
    [
        (factory.OLA, "\"to\" = 'oadeyo'"),  # takes what was held out to another
        (factory.OLA, "\"by\" = 'oadeyo', body = '{}'"),
        (factory.SANA, "\"by\" = 'oadeyo'"),  # says that somebody else gave it
        (factory.SANA, "body = replace(body, 'He is hers.', 'Nothing in it.')"),
        (factory.SANA, "state = 'draft'"),
        (factory.RUTH, "state = 'accepted'"),  # says yes for who was asked
        (factory.RUTH, "\"to\" = 'oadeyo'"),
    ],
)
def test_an_offer_is_changed_by_who_gives_it_and_answered_by_who_is_asked(
    hub: HubHere, held_out: Offer, worker: Worker, change: str
) -> None:
    said = hub.answered(worker, f"UPDATE handover_offer SET version = version + 1, {change}")
    assert "FL001" in said or "42501" in said, said
    with hub.front.store.read() as tx:
        assert handovers.offer(tx, held_out.id) == held_out


def test_who_is_asked_takes_it_and_what_was_answered_stays(
    hub: HubHere, at: At, held_out: Offer
) -> None:
    ruth = at(factory.RUTH)
    assert handover.withdraw(ruth, held_out.id).state is OfferState.DRAFT
    handover.keep(ruth, held_out.contact_id, to="siqbal", next_step="Ring the nursery")
    (again,) = handover.offer_all(ruth)
    assert handover.accept(at(factory.SANA), again.id).assigned_to == "siqbal"
    for worker in (factory.RUTH, factory.SANA):
        for state in ("draft", "declined"):
            change = f"UPDATE handover_offer SET state = '{state}', version = version + 1"
            assert "FL001" in hub.answered(worker, change)


CHANGE = 'UPDATE handover_offer SET state = %s, "to" = %s, body = %s'


def _offered(hub: HubHere, worker: Worker, kind: str, offer: Offer, act: str = CHANGE) -> str:
    values = (offer.state.value, offer.to, codec.dump(Offer, offer))
    return told(hub, worker, kind, offer.contact_id, act, *values)


def test_an_offer_that_says_of_itself_what_it_should_is_still_its_givers_and_its_answerers(
    hub: HubHere, held_out: Offer
) -> None:
    taken = replace(held_out, state=OfferState.ACCEPTED)
    back = replace(held_out, state=OfferState.DRAFT)
    for who, kind, offer in (
        (factory.OLA, "contact.handed_over", replace(taken, to="oadeyo")),
        (factory.SANA, "contact.handed_over", replace(taken, words="Nothing in it.")),
        (factory.SANA, "contact.handed_over", replace(taken, to="oadeyo")),
        (factory.SANA, "contact.handover_withdrawn", back),
        (factory.RUTH, "contact.handed_over", taken),
        (factory.RUTH, "contact.handover_withdrawn", replace(back, words="Nothing in it.")),
        (factory.RUTH, "contact.handover_withdrawn", replace(back, to="oadeyo")),
    ):
        said = _offered(hub, who, kind, offer)
        assert "changed by who gives it" in said, (who.id, offer)
    assert "without the event" in _offered(hub, factory.SANA, "contact.viewed", taken)
    assert _offered(hub, factory.SANA, "contact.handed_over", taken) == "done"
    again = replace(held_out, state=OfferState.DECLINED)
    said = _offered(hub, factory.SANA, "contact.handover_declined", again)
    assert "changed by who gives it" in said


def test_an_offer_says_of_itself_what_its_columns_say(hub: HubHere, held_out: Offer) -> None:
    taken = replace(held_out, state=OfferState.ACCEPTED)
    for otherwise in (
        {"id": uuid4()},
        {"contact_id": uuid4()},
        {"by": "siqbal"},
        {"to": "oadeyo"},
        {"state": OfferState.DECLINED},
    ):
        body = codec.dump(Offer, replace(taken, **otherwise))  # type: ignore[arg-type]
        values = (taken.state.value, taken.to, body)
        about = held_out.contact_id
        said = told(hub, factory.SANA, "contact.handed_over", about, CHANGE, *values)
        assert "say of itself where it stands" in said, otherwise


def test_an_offer_is_begun_in_ones_own_name_and_not_as_held_out(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    begun = Offer(id=uuid4(), contact_id=contact.id, by="rosei", to="", at=factory.NOW)
    adding = (
        'INSERT INTO handover_offer (id, contact_id, by, at, version, state, "to", body) '
        "SELECT %s, %s, %s, now(), 1, %s, %s, %s"
    )

    def tried(offer: Offer, kind: str = "contact.handover_kept") -> str:
        body = codec.dump(Offer, offer)
        values = (offer.id, contact.id, offer.by, offer.state.value, offer.to, body)
        return told(hub, factory.RUTH, kind, contact.id, adding, *values)

    for other, kind in (
        (replace(begun, by="siqbal"), "contact.handover_kept"),
        (replace(begun, to="siqbal", state=OfferState.OFFERED), "contact.offered"),
    ):
        assert "changed by who gives it" in tried(other, kind), other
    assert "without the event" in tried(begun, "contact.viewed")
    assert tried(begun) == "done"
    for who, seen in ((factory.RUTH, 1), (factory.SANA, 0), (factory.PRIYA, 0)):
        assert hub.tried(who, "SELECT count(*) FROM handover_offer") == [(seen,)], who.id
    taken = replace(begun, to="siqbal", state=OfferState.ACCEPTED)  # though nobody was asked
    said = _offered(hub, factory.RUTH, "contact.handed_over", taken)
    assert "changed by who gives it" in said
    hers = replace(begun, by="siqbal", to="rosei", state=OfferState.OFFERED)  # as if Sana gave it
    giving = f"{CHANGE}, \"by\" = 'siqbal'"
    assert "changed by who gives it" in _offered(hub, factory.RUTH, "contact.offered", hers, giving)


def test_nobody_sees_or_changes_anothers_reminder(hub: HubHere, at: At) -> None:
    ruth = at(factory.RUTH)
    schedule.remind(ruth, "Ring", ruth.now() + timedelta(hours=1))
    assert hub.tried(factory.SANA, "SELECT * FROM reminder") == []
    assert hub.tried(factory.SANA, "UPDATE reminder SET body = '{}'") == [(0,)]
    assert "42501" in hub.answered(factory.RUTH, "UPDATE reminder SET \"by\" = 'siqbal'")
    adding = "INSERT INTO reminder SELECT gen_random_uuid(), %s, NULL, now(), NULL, 1, '{}'"
    assert "42501" in hub.answered(NIA, adding, "nadmin")  # who reads nothing
    assert hub.answered(factory.SANA, adding, "siqbal") == "[(1,)]"


def test_nobody_sees_changes_or_lets_go_what_another_decides_of_a_copy(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    ola = at(factory.OLA)
    found = subject_access.gather(ola, contact.id, "c1")
    kept = subject_access.keep(ola, found.draft_at, AccessDraft(harm="None found."))
    for other in (factory.PRIYA, factory.RUTH):
        assert hub.tried(other, "SELECT * FROM access_draft") == []
        assert hub.tried(other, "UPDATE access_draft SET body = '{}'") == [(0,)]
        assert hub.tried(other, "DELETE FROM access_draft") == [(0,)]
    assert "42501" in hub.answered(factory.OLA, "UPDATE access_draft SET \"by\" = 'pnandra'")
    assert "FL001" in hub.answered(factory.OLA, "UPDATE access_draft SET body = '{}'")
    assert subject_access.gather(ola, contact.id, "c1").draft == kept
