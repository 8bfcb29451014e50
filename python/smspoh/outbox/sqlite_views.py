"""What a journal in SQLite shows of its messages, and their rotation to another key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.gateway.arguments import number_key

from .at_rest import ID_BYTES
from .contents import MASTER_PURPOSE, PAGE_ROWS
from .records import Counts
from .states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .records import Entry
    from .sqlite_journal import SqliteJournal

_ENTRIES: Final = """
SELECT message.id, reference, sealed, state, since_ms, enqueued_ms, attempts, waits, message_id,
    parts, delivery, duplicate, why, detail
FROM message JOIN payload USING (id) WHERE {} ORDER BY message.id LIMIT ?
"""
_AFTER: Final = _ENTRIES.format("message.id > ?")
_TO: Final = _ENTRIES.format("message.id > ? AND recipient = ?")
_IN: Final = _ENTRIES.format("message.id > ? AND state = ?")
_ONE: Final = _ENTRIES.format("reference = ?")
_OF_KEY: Final = _ENTRIES.format("unique_key = ?")
_STALE: Final = """
SELECT message.id, reference, sealed, detail FROM message JOIN payload USING (id)
WHERE message.id > ?1 AND (substr(sealed, 1, ?2) <> ?3 OR substr(detail, 1, ?2) <> ?3)
ORDER BY message.id LIMIT ?4
"""


def find(journal: SqliteJournal, reference: str) -> Entry | None:
    """See `smspoh.outbox.journal.Journal.find`."""
    with journal.reading() as db:
        row = db.execute(_ONE, (reference, 1)).fetchone()
    return None if row is None else journal.entry(row)


def of_key(journal: SqliteJournal, key: str) -> Entry | None:
    """See `smspoh.outbox.journal.Journal.of_key`."""
    with journal.reading() as db:
        row = db.execute(_OF_KEY, (journal.secrets.unique(key), 1)).fetchone()
    return None if row is None else journal.entry(row)


def export(journal: SqliteJournal) -> Iterator[Entry]:
    """See `smspoh.outbox.journal.Journal.export`."""
    return _pages(journal, _AFTER)


def in_state(journal: SqliteJournal, state: State) -> Iterator[Entry]:
    """Yield the messages that are in a state, in the order they came in."""
    return _pages(journal, _IN, state.value)


def to_recipient(journal: SqliteJournal, number: str) -> Iterator[Entry]:
    """See `smspoh.outbox.journal.Journal.to_recipient`."""
    key = number_key(number)
    for entry in _pages(journal, _TO, journal.secrets.recipient(key)):
        if number_key(str(entry.message.to)) == key:
            yield entry


def _pages(journal: SqliteJournal, query: str, *values: object) -> Iterator[Entry]:
    # A page at a time, so that neither memory nor the sender waits for a slow reader.
    last = 0
    while True:
        with journal.reading() as db:
            rows = db.execute(query, (last, *values, PAGE_ROWS)).fetchall()
        for row in rows:
            yield journal.entry(row)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1][0]


def counts(journal: SqliteJournal) -> Counts:
    """See `smspoh.outbox.journal.Journal.counts`."""
    with journal.reading() as db:
        states = dict(db.execute("SELECT state, count(*) FROM message GROUP BY state"))
        delivery = db.execute(
            "SELECT delivery, count(*), sum(duplicate) FROM message GROUP BY delivery"
        ).fetchall()
    return Counts(
        {state: states.get(state.value, 0) for state in State},
        {name: count for name, count, _ in delivery if name is not None},
        sum(duplicates for _, _, duplicates in delivery),
    )


def rotate(journal: SqliteJournal) -> int:
    """See `smspoh.outbox.journal.Journal.rotate`."""
    ring, done, last = journal.ring, 0, 0
    with journal.writing(None):
        ((sealed,),) = journal.db.execute("SELECT master FROM job").fetchall()
        if not ring.is_first(sealed):
            master = ring.seal(ring.open(sealed, MASTER_PURPOSE), MASTER_PURPOSE)
            journal.db.execute("UPDATE job SET master = ?", (master,))
    while True:
        with journal.writing(None):
            given = (last, ID_BYTES, ring.first_id, PAGE_ROWS)
            rows = journal.db.execute(_STALE, given).fetchall()
            for row, reference, sealed, detail in rows:
                anew, said = journal.sealed_anew(reference, sealed, detail)
                journal.db.execute("UPDATE payload SET sealed = ? WHERE id = ?", (anew, row))
                if said is not None:
                    journal.db.execute("UPDATE message SET detail = ? WHERE id = ?", (said, row))
        done += len(rows)
        if len(rows) < PAGE_ROWS:
            return done
        last = rows[-1][0]
