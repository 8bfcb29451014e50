"""Iterators over the history, which ask for a page when they need one."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from .conceal import concealing
from .driving import Awaiting, Blocking, described
from .models import Message

if TYPE_CHECKING:
    from .calls import Calls
    from .history import Reading
    from .results import Page

P = ParamSpec("P")


class _History:
    __slots__ = ("_client", "_reading", "_waiting")

    def __init__(self, client: Any, reading: Reading) -> None:
        self._client = client
        self._reading = reading
        self._waiting: deque[Message] = deque()

    @property
    def next_page(self) -> int | None:
        """The page that is asked for next, from 1, or None at the end."""
        return self._reading.cursor.next_page

    def _take(self, page: Page) -> None:
        self._waiting.extend(self._reading.cursor.take(page))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} next_page={self.next_page}>"


class History(_History, Iterator[Message]):
    """Iterate over the messages of the history."""

    __slots__ = ()

    def __next__(self) -> Message:
        while not self._waiting:
            if self.next_page is None:
                raise StopIteration
            with concealing():
                self._take(self._client._drive(self._reading.ask(self.next_page)))
        return self._waiting.popleft()


class AsyncHistory(_History, AsyncIterator[Message]):
    """Iterate over the messages of the history, awaiting."""

    __slots__ = ()

    async def __anext__(self) -> Message:
        while not self._waiting:
            if self.next_page is None:
                raise StopAsyncIteration
            with concealing():
                self._take(await self._client._drive(self._reading.ask(self.next_page)))
        return self._waiting.popleft()


def iterating(
    call: Callable[Concatenate[Calls, P], Reading],
) -> Callable[Concatenate[Blocking, P], History]:
    """Return the method that makes a call and returns an iterator over what it reads."""

    def method(self: Blocking, /, *args: P.args, **kwargs: P.kwargs) -> History:
        with concealing():
            try:
                return History(self, call(self._calls, *args, **kwargs))
            finally:
                args, kwargs = (), {}  # type: ignore[assignment]

    return described(method, call, "History")


def iterating_async(
    call: Callable[Concatenate[Calls, P], Reading],
) -> Callable[Concatenate[Awaiting, P], AsyncHistory]:
    """Return the method that makes a call and returns an iterator over what it reads."""

    def method(self: Awaiting, /, *args: P.args, **kwargs: P.kwargs) -> AsyncHistory:
        with concealing():
            try:
                return AsyncHistory(self, call(self._calls, *args, **kwargs))
            finally:
                args, kwargs = (), {}  # type: ignore[assignment]

    return described(method, call, "AsyncHistory")
