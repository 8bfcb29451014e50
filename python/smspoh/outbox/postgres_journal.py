"""The journal in a database of PostgreSQL, which several sessions may have open at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError

from . import (
    postgres_enqueue,
    postgres_history,
    postgres_recovery,
    postgres_sending,
    postgres_views,
)
from .base_journal import BaseJournal
from .contents import COUNTED_MAX, check_outcome, said
from .postgres_store import PostgresStore
from .records import Claimed, Due, Recovered
from .states import Event, State, sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import LiteralString

    import psycopg

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

LOOK_EVERY_MS: Final = 1000  # for sessions that are gone

# What another session has locked is passed over: no message goes to two.
_CLAIM: Final = """
WITH chosen AS MATERIALIZED (
    SELECT id FROM message WHERE job = %(job)s AND state = 'PENDING'
        AND (deadline_ms IS NULL OR deadline_ms > %(now)s)
        AND NOT EXISTS (SELECT FROM suppressed WHERE suppressed.job = %(job)s
            AND suppressed.recipient = message.recipient)
    ORDER BY id LIMIT %(count)s FOR UPDATE OF message SKIP LOCKED)
UPDATE message SET state = 'IN_FLIGHT', session = %(session)s, attempts = attempts + 1,
    since_ms = %(now)s, last_ms = %(now)s, first_ms = coalesce(first_ms, %(now)s), retry_ms = NULL
FROM chosen WHERE message.id = chosen.id
RETURNING message.id, reference, attempts, waits,
    (SELECT sealed FROM payload WHERE payload.id = message.id)
"""
_FLYING: Final = """
SELECT reference, attempts FROM message
WHERE job = %(job)s AND reference = ANY(%(references)s) AND session = %(session)s
ORDER BY id FOR UPDATE
"""
_RECORD: Final = """
UPDATE message SET state = %s, session = NULL, since_ms = %s, waits = waits + %s::integer,
    retry_ms = %s, readings = 0, read_ms = NULL, message_id = coalesce(message_id, %s),
    parts = coalesce(%s, parts), why = %s, detail = %s
WHERE job = %s AND reference = %s
"""
_DELIVERY: Final = """
UPDATE message SET delivery = %(status)s, delivery_rank = %(rank)s
WHERE job = %(job)s AND reference = %(whose)s AND delivery_rank < %(rank)s
"""
_MOVE: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM message WHERE job = %(job)s AND state = %(before)s {} ORDER BY id FOR UPDATE {})
UPDATE message SET state = %(after)s, since_ms = %(now)s, retry_ms = NULL
FROM locked WHERE message.id = locked.id
"""
_LEFT: Final = "attempts - waits < %(most)s AND coalesce(deadline_ms > %(now)s, true)"
# The clock moves alike in every session: what one of them is at, the others pass over.
_WAIT_OVER: Final = _MOVE.format("AND retry_ms <= %(now)s", "SKIP LOCKED")
_ALLOW: Final = _MOVE.format(f"AND {_LEFT}", "SKIP LOCKED")
_GIVE_UP: Final = _MOVE.format(f"AND NOT ({_LEFT})", "SKIP LOCKED")
_EXPIRE: Final = _MOVE.format("AND deadline_ms <= %(now)s", "SKIP LOCKED")
_MOVE_ALL: Final = _MOVE.format("", "")
_MOVE_THESE: Final = _MOVE.format("AND reference = ANY(%(references)s)", "")
_STIRS: Final = """
SELECT EXISTS (SELECT FROM message WHERE job = %(job)s AND state = 'RETRY_WAIT'
        AND retry_ms <= %(now)s)
    OR EXISTS (SELECT FROM message WHERE job = %(job)s AND state = 'ABSENT')
"""
_ANY_LATE: Final = """
SELECT EXISTS (SELECT FROM message WHERE job = %(job)s AND deadline_ms <= %(now)s
    AND state = ANY(%(states)s))
"""
_DUE: Final = """
WITH looked AS MATERIALIZED (
    SELECT since_ms + %(settle)s AS settled_ms, coalesce(first_ms, enqueued_ms) AS begun_ms
    FROM message WHERE job = %(job)s AND state = 'AMBIGUOUS')
SELECT
    (SELECT count(*) FROM (SELECT FROM message
        WHERE job = %(job)s AND state = 'PENDING' LIMIT %(most)s) AS waiting),
    (SELECT least(count(*), %(most)s) FROM looked),
    (SELECT least(count(*), %(most)s) FROM looked WHERE settled_ms <= %(now)s),
    (SELECT min(retry_ms) FROM message WHERE job = %(job)s AND state = 'RETRY_WAIT'),
    (SELECT min(settled_ms) FROM looked WHERE settled_ms > %(now)s),
    (SELECT min(begun_ms) FROM looked)
"""


class PostgresJournal(PostgresStore, BaseJournal):
    """Keep the messages of a job in a database; see `smspoh.outbox.journal.Journal`."""

    _looked_ms = 0  # for sessions that are gone

    def recover(self, now_ms: int, *, restored: bool = False) -> Recovered:
        """Make AMBIGUOUS whatever was in flight in a session that is gone."""
        with self._mutex:
            asked = None if self._recovered else restored
            found = self.transact(
                now_ms, lambda db, now: postgres_recovery.recover(self, db, now, restored=asked)
            )
            self._recovered = True
            return found

    def enqueue(self, rows: Iterable[RowLike], now_ms: int) -> Enqueued:
        """Take messages in, PENDING, a thousand in a transaction."""
        return postgres_enqueue.enqueue(self, rows, now_ms)

    def adopt(self, rows: Sequence[tuple[str, Row]], now_ms: int) -> Enqueued:
        """Take messages in, in one transaction, under references that they have already."""
        return postgres_enqueue.adopt(self, rows, now_ms)

    def claim(self, count: int, now_ms: int) -> list[Claimed]:
        """Take up to `count` PENDING messages, oldest first, and return them IN_FLIGHT."""
        if count < 1:
            raise ArgumentError("count must be at least 1")

        def work(db: psycopg.Connection, now: int) -> list[Claimed]:
            postgres_sending.ban_first(self, db, count, now)
            rows = db.execute(_CLAIM, self.named(now=now, count=count)).fetchall()
            # Opened before the commit: what cannot be sent must not be in flight.
            return [
                Claimed(reference, attempts, waits, self.message(reference, sealed))
                for _, reference, attempts, waits, sealed in sorted(rows)
            ]

        return self.write(now_ms, work)

    def record(self, outcomes: Sequence[Outcome], now_ms: int) -> list[str]:
        """Write down what became of attempts, in one transaction; return the stale ones."""
        for outcome in outcomes:
            check_outcome(outcome)

        def work(db: psycopg.Connection, now: int) -> list[str]:
            given = self.named(references=[outcome.reference for outcome in outcomes])
            flying = set(db.execute(_FLYING, given))
            stale, records, deliveries = [], [], []
            for outcome in outcomes:
                if (outcome.reference, outcome.attempt) not in flying:
                    stale.append(outcome.reference)
                    continue
                flying.discard((outcome.reference, outcome.attempt))
                *columns, reference, _ = self.recorded(outcome, now)
                records.append((*columns, self.job, reference))
                if outcome.status is not None:
                    status, rank, name = said(outcome.status, reference)
                    deliveries.append(self.named(status=status, rank=rank, whose=name))
            cursor = db.cursor()
            if records:
                cursor.executemany(_RECORD, records)
            if deliveries:
                cursor.executemany(_DELIVERY, deliveries)
            return stale

        return self.write(now_ms, work)

    def due(self, now_ms: int) -> Due:
        """Move what only waited, and say what there is to do."""
        with self._mutex:
            now = self.now(now_ms)
            if now - self._looked_ms >= LOOK_EVERY_MS:
                self._looked_ms = now
                if self._recovered and postgres_recovery.any_dead(self):
                    self.recover(now)
            with self.reading() as db:
                ((stirs,),) = db.execute(_STIRS, self.named(now=now)).fetchall()
            if stirs:  # else there is nothing that is worth a wait for the disk
                self._stir(now)
            return self.waiting(now)

    def waiting(self, now_ms: int) -> Due:
        """Say what there is to do, and move nothing: for a journal that is read alone."""
        now = self.now(now_ms)
        settle_ms = round(self.settings.settle_s * 1000)
        given = self.named(now=now, settle=settle_ms, most=COUNTED_MAX)
        with self.reading() as db:
            ((pending, ambiguous, settled, retry, settle, oldest),) = db.execute(
                _DUE, given
            ).fetchall()
        upcoming = min((at for at in (retry, settle) if at is not None), default=None)
        return Due(pending, ambiguous, settled, upcoming, oldest)

    def _stir(self, now_ms: int) -> None:
        def work(db: psycopg.Connection, now: int) -> None:
            for event, query in (
                (Event.WAIT_OVER, _WAIT_OVER),
                (Event.ALLOW, _ALLOW),
                (Event.GIVE_UP, _GIVE_UP),
            ):
                self._moved(db, event, query, now, most=self.settings.attempts_max)

        self.write(now_ms, work)

    def expire(self, now_ms: int) -> int:
        """Make EXPIRED what waits beyond its deadline, and return how many that were."""
        with self._mutex:
            now = self.now(now_ms)
            states = [state.value for state in sources(Event.DEADLINE, self.settings.policy)]
            with self.reading() as db:
                given = self.named(now=now, states=states)
                ((any_late,),) = db.execute(_ANY_LATE, given).fetchall()
            return self._move(Event.DEADLINE, _EXPIRE, now) if any_late else 0

    def _move(self, event: Event, query: LiteralString, now_ms: int, **values: object) -> int:
        """Move all that an event can happen to, and return how many those were."""
        return self.write(now_ms, lambda db, now: self._moved(db, event, query, now, **values))

    def _moved(
        self,
        db: psycopg.Connection,
        event: Event,
        query: LiteralString,
        now: int,
        **values: object,
    ) -> int:
        moved = 0
        for before, after in sources(event, self.settings.policy).items():
            given = self.named(before=before.value, after=after.value, now=now, **values)
            moved += db.execute(query, given).rowcount
        return moved

    def _move_each(self, event: Event, references: Sequence[str], now_ms: int) -> int:
        return self._move(event, _MOVE_THESE, now_ms, references=list(references))

    def cancel(self, references: Sequence[str] | None, now_ms: int) -> int:
        """Make what waits CANCELLED, of these or (None) of all."""
        if references is None:
            return self._move(Event.CANCEL, _MOVE_ALL, now_ms)
        return self._move_each(Event.CANCEL, references, now_ms)

    def merge_delivery(self, deliveries: Sequence[Delivery], now_ms: int) -> int:
        """Take receipts in, forward only, and return how many changed something."""
        return postgres_sending.merge_delivery(self, deliveries, now_ms)

    def ambiguous(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` AMBIGUOUS messages, in the order they came in."""
        return postgres_history.ambiguous(self, count, after)

    def found(self, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
        """Write down what the history has; return the duplicates that this tells of."""
        return postgres_history.found(self, sightings, now_ms)

    def unseen(self, references: Sequence[str], *, began_ms: int, now_ms: int) -> int:
        """Count one complete reading of the history that does not have these messages."""
        return postgres_history.unseen(self, references, began_ms, now_ms)

    def doubtful(self, count: int, *, after: str = "") -> list[Ambiguous]:
        """Return up to `count` messages of which an acceptance may come late."""
        return postgres_sending.doubtful(self, count, after)

    def undelivered(self, count: int, *, before_ms: int, after: str = "") -> list[Undelivered]:
        """Return up to `count` ACCEPTED messages whose delivery is not at its end."""
        return postgres_sending.undelivered(self, count, before_ms, after)

    def owner(self, message_id: str) -> str | None:
        """Return the reference of the message that has an id of the gateway, or None."""
        return postgres_sending.owner(self, message_id)

    def parts_sent(self) -> int:
        """Return how many parts were, or may have been, sent and paid for."""
        return postgres_sending.parts_sent(self)

    def suppress(self, numbers: Iterable[str], now_ms: int) -> int:
        """Send nothing to numbers from now on; return how many messages that cancelled."""
        return postgres_sending.suppress(self, numbers, now_ms)

    def allow(self, numbers: Iterable[str], now_ms: int) -> None:
        """Take numbers off the list of `suppress`."""
        postgres_sending.allow(self, numbers, now_ms)

    def counts(self) -> Counts:
        """Count the messages, by state and by status of delivery."""
        return postgres_views.counts(self)

    def find(self, reference: str) -> Entry | None:
        """Return the message of a reference on the wire, or None."""
        return postgres_views.find(self, reference)

    def of_key(self, key: str) -> Entry | None:
        """Return the message that was taken under a caller's own key, or None."""
        return postgres_views.of_key(self, key)

    def in_state(self, state: State) -> Iterator[Entry]:
        """Yield the messages that are in a state, in the order they came in."""
        return postgres_views.in_state(self, state)

    def to_recipient(self, number: str) -> Iterator[Entry]:
        """Yield the messages to a number, in the order they came in, reading all of it."""
        return postgres_views.to_recipient(self, number)

    def export(self) -> Iterator[Entry]:
        """Yield every message as it is now, in the order they came in."""
        return postgres_views.export(self)

    def rotate(self) -> int:
        """Encrypt anew what is not under the first key of the ring."""
        return postgres_views.rotate(self)

    def __repr__(self) -> str:
        return f"<PostgresJournal job={self.settings.job!r}>"
