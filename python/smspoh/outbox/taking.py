"""Rows as they come, a thousand in a transaction, and what was taken told exactly."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, EnqueueError, OutboxError

from .records import Enqueued
from .rows import prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .rows import Prepared, RowLike

ROWS_A_TRANSACTION: Final = 1000  # one wait for the disk each


def take(
    rows: Iterable[RowLike],
    insert: Callable[[list[Prepared]], int],
    is_unsettled: Callable[[], bool],
) -> Enqueued:
    """Take rows in as they come; see `smspoh.outbox.journal.Journal.enqueue`.

    Args:
        rows: the rows.
        insert: takes up to a thousand in, in one transaction, and returns how many were
            there.
        is_unsettled: whether nobody can tell if the last transaction is on the disk.

    Raises:
        EnqueueError: as `Journal.enqueue`.
    """
    taken = repeated = 0
    source = iter(rows)
    while batch := _next_batch(source, taken):
        try:
            repeated += insert(batch)
        except OutboxError as error:
            raise EnqueueError(
                f"row {taken + 1} and those after it were not taken in: {error}",
                rows_committed=taken,
                rows_unsure=len(batch) if is_unsettled() else 0,
            ) from error
        taken += len(batch)
    return Enqueued(taken, repeated)


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
