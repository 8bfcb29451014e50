"""What a sender asks of a journal in SQLite beside its claims: doubts, receipts, money, bans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.gateway.webhook.merging import FINAL_RANK

from .contents import SUPPRESSED, kept_id
from .states import Event, State, sources
from .taking import ROWS_A_TRANSACTION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .records import Ambiguous, Undelivered
    from .sqlite_journal import SqliteJournal

# What may be at the gateway once more than its state says.
_DOUBTFUL: Final = """
SELECT reference, sealed, first_ms, last_ms, since_ms, readings
FROM message JOIN payload USING (id)
WHERE message.id > coalesce((SELECT id FROM message WHERE reference = ?), 0)
    AND (attempts - waits >= 2 OR (attempts - waits = 1 AND state IN
        ('PENDING', 'RETRY_WAIT', 'ABSENT', 'PARKED', 'CANCELLED', 'EXPIRED')))
    AND state NOT IN ('IN_FLIGHT', 'AMBIGUOUS')
ORDER BY message.id LIMIT ?
"""
_UNDELIVERED: Final = """
SELECT reference, sealed, message_id, coalesce(first_ms, enqueued_ms)
FROM message JOIN payload USING (id)
WHERE message.id > coalesce((SELECT id FROM message WHERE reference = ?), 0)
    AND state = 'ACCEPTED' AND message_id IS NOT NULL AND delivery_rank < ? AND since_ms <= ?
ORDER BY message.id LIMIT ?
"""
_OWNER: Final = "SELECT reference FROM message WHERE message_id = ? ORDER BY id LIMIT 1"
_PARTS: Final = """
SELECT coalesce(sum(coalesce(parts, 1)), 0) FROM message
WHERE attempts > waits AND state <> 'FAILED'
"""
_SUPPRESS: Final = "INSERT INTO suppressed VALUES (?) ON CONFLICT DO NOTHING"
_ALLOW: Final = "DELETE FROM suppressed WHERE recipient = ?"
_BAN: Final = (
    "UPDATE message SET state = ?, since_ms = ?, retry_ms = NULL, why = ?"
    " WHERE state = ? AND recipient IN (SELECT recipient FROM suppressed)"
)
_BAN_FIRST: Final = """
UPDATE message SET state = ?, since_ms = ?, retry_ms = NULL, why = ?
WHERE state = ? AND recipient IN (SELECT recipient FROM suppressed)
    AND id IN (SELECT id FROM message WHERE state = 'PENDING'
        AND (deadline_ms IS NULL OR deadline_ms > ?) ORDER BY id LIMIT ?)
"""


def doubtful(journal: SqliteJournal, count: int, after: str) -> list[Ambiguous]:
    """See `smspoh.outbox.journal.Journal.doubtful`."""
    with journal.reading() as db:
        rows = db.execute(_DOUBTFUL, (after, count)).fetchall()
    return journal.ambiguous_of(rows)


def undelivered(
    journal: SqliteJournal, count: int, before_ms: int, after: str
) -> list[Undelivered]:
    """See `smspoh.outbox.journal.Journal.undelivered`."""
    with journal.reading() as db:
        rows = db.execute(_UNDELIVERED, (after, FINAL_RANK, before_ms, count)).fetchall()
    return journal.undelivered_of(rows)


def owner(journal: SqliteJournal, message_id: str) -> str | None:
    """See `smspoh.outbox.journal.Journal.owner`."""
    with journal.reading() as db:
        found = db.execute(_OWNER, (kept_id(message_id),)).fetchone()
    return None if found is None else str(found[0])


def parts_sent(journal: SqliteJournal) -> int:
    """See `smspoh.outbox.journal.Journal.parts_sent`."""
    with journal.reading() as db:
        ((parts,),) = db.execute(_PARTS).fetchall()
    return int(parts)


def suppress(journal: SqliteJournal, numbers: Iterable[str], now_ms: int) -> int:
    """See `smspoh.outbox.journal.Journal.suppress`."""
    moved, batch = 0, []
    for number in numbers:
        batch.append((journal.stands_for(number),))
        if len(batch) == ROWS_A_TRANSACTION:
            with journal.writing(now_ms):
                journal.db.executemany(_SUPPRESS, batch)
            batch = []
    with journal.writing(now_ms) as now:
        journal.db.executemany(_SUPPRESS, batch)
        for before, after in sources(Event.CANCEL, journal.settings.policy).items():
            given = (after.value, now, SUPPRESSED, before.value)
            moved += journal.db.execute(_BAN, given).rowcount
    return moved


def allow(journal: SqliteJournal, numbers: Iterable[str], now_ms: int) -> None:
    """See `smspoh.outbox.journal.Journal.allow`."""
    given = [(journal.stands_for(number),) for number in numbers]
    with journal.writing(now_ms):
        journal.db.executemany(_ALLOW, given)


def ban_first(journal: SqliteJournal, count: int, now: int) -> None:
    """Cancel what is suppressed among the first that would be claimed, in an open transaction."""
    if journal.db.execute("SELECT EXISTS (SELECT 1 FROM suppressed)").fetchone() == (0,):
        return
    after = sources(Event.CANCEL, journal.settings.policy)[State.PENDING]
    given = (after.value, now, SUPPRESSED, State.PENDING.value, now, count)
    while journal.db.execute(_BAN_FIRST, given).rowcount:
        pass  # those that come up in their place may be suppressed too
