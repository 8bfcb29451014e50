"""Where deliveries are kept: what a store must do, and one in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

from smspoh.errors import ArgumentError

from .merging import Delivery, Merged, merge

if TYPE_CHECKING:
    from .receipt import Receipt


class DeliveryBook(Protocol):
    """Keep what is known of each delivery. A store of your own has these two methods."""

    def apply(self, receipt: Receipt) -> Merged:
        """Merge a receipt into what is known, and return after it is stored.

        Two calls of one message must not interleave: read, `merge` and write in one
        transaction.
        """
        ...

    def get(self, message_id: str) -> Delivery | None:
        """Return what is known of a message, or None."""
        ...


class MemoryDeliveryBook:
    """Keep deliveries in memory, in bounded space. May be used from many threads.

    What is in it is gone with the process. When it is full, the delivery that was
    longest without a receipt is forgotten: a receipt of that message is then as the first.

    Args:
        deliveries_max: the most that are kept; each takes about half a kilobyte.

    Raises:
        ArgumentError: it is below 1.
    """

    def __init__(self, deliveries_max: int = 100_000) -> None:
        if deliveries_max < 1:
            raise ArgumentError(f"deliveries_max is {deliveries_max}; it must be at least 1")
        self._most = deliveries_max
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Delivery] = OrderedDict()

    def apply(self, receipt: Receipt) -> Merged:
        """Merge a receipt into what is known of its message."""
        with self._lock:
            merged = merge(self._known.get(receipt.message_id), receipt)
            self._known[receipt.message_id] = merged.delivery
            self._known.move_to_end(receipt.message_id)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            return merged

    def get(self, message_id: str) -> Delivery | None:
        """Return what is known of a message, or None."""
        with self._lock:
            return self._known.get(message_id)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"<MemoryDeliveryBook deliveries={len(self)}>"
