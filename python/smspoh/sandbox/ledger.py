"""What the sandbox remembers: messages, newest first, and a balance.

In memory and bounded: the oldest message goes when a new one finds no room.
`SqliteLedger` is the same in a file.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from smspoh.gateway.models import Status

from .books import Books, unplanned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Record:
    """Hold one message as the gateway stores it: an encrypted one without its key.

    Attributes:
        message_id: a GUID.
        message: the text, or the ciphertext when `encrypted`.
        to: E.164 without the plus.
        client_reference: as given, or empty.
        scheduled_at: an aware time, or None.
        created_at: an aware time, to the second.
        parts: parts of the SMS.
        sender: the sender ID.
        network: the gateway's name for the operator.
        test: a test message.
        encrypted: whether `message` is a ciphertext.
        serial: 1, 2, 3 and so on in the order of acceptance, over the life of the
            store; 0 before the ledger has it.
        timeline: each status with the aware time that it begins, in order.
        receipt_url: where its receipts go, or None.
        text: as the handset gets it, not encrypted.
        delivered_at: when the handset has it; None is never.
    """

    message_id: str
    message: str
    to: str
    client_reference: str
    scheduled_at: datetime | None
    created_at: datetime
    parts: int
    sender: str
    network: str
    test: bool
    encrypted: bool
    serial: int = 0
    timeline: tuple[tuple[str, datetime], ...] = ()
    receipt_url: str | None = None
    text: str = ""
    delivered_at: datetime | None = None

    @property
    def accepted_at(self) -> datetime:
        """When it was accepted, to the microsecond."""
        return self.timeline[0][1] if self.timeline else self.created_at

    def status_at(self, now: datetime) -> str:
        """Return the status at a time; "Accepted" before the first."""
        found = "Accepted"
        for status, begins in self.timeline:
            if begins <= now:
                found = status
        return found

    def finished_at(self, now: datetime) -> datetime | None:
        """Return when the final status began, or None while there is none."""
        if not self.timeline:
            return None
        status, begins = self.timeline[-1]
        return begins if begins <= now and Status(status).is_final else None

    def __repr__(self) -> str:
        return f"<Record {self.message_id} network={self.network!r} parts={self.parts}>"


@dataclass(frozen=True, slots=True)
class Filters:
    """Hold what the history is asked for; None asks for all."""

    created_from: date | None = None
    created_to: date | None = None
    sender: str | None = None
    to: str | None = None
    message: str | None = None
    accepted_to: datetime | None = None

    def match(self, record: Record) -> bool:
        """Return True when a record is asked for."""
        day = record.created_at.date()
        return (
            (self.created_from is None or self.created_from <= day)
            and (self.created_to is None or day <= self.created_to)
            and (self.sender is None or self.sender == record.sender)
            and (self.to is None or self.to == record.to)
            and (self.message is None or self.message in record.message)
            and (self.accepted_to is None or record.accepted_at <= self.accepted_to)
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """Count what became of the messages of one reference, or of all.

    Attributes:
        accepted: messages.
        delivered: those that a handset has.
        repeated: those that a handset gets although it gets another of that reference.
    """

    accepted: int = 0
    delivered: int = 0
    repeated: int = 0

    @property
    def lost(self) -> int:
        """Messages that were accepted and that no handset has."""
        return self.accepted - self.delivered


def count_records(records: Iterable[Record], now: datetime) -> Tally:
    """Count what became of records."""
    accepted = delivered = repeated = 0
    seen: set[tuple[str, str]] = set()
    for record in records:
        accepted += 1
        if record.delivered_at is None:
            continue
        delivered += record.delivered_at <= now
        handset = (record.client_reference, record.to)
        repeated += bool(record.client_reference) and handset in seen
        seen.add(handset)
    return Tally(accepted, delivered, repeated)


class Ledger(Books):
    """Keep messages and a balance, for many threads at once.

    Args:
        balance: in whole units of the currency, at least 0.
        messages_max: the most messages that are kept.
        plan: makes a record whole, with the serial that it is given.
    """

    def __init__(
        self,
        *,
        balance: int,
        messages_max: int,
        plan: Callable[[Record, int], Record] = unplanned,
    ) -> None:
        super().__init__(balance=balance, plan=plan)
        self._messages_max = messages_max
        self._records: dict[int, Record] = {}  # by serial, which has no gaps
        self._serials: dict[str, int] = {}

    def find(self, filters: Filters, start: int = 0, limit: int | None = None) -> list[Record]:
        """Return the records that are asked for, newest first.

        Args:
            filters: what is asked for.
            start: how many are passed over, at least 0.
            limit: the most that are returned; None is all.
        """
        stop = None if limit is None else start + limit
        return list(islice(self._matching(filters), start, stop))

    def count(self, filters: Filters) -> int:
        """Return how many records are asked for."""
        if filters == Filters():
            return len(self._records)
        return sum(1 for _ in self._matching(filters))

    def get(self, message_id: str) -> Record | None:
        """Return a record by its GUID, or None."""
        with self._changed:
            return self._records.get(self._serials.get(message_id, 0))

    def after(self, serial: int, limit: int = 100) -> list[Record]:
        """Return the records that come after a serial, in the order of acceptance."""
        with self._changed:
            first = max(serial, self._newest - len(self._records), 0) + 1
            last = min(self._newest, first + limit - 1)
            return [self._records[number] for number in range(first, last + 1)]

    def wipe(self, keep: int = 0) -> int:
        """Forget all but the newest records, and return how many went."""
        with self._changed:
            return self._trim(keep)

    def references(self, start: str = "", limit: int = 100) -> list[str]:
        """Return the references after one, in order, without the empty one."""
        found = {record.client_reference for record in self._matching(Filters())}
        return sorted(name for name in found if name > start)[:limit]

    def of_reference(self, reference: str) -> list[Record]:
        """Return the records of a reference, in the order of acceptance."""
        found = [r for r in self._matching(Filters()) if r.client_reference == reference]
        return found[::-1]

    def tally(self, now: datetime) -> tuple[int, Tally]:
        """Return how many references there are, and what became of all messages."""
        records = list(self._matching(Filters()))
        names = {record.client_reference for record in records} - {""}
        return len(names), count_records(records, now)

    def close(self) -> None:
        """Do nothing: what is in memory needs no closing."""

    def _matching(self, filters: Filters) -> Iterator[Record]:
        # Without the lock, so that a long look holds up nobody: what goes meanwhile is missing.
        for serial in range(self._newest, self._newest - len(self._records), -1):
            record = self._records.get(serial)
            if record is not None and filters.match(record):
                yield record

    def _keep(self, records: Sequence[Record], balance: int, newest: int) -> None:  # noqa: ARG002 - there is no file
        for serial, record in enumerate(records, self._newest + 1):
            self._records[serial] = record
            self._serials[record.message_id] = serial
            self._newest = serial  # last, for those who look without the lock
        self._trim(self._messages_max)

    def _forget(self, balance: int) -> None:  # noqa: ARG002 - there is no file
        self._trim(0)

    def _trim(self, keep: int) -> int:
        surplus = max(0, len(self._records) - keep)
        first = self._newest - len(self._records) + 1
        for serial in range(first, first + surplus):
            del self._serials[self._records.pop(serial).message_id]
        return surplus
