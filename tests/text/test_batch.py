"""Many texts at once: every column is what single texts say, whatever the rows are."""

from __future__ import annotations

import array
import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.text import Encoding, SegmentsBatch, _pack, segments, segments_batch

from .shared import SECRET, TEXTS, check_silent
from .texts import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Row = tuple[Encoding, int, int, int, int | None]
NO_TEXT: Final[Row] = (Encoding.NONE, 0, 0, 0, None)
MIXED: Final[tuple[object, ...]] = (
    "hello",
    None,
    "မြန်မာ" * 20,
    b"bytes \xe2\x82\xac",
    bytearray("က".encode()),
    memoryview(b"view"),
    memoryview(b"vxixexw")[::2],
    memoryview(array.array("H", [0x6161, 0x6262])),
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe1\x80",
    b"\x80\xac",
    "\ud800",
    "a\udfff",
    "",
    b"",
    "\0",
    "a\0b",
    "\0\0",
    b"\0",
    "😀" * 40,
    "€" * 81,
    7,
    True,
    1.5,
    math.nan,
    object(),
    ["a"],
    ("a",),
    "last",
)


def one_by_one(rows: Iterator[object] | list[object], *, unicode: bool) -> list[Row]:
    """Return the rows the slow way."""
    answers = []
    for row in rows:
        try:
            found = segments(row, unicode=unicode)  # type: ignore[arg-type]
        except (TypeError, ArgumentError):
            answers.append(NO_TEXT)
        else:
            counts = (found.parts, found.units, found.units_left)
            answers.append((found.encoding, *counts, found.forced_at))
    return answers


def rows_of(batch: SegmentsBatch) -> list[Row]:
    columns = (batch.encodings, batch.parts, batch.units, batch.units_left, batch.forced_at)
    rows = list(zip(*columns, strict=True))
    assert len(rows) == len(batch)
    return rows


_ROWS: Final = st.lists(
    st.one_of(
        TEXTS,
        TEXTS.map(str.encode),
        st.text(st.characters(), max_size=5),
        st.text("\0a€က", max_size=5),
        st.binary(max_size=6),
        st.binary(max_size=6).map(bytearray),
        st.binary(max_size=6).map(lambda data: memoryview(data)),  # noqa: PLW0108 - mypy
        st.integers(0, len(MIXED) - 1).map(MIXED.__getitem__),  # not all can be hashed
        st.none(),
        st.integers(),
        st.floats(),
    ),
    max_size=12,
)


@given(_ROWS, st.booleans())
def test_rows_are_those_of_single_calls(rows: list[object], unicode: bool) -> None:
    expected = one_by_one(rows, unicode=unicode)
    assert rows_of(segments_batch(rows, unicode=unicode)) == expected


@given(st.lists(TEXTS, max_size=12), st.booleans())
def test_rows_of_text_alone_are_those_of_single_calls(rows: list[str], unicode: bool) -> None:
    expected = one_by_one(list(rows), unicode=unicode)
    assert rows_of(segments_batch(rows, unicode=unicode)) == expected


def test_a_row_that_is_no_text_is_none_and_its_neighbours_go_on() -> None:
    batch = segments_batch(MIXED)
    assert rows_of(batch) == one_by_one(list(MIXED), unicode=False)
    no_text = [at for at, encoding in enumerate(batch.encodings) if encoding is Encoding.NONE]
    assert no_text == [1, 6, 8, 9, 10, 11, 12, 13, *range(22, 29)]
    assert {rows_of(batch)[at] for at in no_text} == {NO_TEXT}


def test_bytes_that_are_a_text_together_are_none_each() -> None:
    whole = "က".encode()
    batch = segments_batch([whole[:1], whole[1:], whole, whole[:2], whole[2:]])
    assert [encoding.value for encoding in batch.encodings] == [0, 0, 2, 0, 0]


@pytest.mark.parametrize("count", [0, 1, 2, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049, 5_000])
@pytest.mark.parametrize("dirt", [None, "a\0b", b"\xff", "\ud800", 7])
def test_pieces_are_put_together_in_order(count: int, dirt: object) -> None:
    rows: list[object] = ["x" * (at % 331) + "က" * (at % 3) for at in range(count)]
    if dirt is not None and count:
        rows[count // 2] = dirt  # of one piece alone, so pieces are packed in different ways
    assert rows_of(segments_batch(rows)) == one_by_one(rows, unicode=False)


def test_seeded_texts_are_what_single_calls_say() -> None:
    rows: list[object] = list(texts(20261128, 3_000))
    for unicode in (False, True):
        batch = segments_batch(rows, unicode=unicode)
        assert rows_of(batch) == one_by_one(rows, unicode=unicode)


def test_any_iterable_will_do() -> None:
    rows = ["hello", None, "က" * 71]
    expected = rows_of(segments_batch(rows))
    assert rows_of(segments_batch(tuple(rows))) == expected
    assert rows_of(segments_batch(iter(rows))) == expected
    assert rows_of(segments_batch(row for row in rows)) == expected
    assert rows_of(segments_batch(dict.fromkeys(rows))) == expected
    assert rows_of(segments_batch(range(3))) == [NO_TEXT] * 3


def test_no_rows_are_no_rows() -> None:
    empties: tuple[Iterable[object], ...] = ([], (), iter([]), {})
    for empty in empties:
        batch = segments_batch(empty)
        assert rows_of(batch) == []
        assert (len(batch), batch.counts()) == (0, {})
        assert repr(batch) == "SegmentsBatch(rows=0, parts=0)"


def test_counts_and_repr_show_no_text() -> None:
    batch = segments_batch([*MIXED, SECRET])
    assert batch.counts() == Counter(batch.encodings)
    assert list(batch.counts()) == [Encoding.NONE, Encoding.GSM7, Encoding.UCS2]
    assert segments_batch(["a"]).counts() == {Encoding.GSM7: 1}
    assert repr(segments_batch(["a" * 161, None, "က", SECRET])) == (
        "SegmentsBatch(rows=4, parts=4, NONE=1, GSM7=2, UCS2=1)"
    )


def test_columns_are_lists_that_are_made_once() -> None:
    batch = segments_batch(["a", None])
    for name in ("encodings", "parts", "units", "units_left", "forced_at"):
        column = getattr(batch, name)
        assert type(column) is list
        assert getattr(batch, name) is column


@pytest.mark.parametrize("single", [SECRET, SECRET.encode(), bytearray(b"a"), memoryview(b"a")])
def test_a_single_text_is_a_type_error(single: object) -> None:
    with pytest.raises(TypeError, match=r"^texts must be a list .* not a single one$") as caught:
        segments_batch(single)  # type: ignore[arg-type]
    check_silent(caught.value)


@pytest.mark.parametrize("value", [None, 7, 1.5, object()])
def test_what_is_not_iterable_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"^texts must be a list or another iterable of rows, not"):
        segments_batch(value)  # type: ignore[arg-type]


def test_the_error_of_the_callers_iterator_comes_through() -> None:
    def failing() -> Iterator[str]:
        yield "a"
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine$"):
        segments_batch(failing())


@pytest.mark.parametrize("row", ["a" * 1_101, "é" * 551, "က" * 551, b"a" * 1_101], ids=len)
def test_texts_of_too_many_bytes_are_an_argument_error(
    row: str | bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pack, "BYTES_MAX", 1_100)
    for call in (lambda: segments_batch([row]), lambda: segments(row)):
        with pytest.raises(
            ArgumentError, match=r"^the texts have 1,\d+ bytes; one call takes at"
        ) as got:
            call()
        assert str(row) not in str(got.value)
    # A call has 1,024 rows; those of others do not count.
    assert segments_batch([""] * 1_023 + ["a" * 70] + ["b" * 160]).parts == [1] * 1_025


def test_rows_that_change_afterwards_change_nothing() -> None:
    data = bytearray("က".encode())
    rows = [data, "a"]
    batch = segments_batch(rows)
    data[:] = b"abc"
    rows.clear()
    assert [encoding.value for encoding in batch.encodings] == [2, 1]
