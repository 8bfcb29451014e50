"""The database that a journal is in: its address, its encoding, what its role sets for sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from smspoh.errors import ArgumentError, OutboxError
from smspoh.outbox.postgres_database import parameters
from smspoh.outbox.postgres_journal import PostgresJournal

from .cluster import shared
from .harness import SETTINGS, T0, accepted, row
from .on_postgres import KEY, address_of, opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "written",
    ["Xy@secret", "Xy/secret", "12/secret", "Xy?z@secret", "@secret", "Xy@sec/ret", "Xy%secret"],
)
def test_a_password_that_is_not_escaped_is_told_nowhere(written: str) -> None:
    """What follows its @ would be the host, and the host is in the error of a connection."""
    address = f"postgresql://user:{written}@127.0.0.1:{shared().port}/db"
    with pytest.raises(ArgumentError, match=r"cannot be read; .* as %40, %2F") as caught:
        PostgresJournal(address, settings=SETTINGS, keys=[KEY])
    assert "secret" not in str(caught.value)


def test_an_address_that_no_encoding_can_write_is_told_nowhere() -> None:
    with pytest.raises(ArgumentError, match="cannot be read") as caught:
        parameters("postgresql://user:\udcffsecret@127.0.0.1/db")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("address", "host", "password"),
    [
        ("postgresql://user:a%40b%2Fc@127.0.0.1/db#job", "127.0.0.1", "a@b/c"),
        ("postgresql://user@127.0.0.1/db?password=a@b", "127.0.0.1", "a@b"),
        ("postgres://user:a?b:c@127.0.0.1", "127.0.0.1", "a?b:c"),
        ("postgresql:///db?host=/tmp", "/tmp", None),
        ("postgresql://127.0.0.1/db", "127.0.0.1", None),
    ],
)
def test_addresses_that_are_right_are_read(address: str, host: str, password: str | None) -> None:
    given, _ = parameters(address)
    assert (given["host"], given.get("password")) == (host, password)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_id_is_refused(encoding: str) -> None:
    name = f"in_{encoding.lower()}"
    with shared().admin() as admin:
        admin.execute(
            f"CREATE DATABASE {name} OWNER outbox ENCODING '{encoding}' TEMPLATE template0"
            " LC_COLLATE 'C' LC_CTYPE 'C'".encode()
        )
    with pytest.raises(OutboxError, match=f"has the encoding {encoding}, .* needs UTF8"):
        PostgresJournal(shared().address(name), settings=SETTINGS, keys=[KEY])


def test_what_the_gateway_says_is_kept_whatever_the_client_is_set_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    with opened(tmp_path, SETTINGS) as journal:
        journal.recover(T0)
        journal.enqueue([row(1)], T0)
        (claimed,) = journal.claim(1, T0)
        assert journal.record([accepted(claimed, "မြန်မာ")], T0) == []
        found = journal.find(claimed.reference)
        assert found is not None
        assert found.message_id == "မြန်မာ"


def test_what_a_role_sets_for_its_sessions_is_not_the_journals(tmp_path: Path) -> None:
    address = address_of(tmp_path)
    with shared().admin() as admin:
        admin.execute("ALTER ROLE outbox SET default_transaction_isolation = 'serializable'")
        admin.execute("ALTER ROLE outbox SET search_path = public")
    try:
        with opened(tmp_path, SETTINGS) as journal:
            journal.recover(T0)
            query = "SHOW transaction_isolation"
            found = journal.write(T0, lambda db, _: db.execute(query).fetchone())
            assert found == ("read committed",)
            with journal.reading() as db:
                assert db.execute("SHOW tcp_user_timeout").fetchone() == ("30000",)
        with psycopg.connect(address) as plain:
            assert plain.execute(query.encode()).fetchone() == ("serializable",)
    finally:
        with shared().admin() as admin:
            admin.execute("ALTER ROLE outbox RESET ALL")
