"""What the history says, written into a journal in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from smspoh.gateway.webhook.merging import rank

from .records import MESSAGE_ID_CHARS_MAX, STATUS_CHARS_MAX, Ambiguous
from .states import Event, State, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .records import Sighting
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
_NOT_SENT: Final = frozenset({State.FAILED, State.CANCELLED, State.EXPIRED})


def ambiguous(journal: SqliteJournal, count: int, after: str) -> list[Ambiguous]:
    """See `smspoh.outbox.journal.Journal.ambiguous`."""
    with journal.reading() as db:
        rows = db.execute(_AMBIGUOUS, (after, count)).fetchall()
    return [
        Ambiguous(reference, journal.message(reference, sealed), first, last, since, readings)
        for reference, sealed, first, last, since, readings in rows
    ]


def found(journal: SqliteJournal, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
    """See `smspoh.outbox.journal.Journal.found`."""
    moves = sources(Event.FOUND, journal.settings.policy)
    told = []
    with journal.writing(now_ms) as now:
        for sighting in sightings:
            known = journal.db.execute(_KNOWN, (sighting.reference,)).fetchone()
            seen = tuple(name[:MESSAGE_ID_CHARS_MAX] for name in sighting.message_ids if name)
            if known is None or not seen:
                continue
            state, was_duplicate = State(known[0]), bool(known[2])
            if state is State.IN_FLIGHT:
                continue  # its own outcome is on the way, and knows more
            repeated = _is_duplicate(state, known[1], seen)
            if state in moves:
                given: tuple[Any, ...] = (moves[state], now, sighting.reference, state.value)
                journal.db.execute(_FOUND, given)
            # The id of what was not sent stays the one of its refusal, or none.
            kept = None if state in _NOT_SENT else seen[0]
            journal.db.execute(_SIGHTED, (kept, repeated, sighting.reference))
            if sighting.status is not None and state not in _NOT_SENT:
                said = (
                    str(sighting.status)[:STATUS_CHARS_MAX],
                    rank(sighting.status),
                    sighting.reference,
                )
                journal.db.execute(_DELIVERED, said)
            if repeated and not was_duplicate:
                told.append(sighting.reference)
    return told


def _is_duplicate(state: State, known_id: str | None, seen: tuple[str, ...]) -> bool:
    """Return whether the history has an acceptance more than the journal can account for."""
    others = set(seen) - {known_id}
    if state in _NOT_SENT:
        return bool(others)
    return len(others) > (known_id is None)


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
