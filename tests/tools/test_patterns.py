"""Patterns over digits: automata and programs against `re`, on random digits."""

from __future__ import annotations

import random
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tools.plan import metadata
from tools.plan.patterns import (
    CLASS,
    END,
    GROUPS_MAX,
    JUMP,
    LITERAL,
    MATCH,
    SAVE,
    SPLIT,
    Machine,
    UnknownConstructError,
    prefixes,
    program,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERAND = 0x0FFF

PATTERNS = [
    "0",
    "00|0(?:1[0-4]|2)",
    r"1\d{2,4}",
    r"(?:9(?:11|2[34])|8)\d{3}",
    r"0(?:(1[0-9])|2(\d\d)?)?",
    r"(\d{1,3})(\d{2})",
    r"0$|01",
    r"(0|00)(1$|12)",
    r"(?:0|00)1?",
    r"(1|12)(3?)",
    r"[02-46]\d?[13579]",
    r"(?:(12)|3){1,2}4",
]


def run(words: list[int], digits: str) -> tuple[int, list[str | None]] | None:
    """Return where a program ends and what its groups took: the twin of `program.rs`.

    It goes every way at once where that one goes back, and takes the first that matches.
    """
    if words[0] & LITERAL:
        literal = "".join(map(str, words[1:]))
        assert len(literal) == words[0] & OPERAND
        return (len(literal), []) if digits.startswith(literal) else None
    groups, code = words[0], words[1:]

    def ways(pc: int, at: int, borders: dict[int, int]) -> Iterator[tuple[int, dict[int, int]]]:
        name, operand = code[pc] & ~OPERAND, code[pc] & OPERAND
        if name == CLASS and at < len(digits) and operand >> int(digits[at]) & 1:
            yield from ways(pc + 1, at + 1, borders)
        elif name == SPLIT:
            yield from ways(code[pc + 1], at, borders)
            yield from ways(code[pc + 2], at, borders)
        elif name == SAVE:
            yield from ways(pc + 1, at, {**borders, operand: at})
        elif name == END and at == len(digits):
            yield from ways(pc + 1, at, borders)
        elif name == JUMP:
            yield from ways(code[pc + 1], at, borders)
        elif name == MATCH:
            yield at, borders

    for end, borders in ways(0, 0, {}):
        pairs = ((borders.get(2 * n), borders.get(2 * n + 1)) for n in range(1, groups + 1))
        return end, [None if start is None else digits[start:stop] for start, stop in pairs]
    return None


def digits_for(seeded: random.Random, pattern: str, count: int) -> Iterator[str]:
    """Yield digits that mostly go on as `pattern` can, up to some digits behind a match."""
    machine = Machine()
    start, _ = machine.add(pattern.replace("$", ""))

    @cache
    def steps(states: frozenset[int]) -> list[frozenset[int]]:
        return [machine.step(states, digit) for digit in range(10)]

    for _ in range(count):
        states, digits = machine.closure([start]), ""
        for _ in range(seeded.randrange(14)):
            likely = [digit for digit, following in enumerate(steps(states)) if following]
            digit = seeded.choice(likely if likely and seeded.random() < 0.9 else range(10))
            states, digits = steps(states)[digit], f"{digits}{digit}"
        yield digits


def of_metadata() -> list[str]:
    """Return every pattern that a program is made of."""
    found = (
        pattern
        for territory in metadata.territories()
        for pattern in (territory.international_prefix, territory.national_prefix)
    )
    return sorted({pattern for pattern in found if pattern})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_program_matches_as_re_does(pattern: str) -> None:
    compare(pattern, 3_000)


def test_the_programs_of_the_metadata_match_as_re_does() -> None:
    assert len(of_metadata()) > 50
    for pattern in of_metadata():
        compare(pattern, 300)


def compare(pattern: str, count: int) -> None:
    words = program(pattern)
    seeded = random.Random(pattern)
    seen = set()
    for digits in digits_for(seeded, pattern, count):
        match = re.match(pattern, digits)
        expected = None if match is None else (match.end(), list(match.groups()))
        assert run(words, digits) == expected, (pattern, digits)
        seen.add(str(expected))
    assert len(seen) > 1, f"{pattern} was tried on digits that all match alike"


def test_which_alternative_counts_is_the_first_that_leads_to_a_match() -> None:
    assert run(program("(0|00)(1$|12)"), "0012") == (4, ["00", "12"])
    assert run(program("(1|12)(3?)"), "123") == (1, ["1", ""])
    assert run(program("0$|01"), "01") == (2, [])
    assert run(program("0$|01"), "02") is None


def test_digits_alone_are_a_literal() -> None:
    assert program("011") == [LITERAL | 3, 0, 1, 1]


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if "$" not in p])
def test_a_machine_takes_what_fullmatch_takes(pattern: str) -> None:
    machine = Machine()
    machine.add("5")  # states of another pattern are in the way
    start, end = machine.add(pattern)
    seen = set()
    for digits in digits_for(random.Random(pattern), pattern, 3_000):
        states = machine.closure([start])
        for digit in digits:
            states = machine.step(states, int(digit))
        expected = re.fullmatch(pattern, digits) is not None
        assert (end in states) is expected, (pattern, digits)
        seen.add(expected)
    assert seen == {False, True}


def test_a_state_that_loops_has_matched_for_good() -> None:
    machine = Machine()
    start, end = machine.add("1[23]")
    machine.loop(end)
    for digits, expected in {"12": True, "13999": True, "1": False, "143": False}.items():
        states = machine.closure([start])
        for digit in digits:
            states = machine.step(states, int(digit))
        assert (end in states) is expected


def test_the_prefixes_of_a_choice_are_all_of_them() -> None:
    assert list(prefixes("9[0-2]|8")) == ["8", "90", "91", "92"]
    assert list(prefixes("1?2")) == ["12", "2"]
    assert list(prefixes("1|12")) == ["1"]  # what comes behind a match is not looked at


UNKNOWN = [
    *("a", ".", r"\D", r"\s", "[^1]", "[a-f]", "[0-9a]", "٣"),
    *("1*", "1+", "1{2,}", "1??", "1{1,2}?", "1{1,2}+", "(?>1)"),
    *("^1", r"\b1", r"\A1", "(?=1)1", "(?!2)1", "(?<=1)2", r"(1)\1", "(1)?(?(1)2|3)"),
]


@pytest.mark.parametrize("pattern", UNKNOWN)
def test_a_construct_that_is_not_known_is_refused(pattern: str) -> None:
    re.compile(pattern)  # `re` knows it
    with pytest.raises(UnknownConstructError, match="a pattern"):
        program(pattern)
    with pytest.raises(UnknownConstructError, match="a pattern"):
        Machine().add(pattern)


def test_the_end_of_the_digits_is_for_programs_alone() -> None:
    with pytest.raises(UnknownConstructError):
        Machine().add("1$")


def test_more_groups_than_a_match_has_room_for_are_refused() -> None:
    assert program("(1)" * GROUPS_MAX)[0] == GROUPS_MAX
    with pytest.raises(UnknownConstructError, match="groups"):
        program("(1)" * (GROUPS_MAX + 1))
