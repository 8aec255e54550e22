"""Every listing goes by an index, stops at a limit and has an order, on both engines."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.storage.values import NOON, number
from triage.domain.contact import ContactState
from triage.domain.decision import VersionState
from triage.domain.errors import NotFoundError
from triage.domain.request import OPEN
from triage.storage import (
    access,
    access_drafts,
    answers,
    contacts,
    episodes,
    events,
    handovers,
    lookups,
    mailboxes,
    originals,
    outbox,
    packs,
    request_messages,
    requests,
    services,
    trail,
    versions,
    workers,
)
from triage.storage.engine import Store, Transaction

LISTINGS: dict[str, Callable[[Transaction], object]] = {
    "the queue": lambda tx: contacts.in_states(tx, [ContactState.RECEIVED]),
    "offers by somebody": lambda tx: handovers.offers_by(tx, "rosei", NOON),
    "offers to somebody": lambda tx: handovers.offers_to(tx, "rosei"),
    "an offer of a contact": lambda tx: handovers.live_offer(tx, number(1), "rosei"),
    "somebody's draft of a copy": lambda tx: access_drafts.newest(tx, [(number(1), "c1")], "rosei"),
    "somebody's reminders": lambda tx: handovers.reminders(tx, "rosei", done_since=NOON),
    "what happened in the night": lambda tx: events.between(tx, NOON, NOON),
    "somebody's newest event of a kind": lambda tx: events.newest_of(tx, "night.seen", "rosei"),
    "somebody's last look": lambda tx: events.last_by(tx, number(1), "rosei"),
    "the queue, several states": lambda tx: contacts.in_states(tx, list(ContactState)[:3]),
    "all contacts, page by page": lambda tx: contacts.received_before(tx, (NOON, number(1))),
    "a contact by reference": lambda tx: contacts.by_reference(tx, "C-26-00001"),
    "an episode": lambda tx: contacts.in_episode(tx, number(1)),
    "a household": lambda tx: contacts.mentioning(
        tx, postcode="NM3 4QT", names=["Rowe"], exclude=number(1)
    ),
    "repeat contacts": lambda tx: contacts.of_children(tx, ["rowe|maya|2019-03-14"]),
    "originals of a contact": lambda tx: originals.of_contact(tx, number(1)),
    "originals by hash": lambda tx: originals.by_hash(tx, "a" * 64),
    "originals by message": lambda tx: originals.by_message_id(tx, "<a@b.example>"),
    "originals set aside": lambda tx: originals.set_aside_list(tx),
    "contacts set aside": lambda tx: contacts.in_states(
        tx, [ContactState.SET_ASIDE], limit=200, newest=True
    ),
    "answers": lambda tx: answers.all(tx, number(1)),
    "versions of a contact": lambda tx: versions.of_contact(tx, number(1)),
    "versions to sign": lambda tx: versions.in_state(tx, VersionState.PROPOSED),
    "who opened a version": lambda tx: versions.opened_by(tx, "pnandra", [number(1)]),
    "versions of contacts": lambda tx: versions.of_contacts(
        tx, [number(1), number(2)], VersionState.SIGNED
    ),
    "contacts of somebody's events": lambda tx: events.contacts_of(
        tx, "decision.signed", "pnandra", since=NOON
    ),
    "version last looked at": lambda tx: versions.last_looked(tx, number(1), "pnandra"),
    "results": lambda tx: lookups.results_of(tx, number(1)),
    "results of contacts": lambda tx: lookups.results_of_each(tx, [number(1), number(2)]),
    "verdicts of contacts": lambda tx: lookups.verdicts_of_each(tx, [number(1), number(2)]),
    "verdicts of a contact": lambda tx: lookups.verdicts_of(tx, number(1)),
    "verdicts on a record": lambda tx: lookups.verdicts_on(tx, "education", "E-1"),
    "earlier contacts of the queue's children": lambda tx: contacts.earlier_received(
        tx, [ContactState.RECEIVED, ContactState.SCREENING], with_restricted=False, since=NOON
    ),
    "the queue, what changed": lambda tx: contacts.in_states_known(
        tx, [ContactState.RECEIVED, ContactState.SCREENING], {}
    ),
    "events told twice": lambda tx: episodes.joined_duplicates(tx, [ContactState.RECEIVED]),
    "an event told twice": lambda tx: episodes.joined_duplicates_of(
        tx, [number(1), number(2)], [ContactState.RECEIVED]
    ),
    "whether anything happened": lambda tx: events.any_after(tx, 3, but={"contact.viewed"}),
    "suggestions": lambda tx: episodes.suggestions_of(tx, number(1)),
    "the feed": lambda tx: events.since(tx, 0),
    "restricted contacts": lambda tx: contacts.restricted(tx),
    "who opened what": lambda tx: access.live(tx, number(1), "rosei", NOON),
    "what no leader has seen": lambda tx: access.unseen(tx),
    "the trail": lambda tx: trail.page(tx, trail.Sought(by="rosei")),
    "the trail about contacts": lambda tx: trail.page(
        tx, trail.Sought(contacts=frozenset({number(1)}), words="x"), below=100
    ),
    "how much of the trail": lambda tx: trail.count(tx, trail.Sought(never_worked=True)),
    "the trail counted": lambda tx: trail.tally(tx, NOON, None),
    "looks": lambda tx: trail.looks(tx, None, None),
    "remarks on the trail": lambda tx: trail.of_kinds(tx, ["audit.noted"], above=3),
    "contacts by whom": lambda tx: contacts.ids_about(
        tx, "Rowe 999 000 0018", with_restricted=False
    ),
    "contacts by number": lambda tx: contacts.by_ids(tx, [number(1)]),
    "history of a contact": lambda tx: events.of_contact(tx, number(1)),
    "what is due": lambda tx: outbox.due(tx, NOON),
    "what is open": lambda tx: outbox.all_open(tx),
    "deliveries of a contact": lambda tx: outbox.of_contact(tx, number(1)),
    "deliveries of a decision": lambda tx: outbox.of_decision(tx, number(1)),
    "people": lambda tx: workers.all(tx),
    "requests of a contact": lambda tx: requests.of_contact(tx, number(1)),
    "requests of contacts": lambda tx: requests.of_contacts(tx, [number(1), number(2)]),
    "requests by state": lambda tx: requests.in_states(tx, OPEN),
    "requests answered": lambda tx: requests.answered_since(tx, NOON),
    "requests to remind": lambda tx: requests.to_remind(tx, NOON),
    "requests overdue": lambda tx: requests.overdue(tx, NOON),
    "requests of an agency": lambda tx: requests.sent_since(tx, "police", NOON),
    "a request by reference": lambda tx: requests.by_reference(tx, "R-26-00001"),
    "answers to requests": lambda tx: requests.answers_to(tx, [number(1)]),
    "answers to place": lambda tx: requests.answers_to_place(tx),
    "messages to send": lambda tx: request_messages.due(tx, NOON),
    "messages of a request": lambda tx: request_messages.of_request(tx, number(1)),
    "messages that a reply names": lambda tx: request_messages.named(tx, ["<a@b.example>"]),
    "mailboxes": lambda tx: mailboxes.all(tx),
    "messages taken in": lambda tx: mailboxes.taken(tx, "shared", "1", ["1", "2"]),
    "messages of the same bytes": lambda tx: mailboxes.same_bytes(tx, "a" * 64),
    "copies that went out": lambda tx: packs.of_decision(tx, number(1)),
    "every service": lambda tx: services.all(tx),
    "referrals of a contact": lambda tx: services.referrals_of(tx, number(1)),
    "referrals to a service": lambda tx: services.referrals_to(
        tx, ("northmere", "lantern"), since=NOON
    ),
}


@pytest.mark.parametrize("listing", LISTINGS)
def test_a_listing_has_an_index_an_order_and_a_limit(store: Store, listing: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        asked.append((statement, parameters))

    with store.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", note)
        try:
            LISTINGS[listing](tx)
        except NotFoundError:
            assert listing == "a contact by reference"  # unique, so it needs neither
        event.remove(tx.connection, "before_cursor_execute", note)
        assert asked
        for statement, parameters in asked:
            if listing != "a contact by reference":
                assert " LIMIT " in statement.replace("\n", " ")
                assert "ORDER BY" in statement
            plan = _plan(tx, statement, parameters)
            assert not any(_reads_a_whole_table(line) for line in plan), plan


def _plan(tx: Transaction, statement: str, parameters: Any) -> list[str]:
    if tx.connection.dialect.name == "postgresql":
        # With so few rows it would rather read the table; forbidden that, it takes what it can.
        tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = tx.connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return [row[0] for row in rows]
    rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in rows]


def _reads_a_whole_table(line: str) -> bool:
    made_here = ("SCAN anon", "SCAN (subquery", "SCAN COMPOUND")
    scan = line.startswith("SCAN ") and "INDEX" not in line and not line.startswith(made_here)
    return scan or "Seq Scan" in line
