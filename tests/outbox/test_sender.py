"""The sender before a sandbox in the same process, whose time is moved."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from smspoh.errors import ArgumentError, OutboxError
from smspoh.gateway import RetryPolicy
from smspoh.gateway.client import AsyncClient
from smspoh.outbox import Policy, Settings, State
from smspoh.outbox.pacing import Rate
from smspoh.outbox.sender import Sender
from smspoh.outbox.telling import Odd

from .world import (
    HISTORY,
    KEY,
    SECRET,
    SEND,
    URL,
    World,
    body_of,
    lost,
    reply,
    rows,
    status,
    times,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path) as made:
        yield made


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
    assert [(notice.odd, notice.count) for notice in world.notices] == [(Odd.UNREACHABLE, 10)]
    world.enqueue(rows(5, start=100))
    world.line.faults = [times(1, SEND, refused)]
    assert world.sender.run().is_done
    assert [notice.odd for notice in world.notices] == [Odd.UNREACHABLE] * 2, "of each outage"


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


def test_what_nobody_foresaw_ends_the_run_and_the_history_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enqueue(rows(30))

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    world.sender = world.make_sender(workers=1)
    with monkeypatch.context() as patched:
        patched.setattr(AsyncClient, "send_bulk", broken)
        with pytest.raises(RuntimeError, match="a bug"):
            world.sender.run()
    assert world.states()[State.AMBIGUOUS] >= 10
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


def test_a_reply_that_cannot_be_written_down_is_found_after_a_restart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.enqueue(rows(30))

    def full(*_: object) -> None:
        raise OutboxError("the disk is full")

    monkeypatch.setattr(world.journal, "record", full)
    with pytest.raises(OutboxError, match="full"):
        world.sender.run()
    assert world.states()[State.IN_FLIGHT] >= 10
    world.restart()
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


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

    world.line.faults = [times(1, SEND, lost_and_stopped), times(99, HISTORY, status(503))]
    world.sender = world.make_sender(workers=1)
    world.sender.run()
    world.line.faults = []
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
