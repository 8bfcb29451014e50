"""Messages enqueued inside of a caller's own SQLite transaction, and brought to the journal.

The caller's database gets two tables. A row in one of them is there if and only if the
caller's transaction is; the process that has the journal takes it over, and removes it
once the journal has it. Its reference is made here, so that a crash between the two
makes nothing twice.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, EnqueueError, OutboxError

from .at_rest import Secrets, new_key
from .records import Enqueued
from .reference import References
from .rows import Row, as_row, pack, unpack
from .sqlite_file import told

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from .at_rest import KeyRing
    from .journal import Journal
    from .rows import RowLike

ROWS_A_TIME: Final = 1000

_TABLES: Final = (
    """
    CREATE TABLE IF NOT EXISTS smspoh_handoff (
        id INTEGER PRIMARY KEY,
        reference TEXT NOT NULL UNIQUE,
        unique_key BLOB UNIQUE,
        sealed_key BLOB,
        deadline_ms INTEGER,
        sealed BLOB NOT NULL
    )
    """,
    (
        "CREATE TABLE IF NOT EXISTS smspoh_handoff_secret"
        " (id INTEGER PRIMARY KEY CHECK (id = 1), master BLOB NOT NULL)"
    ),
)
_PURPOSE: Final = b"smspoh handoff"
_INSERT: Final = (
    "INSERT INTO smspoh_handoff (reference, unique_key, sealed_key, deadline_ms, sealed)"
    " VALUES (?, ?, ?, ?, ?) ON CONFLICT (unique_key) DO NOTHING"
)
_WAITING: Final = (
    "SELECT id, reference, sealed_key, deadline_ms, sealed FROM smspoh_handoff ORDER BY id LIMIT ?"
)
_TAKEN: Final = "DELETE FROM smspoh_handoff WHERE id = ?"


def enqueue_in(
    connection: sqlite3.Connection, rows: Iterable[RowLike], *, job: str, ring: KeyRing
) -> Enqueued:
    """Enqueue rows in the transaction of a caller: they are there if it is committed.

    Args:
        connection: the caller's. The tables are made where they are missing.
        rows: as `Journal.enqueue` takes them. A `key` that waits here, or is in the
            journal when the row gets there, makes no second row.
        job: the journal's job.
        ring: the journal's keys.

    Raises:
        ArgumentError: no transaction is open, and the connection does not begin one.
        EnqueueError: rows or the database failed. Nothing of the call is left in the
            transaction, which is still open.
    """
    _begin(connection)
    cursor = connection.cursor()
    cursor.row_factory = None
    with told("enqueueing in a transaction"):
        cursor.execute("SAVEPOINT smspoh_handoff")
        try:
            done = _insert(cursor, rows, References(job), ring)
        except BaseException:
            cursor.execute("ROLLBACK TO smspoh_handoff")
            cursor.execute("RELEASE smspoh_handoff")
            raise
        cursor.execute("RELEASE smspoh_handoff")
    return done


def take_over(connection: sqlite3.Connection, journal: Journal, ring: KeyRing, now_ms: int) -> int:
    """Bring what waits in a caller's database to the journal, and return how many rows.

    Args:
        connection: to the caller's database, with no transaction open.
        journal: where they go; it has them for good before they are removed here.
        ring: the keys that both have.
        now_ms: the time.

    Raises:
        ArgumentError: a transaction is open.
        OutboxError: the database or the journal failed. Nothing is lost, and nothing is
            there twice: call again.
    """
    # Of Python 3.12; False always has one open, and begins the next at each commit.
    begins_itself = getattr(connection, "autocommit", None) is False
    if connection.in_transaction and not begins_itself:
        raise ArgumentError("take_over needs a connection with no transaction open")
    cursor = connection.cursor()
    cursor.row_factory = None
    taken = 0
    with told("taking over"):
        if not cursor.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'smspoh_handoff'"
        ).fetchone():
            return 0
        while waiting := cursor.execute(_WAITING, (ROWS_A_TIME,)).fetchall():
            journal.adopt([_row(ring, *found) for _, *found in waiting], now_ms)
            if not begins_itself:
                cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.executemany(_TAKEN, [(found[0],) for found in waiting])
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            taken += len(waiting)
    return taken


def _begin(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        return
    # Of Python 3.12; True is SQLite's own way, which begins nothing.
    by_itself = getattr(connection, "autocommit", None) is True
    if connection.isolation_level is None or by_itself:
        raise ArgumentError("no transaction is open: begin one, or the rows stand for themselves")
    connection.execute("BEGIN")


def _insert(
    cursor: sqlite3.Cursor, rows: Iterable[RowLike], references: References, ring: KeyRing
) -> Enqueued:
    for table in _TABLES:
        cursor.execute(table)
    found = cursor.execute("SELECT master FROM smspoh_handoff_secret").fetchone()
    if found is None:
        found = (ring.seal(new_key(), _PURPOSE),)
        cursor.execute("INSERT INTO smspoh_handoff_secret VALUES (1, ?)", found)
    master = ring.open(found[0], _PURPOSE)
    if not ring.is_first(found[0]):
        anew = ring.seal(master, _PURPOSE)
        cursor.execute("UPDATE smspoh_handoff_secret SET master = ?", (anew,))
    secrets = Secrets(master)
    taken = repeated = 0
    source = iter(rows)
    while True:
        try:
            batch = [as_row(value) for value in islice(source, ROWS_A_TIME)]
            sealed = [
                _sealed(row, reference, secrets, ring)
                for row, reference in zip(
                    batch, references.take(len(batch), time.time_ns() // 1_000_000), strict=True
                )
            ]
        except OutboxError:
            raise
        except Exception as error:
            raise EnqueueError(
                "a row cannot be taken, or their source failed", rows_committed=0
            ) from error
        if not batch:
            return Enqueued(taken, repeated)
        repeated += len(batch) - cursor.executemany(_INSERT, sealed).rowcount
        taken += len(batch)


def _sealed(row: Row, reference: str, secrets: Secrets, ring: KeyRing) -> Sequence[object]:
    unique = sealed_key = None
    if row.key is not None:
        unique = secrets.unique(row.key)
        sealed_key = ring.seal(row.key.encode(), f"key {reference}".encode())
    content = ring.seal(pack(row.message), reference.encode())
    return (reference, unique, sealed_key, row.deadline_ms, content)


def _row(
    ring: KeyRing, reference: str, sealed_key: bytes | None, deadline_ms: int | None, sealed: bytes
) -> tuple[str, Row]:
    key = None
    if sealed_key is not None:
        key = ring.open(sealed_key, f"key {reference}".encode()).decode()
    return reference, Row(unpack(ring.open(sealed, reference.encode())), key, deadline_ms)
