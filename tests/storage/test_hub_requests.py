"""Requests at a hub that name a hidden contact: nobody who may not know of that one can tell that
there is such a request beside a contact they may see, and whoever may works with it."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests import factory
from tests.conftest import Home
from tests.hub_here import OF_REQUESTS, VIC, HubHere
from tests.postgresql import owned
from tests.storage.test_hub_apart import HIDDEN, NOBODYS, PLANNERS, explained, found
from tests.storage.test_hub_glass import WHY
from tests.workflow.conftest import open_front
from tests.workflow.keeping import old
from triage.domain.contact import Contact
from triage.domain.errors import NotAllowedError, NotFoundError
from triage.domain.request import AnswerPlace, InfoRequest, PartnerAnswer, RequestState, Via
from triage.domain.worker import Worker
from triage.storage import codec, contacts, requests
from triage.storage.engine import Store, open_server
from triage.storage.hub_server import bring_in, create_hub
from triage.workflow import access, claims, concerns, partner_answers, request_open, retention
from triage.workflow import requests as asking
from triage.workflow.desk import Desk

At = Callable[[Worker], Desk]
Three = tuple[Contact, Contact, Contact]


def asked(contact: Contact, number: int, *, why: str = "") -> InfoRequest:
    return InfoRequest(
        id=uuid4(), reference=f"R-25-0000{number}", contact_id=contact.id, agency="police",
        desk="front", via=Via.EMAIL, state=RequestState.SENT, created_by=factory.PRIYA.id,
        created_at=factory.NOW, due_at=factory.NOW, why=why,
    )  # fmt: skip


def kept(store: Store, *made: InfoRequest) -> None:
    with store.write() as tx:
        for each in made:
            requests.add(tx, each)


@pytest.fixture
def three(hub: HubHere) -> Three:
    """Two contacts that all may know of, and one that is hidden."""
    hub.cleared()
    seen = [factory.alone(name, f"C-26-0000{n}") for n, name in ((1, "Noor Vale"), (2, "Ivo Lund"))]
    hidden = factory.contact(reference=HIDDEN, restricted=True)
    hub.front.bring(*seen, hidden)
    return seen[0], seen[1], hidden


@pytest.fixture
def naming(hub: HubHere, three: Three) -> InfoRequest:
    """A request about the first of three that names the one who is hidden; beside it, and about
    the second, one that names nobody."""
    found = asked(three[0], 1, why=f"As in {HIDDEN}")
    kept(hub.front.store, found, asked(three[0], 2), asked(three[1], 3))
    return found


LED = "SELECT request_id FROM request_beside beside WHERE"
QUERIES = (
    "SELECT * FROM request WHERE contact_id = %s",
    "SELECT count(*) FROM request WHERE contact_id = %s AND state = 'sent'",
    "SELECT * FROM request_beside WHERE contact_id = %s",
    "SELECT count(*) FROM request_beside WHERE contact_id = %s",
    f"SELECT count(*) FROM request WHERE id IN ({LED} contact_id = %s)",
    "SELECT count(*) FROM contact JOIN request ON contact_id = contact.id WHERE contact.id = %s",
    "SELECT count(*) FROM contact LEFT JOIN request_beside beside ON contact_id = contact.id"
    " LEFT JOIN request ON request.id = request_id WHERE contact.id = %s",
    f"SELECT count(*) FROM request_message WHERE request_id IN ({LED} contact_id = %s)",
    f"SELECT count(*) FROM partner_answer WHERE request_id IN ({LED} contact_id = %s)",
    f"SELECT FROM contact WHERE id = %s AND NOT EXISTS ({LED} contact_id = contact.id)",
)


def among_many(hub: HubHere, contact: Contact) -> None:
    """Thousands of requests about others, and hundreds about a contact that name who is hidden:
    the server has found out how often there is what."""
    with psycopg.connect(hub.as_superuser, autocommit=True) as line:
        for whose, words, many in (
            (f"'{contact.id}'", HIDDEN, 300),
            ("gen_random_uuid()", "", 3000),
        ):
            line.execute("SET session_replication_role = replica")
            line.execute(
                f"""INSERT INTO request SELECT gen_random_uuid(), 'R-24-{words}' || n, {whose},
                'police', 'done', now(), now(), now(), now(), now(), 1, '"{words}"'
                FROM generate_series(1, {many}) n""".encode()
            )
        for table, hides in (("request_apart", ""), ("request_beside", "NOT")):
            line.execute(
                f"""INSERT INTO fanlight_inside.{table} SELECT id, contact_id FROM request
                WHERE {hides} body LIKE '"{HIDDEN}%' AND reference LIKE 'R-24%'""".encode()
            )
        line.execute("ANALYZE")


@pytest.mark.parametrize("many", [False, True])
def test_that_a_request_names_a_hidden_contact_is_told_by_no_index(
    hub: HubHere, three: Three, naming: InfoRequest, many: bool
) -> None:
    one, other, _ = three
    if many:
        among_many(hub, one)
    with hub.as_somebody(factory.RUTH) as line:
        for planner in PLANNERS:
            line.execute(planner.encode())
            for query in QUERIES:
                there, nowhere = (explained(line, query, id) for id in (one.id, other.id))
                assert there == nowhere, query
                at = [row for row in there.splitlines() if " on request_apart" in row]
                assert all("never executed" in row for row in at), there
                counted = [len(line.execute(query.encode(), (c.id,)).fetchall()) for c in three[:2]]
                assert counted[0] == counted[1], query
        assert line.execute(f"{LED} contact_id = %s".encode(), (one.id,)).rowcount == 1


def shown(desk: Desk, contact: Contact) -> set[str]:
    """The requests that somebody finds beside a contact."""
    with desk.store.read() as tx:
        found = requests.of_contact(tx, contact.id)
        assert requests.of_contacts(tx, [contact.id]) == found
    return {each.reference for each in found}


def stands(hub: HubHere) -> list[list[str]]:
    """Which requests stand where all look, and which apart."""
    with psycopg.connect(hub.url) as owner:
        return [
            [
                str(row[0])
                for row in owner.execute(
                    f"SELECT reference FROM fanlight_inside.{table} JOIN request ON id = request_id"
                    " ORDER BY reference".encode()
                )
            ]
            for table in ("request_beside", "request_apart")
        ]


def test_what_names_a_hidden_contact_is_found_by_leaders_and_its_agency_and_by_no_officer(
    hub: HubHere, at: At, three: Three, naming: InfoRequest
) -> None:
    one, other, _ = three
    for worker, beside in (
        (factory.RUTH, {"R-25-00002"}),
        (factory.AMIR, {"R-25-00002"}),
        (factory.PRIYA, {"R-25-00001", "R-25-00002"}),
    ):
        assert shown(at(worker), one) == beside, worker.id
        assert shown(at(worker), other) == {"R-25-00003"}
    assert hub.tried(VIC, "SELECT count(*) FROM request") == [(3,)]
    assert hub.tried(VIC, "SELECT count(*) FROM request_beside") == [(0,)]


def test_a_request_goes_apart_with_a_restriction_and_comes_back(
    hub: HubHere, at: At, three: Three, naming: InfoRequest
) -> None:
    one, other, hidden = three
    leader = at(factory.PRIYA)
    assert stands(hub) == [["R-25-00002", "R-25-00003"], ["R-25-00001"]]
    concerns.restrict(leader, other, "A colleague's niece")
    assert stands(hub) == [["R-25-00002"], ["R-25-00001", "R-25-00003"]]
    concerns.open_up(leader, other.id, "Not kin after all")
    concerns.restrict(leader, hub.front.read(one), "Hers too")
    assert stands(hub) == [["R-25-00003"], ["R-25-00001", "R-25-00002"]]
    concerns.open_up(leader, hidden.id, "Home again")
    assert stands(hub) == [["R-25-00003"], ["R-25-00001", "R-25-00002"]]
    concerns.open_up(leader, one.id, "Hers too")
    assert stands(hub) == [["R-25-00001", "R-25-00002", "R-25-00003"], []]


def test_a_request_goes_apart_as_a_leader_names_a_hidden_contact_in_it_and_comes_back(
    hub: HubHere, at: At, three: Three
) -> None:
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    begun = asking.start(leader, three[0].id, "housing")
    assert shown(officer, three[0]) == {begun.reference}
    named = asking.keep_draft(leader, replace(begun, why=f"As in {HIDDEN}"))
    assert (shown(officer, three[0]), shown(leader, three[0])) == (set(), {begun.reference})
    assert stands(hub) == [[], [begun.reference]]
    asking.keep_draft(leader, replace(named, why="As before"))
    assert shown(officer, three[0]) == {begun.reference}
    assert stands(hub) == [[begun.reference], []]


def test_who_opened_a_contact_with_a_reason_works_with_the_requests_about_it_and_that_name_it(
    hub: HubHere, at: At, three: Three, naming: InfoRequest
) -> None:
    one, _, hidden = three
    another = hub.front.bring(replace(factory.alone("Ada Marsh", "C-26-04951"), restricted=True))
    kept(
        hub.front.store,
        asked(hidden, 4),
        asked(hidden, 5, why=f"As in {another.reference}"),
        asked(one, 6, why=f"As in {HIDDEN} and {another.reference}"),
    )
    officer, neighbour = at(factory.RUTH), at(factory.SANA)
    assert [shown(officer, c) for c in (one, hidden)] == [{"R-25-00002"}, set()]
    hub.front.watch.now = datetime.now(UTC) + timedelta(seconds=30)
    access.break_glass(officer, HIDDEN, WHY)
    assert shown(officer, one) == {"R-25-00001", "R-25-00002"}
    assert shown(officer, hidden) == {"R-25-00004"}
    assert hub.tried(factory.RUTH, "SELECT count(*) FROM request_beside") == [(4,)]
    assert [shown(neighbour, c) for c in (one, hidden)] == [{"R-25-00002"}, set()]
    begun = asking.start(officer, one.id, "housing")
    asking.keep_draft(officer, replace(begun, why=f"As in {HIDDEN}"))
    assert begun.reference in shown(officer, one)
    assert begun.reference in stands(hub)[1]


def told(hub: HubHere, worker: Worker) -> list[str]:
    """The kinds of events of requests that somebody reads, in order."""
    kinds = "SELECT kind FROM event WHERE starts_with(kind, 'request.') ORDER BY seq"
    return [kind for (kind,) in hub.tried(worker, kinds)]


def test_no_event_tells_of_a_request_that_names_a_hidden_contact(
    hub: HubHere, at: At, three: Three
) -> None:
    one, other, hidden = three
    leader, officer = at(factory.PRIYA), at(factory.RUTH)
    begun = asking.start(leader, one.id, "housing")
    assert told(hub, factory.RUTH) == ["request.started"]
    named = asking.keep_draft(leader, replace(begun, told="told", why=f"As in {HIDDEN}"))
    asking.send(leader, named)
    all_of_it = ["request.started", "request.draft_kept", "request.sent"]
    for worker, seen in (
        (factory.RUTH, []),
        (factory.PRIYA, all_of_it),
        (factory.AMIR, all_of_it),
    ):
        assert told(hub, worker) == seen, worker.id
    asking.start(leader, one.id, "police")
    assert told(hub, factory.RUTH) == ["request.started"]
    mine = asking.start(officer, one.id, "housing")
    asking.keep_draft(officer, replace(mine, why=f"As in {other.reference}"))
    concerns.restrict(leader, other, "A colleague's niece")
    own = ["request.started", "request.draft_kept"]
    assert told(hub, factory.RUTH) == ["request.started", *own]
    assert told(hub, factory.SANA) == ["request.started"]
    concerns.open_up(leader, hidden.id, "Home again")
    assert told(hub, factory.SANA) == [*all_of_it, "request.started"]


def test_that_who_has_a_contact_looked_at_a_request_is_told_to_no_officer(
    hub: HubHere, at: At, three: Three
) -> None:
    leader = at(factory.PRIYA)
    claims.claim(leader, three[0].id)
    begun = asking.start(leader, three[0].id, "housing")
    asking.keep_draft(leader, replace(begun, why=f"As in {HIDDEN}"))
    request_open.open_request(leader, begun.id)
    assert told(hub, factory.RUTH) == []
    assert told(hub, factory.AMIR)[-1] == told(hub, factory.PRIYA)[-1] == "request.viewed"


def test_an_answer_that_is_likely_to_a_hidden_request_waits_for_who_may_know_of_it(
    hub: HubHere, at: At, three: Three, naming: InfoRequest
) -> None:
    answer = PartnerAnswer(
        id=uuid4(), request_id=None, place=AnswerPlace.TO_PLACE, via=Via.EMAIL,
        received_at=factory.NOW, likely=naming.id,
    )  # fmt: skip
    with hub.front.store.write() as tx:
        requests.add_answer(tx, answer)
    for worker, waiting in ((factory.RUTH, 0), (factory.PRIYA, 1)):
        assert hub.tried(worker, "SELECT count(*) FROM partner_answer") == [(waiting,)]
        assert len(partner_answers.answers_to_place(at(worker))) == waiting


ADD = (
    "INSERT INTO request (id, reference, contact_id, agency, state, created_at, version, body) "
    "VALUES (%s, %s, %s, 'police', 'sent', now(), 1, %s)"
)


@pytest.mark.parametrize("how", ["", "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) "])
def test_nobody_learns_by_writing_requests_which_numbers_are_of_hidden_contacts(
    hub: HubHere, three: Three, how: str
) -> None:
    one, other, _ = three
    mine = asked(one, 1)
    kept(hub.front.store, mine)

    def tried(worker: Worker, number: str) -> list[str]:
        """All that is told of a request that names a number, and it is taken back."""
        said = []
        words = replace(mine, why=f"As in {number}")
        added = replace(words, id=UUID(int=7), reference="R-25-00007")
        told = (codec.dump(InfoRequest, each, sparse=True) for each in (added, words))
        acts = (
            (ADD, added.id, added.reference, one.id, next(told)),
            ("UPDATE request SET body = %s WHERE id = %s", next(told), mine.id),
        )
        for act, *values in acts:
            for more in ("", " RETURNING *"):
                with hub.as_somebody(worker) as line, line.transaction(force_rollback=True):
                    try:
                        done = line.execute((how + act + more).encode(), values)
                        said.append(f"{done.statusmessage} {done.description and done.fetchall()}")
                        for table in ("request", "request_beside"):
                            said.append(f"{line.execute(f'SELECT FROM {table}'.encode()).rowcount}")
                    except psycopg.Error as fault:
                        said.append(f"{fault.sqlstate} {fault}")
        return [re.sub(rf"{number}|cost=\S+|\d\d:\d\d:\S+", "…", each) for each in said]

    for worker in (factory.RUTH, factory.AMIR, VIC):
        assert tried(worker, HIDDEN) == tried(worker, NOBODYS), worker.id
    assert all("is not there for you" in each for each in tried(factory.RUTH, HIDDEN))
    assert not any("is not there" in each for each in tried(factory.RUTH, other.reference))
    assert not any("is not there" in each for each in tried(factory.PRIYA, HIDDEN))
    assert tried(VIC, other.reference) == tried(VIC, NOBODYS)


def test_an_officer_is_told_that_a_number_is_not_there_and_keeps_on_with_what_named_it_before(
    hub: HubHere, at: At, three: Three
) -> None:
    officer = at(factory.RUTH)
    begun = asking.start(officer, three[0].id, "housing")
    with pytest.raises(NotAllowedError, match="Take the number out"):
        asking.keep_draft(officer, replace(begun, why=f"As in {HIDDEN}"))
    with hub.front.store.write() as tx:  # a record of before, destroyed since
        begun = requests.save(tx, replace(begun, why=f"As in {NOBODYS}"))
    asking.withdraw(officer, begun.id)
    # What a partner's machine says is taken in, whatever numbers it says.
    sent = asked(three[0], 2)
    kept(hub.front.store, sent)
    with officer.store.write() as tx:
        told = partner_answers.seen(officer, tx, sent, f"An automatic reply came: “{HIDDEN}”")
    assert (told.state, told.words) == (RequestState.SEEN, "An automatic reply came: “C-…”")
    with officer.store.write() as tx:
        told = partner_answers.came_back(officer, tx, told, f"It came back: “{HIDDEN}”")
    assert (told.state, told.words) == (RequestState.NOT_SENT, "It came back: “C-…”")


def test_no_row_that_somebody_sees_tells_when_a_request_came_to_name_a_hidden_contact(
    hub: HubHere, at: At, three: Three, naming: InfoRequest
) -> None:
    one, _, hidden = three
    leader = at(factory.PRIYA)
    begun = asking.start(leader, one.id, "housing")

    def rows() -> list[list[tuple[object, ...]]]:
        return [
            hub.tried(who, f"SELECT xmin, xmax, ctid, * FROM {table} WHERE id <> %s", hidden.id)
            for who, table in ((factory.RUTH, "contact"), (VIC, "request"))
        ]

    before = rows()
    asking.keep_draft(leader, replace(begun, why=f"As in {HIDDEN}"))
    concerns.open_up(leader, hidden.id, "Home again")
    assert rows() == before
    concerns.restrict(leader, hub.front.read(hidden), "Hers again")
    assert rows() == before


def test_nobody_learns_by_restricting_a_contact_and_taking_it_back_what_stands_apart_beside_it(
    hub: HubHere, three: Three, naming: InfoRequest
) -> None:
    one, other, hidden = three
    with hub.front.store.write() as tx:
        found(tx, one, hidden)

    def read(contact: Contact) -> list[tuple[object, ...]]:
        with hub.as_somebody(factory.RUTH) as line, line.transaction(force_rollback=True):
            line.execute("INSERT INTO restriction VALUES (%s)", (contact.id,))
            return line.execute(
                "SELECT relname, seq_tup_read, idx_tup_fetch, n_tup_ins, n_tup_del "
                "FROM pg_stat_xact_all_tables WHERE schemaname = 'fanlight_inside' "
                "AND relname <> 'hint' ORDER BY relname"
            ).fetchall()

    assert read(one) == read(other)


def test_nobody_reaches_what_leads_to_requests_but_through_the_view(
    hub: HubHere, naming: InfoRequest
) -> None:
    for who in (factory.RUTH, factory.PRIYA):
        for table in OF_REQUESTS:
            said = hub.answered(who, f"SELECT FROM fanlight_inside.{table}")
            assert said.startswith("42501"), said
        for act in (
            "INSERT INTO request_beside SELECT * FROM request_beside",
            "UPDATE request_beside SET contact_id = request_id",
            "DELETE FROM request_beside",
            "SELECT fanlight_inside.part_request(contact) FROM contact",
        ):
            assert hub.answered(who, act).startswith(("42501", "55000")), act


def test_what_names_a_hidden_contact_ends_with_the_contact_that_it_is_about(
    hub: HubHere, at: At, three: Three
) -> None:
    with hub.front.store.read() as tx:
        gone = contacts.get(tx, old(hub.front, content=factory.alone("Ada Marsh", "C-5").content))
    request = asked(gone, 1, why=f"As in {HIDDEN}")
    kept(hub.front.store, request, asked(gone, 2), asked(three[0], 3, why=f"As {gone.reference}"))
    retention.propose(at(factory.OLA), gone.id)
    retention.approve(at(factory.PRIYA), gone.id)
    assert stands(hub) == [["R-25-00003"], []]
    assert hub.tried(VIC, "SELECT count(*) FROM request") == [(1,)]
    with hub.front.store.read() as tx, pytest.raises(NotFoundError):
        requests.get(tx, request.id)


def test_a_contact_that_a_request_is_about_is_not_lost_from_under_it(
    hub: HubHere, three: Three, naming: InfoRequest
) -> None:
    lost = (
        "DELETE FROM contact_child; DELETE FROM contact WHERE id = '{}'; "
        "SET CONSTRAINTS ALL IMMEDIATE"
    )
    for contact in three[:2]:
        with (
            psycopg.connect(hub.url) as owner,
            pytest.raises(psycopg.errors.ForeignKeyViolation, match="request"),
        ):
            owner.execute(lost.format(contact.id).encode())


def test_requests_of_a_desk_that_is_brought_in_stand_where_they_belong(
    server_url: str, file_home: Home, tmp_path: Path
) -> None:
    url = owned(server_url, "hub_of_one_desk")
    create_hub(url, without_tls=True)
    with closing(file_home.open()) as desk:
        front = open_front(desk, tmp_path)
        one = factory.alone("Noor Vale", "C-26-00001")
        hidden = factory.contact(reference=HIDDEN, restricted=True)
        front.bring(one, hidden)
        made = [asked(one, 1, why=HIDDEN), asked(one, 2), asked(hidden, 3)]
        kept(desk, *made)
        with desk.read() as tx:
            assert set(requests.of_contact(tx, one.id)) == set(made[:2])
        bring_in(url, desk)
    assert stands(HubHere(url, front)) == [["R-25-00002"], ["R-25-00001", "R-25-00003"]]


BEFORE = """
    DROP VIEW request_beside;
    DROP TABLE fanlight_inside.request_names, fanlight_inside.request_beside,
        fanlight_inside.request_apart CASCADE;
    DROP TRIGGER fanlight_places ON request;
    ALTER TABLE request ALTER contact_id SET STATISTICS -1;
    ALTER TABLE request ADD CONSTRAINT fk_request_contact_id FOREIGN KEY (contact_id)
        REFERENCES contact DEFERRABLE INITIALLY DEFERRED;
    CREATE INDEX ix_request_contact_id ON request (contact_id);
    UPDATE alembic_version SET version_num = '0024';
"""
"""A hub as it was when requests were found by their contact themselves."""


def test_requests_of_a_hub_of_before_are_found_as_they_are_at_another(
    server_url: str, tmp_path: Path
) -> None:
    url = owned(server_url, "hub_of_index")
    create_hub(url, without_tls=True)
    with closing(open_server(url)) as store:
        hub = HubHere(url, open_front(store, tmp_path))
        one = factory.alone("Noor Vale", "C-26-00001")
        hub.front.bring(one, factory.contact(reference=HIDDEN, restricted=True))
        kept(store, asked(one, 1, why=f"{HIDDEN}, {HIDDEN}"), asked(one, 2))
        superuser = make_url(server_url).set(database="hub_of_index")
        sampled = (
            b"SELECT FROM pg_stats WHERE tablename = 'request' AND attname IN ('contact_id', 'id')"
        )
        with psycopg.connect(superuser.render_as_string(hide_password=False)) as line:
            line.execute(BEFORE)
            line.execute("ANALYZE request")
            assert line.execute(sampled).rowcount == 2
        for _ in range(2):
            create_hub(url, without_tls=True)
            assert stands(hub) == [["R-25-00002"], ["R-25-00001"]]
        with psycopg.connect(superuser.render_as_string(hide_password=False)) as line:
            assert line.execute(sampled).rowcount == 1
            assert line.execute("SELECT to_regclass('ix_request_contact_id')").fetchone() == (None,)
            line.execute("ANALYZE request")
            assert line.execute(sampled).rowcount == 1
