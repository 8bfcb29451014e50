"""A gateway on this machine that answers as the SMSPoh REST API v3 does.

It sends nothing to anyone. It checks, encrypts, counts, charges and remembers,
so that what runs against it runs against the real one.

`Sandbox` needs the extra ``smspoh[sandbox]``; `SandboxGateway`, which answers
without a socket, does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import SandboxClock
from .exchanges import Exchange
from .faults import Fault, Faults
from .fixed import FIXED_NUMBERS, FixedNumber
from .gateway import SandboxGateway
from .incoming import Incoming
from .ledger import Ledger, Record
from .quirks import Quirks
from .receipts import Receipt, Receipts
from .replies import Reply
from .settings import SandboxSettings
from .sqlite_ledger import SqliteLedger

if TYPE_CHECKING:
    from .server import Sandbox, serve

__all__ = [
    "FIXED_NUMBERS",
    "Exchange",
    "Fault",
    "Faults",
    "FixedNumber",
    "Incoming",
    "Ledger",
    "Quirks",
    "Receipt",
    "Receipts",
    "Record",
    "Reply",
    "Sandbox",
    "SandboxClock",
    "SandboxGateway",
    "SandboxSettings",
    "SqliteLedger",
    "serve",
]


# A type checker must not see this: it would take every name for one of the module's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # The server brings Starlette and uvicorn with it, which are an extra.
        if name in {"Sandbox", "serve"}:
            from . import server  # noqa: PLC0415

            return getattr(server, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
