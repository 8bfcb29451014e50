"""Receipts: what the gateway tells your own URL of each message, taken safely.

`Webhook` takes a request and returns a reply, without a socket or a framework;
`WebhookASGI` and `WebhookWSGI` put it behind a server. `parse_receipt` reads, and
`merge` says what is known after. None of it needs the HTTP library of `Client`.
"""

from __future__ import annotations

from .asgi import WebhookASGI
from .book import DeliveryBook, MemoryDeliveryBook
from .core import Arrival, Call, Webhook, WebhookReply, WebhookRequest
from .limits import DEFAULT_LIMITS, WebhookLimits
from .merging import Change, Delivery, Merged, merge
from .origin import new_path_secret
from .receipt import Receipt, parse_receipt
from .verifying import Confirmation, Expected, compare_with_history, confirm, verify_receipt
from .wsgi import WebhookWSGI

__all__ = [
    "DEFAULT_LIMITS",
    "Arrival",
    "Call",
    "Change",
    "Confirmation",
    "Delivery",
    "DeliveryBook",
    "Expected",
    "MemoryDeliveryBook",
    "Merged",
    "Receipt",
    "Webhook",
    "WebhookASGI",
    "WebhookLimits",
    "WebhookReply",
    "WebhookRequest",
    "WebhookWSGI",
    "compare_with_history",
    "confirm",
    "merge",
    "new_path_secret",
    "parse_receipt",
    "verify_receipt",
]
