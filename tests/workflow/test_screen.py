"""Opening, taking, rating and putting right; what is restricted stays unsaid."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event as sql_event

from tests import factory
from tests.workflow.conftest import Front
from triage.domain.contact import Contact, ContactState
from triage.domain.draft import Kinship
from triage.domain.errors import ConflictError, NotAllowedError, NotFoundError, NotReadyError
from triage.domain.fact import Place, entered, read
from triage.storage import episodes, events
from triage.storage.tables import verdict
from triage.workflow import (
    claims,
    decide,
    feed,
    join,
    match,
    opening,
    queue,
    reading,
    screen,
    sign,
)


def test_view_of_a_record_is_an_event(front: Front) -> None:
    contact = front.bring(factory.contact())
    view = screen.open_contact(front.ruth, contact.id)
    [event] = front.events()
    assert (event.kind, event.by, event.contact_id) == ("contact.viewed", "rosei", contact.id)
    assert view.seq == event.seq
    assert view.title == "Maya Rowe 7"
    assert [p.name for p in view.people] == ["Maya Rowe", "Carla Rowe"]
    assert view.leading is not None


def test_a_contact_is_opened_with_its_decision_and_both_looks_are_recorded(front: Front) -> None:
    contact = front.bring(factory.contact())
    other = front.bring(factory.contact(reference="C-26-00002"))
    with front.store.write() as tx:
        episodes.suggest(tx, contact.id, other.id, Kinship.DUPLICATE, ("Same",), at=factory.NOW)
    decide.save_answer(front.ruth, contact.id, "analysis", "Maya took charge.", 0)
    before = len(front.events())
    whole = opening.open_whole(front.ruth, contact.id)
    assert [e.kind for e in front.events()[before:]] == ["contact.viewed", "decision.viewed"]
    assert whole.view.seq == front.events()[-1].seq
    looked = whole.view.looked
    again = screen.look_again(front.ruth, contact.id, looked)
    assert whole.view == replace(again, seq=whole.view.seq)
    assert whole.draft == decide.decision_again(front.ruth, contact.id)
    assert whole.pairs == join.suggestions(front.ruth, contact.id)
    assert [pair.other.id for pair in whole.pairs] == [other.id]
    assert whole == opening.look_again(front.ruth, contact.id, looked)


def test_others_write_while_what_is_opened_is_read_and_the_look_is_in_the_trail_by_then(
    front: Front,
) -> None:
    proposed, other = front.proposed(), front.bring(factory.contact(reference="C-26-04999"))
    kinds: list[str] = []

    def meanwhile(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if verdict.name in statement and front.kinds()[-1] != "contact.rated":
            kinds.append(front.kinds()[-1])
            screen.rate(front.tom, other.id, "green", why="As told.")

    sql_event.listen(front.store._engine, "before_cursor_execute", meanwhile)
    screen.open_contact(front.ruth, proposed.contact_id)
    opening.open_whole(front.ruth, proposed.contact_id)
    sign.look(front.priya, proposed.id)
    sql_event.remove(front.store._engine, "before_cursor_execute", meanwhile)
    assert kinds == ["contact.viewed", "decision.viewed", "decision.opened"]


def test_second_desk_to_claim_gets_a_conflict(front: Front) -> None:
    contact = front.bring(factory.contact())
    taken = claims.claim(front.ruth, contact)
    assert (taken.state, taken.assigned_to) == (ContactState.SCREENING, "rosei")
    with pytest.raises(ConflictError, match="Ruth Osei already has C-26-04817"):
        claims.claim(front.tom, contact)
    released = claims.release(front.ruth, taken, "Called away.")
    assert (released.state, released.assigned_to) == (ContactState.RECEIVED, None)
    assert claims.claim(front.tom, contact.id).assigned_to == "tbell"


def test_handing_over_needs_a_reason_and_someone_who_screens(front: Front) -> None:
    contact = claims.claim(front.ruth, front.bring(factory.contact()))
    with pytest.raises(NotReadyError, match="Say why"):
        claims.hand_over(front.ruth, contact, "tbell", " ")
    with pytest.raises(NotReadyError, match="does not screen"):
        claims.hand_over(front.ruth, contact, "akhan", "End of shift.")
    assert claims.hand_over(front.ruth, contact, "tbell", "End of shift.").assigned_to == "tbell"


def test_rating_and_claiming_at_two_desks_merge(front: Front) -> None:
    contact = front.bring(factory.contact())
    claims.claim(front.ruth, contact)
    rated = screen.rate(front.tom, contact, "red")
    assert (rated.rating, rated.assigned_to) == ("red", "rosei")
    assert rated.rated_at == front.watch.now


def test_changing_what_another_rated_needs_a_reason(front: Front) -> None:
    rated = screen.rate(front.ruth, front.bring(factory.contact()), "red")
    with pytest.raises(NotReadyError, match="Say why"):
        screen.rate(front.tom, rated, "green")
    assert screen.rate(front.ruth, rated, "").rating is None, "one's own slip is undone"
    with pytest.raises(NotReadyError, match="no such rating"):
        screen.rate(front.ruth, rated.id, "purple")


def test_changing_in_the_form_what_another_rated_needs_a_reason_too_and_the_trail_tells_it(
    front: Front,
) -> None:
    contact = front.bring(factory.contact())
    held = decide.save_answer(front.ruth, contact.id, "rating", "amber", 0)
    with pytest.raises(NotReadyError, match="Say why"):
        decide.save_answer(front.tom, contact.id, "rating", "red", held.version)
    assert front.read(contact).rating == "amber"
    assert decide.decision(front.tom, contact.id).value("rating") == "amber"
    decide.save_answer(front.tom, contact.id, "rating", "red", held.version, "Police rang again")
    assert front.read(contact).rating == "red"
    with front.store.read() as tx:
        told = [
            json.loads(e.detail)
            for e in events.of_contact(tx, contact.id)
            if e.kind == "contact.rated"
        ]
    assert told[-1] == {"before": "amber", "now": "red", "why": "Police rang again"}
    again = decide.decision(front.tom, contact.id).answers["rating"].version
    decide.save_answer(front.tom, contact.id, "rating", "amber", again)  # one's own slip


def test_rating_in_the_form_and_in_the_queue_are_one(front: Front) -> None:
    contact = front.bring(factory.contact())
    decide.save_answer(front.ruth, contact.id, "rating", "amber", 0)
    assert front.read(contact).rating == "amber"
    screen.rate(front.ruth, contact.id, "red")
    assert decide.decision(front.ruth, contact.id).value("rating") == "red"


def test_two_desks_change_different_facts_and_both_stay(front: Front) -> None:
    contact = front.bring(factory.contact())
    now = front.watch.now
    screen.change_fact(
        front.ruth, contact, "children.c1.school", entered("Brookfold", by="rosei", at=now)
    )
    after = screen.change_fact(
        front.tom, contact, "address.postcode", entered("NM5 2TB", by="tbell", at=now)
    )
    assert after.content.children[0].school.value == "Brookfold"
    assert after.content.address.postcode.value == "NM5 2TB"


def test_two_desks_change_one_fact_and_see_yours_and_theirs(front: Front) -> None:
    contact = front.bring(factory.contact())
    now = front.watch.now
    path = "children.c1.dob"
    screen.change_fact(front.ruth, contact, path, entered("2019-03-15", by="rosei", at=now))
    with pytest.raises(screen.FactConflict, match="Ruth Osei changed this") as caught:
        screen.change_fact(front.tom, contact, path, entered("2019-03-16", by="tbell", at=now))
    assert caught.value.yours.value == "2019-03-16"
    assert caught.value.theirs is not None
    assert caught.value.theirs.value == "2019-03-15"
    assert front.read(contact).content.children[0].dob.value == "2019-03-15"


def test_changed_fact_keeps_the_place_it_was_read_from(front: Front) -> None:
    place = Place(file="letter.txt", start=4, end=9, words="Smack")
    said = replace(factory.content(), concern=read("Smack", place))
    contact = front.bring(replace(factory.contact(), content=said))
    after = screen.change_fact(
        front.ruth, contact, "concern", entered("Hit.", by="rosei", at=front.watch.now)
    )
    assert (after.content.concern.value, after.content.concern.places) == ("Hit.", (place,))
    assert front.events()[-1].kind == "contact.fact_changed"


def test_set_aside_duplicate_names_what_it_points_to_and_comes_back(front: Front) -> None:
    contact = front.bring(factory.contact())
    stays = front.bring(factory.contact(reference="C-26-00002"))
    with pytest.raises(NotReadyError, match="Name the contact"):
        screen.set_aside(front.ruth, contact, "duplicate", "Sent twice.")
    aside = screen.set_aside(front.ruth, contact, "duplicate", "Sent twice.", stays.id)
    assert (aside.state, aside.points_to) == (ContactState.SET_ASIDE, stays.id)
    with pytest.raises(NotReadyError, match="set aside"):
        screen.rate(front.ruth, aside, "red")
    back = screen.reopen(front.ruth, aside, "It tells of another day.")
    assert (back.state, back.points_to) == (ContactState.RECEIVED, None)


def test_pause_says_so_on_the_clock_and_resumes(front: Front) -> None:
    contact = front.bring(factory.contact(rating="green"))
    paused = screen.pause(front.ruth, contact, "Waiting for the school.")
    assert paused.state is ContactState.AWAITING_INFORMATION
    [row] = queue.queue(front.ruth).rows
    assert row.paused
    assert screen.resume(front.ruth, paused).state is ContactState.RECEIVED


def test_added_people_get_keys_that_were_never_used(front: Front) -> None:
    contact = front.bring(factory.contact(factory.child("c1"), factory.child("c3", "Theo")))
    assert [c.key for c in screen.add_child(front.ruth, contact).content.children][-1] == "c4"
    assert [a.key for a in screen.add_adult(front.ruth, contact).content.adults][-1] == "a2"


def test_auditor_may_look_but_not_touch(front: Front) -> None:
    contact = front.bring(factory.contact())
    amir = front.of(factory.AMIR)
    assert screen.open_contact(amir, contact.id).contact == contact
    with pytest.raises(NotAllowedError, match="Auditor, does not let you"):
        claims.claim(amir, contact)


SECRETS = ("Maya", "Rowe", "Carla", "Larch", "NM3", "crying", "2019", "Police", "Holt")


def restricted(front: Front) -> Contact:
    return front.bring(factory.contact(restricted=True, rating="red"))


def test_restricted_row_has_no_name_anywhere_in_its_repr(front: Front) -> None:
    restricted(front)
    front.bring(factory.contact(reference="C-26-09000", restricted=False, rating="green"))
    front.watch.move(minutes=10)
    rows = {r.reference: r for r in queue.queue(front.ruth).rows}
    hidden = rows["C-26-04817"]
    assert hidden.title == "Restricted record"
    assert not [word for word in SECRETS if word in repr(hidden)]
    assert rows["C-26-09000"].repeat == 0, "a count would tell that there is a restricted one"
    opened = {r.reference: r for r in queue.queue(front.priya).rows}
    assert opened["C-26-04817"].title == "Maya Rowe 7"
    assert opened["C-26-09000"].repeat == 1


def test_restricted_record_opens_for_none_but_those_who_may(front: Front) -> None:
    contact = restricted(front)
    other = front.bring(factory.contact(reference="C-26-09000"))
    with front.store.write() as tx:
        episodes.suggest(
            tx, other.id, contact.id, Kinship.SAME_FAMILY, ("Maya Rowe",), front.watch.now
        )
    for act in (
        lambda: screen.open_contact(front.ruth, contact.id),
        lambda: opening.open_whole(front.ruth, contact.id),
        lambda: reading.reading(front.ruth, contact.id),
        lambda: decide.decision(front.ruth, contact.id),
        lambda: match.look_up(front.ruth, contact.id),
        lambda: claims.claim(front.ruth, contact.id),
    ):
        with pytest.raises(NotAllowedError, match="Ask a team leader") as caught:
            act()
        assert not [word for word in SECRETS if word in str(caught.value)]
    assert join.suggestions(front.ruth, other.id) == ()
    view = screen.open_contact(front.ruth, other.id)
    assert [e.reference for e in view.chronology] == ["C-26-09000"]
    assert (view.repeat, view.suggestions) == (0, ())
    assert match.open_matches(front.ruth, contact.content, contact=other) == ()
    assert len(join.suggestions(front.priya, other.id)) == 1
    assert screen.open_contact(front.priya, contact.id).contact == contact
    assert all(e.contact_id != contact.id for e in feed.since(front.ruth, 0))
    assert any(e.contact_id == contact.id for e in feed.since(front.priya, 0))


def test_repeat_contacts_are_counted_within_the_profiles_months(front: Front) -> None:
    contact = factory.contact()
    old = contact.received_at.replace(year=2025, month=11, day=23)
    recent = contact.received_at.replace(month=1)
    front.bring(factory.contact(reference="C-25-00001", received_at=old))
    front.bring(factory.contact(reference="C-26-00001", received_at=recent))
    aside = factory.contact(reference="C-26-00002", received_at=recent)
    screen.set_aside(front.ruth, front.bring(aside), "error", "Slip of the key.")
    other = factory.child("c1", "Ines", family="Duarte", dob="2022-01-02")
    front.bring(factory.contact(other, reference="C-26-00003", received_at=recent))
    front.bring(contact)
    view = screen.open_contact(front.ruth, contact.id)
    assert view.repeat == 1
    assert [e.reference for e in view.chronology] == ["C-25-00001", "C-26-00001", "C-26-04817"]
    [row] = [r for r in queue.queue(front.ruth).rows if r.reference == "C-26-04817"]
    assert row.repeat == 1


def test_contact_not_there_says_so(front: Front) -> None:
    with pytest.raises(NotFoundError):
        screen.open_contact(front.ruth, front.desk.new_id())
