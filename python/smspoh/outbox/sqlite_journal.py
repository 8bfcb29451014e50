"""The journal in a file of SQLite: every method one transaction, and one wait for the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh.errors import ArgumentError

from . import sqlite_enqueue, sqlite_history, sqlite_sending, sqlite_views
from .base_journal import BaseJournal
from .contents import COUNTED_MAX, check_outcome, said, whose
from .records import Claimed, Due
from .sqlite_store import SqliteStore
from .states import Event, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .records import (
        Ambiguous,
        Counts,
        Delivery,
        Enqueued,
        Entry,
        Outcome,
        Sighting,
        Undelivered,
    )
    from .rows import Row, RowLike
    from .states import State

_CLAIM: Final = """
UPDATE message SET state = 'IN_FLIGHT', attempts = attempts + 1, since_ms = ?1, last_ms = ?1,
    first_ms = coalesce(first_ms, ?1), retry_ms = NULL
WHERE id IN (SELECT id FROM message WHERE state = 'PENDING'
    AND (deadline_ms IS NULL OR deadline_ms > ?1) ORDER BY id LIMIT ?2)
RETURNING id, reference, attempts, waits,
    (SELECT sealed FROM payload WHERE payload.id = message.id)
"""
_RECORD: Final = """
UPDATE message SET state = ?, since_ms = ?, waits = waits + ?, retry_ms = ?, readings = 0,
    read_ms = NULL, message_id = coalesce(message_id, ?), parts = coalesce(?, parts), why = ?,
    detail = ?
WHERE reference = ? AND state = 'IN_FLIGHT' AND attempts = ?
"""
_DELIVERY: Final = (
    "UPDATE message SET delivery = ?1, delivery_rank = ?2 WHERE {} = ?3 AND delivery_rank < ?2"
)
_OF_REFERENCE: Final = _DELIVERY.format("reference")
_OF_MESSAGE_ID: Final = _DELIVERY.format("message_id")
_MOVE: Final = "UPDATE message SET state = ?, since_ms = ?, retry_ms = NULL WHERE state = ?"
_WAIT_OVER: Final = f"{_MOVE} AND retry_ms <= ?"
_LEFT: Final = "attempts - waits < ? AND coalesce(deadline_ms > ?, 1)"
_STIRS: Final = """
SELECT EXISTS (SELECT 1 FROM message WHERE state = 'RETRY_WAIT' AND retry_ms <= ?)
    OR EXISTS (SELECT 1 FROM message WHERE state = 'ABSENT')
"""
_DUE: Final = """
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM message WHERE state = 'PENDING' LIMIT ?1)),
    (SELECT count(*) FROM (SELECT 1 FROM message WHERE state = 'AMBIGUOUS' LIMIT ?1)),
    (SELECT count(*) FROM
        (SELECT 1 FROM message WHERE state = 'AMBIGUOUS' AND since_ms + ?2 <= ?3 LIMIT ?1)),
    (SELECT min(retry_ms) FROM message WHERE state = 'RETRY_WAIT'),
    (SELECT min(since_ms) + ?2 FROM message WHERE state = 'AMBIGUOUS' AND since_ms + ?2 > ?3),
    (SELECT min(coalesce(first_ms, enqueued_ms)) FROM message WHERE state = 'AMBIGUOUS')
"""


class SqliteJournal(SqliteStore, BaseJournal):
    """Keep the messages of one job in a file, durably; see `smspoh.outbox.journal.Journal`."""

    def enqueue(self, rows: Iterable[RowLike], now_ms: int) -> Enqueued:
        """Take messages in, PENDING, a thousand in a transaction."""
        return sqlite_enqueue.enqueue(self, rows, now_ms)

    def adopt(self, rows: Sequence[tuple[str, Row]], now_ms: int) -> Enqueued:
        """Take messages in, in one transaction, under references that they have already."""
        return sqlite_enqueue.adopt(self, rows, now_ms)

    def claim(self, count: int, now_ms: int) -> list[Claimed]:
        """Take up to `count` PENDING messages, oldest first, and return them IN_FLIGHT."""
        if count < 1:
            raise ArgumentError("count must be at least 1")
        with self.writing(now_ms) as now:
            sqlite_sending.ban_first(self, count, now)
            rows = sorted(self._db.execute(_CLAIM, (now, count)).fetchall())
            # Opened before the commit: what cannot be sent must not be in flight.
            return [
                Claimed(reference, attempts, waits, self.message(reference, sealed))
                for _, reference, attempts, waits, sealed in rows
            ]

    def record(self, outcomes: Sequence[Outcome], now_ms: int) -> list[str]:
        """Write down what became of attempts, in one transaction; return the stale ones."""
        for outcome in outcomes:
            check_outcome(outcome)
        stale = []
        with self.writing(now_ms) as now:
            for outcome in outcomes:
                if not self._db.execute(_RECORD, self.recorded(outcome, now)).rowcount:
                    stale.append(outcome.reference)
                elif outcome.status is not None:
                    self._db.execute(_OF_REFERENCE, said(outcome.status, outcome.reference))
        return stale

    def due(self, now_ms: int) -> Due:
        """Move what only waited, and say what there is to do."""
        with self._mutex:
            now = max(now_ms, self._clock_ms)
            with self.reading() as db:
                ((stirs,),) = db.execute(_STIRS, (now,)).fetchall()
            if stirs:  # else there is nothing that is worth a wait for the disk
                self._stir(now)
            return self.waiting(now)

    def waiting(self, now_ms: int) -> Due:
        """Say what there is to do, and move nothing: for a journal that is read alone."""
        now = max(now_ms, self._clock_ms)
        settle_ms = round(self.settings.settle_s * 1000)
        with self.reading() as db:
            ((pending, ambiguous, settled, retry, settle, oldest),) = db.execute(
                _DUE, (COUNTED_MAX, settle_ms, now)
            ).fetchall()
        upcoming = min((at for at in (retry, settle) if at is not None), default=None)
        return Due(pending, ambiguous, settled, upcoming, oldest)

    def _stir(self, now_ms: int) -> None:
        left_of = self.settings.attempts_max
        with self.writing(now_ms) as now:
            for event, condition, values in (
                (Event.WAIT_OVER, "retry_ms <= ?", (now,)),
                (Event.ALLOW, _LEFT, (left_of, now)),
                (Event.GIVE_UP, f"NOT ({_LEFT})", (left_of, now)),
            ):
                for before, after in sources(event, self.settings.policy).items():
                    self._db.execute(
                        f"{_MOVE} AND {condition}",
                        (after.value, now, before.value, *values),
                    )

    def expire(self, now_ms: int) -> int:
        """Make EXPIRED what waits beyond its deadline, and return how many that were."""
        with self._mutex:
            now = max(now_ms, self._clock_ms)
            with self.reading() as db:
                late = (
                    "SELECT EXISTS (SELECT 1 FROM message WHERE deadline_ms <= ? AND state IN ({}))"
                )
                states = tuple(sources(Event.DEADLINE, self.settings.policy))
                marks = ", ".join("?" * len(states))
                ((any_late,),) = db.execute(late.format(marks), (now, *states)).fetchall()
            return (
                self._move(Event.DEADLINE, now, " AND deadline_ms <= ?", (now,)) if any_late else 0
            )

    def _move(self, event: Event, now_ms: int, also: str = "", values: tuple[Any, ...] = ()) -> int:
        """Move all that an event can happen to, and return how many those were."""
        moved = 0
        with self.writing(now_ms) as now:
            for before, after in sources(event, self.settings.policy).items():
                given = (after.value, now, before.value, *values)
                moved += self._db.execute(_MOVE + also, given).rowcount
        return moved

    def _move_each(self, event: Event, references: Sequence[str], now_ms: int) -> int:
        moved = 0
        with self.writing(now_ms) as now:
            for before, after in sources(event, self.settings.policy).items():
                moved += self._db.executemany(
                    f"{_MOVE} AND reference = ?",
                    [(after.value, now, before.value, name) for name in references],
                ).rowcount
        return moved

    def cancel(self, references: Sequence[str] | None, now_ms: int) -> int:
        """Make what waits CANCELLED, of these or (None) of all."""
        if references is None:
            return self._move(Event.CANCEL, now_ms)
        return self._move_each(Event.CANCEL, references, now_ms)

    def merge_delivery(self, deliveries: Sequence[Delivery], now_ms: int) -> int:
        """Take receipts in, forward only, and return how many changed something."""
        changed = 0
        with self.writing(now_ms):
            for delivery in deliveries:
                by = _OF_MESSAGE_ID if delivery.reference is None else _OF_REFERENCE
                changed += self._db.execute(by, said(delivery.status, whose(delivery))).rowcount
        return changed

    def ambiguous(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` AMBIGUOUS messages, in the order they came in."""
        return sqlite_history.ambiguous(self, count, after)

    def found(self, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
        """Write down what the history has; return the duplicates that this tells of."""
        return sqlite_history.found(self, sightings, now_ms)

    def unseen(self, references: Sequence[str], *, began_ms: int, now_ms: int) -> int:
        """Count one complete reading of the history that does not have these messages."""
        return sqlite_history.unseen(self, references, began_ms, now_ms)

    def doubtful(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` messages of which an acceptance may come late."""
        return sqlite_sending.doubtful(self, count, after)

    def undelivered(self, count: int, *, before_ms: int, after: str = "") -> list[Undelivered]:
        """Return up to `count` ACCEPTED messages whose delivery is not at its end."""
        return sqlite_sending.undelivered(self, count, before_ms, after)

    def owner(self, message_id: str) -> str | None:
        """Return the reference of the message that has an id of the gateway, or None."""
        return sqlite_sending.owner(self, message_id)

    def parts_sent(self) -> int:
        """Return how many parts were, or may have been, sent and paid for."""
        return sqlite_sending.parts_sent(self)

    def suppress(self, numbers: Iterable[str], now_ms: int) -> int:
        """Send nothing to numbers from now on; return how many messages that cancelled."""
        return sqlite_sending.suppress(self, numbers, now_ms)

    def allow(self, numbers: Iterable[str], now_ms: int) -> None:
        """Take numbers off the list of `suppress`."""
        sqlite_sending.allow(self, numbers, now_ms)

    def counts(self) -> Counts:
        """Count the messages, by state and by status of delivery."""
        return sqlite_views.counts(self)

    def find(self, reference: str) -> Entry | None:
        """Return the message of a reference on the wire, or None."""
        return sqlite_views.find(self, reference)

    def of_key(self, key: str) -> Entry | None:
        """Return the message that was taken under a caller's own key, or None."""
        return sqlite_views.of_key(self, key)

    def in_state(self, state: State) -> Iterator[Entry]:
        """Yield the messages that are in a state, in the order they came in."""
        return sqlite_views.in_state(self, state)

    def to_recipient(self, number: str) -> Iterator[Entry]:
        """Yield the messages to a number, in the order they came in, reading all of it."""
        return sqlite_views.to_recipient(self, number)

    def export(self) -> Iterator[Entry]:
        """Yield every message as it is now, in the order they came in."""
        return sqlite_views.export(self)

    def rotate(self) -> int:
        """Encrypt anew what is not under the first key of the ring."""
        return sqlite_views.rotate(self)

    def __repr__(self) -> str:
        return f"<SqliteJournal job={self.settings.job!r}>"
