"""Reading FILE as CSV with a header: the columns wanted, record by record."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from smspoh._spreadsheet import OWN_COLUMNS, VERDICT_COLUMN, unguarded

from ._exit import BadInput
from ._input import decoded_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ._input import Readable

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


class Table:
    """A CSV file with a header, read record by record.

    A file of corrections is read as what it was made of: its guards are taken away, and
    the columns of ours are none.

    Attributes:
        header: the names of the columns.
    """

    def __init__(self, source: Readable, *, delimiter: str = ",") -> None:
        """Read the header.

        Args:
            source: the file; UTF-8, with or without a byte order mark.
            delimiter: one character.

        Raises:
            BadInput: not UTF-8, not CSV, or nothing at all.
        """
        self._delimiter = delimiter
        self._reader = csv.reader(_csv_lines(source), delimiter=delimiter, strict=True)
        with self._told():
            header = next(self._reader, None)
        if header is None:
            raise BadInput("FILE is empty: its first row must name the columns")
        self._width = len(header)
        self._kept: list[int] | None = None
        if VERDICT_COLUMN in header:
            self._kept = [at for at, name in enumerate(header) if name not in OWN_COLUMNS]
            header = [unguarded(header[at]) for at in self._kept]
        self.header = header

    def place(self, option: str, name: str) -> int:
        """Return where a column is.

        Raises:
            BadInput: there is none of that name, or several; by the option that chose it.
        """
        return _place(self.header, option, name, delimiter=self._delimiter)

    def __iter__(self) -> Iterator[Record]:
        """Yield each record with the cells of all columns.

        Lines that are wholly empty are passed over.

        Raises:
            BadInput: not UTF-8, or not CSV.
        """
        line = self._reader.line_num + 1
        with self._told():
            for cells in self._reader:
                if len(cells) == self._width:
                    yield Record(line, tuple(self._as_it_was(cells)))
                elif cells:
                    yield Record(line, None, self._why_broken(cells))
                line = self._reader.line_num + 1

    def read(self, rows: int) -> tuple[list[Sequence[str] | None], dict[int, str]]:
        """Return the cells of the next records, as `__iter__` has them, but faster.

        Args:
            rows: how many to look at; lines that are wholly empty count, and are none.

        Returns:
            The records, and what is wrong with those that are None, by their place.
            None at all, where there are no more.

        Raises:
            BadInput: not UTF-8, or not CSV.
        """
        found: list[Sequence[str] | None] = []
        broken: dict[int, str] = {}
        while not found:
            with self._told():
                records = list(islice(self._reader, rows))
            if not records:
                break
            if self._kept is None and set(map(len, records)) == {self._width}:
                found += records
                break
            for cells in filter(None, records):
                if len(cells) == self._width:
                    found.append(self._as_it_was(cells))
                else:
                    broken[len(found)] = self._why_broken(cells)
                    found.append(None)
        return found, broken

    def _why_broken(self, cells: Sequence[str]) -> str:
        return f"a row of {len(cells)} cells under a header of {self._width}"

    def _as_it_was(self, cells: list[str]) -> list[str]:
        return cells if self._kept is None else [unguarded(cells[at]) for at in self._kept]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except csv.Error as error:
            raise BadInput(f"FILE, line {self._reader.line_num}: {error}") from None


def read_records(
    source: BinaryIO, columns: Iterable[tuple[str, str]], *, delimiter: str = ","
) -> Iterator[Record]:
    """Yield the named columns of a CSV file with a header, record by record.

    Args:
        source: as `Table` takes it.
        columns: the option that chose each column wanted, and its name, in that order.
        delimiter: as `Table` takes it.

    Raises:
        BadInput: not UTF-8, not CSV, or no such column.
    """
    table = Table(source, delimiter=delimiter)
    places = [table.place(*column) for column in columns]
    for line, cells, why in table:
        yield Record(line, cells and tuple([cells[place] for place in places]), why)


def _csv_lines(source: Readable) -> Iterator[str]:
    """Return lines as the csv module wants them: a lone carriage return ends one too."""
    blocks = decoded_blocks(source)
    return chain.from_iterable(io.StringIO(text, newline="") for text in blocks)


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
