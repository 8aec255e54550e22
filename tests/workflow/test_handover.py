"""The end of a shift, the morning after it, and a person's own schedule between the two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import psycopg
import pytest

from tests import factory
from tests.hub_here import NED, HubHere
from tests.workflow.conftest import Front
from triage.domain.contact import Contact
from triage.domain.errors import ConflictError, NotAllowedError, NotReadyError
from triage.domain.handover import OfferState
from triage.domain.trail import Deed, deed_of, detail_of
from triage.domain.worker import Worker
from triage.workflow import claims, concerns, decide, handover, night, people, schedule, screen
from triage.workflow.desk import Desk

LATE = datetime(2026, 11, 24, 16, 40, tzinfo=factory.NOW.tzinfo)
MORNING = datetime(2026, 11, 25, 9, 5, tzinfo=factory.NOW.tzinfo)


def mine(front: Front, reference: str, **facts: object) -> Contact:
    contact = factory.contact(reference=reference, received_at=LATE - timedelta(hours=1), **facts)
    return claims.claim(front.ruth, front.bring(contact))


def at_the_end(front: Front) -> tuple[Contact, Contact]:
    """A Red that runs out in the night, and a Green that can wait."""
    front.watch.now = LATE
    red = mine(front, "C-26-00001", rating="red")
    return red, mine(front, "C-26-00002", rating="green")


def standing(desk: Desk, contact: Contact) -> str:
    row = handover.handover(desk).of(contact.id)
    return handover.standing_words(row) if row else ""


def test_what_runs_out_in_the_night_needs_a_name_and_a_next_step_and_the_rest_stays(
    front: Front,
) -> None:
    red, green = at_the_end(front)
    rows = handover.handover(front.ruth).rows
    assert [(r.contact_id, r.group, r.needs_name) for r in rows] == [
        (red.id, "Runs out before 08:45", True),
        (green.id, "Can wait until you are back", False),
    ]
    handover.keep(front.ruth, green.id, to="pnandra", words="The nurse rings at nine")
    with pytest.raises(NotReadyError, match=r"C-26-00001\) runs out .* needs a name"):
        handover.offer_all(front.ruth)
    handover.keep(front.ruth, red.id, to="", next_step="Ring the aunt")
    with pytest.raises(NotReadyError, match="needs a name"):
        handover.offer_all(front.ruth)
    handover.keep(front.ruth, red.id, to="pnandra")
    with pytest.raises(NotReadyError, match="needs a next step"):
        handover.offer_all(front.ruth)
    assert standing(front.ruth, green) == "To Priya, not sent", "all or none"
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt")
    assert len(handover.offer_all(front.ruth)) == 2


def test_a_contact_stays_with_the_giver_until_it_is_accepted(front: Front) -> None:
    red, _ = at_the_end(front)
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt", words="Twice")
    [held_out] = handover.offer_all(front.ruth)
    assert front.read(red).assigned_to == "rosei"
    assert standing(front.ruth, red) == "Not accepted yet"
    [row] = handover.handover(front.priya).rows
    assert (row.group, row.whose) == ("Held out to you", "Ruth Osei")
    with pytest.raises(ConflictError, match="not held out to you"):
        handover.accept(front.tom, held_out.id)
    taken = handover.accept(front.priya, held_out.id)
    assert taken.assigned_to == "pnandra"
    told = detail_of(next(e for e in front.events() if e.kind == "contact.handed_over"))
    assert told == {"before": "rosei", "now": "pnandra", "why": "Ring the aunt; Twice"}
    front.watch.move(hours=15)
    assert standing(front.ruth, red) == "Accepted"
    front.watch.move(hours=2)
    assert standing(front.ruth, red) == "", "the shift in which it was is over"
    with pytest.raises(ConflictError):
        handover.accept(front.priya, held_out.id)


def test_what_went_on_to_somebody_else_is_in_the_list_of_who_gave_it_no_more(front: Front) -> None:
    red, _ = at_the_end(front)
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt")
    [held_out] = handover.offer_all(front.ruth)
    handover.accept(front.priya, held_out.id)
    assert handover.handover(front.ruth).rows[-1].group == "Passed on"
    claims.hand_over(front.priya, red.id, "tbell", "She knows Tom")
    assert standing(front.ruth, red) == ""


def test_a_no_needs_a_reason_and_gives_it_back(front: Front) -> None:
    red, _ = at_the_end(front)
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt")
    [held_out] = handover.offer_all(front.ruth)
    with pytest.raises(NotReadyError, match="Say why"):
        handover.decline(front.priya, held_out.id, "")
    assert handover.decline(front.priya, held_out.id, "Court").answer == "Court"
    assert standing(front.ruth, red) == "Priya said no"
    assert handover.handover(front.priya).rows == ()
    handover.keep(front.ruth, red.id, to="tbell", next_step="Ring the aunt")
    [again] = handover.offer_all(front.ruth)
    assert handover.withdraw(front.ruth, again.id).state is OfferState.DRAFT
    with pytest.raises(ConflictError, match="not held out to you"):
        handover.accept(front.tom, again.id)


def test_what_was_taken_over_meanwhile_is_not_accepted_as_well(front: Front) -> None:
    red, _ = at_the_end(front)
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt")
    [held_out] = handover.offer_all(front.ruth)
    claims.take_over(front.tom, red.id, "rosei", "Ruth went home")
    with pytest.raises(ConflictError, match="is with Tom Bell now"):
        handover.accept(front.priya, held_out.id)
    with pytest.raises(NotAllowedError, match="Tom Bell has C-26-00001"):
        handover.keep(front.ruth, red.id, to="pnandra")


def test_a_restricted_contact_goes_only_to_who_may_open_it(front: Front) -> None:
    front.watch.now = LATE
    hidden = factory.contact(reference="C-26-00003", restricted=True)
    contact = claims.claim(front.priya, front.bring(hidden))
    with pytest.raises(NotReadyError, match="may not open restricted"):
        handover.keep(front.priya, contact.id, to="rosei")
    kept = handover.keep(front.priya, contact.id, to="oadeyo", next_step="Ring the aunt")
    assert kept.to == "oadeyo"
    row = handover.handover(front.priya).of(contact.id)
    assert row is not None
    assert (row.title, row.offer, row.fixed) == ("Maya Rowe 7", kept, False)
    since = claims.claim(front.priya, front.bring(factory.contact(reference="C-26-00004")))
    handover.keep(front.priya, since.id, to="rosei", next_step="Ring the aunt")
    concerns.restrict(front.ola, since.id, "Kin of a colleague")
    with pytest.raises(NotReadyError, match="Ruth Osei may not open restricted"):
        handover.offer_all(front.priya)


def test_only_who_holds_it_out_takes_it_back_and_only_while_nobody_said_yes(front: Front) -> None:
    red, _ = at_the_end(front)
    draft = handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt")
    with pytest.raises(ConflictError, match="not held out any more"):
        handover.withdraw(front.ruth, draft.id)
    with pytest.raises(ConflictError, match="not held out to you"):
        handover.accept(front.priya, draft.id)
    [held_out] = handover.offer_all(front.ruth)
    for somebody in (front.priya, front.tom):
        with pytest.raises(ConflictError):
            handover.withdraw(somebody, held_out.id)
    with pytest.raises(ConflictError, match="not held out to you"):
        handover.decline(front.tom, held_out.id, "Not mine")
    with pytest.raises(NotReadyError, match="held out to Priya Nandra already"):
        handover.keep(front.ruth, red.id, to="tbell")
    handover.accept(front.priya, held_out.id)
    with pytest.raises(ConflictError):
        handover.withdraw(front.ruth, held_out.id)
    with pytest.raises(NotReadyError, match="No contact has a name"):
        handover.offer_all(front.ruth)
    assert front.read(red).assigned_to == "pnandra"


def test_it_goes_to_nobody_who_does_not_screen(front: Front) -> None:
    red, _ = at_the_end(front)
    with pytest.raises(NotReadyError, match="Amir Khan does not screen"):
        handover.keep(front.ruth, red.id, to="akhan")
    people.enrol(front.priya, NED, "7777")
    takers = [w.id for w in handover.handover(front.ruth).takers]
    assert takers == ["nhart", "oadeyo", "pnandra", "siqbal", "tbell"], "the night team first"


def test_what_changed_since_the_list_was_read_is_asked_again_before_it_is_held_out(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    red, green = at_the_end(front)
    for contact in (red, green):
        handover.keep(front.ruth, contact.id, to="tbell", next_step="Ring the aunt")
    told = handover.handover(front.ruth)
    monkeypatch.setattr(handover, "handover", lambda desk: told)
    concerns.restrict(front.priya, green.id, "Kin of a colleague")
    with pytest.raises(NotAllowedError):
        handover.offer_all(front.ruth)
    concerns.open_up(front.priya, green.id, "By mistake")
    claims.take_over(front.tom, green.id, "rosei", "Ruth went home")
    with pytest.raises(NotAllowedError, match="Tom Bell has C-26-00002"):
        handover.offer_all(front.ruth)
    monkeypatch.undo()
    assert standing(front.ruth, red) == "To Tom, not sent", "all or none"


def test_words_written_over_an_older_version_meet_what_stands(front: Front) -> None:
    red, _ = at_the_end(front)
    handover.keep(front.ruth, red.id, to="", next_step="Ask the school", over=0)
    for seen in (0, 2):
        with pytest.raises(handover.HandoverConflict) as met:
            handover.keep(front.ruth, red.id, to="", next_step="Ring the aunt", over=seen)
        assert met.value.theirs is not None
        assert met.value.theirs.next_step == "Ask the school"
    assert handover.keep(front.ruth, red.id, to="", next_step="Ring", over=1).version == 2


def test_a_contact_restricted_since_has_rating_and_clock_only_and_is_not_handed_over(
    front: Front,
) -> None:
    red, green = at_the_end(front)
    kept = handover.keep(
        front.ruth, red.id, to="tbell", next_step="Ring the aunt", words="At the flat"
    )
    handover.keep(front.ruth, green.id, to="tbell")
    concerns.restrict(front.priya, red.id, "Kin of a colleague")
    told = handover.handover(front.ruth)
    row = told.of(red.id)
    assert row is not None
    assert (row.title, row.rating, row.offer, row.fixed) == ("Restricted record", "red", None, True)
    assert (row.waits_for, row.waits_words) == ("Team leader only", "details hidden")
    assert told.unnamed() == ()
    typed = {c.id: replace(kept, next_step="Ring the school") for c in (red, green)}
    over = handover.laid_over(front.ruth, told, typed)
    assert over.of(red.id) == row
    assert "Ring the school" in repr(over.of(green.id))
    printed = handover.print_list(front.ruth)
    assert "Red, Restricted record" in printed
    for shown in (repr(row), printed.partition("Green")[0]):
        for gone in ("Maya", "aunt", "flat"):
            assert gone not in shown
    assert [o.contact_id for o in handover.offer_all(front.ruth)] == [green.id]


def test_the_morning_tells_what_others_did_since_the_hub_closed(front: Front) -> None:
    red, green = at_the_end(front)
    front.watch.now = LATE + timedelta(hours=2)
    claims.hand_over(front.ruth, red.id, "oadeyo", "Ring the aunt")
    front.watch.move(hours=3)
    front.proposed(green, by=front.tom, rating="green")
    screen.rate(front.priya, red.id, "amber", "Seen and safe")
    claims.hand_over(front.ola, red.id, "rosei", "Yours again")
    screen.open_contact(front.tom, front.bring(factory.contact(reference="C-26-00009")).id)
    front.watch.now = MORNING
    seen = night.night(front.ruth)
    assert (f"{seen.start:%a %H:%M}", f"{seen.end:%a %H:%M}") == ("Tue 17:15", "Wed 08:45")
    assert [(n.group, n.reference) for n in seen.lines] == [
        ("Left for you", "C-26-00001"),
        ("Left for you", "C-26-00002"),
        ("Looked at, not moved", "C-26-00009"),
    ]
    assert seen.lines[0].words == (
        "Priya Nandra rated it Amber, before Red: Seen and safe; "
        "Ola Adeyo handed it over to you: Yours again."
    )
    assert seen.seen_at is None
    night.seen(front.ruth)
    assert night.night(front.ruth).seen_at == MORNING
    assert night.night(front.priya).seen_at is None


def test_on_a_monday_the_night_is_the_weekend(front: Front) -> None:
    front.watch.now = datetime(2026, 11, 30, 9, 0, tzinfo=factory.NOW.tzinfo)
    start, end = night.hours_away(front.ruth, front.watch.now)
    assert (f"{start:%a %H:%M}", f"{end:%a %H:%M}") == ("Fri 16:30", "Mon 08:45")


def test_reminders_come_back_and_are_put_off_or_done(front: Front) -> None:
    contact = claims.claim(front.ruth, front.bring(factory.contact(rating="green")))
    made = schedule.remind(
        front.ruth, "Call Carla", front.watch.now + timedelta(hours=1), contact.id
    )
    assert schedule.due_now(front.ruth) == ()
    front.watch.move(hours=1)
    [due] = schedule.due_now(front.ruth)
    assert (due.title, due.contact_id, due.late) == ("Call Carla", contact.id, True)
    schedule.put_off(front.ruth, made.id, front.watch.now + timedelta(minutes=30))
    assert schedule.due_now(front.ruth) == ()
    front.watch.move(hours=1)
    schedule.done(front.ruth, made.id)
    assert schedule.due_now(front.ruth) == ()
    [line] = [e for e in schedule.schedule(front.ruth).today if e.reminder]
    assert (line.sort, line.words) == ("done", "Done 13:42")
    with pytest.raises(NotReadyError, match="That time has gone"):
        schedule.remind(front.ruth, "Too late", front.watch.now)


def test_nobody_elses_reminders_are_shown_or_touched(front: Front) -> None:
    made = schedule.remind(front.ruth, "Call Carla", front.watch.now + timedelta(hours=1))
    assert not [e for e in schedule.schedule(front.tom).today if e.reminder]
    with pytest.raises(NotAllowedError):
        schedule.done(front.tom, made.id)
    assert "Carla" not in "".join(e.detail for e in front.events())


def test_red_and_what_is_past_half_of_its_time_cannot_be_snoozed(front: Front) -> None:
    soon = front.watch.now + timedelta(minutes=40)
    red = claims.claim(front.ruth, front.bring(factory.contact(rating="red")))
    with pytest.raises(NotReadyError, match="urgent contact can't be snoozed"):
        schedule.snooze(front.ruth, red.id, soon, "Lunch")
    green = factory.contact(reference="C-26-00002", rating="green")
    kept = claims.claim(front.ruth, front.bring(green))
    schedule.snooze(front.ruth, kept.id, soon, "The nurse is in at half past")
    titles = [e.title for e in schedule.schedule(front.ruth).snoozed]
    assert titles == ["Maya Rowe 7"]
    front.watch.now = soon
    assert [e.words for e in schedule.due_now(front.ruth)] == ["Back: The nurse is in at half past"]
    front.watch.move(days=2)
    later = front.watch.now + timedelta(minutes=5)
    with pytest.raises(NotReadyError, match="More than half"):
        schedule.snooze(front.ruth, kept.id, later, "Again")


def test_a_contact_restricted_since_is_not_named_in_a_reminder(front: Front) -> None:
    contact = claims.claim(front.ruth, front.bring(factory.contact(rating="green")))
    schedule.remind(front.ruth, "Maya's mother", front.watch.now + timedelta(hours=1), contact.id)
    concerns.restrict(front.priya, contact.id, "Kin of a colleague")
    [line] = [e for e in schedule.schedule(front.ruth).today if e.reminder]
    assert (line.title, line.words, line.contact_id) == (
        "A reminder of a record you may not open",
        "Restricted record",
        None,
    )


def test_at_a_hub_nobody_reads_anothers_reminders_or_hands_over_in_their_name(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    ruth, sana = at(factory.RUTH), at(factory.SANA)
    contact = claims.claim(ruth, hub.front.bring(factory.contact()))
    schedule.remind(ruth, "Call Carla", hub.front.watch.now + timedelta(hours=1), contact.id)
    handover.keep(ruth, contact.id, to="siqbal", next_step="Ring", words="Not ready yet")
    for table in ("reminder", "handover_offer"):
        assert len(hub.tried(factory.RUTH, f"SELECT body FROM {table}")) == 1
        assert hub.tried(factory.SANA, f"SELECT body FROM {table}") == [], table
    handover.offer_all(ruth)
    assert len(hub.tried(factory.SANA, "SELECT body FROM handover_offer")) == 1
    forged = (
        'INSERT INTO handover_offer (id, contact_id, "by", "to", state, at, version, body) '
        "SELECT gen_random_uuid(), contact_id, 'pnandra', 'siqbal', 'offered', at, 1, body "
        "FROM handover_offer"
    )
    with pytest.raises(psycopg.Error, match="Nothing was changed"):
        hub.tried(factory.RUTH, forged)
    [row] = handover.handover(sana).rows
    assert row.offer is not None
    assert handover.accept(sana, row.offer.id).assigned_to == "siqbal"


def test_every_line_of_the_schedule_stands_on_its_day(front: Front) -> None:
    front.watch.now = LATE
    contact = mine(front, "C-26-00001", rating="amber")
    schedule.remind(front.ruth, "Team meeting", LATE + timedelta(days=3))
    whole = schedule.schedule(front.ruth)
    assert [(f"{e.at:%H:%M}", e.title) for e in whole.today] == [("17:15", "End of shift")]
    assert whole.then[0].title == "Morning view"
    assert (whole.then[1].title, whole.then[1].contact_id) == ("Maya Rowe 7 runs out", contact.id)
    assert [e.title for e in whole.later] == ["Team meeting"]
    assert decide.decision(front.ruth, contact.id).number == 1


def test_the_printed_list_says_all_that_the_screen_does_and_is_kept_with_each_contact(
    front: Front,
) -> None:
    red, green = at_the_end(front)
    handover.keep(front.ruth, red.id, to="pnandra", next_step="Ring the aunt", words="At the flat")
    before = front.seq
    words = handover.print_list(front.ruth)
    for said in (
        "OFFICIAL-SENSITIVE",
        "RUNS OUT BEFORE 08:45",
        "Red, Maya Rowe 7, C-26-00001",
        "Next: Ring the aunt",
        "At the flat",
        "Priya Nandra: To Priya, not sent",
        "Green, Maya Rowe 7, C-26-00002",
    ):
        assert said in words
    printed = front.events(before)
    assert {e.contact_id for e in printed} == {red.id, green.id}
    assert {deed_of(e.kind) for e in printed} == {Deed.PRINTED}
    with pytest.raises(NotReadyError, match="nothing to print"):
        handover.print_list(front.tom)
