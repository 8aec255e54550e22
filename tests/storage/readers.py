"""Every reader of the rooms' tables, called as a screen calls it, for the claims about plans."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import NoResultFound

import triage.storage
from tests.storage.values import NOON, number
from tests.storage.values import event as new_event
from triage.domain.contact import ContactState
from triage.domain.decision import VersionState
from triage.domain.errors import FanlightError
from triage.domain.event import chain
from triage.domain.request import OPEN
from triage.domain.retention import Fate
from triage.storage import (
    access,
    access_drafts,
    answers,
    checkpoint_mails,
    child_keys,
    contacts,
    corrections,
    drafts,
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
    retention,
    services,
    settings,
    signing_keys,
    trail,
    versions,
    workers,
)
from triage.storage.engine import Transaction

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
    "restricted contacts": lambda tx: contacts.restricted(tx, NOON, after=(NOON, number(1))),
    "who opened what": lambda tx: access.live(tx, number(1), "rosei", NOON),
    "what no leader has seen": lambda tx: access.unseen(tx),
    "the trail": lambda tx: trail.page(tx, trail.Sought(by="rosei")),
    "the trail about contacts": lambda tx: trail.page(
        tx, trail.Sought(contacts=frozenset({number(1)}), words="x"), below=100
    ),
    "how much of the trail": lambda tx: trail.count(
        tx, trail.Sought(never_worked=True, by="tbell")
    ),
    "the trail counted": lambda tx: trail.tally(tx, NOON, None),
    "how far back the trail is looked through": lambda tx: trail.newest(
        tx, trail.Sought(since=NOON), most=100
    ),
    "looks without work": lambda tx: trail.count(
        tx, trail.newest(tx, trail.Sought(never_worked=True), most=5000)[0]
    ),
    "kinds of events": lambda tx: trail.kinds(tx),
    "looks": lambda tx: trail.looks(tx, None, None),
    "remarks on the trail": lambda tx: trail.of_kinds(tx, ["audit.noted"]),
    "remarks on an event": lambda tx: trail.after(tx, EVENT, ["audit.noted"]),
    "what somebody signed": lambda tx: trail.of_kinds(tx, ["decision.signed"], by="rosei"),
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
    "checkpoints to send": lambda tx: checkpoint_mails.due(tx, NOON),
    "checkpoints sent": lambda tx: checkpoint_mails.newest(tx),
    "what was told of checkpoints": lambda tx: checkpoint_mails.told_since(tx, 10),
    "contacts in states, older first": lambda tx: contacts.received_after(
        tx, (NOON, number(1)), [ContactState.RECEIVED]
    ),
    "what is corrected in a contact": lambda tx: corrections.of_contact(tx, number(1)),
    "corrections to answer": lambda tx: corrections.waiting(tx, limit=50),
    "every verdict that stands": lambda tx: lookups.standing_verdicts(tx),
    "documents not stamped": lambda tx: outbox.unstamped(tx),
    "holds": lambda tx: retention.holds(tx, [number(1)]),
    "reviews": lambda tx: retention.reviews(tx, Fate.PROPOSED),
    "a review": lambda tx: retention.review(tx, number(1)),
    "directories": lambda tx: services.copies(tx),
    "what is the same still of directories": lambda tx: services.generations(tx),
    "everybody's keys": lambda tx: signing_keys.all(tx),
    "what was so before": lambda tx: trail.before(tx, EVENT),
    "what they did beside": lambda tx: trail.beside(tx, EVENT, NOON),
    "an event": lambda tx: trail.one(tx, 3),
}
"""Lists: with an index, an order and a limit."""

EVENT = chain(new_event(9), seq=9, previous="0" * 64)

BY_KEY: dict[str, Callable[[Transaction], object]] = {
    "a grant": lambda tx: access.get(tx, number(1)),
    "a contact": lambda tx: contacts.get(tx, number(1)),
    "a contact by reference": lambda tx: contacts.by_reference(tx, "C-26-00001"),
    "whether too much is to be opened": lambda tx: trail.are_more(
        tx, trail.Sought(by="rosei", since=NOON), 100
    ),
    "when something was last done": lambda tx: events.last_at(tx, number(1), ["contact.viewed"]),
    "ids of references": lambda tx: contacts.ids_of(tx, ["C-26-00001"]),
    "restricted references": lambda tx: contacts.restricted_among(tx, ["C-26-00001"]),
    "shut references": lambda tx: contacts.shut_among(tx, ["C-26-00001"]),
    "contacts joined together": lambda tx: episodes.together(
        tx, [number(1), number(2)], with_restricted=False
    ),
    "keys of contacts": lambda tx: child_keys.opened(tx, [number(1)]),
    "a draft": lambda tx: drafts.get(tx, number(1)),
    "drafts of contacts": lambda tx: drafts.of_contacts(tx, [number(1)]),
    "the end of the chain": lambda tx: events.head(tx),
    "hashes of events": lambda tx: events.hashes_of(tx, [3, 9]),
    "an offer": lambda tx: handovers.offer(tx, number(1)),
    "a reminder": lambda tx: handovers.one_reminder(tx, number(1)),
    "a verdict": lambda tx: lookups.verdict_of(tx, number(1)),
    "who reads a mailbox": lambda tx: mailboxes.holds(tx, "shared", "desk"),
    "an original": lambda tx: originals.get(tx, number(1)),
    "bytes of an original": lambda tx: originals.bytes_of(tx, number(1)),
    "a delivery": lambda tx: outbox.get(tx, number(1)),
    "a message": lambda tx: request_messages.get(tx, number(1)),
    "a request": lambda tx: requests.get(tx, number(1)),
    "an answer": lambda tx: requests.answer(tx, number(1)),
    "what was destroyed": lambda tx: retention.destroyed_among(tx, [number(1)]),
    "services of a directory": lambda tx: services.count(tx, "northmere"),
    "a referral": lambda tx: services.referral(tx, number(1)),
    "a setting": lambda tx: settings.get(tx, "matching.weights"),
    "a version": lambda tx: versions.get(tx, number(1)),
    "a person": lambda tx: workers.get(tx, "rosei"),
    "a person's key": lambda tx: workers.public_jwk(tx, "rosei"),
}
"""What is found by the key of it, or counted, and is as many as are asked for: with an index."""

READ_WHOLE = {
    "directories": "a handful",
    "everybody's keys": "some for each person",
    "every verdict that stands": "weights are fitted to all that people ever judged",
    "the end of the chain": "one row",
    "what is the same still of directories": "a handful",
}
"""Readers that go through a whole table, and why they may."""

UNASKED = {
    "backups.write": "the whole store, for a backup",
    "checkpoint_mails.claim": "writes",
    "child_keys.is_person": "whose line it is, once for each",
    "content_keys.all": "the whole store, for a backup",
    "content_keys.of_contact": "as of contacts, and makes one",
    "destruction.arrivals_before": "by the night's job alone",
    "destruction.destroy": "writes",
    "destruction.destroy_arrivals": "writes",
    "events.opened": "of rows that are read already",
    "events.read": "whatever query it is given",
    "events.verify": "the whole chain, in its order",
    "hub_logins.set_password": "writes",
    "lookups.judged_candidate": "results of a contact, as listed",
    "originals.altered": "every original, to check them",
    "outbox.claim": "writes",
    "outbox.documents": "the whole store, for a backup",
    "request_messages.claim": "writes",
    "resealing.vouched": "events of a kind, as listed",
    "services.next_number": "writes",
    "versions.insert": "writes",
}
"""Public functions that are no screen's question, and why."""


def statements(tx: Transaction, reader: str, *, unreadable: bool = False) -> list[tuple[str, Any]]:
    """What a reader asks of the store, with its values; what it finds is nothing here. Where rows
    are `unreadable`, that it stumbles over their words is none either."""
    found: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        found.append((statement, parameters))

    event.listen(tx.connection, "before_cursor_execute", note)
    try:
        stumbles = (ValueError, KeyError, TypeError) if unreadable else ()
        with suppress(FanlightError, NoResultFound, *stumbles):  # there is none of that number
            {**LISTINGS, **BY_KEY}[reader](tx)
    finally:
        event.remove(tx.connection, "before_cursor_execute", note)
    return found


def readers() -> Iterator[str]:
    """Every public function of the store that takes a transaction and writes nothing, by the look
    of it: no insert, update or delete, in it or in what it calls beside it."""
    for module in pkgutil.iter_modules(triage.storage.__path__):
        if module.ispkg:
            continue
        tree = ast.parse(inspect.getsource(import_module(f"triage.storage.{module.name}")))
        functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        prepared = {
            target.id
            for n in tree.body
            if isinstance(n, ast.Assign) and _writes(n.value, {}, set())
            for target in n.targets
            if isinstance(target, ast.Name)
        }
        for name, function in functions.items():
            first = function.args.args[0].arg if function.args.args else ""
            public = first in ("tx", "store") and not name.startswith("_")
            if public and not _writes(function, functions, prepared):
                yield f"{module.name}.{name}"


def _writes(
    node: ast.AST,
    beside: dict[str, ast.FunctionDef],
    prepared: set[str],
    seen: frozenset[str] = frozenset(),
) -> bool:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    called = {
        n.func.id
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    if names & prepared or called & {"insert", "update", "delete"}:
        return True
    return any(
        _writes(beside[name], beside, prepared, seen | {name})
        for name in called & beside.keys() - seen
    )


def asked() -> set[str]:
    """Which of them are asked here."""
    tree = ast.parse(inspect.getsource(import_module(__name__)))
    return {
        f"{n.value.id}.{n.attr}"
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
