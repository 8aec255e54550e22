"""What a hub's database ties together, tried with plain SQL: rows and who they name, writes and
their events."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from tests import factory
from tests.hub_here import BEN, VIC, HubHere, tell
from tests.keys_here import got
from tests.workflow.keeping import old
from triage.domain.contact import Contact, ContactState
from triage.domain.draft import Kinship
from triage.domain.lookup import Subject, Verdict, VerdictKind
from triage.domain.request import AnswerPlace, PartnerAnswer, Via
from triage.domain.worker import Worker
from triage.storage import codec, content_keys, episodes, originals
from triage.storage import requests as stored
from triage.storage.apart import APART
from triage.workflow import (
    audit,
    claims,
    concerns,
    join,
    match,
    reading,
    requests,
    retention,
    screen,
    sign,
)
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]


def told(
    hub: HubHere, worker: Worker, kind: str, about: UUID | None, act: str, *values: object
) -> str:
    """What becomes of an act in one transaction with an event of that kind by plain SQL."""
    try:
        with hub.as_somebody(worker) as line, line.transaction():
            tell(line, worker, kind, about)
            line.execute(act.encode(), values)
    except psycopg.Error as fault:
        return f"{fault.sqlstate} {fault}"
    return "done"


def _earlier(hub: HubHere, **facts: object) -> tuple[Contact, Contact]:
    """An earlier contact about Maya Rowe, and a later one."""
    made = factory.contact(reference="C-26-04700", received_at=factory.NOW - timedelta(days=30))
    old = hub.front.bring(replace(made, **facts))  # type: ignore[arg-type]
    return old, hub.front.bring(factory.contact(reference="C-26-04817"))


def _said_of(hub: HubHere, worker: Worker, contact: Contact) -> str:
    """All that person's own SQL, and the keys it gives them, tell of a contact's events."""
    keys = {str(id): key for id, key in got(hub, worker).items()}
    reading = "SELECT seq, detail FROM event WHERE contact_id = %s"
    found = ""
    for seq, detail in hub.tried(worker, reading, contact.id):
        held = json.loads(detail)
        if "sealed" in held and str(contact.id) in keys:
            words = base64.b64decode(held["sealed"])
            held = json.loads(
                content_keys.unseal(words, keys[str(contact.id)], f"event {seq}").decode()
            )
        found += repr(held)
        if "of_others" in held and all(c in keys for c in held["of_others"]["contacts"]):
            found += "opened"
    return found


def test_nothing_that_names_a_contact_restricted_later_is_an_officers_to_read(
    hub: HubHere, at: At
) -> None:
    old, new = _earlier(hub)
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    found = match.look_up(officer, new.id)
    candidate = next(c for r in found for c in r.candidates if old.reference in c.record.record_id)
    match.link(officer, Subject(contact_id=new.id, person="c1"), candidate, ["x"], "Same child")
    with hub.front.store.write() as tx:
        episodes.suggest(tx, new.id, old.id, Kinship.SAME_FAMILY, ("One child",), factory.NOW)
    join.join(officer, new.id, old.id, "One child")
    asked = requests.start(officer, new.id, "housing")
    requests.keep_draft(officer, replace(asked, why=f"As in {old.reference}."))
    tables = ("lookup_result", "verdict", "suggestion", "request")
    counted = {t: f"SELECT count(*) FROM {t}{'_shown' * (t in APART)} kept" for t in tables}
    naming = {t: f"{c} WHERE kept::text LIKE '%%C-26-04700%%'" for t, c in counted.items()}
    naming["suggestion"] = counted["suggestion"]
    assert all(hub.tried(factory.RUTH, naming[t])[0][0] for t in tables)
    assert "opened" in _said_of(hub, factory.RUTH, new)
    concerns.restrict(leader, old.id, "Parent works for the council")
    for who, seen in ((factory.RUTH, 0), (factory.AMIR, 0), (factory.PRIYA, 1)):
        for table in tables:
            assert min(hub.tried(who, naming[table])[0][0], 1) == seen, (who.id, table)
        said = _said_of(hub, who, new)
        assert "housing" in said  # what tells of nobody else is there
        assert (old.reference in said, "opened" in said) == (False, bool(seen)), who.id
    assert old.reference not in repr(screen.open_contact(officer, new.id))
    # Asked again, the officer is told that somebody is there, as before.
    assert old.reference not in repr(match.look_up(officer, new.id))


def test_what_waits_to_be_placed_is_for_those_who_place_it(hub: HubHere, at: At) -> None:
    contact = hub.front.bring(factory.contact())
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    request = requests.start(at(factory.RUTH), contact.id, "housing")
    shown = requests.start(at(factory.RUTH), other.id, "housing")
    came: dict[str, dict[str, object]] = {
        "open": {},
        "thread": {"names": ("x@y",)},
        "likely": {"likely": request.id},
        "other": {"likely": shown.id},
        "named": {"text": f"As in {contact.reference}."},
    }
    with hub.front.store.write() as tx:
        for number, (name, facts) in enumerate(came.items()):
            kept = originals.keep(
                tx, id=uuid4(), name=f"{name}.eml", data=name.encode(), kind="reply",
                contact_id=None, message_id="", received_at=factory.NOW,
            )  # fmt: skip
            answer = PartnerAnswer(
                id=UUID(int=number), request_id=None, place=AnswerPlace.TO_PLACE, via=Via.EMAIL,
                received_at=factory.NOW, original_id=kept.id, **facts,  # type: ignore[arg-type]
            )  # fmt: skip
            stored.add_answer(tx, answer)
    concerns.restrict(at(factory.PRIYA), contact.id, "Parent works for the council")
    for table in ("partner_answer", "original", "original_bytes"):
        seen = [
            hub.tried(w, f"SELECT count(*) FROM {table}")[0][0]
            for w in (BEN, factory.AMIR, factory.RUTH, factory.PRIYA)
        ]
        assert seen == [0, 0, 2, 5], table


def test_an_auditor_reads_who_did_what_with_a_restricted_contact_and_no_words_of_it(
    hub: HubHere, at: At
) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    screen.open_contact(at(factory.PRIYA), hidden.id)
    concerns.open_up(at(factory.PRIYA), hidden.id, "The uncle left the council")
    concerns.restrict(at(factory.PRIYA), hidden.id, "The aunt works there too")
    assert (
        len(hub.tried(factory.AMIR, "SELECT seq FROM event WHERE contact_id = %s", hidden.id)) == 3
    )
    assert hidden.id not in got(hub, factory.AMIR)
    assert hidden.id in got(hub, factory.PRIYA)
    assert "aunt" not in _said_of(hub, factory.AMIR, hidden)
    assert "aunt" in _said_of(hub, factory.PRIYA, hidden)
    found = audit.look_again(at(factory.AMIR), audit.Wanted())
    assert {r.about for r in found.page.rows if r.contact_id} == {"Restricted record"}


def test_whose_a_contact_is_changes_only_with_the_event_of_it(hub: HubHere, at: At) -> None:
    contact = hub.front.bring(factory.contact())
    claims.claim(at(factory.SANA), contact.id)
    mine = replace(hub.front.read(contact), assigned_to="rosei", version=9)
    taking = "UPDATE contact SET assigned_to = 'rosei', body = %s, version = 9 WHERE id = %s"
    body = codec.dump(Contact, mine, sparse=True)
    assert "without the event" in hub.answered(factory.RUTH, taking, body, contact.id)
    silent = "UPDATE contact SET version = 9 WHERE id = %s"
    assert "FL001" in hub.answered(factory.RUTH, silent, contact.id)
    looked = told(hub, factory.RUTH, "contact.viewed", contact.id, taking, body, contact.id)
    assert "without the event" in looked
    half = "UPDATE contact SET assigned_to = 'rosei', version = 9 WHERE id = %s"
    assert "whose it is" in told(
        hub, factory.RUTH, "contact.taken_over", contact.id, half, contact.id
    )
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    assert "without the event" in told(
        hub, factory.RUTH, "contact.taken_over", other.id, taking, body, contact.id
    )
    assert (
        told(hub, factory.RUTH, "contact.taken_over", contact.id, taking, body, contact.id)
        == "done"
    )
    assert hub.front.events()[-1].kind == "contact.taken_over"


def test_what_is_said_of_a_record_is_said_in_ones_own_name_with_its_event(
    hub: HubHere, at: At
) -> None:
    contact = hub.front.bring(factory.contact())
    said = Verdict(
        id=uuid4(), subject=Subject(contact_id=contact.id, person="c1"), partner="police",
        record_id="P1", kind=VerdictKind.SAME, by="rosei", at=factory.NOW,
    )  # fmt: skip
    adding = "INSERT INTO verdict_shown VALUES (%s, %s, 'police', 'P1', now(), NULL, %s)"

    def tried(verdict: Verdict, kind: str = "match.linked") -> str:
        body = codec.dump(Verdict, verdict)
        return told(
            hub, factory.RUTH, kind, contact.id, adding, verdict.id, contact.id, body
        )  # fmt: skip

    assert "own name" in tried(replace(said, by="siqbal"))
    assert "without the event" in tried(said, "contact.viewed")
    assert tried(said) == "done"
    undone = replace(said, undone_by="rosei", undone_at=factory.NOW, undone_why="No")
    turned = replace(said, kind=VerdictKind.NOT_SAME)
    changing = "UPDATE verdict_shown SET undone_at = now(), body = %s"
    for body, words in (
        (turned, "own name"),
        (replace(undone, undone_by="siqbal"), "own name"),
        (replace(undone, by="siqbal"), "own name"),
    ):
        written = codec.dump(Verdict, body)
        assert words in told(
            hub, factory.RUTH, "match.undone", contact.id, changing, written
        )  # fmt: skip
    written = codec.dump(Verdict, undone)
    assert "without the event" in hub.answered(factory.RUTH, changing, written)
    assert told(hub, factory.RUTH, "match.undone", contact.id, changing, written) == "done"


def test_copies_looks_and_restrictions_are_never_without_their_event(hub: HubHere, at: At) -> None:
    front = hub.front
    version = front.proposed(front.bring(factory.contact(rating="green")))
    about = version.contact_id
    copying = "INSERT INTO pack_copy VALUES (%s, %s, 1, repeat('0', 64), %s, now(), 'x', '{}')"
    mine, theirs = (uuid4(), version.id, "rosei"), (uuid4(), version.id, "siqbal")
    assert "42501" in told(hub, factory.RUTH, "pack.issued", about, copying, *theirs)
    assert "without the event" in hub.answered(factory.RUTH, copying, *mine)
    assert told(hub, factory.RUTH, "pack.issued", about, copying, *mine) == "done"
    assert "42501" in hub.answered(factory.RUTH, "UPDATE pack_copy SET how = 'y'")
    opening = "INSERT INTO version_opened VALUES (%s, 'pnandra', now())"
    assert "without the event" in hub.answered(factory.PRIYA, opening, version.id)
    sign.look(at(factory.PRIYA), version.id)
    hiding = "INSERT INTO restriction VALUES (%s)"
    assert "without the event" in hub.answered(factory.RUTH, hiding, about)
    answering = (
        "INSERT INTO answer (contact_id, key, value, version, by, at) "
        "VALUES (%s, 'x', '\"x\"', 1, 'rosei', now())"
    )
    assert "without the event" in hub.answered(factory.RUTH, answering, about)


def test_an_act_is_told_by_the_event_of_that_act_and_by_no_other(hub: HubHere, at: At) -> None:
    leader, front = factory.PRIYA, hub.front
    due = old(front)
    retention.propose(at(factory.OLA), due)
    destroying = "SELECT fanlight_destroy(%s)"
    assert "FL001" in told(hub, leader, "retention.kept", due, destroying, due)
    retention.approve(at(leader), due)
    version = front.proposed(front.bring(factory.contact(rating="green")))
    body = "SELECT body FROM decision_version WHERE id = %s"
    said = json.loads(hub.tried(leader, body, version.id)[0][0])
    said |= {"state": "signed", "signer": leader.id, "signed_at": datetime.now(UTC).isoformat()}
    signing = "UPDATE decision_version SET state = 'signed', body = %s WHERE id = %s"
    for kind in ("contact.viewed", "decision.opened"):
        answered = told(
            hub, leader, kind, version.contact_id, signing, json.dumps(said), version.id
        )
        assert "without the event" in answered
    hidden = front.bring(factory.contact(reference="C-26-04700", restricted=True))
    lifting = "DELETE FROM restriction"
    assert "without the event" in told(hub, leader, "contact.viewed", hidden.id, lifting)
    retention.hold(at(factory.OLA), version.contact_id, "A claim.")
    freeing = "UPDATE legal_hold SET lifted_at = now(), lifted_by = %s"
    answered = told(hub, leader, "retention.proposed", version.contact_id, freeing, leader.id)
    assert "without the event" in answered


def test_no_contact_leaves_the_queue_as_signed_when_nothing_was(hub: HubHere) -> None:
    _, new = _earlier(hub)
    body = codec.dump(Contact, replace(new, state=ContactState.SIGNED, version=9), sparse=True)
    ending = "UPDATE contact SET state = 'signed', body = %s, version = 9 WHERE id = %s"
    for kind in ("contact.viewed", "decision.signed"):
        answered = told(hub, factory.RUTH, kind, new.id, ending, body, new.id)
        assert "FL001" in answered, kind


def test_which_records_are_about_the_same_children_is_nobodys_to_ask(hub: HubHere) -> None:
    _, new = _earlier(hub, restricted=True)
    for who in (factory.RUTH, factory.AMIR, factory.PRIYA, VIC):
        for name in ("related", "falls_due", "due_on"):
            assert "42501" in hub.answered(who, f"SELECT fanlight_{name}(%s)", new.id)


def test_an_answer_that_names_no_request_hides_no_other(hub: HubHere) -> None:
    planting = """INSERT INTO partner_answer (id, place, received_at, body)
        VALUES (%s, 'to_place', now(), %s)"""
    id = uuid4()
    body = f'{{"id": "{id}", "likely": "x"}}'
    assert told(hub, factory.RUTH, "mailbox.taken_in", None, planting, id, body) == "done"
    assert hub.tried(factory.RUTH, "SELECT count(*) FROM partner_answer") == [(0,)]


def test_nobody_joins_contacts_in_anothers_name(hub: HubHere) -> None:
    old, new = _earlier(hub)
    with hub.front.store.write() as tx:
        episodes.suggest(tx, new.id, old.id, Kinship.SAME_FAMILY, ("One child",), factory.NOW)
    joining = "UPDATE suggestion_shown SET state = 'joined', by = %s"
    kind = "contact.joined"
    assert "own name" in told(hub, factory.RUTH, kind, new.id, joining, "siqbal")
    assert "without the event" in hub.answered(factory.RUTH, joining, "rosei")
    assert told(hub, factory.RUTH, kind, new.id, joining, "rosei") == "done"


def test_what_the_program_does_is_told_as_the_database_wants_it(hub: HubHere, at: At) -> None:
    """Acts that change whose a contact is, or mark a decision as opened, by another kind of event
    than most do."""
    contact = hub.front.bring(factory.contact())
    taken = reading.make_contact(at(factory.RUTH), contact, leave_to_check=True)
    assert taken.assigned_to == "rosei"
    version = hub.front.proposed(
        hub.front.bring(factory.contact(reference="C-26-04900", rating="red"))
    )
    assert sign.send_back(at(factory.PRIYA), version.id, "Say why.").signer == "pnandra"
