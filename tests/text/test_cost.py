"""What texts cost, to the last digit; and typographic signs that make them dear."""

from __future__ import annotations

import decimal
import math
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.text import Cost, Encoding, cost, segments, segments_batch, to_gsm7, to_gsm7_batch

from .alphabets import ASTRAL, BASIC, BURMESE_WORDS, EXTENSION
from .shared import SECRET, TEXTS, check_silent

ROWS: Final = ("a" * 161, None, "က" * 71, b"\xff", "", 7, "hello", "😀")


def test_all_fields_by_word() -> None:
    assert cost(ROWS, "12.5") == Cost(
        rows=8,
        parts=7,
        gsm7_rows=3,
        ucs2_rows=2,
        no_text_rows=3,
        price_per_part=Decimal("12.5"),
        total=Decimal("87.5"),
    )


def test_rows_that_are_no_text_cost_nothing() -> None:
    none: tuple[object, ...] = (None, math.nan, 7, b"\xff", "\ud800", [])
    found = cost(none, 10)
    assert (found.rows, found.no_text_rows, found.parts) == (6, 6, 0)
    assert found.total == 0
    assert cost([*none, "a"], 10).total == 10
    assert cost([], 10) == Cost(0, 0, 0, 0, 0, Decimal(10), Decimal(0))


PRICES: Final[tuple[Decimal | int | str, ...]] = (
    *("0.1", "12.50", "0", "007", "3." + "3" * 30, "9" * 30, "9" * 30 + "." + "9" * 30),
    *(0, 7, 10**30 - 1),
    *(Decimal("0.003"), Decimal("1E-9"), Decimal("1E+29"), Decimal("0." + "123456789" * 20)),
)


@pytest.mark.parametrize("price", PRICES, ids=repr)
def test_the_total_is_exact_whatever_the_callers_context(price: Decimal | int | str) -> None:
    contexts = [
        decimal.Context(),
        decimal.Context(prec=1),
        decimal.Context(prec=2, Emax=3, Emin=-1),
    ]
    contexts.append(decimal.Context(prec=1, traps=[decimal.Inexact, decimal.Rounded]))
    for context in contexts:
        with decimal.localcontext(context):
            found = cost(["a"] * 3_001, price)
        assert type(found.total) is type(found.price_per_part) is Decimal
        assert Fraction(found.price_per_part) == Fraction(Decimal(price))
        assert Fraction(found.total) == 3_001 * Fraction(Decimal(price))


@given(st.lists(TEXTS, max_size=6), st.decimals(0, 10**6, places=4), st.booleans())
def test_the_total_is_the_price_of_each_part(
    rows: list[str], price: Decimal, unicode: bool
) -> None:
    found = cost(rows, price, unicode=unicode)
    parts = [segments(row, unicode=unicode).parts for row in rows]
    assert found.parts == sum(parts)
    assert Fraction(found.total) == sum(part * Fraction(price) for part in parts)
    assert found.gsm7_rows + found.ucs2_rows == found.rows == len(rows)
    assert cost(iter(rows), str(price), unicode=unicode) == found
    assert cost(segments_batch(rows, unicode=unicode), price) == found


def test_unicode_makes_it_dearer() -> None:
    assert cost(["a" * 160], 1).parts == 1
    found = cost(["a" * 160], 1, unicode=True)
    assert (found.parts, found.gsm7_rows, found.ucs2_rows) == (3, 0, 1)


@pytest.mark.parametrize("price", [1.5, 12.0, math.nan, math.inf, True, None, b"1", [1], 1j])
def test_a_price_of_another_type_is_a_type_error(price: object) -> None:
    with pytest.raises(
        TypeError, match=r"^price_per_part must be Decimal, int or str, not "
    ) as got:
        cost([SECRET], price)  # type: ignore[arg-type]
    check_silent(got.value)


def test_the_total_of_the_smallest_prices_is_exact() -> None:
    assert cost(["a"] * 12, Decimal("1E-1000030")).total == Decimal("1.2E-1000029")


NO_DIGITS: Final = "up to 30 digits, with a point and up to 30 more or without, as '12.5'"
NOT_FROM_0: Final = "from 0, of at most 30 digits"
WRONG_PRICES: Final[tuple[tuple[Decimal | int | str, str], ...]] = (
    *((price, NO_DIGITS) for price in ("", " ", " 3 ", "12,5", "12.5 Ks", "1.2.3", "0x10", "free")),
    *(
        (price, NO_DIGITS)
        for price in ("-1", "+1", "1e3", "1_0", ".5", "5.", "1\n", "၁၂", "\ud800")
    ),
    *((price, NO_DIGITS) for price in ("NaN", "sNaN", "Infinity", "9" * 31, "0." + "1" * 31)),
    *((price, NOT_FROM_0) for price in (-1, 10**30, 10**5_000, -(10**5_000))),
    *(
        (Decimal(price), NOT_FROM_0)
        for price in (
            "NaN",
            "sNaN",
            "-NaN",
            "Infinity",
            "-Infinity",
            "-1E-30",
            "1E+30",
            "9E+999999",
        )
    ),
)


@pytest.mark.parametrize(("price", "words"), WRONG_PRICES, ids=lambda value: type(value).__name__)
def test_a_price_that_is_no_number_from_0_is_an_argument_error(
    price: Decimal | int | str, words: str
) -> None:
    for context in (decimal.Context(), decimal.Context(traps=[])):
        with decimal.localcontext(context), pytest.raises(ArgumentError) as caught:
            cost([SECRET], price)
        assert str(caught.value) == f"price_per_part must be {words}"
        check_silent(caught.value)


def test_a_single_text_is_a_type_error() -> None:
    with pytest.raises(TypeError, match=r"not a single one$") as caught:
        cost(SECRET, 1)
    check_silent(caught.value)


def test_the_cost_shows_no_text() -> None:
    assert SECRET not in repr(cost([SECRET], 1))


# What each sign becomes, by word: a list of its own, not that of the library.
REPLACED: Final = {
    **dict.fromkeys("‘’‚‛′´ʼ＇", "'"),
    **dict.fromkeys("“”„‟″＂", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008", " "),
    **dict.fromkeys("\u2009\u200a\u202f\u205f\u3000\u1680", " "),
    **dict.fromkeys("\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\ufeff", ""),
    **dict.fromkeys("\u202a\u202b\u202c\u202d\u202e", ""),
    **dict.fromkeys("\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069", ""),
    **dict.fromkeys("\u206a\u206b\u206c\u206d\u206e\u206f", ""),
    "…": "...",
}


@pytest.mark.parametrize(("sign", "becomes"), REPLACED.items(), ids=ascii)
def test_each_sign_is_replaced(sign: str, becomes: str) -> None:
    assert to_gsm7(f"a{sign}b{sign}") == f"a{becomes}b{becomes}"
    assert segments(f"a{sign}b").encoding is Encoding.UCS2
    assert segments(to_gsm7(f"a{sign}b")).encoding is Encoding.GSM7
    assert to_gsm7(f"က{sign}") == f"က{sign}"


def test_no_other_sign_is_replaced() -> None:
    chars = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    texts = [f"a{char}b" for char in chars]
    changed = [
        char
        for char, text, made in zip(chars, texts, to_gsm7_batch(texts), strict=True)
        if made != text
    ]
    assert set(changed) == set(REPLACED)


def test_a_batch_is_what_each_text_is_and_other_rows_are_none() -> None:
    rows = ["it’s", "က’", "…" * 70, "plain", "", "tab\there"]
    assert to_gsm7_batch(rows) == [to_gsm7(row) for row in rows]
    assert to_gsm7_batch(iter(["a’", None, b"a", 7, "\ud800", ""])) == [
        "a'", None, None, None, None, "",
    ]  # fmt: skip
    with pytest.raises(TypeError, match=r"not a single one$"):
        to_gsm7_batch("a’")


@pytest.mark.parametrize("word", [*BURMESE_WORDS, "ç", "中", "😀", "`", "\0", "\x1b", "\ud800"])
def test_what_would_stay_ucs2_is_the_text_itself(word: str) -> None:
    text = f"“{word}” – ‘a’…\u00a0"
    assert to_gsm7(text) is text


def test_what_is_gsm7_already_is_the_text_itself() -> None:
    for text in ("", "hello 'a' - \"b\" ...", BASIC + EXTENSION):
        assert to_gsm7(text) is text


SIGNS: Final = st.text(
    st.sampled_from([*BASIC, *EXTENSION, *"".join(REPLACED), *ASTRAL[:2], "က"]), max_size=400
)
CHEAP_SIGNS: Final = st.lists(
    st.tuples(st.sampled_from([*BASIC[:40], *EXTENSION, *REPLACED]), st.integers(1, 80)), max_size=8
).map(lambda runs: "".join(sign * size for sign, size in runs))


@given(st.one_of(SIGNS, CHEAP_SIGNS, TEXTS))
@example("…" * 54)
def test_twice_is_as_once_and_only_what_helps_is_done(text: str) -> None:
    made = to_gsm7(text)
    assert to_gsm7(made) == made
    assert segments(made).parts <= segments(text).parts
    by_word = "".join(REPLACED.get(char, char) for char in text)
    found = segments(by_word)
    helps = found.encoding is Encoding.GSM7 and found.parts <= segments(text).parts
    assert made == (by_word if helps else text)


def test_three_dots_for_each_of_many_ellipses_would_take_more() -> None:
    assert to_gsm7("…" * 53) == "..." * 53
    assert to_gsm7("…" * 54) == "…" * 54


def test_one_sign_halves_the_price() -> None:
    text = "It’s " + "x" * 150
    assert (segments(text).parts, segments(to_gsm7(text)).parts) == (3, 1)


@pytest.mark.parametrize("value", [None, 7, SECRET.encode(), bytearray(b"a"), [SECRET]])
def test_another_type_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=r"^text must be str, not ") as caught:
        to_gsm7(value)  # type: ignore[arg-type]
    check_silent(caught.value)
