"""Words typed at a desk whose hub is away, beside answers and facts: kept here, there once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests import factory
from tests.away import commit_is_answered_to_nobody
from tests.cable import Cable
from tests.conftest import KEY
from tests.hub_here import HubHere
from triage.domain.access_draft import AccessDraft, Settled
from triage.domain.contact import Contact
from triage.domain.errors import NotReadyError, UnreachableError
from triage.domain.request import InfoRequest, RequestState
from triage.domain.trail import detail_of
from triage.domain.worker import Worker
from triage.storage import access_drafts, events, handovers, requests
from triage.storage.engine import encrypted_file
from triage.storage.journal import Journal
from triage.workflow import (
    claims,
    handover,
    partner_answers,
    schedule,
    subject_access,
    unsent,
    unsent_words,
)
from triage.workflow import requests as asking
from triage.workflow.desk import Desk
from triage.workflow.partner_answers import Spoken
from triage.workflow.requests import RangConflict
from triage.workflow.unsent import Unsent
from triage.workflow.unsent_words import Passing

At = Callable[[Worker], Desk]
HEARD = Spoken(answered_by="T. Amos", said={1: "Carla Rowe", 2: "nothing held"})
LATER = factory.NOW + timedelta(hours=2)
PRIYA_NEXT = Passing(
    to="pnandra", next_step="Ring the aunt", next_at=LATER, words="She is at the flat."
)


@pytest.fixture
def mine(hub: HubHere, at: At) -> Contact:
    """A contact that Ruth has."""
    made = hub.front.bring(factory.contact(rating="green"))
    return claims.claim(at(factory.RUTH), made)


@pytest.fixture
def to_ring(hub: HubHere, at: At, mine: Contact) -> InfoRequest:
    """A request about it to a partner who is rung."""
    ruth = at(factory.RUTH)
    begun = asking.start(ruth, mine.id, "housing", "tenancy_phone")
    return asking.send(ruth, asking.keep_draft(ruth, replace(begun, told="told")))


def of_request(hub: HubHere, request: InfoRequest) -> tuple[InfoRequest, list[tuple[str, str]]]:
    """The request at the hub, and who answered it with what."""
    with hub.front.desk.store.read() as tx:
        found = requests.answers_to(tx, [request.id]).get(request.id, ())
        now = requests.get(tx, request.id)
    return now, [(a.answered_by, a.items[0].words) for a in found]


def told(hub: HubHere, contact: Contact, kind: str) -> list[object]:
    """When each event of a kind says that it was typed: at the hub it has the server's time."""
    with hub.front.desk.store.read() as tx:
        found = events.of_contact(tx, contact.id)
    return [detail_of(e).get("typed_at") for e in found if e.kind == kind]


def sent_after_a_kill(ruth: Desk, folder: Path) -> unsent.Sent:
    """As the next program sends it: nothing was closed."""
    again = Journal(folder / "unsent.db", KEY)
    try:
        return unsent.send(replace(ruth, unsent=Unsent(again)))
    finally:
        again.close()


def test_call_and_its_answer_arrive_once_in_their_order_and_say_when_they_were_typed(
    hub: HubHere, cable: Cable, ruth: Desk, mine: Contact, to_ring: InfoRequest, tmp_path: Path
) -> None:
    cable.away = True
    rung = unsent_words.rang(ruth, to_ring, "T. Amos")
    assert rung.here
    typed = hub.front.watch.now
    hub.front.watch.move(minutes=5)
    assert unsent_words.record_by_hand(ruth, rung.value, HEARD).here
    unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None)
    unsent.save_answer(ruth, mine.id, "analysis", "Alone.", 0)
    rang, heard = unsent_words.waiting(ruth, to_ring.id)
    assert "answered by T. Amos" in rang
    assert "1 Carla Rowe; 2 nothing held" in heard
    [passing] = unsent_words.waiting(ruth, mine.id)
    assert "Ring the aunt" in passing
    assert of_request(hub, to_ring)[0].state is RequestState.WAITING
    hub.front.watch.move(minutes=40)
    cable.away = False
    assert sent_after_a_kill(ruth, tmp_path).refused == ()
    now, answered = of_request(hub, to_ring)
    assert now.sent_at == typed
    assert now.answered_at == typed + timedelta(minutes=5)
    assert answered == [("T. Amos", "Carla Rowe")]
    assert told(hub, mine, "request.rang") == [typed.isoformat()]
    later = (typed + timedelta(minutes=5)).isoformat()
    assert told(hub, mine, "request.answered_by_hand") == [later]
    assert unsent.send(ruth) == unsent.Sent()
    assert of_request(hub, to_ring)[1] == answered
    assert events.verify(hub.front.desk.store) is None


def test_answer_that_somebody_else_heard_too_stands_beside_theirs(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, to_ring: InfoRequest
) -> None:
    cable.away = True
    rung = unsent_words.rang(ruth, to_ring, "T. Amos").value
    unsent_words.record_by_hand(ruth, rung, HEARD)
    theirs = replace(HEARD, answered_by="B. Lee", said={1: "Nobody we know"})
    partner_answers.record_by_hand(at(factory.SANA), to_ring.id, theirs)
    cable.away = False
    unsent.send(ruth)
    _, answered = of_request(hub, to_ring)
    assert sorted(answered) == [("B. Lee", "Nobody we know"), ("T. Amos", "Carla Rowe")]


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_call_that_somebody_else_recorded_first_is_shown_beside_theirs_until_settled(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, to_ring: InfoRequest, choice: str
) -> None:
    cable.away = True
    unsent_words.rang(ruth, to_ring, "T. Amos")
    asking.rang(at(factory.SANA), to_ring.id, "B. Lee")
    cable.away = False
    unsent.send(ruth)
    [met] = unsent_words.met(ruth)
    assert "T. Amos" in met.mine
    assert ("B. Lee" in met.theirs, met.who) == (True, factory.SANA.name)
    assert of_request(hub, to_ring)[0].words == "Rang, answered by B. Lee"
    unsent_words.settle(ruth, met, mine=choice == "mine")
    stands = "T. Amos" if choice == "mine" else "B. Lee"
    assert of_request(hub, to_ring)[0].words == f"Rang, answered by {stands}"
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)


def test_handover_written_meanwhile_is_a_draft_and_nothing_is_held_out_by_it(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, mine: Contact, tmp_path: Path
) -> None:
    handover.keep(at(factory.RUTH), mine.id, to="", next_step="Ring")
    before = handover.handover(ruth).rows[0].offer
    cable.away = True
    for step in ("Ring the a", "Ring the aunt"):
        kept = unsent_words.pass_on(ruth, mine.id, replace(PRIYA_NEXT, next_step=step), before)
        assert kept.here
    with pytest.raises(UnreachableError):
        handover.offer_all(ruth)
    shown = unsent_words.passed_on(ruth, {mine.id: before})[mine.id]
    assert (shown.to, shown.next_step, shown.words) == (
        "pnandra",
        "Ring the aunt",
        "She is at the flat.",
    )
    assert unsent_words.passed_on(ruth, {}) == {}
    hub.front.watch.move(minutes=5)
    cable.away = False
    assert sent_after_a_kill(ruth, tmp_path).refused == ()
    [row] = handover.handover(ruth).rows
    assert row.offer is not None
    assert row.offer.next_at == LATER
    assert (row.standing, row.offer.to, row.offer.words) == (
        "draft",
        "pnandra",
        "She is at the flat.",
    )
    assert handover.handover(at(factory.PRIYA)).rows == ()


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_handover_changed_at_another_desk_of_theirs_is_shown_beside_mine(
    at: At, cable: Cable, ruth: Desk, mine: Contact, choice: str
) -> None:
    cable.away = True
    unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None)
    handover.keep(at(factory.RUTH), mine.id, to="", next_step="Ask the school")
    cable.away = False
    unsent.send(ruth)
    [met] = unsent_words.met(ruth)
    assert ("Ring the aunt" in met.mine, met.theirs) == (True, "Ask the school")
    theirs = handover.handover(ruth).rows[0].offer
    assert unsent_words.passed_on(ruth, {mine.id: theirs}) == {}, "it stands beside theirs"
    unsent_words.settle(ruth, met, mine=choice == "mine")
    [row] = handover.handover(ruth).rows
    assert row.offer is not None
    stands = "Ring the aunt" if choice == "mine" else "Ask the school"
    assert row.offer.next_step == stands
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)


def test_words_for_a_handover_of_what_somebody_took_over_stay_here_and_say_who_has_it(
    at: At, cable: Cable, ruth: Desk, mine: Contact
) -> None:
    cable.away = True
    unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None)
    claims.take_over(at(factory.PRIYA), mine, "rosei", "She is ill.")
    cable.away = False
    [refused] = unsent.send(ruth).refused
    assert "Priya" in refused
    assert "She is at the flat." in " ".join(unsent.pieces(ruth))
    assert unsent_words.met(ruth) == ()


def test_reminder_whose_time_went_by_meanwhile_is_due_once_the_hub_answers(
    hub: HubHere, cable: Cable, ruth: Desk, mine: Contact
) -> None:
    cable.away = True
    set_at = ruth.now()
    due = set_at + timedelta(minutes=10)
    assert unsent_words.remind(ruth, "Ring Carla", due, mine.id).here
    with pytest.raises(NotReadyError, match="That time has gone"):
        unsent_words.remind(ruth, "Ring Carla", set_at)
    hub.front.watch.move(minutes=30)
    cable.away = False
    unsent.send(ruth)
    unsent.send(ruth)
    [entry] = schedule.due_now(ruth)
    assert entry.reminder is not None
    assert (entry.title, entry.reminder.made_at) == ("Ring Carla", set_at)


def test_snooze_asked_for_meanwhile_is_judged_by_the_hub_which_says_why_not(
    at: At, cable: Cable, ruth: Desk, mine: Contact
) -> None:
    cable.away = True
    until = ruth.now() + timedelta(hours=2)
    assert unsent_words.snooze(ruth, mine.id, until, "The nurse is in at one").here
    claims.take_over(at(factory.PRIYA), mine, "rosei", "She is ill.")
    cable.away = False
    [refused] = unsent.send(ruth).refused
    assert "not yours to snooze" in refused
    assert "The nurse is in at one" in " ".join(unsent.pieces(ruth))


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_copy_decided_at_another_desk_of_theirs_is_shown_beside_mine(
    hub: HubHere, at: At, cable: Cable, mine: Contact, ruth: Desk, choice: str
) -> None:
    there = at(factory.PRIYA)
    priya = replace(ruth, worker=factory.PRIYA)
    place = subject_access.gather(there, mine.id, "c1").draft_at
    draft = AccessDraft(decided={"Carla": Settled(goes=True, why="Hers.")}, harm="None")
    cable.away = True
    for harm in ("None", "None found."):
        assert unsent_words.keep_copy(priya, place, replace(draft, harm=harm)).here
    assert unsent_words.copy_over(priya, place, AccessDraft()).harm == "None found."
    newer = AccessDraft(version=1)
    assert unsent_words.copy_over(priya, place, newer) == newer
    subject_access.keep(there, place, AccessDraft(harm="Some."))
    cable.away = False
    priya = replace(priya, store=there.store)
    unsent.send(priya)
    [met] = unsent_words.met(priya)
    assert ("None found." in met.mine, "Some." in met.theirs) == (True, True)
    unsent_words.settle(priya, met, mine=choice == "mine")
    with hub.front.desk.store.read() as tx:
        found = access_drafts.newest(tx, [place], "pnandra")
    assert found is not None
    assert found[1].harm == ("None found." if choice == "mine" else "Some.")
    assert unsent.standing(priya).waiting == unsent.standing(priya).stuck == 0


Typed = Callable[[Desk, Contact, InfoRequest], unsent.Kept[object]]


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (lambda d, c, r: unsent_words.rang(d, r, "T. Amos"), "request.rang"),
        (lambda d, c, r: unsent_words.record_by_hand(d, r, HEARD), "request.answered_by_hand"),
        (lambda d, c, r: unsent_words.pass_on(d, c.id, PRIYA_NEXT, None), "contact.handover_kept"),
        (lambda d, c, r: unsent_words.remind(d, "Ring Carla", LATER, c.id), "reminder.set"),
        (lambda d, c, r: unsent_words.snooze(d, c.id, LATER, "In at one"), "contact.snoozed"),
    ],
)
def test_words_whose_answer_was_lost_are_sent_again_and_count_once(
    hub: HubHere, cable: Cable, ruth: Desk, mine: Contact, to_ring: InfoRequest,
    typed: Typed, kind: str,
) -> None:  # fmt: skip
    commit_is_answered_to_nobody(cable)
    assert typed(ruth, mine, to_ring).here
    unsent.send(ruth)
    assert unsent.standing(ruth).waiting == 0
    assert told(hub, mine, kind) == [None], "what came at once says no other time"


def test_words_of_a_handover_that_go_on_after_a_lost_answer_are_written_over_it(
    hub: HubHere, cable: Cable, ruth: Desk, mine: Contact
) -> None:
    commit_is_answered_to_nobody(cable)
    assert unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None).here
    more = replace(PRIYA_NEXT, words="She is at the flat till six.")
    assert not unsent_words.pass_on(ruth, mine.id, more, None).here
    with hub.front.desk.store.read() as tx:
        kept = handovers.live_offer(tx, mine.id, "rosei")
    assert kept is not None
    assert kept.words == "She is at the flat till six."
    assert unsent.standing(ruth).waiting == 0


def test_settling_one_lets_go_of_nothing_else(
    at: At, cable: Cable, ruth: Desk, mine: Contact, to_ring: InfoRequest
) -> None:
    cable.away = True
    unsent_words.rang(ruth, to_ring, "T. Amos")
    unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None)
    asking.rang(at(factory.SANA), to_ring.id, "B. Lee")
    handover.keep(at(factory.RUTH), mine.id, to="", next_step="Ask the school")
    cable.away = False
    unsent.send(ruth)
    rung, passed = unsent_words.met(ruth)
    unsent_words.settle(ruth, rung, mine=False)
    assert unsent_words.met(ruth) == (passed,)
    assert unsent.standing(ruth).waiting == 1


def test_what_says_nothing_is_refused_before_it_is_kept(
    cable: Cable, ruth: Desk, to_ring: InfoRequest
) -> None:
    cable.away = True
    with pytest.raises(NotReadyError):
        unsent_words.record_by_hand(ruth, to_ring, replace(HEARD, answered_by=""))
    assert unsent.standing(ruth).waiting == 0


def test_call_is_recorded_over_what_was_seen_where_nothing_is_kept_on_the_desk(
    at: At, to_ring: InfoRequest
) -> None:
    first = unsent_words.rang(at(factory.SANA), to_ring, "B. Lee").value
    with pytest.raises(RangConflict):
        unsent_words.rang(at(factory.RUTH), to_ring, "T. Amos")
    typed = first.sent_at - timedelta(minutes=5) if first.sent_at else factory.NOW
    again = unsent_words.rang(at(factory.RUTH), first, "T. Amos", typed)
    assert (again.value.words, again.value.sent_at) == ("Rang, answered by T. Amos", typed)


def test_copy_typed_on_or_begun_anew_meets_nobodys(at: At, mine: Contact, tmp_path: Path) -> None:
    journal = Journal(tmp_path / "unsent.db", KEY)
    priya = replace(at(factory.PRIYA), unsent=Unsent(journal))
    place = subject_access.gather(priya, mine.id, "c1").draft_at

    def typed(harm: str) -> AccessDraft:
        kept = unsent_words.keep_copy(priya, place, AccessDraft(harm=harm))
        assert not kept.here
        return kept.value

    assert typed("None").version == 1
    assert typed("None found.").version == 2, "typed while the first was on its way"
    with priya.store.write() as tx:
        access_drafts.let_go(tx, place, "pnandra")
        priya.note(tx, "access.draft_kept", mine.id, {"version": 0})
    assert typed("Some.").version == 1
    journal.close()


def test_handover_written_anew_after_somebody_said_no_meets_nobodys(
    at: At, ruth: Desk, mine: Contact
) -> None:
    unsent_words.pass_on(ruth, mine.id, PRIYA_NEXT, None)
    [held_out] = handover.offer_all(ruth)
    said_no = handover.decline(at(factory.PRIYA), held_out.id, "I go home too")
    again = unsent_words.pass_on(ruth, mine.id, replace(PRIYA_NEXT, to="", words="Stays"), said_no)
    assert not again.here
    assert again.value.words == "Stays"
    more = unsent_words.pass_on(ruth, mine.id, replace(PRIYA_NEXT, words="More"), again.value)
    assert (more.here, more.value.words) == (False, "More")


def test_what_the_hub_refuses_at_once_is_said_at_once_and_waits_for_nobody(
    ruth: Desk, to_ring: InfoRequest
) -> None:
    asking.withdraw(ruth, to_ring.id, "Not needed.")
    with pytest.raises(NotReadyError, match="withdrawn"):
        unsent_words.record_by_hand(ruth, to_ring, HEARD)
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)


def test_decision_waits_for_what_a_partner_said_and_for_no_reminder(
    cable: Cable, ruth: Desk, mine: Contact, to_ring: InfoRequest
) -> None:
    assert ruth.unsent is not None
    cable.away = True
    unsent_words.remind(ruth, "Ring Carla", LATER, mine.id)
    unsent_words.record_by_hand(ruth, to_ring, HEARD)
    cable.away = False
    for entry in ruth.unsent.journal.all():
        ruth.unsent.stuck[entry.seq] = NotReadyError("Refused.")
    with pytest.raises(NotReadyError, match="only on this computer"):
        unsent.send_before(ruth, mine.id)
    for entry in ruth.unsent.journal.all():
        if entry.kind == "_Spoken":
            ruth.unsent.journal.strike(entry.subject, entry.seq)
    unsent.send_before(ruth, mine.id)


def test_journal_that_an_older_fanlight_wrote_is_gone_on_with(tmp_path: Path) -> None:
    line = encrypted_file(tmp_path / "unsent.db", KEY)()
    line.execute(
        "CREATE TABLE entry (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, "
        "kind TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, tried INTEGER NOT NULL)"
    )
    line.execute(
        "INSERT INTO entry (id, kind, subject, body, tried) VALUES (?, 'k', 's', 'b', 0)",
        ("0" * 32,),
    )
    line.close()
    journal = Journal(tmp_path / "unsent.db", KEY)
    assert [(e.body, e.typed_at) for e in journal.all()] == [("b", None)]
    journal.close()
    again = Journal(tmp_path / "unsent.db", KEY)
    assert again.put(factory.contact().id, "k", "t", "c", factory.NOW).typed_at == factory.NOW
    again.close()
