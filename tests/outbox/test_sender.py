"""The sender before a sandbox in the same process, whose time is moved."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.errors import ArgumentError, OutboxError
from smspoh.gateway import RetryPolicy
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Policy, Settings, State
from smspoh.outbox.guards import Guards
from smspoh.outbox.pacing import Rate
from smspoh.outbox.sender import Sender
from smspoh.outbox.telling import Odd

from .world import HISTORY, KEY, SECRET, SEND, URL, World, body_of, reply, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .world import Fault


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


def times(count: int, path: str, do: Fault) -> Fault:
    """Make a fault happen so many times, to requests below a path."""
    left = [count]

    def fault(
        request: httpx2.Request, forward: Callable[[], httpx2.Response]
    ) -> httpx2.Response | None:
        if not left[0] or not request.url.path.startswith(f"/api/rest{path}"):
            return None
        left[0] -= 1
        return do(request, forward)

    return fault


def status(number: int, **headers: str) -> Fault:
    return lambda *_: reply(number, {"name": "No", "message": "no"}, **headers)


def lost(_: httpx2.Request, forward: Callable[[], httpx2.Response]) -> httpx2.Response:
    forward()
    raise httpx2.ReadError("gone")


def test_a_job_is_sent_once_and_whole(world: World) -> None:
    world.enqueue(rows(95))
    report = world.sender.run()
    assert report.is_done
    assert (report.accepted, report.left, report.paused, report.stopped) == (95, 0, None, False)
    assert world.states() == {State.ACCEPTED: 95}
    assert world.audit().complaints() == []
    assert world.line.seen.count("/send/bulk") == 10
    entry = next(world.journal.export())
    assert (entry.parts, entry.delivery, entry.attempts) == (1, "Accepted", 1)


def test_the_intent_is_durable_before_a_byte_leaves(world: World) -> None:
    world.enqueue(rows(3))
    states = []

    def look(*_: object) -> None:
        states.append([one.state for one in world.journal.export()])

    world.line.faults = [look]
    world.sender.run()
    assert states[0] == [State.IN_FLIGHT] * 3
    assert world.steps[:5] == ["claim", "claimed", "send", "sent", "record"]


def test_a_client_that_tries_again_by_itself_is_refused(world: World) -> None:
    client = AsyncClient(KEY, SECRET, base_url=URL, retry=RetryPolicy())
    with pytest.raises(ArgumentError, match="NO_RETRY"):
        Sender(world.outbox, client)
    for wrong in ({"workers": 0}, {"batch": 0}, {"batch": 10_001}):
        with pytest.raises(ArgumentError, match="workers must be"):
            world.make_sender(**wrong)


def test_a_lost_reply_is_found_in_the_history(world: World) -> None:
    world.enqueue(rows(20))
    world.line.faults = [times(1, SEND, lost)]
    report = world.sender.run()
    assert (report.unclear, report.accepted) == (10, 10)
    assert world.states() == {State.ACCEPTED: 20}
    assert world.audit().complaints() == []


def test_what_never_arrived_goes_again_after_settle_and_three_readings(world: World) -> None:
    world.enqueue(rows(5))

    def gone(*_: object) -> httpx2.Response:
        raise httpx2.ReadTimeout("gone")

    began_ms = world.timing.now_ms()
    world.line.faults = [times(1, SEND, gone)]
    report = world.sender.run()
    assert report.is_done
    assert world.audit().complaints() == []
    assert world.timing.now_ms() - began_ms >= (120 + 2 * 20) * 1000
    assert world.steps.count("unseen") >= 3
    assert {one.attempts for one in world.journal.export()} == {2}


def test_no_connection_waits_and_tries_a_few(world: World) -> None:
    world.enqueue(rows(100))

    def refused(*_: object) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    world.line.faults = [times(6, SEND, refused)]
    report = world.sender.run()
    assert report.is_done
    assert world.audit().complaints() == []
    assert report.not_sent <= 4 * 10 + 2 * 10, "four workers, then one at a time"
    assert world.line.seen.count(HISTORY) == 0, "nothing may have been sent"


@pytest.mark.parametrize("number", [401, 403])
def test_refused_credentials_pause_the_job_until_it_is_resumed(world: World, number: int) -> None:
    world.enqueue(rows(30))
    world.line.faults = [times(1, SEND, status(number))]
    world.sender = world.make_sender(workers=1)
    report = world.sender.run()
    assert (report.paused, report.left) == (f"http_{number}", 30)
    assert [notice.why for notice in world.notices if notice.odd is Odd.PAUSED] == [
        f"http_{number}"
    ]
    assert world.sender.run().left == 30, "it stays paused"
    world.sender.resume()
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


@pytest.mark.parametrize("number", [404, 405, 415])
def test_a_wrong_address_pauses_the_job_and_loses_nothing(world: World, number: int) -> None:
    world.enqueue(rows(30))
    world.line.faults = [times(1, SEND, status(number))]
    assert world.sender.run().paused == f"http_{number}"
    world.sender.resume()
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


@pytest.mark.parametrize("number", [400, 413, 422])
def test_the_message_that_is_wrong_is_found_by_halves(world: World, number: int) -> None:
    world.enqueue(rows(30))

    def poison(request: httpx2.Request, _: object) -> httpx2.Response | None:
        return reply(number, {"message": "no"}) if b"code is 000013" in request.read() else None

    world.line.faults = [poison]
    report = world.sender.run()
    assert world.states() == {State.ACCEPTED: 29, State.FAILED: 1}
    assert (report.refused, report.is_done) == (1, True)
    failed = next(one for one in world.journal.export() if one.state is State.FAILED)
    assert failed.message.message.endswith("000013")
    assert failed.why == f"http_{number}"
    assert world.audit().complaints() == []


def test_a_message_that_cannot_go_out_fails_alone(world: World) -> None:
    (nonsense,), (long,) = rows(1, 100, to="nonsense"), rows(1, 101, message="x" * 2000)
    world.enqueue([*rows(4), nonsense, *rows(4, 4), long])
    assert world.sender.run().is_done
    assert world.states() == {State.ACCEPTED: 8, State.FAILED: 2}
    assert {one.why for one in world.journal.export() if one.state is State.FAILED} == {"invalid"}
    assert world.line.seen.count("/send/bulk") == 1


def test_too_many_requests_slow_the_job_down(world: World) -> None:
    world.enqueue(rows(100))
    world.line.faults = [times(1, SEND, status(429, retry_after="30"))]
    began_ms = world.timing.now_ms()
    report = world.sender.run()
    assert report.is_done
    assert world.audit().complaints() == []
    assert world.timing.now_ms() - began_ms >= 30_000


def test_a_rate_is_kept(world: World) -> None:
    world.enqueue(rows(200))
    world.sender = world.make_sender(rate=Rate(per_s_max=10, burst=10))
    began_ms = world.timing.now_ms()
    assert world.sender.run().is_done
    assert world.timing.now_ms() - began_ms >= (200 - 10 - 10) / 10 * 1000


def test_an_encrypted_message_goes_with_a_key_that_can_be_made_again(world: World) -> None:
    world.enqueue(rows(3, encrypt=True))
    bodies = []

    def look(request: httpx2.Request, _: object) -> None:
        bodies.append(request.read())

    world.line.faults = [look]
    assert world.sender.run().is_done
    for entry, body in zip(world.journal.export(), bodies, strict=False):
        assert entry.message.encrypt_key is not None
        assert entry.message.encrypt_key.encode() in body


def test_swapped_entries_find_their_messages_and_strange_ones_are_reported(world: World) -> None:
    world.enqueue(rows(10))

    def mangled(_: object, forward: Callable[[], httpx2.Response]) -> httpx2.Response:
        body = body_of(forward())
        strange = dict(body["messages"][0], messageId="X", to="959700000000", clientReference="Y")
        return reply(200, {"messages": [*body["messages"][::-1], strange]})

    world.line.faults = [times(1, SEND, mangled)]
    report = world.sender.run()
    assert (report.strangers, report.is_done) == (1, True)
    assert world.audit().complaints() == []
    by_id = {r.message_id: r.client_reference for r in world.gateway.ledger.after(0)}
    assert {one.message_id: one.reference for one in world.journal.export()} == by_id


def test_stop_waits_for_what_is_in_flight_and_writes_it_down(world: World) -> None:
    world.enqueue(rows(100))
    seen = []

    def stop(*_: object) -> None:
        seen.append(1)
        if len(seen) == 2:
            world.sender.stop()

    world.line.faults = [stop]
    report = world.sender.run()
    assert report.stopped
    assert 20 <= report.accepted <= 60
    assert world.states().keys() == {State.ACCEPTED, State.PENDING}
    world.line.faults = []
    assert world.sender.run().is_done, "the next run goes on"
    assert world.audit().complaints() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_drains_and_its_handler_is_put_back(world: World, number: signal.Signals) -> None:
    world.enqueue(rows(100))
    before = signal.getsignal(number)
    world.line.faults = [times(1, SEND, lambda *_: signal.raise_signal(number))]
    report = world.sender.run()
    assert report.stopped
    assert State.IN_FLIGHT not in world.states()
    assert signal.getsignal(number) == before


def test_it_runs_in_another_thread_until_it_is_stopped(world: World) -> None:
    reports: list[Any] = []
    thread = threading.Thread(
        target=lambda: reports.append(world.sender.run(until_empty=False)), daemon=True
    )
    thread.start()
    arrived = threading.Event()
    world.line.faults = [lambda *_: arrived.set()]
    world.enqueue(rows(5))
    assert arrived.wait(30)
    world.sender.stop()
    thread.join(30)
    assert reports[0].stopped
    assert world.states() == {State.ACCEPTED: 5}


def test_it_runs_once_at_a_time_and_not_when_it_is_closed(world: World) -> None:
    world.enqueue(rows(5))
    refused = []

    def again(*_: object) -> None:
        with pytest.raises(ArgumentError, match="runs already") as caught:
            world.sender.run()
        refused.append(caught.value)

    world.line.faults = [again]
    world.sender.run()
    assert refused
    world.sender.close()
    world.sender.close()
    with pytest.raises(ArgumentError, match="closed"):
        world.sender.run()


def test_a_step_that_breaks_ends_the_run_and_the_history_is_asked(world: World) -> None:
    world.enqueue(rows(30))

    def broken(*_: object) -> httpx2.Response:
        raise RuntimeError("a bug")

    world.line.faults = [times(1, SEND, broken)]
    with pytest.raises(RuntimeError, match="a bug"):
        world.sender.run()
    assert world.states()[State.AMBIGUOUS] == 10
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


def test_without_a_journal_nothing_is_sent(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.enqueue(rows(10))

    def full(*_: object) -> None:
        raise OutboxError("the disk is full")

    monkeypatch.setattr(world.journal, "claim", full)
    with pytest.raises(OutboxError, match="full"):
        world.sender.run()
    assert world.line.seen == []


def test_a_reply_is_written_down_once_the_disk_has_room_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enqueue(rows(10))
    record, left = world.journal.record, [2]

    def sometimes(*args: Any) -> list[str]:
        if left[0]:
            left[0] -= 1
            raise OutboxError("the disk is full")
        return record(*args)

    monkeypatch.setattr(world.journal, "record", sometimes)
    assert world.sender.run().accepted == 10
    assert world.line.seen == ["/send/bulk"]


def test_a_restart_finds_what_was_in_flight(world: World) -> None:
    world.enqueue(rows(30))
    batch = world.journal.claim(10, world.timing.now_ms())
    assert len(batch) == 10
    world.restart()
    assert world.outbox.recovered.ambiguous == 10
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


def test_reconcile_looks_and_sends_nothing(world: World) -> None:
    world.enqueue(rows(20))

    def lost_and_stopped(request: httpx2.Request, forward: Any) -> httpx2.Response:
        world.sender.stop()
        return lost(request, forward)

    world.line.faults = [times(1, SEND, lost_and_stopped)]
    world.sender = world.make_sender(workers=1)
    world.sender.run()
    assert world.states()[State.AMBIGUOUS] == 10
    sent = world.line.seen.count("/send/bulk")
    world.sender.reconcile()
    assert world.line.seen.count("/send/bulk") == sent
    assert State.AMBIGUOUS not in world.states()


def test_under_at_most_once_what_is_not_found_is_parked(tmp_path: Path) -> None:
    with World(tmp_path, Settings("otp", Policy.AT_MOST_ONCE)) as world:
        world.enqueue(rows(20))

        def gone(*_: object) -> httpx2.Response:
            raise httpx2.ReadTimeout("gone")

        world.line.faults = [times(1, SEND, gone)]
        report = world.sender.run()
        assert world.states() == {State.ACCEPTED: 10, State.PARKED: 10}
        assert not report.is_done
        assert world.audit().complaints(may_park=True) == []


# What a job stops for.


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
