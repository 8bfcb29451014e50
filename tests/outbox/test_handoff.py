"""Messages enqueued in a caller's own transaction: there if it is, and in the journal once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from smspoh.errors import ArgumentError, EnqueueError, OutboxError
from smspoh.outbox import Outbox, State
from smspoh.outbox.at_rest import KeyRing
from smspoh.outbox.handoff import enqueue_in, take_over

from .harness import SETTINGS, T0, TEXT, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEY = bytes(range(32))


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Outbox(tmp_path / "j.db", SETTINGS, keys=[KEY]) as made:
        yield made


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection:
        connection.execute("CREATE TABLE orders (id)")
        yield connection


def order(connection: sqlite3.Connection, outbox: Outbox, number: int, **more: object) -> None:
    connection.execute("INSERT INTO orders VALUES (?)", (number,))
    outbox.enqueue_in(connection, [row(number, **more)])


def own(outbox: Outbox) -> list[str | None]:
    return [entry.caller_reference for entry in outbox.journal.export()]


def test_a_row_is_there_if_and_only_if_the_transaction_is(
    outbox: Outbox, theirs: sqlite3.Connection
) -> None:
    assert outbox.take_over(theirs) == 0, "there are no tables yet"
    with theirs:
        order(theirs, outbox, 1)
    order(theirs, outbox, 2)
    theirs.rollback()
    assert outbox.take_over(theirs) == 1
    assert own(outbox) == ["own-1"]
    assert outbox.take_over(theirs) == 0
    assert theirs.execute("SELECT id FROM orders").fetchall() == [(1,)]


def test_a_key_makes_one_row_on_either_side(outbox: Outbox, theirs: sqlite3.Connection) -> None:
    for _ in range(2):
        with theirs:
            done = outbox.enqueue_in(theirs, [row(1, key="a"), row(2, key="a"), row(3)])
    assert (done.rows, done.repeated) == (3, 2)
    assert outbox.take_over(theirs) == 3
    with theirs:
        assert outbox.enqueue_in(theirs, [row(4, key="a")]).repeated == 0, "it waits no more"
    assert outbox.enqueue([row(5, key="a", deadline_ms=1)]).repeated == 1
    outbox.take_over(theirs)
    assert own(outbox) == ["own-1", "own-3", "own-3"]


def test_a_crash_between_the_two_makes_nothing_twice(
    outbox: Outbox, theirs: sqlite3.Connection
) -> None:
    with theirs:
        outbox.enqueue_in(theirs, map(row, range(2500)))
    theirs.set_authorizer(
        lambda action, *_: (
            sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_DELETE else sqlite3.SQLITE_OK
        )
    )
    with pytest.raises(OutboxError):
        outbox.take_over(theirs)
    assert not theirs.in_transaction
    theirs.set_authorizer(None)
    assert outbox.counts().states[State.PENDING] == 1000
    assert outbox.take_over(theirs) == 2500
    assert own(outbox) == [f"own-{number}" for number in range(2500)]


def test_a_call_that_fails_leaves_nothing_in_a_transaction_that_goes_on(
    outbox: Outbox, theirs: sqlite3.Connection
) -> None:
    def source() -> Iterator[Mapping[str, object]]:
        yield from map(row, range(1500))
        raise RuntimeError("no more")

    with theirs:
        order(theirs, outbox, 1)
        with pytest.raises(EnqueueError) as caught:
            outbox.enqueue_in(theirs, source())
        assert caught.value.rows_committed == 0
        with pytest.raises(EnqueueError):
            outbox.enqueue_in(theirs, [row(7), row(8, message="")])
    outbox.take_over(theirs)
    assert own(outbox) == ["own-1"]


def test_a_connection_without_a_transaction_is_refused(outbox: Outbox, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as theirs:
        with pytest.raises(ArgumentError, match="no transaction is open"):
            outbox.enqueue_in(theirs, [row(1)])
        theirs.execute("BEGIN")
        outbox.enqueue_in(theirs, [row(1)])
        with pytest.raises(ArgumentError, match="no transaction open"):
            outbox.take_over(theirs)
        theirs.execute("COMMIT")
        assert outbox.take_over(theirs) == 1


def test_the_journal_need_not_be_open_where_rows_are_made(
    outbox: Outbox, theirs: sqlite3.Connection, tmp_path: Path
) -> None:
    theirs.row_factory = sqlite3.Row
    ring = KeyRing([KEY])
    with theirs:
        enqueue_in(theirs, [row(1, key="secret-key", deadline_ms=T0)], job="job1", ring=ring)
    content = (tmp_path / "theirs.db").read_bytes()
    assert TEXT.encode() not in content
    assert b"secret-key" not in content
    assert take_over(theirs, outbox.journal, ring, T0) == 1
    (entry,) = outbox.journal.export()
    assert entry.message.to == "09700000001"
    with theirs:
        enqueue_in(theirs, [row(2)], job="job1", ring=ring)
    with pytest.raises(OutboxError, match="not among those given"):
        take_over(theirs, outbox.journal, KeyRing([bytes(32)]), T0)
    assert outbox.take_over(theirs) == 1


def test_the_secret_of_a_callers_database_goes_with_the_ring(theirs: sqlite3.Connection) -> None:
    new = bytes(range(1, 33))
    for keys in ([KEY], [new, KEY], [new]):
        with theirs:
            done = enqueue_in(theirs, [row(1, key="a")], job="job1", ring=KeyRing(keys))
    assert done.repeated == 1, "what stands for a key stays the same"
