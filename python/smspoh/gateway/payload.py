"""From a checked message to the JSON that goes out, and how many fit into one request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .arguments import wire_time
from .models import OutgoingMessage, Request, as_recipients

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .profile import GatewayProfile


def send_request(message: OutgoingMessage, profile: GatewayProfile) -> Request:
    """Return the request that sends one message.

    Source: SMSPoh API Specification 3.0, "Send Message", "Send Encrypt Message".
    """
    joined = profile.send_recipients == "comma"
    return Request("POST", "/send", body=_json(_fields(message, profile, joined=joined)))


def bulk_request(messages: Sequence[OutgoingMessage], profile: GatewayProfile) -> Request:
    """Return the request that sends several messages, whatever their number and size.

    Source: SMSPoh API Specification 3.0, "Send Bulk Message".
    """
    return _bulk([_row(message, profile) for message in messages])


def bulk_requests(
    messages: Sequence[OutgoingMessage], profile: GatewayProfile
) -> Iterator[tuple[range, Request]]:
    """Yield each request with the rows that it carries, in order and without a gap.

    A request has as many rows as the profile's numbers of messages and bytes allow, and at
    least one. An encrypted message is a request of its own where bulk does not take it.
    """
    rows: list[bytes] = []
    start = size = 0
    for at, message in enumerate(messages):
        alone = message.encrypt and not profile.bulk_encrypt
        row = b"" if alone else _row(message, profile)
        full = len(rows) == profile.bulk_messages_max or size + len(row) > profile.bulk_bytes_max
        if rows and (full or alone):
            yield range(start, at), _bulk(rows)
            rows, size = [], 0
        if alone:
            yield range(at, at + 1), send_request(message, profile)
            continue
        if not rows:
            start, size = at, _FRAME_BYTES
        rows.append(row)
        size += len(row) + 1
    if rows:
        yield range(start, len(messages)), _bulk(rows)


_FRAME_BYTES = len('{"messages":[]}')


def _bulk(rows: Sequence[bytes]) -> Request:
    return Request("POST", "/send/bulk", body=b'{"messages":[' + b",".join(rows) + b"]}")


def _row(message: OutgoingMessage, profile: GatewayProfile) -> bytes:
    return _json(_fields(message, profile, joined=False))


def _fields(message: OutgoingMessage, profile: GatewayProfile, *, joined: bool) -> dict[str, Any]:
    """Return the JSON object of one message; what is not asked for is left out."""
    numbers = as_recipients(message.to)
    to: str | list[str] = numbers[0]
    if len(numbers) > 1:
        to = ",".join(numbers) if joined else list(numbers)
    body: dict[str, Any] = {"to": to, "message": message.message, "from": message.sender}
    if message.scheduled_at is not None:
        body["scheduledAt"] = wire_time("scheduled_at", message.scheduled_at, profile)
    if message.encrypt:
        body["encrypt"] = _flag(True, profile)
        body["encryptKey"] = message.encrypt_key
    if message.unicode is not None:
        body["unicode"] = _flag(message.unicode, profile)
    if message.test:
        body["test"] = _flag(True, profile)
    if message.delivery_receipt_url is not None:
        body["deliveryReceiptUrl"] = message.delivery_receipt_url
    if message.client_reference is not None:
        body["clientReference"] = message.client_reference
    return body


def _flag(value: bool, profile: GatewayProfile) -> int | bool:
    return int(value) if profile.flags == "number" else value


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
