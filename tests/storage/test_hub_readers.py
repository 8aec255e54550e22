"""Which rows of a contact a hub's database shows each role, restricted or not, tried with plain
SQL where no two acts are always allowed together."""

import psycopg

from tests import factory
from tests.hub_here import EVERYONE, HubHere
from tests.storage.test_hub_writers import ANYBODY, MAIL, NOBODY, SIGN, SPLIT, Rows
from tests.storage.test_hub_writers import rows as rows
from triage.domain.worker import May
from triage.storage.hub_server import RULES

READ = frozenset({May.READ})
SIGN_OR_AUDIT = SIGN | {May.AUDIT}

READERS = {
    **dict.fromkeys(
        (
            *("answer", "contact", "contact_child", "correction", "decision_version", "delivery"),
            *("handover_offer", "legal_hold", "lookup_result", "original", "pack_copy"),
            *("partner_answer", "reader_draft", "request", "request_message"),
            *("service_referral", "suggestion", "verdict", "version_opened"),
        ),
        READ,
    ),
    **dict.fromkeys(("access_grant", "destruction", "retention_rule"), SIGN_OR_AUDIT),
    **dict.fromkeys(("mailbox", "mailbox_message"), MAIL),
    **dict.fromkeys(
        (
            *("checkpoint_mail", "directory_copy", "event_head", "reference_counter"),
            *("request_counter", "service", "setting", "signing_key", "worker"),
        ),
        ANYBODY,
    ),
    **dict.fromkeys(("access_draft", "desk_save", "reminder"), NOBODY),
}
"""Who sees what is another's: whoever may do one of these."""

OTHERWISE = {"event", "original_bytes", "restriction"}
"""What is told and what is hidden, and bytes that are found by what they are."""


def test_each_table_that_is_read_says_who_reads_it() -> None:
    assert READERS.keys() | OTHERWISE == {name for name, rule in RULES.items() if rule.see}


def test_a_row_is_seen_by_who_may_do_what_it_is_of(hub: HubHere, rows: Rows) -> None:
    for who in EVERYONE:
        if who != factory.PRIYA:  # whose they are
            with hub.as_somebody(who) as line:
                for table, acts in READERS.items():
                    seen = line.execute(f"SELECT FROM {table}".encode()).rowcount > 0
                    may = acts == ANYBODY or bool(SPLIT[who.role] & acts)
                    assert seen is may, (who.id, table)


def test_a_row_of_a_restricted_contact_is_seen_by_who_may_open_it_and_by_nobody_else(
    hub: HubHere, rows: Rows
) -> None:
    with psycopg.connect(hub.as_superuser, autocommit=True) as owner:
        owner.execute("INSERT INTO restriction VALUES (%s), (%s)", (rows.contact, rows.other))
    of_contact = [table for table, acts in READERS.items() if acts == READ]
    for who in EVERYONE:
        if who != factory.PRIYA:
            with hub.as_somebody(who) as line:
                for table in of_contact:
                    seen = line.execute(f"SELECT FROM {table}".encode()).rowcount > 0
                    assert seen is (May.OPEN_RESTRICTED in SPLIT[who.role]), (who.id, table)
