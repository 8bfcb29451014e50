"""Clients whose calls return the gateway's replies beside what was read from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from .calls import Calls
from .conceal import concealing
from .driving import described
from .results import RawResult

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .attempt import Attempt, Flow
    from .client import AsyncClient, Client
    from .models import Response

P = ParamSpec("P")
T = TypeVar("T")


class _Recorder:
    """Record the attempts and replies of one call."""

    def __init__(self, calls: Calls) -> None:
        self.attempts: list[Attempt] = []
        self.replies: list[Response] = []
        hooks = (*calls.rules.hooks, self.attempts.append)
        self.calls = Calls(replace(calls.rules, hooks=hooks), calls.allowed)

    def result(self, value: T) -> RawResult[T]:
        return RawResult(value, tuple(self.replies), tuple(self.attempts))


def _blocking(
    call: Callable[Concatenate[Calls, P], Flow[T]],
) -> Callable[Concatenate[RawClient, P], RawResult[T]]:
    def method(self: RawClient, /, *args: P.args, **kwargs: P.kwargs) -> RawResult[T]:
        with concealing():
            recorder = _Recorder(self.client._calls)
            try:
                flow = call(recorder.calls, *args, **kwargs)
            finally:
                args, kwargs = (), {}  # type: ignore[assignment]
            return recorder.result(self.client._drive(flow, recorder.replies))

    return described(method, call, "RawResult[{}]")


def _awaiting(
    call: Callable[Concatenate[Calls, P], Flow[T]],
) -> Callable[Concatenate[RawAsyncClient, P], Coroutine[Any, Any, RawResult[T]]]:
    async def method(self: RawAsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> RawResult[T]:
        with concealing():
            recorder = _Recorder(self.client._calls)
            try:
                flow = call(recorder.calls, *args, **kwargs)
            finally:
                args, kwargs = (), {}  # type: ignore[assignment]
            return recorder.result(await self.client._drive(flow, recorder.replies))

    return described(method, call, "RawResult[{}]")


class RawClient:
    """Make the calls of a `Client` and return each as a `RawResult`.

    Attributes:
        client: whose calls these are, and who closes it.
    """

    __slots__ = ("client",)

    def __init__(self, client: Client) -> None:
        self.client = client

    send = _blocking(Calls.send)
    send_bulk = _blocking(Calls.send_bulk)
    messages = _blocking(Calls.messages)
    find = _blocking(Calls.find)
    balance = _blocking(Calls.balance)

    def __repr__(self) -> str:
        return f"<RawClient of {self.client!r}>"


class RawAsyncClient:
    """Make the calls of an `AsyncClient` and return each as a `RawResult`.

    Attributes:
        client: whose calls these are, and who closes it.
    """

    __slots__ = ("client",)

    def __init__(self, client: AsyncClient) -> None:
        self.client = client

    send = _awaiting(Calls.send)
    send_bulk = _awaiting(Calls.send_bulk)
    messages = _awaiting(Calls.messages)
    find = _awaiting(Calls.find)
    balance = _awaiting(Calls.balance)

    def __repr__(self) -> str:
        return f"<RawAsyncClient of {self.client!r}>"
