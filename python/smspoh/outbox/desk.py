"""The one thread that a sender's journal is asked from, so that its loop never waits for a disk."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """Call functions in one thread, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(1, "smspoh-journal")

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function returns, or raise what it raises.

        Whoever is cancelled here leaves it running to its end: a transaction stays whole.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, partial(function, *args, **kwargs))

    def close(self) -> None:
        """Wait for what is running, and end the thread."""
        self._threads.shutdown(wait=True)


def raise_first(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Raise what one of some tasks that are done raised, if any did.

    All are asked: of one that is not, the event loop would tell the log with a traceback.
    """
    ended = [task.exception() for task in tasks if not task.cancelled()]
    for error in ended:
        if error is not None:
            raise error
