"""People's logins at a hub's PostgreSQL: given and ended by its owner, with a password that in the
end their own desk alone knows.

A login is the server's and is called fl_NAME; who has which role is told by each hub's database
for itself (`fanlight_member`), and which login may come in at all.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, exc, text

from triage.domain.errors import NotAllowedError, StoreError
from triage.domain.event import NewEvent
from triage.domain.worker import May, RevokedFor, Role, Roles, Worker
from triage.storage import events, signing_keys, workers
from triage.storage.engine import Store, Transaction, open_server
from triage.storage.hub_line import address
from triage.storage.hub_server import as_owner, is_role, limit, must_be_encrypted, quoted

LOGIN = "fl_"
_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :login"
_NAME = re.compile(r"[a-z][a-z0-9._-]{0,39}")


def let_in(
    owner_url: str,
    worker_id: str,
    role: Role,
    password: str | None,
    *,
    agencies: Iterable[str] = (),
) -> str:
    """Give a person a login of their own with that role, or another role to one who has it; the
    login's name is given back. The password leaves this computer hashed only; with None it stays
    what it is. `agencies` are codes of the profile: what those are asked, this person sees.

    An empty `password` makes a login for a client certificate or Kerberos, as pg_hba.conf says.
    Raises StoreError for an id that makes no login name or is somebody's at another hub of the
    same server, or where the account may not do that.
    """
    if not _NAME.fullmatch(worker_id):
        raise StoreError(
            "A sign-in name is 1 to 40 small letters, figures, dots or dashes, and begins with a "
            "letter. Nothing was changed."
        )
    login = f"{LOGIN}{worker_id}"
    who = quoted(login)
    with as_owner(owner_url) as connection:
        if not is_role(connection, login):
            connection.execute(text(f"CREATE ROLE {who}"))
        _must_be_of_this_hub(connection, login)
        connection.execute(
            text(
                "INSERT INTO fanlight_member VALUES (:login, :role, :agencies) ON CONFLICT (login) "
                "DO UPDATE SET role = excluded.role, agencies = excluded.agencies"
            ),
            {"login": login, "role": role.value, "agencies": list(agencies)},
        )
        connection.execute(text(f"GRANT fanlight_person TO {who}"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {_database(connection)} TO {who}"))
        connection.execute(text(f"ALTER ROLE {who} LOGIN"))
        limit(connection, login)
        if password is not None:
            _set_password(connection, login, password)
    return login


def _database(connection: Connection) -> str:
    return quoted(connection.scalar(text("SELECT current_database()")))


def _must_be_of_this_hub(connection: Connection, login: str) -> None:
    """One login in two hubs would be one password and one person, whom neither owner knows of."""
    other = connection.scalar(
        text(
            "SELECT datname FROM pg_database, aclexplode(datacl) grants "
            "JOIN pg_roles ON pg_roles.oid = grants.grantee "
            "WHERE rolname = :login AND privilege_type = 'CONNECT' "
            "AND datname <> current_database() LIMIT 1"
        ),
        {"login": login},
    )
    if other is not None:
        raise StoreError(
            f"{login} signs in at another hub of this server, the database {other}. Nothing was "
            "changed. Choose another sign-in name, or shut them out there first."
        )


def _set_password(connection: Connection, login: str, password: str) -> None:
    if not password:
        connection.execute(text(f"ALTER ROLE {quoted(login)} PASSWORD NULL"))
        return
    from psycopg import Connection as Line

    line = connection.connection.driver_connection
    assert isinstance(line, Line)  # the driver that hub_line names
    hashed = line.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    ).decode()
    connection.exec_driver_sql(f"ALTER ROLE {quoted(login)} PASSWORD '{hashed}'")


def is_let_in(owner_url: str, worker_id: str) -> bool:
    """Whether somebody of that name may sign in at this hub. Raises StoreError as `let_in`."""
    with as_owner(owner_url) as connection:
        return _is_member(connection, worker_id)


def _is_member(connection: Connection, worker_id: str) -> bool:
    found = text("SELECT 1 FROM fanlight_member WHERE login = :login")
    return connection.scalar(found, {"login": f"{LOGIN}{worker_id}"}) is not None


def list_person(owner_url: str, worker: Worker, *, at: datetime) -> bool:
    """Keep who the person is, with the event of it; their key comes when they join. A key that
    says of signing off what their role says no more is revoked: whether one was."""
    store = open_server(owner_url)
    try:
        with store.write() as tx:
            workers.put(tx, worker, public_jwk={})
            _note(tx, "worker.let_in", at, worker=worker.id, role=worker.role.value)
            false = [
                key.kid
                for key in signing_keys.all(tx)
                if key.worker_id == worker.id
                and key.revoked_at is None
                and key.jwk.get("signs_off") is (not worker.may(May.SIGN))
            ]
            # They still have it, and may say any time before: it was not only replaced.
            why, reason = "Their role changed.", RevokedFor.LEFT
            for kid in false:
                signing_keys.revoke(
                    tx, kid, at=tx.server_time() or at, by="owner", why=why, reason=reason
                )
            if false:
                told = {"worker": worker.id, "keys": false, "why": why, "for": reason.value}
                _note(tx, "worker.key_revoked", at, **told)
            return bool(false)
    finally:
        store.close()


def _note(tx: Transaction, kind: str, at: datetime, **detail: object) -> None:
    new = NewEvent(kind=kind, contact_id=None, by="owner", at=at, detail=detail)
    events.append(tx, new)


def shut_out(owner_url: str, worker_id: str) -> None:
    """Let a person in no more, and end what they have open. Their events and signatures stay.

    From the first they may do nothing, though a line of theirs could not be ended: that is then
    said. Raises StoreError for somebody who is not there.
    """
    login = f"{LOGIN}{worker_id}"
    who = quoted(login)
    with as_owner(owner_url) as connection:
        if not _NAME.fullmatch(worker_id) or not _is_member(connection, worker_id):
            raise StoreError(f"There is nobody called {worker_id} here. Nothing was changed.")
        connection.execute(
            text("DELETE FROM fanlight_member WHERE login = :login"), {"login": login}
        )
        connection.execute(text(f"REVOKE CONNECT ON DATABASE {_database(connection)} FROM {who}"))
        connection.execute(text(f"REVOKE fanlight_person FROM {who}"))
        connection.execute(text(f"ALTER ROLE {who} NOLOGIN"))
    try:
        with as_owner(owner_url) as connection:
            # Lines are ended by those who may act as their person: the owner for this moment, for
            # nobody else sees what is not committed.
            connection.execute(text(f"GRANT {who} TO CURRENT_USER"))
            connection.execute(text(_END), {"login": login})
            connection.execute(text(f"REVOKE {who} FROM CURRENT_USER"))
    except (StoreError, exc.DBAPIError) as fault:
        raise StoreError(
            f"{worker_id} can sign in no more and may do nothing here, but what they had open "
            "could not be ended. Let the server's superuser end it: "
            f"{_END.replace(':login', repr(login))}"
        ) from fault


def open_as(hub_url: str, worker_id: str, password: str, *, without_tls: bool = False) -> Store:
    """The hub's store, signed in as that person. Raises StoreError as `open_server` does."""
    url = address(hub_url).set(username=f"{LOGIN}{worker_id}")
    if password:
        url = url.set(password=password)
    must_be_encrypted(url, without_tls=without_tls)
    store = open_server(url)
    store.roles = _roles_at(store)
    return store


def _roles_at(store: Store) -> Roles | None:
    """What each role may do at this hub; None where `create_hub` was not run since it can tell."""
    found: dict[Role, set[May]] = {role: set() for role in Role}
    try:
        with store.read() as tx:
            for role, act in tx.connection.execute(text("SELECT role, act FROM fanlight_allowed")):
                found[Role(role)].add(May(act))
    except NotAllowedError:
        return None
    return {role: frozenset(acts) for role, acts in found.items()}


def set_password(tx: Transaction, worker_id: str, password: str) -> None:
    """Give this person, who is signed in, another password; the server gets it hashed only."""
    _set_password(tx.connection, f"{LOGIN}{worker_id}", password)
