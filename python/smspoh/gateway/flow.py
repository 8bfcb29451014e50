"""Each call of the gateway as a generator: it yields a Request and is sent a Response.

Nothing here does I/O, so one driver of a few lines makes a client of it, and
another one an asynchronous client. A driver that gets no reply throws its
TransportError into the generator.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from smspoh.errors import GatewayError, ProtocolError

from .arguments import wire_time
from .failures import failure
from .matching import assign, assign_one
from .models import (
    Balance,
    BulkResult,
    Message,
    OutgoingMessage,
    Page,
    Request,
    Response,
    SendResult,
    as_recipients,
)
from .replies import balance_of, messages_of, page_of

if TYPE_CHECKING:
    from .profile import GatewayProfile

T = TypeVar("T")
Flow: TypeAlias = Generator[Request, Response, T]


def send(message: OutgoingMessage, profile: GatewayProfile) -> Flow[SendResult]:
    """Send one checked message and return its entries.

    Whatever ends it early leaves with `encrypt_key` filled in.

    Source: SMSPoh API Specification 3.0, "Send Message", "Send Encrypt Message".
    """
    joined = profile.send_recipients == "comma"
    request = Request("POST", "/send", body=_json(_payload(message, profile, joined=joined)))
    try:
        response = yield from _exchange(request)
        entries = messages_of(request, response, profile)
        if not entries:
            raise ProtocolError(  # noqa: TRY301 - it needs the key as every other one does
                f"the gateway answered {response.status} without an entry for the message;"
                " it may have been sent",
                request=request,
                response=response,
            )
    except BaseException as error:
        _attach(error, encrypt_key=message.encrypt_key)
        raise
    return assign_one(message, entries)


def send_bulk(messages: Sequence[OutgoingMessage], profile: GatewayProfile) -> Flow[BulkResult]:
    """Send checked messages in as few requests as the profile allows, in order.

    Whatever ends it early, an interrupt too, leaves with `results` and `rows` filled in.

    Source: SMSPoh API Specification 3.0, "Send Bulk Message".
    """
    results: list[SendResult] = []
    unmatched: list[Message] = []
    for rows in bulk_requests(messages, profile):
        group = messages[rows.start : rows.stop]
        try:
            if group[0].encrypt and not profile.bulk_encrypt:
                result = yield from send(group[0], profile)
                results.append(result)
                unmatched.extend(result.unmatched)
                continue
            part = yield from _send_group(group, profile)
        except BaseException as error:
            _attach(error, results=tuple(results), rows=rows)
            raise
        results.extend(part.results)
        unmatched.extend(part.unmatched)
    return BulkResult(tuple(results), tuple(unmatched))


def bulk_requests(messages: Sequence[OutgoingMessage], profile: GatewayProfile) -> Iterator[range]:
    """Yield the rows of each request, in order and without a gap."""
    start = 0
    while start < len(messages):
        stop = start + 1
        if profile.bulk_encrypt or not messages[start].encrypt:
            end = min(len(messages), start + profile.bulk_messages_max)
            while stop < end and (profile.bulk_encrypt or not messages[stop].encrypt):
                stop += 1
        yield range(start, stop)
        start = stop


def history(
    query: Sequence[tuple[str, str]], page: int, limit: int, profile: GatewayProfile
) -> Flow[Page]:
    """Return one page of the history.

    Args:
        query: the filters, in the gateway's names.
        page: from 1.
        limit: one of the profile's page sizes.
        profile: what the specification leaves open about the gateway.

    Source: SMSPoh API Specification 3.0, "Message History".
    """
    paging = (("limit", str(limit)), ("page", str(page)))
    request = Request("GET", "/messages", query=(*paging, *query))
    response = yield from _exchange(request)
    return page_of(request, response, profile, page)


def balance() -> Flow[Balance]:
    """Return what is left in the account.

    Source: SMSPoh API Specification 3.0, "Get Account Balance".
    """
    request = Request("GET", "/account/get-balance")
    response = yield from _exchange(request)
    return balance_of(request, response)


def _exchange(request: Request) -> Flow[Response]:
    try:
        response = yield request
    except BaseException as error:
        if not isinstance(error, GatewayError):  # which has it already
            _attach(error, request=request)
        raise
    if not 200 <= response.status < 300:
        raise failure(request, response)
    return response


def _attach(error: BaseException, **facts: object) -> None:
    """Put what is known on an error; one that takes no attributes is left as it is."""
    for name, value in facts.items():
        with contextlib.suppress(AttributeError, TypeError):
            setattr(error, name, value)


def _send_group(group: Sequence[OutgoingMessage], profile: GatewayProfile) -> Flow[BulkResult]:
    payload = {"messages": [_payload(message, profile, joined=False) for message in group]}
    request = Request("POST", "/send/bulk", body=_json(payload))
    response = yield from _exchange(request)
    return assign(group, messages_of(request, response, profile))


def _payload(message: OutgoingMessage, profile: GatewayProfile, *, joined: bool) -> dict[str, Any]:
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
