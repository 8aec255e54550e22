"""What somebody with a login and a program of their own tries at a hub's database, and what they
get: plain SQL, signed in as that person."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import factory
from tests.factory import NOW
from tests.hub_here import BEN, EVERYONE, NIA, VIC, HubHere, tell
from tests.keys_here import got
from tests.storage.test_hub_rules import proposed
from tests.storage.test_hub_signing import shaped
from tests.storage.test_hub_ties import told
from triage.domain import trail
from triage.domain.contact import Contact, ContactState
from triage.domain.decision import DecisionVersion, VersionState
from triage.domain.fact import entered
from triage.domain.worker import Worker
from triage.storage import codec, content_keys, outbox
from triage.storage.hub_events import TELLS
from triage.storage.tables import child_key, content_share
from triage.workflow import sign
from triage.workflow.desk import Desk


def test_whether_a_contact_is_restricted_is_nobodys_to_ask(hub: HubHere) -> None:
    hub.front.bring(factory.contact(restricted=True))
    inside = """SELECT proname, array_to_string(array_fill('NULL'::text, ARRAY[pronargs]), ',')
        FROM pg_proc WHERE pronamespace = 'fanlight_inside'::regnamespace"""
    with psycopg.connect(hub.as_superuser) as line:
        asked = line.execute(inside).fetchall()
    assert ("is_restricted", "NULL") in asked
    by_number = "table_to_xml(oid, false, false, '') FROM pg_class WHERE relname = 'hint'"
    for who in EVERYONE:
        for listing in ("bits FROM fanlight_inside.hint", by_number):
            assert hub.answered(who, f"SELECT {listing}").startswith("42501"), (who.id, listing)
        for function, nulls in asked:
            for name in (f"fanlight_inside.{function}", f"fanlight_{function}"):
                said = hub.answered(who, f"SELECT {name}({nulls})")
                assert said.startswith(("42501", "42883")), (who.id, name, said)
    found = hub.tried(factory.RUTH, "SELECT count(*) FROM contact")
    assert found == [(0,)]
    assert hub.tried(factory.PRIYA, "SELECT count(*) FROM contact") == [(1,)]


def test_a_change_of_a_contact_is_told_by_an_event_of_it_that_fits(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    other = hub.front.bring(factory.contact(reference="C-26-04999"))
    silenced = replace(contact.content, concern=entered("All is well.", by="rosei", at=NOW))
    for facts, fits in (
        ({"content": silenced}, "contact.fact_changed"),
        ({"rating": "green"}, "contact.rated"),
        ({"paused_reason": "x"}, "contact.paused"),
        ({"state": ContactState.SET_ASIDE}, "contact.set_aside"),
        ({"subject": "Another"}, "contact.fact_changed"),
    ):
        ends = [("contact.viewed", contact), ("contact.claimed", contact), (fits, other)]
        for kind, about in ends:
            assert "FL001" in _saved(hub, contact, kind, about, **facts), (kind, facts)
        said = _saved(hub, contact, fits, contact, **facts)
        assert said == "done" or "subject" in facts, (fits, said)
    assert hub.front.read(contact).content == silenced


def test_what_a_contacts_children_are_found_by_changes_with_the_contact_alone(
    hub: HubHere,
) -> None:
    contact = hub.front.bring(factory.contact())
    for act in (
        "SELECT fanlight_forget_found_by(%s)",
        "INSERT INTO contact_child (contact_id, child) VALUES (%s, 'c2')",
    ):
        assert "without the event" in told(
            hub, factory.RUTH, "contact.rated", contact.id, act, contact.id
        )
        said = _saved(hub, contact, "contact.rated", contact, also=act, rating="green")
        assert "found by" in said, act
    hub.front.bring(factory.contact(reference="C-26-04999"))
    of_other = "SELECT fanlight_forget_found_by(id) FROM contact WHERE id <> %s"
    said = _saved(hub, contact, "contact.rated", contact, also=of_other, rating="red")
    assert "without the event" in said
    for act in ("DELETE FROM contact_child", "UPDATE contact_child SET nhs_number = '9990000018'"):
        assert hub.answered(factory.RUTH, act).startswith("42501")


def _saved(
    hub: HubHere, contact: Contact, kind: str, about: Contact, also: str = "", **facts: object
) -> str:
    """What becomes of a contact changed by plain SQL, beside an event of that kind."""
    now = hub.front.read(contact)
    changed = replace(now, version=now.version + 1, **facts)  # type: ignore[arg-type]
    act = "UPDATE contact SET state = %s, version = %s, body = %s WHERE id = %s"
    body = codec.dump(Contact, changed, sparse=True)
    values = (changed.state.value, changed.version, body, contact.id)
    try:
        with hub.as_somebody(factory.RUTH) as line, line.transaction():
            tell(line, factory.RUTH, kind, about.id)
            line.execute(act.encode(), values)
            if also:
                line.execute(also.encode(), (contact.id,))
    except psycopg.Error as fault:
        return f"{fault.sqlstate} {fault}"
    return "done"


def test_nobody_keeps_as_a_time_stamp_what_can_be_none_of_that_document(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    leader, version = at(factory.PRIYA), proposed(hub, at(factory.RUTH))
    sign.look(leader, version.id)
    sign.approve(leader, version.id, pin="2222")
    with hub.front.store.read() as tx:
        [delivery] = outbox.of_decision(tx, version.id)
    plant = "UPDATE delivery SET time_stamp = %s, stamped_at = now()"
    other = replace(delivery, document=b'{"signatures": [{"signature": "another"}]}')
    about, kind = version.contact_id, "decision.stamped"
    for token in (b"", b"made up", bytes(400), shaped(other), shaped(delivery, long=1), None):
        said = told(hub, factory.PRIYA, kind, about, plant, token)
        assert "stay as they are" in said, token
    assert told(hub, factory.PRIYA, kind, about, plant, shaped(delivery)) == "done"
    later = told(hub, factory.PRIYA, kind, about, plant, shaped(delivery, filled=301))
    assert "stay as they are" in later
    for alone in ("time_stamp = 'x'", "stamped_at = now()"):
        said = told(hub, factory.PRIYA, kind, about, f"UPDATE delivery SET {alone}")
        assert "stay as they are" in said, alone


ACTS_OF_OTHERS = {
    VIC: ("contact.viewed", "decision.proposed", "request.viewed", "audit.noted"),
    NIA: ("contact.claimed", "contact.viewed", "decision.saved", "retention.held"),
    factory.AMIR: ("contact.rated", "decision.signed", "pack.issued", "request.sent"),
    BEN: ("decision.proposed", "pack.issued", "audit.searched", "access.exported"),
    factory.RUTH: ("decision.sent_back", "contact.opened_up", "retention.held", "trail.sealed"),
}


def test_nobody_tells_of_what_their_role_does_not_do(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    for who, kinds in ACTS_OF_OTHERS.items():
        for kind in kinds:
            for about in (contact.id, None):
                said = told(hub, who, kind, about, "SELECT 1")
                assert said.startswith("FL001"), (who.id, kind, said)
    assert hub.front.events() == []


def test_every_kind_of_event_is_some_roles_to_write() -> None:
    of_nobody = ("backup.", "trail.", "partners.")
    kinds = {kind for kind in trail._WORDS if not kind.startswith(of_nobody)}
    assert {k for k in kinds if k not in TELLS and f"{k.partition('.')[0]}." not in TELLS} == set()


def test_nobody_tells_of_a_contact_that_they_may_not_know_of(hub: HubHere) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    shown = hub.front.bring(factory.contact(reference="C-26-04999"))
    said = {
        told(hub, factory.RUTH, "contact.viewed", about, "SELECT 1")
        for about in (hidden.id, uuid4())
    }
    assert len(said) == 1
    assert "no such contact" in said.pop()
    assert told(hub, factory.RUTH, "contact.viewed", shown.id, "SELECT 1") == "done"
    assert told(hub, factory.PRIYA, "contact.viewed", hidden.id, "SELECT 1") == "done"
    assert told(hub, factory.AMIR, "audit.noted", hidden.id, "SELECT 1") == "done"
    assert "no such" in told(hub, factory.AMIR, "audit.noted", uuid4(), "SELECT 1")
    assert "no such" in told(hub, factory.RUTH, "contact.viewed", hidden.id, "SELECT 1")
    assert "no such" in told(hub, NIA, "matching.adopted", shown.id, "SELECT 1")
    for kind in ("contact.restricted", "contact.received", "decision.proposed", "call.started"):
        answered = told(hub, factory.RUTH, kind, shown.id, "SELECT 1")
        assert "was not done" in answered, kind


def test_nobody_tells_of_a_decision_but_in_the_transaction_that_made_it_so(
    hub: HubHere, at: Callable[[Worker], Desk]
) -> None:
    version = proposed(hub, at(factory.RUTH))
    other = proposed(hub, at(factory.RUTH), "C-26-04900")
    again = told(hub, factory.RUTH, "decision.proposed", version.contact_id, "SELECT 1")
    assert "was not done" in again
    returned = replace(version, state=VersionState.RETURNED, signer="pnandra")
    returning = "UPDATE decision_version SET state = 'returned', body = %s WHERE id = %s"
    body = codec.dump(DecisionVersion, returned)

    def beside(kind: str, about: UUID) -> str:
        try:
            with hub.as_somebody(factory.PRIYA) as line, line.transaction():
                tell(line, factory.PRIYA, "decision.sent_back", version.contact_id)
                tell(line, factory.PRIYA, kind, about)
                line.execute(returning.encode(), (body, version.id))
        except psycopg.Error as fault:
            return str(fault)
        return "done"

    assert "was not done" in beside("decision.signed", version.contact_id)
    assert "was not done" in beside("decision.sent_back", other.contact_id)
    assert beside("contact.viewed", version.contact_id) == "done"


def test_where_the_chain_ends_is_set_by_nobody_to_another_event_or_seal(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    for _ in range(2):
        assert told(hub, factory.PRIYA, "contact.viewed", contact.id, "SELECT 1") == "done"
    for change in (
        "(seq, hash) = (SELECT seq, hash FROM event ORDER BY seq LIMIT 1)",  # from which to fork
        "hash = repeat('0', 64)",
        "seq = seq + 1",
    ):
        said = hub.answered(factory.PRIYA, f"UPDATE event_head SET {change}")
        assert "can't be set by hand" in said, change


def test_no_key_is_planted_for_a_contact_to_come_or_for_one_that_is_hidden(hub: HubHere) -> None:
    hidden = hub.front.bring(factory.contact(restricted=True))
    shown = hub.front.bring(factory.contact(reference="C-26-04999"))
    with hub.front.store.write() as tx:
        for table in (content_share, child_key):
            tx.connection.execute(table.delete())
    for about, who in ((hidden.id, factory.RUTH), (uuid4(), factory.RUTH), (shown.id, NIA)):
        hub.tried(who, "SELECT fanlight_share_out(%s)", about)
    with hub.front.store.read() as tx:
        assert content_keys.all(tx).by_name() == {}
    hub.tried(factory.RUTH, "SELECT fanlight_share_out(%s)", shown.id)
    hub.tried(factory.PRIYA, "SELECT fanlight_share_out(%s)", hidden.id)
    assert list(got(hub, factory.RUTH)) == [shown.id]
    assert set(got(hub, factory.PRIYA)) == {shown.id, hidden.id}
    for who in (factory.RUTH, factory.PRIYA):
        for planting in (
            "INSERT INTO child_key VALUES (gen_random_uuid(), sha256('known'))",
            "INSERT INTO content_share VALUES (gen_random_uuid(), '', gen_random_uuid(), 'x')",
            "UPDATE child_key SET key = sha256('known')",
            "UPDATE content_share SET wrapped = sha256('known')",
            "DELETE FROM content_share",
            "DELETE FROM child_key",
            "SELECT fanlight_inside.wrap_for_children(gen_random_uuid())",
        ):
            assert "42501" in hub.answered(who, planting), planting
        for table in ("content_key", "child_key", "content_share"):
            assert "42501" in hub.answered(who, f"SELECT * FROM {table}"), table


ASKED_OF_SERVER = {
    *("fanlight_may", "fanlight_may_tell", "fanlight_told", "fanlight_change_is_told"),
    *("fanlight_key_must_stand", "fanlight_share_out", "fanlight_content_keys"),
    *("fanlight_destroy", "fanlight_end_holders", "fanlight_forget_found_by"),
}
"""What a person may have the database do or work out past the rules of rows; each looks itself at
who asks, or tells no more than its asker wrote or all may read."""


def test_what_the_database_works_out_of_all_rows_is_nobodys_to_ask(hub: HubHere) -> None:
    found = hub.tried(
        factory.PRIYA,
        "SELECT proname FROM pg_proc WHERE prosecdef AND prorettype <> 'trigger'::regtype "
        "AND pronamespace = 'public'::regnamespace "
        "AND has_function_privilege('fanlight_person', oid, 'EXECUTE')",
    )
    assert {name for (name,) in found} == ASKED_OF_SERVER


def test_nobody_drops_the_rules_of_rows_or_what_others_are_granted(hub: HubHere) -> None:
    held = "SELECT polrelid::regclass::text, polname::text FROM pg_policy ORDER BY 1, 2"
    granted = "SELECT relname, relacl::text FROM pg_class WHERE relname !~ '^pg_' ORDER BY 1, 2"
    hub.front.bring(factory.contact())
    before = [hub.tried(factory.PRIYA, asked) for asked in (held, granted)]
    for who in EVERYONE:
        for owned in ("fanlight_person", f'"fl_{who.id}"'):
            hub.answered(who, f"DROP OWNED BY {owned} CASCADE")
    assert [hub.tried(factory.PRIYA, asked) for asked in (held, granted)] == before
    for who in (factory.RUTH, factory.PRIYA):
        assert hub.tried(who, "SELECT count(*) FROM contact") == [(1,)]


def test_a_key_is_wrapped_for_the_children_that_are_there_in_the_end(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    mine = replace(contact, assigned_to="rosei", version=2)
    sharing = "SELECT child FROM content_share"
    with psycopg.connect(hub.url) as owner:
        before = owner.execute(sharing).fetchall()
    children = hub.tried(factory.RUTH, "SELECT * FROM contact_child")
    assert [(row[1],) for row in children] == before
    with hub.as_somebody(factory.RUTH) as line, line.transaction():
        tell(line, factory.RUTH, "contact.claimed", contact.id)
        line.execute("SELECT fanlight_forget_found_by(%s)", (contact.id,))
        line.execute(
            "UPDATE contact SET body = %s, assigned_to = 'rosei', version = 2",
            (codec.dump(Contact, mine, sparse=True),),
        )
        line.execute("SET CONSTRAINTS fanlight_is_shared_out IMMEDIATE")
        for row in children:
            line.execute("INSERT INTO contact_child VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    with psycopg.connect(hub.url) as owner:
        assert owner.execute(sharing).fetchall() == before


def test_what_the_rules_of_rows_look_at_is_told_by_no_lock(hub: HubHere) -> None:
    contact = hub.front.bring(factory.contact())
    hub.front.bring(replace(factory.alone("Ada Marsh", "C-26-04951"), restricted=True))
    looked_at = (
        b"SELECT DISTINCT relation::regclass::text FROM pg_locks WHERE mode = 'SIReadLock' "
        b"AND pid = pg_backend_pid() AND locktype = 'tuple'"
    )
    for act, values, found in (
        ("SELECT FROM contact WHERE reference = 'C-26-04951'", (), {("contact",)}),
        ("INSERT INTO restriction VALUES (%s)", (contact.id,), set()),
    ):
        with hub.as_somebody(factory.RUTH) as line:
            line.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
            with line.transaction(force_rollback=True):
                with pytest.raises(psycopg.Error, match="serializable"), line.transaction():
                    line.execute(act.encode(), values)
                assert set(line.execute(looked_at).fetchall()) <= found
