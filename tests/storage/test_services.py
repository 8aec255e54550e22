"""The copy of a directory: what changed is written, what is complete may take away."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.storage.values import NOON, any_of, contact, number
from triage.domain.errors import ConflictError, NotFoundError
from triage.domain.service import DirectoryCopy, Point, Service, Venue
from triage.domain.service_referral import Agreed, ReferralState, ServiceReferral, Step
from triage.storage import codec, contacts, services
from triage.storage.engine import Store

LANTERN = Service(
    directory="northmere",
    id="lantern",
    name="Lantern children’s group",
    venues=(Venue(address="6 Quay Street", point=Point(55.0, -0.8)),),
)
LOCKS = Service(directory="northmere", id="locks", name="Safe at Home locks")
HOUR = timedelta(hours=1)


def referral(contact_id: UUID, n: int = 1, **said: object) -> ServiceReferral:
    step = Step(state=ReferralState.DRAFT, at=NOON, by="rosei", by_name="Ruth Osei")
    made = ServiceReferral(
        id=number(n),
        number=f"R-26-{n:05}",
        contact_id=contact_id,
        directory="northmere",
        service_id="lantern",
        service_name=LANTERN.name,
        people=("c1",),
        people_names=("Maya",),
        words="Maya heard it all.",
        steps=(step,),
    )
    return replace(made, **said)  # type: ignore[arg-type]


@given(kept=any_of(Service))
def test_a_service_is_read_as_it_was_kept(kept: Service) -> None:
    assert codec.load(Service, codec.dump(Service, kept, sparse=True)) == kept


@given(kept=any_of(DirectoryCopy))
def test_a_copys_standing_is_read_as_it_was_kept(kept: DirectoryCopy) -> None:
    assert codec.load(DirectoryCopy, codec.dump(DirectoryCopy, kept)) == kept


def test_a_complete_list_adds_changes_and_takes_away(store: Store) -> None:
    with store.write() as tx:
        first = services.put_list(tx, "northmere", [LANTERN, LOCKS], complete=True)
    changed = replace(LANTERN, wait="2 weeks")
    with store.write() as tx:
        again = services.put_list(tx, "northmere", [changed], complete=True)
        same = services.put_list(tx, "northmere", [changed], complete=True)
    assert (first, again, same) == ((2, 0, 0), (0, 1, 1), (0, 0, 0))
    with store.read() as tx:
        assert services.all(tx) == [changed]
        assert services.count(tx, "northmere") == 1


def test_a_list_not_read_to_its_end_takes_nothing_away(store: Store) -> None:
    with store.write() as tx:
        services.put_list(tx, "northmere", [LANTERN, LOCKS], complete=True)
        services.put_list(tx, "northmere", [LANTERN], complete=False)
        assert services.all(tx) == [LANTERN, LOCKS]


def test_two_directories_may_use_one_id(store: Store) -> None:
    theirs = replace(LANTERN, directory="county")
    with store.write() as tx:
        services.put_list(tx, "northmere", [LANTERN], complete=True)
        services.put_list(tx, "county", [theirs], complete=True)
        services.put_list(tx, "county", [], complete=True)
        assert services.all(tx) == [LANTERN]


def test_one_desk_copies_a_directory_at_a_time(store: Store) -> None:
    with store.write() as tx:
        assert services.claim(tx, "northmere", "rosei", NOON + HOUR / 4, at=NOON)
        assert not services.claim(tx, "northmere", "tbell", NOON + HOUR / 4, at=NOON)
    after = NOON + HOUR / 4
    with store.write() as tx:
        assert services.claim(tx, "northmere", "tbell", after + HOUR / 4, at=after)
        late = DirectoryCopy(directory="northmere", as_at=NOON)
        assert not services.record(tx, late, "rosei")
        assert services.record(tx, replace(late, services=7), "tbell")
        assert services.claim(tx, "northmere", "rosei", after + HOUR, at=after)
        (held,) = services.copies(tx)
    assert held.services == 7


def test_a_claim_from_before_a_clock_was_put_back_holds_nothing_up(store: Store) -> None:
    with store.write() as tx:
        assert services.claim(tx, "northmere", "rosei", NOON + 30 * HOUR, at=NOON + 29 * HOUR)
        assert services.claim(tx, "northmere", "tbell", NOON + HOUR / 4, at=NOON)


def test_a_new_list_changes_what_tells_that_it_must_be_read_anew(store: Store) -> None:
    with store.write() as tx:
        services.claim(tx, "northmere", "rosei", NOON + HOUR, at=NOON)
        before = services.generations(tx)
        services.record(tx, DirectoryCopy(directory="northmere", generation=1), "rosei")
        assert services.generations(tx) != before


def test_a_referral_is_found_by_its_contact_and_by_its_service(store: Store) -> None:
    with store.write() as tx:
        held = contact()
        contacts.insert(tx, held)
        made = referral(held.id, agreed=Agreed.YES)
        services.insert_referral(tx, made)
        assert services.referral(tx, made.id) == made
        assert services.referrals_of(tx, held.id) == (made,)
        assert services.referrals_to(tx, LANTERN.key, since=NOON) == (made,)
        assert services.referrals_to(tx, LANTERN.key, since=NOON + HOUR) == ()
        assert services.referrals_to(tx, LOCKS.key, since=NOON) == ()


def test_numbers_of_referrals_go_up_by_one_within_a_year(store: Store) -> None:
    with store.write() as tx:
        held = contact()
        contacts.insert(tx, held)
        assert services.next_number(tx, 2026) == "R-26-00001"
        services.insert_referral(tx, referral(held.id, 9, number="R-26-00041"))
        assert services.next_number(tx, 2026) == "R-26-00042"
        assert services.next_number(tx, 2027) == "R-27-00001"


def test_the_second_desk_to_record_a_step_is_told_whose_stands(store: Store) -> None:
    with store.write() as tx:
        held = contact()
        contacts.insert(tx, held)
        made = referral(held.id)
        services.insert_referral(tx, made)
        sent = made.stepped(Step(state=ReferralState.SENT, at=NOON, by="tbell", by_name="Tom Bell"))
        services.save_referral(tx, sent)
    told = "Tom Bell has recorded this referral as sent"
    with pytest.raises(ConflictError, match=told), store.write() as tx:
        services.save_referral(tx, sent)


def test_a_referral_that_is_not_there_is_told_so(store: Store) -> None:
    with store.read() as tx, pytest.raises(NotFoundError, match="not in the store"):
        services.referral(tx, number(404))


@given(st.lists(any_of(Step), max_size=2).map(tuple))
def test_a_referral_is_read_as_it_was_kept(steps: tuple[Step, ...]) -> None:
    made = referral(number(1), steps=steps)
    assert codec.load(ServiceReferral, codec.dump(ServiceReferral, made)) == made
