"""What became of the messages that the gateway took: by receipts, and by asking the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smspoh.errors import ReceiptError
from smspoh.gateway.webhook.verifying import verify_receipt

from .history_reader import Asked, HistoryReader
from .records import Delivery

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from smspoh.gateway.client import AsyncClient
    from smspoh.gateway.models import Message
    from smspoh.gateway.webhook.receipt import Receipt

    from .desk import Desk
    from .journal import Journal
    from .records import Entry
    from .timing import Timing

ROWS: Final = 10_000  # that are asked for in one reading


@dataclass(frozen=True, slots=True)
class Taken:
    """Say what became of receipts.

    Attributes:
        changed: messages whose delivery is further now.
        strange: receipts that are of no message here, or say another number or id of one.
    """

    changed: int
    strange: int


def take_receipts(journal: Journal, receipts: Iterable[Receipt], now_ms: int) -> Taken:
    """Take receipts in, forward only, whatever their order and however often they come.

    Each must be of a message that is here, by the gateway's id or by our reference, and
    say its number. Anybody who has the webhook's secret can write one: what hangs on a
    delivery should be asked of the history.

    Args:
        journal: whose messages.
        receipts: as `smspoh.gateway.webhook.parse_receipt` returns them.
        now_ms: the time.

    Raises:
        OutboxError: the journal failed; nothing was taken, so the webhook must not say 200.

    Source: SMSPoh API Specification 3.0, "Delivery Report"; docs/spec/gateway.md, "Webhook".
    """
    deliveries: list[Delivery] = []
    strange = 0
    for receipt in receipts:
        entry = _entry_of(journal, receipt)
        if entry is None or not _is_of(receipt, entry):
            strange += 1
            continue
        deliveries.append(Delivery(receipt.status, entry.reference, receipt.message_id))
    changed = journal.merge_delivery(deliveries, now_ms) if deliveries else 0
    return Taken(changed, strange)


def _entry_of(journal: Journal, receipt: Receipt) -> Entry | None:
    # A receipt may be here before the reply to its send is written down.
    reference = journal.owner(receipt.message_id) or receipt.client_reference
    return None if reference is None else journal.find(reference)


def _is_of(receipt: Receipt, entry: Entry) -> bool:
    if entry.message_id not in (None, receipt.message_id) or entry.attempts == entry.waits:
        return False
    named = entry.reference if receipt.client_reference is not None else None
    try:
        verify_receipt(receipt, expected_to=str(entry.message.to), expected_reference=named)
    except ReceiptError:
        return False
    return True


class _Statuses:
    """Keep what one reading of the history says of the delivery of some messages."""

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = wanted
        self.found: dict[str, Delivery] = {}

    def offer(self, entry: Message) -> None:
        if entry.message_id is not None and entry.message_id in self._wanted:
            said = Delivery(entry.status, message_id=entry.message_id)
            self.found.setdefault(entry.message_id, said)

    def picture(self) -> Collection[object]:
        return self.found.keys()


async def ask_deliveries(
    journal: Journal, client: AsyncClient, timing: Timing, desk: Desk, older_than_ms: int
) -> int:
    """Ask the history for the delivery of what is ACCEPTED, and not delivered or given up.

    Args:
        journal: whose messages.
        client: one that does not try again by itself.
        timing: the time.
        desk: the thread of the journal.
        older_than_ms: those alone that are ACCEPTED for so many milliseconds.

    Returns:
        How many changed.

    Raises:
        GatewayError: the history could not be read; what was read before is taken in.
        OutboxError: the journal failed.
    """
    reader = HistoryReader(client, timing)
    before_ms = timing.now_ms() - older_than_ms
    changed, after = 0, ""
    while True:
        rows = await desk.call(journal.undelivered, ROWS, before_ms=before_ms, after=after)
        if rows:
            after = rows[-1].reference
            statuses = _Statuses({row.message_id for row in rows})
            first_ms = min(row.first_ms for row in rows)
            await reader.read(Asked(first_ms, [row.to for row in rows]), statuses)
            told = list(statuses.found.values())
            changed += await desk.call(journal.merge_delivery, told, timing.now_ms())
        if len(rows) < ROWS:
            return changed
