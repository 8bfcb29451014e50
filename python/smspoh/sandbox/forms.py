"""What a request to the sandbox asks for, checked as the gateway checks it.

Source: SMSPoh API Specification 3.0 for the fields; docs/spec/gateway.md for
what is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from smspoh.gateway.hosts import is_receipt_url
from smspoh.text import Encoding, segments

from .ledger import Filters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import SandboxSettings

_DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(_DAY.pattern + " [0-9]{2}:[0-9]{2}:[0-9]{2}")
_YEAR_MAX = 2100  # what is scheduled must have room for the time after it


class Unreadable(Exception):  # noqa: N818 - a reply, not an error of this library
    """A body that is not a JSON object."""


class Invalid(Exception):  # noqa: N818 - a reply, not an error of this library
    """Fields that are wrong, each with the gateway's complaint."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        super().__init__()
        self.fields = fields


@dataclass(frozen=True, slots=True)
class MessageForm:
    """Hold one message as it was asked for, recipients as they were written."""

    to: tuple[str, ...]
    message: str
    sender: str
    parts: int
    client_reference: str
    scheduled_at: datetime | None
    encrypt: bool
    encrypt_key: str | None
    test: bool
    receipt_url: str | None = None

    def __repr__(self) -> str:
        return f"<MessageForm recipients={len(self.to)} parts={self.parts}>"


@dataclass(frozen=True, slots=True)
class PageForm:
    """Hold one question to the history."""

    limit: int
    page: int
    filters: Filters


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body.

    Raises:
        Unreadable: it is something else.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unreadable
    return value


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which Python takes and JSON has not."""
    raise ValueError(name)


def bulk_form(body: Mapping[str, Any], settings: SandboxSettings) -> list[MessageForm]:
    """Return the messages of a bulk request.

    Raises:
        Invalid: a field of any of them is wrong, and then none is taken.
    """
    rows = body.get("messages")
    most = settings.limits.bulk_messages_max
    if not isinstance(rows, list) or not rows:
        raise Invalid([("messages", "Messages cannot be blank.")])
    if len(rows) > most:
        raise Invalid([("messages", f"Messages should contain at most {most} items.")])
    forms: list[MessageForm] = []
    wrong: list[tuple[str, str]] = []
    for at, row in enumerate(rows):
        try:
            forms.append(message_form(row, f"messages[{at}].", settings))
        except Invalid as found:
            wrong += found.fields
    if wrong:
        raise Invalid(wrong)
    return forms


def message_form(row: Any, prefix: str, settings: SandboxSettings) -> MessageForm:
    """Return one message.

    Args:
        row: the JSON value.
        prefix: where it is, for the names of fields: ``messages[3].`` or nothing.
        settings: the limits.

    Raises:
        Invalid: a field is wrong.
    """
    if not isinstance(row, dict):
        raise Invalid([(prefix.rstrip("."), "Message must be an object.")])
    reader = _Reader(row, settings)
    unicode = reader.flag("unicode", "Unicode")
    text = reader.text("message", "Message", needed=True)
    form = MessageForm(
        to=reader.recipients(),
        message=text,
        sender=reader.text("from", "From", needed=True),
        parts=reader.parts(text, unicode=unicode),
        client_reference=reader.reference(),
        scheduled_at=reader.moment("scheduledAt", "Scheduled At"),
        encrypt=reader.flag("encrypt", "Encrypt"),
        encrypt_key=reader.key(),
        test=reader.flag("test", "Test"),
        receipt_url=reader.receipt_url(),
    )
    if reader.wrong:
        raise Invalid([(prefix + name, said) for name, said in reader.wrong])
    return form


class _Reader:
    """Read the fields of one message and gather every complaint."""

    def __init__(self, row: Mapping[str, Any], settings: SandboxSettings) -> None:
        self._row = row
        self._settings = settings
        self.wrong: list[tuple[str, str]] = []

    def text(self, name: str, label: str, *, needed: bool = False) -> str:
        value = self._row.get(name)
        if value is None or value == "":
            if needed:
                self.wrong.append((name, f"{label} cannot be blank."))
            return ""
        if not is_text(value):
            self.wrong.append((name, f"{label} must be a string."))
            return ""
        return str(value)

    def flag(self, name: str, label: str) -> bool:
        """Return a flag: a number, or digits in a string; a JSON boolean where it is taken."""
        value = self._row.get(name)
        if value is None:
            return False
        if isinstance(value, bool) and self._settings.quirks.booleans_taken:
            return value
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.wrong.append((name, f"{label} must be a number."))
            return False
        return value != 0

    def recipients(self) -> tuple[str, ...]:
        value = self._row.get("to")
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, list) or not all(is_text(number) for number in value):
            self.wrong.append(("to", "To is invalid." if value else "To cannot be blank."))
            return ()
        numbers = tuple(number.strip() for number in value if number.strip())
        most = self._settings.recipients_max
        if not numbers:
            self.wrong.append(("to", "To cannot be blank."))
        elif len(numbers) > most:
            self.wrong.append(("to", f"To should contain at most {most} numbers."))
        return numbers

    def parts(self, text: str, *, unicode: bool) -> int:
        most = self._settings.limits.message_parts_max
        # The first test keeps a text of any size from being counted.
        short = len(text) <= most * Encoding.GSM7.part_units
        parts = segments(text, unicode=unicode).parts if short else most + 1
        if parts > most:
            self.wrong.append(("message", f"Message should contain at most {most} parts."))
        return parts

    def reference(self) -> str:
        reference = self.text("clientReference", "Client Reference")
        most = self._settings.limits.client_reference_max
        if len(reference) > most:
            said = f"Client Reference should contain at most {most} characters."
            self.wrong.append(("clientReference", said))
        return reference

    def key(self) -> str | None:
        key = self.text("encryptKey", "Encrypt Key")
        most = self._settings.limits.encrypt_key_max
        if len(key) > most:
            said = f"Encrypt Key should contain at most {most} characters."
            self.wrong.append(("encryptKey", said))
        elif key.endswith("\0"):
            self.wrong.append(("encryptKey", "Encrypt Key is invalid."))
        return key or None

    def receipt_url(self) -> str | None:
        """Return where receipts go. Whether they may go there, each of them finds out."""
        url = self.text("deliveryReceiptUrl", "Delivery Receipt Url")
        if url and not is_receipt_url(url, self._settings.limits.receipt_url_max):
            self.wrong.append(("deliveryReceiptUrl", "Delivery Receipt Url is not a valid URL."))
        return url or None

    def moment(self, name: str, label: str) -> datetime | None:
        value = self.text(name, label)
        if not value:
            return None
        try:
            found = _time(value, _MOMENT, "%Y-%m-%d %H:%M:%S")
        except ValueError:
            self.wrong.append((name, f"The format of {label} is invalid."))
            return None
        if not 1970 <= found.year <= _YEAR_MAX:
            self.wrong.append((name, f"{label} must be in the years 1970 to {_YEAR_MAX}."))
            return None
        return found.replace(tzinfo=self._settings.limits.zone)


def is_text(value: Any) -> bool:
    """Return True for a string that has UTF-8: JSON can also write half a surrogate pair."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def page_form(query: Mapping[str, str], settings: SandboxSettings) -> PageForm:
    """Return what the history is asked for.

    Raises:
        Invalid: a parameter is wrong.
    """
    wrong: list[tuple[str, str]] = []
    limits = settings.limits.history_limits
    limit = _whole(query.get("limit", str(limits[0])))
    if limit not in limits:
        allowed = ", ".join(map(str, limits))
        wrong.append(("limit", f"Limit must be one of {allowed}."))
    page = _whole(query.get("page", "1"))
    if page < 1:
        wrong.append(("page", "Page must be a number."))
    to = query.get("to")
    if to is not None and not re.fullmatch(r"95[0-9]{5,13}", to, re.ASCII):
        wrong.append(("to", "To must be an integer that starts with 95."))
    filters = Filters(
        created_from=_day(query, "filterByCreatedDateFrom", wrong),
        created_to=_day(query, "filterByCreatedDateTo", wrong),
        sender=query.get("from"),
        to=to,
        message=query.get("message"),
    )
    if wrong:
        raise Invalid(wrong)
    return PageForm(limit, page, filters)


def _whole(value: str) -> int:
    return int(value) if re.fullmatch(r"[0-9]{1,9}", value, re.ASCII) else -1


def _day(query: Mapping[str, str], name: str, wrong: list[tuple[str, str]]) -> date | None:
    value = query.get(name)
    if value is None:
        return None
    try:
        return _time(value, _DAY, "%Y-%m-%d").date()
    except ValueError:
        wrong.append((name, "The format of the date is invalid."))
        return None


def _time(value: str, shape: re.Pattern[str], form: str) -> datetime:
    """Return a time, each of its numbers with all digits, as `strptime` does not ask for."""
    if not shape.fullmatch(value):
        raise ValueError
    return datetime.strptime(value, form)
