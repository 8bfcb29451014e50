"""How a sandbox behaves, as named values."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from smspoh.envelope import YII2, EnvelopeProfile
from smspoh.errors import ArgumentError
from smspoh.gateway.hosts import is_receipt_url
from smspoh.gateway.profile import GATEWAY_V3, GatewayProfile

from .clock import machine_now
from .quirks import DEFAULT_QUIRKS, Quirks

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from .faults import Fault

ReceiptForm: TypeAlias = Literal["query", "post_query", "form", "json", "typo"]
RECEIPT_FORMS: tuple[ReceiptForm, ...] = get_args(ReceiptForm)

_AT_LEAST = {
    "balance": 0,
    "price": 0,
    "delivered_after_s": 0,
    "delivered_spread": 0,
    "slow_reply_s": 0,
    "burst_requests": 0,
    "receipt_timeout_s": 0.001,
    "receipt_retry_s": 0,
    "receipt_reorder_s": 0,
    "messages_max": 1,
    "body_bytes_max": 1,
    "recipients_max": 1,
    "receipt_attempts_max": 1,
    "receipts_max": 1,
}
# SQLite has whole numbers of 64 bits.
_AT_MOST = {"balance": 10**15, "price": 10**15, "receipt_timeout_s": 60}
_SHARES = ("undelivered_share", "receipt_repeat_share", "receipt_reorder_share")


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Hold how a sandbox behaves.

    Attributes:
        balance: what the account starts with, in MMK.
        price: of one part, in MMK; a test message costs nothing.
        currency: the name of the money.
        messages_max: the most messages that are kept in memory; a `store` keeps all.
        body_bytes_max: a longer request is refused (413).
        recipients_max: recipients of one message.
        delivered_after_s: seconds from acceptance (or the scheduled time) to the last
            status: the median of all messages.
        delivered_spread: how far those times lie apart, at least 0: the deviation of
            their natural logarithm. 0 makes them all the median.
        undelivered_share: of the messages that do not arrive, 0 to 1.
        seed: of everything that is drawn. The same seed and order give the same.
        senders: the registered sender IDs; None takes every well-formed one.
        envelope: the parameters of the encryption.
        limits: the gateway's own numbers: parts, bulk size, page sizes, zone.
        quirks: how it answers where the real gateway's answer is not certain.
        faults: what goes wrong from the start; a reset returns to it.
        slow_reply_s: seconds that a reply takes which has 09000000009 among its numbers.
        burst_requests: how many requests get a 429 after one with 09000000010.
        receipt_url: where receipts go when a message names no URL; None sends none.
        receipt_form: how they go: "query" (GET, spec's example), "post_query", "form" or
            "json" (POST, spec's words), or "typo" (GET, the example to the letter).
        receipt_hosts: names and addresses that they may go to beside this machine.
        receipt_timeout_s: seconds for a receipt, from the question for an address to the answer;
            60 at most.
        receipt_attempts_max: how often one is tried until it is answered with a 2xx.
        receipt_retry_s: seconds to the second try; each more is twice as long.
        receipt_repeat_share: of the receipts that go out twice, 0 to 1.
        receipt_reorder_share: of the receipts that are held back, 0 to 1.
        receipt_reorder_s: how many seconds they are held back, at most.
        receipts_max: the most receipts that are kept, and that wait.
        store: a file of SQLite that keeps messages and balance; None keeps them in memory.
        clock: returns the present as an aware time.

    Raises:
        ArgumentError: a value is out of its range.
    """

    balance: int = 1_227_748  # MMK; the balance of the specification's example
    price: int = 10  # MMK a part; a round number, not the vendor's
    currency: str = "MMK"
    messages_max: int = 100_000
    body_bytes_max: int = 4 * 1024 * 1024
    recipients_max: int = 1000
    delivered_after_s: float = 2.0
    delivered_spread: float = 0.0
    undelivered_share: float = 0.0
    seed: int = 0
    senders: frozenset[str] | None = None
    envelope: EnvelopeProfile = YII2
    limits: GatewayProfile = GATEWAY_V3
    quirks: Quirks = DEFAULT_QUIRKS
    faults: tuple[Fault, ...] = ()
    slow_reply_s: float = 5.0
    burst_requests: int = 3
    receipt_url: str | None = None
    receipt_form: ReceiptForm = "query"
    receipt_hosts: frozenset[str] = frozenset()
    receipt_timeout_s: float = 5.0
    receipt_attempts_max: int = 5
    receipt_retry_s: float = 1.0
    receipt_repeat_share: float = 0.0
    receipt_reorder_share: float = 0.0
    receipt_reorder_s: float = 5.0
    receipts_max: int = 100_000
    store: Path | None = None
    clock: Callable[[], datetime] = field(default=machine_now, compare=False)

    def __post_init__(self) -> None:
        for name, least in _AT_LEAST.items():
            value = getattr(self, name)
            if not math.isfinite(value) or value < least:
                raise ArgumentError(f"{name} is {value}; it must be at least {least}")
        for name, most in _AT_MOST.items():
            if getattr(self, name) > most:
                raise ArgumentError(f"{name} is {getattr(self, name)}; it must be at most {most}")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ArgumentError(f"{name} is {getattr(self, name)}; it must be 0 to 1")
        if self.receipt_url is not None and not is_receipt_url(
            self.receipt_url, self.limits.receipt_url_max
        ):
            raise ArgumentError("receipt_url must be an http or https URL")
        if self.receipt_form not in RECEIPT_FORMS:
            raise ArgumentError(f"receipt_form must be one of {', '.join(RECEIPT_FORMS)}")
