"""What becomes of messages, and when: a pure function of seed, place and settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.sandbox import FIXED_NUMBERS, Record, SandboxSettings
from smspoh.sandbox.ledger import Filters
from smspoh.sandbox.life import draw_timeline, draws

from .conftest import Caller

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPREAD = SandboxSettings(delivered_spread=0.8, delivered_after_s=10, undelivered_share=0.25)


def lives(settings: SandboxSettings, count: int) -> list[tuple[tuple[str, datetime], ...]]:
    return [draw_timeline(n, "959250000001", NOON, None, settings) for n in range(1, count + 1)]


def seconds(timeline: tuple[tuple[str, datetime], ...]) -> float:
    return (timeline[-1][1] - NOON).total_seconds()


def test_the_stages_come_in_order_and_end() -> None:
    for timeline in lives(SPREAD, 300):
        assert [status for status, _ in timeline[:3]] == ["Accepted", "Sent", "Pending"]
        assert timeline[3][0] in {"Success", "Undelivered"}
        times = [begins for _, begins in timeline]
        assert times == sorted(times)
        assert times[0] == NOON


def test_without_a_spread_every_message_takes_the_median() -> None:
    settings = SandboxSettings(delivered_after_s=4)
    assert {seconds(timeline) for timeline in lives(settings, 20)} == {4.0}


def test_the_median_and_the_share_are_those_of_the_settings() -> None:
    drawn = lives(SPREAD, 4000)
    times = [seconds(timeline) for timeline in drawn]
    assert 9.3 < median(times) < 10.7  # 4 deviations of the median of so many
    assert min(times) < 3 < 30 < max(times)
    missed = sum(timeline[-1][0] == "Undelivered" for timeline in drawn)
    assert 0.22 < missed / 4000 < 0.28


def test_the_same_seed_and_order_give_the_same_and_another_seed_another() -> None:
    assert lives(SPREAD, 50) == lives(SPREAD, 50)
    other = SandboxSettings(
        delivered_spread=0.8, delivered_after_s=10, undelivered_share=0.25, seed=1
    )
    assert lives(SPREAD, 50) != lives(other, 50)


def test_a_gateway_with_the_same_seed_repeats_itself() -> None:
    def run(seed: int) -> list[Any]:
        caller = Caller(delivered_spread=1.0, seed=seed)
        for row in range(10):
            caller.send(to=f"0925{row:07}")
        return [record.timeline for record in caller.gateway.ledger.find(Filters())]

    assert run(5) == run(5)
    assert run(5) != run(6)


def test_draws_are_independent_of_each_other_and_never_one() -> None:
    assert draws(1, 2, "life", 2)[0] != draws(1, 2, "receipt 1", 2)[0]
    assert draws(1, 2, "life", 2) != draws(1, 3, "life", 2)
    values = [value for serial in range(500) for value in draws(0, serial, "x", 8)]
    assert 0 <= min(values) < 0.01
    assert 0.99 < max(values) < 1


def test_a_scheduled_message_begins_at_its_time() -> None:
    later = NOON + timedelta(hours=1)
    timeline = draw_timeline(1, "959250000001", NOON, later, SandboxSettings())
    assert timeline[0] == ("Accepted", NOON)
    assert all(begins > later for _, begins in timeline[1:])
    past = draw_timeline(1, "959250000001", NOON, NOON - timedelta(hours=1), SandboxSettings())
    assert past[-1] == ("Success", NOON + timedelta(seconds=2))


def test_with_no_delay_a_message_has_arrived_at_once() -> None:
    caller = Caller(delivered_after_s=0)
    caller.send()
    assert caller.history()["messages"][0]["status"] == "Success"


def test_the_farthest_draw_is_still_a_date() -> None:
    settings = SandboxSettings(delivered_after_s=1e9, delivered_spread=50)
    far = datetime(2100, 12, 31, tzinfo=UTC)
    for serial in range(200):
        assert draw_timeline(serial, "959250000001", far, None, settings)[-1][1].year < 2112


def test_the_history_tells_each_stage(caller: Caller) -> None:
    caller.send()
    seen = [caller.history()["messages"][0]["status"]]
    for step in (0.3, 0.5, 1.5):
        caller.clock.forward(step)
        message = caller.history()["messages"][0]
        seen.append(message["status"])
        assert (message["finishedAt"] is None) == (message["status"] != "Success")
    assert seen == ["Accepted", "Sent", "Pending", "Success"]


def record(*stages: tuple[str, int]) -> Record:
    timeline = tuple((status, NOON + timedelta(seconds=second)) for status, second in stages)
    return Record(
        "ID", "x", "9592", "", None, NOON, 1, "SMSPoh", "MPT", False, False, timeline=timeline
    )


@pytest.mark.parametrize(
    ("second", "status", "finished"),
    [(-1, "Accepted", None), (0, "Accepted", None), (1, "Sent", None), (5, "Success", 5)],
)
def test_a_record_tells_its_status_at_a_time(
    second: int, status: str, finished: int | None
) -> None:
    found = record(("Accepted", 0), ("Sent", 1), ("Success", 5))
    now = NOON + timedelta(seconds=second)
    assert found.status_at(now) == status
    done = None if finished is None else NOON + timedelta(seconds=finished)
    assert found.finished_at(now) == done


def test_what_is_not_final_is_never_finished() -> None:
    later = NOON + timedelta(days=9)
    assert record(("Accepted", 0), ("?", 1)).finished_at(later) is None
    assert record(("Accepted", 0), ("Pending", 1)).finished_at(later) is None
    assert record().finished_at(later) is None
    assert record().status_at(later) == "Accepted"


def test_fixed_numbers_end_as_they_are_to_whatever_is_drawn() -> None:
    settings = SandboxSettings(undelivered_share=1.0)
    ends = {
        number.number[-2:]: draw_timeline(1, to, NOON, None, settings)[-1][0]
        for to, number in FIXED_NUMBERS.items()
        if not number.refused
    }
    assert ends == {
        "01": "Success",
        "02": "Undelivered",
        "03": "Rejected",
        "04": "Expired",
        "05": "Pending",
        "06": "?",
        "09": "Success",
        "10": "Success",
        "11": "Success",
        "12": "Success",
    }


@pytest.mark.parametrize("before", [0, 1, 7])
@pytest.mark.parametrize("kept", ["memory", "store"])
def test_after_a_reset_the_same_sends_get_the_same_fates(
    before: int, kept: str, tmp_path: Path
) -> None:
    def fates(caller: Caller) -> list[Any]:
        newest = caller.gateway.ledger.newest()
        for row in range(10):
            caller.send(to=f"0925{row:07}")
        return [record.timeline for record in caller.gateway.ledger.after(newest)]

    drawn: dict[str, Any] = {"delivered_spread": 1.0, "undelivered_share": 0.5, "seed": 3}
    first = fates(Caller(**drawn))
    caller = Caller(**drawn, store=tmp_path / "sandbox.db" if kept == "store" else None)
    for _ in range(before):
        caller.send()
    caller.gateway.reset()
    assert fates(caller) == first
    caller.gateway.close()
