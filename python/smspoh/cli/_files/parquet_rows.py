"""Parquet, through pyarrow: types, nested columns and metadata are kept.

A file is read piece by piece, however large its row groups are, and written in row
groups of our own.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import OWN_COLUMNS, VERDICT_COLUMN
from smspoh.cli._exit import BadInput

from .batch import BATCH_BYTES, Batch, Sink, Source
from .parquet_values import cell, dumps, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

    from .batch import Added
    from .new_file import NewFile

BATCH_ROWS_MAX: Final = 16_384
STEPS: Final = 16  # of a batch of rows that are as large as the file says
BUFFER_BYTES: Final = 1_048_576  # of each column chunk, read at once
GROUP_ROWS: Final = 131_072  # of a row group that is written
GROUP_BYTES: Final = 16_777_216  # in memory, after which a row group ends whatever its rows


def require_pyarrow() -> None:
    """Say what to install when Parquet cannot be read.

    Raises:
        BadInput: pyarrow is missing.
    """
    if not find_spec("pyarrow"):
        raise BadInput("Parquet needs pyarrow: pip install 'smspoh[parquet]'")


class ParquetBatch(Batch):
    """Rows of a Parquet file."""

    broken: Mapping[int, str] = {}

    def __init__(self, rows: Any, column: str) -> None:
        """Take rows (n), a table of pyarrow; `column` is the name that numbers have."""
        self._rows = rows
        self._column = column

    @property
    def numbers(self) -> Any:
        """The column of numbers, as an array of text: integers are their digits."""
        from smspoh.frames._digits import digits  # noqa: PLC0415 - an extra

        column = digits(self._rows.column(self._column))
        return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()

    def __len__(self) -> int:
        return int(self._rows.num_rows)

    def take(self, places: Sequence[int]) -> ParquetBatch:
        """Return the rows at these places."""
        return ParquetBatch(_taken(self._rows, places), self._column)

    def cells(self) -> Iterator[tuple[object, ...]]:
        """Return each row; what is no number and no text as JSON, null as an empty cell.

        Raises:
            BadInput: a type has no such form.
        """
        return zip(*[map(cell, column) for column in self._lists()], strict=True)

    def objects(self) -> Iterator[str]:
        """Yield each row as an object of JSON.

        Raises:
            BadInput: a type has no such form.
        """
        names = self._rows.column_names
        for values in zip(*self._lists(), strict=True):
            yield dumps(dict(zip(names, values, strict=True)))

    def arrow(self) -> Any:
        """Return the rows as they are."""
        return self._rows

    def _lists(self) -> list[list[Any]]:
        return [listed(column) for column in self._rows.columns]


class ParquetSource(Source):
    """A Parquet file."""

    def __init__(self, source: BinaryIO, column: str) -> None:
        """Read the footer.

        Args:
            source: the file, in which any place can be read.
            column: the name that numbers have: texts, or integers, also as decimals of scale 0.

        Raises:
            BadInput: it is a pipe or no Parquet file, or has no such column.
        """
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

        if not source.seekable():
            raise BadInput("FILE is a pipe, through which Parquet cannot go: it needs a file")
        with _told():
            # Without pre_buffer, and with buffers, a row group is never in memory as a whole.
            self._file = pq.ParquetFile(source, pre_buffer=False, buffer_size=BUFFER_BYTES)
        schema = self._file.schema_arrow
        names = schema.names
        if VERDICT_COLUMN in names:  # a file of rejected rows: as it was
            names = [name for name in names if name not in OWN_COLUMNS]
        self.columns = tuple(names)
        self._column = column
        self._require_column(schema)
        self._rows = self._file.metadata.num_rows
        self._read = 0

    def _require_column(self, schema: Any) -> None:
        found = self.columns.count(self._column)
        if found != 1:
            raise BadInput(
                f"FILE has {found or 'no'} columns of the name {self._column!r}: choose another"
                f" with --column; it has {len(self.columns)}"
            )
        kind = schema.field(self._column).type
        if not _can_be_numbers(kind):
            raise BadInput(f"the column of --column is {kind}: it needs texts or integers")

    def __iter__(self) -> Iterator[ParquetBatch]:
        """Yield batches.

        Raises:
            BadInput: the file is damaged.
        """
        rows_max = self._batch_rows()
        step_rows = max(1, rows_max // STEPS)
        waiting: list[Any] = []
        rows = size = 0
        for step in self._steps(step_rows):
            waiting.append(step)
            rows += step.num_rows
            size += step.nbytes
            if rows + step_rows > rows_max or size >= BATCH_BYTES:
                yield self._batch(waiting, rows)
                waiting, rows, size = [], 0, 0
        if waiting:
            yield self._batch(waiting, rows)

    def _steps(self, rows: int) -> Iterator[Any]:
        # The file says how large its rows are on average. Few texts that many rows share are there
        # once, in a dictionary, and each row that is read has its own copy: so rows are read by
        # few, and joined until they are as large as a batch.
        columns = None if len(self.columns) == len(self._file.schema_arrow) else [*self.columns]
        found = self._file.iter_batches(rows, columns=columns)
        while True:
            with _told():
                step = next(found, None)
            if step is None:
                return
            yield step

    def _batch(self, steps: list[Any], rows: int) -> ParquetBatch:
        import pyarrow as pa  # noqa: PLC0415 - an extra

        self._read += rows
        return ParquetBatch(pa.Table.from_batches(steps), self._column)

    def share(self) -> float | None:
        """Return how much of the rows was read."""
        return self._read / self._rows if self._rows else None

    def schema(self) -> Any:
        """Return the types of the columns, and all metadata."""
        schema = self._file.schema_arrow
        for at in reversed(range(len(schema))):
            if schema.names[at] not in self.columns:
                schema = schema.remove(at)
        return schema

    def _batch_rows(self) -> int:
        """Return how many rows a batch may have, by what the widest take in the file."""
        meta = self._file.metadata
        groups = (meta.row_group(at) for at in range(meta.num_row_groups))
        widest = max((g.total_byte_size / g.num_rows for g in groups if g.num_rows), default=1)
        return max(1, min(BATCH_ROWS_MAX, int(BATCH_BYTES / max(widest, 1))))


class ParquetSink(Sink):
    """A Parquet file that is written."""

    def __init__(self, file: NewFile, schema: Any, own: Mapping[str, str]) -> None:
        """Begin the file.

        Args:
            file: where it goes.
            schema: of the columns of FILE.
            own: the names of those of ours, and their types.

        Raises:
            OutputLost: it does not fit.
        """
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

        for name, kind in own.items():
            schema = schema.append(pa.field(name, kind))
        self._pa = pa
        self._schema = schema
        self._kinds = schema.types[len(schema) - len(own) :]
        self._out = _Out(file)
        self._waiting: list[Any] = []
        self._writer = pq.ParquetWriter(self._out, schema)

    def write(self, batch: Batch, added: Added) -> None:
        """Write rows.

        Raises:
            BadInput: a row has no form in Parquet.
            OutputLost: it could not be written.
        """
        columns = [*batch.arrow().columns]
        for column, kind in zip(added.columns, self._kinds, strict=True):
            columns.append(
                self._pa.array(column, kind) if isinstance(column, list) else column.cast(kind)
            )
        self._waiting.append(self._pa.Table.from_arrays(columns, schema=self._schema))
        if (
            sum(each.num_rows for each in self._waiting) >= GROUP_ROWS
            or sum(each.nbytes for each in self._waiting) >= GROUP_BYTES
        ):
            self._put()

    def finish(self) -> None:
        """Write what waits, and the footer.

        Raises:
            OutputLost: it does not fit.
        """
        self._put()
        self._writer.close()

    def abandon(self) -> None:
        """Write nothing any more: else the library would, when it lets go of the file."""
        self._waiting.clear()
        self._out.file = None
        self._writer.close()

    def _put(self) -> None:
        if self._waiting:
            self._writer.write_table(self._pa.concat_tables(self._waiting))
            self._waiting.clear()


class _Out(io.RawIOBase):
    """A new file as pyarrow writes it."""

    def __init__(self, file: NewFile) -> None:
        self.file: NewFile | None = file

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        if self.file is not None:
            self.file.append(bytes(content))
        return len(content)


def _taken(rows: Any, places: Sequence[int]) -> Any:
    """Return the rows of a table at these places, which are some and in order."""
    import pyarrow as pa  # noqa: PLC0415 - an extra

    try:
        return rows.take(places)
    except NotImplementedError:  # there is no such function for views, but slices of anything
        pass
    ends = [at for at in range(1, len(places)) if places[at] != places[at - 1] + 1]
    runs = zip([0, *ends], [*ends, len(places)], strict=True)
    return pa.concat_tables([rows.slice(places[begin], end - begin) for begin, end in runs])


def _can_be_numbers(kind: Any) -> bool:
    from pyarrow import types  # noqa: PLC0415 - an extra

    from smspoh.frames._digits import is_integer, is_text, value_type  # noqa: PLC0415 - an extra

    kind = value_type(kind)
    return is_text(kind) or is_integer(kind) or bool(types.is_null(kind))


@contextmanager
def _told() -> Iterator[None]:
    """Say in our words what is wrong with a file: the library's may have what is in it.

    Raises:
        BadInput: something is.
    """
    import pyarrow as pa  # noqa: PLC0415 - an extra

    try:
        yield
    except NotImplementedError:
        raise BadInput(f"FILE has a type that pyarrow {pa.__version__} cannot read") from None
    except (pa.ArrowException, OSError):
        raise BadInput("FILE is no Parquet file, or it is damaged") from None
