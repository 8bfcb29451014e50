"""Arrow in, Arrow out: pyarrow is the counterpart, and structs by hand."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import smspoh
from smspoh import ArgumentError
from smspoh.envelope.keys import WEAK_KEY_BITS, bits_max
from smspoh.frames import ChunkedColumns, Columns, arrow

from .conformance import FAST, KEY, NUMBERS, Answer, Conformance, Rows, numbers
from .raw import Raw, RawStream

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = [
    pa.utf8(),
    pa.large_utf8(),
    pa.string_view(),
    pa.binary(),
    pa.large_binary(),
    pa.binary_view(),
]
CODES = [
    pa.int8(),
    pa.uint8(),
    pa.int16(),
    pa.uint16(),
    pa.int32(),
    pa.uint32(),
    pa.int64(),
    pa.uint64(),
]


def as_type(rows: Rows, kind: pa.DataType) -> pa.Array:
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or kind == pa.binary_view():
        return pa.array([None if row is None else row.encode() for row in rows], kind)
    return pa.array(rows, kind)


class Read(Conformance):
    """Answers are read by pyarrow, which looks at all of them."""

    frames = arrow

    def fields(self, answer: Any) -> Answer:
        table = pa.table(answer)
        table.validate(full=True)
        assert table.schema == pa.schema(answer)
        assert len(answer) == table.num_rows
        assert answer.names == tuple(table.column_names)
        return dict(table.to_pydict())

    def column(self, answer: Any) -> list[Any]:
        chunked = pa.chunked_array(answer)
        chunked.validate(full=True)
        assert answer.names == ()
        assert len(answer) == len(chunked)
        return list(chunked.to_pylist())


class TestPyarrow(Read):
    """Columns of pyarrow, in every type and cut."""

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        for kind in TYPES:
            yield str(kind), as_type(rows, kind)
            around = as_type(["09420123450", *rows, None, "x"], kind)
            yield f"{kind}, a slice", around.slice(1, len(rows))
        around = pa.array(["0", *rows, "1"])
        for code in CODES[: 2 if len(rows) < 100 else 0] + CODES[2:]:
            coded = around.dictionary_encode().cast(pa.dictionary(code, pa.utf8()))
            yield f"codes of {code}", coded.slice(1, len(rows))
        yield (
            "a dictionary of views",
            pa.DictionaryArray.from_arrays(
                pa.array([None if row is None else at for at, row in enumerate(rows)], pa.int32()),
                as_type(["" if row is None else row for row in rows], pa.string_view()),
            ),
        )
        long = pa.array([str(n) for n in range(50)] + rows).dictionary_encode()
        yield "a dictionary longer than its rows", long.slice(50)
        yield "a field", pa.record_batch({"only": around}).slice(1, len(rows))
        half = len(rows) // 2
        chunks = [pa.array(part, pa.utf8()) for part in (rows[:half], [], rows[half:])]
        yield "chunks", pa.chunked_array(chunks, pa.utf8())
        yield "a table", pa.table({"only": pa.chunked_array(chunks, pa.utf8())})
        if all(row is None for row in rows):
            yield "null", pa.nulls(len(rows))


class TestRaw(Read):
    """Columns that no library made."""

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        yield "an array", Raw(rows)
        around = Raw(["0", *rows, None])
        around.array.offset, around.array.length = 1, len(rows)
        yield "a slice", around
        counted = Raw(rows)
        counted.array.null_count = rows.count(None)
        yield "a count of nulls", counted
        if not rows:
            empty = Raw(rows)
            empty.buffers[1] = empty.buffers[2] = None
            yield "no buffers", empty
        half = len(rows) // 2
        yield "a stream", RawStream(Raw(rows[:half]), Raw([]), Raw(rows[half:]))


def test_an_array_gives_an_array_and_a_stream_chunks() -> None:
    rows = pa.array(NUMBERS, pa.utf8())
    one = arrow.normalize(rows)
    assert type(one) is Columns
    assert repr(one) == f"<Columns of {len(NUMBERS)} rows: {', '.join(one.names)}>"
    many = arrow.normalize(pa.chunked_array([rows, rows]))
    assert type(many) is ChunkedColumns
    assert not hasattr(many, "__arrow_c_array__")
    assert pa.table(many).column("e164").num_chunks == 2
    assert repr(arrow.zawgyi_to_unicode(rows)) == f"<Columns of {len(NUMBERS)} rows>"


def test_an_answer_is_read_again_and_again_and_outlives_its_maker() -> None:
    for column in (pa.array(NUMBERS), pa.chunked_array([NUMBERS])):
        answer = arrow.normalize(column)
        tables = [pa.table(answer) for _ in range(3)]
        child = tables[0].column("verdict")
        del answer, column
        assert tables[1] == tables[2]
        del tables
        assert child.to_pylist() == numbers(NUMBERS)["verdict"]


def test_an_answer_is_a_column_again() -> None:
    forms = arrow.normalize(pa.array(NUMBERS), columns=["e164"])
    again = arrow.normalize(forms, columns=["e164"])
    assert pa.table(again) == pa.table(forms)


def test_integers_have_a_sign() -> None:
    for answer in (arrow.normalize(Raw(NUMBERS)), arrow.segments(Raw(NUMBERS))):
        for field in pa.schema(answer):
            kind = field.type.index_type if pa.types.is_dictionary(field.type) else field.type
            assert not pa.types.is_unsigned_integer(kind)


def test_the_names_of_dictionaries_are_those_of_the_enumerations() -> None:
    batch = pa.record_batch(arrow.normalize(Raw(["1"])))
    for name, members in (
        ("verdict", smspoh.Verdict),
        ("operator", smspoh.Operator),
        ("kind", smspoh.Kind),
    ):
        expected = [member.name for member in members]
        assert batch.column(name).dictionary.to_pylist() == expected
    opened = pa.record_batch(arrow.decrypt(Raw(["1"]), KEY, profile=FAST))
    expected = [member.name for member in smspoh.EnvelopeVerdict]
    assert opened.column("verdict").dictionary.to_pylist() == expected
    encodings = pa.record_batch(arrow.segments(Raw(["1"]))).column("encoding").dictionary
    assert encodings.to_pylist() == [member.name for member in smspoh.Encoding]
    regions = batch.column("region").dictionary.to_pylist()
    assert len(set(regions)) == len(regions)
    assert {"MM", "TH", "001"} < set(regions)


def test_texts_of_other_bytes_are_no_text() -> None:
    rows = pa.array([b"\xff\xfe", b"ok", None])
    assert pa.table(arrow.normalize(rows)).column("verdict").to_pylist()[0] == "NOT_A_NUMBER"
    assert pa.table(arrow.segments(rows)).column("encoding").to_pylist() == ["NONE", "GSM7", None]
    assert pa.array(arrow.zawgyi_to_unicode(rows)).to_pylist() == [None, "ok", None]


def test_batches_come_one_at_a_time() -> None:
    stream = RawStream(Raw(NUMBERS[:5]), Raw([]), Raw(NUMBERS[5:]))
    answers = arrow.batches(stream, arrow.normalize)
    assert stream.given == 0
    assert len(next(answers)) == 5
    assert stream.given == 1
    found = [row for answer in answers for row in pa.table(answer).column("e164").to_pylist()]
    assert found == numbers(NUMBERS)["e164"][5:]
    assert [len(answer) for answer in arrow.batches(pa.array(["1"]), arrow.segments)] == [1]


def test_an_array_of_batches_can_be_handed_on_once() -> None:
    table = pa.table({"phone": NUMBERS, "name": [str(n) for n in range(len(NUMBERS))]})
    seen: Rows = []

    def take(array: Any) -> None:
        batch = pa.record_batch(array)
        batch.validate(full=True)
        seen.extend(
            pa.record_batch(arrow.normalize(batch.column("phone"))).column("e164").to_pylist()
        )
        with pytest.raises(ArgumentError, match="handed on before"):
            array.__arrow_c_array__()
        with pytest.raises(ArgumentError, match="released"):
            arrow.normalize(array)

    assert list(arrow.batches(table.to_reader(max_chunksize=7), take)) == [None] * 3
    assert seen == numbers(NUMBERS)["e164"]


def test_keys_are_cut_where_the_texts_are_not() -> None:
    texts = [str(n) for n in range(10)]
    keys = [KEY + text for text in texts]
    for left in ([3, 7], [10], [0, 10, 0], [1] * 10):
        for right in ([5, 5], [10], [2, 0, 8]):
            columns = []
            for rows, sizes in ((texts, left), (keys, right)):
                at = [sum(sizes[:n]) for n in range(len(sizes))]
                cut = [rows[a : a + n] for a, n in zip(at, sizes, strict=True)]
                columns.append(pa.chunked_array(cut, pa.utf8()))
            tokens = pa.chunked_array(arrow.encrypt(*columns, profile=FAST)).to_pylist()
            assert smspoh.decrypt_batch(tokens, keys, profile=FAST) == texts


@pytest.mark.parametrize(
    "key",
    ["1" * 24, "1" * 25, "a" * 17, "a" * 18, "aB1" * 4, "aB1!" * 3, "aB1!" * 4, "é" * 5, "é" * 6],
)
def test_a_key_is_weak_where_it_is_for_lists(key: str) -> None:
    is_weak = bits_max(key.encode()) < WEAK_KEY_BITS
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        arrow.encrypt(pa.array(["a"]), pa.array([key]), profile=FAST)
    assert [warning.category for warning in caught] == [smspoh.WeakKeyWarning] * is_weak
