"""One client called in one way, and everything that could be seen of it meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import io
import logging
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any, Self

from smspoh.gateway import RetryPolicy
from smspoh.gateway.client import AsyncClient, Client
from tests.gateway.conftest import QUICK_PROFILE

from .planted import API_KEY, API_SECRET, MASTER
from .scanner import shown, shown_error, shown_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUIET = RetryPolicy(attempts_max=2, backoff_first_s=0.0)


class Watched(logging.Handler):
    """Keep whatever goes to a log, to warnings, to the console or to nobody."""

    def __init__(self) -> None:
        super().__init__(1)
        self.parts: list[tuple[str, str]] = []
        self.records = 0

    def emit(self, record: logging.LogRecord) -> None:
        if "(_serve)" in (record.threadName or ""):
            return  # the gateway's own end of the connection, in a thread of the test
        self.records += 1
        self.parts += shown_record(record)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        root = logging.getLogger()
        level, unraisable, uncaught = root.level, sys.unraisablehook, threading.excepthook
        root.addHandler(self)
        root.setLevel(1)
        sys.unraisablehook = self._lost
        threading.excepthook = self._lost
        console = io.StringIO()
        try:
            with (
                warnings.catch_warnings(record=True) as warned,
                contextlib.redirect_stdout(console),
                contextlib.redirect_stderr(console),
            ):
                warnings.simplefilter("always")
                yield
                gc.collect()
        finally:
            sys.unraisablehook, threading.excepthook = unraisable, uncaught
            root.setLevel(level)
            root.removeHandler(self)
        self.parts += [(f"warning {each.category.__name__}", str(each.message)) for each in warned]
        self.parts.append(("console", console.getvalue()))

    def _lost(self, lost: Any) -> None:
        if lost.exc_value is not None:
            self.parts += shown_error(lost.exc_value, "an error that nobody caught", 1)


class Trial:
    """Call a client, blocking or awaiting, and keep what comes of it.

    Args:
        awaits: whether it is an `AsyncClient`, in a loop that debugs.
        settings: of the client.
    """

    def __init__(self, awaits: bool, **settings: Any) -> None:
        self.awaits = awaits
        self.watched = Watched()
        self.outcomes: list[Any] = []
        self.settings = {
            "retry": QUIET,
            "profile": QUICK_PROFILE,
            "master_key": MASTER,
            "timeout": 5.0,
        } | settings
        self._stack = contextlib.ExitStack()
        self.client: Any = None

    def __enter__(self) -> Self:
        self._stack.enter_context(self.watched.watching())
        if self.awaits:
            self._runner = self._stack.enter_context(asyncio.Runner(debug=True))
            self._runner.get_loop().slow_callback_duration = 0.0  # each one is told of
        self.client = self.made(**self.settings)
        return self

    def __exit__(self, *_: object) -> None:
        if self.client is not None:
            self.keep(self.client)
            self.outcome(self.client.aclose if self.awaits else self.client.close)
            self.keep(self.client)
        self._stack.close()

    def made(self, *credentials: Any, **settings: Any) -> Any:
        """Return a client, or None where there came none; what was raised is kept."""
        kind: Any = AsyncClient if self.awaits else Client
        try:
            return kind(*(credentials or (API_KEY, API_SECRET)), **settings)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
            self.keep(error)
            return None

    def keep(self, value: Any) -> Any:
        """Take down what a value shows; an error while its frames are as a caller gets them."""
        self.outcomes.append(value)
        self.watched.parts += shown(value)
        return value

    def outcome(self, call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call, and keep what is returned or raised, whatever it is."""
        try:
            if not self.awaits:
                value = call(*arguments, **options)
            else:

                async def awaited() -> Any:
                    return await call(*arguments, **options)

                value = self._runner.run(awaited())
        except BaseException as error:  # noqa: BLE001
            value = error
        return self.keep(value)

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call a method of the client."""
        return self.outcome(getattr(self.client, name), *arguments, **options)

    def raw(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call a method that returns the gateway's replies too."""
        return self.outcome(getattr(self.client.with_raw_response, name), *arguments, **options)

    def history(self, *arguments: Any, **options: Any) -> None:
        """Read the history to its end, or to where it fails."""
        try:
            history = self.keep(self.client.iter_messages(*arguments, **options))
        except Exception as error:  # noqa: BLE001
            self.keep(error)
            return
        if self.awaits:

            async def read() -> Any:
                return [each async for each in history]

            self.outcome(read)
        else:
            self.outcome(lambda: list(history))
        self.keep(history)
