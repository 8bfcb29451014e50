"""What every adapter of `smspoh.frames` has to do: one suite, which each library subclasses.

A column in any shape that the library has gives what the functions for lists give, row by
row; but a null row is null.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smspoh
from smspoh import ArgumentError, EnvelopeProfile, WeakKeyWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Rows = list[str | None]
Answer = dict[str, list[Any]]

FAST: Final = EnvelopeProfile(iterations=1)
KEY: Final = "a key of more than twenty-five bytes"
NUMBERS: Final[Rows] = [
    *("09420123456", None, "+66 81 234 5678", "O9", "", "+8835101234567", "၀၉၄၂၀၁၂၃၄၅၆"),
    *("+1 202-555-0123", "09250123456 / 09250123457", "not a number", None, "0942012345"),
    *("x" * 300, "9 420 123 456", "+4930123456", "01 234567", "a\nb", "a\0b"),
    "+95 9 420 123 456 ext. 5",
]
TEXTS: Final[Rows] = [
    *("", "hello", None, "မင်္ဂလာပါ", "a" * 161, "€" * 90, "😀 and a\0NUL", "x\ny"),
    *("ျမန္မာ", None, "သ" * 140),
]
NUMBER_FIELDS: Final = ("e164", "verdict", "operator", "kind", "region", "calling_code")
PART_FIELDS: Final = ("encoding", "parts", "units", "units_left", "forced_at")
ANY_ROWS: Final = st.lists(
    st.none()
    | st.text(st.characters(codec="utf-8"), max_size=30)
    | st.from_regex(r"\+?[0-9]{6,14}"),
    max_size=30,
)
ROW_SIZE: Final = 2**20
MANY: Final = 60_000
"""Rows for which several threads are used."""


def masked(rows: Sequence[object], column: Sequence[Any]) -> list[Any]:
    """Return a column of the path for lists, null where the row is."""
    return [None if row is None else value for row, value in zip(rows, column, strict=True)]


def numbers(rows: Rows, **options: Any) -> Answer:
    """Return what the path for lists says of numbers."""
    batch = smspoh.normalize_batch(rows, **options)
    found: Answer = {
        "e164": batch.e164,
        "verdict": [verdict.name for verdict in batch.verdicts],
        "operator": [operator.name for operator in batch.operators],
        "kind": [kind.name for kind in batch.kinds],
        "region": batch.regions,
        "calling_code": batch.country_codes,
    }
    return {name: masked(rows, column) for name, column in found.items()}


def parts(rows: Rows, **options: Any) -> Answer:
    """Return what the path for lists says of texts."""
    batch = smspoh.segments_batch(rows, **options)
    found: Answer = {
        "encoding": [encoding.name for encoding in batch.encodings],
        "parts": batch.parts,
        "units": batch.units,
        "units_left": batch.units_left,
        "forced_at": batch.forced_at,
    }
    return {name: masked(rows, column) for name, column in found.items()}


class Conformance:
    """The suite. A library gives its shapes and reads answers; `frames` is its module."""

    frames: Any
    caller: str = __file__
    """The file that calls smspoh."""

    def shapes(self, rows: Rows) -> Iterator[tuple[str, Any]]:
        """Yield the rows in every shape that the library has, each with its name."""
        raise NotImplementedError

    def fields(self, answer: Any) -> Answer:
        """Return the fields of an answer, checked as far as the library can."""
        raise NotImplementedError

    def column(self, answer: Any) -> list[Any]:
        """Return the rows of an answer of one column."""
        raise NotImplementedError

    def first(self, rows: Rows) -> Any:
        """Return the rows in the first of the shapes."""
        return next(iter(self.shapes(rows)))[1]

    def test_numbers_are_those_of_lists(self) -> None:
        for sms, strict, region in ((False, True, "MM"), (True, False, "TH"), (True, True, None)):
            options: dict[str, Any] = {"sms": sms, "strict": strict, "region": region}
            expected = numbers(NUMBERS, **options)
            for name, column in self.shapes(NUMBERS):
                found = self.fields(self.frames.normalize(column, **options))
                assert found == expected, name
                assert tuple(found) == NUMBER_FIELDS, name

    def test_any_rows_are_those_of_lists(self) -> None:
        @given(rows=ANY_ROWS)
        def check(rows: Rows) -> None:
            expected = numbers(rows)
            for name, column in self.shapes(rows):
                assert self.fields(self.frames.normalize(column)) == expected, name

        check()

    @pytest.mark.parametrize("rows", [[], [None], [""], ["09420123456"], [None] * 9])
    def test_few_rows(self, rows: Rows) -> None:
        for name, column in self.shapes(rows):
            assert self.fields(self.frames.normalize(column)) == numbers(rows), name
            assert self.fields(self.frames.segments(column)) == parts(rows), name
            tokens = self.frames.encrypt(column, KEY, profile=FAST)
            assert [t is None for t in self.column(tokens)] == [row is None for row in rows], name
            opened = self.fields(self.frames.decrypt(tokens, KEY, profile=FAST))
            assert opened["text"] == rows, name
            assert self.column(self.frames.zawgyi_to_unicode(column)) == rows, name

    def test_many_rows_on_many_threads(self) -> None:
        rows: Rows = [f"09{250_000_000 + n}" if n % 7 else None for n in range(MANY)]
        expected = numbers(rows)
        column = self.first(rows)
        for threads in (1, 3):
            assert self.fields(self.frames.normalize(column, threads=threads)) == expected

    def test_rows_of_a_megabyte(self) -> None:
        rows: Rows = ["9" * ROW_SIZE, None, "မ" * (ROW_SIZE // 3), "09420123456"]
        for name, column in self.shapes(rows):
            assert self.fields(self.frames.normalize(column)) == numbers(rows), name
            assert self.fields(self.frames.segments(column)) == parts(rows), name
            opened = self.frames.decrypt(
                self.frames.encrypt(column, KEY, profile=FAST), KEY, profile=FAST
            )
            assert self.fields(opened)["text"] == rows, name

    def test_columns_are_those_that_are_asked_for_in_their_order(self) -> None:
        expected = numbers(NUMBERS)
        column = self.first(NUMBERS)
        for names in (("verdict",), ("region", "e164"), NUMBER_FIELDS[::-1]):
            found = self.fields(self.frames.normalize(column, columns=list(names)))
            assert found == {name: expected[name] for name in names}
            assert tuple(found) == names
        for bad in (["e164", "e164"], ["nonsense"], []):
            with pytest.raises(ArgumentError):
                self.frames.normalize(column, columns=bad)
        for no_names, kind in (("e164", "str"), (b"e164", "bytes"), (5, "int")):
            with pytest.raises(TypeError, match=f"^columns must be a list of names, not {kind}$"):
                self.frames.normalize(column, columns=no_names)

    def test_parts_are_those_of_lists(self) -> None:
        for unicode in (False, True):
            expected = parts(TEXTS, unicode=unicode)
            for name, column in self.shapes(TEXTS):
                assert self.fields(self.frames.segments(column, unicode=unicode)) == expected, name
        found = self.fields(self.frames.segments(self.first(TEXTS), columns=["units"]))
        assert found == {"units": parts(TEXTS)["units"]}

    def test_zawgyi_is_converted_as_in_lists(self) -> None:
        for name, column in self.shapes(TEXTS):
            there = self.column(self.frames.zawgyi_to_unicode(column))
            back = self.column(self.frames.unicode_to_zawgyi(column))
            assert there == smspoh.zawgyi_to_unicode_batch(TEXTS), name
            assert back == smspoh.unicode_to_zawgyi_batch(TEXTS), name

    def test_tokens_open_to_their_texts(self) -> None:
        for name, column in self.shapes(TEXTS):
            tokens = self.frames.encrypt(column, KEY, profile=FAST)
            rows = self.column(tokens)
            assert smspoh.decrypt_batch(rows, KEY, profile=FAST) == TEXTS, name
            whole = [token for token in rows if token is not None]
            assert len(set(whole)) == len(whole), name
            opened = self.fields(self.frames.decrypt(tokens, KEY, profile=FAST))
            verdicts = [None if text is None else "OK" for text in TEXTS]
            assert opened == {"text": TEXTS, "verdict": verdicts}, name
            only = self.fields(self.frames.decrypt(tokens, KEY, profile=FAST, columns=["text"]))
            assert only == {"text": TEXTS}, name

    def test_each_row_has_the_key_of_its_place(self) -> None:
        texts: Rows = ["one", "two", None, "four", "five", "six", ""]
        keys: Rows = [KEY, KEY + "2", KEY, None, "", "ends in a NUL\0", KEY + "7"]
        expected = [
            row is not None and bool(key) and not (key or "").endswith("\0")
            for row, key in zip(texts, keys, strict=True)
        ]
        for (name, column), (_, key) in zip(self.shapes(texts), self.shapes(keys), strict=True):
            tokens = self.frames.encrypt(column, key, profile=FAST)
            assert [token is not None for token in self.column(tokens)] == expected, name
            opened = self.fields(self.frames.decrypt(tokens, key, profile=FAST))
            assert opened["text"] == ["one", "two", None, None, None, None, ""], name
            assert opened["verdict"] == ["OK", "OK", None, None, None, None, "OK"], name

    def test_verdicts_of_tokens_are_those_of_lists(self) -> None:
        good: str = smspoh.encrypt("text", KEY, profile=FAST)
        broken = smspoh.encrypt_batch([b"\xff\xfe"], KEY, profile=FAST)[0]
        tokens: Rows = [
            good,
            "nonsense",
            good[:-8] + "AAAAAAA=",
            broken,
            None,
            good,
            good + "\n",
            "",
        ]
        keys: Rows = [KEY, KEY, KEY, KEY, KEY, KEY + "!", KEY, None]
        for lenient in (False, True):
            batch = smspoh.decrypt_batch(tokens, keys, profile=FAST, lenient=lenient)
            verdicts = masked(tokens, [verdict.name for verdict in batch.verdicts])
            for (name, column), (_, key) in zip(
                self.shapes(tokens), self.shapes(keys), strict=True
            ):
                found = self.fields(self.frames.decrypt(column, key, profile=FAST, lenient=lenient))
                assert found == {"text": list(batch), "verdict": verdicts}, name

    def test_keys_are_as_many_as_rows(self) -> None:
        for (_, column), (_, keys) in zip(
            self.shapes(["a", "b", "c"]), self.shapes([KEY, KEY]), strict=True
        ):
            for function in (self.frames.encrypt, self.frames.decrypt):
                with pytest.raises(ArgumentError, match="not as many rows"):
                    function(column, keys, profile=FAST)

    def test_a_weak_key_is_warned_of_and_a_bad_one_refused(self) -> None:
        column = self.first(["a", "b"])
        for keys in ("weak", self.first([KEY, "weak"])):
            with pytest.warns(WeakKeyWarning) as caught:
                self.frames.encrypt(column, keys, profile=FAST)
            assert [warning.filename for warning in caught] == [self.caller]
        for key in ("", "nul\0"):
            with pytest.raises(ArgumentError, match="key"):
                self.frames.encrypt(column, key, profile=FAST)

    def test_arguments_are_those_of_lists(self) -> None:
        column = self.first(NUMBERS)
        for options in ({"region": "XX"}, {"threads": -1}, {"threads": 2000}):
            with pytest.raises(ArgumentError):
                self.frames.normalize(column, **options)
        with pytest.raises(TypeError):
            self.frames.encrypt(column, KEY, profile=None)
        with pytest.raises(TypeError):
            self.frames.encrypt(column, 5, profile=FAST)
