"""CSV: every cell is text, and goes through as it is."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import CRLF, guarded
from smspoh.cli._input import BATCH_ROWS
from smspoh.cli._output import to_json
from smspoh.cli._table import Table

from .batch import BATCH_BYTES, STEP_ROWS, Batch, Sink, Source
from .reading import Counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from .batch import Added

_PLAIN_ROWS: Final = 50  # looked at together


class CsvBatch(Batch):
    """Rows of a CSV file. The cells of one that has more or fewer than the header are None."""

    def __init__(
        self,
        columns: tuple[str, ...],
        place: int,
        rows: Sequence[Sequence[str] | None],
        broken: Mapping[int, str],
    ) -> None:
        """Take rows (n); `place` is the column of numbers, from 0."""
        self._columns = columns
        self._place = place
        self._rows = rows
        self.broken = broken
        self.numbers = [row[place] if row else "" for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, places: Sequence[int]) -> CsvBatch:
        """Return the rows at these places."""
        broken = self.broken
        return CsvBatch(
            self._columns,
            self._place,
            [self._rows[at] for at in places],
            {new: broken[old] for new, old in enumerate(places) if old in broken},
        )

    def cells(self) -> list[Sequence[str]]:
        """Return each row as it is; empty cells for a broken one."""
        empty = ("",) * len(self._columns)
        return [empty if row is None else row for row in self._rows]

    def objects(self) -> Iterator[str]:
        """Yield each row as an object of texts; of nulls for a broken one."""
        names = self._columns
        nothing = (None,) * len(names)
        for row in self._rows:
            yield to_json(dict(zip(names, row or nothing, strict=True)))

    def arrow(self) -> Any:
        """Return columns of text; null for a broken row."""
        import pyarrow as pa  # noqa: PLC0415 - an extra

        nothing = (None,) * len(self._columns)
        cells = zip(*(row or nothing for row in self._rows), strict=True)
        columns = [pa.array(column, pa.string()) for column in cells]
        return pa.table(columns, names=list(self._columns))


class CsvSource(Source):
    """A CSV file with a header."""

    def __init__(self, source: BinaryIO, column: str, *, delimiter: str) -> None:
        """Read the header.

        Raises:
            BadInput: as `Table` does; or there is no such column, or several.
        """
        self._counted = Counted(source)
        self._table = Table(self._counted, delimiter=delimiter)
        self._place = self._table.place("--column", column)
        self.columns = tuple(self._table.header)

    def __iter__(self) -> Iterator[CsvBatch]:
        """Yield batches.

        Raises:
            BadInput: as `Table` does.
        """
        while True:
            begun = self._counted.read_bytes
            rows, broken = self._table.read(STEP_ROWS)
            if not rows:
                return
            while len(rows) < BATCH_ROWS and self._counted.read_bytes - begun < BATCH_BYTES:
                more, wrong = self._table.read(STEP_ROWS)
                if not more:
                    break
                broken |= {len(rows) + at: why for at, why in wrong.items()}
                rows += more
            yield CsvBatch(self.columns, self._place, rows, broken)

    def share(self) -> float | None:
        """Return how much of FILE was read."""
        return self._counted.share()


class CsvSink(Sink):
    """A CSV file that is written: a header, rows that end with a line feed, quotes where needed."""

    def __init__(
        self,
        write: Callable[[str], object],
        columns: Sequence[str],
        own: Iterable[str],
        *,
        delimiter: str,
        is_guarded: bool = False,
    ) -> None:
        """Write the header.

        Args:
            write: what takes text.
            columns: the columns of FILE.
            own: the names of those of ours.
            delimiter: what stands between cells.
            is_guarded: let no spreadsheet run what others wrote, as a file of
                corrections does, from which the guard is taken again when it is read.
        """
        self._write = write
        self._delimiter = delimiter
        self._is_guarded = is_guarded
        self._lines: list[str] = []
        self._csv = csv.writer(_Lines(self._lines), delimiter=delimiter, lineterminator=CRLF)
        header = [*(map(guarded, columns) if is_guarded else columns), *own]
        self._write(self._quoted([header]))

    def write(self, batch: Batch, added: Added) -> None:
        """Write rows.

        Raises:
            BadInput: a row has no form in CSV.
            OutputLost: it could not be written.
        """
        cells: Iterable[Iterable[object]] = batch.cells()
        if self._is_guarded:
            cells = (map(guarded, row) for row in cells)
        own = zip(*[map(_cell, column) for column in added.lists()], strict=True)
        rows = [(*row, *more) for row, more in zip(cells, own, strict=True)]
        some = (rows[at : at + _PLAIN_ROWS] for at in range(0, len(rows), _PLAIN_ROWS))
        self._write("".join([self._plainly(each) or self._quoted(each) for each in some]))

    def _plainly(self, rows: Sequence[tuple[Any, ...]]) -> str | None:
        """Return rows that need no quotes, which is faster; None where one does."""
        try:
            lines = "\n".join(map(self._delimiter.join, rows))
        except TypeError:  # a number
            return None
        cells = sum(map(len, rows))
        needs_none = (
            lines.count("\n") == len(rows) - 1
            and lines.count(self._delimiter) == cells - len(rows)
            and '"' not in lines
            and "\r" not in lines
            and self._delimiter != " "  # where later Pythons quote more
        )
        return f"{lines}\n" if needs_none else None

    def _quoted(self, rows: Iterable[Sequence[Any]]) -> str:
        # With CRLF, a lone carriage return in a cell gets its quotes too.
        self._lines.clear()
        self._csv.writerows(rows)
        return "".join([f"{line[:-2]}\n" for line in self._lines])

    def finish(self) -> None:
        """Do nothing: all is written."""


class _Lines:
    """What a writer of CSV takes for a file: a list of what it writes."""

    def __init__(self, lines: list[str]) -> None:
        self.write = lines.append


def _cell(value: Any) -> Any:
    return "" if value is None else value
