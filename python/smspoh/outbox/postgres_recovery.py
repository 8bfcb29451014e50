"""What a session of a journal in PostgreSQL does about those that are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.errors import OutboxError

from .postgres_database import LOCKS, server_of
from .records import Recovered
from .states import Event, State, sources

if TYPE_CHECKING:
    import psycopg

    from .postgres_store import PostgresStore

_OTHERS: Final = "SELECT id FROM session WHERE job = %(job)s AND id <> %(session)s ORDER BY id"
# Until this transaction is over nobody else has the lock, so no two take a session for dead.
_IS_DEAD: Final = "SELECT pg_try_advisory_xact_lock(%s, %s)"
# A transaction that the dead began may still be committed: this waits for it.
_LOCK_DEAD: Final = "SELECT id FROM session WHERE id = ANY(%(dead)s) ORDER BY id FOR UPDATE"
_CRASH: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM message WHERE job = %(job)s AND session = ANY(%(dead)s) ORDER BY id FOR UPDATE)
UPDATE message SET state = %(after)s, session = NULL, since_ms = %(now)s, readings = 0,
    read_ms = NULL, retry_ms = NULL
FROM locked WHERE message.id = locked.id
"""
_RESTORE: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM message WHERE job = %(job)s AND state = %(before)s ORDER BY id FOR UPDATE)
UPDATE message SET state = %(after)s, since_ms = %(now)s, readings = 0, read_ms = NULL,
    retry_ms = NULL
FROM locked WHERE message.id = locked.id
"""
_ADD_UP: Final = """
UPDATE job SET clock_ms = greatest(clock_ms, %(now)s),
    generation = generation + (SELECT sum(generation) FROM session WHERE id = ANY(%(dead)s))
WHERE id = %(job)s
"""
_FORGET: Final = "DELETE FROM session WHERE id = ANY(%(dead)s)"
_ANY_DEAD: Final = """
SELECT EXISTS (SELECT FROM session WHERE job = %(job)s AND id <> %(session)s AND NOT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = %(locks)s
        AND objid = session.id AND objsubid = 2
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))
"""
_KNOWN_SERVER: Final = "SELECT server FROM job WHERE id = %(job)s FOR NO KEY UPDATE"
_NEW_SERVER: Final = "UPDATE job SET server = %(server)s WHERE id = %(job)s"


def any_dead(store: PostgresStore) -> bool:
    """Return whether a session is gone and what it had in flight is not seen to; cheap."""
    with store.reading() as db:
        ((found,),) = db.execute(_ANY_DEAD, store.named(locks=LOCKS)).fetchall()
    return bool(found)


def recover(
    store: PostgresStore, db: psycopg.Connection, now: int, *, restored: bool | None
) -> Recovered:
    """Make AMBIGUOUS what dead sessions had in flight, in an open transaction.

    Args:
        store: the session that looks.
        db: its connection.
        now: the time of the transaction.
        restored: the journal was put back from a backup, by word of the caller; None where
            that is not asked, as every time but the first.
    """
    others = [number for (number,) in db.execute(_OTHERS, store.named())]
    dead = [n for n in others if db.execute(_IS_DEAD, (LOCKS, n)).fetchone() == (True,)]
    moved = 0
    if dead:
        given = store.named(dead=dead, now=now)
        dead = [n for (n,) in db.execute(_LOCK_DEAD, given)]
        after = sources(Event.CRASH, store.settings.policy)[State.IN_FLIGHT]
        moved += db.execute(_CRASH, store.named(dead=dead, now=now, after=after.value)).rowcount
    if restored is not None:
        if restored and len(others) > len(dead):
            raise OutboxError(
                "others have this job open: a journal that was put back is for one to open first"
            )
        # Others that are open on another server than the last have not come to here yet.
        restored = _is_other_server(store, db) or restored
    if restored:
        moved += _restore(store, db, now)
    if dead:
        given = store.named(dead=dead, now=now)
        db.execute(_ADD_UP, given)
        db.execute(_FORGET, given)
    return Recovered(moved, bool(restored))


def _is_other_server(store: PostgresStore, db: psycopg.Connection) -> bool:
    ((known,),) = db.execute(_KNOWN_SERVER, store.named()).fetchall()
    found = server_of(db)
    if known == found:
        return False
    db.execute(_NEW_SERVER, store.named(server=found))
    return True


def _restore(store: PostgresStore, db: psycopg.Connection, now: int) -> int:
    moved = 0
    for before, after in sources(Event.RESTORE, store.settings.policy).items():
        if before is not State.IN_FLIGHT:  # what was is seen to already: its session is dead
            given = store.named(before=before.value, after=after.value, now=now)
            moved += db.execute(_RESTORE, given).rowcount
    return moved
