"""The client of the SMSPoh REST API v3.

`Client` is loaded on first use: it brings the HTTP library with it, and the
models, the profile and the proof are useful without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import (
    Balance,
    BulkResult,
    Message,
    OutgoingMessage,
    Page,
    Request,
    Response,
    SendResult,
    Status,
)
from .profile import GATEWAY_V3, GatewayProfile
from .proof import prove_batch, verify

if TYPE_CHECKING:
    from .client import Client

__all__ = [
    "GATEWAY_V3",
    "Balance",
    "BulkResult",
    "Client",
    "GatewayProfile",
    "Message",
    "OutgoingMessage",
    "Page",
    "Request",
    "Response",
    "SendResult",
    "Status",
    "prove_batch",
    "verify",
]


# A type checker must not see this: it would take every name for one of the module's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "Client":
            from .client import Client  # noqa: PLC0415

            return Client
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
