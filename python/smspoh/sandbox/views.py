"""The values of the sandbox as its own paths show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ledger import count_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .exchanges import Exchange
    from .ledger import Record
    from .receipts import Receipt


def record_view(record: Record, now: datetime) -> dict[str, Any]:
    """Return a message with its whole life, and its text as the handset gets it."""
    return {
        "serial": record.serial,
        "messageId": record.message_id,
        "to": record.to,
        "from": record.sender,
        "text": record.text,
        "message": record.message,
        "clientReference": record.client_reference,
        "network": record.network,
        "parts": record.parts,
        "test": record.test,
        "encrypted": record.encrypted,
        "status": record.status_at(now),
        "createdAt": record.created_at.isoformat(),
        "scheduledAt": _time(record.scheduled_at),
        "finishedAt": _time(record.finished_at(now)),
        "deliveredAt": _time(record.delivered_at),
        "receiptUrl": record.receipt_url,
        "timeline": [
            {"status": status, "at": begins.isoformat()} for status, begins in record.timeline
        ],
    }


def tally_view(reference: str, records: Sequence[Record], now: datetime) -> dict[str, Any]:
    """Return what became of the messages of a reference: what each handset got."""
    tally = count_records(records, now)
    return {
        "reference": reference,
        "accepted": tally.accepted,
        "delivered": tally.delivered,
        "lost": tally.lost,
        "repeated": tally.repeated,
        "messages": [
            {
                "messageId": record.message_id,
                "to": record.to,
                "acceptedAt": record.accepted_at.isoformat(),
                "deliveredAt": _time(_past(record.delivered_at, now)),
                "status": record.status_at(now),
            }
            for record in records
        ],
    }


def receipt_view(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt that went out."""
    return {
        "serial": receipt.serial,
        "messageId": receipt.message_id,
        "url": receipt.url,
        "status": receipt.status,
        "at": receipt.at.isoformat(),
        "attempt": receipt.attempt,
        "answer": receipt.answer,
    }


def exchange_view(exchange: Exchange) -> dict[str, Any]:
    """Return a request and its reply."""
    return {
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "request": exchange.request_text,
        "reply": exchange.reply_text,
        "at": exchange.at.isoformat(),
        "fault": exchange.fault or None,
    }


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now else None


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
