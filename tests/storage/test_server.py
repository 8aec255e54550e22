"""The hub's server, when it is not there or does not let this desk in."""

import psycopg
import pytest
from sqlalchemy import make_url

from triage.domain.errors import StoreError
from triage.storage.engine import open_server


def test_a_server_that_is_not_there_is_told_in_words_without_its_password() -> None:
    with pytest.raises(StoreError, match="could not be reached") as caught:
        open_server("postgresql://fanlight:hush-hush@127.0.0.1:1/hub")
    assert "hush-hush" not in str(caught.value) + str(caught.value.__cause__)


def test_an_account_that_may_not_make_the_tables_is_told_in_words(server_url: str) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE visitor LOGIN PASSWORD 'hush-hush'")
        connection.execute("CREATE DATABASE elsewhere")
    visitor = make_url(server_url).set(
        username="visitor", password="hush-hush", database="elsewhere"
    )
    with pytest.raises(StoreError, match=r"may not .* Nothing was changed"):
        open_server(visitor.render_as_string(hide_password=False))


def test_a_wrong_password_is_told_in_words(server_url: str) -> None:
    wrong = make_url(server_url).set(password="wrong-word")
    with pytest.raises(StoreError) as caught:
        open_server(wrong.render_as_string(hide_password=False))
    assert "wrong-word" not in str(caught.value) + str(caught.value.__cause__)
