"""What the formats share: a batch of rows, where it comes from and where it goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from smspoh.cli._exit import BadInput
from smspoh.cli._input import BATCH_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

T = TypeVar("T")

BATCH_BYTES: Final = 8_388_608  # of FILE, after which a batch ends whatever its rows
STEP_ROWS: Final = 64  # between two looks at how much was read


class Added(NamedTuple):
    """Columns of ours beside the n rows of a batch.

    Attributes:
        names: of the columns.
        columns: each n long: a list, or an array of pyarrow.
    """

    names: tuple[str, ...]
    columns: Sequence[Any]

    def lists(self) -> list[list[Any]]:
        """Return each column as a list."""
        return [c if isinstance(c, list) else c.to_pylist() for c in self.columns]


class Batch(ABC):
    """Some rows of FILE (n), as its format has them.

    Attributes:
        numbers: what the column of numbers holds: a list, or an array of pyarrow.
        broken: the places of rows that are not of the shape of FILE, with the reason.
    """

    numbers: Any
    broken: Mapping[int, str]

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def take(self, places: Sequence[int]) -> Batch:
        """Return the rows at these places."""

    @abstractmethod
    def cells(self) -> Iterable[Sequence[object]]:
        """Return each row as the cells of a row of CSV.

        Raises:
            BadInput: a row has no such form.
        """

    @abstractmethod
    def objects(self) -> Iterable[str]:
        """Return each row as the text of an object of JSON, whose last character is its brace.

        Raises:
            BadInput: a row has no such form.
        """

    @abstractmethod
    def arrow(self) -> Any:
        """Return the rows as a table of pyarrow.

        Raises:
            BadInput: they have no such form.
        """


class Source(ABC):
    """FILE, read in batches of at most some 10,000 rows or 8 MiB.

    Attributes:
        columns: the names of its columns; of JSON lines, those of the first object.
    """

    columns: tuple[str, ...]

    @abstractmethod
    def __iter__(self) -> Iterator[Batch]: ...

    @abstractmethod
    def share(self) -> float | None:
        """Return how much of FILE was read, 0 to 1; None where nobody knows its size."""

    def schema(self) -> Any:
        """Return the columns as a schema of pyarrow: text, where the format has no types."""
        import pyarrow as pa  # noqa: PLC0415 - an extra

        return pa.schema([(name, pa.string()) for name in self.columns])


class Sink(ABC):
    """A file that batches are written to."""

    @abstractmethod
    def write(self, batch: Batch, added: Added) -> None:
        """Write the rows of a batch with the columns of ours.

        Raises:
            BadInput: a row has no form in this format.
            OutputLost: it could not be written.
        """

    @abstractmethod
    def finish(self) -> None:
        """Write what is still to be written.

        Raises:
            OutputLost: it could not be written.
        """

    def abandon(self) -> None:  # noqa: B027 - most have nothing that waits
        """Write nothing any more."""


def in_batches(rows: Iterable[T], read_bytes: Callable[[], int]) -> Iterator[list[T]]:
    """Cut rows into lists that are not too many, nor of too many bytes of their file.

    Args:
        rows: as they are read.
        read_bytes: how much of the file was read by now.
    """
    source = iter(rows)
    batch: list[T] = []
    begun = read_bytes()
    while step := list(islice(source, STEP_ROWS)):
        batch += step
        if len(batch) >= BATCH_ROWS or read_bytes() - begun >= BATCH_BYTES:
            yield batch
            batch = []
            begun = read_bytes()
    if batch:
        yield batch


def require_names(columns: Sequence[str], *, what: str) -> None:
    """Demand that no two columns have one name, as JSON and Parquet need it.

    Raises:
        BadInput: two have.
    """
    if columns and max(Counter(columns).values()) > 1:
        raise BadInput(f"FILE has two columns of one name: {what} needs a name for each")


def require_no_own(columns: Iterable[str], own: Container[str], *, where: str = "FILE") -> None:
    """Demand that FILE has no column of a name that one of ours gets.

    Raises:
        BadInput: it has.
    """
    for name in columns:
        if name in own:
            raise BadInput(f"{where} has a column {name!r} already: choose names with --prefix")
