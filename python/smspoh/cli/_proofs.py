"""What the proof of a job said of each message, kept where memory stays flat."""

from __future__ import annotations

import sqlite3
from typing import Final

_PUT: Final = "INSERT OR REPLACE INTO proof VALUES (?, ?)"


class Proofs:
    """Keep whether each message is proven, in a database without a name."""

    def __init__(self) -> None:
        """Make the database, which goes to the disk when it grows."""
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("CREATE TABLE proof (reference TEXT PRIMARY KEY, word) WITHOUT ROWID")

    def put(self, reference: str, proven: bool | None) -> None:
        """Keep what was said of a message."""
        word = {True: "proven", False: "not proven", None: "not in the history"}[proven]
        self._db.execute(_PUT, (reference, word))

    def word(self, reference: str) -> str | None:
        """Return a word for the proof of a message, or None for one that was not asked for."""
        query = "SELECT word FROM proof WHERE reference = ?"
        row = self._db.execute(query, (reference,)).fetchone()
        return None if row is None else str(row[0])

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()
