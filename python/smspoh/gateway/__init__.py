"""The client of the SMSPoh REST API v3.

`Client` and `AsyncClient` are loaded on first use: they bring the HTTP library with it, and the
models, the profile and the proof are useful without one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .attempt import Attempt
from .models import Message, OutgoingMessage, Request, Response, Status
from .profile import GATEWAY_V3, GatewayProfile
from .proof import prove_batch, verify
from .reference import new_reference, reference_time
from .results import Balance, BulkResult, Page, Proof, RawResult, SendResult
from .retry import NO_RETRY, RetryPolicy
from .secret import derive_encrypt_key

if TYPE_CHECKING:
    from .client import AsyncClient, Client

__all__ = [
    "GATEWAY_V3",
    "NO_RETRY",
    "AsyncClient",
    "Attempt",
    "Balance",
    "BulkResult",
    "Client",
    "GatewayProfile",
    "Message",
    "OutgoingMessage",
    "Page",
    "Proof",
    "RawResult",
    "Request",
    "Response",
    "RetryPolicy",
    "SendResult",
    "Status",
    "derive_encrypt_key",
    "new_reference",
    "prove_batch",
    "reference_time",
    "verify",
]


# A type checker must not see this: it would take every name for one of the module's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in ("Client", "AsyncClient"):
            from . import client  # noqa: PLC0415

            return getattr(client, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
