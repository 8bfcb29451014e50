"""What a journal in SQLite shows of its messages, and their rotation to another key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from smspoh.gateway.arguments import number_key

from .at_rest import ID_BYTES
from .records import Counts, Entry
from .rows import unpack
from .sqlite_store import MASTER_PURPOSE
from .states import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smspoh.gateway.models import OutgoingMessage

    from .sqlite_journal import SqliteJournal
    from .sqlite_store import SqliteStore

PAGE_ROWS: Final = 1000

_ENTRIES: Final = """
SELECT message.id, reference, sealed, state, since_ms, enqueued_ms, attempts, waits, message_id,
    parts, delivery, duplicate, why, detail
FROM message JOIN payload USING (id) WHERE {} ORDER BY message.id LIMIT ?
"""
_AFTER: Final = _ENTRIES.format("message.id > ?")
_TO: Final = _ENTRIES.format("message.id > ? AND recipient = ?")
_IN: Final = _ENTRIES.format("message.id > ? AND state = ?")
_ONE: Final = _ENTRIES.format("reference = ?")
_STALE: Final = """
SELECT message.id, reference, sealed, detail FROM message JOIN payload USING (id)
WHERE message.id > ?1 AND (substr(sealed, 1, ?2) <> ?3 OR substr(detail, 1, ?2) <> ?3)
ORDER BY message.id LIMIT ?4
"""


def on_the_wire(store: SqliteStore, message: OutgoingMessage, reference: str) -> OutgoingMessage:
    """Return a message as it is sent: under its reference, with a key if it needs one."""
    key = message.encrypt_key
    if message.encrypt and key is None:
        key = store.secrets.encrypt_key(reference)
    return replace(message, client_reference=reference, encrypt_key=key)


def detail_purpose(reference: str) -> bytes:
    """Return what the detail of a row is sealed for."""
    return f"detail {reference}".encode()


def find(journal: SqliteJournal, reference: str) -> Entry | None:
    """See `smspoh.outbox.journal.Journal.find`."""
    with journal.reading() as db:
        row = db.execute(_ONE, (reference, 1)).fetchone()
    return None if row is None else _entry(journal, row)


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
            yield _entry(journal, row)
        if len(rows) < PAGE_ROWS:
            return
        last = rows[-1][0]


def _entry(journal: SqliteJournal, row: tuple[Any, ...]) -> Entry:
    reference, sealed, detail = row[1], row[2], row[13]
    message = unpack(journal.opened(reference, sealed))
    if detail is not None:
        detail = journal.ring.open(detail, detail_purpose(reference)).decode()
    return Entry(
        reference=reference,
        caller_reference=message.client_reference,
        message=on_the_wire(journal, message, reference),
        state=State(row[3]),
        since_ms=row[4],
        enqueued_ms=row[5],
        attempts=row[6],
        waits=row[7],
        message_id=row[8],
        parts=row[9],
        delivery=row[10],
        duplicate=bool(row[11]),
        why=row[12],
        detail=detail,
    )


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
                anew = ring.seal(journal.opened(reference, sealed), reference.encode())
                journal.db.execute("UPDATE payload SET sealed = ? WHERE id = ?", (anew, row))
                if detail is not None:
                    purpose = detail_purpose(reference)
                    anew = ring.seal(ring.open(detail, purpose), purpose)
                    journal.db.execute("UPDATE message SET detail = ? WHERE id = ?", (anew, row))
        done += len(rows)
        if len(rows) < PAGE_ROWS:
            return done
        last = rows[-1][0]
