"""The journal in SQLite passes the suite of every journal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smspoh.outbox.sqlite_journal import SqliteJournal

from .conformance import Conformance
from .harness import T0

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.journal import Journal
    from smspoh.outbox.records import Settings

KEY = bytes(range(32))


class TestSqliteJournal(Conformance):
    def open(self, folder: Path, settings: Settings | None) -> Journal:
        return SqliteJournal(folder / "j.db", settings=settings, keys=[KEY], created_ms=T0)

    def kill(self, journal: Journal) -> None:
        """Close its files under it: nothing is moved into the database, nothing is noted."""
        assert isinstance(journal, SqliteJournal)
        assert journal._lock is not None
        os.close(journal._sidecar._descriptor)
        journal._sidecar._descriptor = -1
        journal.close()
