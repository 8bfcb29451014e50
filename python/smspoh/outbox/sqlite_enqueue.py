"""Rows into a journal in SQLite."""

from __future__ import annotations

from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Final, NamedTuple

from .records import Enqueued
from .reference import checked_reference
from .rows import prepare_slowly
from .taking import take

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from .rows import Prepared, Row, RowLike
    from .sqlite_store import SqliteStore

# To begin and end a statement costs as much as the row: with 50 rows each it takes half the time.
_ROWS_TOGETHER: Final = 50


class _Insert(NamedTuple):
    """Hold the SQL that puts rows into a table: one of them, or as many as go together."""

    one: str
    many: str

    @classmethod
    def of(cls, start: str, columns: int, end: str = "") -> _Insert:
        row = f"({', '.join('?' * columns)})"
        return cls(*(f"{start} VALUES {', '.join([row] * n)}{end}" for n in (1, _ROWS_TOGETHER)))

    def put(self, db: sqlite3.Connection, rows: Iterator[tuple[object, ...]]) -> int:
        """Put rows in, in their order, and return how many were not there."""
        added = 0
        while len(some := list(islice(rows, _ROWS_TOGETHER))) == _ROWS_TOGETHER:
            added += db.execute(self.many, list(chain.from_iterable(some))).rowcount
        return added + sum(db.execute(self.one, row).rowcount for row in some)


_MESSAGE: Final = _Insert.of(
    "INSERT INTO message"
    " (id, reference, since_ms, enqueued_ms, recipient, deadline_ms, unique_key)",
    7,
    " ON CONFLICT DO NOTHING",
)
_PAYLOAD: Final = _Insert.of("INSERT INTO payload", 2)
_PAYLOAD_OF_THOSE_TAKEN: Final = (
    "INSERT INTO payload SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM message WHERE id = ?1)"
)


def enqueue(store: SqliteStore, rows: Iterable[RowLike], now_ms: int) -> Enqueued:
    """Take rows in as they come; see `smspoh.outbox.journal.Journal.enqueue`."""

    def taken(batch: list[Prepared]) -> int:
        with store.writing(now_ms) as now:
            return insert(store, batch, now)

    return take(rows, taken, lambda: store.unsettled)


def adopt(store: SqliteStore, rows: Sequence[tuple[str, Row]], now_ms: int) -> Enqueued:
    """Take rows in under the references that they have; see `Journal.adopt`."""
    references = [checked_reference(reference) for reference, _ in rows]
    batch = [prepare_slowly(row) for _, row in rows]
    with store.writing(now_ms) as now:
        return Enqueued(len(rows), insert(store, batch, now, references))


def insert(
    store: SqliteStore,
    batch: Sequence[Prepared],
    now_ms: int,
    references: Sequence[str] | None = None,
) -> int:
    """Put rows, and what they pack to, into the transaction that is open.

    Args:
        store: the journal.
        batch: the rows, prepared.
        now_ms: the time of the transaction.
        references: theirs, where they have one already.

    Returns:
        How many were there, by their key or their reference, and are passed over.
    """
    given = store.references.take(len(batch), now_ms) if references is None else references
    first = store.next_id(len(batch))
    kept = store.kept(batch, given)
    ids, now = range(first, first + len(batch)), repeat(now_ms)
    # Columns, which the library zips faster than a loop would.
    messages = zip(
        ids, given, now, now, kept.recipients, kept.deadlines_ms, kept.keys, strict=False
    )
    added = _MESSAGE.put(store.db, messages)
    payloads = zip(ids, kept.payloads, strict=True)
    if added == len(batch):
        _PAYLOAD.put(store.db, payloads)
    else:
        store.db.executemany(_PAYLOAD_OF_THOSE_TAKEN, payloads)
    return len(batch) - added
