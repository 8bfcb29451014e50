"""From calls that return flows to methods that return values: one driver blocks, one awaits.

Whatever a method raises, no frame below it keeps its local variables: they may be
numbers, texts and keys. The lines of the traceback stay.
"""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

import anyio
import anyio.to_thread

from .attempt import Flow, Sleep, Work
from .conceal import concealing
from .models import Request, Response

if TYPE_CHECKING:
    from .calls import Calls

P = ParamSpec("P")
T = TypeVar("T")


class Blocking(Protocol):
    """What `blocking` makes methods of: something with calls and a driver."""

    @property
    def _calls(self) -> Calls: ...
    def _drive(self, flow: Flow[T], /) -> T: ...


class Awaiting(Protocol):
    """What `awaiting` makes methods of: something with calls and a driver."""

    @property
    def _calls(self) -> Calls: ...
    async def _drive(self, flow: Flow[T], /) -> T: ...


def blocking(
    call: Callable[Concatenate[Calls, P], Flow[T]],
) -> Callable[Concatenate[Blocking, P], T]:
    """Return the method that makes a call and drives it to its end."""

    def method(self: Blocking, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with concealing():
            try:
                flow = call(self._calls, *args, **kwargs)
            finally:
                args, kwargs = (), {}  # type: ignore[assignment] # for the traceback shows them
            return self._drive(flow)

    return described(method, call)


def awaiting(
    call: Callable[Concatenate[Calls, P], Flow[T]],
) -> Callable[Concatenate[Awaiting, P], Coroutine[Any, Any, T]]:
    """Return the method that makes a call and drives it to its end, awaiting."""

    async def method(self: Awaiting, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with concealing():
            try:
                flow = call(self._calls, *args, **kwargs)
            finally:
                args, kwargs = (), {}  # type: ignore[assignment]
            return await self._drive(flow)

    return described(method, call)


M = TypeVar("M", bound=Callable[..., Any])


def described(method: M, call: Callable[..., Any], returns: str = "{}") -> M:
    """Give a method the name, the arguments and the documentation of its call.

    Args:
        method: changed in place.
        call: one that returns a flow.
        returns: what the method returns, with {} for what the flow comes to.
    """
    functools.update_wrapper(method, call)
    del method.__wrapped__  # type: ignore[attr-defined] # its signature returns a flow
    signature = inspect.signature(call)
    inner = str(signature.return_annotation).removeprefix("Flow[").removesuffix("]")
    returns = returns.format(inner)
    method.__signature__ = signature.replace(return_annotation=returns)  # type: ignore[attr-defined]
    method.__annotations__ = {**method.__annotations__, "return": returns}
    return method


def drive(
    flow: Flow[T],
    exchange: Callable[[Request], Response],
    replies: list[Response] | None = None,
    *,
    sleep: Callable[[float], object] = time.sleep,
) -> T:
    """Drive a flow to its end, blocking."""
    try:
        step = next(flow)
        while True:
            try:
                answer: Any = None
                if isinstance(step, Request):
                    answer = exchange(step)
                    if replies is not None:
                        replies.append(answer)
                elif isinstance(step, Sleep):
                    sleep(step.seconds)
                elif isinstance(step, Work):
                    answer = step.run()
                step = flow.send(answer)
            except StopIteration:
                raise
            except BaseException as error:  # noqa: BLE001 - the flow decides what it means
                # An interrupt too: the flow puts on it what was done, and lets it go on. What
                # the flow itself raised comes back out of it.
                step = flow.throw(error)
    except StopIteration as done:
        result: T = done.value
        return result


async def drive_async(
    flow: Flow[T],
    exchange: Callable[[Request], Coroutine[Any, Any, Response]],
    replies: list[Response] | None = None,
) -> T:
    """Drive a flow to its end, awaiting."""
    try:
        step = next(flow)
        while True:
            try:
                answer: Any = None
                if isinstance(step, Request):
                    answer = await exchange(step)
                    if replies is not None:
                        replies.append(answer)
                elif isinstance(step, Sleep):
                    await anyio.sleep(step.seconds)
                elif isinstance(step, Work):
                    answer = await anyio.to_thread.run_sync(step.run)
                step = flow.send(answer)
            except StopIteration:
                raise
            except BaseException as error:  # noqa: BLE001 - the flow decides what it means
                step = flow.throw(error)
    except StopIteration as done:
        result: T = done.value
        return result
