"""What both ledgers do alike: the money, the serials, and waiting for the next message."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .ledger import Record


def unplanned(record: Record, serial: int) -> Record:
    """Return a record with its serial: the plan of a ledger that was given none."""
    return replace(record, serial=serial)


class Books(ABC):
    """Sell messages for a balance, in order, for many threads at once.

    Args:
        balance: in whole units of the currency, at least 0.
        plan: makes a record whole, with the serial that it is given.
        newest: the newest serial; 0 when nothing was ever accepted.
        reset_serial: the newest serial at the last reset.
    """

    def __init__(
        self,
        *,
        balance: int,
        plan: Callable[[Record, int], Record],
        newest: int = 0,
        reset_serial: int = 0,
    ) -> None:
        self._changed = threading.Condition()  # over the balance, the serials and what is kept
        self._balance = balance
        self._plan = plan
        self._newest = newest
        self._reset_serial = reset_serial

    @property
    def balance(self) -> int:
        """What is left."""
        with self._changed:
            return self._balance

    @property
    def reset_serial(self) -> int:
        """The newest serial at the last reset, behind which all that is drawn begins anew."""
        return self._reset_serial

    def buy(
        self, offers: Iterable[tuple[Record, int]], *, whole: bool = False
    ) -> list[Record | None]:
        """Keep the records that the balance pays for and charge for them, in one step.

        Args:
            offers: records, each with its price, in order.
            whole: keep all of them or none.

        Returns:
            For each offer the record with its serial, or None where there was too little money.
        """
        with self._changed:
            bought: list[Record | None] = []
            left, newest = self._balance, self._newest
            for record, price in offers:
                if price > left:
                    bought.append(None)
                    continue
                left, newest = left - price, newest + 1
                bought.append(self._plan(record, newest))
            if whole and None in bought:
                return [None] * len(bought)
            kept = [record for record in bought if record is not None]
            if kept:
                self._keep(kept, left, newest)
                self._balance, self._newest = left, newest
                self._changed.notify_all()
        return bought

    def add(self, records: Iterable[Record]) -> list[Record]:
        """Keep records that cost nothing, and return them with their serials."""
        return [kept for kept in self.buy((record, 0) for record in records) if kept is not None]

    def newest(self) -> int:
        """Return the newest serial, 0 when nothing was ever accepted."""
        return self._newest

    def wait(self, serial: int, timeout_s: float) -> int:
        """Block until there is something after a serial, and return the newest.

        Args:
            serial: what the caller has.
            timeout_s: seconds of the machine's clock, after which it returns anyway.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._newest > serial, timeout_s)
            return self._newest

    def restore(self, balance: int) -> None:
        """Forget all records and make the balance an amount. Serials go on."""
        with self._changed:
            self._forget(balance)
            self._balance, self._reset_serial = balance, self._newest

    @abstractmethod
    def _keep(self, records: Sequence[Record], balance: int, newest: int) -> None:
        """Keep whole records with what they leave, all of it or nothing. Behind the lock."""

    @abstractmethod
    def _forget(self, balance: int) -> None:
        """Forget all records, and keep a new balance. Behind the lock."""
