"""Messages that are kept until each has come to one end state: none lost, none repeated.

What is promised is in docs/spec/outbox.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .opt_outs import OptOuts
from .preflight import Preflight
from .preflight_report import Report
from .preflight_rows import Checked, RowVerdict
from .preflight_rules import Rules
from .records import RepeatWarning, Settings
from .rows import Row
from .states import END_STATES, Event, Policy, State
from .template import Template

if TYPE_CHECKING:
    from .outbox import Outbox

__all__ = [
    "END_STATES",
    "Checked",
    "Event",
    "OptOuts",
    "Outbox",
    "Policy",
    "Preflight",
    "RepeatWarning",
    "Report",
    "Row",
    "RowVerdict",
    "Rules",
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
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
