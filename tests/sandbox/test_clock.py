"""The clock of a sandbox."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smspoh.errors import ArgumentError
from smspoh.sandbox import SandboxClock

from .conftest import Caller, Clock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_it_runs_with_its_source_and_can_be_moved() -> None:
    source = Clock()
    clock = SandboxClock(source)
    assert clock.now() == source.now
    clock.advance(60)
    source.forward(5)
    assert clock.now() == source.now + timedelta(seconds=60)
    clock.set(NOON)
    source.forward(5)
    assert clock.now() == NOON + timedelta(seconds=5)


def test_frozen_time_stands_until_it_is_moved_and_runs_on_from_there() -> None:
    source = Clock()
    clock = SandboxClock(source)
    clock.set(NOON)
    clock.freeze()
    source.forward(100)
    assert (clock.now(), clock.frozen) == (NOON, True)
    clock.advance(1.5)
    assert clock.now() == NOON + timedelta(seconds=1.5)
    clock.set(NOON)
    clock.resume()
    assert (clock.now(), clock.frozen) == (NOON, False)
    source.forward(3)
    assert clock.now() == NOON + timedelta(seconds=3)
    clock.reset()
    assert clock.now() == source.now


def test_resume_without_freeze_changes_nothing() -> None:
    source = Clock()
    clock = SandboxClock(source)
    clock.advance(7)
    clock.resume()
    assert clock.now() == source.now + timedelta(seconds=7)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12, 1e300])
def test_an_advance_that_cannot_be_is_refused(seconds: float) -> None:
    source = Clock()
    clock = SandboxClock(source)
    with pytest.raises(ArgumentError, match="must"):
        clock.advance(seconds)
    assert clock.now() == source.now


@pytest.mark.parametrize(
    "moment",
    [datetime(2026, 1, 1), datetime(1969, 12, 31, tzinfo=UTC), datetime(2102, 1, 1, tzinfo=UTC)],
)
def test_a_moment_that_cannot_be_is_refused(moment: datetime) -> None:
    with pytest.raises(ArgumentError, match="time"):
        SandboxClock().set(moment)


def test_whoever_watches_is_told_of_each_move() -> None:
    told: list[int] = []
    clock = SandboxClock()
    clock.watch(lambda: told.append(1))
    clock.freeze()
    clock.advance(1)
    clock.set(NOON)
    clock.resume()
    assert len(told) == 4


def test_many_threads_move_it_and_no_move_is_lost() -> None:
    clock = SandboxClock(Clock())
    clock.freeze()
    before = clock.now()

    def move() -> None:
        for _ in range(500):
            clock.advance(1)

    threads = [threading.Thread(target=move) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() - before == timedelta(seconds=2000)


def test_the_whole_sandbox_goes_by_it(caller: Caller) -> None:
    caller.gateway.clock.set(NOON)
    caller.gateway.clock.freeze()
    (entry,) = caller.send()
    assert entry["createdAt"] == "2026-11-23 18:30:00"
    assert caller.history()["messages"][0]["status"] == "Accepted"
    caller.gateway.clock.advance(2)
    message = caller.history()["messages"][0]
    assert (message["status"], message["finishedAt"]) == ("Success", "2026-11-23 18:30:02")
    assert caller.gateway.requests[0].at == NOON


@pytest.mark.parametrize(
    ("body", "now", "frozen"),
    [
        ({"freeze": True, "set": "2026-11-23T12:00:00+00:00"}, "2026-11-23T12:00:00+00:00", True),
        ({"set": "2026-11-23T12:00:00+06:30", "advance": 60}, "2026-11-23T05:31:00+00:00", False),
        ({}, "2026-11-23T05:30:00.999999+00:00", False),
        ({"freeze": True, "resume": True}, "2026-11-23T05:30:00.999999+00:00", False),
    ],
)
def test_it_is_moved_over_its_path(caller: Caller, body: Any, now: str, frozen: bool) -> None:
    assert caller.control("POST", "/clock", body) == (200, {"now": now, "frozen": frozen})
    assert caller.control("GET", "/clock") == (200, {"now": now, "frozen": frozen})


@pytest.mark.parametrize(
    "body",
    [
        {"advance": -1},
        {"advance": "1"},
        {"advance": 10**400},
        {"advance": True},
        {"set": "noon"},
        {"set": 5},
        {"set": "2026-11-23T12:00:00"},
        {"set": "1900-01-01T00:00:00+00:00"},
        {"set": "0001-01-01T00:00:00+23:59"},
        {"set": "9999-12-31T23:59:59-23:59"},
        {"freeze": 1},
        {"freeze": "no"},
        {"resume": None},
        {"freeze": True, "advance": -1},
        {"freeze": True, "set": "2026-11-23T12:00:00"},
        {"set": "2026-11-23T12:00:00+00:00", "advance": -1},
        {"set": "2100-12-31T00:00:00+00:00", "advance": 1},
        {"other": 1},
    ],
    ids=lambda body: str(body)[:30],
)
def test_a_move_that_cannot_be_is_refused(caller: Caller, body: Any) -> None:
    status, answer = caller.control("POST", "/clock", body)
    assert (status, answer["status"]) == (422, 422)
    assert caller.gateway.clock.now() == caller.clock.now
    assert not caller.gateway.clock.frozen


def test_its_repr_says_whether_it_stands() -> None:
    clock = SandboxClock(Clock())
    assert "frozen" not in repr(clock)
    clock.freeze()
    assert "frozen" in repr(clock)
