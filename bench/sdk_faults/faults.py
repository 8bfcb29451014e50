"""The faults, and the mark in a text by which the server knows which one is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote_plus

Does = Literal["reply", "close", "status", "slow"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Hold what the server does with a message.

    Attributes:
        name: in the record.
        does: "reply" answers as if nothing were wrong; "close" ends the connection without a
            reply; "status" answers with `status`; "slow" answers after the bound of the run.
        accepts: whether the message is taken before that.
        always: each time it comes, or the first time alone.
        status: of the answer.
        refusals: how many connections of the call are refused before one is let in.
    """

    name: str
    does: Does = "reply"
    accepts: bool = True
    always: bool = False
    status: int = 200
    refusals: int = 0


NEVER: Final = 1_000_000  # refusals: no call makes so many connections

FAULTS: Final = {
    fault.name: fault
    for fault in (
        Fault("none"),
        Fault("closed_once", "close"),
        Fault("closed_always", "close", always=True),
        Fault("error500_once", "status", status=500),
        Fault("error500_always", "status", status=500, always=True),
        Fault("error503_once", "status", status=503),
        Fault("error503_always", "status", status=503, always=True),
        Fault("refused503_once", "status", accepts=False, status=503),
        Fault("limited_once", "status", accepts=False, status=429),
        Fault("unreachable_once", refusals=1),
        Fault("unreachable_always", refusals=NEVER),
        Fault("slow_once", "slow"),
    )
}
SLOW: Final = "slow_once"
NOTHING_SENT: Final = "unreachable_always"
_NAMES: Final = tuple(FAULTS)
_MARK: Final = re.compile(r"ZQ([a-z0-9]+)Q(\d{2})Q(\d{4})Z")


@dataclass(frozen=True, slots=True)
class Case:
    """One call that sends: whose, under which fault, and the how manieth."""

    client: str
    fault: str
    repetition: int

    @property
    def mark(self) -> str:
        """Letters and digits alone, which no encoding of a body changes."""
        client = re.sub(r"[^a-z0-9]", "", self.client.lower())
        return f"ZQ{client}Q{_NAMES.index(self.fault):02d}Q{self.repetition:04d}Z"

    @property
    def text(self) -> str:
        """The text that is sent."""
        return f"Your code is 123456 {self.mark}"


def mark_in(body: bytes) -> tuple[str, Fault] | None:
    """Return the mark in a request, and the fault that it asks for."""
    found = _MARK.search(unquote_plus(body.decode("utf-8", "replace")))
    return None if found is None else (found[0], FAULTS[_NAMES[int(found[2])]])
