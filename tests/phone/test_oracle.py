"""Against `phonenumbers`, the Python port of libphonenumber.

Every disagreement on Myanmar has to be one that docs/spec/numbers.md lists.
"""

from __future__ import annotations

import random
import re
import string

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import NumberParseException, PhoneNumberType

from smspoh.errors import NumberError
from smspoh.phone import Kind, PhoneBatch, Verdict, normalize, normalize_batch

KINDS = {
    PhoneNumberType.MOBILE: Kind.MOBILE,
    PhoneNumberType.FIXED_LINE: Kind.FIXED_LINE,
    PhoneNumberType.TOLL_FREE: Kind.TOLL_FREE,
    PhoneNumberType.VOIP: Kind.VOIP,
}

# What our table has and libphonenumber lacks: all UNCONFIRMED, none VALID.
REVIEWED = {
    re.compile(r"93[57-9]\d{6,7}"): "MEC, in validators alone",
    re.compile(r"94[68]\d{7}"): "MPT, in validators alone",
    re.compile(r"987\d{7}"): "MPT, in the regulator's list, left libphonenumber in 2023",
    re.compile(r"9(?:2[0-4]|3[0-36]|4[1379]|5[0-6]|73|8[3-6]|91)\d{7}"): (
        "the regulator's list gives all blocks ten digits"
    ),
}


def oracle(nsn: str) -> Kind | None:
    """Return the kind that libphonenumber gives to a national number of Myanmar."""
    kind = phonenumbers.number_type(
        phonenumbers.PhoneNumber(country_code=95, national_number=int(nsn))
    )
    return KINDS[kind] if kind != PhoneNumberType.UNKNOWN else None


def disagreements(nsns: list[str]) -> list[str]:
    """Return the numbers on which the two differ, but for what was reviewed."""
    batch = normalize_batch([f"+95{nsn}" for nsn in nsns])
    wrong = []
    for nsn, verdict, kind in zip(nsns, batch.verdicts, batch.kinds, strict=True):
        expected = oracle(nsn)
        if verdict is Verdict.VALID:
            agrees = kind is expected
        elif verdict is Verdict.UNCONFIRMED:
            agrees = expected is None and any(row.fullmatch(nsn) for row in REVIEWED)
        else:
            agrees = expected is None and not any(row.fullmatch(nsn) for row in REVIEWED)
        if not agrees:
            wrong.append(nsn)
    return wrong


def test_every_prefix_of_four_digits_agrees_at_every_length() -> None:
    prefixes = [str(prefix) for prefix in range(1_000, 10_000)]
    nsns = [prefix + "2468135"[: size - 4] for prefix in prefixes for size in range(5, 12)]
    assert disagreements(nsns) == []


def test_random_numbers_agree_to_the_last_digit() -> None:
    seeded = random.Random(20261123)
    nsns = [
        f"{seeded.choice('123456789')}{seeded.randrange(10 ** (size - 1)):0{size - 1}}"
        for size in range(5, 12)
        for _ in range(6_000)
    ]
    assert disagreements(nsns) == []


def test_random_mobiles_agree_to_the_last_digit() -> None:
    seeded = random.Random(95)
    nsns = [f"9{seeded.randrange(10**size):0{size}}" for size in (7, 8, 9) for _ in range(8_000)]
    assert disagreements(nsns) == []


def test_fixed_lines_agree_around_every_prefix_of_six_digits_that_begins_one() -> None:
    # The longest prefixes of fixed lines have five digits, of toll-free numbers seven.
    seeded = random.Random(1)
    starts = (
        "43470",
        "43483",
        "45470",
        "53472",
        "54286",
        "56483",
        "62472",
        "75202",
        "81410",
        "81470",
        "82320",
        "82490",
        "80080",
    )
    nsns = [
        f"{start}{seeded.randrange(10**size):0{size}}"
        for start in starts
        for size in (2, 3, 4, 5)
        for _ in range(200)
    ]
    assert disagreements(nsns) == []


def test_every_reviewed_disagreement_exists() -> None:
    examples = ["935123456", "9351234567", "9461234567", "9871234567", "9337382971", "9201234567"]
    assert [normalize(nsn).verdict for nsn in examples] == [Verdict.UNCONFIRMED] * 6
    assert [oracle(nsn) for nsn in examples] == [None] * 6
    unused = [row.pattern for row in REVIEWED if not any(row.fullmatch(nsn) for nsn in examples)]
    assert unused == []


def libphonenumber(text: str) -> str | None:
    """Return what libphonenumber parses out of `text`, if that is valid."""
    try:
        number = phonenumbers.parse(text, "MM")
    except NumberParseException:
        return None
    if number.country_code != 95 or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def ours(text: str, *, strict: bool) -> str | None:
    """Return what we make of `text`, if it is a valid number of Myanmar."""
    try:
        number = normalize(text, strict=strict)
    except NumberError:
        return None
    return number.e164 if number.verdict is Verdict.VALID else None


_STARTS = st.sampled_from(["09", "9", "959", "+959", "00959", "+95 09", "95", "01", "tel:09", "0"])
_DIRT = st.text("0123456789 -.()/+x#,;~*:\n\tabtelXTOext=", max_size=6)


@given(_STARTS, st.from_regex(r"[0-9]{5,9}", fullmatch=True), _DIRT, _DIRT, st.integers(0, 9))
def test_lenient_reads_dirty_text_as_libphonenumber_does(
    start: str, digits: str, inside: str, behind: str, at: int
) -> None:
    text = f"{start}{digits[:at]}{inside}{digits[at:]}{behind}"
    assert ours(text, strict=False) == libphonenumber(text)


@given(st.text("0123456789 -.()/+x#,;~*:\n\tabtelXTOext=", max_size=30))
def test_lenient_reads_any_signs_as_libphonenumber_does(text: str) -> None:
    assert ours(text, strict=False) == libphonenumber(text)


@given(_STARTS, st.from_regex(r"[0-9]{5,9}", fullmatch=True), _DIRT, _DIRT, st.integers(0, 9))
def test_strict_is_never_valid_where_libphonenumber_reads_another_number(
    start: str, digits: str, inside: str, behind: str, at: int
) -> None:
    text = f"{start}{digits[:at]}{inside}{digits[at:]}{behind}".replace("~", "")
    found = ours(text, strict=True)
    assert found is None or found == libphonenumber(text)


def typos(seed: int, count: int) -> list[str]:
    """Return mobiles of Myanmar with one digit typed as a letter."""
    seeded = random.Random(seed)
    letters = string.ascii_letters + "ဝဂလОоΟοｏ"
    made = []
    for _ in range(count):
        number = list(f"09{seeded.choice(['49', '420', '79', '97', '31'])}{seeded.random():.8f}")
        number = [c for c in number if c != "."][: seeded.choice([10, 11])]
        number[seeded.randrange(len(number))] = seeded.choice(letters)
        made.append("".join(number))
    return made


def test_of_999_typos_of_one_letter_none_becomes_a_number() -> None:
    made = typos(999, 999)
    assert not any(v.is_accepted for v in normalize_batch(made).verdicts)
    # The same typos do become numbers where letters are dropped.
    assert any(v.is_accepted for v in lenient(made).verdicts)


def lenient(numbers: list[str]) -> PhoneBatch:
    return normalize_batch(numbers, strict=False)
