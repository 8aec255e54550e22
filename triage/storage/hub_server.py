"""A hub's PostgreSQL: its tables, and who may do what in each.

The rules of `hub_rules.sql` and of `RULES` here are the database's, so that they hold for anybody
who signs in with any program. What a role may do is what the hub's profile says of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, delete, exc, insert, select, text

from triage.domain.errors import StoreError
from triage.domain.retention import RetentionRule
from triage.domain.trail import ACCESS, AUDITING, DESKS, JOINS, LIKENESS, LOOKS
from triage.domain.worker import ALLOWED, May, Role, Roles
from triage.storage import destruction, hub_sight, schema, tables
from triage.storage.apart import APART
from triage.storage.engine import Store
from triage.storage.hub_events import kinds
from triage.storage.hub_line import SIGN_IN, STRANGER, address, hosts_of, missing_file, why_broken
from triage.storage.tables import metadata

OLDEST = 150000
"""PostgreSQL 15, as the server counts."""

MOST_LINES = 40
"""Of one login at once: two windows have half of it."""

_SETTINGS = {
    "idle_in_transaction_session_timeout": "30s",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "transaction_timeout": "300s",  # from PostgreSQL 17 on
    # Of each row that is read it is asked whose it is, which says of itself that it costs nothing.
    "cpu_tuple_cost": "0.1",
}
_SCRIPT = Path(__file__).with_name("hub_rules.sql")
_EVENTS = Path(__file__).with_name("hub_events.sql")
_KEYS = Path(__file__).with_name("hub_keys.sql")
_LINES = Path(__file__).with_name("hub_lines.sql")
_FOUND = Path(__file__).with_name("hub_found.sql")
_SIGHT = Path(__file__).with_name("hub_sight.sql")
_TIES = Path(__file__).with_name("hub_ties.sql")
_APART = Path(__file__).with_name("hub_apart.sql")
_REQUESTS = Path(__file__).with_name("hub_requests.sql")
_DESTROY = Path(__file__).with_name("hub_destruction.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which rows of a table somebody sees, may add and may change: SQL conditions, "" for none.

    Changing also needs seeing what was there. `changes` are the columns that may be changed, where
    not all may. `delete` is for rows that are kept anew.
    """

    see: str = ""
    add: str = ""
    change: str = ""
    changes: str = ""
    delete: str = ""


def _may(*acts: str) -> str:
    # In a query of its own it is asked once for the whole table, not once for each row.
    return "(" + " OR ".join(f"(SELECT fanlight_may('{act}'))" for act in acts) + ")"


def _known(contact: str) -> str:
    return f"{_READS} AND ({_OPENS} OR NOT fanlight_inside.is_restricted({contact}, {_HINT}))"


def _there(table: str, column: str) -> str:
    return f"EXISTS (SELECT FROM {table} WHERE {table}.id = {column})"


def _sees(table: str, column: str) -> str:
    return f"fanlight_inside.sees_{table}({column})"


def _of_contact(*acts: str) -> Rule:
    # Looked for by name: whoever may not see the contact gets the answer they would get for none.
    there = f"{_may(*acts)} AND {_there('contact', 'contact_id')}"
    return Rule(see=_known("contact_id"), add=there, change=there)


def _through(table: str, column: str, *acts: str) -> Rule:
    there = f"{_may(*acts)} AND {_there(table, column)}"
    return Rule(see=_sees(table, column), add=there, change=there)


_READS = _may("read")
_OPENS = _may("open restricted")
_HINT = "(SELECT fanlight_inside.hint())"
_MAIL = _may("receive", "screen")
_PLACES = _may("screen")

_ANSWERS = f"({_may('propose', 'sign')} OR key = 'rating' AND {_may('rate')})"

_IS_MINE = 'fanlight_inside.is_me("by")'
_BY_ME = '"by" = fanlight_worker()'
_TO_ME = '"to" = fanlight_worker()'
_IF_OF_CONTACT = f"(contact_id IS NULL OR {_there('contact', 'contact_id')})"
_A_COMMENT = "starts_with(name, 'sign-off.comment.')"
# A restricted record stands in full beside a contact that is not: for who may open it.
_TELLS_NO_OTHER = f"({_OPENS} OR NOT fanlight_inside.tells_other(partner, body))"
_MINE = "substr(name, 55) = fanlight_worker()"

_DONE = (
    f'fanlight_inside.is_told(seq, kind, "by", contact_id, '
    f"'{{{', '.join((*LOOKS, *JOINS, LIKENESS))}}}', "
    f"'{{{', '.join((AUDITING, DESKS, ACCESS))}}}', {_OPENS})"
)

RULES: Mapping[str, Rule] = {
    "contact": Rule(see=_known("id"), add=_may("receive"), change=_may("receive", "screen")),
    # What contacts are found by is kept anew with the contact: see fanlight_forget_found_by. Of the
    # restricted it is read through the views of hub_found.sql alone.
    "contact_child": Rule(see=_known("contact_id"), add=_of_contact("receive", "screen").add),
    "restricted_child": Rule(add=_of_contact("receive", "screen").add),
    "restricted_place": Rule(add=_of_contact("receive", "screen").add),
    "restriction": Rule(
        see=f"{_OPENS} OR fanlight_inside.opened(contact_id)",
        add=f"{_may('receive', 'screen')} AND {_there('contact', 'contact_id')}",
        delete=_may("open restricted"),
    ),
    # Which contact, whose and until when is said by the server, whatever is sent.
    "access_grant": Rule(
        see=f"{_may('sign', 'audit')} OR fanlight_inside.is_me(worker)",
        add=f"{_may('break glass')} AND worker = fanlight_worker()",
        change=_may("sign"),
    ),
    "reference_counter": Rule(see="true", add=_may("receive"), change=_may("receive")),
    # What came for nobody known is for those who say whom it is about.
    "original": Rule(
        see=f"CASE WHEN contact_id IS NULL THEN {_PLACES} AND ({_OPENS} "
        f"OR NOT fanlight_inside.came_for_hidden(id)) ELSE {_known('contact_id')} END",
        add=f"{_may('receive')} AND (contact_id IS NULL OR {_there('contact', 'contact_id')})",
        change=f"{_may('screen')} AND {_there('contact', 'contact_id')}",
        changes="contact_id",
    ),
    "original_bytes": Rule(see=_sees("original", "sha256"), add=_may("receive")),
    # Keys are made, wrapped and given out by functions alone: see hub_keys.sql. Nobody but the
    # owner, who copies the whole store, reads or writes a table of them.
    "content_key": Rule(),
    "child_key": Rule(),
    "content_share": Rule(),
    "legal_hold": Rule(
        see=_known("contact_id"),
        add=f"{_of_contact('sign').add} AND {_BY_ME} AND lifted_at IS NULL",
        change=_of_contact("sign").change,
    ),
    "correction": Rule(
        see=_known("contact_id"),
        add=f"{_of_contact('screen').add} AND {_BY_ME} AND standing = 'asked'",
        change=f"{_of_contact('sign').change} AND answered_by = fanlight_worker()",
    ),
    "destruction": Rule(see=_may("sign", "audit"), add=_may("sign"), change=_may("sign")),
    "retention_rule": Rule(see=_may("sign", "audit")),
    "reader_draft": _of_contact("receive", "screen"),
    # Its author writes a decision, and who signs may put it right; a rating follows in its form.
    "answer": Rule(
        see=_known("contact_id"),
        add=f"{_ANSWERS} AND {_there('contact', 'contact_id')} AND {_BY_ME}",
        change=f"{_ANSWERS} AND {_there('contact', 'contact_id')} AND {_BY_ME}",
    ),
    "decision_version": _of_contact("propose", "sign"),
    "version_opened": replace(
        _through("decision_version", "version_id", "sign"),
        add=f"{_through('decision_version', 'version_id', 'sign').add} AND {_BY_ME}",
        change=f"{_through('decision_version', 'version_id', 'sign').change} AND {_BY_ME}",
    ),
    # Added to and changed through the views of hub_apart.sql alone: what names a restricted contact
    # stands apart.
    "lookup_result": Rule(see=f"{_known('contact_id')} AND {_TELLS_NO_OTHER}"),
    "verdict": Rule(see=f"{_known('contact_id')} AND {_TELLS_NO_OTHER}"),
    "suggestion": Rule(see=f"{_known('low')} AND {_known('high')}"),
    # Who looks at the trail sees all of it; others see what was done with contacts they may know
    # of: never who looked at what, who signed in, or what was asked about that.
    "event": Rule(see=f"{_may('audit')} OR ({_known('contact_id')} AND {_DONE})", add="true"),
    "event_head": Rule(see="true", change="true"),
    # What was signed, and to whom it goes, stays; what became of it is said by whoever sends it.
    "checkpoint_mail": Rule(
        see="true",
        add=_may("receive"),
        change=_may("receive"),
        changes="state, attempts, next_attempt_at, sent_at, words, told, claimed_by, claimed_until",
    ),
    "delivery": Rule(
        see=_known("contact_id"),
        add=_of_contact("sign").add,
        change=_of_contact("receive", "sign").change,
    ),
    # Who somebody is, the owner says, who lets them in.
    "worker": Rule(see="true"),
    # Each makes their own, once what they had before was revoked, and may revoke it themselves.
    "signing_key": Rule(
        see="true",
        add="worker_id = fanlight_worker()",
        change=f"{_may('configure', 'sign')} OR worker_id = fanlight_worker()",
    ),
    "pack_copy": Rule(
        see=_sees("decision_version", "decision_id"),
        add=f"{_through('decision_version', 'decision_id', 'print').add} AND {_BY_ME}",
    ),
    # What is no comment and not proposed is how the hub works, for all to know.
    "setting": Rule(
        see=f"fanlight_inside.shows_setting(name, {_may('sign')}, {_may('configure')})",
        add=f"CASE WHEN {_A_COMMENT} THEN {_may('sign')} AND {_MINE} "
        f"ELSE {_may('sign', 'configure')} END",
        change=_may("sign", "configure"),
    ),
    # Who answers for an agency sees what that agency is asked, not the contact it is about.
    "request": replace(
        _of_contact("screen"),
        see=f"({_known('contact_id')}) AND ({_OPENS} OR NOT fanlight_inside.names_hidden(body)) "
        "OR fanlight_inside.serves(agency)",
    ),
    "request_counter": Rule(see="true", add=_may("screen"), change=_may("screen")),
    # What was sent, for which request and to whom stays.
    "request_message": replace(
        _through("request", "request_id", "receive", "screen"),
        changes="state, attempts, next_attempt_at, sent_at, channel_id, words, claimed_by, "
        "claimed_until",
    ),
    "partner_answer": Rule(
        see=f"CASE WHEN request_id IS NULL THEN {_PLACES} AND ({_OPENS} "
        f"OR NOT fanlight_inside.is_of_hidden(body)) ELSE {_sees('request', 'request_id')} END",
        add=_MAIL,
        change=_MAIL,
    ),
    "mailbox": Rule(see=_MAIL, add=_MAIL, change=_MAIL),
    "mailbox_message": Rule(see=_MAIL, add=_MAIL),
    "directory_copy": Rule(see="true", add=_may("receive"), change=_may("receive")),
    "service": Rule(
        see="true", add=_may("receive"), change=_may("receive"), delete=_may("receive")
    ),
    "service_referral": _of_contact("screen"),
    "desk_save": Rule(see=_IS_MINE, add=_BY_ME),
    # Whom it is held out to answers; nobody gives in another's name.
    "handover_offer": Rule(
        see=f'{_known("contact_id")} AND fanlight_inside.is_held_out(state, "by")',
        add=f"{_of_contact('screen').add} AND {_BY_ME}",
        change=f"{_of_contact('screen').change} AND ({_BY_ME} OR {_TO_ME})",
    ),
    # Whoever may not know of the contact any more is not reminded of it.
    "reminder": Rule(
        see=f"{_IS_MINE} AND {_known('contact_id')}",
        add=f"{_BY_ME} AND {_READS} AND {_IF_OF_CONTACT}",
        change=_BY_ME,
    ),
    "access_draft": replace(
        _of_contact("sign"),
        see=f"{_IS_MINE} AND {_known('contact_id')}",
        add=f"{_of_contact('sign').add} AND {_BY_ME}",
        change=f"{_of_contact('sign').change} AND {_BY_ME}",
        delete=_may("sign"),
    ),
}
"""Table by table. A table that is missing here can be reached by nobody but the owner."""


def is_older(owner_url: str, *, without_tls: bool = False) -> bool:
    """Whether a hub's tables there are of an older Fanlight, which `create_hub` would bring up to
    date. Raises StoreError as it does."""
    url = address(owner_url)
    must_be_encrypted(url, without_tls=without_tls)
    with as_owner(url) as connection:
        found = schema.found(connection)
    return found not in (None, schema.REVISION)


def create_hub(
    owner_url: str,
    *,
    without_tls: bool = False,
    retention: Iterable[RetentionRule] | None = None,
    roles: Roles | None = None,
) -> None:
    """Make the tables, roles and rules of a hub in the database that `owner_url` names, or bring
    those that are there up to date. Nothing that is kept is changed.

    `retention` are the rules by which the database lets records be destroyed from now on, and
    `roles` what each role may do; what it has stays where none are given. A hub without rules of
    retention destroys nothing, and one without roles of its own has the usual.

    The line to the server must be encrypted and the server known by its certificate, except on
    this computer itself. Raises StoreError for an older server or a line that is not so.
    """
    url = address(owner_url)
    must_be_encrypted(url, without_tls=without_tls)
    with as_owner(url) as connection:
        _must_be_new_enough(connection)
        before = schema.found(connection)
        schema.bring_up_to_date(connection)
        if not is_role(connection, "fanlight_person"):
            connection.execute(text("CREATE ROLE fanlight_person NOLOGIN NOINHERIT"))
        untold = connection.scalar(text("SELECT to_regclass('fanlight_member')")) is None
        for script in (_SCRIPT, _SIGHT, _FOUND, _EVENTS, _KEYS, _LINES, _TIES):
            connection.connection.cursor().execute(script.read_bytes())
        if untold:
            connection.execute(_MEMBERS_OF_GROUPS, {"roles": [role.value for role in Role]})
        _tell_what_roles_may(connection, roles)
        for name in APART:
            connection.execute(text(f"DROP VIEW IF EXISTS {name}_shown"))
        if retention is not None:
            _keep_rules(connection, retention)
        hub_sight.look_through(connection, {name: rule.see for name, rule in RULES.items()})
        for table in metadata.tables:
            _apply(connection, table, RULES.get(table))
        for script in (_APART, _REQUESTS):
            connection.connection.cursor().execute(script.read_bytes())
        _make_destruction(connection)
        for login in connection.scalars(text("SELECT login FROM fanlight_member")).all():
            limit(connection, login)
        _leave_nothing_outside(connection)
        # Logins are the whole server's: each comes in where it is let in by name, and nowhere else.
        here = quoted(connection.scalar(text("SELECT current_database()")))
        connection.execute(text(f"REVOKE CONNECT, TEMPORARY ON DATABASE {here} FROM PUBLIC"))
    if before not in (None, schema.REVISION):
        schema.clear_away(url)


@contextmanager
def as_owner(owner_url: str | URL) -> Iterator[Connection]:
    """One transaction as the owner of a hub's database. Raises StoreError, in a sentence, where
    the server is not there, the account may not do it, or the database is no hub's."""
    engine = create_engine(address(owner_url), hide_parameters=True)
    try:
        with engine.begin() as connection:
            yield connection
    except exc.OperationalError as error:
        raise StoreError(_NOT_IN.get(why_broken(error), _NOT_THERE)) from error
    except exc.ProgrammingError as error:
        words = _REFUSED.get(getattr(error.orig, "sqlstate", ""))
        if words is None:
            raise
        raise StoreError(words) from error
    finally:
        engine.dispose()


_NOT_THERE = (
    "The hub's server could not be reached, or has no such database. Nothing was changed: check "
    "the address, and that the server runs."
)
_NOT_IN = {
    SIGN_IN: "The hub's server does not let this account in. Nothing was changed: check its name, "
    "its password, and its line in pg_hba.conf.",
    STRANGER: "What answers at that address can't prove that it is the hub's server. Nothing was "
    "sent: check that its certificate is for the name in the address, has not run out, and is by "
    "the authority that sslrootcert names.",
}
"""Why the owner is not in, by why a line could not be made."""

_REFUSED = {
    "42501": "The hub's server does not let this account do that. Nothing was changed: use the "
    "owner's account, which owns the hub's database and may make roles (CREATEROLE).",
    "42P01": "There is no hub in this database. Nothing was changed: check the address, or make "
    "one first: fanlightctl hub create",
    "42P07": "The database holds tables of another program. Nothing was changed: name one that is "
    "empty, or a hub's.",
}
"""By SQLSTATE: insufficient privilege, undefined table, duplicate table."""

# Before each hub told for itself who has which role, the server's groups did.
_MEMBERS_OF_GROUPS = text("""
    INSERT INTO fanlight_member
    SELECT person.rolname, substr(of_role.rolname, 10), ARRAY(
        SELECT substr(agency.rolname, 17)
        FROM pg_auth_members served JOIN pg_roles agency ON agency.oid = served.roleid
        WHERE served.member = person.oid AND starts_with(agency.rolname, 'fanlight_agency_')
    )
    FROM pg_auth_members given
    JOIN pg_roles person ON person.oid = given.member
    JOIN pg_roles of_role ON of_role.oid = given.roleid
    JOIN pg_database here ON here.datname = current_database()
    WHERE starts_with(person.rolname, 'fl_') AND person.rolcanlogin
      AND starts_with(of_role.rolname, 'fanlight_') AND substr(of_role.rolname, 10) = ANY (:roles)
      AND EXISTS (SELECT FROM aclexplode(here.datacl) named WHERE named.grantee = person.oid)
    ON CONFLICT DO NOTHING
""")


def must_be_encrypted(url: URL, *, without_tls: bool = False) -> None:
    """Raise StoreError unless the line is encrypted and the server checked, or is no line at all:
    a socket or loopback address, where `without_tls` says so."""
    if without_tls and all(map(_is_here, hosts_of(url))):
        return
    if url.query.get("sslmode") != "verify-full" or not url.query.get("sslrootcert"):
        raise StoreError(
            "The line to the hub's server must be encrypted, and the server known by its "
            "certificate. Nothing was sent. End the address with ?sslmode=verify-full&sslrootcert="
            "FILE, the certificate of the authority that gave the server its own, or with "
            "?sslmode=verify-full&sslrootcert=system for one that this computer trusts by itself."
        )
    if missing := missing_file(url):
        raise StoreError(
            f"The file {missing}, which the address of the hub names, is not there. Nothing was "
            "sent. Put it there, or name where it is."
        )


def must_be_encrypted_to(said: str, *, without_tls: bool = False) -> None:
    """As `must_be_encrypted`, for an address as text."""
    must_be_encrypted(address(said), without_tls=without_tls)


def _is_here(host: str | None) -> bool:
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _must_be_new_enough(connection: Connection) -> None:
    version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    if version < OLDEST:
        raise StoreError(
            f"The hub's server is PostgreSQL {version // 10000}; Fanlight needs 15 or newer. "
            "Nothing was changed."
        )


def is_role(connection: Connection, name: str) -> bool:
    """Whether the server knows a role of that name."""
    found = text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    return connection.execute(found, {"name": name}).first() is not None


def limit(connection: Connection, login: str) -> None:
    """Let no line of a login, or all of them together, hold up the server by mistake: whoever
    forgets to end something, with whatever program. Whoever wants to can set it otherwise."""
    who = quoted(login)
    connection.execute(text(f"ALTER ROLE {who} CONNECTION LIMIT {MOST_LINES}"))
    for name, most in _SETTINGS.items():
        known = text("SELECT true FROM pg_settings WHERE name = :name")
        if connection.scalar(known, {"name": name}):
            connection.execute(text(f"ALTER ROLE {who} SET {name} = '{most}'"))


def quoted(name: str | None) -> str:
    """A name as it stands in a statement."""
    return '"' + (name or "").replace('"', '""') + '"'


def _tell_what_roles_may(connection: Connection, roles: Roles | None) -> None:
    told = set(connection.scalars(text("SELECT act FROM fanlight_act")))
    if roles is not None:
        connection.execute(text("DELETE FROM fanlight_allowed"))
        told = set()
    new = [
        {"role": role.value, "act": act.value}
        for role, acts in (roles or ALLOWED).items()
        for act in acts
        if act.value not in told
    ]
    if new:
        connection.execute(
            text("INSERT INTO fanlight_allowed VALUES (:role, :act) ON CONFLICT DO NOTHING"), new
        )
    connection.execute(
        text("INSERT INTO fanlight_act VALUES (:act) ON CONFLICT DO NOTHING"),
        [{"act": act.value} for act in May],
    )
    connection.execute(text("DELETE FROM fanlight_tells"))
    connection.execute(text("INSERT INTO fanlight_tells VALUES (:kind, :act)"), list(kinds()))
    connection.execute(text("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC"))
    connection.execute(text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
    connection.execute(text("GRANT USAGE ON SCHEMA public TO fanlight_person"))
    connection.execute(text("GRANT SELECT ON alembic_version, fanlight_allowed TO fanlight_person"))


def _leave_nothing_outside(connection: Connection) -> None:
    """Drop what stood in the open before it went to the schema that nobody may look into."""
    for name in (
        *("is_of_hidden(text)", "names_hidden(text)", "came_for_hidden(uuid)"),
        *("is_restricted(uuid)", "opened(uuid)", "serves(text)"),
    ):
        connection.execute(text(f"DROP FUNCTION IF EXISTS public.fanlight_{name}"))
    connection.execute(text("DROP VIEW IF EXISTS fanlight_inside.restricted"))


def _keep_rules(connection: Connection, rules: Iterable[RetentionRule]) -> None:
    connection.execute(delete(tables.retention_rule))
    rows = [
        {
            "outcome": outcome,
            "rule": rule.id,
            "years": rule.years,
            "counted_from": rule.counted_from.value,
        }
        for rule in rules
        for outcome in rule.outcomes
    ]
    if rows:
        connection.execute(insert(tables.retention_rule), rows)


def _make_destruction(connection: Connection) -> None:
    """`fanlight_destroy` (see hub_rules.sql), of the statements that a desk's own file runs."""
    body = _DESTROY.read_text(encoding="utf-8")
    steps = ";\n    ".join(destruction.statements("wanted", uuids=True, at_hub=True))
    body = body.replace("-- STEPS", f"{steps};")
    arrivals = ";\n    ".join(destruction.statements_of_arrivals("until", uuids=True))
    body = body.replace("-- ARRIVALS", f"{arrivals};")
    connection.connection.cursor().execute(body.encode())


def _apply(connection: Connection, table: str, rule: Rule | None) -> None:
    def run(statement: str) -> None:
        connection.execute(text(statement))

    run(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    run(f"REVOKE ALL ON {table} FROM fanlight_person")
    for verb in ("see", "add", "change", "delete"):
        run(f"DROP POLICY IF EXISTS fanlight_{verb} ON {table}")
    if rule is None:
        return
    if hub_sight.hangs_on_the_row(rule.see):
        hub_sight.keep_no_samples(connection, table)
    # For whoever is granted something: a rule of the group's could be dropped by any member of it
    # (DROP OWNED), and nothing would be left for anybody to see.
    if rule.see:
        run(f"GRANT SELECT ON {table} TO fanlight_person")
        run(f"CREATE POLICY fanlight_see ON {table} FOR SELECT USING ({rule.see})")
    if rule.add:
        run(f"GRANT INSERT ON {table} TO fanlight_person")
        run(f"CREATE POLICY fanlight_add ON {table} FOR INSERT WITH CHECK ({rule.add})")
    if rule.change:
        # By its columns: who may change a whole table may lock it.
        run(f"GRANT UPDATE ({rule.changes or _changes(table)}) ON {table} TO fanlight_person")
        run(
            f"CREATE POLICY fanlight_change ON {table} FOR UPDATE "
            f"USING ({rule.see}) WITH CHECK ({rule.change})"
        )
    run(f"DROP RULE IF EXISTS fanlight_changed_alone ON {table}")
    if rule.change and hub_sight.hangs_on_the_row(rule.see):
        # PostgreSQL asks the WHERE of INSERT … ON CONFLICT DO UPDATE of the row that is there, and
        # only then whether its writer may see it. A table with a rule of changes takes no such act.
        run(f"CREATE RULE fanlight_changed_alone AS ON UPDATE TO {table} DO ALSO NOTHING")
    if rule.change and "contact_id" in metadata.tables[table].columns and not rule.changes:
        run(
            f"CREATE OR REPLACE TRIGGER fanlight_stays_where_it_is BEFORE UPDATE ON {table} "
            "FOR EACH ROW WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id) "
            "EXECUTE FUNCTION fanlight_stays_where_it_is()"
        )
    if rule.delete:
        run(f"GRANT DELETE ON {table} TO fanlight_person")
        run(
            f"CREATE POLICY fanlight_delete ON {table} FOR DELETE "
            f"USING (({rule.see}) AND ({rule.delete}))"
        )


def _changes(table: str) -> str:
    kept = metadata.tables[table].columns
    return ", ".join(quoted(c.name) for c in kept if not c.primary_key)


def bring_in(owner_url: str, desk: Store) -> int:
    """Copy everything that one desk's file holds into a hub's database that holds nothing yet;
    the number of events that came. The chain is checked link by link as it goes in.

    Raises StoreError where the hub holds something, or the two are of different ages.
    """
    with desk.read() as source, as_owner(owner_url) as connection:
        if schema.found(connection) != schema.found(source.connection):
            raise StoreError(
                "The desk and the hub are of different Fanlights. Nothing was changed: bring "
                "both up to date first."
            )
        if connection.execute(select(tables.event.c.seq).limit(1)).first() is not None:
            raise StoreError(
                "The hub's database holds something already. Nothing was changed: make a new "
                "database, and bring the desk in right after hub create, before anybody is let in."
            )
        came = 0
        for table in metadata.sorted_tables:
            if table.name == "event_head":
                continue  # it follows the events by itself
            order = table.primary_key.columns
            read = source.connection.execution_options(stream_results=True).execute(
                select(table).order_by(*order)
            )
            for rows in read.mappings().partitions(1000):
                connection.execute(insert(table), [dict(row) for row in rows])
                came += len(rows) if table.name == "event" else 0
        return came
