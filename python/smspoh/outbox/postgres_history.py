"""What the history says, written into a journal in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .contents import seen
from .states import Event, State, sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from .postgres_journal import PostgresJournal
    from .records import Ambiguous, Sighting

_AMBIGUOUS: Final = """
SELECT reference, sealed, first_ms, last_ms, since_ms, readings
FROM message JOIN payload USING (id)
WHERE job = %(job)s AND state = 'AMBIGUOUS' AND message.id > coalesce(
    (SELECT id FROM message WHERE job = %(job)s AND reference = %(after)s), 0)
ORDER BY message.id LIMIT %(count)s
"""
# In one order whoever locks, so that no two wait for each other.
_KNOWN: Final = """
SELECT reference, state, message_id, duplicate FROM message
WHERE job = %(job)s AND reference = ANY(%(references)s) ORDER BY id FOR UPDATE
"""
_FOUND: Final = """
UPDATE message SET state = %(after)s, since_ms = %(now)s, retry_ms = NULL
WHERE job = %(job)s AND reference = %(reference)s
"""
_SIGHTED: Final = """
UPDATE message SET message_id = coalesce(message_id, %(message_id)s),
    duplicate = duplicate OR %(repeated)s
WHERE job = %(job)s AND reference = %(reference)s
"""
_DELIVERED: Final = """
UPDATE message SET delivery = %(status)s, delivery_rank = %(rank)s
WHERE job = %(job)s AND reference = %(reference)s AND delivery_rank < %(rank)s
"""
_COUNTED: Final = """
UPDATE message SET readings = readings + 1, read_ms = %(began)s
WHERE job = %(job)s AND reference = ANY(%(references)s) AND state = 'AMBIGUOUS'
    AND since_ms + %(settle)s <= %(began)s
    AND (read_ms IS NULL OR read_ms + %(spacing)s <= %(began)s)
"""
_UNSEEN: Final = """
UPDATE message SET state = %(after)s, since_ms = %(now)s
WHERE job = %(job)s AND reference = ANY(%(references)s) AND state = %(before)s
    AND readings >= %(least)s
"""


def ambiguous(journal: PostgresJournal, count: int, after: str) -> list[Ambiguous]:
    """See `smspoh.outbox.journal.Journal.ambiguous`."""
    with journal.reading() as db:
        rows = db.execute(_AMBIGUOUS, journal.named(after=after, count=count)).fetchall()
    return journal.ambiguous_of(rows)


def found(journal: PostgresJournal, sightings: Sequence[Sighting], now_ms: int) -> list[str]:
    """See `smspoh.outbox.journal.Journal.found`."""
    references = [sighting.reference for sighting in sightings]

    def work(db: psycopg.Connection, now: int) -> list[str]:
        rows = db.execute(_KNOWN, journal.named(references=references))
        known = {name: (State(state), own, twice) for name, state, own, twice in rows}
        moves, marks, deliveries, told = _decided(journal, sightings, known, now)
        cursor = db.cursor()
        for query, given in ((_FOUND, moves), (_SIGHTED, marks), (_DELIVERED, deliveries)):
            if given:
                cursor.executemany(query, given)
        return told

    return journal.write(now_ms, work)


def _decided(
    journal: PostgresJournal,
    sightings: Sequence[Sighting],
    known: dict[str, tuple[State, str | None, bool]],
    now: int,
) -> tuple[list[Any], list[Any], list[Any], list[str]]:
    """Return what sightings move, mark and deliver, and the references of new duplicates."""
    moves, marks, deliveries, told = [], [], [], []
    for sighting in sightings:
        reference = sighting.reference
        if reference not in known:
            continue
        state, message_id, was_duplicate = known[reference]
        said = seen(sighting, state, message_id, journal.settings.policy)
        if said is None:
            continue
        if said.after is not None:
            moves.append(journal.named(reference=reference, after=said.after.value, now=now))
        marks.append(
            journal.named(reference=reference, message_id=said.message_id, repeated=said.repeated)
        )
        if said.delivery is not None:
            status, rank = said.delivery
            deliveries.append(journal.named(reference=reference, status=status, rank=rank))
        if said.repeated and not was_duplicate:
            told.append(reference)
        known[reference] = (
            said.after or state,
            message_id or said.message_id,
            was_duplicate or said.repeated,
        )
    return moves, marks, deliveries, told


def unseen(journal: PostgresJournal, references: Sequence[str], began_ms: int, now_ms: int) -> int:
    """See `smspoh.outbox.journal.Journal.unseen`."""
    own = journal.settings

    def work(db: psycopg.Connection, now: int) -> int:
        given = journal.named(
            references=list(references),
            began=min(began_ms, now),
            now=now,
            settle=round(own.settle_s * 1000),
            spacing=round(own.spacing_s * 1000),
            least=own.readings_min,
        )
        db.execute(_KNOWN, given)
        db.execute(_COUNTED, given)
        moved = 0
        for before, after in sources(Event.UNSEEN, own.policy).items():
            moves = {**given, "before": before.value, "after": after.value}
            moved += db.execute(_UNSEEN, moves).rowcount
        return moved

    return journal.write(now_ms, work)
