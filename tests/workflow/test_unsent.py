"""Typing at a desk of a hub whose server is away: kept here, sent once, met as always."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from tests import factory
from tests.away import commit_is_answered_to_nobody, desk_at_the_end_of
from tests.cable import Cable
from tests.conftest import KEY
from tests.hub_here import HubHere
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import AnswerConflict, SavedAnswer
from triage.domain.errors import NotReadyError, StoreError, UnreachableError
from triage.domain.worker import Worker
from triage.storage import answers, contacts, events
from triage.storage.journal import Entry, Journal
from triage.workflow import comments, decide, requests, sign, unsent
from triage.workflow.desk import Desk
from triage.workflow.unsent import Unsent

At = Callable[[Worker], Desk]


@pytest.fixture
def maya(hub: HubHere) -> Contact:
    return hub.front.bring(factory.contact())


def at_hub(hub: HubHere, contact: Contact) -> dict[str, SavedAnswer]:
    with hub.front.desk.store.read() as tx:
        return answers.all(tx, contact.id)


def saves(hub: HubHere, contact: Contact) -> int:
    with hub.front.desk.store.read() as tx:
        return sum(e.kind == "decision.saved" for e in events.of_contact(tx, contact.id))


def type_(desk: Desk, contact: Contact, words: str, base: int = 0) -> bool:
    """Whether it is kept on this desk only."""
    return unsent.save_answer(desk, contact.id, "analysis", words, base).here


def test_words_typed_while_the_server_is_away_arrive_once_when_it_is_back(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    assert not type_(ruth, maya, "Before.")
    cable.away = True
    assert type_(ruth, maya, "Before. Meanwhile", 1)
    for words in ("Before. Meanwhile m", "Before. Meanwhile mor", "Before. Meanwhile more."):
        assert type_(ruth, maya, words, 1)
    assert unsent.standing(ruth).away_since is not None
    with pytest.raises(UnreachableError):
        unsent.send(ruth)
    assert at_hub(hub, maya)["analysis"].value == "Before."
    cable.away = False
    # The first of them had left before anybody knew; all that came after is one save.
    *_, (contact_id, saved) = unsent.send(ruth).saved
    assert (contact_id, saved.value, saved.version) == (maya.id, "Before. Meanwhile more.", 3)
    assert at_hub(hub, maya)["analysis"].value == "Before. Meanwhile more."
    assert unsent.send(ruth) == unsent.Sent()
    assert saves(hub, maya) == 3
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)
    assert events.verify(hub.front.desk.store) is None


def test_words_kept_here_outlive_the_program_and_can_not_be_read_on_the_disk(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact, tmp_path: Path
) -> None:
    cable.away = True
    assert type_(ruth, maya, "She hid under the bed.")
    again = Journal(tmp_path / "unsent.db", KEY)  # as after a kill: nothing was closed
    for file in tmp_path.glob("unsent.db*"):
        assert b"under the bed" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
    cable.away = False
    unsent.send(replace(ruth, unsent=Unsent(again)))
    again.close()
    assert at_hub(hub, maya)["analysis"].value == "She hid under the bed."
    with pytest.raises(StoreError):
        Journal(tmp_path / "unsent.db", KEY[::-1])


def test_words_put_in_by_another_window_while_they_are_sent_are_the_ones_that_arrive(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact, tmp_path: Path
) -> None:
    class TypedInto(Journal):
        """Another window types on between the reading of what waits and the sending."""

        def mark_tried(self, entry: Entry) -> Entry:
            """As `Journal.mark_tried`."""
            hid = entry.body.replace("bed", "bed and hid")
            assert self.rewrite(entry, hid, factory.NOW)
            return super().mark_tried(entry)

    cable.away = True
    with pytest.raises(UnreachableError):  # and so nothing is on its way
        unsent.find_out(ruth)
    assert type_(ruth, maya, "Under the bed.")
    cable.away = False
    here = TypedInto(tmp_path / "unsent.db", KEY)
    unsent.send(replace(ruth, unsent=Unsent(here)))
    assert at_hub(hub, maya)["analysis"].value == "Under the bed and hid."
    assert here.all() == []
    here.close()


def test_save_whose_answer_was_lost_is_sent_again_and_counts_once(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    commit_is_answered_to_nobody(cable)
    assert type_(ruth, maya, "Said once.")
    # What is typed on meanwhile was typed over one's own words, and meets nobody's.
    assert not type_(ruth, maya, "Said once. And more.")
    assert saves(hub, maya) == 2
    assert at_hub(hub, maya)["analysis"].version == 2
    assert unsent.standing(ruth).waiting == 0


def test_words_typed_on_after_a_lost_answer_never_go_over_what_somebody_else_wrote_since(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    commit_is_answered_to_nobody(cable)
    assert type_(ruth, maya, "Mine.")
    decide.save_answer(at(factory.SANA), maya.id, "analysis", "Theirs.", 1)
    with pytest.raises(AnswerConflict):
        type_(ruth, maya, "Mine. And more.")
    assert at_hub(hub, maya)["analysis"].value == "Theirs."
    assert unsent.pieces(ruth) == ("Analysis: Mine. And more.",)


def test_what_fails_as_nobody_foresaw_keeps_nothing_else_from_the_hub(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact,
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    def fails(desk: Desk, version_id: UUID, words: str) -> None:
        raise ValueError(words)

    cable.away = True
    unsent.keep_comment(ruth.as_worker(factory.PRIYA), UUID(int=1), "Hid under the bed.")
    type_(ruth, maya, "In time.")
    monkeypatch.setattr(comments, "keep", fails)
    cable.away = False
    [why] = unsent.send(ruth).refused
    assert "still on this computer: tell IT" in why
    assert "bed" not in why + caplog.text
    assert "ValueError" in caplog.text
    assert at_hub(hub, maya)["analysis"].value == "In time."
    assert unsent.pieces(ruth) == ("Comment: Hid under the bed.",)


def test_somebody_elses_words_meanwhile_are_shown_beside_mine_which_stay_until_settled(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    type_(ruth, maya, "Mine.")
    decide.save_answer(at(factory.SANA), maya.id, "analysis", "Theirs.", 0)
    cable.away = False
    ((contact_id, mine, met),) = unsent.send(ruth).met
    assert isinstance(met, AnswerConflict)
    assert (contact_id, mine.value, met.theirs.value) == (maya.id, "Mine.", "Theirs.")
    assert unsent.standing(ruth).stuck == 1
    assert unsent.pieces(ruth) == ("Analysis: Mine.",)
    assert not type_(ruth, maya, "Mine. Theirs.", met.theirs.version)
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)
    assert at_hub(hub, maya)["analysis"].value == "Mine. Theirs."


def test_what_was_typed_over_theirs_settles_it_also_while_the_server_is_away_again(
    hub: HubHere, at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    type_(ruth, maya, "Mine.")
    theirs = decide.save_answer(at(factory.SANA), maya.id, "analysis", "Theirs.", 0)
    cable.away = False
    unsent.send(ruth)
    cable.away = True
    assert type_(ruth, maya, "Mine. Theirs.", theirs.version)
    now = unsent.standing(ruth)
    assert (now.waiting, now.stuck) == (1, 0)
    assert unsent.pieces(ruth) == ("Analysis: Mine. Theirs.",)
    cable.away = False
    unsent.send(ruth)
    assert at_hub(hub, maya)["analysis"].value == "Mine. Theirs."


def test_theirs_chosen_lets_go_of_what_waits_here(
    at: At, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    cable.away = True
    type_(ruth, maya, "Mine.")
    decide.save_answer(at(factory.SANA), maya.id, "analysis", "Theirs.", 0)
    cable.away = False
    unsent.send(ruth)
    unsent.give_way(ruth, "answer", maya.id, "analysis")
    assert unsent.standing(ruth) == unsent.Standing(away_since=None, waiting=0, stuck=0)


def test_what_the_hub_refuses_stays_here_with_its_reason_and_holds_up_nothing_else(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    other = hub.front.bring(factory.contact(reference="C-26-09999"))
    cable.away = True
    type_(ruth, maya, "Too late.")
    type_(ruth, other, "In time.")
    with hub.front.desk.store.write() as tx:
        contacts.save(tx, replace(maya, state=ContactState.CLOSED))
    cable.away = False
    sent = unsent.send(ruth)
    assert len(sent.refused) == 1
    assert "closed" in sent.refused[0]
    assert at_hub(hub, other)["analysis"].value == "In time."
    assert unsent.send(ruth) == unsent.Sent()
    seen = unsent.refused(ruth)
    assert list(seen.values()) == ["Analysis: Too late."]
    with hub.front.desk.store.write() as tx:
        contacts.save(tx, replace(contacts.get(tx, other.id), state=ContactState.CLOSED))
    with pytest.raises(NotReadyError):
        type_(ruth, other, "Refused since, and not seen.", base=1)
    unsent.let_go(ruth, seen)
    assert list(unsent.refused(ruth).values()) == ["Analysis: Refused since, and not seen."]
    unsent.let_go(ruth, unsent.refused(ruth))
    assert unsent.standing(ruth).waiting == 0


def test_nothing_is_proposed_or_signed_while_the_server_is_away(
    hub: HubHere, cable: Cable, ruth: Desk, maya: Contact
) -> None:
    ruth.signer.unlock("rosei", factory.PINS["rosei"])
    cable.away = True
    for act in (
        lambda: decide.propose(ruth, maya.id),
        lambda: sign.approve(ruth.as_worker(factory.PRIYA), UUID(int=1), pin="2222"),
    ):
        with pytest.raises(UnreachableError, match="Nothing was changed"):
            act()


def test_comment_being_written_is_kept_here_too(
    hub: HubHere, cable: Cable, ruth: Desk, tmp_path: Path
) -> None:
    del ruth
    version = hub.front.proposed()
    folder = tmp_path / "priya"
    folder.mkdir()
    with desk_at_the_end_of(cable, hub, factory.PRIYA, folder) as priya:
        cable.away = True
        assert unsent.keep_comment(priya, version.id, "Ask the school first.").here
        cable.away = False
        unsent.send(priya)
        assert comments.kept(priya, version.id) == "Ask the school first."


def test_draft_of_a_request_is_kept_here_too_and_sent_to_nobody(
    hub: HubHere, at: At, cable: Cable, maya: Contact, tmp_path: Path
) -> None:
    folder = tmp_path / "sana"
    folder.mkdir()
    begun = requests.start(at(factory.SANA), maya.id, "health")
    with desk_at_the_end_of(cable, hub, factory.SANA, folder) as sana:
        cable.away = True
        typed = begun
        for why in ("A bruise", "A bruise on", "A bruise on her arm."):
            kept = unsent.keep_draft(sana, replace(typed, why=why))
            assert kept.here
            typed = kept.value
        with pytest.raises(UnreachableError):
            requests.send(sana, typed)
        cable.away = False
        unsent.send(sana)
        more = unsent.keep_draft(sana, replace(typed, why="A bruise on her left arm."))
    assert not more.here
    assert (more.value.why, more.value.state.value) == ("A bruise on her left arm.", "draft")


def test_desk_without_room_for_its_journal_still_saves_at_the_hub(
    hub: HubHere, ruth: Desk, maya: Contact
) -> None:
    assert ruth.unsent is not None
    ruth.unsent.journal.close()
    assert not type_(ruth, maya, "Straight there.")
    assert at_hub(hub, maya)["analysis"].value == "Straight there."
