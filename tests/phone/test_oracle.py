"""Against `phonenumbers`, the Python port of libphonenumber: any text, any default region.

Every disagreement has to be one that docs/spec/numbers.md lists, and those are counted.
"""

from __future__ import annotations

import random
import re
from typing import Final

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import NumberError
from smspoh.phone import Verdict, normalize

from .alphabets import PUNCTUATION, SCRIPTS, TYPED
from .oracle import REVIEWED, VERSION, Tally, disagreements, expected, lenient
from .phrases import AMBIGUOUS_LABELS, CONTEXTS, EXPLICIT_LABELS, GOOD_CONTEXTS
from .plans import CODES, PLANS, REGIONS, examples
from .writings import cases

SEED: Final = 20261124


def test_the_oracle_is_of_the_version_that_our_plans_are_of() -> None:
    assert phonenumbers.__version__ == VERSION


def test_50_000_seeded_cases_agree() -> None:
    tally = Tally()
    tally.add(cases(SEED, 50_000))
    assert tally.report() == ""
    assert tally.cases == 50_000
    assert set(tally.overlays) == {pattern.pattern for pattern in REVIEWED}


def test_every_example_number_agrees_as_it_is_in_every_format() -> None:
    made: list[tuple[str, str | None]] = []
    for e164, region in examples():
        number = phonenumbers.parse(e164)
        home = region if region in PLANS else None
        texts = [phonenumbers.format_number(number, form) for form in (0, 1, 2, 3)]
        made.extend((text, default) for text in texts for default in (home, "MM", None, "ZZ"))
    assert len(made) > 15_000
    assert disagreements(made) == []


def test_every_example_number_is_valid() -> None:
    texts = [e164 for e164, _ in examples()]
    found = lenient(texts, None)
    assert [(row.verdict, row.e164) for row in found] == [("VALID", text) for text in texts]


def test_every_start_of_an_international_number_agrees() -> None:
    texts = [f"+{start}{rest}" for start in range(2_000) for rest in ("", "12", "2345678")]
    texts += [f"00{start}2345678" for start in range(1_200)]
    assert disagreements((text, "MM") for text in texts) == []


def of_myanmar(nationals: list[str]) -> list[str]:
    return disagreements((f"+95{national}", "MM") for national in nationals)


def test_every_prefix_of_four_digits_agrees_at_every_length() -> None:
    prefixes = [str(prefix) for prefix in range(1_000, 10_000)]
    nationals = [prefix + "2468135"[: size - 4] for prefix in prefixes for size in range(5, 12)]
    assert of_myanmar(nationals) == []


def test_random_numbers_agree_to_the_last_digit() -> None:
    seeded = random.Random(20261123)
    nationals = [
        f"{seeded.choice('123456789')}{seeded.randrange(10 ** (size - 1)):0{size - 1}}"
        for size in range(5, 12)
        for _ in range(6_000)
    ]
    assert of_myanmar(nationals) == []


def test_random_mobiles_agree_to_the_last_digit() -> None:
    seeded = random.Random(95)
    mobiles = [f"9{seeded.randrange(10**size):0{size}}" for size in (7, 8, 9) for _ in range(8_000)]
    assert of_myanmar(mobiles) == []


def test_fixed_lines_agree_around_every_prefix_of_six_digits_that_begins_one() -> None:
    # The longest prefixes of fixed lines have five digits, of toll-free numbers seven.
    seeded = random.Random(1)
    starts = "43470 43483 45470 53472 54286 56483 62472 75202 81410 81470 82320 82490 80080"
    nationals = [
        f"{start}{seeded.randrange(10**size):0{size}}"
        for start in re.findall(r"\d+", starts)
        for size in (2, 3, 4, 5)
        for _ in range(200)
    ]
    assert of_myanmar(nationals) == []


def test_every_reviewed_disagreement_exists() -> None:
    found = ["935123456", "9351234567", "9461234567", "9871234567", "9337382971", "9201234567"]
    assert [normalize(national).verdict for national in found] == [Verdict.UNCONFIRMED] * 6
    assert [expected(national, "MM").outcome for national in found] == ["REFUSED"] * 6
    unused = [row.pattern for row in REVIEWED if not any(row.fullmatch(one) for one in found)]
    assert unused == []


# Shrinking finds the shortest text that two readers read differently, so the parts are
# simple ones first, and any text can grow into any other.
_REGIONS = st.sampled_from(["MM", None, *REGIONS, "ZZ"])
_NATIONALS = st.one_of(
    st.sampled_from([e164 for e164, _ in examples()]).map(lambda e164: e164.lstrip("+")),
    st.from_regex(r"[0-9]{1,18}", fullmatch=True),
)
_STARTS = st.sampled_from(
    [
        *("", "0", "+", "00", "09", "9", "959", "+959", "00959", "+95 09", "95", "01", "tel:09"),
        *("8", "1", "06", "011", "810", "+0", "+00", "++", "\uff0b", "+(", "x", "0015", "900"),
        *(f"+{code}" for code in CODES),
    ]
)
_DIRT = st.text(TYPED + PUNCTUATION + SCRIPTS[3], max_size=6)
_TAILS = st.one_of(
    _DIRT,
    st.builds(
        "{}{}{}{}".format,
        st.text(" \u00a0\t,", max_size=2),
        st.sampled_from([*EXPLICIT_LABELS, *AMBIGUOUS_LABELS, ";ext=", ",,", ";", ","]),
        st.text(":. ,-", max_size=2),
        st.from_regex(r"[0-9]{1,21}#?", fullmatch=True),
    ),
    st.builds(";phone-context={}".format, st.sampled_from([*GOOD_CONTEXTS, *CONTEXTS])),
)


@given(_STARTS, _NATIONALS, _DIRT, _TAILS, st.integers(0, 9), _REGIONS)
def test_numbers_with_dirt_in_and_around_them_agree(
    start: str, digits: str, inside: str, behind: str, at: int, region: str | None
) -> None:
    text = f"{start}{digits[:at]}{inside}{digits[at:]}{behind}"
    assert disagreements([(text, region)]) == []


@given(st.text(TYPED, max_size=30), _REGIONS)
def test_any_typed_signs_agree(text: str, region: str | None) -> None:
    assert disagreements([(text, region)]) == []


@given(st.text("0123456789+", max_size=24), _REGIONS)
def test_any_digits_agree(text: str, region: str | None) -> None:
    assert disagreements([(text, region)]) == []


# A newer Unicode than that of the running Python may know more digits and letters.
_ANY = st.text(st.characters(exclude_categories=["Cn"]), max_size=8)


@given(_ANY, st.text(TYPED + PUNCTUATION, max_size=16), _ANY, _REGIONS)
def test_any_characters_agree(before: str, text: str, behind: str, region: str | None) -> None:
    assert disagreements([(f"{before}{text}{behind}", region)]) == []


@given(_ANY, st.integers(0, 12), _REGIONS)
def test_any_characters_inside_a_number_agree(inside: str, at: int, region: str | None) -> None:
    text = "+959420123456"
    assert disagreements([(f"{text[:at]}{inside}{text[at:]}", region)]) == []


def accepted(text: str, region: str, *, strict: bool) -> str | None:
    try:
        return normalize(text, region=region, strict=strict).e164
    except NumberError:
        return None


@given(st.text(TYPED, max_size=30))
def test_one_number_is_read_as_a_batch_reads_it(text: str) -> None:
    assert accepted(text, "MM", strict=False) == lenient([text], "MM")[0].e164
