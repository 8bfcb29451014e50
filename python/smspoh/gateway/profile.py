"""What the specification leaves open about the gateway, as named values.

Each field says where its default comes from. *spec*: the vendor's API
specification. *seen*: witnessed in public integrations. *inferred*: from the
framework that the service shows signs of. *unknown*: only a live account can
tell, and the default is the careful choice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import timedelta, timezone
from typing import Literal

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class GatewayProfile:
    """Hold every assumption about the gateway that the specification does not make.

    Attributes:
        auth_scheme: the word before the token. Bearer: spec; Basic: a newer page.
        flags: how `encrypt`, `unicode` and `test` go out: the number 1, since
            JSON booleans are refused (seen), or a boolean, as the table says (spec).
        send_recipients: how several recipients go into `to` of /send, whose
            type is a string (spec): joined by commas (seen in v2), or a list
            as in /send/bulk. One recipient is always a plain string.
        recipients_max: recipients of one message (unknown).
        bulk_messages_max: messages of one /send/bulk request (unknown).
        bulk_bytes_max: bytes of its body, unless one message takes more (unknown; the
            default is below the megabyte that is a usual bound of web servers).
        bulk_split_statuses: a bulk refused with one of these is sent again in halves,
            to find the message that is wrong. It takes a gateway that sends nothing of
            a bulk that it refuses (unknown); with () no bulk is split.
        balance_errors: the words by which a message is refused because the account has too
            little money (unknown), without a full stop, in any case of letters.
        bulk_encrypt: whether /send/bulk takes `encrypt` (unknown). While False,
            each encrypted message is a /send of its own: a gateway that ignored
            the flag would store the text readable.
        client_reference_max: characters (seen).
        message_parts_max: parts of one SMS (seen in v2).
        encrypt_key_max: characters (unknown).
        receipt_url_max: characters of a delivery receipt URL (unknown).
        sender_alphanumeric_min: characters of a sender with a letter (seen).
        sender_alphanumeric_max: characters of a sender with a letter (seen).
        sender_digits_max: digits of a sender of digits alone (seen).
        history_limits: the page sizes of /messages (spec).
        utc_offset_minutes: the zone of every time in requests and replies (spec
            for `updatedAt`, taken for the others).
        reply_bytes_max: longer replies are refused unread (our own limit). A full
            bulk is 100 messages to 100 recipients, an entry of 0.5 to 2 kB for each.
        envelope: the parameters of the gateway's encryption (unknown; the
            default is the framework's).

    Raises:
        ArgumentError: a field is outside its range.

    Source: SMSPoh API Specification 3.0, and docs/spec/gateway.md.
    """

    auth_scheme: str = "Bearer"
    flags: Literal["number", "boolean"] = "number"
    send_recipients: Literal["comma", "list"] = "comma"
    recipients_max: int = 100
    bulk_messages_max: int = 100
    bulk_bytes_max: int = 900_000
    bulk_split_statuses: tuple[int, ...] = (413, 422)
    balance_errors: tuple[str, ...] = ("insufficient balance",)
    bulk_encrypt: bool = False
    client_reference_max: int = 50
    message_parts_max: int = 6
    encrypt_key_max: int = 256
    receipt_url_max: int = 2048
    sender_alphanumeric_min: int = 3
    sender_alphanumeric_max: int = 11
    sender_digits_max: int = 13
    history_limits: tuple[int, ...] = (20, 50, 100, 500, 1000)
    utc_offset_minutes: int = 390
    reply_bytes_max: int = 16 * 1024 * 1024
    envelope: EnvelopeProfile = YII2

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            whole = isinstance(value, int) and not isinstance(value, bool)
            if whole and field.name != "utc_offset_minutes" and value < 1:
                raise ArgumentError(f"{field.name} is {value}; it must be at least 1")
        if not re.fullmatch(r"[A-Za-z]+", self.auth_scheme):
            raise ArgumentError("auth_scheme must be one word of letters")
        if self.flags not in ("number", "boolean"):
            raise ArgumentError("flags must be 'number' or 'boolean'")
        if self.send_recipients not in ("comma", "list"):
            raise ArgumentError("send_recipients must be 'comma' or 'list'")
        if not self.history_limits or min(self.history_limits) < 1:
            raise ArgumentError("history_limits must be numbers of at least 1")
        if not {413, 422}.issuperset(self.bulk_split_statuses):
            raise ArgumentError("bulk_split_statuses may hold 413 and 422 alone")
        if not -1440 < self.utc_offset_minutes < 1440:
            raise ArgumentError("utc_offset_minutes must be within a day")

    def is_of_balance(self, words: str | None) -> bool:
        """Return whether the gateway's words of a refusal say that the money is too little."""
        return words is not None and words.strip().rstrip(".").casefold() in self.balance_errors

    @property
    def zone(self) -> timezone:
        """The fixed offset that every time of the gateway is in."""
        return timezone(timedelta(minutes=self.utc_offset_minutes))


GATEWAY_V3 = GatewayProfile()
