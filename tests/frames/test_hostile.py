"""Arrays and capsules that are not what they should be: an error that says so, and no crash."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh import ArgumentError
from smspoh.frames import arrow

from .conformance import FAST, KEY
from .raw import (
    RELEASE_ARRAY,
    RELEASE_SCHEMA,
    RELEASE_STREAM,
    Array,
    Raw,
    RawStream,
    Schema,
    capsule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = ["09420123456", None, "a text"]


def crooked(change: Callable[[Raw], object]) -> Raw:
    raw = Raw(ROWS)
    change(raw)
    return raw


def offsets(*values: int) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        raw.offsets[:] = list(values)

    return change


def parts(**fields: Any) -> Callable[[Raw], None]:
    """Change fields of the array, or of the schema with `schema_` before them."""

    def change(raw: Raw) -> None:
        for name, value in fields.items():
            struct = raw.schema if name.startswith("schema_") else raw.array
            setattr(struct, name.removeprefix("schema_"), value)

    return change


def buffer(place: int, address: int | None) -> Callable[[Raw], None]:
    def change(raw: Raw) -> None:
        raw.buffers[place] = address

    return change


def unaligned(raw: Raw) -> None:
    raw.buffers[1] = ctypes.addressof(raw.offsets) + 1


HOSTILE: list[tuple[str, Callable[[Raw], object], str]] = [
    ("an offset below the one before", offsets(0, 11, 5, 17), "has an offset that is below"),
    ("an offset below 0", offsets(-1, 11, 11, 17), "has an offset that is below"),
    ("a last offset below 0", offsets(0, 11, 11, -5), "has an offset that is below"),
    ("an offset past the last", offsets(0, 99, 11, 17), "has an offset that is below"),
    ("a length below 0", parts(length=-1), "out of range"),
    ("an offset of rows below 0", parts(offset=-1), "out of range"),
    ("more rows than memory", parts(length=2**63 - 1, offset=1), "out of range|not aligned"),
    ("a sum that is no number", parts(length=2**63 - 1, offset=2**63 - 1), "out of range"),
    ("too many nulls", parts(null_count=4), "out of range"),
    ("fewer nulls than none", parts(null_count=-2), "out of range"),
    (
        "nulls and no bits",
        lambda raw: (buffer(0, None)(raw), parts(null_count=1)(raw)),
        "null or not",
    ),
    ("no offsets", buffer(1, None), "null or not aligned"),
    ("no data", buffer(2, None), "null or not aligned"),
    ("crooked offsets", unaligned, "null or not aligned"),
    ("no buffers", parts(buffers=None), "null or not aligned"),
    ("too few buffers", parts(n_buffers=2), "has not the buffers"),
    ("buffers below 0", parts(n_buffers=-3), "has not the buffers"),
    ("none of the buffers of a null", parts(schema_format=b"n"), "has not the buffers"),
    ("buffers of a null below 0", parts(schema_format=b"n", n_buffers=-1), "has not the buffers"),
    ("too few buffers of views", parts(schema_format=b"vu", n_buffers=2), "has not the buffers"),
    ("a child", parts(n_children=1), "has not the buffers"),
    ("integers", parts(schema_format=b"l"), "not taken, int64;"),
    ("a name in a format", parts(schema_format=b"tsu:" + b"x" * 500), "not taken, timestamp;"),
    ("a long format", parts(schema_format=b"x" * 500), "not taken, 'xxxxxxxx';"),
    ("a decimal of no digits", parts(schema_format=b"d:" + b"x" * 500), "not taken, 'd:xxxxxx';"),
    ("no format", parts(schema_format=None), "not taken;"),
    ("a table of no column", parts(schema_format=b"+s"), "not taken, a struct of 0 fields"),
    (
        "a table of a column that is not there",
        parts(schema_format=b"+s", schema_n_children=1),
        "has not the buffers",
    ),
    ("a list", parts(schema_format=b"+l"), "not taken"),
    ("a released array", parts(release=RELEASE_ARRAY()), "was released"),
    ("a released schema", parts(schema_release=RELEASE_SCHEMA()), "was released"),
    (
        "a released schema whose format is gone",
        parts(schema_release=RELEASE_SCHEMA(), schema_format=ctypes.cast(64, ctypes.c_char_p)),
        "was released",
    ),
    (
        "a dictionary of a type alone",
        parts(schema_dictionary=ctypes.pointer(Schema())),
        "has not the",
    ),
]


@pytest.mark.parametrize(
    ("change", "said"), [case[1:] for case in HOSTILE], ids=[case[0] for case in HOSTILE]
)
def test_what_is_crooked_is_said(change: Callable[[Raw], object], said: str) -> None:
    for function in (arrow.normalize, arrow.segments, arrow.zawgyi_to_unicode):
        with pytest.raises(ArgumentError, match=said) as caught:
            function(crooked(change))
        assert "09420123456" not in str(caught.value)
    for sealing in (arrow.encrypt, arrow.decrypt):
        with pytest.raises(ArgumentError, match=f"keys (has|is|was).*({said})|keys ({said})"):
            sealing(Raw(ROWS), crooked(change), profile=FAST)
        with pytest.raises(ArgumentError, match=said):
            sealing(crooked(change), Raw(ROWS), profile=FAST)


def coded(codes: Sequence[int | None], values: int = 2) -> Raw:
    """Return a column of codes of 32 bits, in a dictionary of `values` texts."""
    raw = Raw([None if code is None else "1234" for code in codes])
    numbers = (ctypes.c_int32 * len(codes))(*[-7 if code is None else code for code in codes])
    texts = Raw([str(n) for n in range(values)])
    raw.buffers[1] = ctypes.addressof(numbers)
    raw.array.n_buffers = 2
    raw.schema.format = b"i"
    raw.schema.dictionary, raw.array.dictionary = map(ctypes.pointer, (texts.schema, texts.array))
    raw.keep = (numbers, texts)  # type: ignore[attr-defined]
    return raw


def test_codes_are_in_their_dictionary() -> None:
    assert pa.table(arrow.normalize(coded([0, 1, None]))).num_rows == 3
    for codes in ([2], [-1], [0, 2**31 - 1]):
        with pytest.raises(ArgumentError, match="has a code that is not in its dictionary"):
            arrow.normalize(coded(codes))
    nested = coded([0])
    nested.schema.dictionary.contents.dictionary = ctypes.pointer(Schema())
    with pytest.raises(ArgumentError, match="not taken"):
        arrow.normalize(nested)
    parent = coded([0])
    parent.array.n_children = 1
    with pytest.raises(ArgumentError, match="has not the buffers and children"):
        arrow.normalize(parent)
    floats = coded([0])
    floats.schema.format = b"f"
    with pytest.raises(ArgumentError, match="not taken, float;"):
        arrow.normalize(floats)


def in_table(field: Raw) -> Raw:
    """Return a struct of one field."""
    raw = Raw(["1234"] * field.array.length)
    types, fields = ctypes.pointer(field.schema), ctypes.pointer(field.array)
    raw.schema.format, raw.schema.n_children = b"+s", 1
    raw.schema.children = (type(types) * 1)(types)
    raw.array.n_buffers, raw.array.n_children, raw.array.null_count = 1, 1, 0
    raw.array.children = (type(fields) * 1)(fields)
    raw.keep = field  # type: ignore[attr-defined]
    return raw


@pytest.mark.parametrize("part", ["schema", "array"])
@pytest.mark.parametrize("place", ["a field", "a dictionary", "a dictionary of a field"])
def test_a_part_that_was_moved_out_of_its_parent_is_a_released_one(part: str, place: str) -> None:
    def column() -> tuple[Raw, Raw]:
        if place == "a field":
            field = Raw(ROWS)
            return in_table(field), field
        codes = coded([0, 1, None])
        texts: Raw = codes.keep[1]  # type: ignore[attr-defined]
        return (codes if place == "a dictionary" else in_table(codes)), texts

    whole, moved = column()
    assert pa.table(arrow.normalize(whole)).num_rows == 3
    released = RELEASE_SCHEMA() if part == "schema" else RELEASE_ARRAY()
    getattr(moved, part).release = released
    # What it says of its buffers is not true any more: looking there would end the process.
    if part == "array":
        moved.buffers[1] = moved.buffers[2] = 64
    for function in (arrow.normalize, arrow.segments, arrow.zawgyi_to_unicode):
        with pytest.raises(ArgumentError, match=r"(column|texts) was released"):
            function(whole)
    with pytest.raises(ArgumentError, match="keys was released"):
        arrow.encrypt(Raw(ROWS), whole, profile=FAST)


def test_a_struct_that_is_not_taken_is_told_by_its_fields() -> None:
    ints = pa.array([1, 2])
    texts = pa.array(["1", "2"])
    masked = pa.StructArray.from_arrays([texts], ["a"], mask=pa.array([False, True]))
    coded_ = pa.StructArray.from_arrays(
        [texts.dictionary_encode()], ["a"], mask=pa.array([False, True])
    )
    for column, said in (
        (pa.record_batch({"a": texts, "b": texts}), "a struct of 2 fields"),
        (pa.record_batch({"a": ints}), "a struct of a field of int64"),
        (pa.record_batch({"a": ints.dictionary_encode()}), "a field of a dictionary of int64"),
        (pa.record_batch({"a": masked}), "a struct of a field of a struct"),
        (masked, "a struct with nulls of its own"),
        (coded_, "a struct with nulls of its own"),
        (ints.dictionary_encode(), "a dictionary of int64"),
    ):
        with pytest.raises(ArgumentError, match=f"not taken, (a struct of )?{said};"):
            arrow.normalize(column)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (pa.float64(), "double"),
        (pa.float16(), "half float"),
        (pa.bool_(), "boolean"),
        (pa.uint8(), "uint8"),
        (pa.date32(), "date"),
        (pa.time64("ns"), "time"),
        (pa.timestamp("us", "Asia/Yangon"), "timestamp"),
        (pa.duration("s"), "duration"),
        (pa.month_day_nano_interval(), "interval"),
        (pa.decimal128(13, 1), r"decimal\(13, 1\)"),
        (pa.decimal256(76, -10), r"decimal\(76, -10\)"),
        (pa.binary(16), "binary of a fixed size"),
        (pa.list_(pa.string()), "list"),
        (pa.list_(pa.string(), 2), "list of a fixed size"),
        (pa.map_(pa.string(), pa.string()), "map"),
    ],
    ids=str,
)
def test_a_type_that_is_not_taken_is_told_in_words(kind: pa.DataType, said: str) -> None:
    with pytest.raises(ArgumentError, match=f"of a type that is not taken, {said};"):
        arrow.normalize(pa.array([None], kind))


def test_a_slice_without_nulls_of_a_struct_with_some_is_taken() -> None:
    texts = pa.array(["x", "09420123456", "09450000000", "y"])
    mask = pa.array([True, False, False, True])
    rows = pa.StructArray.from_arrays([texts], ["a"], mask=mask)
    assert pa.table(arrow.normalize(rows.slice(1, 2), columns=["e164"])).to_pylist() == [
        {"e164": "+959420123456"},
        {"e164": "+959450000000"},
    ]
    for start, count in ((0, 3), (1, 3), (3, 1)):
        with pytest.raises(ArgumentError, match="nulls of its own"):
            arrow.normalize(rows.slice(start, count))
    assert len(arrow.normalize(rows.slice(3, 0))) == 0


def test_views_are_inside_of_their_buffers() -> None:
    rows = pa.array(["a text of more than twelve bytes", "short"], pa.string_view())
    views = bytearray(rows.buffers()[1])
    for place, value in ((8, 1), (8, -1), (12, 5), (12, -1), (0, 1000), (0, -1)):
        changed = bytearray(views)
        changed[place : place + 4] = value.to_bytes(4, "little", signed=True)
        _, *data = rows.buffers()
        column = pa.Array.from_buffers(
            pa.string_view(), 2, [None, pa.py_buffer(bytes(changed)), *data[1:]]
        )
        with pytest.raises(ArgumentError, match="has a view that is outside"):
            arrow.normalize(column)


@given(
    values=st.lists(st.integers(-(2**31), 2**31 - 1), min_size=4, max_size=4),
    start=st.integers(0, 2),
)
def test_any_offsets_are_refused_or_read_inside(values: list[int], start: int) -> None:
    values[-1] = min(abs(values[-1]), 17)  # how large the data is, is the caller's word
    raw = crooked(offsets(*values))
    raw.array.offset, raw.array.length = start, 3 - start
    is_good = sorted(values[start:]) == values[start:] and values[start] >= 0
    try:
        assert pa.table(arrow.normalize(raw)).num_rows == 3 - start
        assert is_good
    except ArgumentError:
        assert not is_good


class Gives:
    """An object whose methods give something else."""

    def __init__(self, array: object = None, stream: object = None) -> None:
        if array is not None:
            self.__arrow_c_array__ = lambda: array
        if stream is not None:
            self.__arrow_c_stream__ = lambda: stream


def test_what_is_no_capsule_is_refused() -> None:
    raw = Raw(ROWS)
    schema, array = raw.__arrow_c_array__()
    bad: Any
    for bad in (5, (1, 2), (schema,), (array, schema), (schema, schema), [schema, array]):
        with pytest.raises(ArgumentError, match="__arrow_c_array__ of column gave"):
            arrow.normalize(Gives(array=bad))  # type: ignore[arg-type]
    for bad in (5, schema):
        with pytest.raises(ArgumentError, match="__arrow_c_stream__ of column gave"):
            arrow.normalize(Gives(stream=bad))  # type: ignore[arg-type]
    raw.names[1] = b"used_arrow_array"
    with pytest.raises(ArgumentError, match="capsule arrow_array"):
        arrow.normalize(raw)
    for bad in (None, [1], "09420123456", 5):
        with pytest.raises(TypeError, match="has neither"):
            arrow.normalize(bad)


def test_a_stream_that_fails_is_said() -> None:
    for failing in (RawStream(Raw(ROWS), code=5), RawStream(code=22)):
        with pytest.raises(ArgumentError, match=f"failed with the error {failing.code}"):
            arrow.normalize(failing)
    released = RawStream(Raw(ROWS))
    released.stream.release = RELEASE_STREAM()
    with pytest.raises(ArgumentError, match="is a stream that was released"):
        arrow.normalize(released)
    second = RawStream(Raw(ROWS), crooked(offsets(0, 11, 5, 17)))
    with pytest.raises(ArgumentError, match="has an offset"):
        arrow.normalize(second)
    length = crooked(parts(length=2**63 - 1))
    with pytest.raises(ArgumentError, match="no memory holds"):
        arrow.encrypt(RawStream(length), RawStream(Raw([KEY])), profile=FAST)


def test_an_empty_struct_of_arrow_is_a_released_one() -> None:
    raw = Raw(ROWS)
    empty = Gives(array=(capsule(raw.schema, b"arrow_schema"), capsule(Array(), b"arrow_array")))
    with pytest.raises(ArgumentError, match="was released"):
        arrow.normalize(empty)  # type: ignore[arg-type]
