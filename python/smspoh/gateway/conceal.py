"""What keeps numbers, texts, keys and credentials out of tracebacks and logs.

A tool that records errors writes down the local variables of each frame. So before an
error leaves the client, the frames below are cleared: the lines stay, the values go. And
the HTTP library's loggers write headers, and with HTTP/2 paths too, at DEBUG: while a
request of ours is made they keep the names of events alone.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
import traceback
from contextvars import ContextVar
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")
_BUSY: ContextVar[bool] = ContextVar("smspoh_request", default=False)
_NAMED = ("connection", "http11", "http2", "proxy", "socks")
_LOGGERS = (*(f"httpcore2.{name}" for name in _NAMED), "hpack.hpack", "hpack.table")


def conceal(error: BaseException, outer: BaseException | None) -> None:
    """Clear the local variables of the frames that an error has come through.

    Args:
        error: about to leave.
        outer: what the caller was already handling: its frames are the caller's own.
    """
    waiting: list[BaseException | None] = [error]
    seen = set() if outer is None else {id(outer)}
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        traceback.clear_frames(each.__traceback__)
        waiting += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions


class concealing:  # noqa: N801 - it is used as a function is
    """Conceal what leaves the block. Arguments of the function around it are its own to clear."""

    __slots__ = ("_outer",)

    def __enter__(self) -> None:
        self._outer = sys.exception()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            conceal(error, self._outer)


def concealed(function: Callable[P, T]) -> Callable[P, T]:
    """Return the function, which conceals what leaves it, and its arguments."""

    @functools.wraps(function)
    def concealing_function(*args: P.args, **kwargs: P.kwargs) -> T:
        with concealing():
            try:
                return function(*args, **kwargs)
            finally:
                args, kwargs = (), {}  # type: ignore[assignment] # for the traceback shows them

    return concealing_function


class _EventNames(logging.Filter):
    """Cut a record of the HTTP library down to its event, where the request is one of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not _BUSY.get():
            return True
        record.msg, record.args = str(record.msg).partition(" ")[0], None
        return not record.name.startswith("hpack")


_FILTER = _EventNames()


def watch_loggers() -> None:
    """Put the filter on the loggers of the HTTP library; doing it twice is doing it once."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)


@contextlib.contextmanager
def request_of_ours() -> Iterator[None]:
    """Have the loggers keep to themselves what they see in here."""
    before = _BUSY.set(True)
    try:
        yield
    finally:
        _BUSY.reset(before)
