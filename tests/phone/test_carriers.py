"""Carriers against `phonenumbers.carrier`: every prefix of the metadata, and random numbers."""

from __future__ import annotations

import hashlib
import lzma
import random
import re
import subprocess
import sys
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import phonenumbers
import pytest
from phonenumbers import NumberParseException, carrier
from phonenumbers.carrierdata import CARRIER_DATA, CARRIER_LONGEST_PREFIX

from smspoh.errors import ArgumentError
from smspoh.phone import (
    Kind,
    Operator,
    PhoneNumber,
    Verdict,
    _carriers,
    carrier_name,
    metadata_version,
    normalize,
    normalize_batch,
)
from tools import numbering_plan
from tools.plan import carriers

from .oracle import lenient
from .plans import PLANS, PLANS_OF_NO_REGION
from .writings import cases

SEED: Final = 20261124
SPEC: Final = Path(__file__).parents[2] / "docs" / "spec" / "carriers.md"
PREFIXES: Final = {prefix: names["en"] for prefix, names in CARRIER_DATA.items() if "en" in names}

# The metadata has thousands of patterns; without this most are compiled again and again.
phonenumbers.enable_pattern_cache()


@cache
def oracle(text: str, region: str | None) -> str | None:
    """Return the name that `phonenumbers` has for a text, None where it has none."""
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    return carrier.name_for_number(number, "en") or None


def longest(digits: str) -> str | None:
    """Return the name of the longest prefix that has an English one."""
    starts = (digits[:size] for size in range(CARRIER_LONGEST_PREFIX, 0, -1))
    return next((PREFIXES[start] for start in starts if start in PREFIXES), None)


def of_digits(rows: list[str]) -> list[str | None]:
    """Return our carriers of any digits, as if each row were a valid mobile."""
    lines = "".join(f"+{row}\n" for row in rows).encode("ascii")
    return _carriers.carriers(
        lines, bytearray(len(rows)), bytearray([Kind.MOBILE.value]) * len(rows)
    )


def wanted(texts: list[str]) -> list[str | None]:
    """Return the carriers that `phonenumbers` has for international numbers."""
    return [oracle(text, None) for text in texts]


def wrong(texts: list[str]) -> list[str]:
    """Return the international numbers whose carriers differ, with both."""
    found = normalize_batch(texts, region=None, strict=False).carriers
    rows = zip(texts, found, wanted(texts), strict=True)
    return [f"{text}: {ours}, {theirs}" for text, ours, theirs in rows if ours != theirs]


def completed(seeded: random.Random, prefix: str) -> str:
    """Return a number that begins with a prefix and has as many digits as its plan allows."""
    plans = [*PLANS.values(), *PLANS_OF_NO_REGION]
    own = [plan for plan in plans if prefix.startswith(str(plan.code))]
    plan = seeded.choice(own)
    kinds = [row for row in plan.patterns if row[0] in {"mobile", "pager", "fixed_line"} and row[2]]
    size = seeded.choice(seeded.choice(kinds)[2]) + len(str(plan.code)) - len(prefix)
    return f"+{prefix}" + "".join(seeded.choices("0123456789", k=max(size, 0)))


def test_the_oracle_is_of_the_version_that_our_carriers_are_of() -> None:
    assert phonenumbers.__version__ == metadata_version()


def test_every_prefix_has_its_name() -> None:
    assert len(PREFIXES) > 29_000
    assert of_digits(list(PREFIXES)) == list(PREFIXES.values())
    assert of_digits([f"{prefix}5555555" for prefix in PREFIXES]) == [
        longest(f"{prefix}5555555") for prefix in PREFIXES
    ]


def test_every_neighbour_of_every_start_of_a_prefix_has_that_of_the_longest() -> None:
    starts = {prefix[:size] for prefix in CARRIER_DATA for size in range(len(prefix) + 1)}
    rows = [f"{start}{digit}" for start in sorted(starts) for digit in range(10)]
    assert of_digits(rows) == [longest(row) for row in rows]


def test_prefixes_without_an_english_name_are_as_good_as_none() -> None:
    without = [prefix for prefix in CARRIER_DATA if prefix not in PREFIXES]
    assert without
    assert of_digits(without) == [longest(prefix) for prefix in without]


def test_every_name_can_be_reached_and_there_are_no_others() -> None:
    (none, *names) = _carriers._names()
    assert none is None
    assert names == sorted(set(PREFIXES.values()), key=str.encode)
    assert set(of_digits(list(PREFIXES))) == set(names)


def test_a_number_of_every_prefix_agrees() -> None:
    seeded = random.Random(SEED)
    texts = [completed(seeded, prefix) for prefix in CARRIER_DATA]
    assert wrong(texts) == []
    named = sum(oracle(text, None) is not None for text in texts)
    assert named > 20_000


def test_20_000_numbers_of_all_regions_agree() -> None:
    seeded = random.Random(SEED)
    plans = [*PLANS.values(), *PLANS_OF_NO_REGION]
    made = (f"+{plan.code}{plan.number(seeded)}" for _ in range(1_000) for plan in plans)
    texts = list(islice(made, 20_000))
    assert wrong(texts) == []


def test_20_000_texts_as_people_write_them_agree() -> None:
    by_region: dict[str | None, list[str]] = {}
    for text, region in cases(SEED, 20_000):
        by_region.setdefault(region, []).append(text)
    named = 0
    for region, texts in by_region.items():
        known = region if region in PLANS else None
        found = normalize_batch(texts, region=known, strict=False).carriers
        assert found == [oracle(text, known) for text in texts]
        named += len(found) - found.count(None)
    assert named > 1_000


def test_one_number_has_the_carrier_of_its_row() -> None:
    seeded = random.Random(SEED)
    texts = [completed(seeded, prefix) for prefix in seeded.sample(list(PREFIXES), 1_000)]
    for text, row, name in zip(texts, lenient(texts, None), wanted(texts), strict=True):
        assert carrier_name(text) == name
        if row.e164 is not None:
            assert carrier_name(row.e164) == name
            assert carrier_name(normalize(text)) == name


def test_a_row_that_is_not_valid_has_none_though_its_line_is_that_of_a_carrier() -> None:
    batch = normalize_batch(["+4072123", "+959351234567", "+40721234567"])
    assert batch.verdicts == [Verdict.TOO_SHORT, Verdict.UNCONFIRMED, Verdict.VALID]
    assert batch.parsed[0] is not None
    assert batch.carriers == [None, None, "Vodafone"]
    assert carrier_name(normalize("+959351234567")) is None


def test_pagers_agree_and_have_none_where_an_sms_was_asked_for() -> None:
    plans = [plan for plan in PLANS.values() if any(row[0] == "pager" for row in plan.patterns)]
    seeded = random.Random(SEED)
    texts = [f"+{plan.code}{plan.number(seeded)}" for plan in plans for _ in range(1_000)]
    kinds = normalize_batch(texts).kinds
    pagers = [text for text, kind in zip(texts, kinds, strict=True) if kind is Kind.PAGER]
    assert len(pagers) > 1_000
    assert normalize_batch(pagers).carriers == wanted(pagers)
    assert not any(normalize_batch(pagers, sms=True).carriers)


def test_no_other_kind_has_one() -> None:
    line, valid = b"+40721234567\n", bytearray(1)
    with_name = {
        kind for kind in Kind if _carriers.carriers(line, valid, bytearray([kind.value])) != [None]
    }
    assert with_name == {Kind.MOBILE, Kind.FIXED_LINE_OR_MOBILE, Kind.PAGER}


def test_in_myanmar_the_operator_is_reviewed_and_the_carrier_is_what_the_metadata_says() -> None:
    texts = ["09789123456", "0930123456", "09969123456", "09420123456", "09691234567"]
    batch = normalize_batch(texts)
    assert list(zip(batch.operators, batch.carriers, strict=True)) == [
        (Operator.ATOM, "Telenor"),
        (Operator.MEC, "MPT"),
        (Operator.U9, "Ooredoo"),
        (Operator.MPT, "MPT"),
        (Operator.MYTEL, "Mytel"),
    ]
    assert [carrier_name(row) for row in batch if isinstance(row, PhoneNumber)] == batch.carriers


def test_the_column_is_computed_once_and_an_empty_batch_has_an_empty_one() -> None:
    batch = normalize_batch(["+40721234567"])
    assert batch.carriers is batch.carriers
    assert normalize_batch([]).carriers == []


def test_the_names_are_not_read_before_they_are_asked_for() -> None:
    code = """
from smspoh.phone import _carriers, normalize_batch
batch = normalize_batch(["+40721234567"])
batch.e164, batch.to_list()
before = _carriers._names.cache_info().currsize
print(before, batch.carriers, _carriers._names.cache_info().currsize)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 ['Vodafone'] 1"


NO_E164: Final = [
    *("", "+", "+0", "+12", "40721234567", "+0721234567", "++40721234567", "+40721234567 "),
    *(
        "+40 721234567",
        "+40721234567\n",
        "+4072123456x",
        "\uff0b40721234567",
        "+\u0664\u0660721234",
    ),
    *("+" + "4" * 21, "0721234567", "tel:+40721234567", "+4072123456\u00b2", "+40721234567,"),
]


@pytest.mark.parametrize("text", NO_E164)
def test_what_is_no_e164_text_is_an_argument_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(ArgumentError, match=r"no E\.164 form") as caught:
        carrier_name(text)
    assert re.findall(r"\d+", str(caught.value)) == ["164", "3", "20"]


@pytest.mark.parametrize("text", ["+123", "+99912345678", "+4072123456", "+" + "4" * 20])
def test_an_e164_text_of_no_valid_number_has_none(text: str) -> None:
    assert carrier_name(text) is None


@pytest.mark.parametrize("number", [40721234567, b"+40721234567", None])
def test_another_type_is_a_type_error(number: Any) -> None:
    with pytest.raises(TypeError, match="a PhoneNumber or a str is needed") as caught:
        carrier_name(number)
    assert "407" not in str(caught.value)


def test_the_committed_carriers_are_what_the_metadata_gives() -> None:
    assert numbering_plan.CARRIERS.read_bytes() == numbering_plan.build_carriers()


@pytest.mark.parametrize(
    ("names", "version", "said"),
    [
        ({"": "A"}, "1", "digits"),
        ({"12a": "A"}, "1", "digits"),
        ({"\u0661": "A"}, "1", "digits"),
        ({"1": ""}, "1", "no bytes or more than 255"),
        ({"1": "x" * 256}, "1", "no bytes or more than 255"),
        ({"1": "A"}, "1" * 17, "version"),
        ({f"{n:05}": f"{n}" for n in range(0x8000)}, "1", "too many names"),
        ({f"{n:05}": f"{n:0200}" for n in range(400)}, "1", "too many bytes"),
        ({f"{n * 7:06}": f"{n % 9_999}" for n in range(40_000)}, "1", "too many words"),
    ],
)
def test_what_does_not_fit_is_a_value_error(names: dict[str, str], version: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        carriers.encode(names, version)


def test_the_specification_has_the_figures_of_the_binary() -> None:
    data = numbering_plan.CARRIERS.read_bytes()
    magic, digest, *_ = carriers.HEAD.unpack_from(data)
    assert (magic, digest) == (carriers.MAGIC, hashlib.sha256(data[carriers.HEAD.size :]).digest())
    text = SPEC.read_text("utf-8")
    rows = [f"| {name} | {value} |" for name, value in carriers.figures(data)]
    assert "\n".join(rows) in text
    assert f"a head of {carriers.HEAD.size} bytes" in text
    limits = (carriers.LEAF, carriers.LEAF - 1, carriers.NAME_BYTES_MAX, carriers.TEXT_BYTES_MAX)
    assert re.findall(r"\d[\d,]*", text.partition("## Limits")[2]) == [f"{n:,}" for n in limits]
    compressed = re.search(r"about (\d+) KB with xz", text)
    assert compressed
    assert int(compressed[1]) * 1000 == pytest.approx(len(lzma.compress(data)), rel=0.05)
