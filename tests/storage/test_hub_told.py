"""With which events a hub's database lets a row be written, each table by itself, tried with plain
SQL while no other trigger stands in the way."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from tests import factory
from tests.hub_here import HubHere
from tests.storage.test_hub_writers import Rows, given, inserting
from tests.storage.test_hub_writers import rows as rows
from triage.domain.worker import May

Line = "psycopg.Connection[tuple[Any, ...]]"
Case = tuple[str, dict[str, Any], str]

NOTHING: dict[str, Any] = {}
DRAFTED = "contact.received contact.marked contact.accepted contact.confirmed"
ADDED: tuple[Case, ...] = (
    ("restriction", NOTHING, "contact.restricted"),
    ("answer", NOTHING, "decision.saved decision.signed"),
    ("answer", {"key": "rating"}, "decision.saved decision.signed contact.rated"),
    ("decision_version", {"state": "proposed"}, "decision.proposed"),
    ("version_opened", NOTHING, "decision.opened decision.sent_back"),
    ("pack_copy", NOTHING, "pack.issued"),
    ("handover_offer", {"state": "draft"}, "contact.handover_kept contact.handover_withdrawn"),
    ("legal_hold", NOTHING, "retention.held"),
    ("correction", {"standing": "asked"}, "correction.asked"),
    ("access_draft", NOTHING, "access.draft_kept"),
    ("destruction", {"fate": "proposed"}, "retention.proposed"),
    ("original", NOTHING, "original.kept"),
    ("reader_draft", NOTHING, DRAFTED),
    ("request", {"reference": "y"}, "request.sent"),
    ("request_message", {"local_id": "y"}, "request.sent"),
    ("partner_answer", NOTHING, "request.sent request.not_an_answer"),
    ("service_referral", {"number": "y"}, "service.referred"),
    ("delivery", {"idempotency_key": "y"}, "decision.signed"),
    ("lookup_result_shown", NOTHING, "match.answered"),
    ("verdict_shown", NOTHING, "match.linked match.not_same match.unsure"),
    (
        "suggestion_shown",
        {"state": "open"},
        "contact.likeness_found contact.joined contact.kept_apart contact.taken_apart",
    ),
)
CHANGED: tuple[Case, ...] = (
    ("answer", {"value": "y"}, "decision.saved decision.signed"),
    ("decision_version", {"state": "proposed"}, "decision.proposed"),
    ("decision_version", {"state": "returned"}, "decision.sent_back"),
    ("decision_version", {"state": "signed"}, "decision.signed"),
    ("version_opened", {"at": factory.NOW}, "decision.opened decision.sent_back"),
    ("handover_offer", {"state": "offered"}, "contact.offered"),
    ("handover_offer", {"state": "accepted"}, "contact.handed_over"),
    ("handover_offer", {"state": "declined"}, "contact.handover_declined"),
    ("handover_offer", {"state": "x"}, "contact.handover_kept contact.handover_withdrawn"),
    ("legal_hold", {"lifted_why": "y"}, "retention.lifted"),
    ("correction", {"standing": "agreed"}, "correction.agreed"),
    ("correction", {"standing": "refused"}, "correction.refused"),
    ("access_draft", {"body": "{}"}, "access.draft_kept"),
    ("destruction", {"fate": "proposed"}, "retention.proposed"),
    ("destruction", {"fate": "kept"}, "retention.kept"),
    ("destruction", {"fate": "destroyed"}, "retention.destroyed"),
    ("reader_draft", {"body": "{}"}, DRAFTED),
    ("request", {"body": "{}"}, "request.sent"),
    ("request_message", {"state": "y"}, "request.sent"),
    ("partner_answer", {"place": "y"}, "request.sent request.not_an_answer"),
    ("service_referral", {"body": "{}"}, "service.referred"),
    *(
        ("delivery", {name: value}, "decision.stamped")
        for name, value in (("time_stamp", b"y"), ("stamped_at", None))
    ),
    *(
        (
            "delivery",
            {name: value},
            "export.accepted export.rejected export.unknown export.sent export.waiting "
            "export.by_hand export.case_number",
        )
        for name, value in (
            *(("state", "y"), ("receipt", b"y")),
            *(("case_number", "y"), ("sent_at", None)),
        )
    ),
    ("verdict_shown", {"body": "{}"}, "match.undone"),
    ("suggestion_shown", {"state": "joined"}, "contact.joined"),
    ("suggestion_shown", {"state": "kept apart"}, "contact.kept_apart"),
)
OF_NONE: tuple[Case, ...] = (
    ("original", {"contact_id": None}, "original.set_aside original.kept"),
    ("partner_answer", {"request_id": None}, "request.not_an_answer mailbox.taken_in"),
    ("mailbox_message", NOTHING, "mailbox.taken_in"),
    ("setting", NOTHING, "matching.adopted"),
    ("checkpoint_mail", NOTHING, "audit.checkpoint"),
    ("signing_key", NOTHING, "worker.enrolled worker.key_renewed"),
)
OF_NONE_CHANGED: tuple[Case, ...] = (
    ("destruction", {"fate": "destroyed", "outcome": "no_contact"}, "retention.arrivals_destroyed"),
    ("setting", {"value": "y"}, "matching.adopted"),
    ("checkpoint_mail", {"told": 7}, "audit.checkpoint_mailed audit.checkpoint_not_mailed"),
    ("signing_key", {"revoked_why": "y"}, "worker.key_revoked worker.key_certified"),
)
"""Tables, what is written, and which events tell of it: about a contact, and about none."""

ALIKE = {"contact.viewed", "request.viewed"}
NAMED = {
    "original": "{id}",
    "mailbox_message": "{sha256}",
    "checkpoint_mail": '"seq":{seq}',
    "signing_key": '"{kid}"',
}
"""By what an event about no contact says which row it tells of."""

ALONE = {"reader_draft": "contact_id", "destruction": "about"}
"""Where a contact has one row, and this one has its own."""

_EVENT = """INSERT INTO event SELECT seq + 1, %s, %s, %s, now(), %s, hash, hash FROM event_head"""


@pytest.fixture
def tied(hub: HubHere, rows: Rows) -> Rows:
    """Nothing but that what is done is told, and everybody may do everything."""
    with psycopg.connect(hub.as_superuser, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO fanlight_allowed SELECT DISTINCT role, unnest(%s::text[]) "
            "FROM fanlight_allowed ON CONFLICT DO NOTHING",
            ([act.value for act in May],),
        )
        for table in _tied(owner):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER fanlight_is_told".encode())
        # Told before, and so of something else.
        owner.execute("SET session_replication_role = replica")
        for number, kind in enumerate(sorted(_kinds())):
            for at, about in ((-number, None), (-number - 100, rows.contact)):
                owner.execute(
                    "INSERT INTO event SELECT %s, %s, %s, 'siqbal', now(), '{}', hash, hash "
                    "FROM event_head",
                    (at, kind, about),
                )
    return rows


def _tied(line: Any) -> set[str]:
    found = line.execute(
        "SELECT relname FROM pg_trigger JOIN pg_class of_table ON of_table.oid = tgrelid "
        "WHERE tgfoid = 'fanlight_is_told'::regproc AND relnamespace = 'public'::regnamespace"
    )
    return {name for (name,) in found.fetchall()}


def _kinds(*tables: str) -> set[str]:
    return {
        kind
        for table, _, kinds in (*ADDED, *CHANGED, *OF_NONE, *OF_NONE_CHANGED)
        for kind in kinds.split()
        if not tables or table in tables
    }


def test_each_row_that_is_tied_to_its_event_is_tried(hub: HubHere) -> None:
    with psycopg.connect(hub.as_superuser) as line:
        tried = {t.removesuffix("_shown") for t, *_ in (*ADDED, *OF_NONE)}
        assert tried == _tied(line)


def _said(line: Any, act: sql.Composed, values: list[Any], *event: object) -> str:
    try:
        with line.transaction(force_rollback=True):
            if event:
                line.execute(_EVENT, event)
            assert line.execute(act, values).rowcount == 1
            line.execute("SET CONSTRAINTS fanlight_is_told IMMEDIATE")
    except psycopg.Error as fault:
        return f"{fault.sqlstate} {fault}"
    return "done"


def _adding(rows: Rows, case: Case) -> tuple[sql.Composed, list[Any], dict[str, Any]]:
    table, facts, _ = case
    made = rows.made(table, "siqbal") | facts
    if table == "suggestion_shown":
        made |= {"low": rows.other, "high": rows.contact}
    elif table in ALONE:
        made[ALONE[table]] = rows.other
    return inserting(table, made), list(made.values()), made


def _changing(case: Case) -> tuple[sql.Composed, list[Any], dict[str, Any]]:
    table, facts, _ = case
    setting = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in facts]
    act = sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table), sql.SQL(", ").join(setting))
    if table == "signing_key":  # everybody has one
        act += sql.SQL(" WHERE kid = (SELECT min(kid) FROM signing_key)")
    return act, list(facts.values()), dict(facts)


def _holds(
    line: Any,
    case: Case,
    tried: tuple[sql.Composed, list[Any], dict[str, Any]],
    about: UUID | None,
    detail: str = "{}",
) -> None:
    table, facts, kinds = case
    act, values, _ = tried
    mine = set(kinds.split())
    for kind in mine:
        assert _said(line, act, values, kind, about, "siqbal", detail) == "done", (table, kind)
    kind = min(mine)
    refused: list[tuple[object, ...]] = [
        (),
        *((other, about, "siqbal", detail) for other in (_kinds(table) - mine) | ALIKE),
        (kind, about, "rosei", detail),
        (kind, uuid4(), "siqbal", detail),
    ]
    if detail != "{}":
        refused.append((kind, about, "siqbal", "{}"))
    for event in refused:
        said = _said(line, act, values, *event)
        assert "without the event" in said, (table, facts, event, said)


def _of(table: str, made: dict[str, Any]) -> str:
    """What an event about no contact must hold, to tell of that row."""
    return NAMED[table].format(**made) if table in NAMED else "{}"


def test_a_row_is_added_with_the_event_of_that_and_no_other(hub: HubHere, tied: Rows) -> None:
    with hub.as_somebody(factory.SANA) as line:
        for case in ADDED:
            act, values, made = _adding(tied, case)
            about = made.get("about", made.get("contact_id", tied.contact))
            _holds(line, case, (act, values, made), about)
        for case in OF_NONE:
            act, values, made = _adding(tied, case)
            _holds(line, case, (act, values, made), None, _of(case[0], made))


def test_a_row_is_changed_with_the_event_of_that_and_no_other(hub: HubHere, tied: Rows) -> None:
    given(hub, factory.SANA)
    with hub.as_somebody(factory.SANA) as line:
        for case in CHANGED:
            _holds(line, case, _changing(case), tied.contact)
        for case in OF_NONE_CHANGED:
            row = f"SELECT to_jsonb(k) FROM {case[0]} k ORDER BY k"
            [(found,), *_] = line.execute(row.encode()).fetchall()
            _holds(line, case, _changing(case), None, _of(case[0], found))
