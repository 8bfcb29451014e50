"""The journal in PostgreSQL passes the suite of every journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smspoh.outbox.postgres_journal import PostgresJournal

from .conformance import Conformance
from .on_postgres import kill, opened

if TYPE_CHECKING:
    from pathlib import Path

    from smspoh.outbox.journal import Journal
    from smspoh.outbox.records import Settings


class TestPostgresJournal(Conformance):
    def open(self, folder: Path, settings: Settings | None) -> Journal:
        return opened(folder, settings)

    def kill(self, journal: Journal) -> None:
        assert isinstance(journal, PostgresJournal)
        kill(journal)
