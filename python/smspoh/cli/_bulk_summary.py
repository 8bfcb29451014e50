"""What a bulk send came to, for printing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from smspoh._wording import counted

from ._exit import OK, REFUSED
from ._output import to_json
from ._sending import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ._bulk_rows import Row
    from ._outcomes import OutcomeRow


class Summary:
    """Counts what became of the rows."""

    def __init__(self, rows: Sequence[Row], carried: Sequence[OutcomeRow] = ()) -> None:
        """Count the rows that are refused, and those that an earlier run has dealt with.

        Args:
            rows: those that this run looks at.
            carried: what the run that is resumed wrote down of the others.
        """
        self.rows = len(rows) + len(carried)
        self.carried = len(carried)
        self.refused_rows = [row for row in rows if row.message is None]
        self.refused = Counter(row.verdict for row in self.refused_rows)
        self.to_send = len(rows) - len(self.refused_rows)
        self.parts = sum(row.parts for row in rows)
        self.outcomes: Counter[str] = Counter()
        self.proven: Counter[bool] = Counter()
        for row in carried:
            if row.outcome == "REFUSED":
                self.refused[row.verdict] += 1
            else:
                self.count(row)

    def count(self, row: OutcomeRow) -> None:
        """Count one row that was to be sent."""
        self.outcomes[row.outcome or ""] += 1
        if row.proof is not None:
            self.proven[row.proof == "proven"] += 1

    @property
    def exit_code(self) -> int:
        """0 when every row was accepted, and proven where that was asked."""
        fine = self.outcomes[Outcome.ACCEPTED] == self.rows and not self.proven[False]
        return OK if fine else REFUSED

    def show_dry_run(self, *, as_json: bool, outcomes: Path | None) -> None:
        """Print what would be sent, and what is refused unless `outcomes` says it."""
        if as_json:
            value = self._counts(outcomes) | {"wouldBeSent": self.to_send}
            if outcomes is None:
                value["refusedRows"] = [
                    {"row": row.row, "line": row.line, "verdict": row.verdict, "error": row.why}
                    for row in self.refused_rows
                ]
            click.echo(to_json(value))
            return
        self._show_first()
        click.echo(f"would be sent  {self.to_send:>9,}")
        click.echo(f"parts          {self.parts:>9,}")
        if outcomes is not None:
            click.echo(f"outcomes in {outcomes}")
            return
        for row in self.refused_rows:
            why = f" ({row.why})" if row.why else ""
            click.echo(f"row {row.row}, line {row.line}: {row.verdict}{why}")

    def show(self, *, as_json: bool, outcomes: Path) -> None:
        """Print the counts; `outcomes` is the file that was written."""
        if as_json:
            click.echo(to_json(self._counts(outcomes)))
            return
        self._show_first()
        for name in Outcome:
            if self.outcomes[name] or name is Outcome.ACCEPTED:
                click.echo(f"{name.lower():<15}{self.outcomes[name]:>9,}")
        if self.proven:
            click.echo(f"proven         {self.proven[True]:>9,}")
            click.echo(f"not proven     {self.proven[False]:>9,}")
        click.echo(f"outcomes in {outcomes}")

    def _show_first(self) -> None:
        click.echo(f"rows read      {self.rows:>9,}")
        if self.carried:
            click.echo(f"from before    {self.carried:>9,}")
        click.echo(f"refused        {self.refused.total():>9,}  {counted(self.refused)}".rstrip())

    def _counts(self, outcomes: Path | None) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "fromBefore": self.carried,
            "refused": dict(self.refused),
            "outcomes": dict(self.outcomes),
            "proven": self.proven[True],
            "notProven": self.proven[False],
            "parts": self.parts,
            "outcomeFile": None if outcomes is None else str(outcomes),
        }
