"""Journals in PostgreSQL for tests: opened, killed, and cut off by the server."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from smspoh.outbox.postgres_journal import PostgresJournal

from .cluster import shared
from .harness import T0

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.records import Settings
    from smspoh.outbox.states import State

KEY = bytes(range(32))


def address_of(folder: Path) -> str:
    """Return the address of the database that stands for a folder, made where it is missing."""
    name = f"t{hashlib.blake2b(str(folder).encode(), digest_size=8).hexdigest()}"
    mark = folder / "database"
    if not mark.exists():
        shared().create(name)
        mark.touch()
    return shared().address(name)


def opened(folder: Path, settings: Settings | None) -> PostgresJournal:
    return PostgresJournal(address_of(folder), settings=settings, keys=[KEY], created_ms=T0)


def servers(journal: PostgresJournal) -> list[int]:
    """Return the ids of the two server processes of a session."""
    assert journal._lease is not None
    assert journal._lease._db is not None
    return [db.info.backend_pid for db in (journal._db, journal._lease._db)]


def kill(journal: PostgresJournal) -> None:
    """Cut its connections without a word, as the death of its process does."""
    ending = servers(journal)
    journal._db.close()
    assert journal._lease is not None
    journal._lease.release()
    shared().gone(*ending)


def cut(journal: PostgresJournal, *, lease: bool = True) -> None:
    """Have the server end a connection of a session, while its process lives."""
    pid = servers(journal)[lease]
    with shared().admin() as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
    shared().gone(pid)


def states(journal: PostgresJournal) -> dict[State, int]:
    return {state: count for state, count in journal.counts().states.items() if count}
