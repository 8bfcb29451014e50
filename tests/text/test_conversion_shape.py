"""The shape of conversion between Zawgyi and Unicode: types, rows, errors, warnings.

What becomes of the letters is tested elsewhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Final

import pytest

from smspoh.errors import ArgumentError
from smspoh.text import (
    FontEncoding,
    ZawgyiWarning,
    unicode_to_zawgyi,
    unicode_to_zawgyi_batch,
    zawgyi_to_unicode,
    zawgyi_to_unicode_batch,
)
from smspoh.text._zawgyi import warn_of_zawgyi

from .shared import SECRET, check_silent
from .test_batch import MIXED
from .texts import myanmar

Single = Callable[[object], str]
Batch = Callable[[object], "list[str | None]"]
FORMS: Final = pytest.mark.parametrize(
    ("single", "batch"),
    [
        (zawgyi_to_unicode, zawgyi_to_unicode_batch),
        (unicode_to_zawgyi, unicode_to_zawgyi_batch),
    ],
    ids=["to_unicode", "to_zawgyi"],
)


def one_by_one(single: Single, rows: list[object]) -> list[str | None]:
    """Return the rows the slow way."""
    answers: list[str | None] = []
    for row in rows:
        try:
            answers.append(single(row))
        except (TypeError, ArgumentError):
            answers.append(None)
    return answers


@FORMS
@pytest.mark.parametrize("text", ["", "hello", "日本語 é 😀", "a\0b", "\n", "x" * 5_000], ids=ascii)
def test_what_is_no_myanmar_script_stays_as_it_is(single: Single, batch: Batch, text: str) -> None:
    for given_as in (text, text.encode(), bytearray(text.encode()), memoryview(text.encode())):
        made = single(given_as)
        assert type(made) is str
        assert made == text
        assert batch([given_as, None]) == [text, None]


@FORMS
@pytest.mark.parametrize("text", ["ကျေးဇူးတင်ပါတယ်", "ေက်းဇူးတင္ပါတယ္"], ids=["unicode", "zawgyi"])
def test_bytes_become_what_the_text_does(single: Single, batch: Batch, text: str) -> None:
    made = single(text)
    assert made
    assert single(text.encode()) == single(memoryview(text.encode())) == made
    assert batch([text, text.encode(), bytearray(text.encode())]) == [made] * 3


@FORMS
def test_rows_that_are_no_text_are_none(single: Single, batch: Batch) -> None:
    made = batch(MIXED)
    assert made == one_by_one(single, list(MIXED))
    assert [at for at, row in enumerate(made) if row is None] == [
        *(1, 6, 8, 9, 10, 11, 12, 13),
        *range(22, 29),
    ]
    assert batch([None]) == [None]
    assert batch(["", None, b"", "a"]) == ["", None, "", "a"]


@FORMS
def test_an_empty_text_is_a_text_in_any_company(single: Single, batch: Batch) -> None:
    for rows in ([""], ["", "a"], ["a", "", ""], ["", None], [b"", ""]):
        assert batch(rows) == one_by_one(single, list(rows))


@FORMS
@pytest.mark.parametrize("count", [0, 1, 1_023, 1_024, 1_025, 3_000])
@pytest.mark.parametrize("dirt", [b"\xff", "\ud800", 7, None], ids=ascii)
def test_a_batch_is_what_single_texts_are(
    single: Single, batch: Batch, count: int, dirt: object
) -> None:
    rows: list[object] = list(myanmar(20261130, count))
    assert batch(rows) == one_by_one(single, rows)
    if count:
        rows[count // 2] = dirt
    assert batch(rows) == one_by_one(single, rows)
    assert batch(iter(rows)) == batch(tuple(rows)) == batch(rows)


@FORMS
@pytest.mark.parametrize(
    "value", [None, 7, [SECRET], SECRET + "\ud800", SECRET.encode() + b"\xff"], ids=ascii
)
def test_errors_do_not_hold_the_text(single: Single, batch: Batch, value: object) -> None:
    with pytest.raises((TypeError, ArgumentError), match=r"^text ") as caught:
        single(value)
    assert isinstance(caught.value, ArgumentError) is isinstance(value, (str, bytes))
    check_silent(caught.value)
    assert batch([value]) == [None]


@FORMS
@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), None, 7])
def test_a_batch_of_no_rows_is_a_type_error(single: Single, batch: Batch, value: object) -> None:
    with pytest.raises(TypeError, match=r"^texts must be a list or another iterable") as caught:
        batch(value)
    check_silent(caught.value)


@pytest.mark.parametrize("encoding", FontEncoding)
def test_only_what_phones_may_not_read_is_warned_of(encoding: FontEncoding) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_zawgyi(encoding, stacklevel=2)
    words = {
        FontEncoding.ZAWGYI: "message is Zawgyi, ",
        FontEncoding.AMBIGUOUS: "message may be Zawgyi, ",
    }
    assert len(caught) == (encoding in words)
    for one in caught:
        assert one.category is ZawgyiWarning
        assert issubclass(ZawgyiWarning, UserWarning)
        assert str(one.message).startswith(words[encoding])
