"""Numbers: ours and `phonenumbers`, on Myanmar mobile numbers as people write them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import phonenumbers
import pytest

import smspoh

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS = ["09{}", "+959{}", "959{}", "00959{}", "09 {}", "09-{}"]


def corpus(rows: int) -> list[str]:
    random_ = random.Random(20261123)
    digits = [
        random_.choice(["97", "77", "66", "25", "42"]) + f"{random_.randrange(10**7):07}"
        for _ in range(rows)
    ]
    return [random_.choice(FORMS).format(number) for number in digits]


NUMBERS = corpus(2000)


def ours(numbers: list[str]) -> list[str | None]:
    return smspoh.normalize_batch(numbers, threads=1).e164


def by_phonenumbers(numbers: list[str]) -> list[str | None]:
    rows: list[str | None] = []
    for number in numbers:
        parsed = phonenumbers.parse(number, "MM")
        valid = phonenumbers.is_valid_number(parsed)
        form = phonenumbers.PhoneNumberFormat.E164
        rows.append(phonenumbers.format_number(parsed, form) if valid else None)
    return rows


@pytest.mark.parametrize("engine", [ours, by_phonenumbers], ids=lambda f: f.__name__)
def test_normalize(benchmark: Any, engine: Callable[[list[str]], list[str | None]]) -> None:
    benchmark.group = f"{len(NUMBERS)} numbers, a list to a list, one thread"
    rows = benchmark.pedantic(engine, (NUMBERS,), rounds=5, warmup_rounds=1)
    assert rows == by_phonenumbers(NUMBERS)
