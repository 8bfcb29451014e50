"""What the history says, written into a journal in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .contents import seen
from .states import Event, State, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .records import Ambiguous, Sighting
    from .sqlite_journal import SqliteJournal

_AMBIGUOUS: Final = """
SELECT reference, sealed, first_ms, last_ms, since_ms, readings
FROM message JOIN payload USING (id)
WHERE state = 'AMBIGUOUS'
    AND message.id > coalesce((SELECT id FROM message WHERE reference = ?), 0)
ORDER BY message.id LIMIT ?
"""
_KNOWN: Final = "SELECT state, message_id, duplicate FROM message WHERE reference = ?"
_FOUND: Final = (
    "UPDATE message SET state = ?, since_ms = ?, retry_ms = NULL WHERE reference = ? AND state = ?"
)
_SIGHTED: Final = (
    "UPDATE message SET message_id = coalesce(message_id, ?), duplicate = max(duplicate, ?)"
    " WHERE reference = ?"
)
_DELIVERED: Final = (
    "UPDATE message SET delivery = ?1, delivery_rank = ?2"
    " WHERE reference = ?3 AND delivery_rank < ?2"
)
_COUNTED: Final = """
UPDATE message SET readings = readings + 1, read_ms = ?1
WHERE reference = ?2 AND state = 'AMBIGUOUS' AND since_ms + ?3 <= ?1
    AND (read_ms IS NULL OR read_ms + ?4 <= ?1)
"""
_UNSEEN: Final = (
    "UPDATE message SET state = ?, since_ms = ? WHERE reference = ? AND state = ? AND readings >= ?"
)


def ambiguous(journal: SqliteJournal, count: int, after: str) -> list[Ambiguous]:
    """See `smspoh.outbox.journal.Journal.ambiguous`."""
    with journal.reading() as db:
        rows = db.execute(_AMBIGUOUS, (after, count)).fetchall()
    return journal.ambiguous_of(rows)


def found(journal: SqliteJournal, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
    """See `smspoh.outbox.journal.Journal.found`."""
    policy = journal.settings.policy
    told = []
    with journal.writing(now_ms) as now:
        for sighting in sightings:
            reference = sighting.reference
            known = journal.db.execute(_KNOWN, (reference,)).fetchone()
            if known is None:
                continue
            state, message_id, was_duplicate = known
            found = seen(sighting, State(state), message_id, policy)
            if found is None:
                continue
            if found.after is not None:
                journal.db.execute(_FOUND, (found.after.value, now, reference, state))
            journal.db.execute(_SIGHTED, (found.message_id, found.repeated, reference))
            if found.delivery is not None:
                journal.db.execute(_DELIVERED, (*found.delivery, reference))
            if found.repeated and not was_duplicate:
                told.append(reference)
    return told


def unseen(journal: SqliteJournal, references: Sequence[str], began_ms: int, now_ms: int) -> int:
    """See `smspoh.outbox.journal.Journal.unseen`."""
    own = journal.settings
    settle_ms, spacing_ms = round(own.settle_s * 1000), round(own.spacing_s * 1000)
    moved = 0
    with journal.writing(now_ms) as now:
        began = min(began_ms, now)
        journal.db.executemany(
            _COUNTED, [(began, reference, settle_ms, spacing_ms) for reference in references]
        )
        for before, after in sources(Event.UNSEEN, own.policy).items():
            moved += journal.db.executemany(
                _UNSEEN,
                [(after.value, now, name, before.value, own.readings_min) for name in references],
            ).rowcount
    return moved
