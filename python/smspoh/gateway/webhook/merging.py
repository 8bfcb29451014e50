"""What is known of a delivery after one more receipt: forward only, whatever the order.

Receipts are repeated, overtake each other and come again years later. The newest in the
*order of statuses* is kept, not the last to come in, so any order ends in one state.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from smspoh.errors import ArgumentError
from smspoh.gateway.models import Status

if TYPE_CHECKING:
    from .receipt import Receipt

# Source: docs/spec/gateway.md, "Webhook".
_RANKS: Final = {Status.UNKNOWN: 0, Status.ACCEPTED: 1, Status.SENT: 2, Status.PENDING: 3}
_UNNAMED: Final = 4  # a status that this release does not know: news, but no end
FINAL_RANK: Final = 5
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def rank(status: Status) -> int:
    """Return the place of a status in the order in which they come, 0 to 5.

    ``?`` is 0; Accepted, Sent, Pending; then names that are not known; 5 is final.
    """
    return FINAL_RANK if status.is_final else _RANKS.get(status, _UNNAMED)


class Change(StrEnum):
    """What a receipt did to what was known."""

    APPLIED = "applied"
    """The status is new. A final one is applied once in the life of a message."""
    REPEATED = "repeated"
    """The status was known; at most its time is newer."""
    STALE = "stale"
    """A status from before the one that is known; nothing changed."""
    CONFLICT = "conflict"
    """Another end than the one that is known, for the first time; the first stands."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Hold what is known of the delivery of one message.

    Attributes:
        message_id: the gateway's id.
        status: the furthest of all that was said.
        updated_at: the aware time of that status, or None.
        finished_at: the aware time of the end, or None.
        conflicts: other final statuses that were said of it, and kept out.
    """

    message_id: str
    status: Status
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    conflicts: frozenset[Status] = frozenset()

    @property
    def is_final(self) -> bool:
        """True when no receipt will change the status again."""
        return self.status.is_final


class Merged(NamedTuple):
    """What is known after a receipt, and what it changed.

    Attributes:
        delivery: to be stored.
        change: how it differs from before.
    """

    delivery: Delivery
    change: Change


def merge(current: Delivery | None, receipt: Receipt) -> Merged:
    """Return what is known of a delivery after one more receipt. Pure, and idempotent.

    Forward only: Accepted, Sent, Pending, then one end. ``?`` replaces nothing that is
    known, an end never reverts, and a second, different end is kept out as a conflict.
    A name that is not known stands above Pending and below every end. In any order and
    repetition, receipts with at most one end come to the same delivery; with several,
    the first one stands and the others are `conflicts`.

    Args:
        current: what was known, or None before the first receipt.
        receipt: of the same message, and verified: nothing here looks at its number.

    Raises:
        ArgumentError: the receipt is of another message.

    Source: docs/spec/gateway.md, "Webhook".
    """
    said = Delivery(receipt.message_id, receipt.status, receipt.updated_at, receipt.finished_at)
    if current is None:
        return Merged(said, Change.APPLIED)
    if current.message_id != said.message_id:
        raise ArgumentError("the receipt is of another message than the delivery")
    if current.is_final and said.is_final and current.status != said.status:
        if said.status in current.conflicts:
            return Merged(current, Change.REPEATED)
        others = current.conflicts | {said.status}
        return Merged(replace(current, conflicts=others), Change.CONFLICT)
    further = _place(said) > _place(current)
    kept = replace(said, conflicts=current.conflicts) if further else current
    if current.status == said.status:
        return Merged(kept, Change.REPEATED)
    return Merged(kept, Change.APPLIED if further else Change.STALE)


def _place(delivery: Delivery) -> tuple[int, datetime, str, datetime]:
    """Return what orders all that can be said of a message, so that the furthest is one."""
    return (
        rank(delivery.status),
        delivery.updated_at or _NEVER,
        delivery.status,
        delivery.finished_at or _NEVER,
    )
