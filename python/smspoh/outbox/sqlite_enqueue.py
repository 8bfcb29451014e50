"""Rows into a journal in SQLite."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Final

from .records import Enqueued
from .reference import checked_reference
from .rows import prepare_slowly
from .taking import take

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .rows import Prepared, Row, RowLike
    from .sqlite_store import SqliteStore

_MESSAGE: Final = (
    "INSERT INTO message (id, reference, since_ms, enqueued_ms, recipient, deadline_ms, unique_key)"
    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_PAYLOAD: Final = "INSERT INTO payload VALUES (?, ?)"
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
    added = store.db.executemany(_MESSAGE, messages).rowcount
    store.db.executemany(
        _PAYLOAD if added == len(batch) else _PAYLOAD_OF_THOSE_TAKEN,
        zip(ids, kept.payloads, strict=True),
    )
    return len(batch) - added
