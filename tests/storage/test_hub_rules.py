"""What a hub's database itself allows, tried with plain SQL by people signed in as each role."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory
from tests.hub_here import EVERYONE, NIA, PASSWORD, VIC, HubHere
from tests.post import mail, post_of
from tests.workflow.judged import judge_many
from triage.domain.contact import Contact
from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.errors import NotAllowedError, StoreError
from triage.domain.event import NewEvent
from triage.domain.request import RequestState
from triage.domain.worker import Role, Worker
from triage.practice.post_servers import PostServers
from triage.storage import answers, codec, contacts, events, originals, settings
from triage.storage.engine import Transaction
from triage.storage.hub_logins import let_in
from triage.storage.hub_server import RULES, create_hub, must_be_encrypted
from triage.storage.tables import metadata
from triage.workflow import (
    audit,
    claims,
    concerns,
    decide,
    feed,
    mailbox,
    partner_answers,
    queue,
    request_board,
    requests,
    screen,
    sending,
    sign,
    weights,
)
from triage.workflow.desk import Desk

REFUSED = {"42501", "FL001"}
"""SQLSTATE of what this account may not do, and of the hub's own rules."""


def proposed(hub: HubHere, desk: Desk, reference: str = "C-26-04817") -> DecisionVersion:
    contact = hub.front.bring(factory.contact(reference=reference, rating="green"))
    held = decide.decision(desk, contact.id).answers
    for key, value in factory.answers_for(desk.profile, contact).items():
        decide.save_answer(desk, contact.id, key, value, held[key].version if key in held else 0)
    return decide.propose(desk, contact.id)


def restricted(hub: HubHere) -> Contact:
    hidden = factory.contact(
        factory.child(given="Iris", family="Vane"), reference="C-26-04950", restricted=True
    )
    return hub.front.bring(hidden)


def test_the_main_job_is_done_by_two_people_signed_in_as_themselves(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    version = proposed(hub, at(factory.RUTH))
    leader = at(factory.PRIYA)
    sign.look(leader, version.id)
    signed = sign.approve(leader, version.id, pin="2222")
    assert (signed.state, signed.signer) == (VersionState.SIGNED, "pnandra")
    assert events.verify(hub.front.store) is None
    assert {e.by for e in feed.since(leader, 0)} == {"rosei", "pnandra"}


def test_author_cannot_sign_their_own_decision_with_plain_sql(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    version = proposed(hub, at(factory.PRIYA))
    own = replace(version, state=VersionState.SIGNED, signer="pnandra", signer_name="Priya Nandra")
    forged = replace(own, author="rosei", author_name="Ruth Osei")
    for claim, words in ((own, "own decision"), (forged, "never changes")):
        with pytest.raises(psycopg.Error, match=words):
            hub.tried(
                factory.PRIYA,
                "UPDATE decision_version SET state = 'signed', body = %s WHERE id = %s",
                codec.dump(DecisionVersion, claim),
                version.id,
            )
    with hub.front.store.read() as tx:
        assert sign.versions.get(tx, version.id).state is VersionState.PROPOSED


def test_nobody_but_a_team_leader_signs_whatever_they_write(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    version = proposed(hub, at(factory.RUTH))
    claim = replace(version, state=VersionState.SIGNED, signer="siqbal", signer_name="Sana Iqbal")
    for body in (claim, replace(claim, signer="pnandra", signer_name="Priya Nandra")):
        with pytest.raises(psycopg.Error, match="Signing off is for a team leader"):
            hub.tried(
                factory.SANA,
                "UPDATE decision_version SET state = 'signed', body = %s WHERE id = %s",
                codec.dump(DecisionVersion, body),
                version.id,
            )


def test_signed_decision_stays_as_it_was_signed(hub: HubHere, at: Callable[[Worker], Desk]) -> None:
    leader = at(factory.PRIYA)
    version = proposed(hub, at(factory.RUTH))
    sign.look(leader, version.id)
    signed = sign.approve(leader, version.id, pin="2222")
    softer = replace(signed, comment="It was never serious.")
    with pytest.raises(psycopg.Error, match="stays as it is"):
        hub.tried(
            factory.OLA,
            "UPDATE decision_version SET body = %s WHERE id = %s",
            codec.dump(DecisionVersion, softer),
            version.id,
        )
    with pytest.raises(psycopg.Error, match="stay as they are"):
        hub.tried(factory.OLA, "UPDATE delivery SET document = %s", b"{}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET detail = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE event_head SET seq = 0, hash = repeat('0', 64)",
        "DELETE FROM event_head",
        "UPDATE original SET name = 'x'",
        "DELETE FROM original",
        "UPDATE original_bytes SET data = ''",
        "DELETE FROM original_bytes",
        "DELETE FROM contact",
        "DELETE FROM decision_version",
        "DELETE FROM delivery",
        "DELETE FROM answer",
        "UPDATE alembic_version SET version_num = '9999'",
        "INSERT INTO fanlight_allowed VALUES ('contact_officer', 'sign')",
        "UPDATE fanlight_member SET role = 'team_leader'",
        "SELECT login FROM fanlight_member",
        "ALTER TABLE contact DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER fanlight_is_theirs ON decision_version",
        "SET session_replication_role = replica",
        "SET SESSION AUTHORIZATION fl_pnandra",
        "SET ROLE fl_pnandra",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
    ],
)
def test_history_and_rules_are_out_of_everybodys_reach(hub: HubHere, statement: str) -> None:
    hub.front.bring(factory.contact())
    for worker in EVERYONE:
        if f"fl_{worker.id}" not in statement:  # their own name they may take
            with pytest.raises(psycopg.Error) as caught:
                hub.tried(worker, statement)
            assert caught.value.sqlstate in REFUSED, caught.value
    assert events.verify(hub.front.store) is None


def test_event_is_written_in_ones_own_name_after_the_one_before(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    at(factory.RUTH)
    with hub.front.store.read() as tx:
        head = events.head(tx)
    adding = (
        "INSERT INTO event (seq, kind, contact_id, by, at, detail, previous, hash) "
        "VALUES (%s, 'worker.locked', NULL, %s, now(), '{}', %s, %s)"
    )
    for seq, by, words in (
        (head.seq + 1, "pnandra", "another person's name"),
        (head.seq + 1, "rosei", "does not follow"),  # its hash is not right
        (head.seq + 2, "rosei", "does not follow"),
    ):
        with pytest.raises(psycopg.Error, match=words):
            hub.tried(factory.RUTH, adding, seq, by, head.hash, "0" * 64)
    assert events.verify(hub.front.store) is None


def test_an_event_says_the_time_of_the_hubs_own_clock(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    officer = at(factory.RUTH)
    assert abs(officer.now() - datetime.now(UTC)) > timedelta(
        minutes=5
    )  # the desk's clock is wrong
    screen.open_contact(officer, contact.id)
    [seen] = hub.front.events()
    assert abs(seen.at - datetime.now(UTC)) < timedelta(minutes=1)
    adding = """INSERT INTO event SELECT seq + 1, 'worker.locked', NULL, 'rosei', now() + %s, '{}',
        hash, fanlight_digest(seq + 1, 'worker.locked', NULL, 'rosei', now() + %s, '{}', hash)
        FROM event_head"""
    for off in (timedelta(minutes=-5), timedelta(minutes=5)):
        assert "another time" in hub.answered(factory.RUTH, adding, off, off)
    assert hub.tried(factory.RUTH, adding, timedelta(0), timedelta(0)) == [(1,)]


def test_nobody_writes_an_answer_in_another_persons_name(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    adding = (
        "INSERT INTO answer (contact_id, key, value, version, by, at) "
        "VALUES (%s, 'analysis', '\"x\"', 1, %s, now())"
    )
    assert "42501" in hub.answered(factory.RUTH, adding, contact.id, "pnandra")
    with hub.front.store.write() as tx:
        answers.save(tx, contact.id, "x", "x", base_version=0, by="rosei", at=factory.NOW)
    changing = "UPDATE answer SET by = 'pnandra'"
    assert "42501" in hub.answered(factory.RUTH, changing)


def test_nobody_says_that_another_opened_a_decision(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    version = proposed(hub, at(factory.RUTH))
    adding = "INSERT INTO version_opened VALUES (%s, %s, now())"
    assert "42501" in hub.answered(factory.PRIYA, adding, version.id, "oadeyo")


def test_weights_that_a_leader_adopts_are_for_every_search_and_nobody_elses_to_change(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    with hub.front.store.write() as tx:
        judge_many(tx)
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    made = weights.refit(leader)
    used = weights.adopt(leader, made.report_hash)
    with officer.store.read() as tx:
        assert weights.in_use(tx) == used
        assert settings.get(tx, "matching.refit") is None
    for statement in ("UPDATE setting SET value = '{}'", "DELETE FROM setting"):
        hub.answered(factory.RUTH, statement)
    with pytest.raises(psycopg.Error):
        hub.tried(factory.RUTH, "INSERT INTO setting VALUES ('matching.refit2', '{}')")
    with hub.front.store.read() as tx:
        assert weights.in_use(tx) == used
        assert settings.get(tx, "matching.refit") is not None


def test_contact_officer_finds_nothing_of_a_restricted_child(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    hidden = restricted(hub)
    hub.front.bring(factory.contact())
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    assert len(queue.queue(leader).rows) == 2
    assert len(queue.queue(officer).rows) == 1
    counted = [
        f"SELECT count(*) FROM {table}"
        for table in ("contact", "contact_child", "restriction", "reader_draft", "original")
    ]
    for statement in counted:
        seen = hub.tried(factory.RUTH, statement)
        assert seen <= [(1,)], statement
    assert hub.tried(factory.RUTH, "SELECT full_name FROM contact_child") == [("maya rowe",)]
    assert hub.tried(factory.RUTH, "SELECT 1 FROM event WHERE contact_id = %s", hidden.id) == []
    assert hub.tried(factory.RUTH, "SELECT body FROM contact WHERE body LIKE '%%Vane%%'") == []


def test_a_restricted_contact_and_none_at_all_answer_alike(hub: HubHere) -> None:
    hidden, seen = restricted(hub), hub.front.bring(factory.contact())
    with hub.front.store.write() as tx:
        _original(tx, b"Seen by all", seen.id)
        _original(tx, b"About nobody yet", None)
    for statement in (
        "UPDATE original SET contact_id = %s WHERE contact_id IS NULL",
        "INSERT INTO answer (contact_id, key, value, version, by, at) "
        "VALUES (%s, 'analysis', '\"x\"', 1, 'rosei', now())",
        "UPDATE contact SET state = 'closed', version = 99 WHERE id = %s",
        "INSERT INTO restriction VALUES (%s)",
        "INSERT INTO original SELECT gen_random_uuid(), %s, name, sha256, size, kind, received_at, "
        "'', '' FROM original",
        "INSERT INTO suggestion_shown "
        "SELECT id, %s, id, 'sibling', '[]', 'open', 'rosei', now(), '' FROM contact",
    ):
        said = [hub.answered(factory.RUTH, statement, id) for id in (hidden.id, UUID(int=77))]
        assert said[0] == said[1], statement
        assert "42501" in said[0] or said[0] == "[(0,)]", said[0]


def test_bytes_of_a_restricted_contact_are_not_had_by_naming_their_hash(hub: HubHere) -> None:
    hidden, seen = restricted(hub), hub.front.bring(factory.contact())
    with hub.front.store.write() as tx:
        kept = _original(tx, b"Iris Vane", hidden.id)
        shown = _original(tx, b"Seen by all", seen.id)
    naming = (
        "INSERT INTO original (id, contact_id, name, sha256, size, kind, received_at, message_id, "
        "path_note) VALUES (%s, NULL, 'x', %s, 1, 'x', now(), '', '')"
    )
    bringing = "INSERT INTO original_bytes VALUES (%s, %s) ON CONFLICT DO NOTHING"
    hub.tried(factory.PRIYA, bringing, kept.sha256, b"Iris Vane")  # she had them, Ruth did not
    with pytest.raises(psycopg.Error, match="who brings its bytes"):
        hub.tried(factory.RUTH, naming, uuid4(), kept.sha256)
    assert hub.tried(factory.RUTH, "SELECT data FROM original_bytes") == [(b"Seen by all",)]
    for who, known in ((factory.RUTH, shown), (factory.OLA, kept)):  # theirs to read already
        assert "without the event" in hub.answered(who, naming, uuid4(), known.sha256)
    false = "INSERT INTO original_bytes VALUES (%s, 'of another')"
    with pytest.raises(psycopg.Error, match="not those of their hash"):
        hub.tried(factory.RUTH, false, "a" * 64)


def test_what_came_for_a_restricted_contact_is_received_again_by_who_may_not_know_of_it(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    hidden = restricted(hub)
    with hub.front.store.write() as tx:
        _original(tx, b"Relayed twice", hidden.id)
    with at(factory.RUTH).store.write() as tx:
        again = _original(tx, b"Relayed twice", None)
        _told_of(tx, again)
        assert originals.bytes_of(tx, again.id) == b"Relayed twice"
        assert originals.by_hash(tx, again.sha256) == [again]


def test_an_original_that_is_about_a_contact_stays_about_it(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    with hub.front.store.write() as tx:
        _original(tx, b"About Maya", contact.id)
        waiting = _original(tx, b"About nobody yet", None)
    for where in (f"'{other.id}'", "NULL"):
        moving = f"UPDATE original SET contact_id = {where} WHERE contact_id IS NOT NULL"
        assert "stays with the contact" in hub.answered(factory.RUTH, moving), where
    nowhere = "UPDATE original SET contact_id = NULL WHERE id = %s"
    assert "stays with the contact" in hub.answered(factory.RUTH, nowhere, waiting.id)


def _original(tx: Transaction, data: bytes, contact_id: UUID | None) -> originals.Original:
    return originals.keep(
        tx,
        id=uuid4(),
        name="referral.eml",
        data=data,
        kind="contact",
        contact_id=contact_id,
        message_id="",
        received_at=factory.NOW,
    )


def _told_of(tx: Transaction, kept: originals.Original) -> None:
    said = {"original": str(kept.id)}
    events.append(
        tx,
        NewEvent(
            kind="original.set_aside", contact_id=None, by="rosei", at=factory.NOW, detail=said
        ),
    )


def test_officer_may_restrict_what_they_see_and_sees_it_no_more(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    officer, leader = at(factory.RUTH), at(factory.PRIYA)
    concerns.restrict(officer, contact, "A colleague's niece")
    assert queue.queue(officer).rows == ()
    assert queue.queue(officer).counts["all"] == 0
    with leader.store.read() as tx:
        assert contacts.get(tx, contact.id).restricted
    concerns.open_up(leader, contact.id, "Not kin after all")
    assert len(queue.queue(officer).rows) == 1


def test_administrator_configures_and_never_reads_a_case(hub: HubHere) -> None:
    hub.front.bring(factory.contact())
    for table in RULES:
        if not RULES[table].see or table in (
            *("worker", "signing_key", "event_head", "reference_counter"),
        ):
            continue
        assert hub.tried(NIA, f"SELECT * FROM {table}") == [], table
    renaming = "UPDATE worker SET body = replace(body, 'Ruth', 'Rita')"
    assert "42501" in hub.answered(NIA, renaming)


def test_navigator_browses_nothing(hub: HubHere) -> None:
    hub.front.bring(factory.contact())
    for table in ("contact", "contact_child", "decision_version", "answer", "event", "original"):
        assert hub.tried(VIC, f"SELECT * FROM {table}") == [], table


def test_navigator_sees_what_their_own_agency_is_asked_and_no_other(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact(rating="red"))
    officer = at(factory.RUTH)
    asked = {
        agency: requests.start(officer, contact.id, agency) for agency in ("police", "housing")
    }
    assert hub.tried(VIC, "SELECT id FROM request") == [(asked["police"].id,)]
    assert len(hub.tried(factory.RUTH, "SELECT id FROM request")) == 2
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        hub.tried(VIC, "UPDATE request SET agency = 'health', version = version + 1")


def test_auditor_reads_and_never_writes(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    assert len(hub.tried(factory.AMIR, "SELECT * FROM contact")) == 1
    for statement in (
        "UPDATE contact SET version = version + 1",
        f"INSERT INTO restriction VALUES ('{contact.id}')",
        "INSERT INTO answer (contact_id, key, value, version, by, at) "
        f"VALUES ('{contact.id}', 'analysis', '\"x\"', 1, 'akhan', now())",
        "INSERT INTO service (directory, id, sha256, body) VALUES ('fis', 'x', '', '{}')",
    ):
        assert hub.answered(factory.AMIR, statement).startswith(("42501", "FL001")), statement


def test_key_that_claims_more_than_its_person_may_is_refused(hub: HubHere) -> None:
    adding = "INSERT INTO signing_key (kid, worker_id, jwk, since) VALUES ('k', %s, %s, now())"
    rosei: dict[str, object] = {"kid": "k", "worker": "rosei", "name": "Ruth Osei"}
    for owner, jwk, words in (
        ("rosei", {**rosei, "worker": "pnandra"}, "another person's"),
        ("rosei", {**rosei, "name": "Priya Nandra"}, "another person's"),
        ("rosei", {**rosei, "signs_off": True}, "may not sign off"),
        ("rosei", rosei, "have a key already"),
    ):
        assert words in hub.answered(factory.RUTH, adding, owner, json.dumps(jwk)), words
    leaders = {"kid": "k", "worker": "pnandra", "name": "Priya Nandra", "signs_off": True}
    for who in EVERYONE:  # an administrator too
        words = "have a key already" if who == factory.PRIYA else "another person's"
        assert words in hub.answered(who, adding, "pnandra", json.dumps(leaders)), who.id
    for statement in (
        "UPDATE signing_key SET jwk = '{}' WHERE worker_id = 'rosei'",
        "UPDATE signing_key SET revoked_at = now() - interval '1 day', revoked_by = 'pnandra'",
        "UPDATE signing_key SET revoked_at = now(), revoked_by = 'oadeyo'",
    ):
        assert "only be revoked" in hub.answered(factory.PRIYA, statement), statement


def test_what_the_hub_refuses_is_said_in_its_own_words(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    officer = at(factory.RUTH)
    with (
        pytest.raises(NotAllowedError, match="another person's name"),
        officer.store.write() as tx,
    ):
        replace(officer, worker=factory.PRIYA).note(tx, "contact.viewed", None, {})


def test_person_given_another_role_has_only_that(hub: HubHere) -> None:
    moved = Worker(id="moved", name="Mo Ved", role=Role.TEAM_LEADER, job="Team leader")
    restricted(hub)
    let_in(hub.url, moved.id, Role.TEAM_LEADER, PASSWORD)
    assert len(hub.tried(moved, "SELECT * FROM contact")) == 1
    let_in(hub.url, moved.id, Role.CONTACT_OFFICER, PASSWORD)
    assert hub.tried(moved, "SELECT * FROM contact") == []


def test_password_reaches_the_server_hashed_only(hub: HubHere) -> None:
    with psycopg.connect(hub.as_superuser) as line:  # nobody else sees it
        [(kept,)] = line.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'fl_rosei'"
        ).fetchall()
    assert kept.startswith("SCRAM-SHA-256$")


def test_rules_are_applied_again_without_changing_what_is_kept(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    create_hub(hub.url, without_tls=True)
    assert hub.front.read(contact) == contact
    assert hub.tried(NIA, "SELECT * FROM contact") == []


def test_every_table_has_its_rules() -> None:
    assert set(RULES) == set(metadata.tables)


@pytest.mark.parametrize("query", ["", "?sslmode=require", "?sslmode=prefer"])
def test_line_that_others_could_read_is_refused(query: str) -> None:
    url = make_url(f"postgresql://owner@db.hub.example/hub{query}")
    for without_tls in (False, True):
        with pytest.raises(StoreError, match="must be encrypted"):
            must_be_encrypted(url, without_tls=without_tls)


@pytest.mark.parametrize("name", ["", "Ruth", "o'brien", "x; DROP TABLE event", "1st"])
def test_name_that_makes_no_login_is_refused(hub_url: str, name: str) -> None:
    with pytest.raises(StoreError, match="small letters"):
        let_in(hub_url, name, Role.CONTACT_OFFICER, PASSWORD)


def test_the_shared_mailbox_is_read_at_a_hub_and_a_restricted_answer_waits_for_a_leader(
    hub: HubHere, at: Callable[[Worker], Desk], servers: PostServers
) -> None:
    asked = {}
    for reference, limited in (("C-26-04960", False), ("C-26-04961", True)):
        contact = hub.front.bring(factory.contact(reference=reference, restricted=limited))
        leader = _posting(at(factory.PRIYA), servers)
        begun = requests.start(leader, contact.id, "housing")
        requests.send(leader, requests.keep_draft(leader, replace(begun, told="told")))
        (went,) = sending.send_due(leader)
        asked[limited] = went.request
        servers.deliver(mail("Nothing held.", In_Reply_To=went.message.local_id))
    officer = _posting(at(factory.RUTH), servers)
    (looked,) = mailbox.look_into_mailboxes(officer, "desk-1")
    assert (looked.answers, looked.to_place, looked.problem) == (1, 1, "")
    assert partner_answers.answers_to_place(officer) == ()
    leader = _posting(at(factory.PRIYA), servers)
    assert len(partner_answers.answers_to_place(leader)) == 1
    (placed,) = partner_answers.place_known(leader)
    assert (placed.id, placed.state) == (asked[True].id, RequestState.NIL)
    (open_one,) = [
        row
        for group in request_board.board(officer).groups
        for row in group.rows
        if row.request_id == asked[False].id
    ]
    assert open_one.state is RequestState.NIL
    # The bytes of what was placed are as restricted as the contact, for whoever read them too.
    seen = [
        len(hub.tried(w, "SELECT data FROM original_bytes")) for w in (factory.RUTH, factory.OLA)
    ]
    assert seen == [1, 2]
    moved = "UPDATE original SET contact_id = NULL"
    assert "FL001" in hub.answered(factory.OLA, moved)


def _posting(desk: Desk, servers: PostServers) -> Desk:
    post = post_of(servers, desk.profile.requests, desk.now, mesh=None)
    return replace(desk, post=post)


def test_who_looked_at_what_is_for_those_who_look_after_the_trail(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    contact = hub.front.bring(factory.contact())
    hidden = restricted(hub)
    for worker in (factory.SANA, factory.PRIYA):
        screen.open_contact(at(worker), contact.id)
    screen.open_contact(at(factory.PRIYA), hidden.id)
    screen.rate(at(factory.SANA), contact.id, "red")
    auditor = at(factory.AMIR)
    audit.search(auditor, audit.Wanted(about="Rowe"), "Monthly check")
    counting = "SELECT kind FROM event ORDER BY seq"
    looked = [("contact.viewed",)] * 3
    every = [*looked, ("contact.rated",), ("audit.searched",)]
    for worker in (factory.AMIR, factory.OLA):
        assert hub.tried(worker, counting) == every
    assert hub.tried(factory.SANA, counting) == [("contact.viewed",), ("contact.rated",)]  # hers
    for worker in (factory.RUTH,):
        assert hub.tried(worker, counting) == [("contact.rated",)]
        for column in ("by", "detail", "contact_id", "hash"):
            asked = f"SELECT {column} FROM event WHERE kind LIKE 'audit%%' OR kind LIKE '%%viewed'"
            assert hub.tried(worker, asked) == []
    for worker in (NIA, VIC):
        assert hub.tried(worker, counting) == []
    # What the screens of an officer need of the trail is there, and that a contact is worked at.
    claims.claim(at(factory.SANA), contact.id)
    assert hub.tried(factory.RUTH, counting) == [
        *(("contact.viewed",), ("contact.rated",), ("contact.claimed",))
    ]
    told = [e.kind for e in feed.since(at(factory.RUTH), 0)]
    assert told == ["contact.viewed", "contact.rated", "contact.claimed"]
    found = audit.look_again(auditor, audit.Wanted())
    assert [(r.about, r.reference) for r in found.page.rows if r.contact_id == hidden.id] == [
        ("Restricted record", "")
    ]
    assert audit.look_again(auditor, audit.Wanted(restricted=True)).fits == 1
    assert audit.look_again(auditor, audit.Wanted(about="Vane")).fits == 0
    assert audit.check_chain(auditor).fault == ""
    assert "Iris" in repr(audit.look_again(at(factory.PRIYA), audit.Wanted(about="Vane")))
