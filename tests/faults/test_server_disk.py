"""A hub's server whose disk is full or gives back other bytes, or that can't prove who it is."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import factory
from tests.postgresql import Server, as_somebody
from tests.storage.values import NOON
from triage.domain.errors import StoreError, UnreachableError
from triage.storage import contacts, events, originals
from triage.storage.engine import Store, open_server


def keep(store: Store, n: int, size: int) -> None:
    with store.write() as tx:
        originals.keep(
            tx, id=UUID(int=n), name=f"{n}.pdf", data=os.urandom(size), kind="contact",
            contact_id=factory.contact().id, message_id="", received_at=NOON,
        )  # fmt: skip


def owner(pg: Server) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(f"{pg.url}postgres", autocommit=True)


@contextmanager
def little_room(pg: Server) -> Iterator[None]:
    """The bytes of originals lie on a disk of two megabytes, where this person may mount one; else
    the server says of any that are longer what it says of a disk that is full."""
    small = pg.home / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(small)]
    mounted = bool(
        shutil.which("mount")
        and not subprocess.run(mount, check=False, capture_output=True).returncode
    )
    if somebody := as_somebody():
        os.chown(small, somebody["user"], somebody["group"])
    with owner(pg) as line:
        if mounted:
            line.execute(f"CREATE TABLESPACE small LOCATION '{small}'".encode())
            line.execute(b"ALTER TABLE original_bytes SET TABLESPACE small")
        else:
            line.execute(
                b"""CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$;
                    CREATE TRIGGER full_disk BEFORE INSERT ON original_bytes FOR EACH ROW
                    WHEN (length(NEW.data) > 1000000) EXECUTE FUNCTION full_disk()"""
            )
        try:
            yield
        finally:
            if mounted:
                line.execute(b"ALTER TABLE original_bytes SET TABLESPACE pg_default")
                line.execute(b"DROP TABLESPACE small")
                subprocess.run(["umount", "--lazy", str(small)], check=True)
            else:
                line.execute(b"DROP FUNCTION full_disk CASCADE")


def test_server_whose_disk_fills_up_keeps_all_that_was_saved_and_says_whose_disk_it_is(
    pg: Server,
) -> None:
    store = open_server(f"{pg.url}postgres")
    with store.write() as tx:
        contacts.insert(tx, factory.contact())
    with little_room(pg):
        keep(store, 1, 200_000)
        with pytest.raises(StoreError, match=r"disk of the hub's server is full.*before is safe"):
            keep(store, 2, 4_000_000)
        assert store.away_for() is None
        keep(store, 3, 1_000)
        with store.read() as tx:
            kept = originals.of_contact(tx, factory.contact().id)
        assert [o.name for o in kept] == ["1.pdf", "3.pdf"]
        assert events.verify(store) is None
        store.close()


def test_page_of_the_server_that_comes_back_otherwise_is_told_in_words(pg: Server) -> None:
    store = open_server(f"{pg.url}postgres")
    other = factory.contact(reference="C-26-09999")
    with store.write() as tx:
        contacts.insert(tx, other)
    with owner(pg) as line:
        line.execute(b"CHECKPOINT")
        [(name,)] = line.execute(b"SELECT pg_relation_filepath('contact')").fetchall()
    pg.stop("fast")
    file = pg.home / "data" / str(name)
    whole = file.read_bytes()
    file.write_bytes(b"\x55" * 24 + whole[24:])
    pg.start()
    try:
        with pytest.raises(StoreError, match=r"damaged on the server's disk.*Tell IT"):
            read(store, other.id)
    finally:
        pg.stop("fast")
        file.write_bytes(whole)
        pg.start()
    assert read(store, other.id) == "C-26-09999"
    store.close()


def read(store: Store, id: UUID) -> str:
    with store.read() as tx:
        return contacts.get(tx, id).reference


def test_server_whose_certificate_has_run_out_is_sent_nothing_and_the_desk_says_so(
    pg: Server,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    known = pg.home / "known.crt"
    known.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pg.put("server.crt", known.read_bytes())
    pg.put(
        "server.key",
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
    pg.stop("fast")
    before = dict(pg.settings)
    pg.settings |= {"ssl": "on"}
    pg.start()
    try:
        with pytest.raises(UnreachableError, match=r"certificate has run out.*nothing was sent"):
            open_server(f"{pg.url}postgres?sslmode=verify-full&sslrootcert={known}")
    finally:
        pg.stop("fast")
        pg.settings = before
        pg.start()
