"""References on the wire: their form, and that each is greater than the one before."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smspoh.errors import ArgumentError
from smspoh.outbox.reference import (
    REFERENCE_CHARS_MAX,
    TIME_MS_MAX,
    References,
    checked_job,
    checked_reference,
    reference_time_ms,
)

NOW_MS = 1_790_000_000_000


def slow(job: str, number: int) -> str:
    """Return a reference as the specification of ULID has it, a character at a time."""
    alphabet, written = "0123456789ABCDEFGHJKMNPQRSTVWXYZ", ""
    for _ in range(26):
        number, digit = divmod(number, 32)
        written = alphabet[digit] + written
    return f"{job}-{written}"


@given(
    st.from_regex(r"[A-Za-z0-9]{1,5}", fullmatch=True),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, TIME_MS_MAX - 1)), max_size=5),
)
def test_they_rise_whatever_the_clock_does(job: str, batches: list[tuple[int, int]]) -> None:
    made = References(job)
    taken = [name for count, now_ms in batches for name in made.take(count, now_ms)]
    assert taken == sorted(set(taken))
    assert all(len(name) <= REFERENCE_CHARS_MAX for name in taken)
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", name) for name in taken)
    assert [checked_reference(name) for name in taken] == taken


@pytest.mark.parametrize("low", [0, 1, 1023, 1024, 0xFFFFE, 0xFFFFF, 2**79 - 2])
def test_each_is_what_the_slow_way_writes(low: int) -> None:
    made = References("job1", entropy=lambda bits: low).take(3, NOW_MS)
    assert made == [slow("job1", (NOW_MS << 80 | low) + place) for place in range(3)]
    assert {reference_time_ms(name) for name in made} == {NOW_MS}


def test_those_of_one_millisecond_go_on_from_the_last() -> None:
    first = References("a")
    (one,) = first.take(1, NOW_MS)
    (two,) = first.take(1, NOW_MS)
    (three,) = References("a", last=two).take(1, NOW_MS - 5_000)
    (four,) = References("a", last=three).take(1, NOW_MS + 1)
    assert [one, two, three, four] == sorted({one, two, three, four})
    assert reference_time_ms(three) == NOW_MS, "the clock went back, the references did not"
    assert reference_time_ms(four) == NOW_MS + 1


def test_two_generators_do_not_meet() -> None:
    assert not set(References("a").take(1000, NOW_MS)) & set(References("a").take(1000, NOW_MS))


@pytest.mark.parametrize("wrong", ["", "sixsix", "a-b", "a b", "ب", "a\n", "Ä"])
def test_a_job_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ArgumentError, match="1 to 5 ASCII"):
        checked_job(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "job",
        "job-",
        "job-01ARZ3NDEKTSV4RRFFQ69G5FA",
        "-01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "job-81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "job-01ARZ3NDEKTSV4RRFFQ69G5FAI",
        "job-01arz3ndektsv4rrffq69g5fav",
    ],
)
def test_a_reference_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ArgumentError, match="must be a job's name"):
        checked_reference(wrong)


def test_other_types_and_times_are_refused() -> None:
    with pytest.raises(TypeError, match="job must be a str"):
        References(7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="reference must be a str"):
        checked_reference(b"x")
    for wrong in (-1, TIME_MS_MAX + 1):
        with pytest.raises(ArgumentError, match="now_ms"):
            References("a").take(1, wrong)
    with pytest.raises(ArgumentError, match="no more references"):
        References("a", last="a-7ZZZZZZZZZZZZZZZZZZZZZZZZZ").take(1, NOW_MS)
