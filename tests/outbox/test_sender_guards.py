"""What a job stops for, and what a sender tells: before a sandbox whose time is moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.outbox import State
from smspoh.outbox.guards import Guards
from smspoh.outbox.pacing import Rate

from .world import SECRET, SEND, World, lost, rows, status, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def test_a_floor_of_the_balance_stops_the_job(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        world.enqueue(rows(100))
        floor = world.gateway.ledger.balance - 30 * 10
        guards = Guards(balance_min=Decimal(floor), balance_every=10)
        world.sender = world.make_sender(guards=guards, workers=1)
        report = world.sender.run()
        assert (report.paused, report.accepted) == ("balance", 40)


def test_a_budget_stops_the_job_to_the_message_and_over_restarts(world: World) -> None:
    world.enqueue(rows(100))
    guards = Guards(price=10, budget=Decimal(255))
    for _ in range(2):
        world.sender = world.make_sender(guards=guards)
        assert world.sender.run().paused == "budget"
        assert world.states()[State.ACCEPTED] == 25
        world.restart()
    world.sender = world.make_sender(guards=Guards(price=10, budget=1000))
    assert world.sender.run().is_done


def test_nothing_is_claimed_in_quiet_hours(world: World) -> None:
    now = world.clock.now().astimezone(world.gateway.settings.limits.zone)
    begins = (now - timedelta(minutes=1)).time()
    ends = time((now.hour + 9) % 24)
    world.enqueue(rows(20))
    world.sender = world.make_sender(guards=Guards(quiet=(begins, ends)))
    assert world.sender.run().is_done
    first = world.gateway.ledger.after(0)[0].accepted_at
    assert first.time() >= ends


def test_a_canary_stops_a_job_that_begins_badly_until_somebody_confirms(world: World) -> None:
    bad = [dict(row, to="09000000007") for row in rows(8)]
    world.enqueue([*bad, *rows(92)])
    world.sender = world.make_sender(guards=Guards(canary=20, canary_failures_max=0.25))
    report = world.sender.run()
    assert (report.paused, report.refused, report.accepted) == ("canary", 8, 12)
    world.sender.resume()
    assert world.sender.run().is_done
    assert world.states() == {State.ACCEPTED: 92, State.FAILED: 8}


def test_a_good_canary_lets_the_job_go_on(world: World) -> None:
    world.enqueue(rows(60))
    world.sender = world.make_sender(guards=Guards(canary=15))
    assert world.sender.run().is_done
    world.sender = world.make_sender(guards=Guards(canary=15))
    world.enqueue(rows(3, 60))
    assert world.sender.run().is_done, "fewer messages than the canary has"


def test_suppressed_numbers_get_nothing(world: World) -> None:
    world.enqueue(rows(30))
    assert world.journal.suppress(["+95945" + "0000003", "95945" + "0000033"], 0) == 1
    world.enqueue(rows(10, 30))
    assert world.sender.run().is_done
    assert world.states() == {State.ACCEPTED: 38, State.CANCELLED: 2}
    assert {one.why for one in world.journal.export() if one.state is State.CANCELLED} == {
        "suppressed"
    }


def test_progress_is_told(world: World) -> None:
    told: list[Any] = []

    def listen(progress: Any) -> None:
        told.append(progress)
        raise RuntimeError("a listener breaks")

    world.enqueue(rows(200))
    world.sender = world.make_sender(
        on_progress=listen, progress_s=0.5, rate=Rate(per_s_max=20, burst=10)
    )
    assert world.sender.run().is_done
    assert told
    assert [one.accepted for one in told] == sorted(one.accepted for one in told)
    assert all(0 <= one.left <= 200 for one in told)
    assert any(one.left_s is not None for one in told)


def test_no_repr_and_no_log_tells_a_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    told: list[Any] = []
    world.enqueue(rows(30))
    world.line.faults = [times(2, SEND, lost), times(1, SEND, status(400))]
    world.sender = world.make_sender(on_progress=told.append, progress_s=0.001)
    report = world.sender.run()
    shown = repr([told, report, world.sender, world.notices, replace(report)]) + caplog.text
    for secret in ("0945", "95945", "Your code", SECRET):
        assert secret not in shown
