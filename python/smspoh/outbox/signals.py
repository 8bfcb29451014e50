"""Ctrl-C and SIGTERM while a sender runs: the first drains, the second waits for nothing."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def listening(stop: Callable[[], object], abandon: Callable[[], object]) -> Iterator[None]:
    """Have SIGTERM and SIGINT call `stop`, and `abandon` from the second on, in the main thread.

    The handlers that were there are put back. In another thread nothing is done: Python
    allows it nowhere else.
    """
    before: dict[signal.Signals, Any] = {}
    asked = [stop]

    def heard(*_: object) -> None:
        (asked.pop() if asked else abandon)()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            before[number] = signal.signal(number, heard)
    try:
        yield
    finally:
        for number, handler in before.items():
            # None is a handler that is not Python's, which nobody can put back.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
