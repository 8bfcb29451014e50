"""What the sandbox remembers: messages, newest first, and a balance.

In memory and bounded: the oldest message goes when a new one finds no room.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
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
        created_at: an aware time.
        parts: parts of the SMS.
        sender: the sender ID.
        network: the gateway's name for the operator.
        test: a test message.
        encrypted: whether `message` is a ciphertext.
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

    def match(self, record: Record) -> bool:
        """Return True when a record is asked for."""
        day = record.created_at.date()
        return (
            (self.created_from is None or self.created_from <= day)
            and (self.created_to is None or day <= self.created_to)
            and (self.sender is None or self.sender == record.sender)
            and (self.to is None or self.to == record.to)
            and (self.message is None or self.message in record.message)
        )


class Ledger:
    """Keep messages and a balance, for many threads at once.

    Args:
        balance: in whole units of the currency, at least 0.
        messages_max: the most messages that are kept.
    """

    def __init__(self, *, balance: int, messages_max: int) -> None:
        self._lock = threading.Lock()
        self._balance = balance
        self._records: deque[Record] = deque(maxlen=messages_max)

    @property
    def balance(self) -> int:
        """What is left."""
        with self._lock:
            return self._balance

    def charge(self, amount: int) -> bool:
        """Take an amount off the balance, all of it or nothing, and say which."""
        with self._lock:
            if amount > self._balance:
                return False
            self._balance -= amount
            return True

    def add(self, records: Iterable[Record]) -> None:
        """Keep records, in the order given."""
        with self._lock:
            self._records.extend(records)

    def find(self, filters: Filters) -> list[Record]:
        """Return the records that are asked for, newest first."""
        with self._lock:
            kept = list(self._records)
        return [record for record in reversed(kept) if filters.match(record)]
