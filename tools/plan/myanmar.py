"""The reviewed table of Myanmar's mobile blocks."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .patterns import prefixes

if TYPE_CHECKING:
    from pathlib import Path

CALLING_CODE: Final = 95
REGION: Final = "MM"

# The numbers of `Operator` in the library.
OPERATORS: Final = {"UNKNOWN": 0, "MPT": 1, "ATOM": 2, "U9": 3, "MYTEL": 4, "MEC": 5}
CONFIDENCES: Final = frozenset({"high", "medium", "low"})
SOURCES: Final = frozenset("LRVU")


@dataclass(frozen=True)
class Row:
    """One block of the table."""

    prefix: str
    sizes: tuple[int, ...]
    operator: int
    confidence: str
    sources: frozenset[str]
    reviewed: dt.date

    @property
    def prefix_size(self) -> int:
        """How many digits the prefix has."""
        return len(next(prefixes(self.prefix)))

    @property
    def in_metadata(self) -> bool:
        """Whether libphonenumber has the block too."""
        return "L" in self.sources

    def pattern(self, size: int) -> str:
        """Return the pattern of the block's numbers of `size` digits."""
        return rf"{self.prefix}\d{{{size - self.prefix_size}}}"


def read(path: Path) -> list[Row]:
    """Return the rows of the table; a row that cannot be is a ValueError."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    rows = [_row(fields) for fields in csv.DictReader(lines)]
    # The longest prefix first, for the first row that fits is taken; the order is kept in a tie.
    return sorted(rows, key=lambda row: -row.prefix_size)


def _row(fields: dict[str, str]) -> Row:
    prefix, sources = fields["prefix"], frozenset(fields["sources"])
    if not sources or not sources <= SOURCES or fields["confidence"] not in CONFIDENCES:
        raise ValueError(f"{prefix}: no such sources or confidence")
    if fields["operator"] not in OPERATORS:
        raise ValueError(f"{prefix}: no such operator")
    if len({len(digits) for digits in prefixes(prefix)}) != 1:
        raise ValueError(f"{prefix}: a prefix of more than one count of digits")
    return Row(
        prefix=prefix,
        sizes=tuple(int(size) for size in fields["sizes"].split()),
        operator=OPERATORS[fields["operator"]],
        confidence=fields["confidence"],
        sources=sources,
        reviewed=dt.date.fromisoformat(fields["reviewed"]),
    )
