"""`smspoh normalize`: numbers in, E.164 and a verdict out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from smspoh._wording import counted
from smspoh.phone import normalize_batch

from ._exit import REFUSED
from ._input import batches, file_argument, open_input, read_lines, region_option
from ._output import Progress, Rows, json_option, note
from ._table import CELLS, delimiter_option, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

COLUMNS = ("number", "e164", "verdict", "region", "operator", "kind")
FREE = ("number",)


@click.command("normalize")
@file_argument
@click.option(
    "--column",
    metavar="NAME",
    help="Read FILE as CSV with a header and take this column. Without it each line is a number; "
    "a FILE that ends in .csv is read as CSV with a column 'number'.",
)
@delimiter_option
@region_option
@click.option(
    "--lenient", is_flag=True, help="Take also what could be a typo: letters, extensions."
)
@click.option("--sms", is_flag=True, help="Refuse numbers that cannot take an SMS.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    column: str | None,
    delimiter: str,
    region: str | None,
    lenient: bool,
    sms: bool,
    as_json: bool,
) -> None:
    """Bring phone numbers to E.164, one verdict a row.

    Prints number, e164, verdict, region, operator and kind as CSV, in the
    order of the input. A number that is refused keeps its row, without an
    E.164. The exit code is 1 when one was refused. A row of a CSV file that
    has more or fewer cells than the header is refused as CELLS, its number
    left empty: nobody knows which of its cells is the number.

    \b
    Examples:
      echo '+95 (0)9 450-000-000' | smspoh normalize
      smspoh normalize customers.csv --column phone --sms > clean.csv
    """  # noqa: D301 - click wants the character, not the letters
    refused: Counter[str] = Counter()
    rows_read = 0
    with open_input(file) as source, Progress("normalized") as progress:
        out: Rows | None = None
        for batch in batches(_numbers(source, file, column, delimiter)):
            phones = normalize_batch(batch, region=region, strict=not lenient, sms=sms)
            out = out or Rows(COLUMNS, free=FREE, as_json=as_json)  # no header for wrong options
            verdicts = [
                CELLS if number is None else verdict.name
                for number, verdict in zip(batch, phones.verdicts, strict=True)
            ]
            operators = [operator.name for operator in phones.operators]
            kinds = [kind.name for kind in phones.kinds]
            out.write(
                zip(batch, phones.e164, verdicts, phones.regions, operators, kinds, strict=True)
            )
            refused.update(v for v, e164 in zip(verdicts, phones.e164, strict=True) if not e164)
            rows_read += len(batch)
            progress.advance(len(batch))
        if out is None:  # no rows
            Rows(COLUMNS, free=FREE, as_json=as_json)
    if refused:
        note(f"refused {refused.total():,} of {rows_read:,} rows: {counted(refused)}")
        ctx.exit(REFUSED)


def _numbers(
    source: BinaryIO, file: str, column: str | None, delimiter: str
) -> Iterator[str | None]:
    """Yield the number of each row, or None for one whose cells are not those of the header."""
    if column is None and file.lower().endswith(".csv"):
        column = "number"
    if column is None:
        yield from read_lines(source)
        return
    for record in read_records(source, [("--column", column)], delimiter=delimiter):
        yield None if record.cells is None else record.cells[0]
