"""Messages that are kept until each has come to one end state: none lost, none repeated.

What is promised is in docs/spec/outbox.md.
"""

from __future__ import annotations

from .states import END_STATES, Event, Policy, State

__all__ = ["END_STATES", "Event", "Policy", "State"]
