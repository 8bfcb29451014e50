"""Spark passes the suite of all libraries, but for what it has no word for."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from pyspark.errors import AnalysisException
from pyspark.sql import functions as F  # noqa: N812 - its usual name

from smspoh import ArgumentError, WeakKeyWarning
from smspoh.frames import spark as frames
from tests.frames.conformance import (
    ANY_ROWS,
    FAST,
    KEY,
    MANY,
    NUMBERS,
    Answer,
    Conformance,
    Rows,
    numbers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .cluster import Cluster

ONE_PARTITION: Final = {
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "3",
    "spark.sql.execution.arrow.useLargeVarTypes": "true",
}
PARTITIONS: Final = {"spark.sql.leafNodeDefaultParallelism": "3"}


@dataclass(frozen=True)
class Shape:
    """Rows, and how Spark holds them.

    Attributes:
        rows: n texts, or None for a null.
        kind: the type of the column.
        parquet: the folder of a file that they are read from; None where they are the plan's own.
        options: settings of the session while a query runs.
    """

    rows: Rows
    kind: str = "string"
    parquet: Path | None = None
    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a query said: the names of the fields of its struct, and its rows."""

    names: list[str]
    rows: list[Any]


class Columns:
    """The functions of the suite, by a query of a frame each."""

    def __init__(self, spark: Any) -> None:
        self.spark = spark
        self.numbers = count()  # of files

    def __getattr__(self, name: str) -> Callable[..., Found]:
        def call(column: Shape | Found, *arguments: Any, **options: Any) -> Found:
            return self.call(name, column, *arguments, **options)

        return call

    def call(
        self,
        name: str,
        column: Shape | Found,
        keys: Any = None,
        columns: Any = None,
        **options: Any,
    ) -> Found:
        """Return what a function says, row by row; keys may be a shape, as the rows are."""
        shape = column if isinstance(column, Shape) else Shape(column.rows)
        held = {"phone": shape.rows}
        arguments = [] if keys is None else [keys]
        if isinstance(keys, Shape):
            held["key"], arguments = keys.rows, [F.col("key")]
        made = getattr(frames, name)("phone", *arguments, **options)
        if columns is not None:
            made = F.struct(*(made[field] for field in columns))
        with self.settings(shape.options):
            query = self.frame(shape, held).select("place", made.alias("it"))
            kind = query.schema["it"].dataType
            found = sorted(query.collect())
        assert [place for place, _ in found] == list(range(len(shape.rows)))
        names = kind.names if hasattr(kind, "names") else []
        return Found(names, [row for _, row in found])

    def frame(self, shape: Shape, held: dict[str, Rows]) -> Any:
        """Return a frame with the place of each row, and the columns that are held."""
        table = pa.table(
            {
                "place": pa.array(range(len(shape.rows)), pa.int32()),
                **{name: pa.array(rows, pa.string()) for name, rows in held.items()},
            }
        )
        if shape.parquet is None:
            made = self.spark.createDataFrame(table)
        else:
            for name in held:
                at = table.column_names.index(name)
                table = table.set_column(at, name, table[name].dictionary_encode())
            path = shape.parquet / f"{next(self.numbers)}.parquet"
            pq.write_table(table, path, row_group_size=5)
            schema = ", ".join(["place int", *(f"{name} string" for name in held)])
            made = self.spark.read.schema(schema).parquet(str(path))
        for name in held:
            made = made.withColumn(name, F.col(name).cast(shape.kind))
        return made

    @contextmanager
    def settings(self, options: dict[str, str]) -> Iterator[None]:
        """Have the session at other settings."""
        before = {name: self.spark.conf.get(name, None) for name in options}
        for name, value in options.items():
            self.spark.conf.set(name, value)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    self.spark.conf.unset(name)
                else:
                    self.spark.conf.set(name, value)


class TestColumns(Conformance):
    """The suite on a cluster of processes. What is another way in Spark says why."""

    frames: Columns

    @pytest.fixture(autouse=True)
    def connected(self, cluster: Cluster, tmp_path: Path) -> None:
        self.frames = Columns(cluster.spark)
        self.folder = tmp_path

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        yield "partitions", Shape(rows, options=PARTITIONS)
        yield "bytes of one partition", Shape(rows, kind="binary", options=ONE_PARTITION)
        yield "a dictionary of parquet", Shape(rows, parquet=self.folder)

    def fields(self, answer: Found) -> Answer:
        assert answer.names
        return {name: [row[at] for row in answer.rows] for at, name in enumerate(answer.names)}

    def column(self, answer: Found) -> list[Any]:
        assert answer.names == []
        return answer.rows

    def test_any_rows_are_those_of_lists(self) -> None:
        """Judge the rows of all examples in one frame: a job of Spark takes a tenth of a second."""
        rows: Rows = []

        @given(drawn=ANY_ROWS)
        def draw(drawn: Rows) -> None:
            rows.extend(drawn)

        draw()
        assert len(rows) > 100
        expected = numbers(rows)
        for name, column in self.shapes(rows):
            assert self.fields(self.frames.normalize(column)) == expected, name

    def test_many_rows_on_many_threads(self) -> None:
        """Have many tasks for many threads: a task has one thread, and nobody says how many."""
        rows: Rows = [f"09{250_000_000 + n}" if n % 7 else None for n in range(MANY)]
        expected = numbers(rows)
        for options in ({}, PARTITIONS):
            column = Shape(rows, options=options)
            assert self.fields(self.frames.normalize(column)) == expected, options
        with pytest.raises(TypeError, match="threads"):
            frames.normalize("phone", threads=2)  # type: ignore[call-arg]

    def test_columns_are_those_that_are_asked_for_in_their_order(self) -> None:
        """Choose fields as Spark does, from the struct; one that is not there is its error."""
        expected = numbers(NUMBERS)
        column = self.first(NUMBERS)
        for names in (("verdict",), ("region", "e164"), tuple(expected)[::-1]):
            found = self.fields(self.frames.normalize(column, columns=names))
            assert found == {name: expected[name] for name in names}
            assert tuple(found) == names
        with pytest.raises(AnalysisException, match="nonsense"):
            self.frames.normalize(column, columns=["nonsense"])

    def test_keys_are_as_many_as_rows(self) -> None:
        """Refuse keys of another frame, as Spark does: those of the same one are as many."""
        texts: Rows = ["a", "b", "c"]
        others: Rows = [KEY, KEY]
        rows, keys = (self.frames.frame(Shape(held), {"phone": held}) for held in (texts, others))
        for function in (frames.encrypt, frames.decrypt):
            with pytest.raises(AnalysisException, match="phone"):
                rows.select(function(rows["phone"], keys["phone"], profile=FAST))

    def test_a_weak_key_is_warned_of_and_a_bad_one_refused(self) -> None:
        """Look on the driver at what is given there: a column of keys only the workers see."""
        column = self.first(["a", "b"])
        with pytest.warns(WeakKeyWarning, match="key"):
            self.frames.encrypt(column, "weak", profile=FAST)
        tokens = self.frames.encrypt(column, self.first([KEY, "weak"]), profile=FAST)
        assert None not in self.column(tokens)
        for key in ("", "nul\0"):
            with pytest.raises(ArgumentError, match="key"):
                self.frames.encrypt(column, key, profile=FAST)

    def test_arguments_are_those_of_lists(self) -> None:
        """Refuse what lists refuse, but for a number of threads, which there is none of."""
        with pytest.raises(ArgumentError):
            frames.normalize("phone", region="XX")
        with pytest.raises(TypeError):
            frames.encrypt("phone", KEY, profile=None)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            frames.encrypt("phone", 5, profile=FAST)
