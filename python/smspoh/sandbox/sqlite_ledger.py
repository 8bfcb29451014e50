"""The ledger in a file: what `Ledger` does, for as many messages as the disk holds.

One connection writes, another reads, each behind a lock of its own; with the
write-ahead log neither waits for the other.
"""

from __future__ import annotations

import json
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .books import Books, unplanned
from .ledger import Filters, Ledger, Record, Tally
from .sqlite_file import connect, prepare, take_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = (
    "message_id, message, recipient, reference, scheduled_at, created_at, parts, sender, network,"
    " test, encrypted, serial, timeline, receipt_url, text, delivered_at"
)
_INSERT: Final = (
    f"INSERT INTO message ({_COLUMNS}, created_day, accepted_us, delivered_us)"  # noqa: S608 - constants
    f" VALUES ({', '.join('?' * 19)})"
)
_NEWEST_FIRST: Final = f"SELECT {_COLUMNS} FROM message{{}} ORDER BY serial DESC LIMIT ? OFFSET ?"  # noqa: S608 - constants
_ACCOUNT: Final = "SELECT balance, newest, reset_serial FROM account"
_WIPE: Final = """
DELETE FROM message WHERE serial <=
    (SELECT serial FROM message ORDER BY serial DESC LIMIT 1 OFFSET ?)
"""
_TALLY: Final = """
SELECT
    (SELECT count(DISTINCT reference) FROM message WHERE reference > ''),
    (SELECT count(*) FROM message),
    (SELECT count(*) FROM message WHERE delivered_us <= ?),
    (SELECT coalesce(sum(copies - 1), 0) FROM (
        SELECT count(*) AS copies FROM message
        WHERE reference > '' AND delivered_us IS NOT NULL GROUP BY reference, recipient))
"""


class SqliteLedger(Books):
    """Keep messages and a balance in a file, for many threads of one process.

    Args:
        path: the file; it is made where there is none, and its balance and messages
            are taken up where there is one.
        balance: of a new file, in whole units of the currency, at least 0.
        plan: makes a record whole, with the serial that it is given.

    Raises:
        ArgumentError: the file is of another program, or of another release, or
            another sandbox has it open.
        sqlite3.Error: the file cannot be used.
    """

    def __init__(
        self,
        path: Path,
        *,
        balance: int,
        plan: Callable[[Record, int], Record] = unplanned,
    ) -> None:
        self._reading = threading.Lock()
        path = path.resolve()  # by whatever name it is opened
        with ExitStack() as opened:
            self._lock = opened.enter_context(closing(take_lock(path)))
            prepare(path, balance)
            self._writer = opened.enter_context(closing(connect(path)))
            self._reader = opened.enter_context(closing(connect(path)))
            ((left, newest, reset_serial),) = self._writer.execute(_ACCOUNT).fetchall()
            opened.pop_all()
        super().__init__(
            balance=int(left), plan=plan, newest=int(newest), reset_serial=int(reset_serial)
        )

    def find(self, filters: Filters, start: int = 0, limit: int | None = None) -> list[Record]:
        """Return the records that are asked for, newest first.

        Args:
            filters: what is asked for.
            start: how many are passed over, at least 0.
            limit: the most that are returned; None is all.
        """
        where, values = _where(filters)
        return self._records(
            _NEWEST_FIRST.format(where), *values, -1 if limit is None else limit, start
        )

    def count(self, filters: Filters) -> int:
        """Return how many records are asked for."""
        where, values = _where(filters)
        ((count,),) = self._asked(f"SELECT count(*) FROM message{where}", *values)  # noqa: S608 - constants
        return int(count)

    def get(self, message_id: str) -> Record | None:
        """Return a record by its GUID, or None."""
        query = f"SELECT {_COLUMNS} FROM message WHERE message_id = ?"  # noqa: S608 - constants
        return next(iter(self._records(query, message_id)), None)

    def after(self, serial: int, limit: int = 100) -> list[Record]:
        """Return the records that come after a serial, in the order of acceptance."""
        query = f"SELECT {_COLUMNS} FROM message WHERE serial > ? ORDER BY serial LIMIT ?"  # noqa: S608 - constants
        return self._records(query, serial, limit)

    def wipe(self, keep: int = 0) -> int:
        """Forget all but the newest records, and return how many went."""
        with self._changed, self._writer:
            return self._writer.execute(_WIPE, (keep,)).rowcount

    def references(self, start: str = "", limit: int = 100) -> list[str]:
        """Return the references after one, in order, without the empty one."""
        query = "SELECT DISTINCT reference FROM message WHERE reference > ? ORDER BY 1 LIMIT ?"
        return [str(name) for (name,) in self._asked(query, start, limit)]

    def of_reference(self, reference: str) -> list[Record]:
        """Return the records of a reference, in the order of acceptance."""
        query = f"SELECT {_COLUMNS} FROM message WHERE reference = ? ORDER BY serial"  # noqa: S608 - constants
        return self._records(query, reference)

    def tally(self, now: datetime) -> tuple[int, Tally]:
        """Return how many references there are, and what became of all messages."""
        ((names, accepted, delivered, repeated),) = self._asked(_TALLY, _us(now))
        return int(names), Tally(int(accepted), int(delivered), int(repeated))

    def close(self) -> None:
        """Close the file. May be called twice."""
        with self._changed, self._reading:
            self._reader.close()
            self._writer.close()
            self._lock.close()

    def __repr__(self) -> str:
        return f"<SqliteLedger newest={self._newest}>"

    def _keep(self, records: Sequence[Record], balance: int, newest: int) -> None:
        with self._writer:
            self._writer.executemany(_INSERT, map(_row, records))
            self._writer.execute("UPDATE account SET balance = ?, newest = ?", (balance, newest))

    def _forget(self, balance: int) -> None:
        with self._writer:
            self._writer.execute("DELETE FROM message")
            self._writer.execute(
                "UPDATE account SET balance = ?, reset_serial = newest", (balance,)
            )

    def _asked(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    def _records(self, query: str, *values: object) -> list[Record]:
        return [_record(row) for row in self._asked(query, *values)]


Store: TypeAlias = Ledger | SqliteLedger


def _where(filters: Filters) -> tuple[str, list[object]]:
    accepted = filters.accepted_to
    asked: list[tuple[str, object]] = [
        ("created_day >= ?", filters.created_from and filters.created_from.isoformat()),
        ("created_day <= ?", filters.created_to and filters.created_to.isoformat()),
        ("sender = ?", filters.sender),
        ("recipient = ?", filters.to),
        ("instr(message, ?) > 0", filters.message),
        ("accepted_us <= ?", None if accepted is None else _us(accepted)),
    ]
    given = [(test, value) for test, value in asked if value is not None]
    if not given:
        return "", []
    return " WHERE " + " AND ".join(test for test, _ in given), [value for _, value in given]


def _us(moment: datetime) -> int:
    """Return microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _row(record: Record) -> tuple[object, ...]:
    delivered, scheduled = record.delivered_at, record.scheduled_at
    return (
        record.message_id,
        record.message,
        record.to,
        record.client_reference,
        scheduled and scheduled.isoformat(),
        record.created_at.isoformat(),
        record.parts,
        record.sender,
        record.network,
        record.test,
        record.encrypted,
        record.serial,
        json.dumps([(status, begins.isoformat()) for status, begins in record.timeline]),
        record.receipt_url,
        record.text,
        delivered and delivered.isoformat(),
        record.created_at.date().isoformat(),
        _us(record.accepted_at),
        None if delivered is None else _us(delivered),
    )


def _record(row: tuple[Any, ...]) -> Record:
    return Record(
        message_id=row[0],
        message=row[1],
        to=row[2],
        client_reference=row[3],
        scheduled_at=_time(row[4]),
        created_at=datetime.fromisoformat(row[5]),
        parts=row[6],
        sender=row[7],
        network=row[8],
        test=bool(row[9]),
        encrypted=bool(row[10]),
        serial=row[11],
        timeline=tuple(
            (status, datetime.fromisoformat(begins)) for status, begins in json.loads(row[12])
        ),
        receipt_url=row[13],
        text=row[14],
        delivered_at=_time(row[15]),
    )


def _time(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
