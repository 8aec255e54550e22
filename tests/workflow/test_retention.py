"""Records fall due by outcome, are held, looked at by two, and then are gone from every copy."""

from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select

from tests import factory
from tests.conftest import KEY
from tests.workflow.conftest import Front
from tests.workflow.keeping import LONG_AGO, old, proposed
from tests.workflow.test_receive import LETTER
from triage.domain.contact import ContactState
from triage.domain.errors import NotAllowedError, NotFoundError, NotReadyError
from triage.domain.lookup import Subject
from triage.domain.request import AnswerPlace, PartnerAnswer, Via
from triage.domain.retention import Fate
from triage.partners.state import OWN
from triage.storage import backups, contacts, content_keys, events, originals, requests
from triage.storage import retention as kept
from triage.storage.engine import open_file
from triage.storage.tables import metadata
from triage.workflow import (
    audit,
    feed,
    match,
    partner_answers,
    reading,
    receive,
    retention,
    screen,
    sign,
)

BACKUP_KEY = bytes(range(32, 64))


def everything(front: Front) -> str:
    """All that the store holds, as one text."""
    with front.store.read() as tx:
        rows = [
            str(value)
            for table in metadata.sorted_tables
            for row in tx.connection.execute(select(table))
            for value in row
        ]
    return "\n".join(rows)


def test_records_fall_due_by_their_outcome_and_not_before(front: Front) -> None:
    version = front.proposed(outcome="nfa")
    sign.approve(front.priya, version.id, pin="2222")
    assert retention.due(front.priya) == ()
    front.watch.now += timedelta(days=365 * 6 + 3)
    [found] = retention.due(front.priya)
    assert (found.contact_id, found.fate) == (version.contact_id, Fate.DUE)
    assert "6 years" in found.words
    with pytest.raises(NotAllowedError):
        retention.due(front.ruth)


def test_records_kept_for_longer_take_no_place_from_those_that_are_due(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "MOST", 1)
    first = old(front)
    ines = factory.content(factory.child("c1", "Ines", family="Duarte", dob="2015-05-05"))
    second = old(front, "C-24-00008", content=ines, received_at=LONG_AGO + timedelta(hours=1))
    [listed] = retention.due(front.priya)
    assert listed.contact_id == first
    retention.propose(front.priya, first)
    retention.keep(front.ola, first, date(2027, 11, 24), "An inquiry.")
    assert [r.contact_id for r in retention.due(front.priya)] == [second]


def test_record_is_kept_while_another_about_the_same_child_is(front: Front) -> None:
    id = old(front)
    assert [r.contact_id for r in retention.due(front.priya)] == [id]
    later = front.bring(factory.contact(reference="C-26-00100"))
    assert retention.due(front.priya) == ()
    with pytest.raises(NotReadyError, match="another record about the same children"):
        retention.propose(front.priya, id)
    screen.set_aside(front.ruth, later, "error", "A slip.")
    assert retention.due(front.priya) == ()  # set aside just now: kept another year


def test_second_person_destroys_and_nobody_alone(front: Front) -> None:
    id = proposed(front)
    [waiting] = retention.due(front.priya)
    assert (waiting.fate, waiting.mine) == (Fate.PROPOSED, False)
    with pytest.raises(NotAllowedError, match="You proposed this yourself"):
        retention.approve(front.ola, id)
    with pytest.raises(NotAllowedError):
        retention.approve(front.ruth, id)
    assert retention.approve(front.priya, id).review.fate is Fate.DESTROYED
    with pytest.raises(NotFoundError):
        retention.approve(front.priya, id)


def test_hold_keeps_a_record_and_all_about_the_same_child_until_it_is_lifted(
    front: Front,
) -> None:
    id, other = proposed(front), old(front, reference="C-24-00008")
    retention.hold(front.ola, other, "A claim against the council.")
    assert {r.fate for r in retention.due(front.priya)} == {Fate.HELD}
    with pytest.raises(NotReadyError, match="under a legal hold"):
        retention.approve(front.priya, id)
    retention.lift(front.priya, other, "The claim was settled.")
    assert retention.approve(front.priya, id).review.decided_by == "pnandra"


def test_all_records_of_a_child_go_in_one_act_each_with_its_own_review(front: Front) -> None:
    first, second = old(front), old(front, reference="C-24-00008")
    ines = factory.content(factory.child("c1", "Ines", family="Duarte", dob="2015-05-05"))
    apart = old(front, "C-24-00009", content=ines)
    [row, *_] = [r for r in retention.due(front.ola) if r.contact_id == first]
    assert [r.contact_id for r in row.also] == [second]
    retention.propose(front.ola, first, [r.contact_id for r in row.also])
    with pytest.raises(NotAllowedError, match="You proposed this yourself"):
        retention.approve(front.ola, first, [second])
    found = {r.contact_id: r for r in retention.due(front.priya)}
    assert found[apart].also == ()
    retention.approve(front.priya, first, [r.contact_id for r in found[first].also])
    with front.store.read() as tx:
        assert list(contacts.by_ids(tx, [first, second, apart])) == [apart]
        assert [kept.review(tx, id) is not None for id in (first, second, apart)] == [
            True, True, False,
        ]  # fmt: skip
        assert {s.contact_id for s in content_keys.all(tx).shares} == {apart}
    assert front.kinds()[-2:] == ["retention.destroyed"] * 2


def test_where_one_of_a_childs_records_may_not_go_none_does(front: Front) -> None:
    first, second = old(front), old(front, reference="C-24-00008")
    retention.propose(front.ola, first)
    retention.propose(front.priya, second)
    [row, _] = sorted(retention.due(front.priya), key=lambda r: r.reference)
    assert (row.contact_id, row.also) == (first, ())
    with pytest.raises(NotAllowedError):
        retention.approve(front.priya, first, [second])
    with front.store.read() as tx:
        assert set(contacts.by_ids(tx, [first, second])) == {first, second}


def test_record_kept_longer_comes_back_on_the_day_named(front: Front) -> None:
    id = proposed(front)
    retention.keep(front.priya, id, date(2026, 12, 24), "The child may ask for it.")
    assert retention.due(front.priya) == ()
    front.watch.now += timedelta(days=31)
    assert [r.fate for r in retention.due(front.priya)] == [Fate.DUE]
    retention.propose(front.ola, id)


def test_destroyed_record_leaves_nothing_but_that_it_was(front: Front, tmp_path: Path) -> None:
    path = tmp_path / "poppy.eml"
    path.write_bytes(LETTER)
    [id] = receive.receive_path(front.ruth, path).contacts
    with front.store.read() as tx:
        reference = contacts.get(tx, id).reference
        [letter] = originals.of_contact(tx, id)
    match.look_up(front.ruth, id)
    reading.original_bytes(front.ruth, id)
    screen.set_aside(front.ruth, id, "error", "Poppy Marlowe was written twice.")
    backups.write(front.store, tmp_path / "before.backup", BACKUP_KEY)
    front.watch.now += timedelta(days=400)
    assert "Poppy" in everything(front)
    retention.propose(front.ola, id)
    retention.approve(front.priya, id)
    after = everything(front)
    assert not [word for word in ("Poppy", "Marlowe", letter.sha256) if word in after]
    assert events.verify(front.store) is None
    told = [e for e in front.events() if e.contact_id == id]
    assert {e.detail for e in told[:-1]} == {events.DESTROYED}
    assert reference in told[-1].detail
    with front.store.read() as tx:
        keys = content_keys.all(tx)
        assert kept.review(tx, id) is not None
    with closing(open_file(tmp_path / "back.db", KEY)) as back:
        came = backups.restore(tmp_path / "before.backup", BACKUP_KEY, keys, back)
        assert str(id) in came.owners_gone
        with back.read() as tx:
            assert contacts.by_ids(tx, [id]) == {}
            data = metadata.tables["original_bytes"].c.data
            assert isinstance(data.type, LargeBinary)
            assert tx.connection.scalars(select(data)).all() == []


def test_bytes_that_came_for_another_record_too_stay(front: Front, tmp_path: Path) -> None:
    gone, stays = old(front), old(front, reference="C-24-00008")
    with front.store.write() as tx:
        for contact_id in (gone, stays):
            originals.keep(
                tx,
                id=front.desk.new_id(),
                name="batch.csv",
                data=b"two families",
                kind="batch",
                contact_id=contact_id,
                message_id="",
                received_at=LONG_AGO,
            )
    retention.propose(front.ola, gone)
    retention.approve(front.priya, gone)
    with front.store.read() as tx:
        [left] = originals.of_contact(tx, stays)
        assert originals.bytes_of(tx, left.id) == b"two families"


def test_what_others_found_of_a_destroyed_record_goes_with_it(front: Front) -> None:
    child = factory.child(dob="2019-03-15", school="Zebedee Infants")
    made = factory.contact(child, reference="C-24-00007", rating="green")
    gone = front.bring(replace(made, received_at=LONG_AGO))
    other = front.bring(factory.contact())
    found = match.look_up(front.ruth, other.id)
    candidate = next(c for r in found for c in r.candidates if c.record.partner == OWN)
    match.link(front.ruth, Subject(contact_id=other.id, person="c1"), candidate, ["x"], "Same")
    screen.set_aside(front.ruth, front.read(gone), "error", "A slip.")
    front.watch.now += timedelta(days=400)
    assert "Zebedee" in everything(front)
    retention.propose(front.ola, gone.id)
    retention.approve(front.priya, gone.id)
    assert "Zebedee" not in everything(front)
    screen.open_contact(front.priya, other.id)


def test_other_desks_are_told_and_find_the_record_no_more(front: Front) -> None:
    id = proposed(front)
    before = front.seq
    retention.approve(front.priya, id)
    lines = audit.search(front.priya, audit.Wanted(), "A review.").page.rows
    assert {row.about for row in lines if row.contact_id == id} == {"Record destroyed"}
    assert [e.kind for e in feed.since(front.priya, before)] == ["retention.destroyed"]
    assert feed.since(front.ruth, before) == ()
    with pytest.raises(NotFoundError):
        screen.open_contact(front.ruth, id)


def test_record_under_work_is_never_due(front: Front) -> None:
    contact = factory.contact(reference="C-24-00009")
    front.bring(replace(contact, received_at=LONG_AGO, state=ContactState.SCREENING))
    assert retention.due(front.priya) == ()


def test_what_became_no_contact_goes_with_its_key_and_nothing_newer_does(front: Front) -> None:
    kept = {}
    with front.store.write() as tx:
        for name, came in (("old", LONG_AGO), ("new", factory.NOW)):
            kept[name] = originals.keep(
                tx, id=front.desk.new_id(), name="a.eml", data=name.encode(), kind="bounce",
                contact_id=None, message_id="", received_at=came,
            )  # fmt: skip
        named = [f"original:{o.id}" for o in kept.values()]
        named += [f"original_bytes:{o.sha256}" for o in kept.values()]
        content_keys.make(tx, named)
    [row] = retention.due(front.ola)
    assert (row.reference, row.children) == ("Arrivals", "1 file")
    retention.propose(front.ola, retention.by_reference(front.ola, "arrivals"))
    with pytest.raises(NotAllowedError):
        retention.approve(front.ola, row.contact_id)
    retention.keep(front.priya, row.contact_id, date(2027, 1, 1), "An inquiry.")
    assert retention.due(front.ola) == ()
    front.watch.now += timedelta(days=50)
    [row] = retention.due(front.ola)
    retention.propose(front.ola, row.contact_id)
    retention.approve(front.priya, row.contact_id)
    with front.store.read() as tx:
        assert originals.set_aside_list(tx) == [kept["new"]]
        left = set(content_keys.all(tx).others) & set(named)
    assert left == {f"original:{kept['new'].id}", f"original_bytes:{kept['new'].sha256}"}
    assert events.verify(front.store) is None


def test_what_was_set_aside_is_kept_from_that_day_on_and_not_from_when_it_came(
    front: Front,
) -> None:
    aged = front.bring(replace(factory.contact(), received_at=LONG_AGO))
    screen.set_aside(front.ruth, aged, "error", "A slip.")
    with front.store.write() as tx:
        kept = [
            originals.keep(
                tx, id=front.desk.new_id(), name="a.eml", data=name.encode(), kind="bounce",
                contact_id=None, message_id="", received_at=LONG_AGO,
            )
            for name in ("a bounce", "an answer")
        ]  # fmt: skip
        front.ruth.note(tx, "original.set_aside", None, {"original": str(kept[0].id)})
        answer = PartnerAnswer(
            id=front.desk.new_id(), request_id=None, place=AnswerPlace.TO_PLACE, via=Via.EMAIL,
            received_at=LONG_AGO, original_id=kept[1].id,
        )  # fmt: skip
        requests.add_answer(tx, answer)
    [waits] = retention.due(front.ola)
    assert waits.children == "1 file and 1 answer, of which 1 still to place"
    partner_answers.not_an_answer(front.ruth, answer.id, "A circular.")
    assert retention.due(front.ola) == ()
    front.watch.now += timedelta(days=364)
    assert retention.due(front.ola) == ()
    front.watch.now += timedelta(days=3)
    due = retention.due(front.ola)
    assert [row.children for row in due] == ["2 files and 1 answer", "Maya Rowe"]
    retention.propose(front.ola, due[0].contact_id)
    retention.approve(front.priya, due[0].contact_id)
    with front.store.read() as tx:
        assert originals.set_aside_list(tx) == []
        assert requests.answers_to_place(tx) == []
