"""When a batch may go, and what a job stops for: pure decisions."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.outbox.guards import MYANMAR, Guards, quiet_until_ms
from smspoh.outbox.judging import Trouble
from smspoh.outbox.pacing import Pace, Rate

T0 = 1_000_000


def pace(now_ms: int = T0, drawn: float = 1.0, **rate: Any) -> Pace:
    return Pace(Rate(**rate), lambda: drawn, now_ms)


def test_without_a_limit_everything_goes_at_once() -> None:
    made = pace()
    made.took(10**6, T0)
    assert made.ready_ms(T0, 1) == T0
    assert made.per_s is None


def test_a_bucket_lets_a_burst_go_and_then_its_rate() -> None:
    made = pace(per_s_max=10, burst=10)
    gone, now = 0, T0
    while gone < 1000:
        now = made.ready_ms(now, 1)
        made.took(5, now)
        gone += 5
    assert (1000 - 10 - 5) * 100 <= now - T0 <= 1000 * 100
    assert made.ready_ms(now + 10**6, 1) == now + 10**6, "and a pause gives a burst back"


def test_no_second_has_more_than_its_rate_and_a_burst() -> None:
    made = pace(per_s_max=10, burst=20)
    now = T0
    gone: list[int] = []
    while len(gone) < 300:
        count = made.most(100)
        now = made.ready_ms(now, count)
        made.took(count, now)
        gone += [now] * count
    assert count == 10, "a second's worth, not a batch that a single token lets go"
    for at in gone:
        assert sum(at <= other < at + 1000 for other in gone) <= 20 + 10


def test_what_fails_is_tried_with_a_few() -> None:
    made = pace(per_s_max=1000)
    assert made.most(500) == 100, "a burst at most"
    made.heard(Trouble.UNREACHABLE, None, 1, T0)
    assert made.most(500) == 10
    assert pace().most(500) == 500


def test_429_slows_down_at_once_and_success_speeds_up_slowly() -> None:
    made = pace(per_s_max=100, faster_per_s=10, per_s_min=2)
    made.heard(Trouble.LIMITED, None, 10, T0)
    assert made.per_s == 50
    for _ in range(5):
        made.heard(Trouble.NONE, None, 10, T0)
    assert made.per_s is not None
    assert 59 < made.per_s < 60, "fifty messages at 50 a second are one second"
    for _ in range(20):
        made.heard(Trouble.LIMITED, None, 10, T0)
    assert made.per_s == 2
    for _ in range(10_000):
        made.heard(Trouble.NONE, None, 100, T0)
    assert made.per_s == 100


def test_without_a_limit_429_begins_at_half_of_what_went() -> None:
    made = pace()
    made.took(1000, T0)
    made.heard(Trouble.LIMITED, None, 10, T0 + 10_000)
    assert made.per_s == 50


def test_what_the_gateway_asks_for_is_waited_for() -> None:
    made = pace()
    made.heard(Trouble.LIMITED, 30.0, 10, T0)
    assert made.ready_ms(T0, 1) == T0 + 30_000


def test_failures_in_a_row_wait_longer_and_go_one_at_a_time() -> None:
    made = pace(backoff_first_s=1, backoff_max_s=8)
    waits = []
    for _ in range(6):
        made.heard(Trouble.UNREACHABLE, None, 1, T0)
        assert made.is_probing
        waits.append(made.ready_ms(T0, 1) - T0)
    assert waits == [1000, 2000, 4000, 8000, 8000, 8000]
    assert pace(drawn=0.0).backoff_ms(0) == 500
    made.heard(Trouble.NONE, None, 1, T0)
    assert not made.is_probing


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_s_max": 0},
        {"per_s_min": -1},
        {"slower": 1},
        {"burst": 0},
        {"backoff_max_s": float("inf")},
    ],
)
def test_a_rate_has_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        Rate(**wrong)


def myanmar_ms(hour: int, minute: int = 0, day: int = 5) -> int:
    return round(datetime(2026, 3, day, hour, minute, tzinfo=MYANMAR).timestamp() * 1000)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (None, myanmar_ms(3), None),
        ((time(21), time(7)), myanmar_ms(20, 59), None),
        ((time(21), time(7)), myanmar_ms(21), myanmar_ms(7, day=6)),
        ((time(21), time(7)), myanmar_ms(0), myanmar_ms(7)),
        ((time(21), time(7)), myanmar_ms(6, 59), myanmar_ms(7)),
        ((time(21), time(7)), myanmar_ms(7), None),
        ((time(12), time(13, 30)), myanmar_ms(12, 1), myanmar_ms(13, 30)),
        ((time(12), time(13, 30)), myanmar_ms(14), None),
        ((time(12), time(12)), myanmar_ms(12), None),
    ],
)
def test_quiet_hours_are_in_myanmar_time(
    quiet: tuple[time, time] | None, now: int, until: int | None
) -> None:
    assert quiet_until_ms(quiet, now) == until


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget": 5},
        {"balance_every": 0},
        {"canary": -1},
        {"canary_failures_max": 2},
        {"price": -1},
        {"quiet": (time(1, tzinfo=UTC), time(2))},
    ],
)
def test_guards_have_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        Guards(**wrong)
