"""The rows that a person can correct, as a CSV file that can be read again.

The columns of the row come first, as they were, but guarded against spreadsheets that
would run a cell as a formula. Three columns of ours follow, and by them such a file is
known when it is read: then the guard is taken away and they are no columns any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smspoh._private import PrivateFile
from smspoh._spreadsheet import OWN_COLUMNS, csv_line, guarded
from smspoh.errors import ArgumentError

from .preflight_rows import RowVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from .preflight_rows import Checked


class CorrectionsFile:
    """Write a new file of mode 0600 with the rows that can be corrected.

    A row of CELLS is written without its cells: padded or cut they would stand under
    columns that nobody says are theirs, and a corrected file would send them.

    Args:
        path: where; nothing may be there yet.
        columns: the names of the columns; None takes those of the first row.
        fallback: the names where there is no such row.
        delimiter: what stands between cells, one character.

    Raises:
        ArgumentError: something is there already, or it cannot be created.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str] | None = None,
        *,
        fallback: Sequence[str] = (),
        delimiter: str = ",",
    ) -> None:
        self._columns: tuple[str, ...] | None = None
        self._waiting: list[Checked] = []  # rows of CELLS before the columns are known
        self._fallback = fallback
        self._delimiter = delimiter
        self._file = PrivateFile(path, what="the file of corrections")
        if columns is not None:
            self._begin(columns)

    def write(self, rows: Iterable[Checked]) -> None:
        """Write those of the rows that can be corrected.

        Raises:
            ArgumentError: a row has a column that the first one has not.
            OSError: the disk is full.
        """
        chosen = [row for row in rows if row.verdict.can_be_corrected]
        if self._columns is None:
            for row in chosen:
                if row.cells is not None and row.verdict is not RowVerdict.CELLS:
                    self._begin([str(name) for name in row.cells])
                    break
            else:
                self._waiting += chosen
                return
        self._write(chosen)

    def close(self) -> None:
        """Wait until the disk has it, and close."""
        try:
            if self._columns is None:
                self._begin(self._fallback)
        finally:
            self._file.close()

    def _begin(self, columns: Iterable[str]) -> None:
        self._columns = tuple(name for name in columns if name not in OWN_COLUMNS)
        self._file.append(self._line((*map(guarded, self._columns), *OWN_COLUMNS)))
        waiting, self._waiting = self._waiting, []
        self._write(waiting)

    def _write(self, rows: Sequence[Checked]) -> None:
        if rows:
            self._file.append(b"".join(self._line(self._cells(row)) for row in rows))

    def _line(self, cells: Sequence[Any]) -> bytes:
        return csv_line(cells, delimiter=self._delimiter)

    def _cells(self, row: Checked) -> tuple[Any, ...]:
        columns = self._columns or ()
        number = row.number if row.verdict is RowVerdict.BAD_NUMBER else None
        said = row.why if number is None else f"{number.name}: {row.why}"
        own = (row.row, str(row.verdict), said)
        if row.cells is None or row.verdict is RowVerdict.CELLS:
            return (*[""] * len(columns), *own)
        if not row.cells.keys() <= {*columns, *OWN_COLUMNS}:
            raise ArgumentError(f"row {row.row} has a column that the first one has not")
        return (*(guarded(row.cells.get(name)) for name in columns), *own)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if kind is not None:  # what was left half way through would be taken for the whole
            self._file.path.unlink(missing_ok=True)
