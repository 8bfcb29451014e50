"""Messages that are kept until each has come to one end state: none lost, none repeated.

What is promised is in docs/spec/outbox.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .guards import Guards
from .opt_outs import OptOuts
from .pacing import Rate
from .preflight import Preflight
from .preflight_report import PreflightReport
from .preflight_rows import Checked, RowVerdict
from .preflight_rules import PreflightRules
from .records import RepeatWarning, Settings
from .rows import Row
from .states import END_STATES, Event, Policy, State
from .telling import Notice, Odd, Progress, Report
from .template import Template

if TYPE_CHECKING:
    from .outbox import Outbox
    from .proving import Proof
    from .reconciling import Reconciling
    from .sender import Sender

__all__ = [
    "END_STATES",
    "Checked",
    "Event",
    "Guards",
    "Notice",
    "Odd",
    "OptOuts",
    "Outbox",
    "Policy",
    "Preflight",
    "PreflightReport",
    "PreflightRules",
    "Progress",
    "Proof",
    "Rate",
    "Reconciling",
    "RepeatWarning",
    "Report",
    "Row",
    "RowVerdict",
    "Sender",
    "Settings",
    "State",
    "Template",
]


# A type checker must not see this: it would take every name for one of the module's.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # The journal brings SQLite and `cryptography` with it.
        if name == "Outbox":
            from .outbox import Outbox  # noqa: PLC0415

            return Outbox
        if name in ("Proof", "Reconciling", "Sender"):
            from . import proving, sender  # noqa: PLC0415

            return getattr(proving if name == "Proof" else sender, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
