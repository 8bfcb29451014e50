"""Strict reading: no typo becomes a number, and what it accepts lenient reading accepts alike."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from smspoh.phone import normalize_batch

from .alphabets import (
    DIGITS,
    LATIN,
    LETTERS,
    LOOKALIKES,
    NEAR_PUNCTUATION,
    PUNCTUATION,
    SCRIPTS,
    TYPED,
)
from .dirt import grouped, in_a_script
from .oracle import VALID, expected, known
from .plans import PLANS, REGIONS
from .writings import cases, ruled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .writings import Case

SEED: Final = 20261124

# What strict reading removes wherever it stands; docs/spec/numbers.md calls it invisible.
_INVISIBLE: Final = (
    *(0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F)),
    *(*range(0x2060, 0x2065), *range(0x2066, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF),
)
# The spaces of other widths, which it takes for a space and libphonenumber for a sign.
_WIDE: Final = (0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F)
_PLAIN: Final[dict[int, str | None]] = {
    **dict.fromkeys(_INVISIBLE),
    **dict.fromkeys(_WIDE, " "),
}
_EVERY_DIGIT: Final = frozenset("".join(SCRIPTS))


def by_region(made: Iterable[Case]) -> dict[str | None, list[str]]:
    grouped_texts: dict[str | None, list[str]] = {}
    for text, region in made:
        grouped_texts.setdefault(known(region), []).append(text)
    return grouped_texts


def valid_numbers(seeded: random.Random, count: int) -> list[Case]:
    """Return valid numbers, half of them of Myanmar, as people of their region write them."""
    made: list[Case] = []
    while len(made) < count:
        region = "MM" if seeded.random() < 0.5 else seeded.choice(REGIONS)
        plan = PLANS[region]
        number = plan.number(seeded)
        text = seeded.choice(
            (
                f"{plan.prefix}{number}",
                number,
                ruled(seeded, plan, number),
                f"+{plan.code}{number}",
                f"+{plan.code} {number}",
                f"{plan.code}{number}",
            )
        )
        if seeded.random() < 0.4:
            text = grouped(seeded, text)
        if seeded.random() < 0.2:
            text = in_a_script(seeded, text)
        if expected(text, region).outcome == VALID:
            made.append((text, region))
    return made


def typos(seed: int, count: int) -> list[Case]:
    """Return valid numbers of which one digit is typed as a letter."""
    seeded = random.Random(seed)
    made = []
    for text, region in valid_numbers(seeded, count):
        letter = seeded.choice(seeded.choice((LOOKALIKES, LATIN, LETTERS)))
        at = seeded.choice([at for at, sign in enumerate(text) if sign in _EVERY_DIGIT])
        made.append((f"{text[:at]}{letter}{text[at + 1 :]}", region))
    return made


def test_of_100_000_typos_of_one_letter_none_becomes_a_number() -> None:
    accepted = []
    taken_by_lenient = 0
    for region, texts in by_region(typos(100_000, 100_000)).items():
        strict = normalize_batch(texts, region=region)
        accepted += [ascii(text) for text, e164 in zip(texts, strict.e164, strict=True) if e164]
        lenient = normalize_batch(texts, region=region, strict=False)
        taken_by_lenient += sum(verdict.is_accepted for verdict in lenient.verdicts)
    assert accepted == []
    # The same typos do become numbers where letters are dropped.
    assert taken_by_lenient > 10_000


def test_typos_are_of_letters_of_all_kinds_in_numbers_of_all_regions() -> None:
    made = typos(1, 20_000)
    regions = [region for _, region in made]
    assert set(regions) == set(REGIONS)
    assert 0.45 < regions.count("MM") / len(made) < 0.65
    signs = {sign for text, _ in made for sign in text}
    assert {*LOOKALIKES, *LATIN, *DIGITS} <= signs
    assert len(signs & set(LETTERS)) > 5_000


def differing(made: Iterable[Case]) -> tuple[list[str], int]:
    """Return what strict accepts and lenient does not accept alike, and how many strict accepts."""
    differ = []
    accepted = 0
    for region, texts in by_region(made).items():
        strict = normalize_batch(texts, region=region).e164
        plain = [text.translate(_PLAIN) for text in texts]
        lenient = normalize_batch(plain, region=region, strict=False).e164
        for text, one, other in zip(texts, strict, lenient, strict=True):
            accepted += one is not None
            if one is not None and one != other:
                differ.append(f"{text!a} in {region}: {one} strict, {other} lenient")
    return differ, accepted


def test_what_strict_accepts_of_50_000_cases_lenient_accepts_alike() -> None:
    differ, accepted = differing(cases(SEED, 50_000))
    assert differ == []
    assert accepted > 10_000


_DIRT: Final = st.text(TYPED + PUNCTUATION + NEAR_PUNCTUATION, max_size=4)


@given(
    _DIRT,
    st.sampled_from(
        [(f"+{PLANS[region].code}", region) for region in REGIONS] + [("0", "MM")] * 50
    ),
    _DIRT,
    st.from_regex(r"[0-9]{1,12}", fullmatch=True),
    _DIRT,
    st.integers(0, 12),
)
def test_what_strict_accepts_with_any_dirt_lenient_accepts_alike(
    before: str, start: tuple[str, str], inside: str, digits: str, behind: str, at: int
) -> None:
    text = f"{before}{start[0]}{digits[:at]}{inside}{digits[at:]}{behind}"
    assert differing([(text, start[1])])[0] == []
