"""Asking for the addresses of a name, which the system may take for ever to answer."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Hold: TypeAlias = Callable[[Callable[[], object]], object]
    Addresses: TypeAlias = list[tuple[Any, Any, int, str, tuple[Any, ...]]]


class Names:
    """Find the addresses of names, each within a deadline. May be used from many threads.

    Nothing ends a question to the system, so it has a thread of its own, which is left
    behind. There is one for a name at a time, however many wait for its answer.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, _Question] = {}

    def find(self, host: str, deadline: float, hold: Hold) -> Addresses:
        """Return the addresses of a name, with the port 0.

        Args:
            host: a name or an address.
            deadline: by `time.monotonic`.
            hold: called with what ends the wait before its time.

        Raises:
            OSError: there is none, or no answer in time.
        """
        with suppress(socket.gaierror):  # an address is its own answer
            return socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        question, stopped = self._question(host), threading.Event()

        def stop() -> None:
            with question.changed:
                stopped.set()
                question.changed.notify_all()

        hold(stop)
        with question.changed:
            question.changed.wait_for(
                lambda: question.is_over or stopped.is_set(),
                max(0.0, deadline - time.monotonic()),
            )
        if not question.is_over:
            raise TimeoutError
        return question.found

    def _question(self, host: str) -> _Question:
        with self._lock:
            question = self._asked.get(host)
            if question is None:
                question = _Question()
                asking = threading.Thread(
                    target=self._ask,
                    args=(host, question),
                    name="smspoh-sandbox-names",
                    daemon=True,
                )
                try:
                    asking.start()
                except RuntimeError:
                    raise OSError("the system gives no thread") from None
                self._asked[host] = question
            return question

    def _ask(self, host: str, question: _Question) -> None:
        with suppress(OSError, ValueError):  # a ValueError is a name that cannot be written
            question.found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
        with self._lock:
            self._asked.pop(host, None)
        with question.changed:
            question.is_over = True
            question.changed.notify_all()


class _Question:
    """One name that is asked for, and whoever waits for its addresses."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.found: Addresses = []
        self.is_over = False
