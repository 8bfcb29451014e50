"""The rows that are enqueued, and the bytes that stand for one in the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, Final, TypeAlias

from smspoh.errors import ArgumentError
from smspoh.gateway.models import OutgoingMessage, as_recipients

KEY_CHARS_MAX: Final = 256
CALLER_REFERENCE_CHARS_MAX: Final = 256
PAYLOAD_BYTES_MAX: Final = 16_384


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one message to one recipient, and what the outbox is to do with it.

    Attributes:
        message: what is sent; its `client_reference` is the caller's own and stays here.
        key: the caller's own name for this row: no two rows of a journal have the same,
            so that enqueueing again changes nothing. At most 256 characters.
        deadline_ms: milliseconds since 1970 after which it is not sent any more.
    """

    message: OutgoingMessage
    key: str | None = field(default=None, repr=False)
    deadline_ms: int | None = None


RowLike: TypeAlias = Row | OutgoingMessage | Mapping[str, Any]
Prepared: TypeAlias = tuple[bytes, str, str | None, int | None]

_NAMED: Final = tuple(item.name for item in fields(OutgoingMessage))
# What is packed by name, where it is not what it is by default.
_OPTIONS: Final = {
    item.name: item.default
    for item in fields(OutgoingMessage)
    if item.default is not MISSING and item.name != "client_reference"
}
_OWN: Final = frozenset({"key", "deadline_ms"})
_FIELDS: Final = frozenset({*_NAMED, *_OWN})
_PLAIN_IN_ORDER: Final = ("to", "message", "sender", "client_reference", "key")
_PLAIN: Final = frozenset(_PLAIN_IN_ORDER)
_options: Final = attrgetter(*_OPTIONS)
_DEFAULTS: Final = tuple(_OPTIONS.values())
# Three times as fast as to write the whole by it, which is made anew for each call.
_quoted: Final = encode_basestring
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_row(value: RowLike) -> Row:
    """Return a row of whatever stands for one.

    Raises:
        TypeError: a field has the wrong type.
        ArgumentError: not one recipient, no text, a field that is not known, or one
            that is too long.
    """
    if isinstance(value, OutgoingMessage):
        value = Row(value)
    elif isinstance(value, dict | Mapping):
        value = _of_mapping(value)
    elif not isinstance(value, Row):
        raise TypeError(
            f"a row must be a Row, an OutgoingMessage or a mapping, not {type(value).__name__}"
        )
    message = value.message
    if not isinstance(message, OutgoingMessage):
        raise TypeError(f"message must be an OutgoingMessage, not {type(message).__name__}")
    if not isinstance(message.to, str):
        recipients = as_recipients(message.to)
        if len(recipients) != 1:
            raise ArgumentError(f"to holds {len(recipients)} recipients; a row has one")
        message = replace(message, to=recipients[0])
        value = replace(value, message=message)
    _check(value, message)
    return value


def _of_mapping(value: Mapping[str, Any]) -> Row:
    if not value.keys() <= _FIELDS:
        raise ArgumentError("a row has a field that is not one of a message, key or deadline_ms")
    if missing := [name for name in ("to", "message", "sender") if name not in value]:
        raise ArgumentError(f"a row lacks {', '.join(missing)}")
    given = dict(value)
    key, deadline_ms = given.pop("key", None), given.pop("deadline_ms", None)
    return Row(OutgoingMessage(**given), key, deadline_ms)


def _check(row: Row, message: OutgoingMessage) -> None:
    texts = (("to", message.to), ("message", message.message), ("sender", message.sender))
    for name, found in texts:
        if found and type(found) is str:
            continue
        if not isinstance(found, str):
            raise TypeError(f"{name} must be a str, not {type(found).__name__}")
        if not found:
            raise ArgumentError(f"{name} is empty")
    reference, key, deadline = message.client_reference, row.key, row.deadline_ms
    if reference is None and key is None and deadline is None:
        return
    for name, limit, text in (
        ("client_reference", CALLER_REFERENCE_CHARS_MAX, reference),
        ("key", KEY_CHARS_MAX, key),
    ):
        if text is None:
            continue
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a str, not {type(text).__name__}")
        if not 1 <= len(text) <= limit:
            raise ArgumentError(f"{name} has {len(text)} characters; it must have 1 to {limit}")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ArgumentError(f"{name} has half of a surrogate pair, which UTF-8 cannot hold")
    if deadline is not None:
        _check_deadline(deadline)


def _check_deadline(deadline: object) -> None:
    if not isinstance(deadline, int) or isinstance(deadline, bool):
        raise TypeError(f"deadline_ms must be an int, not {type(deadline).__name__}")
    if not 0 <= deadline < 2**63:
        raise ArgumentError("deadline_ms must be milliseconds since 1970")


def pack(message: OutgoingMessage) -> bytes:
    """Return a message to one recipient as bytes: JSON in UTF-8.

    Raises:
        ArgumentError: half of a surrogate pair, or more than 16,384 bytes.
    """
    options = ""
    if (given := _options(message)) != _DEFAULTS:
        try:
            options = f",{_encode(_named(given))}"
        except (TypeError, ValueError):
            raise TypeError("a row has an option of a type that no message has") from None
    return _packed(
        str(message.to), message.message, message.sender, message.client_reference, options
    )


def prepare(value: RowLike) -> Prepared:
    """Return what a row packs to, its recipient, its key and its deadline.

    Raises:
        TypeError, ArgumentError: as `as_row` and `pack`.
    """
    # Most rows are like this, and without the objects in between they take half the time.
    if type(value) is dict and value.keys() <= _PLAIN:
        found: tuple[Any, ...] = tuple(map(value.get, _PLAIN_IN_ORDER))
        to, text, sender, own, key = found
        plain = type(to) is type(text) is type(sender) is str and to and text and sender
        if (
            plain
            and (own is None or (type(own) is str and 0 < len(own) <= CALLER_REFERENCE_CHARS_MAX))
            and (
                key is None
                or (type(key) is str and key.isascii() and 0 < len(key) <= KEY_CHARS_MAX)
            )
        ):
            return _packed(to, text, sender, own, ""), to, key, None
    return prepare_slowly(value)


def prepare_slowly(value: RowLike) -> Prepared:
    """Return what `prepare` returns, of any row."""
    row = as_row(value)
    return pack(row.message), str(row.message.to), row.key, row.deadline_ms


def _packed(to: str, text: str, sender: str, own: str | None, options: str) -> bytes:
    written = (
        f"[{_quoted(to)},{_quoted(text)},{_quoted(sender)},"
        f"{'null' if own is None else _quoted(own)}{options}]"
    )
    try:
        packed = written.encode()
    except UnicodeEncodeError:
        raise ArgumentError("a row has half of a surrogate pair, which UTF-8 cannot hold") from None
    if len(packed) > PAYLOAD_BYTES_MAX:
        raise ArgumentError(f"a row takes {len(packed)} bytes; the most is {PAYLOAD_BYTES_MAX}")
    return packed


def unpack(packed: bytes) -> OutgoingMessage:
    """Return the message that `pack` made these bytes of."""
    to, text, sender, own, *rest = json.loads(packed)
    options = rest[0] if rest else {}
    if "scheduled_at" in options:
        options["scheduled_at"] = datetime.fromisoformat(options["scheduled_at"])
    return OutgoingMessage(to, text, sender, client_reference=own, **options)


def _named(given: tuple[Any, ...]) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value, default in zip(_OPTIONS, given, _DEFAULTS, strict=True)
        if value != default
    }
