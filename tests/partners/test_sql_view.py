"""A view in a partner's PostgreSQL: found, read only, on time, and never misread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.partners.live import NOW, QUICK, ask, context, person, query
from triage.domain.live_partner import LivePartner, PartnerKind, ViewSettings
from triage.domain.lookup import Outcome
from triage.partners.live import LivePartners

MADE = """
DROP SCHEMA IF EXISTS mash CASCADE;
DROP ROLE IF EXISTS front_door;
CREATE SCHEMA mash;
CREATE TABLE mash.person (
    id integer, forename text, surname text, born date, nhs text, street text, code text,
    sealed bool
);
INSERT INTO mash.person VALUES
  (1, 'Maya Grace', 'Rowe', '2019-03-14', '999 014 2114', '14 Larch Court', 'NM3 4QT', false),
  (2, 'Isla', 'Marsh', '2017-05-02', NULL, '9 Quay Rise', 'NM9 1AB', true),
  (3, 'Ada', 'Okafor', '2015-02-03', NULL, '', '', false);
CREATE VIEW mash.person_v AS SELECT * FROM mash.person;
CREATE VIEW mash.slow_v AS SELECT p.* FROM mash.person p, pg_sleep(30);
CREATE ROLE front_door LOGIN PASSWORD 'for-tests';
GRANT USAGE ON SCHEMA mash TO front_door;
GRANT SELECT, INSERT ON mash.person TO front_door;
GRANT SELECT ON mash.person_v, mash.slow_v TO front_door;
"""
COLUMNS = {
    "record_id": "id", "given": "forename", "family": "surname", "dob": "born",
    "nhs_number": "nhs", "address": "street", "postcode": "code", "restricted": "sealed",
}  # fmt: skip
PARTNER = LivePartner(
    partner="there",
    name="Council database",
    kind=PartnerKind.SQL_VIEW,
    purpose="p",
    lawful_basis="b",
    pace=QUICK,
    values={"restricted": {"true": "yes"}},
    view=ViewSettings(dsn_secret="council", view="mash.person_v", columns=COLUMNS),
)


@pytest.fixture(scope="module")
def address(server_url: str) -> str:
    with psycopg.connect(server_url) as connection:
        connection.execute(MADE.encode())
    where = urlsplit(server_url)
    return f"postgresql://front_door:for-tests@127.0.0.1:{where.port}/postgres"


@contextmanager
def reached(address: str, partner: LivePartner = PARTNER) -> Iterator[LivePartners]:
    partners = LivePartners([partner], folder=Path("/"), secret={"council": address.encode()}.get)
    try:
        yield partners
    finally:
        partners.close()


def of(view: str, **columns: str) -> LivePartner:
    """The partner with another view."""
    settings = ViewSettings(dsn_secret="council", view=view, columns={**COLUMNS, **columns})
    return replace(PARTNER, view=settings)


def test_a_child_is_found_by_name_and_birth_date(address: str) -> None:
    with reached(address) as partners:
        answer = ask(partners, query(person()))
    [one] = answer.returned
    assert one.record.record_id == "1"
    assert one.record.fields["dob"] == "2019-03-14"
    assert one.record.as_of == NOW.date()
    assert answer.sent == ("family", "born")


@pytest.mark.parametrize(
    "who",
    [
        person(family="Other", nhs_number="9990142114"),
        person(dob=date(2018, 3, 14)),
        person(given="Ada", family="Ökafor", dob=date(2015, 2, 3)),
    ],
)
def test_a_number_a_name_alone_and_a_name_without_its_accent_find_too(
    address: str, who: object
) -> None:
    with reached(address) as partners:
        assert len(ask(partners, query(who)).returned) == 1  # type: ignore[arg-type]


def test_what_is_written_in_a_name_is_never_part_of_the_question(address: str) -> None:
    with reached(address) as partners:
        for name in ("Rowe' OR '1'='1", "%", "Rowe; DROP TABLE mash.person", "{record_id}"):
            answer = ask(partners, query(person(given=name, family=name)))
            assert answer.outcome is Outcome.NOT_FOUND
        assert ask(partners, query(person())).outcome is Outcome.FOUND


def test_the_connection_can_not_write_even_where_the_role_could(address: str) -> None:
    from triage.partners.sql_view import ViewConnector

    connector = ViewConnector(PARTNER, {"council": address.encode()}.get)
    with (
        connector._connected(context()) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("INSERT INTO mash.person (id) VALUES (9)")


def test_a_slow_view_ends_at_the_deadline(address: str) -> None:
    began = time.monotonic()
    with reached(address, of("mash.slow_v")) as partners:
        answer = ask(partners, query(person()), context(0.5))
    assert answer.outcome is Outcome.UNAVAILABLE
    assert "did not answer in time" in answer.problem
    assert time.monotonic() - began < 2


def test_closing_ends_a_slow_view_at_once(address: str) -> None:
    with reached(address, of("mash.slow_v")) as partners:
        asking = threading.Thread(target=ask, args=(partners, query(person()), context(30)))
        asking.start()
        connector = partners.connector("there")
        there = threading.Event()
        for _ in range(500):
            if connector._open:  # type: ignore[attr-defined]
                break
            there.wait(0.01)
        began = time.monotonic()
        partners.close()
        asking.join(5)
        assert not asking.is_alive()
        assert time.monotonic() - began < 1


def test_a_restricted_person_is_marked_as_such(address: str) -> None:
    with reached(address) as partners:
        isla = person(given="Isla", family="Marsh", dob=date(2017, 5, 2))
        assert ask(partners, query(isla)).returned[0].record.restricted


@pytest.mark.parametrize(
    ("partner", "dsn", "outcome", "words"),
    [
        (of("mash.gone_v"), "", Outcome.BAD_RESPONSE, "does not have the view"),
        (of("mash.person_v", gp="surgery"), "", Outcome.BAD_RESPONSE, "does not have the view"),
        (of("pg_catalog.pg_authid", **dict.fromkeys(COLUMNS, "rolname")), "", Outcome.DENIED,
         "does not let this desk look"),
        (PARTNER, "for-tests=wrong", Outcome.DENIED, "does not let this desk look"),
        (PARTNER, "nothing there", Outcome.NOT_CHECKED, "is no connection"),
    ],
)  # fmt: skip
def test_what_is_wrong_there_is_said_and_never_no_trace(
    address: str, partner: LivePartner, dsn: str, outcome: Outcome, words: str
) -> None:
    where = address.replace("for-tests", "wrong") if "=" in dsn else dsn or address
    with reached(where, partner) as partners:
        answer = ask(partners, query(person()))
    assert answer.outcome is outcome
    assert words in answer.problem


def test_a_server_that_is_not_there_is_no_answer_and_pauses(address: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    nowhere = f"postgresql://front_door:x@127.0.0.1:{port}/postgres"
    with reached(nowhere) as partners:
        for _ in range(3):
            assert ask(partners, query(person())).outcome is Outcome.UNAVAILABLE
        connection = partners.connection("there", NOW)
        assert connection is not None
        assert connection.paused_until is not None
        assert "is paused" in ask(partners, query(person())).problem


def test_a_server_elsewhere_is_reached_by_a_checked_certificate_only() -> None:
    from triage.partners.sql_view import ViewConnector

    def made(dsn: str) -> str:
        return ViewConnector(PARTNER, {"council": dsn.encode()}.get)._conninfo()

    assert "sslmode=verify-full" in made("postgresql://u@db.council.example/x")
    assert "sslmode=verify-full" in made("host=db.council.example sslmode=disable")
    assert "sslmode=verify-ca" in made("host=db.council.example sslmode=verify-ca")
    assert "sslmode" not in made("host=127.0.0.1")
