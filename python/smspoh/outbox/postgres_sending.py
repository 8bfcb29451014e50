"""What a sender asks of a journal in PostgreSQL beside claims: doubts, receipts, money, bans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.gateway.webhook.merging import FINAL_RANK

from .contents import SUPPRESSED, kept_id, said, whose
from .states import Event, State, sources
from .taking import ROWS_A_TRANSACTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

    from .postgres_journal import PostgresJournal
    from .records import Ambiguous, Delivery, Undelivered

# What may be at the gateway once more than its state says.
_DOUBTFUL: Final = """
SELECT reference, sealed, first_ms, last_ms, since_ms, readings
FROM message JOIN payload USING (id)
WHERE job = %(job)s AND message.id > coalesce(
        (SELECT id FROM message WHERE job = %(job)s AND reference = %(after)s), 0)
    AND (attempts - waits >= 2 OR (attempts - waits = 1 AND state IN
        ('PENDING', 'RETRY_WAIT', 'ABSENT', 'PARKED', 'CANCELLED', 'EXPIRED')))
    AND state NOT IN ('IN_FLIGHT', 'AMBIGUOUS')
ORDER BY message.id LIMIT %(count)s
"""
_UNDELIVERED: Final = """
SELECT reference, sealed, message_id, coalesce(first_ms, enqueued_ms)
FROM message JOIN payload USING (id)
WHERE job = %(job)s AND message.id > coalesce(
        (SELECT id FROM message WHERE job = %(job)s AND reference = %(after)s), 0)
    AND state = 'ACCEPTED' AND message_id IS NOT NULL AND delivery_rank < %(final)s
    AND since_ms <= %(before)s
ORDER BY message.id LIMIT %(count)s
"""
_OWNER: Final = """
SELECT reference FROM message WHERE job = %(job)s AND message_id = %(message_id)s
ORDER BY id LIMIT 1
"""
_PARTS: Final = """
SELECT coalesce(sum(coalesce(parts, 1)), 0)::bigint FROM message
WHERE job = %(job)s AND attempts > waits AND state <> 'FAILED'
"""
_SUPPRESS: Final = """
INSERT INTO suppressed SELECT %(job)s, recipient FROM unnest(%(recipients)s::bytea[]) AS recipient
ORDER BY recipient ON CONFLICT DO NOTHING
"""
_ALLOW: Final = "DELETE FROM suppressed WHERE job = %(job)s AND recipient = ANY(%(recipients)s)"
_BAN: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM message WHERE job = %(job)s AND state = %(before)s
        AND recipient IN (SELECT recipient FROM suppressed WHERE job = %(job)s)
    ORDER BY id FOR UPDATE)
UPDATE message SET state = %(after)s, since_ms = %(now)s, retry_ms = NULL, why = %(why)s
FROM locked WHERE message.id = locked.id
"""
_IS_ANY_SUPPRESSED: Final = "SELECT EXISTS (SELECT FROM suppressed WHERE job = %(job)s)"
# What another session has locked is not there for this one: it claims it, or bans it itself.
_BAN_FIRST: Final = """
WITH first AS MATERIALIZED (
    SELECT id, recipient FROM message WHERE job = %(job)s AND state = 'PENDING'
        AND (deadline_ms IS NULL OR deadline_ms > %(now)s)
    ORDER BY id LIMIT %(count)s FOR UPDATE SKIP LOCKED)
UPDATE message SET state = %(after)s, since_ms = %(now)s, retry_ms = NULL, why = %(why)s
FROM first WHERE message.id = first.id
    AND first.recipient IN (SELECT recipient FROM suppressed WHERE job = %(job)s)
"""
_LOCK_DELIVERIES: Final = """
SELECT id FROM message WHERE job = %(job)s
    AND (reference = ANY(%(references)s) OR message_id = ANY(%(message_ids)s))
ORDER BY id FOR UPDATE
"""
_OF_REFERENCE: Final = """
UPDATE message SET delivery = %(status)s, delivery_rank = %(rank)s
WHERE job = %(job)s AND reference = %(whose)s AND delivery_rank < %(rank)s
"""
_OF_MESSAGE_ID: Final = """
UPDATE message SET delivery = %(status)s, delivery_rank = %(rank)s
WHERE job = %(job)s AND message_id = %(whose)s AND delivery_rank < %(rank)s
"""


def doubtful(journal: PostgresJournal, count: int, after: str) -> list[Ambiguous]:
    """See `smspoh.outbox.journal.Journal.doubtful`."""
    with journal.reading() as db:
        rows = db.execute(_DOUBTFUL, journal.named(after=after, count=count)).fetchall()
    return journal.ambiguous_of(rows)


def undelivered(
    journal: PostgresJournal, count: int, before_ms: int, after: str
) -> list[Undelivered]:
    """See `smspoh.outbox.journal.Journal.undelivered`."""
    given = journal.named(after=after, final=FINAL_RANK, before=before_ms, count=count)
    with journal.reading() as db:
        rows = db.execute(_UNDELIVERED, given).fetchall()
    return journal.undelivered_of(rows)


def owner(journal: PostgresJournal, message_id: str) -> str | None:
    """See `smspoh.outbox.journal.Journal.owner`."""
    given = journal.named(message_id=kept_id(message_id))
    with journal.reading() as db:
        found = db.execute(_OWNER, given).fetchone()
    return None if found is None else str(found[0])


def parts_sent(journal: PostgresJournal) -> int:
    """See `smspoh.outbox.journal.Journal.parts_sent`."""
    with journal.reading() as db:
        ((parts,),) = db.execute(_PARTS, journal.named()).fetchall()
    return int(parts)


def suppress(journal: PostgresJournal, numbers: Iterable[str], now_ms: int) -> int:
    """See `smspoh.outbox.journal.Journal.suppress`."""
    batch: list[bytes] = []

    def add(db: psycopg.Connection, now: int) -> int:
        return db.execute(_SUPPRESS, journal.named(recipients=batch, now=now)).rowcount

    def add_and_ban(db: psycopg.Connection, now: int) -> int:
        add(db, now)
        moved = 0
        for before, after in sources(Event.CANCEL, journal.settings.policy).items():
            given = journal.named(before=before.value, after=after.value, now=now, why=SUPPRESSED)
            moved += db.execute(_BAN, given).rowcount
        return moved

    for number in numbers:
        batch.append(journal.stands_for(number))
        if len(batch) == ROWS_A_TRANSACTION:
            journal.write(now_ms, add)
            batch = []
    return journal.write(now_ms, add_and_ban)


def allow(journal: PostgresJournal, numbers: Iterable[str], now_ms: int) -> None:
    """See `smspoh.outbox.journal.Journal.allow`."""
    given = journal.named(recipients=[journal.stands_for(number) for number in numbers])
    journal.write(now_ms, lambda db, _: db.execute(_ALLOW, given).rowcount)


def ban_first(journal: PostgresJournal, db: psycopg.Connection, count: int, now: int) -> None:
    """Cancel what is suppressed among the first that would be claimed, in an open transaction."""
    if db.execute(_IS_ANY_SUPPRESSED, journal.named()).fetchone() == (False,):
        return
    after = sources(Event.CANCEL, journal.settings.policy)[State.PENDING]
    given = journal.named(after=after.value, now=now, why=SUPPRESSED, count=count)
    while db.execute(_BAN_FIRST, given).rowcount:
        pass  # those that come up in their place may be suppressed too


def merge_delivery(journal: PostgresJournal, deliveries: Sequence[Delivery], now_ms: int) -> int:
    """See `smspoh.outbox.journal.Journal.merge_delivery`."""
    by: tuple[list[dict[str, object]], list[dict[str, object]]] = ([], [])
    for delivery in deliveries:
        status, rank, name = said(delivery.status, whose(delivery))
        given = journal.named(status=status, rank=rank, whose=name)
        by[delivery.reference is None].append(given)
    of_reference, of_message_id = by
    locked = journal.named(
        references=[given["whose"] for given in of_reference],
        message_ids=[given["whose"] for given in of_message_id],
    )

    def work(db: psycopg.Connection, _: int) -> int:
        db.execute(_LOCK_DELIVERIES, locked)
        changed = 0
        for query, given in ((_OF_REFERENCE, of_reference), (_OF_MESSAGE_ID, of_message_id)):
            if given:
                cursor = db.cursor()
                cursor.executemany(query, given)
                changed += cursor.rowcount
        return changed

    return journal.write(now_ms, work)
