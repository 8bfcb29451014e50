"""`smspoh text`: what texts take and cost, and whether they can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from smspoh.gateway import GATEWAY_V3
from smspoh.text import segments

from ._exit import REFUSED, BadInput
from ._input import batches, file_argument, open_input, read_lines, read_text
from ._output import Progress, Rows, json_option, to_json
from ._prices import price_option
from ._table import delimiter_option, read_records
from ._text_preview import show
from ._text_rows import JSON_COLUMNS, Wishes, cells, columns, count, values
from ._text_summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal
    from typing import BinaryIO

FREE = ("text",)


@click.command("text")
@file_argument
@click.option("--lines", is_flag=True, help="Take each line of FILE as a text.")
@click.option(
    "--column",
    metavar="NAME",
    help="Read FILE as CSV with a header and take this column. A FILE that ends in .csv is read "
    "as CSV with a column 'text'.",
)
@delimiter_option
@price_option
@click.option(
    "--parts-max",
    type=click.IntRange(min=1),
    metavar="N",
    default=GATEWAY_V3.message_parts_max,
    show_default=True,
    help="Refuse a text of more parts.",
)
@click.option("--unicode", "as_unicode", is_flag=True, help="Count as UCS-2 in any case.")
@click.option(
    "--gsm7", is_flag=True, help="Replace typographic signs first, where that makes a text GSM-7."
)
@click.option("--convert", is_flag=True, help="Convert Zawgyi to Unicode first.")
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: str,
    lines: bool,
    column: str | None,
    delimiter: str,
    price: Decimal | None,
    parts_max: int,
    as_unicode: bool,
    gsm7: bool,
    convert: bool,
    as_json: bool,
) -> None:
    """Show what texts take and cost, and whether they can be read.

    FILE is one text, without one line end at its end, and is shown part by
    part. With --lines or --column, or of a FILE that ends in .csv, each row
    is a text: prints CSV, in the order of the input. Nothing is sent.

    The exit code is 1 when a text has more parts than --parts-max, or a row of
    a CSV file has other cells than the header. Zawgyi is a warning.

    \b
    Examples:
      echo 'Your code is 12345' | smspoh text
      smspoh text customers.csv --price 12.5 > texts.csv
    """  # noqa: D301 - click wants the character, not the letters
    if lines and column is not None:
        raise BadInput("--lines and --column exclude each other")
    if as_unicode and gsm7:
        raise BadInput("--unicode and --gsm7 exclude each other")
    if column is None and not lines and file.lower().endswith(".csv"):
        column = "text"
    wishes = Wishes(price, parts_max, unicode=as_unicode, gsm7=gsm7, convert=convert)
    summary = Summary(wishes)
    with open_input(file) as source:
        if lines:
            _show_rows(read_lines(source), wishes, summary, as_json=as_json)
        elif column is not None:
            texts = _column(source, column, delimiter)
            _show_rows(texts, wishes, summary, as_json=as_json)
        else:
            _show_one(read_text(source), wishes, summary, as_json=as_json)
    summary.show_notes()
    if summary.is_refused:
        ctx.exit(REFUSED)


def _column(source: BinaryIO, column: str, delimiter: str) -> Iterator[str | None]:
    """Yield the text of each row, or None for one whose cells are not those of the header."""
    for record in read_records(source, [("--column", column)], delimiter=delimiter):
        yield None if record.cells is None else record.cells[0]


def _show_one(text: str, wishes: Wishes, summary: Summary, *, as_json: bool) -> None:
    (row,) = count([text], wishes)
    summary.add([row])
    if as_json:
        parts = segments(row.text or "", unicode=wishes.unicode).split(row.text or "")
        value = dict(zip(JSON_COLUMNS, values(row, wishes), strict=True))
        click.echo(to_json(value | {"texts": parts}))
    else:
        show(row, wishes)


def _show_rows(
    texts: Iterable[str | None], wishes: Wishes, summary: Summary, *, as_json: bool
) -> None:
    names, cells_of = (JSON_COLUMNS, values) if as_json else (columns(wishes), cells)
    out: Rows | None = None
    with Progress("counted") as progress:
        for batch in batches(texts):
            rows = count(batch, wishes)
            out = out or Rows(
                names, free=FREE, as_json=as_json
            )  # no header for a file that is none
            out.write(cells_of(row, wishes) for row in rows)
            summary.add(rows)
            progress.advance(len(rows))
        if out is None:  # no rows
            Rows(names, free=FREE, as_json=as_json)
    summary.show_counts()
