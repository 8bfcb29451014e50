"""Reading FILE as CSV with a header: the columns wanted, record by record."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from ._exit import BadInput
from ._input import decoded_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CELLS = "CELLS"  # the verdict of a record whose cells are not those of the header
SEPARATORS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}


class Record(NamedTuple):
    """One record of a CSV file: a row, which may go over several lines.

    Attributes:
        line: of the file, from 1, where it begins.
        cells: the columns wanted; None when it does not have as many cells as the
            header, because then nobody knows which cell is which.
        why: what is wrong with it.
    """

    line: int
    cells: tuple[str, ...] | None
    why: str | None = None


def read_records(
    source: BinaryIO, columns: Mapping[str, str], *, delimiter: str = ","
) -> Iterator[Record]:
    """Yield the named columns of a CSV file with a header, record by record.

    Args:
        source: the file; UTF-8, with or without a byte order mark.
        columns: the names of the columns wanted, in that order, by the option
            that chose each.
        delimiter: one character.

    Raises:
        BadInput: not UTF-8, not CSV, or no such column. Lines that are wholly
            empty are passed over.
    """
    reader = csv.reader(_csv_lines(source), delimiter=delimiter, strict=True)
    try:
        header = next(reader, None)
        if header is None:
            raise BadInput("FILE is empty: its first row must name the columns")
        places = [_place(header, *column, delimiter=delimiter) for column in columns.items()]
        line = reader.line_num + 1
        for cells in reader:
            if len(cells) == len(header):
                yield Record(line, tuple(cells[place] for place in places))
            elif cells:
                why = f"a row of {len(cells)} cells under a header of {len(header)}"
                yield Record(line, None, why)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"FILE, line {reader.line_num}: {error}") from None


def _csv_lines(source: BinaryIO) -> Iterator[str]:
    """Yield lines as the csv module wants them: a lone carriage return ends one too."""
    for text in decoded_lines(source):
        yield from io.StringIO(text, newline="")


def _place(header: Sequence[str], option: str, name: str, *, delimiter: str) -> int:
    found = header.count(name)
    if found == 1:
        return header.index(name)
    if found:
        raise BadInput(f"FILE has {found} columns of the name {name!r} ({option}), needs one")
    raise BadInput(
        f"FILE has no column of the name {name!r}: choose another with {option};"
        f" {_about(header, delimiter)}"
    )


def _about(header: Sequence[str], delimiter: str) -> str:
    """Say how the header looks. Not what is in it: it may be a row, of a number and a text."""
    count = f"{len(header)} column{'s' if len(header) != 1 else ''}"
    counted = f"its header has {count} at --delimiter {SEPARATORS.get(delimiter, repr(delimiter))}"
    rest = "".join(header)
    others = [shown for char, shown in SEPARATORS.items() if char != delimiter and char in rest]
    return f"{counted}, and has {' and '.join(others)} in it" if others else counted


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
