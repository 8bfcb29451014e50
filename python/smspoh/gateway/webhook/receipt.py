"""One receipt, and the one parser of every form in which it may come.

Source: SMSPoh API Specification 3.0, "Delivery Report": it says "POST fields" and shows
a query string with unencoded spaces. So all forms that this can mean are taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from smspoh.errors import ReceiptError
from smspoh.gateway.models import Status
from smspoh.gateway.profile import GATEWAY_V3, GatewayProfile

from .fields import body_kind, body_pairs, merged_fields, query_pairs
from .limits import DEFAULT_LIMITS, WebhookLimits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .fields import Pairs

# A GUID is documented. Whatever prints is taken, so long as it cannot break a line of a log.
_ID = re.compile(r"[\x21-\x7e]{1,128}")
# Stars stand for hidden digits, as in the specification's example. A + may have come as a space.
_NUMBER = re.compile(r"\+?[0-9*]{3,32}")
_STATUS_CHARS_MAX: Final = 64  # the longest documented one has 8
_MAY_BE_DIGITS: Final = ("to", "clientReference")  # which JSON can write without quotes
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # as in a reference that is sent
_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Hold what the gateway, or who claims to be it, says of one message.

    Its repr shows neither number nor reference.

    Attributes:
        message_id: the gateway's id of the message, as in the reply to the send.
        to: the number, as it was written.
        status: what the message became.
        client_reference: the caller's reference, or None.
        updated_at: the aware time of the status, or None where there is none to be read.
        finished_at: the aware time of the end, or None.
        raw: all fields as they came, decoded; those of JSON may be any value.

    Source: SMSPoh API Specification 3.0, "Delivery Report".
    """

    message_id: str
    to: str
    status: Status
    client_reference: str | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        return f"<Receipt {self.message_id} {str(self.status)!r} updated_at={self.updated_at}>"


def parse_receipt(
    method: str,
    query: bytes,
    content_type: str | None,
    body: bytes,
    *,
    limits: WebhookLimits = DEFAULT_LIMITS,
    profile: GatewayProfile = GATEWAY_V3,
) -> Receipt:
    """Return the receipt that a request carries.

    Taken are a GET with a query, and a POST with a query, a URL-encoded form, a JSON
    object, or a query beside either. The specification's own example is taken to the letter:
    unencoded spaces, and ``finishedAt=updatedAt=2024-12-23 00:02:00``.

    Args:
        method: GET, whose body is not looked at, or POST.
        query: what is behind the ? of the URL, without it.
        content_type: the header, or None.
        body: all of it.
        limits: of the sizes.
        profile: the zone of the times.

    Returns:
        The receipt. Unknown fields are in `raw` alone. An empty field counts as missing,
        and so does a time of another form, which only describes.

    Raises:
        ReceiptError: the request has another form, is past a limit, or lacks messageId, to
            or status. The message has no value of the request.

    Source: SMSPoh API Specification 3.0, "Delivery Report"; docs/spec/gateway.md, "Webhook".
    """
    if method not in ("GET", "POST"):
        raise ReceiptError("the method is neither GET nor POST")
    if len(query) > limits.query_bytes_max:
        raise ReceiptError(f"the query is longer than {limits.query_bytes_max} bytes")
    pairs: Pairs = query_pairs(query, "query", limits)
    if method == "POST" and body:
        if len(body) > limits.body_bytes_max:
            raise ReceiptError(f"the body is longer than {limits.body_bytes_max} bytes")
        pairs = chain(pairs, body_pairs(body, body_kind(content_type), limits))
    return _receipt(merged_fields(pairs, limits), profile)


def _receipt(fields: Mapping[str, Any], profile: GatewayProfile) -> Receipt:
    message_id = _needed(fields, "messageId").strip()
    if not _ID.fullmatch(message_id):
        raise ReceiptError("messageId is not 1 to 128 printable ASCII characters without spaces")
    to = _needed(fields, "to").strip()
    if not _NUMBER.fullmatch(to):
        raise ReceiptError("to is not a number of 3 to 32 digits")
    status = _needed(fields, "status").strip()
    if len(status) > _STATUS_CHARS_MAX:
        raise ReceiptError(f"status is longer than {_STATUS_CHARS_MAX} characters")
    return Receipt(
        message_id=message_id,
        to=to,
        status=Status(status),
        client_reference=_text(fields, "clientReference") or None,
        updated_at=_moment(_text(fields, "updatedAt").strip(), profile),
        # The specification's example has this slip.
        finished_at=_moment(
            _text(fields, "finishedAt").strip().removeprefix("updatedAt="), profile
        ),
        raw=fields,
    )


def _needed(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not value.strip():
        raise ReceiptError(f"{name} is missing; messageId, to and status are needed")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    """Return a documented field; empty where it is missing."""
    value = fields.get(name, "")
    if type(value) is int and name in _MAY_BE_DIGITS and abs(value) < 10**32:
        value = str(value)
    if not isinstance(value, str):
        raise ReceiptError(f"{name} is not a string")
    if _CONTROL.search(value):
        raise ReceiptError(f"{name} holds a control character")
    return value


def _moment(written: str, profile: GatewayProfile) -> datetime | None:
    found = _MOMENT.fullmatch(written)
    if found is None:
        return None
    try:
        return datetime(*map(int, found.groups()), tzinfo=profile.zone)  # type: ignore[arg-type, misc]  # six numbers
    except ValueError:  # MySQL's "no date" is all zeros
        return None
