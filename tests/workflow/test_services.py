"""Services near a family: copied at night, suggested by written rules, referred to and followed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.directory import Wanted
from triage.domain.errors import ConflictError, NotAllowedError, NotFoundError, NotReadyError
from triage.domain.service import DirectoryCopy, Service
from triage.domain.service_referral import Agreed, ReferralState, ServiceReferral
from triage.partners.directory import DirectoryError, Listing
from triage.workflow import concerns, decide, directories, service_referrals, services
from triage.workflow.desk import Desk
from triage.workflow.service_referrals import WAYS

CHECKED = date(2026, 9, 3)
DIRECTORY = "northmere"


def service(id: str, name: str, *needs: str, **said: Any) -> Service:
    values = {"assured_on": CHECKED, **said}
    return Service(directory=DIRECTORY, id=id, name=name, needs=needs, **values)


LANTERN = service(
    "lantern",
    "Lantern children's group",
    "play_and_talk",
    min_age=5,
    max_age=11,
    agreement_needed=True,
    needs_from_us="Names and ages",
)
HELPLINE = service("helpline", "Northmere domestic abuse helpline", "domestic_abuse", min_age=18)
LOCKS = service("locks", "Safe at Home locks", "safety_at_home")
OLD = service("old", "Tideway art therapy", "play_and_talk", assured_on=date(2025, 3, 11))
ALL = (LANTERN, HELPLINE, LOCKS, OLD)


class Published:
    """A directory that gives what it is told to."""

    def __init__(self, *listed: Service) -> None:
        self.listed, self.complete, self.fault, self.read_on = listed, True, "", [date.min][:0]

    def read(self, today: date) -> Listing:
        self.read_on.append(today)
        if self.fault:
            raise DirectoryError(self.fault)
        return Listing(
            services=self.listed,
            rows=len(self.listed),
            pages=1,
            complete=self.complete,
            reports=("Page 1, row 9 was left out: it has no name.",),
        )


@pytest.fixture
def published() -> Published:
    return Published(*ALL)


def reading(front: Front, published: Published) -> Desk:
    return replace(front.ruth, directories={DIRECTORY: published})


@pytest.fixture
def desk(front: Front, published: Published) -> Desk:
    """Ruth's desk, the directory copied."""
    desk = reading(front, published)
    directories.copy_due(desk)
    return desk


@pytest.fixture
def maya(front: Front) -> Contact:
    return front.bring(factory.contact())


def tick(desk: Desk, contact: Contact, *factors: str) -> None:
    decide.save_answer(desk, contact.id, "raises", factors, 0)


# ---- the copy of the directory --------------------------------------------------


def test_a_directory_never_copied_is_copied_at_once_and_its_slips_are_kept(
    front: Front, published: Published
) -> None:
    (copied,) = directories.copy_due(reading(front, published))
    assert copied.as_at == front.watch.now
    assert (copied.services, copied.fault) == (4, "")
    assert copied.reports == ("Page 1, row 9 was left out: it has no name.",)
    assert directories.copies(front.ruth) == (copied,)
    assert front.kinds()[-1] == "services.copied"


def test_a_directory_is_copied_once_a_night_at_its_time(
    front: Front, desk: Desk, published: Published
) -> None:
    front.watch.move(hours=14)  # 01:42
    assert directories.copy_due(desk) == ()
    front.watch.move(hours=1)  # 02:42, after 02:30
    assert len(directories.copy_due(desk)) == 1
    assert directories.copy_due(desk) == ()
    assert published.read_on == [date(2026, 11, 24), date(2026, 11, 25)]


def test_the_last_good_list_stays_when_the_directory_fails(
    front: Front, desk: Desk, published: Published
) -> None:
    published.fault = "The directory hung up."
    failed = directories.copy_now(desk, DIRECTORY)
    assert failed is not None
    assert (failed.fault, failed.services) == ("The directory hung up.", 4)
    assert failed.as_at == factory.NOW
    assert len(services.directory(desk)) == 4
    assert front.kinds()[-1] == "services.not_copied"


def test_a_directory_that_failed_is_tried_again_after_half_an_hour(
    front: Front, desk: Desk, published: Published
) -> None:
    published.fault = "The directory hung up."
    directories.copy_now(desk, DIRECTORY)
    published.fault = ""
    front.watch.move(minutes=29)
    assert directories.copy_due(desk) == ()
    front.watch.move(minutes=1)
    (copied,) = directories.copy_due(desk)
    assert copied.fault == ""


def test_a_list_cut_short_takes_no_service_away(desk: Desk, published: Published) -> None:
    published.listed, published.complete = (LANTERN,), False
    copied = directories.copy_now(desk, DIRECTORY)
    assert copied is not None
    assert (copied.services, copied.complete) == (4, False)
    published.complete = True
    copied = directories.copy_now(desk, DIRECTORY)
    assert copied is not None
    assert copied.services == 1


def test_while_one_desk_copies_another_leaves_it_alone(front: Front, published: Published) -> None:
    desk = reading(front, published)
    tried: list[object] = []

    class Slow(Published):
        def read(self, today: date) -> Listing:
            tried.append(directories.copy_now(replace(front.tom, directories=ways), DIRECTORY))
            return super().read(today)

    ways = {DIRECTORY: Slow(*ALL)}
    copied = directories.copy_now(replace(desk, directories=ways), DIRECTORY)
    assert tried == [None]
    assert copied is not None


def test_without_an_address_nothing_is_copied_and_that_is_told(front: Front) -> None:
    assert directories.copy_due(front.ruth) == ()
    assert directories.copies(front.ruth) == (DirectoryCopy(directory=DIRECTORY),)
    with pytest.raises(NotFoundError, match="no address"):
        directories.copy_now(front.ruth, DIRECTORY)


def test_a_new_list_is_seen_by_the_next_search(desk: Desk, published: Published) -> None:
    before = services.directory(desk)
    assert services.directory(desk) is before
    published.listed = (LOCKS,)
    directories.copy_now(desk, DIRECTORY)
    after = services.directory(desk).search(Wanted())
    assert [h.service.id for h in after.hits] == ["locks"]


# ---- what is called for ---------------------------------------------------------


def test_a_suggestion_names_its_factor_and_whom_it_is_for(desk: Desk, maya: Contact) -> None:
    tick(desk, maya, "injury_parent", "saw_or_heard", "not_located")
    family = services.look(desk, maya.id)
    told = [(s.service.name, [p.name for p in s.whom], s.factors) for s in family.suggested]
    assert told == [
        ("Northmere domestic abuse helpline", ["Carla Rowe"], ("Injury to parent",)),
        ("Lantern children's group", ["Maya"], ("Child heard or saw it",)),
        ("Safe at Home locks", ["Maya", "Carla Rowe"], ("Adult not located", "Injury to parent")),
    ]
    assert family.needs == ("domestic_abuse", "play_and_talk", "safety_at_home")


def test_no_factor_ticked_suggests_nothing(desk: Desk, maya: Contact) -> None:
    assert services.look(desk, maya.id).suggested == ()


def test_a_service_whose_check_has_lapsed_is_not_suggested(
    desk: Desk, maya: Contact, published: Published
) -> None:
    published.listed = (OLD,)
    directories.copy_now(desk, DIRECTORY)
    tick(desk, maya, "saw_or_heard")
    assert services.look(desk, maya.id).suggested == ()


def test_a_restricted_family_is_not_looked_at_by_others(
    front: Front, desk: Desk, maya: Contact
) -> None:
    concerns.restrict(desk, maya, "A colleague's family.")
    with pytest.raises(NotAllowedError):
        services.look(desk, maya.id)


def test_a_service_added_stands_in_the_decision_by_its_name(desk: Desk, maya: Contact) -> None:
    family = services.add_to_decision(desk, maya.id, LANTERN.key)
    assert family.has(LANTERN)
    assert decide.decision(desk, maya.id).value("services") == ("Lantern children's group",)


def test_a_service_that_the_hubs_own_list_has_is_added_by_its_code(
    desk: Desk, maya: Contact
) -> None:
    family = services.add_to_decision(desk, maya.id, HELPLINE.key)
    assert family.has(HELPLINE)
    assert decide.decision(desk, maya.id).value("services") == ("da_helpline",)


def test_a_service_is_added_once_and_can_be_taken_out(desk: Desk, maya: Contact) -> None:
    services.add_to_decision(desk, maya.id, LANTERN.key)
    services.add_to_decision(desk, maya.id, LOCKS.key)
    with pytest.raises(NotReadyError, match="in the decision already"):
        services.add_to_decision(desk, maya.id, LANTERN.key)
    family = services.take_out_of_decision(desk, maya.id, LANTERN.key)
    assert family.chosen == ("Safe at Home locks",)


def test_a_decision_sent_for_sign_off_takes_no_service(
    front: Front, desk: Desk, published: Published
) -> None:
    version = front.proposed()
    with pytest.raises(NotReadyError, match="team leader"):
        services.add_to_decision(desk, version.contact_id, LANTERN.key)


# ---- guidance and whom to ring --------------------------------------------------


def test_guidance_the_threshold_document_and_contacts_are_searched_too(desk: Desk) -> None:
    found = services.words_beside(desk, "violence at home")
    assert found.passages[0].title == "Violence at home"
    assert "Right Help, Right Time" in found.passages[0].source
    assert [c.name for c in found.contacts] == ["Domestic abuse adviser in the hub"]
    notes = services.words_beside(desk, "family agrees service accepts").passages
    assert (notes[0].title, notes[0].source) == (
        "The family agrees, a service accepts",
        "Guidance",
    )
    assert services.words_beside(desk, "  ") == services.Words()


# ---- referrals ------------------------------------------------------------------


def drafted(desk: Desk, contact: Contact, to: Service = LANTERN, **said: Any) -> ServiceReferral:
    return service_referrals.refer(
        desk, contact.id, to.key, ("c1",), "Maya heard it all from the stairs.", **said
    )


def sent(desk: Desk, contact: Contact) -> ServiceReferral:
    made = drafted(desk, contact)
    return service_referrals.send(desk, made, WAYS[0], agreed=Agreed.YES)


def test_a_referral_goes_from_draft_to_accepted_with_each_step_by_name(
    front: Front, desk: Desk, maya: Contact
) -> None:
    made = sent(desk, maya)
    front.watch.move(hours=2)
    seen = service_referrals.record(desk, made, ReferralState.SEEN, "They rang back.")
    front.watch.move(hours=4)
    done = service_referrals.record(desk, seen, ReferralState.ACCEPTED, "Starts 8 December.")
    assert [(s.state, s.by_name) for s in done.steps] == [
        (ReferralState.DRAFT, "Ruth Osei"),
        (ReferralState.SENT, "Ruth Osei"),
        (ReferralState.SEEN, "Ruth Osei"),
        (ReferralState.ACCEPTED, "Ruth Osei"),
    ]
    assert services.look(desk, maya.id).referrals == (done,)
    assert services.gone_before(desk, LANTERN.key) == services.Record(
        sent=1, accepted=1, usual_hours=6.0
    )
    assert front.kinds()[-4:] == [
        "service.referral_drafted",
        "service.referral_sent",
        "service.referral_seen",
        "service.referral_accepted",
    ]


def test_no_family_is_referred_to_a_service_unchecked_for_twelve_months(
    front: Front, desk: Desk, maya: Contact
) -> None:
    with pytest.raises(NotReadyError, match="11 Mar 2025, more than twelve months ago"):
        drafted(desk, maya, OLD)
    made = drafted(desk, maya)
    front.watch.move(days=400)
    with pytest.raises(NotReadyError, match="still a draft"):
        service_referrals.send(desk, made, WAYS[0], agreed=Agreed.YES)


def test_amber_is_said_in_the_last_thirty_days_of_a_check() -> None:
    assert services.why_warned(LANTERN, date(2027, 8, 4)) == (
        "Its last check counts until 3 Sep 2027 only."
    )
    assert services.why_warned(LANTERN, date(2027, 8, 3)) == ""


def test_a_service_that_needs_agreement_is_not_sent_to_unasked_without_a_reason(
    desk: Desk, maya: Contact
) -> None:
    made = drafted(desk, maya)
    with pytest.raises(NotReadyError, match="nobody has asked yet"):
        service_referrals.send(desk, made, WAYS[0], agreed=Agreed.NOT_ASKED)
    with pytest.raises(NotReadyError, match="takes nobody whose family says no"):
        service_referrals.send(desk, made, WAYS[0], agreed=Agreed.NO, words="Urgent.")
    gone = service_referrals.send(
        desk, made, WAYS[0], agreed=Agreed.NOT_ASKED, words="They ask on the first visit."
    )
    assert (gone.state, gone.last.words) == (ReferralState.SENT, "They ask on the first visit.")


def test_not_taken_needs_a_reason_and_the_family_can_be_referred_again(
    desk: Desk, maya: Contact
) -> None:
    made = sent(desk, maya)
    with pytest.raises(NotReadyError, match="why the service did not take it"):
        service_referrals.record(desk, made, ReferralState.NOT_TAKEN)
    service_referrals.record(desk, made, ReferralState.NOT_TAKEN, "The group is full.")
    assert drafted(desk, maya).number == "R-26-00002"


def test_a_family_is_not_referred_twice_to_one_service(desk: Desk, maya: Contact) -> None:
    drafted(desk, maya)
    with pytest.raises(NotReadyError, match="referred there already: R-26-00001, draft"):
        drafted(desk, maya)


@pytest.mark.parametrize("state", [ReferralState.SEEN, ReferralState.ACCEPTED])
def test_a_draft_can_be_neither_seen_nor_accepted(
    desk: Desk, maya: Contact, state: ReferralState
) -> None:
    with pytest.raises(NotReadyError, match="can't become"):
        service_referrals.record(desk, drafted(desk, maya), state)


def test_a_referral_is_for_somebody_of_the_family_and_says_something(
    desk: Desk, maya: Contact
) -> None:
    with pytest.raises(NotReadyError, match="Choose whom"):
        service_referrals.refer(desk, maya.id, LANTERN.key, ("c9",), "Help.")
    with pytest.raises(NotReadyError, match="what the service should know"):
        service_referrals.refer(desk, maya.id, LANTERN.key, ("c1",), "  ")


def test_the_second_desk_to_record_an_answer_gets_a_conflict(
    front: Front, desk: Desk, maya: Contact
) -> None:
    made = sent(desk, maya)
    service_referrals.record(front.tom, made, ReferralState.SEEN)
    with pytest.raises(ConflictError, match="Tom Bell"):
        service_referrals.record(desk, made, ReferralState.ACCEPTED)


def test_the_words_to_send_say_who_asks_for_whom_and_where_to_answer(
    desk: Desk, maya: Contact
) -> None:
    told = service_referrals.text_to_send(desk, drafted(desk, maya, agreed=Agreed.YES))
    for words in ("R-26-00001", "Northmere MASH", "Ruth Osei", "For: Maya", "agrees", "01632"):
        assert words in told


def test_only_those_who_write_decisions_refer(front: Front, desk: Desk, maya: Contact) -> None:
    with pytest.raises(NotAllowedError):
        drafted(desk.as_worker(factory.AMIR), maya)


def test_a_service_gone_from_the_directory_is_told_so(desk: Desk, published: Published) -> None:
    published.listed = (LOCKS,)
    directories.copy_now(desk, DIRECTORY)
    with pytest.raises(NotFoundError, match="in the directory no longer"):
        services.service(desk, LANTERN.key)


def test_figures_of_a_service_are_of_the_last_year(front: Front, desk: Desk, maya: Contact) -> None:
    sent(desk, maya)
    assert services.gone_before(desk, LANTERN.key).awaited == 1
    front.watch.now += timedelta(days=366)
    assert services.gone_before(desk, LANTERN.key) == services.Record()
