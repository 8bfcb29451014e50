"""Rows into a journal in PostgreSQL, in a transaction of its own or of a caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from smspoh.errors import ArgumentError, EnqueueError, OutboxError

from .postgres_database import told
from .records import Enqueued
from .reference import References, checked_reference
from .rows import prepare_slowly
from .taking import take

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

    from .contents import Contents
    from .postgres_store import PostgresStore
    from .rows import Prepared, Row, RowLike

IDLE: Final = TransactionStatus.IDLE

# In the order that they come in, in one round trip. A reference that is drawn and is there
# already would be an error, not a row that is passed over.
_INSERT: Final = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(references)s::text[], %(recipients)s::bytea[], %(deadlines)s::bigint[],
        %(keys)s::bytea[], %(payloads)s::bytea[]) WITH ORDINALITY
    AS given (reference, recipient, deadline_ms, unique_key, sealed, place)),
added AS (
    INSERT INTO smspoh_outbox.message
        (job, reference, since_ms, enqueued_ms, recipient, deadline_ms, unique_key)
    SELECT %(job)s, reference, %(now)s, %(now)s, recipient, deadline_ms, unique_key
    FROM given ORDER BY place
    ON CONFLICT (job, unique_key) WHERE unique_key IS NOT NULL DO NOTHING
    RETURNING id, reference)
INSERT INTO smspoh_outbox.payload (id, sealed)
SELECT added.id, given.sealed FROM added JOIN given USING (reference)
"""
_IS_OURS: Final = "SELECT FROM smspoh_outbox.job WHERE id = %s AND journal_id = %s"
_ADOPT: Final = _INSERT.replace("(job, unique_key) WHERE unique_key IS NOT NULL ", "")


def enqueue(store: PostgresStore, rows: Iterable[RowLike], now_ms: int) -> Enqueued:
    """Take rows in as they come; see `smspoh.outbox.journal.Journal.enqueue`."""

    def taken(batch: list[Prepared]) -> int:
        def work(db: psycopg.Connection, now: int) -> int:
            references = store.references.take(len(batch), now)
            return insert(db, store, batch, references, job=store.job, now_ms=now)

        return store.write(now_ms, work)

    return take(rows, taken, lambda: store.unsettled)


def enqueue_in(
    connection: psycopg.Connection[Any], store: PostgresStore, rows: Iterable[RowLike], now_ms: int
) -> Enqueued:
    """Enqueue rows in the transaction of a caller: they are there once it is committed.

    Args:
        connection: the caller's, to the database that the journal is in.
        store: the journal.
        rows: as `Journal.enqueue` takes them. A `key` that another transaction has brought
            and not committed is waited for.
        now_ms: the time.

    Raises:
        ArgumentError: no transaction is open, and the connection does not begin one.
        EnqueueError: rows or the database failed, or it is another one. Nothing of the call
            is left in the transaction, which is still open.
    """
    if connection.autocommit and connection.info.transaction_status == IDLE:
        raise ArgumentError("no transaction is open: begin one, or the rows stand for themselves")
    references = References(store.settings.job)
    # Its rows are plain, whatever the caller's own are made into.
    db = connection.cursor(row_factory=tuple_row)

    def taken(batch: list[Prepared]) -> int:
        with told("enqueueing in a transaction"):
            drawn = references.take(len(batch), now_ms)
            return insert(db, store, batch, drawn, job=store.job, now_ms=now_ms)

    with told("enqueueing in a transaction"):
        db.execute("SAVEPOINT smspoh_enqueue")
    try:
        _require_ours(db, store)
        done = take(rows, taken, lambda: False)
    except BaseException as error:
        with told("taking rows back"):
            db.execute("ROLLBACK TO SAVEPOINT smspoh_enqueue")
            db.execute("RELEASE SAVEPOINT smspoh_enqueue")
        if isinstance(error, OutboxError):
            raise EnqueueError(str(error), rows_committed=0) from error.__cause__
        raise
    with told("enqueueing in a transaction"):
        db.execute("RELEASE SAVEPOINT smspoh_enqueue")
    return done


def _require_ours(db: psycopg.Cursor, store: PostgresStore) -> None:
    with told("enqueueing in a transaction"):
        found = db.execute(_IS_OURS, (store.job, store.journal_id)).fetchone()
    if found is None:
        raise OutboxError("the connection is to another database than the journal's")


def adopt(store: PostgresStore, rows: Sequence[tuple[str, Row]], now_ms: int) -> Enqueued:
    """Take rows in under the references that they have; see `Journal.adopt`."""
    references = [checked_reference(reference) for reference, _ in rows]
    batch = [prepare_slowly(row) for _, row in rows]

    def work(db: psycopg.Connection, now: int) -> int:
        return insert(db, store, batch, references, job=store.job, now_ms=now, drawn=False)

    return Enqueued(len(rows), store.write(now_ms, work))


def insert(
    db: psycopg.Connection | psycopg.Cursor,
    contents: Contents,
    batch: Sequence[Prepared],
    references: Sequence[str],
    *,
    job: int,
    now_ms: int,
    drawn: bool = True,
) -> int:
    """Put rows, and what they pack to, into the transaction that is open.

    Args:
        db: the connection, or a cursor of it.
        contents: what seals them.
        batch: the rows, prepared.
        references: theirs.
        job: its number in the database.
        now_ms: the time of the transaction.
        drawn: the references are new, made for this.

    Returns:
        How many were there, by their key or their reference, and are passed over.
    """
    kept = contents.kept(batch, references)
    given = {
        "job": job,
        "now": now_ms,
        "references": list(references),
        "recipients": kept.recipients,
        "deadlines": list(kept.deadlines_ms),
        "keys": kept.keys,
        "payloads": kept.payloads,
    }
    return len(batch) - db.execute(_INSERT if drawn else _ADOPT, given).rowcount
