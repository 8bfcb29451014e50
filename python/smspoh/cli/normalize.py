"""`smspoh normalize`: numbers in, E.164 and a verdict out, as a list or beside their rows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from smspoh._wording import counted
from smspoh.phone import normalize_batch

from ._exit import OK, REFUSED, BadInput
from ._files.formats import PIPE, Format, format_by_name
from ._files.judging import FIELDS, Judge
from ._files.running import Job
from ._input import batches, file_argument, open_input, read_lines, region_option
from ._output import Progress, Rows, note, printing_after, to_json
from ._table import CELLS, delimiter_option, read_records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from ._files.running import Counts

COLUMNS = ("number", "e164", "verdict", "region", "operator", "kind")
FREE = ("number",)
DEFAULT_COLUMN = "number"
DEFAULT_FIELDS = ("e164", "verdict")


def _fields(_ctx: click.Context, _param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names of an option: some of `FIELDS`, each once.

    Raises:
        BadParameter: they are not.
    """
    if value is None:
        return ()
    names = tuple(name.strip() for name in value.split(","))
    if not set(names) <= set(FIELDS) or len(set(names)) < len(names):
        raise click.BadParameter(f"needs some of {','.join(FIELDS)}, each once")
    return names


def _prefix(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Return the text of an option.

    Raises:
        BadParameter: it has line breaks or the like, or bytes that are not UTF-8.
    """
    if value is not None and not value.isprintable():
        raise click.BadParameter("needs text that can be printed")
    return value


@click.command("normalize")
@file_argument
@click.argument("out", required=False, metavar="[OUT|-]")
@click.option(
    "--column",
    metavar="NAME",
    help="The column of numbers; 'number' unless given. Without OUT, FILE is read as CSV with a "
    "header then, or if it ends in .csv; else each line is a number.",
)
@delimiter_option
@region_option
@click.option(
    "--lenient", is_flag=True, help="Take also what could be a typo: letters, extensions."
)
@click.option("--sms", is_flag=True, help="Refuse numbers that cannot take an SMS.")
@click.option("--include-unconfirmed", is_flag=True, help="With OUT: take UNCONFIRMED numbers too.")
@click.option(
    "--format",
    type=click.Choice([each.value for each in Format]),
    help="With OUT: the format of files whose name does not say it, as '-' does not.",
)
@click.option(
    "--columns",
    metavar="NAMES",
    callback=_fields,
    help=f"With OUT: what is added to each row, of {','.join(FIELDS)}. By default e164,verdict.",
)
@click.option(
    "--prefix",
    metavar="TEXT",
    callback=_prefix,
    help="With OUT: what the names of those begin with.",
)
@click.option(
    "--rejected",
    metavar="FILE",
    help="With OUT: a new file that refused rows go to instead, with the reason.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON, one line a row; with OUT, one object of counts.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    file: str,
    out: str | None,
    column: str | None,
    delimiter: str,
    as_json: bool,
    **options: Any,
) -> None:
    """Bring phone numbers to E.164, one verdict a row.

    Without OUT, prints number, e164, verdict, region, operator and kind as
    CSV, in the order of the input. A number that is refused keeps its row,
    without an E.164. A row of a CSV file that has more or fewer cells than
    the header is refused as CELLS, its number left empty: nobody knows which
    of its cells is the number.

    With OUT, writes the rows of FILE to a new file, all columns as they are
    and e164 and verdict beside them. Both may be CSV, JSON lines or Parquet,
    by their names. OUT is there when it is whole, or not at all.

    The exit code is 1 when a number was refused.

    \b
    Examples:
      echo '+95 (0)9 450-000-000' | smspoh normalize
      smspoh normalize customers.csv --column phone --sms > clean.csv
      smspoh normalize customers.csv clean.parquet --column phone
      smspoh normalize customers.csv clean.csv --column phone --rejected mend.csv
    """  # noqa: D301 - click wants the character, not the letters
    if out is None:
        _require_no_file_options(file, options)
        refused, rows = _list(file, column, delimiter, options, as_json=as_json)
    else:
        counts = _write(file, out, column, delimiter, options, as_json=as_json)
        refused, rows = counts.refused, counts.rows
    if refused:
        note(f"refused {refused.total():,} of {rows:,} rows: {counted(refused)}")
    ctx.exit(REFUSED if refused else OK)


def _require_no_file_options(file: str, options: Mapping[str, Any]) -> None:
    for name in ("include_unconfirmed", "format", "columns", "prefix", "rejected"):
        if options[name]:
            raise BadInput(f"--{name.replace('_', '-')} needs OUT")
    kind = format_by_name(file)
    if kind in (Format.JSONL, Format.PARQUET):
        raise BadInput(f"FILE is {kind} by its name: it needs OUT, the file that its rows go to")


def _list(
    file: str, column: str | None, delimiter: str, options: Mapping[str, Any], *, as_json: bool
) -> tuple[Counter[str], int]:
    """Print what is known of each number; return the verdicts of the refused, and all rows."""
    refused: Counter[str] = Counter()
    rows_read = 0
    with open_input(file) as source, Progress("normalized") as progress:
        out: Rows | None = None
        for batch in batches(_numbers(source, file, column, delimiter)):
            phones = normalize_batch(
                batch,
                region=options["region"],
                strict=not options["lenient"],
                sms=options["sms"],
            )
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
    return refused, rows_read


def _numbers(
    source: BinaryIO, file: str, column: str | None, delimiter: str
) -> Iterator[str | None]:
    """Yield the number of each row, or None for one whose cells are not those of the header."""
    if column is None and format_by_name(file) is Format.CSV:
        column = DEFAULT_COLUMN
    if column is None:
        yield from read_lines(source)
        return
    for record in read_records(source, [("--column", column)], delimiter=delimiter):
        yield None if record.cells is None else record.cells[0]


def _write(
    file: str,
    out: str,
    column: str | None,
    delimiter: str,
    options: Mapping[str, Any],
    *,
    as_json: bool,
) -> Counts:
    """Write the rows of FILE to OUT, and say what they came to."""
    if as_json and out == PIPE:
        raise BadInput("--json prints its counts where OUT goes: OUT needs to be a file")
    judge = Judge(
        region=options["region"],
        strict=not options["lenient"],
        sms=options["sms"],
        include_unconfirmed=options["include_unconfirmed"],
        fields=options["columns"] or DEFAULT_FIELDS,
        prefix=options["prefix"] or "",
    )
    job = Job(
        file=file,
        out=out,
        rejected=options["rejected"],
        format=Format(options["format"]) if options["format"] else None,
        column=DEFAULT_COLUMN if column is None else column,
        delimiter=delimiter,
        judge=judge,
    )
    counts = job.run()
    if as_json:
        with printing_after("OUT is whole"):
            click.echo(to_json(counts.to_dict() | {"rejectedFile": job.rejected}))
    else:
        note(
            f"normalized {counts.rows:,} rows in {counts.seconds:.1f} s,"
            f" {counts.per_s:,.0f} a second"
        )
    return counts
