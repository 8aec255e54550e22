"""At a hub's server the database itself sees that two look before anything is destroyed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests import factory
from tests.hub_here import HubHere, tell
from tests.keys_here import got
from tests.workflow.keeping import LONG_AGO, old
from triage.domain.contact import ContactState
from triage.domain.errors import NotAllowedError, NotFoundError
from triage.domain.request import AnswerPlace, PartnerAnswer, Via
from triage.domain.retention import Fate, years_after
from triage.domain.worker import Worker
from triage.storage import contacts, events, originals, requests
from triage.storage.secrets import FileVault
from triage.workflow import backup, holding, match, recovery, retention, screen, sign
from triage.workflow.desk import Desk

PROPOSE = """INSERT INTO destruction (about, reference, outcome, rule, due_on, fate, proposed_by,
    proposed_at) VALUES (%s, %s, %s, %s, %s, 'proposed', %s, now())"""
DESTROY = "SELECT fanlight_destroy(%s)"


def test_two_leaders_destroy_what_is_due_and_the_chain_stays_whole(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    retention.propose(at(factory.OLA), id)
    retention.approve(at(factory.PRIYA), id)
    with hub.front.store.read() as tx:
        assert contacts.by_ids(tx, [id]) == {}
    with psycopg.connect(hub.url) as line:
        for table in ("child_key", "content_share"):
            assert line.execute(f"SELECT FROM {table}".encode()).fetchall() == [], table
    assert events.verify(hub.front.store) is None
    [(fate, by)] = hub.tried(factory.AMIR, "SELECT fate, decided_by FROM destruction")
    assert (fate, by) == ("destroyed", "pnandra")


def test_nobody_destroys_alone_or_what_is_held_or_by_plain_sql(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    ola, priya = at(factory.OLA), at(factory.PRIYA)
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)  # nobody proposed it
    retention.propose(ola, id)
    assert "FL001" in hub.answered(factory.OLA, DESTROY, id)
    assert "FL001" in hub.answered(factory.RUTH, DESTROY, id)
    forged = "UPDATE destruction SET proposed_by = 'rosei'"
    assert "FL001" in hub.answered(factory.OLA, forged)
    ended = "UPDATE destruction SET fate = 'destroyed', decided_by = 'pnandra'"
    assert "FL001" in hub.answered(factory.PRIYA, ended)
    keys = ("content_key", "child_key", "content_share")
    for table in ("contact", *keys, "destruction", "legal_hold"):
        assert "42501" in hub.answered(factory.PRIYA, f"DELETE FROM {table}")
    retention.hold(ola, id, "A claim.")
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    other = "UPDATE legal_hold SET lifted_at = now(), lifted_by = 'oadeyo'"
    assert "FL001" in hub.answered(factory.PRIYA, other)
    retention.lift(priya, id, "It ended.")
    retention.keep(priya, id, date(2027, 1, 1), "Asked for.")
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    with hub.front.store.read() as tx:
        assert list(contacts.by_ids(tx, [id])) == [id]


def test_time_and_holds_are_the_databases_to_work_out_whatever_a_proposal_says(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    def proposed(id: UUID, reference: str) -> None:
        values = (id, reference, "nfa", "set_aside", "2020-01-01", "oadeyo")
        with hub.as_somebody(factory.OLA) as line, line.transaction():
            tell(line, factory.OLA, "retention.proposed", id)
            line.execute(PROPOSE.encode(), values)

    ended = {"state": ContactState.SET_ASIDE}
    young = hub.front.bring(replace(factory.contact(reference="C-26-00001"), **ended))
    proposed(young.id, young.reference)
    assert "not over" in hub.answered(factory.PRIYA, DESTROY, young.id)
    # Another record about the same child: due itself, but the young one is still kept.
    id = old(hub.front)
    proposed(id, "C-24-00007")
    assert "not over" in hub.answered(factory.PRIYA, DESTROY, id)
    apart = factory.content(factory.child("c1", "Ines", family="Duarte", dob="2015-05-05"))
    one = old(hub.front, "C-24-00008", content=apart)
    other = old(hub.front, "C-24-00009", content=apart)
    proposed(one, "C-24-00008")
    retention.hold(at(factory.OLA), other, "A claim.")
    assert "A hold stands" in hub.answered(factory.PRIYA, DESTROY, one)
    retention.lift(at(factory.PRIYA), other, "It ended.")
    assert "without the event" in hub.answered(factory.PRIYA, DESTROY, one)
    retention.approve(at(factory.PRIYA), one)
    [(due,)] = hub.tried(factory.AMIR, "SELECT due_on FROM destruction WHERE about = %s", one)
    assert due == (LONG_AGO + timedelta(days=365)).date().isoformat()
    forged = "UPDATE retention_rule SET years = 0"
    assert "42501" in hub.answered(factory.PRIYA, forged)
    moved = "UPDATE contact SET received_at = '2020-01-01', version = 9 WHERE id = %s"
    assert "when it came" in hub.answered(factory.PRIYA, moved, young.id)


def test_what_was_set_aside_just_now_is_destroyed_by_nobody_though_it_came_long_ago(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    ruth, today = at(factory.RUTH), factory.NOW.date().isoformat()
    aged = replace(factory.contact(reference="C-24-00007"), received_at=LONG_AGO)
    screen.set_aside(ruth, hub.front.bring(aged), "error", "A slip.")
    arrivals = UUID(int=9)
    with ruth.store.write() as tx:
        for number, about in ((1, None), (2, None)):
            kept = originals.keep(
                tx, id=UUID(int=number), name="a.eml", data=b"%d" % number, kind="reply",
                contact_id=about, message_id="", received_at=LONG_AGO,
            )  # fmt: skip
            ruth.note(tx, "original.set_aside", None, {"original": str(kept.id)})
    for id, outcome in ((aged.id, "set_aside"), (arrivals, "no_contact")):
        about = id if outcome == "set_aside" else None
        with hub.as_somebody(factory.OLA) as line, line.transaction():
            tell(line, factory.OLA, "retention.proposed", about)
            values = (id, "x", outcome, "set_aside", today, "oadeyo")
            line.execute(PROPOSE.encode(), values)
    assert "not over" in hub.answered(factory.PRIYA, DESTROY, aged.id)
    with hub.as_somebody(factory.PRIYA) as line, line.transaction():
        tell(line, factory.PRIYA, "retention.arrivals_destroyed", None)
        line.execute(DESTROY.encode(), (arrivals,))
    assert hub.tried(factory.PRIYA, "SELECT count(*) FROM original") == [(2,)]
    assert retention.due(at(factory.PRIYA)) == ()


def test_the_database_and_the_desk_work_out_the_same_day(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    signed = []
    for number, (outcome, born) in enumerate(
        (("nfa", "2019-03-14"), ("assessment", "2019-03-14"), ("assessment", None), ("uasc", "x"))
    ):
        child = factory.child("c1", f"Child{number}", family="Duarte", dob=born)
        made = factory.contact(child, reference=f"C-24-0001{number}", rating="green")
        version = hub.front.proposed(hub.front.bring(made), outcome=outcome)
        sign.approve(hub.front.priya, version.id, pin="2222")
        signed.append(made.id)
    desk = at(factory.PRIYA)
    with desk.store.read() as tx:
        fell = {id: retention._falls(desk, tx, contacts.get(tx, id)) for id in signed}
    with psycopg.connect(hub.url) as line:
        for id, found in fell.items():
            [(day,)] = line.execute("SELECT fanlight_due_on(%s)", (id,)).fetchall()
            assert day == (found and found[1]), id


@pytest.mark.parametrize(
    ("day", "years"),
    [
        (date(2012, 2, 29), 18),
        (date(2012, 2, 29), 4),
        (date(2013, 2, 28), 3),
        (date(2012, 2, 28), 1),
        (date(2012, 3, 1), 1),
    ],
)
def test_the_database_and_the_desk_count_years_alike_for_who_is_born_on_a_leap_day(
    hub: HubHere, day: date, years: int
) -> None:
    with psycopg.connect(hub.url) as line:
        counted = line.execute("SELECT fanlight_years_after(%s, %s)", (day, years)).fetchone()
    assert counted == (years_after(day, years),)


def test_records_are_about_one_child_by_who_it_is_or_by_its_number_and_by_no_other(
    hub: HubHere,
) -> None:
    numbers = {"C-26-00001": "9990000018", "C-26-00002": "9990000018",
               "C-26-00003": "9990000026", "C-26-00004": "9990000026"}  # fmt: skip
    made = {}
    for at, (reference, number) in enumerate(numbers.items()):
        child = factory.child(given=f"Child{at}", family=f"Kin{at}", nhs_number=number)
        made[reference] = hub.front.bring(factory.contact(child, reference=reference)).id
    with psycopg.connect(hub.url) as line:
        for one, other in (("C-26-00001", "C-26-00002"), ("C-26-00003", "C-26-00004")):
            found = line.execute("SELECT fanlight_related(%s)", (made[one],)).fetchall()
            assert found == [(made[other],)], one


def test_what_was_signed_never_falls_due_as_if_it_had_been_set_aside(hub: HubHere) -> None:
    version = hub.front.proposed(hub.front.bring(factory.contact(rating="green")))
    sign.approve(hub.front.priya, version.id, pin="2222")
    hub.front.bring(factory.contact(reference="C-26-04999"))
    with psycopg.connect(hub.url) as line:
        for table, state in (("contact", "set aside"), ("decision_version", "superseded")):
            line.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            line.execute(f"UPDATE {table} SET state = '{state}'".encode())
        due = "SELECT fanlight_falls_due(id) IS NULL FROM contact WHERE reference = %s"
        [signed], [other] = (
            line.execute(due, (r,)).fetchone() for r in ("C-26-04817", "C-26-04999")
        )
        line.rollback()
    assert (signed, other) == (True, False)


def _would_fall(hub: HubHere, id: UUID, *changes: str) -> date | None:
    """When a record would fall due if those of its rows were so."""
    with psycopg.connect(hub.url) as line:
        for table in ("contact", "decision_version", "retention_rule"):
            line.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        for change in changes:
            line.execute(change.encode())
        found = line.execute("SELECT fanlight_falls_due(%s)", (id,)).fetchone()
        line.rollback()
    assert found is not None
    due: date | None = found[0]
    return due


def test_what_is_worked_on_again_or_ended_in_a_way_that_no_rule_names_never_falls_due(
    hub: HubHere,
) -> None:
    version = hub.front.proposed(hub.front.bring(factory.contact(rating="green")), outcome="nfa")
    sign.approve(hub.front.priya, version.id, pin="2222")
    id = version.contact_id
    assert _would_fall(hub, id) is not None
    assert _would_fall(hub, id, "UPDATE contact SET state = 'screening'") is None
    two = """UPDATE decision_version SET body =
        jsonb_set(body::jsonb, '{answers,outcome}', '["nfa", "of no rule"]')::text"""
    assert _would_fall(hub, id, two) is None
    none = "UPDATE decision_version SET body = jsonb_set(body::jsonb, '{answers}', '{}')::text"
    assert _would_fall(hub, id, none) is None


def test_what_was_set_aside_falls_due_as_that_whatever_was_sent_back_and_others_did(
    hub: HubHere,
) -> None:
    version = hub.front.proposed(hub.front.bring(factory.contact(rating="green")))
    id = version.contact_id
    aside = "UPDATE contact SET state = 'set aside'"
    returned = "UPDATE decision_version SET state = 'returned'"
    before = _would_fall(hub, id, aside, returned)
    assert before is not None
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    hub.front.watch.move(hours=24 * 400)
    screen.set_aside(hub.front.ruth, other, "error", "A slip.")
    assert _would_fall(hub, id, aside, returned) == before


def test_what_became_no_contact_is_destroyed_by_two_when_its_time_is_over(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    ours = (UUID(int=n) for n in range(1, 9))
    with hub.front.store.write() as tx:
        for name, came in (("old", LONG_AGO), ("new", factory.NOW)):
            kept = originals.keep(
                tx, id=next(ours), name=f"{name}.eml", data=name.encode(), kind="reply",
                contact_id=None, message_id="", received_at=came,
            )  # fmt: skip
            answer = PartnerAnswer(
                id=next(ours), request_id=None, place=AnswerPlace.TO_PLACE, via=Via.EMAIL,
                received_at=came, text=f"Words of the {name}.", original_id=kept.id,
            )  # fmt: skip
            requests.add_answer(tx, answer)
    ola, priya = at(factory.OLA), at(factory.PRIYA)
    [row] = retention.due(ola)
    assert (row.children, row.fate) == ("1 file and 1 answer, of which 1 still to place", Fate.DUE)
    retention.propose(ola, row.contact_id)
    assert "FL001" in hub.answered(factory.OLA, DESTROY, row.contact_id)
    [row] = retention.due(ola)
    assert row.mine
    retention.approve(priya, row.contact_id)
    assert retention.due(priya) == ()
    for table in ("original", "partner_answer", "original_bytes"):
        assert hub.tried(factory.PRIYA, f"SELECT count(*) FROM {table}") == [(1,)], table
    assert hub.front.kinds()[-2:] == ["retention.proposed", "retention.arrivals_destroyed"]
    assert events.verify(hub.front.store) is None


def test_keys_kept_with_backups_forget_what_was_destroyed_and_only_their_owner_does_that(
    hub: HubHere, at: Callable[[Worker], Desk], tmp_path: Path
) -> None:
    vault, keys = FileVault(tmp_path / "vault"), tmp_path / "keys"
    another = factory.child("c1", "Ines", family="Duarte", dob="2015-05-05")
    id, stays = old(hub.front), hub.front.bring(factory.contact(another))
    retention.propose(at(factory.OLA), id)
    backup.make(
        hub.front.store, vault, tmp_path / "backups", keys, now=factory.NOW, ask=lambda _: "w" * 20
    )
    key = vault.get(recovery.RECOVERY_KEY)
    assert key is not None
    before = set(recovery.held_content_keys(keys, key).kept.by_name())
    leader = at(factory.PRIYA)
    assert "fanlightctl backup forget" in retention.approve(leader, id).words
    here = tmp_path / "none.db"
    assert recovery.forget_here(leader.store, vault, here) is None  # who sees some, loses others
    assert recovery.forget(hub.front.store, keys, key) == 1
    assert set(recovery.held_content_keys(keys, key).kept.by_name()) == before - {str(id)}
    assert str(stays.id) in before


def test_key_of_a_restricted_contact_is_for_those_who_may_know_of_it(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front, restricted=True)
    retention.hold(at(factory.PRIYA), id, "A claim.")
    assert [list(got(hub, w)) for w in (factory.PRIYA, factory.RUTH)] == [[id], []]
    with pytest.raises(NotFoundError):
        holding.by_reference(at(factory.RUTH), "C-24-00007")
    with pytest.raises(NotAllowedError):
        retention.hold(at(factory.RUTH), id, "Mine.")


def test_one_who_takes_a_group_for_their_own_still_proposes_in_their_own_name(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    id = old(hub.front)
    forged = (
        "INSERT INTO destruction (about, reference, outcome, rule, due_on, fate, proposed_by, "
        "proposed_at) VALUES (%s, 'C-24-00007', '', '', '2026-01-01', 'proposed', 'oadeyo', now())"
    )
    with hub.as_somebody(factory.PRIYA) as line:
        line.execute("SET ROLE fanlight_person")
        with pytest.raises(psycopg.Error):
            line.execute(forged.encode(), (id,))
    assert "FL001" in hub.answered(factory.PRIYA, DESTROY, id)
    with hub.front.store.read() as tx:
        assert list(contacts.by_ids(tx, [id])) == [id]


def test_what_others_found_of_a_destroyed_record_goes_with_it_at_a_hub(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    child = factory.child(dob="2019-03-15", school="Zebedee Infants")
    made = factory.contact(child, reference="C-24-00007", rating="green")
    gone = hub.front.bring(replace(made, received_at=LONG_AGO))
    alone = hub.front.bring(factory.alone("Noor Vale", "C-26-00003"))
    for contact in (hub.front.bring(factory.contact()), alone):
        match.look_up(at(factory.RUTH), contact.id)
    naming = (
        "SELECT count(*), count(*) FILTER (WHERE body ~ 'Zebedee|C-24-00007') FROM lookup_result"
    )
    [(before, named)] = hub.tried(factory.PRIYA, naming)
    assert 0 < named < before
    hub.front.watch.now, now = LONG_AGO, hub.front.watch.now
    screen.set_aside(hub.front.ruth, hub.front.read(gone), "error", "A slip.")
    hub.front.watch.now = now
    retention.propose(at(factory.OLA), gone.id)
    retention.approve(at(factory.PRIYA), gone.id)
    assert hub.tried(factory.PRIYA, naming) == [(before - named, 0)]


def test_nobody_plants_a_key_that_shuts_out_others_or_is_no_key(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    adding = "INSERT INTO content_key VALUES (%s, %s)"
    for name, key in (
        ("-" * 36, b"k" * 32),  # reading it would fail for everybody
        ("original_bytes:" + "a" * 64, b"k" * 32),  # what a backup would then be sealed with
        (str(contact.id), b"short"),
    ):
        assert "42501" in hub.answered(factory.RUTH, adding, name, key), name
    assert "42501" in hub.answered(factory.SANA, "SELECT id FROM content_key")


def test_nobody_tells_desks_of_an_end_or_an_opening_that_was_none(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    told = f'{{"people":["c1"],"reference":"{contact.reference}"}}'
    adding = """INSERT INTO event SELECT seq + 1, %s, %s, %s, now(), %s, hash,
        fanlight_digest(seq + 1, %s, %s, %s, now(), %s, hash) FROM event_head"""
    for worker, kind in (
        (factory.RUTH, "retention.destroyed"),  # desks would forget the child
        (factory.PRIYA, "retention.destroyed"),
        (factory.RUTH, "access.broke_glass"),
        (factory.RUTH, "decision.signed"),
        (factory.PRIYA, "trail.sealed"),
    ):
        values = (kind, contact.id, worker.id, told)
        assert "FL001" in hub.answered(worker, adding, *values, *values), kind
    values = ("contact.fact_changed", contact.id, "rosei", told)
    assert hub.tried(factory.RUTH, adding, *values, *values) == [(1,)]
