"""What rows come to before anything is sent, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from smspoh._wording import counted
from smspoh.errors import ArgumentError

from .corrections import CorrectionsFile
from .preflight_rows import EXACT, Checked, RowVerdict

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

REFUSED_KEPT_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """Hold what rows come to. Only `refused`, which the repr leaves out, has cells of them.

    All but `rows`, `verdicts`, `numbers` and `missing` is of the rows that are OK. A
    mapping has no name whose count is 0.

    Attributes:
        rows: how many there are.
        verdicts: how many rows have each verdict; together they are `rows`.
        numbers: of the rows that are BAD_NUMBER, by the verdict of the number.
        missing: of those that are MISSING_FIELD, by the name of the field.
        operators: rows by operator, as `MPT`, or `abroad`.
        operator_parts: the parts of those rows.
        encodings: rows by `GSM7` and `UCS2`.
        zawgyi: texts that are Zawgyi, or were; 0 where that is not looked at.
        ambiguous: texts that may be Zawgyi, or have pieces of it; they are left as written.
        is_converted: whether those of `zawgyi` were made Unicode.
        cost: of all parts, exact; None where no price was said.
        balance: what is on the account, or None.
        columns: those that the rules ask for.
        refused: the first 10,000 rows that can be corrected.
    """

    rows: int
    verdicts: Mapping[RowVerdict, int]
    numbers: Mapping[str, int]
    missing: Mapping[str, int]
    operators: Mapping[str, int]
    operator_parts: Mapping[str, int]
    encodings: Mapping[str, int]
    zawgyi: int
    ambiguous: int
    is_converted: bool
    cost: Decimal | None
    balance: Decimal | None
    columns: tuple[str, ...]
    refused: tuple[Checked, ...] = field(repr=False)

    @property
    def to_send(self) -> int:
        """How many rows are OK."""
        return self.verdicts.get(RowVerdict.OK, 0)

    @property
    def parts(self) -> int:
        """The parts of all rows that are OK."""
        return sum(self.operator_parts.values())

    @property
    def correctable(self) -> int:
        """How many rows have something that a person can correct."""
        return sum(count for verdict, count in self.verdicts.items() if verdict.can_be_corrected)

    @property
    def balance_after(self) -> Decimal | None:
        """What is left when all is sent; below 0 it is not enough. None where that is open."""
        if self.balance is None or self.cost is None:
            return None
        return EXACT.subtract(self.balance, self.cost)

    @property
    def is_enough(self) -> bool | None:
        """Whether the balance is enough; None where that is open."""
        after = self.balance_after
        return None if after is None else after >= 0

    @property
    def is_fine(self) -> bool:
        """Whether every row is OK, and the balance, where it is known, is enough."""
        return self.to_send == self.rows and self.is_enough is not False

    def table(self) -> str:
        """Return the counts as lines for people, without a line feed at the end."""
        width = max(len(f"{line[1]}") for line in self._lines())
        return "\n".join(
            f"{label:<17}{value:>{width}}  {more}".rstrip() for label, value, more in self._lines()
        )

    def _lines(self) -> Iterator[tuple[str, str, str]]:
        yield "rows read", f"{self.rows:,}", ""
        yield "would be sent", f"{self.to_send:,}", counted(self.encodings)
        yield "refused", f"{self.rows - self.to_send:,}", ""
        told = {RowVerdict.BAD_NUMBER: self.numbers, RowVerdict.MISSING_FIELD: self.missing}
        for verdict, count in self.verdicts.items():
            if verdict is not RowVerdict.OK:
                yield f"  {verdict}", f"{count:,}", counted(told.get(verdict, {}))
        yield "parts", f"{self.parts:,}", ""
        for operator, count in self.operators.items():
            rows = f"of {count:,} row{'' if count == 1 else 's'}"
            yield f"  {operator}", f"{self.operator_parts[operator]:,}", rows
        if self.zawgyi:
            what = "made Unicode" if self.is_converted else "phones with Unicode show rubble"
            yield "Zawgyi", f"{self.zawgyi:,}", what
        if self.ambiguous:
            yield "may be Zawgyi", f"{self.ambiguous:,}", "left as written"
        if self.cost is not None:
            yield "cost", f"{self.cost:,f}", ""
        if self.balance is not None:
            yield "balance", f"{self.balance:,f}", ""
        if self.balance_after is not None:
            yield "left after", f"{self.balance_after:,f}", "" if self.is_enough else "not enough"

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as JSON has them; money is text, since JSON numbers lose digits."""
        return {
            "rows": self.rows,
            "wouldBeSent": self.to_send,
            "correctable": self.correctable,
            "verdicts": {str(verdict): count for verdict, count in self.verdicts.items()},
            "numbers": dict(self.numbers),
            "missingFields": dict(self.missing),
            "operators": {
                name: {"rows": count, "parts": self.operator_parts[name]}
                for name, count in self.operators.items()
            },
            "encodings": dict(self.encodings),
            "parts": self.parts,
            "zawgyi": self.zawgyi,
            "maybeZawgyi": self.ambiguous,
            "cost": _digits(self.cost),
            "balance": _digits(self.balance),
            "balanceAfter": _digits(self.balance_after),
            "isEnough": self.is_enough,
        }

    def json(self) -> str:
        """Return one line of JSON, without its line feed."""
        return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    def write_corrections(self, path: str | os.PathLike[str]) -> int:
        """Write a new CSV file of mode 0600 with the rows that can be corrected.

        Returns:
            How many rows that were.

        Raises:
            ArgumentError: there are more than 10,000, for which `Preflight.run` takes
                `corrections`; or something is there already.
            OSError: the file cannot be written.
        """
        if self.correctable > len(self.refused):
            raise ArgumentError(
                f"{self.correctable:,} rows can be corrected, and {len(self.refused):,} are kept;"
                " give `corrections` to Preflight.run, which writes them as they are met"
            )
        with CorrectionsFile(Path(path), fallback=self.columns) as out:
            out.write(self.refused)
        return len(self.refused)


def _digits(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
