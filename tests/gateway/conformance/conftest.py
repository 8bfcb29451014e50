"""One client in four ways: blocking and awaiting, in process and over a socket."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from smspoh.gateway import RetryPolicy
from smspoh.gateway.client import AsyncClient, Client
from smspoh.sandbox import SandboxSettings
from smspoh.sandbox.in_process import InProcess
from smspoh.sandbox.server import Sandbox
from tests.gateway.conftest import QUICK, QUICK_PROFILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smspoh.gateway.attempt import Hook
    from smspoh.sandbox import SandboxGateway

WAYS = [
    "blocking in process",
    "blocking over a socket",
    "awaiting in process",
    "awaiting over a socket",
]
PROFILE = replace(QUICK_PROFILE, history_limits=(20, 50))
NO_WAIT = RetryPolicy(backoff_first_s=0.0)


class Driven:
    """Call the methods of a client, whichever it is, and return what they come to."""

    def __init__(self, way: str, sandbox: Sandbox, runner: asyncio.Runner, **settings: Any) -> None:
        self._runner = runner
        self.gateway: SandboxGateway = sandbox.gateway
        options: dict[str, Any] = {
            "base_url": sandbox.base_url,
            "profile": PROFILE,
            "retry": NO_WAIT,
        } | settings
        if "in process" in way:
            options["transport"] = InProcess(sandbox.gateway)
        kind: Any = Client if way.startswith("blocking") else AsyncClient
        self.client: Any = kind(sandbox.api_key, sandbox.api_secret, **options)
        self.awaits = kind is AsyncClient

    def __getattr__(self, name: str) -> Any:
        return self._driven(getattr(self.client, name))

    @property
    def raw(self) -> Any:
        driven = object.__new__(Driven)
        driven._runner, driven.client, driven.awaits = (
            self._runner,
            self.client.with_raw_response,
            self.awaits,
        )
        return driven

    def _driven(self, method: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if not self.awaits:
                return method(*arguments, **options)

            async def awaited() -> Any:
                return await method(*arguments, **options)

            return self._runner.run(awaited())

        return call

    def next_of(self, history: Any) -> Any:
        """Return the next message of an iterator, or None at its end."""
        if not self.awaits:
            return next(history, None)

        async def awaited() -> Any:
            return await anext(history, None)

        return self._runner.run(awaited())

    def close(self) -> None:
        self._driven(self.client.aclose if self.awaits else self.client.close)()


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    settings = SandboxSettings(
        envelope=QUICK, limits=PROFILE, senders=frozenset({"SMSPoh", "Second"})
    )
    with Sandbox(settings=settings) as sandbox:
        yield sandbox


@pytest.fixture(params=WAYS)
def make(request: pytest.FixtureRequest, running: Sandbox) -> Iterator[Callable[..., Driven]]:
    """Return what makes a client of a sandbox with nothing in it."""
    running.gateway.reset()
    made: list[Driven] = []

    with asyncio.Runner() as runner:

        def making(**settings: Any) -> Driven:
            made.append(Driven(request.param, running, runner, **settings))
            return made[-1]

        yield making
        for each in made:
            each.close()


@pytest.fixture
def client(make: Callable[..., Driven]) -> Driven:
    return make()


def recorder() -> tuple[list[Any], Hook]:
    """Return a list, and the hook that fills it."""
    seen: list[Any] = []
    return seen, seen.append
