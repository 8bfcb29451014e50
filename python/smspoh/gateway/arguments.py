"""Checks of what a caller hands over, before a byte leaves.

A wrong Python type is a TypeError, a wrong value an ArgumentError. No message
holds the value: it may be a number, a text or a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from smspoh.envelope import generate_encrypt_key
from smspoh.envelope.keys import warn_if_weak
from smspoh.errors import ArgumentError
from smspoh.text import (
    Encoding,
    FontEncoding,
    detect_zawgyi,
    segments,
    zawgyi_to_unicode,
)
from smspoh.text._zawgyi import warn_of_zawgyi

from .hosts import checked_receipt_url
from .models import ZAWGYI_CHOICES, OutgoingMessage, as_recipients
from .reference import new_reference
from .secret import derive_encrypt_key

if TYPE_CHECKING:
    from .profile import GatewayProfile

# E.164 allows 15 digits; 7 is the shortest number that any country sends SMS to.
# After +95 comes no 0: that would be the trunk prefix, which +95 takes the place of.
_NUMBER = re.compile(r"\+(?!950)[1-9][0-9]{6,14}|09[0-9]{5,10}|959[0-9]{5,10}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Allowed:
    """Hold what a client lets its messages have.

    Attributes:
        master_key: what keys are derived from, or None to make random ones.
        receipt_hosts: hosts that receipts may go to, whatever they are.
        loopback: the gateway is on this machine, so that receipts may go to it too.
    """

    master_key: bytes | None = None
    receipt_hosts: frozenset[str] = frozenset()
    loopback: bool = False

    def __repr__(self) -> str:
        return "<Allowed>"


_NOTHING_MORE = Allowed()


def checked_message(
    message: OutgoingMessage, profile: GatewayProfile, allowed: Allowed = _NOTHING_MORE
) -> OutgoingMessage:
    """Return the message ready to send.

    The recipients are a tuple, it has a reference, there is a key if it needs one,
    `unicode` is True if the text needs it, and a text of Zawgyi is converted if that was
    asked.

    Raises:
        TypeError: a field has the wrong type.
        ArgumentError: a field has a value that the gateway would refuse.

    Warns:
        WeakKeyWarning: a key that cannot hold 80 bits.
        ZawgyiWarning: a text that is Zawgyi, or may be.
    """
    if not isinstance(message, OutgoingMessage):
        raise TypeError(f"a message must be an OutgoingMessage, not {_type(message)}")
    _require_bool("encrypt", message.encrypt)
    _require_bool("test", message.test)
    if message.unicode is not None:
        _require_bool("unicode", message.unicode)
    recipients = checked_recipients(message.to, profile)
    _require_utf8("message", message.message)
    most_chars = profile.message_parts_max * Encoding.GSM7.part_units
    text, readable = _as_unicode(message, most_chars)
    unicode = _checked_unicode(text, message.unicode, profile)
    checked_sender(message.sender, profile)
    _check_key(message.encrypt_key, message.encrypt, profile)
    if message.scheduled_at is not None:
        wire_time("scheduled_at", require_aware("scheduled_at", message.scheduled_at), profile)
    if message.delivery_receipt_url is not None:
        _require_utf8("delivery_receipt_url", message.delivery_receipt_url)
        checked_receipt_url(
            message.delivery_receipt_url,
            chars_max=profile.receipt_url_max,
            allowed=allowed.receipt_hosts,
            loopback=allowed.loopback,
        )
    reference = message.client_reference
    if reference is None:
        reference = new_reference()
    else:
        checked_reference(reference, profile)
    # Both warn at the line that called the client.
    warn_of_zawgyi(readable, stacklevel=5)
    key = message.encrypt_key
    if key is not None:
        warn_if_weak([key.encode()], stacklevel=5)
    elif message.encrypt and allowed.master_key is not None:
        key = derive_encrypt_key(allowed.master_key, reference)
    elif message.encrypt:
        key = generate_encrypt_key()
    return replace(
        message,
        to=recipients,
        message=text,
        encrypt_key=key,
        unicode=unicode,
        client_reference=reference,
        zawgyi="ignore",
    )


def checked_recipients(to: object, profile: GatewayProfile) -> tuple[str, ...]:
    """Return the recipients, trimmed, in order, each once, as a tuple of at least one."""
    if not isinstance(to, (str, Sequence)) or isinstance(to, (bytes, bytearray)):
        raise TypeError(f"to must be a str or a list of str, not {_type(to)}")
    numbers = as_recipients(to)
    if not numbers:
        raise ArgumentError("to is empty; a message needs at least one recipient")
    if len(numbers) > profile.recipients_max:
        raise ArgumentError(
            f"to holds {len(numbers)} recipients; the most is {profile.recipients_max}"
        )
    different: dict[str, str] = {}
    for row, number in enumerate(numbers):
        trimmed = _checked_number(number, row)
        # One that is there twice, as 09... and +959... too, could get the text twice.
        different.setdefault(number_key(trimmed), trimmed)
    return tuple(different.values())


def is_number(number: str) -> bool:
    """Return True for a number as the specification writes them: 09, 959, or + and E.164."""
    return _NUMBER.fullmatch(number) is not None


def _checked_number(number: object, row: int) -> str:
    trimmed = _require_str(f"to[{row}]", number).strip()
    if not is_number(trimmed):
        raise ArgumentError(
            f"to[{row}] is not a number that the gateway takes: it must be digits alone,"
            " starting with 09, 959 or + and a country code (smspoh.normalize makes one)"
        )
    return trimmed


def number_key(number: str) -> str:
    """Return the digits that a number and the gateway's form of it have in common."""
    digits = number.strip().removeprefix("+")
    return "95" + digits[1:] if digits.startswith("09") else digits


def checked_history_number(to: str) -> str:
    """Return a number in the form that the history's filter takes: 95 and the rest."""
    if not is_history_number(to):
        raise ArgumentError(
            "the history finds numbers of Myanmar only (95...);"
            " find others by their dates and look at each entry"
        )
    return number_key(to)


def is_history_number(to: str) -> bool:
    """Return True for a number that the history's filter takes.

    Raises:
        TypeError, ArgumentError: it is no number at all.
    """
    return number_key(_checked_number(to, 0)).startswith("95")


def checked_sender(sender: object, profile: GatewayProfile) -> str:
    """Return the sender ID as given, when its shape is one that can be registered."""
    sender = _require_str("sender", sender)
    low, high = profile.sender_alphanumeric_min, profile.sender_alphanumeric_max
    digits = profile.sender_digits_max
    if sender.isascii() and sender.isalnum():
        if sender.isdigit() and len(sender) <= digits:
            return sender
        if not sender.isdigit() and low <= len(sender) <= high:
            return sender
    raise ArgumentError(
        f"sender must be {low} to {high} letters and digits, or up to {digits} digits"
    )


def _as_unicode(message: OutgoingMessage, most_chars: int) -> tuple[str, FontEncoding]:
    """Return the text that is to be sent, and what its reader has to be warned of."""
    if message.zawgyi not in ZAWGYI_CHOICES:
        raise ArgumentError(f"zawgyi must be one of {', '.join(ZAWGYI_CHOICES)}")
    text = message.message
    # What is far too long is refused next, and need not be looked at before.
    if message.zawgyi == "ignore" or text.isascii() or len(text) > most_chars:
        return text, FontEncoding.NONE
    found = detect_zawgyi(text).encoding
    if found is FontEncoding.ZAWGYI and message.zawgyi == "convert":
        return zawgyi_to_unicode(text), FontEncoding.UNICODE
    return text, found


def _checked_unicode(text: str, unicode: bool | None, profile: GatewayProfile) -> bool | None:
    """Return `unicode` as it is sent: True where the text needs it."""
    if not text.strip():
        raise ArgumentError("message is empty; it needs a text")
    most = profile.message_parts_max
    # The first test keeps a text of any size from being counted.
    found = None
    if len(text) <= most * Encoding.GSM7.part_units:
        found = segments(text, unicode=bool(unicode))
    if found is None or found.parts > most:
        raise ArgumentError(f"message takes more than {most} parts, the most that is sent")
    if found.encoding is Encoding.GSM7:
        return unicode
    if unicode is False:
        raise ArgumentError(
            f"unicode is False, but GSM-7 lacks character {found.forced_at} of message;"
            " True or None is needed, or a text of GSM-7 (smspoh.to_gsm7 may make one)"
        )
    return True


def _check_key(key: str | None, encrypt: bool, profile: GatewayProfile) -> None:
    if key is None:
        return
    _require_utf8("encrypt_key", key)
    if not encrypt:
        raise ArgumentError("encrypt_key is given but encrypt is False; one of them is wrong")
    if not 1 <= len(key) <= profile.encrypt_key_max:
        raise ArgumentError(
            f"encrypt_key has {len(key)} characters; it must have 1 to {profile.encrypt_key_max}"
        )
    if key.endswith("\0"):
        raise ArgumentError("encrypt_key ends in a NUL; a key must not, it equals one without")


def checked_reference(reference: str, profile: GatewayProfile) -> None:
    """Refuse a client reference that the gateway would not take."""
    _require_utf8("client_reference", reference)
    if not 1 <= len(reference) <= profile.client_reference_max:
        raise ArgumentError(
            f"client_reference has {len(reference)} characters;"
            f" it must have 1 to {profile.client_reference_max}"
        )
    if _CONTROL.search(reference):
        raise ArgumentError("client_reference holds a control character; use printable ones")


def require_aware(name: str, moment: object) -> datetime:
    """Return the time when it knows its offset."""
    if not isinstance(moment, datetime):
        raise TypeError(f"{name} must be a datetime, not {_type(moment)}")
    if moment.utcoffset() is None:
        raise ArgumentError(f"{name} has no time zone; give an aware datetime")
    return moment


def wire_time(name: str, moment: datetime, profile: GatewayProfile) -> str:
    """Return an aware time as the gateway writes it, to the second."""
    return _local(name, moment, profile).strftime("%Y-%m-%d %H:%M:%S")


def _local(name: str, moment: datetime, profile: GatewayProfile) -> datetime:
    """Return an aware time in the gateway's zone."""
    try:
        local = moment.astimezone(profile.zone)
    except OverflowError:
        local = None
    if local is None or local.year < 1000:  # a shorter year is not written with 4 digits
        raise ArgumentError(f"{name} is outside the years 1000 to 9999 at the gateway")
    return local


def wire_date(name: str, day: object, profile: GatewayProfile) -> str:
    """Return a day, or the gateway's day at an aware time, as ``YYYY-MM-DD``."""
    if isinstance(day, datetime):
        return _local(name, require_aware(name, day), profile).date().isoformat()
    if not isinstance(day, date):
        raise TypeError(f"{name} must be a date or a datetime, not {_type(day)}")
    return day.isoformat()


def checked_filter(name: str, text: str) -> str:
    """Return a filter of the history that is not empty."""
    _require_utf8(name, text)
    if not 1 <= len(text) <= 1000:
        raise ArgumentError(f"{name} has {len(text)} characters; a filter has 1 to 1000")
    return text


def checked_settle_s(settle_s: float) -> float:
    """Return the seconds of a settle window, 0 to an hour."""
    if isinstance(settle_s, bool) or not isinstance(settle_s, (int, float)):
        raise TypeError(f"settle_s must be a number of seconds, not {_type(settle_s)}")
    if not 0 <= settle_s <= 3600:  # NaN is not
        raise ArgumentError("settle_s must be 0 to 3600 seconds")
    return float(settle_s)


def checked_page(limit: int, page: int, profile: GatewayProfile) -> None:
    """Check the size and the number of a page of the history."""
    for name, value in (("limit", limit), ("page", page)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{name} must be an int, not {_type(value)}")
    if limit not in profile.history_limits:
        allowed = ", ".join(map(str, profile.history_limits))
        raise ArgumentError(f"limit is {limit}; it must be one of {allowed}")
    if not 1 <= page <= 1_000_000_000:
        raise ArgumentError(f"page is {page}; pages are counted from 1")


def _require_str(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {_type(value)}")
    return value


def _require_utf8(name: str, value: object) -> None:
    try:
        _require_str(name, value).encode()
    except UnicodeEncodeError:
        pass
    else:
        return
    # Raised out here, for the first error holds the text itself.
    raise ArgumentError(f"{name} holds half of a surrogate pair, which is not text")


def _require_bool(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {_type(value)}")


def _type(value: object) -> str:
    return type(value).__name__
