"""From the body of a 2xx to values, or a ProtocolError.

What makes an entry an entry (its id, status, number) must be there; what only
describes it may be missing, and counts as missing when it has another form: one
odd field must not lose the other entries of a reply. A reply that says less than
it must is never read as "not sent".
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from smspoh.errors import ProtocolError

from .body import json_value
from .models import Message, Request, Response, Status
from .results import Balance, Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .profile import GatewayProfile


_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class _Unexpected(Exception):  # noqa: N818 - never leaves this module
    """What was found in a reply, and what is needed."""


def messages_of(
    request: Request, response: Response, profile: GatewayProfile
) -> tuple[Message, ...]:
    """Return the entries of a reply to a send.

    Raises:
        ProtocolError: the reply is not the documented shape.

    Source: SMSPoh API Specification 3.0, "Send Message", "Send Bulk Message".
    """
    try:
        return _entries(_object(response), profile)
    except _Unexpected as found:
        reason = str(found)
    raise _unspecified(reason, request, response)


def page_of(request: Request, response: Response, profile: GatewayProfile, page: int) -> Page:
    """Return one page of the history.

    Args:
        request: what was asked.
        response: a 2xx.
        profile: what the specification leaves open about the gateway.
        page: the number that was asked for.

    Raises:
        ProtocolError: the reply is not the documented shape.

    Source: SMSPoh API Specification 3.0, "Message History".
    """
    try:
        return _page(_object(response), profile, page)
    except _Unexpected as found:
        reason = str(found)
    raise _unspecified(reason, request, response)


def balance_of(request: Request, response: Response) -> Balance:
    """Return the balance.

    Raises:
        ProtocolError: the reply is not the documented shape.

    Source: SMSPoh API Specification 3.0, "Get Account Balance".
    """
    try:
        return _balance(_object(response))
    except _Unexpected as found:
        reason = str(found)
    raise _unspecified(reason, request, response)


def _unspecified(reason: str, request: Request, response: Response) -> ProtocolError:
    return ProtocolError(
        f"the gateway answered {response.status} with a body that is not as specified: {reason}",
        request=request,
        response=response,
    )


def _object(response: Response) -> dict[str, Any]:
    try:
        value = json_value(response.body)
    except ValueError as unreadable:
        reason = str(unreadable)
    else:
        if isinstance(value, dict):
            return value
        reason = "it is not a JSON object"
    raise _Unexpected(reason)


def _entries(body: Mapping[str, Any], profile: GatewayProfile) -> tuple[Message, ...]:
    rows = body.get("messages")
    if not isinstance(rows, list):
        raise _Unexpected("messages is not a list")
    return tuple(_entry(row, f"messages[{at}]", profile) for at, row in enumerate(rows))


def _entry(row: Any, where: str, profile: GatewayProfile) -> Message:
    if not isinstance(row, dict):
        raise _Unexpected(f"{where} is not an object")
    if row.get("status") is False:
        return _refused_entry(row)
    for name in ("messageId", "status", "to"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise _Unexpected(f"{where}.{name} is not a string")
    return Message(
        message_id=row["messageId"],
        message=_text(row, "message"),
        to=row["to"],
        status=Status(row["status"]),
        client_reference=_text(row, "clientReference") or None,
        scheduled_at=_moment(row, "scheduledAt", profile),
        created_at=_moment(row, "createdAt", profile),
        finished_at=_moment(row, "finishedAt", profile),
        message_count=_optional_count(row, "messageCount"),
        sender=_text(row, "from"),
        network=_text(row, "network"),
        type=_text(row, "type"),
        test=_flag(row, "test"),
        encrypted=_flag(row, "encryptMessage"),
        encrypt_key=_text(row, "encryptKey") or None,
        raw=row,
    )


def _refused_entry(row: dict[str, Any]) -> Message:
    """Return an entry with ``status: false``; its other fields are wherever the gateway put them.

    Source: docs/spec/gateway.md, "Replies" (witnessed, not specified).
    """
    data = row.get("data")
    inner: dict[str, Any] = {**data, **row} if isinstance(data, dict) else row

    return Message(
        message_id=_text(inner, "messageId") or None,
        message="",
        to=_text(inner, "to"),
        status=Status.REJECTED,
        client_reference=_text(inner, "clientReference") or None,
        sender=_text(inner, "from"),
        network=_text(inner, "network"),
        type=_text(inner, "type"),
        error=_text(inner, "message") or "refused without a reason",
        raw=row,
    )


def _page(body: Mapping[str, Any], profile: GatewayProfile, page: int) -> Page:
    links = body.get("links")
    if not isinstance(links, dict):
        raise _Unexpected("links is not an object")
    known = {name: url for name, url in links.items() if isinstance(url, str)}
    itself = known.get("self")
    last = "next" not in known or (itself is not None and itself == known.get("last"))
    return Page(
        messages=_entries(body, profile),
        page=page,
        limit=_count(body, "limit"),
        records=_count(body, "records"),
        start=_count(body, "start"),
        links=known,
        next_page=None if last else page + 1,
    )


def _balance(body: Mapping[str, Any]) -> Balance:
    currency = body.get("currency")
    if not isinstance(currency, str):
        raise _Unexpected("currency is not a string")
    return Balance(amount=_amount(body.get("balance")), currency=currency)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _flag(row: Mapping[str, Any], name: str) -> bool:
    value = row.get(name)
    return isinstance(value, (bool, int, str)) and value in (True, "1")  # 1 is True here


def _optional_count(row: Mapping[str, Any], name: str) -> int | None:
    try:
        return _count(row, name)
    except _Unexpected:
        return None


def _count(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)  # the framework writes numbers from its database as strings
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Unexpected(f"{name} is not a count")
    return value


def _amount(value: Any) -> int | Decimal:
    if isinstance(value, str) and len(value) < 40:
        try:
            value = Decimal(value)
        except InvalidOperation:
            value = None
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _Unexpected("balance is not a number")


def _moment(row: Mapping[str, Any], name: str, profile: GatewayProfile) -> datetime | None:
    """Return a time, or None: also for MySQL's "no date", which is all zeros."""
    text = _text(row, name)
    # Of the forms of ISO 8601 this lets one through; strptime takes twenty times as long.
    if _MOMENT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=profile.zone)
    except ValueError:
        return None
