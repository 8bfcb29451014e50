"""Many numbers at once: shapes of input, columns, threads, forks."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError, NumberError
from smspoh.phone import (
    Kind,
    Operator,
    PhoneBatch,
    PhoneNumber,
    RefusedNumber,
    Verdict,
    normalize,
    normalize_batch,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = ["09 420 123 456", "+66 81 234 5678", "", "01 512345", "094O9611612", "၀၉၇၉၁၂၃၄၅၆၇"]


def many(count: int) -> list[str]:
    """Return rows of which no two neighbours have the same answer."""
    forms = ("09 420 {:06}", "+66 81 {:07}", "x{:07}", "09 20 {:05}", "၀၉၇၇{:07}", "01 51{:04}")
    return [forms[at % len(forms)].format(at % 10_000) for at in range(count)]


def one_by_one(numbers: list[str]) -> list[PhoneNumber | Verdict]:
    """Return the answers the slow way."""
    answers: list[PhoneNumber | Verdict] = []
    for number in numbers:
        try:
            answers.append(normalize(number))
        except NumberError as error:
            answers.append(error.verdict)
    return answers


def answers_of(batch: PhoneBatch) -> list[PhoneNumber | Verdict]:
    return [row if isinstance(row, PhoneNumber) else row.verdict for row in batch]


def test_the_columns_tell_what_became_of_each_row() -> None:
    batch = normalize_batch(ROWS)
    assert batch.e164 == [
        "+959420123456",
        "+66812345678",
        None,
        "+951512345",
        None,
        "+959791234567",
    ]
    assert batch.verdicts == [
        Verdict.VALID,
        Verdict.VALID,
        Verdict.NOT_A_NUMBER,
        Verdict.VALID,
        Verdict.LETTERS,
        Verdict.VALID,
    ]
    unknown = Operator.UNKNOWN
    assert batch.operators == [Operator.MPT, unknown, unknown, unknown, unknown, Operator.ATOM]
    none = Kind.UNKNOWN
    mobile = Kind.MOBILE
    assert batch.kinds == [mobile, mobile, none, Kind.FIXED_LINE, none, mobile]
    assert batch.regions == ["MM", "TH", None, "MM", None, "MM"]
    assert batch.country_codes == [95, 66, 0, 95, 0, 95]
    assert len(batch) == len(ROWS)


def test_rows_are_those_of_single_calls() -> None:
    assert answers_of(normalize_batch(ROWS)) == one_by_one(ROWS)


def test_rows_can_be_indexed_from_both_ends_and_sliced() -> None:
    batch = normalize_batch(ROWS)
    assert batch[0] == normalize(ROWS[0])
    assert batch[-1] == normalize(ROWS[-1])
    assert batch[2] == RefusedNumber(
        Verdict.NOT_A_NUMBER, None, 0, Operator.UNKNOWN, Kind.UNKNOWN, None
    )
    assert batch[2].e164 is None
    assert batch[1:3] == [batch[1], batch[2]]
    assert batch[::-1] == batch.to_list()[::-1]
    for index in (len(ROWS), -len(ROWS) - 1):
        with pytest.raises(IndexError):
            batch[index]


def test_counts_and_repr_show_no_number() -> None:
    batch = normalize_batch([*ROWS, "09337382971", "+66 2 123"])
    assert batch.counts() == Counter(batch.verdicts)
    assert repr(batch) == (
        "PhoneBatch(rows=8, VALID=4, UNCONFIRMED=1, NOT_A_NUMBER=1, LETTERS=1, TOO_SHORT=1)"
    )
    assert not re.search(r"420|812|337|2123", repr(batch.to_list()))


def test_sms_refuses_what_cannot_take_one() -> None:
    numbers = ["01 512345", "09 420 123 456", "+66 2 123 4567", "+66812345678", "09337382971"]
    batch = normalize_batch(numbers, sms=True)
    assert batch.verdicts == [
        Verdict.NOT_MOBILE,
        Verdict.VALID,
        Verdict.NOT_MOBILE,
        Verdict.VALID,
        Verdict.UNCONFIRMED,
    ]
    assert batch.e164[0] is batch.e164[2] is None
    assert batch.kinds[0] is batch.kinds[2] is Kind.FIXED_LINE


def test_lenient_and_region_reach_every_row() -> None:
    lenient = normalize_batch(["094O9611612", "09420123456x1"], strict=False)
    assert lenient.e164 == ["+95949611612", "+959420123456"]
    abroad = normalize_batch(["09420123456", "+959420123456"], region=None)
    assert abroad.e164 == [None, "+959420123456"]


def generated() -> Iterator[str]:
    yield from ROWS


@pytest.mark.parametrize(
    "numbers",
    [
        ROWS,
        tuple(ROWS),
        generated(),
        dict.fromkeys(ROWS),
        [row.encode() for row in ROWS],
        [bytearray(row.encode()) for row in ROWS],
        [row if at % 2 else row.encode() for at, row in enumerate(ROWS)],
    ],
    ids=["list", "tuple", "generator", "keys", "bytes", "bytearrays", "mixed"],
)
def test_every_iterable_of_texts_is_judged_alike(numbers: list[str]) -> None:
    assert normalize_batch(numbers).to_list() == normalize_batch(ROWS).to_list()


class Index:
    def __index__(self) -> int:
        return 9420123456


class Trap:
    def __index__(self) -> int:
        raise RuntimeError("a row that fails when it is looked at")


@pytest.mark.parametrize(
    "bad",
    [
        None,
        float("nan"),
        959420123456.0,
        True,
        -1,
        object(),
        [],
        Trap(),
        "\udcff",
    ],
)
def test_one_bad_row_never_fails_its_batch(bad: object) -> None:
    batch = normalize_batch(["09420123456", bad, 9420123456, Index()])
    assert batch.e164 == ["+959420123456", None, "+959420123456", "+959420123456"]
    assert batch.verdicts[1] is Verdict.NOT_A_NUMBER


@pytest.mark.parametrize("encoded", [False, True])
def test_a_line_break_in_a_row_stays_in_its_row(encoded: bool) -> None:
    rows = ["09420123456\n", "09420123456\n09420123457", "\n", "0942\n0123456", "09420123457"]
    numbers: list[str] | list[bytes] = [row.encode() for row in rows] if encoded else rows
    assert normalize_batch(numbers).verdicts == [
        Verdict.VALID,
        Verdict.SEVERAL,
        Verdict.NOT_A_NUMBER,
        Verdict.NOT_A_NUMBER,
        Verdict.VALID,
    ]


@pytest.mark.parametrize("numbers", [[], (), iter([])])
def test_a_batch_of_no_rows_is_a_batch(numbers: list[str]) -> None:
    batch = normalize_batch(numbers)
    assert len(batch) == 0
    assert (batch.e164, batch.regions, batch.country_codes, batch.counts()) == ([], [], [], {})
    assert repr(batch) == "PhoneBatch(rows=0)"


@pytest.mark.parametrize("row", [9420123456, Index(), b"09420123456", bytearray(b"09420123456")])
def test_a_batch_of_one_row_that_is_no_str_is_judged(row: object) -> None:
    assert normalize_batch([row]).e164 == ["+959420123456"]


def test_one_empty_row_is_a_row() -> None:
    assert normalize_batch([""]).verdicts == [Verdict.NOT_A_NUMBER]


@pytest.mark.parametrize("numbers", ["09420123456", b"09420123456", bytearray(b"09")])
def test_a_single_text_is_a_type_error(numbers: str) -> None:
    with pytest.raises(TypeError, match="a list of numbers is needed"):
        normalize_batch(numbers)


@pytest.mark.parametrize("numbers", [None, 9420123456])
def test_what_cannot_be_iterated_is_a_type_error(numbers: list[str]) -> None:
    with pytest.raises(TypeError):
        normalize_batch(numbers)


def test_what_is_no_region_is_an_error_whatever_the_rows() -> None:
    with pytest.raises(ArgumentError, match="ISO 3166-1"):
        normalize_batch([], region="ZZ")


def test_threads_below_zero_are_an_error() -> None:
    with pytest.raises(ArgumentError):
        normalize_batch([], threads=-1)


def test_big_batches_equal_single_calls_on_any_threads() -> None:
    numbers = many(70_001)
    expected = one_by_one(numbers)
    for threads in (1, 2, 3):
        assert answers_of(normalize_batch(numbers, threads=threads)) == expected
    broken = [f"{number}\n" for number in numbers]  # these go in by offsets
    assert answers_of(normalize_batch(broken, threads=2)) == expected


def test_a_forked_child_can_run_threads_after_its_parent_did() -> None:
    numbers = many(60_000)
    expected = normalize_batch(numbers, threads=2).e164
    child = os.fork()
    if child == 0:
        same = normalize_batch(numbers, threads=2).e164 == expected
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


_CELLS = st.text(st.sampled_from("+0123456789၀၁၂ -/,\n\rxO#") | st.characters(), max_size=20)


@given(st.lists(_CELLS))
def test_any_rows_equal_single_calls(numbers: list[str]) -> None:
    assert answers_of(normalize_batch(numbers)) == one_by_one(numbers)


class OfAnyLength(list[object]):
    """A list that says it has more rows than it has."""

    def __len__(self) -> int:
        return 25_000_000


def test_a_list_that_tells_another_length_is_read_as_it_iterates() -> None:
    assert normalize_batch(OfAnyLength([9420123456])).e164 == ["+959420123456"]
    assert normalize_batch(OfAnyLength(["09420123456"])).e164 == ["+959420123456"]


class Hostile:
    """A row that fails whoever looks at it."""

    @property  # type: ignore[misc]  # that it fails is the point
    def __class__(self) -> type:
        raise RuntimeError("do not look")


def test_no_row_fails_its_batch() -> None:
    released = memoryview(b"09420123456")
    released.release()
    rows = ["09420123456", Hostile(), released, Mock(spec=str), 10**30, -1, 1.5, None]
    batch = normalize_batch(rows)
    assert batch.e164 == ["+959420123456"] + [None] * 7
    assert batch.verdicts[4] is Verdict.TOO_LONG


def test_a_long_int_is_its_digits() -> None:
    assert normalize_batch([10**20, 10**300]).verdicts == [Verdict.TOO_LONG] * 2
    assert normalize_batch([str(10**20), str(10**300)]).verdicts == [Verdict.TOO_LONG] * 2


def test_bytes_of_every_type_are_a_number() -> None:
    for number in (b"09420123456", bytearray(b"09420123456"), memoryview(b"09420123456")):
        assert normalize(number).e164 == normalize_batch([number]).e164[0] == "+959420123456"
