"""Numbers with which the sandbox always does the same: for tests that want to know.

They begin with 09000, which no operator uses, so a program that points at the
real gateway by mistake reaches nobody with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Then: TypeAlias = Literal["", "slow", "burst", "drop", "error"]


@dataclass(frozen=True, slots=True)
class FixedNumber:
    """Hold what the sandbox does with one number.

    Attributes:
        number: as a caller writes it.
        becomes: the status that the message ends with; None leaves it to the draw.
        refused: why the gateway does not take it, in its words; or empty.
        then: what becomes of the request: "slow", "burst", "drop", "error" or nothing.
        says: what the documents say of it.
    """

    number: str
    becomes: str | None
    refused: str
    then: Then
    says: str

    @property
    def to(self) -> str:
        """The number as the gateway writes it."""
        return "95" + self.number[1:]


_ROWS: Final = (
    FixedNumber("09000000001", "Success", "", "", "delivered"),
    FixedNumber("09000000002", "Undelivered", "", "", "not delivered: `undelivered_status`"),
    FixedNumber("09000000003", "Rejected", "", "", "rejected"),
    FixedNumber("09000000004", "Expired", "", "", "expired"),
    FixedNumber("09000000005", "Pending", "", "", "pending for ever"),
    FixedNumber("09000000006", "?", "", "", "of unknown status, `?`, for ever"),
    FixedNumber("09000000007", None, "Invalid Phone Number", "", "refused: no number"),
    FixedNumber("09000000008", None, "Insufficient Balance", "", "refused: too little money"),
    FixedNumber("09000000009", "Success", "", "slow", "delivered; the reply takes `slow_reply_s`"),
    FixedNumber(
        "09000000010", "Success", "", "burst", "delivered; the next `burst_requests` get a 429"
    ),
    FixedNumber("09000000011", "Success", "", "drop", "delivered; the reply is lost"),
    FixedNumber("09000000012", "Success", "", "error", "delivered; the reply is a 500"),
)

FIXED_NUMBERS: Final = {row.to: row for row in _ROWS}


def table() -> str:
    """Return what each number does, as a table in Markdown."""
    lines = ["| number | the message is |", "|---|---|"]
    lines += [f"| `{row.number}` | {row.says} |" for row in _ROWS]
    return "\n".join(lines) + "\n"
