"""What only a client that awaits can meet: cancelled tasks, and many of them."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.errors import ArgumentError, TransportError
from smspoh.gateway import NO_RETRY, OutgoingMessage, RetryPolicy, prove_batch
from smspoh.gateway.client import AsyncClient
from smspoh.sandbox import Fault
from smspoh.sandbox.ledger import Filters

from .conftest import QUICK_PROFILE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from smspoh.sandbox.server import Sandbox

    from .faults import FaultyServer

ALL = Filters()


def client_of(sandbox: Sandbox, **settings: Any) -> AsyncClient:
    for name, value in {"base_url": sandbox.base_url, "profile": QUICK_PROFILE}.items():
        settings.setdefault(name, value)
    return AsyncClient(sandbox.api_key, sandbox.api_secret, **settings)


async def cancelled(task: asyncio.Task[Any]) -> Any:
    """Cancel a task, and return the error that it ended with, as any."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as ended:
        await task
    return ended.value


def test_a_cancelled_send_keeps_what_must_not_be_lost(faulty: FaultyServer) -> None:
    faulty.behave = lambda _, stopped: void(stopped.wait())

    async def run() -> Any:
        async with AsyncClient("key", "secret", base_url=faulty.base_url) as client:
            task = asyncio.create_task(client.send("09250000001", "x", "SMSPoh", encrypt=True))
            while not faulty.requests:
                await asyncio.sleep(0.01)
            return await cancelled(task)

    error = asyncio.run(run())
    assert error.maybe_sent
    assert len(error.encrypt_key) == 32
    assert len(error.client_reference) == 26
    assert error.request.path == "/send"


def void(_: object) -> None:
    """Take a value and return none."""


def test_a_send_cancelled_between_attempts_was_not_sent(sandbox: Sandbox) -> None:
    sandbox.gateway.reset()
    sandbox.gateway.faults.add(Fault("status", "before", path="/send", status=429))
    seen: list[object] = []

    async def run() -> Any:
        retry = RetryPolicy(backoff_first_s=1000.0, backoff_max_s=1000.0, deadline_s=10_000.0)
        async with client_of(sandbox, retry=retry, hooks=[seen.append]) as client:
            task = asyncio.create_task(client.send("09250000001", "x", "SMSPoh"))
            while not seen:
                await asyncio.sleep(0.01)
            return await cancelled(task)

    assert asyncio.run(run()).maybe_sent is False
    assert sandbox.gateway.ledger.count(ALL) == 0
    sandbox.gateway.reset()


def test_a_cancelled_bulk_says_how_far_it_came(sandbox: Sandbox) -> None:
    sandbox.gateway.reset()
    messages = [OutgoingMessage(f"0925000000{row}", "x", "SMSPoh") for row in range(6)]
    profile = replace(QUICK_PROFILE, bulk_messages_max=2)
    seen: list[object] = []

    async def run() -> Any:
        def stop(attempt: object) -> None:
            seen.append(attempt)
            if len(seen) == 2:
                task.cancel()

        async with client_of(sandbox, profile=profile, hooks=[stop]) as client:
            task = asyncio.create_task(client.send_bulk(messages))
            with pytest.raises(asyncio.CancelledError) as ended:
                await task
            return ended.value

    error = asyncio.run(run())
    assert len(error.results) == 4
    assert error.rows == range(4, 6)
    assert len(error.references) == 2


def test_many_tasks_share_a_client(sandbox: Sandbox) -> None:
    sandbox.gateway.reset()

    async def run() -> list[str | None]:
        async with client_of(sandbox) as client:
            sends = [client.send(f"092500{row:05}", f"text {row}", "SMSPoh") for row in range(300)]
            results = await asyncio.gather(*sends)
        assert all(result[0].message == f"text {row}" for row, result in enumerate(results))
        return [result.client_reference for result in results]

    references = asyncio.run(run())
    assert len(set(references)) == 300
    assert sandbox.gateway.ledger.count(ALL) == 300


def test_a_pool_that_is_full_was_not_sent(faulty: FaultyServer) -> None:
    faulty.behave = lambda _, stopped: void(stopped.wait())

    async def run() -> list[BaseException]:
        settings: dict[str, Any] = {"timeout": 0.2, "connections_max": 1, "retry": NO_RETRY}
        async with AsyncClient("key", "secret", base_url=faulty.base_url, **settings) as client:
            sends = [client.send("09250000001", "x", "SMSPoh") for _ in range(3)]
            return [
                error
                for error in await asyncio.gather(*sends, return_exceptions=True)
                if isinstance(error, BaseException)
            ]

    errors = asyncio.run(run())
    assert len(errors) == 3
    assert all(isinstance(error, TransportError) for error in errors)
    fates = [error.maybe_sent for error in errors if isinstance(error, TransportError)]
    # Those that got the connection may have been sent; whoever waited for it was not.
    assert fates.count(True) == len(faulty.requests) >= 1
    assert False in fates


def test_the_event_loop_goes_on_while_a_proof_is_made(sandbox: Sandbox) -> None:
    """The default count takes some 10 ms of a CPU, in a thread of its own."""
    threads: list[threading.Thread] = []

    def noted(*arguments: Any, **options: Any) -> list[bool]:
        threads.append(threading.current_thread())
        return prove_batch(*arguments, **options)

    async def run() -> bool:
        async with client_of(sandbox) as client:
            return bool((await client.send("09250000001", "x", "SMSPoh", encrypt=True)).proof)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("smspoh.gateway.opening.prove_batch", noted)
        assert asyncio.run(run())
    assert threads
    assert threads[0] is not threading.main_thread()


def test_a_call_in_another_event_loop_sends_nothing(sandbox: Sandbox) -> None:
    """Over a connection of the first loop the message would go out, and its reply be lost."""
    client = AsyncClient(sandbox.api_key, sandbox.api_secret, base_url=sandbox.base_url)

    async def balance() -> None:
        await client.balance()

    async def send() -> None:
        await client.send("09250000001", "never sent", "SMSPoh")

    asyncio.run(_closing(client, balance))
    with pytest.raises(ArgumentError, match="another event loop"):
        asyncio.run(send())


async def _closing(client: AsyncClient, call: Callable[[], Awaitable[None]]) -> None:
    await call()
    await client._wire.transport.aclose()
