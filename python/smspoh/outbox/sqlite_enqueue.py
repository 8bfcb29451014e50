"""Rows into a journal in SQLite: a thousand in a transaction, and what was taken told exactly."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, EnqueueError, OutboxError
from smspoh.gateway.arguments import number_key

from .records import Enqueued
from .reference import checked_reference
from .rows import prepare, prepare_slowly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .rows import Prepared, Row, RowLike
    from .sqlite_store import SqliteStore

ROWS_A_TRANSACTION: Final = 1000  # one wait for the disk each

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
    taken = repeated = 0
    source = iter(rows)
    while batch := _next_batch(source, taken):
        try:
            with store.writing(now_ms) as now:
                repeated += insert(store, batch, now)
        except OutboxError as error:
            raise EnqueueError(
                f"row {taken + 1} and those after it were not taken in: {error}",
                rows_committed=taken,
                rows_unsure=len(batch) if store.unsettled else 0,
            ) from error
        taken += len(batch)
    return Enqueued(taken, repeated)


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
    recipient, unique = store.secrets.recipient, store.secrets.unique
    messages = [
        (
            first + place,
            reference,
            now_ms,
            now_ms,
            recipient(number_key(to)),
            deadline_ms,
            None if key is None else unique(key),
        )
        for place, (reference, (_, to, key, deadline_ms)) in enumerate(
            zip(given, batch, strict=True)
        )
    ]
    contents = ((row[0], name.encode()) for row, name in zip(batch, given, strict=True))
    sealed = store.ring.seal_batch(contents, len(batch))
    added = store.db.executemany(_MESSAGE, messages).rowcount
    payloads = zip(range(first, first + len(batch)), sealed, strict=True)
    store.db.executemany(
        _PAYLOAD if added == len(batch) else _PAYLOAD_OF_THOSE_TAKEN, list(payloads)
    )
    return len(batch) - added


def _next_batch(source: Iterator[RowLike], taken: int) -> list[Prepared]:
    """Return up to a thousand rows, before any transaction: their source may be slow."""
    batch: list[Prepared] = []
    try:
        for value in islice(source, ROWS_A_TRANSACTION):
            try:
                batch.append(prepare(value))
            except (ArgumentError, TypeError) as error:
                raise EnqueueError(
                    f"row {taken + len(batch) + 1} cannot be taken: {error}", rows_committed=taken
                ) from error
    except EnqueueError:
        raise
    except Exception as error:
        # Its words may hold a number: whoever wrote the source finds them in the cause.
        raise EnqueueError(
            f"the source of the rows failed after {taken + len(batch)}", rows_committed=taken
        ) from error
    return batch
