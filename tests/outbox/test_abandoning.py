"""Asked to stop twice: no reply is waited for, and what was in flight is looked for."""

from __future__ import annotations

import asyncio
import signal
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.outbox import Guards, Odd, State

from .world import SEND, World, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import httpx2


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, workers=1) as made:
        yield made


def hang(world: World, path: str, *, after: int = 0, takes: bool, numbers: Sequence[int]) -> None:
    """Answer so many requests below a path, then take one, answer nothing, and be interrupted."""
    forward, seen = world.line.handle_async_request, []

    async def handle(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.startswith(f"/api/rest{path}"):
            seen.append(1)
            if len(seen) > after:
                if takes:
                    await forward(request)
                for number in numbers:
                    signal.raise_signal(number)
                await asyncio.Event().wait()
        return await forward(request)

    world.line.handle_async_request = handle  # type: ignore[method-assign]


def answer(world: World) -> None:
    del world.line.handle_async_request


TWICE = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("takes", [True, False])
def test_the_second_signal_waits_for_nothing_and_the_next_run_finds_it(
    world: World, takes: bool
) -> None:
    world.enqueue(rows(50))
    hang(world, SEND, after=2, takes=takes, numbers=TWICE)
    before = signal.getsignal(signal.SIGINT)
    report = world.sender.run()
    assert report.stopped
    assert world.states() == {State.ACCEPTED: 20, State.AMBIGUOUS: 10, State.PENDING: 20}
    assert {one.why for one in world.journal.in_state(State.AMBIGUOUS)} == {"abandoned"}
    assert signal.getsignal(signal.SIGINT) == before
    answer(world)
    assert world.sender.run().is_done, "the same process goes on"
    assert world.audit().complaints() == []


def test_of_a_batch_of_many_requests_what_was_answered_is_known(world: World) -> None:
    """Encrypted messages go out one by one: those before are ACCEPTED, those after not sent."""
    world.enqueue(rows(8, encrypt=True, encrypt_key="a key of more than eighty bits"))
    hang(world, SEND, after=3, takes=True, numbers=TWICE)
    assert world.sender.run().stopped
    assert world.states() == {State.ACCEPTED: 3, State.AMBIGUOUS: 1, State.RETRY_WAIT: 4}
    answer(world)
    assert world.sender.run().is_done
    assert world.audit().complaints() == []


def test_the_first_signal_says_what_is_waited_for(world: World) -> None:
    world.enqueue(rows(30))
    forward = world.line.handle_async_request

    async def handle(request: httpx2.Request) -> httpx2.Response:
        signal.raise_signal(signal.SIGINT)
        # The loop hears of it before the reply is there.
        await asyncio.sleep(0.05)
        return await forward(request)

    world.line.handle_async_request = handle  # type: ignore[method-assign]
    assert world.sender.run().stopped
    told = [(notice.odd, notice.count) for notice in world.notices]
    assert told == [(Odd.STOPPING, 10)]
    assert world.states() == {State.ACCEPTED: 10, State.PENDING: 20}


def test_nobody_waits_for_the_balance_either(tmp_path: Path) -> None:
    with World(tmp_path, guards=Guards(balance_min=Decimal(1))) as world:
        world.enqueue(rows(10))
        hang(world, "/account/get-balance", takes=True, numbers=TWICE)
        assert world.sender.run().stopped
        assert world.states() == {State.PENDING: 10}
        answer(world)
        assert world.sender.run().is_done


def test_from_another_thread_it_ends_the_run_too(world: World) -> None:
    world.enqueue(rows(10))
    forward: Any = world.line.handle_async_request

    async def handle(request: httpx2.Request) -> httpx2.Response:
        world.sender.abandon()
        await asyncio.Event().wait()
        return await forward(request)  # type: ignore[no-any-return]

    world.line.handle_async_request = handle  # type: ignore[method-assign]
    assert world.sender.run(signals=False).stopped
    assert world.states() == {State.AMBIGUOUS: 10}
