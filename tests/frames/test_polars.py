"""Polars: expressions, lazy frames, the streaming engine."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
import traceback
from decimal import Decimal
from types import FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from smspoh import ArgumentError, EnvelopeProfile, WeakKeyWarning
from smspoh.frames import arrow
from smspoh.frames.polars import _Call

from . import by_lists, leaks
from .conformance import FAST, KEY, NUMBERS, TEXTS, Answer, Conformance, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ENGINES = ("in-memory", "streaming")


class OfSeries:
    """The functions of the suite, by the namespace of a Series."""

    def __getattr__(self, name: str) -> Callable[..., pl.Series]:
        def call(column: pl.Series, *arguments: Any, **options: Any) -> pl.Series:
            return self.call(name, column, *arguments, **options)

        return call

    def call(self, name: str, column: Any, *arguments: Any, **options: Any) -> pl.Series:
        found: pl.Series = getattr(column.smspoh, name)(*arguments, **options)
        assert found.name == column.name
        return found


class OfLazyFrame(OfSeries):
    """The functions of the suite, by the namespace of an expression."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def call(self, name: str, column: Any, *arguments: Any, **options: Any) -> pl.Series:
        frame = {"phone": column}
        if arguments and isinstance(arguments[0], pl.Series):
            frame["keys"] = arguments[0]
            arguments = (pl.col("keys"),)
        made = getattr(pl.col("phone").smspoh, name)(*arguments, **options)  # type: ignore[attr-defined]
        query = pl.LazyFrame(frame).select(made)
        found = query.collect(engine=self.engine)
        assert query.collect_schema() == found.schema, "the types are known before"
        assert found.columns == ["phone"]
        return found.to_series()


class TestSeries(Conformance):
    frames: Any = OfSeries()
    caller = __file__

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        whole = pl.Series("phone", rows, pl.String)
        yield "text", whole
        yield "categories", whole.cast(pl.Categorical)
        yield "enum", whole.cast(pl.Enum(sorted({row for row in rows if row is not None})))
        yield "bytes", whole.cast(pl.Binary)
        padded = pl.Series("phone", [None, "x", *rows, "y"], pl.String)
        yield "a slice", padded.slice(2, len(rows))
        chunked = pl.Series("phone", rows[:2], pl.String)
        for start in range(2, len(rows), max(3, len(rows) // 5)):
            stop = start + max(3, len(rows) // 5)
            chunked.append(pl.Series(rows[start:stop], dtype=pl.String))
        yield "chunks", chunked
        if all(row is None for row in rows):
            yield "nothing", pl.Series("phone", rows, pl.Null)

    def fields(self, answer: Any) -> Answer:
        assert answer.dtype == pl.Struct
        assert answer.null_count() == 0
        found: Answer = answer.struct.unnest().to_dict(as_series=False)
        return found

    def column(self, answer: Any) -> list[Any]:
        assert answer.dtype == pl.String
        return list(answer.to_list())


class TestExpression(TestSeries):
    frames: Any = OfLazyFrame("in-memory")

    # A frame has as many keys as texts.
    test_keys_are_as_many_as_rows = None  # type: ignore[assignment]

    def test_a_weak_key_is_warned_of_and_a_bad_one_refused(self) -> None:
        """Say it once of a key that is given; those in a column are seen on Polars' threads."""
        column = self.first(["a", "b"])
        with pytest.warns(WeakKeyWarning) as caught:
            self.frames.encrypt(column, "weak", profile=FAST)
        assert [warning.filename for warning in caught] == [__file__]
        with pytest.warns(WeakKeyWarning):
            self.frames.encrypt(column, self.first([KEY, "weak"]), profile=FAST)
        for key in ("", "nul\0"):
            with pytest.raises(ArgumentError, match="key"):
                self.frames.encrypt(column, key, profile=FAST)


class TestStreaming(TestExpression):
    frames: Any = OfLazyFrame("streaming")


def test_fields_are_taken_out_of_the_struct() -> None:
    frame = pl.LazyFrame({"phone": NUMBERS})
    found = frame.with_columns(
        e164=pl.col("phone").smspoh.normalize(columns=["e164"]).struct.field("e164"),  # type: ignore[attr-defined]
        verdict=pl.col("phone").smspoh.normalize().struct.field("verdict"),  # type: ignore[attr-defined]
    )
    assert dict(found.collect_schema()) == {
        "phone": pl.String,
        "e164": pl.String,
        "verdict": pl.Categorical,
    }
    expected = by_lists.normalize(NUMBERS)
    assert found.collect()["e164"].to_list() == [row["e164"] for row in expected]
    valid = found.filter(pl.col("verdict") == "VALID").collect()
    assert len(valid) == sum(row["verdict"] == "VALID" for row in expected) > 3


def test_two_columns_of_numbers_have_fields_of_their_own_by_a_prefix() -> None:
    frame = pl.LazyFrame({"home": NUMBERS, "work": NUMBERS[::-1]})
    home, work = (pl.col(name).smspoh.normalize(columns=["e164"]) for name in ("home", "work"))  # type: ignore[attr-defined]
    with pytest.raises(pl.exceptions.DuplicateError):
        frame.select(home.struct.unnest(), work.struct.unnest()).collect()
    apart = frame.select(home.name.prefix_fields("home_").struct.unnest(), work.struct.unnest())
    found = apart.collect()
    assert dict(apart.collect_schema()) == {"home_e164": pl.String, "e164": pl.String}
    assert found["home_e164"].to_list() == found["e164"].to_list()[::-1]


def test_chosen_columns_come_in_their_order() -> None:
    found = pl.Series(NUMBERS).smspoh.normalize(columns=["region", "e164"])  # type: ignore[attr-defined]
    assert found.struct.fields == ["region", "e164"]
    with pytest.raises(ArgumentError):
        pl.col("phone").smspoh.normalize(columns=["e146"])  # type: ignore[attr-defined]


def test_chosen_columns_are_those_of_when_the_plan_was_made() -> None:
    names = ["e164"]
    for columns in (names, iter(["e164"])):
        made = pl.col("phone").smspoh.normalize(columns=columns)  # type: ignore[attr-defined]
        names.append("verdict")
        query = pl.LazyFrame({"phone": NUMBERS}).select(made.struct.unnest())
        assert query.collect().columns == query.collect().columns == ["e164"]
    with pytest.raises(TypeError, match="columns must be a list"):
        pl.col("phone").smspoh.normalize(columns="e164")  # type: ignore[attr-defined]


def test_what_is_wrong_with_the_options_is_said_before_the_query_runs() -> None:
    with pytest.raises(ArgumentError, match="two capital letters"):
        pl.col("phone").smspoh.normalize(region="XX")  # type: ignore[attr-defined]
    with pytest.raises(ArgumentError):
        pl.col("phone").smspoh.encrypt("")  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="keys is int; a str, bytes or"):
        pl.col("phone").smspoh.encrypt(5)  # type: ignore[attr-defined]


def test_integers_are_their_digits() -> None:
    numbers = [9450000000, None, -9450000000, 66812345678]
    for kind in (pl.Int64, pl.Int128):
        found = pl.Series(numbers, dtype=kind).smspoh.normalize()  # type: ignore[attr-defined]
        assert found.to_list() == by_lists.normalize(numbers)
    decimals = pl.Series(
        [None if n is None else Decimal(n) for n in numbers], dtype=pl.Decimal(20, 0)
    )
    assert decimals.smspoh.normalize().to_list() == by_lists.normalize(numbers)  # type: ignore[attr-defined]
    assert pl.Series([95], dtype=pl.UInt8).smspoh.normalize().to_list() == by_lists.normalize([95])  # type: ignore[attr-defined]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_column_of_another_type_is_refused(engine: Any) -> None:
    for column, kind in (
        ([9.45e9], "Float64"),
        ([[1]], "List"),
        ([True], "Boolean"),
        ([Decimal("1.50")], r"Decimal\(precision=\d+, scale=2\)"),
    ):
        frame = pl.DataFrame({"phone": column})
        said = f"the column is of {kind}; text or integers are needed"
        with pytest.raises(ArgumentError, match=said):
            frame["phone"].smspoh.normalize()  # type: ignore[attr-defined]
        query = frame.lazy().select(pl.col("phone").smspoh.normalize())  # type: ignore[attr-defined]
        with pytest.raises(ArgumentError, match=said):
            query.collect(engine=engine)
    for keys in (KEY, pl.Series([KEY])):
        with pytest.raises(ArgumentError, match="of Int64; a column of text is needed"):
            pl.Series([95]).smspoh.encrypt(keys, profile=FAST)  # type: ignore[attr-defined]
        with pytest.raises(ArgumentError, match=r"scale=0\); a column of text is needed"):
            pl.Series([Decimal(95)]).smspoh.encrypt(keys, profile=FAST)  # type: ignore[attr-defined]


def test_one_key_in_a_literal_is_that_of_all_rows() -> None:
    frame = pl.DataFrame({"text": ["a", "b"]})
    tokens = frame.select(pl.col("text").smspoh.encrypt(pl.lit(KEY), profile=FAST)).to_series()  # type: ignore[attr-defined]
    opened = tokens.smspoh.decrypt(KEY, profile=FAST)  # type: ignore[attr-defined]
    assert opened.struct.field("text").to_list() == ["a", "b"]
    assert tokens.name == "text"


def test_a_series_of_one_text_has_a_token_a_row() -> None:
    frame = pl.DataFrame({"place": [1, 2, 3]}).with_columns(text=pl.lit("a"))
    tokens = frame["text"].smspoh.encrypt(KEY, profile=FAST)  # type: ignore[attr-defined]
    assert tokens.n_unique() == 3
    assert tokens.smspoh.decrypt(KEY, profile=FAST).struct.field("text").to_list() == ["a"] * 3


def test_a_column_of_keys_is_that_of_one_column() -> None:
    frame = pl.DataFrame({"a": ["x"], "b": ["y"], "key": [KEY]})
    both = pl.col("a", "b").smspoh  # type: ignore[attr-defined]
    assert frame.select(both.encrypt(KEY, profile=FAST)).columns == ["a", "b"]
    for function in (both.encrypt, both.decrypt):
        with pytest.raises(ArgumentError, match="beside 2 columns; one is needed"):
            frame.select(function(pl.col("key"), profile=FAST))


def test_no_plan_and_no_repr_shows_a_key() -> None:
    expression = pl.col("text").smspoh.encrypt(KEY, profile=FAST)  # type: ignore[attr-defined]
    query = pl.LazyFrame({"text": TEXTS}).select(expression)
    shown = [
        repr(expression),
        str(expression),
        repr(query),
        query.explain(),
        query.explain(optimized=False),
        query.explain(engine="streaming"),
    ]
    assert not any(KEY in text for text in shown)


def test_a_plan_that_holds_a_key_cannot_be_pickled() -> None:
    options = {"profile": FAST, "threads": 0}
    with pytest.raises(TypeError, match="holds a key") as caught:
        pickle.dumps(_Call(arrow.encrypt, options, keys=KEY))
    assert KEY not in str(caught.value)
    again = pickle.loads(pickle.dumps(_Call(arrow.segments, {"unicode": True})))
    assert again(pl.Series("text", ["a"])).to_list() == by_lists.segments(["a"], unicode=True)


class _ByValue(pickle.Pickler):
    def reducer_override(self, value: object) -> Any:
        if isinstance(value, FunctionType) and value.__closure__:
            return tuple, ([cell.cell_contents for cell in value.__closure__],)
        return NotImplemented


def _dumps_by_value(value: object) -> bytes:
    out = io.BytesIO()
    _ByValue(out).dump(value)
    return out.getvalue()


@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, pickle.dumps, lambda expression: expression.meta.serialize()],
    ids=["copy", "deepcopy", "pickle", "serialize"],
)
def test_an_expression_that_holds_a_key_is_not_copied(
    copied: Callable[[pl.Expr], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Polars copies an expression by serializing it, with a library that is not here.
    monkeypatch.setitem(sys.modules, "cloudpickle", SimpleNamespace(dumps=_dumps_by_value))
    expression = pl.col("text").smspoh.encrypt(KEY, profile=FAST)  # type: ignore[attr-defined]
    with pytest.raises((RuntimeError, pl.exceptions.ComputeError), match="holds a key") as caught:
        copied(expression)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    plan = pl.LazyFrame({"text": ["a"]}).select(expression)
    assert copy.deepcopy(plan).collect().item() != "a"


def test_grouped_and_over_windows() -> None:
    frame = pl.DataFrame({"shop": [1, 2, 1], "phone": ["09450000000", None, "+66812345678"]})
    number = pl.col("phone").smspoh.normalize().struct.field("e164")  # type: ignore[attr-defined]
    found = frame.group_by("shop", maintain_order=True).agg(number)
    assert found["e164"].to_list() == [["+959450000000", "+66812345678"], [None]]


def test_threads_of_the_streaming_engine_keep_the_order_of_the_rows(tmp_path: Path) -> None:
    """In a process of its own, because polars counts its threads once."""
    code = f"""
import polars as pl, smspoh.frames.polars
assert pl.thread_pool_size() == 4
numbers = [f"09{{450000000 + row}}" if row % 7 else None for row in range(300_000)]
pl.DataFrame({{"phone": numbers}}).write_parquet({str(tmp_path / "in")!r}, row_group_size=5_000)
number = pl.col("phone").smspoh.normalize(columns=["e164"]).struct.field("e164")
pl.scan_parquet({str(tmp_path / "in")!r}).select(number).sink_parquet({str(tmp_path / "out")!r})
found = pl.read_parquet({str(tmp_path / "out")!r}).to_series().to_list()
assert found == [number and "+95" + number[1:] for number in numbers]
print(len(found))
"""
    env = {**os.environ, "POLARS_MAX_THREADS": "4"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env
    )
    assert (done.stdout, done.returncode) == ("300000\n", 0), done.stderr


def test_a_column_of_any_name() -> None:
    for name in ("", "a\0b", "ဖုန်း"):
        frame = pl.DataFrame({name: ["09450000000"]})
        found = frame.select(pl.first().smspoh.normalize(columns=["e164"]))  # type: ignore[attr-defined]
        assert found.to_dicts() == [{name: {"e164": "+959450000000"}}]


def test_a_profile_and_a_lenient_reader() -> None:
    profile = EnvelopeProfile("AES-256-CBC", iterations=1)
    texts = pl.Series(["a", "b"])
    tokens = texts.smspoh.encrypt(KEY, profile=profile, threads=1)  # type: ignore[attr-defined]
    spaced = pl.Series([f"{token[:8]}\n{token[8:]}" for token in tokens])
    for lenient, verdict in ((True, "OK"), (False, "MALFORMED")):
        opened = spaced.smspoh.decrypt(  # type: ignore[attr-defined]
            KEY, profile=profile, lenient=lenient, columns=["verdict"]
        )
        assert opened.to_list() == [{"verdict": verdict}] * 2
    counted = texts.smspoh.segments(unicode=True, columns=["encoding"])  # type: ignore[attr-defined]
    assert counted.to_list() == [{"encoding": "UCS2"}] * 2


TEXT = pl.Series("text", ["Your code is 12345" * 4] * 200)
PHONES = pl.Series("phone", [f"09{420_000_000 + row}" for row in range(1000)])
TOKENS = TEXT.smspoh.encrypt(KEY, profile=FAST)  # type: ignore[attr-defined]
STREAMED = PHONES.to_frame().lazy().select(pl.col("phone").smspoh.normalize())  # type: ignore[attr-defined]
FUNCTIONS: dict[str, Callable[[], object]] = {
    "normalize": PHONES.smspoh.normalize,  # type: ignore[attr-defined]
    "segments": PHONES.smspoh.segments,  # type: ignore[attr-defined]
    "encrypt": lambda: TEXT.smspoh.encrypt(KEY, profile=FAST),  # type: ignore[attr-defined]
    "decrypt": lambda: TOKENS.smspoh.decrypt(KEY, profile=FAST),
    "streaming": lambda: STREAMED.collect(engine="streaming"),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_thousand_batches_leave_no_memory(name: str) -> None:
    leaks.check(__name__, name)


if __name__ == "__main__":
    leaks.main(FUNCTIONS)
