"""JSON lines: an object a line, whose text goes through as it is.

Numbers are read as their text, so that none loses a digit where it must be written anew.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from smspoh._spreadsheet import OWN_COLUMNS, VERDICT_COLUMN
from smspoh.cli._exit import BadInput
from smspoh.cli._input import decoded_lines

from .batch import Batch, Sink, Source, in_batches, require_no_own
from .reading import Counted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import BinaryIO, NoReturn

    from .batch import Added

_SPACE: Final = " \t\r\n"  # Source: RFC 8259, section 2


class Literal(str):
    """A number as it is written in JSON."""

    __slots__ = ()


class JsonRow:
    """An object of a file of JSON lines.

    Attributes:
        line: of the file, from 1.
        text: as it is written there, without blanks around it.
        value: what it says.
    """

    __slots__ = ("line", "text", "value")

    def __init__(self, line: int, text: str, value: dict[str, Any]) -> None:
        self.line = line
        self.text = text
        self.value = value


class JsonBatch(Batch):
    """Objects of a file of JSON lines."""

    def __init__(self, columns: tuple[str, ...], column: str, rows: Sequence[JsonRow]) -> None:
        """Take rows (n); `column` is the name that numbers have."""
        self._columns = columns
        self._column = column
        self._rows = rows
        self.broken = {}
        self.numbers = [_as_number(row.value.get(column)) for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def take(self, places: Sequence[int]) -> JsonBatch:
        """Return the rows at these places."""
        return JsonBatch(self._columns, self._column, [self._rows[at] for at in places])

    def objects(self) -> list[str]:
        """Return each object as it is written in FILE."""
        return [row.text for row in self._rows]

    def cells(self) -> Iterator[list[str]]:
        """Yield the values of each object as text, those of the first one's names.

        Raises:
            BadInput: an object has a name that the first one has not.
        """
        for values in self._values():
            yield ["" if value is None else as_text(value) for value in values]

    def arrow(self) -> Any:
        """Return columns of text, where a null or an absent value is null.

        Raises:
            BadInput: an object has a name that the first one has not.
        """
        import pyarrow as pa  # noqa: PLC0415 - an extra

        rows = ([None if v is None else _utf8(as_text(v)) for v in row] for row in self._values())
        columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        return pa.table(columns, names=[*map(_utf8, self._columns)])

    def _values(self) -> Iterator[list[Any]]:
        names = set(self._columns)
        for row in self._rows:
            if not row.value.keys() <= names:
                raise BadInput(
                    f"FILE, line {row.line}: the object has a name that the first one has not,"
                    " so it fits no table: OUT needs to be JSON lines"
                )
            yield [row.value.get(name) for name in self._columns]


class JsonSource(Source):
    """A file of JSON lines."""

    def __init__(self, source: BinaryIO, column: str, *, own: Collection[str]) -> None:
        """Read the first object.

        Args:
            source: the file; UTF-8, with or without a byte order mark.
            column: the name that numbers have.
            own: names of ours, which no object may have.

        Raises:
            BadInput: it is not as `__iter__` needs it, or has no such name.
        """
        self._counted = Counted(source)
        self._own = frozenset(own)
        self._column = column
        self._rows = self._read()
        self._first = next(self._rows, None)
        self.columns = () if self._first is None else tuple(self._first.value)
        if self._first is not None and column not in self.columns:
            raise BadInput(
                f"FILE, line {self._first.line}: the object has no {column!r}: choose another"
                f" name with --column; it has {len(self.columns)}"
            )

    def __iter__(self) -> Iterator[JsonBatch]:
        """Yield batches.

        Raises:
            BadInput: a line is not UTF-8, no object of JSON, or has a name of ours.
        """
        for batch in in_batches(self._all(), lambda: self._counted.read_bytes):
            yield JsonBatch(self.columns, self._column, batch)

    def share(self) -> float | None:
        """Return how much of FILE was read."""
        return self._counted.share()

    def schema(self) -> Any:
        """Return the columns as text, with names that are UTF-8."""
        import pyarrow as pa  # noqa: PLC0415 - an extra

        return pa.schema([(_utf8(name), pa.string()) for name in self.columns])

    def _all(self) -> Iterator[JsonRow]:
        first, self._first = self._first, None
        if first is not None:
            yield first
        yield from self._rows

    def _read(self) -> Iterator[JsonRow]:
        for line, raw in enumerate(decoded_lines(self._counted), 1):
            text = raw.strip(_SPACE)
            if not text:
                continue
            try:
                value, end = _scan(text, 0)
            except (ValueError, StopIteration, RecursionError):
                value, end = None, 0
            if not isinstance(value, dict) or end < len(text):
                raise BadInput(f"FILE, line {line}: not an object of JSON")
            if VERDICT_COLUMN in value:  # of a file of rejected rows: as it was
                value = {name: value[name] for name in value if name not in OWN_COLUMNS}
                text = as_text(value)
            if not self._own.isdisjoint(value):
                require_no_own(value, self._own, where=f"FILE, line {line}")
            yield JsonRow(line, text, value)


class JsonSink(Sink):
    """A file of JSON lines that is written."""

    def __init__(self, write: Callable[[str], object], own: Iterable[str]) -> None:
        """Write nothing yet.

        Args:
            write: what takes text.
            own: the names of the columns of ours.
        """
        self._write = write
        self._names = [f"{_encode(name)}:" for name in own]

    def write(self, batch: Batch, added: Added) -> None:
        """Write rows.

        Raises:
            BadInput: a row has no form in JSON.
            OutputLost: it could not be written.
        """
        columns = [
            [f"{name}{_scalar(value)}" for value in column]
            for name, column in zip(self._names, added.lists(), strict=True)
        ]
        own = map(",".join, zip(*columns, strict=True))
        self._write(
            "".join([_with(text, more) for text, more in zip(batch.objects(), own, strict=True)])
        )

    def finish(self) -> None:
        """Do nothing: all is written."""


def as_text(value: Any) -> str:
    """Return a text as it is, and what else is read of JSON as JSON.

    Raises:
        BadInput: it is nested too deeply.
    """
    try:
        return value if isinstance(value, str) else _json(value)
    except RecursionError:
        raise BadInput("FILE has a value that is nested too deeply to be written anew") from None


def _json(value: Any) -> str:
    if isinstance(value, Literal):
        return value
    if isinstance(value, dict):
        return f"{{{','.join([f'{_encode(name)}:{_json(each)}' for name, each in value.items()])}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return _encode(value)


def _with(text: str, own: str) -> str:
    head = text[:-1]
    return f"{head}{own}}}\n" if head.rstrip(_SPACE) == "{" else f"{head},{own}}}\n"


def _as_number(value: Any) -> str:
    """Return what may be a number: a text, or an integer's digits; else an empty text."""
    if isinstance(value, str) and (not isinstance(value, Literal) or value.isdigit()):
        return value
    return ""


def _utf8(text: str) -> str:
    """Return a text with lone surrogates written out, as everywhere in the output."""
    return text.encode(errors="backslashreplace").decode()


def _scalar(value: Any) -> str:
    return encode_basestring(value) if isinstance(value, str) else _encode(value)


def _no_constant(_name: str) -> NoReturn:
    raise ValueError("no number of JSON")


_DECODER: Final = json.JSONDecoder(
    parse_int=Literal, parse_float=Literal, parse_constant=_no_constant
)
_scan: Final[Callable[[str, int], tuple[Any, int]]] = _DECODER.scan_once  # type: ignore[attr-defined]  # the stub lacks it
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
