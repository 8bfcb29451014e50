"""pandas: every dtype that a column of text can have."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import smspoh.frames.pandas  # noqa: F401 - it gives pandas its accessor
from smspoh import ArgumentError, EnvelopeProfile

from . import by_lists, leaks
from .conformance import FAST, KEY, NUMBERS, TEXTS, Answer, Conformance, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DTYPES: tuple[Any, ...] = (
    object,
    "string[python]",
    "string[pyarrow]",
    None,  # that of pandas for texts
    pd.ArrowDtype(pa.string()),
    pd.ArrowDtype(pa.large_string()),
    "category",
)


class Accessor:
    """The functions of the suite, by the accessor of a Series."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(column: Any, *arguments: Any, **options: Any) -> Any:
            # The suite makes keys without the index of the rows that they belong to.
            is_column = bool(arguments) and isinstance(arguments[0], pd.Series)
            if is_column and len(arguments[0]) == len(column):
                arguments = (arguments[0].set_axis(column.index),)
            found = getattr(column.smspoh, name)(*arguments, **options)
            assert found.index.equals(column.index)
            return found

        return call


def plain(column: Any) -> list[Any]:
    """Return the rows of a Series; what is missing is None."""
    missing = column.isna().tolist()
    return [None if gone else row for row, gone in zip(column.tolist(), missing, strict=True)]


def by_rows(frame: Any) -> list[by_lists.Row]:
    """Return the rows of a frame."""
    fields = {name: plain(frame[name]) for name in frame}
    return [dict(zip(fields, row, strict=True)) for row in zip(*fields.values(), strict=True)]


class TestPandas(Conformance):
    frames: Any = Accessor()
    caller = __file__

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        for dtype in DTYPES:
            yield str(dtype), pd.Series(rows, dtype=dtype, name="phone")
        encoded = [None if row is None else row.encode() for row in rows]
        yield "bytes", pd.Series(encoded, dtype=object)
        padded = pd.Series([None, "x", *rows, "y"], dtype=object)
        yield "a slice with an index of its own", padded[2 : 2 + len(rows)]
        whole = pd.Series(rows, dtype=pd.ArrowDtype(pa.string()))
        yield "chunks", pd.concat([whole[:2], whole[2:5], whole[5:]])
        yield "every second", pd.Series([row for row in rows for _ in "12"], dtype=object)[::2]

    def fields(self, answer: Any) -> Answer:
        return {name: plain(answer[name]) for name in answer}

    def column(self, answer: Any) -> list[Any]:
        return plain(answer)


def test_the_index_is_kept() -> None:
    column = pd.Series(NUMBERS, index=[f"row {at}" for at in range(len(NUMBERS))][::-1])
    for result in (
        column.smspoh.normalize(),
        column.smspoh.segments(),
        column.smspoh.encrypt(KEY, profile=FAST),
        column.smspoh.decrypt(KEY, profile=FAST),
    ):
        assert result.index.equals(column.index)
    same = pd.Series(["a", "b"], index=[7, 7], name="text")
    assert list(same.smspoh.segments().index) == [7, 7]
    assert same.smspoh.encrypt(KEY, profile=FAST).name == "text"


@pytest.mark.parametrize("rows", [NUMBERS, [None], []], ids=["rows", "a null", "none"])
def test_dtypes_do_not_depend_on_the_rows(rows: Rows) -> None:
    found = pd.Series(rows, dtype=object).smspoh.normalize()
    names = ["verdict", "operator", "kind", "region"]
    assert [found[name].dtype.name for name in names] == ["category"] * 4
    assert list(found["verdict"].cat.categories)[:2] == ["VALID", "UNCONFIRMED"]
    assert isinstance(found["e164"].dtype, pd.StringDtype)
    assert found["calling_code"].dtype == "Int16"
    counted = pd.Series(rows, dtype=object).smspoh.segments()
    assert [str(dtype) for dtype in counted.dtypes] == ["category", *["Int32"] * 4]


@pytest.mark.parametrize("rows", [["09450000000"] * 2, ["09450000000", None]])
def test_a_result_can_be_written_to(rows: Rows) -> None:
    column = pd.Series(rows, dtype="str")
    for found in (column.smspoh.normalize(), column.smspoh.segments(), column.smspoh.decrypt(KEY)):
        for name in found.columns:
            was_missing = found[name].isna().sum()
            found.loc[0, name] = None
            assert found[name].isna().sum() == was_missing + (name not in ("text", "forced_at"))
    again = column.smspoh.normalize()
    assert again.loc[0, "verdict"] == "VALID"


def test_whatever_is_missing_is_missing() -> None:
    column = pd.Series(["09450000000", None, np.nan, pd.NA, pd.NaT, ""], dtype=object)
    found = column.smspoh.normalize()
    assert found["verdict"].isna().tolist() == [False, True, True, True, True, False]
    empty = pd.Series([np.nan, np.nan])  # as an empty column of a file is read
    assert empty.smspoh.normalize().isna().all(axis=None)
    assert empty.smspoh.segments().isna().all(axis=None)


INTEGERS = [9450000000, -9450000000, 66812345678, 0]


@pytest.mark.parametrize(
    "dtype", ["int64", "Int64", pd.ArrowDtype(pa.int64()), object, "category"], ids=str
)
def test_integers_are_their_digits(dtype: Any) -> None:
    found = pd.Series(INTEGERS, dtype=dtype).smspoh.normalize()
    assert by_rows(found) == by_lists.normalize(INTEGERS)


@pytest.mark.parametrize("dtype", [pa.decimal128(12, 0), pa.decimal256(50, 0), "category"], ids=str)
def test_decimals_of_scale_0_are_integers(dtype: Any) -> None:
    kind = pd.ArrowDtype(pa.decimal128(12, 0) if dtype == "category" else dtype)
    rows = [*INTEGERS, None]
    column = pd.Series([row if row is None else Decimal(row) for row in rows], dtype=kind)
    column = column.astype(dtype) if dtype == "category" else column
    assert by_rows(column.smspoh.normalize()) == by_lists.normalize(rows)


def test_integers_beside_nothing() -> None:
    rows = [9450000000, None]
    for column in (
        pd.Series(rows, dtype="Int64"),
        pd.Series(rows, dtype="Int64").astype("category"),
    ):
        assert by_rows(column.smspoh.normalize()) == by_lists.normalize(rows)


def test_objects_of_any_kind_are_judged_as_in_a_list() -> None:
    rows: list[Any] = ["09450000000", 9450000000, np.int64(9450000000), b"09450000000", 9.45e9]
    rows += [
        True,
        [1],
        10**300,
        "\ud800",
        b"\xff",
        None,
        bytearray(b"09450000000"),
        "09\n450000000",
    ]
    column = pd.Series(rows, dtype=object)
    assert by_rows(column.smspoh.normalize()) == by_lists.normalize(rows)
    assert by_rows(column.smspoh.segments()) == by_lists.segments(rows)
    decrypted = column.smspoh.decrypt(KEY, profile=FAST)
    assert by_rows(decrypted) == by_lists.decrypt(rows, KEY, profile=FAST)
    tokens = plain(column.smspoh.encrypt(KEY, profile=FAST))
    kept = [token is not None for token in tokens]
    assert kept == [isinstance(row, (str, bytes, bytearray)) and row != "\ud800" for row in rows]


def test_a_lone_surrogate_is_judged_in_a_string_dtype_too() -> None:
    rows = ["\ud800", "09450000000", None]
    column = pd.Series(rows, dtype="string[python]")
    assert by_rows(column.smspoh.normalize()) == by_lists.normalize(rows)
    assert by_rows(column.smspoh.segments()) == by_lists.segments(rows)
    assert [row is None for row in plain(column.smspoh.encrypt(KEY))] == [True, False, True]


def test_mixed_categories() -> None:
    rows: list[Any] = ["09450000000", 9450000000, None]
    column = pd.Series(rows, dtype=object).astype("category")
    assert by_rows(column.smspoh.normalize()) == by_lists.normalize(rows)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([9.45e9]),
        pd.Series([True]),
        pd.Series(pd.to_datetime(["2026-11-27"])),
        pd.Series([1 + 2j]),
        pd.Series([Decimal("1.50")], dtype=pd.ArrowDtype(pa.decimal128(12, 2))),
        pd.Series(["09450000000"], dtype=pd.SparseDtype(object)),
    ],
    ids=["floats", "bools", "dates", "complex", "decimals", "sparse"],
)
def test_a_column_of_another_type_is_refused(column: Any) -> None:
    kinds = r"the column is of (float64|bool|datetime64|complex128|decimal128\(12, 2\)|Sparse)"
    with pytest.raises(ArgumentError, match=kinds):
        column.smspoh.normalize()
    with pytest.raises(ArgumentError, match="a column of text is needed"):
        column.smspoh.segments()


def test_only_numbers_may_be_integers() -> None:
    decimals = pd.Series([Decimal(1)], dtype=pd.ArrowDtype(pa.decimal128(12, 0)))
    for column in (pd.Series([1]), pd.Series([1]).astype("category"), decimals):
        with pytest.raises(ArgumentError, match="a column of text is needed"):
            column.smspoh.segments()


def test_keys_belong_to_the_rows_of_their_index() -> None:
    texts = pd.Series(["a", "b"], index=["x", "y"])
    keys = pd.Series([KEY, KEY], index=["x", "y"])
    for wrong in (keys[::-1], keys.reset_index(drop=True)):
        with pytest.raises(ArgumentError, match="another index than the rows"):
            texts.smspoh.encrypt(wrong)
    with pytest.raises(TypeError, match="keys is list; a str, bytes or a Series is needed"):
        texts.smspoh.encrypt([KEY, KEY])


def test_chosen_columns_and_options() -> None:
    column = pd.Series(TEXTS)
    assert list(column.smspoh.normalize(columns=["kind", "e164"])) == ["kind", "e164"]
    assert list(column.smspoh.segments(unicode=True, columns=["units"])) == ["units"]
    profile = EnvelopeProfile("AES-192-CBC", iterations=1)
    tokens = column.smspoh.encrypt(KEY, profile=profile, threads=1)
    opened = tokens.smspoh.decrypt(KEY, profile=profile, lenient=True, columns=["text"])
    assert plain(opened["text"]) == TEXTS
    with pytest.raises(ArgumentError):
        column.smspoh.normalize(columns=["e146"])


PHONES = [f"09{420_000_000 + row}" for row in range(600)]
TEXT = pd.Series(["Your code is 12345" * 4] * 200)
TOKENS = TEXT.smspoh.encrypt(KEY, profile=FAST)
FUNCTIONS: dict[str, Callable[[], object]] = {
    "normalize": pd.Series(PHONES).smspoh.normalize,
    "objects": pd.Series([*PHONES, 5], dtype=object).smspoh.normalize,
    "segments": pd.Series(PHONES, dtype="category").smspoh.segments,
    "encrypt": lambda: TEXT.smspoh.encrypt(KEY, profile=FAST),
    "decrypt": lambda: TOKENS.smspoh.decrypt(KEY, profile=FAST),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_thousand_batches_leave_no_memory(name: str) -> None:
    leaks.check(__name__, name)


if __name__ == "__main__":
    leaks.main(FUNCTIONS)
