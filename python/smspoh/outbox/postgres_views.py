"""What a journal in PostgreSQL shows of its messages, and their rotation to another key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smspoh.gateway.arguments import number_key

from .at_rest import ID_BYTES
from .contents import MASTER_PURPOSE, PAGE_ROWS
from .records import Counts
from .states import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, LiteralString

    import psycopg

    from .postgres_journal import PostgresJournal
    from .records import Entry

_ENTRIES: Final = """
SELECT message.id, reference, sealed, state, since_ms, enqueued_ms, attempts, waits, message_id,
    parts, delivery, duplicate, why, detail
FROM message JOIN payload USING (id) WHERE job = %(job)s
"""
_PAGE: Final = "ORDER BY message.id LIMIT %(count)s"
_AFTER: Final = _ENTRIES + "AND message.id > %(last)s " + _PAGE
_TO: Final = _ENTRIES + "AND message.id > %(last)s AND recipient = %(recipient)s " + _PAGE
_IN: Final = _ENTRIES + "AND message.id > %(last)s AND state = %(state)s " + _PAGE
_ONE: Final = _ENTRIES + "AND reference = %(reference)s"
_OF_KEY: Final = _ENTRIES + "AND unique_key = %(key)s"
_COUNTS: Final = """
SELECT state, delivery, count(*), count(*) FILTER (WHERE duplicate) FROM message
WHERE job = %(job)s GROUP BY state, delivery
"""
_MASTER: Final = "SELECT master FROM job WHERE id = %(job)s FOR NO KEY UPDATE"
_NEW_MASTER: Final = "UPDATE job SET master = %(master)s WHERE id = %(job)s"
_STALE: Final = """
SELECT message.id, reference, sealed, detail FROM message JOIN payload USING (id)
WHERE job = %(job)s AND message.id > %(last)s AND (substr(sealed, 1, %(size)s) <> %(first)s
    OR substr(detail, 1, %(size)s) <> %(first)s)
ORDER BY message.id LIMIT %(count)s FOR UPDATE OF message
"""


def find(journal: PostgresJournal, reference: str) -> Entry | None:
    """See `smspoh.outbox.journal.Journal.find`."""
    with journal.reading() as db:
        row = db.execute(_ONE, journal.named(reference=reference)).fetchone()
    return None if row is None else journal.entry(row)


def of_key(journal: PostgresJournal, key: str) -> Entry | None:
    """See `smspoh.outbox.journal.Journal.of_key`."""
    with journal.reading() as db:
        row = db.execute(_OF_KEY, journal.named(key=journal.secrets.unique(key))).fetchone()
    return None if row is None else journal.entry(row)


def export(journal: PostgresJournal) -> Iterator[Entry]:
    """See `smspoh.outbox.journal.Journal.export`."""
    return _pages(journal, _AFTER)


def in_state(journal: PostgresJournal, state: State) -> Iterator[Entry]:
    """See `smspoh.outbox.journal.Journal.in_state`."""
    return _pages(journal, _IN, state=state.value)


def to_recipient(journal: PostgresJournal, number: str) -> Iterator[Entry]:
    """See `smspoh.outbox.journal.Journal.to_recipient`."""
    key = number_key(number)
    for entry in _pages(journal, _TO, recipient=journal.secrets.recipient(key)):
        if number_key(str(entry.message.to)) == key:
            yield entry


def _pages(journal: PostgresJournal, query: LiteralString, **values: object) -> Iterator[Entry]:
    # A page at a time, so that neither memory nor the sender waits for a slow reader.
    last = 0
    while True:
        given = journal.named(last=last, count=PAGE_ROWS, **values)
        with journal.reading() as db:
            rows = db.execute(query, given).fetchall()
        for row in rows:
            yield journal.entry(row)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1][0]


def counts(journal: PostgresJournal) -> Counts:
    """See `smspoh.outbox.journal.Journal.counts`."""
    with journal.reading() as db:
        rows = db.execute(_COUNTS, journal.named()).fetchall()
    states = dict.fromkeys(State, 0)
    delivery: dict[str, int] = {}
    for state, name, count, _ in rows:
        states[State(state)] += count
        if name is not None:
            delivery[name] = delivery.get(name, 0) + count
    return Counts(states, delivery, sum(duplicates for *_, duplicates in rows))


def rotate(journal: PostgresJournal) -> int:
    """See `smspoh.outbox.journal.Journal.rotate`."""
    ring, done, last = journal.ring, 0, 0

    def rotate_master(db: psycopg.Connection, _: int) -> None:
        ((sealed,),) = db.execute(_MASTER, journal.named()).fetchall()
        if not ring.is_first(sealed):
            master = ring.seal(ring.open(sealed, MASTER_PURPOSE), MASTER_PURPOSE)
            db.execute(_NEW_MASTER, journal.named(master=master))

    def rotate_page(db: psycopg.Connection, _: int) -> list[tuple[Any, ...]]:
        given = journal.named(last=last, size=ID_BYTES, first=ring.first_id, count=PAGE_ROWS)
        rows = db.execute(_STALE, given).fetchall()
        payloads, details = [], []
        for row, reference, sealed, detail in rows:
            anew, said = journal.sealed_anew(reference, sealed, detail)
            payloads.append((anew, row))
            if said is not None:
                details.append((said, row))
        cursor = db.cursor()
        if payloads:
            cursor.executemany("UPDATE payload SET sealed = %s WHERE id = %s", payloads)
        if details:
            cursor.executemany("UPDATE message SET detail = %s WHERE id = %s", details)
        return rows

    journal.write(None, rotate_master)
    while True:
        rows = journal.write(None, rotate_page)
        done += len(rows)
        if len(rows) < PAGE_ROWS:
            return done
        last = rows[-1][0]
