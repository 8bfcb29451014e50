"""Reading FILE arguments: lines, CSV columns, or the whole of it."""

from __future__ import annotations

import csv
import io
import sys
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

import click

from ._exit import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")

LINE_BYTES_MAX = 1_048_576
WHOLE_BYTES_MAX = 16_777_216
BATCH_ROWS = 10_000  # rows handed to the library in one call: some 2 MB of them

file_argument = click.argument("file", default="-", metavar="[FILE|-]")


@contextmanager
def open_input(file: str) -> Iterator[BinaryIO]:
    """Open FILE, or standard input for `-`, as bytes.

    Raises:
        BadInput: it cannot be read. The message does not name the file: people
            type a number or a text where a file is meant.
    """
    if file == "-":
        if sys.stdin.isatty():
            click.echo("reading from the terminal; end with Ctrl-D on an empty line", err=True)
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - closed below, where its errors are another's
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "not a file name"
        raise BadInput(f"FILE cannot be read: {why}") from None
    with opened:
        yield opened


def read_whole(source: BinaryIO) -> str:
    """Return everything as one text, exactly as it is.

    Raises:
        BadInput: more than 16 MiB, or not UTF-8.
    """
    content = source.read(WHOLE_BYTES_MAX + 1)
    if len(content) > WHOLE_BYTES_MAX:
        raise BadInput(f"FILE has more than {WHOLE_BYTES_MAX:,} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise BadInput("FILE is not UTF-8") from None


def read_lines(source: BinaryIO) -> Iterator[str]:
    """Yield each line without its line feed (or carriage return and line feed).

    A byte order mark at the start is dropped. An empty line is a row too.

    Raises:
        BadInput: a line that is not UTF-8 or is longer than 1 MiB.
    """
    encoding = "utf-8-sig"
    number = 0
    while line := source.readline(LINE_BYTES_MAX + 1):
        number += 1
        if len(line) > LINE_BYTES_MAX:
            raise BadInput(f"FILE, line {number}: more than {LINE_BYTES_MAX:,} bytes")
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            raise BadInput(f"FILE, line {number}: not UTF-8") from None
        encoding = "utf-8"
        yield text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def read_columns(
    source: BinaryIO, names: Sequence[str], *, delimiter: str = ","
) -> Iterator[tuple[str, ...]]:
    """Yield the named columns of a CSV file with a header, row by row.

    Args:
        source: the file; UTF-8, with or without a byte order mark.
        names: the columns wanted, in that order.
        delimiter: one character.

    Raises:
        BadInput: not UTF-8, not CSV, no such column, or a row without it.
            Lines that are wholly empty are passed over.
    """
    text = io.TextIOWrapper(source, encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise BadInput("FILE is empty: its first row must name the columns")
        places = [_place(header, name) for name in names]
        for row in reader:
            if len(row) > max(places):
                yield tuple(row[place] for place in places)
            elif row:
                raise BadInput(
                    f"FILE, line {reader.line_num}: {len(row)} columns, needs {max(places) + 1}"
                )
    except UnicodeDecodeError:
        raise BadInput(f"FILE, near line {reader.line_num + 1}: not UTF-8") from None
    except csv.Error as error:
        raise BadInput(f"FILE, line {reader.line_num}: {error}") from None
    finally:
        text.detach()  # whoever opened the file closes it


def _place(header: list[str], name: str) -> int:
    found = header.count(name)
    if found == 1:
        return header.index(name)
    how = "no column" if not found else f"{found} columns"
    raise BadInput(f"FILE has {how} of the name {name!r}, needs one")


def batches(rows: Iterable[T], size: int = BATCH_ROWS) -> Iterator[list[T]]:
    """Cut rows into lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def _delimiter(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value == "tab":
        return "\t"
    if len(value) != 1 or value in '\r\n"':
        raise click.BadParameter("needs one character, or the word tab")
    return value


delimiter_option = click.option(
    "--delimiter",
    metavar="CHAR",
    callback=_delimiter,
    default=",",
    show_default=True,
    help="What stands between the columns of FILE: one character, or 'tab'.",
)


def _region(_ctx: click.Context, _param: click.Parameter, value: str) -> str | None:
    return None if value == "none" else value


region_option = click.option(
    "--region",
    metavar="CC",
    callback=_region,
    default="MM",
    show_default=True,
    help="Where a number without a country code belongs; 'none' refuses such numbers.",
)
