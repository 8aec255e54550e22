"""Two desks on one record: one is told, and nothing of either is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.storage.values import NOON, contact, delivery, number, version
from triage.domain.contact import ContactState
from triage.domain.decision import AnswerConflict, OutboxState, SavedAnswer, VersionState
from triage.domain.draft import Kinship
from triage.domain.episode import SuggestionState
from triage.domain.errors import ConflictError, FanlightError, NotFoundError
from triage.domain.lookup import Subject, Verdict, VerdictKind
from triage.storage import access, answers, contacts, episodes, lookups, outbox, versions
from triage.storage.engine import Store


@pytest.fixture(autouse=True)
def one_contact(store: Store) -> None:
    with store.write() as tx:
        contacts.insert(tx, contact(1))
        contacts.insert(tx, contact(2))
        versions.insert(tx, version(1))


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or raised, all begun at the same moment."""
    gate, ends = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            ends[place] = act()  # type: ignore[call-overload]
        except FanlightError as error:
            ends[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(ends)


def test_of_two_desks_saving_one_contact_one_gets_a_conflict(
    store: Store, other_window: Store
) -> None:
    with store.read() as tx:
        mine = contacts.get(tx, number(1))

    def save(window: Store, who: str) -> Callable[[], object]:
        def act() -> object:
            with window.write() as tx:
                return contacts.save(tx, replace(mine, assigned_to=who))

        return act

    ends = _at_once(save(store, "rosei"), save(other_window, "tbell"))
    conflicts = [end for end in ends if isinstance(end, ConflictError)]
    assert len(conflicts) == 1
    assert "C-26-00001" in str(conflicts[0])
    with store.read() as tx:
        kept = contacts.get(tx, number(1))
    assert kept in ends
    assert kept.version == 2


def test_a_conflict_takes_back_all_that_was_written_with_it(store: Store) -> None:
    with store.write() as tx:
        contacts.save(tx, contact(1))

    def save_both() -> None:
        with store.write() as tx:
            contacts.save(tx, replace(contact(2), state=ContactState.SCREENING))
            contacts.save(tx, contact(1))

    with pytest.raises(ConflictError):
        save_both()
    with store.read() as tx:
        assert contacts.get(tx, number(2)) == contact(2)


def test_saving_a_contact_that_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(NotFoundError), store.write() as tx:
        contacts.save(tx, contact(77))


def _type(window: Store, words: str, base: int, who: str) -> SavedAnswer:
    with window.write() as tx:
        return answers.save(tx, number(1), "analysis", words, base_version=base, by=who, at=NOON)


def test_two_windows_typing_one_answer_get_yours_and_theirs(
    store: Store, other_window: Store
) -> None:
    first = _type(store, "Left alone.", 0, "rosei")
    theirs = _type(other_window, "Left alone twice.", first.version, "tbell")
    with pytest.raises(AnswerConflict) as caught:
        _type(store, "Left alone at night.", first.version, "rosei")
    assert caught.value.yours == "Left alone at night."
    assert caught.value.theirs == theirs
    with store.read() as tx:
        assert answers.all(tx, number(1)) == {"analysis": theirs}
    chosen = _type(store, "Left alone at night.", caught.value.theirs.version, "rosei")
    assert chosen.version == 3


def test_two_windows_beginning_one_answer_get_yours_and_theirs(
    store: Store, other_window: Store
) -> None:
    ends = _at_once(
        lambda: _type(store, "a", 0, "rosei"), lambda: _type(other_window, "b", 0, "tbell")
    )
    conflicts = [end for end in ends if isinstance(end, AnswerConflict)]
    assert len(conflicts) == 1
    assert {conflicts[0].yours, conflicts[0].theirs.value} == {"a", "b"}


def test_the_same_words_from_two_windows_are_no_conflict(store: Store, other_window: Store) -> None:
    theirs = _type(other_window, "Seen at home.", 0, "tbell")
    assert _type(store, "Seen at home.", 0, "rosei") == theirs


def test_different_answers_from_two_windows_do_not_conflict(
    store: Store, other_window: Store
) -> None:
    _type(store, "a", 0, "rosei")
    with other_window.write() as tx:
        answers.save(tx, number(1), "voice@c1", ("seen",), base_version=0, by="tbell", at=NOON)
    with store.read() as tx:
        assert {k: a.value for k, a in answers.all(tx, number(1)).items()} == {
            "analysis": "a",
            "voice@c1": ("seen",),
        }


def test_second_leader_to_deal_with_a_decision_gets_a_conflict(
    store: Store, other_window: Store
) -> None:
    def decide(window: Store, state: VersionState) -> Callable[[], object]:
        def act() -> object:
            with window.write() as tx:
                versions.replace(tx, version(1, state=state), was=VersionState.PROPOSED)
            return state

        return act

    ends = _at_once(decide(store, VersionState.SIGNED), decide(other_window, VersionState.RETURNED))
    conflicts = [end for end in ends if isinstance(end, ConflictError)]
    assert len(conflicts) == 1
    with store.read() as tx:
        kept = versions.get(tx, version(1).id).state
    assert kept in ends
    assert kept.value in str(conflicts[0])


def test_two_desks_proposing_the_same_number_one_gets_a_conflict(store: Store) -> None:
    with pytest.raises(ConflictError, match="Someone else"), store.write() as tx:
        versions.insert(tx, version(1, id=number(88)))


def test_only_one_desk_takes_on_a_delivery(store: Store, other_window: Store) -> None:
    with store.write() as tx:
        outbox.put(tx, delivery(1))

    def take(window: Store, who: str) -> Callable[[], object]:
        def act() -> object:
            with window.write() as tx:
                until = NOON + timedelta(minutes=2)
                return outbox.claim(tx, delivery(1).id, who, until, at=NOON)

        return act

    assert sorted(map(str, _at_once(take(store, "one"), take(other_window, "two")))) == [
        "False",
        "True",
    ]
    with store.read() as tx:
        assert outbox.due(tx, NOON) == []
        assert outbox.due(tx, NOON + timedelta(minutes=2)) == [delivery(1)]


def test_a_desk_that_died_lets_another_take_its_delivery(store: Store) -> None:
    later = NOON + timedelta(minutes=2)
    with store.write() as tx:
        outbox.put(tx, delivery(1))
        assert outbox.claim(tx, delivery(1).id, "one", later, at=NOON)
        assert not outbox.claim(tx, delivery(1).id, "two", later, at=NOON)
        assert outbox.claim(tx, delivery(1).id, "two", later + timedelta(minutes=2), at=later)


def test_a_clock_put_back_holds_no_delivery_up(store: Store) -> None:
    ahead = NOON + timedelta(days=400)  # the computer's clock was wrong, and then put right
    one = delivery(1, next_attempt_at=ahead)
    with store.write() as tx:
        outbox.put(tx, one)
        assert outbox.claim(tx, one.id, "one", ahead + timedelta(minutes=2), at=ahead)
        assert [d.id for d in outbox.due(tx, NOON)] == [one.id]
        assert outbox.claim(tx, one.id, "two", NOON + timedelta(minutes=2), at=NOON)
        assert outbox.due(tx, NOON) == []


def test_what_the_council_accepted_stays_accepted(store: Store) -> None:
    accepted = delivery(1, state=OutboxState.ACCEPTED, case_number="NM-1042", attempts=2)
    with store.write() as tx:
        outbox.put(tx, delivery(1))
        outbox.record(tx, accepted)
    with pytest.raises(ConflictError, match="NM-1042"), store.write() as tx:
        outbox.record(tx, delivery(1, state=OutboxState.UNKNOWN))
    with store.read() as tx:
        assert outbox.get(tx, delivery(1).id) == accepted
        assert outbox.all_open(tx) == []


def test_the_same_send_is_put_into_the_outbox_once(store: Store) -> None:
    with store.write() as tx:
        outbox.put(tx, delivery(1))
    with pytest.raises(ConflictError), store.write() as tx:
        outbox.put(tx, delivery(2, idempotency_key="key-1"))


def test_a_delivery_is_due_when_its_time_has_come(store: Store) -> None:
    at = {1: None, 2: NOON, 3: NOON + timedelta(seconds=1)}
    states = [OutboxState.WAITING, OutboxState.UNKNOWN, OutboxState.SENT]
    with store.write() as tx:
        for (n, when), state in zip(at.items(), states, strict=True):
            outbox.put(tx, delivery(n, next_attempt_at=when, state=state))
        outbox.put(tx, delivery(4, state=OutboxState.REJECTED, words="No such ward."))
    with store.read() as tx:
        assert [d.idempotency_key for d in outbox.due(tx, NOON)] == ["key-1", "key-2"]


def test_a_verdict_is_undone_once_and_stays_on_record(store: Store) -> None:
    said = Verdict(
        id=number(5),
        subject=Subject(contact_id=number(1), person="c1"),
        partner="education",
        record_id="E-1",
        kind=VerdictKind.SAME,
        by="rosei",
        at=NOON,
    )
    with store.write() as tx:
        lookups.add_verdict(tx, said)
        undone = lookups.undo_verdict(tx, said.id, by="tbell", at=NOON, why="Another child")
    with pytest.raises(ConflictError), store.write() as tx:
        lookups.undo_verdict(tx, said.id, by="rosei", at=NOON, why="Again")
    with store.read() as tx:
        assert lookups.verdicts_of(tx, number(1)) == [undone]
        assert lookups.verdicts_on(tx, "education", "E-1") == [undone]
    assert (undone.undone_by, undone.undone_why) == ("tbell", "Another child")


def test_a_pair_kept_apart_is_not_suggested_again(store: Store) -> None:
    with store.write() as tx:
        episodes.suggest(tx, number(1), number(2), Kinship.DUPLICATE, ("same file",), NOON)
        episodes.settle(
            tx, number(2), number(1), state=SuggestionState.KEPT_APART, by="rosei", at=NOON,
            why="Two calls",
        )  # fmt: skip
        episodes.suggest(tx, number(2), number(1), Kinship.SAME_FAMILY, ("address",), NOON)
    with store.read() as tx:
        (seen,) = episodes.suggestions_of(tx, number(2))
    assert (seen.this, seen.other) == (number(2), number(1))
    assert (seen.state, seen.why) == (SuggestionState.KEPT_APART, "Two calls")
    assert (seen.kinship, seen.reasons) == (Kinship.DUPLICATE, ("same file",))


def test_settling_a_pair_nobody_suggested_says_so(store: Store) -> None:
    with pytest.raises(NotFoundError), store.write() as tx:
        episodes.settle(
            tx, number(1), number(2), state=SuggestionState.JOINED, by="rosei", at=NOON, why=""
        )


def test_an_opening_that_is_not_there_is_told_in_words(store: Store) -> None:
    with store.read() as tx, pytest.raises(NotFoundError, match="no such opening"):
        access.get(tx, number(77))
